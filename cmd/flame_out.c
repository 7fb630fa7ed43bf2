/* SPDX-License-Identifier: Apache-2.0 */
/* A profile as flame graph stacks and in speedscope's file format. */
#include "cmd/flame.h"
#include "host/json_out.h"

#include <inttypes.h>

/* ---- names ---- */

static void function_name(const struct cmd_flame *flame, const struct cmd_flame_node *node,
                          struct pvm_buf *out)
{
    const struct cmd_flame_code *code =
        node->code != CMD_FLAME_NONE ? &flame->codes[node->code] : NULL;
    const struct pvm_symbol *symbol =
        code != NULL && code->names != NULL ? pvm_symbols_before(code->names, node->what) : NULL;
    if (symbol != NULL && symbol->pc == node->what)
        pvm_buf_text(out, symbol->name);
    else
        pvm_buf_printf(out, "0x%" PRIx64, node->what);
}

void cmd_flame_name(const struct cmd_flame *flame, const struct cmd_flame_node *node,
                    struct pvm_buf *out)
{
    const char *name;
    switch (node->kind) {
    case CMD_FLAME_ROOT:
        return;
    case CMD_FLAME_FUNCTION:
        function_name(flame, node, out);
        return;
    case CMD_FLAME_CALL:
        name = jam_call_name(flame->profile, node->what);
        if (name != NULL)
            pvm_buf_printf(out, "ecalli %s", name);
        else
            pvm_buf_printf(out, "ecalli %" PRIu64, node->what);
        return;
    case CMD_FLAME_MACHINE:
        pvm_buf_printf(out, "machine %" PRIu64, node->what);
        return;
    }
}

/* The nodes from the first one below the root to this. */
static size_t path_of(const struct cmd_flame *flame, uint32_t node,
                      uint32_t path[3 * CMD_FLAME_DEPTH])
{
    size_t len = 0;
    for (uint32_t at = node; at != 0 && at != CMD_FLAME_NONE && len < 3 * CMD_FLAME_DEPTH;
         at = flame->nodes[at].parent)
        path[len++] = at;
    for (size_t i = 0; i < len / 2; i++) {
        uint32_t other = path[i];
        path[i] = path[len - 1 - i];
        path[len - 1 - i] = other;
    }
    return len;
}

static bool in_tree(const struct cmd_flame_node *node)
{
    return node->frame != CMD_FLAME_NONE;
}

/* ---- stacks ---- */

void cmd_flame_folded(const struct cmd_flame *flame, struct pvm_buf *out)
{
    uint32_t path[3 * CMD_FLAME_DEPTH];
    for (uint32_t i = 0; i < flame->node_count; i++) {
        const struct cmd_flame_node *node = &flame->nodes[i];
        if (!in_tree(node) || node->count.gas == 0)
            continue;
        size_t len = path_of(flame, i, path);
        for (size_t k = 0; k < len; k++) {
            pvm_buf_text(out, k != 0 ? ";" : "");
            size_t start = out->len;
            cmd_flame_name(flame, &flame->nodes[path[k]], out);
            for (; start < out->len; start++)
                out->ptr[start] = out->ptr[start] == ';' ? ':' : out->ptr[start];
        }
        pvm_buf_printf(out, " %" PRIu64 "\n", node->count.gas);
    }
}

/* ---- speedscope ---- */

bool cmd_flame_block(const struct cmd_flame_code *code, uint32_t *pc, uint32_t *start,
                     struct cmd_flame_count *out)
{
    uint32_t len = code->program->code_len;
    if (*pc > len)
        return false;
    *start = *pc;
    *out = (struct cmd_flame_count){0};
    do {
        out->instructions += code->at[*pc].instructions;
        out->gas += code->at[*pc].gas;
        ++*pc;
    } while (*pc <= len && !pvm_program_is_block_start(code->program, *pc));
    return true;
}

/* Called for every block that ran. */
struct block_visit {
    const struct cmd_flame *flame;
    struct jam_out *json;
    uint32_t frame; /* of the next block */
    enum { VISIT_NAMES, VISIT_STACKS, VISIT_GAS } what;
    uint64_t total;
};

static void block_name(const struct cmd_flame_code *code, uint32_t start, struct pvm_buf *out)
{
    const struct pvm_symbol *symbol =
        code->names != NULL ? pvm_symbols_before(code->names, start) : NULL;
    if (!code->is_main) {
        pvm_buf_text(out, "program ");
        pvm_buf_hex(out, pvm_bytes(code->id.octets, 4));
        pvm_buf_text(out, " ");
    }
    pvm_buf_printf(out, "block 0x%" PRIx32, start);
    if (symbol != NULL)
        pvm_buf_printf(out, " %s", symbol->name);
    if (symbol != NULL && symbol->pc != start)
        pvm_buf_printf(out, "+%" PRIu64, start - symbol->pc);
}

static void visit_block(struct block_visit *v, const struct cmd_flame_code *code, uint32_t start,
                        const struct cmd_flame_count *count)
{
    struct pvm_buf name = {0};
    switch (v->what) {
    case VISIT_NAMES:
        block_name(code, start, &name);
        jam_out_object(v->json, NULL);
        jam_out_text(v->json, "name", pvm_buf_str(&name));
        jam_out_end_object(v->json);
        pvm_buf_deinit(&name);
        break;
    case VISIT_STACKS:
        jam_out_array(v->json, NULL);
        jam_out_number(v->json, NULL, v->frame);
        jam_out_end_array(v->json);
        break;
    case VISIT_GAS:
        jam_out_number(v->json, NULL, count->gas);
        break;
    }
    v->frame++;
    v->total += count->gas;
}

static void visit_blocks(struct block_visit *v)
{
    uint32_t start;
    struct cmd_flame_count count;
    for (uint32_t i = 0; i < v->flame->code_count; i++)
        for (uint32_t pc = 0; cmd_flame_block(&v->flame->codes[i], &pc, &start, &count);)
            if (count.instructions != 0)
                visit_block(v, &v->flame->codes[i], start, &count);
}

enum weight { WEIGHT_GAS, WEIGHT_INSTRUCTIONS };

static uint64_t weight_of(const struct cmd_flame_node *node, enum weight weight)
{
    return weight == WEIGHT_GAS ? node->count.gas : node->count.instructions;
}

static void begin_profile(struct jam_out *json, const char *name, uint64_t total)
{
    jam_out_object(json, NULL);
    jam_out_text(json, "type", "sampled");
    jam_out_text(json, "name", name);
    jam_out_text(json, "unit", "none");
    jam_out_number(json, "startValue", 0);
    jam_out_number(json, "endValue", total);
}

/* Of nodes by call path; only_calls: of host calls alone, wherever they were made. */
static void path_profile(const struct cmd_flame *flame, struct jam_out *json, const char *name,
                         enum weight weight, bool only_calls, const uint32_t *frames)
{
    uint32_t path[3 * CMD_FLAME_DEPTH];
    uint64_t total = 0;
    for (unsigned pass = 0; pass < 3; pass++) {
        if (pass == 1)
            begin_profile(json, name, total);
        if (pass != 0)
            jam_out_array(json, pass == 1 ? "samples" : "weights");
        for (uint32_t i = 0; i < flame->node_count; i++) {
            const struct cmd_flame_node *node = &flame->nodes[i];
            uint64_t value = weight_of(node, weight);
            if (!in_tree(node) || value == 0 || (only_calls && node->kind != CMD_FLAME_CALL))
                continue;
            total += pass == 0 ? value : 0;
            if (pass == 2)
                jam_out_number(json, NULL, value);
            if (pass != 1)
                continue;
            size_t len = path_of(flame, i, path);
            jam_out_array(json, NULL);
            for (size_t k = only_calls ? len - 1 : 0; k < len; k++)
                jam_out_number(json, NULL, frames[flame->nodes[path[k]].frame]);
            jam_out_end_array(json);
        }
        if (pass != 0)
            jam_out_end_array(json);
    }
    jam_out_end_object(json);
}

static void block_profile(const struct cmd_flame *flame, struct jam_out *json, uint32_t first)
{
    struct block_visit v = {.flame = flame, .json = json, .frame = first};
    for (uint32_t i = 0; i < flame->code_count; i++) {
        uint32_t start;
        struct cmd_flame_count count;
        for (uint32_t pc = 0; cmd_flame_block(&flame->codes[i], &pc, &start, &count);)
            v.total += count.instructions != 0 ? count.gas : 0;
    }
    begin_profile(json, "gas by basic block", v.total);
    jam_out_array(json, "samples");
    v.what = VISIT_STACKS;
    visit_blocks(&v);
    jam_out_end_array(json);
    jam_out_array(json, "weights");
    v.what = VISIT_GAS;
    visit_blocks(&v);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

/* Names all frames: those of the tree, then the blocks. Returns how many the tree has. */
static uint32_t name_frames(const struct cmd_flame *flame, struct jam_out *json, uint32_t *frames)
{
    uint32_t count = 0;
    struct pvm_buf name = {0};
    jam_out_object(json, "shared");
    jam_out_array(json, "frames");
    for (uint32_t i = 0; i < flame->node_count; i++) {
        const struct cmd_flame_node *node = &flame->nodes[i];
        if (in_tree(node) || node->kind == CMD_FLAME_ROOT)
            continue;
        frames[i] = count++;
        name.len = 0;
        cmd_flame_name(flame, node, &name);
        jam_out_object(json, NULL);
        jam_out_string(json, "name", pvm_buf_bytes(&name));
        jam_out_end_object(json);
    }
    pvm_buf_deinit(&name);
    struct block_visit v = {.flame = flame, .json = json, .what = VISIT_NAMES};
    visit_blocks(&v);
    jam_out_end_array(json);
    jam_out_end_object(json);
    return count;
}

void cmd_flame_speedscope(const struct cmd_flame *flame, const char *name, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    uint32_t *frames = pvm_alloc_zero(NULL, flame->node_count, sizeof *frames);
    if (frames == NULL) {
        out->failed = true;
        return;
    }
    jam_out_object(&json, NULL);
    jam_out_text(&json, "$schema", "https://www.speedscope.app/file-format-schema.json");
    jam_out_string(&json, "name", pvm_bytes(name, strlen(name)));
    jam_out_text(&json, "exporter", "pvm");
    uint32_t count = name_frames(flame, &json, frames);
    jam_out_array(&json, "profiles");
    path_profile(flame, &json, "gas by call path", WEIGHT_GAS, false, frames);
    path_profile(flame, &json, "instructions by call path", WEIGHT_INSTRUCTIONS, false, frames);
    block_profile(flame, &json, count);
    path_profile(flame, &json, "gas by host call", WEIGHT_GAS, true, frames);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
    pvm_alloc_free(NULL, frames);
}
