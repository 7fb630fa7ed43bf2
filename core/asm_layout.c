/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout: sizes and addresses. Every instruction starts at its least size; a pass places all items
 * and then lets those grow whose operands need more octets at these addresses. Sizes never shrink,
 * so passes end; see PASSES_* for sources made to need many.
 */
#include "core/asm_expr.h"
#include "core/asm_form.h"

enum {
    GREATEST_SIZE = 11, /* of an instruction: opcode, 2 octets, 2 immediates */
    SIZE_LOAD_64 = 10,
    PASSES_GENEROUS = 24, /* from here on an item that grows gets its greatest size */
    PASSES_LAST = 48,     /* here every item does */
    RW_START = 0x20000,
    RO_START = 0x10000,
    ZONE = 0x10000,
    BSS_ALIGN = 16
};

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Value of an immediate as it is encoded; false when it fits in no 4 octets. */
static bool immediate(const struct pvm_asm_item *item, char operand, uint64_t *value)
{
    enum pvm_op op = (enum pvm_op)item->op;
    bool high = *value >> 31 == 1;
    if (high && pvm_asm_wraps(op, operand))
        *value |= UINT64_C(0xffffffff00000000);
    return *value + UINT64_C(0x80000000) <= UINT32_MAX || op == PVM_OP_LOAD_IMM_64;
}

static bool too_large(struct pvm_asm *as, struct pvm_asm_expr expr, const struct pvm_asm_item *item,
                      char operand, uint64_t value)
{
    struct pvm_asm_pos pos = expr.count != 0 ? pvm_asm_expr_pos(as, expr) : item->pos;
    if (pvm_form_target((enum pvm_form)pvm_op_table[item->op].form) == operand)
        return pvm_asm_error(as, pos, "the target is more than 2^31 octets away");
    const char *most = pvm_asm_wraps((enum pvm_op)item->op, operand) ? "0xffffffff" : "0x7fffffff";
    if (value >> 63 != 0)
        return pvm_asm_error(as, pos, "-0x%llx does not fit: an immediate is -0x80000000 to %s",
                             (unsigned long long)(0 - value), most);
    return pvm_asm_error(as, pos, "0x%llx does not fit: an immediate is -0x80000000 to %s",
                         (unsigned long long)value, most);
}

/* Values of the operands; targets stay absolute. */
static bool operands_of(struct pvm_asm *as, const struct pvm_asm_item *item, bool report,
                        struct pvm_operands *ops)
{
    char target = pvm_form_target((enum pvm_form)pvm_op_table[item->op].form);
    *ops = (struct pvm_operands){.a = item->a, .b = item->b, .d = item->d};
    bool ok = pvm_asm_eval(as, item->x, report, &ops->x);
    ok = pvm_asm_eval(as, item->y, report, &ops->y) && ok;
    if (!ok)
        return false;
    uint64_t x = ops->x - (target == 'X' ? item->address : 0);
    uint64_t y = ops->y - (target == 'Y' ? item->address : 0);
    if (!immediate(item, 'X', target == 'X' ? &x : &ops->x))
        return report && too_large(as, item->x, item, 'X', ops->x);
    if (!immediate(item, 'Y', target == 'Y' ? &y : &ops->y))
        return report && too_large(as, item->y, item, 'Y', ops->y);
    return true;
}

bool pvm_asm_encode(struct pvm_asm *as, const struct pvm_asm_item *item, struct pvm_buf *out,
                    bool report)
{
    struct pvm_asm_item own = *item;
    uint64_t value = 0;
    if (item->kind == PVM_ASM_LOAD && pvm_asm_eval(as, item->x, false, &value) &&
        (value + UINT64_C(0x80000000) > UINT32_MAX || item->size == SIZE_LOAD_64))
        own.op = PVM_OP_LOAD_IMM_64;
    const struct pvm_op_info *info = &pvm_op_table[own.op];
    struct pvm_operands ops;
    if (!operands_of(as, &own, report, &ops))
        return false;
    pvm_buf_add_u8(out, (uint8_t)info->octet[as->options->rules->isa]);
    return pvm_operands_encode((enum pvm_form)info->form, &ops, item->address, out);
}

static uint32_t padding(uint64_t address, uint32_t unit)
{
    return (uint32_t)(round_up(address, unit) - address);
}

/* Gives every item the address that follows from the sizes. */
static void place(struct pvm_asm *as)
{
    uint64_t address = 0;
    for (unsigned i = 0; i < PVM_ASM_ENTRY_COUNT; i++) {
        if (as->entries[i].target.count != 0)
            address = (uint64_t)PVM_ASM_STUB * (i + 1);
    }
    for (size_t i = 0; i < as->items.count; i++) {
        struct pvm_asm_item *item = &as->items.list[i];
        item->address = (uint32_t)address;
        if (item->kind == PVM_ASM_PAD)
            item->size = padding(address, item->x.start);
        address += item->size;
        if (address > PVM_ASM_MAX_CODE) {
            pvm_asm_fatal(as, item->pos, "more than %d octets of code", PVM_ASM_MAX_CODE);
            address = 0;
        }
    }
    as->text_end = (uint32_t)address;
    as->pass++;
}

/* Lets an item grow to what it needs; true when it did. */
static bool grow(struct pvm_asm *as, struct pvm_asm_item *item, struct pvm_buf *scratch)
{
    scratch->len = 0;
    bool ok = pvm_asm_encode(as, item, scratch, false);
    uint32_t need = ok ? (uint32_t)scratch->len : GREATEST_SIZE;
    if (need <= item->size)
        return false;
    item->size = as->pass >= PASSES_GENEROUS ? GREATEST_SIZE : need;
    return true;
}

static void grow_all(struct pvm_asm *as)
{
    for (size_t i = 0; i < as->items.count; i++) {
        struct pvm_asm_item *item = &as->items.list[i];
        if (!item->fixed && item->kind != PVM_ASM_PAD)
            item->size = GREATEST_SIZE;
    }
    place(as);
}

static void place_text(struct pvm_asm *as)
{
    struct pvm_buf scratch = {.alloc = as->alloc};
    bool grew = true;
    place(as);
    while (grew && !as->stop) {
        if (as->pass == PASSES_LAST) {
            grow_all(as);
            break;
        }
        grew = false;
        for (size_t i = 0; i < as->items.count; i++) {
            struct pvm_asm_item *item = &as->items.list[i];
            if (!item->fixed && item->kind != PVM_ASM_PAD && grow(as, item, &scratch))
                grew = true;
        }
        if (grew)
            place(as);
    }
    if (scratch.failed)
        pvm_asm_no_memory(as);
    pvm_buf_deinit(&scratch);
}

/* Addresses of GP 0.7.2 A.7; .bss follows .data. */
static void place_data(struct pvm_asm *as)
{
    struct pvm_asm_section *ro = &as->sections[PVM_ASM_RODATA];
    struct pvm_asm_section *rw = &as->sections[PVM_ASM_DATA];
    struct pvm_asm_section *bss = &as->sections[PVM_ASM_BSS];
    ro->base = RO_START;
    rw->base = RW_START + round_up(ro->size, ZONE);
    bss->base = rw->base + round_up(rw->size, bss->align > BSS_ALIGN ? bss->align : BSS_ALIGN);
}

/* Gives the symbols of jt() their entries: that of a .jumptable if it has one, else a new one. */
static void fill_table(struct pvm_asm *as)
{
    for (size_t i = 0; i < as->jumps.count; i++) {
        uint32_t symbol = pvm_asm_bare_symbol(as, as->jumps.list[i]);
        if (symbol != PVM_ASM_NONE && as->symbols.list[symbol].entry == 0)
            as->symbols.list[symbol].entry = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < as->wanted.count && !as->stop; i++) {
        struct pvm_asm_symbol *symbol = &as->symbols.list[as->wanted.list[i]];
        if (symbol->entry == 0)
            pvm_asm_add_jump(as,
                             pvm_asm_single(as, PVM_ASM_SYMBOL, as->wanted.list[i], symbol->pos),
                             symbol->pos);
        if (symbol->entry == 0)
            symbol->entry = (uint32_t)as->jumps.count;
    }
}

void pvm_asm_layout(struct pvm_asm *as)
{
    place_data(as);
    fill_table(as);
    place_text(as);
}
