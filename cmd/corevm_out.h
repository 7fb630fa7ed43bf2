/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm corevm prints: the tables of the Fibonacci loop, and a segment. */
#ifndef CMD_COREVM_OUT_H
#define CMD_COREVM_OUT_H

#include "cmd/cmd.h"
#include "corevm/driver_fib.h"
#include "corevm/segment.h"

void cmd_corevm_fib_text(const struct cmd *cmd, const struct corevm_fib_options *options,
                         const struct corevm_fib *fib, struct pvm_buf *out);
void cmd_corevm_fib_json(const struct corevm_fib_options *options, const struct corevm_fib *fib,
                         struct pvm_buf *out);

/* A segment out of a file of `count`. */
struct cmd_segment {
    enum corevm_layout layout;
    size_t index, count;
    const uint8_t *octets;
};

void cmd_corevm_segment_text(const struct cmd *cmd, const struct cmd_segment *segment,
                             struct pvm_buf *out);
/* "HALT", "PANIC", "FAULT", "HOST", "OOG". */
const char *cmd_corevm_inner_name(enum jam_inner_result result);

void cmd_corevm_segment_json(const struct cmd_segment *segment, struct pvm_buf *out);

#endif
