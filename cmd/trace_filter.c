/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_filter.h"

static const struct {
    const char *name;
    bool valued;
} keys[CMD_TRACE_KEY_COUNT] = {
    [CMD_TRACE_KEY_PC] = {"pc", true},        [CMD_TRACE_KEY_SYMBOL] = {"symbol", true},
    [CMD_TRACE_KEY_OP] = {"op", true},        [CMD_TRACE_KEY_CLASS] = {"class", true},
    [CMD_TRACE_KEY_MEM] = {"mem", true},      [CMD_TRACE_KEY_MACHINE] = {"machine", true},
    [CMD_TRACE_KEY_CALLS] = {"calls", false},
};

/* Machines as numbers that are in order: the outer one is 0, inner ones are 1 more than their id.
 */
static uint64_t machine_number(int64_t machine)
{
    return (uint64_t)machine + 1;
}

/* ---- parsing ---- */

static bool same(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* "N" or "N..M". */
static bool parse_range(const char *text, size_t len, struct cmd_trace_value *out)
{
    for (size_t i = 0; i + 1 < len; i++)
        if (text[i] == '.' && text[i + 1] == '.')
            return cmd_number(text, i, &out->low) &&
                   cmd_number(text + i + 2, len - i - 2, &out->high) && out->low <= out->high;
    if (!cmd_number(text, len, &out->low))
        return false;
    out->high = out->low;
    return true;
}

static bool parse_class(const char *text, size_t len, struct cmd_trace_value *out)
{
    for (unsigned i = 0; i < CMD_TRACE_CLASS_COUNT; i++)
        if (same(text, len, cmd_trace_class_name((enum cmd_trace_class)i))) {
            out->low = out->high = i;
            return true;
        }
    return false;
}

static bool parse_machine(const char *text, size_t len, struct cmd_trace_value *out)
{
    if (same(text, len, "-") || same(text, len, "outer")) {
        *out = (struct cmd_trace_value){0};
        return true;
    }
    if (same(text, len, "inner")) {
        *out = (struct cmd_trace_value){.low = 1, .high = UINT64_MAX};
        return true;
    }
    if (!parse_range(text, len, out) || out->high >= INT64_MAX)
        return false;
    out->low++;
    out->high++;
    return true;
}

static bool parse_value(enum cmd_trace_key key, const char *text, size_t len,
                        struct cmd_trace_value *out)
{
    *out = (struct cmd_trace_value){.name = text, .name_len = len};
    switch (key) {
    case CMD_TRACE_KEY_PC:
    case CMD_TRACE_KEY_MEM:
        return parse_range(text, len, out);
    case CMD_TRACE_KEY_SYMBOL:
        return len != 0;
    case CMD_TRACE_KEY_OP:
        out->low = out->high = pvm_op_by_name(text, (unsigned)len);
        return out->low != PVM_OP_COUNT;
    case CMD_TRACE_KEY_CLASS:
        return parse_class(text, len, out);
    case CMD_TRACE_KEY_MACHINE:
        return parse_machine(text, len, out);
    case CMD_TRACE_KEY_CALLS:
    case CMD_TRACE_KEY_COUNT:
        break;
    }
    return false;
}

static enum pvm_status parse_values(struct cmd_trace_filter *filter, struct cmd_trace_term *term,
                                    const char *option, const char *text, size_t len,
                                    struct pvm_err *err)
{
    size_t at = 0;
    while (at <= len) {
        const char *bar = memchr(text + at, '|', len - at);
        size_t size = bar != NULL ? (size_t)(bar - text) - at : len - at;
        if (filter->value_count == CMD_TRACE_VALUES)
            return pvm_fail(err, PVM_E_USAGE, "%s: more than %d values", option, CMD_TRACE_VALUES);
        if (size > 255 ||
            !parse_value(term->key, text + at, size, &filter->values[filter->value_count]))
            return pvm_fail(err, PVM_E_USAGE, "%s: %s: \"%.*s\" is no such value", option,
                            keys[term->key].name, size > 80 ? 80 : (int)size, text + at);
        filter->value_count++;
        term->count++;
        at += size + 1;
    }
    return PVM_OK;
}

static enum pvm_status parse_term(struct cmd_trace_filter *filter, const char *option,
                                  const char *text, size_t len, struct pvm_err *err)
{
    struct cmd_trace_term term = {.filter = filter->filters, .first = filter->value_count};
    int shown = len > 80 ? 80 : (int)len;
    const char *whole = text;
    if (len > 0 && text[0] == '!') {
        term.negated = true;
        text++;
        len--;
    }
    const char *equals = len != 0 ? memchr(text, '=', len) : NULL;
    size_t key_len = equals != NULL ? (size_t)(equals - text) : len;
    while (term.key < CMD_TRACE_KEY_COUNT && !same(text, key_len, keys[term.key].name))
        term.key++;
    if (term.key == CMD_TRACE_KEY_COUNT || keys[term.key].valued != (equals != NULL))
        return pvm_fail(err, PVM_E_USAGE,
                        "%s: \"%.*s\": expected pc=, symbol=, op=, class=, mem=, machine= or calls",
                        option, shown, whole);
    if (filter->term_count == CMD_TRACE_TERMS)
        return pvm_fail(err, PVM_E_USAGE, "%s: more than %d terms", option, CMD_TRACE_TERMS);
    if (equals != NULL)
        PVM_TRY(parse_values(filter, &term, option, equals + 1, len - key_len - 1, err));
    filter->terms[filter->term_count++] = term;
    return PVM_OK;
}

enum pvm_status cmd_trace_filter_add(struct cmd_trace_filter *filter, const char *option,
                                     const char *text, struct pvm_err *err)
{
    size_t len = strlen(text);
    size_t at = 0;
    while (at <= len) {
        const char *comma = memchr(text + at, ',', len - at);
        size_t size = comma != NULL ? (size_t)(comma - text) - at : len - at;
        PVM_TRY(parse_term(filter, option, text + at, size, err));
        at += size + 1;
    }
    filter->filters++;
    return PVM_OK;
}

static bool is_named(const struct pvm_symbol *symbol, const struct cmd_trace_value *value)
{
    return same(value->name, value->name_len, symbol->name);
}

static bool known(const struct cmd_symbols *symbols, const struct cmd_trace_value *value)
{
    for (size_t i = 0; i < symbols->count; i++)
        for (size_t k = 0; k < symbols->list[i].symbols.count; k++)
            if (is_named(&symbols->list[i].symbols.list[k], value))
                return true;
    return false;
}

enum pvm_status cmd_trace_filter_check(const struct cmd_trace_filter *filter, const char *option,
                                       const struct cmd_symbols *symbols, struct pvm_err *err)
{
    for (unsigned i = 0; i < filter->term_count; i++) {
        const struct cmd_trace_term *term = &filter->terms[i];
        for (unsigned k = 0; term->key == CMD_TRACE_KEY_SYMBOL && k < term->count; k++) {
            const struct cmd_trace_value *value = &filter->values[term->first + k];
            if (!known(symbols, value))
                return pvm_fail(err, PVM_E_USAGE, "%s: no symbol \"%.*s\"%s", option,
                                (int)value->name_len, value->name,
                                symbols->count == 0 ? ", there are no symbol files" : "");
        }
    }
    return PVM_OK;
}

/* ---- matching ---- */

bool cmd_trace_filter_names(const struct cmd_trace_filter *filter)
{
    for (unsigned i = 0; i < filter->term_count; i++)
        if (filter->terms[i].key == CMD_TRACE_KEY_SYMBOL)
            return true;
    return false;
}

/* Names with a dot are local to the one before. */
static bool is_local(const struct pvm_symbol *symbol)
{
    return strchr(symbol->name, '.') != NULL;
}

/* Whether pc lies in the code from the symbol to the next one: of a local name to any, of others to
 * one that is not local either. */
static bool in_symbol(const struct cmd_trace_value *value, uint64_t pc,
                      const struct pvm_symbols *names)
{
    const struct pvm_symbol *at = names != NULL ? pvm_symbols_before(names, pc) : NULL;
    if (at == NULL)
        return false;
    bool any = memchr(value->name, '.', value->name_len) != NULL;
    while (at > names->list && !any && is_local(at))
        at--;
    uint64_t start = at->pc;
    for (; at->pc == start; at--) {
        if (is_named(at, value))
            return true;
        if (at == names->list)
            break;
    }
    return false;
}

static bool overlaps(const struct cmd_trace_value *value, uint64_t addr, uint64_t len)
{
    return len != 0 && addr <= value->high && addr + (len - 1) >= value->low;
}

static bool touches(const struct cmd_trace_value *value, const struct cmd_trace_record *record)
{
    if (record->kind == CMD_TRACE_STEP)
        return overlaps(value, record->access.addr, record->access.width);
    for (unsigned i = 0; i < record->range_count; i++)
        if (overlaps(value, record->ranges[i].addr, record->ranges[i].len))
            return true;
    return false;
}

static bool is_in(const struct cmd_trace_value *value, uint64_t number)
{
    return number >= value->low && number <= value->high;
}

static bool fits(enum cmd_trace_key key, const struct cmd_trace_value *value,
                 const struct cmd_trace_record *record, const struct pvm_symbols *names)
{
    switch (key) {
    case CMD_TRACE_KEY_PC:
        return is_in(value, record->pc);
    case CMD_TRACE_KEY_SYMBOL:
        return in_symbol(value, record->pc, names);
    case CMD_TRACE_KEY_OP:
        return is_in(value, record->op);
    case CMD_TRACE_KEY_CLASS:
        return is_in(value, cmd_trace_class(record->op));
    case CMD_TRACE_KEY_MEM:
        return touches(value, record);
    case CMD_TRACE_KEY_MACHINE:
        return is_in(value, machine_number(record->machine));
    case CMD_TRACE_KEY_CALLS:
    case CMD_TRACE_KEY_COUNT:
        break;
    }
    return record->kind == CMD_TRACE_CALL;
}

static bool holds(const struct cmd_trace_filter *filter, const struct cmd_trace_term *term,
                  const struct cmd_trace_record *record, const struct pvm_symbols *names)
{
    bool any = term->key == CMD_TRACE_KEY_CALLS && record->kind == CMD_TRACE_CALL;
    for (unsigned i = 0; i < term->count && !any; i++)
        any = fits(term->key, &filter->values[term->first + i], record, names);
    return any != term->negated;
}

bool cmd_trace_filter_wants(const struct cmd_trace_filter *filter,
                            const struct cmd_trace_record *record, const struct pvm_symbols *names)
{
    if (filter->filters == 0 || record->kind == CMD_TRACE_END)
        return true;
    unsigned next = 0;
    for (unsigned i = 0; i < filter->filters; i++) {
        bool all = true;
        for (; next < filter->term_count && filter->terms[next].filter == i; next++)
            all = all && holds(filter, &filter->terms[next], record, names);
        if (all)
            return true;
    }
    return false;
}
