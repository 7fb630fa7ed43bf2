/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public vectors of single machines and invocations in the reference folder: each file's cases
 * pass, and none is missing. Builds that are not optimised, the sanitizers' among them, leave out
 * runs of more than MOST instructions.
 */
#include "host/vector_case_refine.h"
#include "host/vector_gas.h"
#include "host/vector_manifest.h"
#include "host/vector_testing.h"

#define FOLDER PVM_SHARED "/vectors/"

#ifdef __OPTIMIZE__
static const uint64_t most = UINT64_MAX;
#else
static const uint64_t most = 30000000;
#endif

/* What came of a folder. */
struct tally {
    const char *kind;
    const struct jam_profile *profile;
    size_t cases, runs, unplayed;
};

static enum pvm_status count(void *user, const char *name, const struct jam_vector_result *result,
                             struct pvm_err *err)
{
    struct tally *tally = user;
    (void)err;
    if (result->skipped != NULL && tally->profile != NULL) {
        ck_assert_str_eq(name, "steps"); /* of a program for another version */
        tally->unplayed++;
        return PVM_OK;
    }
    ck_assert_msg(result->passed && result->skipped == NULL, "%s: %.*s", name, (int)result->why.len,
                  (const char *)result->why.ptr);
    tally->cases++;
    tally->runs += result->runs;
    return PVM_OK;
}

static void read_vector(const char *path, struct pvm_buf *out)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_disk_read(path, 1 << 28, out, &err) == PVM_OK, "%s", err.msg);
}

static void replay(const char *path, void *user)
{
    struct tally *tally = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_suite_options options = {.vector = {.profile = tally->profile}};
    read_vector(path, &octets);
    const struct jam_suite_file file = {path, pvm_buf_bytes(&octets)};
    const struct jam_suite_kind *kind = jam_suite_kind_of(&file);
    ck_assert_msg(kind != NULL, "%s is of no kind", path);
    ck_assert_str_eq(kind->name, tally->kind);
    ck_assert_msg(kind->run(&file, &options, count, tally, &err) == PVM_OK, "%s", err.msg);
    pvm_buf_deinit(&octets);
}

/* False, with a word about it, when there is no such folder. */
static bool has_folder(const char *folder)
{
    bool has = jam_disk_has(folder);
    if (!has)
        fprintf(stderr, "skipped: no %s\n", folder);
    return has;
}

/* ---- folders ---- */

/* runs: programs count those of the draft and of their own version, each in three ways. */
static const struct {
    const char *folder, *kind;
    size_t cases, runs;
} folders[] = {
    {"pvm-programs/programs", "pvm-programs", 213, 639},
    {"pvm-programs/deviating", "pvm-programs", 13, 39},
    {"pvm-programs/extra", "pvm-programs", 5, 30},
    {"pvm-gas-blocks/programs", "pvm-gas-blocks", 263, 789},
    {"pvm-gas-blocks/integration", "pvm-gas-blocks", 2, 0},
    {"accumulate-cases/synthetic", "accumulate-cases", 6, 6},
};

START_TEST(test_folders)
{
    struct tally tally = {.kind = folders[_i].kind};
    char folder[TEST_PATH];
    snprintf(folder, sizeof folder, "%s%s", FOLDER, folders[_i].folder);
    if (!has_folder(folder))
        return;
    test_each(folder, "", ".json", replay, &tally);
    ck_assert_uint_eq(tally.cases, folders[_i].cases);
    ck_assert_uint_eq(tally.runs, folders[_i].runs);
}
END_TEST

/* The block model as GP 0.8.0 has it: the programs of the draft in its opcodes. 89 of them it lets
 * start, and end as the draft says. */
START_TEST(test_080)
{
    static const char *const versions[] = {"0.8.0", "0.8.0-vectors"};
    struct tally tally = {.kind = "pvm-gas-blocks", .profile = jam_profile_find(versions[_i])};
    ck_assert_ptr_nonnull(tally.profile);
    if (!has_folder(FOLDER "pvm-gas-blocks/programs"))
        return;
    test_each(FOLDER "pvm-gas-blocks", "programs", ".json", replay, &tally);
    ck_assert_uint_eq(tally.cases, 263);
    ck_assert_uint_eq(tally.runs, 3 * 89);
    ck_assert_uint_eq(tally.unplayed, 263 - 89);
}
END_TEST

/* The text of 0.8.0 agrees with the draft about cmov, which the official vectors do not. */
START_TEST(test_080_integration)
{
    struct tally tally = {.kind = "pvm-gas-blocks", .profile = jam_profile_find("0.8.0")};
    if (!has_folder(FOLDER "pvm-gas-blocks/integration"))
        return;
    test_each(FOLDER "pvm-gas-blocks", "integration", ".json", replay, &tally);
    ck_assert_uint_eq(tally.cases, 2);
}
END_TEST

/* ---- archives of accumulations ---- */

static const struct {
    const char *name;
    size_t cases;
} archives[] = {
    {"v0.7.2-storage_light", 63}, {"v0.7.2-preimages_light", 63}, {"v0.7.2-fuzzy-sample", 81}};

START_TEST(test_archives)
{
    struct tally tally = {.kind = "accumulate-cases"};
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    snprintf(archive, sizeof archive, "accumulate-cases/%s.tar.xz", archives[_i].name);
    if (!test_unpack(archive, folder))
        return;
    test_each(folder, archives[_i].name, ".json", replay, &tally);
    test_remove(folder);
    ck_assert_uint_eq(tally.cases, archives[_i].cases);
    ck_assert_uint_eq(tally.runs, archives[_i].cases);
}
END_TEST

/* ---- long ones ---- */

static void replay_refine(const char *path, void *user)
{
    struct tally *tally = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_refine_case *c;
    static const struct jam_vector_options options;
    read_vector(path, &octets);
    ck_assert_msg(jam_refine_case_load(pvm_buf_bytes(&octets), path, &options, &c, &err) == PVM_OK,
                  "%s", err.msg);
    tally->cases++;
    if (c->end.inner_gas > most)
        fprintf(stderr, "skipped: %s is too long for a build without optimisation\n", path);
    else
        replay(path, tally);
    jam_refine_case_free(c);
    pvm_buf_deinit(&octets);
}

START_TEST(test_refine)
{
    struct tally tally = {.kind = "refine-cases"};
    if (!has_folder(FOLDER "refine-cases"))
        return;
    ck_assert_uint_eq(test_each(FOLDER, "refine-cases", ".json", replay_refine, &tally), 7);
    ck_assert_uint_eq(tally.cases, 7 + tally.runs);
    ck_assert_uint_ge(tally.runs, 4);
}
END_TEST

/* A program's file, and those runs of it that are not too long; how many those are in all. */
static size_t replay_program(const struct jam_manifest *manifest, size_t program)
{
    static const struct jam_vector_options options;
    const struct jam_manifest_program *of = &manifest->programs[program];
    struct pvm_err err = {.status = PVM_OK};
    struct tally tally = {.cases = 0};
    for (size_t run = 0; run <= of->run_count; run++) {
        struct jam_vector_result result;
        jam_vector_result_init(&result, NULL);
        if (run > 0 && of->runs[run - 1].end.gas_used > most) {
            fprintf(stderr, "skipped: %s, %s is too long for a build without optimisation\n",
                    of->file, of->runs[run - 1].label);
        } else {
            enum pvm_status status =
                run == 0 ? jam_manifest_check(manifest, program, &options, &result, &err)
                         : jam_manifest_run(manifest, program, run - 1, &options, &result, &err);
            ck_assert_msg(status == PVM_OK, "%s", err.msg);
            count(&tally, of->file, &result, NULL);
        }
        jam_vector_result_deinit(&result);
    }
    return of->run_count;
}

START_TEST(test_manifest)
{
    static const char path[] = FOLDER "programs/manifest.json";
    static const struct jam_vector_options options;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_manifest *manifest;
    size_t runs = 0;
    if (!has_folder(path))
        return;
    read_vector(path, &octets);
    const struct jam_suite_file file = {path, pvm_buf_bytes(&octets)};
    ck_assert_str_eq(jam_suite_kind_of(&file)->name, "programs");
    ck_assert_msg(jam_manifest_load(file.octets, path, &options, &manifest, &err) == PVM_OK, "%s",
                  err.msg);
    for (size_t i = 0; i < manifest->program_count; i++)
        runs += replay_program(manifest, i);
    ck_assert_uint_eq(manifest->program_count, 17);
    ck_assert_uint_eq(runs, 17);
    jam_manifest_free(manifest);
    pvm_buf_deinit(&octets);
}
END_TEST

Suite *vector_sets_suite(void);

Suite *vector_sets_suite(void)
{
    Suite *suite = suite_create("host/vector_sets");
    TCase *tests = tcase_create("public sets");
    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, test_folders, 0, sizeof folders / sizeof *folders);
    tcase_add_loop_test(tests, test_080, 0, 2);
    tcase_add_test(tests, test_080_integration);
    tcase_add_loop_test(tests, test_archives, 0, sizeof archives / sizeof *archives);
    tcase_add_test(tests, test_refine);
    tcase_add_test(tests, test_manifest);
    suite_add_tcase(suite, tests);
    return suite;
}
