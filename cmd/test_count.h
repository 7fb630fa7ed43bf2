/* SPDX-License-Identifier: Apache-2.0 */
/* What `pvm test` counts: tests by set and GP version, key-values of traces, and the files that
 * were not run with why. Its size does not grow with the number of files. */
#ifndef CMD_TEST_COUNT_H
#define CMD_TEST_COUNT_H

#include "cmd/cmd.h"
#include "cmd/test_wire.h"
#include "host/json_out.h"

enum {
    CMD_COUNT_KINDS = 24,   /* of files; the last one counts those that failed unrecognized */
    CMD_COUNT_REASONS = 24, /* why tests were skipped; any further ones are one */
    CMD_COUNT_ENDINGS = 24, /* of the names of files without tests, likewise */
    CMD_COUNT_TEXT = 80
};

struct cmd_count_row {
    uint64_t passed, failed, skipped;
};

struct cmd_count_text {
    char text[CMD_COUNT_TEXT];
    uint64_t count;
};

struct cmd_counts {
    struct cmd_count_row rows[CMD_COUNT_KINDS][CMD_TEST_PROFILES], total;
    uint64_t files;                     /* that were run */
    uint64_t ends[CMD_TEST_END_COUNT];  /* files, by how they ended */
    uint64_t changed, checked, foreign; /* key-values */
    uint32_t foreign_components;
    struct cmd_count_text reasons[CMD_COUNT_REASONS];
    struct cmd_count_text endings[CMD_COUNT_ENDINGS]; /* of names of files without tests */
};

/* kind: its number, or anything greater for none. */
void cmd_count_case(struct cmd_counts *counts, unsigned kind, const struct cmd_test_case *one);
void cmd_count_file(struct cmd_counts *counts, const char *path, enum cmd_test_end end);

/* "traces", or "unknown". */
const char *cmd_count_set(unsigned kind);
/* Why files that ended so were not run; NULL for those that were. */
const char *cmd_count_why(enum cmd_test_end end);

/* Appends the summary: lines with the prefix, the last of them "N passed, N failed, N skipped". */
void cmd_count_text(const struct cmd *cmd, const struct cmd_counts *counts, const char *prefix,
                    struct pvm_buf *out);
/* Adds the same as members of an object. */
void cmd_count_json(const struct cmd_counts *counts, struct jam_out *json);

#endif
