/* SPDX-License-Identifier: Apache-2.0 */
/* What a row says must come of it, and what differs from that. */
#include "host/table_parts.h"

#include <inttypes.h>

enum { R7 = 7, R8 = 8, SHOWN = 16 };

/* ---- the price ---- */

struct price_keys {
    uint64_t base;
    struct jam_json each, per_1024;
};

static const struct jam_json_field price_fields[] = {
    JAM_JSON_NEEDED(struct price_keys, base),
    JAM_JSON_FIELD(struct price_keys, each),
    JAM_JSON_FIELD(struct price_keys, per_1024),
};

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t mul_sat(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/* Adds rates by register; each unit, or each 1024 of them begun or not, costs the rate. */
static enum pvm_status add_rates(const struct jam_table_setup *setup, struct jam_json rates,
                                 bool per_1024, uint64_t *price, struct pvm_err *err)
{
    const struct jam_table_call *own = &setup->calls.list[setup->calls.count - 1];
    if (jam_json_has(rates))
        PVM_TRY(jam_json_expect(rates, JAM_JSON_OBJECT, err));
    for (struct jam_json it = jam_json_first(rates); jam_json_has(it); it = jam_json_next(it)) {
        static const char *const names[JAM_TABLE_ARGS] = {"r7", "r8", "r9", "r10", "r11", "r12"};
        uint64_t rate = 0;
        size_t reg = 0;
        while (reg < JAM_TABLE_ARGS && strcmp(names[reg], jam_json_key(it)) != 0)
            reg++;
        if (reg == JAM_TABLE_ARGS)
            return jam_json_fail(it, err, "expected r7 to r12");
        PVM_TRY(jam_json_u64(it, UINT32_MAX, &rate, err));
        uint64_t units = own->args[reg];
        uint64_t cost = mul_sat(rate, units);
        if (per_1024)
            cost = add_sat(mul_sat(rate, units / 1024), (rate * (units % 1024) + 1023) / 1024);
        *price = add_sat(*price, cost);
    }
    return PVM_OK;
}

/* A number, a formula, or one of them for each version. */
static enum pvm_status read_price(const struct jam_table_setup *setup, struct jam_json json,
                                  uint64_t *out, struct pvm_err *err)
{
    struct price_keys keys = {.base = 0};
    if (jam_json_type(json) == JAM_JSON_OBJECT && !jam_json_has(jam_json_get(json, "base")))
        PVM_TRY(jam_table_by_version(setup->view, json, &json, err));
    if (jam_json_type(json) != JAM_JSON_OBJECT)
        return jam_table_word(setup->view, json, out, err);
    PVM_TRY(jam_json_fields(json, price_fields, JAM_JSON_COUNT(price_fields), &keys, err));
    *out = keys.base;
    PVM_TRY(add_rates(setup, keys.each, false, out, err));
    return add_rates(setup, keys.per_1024, true, out, err);
}

/* ---- result, memory, changes ---- */

static enum pvm_status read_result(const struct jam_table_setup *setup, struct jam_table_want *out,
                                   struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    const struct jam_table_call *own = &setup->calls.list[setup->calls.count - 1];
    struct jam_json json = JAM_TABLE_GET(view, result);
    const char *text = "";
    out->r7 = own->args[0];
    out->r8 = own->args[1];
    if (!jam_json_has(json))
        return jam_json_fail(view->json, err, "neither row nor table says a result");
    if (jam_json_type(json) == JAM_JSON_STRING)
        PVM_TRY(jam_json_text(json, &text, err));
    if (strcmp(text, "panic") == 0) {
        out->exit = PVM_EXIT_PANIC;
    } else if (strcmp(text, "out-of-gas") == 0) {
        out->exit = PVM_EXIT_OOG;
    } else if (strcmp(text, "GAS") == 0) {
        out->gas_result = true;
        out->r7 = setup->gas - out->price;
    } else if (strcmp(text, "same") != 0) {
        PVM_TRY(jam_table_word(view, json, &out->r7, err));
    }
    return jam_table_get_word(view, offsetof(struct jam_table_layer, r8), out->r8, &out->r8, err);
}

/* A line of changes, with every {EXPRESSION} replaced by its number. */
static enum pvm_status read_line(const struct jam_table_view *view, struct jam_json json,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    const char *text = NULL;
    PVM_TRY(jam_json_text(json, &text, err));
    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        uint64_t value = 0;
        pvm_buf_add(out, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        const char *end = strchr(text, '}');
        if (end == NULL)
            return jam_json_fail(json, err, "a { without its }");
        PVM_TRY(jam_table_eval(view, json, text + 1, (size_t)(end - text - 1), 0, &value, err));
        pvm_buf_printf(out, "%" PRIu64, value);
        text = end + 1;
    }
    pvm_buf_text(out, "\n");
    return pvm_buf_status(out, err);
}

/* A line, or an object of lines, or lists of them, by version. */
static enum pvm_status read_change(const struct jam_table_view *view, struct jam_json json,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    if (jam_json_type(json) != JAM_JSON_OBJECT)
        return read_line(view, json, out, err);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        uint32_t versions = 0;
        PVM_TRY(jam_table_versions_text(it, jam_json_key(it), &versions, err));
        if ((versions & UINT32_C(1) << view->version) == 0)
            continue;
        if (jam_json_type(it) != JAM_JSON_ARRAY)
            PVM_TRY(read_line(view, it, out, err));
        for (struct jam_json line = jam_json_first(it); jam_json_has(line);
             line = jam_json_next(line))
            PVM_TRY(read_line(view, line, out, err));
    }
    return PVM_OK;
}

static enum pvm_status read_changes(const struct jam_table_view *view, struct pvm_buf *out,
                                    struct pvm_err *err)
{
    struct jam_json list = JAM_TABLE_GET(view, changes);
    if (jam_json_has(list))
        PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read_change(view, it, out, err));
    return PVM_OK;
}

static enum pvm_status read_short(const struct jam_table_view *view, bool *keeps,
                                  struct pvm_err *err)
{
    const char *text = NULL;
    PVM_TRY(jam_table_get_text(view, offsetof(struct jam_table_layer, short_gas), &text, err));
    *keeps = text != NULL && strcmp(text, "kept") == 0;
    if (text != NULL && !*keeps && strcmp(text, "taken") != 0)
        return jam_json_fail(JAM_TABLE_GET(view, short_gas), err,
                             "expected \"kept\" or \"taken\", got \"%.40s\"", text);
    return PVM_OK;
}

enum pvm_status jam_table_want_init(const struct jam_table_setup *setup, struct jam_table_want *out,
                                    struct pvm_err *err)
{
    const struct jam_table_view *view = setup->view;
    struct jam_json price = JAM_TABLE_GET(view, price);
    struct jam_json needs = JAM_TABLE_GET(view, needs);
    *out = (struct jam_table_want){.exit = PVM_EXIT_CONTINUE,
                                   .changes = {.alloc = view->table->alloc}};
    if (!jam_json_has(price))
        return jam_json_fail(view->json, err, "neither row nor table says a price");
    PVM_TRY(read_price(setup, price, &out->price, err));
    out->needs = out->price;
    if (jam_json_has(needs))
        PVM_TRY(read_price(setup, needs, &out->needs, err));
    PVM_TRY(read_short(view, &out->keeps_gas, err));
    PVM_TRY(read_result(setup, out, err));
    PVM_TRY(jam_table_memory_copy(&setup->memory, &out->memory, err));
    PVM_TRY(jam_table_memory_put(view, JAM_TABLE_GET(view, writes), &out->memory, err));
    return read_changes(view, &out->changes, err);
}

void jam_table_want_deinit(struct jam_table_want *want)
{
    jam_table_memory_deinit(&want->memory);
    pvm_buf_deinit(&want->changes);
}

/* ---- comparing ---- */

struct compare {
    const char *prefix;
    struct pvm_buf *out;
};

static void show_word(uint64_t value, struct pvm_buf *out)
{
    const char *name = jam_result_name(value);
    if (name != NULL)
        pvm_buf_text(out, name);
    else if (value < UINT32_MAX)
        pvm_buf_printf(out, "%" PRIu64, value);
    else
        pvm_buf_printf(out, "0x%" PRIx64, value);
}

static void compare_word(const struct compare *compare, const char *name, uint64_t want,
                         uint64_t seen)
{
    if (want == seen)
        return;
    pvm_buf_printf(compare->out, "%s%s: expected ", compare->prefix, name);
    show_word(want, compare->out);
    pvm_buf_text(compare->out, ", got ");
    show_word(seen, compare->out);
    pvm_buf_text(compare->out, "\n");
}

static void compare_exit(const struct compare *compare, enum pvm_exit want, enum pvm_exit seen)
{
    if (want != seen)
        pvm_buf_printf(compare->out, "%sexit: expected %s, got %s\n", compare->prefix,
                       pvm_exit_name(want), pvm_exit_name(seen));
}

/* Registers that no call may change. */
static void compare_others(const struct compare *compare, const struct jam_table_seen *seen)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (i != R7 && i != R8 && seen->before[i] != seen->after[i])
            pvm_buf_printf(compare->out, "%sr%u has changed\n", compare->prefix, i);
}

static void compare_region(const struct compare *compare, uint64_t start, struct pvm_bytes want,
                           struct pvm_bytes seen)
{
    size_t i = 0;
    if (want.len != seen.len || pvm_bytes_equal(want, seen))
        return;
    while (want.ptr[i] == seen.ptr[i])
        i++;
    size_t len = want.len - i < SHOWN ? want.len - i : SHOWN;
    pvm_buf_printf(compare->out, "%smemory at 0x%" PRIx64 ": expected 0x", compare->prefix,
                   start + i);
    pvm_buf_hex(compare->out, pvm_bytes(want.ptr + i, len));
    pvm_buf_text(compare->out, ", got 0x");
    pvm_buf_hex(compare->out, pvm_bytes(seen.ptr + i, len));
    pvm_buf_text(compare->out, "\n");
}

static void compare_memory(const struct compare *compare, const struct jam_table_memory *want,
                           const struct jam_table_memory *seen)
{
    compare_region(compare, 0x10000, pvm_buf_bytes(&want->ro), pvm_buf_bytes(&seen->ro));
    compare_region(compare, want->rw_start, pvm_buf_bytes(&want->rw), pvm_buf_bytes(&seen->rw));
}

static struct pvm_bytes next_line(struct pvm_bytes *rest)
{
    const uint8_t *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    struct pvm_bytes line = pvm_bytes(rest->ptr, len);
    size_t step = len + (end != NULL);
    *rest = pvm_bytes(rest->ptr + step, rest->len - step);
    return line;
}

static size_t count_of(struct pvm_bytes lines, struct pvm_bytes line)
{
    size_t count = 0;
    while (lines.len > 0)
        count += pvm_bytes_equal(next_line(&lines), line);
    return count;
}

/* Lines of a that b lacks, whatever their order. */
static void tell_missing(const struct compare *compare, const char *what, struct pvm_bytes a,
                         struct pvm_bytes b)
{
    struct pvm_bytes rest = a;
    while (rest.len > 0) {
        struct pvm_bytes line = next_line(&rest);
        /* Of equal lines the last ones are those too many. */
        if (count_of(b, line) > count_of(rest, line))
            continue;
        pvm_buf_printf(compare->out, "%s%s: ", compare->prefix, what);
        pvm_buf_add_bytes(compare->out, line);
        pvm_buf_text(compare->out, "\n");
    }
}

static void compare_changes(const struct compare *compare, struct pvm_bytes want,
                            struct pvm_bytes seen)
{
    tell_missing(compare, "missing", want, seen);
    tell_missing(compare, "unexpected", seen, want);
}

static bool reached(const struct compare *compare, const struct jam_table_seen *seen)
{
    struct pvm_bytes rest = pvm_buf_bytes(&seen->trouble);
    while (rest.len > 0) {
        pvm_buf_text(compare->out, compare->prefix);
        pvm_buf_add_bytes(compare->out, next_line(&rest));
        pvm_buf_text(compare->out, "\n");
    }
    if (!seen->made)
        pvm_buf_printf(compare->out, "%sthe call was not made\n", compare->prefix);
    return seen->made;
}

void jam_table_compare(const struct jam_table_setup *setup, const struct jam_table_want *want,
                       const struct jam_table_seen *seen, const char *prefix, struct pvm_buf *out)
{
    const struct compare compare = {prefix, out};
    if (!reached(&compare, seen))
        return;
    bool short_of_gas = want->exit == PVM_EXIT_OOG;
    uint64_t price = want->price;
    if (short_of_gas)
        price = want->keeps_gas ? 0 : seen->gas_before;
    uint64_t r7 = want->gas_result ? seen->gas_after : want->r7;
    compare_exit(&compare, want->exit, seen->exit);
    compare_word(&compare, "r7", r7, seen->after[R7]);
    compare_word(&compare, "r8", want->r8, seen->after[R8]);
    compare_word(&compare, "gas", price, seen->gas_before - seen->gas_after);
    compare_others(&compare, seen);
    if (seen->has_output) {
        compare_word(&compare, "r7 as the guest stored it", r7, seen->output[0]);
        compare_word(&compare, "r8 as the guest stored it", want->r8, seen->output[1]);
    }
    compare_memory(&compare, &want->memory, &seen->memory);
    compare_changes(&compare, pvm_buf_bytes(&want->changes), pvm_buf_bytes(&seen->changes));
    (void)setup;
}

void jam_table_compare_short(const struct jam_table_setup *setup, const struct jam_table_want *want,
                             const struct jam_table_seen *seen, const char *prefix,
                             struct pvm_buf *out)
{
    const struct compare compare = {prefix, out};
    /* On-Transfer's account has the amounts before any call. */
    bool alone = setup->calls.count == 1 && setup->context != JAM_ON_TRANSFER;
    if (!reached(&compare, seen))
        return;
    compare_exit(&compare, PVM_EXIT_OOG, seen->exit);
    compare_word(&compare, "gas left", want->keeps_gas ? seen->gas_before : 0, seen->gas_after);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (seen->before[i] != seen->after[i])
            pvm_buf_printf(out, "%sr%u has changed\n", prefix, i);
    if (!alone)
        return;
    compare_memory(&compare, &setup->memory, &seen->memory);
    compare_changes(&compare, pvm_bytes_none(), pvm_buf_bytes(&seen->changes));
}
