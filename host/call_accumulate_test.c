/* SPDX-License-Identifier: Apache-2.0 */
/* Every result of Accumulate's calls on privileges, outputs and provisions, by version (GP 0.7.2 B.7). */
#include "host/accumulate_testing.h"

#define OK    PVM_EXIT_CONTINUE, JAM_OK
#define WHO   PVM_EXIT_CONTINUE, JAM_WHO
#define HUH   PVM_EXIT_CONTINUE, JAM_HUH
#define CORE  PVM_EXIT_CONTINUE, JAM_CORE
#define PANIC PVM_EXIT_PANIC, 0

#define BLESS      JAM_CALL_BLESS
#define ASSIGN     JAM_CALL_ASSIGN
#define DESIGNATE  JAM_CALL_DESIGNATE
#define CHECKPOINT JAM_CALL_CHECKPOINT
#define YIELD      JAM_CALL_YIELD
#define PROVIDE    JAM_CALL_PROVIDE

#define MANAGER   HOLDS_MANAGER
#define ASSIGNER  HOLDS_ASSIGNER
#define DELEGATOR HOLDS_DELEGATOR
#define W         TEST_W  /* pairs, then zeros; 8192 octets */
#define W2        TEST_W2 /* assigners, then zeros; 4096 octets */
#define WIDE      TEST_WIDE

enum {
    BLESS_067 = V067 | V070,
    BLESS_071 = V071 | V072 | V080V, /* nobody is asked for the privilege */
    TO_072 = TO_070 | V071 | V072,
    V08 = V080 | V080V,
    QUEUE = 80 * 32,
    KEYS = 6 * 336
};

static const struct acc_case rows[] = {
    {TO_066,
     BLESS,
     0,
     {1, 2, 3, W, 3},
     OK,
     "manager=1 delegator=3 registrar=0 always=5:300,6:200, assigners=2",
     0,
     0},
    {TO_066,
     BLESS,
     0,
     {WIDE - 1, WIDE - 1, WIDE - 1, 0, 0},
     OK,
     "manager=4294967295 delegator=4294967295 registrar=0 always= assigners=4294967295",
     0,
     0},
    {TO_066, BLESS, MANAGER, {WIDE, 2, 3, W, 3}, WHO, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {1, WIDE, 3, W, 3}, WHO, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {1, 2, WIDE, W, 3}, WHO, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {1, 2, UINT64_MAX, W, 3}, WHO, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {WIDE, 2, 3, TEST_GAP - 11, 1}, PANIC, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {1, 2, 3, W, 683}, PANIC, NULL, 0, 0},
    {TO_066, BLESS, MANAGER, {1, 2, 3, W, UINT64_MAX}, PANIC, NULL, 0, 0},
    /* 12 n is 0 mod 2^64 */
    {TO_066, BLESS, MANAGER, {1, 2, 3, W, UINT64_C(1) << 62}, PANIC, NULL, 0, 0},

    {BLESS_067,
     BLESS,
     MANAGER,
     {1, W2, 3, W, 3},
     OK,
     "manager=1 delegator=3 registrar=0 always=5:300,6:200, assigners=2,3",
     0,
     0},
    {BLESS_067,
     BLESS,
     MANAGER,
     {1, W2, 3, 0, 0},
     OK,
     "manager=1 delegator=3 registrar=0 always= assigners=2,3",
     0,
     0},
    {BLESS_067, BLESS, 0, {1, W2, 3, W, 3}, HUH, NULL, 0, 0},
    {BLESS_067, BLESS, 0, {WIDE, W2, 3, W, 3}, HUH, NULL, 0, 0},
    {BLESS_067, BLESS, MANAGER, {WIDE, W2, 3, W, 3}, WHO, NULL, 0, 0},
    {BLESS_067, BLESS, MANAGER, {1, W2, WIDE, W, 3}, WHO, NULL, 0, 0},
    {BLESS_067, BLESS, 0, {1, W2 + 4096 - 7, 3, W, 3}, PANIC, NULL, 0, 0},
    {BLESS_067, BLESS, MANAGER, {1, W2 + 4096 - 7, 3, W, 3}, PANIC, NULL, 0, 0},
    {BLESS_067, BLESS, 0, {1, W2, 3, TEST_GAP - 11, 1}, PANIC, NULL, 0, 0},
    {BLESS_067, BLESS, MANAGER, {1, W2, 3, W, UINT64_C(1) << 62}, PANIC, NULL, 0, 0},

    {BLESS_071,
     BLESS,
     0,
     {1, W2, 3, 4, W, 3},
     OK,
     "manager=1 delegator=3 registrar=4 always=5:300,6:200, assigners=2,3",
     0,
     0},
    {V080,
     BLESS,
     MANAGER,
     {1, W2, 3, 4, W, 3},
     OK,
     "manager=1 delegator=3 registrar=4 always=5:300,6:200, assigners=2,3",
     0,
     0},
    {V080, BLESS, 0, {1, W2, 3, 4, W, 3}, HUH, NULL, 0, 0},
    {V080, BLESS, 0, {WIDE, W2, 3, 4, W, 3}, HUH, NULL, 0, 0},
    {FROM_071,
     BLESS,
     MANAGER,
     {1, W2 + 4096 - 8, 3, 4, TEST_GAP - 12, 1},
     OK,
     "manager=1 delegator=3 registrar=4 always=0:0, assigners=0,0",
     0,
     0},
    {FROM_071, BLESS, MANAGER, {WIDE, W2, 3, 4, W, 3}, WHO, NULL, 0, 0},
    {FROM_071, BLESS, MANAGER, {1, W2, WIDE, 4, W, 3}, WHO, NULL, 0, 0},
    {FROM_071, BLESS, MANAGER, {1, W2, 3, WIDE, W, 3}, WHO, NULL, 0, 0},
    {FROM_071, BLESS, MANAGER, {1, W2, 3, UINT64_MAX, W, 3}, WHO, NULL, 0, 0},
    {FROM_071, BLESS, 0, {WIDE, W2 + 4096 - 7, 3, 4, W, 3}, PANIC, NULL, 0, 0},
    {FROM_071, BLESS, 0, {WIDE, W2, 3, 4, TEST_GAP - 11, 1}, PANIC, NULL, 0, 0},
    {FROM_071, BLESS, 0, {WIDE, W2, 3, 4, W, 683}, PANIC, NULL, 0, 0},

    {TO_066, ASSIGN, 0, {0, W, 9}, OK, "queue0=2560", 0, 0},
    {TO_066, ASSIGN, 0, {1, TEST_GAP - QUEUE, 9}, OK, "queue1=2560", 0, 0},
    {TO_066 | V070 | FROM_071, ASSIGN, ASSIGNER, {2, W, 9}, CORE, NULL, 0, 0},
    {TO_066 | V070 | FROM_071, ASSIGN, 0, {UINT64_MAX, W, WIDE}, CORE, NULL, 0, 0},
    {V067, ASSIGN, ASSIGNER, {2, W, 9}, HUH, NULL, 0, 0},
    {V067, ASSIGN, ASSIGNER, {UINT64_MAX, W, 9}, HUH, NULL, 0, 0},
    {FROM_067, ASSIGN, ASSIGNER, {0, W, 9}, OK, "assigners=9,1 queue0=2560", 0, 0},
    {FROM_067, ASSIGN, ASSIGNER, {0, W, 7}, OK, "assigners=7,1 queue0=2560", 0, 0},
    {FROM_067, ASSIGN, ASSIGNER, {1, W, 9}, HUH, NULL, 0, 0},
    {FROM_067, ASSIGN, MANAGER, {0, W, 9}, HUH, NULL, 0, 0},
    {FROM_071, ASSIGN, MANAGER, {0, W, WIDE}, HUH, NULL, 0, 0},
    {FROM_071, ASSIGN, ASSIGNER, {0, W, WIDE}, WHO, NULL, 0, 0},
    {FROM_071, ASSIGN, ASSIGNER, {0, W, UINT64_MAX}, WHO, NULL, 0, 0},
    {BLESS_067, ASSIGN, ASSIGNER, {0, W, WIDE + 9}, OK, "assigners=9,1 queue0=2560", 0, 0},
    {ALL, ASSIGN, ASSIGNER, {2, TEST_GAP - QUEUE + 1, 9}, PANIC, NULL, 0, 0},
    {ALL, ASSIGN, 0, {0, 0, 9}, PANIC, NULL, 0, 0},

    {TO_066, DESIGNATE, 0, {W}, OK, "staging=2016", 0, 0},
    {TO_072 - TO_066, DESIGNATE, DELEGATOR, {W}, OK, "staging=2016", 0, 0},
    {TO_072 - TO_066, DESIGNATE, MANAGER, {W}, HUH, NULL, 0, 0},
    {TO_072, DESIGNATE, DELEGATOR, {TEST_GAP - KEYS + 1}, PANIC, NULL, 0, 0},
    {TO_072, DESIGNATE, 0, {TEST_GAP - KEYS + 1}, PANIC, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {TEST_GAP - KEYS, 6}, OK, "staging=2016", 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 0}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 3}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 5}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 7}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 9}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, 0, {W, 6}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {W, 25}, PANIC, NULL, 0, 0},
    {V08, DESIGNATE, DELEGATOR, {0, 0}, HUH, NULL, 0, 0},
    {V08, DESIGNATE, 0, {TEST_GAP - KEYS + 1, 6}, PANIC, NULL, 0, 0},

    {ALL, CHECKPOINT, 0, {1, 2, 3}, PVM_EXIT_CONTINUE, TEST_LEFT, NULL, 0, 0},

    {ALL, YIELD, 0, {TEST_H('Y')}, OK, "yield=Y", 0, 0},
    {ALL, YIELD, 0, {TEST_GAP - 31}, PANIC, NULL, 0, 0},
    {ALL, YIELD, 0, {0}, PANIC, NULL, 0, 0},
    {ALL, YIELD, 0, {TEST_END - 31}, PANIC, NULL, 0, 0},

    {ALL - V063, PROVIDE, 0, {14, TEST_H('x'), 1}, OK, "provide14:1", 0, 0},
    {ALL - V063, PROVIDE, 0, {14, TEST_H('x'), 2}, HUH, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {14, TEST_H('y'), 1}, HUH, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {14, 0, 0}, HUH, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {7, TEST_H('x'), 1}, HUH, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {UINT64_MAX, TEST_H('x'), 1}, HUH, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {99, TEST_H('x'), 1}, WHO, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {WIDE + 14, TEST_H('x'), 1}, WHO, NULL, 0, 0},
    {ALL - V063, PROVIDE, 0, {99, TEST_GAP - 1, 2}, PANIC, NULL, 0, 0},
    {TO_072 - V063, PROVIDE, 0, {14, TEST_R, WIDE - 1}, PANIC, NULL, 0, 0},
    {TO_072 - V063, PROVIDE, 0, {14, TEST_R, WIDE}, PANIC, NULL, 0, 0},
};

START_TEST(test_rows)
{
    acc_case_all(&rows[_i], (size_t)_i);
}
END_TEST

/* In 0.8.0 the price of provide grows with the length; a wide one is HUH for who can pay it. */
START_TEST(test_wide_provide)
{
    struct acc_env env;
    const uint64_t args[6] = {99, 0, TEST_WIDE};
    acc_env_init(&env, 7, 0);
    env.vm->gas = UINT64_C(1) << 40;
    ck_assert(acc_call(&env, JAM_CALL_PROVIDE, args) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_HUH);
    acc_env_deinit(&env);
}
END_TEST

/* A blob is provided once, to a service that asked for it; the own one also by 2^64-1. */
START_TEST(test_provide)
{
    struct acc_env env;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf text = {.alloc = NULL};
    const struct jam_request none = {.count = 0};
    struct jam_hash x = jam_hash(pvm_bytes("x", 1));
    struct jam_service *own;
    acc_env_init(&env, 6, 0);
    ck_assert(jam_context_edit(jam_run_context(env.run), &own, &err) == PVM_OK);
    ck_assert(jam_request_set(own, &x, 1, &none, &err) == PVM_OK);
    static const struct {
        uint64_t to, r7;
    } calls[] = {{14, JAM_OK}, {14, JAM_HUH}, {UINT64_MAX, JAM_OK}, {7, JAM_HUH}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const uint64_t args[6] = {calls[i].to, TEST_H('x'), 1};
        ck_assert(acc_call(&env, JAM_CALL_PROVIDE, args) == PVM_EXIT_CONTINUE);
        ck_assert_uint_eq(env.vm->regs[7], calls[i].r7);
    }
    const char *effects = acc_end(&env, PVM_EXIT_HALT, &text);
    ck_assert_ptr_nonnull(strstr(effects, "provide7:1 provide14:1"));
    pvm_buf_deinit(&text);
    acc_env_deinit(&env);
}
END_TEST

Suite *call_accumulate_suite(void);

Suite *call_accumulate_suite(void)
{
    Suite *suite = suite_create("host/call_accumulate");
    TCase *tests = tcase_create("calls");
    tcase_add_loop_test(tests, test_rows, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, test_wide_provide);
    tcase_add_test(tests, test_provide);
    suite_add_tcase(suite, tests);
    return suite;
}
