/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between GP versions inside the machine (appendix A), as data. A struct pvm_rules is
 * constant and outlives every program made under it; the host's profiles point at one.
 */
#ifndef CORE_RULES_H
#define CORE_RULES_H

#include "core/opcode.h"

#include <stdbool.h>

enum pvm_gas_model {
    PVM_GAS_FLAT, /* one unit an instruction (GP 0.7.2 A.5) */
    PVM_GAS_BLOCK /* a block's pipeline cost, on entry (GP 0.8.0 A.9) */
};

struct pvm_rules {
    const char *name; /* the GP version it is named after */
    enum pvm_isa isa;
    enum pvm_gas_model gas;
};

/* GP 0.6.7 to 0.7.2. */
extern const struct pvm_rules pvm_rules_072;

#endif
