/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm bench prints, and the file it compares with. */
#include "cmd/bench.h"
#include "cmd/cmd.h"
#include "cmd/files.h"
#include "cmd/table.h"
#include "host/json.h"
#include "host/json_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

struct cmd_bench_spread cmd_bench_spread(const struct cmd_bench_result *result)
{
    uint64_t sorted[CMD_BENCH_RUNS_MAX];
    unsigned runs = result->runs;
    if (runs == 0)
        return (struct cmd_bench_spread){0};
    memcpy(sorted, result->ns, runs * sizeof *sorted);
    qsort(sorted, runs, sizeof *sorted, by_value);
    uint64_t median =
        runs % 2 == 1 ? sorted[runs / 2] : sorted[runs / 2 - 1] / 2 + sorted[runs / 2] / 2;
    return (struct cmd_bench_spread){sorted[0], median, sorted[runs - 1]};
}

/* How many instructions, or operations, a run had. */
static uint64_t work_of(const struct cmd_bench_result *result)
{
    return result->instructions != 0 ? result->instructions : result->n;
}

static double ratio(uint64_t a, uint64_t b)
{
    return b != 0 ? (double)a / (double)b : 0;
}

/* ---- text ---- */

static void add_row(struct cmd_table *table, const struct cmd_bench_result *r, bool compared)
{
    struct cmd_bench_spread t = cmd_bench_spread(r);
    uint64_t work = work_of(r);
    cmd_table_cell(table, "%s", r->row->name);
    cmd_table_cell(table, "%.2f", (double)t.median * 1e-6);
    cmd_table_cell(table, "%+.0f%% %+.0f%%", 100 * (ratio(t.least, t.median) - 1),
                   100 * (ratio(t.most, t.median) - 1));
    cmd_table_cell(table, "%" PRIu64 "%s", work, r->instructions != 0 ? "" : " times");
    cmd_table_cell(table, "%.3g", ratio(t.median, work));
    if (r->instructions != 0)
        cmd_table_cell(table, "%.0f", 1e3 * ratio(work, t.median));
    else
        cmd_table_cell(table, "%s", "");
    if (r->native_ns != 0)
        cmd_table_cell(table, "%.2f", ratio(t.least, r->native_ns));
    else
        cmd_table_cell(table, "%s", "");
    cmd_table_cell(table, "%.1f", (double)r->peak_kb / 1024);
    if (compared && r->old_ns[0] != 0)
        cmd_table_cell(table, "%.2f (%.2f to %.2f)", ratio(r->old_ns[0], t.median),
                       ratio(r->old_ns[1], t.most), ratio(r->old_ns[2], t.least));
    else if (compared)
        cmd_table_cell(table, "%s", "");
    cmd_table_cell(table, "%s", r->row->what);
}

void cmd_bench_text(const struct cmd_bench_result *list, size_t count, struct pvm_buf *out)
{
    static const char *const head[] = {"case",           "ms",        "spread",   "instructions",
                                       "ns each",        "million/s", "x native", "MB",
                                       "speed, new/old", "what"};
    bool compared = false;
    for (size_t i = 0; i < count; i++)
        compared = compared || list[i].old_ns[0] != 0;
    struct cmd_table table = cmd_table(compared ? 10 : 9, out->alloc);
    for (size_t i = 0; i < 10; i++)
        if (i != 8 || compared)
            cmd_table_cell(&table, "%s", head[i]);
    for (size_t i = 0; i < count; i++)
        add_row(&table, &list[i], compared);
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

/* ---- JSON ---- */

static void json_row(struct jam_out *json, const struct cmd_bench_result *r)
{
    struct cmd_bench_spread t = cmd_bench_spread(r);
    jam_out_object(json, NULL);
    jam_out_text(json, "name", r->row->name);
    jam_out_number(json, "n", r->n);
    jam_out_number(json, "instructions", r->instructions);
    jam_out_number(json, "median_ns", t.median);
    jam_out_number(json, "least_ns", t.least);
    jam_out_number(json, "most_ns", t.most);
    jam_out_number(json, "native_ns", r->native_ns);
    jam_out_number(json, "peak_kb", r->peak_kb);
    if (r->old_ns[0] != 0) {
        jam_out_number(json, "old_median_ns", r->old_ns[0]);
        jam_out_number(json, "old_least_ns", r->old_ns[1]);
        jam_out_number(json, "old_most_ns", r->old_ns[2]);
    }
    jam_out_array(json, "ns");
    for (unsigned i = 0; i < r->runs; i++)
        jam_out_number(json, NULL, r->ns[i]);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

void cmd_bench_json(const struct cmd_bench_result *list, size_t count, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_array(&json, "cases");
    for (size_t i = 0; i < count; i++)
        json_row(&json, &list[i]);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}

/* ---- comparing ---- */

struct old_row {
    const char *name;
    uint64_t n, instructions, median_ns, least_ns, most_ns, native_ns, peak_kb;
    uint64_t old_median_ns, old_least_ns, old_most_ns;
    struct jam_json ns;
};

/* Only the same work is compared: n must agree. */
static enum pvm_status take(struct jam_json json, struct cmd_bench_result *list, size_t count,
                            struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct old_row, name),        JAM_JSON_NEEDED(struct old_row, n),
        JAM_JSON_FIELD(struct old_row, instructions), JAM_JSON_NEEDED(struct old_row, median_ns),
        JAM_JSON_NEEDED(struct old_row, least_ns),    JAM_JSON_NEEDED(struct old_row, most_ns),
        JAM_JSON_FIELD(struct old_row, native_ns),    JAM_JSON_FIELD(struct old_row, peak_kb),
        JAM_JSON_FIELD(struct old_row, ns),
        JAM_JSON_FIELD(struct old_row, old_median_ns),
        JAM_JSON_FIELD(struct old_row, old_least_ns),
        JAM_JSON_FIELD(struct old_row, old_most_ns),
    };
    struct old_row old = {.name = ""};
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &old, err));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].row->name, old.name) != 0 || list[i].n != old.n)
            continue;
        list[i].old_ns[0] = old.median_ns;
        list[i].old_ns[1] = old.least_ns;
        list[i].old_ns[2] = old.most_ns;
    }
    return PVM_OK;
}

static enum pvm_status take_all(struct jam_json root, struct cmd_bench_result *list, size_t count,
                                struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(root, JAM_JSON_OBJECT, err));
    struct jam_json cases = jam_json_get(root, "cases");
    if (!jam_json_has(cases))
        return jam_json_fail(root, err, "no \"cases\": not a file of pvm bench --json");
    PVM_TRY(jam_json_expect(cases, JAM_JSON_ARRAY, err));
    for (struct jam_json at = jam_json_first(cases); jam_json_has(at); at = jam_json_next(at))
        PVM_TRY(take(at, list, count, err));
    return PVM_OK;
}

static void note_missing(const char *path, const struct cmd_bench_result *result)
{
    char line[160];
    int len = snprintf(line, sizeof line, "pvm: note: bench: no %s of the same work in %.80s\n",
                       result->row->name, cmd_file_name(path));
    if (len > 0 && (size_t)len < sizeof line)
        cmd_stderr(pvm_bytes(line, (size_t)len));
}

enum pvm_status cmd_bench_compare(const char *path, struct cmd_bench_result *list, size_t count,
                                  struct pvm_err *err)
{
    struct pvm_buf text = {0};
    struct jam_json_doc *doc = NULL;
    enum pvm_status status = cmd_read_file(path, &text, err);
    if (status == PVM_OK)
        status = jam_json_parse(pvm_buf_bytes(&text), cmd_file_name(path), NULL, &doc, err);
    if (status == PVM_OK)
        status = take_all(jam_json_root(doc), list, count, err);
    for (size_t i = 0; status == PVM_OK && i < count; i++)
        if (list[i].old_ns[0] == 0)
            note_missing(path, &list[i]);
    jam_json_free(doc);
    pvm_buf_deinit(&text);
    return status;
}
