/* SPDX-License-Identifier: Apache-2.0 */
/* CoreVM's Fibonacci loop: which pages went in and out of each package, and the values in them. */
#include "cmd/picture_page.h"

#include <stdio.h>

enum { ROUNDS = 256, MATRIX = 48 /* rounds whose values are shown */ };

struct round {
    uint64_t n, gas, inner_gas;
    bool good;
    const char *outcome, *root, *child, *trouble;
    struct jam_json imported, exported, values, terms;
};

static enum pvm_status read_round(struct jam_json json, struct round *out, struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct round, n),        JAM_JSON_NEEDED(struct round, good),
        JAM_JSON_NEEDED(struct round, outcome),  JAM_JSON_NEEDED(struct round, gas),
        JAM_JSON_NEEDED(struct round, root),     JAM_JSON_NEEDED(struct round, inner_gas),
        JAM_JSON_NEEDED(struct round, child),    JAM_JSON_NEEDED(struct round, trouble),
        JAM_JSON_NEEDED(struct round, imported), JAM_JSON_NEEDED(struct round, exported),
        JAM_JSON_NEEDED(struct round, values),   JAM_JSON_NEEDED(struct round, terms),
    };
    *out = (struct round){0};
    return jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err);
}

/* ---- pages in and out ---- */

/* A row of the picture; pass 0 looks at the counts only. *columns: pages that there are. */
static enum pvm_status lane(struct jam_json json, unsigned pass, struct cmd_grid *grid,
                            unsigned *columns, struct pvm_buf *out, struct pvm_err *err)
{
    struct round round;
    struct cmd_bins bins[2];
    PVM_TRY(read_round(json, &round, err));
    PVM_TRY(cmd_picture_bins(round.imported, &bins[0], err));
    PVM_TRY(cmd_picture_bins(round.exported, &bins[1], err));
    for (unsigned kind = 0; kind < 2; kind++) {
        for (unsigned i = *columns; i < CMD_BINS; i++)
            *columns = bins[kind].at[i] != 0 ? i + 1 : *columns;
        if (pass == 0)
            cmd_grid_see(grid, &bins[kind]);
        else
            cmd_grid_add(grid, kind, &bins[kind]);
    }
    if (pass == 0)
        return PVM_OK;
    char name[24];
    (void)snprintf(name, sizeof name, "n = %llu", (unsigned long long)round.n);
    cmd_page_map_label(out, name, name);
    cmd_grid_row(grid);
    return PVM_OK;
}

static enum pvm_status matrix_picture(const struct cmd_picture *run, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    struct cmd_grid grid = {.kinds = 2};
    unsigned columns = 0;
    enum pvm_status status = PVM_OK;
    pvm_buf_text(out, "<figure><figcaption>Pages by package: <span class=\"key k0\">imported"
                      "</span> above <span class=\"key k1\">exported</span>, a column for each "
                      "machine that the page belongs to</figcaption>\n");
    cmd_page_map_begin(out);
    for (unsigned pass = 0; pass < 2; pass++)
        for (struct jam_json json = jam_json_first(run->corevm);
             jam_json_has(json) && status == PVM_OK; json = jam_json_next(json))
            status = lane(json, pass, &grid, &columns, out, err);
    struct cmd_map map = {.label = "Pages imported and exported, a row for each package",
                          .what = "imported|exported",
                          .unit = "pages",
                          .columns = columns};
    if (status == PVM_OK)
        status = cmd_page_map_grid(out, &grid, &map, err);
    cmd_grid_deinit(&grid);
    pvm_buf_printf(out,
                   "<div class=\"axis\" aria-hidden=\"true\"><span>page_0</span><span>page_%u"
                   "</span></div></div></figure>\n",
                   columns != 0 ? columns - 1 : 0);
    return status;
}

static enum pvm_status matrix_row(struct jam_json json, unsigned columns, struct pvm_buf *out,
                                  struct pvm_err *err)
{
    struct round round;
    struct cmd_bins in;
    struct cmd_bins made;
    struct cmd_bins values;
    PVM_TRY(read_round(json, &round, err));
    PVM_TRY(cmd_picture_bins(round.imported, &in, err));
    PVM_TRY(cmd_picture_bins(round.exported, &made, err));
    PVM_TRY(cmd_picture_bins(round.values, &values, err));
    pvm_buf_printf(out, "<tr><td>%llu</td>", (unsigned long long)round.n);
    for (unsigned i = 0; i < columns; i++) {
        if (made.at[i] == 0 && in.at[i] == 0)
            pvm_buf_text(out, "<td></td>");
        else if (made.at[i] == 0)
            pvm_buf_text(out, "<td class=\"n\">in</td>");
        else
            pvm_buf_printf(out, "<td class=\"n%s\">%lu</td>", in.at[i] != 0 ? "" : " new",
                           (unsigned long)values.at[i]);
    }
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

/* The values of all pages, for loops that are short enough. */
static enum pvm_status matrix_table(const struct cmd_picture *run, struct pvm_buf *out,
                                    struct pvm_err *err)
{
    unsigned count = (unsigned)jam_json_count(run->corevm);
    struct pvm_buf titles = {0};
    if (count > MATRIX) {
        pvm_buf_printf(
            out,
            "<p class=\"more\">The values of all pages are shown of at most %d packages; "
            "those that each package made are below.</p>\n",
            MATRIX);
        return PVM_OK;
    }
    pvm_buf_text(&titles, "n");
    for (unsigned i = 0; i < count; i++)
        pvm_buf_printf(&titles, "|page_%u", i);
    cmd_html_table_open(out, "Values of the pages that each package exported",
                        pvm_buf_str(&titles));
    out->failed = out->failed || titles.failed;
    pvm_buf_deinit(&titles);
    for (struct jam_json json = jam_json_first(run->corevm); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(matrix_row(json, count, out, err));
    cmd_html_table_end(out);
    return PVM_OK;
}

/* ---- values and refinements ---- */

static enum pvm_status term_row(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    struct round round;
    PVM_TRY(read_round(json, &round, err));
    pvm_buf_printf(out, "<tr><td>%llu</td>", (unsigned long long)round.n);
    for (struct jam_json term = jam_json_first(round.terms); jam_json_has(term);
         term = jam_json_next(term)) {
        const char *text;
        PVM_TRY(jam_json_text(term, &text, err));
        cmd_html_cell(out, text);
    }
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

static enum pvm_status round_row(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    struct round round;
    PVM_TRY(read_round(json, &round, err));
    pvm_buf_printf(out, "<tr><td>%llu</td><td class=\"%s\">", (unsigned long long)round.n,
                   round.good ? "good" : "bad");
    cmd_html(out, round.outcome);
    pvm_buf_text(out, "</td>");
    cmd_html_cell_number(out, round.gas);
    cmd_html_cell_number(out, round.inner_gas);
    cmd_html_cell(out, round.child);
    pvm_buf_text(out, "<td><code>");
    cmd_html(out, round.root);
    pvm_buf_text(out, "</code></td>");
    cmd_html_cell(out, round.trouble);
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

typedef void title_fn(struct pvm_buf *out, const char *summary, const char *titles);

static enum pvm_status
table(const struct cmd_picture *run, title_fn *start, const char *summary, const char *titles,
      enum pvm_status (*row)(struct jam_json json, struct pvm_buf *out, struct pvm_err *err),
      struct pvm_buf *out, struct pvm_err *err)
{
    start(out, summary, titles);
    for (struct jam_json json = jam_json_first(run->corevm); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(row(json, out, err));
    cmd_html_table_end(out);
    return PVM_OK;
}

enum pvm_status cmd_page_corevm(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(run->corevm, JAM_JSON_ARRAY, err));
    if (jam_json_count(run->corevm) > ROUNDS)
        return jam_json_fail(run->corevm, err, "expected at most %d rounds", ROUNDS);
    PVM_TRY(matrix_picture(run, out, err));
    PVM_TRY(matrix_table(run, out, err));
    PVM_TRY(table(run, cmd_html_table_open, "FIB: values and the pages they stood in",
                  "n|FIB(n)|FIB(n-1)|FIB(n-2)", term_row, out, err));
    return table(run, cmd_html_table, "Refinements",
                 "n|outcome|gas|child gas|child|segment root|trouble", round_row, out, err);
}
