/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block_queue.h"

#include <stdlib.h>

/* ---- sets of hashes ---- */

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct jam_hash *)a)->octets, ((const struct jam_hash *)b)->octets,
                  JAM_HASH_SIZE);
}

bool jam_hash_set_has(const struct jam_hash_set *set, const struct jam_hash *hash)
{
    return set->count > 0 &&
           bsearch(hash, set->list, set->count, sizeof *set->list, compare) != NULL;
}

size_t jam_hash_set_make(struct jam_hash *list, size_t count)
{
    size_t kept = 0;
    if (count == 0)
        return 0;
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !jam_hash_equal(&list[kept - 1], &list[i]))
            list[kept++] = list[i];
    return kept;
}

/* ---- E ---- */

static bool package_in(const struct jam_ready *entry, const struct jam_hash_set *set)
{
    struct jam_hash package;
    return jam_report_package_hash(jam_blob_bytes(entry->report), &package) &&
           jam_hash_set_has(set, &package);
}

static void drop_dependencies(struct jam_hash_list *list, const struct jam_hash_set *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!jam_hash_set_has(set, &list->list[i]))
            list->list[kept++] = list->list[i];
    list->count = kept;
}

void jam_queue_edit(struct jam_ready_list *list, const struct pvm_alloc *alloc,
                    const struct jam_hash_set *set)
{
    size_t kept = 0;
    if (set->count == 0)
        return;
    for (size_t i = 0; i < list->count; i++) {
        struct jam_ready *entry = &list->list[i];
        if (package_in(entry, set)) {
            jam_blob_unref(entry->report);
            jam_hash_list_deinit(&entry->dependencies, alloc);
            continue;
        }
        drop_dependencies(&entry->dependencies, set);
        list->list[kept++] = *entry;
    }
    list->count = kept;
}

/* ---- Q ---- */

/* That the entry at a place depends on a package, or is its report. */
struct link {
    struct jam_hash hash;
    size_t place;
};

static int compare_links(const void *a, const void *b)
{
    const struct link *x = a;
    const struct link *y = b;
    int order = compare(&x->hash, &y->hash);
    if (order != 0)
        return order;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int compare_places(const void *a, const void *b)
{
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

struct links {
    struct link *list;
    size_t count;
};

/* The first link of a hash, or where it would be. */
static size_t links_from(const struct links *links, const struct jam_hash *hash)
{
    size_t low = 0;
    size_t high = links->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&links->list[middle].hash, hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct resolving {
    struct links needs;    /* dependency -> who waits for it */
    struct links packages; /* package -> its entries */
    size_t *missing;       /* by place: dependencies it still waits for */
    bool *gone;            /* by place: taken, or another report of a package that was */
    bool *done;            /* by link of packages: handled; of each package the first one */
    size_t *order;
};

/* What follows from a package being accumulated. Entries set free are put behind *end. */
static void accumulate_package(struct resolving *r, const struct jam_hash *package, size_t *end)
{
    size_t first = links_from(&r->packages, package);
    if (r->done[first])
        return;
    r->done[first] = true;
    for (size_t i = first;
         i < r->packages.count && jam_hash_equal(&r->packages.list[i].hash, package); i++)
        r->gone[r->packages.list[i].place] = true;
    for (size_t i = links_from(&r->needs, package);
         i < r->needs.count && jam_hash_equal(&r->needs.list[i].hash, package); i++) {
        size_t place = r->needs.list[i].place;
        if (--r->missing[place] == 0)
            r->order[(*end)++] = place;
    }
}

/* One step of Q: from the entries order[from, to), which are free, to those that they set free,
 * which stand behind them then; returns where these end. */
static size_t next_generation(struct resolving *r, const struct jam_ready *entries, size_t from,
                              size_t to)
{
    size_t end = to;
    size_t kept = to;
    for (size_t i = from; i < to; i++) {
        struct jam_hash package;
        if (jam_report_package_hash(jam_blob_bytes(entries[r->order[i]].report), &package))
            accumulate_package(r, &package, &end);
    }
    for (size_t i = to; i < end; i++)
        if (!r->gone[r->order[i]])
            r->order[kept++] = r->order[i];
    if (kept > to)
        qsort(r->order + to, kept - to, sizeof *r->order, compare_places);
    return kept;
}

/* Sorts links and drops repeated ones. */
static void finish_links(struct links *links)
{
    size_t kept = 0;
    if (links->count == 0)
        return;
    qsort(links->list, links->count, sizeof *links->list, compare_links);
    for (size_t i = 0; i < links->count; i++)
        if (kept == 0 || compare_links(&links->list[kept - 1], &links->list[i]) != 0)
            links->list[kept++] = links->list[i];
    links->count = kept;
}

static void fill_links(struct resolving *r, const struct jam_ready *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct link *package = &r->packages.list[r->packages.count];
        if (jam_report_package_hash(jam_blob_bytes(entries[i].report), &package->hash)) {
            package->place = i;
            r->packages.count++;
        }
        for (size_t k = 0; k < entries[i].dependencies.count; k++)
            r->needs.list[r->needs.count++] = (struct link){entries[i].dependencies.list[k], i};
    }
    finish_links(&r->packages);
    finish_links(&r->needs);
    for (size_t i = 0; i < r->needs.count; i++)
        r->missing[r->needs.list[i].place]++;
}

static size_t resolve(struct resolving *r, const struct jam_ready *entries, size_t count)
{
    size_t from = 0;
    size_t to = 0;
    fill_links(r, entries, count);
    for (size_t i = 0; i < count; i++)
        if (r->missing[i] == 0)
            r->order[to++] = i;
    while (from < to) {
        size_t end = next_generation(r, entries, from, to);
        from = to;
        to = end;
    }
    return to;
}

enum pvm_status jam_queue_resolve(const struct jam_ready *entries, size_t count,
                                  const struct pvm_alloc *alloc, size_t *order, size_t *found,
                                  struct pvm_err *err)
{
    size_t needs = 0;
    *found = 0;
    if (count == 0)
        return PVM_OK;
    for (size_t i = 0; i < count; i++)
        needs += entries[i].dependencies.count;
    struct resolving r = {
        .needs = {pvm_alloc_zero(alloc, needs + 1, sizeof(struct link)), 0},
        .packages = {pvm_alloc_zero(alloc, count, sizeof(struct link)), 0},
        .missing = pvm_alloc_zero(alloc, count, sizeof *r.missing),
        .gone = pvm_alloc_zero(alloc, count, sizeof *r.gone),
        .done = pvm_alloc_zero(alloc, count, sizeof *r.done),
    };
    r.order = order;
    enum pvm_status status = PVM_OK;
    if (r.needs.list == NULL || r.packages.list == NULL || r.missing == NULL || r.gone == NULL ||
        r.done == NULL)
        status = pvm_fail(err, PVM_E_MEMORY, "no memory to sort %zu waiting reports", count);
    else
        *found = resolve(&r, entries, count);
    pvm_alloc_free(alloc, r.needs.list);
    pvm_alloc_free(alloc, r.packages.list);
    pvm_alloc_free(alloc, r.missing);
    pvm_alloc_free(alloc, r.gone);
    pvm_alloc_free(alloc, r.done);
    return status;
}
