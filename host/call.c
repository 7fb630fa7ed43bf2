/* SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"

#include "host/call_frame.h"
#include "host/price.h"

#include <stdio.h>

enum { FIRST_RESULT = 7 }; /* registers before it are none of a call's */

const char *jam_result_name(uint64_t value)
{
    static const char *const names[] = {"NONE", "WHAT", "OOB", "WHO", "FULL",
                                        "CORE", "CASH", "LOW", "HUH"};
    if (value == JAM_OK)
        return "OK";
    uint64_t below = UINT64_MAX - value;
    return below < sizeof names / sizeof *names ? names[below] : NULL;
}

/* ---- what handlers see ---- */

/* What a row does not declare is noted for the dispatcher; the first one counts. */
static void note_breach(const struct jam_frame *frame, struct jam_breach breach)
{
    if (frame->ctx->breach.kind == JAM_BREACH_NONE)
        frame->ctx->breach = breach;
}

uint64_t jam_arg(const struct jam_frame *frame, unsigned reg)
{
    if (PVM_UNLIKELY(reg >= PVM_REG_COUNT || (frame->call->reads >> reg & 1) == 0)) {
        note_breach(frame, (struct jam_breach){.kind = JAM_BREACH_READS_REGISTER, .addr = reg});
        return 0;
    }
    return frame->vm->regs[reg];
}

bool jam_set(struct jam_frame *frame, unsigned reg, uint64_t value)
{
    if (PVM_UNLIKELY(reg < FIRST_RESULT || reg >= PVM_REG_COUNT ||
                     (frame->call->writes >> reg & 1) == 0)) {
        note_breach(frame, (struct jam_breach){.kind = JAM_BREACH_SETS_REGISTER, .addr = reg});
        return false;
    }
    frame->set |= 1u << reg;
    frame->regs[reg] = value;
    return true;
}

/* Whether [addr, addr + len) lies in [from, from + size). */
static bool lies_in(uint64_t addr, uint64_t len, uint64_t from, uint64_t size)
{
    return addr >= from && addr - from <= size && len <= size - (addr - from);
}

/* How many octets a row's range has, as the registers were when the call was made; memory has no
 * more than 2^32. */
static uint64_t range_size(const struct jam_extension_range *range, const uint64_t *regs)
{
    uint64_t count = range->scale != 0 ? regs[range->length] : 0;
    return count <= UINT32_MAX ? range->constant + range->scale * count : UINT64_MAX;
}

bool jam_call_declares(const struct jam_extension_call *call, const uint64_t *regs,
                       enum pvm_access access, uint64_t addr, uint64_t len)
{
    if (len == 0)
        return true;
    for (size_t i = 0; i < JAM_EXTENSION_RANGES && call->memory[i].access != 0; i++) {
        const struct jam_extension_range *range = &call->memory[i];
        if (range->access == (uint32_t)access &&
            lies_in(addr, len, regs[range->address], range_size(range, regs)))
            return true;
    }
    return false;
}

bool jam_frame_declares(const struct jam_frame *frame, enum pvm_access access, uint64_t addr,
                        uint64_t len)
{
    if (jam_call_declares(frame->call, frame->vm->regs, access, addr, len))
        return true;
    note_breach(frame, (struct jam_breach){.kind = access == PVM_READ ? JAM_BREACH_READS_MEMORY
                                                                      : JAM_BREACH_WRITES_MEMORY,
                                           .addr = addr,
                                           .len = len});
    return false;
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
    if (!jam_frame_declares(frame, PVM_READ, addr, len) || !jam_mem_readable(frame, addr, len))
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

/* A queued write, once it is known that it can be made; NULL: it cannot. */
static struct jam_frame_write *queue_write(struct jam_frame *frame, uint64_t addr, uint64_t len)
{
    if (!jam_frame_declares(frame, PVM_WRITE, addr, len) || !jam_mem_writable(frame, addr, len) ||
        !jam_work(frame, len))
        return NULL;
    if (frame->write_count == JAM_FRAME_WRITES) {
        note_breach(frame, (struct jam_breach){.kind = JAM_BREACH_WRITES, .addr = addr});
        return NULL;
    }
    struct jam_frame_write *write = &frame->writes[frame->write_count++];
    write->to = addr;
    write->len = len;
    return write;
}

bool jam_mem_out(struct jam_frame *frame, uint64_t addr, struct pvm_bytes bytes)
{
    struct jam_frame_write *write = queue_write(frame, addr, bytes.len);
    if (write == NULL)
        return false;
    write->octets = bytes.ptr;
    write->from = NULL;
    return true;
}

bool jam_mem_out_from(struct jam_frame *frame, uint64_t addr, const struct pvm_memory *from,
                      uint64_t from_addr, uint64_t len)
{
    struct jam_frame_write *write = queue_write(frame, addr, len);
    if (write == NULL)
        return false;
    write->from = from;
    write->from_addr = from_addr;
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
    if (!jam_frame_declares(frame, PVM_READ, addr, len) || !jam_work(frame, len))
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
    jam_set(frame, 7, r7);
    return PVM_EXIT_CONTINUE;
}

enum pvm_exit jam_return2(struct jam_frame *frame, uint64_t r7, uint64_t r8)
{
    jam_set(frame, 8, r8);
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

static enum pvm_status commit_write(struct jam_frame *frame, const struct jam_frame_write *write)
{
    struct pvm_memory *memory = &frame->vm->memory;
    if (write->len == 0)
        return PVM_OK;
    if (write->from != NULL)
        PVM_TRY(
            copy_memory(write->from, write->from_addr, memory, write->to, write->len, frame->err));
    else
        PVM_TRY(pvm_memory_put(memory, write->to, pvm_bytes(write->octets, (size_t)write->len),
                               frame->err));
    tell_memory(frame, true, write->to, write->len);
    return PVM_OK;
}

static enum pvm_status commit(struct jam_frame *frame)
{
    struct pvm_vm *vm = frame->vm;
    for (unsigned i = 0; i < frame->write_count; i++)
        PVM_TRY(commit_write(frame, &frame->writes[i]));
    for (uint32_t reg = FIRST_RESULT, left = frame->set >> reg; left != 0; reg++, left >>= 1)
        if ((left & 1) != 0)
            vm->regs[reg] = frame->regs[reg];
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

/* Ends the run because of what the handler did; the guest is not to blame. */
static enum pvm_status blame(const struct jam_frame *frame)
{
    const struct jam_breach *breach = &frame->ctx->breach;
    struct pvm_err *err = frame->err;
    const char *extension = frame->row->extension->name;
    const char *call = frame->call->name;
    unsigned long long addr = breach->addr;
    unsigned long long len = breach->len;
    *err = (struct pvm_err){.status = PVM_OK};
    switch (breach->kind) {
    case JAM_BREACH_READS_REGISTER:
        return pvm_fail(err, PVM_E_INTERNAL,
                        "extension %.64s: call %.64s reads r%llu, which its row does not declare",
                        extension, call, addr);
    case JAM_BREACH_SETS_REGISTER:
        return pvm_fail(err, PVM_E_INTERNAL,
                        "extension %.64s: call %.64s sets r%llu, which its row does not declare",
                        extension, call, addr);
    case JAM_BREACH_READS_MEMORY:
    case JAM_BREACH_WRITES_MEMORY:
        return pvm_fail(err, PVM_E_INTERNAL,
                        "extension %.64s: call %.64s %s %llu octets at 0x%llx, which its row does "
                        "not declare",
                        extension, call,
                        breach->kind == JAM_BREACH_READS_MEMORY ? "reads" : "writes", len, addr);
    case JAM_BREACH_WRITES:
        return pvm_fail(err, PVM_E_INTERNAL,
                        "extension %.64s: call %.64s makes more than %d writes, the last to 0x%llx",
                        extension, call, JAM_FRAME_WRITES, addr);
    case JAM_BREACH_EXIT:
        return pvm_fail(err, PVM_E_INTERNAL, "extension %.64s: call %.64s ends with exit %lld",
                        extension, call, (long long)addr);
    case JAM_BREACH_NONE:
        break;
    }
    return pvm_fail(err, PVM_E_INTERNAL, "extension %.64s: call %.64s fails", extension, call);
}

/* A call that does not go on: how, and whether that is the handler's mistake. */
static enum pvm_status stop(struct jam_frame *frame, enum pvm_exit exit)
{
    struct jam_context *ctx = frame->ctx;
    frame->set = 0;
    if (exit != PVM_EXIT_CONTINUE && exit != PVM_EXIT_PANIC && exit != PVM_EXIT_OOG)
        note_breach(frame, (struct jam_breach){.kind = JAM_BREACH_EXIT, .addr = (uint64_t)exit});
    if (frame->status == PVM_OK && ctx->breach.kind != JAM_BREACH_NONE)
        frame->status = blame(frame);
    ctx->breach.kind = JAM_BREACH_NONE;
    if (exit == PVM_EXIT_OOG)
        frame->vm->gas = 0;
    return frame->status;
}

/* Has the handler decide, and does what it decided. */
static enum pvm_status handle(struct jam_frame *frame, enum pvm_exit *exit)
{
    struct jam_context *ctx = frame->ctx;
    enum pvm_exit decided = frame->row->handler(ctx, frame);
    enum pvm_status status = frame->status;
    if (PVM_LIKELY(decided == PVM_EXIT_CONTINUE && status == PVM_OK &&
                   ctx->breach.kind == JAM_BREACH_NONE))
        status = commit(frame);
    else
        status = stop(frame, decided);
    if (frame->scratch_used != 0)
        release_scratch(ctx);
    if (PVM_UNLIKELY(ctx->lent.last != NULL))
        jam_arena_deinit(&ctx->lent);
    *exit = decided;
    return status;
}

/* *set: as in struct jam_call_event. */
static enum pvm_status serve(struct jam_context *ctx, struct pvm_vm *vm,
                             const struct jam_call_row *row, enum pvm_exit *exit, uint32_t *set,
                             struct pvm_err *err)
{
    const struct jam_cost cost = row->flat ? (struct jam_cost){.gas = row->price->base}
                                           : jam_price_of(row->price, ctx, vm->regs);
    *set = 0;
    if (cost.too_large || vm->gas < cost.gas) {
        if (!cost.kept_if_short)
            vm->gas = 0;
        *exit = PVM_EXIT_OOG;
        return PVM_OK;
    }
    vm->gas -= cost.gas;
    if (row->handler == NULL) {
        vm->regs[7] = JAM_WHAT;
        *set = JAM_REG(7);
        *exit = PVM_EXIT_CONTINUE;
        return PVM_OK;
    }
    struct pvm_err own;
    struct jam_frame frame;
    own.status = PVM_OK;
    frame.head.api = &jam_extension_functions;
    frame.ctx = ctx;
    frame.vm = vm;
    frame.row = row;
    frame.call = row->call;
    frame.err = err != NULL ? err : &own;
    frame.status = PVM_OK;
    frame.set = 0;
    frame.refund = 0;
    frame.write_count = 0;
    frame.scratch_used = 0;
    enum pvm_status status = handle(&frame, exit);
    *set = frame.set;
    return status;
}

static unsigned row_index(const struct jam_context *ctx, uint64_t number)
{
    return number < JAM_EXTENSION_NUMBERS ? ctx->by_number[number] : JAM_ROW_UNKNOWN;
}

struct jam_cost jam_call_cost(struct jam_context *ctx, const struct pvm_vm *vm, uint64_t number)
{
    ctx->caller = vm;
    return jam_price_of(ctx->rows[row_index(ctx, number)].price, ctx, vm->regs);
}

enum pvm_status jam_call_dispatch(struct jam_context *ctx, struct pvm_vm *vm, enum pvm_exit *exit,
                                  struct pvm_err *err)
{
    unsigned index = row_index(ctx, vm->arg);
    const struct jam_call_row *row = &ctx->rows[index];
    uint64_t gas = vm->gas;
    uint64_t before[PVM_REG_COUNT];
    if (ctx->hooks.call != NULL)
        memcpy(before, vm->regs, sizeof before);
    ctx->caller = vm;
    uint32_t set;
    PVM_TRY(serve(ctx, vm, row, exit, &set, err));
    ctx->stats[index].count++;
    ctx->stats[index].gas += gas - vm->gas;
    if (ctx->hooks.call != NULL) {
        struct jam_call_event event = {.name = row->call != NULL ? row->call->name : NULL,
                                       .number = vm->arg,
                                       .open = row->handler != NULL,
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
