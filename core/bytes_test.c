/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets: naturals at every boundary of GP 0.7.2 C.1 (encodings worked out by hand), the reader's
 * failures, hexadecimal text and buffers whose allocator gives up.
 */
#include "core/bytes.h"

#include <check.h>
#include <stdlib.h>

/* An allocator that grants `left` requests and then none. */
struct stingy {
    int left;
};

static void *stingy_resize(void *user, void *ptr, size_t size)
{
    struct stingy *stingy = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (stingy->left == 0)
        return NULL;
    stingy->left--;
    return realloc(ptr, size);
}

struct natural_case {
    uint64_t value;
    const char *hex;
};

static const struct natural_case naturals[] = {
    {0, "00"},
    {1, "01"},
    {0x7f, "7f"},
    {0x80, "8080"},
    {0xff, "80ff"},
    {0x100, "8100"},
    {0x3fff, "bfff"},
    {0x4000, "c00040"},
    {0x1fffff, "dfffff"},
    {0x200000, "e0000020"},
    {0xfffffff, "efffffff"},
    {0x10000000, "f000000010"},
    {0x12345678, "f078563412"},
    {UINT64_C(0x7ffffffff), "f7ffffffff"},
    {UINT64_C(0x800000000), "f80000000008"},
    {UINT64_C(0x3ffffffffff), "fbffffffffff"},
    {UINT64_C(0x40000000000), "fc000000000004"},
    {UINT64_C(0x1ffffffffffff), "fdffffffffffff"},
    {UINT64_C(0x2000000000000), "fe00000000000002"},
    {UINT64_C(0xffffffffffffff), "feffffffffffffff"},
    {UINT64_C(0x100000000000000), "ff0000000000000001"},
    {UINT64_C(0x0123456789abcdef), "ffefcdab8967452301"},
    {UINT64_MAX, "ffffffffffffffffff"},
};

static void decode_hex(const char *hex, struct pvm_buf *out)
{
    size_t bad = 0;
    out->len = 0;
    ck_assert(pvm_hex_decode(hex, strlen(hex), out, &bad));
}

START_TEST(natural_is_as_by_hand)
{
    const struct natural_case *c = &naturals[_i];
    struct pvm_buf made = {0}, hex = {0}, octets = {0};
    pvm_buf_add_natural(&made, c->value);
    pvm_buf_hex(&hex, pvm_buf_bytes(&made));
    ck_assert_str_eq(pvm_buf_str(&hex), c->hex);

    decode_hex(c->hex, &octets);
    struct pvm_reader r = pvm_reader(pvm_buf_bytes(&octets));
    ck_assert_uint_eq(pvm_read_natural(&r), c->value);
    ck_assert(!r.failed);
    ck_assert_uint_eq(pvm_reader_left(&r), 0);

    for (size_t cut = 0; cut < octets.len; cut++) {
        r = pvm_reader(pvm_bytes(octets.ptr, cut));
        ck_assert_uint_eq(pvm_read_natural(&r), 0);
        ck_assert(r.failed);
    }
    pvm_buf_deinit(&made);
    pvm_buf_deinit(&hex);
    pvm_buf_deinit(&octets);
}
END_TEST

/* Longer than they need to be. */
static const char *const padded[] = {
    "8000",
    "807f",
    "c0ff3f",
    "c00000",
    "e0ffff1f",
    "f0ffffff0f",
    "f8ffffffff07",
    "fcffffffffff03",
    "feffffffffffff01",
    "ff00000000000000",
    "ffffffffffffffff00",
};

START_TEST(natural_must_be_minimal)
{
    struct pvm_buf octets = {0};
    decode_hex(padded[_i], &octets);
    struct pvm_reader r = pvm_reader(pvm_buf_bytes(&octets));
    ck_assert_uint_eq(pvm_read_natural(&r), 0);
    ck_assert(r.failed);
    pvm_buf_deinit(&octets);
}
END_TEST

START_TEST(reader_takes_what_is_there)
{
    static const uint8_t octets[] = {1, 0x34, 0x12, 2, 'h', 'i', 9};
    struct pvm_reader r = pvm_reader(pvm_bytes(octets, sizeof octets));
    ck_assert_uint_eq(pvm_read_u8(&r), 1);
    ck_assert_uint_eq(pvm_read_le(&r, 2), 0x1234);
    struct pvm_bytes blob = pvm_read_blob(&r);
    ck_assert_ptr_eq(blob.ptr, octets + 4);
    ck_assert_uint_eq(blob.len, 2);
    ck_assert_uint_eq(pvm_reader_left(&r), 1);
    ck_assert(!r.failed);
    ck_assert_uint_eq(pvm_read_span(&r, 0).len, 0);
    ck_assert(!r.failed);
}
END_TEST

START_TEST(reader_failure_stays)
{
    static const uint8_t octets[] = {5, 1, 2, 3};
    struct pvm_reader r = pvm_reader(pvm_bytes(octets, sizeof octets));
    ck_assert_uint_eq(pvm_read_blob(&r).len, 0);
    ck_assert(r.failed);
    ck_assert_uint_eq(pvm_read_u8(&r), 0);
    ck_assert_uint_eq(pvm_read_le(&r, 2), 0);
    ck_assert_uint_eq(pvm_read_natural(&r), 0);
    ck_assert(r.failed);

    r = pvm_reader(pvm_bytes(octets, sizeof octets));
    ck_assert_uint_eq(pvm_read_span(&r, UINT64_MAX).len, 0);
    ck_assert(r.failed);

    r = pvm_reader(pvm_bytes_none());
    ck_assert_uint_eq(pvm_read_u8(&r), 0);
    ck_assert(r.failed);
}
END_TEST

START_TEST(integers_are_little_endian)
{
    uint8_t octets[8];
    pvm_store_le(octets, UINT64_C(0x0102030405060708), 8);
    static const uint8_t whole[8] = {8, 7, 6, 5, 4, 3, 2, 1};
    ck_assert_mem_eq(octets, whole, 8);
    ck_assert_uint_eq(pvm_load_le(octets, 8), UINT64_C(0x0102030405060708));
    ck_assert_uint_eq(pvm_load_le(octets, 3), 0x060708);
    pvm_store_le(octets, UINT64_C(0xaabbccdd), 2);
    static const uint8_t part[8] = {0xdd, 0xcc, 6, 5, 4, 3, 2, 1};
    ck_assert_mem_eq(octets, part, 8);
}
END_TEST

struct hex_case {
    const char *text;
    int len;       /* octets, -1: refused */
    size_t bad;    /* where, when refused */
    uint8_t first; /* first octet, if any */
};

static const struct hex_case hexes[] = {
    {"", 0, 0, 0},          {"0x", 0, 0, 0},          {"00", 1, 0, 0},
    {"0xFf10", 2, 0, 0xff}, {"0Xa0B1c2", 3, 0, 0xa0}, {"a", -1, 1, 0},
    {"0xabc", -1, 5, 0},    {"0x0g", -1, 3, 0},       {"zz", -1, 0, 0},
    {"12 34", -1, 2, 0},    {"-1", -1, 0, 0},         {"0x0x", -1, 3, 0},
};

START_TEST(hex_text)
{
    const struct hex_case *c = &hexes[_i];
    struct pvm_buf buf = {0};
    pvm_buf_text(&buf, "ab");
    size_t bad = 99;
    bool good = pvm_hex_decode(c->text, strlen(c->text), &buf, &bad);
    ck_assert_int_eq(good, c->len >= 0);
    if (!good) {
        ck_assert_uint_eq(bad, c->bad);
        ck_assert_uint_eq(buf.len, 2);
    } else {
        ck_assert_uint_eq(buf.len, 2 + (size_t)c->len);
        if (c->len > 0)
            ck_assert_uint_eq(buf.ptr[2], c->first);
    }
    ck_assert_mem_eq(buf.ptr, "ab", 2);
    pvm_buf_deinit(&buf);
}
END_TEST

START_TEST(buffer_grows)
{
    struct pvm_buf buf = {0};
    pvm_buf_printf(&buf, "%s-%d", "n", 5);
    pvm_buf_add_zeros(&buf, 2);
    pvm_buf_add_le(&buf, 0x0102, 2);
    pvm_buf_add_blob(&buf, pvm_bytes("xyz", 3));
    pvm_buf_add(&buf, NULL, 0);
    static const uint8_t expected[] = {'n', '-', '5', 0, 0, 2, 1, 3, 'x', 'y', 'z'};
    ck_assert_uint_eq(buf.len, sizeof expected);
    ck_assert_mem_eq(buf.ptr, expected, sizeof expected);
    for (unsigned i = 0; i < 10000; i++)
        pvm_buf_add_u8(&buf, (uint8_t)i);
    ck_assert_uint_eq(buf.len, sizeof expected + 10000);
    ck_assert_uint_eq(buf.ptr[sizeof expected + 9999], 9999 % 256);
    ck_assert_int_eq(pvm_buf_status(&buf, NULL), PVM_OK);
    pvm_buf_deinit(&buf);
    pvm_buf_deinit(&buf);
}
END_TEST

START_TEST(buffer_without_room_says_so)
{
    struct stingy stingy = {1};
    struct pvm_alloc alloc = {stingy_resize, &stingy};
    struct pvm_buf buf = {.alloc = &alloc};
    pvm_buf_text(&buf, "first");
    pvm_buf_add_zeros(&buf, 100000);
    pvm_buf_text(&buf, "more");
    ck_assert_uint_eq(buf.len, 5);
    ck_assert_str_eq(pvm_buf_str(&buf), "");
    struct pvm_err err = {0};
    ck_assert_int_eq(pvm_buf_status(&buf, &err), PVM_E_MEMORY);
    ck_assert_int_eq(err.status, PVM_E_MEMORY);
    pvm_buf_deinit(&buf);

    struct pvm_buf huge = {0};
    ck_assert_ptr_null(pvm_buf_reserve(&huge, SIZE_MAX));
    ck_assert(huge.failed);
    pvm_buf_deinit(&huge);
}
END_TEST

START_TEST(spans_compare_by_octets_then_length)
{
    struct pvm_bytes none = pvm_bytes_none(), a = pvm_bytes("a", 1), ab = pvm_bytes("ab", 2);
    struct pvm_bytes high = pvm_bytes("\xff", 1);
    ck_assert(pvm_bytes_equal(none, pvm_bytes("x", 0)));
    ck_assert(!pvm_bytes_equal(a, ab));
    ck_assert_int_lt(pvm_bytes_compare(none, a), 0);
    ck_assert_int_lt(pvm_bytes_compare(a, ab), 0);
    ck_assert_int_gt(pvm_bytes_compare(high, ab), 0);
    ck_assert_int_eq(pvm_bytes_compare(ab, pvm_bytes("ab", 2)), 0);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *bytes_suite(void);

Suite *bytes_suite(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tests = tcase_create("bytes");
    tcase_add_loop_test(tests, natural_is_as_by_hand, 0, COUNT(naturals));
    tcase_add_loop_test(tests, natural_must_be_minimal, 0, COUNT(padded));
    tcase_add_test(tests, reader_takes_what_is_there);
    tcase_add_test(tests, reader_failure_stays);
    tcase_add_test(tests, integers_are_little_endian);
    tcase_add_loop_test(tests, hex_text, 0, COUNT(hexes));
    tcase_add_test(tests, buffer_grows);
    tcase_add_test(tests, buffer_without_room_says_so);
    tcase_add_test(tests, spans_compare_by_octets_then_length);
    suite_add_tcase(suite, tests);
    return suite;
}
