/* SPDX-License-Identifier: Apache-2.0 */
/* What a trace says in sum: pvm trace stats. Bounded memory, whatever the trace. */
#ifndef CMD_TRACE_STATS_H
#define CMD_TRACE_STATS_H

#include "cmd/trace_source.h"

enum {
    CMD_TRACE_STAT_CALLS = 256,      /* different host calls that are counted apart */
    CMD_TRACE_STAT_PLACES = 1 << 16, /* positions that are, a power of 2 */
    CMD_TRACE_STAT_SHOWN = 10        /* of them are listed */
};

struct cmd_trace_place {
    int64_t machine;
    uint64_t pc, count;
};

struct cmd_trace_stats {
    uint64_t steps, outer_steps, calls, cost, call_cost;
    uint64_t ops[PVM_OP_COUNT + 1]; /* the last: of no known name */
    uint64_t reads, read_octets, writes, written_octets, refused;
    struct {
        int64_t number;
        char name[32];
        uint64_t count, gas;
    } call_list[CMD_TRACE_STAT_CALLS];
    unsigned call_count;
    uint64_t other_calls;
    struct cmd_trace_place *places; /* a hash table */
    uint64_t place_count, other_places;
    bool ended;
    struct cmd_trace_record end;
};

PVM_MUST_USE enum pvm_status cmd_trace_stats_init(struct cmd_trace_stats *stats,
                                                  struct pvm_err *err);
void cmd_trace_stats_deinit(struct cmd_trace_stats *stats);
void cmd_trace_stats_add(struct cmd_trace_stats *stats, const struct cmd_trace_record *record);
/* symbols may be NULL. Sorts places. */
void cmd_trace_stats_text(struct cmd_trace_stats *stats, struct pvm_buf *out);

#endif
