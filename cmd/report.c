/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/report.h"

#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/report_accumulate.h"
#include "cmd/state_input.h"
#include "cmd/text.h"
#include "host/call.h"

#include <inttypes.h>

enum { OUTPUT_SHOWN = 64, DUMP_LINE = 16, MACHINES_SHOWN = 64 };

void cmd_report_stops(struct cmd_report *report, enum pvm_exit exit,
                      const struct cmd_symbols *symbols, const struct jam_hash *id)
{
    const struct pvm_vm *vm = report->vm;
    report->stop_count = 0;
    if (vm != NULL && exit != PVM_EXIT_HALT)
        report->stops[report->stop_count++] = (struct cmd_stop){
            .machine = -1,
            .vm = vm,
            .exit = exit,
            .arg = vm->arg,
            .pc = vm->exit_pc,
            .profile = report->profile,
            .symbols = cmd_symbols_find(symbols, id, true),
        };
    const struct jam_machine *bad = report->run != NULL ? jam_run_bad_machine(report->run) : NULL;
    if (bad != NULL)
        report->stops[report->stop_count++] = (struct cmd_stop){
            .machine = (int64_t)bad->id,
            .vm = &bad->vm,
            .exit = bad->last_exit,
            .arg = bad->last_arg,
            .pc = bad->last_exit_pc,
            .profile = report->profile,
            .symbols = cmd_symbols_of_program(symbols, bad->vm.program, false),
        };
}

/* A run that ended within an instruction, for want of memory, noted no position. */
static uint64_t position(const struct pvm_vm *vm)
{
    if (vm->resume_index == 0)
        return vm->exit_pc;
    uint64_t pc = pvm_program_position(vm->program, vm->resume_index);
    return pc == vm->resume_pc ? vm->exit_pc : pc;
}

void cmd_report_limit(struct cmd_report *report, const char *limit,
                      const struct cmd_symbols *symbols, const struct jam_hash *id)
{
    report->outcome = "limit";
    report->note = limit;
    report->limited = true;
    report->good = false;
    cmd_report_stops(report, PVM_EXIT_CONTINUE, symbols, id);
    if (report->vm != NULL) {
        report->stops[0].limit = limit;
        report->stops[0].pc = position(report->vm);
    }
}

static void text_verdict(const struct cmd *cmd, const char *what, const char *verdict,
                         const char *note, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  %-12s %s%s%s", what,
                   cmd_style(cmd, strcmp(verdict, "halt") == 0 ? CMD_GREEN : CMD_RED), verdict,
                   cmd_style(cmd, CMD_PLAIN));
    if (note != NULL) {
        pvm_buf_text(out, ": ");
        cmd_printable(pvm_bytes(note, strlen(note)), out);
    }
    pvm_buf_text(out, "\n");
}

static void text_authorizer(const struct cmd *cmd, const struct cmd_report *report,
                            struct pvm_buf *out)
{
    pvm_buf_printf(out, "  %-12s ", "authorizer");
    cmd_hash_text(&report->authorizer, out);
    pvm_buf_text(out, "\n");
    if (!report->pool_known)
        return;
    pvm_buf_printf(out, "  %-12s %s%s core %" PRIu64 "'s pool%s\n", "pool",
                   cmd_style(cmd, report->in_pool ? CMD_GREEN : CMD_RED),
                   report->in_pool ? "it is in" : "it is not in", report->core,
                   cmd_style(cmd, CMD_PLAIN));
}

static void text_outcome(const struct cmd *cmd, const struct cmd_report *report,
                         struct pvm_buf *out)
{
    pvm_buf_printf(out, "%s of %s, GP %s\n", report->mode, cmd_file_name(report->file),
                   report->profile->name);
    text_verdict(cmd, "outcome", report->outcome, report->note, out);
    if (report->work_note != NULL)
        text_verdict(cmd, "work result", report->work_result, report->work_note, out);
    if (report->authorizes)
        text_authorizer(cmd, report, out);
}

static void text_output(const struct jam_result *result, struct pvm_buf *out)
{
    struct pvm_bytes output = result->output;
    pvm_buf_printf(out, "  %-12s ", "output");
    if (result->output_unreadable) {
        pvm_buf_text(out, "empty: the octets r7 and r8 point at are not readable\n");
        return;
    }
    if (output.len == 0) {
        pvm_buf_text(out, "empty\n");
        return;
    }
    struct pvm_bytes shown = {output.ptr, output.len < OUTPUT_SHOWN ? output.len : OUTPUT_SHOWN};
    bool ascii = true;
    for (size_t i = 0; i < shown.len; i++)
        ascii = ascii && shown.ptr[i] >= 0x20 && shown.ptr[i] < 0x7f;
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, shown);
    pvm_buf_printf(out, "%s (%zu octet%s)", shown.len < output.len ? "..." : "", output.len,
                   output.len == 1 ? "" : "s");
    if (ascii)
        pvm_buf_printf(out, " \"%.*s\"%s", (int)shown.len, (const char *)shown.ptr,
                       shown.len < output.len ? "..." : "");
    pvm_buf_text(out, "\n");
}

static void text_gas(const struct cmd_report *report, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  %-12s %" PRIu64 " used of %" PRIu64 ", %" PRIu64 " left\n", "gas",
                   report->gas_limit - report->gas_left, report->gas_limit, report->gas_left);
    if (report->run == NULL)
        return;
    const struct jam_result *result = jam_run_result(report->run);
    if (result->inner_gas != 0)
        pvm_buf_printf(out, "  %-12s %" PRIu64 " used by inner machines\n", "", result->inner_gas);
}

static void text_exports(const struct jam_result *result, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  %-12s ", "exports");
    if (result->exports_lost != 0) {
        pvm_buf_printf(out, "none: the %zu made are void\n", result->exports_lost);
        return;
    }
    if (result->export_count == 0) {
        pvm_buf_text(out, "none\n");
        return;
    }
    pvm_buf_printf(out, "%zu segment%s, root 0x", result->export_count,
                   result->export_count == 1 ? "" : "s");
    pvm_buf_hex(out, jam_hash_bytes(&result->export_root));
    pvm_buf_text(out, "\n");
}

static void text_calls(const struct cmd *cmd, const struct cmd_report *report, struct pvm_buf *out)
{
    const struct jam_call_stat *stats = jam_run_result(report->run)->calls;
    unsigned count = jam_run_result(report->run)->call_count;
    bool any = false;
    for (unsigned i = 0; i < count; i++) {
        if (stats[i].count == 0)
            continue;
        if (!any) {
            cmd_heading(cmd, "host calls", out);
            pvm_buf_printf(out, "  %-18s %6s %12s %12s\n", "name", "number", "calls", "gas");
        }
        any = true;
        if (stats[i].name == NULL)
            pvm_buf_printf(out, "  %-18s %6s", "unknown", "");
        else
            pvm_buf_printf(out, "  %-18s %6" PRIu64, stats[i].name, stats[i].number);
        pvm_buf_printf(out, " %12" PRIu64 " %12" PRIu64 "\n", stats[i].count, stats[i].gas);
    }
}

static void text_machines(const struct cmd *cmd, const struct cmd_report *report,
                          struct pvm_buf *out)
{
    const struct jam_machine *machine;
    for (size_t i = 0; (machine = jam_run_machine(report->run, i)) != NULL; i++) {
        if (i == 0)
            cmd_heading(cmd, "inner machines at the end", out);
        if (i == MACHINES_SHOWN) {
            while (jam_run_machine(report->run, i) != NULL)
                i++;
            pvm_buf_printf(out, "  and %zu more\n", i - MACHINES_SHOWN);
            return;
        }
        pvm_buf_printf(out, "  %-4" PRIu64 " invoked %" PRIu64 " time%s, ", machine->id,
                       machine->invocations, machine->invocations == 1 ? "" : "s");
        if (machine->invocations == 0)
            pvm_buf_text(out, "never ran");
        else
            jam_exit_text(machine->last_exit, machine->last_arg, out);
        pvm_buf_printf(out, ", gas left %" PRIu64 ", pc %" PRIu64 "\n", machine->vm.gas,
                       machine->vm.pc);
    }
}

static void text_dump(const struct pvm_vm *vm, const struct cmd_dump *dump, struct pvm_buf *out)
{
    uint8_t line[DUMP_LINE];
    for (uint64_t at = 0; at < dump->len; at += DUMP_LINE) {
        size_t len = dump->len - at < DUMP_LINE ? (size_t)(dump->len - at) : DUMP_LINE;
        pvm_memory_get(&vm->memory, dump->address + at, line, len);
        pvm_buf_printf(out, "  0x%08" PRIx64 " ", dump->address + at);
        for (size_t i = 0; i < len; i++)
            pvm_buf_printf(out, " %02x", line[i]);
        pvm_buf_printf(out, "%*s", 2 + 3 * (int)(DUMP_LINE - len), "");
        for (size_t i = 0; i < len; i++)
            pvm_buf_add_u8(out, line[i] >= 0x20 && line[i] < 0x7f ? line[i] : '.');
        pvm_buf_text(out, "\n");
    }
}

static void text_dumps(const struct cmd *cmd, const struct cmd_report *report, struct pvm_buf *out)
{
    size_t count;
    const struct cmd_dump *dumps = cmd_report_dumps(report, &count);
    if (count != 0 && report->vm != NULL)
        cmd_heading(cmd, "memory", out);
    for (size_t i = 0; i < count && report->vm != NULL; i++)
        text_dump(report->vm, &dumps[i], out);
}

void cmd_report_text(const struct cmd *cmd, const struct cmd_report *report, struct pvm_buf *out)
{
    text_outcome(cmd, report, out);
    if (report->accumulated != NULL)
        cmd_accumulated_facts(cmd, report, out);
    const bool has_result = report->run != NULL && !report->limited;
    if (has_result && jam_run_result(report->run)->outcome == JAM_ENDED_HALT)
        text_output(jam_run_result(report->run), out);
    text_gas(report, out);
    if (has_result) {
        const struct jam_result *result = jam_run_result(report->run);
        if (report->accumulated == NULL && !report->authorizes)
            text_exports(result, out);
        size_t lines = result->log_count + result->log_dropped;
        if (lines != 0)
            pvm_buf_printf(out, "  %-12s %zu line%s, on standard error\n", "log", lines,
                           lines == 1 ? "" : "s");
        text_calls(cmd, report, out);
        cmd_extensions_text(cmd, report->context, out);
        text_machines(cmd, report, out);
        if (report->accumulated != NULL)
            cmd_accumulated_text(cmd, report, out);
    } else if (report->stop_count == 0) {
        cmd_heading(cmd, "registers", out);
        cmd_registers(report->vm->regs, out);
    }
    text_dumps(cmd, report, out);
    for (unsigned i = 0; i < report->stop_count; i++)
        cmd_stop_text(cmd, &report->stops[i], out);
}
