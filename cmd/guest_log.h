/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that a guest logs (JIP-1), as people read them. */
#ifndef CMD_GUEST_LOG_H
#define CMD_GUEST_LOG_H

#include "host/context.h"

/* Who logs; absent numbers are negative. */
struct cmd_log_source {
    int64_t core, service;
};

/* "FATAL", "WARN", "INFO", "DEBUG", "TRACE"; NULL for other levels. */
const char *cmd_log_level(uint64_t level);

/* Appends "2026-01-31 12-00-00 INFO@1#42 target message" and a newline: JIP-1's console format,
 * time in UTC. Octets that are no printable text are escaped. */
void cmd_log_text(const struct jam_log_line *line, const struct cmd_log_source *source,
                  struct pvm_buf *out);

/* Log lines as they come, on standard error. Zero-initialised; its owner ends line. */
struct cmd_log_stream {
    struct pvm_buf line;
    size_t shown; /* octets */
    bool cut;
};

/* Shows a line, or, beyond what a guest may fill a terminal or a file with, says once that no
 * more are shown. */
void cmd_log_show(struct cmd_log_stream *stream, const struct jam_log_line *line,
                  const struct cmd_log_source *source);

#endif
