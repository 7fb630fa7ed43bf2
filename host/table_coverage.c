/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of tables cover which result of which call: a section for each table, in it a matrix
 * for each invocation, result by version. A cell has the numbers of the rows, or a letter that
 * stands for the reason why there is none.
 */
#include "host/accumulate_rules.h"
#include "host/table_parts.h"

#include <inttypes.h>

enum { LABELS = 24, VERSIONS = 16, ROWS = 1024, REASONS = 26, WORDS = ROWS / 64 };

struct cell {
    uint64_t rows[WORDS];
    bool expected;      /* the table says that the call gives this result */
    const char *reason; /* why it does not; NULL: unknown */
};

struct label {
    const char *name;
    struct jam_json answer; /* what the table says of it; nothing: every version has it */
    struct cell cells[VERSIONS];
};

struct section {
    const struct jam_table *table;
    const char *call; /* NULL: the table is of several */
    enum jam_invocation context;
    struct label labels[LABELS];
    size_t label_count;
    bool runs[VERSIONS]; /* whether any row does */
    const char *reasons[REASONS];
    size_t reason_count;
    size_t *blanks;
    struct pvm_buf *out;
    struct jam_table_view view;
};

static size_t version_count(void)
{
    size_t count = 0;
    while (jam_profile_at(count) != NULL)
        count++;
    return count < VERSIONS ? count : VERSIONS;
}

/* ---- what the table says ---- */

struct answer_keys {
    struct jam_json gp, otherwise;
};

static const struct jam_json_field answer_fields[] = {
    JAM_JSON_NEEDED(struct answer_keys, gp),
    JAM_JSON_ROW(struct answer_keys, otherwise, "else", false),
};

/* A reason for all versions, or one by version; NULL when there is none. */
static enum pvm_status reason_of(struct jam_json json, unsigned version, const char **out,
                                 struct pvm_err *err)
{
    *out = NULL;
    if (!jam_json_has(json))
        return PVM_OK;
    if (jam_json_type(json) != JAM_JSON_OBJECT)
        return jam_json_text(json, out, err);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        uint32_t versions = 0;
        PVM_TRY(jam_table_versions_text(it, jam_json_key(it), &versions, err));
        if ((versions & UINT32_C(1) << version) != 0)
            PVM_TRY(jam_json_text(it, out, err));
    }
    return PVM_OK;
}

/* Why nothing of the call can be run at all; NULL: it can. */
static const char *absence(const struct section *section, unsigned version)
{
    const struct jam_profile *profile = jam_profile_at(version);
    if (section->context == JAM_ON_TRANSFER && jam_accumulate_rules_of(profile)->transfer_inputs)
        return "the version has no On-Transfer";
    if (section->call == NULL)
        return NULL;
    enum jam_call_id id = jam_call_by_name(section->call, strlen(section->call));
    if (id != JAM_CALL_COUNT && jam_call_number(profile, id) < 0)
        return "the version has no such call";
    return NULL;
}

static enum pvm_status fill_label(struct section *section, struct label *label, struct pvm_err *err)
{
    struct answer_keys keys = {.gp = label->answer};
    uint32_t versions = UINT32_MAX;
    if (jam_json_type(label->answer) == JAM_JSON_OBJECT)
        PVM_TRY(jam_json_fields(label->answer, answer_fields, JAM_JSON_COUNT(answer_fields), &keys,
                                err));
    if (jam_json_has(keys.gp))
        PVM_TRY(jam_table_versions(keys.gp, &versions, err));
    for (unsigned i = 0; i < version_count(); i++) {
        struct cell *cell = &label->cells[i];
        cell->reason = absence(section, i);
        cell->expected = cell->reason == NULL && (versions & UINT32_C(1) << i) != 0;
        if (cell->reason == NULL && !cell->expected)
            PVM_TRY(reason_of(keys.otherwise, i, &cell->reason, err));
    }
    return PVM_OK;
}

static struct label *find_label(struct section *section, const char *name, size_t len)
{
    for (size_t i = 0; i < section->label_count; i++)
        if (strlen(section->labels[i].name) == len &&
            memcmp(section->labels[i].name, name, len) == 0)
            return &section->labels[i];
    return NULL;
}

static enum pvm_status add_label(struct section *section, const char *name, struct jam_json answer,
                                 struct pvm_err *err)
{
    if (section->label_count == LABELS)
        return jam_json_fail(answer, err, "more than %d results", LABELS);
    struct label *label = &section->labels[section->label_count++];
    *label = (struct label){.name = name, .answer = answer};
    return fill_label(section, label, err);
}

/* "answers", an object of results, or of invocations with such an object each. */
static enum pvm_status read_answers(struct section *section, struct pvm_err *err)
{
    const struct jam_json nothing = {NULL, NULL};
    struct jam_json answers = section->table->head.answers;
    if (!jam_json_has(answers))
        return jam_json_fail(jam_json_root(section->table->doc), err, "no answers are listed");
    PVM_TRY(jam_json_expect(answers, JAM_JSON_OBJECT, err));
    struct jam_json own = jam_json_get(answers, jam_invocation_name(section->context));
    if (jam_json_has(own))
        answers = own;
    for (struct jam_json it = jam_json_first(answers); jam_json_has(it); it = jam_json_next(it))
        if (strcmp(jam_json_key(it), "note") != 0)
            PVM_TRY(add_label(section, jam_json_key(it), it, err));
    if (find_label(section, "out-of-gas", strlen("out-of-gas")) == NULL)
        return add_label(section, "out-of-gas", nothing, err);
    return PVM_OK;
}

/* ---- what rows cover ---- */

static const char *label_of(struct section *section, struct jam_json result)
{
    const char *text = NULL;
    uint64_t value;
    if (jam_json_type(result) != JAM_JSON_STRING || jam_json_text(result, &text, NULL) != PVM_OK)
        return "value";
    if (find_label(section, text, strlen(text)) != NULL ||
        jam_table_result(text, strlen(text), &value) || strcmp(text, "panic") == 0)
        return text;
    return "value";
}

static enum pvm_status cover_row(struct section *section, unsigned version, struct pvm_err *err)
{
    const struct jam_table_view *view = &section->view;
    unsigned contexts = 0;
    bool has = false;
    PVM_TRY(jam_table_row_has(section->table, &view->row, version, &has, err));
    PVM_TRY(jam_table_contexts(view, &contexts, err));
    if (!has || view->left_out != NULL || (contexts & 1u << section->context) == 0 ||
        absence(section, version) != NULL)
        return PVM_OK;
    const char *name = label_of(section, JAM_TABLE_GET(view, result));
    struct label *label = find_label(section, name, strlen(name));
    if (label == NULL || !label->cells[version].expected) {
        pvm_buf_printf(section->out,
                       "Row %zu gives %s under %s, which the table does not list.\n\n",
                       view->index + 1, name, view->profile->name);
        (*section->blanks)++;
        return PVM_OK;
    }
    section->runs[version] = true;
    label->cells[version].rows[view->index / 64] |= UINT64_C(1) << view->index % 64;
    return PVM_OK;
}

static enum pvm_status cover_rows(struct section *section, struct pvm_err *err)
{
    size_t index = 0;
    for (struct jam_json it = jam_json_first(section->table->head.rows); jam_json_has(it);
         it = jam_json_next(it), index++) {
        if (index == ROWS)
            return jam_json_fail(it, err, "more than %d rows", ROWS);
        for (unsigned version = 0; version < version_count(); version++) {
            PVM_TRY(jam_table_view(section->table, it, index, version, &section->view, err));
            PVM_TRY(cover_row(section, version, err));
        }
    }
    return PVM_OK;
}

/* ---- printing ---- */

/* Row numbers from 1, runs of them as "3-5"; false when there are none. */
static bool print_rows(const struct cell *cell, struct pvm_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < ROWS; i++) {
        size_t end = i;
        while (end < ROWS && (cell->rows[end / 64] >> end % 64 & 1) != 0)
            end++;
        if (end == i)
            continue;
        pvm_buf_printf(out, "%s%zu", any ? ", " : " ", i + 1);
        if (end > i + 2)
            pvm_buf_printf(out, "-%zu", end);
        else if (end == i + 2)
            pvm_buf_printf(out, ", %zu", end);
        any = true;
        i = end;
    }
    return any;
}

static void print_reason(struct section *section, const char *reason)
{
    size_t i = 0;
    while (i < section->reason_count && strcmp(section->reasons[i], reason) != 0)
        i++;
    if (i == section->reason_count && i < REASONS)
        section->reasons[section->reason_count++] = reason;
    pvm_buf_printf(section->out, " *%c*", i < REASONS ? (char)('a' + i) : '?');
}

static void print_cell(struct section *section, const struct label *label, unsigned version)
{
    const struct cell *cell = &label->cells[version];
    bool short_of_gas = strcmp(label->name, "out-of-gas") == 0;
    bool any = print_rows(cell, section->out);
    if (any)
        return;
    if (cell->expected && short_of_gas && section->runs[version]) {
        pvm_buf_text(section->out, " each");
    } else if (!cell->expected && cell->reason != NULL) {
        print_reason(section, cell->reason);
    } else {
        pvm_buf_text(section->out, " **blank**");
        (*section->blanks)++;
    }
}

static void print_matrix(struct section *section)
{
    struct pvm_buf *out = section->out;
    const char *title = section->call != NULL ? section->call : jam_table_name(section->table);
    pvm_buf_printf(out, "### `%s` in %s\n\n| result |", title,
                   jam_invocation_name(section->context));
    for (unsigned i = 0; i < version_count(); i++)
        pvm_buf_printf(out, " %s |", jam_profile_at(i)->name);
    pvm_buf_text(out, "\n|---|");
    for (unsigned i = 0; i < version_count(); i++)
        pvm_buf_text(out, "---|");
    pvm_buf_text(out, "\n");
    for (size_t i = 0; i < section->label_count; i++) {
        pvm_buf_printf(out, "| %s |", section->labels[i].name);
        for (unsigned version = 0; version < version_count(); version++) {
            print_cell(section, &section->labels[i], version);
            pvm_buf_text(out, " |");
        }
        pvm_buf_text(out, "\n");
    }
    pvm_buf_text(out, "\n");
    for (size_t i = 0; i < section->reason_count; i++)
        pvm_buf_printf(out, "*%c*: %s.%s\n", (char)('a' + i), section->reasons[i],
                       i + 1 < section->reason_count ? "\\" : "\n");
}

/* The rows by number. */
static enum pvm_status print_names(const struct jam_table *table, struct pvm_buf *out,
                                   struct pvm_err *err)
{
    size_t index = 0;
    for (struct jam_json it = jam_json_first(table->head.rows); jam_json_has(it);
         it = jam_json_next(it)) {
        struct jam_table_row row;
        PVM_TRY(jam_table_row_read(it, &row, err));
        pvm_buf_printf(out, "%zu. %s\n", ++index, row.name);
    }
    pvm_buf_text(out, "\n");
    return PVM_OK;
}

/* ---- tables ---- */

/* The invocations that any row is of. */
static enum pvm_status all_contexts(const struct jam_table *table, struct jam_table_view *view,
                                    unsigned *out, struct pvm_err *err)
{
    size_t index = 0;
    for (struct jam_json it = jam_json_first(table->head.rows); jam_json_has(it);
         it = jam_json_next(it), index++) {
        for (unsigned version = 0; version < version_count(); version++) {
            unsigned contexts = 0;
            PVM_TRY(jam_table_view(table, it, index, version, view, err));
            PVM_TRY(jam_table_contexts(view, &contexts, err));
            *out |= contexts;
        }
    }
    return PVM_OK;
}

static enum pvm_status cover_context(const struct jam_table *table, enum jam_invocation context,
                                     struct section *section, struct pvm_err *err)
{
    struct pvm_buf *out = section->out;
    size_t *blanks = section->blanks;
    memset(section, 0, sizeof *section);
    section->table = table;
    section->context = context;
    section->out = out;
    section->blanks = blanks;
    if (jam_json_has(table->head.layer.call))
        PVM_TRY(jam_json_text(table->head.layer.call, &section->call, err));
    PVM_TRY(read_answers(section, err));
    PVM_TRY(cover_rows(section, err));
    print_matrix(section);
    return PVM_OK;
}

/* covered: by call, the invocations that a table has. */
static enum pvm_status cover_table(const struct jam_table *table, struct section *section,
                                   unsigned covered[JAM_CALL_COUNT], struct pvm_err *err)
{
    unsigned contexts = 0;
    const char *call = NULL;
    PVM_TRY(all_contexts(table, &section->view, &contexts, err));
    pvm_buf_printf(section->out, "## %s\n\n", jam_table_name(table));
    for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++)
        if ((contexts & 1u << i) != 0)
            PVM_TRY(cover_context(table, (enum jam_invocation)i, section, err));
    if (jam_json_has(table->head.layer.call))
        PVM_TRY(jam_json_text(table->head.layer.call, &call, err));
    if (call != NULL && jam_call_by_name(call, strlen(call)) != JAM_CALL_COUNT)
        covered[jam_call_by_name(call, strlen(call))] |= contexts;
    return print_names(table, section->out, err);
}

/* Calls that are open somewhere and that no table has there. */
static void print_missing(const unsigned covered[JAM_CALL_COUNT], struct pvm_buf *out,
                          size_t *blanks)
{
    for (unsigned id = 0; id < JAM_CALL_COUNT; id++) {
        unsigned open = 0;
        for (size_t i = 0; i < jam_call_table[id].cell_count; i++)
            open |= jam_call_table[id].cells[i].invocations;
        for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++) {
            if ((open & ~covered[id] & 1u << i) == 0)
                continue;
            pvm_buf_printf(out, "No table has `%s` in %s.\n\n", jam_call_table[id].name,
                           jam_invocation_name((enum jam_invocation)i));
            (*blanks)++;
        }
    }
}

enum pvm_status jam_table_coverage(const struct jam_table *const *tables, size_t count,
                                   struct pvm_buf *out, size_t *blanks, struct pvm_err *err)
{
    unsigned covered[JAM_CALL_COUNT] = {0};
    enum pvm_status status = PVM_OK;
    if (count == 0)
        return PVM_OK;
    const struct pvm_alloc *alloc = tables[0]->alloc;
    struct section *section = pvm_alloc_zero(alloc, 1, sizeof *section);
    if (section == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for the matrix");
    section->out = out;
    section->blanks = blanks;
    for (size_t i = 0; i < count && status == PVM_OK; i++)
        status = cover_table(tables[i], section, covered, err);
    pvm_alloc_free(alloc, section);
    if (status == PVM_OK)
        print_missing(covered, out, blanks);
    return status == PVM_OK ? pvm_buf_status(out, err) : status;
}
