/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of cells over columns of time or pages, which cmd/picture.js makes readable cell by cell. */
#include "cmd/picture_page.h"

enum { RULES = 64, MARKS = 40 };

uint64_t cmd_page_end(const struct cmd_picture *run)
{
    uint64_t end = run->bins * run->bin;
    return run->instructions < end && end - run->instructions < run->bin ? run->instructions : end;
}

double cmd_page_columns(const struct cmd_picture *run)
{
    return run->bins != 0 ? (double)cmd_page_end(run) / (double)run->bin : 1;
}

void cmd_page_map_begin(struct pvm_buf *out)
{
    pvm_buf_text(out, "<div class=\"map\"><div class=\"labels\" aria-hidden=\"true\">\n");
}

void cmd_page_map_label(struct pvm_buf *out, const char *text, const char *title)
{
    pvm_buf_text(out, "<span title=\"");
    cmd_html_most(out, title, CMD_MAP_LABEL);
    pvm_buf_text(out, "\">");
    cmd_html_most(out, text, CMD_MAP_LABEL);
    pvm_buf_text(out, "</span>\n");
}

/* ---- how often ---- */

static void range(struct pvm_buf *out, uint32_t low, uint32_t high)
{
    cmd_html_short(out, low);
    if (low == high)
        return;
    pvm_buf_text(out, "\xe2\x80\x93"); /* en dash */
    cmd_html_short(out, high);
}

/* The ranges of all levels with bars between, for the script. */
static void levels(struct pvm_buf *out, const struct cmd_grid *grid)
{
    uint32_t low;
    uint32_t high;
    for (unsigned level = 1; level <= CMD_GRID_LEVELS; level++) {
        if (level != 1)
            pvm_buf_add_u8(out, '|');
        if (cmd_grid_range(grid, level, &low, &high))
            range(out, low, high);
    }
}

static void scale(struct pvm_buf *out, const struct cmd_grid *grid, const struct cmd_map *map)
{
    uint32_t low;
    uint32_t high;
    if (grid->most <= 1 || map->bin == 0)
        return;
    pvm_buf_printf(out, "<p class=\"scale\">%s in a column, which is ", map->unit);
    cmd_html_number(out, map->bin);
    pvm_buf_printf(out, " instruction%s: ", map->bin == 1 ? "" : "s");
    for (unsigned level = 1; level <= CMD_GRID_LEVELS; level++) {
        if (!cmd_grid_range(grid, level, &low, &high))
            continue;
        pvm_buf_printf(out, "<span class=\"%s s%u\">", grid->kinds == 2 ? "two" : "one", level);
        range(out, low, high);
        pvm_buf_text(out, "</span> ");
    }
    pvm_buf_text(out, "</p>\n");
}

/* ---- the picture ---- */

static void rules(struct pvm_buf *out, const struct cmd_grid *grid, uint64_t columns)
{
    pvm_buf_text(out, "<path class=\"rule\" d=\"");
    for (unsigned i = 1; i < columns; i++)
        pvm_buf_printf(out, "M%u 0V%u", i, grid->rows * CMD_GRID_UNIT);
    pvm_buf_text(out, "\"/>\n");
}

enum pvm_status cmd_page_marks(const struct cmd_picture *run, unsigned high, struct pvm_buf *out,
                               struct pvm_err *err)
{
    if (jam_json_count(run->runs) < 2 || jam_json_count(run->runs) > MARKS)
        return PVM_OK;
    pvm_buf_text(out, "<path class=\"mark\" d=\"");
    for (struct jam_json json = jam_json_next(jam_json_first(run->runs)); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_part part;
        PVM_TRY(cmd_picture_part(json, &part, err));
        pvm_buf_printf(out, "M%.2f 0V%u", (double)part.at / (double)run->bin, high);
    }
    pvm_buf_text(out, "\"/>\n");
    return PVM_OK;
}

enum pvm_status cmd_page_map_grid(struct pvm_buf *out, const struct cmd_grid *grid,
                                  const struct cmd_map *map, struct pvm_err *err)
{
    uint64_t columns = map->columns != 0 ? map->columns : 1;
    double width = map->bin != 0 && map->run != NULL ? cmd_page_columns(map->run) : (double)columns;
    pvm_buf_printf(out,
                   "</div><svg class=\"%s\" role=\"img\" viewBox=\"0 0 %.4f %u\" "
                   "style=\"--rows:%u\" preserveAspectRatio=\"none\" data-bin=\"%llu\" "
                   "data-what=\"%s\" data-unit=\"%s\" data-levels=\"",
                   grid->kinds == 2 ? "pair" : "one", width,
                   (grid->rows != 0 ? grid->rows : 1) * CMD_GRID_UNIT, grid->rows,
                   (unsigned long long)map->bin, map->what, map->unit);
    levels(out, grid);
    pvm_buf_text(out, "\" aria-label=\"");
    cmd_html(out, map->label);
    pvm_buf_text(out, "\">\n");
    cmd_grid_paths(grid, out);
    if (map->bin == 0 && columns <= RULES)
        rules(out, grid, columns);
    enum pvm_status status = PVM_OK;
    if (map->run != NULL)
        status = cmd_page_marks(map->run, grid->rows * CMD_GRID_UNIT, out, err);
    pvm_buf_text(out, "</svg>\n");
    scale(out, grid, map);
    return status;
}

void cmd_page_axis(struct pvm_buf *out, const struct cmd_picture *run)
{
    uint64_t end = cmd_page_end(run);
    pvm_buf_text(out, "<div class=\"axis\" aria-hidden=\"true\"><span>0</span>");
    for (unsigned i = 1; i < 4 && end >= 8; i++) {
        pvm_buf_printf(out, "<span%s>", i == 2 ? "" : " class=\"fine\"");
        cmd_html_short(out, end / 4 * i + end % 4 * i / 4);
        pvm_buf_text(out, "</span>");
    }
    pvm_buf_text(out, "<span>");
    cmd_html_short(out, end);
    pvm_buf_printf(out, " instruction%s</span></div></div>\n", end == 1 ? "" : "s");
}
