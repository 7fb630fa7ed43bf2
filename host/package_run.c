/* SPDX-License-Identifier: Apache-2.0 */
#include "host/package_run.h"

#include "host/preimage.h"

void jam_package_run_init(struct jam_package_run *run, enum jam_invocation invocation,
                          const struct jam_work_package *package,
                          const struct jam_invoke_options *options)
{
    *run = (struct jam_package_run){.package = package, .options = options};
    struct jam_run_config *config = &run->config;
    config->profile = options->profile != NULL ? options->profile : jam_profile_default;
    if (options->params != NULL)
        run->params = *options->params;
    else
        jam_params_get(config->profile, JAM_PARAMS_FULL, &run->params);
    config->params = &run->params;
    config->alloc = options->alloc;
    config->invocation = invocation;
    config->program = options->program;
    config->entry = options->has_entry ? options->entry : jam_invocation_entry(invocation);
    config->limits = options->limits;
    config->hooks = options->hooks;
    run->args.alloc = options->alloc;
}

static bool missing(struct jam_package_run *run, enum jam_outcome outcome, const char *why)
{
    run->config.missing = outcome;
    run->config.why = why;
    return false;
}

bool jam_package_run_code(struct jam_package_run *run, const struct jam_state *state,
                          uint32_t service, const struct jam_hash *hash, struct pvm_bytes *preimage)
{
    const struct jam_service *account = state != NULL ? jam_state_find(state, service) : NULL;
    if (account == NULL)
        return missing(run, JAM_ENDED_BAD, "the service whose code is to run does not exist");
    if (!jam_historical_lookup(account, run->package->context.lookup_anchor_slot, hash, preimage))
        return missing(run, JAM_ENDED_BAD,
                       "the code was not available as a preimage at the lookup anchor");
    return true;
}

bool jam_package_run_split(struct jam_package_run *run, struct pvm_bytes preimage,
                           struct pvm_bytes *program)
{
    struct pvm_bytes metadata;
    if (!jam_code_split(preimage, &metadata, program))
        return missing(run, JAM_ENDED_BAD, "the code has no metadata in front of the program");
    return true;
}

void jam_package_run_load(struct jam_package_run *run, struct pvm_bytes program)
{
    if (pvm_standard_decode(program, &run->standard, &run->why) == PVM_OK)
        run->config.program = &run->standard;
    else
        missing(run, JAM_ENDED_PANIC, run->why.msg);
}

static void source_free(const struct pvm_alloc *alloc, void *owned)
{
    struct jam_package_source *source = owned;
    if (source != NULL)
        jam_package_source_deinit(source);
    pvm_alloc_free(alloc, source);
}

enum pvm_status jam_package_run_source(struct jam_package_run *run,
                                       const struct jam_package_source *source, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = run->config.alloc;
    run->source = pvm_alloc_get(alloc, sizeof *run->source);
    if (run->source == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a package");
    *run->source = *source;
    enum pvm_status status = jam_package_source_fill(run->source, &run->params, alloc, err);
    if (status != PVM_OK)
        source_free(alloc, run->source);
    return status;
}

enum pvm_status jam_package_run_finish(struct jam_package_run *run, struct jam_run **out,
                                       struct pvm_err *err)
{
    const struct jam_invoke_options *options = run->options;
    struct jam_run_config *config = &run->config;
    enum pvm_status status = pvm_buf_status(&run->args, err);
    if (status != PVM_OK) {
        source_free(config->alloc, run->source);
        return status;
    }
    config->args = options->has_args ? options->args : pvm_buf_bytes(&run->args);
    if (options->has_gas)
        config->gas = options->gas;
    config->sources =
        options->sources != NULL
            ? *options->sources
            : (struct jam_sources){jam_package_fetch, jam_package_lookup, run->source};
    config->release = source_free;
    config->owned = run->source;
    status = jam_run_new(config, out, err);
    pvm_buf_deinit(&run->args);
    return status;
}
