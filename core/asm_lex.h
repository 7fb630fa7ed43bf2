/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of one source line.
 */
#ifndef CORE_ASM_LEX_H
#define CORE_ASM_LEX_H

#include "core/asm_unit.h"

enum pvm_asm_token_kind {
    PVM_ASM_TOK_END,    /* end of the line or a comment */
    PVM_ASM_TOK_NAME,   /* [A-Za-z_.$][A-Za-z0-9_.$]*, also "." */
    PVM_ASM_TOK_NUMBER, /* value; character constants too */
    PVM_ASM_TOK_STRING, /* text with its quotes, see pvm_asm_string */
    PVM_ASM_TOK_PUNCT,  /* value: PVM_ASM_TWO or the character */
    PVM_ASM_TOK_BAD     /* reported */
};

/* Punctuation of two characters. */
#define PVM_ASM_TWO(a, b) ((uint32_t)(a) << 8 | (uint32_t)(b))

struct pvm_asm_token {
    enum pvm_asm_token_kind kind;
    const char *text;
    uint32_t len;
    uint64_t value;
};

/* A reader of one line, always one token ahead. */
struct pvm_asm_cursor {
    struct pvm_asm *as;
    uint32_t source;
    const char *text; /* start of the source */
    const char *next; /* behind tok */
    const char *end;  /* of the line */
    struct pvm_asm_token tok;
};

/* Reads the next token into c->tok. */
void pvm_asm_next(struct pvm_asm_cursor *c);
struct pvm_asm_pos pvm_asm_here(const struct pvm_asm_cursor *c);

bool pvm_asm_is_punct(const struct pvm_asm_cursor *c, uint32_t punct);
/* Takes that punctuation if it comes next. */
bool pvm_asm_accept(struct pvm_asm_cursor *c, uint32_t punct);
/* The same, but reports an error when it does not; what names it, "','". */
bool pvm_asm_expect(struct pvm_asm_cursor *c, uint32_t punct, const char *what);
/* Reports "expected WHAT, found ..." at the current token; false always. */
bool pvm_asm_expected(struct pvm_asm_cursor *c, const char *what);
/* Nothing more on the line, else an error. */
bool pvm_asm_expect_end(struct pvm_asm_cursor *c);

/* Appends what the string token stands for to out and goes on to the next token. */
bool pvm_asm_string(struct pvm_asm_cursor *c, struct pvm_buf *out);

bool pvm_asm_name_start(char c);
bool pvm_asm_name_char(char c);

#endif
