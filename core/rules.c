/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rules.h"

const struct pvm_rules pvm_rules_table[PVM_RULES_COUNT] = {
#define X(NAME, name, isa, gas, strict, cmov, code, jumps)                                         \
    {name, PVM_ISA_##isa, PVM_GAS_##gas, strict, cmov, code, jumps},
    PVM_RULES(X)
#undef X
};
