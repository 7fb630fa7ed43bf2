/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json_scan.h"

#include <stdio.h>

struct scan {
    struct pvm_bytes text;
    size_t pos;
    const char *name;
    struct pvm_err *err;
    size_t values;
    unsigned depth;
    uint8_t closers[JAM_JSON_DEPTH]; /* what ends each open array or object */
};

enum { END = -1 };

static int at(const struct scan *s, size_t pos)
{
    return pos < s->text.len ? s->text.ptr[pos] : END;
}

static int here(const struct scan *s)
{
    return at(s, s->pos);
}

static enum pvm_status fail_at(const struct scan *s, size_t pos, const char *what, const char *got)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < pos; i++) {
        if (s->text.ptr[i] == '\n') {
            line++;
            column = 1;
        } else if ((s->text.ptr[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return pvm_fail(s->err, PVM_E_MALFORMED, "%.160s:%zu:%zu: %s%s", s->name, line, column, what,
                    got);
}

/* expected: what should stand at the current position. */
static enum pvm_status unexpected(const struct scan *s, const char *expected)
{
    char got[32];
    int c = here(s);
    if (c == END)
        (void)snprintf(got, sizeof got, ", got the end");
    else if (c > ' ' && c < 0x7f)
        (void)snprintf(got, sizeof got, ", got '%c'", c);
    else
        (void)snprintf(got, sizeof got, ", got octet 0x%02x", (unsigned)c);
    return fail_at(s, s->pos, expected, got);
}

static void skip_blanks(struct scan *s)
{
    int c = here(s);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        s->pos++;
        c = here(s);
    }
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The value of \uXXXX at pos, -1 when there is no such thing. */
static long unit_at(const struct scan *s, size_t pos)
{
    if (at(s, pos) != '\\' || at(s, pos + 1) != 'u')
        return -1;
    long unit = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_value(at(s, pos + i));
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static enum pvm_status scan_unit(struct scan *s)
{
    long unit = unit_at(s, s->pos);
    if (unit < 0)
        return fail_at(s, s->pos, "expected four hexadecimal digits behind \\u", "");
    if (unit == 0)
        return fail_at(s, s->pos, "U+0000 in a string", "");
    if (unit >= 0xd800 && unit < 0xe000) {
        long low = unit < 0xdc00 ? unit_at(s, s->pos + 6) : -1;
        if (low < 0xdc00 || low >= 0xe000)
            return fail_at(s, s->pos, "half a surrogate pair", "");
        s->pos += 6;
    }
    s->pos += 6;
    return PVM_OK;
}

static enum pvm_status scan_escape(struct scan *s)
{
    int c = at(s, s->pos + 1);
    if (c == 'u')
        return scan_unit(s);
    if (c == END || c == 0 || strchr("\"\\/bfnrt", c) == NULL)
        return fail_at(s, s->pos, "invalid escape", "");
    s->pos += 2;
    return PVM_OK;
}

/* One character of two to four octets; overlong forms, surrogates and values beyond U+10FFFF are
 * none. */
static bool scan_wide(struct scan *s)
{
    int c = here(s);
    unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4)
        return false;
    long code = c & (0x3f >> more);
    for (unsigned i = 1; i <= more; i++) {
        int next = at(s, s->pos + i);
        if (next == END || (next & 0xc0) != 0x80)
            return false;
        code = code * 64 + (next & 0x3f);
    }
    static const long least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
    s->pos += more + 1;
    return true;
}

static enum pvm_status scan_string(struct scan *s)
{
    size_t start = s->pos++;
    for (;;) {
        int c = here(s);
        if (c == '"') {
            s->pos++;
            return PVM_OK;
        }
        if (c == END)
            return fail_at(s, start, "string without an end", "");
        if (c == '\\')
            PVM_TRY(scan_escape(s));
        else if (c < ' ')
            return unexpected(s, "expected a character of a string");
        else if (c < 0x80)
            s->pos++;
        else if (!scan_wide(s))
            return fail_at(s, s->pos, "invalid UTF-8", "");
    }
}

static size_t skip_digits(struct scan *s)
{
    size_t start = s->pos;
    while (is_digit(here(s)))
        s->pos++;
    return s->pos - start;
}

static enum pvm_status scan_number(struct scan *s)
{
    size_t start = s->pos;
    if (here(s) == '-')
        s->pos++;
    bool zero = here(s) == '0';
    size_t digits = skip_digits(s);
    if (digits == 0 || (zero && digits > 1))
        return fail_at(s, start, "malformed number", "");
    if (here(s) == '.') {
        s->pos++;
        if (skip_digits(s) == 0)
            return fail_at(s, start, "malformed number", "");
    }
    if (here(s) == 'e' || here(s) == 'E') {
        s->pos++;
        if (here(s) == '+' || here(s) == '-')
            s->pos++;
        if (skip_digits(s) == 0)
            return fail_at(s, start, "malformed number", "");
    }
    if (s->pos - start > JAM_JSON_NUMBER_MAX)
        return fail_at(s, start, "number of too many characters", "");
    return PVM_OK;
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if (len > s->text.len - s->pos || memcmp(s->text.ptr + s->pos, word, len) != 0)
        return false;
    s->pos += len;
    return true;
}

static enum pvm_status scan_key(struct scan *s)
{
    skip_blanks(s);
    if (here(s) != '"')
        return unexpected(s, "expected a key in quotes");
    PVM_TRY(scan_string(s));
    skip_blanks(s);
    if (here(s) != ':')
        return unexpected(s, "expected ':'");
    s->pos++;
    return PVM_OK;
}

/* Takes a scalar or the start of an array or object. *due: the next thing is a value. */
static enum pvm_status scan_value(struct scan *s, bool *due)
{
    *due = false;
    skip_blanks(s);
    if (++s->values > JAM_JSON_VALUES_MAX)
        return fail_at(s, s->pos, "too many values", "");
    int c = here(s);
    if (c == '"')
        return scan_string(s);
    if (c == '-' || is_digit(c))
        return scan_number(s);
    if (scan_word(s, "true") || scan_word(s, "false") || scan_word(s, "null"))
        return PVM_OK;
    if (c != '{' && c != '[')
        return unexpected(s, "expected a value");
    if (s->depth == JAM_JSON_DEPTH)
        return fail_at(s, s->pos, "nested too deep", "");
    uint8_t closer = c == '{' ? '}' : ']';
    s->pos++;
    skip_blanks(s);
    if (here(s) == closer) {
        s->pos++;
        return PVM_OK;
    }
    s->closers[s->depth++] = closer;
    *due = true;
    return c == '{' ? scan_key(s) : PVM_OK;
}

/* What follows a finished value: the ends of arrays and objects, or a comma and then *due. */
static enum pvm_status scan_after(struct scan *s, bool *due)
{
    while (s->depth > 0) {
        uint8_t closer = s->closers[s->depth - 1];
        skip_blanks(s);
        int c = here(s);
        if (c == ',') {
            s->pos++;
            *due = true;
            return closer == '}' ? scan_key(s) : PVM_OK;
        }
        if (c != closer)
            return unexpected(s, closer == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
        s->pos++;
        s->depth--;
    }
    return PVM_OK;
}

/* What editors of some systems put in front, for other programs to see how a text is encoded. */
static enum pvm_status check_mark(const struct scan *s)
{
    static const struct {
        const char *octets, *advice;
    } marks[] = {
        {"\xef\xbb\xbf",
         "a byte order mark in front of the JSON; save the file as UTF-8 without it"},
        {"\xff\xfe", "the text is UTF-16; save the file as UTF-8"},
        {"\xfe\xff", "the text is UTF-16; save the file as UTF-8"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i].octets);
        if (s->text.len >= len && memcmp(s->text.ptr, marks[i].octets, len) == 0)
            return fail_at(s, 0, marks[i].advice, "");
    }
    return PVM_OK;
}

enum pvm_status jam_json_scan(struct pvm_bytes text, const char *name, struct pvm_err *err)
{
    struct scan s = {.text = text, .name = name, .err = err};
    if (text.len > JAM_JSON_SIZE_MAX)
        return pvm_fail(err, PVM_E_MALFORMED, "%.160s: larger than %d MiB", name,
                        JAM_JSON_SIZE_MAX >> 20);
    PVM_TRY(check_mark(&s));
    bool due = true;
    while (due) {
        PVM_TRY(scan_value(&s, &due));
        if (!due)
            PVM_TRY(scan_after(&s, &due));
    }
    skip_blanks(&s);
    return s.pos == text.len ? PVM_OK : unexpected(&s, "expected the end");
}

/* The end of the string that starts at pos. */
static size_t string_end(struct pvm_bytes text, size_t pos)
{
    for (pos++; pos < text.len && text.ptr[pos] != '"'; pos++)
        if (text.ptr[pos] == '\\')
            pos++;
    return pos + 1;
}

static bool in_number(uint8_t c)
{
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

struct pvm_bytes jam_json_next_number(struct pvm_bytes text, size_t *pos)
{
    size_t start = *pos;
    while (start < text.len && text.ptr[start] != '-' && !is_digit(text.ptr[start]))
        start = text.ptr[start] == '"' ? string_end(text, start) : start + 1;
    if (start >= text.len)
        return pvm_bytes_none();
    size_t end = start;
    while (end < text.len && in_number(text.ptr[end]))
        end++;
    *pos = end;
    return pvm_bytes(text.ptr + start, end - start);
}
