/* SPDX-License-Identifier: Apache-2.0 */
/* Of core/pvm.h: machines and their runs. */
#include "core/api.h"

/* ---- life ---- */

static enum pvm_status fill(struct pvm_machine *machine, const struct pvm_machine_options *options,
                            struct pvm_err *err)
{
    const struct pvm_module *module = machine->module;
    if (module->format == PVM_BLOB_RAW) {
        if (options->args_len != 0)
            return pvm_fail(err, PVM_E_USAGE, "a bare program blob takes no arguments");
        return PVM_OK;
    }
    return pvm_standard_init(&module->standard, pvm_bytes(options->args, options->args_len),
                             &machine->vm, err);
}

enum pvm_status pvm_machine_new(struct pvm_module *module,
                                const struct pvm_machine_options *options, struct pvm_machine **out,
                                struct pvm_err *err)
{
    struct pvm_machine_options o;
    pvm_err_clear(err);
    PVM_TRY(pvm_options_copy(options, sizeof o, sizeof o, &o, err));
    struct pvm_machine *machine = pvm_alloc_zero(o.alloc, 1, sizeof *machine);
    if (machine == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a machine");
    if (o.alloc != NULL) {
        machine->own_alloc = *o.alloc;
        machine->alloc = &machine->own_alloc;
    }
    machine->budget.limit = SIZE_MAX;
    if (o.memory_limit != 0 && o.memory_limit < SIZE_MAX)
        machine->budget.limit = (size_t)o.memory_limit;
    machine->module = pvm_module_ref(module);
    pvm_vm_init(&machine->vm, module->program, machine->alloc, &machine->budget);
    enum pvm_status status = fill(machine, &o, err);
    if (status != PVM_OK) {
        pvm_machine_free(machine);
        return status;
    }
    *out = machine;
    return PVM_OK;
}

void pvm_machine_free(struct pvm_machine *machine)
{
    if (machine == NULL)
        return;
    pvm_vm_deinit(&machine->vm);
    pvm_module_free(machine->module);
    struct pvm_alloc own = machine->own_alloc;
    pvm_alloc_free(machine->alloc != NULL ? &own : NULL, machine);
}

struct pvm_module *pvm_machine_module(const struct pvm_machine *machine)
{
    return machine->module;
}

/* ---- runs ---- */

static enum pvm_status begin(struct pvm_machine *machine, struct pvm_err *err)
{
    pvm_err_clear(err);
    switch (machine->state) {
    case PVM_MACHINE_READY:
        machine->state = PVM_MACHINE_RUNNING;
        return PVM_OK;
    case PVM_MACHINE_RUNNING:
        return pvm_fail(err, PVM_E_USAGE, "the machine is running: this is one of its callbacks");
    case PVM_MACHINE_ENDED:
        return pvm_fail(err, PVM_E_USAGE, "the machine ended when it had no room for a page");
    }
    return PVM_E_INTERNAL;
}

static enum pvm_status end(struct pvm_machine *machine, enum pvm_status status)
{
    machine->state = status == PVM_OK ? PVM_MACHINE_READY : PVM_MACHINE_ENDED;
    return status;
}

enum pvm_status pvm_run(struct pvm_machine *machine, enum pvm_exit *exit, struct pvm_err *err)
{
    PVM_TRY(begin(machine, err));
    return end(machine, pvm_vm_run(&machine->vm, exit, err));
}

enum pvm_status pvm_step(struct pvm_machine *machine, uint64_t steps, enum pvm_exit *exit,
                         struct pvm_err *err)
{
    PVM_TRY(begin(machine, err));
    return end(machine, pvm_vm_step(&machine->vm, steps, exit, err));
}

enum pvm_status pvm_run_with_host(struct pvm_machine *machine, pvm_host_fn host, void *user,
                                  enum pvm_exit *exit, struct pvm_err *err)
{
    enum pvm_exit how = PVM_EXIT_CONTINUE;
    PVM_TRY(begin(machine, err));
    while (how == PVM_EXIT_CONTINUE) {
        enum pvm_status status = pvm_vm_run(&machine->vm, &how, err);
        if (status != PVM_OK)
            return end(machine, status);
        if (how != PVM_EXIT_HOST)
            break;
        how = PVM_EXIT_CONTINUE;
        uint64_t call = machine->vm.arg;
        status = host(user, machine, call, &how, err);
        if (status != PVM_OK) {
            machine->state = PVM_MACHINE_READY;
            if (err != NULL && err->status != PVM_OK)
                err->status = status;
            return pvm_fail(err, status, "host call %lld failed: %s", (long long)call,
                            pvm_status_text(status));
        }
        pvm_err_clear(err); /* of what the callback dealt with itself */
        if ((unsigned)how > PVM_EXIT_HOST) {
            machine->state = PVM_MACHINE_READY;
            return pvm_fail(err, PVM_E_USAGE, "host call %lld ends with %d, which is no exit",
                            (long long)call, (int)how);
        }
    }
    *exit = how;
    return end(machine, PVM_OK);
}

/* ---- state ---- */

uint64_t pvm_exit_arg(const struct pvm_machine *machine)
{
    return machine->vm.arg;
}

uint64_t pvm_exit_pc(const struct pvm_machine *machine)
{
    return machine->vm.exit_pc;
}

uint64_t *pvm_regs(struct pvm_machine *machine)
{
    return machine->vm.regs;
}

uint64_t pvm_gas(const struct pvm_machine *machine)
{
    return machine->vm.gas;
}

void pvm_set_gas(struct pvm_machine *machine, uint64_t gas)
{
    machine->vm.gas = gas;
}

bool pvm_charge(struct pvm_machine *machine, uint64_t gas)
{
    bool enough = machine->vm.gas >= gas;
    machine->vm.gas = enough ? machine->vm.gas - gas : 0;
    return enough;
}

uint64_t pvm_pc(const struct pvm_machine *machine)
{
    return machine->vm.pc;
}

void pvm_set_pc(struct pvm_machine *machine, uint64_t pc)
{
    if (machine->vm.pc != pc)
        machine->vm.paid = false;
    machine->vm.pc = pc;
}

enum pvm_status pvm_set_heap(struct pvm_machine *machine, uint64_t top, uint64_t limit,
                             struct pvm_err *err)
{
    pvm_err_clear(err);
    if (top > limit || limit > UINT32_MAX)
        return pvm_fail(err, PVM_E_USAGE, "a heap up to 0x%llx with the limit 0x%llx",
                        (unsigned long long)top, (unsigned long long)limit);
    machine->vm.heap_top = (uint32_t)top;
    machine->vm.heap_limit = (uint32_t)limit;
    return PVM_OK;
}

uint64_t pvm_heap_top(const struct pvm_machine *machine)
{
    return machine->vm.heap_top;
}

/* ---- observation ---- */

static void observe(void *user, const struct pvm_vm *vm)
{
    struct pvm_machine *machine = user;
    (void)vm; /* is &machine->vm */
    machine->step(machine->step_user, machine);
}

void pvm_observe(struct pvm_machine *machine, pvm_step_fn step, void *user)
{
    machine->step = step;
    machine->step_user = user;
    machine->vm.observer = (struct pvm_observer){step != NULL ? observe : NULL, machine};
}
