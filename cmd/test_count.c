/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_count.h"

#include "host/state_keyvals.h"

/* ---- counting ---- */

static unsigned row_of(unsigned kind)
{
    return kind < cmd_test_kind_count() && kind < CMD_COUNT_KINDS - 1 ? kind : CMD_COUNT_KINDS - 1;
}

/* Counts a text; the last place is for all that find no other. */
static void count_text(struct cmd_count_text *list, size_t places, const char *text)
{
    size_t i = 0;
    size_t len = strcspn(text, "\n");
    if (len >= CMD_COUNT_TEXT)
        len = CMD_COUNT_TEXT - 1;
    while (i < places - 1 && list[i].count != 0 &&
           (strlen(list[i].text) != len || strncmp(list[i].text, text, len) != 0))
        i++;
    if (list[i].count++ != 0)
        return;
    if (i == places - 1) {
        text = "others";
        len = strlen(text);
    }
    memcpy(list[i].text, text, len);
    list[i].text[len] = '\0';
}

void cmd_count_case(struct cmd_counts *counts, unsigned kind, const struct cmd_test_case *one)
{
    struct cmd_count_row *row = &counts->rows[row_of(kind)][one->profile];
    row->passed += one->verdict == CMD_PASSED;
    row->failed += one->verdict == CMD_FAILED;
    row->skipped += one->verdict == CMD_SKIPPED;
    counts->total.passed += one->verdict == CMD_PASSED;
    counts->total.failed += one->verdict == CMD_FAILED;
    counts->total.skipped += one->verdict == CMD_SKIPPED;
    counts->changed += one->changed;
    counts->checked += one->checked;
    counts->foreign += one->foreign;
    counts->foreign_components |= one->foreign_components;
    if (one->verdict == CMD_SKIPPED)
        count_text(counts->reasons, CMD_COUNT_REASONS, one->text);
}

void cmd_count_file(struct cmd_counts *counts, const char *path, enum cmd_test_end end)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    counts->ends[end]++;
    counts->files += end == CMD_TEST_RAN || end == CMD_TEST_FAILED;
    if (end == CMD_TEST_NONE)
        count_text(counts->endings, CMD_COUNT_ENDINGS, dot != NULL ? dot : "no ending");
}

/* ---- telling ---- */

const char *cmd_count_set(unsigned kind)
{
    return kind < cmd_test_kind_count() ? jam_suite_kinds[kind].name : "unknown";
}

const char *cmd_count_why(enum cmd_test_end end)
{
    switch (end) {
    case CMD_TEST_RAN:
    case CMD_TEST_FAILED:
        return NULL;
    case CMD_TEST_NONE:
        return "no test vectors";
    case CMD_TEST_ARCHIVE:
        return "archives: unpack them first";
    case CMD_TEST_HIDDEN:
        return "hidden: the name begins with a dot";
    case CMD_TEST_SPECIAL:
        return "no regular files";
    case CMD_TEST_LOOP:
        return "links to folders around them, or behind too many others";
    case CMD_TEST_FILTERED:
        return "left out by --filter";
    case CMD_TEST_SHARD:
        return "of other shards";
    case CMD_TEST_END_COUNT:
        break;
    }
    return NULL;
}

static bool is_empty(const struct cmd_count_row *row)
{
    return row->passed == 0 && row->failed == 0 && row->skipped == 0;
}

static void table_text(const struct cmd_counts *counts, const char *prefix, struct pvm_buf *out)
{
    if (is_empty(&counts->total))
        return;
    pvm_buf_printf(out, "%s%-16s %-13s %9s %9s %9s\n", prefix, "set", "GP", "passed", "failed",
                   "skipped");
    for (unsigned kind = 0; kind < CMD_COUNT_KINDS; kind++)
        for (unsigned i = 0; i < CMD_TEST_PROFILES; i++) {
            const struct cmd_count_row *row = &counts->rows[kind][i];
            if (is_empty(row))
                continue;
            pvm_buf_printf(out, "%s%-16s %-13s %9llu %9llu %9llu\n", prefix, cmd_count_set(kind),
                           cmd_test_profile_name(i), (unsigned long long)row->passed,
                           (unsigned long long)row->failed, (unsigned long long)row->skipped);
        }
}

static void foreign_text(uint32_t components, struct pvm_buf *out)
{
    const char *between = "";
    for (unsigned i = 1; i < 32; i++) {
        if ((components & jam_state_bit(i)) == 0)
            continue;
        pvm_buf_printf(out, "%sC(%u) %s", between, i, jam_component_name(i));
        between = ", ";
    }
}

static void traces_text(const struct cmd_counts *counts, const char *prefix, struct pvm_buf *out)
{
    if (counts->changed == 0)
        return;
    uint64_t permille = counts->checked * 1000 / counts->changed;
    pvm_buf_printf(out,
                   "%skey-values that blocks of traces change: %llu of %llu checked (%llu.%llu %%)",
                   prefix, (unsigned long long)counts->checked, (unsigned long long)counts->changed,
                   (unsigned long long)permille / 10, (unsigned long long)permille % 10);
    if (counts->foreign_components != 0) {
        pvm_buf_text(out, "; not ours: ");
        foreign_text(counts->foreign_components, out);
    }
    pvm_buf_text(out, "\n");
}

static void rest_text(const struct cmd_counts *counts, const char *prefix, struct pvm_buf *out)
{
    for (unsigned i = 0; i < CMD_COUNT_REASONS && counts->reasons[i].count != 0; i++)
        pvm_buf_printf(out, "%sskipped: %llu: %s\n", prefix,
                       (unsigned long long)counts->reasons[i].count, counts->reasons[i].text);
    for (unsigned end = 0; end < CMD_TEST_END_COUNT; end++) {
        const char *why = cmd_count_why((enum cmd_test_end)end);
        if (why == NULL || counts->ends[end] == 0)
            continue;
        pvm_buf_printf(out, "%snot run: %llu %s: %s", prefix, (unsigned long long)counts->ends[end],
                       counts->ends[end] == 1 ? "file" : "files", why);
        const char *between = " (";
        for (unsigned i = 0; end == CMD_TEST_NONE && i < CMD_COUNT_ENDINGS; i++) {
            if (counts->endings[i].count == 0)
                break;
            pvm_buf_printf(out, "%s%llu %s", between, (unsigned long long)counts->endings[i].count,
                           counts->endings[i].text);
            between = ", ";
        }
        pvm_buf_text(out, end == CMD_TEST_NONE ? ")\n" : "\n");
    }
}

void cmd_count_text(const struct cmd *cmd, const struct cmd_counts *counts, const char *prefix,
                    struct pvm_buf *out)
{
    const struct cmd_count_row *total = &counts->total;
    enum cmd_style style = total->failed > 0 ? CMD_RED : CMD_GREEN;
    table_text(counts, prefix, out);
    rest_text(counts, prefix, out);
    traces_text(counts, prefix, out);
    pvm_buf_printf(out, "%s%s%llu passed, %llu failed, %llu skipped%s, in %llu %s\n", prefix,
                   cmd_style(cmd, style), (unsigned long long)total->passed,
                   (unsigned long long)total->failed, (unsigned long long)total->skipped,
                   cmd_style(cmd, CMD_PLAIN), (unsigned long long)counts->files,
                   counts->files == 1 ? "file" : "files");
}

/* ---- JSON ---- */

static void row_json(const struct cmd_count_row *row, struct jam_out *json)
{
    jam_out_number(json, "passed", row->passed);
    jam_out_number(json, "failed", row->failed);
    jam_out_number(json, "skipped", row->skipped);
}

static void sets_json(const struct cmd_counts *counts, struct jam_out *json)
{
    jam_out_array(json, "sets");
    for (unsigned kind = 0; kind < CMD_COUNT_KINDS; kind++)
        for (unsigned i = 0; i < CMD_TEST_PROFILES; i++) {
            if (is_empty(&counts->rows[kind][i]))
                continue;
            jam_out_object(json, NULL);
            jam_out_text(json, "set", cmd_count_set(kind));
            jam_out_text(json, "gp", cmd_test_profile_name(i));
            row_json(&counts->rows[kind][i], json);
            jam_out_end_object(json);
        }
    jam_out_end_array(json);
}

void cmd_count_json(const struct cmd_counts *counts, struct jam_out *json)
{
    struct pvm_buf names = {.alloc = json->out->alloc};
    sets_json(counts, json);
    jam_out_object(json, "key_values");
    jam_out_number(json, "changed", counts->changed);
    jam_out_number(json, "checked", counts->checked);
    jam_out_number(json, "not_ours", counts->foreign);
    foreign_text(counts->foreign_components, &names);
    jam_out_text(json, "not_ours_are", pvm_buf_str(&names));
    jam_out_end_object(json);
    jam_out_array(json, "not_run");
    for (unsigned end = 0; end < CMD_TEST_END_COUNT; end++) {
        const char *why = cmd_count_why((enum cmd_test_end)end);
        if (why == NULL || counts->ends[end] == 0)
            continue;
        jam_out_object(json, NULL);
        jam_out_number(json, "files", counts->ends[end]);
        jam_out_text(json, "why", why);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "files", counts->files);
    row_json(&counts->total, json);
    json->out->failed = json->out->failed || names.failed;
    pvm_buf_deinit(&names);
}
