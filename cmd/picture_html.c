/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_html.h"

#include "cmd/text.h"

#include <inttypes.h>
#include <stdio.h>

/* Markup as text, not more than `most` octets of it: what is cut says so. */
static void escape(struct pvm_buf *out, struct pvm_bytes text, size_t most)
{
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        /* Between characters only; a character takes at most four octets, as markup six. */
        if ((text.ptr[i] & 0xc0) != 0x80 && out->len - start + 10 > most) {
            pvm_buf_text(out, "\xe2\x80\xa6");
            return;
        }
        switch (text.ptr[i]) {
        case '&':
            pvm_buf_text(out, "&amp;");
            break;
        case '<':
            pvm_buf_text(out, "&lt;");
            break;
        case '>':
            pvm_buf_text(out, "&gt;");
            break;
        case '"':
            pvm_buf_text(out, "&quot;");
            break;
        case '\'':
            pvm_buf_text(out, "&#39;");
            break;
        default:
            pvm_buf_add_u8(out, text.ptr[i]);
        }
    }
}

void cmd_html_most(struct pvm_buf *out, const char *text, size_t most)
{
    struct pvm_buf shown = {0};
    cmd_printable(pvm_bytes(text, strnlen(text, most)), &shown);
    escape(out, pvm_buf_bytes(&shown), most);
    out->failed = out->failed || shown.failed;
    pvm_buf_deinit(&shown);
}

void cmd_html(struct pvm_buf *out, const char *text)
{
    cmd_html_most(out, text, CMD_HTML_TEXT);
}

void cmd_html_number(struct pvm_buf *out, uint64_t value)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, value);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            pvm_buf_text(out, "\xe2\x80\xaf"); /* narrow no-break space */
        pvm_buf_add_u8(out, (uint8_t)digits[i]);
    }
}

void cmd_html_short(struct pvm_buf *out, uint64_t value)
{
    static const char units[] = {' ', 'k', 'M', 'G', 'T', 'P', 'E'};
    unsigned unit = 0;
    uint64_t one = 1; /* of the unit */
    for (; value / one >= 1000; unit++)
        one *= 1000;
    if (unit == 0) {
        pvm_buf_printf(out, "%" PRIu64, value);
        return;
    }
    /* Rounded to tenths, from 100 on to ones. */
    bool whole = value / one >= 100;
    uint64_t step = whole ? one : one / 10;
    uint64_t count = value / step + (value % step >= step / 2);
    if (count == 1000) {
        count = whole ? 10 : 1000;
        unit += whole;
    }
    if (whole && count != 10)
        pvm_buf_printf(out, "%" PRIu64, count);
    else if (count % 10 == 0)
        pvm_buf_printf(out, "%" PRIu64, count / 10);
    else
        pvm_buf_printf(out, "%" PRIu64 ".%" PRIu64, count / 10, count % 10);
    pvm_buf_printf(out, " %c", units[unit]);
}

void cmd_html_percent(struct pvm_buf *out, uint64_t part, uint64_t whole)
{
    pvm_buf_printf(out, "%.1f", whole != 0 ? 100.0 * (double)part / (double)whole : 0.0);
}

/* ---- tables ---- */

void cmd_html_cell(struct pvm_buf *out, const char *text)
{
    pvm_buf_text(out, "<td>");
    cmd_html(out, text);
    pvm_buf_text(out, "</td>");
}

void cmd_html_cell_number(struct pvm_buf *out, uint64_t value)
{
    pvm_buf_text(out, "<td class=\"n\">");
    cmd_html_number(out, value);
    pvm_buf_text(out, "</td>");
}

static void table(struct pvm_buf *out, const char *start, const char *summary, const char *titles)
{
    pvm_buf_text(out, start);
    pvm_buf_text(out, "<summary>");
    cmd_html(out, summary);
    pvm_buf_text(out,
                 "</summary>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"");
    cmd_html(out, summary);
    pvm_buf_text(out, "\"><table><thead><tr><th scope=\"col\">");
    for (; *titles != '\0'; titles++) {
        if (*titles == '|')
            pvm_buf_text(out, "</th><th scope=\"col\">");
        else
            pvm_buf_add_u8(out, (uint8_t)*titles);
    }
    pvm_buf_text(out, "</th></tr></thead><tbody>\n");
}

void cmd_html_table(struct pvm_buf *out, const char *summary, const char *titles)
{
    table(out, "<details>", summary, titles);
}

void cmd_html_table_open(struct pvm_buf *out, const char *summary, const char *titles)
{
    table(out, "<details open>", summary, titles);
}

void cmd_html_table_end(struct pvm_buf *out)
{
    pvm_buf_text(out, "</tbody></table></div></details>\n");
}

void cmd_html_more(struct pvm_buf *out, uint64_t count)
{
    if (count == 0)
        return;
    pvm_buf_text(out, "<p class=\"more\">and ");
    cmd_html_number(out, count);
    pvm_buf_text(out, " more</p>\n");
}

/* ---- grids ---- */

void cmd_grid_deinit(struct cmd_grid *grid)
{
    for (unsigned kind = 0; kind < CMD_GRID_KINDS; kind++)
        for (unsigned level = 0; level < CMD_GRID_LEVELS; level++)
            pvm_buf_deinit(&grid->paths[kind][level]);
}

void cmd_grid_see(struct cmd_grid *grid, const struct cmd_bins *bins)
{
    for (unsigned i = 0; i < CMD_BINS; i++)
        if (bins->at[i] > grid->most)
            grid->most = bins->at[i];
}

static unsigned bits(uint32_t value)
{
    unsigned count = 0;
    for (; value != 0; value >>= 1)
        count++;
    return count;
}

enum { ONLY_LEVEL = 2 /* of cells that count no more than one */ };

bool cmd_grid_range(const struct cmd_grid *grid, unsigned level, uint32_t *low, uint32_t *high)
{
    *low = *high = 1;
    if (grid->most <= 1)
        return level == ONLY_LEVEL;
    unsigned most = bits(grid->most);
    unsigned first = (level - 1) * most / CMD_GRID_LEVELS + 1; /* in bits */
    unsigned last = level * most / CMD_GRID_LEVELS;
    if (first > last)
        return false;
    *low = UINT32_C(1) << (first - 1);
    *high = level == CMD_GRID_LEVELS ? grid->most : (UINT32_C(1) << last) - 1;
    return true;
}

/* 1 to CMD_GRID_LEVELS; 0 for none. */
static unsigned level_of(const struct cmd_grid *grid, uint32_t count)
{
    if (count == 0)
        return 0;
    if (grid->most <= 1)
        return ONLY_LEVEL;
    unsigned most = bits(grid->most);
    unsigned level = (bits(count) * CMD_GRID_LEVELS + most - 1) / most;
    return level < CMD_GRID_LEVELS ? level : CMD_GRID_LEVELS;
}

/* A stroke for each stretch of the row's cells that are alike: "M3 5h2m4 0h1" are columns 3 and 4,
 * and column 9. */
void cmd_grid_add(struct cmd_grid *grid, unsigned kind, const struct cmd_bins *bins)
{
    unsigned high = (CMD_GRID_UNIT - 2) / grid->kinds;
    unsigned y = grid->rows * CMD_GRID_UNIT + 1 + kind * high + high / 2;
    unsigned ends[CMD_GRID_LEVELS] = {0};
    for (unsigned x = 0; x < CMD_BINS;) {
        unsigned level = level_of(grid, bins->at[x]);
        unsigned end = x + 1;
        while (end < CMD_BINS && level_of(grid, bins->at[end]) == level)
            end++;
        if (level != 0) {
            struct pvm_buf *path = &grid->paths[kind][level - 1];
            if (ends[level - 1] == 0)
                pvm_buf_printf(path, "M%u %uh%u", x, y, end - x);
            else
                pvm_buf_printf(path, "m%u 0h%u", x - ends[level - 1], end - x);
            ends[level - 1] = end;
        }
        x = end;
    }
}

void cmd_grid_row(struct cmd_grid *grid)
{
    grid->rows++;
}

void cmd_grid_paths(const struct cmd_grid *grid, struct pvm_buf *out)
{
    for (unsigned kind = 0; kind < grid->kinds; kind++) {
        for (unsigned level = 0; level < CMD_GRID_LEVELS; level++) {
            const struct pvm_buf *path = &grid->paths[kind][level];
            out->failed = out->failed || path->failed;
            if (path->len == 0)
                continue;
            pvm_buf_printf(out, "<path class=\"k%u v%u\" stroke-width=\"%u\" d=\"", kind, level + 1,
                           (CMD_GRID_UNIT - 2) / grid->kinds);
            pvm_buf_add_bytes(out, pvm_buf_bytes(path));
            pvm_buf_text(out, "\"/>\n");
        }
    }
}
