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

/* ---- a vector that does not hold says where ---- */

static void spoil_nothing(struct jam_stf *stf)
{
    (void)stf;
}

static void spoil_storage(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_map_set(&stf->after->state.services[0]->storage, pvm_bytes("last", 4),
                          pvm_bytes("abc", 3), &err) == PVM_OK);
}

static void spoil_more_storage(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_map_set(&stf->after->state.services[0]->storage, pvm_bytes("a", 1),
                          pvm_bytes("abc", 3), &err) == PVM_OK);
}

static void spoil_less_storage(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_map_remove(&stf->after->state.services[0]->storage, pvm_bytes("last", 4), &err) ==
              PVM_OK);
}

static void spoil_preimage(struct jam_stf *stf)
{
    struct jam_map_entry entry;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf copy = {0};
    ck_assert(jam_map_first(&stf->after->state.services[0]->preimages, &entry));
    pvm_buf_add_bytes(&copy, entry.value);
    copy.ptr[100] ^= 1;
    uint8_t hash[JAM_HASH_SIZE];
    memcpy(hash, entry.key.ptr, sizeof hash);
    ck_assert(jam_map_set(&stf->after->state.services[0]->preimages, pvm_bytes(hash, sizeof hash),
                          pvm_buf_bytes(&copy), &err) == PVM_OK);
    pvm_buf_deinit(&copy);
}

static void spoil_request(struct jam_stf *stf)
{
    struct jam_map_entry entry;
    struct pvm_err err = {.status = PVM_OK};
    uint8_t key[JAM_HASH_SIZE + 4];
    ck_assert(jam_map_first(&stf->after->state.services[0]->requests, &entry));
    memcpy(key, entry.key.ptr, sizeof key);
    ck_assert(jam_map_set(&stf->after->state.services[0]->requests, pvm_bytes(key, sizeof key),
                          pvm_bytes("\1\0\0\0\2\0\0", 8), &err) == PVM_OK);
}

static void spoil_balance(struct jam_stf *stf)
{
    stf->after->state.services[0]->balance++;
}

static void spoil_service(struct jam_stf *stf)
{
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_state_add(&stf->after->state, 5, &service, &err) == PVM_OK);
}

static void spoil_gas(struct jam_stf *stf)
{
    stf->after->state.stats[0].accumulate_gas_used++;
}

static void spoil_privileges(struct jam_stf *stf)
{
    stf->after->state.privileges.registrar = 3;
}

static void spoil_always(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_always_set(&stf->after->state.privileges, 12, 500, &err) == PVM_OK);
}

static void spoil_history(struct jam_stf *stf)
{
    stf->after->state.accumulated[11].list[0].octets[0] ^= 0x80;
}

static void spoil_ready(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_blob *report = jam_blob_new(NULL, pvm_bytes("r", 1));
    ck_assert(jam_ready_add(&stf->after->state.ready[3], NULL, report, NULL, 0, &err) == PVM_OK);
    jam_blob_unref(report);
}

static void spoil_root(struct jam_stf *stf)
{
    stf->root.octets[31] = 1;
}

static void spoil_verdict(struct jam_stf *stf)
{
    stf->valid = false;
}

static void spoil_slot(struct jam_stf *stf)
{
    stf->slot = 42;
}

/* What a vector does not have is not looked at. */
static void spoil_queue(struct jam_stf *stf)
{
    struct pvm_err err = {.status = PVM_OK};
    static const uint8_t queue[JAM_QUEUE_LEN * JAM_HASH_SIZE] = {1};
    ck_assert(jam_core_set(&stf->before->state.auth_queues, 0, pvm_bytes(queue, sizeof queue),
                           &err) == PVM_OK);
}

static void spoil_staging(struct jam_stf *stf)
{
    static const uint8_t validator[JAM_VALIDATOR_SIZE] = {1};
    stf->before->state.staging = jam_blob_new(NULL, pvm_bytes(validator, sizeof validator));
    ck_assert_ptr_nonnull(stf->before->state.staging);
}

static const struct {
    void (*spoil)(struct jam_stf *stf);
    const char *why; /* how it begins */
} spoiled[] = {
    {spoil_nothing, ""},
    {spoil_queue, ""},
    {spoil_staging, ""},
    {spoil_storage, "service 1729: storage 0x6c617374: expected 3 bytes 0x616263, got 16 bytes "
                    "0xefd36b4ce7a69729081481c50119dbe4"},
    {spoil_more_storage, "service 1729: storage 0x61: expected 3 bytes 0x616263, got none"},
    {spoil_less_storage, "service 1729: storage 0x6c617374: expected none, got 16 bytes 0xefd36b"},
    {spoil_preimage, "service 1729: preimage 0x65e537f16b30c01e1325535ab9a18c35c9382bb4dce37c6c3e37"
                     "c9b76a85c2b7: expected 35728 bytes, got 35728, from byte 100 on 0x"},
    {spoil_request, "service 1729: request for 0x65e537f16b30c01e1325535ab9a18c35c9382bb4dce37c6c3e"
                    "37c9b76a85c2b7 of 35728 bytes: expected slots [1, 2], got slots [0]"},
    {spoil_balance, "service 1729: balance: expected 135930, got 135929"},
    {spoil_service, "service 5: expected, but it is not there"},
    {spoil_gas, "statistics of service 1729: accumulate_gas_used: expected 4365, got 4364"},
    {spoil_privileges, "registrar: expected 3, got 0"},
    {spoil_always, "always-accumulating service 12: expected gas 500, got none"},
    {spoil_history, "accumulated packages, slot 11: expected [0xaa762f98"},
    {spoil_ready, "ready queue, slot 3: reports: expected 1, got 0"},
    {spoil_root, "output root: expected 0x00000000000000000000000000000000000000000000000000000000"
                 "00000001, got 0x0000"},
    {spoil_verdict, "the block is valid, expected an error"},
    {spoil_slot, "the block is invalid: the block's slot 42 is not later than the state's, 42"},
};

struct choice {
    const char *name;
    void (*use)(const char *path, struct pvm_bytes octets);
};

static void choose(const char *path, void *user)
{
    const struct choice *choice = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    if (strstr(path, choice->name) == NULL)
        return;
    ck_assert(jam_disk_read(path, FILE_LIMIT, &octets, &err) == PVM_OK);
    choice->use(path, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
}

static void use_spoiled(const char *path, struct pvm_bytes octets)
{
    for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
        const struct jam_vector_options options = {.profile = NULL};
        struct jam_vector_result result;
        struct pvm_err err = {.status = PVM_OK};
        struct jam_stf *stf;
        jam_vector_result_init(&result, NULL);
        ck_assert(jam_stf_load(octets, path, &options, &stf, &err) == PVM_OK);
        spoiled[i].spoil(stf);
        ck_assert_msg(jam_stf_run(stf, &options, &result, &err) == PVM_OK, "%s", err.msg);
        ck_assert(result.passed == (spoiled[i].why[0] == '\0'));
        const char *why = pvm_buf_str(&result.why);
        ck_assert_msg(strncmp(why, spoiled[i].why, strlen(spoiled[i].why)) == 0,
                      "expected \"%s\", got \"%s\"", spoiled[i].why, why);
        jam_vector_result_deinit(&result);
        jam_stf_free(stf);
    }
}

/* Cut short, with something behind, or with wrong octets: refused with the file's name. */
static void use_damaged(const char *path, struct pvm_bytes octets)
{
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_stf *stf;
    uint8_t *copy = pvm_alloc_get(NULL, octets.len + 1);
    memcpy(copy, octets.ptr, octets.len);
    copy[octets.len] = '0';
    for (size_t len = 0; len < octets.len; len += 1 + len / 8) {
        struct pvm_err err = {.status = PVM_OK};
        ck_assert(jam_stf_load(pvm_bytes(copy, len), path, &options, &stf, &err) ==
                  PVM_E_MALFORMED);
        ck_assert_ptr_nonnull(strstr(err.msg, "process_one_immediate_report-1"));
    }
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_stf_load(pvm_bytes(copy, octets.len + 1), path, &options, &stf, &err) ==
              PVM_E_MALFORMED);
    for (size_t at = 0; at < octets.len; at += 1 + at / 16) {
        copy[at] ^= 0xff;
        if (jam_stf_load(pvm_bytes(copy, octets.len), path, &options, &stf, NULL) == PVM_OK)
            jam_stf_free(stf);
        copy[at] ^= 0xff;
    }
    pvm_alloc_free(NULL, copy);
}

static void with_vector(void (*use)(const char *path, struct pvm_bytes octets), const char *ending)
{
    char folder[TEST_PATH];
    struct choice choice = {"process_one_immediate_report-1", use};
    if (!test_unpack("stf-accumulate/v0.7.2.tar.xz", folder))
        return;
    (void)test_each(folder, "v0.7.2/tiny", ending, choose, &choice);
    test_remove(folder);
}

START_TEST(says_where)
{
    with_vector(use_spoiled, _i == 0 ? ".json" : ".bin");
}
END_TEST

START_TEST(refuses_damaged_files)
{
    with_vector(use_damaged, _i == 0 ? ".json" : ".bin");
}
END_TEST

/* ---- versions in paths ---- */

static const struct {
    const char *path, *version;
} paths[] = {
    {"stf/v0.7.1/tiny/a.json", "0.7.1"},
    {"0.6.7/a.bin", "0.6.7"},
    {"/x/traces/v0.7.2-fuzzy-sample/1.bin", "0.7.2"},
    {"v0.7.0/old-v0.7.1/a", "0.7.1"},
    {"w/v0.8.0/a", "0.8.0-vectors"},
    {"vectors-0.7.2/a", "0.7.2"},
    {"a.json", NULL},
    {"v0.7.21/a", NULL},
    {"v0.7.2.1/a", NULL},
    {"v10.7.2/a", NULL},
    {"dev0.7.2/a", NULL},
};

START_TEST(reads_versions_in_paths)
{
    const struct jam_profile *profile = jam_vector_profile(paths[_i].path);
    if (paths[_i].version == NULL)
        ck_assert_ptr_null(profile);
    else
        ck_assert_str_eq(profile->name, paths[_i].version);
}
END_TEST

Suite *vector_stf_suite(void);
Suite *vector_stf_suite(void)
{
    Suite *suite = suite_create("vector_stf");
    TCase *tcase = tcase_create("archives");
    tcase_add_loop_test(tcase, holds, 0, sizeof sets / sizeof *sets);
    tcase_add_loop_test(tcase, says_where, 0, 2);
    tcase_add_loop_test(tcase, refuses_damaged_files, 0, 2);
    tcase_add_loop_test(tcase, reads_versions_in_paths, 0, sizeof paths / sizeof *paths);
    suite_add_tcase(suite, tcase);
    return suite;
}
