/* SPDX-License-Identifier: Apache-2.0 */
/* Program blobs: every way one can be wrong, and what a right one is taken apart into. */
#include "core/testing.h"

#include <stdlib.h>

static const char *refusal(const void *blob, size_t len)
{
    static struct pvm_err err;
    struct pvm_program *program;
    err = (struct pvm_err){0};
    if (pvm_program_new(&pvm_rules_072, NULL, pvm_bytes(blob, len), &program, &err) == PVM_OK) {
        pvm_program_free(program);
        return "";
    }
    ck_assert_int_eq(err.status, PVM_E_MALFORMED);
    return err.msg;
}

START_TEST(malformed_blobs)
{
    static const struct {
        const char *blob;
        size_t len;
        const char *message;
    } cases[] = {
        {"", 0, "program blob: jump table length at offset 0: cut short or not a compact natural"},
        {"\x80\x01", 2,
         "program blob: jump table length at offset 0: cut short or not a compact natural"},
        {"\x00", 1, "program blob: code length at offset 1: cut short or not a compact natural"},
        {"\x00\x00", 2,
         "program blob: code length at offset 2: cut short or not a compact natural"},
        {"\x02\x04\x00\x01\x02", 5,
         "program blob: jump table of 2 entries of 4 octets does not fit the 2 octets left"},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x08\x00", 11,
         "program blob: jump table of 18446744073709551615 entries of 8 octets does not fit the "
         "0 octets left"},
        {"\x00\x00\x02\x00", 4, "program blob: code of 2 octets does not fit the 1 octets left"},
        {"\x00\x00\xf0\x00\x00\x00\x40", 7,
         "program blob: code of 1073741824 octets does not fit the 0 octets left"},
        {"\x00\x00\x01\x00", 4,
         "program blob: opcode mask needs 1 octets, 0 are left after the code"},
        {"\x00\x00\x01\x00\x01\x00", 6,
         "program blob: opcode mask needs 1 octets, 2 are left after the code"},
        {"\x00\x00\x01\x00\x03", 5,
         "program blob: opcode mask at offset 4: bits set beyond the code"},
        {"\x01\x09\x01\0\0\0\0\0\0\0\0\x01\x00\x01", 14,
         "program blob: jump table entry 0 is 2^64 or more"},
        {"\x00\x00\x00", 3, ""},
        {"\x00\x00\x01\x00\x01", 5, ""},
        {"\x01\x09\x01\0\0\0\0\0\0\0\0\0\x00\x01", 14, ""},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00", 11, ""}, /* 2^64 - 1 empty entries */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(refusal(cases[i].blob, cases[i].len), cases[i].message);
}
END_TEST

/* Blocks, skips and questions about positions on one small program. */
START_TEST(taken_apart)
{
    struct test_code t = {.jumps = {5, 2}, .jump_count = 2};
    test_add(&t, PVM_OP_ADD_IMM_64, (struct pvm_operands){.a = 2, .b = 3, .x = 200}); /* 0..3 */
    test_add(&t, PVM_OP_FALLTHROUGH, (struct pvm_operands){0});                       /* 4 */
    test_add(&t, PVM_OP_MOVE_REG, (struct pvm_operands){.a = 1, .d = 2});             /* 5 */
    t.code[t.len] = 99; /* 7: no instruction has this octet */
    t.mask[t.len / 8] |= (uint8_t)(1u << (t.len % 8));
    t.len++;
    test_add(&t, PVM_OP_TRAP, (struct pvm_operands){0}); /* 8 */
    t.len += 30;                                         /* 9..38: no opcodes */
    struct pvm_program *p = test_program(&t);
    ck_assert_uint_eq(p->instruction_count, 5);
    ck_assert_uint_eq(p->block_count, 2);
    ck_assert_uint_eq(p->code_len, 39);
    for (uint32_t pc = 0; pc < 60; pc++) {
        bool opcode = pc == 0 || pc == 4 || pc == 5 || pc == 7 || pc == 8;
        ck_assert_int_eq(pvm_program_is_opcode(p, pc), opcode);
        ck_assert_int_eq(pvm_program_is_block_start(p, pc), pc == 0 || pc == 5);
        enum pvm_op op = pc == 0   ? PVM_OP_ADD_IMM_64
                         : pc == 4 ? PVM_OP_FALLTHROUGH
                         : pc == 5 ? PVM_OP_MOVE_REG
                                   : PVM_OP_TRAP;
        ck_assert_int_eq(pvm_program_op(p, pc), op);
        uint32_t index = pvm_program_index(p, pc);
        ck_assert_int_eq(index != 0, opcode);
        if (index != 0)
            ck_assert_uint_eq(pvm_program_position(p, index), pc);
    }
    ck_assert_uint_eq(pvm_program_skip(p, 0), 3);
    ck_assert_uint_eq(pvm_program_skip(p, 4), 0);
    ck_assert_uint_eq(pvm_program_skip(p, 8), 24);
    ck_assert_uint_eq(pvm_program_jump(p, 0), 5);
    ck_assert_ptr_eq(pvm_program_jump_record(p, 2), p->insns + pvm_program_index(p, 5));
    ck_assert_ptr_null(pvm_program_jump_record(p, 4));
    pvm_program_free(p);
}
END_TEST

/* An empty jump-table width means every entry is 0, however many there are. */
START_TEST(entries_of_no_octets)
{
    static const uint8_t blob[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0,    1,    0,    1};
    struct pvm_program *p;
    struct pvm_err err = {0};
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, pvm_bytes(blob, sizeof blob), &p, &err) ==
              PVM_OK);
    ck_assert_ptr_eq(pvm_program_jump_record(p, 0xfffffffe), p->insns + pvm_program_index(p, 0));
    ck_assert_ptr_null(pvm_program_jump_record(p, 3));
    ck_assert_ptr_null(pvm_program_jump_record(p, 0));
    pvm_program_free(p);
}
END_TEST

/* A small generator of its own: xorshift. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Half likely instructions, half noise; any mask. */
static struct pvm_program *random_program(uint64_t *seed)
{
    struct test_code t = {0};
    uint32_t len = 1 + (uint32_t)(next_random(seed) % 300);
    for (uint32_t i = 0; i < len; i++) {
        uint64_t r = next_random(seed);
        enum pvm_op op = (enum pvm_op)(r % PVM_OP_COUNT);
        uint16_t octet = pvm_op_table[op].octet[PVM_ISA_O1];
        t.code[i] = octet != PVM_NO_OPCODE && (r & 0x10000) != 0 ? (uint8_t)octet
                                                                   : (uint8_t)(r >> 20 & 7);
        if ((r >> 40) % 3 == 0)
            t.mask[i / 8] |= (uint8_t)(1u << (i % 8));
    }
    t.len = len;
    t.mask[0] |= 1;
    for (t.jump_count = 0; t.jump_count < 8; t.jump_count++)
        t.jumps[t.jump_count] = next_random(seed) % len;
    return test_program(&t);
}

static void start(struct pvm_vm *vm, struct pvm_program *p, uint64_t gas)
{
    struct pvm_err err = {0};
    pvm_vm_init(vm, p, NULL, NULL);
    vm->memory.patience = 2; /* of those with a window */
    vm->gas = gas;
    vm->regs[0] = 0xffff0000;
    for (unsigned i = 1; i < PVM_REG_COUNT; i++)
        vm->regs[i] = i < 8 ? 0x20000 + 8 * i : i % 4;
    ck_assert(pvm_memory_map(&vm->memory, 0, 0, PVM_WRITE, false, &err) == PVM_OK);
    ck_assert(pvm_memory_map(&vm->memory, 0x20, 1, PVM_WRITE, false, &err) == PVM_OK);
}

/* Two machines in step: one runs freely, the other an instruction at a time. */
struct pair {
    struct pvm_vm free, stepped;
};

/* Runs both to their next exit and compares all there is; false when nothing can follow it. */
static bool next_exit(struct pair *pair, enum pvm_exit *exit)
{
    struct pvm_vm *a = &pair->free, *b = &pair->stepped;
    struct pvm_err err = {0};
    enum pvm_exit stepped = PVM_EXIT_CONTINUE;
    *exit = test_run(a);
    while (stepped == PVM_EXIT_CONTINUE)
        ck_assert(pvm_vm_step(b, 1, &stepped, &err) == PVM_OK);
    ck_assert_int_eq(*exit, stepped);
    ck_assert_uint_eq(a->exit_pc, b->exit_pc);
    ck_assert_uint_eq(a->pc, b->pc);
    ck_assert_uint_eq(a->gas, b->gas);
    if (a->program->rules->gas == PVM_GAS_BLOCK)
        ck_assert_int_eq(a->paid, b->paid);
    ck_assert_mem_eq(a->regs, b->regs, sizeof a->regs);
    if (*exit != PVM_EXIT_FAULT)
        return *exit == PVM_EXIT_HOST;
    ck_assert_uint_eq(a->arg, b->arg);
    uint32_t page = (uint32_t)(a->arg >> PVM_PAGE_BITS);
    ck_assert(pvm_memory_map(&a->memory, page, 1, PVM_WRITE, true, &err) == PVM_OK);
    ck_assert(pvm_memory_map(&b->memory, page, 1, PVM_WRITE, true, &err) == PVM_OK);
    return true;
}

static enum pvm_exit compare_runs(struct pvm_program *p, uint64_t gas)
{
    struct pair pair;
    start(&pair.free, p, gas);
    start(&pair.stepped, p, gas);
    enum pvm_exit exit;
    unsigned rounds = 0;
    while (next_exit(&pair, &exit) && ++rounds < 12)
        continue;
    ck_assert_uint_eq(pvm_memory_digest(&pair.free.memory),
                      pvm_memory_digest(&pair.stepped.memory));
    pvm_vm_deinit(&pair.free);
    pvm_vm_deinit(&pair.stepped);
    return exit;
}

/* Free and stepped runs of any program agree: exit, place, gas, registers and memory; and index and
 * position are inverse. */
START_TEST(engines_agree)
{
    uint64_t seed = 0x9e3779b97f4a7c15;
    unsigned exits[PVM_EXIT_HOST + 1] = {0};
    for (unsigned n = 0; n < 3000; n++) {
        test_layout.layout = n % 2 != 0 ? PVM_LAYOUT_WINDOW : PVM_LAYOUT_PAGES;
        test_layout.rules = n % 3 != 0 ? NULL : &pvm_rules_table[PVM_RULES_DRAFT];
        struct pvm_program *p = random_program(&seed);
        for (uint32_t pc = 0; pc <= p->code_len; pc++) {
            uint32_t index = pvm_program_index(p, pc);
            ck_assert(index == 0 || pvm_program_position(p, index) == pc);
            ck_assert(index == 0 || pvm_program_position_after(p, index, pc / 2) == pc);
        }
        exits[compare_runs(p, next_random(&seed) % 300)]++;
        pvm_program_free(p);
    }
    for (unsigned exit = PVM_EXIT_HALT; exit <= PVM_EXIT_OOG; exit++)
        ck_assert_msg(exits[exit] > 4, "%s came %u times", pvm_exit_name((enum pvm_exit)exit),
                      exits[exit]);
}
END_TEST

/* Runs cut at every gas limit up to 200 end alike on both engines. */
START_TEST(cut_anywhere)
{
    uint64_t seed = 0xc0ffee;
    unsigned cut = 0;
    for (unsigned n = 0; n < 1000; n++) {
        test_layout.layout = n % 4 == 0 ? PVM_LAYOUT_WINDOW : PVM_LAYOUT_PAGES;
        test_layout.rules = n % 3 != 0 ? NULL : &pvm_rules_table[PVM_RULES_DRAFT];
        struct pvm_program *p = random_program(&seed);
        for (uint64_t gas = 0; gas <= 200; gas++) {
            enum pvm_exit exit = compare_runs(p, gas);
            cut += exit == PVM_EXIT_OOG;
            if (exit != PVM_EXIT_OOG && exit != PVM_EXIT_HOST && exit != PVM_EXIT_FAULT)
                break; /* more gas makes no difference */
        }
        pvm_program_free(p);
    }
    ck_assert_uint_gt(cut, 5000);
}
END_TEST

/* Any octets: taken apart or refused, never worse. */
START_TEST(any_octets)
{
    uint64_t seed = 0x1234567;
    for (unsigned n = 0; n < 20000; n++) {
        uint8_t blob[64];
        size_t len = next_random(&seed) % sizeof blob;
        for (size_t i = 0; i < len; i++)
            blob[i] = (uint8_t)(next_random(&seed) % (i < 3 ? 12 : 256));
        struct pvm_program *p;
        if (pvm_program_new(&pvm_rules_072, NULL, pvm_bytes(blob, len), &p, NULL) != PVM_OK)
            continue;
        struct pvm_vm vm;
        start(&vm, p, 100);
        test_run(&vm);
        pvm_vm_deinit(&vm);
        pvm_program_free(p);
    }
}
END_TEST

static void *counted(void *user, void *ptr, size_t size)
{
    unsigned *left = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (*left == 0)
        return NULL;
    --*left;
    return realloc(ptr, size);
}

START_TEST(failed_allocations)
{
    /* jump to nowhere: needs a landing record too */
    static const uint8_t blob[] = {0, 0, 2, 40, 9, 1};
    enum pvm_status status = PVM_E_MEMORY;
    unsigned n = 0;
    for (; status != PVM_OK; n++) {
        ck_assert_uint_lt(n, 40);
        unsigned left = n;
        struct pvm_alloc alloc = {counted, &left};
        struct pvm_program *p = NULL;
        struct pvm_err err = {0};
        status = pvm_program_new(&pvm_rules_072, &alloc, pvm_bytes(blob, sizeof blob), &p, &err);
        ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
        pvm_program_free(p);
    }
    ck_assert_uint_ge(n, 8);
}
END_TEST

Suite *program_suite(void);

Suite *program_suite(void)
{
    Suite *s = suite_create("program");
    TCase *tc = tcase_create("program");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, malformed_blobs);
    tcase_add_test(tc, taken_apart);
    tcase_add_test(tc, entries_of_no_octets);
    tcase_add_test(tc, engines_agree);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, any_octets);
    tcase_add_test(tc, failed_allocations);
    suite_add_tcase(s, tc);
    return s;
}
