/* SPDX-License-Identifier: Apache-2.0 */
/* Gas and host calls over time. */
#include "cmd/picture_page.h"

enum { CALLS_SHOWN = 256, KINDS_SHOWN = 64, RULES = 64 };

/* ---- pieces that the other maps share ---- */

void cmd_page_map_begin(struct pvm_buf *out)
{
    pvm_buf_text(out, "<div class=\"map\"><div class=\"labels\" aria-hidden=\"true\">\n");
}

void cmd_page_map_label(struct pvm_buf *out, const char *text, const char *title)
{
    pvm_buf_text(out, "<span title=\"");
    cmd_html(out, title);
    pvm_buf_text(out, "\">");
    cmd_html(out, text);
    pvm_buf_text(out, "</span>\n");
}

void cmd_page_map_grid(struct pvm_buf *out, const struct cmd_grid *grid, uint64_t columns,
                       const char *label)
{
    pvm_buf_printf(
        out,
        "</div><svg class=\"%s\" role=\"img\" viewBox=\"0 0 %llu %u\" style=\"--rows:%u\" "
        "preserveAspectRatio=\"none\" aria-label=\"",
        grid->kinds == 2 ? "pair" : "one", (unsigned long long)(columns != 0 ? columns : 1),
        (grid->rows != 0 ? grid->rows : 1) * CMD_GRID_UNIT, grid->rows);
    cmd_html(out, label);
    pvm_buf_text(out, "\">\n");
    cmd_grid_paths(grid, out);
    if (grid->ruled && columns <= RULES) {
        pvm_buf_text(out, "<path class=\"rule\" d=\"");
        for (unsigned i = 1; i < columns; i++)
            pvm_buf_printf(out, "M%u 0V%u", i, grid->rows * CMD_GRID_UNIT);
        pvm_buf_text(out, "\"/>\n");
    }
    pvm_buf_text(out, "</svg>\n");
}

void cmd_page_axis(struct pvm_buf *out, const struct cmd_picture *run)
{
    uint64_t end = run->bins * run->bin;
    pvm_buf_text(out, "<div class=\"axis\" aria-hidden=\"true\"><span>0</span><span>");
    cmd_html_short(out, end / 2);
    pvm_buf_text(out, "</span><span>");
    cmd_html_short(out, end);
    pvm_buf_text(out, " instructions</span></div></div>\n");
}

/* ---- gas ---- */

static void curve(const uint64_t *values, unsigned count, uint64_t most, const char *kind,
                  struct pvm_buf *out)
{
    pvm_buf_printf(out, "<path class=\"line %s\" d=\"", kind);
    for (unsigned i = 0; i < count; i++) {
        double part = most != 0 ? (double)values[i] / (double)most : 0;
        pvm_buf_printf(out, "%s%u %u", i == 0 ? "M" : "L", i,
                       (unsigned)(CMD_CURVE_HIGH - part * CMD_CURVE_HIGH));
    }
    pvm_buf_text(out, "\"/>\n");
}

enum pvm_status cmd_page_curves(const struct cmd_picture *run, struct pvm_buf *out, uint64_t *most,
                                uint64_t *inner, struct pvm_err *err)
{
    uint64_t outer_gas[CMD_BINS + 1] = {0};
    uint64_t inner_gas[CMD_BINS + 1] = {0};
    unsigned outer_count;
    unsigned inner_count;
    PVM_TRY(cmd_picture_values(run, "gas", run->gas, outer_gas, &outer_count, err));
    PVM_TRY(cmd_picture_values(run, "inner_gas", run->inner_gas, inner_gas, &inner_count, err));
    *most = *inner = 0;
    for (unsigned i = 0; i <= CMD_BINS; i++) {
        *inner = inner_gas[i] > *inner ? inner_gas[i] : *inner;
        *most = outer_gas[i] > *most ? outer_gas[i] : *most;
    }
    *most = *inner > *most ? *inner : *most;
    curve(outer_gas, outer_count, *most, "outer", out);
    if (*inner != 0)
        curve(inner_gas, inner_count, *most, "inner", out);
    return PVM_OK;
}

static enum pvm_status gas_curve(const struct cmd_picture *run, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    uint64_t most;
    uint64_t inner;
    struct pvm_buf paths = {0};
    enum pvm_status status = cmd_page_curves(run, &paths, &most, &inner, err);
    pvm_buf_text(out, "<figure><figcaption>Gas used, ");
    cmd_html_number(out, most);
    pvm_buf_text(out, " at the top: <span class=\"key outer\">outer machine</span>");
    if (inner != 0)
        pvm_buf_text(out, " <span class=\"key inner\">inner machines</span>");
    pvm_buf_printf(out,
                   "</figcaption>\n<div class=\"map\"><svg class=\"curve\" role=\"img\" "
                   "viewBox=\"0 0 %llu %d\" "
                   "preserveAspectRatio=\"none\" aria-label=\"Gas used over time, ",
                   (unsigned long long)(run->bins != 0 ? run->bins : 1), CMD_CURVE_HIGH);
    cmd_html_number(out, run->gas_used);
    pvm_buf_text(out, " in the end\">\n");
    pvm_buf_add_bytes(out, pvm_buf_bytes(&paths));
    pvm_buf_text(out, "</svg>\n");
    cmd_page_axis(out, run);
    pvm_buf_text(out, "</figure>\n");
    out->failed = out->failed || paths.failed;
    pvm_buf_deinit(&paths);
    return status;
}

enum pvm_status cmd_page_time(const struct cmd_picture *run, struct pvm_buf *out,
                              struct pvm_err *err)
{
    return gas_curve(run, out, err);
}

/* ---- host calls ---- */

static enum pvm_status call_name(struct jam_json name, uint64_t number, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    const char *text;
    PVM_TRY(cmd_picture_text(name, NULL, &text, err));
    if (text != NULL)
        pvm_buf_text(out, text);
    else
        pvm_buf_printf(out, "unknown %llu", (unsigned long long)number);
    return PVM_OK;
}

/* A lane of the map; pass 0 looks at the counts only. */
static enum pvm_status lane(struct jam_json json, unsigned pass, struct cmd_grid *grid,
                            struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_picture_call call = {0};
    struct cmd_bins bins;
    PVM_TRY(cmd_picture_call(json, &call, err));
    PVM_TRY(cmd_picture_bins(call.bins, &bins, err));
    if (pass == 0) {
        cmd_grid_see(grid, &bins);
        return PVM_OK;
    }
    struct pvm_buf name = {0};
    enum pvm_status status = call_name(call.name, call.number, &name, err);
    cmd_page_map_label(out, pvm_buf_str(&name), pvm_buf_str(&name));
    pvm_buf_deinit(&name);
    cmd_grid_add(grid, 0, &bins);
    cmd_grid_row(grid);
    return status;
}

static enum pvm_status lanes(const struct cmd_picture *run, struct cmd_grid *grid,
                             struct pvm_buf *out, struct pvm_err *err)
{
    for (unsigned pass = 0; pass < 2; pass++) {
        unsigned count = 0;
        for (struct jam_json json = jam_json_first(run->calls);
             jam_json_has(json) && count < KINDS_SHOWN; json = jam_json_next(json), count++)
            PVM_TRY(lane(json, pass, grid, out, err));
    }
    return PVM_OK;
}

static enum pvm_status totals(const struct cmd_picture *run, struct pvm_buf *out,
                              struct pvm_err *err)
{
    unsigned count = 0;
    cmd_html_table(out, "Host calls by kind", "call|number|times|gas");
    for (struct jam_json json = jam_json_first(run->calls);
         jam_json_has(json) && count < KINDS_SHOWN; json = jam_json_next(json), count++) {
        struct cmd_picture_call call = {0};
        struct pvm_buf name = {0};
        PVM_TRY(cmd_picture_call(json, &call, err));
        enum pvm_status status = call_name(call.name, call.number, &name, err);
        pvm_buf_text(out, "<tr>");
        cmd_html_cell(out, pvm_buf_str(&name));
        cmd_html_cell_number(out, call.number);
        cmd_html_cell_number(out, call.count);
        cmd_html_cell_number(out, call.gas);
        pvm_buf_text(out, "</tr>\n");
        pvm_buf_deinit(&name);
        PVM_TRY(status);
    }
    cmd_html_table_end(out);
    return PVM_OK;
}

struct first_call {
    uint64_t at, number, gas;
    struct jam_json name;
    const char *result;
};

static enum pvm_status first_call(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct first_call, at),     JAM_JSON_NEEDED(struct first_call, number),
        JAM_JSON_NEEDED(struct first_call, gas),    JAM_JSON_NEEDED(struct first_call, name),
        JAM_JSON_NEEDED(struct first_call, result),
    };
    struct first_call call = {0};
    struct pvm_buf name = {0};
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &call, err));
    enum pvm_status status = call_name(call.name, call.number, &name, err);
    pvm_buf_text(out, "<tr>");
    cmd_html_cell_number(out, call.at);
    cmd_html_cell(out, pvm_buf_str(&name));
    cmd_html_cell(out, call.result);
    cmd_html_cell_number(out, call.gas);
    pvm_buf_text(out, "</tr>\n");
    pvm_buf_deinit(&name);
    return status;
}

static enum pvm_status first_calls(const struct cmd_picture *run, struct pvm_buf *out,
                                   struct pvm_err *err)
{
    unsigned count = 0;
    bool all = run->call_count <= jam_json_count(run->first_calls);
    cmd_html_table(out, all ? "Host calls in order" : "The first host calls in order",
                   "after instructions|call|result|gas");
    for (struct jam_json json = jam_json_first(run->first_calls);
         jam_json_has(json) && count < CALLS_SHOWN; json = jam_json_next(json), count++)
        PVM_TRY(first_call(json, out, err));
    cmd_html_table_end(out);
    return PVM_OK;
}

enum pvm_status cmd_page_calls(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 1};
    pvm_buf_text(out, "<figure><figcaption>When the outer machine called its host, darker where "
                      "more often</figcaption>\n");
    cmd_page_map_begin(out);
    enum pvm_status status = lanes(run, &grid, out, err);
    cmd_page_map_grid(out, &grid, run->bins, "Host calls over time, a row for each kind");
    cmd_grid_deinit(&grid);
    cmd_page_axis(out, run);
    pvm_buf_text(out, "</figure>\n");
    PVM_TRY(status);
    PVM_TRY(totals(run, out, err));
    return first_calls(run, out, err);
}
