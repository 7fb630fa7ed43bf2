/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of workers: heard as they were said, in pieces and damaged. */
#include "cmd/test_wire.h"

#include <check.h>
#include <stdlib.h>

static const struct cmd_test_case one = {
    .verdict = CMD_FAILED,
    .profile = 3,
    .name = "a row",
    .text = "differs\nhere",
    .runs = 2,
    .gas = UINT64_MAX,
    .changed = 5,
    .checked = 4,
    .foreign = 1,
    .foreign_components = 1u << 6,
};

static void say_all(struct pvm_buf *out)
{
    cmd_test_say_kind(1, out);
    cmd_test_say_case(&one, out);
    cmd_test_say_end(CMD_TEST_FAILED, "why", out);
}

START_TEST(hears_what_was_said)
{
    struct pvm_buf out = {0};
    struct cmd_test_said said;
    say_all(&out);
    struct pvm_bytes left = pvm_buf_bytes(&out);
    ck_assert(cmd_test_hear(&left, &said));
    ck_assert(said.message == CMD_TEST_KIND && said.kind == 1);
    ck_assert(cmd_test_hear(&left, &said));
    ck_assert(said.message == CMD_TEST_CASE && said.one.verdict == CMD_FAILED);
    ck_assert_uint_eq(said.one.profile, 3);
    ck_assert_str_eq(said.one.name, "a row");
    ck_assert_str_eq(said.one.text, "differs\nhere");
    ck_assert(said.one.runs == 2 && said.one.gas == UINT64_MAX && said.one.changed == 5 &&
              said.one.checked == 4 && said.one.foreign == 1);
    ck_assert_uint_eq(said.one.foreign_components, 1u << 6);
    ck_assert(cmd_test_hear(&left, &said));
    ck_assert(said.message == CMD_TEST_END && said.end == CMD_TEST_FAILED);
    ck_assert_str_eq(said.text, "why");
    ck_assert_uint_eq(left.len, 0);
    ck_assert(!cmd_test_hear(&left, &said));
    pvm_buf_deinit(&out);
}
END_TEST

/* A message is complete at its end and not before. */
START_TEST(waits_for_the_rest)
{
    struct pvm_buf out = {0};
    cmd_test_say_case(&one, &out);
    for (size_t len = 0; len < out.len; len++)
        ck_assert_uint_eq(cmd_test_message_len(pvm_bytes(out.ptr, len)), 0);
    size_t len = out.len;
    pvm_buf_add_u8(&out, 7);
    ck_assert_uint_eq(cmd_test_message_len(pvm_buf_bytes(&out)), len);
    pvm_buf_deinit(&out);
}
END_TEST

/* Whatever octet is wrong, it is refused or heard, and nothing outside of the message is read. */
START_TEST(bears_damage)
{
    struct pvm_buf out = {0};
    say_all(&out);
    for (size_t at = 0; at < out.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            uint8_t *copy = malloc(out.len);
            struct cmd_test_said said;
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, out.ptr, out.len);
            copy[at] ^= (uint8_t)(1u << bit);
            struct pvm_bytes left = pvm_bytes(copy, out.len);
            while (cmd_test_hear(&left, &said))
                ck_assert_uint_lt(left.len, out.len);
            free(copy);
        }
    }
    static const uint8_t unknown[] = {1, 0, 0, 0, 9, 0};
    static const uint8_t nothing[] = {0, 0, 0, 0, 1};
    static const uint8_t endless[] = {0xff, 0xff, 0xff, 0xff, 1};
    ck_assert(cmd_test_message_len(pvm_bytes(unknown, sizeof unknown)) == SIZE_MAX);
    ck_assert(cmd_test_message_len(pvm_bytes(nothing, sizeof nothing)) == SIZE_MAX);
    ck_assert(cmd_test_message_len(pvm_bytes(endless, sizeof endless)) == SIZE_MAX);
    pvm_buf_deinit(&out);
}
END_TEST

START_TEST(cuts_long_texts)
{
    enum { LONG = 1 << 20 };
    struct pvm_buf out = {0};
    struct cmd_test_said said;
    char *text = malloc(LONG);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', LONG - 1);
    text[LONG - 1] = '\0';
    cmd_test_say_case(&(struct cmd_test_case){.name = text, .text = text}, &out);
    struct pvm_bytes left = pvm_buf_bytes(&out);
    ck_assert(cmd_test_hear(&left, &said));
    ck_assert_uint_eq(strlen(said.one.name), 1 << 15);
    ck_assert_uint_eq(strlen(said.one.text), 1 << 15);
    free(text);
    pvm_buf_deinit(&out);
}
END_TEST

START_TEST(numbers_versions)
{
    ck_assert_str_eq(cmd_test_profile_name(cmd_test_profile_index(jam_profile_find("0.7.1"))),
                     "0.7.1");
    ck_assert_str_eq(cmd_test_profile_name(cmd_test_profile_index(NULL)), "-");
    ck_assert_uint_lt(cmd_test_profile_index(NULL), CMD_TEST_PROFILES);
}
END_TEST

Suite *test_wire_suite(void);

Suite *test_wire_suite(void)
{
    Suite *suite = suite_create("test_wire");
    TCase *tcase = tcase_create("messages");
    tcase_add_test(tcase, hears_what_was_said);
    tcase_add_test(tcase, waits_for_the_rest);
    tcase_add_test(tcase, bears_damage);
    tcase_add_test(tcase, cuts_long_texts);
    tcase_add_test(tcase, numbers_versions);
    suite_add_tcase(suite, tcase);
    return suite;
}
