/* SPDX-License-Identifier: Apache-2.0 */
#include "host/trie.h"

#include "host/hash.h"
#include "host/statekeys.h"

#include <check.h>
#include <stdlib.h>

enum { MAX_ENTRIES = 300, MAX_VALUE = 80 };

struct entry {
    struct jam_state_key key;
    uint8_t value[MAX_VALUE];
    size_t len;
};

static bool bit_of(const struct jam_state_key *key, unsigned index)
{
    return (key->octets[index / 8] >> (7 - index % 8) & 1) != 0;
}

/* M as GP 0.7.2 D.2 writes it: the dictionary is split bit by bit. */
static struct jam_hash naive(const struct entry *const *list, size_t count, unsigned index)
{
    uint8_t node[64] = {0};
    if (count == 0)
        return (struct jam_hash){{0}};
    if (count == 1) {
        const struct entry *entry = list[0];
        struct pvm_bytes value = pvm_bytes(entry->value, entry->len);
        struct jam_hash hash = jam_hash(value);
        memcpy(node + 1, entry->key.octets, JAM_STATE_KEY_SIZE);
        node[0] = entry->len <= 32 ? (uint8_t)(0x80 + entry->len) : 0xc0;
        if (entry->len <= 32)
            memcpy(node + 32, entry->value, entry->len);
        else
            memcpy(node + 32, hash.octets, JAM_HASH_SIZE);
        return jam_hash(pvm_bytes(node, sizeof node));
    }
    const struct entry *left[MAX_ENTRIES];
    const struct entry *right[MAX_ENTRIES];
    size_t lefts = 0;
    size_t rights = 0;
    for (size_t i = 0; i < count; i++) {
        if (bit_of(&list[i]->key, index))
            right[rights++] = list[i];
        else
            left[lefts++] = list[i];
    }
    struct jam_hash l = naive(left, lefts, index + 1);
    struct jam_hash r = naive(right, rights, index + 1);
    memcpy(node, l.octets, JAM_HASH_SIZE);
    memcpy(node + 32, r.octets, JAM_HASH_SIZE);
    node[0] &= 0x7f;
    return jam_hash(pvm_bytes(node, sizeof node));
}

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct entry *)a)->key.octets, ((const struct entry *)b)->key.octets,
                  JAM_STATE_KEY_SIZE);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Sorted entries with different keys; many of them have long beginnings in common. */
static size_t make(struct entry list[MAX_ENTRIES], size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = &list[i];
        memset(entry, 0, sizeof *entry);
        for (size_t k = 0; k < JAM_STATE_KEY_SIZE; k++)
            entry->key.octets[k] = (uint8_t)next(&seed);
        size_t same = next(&seed) % (JAM_STATE_KEY_SIZE + 1);
        if (i > 0)
            memcpy(entry->key.octets, list[next(&seed) % i].key.octets, same);
        if (next(&seed) % 4 == 0)
            entry->key.octets[same % JAM_STATE_KEY_SIZE] ^= (uint8_t)(1u << next(&seed) % 8);
        entry->len = next(&seed) % (MAX_VALUE + 1);
        for (size_t k = 0; k < entry->len; k++)
            entry->value[k] = (uint8_t)next(&seed);
    }
    qsort(list, count, sizeof *list, compare);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare(&list[kept - 1], &list[i]) != 0)
            list[kept++] = list[i];
    return kept;
}

START_TEST(test_random)
{
    static struct entry list[MAX_ENTRIES];
    const struct entry *pointers[MAX_ENTRIES];
    for (uint32_t seed = 0; seed < 60; seed++) {
        struct jam_trie trie;
        size_t count = make(list, seed < 20 ? seed : MAX_ENTRIES, seed);
        jam_trie_init(&trie);
        for (size_t i = 0; i < count; i++) {
            pointers[i] = &list[i];
            ck_assert(jam_trie_add(&trie, &list[i].key, pvm_bytes(list[i].value, list[i].len)));
        }
        struct jam_hash expected = naive(pointers, count, 0);
        struct jam_hash root = jam_trie_root(&trie);
        ck_assert_msg(jam_hash_equal(&root, &expected), "seed %u", (unsigned)seed);
    }
}
END_TEST

/* Every pair of keys that part at some bit. */
START_TEST(test_pairs)
{
    for (unsigned index = 0; index < JAM_TRIE_DEPTH; index++) {
        struct entry pair[2] = {{.key = {{0}}}, {.key = {{0}}}};
        const struct entry *pointers[] = {&pair[0], &pair[1]};
        struct jam_trie trie;
        memset(pair[0].key.octets, 0x5a, JAM_STATE_KEY_SIZE);
        pair[0].key.octets[index / 8] &= (uint8_t) ~(0x80 >> index % 8);
        pair[1].key = pair[0].key;
        pair[1].key.octets[index / 8] |= (uint8_t)(0x80 >> index % 8);
        jam_trie_init(&trie);
        for (size_t i = 0; i < 2; i++)
            ck_assert(jam_trie_add(&trie, &pair[i].key, pvm_bytes_none()));
        struct jam_hash expected = naive(pointers, 2, 0);
        struct jam_hash root = jam_trie_root(&trie);
        ck_assert_msg(jam_hash_equal(&root, &expected), "bit %u", index);
    }
}
END_TEST

START_TEST(test_order)
{
    struct jam_trie trie;
    struct jam_state_key low = {{1}};
    struct jam_state_key high = {{2}};
    jam_trie_init(&trie);
    ck_assert(jam_trie_add(&trie, &high, pvm_bytes("x", 1)));
    struct jam_hash one = jam_trie_root(&trie);
    ck_assert(!jam_trie_add(&trie, &high, pvm_bytes("y", 1)));
    ck_assert(!jam_trie_add(&trie, &low, pvm_bytes("x", 1)));
    struct jam_hash same = jam_trie_root(&trie);
    ck_assert(jam_hash_equal(&one, &same));
}
END_TEST

/* GP 0.7.2 D.1, by hand. */
START_TEST(test_keys)
{
    static const uint8_t service[] = {255, 0x78, 0, 0x56, 0, 0x34, 0, 0x12, 0};
    static const uint8_t entry[] = {0x78, 0xa0, 0x56, 0xa1, 0x34, 0xa2, 0x12, 0xa3, 0xa4, 0xa5};
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    uint8_t back[JAM_ACCOUNT_KEY_SIZE];
    uint32_t id = 0;
    unsigned number = 0;
    struct jam_state_key key = jam_key_component(JAM_STATE_READY);
    ck_assert(jam_key_is_component(&key, &number) && number == 14);
    ck_assert(key.octets[0] == 14 && key.octets[1] == 0 && key.octets[30] == 0);
    ck_assert(!jam_key_is_service(&key, &id));
    key = jam_key_service(0x12345678);
    ck_assert_mem_eq(key.octets, service, sizeof service);
    ck_assert(jam_key_is_service(&key, &id) && id == 0x12345678);
    ck_assert(!jam_key_is_component(&key, &number));
    key.octets[20] = 1;
    ck_assert(!jam_key_is_service(&key, &id));
    for (size_t i = 0; i < sizeof tail; i++)
        tail[i] = (uint8_t)(0xa0 + i);
    key = jam_key_join(0x12345678, tail);
    ck_assert_mem_eq(key.octets, entry, sizeof entry);
    ck_assert_uint_eq(key.octets[30], 0xa0 + 26);
    ck_assert_uint_eq(jam_key_split(&key, back), 0x12345678);
    ck_assert_mem_eq(back, tail, sizeof tail);
}
END_TEST

Suite *trie_suite(void);
Suite *trie_suite(void)
{
    Suite *suite = suite_create("trie");
    TCase *tcase = tcase_create("trie");
    tcase_add_test(tcase, test_random);
    tcase_add_test(tcase, test_pairs);
    tcase_add_test(tcase, test_order);
    tcase_add_test(tcase, test_keys);
    suite_add_tcase(suite, tcase);
    return suite;
}
