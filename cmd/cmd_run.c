/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run: which kind of run it is, and what both kinds have in common. */
#include "cmd/run.h"

#include "cmd/debug.h"
#include "cmd/files.h"

enum { DUMP_MAX = 1 << 24 };

static const struct cmd_option options[] = {RUN_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_run_syntax = {
    .usage = "BLOB [--refine] [--fixture FILE] [--payload 0xHEX|@FILE] [OPTION]...\n"
             "BLOB --is-authorized [--fixture FILE] [--config C] [--token T] [OPTION]...\n"
             "BLOB --accumulate [--state FILE] [--operand O]... [--transfer T]... [OPTION]...\n"
             "BLOB --on-transfer [--state FILE] [--transfer T]... [OPTION]...\n"
             "BLOB [--raw] [--fixture FILE] [--reg REG=VALUE]... [--page ADDR:LEN:ro|rw]...\n"
             "[--raw] --fixture FILE [OPTION]...\n"
             "--accumulate --state FILE --service ID [OPTION]...",
    .about =
        "Without a fixture Refine gets a package of one work item with an empty payload, and a\n"
        "raw program no memory, ra = 0xffff0000 (the halt address) and 1000000000 gas.\n"
        "Without BLOB the code is the one the fixture or state has. With --state, BLOB runs as\n"
        "the service without changing the state's code. Accumulate without a state gets one with\n"
        "a service that has BLOB as its code and ample balance.\n"
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
    return pvm_fail(err, PVM_E_USAGE, "--entry: \"%.80s\" is no number and no symbol%s", text,
                    symbols == NULL ? " (no symbol file belongs to the program)" : "");
}

enum pvm_status cmd_run_address(const char *option, const char *text, uint64_t *address,
                                const char **rest, struct pvm_err *err)
{
    size_t len = strcspn(text, ":");
    if (text[len] != ':' || !cmd_number(text, len, address) || *address >> 32 != 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "--%s: expected an address below 2^32 and a colon, got \"%.80s\"", option,
                        text);
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
                            "--dump: expected a length of at most %d inside 2^32 octets, got "
                            "\"%.80s\"",
                            DUMP_MAX, rest);
        pvm_buf_add(out, &dump, sizeof dump);
    }
    return pvm_buf_status(out, err);
}

uint64_t cmd_run_max_gas(const struct cmd_args *args)
{
    uint64_t gas = cmd_args_number(args, RUN_GAS, 0);
    return cmd_args_number(args, RUN_MAX_GAS, gas > CMD_MAX_GAS ? gas : CMD_MAX_GAS);
}

static enum pvm_status write_record(struct cmd_run *run, struct pvm_err *err)
{
    if (run->record == NULL)
        return PVM_OK;
    PVM_TRY(cmd_flame_end(&run->flame, err));
    return cmd_record_write(run->record, cmd_args_text(run->args, RUN_RECORD), &run->report,
                            &run->flame, err);
}

enum pvm_status cmd_run_report(struct cmd_run *run, struct pvm_err *err)
{
    struct cmd *cmd = run->cmd;
    PVM_TRY(cmd_trace_end(&run->trace, run->report.vm, run->report.outcome, run->report.good, err));
    if (cmd_args_has(run->args, RUN_JSON))
        cmd_report_json(&run->report, &cmd->out);
    else
        cmd_report_text(cmd, &run->report, &cmd->out);
    PVM_TRY(write_record(run, err));
    cmd->code = run->report.good ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    return pvm_buf_status(&cmd->out, err);
}

enum pvm_status cmd_run_limited(struct cmd_run *run, struct pvm_err *err)
{
    const struct pvm_err why = *err;
    cmd_report_limit(&run->report, why.msg, &run->symbols, &run->loaded.id);
    *err = (struct pvm_err){.status = PVM_OK};
    PVM_TRY(cmd_run_report(run, err));
    *err = why;
    return why.status;
}

static const struct {
    unsigned option;
    const char *name; /* as in "means nothing for a ..." */
} modes[] = {
    [RUN_AS_RAW] = {RUN_RAW, "a raw program"},
    [RUN_AS_REFINE] = {RUN_REFINE, "Refine"},
    [RUN_AS_IS_AUTHORIZED] = {RUN_IS_AUTHORIZED, "Is-Authorized"},
    [RUN_AS_ACCUMULATE] = {RUN_ACCUMULATE, "Accumulate"},
    [RUN_AS_TRANSFER] = {RUN_ON_TRANSFER, "On-Transfer"},
};

enum { MODE_COUNT = sizeof modes / sizeof *modes };

/* Options that not every kind of run understands. */
static enum pvm_status check_options(const struct cmd_args *args, enum run_mode mode,
                                     struct pvm_err *err)
{
    enum {
        RAW = 1 << RUN_AS_RAW,
        REFINE = 1 << RUN_AS_REFINE,
        AUTHORIZE = 1 << RUN_AS_IS_AUTHORIZED,
        ACCUMULATE = 1 << RUN_AS_ACCUMULATE,
        TRANSFER = 1 << RUN_AS_TRANSFER,
        PACKAGE = REFINE | AUTHORIZE,
        BLOCK = ACCUMULATE | TRANSFER,
        SERVICE = PACKAGE | BLOCK
    };
    static const struct {
        unsigned option, modes;
    } some[] = {
        {RUN_REG, RAW},
        {RUN_PAGE, RAW},
        {RUN_MEM, RAW},
        {RUN_ITEM, PACKAGE},
        {RUN_CORE, PACKAGE},
        {RUN_PAYLOAD, PACKAGE},
        {RUN_CONFIG, PACKAGE},
        {RUN_TOKEN, PACKAGE},
        {RUN_AUTH_TRACE, REFINE},
        {RUN_ARGS, SERVICE},
        {RUN_STATE, SERVICE},
        {RUN_SERVICE, SERVICE},
        {RUN_TRANSFER, BLOCK},
        {RUN_OPERAND, ACCUMULATE},
        {RUN_SLOT, BLOCK},
        {RUN_ENTROPY, BLOCK},
        {RUN_WRITE_STATE, BLOCK},
        {RUN_MAX_INNER_GAS, REFINE},
        {RUN_ECALLI_TRACE, SERVICE},
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (cmd_args_has(args, some[i].option) && (some[i].modes >> mode & 1) == 0)
            return pvm_fail(err, PVM_E_USAGE, "--%s means nothing for %s",
                            options[some[i].option].name,
                            some[i].modes == RAW ? "a service" : modes[mode].name);
    static const unsigned limits[] = {RUN_MAX_MEMORY, RUN_MAX_GAS, RUN_MAX_INNER_GAS};
    return cmd_limits_check(args, NULL, options, limits, sizeof limits / sizeof *limits, err);
}

/* No two files that are written may be one, nor one of those that are read. A state may be written
 * where it was read. */
static enum pvm_status check_files(const struct cmd_args *args, struct pvm_err *err)
{
    static const unsigned out[] = {RUN_TRACE,  RUN_ECALLI_TRACE, RUN_PROFILE,
                                   RUN_FOLDED, RUN_RECORD,       RUN_WRITE_STATE};
    static const unsigned in[] = {RUN_FIXTURE, RUN_STATE, RUN_SYMBOLS};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        const char *path = cmd_args_text(args, out[i]);
        bool taken =
            path != NULL && args->operand_count != 0 && cmd_file_is_same(path, args->operands[0]);
        for (size_t k = 0; path != NULL && k < sizeof in / sizeof *in; k++)
            taken = taken || (out[i] != RUN_WRITE_STATE && cmd_args_has(args, in[k]) &&
                              cmd_file_is_same(path, cmd_args_text(args, in[k])));
        for (size_t k = 0; path != NULL && k < i; k++)
            taken = taken || (cmd_args_has(args, out[k]) &&
                              cmd_file_is_same(path, cmd_args_text(args, out[k])));
        if (taken)
            return pvm_fail(err, PVM_E_USAGE, "--%s: %.200s is used for something else already",
                            options[out[i]].name, path);
    }
    return PVM_OK;
}

/* The kind of run that is asked for; Refine when none is. */
static enum pvm_status find_mode(const struct cmd_args *args, enum run_mode *mode,
                                 struct pvm_err *err)
{
    unsigned count = 0;
    *mode = RUN_AS_REFINE;
    for (unsigned i = 0; i < MODE_COUNT; i++)
        if (cmd_args_has(args, modes[i].option)) {
            *mode = (enum run_mode)i;
            count++;
        }
    if (count > 1)
        return pvm_fail(err, PVM_E_USAGE,
                        "--refine, --is-authorized, --accumulate, --on-transfer and --raw "
                        "exclude each other");
    return PVM_OK;
}

/* Reads BLOB, when there is one. A bare program runs raw. */
static enum pvm_status load(struct cmd_run *run, enum run_mode *mode, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    if (args->operand_count == 0) {
        run->name = cmd_args_text(args, RUN_FIXTURE);
        if (run->name == NULL)
            run->name = cmd_args_text(args, RUN_STATE);
        if (run->name == NULL)
            return pvm_fail(err, PVM_E_USAGE, "neither BLOB nor --fixture is given");
        return PVM_OK;
    }
    run->name = args->operands[0];
    PVM_TRY(cmd_blob_load(run->name, *mode == RUN_AS_RAW ? PVM_BLOB_RAW : -1, &run->loaded, err));
    if (run->loaded.blob.format != PVM_BLOB_RAW)
        return PVM_OK;
    if (cmd_args_has(args, modes[*mode].option) && *mode != RUN_AS_RAW)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "%.200s: a raw program blob, no service: run it without --%s",
                        cmd_file_name(run->name), options[modes[*mode].option].name);
    *mode = RUN_AS_RAW;
    return PVM_OK;
}

static enum pvm_status load_symbols(struct cmd_run *run, struct pvm_err *err)
{
    if (run->loaded.path == NULL && !cmd_args_has(run->args, RUN_SYMBOLS))
        return PVM_OK;
    return cmd_symbols_of(&run->symbols, run->args, RUN_SYMBOLS, &run->loaded, err);
}

static enum pvm_status start(struct cmd_run *run, enum run_mode mode, struct pvm_err *err)
{
    switch (mode) {
    case RUN_AS_RAW:
        return cmd_run_raw(run, err);
    case RUN_AS_REFINE:
        return cmd_run_service(run, JAM_REFINE, err);
    case RUN_AS_IS_AUTHORIZED:
        return cmd_run_service(run, JAM_IS_AUTHORIZED, err);
    case RUN_AS_ACCUMULATE:
        return cmd_run_accumulate(run, JAM_ACCUMULATE, err);
    case RUN_AS_TRANSFER:
        return cmd_run_accumulate(run, JAM_ON_TRANSFER, err);
    }
    return PVM_E_INTERNAL;
}

static enum pvm_status start_trace(struct cmd_run *run, enum run_mode mode, struct pvm_err *err)
{
    static const struct cmd_trace_rows rows = {RUN_TRACE, RUN_TRACE_FORM, RUN_TRACE_FULL,
                                               RUN_TRACE_FILTER, RUN_TRACE_LAST};
    run->trace.profile = run->profile;
    return cmd_trace_start(&run->trace, run->args, &rows, cmd_args_has(run->args, RUN_JSON),
                           &run->symbols, options[modes[mode].option].name, err);
}

static enum pvm_status start_profile(struct cmd_run *run, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    PVM_TRY(cmd_record_check(args, RUN_RECORD, "", err));
    if (cmd_args_has(args, RUN_RECORD))
        PVM_TRY(cmd_record_new(&run->record, err));
    if (run->record == NULL && !cmd_args_has(args, RUN_PROFILE) &&
        !cmd_args_has(args, RUN_FOLDED) && !cmd_args_has(args, RUN_STATS))
        return PVM_OK;
    return cmd_flame_init(&run->flame, run->profile, &run->symbols, cmd_args_has(args, RUN_STATS),
                          err);
}

static void on_interrupt(void *user)
{
    cmd_segments_interrupt(user);
}

static enum pvm_status start_segments(struct cmd_run *run, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    if (cmd_args_has(args, RUN_SEGMENT_GAS) && !cmd_args_has(args, RUN_SEGMENTS))
        return pvm_fail(err, PVM_E_USAGE, "--segment-gas means nothing without --segments");
    PVM_TRY(cmd_segments_open(&run->segments, cmd_args_text(args, RUN_SEGMENTS),
                              cmd_args_number(args, RUN_SEGMENT_GAS, CMD_SEGMENT_GAS), err));
    /* The trace sees signals for both. */
    if (!run->trace.holding || !cmd_segments_on(&run->segments))
        return PVM_OK;
    cmd_segments_let_go(&run->segments);
    run->trace.interrupted = on_interrupt;
    run->trace.user = &run->segments;
    return PVM_OK;
}

static enum pvm_status write_profile(const struct cmd_run *run, struct pvm_err *err)
{
    const char *scope = cmd_args_text(run->args, RUN_PROFILE);
    const char *folded = cmd_args_text(run->args, RUN_FOLDED);
    struct pvm_buf text = {0};
    enum pvm_status status = PVM_OK;
    if (folded != NULL) {
        cmd_flame_folded(&run->flame, &text);
        status = pvm_buf_status(&text, err);
        if (status == PVM_OK)
            status = cmd_write_file(folded, pvm_buf_bytes(&text), err);
    }
    text.len = 0;
    if (scope != NULL && status == PVM_OK) {
        cmd_flame_speedscope(&run->flame, cmd_file_name(run->name), &text);
        status = pvm_buf_status(&text, err);
        if (status == PVM_OK)
            status = cmd_write_file(scope, pvm_buf_bytes(&text), err);
    }
    text.len = 0;
    if (cmd_args_has(run->args, RUN_STATS) && status == PVM_OK) {
        bool json = cmd_args_has(run->args, RUN_JSON);
        cmd_flame_stats(&run->flame, json ? &text : &run->cmd->out);
        if (json)
            cmd_stderr(pvm_buf_bytes(&text));
    }
    pvm_buf_deinit(&text);
    return status;
}

static enum pvm_status choose(struct cmd_run *run, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    enum run_mode mode;
    PVM_TRY(find_mode(args, &mode, err));
    PVM_TRY(cmd_profile(cmd_args_text(args, RUN_GP), &run->profile, err));
    PVM_TRY(cmd_extensions_profile(run->cmd, &run->profile, err));
    PVM_TRY(parse_dumps(args, &run->report.dumps, err));
    PVM_TRY(load(run, &mode, err));
    PVM_TRY(check_options(args, mode, err));
    PVM_TRY(check_files(args, err));
    PVM_TRY(load_symbols(run, err));
    PVM_TRY(start_trace(run, mode, err));
    PVM_TRY(start_profile(run, err));
    PVM_TRY(start_segments(run, err));
    PVM_TRY(start(run, mode, err));
    return write_profile(run, err);
}

/* Usage errors begin with the command that was typed; those of a debugger's commands do not. */
static enum pvm_status name_command(const struct cmd_debug *debug, enum pvm_status status,
                                    struct pvm_err *err)
{
    if (status != PVM_E_USAGE || (debug != NULL && debug->begun))
        return status;
    const struct pvm_err inner = *err;
    *err = (struct pvm_err){.status = PVM_OK};
    return pvm_fail(err, status, "%s: %s", debug != NULL ? "debug" : "run", inner.msg);
}

enum pvm_status cmd_run_debugged(struct cmd *cmd, struct cmd_debug *debug, struct pvm_err *err)
{
    struct cmd_run run = {.cmd = cmd, .args = &cmd->args, .debug = debug};
    enum pvm_status status = name_command(debug, choose(&run, err), err);
    if (status != PVM_OK)
        cmd_trace_abort(&run.trace, "error");
    cmd_trace_deinit(&run.trace);
    cmd_flame_deinit(&run.flame);
    cmd_segments_deinit(&run.segments);
    cmd_record_free(run.record);
    pvm_buf_deinit(&run.report.dumps);
    cmd_symbols_deinit(&run.symbols);
    cmd_program_deinit(&run.loaded);
    return status;
}

enum pvm_status cmd_run(struct cmd *cmd, struct pvm_err *err)
{
    return cmd_run_debugged(cmd, NULL, err);
}
