/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/report.h"
#include "cmd/report_accumulate.h"
#include "host/call.h"
#include "host/json_out.h"

static void json_exports(const struct jam_result *result, struct jam_out *json)
{
    jam_out_object(json, "exports");
    jam_out_number(json, "count", result->export_count);
    jam_out_hex(json, "root", jam_hash_bytes(&result->export_root));
    jam_out_number(json, "void", result->exports_lost);
    jam_out_array(json, "segments");
    for (size_t i = 0; i < result->export_count; i++)
        jam_out_hex(json, NULL,
                    pvm_bytes(result->exports + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE));
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void json_calls(const struct cmd_report *report, struct jam_out *json)
{
    const struct jam_call_stat *stats = jam_run_result(report->run)->calls;
    unsigned count = jam_run_result(report->run)->call_count;
    jam_out_array(json, "host_calls");
    for (unsigned i = 0; i < count; i++) {
        if (stats[i].count == 0)
            continue;
        jam_out_object(json, NULL);
        if (stats[i].name == NULL) {
            jam_out_null(json, "name");
            jam_out_null(json, "number");
        } else {
            jam_out_text(json, "name", stats[i].name);
            jam_out_number(json, "number", stats[i].number);
        }
        jam_out_number(json, "count", stats[i].count);
        jam_out_number(json, "gas", stats[i].gas);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_log(const struct cmd_report *report, struct jam_out *json)
{
    struct jam_log_line line;
    size_t at = 0;
    jam_out_array(json, "log");
    while (jam_run_log_next(report->run, &at, &line)) {
        const char *level = cmd_log_level(line.level);
        jam_out_object(json, NULL);
        jam_out_number(json, "level", line.level);
        if (level != NULL)
            jam_out_text(json, "level_name", level);
        else
            jam_out_null(json, "level_name");
        if (line.has_target)
            jam_out_string(json, "target", line.target);
        else
            jam_out_null(json, "target");
        jam_out_string(json, "message", line.message);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "log_dropped", jam_run_result(report->run)->log_dropped);
}

static void json_machines(const struct cmd_report *report, struct jam_out *json)
{
    const struct jam_machine *machine;
    jam_out_array(json, "machines");
    for (size_t i = 0; (machine = jam_run_machine(report->run, i)) != NULL; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "id", machine->id);
        jam_out_number(json, "invocations", machine->invocations);
        if (machine->invocations == 0)
            jam_out_null(json, "last_exit");
        else
            jam_out_text(json, "last_exit", pvm_exit_name(machine->last_exit));
        jam_out_number(json, "pc", machine->vm.pc);
        jam_out_number(json, "gas_left", machine->vm.gas);
        cmd_out_registers(json, "registers", machine->vm.regs);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_dumps(const struct cmd_report *report, struct jam_out *json)
{
    size_t count;
    const struct cmd_dump *dumps = cmd_report_dumps(report, &count);
    jam_out_array(json, "memory");
    for (size_t i = 0; i < count && report->vm != NULL; i++) {
        struct pvm_buf octets = {0};
        uint8_t *room = pvm_buf_reserve(&octets, (size_t)dumps[i].len);
        if (room == NULL) {
            json->out->failed = true;
            break;
        }
        pvm_memory_get(&report->vm->memory, dumps[i].address, room, (size_t)dumps[i].len);
        jam_out_object(json, NULL);
        jam_out_word(json, "address", dumps[i].address);
        jam_out_hex(json, "contents", pvm_bytes(room, (size_t)dumps[i].len));
        jam_out_end_object(json);
        pvm_buf_deinit(&octets);
    }
    jam_out_end_array(json);
}

static void json_service(const struct cmd_report *report, struct jam_out *json)
{
    const struct jam_result *result = jam_run_result(report->run);
    jam_out_number(json, "inner_gas_used", result->inner_gas);
    jam_out_hex(json, "output", result->output);
    jam_out_bool(json, "output_unreadable", result->output_unreadable);
    jam_out_hex(json, "arguments", jam_run_args(report->run));
    json_exports(result, json);
    json_calls(report, json);
    if (report->context->profile->extension_count != 0)
        jam_extensions_json(report->context, "extensions", json);
    json_log(report, json);
    json_machines(report, json);
}

static void json_authorizer(const struct cmd_report *report, struct jam_out *json)
{
    jam_out_number(json, "core", report->core);
    jam_out_hex(json, "authorizer", jam_hash_bytes(&report->authorizer));
    if (report->pool_known)
        jam_out_bool(json, "in_pool", report->in_pool);
    else
        jam_out_null(json, "in_pool");
}

void cmd_report_json(const struct cmd_report *report, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "file", cmd_file_name(report->file));
    jam_out_text(&json, "invocation", report->mode);
    jam_out_text(&json, "gp", report->profile->name);
    jam_out_text(&json, "outcome", report->outcome);
    if (report->note != NULL)
        jam_out_text(&json, "note", report->note);
    else
        jam_out_null(&json, "note");
    if (report->work_result != NULL)
        jam_out_text(&json, "work_result", report->work_result);
    else
        jam_out_null(&json, "work_result");
    jam_out_number(&json, "gas_limit", report->gas_limit);
    jam_out_number(&json, "gas_used", report->gas_limit - report->gas_left);
    jam_out_number(&json, "gas_left", report->gas_left);
    if (report->authorizes)
        json_authorizer(report, &json);
    if (report->run != NULL && !report->limited)
        json_service(report, &json);
    if (report->accumulated != NULL)
        cmd_accumulated_json(report, &json);
    if (report->vm != NULL) {
        jam_out_number(&json, "pc", report->limited ? report->stops[0].pc : report->vm->exit_pc);
        cmd_out_registers(&json, "registers", report->vm->regs);
    }
    json_dumps(report, &json);
    jam_out_array(&json, "stopped");
    for (unsigned i = 0; i < report->stop_count; i++)
        cmd_stop_json(&report->stops[i], &json);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
