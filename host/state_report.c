/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_report.h"

#include <assert.h>

/* Octets of an availability specification; 0.8.0 counts its erasure shards. */
static size_t spec_size(const struct jam_profile *profile)
{
    size_t shards = profile->state.report == JAM_REPORT_080 ? 2 : 0;
    return 3 * (size_t)JAM_HASH_SIZE + 4 + shards + 2;
}

/* The results a refinement can have but octets: name in JSON, number to 0.6.5, number since. */
#define RESULTS(X)                                                                                 \
    X("out_of_gas", 1, 1)                                                                          \
    X("panic", 2, 2)                                                                               \
    X("bad_exports", 3, 3)                                                                         \
    X("output_oversize", 0, 4)                                                                     \
    X("bad_code", 4, 5)                                                                            \
    X("code_oversize", 5, 6)

static const struct {
    const char *name;
    uint8_t number[2];
} results[] = {
#define X(name, before, since) {name, {before, since}},
    RESULTS(X)
#undef X
};

enum { RESULT_COUNT = sizeof results / sizeof *results };

static unsigned column(const struct jam_profile *profile)
{
    return profile->oversize ? 1 : 0;
}

/* ---- from JSON ---- */

struct reading {
    const struct jam_profile *profile;
    struct pvm_buf *out;
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

struct lookup_keys {
    struct jam_hash work_package_hash, segment_tree_root;
};

static const struct jam_json_field lookup_fields[] = {
    JAM_JSON_NEEDED(struct lookup_keys, work_package_hash),
    JAM_JSON_NEEDED(struct lookup_keys, segment_tree_root),
};

struct load_keys {
    uint64_t gas_used, imports, extrinsic_count, extrinsic_size, exports;
};

static const struct jam_json_field load_fields[] = {
    JAM_JSON_NEEDED(struct load_keys, gas_used),
    JAM_JSON_NEEDED(struct load_keys, imports),
    JAM_JSON_NEEDED(struct load_keys, extrinsic_count),
    JAM_JSON_NEEDED(struct load_keys, extrinsic_size),
    JAM_JSON_NEEDED(struct load_keys, exports),
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
    uint16_t core_index;
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

static void add_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_add(out, hash->octets, JAM_HASH_SIZE);
}

/* E of a JSON array: its length and what `item` appends for each member. */
static enum pvm_status read_list(struct reading *in, struct jam_json list,
                                 enum pvm_status (*item)(struct reading *, struct jam_json))
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, in->err));
    pvm_buf_add_natural(in->out, jam_json_count(list));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(item(in, it));
    return PVM_OK;
}

static enum pvm_status read_hash(struct reading *in, struct jam_json json)
{
    struct jam_hash hash = {{0}};
    PVM_TRY(jam_json_hash(json, &hash, in->err));
    add_hash(in->out, &hash);
    return PVM_OK;
}

static enum pvm_status read_blob(struct reading *in, struct jam_json json)
{
    struct pvm_buf octets = {.alloc = in->out->alloc};
    enum pvm_status status = jam_json_hex(json, &octets, in->err);
    if (status == PVM_OK)
        pvm_buf_add_blob(in->out, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status read_spec(struct reading *in, struct jam_json json)
{
    struct spec_keys keys = {.length = 0};
    PVM_TRY(jam_json_fields(json, spec_fields, JAM_JSON_COUNT(spec_fields), &keys, in->err));
    add_hash(in->out, &keys.hash);
    pvm_buf_add_le(in->out, keys.length, 4);
    add_hash(in->out, &keys.erasure_root);
    if (in->profile->state.report == JAM_REPORT_080)
        pvm_buf_add_le(in->out, keys.erasure_shards, 2);
    add_hash(in->out, &keys.exports_root);
    pvm_buf_add_le(in->out, keys.exports_count, 2);
    return PVM_OK;
}

static enum pvm_status read_context(struct reading *in, struct jam_json json)
{
    struct context_keys keys = {.lookup_anchor_slot = 0};
    bool slotted = in->profile->state.report == JAM_REPORT_080;
    PVM_TRY(jam_json_fields(json, context_fields, JAM_JSON_COUNT(context_fields), &keys, in->err));
    add_hash(in->out, &keys.anchor);
    if (slotted)
        pvm_buf_add_le(in->out, keys.anchor_slot, 4);
    add_hash(in->out, &keys.state_root);
    add_hash(in->out, &keys.beefy_root);
    add_hash(in->out, &keys.lookup_anchor);
    pvm_buf_add_le(in->out, keys.lookup_anchor_slot, 4);
    if (slotted)
        add_hash(in->out, &keys.lookup_anchor_state_root);
    return read_list(in, keys.prerequisites, read_hash);
}

static enum pvm_status read_lookup(struct reading *in, struct jam_json json)
{
    struct lookup_keys keys;
    memset(&keys, 0, sizeof keys);
    PVM_TRY(jam_json_fields(json, lookup_fields, JAM_JSON_COUNT(lookup_fields), &keys, in->err));
    add_hash(in->out, &keys.work_package_hash);
    add_hash(in->out, &keys.segment_tree_root);
    return PVM_OK;
}

/* {"ok": octets}, or the name of an error alone or as the key of null. */
static enum pvm_status read_result(struct reading *in, struct jam_json json)
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
        if (strcmp(name, "ok") == 0) {
            pvm_buf_add_u8(in->out, 0);
            return read_blob(in, value);
        }
        PVM_TRY(jam_json_expect(value, JAM_JSON_NULL, in->err));
    }
    for (size_t i = 0; i < RESULT_COUNT; i++) {
        uint8_t number = results[i].number[column(in->profile)];
        if (number == 0 || strcmp(name, results[i].name) != 0)
            continue;
        pvm_buf_add_u8(in->out, number);
        return PVM_OK;
    }
    return jam_json_fail(json, in->err, "no result \"%.40s\" in GP %s", name, in->profile->name);
}

static enum pvm_status read_load(struct reading *in, struct jam_json json)
{
    struct load_keys keys = {0};
    if (in->profile->state.report == JAM_REPORT_062)
        return PVM_OK;
    PVM_TRY(jam_json_fields(json, load_fields, JAM_JSON_COUNT(load_fields), &keys, in->err));
    pvm_buf_add_natural(in->out, keys.gas_used);
    pvm_buf_add_natural(in->out, keys.imports);
    pvm_buf_add_natural(in->out, keys.extrinsic_count);
    pvm_buf_add_natural(in->out, keys.extrinsic_size);
    pvm_buf_add_natural(in->out, keys.exports);
    return PVM_OK;
}

static enum pvm_status read_digest(struct reading *in, struct jam_json json)
{
    struct digest_keys keys = {.service_id = 0};
    PVM_TRY(jam_json_fields(json, digest_fields, JAM_JSON_COUNT(digest_fields), &keys, in->err));
    pvm_buf_add_le(in->out, keys.service_id, 4);
    add_hash(in->out, &keys.code_hash);
    add_hash(in->out, &keys.payload_hash);
    pvm_buf_add_le(in->out, keys.accumulate_gas, 8);
    PVM_TRY(read_result(in, keys.result));
    return read_load(in, keys.refine_load);
}

enum pvm_status jam_state_report_read(struct jam_json json, const struct jam_profile *profile,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    struct reading in = {profile, out, err};
    struct report_keys keys = {.core_index = 0};
    PVM_TRY(jam_json_fields(json, report_fields, JAM_JSON_COUNT(report_fields), &keys, err));
    PVM_TRY(read_spec(&in, keys.package_spec));
    PVM_TRY(read_context(&in, keys.context));
    pvm_buf_add_natural(out, keys.core_index);
    add_hash(out, &keys.authorizer_hash);
    if (profile->state.report >= JAM_REPORT_070)
        pvm_buf_add_natural(out, keys.auth_gas_used);
    PVM_TRY(read_blob(&in, keys.auth_output));
    PVM_TRY(read_list(&in, keys.segment_root_lookup, read_lookup));
    PVM_TRY(read_list(&in, keys.results, read_digest));
    if (profile->state.report == JAM_REPORT_064)
        pvm_buf_add_natural(out, keys.auth_gas_used);
    return pvm_buf_status(out, err);
}

/* ---- from octets ---- */

/* A report taken apart; spans borrow from it. */
struct parts {
    struct pvm_bytes spec, context;
    uint64_t core, auth_gas;
    struct pvm_bytes authorizer, trace;
    struct pvm_bytes lookup; /* behind its count */
    uint64_t lookup_count;
    struct pvm_bytes digests; /* behind their count */
    uint64_t digest_count;
};

static struct pvm_bytes since(const struct pvm_reader *r, size_t from)
{
    return r->failed ? pvm_bytes_none() : pvm_bytes(r->bytes.ptr + from, r->pos - from);
}

/* count * size octets, or a failed reader. */
static struct pvm_bytes read_many(struct pvm_reader *r, uint64_t count, size_t size)
{
    if (r->failed || count > pvm_reader_left(r) / size) {
        r->failed = true;
        return pvm_bytes_none();
    }
    return pvm_read_span(r, count * size);
}

/* The name of a result, NULL for octets. */
static const char *take_result(const struct jam_profile *profile, struct pvm_reader *r,
                               struct pvm_bytes *octets)
{
    uint8_t number = pvm_read_u8(r);
    *octets = pvm_bytes_none();
    if (number == 0) {
        *octets = pvm_read_blob(r);
        return NULL;
    }
    for (size_t i = 0; i < RESULT_COUNT; i++)
        if (results[i].number[column(profile)] == number)
            return results[i].name;
    r->failed = true;
    return NULL;
}

struct digest {
    uint32_t service;
    struct pvm_bytes code_hash, payload_hash;
    uint64_t gas;
    const char *error; /* NULL: octets */
    struct pvm_bytes octets;
    struct load_keys load;
};

static void take_digest(const struct jam_profile *profile, struct pvm_reader *r, struct digest *out)
{
    out->service = (uint32_t)pvm_read_le(r, 4);
    out->code_hash = pvm_read_span(r, JAM_HASH_SIZE);
    out->payload_hash = pvm_read_span(r, JAM_HASH_SIZE);
    out->gas = pvm_read_le(r, 8);
    out->error = take_result(profile, r, &out->octets);
    if (profile->state.report == JAM_REPORT_062)
        return;
    out->load.gas_used = pvm_read_natural(r);
    out->load.imports = pvm_read_natural(r);
    out->load.extrinsic_count = pvm_read_natural(r);
    out->load.extrinsic_size = pvm_read_natural(r);
    out->load.exports = pvm_read_natural(r);
}

static void take_parts(const struct jam_profile *profile, struct pvm_reader *r, struct parts *out)
{
    struct digest digest;
    out->spec = pvm_read_span(r, spec_size(profile));
    size_t from = r->pos;
    bool slotted = profile->state.report == JAM_REPORT_080;
    (void)read_many(r, slotted ? 5 : 4, JAM_HASH_SIZE);
    (void)read_many(r, slotted ? 2 : 1, 4);
    (void)read_many(r, pvm_read_natural(r), JAM_HASH_SIZE);
    out->context = since(r, from);
    out->core = pvm_read_natural(r);
    out->authorizer = pvm_read_span(r, JAM_HASH_SIZE);
    out->auth_gas = profile->state.report >= JAM_REPORT_070 ? pvm_read_natural(r) : 0;
    out->trace = pvm_read_blob(r);
    out->lookup_count = pvm_read_natural(r);
    out->lookup = read_many(r, out->lookup_count, 2 * (size_t)JAM_HASH_SIZE);
    out->digest_count = pvm_read_natural(r);
    from = r->pos;
    for (uint64_t i = 0; i < out->digest_count && !r->failed; i++)
        take_digest(profile, r, &digest);
    out->digests = since(r, from);
    if (profile->state.report == JAM_REPORT_064)
        out->auth_gas = pvm_read_natural(r);
    /* JSON has 16 bits for it, as the GP's core index. */
    if (out->core > UINT16_MAX)
        r->failed = true;
}

struct pvm_bytes jam_state_report_span(const struct jam_profile *profile, struct pvm_reader *r)
{
    struct parts parts;
    size_t from = r->pos;
    take_parts(profile, r, &parts);
    return since(r, from);
}

static void put_hash(struct jam_out *json, const char *key, struct pvm_reader *r)
{
    jam_out_hex(json, key, pvm_read_span(r, JAM_HASH_SIZE));
}

static void put_spec(const struct jam_profile *profile, struct jam_out *json,
                     struct pvm_bytes bytes)
{
    struct pvm_reader r = pvm_reader(bytes);
    jam_out_object(json, "package_spec");
    put_hash(json, "hash", &r);
    jam_out_number(json, "length", pvm_read_le(&r, 4));
    put_hash(json, "erasure_root", &r);
    if (profile->state.report == JAM_REPORT_080)
        jam_out_number(json, "erasure_shards", pvm_read_le(&r, 2));
    put_hash(json, "exports_root", &r);
    jam_out_number(json, "exports_count", pvm_read_le(&r, 2));
    jam_out_end_object(json);
}

static void put_context(const struct jam_profile *profile, struct jam_out *json,
                        struct pvm_bytes bytes)
{
    struct pvm_reader r = pvm_reader(bytes);
    bool slotted = profile->state.report == JAM_REPORT_080;
    jam_out_object(json, "context");
    put_hash(json, "anchor", &r);
    if (slotted)
        jam_out_number(json, "anchor_slot", pvm_read_le(&r, 4));
    put_hash(json, "state_root", &r);
    put_hash(json, "beefy_root", &r);
    put_hash(json, "lookup_anchor", &r);
    jam_out_number(json, "lookup_anchor_slot", pvm_read_le(&r, 4));
    if (slotted)
        put_hash(json, "lookup_anchor_state_root", &r);
    jam_out_array(json, "prerequisites");
    for (uint64_t left = pvm_read_natural(&r); left > 0; left--)
        put_hash(json, NULL, &r);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void put_digest(const struct jam_profile *profile, struct jam_out *json,
                       struct pvm_reader *r)
{
    struct digest digest;
    take_digest(profile, r, &digest);
    jam_out_object(json, NULL);
    jam_out_number(json, "service_id", digest.service);
    jam_out_hex(json, "code_hash", digest.code_hash);
    jam_out_hex(json, "payload_hash", digest.payload_hash);
    jam_out_number(json, "accumulate_gas", digest.gas);
    jam_out_object(json, "result");
    if (digest.error != NULL)
        jam_out_null(json, digest.error);
    else
        jam_out_hex(json, "ok", digest.octets);
    jam_out_end_object(json);
    if (profile->state.report != JAM_REPORT_062) {
        jam_out_object(json, "refine_load");
        jam_out_number(json, "gas_used", digest.load.gas_used);
        jam_out_number(json, "imports", digest.load.imports);
        jam_out_number(json, "extrinsic_count", digest.load.extrinsic_count);
        jam_out_number(json, "extrinsic_size", digest.load.extrinsic_size);
        jam_out_number(json, "exports", digest.load.exports);
        jam_out_end_object(json);
    }
    jam_out_end_object(json);
}

void jam_state_report_write(const struct jam_profile *profile, struct pvm_bytes report,
                            const char *key, struct jam_out *json)
{
    struct parts parts;
    struct pvm_reader whole = pvm_reader(report);
    take_parts(profile, &whole, &parts);
    assert(!whole.failed);
    jam_out_object(json, key);
    put_spec(profile, json, parts.spec);
    put_context(profile, json, parts.context);
    jam_out_number(json, "core_index", parts.core);
    jam_out_hex(json, "authorizer_hash", parts.authorizer);
    if (profile->state.report != JAM_REPORT_062)
        jam_out_number(json, "auth_gas_used", parts.auth_gas);
    jam_out_hex(json, "auth_output", parts.trace);
    jam_out_array(json, "segment_root_lookup");
    struct pvm_reader r = pvm_reader(parts.lookup);
    for (uint64_t i = 0; i < parts.lookup_count; i++) {
        jam_out_object(json, NULL);
        put_hash(json, "work_package_hash", &r);
        put_hash(json, "segment_tree_root", &r);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_array(json, "results");
    r = pvm_reader(parts.digests);
    for (uint64_t i = 0; i < parts.digest_count; i++)
        put_digest(profile, json, &r);
    jam_out_end_array(json);
    jam_out_end_object(json);
}
