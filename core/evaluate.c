/* SPDX-License-Identifier: Apache-2.0 */
/* One instruction after the other, as Psi_1 of GP 0.7.2 A.4 and the tables of A.5 say. */
#include "core/evaluate.h"

#include "core/evaluate_ops.h"
#include "core/gas.h"

#define HALT_ADDRESS UINT64_C(0xffff0000) /* 2^32 - 2^16 */
#define TWO_32       (UINT64_C(1) << 32)

enum { MAX_SKIP = 24, LOW_ADDRESSES = 1 << 16, DRIFT = 2 /* Z_A */ };

struct pvm_eval_program {
    const struct pvm_rules *rules;
    const struct pvm_alloc *alloc;
    struct pvm_bytes jumps, code, mask; /* of the blob */
    uint64_t jump_count;
    unsigned jump_width;
    uint8_t *starts;            /* by position, 1: a basic block starts there */
    bool valid;                 /* GP 0.8.0 A.1 */
    struct pvm_program *priced; /* PVM_GAS_BLOCK only */
    uint64_t *costs;            /* of blocks by position, 0: not asked for yet */
};

/* ---- the program, GP 0.7.2 A.1 to A.3 ---- */

static bool is_opcode(const struct pvm_eval_program *p, uint64_t pos)
{
    return pos < p->code.len && (p->mask.ptr[pos / 8] >> (pos % 8)) % 2 != 0;
}

static unsigned skip(const struct pvm_eval_program *p, uint64_t pos)
{
    unsigned count = 0;
    while (count < MAX_SKIP && pos + 1 + count < p->code.len && !is_opcode(p, pos + 1 + count))
        count++;
    return count;
}

/* PVM_OP_COUNT where no valid instruction stands. */
static enum pvm_op valid_op(const struct pvm_eval_program *p, uint64_t pos)
{
    return is_opcode(p, pos) ? pvm_op_of_octet(p->rules->isa, p->code.ptr[pos]) : PVM_OP_COUNT;
}

static enum pvm_op op_at(const struct pvm_eval_program *p, uint64_t pos)
{
    enum pvm_op op = valid_op(p, pos);
    return op == PVM_OP_COUNT ? PVM_OP_TRAP : op;
}

static bool is_start(const struct pvm_eval_program *p, uint64_t pos)
{
    return pos < p->code.len && p->starts[pos] != 0;
}

static void find_starts(struct pvm_eval_program *p)
{
    p->starts[0] = valid_op(p, 0) != PVM_OP_COUNT;
    for (uint64_t pos = 0; pos < p->code.len; pos++) {
        enum pvm_op op = valid_op(p, pos);
        uint64_t next = pos + 1 + skip(p, pos);
        if (op != PVM_OP_COUNT && pvm_op_table[op].terminator && next < p->code.len)
            p->starts[next] = valid_op(p, next) != PVM_OP_COUNT;
    }
}

/* The walk of GP 0.8.0 A.1: instructions one behind the other up to the end, the last a
 * terminator. */
static bool walks_well(const struct pvm_eval_program *p)
{
    enum pvm_op op = PVM_OP_COUNT;
    uint64_t pos = 0;
    while (pos < p->code.len) {
        op = valid_op(p, pos);
        if (op == PVM_OP_COUNT)
            return false;
        pos += 1 + skip(p, pos);
    }
    return pos == p->code.len && op != PVM_OP_COUNT && pvm_op_table[op].terminator;
}

/* Entry i of the jump table; false when it is no number below 2^64. */
static bool jump_entry(const struct pvm_eval_program *p, uint64_t i, uint64_t *out)
{
    *out = 0;
    for (unsigned k = 0; k < p->jump_width; k++) {
        uint64_t octet = p->jumps.ptr[i * p->jump_width + k];
        if (k >= 8 && octet != 0)
            return false;
        if (k < 8)
            *out += octet << (8 * k);
    }
    return true;
}

static enum pvm_status check_bounds(const struct pvm_eval_program *p, struct pvm_err *err)
{
    const struct pvm_rules *rules = p->rules;
    uint64_t target;
    if ((rules->max_code != 0 && p->code.len > rules->max_code) ||
        (rules->max_jumps != 0 && p->jump_count > rules->max_jumps))
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: larger than GP %s allows",
                        rules->name);
    for (uint64_t i = 0; p->jump_width > 8 && i < p->jump_count; i++)
        if (!jump_entry(p, i, &target))
            return pvm_fail(err, PVM_E_MALFORMED, "program blob: jump table entry %llu is too large",
                            (unsigned long long)i);
    return PVM_OK;
}

static enum pvm_status split(struct pvm_eval_program *p, struct pvm_bytes blob, struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(blob);
    p->jump_count = pvm_read_natural(&r);
    p->jump_width = pvm_read_u8(&r);
    uint64_t code_len = pvm_read_natural(&r);
    size_t left = pvm_reader_left(&r);
    if (r.failed || code_len > left || (p->jump_width != 0 && p->jump_count > left / p->jump_width))
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: cut short");
    p->jumps = pvm_read_span(&r, p->jump_count * p->jump_width);
    p->code = pvm_read_span(&r, code_len);
    p->mask = pvm_read_span(&r, (code_len + 7) / 8);
    if (r.failed || pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: does not fit its %zu octets",
                        blob.len);
    if (code_len % 8 != 0 && p->mask.ptr[code_len / 8] >> (code_len % 8) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: opcodes marked beyond the code");
    return check_bounds(p, err);
}

static enum pvm_status prepare(struct pvm_eval_program *p, struct pvm_bytes blob,
                               struct pvm_err *err)
{
    PVM_TRY(split(p, blob, err));
    p->starts = pvm_alloc_zero(p->alloc, p->code.len + 1, 1);
    if (p->rules->gas == PVM_GAS_BLOCK) {
        p->costs = pvm_alloc_zero(p->alloc, p->code.len + 1, sizeof *p->costs);
        PVM_TRY(pvm_program_new(p->rules, p->alloc, blob, &p->priced, err));
    }
    if (p->starts == NULL || (p->costs == NULL && p->rules->gas == PVM_GAS_BLOCK))
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a program of %zu octets", blob.len);
    find_starts(p);
    p->valid = walks_well(p);
    return PVM_OK;
}

enum pvm_status pvm_eval_program_new(const struct pvm_rules *rules, const struct pvm_alloc *alloc,
                                     struct pvm_bytes blob, struct pvm_eval_program **out,
                                     struct pvm_err *err)
{
    struct pvm_eval_program *p = pvm_alloc_zero(alloc, 1, sizeof *p);
    if (p == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a program");
    p->rules = rules;
    p->alloc = alloc;
    enum pvm_status status = prepare(p, blob, err);
    if (status != PVM_OK) {
        pvm_eval_program_free(p);
        return status;
    }
    *out = p;
    return PVM_OK;
}

void pvm_eval_program_free(struct pvm_eval_program *program)
{
    if (program == NULL)
        return;
    pvm_alloc_free(program->alloc, program->starts);
    pvm_alloc_free(program->alloc, program->costs);
    pvm_program_free(program->priced);
    pvm_alloc_free(program->alloc, program);
}

bool pvm_eval_may_start(const struct pvm_rules *rules, struct pvm_bytes blob, uint64_t pc)
{
    struct pvm_eval_program p = {.rules = rules};
    if (split(&p, blob, NULL) != PVM_OK)
        return false;
    return !rules->strict || (walks_well(&p) && valid_op(&p, pc) != PVM_OP_COUNT);
}

const uint8_t *pvm_eval_octets(const struct pvm_eval_program *program, uint64_t pc, unsigned *len)
{
    *len = 0;
    if (pc >= program->code.len)
        return NULL;
    uint64_t left = program->code.len - pc;
    *len = 1 + skip(program, pc);
    if (*len > left)
        *len = (unsigned)left;
    return program->code.ptr + pc;
}

/* ---- operands, GP 0.7.2 A.5 ---- */

struct operands {
    unsigned a, b, d;
    uint64_t x, y; /* immediates; x of O and RRO, y of RIO are positions */
};

/* Code goes on in zeros. */
static uint64_t octet_at(const struct pvm_eval_program *p, uint64_t pos)
{
    return pos < p->code.len ? p->code.ptr[pos] : 0;
}

static uint64_t number_at(const struct pvm_eval_program *p, uint64_t pos, unsigned octets)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < octets; i++)
        value += octet_at(p, pos + i) << (8 * i);
    return value;
}

static uint64_t immediate(const struct pvm_eval_program *p, uint64_t pos, unsigned octets)
{
    return pvm_eval_extend(octets, number_at(p, pos, octets));
}

static unsigned at_most(unsigned limit, uint64_t value)
{
    return value < limit ? (unsigned)value : limit;
}

/* min(4, max(0, l - before)) */
static unsigned rest(unsigned l, unsigned before)
{
    return l > before ? at_most(4, l - before) : 0;
}

/* Two immediates, the first of lx octets, behind `head` octets. */
static void two_immediates(const struct pvm_eval_program *p, uint64_t pc, unsigned l, unsigned head,
                           unsigned lx, struct operands *out)
{
    out->x = immediate(p, pc + 1 + head, lx);
    out->y = immediate(p, pc + 1 + head + lx, rest(l, lx + head));
}

static struct operands operands_at(const struct pvm_eval_program *p, uint64_t pc, enum pvm_op op)
{
    uint64_t first = octet_at(p, pc + 1);
    uint64_t second = octet_at(p, pc + 2);
    unsigned l = skip(p, pc);
    struct operands o = {.a = at_most(12, first % 16), .b = at_most(12, first / 16)};
    switch ((enum pvm_form)pvm_op_table[op].form) {
    case PVM_FORM_N:
        break;
    case PVM_FORM_I:
        o.x = immediate(p, pc + 1, at_most(4, l));
        break;
    case PVM_FORM_RE:
        o.x = number_at(p, pc + 2, 8);
        break;
    case PVM_FORM_II:
        two_immediates(p, pc, l, 1, at_most(4, first % 8), &o);
        break;
    case PVM_FORM_O:
        o.x = pc + immediate(p, pc + 1, at_most(4, l));
        break;
    case PVM_FORM_RI:
    case PVM_FORM_RRI:
        o.x = immediate(p, pc + 2, rest(l, 1));
        break;
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
        two_immediates(p, pc, l, 1, at_most(4, first / 16 % 8), &o);
        o.y += pvm_op_table[op].form == PVM_FORM_RIO ? pc : 0;
        break;
    case PVM_FORM_RR:
        o.d = o.a;
        o.a = o.b;
        break;
    case PVM_FORM_RRO:
        o.x = pc + immediate(p, pc + 2, rest(l, 1));
        break;
    case PVM_FORM_RRII:
        two_immediates(p, pc, l, 2, at_most(4, second % 8), &o);
        break;
    case PVM_FORM_RRR:
        o.d = at_most(12, second);
        break;
    }
    return o;
}

/* ---- memory, GP 0.7.2 A.4 ---- */

struct pvm_eval_access pvm_eval_access(enum pvm_op op)
{
#define LOADS(NAME, width, is_signed)                                                              \
    case PVM_OP_LOAD_##NAME:                                                                       \
    case PVM_OP_LOAD_IND_##NAME:                                                                   \
        return (struct pvm_eval_access){width, is_signed, false};
#define STORES(NAME, width)                                                                        \
    case PVM_OP_STORE_IMM_##NAME:                                                                  \
    case PVM_OP_STORE_##NAME:                                                                      \
    case PVM_OP_STORE_IMM_IND_##NAME:                                                              \
    case PVM_OP_STORE_IND_##NAME:                                                                  \
        return (struct pvm_eval_access){width, false, true};
    switch ((int)op) {
        LOADS(U8, 1, false)
        LOADS(I8, 1, true)
        LOADS(U16, 2, false)
        LOADS(I16, 2, true)
        LOADS(U32, 4, false)
        LOADS(I32, 4, true)
        LOADS(U64, 8, false)
        STORES(U8, 1)
        STORES(U16, 2)
        STORES(U32, 4)
        STORES(U64, 8)
    }
#undef LOADS
#undef STORES
    return (struct pvm_eval_access){0};
}

/* What is under way. */
struct step {
    struct pvm_eval_program *program;
    struct pvm_eval_machine *machine;
    const struct pvm_eval_memory *memory;
    struct pvm_eval_effect *effect;
    enum pvm_op op;
    struct operands o;
    uint64_t next;
};

/* Epsilon-mu. Indices are looked at in order before they are taken mod 2^32. */
static enum pvm_exit refused(const struct step *s, uint64_t addr,
                             const struct pvm_eval_access *access)
{
    enum pvm_access wanted = access->is_store ? PVM_WRITE : PVM_READ;
    for (uint64_t i = 0; i < access->width; i++) {
        uint64_t index = (addr + i) % TWO_32;
        if (index < LOW_ADDRESSES)
            return PVM_EXIT_PANIC;
        uint32_t page = (uint32_t)(index / PVM_PAGE_SIZE);
        enum pvm_access allowed = s->memory->access(s->memory->user, page);
        if (wanted == PVM_WRITE ? allowed == PVM_WRITE : allowed != PVM_NO_ACCESS)
            continue;
        s->effect->arg = (uint64_t)page * PVM_PAGE_SIZE;
        return PVM_EXIT_FAULT;
    }
    return PVM_EXIT_CONTINUE;
}

static void set_register(struct step *s, unsigned reg, uint64_t value)
{
    s->machine->regs[reg] = value;
    s->effect->written = reg;
}

/* Where a load or store goes and, of a store, what. */
static uint64_t address_of(const struct step *s, uint64_t *stored)
{
    const uint64_t *regs = s->machine->regs;
    const struct operands *o = &s->o;
    switch ((enum pvm_form)pvm_op_table[s->op].form) {
    case PVM_FORM_II:
        *stored = o->y;
        return o->x;
    case PVM_FORM_RII:
        *stored = o->y;
        return regs[o->a] + o->x;
    case PVM_FORM_RRI:
        *stored = regs[o->a];
        return regs[o->b] + o->x;
    default: /* RI is the only other form that accesses memory */
        *stored = regs[o->a];
        return o->x;
    }
}

static enum pvm_exit access_memory(struct step *s, struct pvm_eval_access access)
{
    const struct pvm_eval_memory *memory = s->memory;
    struct pvm_eval_effect *effect = s->effect;
    uint64_t value = 0;
    uint64_t addr = address_of(s, &value) % TWO_32;
    enum pvm_exit exit = refused(s, addr, &access);
    if (exit != PVM_EXIT_CONTINUE)
        return exit;
    effect->access = access;
    effect->addr = (uint32_t)addr;
    effect->value = 0;
    for (unsigned i = 0; i < access.width; i++) {
        uint32_t at = (uint32_t)((addr + i) % TWO_32);
        uint64_t octet =
            access.is_store ? (value >> (8 * i)) % 256 : memory->load(memory->user, at);
        if (access.is_store)
            memory->store(memory->user, at, (uint8_t)octet);
        effect->value += octet << (8 * i);
    }
    if (!access.is_store)
        set_register(s, s->o.a,
                     access.is_signed ? pvm_eval_extend(access.width, effect->value)
                                      : effect->value);
    return PVM_EXIT_CONTINUE;
}

/* The heap's old end, and 0 when it cannot grow that far. */
static void sbrk_pages(struct step *s)
{
    struct pvm_eval_machine *m = s->machine;
    uint64_t top = m->heap_top;
    uint64_t wish = m->regs[s->o.a];
    bool fits = wish <= m->heap_limit && top + wish <= m->heap_limit;
    if (fits) {
        uint64_t first = (top + PVM_PAGE_SIZE - 1) / PVM_PAGE_SIZE;
        uint64_t end = (top + wish + PVM_PAGE_SIZE - 1) / PVM_PAGE_SIZE;
        if (end > first)
            s->memory->open(s->memory->user, (uint32_t)first, (uint32_t)(end - first));
        m->heap_top = (uint32_t)(top + wish);
    }
    set_register(s, s->o.d, fits ? top : 0);
}

/* ---- jumps ---- */

static enum pvm_exit jump(struct step *s, uint64_t target)
{
    if (!is_start(s->program, target))
        return PVM_EXIT_PANIC;
    s->next = target;
    return PVM_EXIT_CONTINUE;
}

/* branch(b, C). GP 0.8.0 A.4: both sides must be good whatever C is. */
static enum pvm_exit branch(struct step *s, uint64_t target, bool condition)
{
    bool both = is_start(s->program, target) && is_start(s->program, s->next);
    if (s->program->rules->strict && !both)
        return PVM_EXIT_PANIC;
    return condition ? jump(s, target) : PVM_EXIT_CONTINUE;
}

/* djump(a) */
static enum pvm_exit jump_dynamic(struct step *s, uint64_t a)
{
    const struct pvm_eval_program *p = s->program;
    uint64_t target;
    if (a == HALT_ADDRESS)
        return PVM_EXIT_HALT;
    if (a == 0 || a % DRIFT != 0 || a / DRIFT > p->jump_count ||
        !jump_entry(p, a / DRIFT - 1, &target))
        return PVM_EXIT_PANIC;
    return jump(s, target);
}

/* ---- one instruction ---- */

/* Instructions that neither compute a value, branch on a condition nor access memory. */
static enum pvm_exit execute_other(struct step *s)
{
    uint64_t *regs = s->machine->regs;
    const struct operands *o = &s->o;
    uint64_t base;
    switch ((int)s->op) {
    case PVM_OP_FALLTHROUGH:
        return s->program->rules->strict ? jump(s, s->next) : PVM_EXIT_CONTINUE;
    case PVM_OP_UNLIKELY:
        return PVM_EXIT_CONTINUE;
    case PVM_OP_ECALLI:
        s->effect->arg = o->x;
        return PVM_EXIT_HOST;
    case PVM_OP_LOAD_IMM_64:
    case PVM_OP_LOAD_IMM:
        set_register(s, o->a, o->x);
        return PVM_EXIT_CONTINUE;
    case PVM_OP_JUMP:
        return jump(s, o->x);
    case PVM_OP_JUMP_IND:
        return jump_dynamic(s, (regs[o->a] + o->x) % TWO_32);
    case PVM_OP_LOAD_IMM_JUMP:
        set_register(s, o->a, o->x);
        return jump(s, o->y);
    case PVM_OP_LOAD_IMM_JUMP_IND:
        base = regs[o->b];
        set_register(s, o->a, o->x);
        return jump_dynamic(s, (base + o->y) % TWO_32);
    case PVM_OP_SBRK:
        sbrk_pages(s);
        return PVM_EXIT_CONTINUE;
    }
    return PVM_EXIT_PANIC; /* trap */
}

static enum pvm_exit execute(struct step *s)
{
    const uint64_t *regs = s->machine->regs;
    const struct operands *o = &s->o;
    enum pvm_form form = (enum pvm_form)pvm_op_table[s->op].form;
    struct pvm_eval_access access = pvm_eval_access(s->op);
    if (access.width != 0)
        return access_memory(s, access);
    bool is_branch;
    bool taken =
        pvm_eval_condition(s->op, regs[o->a], form == PVM_FORM_RIO ? o->x : regs[o->b], &is_branch);
    if (is_branch)
        return branch(s, form == PVM_FORM_RIO ? o->y : o->x, taken);
    unsigned to = form == PVM_FORM_RRI ? o->a : o->d;
    uint64_t value;
    bool computes = form == PVM_FORM_RRI
                        ? pvm_eval_value(s->op, regs[o->b], o->x, regs[o->a], &value)
                        : pvm_eval_value(s->op, regs[o->a], regs[o->b], regs[o->d], &value);
    if (!computes)
        return execute_other(s);
    set_register(s, to, value);
    return PVM_EXIT_CONTINUE;
}

/* Gas of the instruction: 1 each (GP 0.7.2 A.5), or what entering its block costs (GP 0.8.0 A.4),
 * whose start is the greatest one not above it. */
static uint64_t gas_of(struct pvm_eval_program *p, const struct pvm_eval_machine *machine)
{
    if (p->rules->gas == PVM_GAS_FLAT)
        return 1;
    if (machine->paid)
        return 0;
    uint64_t start = machine->pc < p->code.len ? machine->pc : p->code.len;
    while (start > 0 && !is_start(p, start))
        start--;
    if (p->costs[start] == 0)
        p->costs[start] = pvm_gas_block_cost(p->priced, (uint32_t)start, NULL, NULL);
    return p->costs[start];
}

enum pvm_exit pvm_evaluate(struct pvm_eval_program *program, struct pvm_eval_machine *machine,
                           const struct pvm_eval_memory *memory, struct pvm_eval_effect *effect)
{
    uint64_t next = machine->pc + 1 + skip(program, machine->pc);
    *effect = (struct pvm_eval_effect){
        .op = op_at(program, machine->pc), .next = next, .written = PVM_REG_COUNT};
    if (program->rules->strict &&
        (!program->valid || valid_op(program, machine->pc) == PVM_OP_COUNT))
        return PVM_EXIT_PANIC;
    uint64_t gas = gas_of(program, machine);
    if (machine->gas < gas)
        return PVM_EXIT_OOG;
    machine->gas -= gas;
    machine->paid = program->rules->gas == PVM_GAS_BLOCK;
    struct step s = {program, machine, memory, effect, effect->op, {0}, next};
    if (is_opcode(program, machine->pc))
        s.o = operands_at(program, machine->pc, s.op);
    enum pvm_exit exit = execute(&s);
    if (exit == PVM_EXIT_CONTINUE && pvm_op_table[s.op].terminator)
        machine->paid = false;
    if (exit == PVM_EXIT_CONTINUE || exit == PVM_EXIT_HOST)
        machine->pc = s.next;
    return exit;
}
