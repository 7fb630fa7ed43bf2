/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The initial state of a raw program, as the public pvm-programs vectors write it: initial-regs,
 * initial-pc, initial-gas, initial-page-map, initial-memory and program, every one optional. Their
 * expected-* keys are accepted and not looked at.
 */
#ifndef CMD_RAW_FIXTURE_H
#define CMD_RAW_FIXTURE_H

#include "core/vm.h"
#include "host/json.h"

struct cmd_raw_fixture {
    struct pvm_buf text;
    struct jam_json_doc *doc;
    struct jam_json regs, pages, memory, program;
    uint64_t pc, gas;
};

/* gas: what holds when the file says nothing. out is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status cmd_raw_fixture_load(const char *path, uint64_t gas,
                                                  struct cmd_raw_fixture *out, struct pvm_err *err);
void cmd_raw_fixture_deinit(struct cmd_raw_fixture *fixture);

/* Appends the program blob; PVM_E_MALFORMED when the file has none. */
PVM_MUST_USE enum pvm_status cmd_raw_fixture_program(const struct cmd_raw_fixture *fixture,
                                                     struct pvm_buf *out, struct pvm_err *err);

/* Gives a fresh machine this state. */
PVM_MUST_USE enum pvm_status cmd_raw_fixture_apply(const struct cmd_raw_fixture *fixture,
                                                   struct pvm_vm *vm, struct pvm_err *err);

#endif
