/* SPDX-License-Identifier: Apache-2.0 */
/* Reading our own traces in text, see docs/traces.md for the lines. */
#include "cmd/trace_source.h"
#include "host/call.h"

#include <stdio.h>

enum { WORDS = 96 };

/* A line in words, as they lie in it. */
struct words {
    struct pvm_bytes list[WORDS];
    size_t count;
};

static struct words split(struct pvm_bytes line)
{
    struct words words = {.count = 0};
    size_t at = 0;
    while (words.count < WORDS) {
        while (at < line.len && line.ptr[at] == ' ')
            at++;
        size_t start = at;
        while (at < line.len && line.ptr[at] != ' ')
            at++;
        if (at == start)
            break;
        words.list[words.count++] = pvm_bytes(line.ptr + start, at - start);
    }
    return words;
}

static bool is(struct pvm_bytes word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.ptr, text, word.len) == 0;
}

static bool number(struct pvm_bytes word, uint64_t *out)
{
    return word.len != 0 && cmd_number((const char *)word.ptr, word.len, out);
}

/* A number with a comma or the like behind it. */
static bool number_and(struct pvm_bytes word, uint64_t *out)
{
    return word.len > 1 && number(pvm_bytes(word.ptr, word.len - 1), out);
}

static bool signed_number(struct pvm_bytes word, int64_t *out)
{
    uint64_t value;
    bool minus = word.len > 1 && word.ptr[0] == '-';
    if (!number(minus ? pvm_bytes(word.ptr + 1, word.len - 1) : word, &value))
        return false;
    *out = (int64_t)(minus ? 0 - value : value);
    return true;
}

static bool machine(struct pvm_bytes word, int64_t *out)
{
    uint64_t id;
    *out = -1;
    if (is(word, "-"))
        return true;
    if (!number(word, &id) || id >= INT64_MAX)
        return false;
    *out = (int64_t)id;
    return true;
}

/* What stands behind an instruction: "a0=0x7", "cost=3", "w4[0x20000]=0x9", "more=2". */
struct tail {
    unsigned set;
    uint64_t values[PVM_REG_COUNT];
};

static bool range_word(struct pvm_bytes word, struct cmd_trace_record *record)
{
    const uint8_t *open = memchr(word.ptr, '[', word.len);
    const uint8_t *close = memchr(word.ptr, ']', word.len);
    uint64_t len, addr, value = 0;
    if (open == NULL || close == NULL || close < open ||
        (word.ptr[0] != 'r' && word.ptr[0] != 'w') ||
        !number(pvm_bytes(word.ptr + 1, (size_t)(open - word.ptr) - 1), &len) ||
        !number(pvm_bytes(open + 1, (size_t)(close - open) - 1), &addr))
        return false;
    struct pvm_bytes rest = pvm_bytes(close + 1, word.len - (size_t)(close + 1 - word.ptr));
    bool written = word.ptr[0] == 'w';
    if (record->kind == CMD_TRACE_CALL) {
        char mark = len <= CMD_TRACE_SHORT ? '=' : '#';
        bool octets = rest.len > 1 && rest.ptr[0] == mark &&
                      number(pvm_bytes(rest.ptr + 1, rest.len - 1), &value);
        if ((rest.len != 0 && !octets) || record->range_count == CMD_TRACE_RANGES)
            return false;
        record->ranges[record->range_count++] =
            (struct cmd_trace_range){written, octets, addr, len, value};
        return true;
    }
    bool refused = is(rest, "!");
    if (len == 0 || len > 8 || addr > UINT32_MAX ||
        (!refused && (rest.len < 2 || rest.ptr[0] != '=' ||
                      !number(pvm_bytes(rest.ptr + 1, rest.len - 1), &value))))
        return false;
    record->access =
        (struct cmd_trace_access){(uint8_t)len, written, refused, (uint32_t)addr, value};
    return true;
}

static bool tail_word(struct pvm_bytes word, struct cmd_trace_record *record, struct tail *tail)
{
    const uint8_t *equals = memchr(word.ptr, '=', word.len);
    if (range_word(word, record))
        return true;
    if (equals == NULL)
        return false;
    struct pvm_bytes name = pvm_bytes(word.ptr, (size_t)(equals - word.ptr));
    struct pvm_bytes text = pvm_bytes(equals + 1, word.len - name.len - 1);
    uint64_t value;
    if (!number(text, &value))
        return false;
    unsigned reg = cmd_trace_register(name);
    if (reg < PVM_REG_COUNT) {
        tail->set |= 1U << reg;
        tail->values[reg] = value;
        return true;
    }
    if (is(name, "cost"))
        record->cost = value;
    else if (is(name, "more"))
        record->range_more = value;
    else
        return false;
    return true;
}

static bool step_line(struct cmd_trace_source *source, const struct words *words,
                      struct cmd_trace_record *record)
{
    const struct pvm_bytes *list = words->list;
    struct tail tail = {0};
    size_t last = words->count;
    record->kind = CMD_TRACE_STEP;
    record->has_cost = true;
    record->cost = 1;
    record->has_step = words->count >= 5 && number(list[0], &record->step);
    if (words->count < 5 || (!record->has_step && !is(list[0], "-")) ||
        !machine(list[1], &record->machine) || !number(list[2], &record->pc))
        return false;
    while (last > 4 && tail_word(list[last - 1], record, &tail))
        last--;
    record->has_gas = number(list[last - 1], &record->gas);
    if (last < 5 || (!record->has_gas && !is(list[last - 1], "-")))
        return false;
    const uint8_t *end = list[last - 2].ptr + list[last - 2].len;
    cmd_trace_set_text(record, pvm_bytes(list[3].ptr, (size_t)(end - list[3].ptr)));
    cmd_trace_source_fill(source, record, tail.set, tail.values);
    return true;
}

static bool exit_of(struct pvm_bytes word, enum pvm_exit *out)
{
    for (unsigned i = 0; i <= PVM_EXIT_HOST; i++)
        if (is(word, pvm_exit_name((enum pvm_exit)i))) {
            *out = (enum pvm_exit)i;
            return true;
        }
    return false;
}

/* - host call N NAME [(not open here)], gas A -> B[, EXIT] ... */
static bool call_line(struct cmd_trace_source *source, const struct words *words,
                      struct cmd_trace_record *record)
{
    const struct pvm_bytes *list = words->list;
    struct tail tail = {0};
    size_t at = 5;
    uint64_t after;
    record->kind = CMD_TRACE_CALL;
    if (words->count < 9 || !signed_number(list[3], &record->number))
        return false;
    bool comma = list[4].ptr[list[4].len - 1] == ',';
    struct pvm_bytes name = comma ? pvm_bytes(list[4].ptr, list[4].len - 1) : list[4];
    record->open = comma && !is(name, "unknown");
    if (!is(name, "unknown"))
        cmd_trace_set_text(record, name);
    if (!comma) /* (not open here), */
        at += 3;
    if (words->count < at + 4 || !is(list[at], "gas") || !number(list[at + 1], &record->gas))
        return false;
    at += 3;
    if (!number(list[at], &after)) {
        if (words->count < at + 2 || !number_and(list[at], &after) ||
            !exit_of(list[at + 1], &record->exit))
            return false;
        at++;
    }
    record->has_gas = record->has_cost = true;
    record->cost = record->gas - after;
    for (at++; at < words->count; at++)
        if (!tail_word(list[at], record, &tail))
            return false;
    record->pc = source->call_pc;
    cmd_trace_source_fill(source, record, tail.set, tail.values);
    return true;
}

/* # end OUTCOME, pc N, gas N, N steps */
static bool end_line(struct cmd_trace_source *source, const struct words *words,
                     struct cmd_trace_record *record)
{
    const struct pvm_bytes *list = words->list;
    size_t n = words->count;
    if (n < 9 || !is(list[n - 1], "steps") || !number(list[n - 2], &record->step) ||
        !number_and(list[n - 3], &record->gas) || !number_and(list[n - 5], &record->pc))
        return false;
    const uint8_t *end = list[n - 7].ptr + list[n - 7].len - 1;
    cmd_trace_set_text(record, pvm_bytes(list[2].ptr, (size_t)(end - list[2].ptr)));
    record->kind = CMD_TRACE_END;
    record->has_gas = record->has_step = true;
    source->ended = true;
    return true;
}

static void copy(struct pvm_bytes word, size_t size, char *out)
{
    size_t len = word.len < size - 1 ? word.len : size - 1;
    memcpy(out, word.ptr, len);
    out[len] = '\0';
    cmd_trace_clean(out);
}

static enum pvm_status header_line(struct cmd_trace_source *source, const struct words *words,
                                   struct pvm_err *err)
{
    uint64_t version;
    if (words->count < 6 || !number(words->list[2], &version) || !is(words->list[3], "gp"))
        return cmd_trace_fail_line(source, "no heading of a trace", err);
    if (version != CMD_TRACE_VERSION)
        return cmd_trace_fail_line(source, "a version of the format that is not known", err);
    copy(words->list[4], sizeof source->meta.gp, source->meta.gp);
    copy(words->list[5], sizeof source->meta.run, source->meta.run);
    return cmd_trace_source_version(source, source->meta.gp, err);
}

static enum pvm_status program_line(struct cmd_trace_source *source, const struct words *words,
                                    struct pvm_err *err)
{
    struct pvm_buf octets = {0};
    struct jam_hash id;
    int64_t which;
    size_t bad;
    bool good =
        words->count == 5 && machine(words->list[2], &which) && is(words->list[3], "program") &&
        pvm_hex_decode((const char *)words->list[4].ptr, words->list[4].len, &octets, &bad) &&
        octets.len == sizeof id.octets;
    if (good)
        memcpy(id.octets, octets.ptr, sizeof id.octets);
    pvm_buf_deinit(&octets);
    if (!good)
        return cmd_trace_fail_line(source, "expected a machine and the hash of its program", err);
    return cmd_trace_source_program(source, which, &id, err);
}

static enum pvm_status registers_line(struct cmd_trace_source *source, const struct words *words,
                                      struct pvm_err *err)
{
    struct cmd_trace_record ignored = {.kind = CMD_TRACE_END};
    struct tail tail = {0};
    int64_t which;
    bool good = words->count >= 3 && machine(words->list[2], &which);
    for (size_t i = 3; good && i < words->count; i++)
        good = tail_word(words->list[i], &ignored, &tail);
    if (!good)
        return cmd_trace_fail_line(source, "expected a machine and its registers", err);
    cmd_trace_source_registers(source, which, tail.set, tail.values);
    return PVM_OK;
}

static enum pvm_status comment(struct cmd_trace_source *source, struct pvm_bytes line,
                               const struct words *words, struct cmd_trace_record *record,
                               bool *is_event, struct pvm_err *err)
{
    struct pvm_bytes what = words->count > 1 ? words->list[1] : pvm_bytes("", 0);
    if (is(what, "trace"))
        return header_line(source, words, err);
    if (is(what, "machine"))
        return program_line(source, words, err);
    if (is(what, "registers"))
        return registers_line(source, words, err);
    if (is(what, "filter") && words->count > 2) {
        source->filtered = true;
        copy(pvm_bytes(words->list[2].ptr, line.len - (size_t)(words->list[2].ptr - line.ptr)),
             sizeof source->meta.filter, source->meta.filter);
    }
    *is_event = is(what, "end") && end_line(source, words, record);
    if (is(what, "end") && !*is_event)
        return cmd_trace_fail_line(source, "no end of a trace", err);
    return PVM_OK;
}

enum pvm_status cmd_trace_read_text(struct cmd_trace_source *source, struct pvm_bytes line,
                                    struct cmd_trace_record *record, bool *is_event,
                                    struct pvm_err *err)
{
    struct words words = split(line);
    if (words.count == 0)
        return PVM_OK;
    if (is(words.list[0], "#"))
        return comment(source, line, &words, record, is_event, err);
    bool call = words.count > 2 && is(words.list[1], "host") && is(words.list[2], "call");
    *is_event = call ? call_line(source, &words, record) : step_line(source, &words, record);
    if (!*is_event)
        return cmd_trace_fail_line(source, "neither an instruction nor a host call", err);
    return PVM_OK;
}
