/* SPDX-License-Identifier: Apache-2.0 */
/* How tables write versions, numbers and octets. Their rows are tested by the tables themselves. */
#include "host/table_parts.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>

/* A view of a table whose only field is a value, under a version. */
struct env {
    struct jam_json_doc *doc;
    struct jam_table table;
    struct jam_table_view view;
    struct jam_json value;
};

static void env_init(struct env *env, const char *text, unsigned version)
{
    struct pvm_err err = {.status = PVM_OK};
    memset(env, 0, sizeof *env);
    ck_assert_msg(jam_json_parse(pvm_bytes(text, strlen(text)), "t", NULL, &env->doc, &err) ==
                      PVM_OK,
                  "%s: %s", text, err.msg);
    struct jam_json root = jam_json_root(env->doc);
    env->table.head.words = jam_json_get(root, "words");
    env->view.table = &env->table;
    env->view.version = version;
    env->view.profile = jam_profile_at(version);
    env->value = jam_json_get(root, "value");
}

START_TEST(test_versions)
{
    static const struct {
        const char *text;
        bool good;
        uint32_t set;
    } rows[] = {
        {"0.6.3", true, 1},
        {"0.6.3..0.6.6", true, 7},
        {"..0.6.5", true, 3},
        {"0.8.0..", true, 0x180},
        {"0.8.0", true, 0x80},
        {"0.8.0-vectors", true, 0x100},
        {"..", true, 0x1ff},
        {"all", true, UINT32_MAX},
        {"0.6.3, 0.7.2", true, 0x41},
        {" 0.6.3 ,0.6.5", true, 3},
        {"", false, 0},
        {"0.6.3,", false, 0},
        {"0.6.6..0.6.3", false, 0},
        {"0.9.0", false, 0},
        {"0.6.3..0.9.0", false, 0},
        {"0.6.3...0.6.6", false, 0},
    };
    struct env env;
    env_init(&env, "{\"value\": 0}", 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_err err = {.status = PVM_OK};
        uint32_t set = 0;
        enum pvm_status status = jam_table_versions_text(env.value, rows[i].text, &set, &err);
        ck_assert_msg((status == PVM_OK) == rows[i].good, "%s", rows[i].text);
        ck_assert_msg(!rows[i].good || set == rows[i].set, "%s: %" PRIx32, rows[i].text, set);
    }
    jam_json_free(env.doc);
}
END_TEST

#define WORDS                                                                                      \
    "\"words\": {\"TEN\": 10, \"MORE\": \"TEN + 1\", \"BY\": {\"..0.7.0\": 1, \"0.7.1..\": 2}, "   \
    "\"LOOP\": \"LOOP\", \"OLD\": {\"0.6.3\": 1}}"

START_TEST(test_words)
{
    static const struct {
        const char *value, *message; /* message: NULL, it is good */
        uint64_t word;
    } rows[] = {
        {"7", NULL, 7},
        {"\"0x10\"", NULL, 16},
        {"\"2^32 - 1\"", NULL, UINT32_MAX},
        {"\"2^64 - 1\"", NULL, UINT64_MAX},
        {"\"2 + 3 * 4\"", NULL, 14},
        {"\"TEN*TEN - 1\"", NULL, 99},
        {"\"MORE\"", NULL, 11},
        {"\"BY\"", NULL, 2},
        {"\"HUH\"", NULL, JAM_HUH},
        {"\"1 - 2\"", NULL, UINT64_MAX},
        {"\"LOOP\"", "themselves", 0},
        {"\"OLD\"", "nothing for GP 0.7.2", 0},
        {"\"NOBODY\"", "unknown name", 0},
        {"\"\"", "no number or name", 0},
        {"\"1 +\"", "no number or name", 0},
        {"\"1 2\"", "unexpected characters", 0},
        {"\"0x\"", "no number", 0},
        {"\"12a\"", "no number", 0},
        {"\"18446744073709551616\"", "2^64 or more", 0},
        {"\"2^65\"", "exponent", 0},
        {"-1", "", 0},
        {"true", "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_err err = {.status = PVM_OK};
        struct env env;
        char text[512];
        uint64_t word = 0;
        (void)snprintf(text, sizeof text, "{" WORDS ", \"value\": %s}", rows[i].value);
        env_init(&env, text, 6);
        enum pvm_status status = jam_table_word(&env.view, env.value, &word, &err);
        ck_assert_msg((status == PVM_OK) == (rows[i].message == NULL), "%s: %s", rows[i].value,
                      err.msg);
        if (rows[i].message == NULL)
            ck_assert_msg(word == rows[i].word, "%s: %" PRIu64, rows[i].value, word);
        else
            ck_assert_msg(strstr(err.msg, rows[i].message) != NULL, "%s: %s", rows[i].value,
                          err.msg);
        jam_json_free(env.doc);
    }
}
END_TEST

START_TEST(test_octets)
{
    static const struct {
        const char *value, *hex; /* hex: NULL, it is wrong */
    } rows[] = {
        {"\"0x0102\"", "0102"},
        {"\"0x\"", ""},
        {"{\"text\": \"jam\"}", "6a616d"},
        {"{\"times\": 3, \"of\": \"0x01\"}", "010101"},
        {"{\"times\": \"2 + 2\", \"of\": \"0x\"}", ""},
        {"{\"zeros\": 2}", "0000"},
        {"{\"word\": 258}", "0201000000000000"},
        {"{\"word\": \"2^16 - 1\", \"octets\": 2}", "ffff"},
        {"{\"natural\": 300}", "812c"},
        {"{\"blob\": \"0x0102\"}", "020102"},
        {"{\"hash\": {\"text\": \"x\"}}",
         "d161d71145abeec5ef15abcf0459cec60a27321e2f0ac0ef7ace5254f5944476"},
        {"{\"program\": [\"trap\"]}", "0000010001"},
        {"[\"0x01\", [\"0x02\", {\"zeros\": 1}], []]", "010200"},
        {"{\"word\": 256, \"octets\": 1}", NULL},
        {"{\"word\": 1, \"octets\": 0}", NULL},
        {"{\"word\": 1, \"octets\": 9}", NULL},
        {"{\"zeros\": \"2^40\"}", NULL},
        {"{\"times\": \"2^63\", \"of\": \"0x0102\"}", NULL},
        {"{\"program\": [\"trip\"]}", NULL},
        {"{\"program\": \"trap\"}", NULL},
        {"{}", NULL},
        {"{\"txet\": \"\"}", NULL},
        {"\"0x1\"", NULL},
        {"\"@no such file\"", NULL},
        {"5", NULL},
        {"[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_err err = {.status = PVM_OK};
        struct env env;
        struct pvm_buf octets = {0};
        struct pvm_buf hex = {0};
        char text[256];
        (void)snprintf(text, sizeof text, "{\"value\": %s}", rows[i].value);
        env_init(&env, text, 6);
        enum pvm_status status = jam_table_octets(&env.view, env.value, &octets, &err);
        ck_assert_msg((status == PVM_OK) == (rows[i].hex != NULL), "%s: %s", rows[i].value,
                      err.msg);
        pvm_buf_hex(&hex, pvm_buf_bytes(&octets));
        if (rows[i].hex != NULL)
            ck_assert_str_eq(pvm_buf_str(&hex), rows[i].hex);
        pvm_buf_deinit(&octets);
        pvm_buf_deinit(&hex);
        jam_json_free(env.doc);
    }
}
END_TEST

START_TEST(test_show)
{
    static const uint8_t tail[40] = {1, 2};
    static const struct {
        struct pvm_bytes octets;
        const char *text;
    } rows[] = {
        {{NULL, 0}, "empty"},
        {{(const uint8_t *)"jam", 3}, "\"jam\""},
        {{(const uint8_t *)"AAAA", 4}, "\"AAAA\""},
        {{(const uint8_t *)"AAAAA", 5}, "0x41 x 5"},
        {{(const uint8_t *)"{a}", 3}, "0x7b617d"},
        {{(const uint8_t *)"\0\1", 2}, "0x0001"},
        {{tail, 18}, "0x010200000000000000000000000000000000"},
        {{tail, 19}, "0x0102 then 17 zeros"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_buf out = {0};
        jam_table_show(rows[i].octets, &out);
        ck_assert_str_eq(pvm_buf_str(&out), rows[i].text);
        pvm_buf_deinit(&out);
    }
}
END_TEST

Suite *table_suite(void);

Suite *table_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, test_versions);
    tcase_add_test(tcase, test_words);
    tcase_add_test(tcase, test_octets);
    tcase_add_test(tcase, test_show);
    suite_add_tcase(suite, tcase);
    return suite;
}
