/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All kinds of public test files behind one face: which kind a file is, and its cases replayed. A
 * kind is a row of jam_suite_kinds; whoever runs files knows nothing else.
 */
#ifndef HOST_SUITE_H
#define HOST_SUITE_H

#include "host/vector.h"

struct jam_suite_file {
    const char *path; /* for messages, for the version, and to find files beside it */
    struct pvm_bytes octets;
};

struct jam_suite_options {
    struct jam_vector_options vector;
    /* Of traces, only those whose file's number is within; to 0: no last one. */
    uint64_t from, to;
};

/* Gets each case of a file in order. name is the case's within its file; "" when the file is one
 * case. result is the caller's until this returns. */
typedef enum pvm_status (*jam_suite_sink)(void *user, const char *name,
                                          const struct jam_vector_result *result,
                                          struct pvm_err *err);

struct jam_suite_kind {
    const char *name; /* "pvm-programs", "stf-accumulate", ...: a row of the summary */
    /* Whether a file is of this kind, by its path and contents; rows are asked in order. Cheap, and
     * true also for a file of the kind that is broken further in. */
    bool (*is)(const struct jam_suite_file *file);
    /* Replays it. Cases that differ are results; a file that cannot be read as what it looks like
     * is PVM_E_MALFORMED with the place, and what the sink returns ends the run. */
    enum pvm_status (*run)(const struct jam_suite_file *file,
                           const struct jam_suite_options *options, jam_suite_sink sink, void *user,
                           struct pvm_err *err);
};

extern const struct jam_suite_kind jam_suite_kinds[]; /* ended by a row without a name */

/* The kind a file is of; NULL: none that we know. */
const struct jam_suite_kind *jam_suite_kind_of(const struct jam_suite_file *file);

#endif
