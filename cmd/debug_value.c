/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values, places and conditions in commands of the debugger:
 *
 *     condition  all { "||" all }          all  comparison { "&&" comparison }
 *     comparison value [ ("==" | "!=" | "<" | "<=" | ">" | ">=") value ]      of unsigned numbers
 *     value      sum { "&" sum }           sum  product { ("+" | "-") product }
 *     product    term { "*" term }
 *     term       number | name | "(" value ")" | ("u8" | "u16" | "u32" | "u64") "[" value "]"
 */
#include "cmd/debug.h"

#include <inttypes.h>

enum { NESTED_MAX = 32 };

/* What is read, and where that is up to. */
struct reading {
    struct cmd_debug *d;
    const char *at;
    bool place; /* the first term: a word is a symbol before it is a register */
    const struct pvm_symbols **names;
    unsigned depth;
    struct pvm_err *err;
};

unsigned cmd_debug_register(const char *name, size_t len)
{
    uint64_t number;
    if (len > 1 && *name == '$') {
        name++;
        len--;
    }
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (strlen(pvm_reg_name(i)) == len && strncmp(pvm_reg_name(i), name, len) == 0)
            return i;
    if (len < 2 || len > 3 || *name != 'r' || (len == 3 && name[1] == '0') ||
        !cmd_number(name + 1, len - 1, &number) || number >= PVM_REG_COUNT)
        return PVM_REG_COUNT;
    return (unsigned)number;
}

static bool find_symbol(const struct pvm_symbols *names, const char *text, size_t len, uint64_t *pc)
{
    for (size_t i = 0; names != NULL && i < names->count; i++)
        if (strlen(names->list[i].name) == len && strncmp(names->list[i].name, text, len) == 0) {
            *pc = names->list[i].pc;
            return true;
        }
    return false;
}

/* Of the machine shown, else of the outer one, else of any program that names are known of. */
static bool find_anywhere(struct cmd_debug *d, const char *text, size_t len, uint64_t *pc,
                          const struct pvm_symbols **names)
{
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    *names = vm != NULL ? cmd_debug_names(d, machine, vm) : NULL;
    if (find_symbol(*names, text, len, pc))
        return true;
    *names = cmd_debug_names(d, CMD_DEBUG_OUTER, cmd_debug_vm(d, CMD_DEBUG_OUTER));
    if (find_symbol(*names, text, len, pc))
        return true;
    for (size_t i = 0; i < d->run->symbols.count; i++) {
        *names = &d->run->symbols.list[i].symbols;
        if (find_symbol(*names, text, len, pc))
            return true;
    }
    *names = NULL;
    return false;
}

static void skip_blanks(struct reading *in)
{
    in->at += strspn(in->at, " \t");
}

/* Takes a text off the front. */
static bool take(struct reading *in, const char *text)
{
    skip_blanks(in);
    size_t len = strlen(text);
    if (strncmp(in->at, text, len) != 0)
        return false;
    in->at += len;
    return true;
}

static enum pvm_status sums(struct reading *in, uint64_t *out);

/* What is in brackets, which end with that one. */
static enum pvm_status nested(struct reading *in, const char *close, uint64_t *out)
{
    if (++in->depth > NESTED_MAX)
        return pvm_fail(in->err, PVM_E_USAGE, "more than %d brackets", NESTED_MAX);
    in->place = false;
    PVM_TRY(sums(in, out));
    in->depth--;
    return take(in, close)
               ? PVM_OK
               : pvm_fail(in->err, PVM_E_USAGE, "expected %s at \"%.40s\"", close, in->at);
}

/* A number in memory of the machine shown. */
static enum pvm_status number_at(struct reading *in, uint64_t addr, unsigned width, uint64_t *out)
{
    int64_t machine;
    uint8_t octets[8];
    const struct pvm_vm *vm = cmd_debug_shown(in->d, &machine);
    if (vm == NULL || addr >> 32 != 0 || !pvm_memory_allows(&vm->memory, addr, width, PVM_READ))
        return pvm_fail(in->err, PVM_E_MALFORMED, "%u octet%s at 0x%08" PRIx64 " may not be read",
                        width, width == 1 ? "" : "s", addr);
    pvm_memory_get(&vm->memory, addr, octets, width);
    *out = pvm_load_le(octets, width);
    return PVM_OK;
}

static enum pvm_status name(struct reading *in, const char *start, size_t len, uint64_t *out)
{
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(in->d, &machine);
    const struct pvm_symbols *found = NULL;
    if (in->place && find_anywhere(in->d, start, len, out, in->names))
        return PVM_OK;
    unsigned reg = cmd_debug_register(start, len);
    if (len > 1 && *start == '$') {
        start++;
        len--;
    }
    if (reg < PVM_REG_COUNT && vm != NULL)
        *out = vm->regs[reg];
    else if (len == 2 && strncmp(start, "pc", len) == 0 && vm != NULL)
        *out = in->d->over && machine < 0 ? vm->exit_pc : vm->pc;
    else if (len == 3 && strncmp(start, "gas", len) == 0 && vm != NULL)
        *out = vm->gas;
    else if (len == 4 && strncmp(start, "step", len) == 0)
        *out = in->d->step;
    else if (!find_anywhere(in->d, start, len, out, &found))
        return pvm_fail(in->err, PVM_E_USAGE, "\"%.*s\" is no number, register or symbol",
                        (int)(len < 80 ? len : 80), start);
    return PVM_OK;
}

static enum pvm_status term(struct reading *in, uint64_t *out)
{
    static const struct {
        const char *name;
        unsigned width;
    } kinds[] = {{"u8[", 1}, {"u16[", 2}, {"u32[", 4}, {"u64[", 8}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!take(in, kinds[i].name))
            continue;
        uint64_t addr = 0;
        PVM_TRY(nested(in, "]", &addr));
        return number_at(in, addr, kinds[i].width, out);
    }
    if (take(in, "("))
        return nested(in, ")", out);
    skip_blanks(in);
    const char *start = in->at;
    size_t len = strcspn(start, "+-*&|=!<>()[] \t");
    in->at += len;
    return cmd_number(start, len, out) ? PVM_OK : name(in, start, len, out);
}

static enum pvm_status product(struct reading *in, uint64_t *out)
{
    PVM_TRY(term(in, out));
    in->place = false;
    while (take(in, "*")) {
        uint64_t value;
        PVM_TRY(term(in, &value));
        *out *= value;
    }
    return PVM_OK;
}

static enum pvm_status sum(struct reading *in, uint64_t *out)
{
    bool minus = take(in, "-");
    uint64_t value = 0;
    PVM_TRY(product(in, &value));
    *out = minus ? 0 - value : value;
    for (;;) {
        minus = take(in, "-");
        if (!minus && !take(in, "+"))
            return PVM_OK;
        PVM_TRY(product(in, &value));
        *out = minus ? *out - value : *out + value;
    }
}

static enum pvm_status sums(struct reading *in, uint64_t *out)
{
    PVM_TRY(sum(in, out));
    for (skip_blanks(in); in->at[0] == '&' && in->at[1] != '&'; skip_blanks(in)) {
        uint64_t value;
        in->at++;
        PVM_TRY(sum(in, &value));
        *out &= value;
    }
    return PVM_OK;
}

static enum pvm_status comparison(struct reading *in, bool *out)
{
    uint64_t a = 0;
    uint64_t b = 0;
    PVM_TRY(sums(in, &a));
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    size_t sign = 0;
    while (sign < sizeof signs / sizeof *signs && !take(in, signs[sign]))
        sign++;
    if (sign < sizeof signs / sizeof *signs)
        PVM_TRY(sums(in, &b));
    const bool results[] = {a == b, a != b, a <= b, a >= b, a<b, a> b, a != 0};
    *out = results[sign];
    return PVM_OK;
}

static enum pvm_status all(struct reading *in, bool *out)
{
    PVM_TRY(comparison(in, out));
    while (take(in, "&&")) {
        bool more;
        PVM_TRY(comparison(in, &more));
        *out = *out && more;
    }
    return PVM_OK;
}

static enum pvm_status at_end(struct reading *in, const char *expected)
{
    skip_blanks(in);
    return *in->at == '\0'
               ? PVM_OK
               : pvm_fail(in->err, PVM_E_USAGE, "expected %s at \"%.40s\"", expected, in->at);
}

enum pvm_status cmd_debug_condition(struct cmd_debug *d, const char *text, bool *out,
                                    struct pvm_err *err)
{
    struct reading in = {.d = d, .at = text, .err = err};
    bool any = false;
    do {
        bool one;
        PVM_TRY(all(&in, &one));
        any = any || one;
    } while (take(&in, "||"));
    PVM_TRY(at_end(&in, "a comparison, && or ||"));
    *out = any;
    return PVM_OK;
}

static enum pvm_status value(struct reading *in, uint64_t *out)
{
    uint64_t total = 0;
    PVM_TRY(sums(in, &total));
    PVM_TRY(at_end(in, "+ or -"));
    *out = total;
    return PVM_OK;
}

enum pvm_status cmd_debug_value(struct cmd_debug *d, const char *text, uint64_t *out,
                                struct pvm_err *err)
{
    struct reading in = {.d = d, .at = text, .err = err};
    return value(&in, out);
}

enum pvm_status cmd_debug_place(struct cmd_debug *d, const char *text, uint64_t *out,
                                const struct pvm_symbols **names, struct pvm_err *err)
{
    struct reading in = {.d = d, .at = text, .place = true, .names = names, .err = err};
    *names = NULL;
    if (*in.at == '*')
        in.at++;
    return value(&in, out);
}
