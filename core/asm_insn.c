/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_insn.h"

#include "core/asm_form.h"

bool pvm_asm_add_item(struct pvm_asm *as, const struct pvm_asm_item *item)
{
    struct pvm_asm_item *list =
        pvm_asm_grow(as, as->items.list, &as->items.cap, as->items.count, sizeof *list, item->pos);
    if (list == NULL)
        return false;
    as->items.list = list;
    list[as->items.count++] = *item;
    struct pvm_asm_section *text = &as->sections[PVM_ASM_TEXT];
    text->size += item->size;
    if (text->size > PVM_ASM_MAX_CODE)
        return pvm_asm_fatal(as, item->pos, "more than %d octets of code", PVM_ASM_MAX_CODE);
    return true;
}

bool pvm_asm_add_octets(struct pvm_asm *as, struct pvm_bytes octets, bool opcode,
                        struct pvm_asm_pos pos)
{
    struct pvm_buf *pool = &as->sections[PVM_ASM_TEXT].bytes;
    if (octets.len > PVM_ASM_MAX_CODE)
        return pvm_asm_fatal(as, pos, "more than %d octets of code", PVM_ASM_MAX_CODE);
    struct pvm_asm_item item = {.kind = PVM_ASM_OCTETS,
                                .fixed = true,
                                .opcode = opcode,
                                .size = (uint32_t)octets.len,
                                .x = {(uint32_t)pool->len, 0},
                                .pos = pos};
    pvm_buf_add_bytes(pool, octets);
    if (pool->failed)
        return pvm_asm_no_memory(as);
    return pvm_asm_add_item(as, &item);
}

/* Adds an instruction. When nothing in it depends on addresses, its size is final and what is
 * wrong with it is said at once. */
static bool add_insn(struct pvm_asm *as, struct pvm_asm_item *item)
{
    uint64_t value;
    bool position = pvm_form_target((enum pvm_form)pvm_op_table[item->op].form) != 0;
    item->fixed = !position && pvm_asm_is_constant(as, item->x, &value) &&
                  pvm_asm_is_constant(as, item->y, &value);
    struct pvm_buf octets = {.alloc = as->alloc};
    bool ok = true;
    if (item->fixed)
        ok = pvm_asm_encode(as, item, &octets, true);
    item->size = ok && item->fixed ? (uint32_t)octets.len : 1;
    if (octets.failed)
        ok = pvm_asm_no_memory(as);
    pvm_buf_deinit(&octets);
    return ok && pvm_asm_add_item(as, item);
}

static bool parse_register(struct pvm_asm_cursor *c, uint8_t *out)
{
    uint32_t reg =
        c->tok.kind == PVM_ASM_TOK_NAME ? pvm_asm_register(c->tok.text, c->tok.len) : PVM_ASM_NONE;
    if (reg == PVM_ASM_NONE)
        return pvm_asm_expected(c, "a register");
    *out = (uint8_t)reg;
    pvm_asm_next(c);
    return true;
}

static bool parse_comma(struct pvm_asm_cursor *c)
{
    return pvm_asm_expect(c, ',', "','");
}

/* [base + X] or [X]; base is NULL for the latter. */
static bool parse_address(struct pvm_asm_cursor *c, uint8_t *base, struct pvm_asm_expr *x)
{
    pvm_asm_next(c);
    if (base != NULL) {
        if (!parse_register(c, base) || !pvm_asm_parse_offset(c, x))
            return false;
    } else if (!pvm_asm_parse_expr(c, x)) {
        return false;
    }
    return pvm_asm_expect(c, ']', "']'");
}

/* `ecalli NAME`: the caller's names of calls come first, then symbols. */
static bool parse_call_name(struct pvm_asm_cursor *c, struct pvm_asm_item *item)
{
    struct pvm_asm *as = c->as;
    const struct pvm_call_names *calls = &as->options->calls;
    struct pvm_asm_token name = c->tok;
    struct pvm_asm_pos pos = pvm_asm_here(c);
    int64_t number;
    if (calls->number != NULL && calls->number(calls->user, name.text, name.len, &number)) {
        pvm_asm_next(c);
        item->x = pvm_asm_single(as, PVM_ASM_CONST, (uint64_t)number, pos);
        return !as->stop;
    }
    uint32_t symbol;
    bool known = pvm_asm_map_find(&as->names, name.text, name.len, &symbol);
    if (!known && name.text[0] != '.')
        return pvm_asm_error(as, pos, "unknown host call '%.*s'",
                             (int)(name.len < 100 ? name.len : 100), name.text);
    return pvm_asm_parse_expr(c, &item->x);
}

static bool parse_operand(struct pvm_asm_cursor *c, const char **operand, struct pvm_asm_item *item)
{
    enum pvm_op op = (enum pvm_op)item->op;
    char letter = **operand;
    if (pvm_asm_is_punct(c, '[') && letter == pvm_asm_address(op)) {
        uint8_t *base = letter == 'A' ? &item->a : letter == 'B' ? &item->b : NULL;
        *operand = strchr(*operand, 'X');
        return parse_address(c, base, &item->x);
    }
    switch (letter) {
    case 'A':
        return parse_register(c, &item->a);
    case 'B':
        return parse_register(c, &item->b);
    case 'D':
        return parse_register(c, &item->d);
    case 'X':
        if (op == PVM_OP_ECALLI && c->tok.kind == PVM_ASM_TOK_NAME)
            return parse_call_name(c, item);
        return pvm_asm_parse_expr(c, &item->x);
    case 'Y':
        return pvm_asm_parse_expr(c, &item->y);
    default: /* "target" */
        *operand += strlen("target") - 1;
        return pvm_asm_parse_expr(
            c, pvm_form_target((enum pvm_form)pvm_op_table[op].form) == 'X' ? &item->x : &item->y);
    }
}

bool pvm_asm_parse_insn(struct pvm_asm_cursor *c, enum pvm_op op, struct pvm_asm_pos pos)
{
    struct pvm_asm *as = c->as;
    const struct pvm_rules *rules = as->options->rules;
    if (pvm_op_table[op].octet[rules->isa] == PVM_NO_OPCODE)
        return pvm_asm_error(as, pos, "'%s' does not exist in GP %s", pvm_op_table[op].name,
                             rules->name);
    struct pvm_asm_item item = {
        .kind = PVM_ASM_INSN, .op = (uint8_t)op, .opcode = true, .pos = pos};
    const char *operand = pvm_form_operands((enum pvm_form)pvm_op_table[op].form);
    while (*operand != 0) {
        if (!parse_operand(c, &operand, &item))
            return false;
        operand++;
        if (*operand == ',') {
            operand += 2;
            if (!parse_comma(c))
                return false;
        }
    }
    return pvm_asm_expect_end(c) && add_insn(as, &item);
}

/* call TARGET: ra gets the dynamic address of the position behind. */
static bool parse_call(struct pvm_asm_cursor *c, struct pvm_asm_item *item)
{
    struct pvm_asm *as = c->as;
    item->op = PVM_OP_LOAD_IMM_JUMP;
    if (!pvm_asm_parse_expr(c, &item->y) || !pvm_asm_expect_end(c))
        return false;
    uint32_t back = pvm_asm_anonymous(as, item->pos);
    if (back == PVM_ASM_NONE || !pvm_asm_want_entry(as, back, item->pos))
        return false;
    as->symbols.list[back].value++;
    item->x = pvm_asm_single(as, PVM_ASM_JT, back, item->pos);
    return !as->stop && add_insn(as, item);
}

/* li: the size is final when the value is known. */
static bool parse_load(struct pvm_asm_cursor *c, struct pvm_asm_item *item)
{
    struct pvm_asm *as = c->as;
    if (!parse_register(c, &item->a) || !parse_comma(c) || !pvm_asm_parse_expr(c, &item->x) ||
        !pvm_asm_expect_end(c))
        return false;
    item->kind = PVM_ASM_LOAD;
    item->op = PVM_OP_LOAD_IMM;
    return add_insn(as, item);
}

bool pvm_asm_parse_pseudo(struct pvm_asm_cursor *c, enum pvm_asm_pseudo pseudo,
                          struct pvm_asm_pos pos)
{
    struct pvm_asm *as = c->as;
    struct pvm_asm_item item = {.kind = PVM_ASM_INSN, .opcode = true, .pos = pos};
    switch (pseudo) {
    case PVM_ASM_LI:
    case PVM_ASM_LA:
        return parse_load(c, &item);
    case PVM_ASM_MV:
        return pvm_asm_parse_insn(c, PVM_OP_MOVE_REG, pos);
    case PVM_ASM_CALL:
        return parse_call(c, &item);
    case PVM_ASM_RET:
        item.op = PVM_OP_JUMP_IND;
        return pvm_asm_expect_end(c) && add_insn(as, &item);
    case PVM_ASM_PSEUDO_COUNT:
        break;
    }
    return false;
}
