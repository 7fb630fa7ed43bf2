/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_trace.h"

#include "host/json.h"
#include "host/vector_keys.h"

/* ---- binary ---- */

/* Passes a state; keyvals may be NULL. *root borrows. */
static enum pvm_status pass_state(struct pvm_reader *r, struct jam_map *keyvals,
                                  struct pvm_bytes *root, struct pvm_err *err)
{
    struct pvm_bytes last = pvm_bytes_none();
    *root = pvm_read_span(r, JAM_HASH_SIZE);
    uint64_t count = pvm_read_natural(r);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct pvm_bytes key = pvm_read_span(r, JAM_STATE_KEY_SIZE);
        struct pvm_bytes value = pvm_read_blob(r);
        if (r->failed || (i > 0 && pvm_bytes_compare(last, key) >= 0)) {
            r->failed = true;
            break;
        }
        last = key;
        if (keyvals != NULL)
            PVM_TRY(jam_map_set(keyvals, key, value, err));
    }
    return PVM_OK;
}

static enum pvm_status check_root(const struct jam_map *keyvals, struct pvm_bytes root,
                                  const char *which, struct pvm_err *err)
{
    struct jam_hash own = jam_keyvals_root(keyvals);
    if (pvm_bytes_equal(root, jam_hash_bytes(&own)))
        return PVM_OK;
    return pvm_fail(err, PVM_E_MALFORMED, "the state %s: its root is not that of its key-values",
                    which);
}

static enum pvm_status read_state(struct pvm_reader *r, struct jam_map *keyvals, const char *which,
                                  struct pvm_err *err)
{
    struct pvm_bytes root;
    PVM_TRY(pass_state(r, keyvals, &root, err));
    if (r->failed)
        return pvm_fail(err, PVM_E_MALFORMED, "the state %s: cut short or wrong, at octet %zu",
                        which, r->pos);
    return check_root(keyvals, root, which, err);
}

/* Finds where the block ends by taking it apart. */
static enum pvm_status read_block(struct jam_trace *trace, struct pvm_reader *r,
                                  struct pvm_err *err)
{
    struct jam_chain_block block;
    size_t from = r->pos;
    PVM_TRY(jam_chain_block_read(trace->profile, &trace->params, r, trace->alloc, &block, err));
    jam_chain_block_deinit(&block);
    pvm_buf_add(&trace->block, r->bytes.ptr + from, r->pos - from);
    return pvm_buf_status(&trace->block, err);
}

static enum pvm_status read_rest(struct jam_trace *trace, struct pvm_reader r, struct pvm_err *err)
{
    PVM_TRY(read_block(trace, &r, err));
    PVM_TRY(read_state(&r, &trace->after, "after", err));
    if (pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "%zu octets behind the trace's end",
                        pvm_reader_left(&r));
    return PVM_OK;
}

/* A genesis block has no state before it that shows the chain's size: one of the two fits. */
static enum pvm_status read_genesis(struct jam_trace *trace, struct pvm_reader r,
                                    struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    jam_params_get(trace->profile, JAM_PARAMS_TINY, &trace->params);
    if (read_rest(trace, r, &own) == PVM_OK)
        return PVM_OK;
    trace->block.len = 0;
    jam_map_deinit(&trace->after);
    jam_map_init(&trace->after, trace->alloc);
    jam_params_get(trace->profile, JAM_PARAMS_FULL, &trace->params);
    return read_rest(trace, r, err);
}

static enum pvm_status load_binary(struct jam_trace *trace, struct pvm_bytes octets,
                                   struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(octets);
    PVM_TRY(read_state(&r, &trace->before, "before", err));
    if (trace->before.count == 0)
        return read_genesis(trace, r, err);
    jam_keyvals_params(trace->profile, &trace->before, &trace->params);
    return read_rest(trace, r, err);
}

/* ---- JSON ---- */

struct trace_keys {
    struct jam_json pre_state, block, post_state;
};

static const struct jam_json_field trace_fields[] = {
    JAM_JSON_NEEDED(struct trace_keys, pre_state),
    JAM_JSON_NEEDED(struct trace_keys, block),
    JAM_JSON_NEEDED(struct trace_keys, post_state),
};

struct state_keys {
    struct jam_hash state_root;
    struct jam_json keyvals;
};

static const struct jam_json_field state_fields[] = {
    JAM_JSON_NEEDED(struct state_keys, state_root),
    JAM_JSON_NEEDED(struct state_keys, keyvals),
};

struct pair_keys {
    struct jam_json key, value;
};

static const struct jam_json_field pair_fields[] = {
    JAM_JSON_NEEDED(struct pair_keys, key),
    JAM_JSON_NEEDED(struct pair_keys, value),
};

static enum pvm_status load_pair(struct jam_json json, struct jam_map *keyvals, struct pvm_err *err)
{
    struct pair_keys keys = {.key = json};
    struct pvm_buf key = {.alloc = keyvals->alloc};
    struct pvm_buf value = {.alloc = keyvals->alloc};
    struct pvm_bytes old;
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, err));
    enum pvm_status status = jam_json_hex(keys.key, &key, err);
    if (status == PVM_OK)
        status = jam_json_hex(keys.value, &value, err);
    if (status == PVM_OK && key.len != JAM_STATE_KEY_SIZE)
        status = jam_json_fail(keys.key, err, "expected 31 octets, got %zu", key.len);
    if (status == PVM_OK && jam_map_get(keyvals, pvm_buf_bytes(&key), &old))
        status = jam_json_fail(keys.key, err, "this key is there already");
    if (status == PVM_OK)
        status = jam_map_set(keyvals, pvm_buf_bytes(&key), pvm_buf_bytes(&value), err);
    pvm_buf_deinit(&key);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status load_state(struct jam_json json, struct jam_map *keyvals, const char *which,
                                  struct pvm_err *err)
{
    struct state_keys keys = {.keyvals = json};
    PVM_TRY(jam_json_fields(json, state_fields, JAM_JSON_COUNT(state_fields), &keys, err));
    PVM_TRY(jam_json_expect(keys.keyvals, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(keys.keyvals); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(load_pair(it, keyvals, err));
    return check_root(keyvals, jam_hash_bytes(&keys.state_root), which, err);
}

static enum pvm_status load_json(struct jam_trace *trace, struct jam_json root, struct pvm_err *err)
{
    struct trace_keys keys = {.block = root};
    PVM_TRY(jam_json_fields(root, trace_fields, JAM_JSON_COUNT(trace_fields), &keys, err));
    PVM_TRY(load_state(keys.pre_state, &trace->before, "before", err));
    PVM_TRY(load_state(keys.post_state, &trace->after, "after", err));
    const struct jam_map *shown = trace->before.count > 0 ? &trace->before : &trace->after;
    jam_keyvals_params(trace->profile, shown, &trace->params);
    return jam_chain_block_from_json(trace->profile, keys.block, &trace->block, err);
}

/* ---- either ---- */

bool jam_trace_is(struct pvm_bytes octets)
{
    if (!jam_vector_is_text(octets)) {
        struct pvm_reader r = pvm_reader(octets);
        struct pvm_bytes root;
        return pass_state(&r, NULL, &root, NULL) == PVM_OK && !r.failed &&
               r.pos > JAM_HASH_SIZE + 1 && pvm_reader_left(&r) > 0;
    }
    struct jam_json_doc *doc;
    if (jam_json_parse(octets, "", NULL, &doc, NULL) != PVM_OK)
        return false;
    struct jam_json root = jam_json_root(doc);
    /* By any two of three: so is one in which something is missing. */
    bool is = jam_json_type(root) == JAM_JSON_OBJECT &&
              jam_vector_has(root, "block", "extrinsic") +
                      jam_vector_has(root, "pre_state", "keyvals") +
                      jam_vector_has(root, "post_state", "keyvals") >=
                  2;
    jam_json_free(doc);
    return is;
}

static enum pvm_status load(struct jam_trace *trace, struct pvm_bytes octets, const char *name,
                            struct pvm_err *err)
{
    struct jam_json_doc *doc;
    if (!jam_vector_is_text(octets)) {
        enum pvm_status binary = load_binary(trace, octets, err);
        if (binary != PVM_OK)
            pvm_fail_at(err, binary, name);
        return binary;
    }
    PVM_TRY(jam_json_parse(octets, name, trace->alloc, &doc, err));
    enum pvm_status status = load_json(trace, jam_json_root(doc), err);
    jam_json_free(doc);
    return status;
}

enum pvm_status jam_trace_load(struct pvm_bytes octets, const char *name,
                               const struct jam_vector_options *options, struct jam_trace **out,
                               struct pvm_err *err)
{
    struct jam_trace *trace = pvm_alloc_zero(options->alloc, 1, sizeof *trace);
    if (trace == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a trace");
    trace->alloc = options->alloc;
    trace->block.alloc = options->alloc;
    jam_map_init(&trace->before, options->alloc);
    jam_map_init(&trace->after, options->alloc);
    trace->profile = options->profile != NULL ? options->profile : jam_vector_profile(name);
    if (trace->profile == NULL)
        trace->profile = jam_profile_default;
    enum pvm_status status = load(trace, octets, name, err);
    if (status != PVM_OK) {
        jam_trace_free(trace);
        return status;
    }
    *out = trace;
    return PVM_OK;
}

void jam_trace_free(struct jam_trace *trace)
{
    if (trace == NULL)
        return;
    jam_map_deinit(&trace->before);
    jam_map_deinit(&trace->after);
    pvm_buf_deinit(&trace->block);
    pvm_alloc_free(trace->alloc, trace);
}
