/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public test vectors replayed: what the kinds of them have in common. A vector that does not hold
 * is a result, with its first difference in words; a file that is none, or our own failure, is a
 * status.
 */
#ifndef HOST_VECTOR_H
#define HOST_VECTOR_H

#include "host/context.h"
#include "host/state.h"

struct jam_vector_options {
    const struct jam_profile *profile; /* NULL: what the path or else the contents say */
    const struct pvm_alloc *alloc;
    struct jam_limits limits; /* of each run */
};

struct jam_vector_result {
    bool passed;
    struct pvm_buf why; /* the first difference, when not passed */
    const struct jam_profile *profile; /* the version it was replayed under; NULL: not said */
    size_t runs;        /* invocations */
    uint64_t gas;       /* they used */
    /* Of traces: key-values that the block changed, by its or our account; how many of them were
     * compared; how many belong to parts of the protocol that are not ours, and which those are
     * (bit i for C(i)). */
    size_t changed, checked, foreign;
    uint32_t foreign_components;
    /* Why there was nothing to check, static text; NULL: there was. passed is set all the same. */
    const char *skipped;
};

void jam_vector_result_init(struct jam_vector_result *result, const struct pvm_alloc *alloc);
void jam_vector_result_deinit(struct jam_vector_result *result);

/* The version that a path names, as in "stf/v0.7.2/tiny/a.json" or "v0.7.0-storage_light/1.bin":
 * the last one that does; NULL: none. Vectors of 0.8.0 are by its reading "0.8.0-vectors". */
const struct jam_profile *jam_vector_profile(const char *path);

/* Whether a vector's octets are JSON rather than binary: an object, and no zero octet anywhere. */
bool jam_vector_is_text(struct pvm_bytes octets);

/* Statistics of services as binary vectors have them: their number, then ids and records. The
 * reader fails for what is none. */
PVM_MUST_USE enum pvm_status jam_vector_read_stats(const struct jam_profile *profile,
                                                   struct pvm_reader *reader,
                                                   struct jam_state *state, struct pvm_err *err);

#endif
