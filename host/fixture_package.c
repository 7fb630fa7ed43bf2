/* SPDX-License-Identifier: Apache-2.0 */
/* The work package of a fixture, and the code of what runs it. */
#include "host/fixture_load.h"
#include "host/hash.h"

enum { ITEMS_MAX = UINT16_MAX, PREREQUISITES_MAX = UINT16_MAX };

struct package_keys {
    struct jam_json auth_code_host, auth_code_hash, context, authorization, authorizer_config;
    struct jam_json items;
    struct jam_json authorizer; /* the two above as older vectors name them */
};

static const struct jam_json_field package_fields[] = {
    JAM_JSON_FIELD(struct package_keys, auth_code_host),
    JAM_JSON_FIELD(struct package_keys, auth_code_hash),
    JAM_JSON_FIELD(struct package_keys, context),
    JAM_JSON_FIELD(struct package_keys, authorization),
    JAM_JSON_FIELD(struct package_keys, authorizer_config),
    JAM_JSON_FIELD(struct package_keys, items),
    JAM_JSON_FIELD(struct package_keys, authorizer),
};

struct older_keys {
    struct jam_json code_hash, params;
};

static const struct jam_json_field older_fields[] = {
    JAM_JSON_NEEDED(struct older_keys, code_hash),
    JAM_JSON_NEEDED(struct older_keys, params),
};

struct context_keys {
    struct jam_hash anchor, state_root, beefy_root, lookup_anchor;
    uint32_t lookup_anchor_slot;
    uint32_t anchor_slot;                     /* 0.8.0 on */
    struct jam_hash lookup_anchor_state_root; /* 0.8.0 on */
    struct jam_json prerequisites;
};

static const struct jam_json_field context_fields[] = {
    JAM_JSON_FIELD(struct context_keys, anchor),
    JAM_JSON_FIELD(struct context_keys, state_root),
    JAM_JSON_FIELD(struct context_keys, beefy_root),
    JAM_JSON_FIELD(struct context_keys, lookup_anchor),
    JAM_JSON_FIELD(struct context_keys, lookup_anchor_slot),
    JAM_JSON_FIELD(struct context_keys, anchor_slot),
    JAM_JSON_FIELD(struct context_keys, lookup_anchor_state_root),
    JAM_JSON_FIELD(struct context_keys, prerequisites),
};

static const struct jam_json_field item_fields[] = {
    JAM_JSON_FIELD(struct jam_fixture_item_keys, service),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, code_hash),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, payload),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, refine_gas_limit),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, accumulate_gas_limit),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, import_segments),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, extrinsic),
    JAM_JSON_FIELD(struct jam_fixture_item_keys, export_count),
};

struct authorizer_keys {
    struct jam_json code, trace;
};

static const struct jam_json_field authorizer_fields[] = {
    JAM_JSON_FIELD(struct authorizer_keys, code),
    JAM_JSON_FIELD(struct authorizer_keys, trace),
};

static enum pvm_status read_context(struct jam_fixture_load *load, struct jam_json json)
{
    struct context_keys keys = {.lookup_anchor_slot = load->slot};
    struct jam_refine_context *context = &load->out->package.context;
    size_t count;
    void *list;
    if (jam_json_has(json))
        PVM_TRY(jam_json_fields(json, context_fields, JAM_JSON_COUNT(context_fields), &keys,
                                load->err));
    PVM_TRY(jam_fixture_count(load, keys.prerequisites, PREREQUISITES_MAX, &count));
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_hash), &list));
    struct jam_hash *hashes = list;
    struct jam_json it = jam_json_first(keys.prerequisites);
    for (size_t i = 0; i < count; i++, it = jam_json_next(it))
        PVM_TRY(jam_fixture_package_id(load, it, &hashes[i]));
    *context = (struct jam_refine_context){
        .anchor = keys.anchor,
        .state_root = keys.state_root,
        .beefy_root = keys.beefy_root,
        .lookup_anchor = keys.lookup_anchor,
        .lookup_anchor_slot = keys.lookup_anchor_slot,
        .anchor_slot = keys.anchor_slot,
        .lookup_anchor_state_root = keys.lookup_anchor_state_root,
        .prerequisites = hashes,
        .prerequisite_count = count,
    };
    return PVM_OK;
}

/* A list outside the items has one entry for each. */
static enum pvm_status check_outside(struct jam_fixture_load *load, struct jam_json list,
                                     size_t items)
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, list, ITEMS_MAX, &count));
    if (jam_json_has(list) && count != items)
        return jam_json_fail(list, load->err, "%zu entries, but the package has %zu items", count,
                             items);
    return PVM_OK;
}

/* What stands for an empty list where lists are by item. */
static struct jam_json list_or_nothing(struct jam_json json)
{
    static const struct jam_json nothing;
    return jam_json_type(json) == JAM_JSON_NULL ? nothing : json;
}

/* The member after json, nothing after nothing. */
static struct jam_json after(struct jam_json json)
{
    return jam_json_has(json) ? jam_json_next(json) : json;
}

static enum pvm_status read_item_keys(struct jam_fixture_load *load,
                                      const struct jam_fixture_package_keys *outside,
                                      struct jam_json items, size_t count, uint64_t chosen,
                                      struct jam_fixture_item_keys *keys)
{
    const struct jam_state *state = &load->out->state;
    struct jam_json item = jam_json_first(items);
    struct jam_json extrinsics = jam_json_first(outside->extrinsics);
    struct jam_json imports = jam_json_first(outside->import_segments);
    for (size_t i = 0; i < count; i++) {
        keys[i].service = state->count > 0 ? state->services[0]->id : 0;
        if (jam_json_has(item))
            PVM_TRY(jam_json_fields(item, item_fields, JAM_JSON_COUNT(item_fields), &keys[i],
                                    load->err));
        if (load->options->has_service && i == chosen)
            keys[i].service = load->options->service;
        keys[i].extrinsics = list_or_nothing(extrinsics);
        keys[i].imports = list_or_nothing(imports);
        item = after(item);
        extrinsics = after(extrinsics);
        imports = after(imports);
    }
    return PVM_OK;
}

/* Puts the program of the options where it belongs. */
static enum pvm_status place_blob(struct jam_fixture_load *load, enum jam_invocation place,
                                  uint32_t service, struct jam_hash *hash, bool *placed)
{
    const struct jam_fixture_options *options = load->options;
    struct pvm_bytes preimage = pvm_bytes_none();
    bool authorizer = options->invocation == JAM_IS_AUTHORIZED;
    *placed = options->blob.ptr != NULL && authorizer == (place == JAM_IS_AUTHORIZED);
    if (!*placed)
        return PVM_OK;
    PVM_TRY(jam_fixture_code(load, options->blob, &preimage));
    return jam_fixture_add_code(load, service, preimage, hash);
}

/* An item's code is one of its service's preimages: what it says, else the service's code. */
static enum pvm_status read_code_hash(struct jam_fixture_load *load, struct jam_json json,
                                      struct jam_work_item *item)
{
    const struct jam_service *service = jam_state_find(&load->out->state, item->service);
    struct pvm_bytes known;
    if (!jam_json_has(json)) {
        if (service != NULL)
            item->code_hash = service->code_hash;
        return PVM_OK;
    }
    PVM_TRY(jam_json_hash(json, &item->code_hash, load->err));
    if (service == NULL || load->unchecked ||
        jam_map_get(&service->preimages, jam_hash_bytes(&item->code_hash), &known))
        return PVM_OK;
    return jam_fixture_hash(load, json, &service->code_hash, "service's code", &item->code_hash);
}

/* The hash of the authorizer's code, when there is code; *known says whether there is. */
static enum pvm_status find_authorizer(struct jam_fixture_load *load, struct jam_json code,
                                       struct jam_hash *hash, bool *known)
{
    struct pvm_bytes bytes = pvm_bytes_none();
    struct pvm_bytes preimage = pvm_bytes_none();
    uint32_t host = load->out->package.auth_code_host;
    PVM_TRY(place_blob(load, JAM_IS_AUTHORIZED, host, hash, known));
    if (*known || !jam_json_has(code))
        return PVM_OK;
    *known = true;
    PVM_TRY(jam_fixture_octets(load, code, &bytes));
    PVM_TRY(jam_fixture_code(load, bytes, &preimage));
    return jam_fixture_add_code(load, host, preimage, hash);
}

static enum pvm_status read_authorizer(struct jam_fixture_load *load,
                                       const struct package_keys *keys, struct jam_json json)
{
    struct jam_fixture *out = load->out;
    struct authorizer_keys authorizer = {.code = {NULL, NULL}};
    struct jam_hash hash = {{0}};
    uint64_t host = out->items[0].service;
    bool known = false;
    if (jam_json_has(json))
        PVM_TRY(jam_json_fields(json, authorizer_fields, JAM_JSON_COUNT(authorizer_fields),
                                &authorizer, load->err));
    if (jam_json_has(authorizer.trace))
        PVM_TRY(jam_fixture_octets(load, authorizer.trace, &out->trace));
    if (jam_json_has(keys->auth_code_host))
        PVM_TRY(jam_json_u64(keys->auth_code_host, UINT32_MAX, &host, load->err));
    out->package.auth_code_host = (uint32_t)host;
    PVM_TRY(find_authorizer(load, authorizer.code, &hash, &known));
    if (!known && jam_json_has(keys->auth_code_hash))
        return jam_json_hash(keys->auth_code_hash, &out->package.auth_code_hash, load->err);
    return jam_fixture_hash(load, keys->auth_code_hash, &hash, "authorizer's code",
                            &out->package.auth_code_hash);
}

/* Allocates what there is one of for each item. */
static enum pvm_status make_items(struct jam_fixture_load *load, size_t count,
                                  struct jam_fixture_item_keys **keys)
{
    struct jam_fixture *out = load->out;
    void *items;
    void *data;
    void *counted;
    void *list;
    void *depths;
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_work_item), &items));
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_item_data), &data));
    PVM_TRY(jam_fixture_get(load, count, sizeof(bool), &counted));
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_fixture_item_keys), &list));
    PVM_TRY(jam_fixture_get(load, count, sizeof(uint8_t *), &depths));
    out->depths = depths;
    out->items = items;
    out->data = data;
    out->export_counted = counted;
    out->package.items = items;
    out->package.item_count = count;
    *keys = list;
    return PVM_OK;
}

/* How many items the package has: one unless said otherwise. */
static enum pvm_status count_items(struct jam_fixture_load *load,
                                   const struct jam_fixture_package_keys *outside,
                                   struct jam_json items, size_t *count)
{
    *count = 1;
    if (jam_json_has(items))
        PVM_TRY(jam_fixture_count(load, items, ITEMS_MAX, count));
    if (*count == 0)
        return jam_json_fail(items, load->err, "a work package has at least one item");
    PVM_TRY(check_outside(load, outside->extrinsics, *count));
    return check_outside(load, outside->import_segments, *count);
}

/* The program of the options, if it is a service's, becomes its code. */
static enum pvm_status place_code(struct jam_fixture_load *load, uint32_t id)
{
    struct jam_service *service;
    struct jam_hash hash;
    bool placed;
    PVM_TRY(place_blob(load, JAM_REFINE, id, &hash, &placed));
    if (!placed)
        return PVM_OK;
    PVM_TRY(jam_state_edit(&load->out->state, id, &service, load->err));
    service->code_hash = hash;
    return PVM_OK;
}

static enum pvm_status read_items(struct jam_fixture_load *load,
                                  const struct jam_fixture_package_keys *outside,
                                  struct jam_json json, uint64_t item)
{
    struct jam_fixture *out = load->out;
    struct jam_fixture_item_keys *keys;
    size_t count;
    PVM_TRY(count_items(load, outside, json, &count));
    if (item >= count)
        return pvm_fail(load->err, PVM_E_USAGE, "there is no work item %llu, the package has %zu",
                        (unsigned long long)item, count);
    out->item = (size_t)item;
    PVM_TRY(make_items(load, count, &keys));
    PVM_TRY(read_item_keys(load, outside, json, count, item, keys));
    PVM_TRY(place_code(load, keys[item].service));
    for (size_t i = 0; i < count; i++) {
        PVM_TRY(jam_fixture_item(load, &keys[i], i));
        PVM_TRY(read_code_hash(load, keys[i].code_hash, &out->items[i]));
    }
    return PVM_OK;
}

/* Vectors up to 0.6.7 put the authorizer's code hash and configuration into an object. */
static enum pvm_status read_older(struct jam_fixture_load *load, struct package_keys *package)
{
    struct older_keys older = {.code_hash = {NULL, NULL}};
    if (!jam_json_has(package->authorizer))
        return PVM_OK;
    if (jam_json_has(package->auth_code_hash) || jam_json_has(package->authorizer_config))
        return jam_json_fail(package->authorizer, load->err,
                             "\"auth_code_hash\" or \"authorizer_config\" say this already");
    PVM_TRY(jam_json_fields(package->authorizer, older_fields, JAM_JSON_COUNT(older_fields), &older,
                            load->err));
    package->auth_code_hash = older.code_hash;
    package->authorizer_config = older.params;
    return PVM_OK;
}

enum pvm_status jam_fixture_package(struct jam_fixture_load *load,
                                    const struct jam_fixture_package_keys *keys, uint64_t item)
{
    struct package_keys package = {.items = {NULL, NULL}};
    if (jam_json_has(keys->work_package))
        PVM_TRY(jam_json_fields(keys->work_package, package_fields, JAM_JSON_COUNT(package_fields),
                                &package, load->err));
    PVM_TRY(read_older(load, &package));
    PVM_TRY(read_context(load, package.context));
    if (jam_json_has(package.authorization))
        PVM_TRY(jam_fixture_octets(load, package.authorization, &load->out->package.authorization));
    if (jam_json_has(package.authorizer_config))
        PVM_TRY(jam_fixture_octets(load, package.authorizer_config,
                                   &load->out->package.authorizer_config));
    PVM_TRY(read_items(load, keys, package.items, item));
    return read_authorizer(load, &package, keys->authorizer);
}
