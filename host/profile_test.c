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
    ck_assert_uint_eq(count, 9);
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

/* The columns of the reference table, by the first version of each. */
static const uint32_t columns[] = {JAM_GP(0, 6, 2), JAM_GP(0, 6, 5), JAM_GP(0, 6, 6),
                                   JAM_GP(0, 6, 7), JAM_GP(0, 8, 0)};

enum { COLUMNS = sizeof columns / sizeof *columns };

static int32_t number_at(enum jam_call_id id, uint32_t version)
{
    const struct jam_extension_cell *cell = jam_call_cell(&jam_call_table[id], version);
    return cell != NULL ? cell->number : -1;
}

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
    for (unsigned column = 0; column < COLUMNS; column++) {
        char *end;
        long number = strtol(++cursor, &end, 10);
        if (strncmp(cursor, "unnumbered (use ", 16) == 0)
            number = strtol(cursor + 16, &end, 10);
        else if (end == cursor)
            number = -1;
        ck_assert_msg(number_at(id, columns[column]) == number, "%s, column %u", line, column);
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

/* No number means two calls in one version, and every call that exists is open somewhere. */
START_TEST(test_cells)
{
    for (size_t at = 0; jam_profile_at(at) != NULL; at++) {
        uint32_t version = jam_profile_at(at)->version;
        for (unsigned i = 0; i < JAM_CALL_COUNT; i++) {
            const struct jam_extension_cell *cell = jam_call_cell(&jam_call_table[i], version);
            if (cell == NULL)
                continue;
            ck_assert_uint_ne(cell->invocations, 0);
            ck_assert_int_lt(cell->number, JAM_EXTENSION_NUMBERS);
            for (unsigned j = 0; j < i; j++)
                ck_assert_int_ne(number_at((enum jam_call_id)j, version), cell->number);
        }
    }
}
END_TEST

/* ---- what versions changed, from I.4.4 and B of each ---- */

static const struct {
    const char *name;
    uint64_t d, w_a, w_b;
    int kinds;     /* how many fetch kinds there are */
    int grow_heap; /* number, -1: none */
    int fetch, yield, provide;
    bool on_transfer; /* lookup and read are open there */
} versions[] = {
    {"0.6.3", 28800, UINT64_MAX, 12582912, 8, -1, 18, 16, -1, true},
    {"0.6.5", 19200, UINT64_MAX, 12582912, 8, -1, 18, 16, 27, true},
    {"0.6.6", 19200, 64000, 12582912, 18, -1, 18, 16, 27, true},
    {"0.6.7", 19200, 64000, 13794305, 18, -1, 1, 25, 26, true},
    {"0.7.0", 19200, 64000, 13794305, 18, -1, 1, 25, 26, true},
    {"0.7.1", 19200, 64000, 13794305, 16, -1, 1, 25, 26, true},
    {"0.7.2", 19200, 64000, 13791360, 16, -1, 1, 25, 26, true},
    {"0.8.0", 19200, 64000, 13791360, 16, 1, 2, 26, 27, false},
    {"0.8.0-vectors", 19200, 64000, 13791360, 16, 1, 2, 26, 27, false},
};

enum { VERSIONS = sizeof versions / sizeof *versions };

static int number_of(const struct jam_profile *profile, enum jam_call_id id)
{
    return jam_call_number(profile, id);
}

START_TEST(test_versions)
{
    const struct jam_profile *profile = jam_profile_find(versions[_i].name);
    struct jam_params full, tiny;
    ck_assert_ptr_eq(profile, jam_profile_at((size_t)_i));
    jam_params_get(profile, JAM_PARAMS_FULL, &full);
    jam_params_get(profile, JAM_PARAMS_TINY, &tiny);
    ck_assert_uint_eq(full.preimage_expunge_period, versions[_i].d);
    ck_assert_uint_eq(tiny.preimage_expunge_period, 32);
    ck_assert_uint_eq(full.max_authorizer_code, versions[_i].w_a);
    ck_assert_uint_eq(full.max_bundle_size, versions[_i].w_b);
    ck_assert_uint_eq(full.max_imports, 3072);
    ck_assert_uint_eq(full.max_exports, 3072);
    ck_assert_uint_eq(full.max_service_code, 4000000);
    ck_assert_int_eq(number_of(profile, JAM_CALL_GROW_HEAP), versions[_i].grow_heap);
    ck_assert_int_eq(number_of(profile, JAM_CALL_FETCH), versions[_i].fetch);
    ck_assert_int_eq(number_of(profile, JAM_CALL_YIELD), versions[_i].yield);
    ck_assert_int_eq(number_of(profile, JAM_CALL_PROVIDE), versions[_i].provide);
    ck_assert_int_eq(number_of(profile, JAM_CALL_LOG), 100);
    unsigned open = jam_call_cell(&jam_call_table[JAM_CALL_READ], profile->version)->invocations;
    ck_assert(((open & 1u << JAM_ON_TRANSFER) != 0) == versions[_i].on_transfer);
    int kinds = 0;
    for (int kind = 0; kind < JAM_FETCH_KINDS; kind++) {
        if (profile->fetch_kinds[kind] != JAM_FETCH_NOTHING)
            ck_assert_int_eq(kinds++, kind);
    }
    ck_assert_int_eq(kinds, versions[_i].kinds);
    /* zero and void were followed by pages. */
    ck_assert((number_of(profile, JAM_CALL_PAGES) >= 0) == (_i >= 3));
    ck_assert((number_of(profile, JAM_CALL_ZERO) >= 0) == (_i < 3));
    ck_assert((number_of(profile, JAM_CALL_VOID) >= 0) == (_i < 3));
}
END_TEST

START_TEST(test_fetch_kinds)
{
    static const enum jam_fetch till_065[8] = {
        JAM_FETCH_PACKAGE,       JAM_FETCH_TRACE,  JAM_FETCH_PAYLOAD,    JAM_FETCH_EXTRINSIC,
        JAM_FETCH_OWN_EXTRINSIC, JAM_FETCH_IMPORT, JAM_FETCH_OWN_IMPORT, JAM_FETCH_AUTHORIZER};
    static const enum jam_fetch from_066[18] = {
        JAM_FETCH_PARAMS,        JAM_FETCH_ENTROPY, JAM_FETCH_TRACE,      JAM_FETCH_EXTRINSIC,
        JAM_FETCH_OWN_EXTRINSIC, JAM_FETCH_IMPORT,  JAM_FETCH_OWN_IMPORT, JAM_FETCH_PACKAGE,
        JAM_FETCH_AUTHORIZER,    JAM_FETCH_TOKEN,   JAM_FETCH_CONTEXT,    JAM_FETCH_ITEMS,
        JAM_FETCH_ITEM,          JAM_FETCH_PAYLOAD, JAM_FETCH_INPUTS,     JAM_FETCH_INPUT,
        JAM_FETCH_TRANSFERS,     JAM_FETCH_TRANSFER};
    const struct jam_profile *profile = jam_profile_find(versions[_i].name);
    for (int kind = 0; kind < versions[_i].kinds; kind++)
        ck_assert_int_eq(profile->fetch_kinds[kind],
                         versions[_i].kinds == 8 ? till_065[kind] : from_066[kind]);
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
    tcase_add_loop_test(tests, test_versions, 0, VERSIONS);
    tcase_add_loop_test(tests, test_fetch_kinds, 0, VERSIONS);
    suite_add_tcase(suite, tests);
    return suite;
}
