/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_run.h"
#include "host/context.h"

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static enum pvm_status check_inputs(const struct jam_accumulate_in *in,
                                    const struct jam_profile *profile, struct pvm_err *err)
{
    bool transfers = profile->accumulate->transfer_inputs;
    for (size_t i = 0; i < in->input_count; i++)
        if (in->inputs[i].transfer != NULL && !transfers)
            return pvm_fail(err, PVM_E_USAGE,
                            "input %zu is a transfer, which GP %s gives to On-Transfer", i,
                            profile->name);
    return PVM_OK;
}

enum pvm_status jam_accumulate_new(const struct jam_accumulate_in *in,
                                   const struct jam_invoke_options *options, struct jam_run **out,
                                   struct pvm_err *err)
{
    struct jam_accumulate_run run;
    const struct jam_profile *profile =
        options->profile != NULL ? options->profile : jam_profile_default;
    PVM_TRY(check_inputs(in, profile, err));
    uint64_t credit = 0;
    for (size_t i = 0; i < in->input_count; i++)
        if (in->inputs[i].transfer != NULL)
            credit = add_sat(credit, in->inputs[i].transfer->amount);
    PVM_TRY(jam_accumulate_run_init(&run, JAM_ACCUMULATE, in, options, credit, err));
    jam_accumulate_run_code(&run);
    return jam_accumulate_run_finish(&run, out, err);
}

/* ---- effects ---- */

static uint32_t read_id(struct pvm_bytes key)
{
    uint32_t id = 0;
    for (unsigned i = 0; i < 4; i++)
        id = id << 8 | key.ptr[i];
    return id;
}

static bool self_changed(const struct jam_accumulation *acc, const struct jam_dimension *dim)
{
    return dim->self != jam_state_find(acc->state, acc->service);
}

static enum pvm_status list_accounts(struct jam_accumulation *acc, const struct jam_dimension *dim,
                                     struct jam_effects *out, struct pvm_err *err)
{
    size_t most = dim->others.count + 1;
    struct jam_map_entry entry;
    bool own = self_changed(acc, dim);
    pvm_alloc_free(acc->alloc, acc->changes);
    acc->changes = pvm_alloc_zero(acc->alloc, most, sizeof *acc->changes);
    if (acc->changes == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu changed accounts", most);
    struct jam_account_change *at = acc->changes;
    for (bool more = jam_map_first(&dim->others, &entry); more;
         more = jam_map_after(&dim->others, entry.key, &entry)) {
        uint32_t id = read_id(entry.key);
        if (own && acc->service < id) {
            *at++ = (struct jam_account_change){acc->service, dim->self, true};
            own = false;
        }
        *at = (struct jam_account_change){.id = id,
                                          .existed = jam_state_find(acc->state, id) != NULL};
        memcpy(&at->service, entry.value.ptr, sizeof at->service);
        at++;
    }
    if (own)
        *at++ = (struct jam_account_change){acc->service, dim->self, true};
    out->accounts = acc->changes;
    out->account_count = (size_t)(at - acc->changes);
    return PVM_OK;
}

static enum pvm_status list_provisions(struct jam_accumulation *acc,
                                       const struct jam_dimension *dim, struct jam_effects *out,
                                       struct pvm_err *err)
{
    size_t count = dim->provisions.count;
    struct jam_map_entry entry;
    pvm_alloc_free(acc->alloc, acc->provisions);
    acc->provisions = NULL;
    if (count == 0)
        return PVM_OK;
    acc->provisions = pvm_alloc_zero(acc->alloc, count, sizeof *acc->provisions);
    if (acc->provisions == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu provisions", count);
    struct jam_provision *at = acc->provisions;
    for (bool more = jam_map_first(&dim->provisions, &entry); more;
         more = jam_map_after(&dim->provisions, entry.key, &entry)) {
        at->service = read_id(entry.key);
        memcpy(at->hash.octets, entry.key.ptr + 4, JAM_HASH_SIZE);
        at->blob = entry.value;
        at++;
    }
    out->provisions = acc->provisions;
    out->provision_count = count;
    return PVM_OK;
}

/* C of GP 0.7.2 B.4. */
static enum pvm_status collapse(struct jam_accumulation *acc, const struct jam_dimension *dim,
                                const struct jam_result *result, struct jam_effects *out,
                                struct pvm_err *err)
{
    PVM_TRY(list_provisions(acc, dim, out, err));
    out->transfers = acc->transfers;
    out->transfer_count = dim->transfer_count;
    out->has_yield = dim->has_yield;
    out->yield = dim->yield;
    if (result->outcome == JAM_ENDED_HALT && result->output.len == JAM_HASH_SIZE) {
        out->has_yield = true;
        memcpy(out->yield.octets, result->output.ptr, JAM_HASH_SIZE);
    }
    out->wrote = dim->wrote;
    out->privileges = &dim->privileges;
    out->auth_queues = &dim->auth_queues;
    out->staging = dim->staging;
    return PVM_OK;
}

/* The effects of one dimension; `chosen` by the collapse, so that the output counts. */
static enum pvm_status effects_of(struct jam_run *run, bool exceptional, bool chosen,
                                  struct jam_effects *out, struct pvm_err *err)
{
    struct jam_accumulation *acc = jam_run_context(run)->accumulation;
    const struct jam_result *result = jam_run_result(run);
    const struct jam_dimension *dim = exceptional && !acc->on_transfer ? &acc->y : &acc->x;
    struct jam_effects effects = {.exceptional = exceptional,
                                  .checkpointed = acc->checkpointed,
                                  .gas_used = result->gas_used};
    PVM_TRY(list_accounts(acc, dim, &effects, err));
    if (!acc->on_transfer)
        PVM_TRY(collapse(acc, dim, result, &effects, err));
    if (!chosen) {
        effects.has_yield = dim->has_yield;
        effects.yield = dim->yield;
    }
    *out = effects;
    return PVM_OK;
}

static enum pvm_status pick_effects(struct jam_run *run, bool chosen, struct jam_effects *out,
                                    struct pvm_err *err)
{
    const struct jam_result *result = jam_run_result(run);
    if (jam_run_context(run)->accumulation == NULL)
        return pvm_fail(err, PVM_E_USAGE, "the run is no accumulation");
    bool failed = result->outcome == JAM_ENDED_OOG || result->outcome == JAM_ENDED_PANIC;
    return effects_of(run, failed == chosen, chosen, out, err);
}

enum pvm_status jam_accumulate_effects(struct jam_run *run, struct jam_effects *out,
                                       struct pvm_err *err)
{
    return pick_effects(run, true, out, err);
}

enum pvm_status jam_accumulate_other(struct jam_run *run, struct jam_effects *out,
                                     struct pvm_err *err)
{
    return pick_effects(run, false, out, err);
}
