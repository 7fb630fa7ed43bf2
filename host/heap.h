/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap that grow_heap moves (GP 0.8.0 B.5): pages of a standard program from the start of its
 * read-write data up to below its stack. Numbers are page indices.
 */
#ifndef HOST_HEAP_H
#define HOST_HEAP_H

#include "core/blob.h"

struct jam_heap {
    uint32_t first; /* GP's a */
    uint32_t end;   /* GP's b; the heap never passes it */
    uint32_t top;   /* GP's h: first plus the writable pages of [first, end) */
};

/* The heap of a program that fits, with its memory as it is. stack_unit: octets that the stack's
 * size is rounded up to. Only grow_heap changes the access of pages afterwards, so top can be kept
 * rather than counted. */
struct jam_heap jam_heap_of(const struct pvm_standard *program, uint32_t stack_unit,
                            const struct pvm_memory *memory);

/* Whether a wish for the heap to end before page `wanted` makes it grow. */
static inline bool jam_heap_grows(const struct jam_heap *heap, uint64_t wanted)
{
    return wanted > heap->top && wanted <= heap->end;
}

#endif
