/* SPDX-License-Identifier: Apache-2.0 */
/* A trace under replay: what loading it (vector_ecalli_load.c) and following it (vector_ecalli.c)
 * share. */
#ifndef HOST_VECTOR_ECALLI_PARTS_H
#define HOST_VECTOR_ECALLI_PARTS_H

#include "host/invoke.h"
#include "host/price.h"
#include "host/vector_ecalli.h"

enum { JAM_ECALLI_PART = 4096 }; /* octets that are decoded at a time */

struct jam_ecalli_replay {
    struct jam_ecalli_reader *reader;
    struct jam_vector_result *result;
    const struct jam_vector_options *options;
    struct jam_ecalli_line line; /* the one that is looked at, never a comment */
    bool more;                   /* there is one */
    struct jam_ecalli_line call; /* the last host call */
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_context ctx; /* for limits, prices and the heap */
    struct pvm_buf blob, args;
    struct pvm_blob parts; /* of blob */
    size_t blob_line;
    struct pvm_vm vm;
    bool has_ctx, has_vm;
    uint64_t most; /* gas that it is followed for */
};

/* Moves to the next line that is no comment. */
PVM_MUST_USE enum pvm_status jam_ecalli_replay_next(struct jam_ecalli_replay *r,
                                                    struct pvm_err *err);
/* Reads a trace to its start, which is then looked at, and makes the machine. Registers of a
 * standard program are those the GP gives it, others are the trace's. */
PVM_MUST_USE enum pvm_status jam_ecalli_replay_load(struct jam_ecalli_replay *r, const char *path,
                                                    const struct jam_vector_options *options,
                                                    struct pvm_err *err);
void jam_ecalli_replay_deinit(struct jam_ecalli_replay *r);

/* Puts a line's octets into the machine's memory, whatever the access there. */
PVM_MUST_USE enum pvm_status jam_ecalli_replay_put(struct jam_ecalli_replay *r,
                                                   const struct jam_ecalli_line *line,
                                                   struct pvm_err *err);

#endif
