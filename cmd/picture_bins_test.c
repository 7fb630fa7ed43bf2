/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_bins.h"
#include "core/memory.h"

#include <check.h>

/* Touches one octet of a page at that time, which is its bin too. */
static void touch(struct cmd_heat *heat, bool write, uint32_t page, unsigned now)
{
    ck_assert(cmd_heat_touch(heat, write, (uint64_t)page << PVM_PAGE_BITS, 1, now, now));
}

static const struct cmd_heat_row *row_of(const struct cmd_heat *heat, uint32_t page)
{
    for (unsigned i = 0; i < heat->row_count; i++)
        if (heat->rows[i].group == page >> heat->shift)
            return &heat->rows[i];
    ck_abort_msg("no row for page %u", page);
    return NULL;
}

START_TEST(test_fold)
{
    struct cmd_bins bins = {.at = {[0] = 1, [1] = 2, [2] = 4, [255] = 7}};
    uint64_t values[CMD_BINS] = {10, 11, 12, 13};
    cmd_bins_fold(&bins);
    ck_assert_uint_eq(bins.at[0], 3);
    ck_assert_uint_eq(bins.at[1], 4);
    ck_assert_uint_eq(bins.at[127], 7);
    ck_assert_uint_eq(bins.at[128], 0);
    cmd_bins_fold_values(values);
    ck_assert_uint_eq(values[0], 10);
    ck_assert_uint_eq(values[1], 12);
}
END_TEST

START_TEST(test_saturation)
{
    struct cmd_bins bins = {.at = {UINT32_MAX, UINT32_MAX}};
    cmd_bins_add(&bins, 0, 1);
    ck_assert_uint_eq(bins.at[0], UINT32_MAX);
    cmd_bins_fold(&bins);
    ck_assert_uint_eq(bins.at[0], UINT32_MAX);
}
END_TEST

/* As many pages as there are rows have one each; one more, and every row is two pages. */
START_TEST(test_rows_merge)
{
    struct cmd_heat heat = {0};
    for (uint32_t page = 0; page < CMD_ROWS; page++)
        touch(&heat, page % 2 != 0, page, page);
    ck_assert_uint_eq(heat.shift, 0);
    ck_assert_uint_eq(heat.row_count, CMD_ROWS);
    touch(&heat, true, PVM_PAGE_COUNT - 1, 100);
    ck_assert_uint_eq(heat.shift, 1);
    ck_assert_uint_eq(heat.row_count, CMD_ROWS / 2 + 1);
    const struct cmd_heat_row *row = row_of(&heat, 10);
    ck_assert_uint_eq(row->count[0], 1);
    ck_assert_uint_eq(row->count[1], 1);
    ck_assert_uint_eq(row->first, 10);
    ck_assert_uint_eq(row->last, 11);
    ck_assert_uint_eq(row->bins[0].at[10], 1);
    ck_assert_uint_eq(row->bins[1].at[11], 1);
    ck_assert_uint_eq(row_of(&heat, PVM_PAGE_COUNT - 1)->count[1], 1);
    cmd_heat_deinit(&heat);
}
END_TEST

/* Every page of the address space once: nothing is lost, and the rows suffice. */
START_TEST(test_all_pages)
{
    struct cmd_heat heat = {0};
    uint64_t sum = 0;
    for (uint32_t page = 0; page < PVM_PAGE_COUNT; page++)
        touch(&heat, false, (page * UINT32_C(2654435761)) % PVM_PAGE_COUNT, 3);
    ck_assert_uint_le(heat.row_count, CMD_ROWS);
    for (unsigned i = 0; i < heat.row_count; i++)
        sum += heat.rows[i].count[0];
    ck_assert_uint_eq(sum, PVM_PAGE_COUNT);
    cmd_heat_deinit(&heat);
}
END_TEST

/* A range counts once for each row; one that reaches the end of memory ends there. */
START_TEST(test_ranges)
{
    struct cmd_heat heat = {0};
    ck_assert(cmd_heat_touch(&heat, false, 0x1fff, 2, 1, 1));
    ck_assert_uint_eq(heat.row_count, 2);
    ck_assert_uint_eq(row_of(&heat, 1)->count[0], 1);
    ck_assert_uint_eq(row_of(&heat, 2)->count[0], 1);
    ck_assert(cmd_heat_touch(&heat, true, 0xfffff000, UINT64_MAX, 2, 2));
    ck_assert_uint_eq(heat.row_count, 3);
    ck_assert_uint_eq(row_of(&heat, 0xfffff)->count[1], 1);
    ck_assert(cmd_heat_touch(&heat, true, 0, UINT64_MAX, 3, 3));
    ck_assert_uint_le(heat.row_count, CMD_ROWS);
    cmd_heat_deinit(&heat);
}
END_TEST

Suite *picture_bins_suite(void);

Suite *picture_bins_suite(void)
{
    Suite *suite = suite_create("picture_bins");
    TCase *tests = tcase_create("bins");
    tcase_add_test(tests, test_fold);
    tcase_add_test(tests, test_saturation);
    tcase_add_test(tests, test_rows_merge);
    tcase_add_test(tests, test_all_pages);
    tcase_add_test(tests, test_ranges);
    suite_add_tcase(suite, tests);
    return suite;
}
