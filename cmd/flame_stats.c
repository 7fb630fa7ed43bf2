/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run --stats. */
#include "cmd/flame.h"
#include "cmd/table.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST = 20 /* rows of a table */ };

struct share {
    uint64_t count, gas;
    uint32_t what;                     /* enum pvm_op, or start of a block */
    const struct cmd_flame_code *code; /* blocks only */
};

/* Most first; equal ones in their order. */
static int by_count(const void *a, const void *b)
{
    const struct share *left = a;
    const struct share *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return left->what < right->what ? -1 : left->what > right->what;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole != 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* What ran in all, also of programs without counts of their own. */
static struct cmd_flame_count add_up(const struct cmd_flame *flame)
{
    struct cmd_flame_count total = {0};
    for (uint32_t i = 0; i < flame->node_count; i++) {
        if (flame->nodes[i].kind == CMD_FLAME_CALL)
            continue;
        total.instructions += flame->nodes[i].count.instructions;
        total.gas += flame->nodes[i].count.gas;
    }
    return total;
}

/* How often each operation ran. */
static void count_operations(const struct cmd_flame *flame, struct share mix[PVM_OP_COUNT])
{
    for (uint32_t op = 0; op < PVM_OP_COUNT; op++)
        mix[op] = (struct share){.what = op};
    for (uint32_t i = 0; i < flame->code_count; i++) {
        const struct cmd_flame_code *code = &flame->codes[i];
        for (uint32_t pc = 0; pc <= code->program->code_len; pc++)
            if (code->at[pc].instructions != 0)
                mix[pvm_program_op(code->program, pc)].count += code->at[pc].instructions;
    }
}

static void print_mix(struct share mix[PVM_OP_COUNT], uint64_t total, struct pvm_buf *out)
{
    struct cmd_table table = cmd_table(3, NULL);
    cmd_table_cell(&table, "instruction");
    cmd_table_cell(&table, "times");
    cmd_table_cell(&table, "share");
    qsort(mix, PVM_OP_COUNT, sizeof *mix, by_count);
    for (unsigned i = 0; i < MOST && mix[i].count != 0; i++) {
        cmd_table_cell(&table, "%s", pvm_op_table[mix[i].what].name);
        cmd_table_cell(&table, "%" PRIu64, mix[i].count);
        cmd_table_cell(&table, "%.1f%%", percent(mix[i].count, total));
    }
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

/* Keeps the MOST hottest of what it is given. */
static void keep(struct share hottest[MOST + 1], const struct share *share)
{
    hottest[MOST] = *share;
    qsort(hottest, MOST + 1, sizeof *hottest, by_count);
}

static void print_block(struct cmd_table *table, const struct share *share, uint64_t total)
{
    const struct cmd_flame_code *code = share->code;
    const struct pvm_symbol *symbol =
        code->names != NULL ? pvm_symbols_before(code->names, share->what) : NULL;
    struct pvm_buf id = {0};
    pvm_buf_hex(&id, pvm_bytes(code->id.octets, 4));
    cmd_table_cell(table, "%s", code->is_main ? "" : pvm_buf_str(&id));
    pvm_buf_deinit(&id);
    cmd_table_cell(table, "0x%" PRIx32, share->what);
    if (symbol == NULL)
        cmd_table_cell(table, "%s", "");
    else if (symbol->pc == share->what)
        cmd_table_cell(table, "%s", symbol->name);
    else
        cmd_table_cell(table, "%s+%" PRIu64, symbol->name, share->what - symbol->pc);
    cmd_table_cell(table, "%" PRIu64, share->count);
    cmd_table_cell(table, "%.1f%%", percent(share->count, total));
    cmd_table_cell(table, "%" PRIu64, share->gas);
}

static void print_blocks(const struct cmd_flame *flame, uint64_t total, struct pvm_buf *out)
{
    static const char *const head[] = {"program", "block", "name", "instructions", "share", "gas"};
    struct share hottest[MOST + 1] = {{0}};
    struct cmd_table table = cmd_table(sizeof head / sizeof *head, NULL);
    for (uint32_t i = 0; i < flame->code_count; i++) {
        struct share share = {.code = &flame->codes[i]};
        struct cmd_flame_count count;
        for (uint32_t pc = 0; cmd_flame_block(share.code, &pc, &share.what, &count);) {
            share.count = count.instructions;
            share.gas = count.gas;
            if (share.count > hottest[MOST - 1].count)
                keep(hottest, &share);
        }
    }
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        cmd_table_cell(&table, "%s", head[i]);
    for (unsigned i = 0; i < MOST && hottest[i].count != 0; i++)
        print_block(&table, &hottest[i], total);
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

static void print_pages(const struct cmd_flame *flame, struct pvm_buf *out)
{
    struct cmd_table table = cmd_table(3, NULL);
    const struct cmd_flame_machine *list = (const void *)flame->machines.ptr;
    size_t count = flame->machines.len / sizeof *list;
    cmd_table_cell(&table, "machine");
    cmd_table_cell(&table, "pages read");
    cmd_table_cell(&table, "written");
    for (size_t i = 0; i < count && i < CMD_FLAME_PAGED; i++) {
        if (list[i].id < 0)
            cmd_table_cell(&table, "-");
        else
            cmd_table_cell(&table, "%" PRId64, list[i].id);
        cmd_table_cell(&table, "%" PRIu32, list[i].page_counts[0]);
        cmd_table_cell(&table, "%" PRIu32, list[i].page_counts[1]);
    }
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
    if (count > CMD_FLAME_PAGED)
        pvm_buf_printf(out, "%zu further machines not counted\n", count - CMD_FLAME_PAGED);
}

void cmd_flame_stats(const struct cmd_flame *flame, struct pvm_buf *out)
{
    struct share mix[PVM_OP_COUNT];
    struct cmd_flame_count total = add_up(flame);
    count_operations(flame, mix);
    pvm_buf_printf(out,
                   "\nstatistics: %" PRIu64 " instructions, %" PRIu64
                   " gas without host calls, all machines together\n\n",
                   total.instructions, total.gas);
    print_mix(mix, total.instructions, out);
    pvm_buf_text(out, "\n");
    print_blocks(flame, total.instructions, out);
    pvm_buf_text(out, "\n");
    print_pages(flame, out);
}
