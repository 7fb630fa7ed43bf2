/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_context.h"
#include "host/call.h"
#include "host/context.h"

static enum pvm_status send(struct jam_context *ctx, const struct jam_transfer *transfer,
                            struct pvm_err *err)
{
    struct jam_service *own;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    PVM_TRY(jam_accumulation_transfer(ctx->accumulation, transfer, err));
    own->balance -= transfer->amount;
    return PVM_OK;
}

/* transfer. GP 0.7.2 B.7 Omega_T. r7 to; r8 amount; r9 gas; r10 memo. From 0.7.2 on the gas given
 * along is charged only when the result is OK, and running out of it then changes nothing else.
 * The comparison with the threshold as 0.7.0 and 0.7.1 print it (amount instead of what is left)
 * is a misprint that nobody follows. */
enum pvm_exit jam_call_transfer(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    uint64_t to = jam_arg(frame, 7);
    struct pvm_bytes memo;
    struct jam_transfer transfer = {
        .source = acc->service, .amount = jam_arg(frame, 8), .gas = jam_arg(frame, 9)};
    if (!jam_mem_in(frame, jam_arg(frame, 10), JAM_MEMO_SIZE, &memo))
        return PVM_EXIT_PANIC;
    const struct jam_service *receiver = jam_accumulation_account(acc, to);
    if (receiver == NULL)
        return jam_return(frame, JAM_WHO);
    if (transfer.gas < receiver->min_memo_gas)
        return jam_return(frame, JAM_LOW);
    const struct jam_service *own = acc->x.self;
    if (transfer.amount > own->balance ||
        own->balance - transfer.amount < jam_threshold(own, ctx->params))
        return jam_return(frame, JAM_CASH);
    if (ctx->profile->call.transfer_gas_late && !jam_charge(frame, transfer.gas))
        return PVM_EXIT_OOG;
    transfer.destination = (uint32_t)to;
    memcpy(transfer.memo, memo.ptr, JAM_MEMO_SIZE);
    enum pvm_status status = send(ctx, &transfer, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}
