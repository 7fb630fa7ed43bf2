/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches the host calls of one refinement and notes what became of pages: which octets went into
 * which page of which inner machine, where they came from, and how each invocation ended. Nothing
 * is known of the program watched; whatever a parent does with machines can be followed.
 */
#ifndef COREVM_RECORDER_H
#define COREVM_RECORDER_H

#include "host/invoke.h"

/* Where octets in the parent's memory came from. */
enum corevm_origin {
    COREVM_OWN,    /* the parent made them, or has them from its blob */
    COREVM_IMPORT, /* fetched: segment `index` of the item's imports */
    COREVM_MACHINE /* peeked: page `page` of machine `index` */
};

/* One poke that succeeded. */
struct corevm_placement {
    uint64_t machine;
    uint64_t address; /* in the machine */
    uint64_t len;
    uint32_t value; /* first word, as far as there are octets */
    enum corevm_origin origin;
    uint64_t index, page;
    size_t invocation; /* how many invocations had ended before */
};

/* One invoke of an existing machine. */
struct corevm_invocation {
    uint64_t machine;
    enum jam_inner_result result;
    uint64_t arg;       /* call number or page address */
    uint64_t pc;        /* the instruction that ended it */
    uint64_t gas, left; /* granted and left */
};

struct corevm_recorder {
    const struct jam_run *run;  /* to be set before jam_run_go */
    struct pvm_buf ranges;      /* private: what is known of the parent's memory */
    struct pvm_buf placements;  /* struct corevm_placement; of many the last 2048 at least */
    struct pvm_buf invocations; /* struct corevm_invocation; likewise */
};

void corevm_recorder_init(struct corevm_recorder *recorder, const struct pvm_alloc *alloc);
void corevm_recorder_deinit(struct corevm_recorder *recorder); /* idempotent */

/* The hooks to run with. */
struct jam_hooks corevm_recorder_hooks(struct corevm_recorder *recorder);

/* PVM_E_MEMORY when something could not be noted. */
PVM_MUST_USE enum pvm_status corevm_recorder_status(const struct corevm_recorder *recorder,
                                                    struct pvm_err *err);

static inline const struct corevm_placement *
corevm_placements(const struct corevm_recorder *recorder, size_t *count)
{
    *count = recorder->placements.len / sizeof(struct corevm_placement);
    return (const struct corevm_placement *)(const void *)recorder->placements.ptr;
}

static inline const struct corevm_invocation *
corevm_invocations(const struct corevm_recorder *recorder, size_t *count)
{
    *count = recorder->invocations.len / sizeof(struct corevm_invocation);
    return (const struct corevm_invocation *)(const void *)recorder->invocations.ptr;
}

/* The last placement at this address of a machine; NULL when there was none. */
const struct corevm_placement *corevm_placement_at(const struct corevm_recorder *recorder,
                                                   uint64_t machine, uint64_t address);

#endif
