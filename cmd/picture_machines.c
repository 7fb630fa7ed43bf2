/* SPDX-License-Identifier: Apache-2.0 */
/* The machines of a run: which ran when, what started whom and how it ended. */
#include "cmd/picture_page.h"

enum { LANES_SHOWN = 128, SHOWN = 256, EXITS = 5 };

/* "run 3", "run 3: machine 0"; of a single run the whole name. */
static enum pvm_status short_name(const struct cmd_picture *run,
                                  const struct cmd_picture_machine *machine, struct pvm_buf *out,
                                  struct pvm_err *err)
{
    uint64_t id;
    if (jam_json_count(run->runs) < 2 || (!cmd_page_is_inner(machine) && !machine->each))
        return cmd_page_machine_name(run, machine, out, err);
    pvm_buf_printf(out, "run %llu", (unsigned long long)machine->run);
    if (!cmd_page_is_inner(machine))
        return PVM_OK;
    PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
    pvm_buf_printf(out, ": machine %llu", (unsigned long long)id);
    return PVM_OK;
}

/* A machine that ran, as a row; pass 0 looks at the counts only. */
static enum pvm_status lane(const struct cmd_picture *run, struct jam_json json, unsigned pass,
                            struct cmd_grid *grid, struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_picture_machine machine;
    struct cmd_bins bins;
    PVM_TRY(cmd_picture_machine(json, &machine, err));
    PVM_TRY(cmd_picture_bins(machine.bins, &bins, err));
    if (machine.instructions == 0)
        return PVM_OK;
    if (pass == 0) {
        cmd_grid_see(grid, &bins);
        return PVM_OK;
    }
    struct pvm_buf name = {0};
    struct pvm_buf label = {0};
    enum pvm_status status = cmd_page_machine_name(run, &machine, &name, err);
    if (status == PVM_OK)
        status = short_name(run, &machine, &label, err);
    cmd_page_map_label(out, pvm_buf_str(&label), pvm_buf_str(&name));
    out->failed = out->failed || label.failed;
    pvm_buf_deinit(&label);
    out->failed = out->failed || name.failed;
    pvm_buf_deinit(&name);
    cmd_grid_add(grid, 0, &bins);
    cmd_grid_row(grid);
    return status;
}

static enum pvm_status lanes(const struct cmd_picture *run, struct cmd_grid *grid,
                             struct pvm_buf *out, struct pvm_err *err)
{
    for (unsigned pass = 0; pass < 2; pass++) {
        for (struct jam_json json = jam_json_first(run->machines);
             jam_json_has(json) && grid->rows < LANES_SHOWN; json = jam_json_next(json))
            PVM_TRY(lane(run, json, pass, grid, out, err));
    }
    return PVM_OK;
}

/* "halt 3, page-fault 1". */
static enum pvm_status exits(struct jam_json list, struct pvm_buf *out, struct pvm_err *err)
{
    static const char *const names[EXITS] = {"halt", "panic", "page-fault", "host-call",
                                             "out-of-gas"};
    unsigned i = 0;
    bool any = false;
    for (struct jam_json json = jam_json_first(list); jam_json_has(json) && i < EXITS;
         json = jam_json_next(json), i++) {
        uint64_t count;
        PVM_TRY(jam_json_u64(json, UINT64_MAX, &count, err));
        if (count == 0)
            continue;
        pvm_buf_printf(out, "%s%s %llu", any ? ", " : "", names[i], (unsigned long long)count);
        any = true;
    }
    return PVM_OK;
}

static enum pvm_status cells(const struct cmd_picture *run,
                             const struct cmd_picture_machine *machine, struct pvm_buf *text,
                             struct pvm_buf *out, struct pvm_err *err)
{
    const char *program;
    uint64_t expunged = 0;
    bool gone = jam_json_type(machine->expunged) != JAM_JSON_NULL;
    PVM_TRY(cmd_page_machine_name(run, machine, text, err));
    PVM_TRY(cmd_picture_text(machine->program, "never ran", &program, err));
    if (gone)
        PVM_TRY(jam_json_u64(machine->expunged, UINT64_MAX, &expunged, err));
    cmd_html_cell(out, pvm_buf_str(text));
    cmd_html_cell(out, cmd_page_is_inner(machine) ? "outer machine" : "");
    text->len = 0;
    pvm_buf_printf(text, "%.10s", program);
    cmd_html_cell(out, pvm_buf_str(text));
    cmd_html_cell_number(out, machine->created);
    if (gone)
        cmd_html_cell_number(out, expunged);
    else
        cmd_html_cell(out, "");
    cmd_html_cell_number(out, machine->invocations);
    text->len = 0;
    PVM_TRY(exits(machine->exits, text, err));
    cmd_html_cell(out, pvm_buf_str(text));
    cmd_html_cell_number(out, machine->instructions);
    cmd_html_cell_number(out, machine->gas);
    return PVM_OK;
}

static enum pvm_status table(const struct cmd_picture *run, struct pvm_buf *out,
                             struct pvm_err *err)
{
    unsigned count = 0;
    enum pvm_status status = PVM_OK;
    cmd_html_table(out, "Machines",
                   "machine|parent|program|made after|gone after|invoked|ended|instructions|gas");
    for (struct jam_json json = jam_json_first(run->machines);
         jam_json_has(json) && count < SHOWN && status == PVM_OK;
         json = jam_json_next(json), count++) {
        struct cmd_picture_machine machine;
        struct pvm_buf text = {0};
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        pvm_buf_text(out, "<tr>");
        status = cells(run, &machine, &text, out, err);
        pvm_buf_text(out, "</tr>\n");
        pvm_buf_deinit(&text);
    }
    cmd_html_table_end(out);
    cmd_html_more(out, run->machines_unlisted);
    return status;
}

static enum pvm_status picture(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 1};
    struct cmd_map map = {.label = "Machines over time, a row for each",
                          .what = "ran",
                          .unit = "instructions",
                          .columns = run->bins,
                          .bin = run->bin,
                          .run = run};
    pvm_buf_text(out, "<figure><figcaption>Which machine ran when</figcaption>\n");
    cmd_page_map_begin(out);
    enum pvm_status status = lanes(run, &grid, out, err);
    if (status == PVM_OK)
        status = cmd_page_map_grid(out, &grid, &map, err);
    unsigned grid_rows = grid.rows;
    cmd_grid_deinit(&grid);
    cmd_page_axis(out, run);
    if (run->machines_unlisted != 0 || grid_rows == LANES_SHOWN)
        pvm_buf_printf(out,
                       "<p class=\"more\">These are the first %u machines that ran; the table has "
                       "more</p>\n",
                       grid_rows);
    pvm_buf_text(out, "</figure>\n");
    return status;
}

enum pvm_status cmd_page_machines(const struct cmd_picture *run, struct pvm_buf *out,
                                  struct pvm_err *err)
{
    if (jam_json_count(run->machines) == 1)
        pvm_buf_text(out, "<p class=\"none\">The outer machine made no others.</p>\n");
    else
        PVM_TRY(picture(run, out, err));
    return table(run, out, err);
}
