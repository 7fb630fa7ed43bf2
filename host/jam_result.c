/* SPDX-License-Identifier: Apache-2.0 */
/* Of host/jam.h: what came of a job, and taking it over into the world. */
#include "host/jam_private.h"

#include "host/extension.h"
#include "host/state_diff.h"

static const struct jam_result *result_of(const struct jam_job *job)
{
    static const struct jam_result none = {.outcome = JAM_ENDED_BAD};
    return job->run != NULL ? jam_run_result(job->run) : &none;
}

enum jam_outcome jam_job_outcome(const struct jam_job *job)
{
    const struct jam_result *result = result_of(job);
    if (job->run == NULL || job->invocation != JAM_REFINE)
        return result->outcome;
    const struct jam_fixture *fixture = job->fixture;
    uint64_t exports = fixture->export_counted[fixture->item]
                           ? fixture->items[fixture->item].export_count
                           : result->export_count;
    return jam_refine_outcome(job->world->file->profile, result, exports, fixture->trace.len,
                              &fixture->params);
}

const char *jam_job_why(const struct jam_job *job)
{
    return result_of(job)->why;
}

uint64_t jam_job_gas_used(const struct jam_job *job)
{
    return result_of(job)->gas_used;
}

const uint8_t *jam_job_output(const struct jam_job *job, size_t *len)
{
    *len = result_of(job)->output.len;
    return result_of(job)->output.ptr;
}

const uint8_t *jam_job_exports(const struct jam_job *job, size_t *count)
{
    *count = result_of(job)->export_count;
    return result_of(job)->exports;
}

void jam_job_export_root(const struct jam_job *job, uint8_t root[32])
{
    memcpy(root, result_of(job)->export_root.octets, JAM_HASH_SIZE);
}

bool jam_job_exceptional(const struct jam_job *job)
{
    return job->effects.exceptional;
}

size_t jam_job_sent_count(const struct jam_job *job)
{
    return job->effects.transfer_count;
}

bool jam_job_sent(const struct jam_job *job, size_t index, struct jam_sent *out)
{
    if (index >= job->effects.transfer_count)
        return false;
    const struct jam_transfer *transfer = &job->effects.transfers[index];
    out->source = transfer->source;
    out->destination = transfer->destination;
    out->amount = transfer->amount;
    out->gas = transfer->gas;
    memcpy(out->memo, transfer->memo, sizeof out->memo);
    return true;
}

bool jam_job_yield(const struct jam_job *job, uint8_t hash[32])
{
    if (job->effects.has_yield)
        memcpy(hash, job->effects.yield.octets, JAM_HASH_SIZE);
    return job->effects.has_yield;
}

/* The state after; to be deinitialised. */
static enum pvm_status state_after(const struct jam_job *job, struct jam_state *out,
                                   struct pvm_err *err)
{
    const struct jam_state *before = &job->fixture->state;
    PVM_TRY(jam_state_copy(out, before, err));
    if (job->run == NULL || !jam_job_changes_state(job))
        return PVM_OK;
    enum pvm_status status = jam_accumulate_apply(
        out, &job->in, &job->effects, job->world->file->profile, &job->fixture->params, err);
    if (status != PVM_OK)
        jam_state_deinit(out);
    return status;
}

enum pvm_status jam_job_changes(struct jam_job *job, const char **text, struct pvm_err *err)
{
    const struct jam_state_shape shape = {job->world->file->profile, &job->fixture->params};
    struct jam_state after;
    size_t count;
    pvm_err_clear(err);
    PVM_TRY(state_after(job, &after, err));
    pvm_buf_deinit(&job->changes);
    enum pvm_status status =
        jam_state_diff(&job->fixture->state, &after, &shape, &job->changes, &count, err);
    jam_state_deinit(&after);
    PVM_TRY(status);
    const char *made = pvm_buf_str(&job->changes);
    PVM_TRY(pvm_buf_status(&job->changes, err));
    *text = made;
    return PVM_OK;
}

enum pvm_status jam_job_report(struct jam_job *job, const char **text, struct pvm_err *err)
{
    pvm_err_clear(err);
    if (job->run == NULL)
        return pvm_fail(err, PVM_E_USAGE, "the job has not run");
    pvm_buf_deinit(&job->report);
    struct jam_out json = jam_out(&job->report);
    jam_extensions_json(jam_run_context(job->run), NULL, &json);
    jam_out_finish(&json);
    const char *made = pvm_buf_str(&job->report);
    PVM_TRY(pvm_buf_status(&job->report, err));
    *text = made;
    return PVM_OK;
}

enum pvm_status jam_job_commit(struct jam_job *job, struct pvm_err *err)
{
    struct jam_world *world = job->world;
    struct jam_state after;
    pvm_err_clear(err);
    if (job->run == NULL || !jam_job_changes_state(job))
        return pvm_fail(err, PVM_E_USAGE, "the job has changed no state");
    if (job->committed || job->commit_count != world->commit_count)
        return pvm_fail(err, PVM_E_USAGE, "the world's state is another since the job was made");
    PVM_TRY(state_after(job, &after, err));
    jam_state_deinit(&world->file->state);
    world->file->state = after;
    world->commit_count++;
    job->committed = true;
    return PVM_OK;
}
