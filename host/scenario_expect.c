/* SPDX-License-Identifier: Apache-2.0 */
/* What is expected of a round, and of the state behind it: only what is said is compared. */
#include "host/scenario_compare.h"

struct expect_keys {
    struct jam_json packages, preimages, runs, block, reports, ready, accumulated, rounds, gas_used;
    struct jam_json waiting, yields, services, privileges;
};

static const struct jam_json_field expect_fields[] = {
    JAM_JSON_FIELD(struct expect_keys, packages),    JAM_JSON_FIELD(struct expect_keys, preimages),
    JAM_JSON_FIELD(struct expect_keys, runs),        JAM_JSON_FIELD(struct expect_keys, block),
    JAM_JSON_FIELD(struct expect_keys, reports),     JAM_JSON_FIELD(struct expect_keys, ready),
    JAM_JSON_FIELD(struct expect_keys, accumulated), JAM_JSON_FIELD(struct expect_keys, rounds),
    JAM_JSON_FIELD(struct expect_keys, gas_used),    JAM_JSON_FIELD(struct expect_keys, waiting),
    JAM_JSON_FIELD(struct expect_keys, yields),      JAM_JSON_FIELD(struct expect_keys, services),
    JAM_JSON_FIELD(struct expect_keys, privileges),
};

/* ---- packages ---- */

struct package_keys {
    struct jam_json refused, hash, trace, auth_gas_used, exports_root, exports, length, results;
};

static const struct jam_json_field package_fields[] = {
    JAM_JSON_FIELD(struct package_keys, refused),
    JAM_JSON_FIELD(struct package_keys, hash),
    JAM_JSON_FIELD(struct package_keys, trace),
    JAM_JSON_FIELD(struct package_keys, auth_gas_used),
    JAM_JSON_FIELD(struct package_keys, exports_root),
    JAM_JSON_FIELD(struct package_keys, exports),
    JAM_JSON_FIELD(struct package_keys, length),
    JAM_JSON_FIELD(struct package_keys, results),
};

struct result_keys {
    struct jam_json outcome, output, gas_used, exports;
};

static const struct jam_json_field result_fields[] = {
    JAM_JSON_FIELD(struct result_keys, outcome),
    JAM_JSON_FIELD(struct result_keys, output),
    JAM_JSON_FIELD(struct result_keys, gas_used),
    JAM_JSON_FIELD(struct result_keys, exports),
};

static enum pvm_status expect_result(struct jam_expecting *expecting, size_t package, size_t index,
                                     const struct jam_work_digest *digest, struct jam_json json)
{
    struct result_keys keys = {.outcome = {NULL, NULL}};
    bool halted = digest->result == JAM_ENDED_HALT;
    struct jam_expect_place place =
        jam_expect_at(expecting, "packages[%zu].results[%zu]", package, index);
    PVM_TRY(jam_json_fields(json, result_fields, JAM_JSON_COUNT(result_fields), &keys,
                            jam_expect_err(&place)));
    jam_expect_text(&place, "outcome", keys.outcome, jam_outcome_name(digest->result));
    jam_expect_octets(&place, "output", keys.output, halted ? &digest->output : NULL);
    jam_expect_number(&place, "gas_used", keys.gas_used, digest->refine_load.gas_used);
    jam_expect_number(&place, "exports", keys.exports, digest->refine_load.exports);
    return PVM_OK;
}

static enum pvm_status expect_results(struct jam_expecting *expecting, size_t index,
                                      const struct jam_scenario_package *package,
                                      struct jam_json list)
{
    const struct jam_report *report = &package->out.report;
    struct jam_expect_place whole = jam_expect_at(expecting, "packages[%zu]", index);
    if (!jam_json_has(list))
        return PVM_OK;
    jam_expect_counts(&whole, "results", list, report->result_count);
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < report->result_count;
         i++, json = jam_json_next(json))
        PVM_TRY(expect_result(expecting, index, i, &report->results[i], json));
    return PVM_OK;
}

static enum pvm_status expect_report(struct jam_expecting *expecting, size_t index,
                                     const struct jam_scenario_package *package,
                                     const struct package_keys *keys)
{
    struct jam_expect_place place = jam_expect_at(expecting, "packages[%zu]", index);
    const struct jam_report *report = &package->out.report;
    bool any = jam_json_has(keys->trace) || jam_json_has(keys->exports_root) ||
               jam_json_has(keys->exports) || jam_json_has(keys->length) ||
               jam_json_has(keys->results);
    if (package->rule != JAM_PACKAGE_FINE) {
        if (any) {
            jam_expect_begin(&place, "");
            pvm_buf_printf(expecting->failures, "a report, got %s\n",
                           jam_package_rule_name(package->rule));
        }
        return PVM_OK;
    }
    jam_expect_octets(&place, "trace", keys->trace, &report->auth_output);
    jam_expect_hash(&place, "exports_root", keys->exports_root, &report->package_spec.exports_root);
    jam_expect_number(&place, "exports", keys->exports, report->package_spec.exports_count);
    jam_expect_number(&place, "length", keys->length, report->package_spec.length);
    return expect_results(expecting, index, package, keys->results);
}

/* Whether the package was refused is as expected; then the rest can be. */
static bool expect_refusal(const struct jam_expect_place *place,
                           const struct jam_scenario_package *package, struct jam_json refused)
{
    struct jam_expecting *expecting = place->expecting;
    const char *rule = jam_package_rule_name(package->rule);
    if (jam_json_has(refused)) {
        jam_expect_text(place, "refused", refused, rule);
        return true;
    }
    if (package->rule == JAM_PACKAGE_FINE)
        return true;
    expecting->check_count++;
    jam_expect_begin(place, "");
    pvm_buf_printf(expecting->failures, "not to be refused, got %s: %s\n", rule,
                   jam_package_rule_text(package->rule));
    return false;
}

static enum pvm_status expect_package(struct jam_expecting *expecting, size_t index,
                                      struct jam_json json)
{
    const struct jam_scenario_package *package = &expecting->round->packages[index];
    struct package_keys keys = {.refused = {NULL, NULL}};
    struct jam_expect_place place = jam_expect_at(expecting, "packages[%zu]", index);
    PVM_TRY(jam_json_fields(json, package_fields, JAM_JSON_COUNT(package_fields), &keys,
                            jam_expect_err(&place)));
    if (!expect_refusal(&place, package, keys.refused))
        return PVM_OK;
    jam_expect_hash(&place, "hash", keys.hash, &package->hash);
    jam_expect_number(&place, "auth_gas_used", keys.auth_gas_used, package->out.auth_gas_used);
    return expect_report(expecting, index, package, &keys);
}

static enum pvm_status expect_packages(struct jam_expecting *expecting, struct jam_json list)
{
    size_t count = expecting->round->package_count;
    struct jam_expect_place whole = jam_expect_at(expecting, "packages");
    if (!jam_json_has(list))
        return PVM_OK;
    expecting->refusals_said = true;
    jam_expect_counts(&whole, "", list, count);
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < count; i++, json = jam_json_next(json))
        PVM_TRY(expect_package(expecting, i, json));
    return PVM_OK;
}

/* ---- runs, preimages, yields ---- */

struct run_keys {
    struct jam_json service, on_transfer, outcome, gas, gas_used, context, yield, operands;
    struct jam_json transfers, made, new_services;
};

static const struct jam_json_field run_fields[] = {
    JAM_JSON_FIELD(struct run_keys, service),      JAM_JSON_FIELD(struct run_keys, on_transfer),
    JAM_JSON_FIELD(struct run_keys, outcome),      JAM_JSON_FIELD(struct run_keys, gas),
    JAM_JSON_FIELD(struct run_keys, gas_used),     JAM_JSON_FIELD(struct run_keys, context),
    JAM_JSON_FIELD(struct run_keys, yield),        JAM_JSON_FIELD(struct run_keys, operands),
    JAM_JSON_FIELD(struct run_keys, transfers),    JAM_JSON_FIELD(struct run_keys, made),
    JAM_JSON_FIELD(struct run_keys, new_services),
};

static enum pvm_status expect_run(struct jam_expecting *expecting, size_t index,
                                  const struct jam_scenario_run *run, struct jam_json json)
{
    struct run_keys keys = {.service = {NULL, NULL}};
    struct jam_expect_place place = jam_expect_at(expecting, "runs[%zu]", index);
    PVM_TRY(jam_json_fields(json, run_fields, JAM_JSON_COUNT(run_fields), &keys,
                            jam_expect_err(&place)));
    jam_expect_number(&place, "service", keys.service, run->service);
    jam_expect_truth(&place, "on_transfer", keys.on_transfer, run->on_transfer);
    jam_expect_text(&place, "outcome", keys.outcome, jam_outcome_name(run->outcome));
    jam_expect_number(&place, "gas", keys.gas, run->gas);
    jam_expect_number(&place, "gas_used", keys.gas_used, run->gas_used);
    jam_expect_text(&place, "context", keys.context, run->exceptional ? "exceptional" : "regular");
    jam_expect_hash(&place, "yield", keys.yield, run->has_yield ? &run->yield : NULL);
    jam_expect_number(&place, "operands", keys.operands, run->operand_count);
    jam_expect_number(&place, "transfers", keys.transfers, run->transfer_count);
    jam_expect_number(&place, "made", keys.made, run->made_count);
    if (!jam_json_has(keys.new_services))
        return PVM_OK;
    jam_expect_counts(&place, "new_services", keys.new_services, run->new_count);
    struct jam_json id = jam_json_first(keys.new_services);
    for (size_t i = 0; jam_json_has(id) && i < run->new_count; i++, id = jam_json_next(id))
        jam_expect_number(&place, "new service", id, run->new_services[i]);
    return PVM_OK;
}

static enum pvm_status expect_runs(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_scenario_round *round = expecting->round;
    struct jam_expect_place whole = jam_expect_at(expecting, "runs");
    if (!jam_json_has(list))
        return PVM_OK;
    jam_expect_counts(&whole, "", list, round->run_count);
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < round->run_count; i++, json = jam_json_next(json))
        PVM_TRY(expect_run(expecting, i, &round->runs[i], json));
    return PVM_OK;
}

static enum pvm_status expect_preimages(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_scenario_round *round = expecting->round;
    struct jam_expect_place whole = jam_expect_at(expecting, "preimages");
    if (!jam_json_has(list))
        return PVM_OK;
    expecting->preimages_said = true;
    jam_expect_counts(&whole, "", list, round->preimage_count);
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < round->preimage_count;
         i++, json = jam_json_next(json)) {
        const struct jam_scenario_preimage *preimage = &round->preimages[i];
        struct jam_expect_place place = jam_expect_at(expecting, "preimages[%zu]", i);
        bool fine = preimage->rule == JAM_PREIMAGES_FINE;
        jam_expect_text(&place, "", json,
                        fine && !preimage->stored ? "not_stored"
                                                  : jam_preimage_rule_name(preimage->rule));
    }
    return PVM_OK;
}

struct yield_keys {
    struct jam_json service, hash;
};

static const struct jam_json_field yield_fields[] = {
    JAM_JSON_NEEDED(struct yield_keys, service),
    JAM_JSON_NEEDED(struct yield_keys, hash),
};

static enum pvm_status expect_yields(struct jam_expecting *expecting, struct jam_json list)
{
    const struct jam_state *state = &expecting->scenario->file->state;
    struct jam_expect_place whole = jam_expect_at(expecting, "yields");
    if (!jam_json_has(list))
        return PVM_OK;
    jam_expect_counts(&whole, "", list, state->output_count);
    struct jam_json json = jam_json_first(list);
    for (size_t i = 0; jam_json_has(json) && i < state->output_count;
         i++, json = jam_json_next(json)) {
        struct yield_keys keys = {.service = {NULL, NULL}};
        struct jam_expect_place place = jam_expect_at(expecting, "yields[%zu]", i);
        PVM_TRY(jam_json_fields(json, yield_fields, JAM_JSON_COUNT(yield_fields), &keys,
                                jam_expect_err(&place)));
        jam_expect_number(&place, "service", keys.service, state->outputs[i].service);
        jam_expect_hash(&place, "hash", keys.hash, &state->outputs[i].hash);
    }
    return PVM_OK;
}

/* ---- all ---- */

static size_t waiting(const struct jam_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->ready_count; i++)
        count += state->ready[i].count;
    return count;
}

static enum pvm_status expect_block(struct jam_expecting *expecting, const struct expect_keys *keys)
{
    const struct jam_scenario_round *round = expecting->round;
    struct jam_expect_place place = jam_expect_at(expecting, "block");
    jam_expect_text(&place, "", keys->block, round->block_invalid ? "invalid" : "valid");
    expecting->block_said = expecting->block_said || jam_json_has(keys->block);
    jam_expect_number(&place, "reports", keys->reports, round->report_count);
    jam_expect_number(&place, "ready", keys->ready, round->block.ready_count);
    jam_expect_number(&place, "accumulated", keys->accumulated, round->block.accumulated_count);
    jam_expect_number(&place, "rounds", keys->rounds, round->block.round_count);
    jam_expect_number(&place, "gas_used", keys->gas_used, round->block.gas_used);
    return expecting->status;
}

/* Keys that mean something for a round only. */
static enum pvm_status check_end(const struct expect_keys *keys, struct pvm_err *err)
{
    const struct jam_json only[] = {keys->packages,    keys->preimages, keys->runs,
                                    keys->block,       keys->reports,   keys->ready,
                                    keys->accumulated, keys->rounds,    keys->gas_used};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++)
        if (jam_json_has(only[i]))
            return jam_json_fail(only[i], err, "can be expected of a round only");
    return PVM_OK;
}

static enum pvm_status expect_round(struct jam_expecting *expecting, const struct expect_keys *keys)
{
    PVM_TRY(expect_packages(expecting, keys->packages));
    PVM_TRY(expect_block(expecting, keys));
    PVM_TRY(expect_runs(expecting, keys->runs));
    return expect_preimages(expecting, keys->preimages);
}

enum pvm_status jam_scenario_expect(struct jam_expecting *expecting, struct jam_json expect)
{
    struct jam_scenario *s = expecting->scenario;
    struct expect_keys keys = {.packages = {NULL, NULL}};
    struct jam_expect_place place = jam_expect_at(expecting, "%s", "");
    if (!jam_json_has(expect) || jam_json_type(expect) == JAM_JSON_NULL)
        return PVM_OK;
    PVM_TRY(jam_json_fields(expect, expect_fields, JAM_JSON_COUNT(expect_fields), &keys, s->err));
    PVM_TRY(expecting->round == NULL ? check_end(&keys, s->err) : expect_round(expecting, &keys));
    jam_expect_number(&place, "waiting", keys.waiting, waiting(&s->file->state));
    PVM_TRY(expect_yields(expecting, keys.yields));
    PVM_TRY(jam_expect_services(expecting, keys.services));
    PVM_TRY(jam_expect_privileges(expecting, keys.privileges));
    return expecting->status;
}

enum pvm_status jam_scenario_unsaid(struct jam_expecting *expecting)
{
    const struct jam_scenario_round *round = expecting->round;
    struct pvm_buf *out = expecting->failures;
    for (size_t i = 0; i < round->package_count && !expecting->refusals_said; i++)
        if (round->packages[i].rule != JAM_PACKAGE_FINE) {
            expecting->failure_count++;
            pvm_buf_printf(out, "packages[%zu]: refused: %s: %s\n", i,
                           jam_package_rule_name(round->packages[i].rule),
                           jam_package_rule_text(round->packages[i].rule));
        }
    for (size_t i = 0; i < round->preimage_count && !expecting->preimages_said; i++)
        if (round->preimages[i].rule != JAM_PREIMAGES_FINE) {
            expecting->failure_count++;
            pvm_buf_printf(out, "preimages[%zu]: refused: %s: %s\n", i,
                           jam_preimage_rule_name(round->preimages[i].rule),
                           jam_preimage_rule_text(round->preimages[i].rule));
        }
    if (round->block_invalid && !expecting->block_said) {
        expecting->failure_count++;
        pvm_buf_printf(out, "block: invalid: %s\n", round->block_why);
    }
    return pvm_buf_status(out, expecting->scenario->err);
}
