/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predecoding in two passes over the opcode mask: the first finds where blocks and segments start
 * (GP 0.7.2 A.3), the second writes the records.
 */
#include "core/predecode.h"

#include "core/interp.h"

/* ---- how control leaves an instruction ---- */

enum flow {
    FLOW_NEXT,    /* on to the next instruction, same segment */
    FLOW_SEGMENT, /* on to the next instruction, new segment */
    FLOW_NEVER    /* never to the next instruction */
};

/* Of an entry of pvm_op_octets; an unknown opcode acts as a trap. */
static enum flow flow_of(unsigned entry)
{
    switch (entry) {
    case 0:
    case 1 + PVM_OP_TRAP:
    case 1 + PVM_OP_JUMP:
    case 1 + PVM_OP_JUMP_IND:
    case 1 + PVM_OP_LOAD_IMM_JUMP:
    case 1 + PVM_OP_LOAD_IMM_JUMP_IND:
        return FLOW_NEVER;
    case 1 + PVM_OP_ECALLI:
        return FLOW_SEGMENT;
    default:
        return pvm_op_table[entry - 1].terminator ? FLOW_SEGMENT : FLOW_NEXT;
    }
}

static bool ends_block(unsigned entry)
{
    return entry != 0 && pvm_op_table[entry - 1].terminator;
}

/* ---- first pass ---- */

/* What an opcode octet says of the instructions that follow it. */
enum mark {
    MARK_STOPS = 1, /* its segment ends */
    MARK_ENDS = 2,  /* its block ends */
    MARK_TRAPS = 4, /* where no instruction follows there is an implicit trap */
    MARK_KNOWN = 8
};

struct scan {
    struct pvm_program *program;
    uint8_t marks[256]; /* sets of enum mark, by opcode octet */
    uint32_t last;      /* position of the instruction looked at last, NOWHERE: none yet */
    unsigned before;    /* its marks */
    unsigned all;       /* those that all have had so far */
    bool gaps;          /* further apart than an instruction is long */
};

enum { LONGEST = 1 + PVM_MAX_SKIP }; /* octets of an instruction */
#define NOWHERE UINT32_MAX

static void set_bit(uint64_t *bits, uint64_t pos)
{
    bits[pos / 64] |= UINT64_C(1) << (pos % 64);
}

static void learn_marks(struct scan *s, const uint8_t *octets)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        unsigned entry = octets[octet];
        enum flow flow = flow_of(entry);
        s->marks[octet] =
            (uint8_t)((flow != FLOW_NEXT ? MARK_STOPS : 0) | (ends_block(entry) ? MARK_ENDS : 0) |
                      (flow != FLOW_NEVER ? MARK_TRAPS : 0) | (entry != 0 ? MARK_KNOWN : 0));
    }
}

/* An implicit trap, at after, where the last instruction goes on but none is. */
static void trap_behind(struct scan *s, uint32_t after)
{
    if ((s->before & MARK_TRAPS) == 0)
        return;
    set_bit(s->program->records.bits, after);
    if ((s->before & MARK_STOPS) != 0)
        set_bit(s->program->charges.bits, after);
}

/* The instructions of a word of the mask. Which of them start a segment or a block is
 * unpredictable, and so is put together without branches. */
static void scan_word(struct scan *s, uint32_t word)
{
    struct pvm_program *p = s->program;
    const uint8_t *octets = p->code + (size_t)word * 64;
    uint64_t charges = 0, starts = 0;
    unsigned before = s->before, all = s->all;
    uint32_t last = s->last;
    for (uint64_t bits = p->opcode_mask[word]; bits != 0; bits &= bits - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(bits);
        uint32_t pos = word * 64 + bit;
        if (pos - last > LONGEST && last != NOWHERE) {
            s->before = before;
            s->gaps = true;
            trap_behind(s, last + LONGEST);
            before = MARK_STOPS;
        }
        unsigned marks = s->marks[octets[bit]];
        charges |= (uint64_t)(before & MARK_STOPS) << bit;
        starts |= (uint64_t)(before / MARK_ENDS & marks / MARK_KNOWN & 1) << bit;
        all &= marks;
        before = marks;
        last = pos;
    }
    p->charges.bits[word] |= charges;
    p->block_starts[word] |= starts;
    s->before = before;
    s->all = all;
    s->last = last;
}

static void find_starts(struct scan *s)
{
    struct pvm_program *p = s->program;
    uint32_t words = pvm_position_words(p);
    memcpy(p->records.bits, p->opcode_mask, words * sizeof(uint64_t));
    bool at_0 = pvm_program_is_opcode(p, 0);
    s->last = NOWHERE;
    s->before = MARK_STOPS | (at_0 ? MARK_ENDS : 0);
    s->all = MARK_KNOWN;
    for (uint32_t word = 0; word < words; word++)
        scan_word(s, word);
    if (s->last == NOWHERE)
        return;
    uint32_t left = p->code_len - s->last;
    trap_behind(s, s->last + (left < LONGEST ? left : LONGEST));
    /* GP 0.8.0 A.1: known instructions from position 0 on without gaps, the last one a terminator.
     */
    p->valid =
        at_0 && !s->gaps && left <= LONGEST && s->all == MARK_KNOWN && (s->before & MARK_ENDS) != 0;
}

static uint32_t count_bits(const uint64_t *bits, uint32_t words)
{
    uint32_t count = 0;
    for (uint32_t w = 0; w < words; w++)
        count += (uint32_t)__builtin_popcountll(bits[w]);
    return count;
}

/* Fills in the ranks; returns how many members there are. */
static uint32_t count_ranks(struct pvm_posset *set, uint32_t words)
{
    uint32_t count = 0;
    for (uint32_t w = 0; w < words; w++) {
        set->ranks[w] = count;
        count += (uint32_t)__builtin_popcountll(set->bits[w]);
    }
    return count;
}

/* ---- second pass ---- */

static uint32_t skip_of(uint32_t pc, uint32_t next)
{
    return next - pc - 1 < PVM_MAX_SKIP ? next - pc - 1 : PVM_MAX_SKIP;
}

/* What an opcode octet stands for. Operands of forms whose immediate, if any, is X behind the
 * opcode and `before` octets of registers are placed without asking which form it is. */
struct shape {
    uint8_t op, flow;
    uint8_t simple : 1;
    uint8_t plain : 1;  /* simple, and goes on to the next instruction */
    uint8_t turned : 1; /* RR: A is the high nibble, D the low one */
    uint8_t before;
    uint32_t x_mask; /* all ones when there is an X */
};

/* Operands A, B and D as the octet that names the first two has them. */
struct registers {
    uint8_t a, b, d, none;
};

struct emit {
    struct pvm_program *program;
    struct shape shapes[256];
    struct registers registers[2][256]; /* by struct shape turned */
    uint32_t at;                        /* next record to write */
    uint32_t charge;                    /* the open segment's charge record */
    uint32_t count;                     /* instructions in it so far */
    uint32_t link;                      /* for the next charge record */
    bool open;                          /* the last record's segment goes on */
    struct pvm_buf literals;            /* uint64_t each */
    struct pvm_buf astray;              /* uint32_t each: records that jump to no block start */
};

static struct pvm_insn *put_record(struct emit *e, unsigned op)
{
    struct pvm_insn *insn = &e->program->insns[e->at++];
    *insn = (struct pvm_insn){.op = (uint8_t)op};
    return insn;
}

/* Writes the last segment's number of instructions, and its cost if that is the same. */
static void close_segment(struct emit *e)
{
    struct pvm_insn *charge = &e->program->insns[e->charge];
    charge->count = e->count;
    charge->cost += e->program->rules->gas == PVM_GAS_FLAT ? e->count : 0;
    e->count = 0;
}

static void put_charge(struct emit *e, uint32_t cost)
{
    if (e->count != 0)
        close_segment(e);
    e->charge = e->at;
    struct pvm_insn *insn = put_record(e, PVM_REC_CHARGE);
    insn->count = 0;
    insn->link = e->link;
    insn->cost = cost;
    e->link = 0;
}

/* Opens a segment where the last one ended, as the first pass did. Under the block model a block
 * pays when it is entered, what follows an ecalli in it no more. */
static void open_segment(struct emit *e)
{
    const struct pvm_program *p = e->program;
    if (e->open)
        return;
    bool paid = p->insns[e->at - 1].op == PVM_OP_ECALLI;
    put_charge(e, p->rules->gas == PVM_GAS_FLAT || paid ? 0 : PVM_COST_UNKNOWN);
    e->open = true;
}

static uint32_t way(uint32_t from, uint32_t to)
{
    return (to - from) * (uint32_t)sizeof(struct pvm_insn);
}

/* Way from the record at index to the one that a static jump there leads to; a jump to a position
 * that starts no block leads to a landing, which is yet to be written. */
static uint32_t way_to(struct emit *e, uint32_t index, uint64_t target)
{
    const struct pvm_program *p = e->program;
    if (pvm_program_is_block_start(p, target))
        return way(index, pvm_program_index(p, target));
    uint32_t nth = (uint32_t)(e->astray.len / sizeof index);
    pvm_buf_add(&e->astray, &index, sizeof index);
    return way(index, p->insn_count + 2 * nth + 1);
}

static int32_t put_literal(struct emit *e, uint64_t value)
{
    int32_t index = (int32_t)(e->literals.len / sizeof value);
    pvm_buf_add(&e->literals, &value, sizeof value);
    return index;
}

/* GP 0.8.0 A.4: a branch panics unless both of its sides start blocks, whatever its condition;
 * falling through panics unless the next position does. */
static bool has_bad_side(const struct pvm_program *p, enum pvm_op op, uint32_t next,
                         uint64_t target)
{
    unsigned entry = (unsigned)op + 1;
    if (!ends_block(entry) || flow_of(entry) == FLOW_NEVER)
        return false;
    bool falls = pvm_program_is_block_start(p, next);
    return !falls || (op != PVM_OP_FALLTHROUGH && !pvm_program_is_block_start(p, target));
}

/* Puts operands of any form where struct pvm_insn says. */
static void place_operands(struct emit *e, struct pvm_insn *insn, enum pvm_form form,
                           const struct pvm_operands *ops)
{
    uint32_t index = e->at - 1;
    insn->a = ops->a;
    insn->b = ops->b;
    insn->d = ops->d;
    insn->x = (int32_t)(uint32_t)ops->x;
    switch (form) {
    case PVM_FORM_N:
    case PVM_FORM_I:
    case PVM_FORM_RI:
    case PVM_FORM_RR:
    case PVM_FORM_RRI:
    case PVM_FORM_RRR:
        return;
    case PVM_FORM_O:
    case PVM_FORM_RRO:
        insn->x = (int32_t)way_to(e, index, ops->x);
        return;
    case PVM_FORM_RIO:
        e->link = way_to(e, index, ops->y);
        return;
    case PVM_FORM_RRII:
        e->link = (uint32_t)ops->y;
        return;
    case PVM_FORM_II:
    case PVM_FORM_RII:
        insn->x = put_literal(e, ops->y << 32 | (uint32_t)ops->x);
        return;
    case PVM_FORM_RE:
        insn->x = put_literal(e, ops->x);
        return;
    }
}

static uint8_t register_of(unsigned nibble)
{
    return (uint8_t)(nibble < PVM_REG_COUNT - 1 ? nibble : PVM_REG_COUNT - 1);
}

/* What a form does not have comes out as some valid register. */
static inline void place_simply(const struct emit *e, const uint8_t *p, uint32_t skip,
                                struct pvm_insn *insn)
{
    const struct shape *shape = &e->shapes[p[0]];
    struct registers registers = e->registers[shape->turned][p[1]];
    uint32_t len = skip > shape->before ? skip - shape->before : 0;
    unsigned shift = len < 4 ? 32 - 8 * len : 0;
    uint64_t octets = pvm_load_le64(p + 1 + shape->before) << 32 << shift;
    insn->op = shape->op;
    insn->a = registers.a;
    insn->b = registers.b;
    insn->d = shape->turned ? registers.d : register_of(p[2]);
    insn->x = (int32_t)((uint32_t)((int64_t)octets >> 32 >> shift) & shape->x_mask);
}

static void put_instruction(struct emit *e, uint32_t pc, uint32_t skip)
{
    const struct pvm_program *p = e->program;
    const struct shape *shape = &e->shapes[p->code[pc]];
    open_segment(e);
    e->open = shape->flow == FLOW_NEXT;
    e->count++;
    if (shape->simple) {
        place_simply(e, p->code + pc, skip, &p->insns[e->at++]);
    } else {
        enum pvm_op op = (enum pvm_op)shape->op;
        enum pvm_form form = (enum pvm_form)pvm_op_table[op].form;
        struct pvm_operands ops;
        pvm_operands_decode(form, p->code, pc, skip, &ops);
        if (p->rules->strict &&
            has_bad_side(p, op, pc + 1 + skip, form == PVM_FORM_RIO ? ops.y : ops.x))
            put_record(e, PVM_OP_TRAP);
        else
            place_operands(e, put_record(e, op), form, &ops);
    }
    if (shape->op == PVM_OP_ECALLI) {
        e->link = pc;
        p->insns[e->at - 1].a = (uint8_t)skip;
    }
}

static struct shape shape_of(enum pvm_op op)
{
    switch ((enum pvm_form)pvm_op_table[op].form) {
    case PVM_FORM_N:
        return (struct shape){.simple = op != PVM_OP_FALLTHROUGH}; /* strict rules look closer */
    case PVM_FORM_RRR:
        return (struct shape){.simple = true};
    case PVM_FORM_RR:
        return (struct shape){.simple = true, .turned = true};
    case PVM_FORM_I:
        return (struct shape){.simple = true, .x_mask = UINT32_MAX};
    case PVM_FORM_RI:
    case PVM_FORM_RRI:
        return (struct shape){.simple = true, .x_mask = UINT32_MAX, .before = 1};
    case PVM_FORM_RE:
    case PVM_FORM_II:
    case PVM_FORM_O:
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
    case PVM_FORM_RRO:
    case PVM_FORM_RRII:
        break;
    }
    return (struct shape){.simple = false};
}

static void learn_shapes(struct emit *e, const uint8_t *octets)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        enum pvm_op op = octets[octet] != 0 ? (enum pvm_op)(octets[octet] - 1) : PVM_OP_TRAP;
        e->shapes[octet] = shape_of(op);
        e->shapes[octet].op = (uint8_t)op;
        e->shapes[octet].flow = (uint8_t)flow_of(octets[octet]);
        e->shapes[octet].plain =
            e->shapes[octet].simple && e->shapes[octet].flow == (uint8_t)FLOW_NEXT;
        uint8_t low = register_of(octet & 15), high = register_of(octet >> 4);
        e->registers[false][octet] = (struct registers){.a = low, .b = high};
        e->registers[true][octet] = (struct registers){.a = high, .b = high, .d = low};
    }
}

/* Instructions of an open segment for as long as nothing but the next one follows. Takes and
 * returns the position of an instruction; *next is that of the one behind it. */
static uint32_t put_plain(struct emit *e, struct pvm_opcode_walk *at, uint32_t pc, uint32_t *next)
{
    struct pvm_opcode_walk walk = *at;
    const uint8_t *code = e->program->code;
    uint32_t end = e->program->code_len, behind = *next;
    struct pvm_insn *first = e->program->insns + e->at, *insn = first;
    while (e->shapes[code[pc]].plain && behind - pc <= PVM_MAX_SKIP + 1 && behind != end) {
        place_simply(e, code + pc, behind - pc - 1, insn++);
        pc = behind;
        behind = pvm_opcode_next(&walk);
    }
    e->at += (uint32_t)(insn - first);
    e->count += (uint32_t)(insn - first);
    *next = behind;
    *at = walk;
    return pc;
}

static void put_records(struct emit *e)
{
    struct pvm_program *p = e->program;
    put_record(e, PVM_OP_TRAP); /* index 0 stands for "none" */
    struct pvm_opcode_walk walk = pvm_opcode_walk(p, 0);
    for (uint32_t pc = pvm_opcode_next(&walk), next; pc < p->code_len; pc = next) {
        next = pvm_opcode_next(&walk);
        if (e->open)
            pc = put_plain(e, &walk, pc, &next);
        uint32_t after = pc + 1 + skip_of(pc, next);
        put_instruction(e, pc, skip_of(pc, next));
        if ((after != next || next == p->code_len) && pvm_position_in(p->records.bits, after)) {
            open_segment(e);
            e->count++;
            put_record(e, PVM_OP_TRAP);
            e->open = false;
        }
    }
    put_charge(e, 0); /* closes the last segment */
}

/* Records behind the code: a landing, with a charge of nothing, for each jump without target. */
static enum pvm_status put_landings(struct emit *e, struct pvm_err *err)
{
    struct pvm_program *p = e->program;
    PVM_TRY(pvm_buf_status(&e->astray, err));
    uint32_t count = (uint32_t)(e->astray.len / sizeof(uint32_t));
    size_t total = (size_t)p->insn_count + 2 * (size_t)count;
    struct pvm_insn *grown = pvm_alloc_resize(p->alloc, p->insns, total * sizeof *grown);
    if (grown == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a program of %zu records", total);
    p->insns = grown;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from;
        memcpy(&from, e->astray.ptr + i * sizeof from, sizeof from);
        put_charge(e, 0);
        struct pvm_insn *landing = put_record(e, PVM_REC_BAD_JUMP);
        landing->x = (int32_t)way(e->at - 1, from);
    }
    p->insn_count = (uint32_t)total;
    return PVM_OK;
}

static enum pvm_status emit_all(struct emit *e, struct pvm_err *err)
{
    struct pvm_program *p = e->program;
    put_records(e);
    PVM_TRY(put_landings(e, err));
    PVM_TRY(pvm_buf_status(&e->literals, err));
    p->literals = (void *)e->literals.ptr;
    e->literals = (struct pvm_buf){0};
    pvm_interp_link(p->layout, p->insns, p->insn_count);
    return PVM_OK;
}

/* Ways are 32 bits wide, and every instruction may need a charge and a landing. */
enum { MAX_RECORDS = INT32_MAX / (int)sizeof(struct pvm_insn) / 4 };

enum pvm_status pvm_predecode(struct pvm_program *program, struct pvm_err *err)
{
    struct pvm_program *p = program;
    uint32_t words = pvm_position_words(p);
    const uint8_t *octets = pvm_op_octets(p->rules->isa);
    struct scan s = {.program = p};
    learn_marks(&s, octets);
    find_starts(&s);
    p->instruction_count = count_bits(p->opcode_mask, words);
    p->block_count = count_bits(p->block_starts, words);
    uint32_t records = count_ranks(&p->records, words);
    uint32_t charges = count_ranks(&p->charges, words);
    if (records > MAX_RECORDS)
        return pvm_fail(err, PVM_E_LIMIT, "program of %u instructions, at most %d are supported",
                        records, MAX_RECORDS);

    p->insn_count = 1 + records + charges + 1;
    p->insns = pvm_alloc_get(p->alloc, p->insn_count * sizeof p->insns[0]);
    if (p->insns == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a program of %u records",
                        p->insn_count);
    pvm_alloc_settle(p->alloc, p->insns, p->insn_count * sizeof p->insns[0]);
    struct emit e = {.program = p, .literals = {.alloc = p->alloc}, .astray = {.alloc = p->alloc}};
    learn_shapes(&e, octets);
    enum pvm_status status = emit_all(&e, err);
    pvm_buf_deinit(&e.literals);
    pvm_buf_deinit(&e.astray);
    return status;
}
