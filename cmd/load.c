/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/load.h"

#include "cmd/files.h"
#include "host/hash.h"

#include <stdlib.h>

enum pvm_status cmd_limits_check(const struct cmd_args *args, const char *command,
                                 const struct cmd_option *options, const unsigned *limits,
                                 size_t count, struct pvm_err *err)
{
    for (size_t i = 0; i < count; i++)
        if (cmd_args_number(args, limits[i], 1) == 0)
            return pvm_fail(err, PVM_E_USAGE, "%s%s--%s 0: nothing can run",
                            command != NULL ? command : "", command != NULL ? ": " : "",
                            options[limits[i]].name);
    return PVM_OK;
}

enum pvm_status cmd_limit_hint(enum pvm_status status, const char *options, struct pvm_err *err)
{
    const struct pvm_err inner = *err;
    if (status != PVM_E_LIMIT)
        return status;
    *err = (struct pvm_err){.status = PVM_OK};
    return pvm_fail(err, status, "%.240s; %s", inner.msg, options);
}

enum pvm_status cmd_profile(const char *name, const struct jam_profile **out, struct pvm_err *err)
{
    const char *from = "--gp";
    const char *env = getenv("PVM_GP");
    if (name == NULL && env != NULL && *env != '\0') {
        name = env;
        from = "PVM_GP";
    }
    *out = name != NULL ? jam_profile_find(name) : jam_profile_default;
    if (*out != NULL)
        return PVM_OK;

    struct pvm_buf known = {0};
    const struct jam_profile *profile;
    for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
        pvm_buf_printf(&known, "%s%s", i != 0 ? ", " : "", profile->name);
    pvm_fail(err, PVM_E_USAGE, "%s: unknown GP version \"%.40s\", known: %s", from, name,
             pvm_buf_str(&known));
    pvm_buf_deinit(&known);
    return PVM_E_USAGE;
}

/* As pvm_fail_at, but leaves the message whatever room the name does not need: it may list why
 * each of several formats does not fit. */
static enum pvm_status fail_file(struct pvm_err *err, enum pvm_status status, const char *path)
{
    struct pvm_err inner = *err;
    *err = (struct pvm_err){0};
    return pvm_fail(err, status, "%.120s: %s", cmd_file_name(path), inner.msg);
}

/* Adds which format the file does have, when another one was asked for. */
static enum pvm_status fail_other(struct pvm_err *err, enum pvm_status status,
                                  enum pvm_blob_format format)
{
    struct pvm_err inner = *err;
    *err = (struct pvm_err){0};
    return pvm_fail(err, status, "%.250s; its content is %s", inner.msg,
                    pvm_blob_format_text(format));
}

enum pvm_status cmd_blob_load(const char *path, int force, struct cmd_program *out,
                              struct pvm_err *err)
{
    *out = (struct cmd_program){.path = path};
    PVM_TRY(cmd_read_file(path, &out->bytes, err));
    struct pvm_bytes bytes = pvm_buf_bytes(&out->bytes);
    enum pvm_status status = pvm_blob_decode(bytes, force, &out->blob, err);
    if (status != PVM_OK) {
        struct pvm_blob other;
        bool is_other = force >= 0 && pvm_blob_decode(bytes, -1, &other, NULL) == PVM_OK;
        fail_file(err, status, path);
        return is_other ? fail_other(err, status, other.format) : status;
    }
    out->id = jam_hash(out->blob.program);
    return PVM_OK;
}

enum pvm_status cmd_program_load(const char *path, int force, const struct jam_profile *profile,
                                 struct cmd_program *out, struct pvm_err *err)
{
    PVM_TRY(cmd_blob_load(path, force, out, err));
    enum pvm_status status =
        pvm_program_new(profile->rules, NULL, out->blob.program, &out->program, err);
    return status == PVM_OK ? status : fail_file(err, status, path);
}

void cmd_program_deinit(struct cmd_program *program)
{
    pvm_program_free(program->program);
    pvm_buf_deinit(&program->bytes);
    *program = (struct cmd_program){0};
}

void cmd_program_blob(const struct pvm_program *program, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, program->jump_count);
    pvm_buf_add_u8(out, (uint8_t)program->jump_width);
    pvm_buf_add_natural(out, program->code_len);
    pvm_buf_add(out, program->jump_octets, (size_t)program->jump_count * program->jump_width);
    pvm_buf_add(out, program->code, program->code_len);
    for (size_t i = 0; i < ((size_t)program->code_len + 7) / 8; i++)
        pvm_buf_add_u8(out, (uint8_t)(program->opcode_mask[i / 8] >> (8 * (i % 8))));
}

enum pvm_status cmd_program_id(const struct pvm_program *program, struct jam_hash *out,
                               struct pvm_err *err)
{
    struct pvm_buf blob = {0};
    cmd_program_blob(program, &blob);
    enum pvm_status status = pvm_buf_status(&blob, err);
    if (status == PVM_OK)
        *out = jam_hash(pvm_buf_bytes(&blob));
    pvm_buf_deinit(&blob);
    return status;
}

/* Looks for the comment that says which program a symbol file is of. */
static bool find_tag(struct pvm_bytes text, struct jam_hash *id)
{
    const size_t tag_len = strlen(CMD_SYMBOLS_TAG);
    size_t at = 0;
    while (at < text.len && text.ptr[at] == '#') {
        const uint8_t *line = text.ptr + at;
        const uint8_t *end = memchr(line, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - line) : text.len - at;
        struct pvm_buf octets = {0};
        size_t bad;
        bool found = len > tag_len && memcmp(line, CMD_SYMBOLS_TAG, tag_len) == 0 &&
                     pvm_hex_decode((const char *)line + tag_len, len - tag_len, &octets, &bad) &&
                     octets.len == JAM_HASH_SIZE;
        if (found)
            memcpy(id->octets, octets.ptr, JAM_HASH_SIZE);
        pvm_buf_deinit(&octets);
        if (found)
            return true;
        at += len + 1;
    }
    return false;
}

static enum pvm_status parse_file(const char *path, struct cmd_symbol_file *out,
                                  struct pvm_err *err)
{
    struct pvm_buf text = {0};
    enum pvm_status status = cmd_read_file(path, &text, err);
    if (status == PVM_OK) {
        status = pvm_symbols_parse(pvm_buf_bytes(&text), &out->symbols, err);
        if (status != PVM_OK)
            pvm_fail_at(err, status, path);
        out->tagged = find_tag(pvm_buf_bytes(&text), &out->id);
    }
    pvm_buf_deinit(&text);
    return status;
}

static enum pvm_status append(struct cmd_symbols *symbols, struct cmd_symbol_file *file,
                              struct pvm_err *err)
{
    struct cmd_symbol_file *list =
        pvm_alloc_resize(NULL, symbols->list, (symbols->count + 1) * sizeof *list);
    if (list == NULL) {
        pvm_symbols_deinit(&file->symbols);
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for symbols");
    }
    symbols->list = list;
    list[symbols->count++] = *file;
    return PVM_OK;
}

void cmd_symbols_deinit(struct cmd_symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        pvm_symbols_deinit(&symbols->list[i].symbols);
    pvm_alloc_free(NULL, symbols->list);
    *symbols = (struct cmd_symbols){0};
}

enum pvm_status cmd_symbols_add(struct cmd_symbols *symbols, const char *path, struct pvm_err *err)
{
    struct cmd_symbol_file file = {0};
    PVM_TRY(parse_file(path, &file, err));
    return append(symbols, &file, err);
}

enum pvm_status cmd_symbols_put(struct cmd_symbols *symbols, struct pvm_bytes text,
                                struct pvm_bytes blob, struct pvm_err *err)
{
    struct pvm_blob decoded;
    struct cmd_symbol_file file = {.tagged = true};
    PVM_TRY(pvm_blob_decode(blob, -1, &decoded, err));
    file.id = jam_hash(decoded.program);
    enum pvm_status status = pvm_symbols_parse(text, &file.symbols, err);
    if (status != PVM_OK) {
        pvm_symbols_deinit(&file.symbols);
        return status;
    }
    return append(symbols, &file, err);
}

enum pvm_status cmd_symbols_beside(struct cmd_symbols *symbols, const struct cmd_program *program,
                                   struct pvm_err *err)
{
    struct pvm_buf path = {0};
    pvm_buf_printf(&path, "%s.sym", program->path);
    enum pvm_status status = pvm_buf_status(&path, err);
    if (status == PVM_OK && !cmd_file_is_special(pvm_buf_str(&path)) &&
        strcmp(program->path, "-") != 0 && cmd_file_exists(pvm_buf_str(&path))) {
        struct cmd_symbol_file file = {0};
        struct pvm_err ignored = {0};
        bool fits = parse_file(pvm_buf_str(&path), &file, &ignored) == PVM_OK && file.tagged &&
                    jam_hash_equal(&program->id, &file.id);
        if (fits)
            status = append(symbols, &file, err);
        else
            pvm_symbols_deinit(&file.symbols);
    }
    pvm_buf_deinit(&path);
    return status;
}

enum pvm_status cmd_symbols_of(struct cmd_symbols *symbols, const struct cmd_args *args,
                               unsigned option, const struct cmd_program *program,
                               struct pvm_err *err)
{
    if (!cmd_args_has(args, option))
        return cmd_symbols_beside(symbols, program, err);
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option == option)
            PVM_TRY(cmd_symbols_add(symbols, args->list[i].text, err));
    }
    return PVM_OK;
}

const struct pvm_symbols *cmd_symbols_find(const struct cmd_symbols *symbols,
                                           const struct jam_hash *id, bool is_main)
{
    const struct pvm_symbols *untagged = NULL;
    for (size_t i = 0; i < symbols->count; i++) {
        const struct cmd_symbol_file *file = &symbols->list[i];
        if (file->tagged && jam_hash_equal(&file->id, id))
            return &file->symbols;
        if (!file->tagged && is_main)
            untagged = &file->symbols;
    }
    return untagged;
}

const struct pvm_symbols *cmd_symbols_of_program(const struct cmd_symbols *symbols,
                                                 const struct pvm_program *program, bool is_main)
{
    struct pvm_err ignored = {0};
    struct jam_hash id;
    if (symbols->count == 0 || cmd_program_id(program, &id, &ignored) != PVM_OK)
        return NULL;
    return cmd_symbols_find(symbols, &id, is_main);
}
