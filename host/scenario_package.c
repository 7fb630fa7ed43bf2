/* SPDX-License-Identifier: Apache-2.0 */
/* The packages of a scenario's round, and the reports that become available in it. */
#include "host/codec.h"
#include "host/scenario_parts.h"
#include "host/state_report.h"

#include <stdio.h>

enum { PACKAGES_MAX = 1 << 12, DELAY_MAX = 1 << 16 };

/* ---- logs ---- */

static void on_log(void *user, const struct jam_log_line *line)
{
    struct jam_scenario *s = user;
    if (s->options->log != NULL)
        s->options->log(s->options->user, &s->source, line);
}

/* ---- observers ---- */

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    const struct jam_scenario *s = user;
    s->options->watch.step(s->options->watch.user, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    const struct jam_scenario *s = user;
    s->options->watch.call(s->options->watch.user, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    const struct jam_scenario *s = user;
    s->options->watch.memory(s->options->watch.user, event);
}

static struct jam_hooks hooks(struct jam_scenario *s)
{
    const struct jam_hooks *watch = &s->options->watch;
    return (struct jam_hooks){.step = watch->step != NULL ? on_step : NULL,
                              .log = on_log,
                              .call = watch->call != NULL ? on_call : NULL,
                              .memory = watch->memory != NULL ? on_memory : NULL,
                              .user = s};
}

/* A package being computed. */
struct work {
    struct jam_scenario *scenario;
    struct jam_scenario_package *package;
};

static void on_start(void *user, int64_t item, uint32_t service)
{
    struct work *work = user;
    work->scenario->source = (struct jam_scenario_source){(int64_t)work->package->core,
                                                          item < 0 ? -1 : (int64_t)service};
}

static void on_ran(void *user, const struct jam_package_step *step)
{
    struct work *work = user;
    uint64_t limit = jam_run_result(step->run)->gas_limit;
    if (step->item < 0)
        work->package->auth_gas_limit = limit;
    else
        work->package->gas_limits[step->item] = limit;
    if (work->scenario->options->ran != NULL)
        work->scenario->options->ran(work->scenario->options->user,
                                     step->item < 0 ? JAM_IS_AUTHORIZED : JAM_REFINE,
                                     &work->scenario->source, step->run);
}

/* ---- what a package is made from ---- */

struct entry_keys {
    struct jam_json package;
    uint32_t delay;
};

static const struct jam_json_field entry_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, package),
    JAM_JSON_FIELD(struct entry_keys, delay),
};

static bool find_name(void *user, const char *name, struct jam_hash *hash)
{
    const struct jam_scenario *s = user;
    struct pvm_bytes value;
    if (!jam_map_get(&s->names, pvm_bytes(name, strlen(name)), &value))
        return false;
    memcpy(hash->octets, value.ptr, JAM_HASH_SIZE);
    return true;
}

/* What belongs to the scenario as a whole. */
static enum pvm_status check_keys(struct jam_scenario *s, struct jam_json json)
{
    static const char *const others[] = {"services", "gp", "params"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct jam_json member = jam_json_get(json, others[i]);
        if (jam_json_has(member))
            return jam_json_fail(member, s->err, "in a scenario the state says this");
    }
    return PVM_OK;
}

static enum pvm_status load_file(struct jam_scenario *s, struct jam_json json,
                                 struct jam_fixture_options *how, struct jam_fixture **out)
{
    const char *path = NULL;
    struct pvm_buf joined = {.alloc = s->alloc};
    struct pvm_err inner = {0};
    PVM_TRY(jam_json_text(json, &path, s->err));
    if (path[0] != '/' && s->options->folder != NULL)
        pvm_buf_printf(&joined, "%s/", s->options->folder);
    pvm_buf_text(&joined, path);
    const char *name = pvm_buf_str(&joined);
    enum pvm_status status = pvm_buf_status(&joined, &inner);
    how->folder = NULL;
    if (status == PVM_OK)
        status = jam_fixture_load_file(name, how, out, &inner);
    pvm_buf_deinit(&joined);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(&s->load, json, &inner);
}

static enum pvm_status load_package(struct jam_scenario *s, struct jam_json json, size_t index,
                                    struct jam_fixture **out)
{
    bool object = jam_json_type(json) == JAM_JSON_OBJECT;
    bool says_core = object && (jam_json_has(jam_json_get(json, "core")) ||
                                jam_json_has(jam_json_get(json, "core_index")));
    struct jam_fixture_options how = {
        .profile = s->file->profile,
        .extensions = s->values.profile->extensions,
        .extension_count = s->values.profile->extension_count,
        .invocation = JAM_REFINE,
        .has_core = object && !says_core && index < s->file->params.core_count,
        .core = index,
        .state = &s->file->state,
        .params = &s->file->params,
        .named = find_name,
        .store = s->store,
        .folder = s->options->folder,
        .user = s,
        .alloc = s->alloc,
    };
    if (!object)
        return load_file(s, json, &how, out);
    PVM_TRY(check_keys(s, json));
    return jam_fixture_load_json(json, s->file_name, &how, out, s->err);
}

/* ---- rules ---- */

static bool is_known(const struct jam_scenario *s, const struct jam_hash *hash)
{
    const struct jam_state *state = &s->file->state;
    struct pvm_bytes value;
    if (jam_map_get(&s->known, jam_hash_bytes(hash), &value))
        return true;
    for (size_t i = 0; i < state->accumulated_count; i++)
        for (size_t k = 0; k < state->accumulated[i].count; k++)
            if (jam_hash_equal(&state->accumulated[i].list[k], hash))
                return true;
    return false;
}

static enum jam_package_rule check_items(const struct jam_scenario *s,
                                         const struct jam_work_package *package)
{
    for (size_t i = 0; i < package->item_count; i++) {
        const struct jam_work_item *item = &package->items[i];
        const struct jam_service *service = jam_state_find(&s->file->state, item->service);
        if (service == NULL)
            return JAM_PACKAGE_SERVICE;
        if (!jam_hash_equal(&service->code_hash, &item->code_hash))
            return JAM_PACKAGE_CODE_HASH;
        if (item->accumulate_gas_limit < service->min_item_gas)
            return JAM_PACKAGE_ITEM_GAS;
    }
    return JAM_PACKAGE_FINE;
}

static enum jam_package_rule check_dependencies(const struct jam_scenario *s,
                                                const struct jam_scenario_package *package)
{
    const struct jam_fixture *fixture = package->fixture;
    const struct jam_refine_context *context = &fixture->package.context;
    if (is_known(s, &package->hash))
        return JAM_PACKAGE_DUPLICATE;
    if (context->prerequisite_count + fixture->lookup_count > s->file->params.max_dependencies)
        return JAM_PACKAGE_DEPENDENCIES;
    for (size_t i = 0; i < context->prerequisite_count; i++)
        if (!is_known(s, &context->prerequisites[i]))
            return JAM_PACKAGE_DEPENDENCY;
    return JAM_PACKAGE_FINE;
}

static bool is_engaged(const struct jam_round_play *play, uint64_t core)
{
    for (size_t i = 0; i < play->report_count; i++)
        if (play->reports[i].core_index == core)
            return true;
    return false;
}

static enum jam_package_rule check_package(const struct jam_round_play *play,
                                           const struct jam_scenario_package *package,
                                           bool unchecked)
{
    const struct jam_scenario *s = play->scenario;
    const struct jam_work_package *p = &package->fixture->package;
    struct jam_hash authorizer = jam_package_authorizer(p);
    enum jam_package_rule rule = JAM_PACKAGE_FINE;
    if (!unchecked)
        rule = jam_package_check(p, &s->file->params);
    if (rule == JAM_PACKAGE_FINE && !unchecked)
        rule = check_items(s, p);
    if (rule == JAM_PACKAGE_FINE)
        rule = check_dependencies(s, package);
    if (rule == JAM_PACKAGE_FINE && package->delay == 0 && is_engaged(play, package->core))
        return JAM_PACKAGE_ENGAGED;
    if (rule == JAM_PACKAGE_FINE && s->pools_known &&
        !jam_pool_has(&s->file->state, package->core, &authorizer))
        return JAM_PACKAGE_POOL;
    return rule;
}

/* ---- computing ---- */

static enum pvm_status compute(struct jam_round_play *play, struct jam_scenario_package *package)
{
    struct jam_scenario *s = play->scenario;
    struct work work = {s, package};
    struct jam_package_in in = jam_fixture_package_in(package->fixture);
    struct jam_package_options how = {
        .profile = package->fixture->profile,
        .params = &s->file->params,
        .alloc = s->alloc,
        .limits = s->options->limits,
        .hooks = hooks(s),
        .starts = on_start,
        .ran = on_ran,
        .user = &work,
    };
    char prefix[JAM_SEG_NAME];
    (void)snprintf(prefix, sizeof prefix, "round %zu, core %llu, ", play->told.index,
                   (unsigned long long)package->core);
    how.tape = s->options->tape;
    how.tape_prefix = prefix;
    void *limits;
    PVM_TRY(jam_round_get(play, in.package->item_count, sizeof(uint64_t), &limits));
    package->gas_limits = limits;
    package->computed = true;
    PVM_TRY(jam_package_compute(&in, &how, &package->out, s->err));
    package->rule = package->out.rule;
    if (package->rule == JAM_PACKAGE_UNAUTHORIZED)
        package->detail = jam_outcome_text(package->out.auth_outcome);
    return PVM_OK;
}

static enum pvm_status add_report(struct jam_round_play *play, const struct jam_report *report)
{
    if (play->report_count == play->report_cap) {
        void *list;
        size_t cap = play->report_cap * 2 + 8;
        PVM_TRY(jam_round_get(play, cap, sizeof *play->reports, &list));
        if (play->report_count > 0)
            memcpy(list, play->reports, play->report_count * sizeof *play->reports);
        play->reports = list;
        play->report_cap = cap;
    }
    size_t at = play->report_count++;
    for (; at > 0 && play->reports[at - 1].core_index > report->core_index; at--)
        play->reports[at] = play->reports[at - 1];
    play->reports[at] = *report;
    return PVM_OK;
}

static enum pvm_status hold_back(struct jam_round_play *play,
                                 const struct jam_scenario_package *package)
{
    struct jam_scenario *s = play->scenario;
    struct pvm_buf encoded = {.alloc = s->alloc};
    if (s->pending_count == s->pending_cap) {
        size_t cap = s->pending_cap * 2 + 8;
        void *grown = pvm_alloc_resize(s->alloc, s->pending, cap * sizeof *s->pending);
        if (grown == NULL)
            return pvm_fail(s->err, PVM_E_MEMORY, "no memory for %zu reports", cap);
        s->pending = grown;
        s->pending_cap = cap;
    }
    jam_report_encode(s->file->profile, &package->out.report, &encoded);
    enum pvm_status status = pvm_buf_status(&encoded, s->err);
    struct jam_blob *blob =
        status == PVM_OK ? jam_blob_new(s->alloc, pvm_buf_bytes(&encoded)) : NULL;
    pvm_buf_deinit(&encoded);
    if (blob == NULL)
        return pvm_fail(s->err, PVM_E_MEMORY, "no memory for a report");
    s->pending[s->pending_count++] =
        (struct jam_scenario_pending){blob, play->told.index + package->delay};
    return PVM_OK;
}

/* The report is there: others may build on it. */
static enum pvm_status take_in(struct jam_round_play *play, struct jam_scenario_package *package)
{
    struct jam_scenario *s = play->scenario;
    const struct pvm_buf *exports = &package->out.exports;
    PVM_TRY(jam_segments_put(s->store, &package->hash, exports->ptr,
                             exports->len / JAM_SEGMENT_SIZE, NULL, s->err));
    PVM_TRY(jam_map_set(&s->known, jam_hash_bytes(&package->hash), pvm_bytes_none(), s->err));
    return package->delay != 0 ? hold_back(play, package) : add_report(play, &package->out.report);
}

static enum pvm_status name_package(struct jam_scenario *s, struct jam_json json,
                                    const struct jam_scenario_package *package)
{
    struct jam_hash old;
    if (package->name[0] == '\0')
        return PVM_OK;
    if (find_name(s, package->name, &old))
        return jam_json_fail(json, s->err, "a package before this one is called \"%.80s\", too",
                             package->name);
    return jam_map_set(&s->names, pvm_bytes(package->name, strlen(package->name)),
                       jam_hash_bytes(&package->hash), s->err);
}

static enum pvm_status play_package(struct jam_round_play *play, struct jam_json json, size_t index)
{
    struct jam_scenario *s = play->scenario;
    struct jam_scenario_package *package = &play->packages[index];
    struct entry_keys keys = {.package = json};
    bool unchecked = false;
    bool wrapped =
        jam_json_type(json) == JAM_JSON_OBJECT && jam_json_has(jam_json_get(json, "package"));
    if (wrapped)
        PVM_TRY(jam_json_fields(json, entry_fields, JAM_JSON_COUNT(entry_fields), &keys, s->err));
    if (keys.delay > DELAY_MAX)
        return jam_json_fail(jam_json_get(json, "delay"), s->err, "at most %d rounds", DELAY_MAX);
    PVM_TRY(load_package(s, keys.package, index, &package->fixture));
    if (jam_json_type(keys.package) == JAM_JSON_OBJECT &&
        jam_json_has(jam_json_get(keys.package, "unchecked")))
        PVM_TRY(jam_json_bool(jam_json_get(keys.package, "unchecked"), &unchecked, s->err));
    package->name = package->fixture->name;
    package->core = package->fixture->core;
    package->delay = keys.delay;
    PVM_TRY(jam_package_hash(s->file->profile, &package->fixture->package, s->alloc, &package->hash,
                             s->err));
    PVM_TRY(name_package(s, keys.package, package));
    package->rule = check_package(play, package, unchecked);
    if (package->rule == JAM_PACKAGE_FINE)
        PVM_TRY(compute(play, package));
    return package->rule == JAM_PACKAGE_FINE ? take_in(play, package) : PVM_OK;
}

enum pvm_status jam_round_packages(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    size_t count;
    void *list;
    PVM_TRY(jam_fixture_count(&s->load, play->keys->packages, PACKAGES_MAX, &count));
    PVM_TRY(jam_round_get(play, count, sizeof *play->packages, &list));
    play->packages = list;
    play->told.packages = list;
    struct jam_json json = jam_json_first(play->keys->packages);
    for (size_t i = 0; i < count; i++, json = jam_json_next(json)) {
        play->packages[i].name = "";
        play->packages[i].detail = "";
        play->told.package_count = i + 1;
        PVM_TRY(play_package(play, json, i));
    }
    return PVM_OK;
}

/* ---- reports that are given, and those held back ---- */

static enum pvm_status decode_report(struct jam_round_play *play, struct pvm_bytes encoded,
                                     struct jam_json json)
{
    struct jam_scenario *s = play->scenario;
    struct jam_report *report = &play->decoded[play->owned_count];
    PVM_TRY(jam_report_decode(s->file->profile, encoded, s->alloc, report, s->err));
    play->owned_count++;
    if (is_engaged(play, report->core_index)) {
        if (jam_json_has(json))
            return jam_json_fail(json, s->err, "core_engaged: %s",
                                 jam_package_rule_text(JAM_PACKAGE_ENGAGED));
        return pvm_fail(s->err, PVM_E_MALFORMED,
                        "%.160s: round %zu: core_engaged: two reports become available on core "
                        "%llu, one of them after a delay",
                        s->file_name, play->told.index, (unsigned long long)report->core_index);
    }
    PVM_TRY(jam_map_set(&s->known, jam_hash_bytes(&report->package_spec.hash), pvm_bytes_none(),
                        s->err));
    return add_report(play, report);
}

static enum pvm_status read_report(struct jam_round_play *play, struct jam_json json)
{
    struct jam_scenario *s = play->scenario;
    struct pvm_buf octets = {.alloc = s->alloc};
    struct pvm_bytes kept = pvm_bytes_none();
    enum pvm_status status = jam_state_report_read(json, s->file->profile, &octets, s->err);
    if (status == PVM_OK)
        status = jam_arena_copy(&play->arena, pvm_buf_bytes(&octets), &kept, s->err);
    pvm_buf_deinit(&octets);
    return status == PVM_OK ? decode_report(play, kept, json) : status;
}

/* Octets of a report held back move to the round, which ends before they do. */
static enum pvm_status take_due(struct jam_round_play *play)
{
    static const struct jam_json nothing;
    struct jam_scenario *s = play->scenario;
    size_t left = 0;
    enum pvm_status status = PVM_OK;
    for (size_t i = 0; i < s->pending_count; i++) {
        struct jam_scenario_pending *pending = &s->pending[i];
        if (status != PVM_OK || pending->due > play->told.index) {
            s->pending[left++] = *pending;
            continue;
        }
        struct pvm_bytes kept = pvm_bytes_none();
        status = jam_arena_copy(&play->arena, jam_blob_bytes(pending->report), &kept, s->err);
        jam_blob_unref(pending->report);
        if (status == PVM_OK)
            status = decode_report(play, kept, nothing);
    }
    s->pending_count = left;
    return status;
}

enum pvm_status jam_round_reports(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    size_t count;
    void *list;
    PVM_TRY(jam_fixture_count(&s->load, play->keys->reports, PACKAGES_MAX, &count));
    PVM_TRY(jam_round_get(play, count + s->pending_count, sizeof *play->decoded, &list));
    play->decoded = list;
    for (struct jam_json json = jam_json_first(play->keys->reports); jam_json_has(json);
         json = jam_json_next(json))
        PVM_TRY(read_report(play, json));
    play->given_count = play->owned_count;
    return take_due(play);
}

void jam_round_packages_deinit(struct jam_round_play *play)
{
    for (size_t i = 0; i < play->told.package_count; i++) {
        jam_package_out_deinit(&play->packages[i].out);
        jam_fixture_free(play->packages[i].fixture);
    }
    for (size_t i = 0; i < play->owned_count; i++)
        jam_report_deinit(&play->decoded[i]);
}
