/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json_account.h"

struct service_keys {
    uint8_t version;
    struct jam_hash code_hash;
    uint64_t balance, min_item_gas, min_memo_gas, bytes, deposit_offset;
    uint32_t items, creation_slot, last_accumulation_slot, parent_service;
};

static const struct jam_json_field service_fields[] = {
    JAM_JSON_FIELD(struct service_keys, version),
    JAM_JSON_NEEDED(struct service_keys, code_hash),
    JAM_JSON_NEEDED(struct service_keys, balance),
    JAM_JSON_NEEDED(struct service_keys, min_item_gas),
    JAM_JSON_NEEDED(struct service_keys, min_memo_gas),
    JAM_JSON_NEEDED(struct service_keys, bytes),
    JAM_JSON_FIELD(struct service_keys, deposit_offset),
    JAM_JSON_NEEDED(struct service_keys, items),
    JAM_JSON_FIELD(struct service_keys, creation_slot),
    JAM_JSON_FIELD(struct service_keys, last_accumulation_slot),
    JAM_JSON_FIELD(struct service_keys, parent_service),
};

struct blob_keys {
    struct jam_hash hash;
    struct jam_json blob;
};

static const struct jam_json_field blob_fields[] = {
    JAM_JSON_NEEDED(struct blob_keys, hash),
    JAM_JSON_NEEDED(struct blob_keys, blob),
};

struct request_keys {
    struct jam_json key, value;
};

static const struct jam_json_field request_fields[] = {
    JAM_JSON_NEEDED(struct request_keys, key),
    JAM_JSON_NEEDED(struct request_keys, value),
};

struct request_key {
    struct jam_hash hash;
    uint32_t length;
};

static const struct jam_json_field request_key_fields[] = {
    JAM_JSON_NEEDED(struct request_key, hash),
    JAM_JSON_NEEDED(struct request_key, length),
};

enum pvm_status jam_json_account(struct jam_json json, struct jam_service *service,
                                 struct pvm_err *err)
{
    struct service_keys keys = {.version = 0};
    PVM_TRY(jam_json_fields(json, service_fields, JAM_JSON_COUNT(service_fields), &keys, err));
    if (keys.version != 0)
        return jam_json_fail(json, err, "version %u, only 0 is known", (unsigned)keys.version);
    service->code_hash = keys.code_hash;
    service->balance = keys.balance;
    service->min_item_gas = keys.min_item_gas;
    service->min_memo_gas = keys.min_memo_gas;
    service->bytes = keys.bytes;
    service->deposit_offset = keys.deposit_offset;
    service->items = keys.items;
    service->creation_slot = keys.creation_slot;
    service->last_accumulation_slot = keys.last_accumulation_slot;
    service->parent_service = keys.parent_service;
    return PVM_OK;
}

enum pvm_status jam_json_blob(struct jam_json json, struct jam_hash *hash, struct pvm_buf *blob,
                              struct pvm_err *err)
{
    struct blob_keys keys = {.blob = json};
    PVM_TRY(jam_json_fields(json, blob_fields, JAM_JSON_COUNT(blob_fields), &keys, err));
    *hash = keys.hash;
    return jam_json_hex(keys.blob, blob, err);
}

enum pvm_status jam_json_slots(struct jam_json list, struct jam_request *out, struct pvm_err *err)
{
    *out = (struct jam_request){.count = 0};
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    if (jam_json_count(list) > sizeof out->slots / sizeof *out->slots)
        return jam_json_fail(list, err, "%zu slots, at most 3 are possible", jam_json_count(list));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        uint64_t slot = 0;
        PVM_TRY(jam_json_u64(it, UINT32_MAX, &slot, err));
        out->slots[out->count++] = (uint32_t)slot;
    }
    return PVM_OK;
}

enum pvm_status jam_json_request(struct jam_json json, struct jam_hash *hash, uint32_t *len,
                                 struct jam_request *out, struct pvm_err *err)
{
    struct request_keys keys = {.key = json};
    struct request_key key = {.length = 0};
    PVM_TRY(jam_json_fields(json, request_fields, JAM_JSON_COUNT(request_fields), &keys, err));
    PVM_TRY(jam_json_fields(keys.key, request_key_fields, JAM_JSON_COUNT(request_key_fields), &key,
                            err));
    *hash = key.hash;
    *len = key.length;
    return jam_json_slots(keys.value, out, err);
}
