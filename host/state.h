/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JAM's state as far as services see it or change it (GP 0.7.2 4.2, 9, 12): accounts, privileges,
 * authorizer pools and queues, staging validators, the ready queue and accumulation history,
 * entropy, slot, statistics of services and the last accumulation outputs. Encodings of it are
 * elsewhere.
 *
 * Copies are cheap. Accounts are reference-counted and their maps share their contents until one
 * side changes; jam_state_copy costs a pointer per account and per report. What is shared must not
 * be changed in place: take an account for writing with jam_state_edit. A state and all its copies
 * belong to one thread and one allocator.
 */
#ifndef HOST_STATE_H
#define HOST_STATE_H

#include "host/map.h"
#include "host/profile.h"
#include "host/types.h"

enum {
    JAM_QUEUE_LEN = 80,       /* Q, authorizers in a core's queue */
    JAM_VALIDATOR_SIZE = 336, /* a validator's keys and metadata */
    JAM_ACCOUNT_KEY_SIZE = 27 /* a state key without the service's id */
};

/* Octets that several owners share. Immutable while it has more than one. */
struct jam_blob {
    size_t refs, len;
    const struct pvm_alloc *alloc;
    uint8_t octets[];
};

/* A blob with one reference; NULL when our memory ended. bytes.ptr NULL: the octets are zero. */
struct jam_blob *jam_blob_new(const struct pvm_alloc *alloc, struct pvm_bytes bytes);
struct jam_blob *jam_blob_ref(struct jam_blob *blob); /* NULL stays NULL */
void jam_blob_unref(struct jam_blob *blob);           /* NULL is fine */

static inline struct pvm_bytes jam_blob_bytes(const struct jam_blob *blob)
{
    return blob == NULL ? pvm_bytes_none() : pvm_bytes(blob->octets, blob->len);
}

/* ---- accounts ---- */

/* What versions count and how they name entries in state (GP 9.3, D.1). */
struct jam_account_rules {
    uint64_t storage_octets; /* of a storage item besides its value (and key) */
    bool counts_key;         /* the key's octets count too */
    bool hashes_key;         /* state keys are made from H(entry key): 0.6.7 on */
    bool gratis;             /* the deposit offset is taken off the threshold: 0.6.7 on */
};

/* To 0.6.6 the first, from 0.6.7 the second. */
extern const struct jam_account_rules jam_account_rules_062, jam_account_rules_067;

/* A request's history, GP 0.7.2 9.2.2: 0 requested, 1 available since slots[0], 2 unavailable since
 * slots[1], 3 available again since slots[2]. */
struct jam_request {
    unsigned count;
    uint32_t slots[3];
};

struct jam_service {
    size_t refs;
    const struct jam_account_rules *rules;
    const struct pvm_alloc *alloc;
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
    /* items and bytes are counters of their own: an account may be known in part only. */
    struct jam_map storage;   /* key as the guest gives it -> value */
    struct jam_map preimages; /* hash -> blob */
    struct jam_map requests;  /* hash ++ E4(length) -> E4 of each slot */
    /* Entries of which only the place in state is known, as in a list of 31-octet key-values:
     * the last 27 octets a0, a1, ... of C(s, h) -> the value as serialized in state. The functions
     * below look here too; an entry that is set moves to the map it belongs to. */
    struct jam_map hidden;
};

struct jam_service *jam_service_ref(struct jam_service *service);
void jam_service_unref(struct jam_service *service); /* NULL is fine */
/* An account with one reference, zero fields and empty maps. */
PVM_MUST_USE enum pvm_status jam_service_new(const struct pvm_alloc *alloc,
                                             const struct jam_account_rules *rules, uint32_t id,
                                             struct jam_service **out, struct pvm_err *err);
/* Makes *service, a reference, the only one to its account, by a copy when there are others. */
PVM_MUST_USE enum pvm_status jam_service_edit(struct jam_service **service, struct pvm_err *err);

/* The 27 octets under which an entry stands in state: of storage, a preimage, a request. */
void jam_key_of_storage(const struct jam_service *service, struct pvm_bytes key,
                        uint8_t out[JAM_ACCOUNT_KEY_SIZE]);
void jam_key_of_preimage(const struct jam_service *service, const struct jam_hash *hash,
                         uint8_t out[JAM_ACCOUNT_KEY_SIZE]);
void jam_key_of_request(const struct jam_service *service, const struct jam_hash *hash,
                        uint32_t len, uint8_t out[JAM_ACCOUNT_KEY_SIZE]);

/* The setters and removers keep items and bytes in step (GP 0.7.2 9.3) and need an account with
 * one reference. Removing what is not there changes nothing. */
bool jam_storage_get(const struct jam_service *service, struct pvm_bytes key,
                     struct pvm_bytes *value);
PVM_MUST_USE enum pvm_status jam_storage_set(struct jam_service *service, struct pvm_bytes key,
                                             struct pvm_bytes value, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_storage_remove(struct jam_service *service, struct pvm_bytes key,
                                                struct pvm_err *err);

/* Octets and items that jam_storage_set (value_len 0 and remove: jam_storage_remove) would make of
 * items and bytes, without doing it. */
struct jam_footprint {
    uint32_t items;
    uint64_t bytes;
};
struct jam_footprint jam_storage_footprint(const struct jam_service *service, struct pvm_bytes key,
                                           bool remove, uint64_t value_len);

/* A request: 81 octets, its length and two items. */
bool jam_request_get(const struct jam_service *service, const struct jam_hash *hash, uint32_t len,
                     struct jam_request *out);
PVM_MUST_USE enum pvm_status jam_request_set(struct jam_service *service,
                                             const struct jam_hash *hash, uint32_t len,
                                             const struct jam_request *request,
                                             struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_request_remove(struct jam_service *service,
                                                const struct jam_hash *hash, uint32_t len,
                                                struct pvm_err *err);

bool jam_preimage_get(const struct jam_service *service, const struct jam_hash *hash,
                      struct pvm_bytes *blob);
/* Stores blob under its hash, which is returned in *hash when that is not NULL. The request is not
 * touched. PVM_E_MALFORMED for a blob of 2^32 octets or more. */
PVM_MUST_USE enum pvm_status jam_preimage_set(struct jam_service *service, struct pvm_bytes blob,
                                              struct jam_hash *hash, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_preimage_remove(struct jam_service *service,
                                                 const struct jam_hash *hash, struct pvm_err *err);

/* a_t = max(0, B_S + B_I * items + B_L * bytes - gratis), saturating. */
uint64_t jam_threshold(const struct jam_service *service, const struct jam_params *params);
/* The same for an account that had these items and bytes. */
uint64_t jam_threshold_of(const struct jam_service *service, struct jam_footprint footprint,
                          const struct jam_params *params);

/* ---- privileges, queues and lists ---- */

/* Ids that several owners share; immutable while they are more than one. */
struct jam_ids {
    size_t refs, count;
    const struct pvm_alloc *alloc;
    uint32_t id[];
};

struct jam_always {
    uint32_t service;
    uint64_t gas;
};

/* chi. Copied with jam_privileges_copy only. */
struct jam_privileges {
    uint32_t manager;
    uint32_t delegator;
    uint32_t registrar;        /* 0.7.1 on */
    struct jam_ids *assigners; /* one per core; to 0.6.6 one in all. NULL: all 0 */
    struct jam_map always;     /* E4 of the id, most significant octet first -> E8(gas) */
};

void jam_privileges_init(struct jam_privileges *privileges, const struct pvm_alloc *alloc);
void jam_privileges_deinit(struct jam_privileges *privileges); /* idempotent */
/* Makes *copy, which is not initialised, equal. Never allocates. */
void jam_privileges_copy(struct jam_privileges *copy, const struct jam_privileges *privileges);
/* The assigner of a core: the only one where there is one for all; 0 for a core out of range. */
uint32_t jam_assigner_get(const struct jam_privileges *privileges, size_t core);
/* count assigners in place of those there were; ids NULL: all 0. */
PVM_MUST_USE enum pvm_status jam_assigners_set(struct jam_privileges *privileges,
                                               const uint32_t *ids, size_t count,
                                               struct pvm_err *err);
/* core must be below the count of assigners. */
PVM_MUST_USE enum pvm_status jam_assigner_set(struct jam_privileges *privileges, size_t core,
                                              uint32_t id, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_always_set(struct jam_privileges *privileges, uint32_t service,
                                            uint64_t gas, struct pvm_err *err);
bool jam_always_get(const struct jam_privileges *privileges, uint32_t service, uint64_t *gas);
/* In ascending order: the first one with an id of at least `from`; false: no more. */
bool jam_always_from(const struct jam_privileges *privileges, uint64_t from,
                     struct jam_always *out);

/* Hashes owned by whoever holds the list. */
struct jam_hash_list {
    struct jam_hash *list;
    size_t count, cap;
};

void jam_hash_list_deinit(struct jam_hash_list *list, const struct pvm_alloc *alloc);
PVM_MUST_USE enum pvm_status jam_hash_list_add(struct jam_hash_list *list,
                                               const struct pvm_alloc *alloc,
                                               const struct jam_hash *hash, struct pvm_err *err);

/* A report that waits for others (GP 0.7.2 12.1, omega). */
struct jam_ready {
    struct jam_blob *report;           /* E(report) of the state's version; one reference */
    struct jam_hash_list dependencies; /* what is still missing */
};

struct jam_ready_list {
    struct jam_ready *list;
    size_t count, cap;
};

/* Takes over nothing: the report gains a reference, dependencies are copied. */
PVM_MUST_USE enum pvm_status jam_ready_add(struct jam_ready_list *list,
                                           const struct pvm_alloc *alloc, struct jam_blob *report,
                                           const struct jam_hash *dependencies, size_t count,
                                           struct pvm_err *err);
void jam_ready_list_deinit(struct jam_ready_list *list, const struct pvm_alloc *alloc);

/* pi_S: symbol-free names of the public vectors. To 0.7.0 transfers are on-transfer runs, 0.7.1 and
 * 0.7.2 have none, 0.8.0 counts transfers that were accumulated (no gas). */
#define JAM_SERVICE_STATS(X)                                                                       \
    X(provided_count)                                                                              \
    X(provided_size)                                                                               \
    X(refinement_count)                                                                            \
    X(refinement_gas_used)                                                                         \
    X(imports)                                                                                     \
    X(extrinsic_count)                                                                             \
    X(extrinsic_size)                                                                              \
    X(exports)                                                                                     \
    X(accumulate_count)                                                                            \
    X(accumulate_gas_used)                                                                         \
    X(on_transfers_count)                                                                          \
    X(on_transfers_gas_used)

struct jam_service_stat {
    uint32_t service;
#define X(name) uint64_t name;
    JAM_SERVICE_STATS(X)
#undef X
};

struct jam_yield {
    uint32_t service;
    struct jam_hash hash;
};

/* ---- the whole ---- */

struct jam_state {
    struct jam_service **services; /* ascending by id, a reference each */
    size_t count, cap;
    const struct jam_account_rules *rules; /* of new accounts */
    uint32_t slot;                         /* tau */
    struct jam_hash entropy[4];            /* eta; [0] is what accumulation draws from */
    struct jam_privileges privileges;      /* chi */
    /* alpha and phi: E2 of the core, most significant octet first -> hashes one behind the other,
     * up to O of them and exactly Q. A core that is missing has an empty pool, a zero queue. */
    struct jam_map auth_pools, auth_queues;
    struct jam_blob *staging; /* iota: JAM_VALIDATOR_SIZE octets each. NULL: not known */
    /* omega and xi: one list per slot of an epoch; the counts are 0 where not known. */
    struct jam_ready_list *ready;
    size_t ready_count;
    struct jam_hash_list *accumulated; /* hashes ascending; the last is the newest */
    size_t accumulated_count;
    struct jam_service_stat *stats; /* pi_S, ascending by service */
    size_t stat_count, stat_cap;
    struct jam_yield *outputs; /* theta, ascending by service, then hash */
    size_t output_count, output_cap;
    /* The rest of a full state, serialized: 31-octet key -> value. */
    struct jam_map others;
    const struct pvm_alloc *alloc;
};

/* An empty state; rules are those of 0.6.7 on. */
void jam_state_init(struct jam_state *state, const struct pvm_alloc *alloc);
void jam_state_deinit(struct jam_state *state); /* idempotent */
/* Makes *copy, which is not initialised, equal to state. On failure nothing is left behind. */
PVM_MUST_USE enum pvm_status jam_state_copy(struct jam_state *copy, const struct jam_state *state,
                                            struct pvm_err *err);

/* NULL when there is none; an id of 2^32 or more never is one. For changes only while the state was
 * never copied nor given to an accumulation: see jam_state_edit. */
struct jam_service *jam_state_find(const struct jam_state *state, uint64_t id);
/* The same for changes: first parts the account from copies. PVM_E_MALFORMED: there is none. */
PVM_MUST_USE enum pvm_status jam_state_edit(struct jam_state *state, uint64_t id,
                                            struct jam_service **out, struct pvm_err *err);
/* A new service with empty maps and zero fields. PVM_E_MALFORMED when the id is taken. */
PVM_MUST_USE enum pvm_status jam_state_add(struct jam_state *state, uint32_t id,
                                           struct jam_service **out, struct pvm_err *err);
/* Puts an account (which gains a reference) in the place of the one with its id, if any. */
PVM_MUST_USE enum pvm_status jam_state_put(struct jam_state *state, struct jam_service *service,
                                           struct pvm_err *err);
bool jam_state_remove(struct jam_state *state, uint32_t id);

/* count empty lists in place of those there were. */
PVM_MUST_USE enum pvm_status jam_state_set_ready(struct jam_state *state, size_t count,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_state_set_accumulated(struct jam_state *state, size_t count,
                                                       struct pvm_err *err);
/* The record of a service, added with zeros when there is none. Valid until the next one is. */
PVM_MUST_USE enum pvm_status jam_state_stat(struct jam_state *state, uint32_t service,
                                            struct jam_service_stat **out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_state_add_output(struct jam_state *state, uint32_t service,
                                                  const struct jam_hash *hash, struct pvm_err *err);

/* Pools and queues by core, see above. Empty when there are none. */
struct pvm_bytes jam_core_get(const struct jam_map *map, size_t core);
PVM_MUST_USE enum pvm_status jam_core_set(struct jam_map *map, size_t core, struct pvm_bytes hashes,
                                          struct pvm_err *err);

#endif
