/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host calls made one by one from outside, without a program that makes them: for tables of calls.
 *
 *     options.program = jam_direct_program();
 *     jam_accumulate_new(&in, &options, &run, err);    or any other jam_..._new
 *     jam_direct_begin(run, err);
 *     struct pvm_vm *vm = jam_direct_vm(run);          set registers and gas, map and fill memory
 *     jam_direct_call(run, JAM_CALL_NEW, &exit, err);  as often as wanted
 *     jam_direct_end(run, PVM_EXIT_HALT, err);         then effects and result as of any run
 */
#ifndef HOST_DIRECT_H
#define HOST_DIRECT_H

#include "host/invoke.h"

/* A program of one instruction, static. */
const struct pvm_standard *jam_direct_program(void);

/* Takes memory away from the machine, and sets its registers to 0; it keeps its gas. */
PVM_MUST_USE enum pvm_status jam_direct_begin(struct jam_run *run, struct pvm_err *err);
/* The machine whose registers, gas and memory the calls see. NULL when the run has no program. */
struct pvm_vm *jam_direct_vm(struct jam_run *run);

/* Makes a call: *exit is PVM_EXIT_CONTINUE, _PANIC or _OOG. PVM_E_USAGE when the version has no
 * such call. */
PVM_MUST_USE enum pvm_status jam_direct_call(struct jam_run *run, enum jam_call_id id,
                                             enum pvm_exit *exit, struct pvm_err *err);
/* The same by number, which need not be one that the version knows. */
PVM_MUST_USE enum pvm_status jam_direct_call_number(struct jam_run *run, uint64_t number,
                                                    enum pvm_exit *exit, struct pvm_err *err);

/* Ends the run in place of jam_run_go: PVM_EXIT_HALT without output, PVM_EXIT_PANIC or
 * PVM_EXIT_OOG. */
PVM_MUST_USE enum pvm_status jam_direct_end(struct jam_run *run, enum pvm_exit exit,
                                            struct pvm_err *err);

#endif
