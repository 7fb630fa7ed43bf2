/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a basic block costs under the pipeline model of GP 0.8.0 A.9: a decoder of four slots a
 * cycle, a reorder buffer of 32 instructions, five starts a cycle and a handful of functional units.
 * The flat model needs none of this: an instruction costs 1.
 */
#ifndef CORE_GAS_H
#define CORE_GAS_H

#include "core/program.h"

/* One instruction's way through the pipeline. Columns are cycles, from 0. */
struct pvm_gas_step {
    uint32_t pc;
    enum pvm_op op;
    uint32_t decoded;
    bool in_buffer;    /* false for move_reg, which ends with its decoding */
    uint32_t started;  /* first column of execution */
    uint32_t finished; /* column in which the result is there */
    uint32_t retired;  /* column of retirement, in order */
};

/* Called once for each instruction of the block, in program order. */
typedef void (*pvm_gas_observer)(void *user, const struct pvm_gas_step *step);

/* Cost of the block that starts at pc, whatever stands there (an implicit trap included). Linear in
 * the block's length; allocates nothing unless observed. observer may be NULL. */
uint64_t pvm_gas_block_cost(const struct pvm_program *program, uint32_t pc,
                            pvm_gas_observer observer, void *user);

/* The same for who knows that the record at index is that of pc. */
uint64_t pvm_gas_cost_of(const struct pvm_program *program, uint32_t index, uint32_t pc,
                         pvm_gas_observer observer, void *user);

#endif
