/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_input.h"

#include "cmd/files.h"
#include "host/hash.h"

static enum pvm_status default_package(const struct cmd_run *run, struct cmd_run_input *out,
                                       struct pvm_err *err)
{
    jam_params_get(run->profile, JAM_PARAMS_FULL, &out->params);
    out->items = pvm_alloc_zero(NULL, 1, sizeof *out->items);
    struct jam_item_data *data = pvm_alloc_zero(NULL, 1, sizeof *data);
    out->data = data;
    out->owned_data = data;
    if (out->items == NULL || data == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a work item");
    out->items[0] = (struct jam_work_item){
        .code_hash = jam_hash(pvm_buf_bytes(&run->loaded.bytes)),
        .refine_gas_limit = out->params.refine_gas,
        .accumulate_gas_limit = out->params.report_accumulate_gas,
    };
    out->package.items = out->items;
    out->package.item_count = 1;
    return PVM_OK;
}

static enum pvm_status apply_options(const struct cmd_run *run, struct cmd_run_input *out,
                                     struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    const char *payload = cmd_args_text(args, RUN_PAYLOAD);
    out->core = cmd_args_number(args, RUN_CORE, out->core);
    out->item = cmd_args_number(args, RUN_ITEM, out->item);
    if (out->core >= out->params.core_count)
        return pvm_fail(err, PVM_E_USAGE, "run: there is no core %llu, the chain has %llu",
                        (unsigned long long)out->core, (unsigned long long)out->params.core_count);
    if (out->item >= out->package.item_count)
        return pvm_fail(err, PVM_E_USAGE, "run: there is no work item %llu, the package has %zu",
                        (unsigned long long)out->item, out->package.item_count);
    if (payload != NULL) {
        PVM_TRY(cmd_read_value("run: --payload", payload, &out->payload, err));
        out->items[out->item].payload = pvm_buf_bytes(&out->payload);
    }
    if (cmd_args_has(args, RUN_ARGS))
        PVM_TRY(cmd_read_value("run: --args", cmd_args_text(args, RUN_ARGS), &out->args, err));
    return PVM_OK;
}

enum pvm_status cmd_run_input_load(const struct cmd_run *run, struct cmd_run_input *out,
                                   struct pvm_err *err)
{
    *out = (struct cmd_run_input){0};
    jam_state_init(&out->state, NULL);
    PVM_TRY(default_package(run, out, err));
    return apply_options(run, out, err);
}

void cmd_run_input_deinit(struct cmd_run_input *input)
{
    jam_state_deinit(&input->state);
    pvm_alloc_free(NULL, input->items);
    pvm_alloc_free(NULL, input->owned_data);
    pvm_buf_deinit(&input->args);
    pvm_buf_deinit(&input->payload);
}
