/* SPDX-License-Identifier: Apache-2.0 */
#include "host/statekeys.h"

enum { SERVICE_CHAPTER = 255 };

struct jam_state_key jam_key_component(enum jam_component component)
{
    return (struct jam_state_key){{(uint8_t)component}};
}

struct jam_state_key jam_key_service(uint32_t id)
{
    struct jam_state_key key = {{SERVICE_CHAPTER}};
    for (size_t i = 0; i < 4; i++)
        key.octets[1 + 2 * i] = (uint8_t)(id >> (8 * i));
    return key;
}

bool jam_key_is_service(const struct jam_state_key *key, uint32_t *id)
{
    uint32_t found = 0;
    for (size_t i = 0; i < 4; i++)
        found |= (uint32_t)key->octets[1 + 2 * i] << (8 * i);
    struct jam_state_key same = jam_key_service(found);
    if (memcmp(key->octets, same.octets, JAM_STATE_KEY_SIZE) != 0)
        return false;
    *id = found;
    return true;
}

bool jam_key_is_component(const struct jam_state_key *key, unsigned *component)
{
    struct jam_state_key same = {{key->octets[0]}};
    if (memcmp(key->octets, same.octets, JAM_STATE_KEY_SIZE) != 0)
        return false;
    *component = key->octets[0];
    return *component > 0 && *component < SERVICE_CHAPTER;
}

struct jam_state_key jam_key_join(uint32_t id, const uint8_t tail[JAM_ACCOUNT_KEY_SIZE])
{
    struct jam_state_key key;
    for (size_t i = 0; i < 4; i++) {
        key.octets[2 * i] = (uint8_t)(id >> (8 * i));
        key.octets[2 * i + 1] = tail[i];
    }
    memcpy(key.octets + 8, tail + 4, JAM_ACCOUNT_KEY_SIZE - 4);
    return key;
}

uint32_t jam_key_split(const struct jam_state_key *key, uint8_t tail[JAM_ACCOUNT_KEY_SIZE])
{
    uint32_t id = 0;
    for (size_t i = 0; i < 4; i++) {
        id |= (uint32_t)key->octets[2 * i] << (8 * i);
        tail[i] = key->octets[2 * i + 1];
    }
    memcpy(tail + 4, key->octets + 8, JAM_ACCOUNT_KEY_SIZE - 4);
    return id;
}

void jam_record_encode(enum jam_record_form form, const struct jam_service *service,
                       struct pvm_buf *out)
{
    if (form == JAM_RECORD_071)
        pvm_buf_add_u8(out, 0);
    pvm_buf_add(out, service->code_hash.octets, JAM_HASH_SIZE);
    pvm_buf_add_le(out, service->balance, 8);
    pvm_buf_add_le(out, service->min_item_gas, 8);
    pvm_buf_add_le(out, service->min_memo_gas, 8);
    pvm_buf_add_le(out, service->bytes, 8);
    if (form != JAM_RECORD_062)
        pvm_buf_add_le(out, service->deposit_offset, 8);
    pvm_buf_add_le(out, service->items, 4);
    if (form == JAM_RECORD_062)
        return;
    pvm_buf_add_le(out, service->creation_slot, 4);
    pvm_buf_add_le(out, service->last_accumulation_slot, 4);
    pvm_buf_add_le(out, service->parent_service, 4);
}

size_t jam_record_size(enum jam_record_form form)
{
    switch (form) {
    case JAM_RECORD_062:
        return 68;
    case JAM_RECORD_067:
        return 88;
    case JAM_RECORD_071:
        return 89;
    }
    return 0;
}

bool jam_record_decode(enum jam_record_form form, struct pvm_bytes bytes,
                       struct jam_service *service)
{
    struct pvm_reader r = pvm_reader(bytes);
    if (bytes.len != jam_record_size(form) || (form == JAM_RECORD_071 && pvm_read_u8(&r) != 0))
        return false;
    memcpy(service->code_hash.octets, pvm_read_span(&r, JAM_HASH_SIZE).ptr, JAM_HASH_SIZE);
    service->balance = pvm_read_le(&r, 8);
    service->min_item_gas = pvm_read_le(&r, 8);
    service->min_memo_gas = pvm_read_le(&r, 8);
    service->bytes = pvm_read_le(&r, 8);
    service->deposit_offset = form == JAM_RECORD_062 ? 0 : pvm_read_le(&r, 8);
    service->items = (uint32_t)pvm_read_le(&r, 4);
    bool dated = form != JAM_RECORD_062;
    service->creation_slot = dated ? (uint32_t)pvm_read_le(&r, 4) : 0;
    service->last_accumulation_slot = dated ? (uint32_t)pvm_read_le(&r, 4) : 0;
    service->parent_service = dated ? (uint32_t)pvm_read_le(&r, 4) : 0;
    return true;
}
