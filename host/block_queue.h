/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which reports can be accumulated, and which wait for others (GP 0.7.2 12.1). Private to
 * host/block*.c and their tests.
 */
#ifndef HOST_BLOCK_QUEUE_H
#define HOST_BLOCK_QUEUE_H

#include "host/block.h"

/* Hashes that ascend, each once: what E takes away. */
struct jam_hash_set {
    const struct jam_hash *list;
    size_t count;
};

bool jam_hash_set_has(const struct jam_hash_set *set, const struct jam_hash *hash);
/* Sorts count hashes and drops the repeated ones; returns how many are left. */
size_t jam_hash_set_make(struct jam_hash *list, size_t count);

/* E(list, set): drops entries whose package is in the set, and from the others the dependencies
 * that are. */
void jam_queue_edit(struct jam_ready_list *list, const struct pvm_alloc *alloc,
                    const struct jam_hash_set *set);

/* Q: of entries, in their order, those that become free of dependencies once those before them are
 * accumulated. order has room for count; *found becomes how many places of entries it got. */
PVM_MUST_USE enum pvm_status jam_queue_resolve(const struct jam_ready *entries, size_t count,
                                               const struct pvm_alloc *alloc, size_t *order,
                                               size_t *found, struct pvm_err *err);

/* A block's queue. */
struct jam_queue {
    const struct pvm_alloc *alloc;
    const struct jam_profile *profile;
    struct jam_ready_list fresh;     /* W^Q, edited by all of xi */
    const struct jam_report **order; /* W* */
    size_t count, cap;
    struct jam_report *decoded; /* those of W* that waited */
    size_t decoded_count;
};

/* W^! and W^Q of the block's reports, and W*. state and in must outlive the queue. On failure
 * deinit is still needed. */
PVM_MUST_USE enum pvm_status jam_queue_init(struct jam_queue *queue,
                                            const struct jam_profile *profile,
                                            const struct jam_params *params,
                                            const struct jam_state *state,
                                            const struct jam_block_in *in, struct pvm_err *err);
void jam_queue_deinit(struct jam_queue *queue); /* idempotent */

/* omega' and xi' in state once the first `accumulated` reports of W* are; the state's slot is still
 * the one before. The queue's fresh entries move into the state. */
PVM_MUST_USE enum pvm_status jam_queue_finish(struct jam_queue *queue, struct jam_state *state,
                                              size_t accumulated, uint32_t slot,
                                              struct pvm_err *err);

#endif
