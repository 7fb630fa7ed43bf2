/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work packages: what each may ask for, the errors a report has for items, reports of packages that
 * are refused, bundle snapshots with good and bad proofs, differences between reports by name, and
 * memory that ends.
 */
#include "host/work_package.h"

#include "host/fixture.h"
#include "host/merkle.h"
#include "host/testing.h"

#include <check.h>
#include <stdio.h>

#define FOLDER PVM_TESTDATA "/cli"

/* Services with code that halts with "hello" after one export, and one that halts at once. */
#define SERVICES                                                                                   \
    "\"services\":[{\"id\":42,\"code\":{\"asm\":\"log.s\"}},"                                      \
    "{\"id\":1,\"code\":{\"asm\":\"authorize.s\"}}]"
#define AUTHORIZER  "\"authorizer\":{\"code\":{\"asm\":\"authorize.s\"}}"
#define PACKAGE(it) "{\"params\":\"tiny\"," AUTHORIZER "," SERVICES ",\"work_package\":{" it "}}"
#define TOKEN       "\"authorization\":\"0x01\","
#define ZERO        "0x0000000000000000000000000000000000000000000000000000000000000000"

static struct jam_fixture *load(const char *text, const struct pvm_alloc *alloc,
                                struct pvm_err *err)
{
    const struct jam_fixture_options how = {.folder = FOLDER, .alloc = alloc};
    struct jam_fixture *fixture = NULL;
    return jam_fixture_load(pvm_bytes(text, strlen(text)), "a.json", &how, &fixture, err) == PVM_OK
               ? fixture
               : NULL;
}

static struct jam_fixture *load_good(const char *text)
{
    struct pvm_err err = {0};
    struct jam_fixture *fixture = load(text, NULL, &err);
    ck_assert_msg(fixture != NULL, "%s", err.msg);
    return fixture;
}

static void compute(const struct jam_fixture *fixture, struct jam_package_out *out)
{
    struct pvm_err err = {0};
    struct jam_package_in in = jam_fixture_package_in(fixture);
    const struct jam_package_options how = {.profile = fixture->profile,
                                            .params = &fixture->params};
    ck_assert_msg(jam_package_compute(&in, &how, out, &err) == PVM_OK, "%s", err.msg);
}

/* ---- rules of a package by itself ---- */

static const struct {
    const char *text;
    enum jam_package_rule rule;
} packages[] = {
    {PACKAGE("\"items\":[{}]"), JAM_PACKAGE_FINE},
    /* Sums stay below G_R and G_A: 10^9 and 10^7 in the tiny set. */
    {PACKAGE("\"items\":[{\"refine_gas_limit\":999999999,\"accumulate_gas_limit\":9999999}]"),
     JAM_PACKAGE_FINE},
    {PACKAGE("\"items\":[{\"refine_gas_limit\":500000000},{\"refine_gas_limit\":500000000}]"),
     JAM_PACKAGE_REFINE_GAS},
    {PACKAGE("\"items\":[{\"refine_gas_limit\":18446744073709551615},{\"refine_gas_limit\":5}]"),
     JAM_PACKAGE_REFINE_GAS},
    {PACKAGE("\"items\":[{\"accumulate_gas_limit\":10000000}]"), JAM_PACKAGE_ACCUMULATE_GAS},
    {PACKAGE("\"items\":[{\"export_count\":3072},{\"export_count\":0}]"), JAM_PACKAGE_FINE},
    {PACKAGE("\"items\":[{\"export_count\":3072},{\"export_count\":1}]"), JAM_PACKAGE_EXPORTS},
    {PACKAGE("\"items\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]"), JAM_PACKAGE_FINE},
    {PACKAGE("\"items\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]"), JAM_PACKAGE_ITEMS},
    {"{\"params\":{\"T\":1},\"work_package\":{\"items\":[{\"extrinsic\":[{\"data\":\"0x\"}]}]}}",
     JAM_PACKAGE_FINE},
    {"{\"params\":{\"T\":1},\"work_package\":{\"items\":[{\"extrinsic\":[{\"data\":\"0x\"}]},"
     "{\"extrinsic\":[{\"data\":\"0x\"}]}]}}",
     JAM_PACKAGE_EXTRINSICS},
    {"{\"params\":{\"W_M\":1},\"work_package\":{\"items\":[{\"import_segments\":[{\"data\":\"0x\"},"
     "{\"data\":\"0x\"}]}]}}",
     JAM_PACKAGE_IMPORTS},
    /* 3 of token, 2 of configuration, 4 of payload, 1 of extrinsic. */
    {"{\"params\":{\"W_B\":10},\"work_package\":{\"authorization\":\"0x010203\","
     "\"authorizer_config\":\"0x0102\",\"items\":[{\"payload\":\"0x01020304\","
     "\"extrinsic\":[{\"data\":\"0x01\"}]}]}}",
     JAM_PACKAGE_FINE},
    {"{\"params\":{\"W_B\":9},\"work_package\":{\"authorization\":\"0x010203\","
     "\"authorizer_config\":\"0x0102\",\"items\":[{\"payload\":\"0x01020304\","
     "\"extrinsic\":[{\"data\":\"0x01\"}]}]}}",
     JAM_PACKAGE_SIZE},
    /* An import counts for a segment and 12 hashes, 2^12 being the least not below W_M. */
    {"{\"params\":{\"W_B\":4488},\"work_package\":{\"items\":[{\"import_segments\":"
     "[{\"data\":\"0x\"}]}]}}",
     JAM_PACKAGE_FINE},
    {"{\"params\":{\"W_B\":4487},\"work_package\":{\"items\":[{\"import_segments\":"
     "[{\"data\":\"0x\"}]}]}}",
     JAM_PACKAGE_SIZE},
};

START_TEST(package_asks_for_no_more_than_it_may)
{
    struct jam_fixture *fixture = load_good(packages[_i].text);
    enum jam_package_rule rule = jam_package_check(&fixture->package, &fixture->params);
    ck_assert_str_eq(jam_package_rule_name(rule), jam_package_rule_name(packages[_i].rule));
    ck_assert(*jam_package_rule_text(rule) != '\0');
    jam_fixture_free(fixture);
}
END_TEST

/* ---- what a report has for an item ---- */

#define NO_CODE "\"code_hash\":\"" ZERO "\""

static const struct {
    const char *text;
    enum jam_package_rule rule;
    enum jam_outcome results[3];
    size_t count, exports;
} reports[] = {
    {PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":1}]"),
     JAM_PACKAGE_FINE,
     {JAM_ENDED_HALT},
     1,
     1},
    {PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":3},"
                   "{\"service\":42,\"export_count\":1},{\"service\":42}]"),
     JAM_PACKAGE_FINE,
     {JAM_ENDED_BAD_EXPORTS, JAM_ENDED_HALT, JAM_ENDED_BAD_EXPORTS},
     3,
     4},
    {PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":1,\"refine_gas_limit\":54},"
                   "{\"service\":42,\"refine_gas_limit\":54}]"),
     JAM_PACKAGE_FINE,
     {JAM_ENDED_BAD_EXPORTS, JAM_ENDED_OOG},
     2,
     1},
    /* Nothing runs: no such service, no such code. */
    {PACKAGE(TOKEN "\"items\":[{\"service\":9},{\"service\":9,\"export_count\":2}]"),
     JAM_PACKAGE_FINE,
     {JAM_ENDED_BAD, JAM_ENDED_BAD_EXPORTS},
     2,
     2},
    {"{\"unchecked\":true,\"params\":\"tiny\"," AUTHORIZER "," SERVICES ",\"work_package\":{" TOKEN
     "\"items\":[{\"service\":42," NO_CODE "}]}}",
     JAM_PACKAGE_FINE,
     {JAM_ENDED_BAD},
     1,
     0},
    {"{\"params\":{\"W_C\":10}," AUTHORIZER "," SERVICES ",\"work_package\":{" TOKEN
     "\"items\":[{\"service\":42}]}}",
     JAM_PACKAGE_FINE,
     {JAM_ENDED_BIG},
     1,
     0},
    /* Trace and outputs together: 1 + 5 fit, 5 more do not, and count for no more than 0. */
    {"{\"params\":{\"W_R\":6}," AUTHORIZER "," SERVICES ",\"work_package\":{" TOKEN
     "\"items\":[{\"service\":42,\"export_count\":1},{\"service\":42,\"export_count\":1}]}}",
     JAM_PACKAGE_FINE,
     {JAM_ENDED_HALT, JAM_ENDED_OVERSIZE},
     2,
     2},
    {"{\"params\":{\"W_R\":5}," AUTHORIZER "," SERVICES ",\"work_package\":{" TOKEN
     "\"items\":[{\"service\":42,\"export_count\":1}]}}",
     JAM_PACKAGE_FINE,
     {JAM_ENDED_OVERSIZE},
     1,
     1},
    /* To 0.6.5 there is no such result: the report as a whole is too big. Trace and output are
     * "hello", both times. */
    {"{\"gp\":\"0.6.5\",\"params\":{\"W_R\":10},\"authorizer\":{\"code\":{\"asm\":\"log.s\"}},"
     "\"services\":[{\"id\":42,\"code\":{\"asm\":\"log.s\"}}],\"work_package\":{"
     "\"items\":[{\"service\":42,\"export_count\":1}]}}",
     JAM_PACKAGE_FINE,
     {JAM_ENDED_HALT},
     1,
     1},
    {"{\"gp\":\"0.6.5\",\"params\":{\"W_R\":9},\"authorizer\":{\"code\":{\"asm\":\"log.s\"}},"
     "\"services\":[{\"id\":42,\"code\":{\"asm\":\"log.s\"}}],\"work_package\":{"
     "\"items\":[{\"service\":42,\"export_count\":1}]}}",
     JAM_PACKAGE_REPORT_SIZE,
     {JAM_ENDED_HALT},
     0,
     0},
    /* No token: the authorizer panics. No authorizer. A trace that is too long. */
    {PACKAGE("\"items\":[{\"service\":42}]"), JAM_PACKAGE_UNAUTHORIZED, {JAM_ENDED_HALT}, 0, 0},
    {"{" SERVICES ",\"work_package\":{" TOKEN "\"items\":[{\"service\":42}]}}",
     JAM_PACKAGE_UNAUTHORIZED,
     {JAM_ENDED_HALT},
     0,
     0},
    {"{\"params\":{\"W_R\":0}," AUTHORIZER "," SERVICES ",\"work_package\":{" TOKEN
     "\"items\":[{\"service\":42}]}}",
     JAM_PACKAGE_REPORT_SIZE,
     {JAM_ENDED_HALT},
     0,
     0},
    /* More exports than indices: nothing runs, and no room is taken for them. */
    {PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":32768},"
                   "{\"service\":42,\"export_count\":1}]"),
     JAM_PACKAGE_EXPORTS,
     {JAM_ENDED_HALT},
     0,
     0},
    /* Data of an import is there, but not the root of the package it came from. */
    {PACKAGE(TOKEN "\"items\":[{\"service\":42,\"import_segments\":[{\"package_hash\":\"" ZERO
                   "\",\"data\":\"0x\"}]}]"),
     JAM_PACKAGE_LOOKUP,
     {JAM_ENDED_HALT},
     0,
     0},
};

START_TEST(report_says_what_became_of_each_item)
{
    struct jam_fixture *fixture = load_good(reports[_i].text);
    struct jam_package_out out;
    compute(fixture, &out);
    ck_assert_str_eq(jam_package_rule_name(out.rule), jam_package_rule_name(reports[_i].rule));
    ck_assert_uint_eq(out.report.result_count, reports[_i].count);
    for (size_t i = 0; i < reports[_i].count; i++)
        ck_assert_str_eq(jam_outcome_name(out.report.results[i].result),
                         jam_outcome_name(reports[_i].results[i]));
    if (out.rule == JAM_PACKAGE_FINE) {
        ck_assert_uint_eq(out.report.package_spec.exports_count, reports[_i].exports);
        ck_assert_uint_eq(out.exports.len, reports[_i].exports * JAM_SEGMENT_SIZE);
    }
    jam_package_out_deinit(&out);
    jam_package_out_deinit(&out);
    jam_fixture_free(fixture);
}
END_TEST

/* Zero segments stand for those of an item that failed; the others keep their places. */
START_TEST(exports_of_failed_items_are_zeros)
{
    struct jam_fixture *fixture =
        load_good(PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":2},"
                                "{\"service\":42,\"export_count\":1}]"));
    static const uint8_t zeros[2 * JAM_SEGMENT_SIZE];
    struct jam_package_out out;
    compute(fixture, &out);
    ck_assert_uint_eq(out.exports.len, 3 * JAM_SEGMENT_SIZE);
    ck_assert_int_eq(memcmp(out.exports.ptr, zeros, sizeof zeros), 0);
    ck_assert_int_eq(memcmp(out.exports.ptr + sizeof zeros, "\1\2\3\4\5\6\7\10\0", 9), 0);
    struct jam_hash root = jam_segment_root(out.exports.ptr, 3);
    ck_assert(jam_hash_equal(&root, &out.report.package_spec.exports_root));
    jam_package_out_deinit(&out);
    jam_fixture_free(fixture);
}
END_TEST

/* The length is that of package, data, and paths of known length. */
START_TEST(bundle_counts_data_and_proofs)
{
    struct jam_fixture *fixture = load_good(
        "{\"params\":\"tiny\"," AUTHORIZER "," SERVICES ",\"segments\":[{\"package_hash\":\"" ZERO
        "\",\"segments\":[\"0x01\",\"0x02\",\"0x03\"]}],"
        "\"work_package\":{" TOKEN "\"items\":[{\"service\":42,\"export_count\":1,"
        "\"extrinsic\":[{\"data\":\"0x010203\"}],"
        "\"import_segments\":[{\"package_hash\":\"" ZERO "\",\"index\":2}]}]}}");
    struct jam_package_out out;
    compute(fixture, &out);
    ck_assert_int_eq(out.rule, JAM_PACKAGE_FINE);
    ck_assert(out.length_known);
    /* 4 + 32 + 133 + 2 + 1 + 1, an item of 4 + 32 + 8 + 8 + 2 + 1 + (1 + 34) + (1 + 36); then 3
     * octets, a segment, and the 2 hashes of a path in a tree of 4 leaves behind their number. */
    ck_assert_uint_eq(out.report.package_spec.length, 173 + 127 + 3 + 4104 + 65);
    ck_assert_uint_eq(out.report.lookup_count, 1);
    ck_assert_uint_eq(out.report.results[0].refine_load.imports, 1);
    ck_assert_uint_eq(out.report.results[0].refine_load.extrinsic_size, 3);
    jam_package_out_deinit(&out);
    jam_fixture_free(fixture);
}
END_TEST

/* ---- snapshots ---- */

/* A tree of two segments, 0x01 and 0x02: the leaves and the root. */
static struct jam_hash tree_leaf(uint8_t octet)
{
    uint8_t segment[JAM_SEGMENT_SIZE] = {octet};
    return jam_segment_root(segment, 1);
}

static struct jam_hash tree_root(void)
{
    static uint8_t segments[2 * JAM_SEGMENT_SIZE];
    segments[0] = 1;
    segments[JAM_SEGMENT_SIZE] = 2;
    return jam_segment_root(segments, 2);
}

static void add_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_text(out, "\"0x");
    pvm_buf_hex(out, jam_hash_bytes(hash));
    pvm_buf_text(out, "\"");
}

/* A snapshot that imports segment `index` of the tree with the proof `sibling`. */
static void snapshot(struct pvm_buf *out, unsigned index, bool by_package,
                     const struct jam_hash *sibling)
{
    struct jam_hash root = tree_root();
    struct jam_hash package = {{7}};
    pvm_buf_text(out, "{\"params\":\"tiny\",\"slot\":3,\"segment_root_lookup\":");
    if (by_package) {
        pvm_buf_text(out, "[{\"work_package_hash\":");
        add_hash(out, &package);
        pvm_buf_text(out, ",\"segment_tree_root\":");
        add_hash(out, &root);
        pvm_buf_text(out, "}]");
    } else {
        pvm_buf_text(out, "null");
    }
    pvm_buf_text(out, ",\"bundle\":{\"extrinsics\":[],\"import_segments\":[[\"0x02\"]],"
                      "\"justifications\":[[[");
    add_hash(out, sibling);
    pvm_buf_text(out, "]]],\"work_package\":{\"items\":[{\"service\":1,\"import_segments\":[{"
                      "\"tree_root\":");
    add_hash(out, by_package ? &package : &root);
    pvm_buf_printf(out, ",\"index\":%u}]}]}}}", by_package ? index | 0x8000 : index);
}

START_TEST(snapshot_proofs_are_checked)
{
    struct jam_hash good = tree_leaf(1);
    struct jam_hash bad = tree_leaf(3);
    for (unsigned i = 0; i < 2; i++) {
        struct pvm_buf text = {0};
        struct pvm_err err = {0};
        snapshot(&text, 1, i == 1, &good);
        struct jam_fixture *fixture = load(pvm_buf_str(&text), NULL, &err);
        ck_assert_msg(fixture != NULL, "%s", err.msg);
        ck_assert_uint_eq(fixture->snapshot.proof_count, 1);
        ck_assert_uint_eq(fixture->depths[0][0], 1);
        ck_assert_uint_eq(fixture->state.slot, 3);
        ck_assert_uint_eq(fixture->lookup_count, i);
        jam_fixture_free(fixture);
        text.len = 0;
        snapshot(&text, 1, i == 1, &bad);
        ck_assert_ptr_null(load(pvm_buf_str(&text), NULL, &err));
        ck_assert_str_eq(err.msg, "a.json: $.bundle.justifications[0][0]: the segment with this "
                                  "proof is not segment 1 below its root");
        err = (struct pvm_err){0};
        text.len = 0;
        snapshot(&text, 0, i == 1, &good);
        ck_assert_ptr_null(load(pvm_buf_str(&text), NULL, &err));
        pvm_buf_deinit(&text);
    }
}
END_TEST

#define BUNDLE(more) "{\"bundle\":{\"work_package\":{}" more "}"

static const struct {
    const char *text, *error;
} refused[] = {
    {"{\"bundle\":1}", "a.json: $.bundle: expected an object, got 1"},
    {"{\"bundle\":{}}", "a.json: $.bundle: \"work_package\" is missing"},
    {BUNDLE(",\"justifications\":[[],[]]}"),
     "a.json: $.bundle.justifications: 2 entries, but the package has 1 items"},
    {BUNDLE(",\"justifications\":[[[]]]}"),
     "a.json: $.bundle.justifications[0]: 1 proofs, but the item has 0 imports"},
    {BUNDLE(",\"extrinsics\":[[],[]]}"),
     "a.json: $.bundle.extrinsics: 2 entries, but the package has 1 items"},
    {BUNDLE("},\"core_index\":400"),
     "a.json: $.core_index: there is no core 400, the chain has 341"},
    {BUNDLE("},\"services\":[]"), NULL},
    {BUNDLE("},\"segment_root_lookup\":[{}]"),
     "a.json: $.segment_root_lookup[0]: \"work_package_hash\" is missing"},
    {BUNDLE("},\"segment_root_lookup\":[{\"work_package_hash\":\"" ZERO
            "\",\"segment_tree_root\":\"" ZERO "\"},{\"work_package_hash\":\"" ZERO
            "\",\"segment_tree_root\":\"" ZERO "\"}]"),
     "a.json: $.segment_root_lookup[1]: this package is there already"},
    {BUNDLE("},\"report\":{}"), "a.json: $.report: \"package_spec\" is missing"},
    {BUNDLE("},\"package_hash\":\"" ZERO "\""), NULL},
    {BUNDLE("},\"slot\":-1"), "a.json: $.slot: expected a whole number from 0 to 2^32 - 1, got -1"},
};

START_TEST(wrong_snapshot_is_refused)
{
    struct pvm_err err = {0};
    ck_assert_ptr_null(load(refused[_i].text, NULL, &err));
    ck_assert_int_eq(err.status, PVM_E_MALFORMED);
    if (refused[_i].error != NULL)
        ck_assert_str_eq(err.msg, refused[_i].error);
    else
        ck_assert_msg(strncmp(err.msg, "a.json: $.", 10) == 0, "%s", err.msg);
}
END_TEST

/* ---- differences ---- */

START_TEST(each_field_of_a_report_has_a_difference)
{
    static const struct jam_work_digest digest = {.service_id = 1, .result = JAM_ENDED_HALT};
    static const struct jam_root_lookup lookup = {{{1}}, {{2}}};
    const struct jam_report base = {
        .results = &digest, .result_count = 1, .segment_root_lookup = &lookup, .lookup_count = 1};
    static const struct jam_work_digest other[] = {
        {.service_id = 2},
        {.service_id = 1, .code_hash = {{1}}},
        {.service_id = 1, .payload_hash = {{1}}},
        {.service_id = 1, .accumulate_gas = 1},
        {.service_id = 1, .result = JAM_ENDED_PANIC},
        {.service_id = 1, .output = {(const uint8_t *)"x", 1}},
        {.service_id = 1, .refine_load = {.gas_used = 1}},
        {.service_id = 1, .refine_load = {.imports = 1}},
        {.service_id = 1, .refine_load = {.extrinsic_count = 1}},
        {.service_id = 1, .refine_load = {.extrinsic_size = 1}},
        {.service_id = 1, .refine_load = {.exports = 1}},
    };
    struct pvm_buf text = {0};
    struct jam_report changed[16];
    size_t count = 0;
    ck_assert_uint_eq(jam_report_diff(&base, &base, &text), 0);
    for (size_t i = 0; i < 13; i++)
        changed[i] = base;
    changed[count++].package_spec.hash.octets[0] = 1;
    changed[count++].package_spec.length = 1;
    changed[count++].package_spec.exports_root.octets[0] = 1;
    changed[count++].package_spec.exports_count = 1;
    changed[count++].context.anchor.octets[0] = 1;
    changed[count++].context.lookup_anchor_slot = 1;
    changed[count++].core_index = 1;
    changed[count++].authorizer_hash.octets[0] = 1;
    changed[count++].auth_gas_used = 1;
    changed[count++].auth_output = pvm_bytes("x", 1);
    changed[count++].lookup_count = 0;
    changed[count++].result_count = 0;
    changed[count].package_spec.erasure_root.octets[0] = 1;
    ck_assert_uint_eq(jam_report_diff(&base, &changed[count], &text), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(jam_report_diff(&base, &changed[i], &text), 1);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        struct jam_report report = base;
        report.results = &other[i];
        text.len = 0;
        ck_assert_uint_eq(jam_report_diff(&base, &report, &text), 1);
        ck_assert_int_eq(strncmp(pvm_buf_str(&text), "results[0].", 11), 0);
    }
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- memory ---- */

/* Wherever memory ends there is an error and nothing is left behind. */
START_TEST(memory_may_end_anywhere)
{
    const char *text = PACKAGE(TOKEN "\"items\":[{\"service\":42,\"export_count\":1}]");
    struct test_failing failing = {SIZE_MAX, 0};
    const struct pvm_alloc alloc = {test_failing_resize, &failing};
    for (size_t after = 0;; after++) {
        struct pvm_err err = {0};
        struct jam_package_out out;
        failing = (struct test_failing){SIZE_MAX, 0};
        struct jam_fixture *fixture = load(text, &alloc, &err);
        ck_assert_ptr_nonnull(fixture);
        struct jam_package_in in = jam_fixture_package_in(fixture);
        const struct jam_package_options how = {
            .profile = fixture->profile, .params = &fixture->params, .alloc = &alloc};
        failing = (struct test_failing){after, 0};
        enum pvm_status status = jam_package_compute(&in, &how, &out, &err);
        failing.after = SIZE_MAX;
        bool done = failing.made <= after;
        ck_assert_int_eq(status, done ? PVM_OK : PVM_E_MEMORY);
        jam_package_out_deinit(&out);
        jam_fixture_free(fixture);
        if (done)
            break;
    }
}
END_TEST

Suite *work_package_suite(void);

Suite *work_package_suite(void)
{
    Suite *suite = suite_create("work_package");
    TCase *tests = tcase_create("all");
    tcase_add_loop_test(tests, package_asks_for_no_more_than_it_may, 0,
                        (int)(sizeof packages / sizeof *packages));
    tcase_add_loop_test(tests, report_says_what_became_of_each_item, 0,
                        (int)(sizeof reports / sizeof *reports));
    tcase_add_test(tests, exports_of_failed_items_are_zeros);
    tcase_add_test(tests, bundle_counts_data_and_proofs);
    tcase_add_test(tests, snapshot_proofs_are_checked);
    tcase_add_loop_test(tests, wrong_snapshot_is_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, each_field_of_a_report_has_a_difference);
    tcase_add_test(tests, memory_may_end_anywhere);
    suite_add_tcase(suite, tests);
    return suite;
}
