/* SPDX-License-Identifier: Apache-2.0 */
#include "host/work_package.h"

#include "host/codec.h"
#include "host/fixture.h"
#include "host/hash.h"
#include "host/invoke_refine.h"
#include "host/merkle.h"
#include "host/seg_run.h"

#include <stdio.h>

/* A computation under way. */
struct compute {
    const struct jam_package_in *in;
    const struct jam_package_options *options;
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_package_out *out;
    uint64_t output_size; /* octets of the trace and of outputs so far */
    size_t *ends;         /* where outputs of items end in out->outputs */
};

/* ---- Is-Authorized ---- */

static struct jam_invoke_options invoke_options(const struct compute *c)
{
    return (struct jam_invoke_options){
        .profile = c->profile,
        .params = &c->params,
        .alloc = c->options->alloc,
        .limits = c->options->limits,
        .hooks = c->options->hooks,
    };
}

/* Goes through with a run; item -1 is Is-Authorized. */
static enum pvm_status go(const struct compute *c, struct jam_run *run, int64_t item,
                          struct pvm_err *err)
{
    char name[JAM_SEG_NAME];
    const char *prefix = c->options->tape_prefix != NULL ? c->options->tape_prefix : "";
    if (item < 0)
        (void)snprintf(name, sizeof name, "%sis_authorized", prefix);
    else
        (void)snprintf(name, sizeof name, "%srefine %lld", prefix, (long long)item);
    return jam_seg_run_go(c->options->tape, run, name, err);
}

static void tell(const struct compute *c, int64_t item, uint32_t service, enum jam_outcome outcome,
                 const struct jam_run *run)
{
    if (c->options->ran != NULL)
        c->options->ran(c->options->user, &(struct jam_package_step){item, service, outcome, run});
}

static enum pvm_status finish_authorize(struct compute *c, const struct jam_run *run,
                                        struct pvm_err *err)
{
    struct jam_package_out *out = c->out;
    const struct jam_result *result = jam_run_result(run);
    out->auth_outcome = result->outcome;
    out->auth_gas_used = result->gas_used;
    if (result->outcome != JAM_ENDED_HALT)
        out->rule = JAM_PACKAGE_UNAUTHORIZED;
    else if (result->output.len > c->params.max_report_output)
        out->rule = JAM_PACKAGE_REPORT_SIZE;
    pvm_buf_add_bytes(&out->outputs, result->output);
    c->output_size = result->output.len;
    tell(c, -1, c->in->package->auth_code_host, result->outcome, run);
    return pvm_buf_status(&out->outputs, err);
}

static enum pvm_status authorize(struct compute *c, struct pvm_err *err)
{
    const struct jam_package_in *in = c->in;
    struct jam_invoke_options how = invoke_options(c);
    struct jam_seg_tap tap = {c->options->tape, how.hooks};
    struct jam_run *run;
    how.hooks = jam_seg_tap_hooks(&tap);
    if (c->options->starts != NULL)
        c->options->starts(c->options->user, -1, in->package->auth_code_host);
    PVM_TRY(jam_is_authorized_new(in->package, in->core, in->state, &how, &run, err));
    enum pvm_status status = go(c, run, -1, err);
    if (status == PVM_OK)
        status = finish_authorize(c, run, err);
    jam_run_free(run);
    return status;
}

/* ---- Refine ---- */

static uint64_t extrinsic_size(const struct jam_work_item *item)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < item->extrinsic_count; i++)
        sum += item->extrinsic[i].len;
    return sum;
}

/* C of GP 0.7.2 14.3. The output's span is set once all outputs stand. */
static struct jam_work_digest digest_of(const struct jam_work_item *item, enum jam_outcome outcome,
                                        uint64_t gas_used)
{
    return (struct jam_work_digest){
        .service_id = item->service,
        .code_hash = item->code_hash,
        .payload_hash = jam_hash(item->payload),
        .accumulate_gas = item->accumulate_gas_limit,
        .result = outcome,
        .refine_load = {.gas_used = gas_used,
                        .imports = item->import_count,
                        .extrinsic_count = item->extrinsic_count,
                        .extrinsic_size = extrinsic_size(item),
                        .exports = item->export_count},
    };
}

/* I of GP 0.7.2 14.4: what the report says of the run. */
static enum pvm_status finish_refine(struct compute *c, size_t index, const struct jam_run *run,
                                     struct pvm_err *err)
{
    struct jam_package_out *out = c->out;
    const struct jam_work_item *item = &c->in->package->items[index];
    const struct jam_result *result = jam_run_result(run);
    enum jam_outcome outcome =
        jam_refine_outcome(c->profile, result, item->export_count, c->output_size, &c->params);
    out->digests[index] = digest_of(item, outcome, result->gas_used);
    if (outcome == JAM_ENDED_HALT) {
        pvm_buf_add_bytes(&out->outputs, result->output);
        c->output_size += result->output.len;
        pvm_buf_add(&out->exports, result->exports, result->export_count * JAM_SEGMENT_SIZE);
    } else {
        pvm_buf_add_zeros(&out->exports, (size_t)item->export_count * JAM_SEGMENT_SIZE);
    }
    c->ends[index] = out->outputs.len;
    tell(c, (int64_t)index, item->service, outcome, run);
    PVM_TRY(pvm_buf_status(&out->outputs, err));
    return pvm_buf_status(&out->exports, err);
}

static enum pvm_status refine(struct compute *c, size_t index, uint64_t export_offset,
                              struct pvm_bytes trace, struct pvm_err *err)
{
    struct jam_invoke_options how = invoke_options(c);
    const struct jam_refine_in in = {
        .package = c->in->package,
        .item = index,
        .core = c->in->core,
        .trace = trace,
        .data = c->in->data,
        .state = c->in->state,
        .export_offset = export_offset,
    };
    struct jam_seg_tap tap = {c->options->tape, how.hooks};
    struct jam_run *run;
    how.hooks = jam_seg_tap_hooks(&tap);
    if (c->options->starts != NULL)
        c->options->starts(c->options->user, (int64_t)index, in.package->items[index].service);
    PVM_TRY(jam_refine_new(&in, &how, &run, err));
    enum pvm_status status = go(c, run, (int64_t)index, err);
    if (status == PVM_OK)
        status = finish_refine(c, index, run, err);
    jam_run_free(run);
    return status;
}

static enum pvm_status refine_all(struct compute *c, struct pvm_err *err)
{
    const struct jam_work_package *package = c->in->package;
    struct pvm_buf trace = {.alloc = c->options->alloc};
    uint64_t offset = 0;
    /* Outputs may move while they grow: the trace that runs see stays where it is. */
    pvm_buf_add_bytes(&trace, pvm_buf_bytes(&c->out->outputs));
    enum pvm_status status = pvm_buf_status(&trace, err);
    for (size_t i = 0; status == PVM_OK && i < package->item_count; i++) {
        status = refine(c, i, offset, pvm_buf_bytes(&trace), err);
        offset += package->items[i].export_count;
    }
    pvm_buf_deinit(&trace);
    return status;
}

/* ---- the report ---- */

/* Octets of the auditable bundle: package, extrinsics, imports and their justifications. */
static enum pvm_status bundle_size(struct compute *c, uint64_t *size, struct pvm_err *err)
{
    const struct jam_work_package *package = c->in->package;
    struct pvm_buf encoded = {.alloc = c->options->alloc};
    jam_encode_package(c->profile, package, &encoded);
    *size = encoded.len;
    enum pvm_status status = pvm_buf_status(&encoded, err);
    pvm_buf_deinit(&encoded);
    c->out->length_known = true;
    for (size_t i = 0; i < package->item_count; i++) {
        const struct jam_work_item *item = &package->items[i];
        *size += extrinsic_size(item) + (uint64_t)item->import_count * JAM_SEGMENT_SIZE;
        for (size_t k = 0; k < item->import_count; k++) {
            unsigned depth = c->in->depths != NULL ? c->in->depths[i][k] : JAM_DEPTH_UNKNOWN;
            if (depth == JAM_DEPTH_UNKNOWN)
                c->out->length_known = false;
            else
                *size += 1 + (uint64_t)depth * JAM_HASH_SIZE; /* the count is below 128 */
        }
    }
    return status;
}

/* The dictionary has every package that an import names. */
static bool lookup_is_whole(const struct jam_package_in *in)
{
    for (size_t i = 0; i < in->package->item_count; i++) {
        const struct jam_work_item *item = &in->package->items[i];
        for (size_t k = 0; k < item->import_count; k++) {
            bool found = !item->import_segments[k].by_package;
            for (size_t at = 0; !found && at < in->lookup_count; at++)
                found = jam_hash_equal(&in->lookup[at].work_package_hash,
                                       &item->import_segments[k].tree_root);
            if (!found)
                return false;
        }
    }
    return true;
}

static uint64_t promised_exports(const struct jam_work_package *package)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < package->item_count; i++)
        sum += package->items[i].export_count;
    return sum;
}

static enum pvm_status fill_report(struct compute *c, size_t trace_len, struct pvm_err *err)
{
    const struct jam_package_in *in = c->in;
    struct jam_package_out *out = c->out;
    struct jam_report *report = &out->report;
    uint64_t length = 0;
    size_t start = trace_len;
    for (size_t i = 0; i < in->package->item_count; i++) {
        out->digests[i].output = pvm_bytes(out->outputs.ptr + start, c->ends[i] - start);
        start = c->ends[i];
    }
    PVM_TRY(bundle_size(c, &length, err));
    *report = (struct jam_report){
        .context = in->package->context,
        .core_index = in->core,
        .authorizer_hash = jam_package_authorizer(in->package),
        .auth_gas_used = out->auth_gas_used,
        .auth_output = pvm_bytes(out->outputs.ptr, trace_len),
        .segment_root_lookup = in->lookup,
        .lookup_count = in->lookup_count,
        .results = out->digests,
        .result_count = in->package->item_count,
        .alloc = c->options->alloc,
    };
    PVM_TRY(jam_package_hash(c->profile, in->package, c->options->alloc, &report->package_spec.hash,
                             err));
    size_t count = out->exports.len / JAM_SEGMENT_SIZE;
    report->package_spec.length = length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
    report->package_spec.exports_root = jam_segment_root(out->exports.ptr, count);
    report->package_spec.exports_count = (uint16_t)count;
    return PVM_OK;
}

static enum pvm_status compute(struct compute *c, struct pvm_err *err)
{
    PVM_TRY(authorize(c, err));
    if (c->out->rule != JAM_PACKAGE_FINE)
        return PVM_OK;
    size_t trace_len = c->out->outputs.len;
    PVM_TRY(refine_all(c, err));
    if (c->output_size > c->params.max_report_output) { /* to 0.6.5 */
        c->out->rule = JAM_PACKAGE_REPORT_SIZE;
        return PVM_OK;
    }
    return fill_report(c, trace_len, err);
}

enum pvm_status jam_package_compute(const struct jam_package_in *in,
                                    const struct jam_package_options *options,
                                    struct jam_package_out *out, struct pvm_err *err)
{
    struct compute c = {.in = in, .options = options, .out = out};
    size_t count = in->package->item_count;
    *out = (struct jam_package_out){.alloc = options->alloc};
    out->exports.alloc = options->alloc;
    out->outputs.alloc = options->alloc;
    c.profile = options->profile != NULL ? options->profile : jam_profile_default;
    if (options->params != NULL)
        c.params = *options->params;
    else
        jam_params_get(c.profile, JAM_PARAMS_FULL, &c.params);
    if (!lookup_is_whole(in))
        out->rule = JAM_PACKAGE_LOOKUP;
    if (promised_exports(in->package) > JAM_SEGMENTS_MAX)
        out->rule = JAM_PACKAGE_EXPORTS;
    if (out->rule != JAM_PACKAGE_FINE)
        return PVM_OK;
    out->started = true;
    out->digests = pvm_alloc_zero(options->alloc, count + 1, sizeof *out->digests);
    c.ends = pvm_alloc_zero(options->alloc, count + 1, sizeof *c.ends);
    enum pvm_status status = PVM_OK;
    if (out->digests == NULL || c.ends == NULL)
        status = pvm_fail(err, PVM_E_MEMORY, "no memory for a report of %zu items", count);
    if (status == PVM_OK)
        status = compute(&c, err);
    pvm_alloc_free(options->alloc, c.ends);
    return status;
}

void jam_package_out_deinit(struct jam_package_out *out)
{
    pvm_buf_deinit(&out->exports);
    pvm_buf_deinit(&out->outputs);
    pvm_alloc_free(out->alloc, out->digests);
    out->digests = NULL;
    out->report = (struct jam_report){.alloc = out->alloc};
}

struct jam_package_in jam_fixture_package_in(const struct jam_fixture *fixture)
{
    return (struct jam_package_in){
        .package = &fixture->package,
        .core = fixture->core,
        .data = fixture->data,
        .state = &fixture->state,
        .lookup = fixture->lookup,
        .lookup_count = fixture->lookup_count,
        .depths = fixture->depths,
    };
}
