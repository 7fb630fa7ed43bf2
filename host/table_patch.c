/* SPDX-License-Identifier: Apache-2.0 */
/* Patches: what a table or row changes in the state that others start from as well. */
#include "host/table_parts.h"

struct patch_keys {
    struct jam_json services, remove, privileges;
};

static const struct jam_json_field patch_fields[] = {
    JAM_JSON_FIELD(struct patch_keys, services),
    JAM_JSON_FIELD(struct patch_keys, remove),
    JAM_JSON_FIELD(struct patch_keys, privileges),
};

/* ---- services ---- */

struct service_keys {
    uint64_t id;
    struct jam_json code_hash, balance, min_item_gas, min_memo_gas, deposit_offset, creation_slot;
    struct jam_json last_accumulation_slot, parent_service, items, bytes;
    struct jam_json storage, preimages, requests;
};

static const struct jam_json_field service_fields[] = {
    JAM_JSON_NEEDED(struct service_keys, id),
    JAM_JSON_FIELD(struct service_keys, code_hash),
    JAM_JSON_FIELD(struct service_keys, balance),
    JAM_JSON_FIELD(struct service_keys, min_item_gas),
    JAM_JSON_FIELD(struct service_keys, min_memo_gas),
    JAM_JSON_FIELD(struct service_keys, deposit_offset),
    JAM_JSON_FIELD(struct service_keys, creation_slot),
    JAM_JSON_FIELD(struct service_keys, last_accumulation_slot),
    JAM_JSON_FIELD(struct service_keys, parent_service),
    JAM_JSON_FIELD(struct service_keys, items),
    JAM_JSON_FIELD(struct service_keys, bytes),
    JAM_JSON_FIELD(struct service_keys, storage),
    JAM_JSON_FIELD(struct service_keys, preimages),
    JAM_JSON_FIELD(struct service_keys, requests),
};

struct entry_keys {
    struct jam_json key, value, blob, hash, length, slots;
};

static const struct jam_json_field pair_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, key),
    JAM_JSON_NEEDED(struct entry_keys, value),
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, blob),
    JAM_JSON_FIELD(struct entry_keys, hash),
};

static const struct jam_json_field request_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, hash),
    JAM_JSON_NEEDED(struct entry_keys, length),
    JAM_JSON_NEEDED(struct entry_keys, slots),
};

static enum pvm_status set_u64(const struct jam_table_view *view, struct jam_json json,
                               uint64_t *out, struct pvm_err *err)
{
    return jam_json_has(json) ? jam_table_word(view, json, out, err) : PVM_OK;
}

static enum pvm_status set_u32(const struct jam_table_view *view, struct jam_json json,
                               uint32_t *out, struct pvm_err *err)
{
    uint64_t value = *out;
    PVM_TRY(set_u64(view, json, &value, err));
    if (value > UINT32_MAX)
        return jam_json_fail(json, err, "must be below 2^32");
    *out = (uint32_t)value;
    return PVM_OK;
}

/* A value of null removes the entry. */
static enum pvm_status set_pair(const struct jam_table_view *view, struct jam_json json,
                                struct jam_service *service, struct pvm_err *err)
{
    struct entry_keys keys = {.key = json};
    struct pvm_buf key = {.alloc = service->alloc};
    struct pvm_buf value = {.alloc = service->alloc};
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, err));
    enum pvm_status status = jam_table_octets(view, keys.key, &key, err);
    if (status == PVM_OK && jam_json_type(keys.value) == JAM_JSON_NULL) {
        status = jam_storage_remove(service, pvm_buf_bytes(&key), err);
    } else if (status == PVM_OK) {
        status = jam_table_octets(view, keys.value, &value, err);
        if (status == PVM_OK)
            status = jam_storage_set(service, pvm_buf_bytes(&key), pvm_buf_bytes(&value), err);
    }
    pvm_buf_deinit(&key);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status read_hash(const struct jam_table_view *view, struct jam_json json,
                                 struct jam_hash *out, struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = view->table->alloc};
    enum pvm_status status = jam_table_octets(view, json, &octets, err);
    if (status == PVM_OK && octets.len != JAM_HASH_SIZE)
        status = jam_json_fail(json, err, "%zu octets, a hash has %d", octets.len, JAM_HASH_SIZE);
    if (status == PVM_OK)
        memcpy(out->octets, octets.ptr, JAM_HASH_SIZE);
    pvm_buf_deinit(&octets);
    return status;
}

/* A preimage under its own hash or, as a stand-in, under another. Requests stay. */
static enum pvm_status set_preimage(const struct jam_table_view *view, struct jam_json json,
                                    struct jam_service *service, struct pvm_err *err)
{
    struct entry_keys keys = {.key = json};
    struct pvm_buf blob = {.alloc = service->alloc};
    struct jam_hash hash;
    PVM_TRY(jam_json_fields(json, preimage_fields, JAM_JSON_COUNT(preimage_fields), &keys, err));
    enum pvm_status status = jam_table_octets(view, keys.blob, &blob, err);
    if (status == PVM_OK && !jam_json_has(keys.hash))
        status = jam_preimage_set(service, pvm_buf_bytes(&blob), &hash, err);
    if (status == PVM_OK && jam_json_has(keys.hash))
        status = read_hash(view, keys.hash, &hash, err);
    if (status == PVM_OK && jam_json_has(keys.hash))
        status = jam_map_set(&service->preimages, jam_hash_bytes(&hash), pvm_buf_bytes(&blob), err);
    pvm_buf_deinit(&blob);
    return status;
}

static enum pvm_status set_request(const struct jam_table_view *view, struct jam_json json,
                                   struct jam_service *service, struct pvm_err *err)
{
    struct entry_keys keys = {.key = json};
    struct jam_request request = {.count = 0};
    struct jam_hash hash;
    uint32_t len = 0;
    PVM_TRY(jam_json_fields(json, request_fields, JAM_JSON_COUNT(request_fields), &keys, err));
    PVM_TRY(read_hash(view, keys.hash, &hash, err));
    PVM_TRY(set_u32(view, keys.length, &len, err));
    if (jam_json_type(keys.slots) == JAM_JSON_NULL)
        return jam_request_remove(service, &hash, len, err);
    PVM_TRY(jam_json_expect(keys.slots, JAM_JSON_ARRAY, err));
    if (jam_json_count(keys.slots) > 3)
        return jam_json_fail(keys.slots, err, "a request has at most 3 slots");
    for (struct jam_json it = jam_json_first(keys.slots); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(set_u32(view, it, &request.slots[request.count++], err));
    return jam_request_set(service, &hash, len, &request, err);
}

static enum pvm_status
set_each(const struct jam_table_view *view, struct jam_json list, struct jam_service *service,
         enum pvm_status (*set)(const struct jam_table_view *, struct jam_json,
                                struct jam_service *, struct pvm_err *),
         struct pvm_err *err)
{
    if (jam_json_has(list))
        PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(set(view, it, service, err));
    return PVM_OK;
}

static enum pvm_status set_service(const struct jam_table_view *view, struct jam_json json,
                                   struct jam_state *state, struct pvm_err *err)
{
    struct service_keys keys = {.id = 0};
    struct jam_service *service;
    PVM_TRY(jam_json_fields(json, service_fields, JAM_JSON_COUNT(service_fields), &keys, err));
    if (keys.id > UINT32_MAX)
        return jam_json_fail(json, err, "an id must be below 2^32");
    if (jam_state_find(state, keys.id) != NULL)
        PVM_TRY(jam_state_edit(state, keys.id, &service, err));
    else
        PVM_TRY(jam_state_add(state, (uint32_t)keys.id, &service, err));
    if (jam_json_has(keys.code_hash))
        PVM_TRY(read_hash(view, keys.code_hash, &service->code_hash, err));
    PVM_TRY(set_u64(view, keys.balance, &service->balance, err));
    PVM_TRY(set_u64(view, keys.min_item_gas, &service->min_item_gas, err));
    PVM_TRY(set_u64(view, keys.min_memo_gas, &service->min_memo_gas, err));
    PVM_TRY(set_u64(view, keys.deposit_offset, &service->deposit_offset, err));
    PVM_TRY(set_u32(view, keys.creation_slot, &service->creation_slot, err));
    PVM_TRY(set_u32(view, keys.last_accumulation_slot, &service->last_accumulation_slot, err));
    PVM_TRY(set_u32(view, keys.parent_service, &service->parent_service, err));
    PVM_TRY(set_each(view, keys.storage, service, set_pair, err));
    PVM_TRY(set_each(view, keys.preimages, service, set_preimage, err));
    PVM_TRY(set_each(view, keys.requests, service, set_request, err));
    PVM_TRY(set_u32(view, keys.items, &service->items, err));
    return set_u64(view, keys.bytes, &service->bytes, err);
}

/* ---- privileges ---- */

struct privilege_keys {
    struct jam_json bless, assign, designate, registrar, always_acc;
};

static const struct jam_json_field privilege_fields[] = {
    JAM_JSON_FIELD(struct privilege_keys, bless),
    JAM_JSON_FIELD(struct privilege_keys, assign),
    JAM_JSON_FIELD(struct privilege_keys, designate),
    JAM_JSON_ROW(struct privilege_keys, registrar, "register", false),
    JAM_JSON_FIELD(struct privilege_keys, always_acc),
};

/* A list has one for each core; versions with one assigner for all take the first. */
static enum pvm_status set_assigners(const struct jam_table_view *view, struct jam_json json,
                                     const struct jam_params *params,
                                     struct jam_privileges *privileges, struct pvm_err *err)
{
    bool one = view->profile->state.privileges == JAM_PRIVILEGES_062;
    size_t count = one ? 1 : (size_t)params->core_count;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    if (jam_json_count(json) != params->core_count)
        return jam_json_fail(json, err, "%zu assigners, there are %zu cores", jam_json_count(json),
                             (size_t)params->core_count);
    PVM_TRY(jam_assigners_set(privileges, NULL, count, err));
    struct jam_json it = jam_json_first(json);
    for (size_t core = 0; core < count; core++, it = jam_json_next(it)) {
        uint32_t id = 0;
        PVM_TRY(set_u32(view, it, &id, err));
        PVM_TRY(jam_assigner_set(privileges, core, id, err));
    }
    return PVM_OK;
}

struct always_keys {
    uint32_t id;
    uint64_t gas;
};

static const struct jam_json_field always_fields[] = {
    JAM_JSON_NEEDED(struct always_keys, id),
    JAM_JSON_NEEDED(struct always_keys, gas),
};

static enum pvm_status set_privileges(const struct jam_table_view *view, struct jam_json json,
                                      const struct jam_params *params,
                                      struct jam_privileges *privileges, struct pvm_err *err)
{
    struct privilege_keys keys = {.bless = {NULL, NULL}};
    PVM_TRY(jam_json_fields(json, privilege_fields, JAM_JSON_COUNT(privilege_fields), &keys, err));
    PVM_TRY(set_u32(view, keys.bless, &privileges->manager, err));
    PVM_TRY(set_u32(view, keys.designate, &privileges->delegator, err));
    if (view->profile->state.privileges == JAM_PRIVILEGES_071)
        PVM_TRY(set_u32(view, keys.registrar, &privileges->registrar, err));
    if (jam_json_has(keys.assign))
        PVM_TRY(set_assigners(view, keys.assign, params, privileges, err));
    for (struct jam_json it = jam_json_first(keys.always_acc); jam_json_has(it);
         it = jam_json_next(it)) {
        struct always_keys always = {.id = 0};
        PVM_TRY(jam_json_fields(it, always_fields, JAM_JSON_COUNT(always_fields), &always, err));
        PVM_TRY(jam_always_set(privileges, always.id, always.gas, err));
    }
    return PVM_OK;
}

enum pvm_status jam_table_patch(const struct jam_table_view *view, struct jam_json json,
                                const struct jam_params *params, struct jam_state *state,
                                struct pvm_err *err)
{
    struct patch_keys keys = {.services = {NULL, NULL}};
    PVM_TRY(jam_json_fields(json, patch_fields, JAM_JSON_COUNT(patch_fields), &keys, err));
    for (struct jam_json it = jam_json_first(keys.remove); jam_json_has(it);
         it = jam_json_next(it)) {
        uint64_t id = 0;
        PVM_TRY(jam_table_word(view, it, &id, err));
        if (id > UINT32_MAX || !jam_state_remove(state, (uint32_t)id))
            return jam_json_fail(it, err, "there is no such service");
    }
    for (struct jam_json it = jam_json_first(keys.services); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(set_service(view, it, state, err));
    if (jam_json_has(keys.privileges))
        PVM_TRY(set_privileges(view, keys.privileges, params, &state->privileges, err));
    return PVM_OK;
}
