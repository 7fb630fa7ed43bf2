/* SPDX-License-Identifier: Apache-2.0 */
/* Service accounts: their entries, and the counters that go with them. */
#include "host/hash.h"
#include "host/state.h"

enum {
    REQUEST_OCTETS = 81, /* GP 0.7.2 9.3: besides the length asked for */
    REQUEST_ITEMS = 2,
    REQUEST_KEY = JAM_HASH_SIZE + 4,
    PREFIX = 4
};

/* What stands in front of an entry's key in state (GP 0.7.2 D.1). */
#define STORAGE_PREFIX  UINT32_MAX
#define PREIMAGE_PREFIX (UINT32_MAX - 1)

const struct jam_account_rules jam_account_rules_062 = {
    .storage_octets = 32, .counts_key = false, .hashes_key = false};
const struct jam_account_rules jam_account_rules_067 = {
    .storage_octets = 34, .counts_key = true, .hashes_key = true, .gratis = true};

enum pvm_status jam_service_new(const struct pvm_alloc *alloc,
                                const struct jam_account_rules *rules, uint32_t id,
                                struct jam_service **out, struct pvm_err *err)
{
    struct jam_service *service = pvm_alloc_zero(alloc, 1, sizeof *service);
    if (service == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for service %u", (unsigned)id);
    service->refs = 1;
    service->rules = rules;
    service->alloc = alloc;
    service->id = id;
    jam_map_init(&service->storage, alloc);
    jam_map_init(&service->preimages, alloc);
    jam_map_init(&service->requests, alloc);
    jam_map_init(&service->hidden, alloc);
    *out = service;
    return PVM_OK;
}

struct jam_service *jam_service_ref(struct jam_service *service)
{
    service->refs++;
    return service;
}

void jam_service_unref(struct jam_service *service)
{
    if (service == NULL || --service->refs > 0)
        return;
    jam_map_deinit(&service->storage);
    jam_map_deinit(&service->preimages);
    jam_map_deinit(&service->requests);
    jam_map_deinit(&service->hidden);
    pvm_alloc_free(service->alloc, service);
}

enum pvm_status jam_service_edit(struct jam_service **service, struct pvm_err *err)
{
    struct jam_service *old = *service;
    if (old->refs == 1)
        return PVM_OK;
    struct jam_service *copy = pvm_alloc_get(old->alloc, sizeof *copy);
    if (copy == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to change service %u", (unsigned)old->id);
    *copy = *old;
    copy->refs = 1;
    jam_map_copy(&copy->storage, &old->storage);
    jam_map_copy(&copy->preimages, &old->preimages);
    jam_map_copy(&copy->requests, &old->requests);
    jam_map_copy(&copy->hidden, &old->hidden);
    old->refs--;
    *service = copy;
    return PVM_OK;
}

/* ---- places in state ---- */

/* The first octets of E4(prefix) ++ key, or of its hash. */
static void key_of(const struct jam_service *service, uint32_t prefix, struct pvm_bytes key,
                   uint8_t out[JAM_ACCOUNT_KEY_SIZE])
{
    uint8_t head[PREFIX];
    pvm_store_le(head, prefix, PREFIX);
    if (service->rules->hashes_key) {
        struct jam_hash hash = jam_hash3(pvm_bytes(head, PREFIX), key, pvm_bytes_none());
        memcpy(out, hash.octets, JAM_ACCOUNT_KEY_SIZE);
        return;
    }
    memcpy(out, head, PREFIX);
    memcpy(out + PREFIX, key.ptr, JAM_ACCOUNT_KEY_SIZE - PREFIX);
}

/* To 0.6.6 an entry's key is a hash already, and parts of it are taken (GP 0.6.6 D.1). */
void jam_key_of_storage(const struct jam_service *service, struct pvm_bytes key,
                        uint8_t out[JAM_ACCOUNT_KEY_SIZE])
{
    struct jam_hash hash;
    if (!service->rules->hashes_key) {
        uint8_t id[4];
        pvm_store_le(id, service->id, sizeof id);
        hash = jam_hash3(pvm_bytes(id, sizeof id), key, pvm_bytes_none());
        key = jam_hash_bytes(&hash);
    }
    key_of(service, STORAGE_PREFIX, key, out);
}

void jam_key_of_preimage(const struct jam_service *service, const struct jam_hash *hash,
                         uint8_t out[JAM_ACCOUNT_KEY_SIZE])
{
    size_t skip = service->rules->hashes_key ? 0 : 1;
    key_of(service, PREIMAGE_PREFIX, pvm_bytes(hash->octets + skip, JAM_HASH_SIZE - skip), out);
}

void jam_key_of_request(const struct jam_service *service, const struct jam_hash *hash,
                        uint32_t len, uint8_t out[JAM_ACCOUNT_KEY_SIZE])
{
    if (service->rules->hashes_key) {
        key_of(service, len, jam_hash_bytes(hash), out);
        return;
    }
    struct jam_hash again = jam_hash(jam_hash_bytes(hash));
    key_of(service, len, pvm_bytes(again.octets + 2, JAM_HASH_SIZE - 2), out);
}

static struct pvm_bytes place(const uint8_t octets[JAM_ACCOUNT_KEY_SIZE])
{
    return pvm_bytes(octets, JAM_ACCOUNT_KEY_SIZE);
}

/* ---- storage ---- */

static bool storage_find(const struct jam_service *service, struct pvm_bytes key,
                         struct pvm_bytes *value)
{
    if (jam_map_get(&service->storage, key, value))
        return true;
    if (service->hidden.count == 0)
        return false;
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    jam_key_of_storage(service, key, octets);
    return jam_map_get(&service->hidden, place(octets), value);
}

bool jam_storage_get(const struct jam_service *service, struct pvm_bytes key,
                     struct pvm_bytes *value)
{
    return storage_find(service, key, value);
}

struct jam_footprint jam_storage_footprint(const struct jam_service *service, struct pvm_bytes key,
                                           bool remove, uint64_t value_len)
{
    const struct jam_account_rules *rules = service->rules;
    struct jam_footprint after = {service->items, service->bytes};
    uint64_t octets = rules->storage_octets + (rules->counts_key ? key.len : 0);
    struct pvm_bytes old;
    if (storage_find(service, key, &old)) {
        after.items -= 1;
        after.bytes -= octets + old.len;
    }
    if (!remove) {
        after.items += 1;
        after.bytes += octets + value_len;
    }
    return after;
}

static enum pvm_status reveal_storage(struct jam_service *service, struct pvm_bytes key,
                                      struct pvm_err *err)
{
    if (service->hidden.count == 0)
        return PVM_OK;
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    jam_key_of_storage(service, key, octets);
    return jam_map_remove(&service->hidden, place(octets), err);
}

enum pvm_status jam_storage_set(struct jam_service *service, struct pvm_bytes key,
                                struct pvm_bytes value, struct pvm_err *err)
{
    struct jam_footprint after = jam_storage_footprint(service, key, false, value.len);
    PVM_TRY(jam_map_set(&service->storage, key, value, err));
    PVM_TRY(reveal_storage(service, key, err));
    service->items = after.items;
    service->bytes = after.bytes;
    return PVM_OK;
}

enum pvm_status jam_storage_remove(struct jam_service *service, struct pvm_bytes key,
                                   struct pvm_err *err)
{
    struct jam_footprint after = jam_storage_footprint(service, key, true, 0);
    PVM_TRY(jam_map_remove(&service->storage, key, err));
    PVM_TRY(reveal_storage(service, key, err));
    service->items = after.items;
    service->bytes = after.bytes;
    return PVM_OK;
}

/* ---- requests ---- */

static struct pvm_bytes request_key(const struct jam_hash *hash, uint32_t len,
                                    uint8_t key[REQUEST_KEY])
{
    memcpy(key, hash->octets, JAM_HASH_SIZE);
    pvm_store_le(key + JAM_HASH_SIZE, len, 4);
    return pvm_bytes(key, REQUEST_KEY);
}

/* The slots of a request as state has them, behind their count (GP 0.7.2 D.1). */
static bool hidden_request(const struct jam_service *service, const struct jam_hash *hash,
                           uint32_t len, struct pvm_bytes *slots)
{
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    struct pvm_bytes value;
    if (service->hidden.count == 0)
        return false;
    jam_key_of_request(service, hash, len, octets);
    if (!jam_map_get(&service->hidden, place(octets), &value))
        return false;
    if (value.len == 0 || value.len != 1 + 4 * (size_t)value.ptr[0] || value.ptr[0] > 3)
        return false;
    *slots = pvm_bytes(value.ptr + 1, value.len - 1);
    return true;
}

bool jam_request_get(const struct jam_service *service, const struct jam_hash *hash, uint32_t len,
                     struct jam_request *out)
{
    uint8_t key[REQUEST_KEY];
    struct pvm_bytes value;
    if (!jam_map_get(&service->requests, request_key(hash, len, key), &value) &&
        !hidden_request(service, hash, len, &value))
        return false;
    *out = (struct jam_request){.count = (unsigned)(value.len / 4)};
    for (unsigned i = 0; i < out->count && i < 3; i++)
        out->slots[i] = (uint32_t)pvm_load_le(value.ptr + 4 * (size_t)i, 4);
    return true;
}

static enum pvm_status reveal_request(struct jam_service *service, const struct jam_hash *hash,
                                      uint32_t len, struct pvm_err *err)
{
    if (service->hidden.count == 0)
        return PVM_OK;
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    jam_key_of_request(service, hash, len, octets);
    return jam_map_remove(&service->hidden, place(octets), err);
}

enum pvm_status jam_request_set(struct jam_service *service, const struct jam_hash *hash,
                                uint32_t len, const struct jam_request *request,
                                struct pvm_err *err)
{
    uint8_t key[REQUEST_KEY];
    uint8_t value[12];
    struct jam_request old;
    if (request->count > 3)
        return pvm_fail(err, PVM_E_MALFORMED, "a request has %u slots, at most 3 are possible",
                        request->count);
    for (unsigned i = 0; i < 3 && i < request->count; i++)
        pvm_store_le(value + 4 * (size_t)i, request->slots[i], 4);
    bool had = jam_request_get(service, hash, len, &old);
    PVM_TRY(jam_map_set(&service->requests, request_key(hash, len, key),
                        pvm_bytes(value, 4 * (size_t)request->count), err));
    PVM_TRY(reveal_request(service, hash, len, err));
    if (!had) {
        service->items += REQUEST_ITEMS;
        service->bytes += REQUEST_OCTETS + (uint64_t)len;
    }
    return PVM_OK;
}

enum pvm_status jam_request_remove(struct jam_service *service, const struct jam_hash *hash,
                                   uint32_t len, struct pvm_err *err)
{
    uint8_t key[REQUEST_KEY];
    struct jam_request old;
    if (!jam_request_get(service, hash, len, &old))
        return PVM_OK;
    PVM_TRY(jam_map_remove(&service->requests, request_key(hash, len, key), err));
    PVM_TRY(reveal_request(service, hash, len, err));
    service->items -= REQUEST_ITEMS;
    service->bytes -= REQUEST_OCTETS + (uint64_t)len;
    return PVM_OK;
}

/* ---- preimages ---- */

bool jam_preimage_get(const struct jam_service *service, const struct jam_hash *hash,
                      struct pvm_bytes *blob)
{
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    if (jam_map_get(&service->preimages, jam_hash_bytes(hash), blob))
        return true;
    if (service->hidden.count == 0)
        return false;
    jam_key_of_preimage(service, hash, octets);
    return jam_map_get(&service->hidden, place(octets), blob);
}

static enum pvm_status reveal_preimage(struct jam_service *service, const struct jam_hash *hash,
                                       struct pvm_err *err)
{
    if (service->hidden.count == 0)
        return PVM_OK;
    uint8_t octets[JAM_ACCOUNT_KEY_SIZE];
    jam_key_of_preimage(service, hash, octets);
    return jam_map_remove(&service->hidden, place(octets), err);
}

enum pvm_status jam_preimage_set(struct jam_service *service, struct pvm_bytes blob,
                                 struct jam_hash *hash, struct pvm_err *err)
{
    if (blob.len > UINT32_MAX)
        return pvm_fail(err, PVM_E_MALFORMED, "a preimage of %zu octets is too long", blob.len);
    struct jam_hash key = jam_hash(blob);
    PVM_TRY(jam_map_set(&service->preimages, jam_hash_bytes(&key), blob, err));
    PVM_TRY(reveal_preimage(service, &key, err));
    if (hash != NULL)
        *hash = key;
    return PVM_OK;
}

enum pvm_status jam_preimage_remove(struct jam_service *service, const struct jam_hash *hash,
                                    struct pvm_err *err)
{
    PVM_TRY(jam_map_remove(&service->preimages, jam_hash_bytes(hash), err));
    return reveal_preimage(service, hash, err);
}

/* ---- the threshold ---- */

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t mul_sat(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

uint64_t jam_threshold_of(const struct jam_service *service, struct jam_footprint footprint,
                          const struct jam_params *params)
{
    uint64_t sum = add_sat(params->base_deposit, mul_sat(params->item_deposit, footprint.items));
    sum = add_sat(sum, mul_sat(params->byte_deposit, footprint.bytes));
    uint64_t gratis = service->rules->gratis ? service->deposit_offset : 0;
    return sum > gratis ? sum - gratis : 0;
}

uint64_t jam_threshold(const struct jam_service *service, const struct jam_params *params)
{
    return jam_threshold_of(service, (struct jam_footprint){service->items, service->bytes},
                            params);
}
