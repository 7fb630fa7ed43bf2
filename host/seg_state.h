/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that the rest of a run depends on, between two of its instructions: the machines, who of them
 * is running, and a digest of the host calls so far. docs/segments.md says how it is encoded.
 */
#ifndef HOST_SEG_STATE_H
#define HOST_SEG_STATE_H

#include "core/evaluate.h"
#include "host/profile.h"
#include "host/seg_memory.h"

enum { JAM_SEG_NO_CALLS = -1 };

struct jam_seg_machine {
    uint64_t serial; /* 0: the outer one; others count up and are never used again */
    uint64_t id;     /* of an inner machine, as the guest calls it */
    struct jam_hash program;
    struct pvm_eval_machine at;
    struct jam_seg_memory memory;
    bool closed; /* expunged in this segment: no part of the state any more */
    void *user;  /* whoever works on the state */
};

struct jam_seg_state {
    const struct pvm_alloc *alloc;
    const struct jam_profile *profile; /* the rules it goes on by */
    int32_t invocation; /* whose host calls are open: enum jam_invocation, or JAM_SEG_NO_CALLS */
    struct jam_seg_machine **list; /* ascending by serial; owned */
    size_t count, cap;
    struct jam_seg_machine **by_id; /* inner ones that are not closed, ascending by id; owned */
    size_t inner_count, inner_cap;
    uint64_t next_serial;
    uint64_t active; /* serial of the machine that runs; not 0: the outer one waits for it */
    uint64_t number, entered; /* then: of its call, the number; the gas the machine began with */
    uint64_t steps;           /* instructions so far, of all machines */
    enum pvm_exit exit;       /* CONTINUE until the run has ended */
    struct jam_hash context;  /* digest of the host calls so far */
    struct jam_seg_alike alike;
};

void jam_seg_state_init(struct jam_seg_state *state, const struct pvm_alloc *alloc);
void jam_seg_state_deinit(struct jam_seg_state *state); /* idempotent */

/* A machine with zero registers and no accessible memory. serial must be above all others; id (of
 * an inner machine) not in use: PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_state_add(struct jam_seg_state *state, uint64_t serial,
                                               uint64_t id, struct jam_seg_machine **out,
                                               struct pvm_err *err);
/* An inner machine that is gone; it stays in the list until it is swept. */
void jam_seg_state_close(struct jam_seg_state *state, struct jam_seg_machine *machine);
/* NULL when there is none. */
struct jam_seg_machine *jam_seg_state_find(const struct jam_seg_state *state, uint64_t serial);
/* The inner machine that the guest calls id. */
struct jam_seg_machine *jam_seg_state_inner(const struct jam_seg_state *state, uint64_t id);
/* The least id no inner machine has. */
uint64_t jam_seg_state_free_id(const struct jam_seg_state *state);
/* Frees closed machines. */
void jam_seg_state_sweep(struct jam_seg_state *state);

/* All but memory; closed machines are left out. Appends. */
void jam_seg_state_encode(const struct jam_seg_state *state, struct pvm_buf *out);
/* Fills an initialised state; memories are inaccessible. PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_state_decode(struct jam_seg_state *state,
                                                  struct pvm_bytes bytes, struct pvm_err *err);
/* Digest of the state; nothing in the memories may be touched. PVM_E_MEMORY. */
PVM_MUST_USE enum pvm_status jam_seg_state_digest(const struct jam_seg_state *state,
                                                  struct jam_hash *out, struct pvm_err *err);

/* Adds a host call to the digest of those so far: its record, and the octets it read. */
void jam_seg_state_note(struct jam_seg_state *state, struct pvm_bytes record,
                        struct pvm_bytes read);

#endif
