/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that show a machine: where it is, its registers, calls, memory and instructions. */
#include "cmd/debug_commands.h"

#include "cmd/stop.h"
#include "cmd/text.h"
#include "core/disasm.h"
#include "host/call.h"

#include <inttypes.h>

enum { AROUND = 4, DISASM_DEFAULT = 10, LINES_MAX = 4096, FRAMES_SHOWN = 64, OUTPUT_SHOWN = 64 };

const struct pvm_symbols *cmd_debug_names(struct cmd_debug *d, int64_t machine,
                                          const struct pvm_vm *vm)
{
    if (d->run->symbols.count == 0)
        return NULL;
    if (d->named != vm->program) {
        d->named = vm->program;
        d->names = cmd_symbols_of_program(&d->run->symbols, vm->program, machine < 0);
    }
    return d->names;
}

const struct pvm_vm *cmd_debug_shown(struct cmd_debug *d, int64_t *machine)
{
    *machine = d->shown_machine == CMD_DEBUG_ANY ? d->machine : d->shown_machine;
    return *machine == d->machine ? d->vm : cmd_debug_vm(d, *machine);
}

/* The machine to show, which is there. */
static enum pvm_status get_shown(struct cmd_debug *d, int64_t *machine, const struct pvm_vm **vm,
                                 struct pvm_err *err)
{
    *vm = cmd_debug_shown(d, machine);
    if (*vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no machine %" PRId64, *machine);
    return PVM_OK;
}

void cmd_debug_machine_text(int64_t machine, struct pvm_buf *out)
{
    if (machine < 0)
        pvm_buf_text(out, "outer machine");
    else
        pvm_buf_printf(out, "machine %" PRId64, machine);
}

/* A position with its names, and its line of source when that is known. */
static void place_text(uint64_t pc, const struct pvm_symbols *names, struct pvm_buf *out)
{
    const struct pvm_line *line = names != NULL ? pvm_lines_before(&names->lines, pc) : NULL;
    cmd_position(pc, names, out);
    if (line == NULL)
        return;
    pvm_buf_text(out, " ");
    cmd_printable(pvm_bytes(names->lines.files[line->file], strlen(names->lines.files[line->file])),
                  out);
    pvm_buf_printf(out, ":%" PRIu32, line->line);
}

/* ---- instructions ---- */

static void insn_line(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm, uint64_t pc,
                      struct pvm_buf *out)
{
    const struct pvm_symbols *names = cmd_debug_names(d, machine, vm);
    const struct pvm_symbol *symbol = names != NULL ? pvm_symbols_at(names, pc) : NULL;
    struct pvm_disasm_options how = {.symbols = names};
    if (machine < 0) /* an inner one calls its parent, by numbers of its own */
        how.calls = jam_call_names(d->run->profile);
    bool here = pc == vm->pc && !(d->over && machine < 0);
    if (symbol != NULL)
        pvm_buf_printf(out, "%13s%s:\n", "", symbol->name);
    pvm_buf_printf(out, "%s  %s 0x%06" PRIx64 "  ", here ? cmd_style(d->cmd, CMD_BOLD) : "",
                   here ? ">" : " ", pc);
    pvm_disasm_insn(vm->program, pc, &how, out);
    pvm_buf_printf(out, "%s\n", here ? cmd_style(d->cmd, CMD_PLAIN) : "");
}

/* The position some instructions before pc. */
static uint64_t before(const struct pvm_program *program, uint64_t pc)
{
    uint64_t first = pc < program->code_len ? pc : program->code_len;
    uint64_t reach = (uint64_t)AROUND * (PVM_MAX_SKIP + 1);
    uint64_t lowest = first > reach ? first - reach : 0;
    unsigned found = 0;
    for (uint64_t at = first; at > lowest && found < AROUND; at--)
        if (pvm_program_is_opcode(program, at - 1)) {
            first = at - 1;
            found++;
        }
    return first;
}

enum pvm_status cmd_debug_instructions(struct cmd_debug *d, bool given, uint64_t pc, uint64_t count,
                                       struct pvm_err *err)
{
    int64_t machine;
    const struct pvm_vm *vm;
    PVM_TRY(get_shown(d, &machine, &vm, err));
    uint64_t at = given ? pc : vm->pc;
    for (uint64_t i = 0; i < count && i < LINES_MAX && at < vm->program->code_len; i++) {
        insn_line(d, machine, vm, at, &d->cmd->out);
        at += 1 + pvm_program_skip(vm->program, (uint32_t)at);
    }
    return PVM_OK;
}

enum pvm_status cmd_debug_do_disassemble(struct cmd_debug *d, const struct cmd_debug_words *words,
                                         struct pvm_err *err)
{
    int64_t machine;
    const struct pvm_vm *vm;
    const struct pvm_symbols *names;
    uint64_t count = 2 * AROUND + 1;
    PVM_TRY(get_shown(d, &machine, &vm, err));
    uint64_t at = before(vm->program, vm->pc);
    if (words->count > 1) {
        count = DISASM_DEFAULT;
        PVM_TRY(cmd_debug_place(d, words->list[1], &at, &names, err));
    }
    if (words->count > 2)
        PVM_TRY(cmd_debug_value(d, words->rest[2], &count, err));
    return cmd_debug_instructions(d, true, at, count, err);
}

/* ---- where ---- */

static void output_text(const struct cmd_debug *d, struct pvm_buf *out)
{
    const struct jam_result *result = jam_run_result(d->jam);
    size_t len = result->output.len < OUTPUT_SHOWN ? result->output.len : OUTPUT_SHOWN;
    if (result->outcome != JAM_ENDED_HALT)
        return;
    pvm_buf_text(out, "output 0x");
    pvm_buf_hex(out, pvm_bytes(result->output.ptr, len));
    pvm_buf_printf(out, "%s (%zu octets)\n", len < result->output.len ? "..." : "",
                   result->output.len);
}

static void end_text(struct cmd_debug *d, struct pvm_buf *out)
{
    const struct cmd_stop stop = {.machine = -1,
                                  .vm = d->vm,
                                  .exit = d->exit,
                                  .arg = d->vm->arg,
                                  .pc = d->vm->exit_pc,
                                  .profile = d->run->profile,
                                  .symbols = cmd_debug_names(d, CMD_DEBUG_OUTER, d->vm),
                                  .limit = d->failed != PVM_OK ? d->why.msg : NULL};
    pvm_buf_printf(out, "the run ended after %" PRIu64 " step%s: ", d->step,
                   d->step == 1 ? "" : "s");
    if (d->failed != PVM_OK) {
        pvm_buf_printf(out, "%s\npc ", d->why.msg);
        place_text(d->vm->pc, stop.symbols, out);
        pvm_buf_printf(out, ", gas %" PRIu64 "\n", d->vm->gas);
        return;
    }
    pvm_buf_printf(out, "%s: ", pvm_exit_name(d->exit));
    cmd_stop_reason(&stop, out);
    pvm_buf_text(out, "\npc ");
    place_text(stop.pc, stop.symbols, out);
    pvm_buf_printf(out, ", gas %" PRIu64 "\n", d->vm->gas);
    if (d->jam != NULL)
        output_text(d, out);
}

void cmd_debug_where(struct cmd_debug *d, struct pvm_buf *out)
{
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    if (vm == NULL)
        return;
    if (d->over && machine < 0) {
        end_text(d, out);
        return;
    }
    pvm_buf_printf(out, "step %" PRIu64 ": ", d->step);
    cmd_debug_machine_text(machine, out);
    pvm_buf_text(out, ", pc ");
    place_text(vm->pc, cmd_debug_names(d, machine, vm), out);
    pvm_buf_printf(out, ", gas %" PRIu64 "\n", vm->gas);
    insn_line(d, machine, vm, vm->pc, out);
}

enum pvm_status cmd_debug_do_where(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   struct pvm_err *err)
{
    if (words->count > 1)
        return pvm_fail(err, PVM_E_USAGE, "where: nothing may follow");
    cmd_debug_where(d, &d->cmd->out);
    return PVM_OK;
}

enum pvm_status cmd_debug_do_machine(struct cmd_debug *d, const struct cmd_debug_words *words,
                                     struct pvm_err *err)
{
    int64_t machine = CMD_DEBUG_ANY;
    if (words->count > 2)
        return pvm_fail(err, PVM_E_USAGE, "machine: expected outer or an id");
    if (words->count == 2)
        PVM_TRY(cmd_debug_machine_word(words->list[1], &machine, err));
    if (machine != CMD_DEBUG_ANY && cmd_debug_vm(d, machine) == NULL)
        return pvm_fail(err, PVM_E_USAGE, "machine: there is no machine %" PRId64, machine);
    d->shown_machine = machine;
    cmd_debug_where(d, &d->cmd->out);
    return PVM_OK;
}

/* ---- registers, calls, values ---- */

enum pvm_status cmd_debug_do_registers(struct cmd_debug *d, const struct cmd_debug_words *words,
                                       struct pvm_err *err)
{
    int64_t machine;
    const struct pvm_vm *vm;
    if (words->count > 1)
        return pvm_fail(err, PVM_E_USAGE, "registers: nothing may follow, see print");
    PVM_TRY(get_shown(d, &machine, &vm, err));
    cmd_registers(vm->regs, &d->cmd->out);
    return PVM_OK;
}

enum pvm_status cmd_debug_do_print(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   struct pvm_err *err)
{
    uint64_t value;
    if (words->count < 2)
        return pvm_fail(err, PVM_E_USAGE, "print: expected a value");
    PVM_TRY(cmd_debug_value(d, words->rest[1], &value, err));
    pvm_buf_printf(&d->cmd->out, "%" PRIu64 " = 0x%" PRIx64, value, value);
    if (value >> 63 != 0)
        pvm_buf_printf(&d->cmd->out, " = %" PRId64, (int64_t)value);
    pvm_buf_text(&d->cmd->out, "\n");
    return PVM_OK;
}

enum pvm_status cmd_debug_do_backtrace(struct cmd_debug *d, const struct cmd_debug_words *words,
                                       struct pvm_err *err)
{
    int64_t machine;
    const struct pvm_vm *vm;
    struct pvm_buf *out = &d->cmd->out;
    if (words->count > 1)
        return pvm_fail(err, PVM_E_USAGE, "backtrace: nothing may follow");
    PVM_TRY(get_shown(d, &machine, &vm, err));
    const struct pvm_symbols *names = cmd_debug_names(d, machine, vm);
    const struct cmd_debug_stack *stack = cmd_debug_stack_of(d, machine);
    size_t depth = stack != NULL ? stack->frames.len / sizeof(struct cmd_debug_frame) : 0;
    uint64_t pc = d->over && machine < 0 ? vm->exit_pc : vm->pc;
    if (stack != NULL && stack->beyond != 0)
        pvm_buf_printf(out, "    %" PRIu64 " deeper calls are not kept\n", stack->beyond);
    for (size_t i = 0; i < FRAMES_SHOWN && (i < depth || i == 0); i++) {
        pvm_buf_printf(out, "#%-2zu ", i);
        place_text(pc, names, out);
        pvm_buf_text(out, "\n");
        if (i + 1 < depth)
            pc = cmd_debug_frame_at(stack, depth - 1 - i)->from;
    }
    if (depth > FRAMES_SHOWN)
        pvm_buf_printf(out, "    and %zu more\n", depth - FRAMES_SHOWN);
    return PVM_OK;
}
