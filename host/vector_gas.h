/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors of the block gas model's public draft (koute/new-gas-cost-model): what each block of a
 * program costs and, of most, steps that set up a machine, run it and say how it then is. Each is
 * played whole, in single steps and observed, under the draft's rules.
 *
 * Under a version of the newer instruction set (GP 0.8.0) the program's opcodes are renumbered
 * first. Then steps are played of programs that the version lets start at all; of the others, and
 * where the version ends otherwise, costs are all there is to compare.
 */
#ifndef HOST_VECTOR_GAS_H
#define HOST_VECTOR_GAS_H

#include "host/suite.h"
#include "host/vector_machine.h"

enum jam_gas_step_kind { JAM_GAS_MAP, JAM_GAS_WRITE, JAM_GAS_SET_REG, JAM_GAS_RUN, JAM_GAS_ASSERT };

struct jam_gas_assert {
    enum pvm_exit status;
    uint64_t gas, pc, fault;
    uint64_t regs[PVM_REG_COUNT];
    struct jam_chunk_list memory;
};

struct jam_gas_step {
    enum jam_gas_step_kind kind;
    struct jam_page_range pages;
    struct jam_chunk chunk;
    unsigned reg;
    uint64_t value;
    struct jam_gas_assert want;
};

struct jam_gas_vector {
    const struct jam_profile *profile; /* NULL: none has the draft's rules */
    const struct pvm_rules *rules;
    struct pvm_bytes program;
    struct jam_cost_list costs;
    uint64_t initial_pc, initial_gas;
    struct jam_gas_step *steps;
    size_t step_count; /* 0: only costs are known */
    bool falls_off;    /* ends where its code does: the draft goes on to a trap there */
    struct jam_arena arena;
};

bool jam_gas_vector_is(const struct jam_suite_file *file);

/* As in host/vector_program.h; a version with the flat model means the draft. */
PVM_MUST_USE enum pvm_status jam_gas_vector_load(struct pvm_bytes octets, const char *name,
                                                 const struct jam_vector_options *options,
                                                 struct jam_gas_vector **out, struct pvm_err *err);
void jam_gas_vector_free(struct jam_gas_vector *vector); /* NULL is fine */
/* result->runs is 0 when only costs were compared. */
PVM_MUST_USE enum pvm_status jam_gas_vector_run(const struct jam_gas_vector *vector,
                                                const struct jam_vector_options *options,
                                                struct jam_vector_result *result,
                                                struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_gas_vector_suite(const struct jam_suite_file *file,
                                                  const struct jam_suite_options *options,
                                                  jam_suite_sink sink, void *user,
                                                  struct pvm_err *err);

#endif
