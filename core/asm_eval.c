/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluation of the assembler's expressions.
 */
#include "core/asm_expr.h"

/* A value and the section it is an offset in; section PVM_ASM_SECTION_COUNT: a plain number. */
struct value {
    uint64_t number;
    uint32_t section;
};

struct evaluator {
    struct pvm_asm *as;
    bool early;  /* addresses are not known */
    bool report; /* errors go to the diagnostics */
    unsigned depth;
    const char *what; /* early: who needs a constant */
};

static struct value plain(uint64_t number)
{
    return (struct value){number, PVM_ASM_SECTION_COUNT};
}

static bool evaluate(struct evaluator *e, struct pvm_asm_expr expr, struct value *out);

static bool not_known(struct evaluator *e, struct pvm_asm_pos pos, const char *name)
{
    if (!e->report)
        return false;
    return pvm_asm_error(e->as, pos, "%s needs a number that is known here, and '%.100s' is not",
                         e->what, name != NULL ? name : ".");
}

static bool value_of_equ(struct evaluator *e, uint32_t index, struct pvm_asm_pos pos,
                         struct value *out)
{
    struct pvm_asm_symbol *symbol = &e->as->symbols.list[index];
    if (e->early ? symbol->known : symbol->pass == e->as->pass) {
        *out = (struct value){symbol->cached, e->early ? symbol->section : PVM_ASM_SECTION_COUNT};
        return true;
    }
    if (symbol->busy || e->depth == PVM_ASM_MAX_NESTING) {
        if (e->report && symbol->busy)
            pvm_asm_error(e->as, pos, "'%.100s' is defined by itself", symbol->name);
        else if (e->report)
            pvm_asm_error(e->as, pos, "'%.100s' stands on more than %d other symbols", symbol->name,
                          PVM_ASM_MAX_NESTING);
        return false;
    }
    symbol->busy = true;
    e->depth++;
    bool ok = evaluate(e, symbol->expr, out);
    e->depth--;
    symbol->busy = false;
    if (ok) {
        symbol->cached = out->number;
        symbol->section = (uint8_t)out->section;
        symbol->known = e->early;
        symbol->pass = e->as->pass;
    }
    return ok;
}

static bool value_of_symbol(struct evaluator *e, uint32_t index, struct pvm_asm_pos pos,
                            struct value *out)
{
    struct pvm_asm_symbol *symbol = &e->as->symbols.list[index];
    switch ((enum pvm_asm_symbol_kind)symbol->kind) {
    case PVM_ASM_UNDEFINED:
        if (e->early)
            return not_known(e, pos, symbol->name);
        if (e->report && !symbol->reported) {
            symbol->reported = true;
            pvm_asm_error(e->as, pos, "undefined symbol '%.100s'", symbol->name);
        }
        return false;
    case PVM_ASM_LABEL:
        if (!e->early)
            *out = plain(pvm_asm_label_address(e->as, symbol));
        else if (symbol->section != PVM_ASM_TEXT)
            *out = (struct value){symbol->value, symbol->section};
        else
            return not_known(e, pos, symbol->name);
        return true;
    case PVM_ASM_VALUE:
        return value_of_equ(e, index, pos, out);
    case PVM_ASM_TABLE:
        *out = plain(2 * (symbol->value + 1));
        return true;
    }
    return false;
}

static bool value_of_entry(struct evaluator *e, uint32_t index, struct pvm_asm_pos pos,
                           struct value *out)
{
    const struct pvm_asm_symbol *symbol = &e->as->symbols.list[index];
    if (e->early)
        return not_known(e, pos, "jt()");
    if (symbol->kind == PVM_ASM_UNDEFINED)
        return value_of_symbol(e, index, pos, out);
    *out = plain(2 * (uint64_t)symbol->entry);
    return true;
}

/* Signed a < b. */
static uint64_t less(uint64_t a, uint64_t b)
{
    uint64_t sign = (uint64_t)1 << 63;
    return (a ^ sign) < (b ^ sign);
}

static uint64_t compute(uint32_t kind, uint64_t a, uint64_t b)
{
    switch (kind) {
#define X(NAME, token, level, same, value)                                                         \
    case PVM_ASM_BIN_##NAME:                                                                       \
        return value;
        PVM_ASM_OPERATORS(X)
#undef X
    default:
        return 0;
    }
}

static bool within_section(uint32_t kind)
{
    switch (kind) {
#define X(NAME, token, level, same, value)                                                         \
    case PVM_ASM_BIN_##NAME:                                                                       \
        return same;
        PVM_ASM_OPERATORS(X)
#undef X
    default:
        return false;
    }
}

/* Whether the operator makes sense while section bases are not known; *section is then the
 * result's: offsets may be moved by a number, and subtracted or compared within their section. */
static bool sections_fit(uint32_t kind, const struct value *a, const struct value *b,
                         uint32_t *section)
{
    bool plain_a = a->section == PVM_ASM_SECTION_COUNT;
    bool plain_b = b->section == PVM_ASM_SECTION_COUNT;
    *section = PVM_ASM_SECTION_COUNT;
    if (plain_a && plain_b)
        return true;
    if (a->section == b->section)
        return within_section(kind);
    *section = plain_a ? b->section : a->section;
    return (kind == PVM_ASM_BIN_ADD && (plain_a || plain_b)) ||
           (kind == PVM_ASM_BIN_SUB && plain_b);
}

static bool apply_unary(struct evaluator *e, const struct pvm_asm_elem *elem, struct value *a)
{
    if (elem->kind != PVM_ASM_TRUST && a->section != PVM_ASM_SECTION_COUNT)
        return not_known(e, elem->pos, "the address");
    if (elem->kind == PVM_ASM_NEGATE)
        a->number = 0 - a->number;
    else if (elem->kind == PVM_ASM_INVERT)
        a->number = ~a->number;
    else if (elem->kind == PVM_ASM_NOT)
        a->number = a->number == 0;
    return true;
}

static bool apply_binary(struct evaluator *e, const struct pvm_asm_elem *elem, struct value *a,
                         const struct value *b)
{
    uint32_t section;
    if (!sections_fit(elem->kind, a, b, &section))
        return not_known(e, elem->pos, "the address");
    if ((elem->kind == PVM_ASM_BIN_DIV || elem->kind == PVM_ASM_BIN_MOD) && b->number == 0) {
        if (e->report)
            pvm_asm_error(e->as, elem->pos, "division by zero");
        return false;
    }
    *a = (struct value){compute(elem->kind, a->number, b->number), section};
    return true;
}

static bool apply(struct evaluator *e, const struct pvm_asm_elem *elem, struct value *stack,
                  unsigned *top)
{
    switch (elem->kind) {
    case PVM_ASM_CONST:
        stack[(*top)++] = plain(elem->arg);
        return true;
    case PVM_ASM_SYMBOL:
        return value_of_symbol(e, (uint32_t)elem->arg, elem->pos, &stack[(*top)++]);
    case PVM_ASM_JT:
        return value_of_entry(e, (uint32_t)elem->arg, elem->pos, &stack[(*top)++]);
    case PVM_ASM_NEGATE:
    case PVM_ASM_INVERT:
    case PVM_ASM_NOT:
    case PVM_ASM_TRUST:
        return apply_unary(e, elem, &stack[*top - 1]);
    default:
        (*top)--;
        return apply_binary(e, elem, &stack[*top - 1], &stack[*top]);
    }
}

static bool evaluate(struct evaluator *e, struct pvm_asm_expr expr, struct value *out)
{
    struct value stack[PVM_ASM_MAX_OPERANDS + 1] = {{0, 0}};
    unsigned top = 0;
    for (uint32_t i = 0; i < expr.count; i++) {
        struct pvm_asm_elem elem = e->as->elems.list[expr.start + i];
        if (!apply(e, &elem, stack, &top))
            return false;
    }
    *out = top > 0 ? stack[0] : plain(0);
    return true;
}

bool pvm_asm_eval(struct pvm_asm *as, struct pvm_asm_expr expr, bool report, uint64_t *value)
{
    struct evaluator e = {.as = as, .report = report};
    struct value found = plain(0);
    if (!evaluate(&e, expr, &found))
        return false;
    *value = found.number;
    return true;
}

bool pvm_asm_eval_early(struct pvm_asm *as, struct pvm_asm_expr expr, const char *what,
                        uint64_t *value)
{
    struct evaluator e = {.as = as, .early = true, .report = what != NULL, .what = what};
    struct value found = plain(0);
    if (!evaluate(&e, expr, &found))
        return false;
    if (found.section != PVM_ASM_SECTION_COUNT)
        return not_known(&e, pvm_asm_expr_pos(as, expr), "the address");
    *value = found.number;
    return true;
}

bool pvm_asm_fits(struct pvm_asm *as, struct pvm_asm_expr expr, unsigned width, uint64_t value)
{
    if (width >= 8 || value >> (8 * width) == 0)
        return true;
    uint64_t half = (uint64_t)1 << (8 * width - 1);
    if (value + half < half)
        return true;
    struct pvm_asm_pos pos = pvm_asm_expr_pos(as, expr);
    bool negative = value >> 63 != 0;
    return pvm_asm_error(as, pos, "%s0x%llx does not fit in %u octet%s", negative ? "-" : "",
                         (unsigned long long)(negative ? 0 - value : value), width,
                         width == 1 ? "" : "s");
}
