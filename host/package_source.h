/* SPDX-License-Identifier: Apache-2.0 */
/* What fetch and historical_lookup answer from: a work package, its resolved data and state. */
#ifndef HOST_PACKAGE_SOURCE_H
#define HOST_PACKAGE_SOURCE_H

#include "host/context.h"
#include "host/state.h"

struct jam_package_source {
    const struct jam_profile *profile;
    const struct jam_work_package *package;
    const struct jam_state *state; /* NULL: no lookups */
    /* Set for Refine only; Is-Authorized sees neither (GP 0.7.2 B.2, B.3). */
    bool refine;
    size_t item;
    struct pvm_bytes trace;
    const struct jam_item_data *data;
    /* Encoded once. */
    struct pvm_buf params, encoded, context, authorizer, summaries;
    size_t first_summary; /* octets before the first one in summaries */
};

/* Encodes what there is to encode; the fields above it must be set. */
PVM_MUST_USE enum pvm_status jam_package_source_fill(struct jam_package_source *source,
                                                     const struct jam_params *params,
                                                     const struct pvm_alloc *alloc,
                                                     struct pvm_err *err);
void jam_package_source_deinit(struct jam_package_source *source);

/* The functions of struct jam_sources; user is the struct above. */
enum pvm_status jam_package_fetch(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                  bool *found, struct pvm_bytes *value, struct pvm_err *err);
enum pvm_status jam_package_lookup(void *user, uint64_t service, const struct jam_hash *hash,
                                   bool *found, struct pvm_bytes *value, struct pvm_err *err);

#endif
