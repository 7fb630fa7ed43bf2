/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of memory as a segment: 8 octets that say which page it is, and the 4096 octets of the
 * page. W_G is 4104 for this.
 *
 *             0         4         8         12                                4104
 *     seed    | machine | page id | value   | rest of the page                |
 *             0         4                                   4096              4104
 *     parity  | value   | rest of the page                  | where           |
 *
 * All integers are little endian. `value` is nothing but the first word of the page.
 */
#ifndef COREVM_SEGMENT_H
#define COREVM_SEGMENT_H

#include "core/memory.h"
#include "host/types.h"

/* NAME, name, who writes it */
#define COREVM_LAYOUTS(X)                                                                          \
    X(SEED, "seed", "machine id and page id in front: the guests of this repository")              \
    X(PARITY, "parity", "address, or page id, behind: Parity's CoreVM")

enum corevm_layout {
#define X(NAME, name, text) COREVM_##NAME,
    COREVM_LAYOUTS(X)
#undef X
};

enum { COREVM_HEADER_SIZE = 8, COREVM_FIRST_PAGE = 16 };

struct corevm_segment {
    uint32_t machine;        /* SEED; else 0 */
    uint32_t page;           /* page id: SEED, and PARITY read as version 0.1.28 does */
    uint64_t address;        /* of the page: page * 4096, or PARITY read as versions to 0.1.26 do */
    uint32_t value;          /* first word of the page */
    struct pvm_bytes octets; /* the page, borrowed */
};

const char *corevm_layout_name(enum corevm_layout layout);

/* Takes a segment of JAM_SEGMENT_SIZE octets apart. Any octets have a reading. */
void corevm_segment_read(enum corevm_layout layout, const uint8_t *segment,
                         struct corevm_segment *out);

#endif
