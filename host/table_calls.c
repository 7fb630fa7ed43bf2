/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of a row: those it makes first, and its own. */
#include "host/table_parts.h"

enum { MOST = 4096, FIRST_REG = 7 };

struct first_keys {
    struct jam_json call, args, result, times;
};

static const struct jam_json_field first_fields[] = {
    JAM_JSON_NEEDED(struct first_keys, call),
    JAM_JSON_FIELD(struct first_keys, args),
    JAM_JSON_FIELD(struct first_keys, result),
    JAM_JSON_FIELD(struct first_keys, times),
};

/* A call by its name, or any number. */
static enum pvm_status read_number(const struct jam_table_view *view, struct jam_json json,
                                   uint64_t *out, struct pvm_err *err)
{
    const char *name = NULL;
    if (jam_json_type(json) == JAM_JSON_STRING) {
        PVM_TRY(jam_json_text(json, &name, err));
        enum jam_call_id id = jam_call_by_name(name, strlen(name));
        if (id != JAM_CALL_COUNT) {
            int32_t number = jam_call_number(view->profile, id);
            if (number < 0)
                return jam_json_fail(json, err, "GP %s has no host call %s", view->profile->name,
                                     name);
            *out = (uint64_t)number;
            return PVM_OK;
        }
    }
    return jam_table_word(view, json, out, err);
}

/* Registers from r7 on; those that are not given have numbers of their own. */
static enum pvm_status read_args(const struct jam_table_view *view, struct jam_json json,
                                 uint64_t out[JAM_TABLE_ARGS], struct pvm_err *err)
{
    size_t i = 0;
    for (unsigned reg = 0; reg < JAM_TABLE_ARGS; reg++)
        out[reg] = UINT64_C(0x1111111111111111) * (reg + FIRST_REG);
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    if (jam_json_count(json) > JAM_TABLE_ARGS)
        return jam_json_fail(json, err, "%zu arguments, there are registers r7 to r12",
                             jam_json_count(json));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(jam_table_word(view, it, &out[i++], err));
    return PVM_OK;
}

static enum pvm_status read_first(const struct jam_table_view *view, struct jam_json json,
                                  struct jam_table_call *out, uint64_t *times, struct pvm_err *err)
{
    struct first_keys keys = {.call = json};
    PVM_TRY(jam_json_fields(json, first_fields, JAM_JSON_COUNT(first_fields), &keys, err));
    *out = (struct jam_table_call){.json = json, .has_result = jam_json_has(keys.result)};
    *times = 1;
    if (jam_json_has(keys.times))
        PVM_TRY(jam_json_u64(keys.times, MOST, times, err));
    if (out->has_result)
        PVM_TRY(jam_table_word(view, keys.result, &out->result, err));
    PVM_TRY(read_number(view, keys.call, &out->number, err));
    return read_args(view, keys.args, out->args, err);
}

static enum pvm_status add(struct jam_table_calls *calls, const struct jam_table_call *call,
                           uint64_t times, struct pvm_err *err)
{
    size_t count = calls->count + (size_t)times;
    if (count > MOST)
        return jam_json_fail(call->json, err, "more than %d calls", MOST);
    void *list = pvm_alloc_resize(calls->alloc, calls->list, (count + 1) * sizeof *calls->list);
    if (list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu calls", count);
    calls->list = list;
    while (calls->count < count)
        calls->list[calls->count++] = *call;
    return PVM_OK;
}

enum pvm_status jam_table_calls_init(const struct jam_table_view *view, struct jam_table_calls *out,
                                     struct pvm_err *err)
{
    struct jam_json call = JAM_TABLE_GET(view, call);
    struct jam_json first = JAM_TABLE_GET(view, first);
    struct jam_table_call own = {.json = call};
    *out = (struct jam_table_calls){.name = "unknown", .alloc = view->table->alloc};
    if (!jam_json_has(call))
        return jam_json_fail(view->json, err, "neither row nor table says a call");
    if (jam_json_has(first))
        PVM_TRY(jam_json_expect(first, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(first); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_table_call made;
        uint64_t times;
        PVM_TRY(read_first(view, it, &made, &times, err));
        PVM_TRY(add(out, &made, times, err));
    }
    PVM_TRY(read_number(view, call, &own.number, err));
    PVM_TRY(read_args(view, JAM_TABLE_GET(view, args), own.args, err));
    if (jam_json_type(call) == JAM_JSON_STRING)
        PVM_TRY(jam_json_text(call, &out->name, err));
    return add(out, &own, 1, err);
}

void jam_table_calls_deinit(struct jam_table_calls *calls)
{
    pvm_alloc_free(calls->alloc, calls->list);
    calls->list = NULL;
}
