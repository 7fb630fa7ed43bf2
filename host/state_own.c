/* SPDX-License-Identifier: Apache-2.0 */
/* Our own readable form of a state: docs/state.md. Services are those of a fixture. */
#include "host/state_load.h"

enum { EPOCH_MAX = 1 << 16, HASHES = JAM_QUEUE_LEN * JAM_HASH_SIZE };

struct keys {
    struct jam_json gp, params, entropy, services;
    uint32_t slot;
    struct jam_json privileges, auth_pools, auth_queues, staging_set;
    struct jam_json ready_queue, accumulated, statistics, outputs, others;
};

static const struct jam_json_field fields[] = {
    JAM_JSON_FIELD(struct keys, gp),          JAM_JSON_FIELD(struct keys, params),
    JAM_JSON_FIELD(struct keys, slot),        JAM_JSON_FIELD(struct keys, entropy),
    JAM_JSON_FIELD(struct keys, services),    JAM_JSON_FIELD(struct keys, privileges),
    JAM_JSON_FIELD(struct keys, auth_pools),  JAM_JSON_FIELD(struct keys, auth_queues),
    JAM_JSON_FIELD(struct keys, staging_set), JAM_JSON_FIELD(struct keys, ready_queue),
    JAM_JSON_FIELD(struct keys, accumulated), JAM_JSON_FIELD(struct keys, statistics),
    JAM_JSON_FIELD(struct keys, outputs),     JAM_JSON_FIELD(struct keys, others),
};

static enum pvm_status read_entropy(struct jam_state_load *load, struct jam_json json)
{
    size_t i = 0;
    if (!jam_json_has(json))
        return PVM_OK;
    load->out->present |= jam_state_bit(JAM_STATE_ENTROPY);
    if (jam_json_type(json) != JAM_JSON_ARRAY)
        return jam_json_hash(json, &load->state->entropy[0], load->err);
    if (jam_json_count(json) > 4)
        return jam_json_fail(json, load->err, "%zu hashes, at most 4 are possible",
                             jam_json_count(json));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(jam_json_hash(it, &load->state->entropy[i++], load->err));
    return PVM_OK;
}

/* Hashes one behind the other, at most max. */
static enum pvm_status read_hashes(struct jam_state_load *load, struct jam_json json, size_t max,
                                   struct pvm_buf *out)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    if (jam_json_count(json) > max)
        return jam_json_fail(json, load->err, "%zu hashes, at most %zu are possible",
                             jam_json_count(json), max);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_hash hash = {{0}};
        PVM_TRY(jam_json_hash(it, &hash, load->err));
        pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
    }
    return pvm_buf_status(out, load->err);
}

/* Pools or queues by core. A queue is filled up with zero hashes. */
static enum pvm_status read_cores(struct jam_state_load *load, struct jam_json json, bool queues,
                                  struct jam_map *map)
{
    size_t core = 0;
    size_t max = queues ? JAM_QUEUE_LEN : (size_t)load->out->params.auth_pool_size;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    if (jam_json_count(json) > load->out->params.core_count)
        return jam_json_fail(json, load->err, "%zu lists, there are %zu cores",
                             jam_json_count(json), (size_t)load->out->params.core_count);
    load->out->present |= jam_state_bit(queues ? JAM_STATE_QUEUES : JAM_STATE_POOLS);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct pvm_buf octets = {.alloc = load->state->alloc};
        enum pvm_status status = read_hashes(load, it, max, &octets);
        if (status == PVM_OK && queues && octets.len > 0)
            pvm_buf_add_zeros(&octets, HASHES - octets.len);
        if (status == PVM_OK)
            status = pvm_buf_status(&octets, load->err);
        if (status == PVM_OK)
            status = jam_core_set(map, core++, pvm_buf_bytes(&octets), load->err);
        pvm_buf_deinit(&octets);
        PVM_TRY(status);
    }
    return PVM_OK;
}

static enum pvm_status read_validators(struct jam_state_load *load, struct jam_json json,
                                       struct pvm_buf *octets)
{
    bool counted = load->out->profile->state.counted_validators;
    size_t needed = (size_t)load->out->params.validator_count;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    size_t count = jam_json_count(json);
    if (count != needed && (!counted || count > UINT16_MAX))
        return jam_json_fail(json, load->err, "%zu validators, the chain has %zu", count, needed);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        size_t before = octets->len;
        PVM_TRY(jam_json_hex(it, octets, load->err));
        if (octets->len - before != JAM_VALIDATOR_SIZE)
            return jam_json_fail(it, load->err, "%zu octets, a validator has %d",
                                 octets->len - before, JAM_VALIDATOR_SIZE);
    }
    return PVM_OK;
}

static enum pvm_status read_staging(struct jam_state_load *load, struct jam_json json)
{
    struct pvm_buf octets = {.alloc = load->state->alloc};
    if (!jam_json_has(json))
        return PVM_OK;
    load->out->present |= jam_state_bit(JAM_STATE_STAGING);
    enum pvm_status status = read_validators(load, json, &octets);
    if (status == PVM_OK) {
        load->state->staging = jam_blob_new(load->state->alloc, pvm_buf_bytes(&octets));
        if (load->state->staging == NULL)
            status = pvm_fail(load->err, PVM_E_MEMORY, "no memory for validators");
    }
    pvm_buf_deinit(&octets);
    return status;
}

struct output_keys {
    uint32_t id;
    struct jam_hash hash;
};

static const struct jam_json_field output_fields[] = {
    JAM_JSON_NEEDED(struct output_keys, id),
    JAM_JSON_NEEDED(struct output_keys, hash),
};

static enum pvm_status read_outputs(struct jam_state_load *load, struct jam_json json)
{
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    load->out->present |= jam_state_bit(JAM_STATE_OUTPUTS);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct output_keys keys = {.id = 0};
        PVM_TRY(
            jam_json_fields(it, output_fields, JAM_JSON_COUNT(output_fields), &keys, load->err));
        PVM_TRY(jam_state_add_output(load->state, keys.id, &keys.hash, load->err));
    }
    return PVM_OK;
}

struct other_keys {
    struct jam_json key, value;
};

static const struct jam_json_field other_fields[] = {
    JAM_JSON_NEEDED(struct other_keys, key),
    JAM_JSON_NEEDED(struct other_keys, value),
};

/* Whether a key-value may stand among the others. */
static enum pvm_status check_other(struct jam_state_load *load, struct jam_json json,
                                   struct pvm_bytes octets)
{
    struct jam_state_key key;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    unsigned number;
    uint32_t id;
    struct pvm_bytes old;
    if (octets.len != JAM_STATE_KEY_SIZE)
        return jam_json_fail(json, load->err, "%zu octets, a state key has %d", octets.len,
                             JAM_STATE_KEY_SIZE);
    memcpy(key.octets, octets.ptr, JAM_STATE_KEY_SIZE);
    bool component = jam_key_is_component(&key, &number);
    if (component && number != JAM_STATE_STATISTICS &&
        jam_component_known(load->out->profile, number))
        return jam_json_fail(json, load->err, "%s has a field of its own",
                             jam_component_name(number));
    if (!component && (jam_key_is_service(&key, &id) ||
                       jam_state_find(load->state, jam_key_split(&key, tail)) != NULL))
        return jam_json_fail(json, load->err, "belongs to a service");
    if (jam_map_get(&load->state->others, octets, &old))
        return jam_json_fail(json, load->err, "this key is there already");
    if (component)
        load->out->present |= jam_state_bit(number);
    return PVM_OK;
}

static enum pvm_status read_other(struct jam_state_load *load, struct jam_json json)
{
    struct other_keys keys = {.key = json};
    struct pvm_buf key = {.alloc = load->state->alloc};
    struct pvm_buf value = {.alloc = load->state->alloc};
    PVM_TRY(jam_json_fields(json, other_fields, JAM_JSON_COUNT(other_fields), &keys, load->err));
    enum pvm_status status = jam_json_hex(keys.key, &key, load->err);
    if (status == PVM_OK)
        status = jam_json_hex(keys.value, &value, load->err);
    if (status == PVM_OK)
        status = check_other(load, keys.key, pvm_buf_bytes(&key));
    if (status == PVM_OK)
        status = jam_map_set(&load->state->others, pvm_buf_bytes(&key), pvm_buf_bytes(&value),
                             load->err);
    pvm_buf_deinit(&key);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status read_others(struct jam_state_load *load, struct jam_json json)
{
    if (jam_json_has(json))
        PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read_other(load, it));
    return PVM_OK;
}

static enum pvm_status read_params(struct jam_state_load *load, struct jam_json json)
{
    struct jam_params *params = &load->values.out->params;
    PVM_TRY(jam_fixture_params(&load->values, json));
    if (params->epoch_length > EPOCH_MAX)
        return jam_json_fail(json, load->err, "an epoch has at most %d slots here", EPOCH_MAX);
    load->out->params = *params;
    return PVM_OK;
}

/* What has to do with cores, validators and epochs. */
static enum pvm_status read_chain(struct jam_state_load *load, const struct keys *keys)
{
    PVM_TRY(jam_load_privileges(load, keys->privileges));
    PVM_TRY(read_cores(load, keys->auth_pools, false, &load->state->auth_pools));
    PVM_TRY(read_cores(load, keys->auth_queues, true, &load->state->auth_queues));
    PVM_TRY(read_staging(load, keys->staging_set));
    PVM_TRY(jam_load_ready(load, keys->ready_queue));
    return jam_load_accumulated(load, keys->accumulated);
}

enum pvm_status jam_load_own(struct jam_state_load *load, struct jam_json json)
{
    struct keys keys = {.slot = 0};
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &keys, load->err));
    PVM_TRY(jam_load_profile(load, keys.gp, NULL, NULL));
    PVM_TRY(read_params(load, keys.params));
    if (jam_json_has(jam_json_get(json, "slot")))
        load->out->present |= jam_state_bit(JAM_STATE_SLOT);
    load->state->slot = keys.slot;
    load->values.slot = keys.slot;
    PVM_TRY(read_entropy(load, keys.entropy));
    PVM_TRY(read_chain(load, &keys));
    PVM_TRY(jam_load_stats(load, keys.statistics));
    PVM_TRY(read_outputs(load, keys.outputs));
    PVM_TRY(jam_fixture_services(&load->values, keys.services));
    return read_others(load, keys.others);
}
