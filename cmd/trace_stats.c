/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { FULL = CMD_TRACE_STAT_PLACES / 2 };

enum pvm_status cmd_trace_stats_init(struct cmd_trace_stats *stats, struct pvm_err *err)
{
    memset(stats, 0, sizeof *stats);
    stats->places = pvm_alloc_zero(NULL, CMD_TRACE_STAT_PLACES, sizeof *stats->places);
    return stats->places != NULL ? PVM_OK
                                 : pvm_fail(err, PVM_E_MEMORY, "out of memory for statistics");
}

void cmd_trace_stats_deinit(struct cmd_trace_stats *stats)
{
    pvm_alloc_free(NULL, stats->places);
    stats->places = NULL;
}

/* The multiplier is 2^64 over the golden ratio, which spreads what is close. */
static size_t slot_of(int64_t machine, uint64_t pc)
{
    uint64_t mixed = (pc ^ (uint64_t)machine << 32) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 40) % CMD_TRACE_STAT_PLACES;
}

static void count_place(struct cmd_trace_stats *stats, const struct cmd_trace_record *record)
{
    size_t at = slot_of(record->machine, record->pc);
    while (stats->places[at].count != 0 &&
           (stats->places[at].pc != record->pc || stats->places[at].machine != record->machine))
        at = (at + 1) % CMD_TRACE_STAT_PLACES;
    struct cmd_trace_place *place = &stats->places[at];
    if (place->count == 0 && stats->place_count == FULL) {
        stats->other_places++;
        return;
    }
    stats->place_count += place->count == 0;
    place->machine = record->machine;
    place->pc = record->pc;
    place->count++;
}

static void count_call(struct cmd_trace_stats *stats, const struct cmd_trace_record *record)
{
    unsigned i = 0;
    stats->calls++;
    stats->call_cost += record->cost;
    while (i < stats->call_count && stats->call_list[i].number != record->number)
        i++;
    if (i == CMD_TRACE_STAT_CALLS) {
        stats->other_calls++;
        return;
    }
    if (i == stats->call_count) {
        stats->call_count++;
        stats->call_list[i].number = record->number;
        (void)snprintf(stats->call_list[i].name, sizeof stats->call_list[i].name, "%.31s",
                       record->text[0] != '\0' ? record->text : "unknown");
    }
    stats->call_list[i].count++;
    stats->call_list[i].gas += record->cost;
}

static void count_step(struct cmd_trace_stats *stats, const struct cmd_trace_record *record)
{
    const struct cmd_trace_access *access = &record->access;
    stats->steps++;
    stats->outer_steps += record->machine < 0;
    stats->cost += record->has_cost ? record->cost : 0;
    stats->ops[record->op <= PVM_OP_COUNT ? record->op : PVM_OP_COUNT]++;
    count_place(stats, record);
    if (access->refused)
        stats->refused++;
    else if (access->width != 0 && access->written)
        stats->writes++;
    else if (access->width != 0)
        stats->reads++;
    if (!access->refused && access->written)
        stats->written_octets += access->width;
    else if (!access->refused)
        stats->read_octets += access->width;
}

void cmd_trace_stats_add(struct cmd_trace_stats *stats, const struct cmd_trace_record *record)
{
    switch (record->kind) {
    case CMD_TRACE_STEP:
        count_step(stats, record);
        break;
    case CMD_TRACE_CALL:
        count_call(stats, record);
        break;
    case CMD_TRACE_END:
        stats->ended = true;
        stats->end = *record;
        break;
    }
}

/* ---- text ---- */

static int by_count(const void *a, const void *b)
{
    const struct cmd_trace_place *x = a;
    const struct cmd_trace_place *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    if (x->machine != y->machine)
        return x->machine < y->machine ? -1 : 1;
    return x->pc < y->pc ? -1 : x->pc > y->pc;
}

static void ops_text(const struct cmd_trace_stats *stats, struct pvm_buf *out)
{
    bool done[PVM_OP_COUNT + 1] = {false};
    pvm_buf_text(out, "instructions\n");
    for (;;) {
        unsigned best = PVM_OP_COUNT + 1;
        for (unsigned i = 0; i <= PVM_OP_COUNT; i++)
            if (!done[i] && stats->ops[i] != 0 &&
                (best > PVM_OP_COUNT || stats->ops[i] > stats->ops[best]))
                best = i;
        if (best > PVM_OP_COUNT)
            break;
        done[best] = true;
        pvm_buf_printf(out, "  %12" PRIu64 "  %5.1f%%  %s\n", stats->ops[best],
                       100.0 * (double)stats->ops[best] / (double)stats->steps,
                       best < PVM_OP_COUNT ? pvm_op_table[best].name : "?");
    }
}

static void calls_text(const struct cmd_trace_stats *stats, struct pvm_buf *out)
{
    pvm_buf_text(out, "host calls\n");
    for (unsigned i = 0; i < stats->call_count; i++)
        pvm_buf_printf(out, "  %12" PRIu64 "  %" PRId64 " %s, gas %" PRIu64 "\n",
                       stats->call_list[i].count, stats->call_list[i].number,
                       stats->call_list[i].name, stats->call_list[i].gas);
    if (stats->other_calls != 0)
        pvm_buf_printf(out, "  %12" PRIu64 "  others\n", stats->other_calls);
}

static void places_text(struct cmd_trace_stats *stats, struct pvm_buf *out)
{
    qsort(stats->places, CMD_TRACE_STAT_PLACES, sizeof *stats->places, by_count);
    pvm_buf_text(out, "where, most often\n");
    for (unsigned i = 0; i < CMD_TRACE_STAT_SHOWN && stats->places[i].count != 0; i++) {
        const struct cmd_trace_place *place = &stats->places[i];
        pvm_buf_printf(out, "  %12" PRIu64 "  ", place->count);
        if (place->machine >= 0)
            pvm_buf_printf(out, "machine %" PRId64 " ", place->machine);
        pvm_buf_printf(out, "0x%06" PRIx64 "\n", place->pc);
    }
    if (stats->other_places != 0)
        pvm_buf_printf(out, "  %12" PRIu64 "  at places that are not counted apart\n",
                       stats->other_places);
}

void cmd_trace_stats_text(struct cmd_trace_stats *stats, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  instructions %" PRIu64 ", %" PRIu64 " of them in inner machines\n",
                   stats->steps, stats->steps - stats->outer_steps);
    pvm_buf_printf(out, "  gas          %" PRIu64 " of instructions, %" PRIu64 " of host calls\n",
                   stats->cost, stats->call_cost);
    pvm_buf_printf(out,
                   "  memory       %" PRIu64 " loads of %" PRIu64 " octets, %" PRIu64
                   " stores of %" PRIu64 ", %" PRIu64 " refused\n",
                   stats->reads, stats->read_octets, stats->writes, stats->written_octets,
                   stats->refused);
    pvm_buf_printf(out, "  host calls   %" PRIu64 "\n", stats->calls);
    if (stats->ended)
        pvm_buf_printf(out, "  end          %s, pc %" PRIu64 ", gas %" PRIu64 "\n", stats->end.text,
                       stats->end.pc, stats->end.gas);
    ops_text(stats, out);
    if (stats->calls != 0)
        calls_text(stats, out);
    places_text(stats, out);
}
