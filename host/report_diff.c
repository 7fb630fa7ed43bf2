/* SPDX-License-Identifier: Apache-2.0 */
/* Where two work reports differ, field by field under the names of the public vectors. */
#include "host/work_package.h"

#include <inttypes.h>
#include <stdio.h>

enum { SHOWN = 48 };

struct diff {
    struct pvm_buf *out;
    size_t count;
    char prefix[48]; /* "results[0]." */
};

static void begin(struct diff *diff, const char *name)
{
    diff->count++;
    pvm_buf_printf(diff->out, "%s%s: expected ", diff->prefix, name);
}

static void number(struct diff *diff, const char *name, uint64_t expected, uint64_t got)
{
    if (expected == got)
        return;
    begin(diff, name);
    pvm_buf_printf(diff->out, "%" PRIu64 ", got %" PRIu64 "\n", expected, got);
}

static void hash(struct diff *diff, const char *name, const struct jam_hash *expected,
                 const struct jam_hash *got)
{
    if (jam_hash_equal(expected, got))
        return;
    begin(diff, name);
    pvm_buf_text(diff->out, "0x");
    pvm_buf_hex(diff->out, jam_hash_bytes(expected));
    pvm_buf_text(diff->out, ", got 0x");
    pvm_buf_hex(diff->out, jam_hash_bytes(got));
    pvm_buf_text(diff->out, "\n");
}

static void show(struct diff *diff, struct pvm_bytes octets)
{
    size_t shown = octets.len < SHOWN ? octets.len : SHOWN;
    pvm_buf_printf(diff->out, "%zu octets 0x", octets.len);
    pvm_buf_hex(diff->out, pvm_bytes(octets.ptr, shown));
    if (shown < octets.len)
        pvm_buf_text(diff->out, "...");
}

static void octets(struct diff *diff, const char *name, struct pvm_bytes expected,
                   struct pvm_bytes got)
{
    if (pvm_bytes_equal(expected, got))
        return;
    begin(diff, name);
    show(diff, expected);
    pvm_buf_text(diff->out, ", got ");
    show(diff, got);
    pvm_buf_text(diff->out, "\n");
}

static void context(struct diff *diff, const struct jam_refine_context *expected,
                    const struct jam_refine_context *got)
{
    hash(diff, "context.anchor", &expected->anchor, &got->anchor);
    hash(diff, "context.state_root", &expected->state_root, &got->state_root);
    hash(diff, "context.beefy_root", &expected->beefy_root, &got->beefy_root);
    hash(diff, "context.lookup_anchor", &expected->lookup_anchor, &got->lookup_anchor);
    number(diff, "context.lookup_anchor_slot", expected->lookup_anchor_slot,
           got->lookup_anchor_slot);
    number(diff, "context.anchor_slot", expected->anchor_slot, got->anchor_slot);
    hash(diff, "context.lookup_anchor_state_root", &expected->lookup_anchor_state_root,
         &got->lookup_anchor_state_root);
    number(diff, "context.prerequisites: how many", expected->prerequisite_count,
           got->prerequisite_count);
    for (size_t i = 0; i < expected->prerequisite_count && i < got->prerequisite_count; i++)
        hash(diff, "context.prerequisites", &expected->prerequisites[i], &got->prerequisites[i]);
}

static void outcome(struct diff *diff, enum jam_outcome expected, enum jam_outcome got)
{
    if (expected == got)
        return;
    begin(diff, "result");
    pvm_buf_printf(diff->out, "%s, got %s\n", jam_outcome_name(expected), jam_outcome_name(got));
}

static void digest(struct diff *diff, const struct jam_work_digest *expected,
                   const struct jam_work_digest *got)
{
    const struct jam_refine_load *load = &expected->refine_load;
    number(diff, "service_id", expected->service_id, got->service_id);
    hash(diff, "code_hash", &expected->code_hash, &got->code_hash);
    hash(diff, "payload_hash", &expected->payload_hash, &got->payload_hash);
    number(diff, "accumulate_gas", expected->accumulate_gas, got->accumulate_gas);
    outcome(diff, expected->result, got->result);
    if (expected->result == JAM_ENDED_HALT && got->result == JAM_ENDED_HALT)
        octets(diff, "result", expected->output, got->output);
    number(diff, "refine_load.gas_used", load->gas_used, got->refine_load.gas_used);
    number(diff, "refine_load.imports", load->imports, got->refine_load.imports);
    number(diff, "refine_load.extrinsic_count", load->extrinsic_count,
           got->refine_load.extrinsic_count);
    number(diff, "refine_load.extrinsic_size", load->extrinsic_size,
           got->refine_load.extrinsic_size);
    number(diff, "refine_load.exports", load->exports, got->refine_load.exports);
}

static void lookup(struct diff *diff, const struct jam_report *expected,
                   const struct jam_report *got)
{
    number(diff, "segment_root_lookup: how many", expected->lookup_count, got->lookup_count);
    for (size_t i = 0; i < expected->lookup_count && i < got->lookup_count; i++) {
        const struct jam_root_lookup *a = &expected->segment_root_lookup[i];
        const struct jam_root_lookup *b = &got->segment_root_lookup[i];
        hash(diff, "segment_root_lookup.work_package_hash", &a->work_package_hash,
             &b->work_package_hash);
        hash(diff, "segment_root_lookup.segment_tree_root", &a->segment_tree_root,
             &b->segment_tree_root);
    }
}

size_t jam_report_diff(const struct jam_report *expected, const struct jam_report *got,
                       struct pvm_buf *out)
{
    struct diff diff = {.out = out};
    const struct jam_package_spec *spec = &expected->package_spec;
    hash(&diff, "package_spec.hash", &spec->hash, &got->package_spec.hash);
    number(&diff, "package_spec.length", spec->length, got->package_spec.length);
    hash(&diff, "package_spec.exports_root", &spec->exports_root, &got->package_spec.exports_root);
    number(&diff, "package_spec.exports_count", spec->exports_count,
           got->package_spec.exports_count);
    context(&diff, &expected->context, &got->context);
    number(&diff, "core_index", expected->core_index, got->core_index);
    hash(&diff, "authorizer_hash", &expected->authorizer_hash, &got->authorizer_hash);
    number(&diff, "auth_gas_used", expected->auth_gas_used, got->auth_gas_used);
    octets(&diff, "auth_output", expected->auth_output, got->auth_output);
    lookup(&diff, expected, got);
    number(&diff, "results: how many", expected->result_count, got->result_count);
    for (size_t i = 0; i < expected->result_count && i < got->result_count; i++) {
        (void)snprintf(diff.prefix, sizeof diff.prefix, "results[%zu].", i);
        digest(&diff, &expected->results[i], &got->results[i]);
    }
    return diff.count;
}
