/* SPDX-License-Identifier: Apache-2.0 */
#include "host/merkle.h"

#include "host/hash.h"

#include <check.h>
#include <stdlib.h>

/* Roots of the CoreVM Fibonacci pages 0 to n: a segment is machine id, page id 16 and the n-th
 * Fibonacci number, as 32-bit integers, and zeros. Computed independently of this code. */
static const char *const roots[] = {
    "d31ff58be66ec48693b926aa27262248889240a050c7f3b9a00ae236935fdd2a",
    "87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff",
    "3d88e670c0ee258a24478134715f3a6de369bfd80ee02f8997c47e1eb6ea6e51",
    "de37a045f6258fb64cef43cffa2a9a3c5c7c2cdf99d75b5b69e333718ebc8db2",
    "cc1721656cc436d74f8355caedb9340cfe48057027c860d2e1efc25e56f6915b",
    "70e7ddd5a87a66e848f40aa46b43eb24cbffa6782eb5dbffa46c6065245d1937",
    "b6efa3b307e9acbd940c02203c72028b03794d7db63eaffbb381f258bebdc05f",
    "48631bb12661c1e6a0e16c847b930291e2bf9dc13e3295777a218e147a5f59cf",
    "bb4c1b380d6c323781ec0663b537a502f95a14c88272fbb4e79f254096123d8c",
    "b0b6fd45946f464824296455e03c4bba13db159af8563db29eec50b49962bee4",
    "91a13ceae7e9c45157148f977e21e3655604508673b3b42b3dc5a4e8ece03664",
};

enum { COUNT = sizeof roots / sizeof *roots };

static uint8_t *pages(void)
{
    uint8_t *segments = calloc(COUNT, JAM_SEGMENT_SIZE);
    ck_assert_ptr_nonnull(segments);
    uint32_t a = 0;
    uint32_t b = 1;
    for (size_t k = 0; k < COUNT; k++) {
        uint8_t *segment = segments + k * JAM_SEGMENT_SIZE;
        pvm_store_le(segment, k, 4);
        pvm_store_le(segment + 4, 16, 4);
        pvm_store_le(segment + 8, a, 4);
        uint32_t next = a + b;
        a = b;
        b = next;
    }
    return segments;
}

START_TEST(test_roots)
{
    struct pvm_buf want = {0};
    size_t bad;
    uint8_t *segments = pages();
    ck_assert(pvm_hex_decode(roots[_i], strlen(roots[_i]), &want, &bad));
    struct jam_hash root = jam_segment_root(segments, (size_t)_i + 1);
    ck_assert_mem_eq(root.octets, want.ptr, JAM_HASH_SIZE);
    pvm_buf_deinit(&want);
    free(segments);
}
END_TEST

START_TEST(test_empty)
{
    static const struct jam_hash zero;
    struct jam_hash root = jam_segment_root(NULL, 0);
    ck_assert(jam_hash_equal(&root, &zero));
}
END_TEST

/* Every segment of every length proves itself, and nothing else does. */
START_TEST(test_proofs)
{
    uint8_t *segments = pages();
    for (size_t count = 1; count <= COUNT; count++) {
        struct jam_hash root = jam_segment_root(segments, count);
        for (size_t i = 0; i < count; i++) {
            struct jam_hash proof[JAM_PROOF_MAX];
            size_t len = jam_segment_proof(segments, count, i, proof);
            struct pvm_bytes segment = pvm_bytes(segments + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE);
            struct jam_hash same = jam_segment_proof_root(segment, i, proof, len);
            ck_assert(jam_hash_equal(&root, &same));
            struct pvm_bytes other =
                pvm_bytes(segments + (i + 1) % COUNT * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE);
            struct jam_hash wrong = jam_segment_proof_root(other, i, proof, len);
            ck_assert(!jam_hash_equal(&root, &wrong));
        }
    }
    free(segments);
}
END_TEST

Suite *merkle_suite(void);

Suite *merkle_suite(void)
{
    Suite *suite = suite_create("host/merkle");
    TCase *tests = tcase_create("segments");
    tcase_add_loop_test(tests, test_roots, 0, COUNT);
    tcase_add_test(tests, test_empty);
    tcase_add_test(tests, test_proofs);
    suite_add_tcase(suite, tests);
    return suite;
}
