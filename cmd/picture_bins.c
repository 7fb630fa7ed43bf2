/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_bins.h"

#include "core/memory.h"

enum { FIRST_ROWS = 3 /* doubled up to CMD_ROWS */ };

_Static_assert(CMD_ROWS == FIRST_ROWS << 5, "rows are doubled up to CMD_ROWS");

static uint32_t add(uint32_t a, uint32_t b)
{
    return a <= UINT32_MAX - b ? a + b : UINT32_MAX;
}

void cmd_bins_add(struct cmd_bins *bins, unsigned bin, uint32_t count)
{
    bins->at[bin] = add(bins->at[bin], count);
}

void cmd_bins_fold(struct cmd_bins *bins)
{
    for (unsigned i = 0; i < CMD_BINS / 2; i++)
        bins->at[i] = add(bins->at[2 * i], bins->at[2 * i + 1]);
    memset(bins->at + CMD_BINS / 2, 0, sizeof bins->at / 2);
}

void cmd_bins_fold_values(uint64_t values[CMD_BINS])
{
    for (unsigned i = 0; i < CMD_BINS / 2; i++)
        values[i] = values[2 * i];
}

void cmd_heat_deinit(struct cmd_heat *heat)
{
    pvm_alloc_free(NULL, heat->rows);
    heat->rows = NULL;
    heat->room = 0;
}

void cmd_heat_fold(struct cmd_heat *heat)
{
    for (unsigned i = 0; i < heat->row_count; i++) {
        cmd_bins_fold(&heat->rows[i].bins[0]);
        cmd_bins_fold(&heat->rows[i].bins[1]);
    }
}

/* ---- rows by group ---- */

static unsigned slot_of(uint32_t group)
{
    return (group * UINT32_C(2654435769)) >> 24;
}

/* The slot of a group: of its row, or the free one where it belongs. */
static unsigned find_slot(const struct cmd_heat *heat, uint32_t group)
{
    unsigned slot = slot_of(group);
    while (heat->slots[slot] != 0 && heat->rows[heat->slots[slot] - 1].group != group)
        slot = (slot + 1) % CMD_ROW_SLOTS;
    return slot;
}

static void merge(struct cmd_heat_row *into, const struct cmd_heat_row *row)
{
    for (unsigned w = 0; w < 2; w++) {
        into->count[w] += row->count[w];
        for (unsigned i = 0; i < CMD_BINS; i++)
            cmd_bins_add(&into->bins[w], i, row->bins[w].at[i]);
    }
    into->first = row->first < into->first ? row->first : into->first;
    into->last = row->last > into->last ? row->last : into->last;
}

/* Rows of twice as many pages. */
static void coarsen(struct cmd_heat *heat)
{
    unsigned count = heat->row_count;
    heat->shift++;
    heat->row_count = 0;
    heat->last = 0;
    memset(heat->slots, 0, sizeof heat->slots);
    for (unsigned i = 0; i < count; i++) {
        struct cmd_heat_row *row = &heat->rows[i];
        row->group >>= 1;
        unsigned slot = find_slot(heat, row->group);
        if (heat->slots[slot] != 0) {
            merge(&heat->rows[heat->slots[slot] - 1], row);
            continue;
        }
        if (heat->row_count != i)
            heat->rows[heat->row_count] = *row;
        heat->slots[slot] = (uint8_t)++heat->row_count;
    }
}

static bool make_room(struct cmd_heat *heat)
{
    if (heat->row_count < heat->room)
        return true;
    unsigned room = heat->room != 0 ? heat->room * 2 : FIRST_ROWS;
    void *grown = pvm_alloc_resize(NULL, heat->rows, room * sizeof *heat->rows);
    if (grown == NULL)
        return false;
    heat->rows = grown;
    heat->room = room;
    return true;
}

/* NULL: our memory ended. */
static struct cmd_heat_row *row_of(struct cmd_heat *heat, uint32_t page, uint64_t now)
{
    uint32_t group = page >> heat->shift;
    if (heat->last < heat->row_count && heat->rows[heat->last].group == group)
        return &heat->rows[heat->last];
    unsigned slot = find_slot(heat, group);
    while (heat->slots[slot] == 0 && heat->row_count == CMD_ROWS) {
        coarsen(heat);
        group = page >> heat->shift;
        slot = find_slot(heat, group);
    }
    if (heat->slots[slot] == 0) {
        if (!make_room(heat))
            return NULL;
        heat->rows[heat->row_count] = (struct cmd_heat_row){.group = group, .first = now};
        heat->slots[slot] = (uint8_t)++heat->row_count;
    }
    heat->last = heat->slots[slot] - 1U;
    return &heat->rows[heat->last];
}

bool cmd_heat_touch(struct cmd_heat *heat, bool write, uint64_t addr, uint64_t len, uint64_t now,
                    unsigned bin)
{
    uint64_t page = (uint32_t)addr >> PVM_PAGE_BITS;
    uint64_t most = (UINT64_C(1) << 32) - (uint32_t)addr;
    uint64_t end = ((uint32_t)addr + (len < most ? len : most) - 1) >> PVM_PAGE_BITS;
    while (page <= end) {
        struct cmd_heat_row *row = row_of(heat, (uint32_t)page, now);
        if (row == NULL)
            return false;
        row->count[write]++;
        row->last = now;
        cmd_bins_add(&row->bins[write], bin, 1);
        page = ((page >> heat->shift) + 1) << heat->shift;
    }
    return true;
}
