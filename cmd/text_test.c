/* SPDX-License-Identifier: Apache-2.0 */
/* Text of others, made fit to be shown. */
#include "cmd/text.h"

#include <check.h>

static const struct {
    const char *text, *shown;
} cases[] = {
    {"plain text, \"<&>\" and \\", "plain text, \"<&>\" and \\"},
    {"a\nb\tc\033[31m\177", "a\\x0ab\\x09c\\x1b[31m\\x7f"},
    {"uni\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "uni\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"\xc2\x80 \xc2\x9f", "\\xc2\\x80 \\xc2\\x9f"},
    {"\xc2\xa0", "\xc2\xa0"},
    {"\xff \xc3", "\\xff \\xc3"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                         /* half of a pair */
    {"\xe2\x80\xa7\xe2\x80\xa8", "\xe2\x80\xa7\\xe2\\x80\\xa8"}, /* an end of a line */
    {"\xe2\x80\xae\xe2\x80\xaf", "\\xe2\\x80\\xae\xe2\x80\xaf"}, /* from right to left */
    {"\xe2\x81\xa5\xe2\x81\xa9", "\xe2\x81\xa5\\xe2\\x81\\xa9"},
    {"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\\xef\\xbf\\xbe\\xef\\xbf\\xbf"},
};

START_TEST(escapes_what_steers)
{
    struct pvm_buf out = {0};
    cmd_printable(pvm_bytes(cases[_i].text, strlen(cases[_i].text)), &out);
    ck_assert_str_eq(pvm_buf_str(&out), cases[_i].shown);
    pvm_buf_deinit(&out);
}
END_TEST

START_TEST(escapes_zero)
{
    struct pvm_buf out = {0};
    cmd_printable(pvm_bytes("a\0b", 3), &out);
    ck_assert_str_eq(pvm_buf_str(&out), "a\\x00b");
    pvm_buf_deinit(&out);
}
END_TEST

Suite *text_suite(void);

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");
    tcase_add_loop_test(tcase, escapes_what_steers, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tcase, escapes_zero);
    suite_add_tcase(suite, tcase);
    return suite;
}
