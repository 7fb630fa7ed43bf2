/* SPDX-License-Identifier: Apache-2.0 */
/* pvm work-package: from a work package to its work report. */
#include "cmd/extension.h"
#include "cmd/files.h"
#include "cmd/guest_log.h"
#include "cmd/load.h"
#include "cmd/picture_series.h"
#include "cmd/run_input.h"
#include "cmd/segments_run.h"
#include "cmd/state_input.h"
#include "cmd/work_package_out.h"
#include "host/state_report.h"

#include <stdio.h>

#define PACKAGE_OPTIONS(X)                                                                         \
    X(PACKAGE_STATE, 0, "state", TEXT, "FILE",                                                     \
      "services, pools and constants: a state of any form, a trace included")                      \
    X(PACKAGE_SEGMENTS, 0, "segments", TEXT, "DIR",                                                \
      "find imports in the segment store DIR, and keep the exports there")                         \
    X(PACKAGE_RUN_SEGMENTS, 0, "run-segments", TEXT, "DIR",                                        \
      "record every run in DIR, new or empty, for pvm verify (docs/segments.md)")                  \
    X(PACKAGE_SEGMENT_GAS, 0, "segment-gas", NUMBER, "N",                                          \
      "gas after which a segment of a run ends; " CMD_SEGMENT_GAS_TEXT " if not said")             \
    X(PACKAGE_CORE, 0, "core", NUMBER, "N", "core the package runs on, instead of the file's")     \
    X(PACKAGE_EXPECT, 0, "expect", TEXT, "FILE",                                                   \
      "compare with the report in FILE, which may be a snapshot: all but the erasure root")        \
    X(PACKAGE_RECORD, 0, "record", TEXT, "FILE",                                                   \
      "write to FILE what pvm report makes pictures of (docs/reports.md)")                         \
    X(PACKAGE_MAX_MEMORY, 0, "max-memory", NUMBER, "OCTETS",                                       \
      "what the machines of an item may take of this computer's memory, 4 GiB if not said")        \
    X(PACKAGE_MAX_GAS, 0, "max-gas", NUMBER, "N",                                                  \
      "gas that the authorizer or an item may use, however much it is given; " CMD_MAX_GAS_TEXT    \
      " if not said")                                                                              \
    X(PACKAGE_MAX_INNER_GAS, 0, "max-inner-gas", NUMBER, "N",                                      \
      "gas that an item's inner machines may use together, " CMD_INNER_GAS_TEXT " if not said")    \
    X(PACKAGE_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                \
    X(PACKAGE_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                           \
    X(PACKAGE_JSON, 0, "json", FLAG, NULL, "report as JSON (docs/cli.md)")

enum { PACKAGE_OPTIONS(CMD_OPTION_ENUM) PACKAGE_OPTION_COUNT };

static const struct cmd_option options[] = {PACKAGE_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_work_package_syntax = {
    .usage = "run FILE [--state FILE] [--core N] [--expect FILE] [OPTION]...",
    .about = "Authorizes the package, refines all of its items and prints the work report.\n"
             "FILE is a fixture (docs/fixtures.md) or a bundle snapshot as JAM test networks\n"
             "publish them, whose justifications are checked where it has them.\n"
             "Ends with exit code 1 when there is no report, when an item did not halt, when the\n"
             "authorizer is not in the core's pool; with --expect, when something differs.\n",
    .options = options,
    .option_count = PACKAGE_OPTION_COUNT,
    .min_operands = 2,
    .max_operands = 2,
};

/* A run of the command. */
struct work {
    struct cmd *cmd;
    struct jam_state_file *state; /* NULL: none given */
    struct jam_segments *store;   /* NULL: none given */
    struct cmd_segments segments; /* of --run-segments */
    struct jam_fixture *fixture;
    struct jam_package_out out;
    struct cmd_package_report report;
    struct cmd_log_source source; /* who logs */
    struct cmd_log_stream log;
    struct cmd_series series; /* of --record */
};

static void on_log(void *user, const struct jam_log_line *line)
{
    struct work *work = user;
    cmd_series_log(&work->series, line);
    cmd_log_show(&work->log, line, &work->source);
}

static void on_start(void *user, int64_t item, uint32_t service)
{
    struct work *work = user;
    work->source =
        (struct cmd_log_source){(int64_t)work->fixture->core, item < 0 ? -1 : (int64_t)service};
}

static void record_run(struct work *work, const struct jam_package_step *step)
{
    char name[64];
    if (step->item < 0)
        (void)snprintf(name, sizeof name, "is_authorized");
    else
        (void)snprintf(name, sizeof name, "item %lld: refine of service %lu", (long long)step->item,
                       (unsigned long)step->service);
    cmd_series_ended(&work->series, step->run,
                     (struct cmd_record_part){.name = name,
                                              .outcome = jam_outcome_name(step->outcome),
                                              .good = step->outcome == JAM_ENDED_HALT});
}

static void on_ran(void *user, const struct jam_package_step *step)
{
    struct work *work = user;
    record_run(work, step);
    const struct jam_result *result = jam_run_result(step->run);
    /* Reasons live with the run; those of missing code are static, those of bad code are not. */
    const char *why = step->run != NULL && jam_run_vm(step->run) == NULL && result->why != NULL
                          ? jam_outcome_text(result->outcome)
                          : NULL;
    if (step->item < 0) {
        work->report.auth_why = why;
        work->report.auth_gas_limit = result->gas_limit;
        return;
    }
    work->report.items[step->item] = (struct cmd_package_item){
        .outcome = result->outcome,
        .why = why,
        .gas_limit = result->gas_limit,
        .gas_used = result->gas_used,
        .export_count = result->export_count,
    };
}

static enum pvm_status load(struct work *work, struct pvm_err *err)
{
    const struct cmd_args *args = &work->cmd->args;
    const char *gp = cmd_args_text(args, PACKAGE_GP);
    const char *state = cmd_args_text(args, PACKAGE_STATE);
    const char *folder = cmd_args_text(args, PACKAGE_SEGMENTS);
    struct jam_fixture_options how = {
        .invocation = JAM_REFINE,
        .has_core = cmd_args_has(args, PACKAGE_CORE),
        .core = cmd_args_number(args, PACKAGE_CORE, 0),
        .alloc = work->cmd->alloc,
    };
    how.extensions = cmd_extensions_uses(work->cmd, &how.extension_count);
    PVM_TRY(cmd_profile(gp, &how.fallback, err));
    if (gp != NULL)
        how.profile = how.fallback;
    if (folder != NULL)
        PVM_TRY(jam_segments_new(folder, work->cmd->alloc, &work->store, err));
    how.store = work->store;
    if (state != NULL) {
        PVM_TRY(cmd_state_load(work->cmd, state, gp, &work->state, err));
        how.fallback = work->state->profile;
        how.state = &work->state->state;
        how.params = &work->state->params;
    }
    return cmd_fixture_load(args->operands[1], &how, &work->fixture, err);
}

static enum pvm_status compute(struct work *work, struct pvm_err *err)
{
    const struct jam_fixture *fixture = work->fixture;
    const struct cmd_args *args = &work->cmd->args;
    struct jam_package_in in = jam_fixture_package_in(fixture);
    struct jam_package_options how = {
        .profile = fixture->profile,
        .params = &fixture->params,
        .alloc = work->cmd->alloc,
        .limits = {.layout = PVM_LAYOUT_WINDOW,
                   .memory = cmd_args_number(args, PACKAGE_MAX_MEMORY, 0),
                   .gas = cmd_args_number(args, PACKAGE_MAX_GAS, CMD_MAX_GAS),
                   .inner_gas = cmd_args_number(args, PACKAGE_MAX_INNER_GAS, CMD_INNER_GAS)},
        .hooks = {.log = on_log, .user = work},
        .starts = on_start,
        .ran = on_ran,
        .user = work,
    };
    if (cmd_args_has(args, PACKAGE_RECORD))
        PVM_TRY(cmd_series_init(&work->series, fixture->profile, err));
    if (work->series.record != NULL)
        how.hooks = cmd_series_hooks(&work->series);
    work->series.listener = (struct jam_hooks){.log = on_log, .user = work};
    work->report.items =
        pvm_alloc_zero(work->cmd->alloc, in.package->item_count, sizeof *work->report.items);
    if (work->report.items == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu items", in.package->item_count);
    PVM_TRY(cmd_run_segments_open(&work->segments, args, "work-package", PACKAGE_RUN_SEGMENTS,
                                  PACKAGE_SEGMENT_GAS, err));
    how.tape = work->segments.recorder;
    work->report.broken = jam_package_check(in.package, &fixture->params);
    enum pvm_status status =
        cmd_limit_hint(jam_package_compute(&in, &how, &work->out, err),
                       "--max-gas, --max-inner-gas and --max-memory say what may be used", err);
    PVM_TRY(cmd_segments_close(&work->segments, status, err));
    if (work->store == NULL || work->out.rule != JAM_PACKAGE_FINE)
        return PVM_OK;
    return jam_segments_put(work->store, &work->out.report.package_spec.hash, work->out.exports.ptr,
                            work->out.exports.len / JAM_SEGMENT_SIZE, NULL, err);
}

/* ---- --expect ---- */

static enum pvm_status compare_json(struct work *work, struct jam_json root, struct pvm_err *err)
{
    const struct jam_profile *profile = work->fixture->profile;
    struct jam_json json = root;
    struct pvm_buf encoded = {.alloc = work->cmd->alloc};
    struct jam_report expected;
    PVM_TRY(jam_json_expect(root, JAM_JSON_OBJECT, err));
    if (jam_json_has(jam_json_get(root, "report")))
        json = jam_json_get(root, "report");
    enum pvm_status status = jam_state_report_read(json, profile, &encoded, err);
    if (status == PVM_OK)
        status =
            jam_report_decode(profile, pvm_buf_bytes(&encoded), work->cmd->alloc, &expected, err);
    if (status == PVM_OK) {
        work->report.difference_count =
            jam_report_diff(&expected, &work->out.report, &work->report.differences);
        jam_report_deinit(&expected);
        status = pvm_buf_status(&work->report.differences, err);
    }
    pvm_buf_deinit(&encoded);
    return status;
}

static enum pvm_status compare(struct work *work, const char *path, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = work->cmd->alloc};
    struct jam_json_doc *doc = NULL;
    work->report.expected = path;
    enum pvm_status status = cmd_read_file(path, &text, err);
    if (status == PVM_OK)
        status =
            jam_json_parse(pvm_buf_bytes(&text), cmd_file_name(path), work->cmd->alloc, &doc, err);
    if (status == PVM_OK && work->out.rule == JAM_PACKAGE_FINE)
        status = compare_json(work, jam_json_root(doc), err);
    jam_json_free(doc);
    pvm_buf_deinit(&text);
    if (status == PVM_OK && work->out.rule != JAM_PACKAGE_FINE) {
        work->report.difference_count = 1;
        pvm_buf_printf(&work->report.differences, "expected a report, got none: %s\n",
                       jam_package_rule_name(work->out.rule));
    }
    return status;
}

static bool is_good(const struct work *work)
{
    const struct cmd_package_report *report = &work->report;
    if (report->expected != NULL)
        return report->difference_count == 0;
    if (work->out.rule != JAM_PACKAGE_FINE || report->broken != JAM_PACKAGE_FINE ||
        (report->pool_known && !report->in_pool))
        return false;
    for (size_t i = 0; i < work->out.report.result_count; i++)
        if (work->out.digests[i].result != JAM_ENDED_HALT)
            return false;
    return true;
}

static enum pvm_status write_record(struct work *work, struct pvm_err *err)
{
    const struct cmd_package_report *report = &work->report;
    bool made = work->out.rule == JAM_PACKAGE_FINE;
    if (work->series.record == NULL)
        return PVM_OK;
    const struct cmd_series_end end = {
        .name = cmd_file_name(report->file),
        .invocation = "work-package",
        .outcome = made ? "report made" : "no report",
        .note = made ? NULL : jam_package_rule_text(work->out.rule),
        .good = is_good(work),
        .profile = report->profile,
    };
    return cmd_series_write(&work->series, cmd_args_text(&work->cmd->args, PACKAGE_RECORD), &end,
                            err);
}

static enum pvm_status tell(struct work *work, struct pvm_err *err)
{
    struct cmd *cmd = work->cmd;
    struct cmd_package_report *report = &work->report;
    const struct jam_fixture *fixture = work->fixture;
    const char *expect = cmd_args_text(&cmd->args, PACKAGE_EXPECT);
    struct jam_hash authorizer = jam_package_authorizer(&fixture->package);
    report->file = cmd->args.operands[1];
    report->profile = fixture->profile;
    report->fixture = fixture;
    report->out = &work->out;
    report->pool_known =
        work->state != NULL && (work->state->present & jam_state_bit(JAM_STATE_POOLS)) != 0;
    report->in_pool = jam_pool_has(&fixture->state, fixture->core, &authorizer);
    if (expect != NULL)
        PVM_TRY(compare(work, expect, err));
    PVM_TRY(write_record(work, err));
    if (cmd_args_has(&cmd->args, PACKAGE_JSON))
        cmd_package_json(report, &cmd->out);
    else
        cmd_package_text(cmd, report, &cmd->out);
    cmd->code = is_good(work) ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    return pvm_buf_status(&cmd->out, err);
}

enum pvm_status cmd_work_package(struct cmd *cmd, struct pvm_err *err)
{
    struct work work = {.cmd = cmd, .log = {.line = {.alloc = cmd->alloc}}};
    static const unsigned limits[] = {PACKAGE_MAX_MEMORY, PACKAGE_MAX_GAS, PACKAGE_MAX_INNER_GAS};
    if (strcmp(cmd->args.operands[0], "run") != 0)
        return pvm_fail(err, PVM_E_USAGE, "work-package: no action \"%.80s\", there is run",
                        cmd->args.operands[0]);
    PVM_TRY(cmd_limits_check(&cmd->args, "work-package", options, limits,
                             sizeof limits / sizeof *limits, err));
    PVM_TRY(cmd_record_check(&cmd->args, PACKAGE_RECORD, "work-package: ", err));
    work.report.differences.alloc = cmd->alloc;
    enum pvm_status status = load(&work, err);
    if (status == PVM_OK)
        status = compute(&work, err);
    if (status == PVM_OK)
        status = tell(&work, err);
    jam_package_out_deinit(&work.out);
    pvm_alloc_free(cmd->alloc, work.report.items);
    pvm_buf_deinit(&work.report.differences);
    pvm_buf_deinit(&work.log.line);
    cmd_series_deinit(&work.series);
    jam_fixture_free(work.fixture);
    jam_segments_free(work.store);
    cmd_segments_deinit(&work.segments);
    jam_state_file_free(work.state);
    return status;
}
