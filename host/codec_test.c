/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings against octets written out by hand from C.2 of GP 0.6.3 to 0.8.0. */
#include "host/codec.h"

#include "host/hash.h"

#include <check.h>

/* One package that has something in every list. Hashes are one octet repeated. */
static const uint8_t payload[] = {0xde, 0xad};
static const struct jam_import imports[] = {
    {.tree_root = {{0x61}}, .index = 3},
    {.tree_root = {{0x62}}, .by_package = true, .index = 0x102},
};
static const struct jam_extrinsic extrinsics[] = {{.hash = {{0x71}}, .len = 0x01020304}};
static const struct jam_hash prerequisites[] = {{{0x51}}};
static const struct jam_work_item items[] = {
    {
        .service = 0x0a0b0c0d,
        .code_hash = {{0x21}},
        .payload = {payload, sizeof payload},
        .refine_gas_limit = 0x1122,
        .accumulate_gas_limit = 0x3344,
        .import_segments = imports,
        .import_count = 2,
        .extrinsic = extrinsics,
        .extrinsic_count = 1,
        .export_count = 0x0506,
    },
    {.service = 1, .code_hash = {{0x22}}},
};
static const struct jam_work_package package = {
    .auth_code_host = 0x31,
    .auth_code_hash = {{0x32}},
    .context = {.anchor = {{0x41}},
                .anchor_slot = 0x4748,
                .state_root = {{0x42}},
                .beefy_root = {{0x43}},
                .lookup_anchor = {{0x44}},
                .lookup_anchor_slot = 0x4546,
                .lookup_anchor_state_root = {{0x49}},
                .prerequisites = prerequisites,
                .prerequisite_count = 1},
    .authorization = {(const uint8_t *)"tok", 3},
    .authorizer_config = {(const uint8_t *)"conf", 4},
    .items = items,
    .item_count = 2,
};

/* Text for octets: hex digits; HXX stands for a hash whose first octet is XX, the rest 0. */
static void add_text(struct pvm_buf *out, const char *text)
{
    size_t bad;
    while (*text != 0) {
        if (*text == ' ') {
            text++;
        } else if (*text == 'H') {
            ck_assert(pvm_hex_decode(text + 1, 2, out, &bad));
            pvm_buf_add_zeros(out, 31);
            text += 3;
        } else {
            ck_assert(pvm_hex_decode(text, 2, out, &bad));
            text += 2;
        }
    }
}

static void expect(struct pvm_buf *got, const char *text)
{
    struct pvm_buf want = {0};
    struct pvm_buf hex = {0};
    add_text(&want, text);
    pvm_buf_hex(&hex, pvm_buf_bytes(got));
    ck_assert_msg(pvm_bytes_equal(pvm_buf_bytes(got), pvm_buf_bytes(&want)), "got %s",
                  pvm_buf_str(&hex));
    pvm_buf_deinit(&want);
    pvm_buf_deinit(&hex);
    pvm_buf_deinit(got);
}

#define CONTEXT    "H41 H42 H43 H44 46450000 01 H51"
#define CONTEXT_8  "H41 48470000 H42 H43 H44 46450000 H49 01 H51"
#define IMPORTS    "02 H61 0300 H62 0281"
#define EXTRINSICS "01 H71 04030201"

#define PACKAGE_070(context)                                                                       \
    "31000000 H32" context "03 746f6b 04 636f6e66 02"                                              \
    "0d0c0b0a H21 2211000000000000 4433000000000000 0605 02 dead" IMPORTS EXTRINSICS               \
    "01000000 H22 0000000000000000 0000000000000000 0000 00 00 00"

#define PACKAGE_062                                                                                \
    "03 746f6b 31000000 H32 04 636f6e66" CONTEXT "02"                                              \
    "0d0c0b0a H21 02 dead 2211000000000000 4433000000000000" IMPORTS EXTRINSICS "0605"             \
    "01000000 H22 00 0000000000000000 0000000000000000 00 00 0000"

static const char *const package_072 = PACKAGE_070(CONTEXT);

/* The arguments of item 0 on core 0x155, H99 being the package's hash. */
static const struct {
    const char *version, *package, *context, *authorizer, *refine_args, *authorized_args;
} rows[] = {
    {"0.6.3", PACKAGE_062, CONTEXT, "636f6e66", "0d0c0b0a 02 dead H99" CONTEXT "H32",
     PACKAGE_062 "8155"},
    {"0.6.5", PACKAGE_062, CONTEXT, "636f6e66", "ea0d0c0b 02 dead H99" CONTEXT "H32",
     PACKAGE_062 "8155"},
    {"0.6.6", PACKAGE_062, CONTEXT, "H32 04 636f6e66", "00 ea0d0c0b 02 dead H99", "5501"},
    {"0.6.7", PACKAGE_062, CONTEXT, "H32 04 636f6e66", "00 ea0d0c0b 02 dead H99", "5501"},
    {"0.7.0", PACKAGE_070(CONTEXT), CONTEXT, "H32 04 636f6e66", "00 ea0d0c0b 02 dead H99", "5501"},
    {"0.7.1", PACKAGE_070(CONTEXT), CONTEXT, "H32 04 636f6e66", "8155 00 ea0d0c0b 02 dead H99",
     "5501"},
    {"0.7.2", PACKAGE_070(CONTEXT), CONTEXT, "636f6e66", "8155 00 ea0d0c0b 02 dead H99", "5501"},
    {"0.8.0", PACKAGE_070(CONTEXT_8), CONTEXT_8, "636f6e66", "8155 00 ea0d0c0b 02 dead H99",
     "5501"},
    {"0.8.0-vectors", PACKAGE_070(CONTEXT_8), CONTEXT_8, "636f6e66", "8155 00 ea0d0c0b 02 dead H99",
     "5501"},
};

START_TEST(test_versions)
{
    const struct jam_profile *profile = jam_profile_find(rows[_i].version);
    struct pvm_buf buf = {0};
    ck_assert_ptr_nonnull(profile);
    jam_encode_package(profile, &package, &buf);
    expect(&buf, rows[_i].package);
    jam_encode_context(profile, &package.context, &buf);
    expect(&buf, rows[_i].context);
    profile->authorizer(&package, &buf);
    expect(&buf, rows[_i].authorizer);
    struct jam_refine_values values = {
        .core = 0x155, .package = &package, .package_hash = {{0x99}}};
    profile->refine_args(&values, &buf);
    expect(&buf, rows[_i].refine_args);
    profile->is_authorized_args(&package, 0x155, &buf);
    expect(&buf, rows[_i].authorized_args);
}
END_TEST

START_TEST(test_hash_of_package)
{
    struct pvm_buf want = {0};
    struct jam_hash hash;
    add_text(&want, package_072);
    struct jam_hash direct = jam_hash(pvm_buf_bytes(&want));
    ck_assert(jam_package_hash(jam_profile_default, &package, NULL, &hash, NULL) == PVM_OK);
    ck_assert(jam_hash_equal(&hash, &direct));
    pvm_buf_deinit(&want);
}
END_TEST

START_TEST(test_summary)
{
    struct pvm_buf buf = {0};
    jam_encode_summary(&items[0], &buf);
    ck_assert_uint_eq(buf.len, JAM_SUMMARY_SIZE);
    expect(&buf, "0d0c0b0a H21 2211000000000000 4433000000000000 0605 0200 0100 02000000");
}
END_TEST

/* The octets that the public tiny test vectors return for fetch kind 0; those of versions before
 * have another W_B. */
static const char *const tiny =
    "0a00000000000000 0100000000000000 6400000000000000 0200 20000000 0c000000 8096980000000000"
    "80f0fa0200000000 00ca9a3b00000000 002d310100000000 0800 1000 0800 0300 18000000 0300 0800 "
    "0600 "
    "5000 0400 8000 0500 0600 00fa0000 8070d200 00093d00 04000000 000c0000 02040000 00c00000 "
    "80000000 000c0000 0a000000";

/* GP 0.8.0 B.5: N, V, W_E and W_P are gone. */
static const char *const tiny_080 =
    "0a00000000000000 0100000000000000 6400000000000000 0200 20000000 0c000000 8096980000000000"
    "80f0fa0200000000 00ca9a3b00000000 002d310100000000 0800 1000 0800 0300 18000000 0800 0600 "
    "5000 0400 8000 0500 00fa0000 8070d200 00093d00 000c0000 00c00000 80000000 000c0000 0a000000";

START_TEST(test_params)
{
    static const struct {
        const char *version, *octets;
        size_t size;
    } versions[] = {
        {"0.7.2", tiny, 134}, {"0.8.0", tiny_080, 122}, {"0.8.0-vectors", tiny_080, 122}};
    struct jam_params params;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const struct jam_profile *profile = jam_profile_find(versions[i].version);
        struct pvm_buf buf = {0};
        jam_params_get(profile, JAM_PARAMS_TINY, &params);
        jam_encode_params(profile, &params, &buf);
        ck_assert_uint_eq(buf.len, versions[i].size);
        expect(&buf, versions[i].octets);
    }
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++)
        *jam_param_at(&params, i) = i;
    ck_assert_uint_eq(params.item_deposit, 0);
    ck_assert_uint_eq(params.core_count, 3);
    ck_assert_uint_eq(params.epoch_tail_start, JAM_PARAM_COUNT - 1);
}
END_TEST

Suite *codec_suite(void);

Suite *codec_suite(void)
{
    Suite *suite = suite_create("host/codec");
    TCase *tests = tcase_create("encodings");
    tcase_add_loop_test(tests, test_versions, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, test_hash_of_package);
    tcase_add_test(tests, test_summary);
    tcase_add_test(tests, test_params);
    suite_add_tcase(suite, tests);
    return suite;
}
