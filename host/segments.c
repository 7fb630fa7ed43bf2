/* SPDX-License-Identifier: Apache-2.0 */
#include "host/segments.h"

#include "host/disk.h"
#include "host/map.h"
#include "host/merkle.h"

#include <stdio.h>

enum {
    RECORD_SIZE = JAM_HASH_SIZE + 4, /* what is known of a package: root, E4(count) */
    LINE_MAX_SIZE = 2 + 2 * JAM_HASH_SIZE + 8,
    HEX_SIZE = 2 * JAM_HASH_SIZE + 1
};

/* What a store with a folder keeps in memory besides the tree in use. */
static const size_t cache_limit = (size_t)64 << 20;

struct jam_segments {
    const struct pvm_alloc *alloc;
    struct pvm_buf folder;   /* empty: in memory */
    struct jam_map trees;    /* root -> segments; a cache when there is a folder */
    struct jam_map packages; /* package -> root ++ E4(count); unused when there is a folder */
    size_t octets;           /* in trees */
};

struct record {
    struct jam_hash root;
    size_t count;
};

static const char *hex(const struct jam_hash *hash, char text[HEX_SIZE])
{
    for (size_t i = 0; i < JAM_HASH_SIZE; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash->octets[i]);
    return text;
}

static bool on_disk(const struct jam_segments *store)
{
    return store->folder.len > 0;
}

static enum pvm_status file_name(const struct jam_segments *store, const struct jam_hash *hash,
                                 const char *suffix, struct pvm_buf *name, struct pvm_err *err)
{
    char digits[HEX_SIZE];
    name->alloc = store->alloc;
    pvm_buf_add_bytes(name, pvm_buf_bytes(&store->folder));
    pvm_buf_printf(name, "/%s.%s", hex(hash, digits), suffix);
    pvm_buf_add_u8(name, 0);
    return pvm_buf_status(name, err);
}

enum pvm_status jam_segments_new(const char *folder, const struct pvm_alloc *alloc,
                                 struct jam_segments **out, struct pvm_err *err)
{
    if (folder != NULL)
        PVM_TRY(jam_disk_folder(folder, err));
    struct jam_segments *store = pvm_alloc_zero(alloc, 1, sizeof *store);
    if (store == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a segment store");
    store->alloc = alloc;
    store->folder.alloc = alloc;
    jam_map_init(&store->trees, alloc);
    jam_map_init(&store->packages, alloc);
    if (folder != NULL)
        pvm_buf_text(&store->folder, folder);
    enum pvm_status status = pvm_buf_status(&store->folder, err);
    if (status != PVM_OK) {
        jam_segments_free(store);
        return status;
    }
    *out = store;
    return PVM_OK;
}

void jam_segments_free(struct jam_segments *store)
{
    if (store == NULL)
        return;
    jam_map_deinit(&store->trees);
    jam_map_deinit(&store->packages);
    pvm_buf_deinit(&store->folder);
    pvm_alloc_free(store->alloc, store);
}

/* Keeps a tree in memory; a cache that is full begins anew. */
static enum pvm_status keep(struct jam_segments *store, const struct jam_hash *root,
                            struct pvm_bytes segments, struct pvm_err *err)
{
    struct pvm_bytes known;
    if (jam_map_get(&store->trees, jam_hash_bytes(root), &known))
        return PVM_OK;
    if (on_disk(store) && store->octets > 0 && store->octets + segments.len > cache_limit) {
        jam_map_deinit(&store->trees);
        jam_map_init(&store->trees, store->alloc);
        store->octets = 0;
    }
    PVM_TRY(jam_map_set(&store->trees, jam_hash_bytes(root), segments, err));
    store->octets += segments.len;
    return PVM_OK;
}

static enum pvm_status write_file(struct jam_segments *store, const struct jam_hash *hash,
                                  const char *suffix, struct pvm_bytes bytes, struct pvm_err *err)
{
    struct pvm_buf name = {0};
    enum pvm_status status = file_name(store, hash, suffix, &name, err);
    if (status == PVM_OK)
        status = jam_disk_write((const char *)name.ptr, bytes, store->alloc, err);
    pvm_buf_deinit(&name);
    return status;
}

static enum pvm_status note_package(struct jam_segments *store, const struct jam_hash *package,
                                    const struct record *record, struct pvm_err *err)
{
    if (on_disk(store)) {
        char line[LINE_MAX_SIZE];
        char digits[HEX_SIZE];
        int len =
            snprintf(line, sizeof line, "0x%s %zu\n", hex(&record->root, digits), record->count);
        return write_file(store, package, "package", pvm_bytes(line, (size_t)len), err);
    }
    uint8_t octets[RECORD_SIZE];
    memcpy(octets, record->root.octets, JAM_HASH_SIZE);
    pvm_store_le(octets + JAM_HASH_SIZE, record->count, 4);
    return jam_map_set(&store->packages, jam_hash_bytes(package), pvm_bytes(octets, RECORD_SIZE),
                       err);
}

enum pvm_status jam_segments_put(struct jam_segments *store, const struct jam_hash *package,
                                 const uint8_t *segments, size_t count, struct jam_hash *root,
                                 struct pvm_err *err)
{
    if (count > JAM_SEGMENTS_MAX)
        return pvm_fail(err, PVM_E_LIMIT, "%zu segments are more than an index can tell apart (%d)",
                        count, JAM_SEGMENTS_MAX);
    struct record record = {jam_segment_root(segments, count), count};
    if (count > 0) {
        struct pvm_bytes all = pvm_bytes(segments, count * JAM_SEGMENT_SIZE);
        if (on_disk(store))
            PVM_TRY(write_file(store, &record.root, "seg", all, err));
        PVM_TRY(keep(store, &record.root, all, err));
    }
    if (package != NULL)
        PVM_TRY(note_package(store, package, &record, err));
    if (root != NULL)
        *root = record.root;
    return PVM_OK;
}

/* "0x" and 64 digits, a blank, a number, a line feed, and nothing else. */
static bool parse_line(struct pvm_bytes line, const struct pvm_alloc *alloc, struct record *record)
{
    const size_t digits = 2 + 2 * (size_t)JAM_HASH_SIZE;
    struct pvm_buf octets = {.alloc = alloc};
    size_t bad;
    if (line.len < digits + 3 || line.len > digits + 8 || line.ptr[digits] != ' ' ||
        line.ptr[line.len - 1] != '\n' || line.ptr[0] != '0' || line.ptr[1] != 'x')
        return false;
    record->count = 0;
    for (size_t i = digits + 1; i < line.len - 1; i++) {
        if (line.ptr[i] < '0' || line.ptr[i] > '9')
            return false;
        record->count = record->count * 10 + (size_t)(line.ptr[i] - '0');
    }
    bool good = pvm_hex_decode((const char *)line.ptr, digits, &octets, &bad) &&
                octets.len == JAM_HASH_SIZE;
    if (good)
        memcpy(record->root.octets, octets.ptr, JAM_HASH_SIZE);
    pvm_buf_deinit(&octets);
    return good;
}

/* *found false: there is no file for this hash. */
static enum pvm_status read_file(struct jam_segments *store, const struct jam_hash *hash,
                                 const char *suffix, size_t limit, struct pvm_buf *name,
                                 struct pvm_buf *out, bool *found, struct pvm_err *err)
{
    PVM_TRY(file_name(store, hash, suffix, name, err));
    *found = jam_disk_has((const char *)name->ptr);
    return *found ? jam_disk_read((const char *)name->ptr, limit, out, err) : PVM_OK;
}

static enum pvm_status read_record(struct jam_segments *store, const struct jam_hash *package,
                                   struct record *record, bool *found, struct pvm_err *err)
{
    struct pvm_buf name = {0};
    struct pvm_buf line = {.alloc = store->alloc};
    enum pvm_status status =
        read_file(store, package, "package", LINE_MAX_SIZE, &name, &line, found, err);
    if (status == PVM_OK && *found && !parse_line(pvm_buf_bytes(&line), store->alloc, record))
        status = pvm_fail(err, PVM_E_IO, "%.200s: damaged: expected \"0xROOT COUNT\"",
                          (const char *)name.ptr);
    pvm_buf_deinit(&name);
    pvm_buf_deinit(&line);
    return status;
}

static enum pvm_status find_record(struct jam_segments *store, const struct jam_hash *package,
                                   struct record *record, struct pvm_err *err)
{
    bool found = false;
    struct pvm_bytes octets;
    if (on_disk(store)) {
        PVM_TRY(read_record(store, package, record, &found, err));
    } else if (jam_map_get(&store->packages, jam_hash_bytes(package), &octets)) {
        found = true;
        memcpy(record->root.octets, octets.ptr, JAM_HASH_SIZE);
        record->count = (size_t)pvm_load_le(octets.ptr + JAM_HASH_SIZE, 4);
    }
    if (found)
        return PVM_OK;
    char digits[HEX_SIZE];
    return pvm_fail(err, PVM_E_MALFORMED, "package 0x%s: not in the segment store",
                    hex(package, digits));
}

/* Whether what a file holds is what its name says. */
static enum pvm_status check_tree(const char *name, const struct jam_hash *root,
                                  struct pvm_bytes segments, struct pvm_err *err)
{
    if (segments.len == 0 || segments.len % JAM_SEGMENT_SIZE != 0)
        return pvm_fail(err, PVM_E_IO, "%.200s: damaged: %zu octets are no segments of %d", name,
                        segments.len, JAM_SEGMENT_SIZE);
    struct jam_hash real = jam_segment_root(segments.ptr, segments.len / JAM_SEGMENT_SIZE);
    char digits[HEX_SIZE];
    if (!jam_hash_equal(&real, root))
        return pvm_fail(err, PVM_E_IO, "%.200s: damaged: the root of these segments is 0x%s", name,
                        hex(&real, digits));
    return PVM_OK;
}

static enum pvm_status load_tree(struct jam_segments *store, const struct jam_hash *root,
                                 bool *found, struct pvm_err *err)
{
    const size_t limit = (size_t)JAM_SEGMENTS_MAX * JAM_SEGMENT_SIZE;
    struct pvm_buf name = {0};
    struct pvm_buf segments = {.alloc = store->alloc};
    enum pvm_status status = read_file(store, root, "seg", limit, &name, &segments, found, err);
    if (status == PVM_OK && *found) {
        status = check_tree((const char *)name.ptr, root, pvm_buf_bytes(&segments), err);
        if (status == PVM_OK)
            status = keep(store, root, pvm_buf_bytes(&segments), err);
    }
    pvm_buf_deinit(&name);
    pvm_buf_deinit(&segments);
    return status;
}

enum pvm_status jam_segments_below(struct jam_segments *store, const struct jam_hash *root,
                                   struct pvm_bytes *segments, struct pvm_err *err)
{
    static const struct jam_hash none = {{0}};
    struct pvm_bytes known = pvm_bytes_none();
    bool found = jam_hash_equal(root, &none);
    if (!found && !jam_map_get(&store->trees, jam_hash_bytes(root), &known)) {
        if (on_disk(store))
            PVM_TRY(load_tree(store, root, &found, err));
        char digits[HEX_SIZE];
        if (!found || !jam_map_get(&store->trees, jam_hash_bytes(root), &known))
            return pvm_fail(err, PVM_E_MALFORMED, "segment root 0x%s: not in the segment store",
                            hex(root, digits));
    }
    *segments = known;
    return PVM_OK;
}

enum pvm_status jam_segments_root(struct jam_segments *store, const struct jam_hash *package,
                                  struct jam_hash *root, size_t *count, struct pvm_err *err)
{
    struct record record = {.count = 0};
    PVM_TRY(find_record(store, package, &record, err));
    *root = record.root;
    *count = record.count;
    return PVM_OK;
}

enum pvm_status jam_segments_get(struct jam_segments *store, const struct jam_import *import,
                                 uint8_t segment[JAM_SEGMENT_SIZE], struct pvm_err *err)
{
    struct record record = {.root = import->tree_root};
    if (import->by_package)
        PVM_TRY(find_record(store, &import->tree_root, &record, err));
    struct pvm_bytes all = pvm_bytes_none();
    PVM_TRY(jam_segments_below(store, &record.root, &all, err));
    size_t count = all.len / JAM_SEGMENT_SIZE;
    char digits[HEX_SIZE];
    if (import->by_package && record.count != count)
        return pvm_fail(err, PVM_E_IO,
                        "package 0x%s: said to have %zu segments, but there are %zu below its root",
                        hex(&import->tree_root, digits), record.count, count);
    if (import->index >= count)
        return pvm_fail(err, PVM_E_MALFORMED, "segment %u of %s 0x%s: not in store (%zu segments)",
                        import->index, import->by_package ? "package" : "root",
                        hex(&import->tree_root, digits), count);
    memcpy(segment, all.ptr + (size_t)import->index * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE);
    return PVM_OK;
}
