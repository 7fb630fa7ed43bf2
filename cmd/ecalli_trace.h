/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pvm run --ecalli-trace: the trace of an invocation's host calls (JIP-7, host/ecalli_write.h) on
 * its way to a file. A file that does not take it is told of at the end, not in the run's midst.
 */
#ifndef CMD_ECALLI_TRACE_H
#define CMD_ECALLI_TRACE_H

#include "host/ecalli_write.h"
#include "host/invoke.h"

struct cmd_ecalli_trace {
    const char *path;      /* NULL: not wanted, and all of these do nothing; "-": standard output */
    bool to_stderr;        /* standard error where path says standard output */
    struct pvm_bytes code; /* the preimage that is run, with its metadata */
    int fd;
    bool open;
    int error; /* errno of the first write that failed */
    const struct pvm_vm *vm;
    struct jam_ecalli_writer writer;
};

/* Makes the file and writes what stands before the first call; path and code are set. Every start
 * needs an end. */
PVM_MUST_USE enum pvm_status cmd_ecalli_trace_start(struct cmd_ecalli_trace *trace,
                                                    struct jam_run *run, struct pvm_err *err);
void cmd_ecalli_trace_memory(struct cmd_ecalli_trace *trace, const struct jam_memory_event *event);
void cmd_ecalli_trace_call(struct cmd_ecalli_trace *trace, const struct jam_call_event *event);
/* failure: why the run has no end of its own; NULL: it has. PVM_E_IO names the file. */
PVM_MUST_USE enum pvm_status cmd_ecalli_trace_end(struct cmd_ecalli_trace *trace,
                                                  const struct jam_run *run, const char *failure,
                                                  struct pvm_err *err);

#endif
