/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directory and tables of guest memory, and the accesses that miss the page cache.
 */
#include "core/memory.h"

#include "core/space.h"

#include <xxhash.h>

enum { TABLE_BITS = 10, TABLE_SIZE = 1 << TABLE_BITS };

/* Whose a page's storage is. */
enum holder {
    OWN,   /* ours: allocated and freed here, or the window's */
    LENT,  /* someone else's, for reading: copied before it is written */
    COPY,  /* the same in the window, where reading it is faster; not ours, so not charged */
    SHOWN, /* someone else's, for reading where it is, as it may change there */
    SHARED /* someone else's, written in place */
};

/* Slow accesses before a window is opened, which costs some microseconds. */
enum { PATIENCE = 1000 };

/* Octets of pages that are there before: they are moved, and the allocator keeps what it gave. */
enum { MOVED_MAX = 64 * PVM_PAGE_SIZE };

#define WINDOW_SIZE (UINT64_C(1) << 32)

/* The 1024 pages of 4 MiB that are not all alike. */
struct pvm_page_table {
    uint8_t *data[TABLE_SIZE];  /* storage; NULL: all zero */
    uint8_t access[TABLE_SIZE]; /* enum pvm_access */
    uint8_t holder[TABLE_SIZE]; /* enum holder, of data */
};

static const uint8_t zero_page[PVM_PAGE_SIZE];

/* ---- the budget ---- */

static bool charge(struct pvm_memory *memory, size_t octets)
{
    struct pvm_budget *budget = memory->budget;
    if (budget == NULL)
        return true;
    if (budget->used > budget->limit || octets > budget->limit - budget->used)
        return false;
    budget->used += octets;
    return true;
}

static void refund(struct pvm_memory *memory, size_t octets)
{
    if (memory->budget != NULL)
        memory->budget->used -= octets;
}

enum pvm_status pvm_memory_no_room(const struct pvm_memory *memory, struct pvm_err *err)
{
    const struct pvm_budget *budget = memory->budget;
    if (budget != NULL && (budget->used > budget->limit ||
                           budget->limit - budget->used < sizeof(struct pvm_page_table)))
        return pvm_fail(err, PVM_E_LIMIT, "guest memory limit of %zu octets reached",
                        budget->limit);
    return pvm_fail(err, PVM_E_MEMORY, "out of memory for guest pages");
}

/* ---- the cache ---- */

static struct pvm_cache_line *line_of(struct pvm_memory *memory, uint32_t page)
{
    return &memory->cache[page % PVM_CACHE_LINES];
}

/* A page that may be written may be read as well. */
static void forget_page(struct pvm_memory *memory, uint32_t page)
{
    struct pvm_cache_line *line = line_of(memory, page);
    if ((line->read_tag & ~PVM_TAG_ELSEWHERE) == page)
        *line = (struct pvm_cache_line){PVM_NO_TAG, PVM_NO_TAG, 0};
}

static void forget_range(struct pvm_memory *memory, uint32_t page, uint32_t count)
{
    if (count > PVM_CACHE_LINES)
        count = PVM_CACHE_LINES;
    for (uint32_t i = 0; i < count; i++) {
        struct pvm_cache_line *line = line_of(memory, page + i);
        *line = (struct pvm_cache_line){PVM_NO_TAG, PVM_NO_TAG, 0};
    }
}

static void forget_all(struct pvm_memory *memory)
{
    forget_range(memory, 0, PVM_CACHE_LINES);
}

/* ---- pages and their tables ---- */

void pvm_memory_init(struct pvm_memory *memory, const struct pvm_alloc *alloc,
                     struct pvm_budget *budget)
{
    *memory = (struct pvm_memory){.alloc = alloc, .budget = budget};
    forget_all(memory);
}

void pvm_memory_lay_out(struct pvm_memory *memory, enum pvm_layout layout)
{
    memory->layout = layout;
    memory->patience = PATIENCE;
}

/* Where a page stands in the window. */
static uint8_t *place_of(const struct pvm_memory *memory, uint32_t page)
{
    return memory->window + ((size_t)page << PVM_PAGE_BITS);
}

/* Takes a page's storage away from it and the budget; true: the window has it. */
static bool unlink_data(struct pvm_memory *memory, struct pvm_page_table *table, uint32_t slot,
                        uint8_t **data)
{
    enum holder holder = (enum holder)table->holder[slot];
    *data = table->data[slot];
    table->data[slot] = NULL;
    table->holder[slot] = OWN;
    if (*data == NULL || (holder != OWN && holder != COPY))
        return false;
    if (holder == OWN) {
        memory->resident -= PVM_PAGE_SIZE;
        refund(memory, PVM_PAGE_SIZE);
    }
    if (memory->window == NULL)
        pvm_alloc_free(memory->alloc, *data);
    return memory->window != NULL;
}

static void drop_data(struct pvm_memory *memory, struct pvm_page_table *table, uint32_t slot)
{
    uint8_t *data;
    if (unlink_data(memory, table, slot, &data))
        pvm_space_discard(data, PVM_PAGE_SIZE);
}

static void drop_table(struct pvm_memory *memory, uint32_t entry)
{
    struct pvm_page_table *table = memory->directory[entry];
    bool in_window = false;
    uint8_t *data;
    for (uint32_t slot = 0; slot < TABLE_SIZE; slot++)
        in_window |= unlink_data(memory, table, slot, &data);
    if (in_window)
        pvm_space_discard(place_of(memory, entry << TABLE_BITS), TABLE_SIZE * PVM_PAGE_SIZE);
    pvm_alloc_free(memory->alloc, table);
    refund(memory, sizeof *table);
    memory->directory[entry] = NULL;
}

void pvm_memory_deinit(struct pvm_memory *memory)
{
    if (memory->directory != NULL) {
        for (uint32_t entry = 0; entry < TABLE_SIZE; entry++) {
            if (memory->directory[entry] != NULL)
                drop_table(memory, entry);
        }
        pvm_alloc_free(memory->alloc, memory->directory);
    }
    if (memory->window != NULL)
        pvm_space_release(memory->window, WINDOW_SIZE);
    enum pvm_layout layout = memory->layout;
    pvm_memory_init(memory, memory->alloc, memory->budget);
    pvm_memory_lay_out(memory, layout);
}

/* The table of a directory entry, NULL while all of it is alike. */
static struct pvm_page_table *table_of(const struct pvm_memory *memory, uint32_t page)
{
    return memory->directory != NULL ? memory->directory[page >> TABLE_BITS] : NULL;
}

/* The same, made if need be; NULL when memory or the budget is exhausted. */
static struct pvm_page_table *make_table(struct pvm_memory *memory, uint32_t page)
{
    uint32_t entry = page >> TABLE_BITS;
    if (memory->directory == NULL) {
        memory->directory = pvm_alloc_zero(memory->alloc, TABLE_SIZE, sizeof memory->directory[0]);
        if (memory->directory == NULL)
            return NULL;
    }
    if (memory->directory[entry] == NULL) {
        struct pvm_page_table *table = NULL;
        if (!charge(memory, sizeof *table))
            return NULL;
        table = pvm_alloc_zero(memory->alloc, 1, sizeof *table);
        if (table == NULL) {
            refund(memory, sizeof *table);
            return NULL;
        }
        memset(table->access, memory->common[entry], sizeof table->access);
        memory->directory[entry] = table;
    }
    return memory->directory[entry];
}

/* Storage for a page, not zero unless it is the window's. */
static uint8_t *new_page(struct pvm_memory *memory, uint32_t page)
{
    if (!charge(memory, PVM_PAGE_SIZE))
        return NULL;
    uint8_t *data = memory->window != NULL ? place_of(memory, page)
                                           : pvm_alloc_get(memory->alloc, PVM_PAGE_SIZE);
    if (data == NULL)
        refund(memory, PVM_PAGE_SIZE);
    else
        memory->resident += PVM_PAGE_SIZE;
    return data;
}

/* Storage of a page that may be written: made, or copied when lent. NULL when exhausted. */
static uint8_t *writable_page(struct pvm_memory *memory, struct pvm_page_table *table,
                              uint32_t page)
{
    uint32_t slot = page % TABLE_SIZE;
    uint8_t *old = table->data[slot];
    if (old != NULL && (table->holder[slot] == OWN || table->holder[slot] == SHARED))
        return old;
    uint8_t *data = new_page(memory, page);
    if (data == NULL)
        return NULL;
    if (old != data && (old != NULL || memory->window == NULL))
        memcpy(data, old != NULL ? old : zero_page, PVM_PAGE_SIZE);
    table->data[slot] = data;
    table->holder[slot] = OWN;
    return data;
}

/* ---- the window ---- */

/* Moves our own pages into the window. */
static void move_pages(struct pvm_memory *memory, struct pvm_page_table *table, uint32_t first)
{
    for (uint32_t slot = 0; slot < TABLE_SIZE; slot++) {
        uint8_t *old = table->data[slot];
        if (old == NULL || table->holder[slot] != OWN)
            continue;
        table->data[slot] = place_of(memory, first + slot);
        memcpy(table->data[slot], old, PVM_PAGE_SIZE);
        pvm_alloc_free(memory->alloc, old);
    }
}

/* Tried once. Without a window all goes on as before. */
static void open_window(struct pvm_memory *memory)
{
    memory->patience = 0;
    memory->window = pvm_space_reserve(WINDOW_SIZE);
    if (memory->window == NULL)
        return;
    forget_all(memory);
    for (uint32_t entry = 0; memory->directory != NULL && entry < TABLE_SIZE; entry++)
        if (memory->directory[entry] != NULL)
            move_pages(memory, memory->directory[entry], entry << TABLE_BITS);
}

void pvm_memory_settle(struct pvm_memory *memory)
{
    if (memory->layout == PVM_LAYOUT_WINDOW && memory->patience != 0)
        open_window(memory);
}

/* Counts slow accesses; at some point opens the window. */
static void count_access(struct pvm_memory *memory)
{
    if (memory->layout == PVM_LAYOUT_WINDOW && memory->patience != 0 &&
        (--memory->patience == 0 || memory->resident > MOVED_MAX))
        open_window(memory);
}

/* ---- access ---- */

enum pvm_access pvm_memory_access(const struct pvm_memory *memory, uint32_t page)
{
    const struct pvm_page_table *table = table_of(memory, page);
    return (enum pvm_access)(table != NULL ? table->access[page % TABLE_SIZE]
                                           : memory->common[page >> TABLE_BITS]);
}

/* What count pages, or entries, all allow; no branch in the loop, so that it is vectorised. */
static uint8_t common_access(const uint8_t *access, uint32_t count)
{
    uint8_t common = PVM_WRITE;
    for (uint32_t i = 0; i < count; i++)
        common &= access[i];
    return common;
}

/* pvm_memory_map within one directory entry. */
static bool map_entry(struct pvm_memory *memory, uint32_t page, uint32_t count,
                      enum pvm_access access, bool zero)
{
    uint32_t entry = page >> TABLE_BITS;
    struct pvm_page_table *table = table_of(memory, page);
    if (count == TABLE_SIZE && (zero || table == NULL)) {
        if (table != NULL)
            drop_table(memory, entry);
        memory->common[entry] = (uint8_t)access;
        return true;
    }
    if (table == NULL && memory->common[entry] == access)
        return true;
    table = make_table(memory, page);
    if (table == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = page % TABLE_SIZE + i;
        table->access[slot] = (uint8_t)access;
        if (zero)
            drop_data(memory, table, slot);
    }
    memory->common[entry] = common_access(table->access, TABLE_SIZE);
    return true;
}

enum pvm_status pvm_memory_map(struct pvm_memory *memory, uint32_t page, uint32_t count,
                               enum pvm_access access, bool zero, struct pvm_err *err)
{
    if (page > PVM_PAGE_COUNT || count > PVM_PAGE_COUNT - page)
        return pvm_fail(err, PVM_E_INTERNAL, "pages %u + %u lie beyond the address space", page,
                        count);
    forget_range(memory, page, count);
    while (count > 0) {
        uint32_t here = TABLE_SIZE - page % TABLE_SIZE;
        if (here > count)
            here = count;
        if (!map_entry(memory, page, here, access, zero))
            return pvm_memory_no_room(memory, err);
        page += here;
        count -= here;
    }
    return PVM_OK;
}

/* Puts at most one page's worth of octets; with lend, refers to them when they fill the page. */
static bool put_page(struct pvm_memory *memory, uint64_t addr, struct pvm_bytes bytes, bool lend)
{
    uint32_t page = (uint32_t)(addr >> PVM_PAGE_BITS);
    uint32_t slot = page % TABLE_SIZE;
    struct pvm_page_table *table = make_table(memory, page);
    if (table == NULL)
        return false;
    forget_page(memory, page);
    if (lend && bytes.len == PVM_PAGE_SIZE) {
        drop_data(memory, table, slot);
        /* Never written through: writable_page copies first. */
        memcpy(&table->data[slot], &bytes.ptr, sizeof bytes.ptr);
        table->holder[slot] = LENT;
        return true;
    }
    uint8_t *data = writable_page(memory, table, page);
    if (data == NULL)
        return false;
    memcpy(data + addr % PVM_PAGE_SIZE, bytes.ptr, bytes.len);
    return true;
}

static enum pvm_status put(struct pvm_memory *memory, uint64_t addr, struct pvm_bytes bytes,
                           bool lend, struct pvm_err *err)
{
    if (addr > UINT64_C(1) << 32 || bytes.len > (UINT64_C(1) << 32) - addr)
        return pvm_fail(err, PVM_E_INTERNAL, "%zu octets at 0x%llx leave the address space",
                        bytes.len, (unsigned long long)addr);
    while (bytes.len > 0) {
        size_t here = PVM_PAGE_SIZE - addr % PVM_PAGE_SIZE;
        if (here > bytes.len)
            here = bytes.len;
        if (!put_page(memory, addr, pvm_bytes(bytes.ptr, here), lend))
            return pvm_memory_no_room(memory, err);
        addr += here;
        bytes.ptr += here;
        bytes.len -= here;
    }
    return PVM_OK;
}

enum pvm_status pvm_memory_put(struct pvm_memory *memory, uint64_t addr, struct pvm_bytes bytes,
                               struct pvm_err *err)
{
    return put(memory, addr, bytes, false, err);
}

enum pvm_status pvm_memory_lend(struct pvm_memory *memory, uint64_t addr, struct pvm_bytes bytes,
                                struct pvm_err *err)
{
    return put(memory, addr, bytes, true, err);
}

/* Gives pages of one directory entry, whose table is there, storage of someone else's. */
static void back_entry(struct pvm_memory *memory, uint32_t page, uint32_t count,
                       const uint8_t *octets, enum holder holder)
{
    struct pvm_page_table *table = table_of(memory, page);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = page % TABLE_SIZE + i;
        drop_data(memory, table, slot);
        memcpy(&table->data[slot], &octets, sizeof octets);
        table->holder[slot] = (uint8_t)holder;
        table->access[slot] = holder == SHARED ? PVM_WRITE : PVM_READ;
        octets += PVM_PAGE_SIZE;
    }
    memory->common[page >> TABLE_BITS] = common_access(table->access, TABLE_SIZE);
}

static enum pvm_status back(struct pvm_memory *memory, uint32_t page, uint32_t count,
                            const uint8_t *octets, enum holder holder, struct pvm_err *err)
{
    if (page > PVM_PAGE_COUNT || count > PVM_PAGE_COUNT - page)
        return pvm_fail(err, PVM_E_INTERNAL, "pages %u + %u lie beyond the address space", page,
                        count);
    for (uint32_t at = page & ~(uint32_t)(TABLE_SIZE - 1); at < page + count; at += TABLE_SIZE) {
        if (make_table(memory, at) == NULL)
            return pvm_memory_no_room(memory, err);
    }
    forget_range(memory, page, count);
    while (count > 0) {
        uint32_t here = TABLE_SIZE - page % TABLE_SIZE;
        if (here > count)
            here = count;
        back_entry(memory, page, here, octets, holder);
        octets += (size_t)here * PVM_PAGE_SIZE;
        page += here;
        count -= here;
    }
    return PVM_OK;
}

enum pvm_status pvm_memory_back(struct pvm_memory *memory, uint32_t page, uint32_t count,
                                void *octets, struct pvm_err *err)
{
    return back(memory, page, count, octets, SHARED, err);
}

enum pvm_status pvm_memory_back_const(struct pvm_memory *memory, uint32_t page, uint32_t count,
                                      const void *octets, struct pvm_err *err)
{
    return back(memory, page, count, octets, SHOWN, err);
}

/* Contents of a page for reading. */
static const uint8_t *page_data(const struct pvm_memory *memory, uint32_t page)
{
    const struct pvm_page_table *table = table_of(memory, page);
    const uint8_t *data = table != NULL ? table->data[page % TABLE_SIZE] : NULL;
    return data != NULL ? data : zero_page;
}

void pvm_memory_get(const struct pvm_memory *memory, uint64_t addr, void *dst, size_t len)
{
    uint8_t *out = dst;
    while (len > 0) {
        size_t here = PVM_PAGE_SIZE - addr % PVM_PAGE_SIZE;
        if (here > len)
            here = len;
        const uint8_t *data = page_data(memory, (uint32_t)(addr >> PVM_PAGE_BITS));
        memcpy(out, data + addr % PVM_PAGE_SIZE, here);
        addr += here;
        out += here;
        len -= here;
    }
}

/* pvm_memory_allows within one directory entry. */
static bool entry_allows(const struct pvm_memory *memory, uint32_t page, uint32_t count,
                         enum pvm_access access)
{
    const struct pvm_page_table *table = table_of(memory, page);
    uint8_t common = memory->common[page >> TABLE_BITS];
    if (table != NULL && (common & access) != access)
        common = common_access(&table->access[page % TABLE_SIZE], count);
    return (common & access) == access;
}

bool pvm_memory_allows(const struct pvm_memory *memory, uint64_t addr, uint64_t len,
                       enum pvm_access access)
{
    const uint64_t end = UINT64_C(1) << 32;
    if (len == 0)
        return true;
    if (addr < PVM_GUARD_SIZE || addr >= end || len > end - addr)
        return false;
    uint32_t page = (uint32_t)(addr >> PVM_PAGE_BITS);
    uint32_t last = (uint32_t)((addr + len - 1) >> PVM_PAGE_BITS);
    uint32_t first_entry = page >> TABLE_BITS;
    uint32_t last_entry = last >> TABLE_BITS;
    if (first_entry == last_entry)
        return entry_allows(memory, page, last - page + 1, access);
    uint8_t between = common_access(&memory->common[first_entry + 1], last_entry - first_entry - 1);
    return (between & access) == access &&
           entry_allows(memory, page, TABLE_SIZE - page % TABLE_SIZE, access) &&
           entry_allows(memory, last_entry << TABLE_BITS, last % TABLE_SIZE + 1, access);
}

const uint8_t *pvm_memory_view(const struct pvm_memory *memory, uint64_t addr, uint64_t len)
{
    if (len == 0 || len > PVM_PAGE_SIZE - addr % PVM_PAGE_SIZE)
        return NULL;
    if (!pvm_memory_allows(memory, addr, len, PVM_READ))
        return NULL;
    return page_data(memory, (uint32_t)(addr >> PVM_PAGE_BITS)) + addr % PVM_PAGE_SIZE;
}

/* What stops an access of width octets at addr: GP 0.7.2 A.4. Indices are tried in the order in
 * which they stand before wrapping, so an access across 2^32 looks at the high addresses first. */
static enum pvm_mem_result refuse(struct pvm_memory *memory, uint32_t addr, unsigned width,
                                  enum pvm_access access)
{
    for (unsigned i = 0; i < width; i++) {
        uint32_t at = addr + i;
        uint32_t page = at >> PVM_PAGE_BITS;
        if (at < PVM_GUARD_SIZE)
            return PVM_MEM_PANIC;
        if ((pvm_memory_access(memory, page) & access) != access) {
            memory->fault = (uint64_t)page << PVM_PAGE_BITS;
            return PVM_MEM_FAULT;
        }
    }
    return PVM_MEM_OK;
}

/* Makes the page the cache's, for reading or, with data of its own, for writing too. */
static void cache_page(struct pvm_memory *memory, uint32_t page, const uint8_t *data, bool writable)
{
    struct pvm_cache_line *line = line_of(memory, page);
    bool in_place = memory->layout == PVM_LAYOUT_PAGES ||
                    (memory->window != NULL && data == place_of(memory, page));
    line->read_tag = in_place ? page : page | PVM_TAG_ELSEWHERE;
    line->write_tag = writable ? line->read_tag : PVM_NO_TAG;
    line->bias = (uintptr_t)data - ((uintptr_t)page << PVM_PAGE_BITS);
}

/* The octets of an access within a page that is cached, but not in the window; else NULL. */
static uint8_t *elsewhere(struct pvm_memory *memory, uint32_t addr, unsigned width, bool write)
{
    uint32_t page = addr >> PVM_PAGE_BITS;
    const struct pvm_cache_line *line = line_of(memory, page);
    if ((write ? line->write_tag : line->read_tag) != (page | PVM_TAG_ELSEWHERE) ||
        addr % PVM_PAGE_SIZE > PVM_PAGE_SIZE - width)
        return NULL;
    return (void *)(line->bias + addr);
}

/* Octets of a page for reading: in the window if it has them, or can. */
static const uint8_t *readable_page(struct pvm_memory *memory, uint32_t page, bool *writable)
{
    struct pvm_page_table *table = table_of(memory, page);
    uint32_t slot = page % TABLE_SIZE;
    *writable = false;
    if (table == NULL || table->data[slot] == NULL)
        return memory->window != NULL ? place_of(memory, page) : zero_page;
    if (table->holder[slot] == LENT && memory->window != NULL) {
        memcpy(place_of(memory, page), table->data[slot], PVM_PAGE_SIZE);
        table->data[slot] = place_of(memory, page);
        table->holder[slot] = COPY;
    }
    *writable = table->access[slot] == PVM_WRITE &&
                (table->holder[slot] == OWN || table->holder[slot] == SHARED);
    return table->data[slot];
}

enum pvm_mem_result pvm_memory_load(struct pvm_memory *memory, uint32_t addr, unsigned width,
                                    uint64_t *value)
{
    count_access(memory);
    const uint8_t *octets = elsewhere(memory, addr, width, false);
    if (octets != NULL) {
        *value = pvm_load_le(octets, width);
        return PVM_MEM_OK;
    }
    enum pvm_mem_result result = refuse(memory, addr, width, PVM_READ);
    if (result != PVM_MEM_OK)
        return result;
    bool writable;
    uint32_t page = addr >> PVM_PAGE_BITS;
    const uint8_t *data = readable_page(memory, page, &writable);
    cache_page(memory, page, data, writable);
    uint64_t out = 0;
    for (unsigned i = 0; i < width; i++) {
        uint32_t at = addr + i;
        out |= (uint64_t)page_data(memory, at >> PVM_PAGE_BITS)[at % PVM_PAGE_SIZE] << (8 * i);
    }
    *value = out;
    return PVM_MEM_OK;
}

enum pvm_mem_result pvm_memory_store(struct pvm_memory *memory, uint32_t addr, unsigned width,
                                     uint64_t value)
{
    count_access(memory);
    uint8_t *octets = elsewhere(memory, addr, width, true);
    if (octets != NULL) {
        pvm_store_le(octets, value, width);
        return PVM_MEM_OK;
    }
    enum pvm_mem_result result = refuse(memory, addr, width, PVM_WRITE);
    if (result != PVM_MEM_OK)
        return result;
    uint32_t ends[2] = {addr >> PVM_PAGE_BITS, (addr + width - 1) >> PVM_PAGE_BITS};
    uint8_t *data[2];
    for (unsigned i = 0; i < 2; i++) {
        struct pvm_page_table *table = make_table(memory, ends[i]);
        data[i] = table != NULL ? writable_page(memory, table, ends[i]) : NULL;
        if (data[i] == NULL)
            return PVM_MEM_NO_ROOM;
        cache_page(memory, ends[i], data[i], true);
    }
    for (unsigned i = 0; i < width; i++) {
        uint32_t at = addr + i;
        data[at >> PVM_PAGE_BITS != ends[0]][at % PVM_PAGE_SIZE] = (uint8_t)(value >> (8 * i));
    }
    return PVM_MEM_OK;
}

bool pvm_memory_next(const struct pvm_memory *memory, uint32_t *page, uint32_t *count,
                     enum pvm_access *access)
{
    uint32_t at = *page;
    uint32_t start = PVM_PAGE_COUNT;
    *access = PVM_NO_ACCESS;
    while (at < PVM_PAGE_COUNT) {
        enum pvm_access here = pvm_memory_access(memory, at);
        if (*access == PVM_NO_ACCESS && here != PVM_NO_ACCESS) {
            start = at;
            *access = here;
        } else if (*access != PVM_NO_ACCESS && here != *access) {
            break;
        }
        at = table_of(memory, at) == NULL ? (at | (TABLE_SIZE - 1)) + 1 : at + 1;
    }
    *page = start;
    *count = at - start;
    return start != PVM_PAGE_COUNT;
}

bool pvm_memory_next_stored(const struct pvm_memory *memory, uint32_t *page, const uint8_t **octets)
{
    for (uint32_t at = *page; at < PVM_PAGE_COUNT;) {
        const struct pvm_page_table *table = table_of(memory, at);
        if (table != NULL && table->data[at % TABLE_SIZE] != NULL) {
            *page = at;
            *octets = table->data[at % TABLE_SIZE];
            return true;
        }
        at = table == NULL ? (at | (TABLE_SIZE - 1)) + 1 : at + 1;
    }
    return false;
}

uint64_t pvm_memory_digest(const struct pvm_memory *memory)
{
    uint64_t digest = 0;
    uint32_t page = 0, count;
    enum pvm_access access;
    while (pvm_memory_next(memory, &page, &count, &access)) {
        uint64_t head[3] = {page, count, (uint64_t)access};
        digest = XXH3_64bits_withSeed(head, sizeof head, digest);
        for (uint32_t i = 0; i < count; i++) {
            const uint8_t *data = page_data(memory, page + i);
            if (data == zero_page || memcmp(data, zero_page, PVM_PAGE_SIZE) == 0)
                continue;
            digest = XXH3_64bits_withSeed(data, PVM_PAGE_SIZE, digest + page + i);
        }
        page += count;
    }
    return digest;
}
