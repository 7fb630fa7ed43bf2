/* SPDX-License-Identifier: Apache-2.0 */
/* The segments that imports of a fixture are found among: a store's folder, or lists in the fixture
 * itself. */
#include "host/disk.h"
#include "host/fixture_load.h"
#include "host/merkle.h"

struct tree_keys {
    struct jam_json package_hash, segment_root, segments;
};

static const struct jam_json_field tree_fields[] = {
    JAM_JSON_FIELD(struct tree_keys, package_hash),
    JAM_JSON_FIELD(struct tree_keys, segment_root),
    JAM_JSON_NEEDED(struct tree_keys, segments),
};

static enum pvm_status open_folder(struct jam_fixture_load *load, struct jam_json json)
{
    const char *path = NULL;
    PVM_TRY(jam_json_text(json, &path, load->err));
    struct pvm_buf joined = {.alloc = load->options->alloc};
    struct pvm_err inner = {0};
    if (path[0] != '/' && load->options->folder != NULL)
        pvm_buf_printf(&joined, "%s/", load->options->folder);
    pvm_buf_text(&joined, path);
    const char *folder = pvm_buf_str(&joined);
    enum pvm_status status = pvm_buf_status(&joined, &inner);
    if (status == PVM_OK && !jam_disk_has(folder))
        status = pvm_fail(&inner, PVM_E_IO, "%.120s: there is no such segment store", folder);
    if (status == PVM_OK)
        status = jam_segments_new(folder, load->options->alloc, &load->store, &inner);
    pvm_buf_deinit(&joined);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(load, json, &inner);
}

static enum pvm_status read_segments(struct jam_fixture_load *load, struct jam_json list,
                                     struct pvm_buf *all)
{
    size_t count;
    PVM_TRY(jam_fixture_count(load, list, JAM_SEGMENTS_MAX, &count));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct pvm_bytes segment;
        PVM_TRY(jam_fixture_segment(load, it, &segment));
        pvm_buf_add_bytes(all, segment);
    }
    return pvm_buf_status(all, load->err);
}

static enum pvm_status put_tree(struct jam_fixture_load *load, const struct tree_keys *keys,
                                struct pvm_buf *all)
{
    struct jam_hash package;
    struct jam_hash root;
    struct jam_hash said;
    bool has_package = jam_json_has(keys->package_hash);
    PVM_TRY(read_segments(load, keys->segments, all));
    if (has_package)
        PVM_TRY(jam_json_hash(keys->package_hash, &package, load->err));
    PVM_TRY(jam_segments_put(load->store, has_package ? &package : NULL, all->ptr,
                             all->len / JAM_SEGMENT_SIZE, &root, load->err));
    return jam_fixture_hash(load, keys->segment_root, &root, "segments' tree", &said);
}

enum pvm_status jam_fixture_store(struct jam_fixture_load *load, struct jam_json json)
{
    size_t count;
    if (!jam_json_has(json))
        return PVM_OK;
    if (jam_json_type(json) == JAM_JSON_STRING)
        return open_folder(load, json);
    PVM_TRY(jam_fixture_count(load, json, SIZE_MAX, &count));
    PVM_TRY(jam_segments_new(NULL, load->options->alloc, &load->store, load->err));
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct tree_keys keys = {0};
        struct pvm_buf all = {.alloc = load->options->alloc};
        PVM_TRY(jam_json_fields(it, tree_fields, JAM_JSON_COUNT(tree_fields), &keys, load->err));
        enum pvm_status status = put_tree(load, &keys, &all);
        pvm_buf_deinit(&all);
        PVM_TRY(status);
    }
    return PVM_OK;
}

/* How deep the tree is that the import's segment, which the store has, is in. */
static enum pvm_status find_tree(struct jam_fixture_load *load, struct jam_segments *store,
                                 const struct jam_import *import, uint8_t *depth,
                                 struct pvm_err *err)
{
    struct jam_hash root = import->tree_root;
    struct pvm_bytes all;
    if (import->by_package) {
        size_t count;
        PVM_TRY(jam_segments_root(store, &import->tree_root, &root, &count, err));
        PVM_TRY(jam_fixture_add_root(load, &import->tree_root, &root));
    }
    PVM_TRY(jam_segments_below(store, &root, &all, err));
    *depth = jam_segment_depth(all.len / JAM_SEGMENT_SIZE);
    return PVM_OK;
}

enum pvm_status jam_fixture_resolve(struct jam_fixture_load *load, struct jam_json json,
                                    const struct jam_import *import, struct pvm_bytes *segment,
                                    uint8_t *depth)
{
    struct jam_segments *const stores[] = {load->options->store, load->store};
    struct pvm_err inner = {0};
    void *room = NULL;
    PVM_TRY(jam_fixture_get(load, 1, JAM_SEGMENT_SIZE, &room));
    for (size_t i = 0; i < 2; i++) {
        if (stores[i] == NULL)
            continue;
        inner = (struct pvm_err){0};
        enum pvm_status status = jam_segments_get(stores[i], import, room, &inner);
        if (status == PVM_OK) {
            *segment = pvm_bytes(room, JAM_SEGMENT_SIZE);
            status = find_tree(load, stores[i], import, depth, &inner);
            return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(load, json, &inner);
        }
        if (status != PVM_E_MALFORMED)
            return jam_fixture_fail_in(load, json, &inner);
    }
    return jam_json_fail(json, load->err, "work package invalid: %s",
                         inner.status != PVM_OK ? inner.msg
                                                : "an import without data, and no segment store");
}
