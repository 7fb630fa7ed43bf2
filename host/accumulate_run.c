/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_run.h"

#include "host/codec.h"

enum { ARGS_MAX = 1 << 24 }; /* GP 0.7.2 A.7, Z_I */

static void owned_free(const struct pvm_alloc *alloc, void *user)
{
    struct jam_accumulate_owned *owned = user;
    jam_accumulation_deinit(&owned->acc);
    pvm_alloc_free(alloc, owned);
}

/* Encodes what fetch gives: the constants, and the inputs behind their count. */
static enum pvm_status encode_inputs(struct jam_accumulation *acc,
                                     const struct jam_accumulate_in *in, struct pvm_err *err)
{
    acc->constants.alloc = acc->alloc;
    acc->encoded.alloc = acc->alloc;
    acc->inputs = in->inputs;
    acc->input_count = in->input_count;
    jam_encode_params(acc->profile, acc->params, &acc->constants);
    acc->starts = pvm_alloc_zero(acc->alloc, in->input_count + 1, sizeof *acc->starts);
    if (acc->starts == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu inputs", in->input_count);
    pvm_buf_add_natural(&acc->encoded, in->input_count);
    for (size_t i = 0; i < in->input_count; i++) {
        acc->starts[i] = acc->encoded.len;
        jam_encode_input(acc->profile, &in->inputs[i], &acc->encoded);
    }
    acc->starts[in->input_count] = acc->encoded.len;
    PVM_TRY(pvm_buf_status(&acc->constants, err));
    return pvm_buf_status(&acc->encoded, err);
}

/* The cases of GP 0.7.2 B.5 Omega_Y that have a value here. Each input kind is known to one of the
 * two invocations only. */
static enum pvm_status fetch(void *user, enum jam_fetch what, uint64_t a, uint64_t b, bool *found,
                             struct pvm_bytes *value, struct pvm_err *err)
{
    const struct jam_accumulation *acc = user;
    (void)b;
    (void)err;
    *found = true;
    if (what == JAM_FETCH_PARAMS) {
        *value = pvm_buf_bytes(&acc->constants);
    } else if (what == JAM_FETCH_ENTROPY) {
        *value = jam_hash_bytes(&acc->entropy);
    } else if (what == (acc->on_transfer ? JAM_FETCH_TRANSFERS : JAM_FETCH_INPUTS)) {
        *value = pvm_buf_bytes(&acc->encoded);
    } else if (what == (acc->on_transfer ? JAM_FETCH_TRANSFER : JAM_FETCH_INPUT) &&
               a < acc->input_count) {
        *value = pvm_bytes(acc->encoded.ptr + acc->starts[a], acc->starts[a + 1] - acc->starts[a]);
    } else {
        *found = false;
    }
    return PVM_OK;
}

static enum pvm_status prepare(struct jam_accumulate_run *run, enum jam_invocation invocation,
                               uint64_t credit, struct pvm_err *err)
{
    const struct jam_invoke_options *options = run->options;
    const struct jam_profile *profile = run->config.profile;
    struct jam_accumulate_owned *owned = run->owned;
    struct jam_accumulation *acc = &owned->acc;
    if (options->params != NULL)
        owned->params = *options->params;
    else
        jam_params_get(profile, JAM_PARAMS_FULL, &owned->params);
    acc->on_transfer = invocation == JAM_ON_TRANSFER;
    acc->params = &owned->params;
    PVM_TRY(jam_accumulation_init(acc, run->in, profile, credit, err));
    if (acc->x.self == NULL && options->program != NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no service %u to run as",
                        (unsigned)run->in->service);
    return encode_inputs(acc, run->in, err);
}

enum pvm_status jam_accumulate_run_init(struct jam_accumulate_run *run,
                                        enum jam_invocation invocation,
                                        const struct jam_accumulate_in *in,
                                        const struct jam_invoke_options *options, uint64_t credit,
                                        struct pvm_err *err)
{
    *run = (struct jam_accumulate_run){.in = in, .options = options};
    struct jam_run_config *config = &run->config;
    config->profile = options->profile != NULL ? options->profile : jam_profile_default;
    config->alloc = options->alloc;
    config->invocation = invocation;
    config->program = options->program;
    config->entry = options->has_entry ? options->entry : jam_invocation_entry(invocation);
    config->gas = options->has_gas ? options->gas : in->gas;
    config->service = in->service;
    config->limits = options->limits;
    config->hooks = options->hooks;
    run->args.alloc = options->alloc;
    run->owned = pvm_alloc_zero(options->alloc, 1, sizeof *run->owned);
    if (run->owned == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for an accumulation");
    enum pvm_status status = prepare(run, invocation, credit, err);
    if (status != PVM_OK)
        owned_free(options->alloc, run->owned);
    return status;
}

void jam_accumulate_run_missing(struct jam_accumulate_run *run, enum jam_outcome outcome,
                                const char *why)
{
    run->config.program = NULL;
    run->config.missing = outcome;
    run->config.why = why;
}

void jam_accumulate_run_code(struct jam_accumulate_run *run)
{
    const struct jam_accumulation *acc = &run->owned->acc;
    const struct jam_service *self = acc->x.self;
    struct pvm_bytes preimage, metadata, program;
    if (run->config.program != NULL)
        return;
    if (self == NULL) {
        jam_accumulate_run_missing(run, JAM_ENDED_BAD, "the service does not exist");
        return;
    }
    if (!jam_preimage_get(self, &self->code_hash, &preimage) ||
        !jam_code_split(preimage, &metadata, &program)) {
        jam_accumulate_run_missing(run, JAM_ENDED_BAD, "the service's code is not available");
        return;
    }
    if (acc->rules->limits_code && program.len > acc->params->max_service_code) {
        jam_accumulate_run_missing(run, JAM_ENDED_BIG, "the service's code is larger than W_C");
        return;
    }
    struct jam_accumulate_owned *owned = run->owned;
    if (pvm_standard_decode(program, &owned->standard, &owned->why) == PVM_OK)
        run->config.program = &owned->standard;
    else
        jam_accumulate_run_missing(run, JAM_ENDED_PANIC, owned->why.msg);
}

static enum pvm_status make_args(struct jam_accumulate_run *run, struct pvm_err *err)
{
    const struct jam_accumulation *acc = &run->owned->acc;
    const struct jam_invoke_options *options = run->options;
    if (acc->rules->wide_arguments) {
        pvm_buf_add_le(&run->args, run->in->slot, 4);
        pvm_buf_add_le(&run->args, run->in->service, 4);
    } else {
        pvm_buf_add_natural(&run->args, run->in->slot);
        pvm_buf_add_natural(&run->args, run->in->service);
    }
    if (acc->rules->inline_arguments)
        pvm_buf_add_bytes(&run->args, pvm_buf_bytes(&acc->encoded));
    else
        pvm_buf_add_natural(&run->args, run->in->input_count);
    run->config.args = options->has_args ? options->args : pvm_buf_bytes(&run->args);
    if (run->config.args.len > ARGS_MAX && !options->has_args) {
        run->config.args = pvm_bytes_none();
        if (run->config.program != NULL)
            jam_accumulate_run_missing(run, JAM_ENDED_PANIC, "the arguments are larger than Z_I");
    }
    return pvm_buf_status(&run->args, err);
}

enum pvm_status jam_accumulate_run_finish(struct jam_accumulate_run *run, struct jam_run **out,
                                          struct pvm_err *err)
{
    struct jam_accumulate_owned *owned = run->owned;
    struct jam_run_config *config = &run->config;
    enum pvm_status status = make_args(run, err);
    if (status != PVM_OK) {
        pvm_buf_deinit(&run->args);
        owned_free(config->alloc, owned);
        return status;
    }
    config->params = &owned->params;
    config->sources = run->options->sources != NULL
                          ? *run->options->sources
                          : (struct jam_sources){.fetch = fetch, .user = &owned->acc};
    config->release = owned_free;
    config->owned = owned;
    status = jam_run_new(config, out, err);
    pvm_buf_deinit(&run->args);
    if (status == PVM_OK)
        jam_run_context(*out)->accumulation = &owned->acc;
    return status;
}
