/* SPDX-License-Identifier: Apache-2.0 */
/* A case of Accumulate run, and every effect compared. */
#include "host/vector_case_accumulate.h"
#include "host/vector_compare.h"
#include "host/vector_keys.h"
#include "host/vector_machine.h"

/* ---- states ---- */

static enum pvm_status take_parts(const struct jam_accumulate_case *c,
                                  const struct jam_effects *effects, struct jam_state *state,
                                  struct pvm_err *err)
{
    for (size_t i = 0; i < effects->account_count; i++) {
        const struct jam_account_change *change = &effects->accounts[i];
        if (change->service == NULL)
            jam_state_remove(state, change->id);
        else
            PVM_TRY(jam_state_put(state, change->service, err));
    }
    for (size_t core = 0; core < c->common.params.core_count; core++) {
        struct pvm_bytes queue = jam_core_get(effects->auth_queues, core);
        if (queue.len > 0)
            PVM_TRY(jam_core_set(&state->auth_queues, core, queue, err));
    }
    jam_privileges_deinit(&state->privileges);
    jam_privileges_copy(&state->privileges, effects->privileges);
    if ((effects->wrote & JAM_WROTE_STAGING) == 0)
        return PVM_OK;
    struct jam_blob *staging = jam_blob_new(state->alloc, jam_blob_bytes(effects->staging));
    if (staging == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for the staging set");
    jam_blob_unref(state->staging);
    state->staging = staging;
    return PVM_OK;
}

/* Puts entries of expected, of which only the place in state is known, under the keys that the run
 * gave them: so they can be told by their key, and compared at all. */
static enum pvm_status name_entries(struct jam_service *expected, const struct jam_service *got,
                                    struct pvm_err *err)
{
    struct jam_map_entry entry;
    struct pvm_bytes value;
    struct jam_request request;
    for (bool more = jam_map_first(&got->storage, &entry); more;
         more = jam_map_after(&got->storage, entry.key, &entry))
        if (jam_storage_get(expected, entry.key, &value))
            PVM_TRY(jam_storage_set(expected, entry.key, value, err));
    for (bool more = jam_map_first(&got->requests, &entry); more;
         more = jam_map_after(&got->requests, entry.key, &entry)) {
        struct jam_hash hash;
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        uint32_t len = (uint32_t)pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4);
        if (jam_request_get(expected, &hash, len, &request))
            PVM_TRY(jam_request_set(expected, &hash, len, &request, err));
    }
    return PVM_OK;
}

static enum pvm_status name_all(struct jam_state *expected, const struct jam_state *got,
                                struct pvm_err *err)
{
    for (size_t i = 0; i < got->count; i++) {
        struct jam_service *service;
        if (jam_state_find(expected, got->services[i]->id) == NULL)
            continue;
        PVM_TRY(jam_state_edit(expected, got->services[i]->id, &service, err));
        PVM_TRY(name_entries(service, got->services[i], err));
    }
    return PVM_OK;
}

static enum pvm_status compare_states(const struct jam_accumulate_case *c,
                                      const struct jam_effects *effects,
                                      struct jam_vector_result *result, struct pvm_err *err)
{
    struct jam_state expected;
    struct jam_state got;
    PVM_TRY(jam_state_copy(&got, &c->before, err));
    enum pvm_status status = jam_state_copy(&expected, &c->after, err);
    if (status != PVM_OK) {
        jam_state_deinit(&got);
        return status;
    }
    status = take_parts(c, effects, &got, err);
    if (status == PVM_OK)
        status = name_all(&expected, &got, err);
    if (status == PVM_OK)
        result->passed = jam_compare_states(&expected, &got, &result->why);
    jam_state_deinit(&expected);
    jam_state_deinit(&got);
    return status;
}

/* ---- other effects ---- */

static bool same_transfer(size_t number, const struct jam_transfer *expected,
                          const struct jam_transfer *got, struct pvm_buf *why)
{
    struct pvm_bytes memo = pvm_bytes(expected->memo, sizeof expected->memo);
    struct pvm_bytes got_memo = pvm_bytes(got->memo, sizeof got->memo);
    size_t before = why->len;
    pvm_buf_printf(why, "transfer %zu: ", number);
    bool same = jam_same_count("source", expected->source, got->source, why) &&
                jam_same_count("destination", expected->destination, got->destination, why) &&
                jam_same_count("amount", expected->amount, got->amount, why) &&
                jam_same_count("gas limit", expected->gas, got->gas, why) &&
                jam_case_same_octets("memo", &memo, &got_memo, why);
    if (same && !why->failed)
        why->len = before;
    return same;
}

static bool same_transfers(const struct jam_accumulate_case *c, const struct jam_effects *effects,
                           struct pvm_buf *why)
{
    if (!jam_same_count("transfers", c->transfer_count, effects->transfer_count, why))
        return false;
    for (size_t i = 0; i < c->transfer_count; i++)
        if (!same_transfer(i, &c->transfers[i], &effects->transfers[i], why))
            return false;
    return true;
}

void jam_provision_key(uint32_t service, const struct jam_hash *hash,
                       uint8_t key[JAM_PROVISION_KEY_SIZE])
{
    for (unsigned i = 0; i < 4; i++)
        key[i] = (uint8_t)(service >> (24 - 8 * i));
    memcpy(key + 4, hash->octets, JAM_HASH_SIZE);
}

static void text_provision(struct pvm_bytes key, struct pvm_buf *out)
{
    uint32_t id = 0;
    for (unsigned i = 0; i < 4; i++)
        id = id << 8 | key.ptr[i];
    pvm_buf_printf(out, "%u: 0x", (unsigned)id);
    pvm_buf_hex(out, pvm_bytes(key.ptr + 4, key.len - 4));
}

static enum pvm_status compare_provisions(const struct jam_accumulate_case *c,
                                          const struct jam_effects *effects,
                                          struct jam_vector_result *result, struct pvm_err *err)
{
    struct jam_map got;
    enum pvm_status status = PVM_OK;
    jam_map_init(&got, c->before.alloc);
    for (size_t i = 0; i < effects->provision_count && status == PVM_OK; i++) {
        const struct jam_provision *provision = &effects->provisions[i];
        uint8_t key[JAM_PROVISION_KEY_SIZE];
        jam_provision_key(provision->service, &provision->hash, key);
        status = jam_map_set(&got, pvm_bytes(key, sizeof key), provision->blob, err);
    }
    if (status == PVM_OK)
        result->passed = jam_compare_maps(&c->provisions, &got, "preimage provided to service ",
                                          text_provision, NULL, &result->why);
    jam_map_deinit(&got);
    return status;
}

static enum pvm_status compare(const struct jam_accumulate_case *c, const struct jam_run *run,
                               const struct jam_effects *effects, struct jam_vector_result *result,
                               struct pvm_err *err)
{
    const struct jam_result *end = jam_run_result(run);
    struct pvm_bytes expected = jam_hash_bytes(&c->yield);
    struct pvm_bytes got = jam_hash_bytes(&effects->yield);
    struct pvm_bytes args = jam_run_args(run);
    struct pvm_buf *why = &result->why;
    result->passed = jam_case_same_octets("arguments", &c->common.args, &args, why) &&
                     jam_case_same_end(&c->end, end, why) &&
                     jam_case_same_octets("yield", c->has_yield ? &expected : NULL,
                                          effects->has_yield ? &got : NULL, why) &&
                     same_transfers(c, effects, why);
    if (result->passed)
        PVM_TRY(compare_provisions(c, effects, result, err));
    if (result->passed)
        PVM_TRY(compare_states(c, effects, result, err));
    if (result->passed)
        result->passed = jam_case_same_calls(c->common.profile, &c->end, end, why);
    return pvm_buf_status(why, err);
}

/* ---- running ---- */

enum pvm_status jam_accumulate_case_run(const struct jam_accumulate_case *c,
                                        const struct jam_vector_options *options,
                                        struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_accumulate_in in = {
        .state = &c->before,
        .service = c->common.service,
        .gas = c->common.gas,
        .inputs = c->inputs,
        .input_count = c->input_count,
        .slot = c->slot,
        .entropy = c->entropy,
    };
    const struct jam_invoke_options invoke = {
        .profile = c->common.profile,
        .params = &c->common.params,
        .alloc = options->alloc,
        .has_entry = true,
        .entry = c->common.entry,
        .limits = options->limits,
    };
    struct jam_run *run;
    struct jam_effects effects;
    result->profile = c->common.profile;
    PVM_TRY(jam_accumulate_new(&in, &invoke, &run, err));
    enum pvm_status status = jam_run_go(run, err);
    if (status == PVM_OK)
        status = jam_accumulate_effects(run, &effects, err);
    if (status == PVM_OK) {
        result->runs++;
        result->gas += effects.gas_used;
        status = compare(c, run, &effects, result, err);
    }
    jam_run_free(run);
    return status;
}

/* ---- as a kind of file ---- */

/* By two of the keys that single invocations have, and one that only those of Accumulate have. */
bool jam_accumulate_case_is(const struct jam_suite_file *file)
{
    static const char *const keys[] = {"gp_version", "entry", "expected", "slot",
                                       "inputs",     "state", "fetch",    NULL};
    uint32_t has = jam_vector_keys(file->octets, keys);
    uint32_t common = has & 7;
    return (common & (common - 1)) != 0 && (has & 0x38) != 0 && (has & 0x40) == 0;
}

enum pvm_status jam_accumulate_case_suite(const struct jam_suite_file *file,
                                          const struct jam_suite_options *options,
                                          jam_suite_sink sink, void *user, struct pvm_err *err)
{
    struct jam_accumulate_case *c;
    struct jam_vector_result result;
    PVM_TRY(jam_accumulate_case_load(file->octets, file->path, &options->vector, &c, err));
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_accumulate_case_run(c, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    else
        pvm_fail_at(err, status, file->path);
    jam_vector_result_deinit(&result);
    jam_accumulate_case_free(c);
    return status;
}
