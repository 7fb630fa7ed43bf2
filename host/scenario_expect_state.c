/* SPDX-License-Identifier: Apache-2.0 */
/* What is expected of services and privileges. */
#include "host/scenario_compare.h"
#include "host/state_diff.h"

#include <inttypes.h>

enum { SHOWN = 40 };

struct service_keys {
    uint32_t id;
    struct jam_json exists, code_hash, balance, items, bytes, min_item_gas, min_memo_gas;
    struct jam_json creation_slot, last_accumulation_slot, parent_service;
    struct jam_json storage, requests, preimages;
};

static const struct jam_json_field service_fields[] = {
    JAM_JSON_NEEDED(struct service_keys, id),
    JAM_JSON_FIELD(struct service_keys, exists),
    JAM_JSON_FIELD(struct service_keys, code_hash),
    JAM_JSON_FIELD(struct service_keys, balance),
    JAM_JSON_FIELD(struct service_keys, items),
    JAM_JSON_FIELD(struct service_keys, bytes),
    JAM_JSON_FIELD(struct service_keys, min_item_gas),
    JAM_JSON_FIELD(struct service_keys, min_memo_gas),
    JAM_JSON_FIELD(struct service_keys, creation_slot),
    JAM_JSON_FIELD(struct service_keys, last_accumulation_slot),
    JAM_JSON_FIELD(struct service_keys, parent_service),
    JAM_JSON_FIELD(struct service_keys, storage),
    JAM_JSON_FIELD(struct service_keys, requests),
    JAM_JSON_FIELD(struct service_keys, preimages),
};

struct pair_keys {
    struct jam_json key, value;
};

static const struct jam_json_field pair_fields[] = {
    JAM_JSON_NEEDED(struct pair_keys, key),
    JAM_JSON_NEEDED(struct pair_keys, value),
};

struct request_keys {
    struct jam_hash hash;
    uint32_t length;
    struct jam_json slots;
};

static const struct jam_json_field request_fields[] = {
    JAM_JSON_NEEDED(struct request_keys, hash),
    JAM_JSON_NEEDED(struct request_keys, length),
    JAM_JSON_NEEDED(struct request_keys, slots),
};

struct preimage_keys {
    struct jam_hash hash;
    struct jam_json blob;
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct preimage_keys, hash),
    JAM_JSON_NEEDED(struct preimage_keys, blob),
};

static enum pvm_status expect_storage(struct jam_expecting *expecting,
                                      const struct jam_service *service, struct jam_json json)
{
    struct pair_keys keys = {.key = {NULL, NULL}};
    struct pvm_buf what = {.alloc = expecting->scenario->alloc};
    struct pvm_bytes key = pvm_bytes_none();
    struct pvm_bytes value = pvm_bytes_none();
    struct jam_expect_place place = jam_expect_at(expecting, "service %" PRIu32, service->id);
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys,
                            jam_expect_err(&place)));
    PVM_TRY(jam_fixture_octets(&expecting->scenario->load, keys.key, &key));
    bool found = jam_storage_get(service, key, &value);
    pvm_buf_text(&what, "storage ");
    jam_octets_text(key, SHOWN, &what);
    jam_expect_octets(&place, pvm_buf_str(&what), keys.value, found ? &value : NULL);
    pvm_buf_deinit(&what);
    return expecting->status;
}

static void slots_text(struct pvm_buf *out, bool there, const struct jam_request *request)
{
    if (!there) {
        pvm_buf_text(out, "none");
        return;
    }
    pvm_buf_text(out, "[");
    for (unsigned i = 0; i < request->count; i++)
        pvm_buf_printf(out, "%s%" PRIu32, i != 0 ? ", " : "", request->slots[i]);
    pvm_buf_text(out, "]");
}

static bool same_request(bool has_a, const struct jam_request *a, bool has_b,
                         const struct jam_request *b)
{
    if (has_a != has_b || (has_a && a->count != b->count))
        return false;
    for (unsigned i = 0; has_a && i < a->count; i++)
        if (a->slots[i] != b->slots[i])
            return false;
    return true;
}

/* slots null: there is no such request. */
static enum pvm_status expect_request(struct jam_expecting *expecting,
                                      const struct jam_service *service, struct jam_json json)
{
    struct request_keys keys = {.length = 0};
    struct jam_request expected = {.count = 0};
    struct jam_request got = {.count = 0};
    struct jam_expect_place place =
        jam_expect_at(expecting, "service %" PRIu32 " request of %s", service->id, "");
    PVM_TRY(jam_json_fields(json, request_fields, JAM_JSON_COUNT(request_fields), &keys,
                            jam_expect_err(&place)));
    bool wanted = jam_json_type(keys.slots) != JAM_JSON_NULL;
    size_t count = 0;
    if (wanted)
        PVM_TRY(jam_fixture_count(&expecting->scenario->load, keys.slots, 3, &count));
    struct jam_json slot = jam_json_first(keys.slots);
    for (size_t i = 0; i < count; i++, slot = jam_json_next(slot)) {
        uint64_t value = 0;
        PVM_TRY(jam_json_u64(slot, UINT32_MAX, &value, jam_expect_err(&place)));
        expected.slots[expected.count++] = (uint32_t)value;
    }
    bool there = jam_request_get(service, &keys.hash, keys.length, &got);
    expecting->check_count++;
    if (same_request(wanted, &expected, there, &got))
        return PVM_OK;
    expecting->failure_count++;
    pvm_buf_printf(expecting->failures, "service %" PRIu32 " request 0x", service->id);
    pvm_buf_hex(expecting->failures, jam_hash_bytes(&keys.hash));
    pvm_buf_printf(expecting->failures, " length %" PRIu32 ": expected ", keys.length);
    slots_text(expecting->failures, wanted, &expected);
    pvm_buf_text(expecting->failures, ", got ");
    slots_text(expecting->failures, there, &got);
    pvm_buf_text(expecting->failures, "\n");
    return PVM_OK;
}

static enum pvm_status expect_preimage(struct jam_expecting *expecting,
                                       const struct jam_service *service, struct jam_json json)
{
    struct preimage_keys keys = {.blob = {NULL, NULL}};
    struct pvm_bytes blob = pvm_bytes_none();
    struct pvm_buf what = {.alloc = expecting->scenario->alloc};
    struct jam_expect_place place = jam_expect_at(expecting, "service %" PRIu32, service->id);
    PVM_TRY(jam_json_fields(json, preimage_fields, JAM_JSON_COUNT(preimage_fields), &keys,
                            jam_expect_err(&place)));
    bool found = jam_preimage_get(service, &keys.hash, &blob);
    pvm_buf_text(&what, "preimage 0x");
    pvm_buf_hex(&what, jam_hash_bytes(&keys.hash));
    jam_expect_octets(&place, pvm_buf_str(&what), keys.blob, found ? &blob : NULL);
    pvm_buf_deinit(&what);
    return expecting->status;
}

static enum pvm_status expect_each(
    struct jam_expecting *expecting, const struct jam_service *service, struct jam_json list,
    enum pvm_status (*one)(struct jam_expecting *, const struct jam_service *, struct jam_json))
{
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, expecting->scenario->err));
    for (struct jam_json json = jam_json_first(list); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(one(expecting, service, json));
    return PVM_OK;
}

static enum pvm_status expect_account(struct jam_expecting *expecting,
                                      const struct jam_service *service,
                                      const struct service_keys *keys)
{
    struct jam_expect_place place = jam_expect_at(expecting, "service %" PRIu32, service->id);
    jam_expect_hash(&place, "code_hash", keys->code_hash, &service->code_hash);
    jam_expect_number(&place, "balance", keys->balance, service->balance);
    jam_expect_number(&place, "items", keys->items, service->items);
    jam_expect_number(&place, "bytes", keys->bytes, service->bytes);
    jam_expect_number(&place, "min_item_gas", keys->min_item_gas, service->min_item_gas);
    jam_expect_number(&place, "min_memo_gas", keys->min_memo_gas, service->min_memo_gas);
    jam_expect_number(&place, "creation_slot", keys->creation_slot, service->creation_slot);
    jam_expect_number(&place, "last_accumulation_slot", keys->last_accumulation_slot,
                      service->last_accumulation_slot);
    jam_expect_number(&place, "parent_service", keys->parent_service, service->parent_service);
    PVM_TRY(expect_each(expecting, service, keys->storage, expect_storage));
    PVM_TRY(expect_each(expecting, service, keys->requests, expect_request));
    return expect_each(expecting, service, keys->preimages, expect_preimage);
}

static enum pvm_status expect_service(struct jam_expecting *expecting, struct jam_json json)
{
    struct service_keys keys = {.id = 0};
    bool wanted = true;
    struct pvm_err *err = expecting->scenario->err;
    PVM_TRY(jam_json_fields(json, service_fields, JAM_JSON_COUNT(service_fields), &keys, err));
    if (jam_json_has(keys.exists))
        PVM_TRY(jam_json_bool(keys.exists, &wanted, err));
    const struct jam_service *service = jam_state_find(&expecting->scenario->file->state, keys.id);
    struct jam_expect_place place = jam_expect_at(expecting, "service %" PRIu32, keys.id);
    expecting->check_count++;
    if (wanted != (service != NULL)) {
        jam_expect_begin(&place, "");
        pvm_buf_text(expecting->failures, wanted ? "to exist\n" : "not to exist\n");
        return PVM_OK;
    }
    return service != NULL ? expect_account(expecting, service, &keys) : PVM_OK;
}

enum pvm_status jam_expect_services(struct jam_expecting *expecting, struct jam_json list)
{
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, expecting->scenario->err));
    for (struct jam_json json = jam_json_first(list); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(expect_service(expecting, json));
    return PVM_OK;
}

struct privilege_keys {
    struct jam_json manager, delegator, registrar, assigners;
};

static const struct jam_json_field privilege_fields[] = {
    JAM_JSON_FIELD(struct privilege_keys, manager),
    JAM_JSON_FIELD(struct privilege_keys, delegator),
    JAM_JSON_FIELD(struct privilege_keys, registrar),
    JAM_JSON_FIELD(struct privilege_keys, assigners),
};

enum pvm_status jam_expect_privileges(struct jam_expecting *expecting, struct jam_json json)
{
    const struct jam_privileges *got = &expecting->scenario->file->state.privileges;
    struct privilege_keys keys = {.manager = {NULL, NULL}};
    struct jam_expect_place place = jam_expect_at(expecting, "privileges");
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_fields(json, privilege_fields, JAM_JSON_COUNT(privilege_fields), &keys,
                            jam_expect_err(&place)));
    jam_expect_number(&place, "manager", keys.manager, got->manager);
    jam_expect_number(&place, "delegator", keys.delegator, got->delegator);
    jam_expect_number(&place, "registrar", keys.registrar, got->registrar);
    if (!jam_json_has(keys.assigners))
        return PVM_OK;
    PVM_TRY(jam_json_expect(keys.assigners, JAM_JSON_ARRAY, jam_expect_err(&place)));
    size_t core = 0;
    for (struct jam_json id = jam_json_first(keys.assigners); jam_json_has(id);
         id = jam_json_next(id), core++) {
        struct jam_expect_place one =
            jam_expect_at(expecting, "privileges: assigner of core %zu", core);
        jam_expect_number(&one, "", id, jam_assigner_get(got, core));
    }
    return PVM_OK;
}
