/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_directory.h"

#include "host/disk.h"
#include "host/hash.h"
#include "host/json.h"
#include "host/seg_manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

enum { FILE_LIMIT = 1 << 30 };

void jam_seg_directory_deinit(struct jam_seg_directory *directory)
{
    pvm_buf_deinit(&directory->path);
    pvm_buf_deinit(&directory->programs);
    pvm_buf_deinit(&directory->segments);
    pvm_buf_deinit(&directory->runs);
    pvm_buf_deinit(&directory->foreign);
}

static void init(struct jam_seg_directory *directory, const char *path,
                 const struct pvm_alloc *alloc)
{
    *directory = (struct jam_seg_directory){.alloc = alloc,
                                            .path = {.alloc = alloc},
                                            .programs = {.alloc = alloc},
                                            .segments = {.alloc = alloc},
                                            .runs = {.alloc = alloc},
                                            .foreign = {.alloc = alloc}};
    pvm_buf_text(&directory->path, path);
}

/* ---- lists ---- */

size_t jam_seg_segment_count(const struct jam_seg_directory *directory)
{
    return directory->segments.len / sizeof(struct jam_seg_entry);
}

const struct jam_seg_entry *jam_seg_entry(const struct jam_seg_directory *directory, size_t index)
{
    return (const struct jam_seg_entry *)(const void *)directory->segments.ptr + index;
}

size_t jam_seg_run_count(const struct jam_seg_directory *directory)
{
    return directory->runs.len / sizeof(struct jam_seg_run);
}

const struct jam_seg_run *jam_seg_run(const struct jam_seg_directory *directory, size_t index)
{
    return (const struct jam_seg_run *)(const void *)directory->runs.ptr + index;
}

size_t jam_seg_foreign_count(const struct jam_seg_directory *directory)
{
    return directory->foreign.len / sizeof(uint64_t);
}

uint64_t jam_seg_foreign(const struct jam_seg_directory *directory, size_t index)
{
    uint64_t number;
    memcpy(&number, directory->foreign.ptr + index * sizeof number, sizeof number);
    return number;
}

bool jam_seg_is_foreign(const struct jam_seg_directory *directory, uint64_t number)
{
    for (size_t i = 0; i < jam_seg_foreign_count(directory); i++)
        if (jam_seg_foreign(directory, i) == number)
            return true;
    return false;
}

size_t jam_seg_program_count(const struct jam_seg_directory *directory)
{
    return directory->programs.len / sizeof(struct jam_seal);
}

const struct jam_seal *jam_seg_program(const struct jam_seg_directory *directory, size_t index)
{
    return (const struct jam_seal *)(const void *)directory->programs.ptr + index;
}

static const struct jam_seal *find_program(const struct jam_seg_directory *directory,
                                           const struct jam_hash *hash)
{
    for (size_t i = 0; i < jam_seg_program_count(directory); i++) {
        const struct jam_seal *seal = jam_seg_program(directory, i);
        if (memcmp(&seal->digest, hash, sizeof *hash) == 0)
            return seal;
    }
    return NULL;
}

void jam_seg_segment_name(size_t index, char name[JAM_SEG_FILE_NAME])
{
    (void)snprintf(name, JAM_SEG_FILE_NAME, "segment-%05zu.bin", index);
}

void jam_seg_program_name(const struct jam_hash *hash, char name[JAM_SEG_FILE_NAME])
{
    int at = snprintf(name, JAM_SEG_FILE_NAME, "program-");
    for (unsigned i = 0; i < JAM_HASH_SIZE; i++)
        at += snprintf(name + at, (size_t)(JAM_SEG_FILE_NAME - at), "%02x", hash->octets[i]);
    (void)snprintf(name + at, (size_t)(JAM_SEG_FILE_NAME - at), ".bin");
}

static enum pvm_status path_of(const struct jam_seg_directory *directory, const char *name,
                               struct pvm_buf *out, struct pvm_err *err)
{
    out->len = 0;
    pvm_buf_add_bytes(out, pvm_buf_bytes(&directory->path));
    pvm_buf_printf(out, "/%s", name);
    (void)pvm_buf_str(out);
    return pvm_buf_status(out, err);
}

/* ---- the files there are ---- */

/* Calls visit for every name but . and .. until it does not return PVM_OK. */
static enum pvm_status list(struct jam_seg_directory *directory,
                            enum pvm_status (*visit)(const struct jam_seg_directory *directory,
                                                     const char *name, struct pvm_err *err),
                            struct pvm_err *err)
{
    DIR *dir = opendir(pvm_buf_str(&directory->path));
    if (dir == NULL)
        return pvm_fail(err, PVM_E_IO, "%.200s: %s", pvm_buf_str(&directory->path),
                        strerror(errno));
    enum pvm_status status = PVM_OK;
    struct dirent *entry;
    while (status == PVM_OK && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = visit(directory, entry->d_name, err);
    closedir(dir);
    return status;
}

static enum pvm_status refuse_any(const struct jam_seg_directory *directory, const char *name,
                                  struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_USAGE, "%.*s: not empty, there is %.80s", (int)directory->path.len,
                    (const char *)directory->path.ptr, name);
}

static unsigned digit_of(char c)
{
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* The hash that the name of a program's file says. */
static bool hash_of_name(const char *name, struct jam_hash *out)
{
    static const char head[] = "program-";
    static const char tail[] = ".bin";
    char again[JAM_SEG_FILE_NAME];
    const char *digits = name + sizeof head - 1;
    if (strlen(name) != sizeof head - 1 + (size_t)2 * JAM_HASH_SIZE + sizeof tail - 1)
        return false;
    for (size_t i = 0; i < JAM_HASH_SIZE; i++)
        out->octets[i] = (uint8_t)(digit_of(digits[2 * i]) << 4 | (digit_of(digits[2 * i + 1]) & 15));
    jam_seg_program_name(out, again);
    return strcmp(name, again) == 0;
}

static enum pvm_status refuse_unknown(const struct jam_seg_directory *directory, const char *name,
                                      struct pvm_err *err)
{
    char known[JAM_SEG_FILE_NAME];
    struct jam_hash hash;
    size_t index = 0;
    bool good = strcmp(name, JAM_SEG_MANIFEST) == 0;
    if (sscanf(name, "segment-%20zu", &index) == 1 && index < jam_seg_segment_count(directory)) {
        jam_seg_segment_name(index, known);
        good = strcmp(name, known) == 0;
    }
    if (!good && hash_of_name(name, &hash))
        good = find_program(directory, &hash) != NULL;
    return good ? PVM_OK
                : pvm_fail(err, PVM_E_MALFORMED, "%.80s: the manifest has no such file", name);
}

static enum pvm_status need(const struct jam_seg_directory *directory, const char *name,
                            struct pvm_err *err)
{
    struct pvm_buf path = {.alloc = directory->alloc};
    enum pvm_status status = path_of(directory, name, &path, err);
    if (status == PVM_OK && !jam_disk_has(pvm_buf_str(&path)))
        status = pvm_fail(err, PVM_E_MALFORMED, "%s: not there", name);
    pvm_buf_deinit(&path);
    return status;
}

enum pvm_status jam_seg_need(const struct jam_seg_directory *directory, uint64_t first,
                             uint64_t stride, struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    uint64_t count = jam_seg_segment_count(directory);
    for (uint64_t i = first; i < count; i += stride) {
        jam_seg_segment_name((size_t)i, name);
        PVM_TRY(need(directory, name, err));
        if (stride > count - i)
            break;
    }
    for (size_t i = 0; i < jam_seg_program_count(directory); i++) {
        jam_seg_program_name(&jam_seg_program(directory, i)->digest, name);
        PVM_TRY(need(directory, name, err));
    }
    return PVM_OK;
}

/* ---- writing ---- */

enum pvm_status jam_seg_create(const char *path, const struct jam_profile *profile,
                               uint64_t segment_gas, const struct pvm_alloc *alloc,
                               struct jam_seg_directory *out, struct pvm_err *err)
{
    init(out, path, alloc);
    out->profile = profile;
    out->segment_gas = segment_gas;
    enum pvm_status status = pvm_buf_status(&out->path, err);
    if (status == PVM_OK)
        status = jam_disk_folder(pvm_buf_str(&out->path), err);
    if (status == PVM_OK)
        status = list(out, refuse_any, err);
    if (status != PVM_OK)
        jam_seg_directory_deinit(out);
    return status;
}

static enum pvm_status write_part(const struct jam_seg_directory *directory, const char *name,
                                  struct pvm_bytes bytes, struct pvm_err *err)
{
    struct pvm_buf path = {.alloc = directory->alloc};
    enum pvm_status status = path_of(directory, name, &path, err);
    if (status == PVM_OK)
        status = jam_disk_write_part(pvm_buf_str(&path), bytes, directory->alloc, err);
    pvm_buf_deinit(&path);
    return status;
}

enum pvm_status jam_seg_put_program(struct jam_seg_directory *directory, struct pvm_bytes blob,
                                    struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    struct jam_seal seal = jam_seal_of(blob);
    if (find_program(directory, &seal.digest) != NULL)
        return PVM_OK;
    jam_seg_program_name(&seal.digest, name);
    PVM_TRY(write_part(directory, name, blob, err));
    pvm_buf_add(&directory->programs, &seal, sizeof seal);
    return pvm_buf_status(&directory->programs, err);
}

enum pvm_status jam_seg_put_segment(struct jam_seg_directory *directory, struct pvm_bytes file,
                                    const struct jam_seg_entry *entry, struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    struct jam_seg_entry sealed = *entry;
    sealed.seal = jam_seal_of(file);
    jam_seg_segment_name(jam_seg_segment_count(directory), name);
    PVM_TRY(write_part(directory, name, file, err));
    pvm_buf_add(&directory->segments, &sealed, sizeof sealed);
    return pvm_buf_status(&directory->segments, err);
}

enum pvm_status jam_seg_put_run(struct jam_seg_directory *directory, const struct jam_seg_run *run,
                                struct pvm_err *err)
{
    pvm_buf_add(&directory->runs, run, sizeof *run);
    return pvm_buf_status(&directory->runs, err);
}

enum pvm_status jam_seg_put_foreign(struct jam_seg_directory *directory, uint64_t number,
                                    struct pvm_err *err)
{
    if (!jam_seg_is_foreign(directory, number))
        pvm_buf_add(&directory->foreign, &number, sizeof number);
    return pvm_buf_status(&directory->foreign, err);
}

enum pvm_status jam_seg_finish(const struct jam_seg_directory *directory, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = directory->alloc};
    struct pvm_buf path = {.alloc = directory->alloc};
    jam_seg_manifest_encode(directory, &text);
    enum pvm_status status = pvm_buf_status(&text, err);
    if (status == PVM_OK)
        status = path_of(directory, JAM_SEG_MANIFEST, &path, err);
    if (status == PVM_OK)
        status =
            jam_disk_write(pvm_buf_str(&path), pvm_buf_bytes(&text), directory->alloc, err);
    pvm_buf_deinit(&path);
    pvm_buf_deinit(&text);
    return status;
}

/* ---- reading ---- */

static enum pvm_status read_file(const struct jam_seg_directory *directory, const char *name,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf path = {.alloc = directory->alloc};
    enum pvm_status status = path_of(directory, name, &path, err);
    if (status == PVM_OK)
        status = jam_disk_read(pvm_buf_str(&path), FILE_LIMIT, out, err);
    pvm_buf_deinit(&path);
    return status;
}

/* It is written last. */
static enum pvm_status need_manifest(const struct jam_seg_directory *directory, struct pvm_err *err)
{
    struct pvm_buf path = {.alloc = directory->alloc};
    char name[JAM_SEG_FILE_NAME];
    jam_seg_segment_name(0, name);
    enum pvm_status status = path_of(directory, JAM_SEG_MANIFEST, &path, err);
    bool there = status == PVM_OK && jam_disk_has(pvm_buf_str(&path));
    if (status == PVM_OK && !there)
        status = path_of(directory, name, &path, err);
    if (status == PVM_OK && !there && jam_disk_has(pvm_buf_str(&path)))
        status = pvm_fail(err, PVM_E_IO,
                          "%.*s: there are segments and no " JAM_SEG_MANIFEST
                          ": the recording was not finished",
                          (int)(directory->path.len < 200 ? directory->path.len : 200),
                          (const char *)directory->path.ptr);
    pvm_buf_deinit(&path);
    return status;
}

static enum pvm_status read_all(struct jam_seg_directory *directory, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = directory->alloc};
    PVM_TRY(pvm_buf_status(&directory->path, err));
    PVM_TRY(need_manifest(directory, err));
    enum pvm_status status = read_file(directory, JAM_SEG_MANIFEST, &text, err);
    if (status == PVM_OK)
        status = jam_seg_manifest_decode(pvm_buf_bytes(&text), directory, err);
    if (status == PVM_OK)
        status = list(directory, refuse_unknown, err);
    directory->digest = jam_hash(pvm_buf_bytes(&text));
    pvm_buf_deinit(&text);
    return status;
}

enum pvm_status jam_seg_open(const char *path, const struct pvm_alloc *alloc,
                             struct jam_seg_directory *out, struct pvm_err *err)
{
    init(out, path, alloc);
    enum pvm_status status = read_all(out, err);
    if (status != PVM_OK)
        jam_seg_directory_deinit(out);
    return status;
}

/* Says what is wrong with a file that is not what was sealed. */
static enum pvm_status broken_seal(const char *name, const struct jam_seal *seal,
                                   struct pvm_bytes file, bool is_segment, struct pvm_err *err)
{
    char place[80] = "";
    if (file.len != seal->size)
        return pvm_fail(err, PVM_E_MALFORMED, "%s: %zu octets, the manifest says %llu", name,
                        file.len, (unsigned long long)seal->size);
    uint64_t bit = jam_seal_find(seal, file);
    if (bit == UINT64_MAX)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "%s: more than one bit was changed: its digest is not the manifest's",
                        name);
    struct pvm_buf text = {0};
    if (is_segment)
        jam_seg_place(file, (size_t)(bit / 8), &text);
    (void)snprintf(place, sizeof place, "%s", pvm_buf_str(&text));
    pvm_buf_deinit(&text);
    return pvm_fail(err, PVM_E_MALFORMED, "%s: bit %u of octet %llu was flipped%s", name,
                    (unsigned)(bit % 8), (unsigned long long)(bit / 8), place);
}

static enum pvm_status get(const struct jam_seg_directory *directory, const char *name,
                           const struct jam_seal *seal, bool is_segment, struct pvm_buf *out,
                           struct pvm_err *err)
{
    size_t start = out->len;
    PVM_TRY(read_file(directory, name, out, err));
    struct pvm_bytes file = pvm_bytes(out->ptr + start, out->len - start);
    return jam_seal_holds(seal, file) ? PVM_OK : broken_seal(name, seal, file, is_segment, err);
}

enum pvm_status jam_seg_get_segment(const struct jam_seg_directory *directory, size_t index,
                                    struct pvm_buf *out, struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    jam_seg_segment_name(index, name);
    return get(directory, name, &jam_seg_entry(directory, index)->seal, true, out, err);
}

enum pvm_status jam_seg_get_program(const struct jam_seg_directory *directory,
                                    const struct jam_hash *hash, struct pvm_buf *out,
                                    struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    const struct jam_seal *seal = find_program(directory, hash);
    jam_seg_program_name(hash, name);
    if (seal == NULL)
        return pvm_fail(err, PVM_E_MALFORMED, "%s: the manifest has no such file", name);
    return get(directory, name, seal, false, out, err);
}
