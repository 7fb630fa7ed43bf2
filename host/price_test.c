/* SPDX-License-Identifier: Apache-2.0 */
/* Prices of host calls by version, worked out by hand from GP 0.8.0 I.4.5, and what it takes to pay
 * them. */
#include "host/price.h"

#include "host/testing.h"

#include <stdlib.h>

enum { NO_SUCH = 999 };

#define UNKNOWN JAM_CALL_COUNT
#define HUGE64  UINT64_MAX
#define P57     (UINT64_C(1) << 57)

static const struct {
    enum jam_call_id call;
    uint64_t regs[6]; /* r7 to r12 */
    uint64_t price;
} rows_080[] = {
    {JAM_CALL_GAS, {0}, 48},
    {UNKNOWN, {0}, 1000},
    {JAM_CALL_LOG, {0}, 1000},
    /* one rate: the last octet of 1024 counts as the first of the next */
    {JAM_CALL_LOOKUP, {[4] = 0}, 600},
    {JAM_CALL_LOOKUP, {[4] = 1}, 601},
    {JAM_CALL_LOOKUP, {[4] = 1024}, 848},
    {JAM_CALL_LOOKUP, {[4] = 1025}, 849},
    {JAM_CALL_LOOKUP, {[4] = 4096}, 1592},
    {JAM_CALL_LOOKUP, {[4] = HUGE64}, 600 + 31 * P57}, /* 248 / 1024 of 2^64 - 1, rounded up */
    {JAM_CALL_HISTORICAL_LOOKUP, {[4] = 1024}, 1125 + 264},
    {JAM_CALL_HISTORICAL_LOOKUP, {[4] = 31}, 1125 + 8}, /* 7.99 */
    {JAM_CALL_MACHINE, {[1] = 59}, 1862 + 7},
    {JAM_CALL_PEEK, {[3] = 4096}, 377 + 1344},
    {JAM_CALL_POKE, {[3] = 4096}, 297 + 896},
    {JAM_CALL_PROVIDE, {[2] = 1024}, 3980 + 2264},
    /* two rates, each rounded up */
    {JAM_CALL_READ, {[2] = 0, [5] = 0}, 2407},
    {JAM_CALL_READ, {[2] = 1, [5] = 1}, 2407 + 2 + 1},
    {JAM_CALL_READ, {[2] = 3, [5] = 10}, 2407 + 6 + 3},
    {JAM_CALL_WRITE, {[1] = 1, [3] = 0}, 2442 + 4},
    {JAM_CALL_WRITE, {[1] = 1024, [3] = 1024}, 2442 + 3358 + 216},
    /* constants and counts */
    {JAM_CALL_INFO, {HUGE64, HUGE64, HUGE64, HUGE64, HUGE64, HUGE64}, 703},
    {JAM_CALL_EXPORT, {0, HUGE64}, 3521},
    {JAM_CALL_EXPUNGE, {0}, 335},
    {JAM_CALL_BLESS, {[5] = 5}, 422 + 100},
    {JAM_CALL_ASSIGN, {0}, 1818},
    {JAM_CALL_DESIGNATE, {[1] = 6}, 1100 + 6 * 302},
    {JAM_CALL_CHECKPOINT, {0}, 103},
    {JAM_CALL_NEW, {0}, 3855},
    {JAM_CALL_UPGRADE, {0}, 1028},
    {JAM_CALL_TRANSFER, {[2] = 77}, 575},
    {JAM_CALL_EJECT, {0}, 458},
    {JAM_CALL_QUERY, {0}, 643},
    {JAM_CALL_SOLICIT, {0}, 2193},
    {JAM_CALL_FORGET, {0}, 3250},
    {JAM_CALL_YIELD, {0}, 98},
    /* pages: r9 of them, by mode r10 */
    {JAM_CALL_PAGES, {[2] = 2, [3] = 0}, 212 + 236},
    {JAM_CALL_PAGES, {[2] = 1, [3] = 1}, 275 + 121},
    {JAM_CALL_PAGES, {[2] = 3, [3] = 2}, 275 + 363},
    {JAM_CALL_PAGES, {[2] = 1, [3] = 3}, 130 + 29},
    {JAM_CALL_PAGES, {[2] = 10, [3] = 4}, 130 + 290},
    {JAM_CALL_PAGES, {[2] = HUGE64, [3] = 5}, 80},
    {JAM_CALL_PAGES, {[2] = HUGE64, [3] = HUGE64}, 80},
    /* fetch: r9 octets of kind r10 */
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 0}, 390},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 1}, 103},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 2}, 80 + 96},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 3}, 85 + 96},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 4}, 85 + 96},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 5}, 171},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 6}, 171},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 7}, 85 + 96},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 8}, 84},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 9}, 88},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 10}, 111},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 11}, 317},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 12}, 250},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 13}, 95 + 96},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 14}, 287 + 400},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 15}, 355 + 344},
    {JAM_CALL_FETCH, {[2] = 1024, [3] = 16}, 80},
    {JAM_CALL_FETCH, {[2] = HUGE64, [3] = HUGE64}, 80},
    {JAM_CALL_FETCH, {[2] = 4104, [3] = 13}, 95 + 385}, /* 384.75 */
    /* invoke: the grant is at r8, if that can be written */
    {JAM_CALL_INVOKE, {0, TEST_R}, 968},
    {JAM_CALL_INVOKE, {0, TEST_GAP - 111}, 968},
    {JAM_CALL_INVOKE, {0, TEST_W}, 968 + 12345},
    /* grow_heap, of a heap that ends before page 0x22 and may end before 0x100 */
    {JAM_CALL_GROW_HEAP, {0}, 275},
    {JAM_CALL_GROW_HEAP, {0x22}, 275},
    {JAM_CALL_GROW_HEAP, {0x23}, 275 + 121},
    {JAM_CALL_GROW_HEAP, {0x100}, 275 + 0xde * 121},
    {JAM_CALL_GROW_HEAP, {0x101}, 275},
    {JAM_CALL_GROW_HEAP, {HUGE64}, 275},
};

/* Prices that no gas pays. */
static const struct {
    const char *version;
    enum jam_call_id call;
    uint64_t regs[6];
} beyond[] = {
    {"0.8.0", JAM_CALL_READ, {[2] = HUGE64}},
    {"0.8.0", JAM_CALL_WRITE, {[1] = HUGE64}},
    {"0.8.0", JAM_CALL_PROVIDE, {[2] = HUGE64}},
    {"0.8.0", JAM_CALL_BLESS, {[5] = UINT64_C(1) << 60}},
    {"0.8.0", JAM_CALL_DESIGNATE, {[1] = HUGE64}},
    {"0.8.0", JAM_CALL_PAGES, {[2] = HUGE64, [3] = 3}},
    {"0.8.0", JAM_CALL_INVOKE, {0, TEST_W + 0x1000}}, /* a grant of 2^64 - 1 */
    {"0.7.1", JAM_CALL_TRANSFER, {[2] = HUGE64 - 9}}, /* 2^64 */
    {"0.6.3", JAM_CALL_TRANSFER, {[2] = HUGE64}},
};

static void env_init(struct test_env *env, const char *version, enum jam_call_id call,
                     const uint64_t regs[6])
{
    static const uint8_t grant[8] = {0x39, 0x30};
    static const uint8_t all[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    enum jam_invocation invocation = JAM_ACCUMULATE;
    if (call != UNKNOWN && (jam_call_cell(&jam_call_table[call], JAM_GP(0, 8, 0))->invocations &
                            1u << JAM_ACCUMULATE) == 0)
        invocation = JAM_REFINE;
    test_env_init(env, version, invocation);
    test_put(env, TEST_W, pvm_bytes(grant, sizeof grant));
    test_put(env, TEST_W + 0x1000, pvm_bytes(all, sizeof all));
    env->ctx.heap = (struct jam_heap){.first = 0x20, .end = 0x100, .top = 0x22};
    memcpy(env->vm.regs + 7, regs, 6 * sizeof *regs);
    env->vm.arg = NO_SUCH;
    if (call != UNKNOWN)
        env->vm.arg = (uint64_t)jam_call_number(env->ctx.profile, call);
}

static const struct jam_price *price_at(enum jam_call_id call, uint32_t version)
{
    return &jam_call_cell(&jam_call_table[call], version)->price;
}

static struct jam_cost cost_of(struct test_env *env, enum jam_call_id call)
{
    const struct jam_price *price = env->ctx.rows[JAM_ROW_UNKNOWN].price;
    if (call != UNKNOWN)
        price = price_at(call, env->ctx.profile->version);
    env->ctx.caller = &env->vm;
    return jam_price_of(price, &env->ctx, env->vm.regs);
}

/* Out of gas: nothing but the gas changes. */
static void expect_oog(struct test_env *env, uint64_t gas, uint64_t left)
{
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    env->vm.gas = gas;
    struct test_digest before = test_digest(env);
    ck_assert(jam_call_dispatch(&env->ctx, &env->vm, &exit, &err) == PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_OOG);
    ck_assert_uint_eq(env->vm.gas, left);
    struct test_digest after = test_digest(env);
    ck_assert_mem_eq(&before, &after, sizeof before);
}

/* One gas less than the price is out of gas, which takes it all; a heap that was to grow keeps it
 * by the text. */
START_TEST(test_080)
{
    static const char *const names[] = {"0.8.0", "0.8.0-vectors"};
    for (unsigned v = 0; v < 2; v++) {
        struct test_env env;
        env_init(&env, names[v], rows_080[_i].call, rows_080[_i].regs);
        struct jam_cost cost = cost_of(&env, rows_080[_i].call);
        ck_assert(!cost.too_large);
        ck_assert_uint_eq(cost.gas, rows_080[_i].price);
        bool keeps = v == 0 && rows_080[_i].call == JAM_CALL_GROW_HEAP && cost.gas > 275;
        expect_oog(&env, cost.gas - 1, keeps ? cost.gas - 1 : 0);
        expect_oog(&env, 0, 0);
        test_env_deinit(&env);
    }
}
END_TEST

START_TEST(test_beyond)
{
    struct test_env env;
    env_init(&env, beyond[_i].version, beyond[_i].call, beyond[_i].regs);
    ck_assert(cost_of(&env, beyond[_i].call).too_large);
    expect_oog(&env, UINT64_MAX, 0);
    test_env_deinit(&env);
}
END_TEST

/* Up to 0.7.2 every call costs 10; transfer adds r9 and log is free up to 0.7.1. */
START_TEST(test_flat)
{
    static const char *const names[] = {"0.6.3", "0.6.5", "0.6.6", "0.6.7",
                                        "0.7.0", "0.7.1", "0.7.2"};
    static const uint64_t regs[6] = {1, 2, 300, 4, 5, 6};
    bool old = _i < 6;
    struct test_env env;
    env_init(&env, names[_i], JAM_CALL_GAS, regs);
    for (unsigned id = 0; id <= JAM_CALL_COUNT; id++) {
        if (id != UNKNOWN && jam_call_number(env.ctx.profile, (enum jam_call_id)id) < 0)
            continue;
        struct jam_cost cost = cost_of(&env, (enum jam_call_id)id);
        uint64_t want = 10;
        if (old && id == JAM_CALL_TRANSFER)
            want = 310;
        else if (old && id == JAM_CALL_LOG)
            want = 0;
        ck_assert_uint_eq(cost.gas, want);
        ck_assert(!cost.too_large && !cost.kept_if_short);
    }
    ck_assert(env.ctx.profile->call.transfer_gas_late == !old);
    test_env_deinit(&env);
}
END_TEST

START_TEST(test_text)
{
    static const struct {
        enum jam_call_id call;
        const char *text;
    } texts[] = {{JAM_CALL_GAS, "48"},
                 {JAM_CALL_LOOKUP, "600 + ceil(248 * r11 / 1024)"},
                 {JAM_CALL_WRITE, "2442 + ceil(3358 * r8 / 1024) + ceil(216 * r10 / 1024)"},
                 {JAM_CALL_BLESS, "422 + 20 * r12"},
                 {JAM_CALL_INVOKE, "968 + gas granted; what is left of it comes back"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct pvm_buf out = {0};
        jam_price_text(price_at(texts[i].call, JAM_GP(0, 8, 0)), &out);
        ck_assert_str_eq(pvm_buf_str(&out), texts[i].text);
        pvm_buf_deinit(&out);
    }
    struct pvm_buf out = {0};
    jam_price_text(price_at(JAM_CALL_TRANSFER, JAM_GP(0, 6, 3)), &out);
    ck_assert_str_eq(pvm_buf_str(&out), "10 + r9");
    pvm_buf_deinit(&out);
}
END_TEST

/* The register of a term without a rate is not looked at. */
START_TEST(test_unused_terms)
{
    const struct jam_price price = {.base = 7, .terms = {{0, UINT8_MAX, false}, {2, 12, false}}};
    uint64_t *regs = calloc(PVM_REG_COUNT, sizeof *regs);
    ck_assert_ptr_nonnull(regs);
    regs[12] = 4;
    struct jam_cost cost = jam_price_of(&price, NULL, regs);
    ck_assert_uint_eq(cost.gas, 15);
    ck_assert(!cost.too_large);
    free(regs);
}
END_TEST

Suite *price_suite(void);

Suite *price_suite(void)
{
    Suite *suite = suite_create("host/price");
    TCase *tests = tcase_create("prices");
    tcase_add_loop_test(tests, test_080, 0, sizeof rows_080 / sizeof *rows_080);
    tcase_add_loop_test(tests, test_beyond, 0, sizeof beyond / sizeof *beyond);
    tcase_add_loop_test(tests, test_flat, 0, 7);
    tcase_add_test(tests, test_text);
    tcase_add_test(tests, test_unused_terms);
    suite_add_tcase(suite, tests);
    return suite;
}
