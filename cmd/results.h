/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of many tests for other programs: the Test Anything Protocol, JUnit's XML, JSON. Tests
 * belong to groups (a file, mostly) and are kept in the order they were added.
 */
#ifndef CMD_RESULTS_H
#define CMD_RESULTS_H

#include "core/bytes.h"

enum cmd_verdict { CMD_PASSED, CMD_FAILED, CMD_SKIPPED };

struct cmd_result {
    enum cmd_verdict verdict;
    size_t group, name, text; /* where they start in texts, each ended by a 0 octet */
};

/* Zero-initialise, or set both allocators. */
struct cmd_results {
    struct pvm_buf texts, list; /* list: struct cmd_result */
    size_t passed, failed, skipped;
};

void cmd_results_init(struct cmd_results *results, const struct pvm_alloc *alloc);
void cmd_results_deinit(struct cmd_results *results);

/* text: what differs, in lines, or why it was skipped; "" for nothing to say. All are copied;
 * memory that ends shows in cmd_results_status. */
void cmd_results_add(struct cmd_results *results, enum cmd_verdict verdict, const char *group,
                     const char *name, const char *text);
PVM_MUST_USE enum pvm_status cmd_results_status(const struct cmd_results *results,
                                                struct pvm_err *err);

/* Append one test, for whoever writes a document while tests run: a line of TAP (and comments), an
 * element within JUnit's testsuite. number begins at 1. */
void cmd_result_tap(size_t number, enum cmd_verdict verdict, const char *group, const char *name,
                    const char *text, struct pvm_buf *out);
void cmd_result_junit(enum cmd_verdict verdict, const char *group, const char *name,
                      const char *text, struct pvm_buf *out);
/* "passed", "failed" or "skipped". */
const char *cmd_verdict_name(enum cmd_verdict verdict);

/* Append a document. name is what all of it is called. */
void cmd_results_tap(const struct cmd_results *results, struct pvm_buf *out);
void cmd_results_junit(const struct cmd_results *results, const char *name, struct pvm_buf *out);
void cmd_results_json(const struct cmd_results *results, struct pvm_buf *out);

#endif
