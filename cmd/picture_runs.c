/* SPDX-License-Identifier: Apache-2.0 */
/* A recording of several runs, such as a scenario: each with how it ended. */
#include "cmd/picture_page.h"

enum { SHOWN = 256 };

static enum pvm_status row(struct jam_json json, unsigned number, struct pvm_buf *out,
                           struct pvm_err *err)
{
    struct cmd_picture_part part;
    PVM_TRY(cmd_picture_part(json, &part, err));
    pvm_buf_printf(out, "<tr><td>%u</td>", number);
    cmd_html_cell(out, part.name);
    pvm_buf_printf(out, "<td class=\"%s\">", part.good ? "good" : "bad");
    cmd_html(out, part.outcome);
    pvm_buf_text(out, "</td>");
    cmd_html_cell_number(out, part.at);
    cmd_html_cell_number(out, part.gas);
    cmd_html_cell_number(out, part.gas_limit);
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

enum pvm_status cmd_page_parts(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    unsigned count = 0;
    cmd_html_table_open(out, "Runs in their order",
                        "number|run|outcome|after instructions|gas|gas limit");
    for (struct jam_json json = jam_json_first(run->runs); jam_json_has(json) && count < SHOWN;
         json = jam_json_next(json), count++)
        PVM_TRY(row(json, count, out, err));
    cmd_html_table_end(out);
    cmd_html_more(out, run->runs_unlisted + jam_json_count(run->runs) - count);
    return PVM_OK;
}

/* Where each begins, for the script. */
enum pvm_status cmd_page_part_names(const struct cmd_picture *run, struct pvm_buf *out,
                                    struct pvm_err *err)
{
    unsigned count = 0;
    if (jam_json_count(run->runs) < 2)
        return PVM_OK;
    pvm_buf_text(out, "<ol class=\"parts\" hidden>\n");
    for (struct jam_json json = jam_json_first(run->runs); jam_json_has(json) && count < SHOWN;
         json = jam_json_next(json), count++) {
        struct cmd_picture_part part;
        PVM_TRY(cmd_picture_part(json, &part, err));
        pvm_buf_printf(out, "<li data-at=\"%llu\">", (unsigned long long)part.at);
        cmd_html_most(out, part.name, CMD_MAP_LABEL);
        pvm_buf_text(out, "</li>\n");
    }
    pvm_buf_text(out, "</ol>\n");
    return PVM_OK;
}

enum pvm_status cmd_page_part_name(const struct cmd_picture *run, uint64_t number,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t at = 0;
    if (jam_json_count(run->runs) < 2)
        return PVM_OK;
    for (struct jam_json json = jam_json_first(run->runs); jam_json_has(json) && at <= number;
         json = jam_json_next(json), at++) {
        struct cmd_picture_part part;
        if (at != number)
            continue;
        PVM_TRY(cmd_picture_part(json, &part, err));
        pvm_buf_text(out, ", ");
        pvm_buf_text(out, part.name);
    }
    return PVM_OK;
}
