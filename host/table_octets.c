/* SPDX-License-Identifier: Apache-2.0 */
/* Octets in tables of host calls: how they are written, and how lines of changes show them. */
#include "core/asm.h"
#include "host/disk.h"
#include "host/hash.h"
#include "host/table_parts.h"

enum { MOST = 16 << 20, DEPTH = 16, SHOWN_TEXT = 64, REPEATED = 5, TAIL = 16 };

static enum pvm_status read_octets(const struct jam_table_view *view, struct jam_json json,
                                   unsigned depth, struct pvm_buf *out, struct pvm_err *err);

static enum pvm_status read_file(const struct jam_table_view *view, const char *path,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    const struct jam_table *table = view->table;
    struct pvm_buf joined = {.alloc = table->alloc};
    struct pvm_buf folder = {.alloc = table->alloc};
    pvm_buf_add_bytes(&folder, pvm_buf_bytes(&table->folder));
    if (path[0] != '/' && folder.len > 0)
        pvm_buf_printf(&joined, "%s/", pvm_buf_str(&folder));
    pvm_buf_text(&joined, path);
    const char *name = pvm_buf_str(&joined);
    enum pvm_status status = pvm_buf_status(&joined, err);
    if (status == PVM_OK)
        status = jam_disk_read(name, MOST, out, err);
    pvm_buf_deinit(&folder);
    pvm_buf_deinit(&joined);
    return status;
}

/* ---- forms of objects ---- */

struct form {
    const char *text;
    struct jam_json times, of, hash, word, octets, natural, blob, program, zeros;
};

static const struct jam_json_field form_fields[] = {
    JAM_JSON_FIELD(struct form, text),    JAM_JSON_FIELD(struct form, times),
    JAM_JSON_FIELD(struct form, of),      JAM_JSON_FIELD(struct form, hash),
    JAM_JSON_FIELD(struct form, word),    JAM_JSON_FIELD(struct form, octets),
    JAM_JSON_FIELD(struct form, natural), JAM_JSON_FIELD(struct form, blob),
    JAM_JSON_FIELD(struct form, program), JAM_JSON_FIELD(struct form, zeros),
};

static enum pvm_status add_repeated(const struct jam_table_view *view, const struct form *form,
                                    unsigned depth, struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf part = {.alloc = view->table->alloc};
    uint64_t times = 0;
    PVM_TRY(jam_table_word(view, form->times, &times, err));
    enum pvm_status status = read_octets(view, form->of, depth, &part, err);
    if (status == PVM_OK && part.len > 0 && times > MOST / part.len)
        status = jam_json_fail(form->times, err, "more octets than %d", MOST);
    for (uint64_t i = 0; status == PVM_OK && part.len > 0 && i < times; i++)
        pvm_buf_add_bytes(out, pvm_buf_bytes(&part));
    pvm_buf_deinit(&part);
    return status;
}

/* The hash of octets, or they behind their length. */
static enum pvm_status add_made(const struct jam_table_view *view, const struct form *form,
                                unsigned depth, struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf part = {.alloc = view->table->alloc};
    bool hashed = jam_json_has(form->hash);
    enum pvm_status status = read_octets(view, hashed ? form->hash : form->blob, depth, &part, err);
    if (status == PVM_OK && hashed) {
        struct jam_hash hash = jam_hash(pvm_buf_bytes(&part));
        pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
    } else if (status == PVM_OK) {
        pvm_buf_add_blob(out, pvm_buf_bytes(&part));
    }
    pvm_buf_deinit(&part);
    return status;
}

static enum pvm_status add_word(const struct jam_table_view *view, const struct form *form,
                                struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t value = 0;
    uint64_t width = 8;
    PVM_TRY(jam_table_word(view, form->word, &value, err));
    if (jam_json_has(form->octets))
        PVM_TRY(jam_json_u64(form->octets, 8, &width, err));
    if (width == 0 || (width < 8 && value >> (8 * width) != 0))
        return jam_json_fail(form->word, err, "does not fit into %u octets", (unsigned)width);
    pvm_buf_add_le(out, value, (unsigned)width);
    return PVM_OK;
}

static enum pvm_status add_number(const struct jam_table_view *view, const struct form *form,
                                  struct pvm_buf *out, struct pvm_err *err)
{
    uint64_t value = 0;
    bool natural = jam_json_has(form->natural);
    PVM_TRY(jam_table_word(view, natural ? form->natural : form->zeros, &value, err));
    if (natural)
        pvm_buf_add_natural(out, value);
    else if (value > MOST)
        return jam_json_fail(form->zeros, err, "more octets than %d", MOST);
    else
        pvm_buf_add_zeros(out, (size_t)value);
    return PVM_OK;
}

/* A program blob out of lines of assembler. */
static enum pvm_status add_program(const struct jam_table_view *view, struct jam_json lines,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_asm_options how = {.rules = view->profile->rules,
                                  .alloc = view->table->alloc,
                                  .format = PVM_BLOB_RAW,
                                  .file = "program",
                                  .calls = jam_call_names(view->profile)};
    struct pvm_buf source = {.alloc = how.alloc};
    struct pvm_buf blob = {.alloc = how.alloc};
    struct pvm_buf diagnostics = {.alloc = how.alloc};
    struct pvm_symbols symbols = {0};
    struct pvm_err inner = {.status = PVM_OK};
    enum pvm_status status = jam_json_expect(lines, JAM_JSON_ARRAY, err);
    for (struct jam_json it = jam_json_first(lines); status == PVM_OK && jam_json_has(it);
         it = jam_json_next(it)) {
        const char *line = "";
        status = jam_json_text(it, &line, err);
        pvm_buf_printf(&source, "%s\n", line);
    }
    if (status == PVM_OK) {
        status = pvm_assemble(&how, pvm_buf_bytes(&source), &blob, &symbols, &diagnostics, &inner);
        if (status != PVM_OK)
            jam_json_fail(lines, err, "%s", inner.msg);
        else
            pvm_buf_add_bytes(out, pvm_buf_bytes(&blob));
        pvm_symbols_deinit(&symbols);
    }
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&diagnostics);
    return status;
}

static enum pvm_status read_object(const struct jam_table_view *view, struct jam_json json,
                                   unsigned depth, struct pvm_buf *out, struct pvm_err *err)
{
    struct form form = {.text = NULL};
    PVM_TRY(jam_json_fields(json, form_fields, JAM_JSON_COUNT(form_fields), &form, err));
    if (form.text != NULL)
        pvm_buf_text(out, form.text);
    else if (jam_json_has(form.times) && jam_json_has(form.of))
        PVM_TRY(add_repeated(view, &form, depth, out, err));
    else if (jam_json_has(form.hash) || jam_json_has(form.blob))
        PVM_TRY(add_made(view, &form, depth, out, err));
    else if (jam_json_has(form.word))
        PVM_TRY(add_word(view, &form, out, err));
    else if (jam_json_has(form.natural) || jam_json_has(form.zeros))
        PVM_TRY(add_number(view, &form, out, err));
    else if (jam_json_has(form.program))
        PVM_TRY(add_program(view, form.program, out, err));
    else
        return jam_json_fail(json, err, "no form of octets");
    return PVM_OK;
}

static enum pvm_status read_octets(const struct jam_table_view *view, struct jam_json json,
                                   unsigned depth, struct pvm_buf *out, struct pvm_err *err)
{
    const char *text = NULL;
    if (depth > DEPTH)
        return jam_json_fail(json, err, "octets nested more than %d deep", DEPTH);
    switch (jam_json_type(json)) {
    case JAM_JSON_OBJECT:
        return read_object(view, json, depth + 1, out, err);
    case JAM_JSON_ARRAY:
        for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
            PVM_TRY(read_octets(view, it, depth + 1, out, err));
        return PVM_OK;
    case JAM_JSON_STRING:
        PVM_TRY(jam_json_text(json, &text, err));
        if (text[0] == '@')
            return read_file(view, text + 1, out, err);
        return jam_json_hex(json, out, err);
    case JAM_JSON_NOTHING:
    case JAM_JSON_NULL:
    case JAM_JSON_BOOL:
    case JAM_JSON_NUMBER:
        break;
    }
    return jam_json_expect(json, JAM_JSON_STRING, err);
}

enum pvm_status jam_table_octets(const struct jam_table_view *view, struct jam_json json,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    size_t before = out->len;
    PVM_TRY(read_octets(view, json, 0, out, err));
    PVM_TRY(pvm_buf_status(out, err));
    if (out->len - before > MOST)
        return jam_json_fail(json, err, "%zu octets, at most %d are possible", out->len - before,
                             MOST);
    return PVM_OK;
}

/* ---- showing ---- */

static bool all_same(struct pvm_bytes octets)
{
    for (size_t i = 1; i < octets.len; i++)
        if (octets.ptr[i] != octets.ptr[0])
            return false;
    return true;
}

static bool is_text(struct pvm_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        if (octets.ptr[i] < 0x20 || octets.ptr[i] > 0x7e || octets.ptr[i] == '"' ||
            octets.ptr[i] == '{' || octets.ptr[i] == '}')
            return false;
    return octets.len <= SHOWN_TEXT;
}

void jam_table_show(struct pvm_bytes octets, struct pvm_buf *out)
{
    size_t zeros = 0;
    if (octets.len == 0) {
        pvm_buf_text(out, "empty");
        return;
    }
    if (octets.len >= REPEATED && all_same(octets)) {
        pvm_buf_printf(out, "0x%02x x %zu", octets.ptr[0], octets.len);
        return;
    }
    if (is_text(octets)) {
        pvm_buf_text(out, "\"");
        pvm_buf_add_bytes(out, octets);
        pvm_buf_text(out, "\"");
        return;
    }
    while (octets.ptr[octets.len - 1 - zeros] == 0)
        zeros++;
    if (zeros > TAIL) {
        jam_table_show(pvm_bytes(octets.ptr, octets.len - zeros), out);
        pvm_buf_printf(out, " then %zu zeros", zeros);
        return;
    }
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, octets);
}
