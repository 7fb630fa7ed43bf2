/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of polkavm's interpreter, see cmd/trace_log.h. */
#include "cmd/trace_source.h"

void cmd_trace_log_deinit(struct cmd_trace_log *log)
{
    pvm_alloc_free(NULL, log->places);
    *log = (struct cmd_trace_log){0};
}

/* ---- what was compiled ---- */

static bool make_room(struct cmd_trace_log *log, size_t count)
{
    size_t room = log->place_room != 0 ? log->place_room : 1024;
    while (room < count)
        room *= 2;
    if (room == log->place_room)
        return true;
    uint32_t *places = pvm_alloc_zero(NULL, room, sizeof *places);
    if (places == NULL)
        return false;
    if (log->place_count != 0)
        memcpy(places, log->places, log->place_count * sizeof *places);
    pvm_alloc_free(NULL, log->places);
    log->places = places;
    log->place_room = room;
    return true;
}

/* Numbers only grow, unless another program begins. */
static void compiled(struct cmd_trace_log *log, uint64_t number, uint64_t pc)
{
    if (number >= CMD_TRACE_COMPILED || pc >= UINT32_MAX || !make_room(log, (size_t)number + 1))
        return;
    while (log->place_count < number)
        log->places[log->place_count++] = 0;
    log->places[number] = (uint32_t)pc + 1;
    log->place_count = (size_t)number + 1;
}

/* ---- lines ---- */

static size_t behind_spaces(struct pvm_bytes text, size_t i)
{
    while (cmd_trace_octet(text, i) == ' ')
        i++;
    return i;
}

static bool begins(struct pvm_bytes text, size_t i, const char *with)
{
    size_t len = strlen(with);
    return i <= text.len && text.len - i >= len && memcmp(text.ptr + i, with, len) == 0;
}

/* "[N]: " at i; *end is behind it. */
static bool numbered(struct pvm_bytes text, size_t i, uint64_t *out, size_t *end)
{
    if (cmd_trace_octet(text, i) != '[' || !cmd_trace_number(text, i + 1, out, end) ||
        !begins(text, *end, "]: "))
        return false;
    *end += 3;
    return true;
}

static bool instruction(struct cmd_trace_record *record, uint64_t pc, struct pvm_bytes text,
                        size_t i)
{
    record->pc = pc;
    cmd_trace_set_text(record,
                       i < text.len ? pvm_bytes(text.ptr + i, text.len - i) : pvm_bytes("", 0));
    return true;
}

/* "charge_gas: 9 (9999 -> 9990)" at i: for the block that comes. */
static void charged(struct cmd_trace_log *log, struct pvm_bytes text, size_t i)
{
    while (i < text.len && text.ptr[i] != '(')
        i++;
    log->has_gas = cmd_trace_number(text, i + 1, &log->gas, &i);
}

/* Instruction number `number` is carried out. Of others nothing was said: parts of instructions. */
static bool carried_out(struct cmd_trace_log *log, uint64_t number, struct pvm_bytes text, size_t i,
                        struct cmd_trace_record *record)
{
    bool repeats = log->may_repeat && log->next == number + 1;
    if (number >= log->place_count || log->places[number] == 0 || repeats)
        return false;
    log->next = number + 1;
    log->may_repeat = true;
    record->has_gas = log->has_gas;
    record->gas = log->has_gas ? log->gas : 0;
    log->has_gas = false;
    return instruction(record, log->places[number] - 1, text, i);
}

/* A line of what is carried out. */
static bool raw_line(struct cmd_trace_log *log, struct pvm_bytes text, size_t i,
                     struct cmd_trace_record *record)
{
    uint64_t number;
    size_t end;
    if (!numbered(text, i, &number, &end))
        return false;
    if (!begins(text, end, "charge_gas"))
        return carried_out(log, number, text, end, record);
    charged(log, text, end);
    log->next = number + 1;
    log->may_repeat = false;
    return false;
}

/* "REG = ... = VALUE": the last is what the register then has. */
static bool is_value(struct pvm_bytes text, size_t i, struct cmd_trace_record *record)
{
    size_t end = i;
    size_t last = text.len;
    uint64_t value;
    while (cmd_trace_is_word(cmd_trace_octet(text, end)))
        end++;
    unsigned reg = cmd_trace_register(pvm_bytes(text.ptr + i, end - i));
    if (reg == PVM_REG_COUNT || !begins(text, end, " = "))
        return false;
    while (!begins(text, last, " = "))
        last--;
    if (!cmd_trace_number(text, last + 3, &value, &end) || end != text.len)
        return false;
    record->known_after |= (uint16_t)(1U << reg);
    record->after[reg] = value;
    return true;
}

bool cmd_trace_read_polkavm(struct cmd_trace_log *log, struct pvm_bytes text,
                            struct cmd_trace_record *record, bool *more)
{
    uint64_t number, pc;
    bool goes_on = *more;
    bool raw = begins(text, 0, "::raw_handlers");
    size_t i = raw ? strlen("::raw_handlers") : 0;
    size_t end;
    *more = false;
    if (cmd_trace_octet(text, i) == ']')
        i++;
    i = behind_spaces(text, i);
    if (raw)
        return !goes_on && raw_line(log, text, i, record);
    /* It is told of with its effect only. */
    if (begins(text, i, "sbrk: "))
        return !goes_on && carried_out(log, log->next, text, i, record);
    if (numbered(text, i, &number, &end)) {
        if (!goes_on && cmd_trace_number(text, end, &pc, &end) && begins(text, end, ": "))
            compiled(log, number, pc);
        return false;
    }
    if (cmd_trace_number(text, i, &pc, &end)) {
        if (goes_on || cmd_trace_octet(text, end) != ':')
            return false;
        return instruction(record, pc, text, behind_spaces(text, end + 1));
    }
    /* A log that tells all registers says what changed before it names the instruction. */
    *more = goes_on && record->known_before == 0 && is_value(text, i, record);
    return *more;
}
