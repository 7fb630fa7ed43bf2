/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_map.h"

#include <xxhash.h>

void pvm_asm_map_deinit(struct pvm_asm_map *map)
{
    pvm_alloc_free(map->alloc, map->slots);
    *map = (struct pvm_asm_map){.alloc = map->alloc};
}

/* The slot of name, or the free one where it belongs. The map is never full. */
static struct pvm_asm_map_slot *slot_of(const struct pvm_asm_map *map, const char *name, size_t len)
{
    size_t i = (size_t)XXH3_64bits(name, len) & (map->cap - 1);
    while (map->slots[i].name != NULL) {
        if (map->slots[i].len == len && memcmp(map->slots[i].name, name, len) == 0)
            break;
        i = (i + 1) & (map->cap - 1);
    }
    return &map->slots[i];
}

bool pvm_asm_map_find(const struct pvm_asm_map *map, const char *name, size_t len, uint32_t *value)
{
    if (map->cap == 0)
        return false;
    const struct pvm_asm_map_slot *slot = slot_of(map, name, len);
    if (slot->name == NULL)
        return false;
    *value = slot->value;
    return true;
}

static bool make_room(struct pvm_asm_map *map)
{
    if (map->cap != 0 && map->count < map->cap / 2)
        return true;
    struct pvm_asm_map bigger = {.alloc = map->alloc, .cap = map->cap == 0 ? 256 : map->cap * 2};
    bigger.slots = pvm_alloc_zero(map->alloc, bigger.cap, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < map->cap; i++) {
        const struct pvm_asm_map_slot *slot = &map->slots[i];
        if (slot->name != NULL)
            *slot_of(&bigger, slot->name, slot->len) = *slot;
    }
    bigger.count = map->count;
    pvm_alloc_free(map->alloc, map->slots);
    *map = bigger;
    return true;
}

bool pvm_asm_map_add(struct pvm_asm_map *map, const char *name, size_t len, uint32_t value)
{
    if (len > UINT32_MAX || !make_room(map))
        return false;
    *slot_of(map, name, len) = (struct pvm_asm_map_slot){name, (uint32_t)len, value};
    map->count++;
    return true;
}
