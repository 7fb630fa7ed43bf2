/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keccak.h"

#include "host/testing.h"

/* Known answers of the Keccak team's submission (its files of known answers, r = 1088, c = 512) and
 * what Ethereum calls keccak256. */
static const struct {
    const char *message; /* hexadecimal */
    const char *hash;
} answers[] = {
    {"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"cc", "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a"},
    {"616263", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
    {"54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f67",
     "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"},
};

static void check(struct jam_hash hash, const char *expected)
{
    struct pvm_buf text = {0};
    pvm_buf_hex(&text, jam_hash_bytes(&hash));
    ck_assert_str_eq(pvm_buf_str(&text), expected);
    pvm_buf_deinit(&text);
}

START_TEST(gives_known_answers)
{
    struct pvm_buf message = {0};
    size_t bad;
    ck_assert(pvm_hex_decode(answers[_i].message, strlen(answers[_i].message), &message, &bad));
    check(jam_keccak(pvm_buf_bytes(&message)), answers[_i].hash);
    pvm_buf_deinit(&message);
}
END_TEST

/* Around the 136 octets that are taken in at a time. Expected values from another implementation,
 * whose SHA3-256 (the same sponge with SHA3's padding) agrees with Python's hashlib. */
static const struct {
    size_t len;
    const char *hash;
} lengths[] = {
    {135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"},
    {136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"},
    {137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"},
    {272, "cf7fcd4f705ee749930d19ca84561a9bf62516bd90a471545fa2f49fdc7e63c8"},
};

START_TEST(fills_the_rate)
{
    uint8_t message[272];
    memset(message, 'a', sizeof message);
    check(jam_keccak(pvm_bytes(message, lengths[_i].len)), lengths[_i].hash);
}
END_TEST

START_TEST(joins_parts)
{
    uint8_t message[300];
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 7);
    struct jam_hash whole = jam_keccak(pvm_bytes(message, sizeof message));
    struct jam_hash parts = jam_keccak3(pvm_bytes(message, 4), pvm_bytes(message + 4, 137),
                                        pvm_bytes(message + 141, 159));
    ck_assert(jam_hash_equal(&whole, &parts));
}
END_TEST

Suite *keccak_suite(void);
Suite *keccak_suite(void)
{
    Suite *suite = suite_create("keccak");
    TCase *tcase = tcase_create("keccak");
    tcase_add_loop_test(tcase, gives_known_answers, 0, sizeof answers / sizeof *answers);
    tcase_add_loop_test(tcase, fills_the_rate, 0, sizeof lengths / sizeof *lengths);
    tcase_add_test(tcase, joins_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}
