/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory (GP 0.7.2 4.7, A.4): 2^32 octets in 4 KiB pages, each inaccessible, readable or
 * writable. What a machine costs is what it touches: mapping sets access only, a page gets storage
 * when it is first written, and reads of an untouched page see a shared page of zeros.
 *
 *     address  31        22 21        12 11         0
 *             +------------+------------+------------+
 *             | directory  |   table    |   octet    |   a directory entry is a table, or says
 *             +------------+------------+------------+   that all of its 4 MiB are alike
 *
 * In front of that stands a small direct-mapped cache of pages, which is all that the interpreter
 * looks at in the common case: one comparison covers presence, access and page straddling.
 *
 * With a window, storage stands at its address in 4 GiB of reserved address space, so that finding
 * it takes no look-up. The window is opened for memories that are used more than a little.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include "core/bytes.h"

enum { PVM_PAGE_BITS = 12, PVM_PAGE_COUNT = 1 << 20, PVM_CACHE_LINES = 256 };

_Static_assert(PVM_PAGE_SIZE == 1 << PVM_PAGE_BITS, "the public header says the same");

/* Storage that machines of one run may use together. used counts octets of pages and their tables.
 */
struct pvm_budget {
    size_t used;
    size_t limit;
};

/* One cached page. read_tag / write_tag: its number where that access is allowed, else NO_TAG; of a
 * page that a memory with a window keeps elsewhere, with PVM_TAG_ELSEWHERE, which no address gives.
 * bias: host address of the page minus its guest address, so that bias + address is the octet. */
struct pvm_cache_line {
    uint32_t read_tag, write_tag;
    uintptr_t bias;
};

#define PVM_NO_TAG        UINT32_C(0xffffffff)
#define PVM_TAG_ELSEWHERE UINT32_C(0x80000000)

/* How a machine's memory is laid out; its program's handlers are those for it. */
enum pvm_layout { PVM_LAYOUT_PAGES, PVM_LAYOUT_WINDOW };

struct pvm_page_table;

struct pvm_memory {
    struct pvm_cache_line cache[PVM_CACHE_LINES];
    struct pvm_page_table **directory; /* 1024 entries, see memory.c */
    uint8_t *window;                   /* NULL: not open */
    const struct pvm_alloc *alloc;
    struct pvm_budget *budget; /* borrowed, NULL: no limit */
    uint64_t fault;            /* address of the page of the last failed access */
    size_t resident;           /* octets of page storage owned */
    enum pvm_layout layout;
    uint32_t patience;    /* slow accesses until the window is opened; 0: it was tried */
    uint8_t common[1024]; /* access that all pages of a directory entry have at least; without
                             a table, exactly */
};

/* All of memory inaccessible and zero. init needs no allocation; deinit is idempotent. */
void pvm_memory_init(struct pvm_memory *memory, const struct pvm_alloc *alloc,
                     struct pvm_budget *budget);
void pvm_memory_deinit(struct pvm_memory *memory);

/* Of a new memory: it is for programs of that layout. A window is address space of the system, not
 * the allocator's; where none can be reserved the memory works all the same, more slowly. */
void pvm_memory_lay_out(struct pvm_memory *memory, enum pvm_layout layout);
/* Of a memory with a window: opens it now, so that no page's storage moves from here on. */
void pvm_memory_settle(struct pvm_memory *memory);

/* Fails as memory that is exhausted does: PVM_E_LIMIT by the budget, else PVM_E_MEMORY. */
enum pvm_status pvm_memory_no_room(const struct pvm_memory *memory, struct pvm_err *err);

/* Sets the access of count pages from page on; with zero, their contents become zero too.
 * The range must lie within PVM_PAGE_COUNT. */
PVM_MUST_USE enum pvm_status pvm_memory_map(struct pvm_memory *memory, uint32_t page,
                                            uint32_t count, enum pvm_access access, bool zero,
                                            struct pvm_err *err);
enum pvm_access pvm_memory_access(const struct pvm_memory *memory, uint32_t page);

/* Puts octets at addr whatever the access of the pages there; the range must not wrap. */
PVM_MUST_USE enum pvm_status pvm_memory_put(struct pvm_memory *memory, uint64_t addr,
                                            struct pvm_bytes bytes, struct pvm_err *err);
/* Like put, but whole pages refer to bytes (copied when first written): bytes must outlive the
 * memory and addr be page-aligned. */
PVM_MUST_USE enum pvm_status pvm_memory_lend(struct pvm_memory *memory, uint64_t addr,
                                             struct pvm_bytes bytes, struct pvm_err *err);
/* Makes octets the storage of count writable pages from page on for as long as they are not mapped,
 * backed or lent anew: what either side writes, the other reads at once. octets (of any alignment)
 * must outlive that. On failure nothing has changed. */
PVM_MUST_USE enum pvm_status pvm_memory_back(struct pvm_memory *memory, uint32_t page,
                                             uint32_t count, void *octets, struct pvm_err *err);
/* The same for pages that may be read only; octets are lent, so never written. */
PVM_MUST_USE enum pvm_status pvm_memory_back_const(struct pvm_memory *memory, uint32_t page,
                                                   uint32_t count, const void *octets,
                                                   struct pvm_err *err);
/* Copies len octets at addr out whatever the access; the range must not wrap. */
void pvm_memory_get(const struct pvm_memory *memory, uint64_t addr, void *dst, size_t len);

/* Whether every octet of [addr, addr + len) allows the access. Not taken mod 2^32: a range that
 * leaves 2^32 does not. The empty range always does, wherever it is. */
bool pvm_memory_allows(const struct pvm_memory *memory, uint64_t addr, uint64_t len,
                       enum pvm_access access);

/* The octets [addr, addr + len) in place if they lie within one page and are readable; else NULL.
 * Valid until the memory changes. */
const uint8_t *pvm_memory_view(const struct pvm_memory *memory, uint64_t addr, uint64_t len);

/* One guest access of width 1, 2, 4 or 8 octets, little endian, indices mod 2^32: the slow path of
 * the interpreter and the whole path of everyone else. */
enum pvm_mem_result pvm_memory_load(struct pvm_memory *memory, uint32_t addr, unsigned width,
                                    uint64_t *value);
enum pvm_mem_result pvm_memory_store(struct pvm_memory *memory, uint32_t addr, unsigned width,
                                     uint64_t value);

/* The next stretch of pages with the same access other than none, at or after *page: true, with
 * *page its first page, *count and *access; false when there is none. */
bool pvm_memory_next(const struct pvm_memory *memory, uint32_t *page, uint32_t *count,
                     enum pvm_access *access);

/* The next page at or after *page that has storage, whatever its access: true, with *page, and its
 * octets until the memory changes; false when there is none. All other pages are zero. */
bool pvm_memory_next_stored(const struct pvm_memory *memory, uint32_t *page,
                            const uint8_t **octets);

/* xxHash (XXH3, 64 bits) of access and contents; equal memories give equal digests, however
 * they came about. For comparing runs, never for consensus. */
uint64_t pvm_memory_digest(const struct pvm_memory *memory);

#endif
