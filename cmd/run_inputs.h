/* SPDX-License-Identifier: Apache-2.0 */
/* --transfer and --operand of pvm run: what Accumulate and On-Transfer are given. */
#ifndef CMD_RUN_INPUTS_H
#define CMD_RUN_INPUTS_H

#include "cmd/run.h"
#include "host/accumulate.h"
#include "host/arena.h"

struct cmd_inputs {
    struct jam_arena arena;
    struct jam_input *list; /* transfers, then operands, each in the order given */
    size_t count, transfer_count;
    uint64_t gas; /* of all, saturating */
};

/* What fields that are not given are. */
struct cmd_inputs_absent {
    uint32_t service; /* transfers go here, and come from here */
    uint64_t transfer_gas;
    uint64_t operand_gas;
};

/* PVM_E_USAGE, naming option and value, for what is wrong. out is deinitialised by the caller in
 * every case. */
PVM_MUST_USE enum pvm_status cmd_inputs_parse(const struct cmd_args *args,
                                              const struct cmd_inputs_absent *absent,
                                              struct cmd_inputs *out, struct pvm_err *err);
void cmd_inputs_deinit(struct cmd_inputs *inputs);

#endif
