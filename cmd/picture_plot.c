/* SPDX-License-Identifier: Apache-2.0 */
/* One picture of a run as a file of its own. */
#include "cmd/picture_page.h"
#include "core/memory.h"

enum { WIDTH = 960, LEFT = 110, RIGHT = 10, ROW = 16, TOP = 34, MAPS = 8, CURVE = 240, FOOT = 24 };

static const char style[] =
    "<style>:root{color-scheme:light dark;--ink:#1b1f24;--soft:#f3f5f7;--read:#0b63c5;"
    "--written:#c2410c}@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#1e242b;"
    "--read:#5aa9ff;--written:#ff9a5c}}text{font:12px ui-monospace,monospace;fill:var(--ink)}"
    ".back{fill:var(--soft)}.k0{fill:var(--read)}.k1{fill:var(--written)}.v1{opacity:.3}"
    ".v2{opacity:.5}.v3{opacity:.75}.line{fill:none;stroke:var(--read);stroke-width:2;"
    "vector-effect:non-scaling-stroke}.line.inner{stroke:var(--written);stroke-dasharray:6 4}"
    "</style>\n";

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
                   "<svg x=\"%d\" y=\"%u\" width=\"%d\" height=\"%u\" viewBox=\"0 0 %llu %u\" "
                   "preserveAspectRatio=\"none\">\n",
                   LEFT, y, WIDTH - LEFT - RIGHT, high, LEFT, y, WIDTH - LEFT - RIGHT, high,
                   (unsigned long long)(run->bins != 0 ? run->bins : 1), units);
}

static void axis(const struct cmd_picture *run, unsigned y, struct pvm_buf *out)
{
    struct pvm_buf end = {0};
    cmd_html_short(&end, run->bins * run->bin);
    pvm_buf_text(&end, " instructions");
    text_at(out, LEFT, y, "start", "0");
    text_at(out, WIDTH - RIGHT, y, "end", pvm_buf_str(&end));
    pvm_buf_deinit(&end);
}

/* ---- gas ---- */

static enum pvm_status plot_gas(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    struct pvm_buf paths = {0};
    struct pvm_buf label = {0};
    uint64_t most;
    uint64_t inner;
    enum pvm_status status = cmd_page_curves(run, &paths, &most, &inner, err);
    begin(run, "Gas used over time", TOP + CURVE + FOOT, out);
    text_at(out, LEFT, 20, "start",
            inner != 0 ? "gas used: outer machine, and dashed inner machines" : "gas used");
    cmd_html_short(&label, most);
    text_at(out, LEFT - 6, TOP + 12, "end", pvm_buf_str(&label));
    text_at(out, LEFT - 6, TOP + CURVE, "end", "0");
    inset(run, TOP, CURVE, CMD_CURVE_HIGH, out);
    pvm_buf_add_bytes(out, pvm_buf_bytes(&paths));
    pvm_buf_text(out, "</svg>\n");
    axis(run, TOP + CURVE + 16, out);
    pvm_buf_text(out, "</svg>\n");
    out->failed = out->failed || paths.failed || label.failed;
    pvm_buf_deinit(&paths);
    pvm_buf_deinit(&label);
    return status;
}

/* ---- heat ---- */

static enum pvm_status plot_machine(const struct cmd_picture *run,
                                    const struct cmd_picture_machine *machine, unsigned y,
                                    struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 2};
    struct pvm_buf label = {0};
    unsigned row = 0;
    enum pvm_status status = cmd_page_machine_name(machine, &label, err);
    pvm_buf_printf(&label, ": read above written, %llu page%s a row",
                   (unsigned long long)machine->row_pages, machine->row_pages == 1 ? "" : "s");
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
        status = cmd_page_heat(machine, true, &grid, err);
    if (status == PVM_OK)
        status = cmd_page_heat(machine, false, &grid, err);
    inset(run, y + TOP, grid.rows * ROW, grid.rows * CMD_GRID_UNIT, out);
    cmd_grid_paths(&grid, out);
    pvm_buf_text(out, "</svg>\n");
    cmd_grid_deinit(&grid);
    return status;
}

/* Goes through the machines that are drawn; out NULL: only to know how high they are. */
static enum pvm_status plot_machines(const struct cmd_picture *run, unsigned *high,
                                     struct pvm_buf *out, struct pvm_err *err)
{
    unsigned count = 0;
    *high = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json) && count < MAPS;
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        unsigned rows = (unsigned)jam_json_count(machine.rows);
        if (rows == 0)
            continue;
        if (out != NULL)
            PVM_TRY(plot_machine(run, &machine, *high, out, err));
        *high += TOP + rows * ROW;
        count++;
    }
    return PVM_OK;
}

static enum pvm_status plot_heat(const struct cmd_picture *run, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    unsigned high;
    PVM_TRY(plot_machines(run, &high, NULL, err));
    begin(run, "Memory over time", high + FOOT, out);
    PVM_TRY(plot_machines(run, &high, out, err));
    axis(run, high + 16, out);
    pvm_buf_text(out, "</svg>\n");
    return PVM_OK;
}

enum pvm_status cmd_plot(const struct cmd_picture *run, enum cmd_plot what, struct pvm_buf *out,
                         struct pvm_err *err)
{
    PVM_TRY(what == CMD_PLOT_GAS ? plot_gas(run, out, err) : plot_heat(run, out, err));
    return pvm_buf_status(out, err);
}
