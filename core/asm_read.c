/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_read.h"

#include "core/asm_insn.h"
#include "core/asm_keyword.h"

uint32_t pvm_asm_add_source(struct pvm_asm *as, const struct pvm_asm_source *source)
{
    if (source->depth > PVM_ASM_MAX_DEPTH) {
        pvm_asm_fatal(as, source->parent, "includes and macros are nested more than %d deep",
                      PVM_ASM_MAX_DEPTH);
        return PVM_ASM_NONE;
    }
    as->text_read += source->macro == NULL ? source->text.len : 0;
    as->text_expanded += source->macro != NULL ? source->text.len : 0;
    if (as->text_read > PVM_ASM_MAX_TEXT) {
        pvm_asm_fatal(as, source->parent, "more than %d octets of source", PVM_ASM_MAX_TEXT);
        return PVM_ASM_NONE;
    }
    if (as->text_expanded > PVM_ASM_MAX_EXPANSION) {
        pvm_asm_fatal(as, source->parent, "macros expand to more than %d octets",
                      PVM_ASM_MAX_EXPANSION);
        return PVM_ASM_NONE;
    }
    struct pvm_asm_source *list = pvm_asm_grow(as, as->sources.list, &as->sources.cap,
                                               as->sources.count, sizeof *list, source->parent);
    if (list == NULL)
        return PVM_ASM_NONE;
    as->sources.list = list;
    list[as->sources.count] = *source;
    return (uint32_t)as->sources.count++;
}

bool pvm_asm_next_line(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c)
{
    struct pvm_asm *as = reader->as;
    struct pvm_bytes text = as->sources.list[reader->source].text;
    if (as->stop || reader->at >= text.len)
        return false;
    const uint8_t *line = text.ptr + reader->at;
    const uint8_t *end = memchr(line, '\n', text.len - reader->at);
    size_t len = end != NULL ? (size_t)(end - line) : text.len - reader->at;
    *c = (struct pvm_asm_cursor){.as = as,
                                 .source = reader->source,
                                 .text = (const char *)text.ptr,
                                 .next = (const char *)line,
                                 .end = (const char *)line + len};
    if (len > 0 && line[len - 1] == '\r')
        c->end--;
    if (++as->lines > PVM_ASM_MAX_COUNT) {
        struct pvm_asm_pos pos = {reader->source, (uint32_t)reader->at};
        return pvm_asm_fatal(as, pos, "more than %d lines", PVM_ASM_MAX_COUNT);
    }
    reader->at += len + 1;
    reader->line++;
    return true;
}

/* --- conditions and includes --- */

static bool counts(const struct pvm_asm_reader *reader)
{
    return reader->depth == 0 || reader->conditions[reader->depth - 1] == PVM_ASM_TAKEN;
}

static bool open_if(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c, struct pvm_asm_pos pos)
{
    bool live = counts(reader);
    uint64_t value = 0;
    if (reader->depth == PVM_ASM_MAX_NESTING)
        return pvm_asm_fatal(reader->as, pos, ".if is nested more than %d deep",
                             PVM_ASM_MAX_NESTING);
    bool ok = !live || (pvm_asm_parse_constant(c, ".if", &value) && pvm_asm_expect_end(c));
    reader->opened[reader->depth] = pos;
    reader->conditions[reader->depth++] = !live        ? PVM_ASM_SKIPPED
                                          : value != 0 ? PVM_ASM_TAKEN
                                                       : PVM_ASM_WAITING;
    return ok;
}

static bool turn_if(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c, struct pvm_asm_pos pos)
{
    if (reader->depth == 0)
        return pvm_asm_error(reader->as, pos, ".else without .if");
    uint8_t *condition = &reader->conditions[reader->depth - 1];
    *condition = *condition == PVM_ASM_WAITING ? PVM_ASM_TAKEN : PVM_ASM_SKIPPED;
    return pvm_asm_expect_end(c);
}

static bool close_if(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c,
                     struct pvm_asm_pos pos)
{
    if (reader->depth == 0)
        return pvm_asm_error(reader->as, pos, ".endif without .if");
    reader->depth--;
    return pvm_asm_expect_end(c);
}

static bool include(struct pvm_asm_cursor *c, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = c->as;
    struct pvm_buf text = {.alloc = as->alloc};
    struct pvm_buf resolved = {.alloc = as->alloc};
    struct pvm_asm_source source = {
        .first_line = 1, .parent = pos, .depth = as->sources.list[pos.source].depth + 1};
    bool ok = pvm_asm_load_file(c, pos, &text, &resolved);
    if (ok) {
        source.name = pvm_asm_dup(as, (const char *)resolved.ptr, resolved.len);
        source.text.len = text.len;
        source.text.ptr = (const uint8_t *)pvm_asm_dup(as, (const char *)text.ptr, text.len);
        ok = !as->stop;
    }
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&resolved);
    uint32_t index = ok ? pvm_asm_add_source(as, &source) : PVM_ASM_NONE;
    if (index == PVM_ASM_NONE)
        return false;
    pvm_asm_read(as, index);
    return true;
}

/* --- statements --- */

static bool run_reading(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c,
                        enum pvm_asm_reading what, struct pvm_asm_pos pos)
{
    switch (what) {
    case PVM_ASM_READ_IF:
        return open_if(reader, c, pos);
    case PVM_ASM_READ_ELSE:
        return turn_if(reader, c, pos);
    case PVM_ASM_READ_ENDIF:
        return close_if(reader, c, pos);
    case PVM_ASM_READ_INCLUDE:
        return include(c, pos);
    case PVM_ASM_READ_MACRO:
        return pvm_asm_define_macro(reader, c, pos);
    case PVM_ASM_READ_ENDMACRO:
        return pvm_asm_error(c->as, pos, ".endmacro without .macro");
    case PVM_ASM_READ_COUNT:
        break;
    }
    return false;
}

static bool outside_text(struct pvm_asm *as, struct pvm_asm_pos pos)
{
    return as->section != PVM_ASM_TEXT && !pvm_asm_error(as, pos, "an instruction outside .text");
}

/* The statement whose first word is name, with the cursor behind it. */
static bool run_statement(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c,
                          const struct pvm_asm_token *name, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = c->as;
    uint32_t index;
    struct pvm_asm_keyword keyword;
    if (pvm_asm_keyword_find(as, name->text, name->len, &keyword)) {
        switch (keyword.kind) {
        case PVM_ASM_WORD_OP:
            return !outside_text(as, pos) && pvm_asm_parse_insn(c, (enum pvm_op)keyword.index, pos);
        case PVM_ASM_WORD_PSEUDO:
            return !outside_text(as, pos) &&
                   pvm_asm_parse_pseudo(c, (enum pvm_asm_pseudo)keyword.index, pos);
        case PVM_ASM_WORD_DIRECTIVE:
            return pvm_asm_directives[keyword.index].run(c, pos,
                                                         pvm_asm_directives[keyword.index].number);
        case PVM_ASM_WORD_READING:
            return run_reading(reader, c, (enum pvm_asm_reading)keyword.index, pos);
        }
    }
    if (pvm_asm_map_find(&as->macro_names, name->text, name->len, &index))
        return pvm_asm_call_macro(c, index, pos);
    return pvm_asm_error(as, pos, "unknown %s '%.*s'",
                         name->text[0] == '.' ? "directive" : "instruction",
                         (int)(name->len < 40 ? name->len : 40), name->text);
}

static bool define_label(struct pvm_asm *as, const struct pvm_asm_token *name,
                         struct pvm_asm_pos pos)
{
    struct pvm_asm_symbol def = pvm_asm_label_here(as);
    if (!pvm_asm_define(as, name->text, name->len, pos, &def))
        return false;
    if (name->text[0] != '.') {
        as->scope = name->text;
        as->scope_len = name->len;
    }
    return true;
}

static bool run_line(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c)
{
    pvm_asm_next(c);
    while (c->tok.kind == PVM_ASM_TOK_NAME) {
        struct pvm_asm_token name = c->tok;
        struct pvm_asm_pos pos = pvm_asm_here(c);
        pvm_asm_next(c);
        if (pvm_asm_accept(c, '='))
            return pvm_asm_define_equ(c, &name, pos);
        if (!pvm_asm_is_punct(c, ':'))
            return run_statement(reader, c, &name, pos);
        /* A label that cannot be defined does not hide what follows it. */
        define_label(c->as, &name, pos);
        pvm_asm_next(c);
    }
    return c->tok.kind == PVM_ASM_TOK_END || pvm_asm_expected(c, "a label or a statement");
}

/* A line in a part that does not count: only conditions matter. */
static void skip_line(struct pvm_asm_reader *reader, struct pvm_asm_cursor *c)
{
    enum pvm_asm_reading what = pvm_asm_reading_of(c);
    if (what == PVM_ASM_READ_IF || what == PVM_ASM_READ_ELSE || what == PVM_ASM_READ_ENDIF) {
        pvm_asm_next(c);
        struct pvm_asm_pos pos = pvm_asm_here(c);
        pvm_asm_next(c);
        run_reading(reader, c, what, pos);
    }
}

void pvm_asm_read(struct pvm_asm *as, uint32_t source)
{
    struct pvm_asm_reader reader = {
        .as = as, .source = source, .line = as->sources.list[source].first_line};
    struct pvm_asm_cursor c;
    while (pvm_asm_next_line(&reader, &c)) {
        if (counts(&reader))
            run_line(&reader, &c);
        else
            skip_line(&reader, &c);
    }
    if (reader.depth != 0 && !as->stop)
        pvm_asm_error(as, reader.opened[reader.depth - 1], ".if without .endif");
}
