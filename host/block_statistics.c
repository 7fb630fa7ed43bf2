/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of services (GP 0.7.2 12.3, 13.2). Those in state are of one block. */
#include "host/block_round.h"

enum pvm_status jam_tally_of(struct jam_tallies *tallies, uint32_t service, struct jam_tally **out,
                             struct pvm_err *err)
{
    size_t at = 0;
    size_t high = tallies->count;
    while (at < high) {
        size_t middle = at + (high - at) / 2;
        if (tallies->list[middle].service < service)
            at = middle + 1;
        else
            high = middle;
    }
    if (at == tallies->count || tallies->list[at].service != service) {
        if (tallies->count == tallies->cap) {
            size_t cap = tallies->cap * 2 + 8;
            void *grown =
                pvm_alloc_resize(tallies->alloc, tallies->list, cap * sizeof *tallies->list);
            if (grown == NULL)
                return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu statistics", cap);
            tallies->list = grown;
            tallies->cap = cap;
        }
        memmove(tallies->list + at + 1, tallies->list + at,
                (tallies->count - at) * sizeof *tallies->list);
        tallies->list[at] = (struct jam_tally){.service = service};
        tallies->count++;
    }
    *out = &tallies->list[at];
    return PVM_OK;
}

void jam_tally_run(struct jam_tally *tally, const struct jam_input *inputs, size_t input_count,
                   uint64_t gas_used)
{
    for (size_t i = 0; i < input_count; i++)
        *(inputs[i].operand != NULL ? &tally->items : &tally->transfers) += 1;
    tally->gas = gas_used > UINT64_MAX - tally->gas ? UINT64_MAX : tally->gas + gas_used;
}

bool jam_tally_counts(const struct jam_block_rules *rules, const struct jam_tally *tally)
{
    return tally->items != 0 || (rules->stats_of_gas && tally->gas != 0) ||
           (rules->stats_of_transfers && tally->transfers != 0);
}

static enum pvm_status record(struct jam_block *block, const struct jam_tally *tally,
                              struct pvm_err *err)
{
    struct jam_service_stat *stat;
    struct jam_service *service;
    bool accumulated = jam_tally_counts(block->rules, tally);
    if (!accumulated && tally->on_transfers == 0)
        return PVM_OK;
    PVM_TRY(jam_state_stat(block->state, tally->service, &stat, err));
    stat->on_transfers_count = tally->on_transfers;
    stat->on_transfers_gas_used = tally->on_transfer_gas;
    if (!accumulated)
        return PVM_OK;
    stat->accumulate_count = tally->items;
    stat->accumulate_gas_used = tally->gas;
    if (block->rules->stats_of_transfers)
        stat->on_transfers_count = tally->transfers;
    if (!block->rules->dates_accounts || jam_state_find(block->state, tally->service) == NULL)
        return PVM_OK;
    PVM_TRY(jam_state_edit(block->state, tally->service, &service, err));
    service->last_accumulation_slot = block->in->slot;
    return PVM_OK;
}

enum pvm_status jam_block_record(struct jam_block *block, struct pvm_err *err)
{
    block->state->stat_count = 0;
    for (size_t i = 0; i < block->tallies.count; i++)
        PVM_TRY(record(block, &block->tallies.list[i], err));
    return PVM_OK;
}

enum pvm_status jam_stats_reports(struct jam_state *state, const struct jam_report *reports,
                                  size_t count, struct pvm_err *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < reports[i].result_count; k++) {
            const struct jam_work_digest *digest = &reports[i].results[k];
            struct jam_service_stat *stat;
            PVM_TRY(jam_state_stat(state, digest->service_id, &stat, err));
            stat->refinement_count++;
            stat->refinement_gas_used += digest->refine_load.gas_used;
            stat->imports += digest->refine_load.imports;
            stat->extrinsic_count += digest->refine_load.extrinsic_count;
            stat->extrinsic_size += digest->refine_load.extrinsic_size;
            stat->exports += digest->refine_load.exports;
        }
    return PVM_OK;
}

enum pvm_status jam_stats_preimages(struct jam_state *state, const struct jam_block_preimage *list,
                                    size_t count, struct pvm_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct jam_service_stat *stat;
        PVM_TRY(jam_state_stat(state, list[i].service, &stat, err));
        stat->provided_count++;
        stat->provided_size += list[i].blob.len;
    }
    return PVM_OK;
}
