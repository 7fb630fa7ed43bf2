/* SPDX-License-Identifier: Apache-2.0 */
/* pvm replay: runs tables of host calls and says what differs from what they expect. */
#include "cmd/files.h"
#include "cmd/load.h"
#include "cmd/results.h"
#include "host/table.h"

#define REPLAY_OPTIONS(X)                                                                          \
    X(REPLAY_GP, 0, "gp", TEXT, "VERSION", "only under this GP version; else all the table has")   \
    X(REPLAY_DIRECT, 0, "direct", FLAG, NULL, "only straight against the host functions")          \
    X(REPLAY_GUEST, 0, "guest", FLAG, NULL, "only by guests that make the calls")                  \
    X(REPLAY_VERBOSE, 'v', "verbose", FLAG, NULL, "a line for every row, not only for failures")   \
    X(REPLAY_JSON, 0, "json", FLAG, NULL, "print JSON")                                            \
    X(REPLAY_TAP, 0, "tap", FLAG, NULL, "print the Test Anything Protocol")                        \
    X(REPLAY_JUNIT, 0, "junit", TEXT, "FILE", "write JUnit's XML to FILE as well")                 \
    X(REPLAY_COVERAGE, 0, "coverage", FLAG, NULL,                                                  \
      "run nothing: print as Markdown which rows cover which result of which call")

enum { REPLAY_OPTIONS(CMD_OPTION_ENUM) REPLAY_OPTION_COUNT, REPLAY_FILES = 4096 };

static const struct cmd_option options[] = {REPLAY_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_replay_syntax = {
    .usage = "TABLE... [--gp VERSION] [--direct | --guest] [--verbose]\n"
             "TABLE... --json | --tap [--junit FILE]\n"
             "TABLE... --coverage",
    .about =
        "A table has rows of one host call each: registers, memory, the state before, and what\n"
        "must come of it, by GP version (docs/tables.md). Each row is made twice, straight\n"
        "against the host function and by a guest made for it, and each time also with gas\n"
        "for all but one unit of the price, when nothing may happen.\n"
        "Ends with exit code 1 when anything differs; with --coverage, when a result of a\n"
        "call has neither a row nor a reason for having none.\n",
    .options = options,
    .option_count = REPLAY_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = REPLAY_FILES,
};

struct replay {
    struct cmd *cmd;
    struct jam_table **tables;
    struct cmd_results results;
    struct pvm_buf name;
    const char *path; /* of the table under way */
    size_t passed, failed, left_out;
    bool quiet; /* a document is printed instead of lines */
};

static void print_lines(struct pvm_buf *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        pvm_buf_text(out, "    ");
        pvm_buf_add(out, text, len);
        pvm_buf_text(out, "\n");
        text += len + (text[len] == '\n');
    }
}

static void print_case(const struct replay *replay, enum cmd_verdict verdict, const char *name,
                       const char *text)
{
    static const char *const words[] = {"pass", "FAIL", "skip"};
    static const enum cmd_style styles[] = {CMD_GREEN, CMD_RED, CMD_YELLOW};
    struct cmd *cmd = replay->cmd;
    bool verbose = cmd_args_has(&cmd->args, REPLAY_VERBOSE);
    if (replay->quiet || (verdict != CMD_FAILED && !verbose))
        return;
    pvm_buf_printf(&cmd->out, "%s%s%s %s: %s", cmd_style(cmd, styles[verdict]), words[verdict],
                   cmd_style(cmd, CMD_PLAIN), replay->path, name);
    if (verdict == CMD_SKIPPED)
        pvm_buf_printf(&cmd->out, ": %s", text);
    pvm_buf_text(&cmd->out, "\n");
    if (verdict == CMD_FAILED)
        print_lines(&cmd->out, text);
}

static void on_case(void *user, const struct jam_table_case *made)
{
    struct replay *replay = user;
    enum cmd_verdict verdict = CMD_PASSED;
    switch (made->verdict) {
    case JAM_TABLE_PASSED:
        replay->passed++;
        break;
    case JAM_TABLE_FAILED:
        verdict = CMD_FAILED;
        replay->failed++;
        break;
    case JAM_TABLE_LEFT_OUT:
        verdict = CMD_SKIPPED;
        replay->left_out++;
        break;
    }
    replay->name.len = 0;
    pvm_buf_printf(&replay->name, "%s, %s, row %zu: %s [%s]", made->profile->name,
                   jam_invocation_name(made->context), made->index + 1, made->name, made->call);
    const char *name = pvm_buf_str(&replay->name);
    const char *text = verdict == CMD_PASSED ? "" : made->text;
    print_case(replay, verdict, name, text);
    cmd_results_add(&replay->results, verdict, replay->path, name, text);
}

static enum pvm_status run_table(struct replay *replay, const struct jam_table *table,
                                 const struct jam_table_options *how, struct pvm_err *err)
{
    struct cmd *cmd = replay->cmd;
    replay->passed = replay->failed = replay->left_out = 0;
    PVM_TRY(jam_table_run(table, how, on_case, replay, err));
    if (replay->quiet)
        return PVM_OK;
    pvm_buf_printf(&cmd->out, "%s: %zu passed, %zu failed", replay->path, replay->passed,
                   replay->failed);
    if (replay->left_out > 0)
        pvm_buf_printf(&cmd->out, ", %zu left out", replay->left_out);
    pvm_buf_text(&cmd->out, "\n");
    return cmd_flush(cmd, err);
}

static enum pvm_status run_all(struct replay *replay, struct pvm_err *err)
{
    struct cmd *cmd = replay->cmd;
    const struct cmd_args *args = &cmd->args;
    struct jam_table_options how = {.profile = NULL};
    const char *junit = cmd_args_text(args, REPLAY_JUNIT);
    if (cmd_args_has(args, REPLAY_GP))
        PVM_TRY(cmd_profile(cmd_args_text(args, REPLAY_GP), &how.profile, err));
    how.ways = (cmd_args_has(args, REPLAY_DIRECT) ? JAM_TABLE_DIRECT : 0) |
               (cmd_args_has(args, REPLAY_GUEST) ? JAM_TABLE_GUEST : 0);
    for (size_t i = 0; i < args->operand_count; i++) {
        replay->path = cmd_file_name(args->operands[i]);
        PVM_TRY(run_table(replay, replay->tables[i], &how, err));
    }
    PVM_TRY(cmd_results_status(&replay->results, err));
    if (cmd_args_has(args, REPLAY_TAP))
        cmd_results_tap(&replay->results, &cmd->out);
    else if (cmd_args_has(args, REPLAY_JSON))
        cmd_results_json(&replay->results, &cmd->out);
    cmd->code = replay->results.failed > 0 ? CMD_EXIT_ENDED : CMD_EXIT_HALT;
    if (junit == NULL)
        return pvm_buf_status(&cmd->out, err);
    struct pvm_buf text = {.alloc = cmd->alloc};
    cmd_results_junit(&replay->results, "pvm replay", &text);
    enum pvm_status status = pvm_buf_status(&text, err);
    if (status == PVM_OK)
        status = cmd_write_file(junit, pvm_buf_bytes(&text), err);
    pvm_buf_deinit(&text);
    return status;
}

static enum pvm_status cover(struct replay *replay, struct pvm_err *err)
{
    struct cmd *cmd = replay->cmd;
    size_t blanks = 0;
    PVM_TRY(jam_table_coverage((const struct jam_table *const *)replay->tables,
                               cmd->args.operand_count, &cmd->out, &blanks, err));
    cmd->code = blanks > 0 ? CMD_EXIT_ENDED : CMD_EXIT_HALT;
    return pvm_buf_status(&cmd->out, err);
}

/* Standard input is read here: layers below know files only. */
static enum pvm_status load_input(struct replay *replay, struct jam_table **out,
                                  struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = replay->cmd->alloc};
    enum pvm_status status = cmd_read_file("-", &text, err);
    if (status == PVM_OK && text.len == 0)
        status = pvm_fail(err, PVM_E_MALFORMED, "%s:1:1: expected a value, got the end",
                          cmd_file_name("-"));
    if (status == PVM_OK)
        status =
            jam_table_load(pvm_buf_bytes(&text), cmd_file_name("-"), replay->cmd->alloc, out, err);
    pvm_buf_deinit(&text);
    return status;
}

static enum pvm_status load_all(struct replay *replay, struct pvm_err *err)
{
    const struct cmd *cmd = replay->cmd;
    size_t count = cmd->args.operand_count;
    replay->tables = pvm_alloc_zero(cmd->alloc, count, sizeof *replay->tables);
    if (replay->tables == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu tables", count);
    for (size_t i = 0; i < count; i++) {
        const char *path = cmd->args.operands[i];
        PVM_TRY(strcmp(path, "-") == 0
                    ? load_input(replay, &replay->tables[i], err)
                    : jam_table_load_file(path, cmd->alloc, &replay->tables[i], err));
    }
    return PVM_OK;
}

enum pvm_status cmd_replay(struct cmd *cmd, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    struct replay replay = {.cmd = cmd, .name = {.alloc = cmd->alloc}};
    if (cmd_args_has(args, REPLAY_DIRECT) && cmd_args_has(args, REPLAY_GUEST))
        return pvm_fail(err, PVM_E_USAGE, "replay: --direct and --guest are both without either");
    replay.quiet = cmd_args_has(args, REPLAY_JSON) || cmd_args_has(args, REPLAY_TAP);
    cmd_results_init(&replay.results, cmd->alloc);
    enum pvm_status status = load_all(&replay, err);
    if (status == PVM_OK && cmd_args_has(args, REPLAY_COVERAGE))
        status = cover(&replay, err);
    else if (status == PVM_OK)
        status = run_all(&replay, err);
    for (size_t i = 0; replay.tables != NULL && i < args->operand_count; i++)
        jam_table_free(replay.tables[i]);
    pvm_alloc_free(cmd->alloc, replay.tables);
    cmd_results_deinit(&replay.results);
    pvm_buf_deinit(&replay.name);
    return status;
}
