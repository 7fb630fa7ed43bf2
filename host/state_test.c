/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state.h"

#include "host/hash.h"
#include "host/preimage.h"
#include "host/testing.h"

static struct pvm_bytes str(const char *text)
{
    return pvm_bytes(text, strlen(text));
}

START_TEST(test_services)
{
    static const uint32_t ids[] = {7, 0, UINT32_MAX, 3, 100};
    struct jam_state state;
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    jam_state_init(&state, NULL);
    for (size_t i = 0; i < 5; i++)
        ck_assert(jam_state_add(&state, ids[i], &service, &err) == PVM_OK);
    ck_assert(jam_state_add(&state, 3, &service, &err) == PVM_E_MALFORMED);
    for (size_t i = 1; i < state.count; i++)
        ck_assert_uint_lt(state.services[i - 1]->id, state.services[i]->id);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(jam_state_find(&state, ids[i])->id, ids[i]);
    ck_assert_ptr_null(jam_state_find(&state, 4));
    ck_assert_ptr_null(jam_state_find(&state, (UINT64_C(1) << 32) + 7));
    ck_assert_ptr_null(jam_state_find(&state, UINT64_MAX));
    ck_assert(jam_state_remove(&state, 3) && !jam_state_remove(&state, 3));
    ck_assert_ptr_null(jam_state_find(&state, 3));
    ck_assert_uint_eq(state.count, 4);
    jam_state_deinit(&state);
    jam_state_deinit(&state);
}
END_TEST

/* Items, octets and threshold by hand, GP 0.7.2 9.3. */
START_TEST(test_footprint)
{
    struct jam_state state;
    struct jam_service *service;
    struct jam_params params;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash hash = {{1}};
    struct jam_request request = {.count = 0};
    jam_state_init(&state, NULL);
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &params);
    ck_assert(jam_state_add(&state, 1, &service, &err) == PVM_OK);
    ck_assert_uint_eq(jam_threshold(service, &params), 100);
    ck_assert(jam_storage_set(service, str("key"), str("value"), &err) == PVM_OK);
    ck_assert_uint_eq(service->items, 1);
    ck_assert_uint_eq(service->bytes, 34 + 3 + 5);
    ck_assert_uint_eq(jam_threshold(service, &params), 100 + 10 + 42);
    ck_assert(jam_storage_set(service, str("key"), str("v"), &err) == PVM_OK);
    ck_assert_uint_eq(service->items, 1);
    ck_assert_uint_eq(service->bytes, 34 + 3 + 1);
    ck_assert(jam_request_set(service, &hash, 1000, &request, &err) == PVM_OK);
    request = (struct jam_request){.count = 2, .slots = {5, 6}};
    ck_assert(jam_request_set(service, &hash, 1000, &request, &err) == PVM_OK);
    ck_assert_uint_eq(service->items, 3);
    ck_assert_uint_eq(service->bytes, 38 + 81 + 1000);
    struct jam_request back;
    ck_assert(jam_request_get(service, &hash, 1000, &back));
    ck_assert(back.count == 2 && back.slots[0] == 5 && back.slots[1] == 6);
    ck_assert(!jam_request_get(service, &hash, 999, &back));
    service->deposit_offset = 1000;
    ck_assert_uint_eq(jam_threshold(service, &params), 100 + 30 + 1119 - 1000);
    service->deposit_offset = 5000;
    ck_assert_uint_eq(jam_threshold(service, &params), 0);
    /* Versions up to 0.6.6 know no such thing. */
    service->rules = &jam_account_rules_062;
    ck_assert_uint_eq(jam_threshold(service, &params), 100 + 30 + 1119);
    service->rules = &jam_account_rules_067;
    service->deposit_offset = 0;
    service->bytes = UINT64_MAX;
    ck_assert_uint_eq(jam_threshold(service, &params), UINT64_MAX);
    service->bytes = 38 + 81 + 1000;
    for (int twice = 0; twice < 2; twice++) {
        ck_assert(jam_request_remove(service, &hash, 1000, &err) == PVM_OK);
        ck_assert(jam_storage_remove(service, str("key"), &err) == PVM_OK);
    }
    ck_assert_uint_eq(service->items, 0);
    ck_assert_uint_eq(service->bytes, 0);
    jam_state_deinit(&state);
}
END_TEST

/* GP 0.7.2 9.2.2, I(l, t), at and around every slot. */
static const struct {
    unsigned count;
    uint32_t slots[3];
    const char *available; /* at slots 0 to 9 */
} histories[] = {
    {0, {0, 0, 0}, "----------"}, {1, {0, 0, 0}, "++++++++++"}, {1, {4, 0, 0}, "----++++++"},
    {2, {2, 5, 0}, "--+++-----"}, {2, {3, 3, 0}, "----------"}, {3, {2, 4, 7}, "--++---+++"},
};

START_TEST(test_history)
{
    struct jam_state state;
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_request request = {.count = histories[_i].count};
    struct jam_hash hash;
    struct pvm_bytes found;
    memcpy(request.slots, histories[_i].slots, sizeof request.slots);
    jam_state_init(&state, NULL);
    ck_assert(jam_state_add(&state, 1, &service, &err) == PVM_OK);
    ck_assert(jam_preimage_set(service, str("preimage"), &hash, &err) == PVM_OK);
    ck_assert(!jam_historical_lookup(service, 9, &hash, &found));
    ck_assert(jam_request_set(service, &hash, 7, &request, &err) == PVM_OK);
    ck_assert(!jam_historical_lookup(service, 9, &hash, &found));
    ck_assert(jam_request_set(service, &hash, 8, &request, &err) == PVM_OK);
    for (uint32_t slot = 0; slot < 10; slot++) {
        bool want = histories[_i].available[slot] == '+';
        ck_assert(jam_request_available(&request, slot) == want);
        ck_assert(jam_historical_lookup(service, slot, &hash, &found) == want);
        ck_assert(!want || pvm_bytes_equal(found, str("preimage")));
    }
    hash.octets[0] ^= 1;
    ck_assert(!jam_historical_lookup(service, 9, &hash, &found));
    jam_state_deinit(&state);
}
END_TEST

START_TEST(test_bad_request)
{
    struct jam_state state;
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash hash = {{0}};
    struct jam_request request = {.count = 4};
    jam_state_init(&state, NULL);
    ck_assert(jam_state_add(&state, 1, &service, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, 0, &request, &err) == PVM_E_MALFORMED);
    ck_assert_uint_eq(service->items, 0);
    jam_state_deinit(&state);
}
END_TEST

/* ---- entries known by their place in state only ---- */

/* Places of storage "key" of service 7, preimage "blob" and request (H times 32, 5), by the two
 * rules of GP 0.7.2 D.1: computed with another BLAKE2b. */
static const struct {
    const struct jam_account_rules *rules;
    const char *storage, *preimage, *request;
} places[] = {
    {&jam_account_rules_062, "ffffffff873333eca19c16b69983f39d8bb311f0c1f59328a81104",
     "feffffffbc91fd719fd0f6512718baf3e7ba714c0de5414b356fcb",
     "05000000402e8ab1e17ae7f2163b12f7794026c2f352dfb21718b8"},
    {&jam_account_rules_067, "44fe3540f10d6e55e19ac2da6b7f208e390f292a3f3b1daf21ce82",
     "b2485d3aa66b85e6909b89acc552341613f108635543dc8e2e3fd3",
     "5dfe5166fad224b8d623962a3216a5aac04e9bd6b146a2b83910c7"},
};

static void hide(struct jam_service *service, const char *place, struct pvm_bytes value)
{
    struct pvm_buf key = {.alloc = NULL};
    struct pvm_err err = {.status = PVM_OK};
    size_t bad;
    ck_assert(pvm_hex_decode(place, strlen(place), &key, &bad));
    ck_assert(jam_map_set(&service->hidden, pvm_buf_bytes(&key), value, &err) == PVM_OK);
    pvm_buf_deinit(&key);
}

START_TEST(test_hidden)
{
    const struct jam_account_rules *rules = places[_i].rules;
    struct jam_service *service;
    struct jam_request request;
    struct jam_hash hash;
    struct jam_hash blob_hash = jam_hash(str("blob"));
    struct pvm_bytes value;
    struct pvm_err err = {.status = PVM_OK};
    memset(hash.octets, 'H', sizeof hash.octets);
    ck_assert(jam_service_new(NULL, rules, 7, &service, &err) == PVM_OK);
    hide(service, places[_i].storage, str("value"));
    hide(service, places[_i].preimage, str("blob"));
    hide(service, places[_i].request, pvm_bytes("\2\5\0\0\0\6\0\0\0", 9));
    uint64_t item = rules->storage_octets + (rules->counts_key ? 3 : 0);
    service->items = 3;
    service->bytes = item + 5 + 81 + 5;
    ck_assert(jam_storage_get(service, str("key"), &value) && pvm_bytes_equal(value, str("value")));
    ck_assert(!jam_storage_get(service, str("Key"), &value));
    ck_assert(jam_preimage_get(service, &blob_hash, &value) && value.len == 4);
    ck_assert(!jam_preimage_get(service, &hash, &value));
    ck_assert(jam_request_get(service, &hash, 5, &request));
    ck_assert(request.count == 2 && request.slots[0] == 5 && request.slots[1] == 6);
    ck_assert(!jam_request_get(service, &hash, 6, &request));

    ck_assert(jam_storage_set(service, str("key"), str("v"), &err) == PVM_OK);
    ck_assert(service->items == 3 && service->bytes == item + 1 + 81 + 5);
    ck_assert(service->hidden.count == 2 && service->storage.count == 1);
    request.count = 1;
    ck_assert(jam_request_set(service, &hash, 5, &request, &err) == PVM_OK);
    ck_assert(service->items == 3 && service->hidden.count == 1);
    ck_assert(jam_request_remove(service, &hash, 5, &err) == PVM_OK);
    ck_assert(service->items == 1 && service->bytes == item + 1);
    ck_assert(jam_preimage_remove(service, &blob_hash, &err) == PVM_OK);
    ck_assert(service->hidden.count == 0);
    hide(service, places[_i].storage, str("x")); /* known twice: gone at once */
    ck_assert(jam_storage_remove(service, str("key"), &err) == PVM_OK);
    ck_assert(!jam_storage_get(service, str("key"), &value));
    ck_assert(service->items == 0 && service->bytes == 0);
    hide(service, places[_i].request, str("\2abc")); /* no list of slots */
    ck_assert(!jam_request_get(service, &hash, 5, &request));
    jam_service_unref(service);
}
END_TEST

/* ---- copies ---- */

static void fill(struct jam_state *state)
{
    static const uint32_t assigners[] = {5, 6};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    struct jam_service_stat *stat;
    struct jam_hash hash = {{9}};
    for (uint32_t id = 1; id < 20; id++) {
        ck_assert(jam_state_add(state, id, &service, &err) == PVM_OK);
        ck_assert(jam_storage_set(service, str("key"), str("value"), &err) == PVM_OK);
    }
    ck_assert(jam_assigners_set(&state->privileges, assigners, 2, &err) == PVM_OK);
    ck_assert(jam_always_set(&state->privileges, 0x01020304, 77, &err) == PVM_OK);
    ck_assert(jam_always_set(&state->privileges, 2, 66, &err) == PVM_OK);
    ck_assert(jam_core_set(&state->auth_queues, 1, str("queue"), &err) == PVM_OK);
    ck_assert(jam_state_set_ready(state, 3, &err) == PVM_OK);
    struct jam_blob *report = jam_blob_new(state->alloc, str("report"));
    ck_assert(jam_ready_add(&state->ready[1], state->alloc, report, &hash, 1, &err) == PVM_OK);
    jam_blob_unref(report);
    ck_assert(jam_state_set_accumulated(state, 3, &err) == PVM_OK);
    ck_assert(jam_hash_list_add(&state->accumulated[2], state->alloc, &hash, &err) == PVM_OK);
    for (uint32_t id = 9; id > 4; id -= 2) {
        ck_assert(jam_state_stat(state, id, &stat, &err) == PVM_OK);
        stat->accumulate_count = id;
        ck_assert(jam_state_add_output(state, id, &hash, &err) == PVM_OK);
    }
    ck_assert(jam_state_stat(state, 7, &stat, &err) == PVM_OK);
    ck_assert_uint_eq(stat->accumulate_count, 7);
    state->staging = jam_blob_new(state->alloc, pvm_bytes(NULL, 336));
}

static void check_filled(const struct jam_state *state)
{
    struct jam_always always;
    struct pvm_bytes value;
    ck_assert_uint_eq(state->count, 19);
    ck_assert(jam_storage_get(jam_state_find(state, 3), str("key"), &value) && value.len == 5);
    ck_assert_uint_eq(jam_assigner_get(&state->privileges, 0), 5);
    ck_assert_uint_eq(jam_assigner_get(&state->privileges, 1), 6);
    ck_assert_uint_eq(jam_assigner_get(&state->privileges, 2), 0);
    ck_assert(jam_always_from(&state->privileges, 0, &always) && always.service == 2);
    ck_assert(jam_always_from(&state->privileges, 3, &always) && always.service == 0x01020304);
    ck_assert(!jam_always_from(&state->privileges, 0x01020305, &always));
    ck_assert(!jam_always_from(&state->privileges, UINT64_C(1) << 32, &always));
    ck_assert(jam_core_get(&state->auth_queues, 1).len == 5);
    ck_assert(jam_core_get(&state->auth_queues, 0).len == 0);
    ck_assert(jam_core_get(&state->auth_queues, 65537).len == 0);
    ck_assert(state->ready_count == 3 && state->ready[1].count == 1);
    ck_assert(pvm_bytes_equal(jam_blob_bytes(state->ready[1].list[0].report), str("report")));
    ck_assert(state->ready[1].list[0].dependencies.list[0].octets[0] == 9);
    ck_assert(state->accumulated_count == 3 && state->accumulated[2].count == 1);
    ck_assert(state->stat_count == 3 && state->stats[0].service == 5 &&
              state->stats[2].service == 9);
    ck_assert(state->output_count == 3 && state->outputs[0].service == 5);
    ck_assert(state->staging->len == 336);
}

/* A copy and its original change independently. */
START_TEST(test_copy)
{
    struct jam_state state, copy;
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash hash = {{1}};
    jam_state_init(&state, NULL);
    fill(&state);
    ck_assert(jam_state_copy(&copy, &state, &err) == PVM_OK);
    check_filled(&copy);
    ck_assert(jam_state_edit(&copy, 3, &service, &err) == PVM_OK);
    ck_assert(service != jam_state_find(&state, 3));
    ck_assert(jam_storage_remove(service, str("key"), &err) == PVM_OK);
    ck_assert(jam_state_edit(&copy, 99, &service, &err) == PVM_E_MALFORMED);
    ck_assert(jam_state_remove(&copy, 4));
    ck_assert(jam_assigner_set(&copy.privileges, 0, 1, &err) == PVM_OK);
    ck_assert(jam_always_set(&copy.privileges, 2, 1, &err) == PVM_OK);
    ck_assert(jam_core_set(&copy.auth_queues, 1, str("q"), &err) == PVM_OK);
    ck_assert(jam_core_set(&copy.auth_queues, 65536, str("q"), &err) == PVM_E_MALFORMED);
    ck_assert(jam_ready_add(&copy.ready[1], NULL, copy.ready[1].list[0].report, &hash, 1, &err) ==
              PVM_OK);
    ck_assert(jam_hash_list_add(&copy.accumulated[2], NULL, &hash, &err) == PVM_OK);
    copy.stats[0].imports = 1;
    check_filled(&state);
    ck_assert(jam_state_put(&copy, jam_state_find(&state, 4), &err) == PVM_OK);
    ck_assert(jam_state_put(&copy, jam_state_find(&state, 3), &err) == PVM_OK);
    ck_assert(jam_state_find(&copy, 3) == jam_state_find(&state, 3));
    jam_state_deinit(&state);
    ck_assert(copy.count == 19 && jam_state_find(&copy, 3)->refs == 1);
    jam_state_deinit(&copy);
}
END_TEST

/* Each allocation of a copy fails once: nothing is left behind. */
START_TEST(test_copy_without_memory)
{
    struct test_failing failing = {.after = SIZE_MAX};
    struct pvm_alloc alloc = {test_failing_resize, &failing};
    struct jam_state state, copy;
    struct pvm_err err = {.status = PVM_OK};
    jam_state_init(&state, &alloc);
    fill(&state);
    enum pvm_status status = PVM_E_MEMORY;
    for (size_t after = 0; status != PVM_OK; after++) {
        failing.after = failing.made + after;
        status = jam_state_copy(&copy, &state, &err);
        check_filled(&state);
        ck_assert(status == PVM_OK || jam_state_find(&state, 3)->refs == 1);
    }
    check_filled(&copy);
    jam_state_deinit(&copy);
    jam_state_deinit(&state);
}
END_TEST

Suite *state_suite(void);

Suite *state_suite(void)
{
    Suite *suite = suite_create("host/state");
    TCase *tests = tcase_create("services");
    tcase_add_test(tests, test_services);
    tcase_add_test(tests, test_footprint);
    tcase_add_test(tests, test_bad_request);
    tcase_add_loop_test(tests, test_hidden, 0, sizeof places / sizeof *places);
    tcase_add_test(tests, test_copy);
    tcase_add_test(tests, test_copy_without_memory);
    tcase_add_loop_test(tests, test_history, 0, sizeof histories / sizeof *histories);
    suite_add_tcase(suite, tests);
    return suite;
}
