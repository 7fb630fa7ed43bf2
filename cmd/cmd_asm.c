/* SPDX-License-Identifier: Apache-2.0 */
/* pvm asm: assembler source to a blob, and the names of its addresses to a file beside it. */
#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/load.h"
#include "core/asm.h"
#include "host/hash.h"

#define ASM_OPTIONS(X)                                                                             \
    X(ASM_OUTPUT, 'o', "output", TEXT, "FILE",                                                     \
      "write the blob to FILE; without it to SOURCE with .pvm (or .jam) as its ending")            \
    X(ASM_FORMAT, 'f', "format", CHOICE, "raw|standard|jam",                                       \
      "what to make; without it jam if the output ends in .jam, else standard")                    \
    X(ASM_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                               \
    X(ASM_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                    \
    X(ASM_SYMBOLS, 0, "symbols", TEXT, "FILE", "write the symbols to FILE instead of OUTPUT.sym")  \
    X(ASM_NO_SYMBOLS, 0, "no-symbols", FLAG, NULL, "write no symbols")

enum { ASM_OPTIONS(CMD_OPTION_ENUM) ASM_OPTION_COUNT };

static const struct cmd_option options[] = {ASM_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_asm_syntax = {
    .usage = "SOURCE [-o FILE] [-f FORMAT] [--gp VERSION] [--symbols FILE | --no-symbols]",
    .about = "SOURCE - is standard input; the blob then goes to standard output without -o.\n"
             "raw is a bare program blob, standard has data, stack and arguments around it, jam\n"
             "has metadata in front: what the code hash of a service is the hash of.\n"
             "The language is described in docs/assembler.md.\n",
    .options = options,
    .option_count = ASM_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* What is made: as asked for, else by the name of the output. */
static enum pvm_blob_format choose_format(const struct cmd_args *args)
{
    const char *output = cmd_args_text(args, ASM_OUTPUT);
    enum pvm_blob_format by_name =
        output != NULL && ends_with(output, ".jam") ? PVM_BLOB_JAM : PVM_BLOB_STANDARD;
    return (enum pvm_blob_format)cmd_args_choice(args, ASM_FORMAT, by_name);
}

static enum pvm_status output_path(const struct cmd_args *args, enum pvm_blob_format format,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    const char *given = cmd_args_text(args, ASM_OUTPUT);
    const char *source = args->operands[0];
    if (given != NULL) {
        pvm_buf_text(out, given);
    } else if (strcmp(source, "-") == 0) {
        pvm_buf_text(out, "-");
    } else {
        const char *slash = strrchr(source, '/');
        const char *dot = strrchr(slash != NULL ? slash : source, '.');
        size_t len = dot != NULL && dot != source ? (size_t)(dot - source) : strlen(source);
        pvm_buf_add(out, source, len);
        pvm_buf_text(out, format == PVM_BLOB_JAM ? ".jam" : ".pvm");
        if (pvm_bytes_equal(pvm_buf_bytes(out), pvm_bytes(source, strlen(source))))
            return pvm_fail(err, PVM_E_USAGE, "asm: %.200s: say with -o where the blob should go",
                            source);
    }
    return pvm_buf_status(out, err);
}

/* The symbols under the comment that says which program they belong to. */
static enum pvm_status symbol_text(struct pvm_bytes bytes, enum pvm_blob_format format,
                                   const struct pvm_symbols *symbols, struct pvm_buf *out,
                                   struct pvm_err *err)
{
    struct pvm_blob blob;
    PVM_TRY(pvm_blob_decode(bytes, (int)format, &blob, err));
    struct jam_hash id = jam_hash(blob.program);
    pvm_buf_text(out, CMD_SYMBOLS_TAG);
    pvm_buf_hex(out, jam_hash_bytes(&id));
    pvm_buf_text(out, "\n");
    pvm_symbols_write(symbols, out);
    pvm_lines_write(&symbols->lines, out);
    return pvm_buf_status(out, err);
}

/* Where the symbols go; empty: nowhere, as nothing can stand beside a stream. */
static enum pvm_status symbol_path(const struct cmd_args *args, const char *blob_path,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    const char *given = cmd_args_text(args, ASM_SYMBOLS);
    if (cmd_args_has(args, ASM_NO_SYMBOLS))
        return PVM_OK;
    if (given != NULL)
        pvm_buf_text(out, given);
    else if (!cmd_file_is_special(blob_path))
        pvm_buf_printf(out, "%s.sym", blob_path);
    return pvm_buf_status(out, err);
}

/* No file that is written may be one that is read, or the other one. */
static enum pvm_status check_paths(const char *source, const char *blob, const char *symbols,
                                   struct pvm_err *err)
{
    if (cmd_file_is_same(source, blob) || cmd_file_is_same(source, symbols))
        return pvm_fail(err, PVM_E_USAGE, "asm: %.200s: would be overwritten by its own output",
                        source);
    if (cmd_file_is_same(blob, symbols))
        return pvm_fail(err, PVM_E_USAGE, "asm: %.200s: blob and symbols in one file", blob);
    return PVM_OK;
}

/* The words of --format, of pvm disasm too, are in this order. */
_Static_assert(PVM_BLOB_RAW == 0 && PVM_BLOB_STANDARD == 1 && PVM_BLOB_JAM == 2, "--format");

/* What assembling makes. */
struct product {
    struct pvm_buf source, blob, diagnostics, path, symbol_path, symbol_text;
    struct pvm_symbols symbols;
};

static enum pvm_status assemble(const struct cmd_args *args, const struct jam_profile *profile,
                                struct product *p, struct pvm_err *err)
{
    struct pvm_asm_options how = {
        .rules = profile->rules,
        .format = choose_format(args),
        .file = cmd_file_name(args->operands[0]),
        .calls = jam_call_names(profile),
        .files = cmd_asm_files(),
    };
    PVM_TRY(output_path(args, how.format, &p->path, err));
    const char *path = pvm_buf_str(&p->path);
    PVM_TRY(pvm_buf_status(&p->path, err));
    PVM_TRY(symbol_path(args, path, &p->symbol_path, err));
    const char *symbols = pvm_buf_str(&p->symbol_path);
    PVM_TRY(pvm_buf_status(&p->symbol_path, err));
    PVM_TRY(check_paths(args->operands[0], path, symbols, err));
    PVM_TRY(cmd_read_file(args->operands[0], &p->source, err));
    PVM_TRY(
        pvm_assemble(&how, pvm_buf_bytes(&p->source), &p->blob, &p->symbols, &p->diagnostics, err));
    if (*symbols != '\0')
        PVM_TRY(
            symbol_text(pvm_buf_bytes(&p->blob), how.format, &p->symbols, &p->symbol_text, err));
    PVM_TRY(cmd_write_file(path, pvm_buf_bytes(&p->blob), err));
    if (*symbols == '\0')
        return PVM_OK;
    return cmd_write_file(symbols, pvm_buf_bytes(&p->symbol_text), err);
}

enum pvm_status cmd_asm(struct cmd *cmd, struct pvm_err *err)
{
    const struct jam_profile *profile;
    if (cmd_args_has(&cmd->args, ASM_SYMBOLS) && cmd_args_has(&cmd->args, ASM_NO_SYMBOLS))
        return pvm_fail(err, PVM_E_USAGE, "asm: --symbols and --no-symbols exclude each other");
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, ASM_GP), &profile, err));
    PVM_TRY(cmd_extensions_profile(cmd, &profile, err));
    struct product p = {0};
    enum pvm_status status = assemble(&cmd->args, profile, &p, err);
    if (p.diagnostics.len != 0) {
        cmd_stderr(pvm_buf_bytes(&p.diagnostics));
        *err = (struct pvm_err){0};
        pvm_fail(err, status, "%.200s: not assembled", cmd_file_name(cmd->args.operands[0]));
    }
    pvm_buf_deinit(&p.source);
    pvm_buf_deinit(&p.blob);
    pvm_buf_deinit(&p.diagnostics);
    pvm_buf_deinit(&p.path);
    pvm_buf_deinit(&p.symbol_path);
    pvm_buf_deinit(&p.symbol_text);
    pvm_symbols_deinit(&p.symbols);
    return status;
}
