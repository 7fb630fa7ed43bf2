/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events of a trace are wanted: --trace-filter (docs/traces.md).
 *
 *     FILTER  = TERM { "," TERM }           all must hold; of several filters any
 *     TERM    = [ "!" ] KEY [ "=" VALUE { "|" VALUE } ]
 *     KEY     = pc | symbol | op | class | mem | machine | calls
 */
#ifndef CMD_TRACE_FILTER_H
#define CMD_TRACE_FILTER_H

#include "cmd/load.h"
#include "cmd/trace_record.h"

enum cmd_trace_key {
    CMD_TRACE_KEY_PC,
    CMD_TRACE_KEY_SYMBOL,
    CMD_TRACE_KEY_OP,
    CMD_TRACE_KEY_CLASS,
    CMD_TRACE_KEY_MEM,
    CMD_TRACE_KEY_MACHINE,
    CMD_TRACE_KEY_CALLS,
    CMD_TRACE_KEY_COUNT
};

enum { CMD_TRACE_TERMS = 64, CMD_TRACE_VALUES = 256 };

/* Numbers from low to high, or a name. */
struct cmd_trace_value {
    uint64_t low, high;
    const char *name; /* SYMBOL; borrowed, name_len characters */
    size_t name_len;
};

struct cmd_trace_term {
    enum cmd_trace_key key;
    bool negated;
    unsigned filter; /* which of several it belongs to */
    unsigned first, count;
};

/* Zero-initialised: everything is wanted. */
struct cmd_trace_filter {
    unsigned filters, term_count, value_count;
    struct cmd_trace_term terms[CMD_TRACE_TERMS];
    struct cmd_trace_value values[CMD_TRACE_VALUES];
};

/* Adds a filter; text is borrowed as long as the filter. PVM_E_USAGE begins with option. */
PVM_MUST_USE enum pvm_status cmd_trace_filter_add(struct cmd_trace_filter *filter,
                                                  const char *option, const char *text,
                                                  struct pvm_err *err);
/* PVM_E_USAGE for a symbol that no table has. */
PVM_MUST_USE enum pvm_status cmd_trace_filter_check(const struct cmd_trace_filter *filter,
                                                    const char *option,
                                                    const struct cmd_symbols *symbols,
                                                    struct pvm_err *err);
/* Whether it looks at names of positions at all. */
bool cmd_trace_filter_names(const struct cmd_trace_filter *filter);
/* names are those of the record's program and may be NULL. */
bool cmd_trace_filter_wants(const struct cmd_trace_filter *filter,
                            const struct cmd_trace_record *record, const struct pvm_symbols *names);

#endif
