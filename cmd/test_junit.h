/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit's XML written while tests run: what it says first, how many there were, is filled in at the
 * end. The file is replaced as a whole or not at all. */
#ifndef CMD_TEST_JUNIT_H
#define CMD_TEST_JUNIT_H

#include "cmd/test_count.h"

struct cmd_junit;

/* Fails at once when path cannot be written. */
PVM_MUST_USE enum pvm_status cmd_junit_new(const char *path, const struct pvm_alloc *alloc,
                                           struct cmd_junit **out, struct pvm_err *err);
/* Where tests are appended (cmd_result_junit). */
struct pvm_buf *cmd_junit_buf(struct cmd_junit *junit);
/* Writes what was appended once there is enough of it. */
PVM_MUST_USE enum pvm_status cmd_junit_flush(struct cmd_junit *junit, struct pvm_err *err);
/* Puts the file in its place. */
PVM_MUST_USE enum pvm_status
cmd_junit_finish(struct cmd_junit *junit, const struct cmd_count_row *total, struct pvm_err *err);
/* Leaves nothing behind but what was finished. NULL is fine. */
void cmd_junit_free(struct cmd_junit *junit);

#endif
