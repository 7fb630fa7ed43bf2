/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where two traces part (pvm trace diff). Instructions are compared in order, with whatever both
 * say of them. Logs differ in whether position, registers and gas are those before the instruction
 * or after it: each way in which they can be meant is held to be possible until the traces
 * contradict it, and they part where none is left.
 */
#ifndef CMD_TRACE_DIFF_H
#define CMD_TRACE_DIFF_H

#include "cmd/cmd.h"
#include "cmd/trace_source.h"

enum { CMD_TRACE_CONTEXT = 64 }; /* the most lines around it that are shown */

/* What may be left out of a comparison. */
#define CMD_TRACE_PARTS(X)                                                                         \
    X(GAS, "gas")                                                                                  \
    X(REGISTERS, "registers")                                                                      \
    X(CALLS, "calls")                                                                              \
    X(NAMES, "names")

enum cmd_trace_part {
#define X(NAME, text) CMD_TRACE_PART_##NAME,
    CMD_TRACE_PARTS(X)
#undef X
        CMD_TRACE_PART_COUNT
};

struct cmd_trace_diff_options {
    unsigned context;                  /* lines of each around where they part */
    unsigned ignored;                  /* enum cmd_trace_part, a bit each */
    const struct cmd_symbols *symbols; /* borrowed; may be NULL */
};

struct cmd_trace_compared {
    bool differ;
    uint64_t steps, calls; /* compared */
};

/* Appends to out what parts them. */
PVM_MUST_USE enum pvm_status cmd_trace_diff(struct cmd_trace_source *a, struct cmd_trace_source *b,
                                            const struct cmd_trace_diff_options *how,
                                            struct cmd_trace_compared *compared,
                                            struct pvm_buf *out, struct pvm_err *err);

#endif
