/* SPDX-License-Identifier: Apache-2.0 */
#include "core/opcode.h"

#include <string.h>

/* clang-format off */
/* Cells of PVM_OPCODES. */
#define NO         PVM_NO_OPCODE
#define DRAFT(o1)  ((o1) == NO ? 3 : (o1))
#define FLAG__     0
#define FLAG_T     1
#define SET__      0
#define SET_A      PVM_A
#define SET_B      PVM_B
#define SET_AB     PVM_A | PVM_B
#define SET_D      PVM_D
#define CYCLES(n)  n
#define BR         PVM_CYCLES_BRANCH
#define SLOTS_FIX(same, other) PVM_SLOTS_FIX, same, other
#define SLOTS_ANY(same, other) PVM_SLOTS_ANY, same, other
#define SLOTS_ONE(same, other) PVM_SLOTS_ONE, same, other
#define UNITS__    {0}
#define UNITS_A    {1}
#define UNITS_A2   {2}
#define UNITS_AL   {1, 1}
#define UNITS_AS   {1, 0, 1}
#define UNITS_AM   {1, 0, 0, 1}
#define UNITS_AD   {1, 0, 0, 0, 1}

const struct pvm_op_info pvm_op_table[PVM_OP_COUNT] = {
#define X(NAME, name, o1, o2, form, t, src, dst, cycles, slots, units, text)                       \
    [PVM_OP_##NAME] = {#name,      text,   {o1, o2, DRAFT(o1)}, PVM_FORM_##form, FLAG_##t,                 \
                       SET_##src, SET_##dst, CYCLES(cycles), SLOTS_##slots,   UNITS_##units},
    PVM_OPCODES(X)
#undef X
};

/* 1 + enum pvm_op by octet, 0 where no instruction has it; the row of PVM_NO_OPCODE is unused.
 * An octet that stands twice in a column is a compile error (-Woverride-init). */
static const uint8_t octet_maps[PVM_ISA_COUNT][PVM_NO_OPCODE + 1] = {
    {
#define X(NAME, name, o1, o2, form, t, src, dst, cycles, slots, units, text)                       \
    [o1] = PVM_OP_##NAME + 1,
        PVM_OPCODES(X)
#undef X
    },
    {
#define X(NAME, name, o1, o2, form, t, src, dst, cycles, slots, units, text)                       \
    [o2] = PVM_OP_##NAME + 1,
        PVM_OPCODES(X)
#undef X
    },
    {
#define X(NAME, name, o1, o2, form, t, src, dst, cycles, slots, units, text)                       \
    [DRAFT(o1)] = PVM_OP_##NAME + 1,
        PVM_OPCODES(X)
#undef X
    },
};
/* clang-format on */

const uint8_t *pvm_op_octets(enum pvm_isa isa)
{
    return octet_maps[isa];
}

enum pvm_op pvm_op_of_octet(enum pvm_isa isa, uint8_t octet)
{
    uint8_t entry = octet_maps[isa][octet];
    return entry != 0 ? (enum pvm_op)(entry - 1) : PVM_OP_COUNT;
}

enum pvm_op pvm_op_by_name(const char *name, unsigned len)
{
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        const char *candidate = pvm_op_table[op].name;
        if (strlen(candidate) == len && memcmp(candidate, name, len) == 0)
            return (enum pvm_op)op;
    }
    return PVM_OP_COUNT;
}

static const char *const form_names[] = {
#define F(form, operands) #form,
    PVM_FORMS(F)
#undef F
};

static const char *const form_operands[] = {
#define F(form, operands) operands,
    PVM_FORMS(F)
#undef F
};

const char *pvm_form_name(enum pvm_form form)
{
    return form_names[form];
}

const char *pvm_form_operands(enum pvm_form form)
{
    return form_operands[form];
}

const char *pvm_reg_name(unsigned reg)
{
    static const char *const names[PVM_REG_COUNT] = {"ra", "sp", "t0", "t1", "t2", "s0", "s1",
                                                     "a0", "a1", "a2", "a3", "a4", "a5"};
    return reg < PVM_REG_COUNT ? names[reg] : "?";
}
