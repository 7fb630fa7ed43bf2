/* SPDX-License-Identifier: Apache-2.0 */
/* Segment roots of packages that imports of a fixture name (GP 0.7.2 14.4, L): those given, and
 * those that segment stores know. */
#include "host/fixture_load.h"

enum { LOOKUP_MAX = 1 << 16 };

static const struct jam_json_field fields[] = {
    JAM_JSON_NEEDED(struct jam_root_lookup, work_package_hash),
    JAM_JSON_NEEDED(struct jam_root_lookup, segment_tree_root),
};

const struct jam_hash *jam_fixture_root_of(const struct jam_fixture *fixture,
                                           const struct jam_hash *package)
{
    for (size_t i = 0; i < fixture->lookup_count; i++)
        if (jam_hash_equal(&fixture->lookup[i].work_package_hash, package))
            return &fixture->lookup[i].segment_tree_root;
    return NULL;
}

/* Room for one more. What the arena gave before stays taken: the list doubles. */
static enum pvm_status grow(struct jam_fixture_load *load)
{
    struct jam_fixture *out = load->out;
    size_t cap = out->lookup_cap * 2 + 8;
    void *list;
    if (out->lookup_count < out->lookup_cap)
        return PVM_OK;
    PVM_TRY(jam_fixture_get(load, cap, sizeof *out->lookup, &list));
    if (out->lookup_count > 0)
        memcpy(list, out->lookup, out->lookup_count * sizeof *out->lookup);
    out->lookup = list;
    out->lookup_cap = cap;
    return PVM_OK;
}

enum pvm_status jam_fixture_add_root(struct jam_fixture_load *load, const struct jam_hash *package,
                                     const struct jam_hash *root)
{
    struct jam_fixture *out = load->out;
    if (jam_fixture_root_of(out, package) != NULL)
        return PVM_OK;
    PVM_TRY(grow(load));
    size_t at = out->lookup_count++;
    for (; at > 0 &&
           memcmp(out->lookup[at - 1].work_package_hash.octets, package->octets, JAM_HASH_SIZE) > 0;
         at--)
        out->lookup[at] = out->lookup[at - 1];
    out->lookup[at] = (struct jam_root_lookup){*package, *root};
    return PVM_OK;
}

struct name_keys {
    const char *package;
};

static const struct jam_json_field name_fields[] = {JAM_JSON_NEEDED(struct name_keys, package)};

enum pvm_status jam_fixture_package_id(struct jam_fixture_load *load, struct jam_json json,
                                       struct jam_hash *out)
{
    const struct jam_fixture_options *options = load->options;
    struct name_keys keys = {NULL};
    if (jam_json_type(json) != JAM_JSON_OBJECT || options->named == NULL)
        return jam_json_hash(json, out, load->err);
    PVM_TRY(jam_json_fields(json, name_fields, JAM_JSON_COUNT(name_fields), &keys, load->err));
    if (options->named(options->user, keys.package, out))
        return PVM_OK;
    return jam_json_fail(json, load->err, "no package before this one is called \"%.80s\"",
                         keys.package);
}

enum pvm_status jam_fixture_lookup(struct jam_fixture_load *load, struct jam_json json)
{
    size_t count;
    void *list;
    if (jam_json_type(json) == JAM_JSON_NULL)
        return PVM_OK;
    PVM_TRY(jam_fixture_count(load, json, LOOKUP_MAX, &count));
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_root_lookup), &list));
    load->out->lookup = list;
    load->out->lookup_cap = count;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_root_lookup *entry = &load->out->lookup[load->out->lookup_count];
        PVM_TRY(jam_json_fields(it, fields, JAM_JSON_COUNT(fields), entry, load->err));
        if (jam_fixture_root_of(load->out, &entry->work_package_hash) != NULL)
            return jam_json_fail(it, load->err, "this package is there already");
        load->out->lookup_count++;
    }
    return PVM_OK;
}
