/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder's inside, shared by host/seg_record.c and host/seg_record_call.c. */
#ifndef HOST_SEG_RECORD_PARTS_H
#define HOST_SEG_RECORD_PARTS_H

#include "host/seg_call.h"
#include "host/seg_record.h"
#include "host/seg_state.h"

/* A program that machines run, and what of it this segment executed. */
struct jam_seg_usage {
    struct pvm_program *program; /* one reference */
    struct jam_hash hash;
    uint32_t *counts;    /* by position */
    struct pvm_buf used; /* uint32_t: positions with a count */
};

/* The instruction that the observer was told of last. */
struct jam_seg_pending {
    bool on;
    bool refused; /* not executed: a run may not start there, or there is nothing: a trap */
    enum pvm_op op;
    unsigned written; /* register, PVM_REG_COUNT: none */
    struct pvm_eval_access access;
    uint32_t addr;
    uint64_t stored;
    uint64_t next; /* the instruction behind it */
    uint64_t gas;  /* before it */
};

/* What the recorder keeps for a machine. */
struct jam_seg_tape {
    const struct pvm_vm *vm;
    size_t usage; /* 1 + index, 0: none yet */
    struct jam_seg_pending pending;
};

struct jam_seg_recorder {
    const struct pvm_alloc *alloc;
    struct jam_seg_directory *directory;
    const struct pvm_vm *outer_vm;
    const struct jam_context *ctx;
    struct jam_seg_state state;
    struct jam_seg_machine *outer, *inner; /* inner: the one that ran last, or NULL */
    struct pvm_buf usages;                 /* struct jam_seg_usage */
    struct pvm_err err;                    /* the first failure; then hooks do nothing */
    struct jam_seg_watch watch;
    uint64_t told; /* instructions, for watch.poll */
    char name[JAM_SEG_NAME]; /* of the run */
    uint64_t run_segments;                 /* of this run so far */
    struct pvm_buf before;                 /* uint64_t: serials of machines when it began */
    /* Of the segment. */
    struct jam_hash start;
    struct pvm_buf section[JAM_SEG_SECTION_COUNT];
    uint32_t clock;     /* records of instructions and calls */
    uint64_t run_steps; /* of the machine that runs, since its run began */
    uint64_t last_addr;
    uint64_t steps, gas;
    uint64_t work;         /* octets that host calls read */
    struct pvm_buf ranges; /* struct jam_memory_event of the call under way */
    struct jam_seg_call call;
    struct pvm_buf note, octets; /* for one call */
    struct pvm_buf written;      /* octets that its changes write */
};

/* host/seg_record.c, for calls. */
void jam_seg_fail(struct jam_seg_recorder *recorder, enum pvm_status status);
/* Ends the pending instruction of a machine as it left things. */
void jam_seg_end_step(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                      enum pvm_exit exit, const uint64_t *regs, uint64_t pc, uint64_t gas);
/* Begins one at the machine's position. */
void jam_seg_begin_step(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine);
/* One that nobody was told of, where a run panicked at once. */
void jam_seg_begin_refused(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine);
/* The machine stopped. */
void jam_seg_end_run(struct jam_seg_recorder *recorder, const struct jam_seg_machine *machine,
                     enum pvm_exit exit, uint64_t arg);
/* Gas of the pending instruction. */
uint64_t jam_seg_step_cost(const struct jam_seg_machine *machine);
/* BLAKE2b of the blob that a program was made from; appended to blob. */
struct jam_hash jam_seg_program_hash(const struct pvm_program *program, struct pvm_buf *blob);
/* Makes the program of a machine known, with its file. */
void jam_seg_use_program(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine);
/* Time since the words of a range were accessed last, which is now. */
uint64_t jam_seg_age(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                     uint64_t addr, uint64_t len);

/* host/seg_record_call.c: an inner machine begins to run, for the invoke of the outer one. */
void jam_seg_enter(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                   const uint64_t *regs, uint64_t gas);

static inline struct jam_seg_tape *jam_seg_tape(const struct jam_seg_machine *machine)
{
    return machine->user;
}

#endif
