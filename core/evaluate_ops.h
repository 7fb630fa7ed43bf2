/* SPDX-License-Identifier: Apache-2.0 */
/* Values and conditions of instructions, for core/evaluate.c: numbers in, number out. */
#ifndef CORE_EVALUATE_OPS_H
#define CORE_EVALUATE_OPS_H

#include "core/opcode.h"

/* X_n of GP 0.7.2 A.4: octets of 64 bits, sign-extended. */
uint64_t pvm_eval_extend(unsigned octets, uint64_t value);

/* What op gives its destination: of the forms RR (a), RRI (a is register B, b the immediate) and
 * RRR (a and b). old is what the destination holds. False when op gives no register a value this
 * way: it moves, jumps, loads or stores. */
bool pvm_eval_value(enum pvm_op op, uint64_t a, uint64_t b, uint64_t old, uint64_t *out);

/* Whether the branch op is taken; b is a register or an immediate. False in *is_branch when op is
 * none. */
bool pvm_eval_condition(enum pvm_op op, uint64_t a, uint64_t b, bool *is_branch);

#endif
