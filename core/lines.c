/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lines.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SEARCHED = 64, NAME_MAX_LEN = 4096 };

void pvm_lines_deinit(struct pvm_lines *lines)
{
    for (size_t i = 0; i < lines->file_count; i++)
        pvm_alloc_free(lines->alloc, lines->files[i]);
    pvm_alloc_free(lines->alloc, lines->files);
    pvm_alloc_free(lines->alloc, lines->list);
    *lines = (struct pvm_lines){.alloc = lines->alloc};
}

/* The list with room for one more element of that size; NULL, and list as it was, without memory.
 */
static void *room(const struct pvm_alloc *alloc, void *list, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return list;
    size_t more = *cap == 0 ? 64 : *cap * 2;
    void *grown = more <= SIZE_MAX / size ? pvm_alloc_resize(alloc, list, more * size) : NULL;
    if (grown != NULL)
        *cap = more;
    return grown;
}

static bool add_file(struct pvm_lines *lines, const char *name, size_t len)
{
    char **files =
        room(lines->alloc, lines->files, lines->file_count, &lines->file_cap, sizeof *files);
    if (files == NULL)
        return false;
    lines->files = files;
    char *copy = pvm_alloc_get(lines->alloc, len + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, name, len);
    copy[len] = 0;
    files[lines->file_count++] = copy;
    return true;
}

/* The file of a name among the last ones, else a new one; false without memory. */
static bool find_file(struct pvm_lines *lines, const char *name, size_t len, uint32_t *index)
{
    size_t lowest = lines->file_count > SEARCHED ? lines->file_count - SEARCHED : 0;
    for (size_t i = lines->file_count; i-- > lowest;)
        if (strlen(lines->files[i]) == len && memcmp(lines->files[i], name, len) == 0) {
            *index = (uint32_t)i;
            return true;
        }
    *index = (uint32_t)lines->file_count;
    return lines->file_count < UINT32_MAX && add_file(lines, name, len);
}

static bool add_line(struct pvm_lines *lines, uint64_t pc, uint32_t file, uint32_t line)
{
    struct pvm_line *list =
        room(lines->alloc, lines->list, lines->count, &lines->cap, sizeof *list);
    if (list == NULL)
        return false;
    lines->list = list;
    list[lines->count++] = (struct pvm_line){pc, file, line};
    return true;
}

enum pvm_status pvm_lines_add(struct pvm_lines *lines, uint64_t pc, const char *file, size_t len,
                              uint32_t line, struct pvm_err *err)
{
    uint32_t index;
    if (find_file(lines, file, len, &index) && add_line(lines, pc, index, line))
        return PVM_OK;
    return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu source lines", lines->count + 1);
}

static int compare(const void *left, const void *right)
{
    const struct pvm_line *a = left;
    const struct pvm_line *b = right;
    if (a->pc != b->pc)
        return a->pc < b->pc ? -1 : 1;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

void pvm_lines_sort(struct pvm_lines *lines)
{
    if (lines->count > 1)
        qsort(lines->list, lines->count, sizeof *lines->list, compare);
}

/* ---- text ---- */

static bool starts(struct pvm_bytes *text, const char *prefix)
{
    size_t len = strlen(prefix);
    if (text->len < len || memcmp(text->ptr, prefix, len) != 0)
        return false;
    *text = pvm_bytes(text->ptr + len, text->len - len);
    return true;
}

/* Takes digits of a base off text, as many as max; false for none, or another character first. */
static bool take_number(struct pvm_bytes *text, unsigned base, unsigned max, uint64_t *out)
{
    unsigned count = 0;
    for (*out = 0; count < max && count < text->len; count++) {
        uint8_t c = text->ptr[count];
        unsigned digit = base;
        if (c >= '0' && c <= '9')
            digit = c - (unsigned)'0';
        else if (c >= 'a' && c <= 'f')
            digit = c - (unsigned)'a' + 10;
        if (digit >= base)
            break;
        *out = *out * base + digit;
    }
    *text = pvm_bytes(text->ptr + count, text->len - count);
    return count != 0;
}

static bool is_name(struct pvm_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return text.len > 0 && text.len <= NAME_MAX_LEN;
}

enum pvm_status pvm_lines_parse(struct pvm_lines *lines, struct pvm_bytes comment,
                                struct pvm_err *err)
{
    uint64_t pc, line;
    bool fine = true;
    while (comment.len > 0 &&
           (comment.ptr[comment.len - 1] == '\r' || comment.ptr[comment.len - 1] == ' '))
        comment.len--;
    if (starts(&comment, "# file ") && is_name(comment))
        fine = add_file(lines, (const char *)comment.ptr, comment.len);
    else if (lines->file_count != 0 && starts(&comment, "# line 0x") &&
             take_number(&comment, 16, 16, &pc) && starts(&comment, " ") &&
             take_number(&comment, 10, 9, &line) && comment.len == 0)
        fine = add_line(lines, pc, (uint32_t)lines->file_count - 1, (uint32_t)line);
    return fine ? PVM_OK : pvm_fail(err, PVM_E_MEMORY, "out of memory for source lines");
}

void pvm_lines_write(const struct pvm_lines *lines, struct pvm_buf *out)
{
    const char *file = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        const struct pvm_line *line = &lines->list[i];
        if (file == NULL || strcmp(file, lines->files[line->file]) != 0)
            pvm_buf_printf(out, "# file %s\n", lines->files[line->file]);
        file = lines->files[line->file];
        pvm_buf_printf(out, "# line 0x%08" PRIx64 " %" PRIu32 "\n", line->pc, line->line);
    }
}

const struct pvm_line *pvm_lines_before(const struct pvm_lines *lines, uint64_t pc)
{
    size_t low = 0;
    size_t high = lines->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines->list[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low != 0 ? &lines->list[low - 1] : NULL;
}
