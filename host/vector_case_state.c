/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a case of Accumulate, and the one that it expects: accounts, and key-values of all
 * that services hold; privileges, staging set and authorizer queues. */
#include "host/json_account.h"
#include "host/state_keyvals.h"
#include "host/vector_case_accumulate.h"

enum { QUEUE_OCTETS = JAM_QUEUE_LEN * JAM_HASH_SIZE };

struct state_keys {
    struct jam_json accounts, keyvals, privileges, staging_set, auth_queues;
};

static const struct jam_json_field state_fields[] = {
    JAM_JSON_NEEDED(struct state_keys, accounts),
    JAM_JSON_NEEDED(struct state_keys, keyvals),
    JAM_JSON_NEEDED(struct state_keys, privileges),
    JAM_JSON_NEEDED(struct state_keys, staging_set),
    JAM_JSON_NEEDED(struct state_keys, auth_queues),
};

struct privileges_keys {
    uint32_t manager, delegator, registrar;
    struct jam_json assigners, always_accumulate;
};

static const struct jam_json_field privileges_fields[] = {
    JAM_JSON_NEEDED(struct privileges_keys, manager),
    JAM_JSON_NEEDED(struct privileges_keys, delegator),
    JAM_JSON_NEEDED(struct privileges_keys, registrar),
    JAM_JSON_NEEDED(struct privileges_keys, assigners),
    JAM_JSON_NEEDED(struct privileges_keys, always_accumulate),
};

struct always_keys {
    uint32_t service;
    uint64_t gas;
};

static const struct jam_json_field always_fields[] = {
    JAM_JSON_NEEDED(struct always_keys, service),
    JAM_JSON_NEEDED(struct always_keys, gas),
};

#define FIELDS(json, fields, keys)                                                                 \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, err))
#define EACH(it, json)                                                                             \
    struct jam_json it = jam_json_first(json);                                                     \
    jam_json_has(it);                                                                              \
    it = jam_json_next(it)

/* ---- key-values ---- */

/* json's key "1729", or its value 1729. */
static enum pvm_status read_id(struct jam_json json, bool of_key, uint32_t *out,
                               struct pvm_err *err)
{
    uint64_t value = 0;
    const char *key = of_key ? jam_json_key(json) : "";
    size_t len = strlen(key);
    bool good = len > 0 && len <= 10;
    if (!of_key) {
        PVM_TRY(jam_json_u64(json, UINT32_MAX, &value, err));
        *out = (uint32_t)value;
        return PVM_OK;
    }
    for (size_t i = 0; i < len && good; i++) {
        good = key[i] >= '0' && key[i] <= '9';
        value = value * 10 + (uint64_t)(key[i] - '0');
    }
    if (!good || value > UINT32_MAX)
        return jam_json_fail(json, err, "the key is no service");
    *out = (uint32_t)value;
    return PVM_OK;
}

/* Fields that vectors of older versions lack, but not these. */
static const char *const later[] = {"deposit_offset", "creation_slot", "last_accumulation_slot",
                                    "parent_service"};

static enum pvm_status set_account(const struct jam_accumulate_case *c, struct jam_json json,
                                   struct jam_map *keyvals, struct pvm_err *err)
{
    struct jam_service service = {.id = 0};
    struct pvm_buf record = {.alloc = keyvals->alloc};
    uint32_t id = 0;
    PVM_TRY(read_id(json, true, &id, err));
    PVM_TRY(jam_json_account(json, &service, err));
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (!jam_json_has(jam_json_get(json, later[i])))
            return jam_json_fail(json, err, "%s is missing", later[i]);
    struct jam_state_key key = jam_key_service(id);
    jam_record_encode(c->common.profile->state.record, &service, &record);
    enum pvm_status status = pvm_buf_status(&record, err);
    if (status == PVM_OK)
        status = jam_map_set(keyvals, jam_state_key_bytes(&key), pvm_buf_bytes(&record), err);
    pvm_buf_deinit(&record);
    return status;
}

/* The 31 octets of a key of what a service holds: json's own key, or a string. */
static enum pvm_status read_key(struct jam_json json, bool of_key, struct jam_state_key *out,
                                struct pvm_err *err)
{
    const char *text = jam_json_key(json);
    uint32_t id;
    unsigned component;
    if (!of_key)
        PVM_TRY(jam_json_text(json, &text, err));
    bool good = strncmp(text, "0x", 2) == 0 && jam_case_hex(text, JAM_STATE_KEY_SIZE, out->octets);
    if (!good || jam_key_is_service(out, &id) || jam_key_is_component(out, &component))
        return jam_json_fail(json, err, "\"%.70s\" is no key of what a service holds", text);
    return PVM_OK;
}

static enum pvm_status set_keyvals(struct jam_accumulate_case *c, struct jam_json object,
                                   struct jam_map *keyvals, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(object, JAM_JSON_OBJECT, err));
    for (EACH(it, object)) {
        struct jam_state_key key = {{0}};
        struct pvm_bytes value;
        PVM_TRY(read_key(it, true, &key, err));
        PVM_TRY(jam_case_octets(&c->common, it, &value, err));
        PVM_TRY(jam_map_set(keyvals, jam_state_key_bytes(&key), value, err));
    }
    return PVM_OK;
}

static enum pvm_status set_accounts(const struct jam_accumulate_case *c, struct jam_json object,
                                    struct jam_map *keyvals, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(object, JAM_JSON_OBJECT, err));
    for (EACH(it, object))
        PVM_TRY(set_account(c, it, keyvals, err));
    return PVM_OK;
}

static enum pvm_status take_out(struct jam_json json, const struct jam_state_key *key,
                                struct jam_map *keyvals, struct pvm_err *err)
{
    struct pvm_bytes value;
    if (!jam_map_get(keyvals, jam_state_key_bytes(key), &value))
        return jam_json_fail(json, err, "what is removed is not there before");
    return jam_map_remove(keyvals, jam_state_key_bytes(key), err);
}

static enum pvm_status change_keyvals(struct jam_accumulate_case *c,
                                      const struct jam_case_change *change, struct jam_map *keyvals,
                                      struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(change->accounts_removed, JAM_JSON_ARRAY, err));
    for (EACH(it, change->accounts_removed)) {
        uint32_t id = 0;
        PVM_TRY(read_id(it, false, &id, err));
        struct jam_state_key key = jam_key_service(id);
        PVM_TRY(take_out(it, &key, keyvals, err));
    }
    PVM_TRY(jam_json_expect(change->keyvals_removed, JAM_JSON_ARRAY, err));
    for (EACH(it, change->keyvals_removed)) {
        struct jam_state_key key = {{0}};
        PVM_TRY(read_key(it, false, &key, err));
        PVM_TRY(take_out(it, &key, keyvals, err));
    }
    PVM_TRY(set_accounts(c, change->accounts_changed, keyvals, err));
    return set_keyvals(c, change->keyvals_set, keyvals, err);
}

/* ---- the rest ---- */

static enum pvm_status set_privileges(const struct jam_accumulate_case *c, struct jam_json json,
                                      struct jam_privileges *privileges, struct pvm_err *err)
{
    struct privileges_keys keys = {.manager = 0};
    size_t core = 0;
    FIELDS(json, privileges_fields, &keys);
    privileges->manager = keys.manager;
    privileges->delegator = keys.delegator;
    privileges->registrar = keys.registrar;
    PVM_TRY(jam_json_expect(keys.assigners, JAM_JSON_ARRAY, err));
    if (jam_json_count(keys.assigners) != c->common.params.core_count)
        return jam_json_fail(keys.assigners, err, "expected one for each of %llu cores, got %zu",
                             (unsigned long long)c->common.params.core_count,
                             jam_json_count(keys.assigners));
    PVM_TRY(jam_assigners_set(privileges, NULL, jam_json_count(keys.assigners), err));
    for (EACH(it, keys.assigners)) {
        uint32_t id = 0;
        PVM_TRY(read_id(it, false, &id, err));
        PVM_TRY(jam_assigner_set(privileges, core++, id, err));
    }
    PVM_TRY(jam_json_expect(keys.always_accumulate, JAM_JSON_ARRAY, err));
    jam_map_deinit(&privileges->always);
    for (EACH(it, keys.always_accumulate)) {
        struct always_keys always = {.service = 0};
        FIELDS(it, always_fields, &always);
        PVM_TRY(jam_always_set(privileges, always.service, always.gas, err));
    }
    return PVM_OK;
}

static enum pvm_status set_staging(struct jam_accumulate_case *c, struct jam_json json,
                                   struct jam_state *state, struct pvm_err *err)
{
    struct pvm_bytes octets;
    uint64_t want = c->common.params.validator_count * JAM_VALIDATOR_SIZE;
    PVM_TRY(jam_case_octets(&c->common, json, &octets, err));
    if (octets.len != want)
        return jam_json_fail(json, err, "expected %llu octets, got %zu", (unsigned long long)want,
                             octets.len);
    jam_blob_unref(state->staging);
    state->staging = jam_blob_new(state->alloc, octets);
    return state->staging != NULL ? PVM_OK
                                  : pvm_fail(err, PVM_E_MEMORY, "no memory for a staging set");
}

static enum pvm_status set_queues(struct jam_accumulate_case *c, struct jam_json json,
                                  struct jam_state *state, struct pvm_err *err)
{
    size_t core = 0;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    if (jam_json_count(json) != c->common.params.core_count)
        return jam_json_fail(json, err, "expected one for each of %llu cores, got %zu",
                             (unsigned long long)c->common.params.core_count, jam_json_count(json));
    for (EACH(it, json)) {
        struct pvm_bytes queue;
        PVM_TRY(jam_case_octets(&c->common, it, &queue, err));
        if (queue.len != QUEUE_OCTETS)
            return jam_json_fail(it, err, "expected %d octets, got %zu", QUEUE_OCTETS, queue.len);
        PVM_TRY(jam_core_set(&state->auth_queues, core++, queue, err));
    }
    return PVM_OK;
}

/* ---- both states ---- */

/* json is where the key-values were read. */
static enum pvm_status make_state(const struct jam_accumulate_case *c, struct jam_json json,
                                  const struct jam_map *keyvals, struct jam_state *state,
                                  struct pvm_err *err)
{
    const struct jam_state_shape shape = {c->common.profile, &c->common.params};
    struct jam_state_key bad;
    uint32_t present;
    PVM_TRY(jam_state_from_keyvals(keyvals, &shape, state, &present, &bad, err));
    if (state->others.count > 0)
        return jam_json_fail(json, err, "%zu entries are of services that are not there",
                             state->others.count);
    return PVM_OK;
}

static bool is_said(struct jam_json json)
{
    return jam_json_type(json) != JAM_JSON_NULL;
}

static enum pvm_status load_before(struct jam_accumulate_case *c, struct jam_json json,
                                   struct jam_map *keyvals, struct pvm_err *err)
{
    struct state_keys keys = {.accounts = json};
    FIELDS(json, state_fields, &keys);
    PVM_TRY(set_accounts(c, keys.accounts, keyvals, err));
    PVM_TRY(set_keyvals(c, keys.keyvals, keyvals, err));
    PVM_TRY(make_state(c, keys.keyvals, keyvals, &c->before, err));
    PVM_TRY(set_privileges(c, keys.privileges, &c->before.privileges, err));
    PVM_TRY(set_staging(c, keys.staging_set, &c->before, err));
    return set_queues(c, keys.auth_queues, &c->before, err);
}

static enum pvm_status load_after(struct jam_accumulate_case *c,
                                  const struct jam_case_change *change, struct jam_map *keyvals,
                                  struct pvm_err *err)
{
    struct jam_state *after = &c->after;
    PVM_TRY(change_keyvals(c, change, keyvals, err));
    PVM_TRY(make_state(c, change->keyvals_set, keyvals, after, err));
    jam_privileges_deinit(&after->privileges);
    jam_privileges_copy(&after->privileges, &c->before.privileges);
    jam_map_deinit(&after->auth_queues);
    jam_map_copy(&after->auth_queues, &c->before.auth_queues);
    after->staging = jam_blob_ref(c->before.staging);
    if (is_said(change->privileges))
        PVM_TRY(set_privileges(c, change->privileges, &after->privileges, err));
    if (is_said(change->staging_set))
        PVM_TRY(set_staging(c, change->staging_set, after, err));
    return is_said(change->auth_queues) ? set_queues(c, change->auth_queues, after, err) : PVM_OK;
}

enum pvm_status jam_case_states(struct jam_accumulate_case *c, struct jam_json state,
                                const struct jam_case_change *change, struct pvm_err *err)
{
    struct jam_map keyvals;
    jam_map_init(&keyvals, c->before.alloc);
    enum pvm_status status = load_before(c, state, &keyvals, err);
    if (status == PVM_OK)
        status = load_after(c, change, &keyvals, err);
    jam_map_deinit(&keyvals);
    return status;
}
