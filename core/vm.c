/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vm.h"

const char *pvm_exit_name(enum pvm_exit exit)
{
    switch (exit) {
#define X(NAME, text)                                                                              \
    case PVM_EXIT_##NAME:                                                                          \
        return text;
        PVM_EXIT_MAP(X)
#undef X
    }
    return "?";
}

void pvm_vm_init(struct pvm_vm *vm, struct pvm_program *program, const struct pvm_alloc *alloc,
                 struct pvm_budget *budget)
{
    memset(vm->regs, 0, sizeof vm->regs);
    vm->gas = 0;
    vm->pc = vm->exit_pc = vm->arg = vm->resume_pc = 0;
    vm->resume_index = vm->heap_top = vm->heap_limit = 0;
    vm->held = 0;
    vm->paid = false;
    vm->program = pvm_program_ref(program);
    vm->observer = (struct pvm_observer){0};
    pvm_memory_init(&vm->memory, alloc, budget);
    pvm_memory_lay_out(&vm->memory, program->layout);
}

void pvm_vm_deinit(struct pvm_vm *vm)
{
    pvm_memory_deinit(&vm->memory);
    pvm_program_free(vm->program);
    vm->program = NULL;
}
