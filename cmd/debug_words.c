/* SPDX-License-Identifier: Apache-2.0 */
/* Words, values and places in commands of the debugger. */
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

/* ---- values ---- */

unsigned cmd_debug_register(const char *name, size_t len)
{
    uint64_t number;
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (strlen(pvm_reg_name(i)) == len && strncmp(pvm_reg_name(i), name, len) == 0)
            return i;
    if (len < 2 || len > 3 || name[0] != 'r' || (len == 3 && name[1] == '0') ||
        !cmd_number(name + 1, len - 1, &number) || number >= PVM_REG_COUNT)
        return PVM_REG_COUNT;
    return (unsigned)number;
}

static bool find_symbol(const struct pvm_symbols *names, const char *text, size_t len, uint64_t *pc)
{
    for (size_t i = 0; names != NULL && i < names->count; i++)
        if (strlen(names->list[i].name) == len && strncmp(names->list[i].name, text, len) == 0) {
            *pc = names->list[i].pc;
            return true;
        }
    return false;
}

/* Of the machine shown, else of the outer one, else of any program that names are known of. */
static bool find_anywhere(struct cmd_debug *d, const char *text, size_t len, uint64_t *pc,
                          const struct pvm_symbols **names)
{
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    *names = vm != NULL ? cmd_debug_names(d, machine, vm) : NULL;
    if (find_symbol(*names, text, len, pc))
        return true;
    *names = cmd_debug_names(d, CMD_DEBUG_OUTER, cmd_debug_vm(d, CMD_DEBUG_OUTER));
    if (find_symbol(*names, text, len, pc))
        return true;
    for (size_t i = 0; i < d->run->symbols.count; i++) {
        *names = &d->run->symbols.list[i].symbols;
        if (find_symbol(*names, text, len, pc))
            return true;
    }
    *names = NULL;
    return false;
}

/* One term at *text, which moves behind it. */
static enum pvm_status term(struct cmd_debug *d, const char **text, bool place, uint64_t *out,
                            const struct pvm_symbols **names, struct pvm_err *err)
{
    const char *start = *text;
    size_t len = strcspn(start, "+- \t");
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    const struct pvm_symbols *found = NULL;
    *text += len;
    if (cmd_number(start, len, out))
        return PVM_OK;
    if (place && find_anywhere(d, start, len, out, names))
        return PVM_OK;
    unsigned reg = cmd_debug_register(start, len);
    if (reg < PVM_REG_COUNT && vm != NULL)
        *out = vm->regs[reg];
    else if (len == 2 && strncmp(start, "pc", len) == 0 && vm != NULL)
        *out = vm->pc;
    else if (len == 3 && strncmp(start, "gas", len) == 0 && vm != NULL)
        *out = vm->gas;
    else if (len == 4 && strncmp(start, "step", len) == 0)
        *out = d->step;
    else if (!find_anywhere(d, start, len, out, &found))
        return pvm_fail(err, PVM_E_USAGE, "\"%.*s\" is no number, register or symbol",
                        (int)(len < 80 ? len : 80), start);
    return PVM_OK;
}

static enum pvm_status sum(struct cmd_debug *d, const char *text, bool place, uint64_t *out,
                           const struct pvm_symbols **names, struct pvm_err *err)
{
    uint64_t total = 0;
    bool minus = false;
    bool first = true;
    for (;; first = false) {
        uint64_t value = 0;
        text += strspn(text, " \t");
        if (first && *text == '-') {
            minus = true;
            text++;
        }
        PVM_TRY(term(d, &text, place && first, &value, names, err));
        total = minus ? total - value : total + value;
        text += strspn(text, " \t");
        if (*text == '\0')
            break;
        if (*text != '+' && *text != '-')
            return pvm_fail(err, PVM_E_USAGE, "expected + or - at \"%.40s\"", text);
        minus = *text++ == '-';
    }
    *out = total;
    return PVM_OK;
}

enum pvm_status cmd_debug_value(struct cmd_debug *d, const char *text, uint64_t *out,
                                struct pvm_err *err)
{
    const struct pvm_symbols *names = NULL;
    return sum(d, text, false, out, &names, err);
}

enum pvm_status cmd_debug_place(struct cmd_debug *d, const char *text, uint64_t *out,
                                const struct pvm_symbols **names, struct pvm_err *err)
{
    *names = NULL;
    return sum(d, text, true, out, names, err);
}

/* Whether a file that was assembled is the one meant: by its path, or by its last part. */
static bool is_file(const char *file, const char *text, size_t len)
{
    const char *slash = strrchr(file, '/');
    const char *last = slash != NULL ? slash + 1 : file;
    return len == 0 || (strlen(file) == len && strncmp(file, text, len) == 0) ||
           (strlen(last) == len && strncmp(last, text, len) == 0);
}

/* The place with the least line from that on. */
static bool find_line(const struct pvm_lines *lines, const char *file, size_t len, uint64_t line,
                      uint64_t *index)
{
    bool found = false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct pvm_line *here = &lines->list[i];
        if (here->line < line || (found && here->line >= lines->list[*index].line) ||
            !is_file(lines->files[here->file], file, len))
            continue;
        *index = i;
        found = true;
    }
    return found;
}

enum pvm_status cmd_debug_source_line(struct cmd_debug *d, const char *text, uint64_t *index,
                                      const struct pvm_symbols **names, struct pvm_err *err)
{
    const char *colon = strrchr(text, ':');
    uint64_t line;
    *names = NULL;
    if (colon == NULL || !cmd_number(colon + 1, strlen(colon + 1), &line))
        return PVM_OK;
    size_t len = (size_t)(colon - text);
    *names = cmd_debug_names(d, CMD_DEBUG_OUTER, cmd_debug_vm(d, CMD_DEBUG_OUTER));
    if (*names != NULL && find_line(&(*names)->lines, text, len, line, index))
        return PVM_OK;
    for (size_t i = 0; i < d->run->symbols.count; i++) {
        *names = &d->run->symbols.list[i].symbols;
        if (find_line(&(*names)->lines, text, len, line, index))
            return PVM_OK;
    }
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
