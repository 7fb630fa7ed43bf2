/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario from its text to its last round. */
#include "host/accumulate_rules.h"
#include "host/scenario_parts.h"
#include "host/state_diff.h"

#include <stdio.h>

enum { ROUNDS_MAX = 1 << 16 };

/* What values of a scenario, and what a round holds, may take of memory. */
static const size_t data_limit = (size_t)256 << 20;

struct top_keys {
    const char *name;
    struct jam_json gp, params, state, rounds, expect, extensions;
};

static const struct jam_json_field top_fields[] = {
    JAM_JSON_FIELD(struct top_keys, name),       JAM_JSON_FIELD(struct top_keys, gp),
    JAM_JSON_FIELD(struct top_keys, params),     JAM_JSON_FIELD(struct top_keys, state),
    JAM_JSON_NEEDED(struct top_keys, rounds),    JAM_JSON_FIELD(struct top_keys, expect),
    JAM_JSON_FIELD(struct top_keys, extensions),
};

static const struct jam_json_field round_fields[] = {
    JAM_JSON_FIELD(struct jam_scenario_keys, name),
    JAM_JSON_FIELD(struct jam_scenario_keys, slot),
    JAM_JSON_FIELD(struct jam_scenario_keys, entropy),
    JAM_JSON_FIELD(struct jam_scenario_keys, packages),
    JAM_JSON_FIELD(struct jam_scenario_keys, reports),
    JAM_JSON_FIELD(struct jam_scenario_keys, preimages),
    JAM_JSON_FIELD(struct jam_scenario_keys, expect),
};

/* The keys of expectations from outside. */
struct outside_keys {
    struct jam_json rounds, expect;
};

static const struct jam_json_field outside_fields[] = {
    JAM_JSON_FIELD(struct outside_keys, rounds),
    JAM_JSON_FIELD(struct outside_keys, expect),
};

enum pvm_status jam_round_get(struct jam_round_play *play, size_t count, size_t size, void **out)
{
    return jam_arena_get(&play->arena, count, size, out, play->scenario->err);
}

/* ---- a round ---- */

static enum pvm_status read_time(struct jam_round_play *play)
{
    struct jam_scenario *s = play->scenario;
    const struct jam_state *state = &s->file->state;
    uint64_t slot = (uint64_t)state->slot + 1;
    if (jam_json_has(play->keys->slot))
        PVM_TRY(jam_json_u64(play->keys->slot, UINT32_MAX, &slot, s->err));
    if (slot > UINT32_MAX)
        return pvm_fail(
            s->err, PVM_E_MALFORMED,
            "%.160s: $.rounds[%zu]: the state's slot is 2^32 - 1, there is none after it",
            s->file_name, play->told.index);
    if (slot <= state->slot)
        return jam_json_fail(play->keys->slot, s->err,
                             "slot %llu is not later than the state's, %u",
                             (unsigned long long)slot, (unsigned)state->slot);
    play->told.slot = (uint32_t)slot;
    play->entropy = state->entropy[0];
    return jam_json_has(play->keys->entropy)
               ? jam_json_hash(play->keys->entropy, &play->entropy, s->err)
               : PVM_OK;
}

static enum pvm_status judge(struct jam_round_play *play, struct jam_json outside,
                             struct jam_scenario_out *out)
{
    struct jam_expecting expecting = {
        .scenario = play->scenario, .round = &play->told, .failures = &play->failures};
    PVM_TRY(jam_scenario_expect(&expecting, play->keys->expect));
    PVM_TRY(jam_scenario_expect(&expecting, outside));
    PVM_TRY(jam_scenario_unsaid(&expecting));
    play->told.failures = pvm_buf_bytes(&play->failures);
    play->told.failure_count = expecting.failure_count;
    play->told.check_count = expecting.check_count;
    out->failure_count += expecting.failure_count;
    out->check_count += expecting.check_count;
    PVM_TRY(pvm_buf_status(&play->failures, play->scenario->err));
    return pvm_buf_status(&play->changes, play->scenario->err);
}

static enum pvm_status play_parts(struct jam_round_play *play, struct jam_json outside,
                                  struct jam_scenario_out *out)
{
    const struct jam_scenario_options *options = play->scenario->options;
    PVM_TRY(read_time(play));
    PVM_TRY(jam_round_packages(play));
    PVM_TRY(jam_round_reports(play));
    PVM_TRY(jam_round_block(play));
    PVM_TRY(judge(play, outside, out));
    if (options->round != NULL)
        options->round(options->user, &play->told);
    return PVM_OK;
}

static enum pvm_status play_round(struct jam_scenario *s, size_t index,
                                  const struct jam_scenario_keys *keys, struct jam_json outside,
                                  struct jam_scenario_out *out)
{
    struct jam_round_play play = {.scenario = s, .keys = keys};
    play.told.profile = s->file->profile;
    play.told.index = index;
    play.told.name = keys->name;
    play.told.block_why = "";
    play.changes.alloc = s->alloc;
    play.failures.alloc = s->alloc;
    jam_arena_init(&play.arena, data_limit, s->alloc);
    enum pvm_status status = play_parts(&play, outside, out);
    if (status == PVM_E_LIMIT) {
        char place[200];
        (void)snprintf(place, sizeof place, "%.160s: $.rounds[%zu]", s->file_name, index);
        pvm_fail_at(s->err, status, place);
    }
    jam_round_packages_deinit(&play);
    pvm_buf_deinit(&play.changes);
    pvm_buf_deinit(&play.failures);
    jam_arena_deinit(&play.arena);
    return status;
}

/* The keys of all rounds, so that a wrong one is found before anything runs. */
static enum pvm_status read_rounds(struct jam_scenario *s, struct jam_json list,
                                   struct jam_scenario_keys **out, size_t *count)
{
    void *keys;
    PVM_TRY(jam_fixture_count(&s->load, list, ROUNDS_MAX, count));
    PVM_TRY(jam_fixture_get(&s->load, *count, sizeof **out, &keys));
    *out = keys;
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; i < *count; i++, json = jam_json_next(json)) {
        (*out)[i].name = "";
        PVM_TRY(
            jam_json_fields(json, round_fields, JAM_JSON_COUNT(round_fields), &(*out)[i], s->err));
    }
    return PVM_OK;
}

/* ---- the state in the beginning ---- */

static enum pvm_status copy_state(struct jam_scenario *s, const struct jam_state_file *from)
{
    struct jam_state copy;
    PVM_TRY(jam_state_file_new(from->profile, &from->params, s->alloc, &s->file, s->err));
    PVM_TRY(jam_state_copy(&copy, &from->state, s->err));
    jam_state_deinit(&s->file->state);
    s->file->state = copy;
    s->file->form = from->form;
    s->file->present = from->present;
    pvm_buf_add_bytes(&s->file->id, pvm_buf_bytes(&from->id));
    pvm_buf_add_bytes(&s->file->header, pvm_buf_bytes(&from->header));
    pvm_buf_add_bytes(&s->file->bootnodes, pvm_buf_bytes(&from->bootnodes));
    PVM_TRY(pvm_buf_status(&s->file->id, s->err));
    PVM_TRY(pvm_buf_status(&s->file->bootnodes, s->err));
    return pvm_buf_status(&s->file->header, s->err);
}

static enum pvm_status load_state_file(struct jam_scenario *s, struct jam_json json,
                                       struct jam_state_options *how)
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
        status = jam_state_load_file(name, how, &s->file, &inner);
    pvm_buf_deinit(&joined);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(&s->load, json, &inner);
}

/* The state that the scenario brings, under its version and constants. */
static enum pvm_status load_state(struct jam_scenario *s, const struct top_keys *keys)
{
    const struct jam_profile *profile = s->values.profile;
    bool said = s->options->profile != NULL || jam_json_has(keys->gp);
    struct jam_state_options how = {
        .profile = said ? profile : NULL,
        .fallback = profile,
        .params = jam_json_has(keys->params) ? &s->values.params : NULL,
        .folder = s->options->folder,
        .alloc = s->alloc,
    };
    if (!jam_json_has(keys->state)) {
        PVM_TRY(jam_state_file_new(profile, &s->values.params, s->alloc, &s->file, s->err));
        s->file->present = jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY) |
                           jam_state_bit(JAM_STATE_PRIVILEGES);
        return PVM_OK;
    }
    if (jam_json_type(keys->state) == JAM_JSON_STRING)
        return load_state_file(s, keys->state, &how);
    return jam_state_load_json(keys->state, s->file_name, &how, &s->file, s->err);
}

enum { EPOCH_MAX = 1 << 16 };

/* A block goes through lists with a member for each slot of the epoch. */
static enum pvm_status check_epoch(struct jam_scenario *s, const struct top_keys *keys)
{
    char what[80];
    unsigned long long slots = s->file->params.epoch_length;
    if (slots > 0 && slots <= EPOCH_MAX)
        return PVM_OK;
    (void)snprintf(what, sizeof what, "an epoch of %llu slots, a block needs 1 to %d", slots,
                   EPOCH_MAX);
    if (s->options->state != NULL)
        return pvm_fail(s->err, PVM_E_MALFORMED, "the state given to %.120s: %s", s->file_name,
                        what);
    return jam_json_fail(jam_json_has(keys->params) ? keys->params : keys->state, s->err, "%s",
                         what);
}

static bool same_version(const struct jam_profile *a, const struct jam_profile *b)
{
    return strcmp(a->name, b->name) == 0;
}

static enum pvm_status begin(struct jam_scenario *s, const struct top_keys *keys)
{
    const struct jam_state_file *given = s->options->state;
    s->value_options.profile = s->options->profile;
    s->value_options.fallback = s->options->fallback;
    if (given != NULL) {
        s->value_options.fallback = given->profile;
        s->value_options.params = &given->params;
    }
    s->value_options.extensions = s->options->extensions;
    s->value_options.extension_count = s->options->extension_count;
    PVM_TRY(jam_fixture_profile(&s->load, keys->gp));
    PVM_TRY(jam_fixture_extensions(&s->load, keys->extensions));
    PVM_TRY(jam_fixture_params(&s->load, keys->params));
    if (given != NULL && !same_version(given->profile, s->values.profile))
        return pvm_fail(s->err, PVM_E_USAGE, "%.120s: of GP %s, but the state is of %s",
                        s->file_name, s->values.profile->name, given->profile->name);
    PVM_TRY(given != NULL ? copy_state(s, given) : load_state(s, keys));
    PVM_TRY(check_epoch(s, keys));
    /* The state may be of another version than was thought, and outlives the extensions. */
    s->file->profile = jam_profile_find(s->file->profile->name);
    s->values.profile = s->file->profile;
    PVM_TRY(jam_fixture_extensions(&s->load, keys->extensions));
    s->values.params = s->file->params;
    s->pools_known = (s->file->present & jam_state_bit(JAM_STATE_POOLS)) != 0;
    s->store = s->options->store;
    if (s->store != NULL)
        return PVM_OK;
    s->own_store = true;
    return jam_segments_new(NULL, s->alloc, &s->store, s->err);
}

/* ---- the end ---- */

static enum pvm_status compare_states(struct jam_scenario *s, struct jam_scenario_out *out)
{
    const struct jam_state_shape shape = jam_state_file_shape(s->file);
    const struct jam_state_file *expected = s->options->expected;
    size_t count = 0;
    if (expected == NULL)
        return PVM_OK;
    if (!same_version(expected->profile, s->file->profile))
        return pvm_fail(s->err, PVM_E_USAGE, "%.120s: of GP %s, but the expected state is of %s",
                        s->file_name, s->file->profile->name, expected->profile->name);
    PVM_TRY(
        jam_state_diff(&expected->state, &s->file->state, &shape, &out->failures, &count, s->err));
    out->final_failure_count += count;
    out->failure_count += count;
    out->check_count++;
    return PVM_OK;
}

static enum pvm_status end(struct jam_scenario *s, struct jam_json expect, struct jam_json outside,
                           struct jam_scenario_out *out)
{
    struct jam_expecting expecting = {.scenario = s, .failures = &out->failures};
    PVM_TRY(jam_scenario_expect(&expecting, expect));
    PVM_TRY(jam_scenario_expect(&expecting, outside));
    out->final_failure_count = expecting.failure_count;
    out->failure_count += expecting.failure_count;
    out->check_count += expecting.check_count;
    PVM_TRY(compare_states(s, out));
    return pvm_buf_status(&out->failures, s->err);
}

/* ---- the whole ---- */

static enum pvm_status play_all(struct jam_scenario *s, const struct top_keys *keys,
                                const struct outside_keys *outside, struct jam_scenario_out *out)
{
    struct jam_scenario_keys *rounds;
    size_t count;
    size_t outside_count;
    PVM_TRY(read_rounds(s, keys->rounds, &rounds, &count));
    PVM_TRY(jam_fixture_count(&s->load, outside->rounds, count, &outside_count));
    PVM_TRY(begin(s, keys));
    struct jam_json expect = jam_json_first(outside->rounds);
    for (size_t i = 0; i < count; i++) {
        PVM_TRY(play_round(s, i, &rounds[i], expect, out));
        out->round_count++;
        if (jam_json_has(expect))
            expect = jam_json_next(expect);
    }
    return end(s, keys->expect, outside->expect, out);
}

static enum pvm_status play(struct jam_scenario *s, struct jam_json root,
                            struct jam_scenario_out *out)
{
    struct top_keys keys = {.name = ""};
    struct outside_keys outside = {.rounds = {NULL, NULL}};
    PVM_TRY(jam_json_fields(root, top_fields, JAM_JSON_COUNT(top_fields), &keys, s->err));
    if (jam_json_has(s->options->expect))
        PVM_TRY(jam_json_fields(s->options->expect, outside_fields, JAM_JSON_COUNT(outside_fields),
                                &outside, s->err));
    pvm_buf_text(&out->text, keys.name);
    out->name = pvm_buf_str(&out->text);
    PVM_TRY(pvm_buf_status(&out->text, s->err));
    return play_all(s, &keys, &outside, out);
}

static void scenario_deinit(struct jam_scenario *s)
{
    for (size_t i = 0; i < s->pending_count; i++)
        jam_blob_unref(s->pending[i].report);
    pvm_alloc_free(s->alloc, s->pending);
    jam_map_deinit(&s->names);
    jam_map_deinit(&s->known);
    if (s->own_store)
        jam_segments_free(s->store);
    jam_state_deinit(&s->values.state);
    jam_arena_deinit(&s->values.arena);
}

enum pvm_status jam_scenario_run(struct pvm_bytes text, const char *name,
                                 const struct jam_scenario_options *options,
                                 struct jam_scenario_out *out, struct pvm_err *err)
{
    struct pvm_err ignored = {0};
    struct jam_json_doc *doc = NULL;
    struct jam_scenario s = {.options = options,
                             .file_name = name,
                             .alloc = options->alloc,
                             .err = err != NULL ? err : &ignored};
    *out = (struct jam_scenario_out){.name = ""};
    out->failures.alloc = options->alloc;
    out->text.alloc = options->alloc;
    s.value_options.folder = options->folder;
    s.value_options.alloc = options->alloc;
    s.load = (struct jam_fixture_load){
        .out = &s.values, .name = name, .options = &s.value_options, .err = s.err};
    jam_arena_init(&s.values.arena, data_limit, s.alloc);
    jam_state_init(&s.values.state, s.alloc);
    jam_map_init(&s.names, s.alloc);
    jam_map_init(&s.known, s.alloc);
    enum pvm_status status = jam_json_parse(text, name, options->alloc, &doc, s.err);
    if (status == PVM_OK)
        status = play(&s, jam_json_root(doc), out);
    jam_json_free(doc);
    scenario_deinit(&s);
    out->file = s.file;
    return status;
}

void jam_scenario_out_deinit(struct jam_scenario_out *out)
{
    jam_state_file_free(out->file);
    out->file = NULL;
    pvm_buf_deinit(&out->failures);
    pvm_buf_deinit(&out->text);
}
