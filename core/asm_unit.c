/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_unit.h"

#include <stdio.h>

enum { CHUNK_SIZE = 1 << 16, SHOWN_LINE = 160 };

struct pvm_asm_chunk {
    struct pvm_asm_chunk *next;
    size_t used, size;
    max_align_t data[];
};

void *pvm_asm_get(struct pvm_asm *as, size_t size)
{
    size_t unit = sizeof(max_align_t);
    if (size > SIZE_MAX / 4) {
        pvm_asm_no_memory(as);
        return NULL;
    }
    size = (size + unit - 1) / unit * unit;
    as->arena_used += size;
    if (as->arena_used > PVM_ASM_MAX_MEMORY) {
        pvm_asm_fatal(as, (struct pvm_asm_pos){PVM_ASM_NONE, 0},
                      "names and included files take more than %d octets", PVM_ASM_MAX_MEMORY);
        return NULL;
    }
    struct pvm_asm_chunk *chunk = as->arena;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        chunk = pvm_alloc_get(as->alloc, sizeof *chunk + room);
        if (chunk == NULL) {
            pvm_asm_no_memory(as);
            return NULL;
        }
        chunk->next = as->arena;
        chunk->used = 0;
        chunk->size = room;
        as->arena = chunk;
    }
    void *found = (uint8_t *)chunk->data + chunk->used;
    chunk->used += size;
    return found;
}

char *pvm_asm_dup(struct pvm_asm *as, const char *text, size_t len)
{
    char *copy = pvm_asm_get(as, len + 1);
    if (copy == NULL)
        return NULL;
    if (len != 0)
        memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}

void *pvm_asm_grow(struct pvm_asm *as, void *list, size_t *cap, size_t count, size_t size,
                   struct pvm_asm_pos pos)
{
    if (as->stop)
        return NULL;
    if (count < *cap)
        return list;
    if (count >= PVM_ASM_MAX_COUNT) {
        pvm_asm_fatal(as, pos, "the program is too large: more than %d lines, names or entries",
                      PVM_ASM_MAX_COUNT);
        return NULL;
    }
    size_t room = *cap == 0 ? 64 : *cap * 2;
    void *bigger = pvm_alloc_resize(as->alloc, list, room * size);
    if (bigger == NULL) {
        pvm_asm_no_memory(as);
        return NULL;
    }
    *cap = room;
    return bigger;
}

void pvm_asm_deinit(struct pvm_asm *as)
{
    while (as->arena != NULL) {
        struct pvm_asm_chunk *next = as->arena->next;
        pvm_alloc_free(as->alloc, as->arena);
        as->arena = next;
    }
    pvm_alloc_free(as->alloc, as->sources.list);
    pvm_alloc_free(as->alloc, as->elems.list);
    pvm_alloc_free(as->alloc, as->symbols.list);
    pvm_alloc_free(as->alloc, as->items.list);
    pvm_alloc_free(as->alloc, as->fixups.list);
    pvm_alloc_free(as->alloc, as->jumps.list);
    pvm_alloc_free(as->alloc, as->wanted.list);
    pvm_alloc_free(as->alloc, as->macros.list);
    pvm_asm_map_deinit(&as->keywords);
    pvm_asm_map_deinit(&as->names);
    pvm_asm_map_deinit(&as->macro_names);
    for (unsigned i = 0; i < PVM_ASM_SECTION_COUNT; i++)
        pvm_buf_deinit(&as->sections[i].bytes);
    pvm_buf_deinit(&as->metadata);
}

/* Where a position is, worked out only for messages. */
struct place {
    const char *file;
    uint32_t line, column;
    struct pvm_bytes text; /* the line, without its end */
};

static struct place place_of(const struct pvm_asm *as, struct pvm_asm_pos pos)
{
    const struct pvm_asm_source *source = &as->sources.list[pos.source];
    const uint8_t *text = source->text.ptr;
    size_t start = pos.offset;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    size_t end = pos.offset;
    while (end < source->text.len && text[end] != '\n')
        end++;
    if (end > start && text[end - 1] == '\r')
        end--;
    struct place place = {source->name, source->first_line, (uint32_t)(pos.offset - start) + 1,
                          pvm_bytes(text + start, end - start)};
    for (size_t i = 0; i < start; i++)
        place.line += text[i] == '\n';
    return place;
}

/* The line and the caret. Of long lines a window around the column is shown; control characters
 * become '?'; tabs stay, in both lines, so that they stand alike. */
static void show_line(struct pvm_buf *out, const struct place *place)
{
    size_t column = place->column - 1;
    size_t from =
        column > SHOWN_LINE / 2 && place->text.len > SHOWN_LINE ? column - SHOWN_LINE / 2 : 0;
    size_t to = place->text.len - from > SHOWN_LINE ? from + SHOWN_LINE : place->text.len;
    pvm_buf_text(out, "    ");
    for (size_t i = from; i < to; i++) {
        uint8_t c = place->text.ptr[i];
        pvm_buf_add_u8(out, (c < ' ' && c != '\t') || c == 0x7f ? '?' : c);
    }
    pvm_buf_text(out, "\n    ");
    for (size_t i = from; i < column; i++) {
        uint8_t c = i < to ? place->text.ptr[i] : ' ';
        if (c == '\t')
            pvm_buf_add_u8(out, '\t');
        else if ((c & 0xc0) != 0x80)
            pvm_buf_add_u8(out, ' ');
    }
    pvm_buf_text(out, "^\n");
}

/* How the text at pos came to be read: the includes and macro calls, innermost first. */
static void show_parents(const struct pvm_asm *as, struct pvm_buf *out, struct pvm_asm_pos pos)
{
    const struct pvm_asm_source *source = &as->sources.list[pos.source];
    while (source->parent.source != PVM_ASM_NONE) {
        struct place place = place_of(as, source->parent);
        pvm_buf_printf(out, "%s:%u:%u: note: ", place.file, place.line, place.column);
        if (source->macro != NULL)
            pvm_buf_printf(out, "in the expansion of macro '%s'\n", source->macro);
        else
            pvm_buf_text(out, "included from here\n");
        source = &as->sources.list[source->parent.source];
    }
}

static bool report(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, va_list args)
    PVM_PRINTF(3, 0);

static bool report(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, va_list args)
{
    if (as->errors >= PVM_ASM_MAX_ERRORS || as->status == PVM_E_MEMORY) {
        as->stop = true;
        return false;
    }
    char text[256];
    (void)vsnprintf(text, sizeof text, fmt, args);
    for (char *c = text; *c != 0; c++) {
        if ((*c > 0 && *c < ' ') || *c == 0x7f)
            *c = '?';
    }
    as->errors++;
    as->status = PVM_E_MALFORMED;
    if (pos.source == PVM_ASM_NONE) {
        pvm_buf_printf(as->diagnostics, "%s: error: %s\n", as->options->file, text);
        pvm_fail(as->err, PVM_E_MALFORMED, "%s: %s", as->options->file, text);
        return false;
    }
    struct place place = place_of(as, pos);
    pvm_buf_printf(as->diagnostics, "%s:%u:%u: error: %s\n", place.file, place.line, place.column,
                   text);
    show_line(as->diagnostics, &place);
    show_parents(as, as->diagnostics, pos);
    pvm_fail(as->err, PVM_E_MALFORMED, "%s:%u:%u: error: %s", place.file, place.line, place.column,
             text);
    if (as->errors == PVM_ASM_MAX_ERRORS) {
        pvm_buf_printf(as->diagnostics, "%s: %d errors; the rest is not looked at\n",
                       as->options->file, PVM_ASM_MAX_ERRORS);
        as->stop = true;
    }
    return false;
}

bool pvm_asm_error(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    report(as, pos, fmt, args);
    va_end(args);
    return false;
}

bool pvm_asm_fatal(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
{
    if (as->stop)
        return false;
    va_list args;
    va_start(args, fmt);
    report(as, pos, fmt, args);
    va_end(args);
    as->stop = true;
    return false;
}

bool pvm_asm_no_memory(struct pvm_asm *as)
{
    as->status =
        pvm_fail(as->err, PVM_E_MEMORY, "%s: out of memory while assembling", as->options->file);
    as->stop = true;
    return false;
}

void pvm_asm_note(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
{
    if (as->stop || pos.source == PVM_ASM_NONE)
        return;
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    struct place place = place_of(as, pos);
    pvm_buf_printf(as->diagnostics, "%s:%u:%u: note: %s\n", place.file, place.line, place.column,
                   text);
}
