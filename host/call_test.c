/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatcher and the host calls that every invocation has. */
#include "host/call.h"

#include "host/testing.h"

#include <stdlib.h>

/* ---- gas ---- */

enum { NO_SUCH = 999 };

/* GP 0.7.2 A.6, B.4: what is charged, and whether the call goes on. number is as in 0.6.7 to
 * 0.7.2. */
static const struct {
    const char *version;
    enum jam_invocation invocation;
    uint64_t number, gas, left;
    enum pvm_exit exit;
    uint64_t r7; /* when it goes on */
} prices[] = {
    {"0.7.2", JAM_REFINE, 0, 10, 0, PVM_EXIT_CONTINUE, 0},
    {"0.7.2", JAM_REFINE, 0, 1000, 990, PVM_EXIT_CONTINUE, 990},
    {"0.7.2", JAM_REFINE, 0, UINT64_MAX, UINT64_MAX - 10, PVM_EXIT_CONTINUE, UINT64_MAX - 10},
    {"0.7.2", JAM_REFINE, 0, 9, 0, PVM_EXIT_OOG, 0},
    {"0.7.2", JAM_REFINE, 0, 0, 0, PVM_EXIT_OOG, 0},
    /* unknown numbers, the last ones those of ecalli immediates sign-extended */
    {"0.7.2", JAM_REFINE, NO_SUCH, 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_REFINE, NO_SUCH, 9, 0, PVM_EXIT_OOG, 0},
    {"0.7.2", JAM_REFINE, UINT64_MAX, 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_REFINE, UINT64_C(0x100000000), 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_REFINE, UINT64_C(0xffff0000), 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    /* known, but not open here */
    {"0.7.2", JAM_REFINE, 3, 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_REFINE, 3, 9, 0, PVM_EXIT_OOG, 0},
    {"0.7.2", JAM_REFINE, 20, 15, 5, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_IS_AUTHORIZED, 8, 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_IS_AUTHORIZED, 0, 17, 7, PVM_EXIT_CONTINUE, 7},
    /* log costs nothing up to 0.7.1 */
    {"0.7.2", JAM_REFINE, 100, 10, 0, PVM_EXIT_CONTINUE, JAM_WHAT},
    {"0.7.2", JAM_REFINE, 100, 9, 0, PVM_EXIT_OOG, 0},
    {"0.7.1", JAM_REFINE, 100, 0, 0, PVM_EXIT_CONTINUE, 0x7777}, /* r7 as it was */
    {"0.7.1", JAM_REFINE, 0, 10, 0, PVM_EXIT_CONTINUE, 0},
};

START_TEST(test_prices)
{
    struct test_env env;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    test_env_init(&env, prices[_i].version, prices[_i].invocation);
    env.vm.gas = prices[_i].gas;
    env.vm.arg = prices[_i].number;
    struct test_digest before = test_digest(&env);
    ck_assert(jam_call_dispatch(&env.ctx, &env.vm, &exit, &err) == PVM_OK);
    ck_assert_int_eq(exit, prices[_i].exit);
    ck_assert_uint_eq(env.vm.gas, prices[_i].left);
    if (exit == PVM_EXIT_CONTINUE)
        before.regs[7] = prices[_i].r7;
    struct test_digest after = test_digest(&env);
    ck_assert_mem_eq(&before, &after, sizeof before);
    test_env_deinit(&env);
}
END_TEST

START_TEST(test_counts)
{
    static const uint64_t args[6];
    struct test_env env;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    test_call(&env, JAM_CALL_GAS, args);
    test_call(&env, JAM_CALL_GAS, args);
    test_call(&env, JAM_CALL_READ, args);
    env.vm.arg = NO_SUCH;
    ck_assert(jam_call_dispatch(&env.ctx, &env.vm, &exit, &err) == PVM_OK);
    ck_assert_uint_eq(env.ctx.stats[JAM_CALL_GAS].count, 2);
    ck_assert_uint_eq(env.ctx.stats[JAM_CALL_GAS].gas, 20);
    ck_assert_uint_eq(env.ctx.stats[JAM_CALL_READ].count, 1);
    ck_assert_uint_eq(env.ctx.stats[JAM_CALL_COUNT].count, 1);
    ck_assert_uint_eq(env.ctx.stats[JAM_CALL_COUNT].gas, 10);
    test_env_deinit(&env);
}
END_TEST

/* ---- fetch ---- */

/* A source with one value, "0123456789", for kind 9 (token) and the empty one for kind 8; b = 1 is
 * a failure of ours. */
static enum pvm_status digits(void *user, enum jam_fetch what, uint64_t a, uint64_t b, bool *found,
                              struct pvm_bytes *value, struct pvm_err *err)
{
    (void)user;
    (void)a;
    if (b == 1)
        return pvm_fail(err, PVM_E_IO, "no disk");
    *found = what == JAM_FETCH_TOKEN || what == JAM_FETCH_AUTHORIZER;
    *value = what == JAM_FETCH_TOKEN ? pvm_bytes("0123456789", 10) : pvm_bytes_none();
    return PVM_OK;
}

enum { PANIC = PVM_EXIT_PANIC, GO = PVM_EXIT_CONTINUE };

static const struct {
    uint64_t args[6]; /* to, offset, length, kind, r11, r12 */
    int exit;
    uint64_t r7;
    const char *written; /* at args[0] */
} fetches[] = {
    {{TEST_W, 0, 10, 9}, GO, 10, "0123456789"},
    {{TEST_W, 0, 100, 9}, GO, 10, "0123456789"},
    {{TEST_W, 0, UINT64_MAX, 9}, GO, 10, "0123456789"},
    {{TEST_W, 3, 4, 9}, GO, 10, "3456"},
    {{TEST_W, 9, UINT64_MAX, 9}, GO, 10, "9"},
    {{TEST_W, 10, 5, 9}, GO, 10, ""},
    {{TEST_W, UINT64_MAX, 5, 9}, GO, 10, ""},
    {{TEST_W, UINT64_C(1) << 32, 5, 9}, GO, 10, ""},
    /* nothing written: any address will do */
    {{0, 0, 0, 9}, GO, 10, ""},
    {{UINT64_MAX, 10, 10, 9}, GO, 10, ""},
    {{UINT64_MAX, 0, 10, 8}, GO, 0, ""},
    {{UINT64_MAX, 0, 10, 7}, GO, JAM_NONE, ""},
    {{TEST_W, 0, 10, 16}, GO, JAM_NONE, ""},
    {{TEST_W, 0, 10, 17}, GO, JAM_NONE, ""},
    {{TEST_W, 0, 10, 18}, GO, JAM_NONE, ""},
    {{TEST_W, 0, 10, UINT64_MAX}, GO, JAM_NONE, ""},
    {{TEST_W, 0, 10, (UINT64_C(1) << 32) + 9}, GO, JAM_NONE, ""},
    /* ends of regions */
    {{TEST_W + 0xffb, 0, 10, 9}, GO, 10, "0123456789"},
    {{TEST_GAP - 10, 0, 10, 9}, GO, 10, "0123456789"},
    {{TEST_GAP - 9, 0, 10, 9}, PANIC, 0, NULL},
    {{TEST_GAP - 9, 0, 9, 9}, GO, 10, "012345678"},
    {{TEST_W2 - 1, 0, 1, 9}, PANIC, 0, NULL},
    {{TEST_W - 1, 0, 2, 9}, PANIC, 0, NULL},
    {{TEST_END - 10, 0, 10, 9}, GO, 10, "0123456789"},
    {{TEST_END - 9, 0, 10, 9}, PANIC, 0, NULL},
    {{TEST_END, 0, 1, 9}, PANIC, 0, NULL},
    {{TEST_END + TEST_W, 0, 1, 9}, PANIC, 0, NULL},
    {{UINT64_MAX, 0, 10, 9}, PANIC, 0, NULL},
    {{TEST_R, 0, 1, 9}, PANIC, 0, NULL},
    {{0, 0, 1, 9}, PANIC, 0, NULL},
    {{0xffff, 0, 1, 9}, PANIC, 0, NULL},
};

START_TEST(test_fetch)
{
    struct test_env env;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.sources.fetch = digits;
    memcpy(env.vm.regs + 7, fetches[_i].args, sizeof fetches[_i].args);
    struct test_digest before = test_digest(&env);
    enum pvm_exit exit = test_call(&env, JAM_CALL_FETCH, fetches[_i].args);
    ck_assert_int_eq((int)exit, fetches[_i].exit);
    ck_assert_uint_eq(env.vm.gas, 990);
    struct test_digest after = test_digest(&env);
    if (fetches[_i].written == NULL || fetches[_i].written[0] == 0)
        ck_assert_uint_eq(before.memory, after.memory);
    if (exit == PVM_EXIT_PANIC) {
        ck_assert_mem_eq(&before, &after, sizeof before);
    } else {
        uint8_t got[16] = {0};
        size_t len = strlen(fetches[_i].written);
        before.regs[7] = fetches[_i].r7;
        ck_assert_mem_eq(before.regs, after.regs, sizeof before.regs);
        if (len > 0) {
            pvm_memory_get(&env.vm.memory, fetches[_i].args[0], got, len + (len < 10));
            ck_assert_mem_eq(got, fetches[_i].written, len);
            ck_assert_uint_eq(got[len], 0);
        }
    }
    test_env_deinit(&env);
}
END_TEST

/* A source that fails ends the run, with its own message, and the guest sees nothing. */
START_TEST(test_source_fails)
{
    static const uint64_t args[6] = {TEST_W, 0, 10, 9, 0, 1};
    struct test_env env;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.sources.fetch = digits;
    memcpy(env.vm.regs + 7, args, sizeof args);
    env.vm.arg = 1;
    ck_assert(jam_call_dispatch(&env.ctx, &env.vm, &exit, &err) == PVM_E_IO);
    ck_assert_str_eq(err.msg, "no disk");
    test_env_deinit(&env);
}
END_TEST

/* ---- log ---- */

static const struct {
    uint64_t args[6]; /* level, target, its length, message, its length */
    bool kept, has_target;
    const char *target, *message;
} logs[] = {
    {{2, 0, 0, TEST_R, 5}, true, false, "", "hello"},
    {{UINT64_MAX, TEST_R, 2, TEST_R + 5, 6}, true, true, "he", " world"},
    {{0, TEST_R, 0, TEST_R, 0}, true, true, "", ""},
    {{1, 0, 0, 0, 0}, true, false, "", ""},
    {{1, 0, 0, UINT64_MAX, 0}, true, false, "", ""},
    {{1, 0, 1, TEST_R, 5}, false, false, NULL, NULL},
    {{1, 0, 0, 0, 1}, false, false, NULL, NULL},
    {{1, 0, 0, TEST_GAP, 1}, false, false, NULL, NULL},
    {{1, 0, 0, TEST_R, 0x1001}, false, false, NULL, NULL},
    {{1, 0, 0, TEST_R, UINT64_MAX}, false, false, NULL, NULL},
    {{1, TEST_END, 1, TEST_R, 1}, false, false, NULL, NULL},
};

static void count_line(void *user, const struct jam_log_line *line)
{
    (void)line;
    ++*(size_t *)user;
}

START_TEST(test_log)
{
    struct test_env env;
    struct jam_log_line line;
    size_t seen = 0;
    size_t pos = 0;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.hooks.log = count_line;
    env.ctx.hooks.user = &seen;
    test_put(&env, TEST_R, pvm_bytes("hello world", 11));
    ck_assert_int_eq(test_call(&env, JAM_CALL_LOG, logs[_i].args), PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.regs[7], JAM_WHAT);
    ck_assert_mem_eq(env.vm.regs + 8, logs[_i].args + 1, 5 * sizeof(uint64_t));
    ck_assert_uint_eq(seen, logs[_i].kept);
    ck_assert_uint_eq(env.ctx.log_count, logs[_i].kept);
    ck_assert(jam_context_log_next(&env.ctx, &pos, &line) == logs[_i].kept);
    if (logs[_i].kept) {
        ck_assert_uint_eq(line.level, logs[_i].args[0]);
        ck_assert(line.has_target == logs[_i].has_target);
        ck_assert(
            pvm_bytes_equal(line.target, pvm_bytes(logs[_i].target, strlen(logs[_i].target))));
        ck_assert(
            pvm_bytes_equal(line.message, pvm_bytes(logs[_i].message, strlen(logs[_i].message))));
        ck_assert(!jam_context_log_next(&env.ctx, &pos, &line));
    }
    test_env_deinit(&env);
}
END_TEST

/* Text beyond the limits is cut or dropped, and counted. */
START_TEST(test_log_limits)
{
    static const uint64_t args[6] = {1, 0, 0, TEST_W, 200};
    struct test_env env;
    struct jam_log_line line;
    size_t pos = 0;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.limits.log_line = 100;
    env.ctx.limits.log = 300;
    for (int i = 0; i < 5; i++)
        test_call(&env, JAM_CALL_LOG, args);
    ck_assert_uint_eq(env.ctx.log_count, 2);
    ck_assert_uint_eq(env.ctx.log_dropped, 3);
    ck_assert(jam_context_log_next(&env.ctx, &pos, &line));
    ck_assert_uint_eq(line.message.len, 100);
    test_env_deinit(&env);
}
END_TEST

/* ---- hooks and limits ---- */

static void check_event(void *user, const struct jam_call_event *event)
{
    ck_assert_str_eq(event->name, "gas");
    ck_assert(event->open);
    ck_assert_uint_eq(event->number, 0);
    ck_assert_uint_eq(event->before[7], 5);
    ck_assert_uint_eq(event->after[7], 990);
    ck_assert_uint_eq(event->gas_before, 1000);
    ck_assert_uint_eq(event->gas_after, 990);
    ck_assert_int_eq(event->exit, PVM_EXIT_CONTINUE);
    ++*(size_t *)user;
}

START_TEST(test_call_hook)
{
    static const uint64_t args[6] = {5};
    struct test_env env;
    size_t seen = 0;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.hooks.call = check_event;
    env.ctx.hooks.user = &seen;
    test_call(&env, JAM_CALL_GAS, args);
    ck_assert_uint_eq(seen, 1);
    test_env_deinit(&env);
}
END_TEST

START_TEST(test_work_limit)
{
    struct test_env env;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.ctx.sources.fetch = digits;
    env.ctx.limits.work = 25;
    enum pvm_status status = PVM_OK;
    int done = 0;
    for (; done < 10; done++) {
        static const uint64_t args[6] = {TEST_W, 0, 10, 9};
        memcpy(env.vm.regs + 7, args, sizeof args);
        env.vm.arg = 1;
        status = jam_call_dispatch(&env.ctx, &env.vm, &exit, &err);
        if (status != PVM_OK)
            break;
    }
    ck_assert_int_eq(done, 2);
    ck_assert_int_eq(status, PVM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.msg, "host limit"));
    test_env_deinit(&env);
}
END_TEST

Suite *call_suite(void);

Suite *call_suite(void)
{
    Suite *suite = suite_create("host/call");
    TCase *tests = tcase_create("general calls");
    tcase_add_loop_test(tests, test_prices, 0, sizeof prices / sizeof *prices);
    tcase_add_test(tests, test_counts);
    tcase_add_loop_test(tests, test_fetch, 0, sizeof fetches / sizeof *fetches);
    tcase_add_test(tests, test_source_fails);
    tcase_add_loop_test(tests, test_log, 0, sizeof logs / sizeof *logs);
    tcase_add_test(tests, test_log_limits);
    tcase_add_test(tests, test_call_hook);
    tcase_add_test(tests, test_work_limit);
    suite_add_tcase(suite, tests);
    return suite;
}
