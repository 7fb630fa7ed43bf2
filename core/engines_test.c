/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random runs that last, cut at every gas limit: the free loop on pages and in a window, single
 * steps and observed runs against the evaluator (core/evaluate.h), everything compared at each
 * stop. The programs are made of the runs of instructions that have a handler of their own and of
 * all other instructions, in blocks that lead to each other.
 */
#include "core/evaluate.h"
#include "core/vm.h"

#include <check.h>

#include "core/interp_ops.inc"

/* Builds with asserts, which sanitizers slow down, take a share of the runs. */
#ifdef NDEBUG
enum { RUNS = 1000 };
#else
enum { RUNS = 80 };
#endif
enum { LIMIT = 200, STOPS = 400 /* of one run */ };
enum { CODE_SIZE = 2048, BLOCKS = 10, TARGETS = 64 };

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

static uint64_t below(struct chance *c, uint64_t limit)
{
    c->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = c->state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % limit;
}

/* Small ones, powers of two and their neighbours, any. */
static uint64_t odd_number(struct chance *c)
{
    switch (below(c, 3)) {
    case 0:
        return below(c, 64);
    case 1:
        return (UINT64_C(1) << below(c, 64)) - below(c, 2);
    default:
        return below(c, UINT64_MAX);
    }
}

/* Around the end of a page, all of which are writable but some. */
static uint64_t address(struct chance *c)
{
    return UINT64_C(0x20ff0) + PVM_PAGE_SIZE * below(c, 8) + below(c, 24);
}

/* ---- runs of instructions with a handler of their own ---- */

struct row {
    uint8_t length;
    uint8_t ops[4], a[4],
        b[4]; /* where A and B come from: so many instructions back, 0: anywhere */
};

#define FROM_r 0
#define FROM_1 1
#define FROM_2 2
#define FROM_3 3
static const struct row rows[] = {
#define F(P, Q, qa, qb) {2, {PVM_OP_##P, PVM_OP_##Q}, {0, FROM_##qa}, {0, FROM_##qb}},
    PVM_FUSED_2(F)
#undef F
#define F(P, Q, qa, qb, R, ra, rb)                                                                 \
    {3, {PVM_OP_##P, PVM_OP_##Q, PVM_OP_##R}, {0, FROM_##qa, FROM_##ra}, {0, FROM_##qb, FROM_##rb}},
        PVM_FUSED_3(F)
#undef F
#define F(P, Q, qa, qb, R, ra, rb, S, sa, sb)                                                      \
    {4,                                                                                            \
     {PVM_OP_##P, PVM_OP_##Q, PVM_OP_##R, PVM_OP_##S},                                             \
     {0, FROM_##qa, FROM_##ra, FROM_##sa},                                                         \
     {0, FROM_##qb, FROM_##rb, FROM_##sb}},
            PVM_FUSED_4(F)
#undef F
};

enum { ROWS = sizeof rows / sizeof *rows };

/* ---- programs ---- */

struct writer {
    struct chance *c;
    const struct pvm_rules *rules;
    uint8_t code[CODE_SIZE], mask[CODE_SIZE / 8];
    uint32_t len;
    uint32_t blocks[CODE_SIZE];
    uint32_t block_count;
    struct {
        uint32_t at, octets; /* of the instruction, of its target */
    } targets[CODE_SIZE];
    uint32_t target_count;
};

/* Registers 1 to 3 keep addresses; the others take results. */
static struct pvm_operands random_operands(struct chance *c, enum pvm_op op)
{
    const struct pvm_op_info *info = &pvm_op_table[op];
    enum pvm_form form = (enum pvm_form)info->form;
    struct pvm_operands o = {.a = (uint8_t)below(c, 10),
                             .b = (uint8_t)below(c, 10),
                             .d = (uint8_t)(4 + below(c, 6)),
                             .x = (uint64_t)(int64_t)(int32_t)(uint32_t)odd_number(c),
                             .y = (uint64_t)(int64_t)(int32_t)(uint32_t)odd_number(c)};
    if ((info->writes & PVM_A) != 0)
        o.a = o.d;
    if (form == PVM_FORM_RE)
        o.x = odd_number(c);
    if (pvm_eval_access(op).width == 0)
        return o;
    uint8_t base = (uint8_t)(1 + below(c, 3));
    o.x = form == PVM_FORM_II || form == PVM_FORM_RI ? address(c) : below(c, 24);
    o.b = form == PVM_FORM_RRI ? base : o.b;
    o.a = form == PVM_FORM_RII ? base : o.a;
    return o;
}

/* Appends an instruction; one with a target gets four octets for it. */
static void add(struct writer *w, enum pvm_op op, struct pvm_operands o)
{
    enum pvm_form form = (enum pvm_form)pvm_op_table[op].form;
    enum pvm_target { NONE, IN_X, IN_Y };
    enum pvm_target target = form == PVM_FORM_O || form == PVM_FORM_RRO ? IN_X
                             : form == PVM_FORM_RIO                     ? IN_Y
                                                                        : NONE;
    struct pvm_buf out = {0};
    o.x = target == IN_X ? w->len : o.x; /* no octets yet */
    o.y = target == IN_Y ? w->len : o.y;
    ck_assert(pvm_operands_encode(form, &o, w->len, &out));
    ck_assert_uint_lt(w->len + out.len + 5, CODE_SIZE);
    w->mask[w->len / 8] |= (uint8_t)(1u << (w->len % 8));
    w->code[w->len] = (uint8_t)pvm_op_table[op].octet[w->rules->isa];
    if (out.len != 0)
        memcpy(w->code + w->len + 1, out.ptr, out.len);
    if (target != NONE) {
        w->targets[w->target_count].at = w->len;
        w->targets[w->target_count++].octets = w->len + 1 + (uint32_t)out.len;
    }
    w->len += 1 + (uint32_t)out.len + (target != NONE ? 4 : 0);
    pvm_buf_deinit(&out);
    if (pvm_op_table[op].terminator)
        w->blocks[w->block_count++] = w->len;
}

static bool exists(const struct writer *w, enum pvm_op op)
{
    return pvm_op_table[op].octet[w->rules->isa] != PVM_NO_OPCODE;
}

/* A row with its registers, now and then one that is not quite it. */
static void add_row(struct writer *w, const struct row *row)
{
    unsigned written[4];
    for (unsigned i = 0; i < row->length; i++) {
        enum pvm_op op = (enum pvm_op)row->ops[i];
        struct pvm_operands o = random_operands(w->c, op);
        if (row->a[i] != 0 && below(w->c, 20) != 0)
            o.a = (uint8_t)written[i - row->a[i]];
        if (row->b[i] != 0 && below(w->c, 20) != 0)
            o.b = (uint8_t)written[i - row->b[i]];
        written[i] = pvm_op_table[op].writes == PVM_A ? o.a : o.d;
        if (op == PVM_OP_JUMP_IND) { /* a program that lasts has few of these */
            op = PVM_OP_BRANCH_NE_IMM;
            o.x = below(w->c, 8);
        }
        add(w, op, o);
    }
}

static void add_any(struct writer *w)
{
    enum pvm_op op = (enum pvm_op)below(w->c, PVM_OP_COUNT);
    if (exists(w, op) && op != PVM_OP_TRAP && op != PVM_OP_JUMP_IND &&
        op != PVM_OP_LOAD_IMM_JUMP_IND)
        add(w, op, random_operands(w->c, op));
}

/* Blocks that lead to each other; the last instruction is a jump. */
static void random_blob(struct chance *c, const struct pvm_rules *rules, struct pvm_buf *out)
{
    struct writer w = {.c = c, .rules = rules, .block_count = 1};
    uint32_t wanted = 2 + (uint32_t)below(c, BLOCKS);
    while (w.block_count < wanted && w.len < CODE_SIZE / 2) {
        if (below(c, 2) == 0)
            add_row(&w, &rows[below(c, ROWS)]);
        else
            add_any(&w);
    }
    add(&w, PVM_OP_JUMP, (struct pvm_operands){0});
    for (uint32_t i = 0; i < w.target_count; i++) {
        uint32_t to = w.blocks[below(c, w.block_count - 1)];
        pvm_store_le(w.code + w.targets[i].octets, to - w.targets[i].at, 4);
    }
    out->len = 0;
    pvm_program_encode(NULL, 0, 0, pvm_bytes(w.code, w.len), w.mask, out);
}

/* ---- one run in each way ---- */

enum way { EVALUATED, FREELY, IN_WINDOW, STEPPED, OBSERVED, WAYS };

/* Where it stopped and how; all of memory once, at the end. */
struct stop {
    enum pvm_exit exit;
    uint64_t pc, gas, arg, paid, heap_top, regs[PVM_REG_COUNT];
};

struct shots {
    unsigned count;
    struct stop stops[STOPS];
    uint64_t digest;
};

struct scene {
    const struct pvm_rules *rules;
    struct pvm_program *programs[2]; /* by layout */
    struct pvm_eval_program *evaluator;
    uint64_t regs[PVM_REG_COUNT];
    uint32_t closed; /* a page that is inaccessible at first */
};

static void map(struct pvm_memory *memory, uint32_t page, uint32_t count, enum pvm_access access)
{
    ck_assert(pvm_memory_map(memory, page, count, access, false, NULL) == PVM_OK);
}

static void prepare(const struct scene *scene, struct pvm_vm *vm, enum way way, uint64_t gas)
{
    pvm_vm_init(vm, scene->programs[way == IN_WINDOW ? PVM_LAYOUT_WINDOW : PVM_LAYOUT_PAGES], NULL,
                NULL);
    vm->memory.patience = way == IN_WINDOW ? 3 : 0;
    vm->gas = gas;
    vm->heap_top = 0x40123;
    vm->heap_limit = 0x43000;
    memcpy(vm->regs, scene->regs, sizeof vm->regs);
    map(&vm->memory, 0x10, 0x40, PVM_WRITE);
    map(&vm->memory, 0x22, 1, PVM_READ);
    map(&vm->memory, scene->closed, 1, PVM_NO_ACCESS);
}

static enum pvm_access get_access(void *user, uint32_t page)
{
    return pvm_memory_access(user, page);
}

static uint8_t get_octet(void *user, uint32_t addr)
{
    uint8_t octet;
    pvm_memory_get(user, addr, &octet, 1);
    return octet;
}

static void put_octet(void *user, uint32_t addr, uint8_t octet)
{
    if (pvm_memory_put(user, addr, pvm_bytes(&octet, 1), NULL) != PVM_OK)
        ck_abort_msg("no memory");
}

static void open_pages(void *user, uint32_t page, uint32_t count)
{
    map(user, page, count, PVM_WRITE);
}

/* To the next stop by the evaluator, with the machine's registers and memory. */
static enum pvm_exit evaluate(const struct scene *scene, struct pvm_vm *vm)
{
    const struct pvm_eval_memory memory = {get_access, get_octet, put_octet, open_pages,
                                           &vm->memory};
    struct pvm_eval_machine m = {.gas = vm->gas,
                                 .pc = vm->pc,
                                 .heap_top = vm->heap_top,
                                 .heap_limit = vm->heap_limit,
                                 .paid = vm->paid};
    struct pvm_eval_effect effect;
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    memcpy(m.regs, vm->regs, sizeof m.regs);
    while (exit == PVM_EXIT_CONTINUE)
        exit = pvm_evaluate(scene->evaluator, &m, &memory, &effect);
    memcpy(vm->regs, m.regs, sizeof m.regs);
    vm->gas = m.gas;
    vm->pc = m.pc;
    vm->heap_top = m.heap_top;
    vm->paid = m.paid;
    vm->arg = effect.arg;
    return exit;
}

static void count_step(void *user, const struct pvm_vm *vm)
{
    (void)vm;
    ++*(uint64_t *)user;
}

static enum pvm_exit go_on(const struct scene *scene, struct pvm_vm *vm, enum way way)
{
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    enum pvm_status status = PVM_OK;
    if (way == EVALUATED)
        return evaluate(scene, vm);
    if (way != STEPPED)
        status = pvm_vm_run(vm, &exit, NULL);
    while (way == STEPPED && exit == PVM_EXIT_CONTINUE && status == PVM_OK)
        status = pvm_vm_step(vm, 1, &exit, NULL);
    if (status != PVM_OK)
        ck_abort_msg("no memory");
    return exit;
}

/* Runs to an end that none can continue: host calls are answered, pages that fault are opened. */
static void run(const struct scene *scene, enum way way, uint64_t gas, struct shots *out)
{
    struct pvm_vm vm;
    uint64_t seen = 0;
    prepare(scene, &vm, way, gas);
    if (way == OBSERVED)
        vm.observer = (struct pvm_observer){count_step, &seen};
    memset(out, 0, sizeof *out);
    for (bool over = false; !over && out->count < STOPS;) {
        struct stop *stop = &out->stops[out->count++];
        stop->exit = go_on(scene, &vm, way);
        stop->pc = vm.pc;
        stop->gas = vm.gas;
        stop->paid = scene->rules->gas == PVM_GAS_BLOCK && vm.paid;
        stop->heap_top = vm.heap_top;
        memcpy(stop->regs, vm.regs, sizeof stop->regs);
        over = stop->exit != PVM_EXIT_HOST && stop->exit != PVM_EXIT_FAULT;
        stop->arg = over ? 0 : vm.arg;
        if (stop->exit == PVM_EXIT_FAULT)
            map(&vm.memory, (uint32_t)(vm.arg >> PVM_PAGE_BITS), 1, PVM_WRITE);
        if (stop->exit == PVM_EXIT_HOST)
            vm.regs[7] += vm.arg;
    }
    out->digest = pvm_memory_digest(&vm.memory);
    if (way == OBSERVED && scene->rules->gas == PVM_GAS_FLAT)
        ck_assert_uint_eq(seen, gas - vm.gas);
    pvm_vm_deinit(&vm);
}

/* ---- the test ---- */

static void begin(struct scene *scene, struct chance *c, const struct pvm_rules *rules,
                  struct pvm_buf *blob)
{
    scene->rules = rules;
    random_blob(c, rules, blob);
    for (unsigned layout = 0; layout < 2; layout++)
        ck_assert(pvm_program_new_in(rules, (enum pvm_layout)layout, NULL, pvm_buf_bytes(blob),
                                     &scene->programs[layout], NULL) == PVM_OK);
    ck_assert(pvm_eval_program_new(rules, NULL, pvm_buf_bytes(blob), &scene->evaluator, NULL) ==
              PVM_OK);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        scene->regs[i] = i >= 1 && i <= 3 ? address(c) : odd_number(c);
    scene->closed = 0x21 + (uint32_t)below(c, 6);
}

static void end(struct scene *scene)
{
    pvm_program_free(scene->programs[0]);
    pvm_program_free(scene->programs[1]);
    pvm_eval_program_free(scene->evaluator);
}

/* Whether gas of LIMIT is all used: a run that can be cut anywhere below. */
static bool lasts(const struct scene *scene, struct shots *shots)
{
    run(scene, EVALUATED, LIMIT, shots);
    return shots->stops[shots->count - 1].exit == PVM_EXIT_OOG;
}

static void cut(const struct scene *scene, unsigned number)
{
    static const char *const names[WAYS] = {"evaluator", "pages", "window", "steps", "observed"};
    static struct shots want, got;
    for (uint64_t gas = 0; gas <= LIMIT; gas++) {
        run(scene, EVALUATED, gas, &want);
        /* Two of the four by turns. */
        enum way ways[] = {(number + gas) % 2 == 0 ? FREELY : IN_WINDOW,
                           (number + gas) % 4 < 2 ? STEPPED : OBSERVED};
        for (unsigned i = 0; i < 2; i++) {
            run(scene, ways[i], gas, &got);
            if (memcmp(&want, &got, sizeof want) != 0)
                ck_abort_msg("run %u under %s with %u gas: %s is not as the evaluator", number,
                             scene->rules->name, (unsigned)gas, names[ways[i]]);
        }
        ck_assert_int_eq(want.stops[want.count - 1].exit, PVM_EXIT_OOG);
    }
}

START_TEST(cut_at_every_limit)
{
    static const enum pvm_rules_id rules[] = {PVM_RULES_072, PVM_RULES_080, PVM_RULES_072,
                                              PVM_RULES_DRAFT, PVM_RULES_080_VECTORS};
    static struct shots shots;
    struct chance c = {2026 + (uint64_t)_i};
    struct pvm_buf blob = {0};
    unsigned drawn = 0;
    for (unsigned n = 0; n < RUNS / 4; drawn++) {
        struct scene scene;
        begin(&scene, &c, &pvm_rules_table[rules[drawn % 5]], &blob);
        if (lasts(&scene, &shots))
            cut(&scene, n++);
        end(&scene);
    }
    ck_assert_uint_lt(drawn, 20 * RUNS);
    pvm_buf_deinit(&blob);
}
END_TEST

Suite *engines_suite(void);

Suite *engines_suite(void)
{
    Suite *s = suite_create("engines");
    TCase *tc = tcase_create("engines");
    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, cut_at_every_limit, 0, 4);
    suite_add_tcase(s, tc);
    return s;
}
