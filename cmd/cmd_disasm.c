/* SPDX-License-Identifier: Apache-2.0 */
/* pvm disasm: a blob as assembler source that gives the same octets again. */
#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/load.h"
#include "core/disasm.h"

#define DISASM_OPTIONS(X)                                                                          \
    X(DISASM_OUTPUT, 'o', "output", TEXT, "FILE", "write to FILE instead of standard output")      \
    X(DISASM_FORMAT, 'f', "format", CHOICE, "raw|standard|jam", "the format, if not by content")   \
    X(DISASM_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                            \
    X(DISASM_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                 \
    X(DISASM_SYMBOLS, 0, "symbols", LIST, "FILE",                                                  \
      "take names of addresses from FILE; without it from BLOB.sym if it belongs to BLOB")

enum { DISASM_OPTIONS(CMD_OPTION_ENUM) DISASM_OPTION_COUNT };

static const struct cmd_option options[] = {DISASM_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_disasm_syntax = {
    .usage = "BLOB [-o FILE] [-f FORMAT] [--gp VERSION] [--symbols FILE]",
    .about = "BLOB is a program of any format, - is standard input.\n",
    .options = options,
    .option_count = DISASM_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

static enum pvm_status disassemble(const struct cmd_args *args, const struct cmd_program *program,
                                   const struct jam_profile *profile, struct cmd_symbols *symbols,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    const char *path = cmd_args_text(args, DISASM_OUTPUT);
    if (path != NULL && cmd_file_is_same(path, args->operands[0]))
        return pvm_fail(err, PVM_E_USAGE, "disasm: %.200s: would be overwritten by its own output",
                        path);
    PVM_TRY(cmd_symbols_of(symbols, args, DISASM_SYMBOLS, program, err));
    struct pvm_disasm_options how = {
        .calls = jam_call_names(profile),
        .symbols = cmd_symbols_find(symbols, &program->id, true),
    };
    PVM_TRY(pvm_disasm_blob(&program->blob, program->program, &how, out, err));
    if (path == NULL)
        return PVM_OK;
    enum pvm_status status = cmd_write_file(path, pvm_buf_bytes(out), err);
    out->len = 0;
    return status;
}

enum pvm_status cmd_disasm(struct cmd *cmd, struct pvm_err *err)
{
    const struct jam_profile *profile;
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, DISASM_GP), &profile, err));
    PVM_TRY(cmd_extensions_profile(cmd, &profile, err));
    int force = -1;
    if (cmd_args_has(&cmd->args, DISASM_FORMAT))
        force = (int)cmd_args_choice(&cmd->args, DISASM_FORMAT, PVM_BLOB_RAW);
    struct cmd_program program;
    struct cmd_symbols symbols = {0};
    enum pvm_status status = cmd_program_load(cmd->args.operands[0], force, profile, &program, err);
    if (status == PVM_OK)
        status = disassemble(&cmd->args, &program, profile, &symbols, &cmd->out, err);
    cmd_symbols_deinit(&symbols);
    cmd_program_deinit(&program);
    return status;
}
