/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completions. What an argument is completed with follows from its row: the words of a CHOICE,
 * versions where it is called VERSION, folders for DIR, files where FILE or BLOB is in its name.
 * Words that a usage line begins with, if they are no names of arguments, are the command's
 * actions.
 */
#include "cmd/pages.h"

#include "host/profile.h"

/* ---- what the tables say ---- */

enum complete { NOTHING, WORDS, VERSIONS, FILES, FOLDERS };

static enum complete complete_with(const char *argument, enum cmd_kind kind)
{
    if (kind == CMD_KIND_CHOICE)
        return WORDS;
    if (argument == NULL || kind == CMD_KIND_NUMBER)
        return NOTHING;
    if (strcmp(argument, "VERSION") == 0)
        return VERSIONS;
    if (strcmp(argument, "DIR") == 0)
        return FOLDERS;
    return strstr(argument, "FILE") != NULL || strstr(argument, "BLOB") != NULL ? FILES : NOTHING;
}

/* Appends words separated by '|' with blanks between them instead. */
static void add_words(struct pvm_buf *out, const char *words, size_t len)
{
    for (size_t i = 0; i < len; i++)
        pvm_buf_add_u8(out, (uint8_t)(words[i] == '|' ? ' ' : words[i]));
}

static void add_versions(struct pvm_buf *out)
{
    const struct jam_profile *profile;
    for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
        pvm_buf_printf(out, "%s%s", i != 0 ? " " : "", profile->name);
}

static void add_commands(struct pvm_buf *out)
{
    for (unsigned i = 0; i < cmd_row_count; i++)
        pvm_buf_printf(out, "%s%s", i != 0 ? " " : "", cmd_rows[i].name);
}

/* Appends the actions of a command; false when it has none. */
static bool add_actions(struct pvm_buf *out, const struct cmd_syntax *syntax)
{
    bool any = false;
    if (strncmp(syntax->usage, "[COMMAND]", 9) == 0) {
        add_commands(out);
        return true;
    }
    const char *at = syntax->usage;
    for (bool more = true; more; at++) {
        size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-|");
        if (len != 0 && (at[len] == ' ' || at[len] == '\n' || at[len] == '\0')) {
            if (any)
                pvm_buf_text(out, " ");
            add_words(out, at, len);
            any = true;
        }
        at += strcspn(at, "\n");
        more = *at != '\0';
    }
    return any;
}

/* Text for between single quotes; each of `special` gets `before` in front. */
static void quoted(struct pvm_buf *out, const char *text, const char *special, const char *before,
                   const char *apostrophe)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            pvm_buf_text(out, apostrophe);
            continue;
        }
        if (strchr(special, *text) != NULL)
            pvm_buf_text(out, before);
        pvm_buf_add_u8(out, (uint8_t)*text);
    }
}

/* ---- bash ---- */

static void bash_argument(struct pvm_buf *out, const struct cmd_option *option)
{
    switch (complete_with(option->argument, option->kind)) {
    case NOTHING:
        pvm_buf_text(out, "return");
        break;
    case WORDS:
        pvm_buf_text(out, "words='");
        add_words(out, option->argument, strlen(option->argument));
        pvm_buf_text(out, "'");
        break;
    case VERSIONS:
        pvm_buf_text(out, "words=$versions");
        break;
    case FILES:
        pvm_buf_text(out, "files=-f");
        break;
    case FOLDERS:
        pvm_buf_text(out, "files=-d");
        break;
    }
}

static void bash_options(struct pvm_buf *out, const struct cmd_row *row)
{
    for (unsigned i = 0; i < row->syntax->option_count; i++) {
        const struct cmd_option *option = &row->syntax->options[i];
        if (option->argument == NULL)
            continue;
        pvm_buf_printf(out, "    %s:--%s", row->name, option->name);
        if (option->letter != 0)
            pvm_buf_printf(out, " | %s:-%c", row->name, option->letter);
        pvm_buf_text(out, ") ");
        bash_argument(out, option);
        pvm_buf_text(out, " ;;\n");
    }
    pvm_buf_printf(out, "    %s:*) words='", row->name);
    if (add_actions(out, row->syntax))
        pvm_buf_text(out, " ");
    for (unsigned i = 0; i < row->syntax->option_count; i++)
        pvm_buf_printf(out, "--%s ", row->syntax->options[i].name);
    pvm_buf_text(out, "--help' files=-f ;;\n");
}

static void bash(struct pvm_buf *out)
{
    pvm_buf_text(out, "# Completions of pvm for bash, written by: pvm help --completion bash\n"
                      "_pvm() {\n"
                      "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                      "    local words='' files='' versions='");
    add_versions(out);
    pvm_buf_text(out,
                 "'\n    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -le 1 ]; then\n        words='");
    add_commands(out);
    pvm_buf_text(out, " --help --version'\n    else\n    case ${COMP_WORDS[1]}:$prev in\n");
    for (unsigned i = 0; i < cmd_row_count; i++)
        bash_options(out, &cmd_rows[i]);
    pvm_buf_text(out,
                 "    esac\n    fi\n"
                 "    if [[ $files = -f && $cur = -* ]]; then\n        files=''\n    fi\n"
                 "    if [ -n \"$words\" ]; then\n"
                 "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n    fi\n"
                 "    if [ -n \"$files\" ]; then\n"
                 "        local found\n"
                 "        mapfile -t found < <(compgen \"$files\" -- \"$cur\")\n"
                 "        COMPREPLY+=(\"${found[@]}\")\n"
                 "        compopt -o filenames 2>/dev/null\n    fi\n"
                 "}\ncomplete -F _pvm pvm\n");
}

/* ---- zsh ---- */

static void zsh_argument(struct pvm_buf *out, const struct cmd_option *option)
{
    pvm_buf_text(out, ":");
    quoted(out, option->argument, ":[]\\", "\\", "'\\''");
    pvm_buf_text(out, ":");
    switch (complete_with(option->argument, option->kind)) {
    case NOTHING:
        break;
    case WORDS:
        pvm_buf_text(out, "(");
        add_words(out, option->argument, strlen(option->argument));
        pvm_buf_text(out, ")");
        break;
    case VERSIONS:
        pvm_buf_text(out, "(");
        add_versions(out);
        pvm_buf_text(out, ")");
        break;
    case FILES:
        pvm_buf_text(out, "_files");
        break;
    case FOLDERS:
        pvm_buf_text(out, "_files -/");
        break;
    }
}

static void zsh_option(struct pvm_buf *out, const struct cmd_option *option)
{
    pvm_buf_text(out, " \\\n        ");
    if (option->letter != 0)
        pvm_buf_printf(out, "'(-%c --%s)'{-%c,--%s}'", option->letter, option->name, option->letter,
                       option->name);
    else
        pvm_buf_printf(out, "'%s--%s", option->kind == CMD_KIND_LIST ? "*" : "", option->name);
    pvm_buf_text(out, "[");
    quoted(out, option->help, "[]\\", "\\", "'\\''");
    pvm_buf_text(out, "]");
    if (option->argument != NULL)
        zsh_argument(out, option);
    pvm_buf_text(out, "'");
}

static void zsh(struct pvm_buf *out)
{
    pvm_buf_text(out, "#compdef pvm\n"
                      "# Completions of pvm for zsh, written by: pvm help --completion zsh\n"
                      "_pvm() {\n    local -a commands=(");
    for (unsigned i = 0; i < cmd_row_count; i++) {
        pvm_buf_printf(out, "\n        '%s:", cmd_rows[i].name);
        quoted(out, cmd_rows[i].help, ":\\", "\\", "'\\''");
        pvm_buf_text(out, "'");
    }
    pvm_buf_text(out, ")\n    if ((CURRENT == 2)); then\n"
                      "        _describe command commands\n        return\n    fi\n"
                      "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n"
                      "    case $command in\n");
    for (unsigned i = 0; i < cmd_row_count; i++) {
        const struct cmd_syntax *syntax = cmd_rows[i].syntax;
        pvm_buf_printf(out, "    %s) _arguments -S '(-h --help)'{-h,--help}'[print help]'",
                       cmd_rows[i].name);
        for (unsigned k = 0; k < syntax->option_count; k++)
            zsh_option(out, &syntax->options[k]);
        struct pvm_buf actions = {.alloc = out->alloc};
        if (add_actions(&actions, syntax))
            pvm_buf_printf(out, " \\\n        '1:action:(%s)'", pvm_buf_str(&actions));
        pvm_buf_deinit(&actions);
        pvm_buf_text(out, " \\\n        '*:file:_files' ;;\n");
    }
    pvm_buf_text(out, "    esac\n}\n_pvm \"$@\"\n");
}

/* ---- fish ---- */

static void fish_text(struct pvm_buf *out, const char *text)
{
    pvm_buf_text(out, "'");
    quoted(out, text, "\\", "\\", "\\'");
    pvm_buf_text(out, "'");
}

static void fish_option(struct pvm_buf *out, const struct cmd_row *row,
                        const struct cmd_option *option)
{
    pvm_buf_printf(out, "complete -c pvm -n '__fish_seen_subcommand_from %s' -l %s", row->name,
                   option->name);
    if (option->letter != 0)
        pvm_buf_printf(out, " -s %c", option->letter);
    if (option->argument != NULL) {
        switch (complete_with(option->argument, option->kind)) {
        case NOTHING:
            pvm_buf_text(out, " -x");
            break;
        case WORDS:
            pvm_buf_text(out, " -x -a '");
            add_words(out, option->argument, strlen(option->argument));
            pvm_buf_text(out, "'");
            break;
        case VERSIONS:
            pvm_buf_text(out, " -x -a '");
            add_versions(out);
            pvm_buf_text(out, "'");
            break;
        case FILES:
            pvm_buf_text(out, " -r -F");
            break;
        case FOLDERS:
            pvm_buf_text(out, " -x -a '(__fish_complete_directories)'");
            break;
        }
    }
    pvm_buf_text(out, " -d ");
    fish_text(out, option->help);
    pvm_buf_text(out, "\n");
}

static void fish(struct pvm_buf *out)
{
    pvm_buf_text(out, "# Completions of pvm for fish, written by: pvm help --completion fish\n"
                      "complete -c pvm -n __fish_use_subcommand -f\n");
    for (unsigned i = 0; i < cmd_row_count; i++) {
        pvm_buf_printf(out, "complete -c pvm -n __fish_use_subcommand -f -a %s -d ",
                       cmd_rows[i].name);
        fish_text(out, cmd_rows[i].help);
        pvm_buf_text(out, "\n");
    }
    for (unsigned i = 0; i < cmd_row_count; i++) {
        const struct cmd_row *row = &cmd_rows[i];
        struct pvm_buf actions = {.alloc = out->alloc};
        if (add_actions(&actions, row->syntax))
            pvm_buf_printf(out,
                           "complete -c pvm -n '__fish_seen_subcommand_from %s; and test (count "
                           "(commandline -opc)) -eq 2' -f -a '%s'\n",
                           row->name, pvm_buf_str(&actions));
        pvm_buf_deinit(&actions);
        for (unsigned k = 0; k < row->syntax->option_count; k++)
            fish_option(out, row, &row->syntax->options[k]);
    }
    pvm_buf_text(out, "complete -c pvm -s h -l help -d 'print help'\n");
}

void cmd_completion(enum cmd_shell shell, struct pvm_buf *out)
{
    switch (shell) {
    case CMD_BASH:
        bash(out);
        break;
    case CMD_ZSH:
        zsh(out);
        break;
    case CMD_FISH:
        fish(out);
        break;
    }
}
