/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner machines of a refinement (GP 0.7.2 B.3, bold m): index -> code, memory, program
 * counter. They share one budget, and programs made from the same octets are decoded once.
 */
#ifndef HOST_INNER_H
#define HOST_INNER_H

#include "core/vm.h"
#include "host/types.h"

struct jam_hooks;

/* A decoded program and how many machines run it. Private to inner.c and run_saved.c. */
struct jam_program_entry {
    struct jam_hash hash; /* of the blob */
    struct pvm_program *program;
    size_t cost; /* counted against the budget */
    size_t users;
};

/* What a machine that goes on in the middle of an invocation has there. */
struct jam_machine_middle {
    bool waits; /* for its first instruction */
    uint64_t gas;
    uint64_t regs[PVM_REG_COUNT];
};

struct jam_machine {
    uint64_t id;
    struct pvm_vm vm;
    uint64_t invocations;          /* how often it was invoked */
    enum pvm_exit last_exit;       /* of the last invocation; CONTINUE before the first */
    uint64_t last_arg;             /* its vm.arg: call number or page address */
    uint64_t last_exit_pc;         /* the instruction that ended it */
    uint64_t last_gas;             /* granted to it; vm.gas is what was left */
    bool expunged;                 /* kept only for the report */
    const struct jam_hooks *hooks; /* where the observer reports to */
    struct jam_program_entry *entry;
    struct jam_machine_middle middle;
};

struct jam_machines {
    struct jam_machine **list; /* ascending by id, owned */
    size_t count, cap;
    struct jam_machine *corpse; /* the machine that ended badly last, once expunged; owned */
    struct jam_machine *bad;    /* the machine whose last end was panic, fault or out of gas */
    uint64_t last;              /* id of the machine invoked last */
    bool any;                   /* whether there was one */
    struct jam_program_entry **programs; /* ascending by hash, owned */
    size_t program_count, program_cap;
    size_t idle_count; /* of them, those that no machine runs */
    const struct pvm_rules *rules;
    enum pvm_layout layout; /* of their memories */
    const struct pvm_alloc *alloc;
    struct pvm_budget *budget;
    const struct jam_hooks *hooks;
};

void jam_machines_init(struct jam_machines *machines, const struct pvm_rules *rules,
                       const struct pvm_alloc *alloc, struct pvm_budget *budget,
                       const struct jam_hooks *hooks);
void jam_machines_deinit(struct jam_machines *machines);

struct jam_machine *jam_machines_find(const struct jam_machines *machines, uint64_t id);

/* A machine with the least free index. *out is NULL when blob is no program (GP: HUH). A status
 * other than PVM_OK is ours: memory, or a limit. */
PVM_MUST_USE enum pvm_status jam_machines_add(struct jam_machines *machines, struct pvm_bytes blob,
                                              uint64_t pc, struct jam_machine **out,
                                              struct pvm_err *err);
/* The same of a program whose entry is known, with that id, which is free; for run_saved.c. */
PVM_MUST_USE enum pvm_status jam_machines_insert(struct jam_machines *machines,
                                                 struct jam_program_entry *entry, uint64_t id,
                                                 struct jam_machine **out, struct pvm_err *err);
/* Makes a program, of which it takes a reference, one that is known; for run_saved.c. */
PVM_MUST_USE enum pvm_status jam_machines_know(struct jam_machines *machines,
                                               const struct jam_program_entry *known,
                                               struct jam_program_entry **out, struct pvm_err *err);
/* Removes a machine; one that ended badly stays as the corpse for the report. */
void jam_machines_remove(struct jam_machines *machines, struct jam_machine *machine);
/* Notes how an invocation ended, from machine->last_exit and its kin. */
void jam_machines_ended(struct jam_machines *machines, struct jam_machine *machine);

#endif
