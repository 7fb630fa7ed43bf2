/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_keyvals.h"

#include "host/accumulate_rules.h"
#include "host/hash.h"

#include <assert.h>

enum { TINY_CORES = 2, TINY_EPOCH = 12 };

static struct pvm_bytes component_of(const struct jam_map *keyvals, enum jam_component number)
{
    struct jam_state_key key = jam_key_component(number);
    struct pvm_bytes value;
    return jam_map_get(keyvals, jam_state_key_bytes(&key), &value) ? value : pvm_bytes_none();
}

/* Where the queues do not say how many cores there are, the assigners may. */
static bool shows_cores(const struct jam_profile *profile, const struct jam_map *keyvals,
                        uint64_t cores)
{
    struct pvm_bytes privileges = component_of(keyvals, JAM_STATE_PRIVILEGES);
    return privileges.ptr == NULL || jam_component_fits_cores(profile, privileges, cores);
}

static uint64_t find_cores(const struct jam_profile *profile, const struct jam_map *keyvals,
                           uint64_t epoch)
{
    struct jam_params full;
    jam_params_get(profile, JAM_PARAMS_FULL, &full);
    bool tiny = shows_cores(profile, keyvals, TINY_CORES);
    bool large = shows_cores(profile, keyvals, full.core_count);
    if (tiny && (epoch == TINY_EPOCH || !large))
        return TINY_CORES;
    if (large)
        return full.core_count;
    for (uint64_t cores = 1; cores <= UINT16_MAX; cores++)
        if (shows_cores(profile, keyvals, cores))
            return cores;
    return 0;
}

void jam_keyvals_params(const struct jam_profile *profile, const struct jam_map *keyvals,
                        struct jam_params *params)
{
    struct pvm_bytes queues = component_of(keyvals, JAM_STATE_QUEUES);
    struct pvm_bytes accumulated = component_of(keyvals, JAM_STATE_ACCUMULATED);
    struct pvm_bytes staging = component_of(keyvals, JAM_STATE_STAGING);
    struct jam_params shown = {.core_count = 0};
    jam_component_measure(profile, queues, accumulated, staging, &shown);
    if (shown.core_count == 0)
        shown.core_count = find_cores(profile, keyvals, shown.epoch_length);
    jam_params_get(profile, shown.core_count == TINY_CORES ? JAM_PARAMS_TINY : JAM_PARAMS_FULL,
                   params);
    jam_component_measure(profile, queues, accumulated, staging, params);
    if (shown.core_count != 0)
        params->core_count = shown.core_count;
}

/* ---- from key-values ---- */

struct reading {
    const struct jam_map *keyvals;
    const struct jam_state_shape *shape;
    struct jam_state *state;
    uint32_t present;
    struct jam_state_key *bad;
    struct pvm_err *err;
};

static void key_at(const struct jam_map_entry *entry, struct jam_state_key *key)
{
    assert(entry->key.len == JAM_STATE_KEY_SIZE);
    memcpy(key->octets, entry->key.ptr, JAM_STATE_KEY_SIZE);
}

/* The accounts themselves, whose keys are behind those of what they hold. */
static enum pvm_status read_services(struct reading *in)
{
    struct jam_state_key key = jam_key_service(0);
    struct jam_map_entry entry;
    enum jam_record_form form = in->shape->profile->state.record;
    uint32_t id;
    bool more = jam_map_after(in->keyvals, pvm_bytes(key.octets, 1), &entry);
    for (; more; more = jam_map_after(in->keyvals, entry.key, &entry)) {
        key_at(&entry, &key);
        if (!jam_key_is_service(&key, &id))
            continue;
        struct jam_service *service;
        *in->bad = key;
        PVM_TRY(jam_state_add(in->state, id, &service, in->err));
        if (!jam_record_decode(form, entry.value, service))
            return pvm_fail(in->err, PVM_E_MALFORMED,
                            "service %u: no record of GP %s, which has %zu octets, but %zu",
                            (unsigned)id, in->shape->profile->name, jam_record_size(form),
                            entry.value.len);
    }
    return PVM_OK;
}

static enum pvm_status read_entry(struct reading *in, const struct jam_map_entry *entry)
{
    uint32_t id;
    unsigned number;
    struct jam_state_key key;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    key_at(entry, &key);
    *in->bad = key;
    if (jam_key_is_service(&key, &id))
        return PVM_OK;
    if (jam_key_is_component(&key, &number)) {
        in->present |= jam_state_bit(number);
        bool known = jam_component_known(in->shape->profile, number);
        if (known)
            PVM_TRY(jam_component_decode(in->shape, number, entry->value, in->state, in->err));
        if (known && number != JAM_STATE_STATISTICS)
            return PVM_OK;
        return jam_map_set(&in->state->others, entry->key, entry->value, in->err);
    }
    struct jam_service *service = jam_state_find(in->state, jam_key_split(&key, tail));
    if (service == NULL)
        return jam_map_set(&in->state->others, entry->key, entry->value, in->err);
    return jam_map_set(&service->hidden, pvm_bytes(tail, sizeof tail), entry->value, in->err);
}

/* Takes one value out of the hidden ones if it is a preimage, with its request. */
static enum pvm_status reveal(struct jam_service *service, struct pvm_bytes place,
                              struct pvm_bytes value, struct pvm_err *err)
{
    struct jam_hash hash = jam_hash(value);
    struct jam_request request;
    uint8_t key[JAM_ACCOUNT_KEY_SIZE];
    if (value.len > UINT32_MAX)
        return PVM_OK;
    uint32_t len = (uint32_t)value.len;
    jam_key_of_preimage(service, &hash, key);
    if (!pvm_bytes_equal(place, pvm_bytes(key, sizeof key)))
        return PVM_OK;
    PVM_TRY(jam_preimage_set(service, value, NULL, err));
    if (!jam_request_get(service, &hash, len, &request))
        return PVM_OK;
    return jam_request_set(service, &hash, len, &request, err);
}

static enum pvm_status reveal_all(struct jam_service *service, struct pvm_err *err)
{
    struct jam_map_entry entry;
    uint8_t place[JAM_ACCOUNT_KEY_SIZE];
    bool more = jam_map_first(&service->hidden, &entry);
    while (more) {
        memcpy(place, entry.key.ptr, sizeof place);
        PVM_TRY(reveal(service, pvm_bytes(place, sizeof place), entry.value, err));
        more = jam_map_after(&service->hidden, pvm_bytes(place, sizeof place), &entry);
    }
    return PVM_OK;
}

enum pvm_status jam_state_from_keyvals(const struct jam_map *keyvals,
                                       const struct jam_state_shape *shape, struct jam_state *state,
                                       uint32_t *present, struct jam_state_key *bad,
                                       struct pvm_err *err)
{
    struct reading in = {keyvals, shape, state, 0, bad, err};
    struct jam_map_entry entry;
    state->rules = jam_accumulate_rules_of(shape->profile)->accounts;
    PVM_TRY(read_services(&in));
    bool more = jam_map_first(keyvals, &entry);
    for (; more; more = jam_map_after(keyvals, entry.key, &entry))
        PVM_TRY(read_entry(&in, &entry));
    for (size_t i = 0; i < state->count; i++)
        PVM_TRY(reveal_all(state->services[i], err));
    *present = in.present;
    return PVM_OK;
}

/* ---- to key-values ---- */

static bool any_set(const void *octets, size_t len)
{
    const uint8_t *at = octets;
    for (size_t i = 0; i < len; i++)
        if (at[i] != 0)
            return true;
    return false;
}

bool jam_state_has_component(const struct jam_state *state, unsigned number)
{
    const struct jam_privileges *privileges = &state->privileges;
    switch (number) {
    case JAM_STATE_POOLS:
        return state->auth_pools.count > 0;
    case JAM_STATE_QUEUES:
        return state->auth_queues.count > 0;
    case JAM_STATE_ENTROPY:
        return any_set(state->entropy, sizeof state->entropy);
    case JAM_STATE_STAGING:
        return state->staging != NULL;
    case JAM_STATE_SLOT:
        return state->slot != 0;
    case JAM_STATE_PRIVILEGES:
        return privileges->manager != 0 || privileges->delegator != 0 ||
               privileges->registrar != 0 || privileges->assigners != NULL ||
               privileges->always.count > 0;
    case JAM_STATE_STATISTICS:
        return state->stat_count > 0;
    case JAM_STATE_READY:
        return state->ready_count > 0;
    case JAM_STATE_ACCUMULATED:
        return state->accumulated_count > 0;
    case JAM_STATE_OUTPUTS:
        return state->output_count > 0;
    default:
        return false;
    }
}

static enum pvm_status write_components(const struct jam_state *state,
                                        const struct jam_state_shape *shape, uint32_t present,
                                        struct jam_map *keyvals, struct pvm_err *err)
{
    enum pvm_status status = PVM_OK;
    struct pvm_buf value = {.alloc = state->alloc};
    for (unsigned number = 1; number < 32 && status == PVM_OK; number++) {
        if (!jam_component_known(shape->profile, number) ||
            ((present & jam_state_bit(number)) == 0 && !jam_state_has_component(state, number)))
            continue;
        struct jam_state_key key = {{(uint8_t)number}};
        value.len = 0;
        status = jam_component_encode(shape, number, state, &value, err);
        if (status == PVM_OK)
            status = jam_map_set(keyvals, jam_state_key_bytes(&key), pvm_buf_bytes(&value), err);
    }
    pvm_buf_deinit(&value);
    return status;
}

struct writing {
    const struct jam_service *service;
    struct jam_map *keyvals;
    struct pvm_err *err;
};

static enum pvm_status add_entry(const struct writing *to, const uint8_t tail[JAM_ACCOUNT_KEY_SIZE],
                                 struct pvm_bytes value)
{
    struct jam_state_key key = jam_key_join(to->service->id, tail);
    return jam_map_set(to->keyvals, jam_state_key_bytes(&key), value, to->err);
}

static enum pvm_status write_storage(const struct writing *to)
{
    struct jam_map_entry entry;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    bool more = jam_map_first(&to->service->storage, &entry);
    for (; more; more = jam_map_after(&to->service->storage, entry.key, &entry)) {
        jam_key_of_storage(to->service, entry.key, tail);
        PVM_TRY(add_entry(to, tail, entry.value));
    }
    return PVM_OK;
}

static void hash_at(struct pvm_bytes key, struct jam_hash *hash)
{
    assert(key.len >= JAM_HASH_SIZE);
    memcpy(hash->octets, key.ptr, JAM_HASH_SIZE);
}

static enum pvm_status write_preimages(const struct writing *to)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    bool more = jam_map_first(&to->service->preimages, &entry);
    for (; more; more = jam_map_after(&to->service->preimages, entry.key, &entry)) {
        hash_at(entry.key, &hash);
        jam_key_of_preimage(to->service, &hash, tail);
        PVM_TRY(add_entry(to, tail, entry.value));
    }
    return PVM_OK;
}

static enum pvm_status write_requests(const struct writing *to)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    uint8_t octets[1 + 3 * 4];
    bool more = jam_map_first(&to->service->requests, &entry);
    for (; more; more = jam_map_after(&to->service->requests, entry.key, &entry)) {
        hash_at(entry.key, &hash);
        uint32_t len = (uint32_t)pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4);
        jam_key_of_request(to->service, &hash, len, tail);
        assert(entry.value.len < sizeof octets);
        octets[0] = (uint8_t)(entry.value.len / 4);
        if (entry.value.len > 0)
            memcpy(octets + 1, entry.value.ptr, entry.value.len);
        PVM_TRY(add_entry(to, tail, pvm_bytes(octets, 1 + entry.value.len)));
    }
    return PVM_OK;
}

static enum pvm_status write_hidden(const struct writing *to)
{
    struct jam_map_entry entry;
    bool more = jam_map_first(&to->service->hidden, &entry);
    for (; more; more = jam_map_after(&to->service->hidden, entry.key, &entry))
        PVM_TRY(add_entry(to, entry.key.ptr, entry.value));
    return PVM_OK;
}

static enum pvm_status write_record(const struct writing *to, enum jam_record_form form)
{
    struct jam_state_key key = jam_key_service(to->service->id);
    struct pvm_buf record = {.alloc = to->keyvals->alloc};
    jam_record_encode(form, to->service, &record);
    enum pvm_status status = pvm_buf_status(&record, to->err);
    if (status == PVM_OK)
        status =
            jam_map_set(to->keyvals, jam_state_key_bytes(&key), pvm_buf_bytes(&record), to->err);
    pvm_buf_deinit(&record);
    return status;
}

static enum pvm_status write_service(const struct jam_service *service, enum jam_record_form form,
                                     struct jam_map *keyvals, struct pvm_err *err)
{
    struct writing to = {service, keyvals, err};
    PVM_TRY(write_record(&to, form));
    PVM_TRY(write_storage(&to));
    PVM_TRY(write_preimages(&to));
    PVM_TRY(write_requests(&to));
    return write_hidden(&to);
}

enum pvm_status jam_state_to_keyvals(const struct jam_state *state,
                                     const struct jam_state_shape *shape, uint32_t present,
                                     struct jam_map *keyvals, struct pvm_err *err)
{
    struct jam_map_entry entry;
    bool more = jam_map_first(&state->others, &entry);
    for (; more; more = jam_map_after(&state->others, entry.key, &entry))
        PVM_TRY(jam_map_set(keyvals, entry.key, entry.value, err));
    PVM_TRY(write_components(state, shape, present, keyvals, err));
    for (size_t i = 0; i < state->count; i++)
        PVM_TRY(write_service(state->services[i], shape->profile->state.record, keyvals, err));
    return PVM_OK;
}

struct jam_hash jam_keyvals_root(const struct jam_map *keyvals)
{
    struct jam_trie trie;
    struct jam_map_entry entry;
    jam_trie_init(&trie);
    bool more = jam_map_first(keyvals, &entry);
    for (; more; more = jam_map_after(keyvals, entry.key, &entry)) {
        struct jam_state_key key;
        key_at(&entry, &key);
        bool ascends = jam_trie_add(&trie, &key, entry.value);
        assert(ascends);
        (void)ascends;
    }
    return jam_trie_root(&trie);
}

enum pvm_status jam_state_root(const struct jam_state *state, const struct jam_state_shape *shape,
                               uint32_t present, struct jam_hash *root, struct pvm_err *err)
{
    struct jam_map keyvals;
    jam_map_init(&keyvals, state->alloc);
    enum pvm_status status = jam_state_to_keyvals(state, shape, present, &keyvals, err);
    if (status == PVM_OK)
        *root = jam_keyvals_root(&keyvals);
    jam_map_deinit(&keyvals);
    return status;
}
