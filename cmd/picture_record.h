/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records a run for pvm report: what happened when, as counts of a fixed size however long the run
 * is. The file that comes of it is described in docs/reports.md.
 */
#ifndef CMD_PICTURE_RECORD_H
#define CMD_PICTURE_RECORD_H

#include "cmd/flame.h"
#include "cmd/report.h"

struct cmd_record;

/* Of the option --record: standard output is the report's. command begins the message, "run: ". */
PVM_MUST_USE enum pvm_status cmd_record_check(const struct cmd_args *args, unsigned option,
                                              const char *command, struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_record_new(struct cmd_record **out, struct pvm_err *err);
void cmd_record_free(struct cmd_record *record); /* NULL is fine */

/* As the hooks of host/context.h. With NULL they do nothing. */
void cmd_record_step(struct cmd_record *record, int64_t machine, const struct pvm_vm *vm);
void cmd_record_call(struct cmd_record *record, const struct jam_call_event *event);
void cmd_record_memory(struct cmd_record *record, const struct jam_memory_event *event);

/* After the last instruction; outer is the outer machine, NULL when there was none. */
void cmd_record_end(struct cmd_record *record, const struct pvm_vm *outer);

/* A run of a recording of several, as it ended. */
struct cmd_record_part {
    const char *name, *outcome; /* name is copied, outcome static */
    bool good;
    bool goes_on; /* the next run is of the same program: its outer machine is the same to us */
    uint64_t gas, gas_limit;
};

/* That run is over, and another one may follow in the same recording. */
void cmd_record_next(struct cmd_record *record, const struct cmd_record_part *part);
/* Calls the run of that number, from 0, by a name. */
void cmd_record_name(struct cmd_record *record, uint64_t run, const char *name);

/* Writes what there is to tell of the run, whose machines still exist, to path. flame has ended. */
PVM_MUST_USE enum pvm_status cmd_record_write(struct cmd_record *record, const char *path,
                                              const struct cmd_report *report,
                                              const struct cmd_flame *flame, struct pvm_err *err);

#endif
