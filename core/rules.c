/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rules.h"

const struct pvm_rules pvm_rules_072 = {
    .name = "0.7.2",
    .isa = PVM_ISA_O1,
    .gas = PVM_GAS_FLAT,
};
