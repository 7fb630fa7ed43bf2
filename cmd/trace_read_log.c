/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of other implementations line by line, see cmd/trace_log.h. */
#include "cmd/trace_source.h"

#include <ctype.h>

bool cmd_trace_number(struct pvm_bytes text, size_t i, uint64_t *out, size_t *end)
{
    bool minus = cmd_trace_octet(text, i) == '-';
    size_t start = i + minus;
    size_t stop = start;
    while (cmd_trace_is_word(cmd_trace_octet(text, stop)))
        stop++;
    if (stop == start || !cmd_number((const char *)text.ptr + start, stop - start, out))
        return false;
    if (minus)
        *out = 0 - *out;
    *end = stop;
    return true;
}

static uint8_t at(struct pvm_bytes text, size_t i)
{
    return cmd_trace_octet(text, i);
}

static bool same_word(struct pvm_bytes c, size_t start, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++)
        if (word[i] == '\0' || tolower(c.ptr[start + i]) != word[i])
            return false;
    return word[len] == '\0';
}

/* The number behind a key: "pc: 5", "PC 5", "g=5". *there: the key is, with a mark behind it. */
static bool look_up(struct pvm_bytes c, const char *key, bool bare, uint64_t *out, bool *there)
{
    for (size_t i = 0; i < c.len; i++) {
        if (!cmd_trace_is_word(c.ptr[i]) || (i > 0 && cmd_trace_is_word(c.ptr[i - 1])))
            continue;
        size_t len = 1;
        while (cmd_trace_is_word(at(c, i + len)))
            len++;
        if (!same_word(c, i, len, key))
            continue;
        size_t next = i + len;
        bool mark = false;
        while (at(c, next) == ' ' || at(c, next) == '=' || at(c, next) == ':' ||
               at(c, next) == '"') {
            mark = mark || at(c, next) == '=' || at(c, next) == ':';
            next++;
        }
        *there = *there || mark;
        if ((mark || bare) && cmd_trace_number(c, next, out, &len))
            return true;
    }
    return false;
}

/* A line without its registers: what stands in front of them and behind. */
struct parts {
    struct pvm_bytes head, tail;
};

static bool look_up_in(const struct parts *parts, const char *key, bool bare, uint64_t *out,
                       bool *there)
{
    return look_up(parts->head, key, bare, out, there) ||
           look_up(parts->tail, key, bare, out, there);
}

static bool value_of(const struct parts *parts, const char *key, bool bare, uint64_t *out)
{
    bool there = false;
    return look_up_in(parts, key, bare, out, &there);
}

/* Thirteen numbers in brackets, behind "reg", "regs" or "registers". *there: such brackets are. */
static bool registers_of(struct pvm_bytes c, uint64_t out[PVM_REG_COUNT], bool *there,
                         struct parts *parts)
{
    *parts = (struct parts){c, pvm_bytes("", 0)};
    for (size_t i = 0; i < c.len; i++) {
        if (c.ptr[i] != '[')
            continue;
        size_t end = i;
        while (end > 0 && strchr("=:\" ", c.ptr[end - 1]) != NULL)
            end--;
        size_t start = end;
        while (start > 0 && cmd_trace_is_word(c.ptr[start - 1]))
            start--;
        if (!same_word(c, start, end - start, "reg") && !same_word(c, start, end - start, "regs") &&
            !same_word(c, start, end - start, "registers"))
            continue;
        size_t next = i + 1;
        unsigned count = 0;
        *there = true;
        while (count < PVM_REG_COUNT) {
            while (at(c, next) == ' ' || at(c, next) == ',' || at(c, next) == '"')
                next++;
            if (!cmd_trace_number(c, next, &out[count], &next))
                break;
            count++;
        }
        *parts = (struct parts){pvm_bytes(c.ptr, i), pvm_bytes(c.ptr + next, c.len - next)};
        if (count == PVM_REG_COUNT)
            return true;
    }
    return false;
}

/* The first word that is a mnemonic, and where it ends. */
static enum pvm_op mnemonic_of(struct pvm_bytes c, size_t *end)
{
    for (size_t i = 0; i < c.len; i++) {
        if (!cmd_trace_is_word(c.ptr[i]) || (i > 0 && cmd_trace_is_word(c.ptr[i - 1])))
            continue;
        enum pvm_op op = PVM_OP_COUNT;
        if (isalpha(c.ptr[i]))
            op = cmd_trace_op_of(pvm_bytes(c.ptr + i, c.len - i));
        while (cmd_trace_is_word(at(c, i)))
            i++;
        *end = i;
        if (op != PVM_OP_COUNT)
            return op;
    }
    return PVM_OP_COUNT;
}

/* "MNEMONIC STEP PC", with the names of neither. */
static bool bare_place(struct pvm_bytes c, size_t i, struct cmd_trace_record *record)
{
    uint64_t first, second;
    while (at(c, i) == ' ')
        i++;
    if (!cmd_trace_number(c, i, &first, &i))
        return false;
    while (at(c, i) == ' ')
        i++;
    if (!cmd_trace_number(c, i, &second, &i))
        return false;
    record->has_step = true;
    record->step = first;
    record->pc = second;
    return true;
}

/* "N: PC ...": the step stands in front. */
static bool leading_step(struct pvm_bytes c, uint64_t *out)
{
    size_t i = 0;
    while (at(c, i) == ' ')
        i++;
    return cmd_trace_number(c, i, out, &i) && at(c, i) == ':';
}

static bool find(struct pvm_bytes c, const char *text, size_t *end)
{
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= c.len; i++) {
        const uint8_t *next = memchr(c.ptr + i, text[0], c.len - len - i + 1);
        if (next == NULL)
            return false;
        i = (size_t)(next - c.ptr);
        if (memcmp(next, text, len) == 0) {
            *end = i + len;
            return true;
        }
    }
    return false;
}

bool cmd_trace_read_log(struct cmd_trace_log *log, struct pvm_bytes line,
                        struct cmd_trace_record *record, bool *more)
{
    size_t end = 0;
    uint64_t machine;
    if (find(line, "polkavm::interpreter", &end))
        return cmd_trace_read_polkavm(log, pvm_bytes(line.ptr + end, line.len - end), record, more);
    if (*more)
        return *more = false;
    struct parts parts;
    bool has_registers = false, has_gas = false;
    bool registers = registers_of(line, record->before, &has_registers, &parts);
    struct pvm_bytes named = parts.head;
    enum pvm_op op = mnemonic_of(named, &end);
    if (op == PVM_OP_COUNT) {
        named = parts.tail;
        op = mnemonic_of(named, &end);
    }
    bool gas = look_up_in(&parts, "gas", false, &record->gas, &has_gas) ||
               look_up_in(&parts, "g", false, &record->gas, &has_gas);
    bool place = value_of(&parts, "pc", true, &record->pc);
    if (place)
        record->has_step =
            value_of(&parts, "step", true, &record->step) || leading_step(line, &record->step);
    else if (op != PVM_OP_COUNT && (registers || gas || (has_registers && log->tells_registers)))
        place = bare_place(named, end, record);
    if (!place || (op == PVM_OP_COUNT && !registers && !gas && !record->has_step))
        return false;
    if ((log->tells_registers && !has_registers) || (log->tells_gas && !has_gas))
        return false;
    if (log->tells_registers && !registers)
        log->wrong = "its registers are not 13 numbers below 2^64";
    else if (log->tells_gas && !gas)
        log->wrong = "its gas is no number below 2^64";
    log->tells_registers = log->tells_registers || registers;
    log->tells_gas = log->tells_gas || gas;
    record->kind = CMD_TRACE_STEP;
    record->op = op;
    record->has_gas = gas;
    record->known_before = registers ? CMD_TRACE_ALL : 0;
    if (value_of(&parts, "machine", false, &machine) && machine < INT64_MAX)
        record->machine = (int64_t)machine;
    if (op != PVM_OP_COUNT)
        cmd_trace_set_text(record, pvm_bytes(pvm_op_table[op].name, strlen(pvm_op_table[op].name)));
    return true;
}
