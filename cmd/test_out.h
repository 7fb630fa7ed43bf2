/* SPDX-License-Identifier: Apache-2.0 */
/* What `pvm test` prints while it runs: lines, or TAP, or JSON, and JUnit's XML beside either; and
 * a bar on standard error that says how far it is. */
#ifndef CMD_TEST_OUT_H
#define CMD_TEST_OUT_H

#include "cmd/test_junit.h"

enum cmd_test_form { CMD_TEST_LINES, CMD_TEST_TAP, CMD_TEST_JSON };

struct cmd_test_out {
    struct cmd *cmd;
    enum cmd_test_form form;
    bool verbose;
    struct cmd_junit *junit; /* NULL: none; owned */
    size_t number;           /* tests so far */
    struct jam_out json;
    struct pvm_buf path, name, group, text; /* printable */
    /* Of the bar; total 0: there is none. */
    uint64_t total, done, failed;
    uint64_t drawn; /* how much of it is there */
    bool bar;
};

void cmd_test_out_begin(struct cmd_test_out *out);
void cmd_test_out_deinit(struct cmd_test_out *out);

/* A test. kind as in cmd_count_case. */
PVM_MUST_USE enum pvm_status cmd_test_out_case(struct cmd_test_out *out, const char *path,
                                               unsigned kind, const struct cmd_test_case *one,
                                               struct pvm_err *err);
/* A file was told of, run or not. */
PVM_MUST_USE enum pvm_status cmd_test_out_file(struct cmd_test_out *out, const char *path,
                                               enum cmd_test_end end, struct pvm_err *err);
/* The end of it; early: the rest was left out after a failure. */
PVM_MUST_USE enum pvm_status cmd_test_out_end(struct cmd_test_out *out,
                                              const struct cmd_counts *counts, bool early,
                                              struct pvm_err *err);

#endif
