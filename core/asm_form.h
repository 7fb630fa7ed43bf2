/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How operands are written, for the assembler and the disassembler alike. Everything follows from
 * the rows of core/opcode.h: a row that uses a load or store unit accesses memory, and the operands
 * that make its address are written as [X], [A+X] or [B+X].
 */
#ifndef CORE_ASM_FORM_H
#define CORE_ASM_FORM_H

#include "core/opcode.h"

#include <stdbool.h>

/* Whether the instruction loads or stores. */
bool pvm_asm_is_memory(enum pvm_op op);
/* Operand letter at which the address of a memory instruction starts: 'A' or 'B' for its base
 * register, 'X' when it has none. 0 for other instructions. */
char pvm_asm_address(enum pvm_op op);
/* Whether only the low 32 bits of an immediate ('X' or 'Y') matter, so that 2^31 .. 2^32-1 may be
 * written for their sign extensions: addresses, operands of 32-bit arithmetic, values stored in 4
 * octets. */
bool pvm_asm_wraps(enum pvm_op op, char operand);

#endif
