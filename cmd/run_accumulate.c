/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run --accumulate and --on-transfer: one service on a state that may be kept. */
#include "cmd/debug.h"
#include "cmd/files.h"
#include "cmd/report_accumulate.h"
#include "cmd/run_input.h"
#include "cmd/run_inputs.h"
#include "cmd/run_note.h"
#include "cmd/run_watch.h"
#include "host/accumulate_rules.h"
#include "host/state_diff.h"

struct accumulate {
    struct cmd_run *run;
    enum jam_invocation invocation;
    struct cmd_run_input input;
    struct cmd_inputs inputs;
    struct cmd_watch watch;
    struct cmd_calls calls;
    struct jam_state *before; /* the fixture's */
    struct jam_state after;
    struct jam_accumulate_in in;
    struct cmd_accumulated report;
    struct pvm_buf code; /* BLOB as a preimage, when it runs in place of the state's */
};

/* ---- what goes in ---- */

static enum pvm_status check_version(const struct accumulate *a, struct pvm_err *err)
{
    const struct jam_profile *profile = a->run->profile;
    bool transfers_in = jam_accumulate_rules_of(profile)->transfer_inputs;
    if (a->invocation == JAM_ON_TRANSFER && transfers_in)
        return pvm_fail(err, PVM_E_USAGE,
                        "GP %s has no On-Transfer: give --transfer to --accumulate, or choose "
                        "--gp 0.7.0 or older",
                        profile->name);
    if (a->invocation == JAM_ACCUMULATE && !transfers_in &&
        cmd_args_has(a->run->args, RUN_TRANSFER))
        return pvm_fail(err, PVM_E_USAGE,
                        "--transfer: transfers are inputs of Accumulate from GP 0.7.1 on; "
                        "under GP %s give them to --on-transfer",
                        profile->name);
    if (a->invocation == JAM_ON_TRANSFER && !cmd_args_has(a->run->args, RUN_TRANSFER))
        return pvm_fail(err, PVM_E_USAGE, "--on-transfer: no --transfer is given");
    return PVM_OK;
}

static enum pvm_status read_entropy(struct accumulate *a, struct pvm_err *err)
{
    const char *text = cmd_args_text(a->run->args, RUN_ENTROPY);
    struct pvm_buf octets = {0};
    a->in.entropy = a->before->entropy[0];
    if (text == NULL)
        return PVM_OK;
    enum pvm_status status = cmd_read_value("--entropy", text, &octets, err);
    if (status == PVM_OK && octets.len != JAM_HASH_SIZE)
        status = pvm_fail(err, PVM_E_USAGE, "--entropy: expected 32 octets, got %zu", octets.len);
    if (status == PVM_OK)
        memcpy(a->in.entropy.octets, octets.ptr, JAM_HASH_SIZE);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status prepare(struct accumulate *a, struct pvm_err *err)
{
    const struct cmd_args *args = a->run->args;
    const struct jam_fixture *fixture = a->input.fixture;
    uint32_t id = fixture->items[fixture->item].service;
    const struct jam_service *service = jam_state_find(a->before, id);
    uint64_t next = a->before->slot < UINT32_MAX ? a->before->slot + UINT64_C(1) : UINT32_MAX;
    uint64_t slot = cmd_args_number(args, RUN_SLOT, next);
    uint64_t most = fixture->params.report_accumulate_gas;
    if (slot > UINT32_MAX)
        return pvm_fail(err, PVM_E_USAGE, "--slot: slots are below 2^32");
    struct cmd_inputs_absent absent = {
        .service = id,
        .transfer_gas = service != NULL ? service->min_memo_gas : 0,
        .operand_gas = cmd_args_number(args, RUN_GAS, most),
    };
    PVM_TRY(read_entropy(a, err));
    PVM_TRY(cmd_inputs_parse(args, &absent, &a->inputs, err));
    a->in.state = a->before;
    a->in.service = id;
    a->in.slot = (uint32_t)slot;
    a->in.inputs = a->inputs.list;
    a->in.input_count = a->inputs.count;
    a->in.gas = a->inputs.count != 0 ? a->inputs.gas : most;
    return PVM_OK;
}

static enum pvm_status make(struct accumulate *a, struct jam_run **out, struct pvm_err *err)
{
    struct cmd_run *run = a->run;
    const struct cmd_args *args = run->args;
    struct jam_invoke_options how = {
        .profile = run->profile,
        .params = &a->input.fixture->params,
        .has_args = cmd_args_has(args, RUN_ARGS),
        .has_entry = cmd_args_has(args, RUN_ENTRY),
        .has_gas = cmd_args_has(args, RUN_GAS),
        .args = pvm_buf_bytes(&a->input.args),
        .gas = cmd_args_number(args, RUN_GAS, 0),
        .limits = {.layout = PVM_LAYOUT_WINDOW,
                   .memory = cmd_args_number(args, RUN_MAX_MEMORY, 0),
                   .gas = cmd_run_max_gas(args)},
        .hooks = cmd_watch_hooks(&a->watch),
    };
    if (a->input.state != NULL && run->loaded.path != NULL)
        how.program = &run->loaded.blob.standard;
    run->trace.profile = run->profile;
    run->report.log_source = (struct cmd_log_source){-1, (int64_t)a->in.service};
    PVM_TRY(cmd_run_entry(run, jam_invocation_entry(a->invocation), &how.entry, err));
    PVM_TRY((a->invocation == JAM_ACCUMULATE ? jam_accumulate_new
                                             : jam_on_transfer_new)(&a->in, &how, out, err));
    if (run->debug == NULL)
        cmd_note_gas(*out, a->invocation, a->before);
    return PVM_OK;
}

/* The code that runs, for the trace of host calls. */
static enum pvm_status find_code(struct accumulate *a, struct pvm_err *err)
{
    const struct cmd_program *loaded = &a->run->loaded;
    const struct jam_service *service = jam_state_find(a->before, a->in.service);
    struct pvm_bytes *code = &a->watch.ecalli.code;
    if (a->input.state == NULL || loaded->path == NULL) {
        if (service != NULL && !jam_preimage_get(service, &service->code_hash, code))
            *code = pvm_bytes_none();
        return PVM_OK;
    }
    if (loaded->blob.format != PVM_BLOB_JAM)
        pvm_buf_add_natural(&a->code, 0); /* no metadata, GP 0.7.2 9.1 */
    pvm_buf_add_bytes(&a->code, pvm_buf_bytes(&loaded->bytes));
    *code = pvm_buf_bytes(&a->code);
    return pvm_buf_status(&a->code, err);
}

/* ---- what comes out ---- */

static enum pvm_status apply(const struct accumulate *a, const struct jam_effects *effects,
                             struct jam_state *out, struct pvm_err *err)
{
    PVM_TRY(jam_state_copy(out, a->before, err));
    enum pvm_status status =
        jam_accumulate_apply(out, &a->in, effects, a->run->profile, &a->input.fixture->params, err);
    if (status != PVM_OK)
        jam_state_deinit(out);
    return status;
}

/* The state as the other side of the collapse would have it. Effects live only until others are
 * asked for, so this comes first. */
static enum pvm_status apply_other(const struct accumulate *a, struct jam_run *jam,
                                   struct jam_state *out, struct pvm_err *err)
{
    struct jam_effects effects;
    PVM_TRY(jam_accumulate_other(jam, &effects, err));
    return apply(a, &effects, out, err);
}

static enum pvm_status find_changes(struct accumulate *a, const struct jam_state *other,
                                    struct pvm_err *err)
{
    struct cmd_accumulated *report = &a->report;
    const struct jam_state_shape shape = {a->run->profile, &a->input.fixture->params};
    PVM_TRY(
        jam_state_diff(a->before, &a->after, &shape, &report->changes, &report->change_count, err));
    return jam_state_diff(&a->after, other, &shape, &report->other, &report->other_count, err);
}

static enum pvm_status conclude(struct accumulate *a, struct jam_run *jam, struct pvm_err *err)
{
    struct jam_state other;
    PVM_TRY(apply_other(a, jam, &other, err));
    enum pvm_status status = jam_accumulate_effects(jam, &a->report.effects, err);
    if (status == PVM_OK) {
        struct jam_state after;
        status = apply(a, &a->report.effects, &after, err);
        if (status == PVM_OK) {
            jam_state_deinit(&a->after);
            a->after = after;
            status = find_changes(a, &other, err);
        }
    }
    jam_state_deinit(&other);
    return status;
}

/* The state after, as the file it came from or one of our own. */
static enum pvm_status write_state(struct accumulate *a, struct pvm_err *err)
{
    const char *path = cmd_args_text(a->run->args, RUN_WRITE_STATE);
    struct jam_state_file *file = a->input.state;
    struct jam_state copy;
    if (path == NULL)
        return PVM_OK;
    if (file == NULL) {
        PVM_TRY(jam_state_file_new(a->run->profile, &a->input.fixture->params, a->run->cmd->alloc,
                                   &file, err));
        a->input.state = file;
        file->present = jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY) |
                        jam_state_bit(JAM_STATE_PRIVILEGES);
    }
    PVM_TRY(jam_state_copy(&copy, &a->after, err));
    jam_state_deinit(&file->state);
    file->state = copy;
    a->report.written = path;
    return cmd_state_save(a->run->cmd, path, file, err);
}

static enum pvm_status tell(struct accumulate *a, struct pvm_err *err)
{
    struct cmd_accumulated *report = &a->report;
    report->state = cmd_args_text(a->run->args, RUN_STATE);
    if (report->state == NULL)
        report->state = cmd_args_text(a->run->args, RUN_FIXTURE);
    report->in = &a->in;
    report->on_transfer = a->invocation == JAM_ON_TRANSFER;
    report->transfer_count = a->inputs.transfer_count;
    report->calls = &a->calls;
    report->privileges = (struct cmd_privileges){&report->effects, a->before, &a->after,
                                                 a->run->profile, a->in.service};
    a->run->report.accumulated = report;
    PVM_TRY(write_state(a, err));
    return cmd_run_report(a->run, err);
}

static enum pvm_status make_again(void *user, struct jam_run **out, struct pvm_err *err)
{
    return make(user, out, err);
}

static enum pvm_status debug(struct accumulate *a, struct pvm_err *err)
{
    struct cmd_debug_source source = {.jam = make_again, .user = a, .fixture = a->input.fixture};
    return cmd_debug_session(a->run, &source, err);
}

static enum pvm_status go(struct accumulate *a, struct pvm_err *err)
{
    struct jam_run *jam = NULL;
    a->before = &a->input.fixture->state;
    PVM_TRY(prepare(a, err));
    if (a->run->debug != NULL)
        return debug(a, err);
    enum pvm_status status = make(a, &jam, err);
    if (status == PVM_OK)
        status = find_code(a, err);
    if (status == PVM_OK)
        status = cmd_watch_go(&a->watch, jam, a->invocation, err);
    if (status == PVM_OK)
        status = pvm_buf_status(&a->calls.list, err);
    if (status == PVM_OK)
        status = conclude(a, jam, err);
    if (status == PVM_OK)
        status = tell(a, err);
    jam_run_free(jam);
    return status;
}

enum pvm_status cmd_run_accumulate(struct cmd_run *run, enum jam_invocation invocation,
                                   struct pvm_err *err)
{
    struct accumulate a = {.run = run, .invocation = invocation};
    a.watch = (struct cmd_watch){.run = run, .calls = &a.calls};
    jam_state_init(&a.after, run->cmd->alloc);
    jam_arena_init(&a.inputs.arena, 0, NULL);
    enum pvm_status status = cmd_run_input_load(run, invocation, &a.input, err);
    if (status == PVM_OK)
        status = check_version(&a, err);
    if (status == PVM_OK)
        status = go(&a, err);
    jam_state_deinit(&a.after);
    cmd_inputs_deinit(&a.inputs);
    cmd_run_input_deinit(&a.input);
    cmd_calls_deinit(&a.calls);
    pvm_buf_deinit(&a.watch.log.line);
    pvm_buf_deinit(&a.report.changes);
    pvm_buf_deinit(&a.report.other);
    pvm_buf_deinit(&a.code);
    return status;
}
