/* SPDX-License-Identifier: Apache-2.0 */
/* list: lines of the assembler source that code came from. */
#include "cmd/debug_commands.h"

#include "cmd/files.h"
#include "cmd/text.h"

#include <sys/stat.h>

#include <inttypes.h>

enum { BEFORE = 5, LINES = 11, SOURCE_MAX = 16 << 20 };

/* What to show: a line of a file. */
struct spot {
    const char *file;
    uint64_t line;
};

/* A source is a file of usual size; the paths in symbol files are anybody's. */
static enum pvm_status read_source(const char *path, struct pvm_buf *out, struct pvm_err *err)
{
    struct stat info;
    if (stat(path, &info) == 0 && (!S_ISREG(info.st_mode) || info.st_size > SOURCE_MAX))
        return pvm_fail(err, PVM_E_USAGE, "list: %.200s: no file of source", path);
    struct pvm_err why = {.status = PVM_OK};
    if (strcmp(path, "-") != 0 && cmd_read_file(path, out, &why) == PVM_OK)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE, "list: %s", why.status != PVM_OK ? why.msg : "no file");
}

/* The line that a position comes from, or the first behind it. */
static enum pvm_status spot_of(const struct pvm_symbols *names, uint64_t pc, struct spot *out,
                               struct pvm_err *err)
{
    const struct pvm_line *line = names != NULL ? pvm_lines_before(&names->lines, pc) : NULL;
    if (line == NULL && names != NULL && names->lines.count != 0)
        line = &names->lines.list[0]; /* the jumps to the entries come from nowhere */
    if (line == NULL)
        return pvm_fail(err, PVM_E_USAGE,
                        "list: no line of source is known for 0x%" PRIx64 ", see --symbols", pc);
    *out = (struct spot){names->lines.files[line->file], line->line};
    return PVM_OK;
}

static enum pvm_status find_spot(struct cmd_debug *d, const struct cmd_debug_words *words,
                                 struct spot *out, struct pvm_err *err)
{
    int64_t machine;
    uint64_t at;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    const struct pvm_symbols *names;
    if (words->count > 1) {
        PVM_TRY(cmd_debug_source_line(d, words->list[1], &at, &names, err));
        if (names != NULL) {
            const struct pvm_line *line = &names->lines.list[at];
            *out = (struct spot){names->lines.files[line->file], line->line};
            return PVM_OK;
        }
        PVM_TRY(cmd_debug_place(d, words->rest[1], &at, &names, err));
        if (names != NULL)
            return spot_of(names, at, out, err);
    }
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no machine %" PRId64, machine);
    if (words->count < 2)
        at = d->over && machine < 0 ? vm->exit_pc : vm->pc;
    return spot_of(cmd_debug_names(d, machine, vm), at, out, err);
}

/* Shows lines from the first one on; > at the one where the machine is. */
static uint64_t show(const struct pvm_buf *text, uint64_t first, uint64_t here, struct pvm_buf *out)
{
    const uint8_t *at = text->ptr;
    const uint8_t *end = at + text->len;
    uint64_t line = 1;
    for (; at < end && line < first + LINES; line++) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *next = stop != NULL ? stop + 1 : end;
        stop = stop != NULL ? stop : end;
        if (line >= first) {
            pvm_buf_printf(out, "%s%5" PRIu64 "  ", line == here ? ">" : " ", line);
            cmd_printable(pvm_bytes(at, (size_t)(stop - at)), out);
            pvm_buf_text(out, "\n");
        }
        at = next;
    }
    return line;
}

enum pvm_status cmd_debug_do_list(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    struct cmd_debug_words none = {.list = {words->list[0]}, .count = 1};
    struct pvm_buf text = {0};
    struct spot spot;
    struct spot here = {NULL, 0};
    bool on = words->count == 1 && d->next_line != 0;
    (void)find_spot(d, &none, &here, NULL);
    PVM_TRY(find_spot(d, words, &spot, err));
    if (on)
        spot.file = d->listed;
    enum pvm_status status = read_source(spot.file, &text, err);
    if (status == PVM_OK) {
        uint64_t first = spot.line > BEFORE ? spot.line - BEFORE : 1;
        bool same = here.file != NULL && strcmp(here.file, spot.file) == 0;
        first = on ? d->next_line : first;
        d->listed = spot.file;
        d->next_line = show(&text, first, same ? here.line : 0, &d->cmd->out);
        if (d->next_line <= first) {
            d->next_line = 0;
            status =
                pvm_fail(err, PVM_E_USAGE, "list: %.200s has no line %" PRIu64, spot.file, first);
        }
    }
    pvm_buf_deinit(&text);
    return status;
}
