/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a page that are text: how the run ended, where it stopped, what it changed and said. */
#include "cmd/picture_page.h"
#include "core/opcode.h"

/* At most. */
enum { STOPS = 40, CODE = 64, REGISTERS = 13, LINES = 200 };

/* ---- outcome ---- */

static void term(struct pvm_buf *out, const char *name)
{
    pvm_buf_text(out, "<div><dt>");
    cmd_html(out, name);
    pvm_buf_text(out, "</dt><dd>");
}

static void term_end(struct pvm_buf *out)
{
    pvm_buf_text(out, "</dd></div>\n");
}

static void term_number(struct pvm_buf *out, const char *name, uint64_t value)
{
    term(out, name);
    cmd_html_number(out, value);
    term_end(out);
}

static void outcome(const struct cmd_picture *run, struct pvm_buf *out)
{
    pvm_buf_printf(out, "<div class=\"verdict%s\"><dt>Outcome</dt><dd>",
                   run->note_text != NULL ? " told" : "");
    pvm_buf_printf(out, "<strong class=\"%s\">", run->good ? "good" : "bad");
    cmd_html(out, run->outcome);
    pvm_buf_text(out, "</strong>");
    if (run->note_text != NULL) {
        pvm_buf_text(out, " ");
        cmd_html(out, run->note_text);
    }
    if (run->work_result != NULL && strcmp(run->work_result, run->outcome) != 0) {
        pvm_buf_text(out, ", work result ");
        cmd_html(out, run->work_result);
    }
    term_end(out);
}

enum pvm_status cmd_page_outcome(const struct cmd_picture *run, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    (void)err;
    pvm_buf_text(out, "<dl class=\"facts\">\n");
    outcome(run, out);
    term(out, "Gas");
    cmd_html_number(out, run->gas_used);
    if (run->gas_limit != 0) {
        pvm_buf_text(out, " of ");
        cmd_html_number(out, run->gas_limit);
    }
    term_end(out);
    if (run->inner_gas_used != 0)
        term_number(out, "Gas of inner machines", run->inner_gas_used);
    term_number(out, "Instructions", run->instructions);
    term_number(out, "Host calls", run->call_count);
    if (run->exports != 0)
        term_number(out, "Exported segments", run->exports);
    if (run->exports != 0 && run->export_root != NULL) {
        term(out, "Segment root");
        pvm_buf_text(out, "<code>");
        cmd_html(out, run->export_root);
        pvm_buf_text(out, "</code>");
        term_end(out);
    }
    if (run->output != NULL && run->output_size != 0) {
        term(out, "Output");
        cmd_html_number(out, run->output_size);
        pvm_buf_text(out, " octets <code>");
        cmd_html(out, run->output);
        pvm_buf_text(out, "</code>");
        term_end(out);
    }
    pvm_buf_text(out, "</dl>\n");
    return PVM_OK;
}

/* ---- where it stopped ---- */

static enum pvm_status stop_code(struct jam_json lines, struct pvm_buf *out, struct pvm_err *err)
{
    unsigned count = 0;
    pvm_buf_text(out, "<pre class=\"wide\" tabindex=\"0\">");
    for (struct jam_json line = jam_json_first(lines); jam_json_has(line) && count < CODE;
         line = jam_json_next(line), count++) {
        const char *text;
        uint64_t pc;
        bool current;
        PVM_TRY(jam_json_text(jam_json_get(line, "text"), &text, err));
        PVM_TRY(jam_json_u64(jam_json_get(line, "pc"), UINT64_MAX, &pc, err));
        PVM_TRY(jam_json_bool(jam_json_get(line, "current"), &current, err));
        pvm_buf_printf(out, "%s 0x%06llx  ", current ? "<mark>&gt;" : " ", (unsigned long long)pc);
        cmd_html(out, text);
        pvm_buf_text(out, current ? "</mark>\n" : "\n");
    }
    pvm_buf_text(out, "</pre>\n");
    return PVM_OK;
}

static enum pvm_status stop_registers(struct jam_json registers, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    unsigned number = 0;
    pvm_buf_text(out, "<pre class=\"wide registers\" tabindex=\"0\">");
    for (struct jam_json reg = jam_json_first(registers); jam_json_has(reg) && number < REGISTERS;
         reg = jam_json_next(reg), number++) {
        const char *text;
        PVM_TRY(jam_json_text(reg, &text, err));
        pvm_buf_printf(out, "%-2s r%-2u ", pvm_reg_name(number), number);
        cmd_html(out, text);
        pvm_buf_text(out, "\n");
    }
    pvm_buf_text(out, "</pre>\n");
    return PVM_OK;
}

/* "n = 3: " of a recording of several runs. number: where the run's stands, maybe nothing. */
static enum pvm_status stop_run(const struct cmd_picture *run, struct jam_json number,
                                struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t which;
    struct pvm_buf name = {0};
    if (!jam_json_has(number))
        return PVM_OK;
    PVM_TRY(jam_json_u64(number, UINT64_MAX, &which, err));
    enum pvm_status status = cmd_page_part_name(run, which, &name, err);
    if (name.len > 2) {
        pvm_buf_text(out, "<b>");
        cmd_html(out, pvm_buf_str(&name) + 2);
        pvm_buf_text(out, "</b>: ");
    }
    pvm_buf_deinit(&name);
    return status;
}

static enum pvm_status stop(const struct cmd_picture *run, struct jam_json json,
                            struct jam_json number, struct pvm_buf *out, struct pvm_err *err)
{
    const char *end;
    const char *reason;
    const char *symbol;
    uint64_t machine = 0;
    uint64_t pc;
    struct jam_json id = jam_json_get(json, "machine");
    PVM_TRY(jam_json_text(jam_json_get(json, "exit"), &end, err));
    PVM_TRY(jam_json_text(jam_json_get(json, "reason"), &reason, err));
    PVM_TRY(cmd_picture_text(jam_json_get(json, "symbol"), "", &symbol, err));
    PVM_TRY(jam_json_u64(jam_json_get(json, "pc"), UINT64_MAX, &pc, err));
    bool inner = jam_json_type(id) != JAM_JSON_NULL;
    if (inner)
        PVM_TRY(jam_json_u64(id, UINT64_MAX, &machine, err));
    pvm_buf_text(out, "<p>");
    PVM_TRY(stop_run(run, number, out, err));
    if (inner)
        pvm_buf_printf(out, "Inner machine %llu: ", (unsigned long long)machine);
    pvm_buf_text(out, "<strong class=\"bad\">");
    cmd_html(out, end);
    pvm_buf_printf(out, "</strong> at <code>0x%llx</code> ", (unsigned long long)pc);
    cmd_html(out, symbol);
    pvm_buf_text(out, ": ");
    cmd_html(out, reason);
    pvm_buf_text(out, "</p>\n");
    PVM_TRY(stop_code(jam_json_get(json, "instructions"), out, err));
    return stop_registers(jam_json_get(json, "registers"), out, err);
}

enum pvm_status cmd_page_stops(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    unsigned count = 0;
    struct jam_json number = jam_json_first(run->stopped_runs);
    for (struct jam_json json = jam_json_first(run->stopped); jam_json_has(json) && count < STOPS;
         json = jam_json_next(json), count++) {
        PVM_TRY(stop(run, json, number, out, err));
        if (jam_json_has(number))
            number = jam_json_next(number);
    }
    cmd_html_more(out, jam_json_count(run->stopped) - count);
    return PVM_OK;
}

/* ---- what it changed and said ---- */

/* "service 9: balance +30; items +2" as a name and a list. */
static void change(const char *text, struct pvm_buf *out)
{
    const char *at = strstr(text, ": ");
    const char *end;
    struct pvm_buf part = {0};
    pvm_buf_add(&part, text, at != NULL ? (size_t)(at - text) : strlen(text));
    pvm_buf_text(out, "<li><b>");
    cmd_html(out, pvm_buf_str(&part));
    pvm_buf_text(out, "</b>");
    if (at != NULL)
        pvm_buf_text(out, "<ul>");
    for (; at != NULL; at = end) {
        at += 2;
        end = strstr(at, "; ");
        part.len = 0;
        pvm_buf_add(&part, at, end != NULL ? (size_t)(end - at) : strlen(at));
        pvm_buf_text(out, "<li>");
        cmd_html(out, pvm_buf_str(&part));
        pvm_buf_text(out, "</li>");
    }
    pvm_buf_text(out, strstr(text, ": ") != NULL ? "</ul></li>\n" : "</li>\n");
    out->failed = out->failed || part.failed;
    pvm_buf_deinit(&part);
}

enum pvm_status cmd_page_changes(const struct cmd_picture *run, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    unsigned count = 0;
    pvm_buf_text(out, "<ul class=\"lines changes\">\n");
    for (struct jam_json json = jam_json_first(run->changes); jam_json_has(json) && count < LINES;
         json = jam_json_next(json), count++) {
        const char *text;
        PVM_TRY(jam_json_text(json, &text, err));
        change(text, out);
    }
    pvm_buf_text(out, "</ul>\n");
    cmd_html_more(out, run->change_lines > count ? run->change_lines - count : 0);
    return PVM_OK;
}

enum pvm_status cmd_page_log(const struct cmd_picture *run, struct pvm_buf *out,
                             struct pvm_err *err)
{
    unsigned count = 0;
    pvm_buf_text(out, "<ul class=\"lines\">\n");
    for (struct jam_json json = jam_json_first(run->log); jam_json_has(json) && count < LINES;
         json = jam_json_next(json), count++) {
        const char *level;
        const char *target;
        const char *message;
        PVM_TRY(jam_json_text(jam_json_get(json, "level"), &level, err));
        PVM_TRY(jam_json_text(jam_json_get(json, "target"), &target, err));
        PVM_TRY(jam_json_text(jam_json_get(json, "message"), &message, err));
        pvm_buf_text(out, "<li><b>");
        cmd_html(out, level);
        pvm_buf_text(out, "</b> <i>");
        cmd_html(out, target);
        pvm_buf_text(out, "</i> ");
        cmd_html(out, message);
        pvm_buf_text(out, "</li>\n");
    }
    pvm_buf_text(out, "</ul>\n");
    cmd_html_more(out, run->log_lines > count ? run->log_lines - count : 0);
    return PVM_OK;
}
