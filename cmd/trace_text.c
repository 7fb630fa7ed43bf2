/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a trace that people and scripts read: lines of text, lines of JSON. */
#include "cmd/trace_sink.h"
#include "core/disasm.h"
#include "host/call.h"

#include <ctype.h>
#include <inttypes.h>

enum { TEXT_COLUMN = 36 };

void cmd_trace_instruction(const struct jam_profile *profile, const struct cmd_trace_record *record,
                           const struct pvm_symbols *names, struct pvm_buf *out)
{
    if (record->program == NULL) {
        pvm_buf_text(out, record->text[0] != '\0' ? record->text : "?");
        return;
    }
    struct pvm_disasm_options how = {.symbols = names};
    if (profile != NULL)
        how.calls = jam_call_names(profile);
    pvm_disasm_insn(record->program, record->pc, &how, out);
}

/* ---- text ---- */

void cmd_trace_changes(const uint64_t before[PVM_REG_COUNT], const uint64_t after[PVM_REG_COUNT],
                       unsigned set, struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((set >> i & 1) != 0 && before[i] != after[i])
            pvm_buf_printf(out, " %s=0x%" PRIx64, pvm_reg_name(i), after[i]);
}

/* Registers that the event is known to have changed. */
static void changed(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        bool both = (record->known_before >> i & 1) != 0;
        if ((record->known_after >> i & 1) != 0 && !(both && record->before[i] == record->after[i]))
            pvm_buf_printf(out, " %s=0x%" PRIx64, pvm_reg_name(i), record->after[i]);
    }
}

static void access_text(const struct cmd_trace_access *access, struct pvm_buf *out)
{
    if (access->width == 0)
        return;
    pvm_buf_printf(out, " %c%u[0x%" PRIx32 "]", access->written ? 'w' : 'r', access->width,
                   access->addr);
    if (access->refused)
        pvm_buf_text(out, "!");
    else
        pvm_buf_printf(out, "=0x%" PRIx64, access->value);
}

static void step_text(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                      const struct pvm_symbols *names, struct pvm_buf *out)
{
    if (record->has_step)
        pvm_buf_printf(out, "%10" PRIu64, record->step);
    else
        pvm_buf_printf(out, "%10s", "-");
    if (record->machine < 0)
        pvm_buf_text(out, " -      ");
    else
        pvm_buf_printf(out, " %-6" PRId64 " ", record->machine);
    pvm_buf_printf(out, "0x%06" PRIx64 "  ", record->pc);
    size_t start = out->len;
    cmd_trace_instruction(sink->profile, record, names, out);
    size_t len = out->len - start;
    pvm_buf_printf(out, "%*s", len < TEXT_COLUMN ? (int)(TEXT_COLUMN - len) : 0, "");
    if (record->has_gas)
        pvm_buf_printf(out, " %12" PRIu64, record->gas);
    else
        pvm_buf_printf(out, " %12s", "-");
    if (record->has_cost && record->cost != 1)
        pvm_buf_printf(out, " cost=%" PRIu64, record->cost);
    changed(record, out);
    access_text(&record->access, out);
    pvm_buf_text(out, "\n");
}

void cmd_trace_range_text(const struct cmd_trace_range *range, struct pvm_buf *out)
{
    pvm_buf_printf(out, "%c%" PRIu64 "[0x%" PRIx64 "]", range->written ? 'w' : 'r', range->len,
                   range->addr);
    if (range->has_octets)
        pvm_buf_printf(out, "%c0x%" PRIx64, range->len <= CMD_TRACE_SHORT ? '=' : '#',
                       range->octets);
}

static void call_text(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    bool named = record->text[0] != '\0';
    pvm_buf_printf(
        out, "%10s -                host call %" PRId64 " %s%s, gas %" PRIu64 " -> %" PRIu64, "",
        record->number, named ? record->text : "unknown",
        record->open || !named ? "" : " (not open here)", record->gas, record->gas - record->cost);
    if (record->exit != PVM_EXIT_CONTINUE)
        pvm_buf_printf(out, ", %s", pvm_exit_name(record->exit));
    changed(record, out);
    for (unsigned i = 0; i < record->range_count; i++) {
        pvm_buf_text(out, " ");
        cmd_trace_range_text(&record->ranges[i], out);
    }
    if (record->range_more != 0)
        pvm_buf_printf(out, " more=%" PRIu64, record->range_more);
    pvm_buf_text(out, "\n");
}

void cmd_trace_text(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                    const struct pvm_symbols *names, struct pvm_buf *out)
{
    switch (record->kind) {
    case CMD_TRACE_STEP:
        step_text(sink, record, names, out);
        break;
    case CMD_TRACE_CALL:
        call_text(record, out);
        break;
    case CMD_TRACE_END:
        pvm_buf_printf(out, "# end %s, pc %" PRIu64 ", gas %" PRIu64 ", %" PRIu64 " steps\n",
                       record->text, record->pc, record->gas, record->step);
        break;
    }
}

/* The instruction's name in capitals. */
static void mnemonic(const struct cmd_trace_record *record, char out[32])
{
    const char *name = record->op < PVM_OP_COUNT ? pvm_op_table[record->op].name : "?";
    size_t i = 0;
    for (; name[i] != '\0' && i < 31; i++)
        out[i] = (char)toupper((unsigned char)name[i]);
    out[i] = '\0';
}

void cmd_trace_text_full(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    char name[32];
    if (record->kind != CMD_TRACE_STEP)
        return;
    mnemonic(record, name);
    pvm_buf_printf(out, "%5" PRIu64 ": PC %5" PRIu64 " %-20s g=%" PRIu64 " reg=[", record->step,
                   record->pc, name, record->gas - record->cost);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_buf_printf(out, "%s%" PRIu64, i == 0 ? "" : " ", record->after[i]);
    pvm_buf_text(out, "]");
    if (record->machine >= 0)
        pvm_buf_printf(out, " machine=%" PRId64, record->machine);
    pvm_buf_text(out, "\n");
}

/* ---- JSON ---- */

/* Printable ASCII goes as it is; names of files can hold anything. */
static void quoted(const char *text, size_t len, struct pvm_buf *out)
{
    pvm_buf_text(out, "\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            pvm_buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            pvm_buf_printf(out, "\\u%04x", c);
        else
            pvm_buf_add_u8(out, c);
    }
    pvm_buf_text(out, "\"");
}

static void set_json(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    const char *mark = ",\"set\":{";
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        bool both = (record->known_before >> i & 1) != 0;
        if ((record->known_after >> i & 1) == 0 || (both && record->before[i] == record->after[i]))
            continue;
        pvm_buf_printf(out, "%s\"%s\":\"0x%" PRIx64 "\"", mark, pvm_reg_name(i), record->after[i]);
        mark = ",";
    }
    if (mark[1] == '\0')
        pvm_buf_text(out, "}");
}

static void step_json(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                      const struct pvm_symbols *names, struct pvm_buf *out)
{
    struct pvm_buf text = {0};
    const struct cmd_trace_access *access = &record->access;
    cmd_trace_instruction(sink->profile, record, names, &text);
    out->failed = out->failed || text.failed;
    pvm_buf_text(out, "{");
    if (record->has_step)
        pvm_buf_printf(out, "\"step\":%" PRIu64 ",", record->step);
    if (record->machine >= 0)
        pvm_buf_printf(out, "\"machine\":%" PRId64 ",", record->machine);
    pvm_buf_printf(out, "\"pc\":%" PRIu64 ",\"text\":", record->pc);
    quoted((const char *)text.ptr, text.len, out);
    if (record->has_gas)
        pvm_buf_printf(out, ",\"gas\":%" PRIu64, record->gas);
    if (record->has_cost)
        pvm_buf_printf(out, ",\"cost\":%" PRIu64, record->cost);
    set_json(record, out);
    if (access->width != 0)
        pvm_buf_printf(out, ",\"%s\":{\"address\":\"0x%" PRIx32 "\",\"size\":%u,",
                       access->written ? "write" : "read", access->addr, access->width);
    if (access->width != 0 && access->refused)
        pvm_buf_text(out, "\"refused\":true}");
    else if (access->width != 0)
        pvm_buf_printf(out, "\"value\":\"0x%" PRIx64 "\"}", access->value);
    pvm_buf_text(out, "}\n");
    pvm_buf_deinit(&text);
}

static void range_json(const struct cmd_trace_range *range, const char *mark, struct pvm_buf *out)
{
    pvm_buf_printf(out, "%s{\"address\":\"0x%" PRIx64 "\",\"size\":%" PRIu64 ",\"write\":%s", mark,
                   range->addr, range->len, range->written ? "true" : "false");
    if (range->has_octets)
        pvm_buf_printf(out, ",\"%s\":\"0x%" PRIx64 "\"",
                       range->len <= CMD_TRACE_SHORT ? "value" : "sum", range->octets);
    pvm_buf_text(out, "}");
}

static void call_json(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    pvm_buf_printf(out, "{\"call\":%" PRIu64 ",\"name\":", (uint64_t)record->number);
    if (record->text[0] != '\0')
        quoted(record->text, strlen(record->text), out);
    else
        pvm_buf_text(out, "null");
    pvm_buf_printf(out,
                   ",\"open\":%s,\"pc\":%" PRIu64 ",\"gas\":%" PRIu64 ",\"cost\":%" PRIu64
                   ",\"exit\":\"%s\"",
                   record->open ? "true" : "false", record->pc, record->gas, record->cost,
                   pvm_exit_name(record->exit));
    set_json(record, out);
    for (unsigned i = 0; i < record->range_count; i++)
        range_json(&record->ranges[i], i == 0 ? ",\"memory\":[" : ",", out);
    if (record->range_count != 0)
        pvm_buf_text(out, "]");
    if (record->range_more != 0)
        pvm_buf_printf(out, ",\"more\":%" PRIu64, record->range_more);
    pvm_buf_text(out, "}\n");
}

void cmd_trace_json(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                    const struct pvm_symbols *names, struct pvm_buf *out)
{
    switch (record->kind) {
    case CMD_TRACE_STEP:
        step_json(sink, record, names, out);
        break;
    case CMD_TRACE_CALL:
        call_json(record, out);
        break;
    case CMD_TRACE_END:
        pvm_buf_text(out, "{\"end\":");
        quoted(record->text, strlen(record->text), out);
        pvm_buf_printf(out, ",\"pc\":%" PRIu64 ",\"gas\":%" PRIu64 ",\"steps\":%" PRIu64 "}\n",
                       record->pc, record->gas, record->step);
        break;
    }
}
