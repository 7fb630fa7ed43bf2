/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_run.h"

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

enum pvm_status jam_on_transfer_new(const struct jam_accumulate_in *in,
                                    const struct jam_invoke_options *options, struct jam_run **out,
                                    struct pvm_err *err)
{
    struct jam_accumulate_run run;
    const struct jam_profile *profile =
        options->profile != NULL ? options->profile : jam_profile_default;
    uint64_t credit = 0;
    uint64_t gas = 0;
    if (profile->accumulate->transfer_inputs)
        return pvm_fail(err, PVM_E_USAGE,
                        "GP %s has no On-Transfer: transfers are inputs of Accumulate",
                        profile->name);
    for (size_t i = 0; i < in->input_count; i++) {
        const struct jam_transfer *transfer = in->inputs[i].transfer;
        if (transfer == NULL)
            return pvm_fail(err, PVM_E_USAGE, "input %zu is no transfer", i);
        credit = add_sat(credit, transfer->amount);
        gas = add_sat(gas, transfer->gas);
    }
    PVM_TRY(jam_accumulate_run_init(&run, JAM_ON_TRANSFER, in, options, credit, err));
    if (!options->has_gas)
        run.config.gas = gas;
    jam_accumulate_run_code(&run);
    if (in->input_count == 0)
        jam_accumulate_run_missing(&run, JAM_ENDED_BAD, "there is no transfer to tell of");
    return jam_accumulate_run_finish(&run, out, err);
}
