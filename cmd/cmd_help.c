/* SPDX-License-Identifier: Apache-2.0 */
/* pvm help and pvm version. CMake defines CMD_VERSION, from its project(). */
#include "cmd/cmd.h"
#include "cmd/pages.h"

#define HELP_OPTIONS(X)                                                                            \
    X(HELP_MAN, 0, "man", FLAG, NULL, "as a manual page, for man -l")                              \
    X(HELP_COMPLETION, 0, "completion", CHOICE, CMD_SHELLS,                                        \
      "instead of help, what the shell reads to complete commands and options")                    \
    X(HELP_LIST, 0, "list", FLAG, NULL, "instead of help, the names of the commands")

enum { HELP_OPTIONS(CMD_OPTION_ENUM) HELP_OPTION_COUNT };

static const struct cmd_option help_options[] = {HELP_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_help_syntax = {
    .usage = "[COMMAND] [--man]\n--completion SHELL\n--list",
    .options = help_options,
    .option_count = HELP_OPTION_COUNT,
    .max_operands = 1,
};

enum pvm_status cmd_help(struct cmd *cmd, struct pvm_err *err)
{
    const struct cmd_row *row = NULL;
    if (cmd->args.operand_count != 0) {
        row = cmd_find(cmd->args.operands[0]);
        if (row == NULL)
            return cmd_unknown(cmd->args.operands[0], err);
    }
    if (cmd_args_has(&cmd->args, HELP_COMPLETION)) {
        cmd_completion((enum cmd_shell)cmd_args_choice(&cmd->args, HELP_COMPLETION, 0), &cmd->out);
    } else if (cmd_args_has(&cmd->args, HELP_LIST)) {
        for (unsigned i = 0; i < cmd_row_count; i++)
            pvm_buf_printf(&cmd->out, "%s\n", cmd_rows[i].name);
    } else if (cmd_args_has(&cmd->args, HELP_MAN)) {
        cmd_man(row, CMD_VERSION, &cmd->out);
    } else if (row != NULL) {
        cmd_help_row(row, &cmd->out);
    } else {
        cmd_help_all(&cmd->out);
    }
    return PVM_OK;
}

const struct cmd_syntax cmd_version_syntax = {.usage = ""};

enum pvm_status cmd_version(struct cmd *cmd, struct pvm_err *err)
{
    (void)err;
    pvm_buf_text(&cmd->out, "pvm " CMD_VERSION "\n");
    return PVM_OK;
}
