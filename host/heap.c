/* SPDX-License-Identifier: Apache-2.0 */
#include "host/heap.h"

#define ZONE  (UINT64_C(1) << 16) /* GP 0.8.0 A.7, Z_Z */
#define INPUT (UINT64_C(1) << 24) /* Z_I */

static uint64_t round_up(uint64_t size, uint64_t unit)
{
    return (size + unit - 1) / unit * unit;
}

static uint32_t count_top(const struct jam_heap *heap, const struct pvm_memory *memory)
{
    uint32_t top = heap->first;
    uint32_t page = heap->first;
    uint32_t count;
    enum pvm_access access;
    while (pvm_memory_next(memory, &page, &count, &access) && page < heap->end) {
        uint32_t inside = count < heap->end - page ? count : heap->end - page;
        if (access == PVM_WRITE)
            top += inside;
        page += inside;
    }
    return top;
}

struct jam_heap jam_heap_of(const struct pvm_standard *program, uint32_t stack_unit,
                            const struct pvm_memory *memory)
{
    uint64_t first = 2 * ZONE + round_up(program->ro.len, ZONE);
    uint64_t end = (UINT64_C(1) << 32) - 3 * ZONE - INPUT - round_up(program->stack, stack_unit);
    struct jam_heap heap = {.first = (uint32_t)(first / PVM_PAGE_SIZE),
                            .end = (uint32_t)(end / PVM_PAGE_SIZE)};
    heap.top = count_top(&heap, memory);
    return heap;
}
