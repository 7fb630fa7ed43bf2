/* SPDX-License-Identifier: Apache-2.0 */
/* A run file, as pvm run --record wrote it, or as anybody did: everything in it is checked. */
#ifndef CMD_PICTURE_READ_H
#define CMD_PICTURE_READ_H

#include "cmd/picture_bins.h"
#include "host/json.h"

/* Members of the file; those of type struct jam_json are read when they are drawn. */
struct cmd_picture {
    uint64_t pvm_run;
    const char *name, *invocation, *gp, *outcome, *note_text, *work_result;
    bool good;
    uint64_t gas_limit, gas_used, inner_gas_used;
    const char *output, *export_root;
    uint64_t output_size, exports;
    struct jam_json log, changes, stopped, stopped_runs;
    uint64_t log_lines, change_count;
    uint64_t instructions, bin, bins; /* a bin is so many instructions; how many are used */
    const char *gas, *inner_gas;
    struct jam_json calls, first_calls, machines;
    uint64_t calls_unlisted, call_count, machines_unlisted;
    uint64_t flame_total;
    struct jam_json flame, blocks, mix, corevm, runs;
    uint64_t runs_unlisted, change_lines;
    struct jam_json root;
    struct jam_json_doc *doc;
    struct pvm_buf text;
};

/* out is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status cmd_picture_load(const char *path, struct cmd_picture *out,
                                              struct pvm_err *err);
void cmd_picture_deinit(struct cmd_picture *picture);

/* A member of the list "runs", of a recording of several. */
struct cmd_picture_part {
    const char *name, *outcome;
    bool good;
    uint64_t at, gas, gas_limit;
};

/* A member of the list "calls". */
struct cmd_picture_call {
    struct jam_json name;
    uint64_t number, count, gas;
    struct jam_json bins;
};

/* One of "machines", and one of its "rows". */
struct cmd_picture_machine {
    struct jam_json id, program, expunged, exits, map, rows;
    uint64_t run; /* which of the list "runs" made it */
    bool each;    /* outer: every run has one of its own */
    uint64_t created, instructions, gas, invocations, row_pages;
    struct jam_json bins;
};

struct cmd_picture_row {
    uint64_t page, reads, writes, first, last;
    struct jam_json read, written;
};

PVM_MUST_USE enum pvm_status cmd_picture_part(struct jam_json json, struct cmd_picture_part *out,
                                              struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_picture_call(struct jam_json json, struct cmd_picture_call *out,
                                              struct pvm_err *err);
PVM_MUST_USE enum pvm_status
cmd_picture_machine(struct jam_json json, struct cmd_picture_machine *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_picture_row(struct jam_json json, struct cmd_picture_row *out,
                                             struct pvm_err *err);

/* "0:5 7:1" as counts; nothing there is no counts. */
PVM_MUST_USE enum pvm_status cmd_picture_bins(struct jam_json json, struct cmd_bins *out,
                                              struct pvm_err *err);
/* Numbers with blanks between them, at most CMD_BINS + 1. name is what messages call the text. */
PVM_MUST_USE enum pvm_status cmd_picture_values(const struct cmd_picture *picture, const char *name,
                                                const char *text, uint64_t out[CMD_BINS + 1],
                                                unsigned *count, struct pvm_err *err);
/* A text that may be null or not there. */
PVM_MUST_USE enum pvm_status cmd_picture_text(struct jam_json json, const char *absent,
                                              const char **out, struct pvm_err *err);

#endif
