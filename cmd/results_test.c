/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/results.h"

#include <check.h>

static void fill(struct cmd_results *results)
{
    cmd_results_init(results, NULL);
    cmd_results_add(results, CMD_PASSED, "a.json", "one", "");
    cmd_results_add(results, CMD_FAILED, "a.json", "two # <&>", "first \"line\"\nsecond");
    cmd_results_add(results, CMD_SKIPPED, "b.json", "three\nlines", "not\there");
}

START_TEST(test_counts)
{
    struct cmd_results results;
    struct pvm_err err = {.status = PVM_OK};
    fill(&results);
    ck_assert(cmd_results_status(&results, &err) == PVM_OK);
    ck_assert_uint_eq(results.passed, 1);
    ck_assert_uint_eq(results.failed, 1);
    ck_assert_uint_eq(results.skipped, 1);
    cmd_results_deinit(&results);
}
END_TEST

START_TEST(test_tap)
{
    struct cmd_results results;
    struct pvm_buf out = {0};
    fill(&results);
    cmd_results_tap(&results, &out);
    ck_assert_str_eq(pvm_buf_str(&out), "TAP version 13\n1..3\n"
                                        "ok 1 - a.json: one\n"
                                        "not ok 2 - a.json: two \\# <&>\n"
                                        "# first \"line\"\n# second\n"
                                        "ok 3 - b.json: three lines # SKIP not\there\n");
    pvm_buf_deinit(&out);
    cmd_results_deinit(&results);
}
END_TEST

START_TEST(test_junit)
{
    struct cmd_results results;
    struct pvm_buf out = {0};
    fill(&results);
    cmd_results_add(&results, CMD_FAILED, "c", "control", "\001 \xff\xef\xbf\xbf\xef\xbf\xbd");
    cmd_results_junit(&results, "all", &out);
    ck_assert_str_eq(pvm_buf_str(&out),
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                     "  <testsuite name=\"all\" tests=\"4\" failures=\"2\" skipped=\"1\">\n"
                     "    <testcase classname=\"a.json\" name=\"one\"/>\n"
                     "    <testcase classname=\"a.json\" name=\"two # &lt;&amp;&gt;\">\n"
                     "      <failure>first &quot;line&quot;\nsecond</failure>\n    </testcase>\n"
                     "    <testcase classname=\"b.json\" name=\"three\nlines\">\n"
                     "      <skipped message=\"not\there\"/>\n    </testcase>\n"
                     "    <testcase classname=\"c\" name=\"control\">\n      <failure>? ??\xef\xbf\xbd</failure>\n"
                     "    </testcase>\n  </testsuite>\n</testsuites>\n");
    pvm_buf_deinit(&out);
    cmd_results_deinit(&results);
}
END_TEST

START_TEST(test_empty)
{
    struct cmd_results results;
    struct pvm_buf out = {0};
    cmd_results_init(&results, NULL);
    cmd_results_tap(&results, &out);
    ck_assert_str_eq(pvm_buf_str(&out), "TAP version 13\n1..0\n");
    out.len = 0;
    cmd_results_json(&results, &out);
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&out), "\"passed\": 0"));
    pvm_buf_deinit(&out);
    cmd_results_deinit(&results);
}
END_TEST

Suite *results_suite(void);

Suite *results_suite(void)
{
    Suite *suite = suite_create("results");
    TCase *tcase = tcase_create("results");
    tcase_add_test(tcase, test_counts);
    tcase_add_test(tcase, test_tap);
    tcase_add_test(tcase, test_junit);
    tcase_add_test(tcase, test_empty);
    suite_add_tcase(suite, tcase);
    return suite;
}
