/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading sources: lines, labels, and the directives that decide what is read next.
 */
#ifndef CORE_ASM_READ_H
#define CORE_ASM_READ_H

#include "core/asm_expr.h"

enum pvm_asm_condition {
    PVM_ASM_TAKEN,   /* statements count */
    PVM_ASM_WAITING, /* condition false so far: .else counts */
    PVM_ASM_SKIPPED  /* in a part that never counts */
};

/* One source being read. */
struct pvm_asm_reader {
    struct pvm_asm *as;
    uint32_t source;
    size_t at;      /* offset of the next line */
    uint32_t line;  /* and its number in the file */
    unsigned depth; /* of .if */
    uint8_t conditions[PVM_ASM_MAX_NESTING];
    struct pvm_asm_pos opened[PVM_ASM_MAX_NESTING];
};

/* Reads a source to its end. */
void pvm_asm_read(struct pvm_asm *as, uint32_t source);
/* Adds a source; PVM_ASM_NONE when it is too deep or too much (reported at its parent). */
uint32_t pvm_asm_add_source(struct pvm_asm *as, const struct pvm_asm_source *source);
/* A cursor over the next line, its first token read; false at the end of the source. */
bool pvm_asm_next_line(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c);

/* --- asm_macro.c --- */

/* Behind .macro, with the rest of its line in c: takes the body off the reader. */
bool pvm_asm_define_macro(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c,
                          struct pvm_asm_pos pos);
/* A call of macro index, with its arguments in c: reads the expansion. */
bool pvm_asm_call_macro(struct pvm_asm_cursor *c, uint32_t index, struct pvm_asm_pos pos);

/* --- asm_directive.c, asm_data.c --- */

/* What a directive gets: the cursor behind its name, the position of the name, its row's number. */
typedef bool (*pvm_asm_directive_fn)(struct pvm_asm_cursor *c, struct pvm_asm_pos pos,
                                     unsigned number);

struct pvm_asm_directive {
    const char *name;
    pvm_asm_directive_fn run;
    unsigned number;
};

/* The definition behind "NAME =" or ".equ NAME,". */
bool pvm_asm_define_equ(struct pvm_asm_cursor *c, const struct pvm_asm_token *name,
                        struct pvm_asm_pos pos);

extern const struct pvm_asm_directive pvm_asm_directives[];
extern const unsigned pvm_asm_directive_count;

bool pvm_asm_data_values(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned width);
bool pvm_asm_data_text(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned zero);
bool pvm_asm_data_hex(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused);
bool pvm_asm_data_zero(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused);
bool pvm_asm_data_align(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused);
bool pvm_asm_data_file(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused);
bool pvm_asm_insn_octets(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused);
/* Decodes a string token of hexadecimal digits, blanks between octets allowed. */
bool pvm_asm_hex_string(struct pvm_asm_cursor *c, struct pvm_buf *out);
/* Reads the file that the string token names; resolved gets its path. */
bool pvm_asm_load_file(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, struct pvm_buf *text,
                       struct pvm_buf *resolved);

#endif
