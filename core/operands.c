/* SPDX-License-Identifier: Apache-2.0 */
#include "core/operands.h"

static uint8_t reg_of(unsigned nibble)
{
    return (uint8_t)(nibble < 12 ? nibble : 12);
}

static unsigned min4(int n)
{
    return n < 0 ? 0 : n > 4 ? 4 : (unsigned)n;
}

/* len octets, sign-extended; len at most 4. Reads 8. */
static uint64_t immediate(const uint8_t *ptr, unsigned len)
{
    if (len == 0)
        return 0;
    unsigned shift = 64 - 8 * len;
    return (uint64_t)((int64_t)(pvm_load_le64(ptr) << shift) >> shift);
}

/* The registers of the one or two octets that name them, by the operands the form has. */
static void decode_registers(enum pvm_form form, const uint8_t *p, struct pvm_operands *out)
{
    switch (form) {
    case PVM_FORM_N:
    case PVM_FORM_I:
    case PVM_FORM_O:
    case PVM_FORM_II:
        return;
    case PVM_FORM_RE:
    case PVM_FORM_RI:
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
        out->a = reg_of(p[0] & 15);
        return;
    case PVM_FORM_RR:
        out->d = reg_of(p[0] & 15);
        out->a = reg_of(p[0] >> 4);
        return;
    case PVM_FORM_RRR:
        out->d = reg_of(p[1]);
        out->a = reg_of(p[0] & 15);
        out->b = reg_of(p[0] >> 4);
        return;
    case PVM_FORM_RRI:
    case PVM_FORM_RRO:
    case PVM_FORM_RRII:
        out->a = reg_of(p[0] & 15);
        out->b = reg_of(p[0] >> 4);
        return;
    }
}

/* X of lx octets at p and Y in what is left of the instruction, which has left octets there. */
static void decode_pair(const uint8_t *p, unsigned lx, int left, struct pvm_operands *out)
{
    out->x = immediate(p, lx);
    out->y = immediate(p + lx, min4(left - (int)lx));
}

void pvm_operands_decode(enum pvm_form form, const uint8_t *code, uint32_t pc, unsigned skip,
                         struct pvm_operands *out)
{
    const uint8_t *p = code + pc + 1;
    int left = (int)skip;
    *out = (struct pvm_operands){0};
    decode_registers(form, p, out);
    switch (form) {
    case PVM_FORM_N:
    case PVM_FORM_RR:
    case PVM_FORM_RRR:
        return;
    case PVM_FORM_I:
    case PVM_FORM_O:
        out->x = immediate(p, min4(left));
        break;
    case PVM_FORM_RE:
        out->x = pvm_load_le64(p + 1);
        return;
    case PVM_FORM_RI:
    case PVM_FORM_RRI:
    case PVM_FORM_RRO:
        out->x = immediate(p + 1, min4(left - 1));
        break;
    case PVM_FORM_II:
        decode_pair(p + 1, min4(p[0] & 7), left - 1, out);
        return;
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
        decode_pair(p + 1, min4((p[0] >> 4) & 7), left - 1, out);
        break;
    case PVM_FORM_RRII:
        decode_pair(p + 2, min4(p[1] & 7), left - 2, out);
        return;
    }
    if (form == PVM_FORM_O || form == PVM_FORM_RRO)
        out->x += pc;
    else if (form == PVM_FORM_RIO)
        out->y += pc;
}

/* Fewest octets, up to 4, whose sign extension is value; 5 when 4 are not enough. */
static unsigned immediate_len(uint64_t value)
{
    for (unsigned len = 0; len <= 4; len++) {
        uint8_t octets[8];
        pvm_store_le(octets, value, 8);
        if (immediate(octets, len) == value)
            return len;
    }
    return 5;
}

char pvm_form_target(enum pvm_form form)
{
    if (form == PVM_FORM_O || form == PVM_FORM_RRO)
        return 'X';
    return form == PVM_FORM_RIO ? 'Y' : 0;
}

/* The octet that names the registers (and, in the RII and RIO forms, the length of X). */
static void add_registers(enum pvm_form form, const struct pvm_operands *ops, unsigned lx,
                          struct pvm_buf *out)
{
    switch (form) {
    case PVM_FORM_N:
    case PVM_FORM_I:
    case PVM_FORM_O:
        return;
    case PVM_FORM_II:
        pvm_buf_add_u8(out, (uint8_t)lx);
        return;
    case PVM_FORM_RE:
    case PVM_FORM_RI:
        pvm_buf_add_u8(out, ops->a);
        return;
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
        pvm_buf_add_u8(out, (uint8_t)(ops->a | lx << 4));
        return;
    case PVM_FORM_RR:
        pvm_buf_add_u8(out, (uint8_t)(ops->d | ops->a << 4));
        return;
    case PVM_FORM_RRI:
    case PVM_FORM_RRO:
        pvm_buf_add_u8(out, (uint8_t)(ops->a | ops->b << 4));
        return;
    case PVM_FORM_RRII:
        pvm_buf_add_u8(out, (uint8_t)(ops->a | ops->b << 4));
        pvm_buf_add_u8(out, (uint8_t)lx);
        return;
    case PVM_FORM_RRR:
        pvm_buf_add_u8(out, (uint8_t)(ops->a | ops->b << 4));
        pvm_buf_add_u8(out, ops->d);
        return;
    }
}

bool pvm_operands_encode(enum pvm_form form, const struct pvm_operands *ops, uint32_t pc,
                         struct pvm_buf *out)
{
    char target = pvm_form_target(form);
    uint64_t x = ops->x - (target == 'X' ? pc : 0);
    uint64_t y = ops->y - (target == 'Y' ? pc : 0);
    unsigned lx = form == PVM_FORM_RE ? 8 : immediate_len(x);
    unsigned ly = immediate_len(y);
    if ((lx > 4 && form != PVM_FORM_RE) || ly > 4)
        return false;
    add_registers(form, ops, lx, out);
    pvm_buf_add_le(out, x, lx);
    pvm_buf_add_le(out, y, ly);
    return true;
}
