/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from octets to octets that iterates in key order, so that no result depends on anything
 * else. Balanced (AVL): every operation is logarithmic. The map owns copies of keys and values.
 */
#ifndef HOST_MAP_H
#define HOST_MAP_H

#include "core/bytes.h"

struct jam_map_node;

struct jam_map {
    struct jam_map_node *root;
    size_t count;
    const struct pvm_alloc *alloc;
};

struct jam_map_entry {
    struct pvm_bytes key, value; /* valid until this key is set or removed */
};

void jam_map_init(struct jam_map *map, const struct pvm_alloc *alloc);
void jam_map_deinit(struct jam_map *map); /* idempotent */

bool jam_map_get(const struct jam_map *map, struct pvm_bytes key, struct pvm_bytes *value);
/* Adds or replaces. On failure (PVM_E_MEMORY) the map is as it was. */
PVM_MUST_USE enum pvm_status jam_map_set(struct jam_map *map, struct pvm_bytes key,
                                         struct pvm_bytes value, struct pvm_err *err);
/* Whether the key was there. Never allocates. */
bool jam_map_remove(struct jam_map *map, struct pvm_bytes key);

/* Iteration: the first entry, and the first one whose key is greater than key. */
bool jam_map_first(const struct jam_map *map, struct jam_map_entry *out);
bool jam_map_after(const struct jam_map *map, struct pvm_bytes key, struct jam_map_entry *out);

#endif
