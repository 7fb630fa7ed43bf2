/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One instruction as text. Crash reports and traces come through here: nothing is allocated but
 * the output's own growth.
 */
#include "core/disasm.h"

#include "core/asm_form.h"

enum { PLAIN_LIMIT = 4096 };

static void add_digits(struct pvm_buf *out, uint64_t value, unsigned base)
{
    char text[20];
    size_t at = sizeof text;
    do {
        text[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    pvm_buf_add(out, text + at, sizeof text - at);
}

static void add_hex(struct pvm_buf *out, uint64_t value)
{
    pvm_buf_add(out, "0x", 2);
    add_digits(out, value, 16);
}

/* Numbers near 0 in decimal, others in hexadecimal. */
static void add_magnitude(struct pvm_buf *out, uint64_t value)
{
    if (value < PLAIN_LIMIT)
        add_digits(out, value, 10);
    else
        add_hex(out, value);
}

static void add_signed(struct pvm_buf *out, uint64_t value)
{
    bool negative = value >> 63 != 0;
    if (negative)
        pvm_buf_add_u8(out, '-');
    add_magnitude(out, negative ? 0 - value : value);
}

static void add_register(struct pvm_buf *out, unsigned reg)
{
    pvm_buf_text(out, pvm_reg_name(reg));
}

static void add_target(struct pvm_buf *out, const struct pvm_disasm_options *options, uint64_t pc)
{
    const struct pvm_symbol *symbol =
        options->symbols != NULL ? pvm_symbols_at(options->symbols, pc) : NULL;
    if (symbol != NULL) {
        pvm_buf_text(out, symbol->name);
    } else {
        pvm_buf_add_u8(out, '@');
        add_hex(out, pc);
    }
}

/* A host call by name only where the name leads back to this number. */
static void add_call(struct pvm_buf *out, const struct pvm_disasm_options *options, uint64_t value)
{
    const struct pvm_call_names *calls = &options->calls;
    int64_t number = (int64_t)value;
    int64_t back;
    const char *name = calls->name != NULL ? calls->name(calls->user, number) : NULL;
    if (name != NULL && calls->number != NULL &&
        calls->number(calls->user, name, strlen(name), &back) && back == number)
        pvm_buf_text(out, name);
    else
        add_signed(out, value);
}

/* [base+x], or [x] as the 32-bit address it stands for. */
static void add_address(struct pvm_buf *out, char base, const struct pvm_operands *ops)
{
    pvm_buf_add_u8(out, '[');
    if (base == 'X') {
        add_hex(out, (uint32_t)ops->x);
    } else {
        add_register(out, base == 'A' ? ops->a : ops->b);
        if (ops->x != 0 && ops->x >> 63 == 0)
            pvm_buf_add_u8(out, '+');
        if (ops->x != 0)
            add_signed(out, ops->x);
    }
    pvm_buf_add_u8(out, ']');
}

static void add_immediate(struct pvm_buf *out, enum pvm_op op,
                          const struct pvm_disasm_options *options, uint64_t value)
{
    if (op == PVM_OP_ECALLI)
        add_call(out, options, value);
    else if (op == PVM_OP_LOAD_IMM_64 && value + PLAIN_LIMIT >= PLAIN_LIMIT)
        add_magnitude(out, value);
    else
        add_signed(out, value);
}

/* The instruction from its row: mnemonic, then what its form's operand text says. */
static void add_insn(struct pvm_buf *out, enum pvm_op op, const struct pvm_operands *ops,
                     const struct pvm_disasm_options *options)
{
    enum pvm_form form = (enum pvm_form)pvm_op_table[op].form;
    char address = pvm_asm_address(op);
    pvm_buf_text(out, pvm_op_table[op].name);
    const char *operand = pvm_form_operands(form);
    if (*operand != 0)
        pvm_buf_add_u8(out, ' ');
    for (; *operand != 0; operand++) {
        if (*operand == address) {
            add_address(out, address, ops);
            operand = strchr(operand, 'X');
            continue;
        }
        switch (*operand) {
        case 'A':
            add_register(out, ops->a);
            break;
        case 'B':
            add_register(out, ops->b);
            break;
        case 'D':
            add_register(out, ops->d);
            break;
        case 'X':
            add_immediate(out, op, options, ops->x);
            break;
        case 'Y':
            add_immediate(out, op, options, ops->y);
            break;
        case 't': /* "target" */
            add_target(out, options, pvm_form_target(form) == 'X' ? ops->x : ops->y);
            operand += strlen("target") - 1;
            break;
        default: /* the comma and the blank behind it */
            pvm_buf_add_u8(out, (uint8_t)*operand);
            break;
        }
    }
}

void pvm_disasm_insn(const struct pvm_program *program, uint64_t pc,
                     const struct pvm_disasm_options *options, struct pvm_buf *out)
{
    struct pvm_operands ops;
    if (pc >= program->code_len) {
        pvm_buf_text(out, "trap ; beyond the end of the code");
    } else if (!pvm_program_is_opcode(program, pc)) {
        pvm_buf_text(out, "trap ; no instruction starts here");
    } else if (pvm_op_of_octet(program->rules->isa, program->code[pc]) == PVM_OP_COUNT) {
        pvm_buf_text(out, "trap ; unknown opcode ");
        add_digits(out, program->code[pc], 10);
    } else {
        pvm_program_operands(program, (uint32_t)pc, &ops);
        add_insn(out, pvm_program_op(program, pc), &ops, options);
    }
}
