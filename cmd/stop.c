/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stop.h"

#include "cmd/text.h"
#include "core/disasm.h"
#include "host/call.h"
#include "host/invoke.h"

#include <inttypes.h>

enum { LINES_BEFORE = 2, LINES_AFTER = 2, LINES = LINES_BEFORE + 1 + LINES_AFTER };

/* Instructions are at most this far apart, so that the ones before lie within LINES_BEFORE of it.
 */
#define REACH ((uint64_t)LINES_BEFORE * (PVM_MAX_SKIP + 1))

void cmd_position(uint64_t pc, const struct pvm_symbols *symbols, struct pvm_buf *out)
{
    const struct pvm_symbol *symbol = symbols != NULL ? pvm_symbols_before(symbols, pc) : NULL;
    pvm_buf_printf(out, "%" PRIu64 " = 0x%" PRIx64, pc, pc);
    if (symbol != NULL && symbol->pc == pc)
        pvm_buf_printf(out, " (%s)", symbol->name);
    else if (symbol != NULL)
        pvm_buf_printf(out, " (%s+%" PRIu64 ")", symbol->name, pc - symbol->pc);
}

void cmd_registers(const uint64_t regs[PVM_REG_COUNT], struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        const char *name = i == 7 && regs[i] > UINT64_MAX - 9 ? jam_result_name(regs[i]) : NULL;
        pvm_buf_printf(out, "%s%-2s r%-2u 0x%016" PRIx64, i % 3 == 0 ? "  " : "   ",
                       pvm_reg_name(i), i, regs[i]);
        if (name != NULL)
            pvm_buf_printf(out, " %s", name);
        if (i % 3 == 2 || i + 1 == PVM_REG_COUNT)
            pvm_buf_text(out, "\n");
    }
}

void cmd_out_registers(struct jam_out *json, const char *key, const uint64_t regs[PVM_REG_COUNT])
{
    jam_out_array(json, key);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        jam_out_word(json, NULL, regs[i]);
    jam_out_end_array(json);
}

/* Positions of the instructions around pc, pc itself at [*current]; returns how many. */
static unsigned around(const struct pvm_program *program, uint64_t pc, uint64_t list[LINES],
                       unsigned *current)
{
    uint64_t before[LINES_BEFORE];
    unsigned found = 0;
    uint64_t first = pc < program->code_len ? pc : program->code_len;
    uint64_t lowest = first > REACH ? first - REACH : 0;
    for (uint64_t at = first; at > lowest && found < LINES_BEFORE; at--) {
        if (pvm_program_is_opcode(program, at - 1))
            before[found++] = at - 1;
    }
    unsigned count = 0;
    while (found > 0)
        list[count++] = before[--found];
    *current = count;
    list[count++] = pc;
    for (unsigned i = 0; i < LINES_AFTER && pc < program->code_len; i++) {
        pc += 1 + pvm_program_skip(program, (uint32_t)pc);
        if (pc < program->code_len)
            list[count++] = pc;
    }
    return count;
}

static struct pvm_disasm_options disasm_options(const struct cmd_stop *stop)
{
    return (struct pvm_disasm_options){jam_call_names(stop->profile), stop->symbols};
}

static void text_code(const struct cmd *cmd, const struct cmd_stop *stop, struct pvm_buf *out)
{
    uint64_t list[LINES];
    unsigned current;
    unsigned count = around(stop->vm->program, stop->pc, list, &current);
    struct pvm_disasm_options how = disasm_options(stop);
    for (unsigned i = 0; i < count; i++) {
        const struct pvm_symbol *symbol =
            stop->symbols != NULL ? pvm_symbols_at(stop->symbols, list[i]) : NULL;
        if (symbol != NULL)
            pvm_buf_printf(out, "%13s%s:\n", "", symbol->name);
        pvm_buf_printf(out, "%s  %s 0x%06" PRIx64 "  ",
                       i == current ? cmd_style(cmd, CMD_BOLD) : "", i == current ? ">" : " ",
                       list[i]);
        pvm_disasm_insn(stop->vm->program, list[i], &how, out);
        pvm_buf_printf(out, "%s\n", i == current ? cmd_style(cmd, CMD_PLAIN) : "");
    }
}

/* A stretch of pages with the same access. */
struct stretch {
    uint64_t start, size;
    enum pvm_access access;
};

/* The stretches before, at and after address, as many as there are of the three. */
static unsigned mapped_around(const struct pvm_memory *memory, uint64_t address,
                              struct stretch list[3])
{
    struct stretch before = {0};
    unsigned count = 0;
    uint32_t page = 0;
    uint32_t pages;
    enum pvm_access access;
    while (count < 2 && pvm_memory_next(memory, &page, &pages, &access)) {
        struct stretch here = {(uint64_t)page << PVM_PAGE_BITS, (uint64_t)pages << PVM_PAGE_BITS,
                               access};
        page += pages;
        if (here.start + here.size <= address) {
            before = here;
            continue;
        }
        list[count++] = here;
        if (here.start > address)
            break;
    }
    if (before.size != 0) {
        memmove(&list[1], &list[0], count * sizeof list[0]);
        list[0] = before;
        count++;
    }
    return count;
}

static void text_memory(const struct cmd_stop *stop, struct pvm_buf *out)
{
    struct stretch list[3];
    unsigned count = mapped_around(&stop->vm->memory, stop->arg, list);
    pvm_buf_printf(out, "\n  memory around 0x%08" PRIx64 "\n", stop->arg);
    if (count == 0)
        pvm_buf_text(out, "    nothing is mapped\n");
    for (unsigned i = 0; i < count; i++)
        pvm_buf_printf(out, "    0x%08" PRIx64 " to 0x%08" PRIx64 "  %s\n", list[i].start,
                       list[i].start + list[i].size - 1, cmd_access_text(list[i].access));
}

static const char *exit_name(const struct cmd_stop *stop)
{
    return stop->limit != NULL ? "limit" : pvm_exit_name(stop->exit);
}

void cmd_stop_text(const struct cmd *cmd, const struct cmd_stop *stop, struct pvm_buf *out)
{
    struct pvm_buf title = {0};
    if (stop->machine < 0)
        pvm_buf_text(&title, "where it stopped");
    else
        pvm_buf_printf(&title, "where inner machine %" PRId64 " stopped", stop->machine);
    cmd_heading(cmd, pvm_buf_str(&title), out);
    pvm_buf_deinit(&title);

    pvm_buf_printf(out, "  %-12s %s: ", "exit", exit_name(stop));
    cmd_stop_reason(stop, out);
    pvm_buf_printf(out, "\n  %-12s ", "pc");
    cmd_position(stop->pc, stop->symbols, out);
    pvm_buf_printf(out, "\n  %-12s %" PRIu64 "\n\n", "gas left", stop->vm->gas);
    text_code(cmd, stop, out);
    pvm_buf_text(out, "\n");
    cmd_registers(stop->vm->regs, out);
    if (stop->exit == PVM_EXIT_FAULT)
        text_memory(stop, out);
}

static void json_position(struct jam_out *json, const struct cmd_stop *stop)
{
    const struct pvm_symbol *symbol =
        stop->symbols != NULL ? pvm_symbols_before(stop->symbols, stop->pc) : NULL;
    jam_out_number(json, "pc", stop->pc);
    if (symbol == NULL) {
        jam_out_null(json, "symbol");
        return;
    }
    jam_out_text(json, "symbol", symbol->name);
    jam_out_number(json, "symbol_offset", stop->pc - symbol->pc);
}

static void json_code(struct jam_out *json, const struct cmd_stop *stop)
{
    uint64_t list[LINES];
    unsigned current;
    unsigned count = around(stop->vm->program, stop->pc, list, &current);
    struct pvm_disasm_options how = disasm_options(stop);
    jam_out_array(json, "instructions");
    for (unsigned i = 0; i < count; i++) {
        struct pvm_buf text = {0};
        pvm_disasm_insn(stop->vm->program, list[i], &how, &text);
        jam_out_object(json, NULL);
        jam_out_number(json, "pc", list[i]);
        jam_out_string(json, "text", pvm_buf_bytes(&text));
        jam_out_bool(json, "current", i == current);
        jam_out_end_object(json);
        pvm_buf_deinit(&text);
    }
    jam_out_end_array(json);
}

static void json_memory(struct jam_out *json, const struct cmd_stop *stop)
{
    if (stop->exit != PVM_EXIT_FAULT) {
        jam_out_null(json, "fault_address");
        return;
    }
    struct stretch list[3];
    unsigned count = mapped_around(&stop->vm->memory, stop->arg, list);
    jam_out_word(json, "fault_address", stop->arg);
    jam_out_array(json, "mapped_around");
    for (unsigned i = 0; i < count; i++) {
        jam_out_object(json, NULL);
        jam_out_word(json, "start", list[i].start);
        jam_out_number(json, "size", list[i].size);
        jam_out_text(json, "access", cmd_access_text(list[i].access));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

void cmd_stop_json(const struct cmd_stop *stop, struct jam_out *json)
{
    struct pvm_buf reason = {0};
    cmd_stop_reason(stop, &reason);
    jam_out_object(json, NULL);
    if (stop->machine < 0)
        jam_out_null(json, "machine");
    else
        jam_out_number(json, "machine", (uint64_t)stop->machine);
    jam_out_text(json, "exit", exit_name(stop));
    jam_out_string(json, "reason", pvm_buf_bytes(&reason));
    json_position(json, stop);
    jam_out_number(json, "gas_left", stop->vm->gas);
    json_code(json, stop);
    cmd_out_registers(json, "registers", stop->vm->regs);
    if (stop->exit == PVM_EXIT_HOST && stop->limit == NULL)
        jam_out_number(json, "host_call", stop->arg);
    json_memory(json, stop);
    jam_out_end_object(json);
    pvm_buf_deinit(&reason);
}
