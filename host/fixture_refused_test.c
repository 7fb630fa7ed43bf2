/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures that are wrong, each with the words it is refused with. */
#include "host/fixture.h"

#include <check.h>
#include <stdlib.h>

struct refused {
    const char *text, *error;
    enum pvm_status status; /* PVM_OK: PVM_E_MALFORMED */
};

#define ITEM(fields)      "{\"work_package\":{\"items\":[{" fields "}]}}"
#define PACKAGE(fields)   "{\"work_package\":{" fields "}}"
#define SERVICE(fields)   "{\"services\":[{\"id\":1," fields "}]}"
#define IMPORT(fields)    ITEM("\"import_segments\":[{" fields "}]")
#define EXTRINSIC(fields) ITEM("\"extrinsic\":[{" fields "}]")
#define HASH(digit)       "0x" HEX8(digit) HEX8(digit) HEX8(digit) HEX8(digit)
#define HEX8(digit)       HEX4(digit) HEX4(digit)
#define HEX4(digit)       digit digit digit digit digit digit digit digit
/* H of nothing, of the octet 1, and of "jam". */
#define HASH_NONE "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
#define HASH_1    "0xee155ace9c40292074cb6aff8c9ccdd273c81648ff1149ef36bcea6ebb8a3e25"
#define HASH_JAM  "0x6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7"

static const struct refused refused[] = {
    {"[]", "a.json: $: expected an object, got an array", PVM_OK},
    {"", "a.json:1:1: expected a value, got the end", PVM_OK},
    {"{\"payload\":\"0x\"}",
     "a.json: $.payload: unknown key; known here: name, gp, params, core, slot, item, unchecked, "
     "work_package, extrinsics, import_segments, authorizer, segments, services, "
     "segment_root_lookup, extensions",
     PVM_OK},
    {"{\"name\":5}", "a.json: $.name: expected a text in quotes, got 5", PVM_OK},
    {"{\"gp\":72}", "a.json: $.gp: expected a text in quotes, got 72", PVM_OK},
    {"{\"core\":\"0\"}",
     "a.json: $.core: expected a whole number from 0 to 65535, got the text \"0\"", PVM_OK},
    {"{\"core\":341}", "a.json: $.core: there is no core 341, the chain has 341", PVM_OK},
    {"{\"core\":2,\"params\":\"tiny\"}", "a.json: $.core: there is no core 2, the chain has 2",
     PVM_OK},
    {"{\"slot\":-1}", "a.json: $.slot: expected a whole number from 0 to 2^32 - 1, got -1", PVM_OK},
    {"{\"slot\":4294967296}",
     "a.json: $.slot: expected a whole number from 0 to 2^32 - 1, got 4294967296", PVM_OK},
    {"{\"item\":1}", "a.json: $.item: there is no work item 1, the package has 1", PVM_OK},
    {"{\"item\":2,\"work_package\":{\"items\":[{},{}]}}",
     "a.json: $.item: there is no work item 2, the package has 2", PVM_OK},
    {"{\"unchecked\":1}", "a.json: $.unchecked: expected true or false, got 1", PVM_OK},

    {"{\"params\":\"small\"}", "a.json: $.params: expected \"full\" or \"tiny\", got \"small\"",
     PVM_OK},
    {"{\"params\":5}", "a.json: $.params: expected a text in quotes, got 5", PVM_OK},
    {"{\"params\":{\"preset\":null}}",
     "a.json: $.params.preset: expected a text in quotes, got null", PVM_OK},
    {"{\"params\":{\"C\":65536}}",
     "a.json: $.params.C: expected a whole number from 0 to 65535, got 65536", PVM_OK},
    {"{\"params\":{\"Q\":100}}", "a.json: $.params.Q: this constant can only be 80 here", PVM_OK},
    {"{\"params\":{\"preset\":\"tiny\",\"memo_size\":64}}",
     "a.json: $.params.memo_size: this constant can only be 128 here", PVM_OK},
    {"{\"params\":{\"G_R\":1.5}}",
     "a.json: $.params.G_R: expected a whole number from 0 to 2^64 - 1, got 1.5", PVM_OK},
    {"{\"params\":{\"W_M\":1,\"max_imports\":2}}",
     "a.json: $.params.max_imports: W_M and max_imports are the same constant", PVM_OK},
    {"{\"params\":{\"w_m\":1}}",
     "a.json: $.params.w_m: unknown constant; known are \"preset\" and those of fetch kind 0, by "
     "GP symbol such as W_M or by name such as max_imports",
     PVM_OK},

    {"{\"work_package\":[]}", "a.json: $.work_package: expected an object, got an array", PVM_OK},
    {PACKAGE("\"authorizer\":{}"), "a.json: $.work_package.authorizer: \"code_hash\" is missing",
     PVM_OK},
    {PACKAGE(
         "\"authorizer\":{\"code_hash\":\"0x\",\"params\":\"0x\"},\"authorizer_config\":\"0x\""),
     "a.json: $.work_package.authorizer: \"auth_code_hash\" or \"authorizer_config\" say this "
     "already",
     PVM_OK},
    {PACKAGE("\"author\":{}"),
     "a.json: $.work_package.author: unknown key; known here: auth_code_host, auth_code_hash, "
     "context, authorization, authorizer_config, items, authorizer",
     PVM_OK},
    {PACKAGE("\"auth_code_host\":4294967296"),
     "a.json: $.work_package.auth_code_host: expected a whole number from 0 to 2^32 - 1, got "
     "4294967296",
     PVM_OK},
    {PACKAGE("\"auth_code_hash\":\"0x00\""),
     "a.json: $.work_package.auth_code_hash: expected a hash of 32 octets, got 1", PVM_OK},
    {PACKAGE("\"authorization\":7"),
     "a.json: $.work_package.authorization: expected 0x and hexadecimal digits in quotes, got 7",
     PVM_OK},
    {PACKAGE("\"authorizer_config\":\"0x1\""),
     "a.json: $.work_package.authorizer_config: odd number of hexadecimal digits (1)", PVM_OK},
    {PACKAGE("\"items\":[]"), "a.json: $.work_package.items: a work package has at least one item",
     PVM_OK},
    {PACKAGE("\"items\":{}"), "a.json: $.work_package.items: expected an array, got an object",
     PVM_OK},
    {PACKAGE("\"items\":[{},3]"), "a.json: $.work_package.items[1]: expected an object, got 3",
     PVM_OK},
    {PACKAGE("\"context\":{\"anchor\":\"0x\"}"),
     "a.json: $.work_package.context.anchor: expected a hash of 32 octets, got 0", PVM_OK},
    {PACKAGE("\"context\":{\"anchor_time\":1}"),
     "a.json: $.work_package.context.anchor_time: unknown key; known here: anchor, state_root, "
     "beefy_root, lookup_anchor, lookup_anchor_slot, anchor_slot, lookup_anchor_state_root, "
     "prerequisites",
     PVM_OK},
    {PACKAGE("\"context\":{\"prerequisites\":[\"0x00\"]}"),
     "a.json: $.work_package.context.prerequisites[0]: expected a hash of 32 octets, got 1",
     PVM_OK},
    {PACKAGE("\"context\":{\"prerequisites\":\"0x00\"}"),
     "a.json: $.work_package.context.prerequisites: expected an array, got the text \"0x00\"",
     PVM_OK},

    {ITEM("\"payload\":17"),
     "a.json: $.work_package.items[0].payload: expected 0x and hexadecimal digits in quotes, got "
     "17",
     PVM_OK},
    {ITEM("\"payload\":{\"txt\":\"x\"}"),
     "a.json: $.work_package.items[0].payload.txt: unknown key; known here: text, asm, hash_of, "
     "length_of, join",
     PVM_OK},
    {ITEM("\"payload\":{}"),
     "a.json: $.work_package.items[0].payload: one of \"text\", \"asm\", \"hash_of\", "
     "\"length_of\" and \"join\" is needed, got 0",
     PVM_OK},
    {ITEM("\"gas\":17"),
     "a.json: $.work_package.items[0].gas: unknown key; known here: service, code_hash, payload, "
     "refine_gas_limit, accumulate_gas_limit, import_segments, extrinsic, export_count",
     PVM_OK},
    {ITEM("\"service\":true"),
     "a.json: $.work_package.items[0].service: expected a whole number from 0 to 2^32 - 1, got "
     "true",
     PVM_OK},
    {ITEM("\"refine_gas_limit\":18446744073709551616"),
     "a.json: $.work_package.items[0].refine_gas_limit: expected a whole number from 0 to 2^64 - "
     "1, got 18446744073709551616",
     PVM_OK},
    {ITEM("\"accumulate_gas_limit\":null"),
     "a.json: $.work_package.items[0].accumulate_gas_limit: expected a whole number from 0 to 2^64 "
     "- 1, got null",
     PVM_OK},
    {ITEM("\"export_count\":65536"),
     "a.json: $.work_package.items[0].export_count: expected a whole number from 0 to 65535, got "
     "65536",
     PVM_OK},
    {ITEM("\"payload\":\"@missing.bin\""),
     "a.json: $.work_package.items[0].payload: nowhere/missing.bin: No such file or directory",
     PVM_E_IO},
    {ITEM("\"payload\":\"@/dev/zero\""),
     "a.json: $.work_package.items[0].payload: /dev/zero: no regular file", PVM_E_IO},
    {"{\"services\":[{\"id\":0,\"code\":\"0x01\"}],\"work_package\":{\"items\":[{\"code_hash\":"
     "\"" HASH("2") "\"}]}}",
     "a.json: $.work_package.items[0].code_hash: " HASH(
         "2") ", but the hash of the service's code is " HASH_1,
     PVM_OK},

    {IMPORT("\"index\":0"),
     "a.json: $.work_package.items[0].import_segments[0]: \"tree_root\" or \"package_hash\" is "
     "missing",
     PVM_OK},
    {IMPORT("\"index\":1,\"data\":\"0x\""),
     "a.json: $.work_package.items[0].import_segments[0]: \"tree_root\" or \"package_hash\" is "
     "missing",
     PVM_OK},
    {IMPORT("\"tree_root\":\"" HASH("1") "\",\"package_hash\":\"" HASH("1") "\""),
     "a.json: $.work_package.items[0].import_segments[0]: both \"tree_root\" and \"package_hash\"",
     PVM_OK},
    {IMPORT("\"package_hash\":\"" HASH("1") "\",\"index\":32768"),
     "a.json: $.work_package.items[0].import_segments[0].index: expected a whole number from 0 to "
     "32767, got 32768",
     PVM_OK},
    {IMPORT("\"tree_root\":\"" HASH("1") "\",\"index\":65536"),
     "a.json: $.work_package.items[0].import_segments[0].index: expected a whole number from 0 to "
     "65535, got 65536",
     PVM_OK},
    {IMPORT("\"tree_root\":\"" HASH("1") "\""),
     "a.json: $.work_package.items[0].import_segments[0]: work package invalid: an import without "
     "data, and no segment store",
     PVM_OK},
    {ITEM("\"import_segments\":[\"0x00\"]"),
     "a.json: $.work_package.items[0].import_segments[0]: expected an object, got the text "
     "\"0x00\"",
     PVM_OK},
    {"{\"segments\":[{\"package_hash\":\"" HASH(
         "1") "\",\"segments\":[\"0x\",\"0x\"]}],\"work_package\":{\"items\":[{\"import_segments\":"
              "[{\"package_hash\":\"" HASH("1") "\",\"index\":3}]}]}}",
     "a.json: $.work_package.items[0].import_segments[0]: work package invalid: segment 3 of "
     "package " HASH("1") ": not in store (2 segments)",
     PVM_OK},
    {"{\"segments\":[],\"work_package\":{\"items\":[{\"import_segments\":[{\"tree_root\":\"" HASH(
         "3") "\"}]}]}}",
     "a.json: $.work_package.items[0].import_segments[0]: work package invalid: segment root " HASH(
         "3") ": not in the segment store",
     PVM_OK},
    {"{\"import_segments\":[]}",
     "a.json: $.import_segments: 0 entries, but the package has 1 items", PVM_OK},
    {"{\"import_segments\":[[1]]}",
     "a.json: $.import_segments[0][0]: expected 0x and hexadecimal digits in quotes, got 1",
     PVM_OK},
    {"{\"import_segments\":[[\"0x\"]],\"work_package\":{\"items\":[{\"import_segments\":[]}]}}",
     "a.json: $.import_segments[0]: 1 entries, but the item has 0", PVM_OK},
    {"{\"import_segments\":[[\"0x\"]],\"work_package\":{\"items\":[{\"import_segments\":[{\"data\":"
     "\"0x\"}]}]}}",
     "a.json: $.import_segments[0][0]: the item has this data already", PVM_OK},

    {EXTRINSIC(""),
     "a.json: $.work_package.items[0].extrinsic[0]: work package invalid: \"data\" is missing",
     PVM_OK},
    {EXTRINSIC("\"data\":\"0x01\",\"len\":2"),
     "a.json: $.work_package.items[0].extrinsic[0].len: 2, but the data has 1 octets", PVM_OK},
    {EXTRINSIC("\"data\":\"0x\",\"hash\":\"" HASH_1 "\""),
     "a.json: $.work_package.items[0].extrinsic[0].hash: " HASH_1
     ", but the hash of the data is " HASH_NONE,
     PVM_OK},
    {EXTRINSIC("\"data\":\"0x\",\"index\":1"),
     "a.json: $.work_package.items[0].extrinsic[0].index: unknown key; known here: hash, len, data",
     PVM_OK},
    {"{\"extrinsics\":[[],[]]}", "a.json: $.extrinsics: 2 entries, but the package has 1 items",
     PVM_OK},
    {"{\"extrinsics\":[{}]}", "a.json: $.extrinsics[0]: expected an array, got an object", PVM_OK},

    {"{\"authorizer\":{\"code\":1}}",
     "a.json: $.authorizer.code: expected 0x and hexadecimal digits in quotes, got 1", PVM_OK},
    {"{\"authorizer\":{\"trace\":[]}}",
     "a.json: $.authorizer.trace: expected 0x and hexadecimal digits in quotes, got an array",
     PVM_OK},
    {"{\"authorizer\":{\"code\":\"0x01\"},\"work_package\":{\"auth_code_hash\":\"" HASH_NONE "\"}}",
     "a.json: $.work_package.auth_code_hash: " HASH_NONE
     ", but the hash of the authorizer's code is " HASH_1,
     PVM_OK},

    {"{\"segments\":5}", "a.json: $.segments: expected an array, got 5", PVM_OK},
    {"{\"segments\":\"store\"}",
     "a.json: $.segments: nowhere/store: there is no such segment store", PVM_E_IO},
    {"{\"segments\":[{}]}", "a.json: $.segments[0]: \"segments\" is missing", PVM_OK},
    {"{\"segments\":[{\"segments\":[5]}]}",
     "a.json: $.segments[0].segments[0]: expected 0x and hexadecimal digits in quotes, got 5",
     PVM_OK},
    {"{\"segments\":[{\"segments\":[],\"segment_root\":\"" HASH("1") "\"}]}",
     "a.json: $.segments[0].segment_root: " HASH(
         "1") ", but the hash of the segments' tree is " HASH("0"),
     PVM_OK},

    {"{\"services\":{}}", "a.json: $.services: expected an array, got an object", PVM_OK},
    {"{\"services\":[{}]}", "a.json: $.services[0]: \"id\" is missing", PVM_OK},
    {"{\"services\":[{\"id\":1},{\"id\":1}]}", "a.json: $.services[1]: service 1 is there already",
     PVM_OK},
    {SERVICE("\"balance\":\"1000\""),
     "a.json: $.services[0].balance: expected a whole number from 0 to 2^64 - 1, got the text "
     "\"1000\"",
     PVM_OK},
    {SERVICE("\"creation_slot\":4294967296"),
     "a.json: $.services[0].creation_slot: expected a whole number from 0 to 2^32 - 1, got "
     "4294967296",
     PVM_OK},
    {SERVICE("\"items\":4294967296"),
     "a.json: $.services[0].items: expected a whole number from 0 to 2^32 - 1, got 4294967296",
     PVM_OK},
    {SERVICE("\"version\":0"),
     "a.json: $.services[0].version: unknown key; known here: id, code, code_hash, balance, "
     "min_item_gas, min_memo_gas, deposit_offset, creation_slot, last_accumulation_slot, "
     "parent_service, bytes, items, storage, preimages, requests, keyvals",
     PVM_OK},
    {SERVICE("\"code\":\"0x01\",\"code_hash\":\"" HASH_NONE "\""),
     "a.json: $.services[0].code_hash: " HASH_NONE ", but the hash of the code preimage is " HASH_1,
     PVM_OK},
    {SERVICE("\"storage\":[{\"key\":\"0x\"}]"),
     "a.json: $.services[0].storage[0]: \"value\" is missing", PVM_OK},
    {SERVICE(
         "\"storage\":[{\"key\":\"0x00\",\"value\":\"0x\"},{\"key\":\"0x00\",\"value\":\"0x01\"}]"),
     "a.json: $.services[0].storage[1].key: this key is there already", PVM_OK},
    {SERVICE("\"preimages\":[{\"hash\":\"" HASH_1 "\"}]"),
     "a.json: $.services[0].preimages[0]: \"blob\" is missing", PVM_OK},
    {SERVICE("\"preimages\":[{\"blob\":\"0x\",\"hash\":\"" HASH_1 "\"}]"),
     "a.json: $.services[0].preimages[0].hash: " HASH_1 ", but the hash of the blob is " HASH_NONE,
     PVM_OK},
    {SERVICE("\"preimages\":[{\"blob\":\"0x\"},{\"blob\":\"0x\"}]"),
     "a.json: $.services[0].preimages[1]: this preimage is there already", PVM_OK},
    {SERVICE("\"preimages\":[{\"blob\":\"0x\",\"slots\":[1,2,3,4]}]"),
     "a.json: $.services[0].preimages[0].slots: 4 entries, at most 3 are possible", PVM_OK},
    {SERVICE("\"preimages\":[{\"blob\":\"0x\",\"slots\":[1,\"2\"]}]"),
     "a.json: $.services[0].preimages[0].slots[1]: expected a whole number from 0 to 2^32 - 1, got "
     "the text \"2\"",
     PVM_OK},
    {SERVICE("\"requests\":[{\"hash\":\"" HASH_JAM "\",\"length\":3}]"),
     "a.json: $.services[0].requests[0]: \"slots\" is missing", PVM_OK},
    {SERVICE("\"preimages\":[{\"blob\":{\"text\":\"jam\"}}],\"requests\":[{\"hash\":\"" HASH_JAM
             "\",\"length\":3,\"slots\":[]}]"),
     "a.json: $.services[0].requests[0]: this preimage is requested already", PVM_OK},
};

START_TEST(wrong_fixture_is_refused)
{
    const struct refused *c = &refused[_i];
    struct jam_fixture_options options = {.folder = "nowhere"};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(
        jam_fixture_load(pvm_bytes(c->text, strlen(c->text)), "a.json", &options, &fixture, &err),
        c->status != PVM_OK ? c->status : PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, c->error);
    ck_assert_ptr_null(fixture);
}
END_TEST

START_TEST(unknown_version_is_refused)
{
    static const char text[] = "{\"gp\":\"0.5.0\"}";
    static const char start[] = "a.json: $.gp: unknown GP version \"0.5.0\", known: ";
    struct jam_fixture_options options = {.folder = NULL};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(
        jam_fixture_load(pvm_bytes(text, strlen(text)), "a.json", &options, &fixture, &err),
        PVM_E_MALFORMED);
    ck_assert_msg(strncmp(err.msg, start, strlen(start)) == 0, "%s", err.msg);
    ck_assert_ptr_nonnull(strstr(err.msg, "0.7.2"));
}
END_TEST

START_TEST(options_ask_for_what_is_there)
{
    struct jam_fixture_options item = {.has_item = true, .item = 1};
    struct jam_fixture_options core = {.has_core = true, .core = 341};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_fixture_load(pvm_bytes_none(), "a.json", &item, &fixture, &err),
                     PVM_E_USAGE);
    ck_assert_str_eq(err.msg, "there is no work item 1, the package has 1");
    err = (struct pvm_err){0};
    ck_assert_int_eq(jam_fixture_load(pvm_bytes_none(), "a.json", &core, &fixture, &err),
                     PVM_E_USAGE);
    ck_assert_str_eq(err.msg, "there is no core 341, the chain has 341");
}
END_TEST

/* A short text must not make a large fixture: 75000 segments of 4104 octets from three each. */
START_TEST(data_is_limited)
{
    struct pvm_buf text = {0};
    struct jam_fixture_options options = {.folder = NULL};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    pvm_buf_text(&text, "{\"segments\":[");
    for (int tree = 0; tree < 3; tree++) {
        pvm_buf_text(&text, tree > 0 ? ",{\"segments\":[\"0x\"" : "{\"segments\":[\"0x\"");
        for (int i = 1; i < 25000; i++)
            pvm_buf_text(&text, ",\"0x\"");
        pvm_buf_text(&text, "]}");
    }
    pvm_buf_text(&text, "]}");
    ck_assert_int_eq(jam_fixture_load(pvm_buf_bytes(&text), "a.json", &options, &fixture, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json: more than 256 MiB of data");
    pvm_buf_deinit(&text);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *fixture_refused_suite(void);

Suite *fixture_refused_suite(void)
{
    Suite *suite = suite_create("fixture_refused");
    TCase *tests = tcase_create("fixture_refused");
    tcase_add_loop_test(tests, wrong_fixture_is_refused, 0, COUNT(refused));
    tcase_add_test(tests, unknown_version_is_refused);
    tcase_add_test(tests, options_ask_for_what_is_there);
    tcase_add_test(tests, data_is_limited);
    suite_add_tcase(suite, tests);
    return suite;
}
