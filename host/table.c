/* SPDX-License-Identifier: Apache-2.0 */
#include "host/table_parts.h"

#include "host/disk.h"

enum { TEXT_LIMIT = 64 << 20 };

#define LAYER(type, field, text) JAM_JSON_ROW(type, layer.field, text, false),

static const struct jam_json_field layer_fields[] = {
#define X(field, name) JAM_JSON_ROW(struct jam_table_layer, field, name, false),
    JAM_TABLE_FIELDS(X)
#undef X
};

static const struct jam_json_field row_fields[] = {
#define X(field, name) LAYER(struct jam_table_row, field, name)
    JAM_TABLE_FIELDS(X)
#undef X
        JAM_JSON_NEEDED(struct jam_table_row, name),
    JAM_JSON_FIELD(struct jam_table_row, gp),
    JAM_JSON_FIELD(struct jam_table_row, by),
};

static const struct jam_json_field head_fields[] = {
#define X(field, name) LAYER(struct jam_table_head, field, name)
    JAM_TABLE_FIELDS(X)
#undef X
        JAM_JSON_FIELD(struct jam_table_head, name),
    JAM_JSON_FIELD(struct jam_table_head, base),
    JAM_JSON_FIELD(struct jam_table_head, gp),
    JAM_JSON_FIELD(struct jam_table_head, by),
    JAM_JSON_FIELD(struct jam_table_head, words),
    JAM_JSON_FIELD(struct jam_table_head, answers),
    JAM_JSON_FIELD(struct jam_table_head, rows),
};

#undef LAYER

/* ---- loading ---- */

static enum pvm_status read_doc(struct jam_table *table, struct pvm_buf *path, struct pvm_buf *text,
                                struct jam_json_doc **doc, struct jam_table_head *head,
                                struct pvm_err *err)
{
    const char *name = pvm_buf_str(path);
    PVM_TRY(pvm_buf_status(path, err));
    if (text->len == 0)
        PVM_TRY(jam_disk_read(name, TEXT_LIMIT, text, err));
    PVM_TRY(jam_json_parse(pvm_buf_bytes(text), name, table->alloc, doc, err));
    *head = (struct jam_table_head){.name = ""};
    return jam_json_fields(jam_json_root(*doc), head_fields, JAM_JSON_COUNT(head_fields), head,
                           err);
}

static enum pvm_status read_base(struct jam_table *table, struct pvm_err *err)
{
    if (table->head.base == NULL)
        return PVM_OK;
    if (table->head.base[0] != '/' && table->folder.len > 0)
        pvm_buf_printf(&table->base_path, "%s/", pvm_buf_str(&table->folder));
    pvm_buf_text(&table->base_path, table->head.base);
    PVM_TRY(
        read_doc(table, &table->base_path, &table->base_text, &table->base_doc, &table->base, err));
    table->has_base = true;
    struct jam_json root = jam_json_root(table->base_doc);
    if (table->base.base != NULL)
        return jam_json_fail(jam_json_get(root, "base"), err,
                             "a table that others build on builds on none");
    if (jam_json_has(table->base.rows))
        return jam_json_fail(table->base.rows, err, "a table that others build on has no rows");
    return PVM_OK;
}

/* The form of rows, so that what is wrong shows even where the row does not run. */
static enum pvm_status check_rows(const struct jam_table *table, struct pvm_err *err)
{
    struct jam_table_row row;
    uint32_t versions;
    if (!jam_json_has(table->head.rows))
        return jam_json_fail(jam_json_root(table->doc), err, "field \"rows\" is missing");
    PVM_TRY(jam_json_expect(table->head.rows, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(table->head.rows); jam_json_has(it);
         it = jam_json_next(it)) {
        PVM_TRY(jam_table_row_read(it, &row, err));
        if (jam_json_has(row.gp))
            PVM_TRY(jam_table_versions(row.gp, &versions, err));
    }
    return PVM_OK;
}

static enum pvm_status load(struct jam_table *table, const char *path, struct pvm_err *err)
{
    const char *slash = strrchr(path, '/');
    pvm_buf_text(&table->path, path);
    if (slash != NULL)
        pvm_buf_add(&table->folder, path, slash == path ? 1 : (size_t)(slash - path));
    PVM_TRY(pvm_buf_status(&table->folder, err));
    PVM_TRY(read_doc(table, &table->path, &table->text, &table->doc, &table->head, err));
    PVM_TRY(read_base(table, err));
    return check_rows(table, err);
}

enum pvm_status jam_table_load_file(const char *path, const struct pvm_alloc *alloc,
                                    struct jam_table **out, struct pvm_err *err)
{
    return jam_table_load(pvm_bytes_none(), path, alloc, out, err);
}

enum pvm_status jam_table_load(struct pvm_bytes text, const char *path,
                               const struct pvm_alloc *alloc, struct jam_table **out,
                               struct pvm_err *err)
{
    struct jam_table *table = pvm_alloc_zero(alloc, 1, sizeof *table);
    if (table == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a table");
    table->alloc = alloc;
    table->path.alloc = table->folder.alloc = table->base_path.alloc = alloc;
    table->text.alloc = table->base_text.alloc = alloc;
    pvm_buf_add_bytes(&table->text, text);
    enum pvm_status status = pvm_buf_status(&table->text, err);
    if (status == PVM_OK)
        status = load(table, path, err);
    if (status != PVM_OK) {
        jam_table_free(table);
        return status;
    }
    *out = table;
    return PVM_OK;
}

void jam_table_free(struct jam_table *table)
{
    if (table == NULL)
        return;
    jam_json_free(table->doc);
    jam_json_free(table->base_doc);
    pvm_buf_deinit(&table->path);
    pvm_buf_deinit(&table->folder);
    pvm_buf_deinit(&table->text);
    pvm_buf_deinit(&table->base_text);
    pvm_buf_deinit(&table->base_path);
    pvm_alloc_free(table->alloc, table);
}

const char *jam_table_name(const struct jam_table *table)
{
    return table->head.name;
}

/* ---- a row under a version ---- */

enum pvm_status jam_table_row_read(struct jam_json json, struct jam_table_row *out,
                                   struct pvm_err *err)
{
    *out = (struct jam_table_row){.name = ""};
    return jam_json_fields(json, row_fields, JAM_JSON_COUNT(row_fields), out, err);
}

enum pvm_status jam_table_row_has(const struct jam_table *table, const struct jam_table_row *row,
                                  unsigned version, bool *out, struct pvm_err *err)
{
    struct jam_json gp = row->gp;
    uint32_t versions = UINT32_MAX;
    if (!jam_json_has(gp))
        gp = table->head.gp;
    if (!jam_json_has(gp) && table->has_base)
        gp = table->base.gp;
    if (jam_json_has(gp))
        PVM_TRY(jam_table_versions(gp, &versions, err));
    *out = (versions & UINT32_C(1) << version) != 0;
    return PVM_OK;
}

static enum pvm_status push(struct jam_table_view *view, const struct jam_table_layer *layer,
                            struct jam_json json, struct pvm_err *err)
{
    if (view->layer_count == JAM_TABLE_LAYERS)
        return jam_json_fail(json, err, "too many parts for one version");
    view->layers[view->layer_count++] = *layer;
    return PVM_OK;
}

/* The parts of `by` that are the version's. */
static enum pvm_status push_by(struct jam_table_view *view, struct jam_json by, struct pvm_err *err)
{
    if (!jam_json_has(by))
        return PVM_OK;
    PVM_TRY(jam_json_expect(by, JAM_JSON_OBJECT, err));
    for (struct jam_json it = jam_json_first(by); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_table_layer layer = {.context = {NULL, NULL}};
        uint32_t versions = 0;
        PVM_TRY(jam_table_versions_text(it, jam_json_key(it), &versions, err));
        bool mine = (versions & UINT32_C(1) << view->version) != 0;
        if (jam_json_type(it) == JAM_JSON_STRING) {
            if (mine)
                PVM_TRY(jam_json_text(it, &view->left_out, err));
            continue;
        }
        PVM_TRY(jam_json_fields(it, layer_fields, JAM_JSON_COUNT(layer_fields), &layer, err));
        if (mine)
            PVM_TRY(push(view, &layer, it, err));
    }
    return PVM_OK;
}

enum pvm_status jam_table_view(const struct jam_table *table, struct jam_json row, size_t index,
                               unsigned version, struct jam_table_view *out, struct pvm_err *err)
{
    out->table = table;
    out->profile = jam_profile_at(version);
    out->version = version;
    out->index = index;
    out->json = row;
    out->left_out = NULL;
    out->layer_count = 0;
    PVM_TRY(jam_table_row_read(row, &out->row, err));
    if (table->has_base) {
        PVM_TRY(push(out, &table->base.layer, row, err));
        PVM_TRY(push_by(out, table->base.by, err));
    }
    PVM_TRY(push(out, &table->head.layer, row, err));
    PVM_TRY(push_by(out, table->head.by, err));
    PVM_TRY(push(out, &out->row.layer, row, err));
    return push_by(out, out->row.by, err);
}

struct jam_json jam_table_get(const struct jam_table_view *view, size_t offset)
{
    struct jam_json json = {NULL, NULL};
    for (size_t i = view->layer_count; i-- > 0 && !jam_json_has(json);)
        memcpy(&json, (const uint8_t *)&view->layers[i] + offset, sizeof json);
    return json;
}

enum pvm_status jam_table_get_text(const struct jam_table_view *view, size_t offset,
                                   const char **out, struct pvm_err *err)
{
    struct jam_json json = jam_table_get(view, offset);
    *out = NULL;
    return jam_json_has(json) ? jam_json_text(json, out, err) : PVM_OK;
}

static enum pvm_status add_context(struct jam_json json, unsigned *out, struct pvm_err *err)
{
    const char *name = NULL;
    PVM_TRY(jam_json_text(json, &name, err));
    for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++) {
        if (strcmp(name, jam_invocation_name((enum jam_invocation)i)) == 0) {
            *out |= 1u << i;
            return PVM_OK;
        }
    }
    return jam_json_fail(json, err,
                         "unknown invocation \"%.40s\", known: is_authorized, refine, accumulate, "
                         "on_transfer",
                         name);
}

enum pvm_status jam_table_contexts(const struct jam_table_view *view, unsigned *out,
                                   struct pvm_err *err)
{
    struct jam_json json = JAM_TABLE_GET(view, context);
    *out = 0;
    if (!jam_json_has(json))
        return jam_json_fail(view->json, err, "neither row nor table says a context");
    if (jam_json_type(json) != JAM_JSON_ARRAY)
        return add_context(json, out, err);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(add_context(it, out, err));
    return PVM_OK;
}
