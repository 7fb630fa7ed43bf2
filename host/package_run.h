/* SPDX-License-Identifier: Apache-2.0 */
/* What Refine and Is-Authorized do alike to make a run from a package; private to the two. */
#ifndef HOST_PACKAGE_RUN_H
#define HOST_PACKAGE_RUN_H

#include "host/invoke_refine.h"
#include "host/package_source.h"

struct jam_package_run {
    const struct jam_work_package *package;
    const struct jam_invoke_options *options;
    struct jam_run_config config;
    struct jam_params params;
    struct pvm_standard standard;
    struct pvm_err why; /* text behind config.why */
    struct pvm_buf args;
    struct jam_package_source *source; /* owned until finish */
};

void jam_package_run_init(struct jam_package_run *run, enum jam_invocation invocation,
                          const struct jam_work_package *package,
                          const struct jam_invoke_options *options);

/* Lambda(state[service], lookup anchor, hash); false, with the run set to BAD, when there is none.
 */
bool jam_package_run_code(struct jam_package_run *run, const struct jam_state *state,
                          uint32_t service, const struct jam_hash *hash,
                          struct pvm_bytes *preimage);
/* Takes the metadata off; false, with the run set to BAD, when that is not possible. */
bool jam_package_run_split(struct jam_package_run *run, struct pvm_bytes preimage,
                           struct pvm_bytes *program);
/* Makes these octets the program; a panic without gas used when they are none (A.8). */
void jam_package_run_load(struct jam_package_run *run, struct pvm_bytes program);

/* Copies source to the heap and encodes what it serves. On failure the run is over. */
PVM_MUST_USE enum pvm_status jam_package_run_source(struct jam_package_run *run,
                                                    const struct jam_package_source *source,
                                                    struct pvm_err *err);
/* Makes the run of config, args and the options that replace them. */
PVM_MUST_USE enum pvm_status jam_package_run_finish(struct jam_package_run *run,
                                                    struct jam_run **out, struct pvm_err *err);

#endif
