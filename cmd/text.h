/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of text that several reports have in common. */
#ifndef CMD_TEXT_H
#define CMD_TEXT_H

#include "cmd/cmd.h"
#include "core/memory.h"

/* An empty line, then a title of its own style. */
void cmd_heading(const struct cmd *cmd, const char *text, struct pvm_buf *out);

/* "r", "rw" or "-". */
const char *cmd_access_text(enum pvm_access access);

/* Appends text from a file or guest, octet for octet escaped (\\x0a) what is no UTF-8 and what
 * would not be shown but obeyed: control characters, ends of lines and changes of direction. */
void cmd_printable(struct pvm_bytes text, struct pvm_buf *out);

#endif
