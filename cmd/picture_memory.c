/* SPDX-License-Identifier: Apache-2.0 */
/* What machines read and wrote over time, and what their memory was like in the end. */
#include "cmd/picture_page.h"
#include "core/memory.h"

enum { INNER_ROWS = 48 /* of inner machines together; more only in the table */, TABLE = 400 };

static bool is_inner(const struct cmd_picture_machine *machine)
{
    return jam_json_type(machine->id) != JAM_JSON_NULL;
}

enum pvm_status cmd_page_machine_name(const struct cmd_picture_machine *machine,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t id;
    if (!is_inner(machine)) {
        pvm_buf_text(out, "outer machine");
        return PVM_OK;
    }
    PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
    pvm_buf_printf(out, "machine %llu", (unsigned long long)id);
    return PVM_OK;
}

static enum pvm_status cells(struct jam_json json, struct cmd_bins bins[2], struct pvm_err *err)
{
    struct cmd_picture_row row = {0};
    PVM_TRY(cmd_picture_row(json, &row, err));
    PVM_TRY(cmd_picture_bins(row.read, &bins[0], err));
    return cmd_picture_bins(row.written, &bins[1], err);
}

enum pvm_status cmd_page_heat(const struct cmd_picture_machine *machine, bool see,
                              struct cmd_grid *out, struct pvm_err *err)
{
    for (struct jam_json json = jam_json_first(machine->rows); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_bins bins[2];
        PVM_TRY(cells(json, bins, err));
        for (unsigned kind = 0; kind < 2; kind++) {
            if (see)
                cmd_grid_see(out, &bins[kind]);
            else
                cmd_grid_add(out, kind, &bins[kind]);
        }
        if (!see)
            cmd_grid_row(out);
    }
    return PVM_OK;
}

static void address(struct pvm_buf *out, uint64_t page)
{
    pvm_buf_printf(out, "0x%08llx", (unsigned long long)(page << PVM_PAGE_BITS));
}

/* ---- the picture ---- */

static enum pvm_status labels(const struct cmd_picture_machine *machine, struct pvm_buf *out,
                              struct pvm_err *err)
{
    uint64_t id = 0;
    if (is_inner(machine))
        PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
    for (struct jam_json json = jam_json_first(machine->rows); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_row row = {0};
        struct pvm_buf text = {0};
        struct pvm_buf title = {0};
        PVM_TRY(cmd_picture_row(json, &row, err));
        if (is_inner(machine))
            pvm_buf_printf(&text, "%llu: ", (unsigned long long)id);
        address(&text, row.page);
        pvm_buf_printf(&title, "%s, pages: %llu, reads: %llu, writes: %llu", pvm_buf_str(&text),
                       (unsigned long long)machine->row_pages, (unsigned long long)row.reads,
                       (unsigned long long)row.writes);
        cmd_page_map_label(out, pvm_buf_str(&text), pvm_buf_str(&title));
        pvm_buf_deinit(&text);
        pvm_buf_deinit(&title);
    }
    return PVM_OK;
}

/* The rows of all machines of a kind; out NULL: their counts are only seen. *pages: of a row. */
static enum pvm_status rows(const struct cmd_picture *run, bool inner, struct cmd_grid *grid,
                            uint64_t *pages, struct pvm_buf *out, struct pvm_err *err)
{
    size_t count = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        size_t more = jam_json_count(machine.rows);
        if (is_inner(&machine) != inner || more == 0)
            continue;
        count += more;
        *pages = machine.row_pages;
        if (inner && count > INNER_ROWS)
            break;
        PVM_TRY(cmd_page_heat(&machine, out == NULL, grid, err));
        if (out != NULL)
            PVM_TRY(labels(&machine, out, err));
    }
    return PVM_OK;
}

static enum pvm_status draw(const struct cmd_picture *run, bool inner, struct pvm_buf *out,
                            struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 2};
    struct pvm_buf names = {0};
    uint64_t pages = 0;
    const char *which = "outer machine";
    if (inner)
        which = jam_json_count(run->machines) > CMD_HEATED ? "inner machines that were made first"
                                                           : "inner machines";
    PVM_TRY(rows(run, inner, &grid, &pages, NULL, err));
    if (grid.most == 0)
        return PVM_OK;
    enum pvm_status status = rows(run, inner, &grid, &pages, &names, err);
    pvm_buf_printf(out,
                   "<figure><figcaption>Memory of the %s over time: <span class=\"key k0\">read"
                   "</span> above <span class=\"key k1\">written</span>, darker where more often",
                   which);
    if (!inner)
        pvm_buf_printf(out, "; a row is %llu page%s", (unsigned long long)pages,
                       pages == 1 ? "" : "s");
    pvm_buf_text(out, "</figcaption>\n");
    cmd_page_map_begin(out);
    pvm_buf_add_bytes(out, pvm_buf_bytes(&names));
    cmd_page_map_grid(out, &grid, run->bins,
                      inner ? "Memory of the inner machines over time, addresses downwards"
                            : "Memory of the outer machine over time, addresses downwards");
    cmd_page_axis(out, run);
    pvm_buf_text(out, "</figure>\n");
    out->failed = out->failed || names.failed;
    cmd_grid_deinit(&grid);
    pvm_buf_deinit(&names);
    return status;
}

/* ---- tables ---- */

static enum pvm_status heat_row(const struct cmd_picture_machine *machine, struct jam_json json,
                                const char *name, struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_picture_row row = {0};
    PVM_TRY(cmd_picture_row(json, &row, err));
    pvm_buf_text(out, "<tr><td>");
    address(out, row.page);
    pvm_buf_text(out, "</td>");
    cmd_html_cell(out, name);
    cmd_html_cell_number(out, machine->row_pages);
    cmd_html_cell_number(out, row.reads);
    cmd_html_cell_number(out, row.writes);
    cmd_html_cell_number(out, row.first);
    cmd_html_cell_number(out, row.last);
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

static enum pvm_status map_row(const struct cmd_picture_machine *machine, struct jam_json json,
                               const char *name, struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t page;
    uint64_t pages;
    bool writable;
    (void)machine;
    PVM_TRY(jam_json_u64(jam_json_get(json, "page"), PVM_PAGE_COUNT, &page, err));
    PVM_TRY(jam_json_u64(jam_json_get(json, "pages"), PVM_PAGE_COUNT, &pages, err));
    PVM_TRY(jam_json_bool(jam_json_get(json, "writable"), &writable, err));
    pvm_buf_text(out, "<tr><td>");
    address(out, page);
    pvm_buf_text(out, "</td>");
    cmd_html_cell(out, name);
    cmd_html_cell_number(out, pages);
    cmd_html_cell(out, writable ? "read and write" : "read");
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

typedef enum pvm_status row_fn(const struct cmd_picture_machine *machine, struct jam_json json,
                               const char *name, struct pvm_buf *out, struct pvm_err *err);

/* Rows for every member of the list that pick gives of each machine. */
static enum pvm_status table_rows(const struct cmd_picture *run, bool map, row_fn *row,
                                  struct pvm_buf *out, struct pvm_err *err)
{
    unsigned count = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        struct pvm_buf name = {0};
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        enum pvm_status status = cmd_page_machine_name(&machine, &name, err);
        for (struct jam_json it = jam_json_first(map ? machine.map : machine.rows);
             jam_json_has(it) && status == PVM_OK && count < TABLE; it = jam_json_next(it), count++)
            status = row(&machine, it, pvm_buf_str(&name), out, err);
        pvm_buf_deinit(&name);
        PVM_TRY(status);
    }
    return PVM_OK;
}

enum pvm_status cmd_page_memory(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    PVM_TRY(draw(run, false, out, err));
    PVM_TRY(draw(run, true, out, err));
    cmd_html_table(out, "What was read and written",
                   "address|machine|pages|reads|writes|first at|last at");
    PVM_TRY(table_rows(run, false, heat_row, out, err));
    cmd_html_table_end(out);
    cmd_html_table(out, "Memory in the end", "address|machine|pages|access");
    PVM_TRY(table_rows(run, true, map_row, out, err));
    cmd_html_table_end(out);
    return PVM_OK;
}
