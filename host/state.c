/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state.h"

#include "host/hash.h"

enum {
    STORAGE_OCTETS = 34, /* GP 0.7.2 9.3: besides key and value */
    REQUEST_OCTETS = 81, /* besides the length asked for */
    REQUEST_ITEMS = 2,
    REQUEST_KEY = JAM_HASH_SIZE + 4
};

void jam_state_init(struct jam_state *state, const struct pvm_alloc *alloc)
{
    *state = (struct jam_state){.alloc = alloc};
}

static void service_free(const struct pvm_alloc *alloc, struct jam_service *service)
{
    jam_map_deinit(&service->storage);
    jam_map_deinit(&service->preimages);
    jam_map_deinit(&service->requests);
    pvm_alloc_free(alloc, service);
}

void jam_state_deinit(struct jam_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        service_free(state->alloc, state->services[i]);
    pvm_alloc_free(state->alloc, state->services);
    state->services = NULL;
    state->count = 0;
    state->cap = 0;
}

/* The place of the first service whose id is not below id. */
static size_t lower_bound(const struct jam_state *state, uint64_t id)
{
    size_t low = 0;
    size_t high = state->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->services[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct jam_service *jam_state_find(const struct jam_state *state, uint64_t id)
{
    size_t at = lower_bound(state, id);
    return at < state->count && state->services[at]->id == id ? state->services[at] : NULL;
}

enum pvm_status jam_state_add(struct jam_state *state, uint32_t id, struct jam_service **out,
                              struct pvm_err *err)
{
    size_t at = lower_bound(state, id);
    if (at < state->count && state->services[at]->id == id)
        return pvm_fail(err, PVM_E_MALFORMED, "service %u is there twice", (unsigned)id);
    if (state->count == state->cap) {
        size_t cap = state->cap == 0 ? 8 : state->cap * 2;
        void *grown = pvm_alloc_resize(state->alloc, state->services, cap * sizeof(void *));
        if (grown == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu services", cap);
        state->services = grown;
        state->cap = cap;
    }
    struct jam_service *service = pvm_alloc_zero(state->alloc, 1, sizeof *service);
    if (service == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for service %u", (unsigned)id);
    service->id = id;
    jam_map_init(&service->storage, state->alloc);
    jam_map_init(&service->preimages, state->alloc);
    jam_map_init(&service->requests, state->alloc);
    memmove(state->services + at + 1, state->services + at,
            (state->count - at) * sizeof *state->services);
    state->services[at] = service;
    state->count++;
    *out = service;
    return PVM_OK;
}

bool jam_state_remove(struct jam_state *state, uint32_t id)
{
    size_t at = lower_bound(state, id);
    if (at == state->count || state->services[at]->id != id)
        return false;
    service_free(state->alloc, state->services[at]);
    state->count--;
    memmove(state->services + at, state->services + at + 1,
            (state->count - at) * sizeof *state->services);
    return true;
}

enum pvm_status jam_storage_set(struct jam_service *service, struct pvm_bytes key,
                                struct pvm_bytes value, struct pvm_err *err)
{
    struct pvm_bytes old;
    bool had = jam_map_get(&service->storage, key, &old);
    size_t old_len = had ? old.len : 0;
    PVM_TRY(jam_map_set(&service->storage, key, value, err));
    if (!had) {
        service->items += 1;
        service->bytes += STORAGE_OCTETS + key.len;
    }
    service->bytes += value.len - (uint64_t)old_len;
    return PVM_OK;
}

bool jam_storage_remove(struct jam_service *service, struct pvm_bytes key)
{
    struct pvm_bytes old;
    if (!jam_map_get(&service->storage, key, &old))
        return false;
    service->items -= 1;
    service->bytes -= STORAGE_OCTETS + key.len + old.len;
    return jam_map_remove(&service->storage, key);
}

static struct pvm_bytes request_key(const struct jam_hash *hash, uint32_t len,
                                    uint8_t key[REQUEST_KEY])
{
    memcpy(key, hash->octets, JAM_HASH_SIZE);
    pvm_store_le(key + JAM_HASH_SIZE, len, 4);
    return pvm_bytes(key, REQUEST_KEY);
}

bool jam_request_get(const struct jam_service *service, const struct jam_hash *hash, uint32_t len,
                     struct jam_request *out)
{
    uint8_t key[REQUEST_KEY];
    struct pvm_bytes value;
    if (!jam_map_get(&service->requests, request_key(hash, len, key), &value))
        return false;
    *out = (struct jam_request){.count = (unsigned)(value.len / 4)};
    for (unsigned i = 0; i < out->count; i++)
        out->slots[i] = (uint32_t)pvm_load_le(value.ptr + 4 * (size_t)i, 4);
    return true;
}

enum pvm_status jam_request_set(struct jam_service *service, const struct jam_hash *hash,
                                uint32_t len, const struct jam_request *request,
                                struct pvm_err *err)
{
    uint8_t key[REQUEST_KEY];
    uint8_t value[12];
    if (request->count > 3)
        return pvm_fail(err, PVM_E_MALFORMED, "a request has %u slots, at most 3 are possible",
                        request->count);
    for (unsigned i = 0; i < 3 && i < request->count; i++)
        pvm_store_le(value + 4 * (size_t)i, request->slots[i], 4);
    struct pvm_bytes old;
    struct pvm_bytes where = request_key(hash, len, key);
    bool had = jam_map_get(&service->requests, where, &old);
    PVM_TRY(
        jam_map_set(&service->requests, where, pvm_bytes(value, 4 * (size_t)request->count), err));
    if (!had) {
        service->items += REQUEST_ITEMS;
        service->bytes += REQUEST_OCTETS + (uint64_t)len;
    }
    return PVM_OK;
}

bool jam_request_remove(struct jam_service *service, const struct jam_hash *hash, uint32_t len)
{
    uint8_t key[REQUEST_KEY];
    if (!jam_map_remove(&service->requests, request_key(hash, len, key)))
        return false;
    service->items -= REQUEST_ITEMS;
    service->bytes -= REQUEST_OCTETS + (uint64_t)len;
    return true;
}

enum pvm_status jam_preimage_set(struct jam_service *service, struct pvm_bytes blob,
                                 struct jam_hash *hash, struct pvm_err *err)
{
    if (blob.len > UINT32_MAX)
        return pvm_fail(err, PVM_E_MALFORMED, "a preimage of %zu octets is too long", blob.len);
    struct jam_hash key = jam_hash(blob);
    PVM_TRY(jam_map_set(&service->preimages, jam_hash_bytes(&key), blob, err));
    if (hash != NULL)
        *hash = key;
    return PVM_OK;
}

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t mul_sat(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

uint64_t jam_threshold(const struct jam_service *service, const struct jam_params *params)
{
    uint64_t sum = add_sat(params->base_deposit, mul_sat(params->item_deposit, service->items));
    sum = add_sat(sum, mul_sat(params->byte_deposit, service->bytes));
    return sum > service->deposit_offset ? sum - service->deposit_offset : 0;
}
