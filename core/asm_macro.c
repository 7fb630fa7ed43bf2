/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Macros: the body is kept as text; a call makes a new source out of it, line for line, with \name
 * replaced by the argument, \@ by the number of the expansion and \() by nothing.
 */
#include "core/asm_keyword.h"
#include "core/asm_read.h"

#include <stdio.h>

enum { MAX_PARAMS = 32 };

static struct pvm_bytes span(const char *start, const char *end)
{
    return pvm_bytes(start, (size_t)(end - start));
}

/* Parameter names; they have no '.' or '$', so that "\a.b" means the parameter a and ".b". */
static bool parse_params(struct pvm_asm_cursor *c, struct pvm_asm_macro *macro)
{
    struct pvm_bytes params[MAX_PARAMS];
    while (c->tok.kind != PVM_ASM_TOK_END) {
        const struct pvm_asm_token *tok = &c->tok;
        bool plain = tok->kind == PVM_ASM_TOK_NAME && memchr(tok->text, '.', tok->len) == NULL &&
                     memchr(tok->text, '$', tok->len) == NULL;
        if (!plain)
            return pvm_asm_expected(c, "a parameter name of letters, digits and '_'");
        if (macro->param_count == MAX_PARAMS)
            return pvm_asm_error(c->as, pvm_asm_here(c), "a macro has at most %d parameters",
                                 MAX_PARAMS);
        params[macro->param_count++] = pvm_bytes(tok->text, tok->len);
        pvm_asm_next(c);
        if (c->tok.kind != PVM_ASM_TOK_END && !pvm_asm_expect(c, ',', "','"))
            return false;
    }
    size_t size = macro->param_count * sizeof *params;
    macro->params = pvm_asm_get(c->as, size + 1);
    if (macro->params != NULL && size != 0)
        memcpy(macro->params, params, size);
    return macro->params != NULL;
}

/* Takes lines off the reader up to the .endmacro that belongs here. */
static bool take_body(struct pvm_asm_reader *reader, struct pvm_asm_macro *macro)
{
    struct pvm_asm_cursor c;
    unsigned depth = 0;
    size_t start = reader->at;
    size_t line = start;
    macro->body = (struct pvm_asm_pos){reader->source, (uint32_t)start};
    macro->first_line = reader->line;
    while (pvm_asm_next_line(reader, &c)) {
        enum pvm_asm_reading what = pvm_asm_reading_of(&c);
        if (what == PVM_ASM_READ_ENDMACRO && depth == 0) {
            macro->body_len = (uint32_t)(line - start);
            return true;
        }
        if (what == PVM_ASM_READ_ENDMACRO)
            depth--;
        if (what == PVM_ASM_READ_MACRO)
            depth++;
        line = reader->at;
    }
    return false;
}

static bool add_macro(struct pvm_asm *as, const struct pvm_asm_token *name,
                      struct pvm_asm_macro *macro, struct pvm_asm_pos pos)
{
    struct pvm_asm_macro *list =
        pvm_asm_grow(as, as->macros.list, &as->macros.cap, as->macros.count, sizeof *list, pos);
    if (list == NULL)
        return false;
    as->macros.list = list;
    macro->name = pvm_asm_dup(as, name->text, name->len);
    if (macro->name == NULL)
        return false;
    list[as->macros.count] = *macro;
    return pvm_asm_map_add(&as->macro_names, macro->name, name->len,
                           (uint32_t)as->macros.count++) ||
           pvm_asm_no_memory(as);
}

static bool check_name(struct pvm_asm_cursor *c)
{
    struct pvm_asm_keyword keyword;
    uint32_t index;
    if (c->tok.kind != PVM_ASM_TOK_NAME)
        return pvm_asm_expected(c, "the name of the macro");
    const char *taken = NULL;
    if (pvm_asm_keyword_find(c->as, c->tok.text, c->tok.len, &keyword))
        taken = keyword.kind <= PVM_ASM_WORD_PSEUDO ? "an instruction" : "a directive";
    else if (pvm_asm_map_find(&c->as->macro_names, c->tok.text, c->tok.len, &index))
        taken = "a macro";
    if (taken != NULL)
        return pvm_asm_error(c->as, pvm_asm_here(c), "'%.*s' is already %s",
                             (int)(c->tok.len < 40 ? c->tok.len : 40), c->tok.text, taken);
    return true;
}

bool pvm_asm_define_macro(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c,
                          struct pvm_asm_pos pos)
{
    struct pvm_asm_macro macro = {0};
    struct pvm_asm_token name = c->tok;
    bool ok = check_name(c);
    if (ok) {
        pvm_asm_next(c);
        ok = parse_params(c, &macro);
    }
    if (!take_body(reader, &macro))
        return !reader->as->stop && pvm_asm_error(reader->as, pos, ".macro without .endmacro");
    return ok && add_macro(reader->as, &name, &macro, pos);
}

/* One argument, up to a comma outside parentheses and brackets or to the end of the line. */
static bool parse_arg(struct pvm_asm_cursor *c, struct pvm_bytes *out)
{
    unsigned depth = 0;
    const char *start = c->tok.text;
    const char *end = start;
    while (c->tok.kind != PVM_ASM_TOK_END && (depth > 0 || !pvm_asm_is_punct(c, ','))) {
        if (c->tok.kind == PVM_ASM_TOK_BAD)
            return false;
        if (pvm_asm_is_punct(c, '(') || pvm_asm_is_punct(c, '['))
            depth++;
        if (depth > 0 && (pvm_asm_is_punct(c, ')') || pvm_asm_is_punct(c, ']')))
            depth--;
        end = c->next;
        pvm_asm_next(c);
    }
    *out = span(start, end);
    return true;
}

/* Arguments as they are written, without the blanks around them; *count may exceed MAX_PARAMS. */
static bool parse_args(struct pvm_asm_cursor *c, struct pvm_bytes *args, uint32_t *count)
{
    *count = 0;
    if (c->tok.kind == PVM_ASM_TOK_END)
        return true;
    do {
        struct pvm_bytes arg;
        if (!parse_arg(c, &arg))
            return false;
        if (*count < MAX_PARAMS)
            args[*count] = arg;
        (*count)++;
    } while (pvm_asm_accept(c, ','));
    return true;
}

/* What stands for the backslash at p: *next is then behind it. Unknown ones stand for themselves.
 */
static struct pvm_bytes substitute(const struct pvm_asm_macro *macro, const struct pvm_bytes *args,
                                   struct pvm_bytes number, const char *p, const char *end,
                                   const char **next)
{
    *next = p + 1;
    if (p + 1 < end && p[1] == '@') {
        *next = p + 2;
        return number;
    }
    if (end - p >= 3 && p[1] == '(' && p[2] == ')') {
        *next = p + 3;
        return pvm_bytes_none();
    }
    const char *stop = p + 1;
    while (stop < end && pvm_asm_name_char(*stop) && *stop != '.' && *stop != '$')
        stop++;
    for (uint32_t i = 0; i < macro->param_count; i++) {
        if (pvm_bytes_equal(macro->params[i], span(p + 1, stop))) {
            *next = stop;
            return args[i];
        }
    }
    return pvm_bytes(p, 1);
}

static void expand(const struct pvm_asm *as, const struct pvm_asm_macro *macro,
                   const struct pvm_bytes *args, struct pvm_buf *out)
{
    char digits[16];
    struct pvm_bytes number = {(const uint8_t *)digits, 0};
    number.len = (size_t)snprintf(digits, sizeof digits, "%u", as->expansions);
    const char *p =
        (const char *)as->sources.list[macro->body.source].text.ptr + macro->body.offset;
    const char *end = p + macro->body_len;
    while (p < end && out->len <= PVM_ASM_MAX_EXPANSION) {
        const char *mark = memchr(p, '\\', (size_t)(end - p));
        pvm_buf_add_bytes(out, span(p, mark != NULL ? mark : end));
        if (mark == NULL)
            return;
        struct pvm_bytes text = substitute(macro, args, number, mark, end, &p);
        pvm_buf_add_bytes(out, text);
    }
}

bool pvm_asm_call_macro(struct pvm_asm_cursor *c, uint32_t index, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = c->as;
    struct pvm_asm_macro macro = as->macros.list[index];
    struct pvm_bytes args[MAX_PARAMS];
    uint32_t count;
    if (!parse_args(c, args, &count))
        return false;
    if (count != macro.param_count)
        return pvm_asm_error(as, pos, "macro '%.100s' takes %u argument%s, %u given", macro.name,
                             macro.param_count, macro.param_count == 1 ? "" : "s", count);
    struct pvm_buf text = {.alloc = as->alloc};
    as->expansions++;
    expand(as, &macro, args, &text);
    const struct pvm_asm_source *body = &as->sources.list[macro.body.source];
    struct pvm_asm_source source = {.name = body->name,
                                    .macro = macro.name,
                                    .first_line = macro.first_line,
                                    .parent = pos,
                                    .depth = as->sources.list[pos.source].depth + 1};
    source.text.len = text.len;
    source.text.ptr = (const uint8_t *)pvm_asm_dup(as, (const char *)text.ptr, text.len);
    bool failed = text.failed;
    pvm_buf_deinit(&text);
    if (failed)
        return pvm_asm_no_memory(as);
    uint32_t expansion = source.text.ptr != NULL ? pvm_asm_add_source(as, &source) : PVM_ASM_NONE;
    if (expansion == PVM_ASM_NONE)
        return false;
    pvm_asm_read(as, expansion);
    return true;
}
