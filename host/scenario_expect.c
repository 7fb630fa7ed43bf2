/* SPDX-License-Identifier: Apache-2.0 */
/* What is expected of a round, and of the state behind it: only what is said is compared. */
#include "host/scenario_parts.h"
#include "host/state_diff.h"

#include <inttypes.h>
#include <stdio.h>

enum { SHOWN = 40, PLACE_MAX = 96 };

struct expect_keys {
    struct jam_json packages, preimages, runs, block, reports, ready, accumulated, rounds, gas_used;
    struct jam_json waiting, yields, services, privileges;
};

static const struct jam_json_field expect_fields[] = {
    JAM_JSON_FIELD(struct expect_keys, packages),    JAM_JSON_FIELD(struct expect_keys, preimages),
    JAM_JSON_FIELD(struct expect_keys, runs),        JAM_JSON_FIELD(struct expect_keys, block),
    JAM_JSON_FIELD(struct expect_keys, reports),     JAM_JSON_FIELD(struct expect_keys, ready),
    JAM_JSON_FIELD(struct expect_keys, accumulated), JAM_JSON_FIELD(struct expect_keys, rounds),
    JAM_JSON_FIELD(struct expect_keys, gas_used),    JAM_JSON_FIELD(struct expect_keys, waiting),
    JAM_JSON_FIELD(struct expect_keys, yields),      JAM_JSON_FIELD(struct expect_keys, services),
    JAM_JSON_FIELD(struct expect_keys, privileges),
};

/* ---- comparing ---- */

/* Where a value stands, as failures call it: "runs[0]", "service 5". */
struct place {
    struct jam_expecting *expecting;
    char text[PLACE_MAX];
};

static struct pvm_err *err_of(const struct place *place)
{
    return place->expecting->scenario->err;
}

static void fail_begin(const struct place *place, const char *what)
{
    place->expecting->failure_count++;
    pvm_buf_printf(place->expecting->failures, "%s%s%s: expected ", place->text,
                   place->text[0] != '\0' && what[0] != '\0' ? " " : "", what);
}

static enum pvm_status number(const struct place *place, const char *what, struct jam_json json,
                              uint64_t got)
{
    uint64_t expected;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_u64(json, UINT64_MAX, &expected, err_of(place)));
    place->expecting->check_count++;
    if (expected == got)
        return PVM_OK;
    fail_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%" PRIu64 ", got %" PRIu64 "\n", expected, got);
    return PVM_OK;
}

static enum pvm_status text(const struct place *place, const char *what, struct jam_json json,
                            const char *got)
{
    const char *expected = NULL;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_text(json, &expected, err_of(place)));
    place->expecting->check_count++;
    if (strcmp(expected, got) == 0)
        return PVM_OK;
    fail_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%.80s, got %s\n", expected, got);
    return PVM_OK;
}

static enum pvm_status truth(const struct place *place, const char *what, struct jam_json json,
                             bool got)
{
    bool expected;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_bool(json, &expected, err_of(place)));
    place->expecting->check_count++;
    if (expected == got)
        return PVM_OK;
    fail_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%s, got %s\n", expected ? "yes" : "no",
                   got ? "yes" : "no");
    return PVM_OK;
}

static void octets_text(struct pvm_buf *out, const struct pvm_bytes *octets)
{
    if (octets == NULL)
        pvm_buf_text(out, "none");
    else if (octets->len == 0)
        pvm_buf_text(out, "empty");
    else
        jam_octets_text(*octets, SHOWN, out);
}

/* null stands for nothing there; so does got NULL. */
static enum pvm_status octets(const struct place *place, const char *what, struct jam_json json,
                              const struct pvm_bytes *got)
{
    struct jam_expecting *expecting = place->expecting;
    struct pvm_bytes expected = pvm_bytes_none();
    if (!jam_json_has(json))
        return PVM_OK;
    bool none = jam_json_type(json) == JAM_JSON_NULL;
    if (!none)
        PVM_TRY(jam_fixture_octets(&expecting->scenario->load, json, &expected));
    expecting->check_count++;
    if (none ? got == NULL : got != NULL && pvm_bytes_equal(expected, *got))
        return PVM_OK;
    fail_begin(place, what);
    octets_text(expecting->failures, none ? NULL : &expected);
    pvm_buf_text(expecting->failures, ", got ");
    octets_text(expecting->failures, got);
    pvm_buf_text(expecting->failures, "\n");
    return PVM_OK;
}

static enum pvm_status hash(const struct place *place, const char *what, struct jam_json json,
                            const struct jam_hash *got)
{
    struct pvm_bytes span = got != NULL ? jam_hash_bytes(got) : pvm_bytes_none();
    return octets(place, what, json, got != NULL ? &span : NULL);
}

/* How many entries a list has; the first of both are then compared one by one. */
static enum pvm_status counts(const struct place *place, const char *what, struct jam_json list,
                              size_t got)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err_of(place)));
    place->expecting->check_count++;
    if (jam_json_count(list) == got)
        return PVM_OK;
    fail_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%zu, got %zu\n", jam_json_count(list), got);
    return PVM_OK;
}

static struct place at(struct jam_expecting *expecting, const char *fmt, ...) PVM_PRINTF(2, 3);

static struct place at(struct jam_expecting *expecting, const char *fmt, ...)
{
    struct place place = {.expecting = expecting};
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(place.text, sizeof place.text, fmt, args);
    va_end(args);
    return place;
}

/* ---- packages ---- */

struct package_keys {
    struct jam_json refused, hash, trace, auth_gas_used, exports_root, exports, length, results;
};

static const struct jam_json_field package_fields[] = {
    JAM_JSON_FIELD(struct package_keys, refused),
    JAM_JSON_FIELD(struct package_keys, hash),
    JAM_JSON_FIELD(struct package_keys, trace),
    JAM_JSON_FIELD(struct package_keys, auth_gas_used),
    JAM_JSON_FIELD(struct package_keys, exports_root),
    JAM_JSON_FIELD(struct package_keys, exports),
    JAM_JSON_FIELD(struct package_keys, length),
    JAM_JSON_FIELD(struct package_keys, results),
};

struct result_keys {
    struct jam_json outcome, output, gas_used, exports;
};

static const struct jam_json_field result_fields[] = {
    JAM_JSON_FIELD(struct result_keys, outcome),
    JAM_JSON_FIELD(struct result_keys, output),
    JAM_JSON_FIELD(struct result_keys, gas_used),
    JAM_JSON_FIELD(struct result_keys, exports),
};

static enum pvm_status expect_results(struct jam_expecting *expecting, size_t index,
                                      const struct jam_scenario_package *package,
                                      struct jam_json list)
{
    const struct jam_report *report = &package->out.report;
    struct place whole = at(expecting, "packages[%zu]", index);
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(counts(&whole, "results", list, report->result_count));
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < report->result_count;
         i++, json = jam_json_next(json)) {
        const struct jam_work_digest *digest = &report->results[i];
        struct result_keys keys = {.outcome = {NULL, NULL}};
        struct place place = at(expecting, "packages[%zu].results[%zu]", index, i);
        PVM_TRY(jam_json_fields(json, result_fields, JAM_JSON_COUNT(result_fields), &keys,
                                err_of(&place)));
        bool halted = digest->result == JAM_ENDED_HALT;
        PVM_TRY(text(&place, "outcome", keys.outcome, jam_outcome_name(digest->result)));
        PVM_TRY(octets(&place, "output", keys.output, halted ? &digest->output : NULL));
        PVM_TRY(number(&place, "gas_used", keys.gas_used, digest->refine_load.gas_used));
        PVM_TRY(number(&place, "exports", keys.exports, digest->refine_load.exports));
    }
    return PVM_OK;
}

static enum pvm_status expect_report(struct jam_expecting *expecting, size_t index,
                                     const struct jam_scenario_package *package,
                                     const struct package_keys *keys)
{
    struct place place = at(expecting, "packages[%zu]", index);
    const struct jam_report *report = &package->out.report;
    bool any = jam_json_has(keys->trace) || jam_json_has(keys->exports_root) ||
               jam_json_has(keys->exports) || jam_json_has(keys->length) ||
               jam_json_has(keys->results);
    if (package->rule != JAM_PACKAGE_FINE) {
        if (any) {
            fail_begin(&place, "");
            pvm_buf_printf(expecting->failures, "a report, got %s\n",
                           jam_package_rule_name(package->rule));
        }
        return PVM_OK;
    }
    PVM_TRY(octets(&place, "trace", keys->trace, &report->auth_output));
    PVM_TRY(hash(&place, "exports_root", keys->exports_root, &report->package_spec.exports_root));
    PVM_TRY(number(&place, "exports", keys->exports, report->package_spec.exports_count));
    PVM_TRY(number(&place, "length", keys->length, report->package_spec.length));
    return expect_results(expecting, index, package, keys->results);
}

static enum pvm_status expect_packages(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_scenario_round *round = expecting->round;
    struct place whole = at(expecting, "packages");
    if (!jam_json_has(list))
        return PVM_OK;
    expecting->refusals_said = true;
    PVM_TRY(counts(&whole, "", list, round->package_count));
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < round->package_count;
         i++, json = jam_json_next(json)) {
        const struct jam_scenario_package *package = &round->packages[i];
        struct package_keys keys = {.refused = {NULL, NULL}};
        struct place place = at(expecting, "packages[%zu]", i);
        PVM_TRY(jam_json_fields(json, package_fields, JAM_JSON_COUNT(package_fields), &keys,
                                err_of(&place)));
        bool refused = package->rule != JAM_PACKAGE_FINE;
        if (jam_json_has(keys.refused) || refused)
            expecting->check_count++;
        if (jam_json_has(keys.refused)) {
            PVM_TRY(text(&place, "refused", keys.refused, jam_package_rule_name(package->rule)));
        } else if (refused) {
            fail_begin(&place, "");
            pvm_buf_printf(expecting->failures, "not to be refused, got %s: %s\n",
                           jam_package_rule_name(package->rule),
                           jam_package_rule_text(package->rule));
            continue;
        }
        PVM_TRY(hash(&place, "hash", keys.hash, &package->hash));
        PVM_TRY(number(&place, "auth_gas_used", keys.auth_gas_used, package->out.auth_gas_used));
        PVM_TRY(expect_report(expecting, i, package, &keys));
    }
    return PVM_OK;
}

/* ---- runs, preimages, yields ---- */

struct run_keys {
    struct jam_json service, on_transfer, outcome, gas, gas_used, context, yield, operands;
    struct jam_json transfers, made, new_services;
};

static const struct jam_json_field run_fields[] = {
    JAM_JSON_FIELD(struct run_keys, service),      JAM_JSON_FIELD(struct run_keys, on_transfer),
    JAM_JSON_FIELD(struct run_keys, outcome),      JAM_JSON_FIELD(struct run_keys, gas),
    JAM_JSON_FIELD(struct run_keys, gas_used),     JAM_JSON_FIELD(struct run_keys, context),
    JAM_JSON_FIELD(struct run_keys, yield),        JAM_JSON_FIELD(struct run_keys, operands),
    JAM_JSON_FIELD(struct run_keys, transfers),    JAM_JSON_FIELD(struct run_keys, made),
    JAM_JSON_FIELD(struct run_keys, new_services),
};

static enum pvm_status expect_run(struct jam_expecting *expecting, size_t index,
                                  const struct jam_scenario_run *run, struct jam_json json)
{
    struct run_keys keys = {.service = {NULL, NULL}};
    struct place place = at(expecting, "runs[%zu]", index);
    PVM_TRY(jam_json_fields(json, run_fields, JAM_JSON_COUNT(run_fields), &keys, err_of(&place)));
    PVM_TRY(number(&place, "service", keys.service, run->service));
    PVM_TRY(truth(&place, "on_transfer", keys.on_transfer, run->on_transfer));
    PVM_TRY(text(&place, "outcome", keys.outcome, jam_outcome_name(run->outcome)));
    PVM_TRY(number(&place, "gas", keys.gas, run->gas));
    PVM_TRY(number(&place, "gas_used", keys.gas_used, run->gas_used));
    PVM_TRY(text(&place, "context", keys.context, run->exceptional ? "exceptional" : "regular"));
    PVM_TRY(hash(&place, "yield", keys.yield, run->has_yield ? &run->yield : NULL));
    PVM_TRY(number(&place, "operands", keys.operands, run->operand_count));
    PVM_TRY(number(&place, "transfers", keys.transfers, run->transfer_count));
    PVM_TRY(number(&place, "made", keys.made, run->made_count));
    if (!jam_json_has(keys.new_services))
        return PVM_OK;
    PVM_TRY(counts(&place, "new_services", keys.new_services, run->new_count));
    struct jam_json id = jam_json_first(keys.new_services);
    for (size_t i = 0; jam_json_has(id) && i < run->new_count; i++, id = jam_json_next(id))
        PVM_TRY(number(&place, "new service", id, run->new_services[i]));
    return PVM_OK;
}

static enum pvm_status expect_runs(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_scenario_round *round = expecting->round;
    struct place whole = at(expecting, "runs");
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(counts(&whole, "", list, round->run_count));
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < round->run_count; i++, json = jam_json_next(json))
        PVM_TRY(expect_run(expecting, i, &round->runs[i], json));
    return PVM_OK;
}

static enum pvm_status expect_preimages(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_scenario_round *round = expecting->round;
    struct place whole = at(expecting, "preimages");
    if (!jam_json_has(list))
        return PVM_OK;
    expecting->preimages_said = true;
    PVM_TRY(counts(&whole, "", list, round->preimage_count));
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < round->preimage_count;
         i++, json = jam_json_next(json)) {
        const struct jam_scenario_preimage *preimage = &round->preimages[i];
        struct place place = at(expecting, "preimages[%zu]", i);
        bool fine = preimage->rule == JAM_PREIMAGES_FINE;
        PVM_TRY(text(&place, "", json,
                     fine && !preimage->stored ? "not_stored"
                                               : jam_preimage_rule_name(preimage->rule)));
    }
    return PVM_OK;
}

struct yield_keys {
    struct jam_json service, hash;
};

static const struct jam_json_field yield_fields[] = {
    JAM_JSON_NEEDED(struct yield_keys, service),
    JAM_JSON_NEEDED(struct yield_keys, hash),
};

static enum pvm_status expect_yields(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_state *state = &expecting->scenario->file->state;
    struct place whole = at(expecting, "yields");
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(counts(&whole, "", list, state->output_count));
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < state->output_count;
         i++, json = jam_json_next(json)) {
        struct yield_keys keys = {.service = {NULL, NULL}};
        struct place place = at(expecting, "yields[%zu]", i);
        PVM_TRY(jam_json_fields(json, yield_fields, JAM_JSON_COUNT(yield_fields), &keys,
                                err_of(&place)));
        PVM_TRY(number(&place, "service", keys.service, state->outputs[i].service));
        PVM_TRY(hash(&place, "hash", keys.hash, &state->outputs[i].hash));
    }
    return PVM_OK;
}

/* ---- services and privileges ---- */

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
    struct place place = at(expecting, "service %" PRIu32, service->id);
    PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, err_of(&place)));
    PVM_TRY(jam_fixture_octets(&expecting->scenario->load, keys.key, &key));
    bool found = jam_storage_get(service, key, &value);
    pvm_buf_text(&what, "storage ");
    jam_octets_text(key, SHOWN, &what);
    enum pvm_status status = octets(&place, pvm_buf_str(&what), keys.value, found ? &value : NULL);
    pvm_buf_deinit(&what);
    return status;
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
    struct place place = at(expecting, "service %" PRIu32 " request of %s", service->id, "");
    PVM_TRY(jam_json_fields(json, request_fields, JAM_JSON_COUNT(request_fields), &keys,
                            err_of(&place)));
    bool wanted = jam_json_type(keys.slots) != JAM_JSON_NULL;
    size_t count = 0;
    if (wanted)
        PVM_TRY(jam_fixture_count(&expecting->scenario->load, keys.slots, 3, &count));
    struct jam_json slot = jam_json_first(keys.slots);
    for (size_t i = 0; i < count; i++, slot = jam_json_next(slot)) {
        uint64_t value = 0;
        PVM_TRY(jam_json_u64(slot, UINT32_MAX, &value, err_of(&place)));
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
    struct place place = at(expecting, "service %" PRIu32, service->id);
    PVM_TRY(jam_json_fields(json, preimage_fields, JAM_JSON_COUNT(preimage_fields), &keys,
                            err_of(&place)));
    bool found = jam_preimage_get(service, &keys.hash, &blob);
    pvm_buf_text(&what, "preimage 0x");
    pvm_buf_hex(&what, jam_hash_bytes(&keys.hash));
    enum pvm_status status = octets(&place, pvm_buf_str(&what), keys.blob, found ? &blob : NULL);
    pvm_buf_deinit(&what);
    return status;
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
    struct place place = at(expecting, "service %" PRIu32, service->id);
    PVM_TRY(hash(&place, "code_hash", keys->code_hash, &service->code_hash));
    PVM_TRY(number(&place, "balance", keys->balance, service->balance));
    PVM_TRY(number(&place, "items", keys->items, service->items));
    PVM_TRY(number(&place, "bytes", keys->bytes, service->bytes));
    PVM_TRY(number(&place, "min_item_gas", keys->min_item_gas, service->min_item_gas));
    PVM_TRY(number(&place, "min_memo_gas", keys->min_memo_gas, service->min_memo_gas));
    PVM_TRY(number(&place, "creation_slot", keys->creation_slot, service->creation_slot));
    PVM_TRY(number(&place, "last_accumulation_slot", keys->last_accumulation_slot,
                   service->last_accumulation_slot));
    PVM_TRY(number(&place, "parent_service", keys->parent_service, service->parent_service));
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
    struct place place = at(expecting, "service %" PRIu32, keys.id);
    expecting->check_count++;
    if (wanted != (service != NULL)) {
        fail_begin(&place, "");
        pvm_buf_text(expecting->failures, wanted ? "to exist\n" : "not to exist\n");
        return PVM_OK;
    }
    return service != NULL ? expect_account(expecting, service, &keys) : PVM_OK;
}

static enum pvm_status expect_services(struct jam_expecting *expecting, struct jam_json list)
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

static enum pvm_status expect_privileges(struct jam_expecting *expecting, struct jam_json json)
{
    const struct jam_privileges *got = &expecting->scenario->file->state.privileges;
    struct privilege_keys keys = {.manager = {NULL, NULL}};
    struct place place = at(expecting, "privileges");
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_fields(json, privilege_fields, JAM_JSON_COUNT(privilege_fields), &keys,
                            err_of(&place)));
    PVM_TRY(number(&place, "manager", keys.manager, got->manager));
    PVM_TRY(number(&place, "delegator", keys.delegator, got->delegator));
    PVM_TRY(number(&place, "registrar", keys.registrar, got->registrar));
    if (!jam_json_has(keys.assigners))
        return PVM_OK;
    PVM_TRY(jam_json_expect(keys.assigners, JAM_JSON_ARRAY, err_of(&place)));
    size_t core = 0;
    for (struct jam_json id = jam_json_first(keys.assigners); jam_json_has(id);
         id = jam_json_next(id), core++) {
        struct place one = at(expecting, "privileges: assigner of core %zu", core);
        PVM_TRY(number(&one, "", id, jam_assigner_get(got, core)));
    }
    return PVM_OK;
}

/* ---- all ---- */

static size_t waiting(const struct jam_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->ready_count; i++)
        count += state->ready[i].count;
    return count;
}

static enum pvm_status expect_block(struct jam_expecting *expecting, const struct expect_keys *keys)
{
    const struct jam_scenario_round *round = expecting->round;
    struct place place = at(expecting, "block");
    PVM_TRY(text(&place, "", keys->block, round->block_invalid ? "invalid" : "valid"));
    expecting->block_said = expecting->block_said || jam_json_has(keys->block);
    PVM_TRY(number(&place, "reports", keys->reports, round->report_count));
    PVM_TRY(number(&place, "ready", keys->ready, round->block.ready_count));
    PVM_TRY(number(&place, "accumulated", keys->accumulated, round->block.accumulated_count));
    PVM_TRY(number(&place, "rounds", keys->rounds, round->block.round_count));
    return number(&place, "gas_used", keys->gas_used, round->block.gas_used);
}

/* Keys that mean something for a round only. */
static enum pvm_status check_end(const struct expect_keys *keys, struct pvm_err *err)
{
    const struct jam_json only[] = {keys->packages,    keys->preimages, keys->runs,
                                    keys->block,       keys->reports,   keys->ready,
                                    keys->accumulated, keys->rounds,    keys->gas_used};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++)
        if (jam_json_has(only[i]))
            return jam_json_fail(only[i], err, "can be expected of a round only");
    return PVM_OK;
}

enum pvm_status jam_scenario_expect(struct jam_expecting *expecting, struct jam_json expect)
{
    struct jam_scenario *s = expecting->scenario;
    struct expect_keys keys = {.packages = {NULL, NULL}};
    struct place place = at(expecting, "%s", "");
    if (!jam_json_has(expect) || jam_json_type(expect) == JAM_JSON_NULL)
        return PVM_OK;
    PVM_TRY(jam_json_fields(expect, expect_fields, JAM_JSON_COUNT(expect_fields), &keys, s->err));
    if (expecting->round == NULL) {
        PVM_TRY(check_end(&keys, s->err));
    } else {
        PVM_TRY(expect_packages(expecting, keys.packages));
        PVM_TRY(expect_block(expecting, &keys));
        PVM_TRY(expect_runs(expecting, keys.runs));
        PVM_TRY(expect_preimages(expecting, keys.preimages));
    }
    PVM_TRY(number(&place, "waiting", keys.waiting, waiting(&s->file->state)));
    PVM_TRY(expect_yields(expecting, keys.yields));
    PVM_TRY(expect_services(expecting, keys.services));
    return expect_privileges(expecting, keys.privileges);
}

enum pvm_status jam_scenario_unsaid(struct jam_expecting *expecting)
{
    const struct jam_scenario_round *round = expecting->round;
    struct pvm_buf *out = expecting->failures;
    for (size_t i = 0; i < round->package_count && !expecting->refusals_said; i++)
        if (round->packages[i].rule != JAM_PACKAGE_FINE) {
            expecting->failure_count++;
            pvm_buf_printf(out, "packages[%zu]: refused: %s: %s\n", i,
                           jam_package_rule_name(round->packages[i].rule),
                           jam_package_rule_text(round->packages[i].rule));
        }
    for (size_t i = 0; i < round->preimage_count && !expecting->preimages_said; i++)
        if (round->preimages[i].rule != JAM_PREIMAGES_FINE) {
            expecting->failure_count++;
            pvm_buf_printf(out, "preimages[%zu]: refused: %s: %s\n", i,
                           jam_preimage_rule_name(round->preimages[i].rule),
                           jam_preimage_rule_text(round->preimages[i].rule));
        }
    if (round->block_invalid && !expecting->block_said) {
        expecting->failure_count++;
        pvm_buf_printf(out, "block: invalid: %s\n", round->block_why);
    }
    return pvm_buf_status(out, expecting->scenario->err);
}
