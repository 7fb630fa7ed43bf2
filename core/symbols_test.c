/* SPDX-License-Identifier: Apache-2.0 */
#include "core/symbols.h"

#include <check.h>

static void add(struct pvm_symbols *symbols, uint64_t pc, const char *name)
{
    struct pvm_err err = {0};
    ck_assert(pvm_symbols_add(symbols, pc, name, strlen(name), &err) == PVM_OK);
}

START_TEST(sorted_and_found)
{
    struct pvm_symbols symbols = {0};
    ck_assert_ptr_null(pvm_symbols_at(&symbols, 0));
    ck_assert_ptr_null(pvm_symbols_before(&symbols, 0));
    add(&symbols, 10, "ten");
    add(&symbols, 5, "five");
    add(&symbols, 10, "alias");
    add(&symbols, UINT64_MAX, "last");
    pvm_symbols_sort(&symbols);
    ck_assert_ptr_null(pvm_symbols_before(&symbols, 4));
    ck_assert_str_eq(pvm_symbols_before(&symbols, 5)->name, "five");
    ck_assert_str_eq(pvm_symbols_before(&symbols, 9)->name, "five");
    ck_assert_str_eq(pvm_symbols_before(&symbols, 10)->name, "alias");
    ck_assert_str_eq(pvm_symbols_before(&symbols, 11)->name, "alias");
    ck_assert_str_eq(pvm_symbols_before(&symbols, UINT64_MAX)->name, "last");
    ck_assert_ptr_null(pvm_symbols_at(&symbols, 9));
    ck_assert_str_eq(pvm_symbols_at(&symbols, 10)->name, "alias");
    pvm_symbols_deinit(&symbols);
    pvm_symbols_deinit(&symbols);
}
END_TEST

static void parse(const char *text, struct pvm_symbols *symbols)
{
    struct pvm_err err = {0};
    ck_assert_msg(pvm_symbols_parse(pvm_bytes(text, strlen(text)), symbols, &err) == PVM_OK, "%s",
                  err.msg);
}

START_TEST(text_and_back)
{
    struct pvm_symbols symbols = {0};
    parse("# made by hand\n\n 0x2A \tsecond\r\n0x0 first", &symbols);
    struct pvm_buf text = {0};
    pvm_symbols_write(&symbols, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "0x00000000 first\n0x0000002a second\n");
    parse(pvm_buf_str(&text), &symbols); /* replaces what was there */
    ck_assert_uint_eq(symbols.count, 2);
    parse("", &symbols);
    ck_assert_uint_eq(symbols.count, 0);
    pvm_buf_deinit(&text);
    pvm_symbols_deinit(&symbols);
}
END_TEST

static const struct {
    const char *text, *message;
} bad[] = {
    {"x", "symbols, line 1: expected an address such as 0x0000002a, found 'x'"},
    {"0x0 a\n42 b", "symbols, line 2: expected an address such as 0x0000002a, found '42'"},
    {"0x b", "symbols, line 1: expected an address such as 0x0000002a, found '0x'"},
    {"0x11112222333344445 b",
     "symbols, line 1: expected an address such as 0x0000002a, found '0x11112222333344445'"},
    {"0x1\x10 b", "symbols, line 1: expected an address such as 0x0000002a, found '0x1\x10'"},
    {"0x0\n", "symbols, line 1: expected a name after the address"},
    {"0x0 a\x01", "symbols, line 1: expected a name after the address"},
    {"0x0 a b", "symbols, line 1: more than an address and a name"},
};

START_TEST(wrong_lines)
{
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    add(&symbols, 1, "kept");
    ck_assert(pvm_symbols_parse(pvm_bytes(bad[_i].text, strlen(bad[_i].text)), &symbols, &err) ==
              PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, bad[_i].message);
    ck_assert_uint_eq(symbols.count, 1);
    pvm_symbols_deinit(&symbols);
}
END_TEST

Suite *symbols_suite(void);

Suite *symbols_suite(void)
{
    Suite *suite = suite_create("symbols");
    TCase *cases = tcase_create("symbols");
    tcase_add_test(cases, sorted_and_found);
    tcase_add_test(cases, text_and_back);
    tcase_add_loop_test(cases, wrong_lines, 0, (int)(sizeof bad / sizeof *bad));
    suite_add_tcase(suite, cases);
    return suite;
}
