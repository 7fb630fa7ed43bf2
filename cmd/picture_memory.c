/* SPDX-License-Identifier: Apache-2.0 */
/* What machines read and wrote over time, and what their memory was like in the end. */
#include "cmd/picture_page.h"
#include "core/memory.h"

/* Of machines together; more only in the table. */
enum { OUTER_ROWS = 128, INNER_ROWS = 128, TABLE = 400 };

bool cmd_page_is_inner(const struct cmd_picture_machine *machine)
{
    return jam_json_type(machine->id) != JAM_JSON_NULL;
}

enum pvm_status cmd_page_machine_name(const struct cmd_picture *run,
                                      const struct cmd_picture_machine *machine,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t id;
    if (!cmd_page_is_inner(machine)) {
        pvm_buf_text(out, "outer machine");
    } else {
        PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
        pvm_buf_printf(out, "machine %llu", (unsigned long long)id);
    }
    return cmd_page_is_inner(machine) || machine->each
               ? cmd_page_part_name(run, machine->run, out, err)
               : PVM_OK;
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

/* Rows of one outer machine, or of all inner ones. */
struct picture {
    const struct cmd_picture *run;
    const struct cmd_picture_machine *outer; /* NULL: of inner ones */
    struct cmd_grid grid;
    unsigned left; /* rows that there is no room for */
};

/* "0x00010000" behind the machine's number, and that behind the run's. */
static enum pvm_status label(const struct picture *picture,
                             const struct cmd_picture_machine *machine, const char *name,
                             struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t id = 0;
    struct cmd_picture_row row = {0};
    struct pvm_buf text = {0};
    struct pvm_buf title = {0};
    PVM_TRY(cmd_picture_row(json, &row, err));
    if (cmd_page_is_inner(machine))
        PVM_TRY(jam_json_u64(machine->id, UINT64_MAX, &id, err));
    if (cmd_page_is_inner(machine) && jam_json_count(picture->run->runs) > 1)
        pvm_buf_printf(&text, "%llu.", (unsigned long long)machine->run);
    if (cmd_page_is_inner(machine))
        pvm_buf_printf(&text, "%llu: ", (unsigned long long)id);
    address(&text, row.page);
    address(&title, row.page);
    pvm_buf_printf(&title, " of %s, %llu page%s, ", name, (unsigned long long)machine->row_pages,
                   machine->row_pages == 1 ? "" : "s");
    pvm_buf_printf(&title, "%llu reads, %llu writes", (unsigned long long)row.reads,
                   (unsigned long long)row.writes);
    cmd_page_map_label(out, pvm_buf_str(&text), pvm_buf_str(&title));
    out->failed = out->failed || text.failed || title.failed;
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&title);
    return PVM_OK;
}

static enum pvm_status labels(const struct picture *picture,
                              const struct cmd_picture_machine *machine, struct pvm_buf *out,
                              struct pvm_err *err)
{
    struct pvm_buf name = {0};
    enum pvm_status status = cmd_page_machine_name(picture->run, machine, &name, err);
    for (struct jam_json json = jam_json_first(machine->rows);
         jam_json_has(json) && status == PVM_OK; json = jam_json_next(json))
        status = label(picture, machine, pvm_buf_str(&name), json, out, err);
    out->failed = out->failed || name.failed;
    pvm_buf_deinit(&name);
    return status;
}

/* All rows; out NULL: their counts are only seen. */
static enum pvm_status rows(struct picture *picture, struct pvm_buf *out, struct pvm_err *err)
{
    size_t count = 0;
    if (picture->outer != NULL) {
        PVM_TRY(cmd_page_heat(picture->outer, out == NULL, &picture->grid, err));
        return out == NULL ? PVM_OK : labels(picture, picture->outer, out, err);
    }
    picture->left = 0;
    for (struct jam_json json = jam_json_first(picture->run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        size_t more = jam_json_count(machine.rows);
        if (!cmd_page_is_inner(&machine) || more == 0)
            continue;
        count += more;
        if (count > INNER_ROWS) {
            picture->left += (unsigned)more;
            continue;
        }
        PVM_TRY(cmd_page_heat(&machine, out == NULL, &picture->grid, err));
        if (out != NULL)
            PVM_TRY(labels(picture, &machine, out, err));
    }
    return PVM_OK;
}

static enum pvm_status caption(const struct picture *picture, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct pvm_buf name = {0};
    pvm_buf_text(out, "<figure><figcaption>What the ");
    if (picture->outer != NULL) {
        PVM_TRY(cmd_page_machine_name(picture->run, picture->outer, &name, err));
        cmd_html(out, pvm_buf_str(&name));
    } else {
        pvm_buf_text(out, "inner machines");
    }
    pvm_buf_text(out, " <span class=\"key k0\">read</span> (upper half of a row) and <span "
                      "class=\"key k1\">wrote</span> (lower half)");
    if (picture->outer != NULL)
        pvm_buf_printf(out, "; a row is %llu page%s of 4096 octets",
                       (unsigned long long)picture->outer->row_pages,
                       picture->outer->row_pages == 1 ? "" : "s");
    else if (jam_json_count(picture->run->runs) > 1)
        pvm_buf_text(out, "; rows are called run.machine: address");
    else
        pvm_buf_text(out, "; rows are called machine: address");
    pvm_buf_text(out, "</figcaption>\n");
    out->failed = out->failed || name.failed;
    pvm_buf_deinit(&name);
    return PVM_OK;
}

static enum pvm_status figure(struct picture *picture, struct pvm_buf *out, struct pvm_err *err)
{
    struct cmd_map map = {.label =
                              picture->outer != NULL
                                  ? "Memory of the outer machine over time, addresses downwards"
                                  : "Memory of the inner machines over time, addresses downwards",
                          .what = "read|written",
                          .unit = "times",
                          .columns = picture->run->bins,
                          .bin = picture->run->bin,
                          .run = picture->run};
    PVM_TRY(caption(picture, out, err));
    cmd_page_map_begin(out);
    PVM_TRY(rows(picture, out, err));
    PVM_TRY(cmd_page_map_grid(out, &picture->grid, &map, err));
    cmd_page_axis(out, picture->run);
    if (picture->left != 0)
        pvm_buf_printf(out, "<p class=\"more\">%u more rows are in the table below</p>\n",
                       picture->left);
    pvm_buf_text(out, "</figure>\n");
    return PVM_OK;
}

static enum pvm_status draw(const struct cmd_picture *run, const struct cmd_picture_machine *outer,
                            bool *any, struct pvm_buf *out, struct pvm_err *err)
{
    struct picture picture = {.run = run, .outer = outer, .grid = {.kinds = 2}};
    enum pvm_status status = rows(&picture, NULL, err);
    if (status == PVM_OK && picture.grid.most != 0) {
        *any = true;
        status = figure(&picture, out, err);
    }
    cmd_grid_deinit(&picture.grid);
    return status;
}

static enum pvm_status pictures(const struct cmd_picture *run, bool *any, struct pvm_buf *out,
                                struct pvm_err *err)
{
    size_t shown = 0;
    unsigned left = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        size_t count = jam_json_count(machine.rows);
        if (cmd_page_is_inner(&machine) || count == 0)
            continue;
        if (shown + count > OUTER_ROWS) {
            left++;
            continue;
        }
        shown += count;
        PVM_TRY(draw(run, &machine, any, out, err));
    }
    if (left != 0)
        pvm_buf_printf(out, "<p class=\"more\">%u more outer machines are in the table below</p>\n",
                       left);
    return draw(run, NULL, any, out, err);
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
    uint64_t count = 0;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json);
         json = jam_json_next(json)) {
        struct cmd_picture_machine machine;
        struct pvm_buf name = {0};
        PVM_TRY(cmd_picture_machine(json, &machine, err));
        enum pvm_status status = cmd_page_machine_name(run, &machine, &name, err);
        for (struct jam_json it = jam_json_first(map ? machine.map : machine.rows);
             jam_json_has(it) && status == PVM_OK; it = jam_json_next(it), count++)
            status = count < TABLE ? row(&machine, it, pvm_buf_str(&name), out, err) : PVM_OK;
        pvm_buf_deinit(&name);
        PVM_TRY(status);
    }
    cmd_html_table_end(out);
    cmd_html_more(out, count > TABLE ? count - TABLE : 0);
    return PVM_OK;
}

enum pvm_status cmd_page_memory(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    bool any = false;
    bool has_map = false;
    for (struct jam_json json = jam_json_first(run->machines); jam_json_has(json) && !has_map;
         json = jam_json_next(json))
        has_map = jam_json_count(jam_json_get(json, "map")) != 0;
    PVM_TRY(pictures(run, &any, out, err));
    if (run->machines_unlisted != 0) {
        pvm_buf_text(out, "<p class=\"more\">");
        cmd_html_number(out, run->machines_unlisted);
        pvm_buf_text(out, " further machines were not looked at</p>\n");
    }
    if (!any)
        pvm_buf_text(out, "<p class=\"none\">No memory was read or written.</p>\n");
    if (any) {
        cmd_html_table(out, "What was read and written",
                       "address|machine|pages|reads|writes|first after|last after");
        PVM_TRY(table_rows(run, false, heat_row, out, err));
    }
    if (!has_map)
        return PVM_OK;
    cmd_html_table(out, "Memory in the end", "address|machine|pages|access");
    return table_rows(run, true, map_row, out, err);
}
