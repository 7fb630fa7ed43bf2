/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction trace: one line an instruction, in the order they ran, whichever machine they ran
 * in, and one line a host call.
 *
 *     step machine pc  instruction                          gas changed registers
 *        1 -      0x000000  jump @0x5                      9999
 *        2 -      0x000005  load_imm a0, 7                 9998 a0=0x7
 *
 * gas is what the machine had before the instruction. machine is - for the outer one.
 */
#ifndef CMD_TRACE_H
#define CMD_TRACE_H

#include "cmd/load.h"
#include "core/vm.h"
#include "host/context.h"

struct cmd_trace {
    struct cmd *cmd;
    bool to_stderr; /* else to cmd->out */
    const struct jam_profile *profile;
    const struct cmd_symbols *symbols;
    struct pvm_buf text; /* what is not written yet, on its way to standard error */
    uint64_t steps;
    /* The instruction that is under way: its line is written once its effect is known. */
    bool pending;
    int64_t machine;
    const struct pvm_vm *vm;
    uint64_t pc, gas;
    uint64_t regs[PVM_REG_COUNT];
    const struct pvm_program *named; /* program whose symbols are in `names` */
    const struct pvm_symbols *names;
};

void cmd_trace_init(struct cmd_trace *trace, struct cmd *cmd, bool to_stderr,
                    const struct jam_profile *profile, const struct cmd_symbols *symbols);
/* Called before each instruction and after each host call. A write that fails ends the process:
 * there is no other way out of a run in which the trace's reader is gone. */
void cmd_trace_step(struct cmd_trace *trace, int64_t machine, const struct pvm_vm *vm);
void cmd_trace_call(struct cmd_trace *trace, const struct jam_call_event *event);
/* Writes the last line; the machines still exist. */
void cmd_trace_end(struct cmd_trace *trace);
void cmd_trace_deinit(struct cmd_trace *trace);

#endif
