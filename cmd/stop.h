/* SPDX-License-Identifier: Apache-2.0 */
/* Where a machine stopped and why: position, instructions around it, registers, memory. */
#ifndef CMD_STOP_H
#define CMD_STOP_H

#include "cmd/load.h"
#include "core/vm.h"
#include "host/json_out.h"

/* A machine as its last run left it. */
struct cmd_stop {
    int64_t machine; /* id of an inner machine, -1 for the outer one */
    const struct pvm_vm *vm;
    enum pvm_exit exit;
    uint64_t arg; /* HOST: number, FAULT: page address */
    uint64_t pc;  /* the instruction that ended the run */
    const struct jam_profile *profile;
    const struct pvm_symbols *symbols; /* may be NULL */
    const char *limit; /* the limit of pvm's that ended the run, in place of exit; else NULL */
};

/* Appends why, as far as machine and program tell: "load of 8 octets at 0x12345: not mapped". */
void cmd_stop_reason(const struct cmd_stop *stop, struct pvm_buf *out);

/* Appends "42 = 0x2a (refine_loop+6)", without symbols "42 = 0x2a". */
void cmd_position(uint64_t pc, const struct pvm_symbols *symbols, struct pvm_buf *out);

/* Appends all registers, three to a line. */
void cmd_registers(const uint64_t regs[PVM_REG_COUNT], struct pvm_buf *out);
void cmd_out_registers(struct jam_out *json, const char *key, const uint64_t regs[PVM_REG_COUNT]);

void cmd_stop_text(const struct cmd *cmd, const struct cmd_stop *stop, struct pvm_buf *out);
/* An object inside an array. */
void cmd_stop_json(const struct cmd_stop *stop, struct jam_out *json);

#endif
