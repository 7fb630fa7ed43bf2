/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public vectors of accumulation as a state transition (stf/accumulate): reports that became
 * available, the state before and after, and the root of the outputs. JSON, and the binary form of
 * the same.
 */
#ifndef HOST_VECTOR_STF_H
#define HOST_VECTOR_STF_H

#include "host/block.h"
#include "host/state_file.h"
#include "host/vector.h"

struct jam_stf {
    const struct jam_profile *profile;
    struct jam_params params;
    uint32_t slot;
    struct jam_report *reports;
    size_t report_count;
    struct pvm_buf encoded; /* the reports, one behind the other, or the whole binary form */
    struct jam_state_file *before, *after;
    bool valid; /* the block is; else nothing may change */
    struct jam_hash root;
};

/* Whether octets look like such a vector in JSON: an object with input, pre_state, output and
 * post_state, and reports among the input. */
bool jam_stf_is_json(struct pvm_bytes text);

/* name is the file's path, for messages and, unless options says it, the version. JSON is told from
 * binary by its contents. */
PVM_MUST_USE enum pvm_status jam_stf_load(struct pvm_bytes octets, const char *name,
                                          const struct jam_vector_options *options,
                                          struct jam_stf **out, struct pvm_err *err);
void jam_stf_free(struct jam_stf *stf); /* NULL is fine */

/* Accumulates and compares. result must be initialised; the vector stays as it is. */
PVM_MUST_USE enum pvm_status jam_stf_run(const struct jam_stf *stf,
                                         const struct jam_vector_options *options,
                                         struct jam_vector_result *result, struct pvm_err *err);

/* The binary form; private to vector_stf*.c. stf has a profile; octets must outlive it. */
PVM_MUST_USE enum pvm_status jam_stf_decode(struct pvm_bytes octets, struct jam_stf *stf,
                                            const struct pvm_alloc *alloc, struct pvm_err *err);

#endif
