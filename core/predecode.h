/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From code and opcode mask to records. Used by core/program.c only.
 */
#ifndef CORE_PREDECODE_H
#define CORE_PREDECODE_H

#include "core/program.h"

/* Fills in the records, the position sets, the block starts and the counts of a program whose code,
 * mask and tables are allocated and set. */
PVM_MUST_USE enum pvm_status pvm_predecode(struct pvm_program *program, struct pvm_err *err);

/* Words of a set of the positions 0 to code_len. */
static inline uint32_t pvm_position_words(const struct pvm_program *program)
{
    return program->code_len / 64 + 1;
}

static inline bool pvm_position_in(const uint64_t *bits, uint64_t pos)
{
    return (bits[pos / 64] >> (pos % 64) & 1) != 0;
}

/* Next set position of the opcode mask at or after pos; code_len when there is none. */
static inline uint32_t pvm_next_opcode(const struct pvm_program *program, uint32_t pos)
{
    if (pos >= program->code_len)
        return program->code_len;
    uint32_t word = pos / 64;
    uint64_t bits = program->opcode_mask[word] & (UINT64_MAX << (pos % 64));
    while (bits == 0) {
        if (++word >= pvm_position_words(program))
            return program->code_len;
        bits = program->opcode_mask[word];
    }
    return word * 64 + (uint32_t)__builtin_ctzll(bits);
}

#endif
