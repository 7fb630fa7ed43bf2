/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind the handles of core/pvm.h; used by core/api*.c only.
 *
 * A handle keeps the allocator it was made with by value, and everything in it refers to that copy.
 * So what was made under a machine is freed before the machine is, and what was made under a module
 * before the last reference to the module goes.
 */
#ifndef CORE_API_H
#define CORE_API_H

#include "core/blob.h"

struct pvm_module {
    _Atomic uint32_t refs;
    struct pvm_alloc own_alloc;
    const struct pvm_alloc *alloc; /* NULL: libc's; else &own_alloc */
    enum pvm_blob_format format;
    uint8_t *data;                /* o and w of a standard program, which its spans borrow from */
    struct pvm_standard standard; /* but for the code, which is in the program */
    struct pvm_program *program;
};

/* What a machine's owner may do with it. */
enum pvm_machine_state {
    PVM_MACHINE_READY,
    PVM_MACHINE_RUNNING, /* and we are in one of its callbacks */
    PVM_MACHINE_ENDED    /* our memory ended in the middle of an instruction */
};

struct pvm_machine {
    struct pvm_vm vm;
    struct pvm_budget budget;
    struct pvm_module *module; /* one reference */
    struct pvm_alloc own_alloc;
    const struct pvm_alloc *alloc;
    enum pvm_machine_state state;
    pvm_step_fn step;
    void *step_user;
};

/* Every function with an err begins with this. */
static inline void pvm_err_clear(struct pvm_err *err)
{
    if (err != NULL) {
        err->status = PVM_OK;
        err->msg[0] = '\0';
    }
}

/* What a caller that knows `size` octets of an options struct said, the rest being zero. *out is
 * zeroed; fails for a size that is larger than ours, unless what we do not know is zero, or smaller
 * than that of the first version. NULL options: all zero. */
PVM_MUST_USE enum pvm_status pvm_options_copy(const void *options, size_t first, size_t ours,
                                              void *out, struct pvm_err *err);

/* The rules of a GP version or of a row of PVM_RULES by name, NULL: 0.7.2; NULL when unknown. */
const struct pvm_rules *pvm_rules_find(const char *name);

#endif
