/* SPDX-License-Identifier: Apache-2.0 */
/* Guest memory: access, contents, cost, and what a page cache could get wrong. */
#include "core/memory.h"

#include <check.h>
#include <stdlib.h>

static struct pvm_memory memory;
static struct pvm_err err;

static void setup(void)
{
    err = (struct pvm_err){0};
    pvm_memory_init(&memory, NULL, NULL);
}

/* The window opens at once, within a test, or cannot be had. */
static void setup_window(void)
{
    setup();
    pvm_memory_lay_out(&memory, PVM_LAYOUT_WINDOW);
    memory.patience = 1;
}

static void setup_window_later(void)
{
    setup_window();
    memory.patience = 4;
}

static void setup_no_window(void)
{
    setup_window();
    memory.patience = 0;
}

static void teardown(void)
{
    pvm_memory_deinit(&memory);
    pvm_memory_deinit(&memory); /* idempotent */
}

/* Like the fixture's. */
static void init_alike(struct pvm_memory *m, const struct pvm_alloc *alloc,
                       struct pvm_budget *budget)
{
    pvm_memory_init(m, alloc, budget);
    pvm_memory_lay_out(m, memory.layout);
    m->patience = memory.patience;
}

static void map(uint32_t page, uint32_t count, enum pvm_access access, bool zero)
{
    ck_assert(pvm_memory_map(&memory, page, count, access, zero, &err) == PVM_OK);
}

static uint64_t load(uint32_t addr, unsigned width)
{
    uint64_t value = 0xbad;
    ck_assert_int_eq(pvm_memory_load(&memory, addr, width, &value), PVM_MEM_OK);
    return value;
}

/* An octet of a page just loaded from, found through the cache as the interpreter does. */
static uint8_t load_again(uint32_t addr)
{
    uint32_t page = addr >> PVM_PAGE_BITS;
    const struct pvm_cache_line *line = &memory.cache[page % PVM_CACHE_LINES];
    ck_assert_uint_eq(line->read_tag & ~PVM_TAG_ELSEWHERE, page);
    return *(const uint8_t *)(line->bias + addr);
}

START_TEST(starts_inaccessible)
{
    uint64_t value;
    uint32_t page = 0, count;
    enum pvm_access access;
    ck_assert_int_eq(pvm_memory_load(&memory, 0x10000, 1, &value), PVM_MEM_FAULT);
    ck_assert_uint_eq(memory.fault, 0x10000);
    ck_assert_int_eq(pvm_memory_store(&memory, 0xffff, 1, 1), PVM_MEM_PANIC);
    ck_assert(!pvm_memory_next(&memory, &page, &count, &access));
    ck_assert_uint_eq(memory.resident, 0);
}
END_TEST

/* 1 GiB mapped and 8 KiB touched cost 8 KiB of pages. */
START_TEST(costs_what_is_touched)
{
    map(0x40000, 0x40000, PVM_WRITE, true);
    ck_assert_uint_eq(memory.resident, 0);
    ck_assert_uint_eq(load(0x40000000, 8), 0);
    ck_assert_uint_eq(memory.resident, 0);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x50000ffc, 8, UINT64_MAX), PVM_MEM_OK);
    ck_assert_uint_eq(memory.resident, 2 * PVM_PAGE_SIZE);
    ck_assert_uint_eq(load(0x50001000, 8), 0xffffffff);
}
END_TEST

/* The first inaccessible octet decides, in the order before wrapping. */
START_TEST(faults)
{
    map(0x10, 2, PVM_WRITE, true);
    map(0x12, 1, PVM_READ, true);
    map(0xfffff, 1, PVM_WRITE, true);
    static const struct {
        uint32_t addr;
        unsigned width;
        bool store;
        enum pvm_mem_result result;
        uint64_t fault;
    } cases[] = {
        {0x11ffd, 4, true, PVM_MEM_FAULT, 0x12000},
        {0x11ffd, 4, false, PVM_MEM_OK, 0},
        {0x12ffd, 4, false, PVM_MEM_FAULT, 0x13000},
        {0xfffe, 4, false, PVM_MEM_PANIC, 0},
        {0x0fff8, 8, false, PVM_MEM_PANIC, 0},
        {0xfffffff8, 8, false, PVM_MEM_OK, 0},
        {0xfffffff9, 8, true, PVM_MEM_PANIC, 0},
        {0xffffeffc, 8, true, PVM_MEM_FAULT, 0xffffe000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 0;
        enum pvm_mem_result got =
            cases[i].store ? pvm_memory_store(&memory, cases[i].addr, cases[i].width, 1)
                           : pvm_memory_load(&memory, cases[i].addr, cases[i].width, &value);
        ck_assert_msg(got == cases[i].result, "case %zu", i);
        if (got == PVM_MEM_FAULT)
            ck_assert_uint_eq(memory.fault, cases[i].fault);
    }
}
END_TEST

/* Changing access or contents behind a cached page is seen at once. */
START_TEST(cache_follows_changes)
{
    uint64_t value;
    map(0x20, 1, PVM_WRITE, true);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x20008, 8, 77), PVM_MEM_OK);
    uint8_t octet = 9;
    ck_assert(pvm_memory_put(&memory, 0x20008, pvm_bytes(&octet, 1), &err) == PVM_OK);
    ck_assert_uint_eq(load(0x20008, 8), 9);
    map(0x20, 1, PVM_READ, false);
    ck_assert_uint_ne(memory.cache[0x20].write_tag, 0x20);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x20008, 1, 1), PVM_MEM_FAULT);
    ck_assert_uint_eq(load(0x20008, 8), 9);
    map(0x20, 1, PVM_WRITE, true);
    ck_assert_uint_ne(memory.cache[0x20].read_tag, 0x20);
    ck_assert_uint_eq(load(0x20008, 8), 0);
    map(0x20, 1, PVM_NO_ACCESS, false);
    ck_assert_int_eq(pvm_memory_load(&memory, 0x20008, 1, &value), PVM_MEM_FAULT);
}
END_TEST

/* Pages that share a cache line do not mix. */
START_TEST(cache_lines_are_shared)
{
    map(0x100, 0x400, PVM_WRITE, true);
    for (uint32_t page = 0x100; page < 0x500; page++)
        ck_assert_int_eq(pvm_memory_store(&memory, page << 12, 4, page), PVM_MEM_OK);
    for (uint32_t page = 0x100; page < 0x500; page++)
        ck_assert_uint_eq(load(page << 12, 4), page);
}
END_TEST

/* A page read before it has storage must not be written through the shared zeros. */
START_TEST(zero_page_stays_zero)
{
    map(0x20, 2, PVM_WRITE, true);
    ck_assert_uint_eq(load(0x20000, 8), 0);
    ck_assert_uint_ne(memory.cache[0x20].write_tag, 0x20);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x20000, 8, 5), PVM_MEM_OK);
    ck_assert_uint_eq(load(0x21000, 8), 0);
    ck_assert_uint_eq(load(0x20000, 8), 5);
}
END_TEST

START_TEST(lent_pages_are_copied)
{
    static uint8_t lent[PVM_PAGE_SIZE + 3];
    memset(lent, 7, sizeof lent);
    ck_assert(pvm_memory_lend(&memory, 0x30000, pvm_bytes(lent, sizeof lent), &err) == PVM_OK);
    map(0x30, 2, PVM_WRITE, false);
    ck_assert_uint_eq(memory.resident, PVM_PAGE_SIZE); /* the part page only */
    ck_assert_uint_eq(load(0x31001, 4), 0x0707);
    ck_assert_uint_eq(load(0x30000, 1), 7);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x30000, 1, 8), PVM_MEM_OK);
    ck_assert_uint_eq(load(0x30000, 2), 0x0708);
    ck_assert_uint_eq(lent[0], 7);
}
END_TEST

START_TEST(ranges)
{
    map(0x10, 0x3f0, PVM_READ, true);  /* a table */
    map(0x400, 0x400, PVM_READ, true); /* a whole directory entry */
    map(0x800, 1, PVM_WRITE, true);
    static const struct {
        uint64_t addr, len;
        enum pvm_access access;
        bool want;
    } cases[] = {
        {0, 0, PVM_WRITE, true},
        {UINT64_MAX, 0, PVM_WRITE, true},
        {0xffff, 1, PVM_READ, false},
        {0x10000, 0x7f0000, PVM_READ, true},
        {0x10000, 0x7f1000, PVM_READ, true},
        {0x10000, 0x7f1001, PVM_READ, false},
        {0x7fffff, 2, PVM_WRITE, false},
        {0x800000, 0x1000, PVM_WRITE, true},
        {0x100010000, 1, PVM_READ, false},
        {0x10000, UINT64_MAX, PVM_READ, false},
        {UINT64_MAX, 2, PVM_READ, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(pvm_memory_allows(&memory, cases[i].addr, cases[i].len, cases[i].access) ==
                          cases[i].want,
                      "case %zu", i);
    ck_assert_ptr_null(pvm_memory_view(&memory, 0x10fff, 2));
    ck_assert_ptr_nonnull(pvm_memory_view(&memory, 0x10ffe, 2));
    ck_assert_ptr_null(pvm_memory_view(&memory, 0x801000, 1));
}
END_TEST

/* A range allows what each of its pages does, however many tables it spans. */
START_TEST(ranges_over_tables)
{
    map(0x3f0, 0x1410, PVM_WRITE, true);
    map(0xa00, 1, PVM_READ, false);
    map(0x1000, 0x400, PVM_READ, true);
    map(0x1401, 1, PVM_NO_ACCESS, true);
    static const uint32_t ends[] = {0x3ef,  0x3f0,  0x3ff,  0x400,  0x401,  0x7ff,  0x800,  0x9ff,
                                    0xa00,  0xa01,  0xbff,  0xc00,  0xfff,  0x1000, 0x1001, 0x13ff,
                                    0x1400, 0x1401, 0x1402, 0x17fe, 0x17ff, 0x1800};
    enum { ENDS = sizeof ends / sizeof ends[0] };
    for (unsigned i = 0; i < ENDS; i++) {
        unsigned least = PVM_WRITE;
        uint32_t page = ends[i];
        for (unsigned j = i; j < ENDS; j++) {
            for (; page <= ends[j]; page++)
                least &= pvm_memory_access(&memory, page);
            uint64_t addr = (uint64_t)ends[i] * PVM_PAGE_SIZE + 1;
            uint64_t len = (uint64_t)page * PVM_PAGE_SIZE - addr;
            ck_assert_msg(pvm_memory_allows(&memory, addr, len, PVM_READ) == (least != 0),
                          "pages 0x%x to 0x%x", ends[i], ends[j]);
            ck_assert_msg(pvm_memory_allows(&memory, addr, len, PVM_WRITE) == (least == PVM_WRITE),
                          "pages 0x%x to 0x%x", ends[i], ends[j]);
        }
    }
}
END_TEST

START_TEST(stretches)
{
    static const struct {
        uint32_t page, count;
        enum pvm_access access;
    } want[] = {{0x10, 2, PVM_READ}, {0x12, 0x7ee, PVM_WRITE}, {0xfffff, 1, PVM_READ}};
    map(0x10, 2, PVM_READ, true);
    map(0x12, 0x3ee, PVM_WRITE, true);
    map(0x400, 0x400, PVM_WRITE, true);
    map(0xfffff, 1, PVM_READ, true);
    uint32_t page = 0, count;
    enum pvm_access access;
    for (size_t i = 0; i < 3; i++) {
        ck_assert(pvm_memory_next(&memory, &page, &count, &access));
        ck_assert_uint_eq(page, want[i].page);
        ck_assert_uint_eq(count, want[i].count);
        ck_assert_int_eq(access, want[i].access);
        page += count;
    }
    ck_assert(!pvm_memory_next(&memory, &page, &count, &access));
    ck_assert(pvm_memory_map(&memory, 0xfffff, 2, PVM_READ, true, &err) == PVM_E_INTERNAL);
}
END_TEST

/* Equal memories have equal digests however they came about. */
START_TEST(digests)
{
    struct pvm_memory other;
    init_alike(&other, NULL, NULL);
    map(0x20, 4, PVM_WRITE, true);
    ck_assert(pvm_memory_map(&other, 0x20, 2, PVM_WRITE, true, &err) == PVM_OK);
    ck_assert(pvm_memory_map(&other, 0x22, 2, PVM_WRITE, true, &err) == PVM_OK);
    ck_assert_int_eq(pvm_memory_store(&other, 0x21000, 4, 6), PVM_MEM_OK);
    ck_assert_uint_ne(pvm_memory_digest(&memory), pvm_memory_digest(&other));
    ck_assert_int_eq(pvm_memory_store(&other, 0x21000, 4, 0), PVM_MEM_OK);
    ck_assert_uint_eq(pvm_memory_digest(&memory), pvm_memory_digest(&other));
    map(0x23, 1, PVM_READ, false);
    ck_assert_uint_ne(pvm_memory_digest(&memory), pvm_memory_digest(&other));
    pvm_memory_deinit(&other);
}
END_TEST

START_TEST(budget_is_shared)
{
    struct pvm_budget budget = {0, SIZE_MAX};
    struct pvm_memory pair[2];
    for (int i = 0; i < 2; i++) {
        init_alike(&pair[i], NULL, &budget);
        ck_assert(pvm_memory_map(&pair[i], 0x20, 4, PVM_WRITE, true, &err) == PVM_OK);
    }
    const size_t tables = budget.used;
    budget.limit = tables + 3 * PVM_PAGE_SIZE;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pvm_memory_store(&pair[i], 0x20000, 1, 1), PVM_MEM_OK);
    ck_assert_int_eq(pvm_memory_store(&pair[0], 0x21000, 1, 1), PVM_MEM_OK);
    ck_assert_int_eq(pvm_memory_store(&pair[1], 0x21000, 1, 1), PVM_MEM_NO_ROOM);
    ck_assert(pvm_memory_map(&pair[0], 0x20, 2, PVM_NO_ACCESS, true, &err) == PVM_OK);
    ck_assert_uint_eq(budget.used, tables + PVM_PAGE_SIZE);
    ck_assert_int_eq(pvm_memory_store(&pair[1], 0x21000, 1, 1), PVM_MEM_OK);
    pvm_memory_deinit(&pair[0]);
    pvm_memory_deinit(&pair[1]);
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* A page here and there needs a table each, which is not for free. */
START_TEST(budget_counts_tables)
{
    struct pvm_budget budget = {0, 1 << 20};
    struct pvm_memory m;
    init_alike(&m, NULL, &budget);
    uint32_t page = 0x400;
    while (page < PVM_PAGE_COUNT && pvm_memory_map(&m, page, 1, PVM_READ, true, &err) == PVM_OK)
        page += 0x400;
    ck_assert_int_eq(err.status, PVM_E_LIMIT);
    ck_assert_str_eq(err.msg, "guest memory limit of 1048576 octets reached");
    ck_assert_uint_gt(page, 0x400 * 50);
    ck_assert_uint_lt(page, 0x400 * 257); /* a table is larger than a page */
    ck_assert_uint_le(budget.used, budget.limit);
    ck_assert(pvm_memory_map(&m, 0x400, 0x400, PVM_NO_ACCESS, true, NULL) == PVM_OK);
    ck_assert(pvm_memory_map(&m, page, 1, PVM_READ, true, NULL) == PVM_OK);
    pvm_memory_deinit(&m);
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* ---- failed allocations ---- */

struct failing {
    unsigned left;
};

static void *resize(void *user, void *ptr, size_t size)
{
    struct failing *f = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (f->left == 0)
        return NULL;
    f->left--;
    return realloc(ptr, size);
}

/* A whole directory entry made new is zero. */
START_TEST(entries_become_zero)
{
    map(0x400, 0x400, PVM_WRITE, true);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x412345, 8, UINT64_MAX), PVM_MEM_OK);
    ck_assert_uint_eq(load(0x412345, 8), UINT64_MAX);
    ck_assert_int_eq(pvm_memory_store(&memory, 0x7fff00, 1, 7), PVM_MEM_OK);
    map(0x400, 0x400, PVM_WRITE, true);
    ck_assert_uint_eq(memory.resident, 0);
    ck_assert_uint_eq(load(0x412345, 8), 0);
    ck_assert_uint_eq(load_again(0x412345), 0);
    ck_assert_uint_eq(load(0x7fff00, 1), 0);
    ck_assert_uint_eq(load_again(0x7fff00), 0);
}
END_TEST

START_TEST(failed_allocations)
{
    unsigned n = 0;
    bool done = false;
    for (; !done; n++) {
        ck_assert_uint_lt(n, 20);
        struct failing failing = {n};
        struct pvm_alloc alloc = {resize, &failing};
        struct pvm_memory m;
        err = (struct pvm_err){0};
        init_alike(&m, &alloc, NULL);
        uint8_t octet = 1;
        done = pvm_memory_map(&m, 0x3ff, 2, PVM_WRITE, false, &err) == PVM_OK &&
               pvm_memory_put(&m, 0x3ff000, pvm_bytes(&octet, 1), &err) == PVM_OK &&
               pvm_memory_store(&m, 0x3ffffe, 4, 5) == PVM_MEM_OK;
        pvm_memory_deinit(&m);
    }
    ck_assert_uint_gt(n, 4); /* directory, two tables, two pages */
}
END_TEST

Suite *memory_suite(void);

Suite *memory_suite(void)
{
    static const struct {
        const char *name;
        void (*setup)(void);
    } layouts[] = {{"on pages", setup},
                   {"in a window", setup_window},
                   {"in a window later", setup_window_later},
                   {"without the window", setup_no_window}};
    const TTest *const tests[] = {
        starts_inaccessible, costs_what_is_touched, faults, cache_follows_changes,
        cache_lines_are_shared, zero_page_stays_zero, lent_pages_are_copied, ranges,
        ranges_over_tables, stretches, digests, budget_is_shared, budget_counts_tables,
        failed_allocations, entries_become_zero};
    Suite *s = suite_create("memory");
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        TCase *tc = tcase_create(layouts[i].name);
        tcase_add_checked_fixture(tc, layouts[i].setup, teardown);
        for (size_t k = 0; k < sizeof tests / sizeof tests[0]; k++)
            tcase_add_test(tc, tests[k]);
        suite_add_tcase(s, tc);
    }
    return s;
}
