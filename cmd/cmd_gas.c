/* SPDX-License-Identifier: Apache-2.0 */
/* pvm gas: what the blocks of a program cost, under the flat model and that of GP 0.8.0 A.9. */
#include "cmd/extension.h"
#include "cmd/gas_timeline.h"
#include "cmd/load.h"
#include "cmd/table.h"
#include "host/json_out.h"

#include <inttypes.h>

#define GAS_OPTIONS(X)                                                                             \
    X(GAS_BLOCK, 0, "block", NUMBER, "PC", "show only the block that PC lies in")                  \
    X(GAS_TIMELINE, 0, "timeline", NUMBER, "PC",                                                   \
      "draw the way of the block that PC lies in through the pipeline, cycle by cycle")            \
    X(GAS_JSON, 0, "json", FLAG, NULL, "print JSON (docs/cli.md)")                                 \
    X(GAS_FORMAT, 'f', "format", CHOICE, "raw|standard|jam", "the format, if not by content")      \
    X(GAS_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                               \
    X(GAS_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                    \
    X(GAS_SYMBOLS, 0, "symbols", LIST, "FILE",                                                     \
      "take names of addresses from FILE; without it from BLOB.sym if it belongs to BLOB")

enum { GAS_OPTIONS(CMD_OPTION_ENUM) GAS_OPTION_COUNT };

static const struct cmd_option options[] = {GAS_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_gas_syntax = {
    .usage = "BLOB [--block PC] [--timeline PC] [--json] [-f FORMAT] [--gp VERSION]\n"
             "[--symbols FILE]",
    .about = "Versions to 0.7.2 charge 1 for each instruction (\"flat\"), later ones the block's\n"
             "cost in the pipeline model, on entry (\"block\"). Both are shown whatever the\n"
             "version; it says how opcodes are numbered. In a timeline: D decoded, = waiting, e\n"
             "executing, E done, - waiting to retire, R retired.\n",
    .options = options,
    .option_count = GAS_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

/* A block: straight code up to a terminator, or to the end, where a trap is implied. */
struct block {
    uint32_t pc, end;      /* end: behind its last octet */
    uint32_t instructions; /* the implied trap included */
    uint64_t cost;         /* in the pipeline model */
};

struct gas_view {
    const struct jam_profile *profile;
    const struct cmd_program *loaded;
    struct pvm_disasm_options disasm;
};

static struct block block_at(const struct pvm_program *program, uint32_t pc)
{
    struct block block = {.pc = pc, .end = pc};
    bool open = true;
    while (open && block.end < program->code_len) {
        open = !pvm_op_table[pvm_program_op(program, block.end)].terminator;
        block.end += 1 + pvm_program_skip(program, block.end);
        block.instructions++;
    }
    if (open)
        block.instructions++;
    block.cost = pvm_gas_block_cost(program, pc, NULL, NULL);
    return block;
}

/* The next block from *pc on; *pc goes behind it. */
static bool next_block(const struct pvm_program *program, uint32_t *pc, struct block *out)
{
    while (*pc < program->code_len && !pvm_program_is_block_start(program, *pc))
        ++*pc;
    if (*pc >= program->code_len)
        return false;
    *out = block_at(program, (*pc)++);
    return true;
}

static enum pvm_status find_block(const struct gas_view *view, uint64_t pc, struct block *out,
                                  struct pvm_err *err)
{
    const struct pvm_program *program = view->loaded->program;
    if (pc >= program->code_len)
        return pvm_fail(err, PVM_E_USAGE,
                        "gas: position %" PRIu64 " is not in the code, which has "
                        "%u octets",
                        pc, (unsigned)program->code_len);
    *out = block_at(program, pvm_program_block_of(program, (uint32_t)pc));
    return PVM_OK;
}

static const char *name_of(const struct gas_view *view, uint32_t pc)
{
    if (view->disasm.symbols == NULL)
        return NULL;
    const struct pvm_symbol *symbol = pvm_symbols_at(view->disasm.symbols, pc);
    return symbol != NULL ? symbol->name : NULL;
}

static bool charges_blocks(const struct gas_view *view)
{
    return view->profile->rules->gas == PVM_GAS_BLOCK;
}

/* ---- text ---- */

static void add_row(struct cmd_table *table, const struct gas_view *view, const struct block *block)
{
    const char *name = name_of(view, block->pc);
    cmd_table_cell(table, "0x%x", (unsigned)block->pc);
    cmd_table_cell(table, "%s", name != NULL ? name : "");
    cmd_table_cell(table, "%u", (unsigned)(block->end - block->pc));
    cmd_table_cell(table, "%u", (unsigned)block->instructions);
    cmd_table_cell(table, "%" PRIu64, block->cost);
}

static struct cmd_table new_table(struct cmd *cmd)
{
    static const char *const head[] = {"block", "name", "octets", "flat", "pipeline"};
    struct cmd_table table = cmd_table(sizeof head / sizeof *head, cmd->alloc);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        cmd_table_cell(&table, "%s", head[i]);
    return table;
}

static void print_head(struct cmd *cmd, const struct gas_view *view)
{
    pvm_buf_printf(&cmd->out, "GP %s charges %s.\n", view->profile->name,
                   charges_blocks(view) ? "a block its pipeline cost, on entry"
                                        : "each instruction 1 (flat)");
    if (view->profile->rules->strict && !view->loaded->program->valid)
        pvm_buf_text(&cmd->out, "This code is not valid there: it panics before it runs, for no "
                                "gas.\n");
    pvm_buf_add_u8(&cmd->out, '\n');
}

static void print_all(struct cmd *cmd, const struct gas_view *view)
{
    struct cmd_table table = new_table(cmd);
    struct block block = {.pc = 0};
    uint64_t blocks = 0, flat = 0, cost = 0;
    for (uint32_t pc = 0; next_block(view->loaded->program, &pc, &block); blocks++) {
        add_row(&table, view, &block);
        flat += block.instructions;
        cost += block.cost;
    }
    cmd_table_print(&table, &cmd->out);
    cmd_table_deinit(&table);
    pvm_buf_printf(&cmd->out,
                   "\n%" PRIu64 " blocks; each once: %" PRIu64 " flat, %" PRIu64 " pipeline\n",
                   blocks, flat, cost);
}

static void print_one(struct cmd *cmd, const struct gas_view *view, const struct block *block)
{
    struct cmd_table table = new_table(cmd);
    add_row(&table, view, block);
    cmd_table_print(&table, &cmd->out);
    cmd_table_deinit(&table);
}

/* ---- JSON ---- */

static void json_block(struct jam_out *json, const char *key, const struct gas_view *view,
                       const struct block *block)
{
    const char *name = name_of(view, block->pc);
    jam_out_object(json, key);
    jam_out_number(json, "pc", block->pc);
    if (name != NULL)
        jam_out_text(json, "name", name);
    jam_out_number(json, "octets", block->end - block->pc);
    jam_out_number(json, "flat", block->instructions);
    jam_out_number(json, "pipeline", block->cost);
    jam_out_end_object(json);
}

static void json_step(struct jam_out *json, const struct gas_view *view,
                      const struct pvm_gas_step *step)
{
    struct pvm_buf text = {0};
    pvm_disasm_insn(view->loaded->program, step->pc, &view->disasm, &text);
    jam_out_object(json, NULL);
    jam_out_number(json, "pc", step->pc);
    jam_out_text(json, "instruction", pvm_buf_str(&text));
    jam_out_number(json, "decoded", step->decoded);
    if (step->in_buffer) {
        jam_out_number(json, "started", step->started);
        jam_out_number(json, "finished", step->finished);
        jam_out_number(json, "retired", step->retired);
    }
    jam_out_end_object(json);
    pvm_buf_deinit(&text);
}

/* ---- the command ---- */

/* What is shown: all blocks, or one, with its timeline or without. */
static enum pvm_status show_text(struct cmd *cmd, const struct gas_view *view,
                                 const struct block *one, const struct cmd_timeline *timeline,
                                 struct pvm_err *err)
{
    print_head(cmd, view);
    if (one == NULL)
        print_all(cmd, view);
    else
        print_one(cmd, view, one);
    if (timeline == NULL)
        return PVM_OK;
    pvm_buf_printf(&cmd->out, "\nBlock 0x%x through the pipeline, %" PRIu64 " gas:\n\n",
                   (unsigned)one->pc, timeline->cost);
    return cmd_timeline_print(timeline, view->loaded->program, &view->disasm, "    ", &cmd->out,
                              err);
}

static void show_json(struct cmd *cmd, const struct gas_view *view, const struct block *one,
                      const struct cmd_timeline *timeline)
{
    struct jam_out json = jam_out(&cmd->out);
    struct block block = {.pc = 0};
    jam_out_object(&json, NULL);
    jam_out_text(&json, "gp", view->profile->name);
    jam_out_text(&json, "model", charges_blocks(view) ? "block" : "flat");
    jam_out_bool(&json, "valid_080", view->loaded->program->valid);
    jam_out_array(&json, "blocks");
    if (one != NULL)
        json_block(&json, NULL, view, one);
    for (uint32_t pc = 0; one == NULL && next_block(view->loaded->program, &pc, &block);)
        json_block(&json, NULL, view, &block);
    jam_out_end_array(&json);
    if (timeline != NULL) {
        jam_out_array(&json, "timeline");
        for (size_t i = 0; i < timeline->count; i++)
            json_step(&json, view, &timeline->steps[i]);
        jam_out_end_array(&json);
    }
    jam_out_end_object(&json);
    jam_out_finish(&json);
}

static enum pvm_status show(struct cmd *cmd, struct gas_view *view, struct cmd_symbols *symbols,
                            struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    bool drawn = cmd_args_has(args, GAS_TIMELINE);
    bool single = drawn || cmd_args_has(args, GAS_BLOCK);
    struct cmd_timeline timeline = {0};
    struct block one = {.pc = 0};
    PVM_TRY(cmd_symbols_of(symbols, args, GAS_SYMBOLS, view->loaded, err));
    view->disasm.calls = jam_call_names(view->profile);
    view->disasm.symbols = cmd_symbols_find(symbols, &view->loaded->id, true);
    if (single)
        PVM_TRY(find_block(view, cmd_args_number(args, drawn ? GAS_TIMELINE : GAS_BLOCK, 0), &one,
                           err));
    if (drawn)
        PVM_TRY(cmd_timeline_make(view->loaded->program, one.pc, cmd->alloc, &timeline, err));
    enum pvm_status status = PVM_OK;
    if (cmd_args_has(args, GAS_JSON))
        show_json(cmd, view, single ? &one : NULL, drawn ? &timeline : NULL);
    else
        status = show_text(cmd, view, single ? &one : NULL, drawn ? &timeline : NULL, err);
    cmd_timeline_deinit(&timeline);
    return status;
}

enum pvm_status cmd_gas(struct cmd *cmd, struct pvm_err *err)
{
    struct gas_view view = {.profile = NULL};
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, GAS_GP), &view.profile, err));
    PVM_TRY(cmd_extensions_profile(cmd, &view.profile, err));
    if (cmd_args_has(&cmd->args, GAS_BLOCK) && cmd_args_has(&cmd->args, GAS_TIMELINE))
        return pvm_fail(err, PVM_E_USAGE, "gas: --timeline shows its block, --block is too much");
    int force = -1;
    if (cmd_args_has(&cmd->args, GAS_FORMAT))
        force = (int)cmd_args_choice(&cmd->args, GAS_FORMAT, PVM_BLOB_RAW);
    struct cmd_program loaded;
    struct cmd_symbols symbols = {0};
    enum pvm_status status =
        cmd_program_load(cmd->args.operands[0], force, view.profile, &loaded, err);
    view.loaded = &loaded;
    if (status == PVM_OK)
        status = show(cmd, &view, &symbols, err);
    cmd_symbols_deinit(&symbols);
    cmd_program_deinit(&loaded);
    return status;
}
