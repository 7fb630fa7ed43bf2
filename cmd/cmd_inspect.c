/* SPDX-License-Identifier: Apache-2.0 */
/* pvm inspect: what a blob is, from its octets alone. */
#include "cmd/inspect.h"

#include "cmd/extension.h"
#include "cmd/files.h"
#include "host/accumulate_rules.h"
#include "host/call.h"
#include "host/hash.h"
#include "host/state.h"

#define INSPECT_OPTIONS(X)                                                                         \
    X(INSPECT_JSON, 0, "json", FLAG, NULL, "print JSON (docs/cli.md)")                             \
    X(INSPECT_FORMAT, 'f', "format", CHOICE, "raw|standard|jam", "the format, if not by content")  \
    X(INSPECT_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                           \
    X(INSPECT_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                \
    X(INSPECT_SYMBOLS, 0, "symbols", LIST, "FILE",                                                 \
      "take names of addresses from FILE; without it from BLOB.sym if it belongs to BLOB")

enum { INSPECT_OPTIONS(CMD_OPTION_ENUM) INSPECT_OPTION_COUNT };

static const struct cmd_option options[] = {INSPECT_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_inspect_syntax = {
    .usage = "BLOB [--json] [-f FORMAT] [--gp VERSION] [--symbols FILE]",
    .about = "BLOB - is standard input.\n",
    .options = options,
    .option_count = INSPECT_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

/* Counts the ecalli numbers of the code; the list stays ascending and bounded: code made to hurt
 * can have millions of different ones. */
static void count_call(struct cmd_inspection *in, uint64_t number)
{
    struct cmd_call_use *list = (struct cmd_call_use *)(void *)in->calls.ptr;
    size_t low = 0;
    size_t high = in->calls.len / sizeof *list;
    size_t count = high;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (list[mid].number < number)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < count && list[low].number == number) {
        list[low].count++;
        return;
    }
    if (count == CMD_CALLS_LISTED) {
        in->calls_unlisted++;
        return;
    }
    struct cmd_call_use use = {number, 1, jam_call_name(in->profile, number)};
    pvm_buf_add(&in->calls, &use, sizeof use);
    if (in->calls.failed)
        return;
    list = (struct cmd_call_use *)(void *)in->calls.ptr;
    memmove(&list[low + 1], &list[low], (count - low) * sizeof use);
    list[low] = use;
}

static void scan_code(struct cmd_inspection *in)
{
    const struct pvm_program *program = in->loaded->program;
    for (uint32_t pc = 0; pc < program->code_len; pc += 1 + pvm_program_skip(program, pc)) {
        if (pvm_program_op(program, pc) != PVM_OP_ECALLI)
            continue;
        struct pvm_operands operands;
        pvm_program_operands(program, pc, &operands);
        count_call(in, operands.x);
    }
}

/* What a service pays whose one request is this preimage: two items, 81 octets and the preimage
 * (GP 0.7.2 9.3). A standard program becomes one behind empty metadata. */
static void deposit(struct cmd_inspection *in)
{
    struct jam_params params;
    jam_params_get(in->profile, JAM_PARAMS_FULL, &params);
    struct jam_service service = {.rules = jam_accumulate_rules_of(in->profile)->accounts,
                                  .items = 2,
                                  .bytes = 81 + (uint64_t)in->loaded->bytes.len};
    if (in->loaded->blob.format == PVM_BLOB_STANDARD)
        service.bytes++;
    in->deposit_items = service.items;
    in->deposit_bytes = service.bytes;
    in->deposit = jam_threshold(&service, &params);
}

static enum pvm_status inspect(struct cmd *cmd, struct cmd_inspection *in,
                               struct cmd_symbols *symbols, struct pvm_err *err)
{
    PVM_TRY(cmd_symbols_of(symbols, &cmd->args, INSPECT_SYMBOLS, in->loaded, err));
    in->disasm.calls = jam_call_names(in->profile);
    in->disasm.symbols = cmd_symbols_find(symbols, &in->loaded->id, true);
    in->hash = jam_hash(pvm_buf_bytes(&in->loaded->bytes));
    pvm_metadata_decode(in->loaded->blob.metadata, &in->metadata);
    scan_code(in);
    PVM_TRY(pvm_buf_status(&in->calls, err));
    deposit(in);
    if (cmd_args_has(&cmd->args, INSPECT_JSON))
        cmd_inspect_json(in, &cmd->out);
    else
        cmd_inspect_text(cmd, in, &cmd->out);
    return PVM_OK;
}

enum pvm_status cmd_inspect(struct cmd *cmd, struct pvm_err *err)
{
    struct cmd_inspection in = {0};
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, INSPECT_GP), &in.profile, err));
    PVM_TRY(cmd_extensions_profile(cmd, &in.profile, err));
    int force = -1;
    if (cmd_args_has(&cmd->args, INSPECT_FORMAT))
        force = (int)cmd_args_choice(&cmd->args, INSPECT_FORMAT, PVM_BLOB_RAW);
    struct cmd_program loaded;
    struct cmd_symbols symbols = {0};
    enum pvm_status status =
        cmd_program_load(cmd->args.operands[0], force, in.profile, &loaded, err);
    in.loaded = &loaded;
    if (status == PVM_OK)
        status = inspect(cmd, &in, &symbols, err);
    pvm_buf_deinit(&in.calls);
    cmd_symbols_deinit(&symbols);
    cmd_program_deinit(&loaded);
    return status;
}
