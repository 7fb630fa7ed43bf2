/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of commands: from files, from a terminal with editing and completion, from a stream. */
#include "cmd/debug_commands.h"

#include "cmd/files.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>

enum { HISTORY = 1000 };

/* A file of commands, read whole. */
struct script {
    const char *path;
    struct pvm_buf text;
    size_t at;
    uint64_t line;
};

struct cmd_debug_reader {
    struct cmd_debug *d;
    struct script *scripts;
    size_t count, current;
    bool from_input; /* standard input comes behind the scripts */
    uint64_t line;   /* of standard input */
    struct pvm_buf text, where, last;
    char prompt[8];
    EditLine *edit; /* NULL: no terminal */
    History *history;
    bool in_script; /* the last line came from one */
};

static enum pvm_status read_scripts(struct cmd_debug_reader *reader, const struct cmd_args *args,
                                    unsigned option, struct pvm_err *err)
{
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option != option)
            continue;
        struct script *script = &reader->scripts[reader->count++];
        script->path = args->list[i].text;
        PVM_TRY(cmd_read_file(script->path, &script->text, err));
        if (memchr(script->text.ptr, 0, script->text.len) != NULL)
            return pvm_fail(err, PVM_E_MALFORMED, "%.200s: no text", cmd_file_name(script->path));
    }
    return PVM_OK;
}

/* ---- the terminal ---- */

static struct cmd_debug_reader *reader_of(EditLine *edit)
{
    void *data = NULL;
    (void)el_get(edit, EL_CLIENTDATA, &data);
    return data;
}

static char *prompt(EditLine *edit)
{
    return reader_of(edit)->prompt;
}

/* What all of the words, each ended by a 0 octet, begin with. */
static size_t common(const struct pvm_buf *words)
{
    const char *first = (const char *)words->ptr;
    size_t len = words->len != 0 ? strlen(first) : 0;
    for (size_t at = 0; at < words->len; at += strlen(first + at) + 1) {
        size_t same = 0;
        while (same < len && first[at + same] == first[same])
            same++;
        len = same;
    }
    return len;
}

static void list_words(struct pvm_buf *words)
{
    for (size_t i = 0; i < words->len; i++)
        if (words->ptr[i] == 0)
            words->ptr[i] = i + 1 == words->len ? '\n' : ' ';
    (void)fputc('\n', stdout);
    (void)fwrite(words->ptr, 1, words->len, stdout);
    (void)fflush(stdout);
}

static unsigned char complete(EditLine *edit, wint_t key)
{
    struct pvm_buf words = {0};
    struct pvm_buf text = {0};
    size_t start = 0;
    unsigned char result = CC_ERROR;
    const LineInfo *line = el_line(edit);
    (void)key;
    const struct cmd_debug_reader *reader = reader_of(edit);
    pvm_buf_add(&text, line->buffer, (size_t)(line->cursor - line->buffer));
    cmd_debug_complete(reader->d, pvm_buf_str(&text), &start, &words);
    size_t typed = text.len - start;
    size_t len = words.failed || text.failed ? 0 : common(&words);
    bool only = words.len != 0 && strlen((const char *)words.ptr) + 1 == words.len;
    if (len > typed || (only && len == typed)) {
        struct pvm_buf add = {0};
        pvm_buf_add(&add, words.ptr + typed, len - typed);
        pvm_buf_text(&add, only ? " " : "");
        result = el_insertstr(edit, pvm_buf_str(&add)) == 0 ? CC_REFRESH : CC_ERROR;
        pvm_buf_deinit(&add);
    } else if (words.len != 0) {
        list_words(&words);
        result = CC_REDISPLAY;
    }
    pvm_buf_deinit(&words);
    pvm_buf_deinit(&text);
    return result;
}

/* Ctrl-C while a line is typed drops it. */
static unsigned char drop_line(EditLine *edit, wint_t key)
{
    const LineInfo *line = el_line(edit);
    (void)key;
    (void)el_cursor(edit, (int)(line->lastchar - line->cursor));
    line = el_line(edit);
    if (line->cursor > line->buffer)
        el_deletestr(edit, (int)(line->cursor - line->buffer));
    (void)fputs("^C", stdout);
    (void)fflush(stdout);
    return CC_REDISPLAY;
}

static unsigned char stop_job(EditLine *edit, wint_t key)
{
    (void)key;
    (void)el_set(edit, EL_PREP_TERM, 0);
    (void)raise(SIGTSTP);
    (void)el_set(edit, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

static void open_terminal(struct cmd_debug_reader *reader)
{
    HistEvent event;
    (void)setlocale(LC_CTYPE, ""); /* what is typed may be more than ASCII */
    reader->edit = el_init("pvm", stdin, stdout, stderr);
    reader->history = history_init();
    if (reader->edit == NULL || reader->history == NULL)
        return;
    memcpy(reader->prompt, "(pvm) ", sizeof "(pvm) ");
    (void)history(reader->history, &event, H_SETSIZE, HISTORY);
    (void)el_set(reader->edit, EL_CLIENTDATA, reader);
    (void)el_set(reader->edit, EL_PROMPT, prompt);
    (void)el_set(reader->edit, EL_EDITOR, "emacs");
    (void)el_set(reader->edit, EL_HIST, history, reader->history);
    /* el_set would make copies of the texts that nobody frees. */
    (void)el_wset(reader->edit, EL_ADDFN, L"complete", L"complete a word", complete);
    (void)el_set(reader->edit, EL_BIND, "^I", "complete", NULL);
    (void)el_wset(reader->edit, EL_ADDFN, L"drop-line", L"drop the line", drop_line);
    (void)el_set(reader->edit, EL_BIND, "^C", "drop-line", NULL);
    (void)el_wset(reader->edit, EL_ADDFN, L"stop-job", L"suspend the program", stop_job);
    (void)el_set(reader->edit, EL_BIND, "^Z", "stop-job", NULL);
    (void)el_set(reader->edit, EL_SETTY, "-d", "-isig", NULL); /* keys, not signals, meanwhile */
    (void)el_source(reader->edit, NULL);
}

/* A line typed; an empty one stands for the last one if that may be done again. */
static bool read_terminal(struct cmd_debug_reader *reader, const char **line)
{
    const struct cmd_debug_command *command;
    struct cmd_debug_words words;
    HistEvent event;
    int count = 0;
    const char *typed = el_gets(reader->edit, &count);
    if (typed == NULL || count <= 0) {
        (void)fputc('\n', stdout);
        (void)fflush(stdout);
        return false;
    }
    *line = pvm_buf_str(&reader->last);
    bool some = typed[strspn(typed, " \t\r\n")] != '\0';
    if (!some)
        return true;
    (void)history(reader->history, &event, H_ENTER, typed);
    reader->text.len = 0;
    pvm_buf_text(&reader->text, typed);
    *line = pvm_buf_str(&reader->text);
    reader->last.len = 0;
    if (cmd_debug_split(*line, &words, NULL) == PVM_OK && words.count != 0 &&
        cmd_debug_find(words.list[0], &command, NULL) == PVM_OK && command->repeats)
        pvm_buf_text(&reader->last, words.list[0][0] == 'x' ? words.list[0] : *line);
    cmd_debug_words_deinit(&words);
    return true;
}

/* ---- files and streams ---- */

static bool read_script(struct cmd_debug_reader *reader, struct script *script, const char **line)
{
    if (script->at >= script->text.len)
        return false;
    const uint8_t *start = script->text.ptr + script->at;
    const uint8_t *end = memchr(start, '\n', script->text.len - script->at);
    size_t len = end != NULL ? (size_t)(end - start) : script->text.len - script->at;
    script->at += len + 1;
    script->line++;
    reader->text.len = 0;
    pvm_buf_add(&reader->text, start, len);
    *line = pvm_buf_str(&reader->text);
    return true;
}

static bool read_stream(struct cmd_debug_reader *reader, const char **line)
{
    char *typed = NULL;
    size_t room = 0;
    ssize_t len = getline(&typed, &room, stdin);
    reader->text.len = 0;
    if (len >= 0)
        pvm_buf_add(&reader->text, typed, (size_t)len);
    free(typed);
    reader->line++;
    *line = pvm_buf_str(&reader->text);
    return len >= 0;
}

bool cmd_debug_read(struct cmd_debug_reader *reader, const char **line)
{
    reader->in_script = true;
    for (; reader->current < reader->count; reader->current++)
        if (read_script(reader, &reader->scripts[reader->current], line))
            return true;
    reader->in_script = false;
    if (!reader->from_input)
        return false;
    return reader->edit != NULL && reader->history != NULL ? read_terminal(reader, line)
                                                           : read_stream(reader, line);
}

void cmd_debug_read_skip(struct cmd_debug_reader *reader)
{
    if (reader->in_script)
        reader->current = reader->count;
}

const char *cmd_debug_read_where(struct cmd_debug_reader *reader)
{
    if (!reader->in_script && reader->edit != NULL)
        return NULL;
    reader->where.len = 0;
    if (reader->in_script)
        pvm_buf_printf(&reader->where, "%.200s:%llu",
                       cmd_file_name(reader->scripts[reader->current].path),
                       (unsigned long long)reader->scripts[reader->current].line);
    else
        pvm_buf_printf(&reader->where, "standard input:%llu", (unsigned long long)reader->line);
    return pvm_buf_str(&reader->where);
}

/* ---- all of it ---- */

enum pvm_status cmd_debug_reader_new(struct cmd_debug *d, const struct cmd_args *args,
                                     unsigned option, struct cmd_debug_reader **out,
                                     struct pvm_err *err)
{
    struct cmd_debug_reader *reader = pvm_alloc_zero(NULL, 1, sizeof *reader);
    if (reader == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory");
    *out = reader;
    reader->d = d;
    reader->scripts = pvm_alloc_zero(NULL, args->count + 1, sizeof *reader->scripts);
    if (reader->scripts == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory");
    PVM_TRY(read_scripts(reader, args, option, err));
    reader->from_input = !d->batch || reader->count == 0;
    if (reader->from_input && isatty(STDIN_FILENO) != 0)
        open_terminal(reader);
    return PVM_OK;
}

void cmd_debug_reader_free(struct cmd_debug_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; i < reader->count; i++)
        pvm_buf_deinit(&reader->scripts[i].text);
    pvm_alloc_free(NULL, reader->scripts);
    if (reader->history != NULL)
        history_end(reader->history);
    if (reader->edit != NULL)
        el_end(reader->edit);
    pvm_buf_deinit(&reader->text);
    pvm_buf_deinit(&reader->where);
    pvm_buf_deinit(&reader->last);
    pvm_alloc_free(NULL, reader);
}
