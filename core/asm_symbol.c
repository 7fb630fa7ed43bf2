/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_expr.h"

uint32_t pvm_asm_register(const char *name, uint32_t len)
{
    for (unsigned reg = 0; reg < PVM_REG_COUNT; reg++) {
        const char *known = pvm_reg_name(reg);
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return reg;
    }
    if (len < 2 || len > 3 || name[0] != 'r' || (len == 3 && name[1] != '1'))
        return PVM_ASM_NONE;
    unsigned digit = (unsigned)(name[len - 1] - '0');
    if (digit > 9)
        return PVM_ASM_NONE;
    unsigned reg = len == 3 ? 10 + digit : digit;
    return reg < PVM_REG_COUNT ? reg : PVM_ASM_NONE;
}

static uint32_t add_symbol(struct pvm_asm *as, struct pvm_asm_symbol symbol)
{
    struct pvm_asm_symbol *list = pvm_asm_grow(as, as->symbols.list, &as->symbols.cap,
                                               as->symbols.count, sizeof *list, symbol.pos);
    if (list == NULL)
        return PVM_ASM_NONE;
    as->symbols.list = list;
    list[as->symbols.count] = symbol;
    return (uint32_t)as->symbols.count++;
}

uint32_t pvm_asm_symbol_index(struct pvm_asm *as, const char *name, uint32_t len,
                              struct pvm_asm_pos pos)
{
    char full[2 * PVM_ASM_MAX_NAME + 1];
    uint32_t scope = name[0] == '.' ? as->scope_len : 0;
    uint32_t index;
    if (scope != 0)
        memcpy(full, as->scope, scope);
    memcpy(full + scope, name, len);
    len += scope;
    if (pvm_asm_map_find(&as->names, full, len, &index))
        return index;
    const char *kept = pvm_asm_dup(as, full, len);
    if (kept == NULL)
        return PVM_ASM_NONE;
    index = add_symbol(as, (struct pvm_asm_symbol){.name = kept, .len = len, .pos = pos});
    if (index != PVM_ASM_NONE && !pvm_asm_map_add(&as->names, kept, len, index)) {
        pvm_asm_no_memory(as);
        return PVM_ASM_NONE;
    }
    return index;
}

struct pvm_asm_symbol pvm_asm_label_here(const struct pvm_asm *as)
{
    uint64_t value = as->section == PVM_ASM_TEXT ? as->items.count : as->sections[as->section].size;
    return (struct pvm_asm_symbol){
        .kind = PVM_ASM_LABEL, .section = (uint8_t)as->section, .value = value};
}

uint32_t pvm_asm_anonymous(struct pvm_asm *as, struct pvm_asm_pos pos)
{
    struct pvm_asm_symbol symbol = pvm_asm_label_here(as);
    symbol.pos = pos;
    return add_symbol(as, symbol);
}

bool pvm_asm_define(struct pvm_asm *as, const char *name, uint32_t len, struct pvm_asm_pos pos,
                    const struct pvm_asm_symbol *def)
{
    if (len == 1 && name[0] == '.')
        return pvm_asm_error(as, pos, "'.' is the current location and cannot be defined");
    if (pvm_asm_register(name, len) != PVM_ASM_NONE)
        return pvm_asm_error(as, pos, "'%.*s' is a register", (int)len, name);
    uint32_t index = pvm_asm_symbol_index(as, name, len, pos);
    if (index == PVM_ASM_NONE)
        return false;
    struct pvm_asm_symbol *symbol = &as->symbols.list[index];
    if (symbol->kind != PVM_ASM_UNDEFINED) {
        pvm_asm_error(as, pos, "'%.100s' is already defined", symbol->name);
        pvm_asm_note(as, symbol->pos, "the first definition is here");
        return false;
    }
    symbol->kind = def->kind;
    symbol->section = def->section;
    symbol->value = def->value;
    symbol->expr = def->expr;
    symbol->pos = pos;
    return true;
}

uint64_t pvm_asm_label_address(const struct pvm_asm *as, const struct pvm_asm_symbol *label)
{
    if (label->section != PVM_ASM_TEXT)
        return as->sections[label->section].base + label->value;
    return label->value < as->items.count ? as->items.list[label->value].address : as->text_end;
}

bool pvm_asm_want_entry(struct pvm_asm *as, uint32_t symbol, struct pvm_asm_pos pos)
{
    uint32_t *list =
        pvm_asm_grow(as, as->wanted.list, &as->wanted.cap, as->wanted.count, sizeof *list, pos);
    if (list == NULL)
        return false;
    as->wanted.list = list;
    list[as->wanted.count++] = symbol;
    return true;
}

bool pvm_asm_add_jump(struct pvm_asm *as, struct pvm_asm_expr expr, struct pvm_asm_pos pos)
{
    struct pvm_asm_expr *list =
        pvm_asm_grow(as, as->jumps.list, &as->jumps.cap, as->jumps.count, sizeof *list, pos);
    if (list == NULL)
        return false;
    as->jumps.list = list;
    list[as->jumps.count++] = expr;
    return true;
}
