/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline of GP 0.8.0 A.9, column by column. Where the paper keeps a state and a countdown for
 * each instruction, this keeps the column in which its result is there:
 *
 *     D====eeeeE--R     D decoded   = waiting   e executing   E result there   R retired
 *
 * An instruction may start one column after its decoding, once the results it needs are there; it
 * holds its units while executing, and leaves the buffer one column after R. The block's cost is
 * the column of the last R less 2, and at least 1.
 */
#include "core/gas.h"

#include <stddef.h>

enum {
    BUFFER = 32,       /* instructions in flight */
    DECODE_SLOTS = 4,  /* a column */
    STARTS = 5,        /* a column */
    HORIZON = 128,     /* more than any latency */
    FAST_BRANCH = 1,   /* a branch with `unlikely` or `trap` on one side */
    SLOW_BRANCH = 20
};

/* Counts of functional units as octets of one word, so that they add and compare at once. */
typedef uint64_t unit_counts;

#define UNIT_GUARDS UINT64_C(0x8080808080808080)

/* An instruction in the buffer. */
struct entry {
    uint32_t needs;    /* buffer entries whose results are still missing */
    uint32_t finished; /* column, once started */
    uint32_t cycles;
    unit_counts units;
};

struct pipeline {
    const struct pvm_program *program;
    uint32_t index; /* record of the next instruction */
    uint32_t start; /* position of the block */
    bool decoding;  /* instructions are left */
    uint32_t column;
    uint32_t head, live; /* the buffer as a ring */
    uint32_t last;       /* column of the latest result */
    uint32_t fresh;      /* decoded in this column: may start in the next */
    uint32_t waiting;    /* for results */
    uint32_t ready;      /* for units */
    uint32_t missing;    /* entries whose result is not there yet */
    unit_counts units;   /* free now */
    uint32_t owners[16]; /* entries that a register's value comes from */
    uint32_t done[HORIZON]; /* entries finished by column, as a ring */
    struct entry buffer[BUFFER];
    /* Observed runs only. */
    pvm_gas_observer observer;
    void *user;
    uint32_t retired; /* column of the latest retirement */
    struct pvm_gas_step steps[BUFFER];
};

/* ---- what an instruction asks for ---- */

/* What the decoder needs to know of the next instruction. */
struct demand {
    enum pvm_op op;
    uint8_t a, b, d;
    unsigned reads, writes; /* sets of registers */
    unsigned slots;
    uint32_t cycles;
};

static unsigned registers(uint8_t set, const struct demand *demand)
{
    return ((set & PVM_A) != 0 ? 1u << demand->a : 0) | ((set & PVM_B) != 0 ? 1u << demand->b : 0) |
           ((set & PVM_D) != 0 ? 1u << demand->d : 0);
}

/* Whether the raw octet at a position, of code that goes on in zeros, makes a branch cheap. */
static bool hints_unlikely(const struct pvm_program *program, uint64_t pos)
{
    uint8_t octet = pos < program->code_len ? program->code[pos] : 0;
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, octet);
    return op == PVM_OP_TRAP || op == PVM_OP_UNLIKELY;
}

/* The instruction as it stands in the code: a record may hold a trap where strict rules make one of
 * a branch. Only for terminators, one a block. */
static void look_at_code(const struct pipeline *p, struct demand *demand)
{
    const struct pvm_program *program = p->program;
    uint32_t pc = pvm_program_position_after(program, p->index, p->start);
    demand->op = pvm_program_op(program, pc);
    const struct pvm_op_info *info = &pvm_op_table[demand->op];
    demand->cycles = info->cycles;
    if (!pvm_program_is_opcode(program, pc))
        return;
    struct pvm_operands ops;
    pvm_program_operands(program, pc, &ops);
    demand->a = ops.a;
    demand->b = ops.b;
    if (info->cycles == PVM_CYCLES_BRANCH) {
        uint64_t target = pvm_form_target((enum pvm_form)info->form) == 'X' ? ops.x : ops.y;
        uint64_t next = (uint64_t)pc + 1 + pvm_program_skip(program, pc);
        bool cheap = hints_unlikely(program, next) || hints_unlikely(program, target);
        demand->cycles = cheap ? FAST_BRANCH : SLOW_BRANCH;
    }
}

static struct demand next_demand(const struct pipeline *p)
{
    const struct pvm_insn *insn = &p->program->insns[p->index];
    struct demand demand = {.op = (enum pvm_op)insn->op, .a = insn->a, .b = insn->b, .d = insn->d};
    const struct pvm_op_info *info = &pvm_op_table[demand.op];
    demand.cycles = info->cycles;
    if (info->terminator) {
        look_at_code(p, &demand);
        info = &pvm_op_table[demand.op];
    }
    demand.reads = registers(info->reads, &demand);
    demand.writes = registers(info->writes, &demand);
    bool same = info->slot_rule == PVM_SLOTS_ONE ? demand.a == demand.d
                                                 : (demand.reads & demand.writes) != 0;
    demand.slots = same ? info->slots_same : info->slots_other;
    return demand;
}

/* Whether the block model counts the destination of a conditional move among its sources. */
static bool reads_destination(const struct pvm_program *program, enum pvm_op op)
{
    return program->rules->cmov_reads_destination &&
           (op == PVM_OP_CMOV_IZ || op == PVM_OP_CMOV_NZ || op == PVM_OP_CMOV_IZ_IMM ||
            op == PVM_OP_CMOV_NZ_IMM);
}

/* ---- the three stages ---- */

static void note_decoded(struct pipeline *p, unsigned slot, enum pvm_op op)
{
    struct pvm_gas_step step = {.pc = pvm_program_position_after(p->program, p->index, p->start),
                                .op = op,
                                .decoded = p->column,
                                .in_buffer = op != PVM_OP_MOVE_REG};
    if (step.in_buffer)
        p->steps[slot] = step;
    else
        p->observer(p->user, &step);
}

/* Puts the instruction into the buffer. */
static void enter_buffer(struct pipeline *p, const struct demand *demand, unsigned slot)
{
    uint32_t self = UINT32_C(1) << slot;
    struct entry *entry = &p->buffer[slot];
    unsigned reads = demand->reads;
    if (reads_destination(p->program, demand->op))
        reads |= demand->writes;
    for (unsigned r = 0; r < 16; r++)
        p->owners[r] &= ~self; /* of the slot's last user */
    uint32_t needs = 0;
    for (; reads != 0; reads &= reads - 1)
        needs |= p->owners[__builtin_ctz(reads)];
    if (demand->writes != 0)
        p->owners[__builtin_ctz(demand->writes)] = self;
    entry->needs = needs & p->missing;
    entry->cycles = demand->cycles;
    memcpy(&entry->units, pvm_op_table[demand->op].units, sizeof entry->units);
    p->missing |= self;
    p->fresh |= self;
    p->live++;
}

/* Takes the next instruction if this column has slots and the buffer room for it. */
static bool decode(struct pipeline *p, unsigned *slots)
{
    struct demand demand = next_demand(p);
    if (demand.slots > *slots || p->live == BUFFER)
        return false;
    *slots -= demand.slots;
    unsigned slot = (p->head + p->live) % BUFFER;
    if (p->observer != NULL)
        note_decoded(p, slot, demand.op);
    if (demand.op == PVM_OP_MOVE_REG)
        /* Renaming: whoever makes the source makes the destination too. */
        p->owners[demand.d] = p->owners[demand.a];
    else
        enter_buffer(p, &demand, slot);
    p->decoding = !pvm_op_table[demand.op].terminator;
    p->index++;
    p->index += p->program->insns[p->index].op == PVM_REC_CHARGE;
    return true;
}

static bool take_units(struct pipeline *p, unit_counts units)
{
    if ((((p->units | UNIT_GUARDS) - units) & UNIT_GUARDS) != UNIT_GUARDS)
        return false;
    p->units -= units;
    return true;
}

/* Starts what is ready, oldest first. */
static void start(struct pipeline *p)
{
    unsigned left = STARTS;
    uint32_t head = p->head;
    uint64_t twice = (uint64_t)p->ready << 32 | p->ready;
    for (uint32_t order = (uint32_t)(twice >> head); order != 0 && left != 0; order &= order - 1) {
        unsigned slot = (head + (unsigned)__builtin_ctz(order)) % BUFFER;
        struct entry *entry = &p->buffer[slot];
        if (!take_units(p, entry->units))
            continue;
        left--;
        p->ready &= ~(UINT32_C(1) << slot);
        entry->finished = p->column + entry->cycles;
        p->done[entry->finished % HORIZON] |= UINT32_C(1) << slot;
        if (entry->finished > p->last)
            p->last = entry->finished;
        if (p->observer != NULL)
            p->steps[slot].started = p->column;
    }
}

/* Moves the entries of set that need nothing more from waiting to ready. */
static void sort_out(struct pipeline *p, uint32_t set)
{
    for (; set != 0; set &= set - 1) {
        unsigned slot = (unsigned)__builtin_ctz(set);
        p->buffer[slot].needs &= p->missing;
        uint32_t self = UINT32_C(1) << slot;
        if (p->buffer[slot].needs == 0) {
            p->waiting &= ~self;
            p->ready |= self;
        }
    }
}

/* Results that are there in the new column: their units are free, others may go on. */
static void finish(struct pipeline *p)
{
    uint32_t done = p->done[p->column % HORIZON];
    p->done[p->column % HORIZON] = 0;
    p->missing &= ~done;
    for (uint32_t set = done; set != 0; set &= set - 1)
        p->units += p->buffer[__builtin_ctz(set)].units;
    uint32_t fresh = p->fresh;
    p->waiting |= fresh;
    p->fresh = 0;
    sort_out(p, done != 0 ? p->waiting : fresh);
}

/* Whether the oldest instruction leaves the buffer in this column. */
static bool head_leaves(const struct pipeline *p)
{
    return p->live != 0 && (p->missing >> p->head & 1) == 0 &&
           p->buffer[p->head].finished + 2 <= p->column;
}

/* Entries whose retirement is over leave the buffer, in order. */
static void retire(struct pipeline *p)
{
    while (head_leaves(p)) {
        if (p->observer != NULL) {
            struct pvm_gas_step *step = &p->steps[p->head];
            step->finished = p->buffer[p->head].finished;
            if (step->finished + 1 > p->retired)
                p->retired = step->finished + 1;
            step->retired = p->retired;
            p->observer(p->user, step);
        }
        p->head = (p->head + 1) % BUFFER;
        p->live--;
    }
}

/* On to the next column; past those in which nothing can happen, when nothing waits but for results
 * and room. */
static void advance(struct pipeline *p)
{
    p->column++;
    if (p->fresh != 0 || p->ready != 0 || (p->decoding && p->live < BUFFER))
        return;
    while (p->done[p->column % HORIZON] == 0 && p->column < p->last && !head_leaves(p))
        p->column++;
}

uint64_t pvm_gas_block_cost(const struct pvm_program *program, uint32_t pc,
                            pvm_gas_observer observer, void *user)
{
    static const uint8_t all_units[8] = {4, 4, 4, 1, 1};
    struct pipeline p;
    memset(&p, 0, offsetof(struct pipeline, buffer));
    p.program = program;
    p.index = pvm_program_index(program, pc);
    p.start = pc;
    p.decoding = true;
    p.observer = observer;
    p.user = user;
    p.retired = 0;
    memcpy(&p.units, all_units, sizeof p.units);
    if (p.index == 0)
        return pvm_op_table[PVM_OP_TRAP].cycles; /* a trap alone costs its latency */
    for (;;) {
        unsigned slots = DECODE_SLOTS;
        while (p.decoding && decode(&p, &slots))
            continue;
        start(&p);
        if (!p.decoding && (observer == NULL ? p.fresh | p.waiting | p.ready : p.live) == 0)
            break;
        advance(&p);
        finish(&p);
        retire(&p);
    }
    return p.last > 2 ? p.last - 1 : 1;
}
