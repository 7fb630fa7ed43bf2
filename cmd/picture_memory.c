/* SPDX-License-Identifier: Apache-2.0 */
/* What machines read and wrote over time, and what their memory was like in the end. */
#include "cmd/picture_page.h"
#include "core/memory.h"

enum {
    MAPS_SHOWN = 8, /* machines whose memory is drawn; more get a table */
    TABLES_SHOWN = 32
};

enum pvm_status cmd_page_machine_name(const struct cmd_picture_machine *machine,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t id;
    if (jam_json_type(machine->id) == JAM_JSON_NULL) {
        pvm_buf_text(out, "outer machine");
        return PVM_OK;
    }
    PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
    pvm_buf_printf(out, "machine %llu", (unsigned long long)id);
    return PVM_OK;
}

enum pvm_status cmd_page_heat(const struct cmd_picture_machine *machine, struct cmd_grid *out,
                              struct pvm_err *err)
{
    for (unsigned pass = 0; pass < 2; pass++) {
        for (struct jam_json json = jam_json_first(machine->rows); jam_json_has(json);
             json = jam_json_next(json)) {
            struct cmd_picture_row row = {0};
            struct cmd_bins bins[2];
            PVM_TRY(cmd_picture_row(json, &row, err));
            PVM_TRY(cmd_picture_bins(row.read, &bins[0], err));
            PVM_TRY(cmd_picture_bins(row.written, &bins[1], err));
            for (unsigned kind = 0; kind < 2; kind++) {
                if (pass == 0)
                    cmd_grid_see(out, &bins[kind]);
                else
                    cmd_grid_add(out, kind, &bins[kind]);
            }
            if (pass != 0)
                cmd_grid_row(out);
        }
    }
    return PVM_OK;
}

static void address(struct pvm_buf *out, uint64_t page)
{
    pvm_buf_printf(out, "0x%08llx", (unsigned long long)(page << PVM_PAGE_BITS));
}

static enum pvm_status label(struct jam_json json, uint64_t pages, struct pvm_buf *out,
                             struct pvm_err *err)
{
    struct cmd_picture_row row = {0};
    struct pvm_buf text = {0};
    struct pvm_buf title = {0};
    PVM_TRY(cmd_picture_row(json, &row, err));
    address(&text, row.page);
    address(&title, row.page);
    pvm_buf_printf(&title, ", pages: %llu, reads: %llu, writes: %llu", (unsigned long long)pages,
                   (unsigned long long)row.reads, (unsigned long long)row.writes);
    cmd_page_map_label(out, pvm_buf_str(&text), pvm_buf_str(&title));
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&title);
    return PVM_OK;
}

static enum pvm_status rows_table(const struct cmd_picture_machine *machine, const char *name,
                                  struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf title = {0};
    pvm_buf_printf(&title, "What the %s read and wrote", name);
    cmd_html_table(out, pvm_buf_str(&title), "address|pages|reads|writes|first at|last at");
    pvm_buf_deinit(&title);
    for (struct jam_json json = jam_json_first(machine->rows); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_row row = {0};
        PVM_TRY(cmd_picture_row(json, &row, err));
        pvm_buf_text(out, "<tr><td>");
        address(out, row.page);
        pvm_buf_text(out, "</td>");
        cmd_html_cell_number(out, machine->row_pages);
        cmd_html_cell_number(out, row.reads);
        cmd_html_cell_number(out, row.writes);
        cmd_html_cell_number(out, row.first);
        cmd_html_cell_number(out, row.last);
        pvm_buf_text(out, "</tr>\n");
    }
    cmd_html_table_end(out);
    return PVM_OK;
}

static enum pvm_status map_table(const struct cmd_picture_machine *machine, const char *name,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf title = {0};
    if (jam_json_count(machine->map) == 0)
        return PVM_OK;
    pvm_buf_printf(&title, "Memory of the %s in the end", name);
    cmd_html_table(out, pvm_buf_str(&title), "address|pages|access");
    pvm_buf_deinit(&title);
    for (struct jam_json json = jam_json_first(machine->map); jam_json_has(json);
         json = jam_json_next(json)) {
        uint64_t page;
        uint64_t pages;
        bool writable;
        PVM_TRY(jam_json_u64(jam_json_get(json, "page"), PVM_PAGE_COUNT, &page, err));
        PVM_TRY(jam_json_u64(jam_json_get(json, "pages"), PVM_PAGE_COUNT, &pages, err));
        PVM_TRY(jam_json_bool(jam_json_get(json, "writable"), &writable, err));
        pvm_buf_text(out, "<tr><td>");
        address(out, page);
        pvm_buf_text(out, "</td>");
        cmd_html_cell_number(out, pages);
        cmd_html_cell(out, writable ? "read and write" : "read");
        pvm_buf_text(out, "</tr>\n");
    }
    cmd_html_table_end(out);
    return PVM_OK;
}

static enum pvm_status labels(const struct cmd_picture_machine *machine, struct pvm_buf *out,
                              struct pvm_err *err)
{
    for (struct jam_json json = jam_json_first(machine->rows); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(label(json, machine->row_pages, out, err));
    return PVM_OK;
}

static enum pvm_status draw(const struct cmd_picture *run,
                            const struct cmd_picture_machine *machine, const char *name,
                            struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 2};
    struct pvm_buf title = {0};
    PVM_TRY(cmd_page_heat(machine, &grid, err));
    pvm_buf_printf(&title, "Memory of the %s over time: addresses downwards, read above written",
                   name);
    pvm_buf_text(out, "<figure><figcaption>Memory of the ");
    cmd_html(out, name);
    pvm_buf_text(out, ": <span class=\"key k0\">read</span> above <span class=\"key k1\">written"
                      "</span>, darker where more often; a row is ");
    cmd_html_number(out, machine->row_pages);
    pvm_buf_printf(out, " page%s</figcaption>\n", machine->row_pages == 1 ? "" : "s");
    cmd_page_map_begin(out);
    enum pvm_status status = labels(machine, out, err);
    cmd_page_map_grid(out, &grid, run->bins, pvm_buf_str(&title));
    cmd_grid_deinit(&grid);
    pvm_buf_deinit(&title);
    cmd_page_axis(out, run);
    pvm_buf_text(out, "</figure>\n");
    return status;
}

static enum pvm_status show(const struct cmd_picture *run, struct jam_json json, unsigned *maps,
                            struct pvm_buf *name, struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_picture_machine machine;
    PVM_TRY(cmd_picture_machine(json, &machine, err));
    PVM_TRY(cmd_page_machine_name(&machine, name, err));
    bool rows = jam_json_count(machine.rows) != 0;
    if (rows && ++*maps <= MAPS_SHOWN)
        PVM_TRY(draw(run, &machine, pvm_buf_str(name), out, err));
    if (rows && *maps <= TABLES_SHOWN)
        PVM_TRY(rows_table(&machine, pvm_buf_str(name), out, err));
    if (*maps <= TABLES_SHOWN)
        return map_table(&machine, pvm_buf_str(name), out, err);
    return PVM_OK;
}

enum pvm_status cmd_page_memory(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    unsigned maps = 0;
    enum pvm_status status = PVM_OK;
    for (struct jam_json json = jam_json_first(run->machines);
         jam_json_has(json) && status == PVM_OK && maps < TABLES_SHOWN;
         json = jam_json_next(json)) {
        struct pvm_buf name = {0};
        status = show(run, json, &maps, &name, out, err);
        pvm_buf_deinit(&name);
    }
    return status;
}
