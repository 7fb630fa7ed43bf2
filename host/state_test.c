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

Suite *state_suite(void);

Suite *state_suite(void)
{
    Suite *suite = suite_create("host/state");
    TCase *tests = tcase_create("services");
    tcase_add_test(tests, test_services);
    tcase_add_test(tests, test_footprint);
    tcase_add_test(tests, test_bad_request);
    tcase_add_loop_test(tests, test_history, 0, sizeof histories / sizeof *histories);
    suite_add_tcase(suite, tests);
    return suite;
}
