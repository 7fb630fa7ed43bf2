/* SPDX-License-Identifier: Apache-2.0 */
#include "host/chain_parts.h"

bool jam_import_get(const struct jam_importing *import, enum jam_component component,
                    struct pvm_bytes *value)
{
    struct jam_state_key key = jam_key_component(component);
    return jam_map_get(&import->state->others, jam_state_key_bytes(&key), value);
}

enum pvm_status jam_import_set(struct jam_importing *import, enum jam_component component,
                               const struct pvm_buf *value, struct pvm_err *err)
{
    struct jam_state_key key = jam_key_component(component);
    PVM_TRY(pvm_buf_status(value, err));
    return jam_map_set(&import->state->others, jam_state_key_bytes(&key), pvm_buf_bytes(value),
                       err);
}

void jam_import_entropy(struct jam_importing *import)
{
    struct jam_hash *entropy = import->state->entropy;
    if (jam_import_new_epoch(import))
        memmove(entropy + 1, entropy, 3 * sizeof *entropy);
}

/* ---- pools ---- */

/* The authorizer that a guarantee of the block uses up on a core; NULL: there is none. */
static const struct jam_hash *used_on(const struct jam_chain_block *block, size_t core)
{
    for (size_t i = 0; i < block->guarantee_count; i++)
        if (block->guarantees[i].report.core_index == core)
            return &block->guarantees[i].report.authorizer_hash;
    return NULL;
}

/* F(core) ++ the queue's authorizer of this slot, of which the last O stay. */
static void next_pool(const struct jam_importing *import, size_t core, struct pvm_buf *out)
{
    struct pvm_bytes pool = jam_core_get(&import->state->auth_pools, core);
    struct pvm_bytes queue = jam_core_get(&import->state->auth_queues, core);
    const struct jam_hash *used = used_on(import->block, core);
    size_t at = import->block->slot % (uint32_t)JAM_QUEUE_LEN * (size_t)JAM_HASH_SIZE;
    for (size_t i = 0; i + JAM_HASH_SIZE <= pool.len; i += JAM_HASH_SIZE) {
        if (used != NULL && memcmp(pool.ptr + i, used->octets, JAM_HASH_SIZE) == 0) {
            used = NULL;
            continue;
        }
        pvm_buf_add(out, pool.ptr + i, JAM_HASH_SIZE);
    }
    if (at + JAM_HASH_SIZE <= queue.len)
        pvm_buf_add(out, queue.ptr + at, JAM_HASH_SIZE);
    else
        pvm_buf_add_zeros(out, JAM_HASH_SIZE);
}

enum pvm_status jam_import_pools(struct jam_importing *import, struct pvm_err *err)
{
    size_t most = (size_t)import->params->auth_pool_size * JAM_HASH_SIZE;
    enum pvm_status status = PVM_OK;
    if (import->state->auth_pools.count == 0)
        return PVM_OK;
    for (size_t core = 0; core < import->params->core_count && status == PVM_OK; core++) {
        struct pvm_buf pool = {.alloc = import->alloc};
        next_pool(import, core, &pool);
        size_t drop = pool.len > most ? pool.len - most : 0;
        status = pvm_buf_status(&pool, err);
        if (status == PVM_OK)
            status = jam_core_set(&import->state->auth_pools, core,
                                  pvm_bytes(pool.ptr + drop, pool.len - drop), err);
        pvm_buf_deinit(&pool);
    }
    return status;
}

/* ---- the whole ---- */

static enum pvm_status accumulate(struct jam_importing *import, struct jam_chain_out *out,
                                  struct pvm_err *err)
{
    const struct jam_chain_block *block = import->block;
    const struct jam_block_in in = {
        .slot = block->slot,
        .entropy = import->in->entropy,
        .reports = import->available,
        .report_count = import->available_count,
    };
    PVM_TRY(jam_block_accumulate(import->state, &in, import->in->options, &out->accumulation, err));
    return jam_preimages_integrate(import->profile, import->state, block->preimages,
                                   block->preimage_count, block->slot, NULL, err);
}

static enum pvm_status check_preimages(const struct jam_importing *import,
                                       struct jam_chain_out *out, struct pvm_err *err)
{
    size_t at;
    out->preimages = jam_preimages_check(import->profile, import->state, import->block->preimages,
                                         import->block->preimage_count, &at);
    if (out->preimages == JAM_PREIMAGES_FINE)
        return PVM_OK;
    return pvm_fail(err, PVM_E_MALFORMED, "preimage %zu, for service %u: %s", at,
                    (unsigned)import->block->preimages[at].service,
                    jam_preimage_rule_text(out->preimages));
}

/* Accumulation takes lists that were not known before for empty ones; they stay away all the same.
 */
static enum pvm_status forget_lists(const struct jam_state *before, struct jam_state *state,
                                    struct pvm_err *err)
{
    struct pvm_bytes value;
    struct jam_state_key key = jam_key_component(JAM_STATE_STATISTICS);
    if (before->stat_count == 0 && !jam_map_get(&before->others, jam_state_key_bytes(&key), &value))
        state->stat_count = 0;
    if (before->ready_count == 0)
        PVM_TRY(jam_state_set_ready(state, 0, err));
    return before->accumulated_count > 0 ? PVM_OK : jam_state_set_accumulated(state, 0, err);
}

static enum pvm_status run(struct jam_importing *import, struct jam_chain_out *out,
                           struct pvm_err *err)
{
    PVM_TRY(check_preimages(import, out, err));
    PVM_TRY(jam_import_disputes(import, err));
    PVM_TRY(jam_import_validators(import, err));
    PVM_TRY(jam_import_pending(import, err));
    out->available_count = import->available_count;
    jam_import_entropy(import);
    PVM_TRY(accumulate(import, out, err));
    PVM_TRY(jam_import_history(import, err));
    PVM_TRY(jam_import_pools(import, err));
    return jam_import_statistics(import, err);
}

static void importing_deinit(struct jam_importing *import)
{
    for (size_t i = 0; i < import->available_count; i++)
        jam_report_deinit(&import->available[i]);
    pvm_alloc_free(import->alloc, import->available);
    jam_hash_list_deinit(&import->offenders, import->alloc);
    pvm_buf_deinit(&import->active);
    pvm_buf_deinit(&import->previous);
    pvm_buf_deinit(&import->pending_before);
}

enum pvm_status jam_chain_import(struct jam_state *state, const struct jam_chain_in *in,
                                 struct jam_chain_out *out, struct pvm_err *err)
{
    struct jam_state changed;
    struct jam_importing import = {
        .profile = in->options->profile,
        .params = in->options->params,
        .alloc = state->alloc,
        .block = in->block,
        .in = in,
        .state = &changed,
        .slot_before = state->slot,
        .active = {.alloc = state->alloc},
        .previous = {.alloc = state->alloc},
        .pending_before = {.alloc = state->alloc},
    };
    *out = (struct jam_chain_out){.available_count = 0};
    if (import.params->epoch_length == 0 || import.params->rotation_period == 0)
        return pvm_fail(err, PVM_E_USAGE, "an epoch or a rotation of no slots");
    PVM_TRY(jam_state_copy(&changed, state, err));
    enum pvm_status status = run(&import, out, err);
    if (status == PVM_OK)
        status = forget_lists(state, &changed, err);
    importing_deinit(&import);
    if (status != PVM_OK) {
        jam_state_deinit(&changed);
        return status;
    }
    jam_state_deinit(state);
    *state = changed;
    return PVM_OK;
}
