/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run on a service or authorizer: Refine or Is-Authorized of a work package. */
#include "cmd/files.h"
#include "cmd/run.h"
#include "cmd/run_input.h"

/* What the hooks of a run work with. */
struct watch {
    struct cmd_run *run;
    struct pvm_buf line;
};

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct watch *watch = user;
    cmd_trace_step(&watch->run->trace, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    struct watch *watch = user;
    cmd_trace_call(&watch->run->trace, event);
}

static void on_log(void *user, const struct jam_log_line *line)
{
    struct watch *watch = user;
    cmd_log_text(line, &watch->run->report.log_source, &watch->line);
    cmd_stderr(pvm_buf_bytes(&watch->line));
    watch->line.len = 0;
}

static enum pvm_status set_options(struct cmd_run *run, struct watch *watch,
                                   const struct cmd_run_input *input,
                                   enum jam_invocation invocation, struct jam_invoke_options *out,
                                   struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    bool trace = cmd_args_has(args, RUN_TRACE);
    *out = (struct jam_invoke_options){
        .profile = run->profile,
        .params = &input->fixture->params,
        .has_args = cmd_args_has(args, RUN_ARGS),
        .has_entry = cmd_args_has(args, RUN_ENTRY),
        .has_gas = cmd_args_has(args, RUN_GAS),
        .args = pvm_buf_bytes(&input->args),
        .gas = cmd_args_number(args, RUN_GAS, 0),
        .limits = {.memory = cmd_args_number(args, RUN_MAX_MEMORY, 0)},
        .hooks = {trace ? on_step : NULL, on_log, trace ? on_call : NULL, watch},
    };
    run->trace.profile = run->profile;
    return cmd_run_entry(run, jam_invocation_entry(invocation), &out->entry, err);
}

static enum pvm_status make(struct cmd_run *run, struct watch *watch,
                            const struct cmd_run_input *input, enum jam_invocation invocation,
                            struct jam_run **out, struct pvm_err *err)
{
    const struct jam_fixture *fixture = input->fixture;
    struct jam_invoke_options how;
    struct cmd_log_source *source = &run->report.log_source;
    PVM_TRY(set_options(run, watch, input, invocation, &how, err));
    *source = (struct cmd_log_source){(int64_t)fixture->core, -1};
    if (invocation == JAM_IS_AUTHORIZED)
        return jam_is_authorized_new(&fixture->package, fixture->core, &fixture->state, &how, out,
                                     err);
    source->service = fixture->items[fixture->item].service;
    struct jam_refine_in in = jam_fixture_refine(fixture, fixture->item);
    return jam_refine_new(&in, &how, out, err);
}

/* What a work report would say of a refinement. It counts for the exit code only when a fixture
 * said what the package promises. */
static void judge_report(struct cmd_run *run, const struct jam_fixture *fixture,
                         struct pvm_buf *note)
{
    struct cmd_report *report = &run->report;
    const struct jam_result *result = jam_run_result(report->run);
    const struct jam_work_item *item = &fixture->items[fixture->item];
    uint64_t promised =
        fixture->export_counted[fixture->item] ? item->export_count : result->export_count;
    enum jam_outcome outcome =
        jam_refine_outcome(report->profile, result, promised, fixture->trace.len, &fixture->params);
    report->work_result = jam_outcome_name(outcome);
    if (outcome == result->outcome)
        return;
    if (outcome == JAM_ENDED_BAD_EXPORTS)
        pvm_buf_printf(note, "%zu segments exported, the work item says %u", result->export_count,
                       (unsigned)item->export_count);
    else
        pvm_buf_text(note, jam_outcome_text(outcome));
    report->work_note = pvm_buf_str(note);
    report->good = report->good && !cmd_args_has(run->args, RUN_FIXTURE);
}

/* How the invocation itself ended. */
static void judge(struct cmd_run *run)
{
    struct cmd_report *report = &run->report;
    const struct jam_result *result = jam_run_result(report->run);
    if (result->why != NULL)
        report->note = result->why;
    else if (result->exit == PVM_EXIT_FAULT)
        report->note = "from a page fault";
    report->outcome = jam_outcome_name(result->outcome);
    report->good = result->outcome == JAM_ENDED_HALT;
    report->gas_limit = result->gas_limit;
    report->gas_left = result->gas_limit - result->gas_used;
}

static enum pvm_status go(struct cmd_run *run, struct jam_run *jam,
                          const struct cmd_run_input *input, enum jam_invocation invocation,
                          struct pvm_err *err)
{
    const struct pvm_vm *vm = jam_run_vm(jam);
    struct cmd_report *report = &run->report;
    /* No program in BLOB is a panic to the GP, and a malformed file to us. */
    if (vm == NULL && run->loaded.path != NULL && jam_run_result(jam)->outcome == JAM_ENDED_PANIC)
        return pvm_fail(err, PVM_E_MALFORMED, "%.120s: %s", cmd_file_name(run->name),
                        jam_run_result(jam)->why);
    PVM_TRY(jam_run_go(jam, err));
    if (cmd_args_has(run->args, RUN_TRACE))
        cmd_trace_end(&run->trace);
    if (vm != NULL && run->loaded.path == NULL)
        PVM_TRY(cmd_program_id(vm->program, &run->loaded.id, err));
    report->file = run->name;
    report->mode = jam_invocation_name(invocation);
    report->profile = run->profile;
    report->run = jam;
    report->vm = vm;
    struct pvm_buf note = {0};
    judge(run);
    if (invocation == JAM_REFINE)
        judge_report(run, input->fixture, &note);
    cmd_report_stops(report, jam_run_result(jam)->exit, &run->symbols, &run->loaded.id);
    enum pvm_status status = cmd_run_report(run, err);
    pvm_buf_deinit(&note);
    return status;
}

enum pvm_status cmd_run_service(struct cmd_run *run, enum jam_invocation invocation,
                                struct pvm_err *err)
{
    struct watch watch = {.run = run};
    struct cmd_run_input input;
    struct jam_run *jam = NULL;
    enum pvm_status status = cmd_run_input_load(run, invocation, &input, err);
    if (status == PVM_OK)
        status = make(run, &watch, &input, invocation, &jam, err);
    if (status == PVM_OK)
        status = go(run, jam, &input, invocation, err);
    jam_run_free(jam);
    cmd_run_input_deinit(&input);
    pvm_buf_deinit(&watch.line);
    return status;
}
