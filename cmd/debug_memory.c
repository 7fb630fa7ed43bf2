/* SPDX-License-Identifier: Apache-2.0 */
/* x: memory as octets and as values. */
#include "cmd/debug_commands.h"

#include <inttypes.h>

enum { COUNT_MAX = 1 << 16, COUNT_DUMP = 64, LINE = 16, TEXT_MAX = 4096 };

/* What is behind the slash of x. */
struct format {
    uint64_t count;
    char format;    /* 0: a dump of octets */
    unsigned width; /* octets of a value */
};

static enum pvm_status parse_format(const char *word, struct format *out, struct pvm_err *err)
{
    const char *at = strchr(word, '/');
    *out = (struct format){1, 0, 0};
    if (at == NULL)
        return PVM_OK;
    at++;
    size_t digits = strspn(at, "0123456789");
    if (digits != 0 && (!cmd_number(at, digits, &out->count) || out->count > COUNT_MAX))
        return pvm_fail(err, PVM_E_USAGE, "x: at most %d values", COUNT_MAX);
    out->format = 'x';
    out->width = 1;
    for (at += digits; *at != '\0'; at++) {
        static const char sizes[] = "bhwg";
        const char *size = strchr(sizes, *at);
        if (size != NULL)
            out->width = 1u << (unsigned)(size - sizes);
        else if (strchr("xdusi", *at) != NULL)
            out->format = *at;
        else
            return pvm_fail(err, PVM_E_USAGE,
                            "x: expected x, d, u, s, i, b, h, w or g, got \"%.20s\"", at);
    }
    return PVM_OK;
}

static bool readable(const struct pvm_vm *vm, uint64_t addr, uint64_t len)
{
    return pvm_memory_allows(&vm->memory, addr, len, PVM_READ);
}

static void value_text(const struct format *how, uint64_t value, struct pvm_buf *out)
{
    unsigned bits = 8 * how->width;
    uint64_t sign = UINT64_C(1) << (bits - 1);
    if (how->format == 'u')
        pvm_buf_printf(out, " %" PRIu64, value);
    else if (how->format == 'd')
        pvm_buf_printf(out, " %" PRId64, (int64_t)((value ^ sign) - sign));
    else
        pvm_buf_printf(out, " 0x%0*" PRIx64, (int)(2 * how->width), value);
}

static uint64_t values(const struct pvm_vm *vm, const struct format *how, uint64_t addr,
                       struct pvm_buf *out)
{
    unsigned line = LINE / how->width;
    for (uint64_t i = 0; i < how->count && addr >> 32 == 0; i++) {
        uint8_t octets[8];
        if (i % line == 0)
            pvm_buf_printf(out, "%s0x%08" PRIx64 " ", i == 0 ? "" : "\n", addr);
        if (readable(vm, addr, how->width)) {
            pvm_memory_get(&vm->memory, addr, octets, how->width);
            value_text(how, pvm_load_le(octets, how->width), out);
        } else {
            pvm_buf_text(out, " --");
        }
        addr += how->width;
    }
    pvm_buf_text(out, "\n");
    return addr;
}

static void dump_line(const struct pvm_vm *vm, uint64_t addr, uint64_t len, struct pvm_buf *out)
{
    char text[LINE + 1] = {0};
    pvm_buf_printf(out, "0x%08" PRIx64 " ", addr);
    for (uint64_t i = 0; i < LINE; i++) {
        uint8_t octet = 0;
        bool there = i < len && readable(vm, addr + i, 1);
        if (there)
            pvm_memory_get(&vm->memory, addr + i, &octet, 1);
        if (i % 8 == 0)
            pvm_buf_text(out, " ");
        if (there)
            pvm_buf_printf(out, "%02x ", (unsigned)octet);
        else
            pvm_buf_text(out, i < len ? "-- " : "   ");
        if (i < len)
            text[i] = '.';
        if (there && octet >= 0x20 && octet < 0x7f)
            text[i] = (char)octet;
    }
    pvm_buf_printf(out, " %s\n", text);
}

static uint64_t dump(const struct pvm_vm *vm, uint64_t addr, uint64_t len, struct pvm_buf *out)
{
    uint64_t end = len < (UINT64_C(1) << 32) - addr ? addr + len : UINT64_C(1) << 32;
    for (; addr < end; addr += LINE)
        dump_line(vm, addr, end - addr < LINE ? end - addr : LINE, out);
    return end;
}

/* Octets up to a 0, one that may not be read, or as many as are looked at. */
static uint64_t texts(const struct pvm_vm *vm, uint64_t count, uint64_t addr, struct pvm_buf *out)
{
    for (uint64_t i = 0; i < count && addr >> 32 == 0; i++) {
        uint8_t octet = 1;
        pvm_buf_printf(out, "0x%08" PRIx64 "  \"", addr);
        for (unsigned k = 0; k < TEXT_MAX && octet != 0 && readable(vm, addr, 1); k++) {
            pvm_memory_get(&vm->memory, addr++, &octet, 1);
            if (octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\')
                pvm_buf_add_u8(out, octet);
            else if (octet != 0)
                pvm_buf_printf(out, "\\x%02x", (unsigned)octet);
        }
        pvm_buf_printf(out, "\"%s\n", octet == 0 ? "" : "...");
        if (octet != 0)
            break;
    }
    return addr;
}

enum pvm_status cmd_debug_do_x(struct cmd_debug *d, const struct cmd_debug_words *words,
                               struct pvm_err *err)
{
    int64_t machine;
    struct format how;
    uint64_t addr = d->next_dump;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    const char *format = words->list[0];
    unsigned first = 1;
    if (words->count > 1 && words->list[1][0] == '/')
        format = words->list[first++];
    PVM_TRY(parse_format(format, &how, err));
    if (words->count > first)
        PVM_TRY(cmd_debug_value(d, words->rest[first], &addr, err));
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no machine %" PRId64, machine);
    if (addr >> 32 != 0)
        return pvm_fail(err, PVM_E_USAGE, "x: 0x%" PRIx64 " is beyond 2^32", addr);
    if (how.format == 'i')
        return cmd_debug_instructions(d, words->count > first, addr, how.count, err);
    if (how.format == 0)
        d->next_dump = dump(vm, addr, COUNT_DUMP, &d->cmd->out);
    else if (how.format == 's')
        d->next_dump = texts(vm, how.count, addr, &d->cmd->out);
    else
        d->next_dump = values(vm, &how, addr, &d->cmd->out);
    return PVM_OK;
}
