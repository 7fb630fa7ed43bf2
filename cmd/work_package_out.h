/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm work-package run tells, for people and as JSON (docs/cli.md). */
#ifndef CMD_WORK_PACKAGE_OUT_H
#define CMD_WORK_PACKAGE_OUT_H

#include "cmd/cmd.h"
#include "host/fixture.h"
#include "host/work_package.h"

/* One refinement. */
struct cmd_package_item {
    enum jam_outcome outcome; /* of the run; the report may say another */
    const char *why;          /* NULL, or static text: why there was nothing to run */
    uint64_t gas_limit, gas_used;
    size_t export_count; /* made, whether or not the report takes them */
};

struct cmd_package_report {
    const char *file;
    const struct jam_profile *profile;
    const struct jam_fixture *fixture;
    const struct jam_package_out *out;
    enum jam_package_rule broken; /* of GP 0.7.2 14.3; it ran all the same */
    bool pool_known, in_pool;
    const char *auth_why;
    uint64_t auth_gas_limit;
    struct cmd_package_item *items;
    const char *expected; /* the file compared with, NULL: none */
    struct pvm_buf differences;
    size_t difference_count;
};

void cmd_package_text(const struct cmd *cmd, const struct cmd_package_report *report,
                      struct pvm_buf *out);
void cmd_package_json(const struct cmd_package_report *report, struct pvm_buf *out);

/* Writes each line of text as a string of an array. */
struct jam_out;
void cmd_lines_json(struct jam_out *json, const char *key, struct pvm_bytes text);
/* Appends each line of text behind an indent. */
void cmd_lines_text(struct pvm_bytes text, const char *indent, struct pvm_buf *out);

#endif
