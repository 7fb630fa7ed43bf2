/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of host calls. Whatever a call is, the ranges it read and wrote must be accessible and
 * its changes be of a kind it makes. Calls on machines are checked further: what a machine starts
 * with, what comes back, which pages change (GP 0.7.2 B.6).
 */
#include "core/bytes.h"
#include "host/call.h"
#include "host/hash.h"
#include "host/seg_check_parts.h"

#define MOST_WORK ((uint64_t)1 << 36) /* octets */

enum { RESULT_CODES = 16 /* the greatest values of r7 are no numbers of machines */ };

static enum pvm_status wrong_call(const struct jam_seg_check *check, const char *what)
{
    const char *name = jam_call_name(check->profile, check->call.number);
    return jam_seg_wrong(check, "record %u, host call %llu (%s): %s", (unsigned)check->clock,
                         (unsigned long long)check->call.number, name != NULL ? name : "unknown",
                         what);
}

static enum jam_seg_special special_of(const struct jam_seg_check *check, uint64_t number)
{
    return jam_seg_special(jam_call_name(check->profile, number));
}

/* ---- an inner machine is entered ---- */

static enum pvm_status enter(struct jam_seg_check *check)
{
    struct jam_seg_machine *outer = jam_seg_state_find(&check->state, 0);
    struct jam_seg_machine *inner = jam_seg_state_find(&check->state, check->call.serial);
    uint8_t octets[JAM_INVOKE_SIZE];
    uint64_t at = outer->at.regs[8];
    check->call.number = check->arg;
    if (special_of(check, check->arg) != JAM_SEG_IS_INVOKE || inner == NULL || inner == outer ||
        inner->id != outer->at.regs[7])
        return wrong_call(check, "enters a machine it does not name");
    bool allowed = jam_seg_memory_allows(&outer->memory, at, JAM_INVOKE_SIZE, PVM_WRITE);
    PVM_TRY(jam_seg_check_memory(check, outer));
    if (!allowed)
        return wrong_call(check, "the registers are not in writable memory");
    PVM_TRY(jam_seg_check_age(check, outer, at, JAM_INVOKE_SIZE, check->call.age));
    if (!jam_seg_memory_get(&outer->memory, at, octets, sizeof octets))
        return jam_seg_check_memory(check, outer);
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

/* ---- what was read ---- */

static enum pvm_status read_ranges(struct jam_seg_check *check)
{
    check->octets.len = 0;
    for (size_t i = 0; i < jam_seg_read_count(&check->call); i++) {
        const struct jam_seg_read *read = jam_seg_read(&check->call, i);
        struct jam_seg_machine *machine = jam_seg_state_find(&check->state, read->serial);
        if (machine == NULL || read->len == 0)
            return wrong_call(check, "reads nothing");
        bool allowed = jam_seg_memory_allows(&machine->memory, read->addr, read->len, PVM_READ);
        PVM_TRY(jam_seg_check_memory(check, machine));
        if (!allowed)
            return wrong_call(check, "reads memory that is not readable");
        PVM_TRY(jam_seg_check_age(check, machine, read->addr, read->len, read->age));
        check->work += read->len;
        if (check->work > MOST_WORK)
            return pvm_fail(check->err, PVM_E_LIMIT,
                            "%s: its host calls read more than %llu octets", check->name,
                            (unsigned long long)MOST_WORK);
        uint8_t *room = pvm_buf_reserve(&check->octets, (size_t)read->len);
        if (room == NULL)
            return pvm_fail(check->err, PVM_E_MEMORY, "no memory to check segments");
        if (!jam_seg_memory_get(&machine->memory, read->addr, room, read->len))
            return jam_seg_check_memory(check, machine);
        check->octets.len += (size_t)read->len;
    }
    return PVM_OK;
}

/* The octets that were read of a machine at an address: the last such range. */
static bool octets_read(const struct jam_seg_check *check, uint64_t serial, uint64_t addr,
                        uint64_t len, struct pvm_bytes *out)
{
    size_t at = 0;
    bool found = false;
    for (size_t i = 0; i < jam_seg_read_count(&check->call); i++) {
        const struct jam_seg_read *read = jam_seg_read(&check->call, i);
        if (read->serial == serial && read->addr == addr && read->len == len) {
            *out = pvm_bytes(check->octets.ptr + at, (size_t)len);
            found = true;
        }
        at += (size_t)read->len;
    }
    return found;
}

/* ---- what was changed ---- */

/* A call under way: registers before and after, and the machine that r7 names. */
struct calling {
    enum jam_seg_special special;
    const uint64_t *regs;
    uint64_t result;
    struct jam_seg_machine *outer, *named;
    bool invoked; /* the named machine ran; left: gas it gives back */
    enum pvm_exit stopped;
    uint64_t left;
};

static bool is_copy(const struct jam_seg_check *check, const struct jam_seg_change *change,
                    uint64_t serial, uint64_t addr)
{
    struct pvm_bytes octets;
    return octets_read(check, serial, addr, change->bytes.len, &octets) &&
           pvm_bytes_equal(octets, change->bytes);
}

/* What an invoke writes back. */
static bool is_invoked(const struct calling *c, const struct jam_seg_change *change)
{
    if (!c->invoked || change->addr != c->regs[8] || change->bytes.len != JAM_INVOKE_SIZE ||
        pvm_load_le(change->bytes.ptr, 8) != c->left)
        return false;
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        if (pvm_load_le(change->bytes.ptr + 8 * (i + 1), 8) != c->named->at.regs[i])
            return false;
    return true;
}

static bool write_is_right(const struct jam_seg_check *check, const struct calling *c,
                           const struct jam_seg_change *change)
{
    const uint64_t *regs = c->regs;
    uint64_t to = change->addr;
    bool whole = change->bytes.len == regs[10] && c->result == JAM_OK && c->named != NULL;
    switch (c->special) {
    case JAM_SEG_IS_POKE:
        return whole && change->serial == c->named->serial && to == regs[9] &&
               is_copy(check, change, 0, regs[8]);
    case JAM_SEG_IS_PEEK:
        return whole && change->serial == 0 && to == regs[8] &&
               is_copy(check, change, c->named->serial, regs[9]);
    case JAM_SEG_IS_INVOKE:
        return change->serial == 0 && is_invoked(c, change);
    case JAM_SEG_IS_NOTHING:
        return change->serial == 0;
    case JAM_SEG_IS_GROW_HEAP:
    case JAM_SEG_IS_MACHINE:
    case JAM_SEG_IS_PAGES:
    case JAM_SEG_IS_ZERO:
    case JAM_SEG_IS_VOID:
    case JAM_SEG_IS_EXPUNGE:
        break;
    }
    return false;
}

static bool map_is_right(const struct calling *c, const struct jam_seg_change *change)
{
    struct jam_seg_change right;
    if (c->special == JAM_SEG_IS_GROW_HEAP)
        return change->serial == 0 && change->access == PVM_WRITE && !change->zero &&
               (uint64_t)change->page + change->count == c->result;
    return (c->special == JAM_SEG_IS_PAGES || c->special == JAM_SEG_IS_ZERO ||
            c->special == JAM_SEG_IS_VOID) &&
           c->result == JAM_OK && c->named != NULL && change->serial == c->named->serial &&
           jam_seg_page_change(c->special, c->regs, &right) && change->page == right.page &&
           change->count == right.count && change->access == right.access &&
           change->zero == right.zero;
}

static bool open_is_right(const struct jam_seg_check *check, const struct calling *c,
                          const struct jam_seg_change *change)
{
    struct pvm_bytes blob = pvm_bytes_none();
    bool read = c->regs[8] == 0 || octets_read(check, 0, c->regs[7], c->regs[8], &blob);
    struct jam_hash hash = jam_hash(blob);
    return c->special == JAM_SEG_IS_MACHINE && read && change->id == c->result &&
           change->id == jam_seg_state_free_id(&check->state) && change->pc == c->regs[9] &&
           change->serial == check->state.next_serial &&
           memcmp(&hash, &change->program, sizeof hash) == 0;
}

static bool is_right(const struct jam_seg_check *check, const struct calling *c,
                     const struct jam_seg_change *change)
{
    switch (change->kind) {
    case JAM_SEG_WRITE:
        return write_is_right(check, c, change);
    case JAM_SEG_MAP:
        return map_is_right(c, change);
    case JAM_SEG_OPEN:
        return open_is_right(check, c, change);
    case JAM_SEG_CLOSE:
        return c->special == JAM_SEG_IS_EXPUNGE && c->named != NULL &&
               change->serial == c->named->serial && c->result == c->named->at.pc;
    }
    return false;
}

/* The number of changes that the call's result promises; SIZE_MAX: any. */
static size_t promised(const struct calling *c)
{
    bool good = c->result == JAM_OK && c->named != NULL;
    switch (c->special) {
    case JAM_SEG_IS_NOTHING:
    case JAM_SEG_IS_GROW_HEAP:
        return SIZE_MAX;
    case JAM_SEG_IS_MACHINE:
        return c->result < UINT64_MAX - RESULT_CODES;
    case JAM_SEG_IS_PEEK:
    case JAM_SEG_IS_POKE:
        return good && c->regs[10] != 0;
    case JAM_SEG_IS_PAGES:
    case JAM_SEG_IS_ZERO:
    case JAM_SEG_IS_VOID:
        return good;
    case JAM_SEG_IS_INVOKE:
        return c->invoked;
    case JAM_SEG_IS_EXPUNGE:
        return c->named != NULL;
    }
    return SIZE_MAX;
}

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

static enum pvm_status change_all(struct jam_seg_check *check, const struct calling *c)
{
    size_t count = jam_seg_change_count(&check->call);
    size_t right = check->call.exit == PVM_EXIT_CONTINUE ? promised(c) : 0;
    if (right != SIZE_MAX && count != right)
        return wrong_call(check, "changes more or less than its result says");
    for (size_t i = 0; i < count; i++) {
        const struct jam_seg_change *change = jam_seg_change(&check->call, i);
        if (!is_right(check, c, change))
            return wrong_call(check, "changes what it does not change");
        PVM_TRY(apply(check, change));
    }
    return PVM_OK;
}

/* ---- a call ---- */

static enum pvm_status check_invoked(struct jam_seg_check *check, const struct calling *c)
{
    static const uint64_t results[] = {
        [PVM_EXIT_HALT] = JAM_INNER_HALT, [PVM_EXIT_PANIC] = JAM_INNER_PANIC,
        [PVM_EXIT_OOG] = JAM_INNER_OOG,   [PVM_EXIT_FAULT] = JAM_INNER_FAULT,
        [PVM_EXIT_HOST] = JAM_INNER_HOST,
    };
    bool has_arg = c->stopped == PVM_EXIT_FAULT || c->stopped == PVM_EXIT_HOST;
    if (check->call.exit != PVM_EXIT_CONTINUE || c->result != results[c->stopped] ||
        (has_arg && check->call.regs[8] != check->arg))
        return wrong_call(check, "says another end than the machine's");
    return PVM_OK;
}

/* The machine that ran gives way to the outer one. */
static enum pvm_status leave(struct jam_seg_check *check, struct calling *c)
{
    uint8_t grant[8];
    c->invoked = true;
    c->stopped = check->stopped;
    c->named = jam_seg_state_find(&check->state, check->state.active);
    if (!jam_seg_memory_get(&c->outer->memory, c->regs[8], grant, sizeof grant))
        return jam_seg_check_memory(check, c->outer);
    c->left = pvm_load_le(grant, 8) - (check->state.entered - c->named->at.gas);
    if (c->stopped == PVM_EXIT_HALT || c->stopped == PVM_EXIT_PANIC)
        c->named->at.pc = 0;
    check->state.active = check->state.number = check->state.entered = 0;
    return check_invoked(check, c);
}

static enum pvm_status finish(struct jam_seg_check *check, struct calling *c)
{
    struct jam_seg_call *call = &check->call;
    struct pvm_eval_machine *at = &c->outer->at;
    PVM_TRY(read_ranges(check));
    PVM_TRY(change_all(check, c));
    if (call->gas > at->gas)
        return wrong_call(check, "gives gas");
    if (call->exit != PVM_EXIT_CONTINUE && memcmp(call->regs, at->regs, sizeof at->regs) != 0)
        return wrong_call(check, "ends the run and changes registers");
    check->note.len = 0;
    jam_seg_call_note(call, &check->note);
    PVM_TRY(pvm_buf_status(&check->note, check->err));
    jam_seg_state_note(&check->state, pvm_buf_bytes(&check->note), pvm_buf_bytes(&check->octets));
    check->gas += at->gas - call->gas;
    at->gas = call->gas;
    memcpy(at->regs, call->regs, sizeof at->regs);
    if (call->exit != PVM_EXIT_CONTINUE)
        check->state.exit = call->exit;
    return PVM_OK;
}

enum pvm_status jam_seg_check_call(struct jam_seg_check *check)
{
    struct jam_seg_call *call = &check->call;
    struct jam_seg_machine *outer = jam_seg_state_find(&check->state, 0);
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
    struct calling c = {.special = special_of(check, call->number),
                        .regs = outer->at.regs,
                        .result = call->regs[7],
                        .outer = outer,
                        .named = jam_seg_state_inner(&check->state, outer->at.regs[7])};
    if (runs)
        PVM_TRY(leave(check, &c));
    return finish(check, &c);
}
