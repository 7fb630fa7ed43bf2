/* SPDX-License-Identifier: Apache-2.0 */
/* Of host/jam.h: jobs, from their options to the end of their run. */
#include "host/jam_private.h"

#include "host/accumulate_rules.h"

enum { GIVEN_MAX = 1 << 30 }; /* octets a caller may hand to a job */

/* ---- life ---- */

static enum pvm_status copy(struct jam_job *job, const void *ptr, size_t len, const void **out,
                            struct pvm_err *err)
{
    struct pvm_bytes kept;
    PVM_TRY(jam_arena_copy(&job->arena, pvm_bytes(ptr, ptr != NULL ? len : 0), &kept, err));
    *out = kept.ptr;
    return PVM_OK;
}

static enum pvm_status keep_text(struct jam_job *job, const char **text, struct pvm_err *err)
{
    const void *at;
    if (*text == NULL)
        return PVM_OK; /* jam_profile_extend says what is wrong */
    PVM_TRY(copy(job, *text, strlen(*text) + 1, &at, err));
    *text = at;
    return PVM_OK;
}

static enum pvm_status keep_values(struct jam_job *job, struct jam_extension_use *use,
                                   struct pvm_err *err)
{
    void *room;
    PVM_TRY(jam_arena_get(&job->arena, use->value_count, sizeof *use->values, &room, err));
    struct jam_extension_value *values = room;
    for (size_t i = 0; i < use->value_count; i++) {
        values[i] = use->values[i];
        PVM_TRY(keep_text(job, &values[i].setting, err));
        PVM_TRY(keep_text(job, &values[i].text, err));
    }
    use->values = values;
    return PVM_OK;
}

static enum pvm_status keep_extensions(struct jam_job *job, struct pvm_err *err)
{
    struct jam_job_options *o = &job->options;
    void *room;
    if (o->extension_count > JAM_EXTENSIONS)
        return pvm_fail(err, PVM_E_USAGE, "%zu extensions, at most %d are possible",
                        o->extension_count, JAM_EXTENSIONS);
    PVM_TRY(jam_arena_get(&job->arena, o->extension_count, sizeof *o->extensions, &room, err));
    struct jam_extension_use *uses = room;
    for (size_t i = 0; i < o->extension_count; i++) {
        uses[i] = o->extensions[i];
        PVM_TRY(keep_values(job, &uses[i], err));
    }
    o->extensions = uses;
    return PVM_OK;
}

static enum pvm_status keep_options(struct jam_job *job, struct pvm_err *err)
{
    struct jam_job_options *o = &job->options;
    const void *at;
    if (o->blob_len == 0)
        o->blob = NULL;
    PVM_TRY(copy(job, o->blob, o->blob_len, &at, err));
    o->blob = at;
    PVM_TRY(copy(job, o->entropy, JAM_HASH_SIZE, &at, err));
    o->entropy = at;
    PVM_TRY(keep_extensions(job, err));
    if (o->blob == NULL)
        return PVM_OK;
    PVM_TRY(pvm_blob_decode(pvm_bytes(o->blob, o->blob_len), -1, &job->blob, err));
    if (job->blob.format != PVM_BLOB_STANDARD && job->blob.format != PVM_BLOB_JAM)
        return pvm_fail(err, PVM_E_MALFORMED, "a %s blob is no service",
                        pvm_blob_format_name(job->blob.format));
    return PVM_OK;
}

static enum pvm_status load_fixture(struct jam_job *job, struct pvm_err *err)
{
    const struct jam_job_options *o = &job->options;
    const struct jam_state_file *file = job->world->file;
    const struct jam_fixture_options how = {
        .profile = file->profile,
        .blob = jam_job_changes_state(job) ? pvm_bytes_none() : pvm_bytes(o->blob, o->blob_len),
        .invocation = job->invocation,
        .has_service = o->service != 0 || jam_job_changes_state(job),
        .service = o->service,
        .state = &file->state,
        .params = &file->params,
        .extensions = o->extensions,
        .extension_count = o->extension_count,
        .read = jam_read_nothing,
        .alloc = job->world->alloc,
    };
    return jam_fixture_load(pvm_bytes(o->fixture, o->fixture != NULL ? o->fixture_len : 0),
                            "fixture", &how, &job->fixture, err);
}

static enum pvm_status check_version(const struct jam_job *job, struct pvm_err *err)
{
    const struct jam_profile *profile = job->world->file->profile;
    if (job->invocation == JAM_ON_TRANSFER && jam_accumulate_rules_of(profile)->transfer_inputs)
        return pvm_fail(err, PVM_E_USAGE,
                        "GP %s has no On-Transfer: transfers are inputs of Accumulate",
                        profile->name);
    return PVM_OK;
}

static enum pvm_status fill(struct jam_job *job, struct pvm_err *err)
{
    PVM_TRY(check_version(job, err));
    PVM_TRY(keep_options(job, err));
    return load_fixture(job, err);
}

enum pvm_status jam_job_new(struct jam_world *world, enum jam_invocation invocation,
                            const struct jam_job_options *options, struct jam_job **out,
                            struct pvm_err *err)
{
    struct jam_job_options o;
    pvm_err_clear(err);
    /* Extensions came later. */
    PVM_TRY(
        pvm_options_copy(options, offsetof(struct jam_job_options, extensions), sizeof o, &o, err));
    if (invocation < JAM_IS_AUTHORIZED || invocation > JAM_ON_TRANSFER)
        return pvm_fail(err, PVM_E_USAGE, "%d is no invocation", (int)invocation);
    struct jam_job *job = pvm_alloc_zero(world->alloc, 1, sizeof *job);
    if (job == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a job");
    job->world = world;
    job->invocation = invocation;
    job->options = o;
    job->commit_count = world->commit_count;
    job->changes.alloc = world->alloc;
    job->report.alloc = world->alloc;
    jam_arena_init(&job->arena, GIVEN_MAX, world->alloc);
    enum pvm_status status = fill(job, err);
    if (status != PVM_OK) {
        jam_job_free(job);
        return status;
    }
    job->options.fixture = NULL;
    *out = job;
    return PVM_OK;
}

void jam_job_free(struct jam_job *job)
{
    if (job == NULL)
        return;
    const struct pvm_alloc *alloc = job->world->alloc;
    jam_run_free(job->run);
    jam_fixture_free(job->fixture);
    pvm_alloc_free(alloc, job->inputs);
    pvm_buf_deinit(&job->changes);
    pvm_buf_deinit(&job->report);
    jam_arena_deinit(&job->arena);
    pvm_alloc_free(alloc, job);
}

/* ---- inputs ---- */

/* Room for one more, at index; those behind it move up. */
static enum pvm_status insert(struct jam_job *job, size_t index, struct jam_input input,
                              struct pvm_err *err)
{
    if (job->input_count == job->input_cap) {
        size_t cap = job->input_cap != 0 ? 2 * job->input_cap : 8;
        struct jam_input *more =
            pvm_alloc_resize(job->world->alloc, job->inputs, cap * sizeof *more);
        if (more == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu inputs", cap);
        job->inputs = more;
        job->input_cap = cap;
    }
    memmove(&job->inputs[index + 1], &job->inputs[index],
            (job->input_count - index) * sizeof *job->inputs);
    job->inputs[index] = input;
    job->input_count++;
    return PVM_OK;
}

static enum pvm_status check_fresh(const struct jam_job *job, struct pvm_err *err)
{
    if (job->running)
        return pvm_fail(err, PVM_E_USAGE, "the job is running: this is one of its callbacks");
    return job->run == NULL ? PVM_OK : pvm_fail(err, PVM_E_USAGE, "the job has run");
}

static enum pvm_status check_input(const struct jam_job *job, bool transfer, struct pvm_err *err)
{
    const struct jam_profile *profile = job->world->file->profile;
    PVM_TRY(check_fresh(job, err));
    if (!jam_job_changes_state(job) || (!transfer && job->invocation == JAM_ON_TRANSFER))
        return pvm_fail(err, PVM_E_USAGE, "%s takes no such input",
                        jam_invocation_name(job->invocation));
    if (transfer && job->invocation == JAM_ACCUMULATE &&
        !jam_accumulate_rules_of(profile)->transfer_inputs)
        return pvm_fail(err, PVM_E_USAGE, "Accumulate of GP %s takes no transfers", profile->name);
    return PVM_OK;
}

enum pvm_status jam_job_add_transfer(struct jam_job *job, const struct jam_transfer_input *transfer,
                                     struct pvm_err *err)
{
    struct jam_transfer_input t;
    void *room;
    pvm_err_clear(err);
    PVM_TRY(pvm_options_copy(transfer, sizeof t, sizeof t, &t, err));
    PVM_TRY(check_input(job, true, err));
    if (t.memo_len > JAM_MEMO_SIZE)
        return pvm_fail(err, PVM_E_USAGE, "a memo of %zu octets, at most %d", t.memo_len,
                        JAM_MEMO_SIZE);
    PVM_TRY(jam_arena_get(&job->arena, 1, sizeof(struct jam_transfer), &room, err));
    struct jam_transfer *kept = room;
    kept->source = t.source;
    kept->destination = job->fixture->items[job->fixture->item].service;
    kept->amount = t.amount;
    kept->gas = t.gas;
    if (t.memo_len != 0)
        memcpy(kept->memo, t.memo, t.memo_len);
    PVM_TRY(insert(job, job->transfer_count, (struct jam_input){.transfer = kept}, err));
    job->transfer_count++;
    return PVM_OK;
}

static void take_hash(struct jam_hash *out, const uint8_t *octets)
{
    if (octets != NULL)
        memcpy(out->octets, octets, JAM_HASH_SIZE);
}

enum pvm_status jam_job_add_operand(struct jam_job *job, const struct jam_operand_input *operand,
                                    struct pvm_err *err)
{
    struct jam_operand_input o;
    void *room;
    pvm_err_clear(err);
    PVM_TRY(pvm_options_copy(operand, sizeof o, sizeof o, &o, err));
    PVM_TRY(check_input(job, false, err));
    if (o.result < JAM_ENDED_HALT || o.result > JAM_ENDED_BIG)
        return pvm_fail(err, PVM_E_USAGE, "%d is no outcome", (int)o.result);
    PVM_TRY(jam_arena_get(&job->arena, 1, sizeof(struct jam_operand), &room, err));
    struct jam_operand *kept = room;
    take_hash(&kept->package_hash, o.package_hash);
    take_hash(&kept->exports_root, o.exports_root);
    take_hash(&kept->authorizer_hash, o.authorizer_hash);
    take_hash(&kept->payload_hash, o.payload_hash);
    kept->gas_limit = o.gas;
    kept->result = o.result;
    PVM_TRY(jam_arena_copy(&job->arena, pvm_bytes(o.output, o.output_len), &kept->output, err));
    PVM_TRY(jam_arena_copy(&job->arena, pvm_bytes(o.trace, o.trace_len), &kept->trace, err));
    return insert(job, job->input_count, (struct jam_input){.operand = kept}, err);
}

/* ---- runs ---- */

static void tell_log(void *user, const struct jam_log_line *line)
{
    const struct jam_job *job = user;
    job->options.log(job->options.user, line->level, (const char *)line->target.ptr,
                     line->target.len, (const char *)line->message.ptr, line->message.len);
}

static void tell_call(void *user, const struct jam_call_event *event)
{
    const struct jam_job *job = user;
    const struct jam_host_call call = {event->name,  event->number,     event->before,
                                       event->after, event->gas_before, event->gas_after,
                                       event->exit};
    job->options.host_call(job->options.user, &call);
}

static struct jam_invoke_options invoke_options(struct jam_job *job)
{
    const struct jam_job_options *o = &job->options;
    struct jam_invoke_options how = {
        .profile = job->fixture->profile,
        .params = &job->fixture->params,
        .alloc = job->world->alloc,
        .has_gas = o->gas != 0,
        .gas = o->gas,
        .limits = {.memory = o->memory_limit},
        .hooks = {.log = o->log != NULL ? tell_log : NULL,
                  .call = o->host_call != NULL ? tell_call : NULL,
                  .user = job},
    };
    if (jam_job_changes_state(job) && o->blob != NULL)
        how.program = &job->blob.standard;
    return how;
}

/* What the inputs bring, else all that a report may. */
static uint64_t accumulate_gas(const struct jam_job *job)
{
    uint64_t gas = 0;
    for (size_t i = 0; i < job->input_count; i++) {
        const struct jam_input *input = &job->inputs[i];
        uint64_t more = input->operand != NULL ? input->operand->gas_limit : input->transfer->gas;
        gas = more > UINT64_MAX - gas ? UINT64_MAX : gas + more;
    }
    return job->input_count != 0 ? gas : job->fixture->params.report_accumulate_gas;
}

static void prepare(struct jam_job *job)
{
    const struct jam_job_options *o = &job->options;
    const struct jam_state *before = &job->fixture->state;
    uint32_t next = before->slot < UINT32_MAX ? before->slot + 1 : UINT32_MAX;
    job->in = (struct jam_accumulate_in){
        .state = before,
        .service = job->fixture->items[job->fixture->item].service,
        .gas = accumulate_gas(job),
        .inputs = job->inputs,
        .input_count = job->input_count,
        .slot = o->slot != 0 ? o->slot : next,
        .entropy = before->entropy[0],
    };
    take_hash(&job->in.entropy, o->entropy);
}

static enum pvm_status make(struct jam_job *job, struct jam_run **out, struct pvm_err *err)
{
    const struct jam_fixture *fixture = job->fixture;
    const struct jam_invoke_options how = invoke_options(job);
    struct jam_refine_in refine;
    switch (job->invocation) {
    case JAM_IS_AUTHORIZED:
        return jam_is_authorized_new(&fixture->package, fixture->core, &fixture->state, &how, out,
                                     err);
    case JAM_REFINE:
        refine = jam_fixture_refine(fixture, fixture->item);
        return jam_refine_new(&refine, &how, out, err);
    case JAM_ACCUMULATE:
        prepare(job);
        return jam_accumulate_new(&job->in, &how, out, err);
    case JAM_ON_TRANSFER:
        prepare(job);
        return jam_on_transfer_new(&job->in, &how, out, err);
    }
    return PVM_E_INTERNAL;
}

enum pvm_status jam_job_run(struct jam_job *job, struct pvm_err *err)
{
    struct jam_run *run = NULL;
    pvm_err_clear(err);
    PVM_TRY(check_fresh(job, err));
    job->running = true;
    enum pvm_status status = make(job, &run, err);
    if (status == PVM_OK)
        status = jam_run_go(run, err);
    if (status == PVM_OK && jam_job_changes_state(job))
        status = jam_accumulate_effects(run, &job->effects, err);
    job->running = false;
    if (status == PVM_OK) {
        job->run = run;
    } else {
        jam_run_free(run);
        job->effects = (struct jam_effects){.gas_used = 0};
    }
    return status;
}
