/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lines.h"

#include "core/asm.h"
#include "core/rules.h"

#include <check.h>

static void add(struct pvm_lines *lines, uint64_t pc, const char *file, uint32_t line)
{
    struct pvm_err err = {0};
    ck_assert(pvm_lines_add(lines, pc, file, strlen(file), line, &err) == PVM_OK);
}

START_TEST(sorted_and_found)
{
    struct pvm_lines lines = {0};
    ck_assert_ptr_null(pvm_lines_before(&lines, 7));
    add(&lines, 9, "b.s", 4);
    add(&lines, 3, "a.s", 2);
    add(&lines, 12, "b.s", 5);
    pvm_lines_sort(&lines);
    ck_assert_ptr_null(pvm_lines_before(&lines, 2));
    ck_assert_uint_eq(pvm_lines_before(&lines, 3)->line, 2);
    ck_assert_uint_eq(pvm_lines_before(&lines, 8)->line, 2);
    ck_assert_uint_eq(pvm_lines_before(&lines, 9)->line, 4);
    ck_assert_uint_eq(pvm_lines_before(&lines, UINT64_MAX)->line, 5);
    ck_assert_str_eq(lines.files[pvm_lines_before(&lines, 9)->file], "b.s");
    pvm_lines_deinit(&lines);
    pvm_lines_deinit(&lines);
}
END_TEST

static void parse(struct pvm_lines *lines, const char *comment)
{
    struct pvm_err err = {0};
    ck_assert(pvm_lines_parse(lines, pvm_bytes(comment, strlen(comment)), &err) == PVM_OK);
}

START_TEST(text_and_back)
{
    struct pvm_lines lines = {0};
    parse(&lines, "# file a name.s\r");
    parse(&lines, "# line 0x00000005 1");
    parse(&lines, "# file b.s");
    parse(&lines, "# line 0x2a 999999999");
    pvm_lines_sort(&lines);
    struct pvm_buf text = {0};
    pvm_lines_write(&lines, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "# file a name.s\n# line 0x00000005 1\n"
                                         "# file b.s\n# line 0x0000002a 999999999\n");
    pvm_buf_deinit(&text);
    pvm_lines_deinit(&lines);
}
END_TEST

/* Comments for people. */
static const char *const others[] = {
    "#",
    "# made by hand",
    "# file ",
    "# file a\tb",
    "# line",
    "# line 5 1",
    "# line 0x 1",
    "# line 0x5",
    "# line 0x5 ",
    "# line 0x5 one",
    "# line 0x5 1 2",
    "# line 0x5 9999999999",
    "# line 0x00000000000000005 1",
    "#line 0x5 1",
};

START_TEST(other_comments)
{
    struct pvm_lines lines = {0};
    parse(&lines, "# line 0x5 1"); /* of no file */
    ck_assert_uint_eq(lines.count, 0);
    parse(&lines, "# file a.s");
    parse(&lines, others[_i]);
    ck_assert_uint_eq(lines.count, 0);
    ck_assert_uint_eq(lines.file_count, 1);
    pvm_lines_deinit(&lines);
}
END_TEST

/* Line 2 is the macro's call; what it expands to came from there. A label or an empty line has no
 * code; two instructions of one line are one entry. Octets: trap 1, fallthrough 1, add_64 3. */
START_TEST(of_a_program)
{
    static const char source[] = ".macro two\n fallthrough\n add_64 a0, a0, a1\n.endmacro\n"
                                 "first: fallthrough\n two\n\nlast:\n trap\n";
    struct pvm_asm_options options = {
        .rules = &pvm_rules_072, .format = PVM_BLOB_RAW, .file = "two.s"};
    struct pvm_symbols symbols = {0};
    struct pvm_buf blob = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    ck_assert_msg(pvm_assemble(&options, pvm_bytes(source, strlen(source)), &blob, &symbols,
                               &diagnostics, &err) == PVM_OK,
                  "%s", err.msg);
    pvm_lines_write(&symbols.lines, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "# file two.s\n# line 0x00000000 5\n"
                                         "# line 0x00000001 6\n# line 0x00000005 9\n");
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&diagnostics);
    pvm_symbols_deinit(&symbols);
}
END_TEST

Suite *lines_suite(void);

Suite *lines_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tc = tcase_create("lines");
    tcase_add_test(tc, sorted_and_found);
    tcase_add_test(tc, text_and_back);
    tcase_add_loop_test(tc, other_comments, 0, (int)(sizeof others / sizeof *others));
    tcase_add_test(tc, of_a_program);
    suite_add_tcase(suite, tc);
    return suite;
}
