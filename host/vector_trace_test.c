/* SPDX-License-Identifier: Apache-2.0 */
/* Replays all block traces of the reference folder. */
#include "host/vector_trace.h"

#include "host/vector_testing.h"

enum { FILE_LIMIT = 64 << 20 };

struct tally {
    size_t passed, runs, changed, checked, foreign;
    uint32_t foreign_components;
    struct pvm_buf failures;
};

static void replay(const char *path, void *user)
{
    struct tally *tally = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_vector_result result;
    struct jam_trace *trace = NULL;
    if (strstr(path, "/genesis.bin") != NULL)
        return;
    jam_vector_result_init(&result, NULL);
    enum pvm_status status = jam_disk_read(path, FILE_LIMIT, &octets, &err);
    if (status == PVM_OK)
        status = jam_trace_load(pvm_buf_bytes(&octets), path, &options, &trace, &err);
    if (status == PVM_OK)
        status = jam_trace_run(trace, &options, &result, &err);
    if (status != PVM_OK)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, err.msg);
    else if (!result.passed)
        pvm_buf_printf(&tally->failures, "%s: %s\n", path, pvm_buf_str(&result.why));
    else
        tally->passed++;
    tally->runs += result.runs;
    tally->changed += result.changed;
    tally->checked += result.checked;
    tally->foreign += result.foreign;
    tally->foreign_components |= result.foreign_components;
    jam_trace_free(trace);
    jam_vector_result_deinit(&result);
    pvm_buf_deinit(&octets);
}

static const struct {
    const char *version, *set, *folder;
    size_t count;
} sets[] = {
    {"v0.7.0", "preimages_light", "preimages_light", 100},
    {"v0.7.0", "storage_light", "storage_light", 100},
    {"v0.7.1", "preimages_light", "preimages_light", 100},
    {"v0.7.1", "storage_light", "storage_light", 100},
    {"v0.7.2", "preimages_light", "preimages_light", 100},
    {"v0.7.2", "storage_light", "storage_light", 100},
    {"v0.7.2", "fuzzy-sample", "fuzzy", 25},
};

START_TEST(holds)
{
    char archive[TEST_PATH];
    char folder[TEST_PATH];
    char sub[TEST_PATH];
    struct tally tally = {.passed = 0};
    snprintf(archive, sizeof archive, "traces/%s-%s.tar.xz", sets[_i].version, sets[_i].set);
    if (!test_unpack(archive, folder))
        return;
    snprintf(sub, sizeof sub, "%s/%s", sets[_i].version, sets[_i].folder);
    (void)test_each(folder, sub, ".bin", replay, &tally);
    test_remove(folder);
    fprintf(stderr,
            "%s %s: %zu blocks hold, %zu invocations, %zu of %zu changed key-values checked, "
            "%zu not ours (0x%x)\n",
            sets[_i].version, sets[_i].set, tally.passed, tally.runs, tally.checked, tally.changed,
            tally.foreign, (unsigned)tally.foreign_components);
    ck_assert_msg(tally.failures.len == 0, "%.2000s", pvm_buf_str(&tally.failures));
    ck_assert_uint_eq(tally.passed, sets[_i].count);
    pvm_buf_deinit(&tally.failures);
}
END_TEST

/* ---- a trace that does not hold says where ---- */

struct choice {
    const char *name;
    void (*use)(const char *path, struct pvm_bytes octets);
};

static void choose(const char *path, void *user)
{
    const struct choice *choice = user;
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    if (strstr(path, choice->name) == NULL)
        return;
    ck_assert(jam_disk_read(path, FILE_LIMIT, &octets, &err) == PVM_OK);
    choice->use(path, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
}

static void with_trace(const char *name, void (*use)(const char *path, struct pvm_bytes octets))
{
    char folder[TEST_PATH];
    struct choice choice = {name, use};
    if (!test_unpack("traces/v0.7.2-fuzzy-sample.tar.xz", folder))
        return;
    (void)test_each(folder, "v0.7.2/fuzzy", ".bin", choose, &choice);
    test_remove(folder);
}

/* Runs with the last octet of one value after the block flipped. */
static void run_spoiled(const struct jam_trace *trace, struct pvm_bytes key, bool foreign)
{
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_trace spoiled = *trace;
    struct jam_vector_result result;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_bytes value;
    struct pvm_buf copy = {0};
    uint8_t place[JAM_STATE_KEY_SIZE];
    memcpy(place, key.ptr, sizeof place);
    ck_assert(jam_map_get(&trace->after, key, &value));
    pvm_buf_add_bytes(&copy, value);
    if (copy.len == 0)
        pvm_buf_add_u8(&copy, 0);
    copy.ptr[copy.len - 1] ^= 1;
    jam_map_copy(&spoiled.after, &trace->after);
    ck_assert(jam_map_set(&spoiled.after, pvm_bytes(place, sizeof place), pvm_buf_bytes(&copy),
                          &err) == PVM_OK);
    jam_vector_result_init(&result, NULL);
    ck_assert_msg(jam_trace_run(&spoiled, &options, &result, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(result.passed == foreign, "key %02x%02x...", place[0], place[1]);
    ck_assert(foreign == (result.why.len == 0));
    jam_vector_result_deinit(&result);
    jam_map_deinit(&spoiled.after);
    pvm_buf_deinit(&copy);
}

/* Each key-value that the block changed, C(4) excepted, and a few others. */
static void use_spoiled(const char *path, struct pvm_bytes octets)
{
    const struct jam_vector_options options = {.profile = NULL};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_trace *trace;
    struct jam_map_entry entry;
    size_t spoiled = 0;
    ck_assert_msg(jam_trace_load(octets, path, &options, &trace, &err) == PVM_OK, "%s", err.msg);
    bool more = jam_map_first(&trace->after, &entry);
    for (size_t i = 0; more; i++, more = jam_map_after(&trace->after, entry.key, &entry)) {
        struct pvm_bytes before;
        struct jam_state_key place;
        unsigned component = 0;
        bool same =
            jam_map_get(&trace->before, entry.key, &before) && pvm_bytes_equal(before, entry.value);
        if (same && i % 5 != 0)
            continue;
        memcpy(place.octets, entry.key.ptr, sizeof place.octets);
        bool safrole = jam_key_is_component(&place, &component) && component == JAM_STATE_SAFROLE;
        run_spoiled(trace, entry.key, safrole);
        spoiled++;
    }
    ck_assert_uint_gt(spoiled, 10);
    jam_trace_free(trace);
}

START_TEST(notices_every_change)
{
    with_trace("00000032.bin", use_spoiled);
}
END_TEST

static const struct {
    enum jam_component component;
    const char *why; /* how it begins */
} places[] = {
    {JAM_STATE_POOLS, "C(1), authorizer pools: expected "},
    {JAM_STATE_RECENT, "C(3), recent history: expected "},
    {JAM_STATE_PENDING, "C(10), pending reports: expected "},
    {JAM_STATE_SLOT, "slot: expected "},
    {JAM_STATE_STATISTICS, "statistics of service"},
};

static void use_named(const char *path, struct pvm_bytes octets)
{
    const struct jam_vector_options options = {.profile = NULL};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct jam_trace *trace;
        struct jam_vector_result result;
        struct pvm_bytes value;
        struct pvm_buf copy = {0};
        struct pvm_err err = {.status = PVM_OK};
        struct jam_state_key key = jam_key_component(places[i].component);
        ck_assert(jam_trace_load(octets, path, &options, &trace, &err) == PVM_OK);
        ck_assert(jam_map_get(&trace->after, jam_state_key_bytes(&key), &value));
        pvm_buf_add_bytes(&copy, value);
        copy.ptr[copy.len - 1] ^= 1;
        ck_assert(jam_map_set(&trace->after, jam_state_key_bytes(&key), pvm_buf_bytes(&copy),
                              &err) == PVM_OK);
        jam_vector_result_init(&result, NULL);
        ck_assert_msg(jam_trace_run(trace, &options, &result, &err) == PVM_OK, "%s", err.msg);
        const char *why = pvm_buf_str(&result.why);
        ck_assert_msg(strncmp(why, places[i].why, strlen(places[i].why)) == 0, "%s", why);
        jam_vector_result_deinit(&result);
        jam_trace_free(trace);
        pvm_buf_deinit(&copy);
    }
}

START_TEST(names_the_place)
{
    with_trace("00000032.bin", use_named);
}
END_TEST

static void use_damaged(const char *path, struct pvm_bytes octets)
{
    const struct jam_vector_options options = {.profile = NULL};
    struct jam_trace *trace;
    uint8_t *copy = pvm_alloc_get(NULL, octets.len + 1);
    memcpy(copy, octets.ptr, octets.len);
    copy[octets.len] = 0;
    ck_assert(jam_trace_is(octets));
    for (size_t len = 0; len < octets.len; len += 1 + len / 4) {
        struct pvm_err err = {.status = PVM_OK};
        ck_assert(jam_trace_load(pvm_bytes(copy, len), path, &options, &trace, &err) ==
                  PVM_E_MALFORMED);
        ck_assert_ptr_nonnull(strstr(err.msg, "00000032.bin"));
    }
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_trace_load(pvm_bytes(copy, octets.len + 1), path, &options, &trace, &err) ==
              PVM_E_MALFORMED);
    ck_assert_ptr_nonnull(strstr(err.msg, "1 octets behind the trace's end"));
    /* A state with another value has another root. */
    err = (struct pvm_err){.status = PVM_OK};
    copy[octets.len - 1] ^= 1;
    ck_assert(jam_trace_load(pvm_bytes(copy, octets.len), path, &options, &trace, &err) ==
              PVM_E_MALFORMED);
    ck_assert_ptr_nonnull(strstr(err.msg, "the state after: its root is not that of its"));
    pvm_alloc_free(NULL, copy);
}

START_TEST(refuses_damaged_files)
{
    with_trace("00000032.bin", use_damaged);
}
END_TEST

/* ---- JSON ---- */

/* A state of nothing but entropy (four hashes of this letter) and slot. */
static void put_state(struct pvm_buf *out, const char *name, char entropy, uint8_t slot)
{
    struct jam_map keyvals;
    struct jam_map_entry entry;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_state_key keys[] = {jam_key_component(JAM_STATE_ENTROPY),
                                   jam_key_component(JAM_STATE_SLOT)};
    uint8_t hashes[4 * JAM_HASH_SIZE];
    const uint8_t octets[4] = {slot};
    memset(hashes, 'e', sizeof hashes);
    memset(hashes, entropy, JAM_HASH_SIZE);
    jam_map_init(&keyvals, NULL);
    ck_assert(jam_map_set(&keyvals, jam_state_key_bytes(&keys[0]), pvm_bytes(hashes, sizeof hashes),
                          &err) == PVM_OK);
    ck_assert(jam_map_set(&keyvals, jam_state_key_bytes(&keys[1]), pvm_bytes(octets, sizeof octets),
                          &err) == PVM_OK);
    struct jam_hash root = jam_keyvals_root(&keyvals);
    pvm_buf_printf(out, "\"%s\":{\"state_root\":\"0x", name);
    pvm_buf_hex(out, jam_hash_bytes(&root));
    pvm_buf_text(out, "\",\"keyvals\":[");
    for (bool more = jam_map_first(&keyvals, &entry); more;
         more = jam_map_after(&keyvals, entry.key, &entry)) {
        pvm_buf_text(out, entry.key.ptr[0] == JAM_STATE_ENTROPY ? "" : ",");
        pvm_buf_text(out, "{\"key\":\"0x");
        pvm_buf_hex(out, entry.key);
        pvm_buf_text(out, "\",\"value\":\"0x");
        pvm_buf_hex(out, entry.value);
        pvm_buf_text(out, "\"}");
    }
    pvm_buf_text(out, "]}");
    jam_map_deinit(&keyvals);
}

static void put_zeros(struct pvm_buf *out, const char *key, size_t count)
{
    pvm_buf_printf(out, "\"%s\":\"0x", key);
    for (size_t i = 0; i < count; i++)
        pvm_buf_text(out, "00");
    pvm_buf_text(out, "\",");
}

static void put_trace(struct pvm_buf *out, char entropy, uint8_t slot)
{
    pvm_buf_text(out, "{");
    put_state(out, "pre_state", 'e', 40);
    pvm_buf_text(out, ",\"block\":{\"header\":{");
    put_zeros(out, "parent", 32);
    put_zeros(out, "parent_state_root", 32);
    put_zeros(out, "extrinsic_hash", 32);
    put_zeros(out, "entropy_source", 96);
    put_zeros(out, "seal", 96);
    pvm_buf_text(out, "\"slot\":41,\"author_index\":0,\"epoch_mark\":null,\"offenders_mark\":[]},"
                      "\"extrinsic\":{\"tickets\":[],\"preimages\":[],\"guarantees\":[],"
                      "\"assurances\":[],\"disputes\":{\"verdicts\":[],\"culprits\":[],"
                      "\"faults\":[]}}},");
    put_state(out, "post_state", entropy, slot);
    pvm_buf_text(out, "}");
}

static const struct {
    char entropy;
    uint8_t slot;
    bool passed, skipped;
    const char *why;
} documents[] = {
    {'n', 41, true, false, ""},
    {'n', 42, false, false, "slot: expected 42, got 41"},
    {'e', 40, true, true, ""}, /* nothing changed: an invalid block */
};

START_TEST(reads_json)
{
    const struct jam_vector_options options = {.profile = NULL};
    struct pvm_buf text = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_vector_result result;
    struct jam_trace *trace;
    put_trace(&text, documents[_i].entropy, documents[_i].slot);
    ck_assert(jam_trace_is(pvm_buf_bytes(&text)));
    ck_assert_msg(jam_trace_load(pvm_buf_bytes(&text), "t.json", &options, &trace, &err) == PVM_OK,
                  "%s", err.msg);
    jam_vector_result_init(&result, NULL);
    ck_assert_msg(jam_trace_run(trace, &options, &result, &err) == PVM_OK, "%s", err.msg);
    ck_assert_str_eq(pvm_buf_str(&result.why), documents[_i].why);
    ck_assert(result.passed == documents[_i].passed &&
              (result.skipped != NULL) == documents[_i].skipped);
    if (result.passed && result.skipped == NULL) {
        ck_assert_uint_eq(result.changed, 2);
        ck_assert_uint_eq(result.checked, 1);
        ck_assert_uint_eq(result.foreign_components, jam_state_bit(JAM_STATE_ENTROPY));
    }
    jam_vector_result_deinit(&result);
    jam_trace_free(trace);
    for (size_t len = 0; len < text.len; len += 7) {
        err = (struct pvm_err){.status = PVM_OK};
        ck_assert(jam_trace_load(pvm_bytes(text.ptr, len), "t.json", &options, &trace, &err) ==
                  PVM_E_MALFORMED);
    }
    pvm_buf_deinit(&text);
}
END_TEST

Suite *vector_trace_suite(void);
Suite *vector_trace_suite(void)
{
    Suite *suite = suite_create("vector_trace");
    TCase *tcase = tcase_create("archives");
    tcase_add_loop_test(tcase, holds, 0, sizeof sets / sizeof *sets);
    tcase_add_test(tcase, notices_every_change);
    tcase_add_test(tcase, names_the_place);
    tcase_add_test(tcase, refuses_damaged_files);
    tcase_add_loop_test(tcase, reads_json, 0, sizeof documents / sizeof *documents);
    suite_add_tcase(suite, tcase);
    return suite;
}
