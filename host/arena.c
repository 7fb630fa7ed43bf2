/* SPDX-License-Identifier: Apache-2.0 */
#include "host/arena.h"

#include <stddef.h>

struct jam_arena_piece {
    struct jam_arena_piece *before;
    max_align_t octets[];
};

void jam_arena_init(struct jam_arena *arena, size_t limit, const struct pvm_alloc *alloc)
{
    *arena = (struct jam_arena){.alloc = alloc, .limit = limit};
}

void jam_arena_deinit(struct jam_arena *arena)
{
    while (arena->last != NULL) {
        struct jam_arena_piece *piece = arena->last;
        arena->last = piece->before;
        pvm_alloc_free(arena->alloc, piece);
    }
    arena->used = 0;
}

size_t jam_arena_left(const struct jam_arena *arena)
{
    return arena->limit - arena->used;
}

enum pvm_status jam_arena_get(struct jam_arena *arena, size_t count, size_t size, void **out,
                              struct pvm_err *err)
{
    *out = NULL;
    if (count == 0 || size == 0)
        return PVM_OK;
    size_t left = jam_arena_left(arena);
    if (left < sizeof(struct jam_arena_piece) ||
        count > (left - sizeof(struct jam_arena_piece)) / size)
        return pvm_fail(err, PVM_E_MALFORMED, "more than %zu MiB of data", arena->limit >> 20);
    size_t total = sizeof(struct jam_arena_piece) + count * size;
    struct jam_arena_piece *piece = pvm_alloc_zero(arena->alloc, 1, total);
    if (piece == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu octets", total);
    piece->before = arena->last;
    arena->last = piece;
    arena->used += total;
    *out = piece->octets;
    return PVM_OK;
}

enum pvm_status jam_arena_copy(struct jam_arena *arena, struct pvm_bytes bytes,
                               struct pvm_bytes *out, struct pvm_err *err)
{
    void *copy;
    PVM_TRY(jam_arena_get(arena, bytes.len, 1, &copy, err));
    if (copy != NULL)
        memcpy(copy, bytes.ptr, bytes.len);
    *out = pvm_bytes(copy, bytes.len);
    return PVM_OK;
}
