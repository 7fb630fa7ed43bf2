/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/scenario_out.h"

#include "cmd/state_input.h"
#include "cmd/text.h"
#include "cmd/work_package_out.h"

#include <inttypes.h>

enum { SHOWN = 24, MEMO_SHOWN = 16 };

/* ---- packages ---- */

static void text_items(const struct cmd *cmd, const struct jam_scenario_package *package,
                       struct pvm_buf *out)
{
    const struct jam_report *report = &package->out.report;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct jam_work_digest *digest = &report->results[i];
        bool good = digest->result == JAM_ENDED_HALT;
        pvm_buf_printf(out,
                       "    item %zu  service %" PRIu32 "  %s%s%s  gas %" PRIu64 " of %" PRIu64, i,
                       digest->service_id, cmd_style(cmd, good ? CMD_GREEN : CMD_RED),
                       jam_outcome_name(digest->result), cmd_style(cmd, CMD_PLAIN),
                       digest->refine_load.gas_used, package->gas_limits[i]);
        if (digest->refine_load.imports != 0)
            pvm_buf_printf(out, "  imports %" PRIu64, digest->refine_load.imports);
        if (digest->refine_load.exports != 0)
            pvm_buf_printf(out, "  exports %" PRIu64, digest->refine_load.exports);
        if (good) {
            pvm_buf_text(out, "  output ");
            cmd_octets_text(digest->output, SHOWN, out);
        }
        pvm_buf_text(out, "\n");
    }
}

static void text_package(const struct cmd *cmd, const struct jam_scenario_package *package,
                         size_t index, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  package %zu", index);
    if (package->name[0] != '\0') {
        pvm_buf_text(out, " \"");
        cmd_printable(pvm_bytes(package->name, strlen(package->name)), out);
        pvm_buf_text(out, "\"");
    }
    pvm_buf_printf(out, "  core %" PRIu64 "  ", package->core);
    if (package->rule != JAM_PACKAGE_FINE) {
        pvm_buf_printf(out, "%srefused: %s%s: %s%s%s\n", cmd_style(cmd, CMD_RED),
                       jam_package_rule_name(package->rule), cmd_style(cmd, CMD_PLAIN),
                       jam_package_rule_text(package->rule), package->detail[0] != '\0' ? ", " : "",
                       package->detail);
        return;
    }
    cmd_hash_text(&package->hash, out);
    pvm_buf_printf(out, "\n    authorized  gas %" PRIu64, package->out.auth_gas_used);
    if (package->delay != 0)
        pvm_buf_printf(out, "  available in %zu round%s", package->delay,
                       package->delay == 1 ? "" : "s");
    pvm_buf_text(out, "\n");
    text_items(cmd, package, out);
}

/* ---- the block ---- */

static void text_run(const struct cmd *cmd, const struct jam_scenario_run *run, struct pvm_buf *out)
{
    bool good = run->outcome == JAM_ENDED_HALT;
    pvm_buf_printf(out, "    %5zu %10" PRIu32 " %-12s %s%-10s%s %9" PRIu64 " of %-10" PRIu64 " ",
                   run->round, run->service, run->on_transfer ? "on-transfer" : "accumulate",
                   cmd_style(cmd, good ? CMD_GREEN : CMD_YELLOW), jam_outcome_name(run->outcome),
                   cmd_style(cmd, CMD_PLAIN), run->gas_used, run->gas);
    pvm_buf_printf(out, "%8zu %9zu  ", run->operand_count, run->transfer_count);
    const char *between = "";
    if (run->why != NULL) {
        pvm_buf_text(out, run->why);
        between = "; ";
    }
    if (run->exceptional) {
        pvm_buf_printf(out, "%s%s", between,
                       run->checkpointed ? "as of the checkpoint" : "nothing kept");
        between = "; ";
    }
    if (run->has_yield) {
        pvm_buf_printf(out, "%syields ", between);
        cmd_octets_text(jam_hash_bytes(&run->yield), SHOWN, out);
        between = "; ";
    }
    for (size_t i = 0; i < run->new_count; i++) {
        pvm_buf_printf(out, "%smakes %" PRIu32, between, run->new_services[i]);
        between = "; ";
    }
    if (run->provision_count != 0)
        pvm_buf_printf(out, "%sprovides %zu", between, run->provision_count);
    pvm_buf_text(out, "\n");
}

static void text_made(const struct jam_scenario_run *run, struct pvm_buf *out)
{
    for (size_t i = 0; i < run->made_count; i++) {
        const struct jam_transfer *transfer = &run->made[i];
        size_t len = JAM_MEMO_SIZE;
        while (len > 0 && transfer->memo[len - 1] == 0)
            len--;
        pvm_buf_printf(out,
                       "          transfer of %" PRIu64 " to %" PRIu32 ", gas %" PRIu64 ", memo ",
                       transfer->amount, transfer->destination, transfer->gas);
        cmd_octets_text(pvm_bytes(transfer->memo, len), MEMO_SHOWN, out);
        pvm_buf_text(out, "\n");
    }
}

static void text_block(const struct cmd *cmd, const struct jam_scenario_round *round,
                       struct pvm_buf *out)
{
    if (round->block_invalid) {
        pvm_buf_printf(out, "  block       %sinvalid%s: %s\n", cmd_style(cmd, CMD_RED),
                       cmd_style(cmd, CMD_PLAIN), round->block_why);
        return;
    }
    pvm_buf_printf(
        out, "  block       %zu report%s available, %zu ready, %zu accumulated, gas %" PRIu64 "\n",
        round->report_count, round->report_count == 1 ? "" : "s", round->block.ready_count,
        round->block.accumulated_count, round->block.gas_used);
    if (round->run_count != 0)
        pvm_buf_printf(out, "    %5s %10s %-12s %-10s %23s %8s %9s\n", "round", "service",
                       "invocation", "outcome", "gas          ", "operands", "transfers");
    for (size_t i = 0; i < round->run_count; i++) {
        text_run(cmd, &round->runs[i], out);
        text_made(&round->runs[i], out);
    }
}

static void text_preimage(const struct cmd *cmd, const struct jam_scenario_preimage *preimage,
                          struct pvm_buf *out)
{
    pvm_buf_printf(out, "  preimage    of service %" PRIu32 ", %zu octets: ", preimage->service,
                   preimage->blob.len);
    if (preimage->rule == JAM_PREIMAGES_FINE)
        pvm_buf_text(out, preimage->stored ? "stored\n" : "no longer asked for\n");
    else
        pvm_buf_printf(out, "%srefused: %s%s: %s\n", cmd_style(cmd, CMD_RED),
                       jam_preimage_rule_name(preimage->rule), cmd_style(cmd, CMD_PLAIN),
                       jam_preimage_rule_text(preimage->rule));
}

/* What every block changes is left out here; JSON has it. */
static void text_changes(struct pvm_bytes changes, struct pvm_buf *out)
{
    static const char *const usual[] = {"time:", "accumulation history:", "statistics of "};
    while (changes.len > 0) {
        const uint8_t *end = memchr(changes.ptr, '\n', changes.len);
        size_t len = end != NULL ? (size_t)(end - changes.ptr) + 1 : changes.len;
        bool skip = false;
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            skip = skip || (len >= strlen(usual[i]) &&
                            memcmp(changes.ptr, usual[i], strlen(usual[i])) == 0);
        if (!skip)
            cmd_lines_text(pvm_bytes(changes.ptr, len), "  changes     ", out);
        changes = pvm_bytes(changes.ptr + len, changes.len - len);
    }
}

void cmd_scenario_round_text(const struct cmd *cmd, const struct jam_scenario_round *round,
                             struct pvm_buf *out)
{
    pvm_buf_printf(out, "%s%sround %zu%s", round->index != 0 ? "\n" : "", cmd_style(cmd, CMD_BOLD),
                   round->index, cmd_style(cmd, CMD_PLAIN));
    if (round->name[0] != '\0') {
        pvm_buf_text(out, " ");
        cmd_printable(pvm_bytes(round->name, strlen(round->name)), out);
    }
    pvm_buf_printf(out, ", slot %" PRIu32 "\n", round->slot);
    for (size_t i = 0; i < round->package_count; i++)
        text_package(cmd, &round->packages[i], i, out);
    text_block(cmd, round, out);
    for (size_t i = 0; i < round->preimage_count; i++)
        text_preimage(cmd, &round->preimages[i], out);
    text_changes(round->changes, out);
    if (round->failure_count != 0)
        cmd_lines_text(round->failures, "  DIFFERS     ", out);
    else if (round->check_count != 0)
        pvm_buf_printf(out, "  %sas expected%s (%zu checks)\n", cmd_style(cmd, CMD_GREEN),
                       cmd_style(cmd, CMD_PLAIN), round->check_count);
}

/* ---- the end ---- */

static enum pvm_status root_of(const struct jam_scenario_out *scenario, struct jam_hash *root,
                               struct pvm_err *err)
{
    const struct jam_state_shape shape = jam_state_file_shape(scenario->file);
    return jam_state_root(&scenario->file->state, &shape, scenario->file->present, root, err);
}

enum pvm_status cmd_scenario_end_text(const struct cmd *cmd,
                                      const struct jam_scenario_out *scenario, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    const struct jam_state *state = &scenario->file->state;
    struct jam_hash root;
    PVM_TRY(root_of(scenario, &root, err));
    pvm_buf_printf(out, "\n%send%s, slot %" PRIu32 ", GP %s\n", cmd_style(cmd, CMD_BOLD),
                   cmd_style(cmd, CMD_PLAIN), state->slot, scenario->file->profile->name);
    pvm_buf_text(out, "  state root  ");
    cmd_hash_text(&root, out);
    pvm_buf_printf(out, "\n  %10s %20s %8s %10s %8s %10s %9s\n", "service", "balance", "items",
                   "octets", "storage", "preimages", "requests");
    for (size_t i = 0; i < state->count; i++) {
        const struct jam_service *service = state->services[i];
        pvm_buf_printf(out,
                       "  %10" PRIu32 " %20" PRIu64 " %8" PRIu32 " %10" PRIu64 " %8zu %10zu %9zu\n",
                       service->id, service->balance, service->items, service->bytes,
                       service->storage.count, service->preimages.count, service->requests.count);
    }
    cmd_lines_text(pvm_buf_bytes(&scenario->failures), "  DIFFERS     ", out);
    if (scenario->failure_count != 0)
        pvm_buf_printf(out, "%s%zu difference%s%s in %zu rounds and the end\n",
                       cmd_style(cmd, CMD_RED), scenario->failure_count,
                       scenario->failure_count == 1 ? "" : "s", cmd_style(cmd, CMD_PLAIN),
                       scenario->round_count);
    else
        pvm_buf_printf(out, "%sall as expected%s: %zu round%s, %zu checks\n",
                       cmd_style(cmd, CMD_GREEN), cmd_style(cmd, CMD_PLAIN), scenario->round_count,
                       scenario->round_count == 1 ? "" : "s", scenario->check_count);
    return PVM_OK;
}
