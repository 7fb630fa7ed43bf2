/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evaluator against the interpreter: random programs under flat and block gas, one instruction
 * at a time on both, everything compared after each: ten million of them, or in builds with asserts,
 * which are slow, a part. PVM_RANDOM_INSTRUCTIONS in the environment says another number, as
 * scripts/test-evaluate.sh does. host/seg_vectors_test.c plays the
 * public one-instruction programs.
 */
#include "core/evaluate.h"

#include "core/vm.h"

#include <check.h>
#include <stdlib.h>

enum {
    CODE_SIZE = 400,
    FIRST_PAGE = 0x10,
    PAGES = 4, /* the last one only for reading, the one before inaccessible */
    STEPS = 1000 /* of one program */
};

#ifdef NDEBUG
enum { DEFAULT_INSTRUCTIONS = 10000000 };
#else
enum { DEFAULT_INSTRUCTIONS = 600000 };
#endif

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

static uint64_t draw(struct chance *c)
{
    c->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = c->state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t below(struct chance *c, uint64_t limit)
{
    return draw(c) % limit;
}

/* Numbers where things happen: small ones, powers of two and their neighbours, addresses. */
static uint64_t odd_number(struct chance *c)
{
    static const uint64_t bases[] = {0, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 63};
    switch (below(c, 6)) {
    case 0:
        return draw(c);
    case 1:
        return bases[below(c, 4)] + below(c, 5) - 2;
    case 2:
        return (UINT64_C(1) << below(c, 64)) - below(c, 2);
    case 3:
        return (uint64_t)FIRST_PAGE * PVM_PAGE_SIZE + below(c, (uint64_t)PAGES * PVM_PAGE_SIZE);
    case 4:
        return (uint64_t)(int64_t)(int32_t)(uint32_t)draw(c);
    default:
        return 2 * below(c, 40);
    }
}

/* ---- programs ---- */

static void put_le(uint8_t *at, uint64_t value, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* Operand octets: now and then an immediate that means something. */
static void random_operands(struct chance *c, uint8_t *at, unsigned len)
{
    for (unsigned i = 0; i < len; i++)
        at[i] = (uint8_t)draw(c);
    if (len >= 5 && below(c, 2) == 0)
        put_le(at + len - 4, odd_number(c), 4);
    if (len >= 2 && below(c, 3) == 0)
        at[len - 1] = (uint8_t)(below(c, 2) == 0 ? 0 : 0xff);
}

static uint8_t random_opcode(struct chance *c, enum pvm_isa isa)
{
    for (;;) {
        uint16_t octet = pvm_op_table[below(c, PVM_OP_COUNT)].octet[isa];
        if (octet != PVM_NO_OPCODE)
            return (uint8_t)octet;
    }
}

/* Instructions one behind the other, some with octets to spare, some invalid unless the rules are
 * strict; the last is a terminator. */
static void random_program(struct chance *c, const struct pvm_rules *rules, struct pvm_buf *blob)
{
    uint8_t code[CODE_SIZE + 40] = {0};
    uint8_t mask[CODE_SIZE / 8 + 8] = {0};
    uint64_t jumps[20];
    uint32_t starts[CODE_SIZE];
    uint32_t count = 0, len = 0;
    while (len < CODE_SIZE) {
        unsigned operands = (unsigned)below(c, below(c, 8) == 0 ? 30 : 10);
        bool odd = !rules->strict && below(c, 40) == 0;
        if (rules->strict && operands > 24)
            operands = 24;
        if (len + 1 + operands > CODE_SIZE)
            operands = CODE_SIZE - len - 1;
        starts[count++] = len;
        mask[len / 8] |= (uint8_t)(1u << (len % 8));
        code[len] = odd ? (uint8_t)draw(c) : random_opcode(c, rules->isa);
        random_operands(c, code + len + 1, operands);
        len += 1 + operands;
    }
    if (below(c, 4) != 0 || rules->strict) {
        mask[len / 8] |= (uint8_t)(1u << (len % 8));
        code[len++] = 0;
    }
    for (unsigned i = 0; i < 20; i++)
        jumps[i] = below(c, 3) == 0 ? draw(c) % CODE_SIZE : starts[below(c, count)];
    if (below(c, 2) == 0) /* static jumps that go somewhere */
        for (uint32_t i = 0; i + 1 < count; i++)
            if (starts[i + 1] - starts[i] == 5 &&
                pvm_op_of_octet(rules->isa, code[starts[i]]) == PVM_OP_JUMP)
                put_le(code + starts[i] + 1, (uint64_t)starts[below(c, count)] - starts[i], 4);
    pvm_program_encode(jumps, 20, 1 + (unsigned)below(c, 3), pvm_bytes(code, len), mask, blob);
}

/* ---- both machines ---- */

struct pair {
    struct chance chance;
    struct pvm_vm vm;
    struct pvm_memory memory; /* of the evaluator */
    struct pvm_eval_program *program;
    struct pvm_eval_machine machine;
    struct pvm_buf blob;
};

static enum pvm_access get_access(void *user, uint32_t page)
{
    return pvm_memory_access(user, page);
}

/* As ck_assert_msg, but says nothing to Check when all is well: that costs a system call. */
#define EXPECT(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

static uint8_t get_octet(void *user, uint32_t addr)
{
    uint8_t octet;
    pvm_memory_get(user, addr, &octet, 1);
    return octet;
}

static void put_octet(void *user, uint32_t addr, uint8_t octet)
{
    EXPECT(pvm_memory_put(user, addr, pvm_bytes(&octet, 1), NULL) == PVM_OK, "no memory");
}

static void open_pages(void *user, uint32_t page, uint32_t count)
{
    ck_assert(pvm_memory_map(user, page, count, PVM_WRITE, false, NULL) == PVM_OK);
}

static void make_memory(struct pvm_memory *memory, struct chance chance)
{
    uint8_t octets[PVM_PAGE_SIZE];
    static const uint32_t pages[] = {FIRST_PAGE, FIRST_PAGE + 1, PVM_PAGE_COUNT - 1,
                                     FIRST_PAGE + PAGES - 1};
    for (unsigned i = 0; i < 4; i++) {
        enum pvm_access access = i < 3 ? PVM_WRITE : PVM_READ;
        ck_assert(pvm_memory_map(memory, pages[i], 1, access, true, NULL) == PVM_OK);
        for (unsigned k = 0; k < sizeof octets; k += 8)
            put_le(octets + k, draw(&chance), 8);
        ck_assert(pvm_memory_put(memory, (uint64_t)pages[i] * PVM_PAGE_SIZE,
                                 pvm_bytes(octets, sizeof octets), NULL) == PVM_OK);
    }
}

static void begin(struct pair *pair, const struct pvm_rules *rules)
{
    struct pvm_program *program;
    struct pvm_err err = {.status = PVM_OK};
    pair->blob = (struct pvm_buf){0};
    random_program(&pair->chance, rules, &pair->blob);
    ck_assert_msg(pvm_program_new(rules, NULL, pvm_buf_bytes(&pair->blob), &program, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    ck_assert_msg(pvm_eval_program_new(rules, NULL, pvm_buf_bytes(&pair->blob), &pair->program,
                                       &err) == PVM_OK,
                  "%s", err.msg);
    pvm_vm_init(&pair->vm, program, NULL, NULL);
    pvm_program_free(program);
    pvm_memory_init(&pair->memory, NULL, NULL);
    struct chance chance = {draw(&pair->chance)};
    make_memory(&pair->vm.memory, chance);
    make_memory(&pair->memory, chance);
    pair->machine = (struct pvm_eval_machine){0};
    pair->vm.heap_top = pair->machine.heap_top = (FIRST_PAGE + 8) * PVM_PAGE_SIZE + 5;
    pair->vm.heap_limit = pair->machine.heap_limit = (FIRST_PAGE + 12) * PVM_PAGE_SIZE;
}

static void end(struct pair *pair)
{
    ck_assert_uint_eq(pvm_memory_digest(&pair->vm.memory), pvm_memory_digest(&pair->memory));
    pvm_vm_deinit(&pair->vm);
    pvm_memory_deinit(&pair->memory);
    pvm_eval_program_free(pair->program);
    pvm_buf_deinit(&pair->blob);
}

/* Both at an instruction of chance with registers of chance, and rarely too little gas. */
static void scatter(struct pair *pair)
{
    struct chance *c = &pair->chance;
    const struct pvm_program *program = pair->vm.program;
    uint64_t pc = below(c, program->code_len + 2);
    for (unsigned i = 0; i < 40 && below(c, 20) != 0 && !pvm_program_is_opcode(program, pc); i++)
        pc = below(c, program->code_len);
    pair->vm.pc = pair->machine.pc = pc;
    pair->vm.paid = pair->machine.paid = false;
    pair->vm.gas = pair->machine.gas = below(c, 50) == 0 ? below(c, 4) : 100000;
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pair->vm.regs[i] = pair->machine.regs[i] = odd_number(c);
}

/* One instruction on both; whether they can go on. */
static bool step(struct pair *pair)
{
    const struct pvm_eval_memory memory = {get_access, get_octet, put_octet, open_pages,
                                           &pair->memory};
    struct pvm_eval_effect effect;
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    uint64_t pc = pair->vm.pc;
    EXPECT(pvm_vm_step(&pair->vm, 1, &exit, &err) == PVM_OK, "%s", err.msg);
    enum pvm_exit mine = pvm_evaluate(pair->program, &pair->machine, &memory, &effect);
    const char *name = pvm_op_table[effect.op].name;
    EXPECT(mine == exit, "%s at %u: %s, evaluator %s", name, (unsigned)pc, pvm_exit_name(exit),
           pvm_exit_name(mine));
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        EXPECT(pair->vm.regs[i] == pair->machine.regs[i],
               "%s at %u: register %u is 0x%llx, evaluator 0x%llx", name, (unsigned)pc, i,
               (unsigned long long)pair->vm.regs[i], (unsigned long long)pair->machine.regs[i]);
    EXPECT(pair->vm.pc == pair->machine.pc, "%s at %u: goes to %u, evaluator %u (%s)", name,
           (unsigned)pc, (unsigned)pair->vm.pc, (unsigned)pair->machine.pc, pvm_exit_name(exit));
    EXPECT(pair->vm.gas == pair->machine.gas, "%s at %u: gas", name, (unsigned)pc);
    EXPECT(pair->vm.heap_top == pair->machine.heap_top, "%s at %u: heap", name, (unsigned)pc);
    if (exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST)
        EXPECT(pair->vm.arg == effect.arg, "%s at %u: argument", name, (unsigned)pc);
    return exit == PVM_EXIT_CONTINUE || exit == PVM_EXIT_HOST;
}

static uint64_t instructions_wanted(void)
{
    const char *text = getenv("PVM_RANDOM_INSTRUCTIONS");
    return text != NULL ? strtoull(text, NULL, 10) : DEFAULT_INSTRUCTIONS;
}

START_TEST(test_random)
{
    static const enum pvm_rules_id rules[] = {PVM_RULES_072, PVM_RULES_080, PVM_RULES_080_VECTORS,
                                              PVM_RULES_DRAFT};
    struct pair pair = {.chance = {7 + (uint64_t)_i}};
    uint64_t left = instructions_wanted() / 4;
    while (left > 0) {
        begin(&pair, &pvm_rules_table[rules[_i]]);
        bool going = false;
        for (unsigned i = 0; i < STEPS && left > 0; i++, left--) {
            if (!going || below(&pair.chance, 10) == 0)
                scatter(&pair);
            going = step(&pair);
        }
        end(&pair);
    }
}
END_TEST

Suite *evaluate_suite(void);

Suite *evaluate_suite(void)
{
    Suite *suite = suite_create("evaluate");
    TCase *tests = tcase_create("evaluate");
    tcase_add_loop_test(tests, test_random, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
