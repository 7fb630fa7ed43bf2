/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of JAM's state that invocations see: service accounts with their storage, preimages and
 * preimage requests (GP 0.7.2 9, delta).
 */
#ifndef HOST_STATE_H
#define HOST_STATE_H

#include "host/map.h"
#include "host/profile.h"
#include "host/types.h"

/* A request's history, GP 0.7.2 9.2.2: 0 requested, 1 available since slots[0], 2 unavailable since
 * slots[1], 3 available again since slots[2]. */
struct jam_request {
    unsigned count;
    uint32_t slots[3];
};

struct jam_service {
    uint32_t id;
    struct jam_hash code_hash;
    uint64_t balance;
    uint64_t min_item_gas;
    uint64_t min_memo_gas;
    uint64_t bytes;          /* o, octets counted by the threshold */
    uint64_t deposit_offset; /* f, gratis */
    uint32_t items;          /* i */
    uint32_t creation_slot;
    uint32_t last_accumulation_slot;
    uint32_t parent_service;
    struct jam_map storage;   /* key -> value */
    struct jam_map preimages; /* hash -> blob */
    struct jam_map requests;  /* hash ++ E4(length) -> E4 of each slot */
};

struct jam_state {
    struct jam_service **services; /* ascending by id, owned */
    size_t count, cap;
    uint32_t slot; /* tau */
    const struct pvm_alloc *alloc;
};

void jam_state_init(struct jam_state *state, const struct pvm_alloc *alloc);
void jam_state_deinit(struct jam_state *state); /* idempotent */

/* NULL when there is none; an id of 2^32 or more never is one. */
struct jam_service *jam_state_find(const struct jam_state *state, uint64_t id);
/* A new service with empty maps and zero fields. PVM_E_MALFORMED when the id is taken. */
PVM_MUST_USE enum pvm_status jam_state_add(struct jam_state *state, uint32_t id,
                                           struct jam_service **out, struct pvm_err *err);
bool jam_state_remove(struct jam_state *state, uint32_t id);

/* These keep items and bytes in step (GP 0.7.2 9.3). Storage: 34 octets and one item besides key
 * and value. */
PVM_MUST_USE enum pvm_status jam_storage_set(struct jam_service *service, struct pvm_bytes key,
                                             struct pvm_bytes value, struct pvm_err *err);
bool jam_storage_remove(struct jam_service *service, struct pvm_bytes key);

/* A request: 81 octets, its length and two items. */
bool jam_request_get(const struct jam_service *service, const struct jam_hash *hash, uint32_t len,
                     struct jam_request *out);
PVM_MUST_USE enum pvm_status jam_request_set(struct jam_service *service,
                                             const struct jam_hash *hash, uint32_t len,
                                             const struct jam_request *request,
                                             struct pvm_err *err);
bool jam_request_remove(struct jam_service *service, const struct jam_hash *hash, uint32_t len);

/* Stores blob under its hash, which is returned in *hash when that is not NULL. The request is not
 * touched. PVM_E_MALFORMED for a blob of 2^32 octets or more. */
PVM_MUST_USE enum pvm_status jam_preimage_set(struct jam_service *service, struct pvm_bytes blob,
                                              struct jam_hash *hash, struct pvm_err *err);

/* a_t = max(0, B_S + B_I * items + B_L * bytes - gratis), saturating. */
uint64_t jam_threshold(const struct jam_service *service, const struct jam_params *params);

#endif
