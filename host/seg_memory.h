/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory as a digest tree, for whoever writes or checks segments (docs/segments.md). A binary
 * tree over the 2^20 pages; a node is
 *
 *     PAGE    one page with access and octets
 *     ALIKE   a subtree of pages that all have one access and are zero
 *     BRANCH  two subtrees
 *     OPAQUE  a subtree of which only the digest is known
 *
 * Between open and close it remembers what was touched, how that was before, and when each word of
 * eight octets was accessed last; so the tree before can be written as a proof that holds just the
 * pages touched, and the tree after has its digest from that alone.
 */
#ifndef HOST_SEG_MEMORY_H
#define HOST_SEG_MEMORY_H

#include "core/memory.h"
#include "host/types.h"

enum {
    JAM_SEG_LEVELS = 20,
    JAM_SEG_WORDS = PVM_PAGE_SIZE / 8,
    JAM_SEG_CACHE = 256,
    JAM_SEG_WALK = 4 /* octets read in the time of a node walked */
};

struct jam_seg_page {
    uint8_t octets[PVM_PAGE_SIZE];
    uint32_t stamps[JAM_SEG_WORDS]; /* last access to each word, 0: none in this segment */
    uint8_t *before;                /* octets when the segment began; NULL: the same */
};

struct jam_seg_node;

/* What the memories of a state share: digests of subtrees that are all alike, by level (0: a page)
 * and access; and what they take of our memory together. */
struct jam_seg_alike {
    struct jam_hash digest[JAM_SEG_LEVELS + 1][PVM_WRITE + 1];
    size_t touched;       /* pages touched in this segment */
    uint64_t walked;      /* nodes that ranges were looked for in, in this segment */
    uint64_t used, limit; /* octets of trees and pages; limit: any, unless who owns it says so */
};

struct jam_seg_memory {
    const struct pvm_alloc *alloc;
    struct jam_seg_alike *alike; /* borrowed */
    struct jam_seg_node *root;
    struct jam_seg_node *cache[JAM_SEG_CACHE]; /* pages touched, by number */
    uint32_t cached[JAM_SEG_CACHE];
    bool failed, limited; /* our memory ended; or only what alike allows */
    bool opaque;          /* a page was needed that the proof does not hold: */
    uint32_t missing;     /* that one */
};

void jam_seg_alike_init(struct jam_seg_alike *alike);

/* All of memory inaccessible and zero, nothing touched. PVM_E_MEMORY. */
PVM_MUST_USE enum pvm_status jam_seg_memory_init(struct jam_seg_memory *memory,
                                                 struct jam_seg_alike *alike,
                                                 const struct pvm_alloc *alloc,
                                                 struct pvm_err *err);
void jam_seg_memory_deinit(struct jam_seg_memory *memory); /* idempotent */

/* Takes over all of a machine's memory as the state before. */
PVM_MUST_USE enum pvm_status jam_seg_memory_take(struct jam_seg_memory *memory,
                                                 const struct pvm_memory *from,
                                                 struct pvm_err *err);

/* A page, touched from now on; write: it is about to change. NULL: failed or opaque is set. */
struct jam_seg_page *jam_seg_memory_page(struct jam_seg_memory *memory, uint32_t number,
                                         bool write);
/* Access of a page, without touching it; PVM_NO_ACCESS with opaque set when it is not known. */
enum pvm_access jam_seg_memory_access(struct jam_seg_memory *memory, uint32_t number);

/* Octets in and out whatever the access; ranges do not wrap. False: failed or opaque is set. */
bool jam_seg_memory_put(struct jam_seg_memory *memory, uint64_t addr, struct pvm_bytes bytes);
bool jam_seg_memory_get(struct jam_seg_memory *memory, uint64_t addr, uint8_t *out, uint64_t len);
/* As pvm_memory_map. */
bool jam_seg_memory_map(struct jam_seg_memory *memory, uint32_t page, uint32_t count,
                        enum pvm_access access, bool zero);
/* Whether all of a range that lies in 2^32 allows reading, or writing. Touches the pages that say so:
 * all of them, or those up to the first that does not. False also with opaque set. */
bool jam_seg_memory_allows(struct jam_seg_memory *memory, uint64_t addr, uint64_t len,
                           enum pvm_access access);

/* Marks the words of [addr, addr + len) accessed at time now; *last is the greatest time any of
 * them was before. False: failed or opaque is set. */
bool jam_seg_memory_stamp(struct jam_seg_memory *memory, uint64_t addr, uint64_t len, uint32_t now,
                          uint32_t *last);

/* Appends the tree as it was before, with the pages touched. */
void jam_seg_memory_prove(const struct jam_seg_memory *memory, struct pvm_buf *out);
/* Reads such a tree into an initialised memory, with its digests. PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_memory_read(struct jam_seg_memory *memory,
                                                 struct pvm_reader *reader, struct pvm_err *err);

/* Goes through what is known, ascending: pages with their octets, and with octets NULL stretches
 * that are zero. Nothing may be changed meanwhile. False ends it early. */
typedef bool (*jam_seg_visit_fn)(void *user, uint32_t page, uint32_t count, enum pvm_access access,
                                 const uint8_t *octets);
void jam_seg_memory_visit(const struct jam_seg_memory *memory, jam_seg_visit_fn visit, void *user);

/* Makes what is there now the state before. Digests are those of the new state afterwards. */
void jam_seg_memory_close(struct jam_seg_memory *memory);
/* Digest of the state before. */
const struct jam_hash *jam_seg_memory_root(const struct jam_seg_memory *memory);

#endif
