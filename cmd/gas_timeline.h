/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of one basic block through the pipeline of GP 0.8.0 A.9, a line an instruction and a
 * column a cycle:
 *
 *     D====eeeeE--R..  add_imm_64 a0, a1, 5
 *
 * D decoded, = waiting for operands or a unit, e executing, E the result is there, - waiting for
 * its turn to retire, R retired. move_reg ends with its decoding.
 */
#ifndef CMD_GAS_TIMELINE_H
#define CMD_GAS_TIMELINE_H

#include "core/disasm.h"
#include "core/gas.h"

struct cmd_timeline {
    struct pvm_gas_step *steps; /* in program order, owned */
    size_t count;
    uint32_t columns;
    uint64_t cost;
    const struct pvm_alloc *alloc;
};

/* Of the block that starts at pc. PVM_E_LIMIT when it takes more than a million cycles. */
PVM_MUST_USE enum pvm_status cmd_timeline_make(const struct pvm_program *program, uint32_t pc,
                                               const struct pvm_alloc *alloc,
                                               struct cmd_timeline *out, struct pvm_err *err);
void cmd_timeline_deinit(struct cmd_timeline *timeline);

/* Appends the chart, each line behind indent. PVM_E_LIMIT when it would be larger than anyone can
 * look at. */
PVM_MUST_USE enum pvm_status cmd_timeline_print(const struct cmd_timeline *timeline,
                                                const struct pvm_program *program,
                                                const struct pvm_disasm_options *how,
                                                const char *indent, struct pvm_buf *out,
                                                struct pvm_err *err);

#endif
