/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and carrying out the commands of the debugger. */
#include "cmd/debug_commands.h"

const struct cmd_debug_command cmd_debug_commands[] = {
#define X(function, name, brief, repeats, arguments, help)                                         \
    {name, brief, cmd_debug_do_##function, arguments, help, repeats},
    CMD_DEBUG_COMMANDS(X)
#undef X
};

const unsigned cmd_debug_command_count = sizeof cmd_debug_commands / sizeof cmd_debug_commands[0];

/* What people are used to type elsewhere. */
static const struct {
    const char *name, *command;
} others[] = {{"si", "step"},     {"stepi", "step"},       {"ni", "next"},
              {"nexti", "next"},  {"rsi", "reverse-step"}, {"rni", "reverse-next"},
              {"frame", "where"}, {"exit", "quit"},        {"cont", "continue"}};

static const char *usual_name(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strlen(others[i].name) == len && strncmp(others[i].name, word, len) == 0)
            return others[i].command;
    return NULL;
}

enum pvm_status cmd_debug_find(const char *word, const struct cmd_debug_command **out,
                               struct pvm_err *err)
{
    size_t len = strcspn(word, "/");
    const struct cmd_debug_command *found = NULL;
    const char *usual = usual_name(word, len);
    if (usual != NULL) {
        word = usual;
        len = strlen(usual);
    }
    for (unsigned i = 0; i < cmd_debug_command_count; i++) {
        const struct cmd_debug_command *row = &cmd_debug_commands[i];
        bool brief = len != 0 && strlen(row->brief) == len && strncmp(row->brief, word, len) == 0;
        if (brief || (strlen(row->name) == len && strncmp(row->name, word, len) == 0)) {
            *out = row;
            return PVM_OK;
        }
    }
    for (unsigned i = 0; i < cmd_debug_command_count; i++) {
        if (strncmp(cmd_debug_commands[i].name, word, len) != 0)
            continue;
        if (found != NULL)
            return pvm_fail(err, PVM_E_USAGE, "\"%.40s\" may be %s or %s", word, found->name,
                            cmd_debug_commands[i].name);
        found = &cmd_debug_commands[i];
    }
    if (found == NULL)
        return pvm_fail(err, PVM_E_USAGE, "unknown command \"%.40s\", see help", word);
    *out = found;
    return PVM_OK;
}

enum pvm_status cmd_debug_command(struct cmd_debug *d, const char *line, struct pvm_err *err)
{
    struct cmd_debug_words words;
    const struct cmd_debug_command *command;
    enum pvm_status status = cmd_debug_split(line, &words, err);
    if (status == PVM_OK && words.count != 0) {
        status = cmd_debug_find(words.list[0], &command, err);
        if (status == PVM_OK)
            status = command->run(d, &words, err);
    }
    cmd_debug_words_deinit(&words);
    return status;
}

/* ---- help, echo, quit ---- */

static void help_all(struct pvm_buf *out)
{
    for (unsigned i = 0; i < cmd_debug_command_count; i++) {
        const struct cmd_debug_command *row = &cmd_debug_commands[i];
        pvm_buf_printf(out, "%-17s %-4s  %s\n", row->name, row->brief, row->help);
    }
    pvm_buf_text(out,
                 "help COMMAND says what may follow it. Everything is in docs/debugging.md.\n");
}

enum pvm_status cmd_debug_do_help(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    const struct cmd_debug_command *row;
    struct pvm_buf *out = &d->cmd->out;
    if (words->count < 2) {
        help_all(out);
        return PVM_OK;
    }
    PVM_TRY(cmd_debug_find(words->list[1], &row, err));
    pvm_buf_printf(out, "%s%s%s\n    %s\n", row->name, *row->arguments != '\0' ? " " : "",
                   row->arguments, row->help);
    if (*row->brief != '\0')
        pvm_buf_printf(out, "    in short: %s\n", row->brief);
    return PVM_OK;
}

enum pvm_status cmd_debug_do_echo(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    (void)err;
    pvm_buf_printf(&d->cmd->out, "%s\n", words->count > 1 ? words->rest[1] : "");
    return PVM_OK;
}

enum pvm_status cmd_debug_do_quit(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    if (words->count > 1)
        return pvm_fail(err, PVM_E_USAGE, "quit: nothing may follow");
    d->quit = true;
    return PVM_OK;
}
