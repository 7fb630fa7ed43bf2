/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vm_saved.h"

struct pvm_saved_page {
    uint32_t page;
    uint32_t users;
    uint8_t octets[PVM_PAGE_SIZE];
};

static bool charge(struct pvm_budget *budget, size_t octets)
{
    if (budget->used > budget->limit || octets > budget->limit - budget->used)
        return false;
    budget->used += octets;
    return true;
}

static size_t lists_cost(const struct pvm_saved *saved)
{
    return saved->range_count * sizeof *saved->ranges + saved->page_count * sizeof *saved->pages;
}

/* ---- keeping ---- */

static enum pvm_status fail_room(struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_MEMORY, "no memory to keep a machine's state in");
}

static enum pvm_status fail_budget(const struct pvm_budget *budget, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_LIMIT, "more than %zu octets of states to be kept", budget->limit);
}

/* Makes room for what memory has, and notes its ranges. */
static enum pvm_status take_ranges(struct pvm_saved *saved, const struct pvm_memory *memory,
                                   struct pvm_err *err)
{
    uint32_t page = 0;
    uint32_t count;
    enum pvm_access access;
    const uint8_t *octets;
    size_t ranges = 0;
    size_t pages = 0;
    for (; pvm_memory_next(memory, &page, &count, &access); page += count)
        ranges++;
    for (page = 0; pvm_memory_next_stored(memory, &page, &octets); page++)
        pages++;
    if (!charge(saved->budget, ranges * sizeof *saved->ranges + pages * sizeof *saved->pages))
        return fail_budget(saved->budget, err);
    saved->range_count = ranges;
    saved->page_count = pages;
    saved->ranges = pvm_alloc_zero(NULL, ranges + 1, sizeof *saved->ranges);
    saved->pages = pvm_alloc_zero(NULL, pages + 1, sizeof(void *));
    if (saved->ranges == NULL || saved->pages == NULL)
        return fail_room(err);
    page = 0;
    for (size_t i = 0; i < ranges && pvm_memory_next(memory, &page, &count, &access); i++) {
        saved->ranges[i] = (struct pvm_saved_range){page, count, access};
        page += count;
    }
    return PVM_OK;
}

/* A page as it is, or as it was kept before if nothing changed. */
static enum pvm_status take_page(struct pvm_saved *saved, size_t index, uint32_t page,
                                 const uint8_t *octets, struct pvm_saved_page *same,
                                 struct pvm_err *err)
{
    if (same != NULL && memcmp(same->octets, octets, PVM_PAGE_SIZE) == 0) {
        same->users++;
        saved->pages[index] = same;
        return PVM_OK;
    }
    struct pvm_saved_page *copy = NULL;
    if (!charge(saved->budget, sizeof *copy))
        return fail_budget(saved->budget, err);
    copy = pvm_alloc_get(NULL, sizeof *copy);
    if (copy == NULL) {
        saved->budget->used -= sizeof *copy;
        return fail_room(err);
    }
    copy->page = page;
    copy->users = 1;
    memcpy(copy->octets, octets, PVM_PAGE_SIZE);
    saved->pages[index] = copy;
    return PVM_OK;
}

static enum pvm_status take_pages(struct pvm_saved *saved, const struct pvm_memory *memory,
                                  const struct pvm_saved *before, struct pvm_err *err)
{
    uint32_t page = 0;
    const uint8_t *octets;
    size_t old = 0;
    size_t old_count = before != NULL ? before->page_count : 0;
    for (size_t i = 0; i < saved->page_count && pvm_memory_next_stored(memory, &page, &octets);
         i++) {
        while (old < old_count && before->pages[old]->page < page)
            old++;
        bool known = old < old_count && before->pages[old]->page == page;
        PVM_TRY(take_page(saved, i, page, octets, known ? before->pages[old] : NULL, err));
        page++;
    }
    return PVM_OK;
}

enum pvm_status pvm_saved_take(struct pvm_saved *saved, const struct pvm_vm *vm,
                               const struct pvm_saved *before, struct pvm_budget *budget,
                               struct pvm_err *err)
{
    *saved = (struct pvm_saved){.gas = vm->gas,
                                .pc = vm->pc,
                                .exit_pc = vm->exit_pc,
                                .arg = vm->arg,
                                .heap_top = vm->heap_top,
                                .heap_limit = vm->heap_limit,
                                .paid = vm->paid,
                                .budget = budget};
    memcpy(saved->regs, vm->regs, sizeof saved->regs);
    enum pvm_status status = take_ranges(saved, &vm->memory, err);
    if (status == PVM_OK)
        status = take_pages(saved, &vm->memory, before, err);
    if (status != PVM_OK)
        pvm_saved_deinit(saved);
    return status;
}

void pvm_saved_deinit(struct pvm_saved *saved)
{
    for (size_t i = 0; saved->pages != NULL && i < saved->page_count; i++) {
        struct pvm_saved_page *page = saved->pages[i];
        if (page == NULL || --page->users != 0)
            continue;
        saved->budget->used -= sizeof *page;
        pvm_alloc_free(NULL, page);
    }
    if (saved->budget != NULL)
        saved->budget->used -= lists_cost(saved);
    pvm_alloc_free(NULL, saved->pages);
    pvm_alloc_free(NULL, saved->ranges);
    *saved = (struct pvm_saved){.budget = NULL};
}

/* ---- coming back ---- */

static enum pvm_status give_ranges(const struct pvm_saved *saved, struct pvm_memory *memory,
                                   struct pvm_err *err)
{
    uint32_t at = 0;
    for (size_t i = 0; i < saved->range_count; i++) {
        const struct pvm_saved_range *range = &saved->ranges[i];
        PVM_TRY(pvm_memory_map(memory, at, range->first - at, PVM_NO_ACCESS, false, err));
        PVM_TRY(pvm_memory_map(memory, range->first, range->count, range->access, false, err));
        at = range->first + range->count;
    }
    return pvm_memory_map(memory, at, PVM_PAGE_COUNT - at, PVM_NO_ACCESS, false, err);
}

/* Pages with storage that the state has none of become zero. */
static enum pvm_status clear_others(const struct pvm_saved *saved, struct pvm_memory *memory,
                                    struct pvm_err *err)
{
    uint32_t page = 0;
    const uint8_t *octets;
    size_t known = 0;
    for (; pvm_memory_next_stored(memory, &page, &octets); page++) {
        while (known < saved->page_count && saved->pages[known]->page < page)
            known++;
        if (known < saved->page_count && saved->pages[known]->page == page)
            continue;
        PVM_TRY(pvm_memory_map(memory, page, 1, pvm_memory_access(memory, page), true, err));
    }
    return PVM_OK;
}

/* A page that is as it should be stays, so that what is lent stays so. */
static enum pvm_status give_page(const struct pvm_saved_page *saved, struct pvm_memory *memory,
                                 struct pvm_err *err)
{
    uint32_t page = saved->page;
    const uint8_t *octets;
    if (pvm_memory_next_stored(memory, &page, &octets) && page == saved->page &&
        memcmp(octets, saved->octets, PVM_PAGE_SIZE) == 0)
        return PVM_OK;
    return pvm_memory_put(memory, (uint64_t)saved->page << PVM_PAGE_BITS,
                          pvm_bytes(saved->octets, PVM_PAGE_SIZE), err);
}

enum pvm_status pvm_saved_give(const struct pvm_saved *saved, struct pvm_vm *vm,
                               struct pvm_err *err)
{
    PVM_TRY(give_ranges(saved, &vm->memory, err));
    PVM_TRY(clear_others(saved, &vm->memory, err));
    for (size_t i = 0; i < saved->page_count; i++)
        PVM_TRY(give_page(saved->pages[i], &vm->memory, err));
    memcpy(vm->regs, saved->regs, sizeof vm->regs);
    vm->gas = saved->gas;
    vm->pc = saved->pc;
    vm->exit_pc = saved->exit_pc;
    vm->arg = saved->arg;
    vm->heap_top = saved->heap_top;
    vm->heap_limit = saved->heap_limit;
    vm->paid = saved->paid;
    vm->resume_index = 0;
    return PVM_OK;
}
