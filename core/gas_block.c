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

enum {
    BUFFER = 32,       /* instructions in flight */
    DECODE_SLOTS = 4,  /* a column */
    STARTS = 5,        /* a column */
    HORIZON = 128,     /* more than any latency */
    FAST_BRANCH = 1,   /* a branch with `unlikely` or `trap` on one side */
    SLOW_BRANCH = 20
};

/* An instruction in the buffer. */
struct entry {
    uint32_t needs;    /* buffer entries whose results are still missing */
    uint32_t finished; /* column, once started */
    uint8_t cycles;
    const uint8_t *units; /* PVM_UNIT_COUNT */
    struct pvm_gas_step step;
};

struct pipeline {
    const struct pvm_program *program;
    pvm_gas_observer observer;
    void *user;
    bool decoding; /* instructions are left */
    uint64_t pc;   /* the next one */
    uint32_t column;
    uint32_t head, live; /* the buffer as a ring */
    uint32_t last;       /* column of the latest result */
    uint32_t retired;    /* column of the latest retirement */
    uint32_t fresh;      /* decoded in this column: may start in the next */
    uint32_t waiting;    /* for results */
    uint32_t ready;      /* for units */
    uint32_t missing;    /* entries whose result is not there yet */
    uint32_t owners[PVM_REG_COUNT]; /* entries that a register's value comes from */
    uint32_t done[HORIZON];         /* entries finished by column, as a ring */
    uint8_t units[PVM_UNIT_COUNT];  /* free now */
    struct entry buffer[BUFFER];
};

/* ---- what an instruction asks for ---- */

static unsigned reg_mask(uint8_t set, const struct pvm_operands *ops)
{
    return ((set & PVM_A) != 0 ? 1u << ops->a : 0) | ((set & PVM_B) != 0 ? 1u << ops->b : 0) |
           ((set & PVM_D) != 0 ? 1u << ops->d : 0);
}

static unsigned slots_of(const struct pvm_op_info *info, const struct pvm_operands *ops)
{
    bool same = false;
    if (info->slot_rule == PVM_SLOTS_ANY)
        same = (reg_mask(info->reads, ops) & reg_mask(info->writes, ops)) != 0;
    else if (info->slot_rule == PVM_SLOTS_ONE)
        same = ops->a == ops->d;
    return same ? info->slots_same : info->slots_other;
}

/* Whether the raw octet at a position, of code that goes on in zeros, makes a branch cheap. */
static bool hints_unlikely(const struct pvm_program *program, uint64_t pos)
{
    uint8_t octet = pos < program->code_len ? program->code[pos] : 0;
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, octet);
    return op == PVM_OP_TRAP || op == PVM_OP_UNLIKELY;
}

static uint8_t cycles_of(const struct pvm_program *program, const struct pvm_op_info *info,
                         const struct pvm_operands *ops, uint64_t next)
{
    if (info->cycles != PVM_CYCLES_BRANCH)
        return info->cycles;
    uint64_t target = pvm_form_target((enum pvm_form)info->form) == 'X' ? ops->x : ops->y;
    return hints_unlikely(program, next) || hints_unlikely(program, target) ? FAST_BRANCH
                                                                            : SLOW_BRANCH;
}

/* ---- the three stages ---- */

/* Takes the instruction at p->pc if this column has slots and the buffer room for it. */
static bool decode(struct pipeline *p, unsigned *slots)
{
    enum pvm_op op = pvm_program_op(p->program, p->pc);
    const struct pvm_op_info *info = &pvm_op_table[op];
    struct pvm_operands ops = {0};
    uint64_t next = p->pc + 1;
    if (pvm_program_is_opcode(p->program, p->pc)) {
        unsigned skip = pvm_program_skip(p->program, (uint32_t)p->pc);
        pvm_operands_decode((enum pvm_form)info->form, p->program->code, (uint32_t)p->pc, skip,
                            &ops);
        next += skip;
    }
    unsigned need = slots_of(info, &ops);
    if (need > *slots || p->live == BUFFER)
        return false;
    *slots -= need;
    struct pvm_gas_step step = {.pc = (uint32_t)p->pc, .op = op, .decoded = p->column};
    p->decoding = !info->terminator;
    if (op == PVM_OP_MOVE_REG) {
        /* Renaming: whoever makes the source makes the destination too. */
        p->owners[ops.d] = p->owners[ops.a];
        if (p->observer != NULL)
            p->observer(p->user, &step);
        p->pc = next;
        return true;
    }

    unsigned slot = (p->head + p->live++) % BUFFER;
    uint32_t self = UINT32_C(1) << slot;
    uint8_t sources = info->reads;
    if (p->program->rules->cmov_reads_destination && (op == PVM_OP_CMOV_IZ || op == PVM_OP_CMOV_NZ ||
                                                      op == PVM_OP_CMOV_IZ_IMM ||
                                                      op == PVM_OP_CMOV_NZ_IMM))
        sources |= info->writes;
    unsigned reads = reg_mask(sources, &ops);
    unsigned writes = reg_mask(info->writes, &ops);
    struct entry *entry = &p->buffer[slot];
    *entry = (struct entry){.cycles = cycles_of(p->program, info, &ops, next),
                            .units = info->units,
                            .step = step};
    entry->step.in_buffer = true;
    for (unsigned r = 0; r < PVM_REG_COUNT; r++) {
        p->owners[r] &= ~self; /* of the slot's last user */
        entry->needs |= (reads >> r & 1) != 0 ? p->owners[r] : 0;
    }
    entry->needs &= p->missing;
    for (unsigned r = 0; r < PVM_REG_COUNT; r++) {
        if ((writes >> r & 1) != 0)
            p->owners[r] = self;
    }
    p->missing |= self;
    p->fresh |= self;
    p->pc = next;
    return true;
}

static bool take_units(struct pipeline *p, const uint8_t *units)
{
    for (unsigned i = 0; i < PVM_UNIT_COUNT; i++) {
        if (units[i] > p->units[i])
            return false;
    }
    for (unsigned i = 0; i < PVM_UNIT_COUNT; i++)
        p->units[i] = (uint8_t)(p->units[i] - units[i]);
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
        entry->step.started = p->column;
        entry->finished = p->column + entry->cycles;
        p->done[entry->finished % HORIZON] |= UINT32_C(1) << slot;
        if (entry->finished > p->last)
            p->last = entry->finished;
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
    for (uint32_t set = done; set != 0; set &= set - 1) {
        const uint8_t *units = p->buffer[__builtin_ctz(set)].units;
        for (unsigned i = 0; i < PVM_UNIT_COUNT; i++)
            p->units[i] = (uint8_t)(p->units[i] + units[i]);
    }
    uint32_t fresh = p->fresh;
    p->waiting |= fresh;
    p->fresh = 0;
    sort_out(p, done != 0 ? p->waiting : fresh);
}

/* Entries whose retirement is over leave the buffer, in order. */
static void retire(struct pipeline *p)
{
    while (p->live != 0 && (p->missing >> p->head & 1) == 0 &&
           p->buffer[p->head].finished + 2 <= p->column) {
        struct pvm_gas_step *step = &p->buffer[p->head].step;
        step->finished = p->buffer[p->head].finished;
        if (step->finished + 1 > p->retired)
            p->retired = step->finished + 1;
        step->retired = p->retired;
        if (p->observer != NULL)
            p->observer(p->user, step);
        p->head = (p->head + 1) % BUFFER;
        p->live--;
    }
}

uint64_t pvm_gas_block_cost(const struct pvm_program *program, uint32_t pc,
                            pvm_gas_observer observer, void *user)
{
    struct pipeline p = {.program = program,
                         .observer = observer,
                         .user = user,
                         .decoding = true,
                         .pc = pc,
                         .units = {4, 4, 4, 1, 1}};
    for (;;) {
        unsigned slots = DECODE_SLOTS;
        while (p.decoding && decode(&p, &slots))
            continue;
        start(&p);
        if (!p.decoding && (observer == NULL ? p.fresh + p.waiting + p.ready : p.live) == 0)
            break;
        p.column++;
        finish(&p);
        retire(&p);
    }
    return p.last > 2 ? p.last - 1 : 1;
}
