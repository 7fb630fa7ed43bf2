/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of traces: octets on their way out, through zstd when the name ends with .zst, and octets
 * and lines on their way in, through zstd when they begin as such. A few hundred kilobytes of
 * memory, whatever the size of the file. Errors name the file.
 */
#ifndef CMD_TRACE_STREAM_H
#define CMD_TRACE_STREAM_H

#include "core/bytes.h"

#include <signal.h>
#include <zstd.h>

/* Longer lines are none of a trace. */
enum { CMD_TRACE_LINE = 1 << 16, CMD_TRACE_CHUNK = 1 << 16 };

/* Zero-initialised: closed. */
struct cmd_trace_out {
    const char *name; /* in messages */
    int fd;
    bool open, owned;
    bool waits; /* a write may wait for a reader: no regular file */
    /* Of signals when a reader takes nothing; NULL: as at any time. Borrowed. */
    const sigset_t *mask;
    struct pvm_buf text; /* what is not written yet: append to it, then call flow */
    ZSTD_CCtx *zstd;     /* NULL: not compressed */
    uint8_t *packed;
};

/* "-" is standard output, or with to_stderr standard error, and so is the file that a standard
 * stream goes to. Another file that is there is overwritten. */
PVM_MUST_USE enum pvm_status cmd_trace_out_open(struct cmd_trace_out *out, const char *path,
                                                bool to_stderr, struct pvm_err *err);
/* Writes what is there once it is enough. */
PVM_MUST_USE enum pvm_status cmd_trace_out_flow(struct cmd_trace_out *out, struct pvm_err *err);
/* Writes all and closes. */
PVM_MUST_USE enum pvm_status cmd_trace_out_close(struct cmd_trace_out *out, struct pvm_err *err);
void cmd_trace_out_deinit(struct cmd_trace_out *out); /* without writing; idempotent */

struct cmd_trace_in {
    const char *name;
    int fd;
    bool owned, ended, packed_ended;
    ZSTD_DCtx *zstd;  /* NULL: not compressed */
    size_t zstd_left; /* 0: between frames */
    uint8_t *packed;  /* what zstd reads */
    ZSTD_inBuffer from;
    uint8_t *octets; /* [at, len) is there to be read */
    size_t at, len;
    uint64_t line; /* lines read */
    bool skips;    /* lines that are too long are empty */
};

PVM_MUST_USE enum pvm_status cmd_trace_in_open(struct cmd_trace_in *in, const char *path,
                                               struct pvm_err *err);
void cmd_trace_in_deinit(struct cmd_trace_in *in); /* idempotent */
/* At least count octets (at most CMD_TRACE_LINE) there to be read, if the file has that many. */
PVM_MUST_USE enum pvm_status cmd_trace_in_fill(struct cmd_trace_in *in, size_t count,
                                               struct pvm_err *err);
/* The next line without its newline, which lives until the next call; more false: there is none.
 * PVM_E_MALFORMED: it is too long, and not skipped. */
PVM_MUST_USE enum pvm_status cmd_trace_in_line(struct cmd_trace_in *in, struct pvm_bytes *line,
                                               bool *more, struct pvm_err *err);
/* The trace is over. Behind its end there may be more, such as the report of the run; but what is
 * packed must be whole, and of a pipe the rest is taken, so that its writer does not find it
 * closed.
 */
PVM_MUST_USE enum pvm_status cmd_trace_in_end(struct cmd_trace_in *in, struct pvm_err *err);
/* PVM_E_MALFORMED "FILE: message". */
enum pvm_status cmd_trace_in_fail(const struct cmd_trace_in *in, struct pvm_err *err,
                                  const char *fmt, ...) PVM_PRINTF(3, 4);

#endif
