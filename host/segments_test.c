/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segment store, in memory and in a folder: the exports of eleven Fibonacci packages under
 * their published roots, what is missing, and files that are damaged.
 */
#include "host/segments.h"

#include "host/disk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGES = 11 };

/* M over page_0 ... page_n, where page_k is E4(k) E4(16) E4(fibonacci(k)) and zeros. */
static const char *const roots[PAGES] = {
    "d31ff58be66ec48693b926aa27262248889240a050c7f3b9a00ae236935fdd2a",
    "87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff",
    "3d88e670c0ee258a24478134715f3a6de369bfd80ee02f8997c47e1eb6ea6e51",
    "de37a045f6258fb64cef43cffa2a9a3c5c7c2cdf99d75b5b69e333718ebc8db2",
    "cc1721656cc436d74f8355caedb9340cfe48057027c860d2e1efc25e56f6915b",
    "70e7ddd5a87a66e848f40aa46b43eb24cbffa6782eb5dbffa46c6065245d1937",
    "b6efa3b307e9acbd940c02203c72028b03794d7db63eaffbb381f258bebdc05f",
    "48631bb12661c1e6a0e16c847b930291e2bf9dc13e3295777a218e147a5f59cf",
    "bb4c1b380d6c323781ec0663b537a502f95a14c88272fbb4e79f254096123d8c",
    "b0b6fd45946f464824296455e03c4bba13db159af8563db29eec50b49962bee4",
    "91a13ceae7e9c45157148f977e21e3655604508673b3b42b3dc5a4e8ece03664",
};

struct fixture {
    char folder[64];
    uint8_t pages[PAGES * JAM_SEGMENT_SIZE];
    struct jam_segments *store;
};

static struct jam_hash hash_of(const char *hex)
{
    struct jam_hash hash;
    struct pvm_buf octets = {0};
    size_t bad = 0;
    ck_assert(pvm_hex_decode(hex, strlen(hex), &octets, &bad));
    ck_assert_uint_eq(octets.len, JAM_HASH_SIZE);
    memcpy(hash.octets, octets.ptr, JAM_HASH_SIZE);
    pvm_buf_deinit(&octets);
    return hash;
}

static struct jam_hash package_hash(size_t n)
{
    struct jam_hash hash = {{0xaa}};
    hash.octets[31] = (uint8_t)n;
    return hash;
}

static struct jam_segments *open_store(const char *folder)
{
    struct jam_segments *store = NULL;
    struct pvm_err err = {0};
    ck_assert_msg(jam_segments_new(folder, NULL, &store, &err) == PVM_OK, "%s", err.msg);
    return store;
}

static void put(struct fixture *f, size_t n)
{
    struct pvm_err err = {0};
    struct jam_hash package = package_hash(n);
    struct jam_hash root;
    struct jam_hash expected = hash_of(roots[n]);
    ck_assert_msg(jam_segments_put(f->store, &package, f->pages, n + 1, &root, &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert(jam_hash_equal(&root, &expected));
}

static void set_up(struct fixture *f, bool in_folder)
{
    static const uint64_t fibonacci[PAGES] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55};
    *f = (struct fixture){.folder = "/tmp/segments_test_XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(f->folder));
    for (size_t k = 0; k < PAGES; k++) {
        uint8_t *page = f->pages + k * JAM_SEGMENT_SIZE;
        pvm_store_le(page, k, 4);
        pvm_store_le(page + 4, 16, 4);
        pvm_store_le(page + 8, fibonacci[k], 4);
    }
    f->store = open_store(in_folder ? f->folder : NULL);
}

static void file_path(const struct fixture *f, const char *hex, const char *suffix, char path[192])
{
    snprintf(path, 192, "%s/%s.%s", f->folder, hex, suffix);
}

static void tear_down(struct fixture *f)
{
    jam_segments_free(f->store);
    char path[192];
    for (size_t n = 0; n < PAGES; n++) {
        char name[65];
        struct jam_hash package = package_hash(n);
        file_path(f, roots[n], "seg", path);
        unlink(path);
        for (size_t i = 0; i < JAM_HASH_SIZE; i++)
            snprintf(name + 2 * i, 3, "%02x", package.octets[i]);
        file_path(f, name, "package", path);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(f->folder), 0); /* nothing else was left in it */
}

static void get(struct fixture *f, struct jam_import import)
{
    uint8_t segment[JAM_SEGMENT_SIZE];
    struct pvm_err err = {0};
    ck_assert_msg(jam_segments_get(f->store, &import, segment, &err) == PVM_OK, "%s", err.msg);
    ck_assert(memcmp(segment, f->pages + import.index * (size_t)JAM_SEGMENT_SIZE, sizeof segment) ==
              0);
}

START_TEST(exports_are_found_again)
{
    struct fixture f;
    set_up(&f, _i > 0);
    for (size_t n = 0; n < PAGES; n++)
        put(&f, n);
    /* In a folder, another run finds the same. */
    if (_i == 2) {
        jam_segments_free(f.store);
        f.store = open_store(f.folder);
    }
    for (size_t n = 0; n < PAGES; n++) {
        for (uint16_t k = 0; k <= n; k++) {
            get(&f, (struct jam_import){hash_of(roots[n]), false, k});
            get(&f, (struct jam_import){package_hash(n), true, k});
        }
        struct pvm_err err = {0};
        struct jam_hash package = package_hash(n);
        struct jam_hash expected = hash_of(roots[n]);
        struct jam_hash root;
        size_t count = 0;
        ck_assert_int_eq(jam_segments_root(f.store, &package, &root, &count, &err), PVM_OK);
        ck_assert(jam_hash_equal(&root, &expected));
        ck_assert_uint_eq(count, n + 1);
        struct pvm_bytes all;
        ck_assert_int_eq(jam_segments_below(f.store, &root, &all, &err), PVM_OK);
        ck_assert(pvm_bytes_equal(all, pvm_bytes(f.pages, (n + 1) * JAM_SEGMENT_SIZE)));
    }
    tear_down(&f);
}
END_TEST

static void refuse(struct fixture *f, struct jam_import import, enum pvm_status status,
                   const char *error)
{
    uint8_t segment[JAM_SEGMENT_SIZE];
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_segments_get(f->store, &import, segment, &err), status);
    ck_assert_str_eq(err.msg, error);
}

START_TEST(what_is_missing_is_named)
{
    struct fixture f;
    set_up(&f, _i == 1);
    put(&f, 1);
    refuse(&f, (struct jam_import){package_hash(1), true, 3}, PVM_E_MALFORMED,
           "segment 3 of package 0xaa00000000000000000000000000000000000000000000000000000000000001"
           ": not in store (2 segments)");
    refuse(&f, (struct jam_import){hash_of(roots[1]), false, 2}, PVM_E_MALFORMED,
           "segment 2 of root 0x87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff"
           ": not in store (2 segments)");
    refuse(&f, (struct jam_import){package_hash(2), true, 0}, PVM_E_MALFORMED,
           "package 0xaa00000000000000000000000000000000000000000000000000000000000002: not in the "
           "segment store");
    refuse(
        &f, (struct jam_import){hash_of(roots[2]), false, 0}, PVM_E_MALFORMED,
        "segment root 0x3d88e670c0ee258a24478134715f3a6de369bfd80ee02f8997c47e1eb6ea6e51: not in "
        "the segment store");
    /* A root is no package and the other way round. */
    refuse(&f, (struct jam_import){hash_of(roots[1]), true, 0}, PVM_E_MALFORMED,
           "package 0x87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff: not in the "
           "segment store");
    tear_down(&f);
}
END_TEST

START_TEST(no_exports_have_the_zero_root)
{
    struct fixture f;
    set_up(&f, _i == 1);
    struct pvm_err err = {0};
    struct jam_hash package = package_hash(0);
    struct jam_hash zero = {{0}};
    struct jam_hash root = package;
    ck_assert_int_eq(jam_segments_put(f.store, &package, NULL, 0, &root, &err), PVM_OK);
    ck_assert(jam_hash_equal(&root, &zero));
    refuse(&f, (struct jam_import){package, true, 0}, PVM_E_MALFORMED,
           "segment 0 of package 0xaa00000000000000000000000000000000000000000000000000000000000000"
           ": not in store (0 segments)");
    /* The package exports something after all: what was known is replaced. */
    put(&f, 0);
    get(&f, (struct jam_import){package, true, 0});
    tear_down(&f);
}
END_TEST

static void write_at(const char *path, const void *octets, size_t len)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(octets, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* What became of a file of two segments, and the message behind its name. */
struct damage {
    size_t len;
    size_t flip; /* octet changed, len: none */
    enum pvm_status status;
    const char *error;
};

static const struct damage damages[] = {
    {8207, 8207, PVM_E_IO, ": damaged: 8207 octets are no segments of 4104"},
    {0, 0, PVM_E_IO, ": damaged: 0 octets are no segments of 4104"},
    {4104, 4104, PVM_E_IO,
     ": damaged: the root of these segments is "
     "0xd31ff58be66ec48693b926aa27262248889240a050c7f3b9a00ae236935fdd2a"},
    {8208, 8, PVM_E_IO, ": damaged: the root of these segments is 0x"},
};

START_TEST(damaged_segments_are_noticed)
{
    const struct damage *d = &damages[_i];
    struct fixture f;
    set_up(&f, true);
    put(&f, 1);
    jam_segments_free(f.store);
    f.store = open_store(f.folder);

    char path[192];
    char error[320];
    uint8_t octets[2 * JAM_SEGMENT_SIZE];
    memcpy(octets, f.pages, sizeof octets);
    if (d->flip < d->len)
        octets[d->flip] ^= 1;
    file_path(&f, roots[1], "seg", path);
    write_at(path, octets, d->len);

    struct pvm_err err = {0};
    struct jam_import import = {package_hash(1), true, 0};
    uint8_t segment[JAM_SEGMENT_SIZE];
    ck_assert_int_eq(jam_segments_get(f.store, &import, segment, &err), d->status);
    snprintf(error, sizeof error, "%s%s", path, d->error);
    ck_assert_msg(strncmp(err.msg, error, strlen(error)) == 0, "%s", err.msg);

    /* Putting the segments again repairs the file. */
    put(&f, 1);
    jam_segments_free(f.store);
    f.store = open_store(f.folder);
    get(&f, import);
    tear_down(&f);
}
END_TEST

#define ROOT_1 "0x87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff"

static const char *const bad_lines[] = {
    "",
    ROOT_1,
    ROOT_1 "\n",
    ROOT_1 " \n",
    ROOT_1 " 2",
    ROOT_1 " 2 \n",
    ROOT_1 " -2\n",
    ROOT_1 "  2\n",
    "0x" ROOT_1 " 2\n",
    "0xg7a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff 2\n",
};

START_TEST(damaged_packages_are_noticed)
{
    struct fixture f;
    set_up(&f, true);
    put(&f, 1);
    char path[192];
    char error[320];
    file_path(&f, "aa00000000000000000000000000000000000000000000000000000000000001", "package",
              path);
    write_at(path, bad_lines[_i], strlen(bad_lines[_i]));
    snprintf(error, sizeof error, "%s: damaged: expected \"0xROOT COUNT\"", path);
    refuse(&f, (struct jam_import){package_hash(1), true, 0}, PVM_E_IO, error);
    tear_down(&f);
}
END_TEST

START_TEST(counts_must_agree)
{
    struct fixture f;
    set_up(&f, true);
    put(&f, 1);
    char path[192];
    file_path(&f, "aa00000000000000000000000000000000000000000000000000000000000001", "package",
              path);
    write_at(path, ROOT_1 " 3\n", strlen(ROOT_1 " 3\n"));
    refuse(&f, (struct jam_import){package_hash(1), true, 0}, PVM_E_IO,
           "package 0xaa00000000000000000000000000000000000000000000000000000000000001: said to "
           "have 3 segments, but there are 2 below its root");
    tear_down(&f);
}
END_TEST

START_TEST(folders_must_be_usable)
{
    struct jam_segments *store = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_segments_new("/dev/null", NULL, &store, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg, "/dev/null: Not a directory");
    err = (struct pvm_err){0};
    ck_assert_int_eq(jam_segments_new("/dev/null/x/y", NULL, &store, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg, "/dev/null/x/y: Not a directory");
}
END_TEST

START_TEST(too_many_segments_are_refused)
{
    static uint8_t octets[1];
    struct jam_segments *store = open_store(NULL);
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_segments_put(store, NULL, octets, 32769, NULL, &err), PVM_E_LIMIT);
    ck_assert_str_eq(err.msg, "32769 segments are more than an index can tell apart (32768)");
    jam_segments_free(store);
}
END_TEST

START_TEST(only_files_are_read)
{
    char folder[] = "/tmp/disk_test_XXXXXX";
    char path[64];
    struct pvm_buf out = {0};
    struct pvm_err err = {0};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(jam_disk_read(folder, 10, &out, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg + strlen(folder), ": no regular file");
    err = (struct pvm_err){0};
    snprintf(path, sizeof path, "%s/x", folder);
    ck_assert_int_eq(jam_disk_read(path, 10, &out, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg + strlen(path), ": No such file or directory");
    err = (struct pvm_err){0};
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(jam_disk_read(path, 10, &out, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg + strlen(path), ": no regular file");
    ck_assert_int_eq(unlink(path), 0);

    err = (struct pvm_err){0};
    ck_assert_int_eq(jam_disk_write(path, pvm_bytes("0123456789", 10), NULL, &err), PVM_OK);
    ck_assert_int_eq(jam_disk_read(path, 9, &out, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg + strlen(path), ": larger than 9 octets");
    err = (struct pvm_err){0};
    ck_assert_int_eq(jam_disk_read(path, 10, &out, &err), PVM_OK);
    ck_assert_uint_eq(out.len, 10);

    /* A folder in the way: nothing is left behind. */
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(jam_disk_write(path, pvm_bytes("x", 1), NULL, &err), PVM_E_IO);
    ck_assert_str_eq(err.msg + strlen(path), ": Is a directory");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    pvm_buf_deinit(&out);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *segments_suite(void);

Suite *segments_suite(void)
{
    Suite *suite = suite_create("segments");
    TCase *tests = tcase_create("segments");
    tcase_add_loop_test(tests, exports_are_found_again, 0, 3);
    tcase_add_loop_test(tests, what_is_missing_is_named, 0, 2);
    tcase_add_loop_test(tests, no_exports_have_the_zero_root, 0, 2);
    tcase_add_loop_test(tests, damaged_segments_are_noticed, 0, COUNT(damages));
    tcase_add_loop_test(tests, damaged_packages_are_noticed, 0, COUNT(bad_lines));
    tcase_add_test(tests, counts_must_agree);
    tcase_add_test(tests, folders_must_be_usable);
    tcase_add_test(tests, too_many_segments_are_refused);
    tcase_add_test(tests, only_files_are_read);
    suite_add_tcase(suite, tests);
    return suite;
}
