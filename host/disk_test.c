/* SPDX-License-Identifier: Apache-2.0 */
/* mkdtemp is X/Open. NOLINTNEXTLINE(bugprone-reserved-identifier): that is how to ask for it. */
#define _XOPEN_SOURCE 700

#include "host/disk.h"

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 512, BIG = 48 << 20 };

static const char *make_folder(char path[PATH_SIZE])
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(path, PATH_SIZE, "%s/pvm-disk-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(path));
    return path;
}

static const char *file_in(const char *folder, char path[PATH_SIZE])
{
    ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s/file", folder), PATH_SIZE);
    return path;
}

/* Names in the folder that are not `file`. */
static unsigned others_in(const char *folder)
{
    unsigned count = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.' && strcmp(entry->d_name, "file") != 0;
    (void)closedir(dir);
    return count;
}

static void nap(void)
{
    const struct timespec moment = {.tv_nsec = 100000};
    (void)nanosleep(&moment, NULL);
}

static struct pvm_bytes big(void)
{
    uint8_t *octets = calloc(1, BIG);
    ck_assert_ptr_nonnull(octets);
    return pvm_bytes(octets, BIG);
}

static void write_old(const char *path)
{
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_disk_write(path, pvm_bytes("old", 3), NULL, &err), PVM_OK);
}

START_TEST(permissions_stay)
{
    static const mode_t modes[] = {0600, 0644, 0640, 0200};
    char folder[PATH_SIZE], path[PATH_SIZE];
    struct pvm_err err = {0};
    struct stat info;
    file_in(make_folder(folder), path);
    write_old(path);
    ck_assert_int_eq(chmod(path, modes[_i]), 0);
    ck_assert_int_eq(jam_disk_write(path, pvm_bytes("new", 3), NULL, &err), PVM_OK);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, modes[_i]);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/* Whatever the moment: the old file or the new one, and nothing beside it. */
START_TEST(signals_leave_nothing_behind)
{
    char folder[PATH_SIZE], path[PATH_SIZE];
    file_in(make_folder(folder), path);
    write_old(path);
    struct pvm_bytes bytes = big();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct pvm_err err = {0};
        (void)signal(ends[_i], SIG_DFL);
        for (;;)
            if (jam_disk_write(path, bytes, NULL, &err) != PVM_OK)
                _exit(1);
    }
    while (others_in(folder) == 0)
        nap();
    ck_assert_int_eq(kill(child, ends[_i]), 0);
    int end = 0;
    struct stat info;
    ck_assert_int_eq(waitpid(child, &end, 0), child);
    ck_assert(WIFSIGNALED(end) && WTERMSIG(end) == ends[_i]);
    ck_assert_uint_eq(others_in(folder), 0);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(info.st_size == 3 || info.st_size == BIG);
    free((void *)(uintptr_t)bytes.ptr);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

static void take_signal(int number)
{
    (void)number;
}

/* A program that handles signals goes on; its mask is what it was. */
START_TEST(handled_signals_end_the_write_only)
{
    char folder[PATH_SIZE], path[PATH_SIZE];
    struct sigaction action = {.sa_handler = _i == 0 ? take_signal : SIG_IGN};
    struct pvm_err err = {0};
    struct stat info;
    sigset_t mask;
    file_in(make_folder(folder), path);
    write_old(path);
    struct pvm_bytes bytes = big();
    ck_assert_int_eq(sigaction(SIGTERM, &action, NULL), 0);
    pid_t parent = getpid();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        while (others_in(folder) == 0)
            nap();
        _exit(kill(parent, SIGTERM));
    }
    enum pvm_status status;
    int end = 0;
    do
        status = jam_disk_write(path, bytes, NULL, &err);
    while (status == PVM_OK && waitpid(child, &end, WNOHANG) == 0);
    ck_assert(status == PVM_OK || (_i == 0 && status == PVM_E_IO));
    if (status == PVM_E_IO)
        ck_assert_ptr_nonnull(strstr(err.msg, "Interrupted"));
    ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
    ck_assert_int_eq(sigismember(&mask, SIGTERM), 0);
    ck_assert_uint_eq(others_in(folder), 0);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(info.st_size == 3 || info.st_size == BIG);
    free((void *)(uintptr_t)bytes.ptr);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

Suite *disk_suite(void);
Suite *disk_suite(void)
{
    Suite *suite = suite_create("disk");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, permissions_stay, 0, 4);
    tcase_add_loop_test(tc, signals_leave_nothing_behind, 0, sizeof ends / sizeof *ends);
    tcase_add_loop_test(tc, handled_signals_end_the_write_only, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
