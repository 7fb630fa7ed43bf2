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

/* The set positions of an opcode mask, in order. */
struct pvm_opcode_walk {
    const struct pvm_program *program;
    uint64_t bits; /* those of the word that are still to come */
    uint32_t word;
};

/* From pos on. */
static inline struct pvm_opcode_walk pvm_opcode_walk(const struct pvm_program *program,
                                                     uint32_t pos)
{
    uint32_t word = pos / 64;
    uint64_t bits = word < pvm_position_words(program)
                        ? program->opcode_mask[word] & (UINT64_MAX << (pos % 64))
                        : 0;
    return (struct pvm_opcode_walk){program, bits, word};
}

/* The next one; code_len when there is none. */
static inline uint32_t pvm_opcode_next(struct pvm_opcode_walk *walk)
{
    while (walk->bits == 0) {
        if (++walk->word >= pvm_position_words(walk->program))
            return walk->program->code_len;
        walk->bits = walk->program->opcode_mask[walk->word];
    }
    uint32_t pos = walk->word * 64 + (uint32_t)__builtin_ctzll(walk->bits);
    walk->bits &= walk->bits - 1;
    return pos;
}

#endif
