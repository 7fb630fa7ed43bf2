/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions and the symbols in them. An expression is kept in postfix order and evaluated with a
 * small stack: early, while the source is read, where only constants and differences of data labels
 * are known, and late, when every symbol has its address.
 */
#ifndef CORE_ASM_EXPR_H
#define CORE_ASM_EXPR_H

#include "core/asm_lex.h"

/* clang-format off */
/* Binary operators, all mod 2^64.
 *   NAME, token
 *   level   how tightly it binds
 *   same    1: also between two addresses in one section, before these are known
 *   value   of a OP b; the evaluator has ruled out b = 0 for DIV and MOD */
#define PVM_ASM_OPERATORS(X)                                                                       \
    X(OR_ELSE,  PVM_ASM_TWO('|', '|'),  1, 0, (uint64_t)(a != 0 || b != 0))                        \
    X(AND_THEN, PVM_ASM_TWO('&', '&'),  2, 0, (uint64_t)(a != 0 && b != 0))                        \
    X(OR,       '|',                    3, 0, a | b)                                               \
    X(XOR,      '^',                    4, 0, a ^ b)                                               \
    X(AND,      '&',                    5, 0, a & b)                                               \
    X(EQ,       PVM_ASM_TWO('=', '='),  6, 1, (uint64_t)(a == b))                                  \
    X(NE,       PVM_ASM_TWO('!', '='),  6, 1, (uint64_t)(a != b))                                  \
    X(LT,       '<',                    7, 1, less(a, b))                                          \
    X(GT,       '>',                    7, 1, less(b, a))                                          \
    X(LE,       PVM_ASM_TWO('<', '='),  7, 1, (uint64_t)(less(b, a) == 0))                         \
    X(GE,       PVM_ASM_TWO('>', '='),  7, 1, (uint64_t)(less(a, b) == 0))                         \
    X(SHL,      PVM_ASM_TWO('<', '<'),  8, 0, b < 64 ? a << b : 0)                                 \
    X(SHR,      PVM_ASM_TWO('>', '>'),  8, 0, b < 64 ? a >> b : 0)                                 \
    X(ADD,      '+',                    9, 0, a + b)                                               \
    X(SUB,      '-',                    9, 1, a - b)                                               \
    X(MUL,      '*',                   10, 0, a * b)                                               \
    X(DIV,      '/',                   10, 0, a / b)                                               \
    X(MOD,      '%',                   10, 0, a % b)
/* clang-format on */

enum pvm_asm_elem_kind {
    PVM_ASM_CONST,
    PVM_ASM_SYMBOL, /* arg: index */
    PVM_ASM_JT,     /* jt(symbol) */
    PVM_ASM_NEGATE,
    PVM_ASM_INVERT,
    PVM_ASM_NOT,
    PVM_ASM_TRUST, /* unary @: no effect, but the expression is not a bare symbol any more */
#define X(NAME, token, level, same, value) PVM_ASM_BIN_##NAME,
    PVM_ASM_OPERATORS(X)
#undef X
};

/* Reads an expression. Constant ones are reduced to one element. */
bool pvm_asm_parse_expr(struct pvm_asm_cursor *c, struct pvm_asm_expr *out);
/* The rest of "register REST" in a memory operand, "+ expr", "- expr" or nothing. */
bool pvm_asm_parse_offset(struct pvm_asm_cursor *c, struct pvm_asm_expr *out);
/* Reads an expression that must be known here; what names its place, "'.zero'". */
bool pvm_asm_parse_constant(struct pvm_asm_cursor *c, const char *what, uint64_t *out);

/* An expression of one element, for what the assembler writes itself; empty when out of memory. */
struct pvm_asm_expr pvm_asm_single(struct pvm_asm *as, enum pvm_asm_elem_kind kind, uint64_t arg,
                                   struct pvm_asm_pos pos);
bool pvm_asm_is_constant(const struct pvm_asm *as, struct pvm_asm_expr expr, uint64_t *value);
/* The symbol an expression consists of, PVM_ASM_NONE when it is something else. */
uint32_t pvm_asm_bare_symbol(const struct pvm_asm *as, struct pvm_asm_expr expr);
struct pvm_asm_pos pvm_asm_expr_pos(const struct pvm_asm *as, struct pvm_asm_expr expr);

/* --- asm_eval.c --- */

/* Value of an expression after the layout (an empty one: 0). With report, says what is wrong. */
bool pvm_asm_eval(struct pvm_asm *as, struct pvm_asm_expr expr, bool report, uint64_t *value);
/* Value of an expression while reading. With what ("'.zero'") an error says who needs it. */
bool pvm_asm_eval_early(struct pvm_asm *as, struct pvm_asm_expr expr, const char *what,
                        uint64_t *value);

/* Whether value fits in width octets, as a signed or an unsigned number; reports when not. */
bool pvm_asm_fits(struct pvm_asm *as, struct pvm_asm_expr expr, unsigned width, uint64_t value);

/* --- asm_symbol.c --- */

/* Index of the symbol as written (local ones get the scope in front of their names), made when it
 * is new; PVM_ASM_NONE when there is no room. */
uint32_t pvm_asm_symbol_index(struct pvm_asm *as, const char *name, uint32_t len,
                              struct pvm_asm_pos pos);
/* A label at the current location, in no table. */
uint32_t pvm_asm_anonymous(struct pvm_asm *as, struct pvm_asm_pos pos);
/* Gives a symbol its meaning; an error when it has one. kind, section, value, expr from def. */
bool pvm_asm_define(struct pvm_asm *as, const char *name, uint32_t len, struct pvm_asm_pos pos,
                    const struct pvm_asm_symbol *def);
/* A definition of a label at the current location. */
struct pvm_asm_symbol pvm_asm_label_here(const struct pvm_asm *as);
/* Address of a label after the layout. */
uint64_t pvm_asm_label_address(const struct pvm_asm *as, const struct pvm_asm_symbol *label);
/* Notes that the jump table must hold this symbol. */
bool pvm_asm_want_entry(struct pvm_asm *as, uint32_t symbol, struct pvm_asm_pos pos);
/* Adds an entry to the jump table. */
bool pvm_asm_add_jump(struct pvm_asm *as, struct pvm_asm_expr expr, struct pvm_asm_pos pos);
/* Registers: 0 to 12, or PVM_ASM_NONE. */
uint32_t pvm_asm_register(const char *name, uint32_t len);

#endif
