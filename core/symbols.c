/* SPDX-License-Identifier: Apache-2.0 */
#include "core/symbols.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_NAME = 4096 };

void pvm_symbols_deinit(struct pvm_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        pvm_alloc_free(symbols->alloc, symbols->list[i].name);
    pvm_alloc_free(symbols->alloc, symbols->list);
    symbols->lines.alloc = symbols->alloc;
    pvm_lines_deinit(&symbols->lines);
    *symbols = (struct pvm_symbols){.alloc = symbols->alloc};
}

static bool make_room(struct pvm_symbols *symbols)
{
    if (symbols->count < symbols->cap)
        return true;
    size_t cap = symbols->cap == 0 ? 64 : symbols->cap * 2;
    if (cap > SIZE_MAX / sizeof *symbols->list)
        return false;
    struct pvm_symbol *list =
        pvm_alloc_resize(symbols->alloc, symbols->list, cap * sizeof *symbols->list);
    if (list == NULL)
        return false;
    symbols->list = list;
    symbols->cap = cap;
    return true;
}

enum pvm_status pvm_symbols_add(struct pvm_symbols *symbols, uint64_t pc, const char *name,
                                size_t len, struct pvm_err *err)
{
    char *copy = make_room(symbols) ? pvm_alloc_get(symbols->alloc, len + 1) : NULL;
    if (copy == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu symbols", symbols->count + 1);
    if (len != 0)
        memcpy(copy, name, len);
    copy[len] = 0;
    symbols->list[symbols->count++] = (struct pvm_symbol){pc, copy};
    return PVM_OK;
}

static int compare(const void *left, const void *right)
{
    const struct pvm_symbol *a = left;
    const struct pvm_symbol *b = right;
    if (a->pc != b->pc)
        return a->pc < b->pc ? -1 : 1;
    return strcmp(a->name, b->name);
}

void pvm_symbols_sort(struct pvm_symbols *symbols)
{
    if (symbols->count > 1)
        qsort(symbols->list, symbols->count, sizeof *symbols->list, compare);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next word off line. */
static struct pvm_bytes word(struct pvm_bytes *line)
{
    while (line->len > 0 && is_space(line->ptr[0])) {
        line->ptr++;
        line->len--;
    }
    struct pvm_bytes found = {line->ptr, 0};
    while (line->len > 0 && !is_space(line->ptr[0])) {
        line->ptr++;
        line->len--;
        found.len++;
    }
    return found;
}

/* Value of a hexadecimal digit, 16 for anything else. */
static unsigned hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - (unsigned)'0';
    if (c >= 'a' && c <= 'f')
        return c - (unsigned)'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - (unsigned)'A' + 10;
    return 16;
}

/* 0x and up to 16 hexadecimal digits. */
static bool parse_pc(struct pvm_bytes text, uint64_t *pc)
{
    if (text.len < 3 || text.len > 18 || text.ptr[0] != '0' || text.ptr[1] != 'x')
        return false;
    uint64_t value = 0;
    for (size_t i = 2; i < text.len; i++) {
        unsigned digit = hex_value(text.ptr[i]);
        if (digit == 16)
            return false;
        value = value << 4 | digit;
    }
    *pc = value;
    return true;
}

static bool is_name(struct pvm_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    }
    return text.len > 0 && text.len <= MAX_NAME;
}

static enum pvm_status parse_line(struct pvm_bytes line, size_t number, struct pvm_symbols *out,
                                  struct pvm_err *err)
{
    const struct pvm_bytes whole = line;
    struct pvm_bytes first = word(&line);
    if (first.len == 0)
        return PVM_OK;
    if (first.ptr[0] == '#')
        return pvm_lines_parse(&out->lines, whole, err);
    uint64_t pc;
    if (!parse_pc(first, &pc))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "symbols, line %zu: expected an address such as 0x0000002a, found '%.*s'",
                        number, (int)(first.len < 40 ? first.len : 40), (const char *)first.ptr);
    struct pvm_bytes name = word(&line);
    if (!is_name(name))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "symbols, line %zu: expected a name after the address", number);
    if (word(&line).len != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "symbols, line %zu: more than an address and a name",
                        number);
    return pvm_symbols_add(out, pc, (const char *)name.ptr, name.len, err);
}

static enum pvm_status parse_lines(struct pvm_bytes text, struct pvm_symbols *out,
                                   struct pvm_err *err)
{
    size_t at = 0;
    for (size_t number = 1; at < text.len; number++) {
        const uint8_t *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - text.ptr) - at : text.len - at;
        PVM_TRY(parse_line(pvm_bytes(text.ptr + at, len), number, out, err));
        at += len + 1;
    }
    return PVM_OK;
}

enum pvm_status pvm_symbols_parse(struct pvm_bytes text, struct pvm_symbols *out,
                                  struct pvm_err *err)
{
    struct pvm_symbols parsed = {.alloc = out->alloc, .lines.alloc = out->alloc};
    enum pvm_status status = parse_lines(text, &parsed, err);
    if (status != PVM_OK) {
        pvm_symbols_deinit(&parsed);
        return status;
    }
    pvm_symbols_sort(&parsed);
    pvm_lines_sort(&parsed.lines);
    pvm_symbols_deinit(out);
    *out = parsed;
    return PVM_OK;
}

void pvm_symbols_write(const struct pvm_symbols *symbols, struct pvm_buf *out)
{
    for (size_t i = 0; i < symbols->count; i++)
        pvm_buf_printf(out, "0x%08" PRIx64 " %s\n", symbols->list[i].pc, symbols->list[i].name);
}

/* Number of symbols at positions below pc. */
static size_t below(const struct pvm_symbols *symbols, uint64_t pc)
{
    size_t low = 0;
    size_t high = symbols->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->list[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct pvm_symbol *pvm_symbols_at(const struct pvm_symbols *symbols, uint64_t pc)
{
    size_t i = below(symbols, pc);
    return i < symbols->count && symbols->list[i].pc == pc ? &symbols->list[i] : NULL;
}

const struct pvm_symbol *pvm_symbols_before(const struct pvm_symbols *symbols, uint64_t pc)
{
    const struct pvm_symbol *exact = pvm_symbols_at(symbols, pc);
    if (exact != NULL)
        return exact;
    size_t i = below(symbols, pc);
    if (i == 0)
        return NULL;
    /* The first of those that share a position, as pvm_symbols_at gives. */
    return pvm_symbols_at(symbols, symbols->list[i - 1].pc);
}
