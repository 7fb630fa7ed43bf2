/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/work_package_out.h"

#include "cmd/files.h"
#include "cmd/state_input.h"
#include "cmd/text.h"
#include "host/json_out.h"
#include "host/state_report.h"

#include <inttypes.h>

enum { SHOWN = 40 };

static size_t line_len(struct pvm_bytes text)
{
    const uint8_t *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
    return end != NULL ? (size_t)(end - text.ptr) : text.len;
}

/* The first line of *text, which then begins behind it; false at the end. */
static bool next_line(struct pvm_bytes *text, struct pvm_bytes *line)
{
    if (text->len == 0)
        return false;
    size_t len = line_len(*text);
    size_t step = len < text->len ? len + 1 : len;
    *line = pvm_bytes(text->ptr, len);
    *text = pvm_bytes(text->ptr + step, text->len - step);
    return true;
}

void cmd_lines_json(struct jam_out *json, const char *key, struct pvm_bytes text)
{
    struct pvm_bytes line;
    jam_out_array(json, key);
    while (next_line(&text, &line))
        jam_out_string(json, NULL, line);
    jam_out_end_array(json);
}

void cmd_lines_text(struct pvm_bytes text, const char *indent, struct pvm_buf *out)
{
    struct pvm_bytes line;
    while (next_line(&text, &line)) {
        pvm_buf_text(out, indent);
        cmd_printable(line, out);
        pvm_buf_text(out, "\n");
    }
}

/* ---- text ---- */

static void label(struct pvm_buf *out, const char *name)
{
    pvm_buf_printf(out, "  %-14s ", name);
}

static void text_authorizer(const struct cmd *cmd, const struct cmd_package_report *report,
                            struct pvm_buf *out)
{
    const struct jam_package_out *package = report->out;
    struct jam_hash hash = jam_package_authorizer(&report->fixture->package);
    label(out, "authorizer");
    cmd_hash_text(&hash, out);
    if (!report->pool_known)
        pvm_buf_text(out, ", no pool to look it up in\n");
    else if (report->in_pool)
        pvm_buf_text(out, ", in the core's pool\n");
    else
        pvm_buf_printf(out, ", %snot in the core's pool (core_unauthorized)%s\n",
                       cmd_style(cmd, CMD_RED), cmd_style(cmd, CMD_PLAIN));
    if (!package->started)
        return;
    label(out, "authorization");
    pvm_buf_printf(out, "%s, %" PRIu64 " gas of %" PRIu64, jam_outcome_name(package->auth_outcome),
                   package->auth_gas_used, report->auth_gas_limit);
    if (report->auth_why != NULL)
        pvm_buf_printf(out, ": %s", report->auth_why);
    if (package->rule == JAM_PACKAGE_FINE) {
        pvm_buf_text(out, ", trace ");
        cmd_octets_text(package->report.auth_output, SHOWN, out);
    }
    pvm_buf_text(out, "\n");
}

static void text_item(const struct cmd *cmd, const struct cmd_package_report *report, size_t i,
                      struct pvm_buf *out)
{
    const struct jam_work_digest *digest = &report->out->digests[i];
    const struct cmd_package_item *item = &report->items[i];
    bool good = digest->result == JAM_ENDED_HALT;
    pvm_buf_printf(out, "  %4zu %10" PRIu32 " ", i, digest->service_id);
    pvm_buf_printf(
        out, "%s%-12s%s %11" PRIu64 " of %-11" PRIu64 " %7" PRIu64 " %10" PRIu64 " %7" PRIu64 "  ",
        cmd_style(cmd, good ? CMD_GREEN : CMD_RED), jam_outcome_name(digest->result),
        cmd_style(cmd, CMD_PLAIN), item->gas_used, item->gas_limit, digest->refine_load.imports,
        digest->refine_load.extrinsic_count, digest->refine_load.exports);
    if (good)
        cmd_octets_text(digest->output, SHOWN, out);
    else if (item->why != NULL)
        pvm_buf_text(out, item->why);
    else if (digest->result == JAM_ENDED_BAD_EXPORTS)
        pvm_buf_printf(out, "%s with %zu exports, the item says %" PRIu64,
                       jam_outcome_name(item->outcome), item->export_count,
                       digest->refine_load.exports);
    else
        pvm_buf_text(out, jam_outcome_text(digest->result));
    pvm_buf_text(out, "\n");
}

static void text_lookup(const struct jam_report *report, struct pvm_buf *out)
{
    for (size_t i = 0; i < report->lookup_count; i++) {
        label(out, i == 0 ? "segment roots" : "");
        cmd_hash_text(&report->segment_root_lookup[i].work_package_hash, out);
        pvm_buf_text(out, " -> ");
        cmd_hash_text(&report->segment_root_lookup[i].segment_tree_root, out);
        pvm_buf_text(out, "\n");
    }
}

static void text_report(const struct cmd *cmd, const struct cmd_package_report *report,
                        struct pvm_buf *out)
{
    const struct jam_package_spec *spec = &report->out->report.package_spec;
    cmd_heading(cmd, "work report", out);
    label(out, "package hash");
    cmd_hash_text(&spec->hash, out);
    pvm_buf_text(out, "\n");
    label(out, "bundle length");
    pvm_buf_printf(out, "%" PRIu32 "%s\n", spec->length,
                   report->out->length_known ? "" : ", without justifications that are not known");
    label(out, "exports");
    pvm_buf_printf(out, "%u, root ", (unsigned)spec->exports_count);
    cmd_hash_text(&spec->exports_root, out);
    pvm_buf_text(out, "\n");
    label(out, "erasure root");
    pvm_buf_text(out, "not computed\n");
    text_lookup(&report->out->report, out);
    if (report->fixture->snapshot.proof_count > 0) {
        label(out, "proofs");
        pvm_buf_printf(out, "%zu checked\n", report->fixture->snapshot.proof_count);
    }
}

static void text_differences(const struct cmd *cmd, const struct cmd_package_report *report,
                             struct pvm_buf *out)
{
    if (report->expected == NULL)
        return;
    if (report->difference_count == 0) {
        pvm_buf_printf(out, "\n%sas expected%s by %s, but for the erasure root\n",
                       cmd_style(cmd, CMD_GREEN), cmd_style(cmd, CMD_PLAIN),
                       cmd_file_name(report->expected));
        return;
    }
    pvm_buf_printf(out, "\n%s%zu difference%s%s from %s\n", cmd_style(cmd, CMD_RED),
                   report->difference_count, report->difference_count == 1 ? "" : "s",
                   cmd_style(cmd, CMD_PLAIN), cmd_file_name(report->expected));
    cmd_lines_text(pvm_buf_bytes(&report->differences), "  ", out);
}

void cmd_package_text(const struct cmd *cmd, const struct cmd_package_report *report,
                      struct pvm_buf *out)
{
    enum jam_package_rule rule = report->out->rule;
    pvm_buf_printf(out, "work package of %s on core %" PRIu64 ", GP %s\n",
                   cmd_file_name(report->file), report->fixture->core, report->profile->name);
    if (report->broken != JAM_PACKAGE_FINE) {
        label(out, "invalid");
        pvm_buf_printf(out, "%s: %s; run all the same\n", jam_package_rule_name(report->broken),
                       jam_package_rule_text(report->broken));
    }
    text_authorizer(cmd, report, out);
    if (rule != JAM_PACKAGE_FINE) {
        label(out, "refused");
        pvm_buf_printf(out, "%s%s%s: %s\n", cmd_style(cmd, CMD_RED), jam_package_rule_name(rule),
                       cmd_style(cmd, CMD_PLAIN), jam_package_rule_text(rule));
    } else {
        cmd_heading(cmd, "items", out);
        pvm_buf_printf(out, "  %4s %10s %-12s %26s %7s %10s %7s  %s\n", "item", "service", "result",
                       "gas            ", "imports", "extrinsics", "exports", "output");
        for (size_t i = 0; i < report->out->report.result_count; i++)
            text_item(cmd, report, i, out);
        text_report(cmd, report, out);
    }
    text_differences(cmd, report, out);
}

/* ---- JSON ---- */

static void json_authorization(const struct cmd_package_report *report, struct jam_out *json)
{
    const struct jam_package_out *out = report->out;
    struct jam_hash hash = jam_package_authorizer(&report->fixture->package);
    jam_out_object(json, "authorization");
    jam_out_hex(json, "authorizer", jam_hash_bytes(&hash));
    if (report->pool_known)
        jam_out_bool(json, "in_pool", report->in_pool);
    else
        jam_out_null(json, "in_pool");
    if (out->started)
        jam_out_text(json, "outcome", jam_outcome_name(out->auth_outcome));
    else
        jam_out_null(json, "outcome");
    jam_out_number(json, "gas_limit", report->auth_gas_limit);
    jam_out_number(json, "gas_used", out->auth_gas_used);
    if (out->rule == JAM_PACKAGE_FINE)
        jam_out_hex(json, "trace", out->report.auth_output);
    else
        jam_out_null(json, "trace");
    jam_out_end_object(json);
}

static void json_items(const struct cmd_package_report *report, struct jam_out *json)
{
    jam_out_array(json, "items");
    for (size_t i = 0; i < report->out->report.result_count; i++) {
        const struct jam_work_digest *digest = &report->out->digests[i];
        const struct cmd_package_item *item = &report->items[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "service", digest->service_id);
        jam_out_text(json, "outcome", jam_outcome_name(item->outcome));
        if (item->why != NULL)
            jam_out_text(json, "note", item->why);
        else
            jam_out_null(json, "note");
        jam_out_text(json, "work_result", jam_outcome_name(digest->result));
        jam_out_hex(json, "output", digest->output);
        jam_out_number(json, "gas_limit", item->gas_limit);
        jam_out_number(json, "gas_used", item->gas_used);
        jam_out_number(json, "imports", digest->refine_load.imports);
        jam_out_number(json, "extrinsics", digest->refine_load.extrinsic_count);
        jam_out_number(json, "exports_made", item->export_count);
        jam_out_number(json, "exports", digest->refine_load.exports);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_report(const struct cmd_package_report *report, struct jam_out *json)
{
    struct pvm_buf encoded = {0};
    if (report->out->rule != JAM_PACKAGE_FINE) {
        jam_out_null(json, "report");
        return;
    }
    jam_report_encode(report->profile, &report->out->report, &encoded);
    if (encoded.failed)
        json->out->failed = true;
    else
        jam_state_report_write(report->profile, pvm_buf_bytes(&encoded), "report", json);
    pvm_buf_deinit(&encoded);
}

void cmd_package_json(const struct cmd_package_report *report, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "file", cmd_file_name(report->file));
    jam_out_text(&json, "gp", report->profile->name);
    jam_out_number(&json, "core", report->fixture->core);
    if (report->broken != JAM_PACKAGE_FINE)
        jam_out_text(&json, "invalid", jam_package_rule_name(report->broken));
    else
        jam_out_null(&json, "invalid");
    if (report->out->rule != JAM_PACKAGE_FINE)
        jam_out_text(&json, "refused", jam_package_rule_name(report->out->rule));
    else
        jam_out_null(&json, "refused");
    json_authorization(report, &json);
    json_items(report, &json);
    json_report(report, &json);
    jam_out_bool(&json, "bundle_length_known", report->out->length_known);
    jam_out_number(&json, "proofs_checked", report->fixture->snapshot.proof_count);
    if (report->expected != NULL)
        cmd_lines_json(&json, "differences", pvm_buf_bytes(&report->differences));
    else
        jam_out_null(&json, "differences");
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
