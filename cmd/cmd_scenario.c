/* SPDX-License-Identifier: Apache-2.0 */
/* pvm scenario: rounds of packages and blocks on a state. */
#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/guest_log.h"
#include "cmd/load.h"
#include "cmd/picture_series.h"
#include "cmd/scenario_out.h"
#include "cmd/segments_run.h"
#include "cmd/state_input.h"
#include "host/arena.h"

#include <stdio.h>

#define SCENARIO_OPTIONS(X)                                                                        \
    X(SCENARIO_STATE, 0, "state", TEXT, "FILE",                                                    \
      "begin with this state, of any form, instead of the scenario's")                             \
    X(SCENARIO_WRITE_STATE, 0, "write-state", TEXT, "FILE", "write the state in the end to FILE")  \
    X(SCENARIO_EXPECT, 0, "expect", TEXT, "FILE",                                                  \
      "compare: a state for the end, or expectations {\"rounds\": [...], \"expect\": {...}}")      \
    X(SCENARIO_SEGMENTS, 0, "segments", TEXT, "DIR",                                               \
      "find imports in the segment store DIR, too, and keep the exports there")                    \
    X(SCENARIO_RUN_SEGMENTS, 0, "run-segments", TEXT, "DIR",                                       \
      "record every run in DIR, new or empty, for pvm verify (docs/segments.md)")                  \
    X(SCENARIO_SEGMENT_GAS, 0, "segment-gas", NUMBER, "N",                                         \
      "gas after which a segment of a run ends; " CMD_SEGMENT_GAS_TEXT " if not said")             \
    X(SCENARIO_RECORD, 0, "record", TEXT, "FILE",                                                  \
      "write to FILE what pvm report makes pictures of (docs/reports.md)")                         \
    X(SCENARIO_JUNIT, 0, "junit", TEXT, "FILE", "write a JUnit report to FILE")                    \
    X(SCENARIO_TAP, 0, "tap", FLAG, NULL, "print TAP instead of tables")                           \
    X(SCENARIO_JSON, 0, "json", FLAG, NULL, "print JSON instead of tables")                        \
    X(SCENARIO_QUIET, 'q', "quiet", FLAG, NULL, "no log lines of guests on standard error")        \
    X(SCENARIO_MAX_MEMORY, 0, "max-memory", NUMBER, "OCTETS",                                      \
      "what the machines of a run may take of this computer's memory, 4 GiB if not said")          \
    X(SCENARIO_MAX_GAS, 0, "max-gas", NUMBER, "N",                                                 \
      "gas that the machines of a block, or of an item, may use, however much they are "           \
      "given; " CMD_MAX_GAS_TEXT " if not said")                                                   \
    X(SCENARIO_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)               \
    X(SCENARIO_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)

enum { SCENARIO_OPTIONS(CMD_OPTION_ENUM) SCENARIO_OPTION_COUNT };

static const struct cmd_option options[] = {SCENARIO_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_scenario_syntax = {
    .usage = "run FILE [--state FILE] [--write-state FILE] [--expect FILE] [OPTION]...",
    .about = "Plays the rounds of FILE (docs/scenarios.md): packages are authorized and refined,\n"
             "their reports accumulated, preimages integrated. Prints a table for each round and\n"
             "the services in the end. What a chain would refuse is left out, with the rule.\n"
             "Ends with exit code 1 when something is not as expected, or was refused though\n"
             "nobody expected that.\n",
    .options = options,
    .option_count = SCENARIO_OPTION_COUNT,
    .min_operands = 2,
    .max_operands = 2,
};

/* A run of the command. */
struct play {
    struct cmd *cmd;
    struct jam_state_file *state;    /* of --state, NULL without it */
    struct jam_state_file *expected; /* of --expect, when that is a state */
    struct jam_json_doc *expect;     /* of --expect otherwise */
    struct pvm_buf expect_text;
    struct jam_segments *store;
    struct cmd_segments segments; /* of --run-segments */
    struct cmd_series series;     /* of --record */
    size_t round;                 /* under way */
    struct jam_scenario_out out;
    struct pvm_buf text; /* tables, or JSON */
    struct jam_out json;
    struct jam_arena arena; /* what cases point to */
    struct cmd_scenario_case *cases;
    size_t case_count, case_cap;
    struct pvm_buf line;
    struct pvm_err err; /* what an observer failed of */
};

/* ---- observers ---- */

static void on_log(void *user, const struct jam_scenario_source *source,
                   const struct jam_log_line *line)
{
    struct play *play = user;
    const struct cmd_log_source who = {source->core, source->service};
    cmd_log_text(line, &who, &play->line);
    cmd_series_log(&play->series, line);
    if (!cmd_args_has(&play->cmd->args, SCENARIO_QUIET))
        cmd_stderr(pvm_buf_bytes(&play->line));
    play->line.len = 0;
}

static void on_ran(void *user, enum jam_invocation kind, const struct jam_scenario_source *source,
                   const struct jam_run *run)
{
    struct play *play = user;
    char name[64];
    enum jam_outcome outcome = run != NULL ? jam_run_result(run)->outcome : JAM_ENDED_PANIC;
    if (source->service < 0)
        (void)snprintf(name, sizeof name, "round %zu: %s on core %lld", play->round,
                       jam_invocation_name(kind), (long long)source->core);
    else
        (void)snprintf(name, sizeof name, "round %zu: %s of service %lld", play->round,
                       jam_invocation_name(kind), (long long)source->service);
    cmd_series_ended(&play->series, run,
                     (struct cmd_record_part){.name = name,
                                              .outcome = jam_outcome_name(outcome),
                                              .good = outcome == JAM_ENDED_HALT});
}

/* Lines of changes as lines of that round. */
static void record_round(struct play *play, const struct jam_scenario_round *round)
{
    struct pvm_bytes lines = round->changes;
    play->round = round->index + 1;
    for (size_t start = 0; play->series.record != NULL && start < lines.len;) {
        const uint8_t *end = memchr(lines.ptr + start, '\n', lines.len - start);
        size_t len = end != NULL ? (size_t)(end - lines.ptr) - start : lines.len - start;
        pvm_buf_printf(&play->series.changes, "round %zu, ", round->index);
        pvm_buf_add(&play->series.changes, lines.ptr + start, len);
        pvm_buf_add_u8(&play->series.changes, '\n');
        start += len + 1;
    }
}

static enum pvm_status add_case(struct play *play, const char *name, struct pvm_bytes failures,
                                size_t failure_count)
{
    struct pvm_bytes kept;
    struct pvm_bytes copy;
    if (play->case_count == play->case_cap) {
        size_t cap = play->case_cap * 2 + 16;
        void *grown = pvm_alloc_resize(play->cmd->alloc, play->cases, cap * sizeof *play->cases);
        if (grown == NULL)
            return pvm_fail(&play->err, PVM_E_MEMORY, "no memory for %zu rounds", cap);
        play->cases = grown;
        play->case_cap = cap;
    }
    PVM_TRY(jam_arena_copy(&play->arena, pvm_bytes(name, strlen(name) + 1), &kept, &play->err));
    PVM_TRY(jam_arena_copy(&play->arena, failures, &copy, &play->err));
    play->cases[play->case_count++] =
        (struct cmd_scenario_case){(const char *)kept.ptr, copy, failure_count};
    return PVM_OK;
}

static void on_round(void *user, const struct jam_scenario_round *round)
{
    struct play *play = user;
    struct pvm_buf name = {.alloc = play->cmd->alloc};
    record_round(play, round);
    pvm_buf_printf(&name, "round %zu%s%s", round->index, round->name[0] != '\0' ? ": " : "",
                   round->name);
    if (cmd_args_has(&play->cmd->args, SCENARIO_JSON))
        cmd_scenario_round_json(round, &play->json);
    else
        cmd_scenario_round_text(play->cmd, round, &play->text);
    if (play->err.status == PVM_OK)
        (void)add_case(play, pvm_buf_str(&name), round->failures, round->failure_count);
    if (name.failed && play->err.status == PVM_OK)
        pvm_fail(&play->err, PVM_E_MEMORY, "no memory for the name of a round");
    pvm_buf_deinit(&name);
}

/* ---- input ---- */

static void folder_of(const char *path, struct pvm_buf *out)
{
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        pvm_buf_add(out, path, slash == path ? 1 : (size_t)(slash - path));
    else
        pvm_buf_text(out, ".");
}

static bool has_rounds(const struct jam_json_doc *doc)
{
    struct jam_json root = jam_json_root(doc);
    return jam_json_type(root) == JAM_JSON_OBJECT && (jam_json_has(jam_json_get(root, "rounds")) ||
                                                      jam_json_has(jam_json_get(root, "expect")));
}

/* A state, or expectations: JSON with rounds or an end. */
static enum pvm_status load_expect(struct play *play, const char *path, const char *gp,
                                   struct pvm_err *err)
{
    struct pvm_err ignored = {0};
    PVM_TRY(cmd_read_file(path, &play->expect_text, err));
    if (jam_json_parse(pvm_buf_bytes(&play->expect_text), cmd_file_name(path), play->cmd->alloc,
                       &play->expect, &ignored) == PVM_OK) {
        if (has_rounds(play->expect))
            return PVM_OK;
        jam_json_free(play->expect);
        play->expect = NULL;
    }
    struct jam_state_options how = {.alloc = play->cmd->alloc};
    PVM_TRY(cmd_profile(gp, &how.fallback, err));
    if (gp != NULL)
        how.profile = how.fallback;
    else if (play->state != NULL)
        how.fallback = play->state->profile;
    return jam_state_load(pvm_buf_bytes(&play->expect_text), cmd_file_name(path), &how,
                          &play->expected, err);
}

static enum pvm_status load(struct play *play, struct jam_scenario_options *how,
                            struct pvm_err *err)
{
    const struct cmd_args *args = &play->cmd->args;
    const char *gp = cmd_args_text(args, SCENARIO_GP);
    const char *state = cmd_args_text(args, SCENARIO_STATE);
    const char *expect = cmd_args_text(args, SCENARIO_EXPECT);
    const char *folder = cmd_args_text(args, SCENARIO_SEGMENTS);
    PVM_TRY(cmd_profile(gp, &how->fallback, err));
    if (gp != NULL)
        how->profile = how->fallback;
    if (state != NULL)
        PVM_TRY(cmd_state_load(play->cmd, state, gp, &play->state, err));
    if (expect != NULL)
        PVM_TRY(load_expect(play, expect, gp, err));
    if (folder != NULL)
        PVM_TRY(jam_segments_new(folder, play->cmd->alloc, &play->store, err));
    how->extensions = cmd_extensions_uses(play->cmd, &how->extension_count);
    how->state = play->state;
    how->expected = play->expected;
    if (play->expect != NULL)
        how->expect = jam_json_root(play->expect);
    how->store = play->store;
    PVM_TRY(cmd_run_segments_open(&play->segments, args, "scenario", SCENARIO_RUN_SEGMENTS,
                                  SCENARIO_SEGMENT_GAS, err));
    how->tape = play->segments.recorder;
    return PVM_OK;
}

static enum pvm_status run(struct play *play, struct pvm_err *err)
{
    const struct cmd_args *args = &play->cmd->args;
    const char *path = args->operands[1];
    struct pvm_buf text = {.alloc = play->cmd->alloc};
    struct pvm_buf folder = {.alloc = play->cmd->alloc};
    struct jam_scenario_options how = {
        .limits = {.layout = PVM_LAYOUT_WINDOW,
                   .memory = cmd_args_number(args, SCENARIO_MAX_MEMORY, 0),
                   .gas = cmd_args_number(args, SCENARIO_MAX_GAS, CMD_MAX_GAS)},
        .alloc = play->cmd->alloc,
        .round = on_round,
        .log = on_log,
        .ran = on_ran,
        .user = play,
    };
    folder_of(path, &folder);
    how.folder = pvm_buf_str(&folder);
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK)
        status = load(play, &how, err);
    if (status == PVM_OK)
        status = cmd_read_file(path, &text, err);
    if (status == PVM_OK && cmd_args_has(args, SCENARIO_RECORD))
        status = cmd_series_init(&play->series, how.fallback, err);
    how.watch = cmd_series_hooks(&play->series);
    if (status == PVM_OK)
        status = jam_scenario_run(pvm_buf_bytes(&text), cmd_file_name(path), &how, &play->out, err);
    status = cmd_limit_hint(status, "--max-gas and --max-memory say what may be used", err);
    status = cmd_segments_close(&play->segments, status, err);
    if (status == PVM_OK && play->err.status != PVM_OK)
        status = pvm_fail(err, play->err.status, "%s", play->err.msg);
    pvm_buf_deinit(&folder);
    pvm_buf_deinit(&text);
    return status;
}

/* ---- output ---- */

static enum pvm_status finish_json(struct play *play, struct pvm_err *err)
{
    struct jam_out *json = &play->json;
    jam_out_end_array(json);
    PVM_TRY(cmd_scenario_end_json(&play->out, json, err));
    jam_out_end_object(json);
    jam_out_finish(json);
    return PVM_OK;
}

static enum pvm_status write_record(struct play *play, struct pvm_err *err)
{
    const struct cmd_args *args = &play->cmd->args;
    char outcome[80];
    const struct jam_scenario_out *out = &play->out;
    if (play->series.record == NULL)
        return PVM_OK;
    if (out->failure_count == 0)
        (void)snprintf(outcome, sizeof outcome, "as expected");
    else
        (void)snprintf(outcome, sizeof outcome, "%zu not as expected", out->failure_count);
    const struct cmd_series_end end = {
        .name = out->name[0] != '\0' ? out->name : cmd_file_name(args->operands[1]),
        .invocation = "scenario",
        .outcome = outcome,
        .good = out->failure_count == 0,
        .profile = out->file->profile,
    };
    return cmd_series_write(&play->series, cmd_args_text(args, SCENARIO_RECORD), &end, err);
}

static enum pvm_status write_files(struct play *play, struct pvm_err *err)
{
    const struct cmd_args *args = &play->cmd->args;
    const char *state = cmd_args_text(args, SCENARIO_WRITE_STATE);
    const char *junit = cmd_args_text(args, SCENARIO_JUNIT);
    struct pvm_buf xml = {.alloc = play->cmd->alloc};
    const char *name = play->out.name[0] != '\0' ? play->out.name : args->operands[1];
    enum pvm_status status = PVM_OK;
    if (junit != NULL) {
        cmd_scenario_junit(name, play->cases, play->case_count, &xml);
        status = pvm_buf_status(&xml, err);
    }
    if (status == PVM_OK && junit != NULL)
        status = cmd_write_file(junit, pvm_buf_bytes(&xml), err);
    if (status == PVM_OK)
        status = write_record(play, err);
    /* Last, so that a state is replaced only when all else went well. */
    if (status == PVM_OK && state != NULL)
        status = cmd_state_save(play->cmd, state, play->out.file, err);
    pvm_buf_deinit(&xml);
    return status;
}

static enum pvm_status tell(struct play *play, struct pvm_err *err)
{
    struct cmd *cmd = play->cmd;
    const struct jam_scenario_out *out = &play->out;
    if (add_case(play, "end", pvm_buf_bytes(&out->failures), out->final_failure_count) != PVM_OK)
        return pvm_fail(err, play->err.status, "%s", play->err.msg);
    PVM_TRY(write_files(play, err));
    if (cmd_args_has(&cmd->args, SCENARIO_TAP)) {
        cmd_scenario_tap(play->cases, play->case_count, &cmd->out);
    } else {
        PVM_TRY(cmd_args_has(&cmd->args, SCENARIO_JSON)
                    ? finish_json(play, err)
                    : cmd_scenario_end_text(cmd, out, &play->text, err));
        PVM_TRY(pvm_buf_status(&play->text, err));
        pvm_buf_add_bytes(&cmd->out, pvm_buf_bytes(&play->text));
    }
    cmd->code = out->failure_count == 0 ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    return pvm_buf_status(&cmd->out, err);
}

enum pvm_status cmd_scenario(struct cmd *cmd, struct pvm_err *err)
{
    struct play play = {.cmd = cmd};
    const struct cmd_args *args = &cmd->args;
    static const unsigned limits[] = {SCENARIO_MAX_MEMORY, SCENARIO_MAX_GAS};
    if (strcmp(args->operands[0], "run") != 0)
        return pvm_fail(err, PVM_E_USAGE, "scenario: no action \"%.80s\", there is run",
                        args->operands[0]);
    PVM_TRY(
        cmd_limits_check(args, "scenario", options, limits, sizeof limits / sizeof *limits, err));
    PVM_TRY(cmd_record_check(args, SCENARIO_RECORD, "scenario: ", err));
    if (cmd_args_has(args, SCENARIO_TAP) && cmd_args_has(args, SCENARIO_JSON))
        return pvm_fail(err, PVM_E_USAGE, "scenario: --tap and --json exclude each other");
    play.text.alloc = cmd->alloc;
    play.line.alloc = cmd->alloc;
    play.expect_text.alloc = cmd->alloc;
    jam_arena_init(&play.arena, SIZE_MAX, cmd->alloc);
    play.json = jam_out(&play.text);
    if (cmd_args_has(args, SCENARIO_JSON)) {
        jam_out_object(&play.json, NULL);
        jam_out_text(&play.json, "file", cmd_file_name(args->operands[1]));
        jam_out_array(&play.json, "rounds");
    }
    enum pvm_status status = run(&play, err);
    if (status == PVM_OK)
        status = tell(&play, err);
    jam_scenario_out_deinit(&play.out);
    jam_state_file_free(play.state);
    jam_state_file_free(play.expected);
    jam_json_free(play.expect);
    jam_segments_free(play.store);
    cmd_segments_deinit(&play.segments);
    jam_arena_deinit(&play.arena);
    cmd_series_deinit(&play.series);
    pvm_alloc_free(cmd->alloc, play.cases);
    pvm_buf_deinit(&play.expect_text);
    pvm_buf_deinit(&play.text);
    pvm_buf_deinit(&play.line);
    return status;
}
