/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of host calls. Whatever a call is, the ranges it reads and writes must be accessible; of
 * calls of the GP they must be those that the call's row declares, so must the registers it sets,
 * and its gas is the price (GP 0.7.2 A.6, B.4). What follows from the state is computed again and
 * compared whole (host/seg_check_special.c). Only calls that an extension serves are taken as they
 * are recorded.
 */
#include "core/bytes.h"
#include "host/hash.h"
#include "host/price.h"
#include "host/seg_check_parts.h"

/* Octets that host calls read in a segment, and nodes they walk. Recorders end one before 2^26, and
 * one call touches at most 2^30. */
#define MOST_WORK (((uint64_t)1 << 30) + ((uint64_t)1 << 28))

static enum pvm_status wrong_call(const struct jam_seg_check *check, const char *what)
{
    const char *name = jam_call_name(check->profile, check->call.number);
    return jam_seg_wrong(check, "record %u, host call %llu (%s): %s", (unsigned)check->clock,
                         (unsigned long long)check->call.number, name != NULL ? name : "unknown",
                         what);
}

/* ---- what a number is, and costs ---- */

/* Gas granted to the machine that an invoke names; 0 where none can be read. */
static uint64_t granted(const struct jam_seg_calling *c)
{
    uint8_t grant[8];
    struct jam_seg_memory *memory = &c->outer->memory;
    return jam_seg_memory_allows(memory, c->regs[8], JAM_INVOKE_SIZE, PVM_WRITE) &&
                   jam_seg_memory_get(memory, c->regs[8], grant, sizeof grant)
               ? pvm_load_le(grant, sizeof grant)
               : 0;
}

/* The rules that want a context are computed from the state. */
static struct jam_cost price_of(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                                const struct jam_price *price)
{
    const struct pvm_eval_machine *at = &c->outer->at;
    struct jam_heap heap = {.end = at->heap_limit >> PVM_PAGE_BITS,
                            .top = at->heap_top >> PVM_PAGE_BITS};
    struct jam_cost cost = {.gas = 0};
    if (price->rule == jam_price_grow_heap)
        jam_price_heap_pages(check->profile, &heap, c->regs[7], &cost);
    else if (price->rule == jam_price_invoke)
        jam_price_grant(granted(c), &cost);
    else
        cost = jam_price_of(price, NULL, c->regs);
    return cost;
}

static enum pvm_status begin_call(struct jam_seg_check *check, uint64_t number,
                                  struct jam_seg_calling *c)
{
    const struct jam_extension_call *row = jam_call_of(check->profile, number);
    const struct jam_extension_cell *cell =
        row != NULL ? jam_call_cell(row, check->profile->version) : NULL;
    check->call.number = number;
    c->outer = jam_seg_state_find(&check->state, 0);
    c->regs = c->outer->at.regs;
    c->named = jam_seg_state_inner(&check->state, c->regs[7]);
    c->foreign = jam_seg_is_foreign(check->directory, number);
    if (check->state.invocation == JAM_SEG_NO_CALLS)
        return wrong_call(check, "is served in a run without host calls");
    if (c->foreign)
        return PVM_OK;
    if (cell != NULL && (cell->invocations >> check->state.invocation & 1) != 0) {
        c->row = row;
        c->special = jam_seg_special(row->name);
        c->cost = price_of(check, c, &cell->price);
    } else {
        c->cost.gas = check->profile->unknown_gas;
    }
    return jam_seg_check_memory(check, c->outer);
}

static bool is_paid(const struct jam_seg_calling *c)
{
    return c->foreign || (!c->cost.too_large && c->cost.gas <= c->outer->at.gas);
}

/* ---- an inner machine is entered ---- */

static enum pvm_status enter(struct jam_seg_check *check)
{
    struct jam_seg_calling c = {.row = NULL};
    uint8_t octets[JAM_INVOKE_SIZE];
    PVM_TRY(begin_call(check, check->arg, &c));
    struct jam_seg_machine *inner = jam_seg_state_find(&check->state, check->call.serial);
    uint64_t at = c.regs[8];
    if (c.special != JAM_SEG_IS_INVOKE || inner == NULL || inner != c.named)
        return wrong_call(check, "enters a machine it does not name");
    if (!is_paid(&c))
        return wrong_call(check, "enters a machine and is not paid for");
    bool allowed = jam_seg_memory_allows(&c.outer->memory, at, JAM_INVOKE_SIZE, PVM_WRITE);
    PVM_TRY(jam_seg_check_memory(check, c.outer));
    if (!allowed)
        return wrong_call(check, "the registers are not in writable memory");
    PVM_TRY(jam_seg_check_age(check, c.outer, at, JAM_INVOKE_SIZE, check->call.age));
    if (!jam_seg_memory_get(&c.outer->memory, at, octets, sizeof octets))
        return jam_seg_check_memory(check, c.outer);
    if (check->call.gas > pvm_load_le(octets, 8))
        return wrong_call(check, "the machine gets more gas than it is granted");
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        inner->at.regs[i] = pvm_load_le(octets + 8 * (i + 1), 8);
    inner->at.gas = check->call.gas;
    check->state.active = inner->serial;
    check->state.number = check->arg;
    check->state.entered = check->call.gas;
    return PVM_OK;
}

/* The machine that ran gives way to the outer one. It may have got less than it was granted, as far
 * as a limit of the host goes, but not have run out of that. */
static enum pvm_status leave(struct jam_seg_check *check, struct jam_seg_calling *c)
{
    uint64_t grant = granted(c);
    PVM_TRY(jam_seg_check_memory(check, c->outer));
    c->invoked = true;
    c->stopped = check->stopped;
    c->named = jam_seg_state_find(&check->state, check->state.active);
    if (c->stopped == PVM_EXIT_OOG && check->state.entered != grant)
        return wrong_call(check, "the machine ran out of less gas than it is granted");
    c->left = grant - (check->state.entered - c->named->at.gas);
    if (c->stopped == PVM_EXIT_HALT || c->stopped == PVM_EXIT_PANIC)
        c->named->at.pc = 0;
    check->state.active = check->state.number = check->state.entered = 0;
    return PVM_OK;
}

/* ---- what was read ---- */

static enum pvm_status check_work(const struct jam_seg_check *check)
{
    if (check->work + JAM_SEG_WALK * check->state.alike.walked > MOST_WORK)
        return pvm_fail(check->err, PVM_E_LIMIT,
                        "%s: its host calls read and change more than a segment's may",
                        check->name);
    return PVM_OK;
}

/* The octets of a range, behind those before. */
static enum pvm_status read_range(struct jam_seg_check *check, const struct jam_seg_read *read)
{
    struct jam_seg_machine *machine = jam_seg_state_find(&check->state, read->serial);
    if (machine == NULL || read->len == 0)
        return wrong_call(check, "reads nothing");
    bool allowed = jam_seg_memory_allows(&machine->memory, read->addr, read->len, PVM_READ);
    PVM_TRY(jam_seg_check_memory(check, machine));
    if (!allowed)
        return wrong_call(check, "reads memory that is not readable");
    check->work += read->len; /* below 2^33 */
    PVM_TRY(check_work(check));
    PVM_TRY(jam_seg_check_age(check, machine, read->addr, read->len, read->age));
    uint8_t *room = pvm_buf_reserve(&check->octets, (size_t)read->len);
    if (room == NULL)
        return pvm_fail(check->err, PVM_E_MEMORY, "no memory to check segments");
    if (!jam_seg_memory_get(&machine->memory, read->addr, room, read->len))
        return jam_seg_check_memory(check, machine);
    check->octets.len += (size_t)read->len;
    return PVM_OK;
}

static enum pvm_status read_ranges(struct jam_seg_check *check)
{
    check->octets.len = 0;
    for (size_t i = 0; i < jam_seg_read_count(&check->call); i++)
        PVM_TRY(read_range(check, jam_seg_read(&check->call, i)));
    return PVM_OK;
}

/* ---- what was changed ---- */

static enum pvm_status write_octets(struct jam_seg_check *check, struct jam_seg_machine *machine,
                                    const struct jam_seg_change *change)
{
    bool allowed = change->bytes.len != 0 && jam_seg_memory_allows(&machine->memory, change->addr,
                                                                   change->bytes.len, PVM_WRITE);
    PVM_TRY(jam_seg_check_memory(check, machine));
    if (!allowed)
        return wrong_call(check, "writes memory that is not writable");
    PVM_TRY(jam_seg_check_age(check, machine, change->addr, change->bytes.len, change->age));
    if (!jam_seg_memory_put(&machine->memory, change->addr, change->bytes))
        return jam_seg_check_memory(check, machine);
    return PVM_OK;
}

/* One that was found right. */
static enum pvm_status apply(struct jam_seg_check *check, const struct jam_seg_change *change)
{
    struct jam_seg_machine *machine = jam_seg_state_find(&check->state, change->serial);
    switch (change->kind) {
    case JAM_SEG_WRITE:
        return write_octets(check, machine, change);
    case JAM_SEG_MAP:
        if (!jam_seg_memory_map(&machine->memory, change->page, change->count, change->access,
                                change->zero))
            return jam_seg_check_memory(check, machine);
        if (machine->serial == 0)
            machine->at.heap_top = (change->page + change->count) << PVM_PAGE_BITS;
        break;
    case JAM_SEG_OPEN:
        PVM_TRY(jam_seg_state_add(&check->state, change->serial, change->id, &machine, check->err));
        check->state.next_serial++;
        machine->at.pc = change->pc;
        machine->program = change->program;
        break;
    case JAM_SEG_CLOSE:
        jam_seg_state_close(&check->state, machine);
        break;
    }
    return PVM_OK;
}

/* ---- calls whose result follows from the state ---- */

static bool same_read(const struct jam_seg_call *call, const struct jam_seg_expected *e)
{
    if (jam_seg_read_count(call) != e->reads)
        return false;
    if (!e->reads)
        return true;
    const struct jam_seg_read *read = jam_seg_read(call, 0);
    return read->serial == e->read.serial && read->addr == e->read.addr &&
           read->len == e->read.len;
}

static bool same_change(const struct jam_seg_call *call, const struct jam_seg_expected *e)
{
    if (jam_seg_change_count(call) != e->changes)
        return false;
    if (!e->changes)
        return true;
    const struct jam_seg_change *is = jam_seg_change(call, 0);
    const struct jam_seg_change *want = &e->change;
    return is->kind == want->kind && is->serial == want->serial && is->addr == want->addr &&
           pvm_bytes_equal(is->bytes, want->bytes) && is->page == want->page &&
           is->count == want->count && is->access == want->access && is->zero == want->zero &&
           is->id == want->id && is->pc == want->pc &&
           memcmp(&is->program, &want->program, sizeof want->program) == 0;
}

static enum pvm_status check_expected(struct jam_seg_check *check,
                                      const struct jam_seg_calling *c)
{
    const struct jam_seg_call *call = &check->call;
    struct jam_seg_expected e;
    PVM_TRY(jam_seg_expect(check, c, &e));
    if (!same_read(call, &e))
        return wrong_call(check, "reads what it does not read");
    PVM_TRY(read_ranges(check));
    jam_seg_expect_octets(check, c, &e);
    if (call->exit != e.exit || memcmp(call->regs, e.regs, sizeof e.regs) != 0)
        return wrong_call(check, "its result is not what follows from the state");
    if (!same_change(call, &e))
        return wrong_call(check, "changes what it does not change");
    return e.changes ? apply(check, jam_seg_change(call, 0)) : PVM_OK;
}

/* ---- calls whose result is up to JAM's state ---- */

static bool ranges_are_declared(const struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    const struct jam_seg_call *call = &check->call;
    for (size_t i = 0; i < jam_seg_read_count(call); i++) {
        const struct jam_seg_read *read = jam_seg_read(call, i);
        if (read->serial != 0 ||
            (!c->foreign && !jam_call_declares(c->row, c->regs, PVM_READ, read->addr, read->len)))
            return false;
    }
    for (size_t i = 0; i < jam_seg_change_count(call); i++) {
        const struct jam_seg_change *change = jam_seg_change(call, i);
        if (change->kind != JAM_SEG_WRITE || change->serial != 0 ||
            (!c->foreign &&
             !jam_call_declares(c->row, c->regs, PVM_WRITE, change->addr, change->bytes.len)))
            return false;
    }
    return true;
}

static bool registers_are_declared(const struct jam_seg_check *check,
                                   const struct jam_seg_calling *c)
{
    uint32_t may = c->foreign ? JAM_REGS(7, 12) : c->row->writes;
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (check->call.regs[i] != c->regs[i] && (may >> i & 1) == 0)
            return false;
    return true;
}

/* JIP-1: nothing comes back, or what an unknown call gives. */
static bool log_is_right(const struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    bool what = check->profile->call.log_returns_what;
    return check->call.exit == PVM_EXIT_CONTINUE &&
           check->call.regs[7] == (what ? JAM_WHAT : c->regs[7]);
}

static enum pvm_status check_declared(struct jam_seg_check *check,
                                      const struct jam_seg_calling *c)
{
    const struct jam_seg_call *call = &check->call;
    bool goes_on = call->exit == PVM_EXIT_CONTINUE;
    if (!ranges_are_declared(check, c))
        return wrong_call(check, "reads or writes what is none of its");
    PVM_TRY(read_ranges(check));
    if (goes_on ? !registers_are_declared(check, c)
                : memcmp(call->regs, c->regs, sizeof call->regs) != 0)
        return wrong_call(check, "changes registers that it does not set");
    if (c->special == JAM_SEG_IS_LOG && !log_is_right(check, c))
        return wrong_call(check, "its result is not what follows from the state");
    if (!goes_on && jam_seg_change_count(call) != 0)
        return wrong_call(check, "ends the run and writes");
    for (size_t i = 0; i < jam_seg_change_count(call); i++)
        PVM_TRY(apply(check, jam_seg_change(call, i)));
    return PVM_OK;
}

/* One that nobody serves, or that is not paid for, does nothing else. */
static enum pvm_status check_bare(struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    const struct jam_seg_call *call = &check->call;
    uint64_t regs[PVM_REG_COUNT];
    bool paid = is_paid(c);
    check->octets.len = 0;
    memcpy(regs, c->regs, sizeof regs);
    if (paid)
        regs[7] = JAM_WHAT;
    if (jam_seg_read_count(call) != 0 || jam_seg_change_count(call) != 0)
        return wrong_call(check, "reads or writes, which such a call does not");
    if (call->exit != (paid ? PVM_EXIT_CONTINUE : PVM_EXIT_OOG) ||
        memcmp(call->regs, regs, sizeof regs) != 0)
        return wrong_call(check, paid ? "is not open, and does not say WHAT"
                                      : "is not paid for, and goes on");
    return PVM_OK;
}

/* ---- gas ---- */

/* To GP 0.7.1 a transfer takes r9 once it has succeeded, and what is not there ends the run. */
static uint64_t charged_late(const struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    bool late = c->special == JAM_SEG_IS_TRANSFER && check->profile->call.transfer_gas_late;
    return late ? c->regs[9] : 0;
}

static enum pvm_status check_gas(const struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    const struct jam_seg_call *call = &check->call;
    uint64_t gas = c->outer->at.gas;
    uint64_t late = charged_late(check, c);
    uint64_t left = gas;
    if (c->foreign)
        return call->gas <= gas ? PVM_OK : wrong_call(check, "gives gas");
    if (is_paid(c)) {
        left -= c->cost.gas;
        if (call->exit == PVM_EXIT_OOG && late <= left)
            return wrong_call(check, "runs out of gas that is there");
        if (call->exit == PVM_EXIT_CONTINUE && call->regs[7] == JAM_OK && late > left)
            return wrong_call(check, "goes on without the gas it takes");
        if (call->exit == PVM_EXIT_CONTINUE && call->regs[7] == JAM_OK)
            left -= late;
        if (call->exit == PVM_EXIT_CONTINUE && c->invoked &&
            check->profile->call.inner_gas_charged)
            left += c->left;
    } else if (c->cost.kept_if_short) {
        return call->gas == gas ? PVM_OK : wrong_call(check, "takes gas it does not take");
    }
    if (call->exit == PVM_EXIT_OOG)
        left = 0;
    return call->gas == left ? PVM_OK : wrong_call(check, "its gas is not its price");
}

/* ---- a call ---- */

static enum pvm_status check_what_it_does(struct jam_seg_check *check,
                                          const struct jam_seg_calling *c)
{
    if (!is_paid(c) || (c->row == NULL && !c->foreign))
        return check_bare(check, c);
    bool up_to_state = c->foreign || c->special == JAM_SEG_IS_NOTHING ||
                       c->special == JAM_SEG_IS_LOG || c->special == JAM_SEG_IS_TRANSFER;
    return up_to_state ? check_declared(check, c) : check_expected(check, c);
}

static enum pvm_status finish(struct jam_seg_check *check, const struct jam_seg_calling *c)
{
    struct jam_seg_call *call = &check->call;
    struct pvm_eval_machine *at = &c->outer->at;
    PVM_TRY(check_work(check));
    PVM_TRY(check_gas(check, c));
    PVM_TRY(check_what_it_does(check, c));
    check->note.len = 0;
    jam_seg_call_note(call, &check->note);
    PVM_TRY(pvm_buf_status(&check->note, check->err));
    jam_seg_state_note(&check->state, pvm_buf_bytes(&check->note), pvm_buf_bytes(&check->octets));
    check->gas += at->gas > call->gas ? at->gas - call->gas : 0;
    at->gas = call->gas;
    memcpy(at->regs, call->regs, sizeof at->regs);
    if (call->exit != PVM_EXIT_CONTINUE)
        check->state.exit = call->exit;
    return PVM_OK;
}

enum pvm_status jam_seg_check_call(struct jam_seg_check *check)
{
    struct jam_seg_call *call = &check->call;
    const struct jam_seg_machine *outer = jam_seg_state_find(&check->state, 0);
    struct jam_seg_calling c = {.row = NULL};
    bool runs = check->state.active != 0;
    check->clock++;
    if (!jam_seg_call_decode(&check->section[JAM_SEG_CALLS], outer->at.regs, call))
        return jam_seg_wrong(check, "record %u: the calls are cut short or not calls",
                             (unsigned)check->clock);
    if (call->enter && runs)
        return jam_seg_wrong(check, "record %u: a machine is entered while another runs",
                             (unsigned)check->clock);
    if (call->enter)
        return enter(check);
    if (call->number != (runs ? check->state.number : check->arg))
        return wrong_call(check, "the instruction calls another");
    if (call->exit != PVM_EXIT_CONTINUE && call->exit != PVM_EXIT_PANIC &&
        call->exit != PVM_EXIT_OOG)
        return wrong_call(check, "ends as no call does");
    PVM_TRY(begin_call(check, call->number, &c));
    if (runs && c.special != JAM_SEG_IS_INVOKE)
        return wrong_call(check, "ends a machine's run and is no invoke");
    if (runs)
        PVM_TRY(leave(check, &c));
    return finish(check, &c);
}
