/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of text with aligned columns, in the form of Markdown. Cells are given row by row, the
 * column titles first.
 */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "core/bytes.h"

struct cmd_table {
    struct pvm_buf text; /* the cells, one behind the other */
    struct pvm_buf ends; /* size_t: where each ends */
    unsigned columns;
};

struct cmd_table cmd_table(unsigned columns, const struct pvm_alloc *alloc);
void cmd_table_deinit(struct cmd_table *table);

/* Writes into the cell under way, and ends it. */
void cmd_table_printf(struct cmd_table *table, const char *fmt, ...) PVM_PRINTF(2, 3);
void cmd_table_end(struct cmd_table *table);
/* A whole cell. */
void cmd_table_cell(struct cmd_table *table, const char *fmt, ...) PVM_PRINTF(2, 3);

/* Appends the table to out; when memory ended, out is marked as failed. */
void cmd_table_print(struct cmd_table *table, struct pvm_buf *out);

#endif
