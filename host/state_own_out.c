/* SPDX-License-Identifier: Apache-2.0 */
/* Writes our own readable form of a state: docs/state.md. */
#include "host/state_load.h"

static bool said(const struct jam_state_file *file, unsigned component)
{
    return jam_state_has_component(&file->state, component) ||
           (file->present & jam_state_bit(component)) != 0;
}

/* ---- constants ---- */

static unsigned differences(const struct jam_params *a, const struct jam_params *b)
{
    struct jam_params left = *a;
    struct jam_params right = *b;
    unsigned count = 0;
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++)
        count += *jam_param_at(&left, i) != *jam_param_at(&right, i);
    return count;
}

static void put_params(const struct jam_state_file *file, struct jam_out *json)
{
    struct jam_params full, tiny;
    struct jam_params own = file->params;
    jam_params_get(file->profile, JAM_PARAMS_FULL, &full);
    jam_params_get(file->profile, JAM_PARAMS_TINY, &tiny);
    bool is_tiny = differences(&own, &tiny) < differences(&own, &full);
    struct jam_params *near = is_tiny ? &tiny : &full;
    const char *name = is_tiny ? "tiny" : "full";
    if (differences(&own, near) == 0) {
        jam_out_text(json, "params", name);
        return;
    }
    jam_out_object(json, "params");
    jam_out_text(json, "preset", name);
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++)
        if (*jam_param_at(&own, i) != *jam_param_at(near, i))
            jam_out_number(json, jam_param_table[i].name, *jam_param_at(&own, i));
    jam_out_end_object(json);
}

/* ---- services ---- */

static void put_storage(const struct jam_service *service, struct jam_out *json)
{
    struct jam_map_entry entry;
    jam_out_array(json, "storage");
    bool more = jam_map_first(&service->storage, &entry);
    for (; more; more = jam_map_after(&service->storage, entry.key, &entry)) {
        jam_out_object(json, NULL);
        jam_out_hex(json, "key", entry.key);
        jam_out_hex(json, "value", entry.value);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void put_slots(const struct jam_request *request, struct jam_out *json)
{
    jam_out_array(json, "slots");
    for (unsigned i = 0; i < request->count; i++)
        jam_out_number(json, NULL, request->slots[i]);
    jam_out_end_array(json);
}

static void hash_at(struct pvm_bytes key, struct jam_hash *hash)
{
    memcpy(hash->octets, key.ptr, JAM_HASH_SIZE);
}

/* A blob with the request that it answers. */
static void put_preimages(const struct jam_service *service, struct jam_out *json)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    struct jam_request request;
    jam_out_array(json, "preimages");
    bool more = jam_map_first(&service->preimages, &entry);
    for (; more; more = jam_map_after(&service->preimages, entry.key, &entry)) {
        hash_at(entry.key, &hash);
        jam_out_object(json, NULL);
        jam_out_hex(json, "hash", entry.key);
        jam_out_hex(json, "blob", entry.value);
        if (jam_request_get(service, &hash, (uint32_t)entry.value.len, &request))
            put_slots(&request, json);
        else
            jam_out_null(json, "slots");
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

/* Requests that no blob of ours answers. */
static void put_requests(const struct jam_service *service, struct jam_out *json)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    struct jam_request request;
    struct pvm_bytes blob;
    jam_out_array(json, "requests");
    bool more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        struct pvm_bytes name = pvm_bytes(entry.key.ptr, JAM_HASH_SIZE);
        uint32_t len = (uint32_t)pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4);
        hash_at(name, &hash);
        if ((jam_map_get(&service->preimages, name, &blob) && blob.len == len) ||
            !jam_request_get(service, &hash, len, &request))
            continue;
        jam_out_object(json, NULL);
        jam_out_hex(json, "hash", name);
        jam_out_number(json, "length", len);
        put_slots(&request, json);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void put_hidden(const struct jam_service *service, struct jam_out *json)
{
    struct jam_map_entry entry;
    if (service->hidden.count == 0)
        return;
    jam_out_array(json, "keyvals");
    bool more = jam_map_first(&service->hidden, &entry);
    for (; more; more = jam_map_after(&service->hidden, entry.key, &entry)) {
        struct jam_state_key key = jam_key_join(service->id, entry.key.ptr);
        jam_out_object(json, NULL);
        jam_out_hex(json, "key", jam_state_key_bytes(&key));
        jam_out_hex(json, "value", entry.value);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void put_service(const struct jam_state_file *file, const struct jam_service *service,
                        struct jam_out *json)
{
    jam_out_object(json, NULL);
    jam_out_number(json, "id", service->id);
    jam_out_hex(json, "code_hash", jam_hash_bytes(&service->code_hash));
    jam_out_number(json, "balance", service->balance);
    jam_out_number(json, "min_item_gas", service->min_item_gas);
    jam_out_number(json, "min_memo_gas", service->min_memo_gas);
    jam_out_number(json, "items", service->items);
    jam_out_number(json, "bytes", service->bytes);
    if (file->profile->state.record != JAM_RECORD_062) {
        jam_out_number(json, "deposit_offset", service->deposit_offset);
        jam_out_number(json, "creation_slot", service->creation_slot);
        jam_out_number(json, "last_accumulation_slot", service->last_accumulation_slot);
        jam_out_number(json, "parent_service", service->parent_service);
    }
    put_storage(service, json);
    put_preimages(service, json);
    put_requests(service, json);
    put_hidden(service, json);
    jam_out_end_object(json);
}

void jam_state_write_service(const struct jam_state_file *file, const struct jam_service *service,
                             struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    put_service(file, service, &json);
    jam_out_finish(&json);
}

static void put_services(const struct jam_state_file *file, struct jam_out *json)
{
    jam_out_array(json, "services");
    for (size_t i = 0; i < file->state.count; i++)
        put_service(file, file->state.services[i], json);
    jam_out_end_array(json);
}

/* ---- the rest ---- */

/* Pools or queues by core; zero hashes that fill up a queue are left out. */
static void put_cores(const struct jam_state_file *file, const char *name,
                      const struct jam_map *map, bool queues, struct jam_out *json)
{
    static const uint8_t zero[JAM_HASH_SIZE];
    jam_out_array(json, name);
    for (size_t core = 0; core < file->params.core_count; core++) {
        struct pvm_bytes hashes = jam_core_get(map, core);
        while (queues && hashes.len > 0 &&
               memcmp(hashes.ptr + hashes.len - JAM_HASH_SIZE, zero, JAM_HASH_SIZE) == 0)
            hashes.len -= JAM_HASH_SIZE;
        jam_out_array(json, NULL);
        for (size_t at = 0; at < hashes.len; at += JAM_HASH_SIZE)
            jam_out_hex(json, NULL, pvm_bytes(hashes.ptr + at, JAM_HASH_SIZE));
        jam_out_end_array(json);
    }
    jam_out_end_array(json);
}

static void put_staging(const struct jam_state_file *file, struct jam_out *json)
{
    struct pvm_bytes octets = jam_blob_bytes(file->state.staging);
    jam_out_array(json, "staging_set");
    for (size_t at = 0; at < octets.len; at += JAM_VALIDATOR_SIZE)
        jam_out_hex(json, NULL, pvm_bytes(octets.ptr + at, JAM_VALIDATOR_SIZE));
    jam_out_end_array(json);
}

static void put_entropy(const struct jam_state_file *file, struct jam_out *json)
{
    jam_out_array(json, "entropy");
    for (unsigned i = 0; i < 4; i++)
        jam_out_hex(json, NULL, jam_hash_bytes(&file->state.entropy[i]));
    jam_out_end_array(json);
}

static void put_outputs(const struct jam_state_file *file, struct jam_out *json)
{
    jam_out_array(json, "outputs");
    for (size_t i = 0; i < file->state.output_count; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "id", file->state.outputs[i].service);
        jam_out_hex(json, "hash", jam_hash_bytes(&file->state.outputs[i].hash));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void put_others(const struct jam_state_file *file, struct jam_out *json)
{
    struct jam_map_entry entry;
    if (file->state.others.count == 0)
        return;
    jam_out_array(json, "others");
    bool more = jam_map_first(&file->state.others, &entry);
    for (; more; more = jam_map_after(&file->state.others, entry.key, &entry)) {
        jam_out_object(json, NULL);
        jam_out_hex(json, "key", entry.key);
        jam_out_hex(json, "value", entry.value);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

void jam_put_own(const struct jam_state_file *file, struct jam_out *json)
{
    jam_out_object(json, NULL);
    jam_out_text(json, "gp", file->profile->name);
    put_params(file, json);
    if (said(file, JAM_STATE_SLOT))
        jam_out_number(json, "slot", file->state.slot);
    if (said(file, JAM_STATE_ENTROPY))
        put_entropy(file, json);
    put_services(file, json);
    if (said(file, JAM_STATE_PRIVILEGES))
        jam_put_privileges(file, json);
    if (said(file, JAM_STATE_POOLS))
        put_cores(file, "auth_pools", &file->state.auth_pools, false, json);
    if (said(file, JAM_STATE_QUEUES))
        put_cores(file, "auth_queues", &file->state.auth_queues, true, json);
    if (file->state.staging != NULL)
        put_staging(file, json);
    if (said(file, JAM_STATE_READY))
        jam_put_ready(file, true, json);
    if (said(file, JAM_STATE_ACCUMULATED))
        jam_put_accumulated(file, true, json);
    if (said(file, JAM_STATE_STATISTICS))
        jam_put_stats(file, json);
    if (said(file, JAM_STATE_OUTPUTS))
        put_outputs(file, json);
    put_others(file, json);
    jam_out_end_object(json);
}
