/* SPDX-License-Identifier: Apache-2.0 */
/* Services of a fixture. */
#include "host/fixture_load.h"
#include "host/hash.h"
#include "host/statekeys.h"

enum { DEFAULT_BALANCE = 1000000000 };

struct service_keys {
    uint32_t id;
    struct jam_json code, code_hash;
    uint64_t balance, min_item_gas, min_memo_gas, deposit_offset;
    uint32_t creation_slot, last_accumulation_slot, parent_service;
    struct jam_json bytes, items;
    struct jam_json storage, preimages, requests, keyvals;
};

static const struct jam_json_field service_fields[] = {
    JAM_JSON_NEEDED(struct service_keys, id),
    JAM_JSON_FIELD(struct service_keys, code),
    JAM_JSON_FIELD(struct service_keys, code_hash),
    JAM_JSON_FIELD(struct service_keys, balance),
    JAM_JSON_FIELD(struct service_keys, min_item_gas),
    JAM_JSON_FIELD(struct service_keys, min_memo_gas),
    JAM_JSON_FIELD(struct service_keys, deposit_offset),
    JAM_JSON_FIELD(struct service_keys, creation_slot),
    JAM_JSON_FIELD(struct service_keys, last_accumulation_slot),
    JAM_JSON_FIELD(struct service_keys, parent_service),
    JAM_JSON_FIELD(struct service_keys, bytes),
    JAM_JSON_FIELD(struct service_keys, items),
    JAM_JSON_FIELD(struct service_keys, storage),
    JAM_JSON_FIELD(struct service_keys, preimages),
    JAM_JSON_FIELD(struct service_keys, requests),
    JAM_JSON_FIELD(struct service_keys, keyvals),
};

struct pair_keys {
    struct jam_json key, value;
};

static const struct jam_json_field pair_fields[] = {
    JAM_JSON_NEEDED(struct pair_keys, key),
    JAM_JSON_NEEDED(struct pair_keys, value),
};

struct preimage_keys {
    struct jam_json blob, hash, slots;
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct preimage_keys, blob),
    JAM_JSON_FIELD(struct preimage_keys, hash),
    JAM_JSON_FIELD(struct preimage_keys, slots),
};

struct request_keys {
    struct jam_hash hash;
    uint32_t length;
    struct jam_json slots;
};

static const struct jam_json_field request_fields[] = {
    JAM_JSON_NEEDED(struct request_keys, hash),
    JAM_JSON_NEEDED(struct request_keys, length),
    JAM_JSON_NEEDED(struct request_keys, slots),
};

static enum pvm_status read_slots(struct jam_fixture_load *load, struct jam_json list,
                                  struct jam_request *out)
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, list, 3, &count));
    *out = (struct jam_request){.count = (unsigned)count};
    unsigned i = 0;
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        uint64_t slot = 0;
        PVM_TRY(jam_json_u64(it, UINT32_MAX, &slot, load->err));
        out->slots[i++] = (uint32_t)slot;
    }
    return PVM_OK;
}

static enum pvm_status add_pair(struct jam_fixture_load *load, struct jam_service *service,
                                struct jam_json json)
{
    struct pair_keys keys = {0};
    struct pvm_bytes key = pvm_bytes_none();
    struct pvm_bytes value = pvm_bytes_none();
    struct pvm_bytes old;
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, load->err));
    PVM_TRY(jam_fixture_octets(load, keys.key, &key));
    PVM_TRY(jam_fixture_octets(load, keys.value, &value));
    if (jam_map_get(&service->storage, key, &old))
        return jam_json_fail(keys.key, load->err, "this key is there already");
    return jam_storage_set(service, key, value, load->err);
}

static enum pvm_status add_request(struct jam_fixture_load *load, struct jam_service *service,
                                   struct jam_json json, const struct jam_hash *hash, uint32_t len,
                                   const struct jam_request *request)
{
    struct jam_request old;
    if (jam_request_get(service, hash, len, &old))
        return jam_json_fail(json, load->err, "this preimage is requested already");
    return jam_request_set(service, hash, len, request, load->err);
}

static enum pvm_status read_request(struct jam_fixture_load *load, struct jam_service *service,
                                    struct jam_json json)
{
    struct request_keys keys = {.length = 0};
    struct jam_request request;
    PVM_TRY(
        jam_json_fields(json, request_fields, JAM_JSON_COUNT(request_fields), &keys, load->err));
    PVM_TRY(read_slots(load, keys.slots, &request));
    return add_request(load, service, json, &keys.hash, keys.length, &request);
}

static enum pvm_status read_preimage(struct jam_fixture_load *load, struct jam_service *service,
                                     struct jam_json json)
{
    struct preimage_keys keys = {0};
    struct pvm_bytes blob = pvm_bytes_none();
    struct jam_request request = {.count = 1};
    PVM_TRY(
        jam_json_fields(json, preimage_fields, JAM_JSON_COUNT(preimage_fields), &keys, load->err));
    PVM_TRY(jam_fixture_octets(load, keys.blob, &blob));
    struct jam_hash real = jam_hash(blob);
    struct jam_hash hash;
    struct pvm_bytes old;
    PVM_TRY(jam_fixture_hash(load, keys.hash, &real, "blob", &hash));
    if (jam_map_get(&service->preimages, jam_hash_bytes(&hash), &old))
        return jam_json_fail(json, load->err, "this preimage is there already");
    PVM_TRY(jam_map_set(&service->preimages, jam_hash_bytes(&hash), blob, load->err));
    if (jam_json_type(keys.slots) == JAM_JSON_NULL)
        return PVM_OK;
    if (jam_json_has(keys.slots))
        PVM_TRY(read_slots(load, keys.slots, &request));
    return add_request(load, service, json, &hash, (uint32_t)blob.len, &request);
}

/* What is known by its state key only, and so not counted. */
static enum pvm_status add_hidden(struct jam_fixture_load *load, struct jam_service *service,
                                  struct jam_json json)
{
    struct pair_keys keys = {0};
    struct pvm_bytes octets = pvm_bytes_none();
    struct pvm_bytes value = pvm_bytes_none();
    struct pvm_bytes old;
    struct jam_state_key key;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, load->err));
    PVM_TRY(jam_fixture_octets(load, keys.key, &octets));
    PVM_TRY(jam_fixture_octets(load, keys.value, &value));
    if (octets.len != JAM_STATE_KEY_SIZE)
        return jam_json_fail(keys.key, load->err, "%zu octets, a state key has %d", octets.len,
                             JAM_STATE_KEY_SIZE);
    memcpy(key.octets, octets.ptr, JAM_STATE_KEY_SIZE);
    if (jam_key_split(&key, tail) != service->id)
        return jam_json_fail(keys.key, load->err, "no state key of service %u",
                             (unsigned)service->id);
    if (jam_map_get(&service->hidden, pvm_bytes(tail, sizeof tail), &old))
        return jam_json_fail(keys.key, load->err, "this key is there already");
    return jam_map_set(&service->hidden, pvm_bytes(tail, sizeof tail), value, load->err);
}

static enum pvm_status
read_each(struct jam_fixture_load *load, struct jam_service *service, struct jam_json list,
          enum pvm_status (*read)(struct jam_fixture_load *, struct jam_service *, struct jam_json))
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, list, SIZE_MAX, &count));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read(load, service, it));
    return PVM_OK;
}

/* The preimage of a service's code, available since slot 0. What the service's own lists say of it
 * came before and stays. */
static enum pvm_status give_code(struct jam_fixture_load *load, struct jam_service *service,
                                 struct pvm_bytes preimage, struct jam_hash *hash)
{
    struct jam_request request = {.count = 1};
    struct jam_request old;
    PVM_TRY(jam_preimage_set(service, preimage, hash, load->err));
    if (jam_request_get(service, hash, (uint32_t)preimage.len, &old))
        return PVM_OK;
    return jam_request_set(service, hash, (uint32_t)preimage.len, &request, load->err);
}

static enum pvm_status read_code(struct jam_fixture_load *load, struct jam_service *service,
                                 const struct service_keys *keys)
{
    struct pvm_bytes bytes = pvm_bytes_none();
    struct pvm_bytes preimage = pvm_bytes_none();
    struct jam_hash real;
    if (!jam_json_has(keys->code))
        return jam_json_has(keys->code_hash)
                   ? jam_json_hash(keys->code_hash, &service->code_hash, load->err)
                   : PVM_OK;
    PVM_TRY(jam_fixture_octets(load, keys->code, &bytes));
    PVM_TRY(jam_fixture_code(load, bytes, &preimage));
    PVM_TRY(give_code(load, service, preimage, &real));
    return jam_fixture_hash(load, keys->code_hash, &real, "code preimage", &service->code_hash);
}

/* Counters that are given replace those counted. */
static enum pvm_status read_footprint(struct jam_fixture_load *load, struct jam_service *service,
                                      const struct service_keys *keys)
{
    uint64_t items = service->items;
    if (jam_json_has(keys->bytes))
        PVM_TRY(jam_json_u64(keys->bytes, UINT64_MAX, &service->bytes, load->err));
    if (jam_json_has(keys->items))
        PVM_TRY(jam_json_u64(keys->items, UINT32_MAX, &items, load->err));
    service->items = (uint32_t)items;
    return PVM_OK;
}

static enum pvm_status read_service(struct jam_fixture_load *load, struct jam_json json)
{
    struct service_keys keys = {.balance = DEFAULT_BALANCE};
    struct jam_service *service;
    PVM_TRY(
        jam_json_fields(json, service_fields, JAM_JSON_COUNT(service_fields), &keys, load->err));
    if (jam_state_find(&load->out->state, keys.id) != NULL)
        return jam_json_fail(json, load->err, "service %u is there already", (unsigned)keys.id);
    PVM_TRY(jam_state_add(&load->out->state, keys.id, &service, load->err));
    service->balance = keys.balance;
    service->min_item_gas = keys.min_item_gas;
    service->min_memo_gas = keys.min_memo_gas;
    service->deposit_offset = keys.deposit_offset;
    service->creation_slot = keys.creation_slot;
    service->last_accumulation_slot = keys.last_accumulation_slot;
    service->parent_service = keys.parent_service;
    PVM_TRY(read_each(load, service, keys.storage, add_pair));
    PVM_TRY(read_each(load, service, keys.preimages, read_preimage));
    PVM_TRY(read_each(load, service, keys.requests, read_request));
    PVM_TRY(read_code(load, service, &keys));
    PVM_TRY(read_each(load, service, keys.keyvals, add_hidden));
    return read_footprint(load, service, &keys);
}

enum pvm_status jam_fixture_services(struct jam_fixture_load *load, struct jam_json json)
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, json, SIZE_MAX, &count));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read_service(load, it));
    return PVM_OK;
}

enum pvm_status jam_fixture_add_code(struct jam_fixture_load *load, uint32_t id,
                                     struct pvm_bytes preimage, struct jam_hash *hash)
{
    struct jam_service *service;
    if (jam_state_find(&load->out->state, id) != NULL) {
        PVM_TRY(jam_state_edit(&load->out->state, id, &service, load->err));
    } else {
        PVM_TRY(jam_state_add(&load->out->state, id, &service, load->err));
        service->balance = DEFAULT_BALANCE;
    }
    return give_code(load, service, preimage, hash);
}
