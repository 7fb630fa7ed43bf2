/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_watch.h"

#include "cmd/debug.h"
#include "cmd/files.h"

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct cmd_watch *watch = user;
    cmd_trace_step(&watch->run->trace, machine, vm);
    cmd_flame_step(&watch->run->flame, machine, vm);
    cmd_segments_step(&watch->run->segments, machine, vm);
    cmd_record_step(watch->run->record, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    struct cmd_watch *watch = user;
    cmd_trace_call(&watch->run->trace, event);
    cmd_flame_call(&watch->run->flame, event);
    cmd_ecalli_trace_call(&watch->ecalli, event);
    cmd_segments_call(&watch->run->segments, event);
    cmd_record_call(watch->run->record, event);
    if (watch->calls != NULL)
        cmd_calls_add(watch->calls, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    struct cmd_watch *watch = user;
    cmd_trace_memory(&watch->run->trace, event);
    cmd_ecalli_trace_memory(&watch->ecalli, event);
    cmd_segments_memory(&watch->run->segments, event);
    cmd_record_memory(watch->run->record, event);
}

static void on_log(void *user, const struct jam_log_line *line)
{
    struct cmd_watch *watch = user;
    cmd_log_show(&watch->log, line, &watch->run->report.log_source);
}

struct jam_hooks cmd_watch_hooks(struct cmd_watch *watch)
{
    if (watch->run->debug != NULL)
        return cmd_debug_hooks(watch->run->debug);
    bool segments = cmd_segments_on(&watch->run->segments);
    bool trace = watch->run->trace.on || watch->run->flame.on || segments;
    watch->ecalli.path = cmd_args_text(watch->run->args, RUN_ECALLI_TRACE);
    watch->ecalli.to_stderr = cmd_args_has(watch->run->args, RUN_JSON);
    bool ecalli = watch->ecalli.path != NULL;
    return (struct jam_hooks){
        .step = trace ? on_step : NULL,
        .log = on_log,
        .call = trace || ecalli || watch->calls != NULL ? on_call : NULL,
        .memory = ecalli || segments || watch->run->trace.on || watch->run->record != NULL ? on_memory : NULL,
        .user = watch,
    };
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

/* Names the option when it was a limit on gas that ended the run. */
static enum pvm_status fail_go(struct jam_run *jam, enum pvm_status status, struct pvm_err *err)
{
    const struct jam_context *ctx = jam_run_context(jam);
    if (ctx->gas_used >= ctx->limits.gas)
        return cmd_limit_hint(status, "--max-gas allows more", err);
    if (ctx->inner_gas >= ctx->limits.inner_gas)
        return cmd_limit_hint(status, "--max-inner-gas allows more", err);
    return status;
}

/* Runs, and writes the trace of host calls, whose end says why there was none. */
static enum pvm_status go(struct cmd_watch *watch, struct jam_run *jam, struct pvm_err *err)
{
    struct cmd_segments *segments = &watch->run->segments;
    PVM_TRY(cmd_ecalli_trace_start(&watch->ecalli, jam, err));
    if (cmd_segments_on(segments) && jam_run_vm(jam) == NULL)
        return pvm_fail(err, PVM_E_USAGE, "--segments: there is no program to run");
    enum pvm_status status = jam_seg_run_go(segments->recorder, jam, watch->run->report.mode, err);
    status = cmd_segments_close(segments, status, err);
    if (status == PVM_OK)
        return cmd_ecalli_trace_end(&watch->ecalli, jam, NULL, err);
    status = fail_go(jam, status, err);
    (void)!cmd_ecalli_trace_end(&watch->ecalli, jam, err->msg, NULL);
    return status;
}

static enum pvm_status tell_limit(struct cmd_run *run, struct pvm_err *err)
{
    struct cmd_report *report = &run->report;
    const struct pvm_err why = *err;
    report->gas_limit = jam_run_result(report->run)->gas_limit;
    report->gas_left = report->vm->gas;
    if (run->loaded.path == NULL)
        PVM_TRY(cmd_program_id(report->vm->program, &run->loaded.id, err));
    *err = why;
    return cmd_run_limited(run, err);
}

enum pvm_status cmd_watch_go(struct cmd_watch *watch, struct jam_run *jam,
                             enum jam_invocation invocation, struct pvm_err *err)
{
    struct cmd_run *run = watch->run;
    const struct pvm_vm *vm = jam_run_vm(jam);
    struct cmd_report *report = &run->report;
    /* No program in BLOB is a panic to the GP, and a malformed file to us. */
    if (vm == NULL && run->loaded.path != NULL && jam_run_result(jam)->outcome == JAM_ENDED_PANIC)
        return pvm_fail(err, PVM_E_MALFORMED, "%.120s: %s", cmd_file_name(run->name),
                        jam_run_result(jam)->why);
    report->file = run->name;
    report->mode = jam_invocation_name(invocation);
    report->profile = run->profile;
    report->run = jam;
    report->context = jam_run_context(jam);
    report->vm = vm;
    enum pvm_status status = go(watch, jam, err);
    if (status == PVM_E_LIMIT && vm != NULL)
        return tell_limit(run, err);
    if (status != PVM_OK)
        return status;
    PVM_TRY(cmd_flame_end(&run->flame, err));
    if (vm != NULL && run->loaded.path == NULL)
        PVM_TRY(cmd_program_id(vm->program, &run->loaded.id, err));
    judge(run);
    cmd_report_stops(report, jam_run_result(jam)->exit, &run->symbols, &run->loaded.id);
    return PVM_OK;
}
