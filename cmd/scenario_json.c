/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/scenario_out.h"

#include "cmd/work_package_out.h"
#include "host/state_report.h"

static void json_results(const struct jam_scenario_package *package, struct jam_out *json)
{
    jam_out_array(json, "results");
    for (size_t i = 0; i < package->out.report.result_count; i++) {
        const struct jam_work_digest *digest = &package->out.report.results[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "service", digest->service_id);
        jam_out_text(json, "outcome", jam_outcome_name(digest->result));
        jam_out_hex(json, "output", digest->output);
        jam_out_number(json, "gas_limit", package->gas_limits[i]);
        jam_out_number(json, "gas_used", digest->refine_load.gas_used);
        jam_out_number(json, "exports", digest->refine_load.exports);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_report(const struct jam_profile *profile,
                        const struct jam_scenario_package *package, struct jam_out *json)
{
    struct pvm_buf encoded = {0};
    jam_report_encode(profile, &package->out.report, &encoded);
    if (encoded.failed)
        json->out->failed = true;
    else
        jam_state_report_write(profile, pvm_buf_bytes(&encoded), "report", json);
    pvm_buf_deinit(&encoded);
}

static void json_package(const struct jam_profile *profile,
                         const struct jam_scenario_package *package, struct jam_out *json)
{
    bool fine = package->rule == JAM_PACKAGE_FINE;
    jam_out_object(json, NULL);
    jam_out_text(json, "name", package->name);
    jam_out_number(json, "core", package->core);
    jam_out_hex(json, "hash", jam_hash_bytes(&package->hash));
    if (fine)
        jam_out_null(json, "refused");
    else
        jam_out_text(json, "refused", jam_package_rule_name(package->rule));
    jam_out_number(json, "delay", package->delay);
    if (package->computed) {
        jam_out_text(json, "auth_outcome", jam_outcome_name(package->out.auth_outcome));
        jam_out_number(json, "auth_gas_limit", package->auth_gas_limit);
        jam_out_number(json, "auth_gas_used", package->out.auth_gas_used);
    }
    if (fine) {
        json_results(package, json);
        json_report(profile, package, json);
    }
    jam_out_end_object(json);
}

static void json_run(const struct jam_scenario_run *run, struct jam_out *json)
{
    jam_out_object(json, NULL);
    jam_out_number(json, "round", run->round);
    jam_out_number(json, "service", run->service);
    jam_out_bool(json, "on_transfer", run->on_transfer);
    jam_out_text(json, "outcome", jam_outcome_name(run->outcome));
    jam_out_number(json, "gas", run->gas);
    jam_out_number(json, "gas_used", run->gas_used);
    jam_out_number(json, "operands", run->operand_count);
    jam_out_number(json, "transfers", run->transfer_count);
    jam_out_text(json, "context", run->exceptional ? "exceptional" : "regular");
    jam_out_bool(json, "checkpointed", run->checkpointed);
    if (run->has_yield)
        jam_out_hex(json, "yield", jam_hash_bytes(&run->yield));
    else
        jam_out_null(json, "yield");
    jam_out_number(json, "provided", run->provision_count);
    jam_out_array(json, "new_services");
    for (size_t i = 0; i < run->new_count; i++)
        jam_out_number(json, NULL, run->new_services[i]);
    jam_out_end_array(json);
    jam_out_array(json, "made");
    for (size_t i = 0; i < run->made_count; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "to", run->made[i].destination);
        jam_out_number(json, "amount", run->made[i].amount);
        jam_out_number(json, "gas", run->made[i].gas);
        jam_out_hex(json, "memo", pvm_bytes(run->made[i].memo, JAM_MEMO_SIZE));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void json_preimage(const struct jam_scenario_preimage *preimage, struct jam_out *json)
{
    jam_out_object(json, NULL);
    jam_out_number(json, "service", preimage->service);
    jam_out_hex(json, "hash", jam_hash_bytes(&preimage->hash));
    jam_out_number(json, "length", preimage->blob.len);
    jam_out_text(json, "rule", jam_preimage_rule_name(preimage->rule));
    jam_out_bool(json, "stored", preimage->stored);
    jam_out_end_object(json);
}

static void json_block(const struct jam_scenario_round *round, struct jam_out *json)
{
    jam_out_object(json, "block");
    jam_out_bool(json, "valid", !round->block_invalid);
    if (round->block_invalid)
        jam_out_text(json, "why", round->block_why);
    jam_out_number(json, "reports", round->report_count);
    jam_out_number(json, "ready", round->block.ready_count);
    jam_out_number(json, "accumulated", round->block.accumulated_count);
    jam_out_number(json, "rounds", round->block.round_count);
    jam_out_number(json, "gas_used", round->block.gas_used);
    jam_out_hex(json, "output_root", jam_hash_bytes(&round->block.output_root));
    jam_out_array(json, "runs");
    for (size_t i = 0; i < round->run_count; i++)
        json_run(&round->runs[i], json);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

void cmd_scenario_round_json(const struct jam_scenario_round *round, struct jam_out *json)
{
    jam_out_object(json, NULL);
    jam_out_text(json, "name", round->name);
    jam_out_number(json, "slot", round->slot);
    jam_out_array(json, "packages");
    for (size_t i = 0; i < round->package_count; i++)
        json_package(round->profile, &round->packages[i], json);
    jam_out_end_array(json);
    json_block(round, json);
    jam_out_array(json, "preimages");
    for (size_t i = 0; i < round->preimage_count; i++)
        json_preimage(&round->preimages[i], json);
    jam_out_end_array(json);
    cmd_lines_json(json, "changes", round->changes);
    jam_out_number(json, "checks", round->check_count);
    cmd_lines_json(json, "failures", round->failures);
    jam_out_end_object(json);
}

enum pvm_status cmd_scenario_end_json(const struct jam_scenario_out *scenario, struct jam_out *json,
                                      struct pvm_err *err)
{
    const struct jam_state_file *file = scenario->file;
    const struct jam_state_shape shape = jam_state_file_shape(file);
    struct jam_hash root;
    PVM_TRY(jam_state_root(&file->state, &shape, file->present, &root, err));
    jam_out_text(json, "gp", file->profile->name);
    jam_out_number(json, "slot", file->state.slot);
    jam_out_hex(json, "state_root", jam_hash_bytes(&root));
    jam_out_number(json, "checks", scenario->check_count);
    jam_out_number(json, "failure_count", scenario->failure_count);
    cmd_lines_json(json, "failures", pvm_buf_bytes(&scenario->failures));
    return PVM_OK;
}
