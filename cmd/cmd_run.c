/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run: which kind of run it is, and what both kinds have in common. */
#include "cmd/run.h"

#include "cmd/files.h"

enum { DUMP_MAX = 1 << 24 };

static const struct cmd_option options[] = {RUN_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_run_syntax = {
    .usage = "BLOB [--refine] [--fixture FILE] [--payload 0xHEX|@FILE] [OPTION]...\n"
             "BLOB --is-authorized [--fixture FILE] [OPTION]...\n"
             "BLOB [--raw] [--fixture FILE] [--reg REG=VALUE]... [--page ADDR:LEN:ro|rw]...\n"
             "[--raw] --fixture FILE [OPTION]...",
    .about =
        "Without a fixture Refine gets a package of one work item with an empty payload, and a\n"
        "raw program no memory, ra = 0xffff0000 (the halt address) and 1000000000 gas.\n"
        "Without BLOB the code is the one the fixture has.\n"
        "What the guest logs goes to standard error as it happens, in JIP-1's format.\n"
        "The report and its JSON form are described in docs/cli.md.\n",
    .options = options,
    .option_count = RUN_OPTION_COUNT,
    .max_operands = 1,
};

static const struct pvm_symbols *main_symbols(const struct cmd_run *run)
{
    return cmd_symbols_find(&run->symbols, &run->loaded.id, true);
}

enum pvm_status cmd_run_entry(const struct cmd_run *run, uint64_t absent, uint64_t *out,
                              struct pvm_err *err)
{
    const char *text = cmd_args_text(run->args, RUN_ENTRY);
    *out = absent;
    if (text == NULL || cmd_number(text, strlen(text), out))
        return PVM_OK;
    const struct pvm_symbols *symbols = main_symbols(run);
    for (size_t i = 0; symbols != NULL && i < symbols->count; i++) {
        if (strcmp(symbols->list[i].name, text) == 0) {
            *out = symbols->list[i].pc;
            return PVM_OK;
        }
    }
    for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++) {
        if (strcmp(jam_invocation_name((enum jam_invocation)i), text) == 0) {
            *out = jam_invocation_entry((enum jam_invocation)i);
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_USAGE, "run: --entry: \"%.80s\" is no number and no symbol%s", text,
                    symbols == NULL ? " (no symbol file belongs to the program)" : "");
}

enum pvm_status cmd_run_address(const char *option, const char *text, uint64_t *address,
                                const char **rest, struct pvm_err *err)
{
    size_t len = strcspn(text, ":");
    if (text[len] != ':' || !cmd_number(text, len, address) || *address >> 32 != 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "run: --%s: expected an address below 2^32 and a colon, got \"%.80s\"",
                        option, text);
    *rest = text + len + 1;
    return PVM_OK;
}

static enum pvm_status parse_dumps(const struct cmd_args *args, struct pvm_buf *out,
                                   struct pvm_err *err)
{
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option != RUN_DUMP)
            continue;
        struct cmd_dump dump = {0};
        const char *rest = "";
        PVM_TRY(cmd_run_address("dump", args->list[i].text, &dump.address, &rest, err));
        if (!cmd_number(rest, strlen(rest), &dump.len) || dump.len > DUMP_MAX ||
            dump.len > (UINT64_C(1) << 32) - dump.address)
            return pvm_fail(err, PVM_E_USAGE,
                            "run: --dump: expected a length of at most %d inside 2^32 octets, got "
                            "\"%.80s\"",
                            DUMP_MAX, rest);
        pvm_buf_add(out, &dump, sizeof dump);
    }
    return pvm_buf_status(out, err);
}

enum pvm_status cmd_run_report(struct cmd_run *run, struct pvm_err *err)
{
    struct cmd *cmd = run->cmd;
    if (cmd_args_has(run->args, RUN_JSON))
        cmd_report_json(&run->report, &cmd->out);
    else
        cmd_report_text(cmd, &run->report, &cmd->out);
    cmd->code = run->report.good ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    return pvm_buf_status(&cmd->out, err);
}

/* Options that only one kind of run understands. */
static enum pvm_status check_options(const struct cmd_args *args, bool raw, struct pvm_err *err)
{
    static const unsigned raw_only[] = {RUN_REG, RUN_PAGE, RUN_MEM};
    static const unsigned service_only[] = {RUN_ITEM, RUN_CORE, RUN_PAYLOAD, RUN_ARGS};
    const unsigned *wrong = raw ? service_only : raw_only;
    size_t count = raw ? sizeof service_only / sizeof *wrong : sizeof raw_only / sizeof *wrong;
    for (size_t i = 0; i < count; i++) {
        if (cmd_args_has(args, wrong[i]))
            return pvm_fail(err, PVM_E_USAGE, "run: --%s means nothing for a %s",
                            options[wrong[i]].name, raw ? "raw program" : "service");
    }
    return PVM_OK;
}

/* Reads BLOB, when there is one, and says whether it runs raw. */
static enum pvm_status load(struct cmd_run *run, bool *raw, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    *raw = cmd_args_has(args, RUN_RAW);
    if (args->operand_count == 0) {
        run->name = cmd_args_text(args, RUN_FIXTURE);
        if (run->name == NULL)
            return pvm_fail(err, PVM_E_USAGE, "run: neither BLOB nor --fixture is given");
        return PVM_OK;
    }
    run->name = args->operands[0];
    PVM_TRY(cmd_blob_load(run->name, *raw ? PVM_BLOB_RAW : -1, &run->loaded, err));
    *raw = run->loaded.blob.format == PVM_BLOB_RAW;
    bool refine = cmd_args_has(args, RUN_REFINE);
    if (*raw && (refine || cmd_args_has(args, RUN_IS_AUTHORIZED)))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "%.200s: a raw program blob, no service: run it without --%s",
                        cmd_file_name(run->name), refine ? "refine" : "is-authorized");
    return PVM_OK;
}

static enum pvm_status load_symbols(struct cmd_run *run, struct pvm_err *err)
{
    if (run->loaded.path == NULL && !cmd_args_has(run->args, RUN_SYMBOLS))
        return PVM_OK;
    return cmd_symbols_of(&run->symbols, run->args, RUN_SYMBOLS, &run->loaded, err);
}

static enum pvm_status choose(struct cmd_run *run, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    bool raw;
    unsigned modes = (unsigned)cmd_args_has(args, RUN_REFINE) +
                     (unsigned)cmd_args_has(args, RUN_IS_AUTHORIZED) +
                     (unsigned)cmd_args_has(args, RUN_RAW);
    if (modes > 1)
        return pvm_fail(err, PVM_E_USAGE,
                        "run: --refine, --is-authorized and --raw exclude each other");
    PVM_TRY(cmd_profile(cmd_args_text(args, RUN_GP), &run->profile, err));
    PVM_TRY(parse_dumps(args, &run->report.dumps, err));
    PVM_TRY(load(run, &raw, err));
    PVM_TRY(check_options(args, raw, err));
    PVM_TRY(load_symbols(run, err));
    cmd_trace_init(&run->trace, run->cmd, cmd_args_has(args, RUN_JSON), run->profile,
                   &run->symbols);
    if (raw)
        return cmd_run_raw(run, err);
    return cmd_run_service(
        run, cmd_args_has(args, RUN_IS_AUTHORIZED) ? JAM_IS_AUTHORIZED : JAM_REFINE, err);
}

enum pvm_status cmd_run(struct cmd *cmd, struct pvm_err *err)
{
    struct cmd_run run = {.cmd = cmd, .args = &cmd->args};
    enum pvm_status status = choose(&run, err);
    cmd_trace_deinit(&run.trace);
    pvm_buf_deinit(&run.report.dumps);
    cmd_symbols_deinit(&run.symbols);
    cmd_program_deinit(&run.loaded);
    return status;
}
