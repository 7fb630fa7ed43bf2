/* SPDX-License-Identifier: Apache-2.0 */
/* Both layouts of a segment, read from octets written by hand. */
#include "corevm/segment.h"

#include <check.h>

struct segment_case {
    enum corevm_layout layout;
    size_t at; /* where these octets stand, all others being zero */
    uint8_t octets[12];
    uint32_t machine, page, value;
    uint64_t address;
    size_t page_at; /* where the page starts */
};

/* clang-format off */
static const struct segment_case cases[] = {
    /* page_5 and page_10 of the loop */
    {COREVM_SEED, 0, {5, 0, 0, 0, 16, 0, 0, 0, 5, 0, 0, 0}, 5, 16, 5, 0x10000, 8},
    {COREVM_SEED, 0, {10, 0, 0, 0, 16, 0, 0, 0, 55, 0, 0, 0}, 10, 16, 55, 0x10000, 8},
    {COREVM_SEED, 0, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
     0x04030201, 0x08070605, 0x0c0b0a09, UINT64_C(0x08070605000), 8},
    /* an address, and a page number with something in the four octets behind it */
    {COREVM_PARITY, 4092, {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}, 0, 0x10000, 0, 0x10000, 0},
    {COREVM_PARITY, 4092, {0, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0},
     0, 16, 0, UINT64_C(0x100000010), 0},
    {COREVM_PARITY, 0, {7, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 7, 0, 0},
};
/* clang-format on */

START_TEST(layout)
{
    const struct segment_case *c = &cases[_i];
    uint8_t octets[JAM_SEGMENT_SIZE] = {0};
    memcpy(octets + c->at, c->octets, sizeof c->octets);
    struct corevm_segment got;
    corevm_segment_read(c->layout, octets, &got);
    ck_assert_uint_eq(got.machine, c->machine);
    ck_assert_uint_eq(got.page, c->page);
    ck_assert_uint_eq(got.value, c->value);
    ck_assert_uint_eq(got.address, c->address);
    ck_assert_ptr_eq(got.octets.ptr, octets + c->page_at);
    ck_assert_uint_eq(got.octets.len, 4096);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(corevm_layout_name(COREVM_SEED), "seed");
    ck_assert_str_eq(corevm_layout_name(COREVM_PARITY), "parity");
}
END_TEST

Suite *segment_suite(void);

Suite *segment_suite(void)
{
    Suite *suite = suite_create("segment");
    TCase *tests = tcase_create("segment");
    tcase_add_loop_test(tests, layout, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, names);
    suite_add_tcase(suite, tests);
    return suite;
}
