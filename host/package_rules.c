/* SPDX-License-Identifier: Apache-2.0 */
/* What a work package may ask for, by itself (GP 0.7.2 14.3) and of the core it is meant for. */
#include "host/hash.h"
#include "host/work_package.h"

const char *jam_package_rule_name(enum jam_package_rule rule)
{
    static const char *const names[] = {
#define X(NAME, name, text) [JAM_PACKAGE_##NAME] = name,
        JAM_PACKAGE_RULES(X)
#undef X
    };
    return names[rule];
}

const char *jam_package_rule_text(enum jam_package_rule rule)
{
    static const char *const texts[] = {
#define X(NAME, name, text) [JAM_PACKAGE_##NAME] = text,
        JAM_PACKAGE_RULES(X)
#undef X
    };
    return texts[rule];
}

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* What the items of a package ask for together. */
struct sums {
    uint64_t exports, imports, extrinsics, size, refine_gas, accumulate_gas;
};

/* Octets that an import counts for: W_F, segment and justification. */
static uint64_t segment_footprint(const struct jam_params *params)
{
    unsigned depth = 0;
    while (depth < 63 && (UINT64_C(1) << depth) < params->max_imports)
        depth++;
    return JAM_SEGMENT_SIZE + (uint64_t)JAM_HASH_SIZE * depth;
}

static void add_item(struct sums *sums, const struct jam_work_item *item,
                     const struct jam_params *params)
{
    sums->exports += item->export_count;
    sums->imports += item->import_count;
    sums->extrinsics += item->extrinsic_count;
    sums->size += item->payload.len + item->import_count * segment_footprint(params);
    for (size_t i = 0; i < item->extrinsic_count; i++)
        sums->size += item->extrinsic[i].len;
    sums->refine_gas = add_sat(sums->refine_gas, item->refine_gas_limit);
    sums->accumulate_gas = add_sat(sums->accumulate_gas, item->accumulate_gas_limit);
}

enum jam_package_rule jam_package_check(const struct jam_work_package *package,
                                        const struct jam_params *params)
{
    struct sums sums = {.size = package->authorization.len + package->authorizer_config.len};
    for (size_t i = 0; i < package->item_count; i++)
        add_item(&sums, &package->items[i], params);
    if (package->item_count == 0 || package->item_count > params->max_work_items)
        return JAM_PACKAGE_ITEMS;
    if (sums.exports > params->max_exports)
        return JAM_PACKAGE_EXPORTS;
    if (sums.imports > params->max_imports)
        return JAM_PACKAGE_IMPORTS;
    if (sums.extrinsics > params->max_extrinsics)
        return JAM_PACKAGE_EXTRINSICS;
    if (sums.size > params->max_bundle_size)
        return JAM_PACKAGE_SIZE;
    if (sums.refine_gas >= params->refine_gas)
        return JAM_PACKAGE_REFINE_GAS;
    if (sums.accumulate_gas >= params->report_accumulate_gas)
        return JAM_PACKAGE_ACCUMULATE_GAS;
    return JAM_PACKAGE_FINE;
}

struct jam_hash jam_package_authorizer(const struct jam_work_package *package)
{
    return jam_hash3(jam_hash_bytes(&package->auth_code_hash), package->authorizer_config,
                     pvm_bytes_none());
}

bool jam_pool_has(const struct jam_state *state, uint64_t core, const struct jam_hash *authorizer)
{
    struct pvm_bytes pool = jam_core_get(&state->auth_pools, (size_t)core);
    for (size_t at = 0; at + JAM_HASH_SIZE <= pool.len; at += JAM_HASH_SIZE)
        if (memcmp(pool.ptr + at, authorizer->octets, JAM_HASH_SIZE) == 0)
            return true;
    return false;
}
