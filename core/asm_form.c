/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_form.h"

#include <string.h>

bool pvm_asm_is_memory(enum pvm_op op)
{
    const struct pvm_op_info *info = &pvm_op_table[op];
    return info->units[PVM_UNIT_L] != 0 || info->units[PVM_UNIT_S] != 0;
}

char pvm_asm_address(enum pvm_op op)
{
    if (!pvm_asm_is_memory(op))
        return 0;
    const char *operands = pvm_form_operands((enum pvm_form)pvm_op_table[op].form);
    /* The register that stands last before X, if it is only read: the other register of a load or
     * store is the one moved. */
    const char *x = strchr(operands, 'X');
    bool alone = x == operands;
    bool value_first = x == operands + 3 && strchr(x, 'Y') == NULL;
    if (alone || value_first)
        return 'X';
    return x[-3];
}

bool pvm_asm_wraps(enum pvm_op op, char operand)
{
    const struct pvm_op_info *info = &pvm_op_table[op];
    if (pvm_asm_is_memory(op) && operand == 'X')
        return true;
    if (op == PVM_OP_JUMP_IND || (op == PVM_OP_LOAD_IMM_JUMP_IND && operand == 'Y'))
        return true;
    bool stored = pvm_asm_is_memory(op) && operand == 'Y';
    return strstr(info->name, stored ? "_u32" : "_32") != NULL;
}
