/* SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"

#include "host/context.h"
#include "host/price.h"

#include <stddef.h>
#include <stdio.h>

#define I    1u << JAM_IS_AUTHORIZED
#define R    1u << JAM_REFINE
#define A    1u << JAM_ACCUMULATE
#define T    1u << JAM_ON_TRANSFER
#define AT   A | T
#define IRA  I | R | A
#define IRAT I | R | A | T
#define C(open, number)                                                                            \
    {                                                                                              \
        number, open                                                                               \
    }
#define NO                                                                                         \
    {                                                                                              \
        -1, 0                                                                                      \
    }
const struct jam_call jam_call_table[JAM_CALL_COUNT] = {
#define X(NAME, name, letter, c062, c065, c066, c067, c080, flat, price, handler, inputs)          \
    {#name, letter, inputs, {c062, c065, c066, c067, c080}, handler},
    JAM_CALLS(X)
#undef X
};
#undef I
#undef R
#undef A
#undef T
#undef AT
#undef IRA
#undef IRAT
#undef C
#undef NO

enum pending { PENDING_NOTHING, PENDING_BYTES, PENDING_MEMORY };

struct jam_frame {
    struct jam_context *ctx;
    struct pvm_vm *vm;
    struct pvm_err *err;
    enum pvm_status status;
    uint64_t r7, r8;
    bool sets_r7, sets_r8;
    uint64_t refund;      /* gas that comes back when the call goes on */
    enum pending pending; /* the queued write */
    uint64_t to;
    struct pvm_bytes bytes;
    const struct pvm_memory *from;
    uint64_t from_addr, from_len;
    size_t scratch_used;
};

/* ---- names and numbers ---- */

const char *jam_result_name(uint64_t value)
{
    static const char *const names[] = {"NONE", "WHAT", "OOB", "WHO", "FULL",
                                        "CORE", "CASH", "LOW", "HUH"};
    if (value == JAM_OK)
        return "OK";
    uint64_t below = UINT64_MAX - value;
    return below < sizeof names / sizeof *names ? names[below] : NULL;
}

enum jam_call_id jam_call_of_number(const struct jam_profile *profile, uint64_t number)
{
    for (unsigned i = 0; i < JAM_CALL_COUNT; i++) {
        int16_t own = jam_call_table[i].cells[profile->calls].number;
        if (own >= 0 && (uint64_t)own == number)
            return (enum jam_call_id)i;
    }
    return JAM_CALL_COUNT;
}

enum jam_call_id jam_call_by_name(const char *name, size_t len)
{
    for (unsigned i = 0; i < JAM_CALL_COUNT; i++) {
        const char *own = jam_call_table[i].name;
        if (strlen(own) == len && memcmp(own, name, len) == 0)
            return (enum jam_call_id)i;
    }
    return JAM_CALL_COUNT;
}

const char *jam_call_name(const struct jam_profile *profile, uint64_t number)
{
    enum jam_call_id id = jam_call_of_number(profile, number);
    return id == JAM_CALL_COUNT ? NULL : jam_call_table[id].name;
}

/* ---- what handlers see ---- */

uint64_t jam_arg(const struct jam_frame *frame, unsigned reg)
{
    return frame->vm->regs[reg];
}

uint64_t jam_gas(const struct jam_frame *frame)
{
    return frame->vm->gas;
}

struct pvm_err *jam_call_err(struct jam_frame *frame)
{
    return frame->err;
}

enum pvm_exit jam_abort_with(struct jam_frame *frame, enum pvm_status status)
{
    if (frame->status == PVM_OK)
        frame->status = status;
    return PVM_EXIT_PANIC;
}

enum pvm_exit jam_abort(struct jam_frame *frame, enum pvm_status status, const char *fmt, ...)
{
    char text[sizeof frame->err->msg];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return jam_abort_with(frame, pvm_fail(frame->err, status, "%s", text));
}

bool jam_work(struct jam_frame *frame, uint64_t octets)
{
    struct jam_context *ctx = frame->ctx;
    if (octets > ctx->limits.work - ctx->work) {
        jam_abort(frame, PVM_E_LIMIT,
                  "host limit: the host calls of this run would move more than %llu octets",
                  (unsigned long long)ctx->limits.work);
        return false;
    }
    ctx->work += octets;
    return true;
}

bool jam_mem_readable(const struct jam_frame *frame, uint64_t addr, uint64_t len)
{
    return pvm_memory_allows(&frame->vm->memory, addr, len, PVM_READ);
}

bool jam_mem_writable(const struct jam_frame *frame, uint64_t addr, uint64_t len)
{
    return pvm_memory_allows(&frame->vm->memory, addr, len, PVM_WRITE);
}

struct pvm_buf *jam_scratch_buf(struct jam_frame *frame)
{
    struct pvm_buf *buf = &frame->ctx->scratch[frame->scratch_used % JAM_SCRATCH_COUNT];
    frame->scratch_used++;
    buf->len = 0;
    buf->failed = false;
    return buf;
}

uint8_t *jam_scratch(struct jam_frame *frame, uint64_t len)
{
    struct pvm_budget *budget = &frame->ctx->budget;
    if (budget->used > budget->limit || len > budget->limit - budget->used) {
        jam_abort(frame, PVM_E_LIMIT, "host limit: no room for %llu octets of guest data",
                  (unsigned long long)len);
        return NULL;
    }
    uint8_t *room = pvm_buf_reserve(jam_scratch_buf(frame), (size_t)len);
    if (room == NULL)
        jam_abort(frame, PVM_E_MEMORY, "no memory for %llu octets of guest data",
                  (unsigned long long)len);
    return room;
}

static void tell_memory(const struct jam_frame *frame, bool written, uint64_t addr, uint64_t len)
{
    const struct jam_hooks *hooks = &frame->ctx->hooks;
    if (hooks->memory == NULL || len == 0)
        return;
    struct jam_memory_event event = {
        .written = written, .addr = addr, .len = len, .memory = &frame->vm->memory};
    hooks->memory(hooks->user, &event);
}

bool jam_mem_in(struct jam_frame *frame, uint64_t addr, uint64_t len, struct pvm_bytes *out)
{
    if (!jam_mem_readable(frame, addr, len))
        return false;
    *out = pvm_bytes_none();
    if (len == 0)
        return true;
    if (!jam_work(frame, len))
        return false;
    const struct pvm_memory *memory = &frame->vm->memory;
    const uint8_t *view = pvm_memory_view(memory, addr, len);
    if (view == NULL) {
        uint8_t *copy = jam_scratch(frame, len);
        if (copy == NULL)
            return false;
        pvm_memory_get(memory, addr, copy, (size_t)len);
        view = copy;
    }
    *out = pvm_bytes(view, (size_t)len);
    tell_memory(frame, false, addr, len);
    return true;
}

bool jam_mem_out(struct jam_frame *frame, uint64_t addr, struct pvm_bytes bytes)
{
    if (!jam_mem_writable(frame, addr, bytes.len) || !jam_work(frame, bytes.len))
        return false;
    frame->pending = PENDING_BYTES;
    frame->to = addr;
    frame->bytes = bytes;
    return true;
}

bool jam_mem_out_from(struct jam_frame *frame, uint64_t addr, const struct pvm_memory *from,
                      uint64_t from_addr, uint64_t len)
{
    if (!jam_mem_writable(frame, addr, len) || !jam_work(frame, len))
        return false;
    frame->pending = PENDING_MEMORY;
    frame->to = addr;
    frame->from = from;
    frame->from_addr = from_addr;
    frame->from_len = len;
    return true;
}

/* Copies between two memories page by page; both ranges are known to be accessible. */
static enum pvm_status copy_memory(const struct pvm_memory *from, uint64_t from_addr,
                                   struct pvm_memory *to, uint64_t to_addr, uint64_t len,
                                   struct pvm_err *err)
{
    while (len > 0) {
        uint64_t part = PVM_PAGE_SIZE - from_addr % PVM_PAGE_SIZE;
        if (part > len)
            part = len;
        const uint8_t *view = pvm_memory_view(from, from_addr, part);
        if (view == NULL)
            return pvm_fail(err, PVM_E_INTERNAL, "checked memory at 0x%llx is not readable",
                            (unsigned long long)from_addr);
        PVM_TRY(pvm_memory_put(to, to_addr, pvm_bytes(view, (size_t)part), err));
        from_addr += part;
        to_addr += part;
        len -= part;
    }
    return PVM_OK;
}

bool jam_mem_copy(struct jam_frame *frame, uint64_t addr, uint64_t len, struct pvm_memory *to,
                  uint64_t to_addr)
{
    if (!jam_work(frame, len))
        return false;
    enum pvm_status status = copy_memory(&frame->vm->memory, addr, to, to_addr, len, frame->err);
    if (status != PVM_OK)
        jam_abort_with(frame, status);
    else
        tell_memory(frame, false, addr, len);
    return status == PVM_OK;
}

enum pvm_status jam_mem_open(struct jam_frame *frame, uint32_t page, uint32_t count)
{
    return pvm_memory_map(&frame->vm->memory, page, count, PVM_WRITE, false, frame->err);
}

enum pvm_exit jam_return(struct jam_frame *frame, uint64_t r7)
{
    frame->sets_r7 = true;
    frame->r7 = r7;
    return PVM_EXIT_CONTINUE;
}

enum pvm_exit jam_return2(struct jam_frame *frame, uint64_t r7, uint64_t r8)
{
    frame->sets_r8 = true;
    frame->r8 = r8;
    return jam_return(frame, r7);
}

enum pvm_exit jam_return_nothing(struct jam_frame *frame)
{
    (void)frame;
    return PVM_EXIT_CONTINUE;
}

enum pvm_exit jam_return_part(struct jam_frame *frame, bool found, struct pvm_bytes value,
                              uint64_t addr, uint64_t off, uint64_t max)
{
    if (!found)
        return jam_return(frame, JAM_NONE);
    uint64_t start = off < value.len ? off : value.len;
    uint64_t left = value.len - start;
    uint64_t len = max < left ? max : left;
    struct pvm_bytes part = pvm_bytes_none();
    if (len > 0)
        part = pvm_bytes(value.ptr + start, (size_t)len);
    if (!jam_mem_out(frame, addr, part))
        return PVM_EXIT_PANIC;
    return jam_return(frame, value.len);
}

bool jam_charge(struct jam_frame *frame, uint64_t gas)
{
    if (frame->vm->gas < gas)
        return false;
    frame->vm->gas -= gas;
    return true;
}

void jam_refund(struct jam_frame *frame, uint64_t gas)
{
    frame->refund = gas;
}

/* ---- the dispatcher ---- */

static enum pvm_status commit(struct jam_frame *frame)
{
    struct pvm_vm *vm = frame->vm;
    switch (frame->pending) {
    case PENDING_NOTHING:
        break;
    case PENDING_BYTES:
        if (frame->bytes.len > 0)
            PVM_TRY(pvm_memory_put(&vm->memory, frame->to, frame->bytes, frame->err));
        tell_memory(frame, true, frame->to, frame->bytes.len);
        break;
    case PENDING_MEMORY:
        PVM_TRY(copy_memory(frame->from, frame->from_addr, &vm->memory, frame->to, frame->from_len,
                            frame->err));
        tell_memory(frame, true, frame->to, frame->from_len);
        break;
    }
    if (frame->sets_r7)
        vm->regs[7] = frame->r7;
    if (frame->sets_r8)
        vm->regs[8] = frame->r8;
    vm->gas += frame->refund;
    return PVM_OK;
}

/* Large copies of guest memory do not stay. */
static void release_scratch(struct jam_context *ctx)
{
    for (size_t i = 0; i < JAM_SCRATCH_COUNT; i++)
        if (ctx->scratch[i].cap > (size_t)1 << 20)
            pvm_buf_deinit(&ctx->scratch[i]);
}

/* *set: as in struct jam_call_event. */
static enum pvm_status serve(struct jam_context *ctx, struct pvm_vm *vm, jam_call_fn handler,
                             struct jam_cost cost, enum pvm_exit *exit, uint32_t *set,
                             struct pvm_err *err)
{
    *set = 0;
    if (cost.too_large || vm->gas < cost.gas) {
        if (!cost.kept_if_short)
            vm->gas = 0;
        *exit = PVM_EXIT_OOG;
        return PVM_OK;
    }
    vm->gas -= cost.gas;
    if (handler == NULL) {
        vm->regs[7] = JAM_WHAT;
        *set = 1u << 7;
        *exit = PVM_EXIT_CONTINUE;
        return PVM_OK;
    }
    struct pvm_err own;
    struct jam_frame frame = {.ctx = ctx, .vm = vm, .err = err != NULL ? err : &own};
    own.status = PVM_OK;
    *exit = handler(ctx, &frame);
    if (frame.status == PVM_OK && *exit == PVM_EXIT_CONTINUE) {
        *set = (uint32_t)frame.sets_r7 << 7 | (uint32_t)frame.sets_r8 << 8;
        frame.status = commit(&frame);
    }
    if (*exit == PVM_EXIT_OOG)
        vm->gas = 0;
    release_scratch(ctx);
    return frame.status;
}

enum pvm_status jam_call_dispatch(struct jam_context *ctx, struct pvm_vm *vm, enum pvm_exit *exit,
                                  struct pvm_err *err)
{
    const struct jam_profile *profile = ctx->profile;
    enum jam_call_id id = JAM_CALL_COUNT;
    if (vm->arg < JAM_NUMBERS)
        id = (enum jam_call_id)ctx->by_number[vm->arg];
    jam_call_fn handler = NULL;
    if (id != JAM_CALL_COUNT &&
        (jam_call_table[id].cells[profile->calls].invocations & 1u << ctx->invocation) != 0)
        handler = jam_call_table[id].handler;
    const struct jam_price *price = *profile->prices + (handler != NULL ? id : JAM_CALL_COUNT);
    uint64_t gas = vm->gas;
    uint64_t before[PVM_REG_COUNT];
    if (ctx->hooks.call != NULL)
        memcpy(before, vm->regs, sizeof before);
    uint32_t set;
    PVM_TRY(serve(ctx, vm, handler, jam_price_of(price, ctx, vm), exit, &set, err));
    ctx->stats[id].count++;
    ctx->stats[id].gas += gas - vm->gas;
    if (ctx->hooks.call != NULL) {
        struct jam_call_event event = {.name = jam_call_name(profile, vm->arg),
                                       .number = vm->arg,
                                       .open = handler != NULL,
                                       .before = before,
                                       .after = vm->regs,
                                       .gas_before = gas,
                                       .gas_after = vm->gas,
                                       .set = set,
                                       .exit = *exit};
        ctx->hooks.call(ctx->hooks.user, &event);
    }
    return PVM_OK;
}
