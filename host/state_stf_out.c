/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the state of the public accumulate vectors. */
#include "host/state_load.h"

#include <inttypes.h>

struct writing {
    const struct jam_state_file *file;
    struct jam_out *json;
    struct pvm_err *err;
};

static void put_service(const struct writing *to, const struct jam_service *service)
{
    enum jam_record_form form = to->file->profile->state.record;
    struct jam_out *json = to->json;
    jam_out_object(json, "service");
    if (form == JAM_RECORD_071)
        jam_out_number(json, "version", 0);
    jam_out_hex(json, "code_hash", jam_hash_bytes(&service->code_hash));
    jam_out_number(json, "balance", service->balance);
    jam_out_number(json, "min_item_gas", service->min_item_gas);
    jam_out_number(json, "min_memo_gas", service->min_memo_gas);
    jam_out_number(json, "bytes", service->bytes);
    if (form != JAM_RECORD_062)
        jam_out_number(json, "deposit_offset", service->deposit_offset);
    jam_out_number(json, "items", service->items);
    if (form != JAM_RECORD_062) {
        jam_out_number(json, "creation_slot", service->creation_slot);
        jam_out_number(json, "last_accumulation_slot", service->last_accumulation_slot);
        jam_out_number(json, "parent_service", service->parent_service);
    }
    jam_out_end_object(json);
}

static void put_storage(const struct writing *to, const struct jam_service *service)
{
    struct jam_map_entry entry;
    jam_out_array(to->json, "storage");
    bool more = jam_map_first(&service->storage, &entry);
    for (; more; more = jam_map_after(&service->storage, entry.key, &entry)) {
        jam_out_object(to->json, NULL);
        jam_out_hex(to->json, "key", entry.key);
        jam_out_hex(to->json, "value", entry.value);
        jam_out_end_object(to->json);
    }
    jam_out_end_array(to->json);
}

static void put_blobs(const struct writing *to, const struct jam_service *service, const char *name)
{
    struct jam_map_entry entry;
    jam_out_array(to->json, name);
    bool more = jam_map_first(&service->preimages, &entry);
    for (; more; more = jam_map_after(&service->preimages, entry.key, &entry)) {
        jam_out_object(to->json, NULL);
        jam_out_hex(to->json, "hash", entry.key);
        jam_out_hex(to->json, "blob", entry.value);
        jam_out_end_object(to->json);
    }
    jam_out_end_array(to->json);
}

static void put_slots(const struct writing *to, const char *name, struct pvm_bytes slots)
{
    jam_out_array(to->json, name);
    for (size_t at = 0; at < slots.len; at += 4)
        jam_out_number(to->json, NULL, pvm_load_le(slots.ptr + at, 4));
    jam_out_end_array(to->json);
}

static void put_status(const struct writing *to, const struct jam_map_entry *entry)
{
    jam_out_hex(to->json, "hash", pvm_bytes(entry->key.ptr, JAM_HASH_SIZE));
    put_slots(to, "status", entry->value);
}

static void put_request(const struct writing *to, const struct jam_map_entry *entry)
{
    jam_out_object(to->json, "key");
    jam_out_hex(to->json, "hash", pvm_bytes(entry->key.ptr, JAM_HASH_SIZE));
    jam_out_number(to->json, "length", pvm_load_le(entry->key.ptr + JAM_HASH_SIZE, 4));
    jam_out_end_object(to->json);
    put_slots(to, "value", entry->value);
}

static void put_requests(const struct writing *to, const struct jam_service *service,
                         const char *name,
                         void (*put)(const struct writing *, const struct jam_map_entry *))
{
    struct jam_map_entry entry;
    jam_out_array(to->json, name);
    bool more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        jam_out_object(to->json, NULL);
        put(to, &entry);
        jam_out_end_object(to->json);
    }
    jam_out_end_array(to->json);
}

/* Whether a request is what the form says of it: in the oldest, that a blob is there since slot 0;
 * in the next, nothing without its blob. */
static bool says_request(enum jam_stf_form form, const struct jam_service *service,
                         const struct jam_map_entry *entry)
{
    static const uint8_t since_0[4];
    struct pvm_bytes blob;
    bool there =
        jam_map_get(&service->preimages, pvm_bytes(entry->key.ptr, JAM_HASH_SIZE), &blob) &&
        blob.len == pvm_load_le(entry->key.ptr + JAM_HASH_SIZE, 4);
    if (form == JAM_STF_072)
        return true;
    return there && (form == JAM_STF_071 ||
                     pvm_bytes_equal(entry->value, pvm_bytes(since_0, sizeof since_0)));
}

static enum pvm_status refuse(const struct writing *to, const struct jam_service *service,
                              const char *what)
{
    return pvm_fail(to->err, PVM_E_USAGE,
                    "service %" PRIu32 " has %s, the vectors' form of GP %s %s", service->id, what,
                    to->file->profile->name, "cannot say that");
}

/* Nothing may be lost without a word. */
static enum pvm_status check(const struct writing *to, const struct jam_service *service)
{
    enum jam_stf_form form = to->file->profile->state.stf;
    struct jam_map_entry entry;
    size_t told = 0;
    if (service->hidden.count > 0)
        return refuse(to, service, "entries of which only the state key is known");
    bool more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        if (!says_request(form, service, &entry))
            return refuse(to, service, "a request that is not [0] or lacks its blob");
        told++;
    }
    if (form == JAM_STF_062 && told != service->preimages.count)
        return refuse(to, service, "a preimage without request");
    return PVM_OK;
}

static enum pvm_status put_account(const struct writing *to, const struct jam_service *service)
{
    PVM_TRY(check(to, service));
    jam_out_object(to->json, NULL);
    jam_out_number(to->json, "id", service->id);
    jam_out_object(to->json, "data");
    put_service(to, service);
    put_storage(to, service);
    switch (to->file->profile->state.stf) {
    case JAM_STF_062:
        put_blobs(to, service, "preimages");
        break;
    case JAM_STF_071:
        put_blobs(to, service, "preimages_blob");
        put_requests(to, service, "preimages_status", put_status);
        break;
    case JAM_STF_072:
        put_blobs(to, service, "preimage_blobs");
        put_requests(to, service, "preimage_requests", put_request);
        break;
    }
    jam_out_end_object(to->json);
    jam_out_end_object(to->json);
    return PVM_OK;
}

enum pvm_status jam_put_stf(const struct jam_state_file *file, struct jam_out *json,
                            struct pvm_err *err)
{
    struct writing to = {file, json, err};
    jam_out_object(json, NULL);
    jam_out_number(json, "slot", file->state.slot);
    jam_out_hex(json, "entropy", jam_hash_bytes(&file->state.entropy[0]));
    jam_put_ready(file, false, json);
    jam_put_accumulated(file, false, json);
    jam_put_privileges(file, json);
    jam_put_stats(file, json);
    jam_out_array(json, "accounts");
    for (size_t i = 0; i < file->state.count; i++)
        PVM_TRY(put_account(&to, file->state.services[i]));
    jam_out_end_array(json);
    jam_out_end_object(json);
    return PVM_OK;
}
