/* SPDX-License-Identifier: Apache-2.0 */
/* pvm corevm --json; the form is described in docs/corevm.md. */
#include "cmd/corevm_out.h"
#include "cmd/json_out.h"

const char *cmd_corevm_inner_name(enum jam_inner_result result)
{
    switch (result) {
    case JAM_INNER_HALT:
        return "HALT";
    case JAM_INNER_PANIC:
        return "PANIC";
    case JAM_INNER_FAULT:
        return "FAULT";
    case JAM_INNER_HOST:
        return "HOST";
    case JAM_INNER_OOG:
        return "OOG";
    }
    return "?";
}

static void json_pages(struct cmd_json *json, const char *key, const struct corevm_fib_page *pages,
                       size_t count)
{
    cmd_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        cmd_json_object(json, NULL);
        cmd_json_number(json, "machine", pages[i].machine);
        cmd_json_number(json, "page", pages[i].page);
        cmd_json_number(json, "fib", pages[i].value);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
}

static void json_term(struct cmd_json *json, const char *key, const struct corevm_fib_term *term)
{
    if (!term->known) {
        cmd_json_null(json, key);
        return;
    }
    cmd_json_object(json, key);
    cmd_json_number(json, "value", term->value);
    if (term->is_default)
        cmd_json_null(json, "machine");
    else
        cmd_json_number(json, "machine", term->machine);
    cmd_json_bool(json, "on_demand", term->on_demand);
    cmd_json_end_object(json);
}

static void json_calls(struct cmd_json *json, const struct corevm_round *round,
                       const struct jam_profile *profile)
{
    cmd_json_array(json, "host_calls");
    for (unsigned i = 0; i <= JAM_CALL_COUNT; i++) {
        if (round->calls[i].count == 0)
            continue;
        cmd_json_object(json, NULL);
        if (i < JAM_CALL_COUNT) {
            cmd_json_text(json, "name", jam_call_table[i].name);
            cmd_json_number(json, "number",
                            (uint64_t)jam_call_table[i].cells[profile->calls].number);
        } else {
            cmd_json_null(json, "name");
            cmd_json_null(json, "number");
        }
        cmd_json_number(json, "count", round->calls[i].count);
        cmd_json_number(json, "gas", round->calls[i].gas);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
}

static void json_invocations(struct cmd_json *json, const struct corevm_round *round)
{
    size_t count;
    const struct corevm_invocation *list = corevm_invocations(&round->record, &count);
    cmd_json_array(json, "invocations");
    for (size_t i = 0; i < count; i++) {
        cmd_json_object(json, NULL);
        cmd_json_number(json, "machine", list[i].machine);
        cmd_json_text(json, "result", cmd_corevm_inner_name(list[i].result));
        if (list[i].result == JAM_INNER_FAULT)
            cmd_json_word(json, "address", list[i].arg);
        if (list[i].result == JAM_INNER_HOST)
            cmd_json_word(json, "call", list[i].arg);
        cmd_json_number(json, "pc", list[i].pc);
        cmd_json_number(json, "gas", list[i].gas);
        cmd_json_number(json, "gas_left", list[i].left);
        cmd_json_end_object(json);
    }
    cmd_json_end_array(json);
}

static void json_log(struct cmd_json *json, struct pvm_bytes log)
{
    cmd_json_array(json, "log");
    for (size_t start = 0; start < log.len;) {
        const uint8_t *line = log.ptr + start;
        const uint8_t *end = memchr(line, '\n', log.len - start);
        size_t len = end != NULL ? (size_t)(end - line) : log.len - start;
        cmd_json_string(json, NULL, pvm_bytes(line, len));
        start += len + 1;
    }
    cmd_json_end_array(json);
}

static void json_round(struct cmd_json *json, const struct corevm_round *round,
                       const struct jam_profile *profile)
{
    cmd_json_hex(json, "package_hash", jam_hash_bytes(&round->package_hash));
    cmd_json_bool(json, "valid", round->valid);
    cmd_json_text(json, "outcome", jam_outcome_name(round->outcome));
    cmd_json_hex(json, "output", pvm_buf_bytes(&round->output));
    cmd_json_number(json, "gas_limit", round->gas_limit);
    cmd_json_number(json, "gas_used", round->gas_used);
    cmd_json_number(json, "inner_gas_used", round->inner_gas);
    json_calls(json, round, profile);
    json_invocations(json, round);
    json_log(json, pvm_buf_bytes(&round->log));
    cmd_json_number(json, "exports_made", round->exports_made);
    cmd_json_hex(json, "segment_root", jam_hash_bytes(&round->export_root));
}

static void json_package(struct cmd_json *json, const struct corevm_fib_round *round,
                         const struct jam_profile *profile)
{
    static const char *const keys[] = {"fib_n", "fib_n_1", "fib_n_2"};
    cmd_json_object(json, NULL);
    cmd_json_number(json, "n", round->n);
    cmd_json_bool(json, "ok", round->good);
    if (round->good)
        cmd_json_null(json, "trouble");
    else
        cmd_json_string(json, "trouble", pvm_buf_bytes(&round->trouble));
    for (size_t i = 0; i < 3; i++)
        json_term(json, keys[i], &round->terms[i]);
    json_pages(json, "imports", round->pages, round->import_count);
    json_pages(json, "exports", round->pages + round->import_count, round->export_count);
    json_round(json, &round->round, profile);
    cmd_json_end_object(json);
}

void cmd_corevm_fib_json(const struct corevm_fib_options *options, const struct corevm_fib *fib,
                         struct pvm_buf *out)
{
    struct cmd_json json = cmd_json(out);
    cmd_json_object(&json, NULL);
    cmd_json_text(&json, "gp", options->profile->name);
    cmd_json_text(&json, "variant", corevm_fib_variant_name(options->variant));
    cmd_json_text(&json, "imports_by", options->by_root ? "root" : "package");
    cmd_json_bool(&json, "ok", corevm_fib_good(fib));
    cmd_json_object(&json, "init");
    json_round(&json, &fib->init, options->profile);
    cmd_json_end_object(&json);
    cmd_json_array(&json, "packages");
    for (size_t i = 0; i < fib->count; i++)
        json_package(&json, &fib->list[i], options->profile);
    cmd_json_end_array(&json);
    cmd_json_end_object(&json);
    cmd_json_finish(&json);
}

void cmd_corevm_segment_json(const struct cmd_segment *segment, struct pvm_buf *out)
{
    struct corevm_segment read;
    struct cmd_json json = cmd_json(out);
    corevm_segment_read(segment->layout, segment->octets, &read);
    cmd_json_object(&json, NULL);
    cmd_json_number(&json, "index", segment->index);
    cmd_json_number(&json, "count", segment->count);
    cmd_json_text(&json, "layout", corevm_layout_name(segment->layout));
    if (segment->layout == COREVM_SEED)
        cmd_json_number(&json, "machine", read.machine);
    cmd_json_number(&json, "page", read.page);
    cmd_json_word(&json, "address", read.address);
    cmd_json_number(&json, "fib", read.value);
    cmd_json_hex(&json, "contents", read.octets);
    cmd_json_end_object(&json);
    cmd_json_finish(&json);
}
