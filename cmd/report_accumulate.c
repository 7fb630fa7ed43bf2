/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/report_accumulate.h"

#include "cmd/files.h"
#include "cmd/state_input.h"
#include "cmd/text.h"
#include "cmd/work_package_out.h"

#include <inttypes.h>

enum { MEMO_SHOWN = 32, BLOB_SHOWN = 32 };

/* ---- facts ---- */

static void label(struct pvm_buf *out, const char *name)
{
    pvm_buf_printf(out, "  %-12s ", name);
}

static void fact_inputs(const struct cmd_accumulated *acc, struct pvm_buf *out)
{
    size_t operands = acc->in->input_count - acc->transfer_count;
    label(out, "inputs");
    if (acc->in->input_count == 0)
        pvm_buf_text(out, "none");
    if (acc->transfer_count != 0)
        pvm_buf_printf(out, "%zu transfer%s", acc->transfer_count,
                       acc->transfer_count == 1 ? "" : "s");
    if (operands != 0)
        pvm_buf_printf(out, "%s%zu operand%s", acc->transfer_count != 0 ? ", " : "", operands,
                       operands == 1 ? "" : "s");
    pvm_buf_text(out, "\n");
}

static void fact_collapse(const struct cmd *cmd, const struct cmd_accumulated *acc,
                          struct pvm_buf *out)
{
    const struct jam_effects *effects = &acc->effects;
    label(out, "collapse");
    if (!effects->exceptional)
        pvm_buf_printf(out, "regular context (x)%s\n",
                       effects->checkpointed ? "; there was a checkpoint" : "");
    else
        pvm_buf_printf(out, "%sexceptional context (y)%s, %s\n", cmd_style(cmd, CMD_YELLOW),
                       cmd_style(cmd, CMD_PLAIN),
                       effects->checkpointed ? "as of the checkpoint"
                                             : "as at the start: there was no checkpoint");
}

static void fact_services(const struct cmd_accumulated *acc, struct pvm_buf *out)
{
    const struct jam_effects *effects = &acc->effects;
    for (size_t i = 0; i < effects->account_count; i++) {
        const struct jam_account_change *change = &effects->accounts[i];
        if (change->service != NULL && !change->existed) {
            label(out, "new service");
            pvm_buf_printf(out, "%" PRIu32 "\n", change->id);
        } else if (change->service == NULL && change->existed) {
            label(out, "ejected");
            pvm_buf_printf(out, "%" PRIu32 "\n", change->id);
        }
    }
}

void cmd_accumulated_facts(const struct cmd *cmd, const struct cmd_report *report,
                           struct pvm_buf *out)
{
    const struct cmd_accumulated *acc = report->accumulated;
    label(out, "service");
    pvm_buf_printf(out, "%" PRIu32 " of %s, slot %" PRIu32 "\n", acc->in->service,
                   acc->state != NULL ? cmd_file_name(acc->state) : "a state made for it",
                   acc->in->slot);
    fact_inputs(acc, out);
    if (acc->on_transfer)
        return;
    fact_collapse(cmd, acc, out);
    label(out, "yield");
    if (acc->effects.has_yield)
        cmd_hash_text(&acc->effects.yield, out);
    else
        pvm_buf_text(out, "none");
    pvm_buf_text(out, "\n");
    fact_services(acc, out);
}

/* ---- sections ---- */

static size_t memo_len(const uint8_t memo[JAM_MEMO_SIZE])
{
    size_t len = JAM_MEMO_SIZE;
    while (len > 0 && memo[len - 1] == 0)
        len--;
    return len;
}

static void text_transfers(const struct cmd *cmd, const struct jam_effects *effects,
                           struct pvm_buf *out)
{
    if (effects->transfer_count == 0)
        return;
    cmd_heading(cmd, "deferred transfers", out);
    for (size_t i = 0; i < effects->transfer_count; i++) {
        const struct jam_transfer *transfer = &effects->transfers[i];
        pvm_buf_printf(out,
                       "  from %" PRIu32 " to %" PRIu32 ": %" PRIu64 ", gas %" PRIu64 ", memo ",
                       transfer->source, transfer->destination, transfer->amount, transfer->gas);
        cmd_octets_text(pvm_bytes(transfer->memo, memo_len(transfer->memo)), MEMO_SHOWN, out);
        pvm_buf_text(out, "\n");
    }
}

static void text_provisions(const struct cmd *cmd, const struct jam_effects *effects,
                            struct pvm_buf *out)
{
    if (effects->provision_count == 0)
        return;
    cmd_heading(cmd, "provided preimages", out);
    for (size_t i = 0; i < effects->provision_count; i++) {
        const struct jam_provision *provision = &effects->provisions[i];
        pvm_buf_printf(out, "  for service %" PRIu32 ", %zu octets, hash ", provision->service,
                       provision->blob.len);
        cmd_hash_text(&provision->hash, out);
        pvm_buf_text(out, "\n");
    }
}

static void text_changes(const struct cmd *cmd, const struct cmd_accumulated *acc,
                         struct pvm_buf *out)
{
    cmd_heading(cmd, "changes of state", out);
    cmd_lines_text(pvm_buf_bytes(&acc->changes), "  ", out);
    if (acc->change_count == 0)
        pvm_buf_text(out, "  none\n");
    if (acc->effects.exceptional && !acc->on_transfer) {
        cmd_heading(cmd, "lost with the regular context", out);
        cmd_lines_text(pvm_buf_bytes(&acc->other), "  ", out);
        if (acc->other_count == 0)
            pvm_buf_text(out, "  nothing\n");
    }
    if (acc->written != NULL)
        pvm_buf_printf(out, "\nstate written to %s\n", cmd_file_name(acc->written));
}

void cmd_accumulated_text(const struct cmd *cmd, const struct cmd_report *report,
                          struct pvm_buf *out)
{
    const struct cmd_accumulated *acc = report->accumulated;
    cmd_calls_text(cmd, acc->calls, out);
    if (!acc->on_transfer) {
        text_transfers(cmd, &acc->effects, out);
        text_provisions(cmd, &acc->effects, out);
        cmd_privileges_text(cmd, &acc->privileges, out);
    }
    text_changes(cmd, acc, out);
}

/* ---- JSON ---- */

static void json_transfers(const struct jam_effects *effects, struct jam_out *json)
{
    jam_out_array(json, "transfers");
    for (size_t i = 0; i < effects->transfer_count; i++) {
        const struct jam_transfer *transfer = &effects->transfers[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "from", transfer->source);
        jam_out_number(json, "to", transfer->destination);
        jam_out_number(json, "amount", transfer->amount);
        jam_out_number(json, "gas", transfer->gas);
        jam_out_hex(json, "memo", pvm_bytes(transfer->memo, JAM_MEMO_SIZE));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_provisions(const struct jam_effects *effects, struct jam_out *json)
{
    jam_out_array(json, "provided");
    for (size_t i = 0; i < effects->provision_count; i++) {
        const struct jam_provision *provision = &effects->provisions[i];
        jam_out_object(json, NULL);
        jam_out_number(json, "service", provision->service);
        jam_out_hex(json, "hash", jam_hash_bytes(&provision->hash));
        jam_out_hex(json, "blob", provision->blob);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

/* Ids of services that the run made, or ejected. */
static void json_services(const struct jam_effects *effects, const char *key, bool made,
                          struct jam_out *json)
{
    jam_out_array(json, key);
    for (size_t i = 0; i < effects->account_count; i++) {
        const struct jam_account_change *change = &effects->accounts[i];
        if (made ? change->service != NULL && !change->existed
                 : change->service == NULL && change->existed)
            jam_out_number(json, NULL, change->id);
    }
    jam_out_end_array(json);
}

static void json_effects(const struct cmd_accumulated *acc, struct jam_out *json)
{
    const struct jam_effects *effects = &acc->effects;
    jam_out_text(json, "context", effects->exceptional ? "exceptional" : "regular");
    jam_out_bool(json, "checkpointed", effects->checkpointed);
    if (effects->has_yield)
        jam_out_hex(json, "yield", jam_hash_bytes(&effects->yield));
    else
        jam_out_null(json, "yield");
    json_services(effects, "new_services", true, json);
    json_services(effects, "ejected_services", false, json);
    json_transfers(effects, json);
    json_provisions(effects, json);
    cmd_privileges_json(&acc->privileges, "privileges_written", json);
}

void cmd_accumulated_json(const struct cmd_report *report, struct jam_out *json)
{
    const struct cmd_accumulated *acc = report->accumulated;
    jam_out_number(json, "service", acc->in->service);
    jam_out_number(json, "slot", acc->in->slot);
    jam_out_number(json, "transfer_inputs", acc->transfer_count);
    jam_out_number(json, "operand_inputs", acc->in->input_count - acc->transfer_count);
    cmd_calls_json(acc->calls, "calls", json);
    jam_out_number(json, "calls_unlisted",
                   acc->calls->count > CMD_CALLS_KEPT ? acc->calls->count - CMD_CALLS_KEPT : 0);
    if (!acc->on_transfer)
        json_effects(acc, json);
    cmd_lines_json(json, "changes", pvm_buf_bytes(&acc->changes));
    if (!acc->on_transfer)
        cmd_lines_json(json, "other_context", pvm_buf_bytes(&acc->other));
}
