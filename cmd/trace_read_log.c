/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of other implementations, as JAM teams exchange them: whatever stands around it, a line is
 * of an instruction when it names a position and at least one of step, gas, registers or mnemonic.
 *
 *     1: PC     5 JUMP                 g=9999999 reg=[4294901760 4278059008 0 ...]
 *     accumulate: JUMP               step:     0 pc:  5386 gas:4999999 Registers:[4294901760 ...]
 *     JUMP 1 5 Gas: 19999999 Registers:[4294901760, 4278059008, ...]
 *     TRACE[04-16|19:35] x  step=147 pc=756 opcode=ADD_IMM_64 g=9856 reg="[10 42 ...]"
 *     [TRACE polkavm::interpreter] 441199: s1 = s1 - 1
 *     [TRACE polkavm::interpreter] s1 = 0x30
 */
#include "cmd/trace_source.h"

#include <ctype.h>

struct cursor {
    const char *text;
    size_t len, at;
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static char at(const struct cursor *c, size_t i)
{
    return i < c->len ? c->text[i] : '\0';
}

/* A number at i, sign and 0x allowed, that no letter follows; *end is behind it. */
static bool number_at(const struct cursor *c, size_t i, uint64_t *out, size_t *end)
{
    bool minus = at(c, i) == '-';
    size_t start = i + minus;
    size_t stop = start;
    while (is_word(at(c, stop)))
        stop++;
    if (stop == start || !cmd_number(c->text + start, stop - start, out))
        return false;
    if (minus)
        *out = 0 - *out;
    *end = stop;
    return true;
}

static bool same_word(const struct cursor *c, size_t start, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++)
        if (word[i] == '\0' || tolower((unsigned char)c->text[start + i]) != word[i])
            return false;
    return word[len] == '\0';
}

/* The number behind a key: "pc: 5", "PC 5", "g=5". */
static bool value_of(const struct cursor *c, const char *key, bool bare, uint64_t *out)
{
    for (size_t i = 0; i < c->len; i++) {
        if (!is_word(c->text[i]) || (i > 0 && is_word(c->text[i - 1])))
            continue;
        size_t len = 1;
        while (is_word(at(c, i + len)))
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
        if ((mark || bare) && number_at(c, next, out, &len))
            return true;
    }
    return false;
}

/* Thirteen numbers in brackets, behind "reg", "regs" or "registers". */
static bool registers_of(const struct cursor *c, uint64_t out[PVM_REG_COUNT])
{
    for (size_t i = 0; i < c->len; i++) {
        if (c->text[i] != '[')
            continue;
        size_t end = i;
        while (end > 0 && strchr("=:\" ", c->text[end - 1]) != NULL)
            end--;
        size_t start = end;
        while (start > 0 && is_word(c->text[start - 1]))
            start--;
        if (!same_word(c, start, end - start, "reg") && !same_word(c, start, end - start, "regs") &&
            !same_word(c, start, end - start, "registers"))
            continue;
        size_t next = i + 1;
        unsigned count = 0;
        while (count < PVM_REG_COUNT) {
            while (at(c, next) == ' ' || at(c, next) == ',' || at(c, next) == '"')
                next++;
            if (!number_at(c, next, &out[count], &next))
                break;
            count++;
        }
        if (count == PVM_REG_COUNT)
            return true;
    }
    return false;
}

/* The first word that is a mnemonic, and where it ends. */
static enum pvm_op mnemonic_of(const struct cursor *c, size_t *end)
{
    for (size_t i = 0; i < c->len; i++) {
        if (!is_word(c->text[i]) || (i > 0 && is_word(c->text[i - 1])))
            continue;
        enum pvm_op op = cmd_trace_op_of(pvm_bytes(c->text + i, c->len - i));
        while (is_word(at(c, i)))
            i++;
        *end = i;
        if (op != PVM_OP_COUNT)
            return op;
    }
    return PVM_OP_COUNT;
}

/* "MNEMONIC STEP PC", with the names of neither. */
static bool bare_place(const struct cursor *c, size_t i, struct cmd_trace_record *record)
{
    uint64_t first, second;
    while (at(c, i) == ' ')
        i++;
    if (!number_at(c, i, &first, &i))
        return false;
    while (at(c, i) == ' ')
        i++;
    if (!number_at(c, i, &second, &i))
        return false;
    record->has_step = true;
    record->step = first;
    record->pc = second;
    return true;
}

/* "N: PC ...": the step stands in front. */
static bool leading_step(const struct cursor *c, uint64_t *out)
{
    size_t i = 0;
    while (at(c, i) == ' ')
        i++;
    return number_at(c, i, out, &i) && at(c, i) == ':';
}

static bool find(const struct cursor *c, const char *text, size_t *end)
{
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= c->len; i++)
        if (memcmp(c->text + i, text, len) == 0) {
            *end = i + len;
            return true;
        }
    return false;
}

/* Lines of polkavm: a position with the instruction behind it, or a register with its new value,
 * which belongs to the instruction before. */
static bool read_polkavm(struct cursor c, size_t i, struct cmd_trace_record *record, bool *more)
{
    uint64_t value;
    bool before = *more;
    *more = false;
    while (at(&c, i) == ']' || at(&c, i) == ' ')
        i++;
    size_t end = i;
    if (number_at(&c, i, &value, &end)) {
        if (at(&c, end) != ':' || before)
            return false;
        record->pc = value;
        while (at(&c, ++end) == ' ')
            ;
        cmd_trace_set_text(record, pvm_bytes(c.text + end, c.len > end ? c.len - end : 0));
        return true;
    }
    while (is_word(at(&c, end)))
        end++;
    unsigned reg = cmd_trace_register(pvm_bytes(c.text + i, end - i));
    if (!before || reg == PVM_REG_COUNT || end + 3 > c.len || memcmp(c.text + end, " = ", 3) != 0 ||
        !number_at(&c, end + 3, &value, &end) || end != c.len)
        return false;
    record->known_after |= (uint16_t)(1U << reg);
    record->after[reg] = value;
    *more = true;
    return true;
}

bool cmd_trace_read_log(struct pvm_bytes line, struct cmd_trace_record *record, bool *more)
{
    struct cursor c = {(const char *)line.ptr, line.len, 0};
    size_t end = 0;
    uint64_t machine;
    if (find(&c, "polkavm::interpreter", &end))
        return read_polkavm(c, end, record, more);
    if (*more)
        return *more = false;
    enum pvm_op op = mnemonic_of(&c, &end);
    bool registers = registers_of(&c, record->before);
    bool gas = value_of(&c, "gas", false, &record->gas) || value_of(&c, "g", false, &record->gas);
    bool place = value_of(&c, "pc", true, &record->pc);
    if (place)
        record->has_step =
            value_of(&c, "step", true, &record->step) || leading_step(&c, &record->step);
    else if (op != PVM_OP_COUNT && (registers || gas))
        place = bare_place(&c, end, record);
    if (!place || (op == PVM_OP_COUNT && !registers && !gas && !record->has_step))
        return false;
    record->kind = CMD_TRACE_STEP;
    record->op = op;
    record->has_gas = gas;
    record->known_before = registers ? CMD_TRACE_ALL : 0;
    if (value_of(&c, "machine", false, &machine) && machine < INT64_MAX)
        record->machine = (int64_t)machine;
    if (op != PVM_OP_COUNT)
        cmd_trace_set_text(record, pvm_bytes(pvm_op_table[op].name, strlen(pvm_op_table[op].name)));
    return true;
}
