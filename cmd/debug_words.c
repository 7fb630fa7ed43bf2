/* SPDX-License-Identifier: Apache-2.0 */
/* Words of commands of the debugger, lines of source and machines in them. */
#include "cmd/debug.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum pvm_status cmd_debug_split(const char *line, struct cmd_debug_words *out, struct pvm_err *err)
{
    *out = (struct cmd_debug_words){0};
    while (is_space(*line))
        line++;
    if (*line == '#')
        return PVM_OK;
    size_t len = strlen(line);
    while (len > 0 && is_space(line[len - 1]))
        len--;
    /* The line twice: once as it is, once cut into words. */
    for (unsigned i = 0; i < 2; i++) {
        pvm_buf_add(&out->copy, line, len);
        pvm_buf_add_u8(&out->copy, 0);
    }
    PVM_TRY(pvm_buf_status(&out->copy, err));
    char *whole = (char *)out->copy.ptr;
    char *cut = whole + len + 1;
    for (size_t at = 0; at < len;) {
        if (out->count == CMD_DEBUG_WORDS)
            return pvm_fail(err, PVM_E_USAGE, "more than %d words", CMD_DEBUG_WORDS);
        out->list[out->count] = cut + at;
        out->rest[out->count++] = whole + at;
        while (at < len && !is_space(cut[at]))
            at++;
        while (at < len && is_space(cut[at]))
            cut[at++] = '\0';
    }
    return PVM_OK;
}

void cmd_debug_words_deinit(struct cmd_debug_words *words)
{
    pvm_buf_deinit(&words->copy);
}

/* ---- lines and machines ---- */

/* Whether a file that was assembled may be the one meant: by its path, or by the end of that. */
static bool is_file(const char *file, const char *text, size_t len)
{
    size_t all = strlen(file);
    return len == 0 || (all >= len && strncmp(file + all - len, text, len) == 0 &&
                        (all == len || file[all - len - 1] == '/'));
}

/* The file meant, NULL when there is none: that with the very path, else the only one that may be.
 * Without a name it is the first. */
static enum pvm_status find_file(const struct pvm_lines *lines, const char *text, size_t len,
                                 const char **out, struct pvm_err *err)
{
    const char *other = NULL;
    *out = NULL;
    for (size_t i = 0; i < lines->file_count; i++) {
        const char *file = lines->files[i];
        if (!is_file(file, text, len))
            continue;
        if (*out == NULL || strlen(file) == len)
            *out = file;
        else if (strcmp(file, *out) != 0)
            other = file;
    }
    if (other == NULL || len == 0 || strlen(*out) == len)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE, "%.*s may be %.80s or %.80s: say more of the path",
                    (int)(len < 80 ? len : 80), text, *out, other);
}

/* The place with the least line of the file meant from that on. */
static enum pvm_status find_line(const struct pvm_lines *lines, const char *text, size_t len,
                                 uint64_t line, uint64_t *index, bool *found, struct pvm_err *err)
{
    const char *file;
    *found = false;
    PVM_TRY(find_file(lines, text, len, &file, err));
    for (size_t i = 0; file != NULL && i < lines->count; i++) {
        const struct pvm_line *here = &lines->list[i];
        if (here->line < line || (*found && here->line >= lines->list[*index].line) ||
            strcmp(lines->files[here->file], file) != 0)
            continue;
        *index = i;
        *found = true;
    }
    return PVM_OK;
}

enum pvm_status cmd_debug_source_line(struct cmd_debug *d, const char *text, uint64_t *index,
                                      const struct pvm_symbols **names, struct pvm_err *err)
{
    const char *colon = strrchr(text, ':');
    uint64_t line;
    *names = NULL;
    if (colon == NULL || !cmd_number(colon + 1, strlen(colon + 1), &line))
        return PVM_OK;
    if (strncmp(text, "./", 2) == 0)
        text += 2;
    size_t len = (size_t)(colon - text);
    bool found = false;
    *names = cmd_debug_names(d, CMD_DEBUG_OUTER, cmd_debug_vm(d, CMD_DEBUG_OUTER));
    if (*names != NULL)
        PVM_TRY(find_line(&(*names)->lines, text, len, line, index, &found, err));
    for (size_t i = 0; i < d->run->symbols.count && !found; i++) {
        *names = &d->run->symbols.list[i].symbols;
        PVM_TRY(find_line(&(*names)->lines, text, len, line, index, &found, err));
    }
    if (found)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE, "no code is known to come from %.80s or behind it", text);
}

enum pvm_status cmd_debug_machine_word(const char *text, int64_t *out, struct pvm_err *err)
{
    uint64_t id;
    if (strcmp(text, "outer") == 0)
        *out = CMD_DEBUG_OUTER;
    else if (strcmp(text, "any") == 0)
        *out = CMD_DEBUG_ANY;
    else if (cmd_number(text, strlen(text), &id) && id <= INT64_MAX)
        *out = (int64_t)id;
    else
        return pvm_fail(err, PVM_E_USAGE,
                        "expected outer, any or the id of a machine, got "
                        "\"%.80s\"",
                        text);
    return PVM_OK;
}
