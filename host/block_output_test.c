/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block.h"

#include "host/testing.h"

static void check(struct jam_hash hash, const char *expected)
{
    struct pvm_buf text = {0};
    pvm_buf_hex(&text, jam_hash_bytes(&hash));
    ck_assert_str_eq(pvm_buf_str(&text), expected);
    pvm_buf_deinit(&text);
}

/* Service 1000 + i yields 32 times the octet i + 1. Expected values were put together from the
 * equations of E.1 with another Keccak: a, node(a, b), node(node(a, b), c), ... */
static const char *const roots[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "58485ae2dfa8ae6575c5f7b3991462d444d1cdb5f55fb81a41b2cdac665ef34b",
    "a1ff2d5fd2ae7372f1c9582a34009c091dfc643972a7baeefa396bba17c8b76b",
    "8786931d1e99c2b257c08fd5d7fef627fbf671a507445c9b40d57f1bf9fa9a69",
    "024e92aad0600b94a5887f09a175944e739493d1b43e434bfc817b0ebb4c0460",
    "d11eed34e6a076bd2c5e81ab29086e2cd55bcc8109f4ceb4035284a6d1b24d88",
};

START_TEST(roots_of_outputs)
{
    struct jam_yield outputs[5];
    for (uint32_t i = 0; i < 5; i++) {
        outputs[i].service = 1000 + i;
        memset(outputs[i].hash.octets, (int)i + 1, JAM_HASH_SIZE);
    }
    check(jam_output_root(outputs, (size_t)_i), roots[_i]);
}
END_TEST

/* Leaves of 32 times 0x10, 0x11, ...; GP 0.7.2 E.2 worked out the same way. NULL: not looked at. */
static const char *const peaks[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "1010101010101010101010101010101010101010101010101010101010101010",
    "e016214a5c4abb88b8b614a916b1a6f075dfcf6fbc16c1e9d6e8ebcec81994a5",
    "575322c70c5a096ad3df16c48b0fd61e0a9ce2745b4ee19f88c8ada697278d11",
    "ac0cd509c3a05a66de663ffdc9587b8dc12edb52a592b459a8decfd23a394576",
    "6c2a0396032a18363352e222bfa7f21e813d746312933877d3338f5bfa015a70",
    NULL,
    "85f24c6df5b7459e1c9d8d525fb2b0b31d40967de6798e08d019168277a8e305",
};

START_TEST(appends_to_belts)
{
    struct jam_belt belt = {.count = 0};
    for (int i = 0; i < _i; i++) {
        struct jam_hash leaf;
        memset(leaf.octets, 0x10 + i, sizeof leaf.octets);
        ck_assert(jam_belt_append(&belt, &leaf));
    }
    if (peaks[_i] != NULL)
        check(jam_belt_peak(&belt), peaks[_i]);
    for (size_t i = 0; i < belt.count; i++)
        ck_assert(belt.there[i] == ((_i >> i & 1) != 0));

    struct pvm_buf octets = {0};
    struct jam_belt again;
    jam_belt_encode(&belt, &octets);
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&octets));
    jam_belt_read(&reader, &again);
    ck_assert(!reader.failed && pvm_reader_left(&reader) == 0);
    ck_assert_uint_eq(again.count, belt.count);
    struct jam_hash one = jam_belt_peak(&belt);
    struct jam_hash other = jam_belt_peak(&again);
    ck_assert(jam_hash_equal(&one, &other));
    for (size_t len = 0; len < octets.len; len++) {
        reader = pvm_reader(pvm_bytes(octets.ptr, len));
        jam_belt_read(&reader, &again);
        ck_assert(reader.failed);
    }
    pvm_buf_deinit(&octets);
}
END_TEST

START_TEST(refuses_wrong_belts)
{
    static const uint8_t long_one[] = {65};
    static const uint8_t mark[] = {1, 2};
    struct jam_belt belt;
    struct pvm_reader reader = pvm_reader(pvm_bytes(long_one, sizeof long_one));
    jam_belt_read(&reader, &belt);
    ck_assert(reader.failed);
    reader = pvm_reader(pvm_bytes(mark, sizeof mark));
    jam_belt_read(&reader, &belt);
    ck_assert(reader.failed);
    struct jam_hash leaf = {{0}};
    belt = (struct jam_belt){.count = JAM_BELT_MAX};
    for (size_t i = 0; i < JAM_BELT_MAX; i++)
        belt.there[i] = true;
    ck_assert(!jam_belt_append(&belt, &leaf));
}
END_TEST

Suite *block_output_suite(void);
Suite *block_output_suite(void)
{
    Suite *suite = suite_create("block_output");
    TCase *tcase = tcase_create("output");
    tcase_add_loop_test(tcase, roots_of_outputs, 0, sizeof roots / sizeof *roots);
    tcase_add_loop_test(tcase, appends_to_belts, 0, sizeof peaks / sizeof *peaks);
    tcase_add_test(tcase, refuses_wrong_belts);
    suite_add_tcase(suite, tcase);
    return suite;
}
