/* SPDX-License-Identifier: Apache-2.0 */
/* A block of one run: what accumulation alone makes of a state (GP 0.7.2 12.2). */
#include "host/block_round.h"

static enum pvm_status apply(const struct jam_block *block, struct jam_state *next,
                             const struct jam_state *old, const struct jam_accumulate_in *in,
                             const struct jam_effects *effects, struct pvm_err *err)
{
    struct jam_round_run run = {.service = in->service, .in = *in, .effects = *effects};
    const struct jam_round_runs runs = {&run, 1};
    const struct jam_map no_queues = {.alloc = next->alloc};
    struct jam_tally tally = {.service = in->service};
    struct jam_service *service;
    if (run.effects.privileges == NULL) { /* On-Transfer */
        run.effects.privileges = &old->privileges;
        run.effects.auth_queues = &no_queues;
    }
    next->output_count = 0;
    PVM_TRY(jam_round_merge(block, next, old, &runs, err));
    next->slot = in->slot;
    next->entropy[0] = in->entropy;
    jam_tally_run(&tally, in->inputs, in->input_count, effects->gas_used);
    if (!block->rules->dates_accounts || effects->privileges == NULL ||
        !jam_tally_counts(block->rules, &tally) || jam_state_find(next, in->service) == NULL)
        return PVM_OK;
    PVM_TRY(jam_state_edit(next, in->service, &service, err));
    service->last_accumulation_slot = in->slot;
    return PVM_OK;
}

enum pvm_status jam_accumulate_apply(struct jam_state *state, const struct jam_accumulate_in *in,
                                     const struct jam_effects *effects,
                                     const struct jam_profile *profile,
                                     const struct jam_params *params, struct pvm_err *err)
{
    const struct jam_block_in block_in = {.slot = in->slot, .entropy = in->entropy};
    struct jam_params full;
    struct jam_state next;
    struct jam_block block = {
        .profile = profile != NULL ? profile : jam_profile_default,
        .params = params,
        .alloc = state->alloc,
        .in = &block_in,
    };
    block.rules = block.profile->block;
    if (params == NULL) {
        jam_params_get(block.profile, JAM_PARAMS_FULL, &full);
        block.params = &full;
    }
    PVM_TRY(jam_state_copy(&next, state, err));
    enum pvm_status status = apply(&block, &next, state, in, effects, err);
    if (status != PVM_OK) {
        jam_state_deinit(&next);
        return status;
    }
    jam_state_deinit(state);
    *state = next;
    return PVM_OK;
}
