/* SPDX-License-Identifier: Apache-2.0 */
/* What a row starts from: state or fixture, inputs, memory, calls. */
#include "host/accumulate_rules.h"
#include "host/table_parts.h"

enum { INPUT_LIMIT = 16 << 20, INPUTS_MOST = 4096, GAS = 1000000 };
#define GAS_MOST (UINT64_C(1) << 60)

/* ---- state and fixture ---- */

static enum pvm_status joined(const struct jam_table *table, const char *path, struct pvm_buf *out,
                              struct pvm_err *err)
{
    if (path[0] != '/' && table->folder.len > 0) {
        pvm_buf_add_bytes(out, pvm_buf_bytes(&table->folder));
        pvm_buf_text(out, "/");
    }
    pvm_buf_text(out, path);
    (void)pvm_buf_str(out);
    return pvm_buf_status(out, err);
}

/* Whether json names a file, "@FILE"; *path is then where it is. */
static enum pvm_status file_named(const struct jam_table *table, struct jam_json json, bool *is,
                                  struct pvm_buf *path, struct pvm_err *err)
{
    const char *text = NULL;
    *is = false;
    if (jam_json_type(json) != JAM_JSON_STRING)
        return PVM_OK;
    PVM_TRY(jam_json_text(json, &text, err));
    if (text[0] != '@')
        return jam_json_fail(json, err, "expected an object or \"@FILE\"");
    *is = true;
    return joined(table, text + 1, path, err);
}

static enum pvm_status load_state(struct jam_table_setup *setup, struct jam_json json,
                                  struct pvm_buf *path, struct pvm_buf *folder, struct pvm_err *err)
{
    const struct jam_table *table = setup->view->table;
    struct jam_state_options options = {.profile = setup->view->profile, .alloc = table->alloc};
    bool named;
    PVM_TRY(file_named(table, json, &named, path, err));
    if (named) {
        PVM_TRY(jam_state_load_file(pvm_buf_str(path), &options, &setup->file, err));
    } else {
        pvm_buf_add_bytes(folder, pvm_buf_bytes(&table->folder));
        options.folder = folder->len > 0 ? pvm_buf_str(folder) : NULL;
        PVM_TRY(jam_state_load_json(json, "", &options, &setup->file, err));
    }
    setup->state = &setup->file->state;
    setup->params = &setup->file->params;
    return PVM_OK;
}

static enum pvm_status load_fixture(struct jam_table_setup *setup, struct jam_json json,
                                    struct pvm_buf *path, struct pvm_buf *folder,
                                    struct pvm_err *err)
{
    const struct jam_table *table = setup->view->table;
    struct jam_fixture_options options = {
        .profile = setup->view->profile, .invocation = setup->context, .alloc = table->alloc};
    bool named;
    PVM_TRY(file_named(table, json, &named, path, err));
    if (named) {
        PVM_TRY(jam_fixture_load_file(pvm_buf_str(path), &options, &setup->fixture, err));
    } else {
        pvm_buf_add_bytes(folder, pvm_buf_bytes(&table->folder));
        options.folder = folder->len > 0 ? pvm_buf_str(folder) : NULL;
        PVM_TRY(jam_fixture_load_json(json, "", &options, &setup->fixture, err));
    }
    setup->state = &setup->fixture->state;
    setup->params = &setup->fixture->params;
    return PVM_OK;
}

static bool on_accounts(const struct jam_table_setup *setup)
{
    return setup->context == JAM_ACCUMULATE || setup->context == JAM_ON_TRANSFER;
}

static enum pvm_status load_base(struct jam_table_setup *setup, struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    struct pvm_buf path = {.alloc = view->table->alloc};
    struct pvm_buf folder = {.alloc = view->table->alloc};
    bool accounts = on_accounts(setup);
    struct jam_json json = accounts ? JAM_TABLE_GET(view, state) : JAM_TABLE_GET(view, fixture);
    enum pvm_status status = PVM_OK;
    if (!jam_json_has(json))
        status = jam_json_fail(view->json, err, "neither row nor table has a %s for %s",
                               accounts ? "state" : "fixture", jam_invocation_name(setup->context));
    else if (accounts)
        status = load_state(setup, json, &path, &folder, err);
    else
        status = load_fixture(setup, json, &path, &folder, err);
    pvm_buf_deinit(&path);
    pvm_buf_deinit(&folder);
    return status;
}

/* Every layer's patch, one after the other. */
static enum pvm_status apply_patches(struct jam_table_setup *setup, struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    for (size_t i = 0; i < view->layer_count; i++)
        if (jam_json_has(view->layers[i].patch))
            PVM_TRY(jam_table_patch(view, view->layers[i].patch, setup->params, setup->state, err));
    return PVM_OK;
}

/* ---- inputs ---- */

struct transfer_keys {
    uint32_t from, to;
    uint64_t amount, gas;
    struct jam_json memo;
};

static const struct jam_json_field transfer_fields[] = {
    JAM_JSON_FIELD(struct transfer_keys, from),   JAM_JSON_FIELD(struct transfer_keys, to),
    JAM_JSON_FIELD(struct transfer_keys, amount), JAM_JSON_FIELD(struct transfer_keys, gas),
    JAM_JSON_FIELD(struct transfer_keys, memo),
};

struct operand_keys {
    struct jam_hash package_hash, exports_root, authorizer_hash, payload_hash;
    uint64_t gas_limit;
    struct jam_json output, trace;
    const char *result;
};

static const struct jam_json_field operand_fields[] = {
    JAM_JSON_FIELD(struct operand_keys, package_hash),
    JAM_JSON_FIELD(struct operand_keys, exports_root),
    JAM_JSON_FIELD(struct operand_keys, authorizer_hash),
    JAM_JSON_FIELD(struct operand_keys, payload_hash),
    JAM_JSON_FIELD(struct operand_keys, gas_limit),
    JAM_JSON_FIELD(struct operand_keys, output),
    JAM_JSON_FIELD(struct operand_keys, trace),
    JAM_JSON_FIELD(struct operand_keys, result),
};

static enum pvm_status take_octets(struct jam_table_setup *setup, struct jam_json json,
                                   struct pvm_bytes *out, struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = setup->view->table->alloc};
    if (!jam_json_has(json))
        return PVM_OK;
    enum pvm_status status = jam_table_octets(setup->view, json, &octets, err);
    if (status == PVM_OK)
        status = jam_arena_copy(&setup->arena, pvm_buf_bytes(&octets), out, err);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status take_transfer(struct jam_table_setup *setup, struct jam_json json,
                                     struct pvm_err *err)
{
    struct transfer_keys keys = {.to = setup->service};
    struct pvm_bytes memo = pvm_bytes_none();
    void *room = NULL;
    PVM_TRY(jam_json_fields(json, transfer_fields, JAM_JSON_COUNT(transfer_fields), &keys, err));
    PVM_TRY(take_octets(setup, keys.memo, &memo, err));
    if (memo.len > JAM_MEMO_SIZE)
        return jam_json_fail(keys.memo, err, "%zu octets, a memo has %d", memo.len, JAM_MEMO_SIZE);
    PVM_TRY(jam_arena_get(&setup->arena, 1, sizeof(struct jam_transfer), &room, err));
    struct jam_transfer *transfer = room;
    *transfer = (struct jam_transfer){
        .source = keys.from, .destination = keys.to, .amount = keys.amount, .gas = keys.gas};
    if (memo.len > 0)
        memcpy(transfer->memo, memo.ptr, memo.len);
    setup->inputs[setup->input_count++] = (struct jam_input){.transfer = transfer};
    return PVM_OK;
}

static enum pvm_status outcome_named(struct jam_json json, const char *name, enum jam_outcome *out,
                                     struct pvm_err *err)
{
    for (unsigned i = 0; i <= JAM_ENDED_BIG; i++) {
        if (strcmp(name, jam_outcome_name((enum jam_outcome)i)) == 0) {
            *out = (enum jam_outcome)i;
            return PVM_OK;
        }
    }
    return jam_json_fail(json, err, "unknown result \"%.40s\"", name);
}

static enum pvm_status take_operand(struct jam_table_setup *setup, struct jam_json json,
                                    struct pvm_err *err)
{
    struct operand_keys keys = {.gas_limit = 0};
    void *room = NULL;
    PVM_TRY(jam_json_fields(json, operand_fields, JAM_JSON_COUNT(operand_fields), &keys, err));
    PVM_TRY(jam_arena_get(&setup->arena, 1, sizeof(struct jam_operand), &room, err));
    struct jam_operand *operand = room;
    *operand = (struct jam_operand){.package_hash = keys.package_hash,
                                    .exports_root = keys.exports_root,
                                    .authorizer_hash = keys.authorizer_hash,
                                    .payload_hash = keys.payload_hash,
                                    .gas_limit = keys.gas_limit};
    if (keys.result != NULL)
        PVM_TRY(outcome_named(jam_json_get(json, "result"), keys.result, &operand->result, err));
    PVM_TRY(take_octets(setup, keys.output, &operand->output, err));
    PVM_TRY(take_octets(setup, keys.trace, &operand->trace, err));
    setup->inputs[setup->input_count++] = (struct jam_input){.operand = operand};
    return PVM_OK;
}

/* Transfers go to On-Transfer and, where it takes them, to Accumulate before the operands. */
static enum pvm_status take_inputs(struct jam_table_setup *setup, struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    struct jam_json transfers = JAM_TABLE_GET(view, transfers);
    struct jam_json operands = JAM_TABLE_GET(view, operands);
    const struct jam_json none = {NULL, NULL};
    void *room = NULL;
    if (setup->context == JAM_ON_TRANSFER)
        operands = none;
    else if (!jam_accumulate_rules_of(view->profile)->transfer_inputs)
        transfers = none;
    size_t count = jam_json_count(transfers) + jam_json_count(operands);
    if (count > INPUTS_MOST)
        return jam_json_fail(view->json, err, "%zu inputs, at most %d are possible", count,
                             INPUTS_MOST);
    PVM_TRY(jam_arena_get(&setup->arena, count, sizeof *setup->inputs, &room, err));
    setup->inputs = room;
    for (struct jam_json it = jam_json_first(transfers); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(take_transfer(setup, it, err));
    for (struct jam_json it = jam_json_first(operands); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(take_operand(setup, it, err));
    return PVM_OK;
}

/* ---- all of it ---- */

static enum pvm_status read_end(struct jam_table_setup *setup, struct pvm_err *err)
{
    const char *end = NULL;
    PVM_TRY(jam_table_get_text(setup->view, offsetof(struct jam_table_layer, end), &end, err));
    if (end != NULL && strcmp(end, "halt") != 0 && strcmp(end, "panic") != 0)
        return jam_json_fail(JAM_TABLE_GET(setup->view, end), err,
                             "expected \"halt\" or \"panic\", got \"%.40s\"", end);
    setup->panics = end != NULL && strcmp(end, "panic") == 0;
    return PVM_OK;
}

static enum pvm_status read_numbers(struct jam_table_setup *setup, struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    struct jam_json entropy = JAM_TABLE_GET(view, entropy);
    uint64_t service = 0;
    uint64_t slot = setup->state->slot;
    PVM_TRY(jam_table_get_word(view, offsetof(struct jam_table_layer, service), 0, &service, err));
    PVM_TRY(jam_table_get_word(view, offsetof(struct jam_table_layer, slot), slot, &slot, err));
    PVM_TRY(jam_table_get_word(view, offsetof(struct jam_table_layer, gas), GAS, &setup->gas, err));
    if (service > UINT32_MAX || slot > UINT32_MAX)
        return jam_json_fail(view->json, err, "service and slot must be below 2^32");
    if (setup->gas > GAS_MOST)
        return jam_json_fail(view->json, err, "more than 2^60 gas");
    setup->service = (uint32_t)service;
    setup->slot = (uint32_t)slot;
    setup->entropy = setup->state->entropy[0];
    if (jam_json_has(entropy))
        PVM_TRY(jam_json_hash(entropy, &setup->entropy, err));
    return PVM_OK;
}

enum pvm_status jam_table_setup_init(const struct jam_table_view *view, enum jam_invocation context,
                                     struct jam_table_setup *out, struct pvm_err *err)
{
    *out = (struct jam_table_setup){.view = view, .context = context};
    jam_arena_init(&out->arena, INPUT_LIMIT, view->table->alloc);
    PVM_TRY(load_base(out, err));
    PVM_TRY(apply_patches(out, err));
    PVM_TRY(read_numbers(out, err));
    if (on_accounts(out))
        PVM_TRY(take_inputs(out, err));
    PVM_TRY(jam_table_memory_init(view, &out->memory, err));
    PVM_TRY(jam_table_calls_init(view, &out->calls, err));
    return read_end(out, err);
}

void jam_table_setup_deinit(struct jam_table_setup *setup)
{
    jam_table_calls_deinit(&setup->calls);
    jam_table_memory_deinit(&setup->memory);
    jam_arena_deinit(&setup->arena);
    jam_state_file_free(setup->file);
    jam_fixture_free(setup->fixture);
}

enum pvm_status jam_table_setup_run(const struct jam_table_setup *setup,
                                    const struct pvm_standard *program, uint64_t gas,
                                    const struct jam_hooks *hooks, struct jam_run **out,
                                    struct pvm_err *err)
{
    const struct jam_fixture *fixture = setup->fixture;
    struct jam_invoke_options options = {.profile = setup->view->profile,
                                         .params = setup->params,
                                         .alloc = setup->view->table->alloc,
                                         .program = program,
                                         .has_gas = true,
                                         .gas = gas,
                                         .hooks = *hooks};
    struct jam_accumulate_in in = {.state = setup->state,
                                   .service = setup->service,
                                   .gas = gas,
                                   .inputs = setup->inputs,
                                   .input_count = setup->input_count,
                                   .slot = setup->slot,
                                   .entropy = setup->entropy};
    struct jam_refine_in refine;
    switch (setup->context) {
    case JAM_ACCUMULATE:
        return jam_accumulate_new(&in, &options, out, err);
    case JAM_ON_TRANSFER:
        return jam_on_transfer_new(&in, &options, out, err);
    case JAM_REFINE:
        refine = jam_fixture_refine(fixture, fixture->item);
        return jam_refine_new(&refine, &options, out, err);
    case JAM_IS_AUTHORIZED:
        return jam_is_authorized_new(&fixture->package, fixture->core, setup->state, &options, out,
                                     err);
    }
    return pvm_fail(err, PVM_E_INTERNAL, "no invocation");
}
