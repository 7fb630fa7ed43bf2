/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of run files that anybody may have written. */
#include "cmd/picture_page.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Every text that others could have chosen is markup. */
#define EVIL "</p><script>alert(1)</script>\\\"'&"

static const char sample[] =
    "{\"pvm_run\":1,\"name\":\"" EVIL "\",\"invocation\":\"" EVIL "\",\"gp\":\"" EVIL
    "\",\"outcome\":\"" EVIL "\",\"good\":false,\"note_text\":\"" EVIL "\",\"work_result\":\"" EVIL
    "\",\"gas_limit\":9,\"gas_used\":7,\"inner_gas_used\":2,\"output_size\":1,\"output\":\"" EVIL
    "\",\"exports\":1,\"export_root\":\"" EVIL "\",\"log\":[{\"level\":\"" EVIL
    "\",\"target\":\"" EVIL "\",\"message\":\"" EVIL "\"}],\"log_lines\":3,\"changes\":[\"" EVIL
    "\"],\"change_count\":1,\"stopped\":[{\"machine\":4,\"exit\":\"" EVIL "\",\"reason\":\"" EVIL
    "\",\"pc\":3,\"symbol\":\"" EVIL "\",\"instructions\":[{\"pc\":3,\"text\":\"" EVIL
    "\",\"current\":true}],\"registers\":[\"" EVIL "\"]}],\"instructions\":8,\"bin\":4,\"bins\":2,"
    "\"gas\":\"0 4 7\",\"inner_gas\":\"0 1 2\",\"calls\":[{\"name\":\"" EVIL
    "\",\"number\":1,\"count\":2,\"gas\":3,\"bins\":\"0:1 1:1\"}],\"calls_unlisted\":0,"
    "\"call_count\":2,\"first_calls\":[{\"at\":1,\"name\":\"" EVIL
    "\",\"number\":1,\"result\":\"" EVIL
    "\",\"gas\":1}],\"machines\":[{\"id\":null,\"program\":\"" EVIL
    "\",\"created\":0,\"expunged\":5,\"instructions\":8,\"gas\":7,\"invocations\":1,"
    "\"exits\":[1,0,2,0,0],\"bins\":\"0:4 "
    "1:4\",\"map\":[{\"page\":16,\"pages\":2,\"writable\":true}],"
    "\"row_pages\":1,\"rows\":[{\"page\":16,\"reads\":1,\"writes\":2,\"first\":1,\"last\":8,"
    "\"read\":\"0:1\",\"written\":\"0:1 1:1\"}]}],\"machines_unlisted\":1,\"flame_total\":7,"
    "\"flame\":[{\"name\":\"" EVIL "\",\"parent\":0,\"kind\":1,\"gas\":7,\"own\":5,"
    "\"instructions\":5},{\"name\":\"leaf\",\"parent\":1,\"kind\":2,\"gas\":2,\"own\":2,"
    "\"instructions\":0}],\"blocks\":[{\"program\":\"" EVIL
    "\",\"outer\":false,\"pc\":0,\"name\":\"" EVIL "\",\"instructions\":8,\"gas\":7,"
    "\"lines\":[{\"pc\":0,\"text\":\"" EVIL
    "\",\"times\":8,\"gas\":7}]}],\"mix\":[{\"name\":\"" EVIL
    "\",\"times\":8}],\"runs\":[{\"name\":\"" EVIL "\",\"outcome\":\"" EVIL
    "\",\"good\":true,\"at\":0,\"gas\":1,\"gas_limit\":2},{\"name\":\"" EVIL
    "\",\"outcome\":\"" EVIL "\",\"good\":false,\"at\":4,\"gas\":1,\"gas_limit\":2}],"
    "\"stopped_runs\":[1],\"runs_unlisted\":1,\"change_lines\":2,\"corevm\":[{\"n\":0,\"good\":"
    "true,\"outcome\":\"" EVIL "\",\"gas\":1,\"inner_gas\":1,\"root\":\"" EVIL
    "\",\"child\":\"" EVIL
    "\",\"imported\":\"\",\"exported\":\"0:1\",\"values\":\"0:0\",\"terms\":[\"" EVIL
    "\",\"\",\"\"],\"trouble\":\"" EVIL "\"}]}";

static unsigned count(struct pvm_bytes text, const char *what)
{
    unsigned found = 0;
    size_t len = strlen(what);
    for (size_t i = 0; i + len <= text.len; i++)
        found += memcmp(text.ptr + i, what, len) == 0;
    return found;
}

/* Draws a file of these octets in every way. */
static enum pvm_status draw(struct pvm_bytes octets, struct pvm_buf *page, struct pvm_err *err)
{
    char path[] = "/tmp/pvm-page-XXXXXX";
    struct cmd_picture run;
    struct pvm_buf plot = {0};
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, octets.ptr, octets.len), (ssize_t)octets.len);
    close(fd);
    enum pvm_status status = cmd_picture_load(path, &run, err);
    if (status == PVM_OK)
        status = cmd_plot(&run, CMD_PLOT_HEAT, &plot, err);
    if (status == PVM_OK)
        status = cmd_plot(&run, CMD_PLOT_GAS, &plot, err);
    ck_assert_uint_eq(count(pvm_buf_bytes(&plot), "<script"), 0);
    if (status == PVM_OK)
        status = cmd_page(&run, 1, page, err);
    cmd_picture_deinit(&run);
    pvm_buf_deinit(&plot);
    unlink(path);
    return status;
}

START_TEST(test_markup)
{
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf page = {0};
    ck_assert_msg(draw(pvm_bytes(sample, sizeof sample - 1), &page, &err) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(count(pvm_buf_bytes(&page), "<script"), 1);
    ck_assert_uint_eq(count(pvm_buf_bytes(&page), "</p><script>alert"), 0);
    ck_assert_uint_eq(count(pvm_buf_bytes(&page), "\"'&"), 0);
    ck_assert_uint_ge(count(pvm_buf_bytes(&page), "&lt;/p&gt;&lt;script&gt;alert(1)"), 25);
    ck_assert_uint_eq(count(pvm_buf_bytes(&page), "</body></html>"), 1);
    pvm_buf_deinit(&page);
}
END_TEST

/* One octet is another one: a page, or a message that says where. */
START_TEST(test_flipped)
{
    uint8_t octets[sizeof sample];
    uint64_t seed = 1;
    unsigned good = 0;
    for (unsigned i = 0; i < 3000; i++) {
        struct pvm_err err = {.status = PVM_OK};
        struct pvm_buf page = {0};
        memcpy(octets, sample, sizeof sample);
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        octets[(seed >> 33) % (sizeof sample - 1)] = (uint8_t) "0:9\"-1 ]}"[(seed >> 20) % 9];
        enum pvm_status status = draw(pvm_bytes(octets, sizeof sample - 1), &page, &err);
        if (status == PVM_OK) {
            ck_assert_uint_eq(count(pvm_buf_bytes(&page), "<script"), 1);
            good++;
        } else {
            ck_assert_int_eq(status, PVM_E_MALFORMED);
            ck_assert_ptr_nonnull(strstr(err.msg, "pvm-page-"));
        }
        pvm_buf_deinit(&page);
    }
    ck_assert_uint_gt(good, 100);
}
END_TEST

START_TEST(test_short)
{
    static const struct {
        uint64_t value;
        const char *text;
    } cases[] = {{0, "0"},          {999, "999"},         {1000, "1 k"},         {13260, "13.3 k"},
                 {99949, "99.9 k"}, {99950, "100 k"},     {100499, "100 k"},     {999499, "999 k"},
                 {999500, "1 M"},   {100000000, "100 M"}, {UINT64_MAX, "18.4 E"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pvm_buf out = {0};
        cmd_html_short(&out, cases[i].value);
        ck_assert_str_eq(pvm_buf_str(&out), cases[i].text);
        pvm_buf_deinit(&out);
    }
}
END_TEST

/* A text is cut between characters, and says so; what steers the eye is escaped. */
START_TEST(test_text)
{
    struct pvm_buf out = {0};
    cmd_html_most(&out, "<\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 20);
    ck_assert_str_eq(pvm_buf_str(&out), "&lt;\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
    out.len = 0;
    cmd_html_most(&out, "<\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 17);
    ck_assert_str_eq(pvm_buf_str(&out), "&lt;\xc3\xa9\xc3\xa9\xe2\x80\xa6");
    out.len = 0;
    cmd_html(&out, "a\xe2\x80\xae"
                   "b\x1b\xff");
    ck_assert_str_eq(pvm_buf_str(&out), "a\\xe2\\x80\\xaeb\\x1b\\xff");
    pvm_buf_deinit(&out);
}
END_TEST

/* The sample with one member of a list many times over, or with a long text. */
static void swell(struct pvm_buf *out, const char *before, const char *element, unsigned times)
{
    const char *at = strstr(sample, before);
    ck_assert_ptr_nonnull(at);
    at += strlen(before);
    pvm_buf_add(out, sample, (size_t)(at - sample));
    for (unsigned i = 0; i < times; i++)
        pvm_buf_text(out, element);
    pvm_buf_text(out, at);
}

/* However much a file says, a page of it stays below 2 MB. */
START_TEST(test_bounds)
{
    static const struct {
        const char *before, *element;
        unsigned times;
    } cases[] = {
        {"{\"pvm_run\":1,\"name\":\"", "<", 1 << 20},
        {"\"note_text\":\"", "\xc3\xa9", 1 << 20},
        {"\"log\":[", "{\"level\":\"a\",\"target\":\"" EVIL "\",\"message\":\"" EVIL "\"},", 4000},
        {"\"changes\":[\"", "a: b; ", 100000},
        {"\"changes\":[", "\"service 1: balance +1\",", 40000},
        {"\"stopped\":[",
         "{\"machine\":4,\"exit\":\"a\",\"reason\":\"b\",\"pc\":3,\"symbol\":\"\","
         "\"instructions\":[],\"registers\":[]},",
         4000},
        {"\"first_calls\":[",
         "{\"at\":1,\"name\":\"" EVIL EVIL EVIL EVIL "\",\"number\":1,"
         "\"result\":\"" EVIL EVIL EVIL EVIL EVIL EVIL "\",\"gas\":1},",
         2000},
        {"\"machines\":[",
         "{\"id\":null,\"program\":\"" EVIL "\",\"created\":0,\"expunged\":5,"
         "\"instructions\":8,\"gas\":7,\"invocations\":1,\"exits\":[1],\"bins\":"
         "\"0:4 2:1 4:9 6:1 8:4 10:1\",\"map\":[],\"row_pages\":1,\"rows\":[{\"page\":16,"
         "\"reads\":1,\"writes\":2,\"first\":1,\"last\":8,\"read\":\"0:1 2:1 4:1\","
         "\"written\":\"0:1 1:1\"}]},",
         3000},
        {"\"flame\":[",
         "{\"name\":\"" EVIL EVIL EVIL EVIL EVIL EVIL "\",\"parent\":0,\"kind\":1,"
         "\"gas\":0,\"own\":1,\"instructions\":5},",
         900},
        {"\"runs\":[",
         "{\"name\":\"" EVIL EVIL EVIL "\",\"outcome\":\"\",\"good\":true,\"at\":0,"
         "\"gas\":1,\"gas_limit\":2},",
         3000},
    };
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf file = {0};
    struct pvm_buf page = {0};
    swell(&file, cases[_i].before, cases[_i].element, cases[_i].times);
    enum pvm_status status = draw(pvm_buf_bytes(&file), &page, &err);
    if (status == PVM_OK)
        ck_assert_uint_lt(page.len, 2000000);
    else
        ck_assert_msg(strstr(err.msg, "pictures of it take") != NULL, "%s", err.msg);
    pvm_buf_deinit(&page);
    pvm_buf_deinit(&file);
}
END_TEST

Suite *picture_page_suite(void);

Suite *picture_page_suite(void)
{
    Suite *suite = suite_create("picture_page");
    TCase *tests = tcase_create("pages");
    tcase_add_test(tests, test_markup);
    tcase_add_test(tests, test_flipped);
    tcase_add_test(tests, test_short);
    tcase_add_test(tests, test_text);
    tcase_add_loop_test(tests, test_bounds, 0, 10);
    suite_add_tcase(suite, tests);
    return suite;
}
