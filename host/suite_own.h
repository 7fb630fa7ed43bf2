/* SPDX-License-Identifier: Apache-2.0 */
/* Our own kinds of test files as rows of jam_suite_kinds: tables of host calls (host/table.h) and
 * scenarios (host/scenario.h). */
#ifndef HOST_SUITE_OWN_H
#define HOST_SUITE_OWN_H

#include "host/suite.h"

/* An object with rows. Each row under each version in each invocation is a case. */
bool jam_suite_is_table(const struct jam_suite_file *file);
enum pvm_status jam_suite_run_table(const struct jam_suite_file *file,
                                    const struct jam_suite_options *options, jam_suite_sink sink,
                                    void *user, struct pvm_err *err);

/* An object with rounds and more than what is expected of them. Each round is a case, and so is
 * what is expected of the end. */
bool jam_suite_is_scenario(const struct jam_suite_file *file);
enum pvm_status jam_suite_run_scenario(const struct jam_suite_file *file,
                                       const struct jam_suite_options *options, jam_suite_sink sink,
                                       void *user, struct pvm_err *err);

#endif
