/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public traces of imported blocks: the key-values of a state, a block, and those of the state
 * after it; in binary or JSON.
 */
#ifndef HOST_VECTOR_TRACE_H
#define HOST_VECTOR_TRACE_H

#include "host/chain.h"
#include "host/vector.h"

struct jam_trace {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_map before, after; /* 31-octet keys */
    struct pvm_buf block;         /* E(block) */
    const struct pvm_alloc *alloc;
};

/* Whether octets look like a trace: a binary one begins with a state, one in JSON has key-values in
 * its pre_state. A genesis file is none. */
bool jam_trace_is(struct pvm_bytes octets);

/* name is the file's path, for messages and, unless options says it, the version. PVM_E_MALFORMED
 * also when a state's root is not that of its key-values. */
PVM_MUST_USE enum pvm_status jam_trace_load(struct pvm_bytes octets, const char *name,
                                            const struct jam_vector_options *options,
                                            struct jam_trace **out, struct pvm_err *err);
void jam_trace_free(struct jam_trace *trace); /* NULL is fine */

/* Imports the block and compares. result must be initialised; the trace stays as it is. */
PVM_MUST_USE enum pvm_status jam_trace_run(const struct jam_trace *trace,
                                           const struct jam_vector_options *options,
                                           struct jam_vector_result *result, struct pvm_err *err);

#endif
