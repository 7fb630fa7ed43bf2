/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rounds of CoreVM, with a parent and its children, recorded as segments: they verify, they run
 * again from any segment, and a bit changed anywhere is found, by its seal and behind a forged
 * seal.
 */
#include "corevm/driver_fib.h"
#include "host/disk.h"
#include "host/seg_check.h"
#include "host/seg_replay.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SEGMENT_GAS = 90, FLIPS = 400, FORGERIES = 600, PATH = 300 };

/* ---- a folder of its own for each test ---- */

struct scene {
    char folder[PATH];
    struct jam_seg_directory directory;
};

static void path_of(const struct scene *scene, const char *name, char *path)
{
    (void)snprintf(path, PATH, "%.150s/%.100s", scene->folder, name);
}

static void record(struct scene *scene, const struct jam_profile *profile)
{
    struct jam_seg_directory directory;
    struct jam_seg_recorder *recorder;
    struct corevm_fib fib;
    struct pvm_err err = {.status = PVM_OK};
    struct corevm_fib_options how = {.profile = profile, .last = 2, .variant = COREVM_FIB_DEMAND};
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(scene->folder, PATH, "%.100s/pvm-segments-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(scene->folder));
    ck_assert_msg(jam_seg_create(scene->folder, profile, SEGMENT_GAS, NULL, &directory, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    ck_assert(jam_seg_recorder_new(&directory, &recorder, &err) == PVM_OK);
    how.tape = recorder;
    ck_assert_msg(corevm_fib_run(&how, &fib, &err) == PVM_OK, "%s", err.msg);
    ck_assert(corevm_fib_good(&fib));
    ck_assert_msg(jam_seg_finish(&directory, &err) == PVM_OK, "%s", err.msg);
    corevm_fib_deinit(&fib);
    jam_seg_recorder_free(recorder);
    jam_seg_directory_deinit(&directory);
}

static void begin(struct scene *scene, const char *gp)
{
    struct pvm_err err = {.status = PVM_OK};
    record(scene, jam_profile_find(gp));
    ck_assert_msg(jam_seg_open(scene->folder, NULL, &scene->directory, &err) == PVM_OK, "%s",
                  err.msg);
}

static void end(struct scene *scene)
{
    DIR *dir = opendir(scene->folder);
    struct dirent *entry;
    char path[PATH];
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        path_of(scene, entry->d_name, path);
        (void)unlink(path);
    }
    (void)closedir(dir);
    ck_assert_int_eq(rmdir(scene->folder), 0);
    jam_seg_directory_deinit(&scene->directory);
}

static void read_file(const struct scene *scene, const char *name, struct pvm_buf *out)
{
    char path[PATH];
    struct pvm_err err = {.status = PVM_OK};
    path_of(scene, name, path);
    out->len = 0;
    ck_assert_msg(jam_disk_read(path, SIZE_MAX, out, &err) == PVM_OK, "%s", err.msg);
}

static void write_file(const struct scene *scene, const char *name, struct pvm_bytes bytes)
{
    char path[PATH];
    path_of(scene, name, path);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- chance ---- */

static uint64_t draw(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- tests ---- */

static const char *const versions[] = {"0.7.2", "0.8.0"};

START_TEST(test_good)
{
    struct scene scene;
    struct jam_seg_checker *checker;
    struct pvm_err err = {.status = PVM_OK};
    begin(&scene, versions[_i]);
    size_t count = jam_seg_segment_count(&scene.directory);
    ck_assert_uint_eq(jam_seg_run_count(&scene.directory), 4); /* packages 0 to 2, and the end */
    ck_assert_uint_gt(count, 9);
    ck_assert_uint_ge(jam_seg_program_count(&scene.directory), 2); /* the service and a child */
    ck_assert(jam_seg_check_chain(&scene.directory, &err) == PVM_OK);
    ck_assert(jam_seg_checker_new(&scene.directory, &checker, &err) == PVM_OK);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(jam_seg_check(checker, i, &err) == PVM_OK, "%s", err.msg);
    jam_seg_checker_free(checker);
    end(&scene);
}
END_TEST

START_TEST(test_replay)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    begin(&scene, versions[_i]);
    for (size_t first = 0; first < jam_seg_segment_count(&scene.directory); first++) {
        struct jam_seg_replay *replay;
        ck_assert(jam_seg_replay_new(&scene.directory, first, &replay, &err) == PVM_OK);
        while (!jam_seg_replay_over(replay))
            ck_assert_msg(jam_seg_replay_next(replay, &err) == PVM_OK, "from %zu: %s", first,
                          err.msg);
        ck_assert_int_eq(jam_seg_replay_state(replay)->exit, PVM_EXIT_HALT);
        ck_assert_int_eq(jam_seg_replay_next(replay, NULL), PVM_E_USAGE);
        jam_seg_replay_free(replay);
    }
    ck_assert(jam_seg_replay_new(&scene.directory, jam_seg_segment_count(&scene.directory),
                                 &(struct jam_seg_replay *){NULL}, &err) == PVM_E_USAGE);
    end(&scene);
}
END_TEST

/* The states do not depend on where segments are cut. */
START_TEST(test_digests)
{
    struct scene scene, whole;
    struct pvm_err err = {.status = PVM_OK};
    begin(&scene, "0.7.2");
    whole = scene;
    begin(&whole, "0.7.2");
    size_t last = jam_seg_segment_count(&scene.directory) - 1;
    ck_assert(memcmp(&jam_seg_entry(&scene.directory, last)->end,
                     &jam_seg_entry(&whole.directory, last)->end, JAM_HASH_SIZE) == 0);
    ck_assert(memcmp(jam_seg_entry(&scene.directory, 0), jam_seg_entry(&whole.directory, 0),
                     sizeof(struct jam_seg_entry)) == 0);
    (void)err;
    end(&scene);
    end(&whole);
}
END_TEST

/* A name of one of the files, by chance. */
static void any_file(const struct scene *scene, uint64_t *chance, char *name)
{
    uint64_t segments = jam_seg_segment_count(&scene->directory);
    uint64_t programs = jam_seg_program_count(&scene->directory);
    uint64_t which = draw(chance) % (segments + programs + 4);
    if (which < segments)
        jam_seg_segment_name((size_t)which, name);
    else if (which < segments + programs)
        jam_seg_program_name(
            &jam_seg_program(&scene->directory, (size_t)(which - segments))->digest, name);
    else
        (void)snprintf(name, JAM_SEG_FILE_NAME, "manifest.json");
}

/* What pvm verify says when that file is wrong. */
static enum pvm_status verify(const struct scene *scene, const char *name, struct pvm_err *err)
{
    struct jam_seg_directory directory;
    struct pvm_buf out = {0};
    size_t index;
    PVM_TRY(jam_seg_open(scene->folder, NULL, &directory, err));
    enum pvm_status status =
        sscanf(name, "segment-%zu", &index) == 1
            ? jam_seg_get_segment(&directory, index, &out, err)
            : jam_seg_get_program(&directory, &jam_seg_program(&directory, 0)->digest, &out, err);
    for (size_t i = 1; i < jam_seg_program_count(&directory) && status == PVM_OK; i++)
        status =
            jam_seg_get_program(&directory, &jam_seg_program(&directory, i)->digest, &out, err);
    pvm_buf_deinit(&out);
    jam_seg_directory_deinit(&directory);
    return status;
}

START_TEST(test_flips)
{
    struct scene scene;
    struct pvm_buf file = {0};
    uint64_t chance = 3;
    begin(&scene, "0.7.2");
    for (int i = 0; i < FLIPS; i++) {
        char name[JAM_SEG_FILE_NAME], place[80];
        struct pvm_err err = {.status = PVM_OK};
        any_file(&scene, &chance, name);
        read_file(&scene, name, &file);
        uint64_t bit = draw(&chance) % (8 * file.len);
        file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        write_file(&scene, name, pvm_buf_bytes(&file));
        ck_assert_msg(verify(&scene, name, &err) == PVM_E_MALFORMED, "%s, bit %llu", name,
                      (unsigned long long)bit);
        (void)snprintf(place, sizeof place, "bit %u of octet %llu was flipped", (unsigned)(bit % 8),
                       (unsigned long long)(bit / 8));
        ck_assert_msg(strncmp(err.msg, name, strlen(name)) == 0 && strstr(err.msg, place) != NULL,
                      "%s, %s: \"%s\"", name, place, err.msg);
        file.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        write_file(&scene, name, pvm_buf_bytes(&file));
    }
    pvm_buf_deinit(&file);
    end(&scene);
}
END_TEST

/* Changes a segment's file by chance: one bit, or some octets; of pages not too often, which are
 * most of a small segment. */
static void forge(struct pvm_buf *file, uint64_t *chance)
{
    uint64_t near = file->len < 1500 ? file->len : 1500;
    unsigned count = draw(chance) % 3 == 0 ? 1 + (unsigned)(draw(chance) % 4) : 0;
    size_t at = (size_t)(draw(chance) % 2 == 0 ? file->len - 1 - draw(chance) % near
                                               : draw(chance) % file->len);
    if (count == 0)
        file->ptr[at] ^= (uint8_t)(1u << draw(chance) % 8);
    for (; count > 0; count--) {
        uint8_t octet = (uint8_t)draw(chance);
        file->ptr[at] = octet != file->ptr[at] ? octet : (uint8_t)~octet;
        at = at + 1 + (size_t)(draw(chance) % 3);
        if (at >= file->len)
            break;
    }
}

struct forgery {
    struct scene scene;
    struct jam_seg_entry *entries;
    struct pvm_buf right, forged;
    uint64_t chance;
    size_t index;
    char name[JAM_SEG_FILE_NAME];
    struct jam_seal seal;
};

/* A segment whose octets were changed, and its seal with them. */
static void begin_forgery(struct forgery *f)
{
    f->index = (size_t)(draw(&f->chance) % jam_seg_segment_count(&f->scene.directory));
    jam_seg_segment_name(f->index, f->name);
    read_file(&f->scene, f->name, &f->right);
    f->forged.len = 0;
    pvm_buf_add_bytes(&f->forged, pvm_buf_bytes(&f->right));
    forge(&f->forged, &f->chance);
    write_file(&f->scene, f->name, pvm_buf_bytes(&f->forged));
    f->seal = f->entries[f->index].seal;
    f->entries[f->index].seal = jam_seal_of(pvm_buf_bytes(&f->forged));
}

static void end_forgery(struct forgery *f)
{
    write_file(&f->scene, f->name, pvm_buf_bytes(&f->right));
    f->entries[f->index].seal = f->seal;
}

/* Whether all that was forged is in records of what machines did, and not in states or what host
 * calls answered. */
static bool is_in_records(const struct forgery *f)
{
    static const char *const sections[] = {"section runs", "section steps", "section accesses",
                                           "section program"};
    for (size_t i = 0; i < f->right.len; i++) {
        struct pvm_buf place = {0};
        bool found = f->right.ptr[i] == f->forged.ptr[i];
        if (!found)
            jam_seg_place(pvm_buf_bytes(&f->right), i, &place);
        for (size_t k = 0; k < sizeof sections / sizeof *sections && !found; k++)
            found = strstr(pvm_buf_str(&place), sections[k]) != NULL;
        pvm_buf_deinit(&place);
        if (!found)
            return false;
    }
    return true;
}

/* Behind a seal that fits, the records themselves must tell: not only that the digest of the last
 * state is another, which one who forges could mend. */
START_TEST(test_forgeries)
{
    struct forgery f = {.chance = 11 + (uint64_t)_i};
    struct jam_seg_checker *checker;
    struct pvm_err none = {.status = PVM_OK};
    int told = 0;
    begin(&f.scene, versions[_i]);
    f.entries = (void *)f.scene.directory.segments.ptr;
    ck_assert(jam_seg_checker_new(&f.scene.directory, &checker, &none) == PVM_OK);
    for (int i = 0; i < FORGERIES; i++) {
        struct pvm_err err = {.status = PVM_OK};
        begin_forgery(&f);
        enum pvm_status status = jam_seg_check(checker, f.index, &err);
        ck_assert_msg(status == PVM_E_MALFORMED, "forgery %d of %s: %s", i, f.name,
                      status == PVM_OK ? "good" : err.msg);
        if (is_in_records(&f)) {
            told++;
            ck_assert_msg(strstr(err.msg, "digest") == NULL, "forgery %d of %s: %s", i, f.name,
                          err.msg);
        }
        end_forgery(&f);
        ck_assert_msg(i % 50 != 0 || jam_seg_check(checker, f.index, &none) == PVM_OK, "%s",
                      none.msg);
    }
    ck_assert_int_gt(told, FORGERIES / 20);
    jam_seg_checker_free(checker);
    pvm_buf_deinit(&f.right);
    pvm_buf_deinit(&f.forged);
    end(&f.scene);
}
END_TEST

/* What resume makes of the same is an error of the same kind, never worse. Records that only the
 * checker reads may be forged without it noticing. */
START_TEST(test_forged_replays)
{
    struct forgery f = {.chance = 23};
    begin(&f.scene, "0.7.2");
    f.entries = (void *)f.scene.directory.segments.ptr;
    for (int i = 0; i < FORGERIES; i++) {
        struct jam_seg_replay *replay;
        struct pvm_err err = {.status = PVM_OK};
        begin_forgery(&f);
        ck_assert(jam_seg_replay_new(&f.scene.directory, f.index, &replay, &err) == PVM_OK);
        enum pvm_status status = jam_seg_replay_next(replay, &err);
        ck_assert_msg(status == PVM_OK || status == PVM_E_MALFORMED || status == PVM_E_MEMORY,
                      "forgery %d of %s: %s", i, f.name, err.msg);
        jam_seg_replay_free(replay);
        end_forgery(&f);
    }
    pvm_buf_deinit(&f.right);
    pvm_buf_deinit(&f.forged);
    end(&f.scene);
}
END_TEST

Suite *segments_suite(void);

Suite *segments_suite(void)
{
    Suite *suite = suite_create("segments");
    TCase *tests = tcase_create("segments");
    tcase_add_loop_test(tests, test_good, 0, 2);
    tcase_add_loop_test(tests, test_replay, 0, 2);
    tcase_add_test(tests, test_digests);
    tcase_add_test(tests, test_flips);
    tcase_add_loop_test(tests, test_forgeries, 0, 2);
    tcase_add_test(tests, test_forged_replays);
    suite_add_tcase(suite, tests);
    return suite;
}
