/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public vectors of single programs (w3f/jamtestvectors, pull request 3): a bare program blob,
 * a machine before and after. Each is run whole, in single steps and observed.
 *
 * Such files mostly hold to the letter. Thirteen of them, known by name, charge the gas of a whole
 * block before its first instruction faults; GP 0.7.2 A.1 charges the one instruction. Two of these
 * also expect a panic of a store into a read-only page, a page fault by GP 0.7.2 A.4. And where
 * block-gas-costs are given, the gas is that of the block model's draft, by which such a file is
 * run as well; by its own version all but the gas is then compared.
 */
#ifndef HOST_VECTOR_PROGRAM_H
#define HOST_VECTOR_PROGRAM_H

#include "host/suite.h"
#include "host/vector_machine.h"

struct jam_program_vector {
    const struct jam_profile *profile;
    struct pvm_bytes program;
    struct jam_page_list pages;
    struct jam_chunk_list initial_memory, memory;
    uint64_t initial_regs[PVM_REG_COUNT], regs[PVM_REG_COUNT];
    uint64_t initial_pc, pc, initial_gas, gas, fault;
    enum pvm_exit status;
    struct jam_cost_list costs; /* count 0: no gas model but its version's */
    struct jam_arena arena;
};

bool jam_program_vector_is(const struct jam_suite_file *file);

/* name is the file's path, for messages and, unless options says it, the version. octets may go
 * afterwards. */
PVM_MUST_USE enum pvm_status jam_program_vector_load(struct pvm_bytes octets, const char *name,
                                                     const struct jam_vector_options *options,
                                                     struct jam_program_vector **out,
                                                     struct pvm_err *err);
void jam_program_vector_free(struct jam_program_vector *vector); /* NULL is fine */

/* result must be initialised; the vector stays as it is. */
PVM_MUST_USE enum pvm_status jam_program_vector_run(const struct jam_program_vector *vector,
                                                    const struct jam_vector_options *options,
                                                    struct jam_vector_result *result,
                                                    struct pvm_err *err);

/* For jam_suite_kinds. */
PVM_MUST_USE enum pvm_status jam_program_vector_suite(const struct jam_suite_file *file,
                                                      const struct jam_suite_options *options,
                                                      jam_suite_sink sink, void *user,
                                                      struct pvm_err *err);

#endif
