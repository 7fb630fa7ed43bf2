/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges, queues, history and statistics in the JSON of the public vectors. */
#include "host/state_load.h"
#include "host/state_report.h"

/* ---- reading ---- */

struct privilege_keys {
    uint32_t bless, designate, registrar;
    struct jam_json assign, always_acc;
};

static const struct jam_json_field privilege_fields[] = {
    JAM_JSON_FIELD(struct privilege_keys, bless),
    JAM_JSON_FIELD(struct privilege_keys, assign),
    JAM_JSON_FIELD(struct privilege_keys, designate),
    JAM_JSON_ROW(struct privilege_keys, registrar, "register", false),
    JAM_JSON_FIELD(struct privilege_keys, always_acc),
};

struct always_keys {
    uint32_t id;
    uint64_t gas;
};

static const struct jam_json_field always_fields[] = {
    JAM_JSON_NEEDED(struct always_keys, id),
    JAM_JSON_NEEDED(struct always_keys, gas),
};

/* The assigner of a core. Where one is for all cores they must be the same. */
static enum pvm_status read_assigner(struct jam_state_load *load, struct jam_json json, size_t core)
{
    struct jam_privileges *privileges = &load->state->privileges;
    bool one = load->out->profile->state.privileges == JAM_PRIVILEGES_062;
    uint64_t id = 0;
    PVM_TRY(jam_json_u64(json, UINT32_MAX, &id, load->err));
    if (!one || core == 0)
        return jam_assigner_set(privileges, core, (uint32_t)id, load->err);
    if (id != jam_assigner_get(privileges, 0))
        return jam_json_fail(json, load->err, "GP %s has one assigner for all cores",
                             load->out->profile->name);
    return PVM_OK;
}

/* One id for all cores, or one for each; those that are left out are 0. */
static enum pvm_status read_assigners(struct jam_state_load *load, struct jam_json json)
{
    bool one = load->out->profile->state.privileges == JAM_PRIVILEGES_062;
    size_t cores = (size_t)load->out->params.core_count;
    bool list = jam_json_type(json) == JAM_JSON_ARRAY;
    struct jam_json it = list ? jam_json_first(json) : json;
    if (!jam_json_has(json))
        return PVM_OK;
    if (list && jam_json_count(json) > cores)
        return jam_json_fail(json, load->err, "%zu assigners, at most %zu are possible",
                             jam_json_count(json), cores);
    PVM_TRY(jam_assigners_set(&load->state->privileges, NULL, one ? 1 : cores, load->err));
    for (size_t core = 0; core < cores && jam_json_has(it); core++) {
        PVM_TRY(read_assigner(load, it, core));
        it = list ? jam_json_next(it) : it;
    }
    return PVM_OK;
}

static enum pvm_status read_always(struct jam_state_load *load, struct jam_json json)
{
    struct jam_privileges *privileges = &load->state->privileges;
    uint64_t old;
    if (jam_json_has(json))
        PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct always_keys keys = {.id = 0};
        PVM_TRY(
            jam_json_fields(it, always_fields, JAM_JSON_COUNT(always_fields), &keys, load->err));
        if (jam_always_get(privileges, keys.id, &old))
            return jam_json_fail(it, load->err, "service %u is there already", (unsigned)keys.id);
        PVM_TRY(jam_always_set(privileges, keys.id, keys.gas, load->err));
    }
    return PVM_OK;
}

enum pvm_status jam_load_privileges(struct jam_state_load *load, struct jam_json json)
{
    struct privilege_keys keys = {.bless = 0};
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_fields(json, privilege_fields, JAM_JSON_COUNT(privilege_fields), &keys,
                            load->err));
    if (keys.registrar != 0 && load->out->profile->state.privileges != JAM_PRIVILEGES_071)
        return jam_json_fail(json, load->err, "GP %s has no register", load->out->profile->name);
    load->state->privileges.manager = keys.bless;
    load->state->privileges.delegator = keys.designate;
    load->state->privileges.registrar = keys.registrar;
    load->out->present |= jam_state_bit(JAM_STATE_PRIVILEGES);
    PVM_TRY(read_assigners(load, keys.assign));
    return read_always(load, keys.always_acc);
}

/* The lists of an epoch's slots: how many there are, at most all. */
static enum pvm_status epoch_lists(struct jam_state_load *load, struct jam_json json, size_t *count)
{
    uint64_t slots = load->out->params.epoch_length;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    *count = jam_json_count(json);
    if (*count > slots)
        return jam_json_fail(json, load->err, "%zu lists, an epoch has %zu slots", *count,
                             (size_t)slots);
    return PVM_OK;
}

static enum pvm_status read_hashes(struct jam_state_load *load, struct jam_json json,
                                   struct jam_hash_list *list)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_hash hash = {{0}};
        PVM_TRY(jam_json_hash(it, &hash, load->err));
        PVM_TRY(jam_hash_list_add(list, load->state->alloc, &hash, load->err));
    }
    return PVM_OK;
}

struct ready_keys {
    struct jam_json report, dependencies;
};

static const struct jam_json_field ready_fields[] = {
    JAM_JSON_NEEDED(struct ready_keys, report),
    JAM_JSON_NEEDED(struct ready_keys, dependencies),
};

static enum pvm_status read_ready(struct jam_state_load *load, struct jam_json json,
                                  struct jam_ready_list *list)
{
    struct ready_keys keys = {.report = json};
    struct pvm_buf octets = {.alloc = load->state->alloc};
    PVM_TRY(jam_json_fields(json, ready_fields, JAM_JSON_COUNT(ready_fields), &keys, load->err));
    enum pvm_status status =
        jam_state_report_read(keys.report, load->out->profile, &octets, load->err);
    struct jam_blob *blob = NULL;
    if (status == PVM_OK) {
        blob = jam_blob_new(load->state->alloc, pvm_buf_bytes(&octets));
        status = blob != NULL ? jam_ready_add(list, load->state->alloc, blob, NULL, 0, load->err)
                              : pvm_fail(load->err, PVM_E_MEMORY, "no memory for a report");
    }
    jam_blob_unref(blob);
    pvm_buf_deinit(&octets);
    PVM_TRY(status);
    return read_hashes(load, keys.dependencies, &list->list[list->count - 1].dependencies);
}

enum pvm_status jam_load_ready(struct jam_state_load *load, struct jam_json json)
{
    size_t count = 0;
    size_t slot = 0;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(epoch_lists(load, json, &count));
    PVM_TRY(jam_state_set_ready(load->state, (size_t)load->out->params.epoch_length, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        PVM_TRY(jam_json_expect(it, JAM_JSON_ARRAY, load->err));
        for (struct jam_json in = jam_json_first(it); jam_json_has(in); in = jam_json_next(in))
            PVM_TRY(read_ready(load, in, &load->state->ready[slot]));
        slot++;
    }
    load->out->present |= jam_state_bit(JAM_STATE_READY);
    return PVM_OK;
}

/* The lists given are the newest, which stand last. */
enum pvm_status jam_load_accumulated(struct jam_state_load *load, struct jam_json json)
{
    size_t count = 0;
    size_t slots = (size_t)load->out->params.epoch_length;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(epoch_lists(load, json, &count));
    PVM_TRY(jam_state_set_accumulated(load->state, slots, load->err));
    struct jam_hash_list *list = load->state->accumulated + (slots - count);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(read_hashes(load, it, list++));
    load->out->present |= jam_state_bit(JAM_STATE_ACCUMULATED);
    return PVM_OK;
}

struct stat_keys {
    uint32_t id;
    struct jam_json record;
};

static const struct jam_json_field stat_fields[] = {
    JAM_JSON_NEEDED(struct stat_keys, id),
    JAM_JSON_NEEDED(struct stat_keys, record),
};

static const struct jam_json_field record_fields[] = {
#define X(name) JAM_JSON_FIELD(struct jam_service_stat, name),
    JAM_SERVICE_STATS(X)
#undef X
};

enum pvm_status jam_load_stats(struct jam_state_load *load, struct jam_json json)
{
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct stat_keys keys = {.id = 0};
        struct jam_service_stat *stat;
        size_t before = load->state->stat_count;
        PVM_TRY(jam_json_fields(it, stat_fields, JAM_JSON_COUNT(stat_fields), &keys, load->err));
        PVM_TRY(jam_state_stat(load->state, keys.id, &stat, load->err));
        if (load->state->stat_count == before)
            return jam_json_fail(it, load->err, "service %u is there already", (unsigned)keys.id);
        PVM_TRY(jam_json_fields(keys.record, record_fields, JAM_JSON_COUNT(record_fields), stat,
                                load->err));
    }
    load->out->present |= jam_state_bit(JAM_STATE_STATISTICS);
    return PVM_OK;
}

/* ---- writing ---- */

void jam_put_privileges(const struct jam_state_file *file, struct jam_out *json)
{
    const struct jam_privileges *from = &file->state.privileges;
    enum jam_privileges_form form = file->profile->state.privileges;
    struct jam_always always;
    jam_out_object(json, "privileges");
    jam_out_number(json, "bless", from->manager);
    if (form == JAM_PRIVILEGES_062) {
        jam_out_number(json, "assign", jam_assigner_get(from, 0));
    } else {
        jam_out_array(json, "assign");
        for (size_t core = 0; core < file->params.core_count; core++)
            jam_out_number(json, NULL, jam_assigner_get(from, core));
        jam_out_end_array(json);
    }
    jam_out_number(json, "designate", from->delegator);
    if (form == JAM_PRIVILEGES_071)
        jam_out_number(json, "register", from->registrar);
    jam_out_array(json, "always_acc");
    for (uint64_t id = 0; jam_always_from(from, id, &always); id = (uint64_t)always.service + 1) {
        jam_out_object(json, NULL);
        jam_out_number(json, "id", always.service);
        jam_out_number(json, "gas", always.gas);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void put_hashes(const struct jam_hash_list *list, const char *key, struct jam_out *json)
{
    jam_out_array(json, key);
    for (size_t i = 0; i < list->count; i++)
        jam_out_hex(json, NULL, jam_hash_bytes(&list->list[i]));
    jam_out_end_array(json);
}

void jam_put_ready(const struct jam_state_file *file, bool shorten, struct jam_out *json)
{
    static const struct jam_ready_list none;
    const struct jam_state *state = &file->state;
    size_t count = (size_t)file->params.epoch_length;
    if (shorten)
        for (count = state->ready_count; count > 0 && state->ready[count - 1].count == 0;)
            count--;
    jam_out_array(json, "ready_queue");
    for (size_t slot = 0; slot < count; slot++) {
        const struct jam_ready_list *list = slot < state->ready_count ? &state->ready[slot] : &none;
        jam_out_array(json, NULL);
        for (size_t i = 0; i < list->count; i++) {
            jam_out_object(json, NULL);
            jam_state_report_write(file->profile, jam_blob_bytes(list->list[i].report), "report",
                                   json);
            put_hashes(&list->list[i].dependencies, "dependencies", json);
            jam_out_end_object(json);
        }
        jam_out_end_array(json);
    }
    jam_out_end_array(json);
}

void jam_put_accumulated(const struct jam_state_file *file, bool shorten, struct jam_out *json)
{
    static const struct jam_hash_list none;
    const struct jam_state *state = &file->state;
    size_t slots = (size_t)file->params.epoch_length;
    size_t known = state->accumulated_count;
    size_t first = 0;
    while (shorten && first < slots && (first >= known || state->accumulated[first].count == 0))
        first++;
    jam_out_array(json, "accumulated");
    for (size_t slot = first; slot < slots; slot++)
        put_hashes(slot < known ? &state->accumulated[slot] : &none, NULL, json);
    jam_out_end_array(json);
}

void jam_put_stats(const struct jam_state_file *file, struct jam_out *json)
{
    bool transfers = file->profile->state.stats != JAM_STATS_071;
    bool gas = file->profile->state.stats == JAM_STATS_064;
    jam_out_array(json, "statistics");
    for (size_t i = 0; i < file->state.stat_count; i++) {
        const struct jam_service_stat *stat = &file->state.stats[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "id", stat->service);
        jam_out_object(json, "record");
        jam_out_number(json, "provided_count", stat->provided_count);
        jam_out_number(json, "provided_size", stat->provided_size);
        jam_out_number(json, "refinement_count", stat->refinement_count);
        jam_out_number(json, "refinement_gas_used", stat->refinement_gas_used);
        jam_out_number(json, "imports", stat->imports);
        jam_out_number(json, "extrinsic_count", stat->extrinsic_count);
        jam_out_number(json, "extrinsic_size", stat->extrinsic_size);
        jam_out_number(json, "exports", stat->exports);
        jam_out_number(json, "accumulate_count", stat->accumulate_count);
        jam_out_number(json, "accumulate_gas_used", stat->accumulate_gas_used);
        if (transfers)
            jam_out_number(json, "on_transfers_count", stat->on_transfers_count);
        if (gas)
            jam_out_number(json, "on_transfers_gas_used", stat->on_transfers_gas_used);
        jam_out_end_object(json);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}
