/* SPDX-License-Identifier: Apache-2.0 */
/* The code that ran most, with its disassembly. */
#include "cmd/picture_page.h"

enum { BLOCKS = 32, LINES = 256, MIX = 64 };

struct block {
    const char *program, *name;
    bool outer;
    uint64_t pc, instructions, gas, line_count;
    struct jam_json lines;
};

enum { TEXT = 240 /* octets of page of a line */ };

struct line {
    const char *text;
    uint64_t pc, times, gas;
};

static enum pvm_status line(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct line, text),
        JAM_JSON_NEEDED(struct line, pc),
        JAM_JSON_NEEDED(struct line, times),
        JAM_JSON_NEEDED(struct line, gas),
    };
    struct line line = {0};
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &line, err));
    pvm_buf_printf(out, "<tr><td>0x%06llx</td><td><code>", (unsigned long long)line.pc);
    cmd_html_most(out, line.text, TEXT);
    pvm_buf_text(out, "</code></td>");
    cmd_html_cell_number(out, line.times);
    cmd_html_cell_number(out, line.gas);
    pvm_buf_text(out, "</tr>\n");
    return PVM_OK;
}

static enum pvm_status block(const struct cmd_picture *run, struct jam_json json, bool first,
                             struct pvm_buf *out, struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct block, program),      JAM_JSON_NEEDED(struct block, name),
        JAM_JSON_NEEDED(struct block, outer),        JAM_JSON_NEEDED(struct block, pc),
        JAM_JSON_NEEDED(struct block, instructions), JAM_JSON_NEEDED(struct block, gas),
        JAM_JSON_NEEDED(struct block, lines),        JAM_JSON_FIELD(struct block, line_count),
    };
    struct block block = {0};
    struct pvm_buf title = {0};
    unsigned count = 0;
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &block, err));
    PVM_TRY(jam_json_expect(block.lines, JAM_JSON_ARRAY, err));
    cmd_html_percent(&title, block.instructions, run->instructions);
    pvm_buf_printf(&title, " %% of all instructions: 0x%llx ", (unsigned long long)block.pc);
    pvm_buf_text(&title, block.name);
    if (!block.outer || jam_json_count(run->runs) > 1)
        pvm_buf_printf(&title, " of program %.10s", block.program);
    if (first)
        cmd_html_table_open(out, pvm_buf_str(&title), "position|instruction|times|gas");
    else
        cmd_html_table(out, pvm_buf_str(&title), "position|instruction|times|gas");
    out->failed = out->failed || title.failed;
    pvm_buf_deinit(&title);
    for (struct jam_json it = jam_json_first(block.lines); jam_json_has(it) && count < LINES;
         it = jam_json_next(it), count++)
        PVM_TRY(line(it, out, err));
    if (block.line_count > count)
        pvm_buf_printf(out,
                       "<tr><td>\xe2\x80\xa6</td><td>and %llu more instructions of this block</td>"
                       "<td></td><td></td></tr>\n",
                       (unsigned long long)(block.line_count - count));
    cmd_html_table_end(out);
    return PVM_OK;
}

static enum pvm_status mix(const struct cmd_picture *run, struct pvm_buf *out, struct pvm_err *err)
{
    unsigned count = 0;
    cmd_html_table(out, "Instructions by kind", "instruction|times|% of all");
    for (struct jam_json json = jam_json_first(run->mix); jam_json_has(json) && count < MIX;
         json = jam_json_next(json), count++) {
        const char *name;
        uint64_t times;
        PVM_TRY(jam_json_text(jam_json_get(json, "name"), &name, err));
        PVM_TRY(jam_json_u64(jam_json_get(json, "times"), UINT64_MAX, &times, err));
        pvm_buf_text(out, "<tr>");
        cmd_html_cell(out, name);
        cmd_html_cell_number(out, times);
        pvm_buf_text(out, "<td class=\"n\">");
        cmd_html_percent(out, times, run->instructions);
        pvm_buf_text(out, "</td></tr>\n");
    }
    cmd_html_table_end(out);
    return PVM_OK;
}

enum pvm_status cmd_page_code(const struct cmd_picture *run, struct pvm_buf *out,
                              struct pvm_err *err)
{
    unsigned count = 0;
    for (struct jam_json json = jam_json_first(run->blocks); jam_json_has(json) && count < BLOCKS;
         json = jam_json_next(json), count++)
        PVM_TRY(block(run, json, count == 0, out, err));
    return mix(run, out, err);
}
