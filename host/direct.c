/* SPDX-License-Identifier: Apache-2.0 */
#include "host/direct.h"

/* No jump table, one octet of code (trap), which an instruction starts at. */
static const uint8_t trap_blob[] = {0, 0, 1, 0, 1};

static const struct pvm_standard trap_program = {.code = {trap_blob, sizeof trap_blob}};

const struct pvm_standard *jam_direct_program(void)
{
    return &trap_program;
}

struct pvm_vm *jam_direct_vm(struct jam_run *run)
{
    return jam_run_outer(run);
}

static enum pvm_status no_program(struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_USAGE, "the run has no program, so no machine to call from");
}

enum pvm_status jam_direct_begin(struct jam_run *run, struct pvm_err *err)
{
    struct pvm_vm *vm = jam_run_outer(run);
    if (vm == NULL)
        return no_program(err);
    memset(vm->regs, 0, sizeof vm->regs);
    return pvm_memory_map(&vm->memory, 0, PVM_PAGE_COUNT, PVM_NO_ACCESS, true, err);
}

enum pvm_status jam_direct_call_number(struct jam_run *run, uint64_t number, enum pvm_exit *exit,
                                       struct pvm_err *err)
{
    struct pvm_vm *vm = jam_run_outer(run);
    if (vm == NULL)
        return no_program(err);
    vm->arg = number;
    return jam_call_dispatch(jam_run_context(run), vm, exit, err);
}

enum pvm_status jam_direct_call(struct jam_run *run, enum jam_call_id id, enum pvm_exit *exit,
                                struct pvm_err *err)
{
    const struct jam_profile *profile = jam_run_profile(run);
    int32_t number = jam_call_number(profile, id);
    if (number < 0)
        return pvm_fail(err, PVM_E_USAGE, "GP %s has no host call %s", profile->name,
                        jam_call_table[id].name);
    return jam_direct_call_number(run, (uint64_t)number, exit, err);
}

enum pvm_status jam_direct_end(struct jam_run *run, enum pvm_exit exit, struct pvm_err *err)
{
    struct pvm_vm *vm = jam_run_outer(run);
    if (vm == NULL)
        return no_program(err);
    uint64_t len = vm->regs[8];
    vm->regs[8] = 0;
    enum pvm_status status = jam_run_end(run, exit, err);
    vm->regs[8] = len;
    return status;
}
