/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_preimages.h"

#include "host/hash.h"
#include "host/json_account.h"
#include "host/vector_compare.h"
#include "host/vector_keys.h"

/* What an extrinsic may take. */
static const size_t extrinsic_limit = (size_t)256 << 20;

static enum pvm_status add_request(struct jam_service *service, const struct jam_hash *hash,
                                   uint32_t len, const struct jam_request *request,
                                   struct pvm_err *err)
{
    struct jam_request old;
    if (jam_request_get(service, hash, len, &old))
        return pvm_fail(err, PVM_E_MALFORMED, "service %u: a request is there twice",
                        (unsigned)service->id);
    return jam_request_set(service, hash, len, request, err);
}

static enum pvm_status add_blob(struct jam_service *service, const struct jam_hash *hash,
                                struct pvm_bytes blob, struct pvm_err *err)
{
    struct pvm_bytes old;
    struct jam_hash own = jam_hash(blob);
    if (!jam_hash_equal(&own, hash))
        return pvm_fail(err, PVM_E_MALFORMED, "service %u: a blob has another hash",
                        (unsigned)service->id);
    if (jam_map_get(&service->preimages, jam_hash_bytes(hash), &old))
        return pvm_fail(err, PVM_E_MALFORMED, "service %u: a blob is there twice",
                        (unsigned)service->id);
    return jam_map_set(&service->preimages, jam_hash_bytes(hash), blob, err);
}

/* ---- JSON ---- */

struct vector_keys {
    struct jam_json input, pre_state, output, post_state;
};

static const struct jam_json_field vector_fields[] = {
    JAM_JSON_NEEDED(struct vector_keys, input),
    JAM_JSON_NEEDED(struct vector_keys, pre_state),
    JAM_JSON_NEEDED(struct vector_keys, output),
    JAM_JSON_NEEDED(struct vector_keys, post_state),
};

struct input_keys {
    struct jam_json preimages;
    uint32_t slot;
};

static const struct jam_json_field input_fields[] = {
    JAM_JSON_NEEDED(struct input_keys, preimages),
    JAM_JSON_NEEDED(struct input_keys, slot),
};

struct preimage_keys {
    uint32_t requester;
    struct jam_json blob;
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct preimage_keys, requester),
    JAM_JSON_NEEDED(struct preimage_keys, blob),
};

struct output_keys {
    struct jam_json ok, err;
};

static const struct jam_json_field output_fields[] = {
    JAM_JSON_FIELD(struct output_keys, ok),
    JAM_JSON_FIELD(struct output_keys, err),
};

struct state_keys {
    struct jam_json accounts, statistics;
};

static const struct jam_json_field state_fields[] = {
    JAM_JSON_NEEDED(struct state_keys, accounts),
    JAM_JSON_FIELD(struct state_keys, statistics),
};

struct account_keys {
    uint32_t id;
    struct jam_json data;
};

static const struct jam_json_field account_fields[] = {
    JAM_JSON_NEEDED(struct account_keys, id),
    JAM_JSON_NEEDED(struct account_keys, data),
};

/* Named so to 0.7.1, and from 0.7.2 on. */
struct data_keys {
    struct jam_json preimages, lookup_meta, preimage_blobs, preimage_requests;
};

static const struct jam_json_field data_fields[] = {
    JAM_JSON_FIELD(struct data_keys, preimages),
    JAM_JSON_FIELD(struct data_keys, lookup_meta),
    JAM_JSON_FIELD(struct data_keys, preimage_blobs),
    JAM_JSON_FIELD(struct data_keys, preimage_requests),
};

struct stat_keys {
    uint32_t id;
    struct jam_json record;
};

static const struct jam_json_field stat_fields[] = {
    JAM_JSON_NEEDED(struct stat_keys, id),
    JAM_JSON_NEEDED(struct stat_keys, record),
};

static const struct jam_json_field record_fields[] = {
#define X(name) JAM_JSON_FIELD(struct jam_service_stat, name),
    JAM_SERVICE_STATS(X)
#undef X
};

#define FIELDS(json, fields, keys)                                                                 \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, err))

static enum pvm_status load_blob(struct jam_service *service, struct jam_json json,
                                 struct pvm_err *err)
{
    struct pvm_buf blob = {.alloc = service->alloc};
    struct jam_hash hash;
    enum pvm_status status = jam_json_blob(json, &hash, &blob, err);
    if (status == PVM_OK)
        status = add_blob(service, &hash, pvm_buf_bytes(&blob), err);
    pvm_buf_deinit(&blob);
    return status;
}

static enum pvm_status load_request(struct jam_service *service, struct jam_json json,
                                    struct pvm_err *err)
{
    struct jam_hash hash;
    uint32_t len;
    struct jam_request request;
    PVM_TRY(jam_json_request(json, &hash, &len, &request, err));
    return add_request(service, &hash, len, &request, err);
}

static enum pvm_status load_each(struct jam_service *service, struct jam_json list,
                                 enum pvm_status (*load)(struct jam_service *, struct jam_json,
                                                         struct pvm_err *),
                                 struct pvm_err *err)
{
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(load(service, it, err));
    return PVM_OK;
}

static enum pvm_status load_account(struct jam_state *state, struct jam_json json,
                                    struct pvm_err *err)
{
    struct account_keys keys = {.id = 0};
    struct data_keys data = {.preimages = {NULL, NULL}};
    struct jam_service *service;
    FIELDS(json, account_fields, &keys);
    FIELDS(keys.data, data_fields, &data);
    PVM_TRY(jam_state_add(state, keys.id, &service, err));
    PVM_TRY(load_each(service, data.preimages, load_blob, err));
    PVM_TRY(load_each(service, data.preimage_blobs, load_blob, err));
    PVM_TRY(load_each(service, data.lookup_meta, load_request, err));
    return load_each(service, data.preimage_requests, load_request, err);
}

static enum pvm_status load_stat(struct jam_state *state, struct jam_json json, struct pvm_err *err)
{
    struct stat_keys keys = {.id = 0};
    struct jam_service_stat *stat;
    size_t before = state->stat_count;
    FIELDS(json, stat_fields, &keys);
    PVM_TRY(jam_state_stat(state, keys.id, &stat, err));
    if (state->stat_count == before)
        return jam_json_fail(json, err, "service %u is there already", (unsigned)keys.id);
    FIELDS(keys.record, record_fields, stat);
    return PVM_OK;
}

static enum pvm_status load_state(struct jam_state *state, struct jam_json json,
                                  struct pvm_err *err)
{
    struct state_keys keys = {.accounts = json};
    FIELDS(json, state_fields, &keys);
    PVM_TRY(jam_json_expect(keys.accounts, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(keys.accounts); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(load_account(state, it, err));
    if (!jam_json_has(keys.statistics))
        return PVM_OK;
    PVM_TRY(jam_json_expect(keys.statistics, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(keys.statistics); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(load_stat(state, it, err));
    return PVM_OK;
}

static enum pvm_status load_preimage(struct jam_preimages_vector *vector, struct jam_json json,
                                     struct pvm_err *err)
{
    struct preimage_keys keys = {.requester = 0};
    struct pvm_buf blob = {.alloc = vector->before.alloc};
    struct jam_block_preimage *preimage = &vector->preimages[vector->preimage_count];
    FIELDS(json, preimage_fields, &keys);
    preimage->service = keys.requester;
    enum pvm_status status = jam_json_hex(keys.blob, &blob, err);
    if (status == PVM_OK)
        status = jam_arena_copy(&vector->arena, pvm_buf_bytes(&blob), &preimage->blob, err);
    if (status == PVM_OK)
        vector->preimage_count++;
    pvm_buf_deinit(&blob);
    return status;
}

static enum pvm_status load_output(struct jam_preimages_vector *vector, struct jam_json json,
                                   struct pvm_err *err)
{
    static const enum jam_preimage_rule rules[] = {JAM_PREIMAGES_UNSORTED, JAM_PREIMAGES_UNNEEDED};
    struct output_keys keys = {.ok = {NULL, NULL}};
    const char *name;
    FIELDS(json, output_fields, &keys);
    vector->rule = JAM_PREIMAGES_FINE;
    if (jam_json_has(keys.ok) == jam_json_has(keys.err))
        return jam_json_fail(json, err, "expected either \"ok\" or \"err\"");
    if (jam_json_has(keys.ok))
        return jam_json_expect(keys.ok, JAM_JSON_NULL, err);
    PVM_TRY(jam_json_text(keys.err, &name, err));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(name, jam_preimage_rule_name(rules[i])) != 0)
            continue;
        vector->rule = rules[i];
        return PVM_OK;
    }
    return jam_json_fail(json, err, "unknown error \"%.40s\"", name);
}

static enum pvm_status load_document(struct jam_preimages_vector *vector, struct jam_json root,
                                     struct pvm_err *err)
{
    struct vector_keys keys = {.input = root};
    struct input_keys input = {.slot = 0};
    void *list;
    FIELDS(root, vector_fields, &keys);
    FIELDS(keys.input, input_fields, &input);
    vector->slot = input.slot;
    PVM_TRY(jam_json_expect(input.preimages, JAM_JSON_ARRAY, err));
    PVM_TRY(jam_arena_get(&vector->arena, jam_json_count(input.preimages),
                          sizeof *vector->preimages, &list, err));
    vector->preimages = list;
    for (struct jam_json it = jam_json_first(input.preimages); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(load_preimage(vector, it, err));
    PVM_TRY(load_output(vector, keys.output, err));
    PVM_TRY(load_state(&vector->before, keys.pre_state, err));
    return load_state(&vector->after, keys.post_state, err);
}

static enum pvm_status load_json(struct jam_preimages_vector *vector, struct pvm_bytes text,
                                 const char *name, struct pvm_err *err)
{
    struct jam_json_doc *doc;
    PVM_TRY(jam_json_parse(text, name, vector->before.alloc, &doc, err));
    enum pvm_status status = load_document(vector, jam_json_root(doc), err);
    jam_json_free(doc);
    return status;
}

bool jam_preimages_is_json(struct pvm_bytes text)
{
    struct jam_json_doc *doc;
    if (jam_json_parse(text, "", NULL, &doc, NULL) != PVM_OK)
        return false;
    struct jam_json root = jam_json_root(doc);
    /* Either state may be missing: then the vector is broken, and still one. */
    bool is = jam_json_type(root) == JAM_JSON_OBJECT &&
              jam_vector_has(root, "input", "preimages") &&
              (jam_json_has(jam_json_get(root, "pre_state")) ||
               jam_json_has(jam_json_get(root, "post_state")));
    jam_json_free(doc);
    return is;
}

/* ---- binary ---- */

static struct jam_hash read_hash(struct pvm_reader *r)
{
    struct jam_hash hash = {{0}};
    struct pvm_bytes bytes = pvm_read_span(r, JAM_HASH_SIZE);
    if (!r->failed)
        memcpy(hash.octets, bytes.ptr, JAM_HASH_SIZE);
    return hash;
}

static uint64_t read_count(struct pvm_reader *r)
{
    uint64_t count = pvm_read_natural(r);
    if (count > pvm_reader_left(r))
        r->failed = true;
    return r->failed ? 0 : count;
}

static enum pvm_status read_preimages(struct jam_preimages_vector *vector, struct pvm_reader *r,
                                      struct pvm_err *err)
{
    void *list;
    uint64_t count = read_count(r);
    PVM_TRY(jam_arena_get(&vector->arena, (size_t)count, sizeof *vector->preimages, &list, err));
    vector->preimages = list;
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        vector->preimages[i].service = (uint32_t)pvm_read_le(r, 4);
        PVM_TRY(jam_arena_copy(&vector->arena, pvm_read_blob(r), &vector->preimages[i].blob, err));
        vector->preimage_count++;
    }
    return PVM_OK;
}

static enum pvm_status read_account(struct jam_state *state, struct pvm_reader *r,
                                    struct pvm_err *err)
{
    struct jam_service *service;
    PVM_TRY(jam_state_add(state, (uint32_t)pvm_read_le(r, 4), &service, err));
    uint64_t count = read_count(r);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct jam_hash hash = read_hash(r);
        struct pvm_bytes blob = pvm_read_blob(r);
        if (!r->failed)
            PVM_TRY(add_blob(service, &hash, blob, err));
    }
    count = read_count(r);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct jam_request request = {.count = 0};
        struct jam_hash hash = read_hash(r);
        uint32_t len = (uint32_t)pvm_read_le(r, 4);
        uint64_t slots = pvm_read_natural(r);
        if (slots > 3)
            r->failed = true;
        while (request.count < slots && !r->failed)
            request.slots[request.count++] = (uint32_t)pvm_read_le(r, 4);
        if (!r->failed)
            PVM_TRY(add_request(service, &hash, len, &request, err));
    }
    return PVM_OK;
}

static enum pvm_status read_state(const struct jam_profile *profile, struct jam_state *state,
                                  struct pvm_reader *r, struct pvm_err *err)
{
    uint64_t count = read_count(r);
    for (uint64_t i = 0; i < count && !r->failed; i++)
        PVM_TRY(read_account(state, r, err));
    return r->failed ? PVM_OK : jam_vector_read_stats(profile, r, state, err);
}

static void read_output(struct jam_preimages_vector *vector, struct pvm_reader *r)
{
    static const enum jam_preimage_rule rules[] = {JAM_PREIMAGES_UNNEEDED, JAM_PREIMAGES_UNSORTED};
    uint8_t which = pvm_read_u8(r);
    vector->rule = JAM_PREIMAGES_FINE;
    if (which == 0)
        return;
    uint8_t error = pvm_read_u8(r);
    if (which > 1 || error >= sizeof rules / sizeof *rules)
        r->failed = true;
    else
        vector->rule = rules[error];
}

static enum pvm_status load_binary(struct jam_preimages_vector *vector, struct pvm_bytes octets,
                                   struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(octets);
    PVM_TRY(read_preimages(vector, &r, err));
    vector->slot = (uint32_t)pvm_read_le(&r, 4);
    PVM_TRY(read_state(vector->profile, &vector->before, &r, err));
    read_output(vector, &r);
    PVM_TRY(read_state(vector->profile, &vector->after, &r, err));
    if (r.failed)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "no preimages vector: cut short or wrong, before "
                        "octet %zu",
                        r.pos);
    if (pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "%zu octets behind the vector's end",
                        pvm_reader_left(&r));
    return PVM_OK;
}

/* ---- either ---- */

enum pvm_status jam_preimages_load(struct pvm_bytes octets, const char *name,
                                   const struct jam_vector_options *options,
                                   struct jam_preimages_vector **out, struct pvm_err *err)
{
    struct jam_preimages_vector *vector = pvm_alloc_zero(options->alloc, 1, sizeof *vector);
    if (vector == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a vector");
    vector->profile = options->profile != NULL ? options->profile : jam_vector_profile(name);
    if (vector->profile == NULL)
        vector->profile = jam_profile_default;
    jam_arena_init(&vector->arena, extrinsic_limit, options->alloc);
    jam_state_init(&vector->before, options->alloc);
    jam_state_init(&vector->after, options->alloc);
    enum pvm_status status;
    if (jam_vector_is_text(octets)) {
        status = load_json(vector, octets, name, err);
    } else {
        status = load_binary(vector, octets, err);
        if (status != PVM_OK)
            pvm_fail_at(err, status, name);
    }
    if (status != PVM_OK) {
        jam_preimages_free(vector);
        return status;
    }
    *out = vector;
    return PVM_OK;
}

void jam_preimages_free(struct jam_preimages_vector *vector)
{
    if (vector == NULL)
        return;
    const struct pvm_alloc *alloc = vector->before.alloc;
    jam_state_deinit(&vector->before);
    jam_state_deinit(&vector->after);
    jam_arena_deinit(&vector->arena);
    pvm_alloc_free(alloc, vector);
}

/* ---- running ---- */

static enum pvm_status take_on(const struct jam_preimages_vector *vector, struct jam_state *state,
                               struct pvm_err *err)
{
    state->stat_count = 0;
    PVM_TRY(jam_preimages_integrate(vector->profile, state, vector->preimages,
                                    vector->preimage_count, vector->slot, NULL, err));
    return jam_stats_preimages(state, vector->preimages, vector->preimage_count, err);
}

enum pvm_status jam_preimages_run(const struct jam_preimages_vector *vector,
                                  struct jam_vector_result *result, struct pvm_err *err)
{
    struct jam_state state;
    enum jam_preimage_rule rule = jam_preimages_check(
        vector->profile, &vector->before, vector->preimages, vector->preimage_count, NULL);
    if (rule != vector->rule) {
        pvm_buf_printf(&result->why, "the extrinsic: expected %s, got %s",
                       jam_preimage_rule_name(vector->rule), jam_preimage_rule_name(rule));
        return pvm_buf_status(&result->why, err);
    }
    PVM_TRY(jam_state_copy(&state, &vector->before, err));
    enum pvm_status status = PVM_OK;
    if (rule == JAM_PREIMAGES_FINE)
        status = take_on(vector, &state, err);
    if (status == PVM_OK) {
        result->passed = jam_compare_states(&vector->after, &state, &result->why);
        status = pvm_buf_status(&result->why, err);
    }
    jam_state_deinit(&state);
    return status;
}
