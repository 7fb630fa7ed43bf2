/* SPDX-License-Identifier: Apache-2.0 */
/* A recording as the file that pvm report reads (docs/reports.md). */
#include "cmd/files.h"
#include "cmd/picture_parts.h"
#include "cmd/picture_tables.h"
#include "cmd/report_accumulate.h"
#include "cmd/text.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    OUTPUT_KEPT = 256,
    LOG_LINES = 200,
    LOG_OCTETS = 400, /* of a line */
    CHANGES = 200,
    CHANGE_OCTETS = 1000,
    STRETCHES = 64 /* of a memory map */
};

/* ---- counts over time ---- */

/* "0:5 7:1": bins that are not zero. */
static void write_bins(struct jam_out *json, const char *key, const struct cmd_bins *bins)
{
    struct pvm_buf text = {0};
    for (unsigned i = 0; i < CMD_BINS; i++)
        if (bins->at[i] != 0)
            pvm_buf_printf(&text, "%s%u:%" PRIu32, text.len != 0 ? " " : "", i, bins->at[i]);
    jam_out_string(json, key, pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

/* Values at the start of each bin, and at the end. */
static void write_values(struct jam_out *json, const char *key, const uint64_t values[CMD_BINS],
                         unsigned count, uint64_t end)
{
    struct pvm_buf text = {0};
    for (unsigned i = 0; i < count; i++)
        pvm_buf_printf(&text, "%" PRIu64 " ", values[i]);
    pvm_buf_printf(&text, "%" PRIu64, end);
    jam_out_string(json, key, pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_name(struct jam_out *json, const char *name)
{
    if (name != NULL)
        jam_out_text(json, "name", name);
    else
        jam_out_null(json, "name");
}

static void write_calls(struct jam_out *json, const struct cmd_record *record)
{
    jam_out_array(json, "calls");
    for (unsigned i = 0; i < record->kind_count; i++) {
        jam_out_object(json, NULL);
        write_name(json, record->kinds[i].name);
        jam_out_number(json, "number", record->kinds[i].number);
        jam_out_number(json, "count", record->kinds[i].count);
        jam_out_number(json, "gas", record->kinds[i].gas);
        write_bins(json, "bins", &record->kinds[i].bins);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "calls_unlisted", record->kinds_unlisted);
    jam_out_number(json, "call_count", record->call_count);
    jam_out_array(json, "first_calls");
    for (unsigned i = 0; i < record->call_count && i < CMD_RECORD_CALLS; i++) {
        struct pvm_buf result = {0};
        cmd_call_result(&record->calls[i].call, &result);
        jam_out_object(json, NULL);
        jam_out_number(json, "at", record->calls[i].at);
        write_name(json, record->calls[i].call.name);
        jam_out_number(json, "number", record->calls[i].call.number);
        jam_out_string(json, "result", pvm_buf_bytes(&result));
        jam_out_number(json, "gas", record->calls[i].call.gas);
        jam_out_end_object(json);
        json->out->failed = json->out->failed || result.failed;
        pvm_buf_deinit(&result);
    }
    jam_out_end_array(json);
}

/* ---- machines ---- */

static void write_map(struct jam_out *json, const struct pvm_vm *vm)
{
    uint32_t page = 0;
    uint32_t count;
    enum pvm_access access;
    jam_out_array(json, "map");
    for (unsigned i = 0; vm != NULL && i < STRETCHES; i++, page += count) {
        if (!pvm_memory_next(&vm->memory, &page, &count, &access))
            break;
        jam_out_object(json, NULL);
        jam_out_number(json, "page", page);
        jam_out_number(json, "pages", count);
        jam_out_bool(json, "writable", access == PVM_WRITE);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static int by_group(const void *a, const void *b)
{
    const struct cmd_heat_row *left = a;
    const struct cmd_heat_row *right = b;
    return left->group < right->group ? -1 : left->group > right->group;
}

static void write_rows(struct jam_out *json, struct cmd_heat *heat)
{
    if (heat->row_count != 0)
        qsort(heat->rows, heat->row_count, sizeof *heat->rows, by_group);
    jam_out_number(json, "row_pages", UINT64_C(1) << heat->shift);
    jam_out_array(json, "rows");
    for (unsigned i = 0; i < heat->row_count; i++) {
        const struct cmd_heat_row *row = &heat->rows[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "page", (uint64_t)row->group << heat->shift);
        jam_out_number(json, "reads", row->count[0]);
        jam_out_number(json, "writes", row->count[1]);
        jam_out_number(json, "first", row->first);
        jam_out_number(json, "last", row->last);
        write_bins(json, "read", &row->bins[0]);
        write_bins(json, "written", &row->bins[1]);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

/* The machine as it is at the end; NULL when it is no more. */
static const struct pvm_vm *machine_vm(const struct cmd_record_machine *machine,
                                       const struct cmd_report *report)
{
    if (report == NULL || machine->id < 0)
        return report != NULL ? report->vm : NULL;
    const struct jam_machine *inner;
    for (size_t i = 0; report->run != NULL && machine->alive; i++) {
        inner = jam_run_machine(report->run, i);
        if (inner == NULL || inner->id == (uint64_t)machine->id)
            return inner != NULL ? &inner->vm : NULL;
    }
    return NULL;
}

static void write_machine(struct jam_out *json, struct cmd_record_machine *machine,
                          const struct cmd_report *report)
{
    jam_out_object(json, NULL);
    if (machine->id < 0)
        jam_out_null(json, "id");
    else
        jam_out_number(json, "id", (uint64_t)machine->id);
    if (machine->known)
        jam_out_hex(json, "program", jam_hash_bytes(&machine->program));
    else
        jam_out_null(json, "program");
    jam_out_number(json, "run", machine->run);
    jam_out_bool(json, "each", machine->id < 0 && !machine->alive);
    jam_out_number(json, "created", machine->created);
    if (machine->alive)
        jam_out_null(json, "expunged");
    else
        jam_out_number(json, "expunged", machine->expunged);
    jam_out_number(json, "instructions", machine->instructions);
    jam_out_number(json, "gas", machine->gas);
    jam_out_number(json, "invocations", machine->invocations);
    jam_out_array(json, "exits");
    for (unsigned i = 0; i < CMD_RECORD_EXITS; i++)
        jam_out_number(json, NULL, machine->exits[i]);
    jam_out_end_array(json);
    write_bins(json, "bins", &machine->bins);
    write_map(json, machine_vm(machine, report));
    write_rows(json, &machine->heat);
    jam_out_end_object(json);
}

static void write_runs(struct jam_out *json, const struct cmd_record *record)
{
    jam_out_array(json, "runs");
    for (uint64_t i = 0; i < record->run_count && i < CMD_RECORD_RUNS; i++) {
        const struct cmd_record_run *run = &record->runs[i];
        jam_out_object(json, NULL);
        cmd_picture_text_json(json, "name", pvm_bytes(run->name, strlen(run->name)),
                              CMD_RECORD_NAME);
        jam_out_number(json, "at", run->at);
        jam_out_text(json, "outcome", run->outcome);
        jam_out_bool(json, "good", run->good);
        jam_out_number(json, "gas", run->gas);
        jam_out_number(json, "gas_limit", run->gas_limit);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "runs_unlisted",
                   record->run_count > CMD_RECORD_RUNS ? record->run_count - CMD_RECORD_RUNS : 0);
}

void cmd_record_json(struct cmd_record *record, const struct cmd_report *report,
                     struct jam_out *json)
{
    unsigned bins = record->clock.now != 0 ? record->bin + 1 : 0;
    jam_out_number(json, "instructions", record->clock.now);
    jam_out_number(json, "bin", UINT64_C(1) << record->clock.shift);
    jam_out_number(json, "bins", bins);
    write_values(json, "gas", record->gas, bins, record->gas_now);
    write_values(json, "inner_gas", record->inner_gas, bins, record->inner_now);
    write_calls(json, record);
    jam_out_array(json, "machines");
    for (unsigned i = 0; i < record->machine_count; i++)
        write_machine(json, &record->machines[i], report);
    jam_out_end_array(json);
    jam_out_number(json, "machines_unlisted", record->machines_unlisted);
    if (record->run_count != 0)
        write_runs(json, record);
}

/* ---- what the report of the run says ---- */

void cmd_picture_text_json(struct jam_out *json, const char *key, struct pvm_bytes text,
                           size_t most)
{
    struct pvm_buf shown = {0};
    cmd_printable(pvm_bytes(text.ptr, text.len < most ? text.len : most), &shown);
    if (text.len > most)
        pvm_buf_text(&shown, "\xe2\x80\xa6"); /* ... */
    jam_out_string(json, key, pvm_buf_bytes(&shown));
    json->out->failed = json->out->failed || shown.failed;
    pvm_buf_deinit(&shown);
}

static void write_output(struct jam_out *json, struct pvm_bytes output)
{
    jam_out_number(json, "output_size", output.len);
    jam_out_hex(json, "output",
                pvm_bytes(output.ptr, output.len < OUTPUT_KEPT ? output.len : OUTPUT_KEPT));
}

static void write_log(struct jam_out *json, const struct jam_run *run)
{
    struct jam_log_line line;
    size_t at = 0;
    uint64_t count = jam_run_result(run)->log_dropped;
    jam_out_array(json, "log");
    for (; jam_run_log_next(run, &at, &line); count++) {
        if (count - jam_run_result(run)->log_dropped >= LOG_LINES)
            continue;
        const char *level = cmd_log_level(line.level);
        jam_out_object(json, NULL);
        jam_out_text(json, "level", level != NULL ? level : "?");
        cmd_picture_text_json(json, "target", line.has_target ? line.target : pvm_bytes_none(),
                              LOG_OCTETS);
        cmd_picture_text_json(json, "message", line.message, LOG_OCTETS);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "log_lines", count);
}

void cmd_picture_changes_json(struct jam_out *json, struct pvm_bytes lines, uint64_t count)
{
    uint64_t all = 0;
    jam_out_number(json, "change_count", count);
    jam_out_array(json, "changes");
    for (size_t start = 0; start < lines.len; all++) {
        const uint8_t *end = memchr(lines.ptr + start, '\n', lines.len - start);
        size_t len = end != NULL ? (size_t)(end - lines.ptr) - start : lines.len - start;
        if (all < CHANGES)
            cmd_picture_text_json(json, NULL, pvm_bytes(lines.ptr + start, len), CHANGE_OCTETS);
        start += len + 1;
    }
    jam_out_end_array(json);
    jam_out_number(json, "change_lines", all);
}

static void write_outcome(struct jam_out *json, const struct cmd_report *report)
{
    const char *name = cmd_file_name(report->file);
    cmd_picture_text_json(json, "name", pvm_bytes(name, strlen(name)), LOG_OCTETS);
    jam_out_text(json, "invocation", report->mode);
    jam_out_text(json, "gp", report->profile->name);
    jam_out_text(json, "outcome", report->outcome);
    jam_out_bool(json, "good", report->good);
    if (report->note != NULL)
        cmd_picture_text_json(json, "note_text", pvm_bytes(report->note, strlen(report->note)),
                              LOG_OCTETS);
    if (report->work_result != NULL)
        jam_out_text(json, "work_result", report->work_result);
    jam_out_number(json, "gas_limit", report->gas_limit);
    jam_out_number(json, "gas_used", report->gas_limit - report->gas_left);
    if (report->run == NULL)
        return;
    const struct jam_result *result = jam_run_result(report->run);
    if (!report->limited) {
        jam_out_number(json, "inner_gas_used", result->inner_gas);
        write_output(json, result->output);
        jam_out_number(json, "exports", result->export_count);
        jam_out_hex(json, "export_root", jam_hash_bytes(&result->export_root));
        write_log(json, report->run);
    }
    if (report->accumulated != NULL)
        cmd_picture_changes_json(json, pvm_buf_bytes(&report->accumulated->changes),
                                 report->accumulated->change_count);
}

enum pvm_status cmd_record_write(struct cmd_record *record, const char *path,
                                 const struct cmd_report *report, const struct cmd_flame *flame,
                                 struct pvm_err *err)
{
    struct pvm_buf text = {0};
    struct jam_out json = jam_out(&text);
    if (record->failed)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a recording");
    cmd_record_end(record, report->vm);
    jam_out_object(&json, NULL);
    jam_out_number(&json, "pvm_run", CMD_PICTURE_VERSION);
    write_outcome(&json, report);
    jam_out_array(&json, "stopped");
    for (unsigned i = 0; i < report->stop_count; i++)
        cmd_stop_json(&report->stops[i], &json);
    jam_out_end_array(&json);
    cmd_record_json(record, report, &json);
    cmd_picture_flame_json(flame, &json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
    enum pvm_status status = pvm_buf_status(&text, err);
    if (status == PVM_OK)
        status = cmd_write_file(path, pvm_buf_bytes(&text), err);
    pvm_buf_deinit(&text);
    return status;
}
