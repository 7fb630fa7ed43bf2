/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_ecalli.h"

#include "host/vector_ecalli_parts.h"

#define ull(value) ((unsigned long long)(value))

/* Twice what a package may take to refine (GP 0.7.2 I.4.4, G_R). What a trace grants beyond that is
 * no reason to run for years. */
#define GAS_MOST UINT64_C(10000000000)

/* ---- differences: text in result->why is one, and the first ends the replay ---- */

static bool told(const struct jam_ecalli_replay *r)
{
    return r->result->why.len > 0 || r->result->why.failed;
}

/* Where: "line 812: ecalli 3: ". The line may be one of the host's, then the call's stands first.
 */
static struct pvm_buf *tell_at(struct jam_ecalli_replay *r, const struct jam_ecalli_line *line)
{
    struct pvm_buf *why = &r->result->why;
    pvm_buf_printf(why, "line %zu: ", line->number);
    if (line->kind == JAM_ECALLI_CALL)
        pvm_buf_printf(why, "ecalli %llu: ", ull(line->index));
    else if (line->kind == JAM_ECALLI_READ || line->kind == JAM_ECALLI_WRITE)
        pvm_buf_printf(why, "ecalli %llu: %s 0x%08llx: ", ull(r->call.index),
                       jam_ecalli_name(line->kind), ull(line->addr));
    else
        pvm_buf_printf(why, "%s: ", jam_ecalli_name(line->kind));
    return why;
}

static void compare_number(struct jam_ecalli_replay *r, const char *what, uint64_t expected,
                           uint64_t got)
{
    if (expected != got && !told(r))
        pvm_buf_printf(tell_at(r, &r->line), "%s: expected %llu, got %llu", what, ull(expected),
                       ull(got));
}

static void compare_registers(struct jam_ecalli_replay *r)
{
    for (unsigned i = 0; i < PVM_REG_COUNT && !told(r); i++)
        if (r->line.regs[i] != r->vm.regs[i])
            pvm_buf_printf(tell_at(r, &r->line), "r%u: expected 0x%llx, got 0x%llx", i,
                           ull(r->line.regs[i]), ull(r->vm.regs[i]));
}

/* The machine stopped otherwise than the line says. */
static void tell_exit(struct jam_ecalli_replay *r, const char *expected, enum pvm_exit exit)
{
    struct pvm_buf *why = tell_at(r, &r->line);
    pvm_buf_printf(why, "expected %s at pc %llu, got ", expected, ull(r->line.pc));
    jam_exit_text(exit, r->vm.arg, why);
    pvm_buf_printf(why, " at pc %llu", ull(r->vm.exit_pc));
}

/* ---- what the host did ---- */

static void compare_memory(struct jam_ecalli_replay *r)
{
    const struct jam_ecalli_line *line = &r->line;
    uint8_t expected[JAM_ECALLI_PART], got[JAM_ECALLI_PART];
    if (!pvm_memory_allows(&r->vm.memory, line->addr, line->len, PVM_READ)) {
        pvm_buf_text(tell_at(r, line), "the program could not read all of it");
        return;
    }
    for (uint64_t off = 0; off < line->len; off += JAM_ECALLI_PART) {
        uint64_t left = line->len - off;
        size_t len = left < JAM_ECALLI_PART ? (size_t)left : JAM_ECALLI_PART;
        jam_ecalli_octets(line, off, expected, len);
        pvm_memory_get(&r->vm.memory, line->addr + off, got, len);
        for (size_t i = 0; i < len; i++) {
            if (expected[i] == got[i])
                continue;
            pvm_buf_printf(tell_at(r, line), "octet %llu: expected 0x%02x, got 0x%02x",
                           ull(off + i), expected[i], got[i]);
            return;
        }
    }
}

/* Opens the pages that grow_heap did, which no line says: the call returned what was wanted of it
 * (GP 0.8.0 B.5). */
static enum pvm_status grow_heap(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    struct jam_heap *heap = &r->ctx.heap;
    uint64_t wanted = r->call.regs[7];
    if (jam_call_of_number(r->profile, r->call.index) != JAM_CALL_GROW_HEAP ||
        r->vm.regs[7] != wanted || !jam_heap_grows(heap, wanted))
        return PVM_OK;
    PVM_TRY(pvm_memory_map(&r->vm.memory, heap->top, (uint32_t)wanted - heap->top, PVM_WRITE, false,
                           err));
    heap->top = (uint32_t)wanted;
    return PVM_OK;
}

static bool is_action(const struct jam_ecalli_replay *r)
{
    return r->more && (r->line.kind == JAM_ECALLI_READ || r->line.kind == JAM_ECALLI_WRITE ||
                       r->line.kind == JAM_ECALLI_REGISTER || r->line.kind == JAM_ECALLI_GAS);
}

static enum pvm_status apply(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    PVM_TRY(jam_ecalli_replay_next(r, err));
    while (is_action(r)) {
        const struct jam_ecalli_line *line = &r->line;
        if (line->kind == JAM_ECALLI_REGISTER) {
            r->vm.regs[line->index] = line->value;
        } else if (line->kind == JAM_ECALLI_GAS) {
            r->vm.gas = line->gas;
        } else if (line->kind == JAM_ECALLI_WRITE) {
            if (!pvm_memory_allows(&r->vm.memory, line->addr, line->len, PVM_WRITE)) {
                pvm_buf_text(tell_at(r, line), "the program could not write all of it");
                return PVM_OK;
            }
            PVM_TRY(jam_ecalli_replay_put(r, line, err));
        }
        PVM_TRY(jam_ecalli_replay_next(r, err));
    }
    return grow_heap(r, err);
}

/* The lines between a call and the one behind it, which is looked at afterwards. All reads see
 * memory as it was before the call, so they are compared first. *inside: the call did not return,
 * as a trace says that ends at it with nothing set. */
static enum pvm_status serve(struct jam_ecalli_replay *r, bool *inside, struct pvm_err *err)
{
    struct jam_ecalli_reader start = *r->reader;
    bool sets = false;
    r->call = r->line;
    PVM_TRY(jam_ecalli_replay_next(r, err));
    while (is_action(r) && !told(r)) {
        if (r->line.kind == JAM_ECALLI_READ)
            compare_memory(r);
        else
            sets = true;
        PVM_TRY(jam_ecalli_replay_next(r, err));
    }
    bool ends = r->line.kind == JAM_ECALLI_OOG || r->line.kind == JAM_ECALLI_PANIC;
    *inside = r->more && ends && !sets && r->line.pc == r->call.pc;
    if (*inside || told(r))
        return PVM_OK;
    *r->reader = start;
    return apply(r, err);
}

/* ---- ends ---- */

/* What is left of the gas when a call ends the invocation (host/call.c). */
static void compare_inside(struct jam_ecalli_replay *r)
{
    struct jam_cost cost = jam_call_cost(&r->ctx, &r->vm, r->call.index);
    bool too_dear = cost.too_large || r->vm.gas < cost.gas;
    if (r->line.kind == JAM_ECALLI_OOG) {
        compare_number(r, "gas", r->line.gas, too_dear && cost.kept_if_short ? r->vm.gas : 0);
    } else if (too_dear) {
        pvm_buf_printf(tell_at(r, &r->line), "expected a panic in ecalli %llu, got out of gas",
                       ull(r->call.index));
    } else {
        compare_number(r, "gas", r->line.gas, r->vm.gas - cost.gas);
    }
    compare_registers(r);
}

static bool same_end(enum jam_ecalli_kind kind, enum pvm_exit exit)
{
    switch (exit) {
    case PVM_EXIT_HALT:
        return kind == JAM_ECALLI_HALT;
    case PVM_EXIT_OOG:
        return kind == JAM_ECALLI_OOG;
    case PVM_EXIT_PANIC:
    case PVM_EXIT_FAULT:
        return kind == JAM_ECALLI_PANIC;
    case PVM_EXIT_CONTINUE:
    case PVM_EXIT_HOST:
        break;
    }
    return false;
}

static void compare_end(struct jam_ecalli_replay *r, enum pvm_exit exit)
{
    const struct jam_ecalli_line *line = &r->line;
    if (!same_end(line->kind, exit)) {
        tell_exit(r, "the end", exit);
        return;
    }
    /* An argument other than 0 is the address of a page fault, or what only its writer knows. */
    if (exit == PVM_EXIT_FAULT && line->has_index && line->index != 0 &&
        line->index / PVM_PAGE_SIZE != r->vm.arg / PVM_PAGE_SIZE)
        compare_number(r, "address", line->index, r->vm.arg);
    compare_number(r, "pc", line->pc, r->vm.exit_pc);
    compare_number(r, "gas", line->gas, r->vm.gas);
    compare_registers(r);
}

/* Some write a call's number as the 32 bits of the instruction, the GP extends its sign. */
static void compare_call(struct jam_ecalli_replay *r, enum pvm_exit exit)
{
    const struct jam_ecalli_line *line = &r->line;
    if (exit != PVM_EXIT_HOST) {
        tell_exit(r, "a host call", exit);
        return;
    }
    if (line->index != (uint32_t)r->vm.arg)
        compare_number(r, "index", line->index, r->vm.arg);
    compare_number(r, "pc", line->pc, r->vm.exit_pc);
    compare_number(r, "gas", line->gas, r->vm.gas);
    compare_registers(r);
}

/* ---- the whole ---- */

static enum pvm_status run_on(struct jam_ecalli_replay *r, enum pvm_exit *exit, struct pvm_err *err)
{
    uint64_t room = r->most - r->result->gas;
    uint64_t gas = r->vm.gas < room ? r->vm.gas : room;
    uint64_t kept = r->vm.gas - gas;
    r->vm.gas = gas;
    PVM_TRY(pvm_vm_run(&r->vm, exit, err));
    r->result->gas += gas - r->vm.gas;
    if (*exit == PVM_EXIT_OOG && kept > 0)
        return pvm_fail(err, PVM_E_LIMIT, "line %zu: the trace takes more than %llu gas",
                        r->line.number, ull(r->most));
    r->vm.gas += kept;
    return PVM_OK;
}

static enum pvm_status misplaced(const struct jam_ecalli_replay *r, struct pvm_err *err)
{
    if (!r->more)
        return pvm_fail(err, PVM_E_MALFORMED, "line %zu: the trace ends without HALT, OOG or PANIC",
                        r->reader->number);
    return pvm_fail(err, PVM_E_MALFORMED, "line %zu: %s: out of place", r->line.number,
                    jam_ecalli_name(r->line.kind));
}

static enum pvm_status follow(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    PVM_TRY(jam_ecalli_replay_next(r, err));
    while (!told(r)) {
        enum pvm_exit exit;
        bool inside = false;
        bool end = jam_ecalli_is_end(r->line.kind);
        if (!r->more || (!end && r->line.kind != JAM_ECALLI_CALL))
            return misplaced(r, err);
        PVM_TRY(run_on(r, &exit, err));
        if (end) {
            compare_end(r, exit);
            return PVM_OK;
        }
        compare_call(r, exit);
        if (!told(r))
            PVM_TRY(serve(r, &inside, err));
        if (inside) {
            compare_inside(r);
            return PVM_OK;
        }
    }
    return PVM_OK;
}

/* Behind the end of a trace there is nothing but another. */
static enum pvm_status finish(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    struct jam_ecalli_reader reader = *r->reader;
    PVM_TRY(jam_ecalli_replay_next(r, err));
    if (r->more && r->line.kind != JAM_ECALLI_PROGRAM)
        return misplaced(r, err);
    *r->reader = reader;
    return PVM_OK;
}

/* After a difference, to the next trace, whatever lies between. */
static void give_up(struct jam_ecalli_replay *r)
{
    bool more = true;
    while (more && r->reader->pos < r->reader->text.len) {
        struct jam_ecalli_reader before = *r->reader;
        if (jam_ecalli_next(r->reader, &r->line, &more, NULL) != PVM_OK)
            continue;
        if (more && r->line.kind == JAM_ECALLI_PROGRAM) {
            *r->reader = before;
            return;
        }
    }
}

enum pvm_status jam_ecalli_replay(struct jam_ecalli_reader *reader, const char *path,
                                  const struct jam_vector_options *options,
                                  struct jam_vector_result *result, struct pvm_err *err)
{
    struct jam_ecalli_replay r = {.reader = reader, .result = result};
    r.most = options->limits.inner_gas != 0 ? options->limits.inner_gas : GAS_MOST;
    result->runs = 1;
    enum pvm_status status = jam_ecalli_replay_load(&r, path, options, err);
    result->profile = r.profile;
    if (status == PVM_OK) {
        if (r.parts.format != PVM_BLOB_RAW)
            compare_registers(&r);
        if (!told(&r))
            status = follow(&r, err);
    }
    if (status == PVM_OK && told(&r))
        give_up(&r);
    else if (status == PVM_OK)
        status = finish(&r, err);
    jam_ecalli_replay_deinit(&r);
    if (status != PVM_OK)
        return status;
    result->passed = result->why.len == 0;
    return pvm_buf_status(&result->why, err);
}
