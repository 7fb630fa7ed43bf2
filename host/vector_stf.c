/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_stf.h"

#include "host/state_report.h"
#include "host/vector_compare.h"
#include "host/vector_keys.h"

/* ---- loading JSON ---- */

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
    uint32_t slot;
    struct jam_json reports;
};

static const struct jam_json_field input_fields[] = {
    JAM_JSON_NEEDED(struct input_keys, slot),
    JAM_JSON_NEEDED(struct input_keys, reports),
};

struct output_keys {
    struct jam_json ok, err;
};

static const struct jam_json_field output_fields[] = {
    JAM_JSON_FIELD(struct output_keys, ok),
    JAM_JSON_FIELD(struct output_keys, err),
};

static enum pvm_status load_reports(struct jam_stf *stf, struct jam_json list, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = stf->encoded.alloc;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(jam_state_report_read(it, stf->profile, &stf->encoded, err));
    PVM_TRY(pvm_buf_status(&stf->encoded, err));
    size_t count = jam_json_count(list);
    stf->reports = pvm_alloc_zero(alloc, count + 1, sizeof *stf->reports);
    if (stf->reports == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu reports", count);
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&stf->encoded));
    for (; stf->report_count < count; stf->report_count++)
        PVM_TRY(
            jam_report_read(stf->profile, &reader, alloc, &stf->reports[stf->report_count], err));
    return PVM_OK;
}

static enum pvm_status load_output(struct jam_stf *stf, struct jam_json json, struct pvm_err *err)
{
    struct output_keys keys = {.ok = {NULL, NULL}};
    PVM_TRY(jam_json_fields(json, output_fields, JAM_JSON_COUNT(output_fields), &keys, err));
    stf->valid = jam_json_has(keys.ok);
    if (stf->valid == jam_json_has(keys.err))
        return jam_json_fail(json, err, "expected either \"ok\" or \"err\"");
    return stf->valid ? jam_json_hash(keys.ok, &stf->root, err) : PVM_OK;
}

static enum pvm_status load_states(struct jam_stf *stf, struct pvm_bytes text, const char *name,
                                   struct pvm_err *err)
{
    struct jam_state_options options = {
        .profile = stf->profile, .pick = JAM_STATE_BEFORE, .alloc = stf->encoded.alloc};
    PVM_TRY(jam_state_load(text, name, &options, &stf->before, err));
    stf->profile = stf->before->profile;
    stf->params = stf->before->params;
    options.profile = stf->profile;
    options.pick = JAM_STATE_AFTER;
    return jam_state_load(text, name, &options, &stf->after, err);
}

static enum pvm_status load_document(struct jam_stf *stf, struct jam_json root, struct pvm_err *err)
{
    struct vector_keys keys = {.input = root};
    struct input_keys input = {.slot = 0};
    PVM_TRY(jam_json_fields(root, vector_fields, JAM_JSON_COUNT(vector_fields), &keys, err));
    PVM_TRY(jam_json_fields(keys.input, input_fields, JAM_JSON_COUNT(input_fields), &input, err));
    stf->slot = input.slot;
    PVM_TRY(load_output(stf, keys.output, err));
    return load_reports(stf, input.reports, err);
}

static enum pvm_status load_json(struct jam_stf *stf, struct pvm_bytes text, const char *name,
                                 struct pvm_err *err)
{
    struct jam_json_doc *doc;
    PVM_TRY(load_states(stf, text, name, err));
    PVM_TRY(jam_json_parse(text, name, stf->encoded.alloc, &doc, err));
    enum pvm_status status = load_document(stf, jam_json_root(doc), err);
    jam_json_free(doc);
    return status;
}

/* By any two of three: so is one in which something is missing. */
bool jam_stf_is_json(struct pvm_bytes text)
{
    struct jam_json_doc *doc;
    if (jam_json_parse(text, "", NULL, &doc, NULL) != PVM_OK)
        return false;
    struct jam_json root = jam_json_root(doc);
    bool is = jam_json_type(root) == JAM_JSON_OBJECT &&
              jam_vector_has(root, "input", "reports") +
                      jam_vector_has(root, "pre_state", "ready_queue") +
                      jam_vector_has(root, "post_state", "ready_queue") >=
                  2;
    jam_json_free(doc);
    return is;
}

/* ---- loading either ---- */

enum pvm_status jam_stf_load(struct pvm_bytes octets, const char *name,
                             const struct jam_vector_options *options, struct jam_stf **out,
                             struct pvm_err *err)
{
    struct jam_stf *stf = pvm_alloc_zero(options->alloc, 1, sizeof *stf);
    if (stf == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a vector");
    stf->encoded.alloc = options->alloc;
    stf->profile = options->profile != NULL ? options->profile : jam_vector_profile(name);
    enum pvm_status status;
    if (jam_vector_is_text(octets)) {
        status = load_json(stf, octets, name, err);
    } else {
        if (stf->profile == NULL)
            stf->profile = jam_profile_default;
        pvm_buf_add_bytes(&stf->encoded, octets);
        status = pvm_buf_status(&stf->encoded, err);
        if (status == PVM_OK)
            status = jam_stf_decode(pvm_buf_bytes(&stf->encoded), stf, options->alloc, err);
        if (status != PVM_OK)
            pvm_fail_at(err, status, name);
    }
    if (status != PVM_OK) {
        jam_stf_free(stf);
        return status;
    }
    *out = stf;
    return PVM_OK;
}

void jam_stf_free(struct jam_stf *stf)
{
    if (stf == NULL)
        return;
    const struct pvm_alloc *alloc = stf->encoded.alloc;
    for (size_t i = 0; i < stf->report_count; i++)
        jam_report_deinit(&stf->reports[i]);
    pvm_alloc_free(alloc, stf->reports);
    pvm_buf_deinit(&stf->encoded);
    jam_state_file_free(stf->before);
    jam_state_file_free(stf->after);
    pvm_alloc_free(alloc, stf);
}

/* ---- running ---- */

static void count_run(void *user, const struct jam_block_run *run)
{
    struct jam_vector_result *result = user;
    result->runs++;
    result->gas += run->effects->gas_used;
}

static void text_hash(const struct jam_hash *hash, struct pvm_buf *out)
{
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, jam_hash_bytes(hash));
}

static bool same_root(const struct jam_hash *expected, const struct jam_hash *got,
                      struct pvm_buf *why)
{
    if (jam_hash_equal(expected, got))
        return true;
    pvm_buf_text(why, "output root: expected ");
    text_hash(expected, why);
    pvm_buf_text(why, ", got ");
    text_hash(got, why);
    return false;
}

/* A vector has neither authorizer queues nor a staging set: what blocks make of them does not show.
 */
static void leave_out(struct jam_state *state)
{
    jam_map_deinit(&state->auth_queues);
    jam_map_init(&state->auth_queues, state->alloc);
    jam_blob_unref(state->staging);
    state->staging = NULL;
}

static enum pvm_status judge(const struct jam_stf *stf, const struct jam_state *state,
                             const struct jam_block_out *out, enum pvm_status status,
                             struct jam_vector_result *result, struct pvm_err *err)
{
    if (status != PVM_OK && status != PVM_E_MALFORMED)
        return status;
    bool valid = status == PVM_OK;
    if (valid && !stf->valid) {
        pvm_buf_text(&result->why, "the block is valid, expected an error");
    } else if (!valid && stf->valid) {
        pvm_buf_printf(&result->why, "the block is invalid: %s", err->msg);
    } else {
        result->passed = jam_compare_states(&stf->after->state, state, &result->why) &&
                         (!valid || same_root(&stf->root, &out->output_root, &result->why));
    }
    *err = (struct pvm_err){.status = PVM_OK};
    return pvm_buf_status(&result->why, err);
}

enum pvm_status jam_stf_run(const struct jam_stf *stf, const struct jam_vector_options *options,
                            struct jam_vector_result *result, struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    struct jam_state state;
    struct jam_block_out out = {.ready_count = 0};
    const struct jam_block_in in = {
        .slot = stf->slot,
        .entropy = stf->before->state.entropy[0],
        .reports = stf->reports,
        .report_count = stf->report_count,
    };
    const struct jam_block_options block = {
        .profile = stf->profile,
        .params = &stf->params,
        .limits = options->limits,
        .ran = count_run,
        .user = result,
    };
    PVM_TRY(jam_state_copy(&state, &stf->before->state, err));
    enum pvm_status status = jam_block_accumulate(&state, &in, &block, &out, &own);
    leave_out(&state);
    status = judge(stf, &state, &out, status, result, &own);
    jam_state_deinit(&state);
    if (status != PVM_OK)
        return pvm_fail(err, status, "%s", own.msg);
    return PVM_OK;
}
