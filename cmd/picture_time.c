/* SPDX-License-Identifier: Apache-2.0 */
/* Gas and host calls over time. */
#include "cmd/picture_page.h"

enum { CALLS_SHOWN = 256, KINDS_SHOWN = 64, TICKS = 2 };

/* ---- gas ---- */

static void curve(const uint64_t *values, unsigned count, uint64_t most, const char *kind,
                  double end, struct pvm_buf *out)
{
    pvm_buf_printf(out, "<path class=\"line %s\" d=\"", kind);
    for (unsigned i = 0; i < count; i++) {
        double part = most != 0 ? (double)values[i] / (double)most : 0;
        unsigned y = (unsigned)(CMD_CURVE_HIGH - part * CMD_CURVE_HIGH);
        if ((double)i < end)
            pvm_buf_printf(out, "%s%u %u", i == 0 ? "M" : "L", i, y);
        else
            pvm_buf_printf(out, "%s%g %u", i == 0 ? "M" : "L", end, y);
    }
    pvm_buf_text(out, "\"/>\n");
}

enum pvm_status cmd_page_curves(const struct cmd_picture *run, struct cmd_curves *out,
                                struct pvm_err *err)
{
    *out = (struct cmd_curves){.most = 0};
    PVM_TRY(cmd_picture_values(run, "gas", run->gas, out->outer, &out->outer_count, err));
    PVM_TRY(
        cmd_picture_values(run, "inner_gas", run->inner_gas, out->inner, &out->inner_count, err));
    for (unsigned i = 0; i <= CMD_BINS; i++) {
        out->has_inner = out->has_inner || out->inner[i] != 0;
        out->most = out->inner[i] > out->most ? out->inner[i] : out->most;
        out->most = out->outer[i] > out->most ? out->outer[i] : out->most;
    }
    return PVM_OK;
}

void cmd_page_curve_paths(const struct cmd_picture *run, const struct cmd_curves *curves,
                          struct pvm_buf *out)
{
    curve(curves->outer, curves->outer_count, curves->most, "outer", cmd_page_columns(run), out);
    if (curves->has_inner)
        curve(curves->inner, curves->inner_count, curves->most, "inner", cmd_page_columns(run),
              out);
}

/* Numbers with blanks between, for the script. */
static void values(struct pvm_buf *out, const char *name, const uint64_t *list, unsigned count)
{
    pvm_buf_printf(out, " data-%s=\"", name);
    for (unsigned i = 0; i < count; i++)
        pvm_buf_printf(out, "%s%llu", i != 0 ? " " : "", (unsigned long long)list[i]);
    pvm_buf_add_u8(out, '"');
}

static enum pvm_status curves_picture(const struct cmd_picture *run,
                                      const struct cmd_curves *curves, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    pvm_buf_text(out, "<div class=\"map\"><div class=\"high\" aria-hidden=\"true\">");
    for (unsigned i = TICKS; i > 0; i--) {
        pvm_buf_text(out, "<span>");
        cmd_html_short(out, curves->most / TICKS * i + curves->most % TICKS * i / TICKS);
        pvm_buf_text(out, i == TICKS ? " gas</span>" : "</span>");
    }
    pvm_buf_printf(out,
                   "<span>0</span></div><svg class=\"curve\" role=\"img\" "
                   "viewBox=\"0 0 %.4f %d\" preserveAspectRatio=\"none\" data-bin=\"%llu\"",
                   cmd_page_columns(run), CMD_CURVE_HIGH, (unsigned long long)run->bin);
    values(out, "outer", curves->outer, curves->outer_count);
    if (curves->has_inner)
        values(out, "inner", curves->inner, curves->inner_count);
    pvm_buf_text(out, " aria-label=\"Gas used over time, ");
    cmd_html_number(out, run->gas_used);
    pvm_buf_printf(out, " in the end\">\n<path class=\"tick\" d=\"M0 %dH%llu\"/>\n",
                   CMD_CURVE_HIGH / 2, (unsigned long long)run->bins);
    PVM_TRY(cmd_page_marks(run, CMD_CURVE_HIGH, out, err));
    cmd_page_curve_paths(run, curves, out);
    pvm_buf_text(out, "</svg>\n");
    cmd_page_axis(out, run);
    return PVM_OK;
}

enum pvm_status cmd_page_time(const struct cmd_picture *run, struct pvm_buf *out,
                              struct pvm_err *err)
{
    struct cmd_curves curves;
    PVM_TRY(cmd_page_curves(run, &curves, err));
    pvm_buf_text(out, "<figure><figcaption>Gas used by the <span class=\"key outer\">outer "
                      "machine</span>");
    if (curves.has_inner)
        pvm_buf_text(out, " and, dashed, the <span class=\"key inner\">inner machines</span>");
    pvm_buf_text(out, " since the start</figcaption>\n");
    PVM_TRY(curves_picture(run, &curves, out, err));
    pvm_buf_text(out, "</figure>\n");
    return PVM_OK;
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
    if (run->calls_unlisted != 0) {
        pvm_buf_text(out, "<p class=\"more\">and ");
        cmd_html_number(out, run->calls_unlisted);
        pvm_buf_text(out, " calls of further kinds, which the picture does not show</p>\n");
    }
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

/* Those that are not in the table of the first. */
static enum pvm_status first_calls_and_more(const struct cmd_picture *run, struct pvm_buf *out,
                                            struct pvm_err *err)
{
    size_t listed = jam_json_count(run->first_calls);
    size_t shown = listed < CALLS_SHOWN ? listed : CALLS_SHOWN;
    PVM_TRY(first_calls(run, out, err));
    cmd_html_more(out, run->call_count > shown ? run->call_count - shown : 0);
    return PVM_OK;
}

enum pvm_status cmd_page_calls(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 1};
    struct cmd_map map = {.label = "Host calls over time, a row for each kind",
                          .what = "called",
                          .unit = "calls",
                          .columns = run->bins,
                          .bin = run->bin,
                          .run = run};
    pvm_buf_text(out, "<figure><figcaption>When the outer machine called its host</figcaption>\n");
    cmd_page_map_begin(out);
    enum pvm_status status = lanes(run, &grid, out, err);
    if (status == PVM_OK)
        status = cmd_page_map_grid(out, &grid, &map, err);
    cmd_grid_deinit(&grid);
    cmd_page_axis(out, run);
    pvm_buf_text(out, "</figure>\n");
    PVM_TRY(status);
    PVM_TRY(totals(run, out, err));
    return first_calls_and_more(run, out, err);
}
