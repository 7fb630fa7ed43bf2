/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/segment.h"

_Static_assert(JAM_SEGMENT_SIZE == COREVM_HEADER_SIZE + PVM_PAGE_SIZE, "a segment holds a page");

const char *corevm_layout_name(enum corevm_layout layout)
{
    static const char *const names[] = {
#define X(NAME, name, text) [COREVM_##NAME] = name,
        COREVM_LAYOUTS(X)
#undef X
    };
    return names[layout];
}

void corevm_segment_read(enum corevm_layout layout, const uint8_t *segment,
                         struct corevm_segment *out)
{
    struct corevm_segment read = {0};
    const uint8_t *page = segment;
    switch (layout) {
    case COREVM_SEED:
        page = segment + COREVM_HEADER_SIZE;
        read.machine = (uint32_t)pvm_load_le(segment, 4);
        read.page = (uint32_t)pvm_load_le(segment + 4, 4);
        read.address = (uint64_t)read.page << PVM_PAGE_BITS;
        break;
    case COREVM_PARITY:
        read.page = (uint32_t)pvm_load_le(segment + PVM_PAGE_SIZE, 4);
        read.address = pvm_load_le(segment + PVM_PAGE_SIZE, 8);
        break;
    }
    read.value = (uint32_t)pvm_load_le(page, 4);
    read.octets = pvm_bytes(page, PVM_PAGE_SIZE);
    *out = read;
}
