/* SPDX-License-Identifier: Apache-2.0 */
/* Host calls: what they read, what they did, and inner machines that run inside an invoke. */
#include "host/seg_record_parts.h"

/* ---- inner machines ---- */

/* The outer machine's ecalli is done; its call is under way. */
static void stop_outer(struct jam_seg_recorder *recorder)
{
    struct jam_seg_machine *outer = recorder->outer;
    struct jam_seg_tape *tape = jam_seg_tape(outer);
    if (!tape->pending.on)
        return;
    uint64_t gas = tape->pending.gas - jam_seg_step_cost(outer);
    uint64_t regs[PVM_REG_COUNT];
    memcpy(regs, outer->at.regs, sizeof regs);
    jam_seg_end_step(recorder, outer, PVM_EXIT_HOST, regs, recorder->outer_vm->pc, gas);
    jam_seg_end_run(recorder, outer, PVM_EXIT_HOST, recorder->outer_vm->arg);
}

void jam_seg_enter(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                   const uint64_t *regs, uint64_t gas)
{
    struct jam_seg_call *call = &recorder->call;
    if (recorder->state.active != 0 || machine->serial == 0) {
        jam_seg_fail(recorder, PVM_E_INTERNAL);
        return;
    }
    stop_outer(recorder);
    recorder->clock++;
    jam_seg_call_reset(call);
    call->enter = true;
    call->serial = machine->serial;
    call->gas = gas;
    call->age =
        jam_seg_age(recorder, recorder->outer, recorder->outer->at.regs[8], JAM_INVOKE_SIZE);
    jam_seg_call_encode(call, recorder->outer->at.regs, &recorder->section[JAM_SEG_CALLS]);
    memcpy(machine->at.regs, regs, sizeof machine->at.regs);
    machine->at.gas = gas;
    recorder->state.active = machine->serial;
    recorder->state.number = recorder->outer_vm->arg;
    recorder->state.entered = gas;
    jam_seg_use_program(recorder, machine);
}

/* One whose first instruction nobody saw, because it was not paid or is none. */
static void enter_unseen(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine)
{
    uint8_t octets[JAM_INVOKE_SIZE];
    uint64_t regs[PVM_REG_COUNT];
    if (!jam_seg_memory_get(&recorder->outer->memory, recorder->outer->at.regs[8], octets,
                            sizeof octets)) {
        jam_seg_fail(recorder, PVM_E_MEMORY);
        return;
    }
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        regs[i] = pvm_load_le(octets + 8 * (i + 1), 8);
    jam_seg_enter(recorder, machine, regs, pvm_load_le(octets, 8));
}

/* The active machine stopped; the invoke that runs it is about to end. */
static void leave(struct jam_seg_recorder *recorder)
{
    struct jam_seg_machine *machine = jam_seg_state_find(&recorder->state, recorder->state.active);
    struct jam_seg_tape *tape = jam_seg_tape(machine);
    const struct jam_machine *seen = jam_machines_find(&recorder->ctx->machines, machine->id);
    if (seen == NULL || &seen->vm != tape->vm) {
        jam_seg_fail(recorder, PVM_E_INTERNAL);
        return;
    }
    enum pvm_exit exit = seen->last_exit;
    bool stays = exit == PVM_EXIT_HALT || exit == PVM_EXIT_PANIC;
    if (!tape->pending.on && exit == PVM_EXIT_PANIC)
        jam_seg_begin_refused(recorder, machine);
    if (tape->pending.on)
        jam_seg_end_step(recorder, machine, exit == PVM_EXIT_OOG ? PVM_EXIT_CONTINUE : exit,
                         seen->vm.regs, stays ? machine->at.pc : seen->vm.pc, seen->vm.gas);
    jam_seg_end_run(recorder, machine, exit, seen->last_arg);
    if (stays)
        machine->at.pc = 0;
    recorder->state.active = recorder->state.number = recorder->state.entered = 0;
}

/* ---- what a call read and did ---- */

void jam_seg_record_memory(struct jam_seg_recorder *recorder, const struct jam_memory_event *event)
{
    pvm_buf_add(&recorder->ranges, event, sizeof *event);
}

static void add_read(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                     uint64_t addr, uint64_t len)
{
    struct jam_seg_read read = {machine->serial, addr, len, 0};
    if (len == 0)
        return;
    recorder->work += len;
    read.age = jam_seg_age(recorder, machine, addr, len);
    uint8_t *octets = pvm_buf_reserve(&recorder->octets, (size_t)len);
    if (octets == NULL || !jam_seg_memory_get(&machine->memory, addr, octets, len))
        jam_seg_fail(recorder, PVM_E_MEMORY);
    else
        recorder->octets.len += (size_t)len;
    pvm_buf_add(&recorder->call.reads, &read, sizeof read);
}

static void add_change(struct jam_seg_recorder *recorder, const struct jam_seg_change *change)
{
    pvm_buf_add(&recorder->call.changes, change, sizeof *change);
}

/* Octets that are now in from at from_addr were written to a machine. */
static void add_write(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                      uint64_t addr, const struct pvm_memory *from, uint64_t from_addr,
                      uint64_t len)
{
    struct jam_seg_change change = {.kind = JAM_SEG_WRITE, .serial = machine->serial, .addr = addr};
    if (len == 0)
        return;
    uint8_t *octets = pvm_buf_reserve(&recorder->written, (size_t)len);
    if (octets == NULL) {
        jam_seg_fail(recorder, PVM_E_MEMORY);
        return;
    }
    pvm_memory_get(from, from_addr, octets, (size_t)len);
    change.age = jam_seg_age(recorder, machine, addr, len);
    if (!jam_seg_memory_put(&machine->memory, addr, pvm_bytes(octets, (size_t)len)))
        jam_seg_fail(recorder, PVM_E_MEMORY);
    change.bytes = pvm_bytes(NULL, (size_t)len); /* see place_octets */
    recorder->written.len += (size_t)len;
    add_change(recorder, &change);
}

/* The octets of all writes stand one behind the other, now that there will be no more. */
static void place_octets(struct jam_seg_recorder *recorder)
{
    struct jam_seg_change *list = (struct jam_seg_change *)(void *)recorder->call.changes.ptr;
    size_t at = 0;
    for (size_t i = 0; i < jam_seg_change_count(&recorder->call); i++) {
        size_t len = list[i].bytes.len;
        list[i].bytes.ptr = len != 0 ? recorder->written.ptr + at : NULL;
        at += len;
    }
}

static void add_map(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                    struct jam_seg_change change)
{
    change.serial = machine->serial;
    if (!jam_seg_memory_map(&machine->memory, change.page, change.count, change.access,
                            change.zero))
        jam_seg_fail(recorder, PVM_E_MEMORY);
    add_change(recorder, &change);
}

static void open_machine(struct jam_seg_recorder *recorder, uint64_t id)
{
    const struct jam_machine *seen = jam_machines_find(&recorder->ctx->machines, id);
    struct jam_seg_machine *machine;
    struct pvm_buf blob = {.alloc = recorder->alloc};
    if (seen == NULL)
        return; /* no machine was made */
    struct jam_seg_tape *tape = pvm_alloc_zero(recorder->alloc, 1, sizeof *tape);
    if (tape == NULL || jam_seg_state_add(&recorder->state, recorder->state.next_serial, id,
                                          &machine, NULL) != PVM_OK) {
        pvm_alloc_free(recorder->alloc, tape);
        jam_seg_fail(recorder, PVM_E_MEMORY);
        return;
    }
    recorder->state.next_serial++;
    tape->vm = &seen->vm;
    machine->user = tape;
    machine->at.pc = seen->vm.pc;
    machine->program = jam_seg_program_hash(seen->vm.program, &blob);
    if (blob.failed)
        jam_seg_fail(recorder, PVM_E_MEMORY);
    pvm_buf_deinit(&blob);
    const struct jam_seg_change change = {.kind = JAM_SEG_OPEN,
                                          .serial = machine->serial,
                                          .id = id,
                                          .pc = seen->vm.pc,
                                          .program = machine->program};
    add_change(recorder, &change);
}

/* Pages that grow_heap has opened. */
static void add_heap(struct jam_seg_recorder *recorder)
{
    struct jam_seg_machine *outer = recorder->outer;
    uint32_t old = outer->at.heap_top >> PVM_PAGE_BITS;
    uint32_t top = recorder->ctx->heap.top;
    if (top == old)
        return;
    add_map(recorder, outer,
            (struct jam_seg_change){
                .kind = JAM_SEG_MAP, .page = old, .count = top - old, .access = PVM_WRITE});
    outer->at.heap_top = top << PVM_PAGE_BITS;
}

/* The access of pages that decides what the call does belongs into the proof. */
static void look(struct jam_seg_recorder *recorder, enum jam_seg_special special,
                 const uint64_t *regs)
{
    struct jam_seg_look looks[JAM_SEG_LOOKS];
    unsigned count = jam_seg_looks(special, regs, looks);
    for (unsigned i = 0; i < count; i++) {
        struct jam_seg_machine *machine =
            looks[i].inner ? jam_seg_state_inner(&recorder->state, regs[7]) : recorder->outer;
        if (machine != NULL)
            (void)jam_seg_memory_allows(&machine->memory, looks[i].addr, looks[i].len,
                                        looks[i].access);
    }
}

/* What the call did to inner machines, and pages it opened; regs are those before it. */
static void add_special(struct jam_seg_recorder *recorder, enum jam_seg_special special,
                        const uint64_t *regs, uint64_t result)
{
    struct jam_seg_machine *machine = jam_seg_state_inner(&recorder->state, regs[7]);
    struct jam_seg_change change = {.kind = JAM_SEG_CLOSE};
    switch (special) {
    case JAM_SEG_IS_NOTHING:
    case JAM_SEG_IS_GAS:
    case JAM_SEG_IS_LOG:
    case JAM_SEG_IS_CHECKPOINT:
    case JAM_SEG_IS_TRANSFER:
    case JAM_SEG_IS_INVOKE:
        break;
    case JAM_SEG_IS_GROW_HEAP:
        add_heap(recorder);
        break;
    case JAM_SEG_IS_MACHINE:
        if (jam_seg_state_inner(&recorder->state, result) == NULL)
            open_machine(recorder, result);
        break;
    case JAM_SEG_IS_PEEK:
        if (machine != NULL && result == JAM_OK)
            add_read(recorder, machine, regs[9], regs[10]);
        break;
    case JAM_SEG_IS_POKE:
        if (machine != NULL && result == JAM_OK)
            add_write(recorder, machine, regs[9], &recorder->outer_vm->memory, regs[8], regs[10]);
        break;
    case JAM_SEG_IS_PAGES:
    case JAM_SEG_IS_ZERO:
    case JAM_SEG_IS_VOID:
        if (machine != NULL && result == JAM_OK && jam_seg_page_change(special, regs, &change))
            add_map(recorder, machine, change);
        break;
    case JAM_SEG_IS_EXPUNGE:
        if (machine != NULL && jam_machines_find(&recorder->ctx->machines, regs[7]) == NULL) {
            change.serial = machine->serial;
            add_change(recorder, &change);
            jam_seg_state_close(&recorder->state, machine);
        }
        break;
    }
}

/* Reads first: they saw memory as it was before the writes. */
static void add_ranges(struct jam_seg_recorder *recorder, bool written)
{
    for (size_t i = 0; i < recorder->ranges.len / sizeof(struct jam_memory_event); i++) {
        struct jam_memory_event event;
        memcpy(&event, recorder->ranges.ptr + i * sizeof event, sizeof event);
        if (event.written != written)
            continue;
        if (written)
            add_write(recorder, recorder->outer, event.addr, event.memory, event.addr, event.len);
        else
            add_read(recorder, recorder->outer, event.addr, event.len);
    }
}

static void write_call(struct jam_seg_recorder *recorder, const struct jam_call_event *event)
{
    struct jam_seg_call *call = &recorder->call;
    place_octets(recorder);
    call->number = event->number;
    call->exit = event->exit;
    call->gas = event->gas_after;
    memcpy(call->regs, event->after, sizeof call->regs);
    jam_seg_call_encode(call, event->before, &recorder->section[JAM_SEG_CALLS]);
    jam_seg_call_note(call, &recorder->note);
    if (recorder->note.failed || recorder->octets.failed || call->reads.failed ||
        call->changes.failed || recorder->ranges.failed)
        jam_seg_fail(recorder, PVM_E_MEMORY);
    jam_seg_state_note(&recorder->state, pvm_buf_bytes(&recorder->note),
                       pvm_buf_bytes(&recorder->octets));
}

/* By the version's own numbers, as whoever checks it will. What an extension serves is nothing that
 * can be checked, and noted. */
static enum jam_seg_special special_of(struct jam_seg_recorder *recorder,
                                       const struct jam_call_event *event)
{
    const struct jam_extension_call *call = jam_call_of(recorder->ctx->profile, event->number);
    if (call != NULL && call != jam_call_of(recorder->directory->profile, event->number)) {
        if (jam_seg_put_foreign(recorder->directory, event->number, &recorder->err) != PVM_OK)
            jam_seg_fail(recorder, PVM_E_MEMORY);
        return JAM_SEG_IS_NOTHING;
    }
    return jam_seg_special(call != NULL ? call->name : NULL);
}

/* Lets the outer machine, and the inner one if there was one, come to the end of the call. */
static void settle(struct jam_seg_recorder *recorder, const struct jam_call_event *event,
                   enum jam_seg_special special)
{
    if (recorder->state.active == 0)
        stop_outer(recorder);
    if (recorder->state.active == 0 && event->open && event->exit == PVM_EXIT_CONTINUE &&
        special == JAM_SEG_IS_INVOKE && event->after[7] != JAM_WHO) {
        struct jam_seg_machine *machine = jam_seg_state_inner(&recorder->state, event->before[7]);
        if (machine != NULL)
            enter_unseen(recorder, machine);
    }
    if (recorder->err.status == PVM_OK && recorder->state.active != 0)
        leave(recorder);
}

void jam_seg_record_call(struct jam_seg_recorder *recorder, const struct jam_call_event *event)
{
    if (recorder->err.status != PVM_OK)
        return;
    struct pvm_eval_machine *at = &recorder->outer->at;
    enum jam_seg_special special = special_of(recorder, event);
    settle(recorder, event, special);
    if (at->gas != event->gas_before || memcmp(at->regs, event->before, sizeof at->regs) != 0)
        jam_seg_fail(recorder, PVM_E_INTERNAL);
    if (recorder->err.status != PVM_OK)
        return;
    recorder->clock++;
    jam_seg_call_reset(&recorder->call);
    recorder->note.len = recorder->octets.len = recorder->written.len = 0;
    look(recorder, special, event->before);
    add_ranges(recorder, false);
    if (event->exit == PVM_EXIT_CONTINUE && event->open)
        add_special(recorder, special, event->before, event->after[7]);
    add_ranges(recorder, true);
    write_call(recorder, event);
    memcpy(at->regs, event->after, sizeof at->regs);
    recorder->gas += at->gas > event->gas_after ? at->gas - event->gas_after : 0;
    at->gas = event->gas_after;
    recorder->ranges.len = 0;
    if (event->exit != PVM_EXIT_CONTINUE)
        recorder->state.exit = event->exit;
}
