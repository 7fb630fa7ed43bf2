/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of a segment file taken apart into sections, and seals: what finds a changed bit in a
 * file and says which one it was (docs/segments.md).
 */
#ifndef HOST_SEG_FILE_H
#define HOST_SEG_FILE_H

#include "core/vm.h"
#include "host/types.h"

/* NAME, name in messages */
#define JAM_SEG_SECTIONS(X)                                                                        \
    X(STATE, "state")       /* machines when it began */                                           \
    X(PAGES, "pages")       /* of each of them the tree with the pages touched */                  \
    X(RUNS, "runs")         /* which machine executed how many instructions, and why it stopped */ \
    X(STEPS, "steps")       /* an instruction: where it went, what it gave its register */         \
    X(ACCESSES, "accesses") /* a load or store: address, value, time before */                     \
    X(CALLS, "calls")       /* a host call: registers, gas, what it read and did */                \
    X(PROGRAM, "program")   /* instructions executed: octets, how often */

enum jam_seg_section {
#define X(NAME, name) JAM_SEG_##NAME,
    JAM_SEG_SECTIONS(X)
#undef X
        JAM_SEG_SECTION_COUNT
};

const char *jam_seg_section_name(enum jam_seg_section section);

/* A segment; sections borrow. */
struct jam_seg_parts {
    struct jam_hash start, end; /* digests of the states */
    struct pvm_bytes section[JAM_SEG_SECTION_COUNT];
};

void jam_seg_parts_encode(const struct jam_seg_parts *parts, struct pvm_buf *out);
/* PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_parts_decode(struct pvm_bytes file, struct jam_seg_parts *out,
                                                  struct pvm_err *err);
/* Appends "section NAME, octet N" for an offset into the file, or what stands in front. */
void jam_seg_place(struct pvm_bytes file, size_t offset, struct pvm_buf *out);

/* ---- seals ---- */

struct jam_seal {
    uint64_t size;
    struct jam_hash digest;
    uint64_t locator; /* of every set bit its number from 1, all xored */
};

struct jam_seal jam_seal_of(struct pvm_bytes bytes);
/* The only bit in which bytes differ from what was sealed; UINT64_MAX when it is not just one. */
uint64_t jam_seal_find(const struct jam_seal *seal, struct pvm_bytes bytes);
bool jam_seal_holds(const struct jam_seal *seal, struct pvm_bytes bytes);

#endif
