/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a row's calls, straight or by a guest, and notes what came of them. */
#include "host/table_parts.h"

#include <inttypes.h>

enum { RO_START = 0x10000, FIRST_REG = 7 };
#define PLENTY (UINT64_C(1) << 61)

/* One octet of code: trap. */
static const uint8_t idle[] = {0, 0, 1, 0, 1};

void jam_table_seen_init(struct jam_table_seen *seen, const struct pvm_alloc *alloc)
{
    *seen = (struct jam_table_seen){.changes = {.alloc = alloc}, .trouble = {.alloc = alloc}};
}

void jam_table_seen_deinit(struct jam_table_seen *seen)
{
    pvm_buf_deinit(&seen->changes);
    pvm_buf_deinit(&seen->trouble);
    jam_table_memory_deinit(&seen->memory);
}

/* ---- the calls as they are made ---- */

struct recorder {
    const struct jam_table_setup *setup;
    struct jam_table_seen *seen;
    size_t count;
};

static void check_first(struct recorder *recorder, const struct jam_call_event *event)
{
    const struct jam_table_call *call = &recorder->setup->calls.list[recorder->count];
    struct pvm_buf *trouble = &recorder->seen->trouble;
    if (event->exit != PVM_EXIT_CONTINUE)
        pvm_buf_printf(trouble, "first call %zu ended in %s\n", recorder->count,
                       pvm_exit_name(event->exit));
    else if (call->has_result && event->after[FIRST_REG] != call->result)
        pvm_buf_printf(trouble, "first call %zu: r7 0x%" PRIx64 ", expected 0x%" PRIx64 "\n",
                       recorder->count, event->after[FIRST_REG], call->result);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    struct recorder *recorder = user;
    struct jam_table_seen *seen = recorder->seen;
    size_t own = recorder->setup->calls.count - 1;
    if (recorder->count < own) {
        check_first(recorder, event);
    } else if (recorder->count == own) {
        seen->made = true;
        seen->exit = event->exit;
        memcpy(seen->before, event->before, sizeof seen->before);
        memcpy(seen->after, event->after, sizeof seen->after);
        seen->gas_before = event->gas_before;
        seen->gas_after = event->gas_after;
    }
    recorder->count++;
}

/* ---- what is there in the end ---- */

static enum pvm_status take_memory(const struct jam_table_setup *setup, const struct pvm_vm *vm,
                                   struct jam_table_seen *seen, struct pvm_err *err)
{
    PVM_TRY(jam_table_memory_copy(&setup->memory, &seen->memory, err));
    if (seen->memory.ro.len > 0)
        pvm_memory_get(&vm->memory, RO_START, seen->memory.ro.ptr, seen->memory.ro.len);
    if (seen->memory.rw.len > 0)
        pvm_memory_get(&vm->memory, seen->memory.rw_start, seen->memory.rw.ptr,
                       seen->memory.rw.len);
    return PVM_OK;
}

static struct pvm_standard program_of(const struct jam_table_setup *setup, struct pvm_bytes code)
{
    return (struct pvm_standard){.ro = pvm_buf_bytes(&setup->memory.ro),
                                 .rw = pvm_buf_bytes(&setup->memory.rw),
                                 .stack = setup->memory.stack,
                                 .code = code};
}

static enum pvm_status conclude(const struct jam_table_setup *setup, struct jam_run *run,
                                const struct pvm_standard *program, struct jam_table_seen *seen,
                                struct pvm_err *err)
{
    PVM_TRY(take_memory(setup, jam_run_vm(run), seen, err));
    return jam_table_changes(setup, run, program, &seen->changes, err);
}

/* ---- straight ---- */

static enum pvm_status make_calls(const struct jam_table_setup *setup, struct jam_run *run,
                                  uint64_t gas, const struct jam_table_seen *seen,
                                  struct pvm_err *err)
{
    const struct jam_table_calls *calls = &setup->calls;
    struct pvm_vm *vm = jam_direct_vm(run);
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    if (vm == NULL)
        return pvm_fail(err, PVM_E_INTERNAL, "the run has no machine");
    for (size_t i = 0; i < calls->count && exit == PVM_EXIT_CONTINUE; i++) {
        memcpy(vm->regs + FIRST_REG, calls->list[i].args, sizeof calls->list[i].args);
        if (i + 1 == calls->count)
            vm->gas = gas;
        PVM_TRY(jam_direct_call_number(run, calls->list[i].number, &exit, err));
    }
    if (exit == PVM_EXIT_CONTINUE)
        exit = setup->panics && seen->made ? PVM_EXIT_PANIC : PVM_EXIT_HALT;
    return jam_direct_end(run, exit, err);
}

enum pvm_status jam_table_direct(const struct jam_table_setup *setup, uint64_t gas,
                                 struct jam_table_seen *out, struct pvm_err *err)
{
    struct recorder recorder = {.setup = setup, .seen = out};
    const struct jam_hooks hooks = {.call = on_call, .user = &recorder};
    const struct pvm_standard program = program_of(setup, pvm_bytes(idle, sizeof idle));
    struct jam_run *run;
    PVM_TRY(jam_table_setup_run(setup, &program, PLENTY, &hooks, &run, err));
    enum pvm_status status = make_calls(setup, run, gas, out, err);
    if (status == PVM_OK)
        status = conclude(setup, run, &program, out, err);
    jam_run_free(run);
    return status;
}

/* ---- by a guest ---- */

static void take_output(const struct jam_run *run, struct jam_table_seen *seen)
{
    const struct jam_result *result = jam_run_result(run);
    if (result->outcome != JAM_ENDED_HALT)
        return;
    if (result->output.len != sizeof seen->output) {
        pvm_buf_printf(&seen->trouble, "the guest's output has %zu octets\n", result->output.len);
        return;
    }
    seen->has_output = true;
    seen->output[0] = pvm_load_le(result->output.ptr, 8);
    seen->output[1] = pvm_load_le(result->output.ptr + 8, 8);
}

/* To the end at one go, or stopping at every instruction and before every host call. */
static enum pvm_status go(struct jam_run *run, bool in_parts, struct pvm_err *err)
{
    bool ended = false;
    if (!in_parts)
        return jam_run_go(run, err);
    while (!ended)
        PVM_TRY(jam_run_some(run, jam_run_at_call(run) ? 0 : 1, &ended, err));
    return PVM_OK;
}

static enum pvm_status run_guest(const struct jam_table_setup *setup, struct pvm_bytes code,
                                 uint64_t gas, bool in_parts, struct jam_table_seen *out,
                                 struct pvm_err *err)
{
    struct recorder recorder = {.setup = setup, .seen = out};
    const struct jam_hooks hooks = {.call = on_call, .user = &recorder};
    const struct pvm_standard program = program_of(setup, code);
    struct jam_run *run;
    PVM_TRY(jam_table_setup_run(setup, &program, gas, &hooks, &run, err));
    enum pvm_status status = go(run, in_parts, err);
    if (status == PVM_OK && jam_run_vm(run) == NULL)
        status =
            pvm_fail(err, PVM_E_INTERNAL, "the guest does not run: %s", jam_run_result(run)->why);
    if (status == PVM_OK) {
        take_output(run, out);
        status = conclude(setup, run, &program, out, err);
    }
    jam_run_free(run);
    return status;
}

/* Finds out with plenty of gas how much the guest has used up before the row's own call. */
static enum pvm_status probe(const struct jam_table_setup *setup, struct pvm_bytes code,
                             uint64_t *used, bool *reached, struct pvm_err *err)
{
    struct jam_table_seen seen;
    jam_table_seen_init(&seen, setup->view->table->alloc);
    enum pvm_status status = run_guest(setup, code, PLENTY, false, &seen, err);
    *used = PLENTY - seen.gas_before;
    *reached = seen.made;
    jam_table_seen_deinit(&seen);
    return status;
}

static enum pvm_status by_guest(const struct jam_table_setup *setup, uint64_t gas, bool in_parts,
                                struct jam_table_seen *out, struct pvm_err *err)
{
    struct pvm_buf code = {.alloc = setup->view->table->alloc};
    uint64_t used = 0;
    bool reached = false;
    enum pvm_status status = jam_table_guest(setup, &code, err);
    if (status == PVM_OK)
        status = probe(setup, pvm_buf_bytes(&code), &used, &reached, err);
    if (status == PVM_OK && !reached)
        pvm_buf_text(&out->trouble, "the guest does not get to its call\n");
    if (status == PVM_OK)
        status = run_guest(setup, pvm_buf_bytes(&code), reached ? used + gas : PLENTY, in_parts,
                           out, err);
    pvm_buf_deinit(&code);
    return status;
}

enum pvm_status jam_table_by_guest(const struct jam_table_setup *setup, uint64_t gas,
                                   struct jam_table_seen *out, struct pvm_err *err)
{
    return by_guest(setup, gas, false, out, err);
}

enum pvm_status jam_table_by_parts(const struct jam_table_setup *setup, uint64_t gas,
                                   struct jam_table_seen *out, struct pvm_err *err)
{
    return by_guest(setup, gas, true, out, err);
}
