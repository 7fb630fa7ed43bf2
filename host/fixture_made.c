/* SPDX-License-Identifier: Apache-2.0 */
/* Octets that are made rather than written down: assembled, hashed, counted, joined. */
#include "core/asm.h"
#include "host/fixture_load.h"
#include "host/hash.h"

enum { LENGTH_SIZE = 4 };

/* One of these. */
struct made_keys {
    const char *text, *file;
    struct jam_json hash_of, length_of, join;
};

static const struct jam_json_field made_fields[] = {
    JAM_JSON_FIELD(struct made_keys, text),    JAM_JSON_ROW(struct made_keys, file, "asm", false),
    JAM_JSON_FIELD(struct made_keys, hash_of), JAM_JSON_FIELD(struct made_keys, length_of),
    JAM_JSON_FIELD(struct made_keys, join),
};

/* Files that the source includes lie beside it. */
static enum pvm_status include(void *user, const char *from, const char *path, struct pvm_buf *out,
                               struct pvm_buf *resolved, struct pvm_err *err)
{
    const struct jam_fixture_load *load = user;
    const char *slash = strrchr(from, '/');
    if (path[0] != '/' && slash != NULL)
        pvm_buf_add(resolved, from, (size_t)(slash - from) + 1);
    pvm_buf_text(resolved, path);
    const char *name = pvm_buf_str(resolved);
    PVM_TRY(pvm_buf_status(resolved, err));
    return jam_fixture_file(load, name, out, err);
}

static enum pvm_status assemble(struct jam_fixture_load *load, const char *file,
                                struct pvm_buf *source, struct pvm_buf *out, struct pvm_err *err)
{
    const struct jam_profile *profile = load->out->profile;
    struct pvm_asm_options how = {
        .rules = profile->rules,
        .alloc = load->options->alloc,
        .format = PVM_BLOB_JAM,
        .file = file,
        .calls = jam_call_names(profile),
        .files = {include, load},
    };
    struct pvm_buf blob = {.alloc = how.alloc};
    struct pvm_buf diagnostics = {.alloc = how.alloc};
    struct pvm_symbols symbols = {0};
    PVM_TRY(jam_fixture_file(load, file, source, err));
    enum pvm_status status =
        pvm_assemble(&how, pvm_buf_bytes(source), &blob, &symbols, &diagnostics, err);
    if (status == PVM_OK)
        pvm_buf_add_bytes(out, pvm_buf_bytes(&blob));
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&diagnostics);
    pvm_buf_deinit(&blob);
    return status == PVM_OK ? pvm_buf_status(out, err) : status;
}

static enum pvm_status add_code(struct jam_fixture_load *load, struct jam_json json,
                                const char *file, struct pvm_buf *out)
{
    struct pvm_buf source = {.alloc = load->options->alloc};
    struct pvm_err inner = {0};
    enum pvm_status status = assemble(load, file, &source, out, &inner);
    pvm_buf_deinit(&source);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(load, json, &inner);
}

static enum pvm_status add_joined(struct jam_fixture_load *load, struct jam_json list,
                                  struct pvm_buf *out)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct pvm_bytes part = pvm_bytes_none();
        PVM_TRY(jam_fixture_octets(load, it, &part));
        pvm_buf_add_bytes(out, part);
    }
    return pvm_buf_status(out, load->err);
}

enum pvm_status jam_fixture_made(struct jam_fixture_load *load, struct jam_json json,
                                 struct pvm_buf *out)
{
    struct made_keys keys = {.text = NULL};
    struct pvm_bytes whole = pvm_bytes_none();
    PVM_TRY(jam_json_fields(json, made_fields, JAM_JSON_COUNT(made_fields), &keys, load->err));
    int given = (keys.text != NULL) + (keys.file != NULL) + jam_json_has(keys.hash_of) +
                jam_json_has(keys.length_of) + jam_json_has(keys.join);
    if (given != 1)
        return jam_json_fail(json, load->err,
                             "one of \"text\", \"asm\", \"hash_of\", \"length_of\" and \"join\" "
                             "is needed, got %d",
                             given);
    if (keys.file != NULL)
        return add_code(load, json, keys.file, out);
    if (jam_json_has(keys.join))
        return add_joined(load, keys.join, out);
    if (jam_json_has(keys.hash_of)) {
        PVM_TRY(jam_fixture_octets(load, keys.hash_of, &whole));
        struct jam_hash hash = jam_hash(whole);
        pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
    } else if (jam_json_has(keys.length_of)) {
        PVM_TRY(jam_fixture_octets(load, keys.length_of, &whole));
        pvm_buf_add_le(out, whole.len, LENGTH_SIZE);
    } else {
        pvm_buf_text(out, keys.text);
    }
    return pvm_buf_status(out, load->err);
}
