/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace of a run: every instruction, in the order they ran, whichever machine they ran in, and
 * every host call, as far as --trace-filter wants them (docs/traces.md). An instruction is written
 * once its effect is known, which is when the next thing happens.
 */
#ifndef CMD_TRACE_H
#define CMD_TRACE_H

#include "cmd/trace_filter.h"
#include "cmd/trace_sink.h"
#include "host/disk_signals.h"

/* The most events that --trace-last keeps. */
enum { CMD_TRACE_LAST = 100000 };

/* Which options of a command they are. */
struct cmd_trace_rows {
    unsigned trace, form, full, filter, last;
};

/* Zero-initialised: off, and all of these do nothing. */
struct cmd_trace {
    bool on;
    const struct jam_profile *profile;
    struct cmd_trace_filter filter;
    struct cmd_trace_sink sink;
    const char *path;
    bool to_stderr; /* where path says standard output */
    uint64_t steps;
    /* The instruction that is under way, and the host call with the memory that it touches. */
    bool pending;
    const struct pvm_vm *vm;
    struct cmd_trace_record step, call;
    uint64_t call_pc;
    struct pvm_program *outer; /* of the outer machine, borrowed */
    uint64_t outer_gas;        /* what it had when last seen */
    /* Signals that would end the process, held back until the trace has its end. */
    bool holding;
    struct jam_disk_held held;
    void (*interrupted)(void *user); /* before such a signal comes; may be NULL */
    void *user;
    /* For filters: names of the program that ran last, which one reference keeps. */
    struct pvm_program *program;
    const struct pvm_symbols *names;
    /* --trace-last: the last ring_size events, that number ring_count % ring_size the oldest. */
    struct cmd_trace_record *ring;
    size_t ring_size;
    uint64_t ring_count;
};

/* Reads the options and makes the file; symbols are borrowed as long as the trace. With to_stderr
 * what would go to standard output goes to standard error. From now on a signal that would end the
 * process ends the trace first, which stays where it is. */
PVM_MUST_USE enum pvm_status cmd_trace_start(struct cmd_trace *trace, const struct cmd_args *args,
                                             const struct cmd_trace_rows *rows, bool to_stderr,
                                             const struct cmd_symbols *symbols, const char *run,
                                             struct pvm_err *err);
/* As the hooks of host/context.h. A write that fails ends the process: there is no other way out of
 * a run in which the trace's reader is gone. */
void cmd_trace_step(struct cmd_trace *trace, int64_t machine, const struct pvm_vm *vm);
void cmd_trace_call(struct cmd_trace *trace, const struct jam_call_event *event);
void cmd_trace_memory(struct cmd_trace *trace, const struct jam_memory_event *event);
/* How the run ended; vm is the outer machine, NULL when there was none, and all machines still
 * exist. good false: --trace-last writes what it kept. */
PVM_MUST_USE enum pvm_status cmd_trace_end(struct cmd_trace *trace, const struct pvm_vm *vm,
                                           const char *outcome, bool good, struct pvm_err *err);
/* Ends the trace of a run that has no end of its own: its machines may be gone. Without an
 * instruction there is none. */
void cmd_trace_abort(struct cmd_trace *trace, const char *outcome);
void cmd_trace_deinit(struct cmd_trace *trace);

#endif
