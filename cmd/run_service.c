/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run on a service or authorizer: Refine or Is-Authorized of a work package. */
#include "cmd/debug.h"
#include "cmd/run_input.h"
#include "cmd/run_note.h"
#include "cmd/run_watch.h"
#include "host/work_package.h"

static enum pvm_status set_options(struct cmd_run *run, struct cmd_watch *watch,
                                   const struct cmd_run_input *input,
                                   enum jam_invocation invocation, struct jam_invoke_options *out,
                                   struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    *out = (struct jam_invoke_options){
        .profile = run->profile,
        .params = &input->fixture->params,
        .has_args = cmd_args_has(args, RUN_ARGS),
        .has_entry = cmd_args_has(args, RUN_ENTRY),
        .has_gas = cmd_args_has(args, RUN_GAS),
        .args = pvm_buf_bytes(&input->args),
        .gas = cmd_args_number(args, RUN_GAS, 0),
        .limits = {.layout = PVM_LAYOUT_WINDOW,
                   .memory = cmd_args_number(args, RUN_MAX_MEMORY, 0),
                   .gas = cmd_run_max_gas(args),
                   .inner_gas = cmd_args_number(args, RUN_MAX_INNER_GAS, CMD_INNER_GAS)},
        .hooks = cmd_watch_hooks(watch),
    };
    run->trace.profile = run->profile;
    return cmd_run_entry(run, jam_invocation_entry(invocation), &out->entry, err);
}

/* A limit of --gas is none of the package's. */
static void give_notes(const struct cmd_run *run, const struct jam_run *jam,
                       const struct jam_fixture *fixture, enum jam_invocation invocation)
{
    bool noted = cmd_args_has(run->args, RUN_FIXTURE) &&
                 cmd_note_package(&fixture->package, &fixture->params);
    if (!noted || cmd_args_has(run->args, RUN_GAS))
        cmd_note_gas(jam, invocation, &fixture->state);
}

static enum pvm_status make(struct cmd_run *run, struct cmd_watch *watch,
                            const struct cmd_run_input *input, enum jam_invocation invocation,
                            struct jam_run **out, struct pvm_err *err)
{
    const struct jam_fixture *fixture = input->fixture;
    struct jam_invoke_options how;
    struct cmd_log_source *source = &run->report.log_source;
    PVM_TRY(set_options(run, watch, input, invocation, &how, err));
    *source = (struct cmd_log_source){(int64_t)fixture->core, -1};
    if (invocation == JAM_IS_AUTHORIZED) {
        PVM_TRY(jam_is_authorized_new(&fixture->package, fixture->core, &fixture->state, &how, out,
                                      err));
    } else {
        source->service = fixture->items[fixture->item].service;
        struct jam_refine_in in = jam_fixture_refine(fixture, fixture->item);
        PVM_TRY(jam_refine_new(&in, &how, out, err));
    }
    if (run->debug == NULL)
        give_notes(run, *out, fixture, invocation);
    return PVM_OK;
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

/* Whether the core would take a package with this authorizer. Counts for the exit code when a state
 * says who is in the pool. */
static void judge_authorizer(struct cmd_run *run, const struct jam_state_file *state,
                             const struct jam_fixture *fixture)
{
    struct cmd_report *report = &run->report;
    report->authorizes = true;
    report->core = fixture->core;
    report->authorizer = jam_package_authorizer(&fixture->package);
    report->pool_known = state != NULL && (state->present & jam_state_bit(JAM_STATE_POOLS)) != 0;
    report->in_pool = jam_pool_has(&fixture->state, fixture->core, &report->authorizer);
    report->good = report->good && (report->in_pool || !report->pool_known);
}

/* The code that runs, as the state has it; empty when there is none. */
static struct pvm_bytes code_of(const struct jam_fixture *fixture, enum jam_invocation invocation)
{
    const struct jam_work_package *package = &fixture->package;
    const struct jam_work_item *item = &fixture->items[fixture->item];
    bool authorizes = invocation == JAM_IS_AUTHORIZED;
    const struct jam_service *service =
        jam_state_find(&fixture->state, authorizes ? package->auth_code_host : item->service);
    struct pvm_bytes code;
    if (service == NULL ||
        !jam_preimage_get(service, authorizes ? &package->auth_code_hash : &item->code_hash, &code))
        return pvm_bytes_none();
    return code;
}

static enum pvm_status go(struct cmd_watch *watch, struct jam_run *jam,
                          const struct cmd_run_input *input, enum jam_invocation invocation,
                          struct pvm_err *err)
{
    struct cmd_run *run = watch->run;
    struct pvm_buf note = {0};
    watch->ecalli.code = code_of(input->fixture, invocation);
    PVM_TRY(cmd_watch_go(watch, jam, invocation, err));
    if (invocation == JAM_REFINE)
        judge_report(run, input->fixture, &note);
    else
        judge_authorizer(run, input->state, input->fixture);
    enum pvm_status status = cmd_run_report(run, err);
    pvm_buf_deinit(&note);
    return status;
}

/* ---- for the debugger ---- */

struct making {
    struct cmd_watch *watch;
    const struct cmd_run_input *input;
    enum jam_invocation invocation;
};

static enum pvm_status make_again(void *user, struct jam_run **out, struct pvm_err *err)
{
    const struct making *making = user;
    return make(making->watch->run, making->watch, making->input, making->invocation, out, err);
}

static enum pvm_status debug(struct cmd_watch *watch, const struct cmd_run_input *input,
                             enum jam_invocation invocation, struct pvm_err *err)
{
    struct making making = {watch, input, invocation};
    struct cmd_debug_source source = {
        .jam = make_again, .user = &making, .fixture = input->fixture};
    return cmd_debug_session(watch->run, &source, err);
}

enum pvm_status cmd_run_service(struct cmd_run *run, enum jam_invocation invocation,
                                struct pvm_err *err)
{
    struct cmd_watch watch = {.run = run};
    struct cmd_run_input input;
    struct jam_run *jam = NULL;
    enum pvm_status status = cmd_run_input_load(run, invocation, &input, err);
    if (status == PVM_OK && run->debug != NULL)
        status = debug(&watch, &input, invocation, err);
    else if (status == PVM_OK)
        status = make(run, &watch, &input, invocation, &jam, err);
    if (status == PVM_OK && run->debug == NULL)
        status = go(&watch, jam, &input, invocation, err);
    jam_run_free(jam);
    cmd_run_input_deinit(&input);
    pvm_buf_deinit(&watch.log.line);
    return status;
}
