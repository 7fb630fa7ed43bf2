/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a fixture that take more than one line to read. */
#include "core/blob.h"
#include "host/disk.h"
#include "host/fixture_load.h"

#include <stdio.h>

enum { FILE_LIMIT = 64 << 20, HEX_SIZE = 2 * JAM_HASH_SIZE + 1 };

enum pvm_status jam_fixture_fail_in(struct jam_fixture_load *load, struct jam_json json,
                                    const struct pvm_err *inner)
{
    jam_json_fail(json, load->err, "%s", inner->msg);
    load->err->status = inner->status;
    return inner->status;
}

enum pvm_status jam_fixture_get(struct jam_fixture_load *load, size_t count, size_t size,
                                void **out)
{
    enum pvm_status status = jam_arena_get(&load->out->arena, count, size, out, load->err);
    return status == PVM_OK ? PVM_OK : pvm_fail_at(load->err, status, load->name);
}

enum pvm_status jam_fixture_count(struct jam_fixture_load *load, struct jam_json json, size_t max,
                                  size_t *count)
{
    *count = 0;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    *count = jam_json_count(json);
    if (*count > max)
        return jam_json_fail(json, load->err, "%zu entries, at most %zu are possible", *count, max);
    return PVM_OK;
}

enum pvm_status jam_fixture_file(const struct jam_fixture_load *load, const char *path,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    const char *folder = load->options->folder;
    if (load->options->read != NULL)
        return load->options->read(load->options->user, path, out, err);
    if (folder == NULL || path[0] == '/')
        return jam_disk_read(path, FILE_LIMIT, out, err);
    struct pvm_buf joined = {.alloc = load->options->alloc};
    pvm_buf_printf(&joined, "%s/%s", folder, path);
    const char *name = pvm_buf_str(&joined);
    enum pvm_status status = pvm_buf_status(&joined, err);
    if (status == PVM_OK)
        status = jam_disk_read(name, FILE_LIMIT, out, err);
    pvm_buf_deinit(&joined);
    return status;
}

static enum pvm_status read_file(struct jam_fixture_load *load, struct jam_json json,
                                 const char *path, struct pvm_buf *out)
{
    struct pvm_err inner = {0};
    enum pvm_status status = jam_fixture_file(load, path, out, &inner);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(load, json, &inner);
}

static enum pvm_status read_octets(struct jam_fixture_load *load, struct jam_json json,
                                   struct pvm_buf *out)
{
    const char *string = NULL;
    if (jam_json_type(json) == JAM_JSON_OBJECT)
        return jam_fixture_made(load, json, out);
    if (jam_json_type(json) == JAM_JSON_STRING) {
        PVM_TRY(jam_json_text(json, &string, load->err));
        if (string[0] == '@')
            return read_file(load, json, string + 1, out);
    }
    return jam_json_hex(json, out, load->err);
}

enum pvm_status jam_fixture_octets(struct jam_fixture_load *load, struct jam_json json,
                                   struct pvm_bytes *out)
{
    struct pvm_buf octets = {.alloc = load->options->alloc};
    enum pvm_status status = read_octets(load, json, &octets);
    if (status == PVM_OK) {
        struct pvm_err inner = {0};
        status = jam_arena_copy(&load->out->arena, pvm_buf_bytes(&octets), out, &inner);
        if (status != PVM_OK)
            jam_fixture_fail_in(load, json, &inner);
    }
    pvm_buf_deinit(&octets);
    return status;
}

enum pvm_status jam_fixture_segment(struct jam_fixture_load *load, struct jam_json json,
                                    struct pvm_bytes *out)
{
    struct pvm_bytes given = pvm_bytes_none();
    PVM_TRY(jam_fixture_octets(load, json, &given));
    if (given.len > JAM_SEGMENT_SIZE)
        return jam_json_fail(json, load->err, "%zu octets, a segment has %d", given.len,
                             JAM_SEGMENT_SIZE);
    void *segment = NULL;
    PVM_TRY(jam_fixture_get(load, 1, JAM_SEGMENT_SIZE, &segment));
    if (given.len > 0)
        memcpy(segment, given.ptr, given.len);
    *out = pvm_bytes(segment, JAM_SEGMENT_SIZE);
    return PVM_OK;
}

enum pvm_status jam_fixture_code(struct jam_fixture_load *load, struct pvm_bytes bytes,
                                 struct pvm_bytes *preimage)
{
    struct pvm_blob blob;
    bool bare =
        pvm_blob_decode(bytes, -1, &blob, NULL) == PVM_OK && blob.format == PVM_BLOB_STANDARD;
    void *made = NULL;
    PVM_TRY(jam_fixture_get(load, bytes.len + bare, 1, &made));
    if (bytes.len > 0)
        memcpy((uint8_t *)made + bare, bytes.ptr, bytes.len);
    *preimage = pvm_bytes(made, bytes.len + bare);
    return PVM_OK;
}

static const char *hex(const struct jam_hash *hash, char text[HEX_SIZE])
{
    for (size_t i = 0; i < JAM_HASH_SIZE; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash->octets[i]);
    return text;
}

enum pvm_status jam_fixture_hash(struct jam_fixture_load *load, struct jam_json json,
                                 const struct jam_hash *real, const char *what,
                                 struct jam_hash *hash)
{
    *hash = *real;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_hash(json, hash, load->err));
    char given[HEX_SIZE];
    char should[HEX_SIZE];
    if (!load->unchecked && !jam_hash_equal(hash, real))
        return jam_json_fail(json, load->err, "0x%s, but the hash of the %s is 0x%s",
                             hex(hash, given), what, hex(real, should));
    return PVM_OK;
}
