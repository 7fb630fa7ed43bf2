/* SPDX-License-Identifier: Apache-2.0 */
/* One recording of several runs that follow each other: a scenario, a work package, CoreVM's loop.
 */
#ifndef CMD_PICTURE_SERIES_H
#define CMD_PICTURE_SERIES_H

#include "cmd/picture_record.h"
#include "cmd/picture_tables.h"

/* Zero-initialised it records nothing, and everything but deinit does nothing. */
struct cmd_series {
    struct cmd_record *record;
    struct cmd_flame flame;
    struct cmd_symbols symbols; /* of the programs that run; may be filled before they do */
    struct pvm_buf log;         /* lines */
    uint64_t log_lines;         /* all there were */
    struct pvm_buf changes;     /* lines of state diffs */
    struct jam_hooks listener;  /* its log is called besides */
    struct pvm_buf text;        /* of the file, of which json is written as runs end */
    struct jam_out json;
    struct pvm_buf stopped_runs; /* uint64_t: whose stops are in it */
};

/* The series must stay where it is. */
PVM_MUST_USE enum pvm_status
cmd_series_init(struct cmd_series *series, const struct jam_profile *profile, struct pvm_err *err);
void cmd_series_deinit(struct cmd_series *series); /* idempotent */

/* For the runs; no functions when nothing is recorded. */
struct jam_hooks cmd_series_hooks(struct cmd_series *series);
/* The run ended, and its machines still exist; NULL when there was no code to run. part says what
 * it is called, and whether its outer machine goes on; the rest is the run's. */
void cmd_series_ended(struct cmd_series *series, const struct jam_run *run,
                      struct cmd_record_part part);

/* A line that the page shows. */
void cmd_series_log(struct cmd_series *series, const struct jam_log_line *line);

/* What the page says of all runs together. */
struct cmd_series_end {
    const char *name, *invocation, *outcome;
    const char *note; /* may be NULL */
    bool good;
    const struct jam_profile *profile;
};

PVM_MUST_USE enum pvm_status cmd_series_write(struct cmd_series *series, const char *path,
                                              const struct cmd_series_end *end,
                                              struct pvm_err *err);

/* The object of the file: members that say what happened are in it, others may be added. */
struct jam_out *cmd_series_json(struct cmd_series *series);
/* Ends it, and writes it to path. */
PVM_MUST_USE enum pvm_status cmd_series_save(struct cmd_series *series, const char *path,
                                             struct pvm_err *err);

#endif
