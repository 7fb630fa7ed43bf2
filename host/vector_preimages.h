/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public vectors of preimages as a state transition (stf/preimages): the extrinsic, the
 * preimages and requests of a few accounts before and after, and whether the block is valid. JSON,
 * and the binary form of the same.
 */
#ifndef HOST_VECTOR_PREIMAGES_H
#define HOST_VECTOR_PREIMAGES_H

#include "host/arena.h"
#include "host/block.h"
#include "host/vector.h"

struct jam_preimages_vector {
    const struct jam_profile *profile;
    uint32_t slot;
    struct jam_block_preimage *preimages;
    size_t preimage_count;
    struct jam_state before, after;
    enum jam_preimage_rule rule; /* expected */
    struct jam_arena arena;      /* the extrinsic */
};

/* Whether octets look like such a vector in JSON: preimages and a slot are its input. */
bool jam_preimages_is_json(struct pvm_bytes text);

/* name is the file's path, for messages and, unless options says it, the version. */
PVM_MUST_USE enum pvm_status jam_preimages_load(struct pvm_bytes octets, const char *name,
                                                const struct jam_vector_options *options,
                                                struct jam_preimages_vector **out,
                                                struct pvm_err *err);
void jam_preimages_free(struct jam_preimages_vector *vector); /* NULL is fine */

/* Checks, integrates and compares. result must be initialised; the vector stays as it is. */
PVM_MUST_USE enum pvm_status jam_preimages_run(const struct jam_preimages_vector *vector,
                                               struct jam_vector_result *result,
                                               struct pvm_err *err);

#endif
