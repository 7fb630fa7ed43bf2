/* SPDX-License-Identifier: Apache-2.0 */
/* info effects: what an accumulation has done so far, as it would stay or as a panic would leave
 * it. */
#include "cmd/debug_commands.h"

#include "host/accumulate.h"
#include "host/hash.h"
#include "host/state_diff.h"

#include <inttypes.h>

enum { ROWS_MAX = 256, OCTETS_SHOWN = 32 };

static void rest(size_t count, struct pvm_buf *out)
{
    if (count > ROWS_MAX)
        pvm_buf_printf(out, "  and %zu more\n", count - ROWS_MAX);
}

static void accounts_text(const struct jam_effects *effects, struct pvm_buf *out)
{
    for (size_t i = 0; i < effects->account_count && i < ROWS_MAX; i++) {
        const struct jam_account_change *change = &effects->accounts[i];
        const struct jam_service *service = change->service;
        pvm_buf_printf(out, "  account %" PRIu32 " ", change->id);
        if (service == NULL)
            pvm_buf_text(out, "removed\n");
        else
            pvm_buf_printf(out, "%s: balance %" PRIu64 ", %" PRIu32 " items, %" PRIu64 " octets\n",
                           change->existed ? "changed" : "new", service->balance, service->items,
                           service->bytes);
    }
    rest(effects->account_count, out);
}

static void transfers_text(const struct jam_effects *effects, struct pvm_buf *out)
{
    for (size_t i = 0; i < effects->transfer_count && i < ROWS_MAX; i++) {
        const struct jam_transfer *transfer = &effects->transfers[i];
        size_t len = JAM_MEMO_SIZE;
        while (len > 0 && transfer->memo[len - 1] == 0)
            len--;
        pvm_buf_printf(out, "  transfer to %" PRIu32 ": amount %" PRIu64 ", gas %" PRIu64 ", memo ",
                       transfer->destination, transfer->amount, transfer->gas);
        jam_octets_text(pvm_bytes(transfer->memo, len), OCTETS_SHOWN, out);
        pvm_buf_text(out, "\n");
    }
    rest(effects->transfer_count, out);
}

static void others_text(const struct jam_effects *effects, struct pvm_buf *out)
{
    static const struct {
        unsigned bit;
        const char *name;
    } parts[] = {{JAM_WROTE_PRIVILEGES, "privileges"},
                 {JAM_WROTE_QUEUES, "authorizer queues"},
                 {JAM_WROTE_STAGING, "staged validators"}};
    for (size_t i = 0; i < effects->provision_count && i < ROWS_MAX; i++) {
        const struct jam_provision *provision = &effects->provisions[i];
        pvm_buf_printf(out, "  preimage for %" PRIu32 ": ", provision->service);
        jam_octets_text(provision->blob, OCTETS_SHOWN, out);
        pvm_buf_printf(out, " (%zu octets)\n", provision->blob.len);
    }
    rest(effects->provision_count, out);
    if (effects->has_yield) {
        pvm_buf_text(out, "  yield 0x");
        pvm_buf_hex(out, jam_hash_bytes(&effects->yield));
        pvm_buf_text(out, "\n");
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if ((effects->wrote & parts[i].bit) != 0)
            pvm_buf_printf(out, "  %s written\n", parts[i].name);
}

enum pvm_status cmd_debug_tell_effects(struct cmd_debug *d, const struct cmd_debug_words *words,
                                       struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    struct jam_effects effects;
    bool exceptional = words->count > 2 && strcmp(words->list[2], "exceptional") == 0;
    if (words->count > 3 || (words->count == 3 && !exceptional))
        return pvm_fail(err, PVM_E_USAGE, "info effects: expected exceptional, or nothing");
    if (d->jam == NULL || jam_run_context(d->jam)->accumulation == NULL)
        return pvm_fail(err, PVM_E_USAGE, "info effects: this is no accumulation");
    PVM_TRY(jam_accumulate_effects(d->jam, &effects, err));
    if (effects.exceptional != exceptional)
        PVM_TRY(jam_accumulate_other(d->jam, &effects, err));
    pvm_buf_printf(out, "%s context%s\n", exceptional ? "exceptional" : "regular",
                   !exceptional           ? ""
                   : effects.checkpointed ? ", as at the last checkpoint"
                                          : ", as it was at first");
    accounts_text(&effects, out);
    transfers_text(&effects, out);
    others_text(&effects, out);
    return PVM_OK;
}
