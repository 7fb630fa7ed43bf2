/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manual pages and shell completions, made from the rows of CMD_LIST and the commands' option
 * tables as the help is. Each function appends.
 */
#ifndef CMD_PAGES_H
#define CMD_PAGES_H

#include "cmd/cmd.h"

/* The manual page, in troff's man macros, of a command; of pvm itself for NULL. */
void cmd_man(const struct cmd_row *row, const char *version, struct pvm_buf *out);

#define CMD_SHELLS "bash|zsh|fish"

enum cmd_shell { CMD_BASH, CMD_ZSH, CMD_FISH };

/* What the shell reads to complete commands, options and their arguments. */
void cmd_completion(enum cmd_shell shell, struct pvm_buf *out);

#endif
