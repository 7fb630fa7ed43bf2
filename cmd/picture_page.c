/* SPDX-License-Identifier: Apache-2.0 */
/* A whole page: head, contents, and the sections of every run that have something to show. */
#include "cmd/picture_page.h"

static bool any(struct jam_json list)
{
    return jam_json_count(list) != 0;
}

static bool has_outcome(const struct cmd_picture *run)
{
    (void)run;
    return true;
}

static bool has_stops(const struct cmd_picture *run)
{
    return any(run->stopped);
}

static bool has_time(const struct cmd_picture *run)
{
    return run->bins != 0;
}

static bool has_calls(const struct cmd_picture *run)
{
    return any(run->calls);
}

static bool has_machines(const struct cmd_picture *run)
{
    return any(run->machines);
}

static bool has_flame(const struct cmd_picture *run)
{
    return any(run->flame);
}

static bool has_code(const struct cmd_picture *run)
{
    return any(run->blocks);
}

static bool has_corevm(const struct cmd_picture *run)
{
    return jam_json_has(run->corevm);
}

/* CoreVM has a table of its own. */
static bool has_parts(const struct cmd_picture *run)
{
    return any(run->runs) && !has_corevm(run);
}

static bool has_changes(const struct cmd_picture *run)
{
    return any(run->changes);
}

static bool has_log(const struct cmd_picture *run)
{
    return any(run->log);
}

static const struct {
    const char *id, *title;
    bool (*has)(const struct cmd_picture *run);
    cmd_page_fn *write;
} sections[] = {
    {"outcome", "Outcome", has_outcome, cmd_page_outcome},
    {"stop", "Where it stopped", has_stops, cmd_page_stops},
    {"corevm", "CoreVM", has_corevm, cmd_page_corevm},
    {"runs", "Runs", has_parts, cmd_page_parts},
    {"gas", "Gas", has_time, cmd_page_time},
    {"calls", "Host calls", has_calls, cmd_page_calls},
    {"memory", "Memory", has_machines, cmd_page_memory},
    {"machines", "Machines", has_machines, cmd_page_machines},
    {"flame", "Flame graph", has_flame, cmd_page_flame},
    {"code", "Hottest code", has_code, cmd_page_code},
    {"changes", "Changes of state", has_changes, cmd_page_changes},
    {"log", "Log", has_log, cmd_page_log},
};

enum { SECTIONS = sizeof sections / sizeof *sections };

static void title(const struct cmd_picture *run, struct pvm_buf *out)
{
    cmd_html(out, run->invocation);
    pvm_buf_text(out, " of ");
    cmd_html(out, run->name);
    pvm_buf_text(out, ", GP ");
    cmd_html(out, run->gp);
}

/* All runs beside each other, when there are several. */
static void contents(const struct cmd_picture *runs, size_t count, struct pvm_buf *out)
{
    if (count < 2)
        return;
    pvm_buf_text(out, "<nav aria-label=\"Runs\"><div class=\"wide\" role=\"region\" "
                      "tabindex=\"0\" aria-label=\"Runs\"><table class=\"all\"><thead><tr>"
                      "<th scope=\"col\">run</th><th scope=\"col\">outcome</th>"
                      "<th scope=\"col\">gas</th><th scope=\"col\">instructions</th>"
                      "<th scope=\"col\">host calls</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++) {
        pvm_buf_printf(out, "<tr><td><a href=\"#run%zu\">", i + 1);
        title(&runs[i], out);
        pvm_buf_printf(out, "</a></td><td class=\"%s\">", runs[i].good ? "good" : "bad");
        cmd_html(out, runs[i].outcome);
        pvm_buf_text(out, "</td>");
        cmd_html_cell_number(out, runs[i].gas_used);
        cmd_html_cell_number(out, runs[i].instructions);
        cmd_html_cell_number(out, runs[i].call_count);
        pvm_buf_text(out, "</tr>\n");
    }
    pvm_buf_text(out, "</tbody></table></div></nav>\n");
}

static void run_contents(const struct cmd_picture *run, size_t number, struct pvm_buf *out)
{
    pvm_buf_printf(out, "<nav class=\"parts\" aria-label=\"Sections of run %zu\"><ul>", number);
    for (size_t k = 0; k < SECTIONS; k++)
        if (sections[k].has(run))
            pvm_buf_printf(out, "<li><a href=\"#run%zu-%s\">%s</a></li>", number, sections[k].id,
                           sections[k].title);
    pvm_buf_text(out, "</ul></nav>\n");
}

static enum pvm_status write_run(const struct cmd_picture *run, size_t number, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    size_t start = out->len;
    pvm_buf_printf(out, "<section aria-labelledby=\"run%zu\"><h2 id=\"run%zu\">", number, number);
    title(run, out);
    pvm_buf_text(out, "</h2>\n");
    run_contents(run, number, out);
    PVM_TRY(cmd_page_part_names(run, out, err));
    for (size_t k = 0; k < SECTIONS; k++) {
        if (!sections[k].has(run))
            continue;
        pvm_buf_printf(out, "<section aria-labelledby=\"run%zu-%s\"><h3 id=\"run%zu-%s\">%s</h3>\n",
                       number, sections[k].id, number, sections[k].id, sections[k].title);
        PVM_TRY(sections[k].write(run, out, err));
        pvm_buf_text(out, "</section>\n");
    }
    pvm_buf_text(out, "</section>\n");
    if (out->len - start > CMD_PAGE_MAX)
        return jam_json_fail(run->root, err, "pictures of it take %zu octets, more than %d",
                             out->len - start, CMD_PAGE_MAX);
    return PVM_OK;
}

enum pvm_status cmd_page(const struct cmd_picture *runs, size_t count, struct pvm_buf *out,
                         struct pvm_err *err)
{
    pvm_buf_text(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
                      "form-action 'none'\">\n<title>");
    title(&runs[0], out);
    if (count > 1)
        pvm_buf_printf(out, " and %zu more", count - 1);
    pvm_buf_text(out, "</title>\n<style>\n");
    pvm_buf_text(out, cmd_picture_css);
    pvm_buf_text(out, "</style></head>\n<body><header><h1>pvm report</h1></header>\n");
    contents(runs, count, out);
    pvm_buf_text(out, "<main>\n");
    for (size_t i = 0; i < count; i++)
        PVM_TRY(write_run(&runs[i], i + 1, out, err));
    pvm_buf_text(out, "</main>\n<script>\n");
    pvm_buf_text(out, cmd_picture_js);
    pvm_buf_text(out, "</script></body></html>\n");
    return pvm_buf_status(out, err);
}
