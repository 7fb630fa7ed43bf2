/* SPDX-License-Identifier: Apache-2.0 */
#include "host/fixture.h"

#include "host/accumulate_rules.h"
#include "host/disk.h"
#include "host/fixture_load.h"

enum { TEXT_LIMIT = 256 << 20 };

/* What a fixture may take of memory, besides its text. */
static const size_t data_limit = (size_t)256 << 20;

struct keys {
    const char *name;
    struct jam_json gp, params, core, item;
    uint32_t slot;
    bool unchecked;
    struct jam_json work_package, extrinsics, import_segments, authorizer, segments, services;
    struct jam_json segment_root_lookup, extensions;
};

static const struct jam_json_field fields[] = {
    JAM_JSON_FIELD(struct keys, name),       JAM_JSON_FIELD(struct keys, gp),
    JAM_JSON_FIELD(struct keys, params),     JAM_JSON_FIELD(struct keys, core),
    JAM_JSON_FIELD(struct keys, slot),       JAM_JSON_FIELD(struct keys, item),
    JAM_JSON_FIELD(struct keys, unchecked),  JAM_JSON_FIELD(struct keys, work_package),
    JAM_JSON_FIELD(struct keys, extrinsics), JAM_JSON_FIELD(struct keys, import_segments),
    JAM_JSON_FIELD(struct keys, authorizer), JAM_JSON_FIELD(struct keys, segments),
    JAM_JSON_FIELD(struct keys, services),   JAM_JSON_FIELD(struct keys, segment_root_lookup),
    JAM_JSON_FIELD(struct keys, extensions),
};

enum pvm_status jam_fixture_profile(struct jam_fixture_load *load, struct jam_json json)
{
    const struct jam_fixture_options *options = load->options;
    const struct jam_profile **profile = &load->out->profile;
    const char *name = NULL;
    *profile = options->fallback != NULL ? options->fallback : jam_profile_default;
    if (jam_json_has(json)) {
        PVM_TRY(jam_json_text(json, &name, load->err));
        *profile = jam_profile_find(name);
    }
    if (options->profile != NULL)
        *profile = options->profile;
    if (*profile != NULL) {
        load->out->state.rules = jam_accumulate_rules_of(*profile)->accounts;
        return PVM_OK;
    }
    struct pvm_buf known = {.alloc = options->alloc};
    const struct jam_profile *at;
    for (size_t i = 0; (at = jam_profile_at(i)) != NULL; i++)
        pvm_buf_printf(&known, "%s%s", i != 0 ? ", " : "", at->name);
    jam_json_fail(json, load->err, "unknown GP version \"%.40s\", known: %s", name,
                  pvm_buf_str(&known));
    pvm_buf_deinit(&known);
    return PVM_E_MALFORMED;
}

enum pvm_status jam_fixture_core(struct jam_fixture_load *load, struct jam_json json)
{
    struct jam_fixture *out = load->out;
    uint64_t cores = out->params.core_count;
    if (load->options->has_core) {
        out->core = load->options->core;
        if (out->core >= cores)
            return pvm_fail(load->err, PVM_E_USAGE, "there is no core %llu, the chain has %llu",
                            (unsigned long long)out->core, (unsigned long long)cores);
        return PVM_OK;
    }
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_u64(json, UINT16_MAX, &out->core, load->err));
    if (out->core >= cores)
        return jam_json_fail(json, load->err, "there is no core %llu, the chain has %llu",
                             (unsigned long long)out->core, (unsigned long long)cores);
    return PVM_OK;
}

static enum pvm_status read_item_number(struct jam_fixture_load *load, const struct keys *keys,
                                        uint64_t *out)
{
    size_t count = 1;
    *out = load->options->has_item ? load->options->item : 0;
    if (load->options->has_item || !jam_json_has(keys->item))
        return PVM_OK;
    PVM_TRY(jam_json_u64(keys->item, UINT16_MAX, out, load->err));
    struct jam_json items = {NULL, NULL};
    if (jam_json_type(keys->work_package) == JAM_JSON_OBJECT)
        items = jam_json_get(keys->work_package, "items");
    if (jam_json_has(items))
        count = jam_json_count(items);
    if (*out >= count)
        return jam_json_fail(keys->item, load->err,
                             "there is no work item %llu, the package has %zu",
                             (unsigned long long)*out, count);
    return PVM_OK;
}

static enum pvm_status copy_name(struct jam_fixture_load *load, const char *name)
{
    struct pvm_bytes copy = pvm_bytes_none();
    PVM_TRY(jam_arena_copy(&load->out->arena, pvm_bytes(name, strlen(name) + 1), &copy, load->err));
    load->out->name = (const char *)copy.ptr;
    return PVM_OK;
}

/* What the package refers to. */
static enum pvm_status read_around(struct jam_fixture_load *load, const struct keys *keys)
{
    PVM_TRY(jam_fixture_store(load, keys->segments));
    PVM_TRY(jam_fixture_services(load, keys->services));
    return jam_fixture_lookup(load, keys->segment_root_lookup);
}

static enum pvm_status read_own(struct jam_fixture_load *load, struct jam_json root)
{
    struct keys keys = {.name = "", .slot = load->out->state.slot};
    uint64_t item = 0;
    PVM_TRY(jam_json_fields(root, fields, JAM_JSON_COUNT(fields), &keys, load->err));
    load->unchecked = keys.unchecked;
    load->out->state.slot = keys.slot;
    load->slot = keys.slot;
    PVM_TRY(copy_name(load, keys.name));
    PVM_TRY(jam_fixture_profile(load, keys.gp));
    PVM_TRY(jam_fixture_extensions(load, keys.extensions));
    PVM_TRY(jam_fixture_params(load, keys.params));
    PVM_TRY(jam_fixture_core(load, keys.core));
    PVM_TRY(read_item_number(load, &keys, &item));
    PVM_TRY(read_around(load, &keys));
    struct jam_fixture_package_keys package = {keys.work_package, keys.extrinsics,
                                               keys.import_segments, keys.authorizer};
    return jam_fixture_package(load, &package, item);
}

static enum pvm_status read_all(struct jam_fixture_load *load, struct jam_json root)
{
    bool snapshot =
        jam_json_type(root) == JAM_JSON_OBJECT && jam_json_has(jam_json_get(root, "bundle"));
    return snapshot ? jam_fixture_snapshot(load, root) : read_own(load, root);
}

static enum pvm_status parse(struct jam_fixture_load *load, struct pvm_bytes text, const char *name)
{
    struct jam_json_doc *doc;
    if (text.ptr == NULL)
        text = pvm_bytes("{}", 2);
    PVM_TRY(jam_json_parse(text, name, load->options->alloc, &doc, load->err));
    enum pvm_status status = read_all(load, jam_json_root(doc));
    jam_json_free(doc);
    return status;
}

/* An empty fixture over the state of the options. */
static enum pvm_status make(const struct jam_fixture_options *options, struct jam_fixture **out,
                            struct pvm_err *err)
{
    struct jam_fixture *fixture = pvm_alloc_zero(options->alloc, 1, sizeof *fixture);
    if (fixture == NULL) {
        pvm_fail(err, PVM_E_MEMORY, "no memory for a fixture");
        return PVM_E_MEMORY;
    }
    jam_arena_init(&fixture->arena, data_limit, options->alloc);
    if (options->state == NULL) {
        jam_state_init(&fixture->state, options->alloc);
    } else if (jam_state_copy(&fixture->state, options->state, err) != PVM_OK) {
        jam_arena_deinit(&fixture->arena);
        pvm_alloc_free(options->alloc, fixture);
        return PVM_E_MEMORY;
    }
    *out = fixture;
    return PVM_OK;
}

enum pvm_status jam_fixture_load(struct pvm_bytes text, const char *name,
                                 const struct jam_fixture_options *options,
                                 struct jam_fixture **out, struct pvm_err *err)
{
    struct pvm_err ignored = {0};
    struct jam_fixture_load load = {
        .name = name, .options = options, .err = err != NULL ? err : &ignored};
    PVM_TRY(make(options, &load.out, load.err));
    enum pvm_status status = parse(&load, text, name);
    jam_segments_free(load.store);
    if (status != PVM_OK) {
        jam_fixture_free(load.out);
        return status;
    }
    *out = load.out;
    return PVM_OK;
}

enum pvm_status jam_fixture_load_json(struct jam_json json, const char *name,
                                      const struct jam_fixture_options *options,
                                      struct jam_fixture **out, struct pvm_err *err)
{
    struct jam_fixture_load load = {.name = name, .options = options, .err = err};
    PVM_TRY(make(options, &load.out, load.err));
    enum pvm_status status = read_all(&load, json);
    jam_segments_free(load.store);
    if (status != PVM_OK) {
        jam_fixture_free(load.out);
        return status;
    }
    *out = load.out;
    return PVM_OK;
}

enum pvm_status jam_fixture_load_file(const char *path, const struct jam_fixture_options *options,
                                      struct jam_fixture **out, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = options->alloc};
    struct pvm_buf folder = {.alloc = options->alloc};
    struct jam_fixture_options local = *options;
    const char *slash = strrchr(path, '/');
    if (options->folder == NULL && slash != NULL) {
        pvm_buf_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
        local.folder = pvm_buf_str(&folder);
    }
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK)
        status = jam_disk_read(path, TEXT_LIMIT, &text, err);
    if (status == PVM_OK)
        status = jam_fixture_load(pvm_buf_bytes(&text), path, &local, out, err);
    pvm_buf_deinit(&folder);
    pvm_buf_deinit(&text);
    return status;
}

void jam_fixture_free(struct jam_fixture *fixture)
{
    if (fixture == NULL)
        return;
    const struct pvm_alloc *alloc = fixture->arena.alloc;
    jam_state_deinit(&fixture->state);
    jam_arena_deinit(&fixture->arena);
    pvm_alloc_free(alloc, fixture);
}

struct jam_refine_in jam_fixture_refine(const struct jam_fixture *fixture, size_t item)
{
    struct jam_refine_in in = {
        .package = &fixture->package,
        .item = item,
        .core = fixture->core,
        .trace = fixture->trace,
        .data = fixture->data,
        .state = &fixture->state,
    };
    for (size_t i = 0; i < item && i < fixture->package.item_count; i++)
        in.export_offset += fixture->items[i].export_count;
    return in;
}
