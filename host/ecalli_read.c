/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ecalli_read.h"

enum {
    LOOK_AT = 1 << 16, /* octets in which a text that is a trace has its program begin */
    LOOK_DIGITS = 8,   /* digits of a program at least; "program 0x.." is a sentence about one */
    ADDRESS_DIGITS = 8
};

static const struct {
    const char *name, *begins;
} kinds[] = {
#define X(NAME, name, begins) {name, begins},
    JAM_ECALLI_KINDS(X)
#undef X
};

const char *jam_ecalli_name(enum jam_ecalli_kind kind)
{
    return kinds[kind].name;
}

bool jam_ecalli_is_end(enum jam_ecalli_kind kind)
{
    return kind == JAM_ECALLI_HALT || kind == JAM_ECALLI_OOG || kind == JAM_ECALLI_PANIC;
}

/* ---- parts of a line: what is wrong with one, NULL when nothing is ---- */

struct cursor {
    const uint8_t *at, *end;
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool at_text(const struct cursor *c, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(c->end - c->at) >= len && memcmp(c->at, text, len) == 0;
}

static bool skip(struct cursor *c, const char *text)
{
    if (!at_text(c, text))
        return false;
    c->at += strlen(text);
    return true;
}

/* Whether a value is over. What may follow is the next field or what loggers close a line with. */
static bool value_ends(const struct cursor *c)
{
    static const char closing[] = "\"'`,;)]}>\\";
    return c->at == c->end || *c->at <= ' ' || memchr(closing, *c->at, sizeof closing - 1) != NULL;
}

static const char *decimal(struct cursor *c, uint64_t *out)
{
    const uint8_t *start = c->at;
    uint64_t value = 0;
    while (c->at < c->end && is_digit(*c->at)) {
        unsigned digit = *c->at++ - (unsigned)'0';
        if (value > (UINT64_MAX - digit) / 10)
            return "a number is 2^64 or more";
        value = 10 * value + digit;
    }
    *out = value;
    return c->at == start || !value_ends(c) ? "a decimal number is missing or ends badly" : NULL;
}

static const char *hexadecimal(struct cursor *c, uint64_t *out)
{
    const uint8_t *start = c->at;
    uint64_t value = 0;
    while (c->at < c->end && hex_value(*c->at) >= 0) {
        if (value >> 60 != 0)
            return "a hexadecimal number has more than 64 bits";
        value = value << 4 | (unsigned)hex_value(*c->at++);
    }
    *out = value;
    return c->at == start || !value_ends(c) ? "a hexadecimal number is missing or ends badly"
                                            : NULL;
}

/* Data, to the end of its digits. */
static const char *digits(struct cursor *c, struct pvm_bytes *out)
{
    const uint8_t *start = c->at;
    while (c->at < c->end && hex_value(*c->at) >= 0)
        c->at++;
    *out = pvm_bytes(start, (size_t)(c->at - start));
    if (!value_ends(c))
        return "the data has a character that is no hexadecimal digit";
    return out->len % 2 != 0 ? "the data has half an octet" : NULL;
}

static const char *register_index(struct cursor *c, uint64_t *out)
{
    const char *wrong = NULL;
    const uint8_t *start = c->at;
    uint64_t value = 0;
    while (c->at < c->end && is_digit(*c->at) && c->at - start < 3)
        value = 10 * value + (*c->at++ - (unsigned)'0');
    if (c->at == start || value >= PVM_REG_COUNT)
        wrong = "there is no such register";
    *out = value;
    return wrong;
}

/* " r00=0x.." and so on, as long as there are any. */
static const char *registers(struct cursor *c, uint64_t regs[PVM_REG_COUNT])
{
    uint32_t seen = 0;
    while (at_text(c, " r") && c->end - c->at > 2 && is_digit(c->at[2])) {
        uint64_t index;
        c->at += 2;
        const char *wrong = register_index(c, &index);
        if (wrong != NULL)
            return wrong;
        if ((seen >> index & 1) != 0)
            return "a register is there twice";
        seen |= 1u << index;
        if (!skip(c, "=0x"))
            return "a register has no value after =0x";
        wrong = hexadecimal(c, &regs[index]);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

/* ---- lines, behind what they begin with ---- */

/* "PC gas=GAS" and registers. */
static const char *state(struct cursor *c, struct jam_ecalli_line *line)
{
    const char *wrong = decimal(c, &line->pc);
    if (wrong != NULL)
        return wrong;
    if (!skip(c, " gas="))
        return "there is no gas= behind the program counter";
    wrong = decimal(c, &line->gas);
    return wrong != NULL ? wrong : registers(c, line->regs);
}

static const char *call(struct cursor *c, struct jam_ecalli_line *line)
{
    const char *wrong = decimal(c, &line->index);
    if (wrong != NULL)
        return wrong;
    return skip(c, " pc=") ? state(c, line) : "there is no pc= behind the call's number";
}

/* What the argument of a panic is, JIP-7 does not say. */
static const char *panic(struct cursor *c, struct jam_ecalli_line *line)
{
    struct cursor argument = *c;
    line->has_index = (skip(&argument, "0x") ? hexadecimal(&argument, &line->index)
                                             : decimal(&argument, &line->index)) == NULL;
    while (c->at < c->end && *c->at != ' ')
        c->at++;
    return skip(c, " pc=") ? state(c, line) : "there is no pc= behind the argument";
}

static const char *memory(struct cursor *c, struct jam_ecalli_line *line)
{
    const uint8_t *start = c->at;
    const char *wrong = hexadecimal(c, &line->addr);
    if (wrong != NULL)
        return wrong;
    if (c->at - start > ADDRESS_DIGITS)
        return "the address has more than 32 bits";
    if (!skip(c, " len="))
        return "there is no len= behind the address";
    wrong = decimal(c, &line->len);
    if (wrong != NULL)
        return wrong;
    if (!skip(c, line->kind == JAM_ECALLI_READ ? " -> 0x" : " <- 0x"))
        return "there is no arrow and 0x behind the length";
    return digits(c, &line->hex);
}

static const char *set_register(struct cursor *c, struct jam_ecalli_line *line)
{
    const char *wrong = register_index(c, &line->index);
    if (wrong != NULL)
        return wrong;
    return skip(c, " <- 0x") ? hexadecimal(c, &line->value) : "there is no <- 0x";
}

static const char *parse(struct cursor *c, struct jam_ecalli_line *line)
{
    switch (line->kind) {
    case JAM_ECALLI_COMMENT:
        line->text = pvm_bytes(c->at, (size_t)(c->end - c->at));
        return NULL;
    case JAM_ECALLI_PROGRAM:
        return digits(c, &line->hex);
    case JAM_ECALLI_START:
    case JAM_ECALLI_HALT:
    case JAM_ECALLI_OOG:
        return state(c, line);
    case JAM_ECALLI_PANIC:
        return panic(c, line);
    case JAM_ECALLI_CALL:
        return call(c, line);
    case JAM_ECALLI_READ:
    case JAM_ECALLI_WRITE:
        return memory(c, line);
    case JAM_ECALLI_REGISTER:
        return set_register(c, line);
    case JAM_ECALLI_GAS:
        return decimal(c, &line->gas);
    case JAM_ECALLI_KIND_COUNT:
        break;
    }
    return "a line of no kind";
}

/* ---- the text ---- */

/* Moves behind the first beginning of a line of the format. A comment's must be a word of its own. */
static bool find_kind(struct cursor *c, enum jam_ecalli_kind *kind)
{
    const uint8_t *start = c->at;
    for (; c->at < c->end; c->at++) {
        if (memchr("cpsemHOP", *c->at, sizeof "cpsemHOP" - 1) == NULL)
            continue;
        for (unsigned i = 0; i < JAM_ECALLI_KIND_COUNT; i++) {
            struct cursor before = {c->at - (c->at > start), c->end};
            if (i == JAM_ECALLI_COMMENT && c->at > start && !value_ends(&before))
                continue;
            if (skip(c, kinds[i].begins)) {
                *kind = (enum jam_ecalli_kind)i;
                return true;
            }
        }
    }
    return false;
}

static struct cursor next_line(struct jam_ecalli_reader *reader)
{
    const uint8_t *start = reader->text.ptr + reader->pos;
    size_t left = reader->text.len - reader->pos;
    const uint8_t *end = memchr(start, '\n', left);
    size_t len = end != NULL ? (size_t)(end - start) : left;
    reader->pos += end != NULL ? len + 1 : len;
    reader->number++;
    return (struct cursor){start, start + len};
}

struct jam_ecalli_reader jam_ecalli_reader(struct pvm_bytes text)
{
    return (struct jam_ecalli_reader){.text = text};
}

enum pvm_status jam_ecalli_next(struct jam_ecalli_reader *reader, struct jam_ecalli_line *line,
                                bool *more, struct pvm_err *err)
{
    *line = (struct jam_ecalli_line){.kind = JAM_ECALLI_COMMENT};
    *more = false;
    while (reader->pos < reader->text.len) {
        struct cursor c = next_line(reader);
        line->number = reader->number;
        if (!find_kind(&c, &line->kind))
            continue;
        const char *name = kinds[line->kind].name;
        const char *wrong = parse(&c, line);
        if (wrong != NULL)
            return pvm_fail(err, PVM_E_MALFORMED, "line %zu: %s: %s", line->number, name, wrong);
        bool has_len = line->kind == JAM_ECALLI_READ || line->kind == JAM_ECALLI_WRITE;
        if (has_len && line->len != line->hex.len / 2)
            return pvm_fail(err, PVM_E_MALFORMED, "line %zu: %s: len=%llu, but %zu octets of data",
                            line->number, name, (unsigned long long)line->len, line->hex.len / 2);
        *more = true;
        return PVM_OK;
    }
    return PVM_OK;
}

void jam_ecalli_octets(const struct jam_ecalli_line *line, uint64_t off, uint8_t *out, size_t len)
{
    const uint8_t *at = line->hex.ptr + 2 * off;
    for (size_t i = 0; i < len; i++, at += 2)
        out[i] = (uint8_t)(hex_value(at[0]) << 4 | hex_value(at[1]));
}

bool jam_ecalli_is(struct pvm_bytes text)
{
    size_t len = text.len < LOOK_AT ? text.len : LOOK_AT;
    struct jam_ecalli_reader reader = jam_ecalli_reader(pvm_bytes(text.ptr, len));
    while (reader.pos < len) {
        enum jam_ecalli_kind kind;
        struct cursor c = next_line(&reader);
        struct cursor line = c;
        bool found = find_kind(&c, &kind);
        if (memchr(line.at, 0, (size_t)(c.at - line.at)) != NULL)
            return false;
        if (!found || kind == JAM_ECALLI_COMMENT)
            continue;
        int count = 0;
        while (c.at + count < c.end && count < LOOK_DIGITS && hex_value(c.at[count]) >= 0)
            count++;
        return kind == JAM_ECALLI_PROGRAM && count == LOOK_DIGITS;
    }
    return false;
}

size_t jam_ecalli_count(struct pvm_bytes text)
{
    struct jam_ecalli_reader reader = jam_ecalli_reader(text);
    size_t count = 0;
    while (reader.pos < text.len) {
        enum jam_ecalli_kind kind;
        struct cursor c = next_line(&reader);
        count += find_kind(&c, &kind) && kind == JAM_ECALLI_PROGRAM;
    }
    return count;
}
