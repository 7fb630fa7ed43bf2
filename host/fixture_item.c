/* SPDX-License-Identifier: Apache-2.0 */
/* Work items of a fixture, with the data of their imports and extrinsics. */
#include "host/fixture_load.h"
#include "host/hash.h"
#include "host/merkle.h"

enum {
    INDEX_LIMIT = 1 << 15, /* from here on an index says that the hash is a package's */
    LIST_MAX = UINT16_MAX  /* what the summary of an item can count */
};

struct import_keys {
    struct jam_json tree_root, package_hash, index, data;
};

static const struct jam_json_field import_fields[] = {
    JAM_JSON_FIELD(struct import_keys, tree_root),
    JAM_JSON_FIELD(struct import_keys, package_hash),
    JAM_JSON_FIELD(struct import_keys, index),
    JAM_JSON_FIELD(struct import_keys, data),
};

struct extrinsic_keys {
    struct jam_json hash, len, data;
};

static const struct jam_json_field extrinsic_fields[] = {
    JAM_JSON_FIELD(struct extrinsic_keys, hash),
    JAM_JSON_FIELD(struct extrinsic_keys, len),
    JAM_JSON_FIELD(struct extrinsic_keys, data),
};

/* References in the item and their data outside of it, side by side; either may be left out. */
struct pairs {
    struct jam_json ref, data;
    size_t count;
};

static enum pvm_status pair_up(struct jam_fixture_load *load, struct jam_json refs,
                               struct jam_json datas, struct pairs *out)
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, refs, LIST_MAX, &out->count));
    PVM_TRY(jam_fixture_count(load, datas, LIST_MAX, &count));
    if (jam_json_has(refs) && jam_json_has(datas) && out->count != count)
        return jam_json_fail(datas, load->err, "%zu entries, but the item has %zu", count,
                             out->count);
    if (!jam_json_has(refs))
        out->count = count;
    out->ref = jam_json_first(refs);
    out->data = jam_json_first(datas);
    return PVM_OK;
}

static void next_pair(struct pairs *pairs)
{
    if (jam_json_has(pairs->ref))
        pairs->ref = jam_json_next(pairs->ref);
    if (jam_json_has(pairs->data))
        pairs->data = jam_json_next(pairs->data);
}

/* The one of two places that has the data. */
static enum pvm_status choose_data(struct jam_fixture_load *load, struct jam_json inside,
                                   struct jam_json outside, struct jam_json *out)
{
    if (jam_json_has(inside) && jam_json_has(outside))
        return jam_json_fail(outside, load->err, "the item has this data already");
    *out = jam_json_has(inside) ? inside : outside;
    return PVM_OK;
}

/* Which segment is meant, as far as the reference says. */
static enum pvm_status read_import(struct jam_fixture_load *load, struct jam_json json,
                                   const struct import_keys *keys, bool has_data,
                                   struct jam_import *out)
{
    bool by_root = jam_json_has(keys->tree_root);
    bool by_package = jam_json_has(keys->package_hash);
    uint64_t index = 0;
    if (by_root && by_package)
        return jam_json_fail(json, load->err, "both \"tree_root\" and \"package_hash\"");
    if (!by_root && !by_package && (!has_data || jam_json_has(keys->index)))
        return jam_json_fail(json, load->err, "\"tree_root\" or \"package_hash\" is missing");
    if (jam_json_has(keys->index))
        PVM_TRY(jam_json_u64(keys->index, by_package ? INDEX_LIMIT - 1 : UINT16_MAX, &index,
                             load->err));
    if (by_root)
        PVM_TRY(jam_json_hash(keys->tree_root, &out->tree_root, load->err));
    if (by_package)
        PVM_TRY(jam_fixture_package_id(load, keys->package_hash, &out->tree_root));
    out->by_package = by_package || index >= INDEX_LIMIT;
    out->index = (uint16_t)(index % INDEX_LIMIT);
    return PVM_OK;
}

/* Data of which no tree is known may be the only segment of its own. */
static uint8_t depth_of(const struct jam_fixture *fixture, const struct jam_import *import,
                        struct pvm_bytes segment)
{
    struct jam_hash alone = jam_segment_root(segment.ptr, 1);
    const struct jam_hash *root = &import->tree_root;
    if (import->by_package)
        root = jam_fixture_root_of(fixture, root);
    return root != NULL && jam_hash_equal(root, &alone) ? 0 : JAM_DEPTH_UNKNOWN;
}

static enum pvm_status add_import(struct jam_fixture_load *load, const struct pairs *pair,
                                  struct jam_import *import, struct pvm_bytes *segment,
                                  uint8_t *depth)
{
    struct import_keys keys = {.tree_root = {NULL, NULL}};
    struct jam_json data = {NULL, NULL};
    bool has_ref = jam_json_has(pair->ref);
    if (has_ref)
        PVM_TRY(jam_json_fields(pair->ref, import_fields, JAM_JSON_COUNT(import_fields), &keys,
                                load->err));
    PVM_TRY(choose_data(load, keys.data, pair->data, &data));
    if (has_ref)
        PVM_TRY(read_import(load, pair->ref, &keys, jam_json_has(data), import));
    if (!jam_json_has(data))
        return jam_fixture_resolve(load, pair->ref, import, segment, depth);
    PVM_TRY(jam_fixture_segment(load, data, segment));
    /* Nothing said: the only segment of its tree. */
    if (!jam_json_has(keys.tree_root) && !jam_json_has(keys.package_hash))
        import->tree_root = jam_segment_root(segment->ptr, 1);
    *depth = depth_of(load->out, import, *segment);
    return PVM_OK;
}

static enum pvm_status read_imports(struct jam_fixture_load *load,
                                    const struct jam_fixture_item_keys *keys, size_t index)
{
    struct pairs pairs;
    void *refs;
    void *segments;
    void *depths;
    PVM_TRY(pair_up(load, keys->import_segments, keys->imports, &pairs));
    PVM_TRY(jam_fixture_get(load, pairs.count, sizeof(struct jam_import), &refs));
    PVM_TRY(jam_fixture_get(load, pairs.count, sizeof(struct pvm_bytes), &segments));
    PVM_TRY(jam_fixture_get(load, pairs.count, 1, &depths));
    struct jam_import *imports = refs;
    struct pvm_bytes *data = segments;
    for (size_t i = 0; i < pairs.count; i++, next_pair(&pairs))
        PVM_TRY(add_import(load, &pairs, &imports[i], &data[i], (uint8_t *)depths + i));
    load->out->depths[index] = depths;
    load->out->items[index].import_segments = imports;
    load->out->items[index].import_count = pairs.count;
    load->out->data[index].imports = data;
    load->out->data[index].import_count = pairs.count;
    return PVM_OK;
}

static enum pvm_status read_length(struct jam_fixture_load *load, struct jam_json json, size_t real,
                                   uint32_t *out)
{
    uint64_t len = real;
    if (jam_json_has(json))
        PVM_TRY(jam_json_u64(json, UINT32_MAX, &len, load->err));
    if (len != real && !load->unchecked)
        return jam_json_fail(json, load->err, "%llu, but the data has %zu octets",
                             (unsigned long long)len, real);
    *out = (uint32_t)len;
    return PVM_OK;
}

static enum pvm_status add_extrinsic(struct jam_fixture_load *load, const struct pairs *pair,
                                     struct jam_extrinsic *extrinsic, struct pvm_bytes *octets)
{
    struct extrinsic_keys keys = {.hash = {NULL, NULL}};
    struct jam_json data = {NULL, NULL};
    if (jam_json_has(pair->ref))
        PVM_TRY(jam_json_fields(pair->ref, extrinsic_fields, JAM_JSON_COUNT(extrinsic_fields),
                                &keys, load->err));
    PVM_TRY(choose_data(load, keys.data, pair->data, &data));
    if (!jam_json_has(data))
        return jam_json_fail(pair->ref, load->err, "work package invalid: \"data\" is missing");
    PVM_TRY(jam_fixture_octets(load, data, octets));
    struct jam_hash real = jam_hash(*octets);
    PVM_TRY(jam_fixture_hash(load, keys.hash, &real, "data", &extrinsic->hash));
    return read_length(load, keys.len, octets->len, &extrinsic->len);
}

static enum pvm_status read_extrinsics(struct jam_fixture_load *load,
                                       const struct jam_fixture_item_keys *keys, size_t index)
{
    struct pairs pairs;
    void *refs;
    void *blobs;
    PVM_TRY(pair_up(load, keys->extrinsic, keys->extrinsics, &pairs));
    PVM_TRY(jam_fixture_get(load, pairs.count, sizeof(struct jam_extrinsic), &refs));
    PVM_TRY(jam_fixture_get(load, pairs.count, sizeof(struct pvm_bytes), &blobs));
    struct jam_extrinsic *extrinsics = refs;
    struct pvm_bytes *data = blobs;
    for (size_t i = 0; i < pairs.count; i++, next_pair(&pairs))
        PVM_TRY(add_extrinsic(load, &pairs, &extrinsics[i], &data[i]));
    load->out->items[index].extrinsic = extrinsics;
    load->out->items[index].extrinsic_count = pairs.count;
    load->out->data[index].extrinsics = data;
    load->out->data[index].extrinsic_count = pairs.count;
    return PVM_OK;
}

/* An equal share of what all items of a package must stay below (GP 0.7.2 14.3). */
static uint64_t fair_share(uint64_t limit, size_t count)
{
    return limit == 0 ? 0 : (limit - 1) / count;
}

enum pvm_status jam_fixture_item(struct jam_fixture_load *load,
                                 const struct jam_fixture_item_keys *keys, size_t index)
{
    struct jam_fixture *out = load->out;
    struct jam_work_item *item = &out->items[index];
    uint64_t exports = 0;
    item->service = keys->service;
    item->refine_gas_limit = fair_share(out->params.refine_gas, out->package.item_count);
    item->accumulate_gas_limit =
        fair_share(out->params.report_accumulate_gas, out->package.item_count);
    if (jam_json_has(keys->refine_gas_limit))
        PVM_TRY(
            jam_json_u64(keys->refine_gas_limit, UINT64_MAX, &item->refine_gas_limit, load->err));
    if (jam_json_has(keys->accumulate_gas_limit))
        PVM_TRY(jam_json_u64(keys->accumulate_gas_limit, UINT64_MAX, &item->accumulate_gas_limit,
                             load->err));
    if (jam_json_has(keys->payload))
        PVM_TRY(jam_fixture_octets(load, keys->payload, &item->payload));
    out->export_counted[index] = jam_json_has(keys->export_count);
    if (out->export_counted[index])
        PVM_TRY(jam_json_u64(keys->export_count, UINT16_MAX, &exports, load->err));
    item->export_count = (uint16_t)exports;
    PVM_TRY(read_imports(load, keys, index));
    return read_extrinsics(load, keys, index);
}
