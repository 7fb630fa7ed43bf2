/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred transfers at the end of a block: On-Transfer for each service that is a destination (GP
 * 0.7.0 12.3). All of these runs start from the state the last round left. */
#include "host/block_round.h"

#include <stdlib.h>

/* A transfer's place among the inputs: by destination, then source, then order of being made. */
struct place {
    const struct jam_transfer *transfer;
    size_t order;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    if (x->transfer->destination != y->transfer->destination)
        return x->transfer->destination < y->transfer->destination ? -1 : 1;
    if (x->transfer->source != y->transfer->source)
        return x->transfer->source < y->transfer->source ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

struct handling {
    struct jam_block *block;
    struct jam_state next;
    struct place *places;
    struct jam_input *inputs;
};

static enum pvm_status allocate(struct handling *h, const struct jam_transfers *transfers,
                                struct pvm_err *err)
{
    h->places = pvm_alloc_zero(h->block->alloc, transfers->count, sizeof *h->places);
    h->inputs = pvm_alloc_zero(h->block->alloc, transfers->count, sizeof *h->inputs);
    if (h->places == NULL || h->inputs == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu transfers", transfers->count);
    for (size_t i = 0; i < transfers->count; i++)
        h->places[i] = (struct place){&transfers->list[i], i};
    qsort(h->places, transfers->count, sizeof *h->places, compare_places);
    for (size_t i = 0; i < transfers->count; i++)
        h->inputs[i] = (struct jam_input){.transfer = h->places[i].transfer};
    return PVM_OK;
}

static enum pvm_status note(struct handling *h, const struct jam_round_run *run,
                            struct pvm_err *err)
{
    struct jam_tally *tally;
    for (size_t i = 0; i < run->effects.account_count; i++) {
        const struct jam_account_change *change = &run->effects.accounts[i];
        if (change->service != NULL && change->id == run->service)
            PVM_TRY(jam_state_put(&h->next, change->service, err));
    }
    PVM_TRY(jam_tally_of(&h->block->tallies, run->service, &tally, err));
    tally->on_transfers = run->input_count;
    tally->on_transfer_gas = run->effects.gas_used;
    h->block->gas_used += run->effects.gas_used;
    return PVM_OK;
}

/* Transfers to a service that is not there (any more) are lost, with no trace in statistics. */
static enum pvm_status handle(struct handling *h, const struct jam_input *inputs, size_t count,
                              struct pvm_err *err)
{
    struct jam_round_run run = {
        .service = inputs->transfer->destination, .inputs = inputs, .input_count = count};
    if (jam_state_find(h->block->state, run.service) == NULL)
        return PVM_OK;
    for (size_t i = 0; i < count; i++) {
        uint64_t gas = inputs[i].transfer->gas;
        run.gas = gas > UINT64_MAX - run.gas ? UINT64_MAX : run.gas + gas;
    }
    enum pvm_status status = jam_round_run_go(h->block, h->block->state, &run, true, err);
    if (status == PVM_OK)
        status = note(h, &run, err);
    jam_run_free(run.run);
    return status;
}

static enum pvm_status handle_all(struct handling *h, size_t count, struct pvm_err *err)
{
    for (size_t from = 0; from < count;) {
        size_t to = from + 1;
        while (to < count &&
               h->inputs[to].transfer->destination == h->inputs[from].transfer->destination)
            to++;
        PVM_TRY(handle(h, h->inputs + from, to - from, err));
        from = to;
    }
    return PVM_OK;
}

enum pvm_status jam_block_transfers(struct jam_block *block, const struct jam_transfers *transfers,
                                    struct pvm_err *err)
{
    struct handling h = {.block = block};
    if (transfers->count == 0)
        return PVM_OK;
    PVM_TRY(jam_state_copy(&h.next, block->state, err));
    enum pvm_status status = allocate(&h, transfers, err);
    if (status == PVM_OK)
        status = handle_all(&h, transfers->count, err);
    pvm_alloc_free(block->alloc, h.places);
    pvm_alloc_free(block->alloc, h.inputs);
    if (status != PVM_OK) {
        jam_state_deinit(&h.next);
        return status;
    }
    jam_state_deinit(block->state);
    *block->state = h.next;
    return PVM_OK;
}
