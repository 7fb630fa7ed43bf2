/* SPDX-License-Identifier: Apache-2.0 */
/* What runs of services do while they run, and how their end is judged. */
#ifndef CMD_RUN_WATCH_H
#define CMD_RUN_WATCH_H

#include "cmd/calls.h"
#include "cmd/ecalli_trace.h"
#include "cmd/run.h"

/* What the hooks of a run work with. */
struct cmd_watch {
    struct cmd_run *run;
    struct cmd_log_stream log;
    struct cmd_calls *calls;        /* NULL: they are not wanted */
    struct cmd_ecalli_trace ecalli; /* the code is whose run it is; the rest is filled in */
};

/* Traces, log lines on standard error and calls, as asked for. */
struct jam_hooks cmd_watch_hooks(struct cmd_watch *watch);

/* Starts, ends the traces, and fills in of the report what all invocations have. A blob of the
 * command line that is no program is a malformed file. */
PVM_MUST_USE enum pvm_status cmd_watch_go(struct cmd_watch *watch, struct jam_run *jam,
                                          enum jam_invocation invocation, struct pvm_err *err);

#endif
