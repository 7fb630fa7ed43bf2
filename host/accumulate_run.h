/* SPDX-License-Identifier: Apache-2.0 */
/* What Accumulate and On-Transfer do alike to make a run from an account; private to the two. */
#ifndef HOST_ACCUMULATE_RUN_H
#define HOST_ACCUMULATE_RUN_H

#include "host/accumulate_context.h"

/* A run being prepared. What the run needs for its whole life is in `owned`. */
struct jam_accumulate_owned {
    struct jam_accumulation acc;
    struct jam_params params;
    struct pvm_standard standard;
    struct pvm_err why;
    const struct pvm_alloc *alloc; /* of this struct itself */
};

struct jam_accumulate_run {
    const struct jam_accumulate_in *in;
    const struct jam_invoke_options *options;
    struct jam_run_config config;
    struct pvm_buf args;
    struct jam_accumulate_owned *owned;
};

/* credit: what the account gets before anything runs. On failure the run is over. PVM_E_USAGE for
 * a program of the caller's for an account that does not exist. */
PVM_MUST_USE enum pvm_status jam_accumulate_run_init(struct jam_accumulate_run *run,
                                                     enum jam_invocation invocation,
                                                     const struct jam_accumulate_in *in,
                                                     const struct jam_invoke_options *options,
                                                     uint64_t credit, struct pvm_err *err);
/* The run shall end at once, as outcome. why is static. */
void jam_accumulate_run_missing(struct jam_accumulate_run *run, enum jam_outcome outcome,
                                const char *why);
/* Takes the account's code, if the caller gave no program. */
void jam_accumulate_run_code(struct jam_accumulate_run *run);
/* Makes the run, with E(slot, service) and the inputs or their count as arguments. */
PVM_MUST_USE enum pvm_status jam_accumulate_run_finish(struct jam_accumulate_run *run,
                                                       struct jam_run **out, struct pvm_err *err);

#endif
