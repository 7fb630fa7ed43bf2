/* SPDX-License-Identifier: Apache-2.0 */
#include "host/report.h"

#include "host/testing.h"

static struct jam_hash named(char name)
{
    struct jam_hash hash;
    memset(hash.octets, name, sizeof hash.octets);
    return hash;
}

/* A report with something in each field. Lists are static, but for the digests' results. */
static struct jam_report example(struct jam_work_digest digests[3])
{
    static const struct jam_root_lookup lookup[] = {{{{'k'}}, {{'v'}}}};
    static struct jam_hash prerequisites[2];
    prerequisites[0] = named('p');
    prerequisites[1] = named('q');
    digests[0] = (struct jam_work_digest){
        .service_id = 0x01020304,
        .code_hash = named('C'),
        .payload_hash = named('P'),
        .accumulate_gas = 5,
        .result = JAM_ENDED_HALT,
        .output = pvm_bytes("out", 3),
        .refine_load = {200, 1, 2, 3, 4},
    };
    digests[1] = (struct jam_work_digest){.service_id = 1, .result = JAM_ENDED_PANIC};
    digests[2] = (struct jam_work_digest){.service_id = 2, .result = JAM_ENDED_BIG};
    return (struct jam_report){
        .package_spec = {named('h'), 7, named('u'), 9, named('e'), 3},
        .context = {.anchor = named('a'),
                    .anchor_slot = 11,
                    .state_root = named('s'),
                    .beefy_root = named('b'),
                    .lookup_anchor = named('l'),
                    .lookup_anchor_slot = 40,
                    .lookup_anchor_state_root = named('r'),
                    .prerequisites = prerequisites,
                    .prerequisite_count = 2},
        .core_index = 1,
        .authorizer_hash = named('A'),
        .auth_gas_used = 300,
        .auth_output = pvm_bytes("tr", 2),
        .segment_root_lookup = lookup,
        .lookup_count = 1,
        .results = digests,
        .result_count = 3,
    };
}

/* E(report) of each version (GP 0.7.2 C.2), put together by hand. A letter alone is 32 times it;
 * the rest is hexadecimal. k and v above are one such octet and 31 zeros: K and V. */
#define SPEC    "h 07000000 u e 0300"
#define SPEC_80 "h 07000000 u 0900 e 0300"
#define CONTEXT "a s b l 28000000 02 p q"
#define CTX_80  "a 0b000000 s b l 28000000 r 02 p q"
#define LOOKUP  "01 K V"
#define LOAD    " 80c8 01 02 03 04"
#define NO_LOAD " 00 00 00 00 00"
#define FIRST   "04030201 C P 0500000000000000 00 03 6f7574"
#define SECOND  "01000000 0 0 0000000000000000 02"
#define THIRD   "02000000 0 0 0000000000000000 "

static const struct {
    const char *version, *encoded;
} forms[] = {
    {"0.6.3", SPEC " " CONTEXT " 01 A 02 7472 " LOOKUP " 03 " FIRST " " SECOND " " THIRD "05"},
    {"0.6.5", SPEC " " CONTEXT " 01 A 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                   " " THIRD "05" NO_LOAD " 812c"},
    {"0.6.6", SPEC " " CONTEXT " 01 A 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                   " " THIRD "06" NO_LOAD " 812c"},
    {"0.6.7", SPEC " " CONTEXT " 01 A 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                   " " THIRD "06" NO_LOAD " 812c"},
    {"0.7.0", SPEC " " CONTEXT " 01 A 812c 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                   " " THIRD "06" NO_LOAD},
    {"0.7.2", SPEC " " CONTEXT " 01 A 812c 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                   " " THIRD "06" NO_LOAD},
    {"0.8.0", SPEC_80 " " CTX_80 " 01 A 812c 02 7472 " LOOKUP " 03 " FIRST LOAD " " SECOND NO_LOAD
                      " " THIRD "06" NO_LOAD},
};

static void octets_of(const char *text, struct pvm_buf *out)
{
    size_t bad;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (len == 1 && (*text == 'K' || *text == 'V')) {
            pvm_buf_add_u8(out, (uint8_t)(*text - 'A' + 'a'));
            pvm_buf_add_zeros(out, JAM_HASH_SIZE - 1);
        } else if (len == 1) {
            struct jam_hash hash = named(*text == '0' ? '\0' : *text);
            pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
        } else {
            ck_assert(pvm_hex_decode(text, len, out, &bad));
        }
        text += len + strspn(text + len, " ");
    }
}

static void check_octets(const struct pvm_buf *got, const struct pvm_buf *expected)
{
    struct pvm_buf a = {0};
    struct pvm_buf b = {0};
    pvm_buf_hex(&a, pvm_buf_bytes(got));
    pvm_buf_hex(&b, pvm_buf_bytes(expected));
    ck_assert_str_eq(pvm_buf_str(&a), pvm_buf_str(&b));
    pvm_buf_deinit(&a);
    pvm_buf_deinit(&b);
}

START_TEST(encodes_and_decodes)
{
    struct jam_work_digest digests[3];
    struct jam_report report = example(digests);
    struct jam_report again;
    struct pvm_buf expected = {0};
    struct pvm_buf got = {0};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_profile *profile = jam_profile_find(forms[_i].version);
    octets_of(forms[_i].encoded, &expected);
    jam_report_encode(profile, &report, &got);
    check_octets(&got, &expected);

    ck_assert_msg(jam_report_decode(profile, pvm_buf_bytes(&got), NULL, &again, &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert_ptr_eq(again.encoded.ptr, got.ptr);
    ck_assert_int_eq(again.results[2].result, JAM_ENDED_BIG);
    ck_assert_uint_eq(again.context.prerequisite_count, 2);
    ck_assert_uint_eq(jam_report_gas(&again), 5);
    got.len = 0;
    jam_report_encode(profile, &again, &got);
    check_octets(&got, &expected);

    struct jam_hash package;
    ck_assert(jam_report_package_hash(pvm_buf_bytes(&got), &package));
    ck_assert(jam_hash_equal(&package, &report.package_spec.hash));
    jam_report_deinit(&again);
    jam_report_deinit(&again);
    pvm_buf_deinit(&expected);
    pvm_buf_deinit(&got);
}
END_TEST

/* Cut anywhere, with an octet more, or with any octet changed: refused or read, never worse. */
START_TEST(withstands_any_octets)
{
    struct pvm_buf octets = {0};
    struct jam_report report;
    const struct jam_profile *profile = jam_profile_find(forms[_i].version);
    octets_of(forms[_i].encoded, &octets);
    for (size_t len = 0; len < octets.len; len++) {
        struct pvm_err err = {.status = PVM_OK};
        uint8_t *cut = pvm_alloc_get(NULL, len + 1);
        memcpy(cut, octets.ptr, len);
        ck_assert(jam_report_decode(profile, pvm_bytes(cut, len), NULL, &report, &err) ==
                  PVM_E_MALFORMED);
        pvm_alloc_free(NULL, cut);
    }
    for (size_t at = 0; at < octets.len; at++) {
        static const uint8_t values[] = {0x00, 0x7f, 0x80, 0xff};
        uint8_t old = octets.ptr[at];
        for (size_t i = 0; i < sizeof values; i++) {
            octets.ptr[at] = values[i];
            if (jam_report_decode(profile, pvm_buf_bytes(&octets), NULL, &report, NULL) == PVM_OK)
                jam_report_deinit(&report);
        }
        octets.ptr[at] = old;
    }
    pvm_buf_add_u8(&octets, 0);
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_report_decode(profile, pvm_buf_bytes(&octets), NULL, &report, &err) ==
              PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "work report: 1 octets behind its end");
    pvm_buf_deinit(&octets);
}
END_TEST

START_TEST(outcome_octets)
{
    static const struct {
        enum jam_outcome outcome;
        uint8_t to_065, since;
    } rows[] = {
        {JAM_ENDED_HALT, 0, 0},        {JAM_ENDED_OOG, 1, 1},         {JAM_ENDED_PANIC, 2, 2},
        {JAM_ENDED_BAD_EXPORTS, 3, 3}, {JAM_ENDED_OVERSIZE, 0xff, 4}, {JAM_ENDED_BAD, 4, 5},
        {JAM_ENDED_BIG, 5, 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_uint_eq(jam_outcome_octet(jam_profile_find("0.6.5"), rows[i].outcome),
                          rows[i].to_065);
        ck_assert_uint_eq(jam_outcome_octet(jam_profile_find("0.6.6"), rows[i].outcome),
                          rows[i].since);
        ck_assert_uint_eq(jam_outcome_octet(jam_profile_find("0.8.0"), rows[i].outcome),
                          rows[i].since);
    }
}
END_TEST

START_TEST(adds_gas_up_to_the_end)
{
    const struct jam_work_digest digests[] = {{.accumulate_gas = UINT64_MAX - 1},
                                              {.accumulate_gas = 3}};
    struct jam_report report = {.results = digests, .result_count = 2};
    ck_assert_uint_eq(jam_report_gas(&report), UINT64_MAX);
}
END_TEST

START_TEST(survives_failed_allocations)
{
    struct pvm_buf octets = {0};
    struct jam_report report;
    const struct jam_profile *profile = jam_profile_find("0.7.2");
    enum pvm_status status = PVM_E_MEMORY;
    octets_of(forms[5].encoded, &octets);
    for (size_t after = 0; status != PVM_OK; after++) {
        struct test_failing failing = {after, 0};
        const struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct pvm_err err = {.status = PVM_OK};
        ck_assert_uint_lt(after, 100);
        status = jam_report_decode(profile, pvm_buf_bytes(&octets), &alloc, &report, &err);
        ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
        if (status == PVM_OK)
            jam_report_deinit(&report);
    }
    pvm_buf_deinit(&octets);
}
END_TEST

Suite *report_suite(void);
Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("report");
    tcase_add_loop_test(tcase, encodes_and_decodes, 0, sizeof forms / sizeof *forms);
    tcase_add_loop_test(tcase, withstands_any_octets, 0, sizeof forms / sizeof *forms);
    tcase_add_test(tcase, outcome_octets);
    tcase_add_test(tcase, adds_gas_up_to_the_end);
    tcase_add_test(tcase, survives_failed_allocations);
    suite_add_tcase(suite, tcase);
    return suite;
}
