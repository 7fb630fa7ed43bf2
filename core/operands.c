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

/* len octets, sign-extended; len at most 4. */
static uint64_t immediate(const uint8_t *ptr, unsigned len)
{
    if (len == 0)
        return 0;
    uint32_t raw = (uint32_t)pvm_load_le(ptr, len);
    unsigned shift = 32 - 8 * len;
    return (uint64_t)(int64_t)((int32_t)(raw << shift) >> shift);
}

void pvm_operands_decode(enum pvm_form form, const uint8_t *code, uint32_t pc, unsigned skip,
                         struct pvm_operands *out)
{
    const uint8_t *p = code + pc + 1;
    int left = (int)skip;
    unsigned lx;
    *out = (struct pvm_operands){0};

    switch (form) {
    case PVM_FORM_N:
        return;
    case PVM_FORM_I:
        out->x = immediate(p, min4(left));
        return;
    case PVM_FORM_O:
        out->x = pc + immediate(p, min4(left));
        return;
    case PVM_FORM_RE:
        out->a = reg_of(p[0] & 15);
        out->x = pvm_load_le(p + 1, 8);
        return;
    case PVM_FORM_II:
        lx = min4(p[0] & 7);
        out->x = immediate(p + 1, lx);
        out->y = immediate(p + 1 + lx, min4(left - (int)lx - 1));
        return;
    case PVM_FORM_RI:
        out->a = reg_of(p[0] & 15);
        out->x = immediate(p + 1, min4(left - 1));
        return;
    case PVM_FORM_RII:
    case PVM_FORM_RIO:
        out->a = reg_of(p[0] & 15);
        lx = min4((p[0] >> 4) & 7);
        out->x = immediate(p + 1, lx);
        out->y = immediate(p + 1 + lx, min4(left - (int)lx - 1));
        if (form == PVM_FORM_RIO)
            out->y += pc;
        return;
    case PVM_FORM_RR:
        out->d = reg_of(p[0] & 15);
        out->a = reg_of(p[0] >> 4);
        return;
    case PVM_FORM_RRI:
    case PVM_FORM_RRO:
        out->a = reg_of(p[0] & 15);
        out->b = reg_of(p[0] >> 4);
        out->x = immediate(p + 1, min4(left - 1));
        if (form == PVM_FORM_RRO)
            out->x += pc;
        return;
    case PVM_FORM_RRII:
        out->a = reg_of(p[0] & 15);
        out->b = reg_of(p[0] >> 4);
        lx = min4(p[1] & 7);
        out->x = immediate(p + 2, lx);
        out->y = immediate(p + 2 + lx, min4(left - (int)lx - 2));
        return;
    case PVM_FORM_RRR:
        out->a = reg_of(p[0] & 15);
        out->b = reg_of(p[0] >> 4);
        out->d = reg_of(p[1]);
        return;
    }
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
