/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements that become items of .text.
 */
#ifndef CORE_ASM_INSN_H
#define CORE_ASM_INSN_H

#include "core/asm_expr.h"

/* li la mv call ret: NAME, name, what it becomes (docs/assembler.md) */
#define PVM_ASM_PSEUDOS(X)                                                                         \
    X(LI, li)                                                                                      \
    X(LA, la)                                                                                      \
    X(MV, mv)                                                                                      \
    X(CALL, call)                                                                                  \
    X(RET, ret)

enum pvm_asm_pseudo {
#define X(NAME, name) PVM_ASM_##NAME,
    PVM_ASM_PSEUDOS(X)
#undef X
        PVM_ASM_PSEUDO_COUNT
};

/* Reads the operands behind a mnemonic and adds the instruction. pos is the mnemonic's. */
bool pvm_asm_parse_insn(struct pvm_asm_cursor *c, enum pvm_op op, struct pvm_asm_pos pos);
bool pvm_asm_parse_pseudo(struct pvm_asm_cursor *c, enum pvm_asm_pseudo pseudo,
                          struct pvm_asm_pos pos);

/* Adds an item; code octets beyond the limit are an error. */
bool pvm_asm_add_item(struct pvm_asm *as, const struct pvm_asm_item *item);
/* Adds octets to the code; opcode: the first one has its mask bit set. */
bool pvm_asm_add_octets(struct pvm_asm *as, struct pvm_bytes octets, bool opcode,
                        struct pvm_asm_pos pos);

#endif
