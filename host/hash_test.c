/* SPDX-License-Identifier: Apache-2.0 */
#include "host/hash.h"

#include <check.h>

/* Published BLAKE2b-256 values (RFC 7693's "abc" with this length; b2sum -l 256). */
static const struct {
    const char *text, *hash;
} cases[] = {
    {"", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
    {"abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
};

START_TEST(test_hash)
{
    struct pvm_buf hex = {0};
    struct pvm_bytes bytes = pvm_bytes(cases[_i].text, strlen(cases[_i].text));
    struct jam_hash hash = jam_hash(bytes);
    pvm_buf_hex(&hex, jam_hash_bytes(&hash));
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&hex), cases[_i].hash));
    pvm_buf_deinit(&hex);
    for (size_t i = 0; i <= bytes.len; i++) {
        struct jam_hash parts = jam_hash3(pvm_bytes(bytes.ptr, i), pvm_bytes_none(),
                                          pvm_bytes(bytes.ptr + i, bytes.len - i));
        ck_assert(jam_hash_equal(&hash, &parts));
    }
}
END_TEST

Suite *hash_suite(void);

Suite *hash_suite(void)
{
    Suite *suite = suite_create("host/hash");
    TCase *tests = tcase_create("BLAKE2b-256");
    tcase_add_loop_test(tests, test_hash, 0, sizeof cases / sizeof *cases);
    suite_add_tcase(suite, tests);
    return suite;
}
