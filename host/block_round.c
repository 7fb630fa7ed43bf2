/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block_round.h"

#include <stdio.h>
#include <stdlib.h>

/* Something for a service to do. Sorted, the work of each service stands together: first, with
 * neither kind of input, that it always accumulates; then its transfers, then its operands, each in
 * their order. */
struct work {
    uint32_t service;
    size_t order;
    uint64_t gas;
    struct jam_input input;
};

struct round {
    struct jam_block *block;
    const struct jam_round_in *in;
    struct work *work;
    size_t work_count;
    struct jam_operand *operands;
    size_t operand_count;
    struct jam_input *inputs; /* of all runs, one behind the other */
    size_t input_count;
    struct jam_round_runs runs;
};

static int compare_work(const void *a, const void *b)
{
    const struct work *x = a;
    const struct work *y = b;
    if (x->service != y->service)
        return x->service < y->service ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static uint64_t add_gas(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* ---- collecting work ---- */

static size_t always_count(const struct round *round)
{
    return round->in->always ? round->block->state->privileges.always.count : 0;
}

static enum pvm_status allocate(struct round *round, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = round->block->alloc;
    size_t operands = 0;
    for (size_t i = 0; i < round->in->report_count; i++)
        operands += round->in->reports[i]->result_count;
    size_t all = operands + round->in->transfer_count + always_count(round) + 1;
    round->operands = pvm_alloc_zero(alloc, operands + 1, sizeof *round->operands);
    round->work = pvm_alloc_zero(alloc, all, sizeof *round->work);
    round->inputs = pvm_alloc_zero(alloc, all, sizeof *round->inputs);
    round->runs.list = pvm_alloc_zero(alloc, all, sizeof *round->runs.list);
    if (round->operands == NULL || round->work == NULL || round->inputs == NULL ||
        round->runs.list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a round of %zu inputs", all - 1);
    return PVM_OK;
}

static void add_work(struct round *round, uint32_t service, uint64_t gas, struct jam_input input)
{
    round->work[round->work_count] = (struct work){service, round->work_count, gas, input};
    round->work_count++;
}

/* i^U of GP 0.7.2 12.2: what an operand tells of a digest and its report. */
static void add_operand(struct round *round, const struct jam_report *report,
                        const struct jam_work_digest *digest)
{
    struct jam_operand *operand = &round->operands[round->operand_count++];
    *operand = (struct jam_operand){
        .package_hash = report->package_spec.hash,
        .exports_root = report->package_spec.exports_root,
        .authorizer_hash = report->authorizer_hash,
        .payload_hash = digest->payload_hash,
        .gas_limit = digest->accumulate_gas,
        .result = digest->result,
        .output = digest->output,
        .trace = report->auth_output,
    };
    add_work(round, digest->service_id, digest->accumulate_gas,
             (struct jam_input){.operand = operand});
}

static void collect(struct round *round)
{
    const struct jam_round_in *in = round->in;
    struct jam_always always;
    if (in->always)
        for (uint64_t from = 0; jam_always_from(&round->block->state->privileges, from, &always);
             from = (uint64_t)always.service + 1)
            add_work(round, always.service, always.gas, (struct jam_input){NULL, NULL});
    for (size_t i = 0; i < in->transfer_count; i++)
        add_work(round, in->transfers[i].destination, in->transfers[i].gas,
                 (struct jam_input){.transfer = &in->transfers[i]});
    for (size_t i = 0; i < in->report_count; i++)
        for (size_t k = 0; k < in->reports[i]->result_count; k++)
            add_operand(round, in->reports[i], &in->reports[i]->results[k]);
    if (round->work_count > 1)
        qsort(round->work, round->work_count, sizeof *round->work, compare_work);
}

/* The run of the service whose work begins at `at`; returns where it ends. */
static size_t make_run(struct round *round, size_t at)
{
    struct jam_round_run *run = &round->runs.list[round->runs.count++];
    run->service = round->work[at].service;
    run->inputs = round->inputs + round->input_count;
    for (; at < round->work_count && round->work[at].service == run->service; at++) {
        const struct work *work = &round->work[at];
        run->gas = add_gas(run->gas, work->gas);
        if (work->input.operand == NULL && work->input.transfer == NULL)
            continue;
        round->inputs[round->input_count++] = work->input;
        run->input_count++;
    }
    return at;
}

/* ---- running ---- */

/* What a limit leaves behind what is used of it; 0 stays none, and no other becomes it. */
static uint64_t left_of(uint64_t limit, uint64_t used)
{
    if (limit == 0)
        return 0;
    return used < limit ? limit - used : 1;
}

static enum pvm_status fail_run(const struct jam_round_run *run, enum pvm_status status,
                                struct pvm_err *err)
{
    char place[32];
    (void)snprintf(place, sizeof place, "service %u", (unsigned)run->service);
    return pvm_fail_at(err, status, place);
}

static enum pvm_status go(const struct jam_block *block, struct jam_round_run *run,
                          bool on_transfer, struct pvm_err *err)
{
    const struct jam_block_options *options = block->options;
    char name[JAM_SEG_NAME];
    (void)snprintf(name, sizeof name, "%s%s %u",
                   options->tape_prefix != NULL ? options->tape_prefix : "",
                   on_transfer ? "on_transfer" : "accumulate", (unsigned)run->service);
    return jam_seg_run_go(options->tape, run->run, name, err);
}

enum pvm_status jam_round_run_go(struct jam_block *block, const struct jam_state *state,
                                 struct jam_round_run *run, bool on_transfer, struct pvm_err *err)
{
    run->in = (struct jam_accumulate_in){
        .state = state,
        .service = run->service,
        .gas = run->gas,
        .inputs = run->inputs,
        .input_count = run->input_count,
        .slot = block->in->slot,
        .entropy = block->in->entropy,
    };
    struct jam_invoke_options options = {
        .profile = block->profile,
        .params = block->params,
        .alloc = block->alloc,
        .limits = block->options->limits,
    };
    run->tap = (struct jam_seg_tap){block->options->tape, block->options->hooks};
    options.hooks = jam_seg_tap_hooks(&run->tap);
    options.limits.gas = left_of(options.limits.gas, block->gas_run);
    options.limits.work = left_of(options.limits.work, block->work);
    PVM_TRY((on_transfer ? jam_on_transfer_new : jam_accumulate_new)(&run->in, &options, &run->run,
                                                                     err));
    enum pvm_status status = go(block, run, on_transfer, err);
    if (status != PVM_OK)
        return fail_run(run, status, err);
    block->gas_run += jam_run_context(run->run)->gas_used;
    block->work += jam_run_context(run->run)->work;
    PVM_TRY(jam_accumulate_effects(run->run, &run->effects, err));
    if (block->options->ran != NULL)
        block->options->ran(block->options->user, &(struct jam_block_run){
                                                      .round = block->round_count,
                                                      .on_transfer = on_transfer,
                                                      .service = run->service,
                                                      .gas = run->gas,
                                                      .inputs = run->inputs,
                                                      .input_count = run->input_count,
                                                      .run = run->run,
                                                      .effects = &run->effects,
                                                  });
    return PVM_OK;
}

static enum pvm_status tally(struct jam_block *block, const struct jam_round_run *run,
                             struct pvm_err *err)
{
    struct jam_tally *tally;
    PVM_TRY(jam_tally_of(&block->tallies, run->service, &tally, err));
    jam_tally_run(tally, run->inputs, run->input_count, run->effects.gas_used);
    return PVM_OK;
}

static enum pvm_status run_all(struct round *round, struct jam_transfers *made, uint64_t *gas_used,
                               struct pvm_err *err)
{
    struct jam_block *block = round->block;
    for (size_t at = 0; at < round->work_count;)
        at = make_run(round, at);
    for (size_t i = 0; i < round->runs.count; i++) {
        struct jam_round_run *run = &round->runs.list[i];
        PVM_TRY(jam_round_run_go(block, block->state, run, false, err));
        PVM_TRY(tally(block, run, err));
        PVM_TRY(jam_transfers_add(made, run->effects.transfers, run->effects.transfer_count, err));
        *gas_used = add_gas(*gas_used, run->effects.gas_used);
    }
    return PVM_OK;
}

static enum pvm_status merge(const struct round *round, struct jam_state *next, struct pvm_err *err)
{
    const struct jam_block *block = round->block;
    PVM_TRY(jam_state_copy(next, block->state, err));
    enum pvm_status status = jam_round_merge(block, next, block->state, &round->runs, err);
    if (status != PVM_OK)
        jam_state_deinit(next);
    return status;
}

static void round_deinit(struct round *round)
{
    const struct pvm_alloc *alloc = round->block->alloc;
    for (size_t i = 0; i < round->runs.count; i++)
        jam_run_free(round->runs.list[i].run);
    pvm_alloc_free(alloc, round->runs.list);
    pvm_alloc_free(alloc, round->inputs);
    pvm_alloc_free(alloc, round->work);
    pvm_alloc_free(alloc, round->operands);
}

enum pvm_status jam_block_round(struct jam_block *block, const struct jam_round_in *in,
                                struct jam_transfers *made, uint64_t *gas_used, struct pvm_err *err)
{
    struct round round = {.block = block, .in = in};
    struct jam_state next;
    *gas_used = 0;
    enum pvm_status status = allocate(&round, err);
    if (status == PVM_OK) {
        collect(&round);
        status = run_all(&round, made, gas_used, err);
    }
    if (status == PVM_OK)
        status = merge(&round, &next, err);
    round_deinit(&round);
    block->round_count++;
    if (status != PVM_OK)
        return status;
    jam_state_deinit(block->state);
    *block->state = next;
    return PVM_OK;
}

/* ---- transfers ---- */

enum pvm_status jam_transfers_add(struct jam_transfers *transfers, const struct jam_transfer *list,
                                  size_t count, struct pvm_err *err)
{
    if (count == 0)
        return PVM_OK;
    if (count > transfers->cap - transfers->count) {
        size_t cap = (transfers->count + count) * 2;
        void *grown = cap <= SIZE_MAX / sizeof *list
                          ? pvm_alloc_resize(transfers->alloc, transfers->list, cap * sizeof *list)
                          : NULL;
        if (grown == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu transfers", cap);
        transfers->list = grown;
        transfers->cap = cap;
    }
    memcpy(transfers->list + transfers->count, list, count * sizeof *list);
    transfers->count += count;
    return PVM_OK;
}

void jam_transfers_deinit(struct jam_transfers *transfers)
{
    pvm_alloc_free(transfers->alloc, transfers->list);
    *transfers = (struct jam_transfers){.alloc = transfers->alloc};
}
