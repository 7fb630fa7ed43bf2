/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operand encodings, GP 0.7.2 A.5: one decoder per form of PVM_FORMS.
 */
#ifndef CORE_OPERANDS_H
#define CORE_OPERANDS_H

#include "core/bytes.h"
#include "core/opcode.h"

/* Decoded operands. Registers are 0 to 12. Immediates are sign-extended to 64 bits (the one of RE
 * is taken as it is); targets of the O, RIO and RRO forms are absolute code positions mod 2^64,
 * in x (O, RRO) or y (RIO). Unused fields are 0. */
struct pvm_operands {
    uint8_t a, b, d;
    uint64_t x, y;
};

enum { PVM_MAX_SKIP = 24, PVM_CODE_PAD = 24 };

/* Decodes the operands of the instruction at code[pc] with the given skip length. code must be
 * readable up to pc + PVM_CODE_PAD octets beyond the opcode (programs keep their code padded). */
void pvm_operands_decode(enum pvm_form form, const uint8_t *code, uint32_t pc, unsigned skip,
                         struct pvm_operands *out);

/* Octets after the opcode that encode ops in the shortest way; appended to out. pc is the position
 * of the opcode. Returns false, nothing appended, when an immediate or a distance needs more than
 * 4 octets (any value fits RE). */
bool pvm_operands_encode(enum pvm_form form, const struct pvm_operands *ops, uint32_t pc,
                         struct pvm_buf *out);

/* Which operand, if any, is a code position: 'X', 'Y' or 0. */
char pvm_form_target(enum pvm_form form);

#endif
