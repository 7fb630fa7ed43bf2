/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_lex.h"

bool pvm_asm_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$';
}

bool pvm_asm_name_char(char c)
{
    return pvm_asm_name_start(c) || (c >= '0' && c <= '9');
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static struct pvm_asm_pos pos_of(const struct pvm_asm_cursor *c, const char *at)
{
    return (struct pvm_asm_pos){c->source, (uint32_t)(at - c->text)};
}

struct pvm_asm_pos pvm_asm_here(const struct pvm_asm_cursor *c)
{
    return pos_of(c, c->tok.text);
}

static const char *bad(struct pvm_asm_cursor *c, const char *end)
{
    c->tok.kind = PVM_ASM_TOK_BAD;
    return end;
}

/* Base of a number from its prefix; *digits is then behind that. */
static unsigned base_of(const char *p, const char *end, const char **digits)
{
    *digits = p;
    if (end - p < 2 || p[0] != '0')
        return 10;
    *digits = p + 2;
    switch (p[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 0;
    }
}

/* Digits in one of the bases, with '_' anywhere between them. */
static bool read_number(struct pvm_asm_cursor *c, const char *p, const char *end)
{
    const char *digit;
    unsigned base = base_of(p, end, &digit);
    if (base == 0)
        return pvm_asm_error(c->as, pos_of(c, p), "a number starts with 0: octal is written 0o17");
    uint64_t value = 0;
    bool some = false;
    for (; digit < end; digit++) {
        if (*digit == '_')
            continue;
        int v = hex_value(*digit);
        if (v < 0 || (unsigned)v >= base)
            return pvm_asm_error(c->as, pos_of(c, digit), "'%c' is no digit of base %u", *digit,
                                 base);
        if (value > (UINT64_MAX - (unsigned)v) / base)
            return pvm_asm_error(c->as, pos_of(c, p), "the number does not fit in 64 bits");
        value = value * base + (unsigned)v;
        some = true;
    }
    c->tok.value = value;
    return some || pvm_asm_error(c->as, pos_of(c, p), "a number without digits");
}

static const char *lex_number(struct pvm_asm_cursor *c, const char *p)
{
    const char *end = p;
    while (end < c->end && pvm_asm_name_char(*end) && *end != '.' && *end != '$')
        end++;
    if (!read_number(c, p, end))
        return bad(c, end);
    c->tok.kind = PVM_ASM_TOK_NUMBER;
    return end;
}

static const char *lex_name(struct pvm_asm_cursor *c, const char *p)
{
    const char *end = p + 1;
    while (end < c->end && pvm_asm_name_char(*end))
        end++;
    if (end - p > PVM_ASM_MAX_NAME) {
        pvm_asm_error(c->as, pos_of(c, p), "a name has at most %d characters", PVM_ASM_MAX_NAME);
        return bad(c, end);
    }
    c->tok.kind = PVM_ASM_TOK_NAME;
    return end;
}

/* The octet of the escape whose backslash stands at p; *end is then behind it. */
static bool lex_escape(struct pvm_asm_cursor *c, const char *p, const char **end, uint8_t *value)
{
    static const char letters[] = "ntr0\\'\"";
    static const char values[] = "\n\t\r\0\\'\"";
    char letter = 0;
    if (p + 1 < c->end)
        letter = p[1];
    const char *found = letter != 0 ? strchr(letters, letter) : NULL;
    if (found != NULL) {
        *value = (uint8_t)values[found - letters];
        *end = p + 2;
        return true;
    }
    if (letter == 'x' && c->end - p >= 4 && hex_value(p[2]) >= 0 && hex_value(p[3]) >= 0) {
        *value = (uint8_t)(hex_value(p[2]) << 4 | hex_value(p[3]));
        *end = p + 4;
        return true;
    }
    return pvm_asm_error(c->as, pos_of(c, p),
                         "unknown escape: \\n \\t \\r \\0 \\\\ \\' \\\" and \\xHH are known");
}

static const char *lex_char(struct pvm_asm_cursor *c, const char *p)
{
    const char *q = p + 1;
    uint8_t value = 0;
    if (q < c->end && *q == '\\') {
        if (!lex_escape(c, q, &q, &value))
            return bad(c, c->end);
    } else if (q < c->end && *q != '\'') {
        value = (uint8_t)*q++;
    }
    if (q == p + 1 || q >= c->end || *q != '\'') {
        pvm_asm_error(c->as, pos_of(c, p), "a character constant is one octet between quotes");
        return bad(c, c->end);
    }
    c->tok.kind = PVM_ASM_TOK_NUMBER;
    c->tok.value = value;
    return q + 1;
}

static const char *lex_string(struct pvm_asm_cursor *c, const char *p)
{
    for (const char *q = p + 1; q < c->end; q++) {
        if (*q == '\\')
            q++;
        else if (*q == '"') {
            c->tok.kind = PVM_ASM_TOK_STRING;
            return q + 1;
        }
    }
    pvm_asm_error(c->as, pos_of(c, p), "the string has no end");
    return bad(c, c->end);
}

static const char *lex_punct(struct pvm_asm_cursor *c, const char *p)
{
    static const char pairs[][3] = {"<<", ">>", "==", "!=", "<=", ">=", "&&", "||"};
    c->tok.kind = PVM_ASM_TOK_PUNCT;
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (c->end - p >= 2 && p[0] == pairs[i][0] && p[1] == pairs[i][1]) {
            c->tok.value = PVM_ASM_TWO((uint8_t)p[0], (uint8_t)p[1]);
            return p + 2;
        }
    }
    uint8_t octet = (uint8_t)*p;
    if (octet == 0 || strchr(",:()[]+-*/%<>&|^~!=@", *p) == NULL) {
        if (octet > ' ' && octet < 0x7f)
            pvm_asm_error(c->as, pos_of(c, p), "unexpected character '%c'", *p);
        else
            pvm_asm_error(c->as, pos_of(c, p), "unexpected octet 0x%02x", octet);
        return bad(c, c->end);
    }
    c->tok.value = octet;
    return p + 1;
}

void pvm_asm_next(struct pvm_asm_cursor *c)
{
    const char *p = c->next;
    while (p < c->end && (*p == ' ' || *p == '\t'))
        p++;
    c->tok = (struct pvm_asm_token){.kind = PVM_ASM_TOK_END, .text = p};
    bool comment = p < c->end && (*p == ';' || *p == '#');
    if (p == c->end || comment || (c->end - p >= 2 && p[0] == '/' && p[1] == '/')) {
        c->next = c->end;
        return;
    }
    if (pvm_asm_name_start(*p)) {
        c->next = lex_name(c, p);
    } else if (*p >= '0' && *p <= '9') {
        c->next = lex_number(c, p);
    } else if (*p == '\'') {
        c->next = lex_char(c, p);
    } else if (*p == '"') {
        c->next = lex_string(c, p);
    } else {
        c->next = lex_punct(c, p);
    }
    c->tok.len = (uint32_t)(c->next - p);
}

bool pvm_asm_is_punct(const struct pvm_asm_cursor *c, uint32_t punct)
{
    return c->tok.kind == PVM_ASM_TOK_PUNCT && c->tok.value == punct;
}

bool pvm_asm_accept(struct pvm_asm_cursor *c, uint32_t punct)
{
    if (!pvm_asm_is_punct(c, punct))
        return false;
    pvm_asm_next(c);
    return true;
}

bool pvm_asm_expected(struct pvm_asm_cursor *c, const char *what)
{
    const struct pvm_asm_token *tok = &c->tok;
    if (tok->kind == PVM_ASM_TOK_BAD)
        return false;
    if (tok->kind == PVM_ASM_TOK_END)
        return pvm_asm_error(c->as, pvm_asm_here(c), "expected %s, found the end of the line",
                             what);
    return pvm_asm_error(c->as, pvm_asm_here(c), "expected %s, found '%.*s'", what,
                         (int)(tok->len < 40 ? tok->len : 40), tok->text);
}

bool pvm_asm_expect(struct pvm_asm_cursor *c, uint32_t punct, const char *what)
{
    return pvm_asm_accept(c, punct) || pvm_asm_expected(c, what);
}

bool pvm_asm_expect_end(struct pvm_asm_cursor *c)
{
    return c->tok.kind == PVM_ASM_TOK_END || pvm_asm_expected(c, "the end of the statement");
}

bool pvm_asm_string(struct pvm_asm_cursor *c, struct pvm_buf *out)
{
    if (c->tok.kind != PVM_ASM_TOK_STRING)
        return pvm_asm_expected(c, "a string in double quotes");
    const char *end = c->tok.text + c->tok.len - 1;
    const char *p = c->tok.text + 1;
    while (p < end) {
        uint8_t value = (uint8_t)*p;
        if (*p != '\\')
            p++;
        else if (!lex_escape(c, p, &p, &value))
            return false;
        pvm_buf_add_u8(out, value);
    }
    if (out->failed)
        return pvm_asm_no_memory(c->as);
    pvm_asm_next(c);
    return true;
}
