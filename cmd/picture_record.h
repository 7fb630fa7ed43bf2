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

PVM_MUST_USE enum pvm_status cmd_record_new(struct cmd_record **out, struct pvm_err *err);
void cmd_record_free(struct cmd_record *record); /* NULL is fine */

/* As the hooks of host/context.h. With NULL they do nothing. */
void cmd_record_step(struct cmd_record *record, int64_t machine, const struct pvm_vm *vm);
void cmd_record_call(struct cmd_record *record, const struct jam_call_event *event);
void cmd_record_memory(struct cmd_record *record, const struct jam_memory_event *event);

/* After the last instruction; outer is the outer machine, NULL when there was none. */
void cmd_record_end(struct cmd_record *record, const struct pvm_vm *outer);
/* Another run follows in the same recording, with inner machines of its own. */
void cmd_record_next(struct cmd_record *record);

/* Writes what there is to tell of the run, whose machines still exist, to path. flame has ended. */
PVM_MUST_USE enum pvm_status cmd_record_write(struct cmd_record *record, const char *path,
                                              const struct cmd_report *report,
                                              const struct cmd_flame *flame, struct pvm_err *err);

#endif
