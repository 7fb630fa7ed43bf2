/* SPDX-License-Identifier: Apache-2.0 */
/* Replays all accumulate vectors of the reference folder, in both of their forms. */
#include "host/vector_stf.h"

#include "host/vector_testing.h"

enum { FILE_LIMIT = 64 << 20 };

struct tally {
    size_t passed, runs;
    struct pvm_buf failures;
};

static void replay(const char *path, void *user)
{
    struct tally *tally = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_vector_result result;
    struct jam_stf *stf = NULL;
    jam_vector_result_init(&result, NULL);
    enum pvm_status status = jam_disk_read(path, FILE_LIMIT, &octets, &err);
    if (status == PVM_OK)
        status = jam_stf_load(pvm_buf_bytes(&octets), path, &options, &stf, &err);
    if (status == PVM_OK)
        status = jam_stf_run(stf, &options, &result, &err);
    if (status != PVM_OK)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, err.msg);
    else if (!result.passed)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, pvm_buf_str(&result.why));
    else
        tally->passed++;
    tally->runs += result.runs;
    jam_stf_free(stf);
    jam_vector_result_deinit(&result);
    pvm_buf_deinit(&octets);
}

static const struct {
    const char *version;
    size_t count; /* of vectors in each set and form */
} sets[] = {{"v0.6.7", 26}, {"v0.7.0", 26}, {"v0.7.1", 30}, {"v0.7.2", 30}};

START_TEST(holds)
{
    static const char *const subs[] = {"tiny", "full"};
    static const char *const endings[] = {".json", ".bin"};
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    char sub[TEST_PATH];
    struct tally tally = {.passed = 0};
    snprintf(archive, sizeof archive, "stf-accumulate/%s.tar.xz", sets[_i].version);
    if (!test_unpack(archive, folder))
        return;
    for (size_t i = 0; i < 4; i++) {
        snprintf(sub, sizeof sub, "%s/%s", sets[_i].version, subs[i / 2]);
        size_t count = test_each(folder, sub, endings[i % 2], replay, &tally);
        ck_assert_uint_eq(count, sets[_i].count);
    }
    test_remove(folder);
    fprintf(stderr, "%s: %zu vectors hold, %zu invocations\n", sets[_i].version, tally.passed,
            tally.runs);
    ck_assert_msg(tally.failures.len == 0, "%.2000s", pvm_buf_str(&tally.failures));
    ck_assert_uint_eq(tally.passed, 4 * sets[_i].count);
    pvm_buf_deinit(&tally.failures);
}
END_TEST

Suite *vector_stf_suite(void);
Suite *vector_stf_suite(void)
{
    Suite *suite = suite_create("vector_stf");
    TCase *tcase = tcase_create("archives");
    tcase_add_loop_test(tcase, holds, 0, sizeof sets / sizeof *sets);
    suite_add_tcase(suite, tcase);
    return suite;
}
