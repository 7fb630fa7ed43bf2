/* SPDX-License-Identifier: Apache-2.0 */
/* Code that a fixture gives as assembler source: {"asm": "service.s"}. */
#include "core/asm.h"
#include "host/fixture_load.h"

struct asm_keys {
    const char *file; /* "asm" is a keyword to some compilers */
};

static const struct jam_json_field asm_fields[] = {
    JAM_JSON_ROW(struct asm_keys, file, "asm", true),
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

enum pvm_status jam_fixture_assemble(struct jam_fixture_load *load, struct jam_json json,
                                     struct pvm_buf *out)
{
    struct asm_keys keys = {NULL};
    struct pvm_buf source = {.alloc = load->options->alloc};
    struct pvm_err inner = {0};
    PVM_TRY(jam_json_fields(json, asm_fields, JAM_JSON_COUNT(asm_fields), &keys, load->err));
    enum pvm_status status = assemble(load, keys.file, &source, out, &inner);
    pvm_buf_deinit(&source);
    return status == PVM_OK ? PVM_OK : jam_fixture_fail_in(load, json, &inner);
}
