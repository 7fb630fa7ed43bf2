/* SPDX-License-Identifier: Apache-2.0 */
/* Refine and Is-Authorized: runs made from a work package and state (GP 0.7.2 B.2, B.3, 14.4). */
#ifndef HOST_INVOKE_REFINE_H
#define HOST_INVOKE_REFINE_H

#include "host/invoke.h"
#include "host/state.h"

struct jam_refine_in {
    const struct jam_work_package *package;
    size_t item; /* below package->item_count */
    uint64_t core;
    struct pvm_bytes trace;           /* the authorizer's output */
    const struct jam_item_data *data; /* one per item */
    const struct jam_state *state;
    uint64_t export_offset;
};

/* What a caller may put in place of what the package and state say. Zero: nothing. */
struct jam_invoke_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct jam_params *params;   /* NULL: the full set */
    const struct pvm_alloc *alloc;
    const struct pvm_standard *program; /* this program instead of the one looked up; borrowed */
    bool has_args, has_entry, has_gas;
    struct pvm_bytes args; /* raw argument octets */
    uint64_t entry, gas;
    const struct jam_sources *sources; /* instead of package and state */
    struct jam_limits limits;
    struct jam_hooks hooks;
};

/* Psi_R up to the start. in, and all it points at, must outlive the run. PVM_E_USAGE for an item
 * that the package lacks. */
PVM_MUST_USE enum pvm_status jam_refine_new(const struct jam_refine_in *in,
                                            const struct jam_invoke_options *options,
                                            struct jam_run **out, struct pvm_err *err);

/* What the work report says of a refinement (GP 0.7.2 14.4, I): the outcome, which may be
 * BAD_EXPORTS or, from 0.6.6 on, OVERSIZE instead. size_before: octets of the authorizer's trace and
 * of the outputs of earlier items. Unless it is HALT, export_count zero segments stand in the
 * report. Before 0.6.6 a report with too large outputs is invalid as a whole. */
enum jam_outcome jam_refine_outcome(const struct jam_profile *profile,
                                    const struct jam_result *result, uint64_t export_count,
                                    uint64_t size_before, const struct jam_params *params);

/* Psi_I. The authorizer's code is looked up at the package's anchor. */
PVM_MUST_USE enum pvm_status jam_is_authorized_new(const struct jam_work_package *package,
                                                   uint64_t core, const struct jam_state *state,
                                                   const struct jam_invoke_options *options,
                                                   struct jam_run **out, struct pvm_err *err);

/* Code as state holds it: metadata behind its length, then the program (GP 0.7.2 9.1). False when
 * there is no such prefix. */
bool jam_code_split(struct pvm_bytes preimage, struct pvm_bytes *metadata,
                    struct pvm_bytes *program);

#endif
