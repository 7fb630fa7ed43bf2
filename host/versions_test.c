/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single calls of Refine do in versions other than 0.7.2: zero and void up to 0.6.6 (GP 0.6.6
 * B.7); machine and invoke of 0.8.0 (GP 0.8.0 B.6).
 */
#include "host/call.h"

#include "core/gas.h"
#include "host/testing.h"

enum { GO = PVM_EXIT_CONTINUE, PANIC = PVM_EXIT_PANIC, OOG = PVM_EXIT_OOG };

/* An environment with the code at TEST_W, as a blob. */
static size_t env_init(struct test_env *env, const char *version, const struct test_code *code)
{
    struct pvm_buf blob = {0};
    test_env_init(env, version, JAM_REFINE);
    env->vm.gas = 1000000;
    test_blob(code, &blob);
    test_put(env, TEST_W, pvm_buf_bytes(&blob));
    size_t len = blob.len;
    pvm_buf_deinit(&blob);
    return len;
}

static uint64_t call(struct test_env *env, enum jam_call_id id, const uint64_t args[6])
{
    ck_assert_int_eq((int)test_call(env, id, args), GO);
    return env->vm.regs[7];
}

static struct test_code code_of(enum pvm_op op)
{
    struct test_code code = {.len = 0};
    test_add(&code, op, (struct pvm_operands){.a = 0});
    return code;
}

/* ---- zero and void ---- */

enum { IN_PAGE = 0x20, IN_ADDR = IN_PAGE * PVM_PAGE_SIZE };

/* Machine 0 has pages 0x20 (writable) and 0x21 (read-only). */
static const struct {
    enum jam_call_id call;
    uint64_t machine, page, count;
    uint64_t r7;
} pages[] = {
    {JAM_CALL_ZERO, 0, 0x30, 2, JAM_OK},
    {JAM_CALL_ZERO, 0, 0x20, 2, JAM_OK},
    {JAM_CALL_ZERO, 0, 16, 0, JAM_OK},
    {JAM_CALL_ZERO, 9, 0x30, 1, JAM_WHO},
    {JAM_CALL_ZERO, 9, 15, 1, JAM_HUH}, /* before WHO */
    {JAM_CALL_ZERO, 0, 15, 1, JAM_HUH},
    {JAM_CALL_ZERO, 0, 0xfffff, 1, JAM_HUH}, /* p + c = 2^20 */
    {JAM_CALL_ZERO, 0, 0xffffe, 1, JAM_OK},
    {JAM_CALL_ZERO, 0, 16, UINT64_MAX, JAM_HUH},
    {JAM_CALL_ZERO, 0, UINT64_MAX, 32, JAM_HUH},
    {JAM_CALL_VOID, 0, 0x20, 1, JAM_OK},
    {JAM_CALL_VOID, 0, 0x20, 2, JAM_OK},
    {JAM_CALL_VOID, 0, 0x20, 3, JAM_HUH}, /* a page that is not there */
    {JAM_CALL_VOID, 0, 0x30, 1, JAM_HUH},
    {JAM_CALL_VOID, 0, 0x30, 0, JAM_OK},
    {JAM_CALL_VOID, 9, 15, 1, JAM_WHO}, /* before HUH */
    {JAM_CALL_VOID, 0, 15, 1, JAM_HUH},
    {JAM_CALL_VOID, 0, 0xfffff, 1, JAM_HUH},
    {JAM_CALL_VOID, 0, UINT64_MAX, 32, JAM_HUH},
};

START_TEST(test_pages)
{
    static const char *const names[] = {"0.6.3", "0.6.5", "0.6.6"};
    for (unsigned v = 0; v < 3; v++) {
        struct test_code code = code_of(PVM_OP_TRAP);
        struct test_env env;
        struct pvm_err err = {.status = PVM_OK};
        uint8_t octet = 0;
        size_t len = env_init(&env, names[v], &code);
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, len}), 0);
        struct pvm_memory *memory = &env.ctx.machines.list[0]->vm.memory;
        ck_assert(pvm_memory_map(memory, IN_PAGE, 1, PVM_WRITE, true, &err) == PVM_OK);
        ck_assert(pvm_memory_map(memory, IN_PAGE + 1, 1, PVM_READ, true, &err) == PVM_OK);
        ck_assert(pvm_memory_put(memory, IN_ADDR, pvm_bytes("a", 1), &err) == PVM_OK);
        uint64_t before = pvm_memory_digest(memory);
        const uint64_t args[6] = {pages[_i].machine, pages[_i].page, pages[_i].count, 4};
        ck_assert_uint_eq(call(&env, pages[_i].call, args), pages[_i].r7);
        if (pages[_i].r7 != JAM_OK)
            ck_assert_uint_eq(pvm_memory_digest(memory), before);
        if (pages[_i].r7 == JAM_OK && pages[_i].count > 0)
            ck_assert_int_eq(pvm_memory_access(memory, (uint32_t)pages[_i].page),
                             pages[_i].call == JAM_CALL_ZERO ? PVM_WRITE : PVM_NO_ACCESS);
        pvm_memory_get(memory, IN_ADDR, &octet, 1);
        bool cleared = pages[_i].r7 == JAM_OK && pages[_i].page == IN_PAGE;
        ck_assert_uint_eq(octet, cleared ? 0 : 'a');
        test_env_deinit(&env);
    }
}
END_TEST

/* ---- machine ---- */

/* Where a machine may start, and which code it may have, from 0.8.0 on. */
static const struct {
    enum pvm_op ops[3];
    unsigned count;
    uint64_t pc;
    bool huh_080;
} starts[] = {
    {{PVM_OP_TRAP}, 1, 0, false},
    {{PVM_OP_TRAP}, 1, 1, true}, /* behind the code */
    {{PVM_OP_TRAP}, 1, UINT64_C(1) << 32, true},
    {{PVM_OP_TRAP}, 1, UINT64_MAX, true},
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 0, false},
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 2, false}, /* in the middle of a block */
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 1, true},  /* among operands */
    {{PVM_OP_TRAP, PVM_OP_LOAD_IMM}, 2, 0, true},  /* ends without an end of block */
    {{PVM_OP_LOAD_IMM}, 1, 0, true},
    {{PVM_OP_ECALLI}, 1, 0, true},
    {{PVM_OP_FALLTHROUGH}, 1, 0, false},
};

START_TEST(test_machine_starts)
{
    static const char *const names[] = {"0.7.2", "0.8.0", "0.8.0-vectors"};
    struct test_code code = {.len = 0};
    for (unsigned i = 0; i < starts[_i].count; i++)
        test_add(&code, starts[_i].ops[i], (struct pvm_operands){.a = 7});
    for (unsigned v = 0; v < 3; v++) {
        struct test_env env;
        size_t len = env_init(&env, names[v], &code);
        const uint64_t args[6] = {TEST_W, len, starts[_i].pc};
        bool huh = v > 0 && starts[_i].huh_080;
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, args), huh ? JAM_HUH : 0);
        ck_assert_uint_eq(env.ctx.machines.count, huh ? 0 : 1);
        test_env_deinit(&env);
    }
}
END_TEST

/* 63 machines at a time; one more is FULL before anything is looked at. */
START_TEST(test_63_machines)
{
    static const char *const names[] = {"0.7.2", "0.8.0"};
    struct test_code code = code_of(PVM_OP_TRAP);
    struct test_env env;
    size_t len = env_init(&env, names[_i], &code);
    const uint64_t args[6] = {TEST_W, len, 0};
    const uint64_t bad[6] = {0, 1, 0};
    for (uint64_t i = 0; i < 63; i++)
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, args), i);
    if (_i == 0) {
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, args), 63);
        ck_assert_int_eq((int)test_call(&env, JAM_CALL_MACHINE, bad), PANIC);
    } else {
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, args), JAM_FULL);
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, bad), JAM_FULL);
        call(&env, JAM_CALL_EXPUNGE, (const uint64_t[6]){17});
        ck_assert_int_eq((int)test_call(&env, JAM_CALL_MACHINE, bad), PANIC);
        ck_assert_uint_eq(call(&env, JAM_CALL_MACHINE, args), 17);
    }
    test_env_deinit(&env);
}
END_TEST

/* ---- invoke ---- */

enum { BLOCK = TEST_W + 0x1000 }; /* gas and registers */

/* A loop of one jump, which costs 15 each time it is entered: a machine at its start. */
static void loop_init(struct test_env *env, const char *version, uint64_t grant)
{
    struct test_code code = {.len = 0};
    uint8_t octets[8];
    test_add(&code, PVM_OP_JUMP, (struct pvm_operands){.x = 0});
    size_t len = env_init(env, version, &code);
    call(env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, len, 0});
    pvm_store_le(octets, grant, 8);
    test_put(env, BLOCK, pvm_bytes(octets, 8));
}

static uint64_t gas_in_block(const struct test_env *env)
{
    uint8_t octets[8];
    pvm_memory_get(&env->vm.memory, BLOCK, octets, 8);
    return pvm_load_le(octets, 8);
}

/* The grant and 968 are taken; what the machine leaves comes back. It runs out with 10 of 40 left,
 * which it keeps. */
START_TEST(test_refund)
{
    struct test_env env;
    loop_init(&env, "0.8.0", 40);
    env.vm.gas = 5000;
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, BLOCK}), JAM_INNER_OOG);
    ck_assert_uint_eq(gas_in_block(&env), 10);
    ck_assert_uint_eq(env.vm.gas, 5000 - 968 - 30);
    /* All of the price is needed at first. */
    env.vm.gas = 968 + 9;
    ck_assert_int_eq((int)test_call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, BLOCK}), OOG);
    ck_assert_uint_eq(env.vm.gas, 0);
    ck_assert_uint_eq(env.ctx.machines.list[0]->invocations, 1);
    env.vm.gas = 968 + 10;
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, BLOCK}), JAM_INNER_OOG);
    ck_assert_uint_eq(env.vm.gas, 10);
    test_env_deinit(&env);
}
END_TEST

/* Nothing comes back from a machine that is not there, nor from a panic. */
START_TEST(test_no_refund)
{
    struct test_env env;
    loop_init(&env, "0.8.0", 40);
    env.vm.gas = 5000;
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){9, BLOCK}), JAM_WHO);
    ck_assert_uint_eq(env.vm.gas, 5000 - 968 - 40);
    ck_assert_int_eq((int)test_call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, TEST_R}), PANIC);
    ck_assert_uint_eq(env.vm.gas, 5000 - 968 - 40 - 968);
    test_env_deinit(&env);
}
END_TEST

/* Before 0.8.0 the machine's gas is its own affair, and it uses all of it. */
START_TEST(test_free)
{
    struct test_env env;
    loop_init(&env, "0.7.2", 40);
    env.vm.gas = 5000;
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, BLOCK}), JAM_INNER_OOG);
    ck_assert_uint_eq(gas_in_block(&env), 0);
    ck_assert_uint_eq(env.vm.gas, 4990);
    test_env_deinit(&env);
}
END_TEST

/* A block with two host calls is paid for once, so that going on after a call costs nothing (GP
 * 0.8.0 A.4). By the letter of A.4 a panic leaves the block paid for, so that the machine, back at
 * position 0, enters the first block for free. */
static void see_nothing(void *user, int64_t machine, const struct pvm_vm *vm)
{
    (void)user;
    (void)machine;
    (void)vm;
}

/* Whether the panic is a trap's or that of a jump to no block start, and whether anybody looks on:
 * the same gas. */
START_TEST(test_paid)
{
    struct test_code code = {.len = 0};
    struct test_env env;
    uint8_t octets[8];
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 1});
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 2});
    if (_i % 2 == 0)
        test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    else
        test_add(&code, PVM_OP_JUMP, (struct pvm_operands){.x = 1});
    size_t len = env_init(&env, "0.8.0", &code);
    if (_i >= 2)
        env.ctx.hooks.step = see_nothing;
    const uint64_t invoke[6] = {0, BLOCK};
    call(&env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, len, 0});
    pvm_store_le(octets, 1000, 8);
    test_put(&env, BLOCK, pvm_bytes(octets, 8));
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, invoke), JAM_INNER_HOST);
    ck_assert_uint_eq(env.vm.regs[8], 1);
    uint64_t left = gas_in_block(&env);
    ck_assert_uint_eq(
        left, 1000 - pvm_gas_block_cost(env.ctx.machines.list[0]->vm.program, 0, NULL, NULL));
    ck_assert_uint_lt(left, 1000 - 100);
    pvm_store_le(octets, 0, 8);
    test_put(&env, BLOCK, pvm_bytes(octets, 8));
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, invoke), JAM_INNER_HOST);
    ck_assert_uint_eq(env.vm.regs[8], 2);
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, invoke), JAM_INNER_PANIC);
    ck_assert_uint_eq(call(&env, JAM_CALL_INVOKE, invoke), JAM_INNER_HOST);
    ck_assert_uint_eq(env.vm.regs[8], 1);
    ck_assert_uint_eq(gas_in_block(&env), 0);
    test_env_deinit(&env);
}
END_TEST

Suite *versions_suite(void);

Suite *versions_suite(void)
{
    Suite *suite = suite_create("host/versions");
    TCase *tests = tcase_create("calls of Refine");
    tcase_add_loop_test(tests, test_pages, 0, sizeof pages / sizeof *pages);
    tcase_add_loop_test(tests, test_machine_starts, 0, sizeof starts / sizeof *starts);
    tcase_add_loop_test(tests, test_63_machines, 0, 2);
    tcase_add_test(tests, test_refund);
    tcase_add_test(tests, test_no_refund);
    tcase_add_test(tests, test_free);
    tcase_add_loop_test(tests, test_paid, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
