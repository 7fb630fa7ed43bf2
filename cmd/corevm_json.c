/* SPDX-License-Identifier: Apache-2.0 */
/* pvm corevm --json; the form is described in docs/corevm.md. */
#include "cmd/corevm_out.h"
#include "host/json_out.h"

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

static void json_pages(struct jam_out *json, const char *key, const struct corevm_fib_page *pages,
                       size_t count)
{
    jam_out_array(json, key);
    for (size_t i = 0; i < count; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "machine", pages[i].machine);
        jam_out_number(json, "page", pages[i].page);
        jam_out_number(json, "fib", pages[i].value);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_term(struct jam_out *json, const char *key, const struct corevm_fib_term *term)
{
    if (!term->known) {
        jam_out_null(json, key);
        return;
    }
    jam_out_object(json, key);
    jam_out_number(json, "value", term->value);
    if (term->is_default)
        jam_out_null(json, "machine");
    else
        jam_out_number(json, "machine", term->machine);
    jam_out_bool(json, "on_demand", term->on_demand);
    jam_out_end_object(json);
}

static void json_calls(struct jam_out *json, const struct corevm_round *round)
{
    jam_out_array(json, "host_calls");
    for (unsigned i = 0; i <= JAM_CALL_COUNT; i++) {
        if (round->calls[i].count == 0)
            continue;
        jam_out_object(json, NULL);
        if (round->calls[i].name != NULL) {
            jam_out_text(json, "name", round->calls[i].name);
            jam_out_number(json, "number", round->calls[i].number);
        } else {
            jam_out_null(json, "name");
            jam_out_null(json, "number");
        }
        jam_out_number(json, "count", round->calls[i].count);
        jam_out_number(json, "gas", round->calls[i].gas);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_invocations(struct jam_out *json, const struct corevm_round *round)
{
    size_t count;
    const struct corevm_invocation *list = corevm_invocations(&round->record, &count);
    jam_out_array(json, "invocations");
    for (size_t i = 0; i < count; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "machine", list[i].machine);
        jam_out_text(json, "result", cmd_corevm_inner_name(list[i].result));
        if (list[i].result == JAM_INNER_FAULT)
            jam_out_word(json, "address", list[i].arg);
        if (list[i].result == JAM_INNER_HOST)
            jam_out_word(json, "call", list[i].arg);
        jam_out_number(json, "pc", list[i].pc);
        jam_out_number(json, "gas", list[i].gas);
        jam_out_number(json, "gas_left", list[i].left);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_log(struct jam_out *json, struct pvm_bytes log)
{
    jam_out_array(json, "log");
    for (size_t start = 0; start < log.len;) {
        const uint8_t *line = log.ptr + start;
        const uint8_t *end = memchr(line, '\n', log.len - start);
        size_t len = end != NULL ? (size_t)(end - line) : log.len - start;
        jam_out_string(json, NULL, pvm_bytes(line, len));
        start += len + 1;
    }
    jam_out_end_array(json);
}

static void json_round(struct jam_out *json, const struct corevm_round *round)
{
    jam_out_hex(json, "package_hash", jam_hash_bytes(&round->package_hash));
    jam_out_bool(json, "valid", round->valid);
    jam_out_text(json, "outcome", jam_outcome_name(round->outcome));
    jam_out_hex(json, "output", pvm_buf_bytes(&round->output));
    jam_out_number(json, "gas_limit", round->gas_limit);
    jam_out_number(json, "gas_used", round->gas_used);
    jam_out_number(json, "inner_gas_used", round->inner_gas);
    json_calls(json, round);
    json_invocations(json, round);
    json_log(json, pvm_buf_bytes(&round->log));
    jam_out_number(json, "exports_made", round->exports_made);
    jam_out_hex(json, "segment_root", jam_hash_bytes(&round->export_root));
}

static void json_package(struct jam_out *json, const struct corevm_fib_round *round)
{
    static const char *const keys[] = {"fib_n", "fib_n_1", "fib_n_2"};
    jam_out_object(json, NULL);
    jam_out_number(json, "n", round->n);
    jam_out_bool(json, "ok", round->good);
    if (round->good)
        jam_out_null(json, "trouble");
    else
        jam_out_string(json, "trouble", pvm_buf_bytes(&round->trouble));
    for (size_t i = 0; i < 3; i++)
        json_term(json, keys[i], &round->terms[i]);
    json_pages(json, "imports", round->pages, round->import_count);
    json_pages(json, "exports", round->pages + round->import_count, round->export_count);
    json_round(json, &round->round);
    jam_out_end_object(json);
}

void cmd_corevm_fib_json(const struct corevm_fib_options *options, const struct corevm_fib *fib,
                         struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "gp", options->profile->name);
    jam_out_text(&json, "variant", corevm_fib_variant_name(options->variant));
    jam_out_text(&json, "imports_by", options->by_root ? "root" : "package");
    jam_out_bool(&json, "ok", corevm_fib_good(fib));
    jam_out_object(&json, "init");
    json_round(&json, &fib->init);
    jam_out_end_object(&json);
    jam_out_array(&json, "packages");
    for (size_t i = 0; i < fib->count; i++)
        json_package(&json, &fib->list[i]);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}

void cmd_corevm_segment_json(const struct cmd_segment *segment, struct pvm_buf *out)
{
    struct corevm_segment read;
    struct jam_out json = jam_out(out);
    corevm_segment_read(segment->layout, segment->octets, &read);
    jam_out_object(&json, NULL);
    jam_out_number(&json, "index", segment->index);
    jam_out_number(&json, "count", segment->count);
    jam_out_text(&json, "layout", corevm_layout_name(segment->layout));
    if (segment->layout == COREVM_SEED)
        jam_out_number(&json, "machine", read.machine);
    jam_out_number(&json, "page", read.page);
    jam_out_word(&json, "address", read.address);
    jam_out_number(&json, "fib", read.value);
    jam_out_hex(&json, "contents", read.octets);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
