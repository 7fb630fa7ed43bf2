/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a run, kept to come back to: its machines, and what host calls act on. It belongs to
 * no run: any other that was made in the same way, on the same state, can be put into it.
 */
#ifndef HOST_RUN_SAVED_H
#define HOST_RUN_SAVED_H

#include "core/vm_saved.h"
#include "host/invoke.h"

struct jam_run_saved;

/* Whether a run's state can be kept at all: not when an extension has some of its own. */
bool jam_run_may_save(const struct jam_run *run);
/* The state as the step hook finds it; machine: whose instruction comes, -1 for the outer one. Of
 * an inner machine not at the first instruction of an invocation, and where gas is paid by the
 * block only at the start of one, which is not paid for yet. before: an earlier state, in the same
 * budget, or NULL. PVM_E_LIMIT: the budget does not reach. */
PVM_MUST_USE enum pvm_status jam_run_save(struct jam_run *run, int64_t machine,
                                          const struct jam_run_saved *before,
                                          struct pvm_budget *budget, struct jam_run_saved **out,
                                          struct pvm_err *err);
/* Puts a run that was just made, and has a step hook, into that state: jam_run_some goes on with
 * the instruction that was about to come. After a failure the run is fit for jam_run_free only. */
PVM_MUST_USE enum pvm_status jam_run_restore(struct jam_run *run, const struct jam_run_saved *saved,
                                             struct pvm_err *err);
void jam_run_saved_free(struct jam_run_saved *saved); /* NULL is fine */

#endif
