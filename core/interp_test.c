/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each instruction does, where runs end and what they cost. Results of register instructions
 * come from testdata/instr/alu.txt, which an evaluator of its own wrote.
 */
#include "core/testing.h"

#include <inttypes.h>
#include <stdio.h>

enum { A = 2, B = 3, D = 4 };

/* ---- every register-only instruction on edge operands ---- */

static void check_alu_row(enum pvm_op op, const uint64_t in[4], uint64_t want, bool stepping)
{
    struct test_code t = {0};
    enum pvm_form form = (enum pvm_form)pvm_op_table[op].form;
    test_add(&t, op, (struct pvm_operands){.a = A, .b = B, .d = D, .x = in[2]});
    test_add(&t, PVM_OP_TRAP, (struct pvm_operands){0});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    vm.regs[A] = in[0];
    vm.regs[B] = in[1];
    vm.regs[D] = in[3];
    struct pvm_err err = {0};
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    if (stepping)
        ck_assert(pvm_vm_step(&vm, 2, &exit, &err) == PVM_OK);
    else
        exit = test_run(&vm);
    uint64_t got = vm.regs[form == PVM_FORM_RRI ? A : D];
    ck_assert_int_eq(exit, PVM_EXIT_PANIC);
    ck_assert_uint_eq(vm.gas, 998);
    ck_assert_msg(got == want,
                  "%s A=%" PRIx64 " B=%" PRIx64 " X=%" PRIx64 ": got %" PRIx64 ", want %" PRIx64,
                  pvm_op_table[op].name, in[0], in[1], in[2], got, want);
    pvm_vm_deinit(&vm);
}

START_TEST(alu_edges)
{
    FILE *f = fopen(PVM_TESTDATA "/instr/alu.txt", "r");
    ck_assert_ptr_nonnull(f);
    char line[256], name[32];
    bool seen[PVM_OP_COUNT] = {0};
    unsigned rows = 0, ops = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        uint64_t in[4], want;
        if (line[0] == '#')
            continue;
        ck_assert_int_eq(sscanf(line,
                                "%31s %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
                                name, &in[0], &in[1], &in[2], &in[3], &want),
                         6);
        enum pvm_op op = pvm_op_by_name(name, (unsigned)strlen(name));
        ck_assert_msg(op != PVM_OP_COUNT, "unknown mnemonic %s", name);
        ops += !seen[op];
        seen[op] = true;
        check_alu_row(op, in, want, rows % 8 == 0);
        rows++;
    }
    fclose(f);
    ck_assert_uint_gt(rows, 10000);
    ck_assert_uint_eq(ops, 11 + 31 + 41);
}
END_TEST

/* The destination may be a source. */
START_TEST(aliased_registers)
{
    static const struct {
        enum pvm_op op;
        struct pvm_operands ops;
        uint64_t want;
    } cases[] = {
        {PVM_OP_SUB_64, {.a = A, .b = B, .d = A}, 93},
        {PVM_OP_SUB_64, {.a = A, .b = B, .d = B}, 93},
        {PVM_OP_CMOV_NZ, {.a = A, .b = B, .d = B}, 100},
        {PVM_OP_ADD_IMM_64, {.a = A, .b = A, .x = 1}, 101},
        {PVM_OP_NEG_ADD_IMM_64, {.a = B, .b = B, .x = 1}, (uint64_t)-6},
        {PVM_OP_MOVE_REG, {.a = A, .d = A}, 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_code t = {0};
        test_add(&t, cases[i].op, cases[i].ops);
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.regs[A] = 100;
        vm.regs[B] = 7;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        bool to_d = pvm_op_table[cases[i].op].writes == PVM_D;
        ck_assert_uint_eq(vm.regs[to_d ? cases[i].ops.d : cases[i].ops.a], cases[i].want);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

/* ---- loads and stores ---- */

/* Register D of three-register instructions has an octet to itself, of which all bits count:
 * min(12, octet), GP 0.7.2 A.5.13; nibbles likewise. */
START_TEST(registers_beyond_the_last)
{
    static const struct {
        uint8_t octets[2], from, to;
    } cases[] = {{{0x22, 4}, 2, 4},     {{0x22, 12}, 2, 12},   {{0x22, 13}, 2, 12},
                 {{0x22, 0x10}, 2, 12}, {{0x22, 0x14}, 2, 12}, {{0x22, 0xff}, 2, 12},
                 {{0xdd, 4}, 12, 4},    {{0xff, 0xf0}, 12, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_code t = {0};
        test_add(&t, PVM_OP_ADD_64, (struct pvm_operands){.a = 0});
        memcpy(t.code + 1, cases[i].octets, 2);
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.regs[cases[i].from] = 21;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_msg(vm.regs[cases[i].to] == 42, "octets %02x %02x", cases[i].octets[0],
                      cases[i].octets[1]);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

START_TEST(loads_extend)
{
    static const struct {
        enum pvm_op op;
        uint64_t want;
    } cases[] = {
        {PVM_OP_LOAD_U8, 0x88},
        {PVM_OP_LOAD_I8, 0xffffffffffffff88},
        {PVM_OP_LOAD_U16, 0x9988},
        {PVM_OP_LOAD_I16, 0xffffffffffff9988},
        {PVM_OP_LOAD_U32, 0xbbaa9988},
        {PVM_OP_LOAD_I32, 0xffffffffbbaa9988},
        {PVM_OP_LOAD_U64, 0xffeeddccbbaa9988},
        {PVM_OP_LOAD_IND_U8, 0x88},
        {PVM_OP_LOAD_IND_I8, 0xffffffffffffff88},
        {PVM_OP_LOAD_IND_U16, 0x9988},
        {PVM_OP_LOAD_IND_I16, 0xffffffffffff9988},
        {PVM_OP_LOAD_IND_U32, 0xbbaa9988},
        {PVM_OP_LOAD_IND_I32, 0xffffffffbbaa9988},
        {PVM_OP_LOAD_IND_U64, 0xffeeddccbbaa9988},
    };
    static const uint8_t data[] = {0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool indirect = pvm_op_table[cases[i].op].reads != 0;
        struct test_code t = {0};
        struct pvm_err err = {0};
        test_add(&t, cases[i].op,
                 (struct pvm_operands){.a = A, .b = B, .x = indirect ? (uint64_t)-16 : 0x20100});
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.regs[B] = 0x700020110; /* bits above 32 do not count */
        ck_assert(pvm_memory_put(&vm.memory, 0x20100, pvm_bytes(data, 8), &err) == PVM_OK);
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_msg(vm.regs[A] == cases[i].want, "%s", pvm_op_table[cases[i].op].name);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

START_TEST(stores_truncate)
{
    static const struct {
        enum pvm_op op;
        unsigned width;
    } cases[] = {
        {PVM_OP_STORE_U8, 1},          {PVM_OP_STORE_U16, 2},         {PVM_OP_STORE_U32, 4},
        {PVM_OP_STORE_U64, 8},         {PVM_OP_STORE_IND_U8, 1},      {PVM_OP_STORE_IND_U16, 2},
        {PVM_OP_STORE_IND_U32, 4},     {PVM_OP_STORE_IND_U64, 8},     {PVM_OP_STORE_IMM_U8, 1},
        {PVM_OP_STORE_IMM_U16, 2},     {PVM_OP_STORE_IMM_U32, 4},     {PVM_OP_STORE_IMM_U64, 8},
        {PVM_OP_STORE_IMM_IND_U8, 1},  {PVM_OP_STORE_IMM_IND_U16, 2}, {PVM_OP_STORE_IMM_IND_U32, 4},
        {PVM_OP_STORE_IMM_IND_U64, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pvm_op_info *info = &pvm_op_table[cases[i].op];
        bool immediate = strstr(info->name, "imm") != NULL;
        bool indirect = strstr(info->name, "ind") != NULL;
        struct pvm_operands ops = {.a = A, .b = B, .x = indirect ? 0x10 : 0x20110};
        ops.y = immediate ? (uint64_t)-3 : 0; /* 0xfffffffffffffffd */
        struct test_code t = {0};
        test_add(&t, cases[i].op, ops);
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.regs[A] = immediate ? 0x20100 : (uint64_t)-3;
        vm.regs[B] = 0x20100;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        uint8_t got[18], want[18] = {0};
        pvm_memory_get(&vm.memory, 0x2010c, got, sizeof got);
        memset(want + 4, 0xff, cases[i].width);
        want[4] = 0xfd;
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%s", info->name);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

/* Where an access that is not allowed ends the run: GP 0.7.2 A.4. */
START_TEST(bad_accesses)
{
    static const struct {
        uint64_t addr;
        enum pvm_op op;
        enum pvm_exit exit;
        uint64_t fault;
    } cases[] = {
        {0, PVM_OP_LOAD_IND_U8, PVM_EXIT_PANIC, 0},
        {0xffff, PVM_OP_LOAD_IND_U8, PVM_EXIT_PANIC, 0},
        {0xfffc, PVM_OP_STORE_IND_U64, PVM_EXIT_PANIC, 0},
        {0x10000, PVM_OP_LOAD_IND_U8, PVM_EXIT_FAULT, 0x10000},
        {0x1fffd, PVM_OP_LOAD_IND_U32, PVM_EXIT_FAULT, 0x1f000},
        {0x20ffd, PVM_OP_LOAD_IND_U32, PVM_EXIT_FAULT, 0x21000},
        {0x20ffd, PVM_OP_STORE_IND_U32, PVM_EXIT_FAULT, 0x21000},
        {0x22000, PVM_OP_LOAD_IND_U64, PVM_EXIT_PANIC, 0}, /* readable: runs on into the trap */
        {0x22000, PVM_OP_STORE_IND_U8, PVM_EXIT_FAULT, 0x22000},
        {0xffffffff, PVM_OP_LOAD_IND_U8, PVM_EXIT_FAULT, 0xfffff000},
        /* across 2^32: the high address comes first */
        {0xfffffffe, PVM_OP_LOAD_IND_U64, PVM_EXIT_FAULT, 0xfffff000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_code t = {0};
        struct pvm_err err = {0};
        test_add(&t, cases[i].op, (struct pvm_operands){.a = A, .b = B});
        struct pvm_vm vm;
        test_machine(&vm, &t);
        ck_assert(pvm_memory_map(&vm.memory, 0x22, 1, PVM_READ, true, &err) == PVM_OK);
        uint64_t before = pvm_memory_digest(&vm.memory);
        vm.regs[B] = cases[i].addr;
        vm.regs[A] = 0x1111;
        enum pvm_exit exit = test_run(&vm);
        ck_assert_msg(exit == cases[i].exit, "case %zu: %s", i, pvm_exit_name(exit));
        if (exit == PVM_EXIT_FAULT) {
            ck_assert_uint_eq(vm.arg, cases[i].fault);
            ck_assert_uint_eq(vm.gas, 999);
            ck_assert_uint_eq(vm.regs[A], 0x1111);
        }
        ck_assert_uint_eq(pvm_memory_digest(&vm.memory), before);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

/* With the last page readable, a load across 2^32 wraps to address 0 and panics there. */
START_TEST(wrap_panics)
{
    struct test_code t = {0};
    struct pvm_err err = {0};
    test_add(&t, PVM_OP_LOAD_IND_U64, (struct pvm_operands){.a = A, .b = B});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    ck_assert(pvm_memory_map(&vm.memory, 0xfffff, 1, PVM_WRITE, true, &err) == PVM_OK);
    vm.regs[B] = 0xfffffffc;
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
    ck_assert_uint_eq(vm.exit_pc, 0);
    ck_assert_uint_eq(vm.gas, 999);
    pvm_vm_deinit(&vm);
}
END_TEST

START_TEST(straddling_access)
{
    struct test_code t = {0};
    struct pvm_err err = {0};
    test_add(&t, PVM_OP_STORE_IND_U64, (struct pvm_operands){.a = A, .b = B});
    test_add(&t, PVM_OP_LOAD_IND_U64, (struct pvm_operands){.a = D, .b = B});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    ck_assert(pvm_memory_map(&vm.memory, 0x21, 1, PVM_WRITE, true, &err) == PVM_OK);
    vm.regs[A] = 0x0102030405060708;
    vm.regs[B] = 0x20ffb;
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
    ck_assert_uint_eq(vm.regs[D], 0x0102030405060708);
    uint8_t at = 0;
    pvm_memory_get(&vm.memory, 0x21000, &at, 1);
    ck_assert_uint_eq(at, 0x03);
    pvm_vm_deinit(&vm);
}
END_TEST

/* A fault changes nothing but gas; once the page is there, running again carries on. */
START_TEST(fault_resumes)
{
    struct test_code t = {0};
    struct pvm_err err = {0};
    test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = 1});
    uint32_t at = test_add(&t, PVM_OP_STORE_U32, (struct pvm_operands){.a = A, .x = 0x30004});
    test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = 1});
    test_add(&t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_FAULT);
    ck_assert_uint_eq(vm.arg, 0x30000);
    ck_assert_uint_eq(vm.pc, at);
    ck_assert_uint_eq(vm.gas, 998);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_FAULT);
    ck_assert_uint_eq(vm.gas, 997);
    ck_assert(pvm_memory_map(&vm.memory, 0x30, 1, PVM_WRITE, true, &err) == PVM_OK);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_HALT);
    ck_assert_uint_eq(vm.gas, 994);
    ck_assert_uint_eq(vm.regs[A], 2);
    pvm_vm_deinit(&vm);
}
END_TEST

/* ---- control flow ---- */

static bool compare(enum pvm_op op, uint64_t a, uint64_t b)
{
    const char *name = pvm_op_table[op].name + strlen("branch_");
    bool is_signed = strstr(name, "_s") != NULL;
    bool less = is_signed ? (int64_t)a < (int64_t)b : a < b;
    if (strncmp(name, "eq", 2) == 0)
        return a == b;
    if (strncmp(name, "ne", 2) == 0)
        return a != b;
    if (strncmp(name, "lt", 2) == 0)
        return less;
    if (strncmp(name, "le", 2) == 0)
        return less || a == b;
    if (strncmp(name, "gt", 2) == 0)
        return !less && a != b;
    return !less;
}

START_TEST(branches)
{
    static const uint64_t values[] = {
        0, 1, 5, (uint64_t)-1, (uint64_t)-5, 0x7fffffff, 0xffffffff80000000};
    unsigned tried = 0;
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        if (strncmp(pvm_op_table[op].name, "branch_", 7) != 0)
            continue;
        for (unsigned i = 0; i < 49; i++) {
            uint64_t a = values[i / 7], b = values[i % 7];
            struct test_code t = {0};
            /* 0: branch over the trap; the padding keeps the target's distance fixed */
            bool immediate = pvm_op_table[op].form == PVM_FORM_RIO;
            struct pvm_operands ops = {
                .a = A, .b = B, .x = immediate ? b : 64, .y = immediate ? 64 : 0};
            test_add(&t, (enum pvm_op)op, ops);
            test_add(&t, PVM_OP_TRAP, (struct pvm_operands){0});
            while (t.len < 63)
                test_add(&t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});
            test_add(&t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});
            test_add(&t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
            struct pvm_vm vm;
            test_machine(&vm, &t);
            vm.regs[A] = a;
            vm.regs[B] = b;
            bool taken = test_run(&vm) == PVM_EXIT_HALT;
            ck_assert_msg(taken == compare((enum pvm_op)op, a, b), "%s", pvm_op_table[op].name);
            ck_assert_uint_eq(vm.gas, 998);
            pvm_vm_deinit(&vm);
            tried++;
        }
    }
    ck_assert_uint_eq(tried, 16 * 49);
}
END_TEST

/* jump to a position that starts no block: panic at the jump, which is charged. */
START_TEST(static_jump_targets)
{
    static const struct {
        uint64_t target;
        enum pvm_exit exit;
    } cases[] = {{8, PVM_EXIT_HALT},    /* behind a terminator */
                 {10, PVM_EXIT_PANIC},  /* inside an instruction */
                 {5, PVM_EXIT_PANIC},   /* an opcode, but no block start */
                 {100, PVM_EXIT_PANIC}, /* beyond the code */
                 {(uint64_t)-1, PVM_EXIT_PANIC}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_code t = {0};
        test_add(&t, PVM_OP_JUMP, (struct pvm_operands){.x = cases[i].target});
        while (t.len < 4)
            t.len++; /* operand octets: the jump's skip grows, its meaning does not */
        test_add(&t, PVM_OP_MOVE_REG, (struct pvm_operands){.a = A, .d = A});
        test_add(&t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});
        test_add(&t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});
        ck_assert_uint_eq(t.len, 8);
        test_add(&t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
        struct pvm_vm vm;
        test_machine(&vm, &t);
        enum pvm_exit exit = test_run(&vm);
        ck_assert_msg(exit == cases[i].exit, "target %" PRIu64, cases[i].target);
        ck_assert_uint_eq(vm.exit_pc, exit == PVM_EXIT_HALT ? 8 : 0);
        ck_assert_uint_eq(vm.gas, exit == PVM_EXIT_HALT ? 998 : 999);
        pvm_vm_deinit(&vm);
        /* The panic is the jump's own: one step does not stop between them. */
        struct pvm_err err = {0};
        test_machine(&vm, &t);
        ck_assert(pvm_vm_step(&vm, 1, &exit, &err) == PVM_OK);
        ck_assert_int_eq(exit, cases[i].exit == PVM_EXIT_HALT ? PVM_EXIT_CONTINUE : PVM_EXIT_PANIC);
        ck_assert_uint_eq(vm.pc, exit == PVM_EXIT_CONTINUE ? 8 : 0);
        ck_assert_uint_eq(vm.gas, 999);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

START_TEST(dynamic_jumps)
{
    static const struct {
        uint64_t addr;
        enum pvm_exit exit;
        uint64_t pc;
    } cases[] = {
        {0xffff0000, PVM_EXIT_HALT, 0},   {0x1ffff0000, PVM_EXIT_HALT, 0}, {0, PVM_EXIT_PANIC, 0},
        {1, PVM_EXIT_PANIC, 0},           {2, PVM_EXIT_PANIC, 2}, /* entry 0: the trap at 2 */
        {3, PVM_EXIT_PANIC, 0},           {4, PVM_EXIT_PANIC, 0}, /* entry 1: no block start */
        {6, PVM_EXIT_PANIC, 0},                                   /* entry 2: beyond the code */
        {8, PVM_EXIT_PANIC, 0},                                   /* no entry 3 */
        {0x100000002, PVM_EXIT_PANIC, 2}, {0xfffffffe, PVM_EXIT_PANIC, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct test_code t = {.jumps = {2, 1, 99}, .jump_count = 3};
        test_add(&t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = A});
        test_add(&t, PVM_OP_TRAP, (struct pvm_operands){0});
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.regs[A] = cases[i].addr;
        ck_assert_int_eq(test_run(&vm), cases[i].exit);
        ck_assert_uint_eq(vm.exit_pc, cases[i].pc);
        ck_assert_uint_eq(vm.gas, cases[i].pc == 0 ? 999 : 998);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

/* load_imm_jump_ind reads its base first and keeps the register write when the jump panics. */
START_TEST(load_imm_jump_ind)
{
    struct test_code t = {0};
    test_add(&t, PVM_OP_LOAD_IMM_JUMP_IND,
             (struct pvm_operands){.a = A, .b = A, .x = 1234, .y = 0});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    vm.regs[A] = 0xffff0000;
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_HALT);
    ck_assert_uint_eq(vm.regs[A], 1234);
    vm.pc = 0;
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
    ck_assert_uint_eq(vm.regs[A], 1234);
    ck_assert_uint_eq(vm.exit_pc, 0);
    pvm_vm_deinit(&vm);
}
END_TEST

START_TEST(host_calls_resume)
{
    struct test_code t = {0};
    uint32_t at = test_add(&t, PVM_OP_ECALLI, (struct pvm_operands){.x = (uint64_t)-2});
    uint32_t next = test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = 5});
    test_add(&t, PVM_OP_ECALLI, (struct pvm_operands){.x = 7});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_HOST);
    ck_assert_uint_eq(vm.arg, (uint64_t)-2);
    ck_assert_uint_eq(vm.exit_pc, at);
    ck_assert_uint_eq(vm.pc, next);
    ck_assert_uint_eq(vm.gas, 999);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_HOST);
    ck_assert_uint_eq(vm.arg, 7);
    ck_assert_uint_eq(vm.regs[A], 5);
    ck_assert_uint_eq(vm.gas, 997);
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC); /* off the end */
    ck_assert_uint_eq(vm.exit_pc, t.len);
    ck_assert_uint_eq(vm.gas, 996);
    pvm_vm_deinit(&vm);
}
END_TEST

/* Starting where no instruction is: a trap that costs one unit. */
START_TEST(odd_entries)
{
    static const uint64_t entries[] = {1, 3, 4, 1000, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        struct test_code t = {0};
        test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = 5});
        ck_assert_uint_eq(t.len, 3);
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.pc = entries[i];
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_uint_eq(vm.exit_pc, entries[i]);
        ck_assert_uint_eq(vm.gas, 999);
        vm.gas = 0;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_OOG);
        ck_assert_uint_eq(vm.exit_pc, entries[i]);
        pvm_vm_deinit(&vm);
    }
}
END_TEST

/* Under the block model a start without paying pays for the block that the position lies in, all of
 * it or nothing (GP 0.8.0 A.4): here the only one, an addition and the trap behind it. Both are
 * decoded at once, and the trap's two cycles are the longest: 2. */
START_TEST(odd_entries_by_block)
{
    static const uint64_t entries[] = {0, 1, 3, 4, 1000, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        struct test_code t = {0};
        test_layout.rules = &pvm_rules_table[PVM_RULES_DRAFT];
        test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = 5});
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.gas = 1;
        vm.pc = entries[i];
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_OOG);
        ck_assert_uint_eq(vm.gas, 1);
        ck_assert(!vm.paid);
        vm.gas = 1000;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_uint_eq(vm.gas, 998);
        ck_assert(vm.paid);
        vm.pc = entries[i];
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_uint_eq(vm.gas, 998);
        pvm_vm_deinit(&vm);
    }
    test_layout.rules = NULL;
}
END_TEST

/* A position behind an invalid opcode starts no block: who starts there, or falls into it, pays for
 * the block before. */
START_TEST(starts_behind_an_invalid_opcode)
{
    struct test_code t = {0};
    test_layout.rules = &pvm_rules_table[PVM_RULES_DRAFT];
    test_add(&t, PVM_OP_DIV_U_64, (struct pvm_operands){.a = A, .b = B, .d = D});
    t.code[t.len] = 255;
    t.mask[t.len / 8] |= (uint8_t)(1u << (t.len % 8));
    t.len++;
    uint32_t behind = t.len;
    test_add(&t, PVM_OP_TRAP, (struct pvm_operands){0});
    struct pvm_program *p = test_program(&t);
    uint64_t cost = pvm_program_cost(p, pvm_program_index(p, 0));
    ck_assert_uint_gt(cost, 59); /* a division takes 60 columns */
    ck_assert_uint_eq(pvm_program_cost(p, pvm_program_index(p, behind)), cost);
    pvm_program_free(p);
    struct pvm_vm vm;
    test_machine(&vm, &t);
    vm.pc = behind;
    ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
    ck_assert_uint_eq(vm.gas, 1000 - cost);
    pvm_vm_deinit(&vm);
    test_layout.rules = NULL;
}
END_TEST

/* ---- sbrk ---- */

START_TEST(sbrk)
{
    struct test_code t = {0};
    test_add(&t, PVM_OP_SBRK, (struct pvm_operands){.a = A, .d = D});
    struct pvm_vm vm;
    test_machine(&vm, &t);
    vm.heap_top = 0x21000;
    vm.heap_limit = 0x25000;
    static const struct {
        uint64_t octets, result, top;
        uint32_t writable; /* pages 0x21 to 0x24 that are, from the first */
    } cases[] = {
        {0, 0x21000, 0x21000, 0},      {1, 0x21000, 0x21001, 1}, {0xfff, 0x21001, 0x22000, 1},
        {0x1001, 0x22000, 0x23001, 3}, {0x2000, 0, 0x23001, 3},  {UINT64_MAX, 0, 0x23001, 3},
        {0x1fff, 0x23001, 0x25000, 4}, {1, 0, 0x25000, 4},       {0, 0x25000, 0x25000, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vm.pc = 0;
        vm.regs[A] = cases[i].octets;
        ck_assert_int_eq(test_run(&vm), PVM_EXIT_PANIC);
        ck_assert_uint_eq(vm.regs[D], cases[i].result);
        ck_assert_uint_eq(vm.heap_top, cases[i].top);
        for (uint32_t page = 0; page < 4; page++)
            ck_assert_int_eq(pvm_memory_access(&vm.memory, 0x21 + page),
                             page < cases[i].writable ? PVM_WRITE : PVM_NO_ACCESS);
    }
    pvm_vm_deinit(&vm);
}
END_TEST

/* ---- gas and resuming ---- */

/* A program with every kind of exit on its way: loop, call table, fault, host call. */
static void eventful(struct test_code *t)
{
    test_add(t, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = A, .x = 5});
    test_add(t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});
    uint64_t loop = t->len;
    test_add(t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = B, .b = B, .x = 3});
    test_add(t, PVM_OP_ECALLI, (struct pvm_operands){.x = 9});
    test_add(t, PVM_OP_STORE_U64, (struct pvm_operands){.a = B, .x = 0x20ffc}); /* straddles */
    test_add(t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = A, .b = A, .x = (uint64_t)-1});
    test_add(t, PVM_OP_BRANCH_NE_IMM, (struct pvm_operands){.a = A, .x = 0, .y = loop});
    t->jumps[0] = t->len + 3;
    t->jump_count = 1;
    test_add(t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 5, .x = 2});
    test_add(t, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    ck_assert_uint_eq(t->jumps[0], t->len - 2);
}

/* Everything a run can be told apart by. */
struct shot {
    enum pvm_exit exit;
    uint64_t exit_pc, pc, arg, gas, digest, regs[PVM_REG_COUNT];
};

static void take(struct shot *s, const struct pvm_vm *vm, enum pvm_exit exit)
{
    memset(s, 0, sizeof *s);
    s->exit = exit;
    s->exit_pc = vm->exit_pc;
    s->pc = vm->pc;
    s->arg = exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST ? vm->arg : 0;
    s->gas = vm->gas;
    s->digest = pvm_memory_digest(&vm->memory);
    memcpy(s->regs, vm->regs, sizeof s->regs);
}

/* Runs to an end that no one can continue, mapping pages that fault; notes each stop. */
static unsigned run_all(struct pvm_vm *vm, bool stepping, struct shot *shots)
{
    struct pvm_err err = {0};
    for (unsigned n = 0;; n++) {
        enum pvm_exit exit = PVM_EXIT_CONTINUE;
        while (stepping && exit == PVM_EXIT_CONTINUE)
            ck_assert(pvm_vm_step(vm, 1, &exit, &err) == PVM_OK);
        if (!stepping)
            exit = test_run(vm);
        take(&shots[n], vm, exit);
        if (exit == PVM_EXIT_FAULT)
            ck_assert(pvm_memory_map(&vm->memory, (uint32_t)(vm->arg >> 12), 1, PVM_WRITE, true,
                                     &err) == PVM_OK);
        else if (exit != PVM_EXIT_HOST)
            return n + 1;
    }
}

/* Cut at every gas limit, the free loop and single steps end alike, to the unit. */
START_TEST(gas_is_exact)
{
    struct test_code t = {0};
    eventful(&t);
    for (uint64_t gas = 0; gas < 40; gas++) {
        struct shot free_run[16], stepped[16];
        struct pvm_vm vm;
        test_machine(&vm, &t);
        vm.gas = gas;
        unsigned n = run_all(&vm, false, free_run);
        pvm_vm_deinit(&vm);
        test_machine(&vm, &t);
        vm.gas = gas;
        ck_assert_uint_eq(run_all(&vm, true, stepped), n);
        pvm_vm_deinit(&vm);
        ck_assert_mem_eq(free_run, stepped, n * sizeof free_run[0]);
        /* 2 + 5 * 5 + 1 retried fault + 2 jumps */
        enum pvm_exit last = free_run[n - 1].exit;
        ck_assert_int_eq(last, gas < 30 ? PVM_EXIT_OOG : PVM_EXIT_HALT);
        ck_assert_uint_eq(free_run[n - 1].gas, gas < 30 ? 0 : gas - 30);
    }
}
END_TEST

static void count_steps(void *user, const struct pvm_vm *vm)
{
    uint64_t *seen = user;
    seen[0]++;
    seen[1] += vm->pc;
}

/* An observed run is the same run, and shows each instruction once. */
START_TEST(observed)
{
    struct test_code t = {0};
    eventful(&t);
    struct shot plain[16], watched[16];
    struct pvm_vm vm;
    test_machine(&vm, &t);
    unsigned n = run_all(&vm, false, plain);
    pvm_vm_deinit(&vm);
    uint64_t seen[2] = {0, 0};
    test_machine(&vm, &t);
    vm.observer = (struct pvm_observer){count_steps, seen};
    ck_assert_uint_eq(run_all(&vm, false, watched), n);
    ck_assert_mem_eq(plain, watched, n * sizeof plain[0]);
    ck_assert_uint_eq(seen[0], 30);
    pvm_vm_deinit(&vm);
}
END_TEST

/* The window opens at the first access, later on, or cannot be had. */
static void in_window(void)
{
    test_layout.layout = PVM_LAYOUT_WINDOW;
    test_layout.patience = 1;
}

static void in_window_later(void)
{
    test_layout.layout = PVM_LAYOUT_WINDOW;
    test_layout.patience = 3;
}

static void without_window(void)
{
    test_layout.layout = PVM_LAYOUT_WINDOW;
}

Suite *interp_suite(void);

Suite *interp_suite(void)
{
    static const struct {
        const char *name;
        void (*setup)(void);
    } layouts[] = {{"on pages", NULL},
                   {"in a window", in_window},
                   {"in a window later", in_window_later},
                   {"without the window", without_window}};
    const TTest *const tests[] = {alu_edges,
                                  aliased_registers,
                                  registers_beyond_the_last,
                                  loads_extend,
                                  stores_truncate,
                                  bad_accesses,
                                  wrap_panics,
                                  straddling_access,
                                  fault_resumes,
                                  branches,
                                  static_jump_targets,
                                  dynamic_jumps,
                                  load_imm_jump_ind,
                                  host_calls_resume,
                                  odd_entries,
                                  odd_entries_by_block,
                                  starts_behind_an_invalid_opcode,
                                  sbrk,
                                  gas_is_exact,
                                  observed};
    Suite *s = suite_create("interp");
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        TCase *tc = tcase_create(layouts[i].name);
        tcase_set_timeout(tc, 120);
        tcase_add_checked_fixture(tc, layouts[i].setup, NULL);
        for (size_t k = 0; k < sizeof tests / sizeof tests[0]; k++)
            tcase_add_test(tc, tests[k]);
        suite_add_tcase(s, tc);
    }
    return s;
}
