/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_expr.h"

/* One expression being read: how deep the reader and the future stack are. */
struct reader {
    struct pvm_asm_cursor *c;
    unsigned nesting;
    unsigned operands;
};

static bool push(struct reader *r, uint32_t kind, uint64_t arg, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = r->c->as;
    struct pvm_asm_elem *list =
        pvm_asm_grow(as, as->elems.list, &as->elems.cap, as->elems.count, sizeof *list, pos);
    if (list == NULL)
        return false;
    as->elems.list = list;
    list[as->elems.count++] = (struct pvm_asm_elem){arg, pos, kind};
    return true;
}

static bool push_operand(struct reader *r, uint32_t kind, uint64_t arg, struct pvm_asm_pos pos)
{
    if (r->operands == PVM_ASM_MAX_OPERANDS)
        return pvm_asm_error(r->c->as, pos, "the expression is nested too deeply");
    r->operands++;
    return push(r, kind, arg, pos);
}

static bool parse_binary(struct reader *r, unsigned least);

/* The name between the parentheses of jt(name) and defined(name). */
static bool parse_argument(struct reader *r, struct pvm_asm_token *name)
{
    struct pvm_asm_cursor *c = r->c;
    pvm_asm_next(c);
    *name = c->tok;
    if (c->tok.kind != PVM_ASM_TOK_NAME)
        return pvm_asm_expected(c, "a symbol");
    pvm_asm_next(c);
    return pvm_asm_expect(c, ')', "')'");
}

static bool parse_jt(struct reader *r, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = r->c->as;
    struct pvm_asm_token name;
    if (!parse_argument(r, &name))
        return false;
    uint32_t symbol = pvm_asm_symbol_index(as, name.text, name.len, pos);
    return symbol != PVM_ASM_NONE && pvm_asm_want_entry(as, symbol, pos) &&
           push_operand(r, PVM_ASM_JT, symbol, pos);
}

static bool parse_defined(struct reader *r, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = r->c->as;
    struct pvm_asm_token name;
    if (!parse_argument(r, &name))
        return false;
    uint32_t symbol = pvm_asm_symbol_index(as, name.text, name.len, pos);
    if (symbol == PVM_ASM_NONE)
        return false;
    bool defined = as->symbols.list[symbol].kind != PVM_ASM_UNDEFINED;
    return push_operand(r, PVM_ASM_CONST, defined, pos);
}

static bool parse_name(struct reader *r)
{
    struct pvm_asm_cursor *c = r->c;
    struct pvm_asm *as = c->as;
    struct pvm_asm_token name = c->tok;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    if (pvm_asm_register(name.text, name.len) != PVM_ASM_NONE)
        return pvm_asm_expected(c, "an expression");
    pvm_asm_next(c);
    if (pvm_asm_is_punct(c, '(')) {
        if (name.len == 2 && memcmp(name.text, "jt", 2) == 0)
            return parse_jt(r, pos);
        if (name.len == 7 && memcmp(name.text, "defined", 7) == 0)
            return parse_defined(r, pos);
        return pvm_asm_error(as, pos, "unknown function '%.*s': there are jt() and defined()",
                             (int)(name.len < 40 ? name.len : 40), name.text);
    }
    bool here = name.len == 1 && name.text[0] == '.';
    uint32_t symbol =
        here ? pvm_asm_anonymous(as, pos) : pvm_asm_symbol_index(as, name.text, name.len, pos);
    return symbol != PVM_ASM_NONE && push_operand(r, PVM_ASM_SYMBOL, symbol, pos);
}

static bool parse_primary(struct reader *r)
{
    struct pvm_asm_cursor *c = r->c;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    if (c->tok.kind == PVM_ASM_TOK_NUMBER) {
        uint64_t value = c->tok.value;
        pvm_asm_next(c);
        return push_operand(r, PVM_ASM_CONST, value, pos);
    }
    if (c->tok.kind == PVM_ASM_TOK_NAME)
        return parse_name(r);
    if (!pvm_asm_accept(c, '('))
        return pvm_asm_expected(c, "an expression");
    return parse_binary(r, 1) && pvm_asm_expect(c, ')', "')'");
}

static bool parse_unary(struct reader *r)
{
    struct pvm_asm_cursor *c = r->c;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    if (r->nesting == PVM_ASM_MAX_NESTING)
        return pvm_asm_error(c->as, pos, "the expression is nested too deeply");
    r->nesting++;
    bool ok;
    if (pvm_asm_accept(c, '-'))
        ok = parse_unary(r) && push(r, PVM_ASM_NEGATE, 0, pos);
    else if (pvm_asm_accept(c, '~'))
        ok = parse_unary(r) && push(r, PVM_ASM_INVERT, 0, pos);
    else if (pvm_asm_accept(c, '!'))
        ok = parse_unary(r) && push(r, PVM_ASM_NOT, 0, pos);
    else if (pvm_asm_accept(c, '@'))
        ok = parse_unary(r) && push(r, PVM_ASM_TRUST, 0, pos);
    else if (pvm_asm_accept(c, '+'))
        ok = parse_unary(r);
    else
        ok = parse_primary(r);
    r->nesting--;
    return ok;
}

/* The binary operator that a token is; false when it is none. */
static bool binary_operator(const struct pvm_asm_token *tok, unsigned *level, uint32_t *kind)
{
    static const struct {
        uint32_t token, kind;
        unsigned level;
    } operators[] = {
#define X(NAME, token, level, same, value) {token, PVM_ASM_BIN_##NAME, level},
        PVM_ASM_OPERATORS(X)
#undef X
    };
    if (tok->kind != PVM_ASM_TOK_PUNCT)
        return false;
    for (unsigned i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (operators[i].token == tok->value) {
            *level = operators[i].level;
            *kind = operators[i].kind;
            return true;
        }
    }
    return false;
}

/* The operators from the current token on that bind at least as tightly as `least`; their first
 * left operand has been read. */
static bool parse_rest(struct reader *r, unsigned least)
{
    struct pvm_asm_cursor *c = r->c;
    unsigned level;
    uint32_t kind;
    while (binary_operator(&c->tok, &level, &kind) && level >= least) {
        struct pvm_asm_pos pos = pvm_asm_here(c);
        pvm_asm_next(c);
        if (!parse_binary(r, level + 1) || !push(r, kind, 0, pos))
            return false;
        r->operands--;
    }
    return true;
}

static bool parse_binary(struct reader *r, unsigned least)
{
    return parse_unary(r) && parse_rest(r, least);
}

/* The expression read from start on, reduced to one constant if its value is known already. */
static struct pvm_asm_expr finish(struct pvm_asm *as, size_t start, struct pvm_asm_pos pos)
{
    struct pvm_asm_expr expr = {(uint32_t)start, (uint32_t)(as->elems.count - start)};
    uint64_t value;
    if (pvm_asm_eval_early(as, expr, NULL, &value)) {
        as->elems.list[start] = (struct pvm_asm_elem){value, pos, PVM_ASM_CONST};
        as->elems.count = start + 1;
        expr.count = 1;
    }
    return expr;
}

bool pvm_asm_parse_expr(struct pvm_asm_cursor *c, struct pvm_asm_expr *out)
{
    struct reader r = {.c = c};
    size_t start = c->as->elems.count;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    if (!parse_binary(&r, 1))
        return false;
    *out = finish(c->as, start, pos);
    return true;
}

bool pvm_asm_parse_offset(struct pvm_asm_cursor *c, struct pvm_asm_expr *out)
{
    struct reader r = {.c = c};
    size_t start = c->as->elems.count;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    if (!pvm_asm_is_punct(c, '+') && !pvm_asm_is_punct(c, '-')) {
        *out = pvm_asm_single(c->as, PVM_ASM_CONST, 0, pos);
        return !c->as->stop;
    }
    if (!push_operand(&r, PVM_ASM_CONST, 0, pos) || !parse_rest(&r, 9))
        return false;
    *out = finish(c->as, start, pos);
    return true;
}

bool pvm_asm_parse_constant(struct pvm_asm_cursor *c, const char *what, uint64_t *out)
{
    struct pvm_asm_expr expr;
    size_t start = c->as->elems.count;
    if (!pvm_asm_parse_expr(c, &expr) || !pvm_asm_eval_early(c->as, expr, what, out))
        return false;
    c->as->elems.count = start;
    return true;
}

struct pvm_asm_expr pvm_asm_single(struct pvm_asm *as, enum pvm_asm_elem_kind kind, uint64_t arg,
                                   struct pvm_asm_pos pos)
{
    struct pvm_asm_cursor c = {.as = as};
    struct reader r = {.c = &c};
    uint32_t start = (uint32_t)as->elems.count;
    return (struct pvm_asm_expr){start, push(&r, kind, arg, pos) ? 1 : 0};
}

bool pvm_asm_is_constant(const struct pvm_asm *as, struct pvm_asm_expr expr, uint64_t *value)
{
    *value = 0;
    if (expr.count == 0)
        return true;
    const struct pvm_asm_elem *elem = &as->elems.list[expr.start];
    if (expr.count != 1 || elem->kind != PVM_ASM_CONST)
        return false;
    *value = elem->arg;
    return true;
}

uint32_t pvm_asm_bare_symbol(const struct pvm_asm *as, struct pvm_asm_expr expr)
{
    if (expr.count != 1 || as->elems.list[expr.start].kind != PVM_ASM_SYMBOL)
        return PVM_ASM_NONE;
    return (uint32_t)as->elems.list[expr.start].arg;
}

struct pvm_asm_pos pvm_asm_expr_pos(const struct pvm_asm *as, struct pvm_asm_expr expr)
{
    return as->elems.list[expr.start].pos;
}
