/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pvm run tells about a finished run, for people and as JSON (docs/cli.md). A service's run
 * has a jam_run, a raw program's only its machine.
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/guest_log.h"
#include "cmd/stop.h"
#include "host/invoke.h"

struct cmd_accumulated; /* cmd/report_accumulate.h */

struct cmd_report {
    const char *file;
    const char *mode; /* "refine", "is_authorized", "raw" */
    const struct jam_profile *profile;
    const char *outcome;     /* GP's name of how the invocation ended */
    const char *note;        /* a sentence that goes with the outcome, NULL for none */
    const char *work_result; /* Refine: what a work report says of it, else NULL */
    const char *work_note;   /* why that differs from the outcome, NULL if it does not */
    bool good;               /* exit code 0 */
    bool limited;            /* a limit of pvm's ended it, which note names: there is no result */
    /* Is-Authorized: the package's authorizer, and whether it is in the core's pool. */
    bool authorizes, pool_known, in_pool;
    uint64_t core;
    struct jam_hash authorizer;
    const struct cmd_accumulated *accumulated; /* Accumulate and On-Transfer, else NULL */
    uint64_t gas_limit, gas_left;
    const struct jam_run *run;         /* NULL for a raw program */
    const struct jam_context *context; /* of run */
    const struct pvm_vm *vm;           /* the outer machine, NULL when there was no code */
    struct cmd_log_source log_source;
    struct cmd_stop stops[2]; /* outer machine, then an inner one */
    unsigned stop_count;
    struct pvm_buf dumps; /* struct cmd_dump, raw or not */
};

/* A range of memory to print. */
struct cmd_dump {
    uint64_t address, len;
};

/* Fills stops from run and vm: where a run that did not halt stopped, and the inner machine that
 * failed last, whatever became of the outer one. */
void cmd_report_stops(struct cmd_report *report, enum pvm_exit exit,
                      const struct cmd_symbols *symbols, const struct jam_hash *id);

/* The same for a run that a limit of pvm's ended. */
void cmd_report_limit(struct cmd_report *report, const char *limit,
                      const struct cmd_symbols *symbols, const struct jam_hash *id);

void cmd_report_text(const struct cmd *cmd, const struct cmd_report *report, struct pvm_buf *out);
void cmd_report_json(const struct cmd_report *report, struct pvm_buf *out);

static inline const struct cmd_dump *cmd_report_dumps(const struct cmd_report *report,
                                                      size_t *count)
{
    *count = report->dumps.len / sizeof(struct cmd_dump);
    return (const struct cmd_dump *)(const void *)report->dumps.ptr;
}

#endif
