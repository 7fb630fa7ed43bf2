/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Accumulate's host calls act on (GP 0.7.2 B.4): two dimensions, the regular x and the
 * exceptional y, over a state that does not change. A dimension is small and made of shared parts,
 * so that checkpoint copies it whole at a cost that depends on nothing. Private to accumulation.
 */
#ifndef HOST_ACCUMULATE_CONTEXT_H
#define HOST_ACCUMULATE_CONTEXT_H

#include "host/accumulate.h"
#include "host/accumulate_rules.h"

/* L of GP 0.7.2 B.4, as differences to the state. */
struct jam_dimension {
    struct jam_service *self; /* one reference */
    /* E4 of an id, most significant octet first -> pointer to the account of that id, which
     * jam_accumulation.made owns; NULL: removed. */
    struct jam_map others;
    struct jam_privileges privileges;
    struct jam_map auth_queues; /* written ones only */
    struct jam_blob *staging;   /* NULL: not written */
    unsigned wrote;
    uint32_t next_id;
    size_t transfer_count;     /* the first ones of jam_accumulation.transfers */
    struct jam_map provisions; /* E4 of the id, most significant first, ++ hash -> blob */
    bool has_yield;
    struct jam_hash yield;
};

struct jam_accumulation {
    const struct jam_profile *profile;
    const struct jam_params *params; /* the context's */
    const struct jam_accumulate_rules *rules;
    const struct jam_state *state;
    const struct pvm_alloc *alloc; /* the state's */
    bool on_transfer;              /* accounts are then seen as they were, the own one included */
    uint32_t service, slot;
    struct jam_hash entropy;
    struct jam_dimension x, y;
    bool checkpointed;
    struct jam_transfer *transfers;
    size_t transfer_cap;
    struct jam_service **made; /* by new, in this run, whether or not they stay */
    size_t made_count, made_cap;
    uint64_t weight; /* of the state's account, see jam_accumulation_weight */
    /* What fetch gives. */
    const struct jam_input *inputs;
    size_t input_count;
    struct pvm_buf constants, encoded; /* encoded: E(|inputs|), then each input */
    size_t *starts;                    /* of each input in encoded, and the end */
    /* Effects, once asked for. */
    struct jam_account_change *changes;
    struct jam_provision *provisions;
};

/* The state's account, credited with `credit`, in both dimensions; none when the state has none.
 * on_transfer and params are set before, the rest zero. Parts come from the state's allocator. On
 * failure deinit is still needed. */
PVM_MUST_USE enum pvm_status jam_accumulation_init(struct jam_accumulation *acc,
                                                   const struct jam_accumulate_in *in,
                                                   const struct jam_profile *profile,
                                                   uint64_t credit, struct pvm_err *err);
void jam_accumulation_deinit(struct jam_accumulation *acc);

/* Makes *copy, which is not initialised, equal to dim. Never allocates. */
void jam_dimension_copy(struct jam_dimension *copy, const struct jam_dimension *dim);
void jam_dimension_deinit(struct jam_dimension *dim); /* idempotent */

/* checkpoint: y becomes x. */
void jam_accumulation_checkpoint(struct jam_accumulation *acc);

/* An account of the regular dimension; NULL when there is none. */
const struct jam_service *jam_accumulation_account(const struct jam_accumulation *acc, uint64_t id);
/* The own account of the regular dimension, for changes. */
PVM_MUST_USE enum pvm_status jam_accumulation_edit(struct jam_accumulation *acc,
                                                   struct jam_service **out, struct pvm_err *err);
/* Adds an account, whose reference is taken over even on failure. */
PVM_MUST_USE enum pvm_status jam_accumulation_add(struct jam_accumulation *acc,
                                                  struct jam_service *service, struct pvm_err *err);
/* Takes an account other than the own one out. */
PVM_MUST_USE enum pvm_status jam_accumulation_remove(struct jam_accumulation *acc, uint32_t id,
                                                     struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_accumulation_transfer(struct jam_accumulation *acc,
                                                       const struct jam_transfer *transfer,
                                                       struct pvm_err *err);
bool jam_accumulation_provided(const struct jam_accumulation *acc, uint32_t service,
                               const struct jam_hash *hash);
PVM_MUST_USE enum pvm_status jam_accumulation_provide(struct jam_accumulation *acc,
                                                      uint32_t service, const struct jam_hash *hash,
                                                      struct pvm_bytes blob, struct pvm_err *err);
/* check() of GP 0.7.2 B.4 on the state's accounts. */
uint32_t jam_accumulation_check(const struct jam_accumulation *acc, uint32_t id);

/* About how many octets of our memory the regular dimension has made the run hold. */
uint64_t jam_accumulation_weight(const struct jam_accumulation *acc);
/* PVM_E_LIMIT when that is more than the context allows. */
PVM_MUST_USE enum pvm_status jam_context_weigh(const struct jam_context *ctx, struct pvm_err *err);

#endif
