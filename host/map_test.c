/* SPDX-License-Identifier: Apache-2.0 */
#include "host/map.h"

#include "host/testing.h"

enum { KEYS = 512, STEPS = 20000 };

static struct pvm_bytes key_of(uint32_t n, uint8_t key[4])
{
    /* Big-endian: the order of numbers is the order of keys. */
    for (unsigned i = 0; i < 4; i++)
        key[i] = (uint8_t)(n >> (24 - 8 * i));
    return pvm_bytes(key, 4);
}

/* The map holds exactly the pairs of model (0: absent), and gives them in order. */
static void compare(const struct jam_map *map, const uint32_t model[KEYS])
{
    struct jam_map_entry entry;
    bool more = jam_map_first(map, &entry);
    size_t count = 0;
    for (uint32_t n = 0; n < KEYS; n++) {
        uint8_t key[4];
        struct pvm_bytes value;
        ck_assert(jam_map_get(map, key_of(n, key), &value) == (model[n] != 0));
        if (model[n] == 0)
            continue;
        ck_assert_uint_eq(pvm_load_le(value.ptr, 4), model[n]);
        ck_assert(more && pvm_bytes_equal(entry.key, key_of(n, key)));
        ck_assert_uint_eq(pvm_load_le(entry.value.ptr, 4), model[n]);
        more = jam_map_after(map, entry.key, &entry);
        count++;
    }
    ck_assert(!more);
    ck_assert_uint_eq(map->count, count);
}

START_TEST(test_random)
{
    static uint32_t model[KEYS];
    struct jam_map map;
    struct pvm_err err = {.status = PVM_OK};
    uint64_t random = 88172645463325252u;
    jam_map_init(&map, NULL);
    for (uint32_t step = 1; step <= STEPS; step++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint32_t n = (uint32_t)(random >> 20) % KEYS;
        uint8_t key[4];
        if (random % 5 < 2) {
            ck_assert(jam_map_remove(&map, key_of(n, key), &err) == PVM_OK);
            model[n] = 0;
        } else {
            uint8_t value[4];
            pvm_store_le(value, step, 4);
            ck_assert(jam_map_set(&map, key_of(n, key), pvm_bytes(value, 4), &err) == PVM_OK);
            model[n] = step;
        }
        if (step % 500 == 0)
            compare(&map, model);
    }
    jam_map_deinit(&map);
    ck_assert_uint_eq(map.count, 0);
    jam_map_deinit(&map);
}
END_TEST

/* Ascending keys, the worst case of an unbalanced tree. */
START_TEST(test_ascending)
{
    struct jam_map map;
    struct pvm_err err = {.status = PVM_OK};
    uint8_t key[4];
    jam_map_init(&map, NULL);
    for (uint32_t n = 0; n < 200000; n++)
        ck_assert(jam_map_set(&map, key_of(n, key), pvm_bytes_none(), &err) == PVM_OK);
    for (uint32_t n = 0; n < 200000; n += 2)
        ck_assert(jam_map_remove(&map, key_of(n, key), &err) == PVM_OK);
    ck_assert_uint_eq(map.count, 100000);
    jam_map_deinit(&map);
}
END_TEST

START_TEST(test_keys)
{
    struct jam_map map;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_bytes value;
    struct jam_map_entry entry;
    jam_map_init(&map, NULL);
    ck_assert(!jam_map_first(&map, &entry));
    ck_assert(jam_map_set(&map, pvm_bytes_none(), pvm_bytes("x", 1), &err) == PVM_OK);
    ck_assert(jam_map_set(&map, pvm_bytes("ab", 2), pvm_bytes("y", 1), &err) == PVM_OK);
    ck_assert(jam_map_set(&map, pvm_bytes("a", 1), pvm_bytes_none(), &err) == PVM_OK);
    ck_assert(jam_map_get(&map, pvm_bytes_none(), &value) && value.len == 1);
    ck_assert(jam_map_get(&map, pvm_bytes("a", 1), &value) && value.len == 0);
    ck_assert(jam_map_first(&map, &entry) && entry.key.len == 0);
    ck_assert(jam_map_after(&map, entry.key, &entry) && entry.key.len == 1);
    ck_assert(jam_map_after(&map, entry.key, &entry) && entry.key.len == 2);
    ck_assert(!jam_map_after(&map, entry.key, &entry));
    jam_map_deinit(&map);
}
END_TEST

/* Copies of a map, each changed on its own, against a model each. */
START_TEST(test_copies)
{
    enum { COPIES = 4 };
    static uint32_t models[COPIES][KEYS];
    struct jam_map maps[COPIES];
    struct pvm_err err = {.status = PVM_OK};
    uint64_t random = 362436069;
    for (size_t i = 0; i < COPIES; i++)
        jam_map_init(&maps[i], NULL);
    for (uint32_t step = 1; step <= STEPS; step++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint32_t n = (uint32_t)(random >> 20) % KEYS;
        size_t at = (size_t)(random >> 40) % COPIES;
        size_t from = (size_t)(random >> 44) % COPIES;
        uint8_t key[4];
        uint8_t value[4];
        pvm_store_le(value, step, 4);
        if (random % 64 == 0 && at != from) {
            jam_map_deinit(&maps[at]);
            jam_map_copy(&maps[at], &maps[from]);
            memcpy(models[at], models[from], sizeof models[at]);
        } else if (random % 5 < 2) {
            ck_assert(jam_map_remove(&maps[at], key_of(n, key), &err) == PVM_OK);
            models[at][n] = 0;
        } else {
            ck_assert(jam_map_set(&maps[at], key_of(n, key), pvm_bytes(value, 4), &err) == PVM_OK);
            models[at][n] = step;
        }
        if (step % 1000 == 0)
            for (size_t i = 0; i < COPIES; i++) {
                compare(&maps[i], models[i]);
                ck_assert_uint_eq(maps[i].octets, 8 * maps[i].count);
            }
    }
    for (size_t i = 0; i < COPIES; i++)
        jam_map_deinit(&maps[i]);
}
END_TEST

/* Each allocation of a change to a shared map fails once; neither side notices. */
START_TEST(test_no_memory)
{
    static uint32_t model[KEYS];
    struct pvm_err err = {.status = PVM_OK};
    uint8_t key[4];
    uint8_t value[4];
    for (uint32_t n = 0; n < KEYS; n++)
        model[n] = n + 1;
    for (uint32_t victim = 0; victim < KEYS; victim += 101) {
        bool remove = victim % 2 == 0;
        for (size_t after = 0;; after++) {
            struct test_failing failing = {.after = SIZE_MAX};
            struct pvm_alloc alloc = {test_failing_resize, &failing};
            struct jam_map map, copy;
            jam_map_init(&map, &alloc);
            for (uint32_t n = 0; n < KEYS; n++) {
                pvm_store_le(value, model[n], 4);
                ck_assert(jam_map_set(&map, key_of(n, key), pvm_bytes(value, 4), &err) == PVM_OK);
            }
            jam_map_copy(&copy, &map);
            failing.after = failing.made + after;
            key_of(victim, key);
            enum pvm_status status =
                remove ? jam_map_remove(&map, pvm_bytes(key, 4), &err)
                       : jam_map_set(&map, pvm_bytes(key, 4), pvm_bytes_none(), &err);
            compare(&copy, model);
            if (status == PVM_E_MEMORY)
                compare(&map, model);
            jam_map_deinit(&map);
            jam_map_deinit(&copy);
            if (status == PVM_OK)
                break;
        }
    }
}
END_TEST

Suite *map_suite(void);

Suite *map_suite(void)
{
    Suite *suite = suite_create("host/map");
    TCase *tests = tcase_create("map");
    tcase_add_test(tests, test_random);
    tcase_add_test(tests, test_ascending);
    tcase_add_test(tests, test_keys);
    tcase_add_test(tests, test_copies);
    tcase_add_test(tests, test_no_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
