/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service's run is made from: the fixture, or without one a package of a single work item,
 * with what the options say in place of it.
 */
#ifndef CMD_RUN_INPUT_H
#define CMD_RUN_INPUT_H

#include "cmd/run.h"
#include "host/invoke_refine.h"

struct cmd_run_input {
    bool from_fixture;
    struct jam_params params;
    struct jam_work_package package;
    struct jam_work_item *items; /* package.items, owned */
    const struct jam_item_data *data;
    struct jam_item_data *owned_data;
    struct jam_state state;
    struct pvm_bytes trace;
    uint64_t core, item, export_offset;
    struct pvm_buf args;    /* of --args */
    struct pvm_buf payload; /* of --payload */
};

/* Also reads --payload, --args, --core and --item. out is deinitialised in every case. */
PVM_MUST_USE enum pvm_status cmd_run_input_load(const struct cmd_run *run,
                                                struct cmd_run_input *out, struct pvm_err *err);
void cmd_run_input_deinit(struct cmd_run_input *input);

#endif
