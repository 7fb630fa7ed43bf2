/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace that is read: of any of our forms, packed or not, or the log of another implementation.
 * Which it is shows in its first octets. Constant memory, whatever the length of the trace. What is
 * malformed is told with file and line, or place.
 */
#ifndef CMD_TRACE_SOURCE_H
#define CMD_TRACE_SOURCE_H

#include "cmd/trace_log.h"
#include "cmd/trace_sink.h"

enum cmd_trace_kin {
    CMD_TRACE_OURS_TEXT,
    CMD_TRACE_OURS_JSON,
    CMD_TRACE_OURS_BINARY,
    CMD_TRACE_LOG
};

/* Programs that traces tell only the hash of, from --blob. */
struct cmd_trace_blobs {
    struct cmd_program *list;
    size_t count;
};

struct cmd_trace_source {
    struct cmd_trace_in in;
    enum cmd_trace_kin kin;
    struct cmd_trace_meta meta;
    const struct jam_profile *profile; /* what a trace does not say it is of is of this */
    const struct cmd_trace_blobs *blobs;
    struct cmd_trace_known known;
    bool ended;       /* its end was read */
    bool filtered;    /* not every event is there */
    uint64_t count;   /* events read */
    uint64_t call_pc; /* of the last instruction of the outer machine */
    /* BINARY: the block that is read, and where it stands in the file */
    struct pvm_buf block;
    size_t block_at;
    uint64_t offset;
    /* LOG: an instruction whose lines may not all be read */
    bool pending;
    struct cmd_trace_record next;
    struct cmd_trace_log log;
    struct pvm_program *only; /* the first of blobs; one reference, or NULL */
};

/* blobs may be NULL, and like profile lives longer. source is deinitialised in every case. */
PVM_MUST_USE enum pvm_status cmd_trace_source_open(struct cmd_trace_source *source,
                                                   const char *path,
                                                   const struct jam_profile *profile,
                                                   const struct cmd_trace_blobs *blobs,
                                                   struct pvm_err *err);
void cmd_trace_source_deinit(struct cmd_trace_source *source);

/* The next event; *more false: there is none. What it borrows lives until the next call. */
PVM_MUST_USE enum pvm_status cmd_trace_source_next(struct cmd_trace_source *source,
                                                   struct cmd_trace_record *record, bool *more,
                                                   struct pvm_err *err);

/* Reads --blob, all values of the list option. */
PVM_MUST_USE enum pvm_status cmd_trace_blobs_load(struct cmd_trace_blobs *blobs,
                                                  const struct cmd_args *args, unsigned option,
                                                  struct pvm_err *err);
void cmd_trace_blobs_deinit(struct cmd_trace_blobs *blobs);

/* ---- the forms, for trace_source.c ---- */

PVM_MUST_USE enum pvm_status cmd_trace_unpack(struct cmd_trace_source *source,
                                              struct cmd_trace_record *record, bool *more,
                                              struct pvm_err *err);
/* Reads what stands before the first block. */
PVM_MUST_USE enum pvm_status cmd_trace_unpack_start(struct cmd_trace_source *source,
                                                    struct pvm_err *err);
/* One line; *is_event: it gave one. */
PVM_MUST_USE enum pvm_status cmd_trace_read_text(struct cmd_trace_source *source,
                                                 struct pvm_bytes line,
                                                 struct cmd_trace_record *record, bool *is_event,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_trace_read_json(struct cmd_trace_source *source,
                                                 struct pvm_bytes line,
                                                 struct cmd_trace_record *record, bool *is_event,
                                                 struct pvm_err *err);

/* "FILE: line N: ...", PVM_E_MALFORMED. */
enum pvm_status cmd_trace_fail_line(const struct cmd_trace_source *source, const char *what,
                                    struct pvm_err *err);
/* Takes the version a trace says it is of. */
PVM_MUST_USE enum pvm_status cmd_trace_source_version(struct cmd_trace_source *source,
                                                      const char *gp, struct pvm_err *err);
/* TEXT, JSON: a machine runs the program with this hash. */
PVM_MUST_USE enum pvm_status cmd_trace_source_program(struct cmd_trace_source *source,
                                                      int64_t machine, const struct jam_hash *id,
                                                      struct pvm_err *err);
/* Of an event that says what changed: fills in all registers as far as they are known, and what
 * else follows from the program; for lines the record's op comes from its text. */
void cmd_trace_source_fill(struct cmd_trace_source *source, struct cmd_trace_record *record,
                           unsigned set, const uint64_t values[PVM_REG_COUNT]);
/* The same for an event of the outer machine in a trace whose registers are said. */
void cmd_trace_source_registers(struct cmd_trace_source *source, int64_t machine, unsigned set,
                                const uint64_t values[PVM_REG_COUNT]);
/* The mnemonic that text begins with; PVM_OP_COUNT: none. */
enum pvm_op cmd_trace_op_of(struct pvm_bytes text);
/* 0 to 12 for ra .. a5, else PVM_REG_COUNT. */
unsigned cmd_trace_register(struct pvm_bytes name);

#endif
