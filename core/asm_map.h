/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from names to numbers: open addressing, keys borrowed. Used for keywords, symbols and
 * macros, whose number is an index into an array elsewhere.
 */
#ifndef CORE_ASM_MAP_H
#define CORE_ASM_MAP_H

#include "core/bytes.h"

struct pvm_asm_map_slot {
    const char *name; /* NULL: free */
    uint32_t len;
    uint32_t value;
};

struct pvm_asm_map {
    struct pvm_asm_map_slot *slots;
    size_t count, cap; /* cap is 0 or a power of two */
    const struct pvm_alloc *alloc;
};

void pvm_asm_map_deinit(struct pvm_asm_map *map);
/* Whether name is there; *value then holds its number. */
bool pvm_asm_map_find(const struct pvm_asm_map *map, const char *name, size_t len, uint32_t *value);
/* Adds a name that is not there yet; name must outlive the map. False when memory ran out. */
bool pvm_asm_map_add(struct pvm_asm_map *map, const char *name, size_t len, uint32_t value);

#endif
