/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace.h"

#include "core/disasm.h"
#include "host/call.h"

#include <inttypes.h>

enum { FLUSH_AT = 1 << 16, TEXT_COLUMN = 36 };

void cmd_trace_init(struct cmd_trace *trace, struct cmd *cmd, bool to_stderr,
                    const struct jam_profile *profile, const struct cmd_symbols *symbols)
{
    *trace = (struct cmd_trace){
        .cmd = cmd, .to_stderr = to_stderr, .profile = profile, .symbols = symbols};
}

void cmd_trace_deinit(struct cmd_trace *trace)
{
    pvm_buf_deinit(&trace->text);
}

static struct pvm_buf *buffer(struct cmd_trace *trace)
{
    return trace->to_stderr ? &trace->text : &trace->cmd->out;
}

static void flush(struct cmd_trace *trace)
{
    struct pvm_err err = {0};
    if (trace->to_stderr) {
        cmd_stderr(pvm_buf_bytes(&trace->text));
        trace->text.len = 0;
    } else if (cmd_flush(trace->cmd, &err) != PVM_OK) {
        cmd_die(&err);
    }
}

static void changes(const uint64_t before[PVM_REG_COUNT], const uint64_t after[PVM_REG_COUNT],
                    struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        if (before[i] != after[i])
            pvm_buf_printf(out, " %s=0x%" PRIx64, pvm_reg_name(i), after[i]);
    }
}

static void machine_text(int64_t machine, struct pvm_buf *out)
{
    if (machine < 0)
        pvm_buf_text(out, " -      ");
    else
        pvm_buf_printf(out, " %-6" PRId64 " ", machine);
}

static void finish_line(struct cmd_trace *trace)
{
    if (!trace->pending)
        return;
    trace->pending = false;
    struct pvm_buf *out = buffer(trace);
    const struct pvm_program *program = trace->vm->program;
    if (trace->named != program) {
        trace->named = program;
        trace->names = cmd_symbols_of_program(trace->symbols, program, trace->machine < 0);
    }
    struct pvm_disasm_options how = {jam_call_names(trace->profile), trace->names};

    pvm_buf_printf(out, "%10" PRIu64, trace->steps);
    machine_text(trace->machine, out);
    pvm_buf_printf(out, "0x%06" PRIx64 "  ", trace->pc);
    size_t start = out->len;
    pvm_disasm_insn(program, trace->pc, &how, out);
    size_t len = out->len - start;
    pvm_buf_printf(out, "%*s %12" PRIu64, len < TEXT_COLUMN ? (int)(TEXT_COLUMN - len) : 0, "",
                   trace->gas);
    /* What a host call changes stands on its own line. */
    if (pvm_program_op(program, trace->pc) != PVM_OP_ECALLI)
        changes(trace->regs, trace->vm->regs, out);
    pvm_buf_text(out, "\n");
    if (out->len >= FLUSH_AT)
        flush(trace);
}

void cmd_trace_step(struct cmd_trace *trace, int64_t machine, const struct pvm_vm *vm)
{
    finish_line(trace);
    trace->steps++;
    trace->pending = true;
    trace->machine = machine;
    trace->vm = vm;
    trace->pc = vm->pc;
    trace->gas = vm->gas;
    memcpy(trace->regs, vm->regs, sizeof trace->regs);
}

void cmd_trace_call(struct cmd_trace *trace, const struct jam_call_event *event)
{
    finish_line(trace);
    trace->named = NULL; /* the call may have freed a program, or made one in its place */
    struct pvm_buf *out = buffer(trace);
    pvm_buf_printf(out,
                   "%10s -                host call %" PRId64 " %s%s, gas %" PRIu64 " -> %" PRIu64,
                   "", (int64_t)event->number, event->name != NULL ? event->name : "unknown",
                   event->open || event->name == NULL ? "" : " (not open here)", event->gas_before,
                   event->gas_after);
    if (event->exit != PVM_EXIT_CONTINUE)
        pvm_buf_printf(out, ", %s", pvm_exit_name(event->exit));
    changes(event->before, event->after, out);
    pvm_buf_text(out, "\n");
}

void cmd_trace_end(struct cmd_trace *trace)
{
    finish_line(trace);
    flush(trace);
}
