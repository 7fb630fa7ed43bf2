/* SPDX-License-Identifier: Apache-2.0 */
/* The accumulate table: committed storage after each row, worked out from the rules of the Gray
 * Paper versions, privileged and not. */
#include "corevm/driver_acc.h"
#include "corevm/guests.h"

#include <check.h>

#define NO       UINT64_C(0x5555555555555555) /* the key is absent */
#define SLOTS(x) ((uint64_t)(x) << 32)

/* Keys 1, 2, 5, 6 and 7; the n under key 0; the value under "jam"; the request's slots. */
struct expected {
    uint64_t k1, k2, k5, k6, k7;
    uint32_t result;
    const char *jam;
    int slots; /* -1: no request */
    uint32_t request[3];
    uint32_t items;  /* without the code's own request */
    uint64_t octets; /* the same, with a child's code of 59 octets, from 0.6.7 on */
};

static const struct expected privileged[COREVM_ACC_ROWS] = {
    {NO, NO, NO, NO, NO, 0, NULL, -1, {0}, 5, 277},
    {JAM_NONE, JAM_NONE, 3, JAM_HUH, NO, 1, "DOT", -1, {0}, 10, 489},
    {3, 3, JAM_NONE, JAM_HUH, NO, 2, NULL, -1, {0}, 9, 449},
    {0, 0, JAM_NONE, JAM_HUH, NO, 3, NULL, 0, {0}, 11, 533},
    {0, 2 + SLOTS(135), JAM_NONE, JAM_CORE, NO, 4, NULL, 2, {135, 140}, 11, 533},
    {3, 2 + SLOTS(135), JAM_WHO, JAM_WHO, NO, 5, NULL, 2, {135, 140}, 11, 533},
    {0, 3 + SLOTS(135), 0, JAM_WHO, NO, 6, NULL, 3, {135, 140, 160}, 11, 533},
    {0, 2 + SLOTS(160), 0, JAM_WHO, NO, 7, NULL, 2, {160, 180}, 11, 533},
    {3, 2 + SLOTS(160), 0, JAM_WHO, NO, 8, NULL, 2, {160, 180}, 11, 533},
    {3, 2 + SLOTS(160), 0, JAM_WHO, NO, 8, NULL, 2, {160, 180}, 11, 533},
    {JAM_NONE, JAM_NONE, 3, JAM_NONE, JAM_NONE, 10, NULL, 2, {160, 180}, 12, 576},
};

/* What a version answers otherwise: without privileges, in the trace, in info. */
struct version {
    const char *gp;
    uint64_t info;
    uint64_t row_4_k6, row_5_k6, row_6_k5, row_9_bless; /* unprivileged */
    bool accounts_067;
};

static const struct version versions[] = {
    {"0.6.6", 0, JAM_CORE, JAM_WHO, 0, JAM_OK, false},
    {"0.6.7", 96, JAM_HUH, JAM_HUH, JAM_HUH, JAM_HUH, true},
    {"0.7.0", 96, JAM_CORE, JAM_HUH, JAM_HUH, JAM_HUH, true},
    {"0.7.1", 96, JAM_CORE, JAM_WHO, JAM_HUH, JAM_OK, true},
    {"0.7.2", 96, JAM_CORE, JAM_WHO, JAM_HUH, JAM_OK, true},
    /* 0.8.0: bless asks for the manager again, before it looks at ids */
    {"0.8.0", 96, JAM_CORE, JAM_HUH, JAM_HUH, JAM_HUH, true},
    {"0.8.0-vectors", 96, JAM_CORE, JAM_WHO, JAM_HUH, JAM_OK, true},
};

static void play(const char *gp, bool unprivileged, struct corevm_acc *acc)
{
    struct pvm_err err = {0};
    struct corevm_acc_options options = {.profile = jam_profile_find(gp),
                                         .unprivileged = unprivileged};
    ck_assert_ptr_nonnull(options.profile);
    ck_assert_msg(corevm_acc_run(&options, acc, &err) == PVM_OK, "%s: %s", gp, err.msg);
}

static void check_key(const struct corevm_acc_row *row, unsigned key, uint64_t want)
{
    const struct corevm_acc_value *value = &row->keys[key];
    if (want == NO) {
        ck_assert_msg(!value->there, "row %u has key %u", (unsigned)row->n, key);
        return;
    }
    ck_assert_msg(value->there && value->len == 8, "row %u lacks key %u", (unsigned)row->n, key);
    uint64_t got = pvm_load_le(value->octets, 8);
    ck_assert_msg(got == want, "row %u key %u: %llx, want %llx", (unsigned)row->n, key,
                  (unsigned long long)got, (unsigned long long)want);
}

static void check_row(const struct corevm_acc_row *row, const struct expected *want,
                      const struct version *version)
{
    static const uint32_t fib[] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55};
    check_key(row, 1, want->k1);
    check_key(row, 2, want->k2);
    check_key(row, 3, NO);
    check_key(row, 4, NO);
    check_key(row, 5, want->k5);
    check_key(row, 6, want->k6);
    check_key(row, 7, want->k7);
    check_key(row, 8, version->info);
    ck_assert_uint_eq(row->keys[0].len, 16);
    ck_assert_uint_eq(pvm_load_le(row->keys[0].octets, 4), want->result);
    ck_assert_uint_eq(pvm_load_le(row->keys[0].octets + 4, 4), fib[want->result]);
    ck_assert_int_eq(row->jam.there, want->jam != NULL);
    if (want->jam != NULL)
        ck_assert_mem_eq(row->jam.octets, want->jam, 3);
    ck_assert_int_eq(row->requested ? (int)row->request.count : -1, want->slots);
    ck_assert_mem_eq(row->request.slots, want->request,
                     want->slots > 0 ? (size_t)want->slots * 4 : 0);
    /* Rows 0, 3, 6, 9 panic; the others yield their result and zeros. */
    ck_assert_int_eq(row->outcome, row->n % 3 == 0 ? JAM_ENDED_PANIC : JAM_ENDED_HALT);
    ck_assert_int_eq(row->checkpointed, row->n % 3 == 0 && row->n != 9);
    ck_assert_int_eq(row->yielded, row->n % 3 != 0);
    if (row->yielded) {
        static const uint8_t zeros[16];
        ck_assert_mem_eq(row->yield.octets, row->keys[0].octets, 16);
        ck_assert_mem_eq(row->yield.octets + 16, zeros, 16);
    }
}

static void check_footprint(const struct corevm_acc_row *row, const struct expected *want,
                            const struct version *version)
{
    struct pvm_bytes code, child = corevm_child_code("fibchild");
    struct pvm_err err = {0};
    ck_assert(corevm_service_code(jam_profile_find(version->gp), &code, &err) == PVM_OK);
    ck_assert_uint_eq(row->items, want->items + 2);
    if (version->accounts_067)
        ck_assert_uint_eq(row->bytes, want->octets - 59 + child.len + 81 + code.len);
}

START_TEST(committed_storage)
{
    const struct version *version = &versions[_i];
    struct corevm_acc acc;
    play(version->gp, false, &acc);
    ck_assert_int_eq(acc.offers[0].rule, JAM_PREIMAGES_FINE);
    ck_assert_int_eq(acc.offers[1].rule, JAM_PREIMAGES_UNNEEDED);
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++) {
        struct expected want = privileged[i];
        /* 0.6.7 looks at the caller before the core, which has no assigner */
        bool huh = strcmp(version->gp, "0.6.7") == 0;
        if (huh && i == 4)
            want.k6 = JAM_HUH;
        check_row(&acc.rows[i], &want, version);
        check_footprint(&acc.rows[i], &want, version);
    }
    corevm_acc_deinit(&acc);
}
END_TEST

START_TEST(without_privileges)
{
    const struct version *version = &versions[_i];
    struct corevm_acc acc;
    play(version->gp, true, &acc);
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++) {
        struct expected want = privileged[i];
        if (i == 4)
            want.k6 = version->row_4_k6;
        if (i >= 5 && i <= 9)
            want.k6 = version->row_5_k6;
        if (i >= 6 && i <= 9)
            want.k5 = version->row_6_k5;
        check_row(&acc.rows[i], &want, version);
    }
    corevm_acc_deinit(&acc);
}
END_TEST

/* bless in row 9, and whether an OK without the privilege is shown as discarded. */
START_TEST(what_only_the_trace_shows)
{
    const struct version *version = &versions[_i];
    struct corevm_acc acc;
    play(version->gp, true, &acc);
    size_t count, blessings = 0, discarded = 0;
    const struct corevm_acc_call *calls = corevm_acc_calls(&acc.rows[9], &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(calls[i].name, "new") == 0)
            ck_assert_uint_ge(calls[i].result, 256);
        if (strcmp(calls[i].name, "bless") != 0)
            continue;
        blessings++;
        ck_assert_uint_eq(calls[i].result, version->row_9_bless);
    }
    ck_assert_uint_eq(blessings, 1);
    calls = corevm_acc_calls(&acc.rows[6], &count);
    for (size_t i = 0; i < count; i++)
        discarded += strcmp(calls[i].name, "assign") == 0 && calls[i].discarded;
    ck_assert_uint_eq(discarded, version->row_6_k5 == JAM_OK);
    corevm_acc_deinit(&acc);
}
END_TEST

Suite *driver_acc_suite(void);

Suite *driver_acc_suite(void)
{
    const int count = sizeof versions / sizeof versions[0];
    Suite *s = suite_create("driver_acc");
    TCase *tc = tcase_create("driver_acc");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, committed_storage, 0, count);
    tcase_add_loop_test(tc, without_privileges, 0, count);
    tcase_add_loop_test(tc, what_only_the_trace_shows, 0, count);
    suite_add_tcase(s, tc);
    return s;
}
