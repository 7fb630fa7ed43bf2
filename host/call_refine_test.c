/* SPDX-License-Identifier: Apache-2.0 */
/* Host calls of Refine: every result and every panic, GP 0.7.2 B.6. */
#include "host/call.h"

#include "host/testing.h"

enum { GO = PVM_EXIT_CONTINUE, PANIC = PVM_EXIT_PANIC };

/* Pages of the machine made by inner_init: one writable, one read-only, then nothing. */
enum { IN_W = 0x20000, IN_R = 0x21000, IN_GAP = 0x22000 };

/* Its code, by position. */
struct inner_code {
    struct pvm_buf blob;
    uint32_t host, fault, trap, halt, loop, write, low;
};

static void inner_code_init(struct inner_code *inner)
{
    struct test_code code = {.len = 0};
    inner->blob = (struct pvm_buf){0};
    /* r2 := 5, call 77, r3 := 6, call -2, then on to fault */
    inner->host = test_add(&code, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = 2, .x = 5});
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 77});
    test_add(&code, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = 3, .x = 6});
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = UINT64_MAX - 1});
    inner->fault = test_add(&code, PVM_OP_LOAD_U8, (struct pvm_operands){.a = 4, .x = 0x50123});
    inner->trap = test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    inner->halt = test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    inner->loop = code.len;
    test_add(&code, PVM_OP_JUMP, (struct pvm_operands){.x = inner->loop});
    inner->write = test_add(&code, PVM_OP_STORE_U8, (struct pvm_operands){.a = 7, .x = IN_R + 1});
    inner->low = test_add(&code, PVM_OP_LOAD_U8, (struct pvm_operands){.a = 4, .x = 0x10});
    test_blob(&code, &inner->blob);
}

/* An environment with machine 0 in it, standing at pc. */
static void inner_init(struct test_env *env, struct inner_code *inner, uint64_t pc)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_machine *machine;
    inner_code_init(inner);
    test_env_init(env, "0.7.2", JAM_REFINE);
    ck_assert(jam_machines_add(&env->ctx.machines, pvm_buf_bytes(&inner->blob), pc, &machine,
                               &err) == PVM_OK);
    ck_assert_uint_eq(machine->id, 0);
    struct pvm_memory *memory = &machine->vm.memory;
    ck_assert(pvm_memory_map(memory, IN_W / 4096, 1, PVM_WRITE, true, &err) == PVM_OK);
    ck_assert(pvm_memory_map(memory, IN_R / 4096, 1, PVM_READ, true, &err) == PVM_OK);
    ck_assert(pvm_memory_put(memory, IN_R, pvm_bytes("inside", 6), &err) == PVM_OK);
    test_put(env, TEST_R, pvm_bytes("outside", 7));
}

static void inner_deinit(struct test_env *env, struct inner_code *inner)
{
    test_env_deinit(env);
    pvm_buf_deinit(&inner->blob);
}

/* ---- results that need no more than a look at registers ---- */

static const struct {
    enum jam_call_id call;
    uint64_t args[6];
    int exit;
    uint64_t r7;
} results[] = {
    /* peek: machine, to, from, length */
    {JAM_CALL_PEEK, {0, TEST_W, IN_R, 6}, GO, JAM_OK},
    {JAM_CALL_PEEK, {0, TEST_W, IN_W, 0x2000}, GO, JAM_OK},
    {JAM_CALL_PEEK, {0, TEST_R, IN_R, 6}, PANIC, 0},
    {JAM_CALL_PEEK, {0, TEST_GAP, IN_R, 6}, PANIC, 0},
    {JAM_CALL_PEEK, {9, TEST_R, IN_R, 6}, PANIC, 0}, /* before WHO */
    {JAM_CALL_PEEK, {9, TEST_W, IN_R, 6}, GO, JAM_WHO},
    {JAM_CALL_PEEK, {UINT64_C(1) << 32, TEST_W, IN_R, 6}, GO, JAM_WHO},
    {JAM_CALL_PEEK, {9, TEST_W, IN_GAP, 6}, GO, JAM_WHO}, /* before OOB */
    {JAM_CALL_PEEK, {0, TEST_W, IN_GAP, 1}, GO, JAM_OOB},
    {JAM_CALL_PEEK, {0, TEST_W, IN_GAP - 1, 2}, GO, JAM_OOB},
    {JAM_CALL_PEEK, {0, TEST_W, TEST_END + IN_R, 1}, GO, JAM_OOB},
    {JAM_CALL_PEEK, {0, TEST_W, UINT64_MAX, 2}, GO, JAM_OOB},
    {JAM_CALL_PEEK, {0, TEST_W, 0, 1}, GO, JAM_OOB},
    {JAM_CALL_PEEK, {0, 0, UINT64_MAX, 0}, GO, JAM_OK},
    {JAM_CALL_PEEK, {9, 0, 0, 0}, GO, JAM_WHO},
    {JAM_CALL_PEEK, {0, TEST_W, IN_R, UINT64_MAX}, PANIC, 0},
    {JAM_CALL_PEEK, {0, TEST_END - 1, IN_R, 2}, PANIC, 0},
    {JAM_CALL_PEEK, {0, TEST_END - 1, IN_R, 1}, GO, JAM_OK},
    /* poke: machine, from, to, length */
    {JAM_CALL_POKE, {0, TEST_R, IN_W, 7}, GO, JAM_OK},
    {JAM_CALL_POKE, {0, TEST_W, IN_W, 0x1000}, GO, JAM_OK},
    {JAM_CALL_POKE, {0, TEST_GAP, IN_W, 1}, PANIC, 0},
    {JAM_CALL_POKE, {9, TEST_GAP, IN_W, 1}, PANIC, 0},
    {JAM_CALL_POKE, {9, TEST_R, IN_W, 1}, GO, JAM_WHO},
    {JAM_CALL_POKE, {9, TEST_R, IN_R, 1}, GO, JAM_WHO},
    {JAM_CALL_POKE, {0, TEST_R, IN_R, 1}, GO, JAM_OOB},
    {JAM_CALL_POKE, {0, TEST_R, IN_R - 1, 2}, GO, JAM_OOB},
    {JAM_CALL_POKE, {0, TEST_R, IN_GAP, 1}, GO, JAM_OOB},
    {JAM_CALL_POKE, {0, TEST_R, TEST_END + IN_W, 1}, GO, JAM_OOB},
    {JAM_CALL_POKE, {0, 0, UINT64_MAX, 0}, GO, JAM_OK},
    {JAM_CALL_POKE, {0, TEST_R, IN_W, UINT64_MAX}, PANIC, 0},
    {JAM_CALL_POKE, {0, TEST_END, IN_W, 1}, PANIC, 0},
    /* pages: machine, first, count, mode */
    {JAM_CALL_PAGES, {9, 16, 1, 0}, GO, JAM_WHO},
    {JAM_CALL_PAGES, {9, 0, 1, 5}, GO, JAM_WHO}, /* before HUH */
    {JAM_CALL_PAGES, {0, 16, 1, 0}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 16, 1, 1}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 16, 1, 2}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 16, 1, 3}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, 1, 4}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, 1, 5}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, 1, UINT64_MAX}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, 1, UINT64_C(1) << 32}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 15, 1, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 0, 1, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 0xfffff, 1, 2}, GO, JAM_HUH}, /* p + c = 2^20 */
    {JAM_CALL_PAGES, {0, 0xffffe, 1, 2}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 0xfffff, 0, 2}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 0x100000, 0, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, 0xfffff - 16, 0}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, 16, 0x100000 - 16, 0}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 16, UINT64_MAX, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, UINT64_MAX, 16, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, UINT64_MAX - 15, 32, 2}, GO, JAM_HUH}, /* the sum wraps to 16 */
    {JAM_CALL_PAGES, {0, (UINT64_C(1) << 32) + 16, 1, 2}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, IN_W / 4096, 2, 3}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, IN_W / 4096, 2, 4}, GO, JAM_OK},
    {JAM_CALL_PAGES, {0, IN_W / 4096, 3, 3}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, IN_W / 4096 - 1, 2, 4}, GO, JAM_HUH},
    {JAM_CALL_PAGES, {0, 0x800, 0, 4}, GO, JAM_OK},
    /* invoke: machine, gas and registers */
    {JAM_CALL_INVOKE, {9, TEST_R}, PANIC, 0},
    {JAM_CALL_INVOKE, {0, TEST_R}, PANIC, 0},
    {JAM_CALL_INVOKE, {0, TEST_GAP - 111}, PANIC, 0},
    {JAM_CALL_INVOKE, {0, TEST_END - 111}, PANIC, 0},
    {JAM_CALL_INVOKE, {0, UINT64_MAX}, PANIC, 0},
    {JAM_CALL_INVOKE, {9, TEST_W}, GO, JAM_WHO},
    {JAM_CALL_INVOKE, {UINT64_C(1) << 32, TEST_W}, GO, JAM_WHO},
    /* expunge: machine */
    {JAM_CALL_EXPUNGE, {9}, GO, JAM_WHO},
    {JAM_CALL_EXPUNGE, {UINT64_C(1) << 32}, GO, JAM_WHO},
    {JAM_CALL_EXPUNGE, {0}, GO, 3},
    /* machine: blob, its length, pc */
    {JAM_CALL_MACHINE, {TEST_GAP, 1, 0}, PANIC, 0},
    {JAM_CALL_MACHINE, {TEST_R, UINT64_MAX, 0}, PANIC, 0},
    {JAM_CALL_MACHINE, {TEST_END - 1, 2, 0}, PANIC, 0},
    {JAM_CALL_MACHINE, {TEST_R, 7, 0}, GO, JAM_HUH},
    {JAM_CALL_MACHINE, {UINT64_MAX, 0, 0}, GO, JAM_HUH}, /* the empty blob */
    /* export: from, length */
    {JAM_CALL_EXPORT, {TEST_R, 7}, GO, 0},
    {JAM_CALL_EXPORT, {UINT64_MAX, 0}, GO, 0},
    {JAM_CALL_EXPORT, {TEST_W, 4105}, GO, 0},
    {JAM_CALL_EXPORT, {TEST_W, UINT64_MAX}, GO, 0}, /* cut to 4104 octets first */
    {JAM_CALL_EXPORT, {TEST_R, 4104}, PANIC, 0},
    {JAM_CALL_EXPORT, {TEST_R, 4096}, GO, 0},
    {JAM_CALL_EXPORT, {TEST_GAP, 1}, PANIC, 0},
    {JAM_CALL_EXPORT, {TEST_END - 1, 2}, PANIC, 0},
    {JAM_CALL_EXPORT, {TEST_END + TEST_R, 1}, PANIC, 0},
    /* historical_lookup: service, hash, to, offset, length; without a source */
    {JAM_CALL_HISTORICAL_LOOKUP, {7, TEST_R, UINT64_MAX, 0, 5}, GO, JAM_NONE},
    {JAM_CALL_HISTORICAL_LOOKUP, {7, TEST_GAP - 31, TEST_W, 0, 5}, PANIC, 0},
    {JAM_CALL_HISTORICAL_LOOKUP, {7, TEST_END - 31, TEST_W, 0, 5}, PANIC, 0},
    {JAM_CALL_HISTORICAL_LOOKUP, {7, UINT64_MAX, TEST_W, 0, 0}, PANIC, 0},
};

static bool changes_state(uint64_t r7)
{
    return r7 < UINT64_MAX - 12;
}

START_TEST(test_results)
{
    struct test_env env;
    struct inner_code inner;
    inner_init(&env, &inner, 3);
    memcpy(env.vm.regs + 7, results[_i].args, sizeof results[_i].args);
    struct test_digest before = test_digest(&env);
    enum pvm_exit exit = test_call(&env, results[_i].call, results[_i].args);
    struct test_digest after = test_digest(&env);
    ck_assert_int_eq((int)exit, results[_i].exit);
    ck_assert_uint_eq(env.vm.gas, 990);
    if (exit == PVM_EXIT_CONTINUE) {
        ck_assert_uint_eq(env.vm.regs[7], results[_i].r7);
        after.regs[7] = before.regs[7];
        ck_assert_mem_eq(before.regs, after.regs, sizeof before.regs);
    }
    if (exit == PVM_EXIT_PANIC || !changes_state(results[_i].r7))
        ck_assert_mem_eq(&before, &after, sizeof before);
    inner_deinit(&env, &inner);
}
END_TEST

/* ---- peek and poke move the octets, across pages ---- */

START_TEST(test_peek_poke)
{
    struct test_env env;
    struct inner_code inner;
    uint8_t got[64];
    inner_init(&env, &inner, 0);
    struct pvm_memory *memory = &env.ctx.machines.list[0]->vm.memory;
    test_put(&env, TEST_W + 0xffe, pvm_bytes("abcd", 4));
    test_call(&env, JAM_CALL_POKE, (const uint64_t[6]){0, TEST_W + 0xffe, IN_W + 10, 4});
    pvm_memory_get(memory, IN_W + 9, got, 6);
    ck_assert_mem_eq(got, "\0abcd\0", 6);
    test_call(&env, JAM_CALL_PEEK, (const uint64_t[6]){0, TEST_W + 0xffd, IN_R - 2, 8});
    pvm_memory_get(&env.vm.memory, TEST_W + 0xffc, got, 10);
    ck_assert_mem_eq(got, "\0\0\0inside\0", 10);
    inner_deinit(&env, &inner);
}
END_TEST

/* ---- pages: access and contents afterwards ---- */

static const struct {
    uint64_t mode;
    enum pvm_access access;
    bool kept;
} modes[] = {
    {0, PVM_NO_ACCESS, false}, {1, PVM_READ, false}, {2, PVM_WRITE, false},
    {3, PVM_READ, true},       {4, PVM_WRITE, true},
};

START_TEST(test_modes)
{
    struct test_env env;
    struct inner_code inner;
    uint8_t got[6];
    inner_init(&env, &inner, 0);
    struct pvm_memory *memory = &env.ctx.machines.list[0]->vm.memory;
    uint64_t page = IN_R / 4096;
    test_call(&env, JAM_CALL_PAGES, (const uint64_t[6]){0, page, 1, modes[_i].mode});
    ck_assert_uint_eq(env.vm.regs[7], JAM_OK);
    ck_assert_int_eq(pvm_memory_access(memory, (uint32_t)page), modes[_i].access);
    ck_assert_int_eq(pvm_memory_access(memory, (uint32_t)page - 1), PVM_WRITE);
    ck_assert_int_eq(pvm_memory_access(memory, (uint32_t)page + 1), PVM_NO_ACCESS);
    pvm_memory_get(memory, IN_R, got, 6);
    ck_assert_mem_eq(got, modes[_i].kept ? "inside" : "\0\0\0\0\0\0", 6);
    inner_deinit(&env, &inner);
}
END_TEST

/* ---- machine and expunge: indices ---- */

START_TEST(test_indices)
{
    static const uint64_t pcs[] = {0, 1, UINT64_MAX, UINT64_C(1) << 32};
    struct test_env env;
    struct inner_code inner;
    inner_init(&env, &inner, 0);
    test_put(&env, TEST_W, pvm_buf_bytes(&inner.blob));
    uint64_t len = inner.blob.len;
    for (uint64_t i = 0; i < 4; i++) {
        test_call(&env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, len, pcs[i]});
        ck_assert_uint_eq(env.vm.regs[7], i + 1);
    }
    ck_assert_uint_eq(env.ctx.machines.program_count, 1);
    for (uint64_t i = 1; i < 4; i += 2) {
        test_call(&env, JAM_CALL_EXPUNGE, (const uint64_t[6]){i});
        ck_assert_uint_eq(env.vm.regs[7], pcs[i - 1]);
        test_call(&env, JAM_CALL_EXPUNGE, (const uint64_t[6]){i});
        ck_assert_uint_eq(env.vm.regs[7], JAM_WHO);
    }
    static const uint64_t next[] = {1, 3, 5};
    for (uint64_t i = 0; i < 3; i++) {
        test_call(&env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, len, 9});
        ck_assert_uint_eq(env.vm.regs[7], next[i]);
    }
    ck_assert_uint_eq(env.ctx.machines.count, 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(env.ctx.machines.list[i]->id, i);
    inner_deinit(&env, &inner);
}
END_TEST

/* Programs no machine runs any more are let go, all but a few. */
START_TEST(test_programs_let_go)
{
    struct test_env env;
    test_env_init(&env, "0.7.2", JAM_REFINE);
    env.vm.gas = 1000000;
    for (uint32_t i = 0; i < 100; i++) {
        struct test_code code = {.len = 0};
        struct pvm_buf blob = {0};
        test_add(&code, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = 2, .x = i});
        test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
        test_blob(&code, &blob);
        test_put(&env, TEST_W, pvm_buf_bytes(&blob));
        test_call(&env, JAM_CALL_MACHINE, (const uint64_t[6]){TEST_W, blob.len, 0});
        ck_assert_uint_eq(env.vm.regs[7], 0);
        test_call(&env, JAM_CALL_EXPUNGE, (const uint64_t[6]){0});
        pvm_buf_deinit(&blob);
    }
    ck_assert_uint_le(env.ctx.machines.program_count, 10);
    test_env_deinit(&env);
}
END_TEST

/* ---- invoke ---- */

enum at { AT_HOST, AT_FAULT, AT_TRAP, AT_HALT, AT_LOOP, AT_WRITE, AT_LOW, AT_END };

static uint64_t position(const struct inner_code *inner, enum at at)
{
    const uint64_t all[] = {inner->host, inner->fault, inner->trap, inner->halt,
                            inner->loop, inner->write, inner->low,  UINT64_C(1) << 40};
    return all[at];
}

static const struct {
    enum at at;
    uint64_t gas, left;
    uint64_t r7;
    bool sets_r8;
    uint64_t r8;
    int64_t pc; /* afterwards: 0, or -1 where it stood, -2 behind the call, -3 at the call */
} invocations[] = {
    {AT_HOST, 100, 98, JAM_INNER_HOST, true, 77, -2},
    {AT_HOST, 2, 0, JAM_INNER_HOST, true, 77, -2},
    {AT_HOST, 1, 0, JAM_INNER_OOG, false, 0, -3},
    {AT_HOST, 0, 0, JAM_INNER_OOG, false, 0, -1},
    {AT_HOST, UINT64_MAX, UINT64_MAX - 2, JAM_INNER_HOST, true, 77, -2},
    {AT_FAULT, 100, 99, JAM_INNER_FAULT, true, 0x50000, -1},
    {AT_TRAP, 100, 99, JAM_INNER_PANIC, false, 0, 0},
    {AT_HALT, 100, 99, JAM_INNER_HALT, false, 0, 0},
    {AT_LOOP, 100, 0, JAM_INNER_OOG, false, 0, -1},
    {AT_WRITE, 100, 99, JAM_INNER_FAULT, true, IN_R, -1},
    {AT_LOW, 100, 99, JAM_INNER_PANIC, false, 0, 0},
    {AT_END, 100, 99, JAM_INNER_PANIC, false, 0, 0},
};

START_TEST(test_invoke)
{
    struct test_env env;
    struct inner_code inner;
    uint8_t block[112];
    const uint64_t where = TEST_W + 0xfc0; /* crosses a page */
    inner_init(&env, &inner, 0);
    struct jam_machine *machine = env.ctx.machines.list[0];
    uint64_t pc = position(&inner, invocations[_i].at);
    machine->vm.pc = pc;
    pvm_store_le(block, invocations[_i].gas, 8);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_store_le(block + 8 + 8 * i, i == 0 ? 0xffff0000 : 0x100 + i, 8);
    test_put(&env, where, pvm_bytes(block, 112));
    uint64_t inner_gas = invocations[_i].gas - invocations[_i].left;
    test_call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, where, 1, 2, 3, 4});
    ck_assert_uint_eq(env.vm.gas, 990);
    ck_assert_uint_eq(env.vm.regs[7], invocations[_i].r7);
    ck_assert_uint_eq(env.vm.regs[8], invocations[_i].sets_r8 ? invocations[_i].r8 : where);
    pvm_memory_get(&env.vm.memory, where, block, 112);
    ck_assert_uint_eq(pvm_load_le(block, 8), invocations[_i].left);
    bool ran = invocations[_i].at == AT_HOST && invocations[_i].gas > 0;
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        ck_assert_uint_eq(pvm_load_le(block + 8 + 8 * i, 8), i == 0          ? 0xffff0000
                                                             : i == 2 && ran ? 5
                                                                             : 0x100 + i);
    uint64_t skip = 1 + pvm_program_skip(machine->vm.program, inner.host);
    uint64_t want = pc;
    if (invocations[_i].pc == -2)
        want = skip + 1 + pvm_program_skip(machine->vm.program, (uint32_t)skip);
    else if (invocations[_i].pc == -3)
        want = skip;
    else if (invocations[_i].pc == 0)
        want = 0;
    ck_assert_uint_eq(machine->vm.pc, want);
    ck_assert_uint_eq(env.ctx.inner_gas, inner_gas);
    bool bad = invocations[_i].r7 != JAM_INNER_HOST && invocations[_i].r7 != JAM_INNER_HALT;
    ck_assert_ptr_eq(env.ctx.machines.bad, bad ? machine : NULL);
    inner_deinit(&env, &inner);
}
END_TEST

/* A host call leaves the machine behind the ecalli; a page fault lets it try again. */
START_TEST(test_resume)
{
    struct test_env env;
    struct inner_code inner;
    uint8_t block[112] = {100};
    inner_init(&env, &inner, 0);
    const uint64_t args[6] = {0, TEST_W};
    test_put(&env, TEST_W, pvm_bytes(block, 112));
    test_call(&env, JAM_CALL_INVOKE, args);
    ck_assert_uint_eq(env.vm.regs[7], JAM_INNER_HOST);
    ck_assert_uint_eq(env.vm.regs[8], 77);
    test_call(&env, JAM_CALL_INVOKE, args);
    ck_assert_uint_eq(env.vm.regs[7], JAM_INNER_HOST);
    ck_assert_uint_eq(env.vm.regs[8], UINT64_MAX - 1);
    test_call(&env, JAM_CALL_INVOKE, args);
    ck_assert_uint_eq(env.vm.regs[7], JAM_INNER_FAULT);
    ck_assert_ptr_nonnull(env.ctx.machines.bad);
    test_call(&env, JAM_CALL_PAGES, (const uint64_t[6]){0, 0x50, 1, 1});
    test_call(&env, JAM_CALL_INVOKE, args);
    ck_assert_uint_eq(env.vm.regs[7], JAM_INNER_PANIC); /* the trap behind the load */
    pvm_memory_get(&env.vm.memory, TEST_W, block, 112);
    ck_assert_uint_eq(pvm_load_le(block, 8), 100 - 2 - 2 - 1 - 2);
    inner_deinit(&env, &inner);
}
END_TEST

/* A machine that ended badly can still be looked at once it is expunged. */
START_TEST(test_corpse)
{
    struct test_env env;
    struct inner_code inner;
    uint8_t block[112] = {100};
    inner_init(&env, &inner, 0);
    env.ctx.machines.list[0]->vm.pc = inner.fault;
    test_put(&env, TEST_W, pvm_bytes(block, 112));
    test_call(&env, JAM_CALL_INVOKE, (const uint64_t[6]){0, TEST_W});
    test_call(&env, JAM_CALL_EXPUNGE, (const uint64_t[6]){0});
    ck_assert_uint_eq(env.vm.regs[7], inner.fault);
    ck_assert_uint_eq(env.ctx.machines.count, 0);
    const struct jam_machine *bad = env.ctx.machines.bad;
    ck_assert_ptr_nonnull(bad);
    ck_assert(bad->expunged && bad->last_exit == PVM_EXIT_FAULT);
    ck_assert_uint_eq(bad->last_arg, 0x50000);
    ck_assert_uint_eq(bad->last_exit_pc, inner.fault);
    inner_deinit(&env, &inner);
}
END_TEST

/* ---- limits end the run, not the guest ---- */

START_TEST(test_inner_gas_limit)
{
    struct test_env env;
    struct inner_code inner;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    uint8_t block[112];
    memset(block, 0xff, sizeof block);
    inner_init(&env, &inner, 0);
    env.ctx.limits.inner_gas = 5000;
    env.ctx.machines.list[0]->vm.pc = inner.loop;
    test_put(&env, TEST_W, pvm_bytes(block, 112));
    env.vm.regs[7] = 0;
    env.vm.regs[8] = TEST_W;
    env.vm.arg = 12;
    ck_assert(jam_call_dispatch(&env.ctx, &env.vm, &exit, &err) == PVM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.msg, "host limit"));
    ck_assert_uint_eq(env.ctx.inner_gas, 5000);
    inner_deinit(&env, &inner);
}
END_TEST

START_TEST(test_memory_limit)
{
    struct test_env env;
    struct inner_code inner;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    inner_init(&env, &inner, 0);
    test_put(&env, TEST_W, pvm_buf_bytes(&inner.blob));
    env.ctx.budget.limit = env.ctx.budget.used + 1000000;
    env.vm.gas = 1000000;
    enum pvm_status status = PVM_OK;
    for (int i = 0; i < 1000 && status == PVM_OK; i++) {
        const uint64_t args[6] = {TEST_W, inner.blob.len, 0};
        memcpy(env.vm.regs + 7, args, sizeof args);
        env.vm.arg = 8;
        status = jam_call_dispatch(&env.ctx, &env.vm, &exit, &err);
    }
    ck_assert_int_eq(status, PVM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.msg, "host limit"));
    inner_deinit(&env, &inner);
}
END_TEST

/* ---- export ---- */

START_TEST(test_export)
{
    static const struct {
        uint64_t offset, max, made; /* before FULL */
    } rows[] = {{0, 3, 3}, {2, 3, 1}, {3, 3, 0}, {UINT64_MAX, 3, 0}, {0, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_env env;
        test_env_init(&env, "0.7.2", JAM_REFINE);
        env.ctx.export_offset = rows[i].offset;
        env.params.max_exports = rows[i].max;
        test_put(&env, TEST_W, pvm_bytes("segment", 7));
        for (uint64_t j = 0; j < rows[i].made; j++) {
            test_call(&env, JAM_CALL_EXPORT, (const uint64_t[6]){TEST_W + j, 7});
            ck_assert_uint_eq(env.vm.regs[7], rows[i].offset + j);
        }
        test_call(&env, JAM_CALL_EXPORT, (const uint64_t[6]){TEST_W, 7});
        ck_assert_uint_eq(env.vm.regs[7], JAM_FULL);
        /* unreadable comes before full */
        ck_assert_int_eq(test_call(&env, JAM_CALL_EXPORT, (const uint64_t[6]){TEST_GAP, 1}),
                         PVM_EXIT_PANIC);
        ck_assert_uint_eq(env.ctx.export_count, rows[i].made);
        ck_assert_uint_eq(env.ctx.exports.len, rows[i].made * JAM_SEGMENT_SIZE);
        if (rows[i].made > 1) {
            ck_assert_mem_eq(env.ctx.exports.ptr, "segment\0", 8);
            ck_assert_mem_eq(env.ctx.exports.ptr + JAM_SEGMENT_SIZE, "egment\0\0", 8);
        }
        test_env_deinit(&env);
    }
}
END_TEST

/* ---- historical_lookup ---- */

static enum pvm_status lookup(void *user, uint64_t service, const struct jam_hash *hash,
                              bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    (void)err;
    *(uint64_t *)user = service;
    *found = hash->octets[0] == 'h' && hash->octets[31] == 'x';
    *value = pvm_bytes("preimage", 8);
    return PVM_OK;
}

START_TEST(test_lookup)
{
    static const struct {
        uint64_t service, asked, hash;
        uint64_t to, offset, len;
        int exit;
        uint64_t r7;
        const char *written;
    } rows[] = {
        {UINT64_MAX, 7, 0, TEST_W, 0, 100, GO, 8, "preimage"},
        {3, 3, 0, TEST_W, 3, 2, GO, 8, "im"},
        {UINT64_C(0x100000007), UINT64_C(0x100000007), 0, TEST_W, 0, 100, GO, 8, "preimage"},
        {7, 7, 1, UINT64_MAX, 0, 100, GO, JAM_NONE, ""},
        {7, 7, 0, UINT64_MAX, 8, 100, GO, 8, ""},
        {7, 7, 0, TEST_R, 0, 1, PANIC, 0, ""},
        {7, 7, 0, TEST_END - 7, 0, 100, PANIC, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_env env;
        uint64_t asked = 0;
        uint8_t got[8];
        test_env_init(&env, "0.7.2", JAM_REFINE);
        env.ctx.sources = (struct jam_sources){.lookup = lookup, .user = &asked};
        test_put(&env, TEST_R, pvm_bytes("h", 1));
        test_put(&env, TEST_R + 31, pvm_bytes("x", 1));
        const uint64_t args[6] = {rows[i].service, TEST_R + rows[i].hash, rows[i].to,
                                  rows[i].offset, rows[i].len};
        ck_assert_int_eq((int)test_call(&env, JAM_CALL_HISTORICAL_LOOKUP, args), rows[i].exit);
        ck_assert_uint_eq(asked, rows[i].asked);
        if (rows[i].exit == GO)
            ck_assert_uint_eq(env.vm.regs[7], rows[i].r7);
        size_t len = strlen(rows[i].written);
        if (len > 0) {
            pvm_memory_get(&env.vm.memory, rows[i].to, got, len);
            ck_assert_mem_eq(got, rows[i].written, len);
        }
        test_env_deinit(&env);
    }
}
END_TEST

Suite *call_refine_suite(void);

Suite *call_refine_suite(void)
{
    Suite *suite = suite_create("host/call_refine");
    TCase *tests = tcase_create("calls of Refine");
    tcase_add_loop_test(tests, test_results, 0, sizeof results / sizeof *results);
    tcase_add_test(tests, test_peek_poke);
    tcase_add_loop_test(tests, test_modes, 0, sizeof modes / sizeof *modes);
    tcase_add_test(tests, test_indices);
    tcase_add_test(tests, test_programs_let_go);
    tcase_add_loop_test(tests, test_invoke, 0, sizeof invocations / sizeof *invocations);
    tcase_add_test(tests, test_resume);
    tcase_add_test(tests, test_corpse);
    tcase_add_test(tests, test_inner_gas_limit);
    tcase_add_test(tests, test_memory_limit);
    tcase_add_test(tests, test_export);
    tcase_add_test(tests, test_lookup);
    suite_add_tcase(suite, tests);
    return suite;
}
