/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from octets to octets that iterates in key order, so that no result depends on anything
 * else. Balanced (AVL): every operation is logarithmic. Copying is a matter of counting one
 * reference: copies share what they hold and part at the first change, path by path, so that a
 * snapshot costs what changes after it. All copies belong to one thread and one allocator.
 */
#ifndef HOST_MAP_H
#define HOST_MAP_H

#include "core/bytes.h"

struct jam_map_node;

struct jam_map {
    struct jam_map_node *root;
    size_t count;
    uint64_t octets; /* of all keys and values */
    const struct pvm_alloc *alloc;
};

struct jam_map_entry {
    struct pvm_bytes key, value; /* valid until this key is set or removed in every copy */
};

void jam_map_init(struct jam_map *map, const struct pvm_alloc *alloc);
void jam_map_deinit(struct jam_map *map); /* idempotent */
/* Makes *copy, which is not initialised, equal to map. Never allocates. */
void jam_map_copy(struct jam_map *copy, const struct jam_map *map);

bool jam_map_get(const struct jam_map *map, struct pvm_bytes key, struct pvm_bytes *value);
/* Adds or replaces. On failure (PVM_E_MEMORY) the map holds what it held. */
PVM_MUST_USE enum pvm_status jam_map_set(struct jam_map *map, struct pvm_bytes key,
                                         struct pvm_bytes value, struct pvm_err *err);
/* A key that is not there is no failure. Allocates only when parts are shared with a copy; on
 * failure the map holds what it held. */
PVM_MUST_USE enum pvm_status jam_map_remove(struct jam_map *map, struct pvm_bytes key,
                                            struct pvm_err *err);

/* Iteration: the first entry, and the first one whose key is greater than key. */
bool jam_map_first(const struct jam_map *map, struct jam_map_entry *out);
bool jam_map_after(const struct jam_map *map, struct pvm_bytes key, struct jam_map_entry *out);

#endif
