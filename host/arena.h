/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is taken piece by piece and given back at once, up to a limit. */
#ifndef HOST_ARENA_H
#define HOST_ARENA_H

#include "core/bytes.h"

struct jam_arena_piece;

struct jam_arena {
    struct jam_arena_piece *last;
    const struct pvm_alloc *alloc;
    size_t used, limit; /* octets */
};

void jam_arena_init(struct jam_arena *arena, size_t limit, const struct pvm_alloc *alloc);
void jam_arena_deinit(struct jam_arena *arena); /* idempotent */

/* count * size zeroed octets, aligned for any type; *out is NULL when that is 0.
 * PVM_E_MALFORMED beyond the limit: what was read asks for too much. */
PVM_MUST_USE enum pvm_status jam_arena_get(struct jam_arena *arena, size_t count, size_t size,
                                           void **out, struct pvm_err *err);
/* A copy of bytes. */
PVM_MUST_USE enum pvm_status jam_arena_copy(struct jam_arena *arena, struct pvm_bytes bytes,
                                            struct pvm_bytes *out, struct pvm_err *err);
/* Octets that may still be taken. */
size_t jam_arena_left(const struct jam_arena *arena);

#endif
