/* SPDX-License-Identifier: Apache-2.0 */
/* One picture of a run as a file of its own. */
#include "cmd/picture_page.h"
#include "core/memory.h"

#include <stdio.h>

enum { WIDTH = 960, LEFT = 110, RIGHT = 10, ROW = 16, TOP = 34, CURVE = 240, FOOT = 24 };
enum { ROWS = 512 /* of all machines together */ };

static const char style[] =
    "<style>:root{color-scheme:light dark;--back:#fff;--ink:#1b1f24;--soft:#f3f5f7;--line:#d0d7de;"
    "--r1:#468cdb;--r2:#2273cc;--r3:#0f529f;--r4:#07336e;"
    "--w1:#d06b2d;--w2:#bd5712;--w3:#913f08;--w4:#662a02}"
    "@media (prefers-color-scheme:dark){:root{--back:#14181d;--ink:#e6e9ec;--soft:#1e242b;"
    "--line:#3a434d;--r1:#3f7cc4;--r2:#68a5ee;--r3:#94c2fb;--r4:#cbe2ff;"
    "--w1:#b96830;--w2:#e58e4f;--w3:#f5b07c;--w4:#ffd9bd}}"
    "text{font:12px ui-monospace,monospace;fill:var(--ink)}.paper{fill:var(--back)}"
    ".back{fill:var(--soft)}path{fill:none;shape-rendering:crispEdges}"
    ".k0.v1{stroke:var(--r1)}.k0.v2{stroke:var(--r2)}.k0.v3{stroke:var(--r3)}"
    ".k0.v4{stroke:var(--r4)}.k1.v1{stroke:var(--w1)}.k1.v2{stroke:var(--w2)}"
    ".k1.v3{stroke:var(--w3)}.k1.v4{stroke:var(--w4)}"
    ".tick{stroke:var(--line);vector-effect:non-scaling-stroke}"
    ".line{stroke:var(--r2);stroke-width:2;shape-rendering:auto;vector-effect:non-scaling-stroke}"
    ".line.inner{stroke:var(--w2);stroke-dasharray:6 4}</style>\n";

static void begin(const struct cmd_picture *run, const char *what, unsigned high,
                  struct pvm_buf *out)
{
    pvm_buf_printf(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
                   "viewBox=\"0 0 %d %u\" role=\"img\">\n<title>%s, ",
                   WIDTH, high, WIDTH, high, what);
    cmd_html(out, run->invocation);
    pvm_buf_text(out, " of ");
    cmd_html(out, run->name);
    pvm_buf_text(out, "</title>\n");
    pvm_buf_text(out, style);
    pvm_buf_printf(out, "<rect class=\"paper\" width=\"%d\" height=\"%u\"/>\n", WIDTH, high);
}

static void text_at(struct pvm_buf *out, unsigned x, unsigned y, const char *anchor,
                    const char *text)
{
    pvm_buf_printf(out, "<text x=\"%u\" y=\"%u\" text-anchor=\"%s\">", x, y, anchor);
    cmd_html(out, text);
    pvm_buf_text(out, "</text>\n");
}

/* A part of the picture with coordinates of its own. */
static void inset(const struct cmd_picture *run, unsigned y, unsigned high, unsigned units,
                  struct pvm_buf *out)
{
    pvm_buf_printf(out,
                   "<rect class=\"back\" x=\"%d\" y=\"%u\" width=\"%d\" height=\"%u\"/>\n"
                   "<svg x=\"%d\" y=\"%u\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %.4f %u\" "
                   "preserveAspectRatio=\"none\">\n",
                   LEFT, y, WIDTH - LEFT - RIGHT, high, LEFT, y, WIDTH - LEFT - RIGHT, high,
                   cmd_page_columns(run), units);
}

static void axis(const struct cmd_picture *run, unsigned y, struct pvm_buf *out)
{
    struct pvm_buf end = {0};
    cmd_html_short(&end, cmd_page_end(run));
    pvm_buf_text(&end, " instructions");
    text_at(out, LEFT, y, "start", "0");
    text_at(out, WIDTH - RIGHT, y, "end", pvm_buf_str(&end));
    pvm_buf_deinit(&end);
}

/* ---- gas ---- */

static enum pvm_status plot_gas(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    struct cmd_curves curves;
    struct pvm_buf label = {0};
    PVM_TRY(cmd_page_curves(run, &curves, err));
    begin(run, "Gas used over time", TOP + CURVE + FOOT, out);
    text_at(out, LEFT, 20, "start",
            curves.has_inner ? "gas used: outer machine, and dashed inner machines" : "gas used");
    cmd_html_short(&label, curves.most);
    text_at(out, LEFT - 6, TOP + 12, "end", pvm_buf_str(&label));
    label.len = 0;
    cmd_html_short(&label, curves.most / 2);
    text_at(out, LEFT - 6, TOP + CURVE / 2 + 4, "end", pvm_buf_str(&label));
    text_at(out, LEFT - 6, TOP + CURVE, "end", "0");
    inset(run, TOP, CURVE, CMD_CURVE_HIGH, out);
    pvm_buf_printf(out, "<path class=\"tick\" d=\"M0 %dH%llu\"/>\n", CMD_CURVE_HIGH / 2,
                   (unsigned long long)run->bins);
    cmd_page_curve_paths(run, &curves, out);
    pvm_buf_text(out, "</svg>\n");
    axis(run, TOP + CURVE + 16, out);
    pvm_buf_text(out, "</svg>\n");
    out->failed = out->failed || label.failed;
    pvm_buf_deinit(&label);
    return PVM_OK;
}

/* ---- heat ---- */

static enum pvm_status plot_machine(const struct cmd_picture *run,
                                    const struct cmd_picture_machine *machine, unsigned y,
                                    struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 2};
    struct pvm_buf label = {0};
    unsigned row = 0;
    enum pvm_status status = cmd_page_machine_name(run, machine, &label, err);
    if (status == PVM_OK)
        status = cmd_page_heat(machine, true, &grid, err);
    pvm_buf_printf(&label,
                   ": read above written, %llu page%s a row, at most %lu times in %llu "
                   "instruction%s",
                   (unsigned long long)machine->row_pages, machine->row_pages == 1 ? "" : "s",
                   (unsigned long)grid.most, (unsigned long long)run->bin,
                   run->bin == 1 ? "" : "s");
    text_at(out, LEFT, y + 20, "start", pvm_buf_str(&label));
    for (struct jam_json json = jam_json_first(machine->rows);
         jam_json_has(json) && status == PVM_OK; json = jam_json_next(json), row++) {
        struct cmd_picture_row read = {0};
        status = cmd_picture_row(json, &read, err);
        label.len = 0;
        pvm_buf_printf(&label, "0x%08llx", (unsigned long long)(read.page << PVM_PAGE_BITS));
        text_at(out, LEFT - 6, y + TOP + row * ROW + 12, "end", pvm_buf_str(&label));
    }
    pvm_buf_deinit(&label);
    if (status == PVM_OK)
        status = cmd_page_heat(machine, false, &grid, err);
    inset(run, y + TOP, grid.rows * ROW, grid.rows * CMD_GRID_UNIT, out);
    cmd_grid_paths(&grid, out);
    pvm_buf_text(out, "</svg>\n");
    cmd_grid_deinit(&grid);
    return status;
}

/* Goes through the machines that are drawn; out NULL: only to know how high they are, and how many
 * there is no room for. */
static enum pvm_status plot_machines(const struct cmd_picture *run, unsigned *high, unsigned *left,
                                     struct pvm_buf *out, struct pvm_err *err)
{
    size_t shown = 0;
    *high = *left = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        size_t rows = jam_json_count(machine.rows);
        if (rows == 0)
            continue;
        if (shown + rows > ROWS) {
            ++*left;
            continue;
        }
        if (out != NULL)
            PVM_TRY(plot_machine(run, &machine, *high, out, err));
        shown += rows;
        *high += TOP + (unsigned)rows * ROW;
    }
    return PVM_OK;
}

static enum pvm_status plot_heat(const struct cmd_picture *run, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    char text[64];
    unsigned high;
    unsigned left;
    PVM_TRY(plot_machines(run, &high, &left, NULL, err));
    unsigned foot = high + (high != 0 ? FOOT : TOP) + (left != 0 ? ROW : 0);
    begin(run, "Memory over time", foot, out);
    PVM_TRY(plot_machines(run, &high, &left, out, err));
    if (high != 0)
        axis(run, high + 16, out);
    else
        text_at(out, LEFT, 20, "start", "No memory was read or written.");
    (void)snprintf(text, sizeof text, "and %u more machines", left);
    if (left != 0)
        text_at(out, LEFT, high + 16 + ROW, "start", text);
    pvm_buf_text(out, "</svg>\n");
    return PVM_OK;
}

enum pvm_status cmd_plot(const struct cmd_picture *run, enum cmd_plot what, struct pvm_buf *out,
                         struct pvm_err *err)
{
    PVM_TRY(what == CMD_PLOT_GAS ? plot_gas(run, out, err) : plot_heat(run, out, err));
    return pvm_buf_status(out, err);
}
