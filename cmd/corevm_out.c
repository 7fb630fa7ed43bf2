/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/corevm_out.h"

#include "cmd/table.h"
#include "cmd/text.h"

#include <inttypes.h>

enum { LIST_MAX = 16, DUMP_LINE = 16 };

/* ---- the tables ---- */

static void page_name(struct cmd_table *table, const struct corevm_fib_page *page)
{
    cmd_table_printf(table, "page_%" PRIu32, page->machine);
    if (page->page != COREVM_FIRST_PAGE)
        cmd_table_printf(table, " (page id %" PRIu32 ")", page->page);
}

/* Whether the headers are those of page 16 of machines 0, 1, 2, ... */
static bool in_order(const struct corevm_fib_page *pages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pages[i].machine != i || pages[i].page != COREVM_FIRST_PAGE)
            return false;
    }
    return true;
}

static void page_list(struct cmd_table *table, const struct corevm_fib_page *pages, size_t count)
{
    if (count > LIST_MAX && in_order(pages, count)) {
        cmd_table_cell(table, "page_0 ... page_%zu", count - 1);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        cmd_table_printf(table, "%s", i == 0 ? "" : ", ");
        page_name(table, &pages[i]);
    }
    cmd_table_end(table);
}

static void table_pages(const struct corevm_fib *fib, struct cmd_table *table)
{
    cmd_table_cell(table, "n/pages");
    cmd_table_cell(table, "Imported Pages");
    cmd_table_cell(table, "Exported Pages");
    for (size_t i = 0; i < fib->count; i++) {
        const struct corevm_fib_round *round = &fib->list[i];
        cmd_table_cell(table, "%" PRIu64, round->n);
        page_list(table, round->pages, round->import_count);
        if (round->round.outcome == JAM_ENDED_HALT)
            page_list(table, round->pages + round->import_count, round->export_count);
        else
            cmd_table_cell(table, "-");
    }
}

static void term(struct cmd_table *table, const struct corevm_fib_term *term)
{
    if (!term->known) {
        cmd_table_cell(table, "-");
        return;
    }
    cmd_table_printf(table, "%" PRIu32 " (", term->value);
    if (term->is_default)
        cmd_table_printf(table, "default_%" PRIu32 "_page", term->value);
    else
        cmd_table_printf(table, "page_%" PRIu64, term->machine);
    cmd_table_cell(table, "%s)", term->on_demand ? ", on demand" : "");
}

static void table_values(const struct corevm_fib *fib, struct cmd_table *table)
{
    static const char *const titles[] = {"n", "FIB(n)", "FIB(n-1)", "FIB(n-2)"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        cmd_table_cell(table, "%s", titles[i]);
    for (size_t i = 0; i < fib->count; i++) {
        cmd_table_cell(table, "%" PRIu64, fib->list[i].n);
        for (size_t k = 0; k < 3; k++)
            term(table, &fib->list[i].terms[k]);
    }
}

static uint32_t machine_of(const struct corevm_fib_page *page)
{
    return page->machine;
}

static uint32_t page_of(const struct corevm_fib_page *page)
{
    return page->page;
}

static uint32_t value_of(const struct corevm_fib_page *page)
{
    return page->value;
}

/* One field of every page: one number if all are alike, first and last if they count up, else all
 * numbers, or the first and last few. */
static void field_list(struct cmd_table *table, const struct corevm_fib_page *pages, size_t count,
                       uint32_t (*field)(const struct corevm_fib_page *page))
{
    size_t same = 0;
    size_t rising = 0;
    while (same < count && field(&pages[same]) == field(&pages[0]))
        same++;
    while (rising < count && field(&pages[rising]) == field(&pages[0]) + rising)
        rising++;
    if (count == 0) {
        cmd_table_cell(table, "-");
    } else if (same == count) {
        cmd_table_cell(table, "%" PRIu32, field(&pages[0]));
    } else if (rising == count && count > 2) {
        cmd_table_cell(table, "%" PRIu32 "..%" PRIu32, field(&pages[0]), field(&pages[count - 1]));
    } else {
        for (size_t i = 0; i < count; i++) {
            if (count > LIST_MAX && i == LIST_MAX / 2) {
                cmd_table_printf(table, " ...");
                i = count - LIST_MAX / 4;
            }
            cmd_table_printf(table, "%s%" PRIu32, i == 0 ? "" : " ", field(&pages[i]));
        }
        cmd_table_end(table);
    }
}

static void table_segments(const struct corevm_fib *fib, struct cmd_table *table)
{
    static const char *const titles[] = {"n",       "Segments", "Machine ID",
                                         "Page ID", "FIB Data", "Segment root"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        cmd_table_cell(table, "%s", titles[i]);
    for (size_t i = 0; i < fib->count; i++) {
        const struct corevm_fib_round *round = &fib->list[i];
        const struct corevm_fib_page *pages = round->pages + round->import_count;
        bool good = round->round.outcome == JAM_ENDED_HALT && round->round.valid;
        cmd_table_cell(table, "%" PRIu64, round->n);
        cmd_table_cell(table, "%zu%s", round->export_count, good ? "" : " of zeros");
        size_t count = good ? round->export_count : 0;
        field_list(table, pages, count, machine_of);
        field_list(table, pages, count, page_of);
        field_list(table, pages, count, value_of);
        struct pvm_buf root = {0};
        pvm_buf_hex(&root, jam_hash_bytes(&round->round.export_root));
        cmd_table_cell(table, "%s", pvm_buf_str(&root));
        pvm_buf_deinit(&root);
    }
}

static void invocation(struct cmd_table *table, const struct corevm_invocation *invocation)
{
    cmd_table_printf(table, "%s", cmd_corevm_inner_name(invocation->result));
    switch (invocation->result) {
    case JAM_INNER_HALT:
    case JAM_INNER_OOG:
        break;
    case JAM_INNER_PANIC:
        cmd_table_printf(table, " at pc %" PRIu64, invocation->pc);
        break;
    case JAM_INNER_FAULT:
        cmd_table_printf(table, " 0x%" PRIx64, invocation->arg);
        break;
    case JAM_INNER_HOST:
        cmd_table_printf(table, " %" PRId64, (int64_t)invocation->arg);
        break;
    }
}

static void table_packages(const struct corevm_fib *fib, struct cmd_table *table)
{
    static const char *const titles[] = {"n",          "Outcome",   "Output", "Gas",
                                         "Host calls", "Child gas", "Child"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        cmd_table_cell(table, "%s", titles[i]);
    for (size_t i = 0; i < fib->count; i++) {
        const struct corevm_round *round = &fib->list[i].round;
        struct pvm_buf output = {0};
        uint64_t calls = 0;
        for (unsigned call = 0; call <= JAM_CALL_COUNT; call++)
            calls += round->calls[call].count;
        pvm_buf_hex(&output,
                    pvm_bytes(round->output.ptr, round->output.len < 32 ? round->output.len : 32));
        cmd_table_cell(table, "%" PRIu64, fib->list[i].n);
        cmd_table_cell(table, "%s", round->valid ? jam_outcome_name(round->outcome) : "invalid");
        cmd_table_cell(table, "%s%s", pvm_buf_str(&output), round->output.len > 32 ? "..." : "");
        cmd_table_cell(table, "%" PRIu64, round->gas_used);
        cmd_table_cell(table, "%" PRIu64, calls);
        cmd_table_cell(table, "%" PRIu64, round->inner_gas);
        pvm_buf_deinit(&output);
        size_t count;
        const struct corevm_invocation *list = corevm_invocations(&round->record, &count);
        for (size_t k = 0; k < count && k < LIST_MAX; k++) {
            cmd_table_printf(table, "%s", k == 0 ? "" : ", ");
            invocation(table, &list[k]);
        }
        cmd_table_cell(table, "%s", count > LIST_MAX ? ", ..." : "");
    }
}

static void print_table(const struct cmd *cmd, const char *title, unsigned columns,
                        void (*fill)(const struct corevm_fib *fib, struct cmd_table *table),
                        const struct corevm_fib *fib, struct pvm_buf *out)
{
    struct cmd_table table = cmd_table(columns, cmd->alloc);
    cmd_heading(cmd, title, out);
    fill(fib, &table);
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

static void print_logs(const struct cmd *cmd, const struct corevm_fib *fib, struct pvm_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < fib->count; i++) {
        struct pvm_bytes log = pvm_buf_bytes(&fib->list[i].round.log);
        for (size_t start = 0; start < log.len;) {
            const uint8_t *line = log.ptr + start;
            const uint8_t *end = memchr(line, '\n', log.len - start);
            size_t len = end != NULL ? (size_t)(end - line) : log.len - start;
            if (!any)
                cmd_heading(cmd, "Log", out);
            any = true;
            pvm_buf_printf(out, "%" PRIu64 "  ", fib->list[i].n);
            cmd_printable(pvm_bytes(line, len), out);
            pvm_buf_text(out, "\n");
            start += len + 1;
        }
    }
}

static void print_troubles(const struct cmd *cmd, const struct corevm_fib *fib, struct pvm_buf *out)
{
    for (size_t i = 0; i < fib->count; i++) {
        const struct corevm_fib_round *round = &fib->list[i];
        if (round->good)
            continue;
        pvm_buf_printf(out, "\n%spackage %" PRIu64 ":%s ", cmd_style(cmd, CMD_RED), round->n,
                       cmd_style(cmd, CMD_PLAIN));
        cmd_printable(pvm_buf_bytes(&round->trouble), out);
        pvm_buf_text(out, "\n");
    }
}

void cmd_corevm_fib_text(const struct cmd *cmd, const struct corevm_fib_options *options,
                         const struct corevm_fib *fib, struct pvm_buf *out)
{
    pvm_buf_printf(out,
                   "Fibonacci on CoreVM, GP %s: %zu work packages, variant %s, imports by %s\n",
                   options->profile->name, fib->count, corevm_fib_variant_name(options->variant),
                   options->by_root ? "segment root" : "package hash");
    print_table(cmd, "Pages in and out", 3, table_pages, fib, out);
    print_table(cmd, "Values and the pages they stood in", 4, table_values, fib, out);
    print_table(cmd, "Exported segments", 6, table_segments, fib, out);
    print_table(cmd, "Refinements", 7, table_packages, fib, out);
    print_logs(cmd, fib, out);
    print_troubles(cmd, fib, out);
}

/* ---- a segment ---- */

static void dump_line(const uint8_t *octets, uint64_t address, struct pvm_buf *out)
{
    pvm_buf_printf(out, "%08" PRIx64 " ", address);
    for (size_t i = 0; i < DUMP_LINE; i++)
        pvm_buf_printf(out, "%s%02x", i == DUMP_LINE / 2 ? "  " : " ", octets[i]);
    pvm_buf_text(out, "  |");
    for (size_t i = 0; i < DUMP_LINE; i++)
        pvm_buf_add_u8(out, octets[i] >= 0x20 && octets[i] < 0x7f ? octets[i] : '.');
    pvm_buf_text(out, "|\n");
}

/* The page, without the zeros it ends with. */
static void dump_page(struct pvm_bytes page, uint64_t address, struct pvm_buf *out)
{
    size_t shown = page.len;
    while (shown > 0 && page.ptr[shown - 1] == 0)
        shown--;
    shown = (shown + DUMP_LINE - 1) / DUMP_LINE * DUMP_LINE;
    for (size_t at = 0; at < shown; at += DUMP_LINE)
        dump_line(page.ptr + at, address + at, out);
    if (shown < page.len)
        pvm_buf_printf(out, "%08" PRIx64 "  %zu zero octets\n", address + shown, page.len - shown);
}

void cmd_corevm_segment_text(const struct cmd *cmd, const struct cmd_segment *segment,
                             struct pvm_buf *out)
{
    struct corevm_segment read;
    corevm_segment_read(segment->layout, segment->octets, &read);
    pvm_buf_printf(out, "segment %zu of %zu\n  %-9s %s\n", segment->index, segment->count, "layout",
                   corevm_layout_name(segment->layout));
    switch (segment->layout) {
    case COREVM_SEED:
        pvm_buf_printf(out, "  %-9s %" PRIu32 "\n  %-9s %" PRIu32 ", at 0x%" PRIx64 "\n", "machine",
                       read.machine, "page", read.page, read.address);
        break;
    case COREVM_PARITY:
        pvm_buf_printf(out, "  %-9s 0x%" PRIx64 " (to 0.1.26)\n  %-9s %" PRIu32 " (0.1.28)\n",
                       "address", read.address, "page", read.page);
        break;
    }
    pvm_buf_printf(out, "  %-9s %" PRIu32 "\n", "value", read.value);
    cmd_heading(cmd, "page", out);
    /* An address out of a hostile header may be anything. */
    dump_page(read.octets, read.address < UINT32_MAX ? read.address : 0, out);
}
