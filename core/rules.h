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

/* Bounds of a program that official vectors state beside the text (GP pull request 559). */
enum { PVM_VECTORS_MAX_CODE = 1 << 25, PVM_VECTORS_MAX_JUMPS = 1 << 24 };

/* NAME, name, isa, gas, strict, cmov reads D, most code, most jumps (0: no bound) */
#define PVM_RULES(X)                                                                               \
    X(072, "0.7.2", O1, FLAT, false, false, 0, 0)                                                  \
    X(080, "0.8.0", O2, BLOCK, true, false, 0, 0)                                                  \
    X(080_VECTORS, "0.8.0-vectors", O2, BLOCK, true, true, PVM_VECTORS_MAX_CODE,                   \
      PVM_VECTORS_MAX_JUMPS)                                                                       \
    X(DRAFT, "gas-draft", DRAFT, BLOCK, false, false, 0, 0)

struct pvm_rules {
    const char *name; /* the GP version it is named after */
    enum pvm_isa isa;
    enum pvm_gas_model gas;
    /* GP 0.8.0 A.1, A.4: blobs are validated before they run, a branch needs two good sides
     * whatever its condition, falling through needs a block start. */
    bool strict;
    bool cmov_reads_destination; /* in the block model (GP 0.8.0 A.9; vectors differ) */
    uint32_t max_code, max_jumps; /* octets, entries; 0: no bound */
};

/* 072: GP 0.6.2 to 0.7.2. DRAFT: the block model's public draft of November 2025, on programs of the
 * older instruction set. */
enum pvm_rules_id {
#define X(NAME, name, isa, gas, strict, cmov, code, jumps) PVM_RULES_##NAME,
    PVM_RULES(X)
#undef X
    PVM_RULES_COUNT
};

extern const struct pvm_rules pvm_rules_table[PVM_RULES_COUNT];

#define pvm_rules_072 (pvm_rules_table[PVM_RULES_072])

#endif
