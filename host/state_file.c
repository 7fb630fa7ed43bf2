/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_file.h"

#include "host/accumulate_rules.h"
#include "host/disk.h"
#include "host/state_load.h"

#include <assert.h>

enum { TEXT_LIMIT = 256 << 20 };

/* What a state's values may take of memory while they are read, besides the text. */
static const size_t data_limit = (size_t)256 << 20;

enum pvm_status jam_state_file_new(const struct jam_profile *profile,
                                   const struct jam_params *params, const struct pvm_alloc *alloc,
                                   struct jam_state_file **out, struct pvm_err *err)
{
    struct jam_state_file *file = pvm_alloc_zero(alloc, 1, sizeof *file);
    if (file == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a state");
    file->profile = profile;
    file->params = *params;
    jam_state_init(&file->state, alloc);
    file->state.rules = jam_accumulate_rules_of(profile)->accounts;
    file->id.alloc = alloc;
    file->header.alloc = alloc;
    file->bootnodes.alloc = alloc;
    *out = file;
    return PVM_OK;
}

void jam_state_file_free(struct jam_state_file *file)
{
    if (file == NULL)
        return;
    const struct pvm_alloc *alloc = file->state.alloc;
    jam_state_deinit(&file->state);
    pvm_buf_deinit(&file->id);
    pvm_buf_deinit(&file->header);
    pvm_buf_deinit(&file->bootnodes);
    pvm_alloc_free(alloc, file);
}

enum pvm_status jam_load_fail_in(struct jam_state_load *load, struct jam_json json,
                                 const struct pvm_err *inner)
{
    return jam_fixture_fail_in(&load->values, json, inner);
}

static const struct jam_profile *choose(const struct jam_state_load *load, jam_profile_fits_fn fits,
                                        const void *user)
{
    const struct jam_profile *chosen = load->options->fallback;
    const struct jam_profile *profile;
    if (chosen == NULL)
        chosen = jam_profile_default;
    if (fits == NULL || fits(chosen, user))
        return chosen;
    for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
        if (fits(profile, user))
            chosen = profile;
    return chosen;
}

enum pvm_status jam_load_profile(struct jam_state_load *load, struct jam_json said,
                                 jam_profile_fits_fn fits, const void *user)
{
    const struct jam_profile *profile = load->options->profile;
    const char *name = NULL;
    if (jam_json_has(said))
        PVM_TRY(jam_json_text(said, &name, load->err));
    if (profile == NULL && name != NULL) {
        profile = jam_profile_find(name);
        if (profile == NULL)
            return jam_json_fail(said, load->err, "unknown GP version \"%.40s\"", name);
    }
    if (profile == NULL)
        profile = choose(load, fits, user);
    load->out->profile = profile;
    load->values.out->profile = profile;
    load->state->rules = jam_accumulate_rules_of(profile)->accounts;
    return PVM_OK;
}

/* ---- which form it is ---- */

static struct jam_json member(struct jam_json json, const char *key)
{
    static const struct jam_json nothing;
    return jam_json_type(json) == JAM_JSON_OBJECT ? jam_json_get(json, key) : nothing;
}

static enum pvm_status load_state(struct jam_state_load *load, struct jam_json json)
{
    if (jam_json_type(json) == JAM_JSON_ARRAY)
        return jam_load_keyvals(load, json, member(json, "state_root"));
    if (jam_json_has(member(json, "keyvals")))
        return jam_load_keyvals(load, member(json, "keyvals"), member(json, "state_root"));
    if (jam_json_has(member(json, "genesis_state")))
        return jam_load_jip4(load, json);
    if (jam_json_has(member(json, "accounts")))
        return jam_load_stf(load, json);
    return jam_load_own(load, json);
}

/* Looks through what a state may be wrapped in: a test vector, a trace, a genesis file. */
static enum pvm_status load_json(struct jam_state_load *load, struct jam_json root)
{
    bool before = load->options->pick == JAM_STATE_BEFORE;
    struct jam_json state = member(root, before ? "pre_state" : "post_state");
    if (jam_json_has(state))
        return load_state(load, state);
    if (jam_json_has(member(root, before ? "post_state" : "pre_state")))
        return jam_json_fail(root, load->err, "no %s", before ? "pre_state" : "post_state");
    state = member(root, "state");
    return load_state(load, jam_json_has(state) ? state : root);
}

/* JSON has no zero octets, and a state in binary always has: in the keys of its components. */
static bool is_binary(struct pvm_bytes text)
{
    return text.len > 0 && memchr(text.ptr, 0, text.len) != NULL;
}

static enum pvm_status parse(struct jam_state_load *load, struct pvm_bytes text)
{
    struct jam_json_doc *doc;
    if (is_binary(text))
        return jam_load_binary(load, text);
    PVM_TRY(jam_json_parse(text, load->name, load->options->alloc, &doc, load->err));
    enum pvm_status status = load_json(load, jam_json_root(doc));
    jam_json_free(doc);
    return status;
}

/* ---- loading ---- */

/* Reads json, or text where there is none, into `values`, whose state then becomes the file's. */
static enum pvm_status load_with(struct jam_state_load *load, struct pvm_bytes text,
                                 struct jam_json json, struct jam_state_file *file)
{
    struct jam_fixture_options options = {
        .folder = load->options->folder,
        .read = load->options->read,
        .user = load->options->user,
        .params = load->options->params,
        .alloc = load->options->alloc,
    };
    struct jam_fixture fixture = {.name = ""};
    jam_arena_init(&fixture.arena, data_limit, load->options->alloc);
    jam_state_init(&fixture.state, load->options->alloc);
    load->state = &fixture.state;
    load->values = (struct jam_fixture_load){
        .out = &fixture, .name = load->name, .options = &options, .err = load->err};
    enum pvm_status status = jam_json_has(json) ? load_json(load, json) : parse(load, text);
    if (status == PVM_OK) {
        jam_state_deinit(&file->state);
        file->state = fixture.state;
    } else {
        jam_state_deinit(&fixture.state);
    }
    jam_arena_deinit(&fixture.arena);
    load->values = (struct jam_fixture_load){.out = NULL};
    load->state = NULL;
    return status;
}

static enum pvm_status load_new(struct pvm_bytes text, struct jam_json json, const char *name,
                                const struct jam_state_options *options,
                                struct jam_state_file **out, struct pvm_err *err)
{
    struct pvm_err ignored = {0};
    struct jam_state_load load = {
        .options = options, .name = name, .err = err != NULL ? err : &ignored};
    struct jam_state_file *file = NULL;
    struct jam_params params;
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &params);
    PVM_TRY(jam_state_file_new(jam_profile_default, &params, options->alloc, &file, err));
    assert(file != NULL);
    load.out = file;
    enum pvm_status status = load_with(&load, text, json, file);
    if (status != PVM_OK) {
        jam_state_file_free(file);
        return status;
    }
    *out = file;
    return PVM_OK;
}

enum pvm_status jam_state_load(struct pvm_bytes text, const char *name,
                               const struct jam_state_options *options, struct jam_state_file **out,
                               struct pvm_err *err)
{
    const struct jam_json nothing = {NULL, NULL};
    return load_new(text, nothing, name, options, out, err);
}

enum pvm_status jam_state_load_json(struct jam_json json, const char *name,
                                    const struct jam_state_options *options,
                                    struct jam_state_file **out, struct pvm_err *err)
{
    return load_new(pvm_bytes_none(), json, name, options, out, err);
}

enum pvm_status jam_state_load_file(const char *path, const struct jam_state_options *options,
                                    struct jam_state_file **out, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = options->alloc};
    struct pvm_buf folder = {.alloc = options->alloc};
    struct jam_state_options local = *options;
    const char *slash = strrchr(path, '/');
    if (options->folder == NULL && slash != NULL) {
        pvm_buf_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
        local.folder = pvm_buf_str(&folder);
    }
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK)
        status = jam_disk_read(path, TEXT_LIMIT, &text, err);
    if (status == PVM_OK)
        status = jam_state_load(pvm_buf_bytes(&text), path, &local, out, err);
    pvm_buf_deinit(&folder);
    pvm_buf_deinit(&text);
    return status;
}

/* ---- writing ---- */

static enum pvm_status write_binary(const struct jam_state_file *file, struct pvm_buf *out,
                                    struct pvm_err *err)
{
    struct jam_state_shape shape = jam_state_file_shape(file);
    struct jam_map keyvals;
    jam_map_init(&keyvals, file->state.alloc);
    enum pvm_status status =
        jam_state_to_keyvals(&file->state, &shape, file->present, &keyvals, err);
    if (status == PVM_OK)
        jam_state_binary_write(&keyvals, out);
    jam_map_deinit(&keyvals);
    return status;
}

enum pvm_status jam_state_write(const struct jam_state_file *file, enum jam_state_file_form form,
                                struct pvm_buf *out, struct pvm_err *err)
{
    struct jam_out json = jam_out(out);
    switch (form) {
    case JAM_STATE_FILE_OWN:
        jam_put_own(file, &json);
        break;
    case JAM_STATE_FILE_STF:
        PVM_TRY(jam_put_stf(file, &json, err));
        break;
    case JAM_STATE_FILE_JIP4:
        PVM_TRY(jam_put_jip4(file, &json, err));
        break;
    case JAM_STATE_FILE_KEYVALS:
        PVM_TRY(jam_put_keyvals(file, &json, err));
        break;
    case JAM_STATE_FILE_BINARY:
        PVM_TRY(write_binary(file, out, err));
        return pvm_buf_status(out, err);
    }
    jam_out_finish(&json);
    return pvm_buf_status(out, err);
}
