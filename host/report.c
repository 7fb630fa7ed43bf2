/* SPDX-License-Identifier: Apache-2.0 */
#include "host/report.h"

#include "host/codec.h"

/* O's octets beside JAM_OUTCOMES, which has those since 0.6.6: before, a version has no result
 * "oversize" and counts on without it (GP 0.6.5 C.2). */
uint8_t jam_outcome_octet(const struct jam_profile *profile, enum jam_outcome outcome)
{
    static const uint8_t octets[] = {
#define X(NAME, name, octet, text) [JAM_ENDED_##NAME] = octet,
        JAM_OUTCOMES(X)
#undef X
    };
    uint8_t octet = octets[outcome];
    if (profile->oversize || outcome < JAM_ENDED_OVERSIZE)
        return octet;
    return outcome == JAM_ENDED_OVERSIZE ? 0xff : (uint8_t)(octet - 1);
}

void jam_encode_outcome(const struct jam_profile *profile, enum jam_outcome outcome,
                        struct pvm_bytes output, struct pvm_buf *out)
{
    pvm_buf_add_u8(out, jam_outcome_octet(profile, outcome));
    if (outcome == JAM_ENDED_HALT)
        pvm_buf_add_blob(out, output);
}

/* ---- encoding ---- */

static void add_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_add(out, hash->octets, JAM_HASH_SIZE);
}

static bool has_loads(const struct jam_profile *profile)
{
    return profile->state.report != JAM_REPORT_062;
}

/* Where a version puts the authorizer's gas: before its output, at the end, or nowhere. */
static bool gas_comes_first(const struct jam_profile *profile)
{
    return profile->state.report >= JAM_REPORT_070;
}

static bool gas_comes_last(const struct jam_profile *profile)
{
    return profile->state.report == JAM_REPORT_064;
}

static void encode_spec(const struct jam_profile *profile, const struct jam_package_spec *spec,
                        struct pvm_buf *out)
{
    add_hash(out, &spec->hash);
    pvm_buf_add_le(out, spec->length, 4);
    add_hash(out, &spec->erasure_root);
    if (profile->state.report == JAM_REPORT_080)
        pvm_buf_add_le(out, spec->erasure_shards, 2);
    add_hash(out, &spec->exports_root);
    pvm_buf_add_le(out, spec->exports_count, 2);
}

static void encode_digest(const struct jam_profile *profile, const struct jam_work_digest *digest,
                          struct pvm_buf *out)
{
    pvm_buf_add_le(out, digest->service_id, 4);
    add_hash(out, &digest->code_hash);
    add_hash(out, &digest->payload_hash);
    pvm_buf_add_le(out, digest->accumulate_gas, 8);
    jam_encode_outcome(profile, digest->result, digest->output, out);
    if (!has_loads(profile))
        return;
    pvm_buf_add_natural(out, digest->refine_load.gas_used);
    pvm_buf_add_natural(out, digest->refine_load.imports);
    pvm_buf_add_natural(out, digest->refine_load.extrinsic_count);
    pvm_buf_add_natural(out, digest->refine_load.extrinsic_size);
    pvm_buf_add_natural(out, digest->refine_load.exports);
}

void jam_report_encode(const struct jam_profile *profile, const struct jam_report *report,
                       struct pvm_buf *out)
{
    encode_spec(profile, &report->package_spec, out);
    jam_encode_context(profile, &report->context, out);
    pvm_buf_add_natural(out, report->core_index);
    add_hash(out, &report->authorizer_hash);
    if (gas_comes_first(profile))
        pvm_buf_add_natural(out, report->auth_gas_used);
    pvm_buf_add_blob(out, report->auth_output);
    pvm_buf_add_natural(out, report->lookup_count);
    for (size_t i = 0; i < report->lookup_count; i++) {
        add_hash(out, &report->segment_root_lookup[i].work_package_hash);
        add_hash(out, &report->segment_root_lookup[i].segment_tree_root);
    }
    pvm_buf_add_natural(out, report->result_count);
    for (size_t i = 0; i < report->result_count; i++)
        encode_digest(profile, &report->results[i], out);
    if (gas_comes_last(profile))
        pvm_buf_add_natural(out, report->auth_gas_used);
}

/* ---- decoding ---- */

struct jam_report_lists {
    struct jam_hash *prerequisites;
    struct jam_root_lookup *lookup;
    struct jam_work_digest *results;
};

/* A report being read. */
struct reading {
    const struct jam_profile *profile;
    const struct pvm_alloc *alloc;
    struct pvm_reader *in;
    struct jam_report *report;
    bool no_memory;
};

static struct jam_hash read_hash(struct pvm_reader *in)
{
    struct jam_hash hash = {{0}};
    struct pvm_bytes bytes = pvm_read_span(in, JAM_HASH_SIZE);
    if (!in->failed)
        memcpy(hash.octets, bytes.ptr, JAM_HASH_SIZE);
    return hash;
}

/* Room for a list whose entries take at least min_size octets each: never more than those that are
 * left could hold. NULL for an empty list, or when reading is over. */
static void *new_list(struct reading *r, size_t size, size_t min_size, size_t *count)
{
    uint64_t wanted = pvm_read_natural(r->in);
    *count = 0;
    if (wanted > pvm_reader_left(r->in) / min_size)
        r->in->failed = true;
    if (r->in->failed || wanted == 0)
        return NULL;
    void *list = pvm_alloc_zero(r->alloc, (size_t)wanted, size);
    if (list == NULL) {
        r->no_memory = true;
        r->in->failed = true;
        return NULL;
    }
    *count = (size_t)wanted;
    return list;
}

static void read_spec(struct reading *r, struct jam_package_spec *spec)
{
    spec->hash = read_hash(r->in);
    spec->length = (uint32_t)pvm_read_le(r->in, 4);
    spec->erasure_root = read_hash(r->in);
    if (r->profile->state.report == JAM_REPORT_080)
        spec->erasure_shards = (uint16_t)pvm_read_le(r->in, 2);
    spec->exports_root = read_hash(r->in);
    spec->exports_count = (uint16_t)pvm_read_le(r->in, 2);
}

static void read_context(struct reading *r, struct jam_refine_context *context)
{
    bool slotted = r->profile->state.report == JAM_REPORT_080;
    context->anchor = read_hash(r->in);
    if (slotted)
        context->anchor_slot = (uint32_t)pvm_read_le(r->in, 4);
    context->state_root = read_hash(r->in);
    context->beefy_root = read_hash(r->in);
    context->lookup_anchor = read_hash(r->in);
    context->lookup_anchor_slot = (uint32_t)pvm_read_le(r->in, 4);
    if (slotted)
        context->lookup_anchor_state_root = read_hash(r->in);
    struct jam_hash *list = new_list(r, sizeof *list, JAM_HASH_SIZE, &context->prerequisite_count);
    r->report->owned->prerequisites = list;
    context->prerequisites = list;
    for (size_t i = 0; i < context->prerequisite_count; i++)
        list[i] = read_hash(r->in);
}

static void read_lookup(struct reading *r)
{
    struct jam_report *report = r->report;
    struct jam_root_lookup *list =
        new_list(r, sizeof *list, 2 * (size_t)JAM_HASH_SIZE, &report->lookup_count);
    report->owned->lookup = list;
    report->segment_root_lookup = list;
    for (size_t i = 0; i < report->lookup_count; i++) {
        list[i].work_package_hash = read_hash(r->in);
        list[i].segment_tree_root = read_hash(r->in);
    }
}

static void read_outcome(struct reading *r, struct jam_work_digest *digest)
{
    static const enum jam_outcome all[] = {
#define X(NAME, name, octet, text) JAM_ENDED_##NAME,
        JAM_OUTCOMES(X)
#undef X
    };
    uint8_t octet = pvm_read_u8(r->in);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (jam_outcome_octet(r->profile, all[i]) != octet || octet == 0xff)
            continue;
        digest->result = all[i];
        if (all[i] == JAM_ENDED_HALT)
            digest->output = pvm_read_blob(r->in);
        return;
    }
    r->in->failed = true;
}

static void read_digest(struct reading *r, struct jam_work_digest *digest)
{
    digest->service_id = (uint32_t)pvm_read_le(r->in, 4);
    digest->code_hash = read_hash(r->in);
    digest->payload_hash = read_hash(r->in);
    digest->accumulate_gas = pvm_read_le(r->in, 8);
    read_outcome(r, digest);
    if (!has_loads(r->profile))
        return;
    digest->refine_load.gas_used = pvm_read_natural(r->in);
    digest->refine_load.imports = pvm_read_natural(r->in);
    digest->refine_load.extrinsic_count = pvm_read_natural(r->in);
    digest->refine_load.extrinsic_size = pvm_read_natural(r->in);
    digest->refine_load.exports = pvm_read_natural(r->in);
}

static void read_results(struct reading *r)
{
    enum { DIGEST_MIN = 4 + 2 * JAM_HASH_SIZE + 8 + 1 };
    struct jam_report *report = r->report;
    struct jam_work_digest *list = new_list(r, sizeof *list, DIGEST_MIN, &report->result_count);
    report->owned->results = list;
    report->results = list;
    for (size_t i = 0; i < report->result_count && !r->in->failed; i++)
        read_digest(r, &list[i]);
}

static void read_report(struct reading *r)
{
    struct jam_report *report = r->report;
    read_spec(r, &report->package_spec);
    read_context(r, &report->context);
    report->core_index = pvm_read_natural(r->in);
    report->authorizer_hash = read_hash(r->in);
    if (gas_comes_first(r->profile))
        report->auth_gas_used = pvm_read_natural(r->in);
    report->auth_output = pvm_read_blob(r->in);
    read_lookup(r);
    read_results(r);
    if (gas_comes_last(r->profile))
        report->auth_gas_used = pvm_read_natural(r->in);
}

enum pvm_status jam_report_read(const struct jam_profile *profile, struct pvm_reader *reader,
                                const struct pvm_alloc *alloc, struct jam_report *out,
                                struct pvm_err *err)
{
    struct jam_report report = {.alloc = alloc};
    struct reading reading = {profile, alloc, reader, &report, false};
    size_t from = reader->pos;
    report.owned = pvm_alloc_zero(alloc, 1, sizeof *report.owned);
    if (report.owned == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a work report");
    read_report(&reading);
    if (reader->failed) {
        jam_report_deinit(&report);
        if (reading.no_memory)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for a work report");
        return pvm_fail(err, PVM_E_MALFORMED, "work report at octet %zu: no report of GP %s", from,
                        profile->name);
    }
    report.encoded = pvm_bytes(reader->bytes.ptr + from, reader->pos - from);
    *out = report;
    return PVM_OK;
}

enum pvm_status jam_report_decode(const struct jam_profile *profile, struct pvm_bytes bytes,
                                  const struct pvm_alloc *alloc, struct jam_report *out,
                                  struct pvm_err *err)
{
    struct pvm_reader reader = pvm_reader(bytes);
    struct jam_report report;
    PVM_TRY(jam_report_read(profile, &reader, alloc, &report, err));
    if (pvm_reader_left(&reader) != 0) {
        jam_report_deinit(&report);
        return pvm_fail(err, PVM_E_MALFORMED, "work report: %zu octets behind its end",
                        pvm_reader_left(&reader));
    }
    *out = report;
    return PVM_OK;
}

void jam_report_deinit(struct jam_report *report)
{
    struct jam_report_lists *owned = report->owned;
    if (owned != NULL) {
        pvm_alloc_free(report->alloc, owned->prerequisites);
        pvm_alloc_free(report->alloc, owned->lookup);
        pvm_alloc_free(report->alloc, owned->results);
        pvm_alloc_free(report->alloc, owned);
    }
    *report = (struct jam_report){.alloc = report->alloc};
}

bool jam_report_package_hash(struct pvm_bytes encoded, struct jam_hash *out)
{
    if (encoded.len < JAM_HASH_SIZE)
        return false;
    memcpy(out->octets, encoded.ptr, JAM_HASH_SIZE);
    return true;
}

uint64_t jam_report_gas(const struct jam_report *report)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        uint64_t gas = report->results[i].accumulate_gas;
        sum = gas > UINT64_MAX - sum ? UINT64_MAX : sum + gas;
    }
    return sum;
}
