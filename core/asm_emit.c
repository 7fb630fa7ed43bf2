/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last step: octets of the code with its mask, the jump table, data, and the container.
 */
#include "core/asm_expr.h"

enum { JUMP_SIZE = 5 };

/* What emission builds. */
struct emitter {
    struct pvm_asm *as;
    struct pvm_buf code;
    uint8_t *mask;   /* a bit a code octet */
    uint8_t *starts; /* the same for basic-block starts */
    uint64_t *jumps;
};

static bool bit(const uint8_t *bits, uint64_t i)
{
    return (bits[i / 8] >> (i % 8) & 1) != 0;
}

static void set_bit(uint8_t *bits, uint64_t i)
{
    bits[i / 8] = (uint8_t)(bits[i / 8] | 1u << (i % 8));
}

/* --- code --- */

/* An entry's stub: a jump with 4 octets of distance, so that stubs lie 5 octets apart; an entry
 * that is not given, below one that is, traps. */
static void emit_stub(struct emitter *e, unsigned i)
{
    struct pvm_asm *as = e->as;
    const struct pvm_asm_entry *entry = &as->entries[i];
    uint64_t target = 0;
    set_bit(e->mask, e->code.len);
    enum pvm_op op = entry->target.count != 0 ? PVM_OP_JUMP : PVM_OP_TRAP;
    pvm_buf_add_u8(&e->code, (uint8_t)pvm_op_table[op].octet[as->options->rules->isa]);
    if (op == PVM_OP_JUMP) {
        pvm_asm_eval(as, entry->target, true, &target);
        target -= (uint64_t)i * PVM_ASM_STUB;
        if (target + UINT64_C(0x80000000) > UINT32_MAX)
            pvm_asm_error(as, pvm_asm_expr_pos(as, entry->target),
                          "the target is more than 2^31 octets away");
    }
    pvm_buf_add_le(&e->code, target, JUMP_SIZE - 1);
}

static void emit_insn(struct emitter *e, const struct pvm_asm_item *item)
{
    size_t start = e->code.len;
    if (!pvm_asm_encode(e->as, item, &e->code, true))
        return;
    /* The layout may have settled on more octets than these: the last immediate is extended. */
    uint8_t fill = e->code.ptr != NULL && (e->code.ptr[e->code.len - 1] & 0x80) != 0 ? 0xff : 0;
    if (e->code.len - start == 1)
        fill = 0;
    while (e->code.len - start < item->size && !e->code.failed)
        pvm_buf_add_u8(&e->code, fill);
}

static void emit_item(struct emitter *e, const struct pvm_asm_item *item)
{
    const struct pvm_buf *pool = &e->as->sections[PVM_ASM_TEXT].bytes;
    switch ((enum pvm_asm_item_kind)item->kind) {
    case PVM_ASM_INSN:
    case PVM_ASM_LOAD:
        set_bit(e->mask, item->address);
        emit_insn(e, item);
        return;
    case PVM_ASM_OCTETS:
        if (item->opcode && item->size != 0)
            set_bit(e->mask, item->address);
        pvm_buf_add(&e->code, pool->ptr + item->x.start, item->size);
        return;
    case PVM_ASM_PAD:
        for (uint32_t i = 0; i < item->size; i++) {
            set_bit(e->mask, item->address + i);
            pvm_buf_add_u8(
                &e->code,
                (uint8_t)pvm_op_table[PVM_OP_FALLTHROUGH].octet[e->as->options->rules->isa]);
        }
        return;
    }
}

static void emit_code(struct emitter *e)
{
    struct pvm_asm *as = e->as;
    unsigned stubs = 0;
    for (unsigned i = 0; i < PVM_ASM_ENTRY_COUNT; i++)
        stubs = as->entries[i].target.count != 0 ? i + 1 : stubs;
    for (unsigned i = 0; i < stubs; i++)
        emit_stub(e, i);
    for (size_t i = 0; i < as->items.count && !as->stop; i++)
        emit_item(e, &as->items.list[i]);
    if (e->code.failed)
        pvm_asm_no_memory(as);
}

/* Basic-block starts of GP 0.7.2 A.3: 0 and what follows terminators, where an instruction is. */
static void find_starts(struct emitter *e)
{
    size_t len = e->code.len;
    enum pvm_isa isa = e->as->options->rules->isa;
    bool start = true;
    size_t at = 0;
    while (at < len) {
        enum pvm_op op = pvm_op_of_octet(isa, e->code.ptr[at]);
        bool known = bit(e->mask, at) && op != PVM_OP_COUNT;
        if (start && known)
            set_bit(e->starts, at);
        bool opcode = bit(e->mask, at);
        size_t next = at + 1;
        while (next < len && next - at <= PVM_MAX_SKIP && !bit(e->mask, next))
            next++;
        start = opcode && known && pvm_op_table[op].terminator;
        at = next;
    }
}

/* Where control goes by name it must find a block start: the machine panics otherwise. */
static void check_target(struct emitter *e, struct pvm_asm_expr expr)
{
    struct pvm_asm *as = e->as;
    uint32_t index = pvm_asm_bare_symbol(as, expr);
    if (index == PVM_ASM_NONE || as->stop)
        return;
    const struct pvm_asm_symbol *symbol = &as->symbols.list[index];
    struct pvm_asm_pos pos = pvm_asm_expr_pos(as, expr);
    const char *name = symbol->name != NULL ? symbol->name : "the place behind this";
    if (symbol->kind != PVM_ASM_LABEL)
        return;
    if (symbol->section != PVM_ASM_TEXT) {
        pvm_asm_error(as, pos, "'%.100s' is no place in .text", name);
        return;
    }
    uint64_t address = pvm_asm_label_address(as, symbol);
    if (address >= e->code.len)
        pvm_asm_error(as, pos, "'%.100s' is the end of the code", name);
    else if (!bit(e->starts, address))
        pvm_asm_error(as, pos,
                      "'%.100s' starts no basic block: the instruction before it must be a "
                      "terminator, such as fallthrough",
                      name);
}

static void check_targets(struct emitter *e)
{
    struct pvm_asm *as = e->as;
    for (unsigned i = 0; i < PVM_ASM_ENTRY_COUNT; i++)
        check_target(e, as->entries[i].target);
    for (size_t i = 0; i < as->items.count; i++) {
        const struct pvm_asm_item *item = &as->items.list[i];
        char target = pvm_form_target((enum pvm_form)pvm_op_table[item->op].form);
        if (item->kind == PVM_ASM_INSN && target != 0)
            check_target(e, target == 'X' ? item->x : item->y);
    }
    for (size_t i = 0; i < as->jumps.count; i++)
        check_target(e, as->jumps.list[i]);
}

/* --- jump table --- */

static unsigned octets_of(uint64_t value)
{
    unsigned octets = 1;
    while (octets < 8 && value >> (8 * octets) != 0)
        octets++;
    return octets;
}

/* An entry's value, within the width asked for; *width grows to what is needed. */
static void emit_jump(struct emitter *e, size_t i, unsigned *width)
{
    struct pvm_asm *as = e->as;
    struct pvm_asm_expr expr = as->jumps.list[i];
    if (!pvm_asm_eval(as, expr, true, &e->jumps[i]))
        return;
    unsigned need = e->jumps[i] == 0 ? 0 : octets_of(e->jumps[i]);
    if (as->jump_width >= 0 && need > *width)
        pvm_asm_error(as, pvm_asm_expr_pos(as, expr),
                      "the jump table entry 0x%llx does not fit in %u octets",
                      (unsigned long long)e->jumps[i], *width);
    else if (need > *width)
        *width = need;
}

/* Evaluates the entries; *width is the octets they take. */
static bool emit_jumps(struct emitter *e, uint64_t *count, unsigned *width)
{
    struct pvm_asm *as = e->as;
    *count = as->jumps.count;
    *width = as->jump_width >= 0 ? (unsigned)as->jump_width : as->jumps.count != 0 ? 1 : 0;
    for (size_t i = 0; i < as->jumps.count && !as->stop; i++)
        emit_jump(e, i, width);
    if (as->jump_empty != 0 && (*count != 0 || *width != 0))
        pvm_asm_error(as, as->jump_empty_pos,
                      ".jump_empty goes with no other entries and no width but 0");
    else if (as->jump_empty != 0)
        *count = as->jump_empty;
    return as->errors == 0;
}

/* --- data and container --- */

static void fill_data(struct pvm_asm *as)
{
    for (size_t i = 0; i < as->fixups.count && !as->stop; i++) {
        const struct pvm_asm_fixup *fixup = &as->fixups.list[i];
        uint64_t value;
        if (pvm_asm_eval(as, fixup->expr, true, &value) &&
            pvm_asm_fits(as, fixup->expr, fixup->width, value))
            pvm_store_le(as->sections[fixup->section].bytes.ptr + fixup->offset, value,
                         fixup->width);
    }
}

static uint64_t pages(uint64_t octets)
{
    return (octets + 4095) / 4096;
}

static void emit_standard(struct pvm_asm *as, struct pvm_bytes program, struct pvm_buf *blob)
{
    const struct pvm_asm_section *rw = &as->sections[PVM_ASM_DATA];
    const struct pvm_asm_section *bss = &as->sections[PVM_ASM_BSS];
    uint64_t heap = as->heap;
    if (bss->size != 0)
        heap += pages(bss->base - rw->base + bss->size) - pages(rw->size);
    struct pvm_standard parts = {
        .ro = pvm_buf_bytes(&as->sections[PVM_ASM_RODATA].bytes),
        .rw = pvm_buf_bytes(&rw->bytes),
        .heap_pages = (uint32_t)heap,
        .stack = as->stack,
        .code = program,
    };
    if (heap > PVM_ASM_MAX_HEAP)
        pvm_asm_error(as, bss->size != 0 ? bss->first : (struct pvm_asm_pos){PVM_ASM_NONE, 0},
                      ".bss and .heap take %llu pages; a program has at most %d",
                      (unsigned long long)heap, PVM_ASM_MAX_HEAP);
    else if (!pvm_standard_fits(&parts))
        pvm_asm_error(as, (struct pvm_asm_pos){PVM_ASM_NONE, 0},
                      "data, heap and stack do not fit in 2^32 octets");
    else
        pvm_standard_encode(&parts, blob);
}

static void check_raw(struct pvm_asm *as)
{
    static const char *const names[] = {".text", ".rodata", ".data", ".bss"};
    for (unsigned i = PVM_ASM_RODATA; i < PVM_ASM_SECTION_COUNT; i++) {
        if (as->sections[i].size != 0)
            pvm_asm_error(as, as->sections[i].first, "a raw program has code only, no %s",
                          names[i]);
    }
}

static void emit_container(struct pvm_asm *as, struct pvm_bytes program, struct pvm_buf *blob)
{
    switch (as->options->format) {
    case PVM_BLOB_RAW:
        pvm_buf_add_bytes(blob, program);
        return;
    case PVM_BLOB_JAM:
        pvm_buf_add_blob(blob, pvm_buf_bytes(&as->metadata));
        emit_standard(as, program, blob);
        return;
    case PVM_BLOB_STANDARD:
        emit_standard(as, program, blob);
        return;
    case PVM_BLOB_POLKAVM:
        break;
    }
    pvm_asm_error(as, (struct pvm_asm_pos){PVM_ASM_NONE, 0},
                  "the assembler writes raw, standard and jam only");
}

static void emit(struct emitter *e, struct pvm_buf *blob)
{
    struct pvm_asm *as = e->as;
    uint64_t count = 0;
    unsigned width = 0;
    if (as->options->format == PVM_BLOB_RAW)
        check_raw(as);
    fill_data(as);
    emit_code(e);
    if (as->errors == 0 && !as->stop) {
        find_starts(e);
        check_targets(e);
    }
    if (!emit_jumps(e, &count, &width) || as->stop)
        return;
    struct pvm_buf program = {.alloc = as->alloc};
    pvm_program_encode(e->jumps, count, width, pvm_buf_bytes(&e->code), e->mask, &program);
    emit_container(as, pvm_buf_bytes(&program), blob);
    if (program.failed || blob->failed)
        pvm_asm_no_memory(as);
    pvm_buf_deinit(&program);
}

void pvm_asm_emit(struct pvm_asm *as, struct pvm_buf *blob)
{
    struct emitter e = {.as = as, .code = {.alloc = as->alloc}};
    size_t octets = as->text_end / 8 + 1;
    e.mask = pvm_alloc_zero(as->alloc, octets, 1);
    e.starts = pvm_alloc_zero(as->alloc, octets, 1);
    e.jumps = pvm_alloc_zero(as->alloc, as->jumps.count + 1, sizeof *e.jumps);
    if (e.mask == NULL || e.starts == NULL || e.jumps == NULL)
        pvm_asm_no_memory(as);
    else
        emit(&e, blob);
    pvm_buf_deinit(&e.code);
    pvm_alloc_free(as->alloc, e.mask);
    pvm_alloc_free(as->alloc, e.starts);
    pvm_alloc_free(as->alloc, e.jumps);
}
