/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json_out.h"

#include <check.h>

START_TEST(test_document)
{
    struct pvm_buf out = {0};
    struct jam_out json = jam_out(&out);
    jam_out_object(&json, NULL);
    jam_out_number(&json, "max", UINT64_MAX);
    jam_out_word(&json, "word", 0x2a);
    jam_out_hex(&json, "hex", pvm_bytes("\x00\xff", 2));
    jam_out_array(&json, "empty");
    jam_out_end_array(&json);
    jam_out_array(&json, "list");
    jam_out_null(&json, NULL);
    jam_out_bool(&json, NULL, true);
    jam_out_object(&json, NULL);
    jam_out_end_object(&json);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
    ck_assert_str_eq(pvm_buf_str(&out), "{\n"
                                        "  \"max\": 18446744073709551615,\n"
                                        "  \"word\": \"0x2a\",\n"
                                        "  \"hex\": \"0x00ff\",\n"
                                        "  \"empty\": [],\n"
                                        "  \"list\": [\n"
                                        "    null,\n"
                                        "    true,\n"
                                        "    {}\n"
                                        "  ]\n"
                                        "}\n");
    pvm_buf_deinit(&out);
}
END_TEST

struct string_case {
    const char *text;
    const char *json;
};

static const struct string_case string_cases[] = {
    {"plain", "\"plain\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"line\nnext\t\x1b\x7f", "\"line\\nnext\\u0009\\u001b\\u007f\""},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\xff", "\"\\ufffd\""},
    {"\xc0\xaf", "\"\\ufffd\\ufffd\""},                       /* overlong */
    {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},            /* surrogate */
    {"\xe2\x82", "\"\\ufffd\\ufffd\""},                       /* cut short */
    {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* above U+10FFFF */
};

START_TEST(test_string)
{
    struct pvm_buf out = {0};
    struct jam_out json = jam_out(&out);
    jam_out_text(&json, NULL, string_cases[_i].text);
    ck_assert_str_eq(pvm_buf_str(&out), string_cases[_i].json);
    pvm_buf_deinit(&out);
}
END_TEST

Suite *json_out_suite(void);

Suite *json_out_suite(void)
{
    Suite *suite = suite_create("json_out");
    TCase *tc = tcase_create("json_out");
    tcase_add_test(tc, test_document);
    tcase_add_loop_test(tc, test_string, 0, sizeof string_cases / sizeof string_cases[0]);
    suite_add_tcase(suite, tc);
    return suite;
}
