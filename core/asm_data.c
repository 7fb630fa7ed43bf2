/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directives that add octets to the current section. In .text they become code octets that are no
 * instruction: their bit in the opcode mask is 0.
 */
#include "core/asm_insn.h"
#include "core/asm_read.h"

static bool no_room(struct pvm_asm *as, struct pvm_asm_pos pos)
{
    static const char *const names[] = {".text", ".rodata", ".data", ".bss"};
    static const unsigned long limits[] = {PVM_ASM_MAX_CODE, PVM_ASM_MAX_DATA, PVM_ASM_MAX_DATA,
                                           (unsigned long)UINT32_MAX};
    return pvm_asm_error(as, pos, "%s would be larger than %lu octets", names[as->section],
                         limits[as->section]);
}

/* Checks that len more octets fit in the current section and notes its first use. */
static bool claim(struct pvm_asm *as, struct pvm_asm_pos pos, uint64_t len)
{
    struct pvm_asm_section *section = &as->sections[as->section];
    uint64_t limit = as->section == PVM_ASM_TEXT  ? PVM_ASM_MAX_CODE
                     : as->section == PVM_ASM_BSS ? UINT32_MAX
                                                  : PVM_ASM_MAX_DATA;
    if (len > limit || section->size > limit - len)
        return no_room(as, pos);
    if (section->size == 0 && len != 0)
        section->first = pos;
    return true;
}

static bool add_data(struct pvm_asm *as, struct pvm_asm_pos pos, struct pvm_bytes octets)
{
    struct pvm_asm_section *section = &as->sections[as->section];
    if (!claim(as, pos, octets.len))
        return false;
    if (as->section == PVM_ASM_TEXT)
        return octets.len == 0 || pvm_asm_add_octets(as, octets, false, pos);
    pvm_buf_add_bytes(&section->bytes, octets);
    section->size += octets.len;
    return !section->bytes.failed || pvm_asm_no_memory(as);
}

static bool refuse_bss(struct pvm_asm *as, struct pvm_asm_pos pos)
{
    return as->section != PVM_ASM_BSS ||
           pvm_asm_error(as, pos, "only .zero, .space and .align go into .bss");
}

static bool add_fixup(struct pvm_asm *as, uint64_t offset, unsigned width, struct pvm_asm_expr expr)
{
    struct pvm_asm_fixup *list =
        pvm_asm_grow(as, as->fixups.list, &as->fixups.cap, as->fixups.count, sizeof *list,
                     pvm_asm_expr_pos(as, expr));
    if (list == NULL)
        return false;
    as->fixups.list = list;
    list[as->fixups.count++] = (struct pvm_asm_fixup){.section = (uint8_t)as->section,
                                                      .width = (uint8_t)width,
                                                      .offset = (uint32_t)offset,
                                                      .expr = expr};
    return true;
}

/* One value of .u8 and its like: into octets, or as zeros to be filled in later. */
static bool parse_value(struct pvm_asm_cursor *c, unsigned width, struct pvm_buf *octets)
{
    struct pvm_asm *as = c->as;
    struct pvm_asm_expr expr;
    size_t elems = as->elems.count;
    uint64_t value;
    if (!pvm_asm_parse_expr(c, &expr))
        return false;
    if (pvm_asm_is_constant(as, expr, &value)) {
        if (!pvm_asm_fits(as, expr, width, value))
            return false;
        pvm_buf_add_le(octets, value, width);
        as->elems.count = elems;
        return true;
    }
    const struct pvm_asm_section *section = &as->sections[as->section];
    uint64_t offset = as->section == PVM_ASM_TEXT ? section->bytes.len : section->size;
    if (!add_fixup(as, offset + octets->len, width, expr))
        return false;
    pvm_buf_add_zeros(octets, width);
    return true;
}

bool pvm_asm_data_values(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned width)
{
    struct pvm_asm *as = c->as;
    struct pvm_buf octets = {.alloc = as->alloc};
    size_t fixups = as->fixups.count;
    bool ok = refuse_bss(as, pos);
    while (ok) {
        ok = parse_value(c, width, &octets);
        if (ok && octets.len > PVM_ASM_MAX_CODE)
            ok = no_room(as, pos);
        if (!ok || !pvm_asm_accept(c, ','))
            break;
    }
    if (octets.failed)
        ok = pvm_asm_no_memory(as);
    ok = ok && pvm_asm_expect_end(c) && add_data(as, pos, pvm_buf_bytes(&octets));
    if (!ok)
        as->fixups.count = fixups; /* their octets are not there */
    pvm_buf_deinit(&octets);
    return ok;
}

bool pvm_asm_data_text(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned zero)
{
    struct pvm_buf octets = {.alloc = c->as->alloc};
    bool ok = refuse_bss(c->as, pos);
    while (ok) {
        ok = pvm_asm_string(c, &octets);
        if (ok && zero != 0)
            pvm_buf_add_u8(&octets, 0);
        if (!ok || !pvm_asm_accept(c, ','))
            break;
    }
    if (octets.failed)
        ok = pvm_asm_no_memory(c->as);
    ok = ok && pvm_asm_expect_end(c) && add_data(c->as, pos, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    return ok;
}

bool pvm_asm_hex_string(struct pvm_asm_cursor *c, struct pvm_buf *out)
{
    struct pvm_asm *as = c->as;
    if (c->tok.kind != PVM_ASM_TOK_STRING)
        return pvm_asm_expected(c, "a string of hexadecimal digits");
    struct pvm_asm_pos pos = pvm_asm_here(c);
    const char *end = c->tok.text + c->tok.len - 1;
    const char *p = c->tok.text + 1;
    while (p < end) {
        size_t bad;
        if (*p == ' ') {
            p++;
            continue;
        }
        pos.offset = (uint32_t)(p - c->text);
        if (end - p < 2 || p[1] == 'x' || !pvm_hex_decode(p, 2, out, &bad))
            return out->failed ? pvm_asm_no_memory(as)
                               : pvm_asm_error(as, pos, "expected two hexadecimal digits");
        p += 2;
    }
    pvm_asm_next(c);
    return true;
}

bool pvm_asm_data_hex(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused)
{
    (void)unused;
    struct pvm_buf octets = {.alloc = c->as->alloc};
    bool ok = refuse_bss(c->as, pos) && pvm_asm_hex_string(c, &octets) && pvm_asm_expect_end(c) &&
              add_data(c->as, pos, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    return ok;
}

static bool add_zeros(struct pvm_asm *as, struct pvm_asm_pos pos, uint64_t count)
{
    if (!claim(as, pos, count))
        return false;
    if (as->section == PVM_ASM_BSS) {
        as->sections[PVM_ASM_BSS].size += count;
        return true;
    }
    struct pvm_buf octets = {.alloc = as->alloc};
    pvm_buf_add_zeros(&octets, (size_t)count);
    bool ok = octets.failed ? pvm_asm_no_memory(as) : add_data(as, pos, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    return ok;
}

bool pvm_asm_data_zero(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused)
{
    (void)unused;
    uint64_t count;
    return pvm_asm_parse_constant(c, "the number of octets", &count) && pvm_asm_expect_end(c) &&
           add_zeros(c->as, pos, count);
}

bool pvm_asm_data_align(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused)
{
    (void)unused;
    struct pvm_asm *as = c->as;
    struct pvm_asm_pos at = pvm_asm_here(c);
    uint64_t unit;
    if (!pvm_asm_parse_constant(c, ".align", &unit) || !pvm_asm_expect_end(c))
        return false;
    if (unit == 0 || unit > PVM_ASM_MAX_ALIGN || (unit & (unit - 1)) != 0)
        return pvm_asm_error(as, at, "an alignment is a power of two from 1 to %d",
                             PVM_ASM_MAX_ALIGN);
    struct pvm_asm_section *section = &as->sections[as->section];
    if (as->section == PVM_ASM_TEXT) {
        struct pvm_asm_item item = {
            .kind = PVM_ASM_PAD, .fixed = true, .x = {(uint32_t)unit, 0}, .pos = pos};
        return pvm_asm_add_item(as, &item);
    }
    if (section->align < unit)
        section->align = unit;
    return add_zeros(as, pos, (unit - section->size % unit) % unit);
}

bool pvm_asm_load_file(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, struct pvm_buf *text,
                       struct pvm_buf *resolved)
{
    struct pvm_asm *as = c->as;
    const struct pvm_asm_files *files = &as->options->files;
    struct pvm_buf path = {.alloc = as->alloc};
    struct pvm_err err = {0};
    bool ok = pvm_asm_string(c, &path) && pvm_asm_expect_end(c);
    const char *name = ok ? pvm_buf_str(&path) : "";
    if (ok && files->load == NULL)
        ok = pvm_asm_error(as, pos, "there are no files to include here");
    else if (ok && (path.len == 0 || strlen(name) != path.len))
        ok = pvm_asm_error(as, pos, "a file name has at least one character and no \\0");
    else if (ok && files->load(files->user, as->sources.list[pos.source].name, name, text, resolved,
                               &err) != PVM_OK)
        ok = pvm_asm_error(as, pos, "cannot read '%.100s': %s", name, err.msg);
    if (text->failed || resolved->failed || path.failed)
        ok = pvm_asm_no_memory(as);
    pvm_buf_deinit(&path);
    return ok;
}

bool pvm_asm_data_file(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused)
{
    (void)unused;
    struct pvm_buf octets = {.alloc = c->as->alloc};
    struct pvm_buf resolved = {.alloc = c->as->alloc};
    bool ok = refuse_bss(c->as, pos) && pvm_asm_load_file(c, pos, &octets, &resolved) &&
              add_data(c->as, pos, pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&resolved);
    return ok;
}

bool pvm_asm_insn_octets(struct pvm_asm_cursor *c, struct pvm_asm_pos pos, unsigned unused)
{
    (void)unused;
    struct pvm_asm *as = c->as;
    struct pvm_buf octets = {.alloc = as->alloc};
    bool ok = pvm_asm_hex_string(c, &octets) && pvm_asm_expect_end(c);
    if (ok && as->section != PVM_ASM_TEXT)
        ok = pvm_asm_error(as, pos, "an instruction outside .text");
    if (ok && octets.len == 0)
        ok = pvm_asm_error(as, pos, "an instruction has at least one octet");
    ok = ok && pvm_asm_add_octets(as, pvm_buf_bytes(&octets), true, pos);
    pvm_buf_deinit(&octets);
    return ok;
}
