/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a machine, kept to come back to: registers, gas, position, and memory as the pages
 * that are not zero. A state kept later shares the pages that are still alike, so that it costs
 * what was written since, besides a look at each page. For debuggers; one thread at a time.
 */
#ifndef CORE_VM_SAVED_H
#define CORE_VM_SAVED_H

#include "core/vm.h"

struct pvm_saved_page;

/* Pages from `first` on with the same access. */
struct pvm_saved_range {
    uint32_t first, count;
    enum pvm_access access;
};

struct pvm_saved {
    uint64_t regs[PVM_REG_COUNT];
    uint64_t gas, pc, exit_pc, arg;
    uint32_t heap_top, heap_limit;
    bool paid;
    struct pvm_saved_range *ranges; /* those with access, ascending */
    size_t range_count;
    struct pvm_saved_page **pages; /* those with storage, ascending; a reference to each */
    size_t page_count;
    struct pvm_budget *budget; /* borrowed: octets of this and others kept within it */
};

/* The state of a machine between runs, or as its observer finds it. before: an earlier state of the
 * machine, in the same budget, or NULL. PVM_E_LIMIT: the budget does not reach; nothing is kept on
 * failure. */
PVM_MUST_USE enum pvm_status pvm_saved_take(struct pvm_saved *saved, const struct pvm_vm *vm,
                                            const struct pvm_saved *before,
                                            struct pvm_budget *budget, struct pvm_err *err);
/* Puts that state into a machine of the same program between its runs, whatever its own. */
PVM_MUST_USE enum pvm_status pvm_saved_give(const struct pvm_saved *saved, struct pvm_vm *vm,
                                            struct pvm_err *err);
/* Idempotent; for a zeroed one, too. */
void pvm_saved_deinit(struct pvm_saved *saved);

#endif
