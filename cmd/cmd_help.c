/* SPDX-License-Identifier: Apache-2.0 */
/* pvm help and pvm version. CMake defines CMD_VERSION, from its project(). */
#include "cmd/cmd.h"

const struct cmd_syntax cmd_help_syntax = {
    .usage = "[COMMAND]",
    .max_operands = 1,
};

enum pvm_status cmd_help(struct cmd *cmd, struct pvm_err *err)
{
    if (cmd->args.operand_count == 0) {
        cmd_help_all(&cmd->out);
        return PVM_OK;
    }
    const struct cmd_row *row = cmd_find(cmd->args.operands[0]);
    if (row == NULL)
        return cmd_unknown(cmd->args.operands[0], err);
    cmd_help_row(row, &cmd->out);
    return PVM_OK;
}

const struct cmd_syntax cmd_version_syntax = {.usage = ""};

enum pvm_status cmd_version(struct cmd *cmd, struct pvm_err *err)
{
    (void)err;
    pvm_buf_text(&cmd->out, "pvm " CMD_VERSION "\n");
    return PVM_OK;
}
