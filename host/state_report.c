/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_report.h"

#include "host/arena.h"
#include "host/report.h"

#include <assert.h>

/* What a report's lists may take of memory while they are read. */
static const size_t list_limit = (size_t)256 << 20;

/* The vectors' names of results without output. */
static const char *const names[] = {
    [JAM_ENDED_HALT] = "ok",
    [JAM_ENDED_OOG] = "out_of_gas",
    [JAM_ENDED_PANIC] = "panic",
    [JAM_ENDED_BAD_EXPORTS] = "bad_exports",
    [JAM_ENDED_OVERSIZE] = "output_oversize",
    [JAM_ENDED_BAD] = "bad_code",
    [JAM_ENDED_BIG] = "code_oversize",
};

enum { RESULT_COUNT = sizeof names / sizeof *names, LACKING = 0xff };

/* ---- from JSON ---- */

struct reading {
    const struct jam_profile *profile;
    struct jam_arena arena;
    struct jam_report report;
    struct pvm_err *err;
};

struct spec_keys {
    struct jam_hash hash;
    uint32_t length;
    struct jam_hash erasure_root;
    uint16_t erasure_shards; /* 0.8.0 on */
    struct jam_hash exports_root;
    uint16_t exports_count;
};

static const struct jam_json_field spec_fields[] = {
    JAM_JSON_NEEDED(struct spec_keys, hash),
    JAM_JSON_NEEDED(struct spec_keys, length),
    JAM_JSON_NEEDED(struct spec_keys, erasure_root),
    JAM_JSON_FIELD(struct spec_keys, erasure_shards),
    JAM_JSON_NEEDED(struct spec_keys, exports_root),
    JAM_JSON_NEEDED(struct spec_keys, exports_count),
    JAM_JSON_FIELD(struct spec_keys, erasure_shards),
};

struct context_keys {
    struct jam_hash anchor, state_root, beefy_root, lookup_anchor;
    uint32_t lookup_anchor_slot;
    uint32_t anchor_slot;                     /* 0.8.0 on */
    struct jam_hash lookup_anchor_state_root; /* 0.8.0 on */
    struct jam_json prerequisites;
};

static const struct jam_json_field context_fields[] = {
    JAM_JSON_NEEDED(struct context_keys, anchor),
    JAM_JSON_NEEDED(struct context_keys, state_root),
    JAM_JSON_NEEDED(struct context_keys, beefy_root),
    JAM_JSON_NEEDED(struct context_keys, lookup_anchor),
    JAM_JSON_NEEDED(struct context_keys, lookup_anchor_slot),
    JAM_JSON_FIELD(struct context_keys, anchor_slot),
    JAM_JSON_FIELD(struct context_keys, lookup_anchor_state_root),
    JAM_JSON_NEEDED(struct context_keys, prerequisites),
};

static const struct jam_json_field lookup_fields[] = {
    JAM_JSON_NEEDED(struct jam_root_lookup, work_package_hash),
    JAM_JSON_NEEDED(struct jam_root_lookup, segment_tree_root),
};

static const struct jam_json_field load_fields[] = {
    JAM_JSON_NEEDED(struct jam_refine_load, gas_used),
    JAM_JSON_NEEDED(struct jam_refine_load, imports),
    JAM_JSON_NEEDED(struct jam_refine_load, extrinsic_count),
    JAM_JSON_NEEDED(struct jam_refine_load, extrinsic_size),
    JAM_JSON_NEEDED(struct jam_refine_load, exports),
};

struct digest_keys {
    uint32_t service_id;
    struct jam_hash code_hash, payload_hash;
    uint64_t accumulate_gas;
    struct jam_json result, refine_load;
};

static const struct jam_json_field digest_fields[] = {
    JAM_JSON_NEEDED(struct digest_keys, service_id),
    JAM_JSON_NEEDED(struct digest_keys, code_hash),
    JAM_JSON_NEEDED(struct digest_keys, payload_hash),
    JAM_JSON_NEEDED(struct digest_keys, accumulate_gas),
    JAM_JSON_NEEDED(struct digest_keys, result),
    JAM_JSON_FIELD(struct digest_keys, refine_load),
};

struct report_keys {
    struct jam_json package_spec, context;
    uint64_t core_index;
    struct jam_hash authorizer_hash;
    uint64_t auth_gas_used;
    struct jam_json auth_output, segment_root_lookup, results;
};

static const struct jam_json_field report_fields[] = {
    JAM_JSON_NEEDED(struct report_keys, package_spec),
    JAM_JSON_NEEDED(struct report_keys, context),
    JAM_JSON_NEEDED(struct report_keys, core_index),
    JAM_JSON_NEEDED(struct report_keys, authorizer_hash),
    JAM_JSON_FIELD(struct report_keys, auth_gas_used),
    JAM_JSON_NEEDED(struct report_keys, auth_output),
    JAM_JSON_NEEDED(struct report_keys, segment_root_lookup),
    JAM_JSON_NEEDED(struct report_keys, results),
};

/* A zeroed list as long as a JSON array. */
static enum pvm_status new_list(struct reading *in, struct jam_json json, size_t size, void **list,
                                size_t *count)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, in->err));
    *count = jam_json_count(json);
    return jam_arena_get(&in->arena, *count, size, list, in->err);
}

static enum pvm_status read_octets(struct reading *in, struct jam_json json, struct pvm_bytes *out)
{
    struct pvm_buf octets = {.alloc = in->arena.alloc};
    enum pvm_status status = jam_json_hex(json, &octets, in->err);
    if (status == PVM_OK)
        status = jam_arena_copy(&in->arena, pvm_buf_bytes(&octets), out, in->err);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status read_spec(struct reading *in, struct jam_json json)
{
    struct spec_keys keys = {.length = 0};
    PVM_TRY(jam_json_fields(json, spec_fields, JAM_JSON_COUNT(spec_fields), &keys, in->err));
    in->report.package_spec = (struct jam_package_spec){
        .hash = keys.hash,
        .length = keys.length,
        .erasure_root = keys.erasure_root,
        .erasure_shards = keys.erasure_shards,
        .exports_root = keys.exports_root,
        .exports_count = keys.exports_count,
    };
    return PVM_OK;
}

static enum pvm_status read_context(struct reading *in, struct jam_json json)
{
    struct context_keys keys = {.lookup_anchor_slot = 0};
    void *list = NULL;
    size_t count = 0;
    PVM_TRY(jam_json_fields(json, context_fields, JAM_JSON_COUNT(context_fields), &keys, in->err));
    PVM_TRY(new_list(in, keys.prerequisites, sizeof(struct jam_hash), &list, &count));
    struct jam_hash *hashes = list;
    struct jam_json it = jam_json_first(keys.prerequisites);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(jam_json_hash(it, &hashes[i], in->err));
    in->report.context = (struct jam_refine_context){
        .anchor = keys.anchor,
        .anchor_slot = keys.anchor_slot,
        .state_root = keys.state_root,
        .beefy_root = keys.beefy_root,
        .lookup_anchor = keys.lookup_anchor,
        .lookup_anchor_slot = keys.lookup_anchor_slot,
        .lookup_anchor_state_root = keys.lookup_anchor_state_root,
        .prerequisites = hashes,
        .prerequisite_count = count,
    };
    return PVM_OK;
}

static enum pvm_status read_lookup(struct reading *in, struct jam_json json)
{
    void *list = NULL;
    size_t count = 0;
    PVM_TRY(new_list(in, json, sizeof(struct jam_root_lookup), &list, &count));
    struct jam_root_lookup *lookup = list;
    struct jam_json it = jam_json_first(json);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(
            jam_json_fields(it, lookup_fields, JAM_JSON_COUNT(lookup_fields), &lookup[i], in->err));
    in->report.segment_root_lookup = lookup;
    in->report.lookup_count = count;
    return PVM_OK;
}

/* {"ok": octets}, or the name of an error alone or as the key of null. */
static enum pvm_status read_result(struct reading *in, struct jam_json json,
                                   struct jam_work_digest *digest)
{
    const char *name = NULL;
    if (jam_json_type(json) == JAM_JSON_STRING) {
        PVM_TRY(jam_json_text(json, &name, in->err));
    } else {
        PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, in->err));
        if (jam_json_count(json) != 1)
            return jam_json_fail(json, in->err, "expected one key, \"ok\" or an error");
        struct jam_json value = jam_json_first(json);
        name = jam_json_key(value);
        if (strcmp(name, "ok") == 0)
            return read_octets(in, value, &digest->output);
        PVM_TRY(jam_json_expect(value, JAM_JSON_NULL, in->err));
    }
    for (unsigned i = 1; i < RESULT_COUNT; i++) {
        enum jam_outcome outcome = (enum jam_outcome)i;
        if (strcmp(name, names[i]) != 0 || jam_outcome_octet(in->profile, outcome) == LACKING)
            continue;
        digest->result = outcome;
        return PVM_OK;
    }
    return jam_json_fail(json, in->err, "no result \"%.40s\" in GP %s", name, in->profile->name);
}

static enum pvm_status read_digest(struct reading *in, struct jam_json json,
                                   struct jam_work_digest *digest)
{
    struct digest_keys keys = {.service_id = 0};
    PVM_TRY(jam_json_fields(json, digest_fields, JAM_JSON_COUNT(digest_fields), &keys, in->err));
    digest->service_id = keys.service_id;
    digest->code_hash = keys.code_hash;
    digest->payload_hash = keys.payload_hash;
    digest->accumulate_gas = keys.accumulate_gas;
    PVM_TRY(read_result(in, keys.result, digest));
    if (in->profile->state.report == JAM_REPORT_062)
        return PVM_OK;
    if (!jam_json_has(keys.refine_load))
        return jam_json_fail(json, in->err, "\"refine_load\" is missing");
    return jam_json_fields(keys.refine_load, load_fields, JAM_JSON_COUNT(load_fields),
                           &digest->refine_load, in->err);
}

static enum pvm_status read_results(struct reading *in, struct jam_json json)
{
    void *list = NULL;
    size_t count = 0;
    PVM_TRY(new_list(in, json, sizeof(struct jam_work_digest), &list, &count));
    struct jam_work_digest *digests = list;
    struct jam_json it = jam_json_first(json);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(read_digest(in, it, &digests[i]));
    in->report.results = digests;
    in->report.result_count = count;
    return PVM_OK;
}

static enum pvm_status read_report(struct reading *in, struct jam_json json)
{
    struct report_keys keys = {.core_index = 0};
    PVM_TRY(jam_json_fields(json, report_fields, JAM_JSON_COUNT(report_fields), &keys, in->err));
    PVM_TRY(read_spec(in, keys.package_spec));
    PVM_TRY(read_context(in, keys.context));
    in->report.core_index = keys.core_index;
    in->report.authorizer_hash = keys.authorizer_hash;
    in->report.auth_gas_used = keys.auth_gas_used;
    PVM_TRY(read_octets(in, keys.auth_output, &in->report.auth_output));
    PVM_TRY(read_lookup(in, keys.segment_root_lookup));
    return read_results(in, keys.results);
}

enum pvm_status jam_state_report_read(struct jam_json json, const struct jam_profile *profile,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    struct reading in = {.profile = profile, .err = err};
    jam_arena_init(&in.arena, list_limit, out->alloc);
    enum pvm_status status = read_report(&in, json);
    if (status == PVM_OK) {
        jam_report_encode(profile, &in.report, out);
        status = pvm_buf_status(out, err);
    }
    jam_arena_deinit(&in.arena);
    return status;
}

/* ---- to JSON ---- */

static void put_hash(struct jam_out *json, const char *key, const struct jam_hash *hash)
{
    jam_out_hex(json, key, jam_hash_bytes(hash));
}

static void put_spec(const struct jam_profile *profile, const struct jam_package_spec *spec,
                     struct jam_out *json)
{
    jam_out_object(json, "package_spec");
    put_hash(json, "hash", &spec->hash);
    jam_out_number(json, "length", spec->length);
    put_hash(json, "erasure_root", &spec->erasure_root);
    if (profile->state.report == JAM_REPORT_080)
        jam_out_number(json, "erasure_shards", spec->erasure_shards);
    put_hash(json, "exports_root", &spec->exports_root);
    jam_out_number(json, "exports_count", spec->exports_count);
    jam_out_end_object(json);
}

static void put_context(const struct jam_profile *profile, const struct jam_refine_context *context,
                        struct jam_out *json)
{
    bool slotted = profile->state.report == JAM_REPORT_080;
    jam_out_object(json, "context");
    put_hash(json, "anchor", &context->anchor);
    if (slotted)
        jam_out_number(json, "anchor_slot", context->anchor_slot);
    put_hash(json, "state_root", &context->state_root);
    put_hash(json, "beefy_root", &context->beefy_root);
    put_hash(json, "lookup_anchor", &context->lookup_anchor);
    jam_out_number(json, "lookup_anchor_slot", context->lookup_anchor_slot);
    if (slotted)
        put_hash(json, "lookup_anchor_state_root", &context->lookup_anchor_state_root);
    jam_out_array(json, "prerequisites");
    for (size_t i = 0; i < context->prerequisite_count; i++)
        put_hash(json, NULL, &context->prerequisites[i]);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void put_digest(const struct jam_profile *profile, const struct jam_work_digest *digest,
                       struct jam_out *json)
{
    const struct jam_refine_load *load = &digest->refine_load;
    jam_out_object(json, NULL);
    jam_out_number(json, "service_id", digest->service_id);
    put_hash(json, "code_hash", &digest->code_hash);
    put_hash(json, "payload_hash", &digest->payload_hash);
    jam_out_number(json, "accumulate_gas", digest->accumulate_gas);
    jam_out_object(json, "result");
    if (digest->result == JAM_ENDED_HALT)
        jam_out_hex(json, names[digest->result], digest->output);
    else
        jam_out_null(json, names[digest->result]);
    jam_out_end_object(json);
    if (profile->state.report != JAM_REPORT_062) {
        jam_out_object(json, "refine_load");
        jam_out_number(json, "gas_used", load->gas_used);
        jam_out_number(json, "imports", load->imports);
        jam_out_number(json, "extrinsic_count", load->extrinsic_count);
        jam_out_number(json, "extrinsic_size", load->extrinsic_size);
        jam_out_number(json, "exports", load->exports);
        jam_out_end_object(json);
    }
    jam_out_end_object(json);
}

static void put_report(const struct jam_profile *profile, const struct jam_report *report,
                       const char *key, struct jam_out *json)
{
    jam_out_object(json, key);
    put_spec(profile, &report->package_spec, json);
    put_context(profile, &report->context, json);
    jam_out_number(json, "core_index", report->core_index);
    put_hash(json, "authorizer_hash", &report->authorizer_hash);
    if (profile->state.report != JAM_REPORT_062)
        jam_out_number(json, "auth_gas_used", report->auth_gas_used);
    jam_out_hex(json, "auth_output", report->auth_output);
    jam_out_array(json, "segment_root_lookup");
    for (size_t i = 0; i < report->lookup_count; i++) {
        jam_out_object(json, NULL);
        put_hash(json, "work_package_hash", &report->segment_root_lookup[i].work_package_hash);
        put_hash(json, "segment_tree_root", &report->segment_root_lookup[i].segment_tree_root);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_array(json, "results");
    for (size_t i = 0; i < report->result_count; i++)
        put_digest(profile, &report->results[i], json);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

void jam_state_report_write(const struct jam_profile *profile, struct pvm_bytes report,
                            const char *key, struct jam_out *json)
{
    struct jam_report decoded;
    enum pvm_status status = jam_report_decode(profile, report, json->out->alloc, &decoded, NULL);
    assert(status != PVM_E_MALFORMED);
    if (status != PVM_OK) {
        json->out->failed = true;
        return;
    }
    put_report(profile, &decoded, key, json);
    jam_report_deinit(&decoded);
}
