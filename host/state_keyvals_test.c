/* SPDX-License-Identifier: Apache-2.0 */
/* State as key-values: by hand, and every state of the public traces there and back. */
#include "host/state_keyvals.h"

#include "host/accumulate_rules.h"
#include "host/hash.h"
#include "host/state_binary.h"
#include "host/testing.h"
#include "host/vector_testing.h"

enum { FILE_LIMIT = 64 << 20 };

static struct pvm_bytes str(const char *text)
{
    return pvm_bytes(text, strlen(text));
}

struct shaped {
    struct jam_params params;
    struct jam_state_shape shape;
};

static void shaped_init(struct shaped *to, const char *version)
{
    const struct jam_profile *profile = jam_profile_find(version);
    ck_assert_ptr_nonnull(profile);
    jam_params_get(profile, JAM_PARAMS_TINY, &to->params);
    to->shape = (struct jam_state_shape){profile, &to->params};
}

static void same(const struct jam_map *a, const struct jam_map *b, const char *where)
{
    struct jam_map_entry left, right;
    bool more = jam_map_first(a, &left);
    bool others = jam_map_first(b, &right);
    while (more && others) {
        ck_assert_msg(pvm_bytes_equal(left.key, right.key), "%s: keys differ", where);
        ck_assert_msg(pvm_bytes_equal(left.value, right.value),
                      "%s: value of 0x%02x%02x... differs", where, left.key.ptr[0],
                      left.key.ptr[1]);
        more = jam_map_after(a, left.key, &left);
        others = jam_map_after(b, right.key, &right);
    }
    ck_assert_msg(!more && !others, "%s: %zu key-values became %zu", where, a->count, b->count);
}

/* ---- public traces ---- */

struct tally {
    const char *version;
    size_t states, hidden, preimages;
};

static void there_and_back(const struct jam_map *keyvals, const char *path, struct tally *tally)
{
    struct shaped shaped;
    struct jam_state state;
    struct jam_map back;
    struct jam_state_key bad;
    uint32_t present = 0;
    struct pvm_err err = {.status = PVM_OK};
    shaped_init(&shaped, tally->version);
    jam_keyvals_params(shaped.shape.profile, keyvals, &shaped.params);
    ck_assert_uint_eq(shaped.params.core_count, 2);
    ck_assert_uint_eq(shaped.params.epoch_length, 12);
    ck_assert_uint_eq(shaped.params.validator_count, 6);
    jam_state_init(&state, NULL);
    jam_map_init(&back, NULL);
    ck_assert_msg(jam_state_from_keyvals(keyvals, &shaped.shape, &state, &present, &bad, &err) ==
                      PVM_OK,
                  "%s: %s", path, err.msg);
    ck_assert_msg(jam_state_to_keyvals(&state, &shaped.shape, present, &back, &err) == PVM_OK,
                  "%s: %s", path, err.msg);
    same(keyvals, &back, path);
    tally->states++;
    for (size_t i = 0; i < state.count; i++) {
        tally->hidden += state.services[i]->hidden.count;
        tally->preimages += state.services[i]->preimages.count;
    }
    jam_map_deinit(&back);
    jam_state_deinit(&state);
}

static void load(const char *path, void *user)
{
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_disk_read(path, FILE_LIMIT, &octets, &err) == PVM_OK, "%s", err.msg);
    for (int pick = JAM_STATE_AFTER; pick <= JAM_STATE_BEFORE; pick++) {
        struct jam_map keyvals;
        jam_map_init(&keyvals, NULL);
        /* The root that stands in front is compared with the one that is computed. */
        ck_assert_msg(jam_state_binary_read(pvm_buf_bytes(&octets), (enum jam_state_pick)pick,
                                            &keyvals, &err) == PVM_OK,
                      "%s: %s", path, err.msg);
        there_and_back(&keyvals, path, user);
        jam_map_deinit(&keyvals);
    }
    pvm_buf_deinit(&octets);
}

static const struct {
    const char *version, *set, *folder;
    size_t count;
} sets[] = {
    {"0.7.0", "preimages_light", "preimages_light", 101},
    {"0.7.0", "storage_light", "storage_light", 101},
    {"0.7.1", "preimages_light", "preimages_light", 101},
    {"0.7.1", "storage_light", "storage_light", 101},
    {"0.7.2", "preimages_light", "preimages_light", 101},
    {"0.7.2", "storage_light", "storage_light", 101},
    {"0.7.2", "fuzzy-sample", "fuzzy", 25},
};

START_TEST(test_traces)
{
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    char sub[TEST_PATH];
    struct tally tally = {.version = sets[_i].version};
    snprintf(archive, sizeof archive, "traces/v%s-%s.tar.xz", sets[_i].version, sets[_i].set);
    if (!test_unpack(archive, folder))
        return;
    snprintf(sub, sizeof sub, "v%s/%s", sets[_i].version, sets[_i].folder);
    size_t count = test_each(folder, sub, ".bin", load, &tally);
    test_remove(folder);
    ck_assert_uint_eq(count, sets[_i].count);
    ck_assert_uint_eq(tally.states, 2 * sets[_i].count);
    ck_assert_uint_ge(tally.preimages, tally.states);
}
END_TEST

/* ---- by hand ---- */

/* A service with something of each kind, in a state with something of each component. */
static void fill(struct jam_state *state, const struct shaped *shaped)
{
    struct jam_service *service;
    struct jam_hash hash = {{7}};
    struct jam_request request = {.count = 2, .slots = {3, 4}};
    struct jam_request asked = {.count = 0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service_stat *stat;
    jam_state_init(state, NULL);
    state->rules = jam_accumulate_rules_of(shaped->shape.profile)->accounts;
    ck_assert(jam_state_add(state, 0x01020304, &service, &err) == PVM_OK);
    service->balance = UINT64_MAX;
    ck_assert(jam_storage_set(service, str("jam"), str("value"), &err) == PVM_OK);
    ck_assert(jam_storage_set(service, pvm_bytes_none(), str("empty key"), &err) == PVM_OK);
    ck_assert(jam_preimage_set(service, str("blob"), &hash, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, 4, &request, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, 5, &asked, &err) == PVM_OK);
    state->slot = 99;
    state->entropy[2].octets[0] = 1;
    state->privileges.manager = 1;
    ck_assert(jam_assigners_set(&state->privileges, NULL, 1, &err) == PVM_OK);
    ck_assert(jam_always_set(&state->privileges, 9, 10, &err) == PVM_OK);
    ck_assert(jam_core_set(&state->auth_pools, 1, jam_hash_bytes(&hash), &err) == PVM_OK);
    ck_assert(jam_state_set_accumulated(state, 12, &err) == PVM_OK);
    ck_assert(jam_hash_list_add(&state->accumulated[11], NULL, &hash, &err) == PVM_OK);
    ck_assert(jam_state_add_output(state, 5, &hash, &err) == PVM_OK);
    ck_assert(jam_state_stat(state, 5, &stat, &err) == PVM_OK);
    stat->accumulate_gas_used = 1000;
}

static const char *const versions[] = {"0.6.3", "0.6.5", "0.6.6", "0.6.7",
                                       "0.7.0", "0.7.1", "0.7.2", "0.8.0"};

/* Every version writes all of its components and reads what it wrote. */
START_TEST(test_versions)
{
    struct shaped shaped;
    struct jam_state state, again;
    struct jam_map keyvals, back;
    struct jam_state_key bad;
    struct pvm_err err = {.status = PVM_OK};
    uint32_t present = 0;
    shaped_init(&shaped, versions[_i]);
    fill(&state, &shaped);
    jam_state_init(&again, NULL);
    jam_map_init(&keyvals, NULL);
    jam_map_init(&back, NULL);
    ck_assert(jam_state_to_keyvals(&state, &shaped.shape, JAM_STATE_ALL, &keyvals, &err) == PVM_OK);
    ck_assert_msg(jam_state_from_keyvals(&keyvals, &shaped.shape, &again, &present, &bad, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    ck_assert(jam_state_to_keyvals(&again, &shaped.shape, present, &back, &err) == PVM_OK);
    same(&keyvals, &back, versions[_i]);
    const struct jam_service *service = jam_state_find(&again, 0x01020304);
    ck_assert_ptr_nonnull(service);
    ck_assert(service->balance == UINT64_MAX);
    ck_assert_uint_eq(service->items, state.services[0]->items);
    ck_assert_uint_eq(service->bytes, state.services[0]->bytes);
    /* The blob and its request are recognised; two storage entries and a request are not. */
    ck_assert_uint_eq(service->preimages.count, 1);
    ck_assert_uint_eq(service->requests.count, 1);
    ck_assert_uint_eq(service->hidden.count, 3);
    ck_assert_uint_eq(again.slot, 99);
    ck_assert(jam_hash_equal(&again.entropy[2], &state.entropy[2]));
    ck_assert_uint_eq(again.privileges.manager, 1);
    ck_assert_uint_eq(again.accumulated[11].count, 1);
    jam_map_deinit(&keyvals);
    jam_map_deinit(&back);
    jam_state_deinit(&state);
    jam_state_deinit(&again);
}
END_TEST

/* What is known by its state key only behaves as what is known by its own. */
START_TEST(test_hidden)
{
    struct shaped shaped;
    struct jam_state state, twin;
    struct jam_map keyvals;
    struct jam_state_key bad;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_bytes value;
    struct jam_request request;
    uint32_t present = 0;
    struct jam_service *pair[2];
    struct jam_hash roots[2];
    shaped_init(&shaped, versions[_i]);
    fill(&state, &shaped);
    jam_state_init(&twin, NULL);
    jam_map_init(&keyvals, NULL);
    ck_assert(jam_state_to_keyvals(&state, &shaped.shape, 0, &keyvals, &err) == PVM_OK);
    ck_assert(jam_state_from_keyvals(&keyvals, &shaped.shape, &twin, &present, &bad, &err) ==
              PVM_OK);
    ck_assert(jam_state_edit(&state, 0x01020304, &pair[0], &err) == PVM_OK);
    ck_assert(jam_state_edit(&twin, 0x01020304, &pair[1], &err) == PVM_OK);
    struct jam_hash hash = jam_hash(str("blob"));
    for (size_t i = 0; i < 2; i++) {
        ck_assert(jam_storage_get(pair[i], str("jam"), &value) && value.len == 5);
        ck_assert(!jam_storage_get(pair[i], str("jar"), &value));
        ck_assert(jam_storage_set(pair[i], str("jam"), str("longer value"), &err) == PVM_OK);
        ck_assert(jam_storage_remove(pair[i], pvm_bytes_none(), &err) == PVM_OK);
        ck_assert(jam_storage_set(pair[i], str("new"), pvm_bytes_none(), &err) == PVM_OK);
        ck_assert(jam_request_get(pair[i], &hash, 5, &request) && request.count == 0);
        ck_assert(jam_request_remove(pair[i], &hash, 5, &err) == PVM_OK);
        ck_assert(!jam_request_get(pair[i], &hash, 5, &request));
        ck_assert(jam_preimage_get(pair[i], &hash, &value) && value.len == 4);
    }
    ck_assert_uint_eq(pair[1]->hidden.count, 0);
    ck_assert_uint_eq(pair[0]->items, pair[1]->items);
    ck_assert_uint_eq(pair[0]->bytes, pair[1]->bytes);
    ck_assert(jam_state_root(&state, &shaped.shape, present, &roots[0], &err) == PVM_OK);
    ck_assert(jam_state_root(&twin, &shaped.shape, present, &roots[1], &err) == PVM_OK);
    ck_assert(jam_hash_equal(&roots[0], &roots[1]));
    jam_map_deinit(&keyvals);
    jam_state_deinit(&state);
    jam_state_deinit(&twin);
}
END_TEST

/* The places of entries, from the texts: GP 0.6.6 D.1 and GP 0.7.2 D.1. */
START_TEST(test_places)
{
    static const uint8_t tags[3][4] = {
        {0xff, 0xff, 0xff, 0xff}, {0xfe, 0xff, 0xff, 0xff}, {5, 0, 0, 0}};
    static const uint8_t id[4] = {9, 0, 0, 0};
    struct jam_service service = {.id = 9, .rules = &jam_account_rules_067};
    struct jam_hash hash = jam_hash(str("blob"));
    uint8_t key[JAM_ACCOUNT_KEY_SIZE];
    struct jam_hash whole = jam_hash3(pvm_bytes(tags[0], 4), str("jam"), pvm_bytes_none());
    jam_key_of_storage(&service, str("jam"), key);
    ck_assert_mem_eq(key, whole.octets, sizeof key);
    whole = jam_hash3(pvm_bytes(tags[1], 4), jam_hash_bytes(&hash), pvm_bytes_none());
    jam_key_of_preimage(&service, &hash, key);
    ck_assert_mem_eq(key, whole.octets, sizeof key);
    whole = jam_hash3(pvm_bytes(tags[2], 4), jam_hash_bytes(&hash), pvm_bytes_none());
    jam_key_of_request(&service, &hash, 5, key);
    ck_assert_mem_eq(key, whole.octets, sizeof key);

    service.rules = &jam_account_rules_062;
    struct jam_hash cut = jam_hash3(pvm_bytes(id, 4), str("jam"), pvm_bytes_none());
    jam_key_of_storage(&service, str("jam"), key);
    ck_assert_mem_eq(key, tags[0], 4);
    ck_assert_mem_eq(key + 4, cut.octets, 23);
    jam_key_of_preimage(&service, &hash, key);
    ck_assert_mem_eq(key, tags[1], 4);
    ck_assert_mem_eq(key + 4, hash.octets + 1, 23);
    cut = jam_hash(jam_hash_bytes(&hash));
    jam_key_of_request(&service, &hash, 5, key);
    ck_assert_mem_eq(key, tags[2], 4);
    ck_assert_mem_eq(key + 4, cut.octets + 2, 23);
}
END_TEST

/* GP 0.6.6, 0.6.7 and 0.7.1 D.1: C(255, s). */
START_TEST(test_records)
{
    static const struct {
        enum jam_record_form form;
        size_t size, hash, balance, items;
    } cases[] = {
        {JAM_RECORD_062, 68, 0, 32, 64},
        {JAM_RECORD_067, 88, 0, 32, 72},
        {JAM_RECORD_071, 89, 1, 33, 73},
    };
    struct jam_service service = {.balance = UINT64_C(0x1122334455667788), .items = 0xaabbccdd};
    service.code_hash.octets[0] = 0x77;
    service.parent_service = 0x01020304;
    for (size_t i = 0; i < 3; i++) {
        struct jam_service back = {.id = 0};
        struct pvm_buf record = {0};
        jam_record_encode(cases[i].form, &service, &record);
        ck_assert_uint_eq(record.len, cases[i].size);
        ck_assert_uint_eq(record.len, jam_record_size(cases[i].form));
        ck_assert_uint_eq(record.ptr[cases[i].hash], 0x77);
        ck_assert_uint_eq(record.ptr[cases[i].balance], 0x88);
        ck_assert_uint_eq(record.ptr[cases[i].balance + 7], 0x11);
        ck_assert_uint_eq(record.ptr[cases[i].items], 0xdd);
        ck_assert_uint_eq(record.ptr[record.len - 1], i == 0 ? 0xaa : 0x01);
        ck_assert(jam_record_decode(cases[i].form, pvm_buf_bytes(&record), &back));
        ck_assert(back.balance == service.balance && back.items == service.items);
        ck_assert_uint_eq(back.parent_service, i == 0 ? 0 : 0x01020304);
        ck_assert(!jam_record_decode(cases[i].form, pvm_bytes(record.ptr, record.len - 1), &back));
        pvm_buf_deinit(&record);
    }
}
END_TEST

/* A component that is cut short or goes on too long is refused, and the key named. */
START_TEST(test_malformed)
{
    struct shaped shaped;
    struct jam_state state;
    struct jam_map keyvals;
    struct jam_map_entry entry;
    struct pvm_err err = {.status = PVM_OK};
    shaped_init(&shaped, "0.7.2");
    fill(&state, &shaped);
    jam_map_init(&keyvals, NULL);
    ck_assert(jam_state_to_keyvals(&state, &shaped.shape, JAM_STATE_ALL, &keyvals, &err) == PVM_OK);
    size_t refused = 0;
    bool more = jam_map_first(&keyvals, &entry);
    for (; more; more = jam_map_after(&keyvals, entry.key, &entry)) {
        struct jam_state_key key;
        unsigned number;
        memcpy(key.octets, entry.key.ptr, JAM_STATE_KEY_SIZE);
        if (!jam_key_is_component(&key, &number))
            continue;
        uint8_t longer[8192] = {0};
        ck_assert_uint_lt(entry.value.len, sizeof longer);
        memcpy(longer, entry.value.ptr, entry.value.len);
        for (size_t len = 0; len <= entry.value.len + 1; len++) {
            struct jam_state other;
            struct jam_map one;
            struct jam_state_key bad;
            struct pvm_err why = {.status = PVM_OK};
            uint32_t present;
            if (len == entry.value.len)
                continue;
            jam_state_init(&other, NULL);
            jam_map_init(&one, NULL);
            ck_assert(jam_map_set(&one, entry.key, pvm_bytes(longer, len), &err) == PVM_OK);
            ck_assert_msg(jam_state_from_keyvals(&one, &shaped.shape, &other, &present, &bad,
                                                 &why) == PVM_E_MALFORMED,
                          "C(%u) with %zu of %zu octets", number, len, entry.value.len);
            ck_assert_mem_eq(bad.octets, key.octets, JAM_STATE_KEY_SIZE);
            jam_map_deinit(&one);
            jam_state_deinit(&other);
            refused++;
        }
    }
    ck_assert_uint_gt(refused, 5000);
    jam_map_deinit(&keyvals);
    jam_state_deinit(&state);
}
END_TEST

/* Memory that ends anywhere is an error that leaves nothing behind. */
START_TEST(test_memory)
{
    struct shaped shaped;
    struct jam_state state;
    struct jam_map keyvals;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_status status = PVM_E_MEMORY;
    shaped_init(&shaped, "0.7.2");
    fill(&state, &shaped);
    jam_map_init(&keyvals, NULL);
    ck_assert(jam_state_to_keyvals(&state, &shaped.shape, JAM_STATE_ALL, &keyvals, &err) == PVM_OK);
    for (size_t after = 0; status != PVM_OK; after++) {
        struct test_failing failing = {.after = after};
        struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct jam_state other;
        struct jam_map back;
        struct jam_state_key bad;
        uint32_t present = 0;
        ck_assert_uint_lt(after, 1000);
        jam_state_init(&other, &alloc);
        jam_map_init(&back, &alloc);
        status = jam_state_from_keyvals(&keyvals, &shaped.shape, &other, &present, &bad, NULL);
        if (status == PVM_OK)
            status = jam_state_to_keyvals(&other, &shaped.shape, present, &back, NULL);
        ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
        jam_map_deinit(&back);
        jam_state_deinit(&other);
    }
    jam_map_deinit(&keyvals);
    jam_state_deinit(&state);
}
END_TEST

/* A key of a service that is not there, and components that are not taken apart. */
START_TEST(test_others)
{
    static const uint8_t odd[][JAM_STATE_KEY_SIZE] = {{0},   {3},       {5},        {17},
                                                      {254}, {7, 9, 9}, {255, 1, 1}};
    struct shaped shaped;
    struct jam_state state;
    struct jam_map keyvals, back;
    struct jam_state_key bad;
    struct pvm_err err = {.status = PVM_OK};
    uint32_t present = 0;
    shaped_init(&shaped, "0.7.2");
    jam_state_init(&state, NULL);
    jam_map_init(&keyvals, NULL);
    jam_map_init(&back, NULL);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        ck_assert(jam_map_set(&keyvals, pvm_bytes(odd[i], sizeof odd[i]), str("x"), &err) ==
                  PVM_OK);
    ck_assert(jam_state_from_keyvals(&keyvals, &shaped.shape, &state, &present, &bad, &err) ==
              PVM_OK);
    ck_assert_uint_eq(state.others.count, keyvals.count);
    ck_assert(jam_state_to_keyvals(&state, &shaped.shape, present, &back, &err) == PVM_OK);
    same(&keyvals, &back, "others");
    jam_map_deinit(&keyvals);
    jam_map_deinit(&back);
    jam_state_deinit(&state);
}
END_TEST

Suite *state_keyvals_suite(void);
Suite *state_keyvals_suite(void)
{
    Suite *suite = suite_create("state_keyvals");
    TCase *tcase = tcase_create("state_keyvals");
    tcase_add_loop_test(tcase, test_traces, 0, sizeof sets / sizeof *sets);
    tcase_add_loop_test(tcase, test_versions, 0, sizeof versions / sizeof *versions);
    tcase_add_loop_test(tcase, test_hidden, 0, sizeof versions / sizeof *versions);
    tcase_add_test(tcase, test_places);
    tcase_add_test(tcase, test_records);
    tcase_add_test(tcase, test_malformed);
    tcase_add_test(tcase, test_memory);
    tcase_add_test(tcase, test_others);
    suite_add_tcase(suite, tcase);
    return suite;
}
