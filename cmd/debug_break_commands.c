/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that make breakpoints, let them rest and remove them. */
#include "cmd/debug_commands.h"

#include "cmd/text.h"
#include "host/call.h"

#include <inttypes.h>

enum { BREAKS_MAX = 1024 };

/* Takes "in M" off the end of words. */
static enum pvm_status take_machine(struct cmd_debug_words *words, int64_t *machine, bool *given,
                                    struct pvm_err *err)
{
    *given = words->count >= 3 && strcmp(words->list[words->count - 2], "in") == 0;
    if (!*given)
        return PVM_OK;
    words->count -= 2;
    return cmd_debug_machine_word(words->list[words->count + 1], machine, err);
}

/* Takes "if CONDITION" off the end of words; *at is where the condition begins in the line. */
static enum pvm_status take_condition(struct cmd_debug *d, struct cmd_debug_words *words,
                                      const char **at, struct pvm_err *err)
{
    bool holds;
    *at = NULL;
    for (unsigned i = 1; i < words->count; i++) {
        if (strcmp(words->list[i], "if") != 0)
            continue;
        if (i + 1 == words->count)
            return pvm_fail(err, PVM_E_USAGE, "%.40s: if: expected a condition", words->list[0]);
        *at = words->rest[i + 1];
        words->count = i;
    }
    struct pvm_err why = {.status = PVM_OK};
    if (*at == NULL || cmd_debug_condition(d, *at, &holds, &why) != PVM_E_USAGE)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE, "%.40s: if: %s", words->list[0], why.msg);
}

/* What it stands for, where the text does not say so. */
static void meaning(const struct cmd_debug_break *b, struct pvm_buf *out)
{
    const char *word = b->text;
    if (b->kind == CMD_DEBUG_LINE) {
        const struct pvm_lines *lines = &b->names->lines;
        const struct pvm_line *line = &lines->list[b->from];
        pvm_buf_text(out, " (");
        cmd_printable(pvm_bytes(lines->files[line->file], strlen(lines->files[line->file])), out);
        pvm_buf_printf(out, ":%" PRIu32 ", pc 0x%" PRIx64 ")", line->line, line->pc);
    } else if (b->kind == CMD_DEBUG_AT && b->names == NULL && strchr("0123456789", *word) == NULL) {
        pvm_buf_printf(out, " (0x%" PRIx64 ")", b->from);
    } else if (b->kind == CMD_DEBUG_ACCESS) {
        word += strcspn(word, " \t");
        word += strspn(word, " \t");
        if (strchr("0123456789", *word) == NULL)
            pvm_buf_printf(out, " (0x%08" PRIx64 ")", b->from);
    }
}

/* Keeps a breakpoint, with the words behind the command as its text; of one on memory all. */
static enum pvm_status keep(struct cmd_debug *d, const struct cmd_debug_words *words,
                            const char *condition, struct cmd_debug_break *b, struct pvm_err *err)
{
    struct pvm_buf text = {0};
    const char *said = words->rest[b->kind == CMD_DEBUG_ACCESS ? 0 : 1];
    if (cmd_debug_break_count(d) >= BREAKS_MAX)
        return pvm_fail(err, PVM_E_USAGE, "%.40s: there are %d breakpoints already", words->list[0],
                        BREAKS_MAX);
    pvm_buf_text(&text, said);
    pvm_buf_add_u8(&text, 0);
    pvm_buf_add_zeros(&d->breaks, sizeof *b);
    if (text.failed || d->breaks.failed) {
        pvm_buf_deinit(&text);
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a breakpoint");
    }
    b->id = ++d->last_id;
    b->text = (char *)text.ptr;
    if (condition != NULL)
        b->condition = b->text + (condition - said);
    *cmd_debug_break_at(d, cmd_debug_break_count(d) - 1) = *b;
    pvm_buf_printf(&d->cmd->out, "breakpoint %u: %s", b->id, b->text);
    meaning(b, &d->cmd->out);
    pvm_buf_text(&d->cmd->out, "\n");
    return PVM_OK;
}

/* ---- kinds ---- */

static enum pvm_status at_call(struct cmd_debug *d, const struct cmd_debug_words *words,
                               struct cmd_debug_break *b, struct pvm_err *err)
{
    int64_t number;
    b->kind = CMD_DEBUG_CALL;
    b->any_call = words->count == 2;
    if (b->any_call)
        return PVM_OK;
    if (words->count > 3)
        return pvm_fail(err, PVM_E_USAGE, "break call: expected one name or number");
    const char *name = words->list[2];
    struct pvm_call_names calls = jam_call_names(d->run->profile);
    if (cmd_number(name, strlen(name), &b->from))
        return PVM_OK;
    if (!calls.number(calls.user, name, strlen(name), &number))
        return pvm_fail(err, PVM_E_USAGE, "break call: GP %s has no host call \"%.80s\"",
                        d->run->profile->name, name);
    b->from = (uint64_t)number;
    return PVM_OK;
}

static enum pvm_status at_gas(struct cmd_debug *d, const struct cmd_debug_words *words,
                              struct cmd_debug_break *b, struct pvm_err *err)
{
    b->kind = CMD_DEBUG_GAS;
    if (words->count != 3)
        return pvm_fail(err, PVM_E_USAGE, "break gas: expected how much");
    return cmd_debug_value(d, words->list[2], &b->from, err);
}

static enum pvm_status at_machine(const struct cmd_debug_words *words, struct cmd_debug_break *b,
                                  struct pvm_err *err)
{
    unsigned at = 2;
    b->kind = CMD_DEBUG_MACHINE;
    b->machine = CMD_DEBUG_ANY;
    if (at < words->count && strcmp(words->list[at], "step") != 0)
        PVM_TRY(cmd_debug_machine_word(words->list[at++], &b->machine, err));
    b->each = at < words->count && strcmp(words->list[at], "step") == 0;
    if (at + b->each != words->count || b->machine == CMD_DEBUG_OUTER)
        return pvm_fail(err, PVM_E_USAGE,
                        "break machine: expected the id of an inner machine, step, or both");
    return PVM_OK;
}

static enum pvm_status at_place(struct cmd_debug *d, const struct cmd_debug_words *words,
                                struct cmd_debug_break *b, bool given, struct pvm_err *err)
{
    const struct pvm_vm *outer = cmd_debug_vm(d, CMD_DEBUG_OUTER);
    b->kind = CMD_DEBUG_AT;
    if (words->count != 2)
        return pvm_fail(err, PVM_E_USAGE, "break: expected one place");
    PVM_TRY(cmd_debug_source_line(d, words->list[1], &b->from, &b->names, err));
    if (b->names != NULL)
        b->kind = CMD_DEBUG_LINE;
    else
        PVM_TRY(cmd_debug_place(d, words->list[1], &b->from, &b->names, err));
    if (given)
        return PVM_OK;
    (void)cmd_debug_shown(d, &b->machine);
    if (b->names != NULL)
        b->machine = b->names == cmd_debug_names(d, CMD_DEBUG_OUTER, outer) ? CMD_DEBUG_OUTER
                                                                            : CMD_DEBUG_ANY;
    if (b->kind == CMD_DEBUG_AT && b->machine == CMD_DEBUG_OUTER &&
        !pvm_program_is_opcode(outer->program, b->from))
        return pvm_fail(err, PVM_E_USAGE, "break: %" PRIu64 " = 0x%" PRIx64 " is no instruction",
                        b->from, b->from);
    return PVM_OK;
}

static enum pvm_status add_break(struct cmd_debug *d, const struct cmd_debug_words *all, bool once,
                                 struct pvm_err *err)
{
    struct cmd_debug_words words = *all;
    struct cmd_debug_break b = {.machine = CMD_DEBUG_OUTER, .once = once};
    const char *condition;
    bool given;
    PVM_TRY(take_condition(d, &words, &condition, err));
    PVM_TRY(take_machine(&words, &b.machine, &given, err));
    if (words.count < 2)
        return pvm_fail(err, PVM_E_USAGE, "%.40s: expected where", words.list[0]);
    const char *kind = words.list[1];
    if (strcmp(kind, "call") == 0)
        PVM_TRY(at_call(d, &words, &b, err));
    else if (strcmp(kind, "gas") == 0)
        PVM_TRY(at_gas(d, &words, &b, err));
    else if (strcmp(kind, "machine") == 0)
        PVM_TRY(at_machine(&words, &b, err));
    else
        PVM_TRY(at_place(d, &words, &b, given, err));
    return keep(d, all, condition, &b, err);
}

enum pvm_status cmd_debug_do_break(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   struct pvm_err *err)
{
    return add_break(d, words, false, err);
}

enum pvm_status cmd_debug_do_advance(struct cmd_debug *d, const struct cmd_debug_words *words,
                                     struct pvm_err *err)
{
    if (d->over)
        return pvm_fail(err, PVM_E_USAGE, "the run has ended: only back from here");
    PVM_TRY(add_break(d, words, true, err));
    cmd_debug_go_on(d);
    return PVM_OK;
}

enum pvm_status cmd_debug_do_tbreak(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    return add_break(d, words, true, err);
}

/* ---- memory ---- */

static enum pvm_status add_watch(struct cmd_debug *d, const struct cmd_debug_words *all, bool read,
                                 bool write, struct pvm_err *err)
{
    struct cmd_debug_words words = *all;
    struct cmd_debug_break b = {
        .kind = CMD_DEBUG_ACCESS, .machine = CMD_DEBUG_OUTER, .read = read, .write = write};
    struct pvm_buf address = {0};
    const char *condition;
    uint64_t len = 1;
    bool given;
    PVM_TRY(take_condition(d, &words, &condition, err));
    PVM_TRY(take_machine(&words, &b.machine, &given, err));
    if (!given)
        (void)cmd_debug_shown(d, &b.machine);
    if (words.count != 2)
        return pvm_fail(err, PVM_E_USAGE, "%.40s: expected an address", words.list[0]);
    size_t digits = strcspn(words.list[1], ":");
    pvm_buf_add(&address, words.list[1], digits);
    enum pvm_status status = cmd_debug_value(d, pvm_buf_str(&address), &b.from, err);
    if (status == PVM_OK && words.list[1][digits] == ':')
        status = cmd_debug_value(d, words.list[1] + digits + 1, &len, err);
    pvm_buf_deinit(&address);
    if (status != PVM_OK)
        return status;
    if (b.from >> 32 != 0 || len == 0 || len > (UINT64_C(1) << 32) - b.from)
        return pvm_fail(err, PVM_E_USAGE, "%.40s: no range inside 2^32", words.list[0]);
    b.to = b.from + len;
    return keep(d, all, condition, &b, err);
}

enum pvm_status cmd_debug_do_watch(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   struct pvm_err *err)
{
    return add_watch(d, words, false, true, err);
}

enum pvm_status cmd_debug_do_rwatch(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    return add_watch(d, words, true, false, err);
}

enum pvm_status cmd_debug_do_awatch(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    return add_watch(d, words, true, true, err);
}

/* ---- the list ---- */

enum change { DELETE, DISABLE, ENABLE };

static void change_one(struct cmd_debug *d, size_t index, enum change change)
{
    if (change == DELETE)
        cmd_debug_break_remove(d, index);
    else
        cmd_debug_break_at(d, index)->disabled = change == DISABLE;
}

/* The breakpoint whose number is the word at that index. */
static enum pvm_status find_break(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  unsigned word, struct cmd_debug_break **out, struct pvm_err *err)
{
    uint64_t id;
    size_t i = 0;
    if (!cmd_number(words->list[word], strlen(words->list[word]), &id))
        return pvm_fail(err, PVM_E_USAGE, "%.40s: expected a breakpoint's number, got \"%.40s\"",
                        words->list[0], words->list[word]);
    while (i < cmd_debug_break_count(d) && cmd_debug_break_at(d, i)->id != id)
        i++;
    if (i == cmd_debug_break_count(d))
        return pvm_fail(err, PVM_E_USAGE, "%.40s: there is no breakpoint %" PRIu64, words->list[0],
                        id);
    *out = cmd_debug_break_at(d, i);
    return PVM_OK;
}

static enum pvm_status change_some(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   enum change change, struct pvm_err *err)
{
    for (size_t i = cmd_debug_break_count(d); words->count == 1 && i-- > 0;)
        change_one(d, i, change);
    for (unsigned k = 1; k < words->count; k++) {
        struct cmd_debug_break *b;
        PVM_TRY(find_break(d, words, k, &b, err));
        change_one(d, (size_t)(b - cmd_debug_break_at(d, 0)), change);
    }
    return PVM_OK;
}

enum pvm_status cmd_debug_do_delete(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    return change_some(d, words, DELETE, err);
}

enum pvm_status cmd_debug_do_disable(struct cmd_debug *d, const struct cmd_debug_words *words,
                                     struct pvm_err *err)
{
    return change_some(d, words, DISABLE, err);
}

enum pvm_status cmd_debug_do_enable(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    return change_some(d, words, ENABLE, err);
}

enum pvm_status cmd_debug_do_condition(struct cmd_debug *d, const struct cmd_debug_words *words,
                                       struct pvm_err *err)
{
    struct cmd_debug_break *b;
    struct pvm_buf text = {0};
    struct pvm_err why = {.status = PVM_OK};
    bool holds;
    if (words->count < 2)
        return pvm_fail(err, PVM_E_USAGE, "condition: expected a breakpoint's number");
    PVM_TRY(find_break(d, words, 1, &b, err));
    const char *condition = words->count > 2 ? words->rest[2] : NULL;
    if (condition != NULL && cmd_debug_condition(d, condition, &holds, &why) == PVM_E_USAGE)
        return pvm_fail(err, PVM_E_USAGE, "condition: %s", why.msg);
    size_t len = b->condition != NULL ? (size_t)(b->condition - b->text) : strlen(b->text);
    while (b->condition != NULL && (b->text[len - 1] == ' ' || b->text[len - 1] == '\t'))
        len--;
    if (b->condition != NULL)
        len -= 2; /* "if" */
    while (b->text[len - 1] == ' ' || b->text[len - 1] == '\t')
        len--;
    pvm_buf_add(&text, b->text, len);
    if (condition != NULL)
        pvm_buf_printf(&text, " if %s", condition);
    pvm_buf_add_u8(&text, 0);
    if (text.failed) {
        pvm_buf_deinit(&text);
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a condition");
    }
    pvm_alloc_free(NULL, b->text);
    b->text = (char *)text.ptr;
    b->condition = condition != NULL ? b->text + len + 4 : NULL;
    return PVM_OK;
}

void cmd_debug_breaks_text(const struct cmd_debug *d, struct pvm_buf *out)
{
    if (cmd_debug_break_count(d) == 0)
        pvm_buf_text(out, "there are no breakpoints\n");
    for (size_t i = 0; i < cmd_debug_break_count(d); i++) {
        const struct cmd_debug_break *b = cmd_debug_break_at(d, i);
        pvm_buf_printf(out, "%3u  %s", b->id, b->text);
        meaning(b, out);
        pvm_buf_printf(out, "%s%s\n", b->once ? ", for one stop" : "",
                       b->disabled ? ", rests" : "");
    }
}
