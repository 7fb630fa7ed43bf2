/* SPDX-License-Identifier: Apache-2.0 */
/* State files: what is refused and how it is said, and forms there and back. */
#include "host/state_file.h"

#include "host/json_scan.h"
#include "host/testing.h"
#include "host/vector_testing.h"

static struct pvm_bytes str(const char *text)
{
    return pvm_bytes(text, strlen(text));
}

static struct jam_state_file *load(struct pvm_bytes text, const char *version)
{
    struct jam_state_options options = {.profile =
                                            version != NULL ? jam_profile_find(version) : NULL};
    struct jam_state_file *file = NULL;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_state_load(text, "t", &options, &file, &err) == PVM_OK, "%s", err.msg);
    return file;
}

static struct jam_state_file *load_example(void)
{
    struct jam_state_options options = {.profile = NULL};
    struct jam_state_file *file = NULL;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_state_load_file(PVM_TESTDATA "/state/example.json", &options, &file, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    return file;
}

/* ---- errors ---- */

#define KEY_11 "0b000000000000000000000000000000000000000000000000000000000000"
/* The tiny set's constants as fetch kind 0 gives them, around Q. */
#define PARAMS_TO_P                                                                                \
    "0a00000000000000010000000000000064000000000000000200200000000c000000809698000000"             \
    "000080f0fa020000000000ca9a3b00000000002d3101000000000800100008000300180000000300"             \
    "08000600"
#define PARAMS_FROM_R                                                                              \
    "040080000500060000fa00008070d20000093d0004000000000c00000204000000c0000080000000"             \
    "000c00000a000000"

#define KEY_S5 "ff050000000000000000000000000000000000000000000000000000000000"
#define HASH   "0x00000000000000000000000000000000000000000000000000000000000000ff"
#define STF_HEAD                                                                                   \
    "{\"slot\": 1, \"entropy\": \"" HASH "\", \"accumulated\": [], \"privileges\": {}, "

static const struct {
    const char *text, *message;
} wrong[] = {
    {"", "t:1:1: expected a value, got the end"},
    {"7", "t: $: expected an object, got 7"},
    {"{\"servces\": []}",
     "t: $.servces: unknown key; known here: gp, params, slot, entropy, services, privileges, "
     "auth_pools, auth_queues, staging_set, ready_queue, accumulated, statistics, outputs, others"},
    {"{\"gp\": \"0.9.9\"}", "t: $.gp: unknown GP version \"0.9.9\""},
    {"{\"slot\": 4294967296}",
     "t: $.slot: expected a whole number from 0 to 2^32 - 1, got 4294967296"},
    {"{\"slot\": -1}", "t: $.slot: expected a whole number from 0 to 2^32 - 1, got -1"},
    {"{\"slot\": 1, \"slot\": 1}", "t: $.slot: key is there twice"},
    {"{\"params\": {\"E\": 70000}}", "t: $.params: an epoch has at most 65536 slots here"},
    {"{\"entropy\": [\"0x00\"]}", "t: $.entropy[0]: expected a hash of 32 octets, got 1"},
    {"{\"services\": [{\"id\": 5}, {\"id\": 5}]}", "t: $.services[1]: service 5 is there already"},
    {"{\"services\": [{\"id\": 5, \"balance\": 18446744073709551616}]}",
     "t: $.services[0].balance: expected a whole number from 0 to 2^64 - 1, got "
     "18446744073709551616"},
    {"{\"services\": [{\"id\": 5, \"storage\": [{\"key\": \"0x0\", \"value\": \"0x\"}]}]}",
     "t: $.services[0].storage[0].key: odd number of hexadecimal digits (1)"},
    {"{\"services\": [{\"id\": 5, \"storage\": [{\"key\": \"0x\"}]}]}",
     "t: $.services[0].storage[0]: \"value\" is missing"},
    {"{\"services\": [{\"id\": 5, \"keyvals\": [{\"key\": \"0x" KEY_11 "\", \"value\": \"0x\"}]}]}",
     "t: $.services[0].keyvals[0].key: no state key of service 5"},
    {"{\"privileges\": {\"assign\": [1, 2, 3]}, \"params\": \"tiny\"}",
     "t: $.privileges.assign: 3 assigners, at most 2 are possible"},
    {"{\"privileges\": {\"register\": 3}, \"gp\": \"0.7.0\"}",
     "t: $.privileges: GP 0.7.0 has no register"},
    {"{\"privileges\": {\"always_acc\": [{\"id\": 1, \"gas\": 2}, {\"id\": 1, \"gas\": 2}]}}",
     "t: $.privileges.always_acc[1]: service 1 is there already"},
    {"{\"auth_pools\": [[], [], []], \"params\": \"tiny\"}",
     "t: $.auth_pools: 3 lists, there are 2 cores"},
    {"{\"staging_set\": [], \"params\": \"tiny\"}",
     "t: $.staging_set: 0 validators, the chain has 6"},
    {"{\"ready_queue\": [[],[],[],[],[],[],[],[],[],[],[],[],[]], \"params\": \"tiny\"}",
     "t: $.ready_queue: 13 lists, an epoch has 12 slots"},
    {"{\"ready_queue\": [[{\"report\": {}, \"dependencies\": []}]]}",
     "t: $.ready_queue[0][0].report: \"package_spec\" is missing"},
    {"{\"statistics\": [{\"id\": 1, \"record\": {\"imports\": \"x\"}}]}",
     "t: $.statistics[0].record.imports: expected a whole number from 0 to 2^64 - 1, got the text "
     "\"x\""},
    {"{\"outputs\": [{\"id\": 1}]}", "t: $.outputs[0]: \"hash\" is missing"},
    {"{\"others\": [{\"key\": \"0x" KEY_11 "\", \"value\": \"0x\"}]}",
     "t: $.others[0].key: slot has a field of its own"},
    {"{\"others\": [{\"key\": \"0x" KEY_S5 "\", \"value\": \"0x\"}]}",
     "t: $.others[0].key: belongs to a service"},
    /* key-values */
    {"[1]", "t: $[0]: expected an object, got 1"},
    {"[[\"0x00\"]]", "t: $[0]: 1 values, expected a key and a value"},
    {"[[\"0x00\", \"0x\"]]", "t: $[0]: a key of 1 octets, state keys have 31"},
    {"[[\"0x" KEY_11 "\", \"0x00\"]]", "t: $[0]: slot: no value of GP 0.7.2 with 1 octets"},
    {"[[\"0x" KEY_11 "\", \"0x0000000000\"]]", "t: $[0]: slot: 1 octets too many"},
    {"[[\"0x" KEY_11 "\", \"0x00000000\"], [\"0x" KEY_11 "\", \"0x\"]]",
     "t: $[1]: this key is there already"},
    {"{\"keyvals\": [{\"key\": \"0x" KEY_S5 "\", \"value\": \"0x00\"}]}",
     "t: $.keyvals[0]: service 5: no record of GP 0.7.2, which has 89 octets, but 1"},
    {"{\"keyvals\": [], \"state_root\": \"" HASH "\"}",
     "t: $.state_root: the root of the key-values is "
     "0x0000000000000000000000000000000000000000000000000000000000000000"},
    /* chain specifications */
    {"{\"genesis_state\": {\"" KEY_11 "\": \"0\"}}",
     "t: $.genesis_state[\"0b00000000000000000000000000000000000000...\"]: "
     "expected an even number of hexadecimal digits"},
    {"{\"genesis_state\": {\"0g\": \"00\"}}",
     "t: $.genesis_state[\"0g\"]: the key is not hexadecimal"},
    {"{\"genesis_state\": {}, \"protocol_parameters\": \"00\"}",
     "t: $.protocol_parameters: no constants of GP 0.7.2"},
    {"{\"genesis_state\": {}, \"protocol_parameters\": \"" PARAMS_TO_P "6400" PARAMS_FROM_R "\"}",
     "t: $.protocol_parameters: no constants of GP 0.7.2"},
    /* vectors */
    {"{\"pre_state\": {}}", "t: $: no post_state"},
    {"{\"post_state\": {\"accounts\": []}}", "t: $.post_state: \"slot\" is missing"},
    {STF_HEAD "\"ready_queue\": [], \"accounts\": []}", "t: $.ready_queue: an epoch of 0 slots"},
    {STF_HEAD "\"ready_queue\": [[]], \"accounts\": [{\"id\": 1, \"data\": {\"storage\": []}}]}",
     "t: $.accounts[0].data: \"service\" is missing"},
};

START_TEST(test_wrong)
{
    struct jam_state_options options = {.profile = NULL};
    struct jam_state_file *file = NULL;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_status status = jam_state_load(str(wrong[_i].text), "t", &options, &file, &err);
    ck_assert_int_eq(status, PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, wrong[_i].message);
    ck_assert_ptr_null(file);
}
END_TEST

/* ---- there and back ---- */

static const enum jam_state_file_form forms[] = {JAM_STATE_FILE_OWN, JAM_STATE_FILE_JIP4,
                                                 JAM_STATE_FILE_KEYVALS, JAM_STATE_FILE_BINARY};

static void root_of(const struct jam_state_file *file, struct jam_hash *root)
{
    struct jam_state_shape shape = jam_state_file_shape(file);
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_state_root(&file->state, &shape, file->present, root, &err) == PVM_OK);
}

/* A state written is read as the same state, and written as the same octets. */
START_TEST(test_forms)
{
    struct jam_state_file *file = load_example();
    struct pvm_buf first = {0};
    struct pvm_buf second = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash before, after;
    ck_assert(jam_state_write(file, forms[_i], &first, &err) == PVM_OK);
    struct jam_state_file *again = load(pvm_buf_bytes(&first), NULL);
    ck_assert_int_eq(again->form, forms[_i]);
    ck_assert(jam_state_write(again, forms[_i], &second, &err) == PVM_OK);
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&first), pvm_buf_bytes(&second)));
    root_of(file, &before);
    root_of(again, &after);
    ck_assert(jam_hash_equal(&before, &after));
    ck_assert_uint_eq(file->present, again->present);
    pvm_buf_deinit(&first);
    pvm_buf_deinit(&second);
    jam_state_file_free(file);
    jam_state_file_free(again);
}
END_TEST

/* The example says every field; what is read of it, by hand. */
START_TEST(test_example)
{
    struct jam_state_file *file = load_example();
    const struct jam_state *state = &file->state;
    const struct jam_service *service = jam_state_find(state, 5);
    struct pvm_bytes value;
    struct jam_always always;
    ck_assert_str_eq(file->profile->name, "0.7.2");
    ck_assert_uint_eq(file->params.core_count, 2);
    ck_assert_uint_eq(file->params.preimage_expunge_period, 40);
    ck_assert_uint_eq(state->slot, 42);
    ck_assert_uint_eq(state->entropy[1].octets[0], 0x22);
    ck_assert_ptr_nonnull(service);
    ck_assert_uint_eq(service->min_memo_gas, 10);
    ck_assert_uint_eq(service->items, 2 + 3 * 2);
    /* Two of storage; the code, which got an octet of metadata; "gone"; what is only requested. */
    ck_assert_uint_eq(service->bytes,
                      (34 + 3 + 3) + (34 + 1 + 4) + (81 + 132) + (81 + 4) + (81 + 9));
    ck_assert(jam_storage_get(service, str("jam"), &value) && value.len == 3);
    ck_assert_uint_eq(jam_state_find(state, 9)->hidden.count, 1);
    ck_assert_uint_eq(jam_assigner_get(&state->privileges, 1), 9);
    ck_assert_uint_eq(state->privileges.registrar, 5);
    ck_assert(jam_always_from(&state->privileges, 0, &always) && always.gas == 1000);
    ck_assert_uint_eq(jam_core_get(&state->auth_pools, 0).len, 32);
    ck_assert_uint_eq(jam_core_get(&state->auth_queues, 1).len, 80 * 32);
    ck_assert_uint_eq(jam_blob_bytes(state->staging).len, 6 * JAM_VALIDATOR_SIZE);
    ck_assert_uint_eq(state->ready[1].count, 1);
    ck_assert_uint_eq(state->ready[1].list[0].dependencies.count, 1);
    ck_assert_uint_eq(state->accumulated[10].count, 1);
    ck_assert_uint_eq(state->stats[0].exports, 8);
    ck_assert_uint_eq(state->outputs[0].service, 5);
    ck_assert_uint_eq(state->others.count, 1);
    jam_state_file_free(file);
}
END_TEST

static void refuse_065(const struct jam_state_file *file, const char *message)
{
    struct jam_state_file *old = NULL;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_int_eq(jam_state_reversion(file, jam_profile_find("0.6.5"), &old, &err), PVM_E_USAGE);
    ck_assert_str_eq(err.msg, message);
    ck_assert_int_eq(err.status, PVM_E_USAGE);
    ck_assert_ptr_null(old);
}

/* What another version has no place for is refused; what it counts otherwise is counted. */
START_TEST(test_reversion)
{
    struct jam_state_file *file = load_example();
    struct jam_state_file *old = NULL;
    struct pvm_err err = {.status = PVM_OK};
    refuse_065(file, "0.6.5: $.privileges: GP 0.6.5 has no register");
    jam_state_file_free(file);
    file = load(str("{\"services\": [{\"id\": 9, \"keyvals\": [{\"key\": \"0x"
                    "09010002000300040506070809000102030405060708090001020304050607\", "
                    "\"value\": \"0x\"}]}]}"),
                "0.7.2");
    refuse_065(file, "service 9 has entries of which only the state key is known, GP 0.6.5 has "
                     "other state keys");
    jam_state_file_free(file);
    file = load(str("{\"services\": [{\"id\": 5, \"storage\": [{\"key\": \"0x0102\", "
                    "\"value\": \"0x03\"}], \"preimages\": [{\"blob\": \"0x0405\"}]}]}"),
                "0.7.2");
    err.status = PVM_OK;
    ck_assert_uint_eq(file->state.services[0]->bytes, 34 + 2 + 1 + 81 + 2);
    ck_assert_msg(jam_state_reversion(file, jam_profile_find("0.6.5"), &old, &err) == PVM_OK, "%s",
                  err.msg);
    ck_assert_uint_eq(old->state.services[0]->bytes, 32 + 1 + 81 + 2);
    ck_assert_uint_eq(old->state.services[0]->items, 3);
    jam_state_file_free(old);
    jam_state_file_free(file);
}
END_TEST

/* Which version a file shows. */
START_TEST(test_versions)
{
    static const struct {
        size_t record;
        const char *version;
    } cases[] = {{68, "0.6.6"}, {88, "0.7.0"}, {89, "0.7.2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pvm_buf text = {0};
        uint8_t record[89] = {0};
        pvm_buf_text(&text, "[[\"0x" KEY_S5 "\", \"0x");
        pvm_buf_hex(&text, pvm_bytes(record, cases[i].record));
        pvm_buf_text(&text, "\"]]");
        struct jam_state_file *file = load(pvm_buf_bytes(&text), NULL);
        ck_assert_str_eq(file->profile->name, cases[i].version);
        ck_assert_uint_eq(file->state.count, 1);
        jam_state_file_free(file);
        pvm_buf_deinit(&text);
    }
}
END_TEST

START_TEST(test_memory)
{
    static const char text[] =
        "{\"services\": [{\"id\": 5, \"storage\": [{\"key\": \"0x00\", \"value\": \"0x01\"}], "
        "\"preimages\": [{\"blob\": \"0x0203\"}]}], \"ready_queue\": [], \"accumulated\": [["
        "\"" HASH "\"]], \"params\": \"tiny\", \"outputs\": [{\"id\": 1, \"hash\": \"" HASH "\"}]}";
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        enum pvm_status status = PVM_E_MEMORY;
        for (size_t after = 0; status != PVM_OK; after++) {
            struct test_failing failing = {.after = after};
            struct pvm_alloc alloc = {test_failing_resize, &failing};
            struct jam_state_options options = {.alloc = &alloc};
            struct jam_state_file *file = NULL;
            struct pvm_buf out = {.alloc = &alloc};
            ck_assert_uint_lt(after, 2000);
            status = jam_state_load(str(text), "t", &options, &file, NULL);
            if (status == PVM_OK)
                status = jam_state_write(file, forms[form], &out, NULL);
            ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
            pvm_buf_deinit(&out);
            jam_state_file_free(file);
        }
    }
}
END_TEST

/* ---- the public vectors ---- */

static void convert(const char *path, void *user)
{
    size_t *count = user;
    for (int pick = JAM_STATE_AFTER; pick <= JAM_STATE_BEFORE; pick++) {
        struct jam_state_options options = {.pick = (enum jam_state_pick)pick};
        struct jam_state_file *file = NULL;
        struct pvm_err err = {.status = PVM_OK};
        struct pvm_buf texts[4] = {{0}};
        ck_assert_msg(jam_state_load_file(path, &options, &file, &err) == PVM_OK, "%s", err.msg);
        /* Through our own form, and through the vectors'. */
        for (size_t i = 0; i < 4; i++) {
            enum jam_state_file_form form = i % 2 == 0 ? JAM_STATE_FILE_OWN : JAM_STATE_FILE_STF;
            ck_assert_msg(jam_state_write(file, form, &texts[i], &err) == PVM_OK, "%s: %s", path,
                          err.msg);
            const struct jam_profile *profile = file->profile;
            jam_state_file_free(file);
            options.profile = profile;
            ck_assert_msg(jam_state_load(pvm_buf_bytes(&texts[i]), path, &options, &file, &err) ==
                              PVM_OK,
                          "%s", err.msg);
        }
        ck_assert(pvm_bytes_equal(pvm_buf_bytes(&texts[0]), pvm_buf_bytes(&texts[2])));
        ck_assert(pvm_bytes_equal(pvm_buf_bytes(&texts[1]), pvm_buf_bytes(&texts[3])));
        for (size_t i = 0; i < 4; i++)
            pvm_buf_deinit(&texts[i]);
        jam_state_file_free(file);
        *count += 1;
    }
}

START_TEST(test_vectors)
{
    static const struct {
        const char *version;
        size_t states;
    } sets[] = {{"v0.6.7", 104}, {"v0.7.0", 104}, {"v0.7.1", 120}, {"v0.7.2", 120}};
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    char sub[TEST_PATH];
    size_t states = 0;
    snprintf(archive, sizeof archive, "stf-accumulate/%s.tar.xz", sets[_i].version);
    if (!test_unpack(archive, folder))
        return;
    snprintf(sub, sizeof sub, "%s/tiny", sets[_i].version);
    (void)test_each(folder, sub, ".json", convert, &states);
    snprintf(sub, sizeof sub, "%s/full", sets[_i].version);
    (void)test_each(folder, sub, ".json", convert, &states);
    test_remove(folder);
    ck_assert_uint_eq(states, sets[_i].states);
}
END_TEST

Suite *state_file_suite(void);
Suite *state_file_suite(void)
{
    Suite *suite = suite_create("state_file");
    TCase *tcase = tcase_create("state_file");
    tcase_add_loop_test(tcase, test_wrong, 0, sizeof wrong / sizeof *wrong);
    tcase_add_loop_test(tcase, test_forms, 0, sizeof forms / sizeof *forms);
    tcase_add_test(tcase, test_example);
    tcase_add_test(tcase, test_reversion);
    tcase_add_test(tcase, test_versions);
    tcase_add_test(tcase, test_memory);
    tcase_add_loop_test(tcase, test_vectors, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}
