/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_diff.h"

#include "cmd/text.h"

#include <inttypes.h>
#include <stdio.h>

/* What a trace's "before" may mean, relative to the other's: the same, that the second's is what
 * the first's is after the instruction, or the other way round. */
enum meaning { SAME = 1, B_AFTER = 2, A_AFTER = 4, ANY = SAME | B_AFTER | A_AFTER };

struct side {
    struct cmd_trace_source *source;
    struct cmd_trace_record now, last; /* last: the instruction before, of the same machine */
    bool more, has_last;
    /* Against a log: what was read ahead behind an ecalli, its host call if has_call. */
    struct cmd_trace_record ahead;
    bool is_ahead, ahead_more, has_call;
    /* The last events, a ring, each with a reference to its program. */
    struct cmd_trace_record *kept;
    uint64_t count;
    unsigned size;
};

struct diff {
    struct side sides[2];
    unsigned pc, regs, gas; /* sets of enum meaning that are still possible */
    unsigned ignored;       /* enum cmd_trace_part, a bit each */
    struct pvm_buf what;    /* what differs */
    bool logs;              /* one of them is no trace of ours */
    const struct cmd_symbols *symbols;
};

/* ---- reading ---- */

static void remember(struct side *side)
{
    struct cmd_trace_record *place = &side->kept[side->count++ % side->size];
    pvm_program_free(place->program);
    *place = side->now;
    place->id = NULL;
    if (place->program != NULL)
        pvm_program_ref(place->program);
}

static enum pvm_status next(struct side *side, struct pvm_err *err)
{
    if (!side->is_ahead)
        return cmd_trace_source_next(side->source, &side->now, &side->more, err);
    side->is_ahead = false;
    side->now = side->ahead;
    side->more = side->ahead_more;
    return PVM_OK;
}

/* Logs may tell of an ecalli what holds behind its host call. What now borrows stays: the ring has
 * a reference to its program. */
static enum pvm_status look_ahead(struct side *side, struct pvm_err *err)
{
    side->has_call = false;
    if (!side->more || side->source->kin == CMD_TRACE_LOG || side->now.kind != CMD_TRACE_STEP ||
        side->now.op != PVM_OP_ECALLI)
        return PVM_OK;
    side->now.id = NULL;
    PVM_TRY(cmd_trace_source_next(side->source, &side->ahead, &side->ahead_more, err));
    side->is_ahead = true;
    side->has_call = side->ahead_more && side->ahead.kind == CMD_TRACE_CALL;
    return PVM_OK;
}

/* Whether the event is one that is compared. Logs have neither host calls nor an end: with one of
 * them those of the other are passed over. */
static bool counts(const struct diff *diff, const struct side *side)
{
    switch (side->now.kind) {
    case CMD_TRACE_STEP:
        return true;
    case CMD_TRACE_CALL:
        return !diff->logs && (diff->ignored >> CMD_TRACE_PART_CALLS & 1) == 0;
    case CMD_TRACE_END:
        return !diff->logs;
    }
    return true;
}

/* Reads the next event that counts. */
static enum pvm_status advance(const struct diff *diff, struct side *side, struct pvm_err *err)
{
    if (side->more && side->now.kind == CMD_TRACE_STEP) {
        side->last = side->now;
        side->has_last = true;
    }
    do {
        PVM_TRY(next(side, err));
        /* Logs of several programs count anew. */
        if (side->more && (side->now.kind == CMD_TRACE_CALL ||
                           (diff->logs && side->now.has_step && side->now.step <= side->last.step)))
            side->has_last = false;
        if (side->more)
            remember(side);
    } while (side->more && !counts(diff, side));
    return diff->logs ? look_ahead(side, err) : PVM_OK;
}

/* Whether a, from which events are left out, lacks the one that b is at: it is already behind it.
 * Host calls have no step; gas, which they cost, tells which is the earlier. */
static bool lacks(const struct side *a, const struct side *b)
{
    if (!a->source->filtered || !a->more || !b->more || b->now.kind == CMD_TRACE_END)
        return false;
    switch (a->now.kind) {
    case CMD_TRACE_STEP:
        return b->now.kind == CMD_TRACE_CALL ||
               (b->now.has_step && a->now.has_step && b->now.step < a->now.step);
    case CMD_TRACE_CALL:
        return b->now.kind == CMD_TRACE_STEP || b->now.gas > a->now.gas;
    case CMD_TRACE_END:
        return true;
    }
    return false;
}

/* Where one trace leaves events out, those of the other are passed over that it has not. */
static enum pvm_status align(const struct diff *diff, struct side *a, struct side *b,
                             struct pvm_err *err)
{
    for (;;) {
        if (lacks(a, b))
            PVM_TRY(advance(diff, b, err));
        else if (lacks(b, a))
            PVM_TRY(advance(diff, a, err));
        else
            return PVM_OK;
    }
}

/* ---- comparing ---- */

static void differs(struct diff *diff, const char *what, uint64_t a, uint64_t b, bool hexadecimal)
{
    pvm_buf_printf(&diff->what,
                   hexadecimal ? "  %-10s 0x%" PRIx64 " in A, 0x%" PRIx64 " in B\n"
                               : "  %-10s %" PRIu64 " in A, %" PRIu64 " in B\n",
                   what, a, b);
}

struct values {
    unsigned known;
    const uint64_t *regs;
};

static struct values before(const struct cmd_trace_record *record)
{
    return (struct values){record->known_before, record->before};
}

/* Registers after the instruction; of a log that says one set of them only, this is not known. */
static struct values after(const struct cmd_trace_record *record)
{
    return (struct values){record->known_after, record->after};
}

static bool agree(struct values a, struct values b)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((a.known & b.known) >> i & 1 && a.regs[i] != b.regs[i])
            return false;
    return true;
}

static void show_registers(struct diff *diff, struct values a, struct values b, const char *when)
{
    char what[24];
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        if (((a.known & b.known) >> i & 1) == 0 || a.regs[i] == b.regs[i])
            continue;
        (void)snprintf(what, sizeof what, "%s%s", pvm_reg_name(i), when);
        differs(diff, what, a.regs[i], b.regs[i], true);
    }
}

/* Whether what later says before its instruction is what the other says after its own. Where later
 * follows on a host call, or the other does not say, there is nothing to compare. */
static bool agree_shifted(const struct side *later, const struct side *other)
{
    const struct cmd_trace_record *now = &other->now;
    if (now->known_after != 0 && now->known_before != 0)
        return agree(before(&later->now), after(now));
    if (!other->has_last || other->last.op == PVM_OP_ECALLI ||
        other->last.machine != later->now.machine)
        return true;
    return agree(before(&later->last), before(now));
}

/* Whether what a log says may be the other's registers after the instruction, its host call done or
 * not. */
static bool agree_after(const struct side *log, const struct side *other)
{
    return agree(before(&log->now), after(&other->now)) ||
           (other->has_call && agree(before(&log->now), after(&other->ahead)));
}

static unsigned meanings_of_registers(const struct diff *diff)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    unsigned left = 0;
    if (!agree(after(&a->now), after(&b->now)))
        return 0;
    if (agree(before(&a->now), before(&b->now)))
        left |= SAME;
    if (!diff->logs)
        return left;
    bool a_log = a->source->kin == CMD_TRACE_LOG;
    bool b_log = b->source->kin == CMD_TRACE_LOG;
    if (b_log && (a_log ? (b->has_last ? agree_shifted(b, a) : true) : agree_after(b, a)))
        left |= B_AFTER;
    if (a_log && (b_log ? (a->has_last ? agree_shifted(a, b) : true) : agree_after(a, b)))
        left |= A_AFTER;
    return left;
}

/* Gas after the instruction, where it is known. */
static bool gas_after(const struct side *side, uint64_t *out)
{
    *out = side->now.gas - side->now.cost;
    return side->now.has_gas && side->now.has_cost;
}

/* Whether the gas that a log says may be the other's after the instruction. */
static bool gas_agrees_after(const struct side *log, const struct side *other)
{
    uint64_t value;
    if (!gas_after(other, &value))
        return !log->has_last || log->last.op == PVM_OP_ECALLI || !log->last.has_gas ||
               log->last.gas == other->now.gas;
    return value == log->now.gas ||
           (other->has_call && other->ahead.gas - other->ahead.cost == log->now.gas);
}

static unsigned meanings_of_gas(const struct diff *diff)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    unsigned left = 0;
    if (!a->now.has_gas || !b->now.has_gas)
        return ANY;
    if (a->now.gas == b->now.gas)
        left |= SAME;
    if (b->source->kin == CMD_TRACE_LOG && gas_agrees_after(b, a))
        left |= B_AFTER;
    if (a->source->kin == CMD_TRACE_LOG && gas_agrees_after(a, b))
        left |= A_AFTER;
    return left;
}

/* Positions that are after the instruction show in the other's next one. */
static bool pc_agrees_after(const struct side *log, const struct side *other)
{
    return log->source->kin == CMD_TRACE_LOG &&
           (!log->has_last || !other->has_last || log->last.machine != other->now.machine ||
            log->last.pc == other->now.pc);
}

static unsigned meanings_of_pc(const struct diff *diff)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    return (a->now.pc == b->now.pc ? SAME : 0U) | (pc_agrees_after(b, a) ? B_AFTER : 0U) |
           (pc_agrees_after(a, b) ? A_AFTER : 0U);
}

/* The event of a side that its log tells the state of when meant to be shifted against the other's.
 */
static const struct cmd_trace_record *shifted(const struct side *side, bool later)
{
    return later && side->has_last ? &side->last : &side->now;
}

/* Shows registers in the meaning that held longest. */
static void show_registers_as(struct diff *diff, unsigned meanings)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    show_registers(diff, after(&a->now), after(&b->now), " after");
    if ((meanings & SAME) != 0) {
        show_registers(diff, before(&a->now), before(&b->now), diff->logs ? "" : " before");
    } else if ((meanings & B_AFTER) != 0 && a->now.known_before != 0 && a->now.known_after != 0) {
        show_registers(diff, after(&a->now), before(&b->now), " after");
    } else if ((meanings & A_AFTER) != 0 && b->now.known_before != 0 && b->now.known_after != 0) {
        show_registers(diff, before(&a->now), after(&b->now), " after");
    } else {
        show_registers(diff, before(shifted(a, (meanings & B_AFTER) == 0)),
                       before(shifted(b, (meanings & B_AFTER) != 0)), "");
    }
}

static void show_gas_as(struct diff *diff, unsigned meanings)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    uint64_t a_gas = a->now.gas;
    uint64_t b_gas = b->now.gas;
    if ((meanings & SAME) == 0 && (meanings & B_AFTER) != 0 && !gas_after(a, &a_gas)) {
        a_gas = a->now.gas;
        b_gas = shifted(b, true)->gas;
    } else if ((meanings & (SAME | B_AFTER)) == 0 && !gas_after(b, &b_gas)) {
        b_gas = b->now.gas;
        a_gas = shifted(a, true)->gas;
    }
    differs(diff, "gas", a_gas, b_gas, false);
}

static void show_pc_as(struct diff *diff, unsigned meanings)
{
    const struct side *a = &diff->sides[0];
    const struct side *b = &diff->sides[1];
    bool b_after = (meanings & (SAME | B_AFTER)) == B_AFTER;
    bool a_after = (meanings & (SAME | B_AFTER)) == 0;
    differs(diff, b_after || a_after ? "pc behind" : "pc", shifted(a, a_after)->pc,
            shifted(b, b_after)->pc, true);
}

static bool is_ignored(const struct diff *diff, enum cmd_trace_part part)
{
    return (diff->ignored >> part & 1) != 0;
}

static void compare_step(struct diff *diff)
{
    const struct cmd_trace_record *a = &diff->sides[0].now;
    const struct cmd_trace_record *b = &diff->sides[1].now;
    unsigned pc = diff->pc & meanings_of_pc(diff);
    unsigned regs = diff->regs & meanings_of_registers(diff);
    unsigned gas = diff->gas & meanings_of_gas(diff);
    if (a->machine != b->machine && !diff->logs)
        differs(diff, "machine", (uint64_t)a->machine, (uint64_t)b->machine, false);
    if (pc == 0)
        show_pc_as(diff, diff->pc);
    if (a->op < PVM_OP_COUNT && b->op < PVM_OP_COUNT && a->op != b->op &&
        !is_ignored(diff, CMD_TRACE_PART_NAMES))
        pvm_buf_printf(&diff->what, "  %-10s %s in A, %s in B\n", "name", pvm_op_table[a->op].name,
                       pvm_op_table[b->op].name);
    if (gas == 0 && !is_ignored(diff, CMD_TRACE_PART_GAS))
        show_gas_as(diff, diff->gas);
    if (regs == 0 && !is_ignored(diff, CMD_TRACE_PART_REGISTERS))
        show_registers_as(diff, diff->regs);
    if (!diff->logs && a->has_cost && b->has_cost && a->cost != b->cost &&
        !is_ignored(diff, CMD_TRACE_PART_GAS))
        differs(diff, "cost", a->cost, b->cost, false);
    diff->pc = pc != 0 ? pc : diff->pc;
    diff->regs = regs != 0 ? regs : diff->regs;
    diff->gas = gas != 0 ? gas : diff->gas;
}

/* Of ranges that a host call read or wrote the first that differ, where both traces have them. */
static void compare_memory(struct diff *diff, const struct cmd_trace_record *a,
                           const struct cmd_trace_record *b)
{
    unsigned count = a->range_count < b->range_count ? a->range_count : b->range_count;
    for (unsigned i = 0; i < count; i++) {
        const struct cmd_trace_range *x = &a->ranges[i];
        const struct cmd_trace_range *y = &b->ranges[i];
        if (x->written == y->written && x->addr == y->addr && x->len == y->len &&
            (!x->has_octets || !y->has_octets || x->octets == y->octets))
            continue;
        pvm_buf_printf(&diff->what, "  %-10s ", "memory");
        cmd_trace_range_text(x, &diff->what);
        pvm_buf_text(&diff->what, " in A, ");
        cmd_trace_range_text(y, &diff->what);
        pvm_buf_text(&diff->what, " in B\n");
        return;
    }
    if (a->range_count + a->range_more != b->range_count + b->range_more)
        differs(diff, "ranges", a->range_count + a->range_more, b->range_count + b->range_more,
                false);
}

static void compare_call(struct diff *diff)
{
    const struct cmd_trace_record *a = &diff->sides[0].now;
    const struct cmd_trace_record *b = &diff->sides[1].now;
    if (a->number != b->number)
        differs(diff, "call", (uint64_t)a->number, (uint64_t)b->number, false);
    if (a->gas != b->gas && !is_ignored(diff, CMD_TRACE_PART_GAS))
        differs(diff, "gas", a->gas, b->gas, false);
    if (a->cost != b->cost && !is_ignored(diff, CMD_TRACE_PART_GAS))
        differs(diff, "cost", a->cost, b->cost, false);
    if (a->exit != b->exit)
        pvm_buf_printf(&diff->what, "  %-10s %s in A, %s in B\n", "exit", pvm_exit_name(a->exit),
                       pvm_exit_name(b->exit));
    if (!is_ignored(diff, CMD_TRACE_PART_REGISTERS))
        show_registers(diff, after(a), after(b), " after");
    compare_memory(diff, a, b);
}

static void compare_end(struct diff *diff)
{
    const struct cmd_trace_record *a = &diff->sides[0].now;
    const struct cmd_trace_record *b = &diff->sides[1].now;
    if (strcmp(a->text, CMD_TRACE_PART) == 0 || strcmp(b->text, CMD_TRACE_PART) == 0)
        return;
    if (strcmp(a->text, b->text) != 0)
        pvm_buf_printf(&diff->what, "  %-10s %s in A, %s in B\n", "end", a->text, b->text);
    if (a->pc != b->pc)
        differs(diff, "pc", a->pc, b->pc, true);
    if (a->gas != b->gas && !is_ignored(diff, CMD_TRACE_PART_GAS))
        differs(diff, "gas", a->gas, b->gas, false);
}

static const char *kind_text(const struct side *side)
{
    if (!side->more || side->now.kind == CMD_TRACE_END)
        return "ends";
    return side->now.kind == CMD_TRACE_CALL ? "has a host call" : "has an instruction";
}

static void compare(struct diff *diff, struct cmd_trace_compared *compared)
{
    struct side *a = &diff->sides[0];
    struct side *b = &diff->sides[1];
    if (a->more != b->more || a->now.kind != b->now.kind) {
        pvm_buf_printf(&diff->what, "  A %s, B %s\n", kind_text(a), kind_text(b));
        return;
    }
    switch (a->now.kind) {
    case CMD_TRACE_STEP:
        compare_step(diff);
        compared->steps++;
        break;
    case CMD_TRACE_CALL:
        compare_call(diff);
        compared->calls++;
        break;
    case CMD_TRACE_END:
        compare_end(diff);
        break;
    }
}

/* ---- showing ---- */

static const struct pvm_symbols *names_of(const struct diff *diff,
                                          const struct cmd_trace_record *record)
{
    if (record->program == NULL || diff->symbols == NULL)
        return NULL;
    return cmd_symbols_of_program(diff->symbols, record->program, record->machine < 0);
}

/* The event that is back events before the last, NULL where it is not kept. */
static const struct cmd_trace_record *kept(const struct side *side, uint64_t back)
{
    if (back >= side->count || back >= side->size)
        return NULL;
    return &side->kept[(side->count - 1 - back) % side->size];
}

/* Of a log that tells all registers in every line, those that differ from the line before. */
static void show_event(const struct diff *diff, const struct side *side, uint64_t back,
                       const char *mark, struct pvm_buf *out)
{
    const struct cmd_trace_record *record = kept(side, back);
    const struct cmd_trace_record *earlier = kept(side, back + 1);
    const struct cmd_trace_sink sink = {.profile = side->source->profile};
    pvm_buf_text(out, mark);
    cmd_trace_text(&sink, record, names_of(diff, record), out);
    if (side->source->kin != CMD_TRACE_LOG || earlier == NULL || out->len == 0)
        return;
    out->len--; /* the newline */
    cmd_trace_changes(earlier->before, record->before, earlier->known_before & record->known_before,
                      out);
    pvm_buf_text(out, "\n");
}

static enum pvm_status show_side(const struct diff *diff, struct side *side, const char *name,
                                 unsigned context, struct pvm_buf *out, struct pvm_err *err)
{
    bool at_end = !side->more;
    uint64_t most = at_end ? context : context + 1;
    uint64_t shown = side->count < most ? side->count : most;
    pvm_buf_printf(out, "\n%s: ", name);
    cmd_printable(pvm_bytes(side->source->in.name, strlen(side->source->in.name)), out);
    pvm_buf_text(out, "\n");
    for (uint64_t i = shown; i > 0; i--)
        show_event(diff, side, i - 1, i == 1 && !at_end ? "> " : "  ", out);
    if (at_end)
        pvm_buf_text(out, "> (nothing more)\n");
    for (unsigned i = 0; i < context && side->more && side->now.kind != CMD_TRACE_END; i++) {
        PVM_TRY(advance(diff, side, err));
        if (side->more)
            show_event(diff, side, 0, "  ", out);
    }
    return PVM_OK;
}

/* The code around where they part, from the first trace that has its program. */
static void show_code(const struct diff *diff, unsigned context, struct pvm_buf *out)
{
    const struct side *side = &diff->sides[0];
    if (!side->more || side->now.program == NULL || side->now.kind != CMD_TRACE_STEP)
        side = &diff->sides[1];
    const struct cmd_trace_record *now = &side->now;
    if (!side->more || now->program == NULL || now->kind != CMD_TRACE_STEP)
        return;
    uint64_t at = now->pc < now->program->code_len ? now->pc : now->program->code_len;
    for (unsigned found = 0; at > 0 && found < context;)
        found += pvm_program_is_opcode(now->program, --at);
    struct cmd_trace_record line = {.program = now->program};
    pvm_buf_text(out, "\ncode\n");
    for (unsigned behind = 0; at < now->program->code_len && behind <= context;) {
        line.pc = at;
        pvm_buf_printf(out, "%s0x%06" PRIx64 "  ", at == now->pc ? "> " : "  ", at);
        cmd_trace_instruction(side->source->profile, &line, names_of(diff, now), out);
        pvm_buf_text(out, "\n");
        behind += at >= now->pc;
        at = cmd_trace_next(&line);
    }
}

static bool is_at_step(const struct side *side)
{
    return side->more && side->now.kind == CMD_TRACE_STEP;
}

static enum pvm_status show(struct diff *diff, unsigned context, struct pvm_buf *out,
                            struct pvm_err *err)
{
    struct side *a = &diff->sides[0];
    const struct side *step = is_at_step(a) ? a : &diff->sides[1];
    if (is_at_step(&diff->sides[1]) && !step->now.has_step)
        step = &diff->sides[1];
    pvm_buf_text(out, "the traces part");
    if (is_at_step(step) && step->now.has_step)
        pvm_buf_printf(out, " at step %" PRIu64, step->now.step);
    if (a->more && a->now.kind == CMD_TRACE_CALL && a->last.has_step)
        pvm_buf_printf(out, " behind step %" PRIu64, a->last.step);
    if (is_at_step(step) && step->now.machine >= 0)
        pvm_buf_printf(out, " in machine %" PRId64, step->now.machine);
    pvm_buf_text(out, "\n");
    pvm_buf_add_bytes(out, pvm_buf_bytes(&diff->what));
    struct pvm_buf code = {0};
    show_code(diff, context, &code);
    enum pvm_status status = show_side(diff, a, "A", context, out, err);
    if (status == PVM_OK)
        status = show_side(diff, &diff->sides[1], "B", context, out, err);
    pvm_buf_add_bytes(out, pvm_buf_bytes(&code));
    pvm_buf_deinit(&code);
    return status;
}

static enum pvm_status run(struct diff *diff, unsigned context, struct cmd_trace_compared *compared,
                           struct pvm_buf *out, struct pvm_err *err)
{
    struct side *a = &diff->sides[0];
    struct side *b = &diff->sides[1];
    do {
        PVM_TRY(advance(diff, a, err));
        PVM_TRY(advance(diff, b, err));
        PVM_TRY(align(diff, a, b, err));
        if (!a->more && !b->more)
            return PVM_OK;
        compare(diff, compared);
        PVM_TRY(pvm_buf_status(&diff->what, err));
    } while (diff->what.len == 0);
    compared->differ = true;
    return show(diff, context, out, err);
}

static void side_deinit(struct side *side)
{
    for (unsigned i = 0; side->kept != NULL && i < side->size; i++)
        pvm_program_free(side->kept[i].program);
    pvm_alloc_free(NULL, side->kept);
}

enum pvm_status cmd_trace_diff(struct cmd_trace_source *a, struct cmd_trace_source *b,
                               const struct cmd_trace_diff_options *how,
                               struct cmd_trace_compared *compared, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct diff *diff = pvm_alloc_zero(NULL, 1, sizeof *diff);
    struct cmd_trace_source *const sources[] = {a, b};
    enum pvm_status status = PVM_OK;
    *compared = (struct cmd_trace_compared){0};
    if (diff == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for two traces");
    diff->pc = diff->regs = diff->gas = ANY;
    diff->symbols = how->symbols;
    diff->ignored = how->ignored;
    for (unsigned i = 0; i < 2; i++) {
        struct side *side = &diff->sides[i];
        side->source = sources[i];
        side->size = how->context + 2; /* one more: what the first changed */
        side->kept = pvm_alloc_zero(NULL, side->size, sizeof *side->kept);
        diff->logs = diff->logs || sources[i]->kin == CMD_TRACE_LOG;
        if (side->kept == NULL)
            status = pvm_fail(err, PVM_E_MEMORY, "out of memory for two traces");
    }
    if (status == PVM_OK)
        status = run(diff, how->context, compared, out, err);
    side_deinit(&diff->sides[0]);
    side_deinit(&diff->sides[1]);
    pvm_buf_deinit(&diff->what);
    pvm_alloc_free(NULL, diff);
    return status;
}
