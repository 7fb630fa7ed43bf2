/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pvm program: finds the command, parses its options, runs it, and turns its status into one
 * line on standard error and an exit code.
 */
#include "cmd/extension.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A standard stream that the caller closed is opened so that using it fails: otherwise the next
 * file opened would take its place. */
static void guard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
            exit(CMD_EXIT_IO);
    }
}

static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static enum pvm_status run_row(const struct cmd_row *row, int argc, char *const *argv,
                               struct cmd *cmd, struct pvm_err *err)
{
    struct cmd_row found = *row;
    enum pvm_status status =
        cmd_extensions_load(row->syntax, cmd->alloc, argc, argv, &cmd->extensions, err);
    if (status == PVM_OK) {
        if (cmd->extensions != NULL)
            found.syntax = &cmd->extensions->syntax;
        status = cmd_args_parse(found.syntax, cmd->alloc, argc, argv, &cmd->args, err);
    }
    if (status != PVM_OK) {
        pvm_fail_at(err, status, row->name);
        return status;
    }
    if (cmd->extensions != NULL)
        cmd_extensions_values(cmd->extensions, &cmd->args);
    if (!cmd->args.help)
        return row->run(cmd, err);
    cmd_help_row(&found, &cmd->out);
    return PVM_OK;
}

static enum pvm_status dispatch(int argc, char *const *argv, struct cmd *cmd, struct pvm_err *err)
{
    if (argc < 2)
        return pvm_fail(err, PVM_E_USAGE, "no command given, see pvm --help");
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        name = "version";
    const struct cmd_row *row = cmd_find(name);
    if (row == NULL)
        return cmd_unknown(name, err);
    return run_row(row, argc - 2, argv + 2, cmd, err);
}

int main(int argc, char **argv)
{
    struct cmd cmd = {0};
    struct pvm_err err = {0};
    guard_streams();
    /* A closed pipe and a limit on the size of files are errors of the write. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    cmd.colour = wants_colour();
    cmd.progress = isatty(STDERR_FILENO) != 0;

    enum pvm_status status = dispatch(argc, argv, &cmd, &err);
    struct pvm_err out_err = {0};
    enum pvm_status out_status = cmd_flush(&cmd, &out_err);
    if (out_status == PVM_OK && close(STDOUT_FILENO) != 0)
        out_status = pvm_fail(&out_err, PVM_E_IO, "standard output: %s", strerror(errno));
    if (status == PVM_OK && out_status != PVM_OK) {
        status = out_status;
        err = out_err;
    }
    int code = status == PVM_OK ? cmd.code : pvm_status_code(status);
    if (status != PVM_OK)
        cmd_print_error(err.status != PVM_OK ? err.msg : pvm_status_text(status));
    cmd_args_deinit(&cmd.args, cmd.alloc);
    cmd_extensions_free(cmd.extensions);
    pvm_buf_deinit(&cmd.out);
    return code;
}
