/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service's run is made from: a fixture, which without a file is a package of one work item,
 * and the options that say something else than it.
 */
#ifndef CMD_RUN_INPUT_H
#define CMD_RUN_INPUT_H

#include "cmd/run.h"
#include "cmd/state_input.h"
#include "host/fixture.h"

struct cmd_run_input {
    struct jam_state_file *state; /* of --state, NULL without it */
    struct jam_fixture *fixture;  /* its state has that one's services, too */
    /* What options of these names say. */
    struct pvm_buf args, payload, config, token, trace;
};

/* Reads a fixture or a bundle snapshot; path NULL: everything is filled in. Sets how->folder for
 * the time of the call. */
PVM_MUST_USE enum pvm_status cmd_fixture_load(const char *path, struct jam_fixture_options *how,
                                              struct jam_fixture **out, struct pvm_err *err);

/* Reads --state, --fixture and the options that change what they say, and sets run->profile to the
 * version that all this together asks for. out is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status cmd_run_input_load(struct cmd_run *run, enum jam_invocation invocation,
                                                struct cmd_run_input *out, struct pvm_err *err);
void cmd_run_input_deinit(struct cmd_run_input *input);

#endif
