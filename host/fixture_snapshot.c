/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle snapshot, as JAM test networks publish them, in place of a fixture: an auditable work
 * bundle (GP 0.7.2 14.4) with the core it ran on and the report that came of it. Names inside are
 * those of the public codec vectors.
 */
#include "host/codec.h"
#include "host/fixture_load.h"
#include "host/merkle.h"
#include "host/state_report.h"

struct root_keys {
    struct jam_json package_hash, core_index, bundle, segment_root_lookup, report;
    struct jam_json gp, params;
    uint32_t slot;
};

static const struct jam_json_field root_fields[] = {
    JAM_JSON_FIELD(struct root_keys, package_hash),
    JAM_JSON_FIELD(struct root_keys, core_index),
    JAM_JSON_NEEDED(struct root_keys, bundle),
    JAM_JSON_FIELD(struct root_keys, segment_root_lookup),
    JAM_JSON_FIELD(struct root_keys, slot),
    JAM_JSON_FIELD(struct root_keys, report),
    JAM_JSON_FIELD(struct root_keys, gp),
    JAM_JSON_FIELD(struct root_keys, params),
};

struct bundle_keys {
    struct jam_json work_package, extrinsics, import_segments, justifications;
};

static const struct jam_json_field bundle_fields[] = {
    JAM_JSON_NEEDED(struct bundle_keys, work_package),
    JAM_JSON_FIELD(struct bundle_keys, extrinsics),
    JAM_JSON_FIELD(struct bundle_keys, import_segments),
    JAM_JSON_FIELD(struct bundle_keys, justifications),
};

/* Nothing for null and for an empty list: no item has any, whatever their number. */
static struct jam_json unless_empty(struct jam_json json)
{
    static const struct jam_json nothing;
    enum jam_json_type type = jam_json_type(json);
    bool empty = type == JAM_JSON_NULL || (type == JAM_JSON_ARRAY && jam_json_count(json) == 0);
    return empty ? nothing : json;
}

/* ---- justifications ---- */

/* The root that the package means by an import. */
static enum pvm_status root_of(struct jam_fixture_load *load, struct jam_json json,
                               const struct jam_import *import, struct jam_hash *root)
{
    const struct jam_hash *known = &import->tree_root;
    if (import->by_package)
        known = jam_fixture_root_of(load->out, known);
    if (known == NULL)
        return jam_json_fail(json, load->err,
                             "the segment root of the package imported from is not known");
    *root = *known;
    return PVM_OK;
}

/* The path J_0 (GP 0.7.2 E.1.2) from an import's segment to its root. */
static enum pvm_status check_proof(struct jam_fixture_load *load, struct jam_json json, size_t item,
                                   size_t index)
{
    const struct jam_import *import = &load->out->items[item].import_segments[index];
    struct jam_hash proof[JAM_PROOF_MAX];
    struct jam_hash root;
    size_t count;
    PVM_TRY(jam_fixture_count(load, json, JAM_PROOF_MAX, &count));
    struct jam_json it = jam_json_first(json);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(jam_json_hash(it, &proof[i], load->err));
    PVM_TRY(root_of(load, json, import, &root));
    struct jam_hash found =
        jam_segment_proof_root(load->out->data[item].imports[index], import->index, proof, count);
    if (!jam_hash_equal(&found, &root))
        return jam_json_fail(json, load->err,
                             "the segment with this proof is not segment %u below its root",
                             (unsigned)import->index);
    load->out->depths[item][index] = (uint8_t)count;
    load->out->snapshot.proof_count++;
    return PVM_OK;
}

static enum pvm_status check_item_proofs(struct jam_fixture_load *load, struct jam_json json,
                                         size_t item)
{
    size_t count;
    size_t imports = load->out->data[item].import_count;
    json = unless_empty(json);
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_fixture_count(load, json, UINT16_MAX, &count));
    if (count != imports)
        return jam_json_fail(json, load->err, "%zu proofs, but the item has %zu imports", count,
                             imports);
    struct jam_json it = jam_json_first(json);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        if (jam_json_type(it) != JAM_JSON_NULL)
            PVM_TRY(check_proof(load, it, item, i));
    return PVM_OK;
}

static enum pvm_status check_proofs(struct jam_fixture_load *load, struct jam_json json)
{
    size_t count;
    size_t items = load->out->package.item_count;
    json = unless_empty(json);
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_fixture_count(load, json, UINT16_MAX, &count));
    if (count != items)
        return jam_json_fail(json, load->err, "%zu entries, but the package has %zu items", count,
                             items);
    struct jam_json it = jam_json_first(json);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(check_item_proofs(load, it, i));
    return PVM_OK;
}

/* ---- the rest ---- */

static enum pvm_status check_hash(struct jam_fixture_load *load, struct jam_json json)
{
    struct jam_hash real;
    struct jam_hash hash;
    PVM_TRY(jam_package_hash(load->out->profile, &load->out->package, load->options->alloc, &real,
                             load->err));
    return jam_fixture_hash(load, json, &real, "package", &hash);
}

static enum pvm_status read_report(struct jam_fixture_load *load, struct jam_json json)
{
    struct pvm_buf octets = {.alloc = load->options->alloc};
    if (!jam_json_has(json) || jam_json_type(json) == JAM_JSON_NULL)
        return PVM_OK;
    enum pvm_status status = jam_state_report_read(json, load->out->profile, &octets, load->err);
    if (status == PVM_OK)
        status = jam_arena_copy(&load->out->arena, pvm_buf_bytes(&octets),
                                &load->out->snapshot.report, load->err);
    pvm_buf_deinit(&octets);
    return status;
}

/* The package, and what is said of it. */
static enum pvm_status read_bundle(struct jam_fixture_load *load, const struct root_keys *keys)
{
    struct bundle_keys bundle = {.extrinsics = {NULL, NULL}};
    PVM_TRY(jam_json_fields(keys->bundle, bundle_fields, JAM_JSON_COUNT(bundle_fields), &bundle,
                            load->err));
    const struct jam_fixture_package_keys package = {
        .work_package = bundle.work_package,
        .extrinsics = unless_empty(bundle.extrinsics),
        .import_segments = unless_empty(bundle.import_segments),
    };
    PVM_TRY(jam_fixture_package(load, &package, load->options->has_item ? load->options->item : 0));
    PVM_TRY(check_hash(load, keys->package_hash));
    return check_proofs(load, bundle.justifications);
}

enum pvm_status jam_fixture_snapshot(struct jam_fixture_load *load, struct jam_json root)
{
    struct root_keys keys = {.slot = load->out->state.slot};
    struct jam_fixture *out = load->out;
    PVM_TRY(jam_json_fields(root, root_fields, JAM_JSON_COUNT(root_fields), &keys, load->err));
    out->name = "";
    out->snapshot.given = true;
    out->state.slot = keys.slot;
    load->slot = keys.slot;
    PVM_TRY(jam_fixture_profile(load, keys.gp));
    PVM_TRY(jam_fixture_extensions(load, (struct jam_json){NULL, NULL}));
    PVM_TRY(jam_fixture_params(load, keys.params));
    PVM_TRY(jam_fixture_core(load, keys.core_index));
    PVM_TRY(jam_fixture_lookup(load, keys.segment_root_lookup));
    PVM_TRY(read_bundle(load, &keys));
    return read_report(load, keys.report);
}
