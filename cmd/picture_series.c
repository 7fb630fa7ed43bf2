/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_series.h"

#include "cmd/files.h"
#include "cmd/guest_log.h"
#include "cmd/picture_parts.h"
#include "cmd/text.h"

enum { LOG_LINES = 200, LOG_OCTETS = 400, TEXT_OCTETS = 400, STOPS = 16 };

static struct pvm_bytes first_of(struct pvm_bytes text)
{
    return pvm_bytes(text.ptr, text.len < LOG_OCTETS ? text.len : LOG_OCTETS);
}

/* ---- recording ---- */

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct cmd_series *series = user;
    cmd_flame_step(&series->flame, machine, vm);
    cmd_record_step(series->record, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    struct cmd_series *series = user;
    cmd_flame_call(&series->flame, event);
    cmd_record_call(series->record, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    struct cmd_series *series = user;
    cmd_record_memory(series->record, event);
}

static void on_log(void *user, const struct jam_log_line *line)
{
    const struct cmd_series *series = user;
    if (series->listener.log != NULL)
        series->listener.log(series->listener.user, line);
}

enum pvm_status cmd_series_init(struct cmd_series *series, const struct jam_profile *profile,
                                struct pvm_err *err)
{
    PVM_TRY(cmd_flame_init(&series->flame, profile, &series->symbols, false, err));
    PVM_TRY(cmd_record_new(&series->record, err));
    series->json = jam_out(&series->text);
    jam_out_object(&series->json, NULL);
    jam_out_number(&series->json, "pvm_run", CMD_PICTURE_VERSION);
    jam_out_array(&series->json, "stopped");
    return PVM_OK;
}

void cmd_series_deinit(struct cmd_series *series)
{
    cmd_record_free(series->record);
    series->record = NULL;
    cmd_flame_deinit(&series->flame);
    cmd_symbols_deinit(&series->symbols);
    pvm_buf_deinit(&series->log);
    pvm_buf_deinit(&series->changes);
    pvm_buf_deinit(&series->text);
    pvm_buf_deinit(&series->stopped_runs);
}

struct jam_hooks cmd_series_hooks(struct cmd_series *series)
{
    static const struct jam_hooks none;
    if (series->record == NULL)
        return none;
    return (struct jam_hooks){
        .step = on_step, .log = on_log, .call = on_call, .memory = on_memory, .user = series};
}

/* Where the machines of a run stopped that did not halt. */
static void add_stops(struct cmd_series *series, const struct jam_run *run)
{
    struct cmd_report report = {.profile = jam_run_profile(run), .run = run, .vm = jam_run_vm(run)};
    struct jam_hash id;
    if (series->stopped_runs.len >= STOPS * sizeof(uint64_t) ||
        cmd_program_id(report.vm->program, &id, NULL) != PVM_OK)
        return;
    cmd_report_stops(&report, jam_run_result(run)->exit, &series->symbols, &id);
    for (unsigned i = 0; i < report.stop_count; i++) {
        uint64_t number = series->record->run_count;
        cmd_stop_json(&report.stops[i], &series->json);
        pvm_buf_add(&series->stopped_runs, &number, sizeof number);
    }
}

void cmd_series_ended(struct cmd_series *series, const struct jam_run *run,
                      struct cmd_record_part part)
{
    if (series->record == NULL)
        return;
    if (run != NULL && jam_run_vm(run) != NULL) {
        add_stops(series, run);
        cmd_record_end(series->record, jam_run_vm(run));
        if (cmd_flame_end(&series->flame, NULL) == PVM_OK)
            cmd_flame_next(&series->flame);
    }
    if (run != NULL) {
        const struct jam_result *result = jam_run_result(run);
        part.gas = result->gas_used;
        part.gas_limit = result->gas_limit;
    }
    cmd_record_next(series->record, &part);
}

/* Without the time, which is not the run's. */
void cmd_series_log(struct cmd_series *series, const struct jam_log_line *line)
{
    const char *level = cmd_log_level(line->level);
    if (series->record == NULL || series->log_lines++ >= LOG_LINES)
        return;
    pvm_buf_printf(&series->log, "%s ", level != NULL ? level : "?");
    if (line->has_target) {
        cmd_printable(first_of(line->target), &series->log);
        pvm_buf_text(&series->log, ": ");
    }
    cmd_printable(first_of(line->message), &series->log);
    if (line->message.len > LOG_OCTETS)
        pvm_buf_text(&series->log, "\xe2\x80\xa6");
    pvm_buf_add_u8(&series->log, '\n');
}

/* ---- the file ---- */

void cmd_picture_log_json(struct jam_out *json, struct pvm_bytes lines, uint64_t *count)
{
    for (size_t start = 0; start < lines.len; ++*count) {
        const uint8_t *end = memchr(lines.ptr + start, '\n', lines.len - start);
        size_t len = end != NULL ? (size_t)(end - lines.ptr) - start : lines.len - start;
        if (*count < LOG_LINES) {
            jam_out_object(json, NULL);
            jam_out_text(json, "level", "");
            jam_out_text(json, "target", "");
            cmd_picture_text_json(json, "message", pvm_bytes(lines.ptr + start, len),
                                  2 * LOG_OCTETS);
            jam_out_end_object(json);
        }
        start += len + 1;
    }
}

static void write_text(struct jam_out *json, const char *key, const char *text)
{
    cmd_picture_text_json(json, key, pvm_bytes(text, strlen(text)), TEXT_OCTETS);
}

struct jam_out *cmd_series_json(struct cmd_series *series)
{
    struct jam_out *json = &series->json;
    jam_out_end_array(json);
    jam_out_array(json, "stopped_runs");
    for (size_t at = 0; at + sizeof(uint64_t) <= series->stopped_runs.len; at += sizeof(uint64_t)) {
        uint64_t number;
        memcpy(&number, series->stopped_runs.ptr + at, sizeof number);
        jam_out_number(json, NULL, number);
    }
    jam_out_end_array(json);
    cmd_record_json(series->record, NULL, json);
    cmd_picture_flame_json(&series->flame, json);
    return json;
}

enum pvm_status cmd_series_save(struct cmd_series *series, const char *path, struct pvm_err *err)
{
    jam_out_end_object(&series->json);
    jam_out_finish(&series->json);
    if (series->record->failed || series->flame.failed || series->log.failed ||
        series->changes.failed || series->stopped_runs.failed)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a recording");
    PVM_TRY(pvm_buf_status(&series->text, err));
    return cmd_write_file(path, pvm_buf_bytes(&series->text), err);
}

enum pvm_status cmd_series_write(struct cmd_series *series, const char *path,
                                 const struct cmd_series_end *end, struct pvm_err *err)
{
    uint64_t lines = 0;
    series->flame.profile = end->profile;
    struct jam_out *json = cmd_series_json(series);
    write_text(json, "name", end->name);
    jam_out_text(json, "invocation", end->invocation);
    jam_out_text(json, "gp", end->profile->name);
    write_text(json, "outcome", end->outcome);
    jam_out_bool(json, "good", end->good);
    if (end->note != NULL)
        write_text(json, "note_text", end->note);
    jam_out_number(json, "gas_used", series->record->gas_now);
    jam_out_number(json, "inner_gas_used", series->record->inner_now);
    jam_out_array(json, "log");
    cmd_picture_log_json(json, pvm_buf_bytes(&series->log), &lines);
    jam_out_end_array(json);
    jam_out_number(json, "log_lines", series->log_lines);
    cmd_picture_changes_json(json, pvm_buf_bytes(&series->changes), 0);
    return cmd_series_save(series, path, err);
}
