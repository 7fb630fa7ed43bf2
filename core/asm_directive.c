/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directives, apart from those that add octets (asm_data.c) or decide what is read (asm_read.c).
 */
#include "core/asm_read.h"

#include <stdlib.h>

static bool set_section(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    if (!pvm_asm_expect_end(c))
        return false;
    c->as->section = (enum pvm_asm_section_id)number;
    return true;
}

static bool set_number(struct pvm_asm_cursor *c, const char *what, uint64_t most, uint64_t *out)
{
    struct pvm_asm_pos at = pvm_asm_here(c);
    uint64_t value = 0;
    if (!pvm_asm_parse_constant(c, what, &value) || !pvm_asm_expect_end(c))
        return false;
    if (value > most)
        return pvm_asm_error(c->as, at, "%s is at most %llu", what, (unsigned long long)most);
    *out = value;
    return true;
}

static bool set_stack(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    (void)number;
    uint64_t value = 0;
    if (!set_number(c, ".stack", PVM_ASM_MAX_STACK, &value))
        return false;
    c->as->stack = (uint32_t)value;
    return true;
}

static bool set_heap(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    (void)number;
    uint64_t value = 0;
    if (!set_number(c, ".heap", PVM_ASM_MAX_HEAP, &value))
        return false;
    c->as->heap = (uint32_t)value;
    return true;
}

static bool set_jump_width(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    (void)number;
    uint64_t value = 0;
    if (!set_number(c, ".jump_width", PVM_ASM_MAX_WIDTH, &value))
        return false;
    c->as->jump_width = (int)value;
    return true;
}

static bool define_value(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    (void)number;
    struct pvm_asm_token name = c->tok;
    struct pvm_asm_pos at = pvm_asm_here(c);
    if (name.kind != PVM_ASM_TOK_NAME)
        return pvm_asm_expected(c, "a name");
    pvm_asm_next(c);
    return pvm_asm_expect(c, ',', "','") && pvm_asm_define_equ(c, &name, at);
}

bool pvm_asm_define_equ(struct pvm_asm_cursor *c, const struct pvm_asm_token *name,
                        struct pvm_asm_pos pos)
{
    struct pvm_asm_symbol def = {.kind = PVM_ASM_VALUE};
    return pvm_asm_parse_expr(c, &def.expr) && pvm_asm_expect_end(c) &&
           pvm_asm_define(c->as, name->text, name->len, pos, &def);
}

/* .entry KIND TARGET: where an invocation enters (GP 0.7.2 B.2 to B.4; on_transfer: GP 0.7.0 B.5).
 */
static bool set_entry(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    static const struct {
        const char *name;
        unsigned slot;
    } kinds[] = {{"refine", 0}, {"is_authorized", 0}, {"accumulate", 1}, {"on_transfer", 2}};
    (void)number;
    unsigned kind = 0;
    unsigned count = sizeof kinds / sizeof *kinds;
    while (kind < count &&
           (c->tok.kind != PVM_ASM_TOK_NAME || c->tok.len != strlen(kinds[kind].name) ||
            memcmp(c->tok.text, kinds[kind].name, c->tok.len) != 0))
        kind++;
    if (kind == count)
        return pvm_asm_expected(c, "refine, is_authorized, accumulate or on_transfer");
    pvm_asm_next(c);
    pvm_asm_accept(c, ',');
    struct pvm_asm_entry entry = {.pos = pos, .name = kinds[kind].name};
    if (!pvm_asm_parse_expr(c, &entry.target) || !pvm_asm_expect_end(c))
        return false;
    struct pvm_asm_entry *slot = &c->as->entries[kinds[kind].slot];
    if (slot->target.count != 0) {
        pvm_asm_error(c->as, pos, "position %u already has the entry '%s'",
                      kinds[kind].slot * PVM_ASM_STUB, slot->name);
        pvm_asm_note(c->as, slot->pos, "the first entry is here");
        return false;
    }
    *slot = entry;
    return true;
}

/* .jumptable [NAME:] target, ... */
static bool add_jumps(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)number;
    struct pvm_asm *as = c->as;
    struct pvm_asm_cursor ahead = *c;
    if (ahead.tok.kind == PVM_ASM_TOK_NAME) {
        pvm_asm_next(&ahead);
        if (pvm_asm_is_punct(&ahead, ':')) {
            struct pvm_asm_symbol def = {.kind = PVM_ASM_TABLE, .value = as->jumps.count};
            if (!pvm_asm_define(as, c->tok.text, c->tok.len, pvm_asm_here(c), &def))
                return false;
            pvm_asm_next(c);
            pvm_asm_next(c);
        }
    }
    struct pvm_asm_expr expr;
    do {
        if (!pvm_asm_parse_expr(c, &expr) || !pvm_asm_add_jump(as, expr, pos))
            return false;
    } while (pvm_asm_accept(c, ','));
    return pvm_asm_expect_end(c);
}

/* .jump_empty N: the table has N entries of no octets. */
static bool set_jump_empty(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)number;
    if (!set_number(c, ".jump_empty", UINT64_MAX, &c->as->jump_empty))
        return false;
    c->as->jump_empty_pos = pos;
    return true;
}

/* The parts of structured metadata, each with its length (JIP draft "program metadata"). */
static bool parse_metadata(struct pvm_asm_cursor *c, struct pvm_buf *part, struct pvm_buf *fixed,
                           struct pvm_buf *authors, unsigned *count)
{
    do {
        part->len = 0;
        if (!pvm_asm_string(c, part))
            return false;
        pvm_buf_add_blob(*count < 3 ? fixed : authors, pvm_buf_bytes(part));
        (*count)++;
    } while (pvm_asm_accept(c, ','));
    if (fixed->failed || authors->failed)
        return pvm_asm_no_memory(c->as);
    return pvm_asm_expect_end(c);
}

static bool set_metadata(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)number;
    struct pvm_asm *as = c->as;
    struct pvm_buf part = {.alloc = as->alloc};
    struct pvm_buf fixed = {.alloc = as->alloc};
    struct pvm_buf authors = {.alloc = as->alloc};
    unsigned count = 0;
    bool ok = parse_metadata(c, &part, &fixed, &authors, &count);
    if (ok && count == 2)
        ok = pvm_asm_error(as, pos, ".metadata is one text, or name, version, licence and authors");
    struct pvm_buf *out = &as->metadata;
    out->len = 0;
    if (ok && count == 1) {
        pvm_buf_add_bytes(out, pvm_buf_bytes(&part));
    } else if (ok) {
        pvm_buf_add_u8(out, 0);
        pvm_buf_add_bytes(out, pvm_buf_bytes(&fixed));
        pvm_buf_add_natural(out, count - 3);
        pvm_buf_add_bytes(out, pvm_buf_bytes(&authors));
    }
    pvm_buf_deinit(&part);
    pvm_buf_deinit(&fixed);
    pvm_buf_deinit(&authors);
    return out->failed ? pvm_asm_no_memory(as) : ok;
}

static bool set_metadata_hex(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned number)
{
    (void)pos;
    (void)number;
    c->as->metadata.len = 0;
    return pvm_asm_hex_string(c, &c->as->metadata) && pvm_asm_expect_end(c);
}

const struct pvm_asm_directive pvm_asm_directives[] = {
    {".text", set_section, PVM_ASM_TEXT},
    {".rodata", set_section, PVM_ASM_RODATA},
    {".data", set_section, PVM_ASM_DATA},
    {".bss", set_section, PVM_ASM_BSS},
    {".stack", set_stack, 0},
    {".heap", set_heap, 0},
    {".u8", pvm_asm_data_values, 1},
    {".u16", pvm_asm_data_values, 2},
    {".u32", pvm_asm_data_values, 4},
    {".u64", pvm_asm_data_values, 8},
    {".byte", pvm_asm_data_values, 1},
    {".half", pvm_asm_data_values, 2},
    {".word", pvm_asm_data_values, 4},
    {".quad", pvm_asm_data_values, 8},
    {".ascii", pvm_asm_data_text, 0},
    {".asciz", pvm_asm_data_text, 1},
    {".string", pvm_asm_data_text, 1},
    {".hex", pvm_asm_data_hex, 0},
    {".zero", pvm_asm_data_zero, 0},
    {".space", pvm_asm_data_zero, 0},
    {".align", pvm_asm_data_align, 0},
    {".incbin", pvm_asm_data_file, 0},
    {".insn", pvm_asm_insn_octets, 0},
    {".equ", define_value, 0},
    {".entry", set_entry, 0},
    {".jumptable", add_jumps, 0},
    {".jump_empty", set_jump_empty, 0},
    {".jump_width", set_jump_width, 0},
    {".metadata", set_metadata, 0},
    {".metadata_hex", set_metadata_hex, 0},
};

const unsigned pvm_asm_directive_count = sizeof pvm_asm_directives / sizeof *pvm_asm_directives;
