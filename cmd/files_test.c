/* SPDX-License-Identifier: Apache-2.0 */
/* realpath and mkdtemp. */
#define _XOPEN_SOURCE 700

#include "cmd/files.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 256 };

static char dir[] = "/tmp/pvm-files-XXXXXX";

static void make_dir(void)
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
    static const char *const names[] = {"a", "b", "link", "include.s"};
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(dir), 0); /* nothing else was left behind */
}

static void path_of(const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", dir, name);
}

static void check_contents(const char *path, const char *text)
{
    struct pvm_buf buf = {0};
    struct pvm_err err = {0};
    ck_assert_int_eq(cmd_read_file(path, &buf, &err), PVM_OK);
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&buf), pvm_bytes(text, strlen(text))));
    pvm_buf_deinit(&buf);
}

START_TEST(test_write_and_read)
{
    char path[PATH_SIZE];
    struct pvm_err err = {0};
    struct stat info;
    path_of("a", path);
    mode_t mask = umask(022);
    ck_assert_int_eq(cmd_write_file(path, pvm_bytes("one", 3), &err), PVM_OK);
    umask(mask);
    check_contents(path, "one");
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_mode & 0777, 0644);
    ck_assert_int_eq(cmd_write_file(path, pvm_bytes("", 0), &err), PVM_OK);
    check_contents(path, "");
}
END_TEST

START_TEST(test_write_through_link)
{
    char target[PATH_SIZE], link[PATH_SIZE];
    struct pvm_err err = {0};
    struct stat info;
    path_of("b", target);
    path_of("link", link);
    ck_assert_int_eq(cmd_write_file(target, pvm_bytes("old", 3), &err), PVM_OK);
    ck_assert_int_eq(symlink(target, link), 0);
    ck_assert_int_eq(cmd_write_file(link, pvm_bytes("new", 3), &err), PVM_OK);
    check_contents(target, "new");
    ck_assert_int_eq(lstat(link, &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
}
END_TEST

struct io_case {
    const char *path;
    const char *message;
    enum pvm_status status; /* PVM_OK: PVM_E_IO */
};

static const struct io_case read_cases[] = {
    {"/nonexistent/file", "/nonexistent/file: No such file or directory", PVM_OK},
    {"/", "/: Is a directory", PVM_OK},
    {"", "\"\": No such file or directory", PVM_OK},
    {"/dev/zero", "/dev/zero: larger than 256 MiB", PVM_E_MALFORMED},
};

START_TEST(test_read_fails)
{
    struct pvm_buf buf = {0};
    struct pvm_err err = {0};
    enum pvm_status want =
        read_cases[_i].status != PVM_OK ? read_cases[_i].status : PVM_E_IO;
    ck_assert_int_eq(cmd_read_file(read_cases[_i].path, &buf, &err), want);
    ck_assert_str_eq(err.msg, read_cases[_i].message);
    pvm_buf_deinit(&buf);
}
END_TEST

static const struct io_case write_cases[] = {
    {"/nonexistent/file", "/nonexistent/file: No such file or directory", PVM_OK},
    {"/", "/: Is a directory", PVM_OK},
    {"/dev/full", "/dev/full: No space left on device", PVM_OK},
    {"/dev/null/file", "/dev/null/file: Not a directory", PVM_OK},
};

START_TEST(test_write_fails)
{
    struct pvm_err err = {0};
    ck_assert_int_eq(cmd_write_file(write_cases[_i].path, pvm_bytes("x", 1), &err), PVM_E_IO);
    ck_assert_str_eq(err.msg, write_cases[_i].message);
}
END_TEST

/* Sparse, so that it costs nothing: the size alone is enough to refuse it. */
START_TEST(test_read_huge)
{
    char path[PATH_SIZE];
    struct pvm_buf buf = {0};
    struct pvm_err err = {0};
    path_of("a", path);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(ftruncate(fileno(file), (off_t)5 << 30), 0);
    fclose(file);
    ck_assert_int_eq(cmd_read_file(path, &buf, &err), PVM_E_MALFORMED);
    ck_assert_ptr_nonnull(strstr(err.msg, "/a: larger than 256 MiB"));
    ck_assert_uint_eq(buf.cap, 0);
    unlink(path);
}
END_TEST

struct value_case {
    const char *value;
    enum pvm_status status;
    const char *message;
};

static const struct value_case value_cases[] = {
    {"0x", PVM_OK, ""},
    {"0x616263", PVM_OK, "abc"},
    {"0x6162F", PVM_E_USAGE, "--payload: odd number of hexadecimal digits"},
    {"0x61zz", PVM_E_USAGE, "--payload: character 5 is no hexadecimal digit"},
    {"616263", PVM_E_USAGE,
     "--payload: expected 0x and hexadecimal digits or @FILE, got \"616263\""},
    {"", PVM_E_USAGE, "--payload: expected 0x and hexadecimal digits or @FILE, got \"\""},
    {"@/nonexistent/file", PVM_E_IO, "/nonexistent/file: No such file or directory"},
};

START_TEST(test_value)
{
    const struct value_case *c = &value_cases[_i];
    struct pvm_buf buf = {0};
    struct pvm_err err = {0};
    ck_assert_int_eq(cmd_read_value("--payload", c->value, &buf, &err), c->status);
    ck_assert_str_eq(c->status == PVM_OK ? pvm_buf_str(&buf) : err.msg, c->message);
    pvm_buf_deinit(&buf);
}
END_TEST

START_TEST(test_include)
{
    struct pvm_asm_files files = cmd_asm_files();
    struct pvm_buf text = {0};
    struct pvm_buf resolved = {0};
    struct pvm_err err = {0};
    char from[PATH_SIZE], path[PATH_SIZE];
    path_of("main.s", from);
    path_of("include.s", path);
    ck_assert_int_eq(cmd_write_file(path, pvm_bytes("trap\n", 5), &err), PVM_OK);
    ck_assert_int_eq(files.load(files.user, from, "include.s", &text, &resolved, &err), PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&text), "trap\n");
    ck_assert_str_eq(pvm_buf_str(&resolved), path);
    resolved.len = 0;
    ck_assert_int_eq(files.load(files.user, from, "none.s", &text, &resolved, &err), PVM_E_IO);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&resolved);
}
END_TEST

Suite *files_suite(void);

Suite *files_suite(void)
{
    Suite *suite = suite_create("files");
    TCase *tc = tcase_create("files");
    tcase_add_unchecked_fixture(tc, make_dir, remove_dir);
    tcase_add_test(tc, test_write_and_read);
    tcase_add_test(tc, test_write_through_link);
    tcase_add_loop_test(tc, test_read_fails, 0, sizeof read_cases / sizeof read_cases[0]);
    tcase_add_loop_test(tc, test_write_fails, 0, sizeof write_cases / sizeof write_cases[0]);
    tcase_add_test(tc, test_read_huge);
    tcase_add_loop_test(tc, test_value, 0, sizeof value_cases / sizeof value_cases[0]);
    tcase_add_test(tc, test_include);
    suite_add_tcase(suite, tc);
    return suite;
}
