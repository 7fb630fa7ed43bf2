/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <errno.h>
#include <unistd.h>

const struct cmd_row cmd_rows[] = {
#define X(name, function, help) {name, function, &function##_syntax, help},
    CMD_LIST(X)
#undef X
};

const unsigned cmd_row_count = sizeof cmd_rows / sizeof cmd_rows[0];

const struct cmd_row *cmd_find(const char *name)
{
    for (unsigned i = 0; i < cmd_row_count; i++) {
        if (strcmp(cmd_rows[i].name, name) == 0)
            return &cmd_rows[i];
    }
    return NULL;
}

enum pvm_status cmd_unknown(const char *name, struct pvm_err *err)
{
    const char *hint = NULL;
    unsigned best = UINT32_MAX;
    for (unsigned i = 0; i < cmd_row_count; i++) {
        if (cmd_is_near(name, cmd_rows[i].name, &best))
            hint = cmd_rows[i].name;
    }
    if (hint != NULL)
        return pvm_fail(err, PVM_E_USAGE, "unknown command \"%.80s\", did you mean %s?", name,
                        hint);
    return pvm_fail(err, PVM_E_USAGE, "unknown command \"%.80s\", see pvm --help", name);
}

static void exit_codes(struct pvm_buf *out)
{
    pvm_buf_text(out, "\nexit codes:\n");
#define X(NAME, code, when) pvm_buf_printf(out, "  %d  %s\n", code, when);
    CMD_EXIT_CODES(X)
#undef X
}

void cmd_help_all(struct pvm_buf *out)
{
    pvm_buf_text(out, "pvm runs JAM services, programs for the Polkadot Virtual Machine of the JAM "
                      "Gray Paper, offline.\n\n"
                      "usage: pvm COMMAND [OPTION]... [ARGUMENT]...\n"
                      "       pvm COMMAND --help\n\ncommands:\n");
    for (unsigned i = 0; i < cmd_row_count; i++)
        pvm_buf_printf(out, "  %-12s %s\n", cmd_rows[i].name, cmd_rows[i].help);
    pvm_buf_text(out, "\nA file argument of - is standard input. NO_COLOR in the environment turns "
                      "colour off.\n");
    exit_codes(out);
}

void cmd_help_row(const struct cmd_row *row, struct pvm_buf *out)
{
    pvm_buf_printf(out, "pvm %s: %s\n\n", row->name, row->help);
    cmd_syntax_help(row->name, row->syntax, out);
    exit_codes(out);
}

enum pvm_status cmd_flush(struct cmd *cmd, struct pvm_err *err)
{
    enum pvm_status status = pvm_buf_status(&cmd->out, err);
    size_t done = 0;
    while (status == PVM_OK && done < cmd->out.len) {
        ssize_t n = write(STDOUT_FILENO, cmd->out.ptr + done, cmd->out.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            status = pvm_fail(err, PVM_E_IO, "standard output: %s", strerror(errno));
    }
    cmd->out.len = 0;
    return status;
}

void cmd_stderr(struct pvm_bytes text)
{
    size_t done = 0;
    while (done < text.len) {
        ssize_t n = write(STDERR_FILENO, text.ptr + done, text.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return;
    }
}

void cmd_print_error(const char *message)
{
    struct pvm_buf line = {0};
    pvm_buf_text(&line, "pvm: ");
    for (const char *at = message; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x20 || c == 0x7f)
            pvm_buf_printf(&line, "\\x%02x", c);
        else
            pvm_buf_add_u8(&line, c);
    }
    pvm_buf_text(&line, "\n");
    cmd_stderr(line.failed ? pvm_bytes("pvm: out of memory\n", 19) : pvm_buf_bytes(&line));
    pvm_buf_deinit(&line);
}

void cmd_die(const struct pvm_err *err)
{
    cmd_print_error(err->msg);
    _exit(pvm_status_code(err->status));
}

const char *cmd_style(const struct cmd *cmd, enum cmd_style style)
{
    if (!cmd->colour)
        return "";
    switch (style) {
    case CMD_PLAIN:
        return "\033[0m";
    case CMD_BOLD:
        return "\033[1m";
    case CMD_DIM:
        return "\033[2m";
    case CMD_RED:
        return "\033[31m";
    case CMD_GREEN:
        return "\033[32m";
    case CMD_YELLOW:
        return "\033[33m";
    }
    return "";
}
