/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privileges, authorizer queues and the staging set after a round (GP 12.2, Delta_*). Every run saw
 * and may have written all of them; whose writing counts is what versions differ in. A run that did
 * not take place left everything as it was.
 */
#include "host/block_rules.h"

const struct jam_effects *jam_round_find(const struct jam_round_runs *runs, uint32_t service)
{
    size_t low = 0;
    size_t high = runs->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (runs->list[middle].service < service)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == runs->count || runs->list[low].service != service)
        return NULL;
    return &runs->list[low].effects;
}

/* One round's merge. */
struct merge {
    struct jam_state *next;
    const struct jam_state *old;
    const struct jam_round_runs *runs;
    size_t core_count;
    struct pvm_err *err;
};

/* The privileges as a service's run left them. */
static const struct jam_privileges *seen_by(const struct merge *m, uint32_t service)
{
    const struct jam_effects *effects = jam_round_find(m->runs, service);
    if (effects == NULL || (effects->wrote & (JAM_WROTE_PRIVILEGES | JAM_WROTE_ASSIGNERS)) == 0)
        return &m->old->privileges;
    return effects->privileges;
}

static void take_always(const struct merge *m, const struct jam_privileges *from)
{
    struct jam_map copy;
    jam_map_copy(&copy, &from->always);
    jam_map_deinit(&m->next->privileges.always);
    m->next->privileges.always = copy;
}

static enum pvm_status take_staging(const struct merge *m, uint32_t service)
{
    const struct jam_effects *effects = jam_round_find(m->runs, service);
    if (effects == NULL || (effects->wrote & JAM_WROTE_STAGING) == 0)
        return PVM_OK;
    struct jam_blob *staging = jam_blob_new(m->next->alloc, jam_blob_bytes(effects->staging));
    if (staging == NULL)
        return pvm_fail(m->err, PVM_E_MEMORY, "no memory for the staging set");
    jam_blob_unref(m->next->staging);
    m->next->staging = staging;
    return PVM_OK;
}

static enum pvm_status take_queue(const struct merge *m, size_t core, uint32_t service)
{
    const struct jam_effects *effects = jam_round_find(m->runs, service);
    if (effects == NULL || (effects->wrote & JAM_WROTE_QUEUES) == 0)
        return PVM_OK;
    struct pvm_bytes queue = jam_core_get(effects->auth_queues, core);
    if (queue.len == 0)
        return PVM_OK;
    return jam_core_set(&m->next->auth_queues, core, queue, m->err);
}

/* Every core's queue from the run of whoever was its assigner. */
static enum pvm_status take_queues(const struct merge *m)
{
    for (size_t core = 0; core < m->core_count; core++)
        PVM_TRY(take_queue(m, core, jam_assigner_get(&m->old->privileges, core)));
    return PVM_OK;
}

/* ---- to 0.6.6: everything bless writes is the manager's ---- */

static enum pvm_status take_privileges(const struct merge *m)
{
    struct jam_privileges copy;
    jam_privileges_copy(&copy, seen_by(m, m->old->privileges.manager));
    jam_privileges_deinit(&m->next->privileges);
    m->next->privileges = copy;
    return PVM_OK;
}

/* GP 0.6.2 and 0.6.3, 12.2: the equations of the staging set and the queues each name the other's
 * privilege. */
enum pvm_status jam_merge_062(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err)
{
    const struct merge m = {next, old, runs, core_count, err};
    PVM_TRY(take_privileges(&m));
    PVM_TRY(take_staging(&m, jam_assigner_get(&old->privileges, 0)));
    for (size_t core = 0; core < core_count; core++)
        PVM_TRY(take_queue(&m, core, old->privileges.delegator));
    return PVM_OK;
}

/* GP 0.6.4 to 0.6.6, 12.2. */
enum pvm_status jam_merge_064(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err)
{
    const struct merge m = {next, old, runs, core_count, err};
    PVM_TRY(take_privileges(&m));
    PVM_TRY(take_staging(&m, old->privileges.delegator));
    return take_queues(&m);
}

/* ---- 0.6.7 on: an assigner for each core ---- */

/* The assigner of each core, as `choose` finds it. */
static enum pvm_status take_assigners(const struct merge *m, const struct jam_privileges *manager,
                                      uint32_t (*choose)(const struct merge *m,
                                                         const struct jam_privileges *manager,
                                                         size_t core))
{
    if (m->core_count == 0)
        return PVM_OK;
    uint32_t *ids = pvm_alloc_zero(m->next->alloc, m->core_count, sizeof *ids);
    if (ids == NULL)
        return pvm_fail(m->err, PVM_E_MEMORY, "no memory for %zu assigners", m->core_count);
    for (size_t core = 0; core < m->core_count; core++)
        ids[core] = choose(m, manager, core);
    enum pvm_status status = jam_assigners_set(&m->next->privileges, ids, m->core_count, m->err);
    pvm_alloc_free(m->next->alloc, ids);
    return status;
}

static bool has_run(const struct merge *m, uint32_t service)
{
    return jam_round_find(m->runs, service) != NULL;
}

static uint32_t assigner_067(const struct merge *m, const struct jam_privileges *manager,
                             size_t core)
{
    uint32_t named = jam_assigner_get(manager, core);
    return has_run(m, named) ? jam_assigner_get(seen_by(m, named), core) : named;
}

/* GP 0.6.7 and 0.7.0, 12.2: whom the manager named has the last word on its successor. The text
 * asks a service that did not run, too, and gets the old one as an answer, so that hardly anyone
 * could ever be named; recorded chains of both versions take the manager's word then. */
enum pvm_status jam_merge_067(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err)
{
    const struct merge m = {next, old, runs, core_count, err};
    const struct jam_privileges *manager = seen_by(&m, old->privileges.manager);
    uint32_t named = manager->delegator;
    next->privileges.manager = manager->manager;
    next->privileges.delegator = has_run(&m, named) ? seen_by(&m, named)->delegator : named;
    take_always(&m, manager);
    PVM_TRY(take_assigners(&m, manager, assigner_067));
    PVM_TRY(take_staging(&m, old->privileges.delegator));
    return take_queues(&m);
}

/* GP 0.7.1 12.2, R: the manager's choice if it made one, else the holder's. */
static uint32_t chosen(uint32_t old, uint32_t manager, uint32_t holder)
{
    return manager == old ? holder : manager;
}

static uint32_t assigner_071(const struct merge *m, const struct jam_privileges *manager,
                             size_t core)
{
    uint32_t old = jam_assigner_get(&m->old->privileges, core);
    return chosen(old, jam_assigner_get(manager, core), jam_assigner_get(seen_by(m, old), core));
}

/* GP 0.7.1 on, 12.2. */
enum pvm_status jam_merge_071(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err)
{
    const struct merge m = {next, old, runs, core_count, err};
    const struct jam_privileges *before = &old->privileges;
    const struct jam_privileges *manager = seen_by(&m, before->manager);
    next->privileges.manager = manager->manager;
    next->privileges.delegator =
        chosen(before->delegator, manager->delegator, seen_by(&m, before->delegator)->delegator);
    next->privileges.registrar =
        chosen(before->registrar, manager->registrar, seen_by(&m, before->registrar)->registrar);
    take_always(&m, manager);
    PVM_TRY(take_assigners(&m, manager, assigner_071));
    PVM_TRY(take_staging(&m, before->delegator));
    return take_queues(&m);
}
