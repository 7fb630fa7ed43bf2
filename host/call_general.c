/* SPDX-License-Identifier: Apache-2.0 */
/* Host calls that belong to no one invocation (GP 0.7.2 B.5), and JIP-1's log. */
#include "host/call.h"
#include "host/context.h"

/* gas. GP 0.7.2 B.5 Omega_G. */
enum pvm_exit jam_call_gas(struct jam_context *ctx, struct jam_frame *frame)
{
    (void)ctx;
    return jam_return(frame, jam_gas(frame));
}

enum { GROW_WORK = 16 }; /* octets of work to open a page */

/* grow_heap. GP 0.8.0 B.5. r7 page behind the heap that is wanted. Its price is for the pages, see
 * host/price.c; returns the page behind the heap. */
enum pvm_exit jam_call_grow_heap(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_heap *heap = &ctx->heap;
    uint64_t wanted = jam_arg(frame, 7);
    if (!jam_heap_grows(heap, wanted))
        return jam_return(frame, heap->top);
    uint32_t count = (uint32_t)wanted - heap->top;
    if (!jam_work(frame, (uint64_t)count * GROW_WORK))
        return PVM_EXIT_PANIC;
    enum pvm_status status = jam_mem_open(frame, heap->top, count);
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    heap->top = (uint32_t)wanted;
    return jam_return(frame, wanted);
}

/* fetch. GP 0.7.2 B.5 Omega_Y. r7 to; r8 offset; r9 length; r10 kind; r11, r12 indices. */
enum pvm_exit jam_call_fetch(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t kind = jam_arg(frame, 10);
    enum jam_fetch what = JAM_FETCH_NOTHING;
    if (kind < JAM_FETCH_KINDS)
        what = (enum jam_fetch)ctx->profile->fetch_kinds[kind];
    struct pvm_bytes value = pvm_bytes_none();
    bool found = false;
    if (what != JAM_FETCH_NOTHING && ctx->sources.fetch != NULL) {
        enum pvm_status status =
            ctx->sources.fetch(ctx->sources.user, what, jam_arg(frame, 11), jam_arg(frame, 12),
                               &found, &value, jam_call_err(frame));
        if (status != PVM_OK)
            return jam_abort_with(frame, status);
    }
    return jam_return_part(frame, found, value, jam_arg(frame, 7), jam_arg(frame, 8),
                           jam_arg(frame, 9));
}

/* JIP-1 made the result the GP's own of an unknown call; before, nothing came back. */
static enum pvm_exit log_done(const struct jam_context *ctx, struct jam_frame *frame)
{
    return ctx->profile->call.log_returns_what ? jam_return(frame, JAM_WHAT)
                                               : jam_return_nothing(frame);
}

/* log. JIP-1. r7 level; r8, r9 target, both 0 for none; r10, r11 message. What can't be read is
 * not logged, and the guest sees no difference. */
enum pvm_exit jam_call_log(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_log_line line = {.level = jam_arg(frame, 7)};
    uint64_t target = jam_arg(frame, 8);
    uint64_t target_len = jam_arg(frame, 9);
    uint64_t message = jam_arg(frame, 10);
    uint64_t message_len = jam_arg(frame, 11);
    uint64_t most = ctx->limits.log_line;
    line.has_target = target != 0 || target_len != 0;
    if (!jam_mem_readable(frame, message, message_len) ||
        (line.has_target && !jam_mem_readable(frame, target, target_len)))
        return log_done(ctx, frame);
    if (line.has_target &&
        !jam_mem_in(frame, target, target_len < most ? target_len : most, &line.target))
        return PVM_EXIT_PANIC;
    if (!jam_mem_in(frame, message, message_len < most ? message_len : most, &line.message))
        return PVM_EXIT_PANIC;
    if (ctx->hooks.log != NULL)
        ctx->hooks.log(ctx->hooks.user, &line);
    if (!jam_context_log(ctx, &line))
        return jam_abort(frame, PVM_E_MEMORY, "no memory for log lines");
    return log_done(ctx, frame);
}
