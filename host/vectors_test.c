/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays recorded invocations of the reference folder: vectors/refine-cases (fetch and lookups
 * answered from the recording) and every run of vectors/programs. Builds that are not optimised,
 * the sanitizers' among them, leave out runs of more than MOST instructions.
 */
#include "host/codec.h"
#include "host/hash.h"
#include "host/invoke.h"
#include "host/invoke_refine.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __OPTIMIZE__
static const double most = 1e18;
#else
static const double most = 3e7;
#endif

enum { MAX_VALUES = 64, MAX_PATH = 512 };

/* Octets that live until the end of a case. */
struct store {
    struct pvm_buf values[MAX_VALUES];
    size_t count;
};

static void store_free(struct store *store)
{
    for (size_t i = 0; i < store->count; i++)
        pvm_buf_deinit(&store->values[i]);
}

/* Reads a file; false when it does not exist. */
static bool read_file(const char *path, struct pvm_buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    uint8_t chunk[65536];
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0)
        pvm_buf_add(out, chunk, len);
    ck_assert(!ferror(file) && !out->failed);
    fclose(file);
    return true;
}

static const cJSON *at(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    ck_assert_msg(value != NULL, "no key %s", key);
    return value;
}

/* Registers and gas in these files are below 2^53, so doubles hold them. */
static uint64_t number(const cJSON *object, const char *key)
{
    const cJSON *value = at(object, key);
    ck_assert(cJSON_IsNumber(value) && value->valuedouble <= 9007199254740991.0);
    return (uint64_t)value->valuedouble;
}

static const char *text(const cJSON *object, const char *key)
{
    const char *value = cJSON_GetStringValue(at(object, key));
    ck_assert_ptr_nonnull(value);
    return value;
}

static struct pvm_bytes octets(struct store *store, const char *value)
{
    ck_assert_uint_lt(store->count, MAX_VALUES);
    struct pvm_buf *buf = &store->values[store->count++];
    if (strncmp(value, "blob:", 5) == 0) {
        char path[MAX_PATH];
        snprintf(path, sizeof path, "%s/vectors/refine-cases/blobs/%s.bin", PVM_SHARED, value + 5);
        ck_assert_msg(read_file(path, buf), "%s is missing", path);
    } else {
        size_t bad;
        ck_assert_msg(pvm_hex_decode(value, strlen(value), buf, &bad), "bad hex %s", value);
    }
    return pvm_buf_bytes(buf);
}

static void expect_octets(const char *what, struct pvm_bytes got, struct pvm_bytes want)
{
    struct pvm_buf hex = {0};
    pvm_buf_hex(&hex, got);
    ck_assert_msg(pvm_bytes_equal(got, want), "%s: got %zu octets %.200s", what, got.len,
                  pvm_buf_str(&hex));
    pvm_buf_deinit(&hex);
}

static void expect_hash(struct store *store, const char *what, struct pvm_bytes got,
                        const char *hex)
{
    struct jam_hash hash = jam_hash(got);
    expect_octets(what, jam_hash_bytes(&hash), octets(store, hex));
}

/* ---- sources that answer from a recording ---- */

struct recording {
    const struct jam_profile *profile;
    const cJSON *fetch, *lookups;
    struct store store;
};

static bool value_of(struct recording *recording, const cJSON *entry, struct pvm_bytes *value)
{
    const cJSON *recorded = at(entry, "value");
    if (cJSON_IsNull(recorded))
        return false;
    *value = octets(&recording->store, cJSON_GetStringValue(recorded));
    return true;
}

static enum pvm_status recorded_fetch(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                      bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    struct recording *recording = user;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, recording->fetch)
    {
        if (recording->profile->fetch_kinds[number(entry, "kind")] == what &&
            number(entry, "a") == a && number(entry, "b") == b) {
            *found = value_of(recording, entry, value);
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_MALFORMED, "fetch %d %llu %llu was not recorded", (int)what,
                    (unsigned long long)a, (unsigned long long)b);
}

static enum pvm_status recorded_lookup(void *user, uint64_t service, const struct jam_hash *hash,
                                       bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    struct recording *recording = user;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, recording->lookups)
    {
        struct store key = {.count = 0};
        bool same = number(entry, "service") == service &&
                    pvm_bytes_equal(octets(&key, text(entry, "hash")), jam_hash_bytes(hash));
        store_free(&key);
        if (same) {
            *found = value_of(recording, entry, value);
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_MALFORMED, "a lookup in service %llu was not recorded",
                    (unsigned long long)service);
}

/* ---- what cases have in common ---- */

static void expect_calls(const struct jam_result *result, const struct jam_profile *profile,
                         const cJSON *expected)
{
    uint64_t charged = 0;
    uint64_t counted = 0;
    for (unsigned i = 0; i <= JAM_CALL_COUNT; i++)
        charged += result->calls[i].gas;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, at(expected, "host_calls"))
    {
        enum jam_call_id id =
            jam_call_of_number(profile, (uint64_t)strtoul(entry->string, NULL, 10));
        ck_assert_msg(result->calls[id].count == (uint64_t)entry->valuedouble,
                      "call %s: %llu times", entry->string,
                      (unsigned long long)result->calls[id].count);
        counted++;
    }
    for (unsigned i = 0; i <= JAM_CALL_COUNT; i++)
        counted -= result->calls[i].count != 0;
    ck_assert_uint_eq(counted, 0);
    ck_assert_uint_eq(result->gas_used - charged, number(expected, "instructions"));
    ck_assert_uint_eq(result->inner_gas, number(expected, "inner_instructions"));
}

static void expect_end(const struct jam_result *result, const cJSON *expected)
{
    ck_assert_str_eq(jam_outcome_name(result->outcome), text(expected, "exit"));
    ck_assert_uint_eq(result->gas_used, number(expected, "gas_used"));
}

static cJSON *load_json(const char *name)
{
    char path[MAX_PATH];
    struct pvm_buf buf = {0};
    snprintf(path, sizeof path, "%s/vectors/%s", PVM_SHARED, name);
    if (!read_file(path, &buf)) {
        printf("skipped: %s is not there\n", path);
        return NULL;
    }
    cJSON *json = cJSON_ParseWithLength((const char *)buf.ptr, buf.len);
    ck_assert_msg(json != NULL, "%s is no JSON", path);
    pvm_buf_deinit(&buf);
    return json;
}

/* ---- refine-cases ---- */

static void expect_exports(struct store *store, const struct jam_result *result,
                           const cJSON *expected)
{
    ck_assert_uint_eq(result->export_count, number(expected, "exports_count"));
    expect_octets("exports root", jam_hash_bytes(&result->export_root),
                  octets(store, text(expected, "exports_root")));
    const cJSON *entry;
    size_t i = 0;
    cJSON_ArrayForEach(entry, at(expected, "exports"))
    {
        ck_assert_uint_lt(i, result->export_count);
        expect_octets("export", pvm_bytes(result->exports + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE),
                      octets(store, cJSON_GetStringValue(entry)));
        i++;
    }
}

static void replay_case(const cJSON *json)
{
    struct pvm_err err = {.status = PVM_OK};
    struct store store = {.count = 0};
    struct recording recording = {.profile = jam_profile_find(text(json, "gp_version")),
                                  .fetch = at(json, "fetch"),
                                  .lookups = at(json, "historical_lookup")};
    ck_assert_ptr_nonnull(recording.profile);
    struct jam_params params;
    jam_params_get(recording.profile, JAM_PARAMS_TINY, &params);
    struct pvm_bytes metadata;
    struct pvm_bytes program;
    struct pvm_standard standard;
    ck_assert(jam_code_split(octets(&store, text(json, "code")), &metadata, &program));
    ck_assert_msg(pvm_standard_decode(program, &standard, &err) == PVM_OK, "%s", err.msg);
    struct jam_run_config config = {
        .profile = recording.profile,
        .params = &params,
        .invocation = strcmp(text(json, "entry"), "refine") == 0 ? JAM_REFINE : JAM_IS_AUTHORIZED,
        .program = &standard,
        .entry = number(json, "entry_pc"),
        .gas = number(json, "gas_limit"),
        .args = octets(&store, text(json, "arguments")),
        .service = cJSON_IsNumber(at(json, "service")) ? number(json, "service") : 0,
        .export_offset = number(json, "export_offset"),
        .sources = {recorded_fetch, recorded_lookup, &recording},
    };
    struct jam_run *run;
    ck_assert_msg(jam_run_new(&config, &run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    const struct jam_result *result = jam_run_result(run);
    const cJSON *expected = at(json, "expected");
    expect_end(result, expected);
    expect_octets("output", result->output, octets(&store, text(expected, "output")));
    expect_exports(&store, result, expected);
    expect_calls(result, recording.profile, expected);
    jam_run_free(run);
    store_free(&store);
    store_free(&recording.store);
}

static const char *const cases[] = {
    "duna-028-is_authorized",
    "duna-028-item0-auth_copy",
    "duna-028-item1-algo",
    "gol-00",
    "gol-01",
    "gol-02",
    "gol-03",
};

START_TEST(test_refine_cases)
{
    char name[128];
    snprintf(name, sizeof name, "refine-cases/%s.json", cases[_i]);
    cJSON *json = load_json(name);
    if (json == NULL)
        return;
    if (at(at(json, "expected"), "inner_instructions")->valuedouble <= most)
        replay_case(json);
    else
        printf("skipped: %s is too long for a build without optimisation\n", name);
    cJSON_Delete(json);
}
END_TEST

/* The argument blobs of the recorded package follow from it (GP 0.7.0 B.3). */
START_TEST(test_recorded_arguments)
{
    for (size_t i = 0; i < 3; i++) {
        char name[128];
        snprintf(name, sizeof name, "refine-cases/%s.json", cases[i]);
        cJSON *json = load_json(name);
        if (json == NULL)
            return;
        const cJSON *from = at(json, "work_package");
        const cJSON *context = at(from, "context");
        struct store store = {.count = 0};
        struct jam_work_item items[2];
        struct jam_work_package package = {.items = items, .item_count = 2};
        memset(items, 0, sizeof items);
        const struct {
            struct jam_hash *to;
            const cJSON *object;
            const char *key;
        } hashes[] = {
            {&package.auth_code_hash, from, "auth_code_hash"},
            {&package.context.anchor, context, "anchor"},
            {&package.context.state_root, context, "state_root"},
            {&package.context.beefy_root, context, "beefy_root"},
            {&package.context.lookup_anchor, context, "lookup_anchor"},
            {&items[0].code_hash, cJSON_GetArrayItem(at(from, "items"), 0), "code_hash"},
            {&items[1].code_hash, cJSON_GetArrayItem(at(from, "items"), 1), "code_hash"},
        };
        for (size_t j = 0; j < sizeof hashes / sizeof *hashes; j++)
            memcpy(hashes[j].to->octets, octets(&store, text(hashes[j].object, hashes[j].key)).ptr,
                   JAM_HASH_SIZE);
        package.context.lookup_anchor_slot = (uint32_t)number(context, "lookup_anchor_slot");
        for (int j = 0; j < 2; j++) {
            const cJSON *item = cJSON_GetArrayItem(at(from, "items"), j);
            items[j].service = (uint32_t)number(item, "service");
            items[j].payload = octets(&store, text(item, "payload"));
            items[j].refine_gas_limit = number(item, "refine_gas_limit");
            items[j].accumulate_gas_limit = number(item, "accumulate_gas_limit");
        }
        const struct jam_profile *profile = jam_profile_find("0.7.0");
        struct jam_refine_values values = {.core = number(json, "core"),
                                           .item = number(json, "work_item_index"),
                                           .package = &package};
        ck_assert(jam_package_hash(profile, &package, NULL, &values.package_hash, NULL) == PVM_OK);
        struct pvm_buf args = {0};
        if (strcmp(text(json, "entry"), "refine") == 0)
            profile->refine_args(&values, &args);
        else
            profile->is_authorized_args(&package, values.core, &args);
        expect_octets("arguments", pvm_buf_bytes(&args), octets(&store, text(json, "arguments")));
        pvm_buf_deinit(&args);
        store_free(&store);
        cJSON_Delete(json);
    }
}
END_TEST

/* ---- programs ---- */

static void run_raw(const struct pvm_blob *blob, const cJSON *from)
{
    struct pvm_err err = {.status = PVM_OK};
    struct store store = {.count = 0};
    struct pvm_program *program;
    struct pvm_vm vm;
    enum pvm_exit exit;
    ck_assert_msg(pvm_program_new(&pvm_rules_072, NULL, blob->program, &program, &err) == PVM_OK,
                  "%s", err.msg);
    pvm_vm_init(&vm, program, NULL, NULL);
    pvm_program_free(program);
    vm.pc = number(from, "initial_pc");
    vm.gas = number(from, "gas_limit");
    for (int i = 0; i < PVM_REG_COUNT; i++)
        vm.regs[i] = (uint64_t)cJSON_GetArrayItem(at(from, "registers"), i)->valuedouble;
    const cJSON *page;
    cJSON_ArrayForEach(page, at(from, "pages"))
        ck_assert(pvm_memory_map(&vm.memory, (uint32_t)(number(page, "address") / PVM_PAGE_SIZE),
                                 (uint32_t)(number(page, "length") / PVM_PAGE_SIZE),
                                 cJSON_IsTrue(at(page, "writable")) ? PVM_WRITE : PVM_READ, true,
                                 &err) == PVM_OK);
    ck_assert_msg(pvm_vm_run(&vm, &exit, &err) == PVM_OK, "%s", err.msg);
    const cJSON *expected = at(from, "expected");
    ck_assert_str_eq(pvm_exit_name(exit), text(expected, "exit"));
    ck_assert_uint_eq(vm.pc, number(expected, "pc"));
    ck_assert_uint_eq(number(from, "gas_limit") - vm.gas, number(expected, "gas_used"));
    for (int i = 0; i < PVM_REG_COUNT; i++)
        ck_assert_uint_eq(vm.regs[i],
                          (uint64_t)cJSON_GetArrayItem(at(expected, "registers"), i)->valuedouble);
    cJSON_ArrayForEach(page, at(expected, "memory"))
    {
        size_t len = (size_t)number(page, "length");
        uint8_t *copy = pvm_alloc_zero(NULL, len, 1);
        ck_assert_ptr_nonnull(copy);
        pvm_memory_get(&vm.memory, number(page, "address"), copy, len);
        expect_hash(&store, "memory", pvm_bytes(copy, len), text(page, "blake2b_256"));
        pvm_alloc_free(NULL, copy);
    }
    pvm_vm_deinit(&vm);
    store_free(&store);
}

/* The manifest's host rules: constants only, nothing else to fetch or to look up. */
static enum pvm_status params_only(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                   bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    (void)a;
    (void)b;
    (void)err;
    *found = what == JAM_FETCH_PARAMS;
    *value = pvm_buf_bytes(user);
    return PVM_OK;
}

static void expect_log(struct store *store, const struct jam_run *run, const cJSON *expected)
{
    struct pvm_buf all = {0};
    struct jam_log_line line = {.level = 0};
    size_t pos = 0;
    while (jam_run_log_next(run, &pos, &line)) {
        pvm_buf_add_bytes(&all, line.message);
        pvm_buf_add_u8(&all, '\n');
    }
    ck_assert_uint_eq(jam_run_result(run)->log_count, number(expected, "log_messages"));
    expect_hash(store, "log", pvm_buf_bytes(&all), text(expected, "log_blake2b_256"));
    const char *last = cJSON_GetStringValue(at(expected, "last_log"));
    if (last != NULL)
        expect_octets("last log line", line.message, pvm_bytes(last, strlen(last)));
    pvm_buf_deinit(&all);
}

static void run_standard(const struct pvm_blob *blob, const cJSON *from)
{
    struct pvm_err err = {.status = PVM_OK};
    struct store store = {.count = 0};
    struct pvm_buf constants = {0};
    struct jam_params params;
    jam_params_get(jam_profile_default, JAM_PARAMS_TINY, &params);
    jam_encode_params(jam_profile_default, &params, &constants);
    struct jam_run_config config = {
        .params = &params,
        .invocation = JAM_REFINE,
        .program = &blob->standard,
        .entry = number(from, "entry_pc"),
        .gas = number(from, "gas_limit"),
        .args = octets(&store, text(from, "arguments")),
        .sources = {params_only, NULL, &constants},
    };
    struct jam_run *run;
    ck_assert_msg(jam_run_new(&config, &run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    const struct jam_result *result = jam_run_result(run);
    const cJSON *expected = at(from, "expected");
    expect_end(result, expected);
    expect_calls(result, jam_profile_default, expected);
    ck_assert_uint_eq(result->export_count, number(expected, "exports"));
    if (result->outcome == JAM_ENDED_HALT) {
        ck_assert_uint_eq(result->output.len, number(expected, "output_length"));
        struct pvm_bytes prefix = octets(&store, text(expected, "output_prefix"));
        ck_assert_uint_le(prefix.len, result->output.len);
        expect_octets("output", pvm_bytes(result->output.ptr, prefix.len), prefix);
        expect_hash(&store, "output", result->output, text(expected, "output_blake2b_256"));
    }
    expect_log(&store, run, expected);
    jam_run_free(run);
    pvm_buf_deinit(&constants);
    store_free(&store);
}

static void run_program(const cJSON *entry)
{
    char path[MAX_PATH];
    struct pvm_buf bytes = {0};
    struct pvm_blob blob;
    struct pvm_err err = {.status = PVM_OK};
    snprintf(path, sizeof path, "%s/vectors/programs/%s", PVM_SHARED, text(entry, "file"));
    ck_assert_msg(read_file(path, &bytes), "%s is missing", path);
    ck_assert_msg(pvm_blob_decode(pvm_buf_bytes(&bytes), -1, &blob, &err) == PVM_OK, "%s: %s", path,
                  err.msg);
    const cJSON *from;
    cJSON_ArrayForEach(from, cJSON_GetObjectItemCaseSensitive(entry, "runs"))
    {
        if (at(at(from, "expected"), "gas_used")->valuedouble > most)
            printf("skipped: %s is too long for a build without optimisation\n",
                   text(from, "label"));
        else if (blob.format == PVM_BLOB_RAW)
            run_raw(&blob, from);
        else
            run_standard(&blob, from);
    }
    pvm_buf_deinit(&bytes);
}

START_TEST(test_programs)
{
    cJSON *json = load_json("programs/manifest.json");
    if (json == NULL)
        return;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, at(json, "programs")) run_program(entry);
    cJSON_Delete(json);
}
END_TEST

Suite *vectors_suite(void);

Suite *vectors_suite(void)
{
    Suite *suite = suite_create("host/vectors");
    TCase *tests = tcase_create("recorded runs");
    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, test_refine_cases, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, test_recorded_arguments);
    tcase_add_test(tests, test_programs);
    suite_add_tcase(suite, tests);
    return suite;
}
