/* SPDX-License-Identifier: Apache-2.0 */
#include "host/invoke_refine.h"

#include "host/hash.h"
#include "host/package_run.h"

bool jam_code_split(struct pvm_bytes preimage, struct pvm_bytes *metadata,
                    struct pvm_bytes *program)
{
    struct pvm_reader reader = pvm_reader(preimage);
    struct pvm_bytes prefix = pvm_read_blob(&reader);
    if (reader.failed)
        return false;
    *metadata = prefix;
    *program = pvm_read_span(&reader, pvm_reader_left(&reader));
    return true;
}

/* What the package says of the code: GP 0.7.2 B.3, BAD and BIG. */
static void find_code(const struct jam_refine_in *in, const struct jam_work_item *item,
                      struct jam_package_run *run)
{
    struct pvm_bytes preimage;
    struct pvm_bytes program;
    if (!jam_package_run_code(run, in->state, item->service, &item->code_hash, &preimage))
        return;
    if (preimage.len > run->params.max_service_code) {
        run->config.missing = JAM_ENDED_BIG;
        run->config.why = "the service's code is larger than W_C";
        return;
    }
    if (jam_package_run_split(run, preimage, &program))
        jam_package_run_load(run, program);
}

enum pvm_status jam_refine_new(const struct jam_refine_in *in,
                               const struct jam_invoke_options *options, struct jam_run **out,
                               struct pvm_err *err)
{
    if (in->item >= in->package->item_count)
        return pvm_fail(err, PVM_E_USAGE, "there is no work item %zu, the package has %zu",
                        in->item, in->package->item_count);
    const struct jam_work_item *item = &in->package->items[in->item];
    struct jam_package_run run;
    jam_package_run_init(&run, JAM_REFINE, in->package, options);
    run.config.service = item->service;
    run.config.gas = item->refine_gas_limit;
    run.config.export_offset = in->export_offset;
    if (options->program == NULL)
        find_code(in, item, &run);

    struct jam_package_source source = {.profile = run.config.profile,
                                        .package = in->package,
                                        .state = in->state,
                                        .refine = true,
                                        .item = in->item,
                                        .trace = in->trace,
                                        .data = in->data};
    PVM_TRY(jam_package_run_source(&run, &source, err));
    struct jam_refine_values values = {.core = in->core,
                                       .item = in->item,
                                       .package = in->package,
                                       .package_hash =
                                           jam_hash(pvm_buf_bytes(&run.source->encoded))};
    run.config.profile->refine_args(&values, &run.args);
    return jam_package_run_finish(&run, out, err);
}

enum jam_outcome jam_refine_outcome(const struct jam_profile *profile,
                                    const struct jam_result *result, uint64_t export_count,
                                    uint64_t size_before, const struct jam_params *params)
{
    uint64_t most = params->max_report_output;
    if (profile->oversize && result->outcome == JAM_ENDED_HALT &&
        (size_before > most || result->output.len > most - size_before))
        return JAM_ENDED_OVERSIZE;
    /* As the text has it: a panic, which exports nothing, is reported as this too. */
    if (result->export_count != export_count)
        return JAM_ENDED_BAD_EXPORTS;
    return result->outcome;
}
