/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/table.h"

#include <stdio.h>

struct cmd_table cmd_table(unsigned columns, const struct pvm_alloc *alloc)
{
    return (struct cmd_table){.text.alloc = alloc, .ends.alloc = alloc, .columns = columns};
}

void cmd_table_deinit(struct cmd_table *table)
{
    pvm_buf_deinit(&table->text);
    pvm_buf_deinit(&table->ends);
}

static void add(struct cmd_table *table, const char *fmt, va_list args) PVM_PRINTF(2, 0);

static void add(struct cmd_table *table, const char *fmt, va_list args)
{
    char text[256];
    int len = vsnprintf(text, sizeof text, fmt, args);
    if (len < 0)
        table->text.failed = true;
    else
        pvm_buf_text(&table->text, text);
}

void cmd_table_printf(struct cmd_table *table, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(table, fmt, args);
    va_end(args);
}

void cmd_table_end(struct cmd_table *table)
{
    pvm_buf_add(&table->ends, &table->text.len, sizeof table->text.len);
}

void cmd_table_cell(struct cmd_table *table, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(table, fmt, args);
    va_end(args);
    cmd_table_end(table);
}

static struct pvm_bytes cell(const struct cmd_table *table, size_t index)
{
    const size_t *ends = (const size_t *)(const void *)table->ends.ptr;
    size_t start = index == 0 ? 0 : ends[index - 1];
    if (ends[index] == start)
        return pvm_bytes_none();
    return pvm_bytes(table->text.ptr + start, ends[index] - start);
}

/* The width of each column, that of its widest cell and at least 1: size_t each. */
static struct pvm_buf widths_of(const struct cmd_table *table, size_t cells)
{
    struct pvm_buf buf = {.alloc = table->text.alloc};
    pvm_buf_add_zeros(&buf, table->columns * sizeof(size_t));
    size_t *widths = (size_t *)(void *)buf.ptr;
    for (size_t i = 0; i < cells && !buf.failed; i++) {
        size_t len = cell(table, i).len;
        size_t *width = &widths[i % table->columns];
        if (len > *width)
            *width = len;
        else if (*width == 0)
            *width = 1;
    }
    return buf;
}

static void pad(struct pvm_buf *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pvm_buf_add_u8(out, (uint8_t)c);
}

void cmd_table_print(struct cmd_table *table, struct pvm_buf *out)
{
    size_t cells = table->ends.len / sizeof(size_t);
    struct pvm_buf buf = {.failed = true};
    if (!table->text.failed && !table->ends.failed)
        buf = widths_of(table, cells);
    if (buf.failed) {
        out->failed = true;
        return;
    }
    const size_t *widths = (const size_t *)(const void *)buf.ptr;
    for (size_t i = 0; i < cells; i++) {
        size_t column = i % table->columns;
        struct pvm_bytes text = cell(table, i);
        pvm_buf_text(out, column == 0 ? "| " : " | ");
        pvm_buf_add_bytes(out, text);
        pad(out, ' ', widths[column] - text.len);
        if (column + 1 < table->columns)
            continue;
        pvm_buf_text(out, " |\n");
        if (i + 1 != table->columns)
            continue;
        for (size_t rule = 0; rule < table->columns; rule++) {
            pvm_buf_text(out, "|");
            pad(out, '-', widths[rule] + 2);
        }
        pvm_buf_text(out, "|\n");
    }
    pvm_buf_deinit(&buf);
}
