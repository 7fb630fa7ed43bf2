/* SPDX-License-Identifier: Apache-2.0 */
/* The outer loop of a block's accumulation (GP 0.7.2 12.2, Delta_+) and what it is put into (12.3).
 */
#include "host/block_queue.h"
#include "host/block_round.h"

static uint64_t add_gas(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t sub_gas(uint64_t a, uint64_t b)
{
    return a < b ? 0 : a - b;
}

static uint64_t gas_of_transfers(const struct jam_transfers *transfers)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < transfers->count; i++)
        sum = add_gas(sum, transfers->list[i].gas);
    return sum;
}

static uint64_t gas_of_always(const struct jam_privileges *privileges)
{
    struct jam_always always;
    uint64_t sum = 0;
    for (uint64_t from = 0; jam_always_from(privileges, from, &always);
         from = (uint64_t)always.service + 1)
        sum = add_gas(sum, always.gas);
    return sum;
}

/* max(G_T, G_A * C + what always-accumulating services get). */
uint64_t jam_block_gas(const struct jam_params *params, const struct jam_privileges *privileges)
{
    uint64_t reports = params->report_accumulate_gas;
    if (params->core_count != 0 && reports > UINT64_MAX / params->core_count)
        reports = UINT64_MAX;
    else
        reports *= params->core_count;
    uint64_t sum = add_gas(reports, gas_of_always(privileges));
    return sum > params->block_accumulate_gas ? sum : params->block_accumulate_gas;
}

/* The loop's state, Delta_+'s arguments. */
struct loop {
    struct jam_block *block;
    const struct jam_report *const *reports; /* still to come */
    size_t report_count;
    uint64_t budget;
    struct jam_transfers transfers; /* inputs of the round; to 0.7.0 all so far */
    bool always;                    /* first round */
};

/* i: the longest prefix of reports that the budget covers. */
static size_t affordable(const struct loop *loop)
{
    const struct jam_block_rules *rules = loop->block->rules;
    uint64_t sum = 0;
    size_t count = 0;
    if (rules->budget_covers_all) {
        sum = gas_of_transfers(&loop->transfers);
        if (loop->always)
            sum = add_gas(sum, gas_of_always(&loop->block->state->privileges));
    }
    while (count < loop->report_count) {
        sum = add_gas(sum, jam_report_gas(loop->reports[count]));
        if (sum > loop->budget)
            break;
        count++;
    }
    return count;
}

/* n of Delta_+: whether there is another round. */
static bool has_more(const struct loop *loop, size_t reports)
{
    if (!loop->block->rules->transfers_loop)
        return reports > 0;
    bool always = loop->always && loop->block->state->privileges.always.count > 0;
    return reports > 0 || loop->transfers.count > 0 || always;
}

static void next_budget(struct loop *loop, const struct jam_transfers *made, uint64_t gas_used)
{
    const struct jam_block_rules *rules = loop->block->rules;
    if (rules->transfers_loop)
        loop->budget = add_gas(
            loop->budget, gas_of_transfers(rules->budget_covers_all ? made : &loop->transfers));
    loop->budget = sub_gas(loop->budget, gas_used);
}

/* The transfers of a round: inputs of the next, or kept with those before. */
static enum pvm_status take_transfers(struct loop *loop, struct jam_transfers *made,
                                      struct pvm_err *err)
{
    if (!loop->block->rules->transfers_loop)
        return jam_transfers_add(&loop->transfers, made->list, made->count, err);
    struct jam_transfers done = loop->transfers;
    loop->transfers = *made;
    *made = done;
    return PVM_OK;
}

static enum pvm_status one_round(struct loop *loop, size_t reports, struct pvm_err *err)
{
    bool loops = loop->block->rules->transfers_loop;
    const struct jam_round_in in = {
        .reports = loop->reports,
        .report_count = reports,
        .transfers = loops ? loop->transfers.list : NULL,
        .transfer_count = loops ? loop->transfers.count : 0,
        .always = loop->always,
    };
    struct jam_transfers made = {.alloc = loop->block->alloc};
    uint64_t gas_used;
    enum pvm_status status = jam_block_round(loop->block, &in, &made, &gas_used, err);
    if (status == PVM_OK) {
        next_budget(loop, &made, gas_used);
        loop->block->gas_used = add_gas(loop->block->gas_used, gas_used);
        loop->reports += reports;
        loop->report_count -= reports;
        loop->always = false;
        status = take_transfers(loop, &made, err);
    }
    jam_transfers_deinit(&made);
    return status;
}

/* Delta_+, and to 0.7.0 On-Transfer; *accumulated becomes n. */
static enum pvm_status rounds(struct jam_block *block, const struct jam_queue *queue,
                              size_t *accumulated, struct pvm_err *err)
{
    struct loop loop = {
        .block = block,
        .reports = queue->order,
        .report_count = queue->count,
        .budget = jam_block_gas(block->params, &block->state->privileges),
        .transfers = {.alloc = block->alloc},
        .always = true,
    };
    enum pvm_status status = PVM_OK;
    for (size_t count = affordable(&loop); status == PVM_OK && has_more(&loop, count);
         count = affordable(&loop))
        status = one_round(&loop, count, err);
    if (status == PVM_OK && !block->rules->transfers_loop)
        status = jam_block_transfers(block, &loop.transfers, err);
    jam_transfers_deinit(&loop.transfers);
    *accumulated = queue->count - loop.report_count;
    return status;
}

/* ---- the whole ---- */

static enum pvm_status check(const struct jam_block *block, struct pvm_err *err)
{
    const struct jam_state *state = block->state;
    uint64_t epoch = block->params->epoch_length;
    if (epoch == 0)
        return pvm_fail(err, PVM_E_USAGE, "an epoch of no slots");
    if (block->in->slot <= state->slot)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "the block's slot %u is not later than the state's, %u",
                        (unsigned)block->in->slot, (unsigned)state->slot);
    if (state->ready_count != 0 && state->ready_count != epoch)
        return pvm_fail(err, PVM_E_MALFORMED, "a ready queue of %zu slots, not of the epoch's %llu",
                        state->ready_count, (unsigned long long)epoch);
    if (state->accumulated_count != 0 && state->accumulated_count != epoch)
        return pvm_fail(err, PVM_E_MALFORMED, "a history of %zu slots, not of the epoch's %llu",
                        state->accumulated_count, (unsigned long long)epoch);
    return PVM_OK;
}

/* Lists that are not known are empty; outputs are those of this block. */
static enum pvm_status prepare(struct jam_block *block, struct pvm_err *err)
{
    size_t epoch = (size_t)block->params->epoch_length;
    if (block->state->ready_count == 0)
        PVM_TRY(jam_state_set_ready(block->state, epoch, err));
    if (block->state->accumulated_count == 0)
        PVM_TRY(jam_state_set_accumulated(block->state, epoch, err));
    block->state->output_count = 0;
    return PVM_OK;
}

static enum pvm_status accumulate(struct jam_block *block, struct jam_queue *queue,
                                  struct jam_block_out *out, struct pvm_err *err)
{
    size_t accumulated;
    PVM_TRY(prepare(block, err));
    PVM_TRY(jam_queue_init(queue, block->profile, block->params, block->state, block->in, err));
    PVM_TRY(rounds(block, queue, &accumulated, err));
    PVM_TRY(jam_block_record(block, err));
    *out = (struct jam_block_out){
        .ready_count = queue->count,
        .accumulated_count = accumulated,
        .round_count = block->round_count,
        .gas_used = block->gas_used,
        .output_root = jam_output_root(block->state->outputs, block->state->output_count),
    };
    PVM_TRY(jam_queue_finish(queue, block->state, accumulated, block->in->slot, err));
    block->state->slot = block->in->slot;
    block->state->entropy[0] = block->in->entropy;
    return PVM_OK;
}

enum pvm_status jam_block_accumulate(struct jam_state *state, const struct jam_block_in *in,
                                     const struct jam_block_options *options,
                                     struct jam_block_out *out, struct pvm_err *err)
{
    struct jam_params full;
    struct jam_state changed;
    struct jam_queue queue = {.alloc = state->alloc};
    const struct jam_profile *profile =
        options->profile != NULL ? options->profile : jam_profile_default;
    struct jam_block block = {
        .profile = profile,
        .rules = profile->block,
        .params = options->params,
        .alloc = state->alloc,
        .in = in,
        .options = options,
        .state = state,
        .tallies = {.alloc = state->alloc},
    };
    if (block.params == NULL) {
        jam_params_get(profile, JAM_PARAMS_FULL, &full);
        block.params = &full;
    }
    PVM_TRY(check(&block, err));
    PVM_TRY(jam_state_copy(&changed, state, err));
    block.state = &changed;
    enum pvm_status status = accumulate(&block, &queue, out, err);
    jam_queue_deinit(&queue);
    pvm_alloc_free(state->alloc, block.tallies.list);
    if (status != PVM_OK) {
        jam_state_deinit(&changed);
        return status;
    }
    jam_state_deinit(state);
    *state = changed;
    return PVM_OK;
}
