/* SPDX-License-Identifier: Apache-2.0 */
#include "host/profile.h"

#include "host/context.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* GP 0.7.2 B.5 to B.7 and JIP-1. */
static const struct {
    const char *name;
    int number;
} numbers_072[] = {
    {"gas", 0},
    {"fetch", 1},
    {"lookup", 2},
    {"read", 3},
    {"write", 4},
    {"info", 5},
    {"historical_lookup", 6},
    {"export", 7},
    {"machine", 8},
    {"peek", 9},
    {"poke", 10},
    {"pages", 11},
    {"invoke", 12},
    {"expunge", 13},
    {"bless", 14},
    {"assign", 15},
    {"designate", 16},
    {"checkpoint", 17},
    {"new", 18},
    {"upgrade", 19},
    {"transfer", 20},
    {"eject", 21},
    {"query", 22},
    {"solicit", 23},
    {"forget", 24},
    {"yield", 25},
    {"provide", 26},
    {"log", 100},
};

START_TEST(test_names)
{
    struct pvm_call_names names = jam_call_names(jam_profile_find("0.7.2"));
    int64_t number;
    size_t known = 0;
    for (size_t i = 0; i < sizeof numbers_072 / sizeof *numbers_072; i++) {
        const char *name = numbers_072[i].name;
        ck_assert_msg(names.number(names.user, name, strlen(name), &number), "%s", name);
        ck_assert_int_eq(number, numbers_072[i].number);
        ck_assert_str_eq(names.name(names.user, number), name);
    }
    for (int64_t n = -200; n < 200; n++)
        known += names.name(names.user, n) != NULL;
    ck_assert_uint_eq(known, sizeof numbers_072 / sizeof *numbers_072);
    ck_assert(!names.number(names.user, "zero", 4, &number));
    ck_assert(!names.number(names.user, "grow_heap", 9, &number));
    ck_assert(!names.number(names.user, "ga", 2, &number));
    ck_assert(!names.number(names.user, "gass", 4, &number));
    ck_assert_ptr_null(names.name(names.user, INT64_MIN));
}
END_TEST

START_TEST(test_find)
{
    ck_assert_str_eq(jam_profile_default->name, "0.7.2");
    ck_assert_ptr_null(jam_profile_find("0.7"));
    size_t count = 0;
    for (; jam_profile_at(count) != NULL; count++)
        ck_assert_ptr_eq(jam_profile_find(jam_profile_at(count)->name), jam_profile_at(count));
    ck_assert_uint_ge(count, 4);
}
END_TEST

START_TEST(test_results)
{
    static const char *const names[] = {"NONE", "WHAT", "OOB", "WHO", "FULL",
                                        "CORE", "CASH", "LOW", "HUH"};
    for (uint64_t i = 0; i < 9; i++)
        ck_assert_str_eq(jam_result_name(UINT64_MAX - i), names[i]);
    ck_assert_str_eq(jam_result_name(0), "OK");
    ck_assert_ptr_null(jam_result_name(1));
    ck_assert_ptr_null(jam_result_name(UINT64_MAX - 9));
}
END_TEST

/* One cell of the reference table: the name is followed by five numbers, empty where absent. */
static void check_row(char *line)
{
    char *cursor = strchr(line, ',');
    ck_assert_ptr_nonnull(cursor);
    size_t name_len = (size_t)(cursor - line);
    if (strncmp(line, "log (JIP-1)", name_len) == 0)
        name_len = 3;
    enum jam_call_id id = jam_call_by_name(line, name_len);
    ck_assert_msg(id != JAM_CALL_COUNT, "no row for %s", line);
    for (unsigned column = 0; column < JAM_NUMBERING_COUNT; column++) {
        char *end;
        long number = strtol(++cursor, &end, 10);
        if (strncmp(cursor, "unnumbered (use ", 16) == 0)
            number = strtol(cursor + 16, &end, 10);
        else if (end == cursor)
            number = -1;
        ck_assert_msg(jam_call_table[id].cells[column].number == number, "%s, column %u", line,
                      column);
        cursor = strchr(cursor, ',');
        ck_assert_ptr_nonnull(cursor);
    }
}

START_TEST(test_reference_table)
{
    FILE *file = fopen(PVM_SHARED "/hostcalls.csv", "r");
    if (file == NULL) {
        printf("skipped: %s/hostcalls.csv is not there\n", PVM_SHARED);
        return;
    }
    char line[1024];
    size_t rows = 0;
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '(')
            continue;
        check_row(line);
        rows++;
    }
    fclose(file);
    ck_assert_uint_eq(rows, JAM_CALL_COUNT);
}
END_TEST

/* No number means two calls in one column, and every call that exists is open somewhere. */
START_TEST(test_cells)
{
    for (unsigned column = 0; column < JAM_NUMBERING_COUNT; column++) {
        for (unsigned i = 0; i < JAM_CALL_COUNT; i++) {
            const struct jam_call_cell *cell = &jam_call_table[i].cells[column];
            ck_assert((cell->number >= 0) == (cell->invocations != 0));
            ck_assert_int_lt(cell->number, JAM_NUMBERS);
            for (unsigned j = 0; j < i && cell->number >= 0; j++)
                ck_assert_int_ne(jam_call_table[j].cells[column].number, cell->number);
        }
    }
}
END_TEST

Suite *profile_suite(void);

Suite *profile_suite(void)
{
    Suite *suite = suite_create("host/profile");
    TCase *tests = tcase_create("tables");
    tcase_add_test(tests, test_names);
    tcase_add_test(tests, test_find);
    tcase_add_test(tests, test_results);
    tcase_add_test(tests, test_reference_table);
    tcase_add_test(tests, test_cells);
    suite_add_tcase(suite, tests);
    return suite;
}
