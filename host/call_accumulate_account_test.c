/* SPDX-License-Identifier: Apache-2.0 */
/* Every result of Accumulate's calls on accounts and requests, by version (GP 0.7.2 B.7). */
#include "host/accumulate_testing.h"

#define H TEST_H

#define OK      PVM_EXIT_CONTINUE, JAM_OK
#define NONE    PVM_EXIT_CONTINUE, JAM_NONE
#define WHO     PVM_EXIT_CONTINUE, JAM_WHO
#define HUH     PVM_EXIT_CONTINUE, JAM_HUH
#define LOW     PVM_EXIT_CONTINUE, JAM_LOW
#define CASH    PVM_EXIT_CONTINUE, JAM_CASH
#define FULL    PVM_EXIT_CONTINUE, JAM_FULL
#define GIVES   PVM_EXIT_CONTINUE
#define PANIC   PVM_EXIT_PANIC, 0
#define MANAGER HOLDS_MANAGER

/* Readable up to here: the last place for a hash, and one octet behind it. */
#define LAST_HASH (TEST_END - 32)
#define NO_HASH   (TEST_END - 31)
#define GAP_HASH  (TEST_GAP - 31)

#define NEW       JAM_CALL_NEW
#define UPGRADE   JAM_CALL_UPGRADE
#define TRANSFER  JAM_CALL_TRANSFER
#define EJECT     JAM_CALL_EJECT
#define QUERY     JAM_CALL_QUERY
#define SOLICIT   JAM_CALL_SOLICIT
#define FORGET    JAM_CALL_FORGET
#define REGISTRAR HOLDS_REGISTRAR

/* GP 0.7.2 B.4: H(E(7) ++ 32 zero octets ++ E(1000)), its first four octets mod 2^32 - 2^9 from 2^8 on,
 * or mod 2^32 - 2^16 - 2^8 from 2^16 on. */
#define FIRST_062 2267108685
#define FIRST_071 2267173965

/* Service 7 has 1000 and a threshold of 781: 219 to spare. A new account takes 201 and its code's
 * length; a request 101 and its length. */
static const struct acc_case rows[] = {
    {ALL, UPGRADE, 0, {H('U'), 3, 4}, OK, "7{ code=U itemgas=3 memogas=4 }", 0, 0},
    {ALL,
     UPGRADE,
     0,
     {H('U'), UINT64_MAX, UINT64_MAX},
     OK,
     "7{ code=U itemgas=18446744073709551615 memogas=18446744073709551615 }",
     0,
     0},
    {ALL, UPGRADE, 0, {NO_HASH, 3, 4}, PANIC, NULL, 0, 0},
    {ALL, UPGRADE, 0, {GAP_HASH, 3, 4}, PANIC, NULL, 0, 0},
    {ALL, UPGRADE, 0, {0, 3, 4}, PANIC, NULL, 0, 0},
    {ALL, UPGRADE, 0, {TEST_END + H('U'), 3, 4}, PANIC, NULL, 0, 0},
    {ALL, UPGRADE, 0, {UINT64_MAX - 31, 3, 4}, PANIC, NULL, 0, 0},
    {ALL, UPGRADE, 0, {UINT64_MAX, 3, 4}, PANIC, NULL, 0, 0},

    {TO_066,
     NEW,
     MANAGER,
     {H('N'), 18, 3, 4, 50, 100},
     GIVES,
     FIRST_062,
     "7{ balance=781 } +2267108685{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=99 N18[] "
     "}",
     0,
     0},
    {V067 | V070,
     NEW,
     0,
     {H('N'), 18, 3, 4, 0, 100},
     GIVES,
     FIRST_062,
     "7{ balance=781 } +2267108685{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=99 "
     "created=1000 parent=7 N18[] }",
     0,
     0},
    {FROM_071,
     NEW,
     0,
     {H('N'), 18, 3, 4, 0, 100},
     GIVES,
     FIRST_071,
     "7{ balance=781 } +2267173965{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=99 "
     "created=1000 parent=7 N18[] }",
     0,
     0},
    {ALL, NEW, 0, {H('N'), 19, 3, 4, 0, 0}, CASH, NULL, 0, 0},
    {ALL, NEW, 0, {H('N'), 0, 3, 4, 0, 0}, CASH, NULL, 981, 0},
    {ALL, NEW, 0, {H('N'), 0, 3, 4, 0, 0}, CASH, NULL, 1, 0},
    {ALL, NEW, 0, {H('N'), TEST_WIDE - 1, 3, 4, 0, 0}, CASH, NULL, 0, 0},
    {V063, NEW, 0, {H('N'), TEST_WIDE, 3, 4, 0, 0}, CASH, NULL, 0, 0},
    {V063, NEW, 0, {H('N'), UINT64_MAX, 3, 4, 0, 0}, CASH, NULL, 0, 0},
    {V063, NEW, 0, {H('N'), TEST_WIDE, 3, 4, 0, 0}, PANIC, NULL, TEST_WIDE * 2, 0},
    {ALL - V063, NEW, 0, {H('N'), TEST_WIDE, 3, 4, 0, 0}, PANIC, NULL, 0, 0},
    {ALL - V063, NEW, 0, {H('N'), UINT64_MAX, 3, 4, 0, 0}, PANIC, NULL, 0, 0},
    {ALL, NEW, MANAGER, {NO_HASH, 0, 3, 4, 0, 0}, PANIC, NULL, 0, 0},
    {FROM_067, NEW, 0, {NO_HASH, 0, 3, 4, 9, 0}, PANIC, NULL, 0, 0},
    {FROM_067, NEW, 0, {H('N'), 0, 3, 4, 9, 0}, HUH, NULL, 0, 0},
    {FROM_067, NEW, 0, {H('N'), 19, 3, 4, 1, 0}, HUH, NULL, 0, 0},
    {V067 | V070,
     NEW,
     MANAGER,
     {H('N'), 68, 3, 4, 50, 0},
     GIVES,
     FIRST_062,
     "7{ balance=781 } +2267108685{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=149 "
     "gratis=50 created=1000 parent=7 N68[] }",
     0,
     0},
    {FROM_071,
     NEW,
     MANAGER,
     {H('N'), 68, 3, 4, 50, 0},
     GIVES,
     FIRST_071,
     "7{ balance=781 } +2267173965{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=149 "
     "gratis=50 created=1000 parent=7 N68[] }",
     0,
     0},
    {FROM_067, NEW, MANAGER, {H('N'), 69, 3, 4, 50, 0}, CASH, NULL, 0, 0},
    {FROM_071,
     NEW,
     MANAGER,
     {H('N'), TEST_WIDE - 1, 3, 4, UINT64_MAX, 0},
     GIVES,
     FIRST_071,
     "+2267173965{ code=N itemgas=3 memogas=4 items=2 bytes=4294967376 "
     "gratis=18446744073709551615 created=1000 parent=7 N4294967295[] }",
     0,
     0},
    {FROM_071,
     NEW,
     REGISTRAR,
     {H('N'), 18, 3, 4, 0, 100},
     GIVES,
     100,
     "7{ balance=781 } +100{ code=N balance=219 itemgas=3 memogas=4 items=2 bytes=99 created=1000 "
     "parent=7 N18[] }",
     0,
     0},
    {FROM_071,
     NEW,
     REGISTRAR,
     {H('N'), 18, 0, 0, 0, 0},
     GIVES,
     0,
     "+0{ code=N balance=219 items=2 bytes=99 created=1000 parent=7 N18[] } 7{ balance=781 }",
     0,
     0},
    {FROM_071,
     NEW,
     REGISTRAR,
     {H('N'), 18, 0, 0, 0, 65535},
     GIVES,
     65535,
     "7{ balance=781 } +65535{ code=N balance=219 items=2 bytes=99 created=1000 parent=7 N18[] }",
     0,
     0},
    {FROM_071,
     NEW,
     REGISTRAR,
     {H('N'), 18, 0, 0, 0, 65536},
     GIVES,
     FIRST_071,
     "7{ balance=781 } +2267173965{ code=N balance=219 items=2 bytes=99 created=1000 parent=7 "
     "N18[] "
     "}",
     0,
     0},
    {FROM_071,
     NEW,
     REGISTRAR,
     {H('N'), 18, 0, 0, 0, TEST_WIDE + 100},
     GIVES,
     FIRST_071,
     "7{ balance=781 } +2267173965{ code=N balance=219 items=2 bytes=99 created=1000 parent=7 "
     "N18[] "
     "}",
     0,
     0},
    {FROM_071, NEW, REGISTRAR, {H('N'), 18, 0, 0, 0, 8}, FULL, NULL, 0, 0},
    {FROM_071, NEW, REGISTRAR, {H('N'), 18, 0, 0, 0, 7}, FULL, NULL, 0, 0},
    {FROM_071, NEW, REGISTRAR, {H('N'), 19, 0, 0, 0, 8}, CASH, NULL, 0, 0},

    {ALL, TRANSFER, 0, {8, 219, 50, H('M')}, OK, "7{ balance=781 } 7>8:219,50,M", 0, 0},
    {ALL, TRANSFER, 0, {8, 0, 51, H('M')}, OK, "7>8:0,51,M", 0, 0},
    {ALL, TRANSFER, 0, {8, 0, 50, H('M')}, OK, "7>8:0,50,M", 781, 0},
    {ALL, TRANSFER, 0, {8, 0, 50, H('M')}, CASH, NULL, 780, 0},
    {ALL, TRANSFER, 0, {8, 220, 50, H('M')}, CASH, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, 1000, 50, H('M')}, CASH, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, 1001, 50, H('M')}, CASH, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, UINT64_MAX, 50, H('M')}, CASH, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, 220, 49, H('M')}, LOW, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, 1, 0, H('M')}, LOW, NULL, 0, 0},
    {ALL, TRANSFER, 0, {7, 1, 0, H('M')}, OK, "7{ balance=999 } 7>7:1,0,M", 0, 0},
    {ALL, TRANSFER, 0, {99, 220, 0, H('M')}, WHO, NULL, 0, 0},
    {ALL, TRANSFER, 0, {TEST_WIDE + 8, 1, 50, H('M')}, WHO, NULL, 0, 0},
    {ALL, TRANSFER, 0, {UINT64_MAX, 1, 50, H('M')}, WHO, NULL, 0, 0},
    {ALL, TRANSFER, 0, {14, 1, 0, TEST_GAP - 128}, OK, "7{ balance=999 } 7>14:1,0,.", 0, 0},
    {ALL, TRANSFER, 0, {99, 1, 0, TEST_GAP - 127}, PANIC, NULL, 0, 0},
    {ALL, TRANSFER, 0, {8, 1, 50, TEST_END - 127}, PANIC, NULL, 0, 0},

    {ALL, EJECT, 0, {8, H('E')}, OK, "7{ balance=1500 } -8", 0, 0},
    {ALL, EJECT, 0, {13, H('E')}, OK, "7{ balance=1500 } -13", 0, 0},
    {ALL, EJECT, 0, {9, H('E')}, HUH, NULL, 0, 0},
    {ALL, EJECT, 0, {10, H('E')}, HUH, NULL, 0, 0},
    {ALL, EJECT, 0, {12, H('E')}, HUH, NULL, 0, 0},
    {ALL, EJECT, 0, {14, H('E')}, HUH, NULL, 0, 0},
    {ALL, EJECT, 0, {8, H('F')}, HUH, NULL, 0, 0},
    {ALL, EJECT, 0, {11, H('E')}, WHO, NULL, 0, 0},
    {ALL, EJECT, 0, {7, H('E')}, WHO, NULL, 0, 0},
    {ALL, EJECT, 0, {99, H('E')}, WHO, NULL, 0, 0},
    {ALL, EJECT, 0, {TEST_WIDE + 8, H('E')}, WHO, NULL, 0, 0},
    {ALL, EJECT, 0, {UINT64_MAX, H('E')}, WHO, NULL, 0, 0},
    {ALL, EJECT, 0, {99, NO_HASH}, PANIC, NULL, 0, 0},
    {ALL, EJECT, 0, {8, GAP_HASH}, PANIC, NULL, 0, 0},

    {ALL, QUERY, 0, {H('A'), 10}, GIVES, 0, NULL, 0, 0},
    {ALL, QUERY, 0, {H('B'), 11}, GIVES, UINT64_C(0x500000001), NULL, 0, 0},
    {ALL, QUERY, 0, {H('C'), 12}, GIVES, UINT64_C(0x500000002), NULL, 0, 967},
    {ALL, QUERY, 0, {H('D'), 14}, GIVES, UINT64_C(0x100000003), NULL, 0, UINT64_C(0x3de000003c7)},
    {ALL, QUERY, 0, {H('A'), 11}, NONE, NULL, 0, 0},
    {ALL, QUERY, 0, {H('Z'), 10}, NONE, NULL, 0, 0},
    {ALL, QUERY, 0, {LAST_HASH, TEST_WIDE - 1}, NONE, NULL, 0, 0},
    {ALL - V080 - V080V, QUERY, 0, {H('A'), TEST_WIDE + 10}, NONE, NULL, 0, 0},
    {ALL - V080 - V080V, QUERY, 0, {NO_HASH, TEST_WIDE}, PANIC, NULL, 0, 0},
    {V080 | V080V, QUERY, 0, {H('A'), TEST_WIDE + 10}, HUH, NULL, 0, TEST_WIDE + 10},
    {V080 | V080V, QUERY, 0, {NO_HASH, TEST_WIDE}, HUH, NULL, 0, TEST_WIDE},
    {ALL, QUERY, 0, {NO_HASH, 10}, PANIC, NULL, 0, 0},

    {ALL, SOLICIT, 0, {H('S'), 118}, OK, "7{ items=14 bytes=760 S118[] }", 0, 0},
    {ALL, SOLICIT, 0, {H('S'), 119}, FULL, NULL, 0, 0},
    {ALL, SOLICIT, 0, {H('S'), 0}, OK, "7{ items=14 bytes=642 S0[] }", 0, 0},
    {ALL, SOLICIT, 0, {H('A'), 11}, OK, "7{ items=14 bytes=653 A11[] }", 0, 0},
    {ALL, SOLICIT, 0, {H('S'), 0}, OK, "7{ items=14 bytes=642 S0[] }", 882, 0},
    {ALL, SOLICIT, 0, {H('S'), 0}, FULL, NULL, 881, 0},
    {ALL, SOLICIT, 0, {H('A'), 10}, HUH, NULL, 0, 0},
    {ALL, SOLICIT, 0, {H('B'), 11}, HUH, NULL, 0, 0},
    {ALL, SOLICIT, 0, {H('D'), 14}, HUH, NULL, 0, 0},
    {ALL, SOLICIT, 0, {H('A'), 10}, HUH, NULL, 1, 0},
    {ALL, SOLICIT, 0, {H('C'), 12}, OK, "7{ C12[5,967,1000] }", 781, 0},
    {ALL, SOLICIT, 0, {H('C'), 12}, FULL, NULL, 780, 0},
    {ALL, SOLICIT, 0, {H('c'), 13}, OK, "7{ c13[5,968,1000] }", 0, 0},
    {ALL, SOLICIT, 0, {H('S'), TEST_WIDE - 1}, FULL, NULL, 0, 0},
    {ALL,
     SOLICIT,
     0,
     {H('S'), TEST_WIDE - 1},
     OK,
     "7{ items=14 bytes=4294967937 S4294967295[] }",
     TEST_WIDE * 2,
     0},
    {ALL - V080 - V080V, SOLICIT, 0, {H('S'), TEST_WIDE}, FULL, NULL, 0, 0},
    {ALL - V080 - V080V, SOLICIT, 0, {H('S'), UINT64_MAX}, FULL, NULL, 0, 0},
    {ALL, SOLICIT, 0, {H('S'), TEST_WIDE}, HUH, NULL, TEST_WIDE * 2, 0},
    {V080 | V080V, SOLICIT, 0, {H('S'), TEST_WIDE}, HUH, NULL, 0, 0},
    {V080 | V080V, SOLICIT, 0, {NO_HASH, TEST_WIDE}, HUH, NULL, 0, 0},
    {ALL - V080 - V080V, SOLICIT, 0, {NO_HASH, TEST_WIDE}, PANIC, NULL, 0, 0},
    {ALL, SOLICIT, 0, {NO_HASH, 0}, PANIC, NULL, 0, 0},

    {ALL, FORGET, 0, {H('A'), 10}, OK, "7{ items=10 bytes=470 -A10 }", 0, 0},
    {ALL, FORGET, 0, {H('B'), 11}, OK, "7{ B11[5,1000] }", 0, 0},
    {ALL, FORGET, 0, {H('C'), 12}, OK, "7{ items=10 bytes=468 -C12 preimages=1 }", 0, 0},
    {ALL, FORGET, 0, {H('c'), 13}, HUH, NULL, 0, 0},
    {ALL, FORGET, 0, {H('D'), 14}, OK, "7{ D14[990,1000] }", 0, 0},
    {ALL, FORGET, 0, {H('d'), 15}, HUH, NULL, 0, 0},
    {ALL, FORGET, 0, {H('A'), 11}, HUH, NULL, 0, 0},
    {ALL, FORGET, 0, {H('A'), TEST_WIDE + 10}, HUH, NULL, 0, 0},
    {ALL, FORGET, 0, {H('A'), 10}, OK, "7{ items=10 bytes=470 -A10 }", 1, 0},
    {V080 | V080V, FORGET, 0, {NO_HASH, TEST_WIDE}, HUH, NULL, 0, 0},
    {ALL - V080 - V080V, FORGET, 0, {NO_HASH, TEST_WIDE}, PANIC, NULL, 0, 0},
    {ALL, FORGET, 0, {NO_HASH, 10}, PANIC, NULL, 0, 0},
};

START_TEST(test_rows)
{
    acc_case_all(&rows[_i], (size_t)_i);
}
END_TEST

/* D reached exactly, and slots before D: b + D < t without underflow. */
static const struct {
    uint32_t slot, since;
    uint64_t r7;
} periods[] = {
    {0, 0, JAM_HUH},
    {32, 0, JAM_HUH},
    {33, 0, JAM_OK},
    {5, 3, JAM_HUH},
    {1, UINT32_MAX, JAM_HUH},
    {UINT32_MAX, UINT32_MAX, JAM_HUH},
    {UINT32_MAX, UINT32_MAX - 33, JAM_OK},
    {UINT32_MAX, UINT32_MAX - 32, JAM_HUH},
};

START_TEST(test_periods)
{
    struct acc_env env;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *own;
    const uint64_t args[6] = {TEST_H('C'), 12};
    acc_env_init(&env, 6, 0);
    ck_assert(jam_context_edit(jam_run_context(env.run), &own, &err) == PVM_OK);
    test_request(own, 'C', 12, 2, 0, periods[_i].since, 0);
    jam_run_context(env.run)->accumulation->slot = periods[_i].slot;
    ck_assert(acc_call(&env, JAM_CALL_FORGET, args) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], periods[_i].r7);
    acc_env_deinit(&env);
}
END_TEST

/* What transfer costs: r9 always to 0.7.1, when OK from 0.7.2 on. */
static const struct {
    unsigned versions;
    uint64_t to, gas, cost;
    enum pvm_exit exit;
} costs[] = {
    {ALL - V072 - V080 - V080V, 8, 50, 60, PVM_EXIT_CONTINUE},
    {ALL - V072 - V080 - V080V, 99, 50, 60, PVM_EXIT_CONTINUE},
    {ALL - V072 - V080 - V080V, 99, TEST_GAS - 10, TEST_GAS, PVM_EXIT_CONTINUE},
    {ALL - V072 - V080 - V080V, 99, TEST_GAS - 9, TEST_GAS, PVM_EXIT_OOG},
    {ALL - V072 - V080 - V080V, 99, UINT64_MAX, TEST_GAS, PVM_EXIT_OOG},
    {V072, 8, 50, 60, PVM_EXIT_CONTINUE},
    {V072, 99, 50, 10, PVM_EXIT_CONTINUE},
    {V072, 99, UINT64_MAX, 10, PVM_EXIT_CONTINUE},
    {V072, 8, 49, 10, PVM_EXIT_CONTINUE},
    {V072, 8, TEST_GAS - 10, TEST_GAS, PVM_EXIT_CONTINUE},
    {V072, 8, TEST_GAS - 9, TEST_GAS, PVM_EXIT_OOG},
    {V072, 8, UINT64_MAX, TEST_GAS, PVM_EXIT_OOG},
    {V080 | V080V, 8, 50, 625, PVM_EXIT_CONTINUE},
    {V080 | V080V, 99, 50, 575, PVM_EXIT_CONTINUE},
    {V080 | V080V, 8, TEST_GAS - 574, TEST_GAS, PVM_EXIT_OOG},
};

START_TEST(test_costs)
{
    for (unsigned version = 0; version < TEST_VERSIONS; version++) {
        struct acc_env env;
        struct pvm_buf text = {.alloc = NULL};
        const uint64_t args[6] = {costs[_i].to, 1, costs[_i].gas, TEST_H('M')};
        if ((costs[_i].versions & 1u << version) == 0)
            continue;
        acc_env_init(&env, version, 0);
        ck_assert(acc_call(&env, JAM_CALL_TRANSFER, args) == costs[_i].exit);
        ck_assert_uint_eq(TEST_GAS - env.vm->gas, costs[_i].cost);
        if (costs[_i].exit == PVM_EXIT_OOG)
            ck_assert_str_eq(acc_end(&env, PVM_EXIT_HALT, &text), "");
        pvm_buf_deinit(&text);
        acc_env_deinit(&env);
    }
}
END_TEST

/* The sequence of ids, and what an ejected account leaves behind. */
START_TEST(test_ids)
{
    struct acc_env env;
    struct pvm_buf text = {.alloc = NULL};
    const uint64_t new_args[6] = {TEST_H('N'), 0, 0, 0, UINT64_MAX, 8};
    const uint64_t eject_args[6] = {8, TEST_H('E')};
    acc_env_init(&env, 5, HOLDS_MANAGER);
    for (uint64_t i = 0; i < 3; i++) {
        ck_assert(acc_call(&env, JAM_CALL_NEW, new_args) == PVM_EXIT_CONTINUE);
        ck_assert_uint_eq(env.vm->regs[7], FIRST_071 + 42 * i);
    }
    acc_env_deinit(&env);
    acc_env_init(&env, 5, HOLDS_MANAGER | HOLDS_REGISTRAR);
    ck_assert(acc_call(&env, JAM_CALL_NEW, new_args) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_FULL);
    ck_assert(acc_call(&env, JAM_CALL_EJECT, eject_args) == PVM_EXIT_CONTINUE);
    ck_assert(acc_call(&env, JAM_CALL_EJECT, eject_args) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_WHO);
    ck_assert(acc_call(&env, JAM_CALL_NEW, new_args) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], 8);
    struct pvm_err err = {.status = PVM_OK};
    struct jam_effects effects;
    ck_assert(jam_direct_end(env.run, PVM_EXIT_HALT, &err) == PVM_OK);
    ck_assert(jam_accumulate_effects(env.run, &effects, &err) == PVM_OK);
    ck_assert_uint_eq(effects.account_count, 2);
    ck_assert(effects.accounts[1].id == 8 && effects.accounts[1].existed);
    ck_assert_uint_eq(effects.accounts[1].service->deposit_offset, UINT64_MAX);
    pvm_buf_deinit(&text);
    acc_env_deinit(&env);
}
END_TEST

static bool below(const void *user, uint32_t id)
{
    (void)user;
    return id < 300 || id > UINT32_MAX - 1000;
}

START_TEST(test_check)
{
    const struct jam_profile *old = jam_profile_find("0.7.0");
    const struct jam_profile *now = jam_profile_find("0.7.2");
    ck_assert_uint_eq(jam_next_id(old, 256), 257);
    ck_assert_uint_eq(jam_next_id(old, UINT32_MAX - 256), 256);
    ck_assert_uint_eq(jam_next_id(old, UINT32_MAX - 257), UINT32_MAX - 256);
    ck_assert_uint_eq(jam_next_id(now, 65536), 65537);
    ck_assert_uint_eq(jam_next_id(now, UINT32_MAX - 256), 65536);
    ck_assert_uint_eq(jam_check_id(old, 400, below, NULL), 400);
    ck_assert_uint_eq(jam_check_id(old, 256, below, NULL), 300);
    ck_assert_uint_eq(jam_check_id(old, UINT32_MAX - 999, below, NULL), 300);
}
END_TEST

Suite *call_accumulate_account_suite(void);

Suite *call_accumulate_account_suite(void)
{
    Suite *suite = suite_create("host/call_accumulate_account");
    TCase *tests = tcase_create("calls");
    tcase_add_loop_test(tests, test_rows, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(tests, test_periods, 0, sizeof periods / sizeof *periods);
    tcase_add_loop_test(tests, test_costs, 0, sizeof costs / sizeof *costs);
    tcase_add_test(tests, test_ids);
    tcase_add_test(tests, test_check);
    suite_add_tcase(suite, tests);
    return suite;
}
