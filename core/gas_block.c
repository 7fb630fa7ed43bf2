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

#include "core/predecode.h"

#include <stddef.h>

enum {
    BUFFER = 32,      /* instructions in flight */
    DECODE_SLOTS = 4, /* a column */
    STARTS = 5,       /* a column */
    HORIZON = 64,     /* columns; more than any latency */
    FAST_BRANCH = 1,  /* a branch with `unlikely` or `trap` on one side */
    SLOW_BRANCH = 20,
    NO_REGISTER = 15
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

/* What the decoder needs to know of the next instruction. */
struct demand {
    enum pvm_op op;
    uint8_t a, b, d;
    uint8_t from_a, from_b, from_d; /* registers read as A, B and D, NO_REGISTER for none */
    uint8_t to;                     /* register written */
    unsigned slots;
    uint32_t cycles;
};

struct pipeline {
    const struct pvm_program *program;
    uint32_t index;    /* record of the next instruction */
    uint32_t start;    /* position of the block */
    uint32_t pc, next; /* of the next instruction, unless it is an implicit trap, and of */
    struct pvm_opcode_walk walk; /* the one behind it */
    bool decoding;               /* instructions are left */
    struct demand demand;        /* of the next one */
    uint32_t column;
    uint32_t head, live;    /* the buffer as a ring */
    uint32_t last;          /* column of the latest result */
    uint32_t fresh;         /* decoded in this column: may start in the next */
    uint32_t waiting;       /* for results */
    uint32_t ready;         /* for units */
    uint32_t missing;       /* entries whose result is not there yet */
    unit_counts units;      /* free now */
    uint32_t owners[16];    /* entries that a register's value comes from */
    bool reused;            /* a second instruction has, or will have, a place in the buffer */
    uint32_t done[HORIZON]; /* entries finished by column, as a ring */
    struct entry buffer[BUFFER];
    /* Observed runs only. */
    pvm_gas_observer observer;
    void *user;
    uint32_t retired; /* column of the latest retirement */
    struct pvm_gas_step steps[BUFFER];
};

/* ---- what an instruction asks for ---- */

/* The register of an operand that is in set, else NO_REGISTER: a record has other things there. */
static uint8_t register_in(unsigned set, unsigned operand, unsigned reg)
{
    return (uint8_t)((set & operand) != 0 ? reg : NO_REGISTER);
}

/* Whether the raw octet at a position, of code that goes on in zeros, makes a branch cheap. */
static bool hints_unlikely(const struct pvm_program *program, uint64_t pos)
{
    uint8_t octet = pos < program->code_len ? program->code[pos] : 0;
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, octet);
    return op == PVM_OP_TRAP || op == PVM_OP_UNLIKELY;
}

/* What a branch costs depends on what both its sides begin with. */
static uint32_t branch_cycles(const struct pvm_program *program, enum pvm_form form, uint32_t pc,
                              unsigned skip)
{
    struct pvm_operands ops;
    pvm_operands_decode(form, program->code, pc, skip, &ops);
    uint64_t target = pvm_form_target(form) == 'X' ? ops.x : ops.y;
    bool cheap =
        hints_unlikely(program, (uint64_t)pc + 1 + skip) || hints_unlikely(program, target);
    return cheap ? FAST_BRANCH : SLOW_BRANCH;
}

/* A trap as it stands in the code: its record may stand for a branch of which strict rules make
 * one, or for what is no instruction at all. */
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
    if (info->cycles == PVM_CYCLES_BRANCH)
        demand->cycles =
            branch_cycles(program, (enum pvm_form)info->form, pc, pvm_program_skip(program, pc));
}

/* Whether the block model counts the destination of a conditional move among its sources. */
static bool reads_destination(const struct pvm_program *program, enum pvm_op op)
{
    return program->rules->cmov_reads_destination &&
           (op == PVM_OP_CMOV_IZ || op == PVM_OP_CMOV_NZ || op == PVM_OP_CMOV_IZ_IMM ||
            op == PVM_OP_CMOV_NZ_IMM);
}

/* Looks at the next instruction. What it is, is unpredictable: hardly a branch depends on it. */
static void read_demand(struct pipeline *p)
{
    const struct pvm_insn *insn = &p->program->insns[p->index];
    struct demand *demand = &p->demand;
    demand->op = (enum pvm_op)insn->op;
    demand->a = insn->a;
    demand->b = insn->b;
    demand->d = insn->d;
    const struct pvm_op_info *info = &pvm_op_table[demand->op];
    demand->cycles = info->cycles;
    if (demand->op == PVM_OP_TRAP) {
        look_at_code(p, demand);
        info = &pvm_op_table[demand->op];
    } else if (demand->cycles == PVM_CYCLES_BRANCH) {
        demand->cycles =
            branch_cycles(p->program, (enum pvm_form)info->form, p->pc, p->next - p->pc - 1);
    }
    unsigned reads = info->reads, writes = info->writes;
    unsigned to = register_in(writes, PVM_A, demand->a) & register_in(writes, PVM_D, demand->d);
    demand->to = (uint8_t)to;
    demand->from_a = register_in(reads, PVM_A, demand->a);
    demand->from_b = register_in(reads, PVM_B, demand->b);
    demand->from_d = register_in(reads, PVM_D, demand->d);
    bool any = (to != NO_REGISTER) &
               ((demand->from_a == to) | (demand->from_b == to) | (demand->from_d == to));
    bool one = demand->a == demand->d;
    demand->slots =
        (info->slot_rule == PVM_SLOTS_ONE ? one : any) ? info->slots_same : info->slots_other;
    if (reads_destination(p->program, demand->op))
        demand->from_d = demand->to;
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
    const struct pvm_op_info *info = &pvm_op_table[demand->op];
    uint32_t self = UINT32_C(1) << slot;
    struct entry *entry = &p->buffer[slot];
    if (p->reused)
        for (unsigned r = 0; r < 16; r++)
            p->owners[r] &= ~self; /* of the slot's last user */
    p->reused = p->reused || slot == BUFFER - 1;
    uint32_t needs =
        p->owners[demand->from_a] | p->owners[demand->from_b] | p->owners[demand->from_d];
    p->owners[demand->to] = self;
    p->owners[NO_REGISTER] = 0;
    entry->needs = needs & p->missing;
    entry->cycles = demand->cycles;
    memcpy(&entry->units, info->units, sizeof entry->units);
    p->missing |= self;
    p->fresh |= self;
    p->live++;
}

/* Takes the next instruction if this column has slots and the buffer room for it. */
static bool decode(struct pipeline *p, unsigned *slots)
{
    const struct demand *demand = &p->demand;
    if (demand->slots > *slots || p->live == BUFFER)
        return false;
    *slots -= demand->slots;
    unsigned slot = (p->head + p->live) % BUFFER;
    if (p->observer != NULL)
        note_decoded(p, slot, demand->op);
    if (demand->op == PVM_OP_MOVE_REG)
        /* Renaming: whoever makes the source makes the destination too. */
        p->owners[demand->d] = p->owners[demand->a];
    else
        enter_buffer(p, demand, slot);
    p->decoding = !pvm_op_table[demand->op].terminator;
    if (!p->decoding)
        return true;
    p->index++;
    p->index += p->program->insns[p->index].op == PVM_REC_CHARGE;
    p->pc = p->next;
    p->next = pvm_opcode_next(&p->walk);
    read_demand(p);
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
        p->last = entry->finished > p->last ? entry->finished : p->last;
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

uint64_t pvm_gas_cost_of(const struct pvm_program *program, uint32_t index, uint32_t pc,
                         pvm_gas_observer observer, void *user)
{
    static const uint8_t all_units[8] = {4, 4, 4, 1, 1};
    struct pipeline p;
    memset(&p, 0, offsetof(struct pipeline, buffer));
    p.program = program;
    p.index = index;
    p.start = p.pc = pc;
    p.walk = pvm_opcode_walk(program, pc + 1);
    p.next = pvm_opcode_next(&p.walk);
    p.decoding = true;
    read_demand(&p);
    p.observer = observer;
    p.user = user;
    p.retired = 0;
    memcpy(&p.units, all_units, sizeof p.units);
    for (;;) {
        unsigned slots = DECODE_SLOTS;
        while (p.decoding && decode(&p, &slots))
            continue;
        start(&p);
        if (!p.decoding && (observer == NULL ? p.fresh | p.waiting | p.ready : p.live) == 0)
            break;
        advance(&p);
        finish(&p);
        if (p.live == BUFFER || observer != NULL) /* else nobody asks who has left */
            retire(&p);
    }
    return p.last > 2 ? p.last - 1 : 1;
}

uint64_t pvm_gas_block_cost(const struct pvm_program *program, uint32_t pc,
                            pvm_gas_observer observer, void *user)
{
    uint32_t index = pvm_program_index(program, pc);
    if (index == 0)
        return pvm_op_table[PVM_OP_TRAP].cycles; /* a trap alone costs its latency */
    return pvm_gas_cost_of(program, index, pc, observer, user);
}
