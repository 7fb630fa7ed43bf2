/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words a statement may start with: instructions (from core/opcode.h), pseudo-instructions,
 * directives, and the directives that decide what is read.
 */
#ifndef CORE_ASM_KEYWORD_H
#define CORE_ASM_KEYWORD_H

#include "core/asm_lex.h"

#define PVM_ASM_READINGS(X)                                                                        \
    X(IF, ".if")                                                                                   \
    X(ELSE, ".else")                                                                               \
    X(ENDIF, ".endif")                                                                             \
    X(INCLUDE, ".include")                                                                         \
    X(MACRO, ".macro")                                                                             \
    X(ENDMACRO, ".endmacro")

enum pvm_asm_reading {
#define X(NAME, name) PVM_ASM_READ_##NAME,
    PVM_ASM_READINGS(X)
#undef X
        PVM_ASM_READ_COUNT
};

enum pvm_asm_word {
    PVM_ASM_WORD_OP,        /* index: enum pvm_op */
    PVM_ASM_WORD_PSEUDO,    /* enum pvm_asm_pseudo */
    PVM_ASM_WORD_DIRECTIVE, /* row of pvm_asm_directives */
    PVM_ASM_WORD_READING    /* enum pvm_asm_reading */
};

struct pvm_asm_keyword {
    enum pvm_asm_word kind;
    uint32_t index;
};

/* Fills as->keywords; false when out of memory. */
bool pvm_asm_keywords_init(struct pvm_asm *as);
bool pvm_asm_keyword_find(const struct pvm_asm *as, const char *name, size_t len,
                          struct pvm_asm_keyword *out);
/* What kind of reading directive a line starts with, PVM_ASM_READ_COUNT for anything else. Reports
 * nothing and leaves the cursor at the line's start. */
enum pvm_asm_reading pvm_asm_reading_of(const struct pvm_asm_cursor *c);

#endif
