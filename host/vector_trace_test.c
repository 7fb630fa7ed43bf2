/* SPDX-License-Identifier: Apache-2.0 */
/* Replays all block traces of the reference folder. */
#include "host/vector_trace.h"

#include "host/vector_testing.h"

enum { FILE_LIMIT = 64 << 20 };

struct tally {
    size_t passed, runs, changed, checked, foreign;
    uint32_t foreign_components;
    struct pvm_buf failures;
};

static void replay(const char *path, void *user)
{
    struct tally *tally = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_vector_result result;
    struct jam_trace *trace = NULL;
    if (strstr(path, "/genesis.bin") != NULL)
        return;
    jam_vector_result_init(&result, NULL);
    enum pvm_status status = jam_disk_read(path, FILE_LIMIT, &octets, &err);
    if (status == PVM_OK)
        status = jam_trace_load(pvm_buf_bytes(&octets), path, &options, &trace, &err);
    if (status == PVM_OK)
        status = jam_trace_run(trace, &options, &result, &err);
    if (status != PVM_OK)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, err.msg);
    else if (!result.passed)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, pvm_buf_str(&result.why));
    else
        tally->passed++;
    tally->runs += result.runs;
    tally->changed += result.changed;
    tally->checked += result.checked;
    tally->foreign += result.foreign;
    tally->foreign_components |= result.foreign_components;
    jam_trace_free(trace);
    jam_vector_result_deinit(&result);
    pvm_buf_deinit(&octets);
}

static const struct {
    const char *version, *set, *folder;
    size_t count;
} sets[] = {
    {"v0.7.0", "preimages_light", "preimages_light", 100},
    {"v0.7.0", "storage_light", "storage_light", 100},
    {"v0.7.1", "preimages_light", "preimages_light", 100},
    {"v0.7.1", "storage_light", "storage_light", 100},
    {"v0.7.2", "preimages_light", "preimages_light", 100},
    {"v0.7.2", "storage_light", "storage_light", 100},
    {"v0.7.2", "fuzzy-sample", "fuzzy", 25},
};

START_TEST(holds)
{
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    char sub[TEST_PATH];
    struct tally tally = {.passed = 0};
    snprintf(archive, sizeof archive, "traces/%s-%s.tar.xz", sets[_i].version, sets[_i].set);
    if (!test_unpack(archive, folder))
        return;
    snprintf(sub, sizeof sub, "%s/%s", sets[_i].version, sets[_i].folder);
    (void)test_each(folder, sub, ".bin", replay, &tally);
    test_remove(folder);
    fprintf(stderr,
            "%s %s: %zu blocks hold, %zu invocations, %zu of %zu changed key-values checked, "
            "%zu not ours (0x%x)\n",
            sets[_i].version, sets[_i].set, tally.passed, tally.runs, tally.checked, tally.changed,
            tally.foreign, (unsigned)tally.foreign_components);
    ck_assert_msg(tally.failures.len == 0, "%.2000s", pvm_buf_str(&tally.failures));
    ck_assert_uint_eq(tally.passed, sets[_i].count);
    pvm_buf_deinit(&tally.failures);
}
END_TEST

Suite *vector_trace_suite(void);
Suite *vector_trace_suite(void)
{
    Suite *suite = suite_create("vector_trace");
    TCase *tcase = tcase_create("archives");
    tcase_add_loop_test(tcase, holds, 0, sizeof sets / sizeof *sets);
    suite_add_tcase(suite, tcase);
    return suite;
}
