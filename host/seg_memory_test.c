/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest tree of segments: roots against hashes put together here by hand, proofs that give the
 * root of the state before and let the state after be found from the touched pages alone.
 */
#include "host/seg_memory.h"

#include "host/hash.h"

#include <check.h>

static struct jam_seg_alike *alike(void)
{
    static struct jam_seg_alike shared; /* the same for all, made anew by each test's process */
    jam_seg_alike_init(&shared);
    return &shared;
}

static void init(struct jam_seg_memory *memory)
{
    ck_assert(jam_seg_memory_init(memory, alike(), NULL, NULL) == PVM_OK);
}

static struct jam_hash leaf(uint8_t access, const uint8_t *octets)
{
    uint8_t head[2] = {'p', access};
    return jam_hash3(pvm_bytes(head, 2), pvm_bytes(octets, PVM_PAGE_SIZE), pvm_bytes_none());
}

static struct jam_hash pair(const struct jam_hash *left, const struct jam_hash *right)
{
    return jam_hash3(pvm_bytes("b", 1), pvm_bytes(left, JAM_HASH_SIZE),
                     pvm_bytes(right, JAM_HASH_SIZE));
}

/* Root of a memory in which one page is other than inaccessible and zero. */
static struct jam_hash root_of_one(uint32_t number, uint8_t access, const uint8_t *octets)
{
    static const uint8_t zeros[PVM_PAGE_SIZE];
    struct jam_hash empty = leaf(PVM_NO_ACCESS, zeros);
    struct jam_hash hash = leaf(access, octets);
    for (unsigned level = 0; level < JAM_SEG_LEVELS; level++) {
        hash = (number >> level & 1) != 0 ? pair(&empty, &hash) : pair(&hash, &empty);
        empty = pair(&empty, &empty);
    }
    return hash;
}

static bool same(const struct jam_hash *a, const struct jam_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

START_TEST(test_root)
{
    static const uint32_t pages[] = {0, 1, 0x10, 0x12345, PVM_PAGE_COUNT - 1};
    uint8_t octets[PVM_PAGE_SIZE] = {0};
    struct jam_seg_memory memory;
    init(&memory);
    octets[17] = 5;
    struct jam_hash right = root_of_one(pages[_i], PVM_WRITE, octets);
    ck_assert(jam_seg_memory_map(&memory, pages[_i], 1, PVM_WRITE, false));
    ck_assert(
        jam_seg_memory_put(&memory, (uint64_t)pages[_i] * PVM_PAGE_SIZE + 17, pvm_bytes("\5", 1)));
    jam_seg_memory_close(&memory);
    ck_assert(same(jam_seg_memory_root(&memory), &right));
    /* Zero again and inaccessible again: as if nothing had been. */
    ck_assert(jam_seg_memory_map(&memory, pages[_i], 1, PVM_NO_ACCESS, true));
    jam_seg_memory_close(&memory);
    ck_assert(same(jam_seg_memory_root(&memory), &alike()->digest[JAM_SEG_LEVELS][PVM_NO_ACCESS]));
    jam_seg_memory_deinit(&memory);
}
END_TEST

/* A stretch mapped at once, and page by page in another order. */
START_TEST(test_order)
{
    enum { FIRST = 1000, COUNT = 1500 };
    struct jam_seg_memory a, b;
    init(&a);
    init(&b);
    ck_assert(jam_seg_memory_map(&a, FIRST, COUNT, PVM_READ, true));
    ck_assert(jam_seg_memory_put(&a, (uint64_t)FIRST * PVM_PAGE_SIZE + 4090,
                                 pvm_bytes("0123456789", 10)));
    ck_assert(jam_seg_memory_put(&b, (uint64_t)FIRST * PVM_PAGE_SIZE + 4090,
                                 pvm_bytes("0123456789", 10)));
    for (uint32_t i = COUNT; i-- > 0;) {
        ck_assert(jam_seg_memory_map(&b, FIRST + i, 1, PVM_READ, false));
        if (i % 100 == 0)
            jam_seg_memory_close(&b);
    }
    jam_seg_memory_close(&a);
    jam_seg_memory_close(&b);
    ck_assert(same(jam_seg_memory_root(&a), jam_seg_memory_root(&b)));
    ck_assert(jam_seg_memory_allows(&a, (uint64_t)FIRST * PVM_PAGE_SIZE,
                                    (uint64_t)COUNT * PVM_PAGE_SIZE, PVM_READ));
    ck_assert(!jam_seg_memory_allows(&a, (uint64_t)FIRST * PVM_PAGE_SIZE, 1, PVM_WRITE));
    ck_assert(!jam_seg_memory_allows(&a, (uint64_t)FIRST * PVM_PAGE_SIZE,
                                     (uint64_t)COUNT * PVM_PAGE_SIZE + 1, PVM_READ));
    ck_assert(!jam_seg_memory_allows(&a, (UINT64_C(1) << 32) - 1, 2, PVM_READ));
    ck_assert(jam_seg_memory_allows(&a, UINT64_MAX, 0, PVM_WRITE));
    jam_seg_memory_deinit(&a);
    jam_seg_memory_deinit(&b);
}
END_TEST

/* A segment's worth of changes: the proof has the root before; the same changes on the proof alone
 * give the root after. What was not touched is not there. */
START_TEST(test_proof)
{
    struct jam_seg_memory whole, part;
    struct pvm_buf proof = {0};
    struct pvm_err err = {.status = PVM_OK};
    uint8_t octet;
    init(&whole);
    init(&part);
    for (uint32_t page = 16; page < 200; page++) {
        octet = (uint8_t)page;
        ck_assert(jam_seg_memory_map(&whole, page, 1, PVM_WRITE, false));
        ck_assert(jam_seg_memory_put(&whole, (uint64_t)page * PVM_PAGE_SIZE, pvm_bytes(&octet, 1)));
    }
    jam_seg_memory_close(&whole);
    struct jam_hash before = *jam_seg_memory_root(&whole);
    uint32_t last;
    ck_assert(jam_seg_memory_put(&whole, 20 * PVM_PAGE_SIZE + 5, pvm_bytes("abc", 3)));
    ck_assert(jam_seg_memory_get(&whole, 30 * PVM_PAGE_SIZE, &octet, 1));
    ck_assert(jam_seg_memory_stamp(&whole, 20 * PVM_PAGE_SIZE + 7, 2, 3, &last) && last == 0);
    ck_assert(jam_seg_memory_stamp(&whole, 20 * PVM_PAGE_SIZE, 8, 4, &last) && last == 3);
    ck_assert(jam_seg_memory_stamp(&whole, 20 * PVM_PAGE_SIZE + 8, 1, 5, &last) && last == 3);
    ck_assert(jam_seg_memory_stamp(&whole, 20 * PVM_PAGE_SIZE + 16, 1, 6, &last) && last == 0);
    ck_assert(jam_seg_memory_map(&whole, 100, 2, PVM_READ, true));
    jam_seg_memory_prove(&whole, &proof);
    ck_assert_uint_lt(proof.len, 5 * PVM_PAGE_SIZE);
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&proof));
    ck_assert_msg(jam_seg_memory_read(&part, &reader, &err) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(pvm_reader_left(&reader), 0);
    ck_assert(same(jam_seg_memory_root(&part), &before));
    ck_assert(jam_seg_memory_put(&part, 20 * PVM_PAGE_SIZE + 5, pvm_bytes("abc", 3)));
    ck_assert(jam_seg_memory_map(&part, 100, 2, PVM_READ, true));
    ck_assert(jam_seg_memory_get(&part, 30 * PVM_PAGE_SIZE, &octet, 1) && octet == 30);
    jam_seg_memory_close(&whole);
    jam_seg_memory_close(&part);
    ck_assert(same(jam_seg_memory_root(&part), jam_seg_memory_root(&whole)));
    ck_assert(!jam_seg_memory_get(&part, 31 * PVM_PAGE_SIZE, &octet, 1));
    ck_assert(part.opaque && part.missing == 31);
    pvm_buf_deinit(&proof);
    jam_seg_memory_deinit(&whole);
    jam_seg_memory_deinit(&part);
}
END_TEST

/* Whoever reads what others wrote sets a limit, which all memories share. */
START_TEST(test_limit)
{
    struct jam_seg_alike shared;
    struct jam_seg_memory a, b;
    uint32_t page = 0;
    jam_seg_alike_init(&shared);
    ck_assert(jam_seg_memory_init(&a, &shared, NULL, NULL) == PVM_OK);
    ck_assert(jam_seg_memory_init(&b, &shared, NULL, NULL) == PVM_OK);
    shared.limit = 100 * (uint64_t)PVM_PAGE_SIZE;
    while (jam_seg_memory_put(&a, page * (uint64_t)PVM_PAGE_SIZE, pvm_bytes("x", 1)))
        page++;
    ck_assert(a.limited && a.failed && !b.limited);
    ck_assert_uint_gt(page, 20);
    ck_assert_uint_lt(page, 50); /* each has the octets before, and times */
    ck_assert(!jam_seg_memory_put(&b, 0, pvm_bytes("x", 1)) && b.limited);
    jam_seg_memory_deinit(&a);
    jam_seg_memory_deinit(&b);
    ck_assert_uint_eq(shared.used, 0);
}
END_TEST

/* A range is looked at up to the page that refuses, and only that far it is in the proof. */
START_TEST(test_look)
{
    struct jam_seg_memory whole, part;
    struct pvm_buf proof = {0};
    struct pvm_err err = {.status = PVM_OK};
    init(&whole);
    init(&part);
    for (uint32_t page = 16; page < 24; page++) {
        ck_assert(jam_seg_memory_map(&whole, page, 1, page == 20 ? PVM_READ : PVM_WRITE, false));
        ck_assert(jam_seg_memory_put(&whole, page * (uint64_t)PVM_PAGE_SIZE, pvm_bytes("x", 1)));
    }
    jam_seg_memory_close(&whole);
    ck_assert(!jam_seg_memory_allows(&whole, 19 * PVM_PAGE_SIZE + 7, 4 * PVM_PAGE_SIZE, PVM_WRITE));
    jam_seg_memory_prove(&whole, &proof);
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&proof));
    ck_assert_msg(jam_seg_memory_read(&part, &reader, &err) == PVM_OK, "%s", err.msg);
    ck_assert(!jam_seg_memory_allows(&part, 19 * PVM_PAGE_SIZE + 7, 4 * PVM_PAGE_SIZE, PVM_WRITE));
    ck_assert(!part.opaque);
    ck_assert(jam_seg_memory_allows(&part, 19 * PVM_PAGE_SIZE, 2 * PVM_PAGE_SIZE, PVM_READ));
    ck_assert(!part.opaque);
    ck_assert(!jam_seg_memory_allows(&part, 20 * PVM_PAGE_SIZE, 2 * PVM_PAGE_SIZE, PVM_READ));
    ck_assert(part.opaque && part.missing == 21);
    pvm_buf_deinit(&proof);
    jam_seg_memory_deinit(&whole);
    jam_seg_memory_deinit(&part);
}
END_TEST

/* Octets that are no tree. */
START_TEST(test_malformed)
{
    static const struct {
        const char *octets;
        size_t len;
    } cases[] = {
        {"", 0},         /* nothing */
        {"\4", 1},       /* no such node */
        {"\0abc", 4},    /* half a digest */
        {"\2", 1},       /* a branch of nothing */
        {"\2\1", 2},     /* one child */
        {"\3", 1},       /* a page at the root */
        {"\x21", 1},     /* access 2 */
        {"\x41", 1},     /* access 4 */
        {"\x32\1\1", 3}, /* a branch with access */
    };
    struct jam_seg_memory memory;
    struct pvm_reader reader = pvm_reader(pvm_bytes(cases[_i].octets, cases[_i].len));
    init(&memory);
    ck_assert_int_eq(jam_seg_memory_read(&memory, &reader, NULL), PVM_E_MALFORMED);
    jam_seg_memory_deinit(&memory);
}
END_TEST

Suite *seg_memory_suite(void);

Suite *seg_memory_suite(void)
{
    Suite *suite = suite_create("seg_memory");
    TCase *tests = tcase_create("seg_memory");
    tcase_add_loop_test(tests, test_root, 0, 5);
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_proof);
    tcase_add_test(tests, test_limit);
    tcase_add_test(tests, test_look);
    tcase_add_loop_test(tests, test_malformed, 0, 9);
    suite_add_tcase(suite, tests);
    return suite;
}
