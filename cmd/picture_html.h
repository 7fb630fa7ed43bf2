/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of HTML and SVG that the pictures are put together from. */
#ifndef CMD_PICTURE_HTML_H
#define CMD_PICTURE_HTML_H

#include "cmd/picture_bins.h"

enum { CMD_HTML_TEXT = 600 };

/* Text for an element or an attribute in quotes: markup in it stays text, what would steer a
 * reader's eye (cmd/text.h) is escaped. Not more than CMD_HTML_TEXT octets of page, or most. */
void cmd_html(struct pvm_buf *out, const char *text);
void cmd_html_most(struct pvm_buf *out, const char *text, size_t most);
/* A number, its digits in groups of three. */
void cmd_html_number(struct pvm_buf *out, uint64_t value);
/* The same, short: "1.2 M". */
void cmd_html_short(struct pvm_buf *out, uint64_t value);
/* "4.0" of part in whole, 0.0 to 100.0. */
void cmd_html_percent(struct pvm_buf *out, uint64_t part, uint64_t whole);

/* Cells of a table. */
void cmd_html_cell(struct pvm_buf *out, const char *text);
void cmd_html_cell_number(struct pvm_buf *out, uint64_t value);
/* A table behind a line that opens it, its titles with bars between: "name|count". */
void cmd_html_table(struct pvm_buf *out, const char *summary, const char *titles);
/* The same, open from the start. */
void cmd_html_table_open(struct pvm_buf *out, const char *summary, const char *titles);
void cmd_html_table_end(struct pvm_buf *out);
/* "and 7 more"; nothing for 0. */
void cmd_html_more(struct pvm_buf *out, uint64_t count);

enum { CMD_GRID_KINDS = 2, CMD_GRID_LEVELS = 4, CMD_GRID_UNIT = 10 };

/* Rows of cells that are the darker the more they count, on a scale by powers of two. Of two kinds
 * one is the upper half of a row and one the lower. Every count is first seen, then added. */
struct cmd_grid {
    unsigned kinds, rows;
    uint32_t most;
    struct pvm_buf paths[CMD_GRID_KINDS][CMD_GRID_LEVELS];
};

void cmd_grid_deinit(struct cmd_grid *grid);
/* The counts that a level, from 1, stands for; false: none. */
bool cmd_grid_range(const struct cmd_grid *grid, unsigned level, uint32_t *low, uint32_t *high);
void cmd_grid_see(struct cmd_grid *grid, const struct cmd_bins *bins);
/* To the row that cmd_grid_row ends. */
void cmd_grid_add(struct cmd_grid *grid, unsigned kind, const struct cmd_bins *bins);
void cmd_grid_row(struct cmd_grid *grid);
/* Appends the cells as paths, a column one unit wide and a row CMD_GRID_UNIT high. */
void cmd_grid_paths(const struct cmd_grid *grid, struct pvm_buf *out);

#endif
