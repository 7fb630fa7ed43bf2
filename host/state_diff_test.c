/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_diff.h"

#include "host/state_file.h"

#include <check.h>

#define HASH_1 "0x0000000000000000000000000000000000000000000000000000000000000001"
#define HASH_2 "0x0000000000000000000000000000000000000000000000000000000000000002"
#define ZERO   "0x0000000000000000000000000000000000000000000000000000000000000000"
#define KEY    "0x05010002000300040506070809000102030405060708090001020304050607"
#define C_5    "0x05000000000000000000000000000000000000000000000000000000000000"
#define LONG   "0x000102030405060708090a0b0c0d0e0f1011"
#define OTHER  "0x000102030405060708090a0b0c0d0e0f1012"

#define SERVICE(rest)      "{\"services\": [{\"id\": 5, \"items\": 0, \"bytes\": 0" rest "}]}"
#define STORED(key, value) SERVICE(", \"storage\": [{\"key\": " key ", \"value\": \"" value "\"}]")
#define TINY(rest)         "{\"params\": \"tiny\", " rest "}"

static const struct {
    const char *before, *after, *text;
    size_t count;
} cases[] = {
    {"{}", "{}", "", 0},
    {SERVICE(""), SERVICE(""), "", 0},
    {"{}", "{\"services\": [{\"id\": 5, \"balance\": 7}]}",
     "service 5: new, balance 7, items 0, bytes 0\n", 1},
    {SERVICE(""), "{}", "service 5: deleted\n", 1},
    {SERVICE(", \"balance\": 1000, \"storage\": [{\"key\": {\"text\": \"jam\"}, \"value\": "
             "\"0x010203\"}]"),
     SERVICE(", \"balance\": 796"), "service 5: balance -204; storage \"jam\" 3 bytes -> deleted\n",
     2},
    {SERVICE(""), STORED("\"0x00\"", "0x"), "service 5: storage 0x00 none -> 0 bytes\n", 1},
    {SERVICE(""), STORED("{\"text\": \"a b\"}", "0x0a"),
     "service 5: storage \"a b\" none -> 1 byte 0x0a\n", 1},
    {STORED("\"0x6122\"", "0x0a"), STORED("\"0x6122\"", "0x0b0c"),
     "service 5: storage 0x6122 1 byte 0x0a -> 2 bytes 0x0b0c\n", 1},
    {STORED("\"0x\"", LONG), STORED("\"0x\"", OTHER),
     "service 5: storage 0x 18 bytes 0x000102030405060708090a0b0c0d0e0f... -> 18 bytes "
     "0x000102030405060708090a0b0c0d0e0f... (from byte 17 on)\n",
     1},
    {SERVICE(", \"code_hash\": \"" HASH_1 "\""), SERVICE(", \"code_hash\": \"" HASH_2 "\""),
     "service 5: code_hash " HASH_1 " -> " HASH_2 "\n", 1},
    {SERVICE(", \"min_item_gas\": 1, \"deposit_offset\": 4, \"parent_service\": 3"),
     SERVICE(", \"min_item_gas\": 2, \"deposit_offset\": 5, \"parent_service\": 9"),
     "service 5: min_item_gas 1 -> 2; deposit_offset 4 -> 5; parent_service 3 -> 9\n", 3},
    {SERVICE(", \"requests\": [{\"hash\": \"" HASH_1 "\", \"length\": 9, \"slots\": []}]"),
     SERVICE(", \"requests\": [{\"hash\": \"" HASH_1 "\", \"length\": 9, \"slots\": [3, 4]}]"),
     "service 5: request " HASH_1 " length 9 [] -> [3, 4]\n", 1},
    {SERVICE(""),
     SERVICE(", \"requests\": [{\"hash\": \"" HASH_1 "\", \"length\": 9, \"slots\": []}]"),
     "service 5: request " HASH_1 " length 9 none -> []\n", 1},
    {SERVICE(", \"preimages\": [{\"blob\": \"0x\", \"slots\": null}]"), SERVICE(""),
     "service 5: preimage "
     "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8 0 bytes -> deleted\n",
     1},
    {SERVICE(", \"keyvals\": [{\"key\": \"" KEY "\", \"value\": \"0x01\"}]"),
     SERVICE(", \"keyvals\": [{\"key\": \"" KEY "\", \"value\": \"0x02\"}]"),
     "service 5: state key " KEY " 1 byte 0x01 -> 1 byte 0x02\n", 1},
    {"{\"slot\": 1, \"entropy\": \"" HASH_1 "\"}", "{\"slot\": 2}",
     "time: slot 1 -> 2\nentropy: 0 " HASH_1 " -> " ZERO "\n", 2},
    {TINY("\"privileges\": {\"bless\": 1, \"assign\": [1, 2], \"always_acc\": [{\"id\": 1, "
          "\"gas\": 5}, {\"id\": 2, \"gas\": 6}]}"),
     TINY("\"privileges\": {\"bless\": 2, \"assign\": [1, 3], \"designate\": 4, \"register\": 5, "
          "\"always_acc\": [{\"id\": 1, \"gas\": 7}, {\"id\": 3, \"gas\": 8}]}"),
     "privileges: bless 1 -> 2; assign of core 1 2 -> 3; designate 0 -> 4; register 0 -> 5; "
     "always_acc 1 5 gas -> 7 gas; always_acc 2 6 gas -> deleted; always_acc 3 none -> 8 gas\n",
     7},
    {TINY("\"auth_queues\": [[\"" HASH_1 "\", \"" HASH_1 "\"]]"),
     TINY("\"auth_queues\": [[\"" HASH_1 "\", \"" HASH_2 "\"]]"),
     "authorizer queue of core 0: 1 of 80 changed, entry 1 0x00000000000000000000000000000000... "
     "-> 0x00000000000000000000000000000000...\n",
     1},
    {TINY("\"accumulated\": [[\"" HASH_1 "\"], []]"),
     TINY("\"accumulated\": [[\"" HASH_2 "\"], "
          "[\"" HASH_1 "\"]]"),
     "accumulation history: slot 10 1 package changed; slot 11 0 packages -> 1\n", 2},
    {"{\"statistics\": [{\"id\": 1, \"record\": {\"imports\": 1}}]}",
     "{\"statistics\": [{\"id\": 2, \"record\": {\"accumulate_count\": 3}}]}",
     "statistics of service 1: imports 1 -> 0\nstatistics of service 2: accumulate_count 0 -> 3\n",
     2},
    {"{\"outputs\": [{\"id\": 1, \"hash\": \"" HASH_1 "\"}]}",
     "{\"outputs\": [{\"id\": 1, \"hash\": \"" HASH_2 "\"}]}",
     "accumulation outputs: service 1 " HASH_1 " gone; service 1 " HASH_2 " new\n", 2},
    {"{\"others\": [{\"key\": \"" C_5 "\", \"value\": \"0x00\"}]}",
     "{\"others\": [{\"key\": \"" C_5 "\", \"value\": \"0x01\"}]}",
     "disputes, C(5): value of " C_5 " 1 byte 0x00 -> 1 byte 0x01\n", 1},
};

static struct jam_state_file *load(const char *text)
{
    struct jam_state_options options = {.profile = NULL};
    struct jam_state_file *file = NULL;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_state_load(pvm_bytes(text, strlen(text)), "t", &options, &file, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    return file;
}

START_TEST(test_words)
{
    struct jam_state_file *before = load(cases[_i].before);
    struct jam_state_file *after = load(cases[_i].after);
    struct jam_state_shape shape = jam_state_file_shape(before);
    struct pvm_buf out = {0};
    struct pvm_err err = {.status = PVM_OK};
    size_t count = 99;
    ck_assert(jam_state_diff(&before->state, &after->state, &shape, &out, &count, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&out), cases[_i].text);
    ck_assert_uint_eq(count, cases[_i].count);
    pvm_buf_deinit(&out);
    jam_state_file_free(before);
    jam_state_file_free(after);
}
END_TEST

/* The same state, once with keys and once without, does not differ; and what differs between the
 * two is told by the name that is known. */
START_TEST(test_hidden)
{
    struct jam_state_file *known =
        load("{\"services\": [{\"id\": 5, \"storage\": [{\"key\": \"0x01\", \"value\": \"0x02\"}, "
             "{\"key\": \"0x03\", \"value\": \"0x04\"}], \"requests\": [{\"hash\": \"" HASH_1
             "\", \"length\": 9, \"slots\": [3]}]}]}");
    struct pvm_buf text = {0};
    struct pvm_buf out = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_state_shape shape = jam_state_file_shape(known);
    struct jam_service *service;
    size_t count;
    ck_assert(jam_state_write(known, JAM_STATE_FILE_KEYVALS, &text, &err) == PVM_OK);
    struct jam_state_file *hidden = load(pvm_buf_str(&text));
    ck_assert_uint_eq(hidden->state.services[0]->hidden.count, 3);
    ck_assert(jam_state_diff(&known->state, &hidden->state, &shape, &out, &count, &err) == PVM_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert(jam_state_diff(&hidden->state, &known->state, &shape, &out, &count, &err) == PVM_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(out.len, 0);
    ck_assert(jam_state_edit(&known->state, 5, &service, &err) == PVM_OK);
    ck_assert(jam_storage_remove(service, pvm_bytes("\1", 1), &err) == PVM_OK);
    ck_assert(jam_storage_set(service, pvm_bytes("\3", 1), pvm_bytes("\5", 1), &err) == PVM_OK);
    ck_assert(jam_state_diff(&hidden->state, &known->state, &shape, &out, &count, &err) == PVM_OK);
    ck_assert_uint_eq(count, 4);
    const char *told = pvm_buf_str(&out);
    ck_assert_ptr_nonnull(
        strstr(told, "items -1; bytes -36; storage 0x03 1 byte 0x04 -> 1 byte 0x05"));
    ck_assert_ptr_nonnull(strstr(told, "; state key 0x05"));
    ck_assert_ptr_nonnull(strstr(told, " 1 byte -> deleted\n"));
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&out);
    jam_state_file_free(known);
    jam_state_file_free(hidden);
}
END_TEST

Suite *state_diff_suite(void);
Suite *state_diff_suite(void)
{
    Suite *suite = suite_create("state_diff");
    TCase *tcase = tcase_create("state_diff");
    tcase_add_loop_test(tcase, test_words, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tcase, test_hidden);
    suite_add_tcase(suite, tcase);
    return suite;
}
