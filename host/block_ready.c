/* SPDX-License-Identifier: Apache-2.0 */
/* The ready queue and the history of a block, before and after (GP 0.7.2 12.1, 12.3). */
#include "host/block_queue.h"

/* ---- before: W^!, W^Q and W* ---- */

static bool is_immediate(const struct jam_report *report)
{
    return report->context.prerequisite_count == 0 && report->lookup_count == 0;
}

/* D(report): its prerequisites and the packages its imports name. Free with pvm_alloc_free. */
static enum pvm_status dependencies_of(const struct jam_report *report,
                                       const struct pvm_alloc *alloc, struct jam_hash **list,
                                       size_t *count, struct pvm_err *err)
{
    size_t all = report->context.prerequisite_count + report->lookup_count;
    struct jam_hash *made = pvm_alloc_zero(alloc, all, sizeof *made);
    if (made == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu dependencies", all);
    if (report->context.prerequisite_count > 0)
        memcpy(made, report->context.prerequisites,
               report->context.prerequisite_count * sizeof *made);
    for (size_t i = 0; i < report->lookup_count; i++)
        made[report->context.prerequisite_count + i] =
            report->segment_root_lookup[i].work_package_hash;
    *count = jam_hash_set_make(made, all);
    *list = made;
    return PVM_OK;
}

static enum pvm_status blob_of(const struct jam_profile *profile, const struct jam_report *report,
                               const struct pvm_alloc *alloc, struct jam_blob **out,
                               struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = alloc};
    if (report->encoded.len > 0)
        pvm_buf_add_bytes(&octets, report->encoded);
    else
        jam_report_encode(profile, report, &octets);
    enum pvm_status status = pvm_buf_status(&octets, err);
    if (status == PVM_OK) {
        *out = jam_blob_new(alloc, pvm_buf_bytes(&octets));
        if (*out == NULL)
            status = pvm_fail(err, PVM_E_MEMORY, "no memory for a waiting report");
    }
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status add_fresh(struct jam_queue *queue, const struct jam_report *report,
                                 struct pvm_err *err)
{
    struct jam_hash *dependencies = NULL;
    size_t count = 0;
    struct jam_blob *blob;
    PVM_TRY(dependencies_of(report, queue->alloc, &dependencies, &count, err));
    enum pvm_status status = blob_of(queue->profile, report, queue->alloc, &blob, err);
    if (status == PVM_OK) {
        status = jam_ready_add(&queue->fresh, queue->alloc, blob, dependencies, count, err);
        jam_blob_unref(blob);
    }
    pvm_alloc_free(queue->alloc, dependencies);
    return status;
}

/* The history's hashes ascend in each slot, so each slot is a set. */
static void edit_by_history(struct jam_ready_list *list, const struct jam_state *state)
{
    for (size_t i = 0; i < state->accumulated_count; i++) {
        struct jam_hash_set set = {state->accumulated[i].list, state->accumulated[i].count};
        jam_queue_edit(list, state->alloc, &set);
    }
}

static enum pvm_status append(struct jam_ready_list *all, const struct jam_ready_list *list,
                              const struct pvm_alloc *alloc, struct pvm_err *err)
{
    for (size_t i = 0; i < list->count; i++)
        PVM_TRY(jam_ready_add(all, alloc, list->list[i].report, list->list[i].dependencies.list,
                              list->list[i].dependencies.count, err));
    return PVM_OK;
}

/* q before its edit: the ready queue from the block's place on, once around, then W^Q. */
static enum pvm_status gather(const struct jam_queue *queue, const struct jam_state *state,
                              size_t first, struct jam_ready_list *all, struct pvm_err *err)
{
    for (size_t i = 0; i < state->ready_count; i++)
        PVM_TRY(append(all, &state->ready[(first + i) % state->ready_count], queue->alloc, err));
    return append(all, &queue->fresh, queue->alloc, err);
}

/* P of the first count reports of W*, as a set; *set->list is to be freed. */
static enum pvm_status packages_of(const struct jam_queue *queue, size_t count,
                                   struct jam_hash **list, size_t *set_count, struct pvm_err *err)
{
    *list = pvm_alloc_zero(queue->alloc, count + 1, sizeof **list);
    if (*list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu package hashes", count);
    for (size_t i = 0; i < count; i++)
        (*list)[i] = queue->order[i]->package_spec.hash;
    *set_count = jam_hash_set_make(*list, count);
    return PVM_OK;
}

/* Puts the entries that Q found into W*. */
static enum pvm_status take_found(struct jam_queue *queue, const struct jam_ready *entries,
                                  const size_t *places, size_t found, struct pvm_err *err)
{
    if (found == 0)
        return PVM_OK;
    queue->decoded = pvm_alloc_zero(queue->alloc, found, sizeof *queue->decoded);
    void *grown = pvm_alloc_resize(queue->alloc, (void *)queue->order,
                                   (queue->count + found) * sizeof *queue->order);
    if (grown != NULL)
        queue->order = grown;
    if (queue->decoded == NULL || grown == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu reports", found);
    for (size_t i = 0; i < found; i++) {
        struct jam_report *report = &queue->decoded[queue->decoded_count];
        PVM_TRY(jam_report_decode(queue->profile, jam_blob_bytes(entries[places[i]].report),
                                  queue->alloc, report, err));
        queue->decoded_count++;
        queue->order[queue->count++] = report;
    }
    return PVM_OK;
}

static enum pvm_status resolve(struct jam_queue *queue, struct jam_ready_list *all,
                               struct pvm_err *err)
{
    struct jam_hash *packages;
    struct jam_hash_set immediate = {NULL, 0};
    size_t found;
    PVM_TRY(packages_of(queue, queue->count, &packages, &immediate.count, err));
    immediate.list = packages;
    jam_queue_edit(all, queue->alloc, &immediate);
    pvm_alloc_free(queue->alloc, packages);
    size_t *places = pvm_alloc_zero(queue->alloc, all->count + 1, sizeof *places);
    if (places == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to sort %zu waiting reports", all->count);
    enum pvm_status status =
        jam_queue_resolve(all->list, all->count, queue->alloc, places, &found, err);
    if (status == PVM_OK)
        status = take_found(queue, all->list, places, found, err);
    pvm_alloc_free(queue->alloc, places);
    return status;
}

/* W^! into W*, and W^Q. */
static enum pvm_status part(struct jam_queue *queue, const struct jam_state *state,
                            const struct jam_block_in *in, struct pvm_err *err)
{
    queue->order = pvm_alloc_zero(queue->alloc, in->report_count + 1, sizeof *queue->order);
    if (queue->order == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu reports", in->report_count);
    for (size_t i = 0; i < in->report_count; i++) {
        if (is_immediate(&in->reports[i]))
            queue->order[queue->count++] = &in->reports[i];
        else
            PVM_TRY(add_fresh(queue, &in->reports[i], err));
    }
    edit_by_history(&queue->fresh, state);
    return PVM_OK;
}

enum pvm_status jam_queue_init(struct jam_queue *queue, const struct jam_profile *profile,
                               const struct jam_params *params, const struct jam_state *state,
                               const struct jam_block_in *in, struct pvm_err *err)
{
    struct jam_ready_list all = {NULL, 0, 0};
    *queue = (struct jam_queue){.alloc = state->alloc, .profile = profile};
    PVM_TRY(part(queue, state, in, err));
    size_t first = (size_t)(in->slot % params->epoch_length);
    enum pvm_status status = gather(queue, state, first, &all, err);
    if (status == PVM_OK)
        status = resolve(queue, &all, err);
    jam_ready_list_deinit(&all, queue->alloc);
    return status;
}

void jam_queue_deinit(struct jam_queue *queue)
{
    for (size_t i = 0; i < queue->decoded_count; i++)
        jam_report_deinit(&queue->decoded[i]);
    pvm_alloc_free(queue->alloc, queue->decoded);
    pvm_alloc_free(queue->alloc, (void *)queue->order);
    jam_ready_list_deinit(&queue->fresh, queue->alloc);
    *queue = (struct jam_queue){.alloc = queue->alloc, .profile = queue->profile};
}

/* ---- after: omega' and xi' ---- */

/* xi': one place on, with the packages of this block at the end. Takes over list. */
static void shift_history(struct jam_state *state, struct jam_hash *list, size_t count)
{
    size_t last = state->accumulated_count - 1;
    jam_hash_list_deinit(&state->accumulated[0], state->alloc);
    memmove(state->accumulated, state->accumulated + 1, last * sizeof *state->accumulated);
    state->accumulated[last] = (struct jam_hash_list){list, count, count};
}

/* omega': slot by slot backwards from the block's. */
static void shift_ready(struct jam_queue *queue, struct jam_state *state, uint32_t slot,
                        const struct jam_hash_set *accumulated)
{
    size_t count = state->ready_count;
    size_t first = slot % count;
    uint32_t passed = slot - state->slot;
    for (size_t i = 0; i < count; i++) {
        struct jam_ready_list *list = &state->ready[(first + count - i) % count];
        if (i == 0 || i < passed)
            jam_ready_list_deinit(list, state->alloc);
        if (i == 0) {
            *list = queue->fresh;
            queue->fresh = (struct jam_ready_list){NULL, 0, 0};
        }
        jam_queue_edit(list, state->alloc, accumulated);
    }
}

enum pvm_status jam_queue_finish(struct jam_queue *queue, struct jam_state *state,
                                 size_t accumulated, uint32_t slot, struct pvm_err *err)
{
    struct jam_hash *packages;
    struct jam_hash_set set = {NULL, 0};
    PVM_TRY(packages_of(queue, accumulated, &packages, &set.count, err));
    set.list = packages;
    shift_ready(queue, state, slot, &set);
    shift_history(state, packages, set.count);
    return PVM_OK;
}
