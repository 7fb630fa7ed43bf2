/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the file that pvm report reads, as they are written. */
#ifndef CMD_PICTURE_TABLES_H
#define CMD_PICTURE_TABLES_H

#include "cmd/flame.h"
#include "corevm/driver_fib.h"
#include "host/json_out.h"

enum { CMD_PICTURE_VERSION = 1 };

struct cmd_record;
struct cmd_report;

/* Members of the object that is open: what happened when. report NULL: of runs that are over. */
void cmd_record_json(struct cmd_record *record, const struct cmd_report *report,
                     struct jam_out *json);
/* Call paths by gas, instruction mix, hottest blocks. */
void cmd_picture_flame_json(const struct cmd_flame *flame, struct jam_out *json);
/* The rounds of CoreVM's Fibonacci loop. */
void cmd_picture_corevm_json(const struct corevm_fib *fib, struct jam_out *json);
/* Text that others made, printable, at most that many octets of it. */
void cmd_picture_text_json(struct jam_out *json, const char *key, struct pvm_bytes text,
                           size_t most);

/* Lines of a state diff, and how many changes they tell of. */
void cmd_picture_changes_json(struct jam_out *json, struct pvm_bytes lines, uint64_t count);
/* Appends lines to the list of log lines that is open; *count: lines so far, which goes up. */
void cmd_picture_log_json(struct jam_out *json, struct pvm_bytes lines, uint64_t *count);

struct cmd_series;

/* Writes the recording of a whole loop to path. */
PVM_MUST_USE enum pvm_status cmd_record_write_fib(struct cmd_series *series, const char *path,
                                                  const struct corevm_fib_options *options,
                                                  const struct corevm_fib *fib,
                                                  struct pvm_err *err);

#endif
