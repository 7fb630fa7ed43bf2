/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disassembler, driven by the rows of core/opcode.h. Its output is assembler source that gives the
 * same octets again (docs/assembler.md).
 */
#ifndef CORE_DISASM_H
#define CORE_DISASM_H

#include "core/asm.h"

struct pvm_disasm_options {
    struct pvm_call_names calls;       /* functions may be NULL */
    const struct pvm_symbols *symbols; /* may be NULL */
};

/* Appends the one instruction at pc, "add_imm_64 a0, a1, 5": no label, address or newline. Targets
 * are written as symbol, else as @0x2a. Positions that the GP treats as a trap give "trap" with a
 * comment saying why. */
void pvm_disasm_insn(const struct pvm_program *program, uint64_t pc,
                     const struct pvm_disasm_options *options, struct pvm_buf *out);

/* Appends the whole blob as source that pvm_assemble turns into the same octets. */
PVM_MUST_USE enum pvm_status pvm_disasm_blob(const struct pvm_blob *blob,
                                             const struct pvm_program *program,
                                             const struct pvm_disasm_options *options,
                                             struct pvm_buf *out, struct pvm_err *err);

#endif
