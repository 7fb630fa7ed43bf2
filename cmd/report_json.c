/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/files.h"
#include "cmd/json_out.h"
#include "cmd/report.h"
#include "host/call.h"

static void json_exports(const struct jam_result *result, struct cmd_json *json)
{
    cmd_json_object(json, "exports");
    cmd_json_number(json, "count", result->export_count);
    cmd_json_hex(json, "root", jam_hash_bytes(&result->export_root));
    cmd_json_number(json, "void", result->exports_lost);
    cmd_json_array(json, "segments");
    for (size_t i = 0; i < result->export_count; i++)
        cmd_json_hex(json, NULL,
                     pvm_bytes(result->exports + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE));
    cmd_json_end_array(json);
    cmd_json_end_object(json);
}

static void json_calls(const struct cmd_report *report, struct cmd_json *json)
{
    const struct jam_call_stat *stats = jam_run_result(report->run)->calls;
    cmd_json_array(json, "host_calls");
    for (unsigned i = 0; stats != NULL && i <= JAM_CALL_COUNT; i++) {
        if (stats[i].count == 0)
            continue;
        cmd_json_object(json, NULL);
        if (i == JAM_CALL_COUNT) {
            cmd_json_null(json, "name");
            cmd_json_null(json, "number");
        } else {
            int number = jam_call_table[i].cells[report->profile->calls].number;
            cmd_json_text(json, "name", jam_call_table[i].name);
            cmd_json_number(json, "number", (uint64_t)number);
        }
        cmd_json_number(json, "count", stats[i].count);
        cmd_json_number(json, "gas", stats[i].gas);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
}

static void json_log(const struct cmd_report *report, struct cmd_json *json)
{
    struct jam_log_line line;
    size_t at = 0;
    cmd_json_array(json, "log");
    while (jam_run_log_next(report->run, &at, &line)) {
        const char *level = cmd_log_level(line.level);
        cmd_json_object(json, NULL);
        cmd_json_number(json, "level", line.level);
        if (level != NULL)
            cmd_json_text(json, "level_name", level);
        else
            cmd_json_null(json, "level_name");
        if (line.has_target)
            cmd_json_string(json, "target", line.target);
        else
            cmd_json_null(json, "target");
        cmd_json_string(json, "message", line.message);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
    cmd_json_number(json, "log_dropped", jam_run_result(report->run)->log_dropped);
}

static void json_machines(const struct cmd_report *report, struct cmd_json *json)
{
    const struct jam_machine *machine;
    cmd_json_array(json, "machines");
    for (size_t i = 0; (machine = jam_run_machine(report->run, i)) != NULL; i++) {
        cmd_json_object(json, NULL);
        cmd_json_number(json, "id", machine->id);
        cmd_json_number(json, "invocations", machine->invocations);
        if (machine->invocations == 0)
            cmd_json_null(json, "last_exit");
        else
            cmd_json_text(json, "last_exit", pvm_exit_name(machine->last_exit));
        cmd_json_number(json, "pc", machine->vm.pc);
        cmd_json_number(json, "gas_left", machine->vm.gas);
        cmd_json_registers(json, "registers", machine->vm.regs);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
}

static void json_dumps(const struct cmd_report *report, struct cmd_json *json)
{
    size_t count;
    const struct cmd_dump *dumps = cmd_report_dumps(report, &count);
    cmd_json_array(json, "memory");
    for (size_t i = 0; i < count && report->vm != NULL; i++) {
        struct pvm_buf octets = {0};
        uint8_t *room = pvm_buf_reserve(&octets, (size_t)dumps[i].len);
        if (room == NULL) {
            json->out->failed = true;
            break;
        }
        pvm_memory_get(&report->vm->memory, dumps[i].address, room, (size_t)dumps[i].len);
        cmd_json_object(json, NULL);
        cmd_json_word(json, "address", dumps[i].address);
        cmd_json_hex(json, "contents", pvm_bytes(room, (size_t)dumps[i].len));
        cmd_json_end_object(json);
        pvm_buf_deinit(&octets);
    }
    cmd_json_end_array(json);
}

static void json_service(const struct cmd_report *report, struct cmd_json *json)
{
    const struct jam_result *result = jam_run_result(report->run);
    cmd_json_number(json, "inner_gas_used", result->inner_gas);
    cmd_json_hex(json, "output", result->output);
    cmd_json_bool(json, "output_unreadable", result->output_unreadable);
    cmd_json_hex(json, "arguments", jam_run_args(report->run));
    json_exports(result, json);
    json_calls(report, json);
    json_log(report, json);
    json_machines(report, json);
}

void cmd_report_json(const struct cmd_report *report, struct pvm_buf *out)
{
    struct cmd_json json = cmd_json(out);
    cmd_json_object(&json, NULL);
    cmd_json_text(&json, "file", cmd_file_name(report->file));
    cmd_json_text(&json, "invocation", report->mode);
    cmd_json_text(&json, "gp", report->profile->name);
    cmd_json_text(&json, "outcome", report->outcome);
    if (report->note != NULL)
        cmd_json_text(&json, "note", report->note);
    else
        cmd_json_null(&json, "note");
    if (report->work_result != NULL)
        cmd_json_text(&json, "work_result", report->work_result);
    else
        cmd_json_null(&json, "work_result");
    cmd_json_number(&json, "gas_limit", report->gas_limit);
    cmd_json_number(&json, "gas_used", report->gas_limit - report->gas_left);
    cmd_json_number(&json, "gas_left", report->gas_left);
    if (report->run != NULL)
        json_service(report, &json);
    if (report->vm != NULL) {
        cmd_json_number(&json, "pc", report->vm->exit_pc);
        cmd_json_registers(&json, "registers", report->vm->regs);
    }
    json_dumps(report, &json);
    cmd_json_array(&json, "stopped");
    for (unsigned i = 0; i < report->stop_count; i++)
        cmd_stop_json(&report->stops[i], &json);
    cmd_json_end_array(&json);
    cmd_json_end_object(&json);
    cmd_json_finish(&json);
}
