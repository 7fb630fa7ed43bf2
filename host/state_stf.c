/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the public accumulate vectors. What it calls preimages and their requests changed
 * with 0.7.1 and 0.7.2. */
#include "host/hash.h"
#include "host/json_account.h"
#include "host/state_load.h"

enum { TINY_EPOCH = 12, EPOCH_MAX = 1 << 16, CORES_MAX = UINT16_MAX };

/* ---- reading ---- */

struct state_keys {
    uint32_t slot;
    struct jam_hash entropy;
    struct jam_json ready_queue, accumulated, privileges, statistics, accounts;
};

static const struct jam_json_field state_fields[] = {
    JAM_JSON_NEEDED(struct state_keys, slot),
    JAM_JSON_NEEDED(struct state_keys, entropy),
    JAM_JSON_NEEDED(struct state_keys, ready_queue),
    JAM_JSON_NEEDED(struct state_keys, accumulated),
    JAM_JSON_NEEDED(struct state_keys, privileges),
    JAM_JSON_FIELD(struct state_keys, statistics),
    JAM_JSON_NEEDED(struct state_keys, accounts),
};

struct account_keys {
    uint32_t id;
    struct jam_json data;
};

static const struct jam_json_field account_fields[] = {
    JAM_JSON_NEEDED(struct account_keys, id),
    JAM_JSON_NEEDED(struct account_keys, data),
};

struct data_keys {
    struct jam_json service, storage;
    struct jam_json preimages, preimages_blob, preimages_status, preimage_blobs, preimage_requests;
};

static const struct jam_json_field data_fields[] = {
    JAM_JSON_NEEDED(struct data_keys, service),
    JAM_JSON_NEEDED(struct data_keys, storage),
    JAM_JSON_FIELD(struct data_keys, preimages),
    JAM_JSON_FIELD(struct data_keys, preimages_blob),
    JAM_JSON_FIELD(struct data_keys, preimages_status),
    JAM_JSON_FIELD(struct data_keys, preimage_blobs),
    JAM_JSON_FIELD(struct data_keys, preimage_requests),
};

struct storage_keys {
    struct jam_json key, value;
};

static const struct jam_json_field storage_fields[] = {
    JAM_JSON_NEEDED(struct storage_keys, key),
    JAM_JSON_NEEDED(struct storage_keys, value),
};

struct status_keys {
    struct jam_hash hash;
    struct jam_json status;
};

static const struct jam_json_field status_fields[] = {
    JAM_JSON_NEEDED(struct status_keys, hash),
    JAM_JSON_NEEDED(struct status_keys, status),
};

/* An account that is being read. */
struct account {
    struct jam_state_load *load;
    struct jam_service *service;
    bool requested; /* blobs are requests in slot 0 */
};

static enum pvm_status read_storage(struct account *account, struct jam_json json)
{
    struct jam_state_load *load = account->load;
    struct storage_keys keys = {.key = json};
    struct pvm_buf key = {.alloc = load->state->alloc};
    struct pvm_buf value = {.alloc = load->state->alloc};
    struct pvm_bytes old;
    PVM_TRY(
        jam_json_fields(json, storage_fields, JAM_JSON_COUNT(storage_fields), &keys, load->err));
    enum pvm_status status = jam_json_hex(keys.key, &key, load->err);
    if (status == PVM_OK)
        status = jam_json_hex(keys.value, &value, load->err);
    if (status == PVM_OK && jam_map_get(&account->service->storage, pvm_buf_bytes(&key), &old))
        status = jam_json_fail(keys.key, load->err, "this key is there already");
    if (status == PVM_OK)
        status = jam_map_set(&account->service->storage, pvm_buf_bytes(&key), pvm_buf_bytes(&value),
                             load->err);
    pvm_buf_deinit(&key);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status add_request(struct account *account, struct jam_json json,
                                   const struct jam_hash *hash, uint32_t len,
                                   const struct jam_request *request)
{
    struct jam_request old;
    if (jam_request_get(account->service, hash, len, &old))
        return jam_json_fail(json, account->load->err, "this preimage is requested already");
    return jam_request_set(account->service, hash, len, request, account->load->err);
}

static enum pvm_status add_blob(struct account *account, struct jam_json json,
                                const struct jam_hash *hash, struct pvm_bytes blob)
{
    static const struct jam_request since_0 = {.count = 1};
    struct jam_state_load *load = account->load;
    struct jam_hash own = jam_hash(blob);
    if (!jam_hash_equal(&own, hash))
        return jam_json_fail(json, load->err, "the blob has another hash");
    PVM_TRY(jam_map_set(&account->service->preimages, jam_hash_bytes(hash), blob, load->err));
    return account->requested ? add_request(account, json, hash, (uint32_t)blob.len, &since_0)
                              : PVM_OK;
}

static enum pvm_status read_blob(struct account *account, struct jam_json json)
{
    struct jam_state_load *load = account->load;
    struct pvm_buf blob = {.alloc = load->state->alloc};
    struct pvm_bytes old;
    struct jam_hash hash;
    enum pvm_status status = jam_json_blob(json, &hash, &blob, load->err);
    if (status == PVM_OK && jam_map_get(&account->service->preimages, jam_hash_bytes(&hash), &old))
        status = jam_json_fail(json, load->err, "this preimage is there already");
    if (status == PVM_OK)
        status = add_blob(account, json, &hash, pvm_buf_bytes(&blob));
    pvm_buf_deinit(&blob);
    return status;
}

static enum pvm_status read_status(struct account *account, struct jam_json json)
{
    struct jam_state_load *load = account->load;
    struct status_keys keys = {.status = json};
    struct jam_request request;
    struct pvm_bytes blob;
    PVM_TRY(jam_json_fields(json, status_fields, JAM_JSON_COUNT(status_fields), &keys, load->err));
    PVM_TRY(jam_json_slots(keys.status, &request, load->err));
    if (!jam_map_get(&account->service->preimages, jam_hash_bytes(&keys.hash), &blob))
        return jam_json_fail(json, load->err, "no blob with this hash says how long it is");
    return add_request(account, json, &keys.hash, (uint32_t)blob.len, &request);
}

static enum pvm_status read_request(struct account *account, struct jam_json json)
{
    struct jam_hash hash;
    uint32_t len;
    struct jam_request request;
    PVM_TRY(jam_json_request(json, &hash, &len, &request, account->load->err));
    return add_request(account, json, &hash, len, &request);
}

static enum pvm_status read_each(struct account *account, struct jam_json list,
                                 enum pvm_status (*read)(struct account *, struct jam_json))
{
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, account->load->err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read(account, it));
    return PVM_OK;
}

static enum pvm_status read_entries(struct account *account, const struct data_keys *data)
{
    PVM_TRY(read_each(account, data->storage, read_storage));
    PVM_TRY(read_each(account, data->preimages, read_blob));
    PVM_TRY(read_each(account, data->preimages_blob, read_blob));
    PVM_TRY(read_each(account, data->preimages_status, read_status));
    PVM_TRY(read_each(account, data->preimage_blobs, read_blob));
    return read_each(account, data->preimage_requests, read_request);
}

static enum pvm_status read_account(struct jam_state_load *load, struct jam_json json)
{
    struct account_keys keys = {.id = 0};
    struct data_keys data = {.service = json};
    PVM_TRY(
        jam_json_fields(json, account_fields, JAM_JSON_COUNT(account_fields), &keys, load->err));
    PVM_TRY(jam_json_fields(keys.data, data_fields, JAM_JSON_COUNT(data_fields), &data, load->err));
    if (jam_state_find(load->state, keys.id) != NULL)
        return jam_json_fail(json, load->err, "service %u is there already", (unsigned)keys.id);
    struct account account = {load, NULL, jam_json_has(data.preimages)};
    PVM_TRY(jam_state_add(load->state, keys.id, &account.service, load->err));
    PVM_TRY(read_entries(&account, &data));
    /* Last: what was added counted itself, but what the vector says is right. */
    return jam_json_account(data.service, account.service, load->err);
}

/* The names that the first account uses. */
static bool fits(const struct jam_profile *profile, const void *user)
{
    const struct jam_json *account = user;
    struct jam_json data = {NULL, NULL};
    if (jam_json_type(*account) == JAM_JSON_OBJECT)
        data = jam_json_get(*account, "data");
    if (jam_json_type(data) != JAM_JSON_OBJECT)
        return true;
    if (jam_json_has(jam_json_get(data, "preimages")))
        return profile->state.stf == JAM_STF_062;
    if (jam_json_has(jam_json_get(data, "preimages_blob")))
        return profile->state.stf == JAM_STF_071;
    return profile->state.stf == JAM_STF_072;
}

/* The chain's size, by the lists that are as long as it is. */
static enum pvm_status measure(struct jam_state_load *load, const struct state_keys *keys)
{
    struct jam_params *params = &load->out->params;
    PVM_TRY(jam_json_expect(keys->ready_queue, JAM_JSON_ARRAY, load->err));
    size_t epoch = jam_json_count(keys->ready_queue);
    if (epoch == 0 || epoch > EPOCH_MAX)
        return jam_json_fail(keys->ready_queue, load->err, "an epoch of %zu slots", epoch);
    jam_params_get(load->out->profile, epoch == TINY_EPOCH ? JAM_PARAMS_TINY : JAM_PARAMS_FULL,
                   params);
    params->epoch_length = epoch;
    PVM_TRY(jam_json_expect(keys->privileges, JAM_JSON_OBJECT, load->err));
    struct jam_json assign = jam_json_get(keys->privileges, "assign");
    if (jam_json_type(assign) != JAM_JSON_ARRAY)
        return PVM_OK;
    size_t cores = jam_json_count(assign);
    if (cores == 0 || cores > CORES_MAX)
        return jam_json_fail(assign, load->err, "%zu cores", cores);
    params->core_count = cores;
    return PVM_OK;
}

static enum pvm_status read_parts(struct jam_state_load *load, const struct state_keys *keys)
{
    PVM_TRY(jam_load_privileges(load, keys->privileges));
    PVM_TRY(jam_load_ready(load, keys->ready_queue));
    PVM_TRY(jam_load_accumulated(load, keys->accumulated));
    return jam_load_stats(load, keys->statistics);
}

enum pvm_status jam_load_stf(struct jam_state_load *load, struct jam_json json)
{
    struct state_keys keys = {.slot = 0};
    static const struct jam_json nothing;
    PVM_TRY(jam_json_fields(json, state_fields, JAM_JSON_COUNT(state_fields), &keys, load->err));
    PVM_TRY(jam_json_expect(keys.accounts, JAM_JSON_ARRAY, load->err));
    struct jam_json it = jam_json_first(keys.accounts);
    PVM_TRY(jam_load_profile(load, nothing, fits, &it));
    PVM_TRY(measure(load, &keys));
    load->out->form = JAM_STATE_FILE_STF;
    load->state->slot = keys.slot;
    load->state->entropy[0] = keys.entropy;
    load->out->present |= jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY);
    PVM_TRY(read_parts(load, &keys));
    for (; jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read_account(load, it));
    return PVM_OK;
}
