/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine: registers, gas, position and memory on top of a shared program (GP 0.7.2 A.1, Psi).
 * The owner may read and write every field between runs. Not for use by two threads at once.
 */
#ifndef CORE_VM_H
#define CORE_VM_H

#include "core/memory.h"
#include "core/program.h"

/* The GP's exit reasons, enum pvm_exit of core/pvm.h; CONTINUE only from a run with a step limit. */
#define PVM_EXIT_MAP(X)                                                                            \
    X(CONTINUE, "continue")                                                                        \
    X(HALT, "halt")                                                                                \
    X(PANIC, "panic")                                                                              \
    X(OOG, "out-of-gas")                                                                           \
    X(FAULT, "page-fault")                                                                         \
    X(HOST, "host-call")

struct pvm_vm;

/* Called before each instruction of an observed run, with vm->pc at the instruction and registers,
 * gas and memory as it finds them. Who owns the machine may change these (not the position) from
 * there, as a debugger does: the instruction then finds what it left. Others change nothing. */
struct pvm_observer {
    void (*step)(void *user, const struct pvm_vm *vm);
    void *user;
};

struct pvm_vm {
    uint64_t regs[PVM_REG_COUNT];
    uint64_t gas;
    uint64_t pc;      /* where the next run starts */
    uint64_t exit_pc; /* the instruction that ended the last run */
    uint64_t arg;     /* HOST: the call's number, sign-extended; FAULT: the page's address */
    uint64_t resume_pc;    /* position that resume_index belongs to */
    uint32_t resume_index; /* record where the last run stopped, 0: unknown */
    uint32_t heap_top;     /* sbrk: end of the heap; 0 in a machine without one */
    uint32_t heap_limit;   /* sbrk: the heap never passes this */
    uint64_t held;         /* gas that a free run does not count down itself */
    bool paid; /* PVM_GAS_BLOCK: the block that pc lies in is paid for (GP 0.8.0 A.4) */
    struct pvm_program *program; /* one reference */
    struct pvm_observer observer;
    struct pvm_memory memory;
};

/* A machine at position 0 with zero registers, no gas and inaccessible memory. Takes a reference
 * to program. init never fails; deinit is idempotent. */
void pvm_vm_init(struct pvm_vm *vm, struct pvm_program *program, const struct pvm_alloc *alloc,
                 struct pvm_budget *budget);
void pvm_vm_deinit(struct pvm_vm *vm);

/* Runs from vm->pc until an exit (GP Psi). On return:
 *   HALT, PANIC  pc = exit_pc = the instruction; the GP's returned position is 0, callers that
 *                store it do that themselves
 *   OOG          pc = exit_pc = the instruction not executed; nothing of it charged, gas 0 under
 *                the flat model, less than the block's cost under the block model
 *   FAULT        pc = exit_pc = the instruction, charged; running again retries it, which costs
 *                again under the flat model only
 *   HOST         exit_pc = the ecalli, pc = the instruction behind it
 * Registers, gas and memory are exact in every case. A status other than PVM_OK (our memory ran
 * out) leaves the machine fit only for deinit. */
PVM_MUST_USE enum pvm_status pvm_vm_run(struct pvm_vm *vm, enum pvm_exit *exit,
                                        struct pvm_err *err);
/* The same for at most steps instructions; PVM_EXIT_CONTINUE when they are used up. */
PVM_MUST_USE enum pvm_status pvm_vm_step(struct pvm_vm *vm, uint64_t steps, enum pvm_exit *exit,
                                         struct pvm_err *err);

#endif
