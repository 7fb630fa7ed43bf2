/* SPDX-License-Identifier: Apache-2.0 */
/* Host calls on service accounts that Accumulate and On-Transfer share (GP 0.7.2 B.5). */
#include "host/call.h"
#include "host/context.h"

/* The account that lookup and read mean: the invocation's own also by 2^64-1. On-Transfer's own one
 * is not the one among the accounts: its balance has the transfers already (GP 0.7.0 B.5). */
static const struct jam_service *account_of(const struct jam_context *ctx, uint64_t id)
{
    if (id == UINT64_MAX || id == ctx->service)
        return jam_context_own(ctx);
    return jam_context_account(ctx, id);
}

/* lookup. Omega_L. r7 service or 2^64-1; r8 hash; r9 to; r10 offset; r11 length. */
enum pvm_exit jam_call_lookup(struct jam_context *ctx, struct jam_frame *frame)
{
    struct pvm_bytes octets;
    struct pvm_bytes value = pvm_bytes_none();
    if (!jam_mem_in(frame, jam_arg(frame, 8), JAM_HASH_SIZE, &octets))
        return PVM_EXIT_PANIC;
    struct jam_hash hash;
    memcpy(hash.octets, octets.ptr, JAM_HASH_SIZE);
    const struct jam_service *account = account_of(ctx, jam_arg(frame, 7));
    bool found = account != NULL && jam_preimage_get(account, &hash, &value);
    return jam_return_part(frame, found, value, jam_arg(frame, 9), jam_arg(frame, 10),
                           jam_arg(frame, 11));
}

/* read. Omega_R. r7 service or 2^64-1; r8, r9 key; r10 to; r11 offset; r12 length. */
enum pvm_exit jam_call_read(struct jam_context *ctx, struct jam_frame *frame)
{
    struct pvm_bytes key;
    struct pvm_bytes value = pvm_bytes_none();
    if (!jam_mem_in(frame, jam_arg(frame, 8), jam_arg(frame, 9), &key))
        return PVM_EXIT_PANIC;
    const struct jam_service *account = account_of(ctx, jam_arg(frame, 7));
    bool found = account != NULL && jam_storage_get(account, key, &value);
    return jam_return_part(frame, found, value, jam_arg(frame, 10), jam_arg(frame, 11),
                           jam_arg(frame, 12));
}

static enum pvm_status set_storage(struct jam_context *ctx, struct pvm_bytes key,
                                   struct pvm_bytes value, struct pvm_err *err)
{
    struct jam_service *own;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    return value.len == 0 ? jam_storage_remove(own, key, err)
                          : jam_storage_set(own, key, value, err);
}

/* write. Omega_W. r7, r8 key; r9, r10 value, without octets: the item goes. */
enum pvm_exit jam_call_write(struct jam_context *ctx, struct jam_frame *frame)
{
    struct pvm_bytes key, value;
    struct pvm_bytes old = pvm_bytes_none();
    if (!jam_mem_in(frame, jam_arg(frame, 7), jam_arg(frame, 8), &key) ||
        !jam_mem_in(frame, jam_arg(frame, 9), jam_arg(frame, 10), &value))
        return PVM_EXIT_PANIC;
    const struct jam_service *own = jam_context_own(ctx);
    if (own == NULL)
        return jam_abort(frame, PVM_E_INTERNAL, "write without an account");
    bool had = jam_storage_get(own, key, &old);
    uint64_t result = had ? old.len : JAM_NONE;
    struct jam_footprint after = jam_storage_footprint(own, key, value.len == 0, value.len);
    if (jam_threshold_of(own, after, ctx->params) > own->balance)
        return jam_return(frame, JAM_FULL);
    if (value.len > 0 || had) {
        enum pvm_status status = set_storage(ctx, key, value, jam_call_err(frame));
        if (status != PVM_OK)
            return jam_abort_with(frame, status);
    }
    return jam_return(frame, result);
}

/* info. Omega_I. r7 service or 2^64-1; r8 to; r9 offset; r10 length. Up to 0.6.6 without the last
 * two: all of it is given out, and OK returned. In the text of 0.6.7 to 0.7.1 they are r11 and r12,
 * which no vector follows and 0.7.2 mended. */
enum pvm_exit jam_call_info(struct jam_context *ctx, struct jam_frame *frame)
{
    const struct jam_profile *profile = ctx->profile;
    uint64_t id = jam_arg(frame, 7) == UINT64_MAX ? ctx->service : jam_arg(frame, 7);
    const struct jam_service *account = jam_context_account(ctx, id);
    if (account == NULL)
        return jam_return(frame, JAM_NONE);
    struct pvm_buf *record = jam_scratch_buf(frame);
    profile->info(account, jam_threshold(account, ctx->params), record);
    enum pvm_status status = pvm_buf_status(record, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    struct pvm_bytes value = pvm_buf_bytes(record);
    if (profile->call.info_window)
        return jam_return_part(frame, true, value, jam_arg(frame, 8), jam_arg(frame, 9),
                               jam_arg(frame, 10));
    if (!jam_mem_out(frame, jam_arg(frame, 8), value))
        return PVM_EXIT_PANIC;
    return jam_return(frame, JAM_OK);
}
