/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_case_refine.h"

#include "host/hash.h"
#include "host/invoke_refine.h"
#include "host/vector_keys.h"
#include "host/vector_machine.h"

#include <stdio.h>

/* ---- loading ---- */

struct case_keys {
    struct jam_case_keys common;
    const char *name;
    struct jam_json code, fetch, historical_lookup, expected;
    struct jam_hash code_hash;
    uint64_t export_offset;
    /* Where the case is from, and the package that its arguments and fetches were made of. */
    struct jam_json code_label, core, work_item_index, host_rules, independently_published;
    struct jam_json provenance, work_package;
};

static const struct jam_json_field case_fields[] = {
    JAM_CASE_FIELDS(struct case_keys, common),
    JAM_JSON_NEEDED(struct case_keys, name),
    JAM_JSON_NEEDED(struct case_keys, code),
    JAM_JSON_NEEDED(struct case_keys, code_hash),
    JAM_JSON_NEEDED(struct case_keys, fetch),
    JAM_JSON_NEEDED(struct case_keys, historical_lookup),
    JAM_JSON_NEEDED(struct case_keys, export_offset),
    JAM_JSON_NEEDED(struct case_keys, expected),
    JAM_JSON_FIELD(struct case_keys, code_label),
    JAM_JSON_FIELD(struct case_keys, core),
    JAM_JSON_FIELD(struct case_keys, work_item_index),
    JAM_JSON_FIELD(struct case_keys, host_rules),
    JAM_JSON_FIELD(struct case_keys, independently_published),
    JAM_JSON_FIELD(struct case_keys, provenance),
    JAM_JSON_FIELD(struct case_keys, work_package),
};

struct fetch_keys {
    uint64_t kind, a, b;
    struct jam_json value;
};

static const struct jam_json_field fetch_fields[] = {
    JAM_JSON_NEEDED(struct fetch_keys, kind),
    JAM_JSON_NEEDED(struct fetch_keys, a),
    JAM_JSON_NEEDED(struct fetch_keys, b),
    JAM_JSON_NEEDED(struct fetch_keys, value),
};

struct lookup_keys {
    uint64_t service;
    struct jam_hash hash;
    struct jam_json value;
};

static const struct jam_json_field lookup_fields[] = {
    JAM_JSON_NEEDED(struct lookup_keys, service),
    JAM_JSON_NEEDED(struct lookup_keys, hash),
    JAM_JSON_NEEDED(struct lookup_keys, value),
};

struct expected_keys {
    struct jam_json exit, output, host_calls, exports;
    uint64_t gas_used, instructions, inner_instructions, exports_count;
    struct jam_hash exports_root;
};

static const struct jam_json_field expected_fields[] = {
    JAM_JSON_NEEDED(struct expected_keys, exit),
    JAM_JSON_NEEDED(struct expected_keys, output),
    JAM_JSON_NEEDED(struct expected_keys, host_calls),
    JAM_JSON_NEEDED(struct expected_keys, exports),
    JAM_JSON_NEEDED(struct expected_keys, gas_used),
    JAM_JSON_NEEDED(struct expected_keys, instructions),
    JAM_JSON_NEEDED(struct expected_keys, inner_instructions),
    JAM_JSON_NEEDED(struct expected_keys, exports_count),
    JAM_JSON_NEEDED(struct expected_keys, exports_root),
};

#define FIELDS(json, fields, keys)                                                                 \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, err))

static enum pvm_status load_value(struct jam_refine_case *c, struct jam_json json,
                                  struct jam_recorded *out, struct pvm_err *err)
{
    out->found = jam_json_type(json) != JAM_JSON_NULL;
    return out->found ? jam_case_octets(&c->common, json, &out->value, err) : PVM_OK;
}

static enum pvm_status load_fetches(struct jam_refine_case *c, struct jam_json json,
                                    struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_case_list(&c->common, json, JAM_JSON_ARRAY, sizeof *c->fetches.list, &list, err));
    c->fetches.list = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct fetch_keys keys = {.kind = 0};
        struct jam_recorded *fetch = &c->fetches.list[c->fetches.count++];
        FIELDS(it, fetch_fields, &keys);
        if (keys.kind >= JAM_FETCH_KINDS)
            return jam_json_fail(it, err, "there is no kind %llu of fetch",
                                 (unsigned long long)keys.kind);
        *fetch = (struct jam_recorded){.kind = keys.kind, .a = keys.a, .b = keys.b};
        PVM_TRY(load_value(c, keys.value, fetch, err));
    }
    return PVM_OK;
}

static enum pvm_status load_lookups(struct jam_refine_case *c, struct jam_json json,
                                    struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_case_list(&c->common, json, JAM_JSON_ARRAY, sizeof *c->lookups.list, &list, err));
    c->lookups.list = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct lookup_keys keys = {.service = 0};
        struct jam_recorded *lookup = &c->lookups.list[c->lookups.count++];
        FIELDS(it, lookup_fields, &keys);
        *lookup = (struct jam_recorded){.service = keys.service, .hash = keys.hash};
        PVM_TRY(load_value(c, keys.value, lookup, err));
    }
    return PVM_OK;
}

static enum pvm_status load_exports(struct jam_refine_case *c, const struct expected_keys *keys,
                                    struct pvm_err *err)
{
    void *list;
    size_t count = jam_json_count(keys->exports);
    PVM_TRY(
        jam_case_list(&c->common, keys->exports, JAM_JSON_ARRAY, sizeof *c->exports, &list, err));
    c->exports = list;
    c->export_count = keys->exports_count;
    c->export_root = keys->exports_root;
    if (count != keys->exports_count)
        return jam_json_fail(keys->exports, err, "%zu exports, but exports_count is %llu", count,
                             (unsigned long long)keys->exports_count);
    struct jam_json it = jam_json_first(keys->exports);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it)) {
        PVM_TRY(jam_case_octets(&c->common, it, &c->exports[i], err));
        if (c->exports[i].len != JAM_SEGMENT_SIZE)
            return jam_json_fail(it, err, "a segment has %d octets, not %zu", JAM_SEGMENT_SIZE,
                                 c->exports[i].len);
    }
    return PVM_OK;
}

static enum pvm_status load_expected(struct jam_refine_case *c, struct jam_json json,
                                     struct pvm_err *err)
{
    struct expected_keys keys = {.gas_used = 0};
    FIELDS(json, expected_fields, &keys);
    c->end = (struct jam_case_end){.gas_used = keys.gas_used,
                                   .instructions = keys.instructions,
                                   .inner_gas = keys.inner_instructions,
                                   .has_instructions = true,
                                   .has_inner = true};
    PVM_TRY(jam_case_exit(keys.exit, &c->end.exit, err));
    PVM_TRY(jam_case_octets(&c->common, keys.output, &c->output, err));
    PVM_TRY(jam_case_calls(&c->common, keys.host_calls, &c->end, err));
    return load_exports(c, &keys, err);
}

static enum pvm_status load_document(struct jam_refine_case *c, struct jam_json root,
                                     const struct jam_vector_options *options, struct pvm_err *err)
{
    struct case_keys keys = {.name = ""};
    FIELDS(root, case_fields, &keys);
    PVM_TRY(jam_case_load(&c->common, root, &keys.common, options, err));
    if (c->common.invocation != JAM_REFINE && c->common.invocation != JAM_IS_AUTHORIZED)
        return jam_json_fail(jam_json_get(root, "entry"), err,
                             "expected \"refine\" or \"is_authorized\"");
    c->export_offset = keys.export_offset;
    PVM_TRY(jam_case_octets(&c->common, keys.code, &c->code, err));
    struct jam_hash real = jam_hash(c->code);
    if (!jam_hash_equal(&real, &keys.code_hash))
        return jam_json_fail(jam_json_get(root, "code_hash"), err, "the code has another hash");
    PVM_TRY(load_fetches(c, keys.fetch, err));
    PVM_TRY(load_lookups(c, keys.historical_lookup, err));
    return load_expected(c, keys.expected, err);
}

enum pvm_status jam_refine_case_load(struct pvm_bytes octets, const char *path,
                                     const struct jam_vector_options *options,
                                     struct jam_refine_case **out, struct pvm_err *err)
{
    struct jam_json_doc *doc;
    struct jam_refine_case *c = pvm_alloc_zero(options->alloc, 1, sizeof *c);
    if (c == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a case");
    jam_case_init(&c->common, path, options);
    enum pvm_status status = jam_json_parse(octets, path, options->alloc, &doc, err);
    if (status == PVM_OK) {
        status = load_document(c, jam_json_root(doc), options, err);
        jam_json_free(doc);
    }
    if (status != PVM_OK) {
        jam_refine_case_free(c);
        return status;
    }
    *out = c;
    return PVM_OK;
}

void jam_refine_case_free(struct jam_refine_case *c)
{
    if (c == NULL)
        return;
    const struct pvm_alloc *alloc = c->common.arena.alloc;
    jam_case_deinit(&c->common);
    pvm_alloc_free(alloc, c);
}

/* ---- answers from the recording ---- */

struct replay {
    const struct jam_refine_case *c;
    bool *fetched, *looked_up; /* which of the recordings were asked for */
    struct pvm_buf *why;       /* what was asked for and is not there */
};

static enum pvm_status not_recorded(struct replay *replay, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_MALFORMED, "%s", pvm_buf_str(replay->why));
}

static enum pvm_status answer_fetch(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                    bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    struct replay *replay = user;
    const struct jam_recording *fetches = &replay->c->fetches;
    const uint8_t *kinds = replay->c->common.profile->fetch_kinds;
    unsigned number = 0;
    for (size_t i = 0; i < fetches->count; i++) {
        const struct jam_recorded *fetch = &fetches->list[i];
        if (kinds[fetch->kind] != what || fetch->a != a || fetch->b != b)
            continue;
        replay->fetched[i] = true;
        *found = fetch->found;
        *value = fetch->value;
        return PVM_OK;
    }
    while (number < JAM_FETCH_KINDS - 1 && kinds[number] != what)
        number++;
    pvm_buf_printf(replay->why, "fetch of kind %u, r11 0x%llx, r12 0x%llx: it is not recorded",
                   number, (unsigned long long)a, (unsigned long long)b);
    return not_recorded(replay, err);
}

static enum pvm_status answer_lookup(void *user, uint64_t service, const struct jam_hash *hash,
                                     bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    struct replay *replay = user;
    const struct jam_recording *lookups = &replay->c->lookups;
    for (size_t i = 0; i < lookups->count; i++) {
        const struct jam_recorded *lookup = &lookups->list[i];
        if (lookup->service != service || !jam_hash_equal(&lookup->hash, hash))
            continue;
        replay->looked_up[i] = true;
        *found = lookup->found;
        *value = lookup->value;
        return PVM_OK;
    }
    pvm_buf_printf(replay->why, "historical_lookup in service %llu of 0x",
                   (unsigned long long)service);
    pvm_buf_hex(replay->why, jam_hash_bytes(hash));
    pvm_buf_text(replay->why, ": it is not recorded");
    return not_recorded(replay, err);
}

/* Whether all that is recorded was asked for. */
static bool same_asked(const char *what, const bool *asked, size_t count, struct pvm_buf *why)
{
    for (size_t i = 0; i < count; i++)
        if (!asked[i]) {
            pvm_buf_printf(why, "%s[%zu]: recorded, but never asked for", what, i);
            return false;
        }
    return true;
}

/* ---- running ---- */

static bool same_exports(const struct jam_refine_case *c, const struct jam_result *got,
                         struct pvm_buf *why)
{
    char what[48];
    if (!jam_same_count("exports", c->export_count, got->export_count, why))
        return false;
    for (size_t i = 0; i < got->export_count; i++) {
        struct pvm_bytes segment = pvm_bytes(got->exports + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE);
        snprintf(what, sizeof what, "export %zu", i);
        if (!jam_case_same_octets(what, &c->exports[i], &segment, why))
            return false;
    }
    struct pvm_bytes expected = jam_hash_bytes(&c->export_root);
    struct pvm_bytes root = jam_hash_bytes(&got->export_root);
    return jam_case_same_octets("root of the exports", &expected, &root, why);
}

static bool same_all(const struct replay *replay, const struct jam_result *got)
{
    const struct jam_refine_case *c = replay->c;
    struct pvm_buf *why = replay->why;
    return jam_case_same_end(&c->end, got, why) &&
           jam_case_same_octets("output", &c->output, &got->output, why) &&
           same_exports(c, got, why) && jam_case_same_calls(c->common.profile, &c->end, got, why) &&
           same_asked("fetch", replay->fetched, c->fetches.count, why) &&
           same_asked("historical_lookup", replay->looked_up, c->lookups.count, why);
}

static enum pvm_status run_case(struct replay *replay, const struct jam_vector_options *options,
                                struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_refine_case *c = replay->c;
    struct pvm_err own = {.status = PVM_OK};
    struct pvm_standard standard;
    struct pvm_bytes metadata;
    struct pvm_bytes program;
    struct jam_run *run;
    struct jam_run_config config = {
        .profile = c->common.profile,
        .params = &c->common.params,
        .alloc = options->alloc,
        .invocation = c->common.invocation,
        .missing = JAM_ENDED_PANIC,
        .entry = c->common.entry,
        .gas = c->common.gas,
        .args = c->common.args,
        .service = c->common.service,
        .export_offset = c->export_offset,
        .sources = {answer_fetch, answer_lookup, replay},
        .limits = options->limits,
    };
    if (jam_code_split(c->code, &metadata, &program) &&
        pvm_standard_decode(program, &standard, &own) == PVM_OK)
        config.program = &standard;
    PVM_TRY(jam_run_new(&config, &run, err));
    enum pvm_status status = jam_run_go(run, &own);
    if (status == PVM_OK) {
        const struct jam_result *got = jam_run_result(run);
        result->runs++;
        result->gas += got->gas_used;
        result->passed = same_all(replay, got);
    } else if (replay->why->len == 0) {
        pvm_fail(err, status, "%s", own.msg);
    } else {
        status = PVM_OK;
    }
    jam_run_free(run);
    return status != PVM_OK ? status : pvm_buf_status(replay->why, err);
}

enum pvm_status jam_refine_case_run(const struct jam_refine_case *c,
                                    const struct jam_vector_options *options,
                                    struct jam_vector_result *result, struct pvm_err *err)
{
    size_t count = c->fetches.count + c->lookups.count;
    bool *asked = pvm_alloc_zero(options->alloc, count + 1, sizeof *asked);
    if (asked == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to replay %zu answers", count);
    struct replay replay = {c, asked, asked + c->fetches.count, &result->why};
    result->profile = c->common.profile;
    enum pvm_status status = run_case(&replay, options, result, err);
    pvm_alloc_free(options->alloc, asked);
    return status;
}

/* ---- as a kind of file ---- */

/* By two of the keys that single invocations have, and one that those of Accumulate do not have. */
bool jam_refine_case_is(const struct jam_suite_file *file)
{
    static const char *const keys[] = {"gp_version", "entry", "expected",  "fetch", "code",
                                       "core",       "slot",  "code_hash", NULL};
    uint32_t has = jam_vector_keys(file->octets, keys);
    uint32_t common = has & 7;
    return (common & (common - 1)) != 0 && (has & 0xb8) != 0 && (has & 0x40) == 0;
}

enum pvm_status jam_refine_case_suite(const struct jam_suite_file *file,
                                      const struct jam_suite_options *options, jam_suite_sink sink,
                                      void *user, struct pvm_err *err)
{
    struct jam_refine_case *c;
    struct jam_vector_result result;
    PVM_TRY(jam_refine_case_load(file->octets, file->path, &options->vector, &c, err));
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_refine_case_run(c, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    else
        pvm_fail_at(err, status, file->path);
    jam_vector_result_deinit(&result);
    jam_refine_case_free(c);
    return status;
}
