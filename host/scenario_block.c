/* SPDX-License-Identifier: Apache-2.0 */
/* The block of a scenario's round. */
#include "host/hash.h"
#include "host/scenario_parts.h"
#include "host/state_diff.h"

#include <stdio.h>

enum { PREIMAGES_MAX = 1 << 16, QUEUE_SIZE = JAM_QUEUE_LEN * JAM_HASH_SIZE };

/* ---- what runs are told of ---- */

/* Observers cannot fail: what does not fit into memory marks the round as failed. */
struct watching {
    struct jam_round_play *play;
    bool failed;
};

static void *room(struct watching *watching, size_t count, size_t size)
{
    struct pvm_err err = {0};
    void *list = NULL;
    if (jam_arena_get(&watching->play->arena, count, size, &list, &err) != PVM_OK)
        watching->failed = true;
    return list;
}

static struct jam_scenario_run *add_run(struct watching *watching)
{
    struct jam_round_play *play = watching->play;
    if (play->run_count == play->run_cap) {
        size_t cap = play->run_cap * 2 + 8;
        struct jam_scenario_run *list = room(watching, cap, sizeof *list);
        if (list == NULL)
            return NULL;
        if (play->run_count > 0)
            memcpy(list, play->runs, play->run_count * sizeof *list);
        play->runs = list;
        play->run_cap = cap;
    }
    return &play->runs[play->run_count++];
}

static void log_lines(const struct jam_scenario *s, const struct jam_block_run *ran)
{
    const struct jam_scenario_source source = {-1, (int64_t)ran->service};
    struct jam_log_line line;
    size_t at = 0;
    while (s->options->log != NULL && jam_run_log_next(ran->run, &at, &line))
        s->options->log(s->options->user, &source, &line);
}

static void tell_ran(const struct jam_scenario *s, const struct jam_block_run *ran)
{
    const struct jam_scenario_source source = {-1, (int64_t)ran->service};
    if (s->options->ran != NULL)
        s->options->ran(s->options->user, ran->on_transfer ? JAM_ON_TRANSFER : JAM_ACCUMULATE,
                        &source, ran->run);
}

static void tell_effects(struct watching *watching, struct jam_scenario_run *run,
                         const struct jam_effects *effects)
{
    run->exceptional = effects->exceptional;
    run->checkpointed = effects->checkpointed;
    run->has_yield = effects->has_yield;
    run->yield = effects->yield;
    run->provision_count = effects->provision_count;
    struct jam_transfer *made = room(watching, effects->transfer_count, sizeof *made);
    uint32_t *ids = room(watching, effects->account_count, sizeof *ids);
    if (watching->failed)
        return;
    if (effects->transfer_count > 0)
        memcpy(made, effects->transfers, effects->transfer_count * sizeof *made);
    run->made = made;
    run->made_count = effects->transfer_count;
    for (size_t i = 0; i < effects->account_count; i++)
        if (effects->accounts[i].service != NULL && !effects->accounts[i].existed)
            ids[run->new_count++] = effects->accounts[i].id;
    run->new_services = ids;
}

static void on_ran(void *user, const struct jam_block_run *ran)
{
    struct watching *watching = user;
    struct jam_scenario_run *run = add_run(watching);
    const struct jam_result *result = jam_run_result(ran->run);
    log_lines(watching->play->scenario, ran);
    tell_ran(watching->play->scenario, ran);
    if (run == NULL)
        return;
    *run = (struct jam_scenario_run){
        .round = ran->round,
        .on_transfer = ran->on_transfer,
        .service = ran->service,
        .outcome = result->outcome,
        .why = jam_run_vm(ran->run) == NULL ? jam_outcome_text(result->outcome) : NULL,
        .gas = ran->gas,
        .gas_used = result->gas_used,
    };
    for (size_t i = 0; i < ran->input_count; i++)
        *(ran->inputs[i].operand != NULL ? &run->operand_count : &run->transfer_count) += 1;
    tell_effects(watching, run, ran->effects);
}

/* ---- preimages ---- */

struct preimage_keys {
    uint32_t service;
    struct jam_json blob;
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct preimage_keys, service),
    JAM_JSON_NEEDED(struct preimage_keys, blob),
};

static enum pvm_status read_preimages(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    size_t count;
    void *list;
    void *in_block;
    PVM_TRY(jam_fixture_count(&s->load, play->keys->preimages, PREIMAGES_MAX, &count));
    PVM_TRY(jam_round_get(play, count, sizeof *play->preimages, &list));
    PVM_TRY(jam_round_get(play, count, sizeof *play->in_block, &in_block));
    play->preimages = list;
    play->in_block = in_block;
    play->told.preimages = list;
    play->told.preimage_count = count;
    struct jam_json json = jam_json_first(play->keys->preimages);
    for (size_t i = 0; i < count; i++, json = jam_json_next(json)) {
        struct preimage_keys keys = {.service = 0};
        PVM_TRY(
            jam_json_fields(json, preimage_fields, JAM_JSON_COUNT(preimage_fields), &keys, s->err));
        PVM_TRY(jam_fixture_octets(&s->load, keys.blob, &play->preimages[i].blob));
        play->preimages[i].service = keys.service;
        play->preimages[i].hash = jam_hash(play->preimages[i].blob);
    }
    return PVM_OK;
}

/* Puts those into the block that may stand in it, in the order given: each is looked at behind the
 * ones before it that do. */
static void check_preimages(struct jam_round_play *play)
{
    const struct jam_scenario *s = play->scenario;
    for (size_t i = 0; i < play->told.preimage_count; i++) {
        struct jam_scenario_preimage *preimage = &play->preimages[i];
        play->in_block[play->in_block_count] =
            (struct jam_block_preimage){preimage->service, preimage->blob};
        preimage->rule = jam_preimages_check(s->file->profile, &s->file->state, play->in_block,
                                             play->in_block_count + 1, NULL);
        if (preimage->rule == JAM_PREIMAGES_FINE)
            play->in_block_count++;
    }
}

static bool is_stored(const struct jam_state *state, const struct jam_scenario_preimage *preimage)
{
    const struct jam_service *service = jam_state_find(state, preimage->service);
    struct pvm_bytes blob;
    return service != NULL && jam_preimage_get(service, &preimage->hash, &blob);
}

static enum pvm_status integrate(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    struct jam_state *state = &s->file->state;
    PVM_TRY(jam_preimages_integrate(s->file->profile, state, play->in_block, play->in_block_count,
                                    play->told.slot, NULL, s->err));
    for (size_t i = 0; i < play->told.preimage_count; i++)
        play->preimages[i].stored =
            play->preimages[i].rule == JAM_PREIMAGES_FINE && is_stored(state, &play->preimages[i]);
    return jam_stats_preimages(state, play->in_block, play->in_block_count, s->err);
}

/* ---- pools, GP 0.7.2 8.2 ---- */

/* The authorizer of the report that the round brings for a core, now or after a delay. */
static bool uses(const struct jam_round_play *play, size_t core, struct jam_hash *authorizer)
{
    for (size_t i = 0; i < play->told.package_count; i++) {
        const struct jam_scenario_package *package = &play->packages[i];
        if (package->rule == JAM_PACKAGE_FINE && package->core == core) {
            *authorizer = package->out.report.authorizer_hash;
            return true;
        }
    }
    for (size_t i = 0; i < play->given_count; i++)
        if (play->decoded[i].core_index == core) {
            *authorizer = play->decoded[i].authorizer_hash;
            return true;
        }
    return false;
}

/* The pool without the authorizer that the core's report used, and with the next of its queue. */
static enum pvm_status turn_over(struct jam_round_play *play, size_t core)
{
    struct jam_scenario *s = play->scenario;
    struct jam_state *state = &s->file->state;
    struct pvm_bytes pool = jam_core_get(&state->auth_pools, core);
    struct pvm_bytes queue = jam_core_get(&state->auth_queues, core);
    struct pvm_buf next = {.alloc = s->alloc};
    struct jam_hash used;
    bool drop = uses(play, core, &used);
    for (size_t at = 0; at + JAM_HASH_SIZE <= pool.len; at += JAM_HASH_SIZE) {
        if (drop && memcmp(pool.ptr + at, used.octets, JAM_HASH_SIZE) == 0)
            drop = false;
        else
            pvm_buf_add(&next, pool.ptr + at, JAM_HASH_SIZE);
    }
    if (queue.len == QUEUE_SIZE)
        pvm_buf_add(&next, queue.ptr + (size_t)(play->told.slot % JAM_QUEUE_LEN) * JAM_HASH_SIZE,
                    JAM_HASH_SIZE);
    else
        pvm_buf_add_zeros(&next, JAM_HASH_SIZE);
    size_t most = (size_t)s->file->params.auth_pool_size * JAM_HASH_SIZE;
    size_t skip = next.len > most ? next.len - most : 0;
    enum pvm_status status = pvm_buf_status(&next, s->err);
    if (status == PVM_OK)
        status = jam_core_set(&state->auth_pools, core, pvm_bytes(next.ptr + skip, next.len - skip),
                              s->err);
    pvm_buf_deinit(&next);
    return status;
}

static enum pvm_status turn_pools(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    for (size_t core = 0; s->pools_known && core < s->file->params.core_count; core++)
        PVM_TRY(turn_over(play, core));
    return PVM_OK;
}

/* ---- the block ---- */

static enum pvm_status accumulate(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    struct watching watching = {.play = play};
    char prefix[JAM_SEG_NAME];
    (void)snprintf(prefix, sizeof prefix, "round %zu, ", play->told.index);
    const struct jam_block_in in = {
        .slot = play->told.slot,
        .entropy = play->entropy,
        .reports = play->reports,
        .report_count = play->report_count,
    };
    const struct jam_block_options how = {
        .profile = s->values.profile,
        .params = &s->file->params,
        .limits = s->options->limits,
        .hooks = s->options->watch,
        .ran = on_ran,
        .user = &watching,
        .tape = s->options->tape,
        .tape_prefix = prefix,
    };
    struct pvm_err why = {0};
    enum pvm_status status =
        jam_block_accumulate(&s->file->state, &in, &how, &play->told.block, &why);
    if (watching.failed)
        return pvm_fail(s->err, PVM_E_MEMORY, "no memory for what a block did");
    play->told.runs = play->runs;
    play->told.run_count = play->run_count;
    if (status == PVM_E_MALFORMED) {
        struct pvm_bytes text = pvm_bytes_none();
        PVM_TRY(
            jam_arena_copy(&play->arena, pvm_bytes(why.msg, strlen(why.msg) + 1), &text, s->err));
        play->told.block_invalid = true;
        play->told.block_why = (const char *)text.ptr;
        return PVM_OK;
    }
    return status == PVM_OK ? PVM_OK : pvm_fail(s->err, status, "%s", why.msg);
}

static enum pvm_status finish(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    PVM_TRY(integrate(play));
    PVM_TRY(jam_stats_reports(&s->file->state, play->reports, play->report_count, s->err));
    return turn_pools(play);
}

enum pvm_status jam_round_block(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    const struct jam_state_shape shape = jam_state_file_shape(s->file);
    struct jam_state before;
    size_t count = 0;
    play->told.report_count = play->report_count;
    PVM_TRY(read_preimages(play));
    check_preimages(play);
    PVM_TRY(jam_state_copy(&before, &s->file->state, s->err));
    enum pvm_status status = accumulate(play);
    if (status == PVM_OK && !play->told.block_invalid)
        status = finish(play);
    if (status == PVM_OK)
        status = jam_state_diff(&before, &s->file->state, &shape, &play->changes, &count, s->err);
    play->told.changes = pvm_buf_bytes(&play->changes);
    jam_state_deinit(&before);
    return status;
}
