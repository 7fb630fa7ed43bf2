/* SPDX-License-Identifier: Apache-2.0 */
/* What the runs of a round together make of the accounts (GP 0.7.2 12.2, Delta_*, and I). */
#include "host/block_round.h"

static const struct jam_account_change *change_of(const struct jam_effects *effects, uint32_t id)
{
    size_t low = 0;
    size_t high = effects->account_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (effects->accounts[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == effects->account_count || effects->accounts[low].id != id)
        return NULL;
    return &effects->accounts[low];
}

/* Whether a run contributes this account to n: its own, or a new one. */
static bool contributes(const struct jam_round_run *run, const struct jam_account_change *change)
{
    return change->service != NULL && (change->id == run->service || !change->existed);
}

/* GP 12.2: no two services may contribute the same index. Only new ones can. */
static enum pvm_status check_conflict(const struct jam_round_runs *runs, size_t which,
                                      const struct jam_account_change *change, struct pvm_err *err)
{
    for (size_t i = 0; i < which; i++) {
        const struct jam_round_run *other = &runs->list[i];
        const struct jam_account_change *same = change_of(&other->effects, change->id);
        if (same != NULL && contributes(other, same))
            return pvm_fail(err, PVM_E_MALFORMED,
                            "services %u and %u both made service %u: the block is invalid",
                            (unsigned)other->service, (unsigned)runs->list[which].service,
                            (unsigned)change->id);
    }
    return PVM_OK;
}

static enum pvm_status put_accounts(struct jam_state *next, const struct jam_round_runs *runs,
                                    struct pvm_err *err)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct jam_round_run *run = &runs->list[i];
        for (size_t k = 0; k < run->effects.account_count; k++) {
            const struct jam_account_change *change = &run->effects.accounts[k];
            if (!contributes(run, change))
                continue;
            if (!change->existed)
                PVM_TRY(check_conflict(runs, i, change, err));
            PVM_TRY(jam_state_put(next, change->service, err));
        }
    }
    return PVM_OK;
}

static void remove_accounts(struct jam_state *next, const struct jam_round_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        for (size_t k = 0; k < runs->list[i].effects.account_count; k++) {
            const struct jam_account_change *change = &runs->list[i].effects.accounts[k];
            if (change->service == NULL && change->existed)
                (void)jam_state_remove(next, change->id);
        }
}

static enum pvm_status provide(const struct jam_block *block, struct jam_state *next,
                               const struct jam_round_runs *runs, struct pvm_err *err)
{
    for (size_t i = 0; i < runs->count; i++)
        for (size_t k = 0; k < runs->list[i].effects.provision_count; k++)
            PVM_TRY(jam_provision_integrate(next, &runs->list[i].effects.provisions[k],
                                            block->in->slot, err));
    return PVM_OK;
}

static bool has_output(const struct jam_state *state, uint32_t service, const struct jam_hash *hash)
{
    for (size_t i = 0; i < state->output_count; i++)
        if (state->outputs[i].service == service && jam_hash_equal(&state->outputs[i].hash, hash))
            return true;
    return false;
}

/* B is a set: the same yield in two rounds is one. */
static enum pvm_status add_outputs(struct jam_state *next, const struct jam_round_runs *runs,
                                   struct pvm_err *err)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct jam_effects *effects = &runs->list[i].effects;
        if (effects->has_yield && !has_output(next, runs->list[i].service, &effects->yield))
            PVM_TRY(jam_state_add_output(next, runs->list[i].service, &effects->yield, err));
    }
    return PVM_OK;
}

enum pvm_status jam_round_merge(const struct jam_block *block, struct jam_state *next,
                                const struct jam_state *old, const struct jam_round_runs *runs,
                                struct pvm_err *err)
{
    PVM_TRY(put_accounts(next, runs, err));
    remove_accounts(next, runs);
    PVM_TRY(provide(block, next, runs, err));
    PVM_TRY(add_outputs(next, runs, err));
    return block->rules->merge(next, old, runs, (size_t)block->params->core_count, err);
}
