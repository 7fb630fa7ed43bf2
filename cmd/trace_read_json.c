/* SPDX-License-Identifier: Apache-2.0 */
/* Reading our own traces in JSON, an object a line; see docs/traces.md for the keys. */
#include "cmd/trace_source.h"
#include "host/json.h"

/* Members of an object by name; an absent one leaves the output as it is. */
static enum pvm_status take(struct jam_json object, const char *key, uint64_t max, uint64_t *out,
                            bool *there, struct pvm_err *err)
{
    struct jam_json value = jam_json_get(object, key);
    *there = jam_json_has(value);
    return *there ? jam_json_u64(value, max, out, err) : PVM_OK;
}

static enum pvm_status take_text(struct jam_json object, const char *key, char *out, size_t size,
                                 struct pvm_err *err)
{
    struct jam_json value = jam_json_get(object, key);
    const char *text = "";
    if (jam_json_has(value) && jam_json_type(value) != JAM_JSON_NULL)
        PVM_TRY(jam_json_text(value, &text, err));
    size_t len = strlen(text) < size - 1 ? strlen(text) : size - 1;
    memcpy(out, text, len);
    out[len] = '\0';
    cmd_trace_clean(out);
    return PVM_OK;
}

static enum pvm_status take_bool(struct jam_json object, const char *key, bool *out,
                                 struct pvm_err *err)
{
    struct jam_json value = jam_json_get(object, key);
    return jam_json_has(value) ? jam_json_bool(value, out, err) : PVM_OK;
}

static enum pvm_status take_machine(struct jam_json object, int64_t *out, struct pvm_err *err)
{
    struct jam_json value = jam_json_get(object, "machine");
    uint64_t id = 0;
    *out = -1;
    if (!jam_json_has(value) || jam_json_type(value) == JAM_JSON_NULL)
        return PVM_OK;
    PVM_TRY(jam_json_u64(value, INT64_MAX - 1, &id, err));
    *out = (int64_t)id;
    return PVM_OK;
}

static enum pvm_status heading(struct cmd_trace_source *source, struct jam_json line,
                               struct pvm_err *err)
{
    uint64_t version = 0;
    bool there;
    PVM_TRY(take(line, "trace", UINT32_MAX, &version, &there, err));
    if (version != CMD_TRACE_VERSION)
        return jam_json_fail(line, err, "a version of the format that is not known");
    PVM_TRY(take_text(line, "gp", source->meta.gp, sizeof source->meta.gp, err));
    PVM_TRY(take_text(line, "run", source->meta.run, sizeof source->meta.run, err));
    PVM_TRY(take_bool(line, "filtered", &source->filtered, err));
    memcpy(source->meta.filter, source->filtered ? "?" : "", source->filtered ? 2 : 1);
    return cmd_trace_source_version(source, source->meta.gp, err);
}

static enum pvm_status about_machine(struct cmd_trace_source *source, struct jam_json line,
                                     struct pvm_err *err)
{
    struct jam_json registers = jam_json_get(line, "registers");
    uint64_t values[PVM_REG_COUNT];
    struct jam_hash id;
    unsigned count = 0;
    int64_t machine;
    PVM_TRY(take_machine(line, &machine, err));
    if (jam_json_has(jam_json_get(line, "program"))) {
        PVM_TRY(jam_json_hash(jam_json_get(line, "program"), &id, err));
        return cmd_trace_source_program(source, machine, &id, err);
    }
    if (jam_json_count(registers) != PVM_REG_COUNT)
        return jam_json_fail(line, err, "expected program, or registers, %d of them",
                             PVM_REG_COUNT);
    for (struct jam_json at = jam_json_first(registers); jam_json_has(at); at = jam_json_next(at))
        PVM_TRY(jam_json_u64(at, UINT64_MAX, &values[count++], err));
    cmd_trace_source_registers(source, machine, CMD_TRACE_ALL, values);
    return PVM_OK;
}

static enum pvm_status take_set(struct jam_json line, unsigned *set, uint64_t values[PVM_REG_COUNT],
                                struct pvm_err *err)
{
    struct jam_json object = jam_json_get(line, "set");
    *set = 0;
    if (!jam_json_has(object))
        return PVM_OK;
    PVM_TRY(jam_json_expect(object, JAM_JSON_OBJECT, err));
    for (struct jam_json at = jam_json_first(object); jam_json_has(at); at = jam_json_next(at)) {
        const char *key = jam_json_key(at);
        unsigned reg = cmd_trace_register(pvm_bytes(key, strlen(key)));
        if (reg == PVM_REG_COUNT)
            return jam_json_fail(at, err, "no register");
        PVM_TRY(jam_json_u64(at, UINT64_MAX, &values[reg], err));
        *set |= 1U << reg;
    }
    return PVM_OK;
}

static enum pvm_status take_access(struct jam_json line, struct cmd_trace_access *out,
                                   struct pvm_err *err)
{
    uint64_t addr = 0, size = 0;
    bool there;
    struct jam_json object = jam_json_get(line, "read");
    bool written = !jam_json_has(object);
    if (written)
        object = jam_json_get(line, "write");
    if (!jam_json_has(object))
        return PVM_OK;
    PVM_TRY(take(object, "address", UINT32_MAX, &addr, &there, err));
    PVM_TRY(take(object, "size", 8, &size, &there, err));
    PVM_TRY(take(object, "value", UINT64_MAX, &out->value, &there, err));
    PVM_TRY(take_bool(object, "refused", &out->refused, err));
    out->written = written;
    out->addr = (uint32_t)addr;
    out->width = (uint8_t)size;
    return PVM_OK;
}

static enum pvm_status take_ranges(struct jam_json line, struct cmd_trace_record *record,
                                   struct pvm_err *err)
{
    struct jam_json list = jam_json_get(line, "memory");
    bool there;
    for (struct jam_json at = jam_json_first(list); jam_json_has(at); at = jam_json_next(at)) {
        struct cmd_trace_range range = {0};
        if (record->range_count == CMD_TRACE_RANGES)
            return jam_json_fail(list, err, "more than %d ranges", CMD_TRACE_RANGES);
        PVM_TRY(take(at, "address", UINT64_MAX, &range.addr, &there, err));
        PVM_TRY(take(at, "size", UINT64_MAX, &range.len, &there, err));
        PVM_TRY(take_bool(at, "write", &range.written, err));
        PVM_TRY(take(at, range.len <= CMD_TRACE_SHORT ? "value" : "sum", UINT64_MAX, &range.octets,
                     &range.has_octets, err));
        record->ranges[record->range_count++] = range;
    }
    return take(line, "more", UINT64_MAX, &record->range_more, &there, err);
}

static enum pvm_status take_exit(struct jam_json line, enum pvm_exit *out, struct pvm_err *err)
{
    char name[24];
    PVM_TRY(take_text(line, "exit", name, sizeof name, err));
    for (unsigned i = 0; i <= PVM_EXIT_HOST; i++)
        if (strcmp(name, pvm_exit_name((enum pvm_exit)i)) == 0) {
            *out = (enum pvm_exit)i;
            return PVM_OK;
        }
    return jam_json_fail(line, err, "exit: none of a host call");
}

static enum pvm_status event(struct cmd_trace_source *source, struct jam_json line,
                             struct cmd_trace_record *record, struct pvm_err *err)
{
    uint64_t values[PVM_REG_COUNT] = {0};
    uint64_t number = 0;
    unsigned set;
    bool call = jam_json_has(jam_json_get(line, "call"));
    bool there;
    record->kind = call ? CMD_TRACE_CALL : CMD_TRACE_STEP;
    PVM_TRY(take_machine(line, &record->machine, err));
    PVM_TRY(take(line, "pc", UINT64_MAX, &record->pc, &there, err));
    if (!there)
        return jam_json_fail(line, err, "no pc");
    PVM_TRY(take(line, "step", UINT64_MAX, &record->step, &record->has_step, err));
    PVM_TRY(take(line, "gas", UINT64_MAX, &record->gas, &record->has_gas, err));
    PVM_TRY(take(line, "cost", UINT64_MAX, &record->cost, &record->has_cost, err));
    PVM_TRY(take_text(line, call ? "name" : "text", record->text, sizeof record->text, err));
    PVM_TRY(take_set(line, &set, values, err));
    PVM_TRY(take_access(line, &record->access, err));
    if (call) {
        struct jam_json id = jam_json_get(line, "call");
        PVM_TRY(jam_json_u64(id, UINT64_MAX, &number, err));
        record->number = (int64_t)number;
        PVM_TRY(take_bool(line, "open", &record->open, err));
        PVM_TRY(take_exit(line, &record->exit, err));
        PVM_TRY(take_ranges(line, record, err));
    }
    cmd_trace_source_fill(source, record, set, values);
    return PVM_OK;
}

static enum pvm_status end(struct cmd_trace_source *source, struct jam_json line,
                           struct cmd_trace_record *record, struct pvm_err *err)
{
    bool there;
    record->kind = CMD_TRACE_END;
    record->has_gas = record->has_step = true;
    source->ended = true;
    PVM_TRY(take_text(line, "end", record->text, sizeof record->text, err));
    PVM_TRY(take(line, "pc", UINT64_MAX, &record->pc, &there, err));
    PVM_TRY(take(line, "gas", UINT64_MAX, &record->gas, &there, err));
    return take(line, "steps", UINT64_MAX, &record->step, &there, err);
}

static enum pvm_status object(struct cmd_trace_source *source, struct jam_json line,
                              struct cmd_trace_record *record, bool *is_event, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(line, JAM_JSON_OBJECT, err));
    if (jam_json_has(jam_json_get(line, "trace")))
        return heading(source, line, err);
    *is_event = true;
    if (jam_json_has(jam_json_get(line, "end")))
        return end(source, line, record, err);
    if (jam_json_has(jam_json_get(line, "pc")))
        return event(source, line, record, err);
    *is_event = false;
    return about_machine(source, line, err);
}

enum pvm_status cmd_trace_read_json(struct cmd_trace_source *source, struct pvm_bytes line,
                                    struct cmd_trace_record *record, bool *is_event,
                                    struct pvm_err *err)
{
    struct jam_json_doc *doc = NULL;
    if (line.len == 0)
        return PVM_OK;
    enum pvm_status status = jam_json_parse(line, "JSON", NULL, &doc, err);
    if (status == PVM_OK)
        status = object(source, jam_json_root(doc), record, is_event, err);
    jam_json_free(doc);
    if (status == PVM_OK || err == NULL)
        return status;
    struct pvm_err why = *err;
    *err = (struct pvm_err){.status = PVM_OK};
    return status == PVM_E_MALFORMED ? cmd_trace_fail_line(source, why.msg, err)
                                     : pvm_fail(err, status, "%s", why.msg);
}
