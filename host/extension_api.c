/* SPDX-License-Identifier: Apache-2.0 */
/* What handlers of extensions call: the functions of host/call.h behind those of
 * host/jam_extension.h. What they hand out or are given is copied where it must last. */
#include "host/call_frame.h"

/* Room until the call ends, in as many pieces as it takes; NULL: our memory ended, or a limit. */
static uint8_t *room_for(struct jam_frame *frame, uint64_t len)
{
    struct jam_context *ctx = frame->ctx;
    const struct pvm_budget *budget = &ctx->budget;
    size_t taken = ctx->lent.used;
    void *room = NULL;
    if (budget->used > budget->limit || taken > budget->limit - budget->used ||
        len > budget->limit - budget->used - taken) {
        jam_abort(frame, PVM_E_LIMIT, "host limit: no room for %llu octets of guest data",
                  (unsigned long long)len);
        return NULL;
    }
    enum pvm_status status = jam_arena_get(&ctx->lent, (size_t)len, 1, &room, frame->err);
    if (status != PVM_OK)
        jam_abort_with(frame, status);
    return room;
}

static bool ext_read(struct jam_frame *frame, uint64_t addr, uint64_t len, const uint8_t **octets)
{
    static const uint8_t nothing[1] = {0};
    struct pvm_bytes view;
    frame->scratch_used = 0; /* what was read before has a copy of its own */
    if (!jam_mem_in(frame, addr, len, &view))
        return false;
    if (frame->scratch_used != 0) {
        uint8_t *copy = room_for(frame, len);
        if (copy == NULL)
            return false;
        memcpy(copy, view.ptr, view.len);
        view.ptr = copy;
    }
    *octets = len != 0 ? view.ptr : nothing;
    return true;
}

static bool ext_write(struct jam_frame *frame, uint64_t addr, const void *octets, size_t len)
{
    uint8_t *copy = NULL;
    if (len != 0) {
        /* Before the copy is made: nobody may make us copy what can't be written. */
        if (!jam_frame_declares(frame, PVM_WRITE, addr, len) || !jam_mem_writable(frame, addr, len))
            return false;
        copy = room_for(frame, len);
        if (copy == NULL)
            return false;
        memcpy(copy, octets, len);
    }
    return jam_mem_out(frame, addr, pvm_bytes(copy, len));
}

static void ext_set(struct jam_frame *frame, unsigned reg, uint64_t value)
{
    (void)jam_set(frame, reg, value);
}

static enum pvm_exit ext_fail(struct jam_frame *frame, enum pvm_status status, const char *message)
{
    const struct jam_call_row *row = frame->row;
    if (status <= PVM_OK || status > PVM_E_INTERNAL)
        status = PVM_E_INTERNAL;
    return jam_abort(frame, status, "extension %.64s: call %.64s: %s", row->extension->name,
                     row->call->name, message);
}

static void *ext_state(const struct jam_frame *frame)
{
    return frame->row->state;
}

/* The other call answers under its own row, which says what it may read and write. */
static enum pvm_exit ext_replaced(struct jam_context *ctx, struct jam_frame *frame)
{
    const struct jam_call_row *row = frame->row;
    if (row->replaced == NULL || row->replaced->handler == NULL)
        return ext_fail(frame, PVM_E_INTERNAL, "there is no call that it replaces here");
    frame->row = row->replaced;
    frame->call = row->replaced->call;
    enum pvm_exit exit = row->replaced->handler(ctx, frame);
    frame->row = row;
    frame->call = row->call;
    return exit;
}

const struct jam_extension_api jam_extension_functions = {
    .size = sizeof(struct jam_extension_api),
    .arg = jam_arg,
    .gas = jam_gas,
    .charge = jam_charge,
    .readable = jam_mem_readable,
    .writable = jam_mem_writable,
    .read = ext_read,
    .write = ext_write,
    .set = ext_set,
    .work = jam_work,
    .failed = ext_fail,
    .state = ext_state,
    .replaced = ext_replaced,
};
