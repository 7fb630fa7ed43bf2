/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state.h"

/* The place of the first service whose id is not below id. */
static size_t lower_bound(const struct jam_state *state, uint64_t id)
{
    size_t low = 0;
    size_t high = state->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->services[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Makes room for one more element of a list. */
static enum pvm_status grow(const struct pvm_alloc *alloc, void **list, size_t count, size_t *cap,
                            size_t size, const char *what, struct pvm_err *err)
{
    if (count < *cap)
        return PVM_OK;
    size_t more = *cap == 0 ? 8 : *cap * 2;
    void *grown = more <= SIZE_MAX / size ? pvm_alloc_resize(alloc, *list, more * size) : NULL;
    if (grown == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu %s", more, what);
    *list = grown;
    *cap = more;
    return PVM_OK;
}

void jam_state_init(struct jam_state *state, const struct pvm_alloc *alloc)
{
    *state = (struct jam_state){.alloc = alloc, .rules = &jam_account_rules_067};
    jam_privileges_init(&state->privileges, alloc);
    jam_map_init(&state->auth_pools, alloc);
    jam_map_init(&state->auth_queues, alloc);
    jam_map_init(&state->others, alloc);
}

static void free_ready(struct jam_state *state)
{
    for (size_t i = 0; i < state->ready_count; i++)
        jam_ready_list_deinit(&state->ready[i], state->alloc);
    pvm_alloc_free(state->alloc, state->ready);
    state->ready = NULL;
    state->ready_count = 0;
}

static void free_accumulated(struct jam_state *state)
{
    for (size_t i = 0; i < state->accumulated_count; i++)
        jam_hash_list_deinit(&state->accumulated[i], state->alloc);
    pvm_alloc_free(state->alloc, state->accumulated);
    state->accumulated = NULL;
    state->accumulated_count = 0;
}

void jam_state_deinit(struct jam_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        jam_service_unref(state->services[i]);
    pvm_alloc_free(state->alloc, state->services);
    jam_privileges_deinit(&state->privileges);
    jam_map_deinit(&state->auth_pools);
    jam_map_deinit(&state->auth_queues);
    jam_map_deinit(&state->others);
    jam_blob_unref(state->staging);
    free_ready(state);
    free_accumulated(state);
    pvm_alloc_free(state->alloc, state->stats);
    pvm_alloc_free(state->alloc, state->outputs);
    jam_state_init(state, state->alloc);
}

/* Copies count elements of an array; NULL for none. */
static enum pvm_status copy_array(const struct pvm_alloc *alloc, void **out, const void *list,
                                  size_t count, size_t size, struct pvm_err *err)
{
    *out = NULL;
    if (count == 0)
        return PVM_OK;
    *out = pvm_alloc_zero(alloc, count, size);
    if (*out == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to copy state");
    memcpy(*out, list, count * size);
    return PVM_OK;
}

static enum pvm_status copy_services(struct jam_state *copy, const struct jam_state *state,
                                     struct pvm_err *err)
{
    void *list;
    PVM_TRY(copy_array(state->alloc, &list, state->services, state->count, sizeof *state->services,
                       err));
    copy->services = list;
    copy->count = copy->cap = state->count;
    for (size_t i = 0; i < copy->count; i++)
        jam_service_ref(copy->services[i]);
    return PVM_OK;
}

static enum pvm_status copy_ready(struct jam_state *copy, const struct jam_state *state,
                                  struct pvm_err *err)
{
    PVM_TRY(jam_state_set_ready(copy, state->ready_count, err));
    for (size_t i = 0; i < state->ready_count; i++) {
        const struct jam_ready_list *from = &state->ready[i];
        for (size_t k = 0; k < from->count; k++)
            PVM_TRY(jam_ready_add(&copy->ready[i], state->alloc, from->list[k].report,
                                  from->list[k].dependencies.list, from->list[k].dependencies.count,
                                  err));
    }
    return PVM_OK;
}

static enum pvm_status copy_accumulated(struct jam_state *copy, const struct jam_state *state,
                                        struct pvm_err *err)
{
    PVM_TRY(jam_state_set_accumulated(copy, state->accumulated_count, err));
    for (size_t i = 0; i < state->accumulated_count; i++) {
        const struct jam_hash_list *from = &state->accumulated[i];
        void *list;
        PVM_TRY(copy_array(state->alloc, &list, from->list, from->count, sizeof *from->list, err));
        copy->accumulated[i] = (struct jam_hash_list){list, from->count, from->count};
    }
    return PVM_OK;
}

static enum pvm_status copy_lists(struct jam_state *copy, const struct jam_state *state,
                                  struct pvm_err *err)
{
    void *list;
    PVM_TRY(copy_services(copy, state, err));
    PVM_TRY(copy_ready(copy, state, err));
    PVM_TRY(copy_accumulated(copy, state, err));
    PVM_TRY(copy_array(state->alloc, &list, state->stats, state->stat_count, sizeof *state->stats,
                       err));
    copy->stats = list;
    copy->stat_count = copy->stat_cap = state->stat_count;
    PVM_TRY(copy_array(state->alloc, &list, state->outputs, state->output_count,
                       sizeof *state->outputs, err));
    copy->outputs = list;
    copy->output_count = copy->output_cap = state->output_count;
    return PVM_OK;
}

enum pvm_status jam_state_copy(struct jam_state *copy, const struct jam_state *state,
                               struct pvm_err *err)
{
    jam_state_init(copy, state->alloc);
    copy->rules = state->rules;
    copy->slot = state->slot;
    memcpy(copy->entropy, state->entropy, sizeof copy->entropy);
    jam_privileges_copy(&copy->privileges, &state->privileges);
    jam_map_copy(&copy->auth_pools, &state->auth_pools);
    jam_map_copy(&copy->auth_queues, &state->auth_queues);
    jam_map_copy(&copy->others, &state->others);
    copy->staging = jam_blob_ref(state->staging);
    enum pvm_status status = copy_lists(copy, state, err);
    if (status != PVM_OK)
        jam_state_deinit(copy);
    return status;
}

/* ---- accounts ---- */

struct jam_service *jam_state_find(const struct jam_state *state, uint64_t id)
{
    size_t at = lower_bound(state, id);
    return at < state->count && state->services[at]->id == id ? state->services[at] : NULL;
}

enum pvm_status jam_state_edit(struct jam_state *state, uint64_t id, struct jam_service **out,
                               struct pvm_err *err)
{
    size_t at = lower_bound(state, id);
    if (at == state->count || state->services[at]->id != id)
        return pvm_fail(err, PVM_E_MALFORMED, "there is no service %llu", (unsigned long long)id);
    PVM_TRY(jam_service_edit(&state->services[at], err));
    *out = state->services[at];
    return PVM_OK;
}

/* Puts a service, whose reference is taken over, at a place. */
static enum pvm_status insert(struct jam_state *state, size_t at, struct jam_service *service,
                              struct pvm_err *err)
{
    void *list = state->services;
    PVM_TRY(grow(state->alloc, &list, state->count, &state->cap, sizeof *state->services,
                 "services", err));
    state->services = list;
    memmove(state->services + at + 1, state->services + at,
            (state->count - at) * sizeof *state->services);
    state->services[at] = service;
    state->count++;
    return PVM_OK;
}

enum pvm_status jam_state_add(struct jam_state *state, uint32_t id, struct jam_service **out,
                              struct pvm_err *err)
{
    size_t at = lower_bound(state, id);
    if (at < state->count && state->services[at]->id == id)
        return pvm_fail(err, PVM_E_MALFORMED, "service %u is there twice", (unsigned)id);
    struct jam_service *service;
    PVM_TRY(jam_service_new(state->alloc, state->rules, id, &service, err));
    enum pvm_status status = insert(state, at, service, err);
    if (status != PVM_OK) {
        jam_service_unref(service);
        return status;
    }
    *out = service;
    return PVM_OK;
}

enum pvm_status jam_state_put(struct jam_state *state, struct jam_service *service,
                              struct pvm_err *err)
{
    size_t at = lower_bound(state, service->id);
    if (at == state->count || state->services[at]->id != service->id) {
        PVM_TRY(insert(state, at, service, err));
        jam_service_ref(service);
        return PVM_OK;
    }
    jam_service_ref(service);
    jam_service_unref(state->services[at]);
    state->services[at] = service;
    return PVM_OK;
}

bool jam_state_remove(struct jam_state *state, uint32_t id)
{
    size_t at = lower_bound(state, id);
    if (at == state->count || state->services[at]->id != id)
        return false;
    jam_service_unref(state->services[at]);
    state->count--;
    memmove(state->services + at, state->services + at + 1,
            (state->count - at) * sizeof *state->services);
    return true;
}

/* ---- lists ---- */

enum pvm_status jam_state_set_ready(struct jam_state *state, size_t count, struct pvm_err *err)
{
    struct jam_ready_list *lists = NULL;
    if (count > 0) {
        lists = pvm_alloc_zero(state->alloc, count, sizeof *lists);
        if (lists == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for a ready queue of %zu slots", count);
    }
    free_ready(state);
    state->ready = lists;
    state->ready_count = count;
    return PVM_OK;
}

enum pvm_status jam_state_set_accumulated(struct jam_state *state, size_t count,
                                          struct pvm_err *err)
{
    struct jam_hash_list *lists = NULL;
    if (count > 0) {
        lists = pvm_alloc_zero(state->alloc, count, sizeof *lists);
        if (lists == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for a history of %zu slots", count);
    }
    free_accumulated(state);
    state->accumulated = lists;
    state->accumulated_count = count;
    return PVM_OK;
}

enum pvm_status jam_state_stat(struct jam_state *state, uint32_t service,
                               struct jam_service_stat **out, struct pvm_err *err)
{
    size_t at = 0;
    size_t high = state->stat_count;
    while (at < high) {
        size_t middle = at + (high - at) / 2;
        if (state->stats[middle].service < service)
            at = middle + 1;
        else
            high = middle;
    }
    if (at == state->stat_count || state->stats[at].service != service) {
        void *list = state->stats;
        PVM_TRY(grow(state->alloc, &list, state->stat_count, &state->stat_cap, sizeof *state->stats,
                     "statistics", err));
        state->stats = list;
        memmove(state->stats + at + 1, state->stats + at,
                (state->stat_count - at) * sizeof *state->stats);
        state->stats[at] = (struct jam_service_stat){.service = service};
        state->stat_count++;
    }
    *out = &state->stats[at];
    return PVM_OK;
}

static bool output_before(const struct jam_yield *output, uint32_t service,
                          const struct jam_hash *hash)
{
    if (output->service != service)
        return output->service < service;
    return memcmp(output->hash.octets, hash->octets, JAM_HASH_SIZE) <= 0;
}

enum pvm_status jam_state_add_output(struct jam_state *state, uint32_t service,
                                     const struct jam_hash *hash, struct pvm_err *err)
{
    void *list = state->outputs;
    PVM_TRY(grow(state->alloc, &list, state->output_count, &state->output_cap,
                 sizeof *state->outputs, "accumulation outputs", err));
    state->outputs = list;
    size_t at = state->output_count;
    while (at > 0 && !output_before(&state->outputs[at - 1], service, hash))
        at--;
    memmove(state->outputs + at + 1, state->outputs + at,
            (state->output_count - at) * sizeof *state->outputs);
    state->outputs[at] = (struct jam_yield){service, *hash};
    state->output_count++;
    return PVM_OK;
}

void jam_hash_list_deinit(struct jam_hash_list *list, const struct pvm_alloc *alloc)
{
    pvm_alloc_free(alloc, list->list);
    *list = (struct jam_hash_list){0};
}

enum pvm_status jam_hash_list_add(struct jam_hash_list *list, const struct pvm_alloc *alloc,
                                  const struct jam_hash *hash, struct pvm_err *err)
{
    void *grown = list->list;
    PVM_TRY(grow(alloc, &grown, list->count, &list->cap, sizeof *list->list, "hashes", err));
    list->list = grown;
    list->list[list->count++] = *hash;
    return PVM_OK;
}

enum pvm_status jam_ready_add(struct jam_ready_list *list, const struct pvm_alloc *alloc,
                              struct jam_blob *report, const struct jam_hash *dependencies,
                              size_t count, struct pvm_err *err)
{
    void *hashes;
    void *grown = list->list;
    PVM_TRY(grow(alloc, &grown, list->count, &list->cap, sizeof *list->list, "reports", err));
    list->list = grown;
    PVM_TRY(copy_array(alloc, &hashes, dependencies, count, sizeof *dependencies, err));
    list->list[list->count++] = (struct jam_ready){jam_blob_ref(report), {hashes, count, count}};
    return PVM_OK;
}

void jam_ready_list_deinit(struct jam_ready_list *list, const struct pvm_alloc *alloc)
{
    for (size_t i = 0; i < list->count; i++) {
        jam_blob_unref(list->list[i].report);
        jam_hash_list_deinit(&list->list[i].dependencies, alloc);
    }
    pvm_alloc_free(alloc, list->list);
    *list = (struct jam_ready_list){0};
}

static void core_key(size_t core, uint8_t key[2])
{
    key[0] = (uint8_t)(core >> 8);
    key[1] = (uint8_t)core;
}

struct pvm_bytes jam_core_get(const struct jam_map *map, size_t core)
{
    uint8_t key[2];
    struct pvm_bytes value = pvm_bytes_none();
    core_key(core, key);
    (void)(core <= UINT16_MAX && jam_map_get(map, pvm_bytes(key, sizeof key), &value));
    return value;
}

enum pvm_status jam_core_set(struct jam_map *map, size_t core, struct pvm_bytes hashes,
                             struct pvm_err *err)
{
    uint8_t key[2];
    if (core > UINT16_MAX)
        return pvm_fail(err, PVM_E_MALFORMED, "there is no core %zu", core);
    core_key(core, key);
    return jam_map_set(map, pvm_bytes(key, sizeof key), hashes, err);
}
