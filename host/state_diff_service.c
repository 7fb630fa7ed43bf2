/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two accounts. */
#include "host/state_diff_text.h"

#include <inttypes.h>

/* Two accounts of one id. */
struct pair {
    struct jam_diff *diff;
    const struct jam_service *before, *after;
    /* Places in state of the entries that an account knows by their own keys; made only where the
     * other account has hidden entries. */
    struct jam_map known_before, known_after;
    struct pvm_err *err;
};

static void compare_fields(const struct pair *pair)
{
    struct jam_diff *diff = pair->diff;
    const struct jam_service *a = pair->before;
    const struct jam_service *b = pair->after;
    jam_diff_hash(diff, "code_hash", &a->code_hash, &b->code_hash);
    jam_diff_amount(diff, "balance", a->balance, b->balance);
    jam_diff_number(diff, "min_item_gas", a->min_item_gas, b->min_item_gas);
    jam_diff_number(diff, "min_memo_gas", a->min_memo_gas, b->min_memo_gas);
    jam_diff_amount(diff, "items", a->items, b->items);
    jam_diff_amount(diff, "bytes", a->bytes, b->bytes);
    jam_diff_number(diff, "deposit_offset", a->deposit_offset, b->deposit_offset);
    jam_diff_number(diff, "creation_slot", a->creation_slot, b->creation_slot);
    jam_diff_number(diff, "last_accumulation_slot", a->last_accumulation_slot,
                    b->last_accumulation_slot);
    jam_diff_number(diff, "parent_service", a->parent_service, b->parent_service);
}

/* ---- storage and preimages: found by key, hidden or not ---- */

typedef bool (*find_fn)(const struct jam_service *service, struct pvm_bytes key,
                        struct pvm_bytes *value);

static bool find_preimage(const struct jam_service *service, struct pvm_bytes key,
                          struct pvm_bytes *value)
{
    struct jam_hash hash;
    memcpy(hash.octets, key.ptr, JAM_HASH_SIZE);
    return jam_preimage_get(service, &hash, value);
}

/* Entries known to either account under their own keys. */
static void compare_map(const struct pair *pair, const char *name, const struct jam_map *before,
                        const struct jam_map *after, find_fn find)
{
    struct jam_map_entry entry;
    struct pvm_bytes other;
    bool more = jam_map_first(before, &entry);
    for (; more; more = jam_map_after(before, entry.key, &entry)) {
        bool there = find(pair->after, entry.key, &other);
        jam_diff_value(pair->diff, name, entry.key, &entry.value, there ? &other : NULL);
    }
    more = jam_map_first(after, &entry);
    for (; more; more = jam_map_after(after, entry.key, &entry)) {
        if (jam_map_get(before, entry.key, &other))
            continue;
        bool there = find(pair->before, entry.key, &other);
        jam_diff_value(pair->diff, name, entry.key, there ? &other : NULL, &entry.value);
    }
}

/* ---- requests ---- */

static void put_request(struct pvm_buf *out, bool there, const struct jam_request *request)
{
    if (!there) {
        pvm_buf_text(out, "none");
        return;
    }
    pvm_buf_text(out, "[");
    for (unsigned i = 0; i < request->count; i++)
        pvm_buf_printf(out, "%s%" PRIu32, i == 0 ? "" : ", ", request->slots[i]);
    pvm_buf_text(out, "]");
}

static void compare_request(const struct pair *pair, struct pvm_bytes key)
{
    struct jam_hash hash;
    struct jam_request a = {.count = 0};
    struct jam_request b = {.count = 0};
    memcpy(hash.octets, key.ptr, JAM_HASH_SIZE);
    uint32_t len = (uint32_t)pvm_load_le(key.ptr + JAM_HASH_SIZE, 4);
    bool had = jam_request_get(pair->before, &hash, len, &a);
    bool has = jam_request_get(pair->after, &hash, len, &b);
    if (had == has && a.count == b.count && memcmp(a.slots, b.slots, sizeof a.slots) == 0)
        return;
    jam_diff_begin(pair->diff);
    pvm_buf_text(pair->diff->out, "request 0x");
    pvm_buf_hex(pair->diff->out, jam_hash_bytes(&hash));
    pvm_buf_printf(pair->diff->out, " length %" PRIu32 " ", len);
    put_request(pair->diff->out, had, &a);
    pvm_buf_text(pair->diff->out, " -> ");
    if (has)
        put_request(pair->diff->out, true, &b);
    else
        pvm_buf_text(pair->diff->out, "deleted");
}

static void compare_requests(const struct pair *pair)
{
    struct jam_map_entry entry;
    struct pvm_bytes other;
    bool more = jam_map_first(&pair->before->requests, &entry);
    for (; more; more = jam_map_after(&pair->before->requests, entry.key, &entry))
        compare_request(pair, entry.key);
    more = jam_map_first(&pair->after->requests, &entry);
    for (; more; more = jam_map_after(&pair->after->requests, entry.key, &entry))
        if (!jam_map_get(&pair->before->requests, entry.key, &other))
            compare_request(pair, entry.key);
}

/* ---- hidden entries ---- */

/* The places of what a service knows by its own keys. */
static enum pvm_status list_known(const struct jam_service *service, struct jam_map *places,
                                  struct pvm_err *err)
{
    uint8_t place[JAM_ACCOUNT_KEY_SIZE];
    struct jam_map_entry entry;
    struct jam_hash hash;
    bool more = jam_map_first(&service->storage, &entry);
    for (; more; more = jam_map_after(&service->storage, entry.key, &entry)) {
        jam_key_of_storage(service, entry.key, place);
        PVM_TRY(jam_map_set(places, pvm_bytes(place, sizeof place), pvm_bytes_none(), err));
    }
    more = jam_map_first(&service->preimages, &entry);
    for (; more; more = jam_map_after(&service->preimages, entry.key, &entry)) {
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        jam_key_of_preimage(service, &hash, place);
        PVM_TRY(jam_map_set(places, pvm_bytes(place, sizeof place), pvm_bytes_none(), err));
    }
    more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        jam_key_of_request(service, &hash, (uint32_t)pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4),
                           place);
        PVM_TRY(jam_map_set(places, pvm_bytes(place, sizeof place), pvm_bytes_none(), err));
    }
    return PVM_OK;
}

/* Entries that neither account knows by their own keys. */
static enum pvm_status compare_hidden(struct pair *pair)
{
    struct jam_map_entry entry;
    struct pvm_bytes other;
    const struct jam_map *before = &pair->before->hidden;
    const struct jam_map *after = &pair->after->hidden;
    if (before->count > 0)
        PVM_TRY(list_known(pair->after, &pair->known_after, pair->err));
    if (after->count > 0)
        PVM_TRY(list_known(pair->before, &pair->known_before, pair->err));
    bool more = jam_map_first(before, &entry);
    for (; more; more = jam_map_after(before, entry.key, &entry)) {
        if (jam_map_get(&pair->known_after, entry.key, &other))
            continue;
        struct jam_state_key key = jam_key_join(pair->before->id, entry.key.ptr);
        bool there = jam_map_get(after, entry.key, &other);
        jam_diff_value(pair->diff, "state key", jam_state_key_bytes(&key), &entry.value,
                       there ? &other : NULL);
    }
    more = jam_map_first(after, &entry);
    for (; more; more = jam_map_after(after, entry.key, &entry)) {
        if (jam_map_get(before, entry.key, &other) ||
            jam_map_get(&pair->known_before, entry.key, &other))
            continue;
        struct jam_state_key key = jam_key_join(pair->after->id, entry.key.ptr);
        jam_diff_value(pair->diff, "state key", jam_state_key_bytes(&key), NULL, &entry.value);
    }
    return PVM_OK;
}

enum pvm_status jam_diff_service(struct jam_diff *diff, const struct jam_service *before,
                                 const struct jam_service *after, struct pvm_err *err)
{
    struct pair pair = {.diff = diff, .before = before, .after = after, .err = err};
    if (before == after)
        return PVM_OK;
    jam_map_init(&pair.known_before, before->alloc);
    jam_map_init(&pair.known_after, before->alloc);
    compare_fields(&pair);
    compare_map(&pair, "storage", &before->storage, &after->storage, jam_storage_get);
    compare_map(&pair, "preimage", &before->preimages, &after->preimages, find_preimage);
    compare_requests(&pair);
    enum pvm_status status = compare_hidden(&pair);
    jam_map_deinit(&pair.known_before);
    jam_map_deinit(&pair.known_after);
    return status;
}
