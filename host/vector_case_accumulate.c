/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_case_accumulate.h"

#include "host/hash.h"

/* ---- the file ---- */

struct case_keys {
    struct jam_case_keys common;
    const char *name;
    uint32_t slot;
    struct jam_hash entropy;
    struct jam_json inputs, state, expected;
    struct jam_json source; /* where the case is from */
};

static const struct jam_json_field case_fields[] = {
    JAM_CASE_FIELDS(struct case_keys, common),   JAM_JSON_NEEDED(struct case_keys, name),
    JAM_JSON_NEEDED(struct case_keys, slot),     JAM_JSON_NEEDED(struct case_keys, entropy),
    JAM_JSON_NEEDED(struct case_keys, inputs),   JAM_JSON_NEEDED(struct case_keys, state),
    JAM_JSON_NEEDED(struct case_keys, expected), JAM_JSON_FIELD(struct case_keys, source),
};

struct operand_keys {
    struct jam_hash package_hash, segment_root, authorizer_hash, payload_hash;
    uint64_t gas_limit;
    struct jam_json kind, result, auth_trace;
};

static const struct jam_json_field operand_fields[] = {
    JAM_JSON_NEEDED(struct operand_keys, kind),
    JAM_JSON_NEEDED(struct operand_keys, package_hash),
    JAM_JSON_NEEDED(struct operand_keys, segment_root),
    JAM_JSON_NEEDED(struct operand_keys, authorizer_hash),
    JAM_JSON_NEEDED(struct operand_keys, payload_hash),
    JAM_JSON_NEEDED(struct operand_keys, gas_limit),
    JAM_JSON_NEEDED(struct operand_keys, result),
    JAM_JSON_NEEDED(struct operand_keys, auth_trace),
};

struct result_keys {
    struct jam_json ok, error;
};

static const struct jam_json_field result_fields[] = {
    JAM_JSON_FIELD(struct result_keys, ok),
    JAM_JSON_FIELD(struct result_keys, error),
};

/* As an input, and as an effect, which need not say its kind. */
struct transfer_keys {
    uint32_t source, destination;
    uint64_t amount, gas_limit;
    struct jam_json kind, memo;
};

static const struct jam_json_field transfer_fields[] = {
    JAM_JSON_FIELD(struct transfer_keys, kind),
    JAM_JSON_NEEDED(struct transfer_keys, source),
    JAM_JSON_NEEDED(struct transfer_keys, destination),
    JAM_JSON_NEEDED(struct transfer_keys, amount),
    JAM_JSON_NEEDED(struct transfer_keys, memo),
    JAM_JSON_NEEDED(struct transfer_keys, gas_limit),
};

struct provision_keys {
    uint32_t service;
    struct jam_json blob;
};

static const struct jam_json_field provision_fields[] = {
    JAM_JSON_NEEDED(struct provision_keys, service),
    JAM_JSON_NEEDED(struct provision_keys, blob),
};

struct expected_keys {
    struct jam_json exit, host_calls, yield, transfers, provisions;
    struct jam_json instructions; /* null where nothing ran */
    struct jam_json exit_detail;  /* says of a panic what it was */
    struct jam_case_change change;
    uint64_t gas_used;
};

#define CHANGE(name) JAM_JSON_ROW(struct expected_keys, change.name, #name, true)
static const struct jam_json_field expected_fields[] = {
    JAM_JSON_NEEDED(struct expected_keys, exit),
    JAM_JSON_FIELD(struct expected_keys, exit_detail),
    JAM_JSON_NEEDED(struct expected_keys, gas_used),
    JAM_JSON_NEEDED(struct expected_keys, instructions),
    JAM_JSON_NEEDED(struct expected_keys, host_calls),
    JAM_JSON_NEEDED(struct expected_keys, yield),
    JAM_JSON_NEEDED(struct expected_keys, transfers),
    JAM_JSON_NEEDED(struct expected_keys, provisions),
    CHANGE(accounts_changed),
    CHANGE(accounts_removed),
    CHANGE(keyvals_set),
    CHANGE(keyvals_removed),
    CHANGE(privileges),
    CHANGE(staging_set),
    CHANGE(auth_queues),
};
#undef CHANGE

#define FIELDS(json, fields, keys)                                                                 \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, err))

/* ---- inputs ---- */

static enum pvm_status load_result(struct jam_accumulate_case *c, struct jam_json json,
                                   struct jam_operand *operand, struct pvm_err *err)
{
    struct result_keys keys = {.ok = json};
    uint64_t error = 0;
    keys.ok = (struct jam_json){NULL, NULL};
    FIELDS(json, result_fields, &keys);
    if (jam_json_has(keys.ok) == jam_json_has(keys.error))
        return jam_json_fail(json, err, "expected either \"ok\" or \"error\"");
    operand->result = JAM_ENDED_HALT;
    if (jam_json_has(keys.ok))
        return jam_case_octets(&c->common, keys.ok, &operand->output, err);
    PVM_TRY(jam_json_u64(keys.error, JAM_ENDED_BIG, &error, err));
    operand->result = (enum jam_outcome)error;
    return error != 0 ? PVM_OK : jam_json_fail(keys.error, err, "0 is no error");
}

static enum pvm_status load_operand(struct jam_accumulate_case *c, struct jam_json json,
                                    struct jam_input *input, struct pvm_err *err)
{
    struct operand_keys keys = {.gas_limit = 0};
    void *room;
    FIELDS(json, operand_fields, &keys);
    PVM_TRY(jam_arena_get(&c->common.arena, 1, sizeof *input->operand, &room, err));
    struct jam_operand *operand = room;
    *operand = (struct jam_operand){
        .package_hash = keys.package_hash,
        .exports_root = keys.segment_root,
        .authorizer_hash = keys.authorizer_hash,
        .payload_hash = keys.payload_hash,
        .gas_limit = keys.gas_limit,
    };
    input->operand = operand;
    PVM_TRY(load_result(c, keys.result, operand, err));
    return jam_case_octets(&c->common, keys.auth_trace, &operand->trace, err);
}

static enum pvm_status load_transfer(struct jam_accumulate_case *c, struct jam_json json,
                                     struct jam_transfer *out, struct pvm_err *err)
{
    struct transfer_keys keys = {.source = 0};
    FIELDS(json, transfer_fields, &keys);
    *out = (struct jam_transfer){.source = keys.source,
                                 .destination = keys.destination,
                                 .amount = keys.amount,
                                 .gas = keys.gas_limit};
    return jam_case_exactly(&c->common, keys.memo, sizeof out->memo, out->memo, err);
}

static enum pvm_status load_input(struct jam_accumulate_case *c, struct jam_json json,
                                  struct jam_input *input, struct pvm_err *err)
{
    const char *kind;
    void *transfer;
    PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, err));
    if (!jam_json_has(jam_json_get(json, "kind")))
        return jam_json_fail(json, err, "the input has no kind");
    PVM_TRY(jam_json_text(jam_json_get(json, "kind"), &kind, err));
    if (strcmp(kind, "operand") == 0)
        return load_operand(c, json, input, err);
    if (strcmp(kind, "transfer") != 0)
        return jam_json_fail(json, err, "unknown kind \"%.40s\"", kind);
    PVM_TRY(jam_arena_get(&c->common.arena, 1, sizeof *input->transfer, &transfer, err));
    input->transfer = transfer;
    return load_transfer(c, json, transfer, err);
}

static enum pvm_status load_inputs(struct jam_accumulate_case *c, struct jam_json json,
                                   struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_case_list(&c->common, json, JAM_JSON_ARRAY, sizeof *c->inputs, &list, err));
    c->inputs = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(load_input(c, it, &c->inputs[c->input_count++], err));
    return PVM_OK;
}

/* ---- what is expected ---- */

static enum pvm_status load_transfers(struct jam_accumulate_case *c, struct jam_json json,
                                      struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_case_list(&c->common, json, JAM_JSON_ARRAY, sizeof *c->transfers, &list, err));
    c->transfers = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(load_transfer(c, it, &c->transfers[c->transfer_count++], err));
    return PVM_OK;
}

static enum pvm_status load_provisions(struct jam_accumulate_case *c, struct jam_json json,
                                       struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct provision_keys keys = {.service = 0};
        struct pvm_bytes blob;
        uint8_t key[JAM_PROVISION_KEY_SIZE];
        FIELDS(it, provision_fields, &keys);
        PVM_TRY(jam_case_octets(&c->common, keys.blob, &blob, err));
        struct jam_hash hash = jam_hash(blob);
        jam_provision_key(keys.service, &hash, key);
        PVM_TRY(jam_map_set(&c->provisions, pvm_bytes(key, sizeof key), blob, err));
    }
    return PVM_OK;
}

static enum pvm_status load_expected(struct jam_accumulate_case *c, struct jam_json json,
                                     struct jam_case_change *change, struct pvm_err *err)
{
    struct expected_keys keys = {.gas_used = 0};
    FIELDS(json, expected_fields, &keys);
    *change = keys.change;
    c->end = (struct jam_case_end){.gas_used = keys.gas_used};
    c->end.has_instructions = jam_json_type(keys.instructions) != JAM_JSON_NULL;
    if (c->end.has_instructions)
        PVM_TRY(jam_json_u64(keys.instructions, UINT64_MAX, &c->end.instructions, err));
    PVM_TRY(jam_case_exit(keys.exit, &c->end.exit, err));
    PVM_TRY(jam_case_calls(&c->common, keys.host_calls, &c->end, err));
    PVM_TRY(load_transfers(c, keys.transfers, err));
    PVM_TRY(load_provisions(c, keys.provisions, err));
    c->has_yield = jam_json_type(keys.yield) != JAM_JSON_NULL;
    return c->has_yield ? jam_json_hash(keys.yield, &c->yield, err) : PVM_OK;
}

static enum pvm_status load_document(struct jam_accumulate_case *c, struct jam_json root,
                                     const struct jam_vector_options *options, struct pvm_err *err)
{
    struct case_keys keys = {.name = ""};
    struct jam_case_change change;
    FIELDS(root, case_fields, &keys);
    PVM_TRY(jam_case_load(&c->common, root, &keys.common, options, err));
    if (c->common.invocation != JAM_ACCUMULATE)
        return jam_json_fail(jam_json_get(root, "entry"), err, "expected \"accumulate\"");
    c->slot = keys.slot;
    c->entropy = keys.entropy;
    PVM_TRY(load_inputs(c, keys.inputs, err));
    PVM_TRY(load_expected(c, keys.expected, &change, err));
    return jam_case_states(c, keys.state, &change, err);
}

enum pvm_status jam_accumulate_case_load(struct pvm_bytes octets, const char *path,
                                         const struct jam_vector_options *options,
                                         struct jam_accumulate_case **out, struct pvm_err *err)
{
    struct jam_json_doc *doc;
    struct jam_accumulate_case *c = pvm_alloc_zero(options->alloc, 1, sizeof *c);
    if (c == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a case");
    jam_case_init(&c->common, path, options);
    jam_state_init(&c->before, options->alloc);
    jam_state_init(&c->after, options->alloc);
    jam_map_init(&c->provisions, options->alloc);
    enum pvm_status status = jam_json_parse(octets, path, options->alloc, &doc, err);
    if (status == PVM_OK) {
        status = load_document(c, jam_json_root(doc), options, err);
        jam_json_free(doc);
    }
    if (status != PVM_OK) {
        jam_accumulate_case_free(c);
        return status;
    }
    *out = c;
    return PVM_OK;
}

void jam_accumulate_case_free(struct jam_accumulate_case *c)
{
    if (c == NULL)
        return;
    const struct pvm_alloc *alloc = c->common.arena.alloc;
    jam_state_deinit(&c->before);
    jam_state_deinit(&c->after);
    jam_map_deinit(&c->provisions);
    jam_case_deinit(&c->common);
    pvm_alloc_free(alloc, c);
}
