/* SPDX-License-Identifier: Apache-2.0 */
/* What of a profile goes into the file that pvm report reads. */
#include "cmd/picture_tables.h"
#include "core/disasm.h"
#include "host/call.h"

#include <stdlib.h>

enum {
    NODES_KEPT = 600,
    SHARE = 2000, /* paths of less than one part in so many are left out */
    BLOCKS = 12,
    LINES = 64, /* of a block */
    MIX = 24,
    DISASM_MAX = 200
};

/* ---- call paths ---- */

static uint64_t weight(const struct cmd_flame_node *node)
{
    return node->count.gas;
}

static bool in_tree(const struct cmd_flame_node *node)
{
    return node->frame != CMD_FLAME_NONE;
}

/* What each node has with all that it calls; callers stand in front of what they call. */
static void add_up(const struct cmd_flame *flame, uint64_t *totals)
{
    for (uint32_t i = flame->node_count; i-- > 0;) {
        const struct cmd_flame_node *node = &flame->nodes[i];
        if (i != 0 && !in_tree(node))
            continue;
        totals[i] += weight(node);
        if (i != 0)
            totals[node->parent] += totals[i];
    }
}

/* The least total with which no more than NODES_KEPT nodes are kept. */
static uint64_t threshold(const struct cmd_flame *flame, const uint64_t *totals)
{
    uint64_t least = totals[0] / SHARE + 1;
    for (;; least *= 2) {
        unsigned kept = 0;
        for (uint32_t i = 1; i < flame->node_count; i++)
            kept += in_tree(&flame->nodes[i]) && totals[i] >= least;
        if (kept <= NODES_KEPT || least > UINT64_MAX / 2)
            return least;
    }
}

static void write_node(const struct cmd_flame *flame, const struct cmd_flame_node *node,
                       uint64_t total, uint32_t parent, struct jam_out *json)
{
    struct pvm_buf name = {0};
    cmd_flame_name(flame, node, &name);
    jam_out_object(json, NULL);
    jam_out_string(json, "name", pvm_buf_bytes(&name));
    jam_out_number(json, "parent", parent);
    jam_out_number(json, "kind", node->kind);
    jam_out_number(json, "gas", total);
    jam_out_number(json, "own", node->count.gas);
    jam_out_number(json, "instructions", node->count.instructions);
    jam_out_end_object(json);
    json->out->failed = json->out->failed || name.failed;
    pvm_buf_deinit(&name);
}

/* parent counts the nodes of the list from 1; 0 is none. */
static void write_nodes(const struct cmd_flame *flame, const uint64_t *totals, uint32_t *numbers,
                        struct jam_out *json)
{
    uint64_t least = threshold(flame, totals);
    uint32_t count = 0;
    jam_out_number(json, "flame_total", totals[0]);
    jam_out_array(json, "flame");
    for (uint32_t i = 1; i < flame->node_count; i++) {
        const struct cmd_flame_node *node = &flame->nodes[i];
        if (!in_tree(node) || totals[i] < least)
            continue;
        numbers[i] = ++count;
        write_node(flame, node, totals[i], node->parent != 0 ? numbers[node->parent] : 0, json);
    }
    jam_out_end_array(json);
}

static void write_tree(const struct cmd_flame *flame, struct jam_out *json)
{
    uint64_t *totals = pvm_alloc_zero(NULL, flame->node_count, sizeof *totals);
    uint32_t *numbers = pvm_alloc_zero(NULL, flame->node_count, sizeof *numbers);
    if (totals == NULL || numbers == NULL) {
        json->out->failed = true;
    } else {
        add_up(flame, totals);
        write_nodes(flame, totals, numbers, json);
    }
    pvm_alloc_free(NULL, totals);
    pvm_alloc_free(NULL, numbers);
}

/* ---- blocks and instructions ---- */

struct block {
    const struct cmd_flame_code *code; /* NULL: none */
    uint32_t start, end;
    struct cmd_flame_count count;
};

/* Most first; equal ones in their order. */
static void keep(struct block hottest[BLOCKS], const struct block *block)
{
    unsigned at = BLOCKS;
    while (at > 0 && (hottest[at - 1].code == NULL ||
                      hottest[at - 1].count.instructions < block->count.instructions))
        at--;
    if (at == BLOCKS)
        return;
    memmove(hottest + at + 1, hottest + at, (BLOCKS - 1 - at) * sizeof *hottest);
    hottest[at] = *block;
}

static void write_symbol(const struct block *block, struct jam_out *json)
{
    const struct pvm_symbols *names = block->code->names;
    const struct pvm_symbol *symbol =
        names != NULL ? pvm_symbols_before(names, block->start) : NULL;
    struct pvm_buf text = {0};
    if (symbol != NULL)
        pvm_buf_text(&text, symbol->name);
    if (symbol != NULL && symbol->pc != block->start)
        pvm_buf_printf(&text, "+%llu", (unsigned long long)(block->start - symbol->pc));
    jam_out_string(json, "name", pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_line(const struct cmd_flame *flame, const struct block *block, uint32_t pc,
                       struct jam_out *json)
{
    struct pvm_disasm_options how = {jam_call_names(flame->profile), block->code->names};
    struct pvm_buf text = {0};
    pvm_disasm_insn(block->code->program, pc, &how, &text);
    jam_out_object(json, NULL);
    jam_out_number(json, "pc", pc);
    jam_out_string(json, "text",
                   pvm_bytes(text.ptr, text.len < DISASM_MAX ? text.len : DISASM_MAX));
    jam_out_number(json, "times", block->code->at[pc].instructions);
    jam_out_number(json, "gas", block->code->at[pc].gas);
    jam_out_end_object(json);
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_block(const struct cmd_flame *flame, const struct block *block,
                        struct jam_out *json)
{
    uint64_t count = 0;
    jam_out_object(json, NULL);
    jam_out_hex(json, "program", jam_hash_bytes(&block->code->id));
    jam_out_bool(json, "outer", block->code->is_main);
    jam_out_number(json, "pc", block->start);
    write_symbol(block, json);
    jam_out_number(json, "instructions", block->count.instructions);
    jam_out_number(json, "gas", block->count.gas);
    jam_out_array(json, "lines");
    for (uint32_t pc = block->start; pc < block->end; pc++) {
        if (!pvm_program_is_opcode(block->code->program, pc) && pc != block->start)
            continue;
        if (count++ < LINES)
            write_line(flame, block, pc, json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "line_count", count);
    jam_out_end_object(json);
}

static void write_blocks(const struct cmd_flame *flame, struct jam_out *json)
{
    struct block hottest[BLOCKS] = {{0}};
    for (uint32_t i = 0; i < flame->code_count; i++) {
        struct block block = {.code = &flame->codes[i]};
        while (cmd_flame_block(block.code, &block.end, &block.start, &block.count))
            if (block.count.instructions != 0)
                keep(hottest, &block);
    }
    jam_out_array(json, "blocks");
    for (unsigned i = 0; i < BLOCKS && hottest[i].code != NULL; i++)
        write_block(flame, &hottest[i], json);
    jam_out_end_array(json);
}

struct share {
    uint64_t count;
    uint32_t op;
};

static int by_count(const void *a, const void *b)
{
    const struct share *left = a;
    const struct share *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return left->op < right->op ? -1 : left->op > right->op;
}

static void write_mix(const struct cmd_flame *flame, struct jam_out *json)
{
    struct share mix[PVM_OP_COUNT];
    for (uint32_t op = 0; op < PVM_OP_COUNT; op++)
        mix[op] = (struct share){0, op};
    for (uint32_t i = 0; i < flame->code_count; i++) {
        const struct cmd_flame_code *code = &flame->codes[i];
        for (uint32_t pc = 0; pc <= code->program->code_len; pc++)
            if (code->at[pc].instructions != 0)
                mix[pvm_program_op(code->program, pc)].count += code->at[pc].instructions;
    }
    qsort(mix, PVM_OP_COUNT, sizeof *mix, by_count);
    jam_out_array(json, "mix");
    for (unsigned i = 0; i < MIX && mix[i].count != 0; i++) {
        jam_out_object(json, NULL);
        jam_out_text(json, "name", pvm_op_table[mix[i].op].name);
        jam_out_number(json, "times", mix[i].count);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

void cmd_picture_flame_json(const struct cmd_flame *flame, struct jam_out *json)
{
    write_tree(flame, json);
    write_blocks(flame, json);
    write_mix(flame, json);
}
