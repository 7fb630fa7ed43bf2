/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the disassembler: what decides how each instruction of .text is written.
 *
 * An instruction is written plainly where the assembler gives the same octets for it. Where it
 * would not (operands encoded longer than needed, octets without meaning, registers above 12, a
 * distance that would come out shorter in a program packed more tightly), its octets are written.
 */
#ifndef CORE_DISASM_TEXT_H
#define CORE_DISASM_TEXT_H

#include "core/disasm.h"

struct pvm_disasm_text {
    const struct pvm_program *program;
    const struct pvm_disasm_options *options; /* the caller's */
    struct pvm_symbols labels;                /* names to be printed, one a position */
    uint8_t *literal;                         /* a bit a position: write this one's octets */
    uint32_t start;                           /* first position that is not an .entry stub */
};

/* Octets of the instruction at pc. */
struct pvm_bytes pvm_disasm_octets(const struct pvm_program *program, uint32_t pc);

static inline bool pvm_disasm_bit(const uint8_t *bits, uint32_t i)
{
    return (bits[i / 8] >> (i % 8) & 1) != 0;
}

/* Fills labels and literal. alloc must be set in labels; deinit in any case. */
PVM_MUST_USE enum pvm_status pvm_disasm_text_init(struct pvm_disasm_text *text,
                                                  struct pvm_err *err);
void pvm_disasm_text_deinit(struct pvm_disasm_text *text);

/* --- disasm_labels.c --- */

/* Labels for the positions in .text that control goes to by a jump or through the jump table, and
 * for those the caller has symbols for. */
PVM_MUST_USE enum pvm_status pvm_disasm_labels(struct pvm_disasm_text *text, struct pvm_err *err);
/* Whether a name can be a label in assembler source. */
bool pvm_disasm_is_label(const char *name);

#endif
