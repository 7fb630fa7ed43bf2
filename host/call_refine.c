/* SPDX-License-Identifier: Apache-2.0 */
/* Host calls of Refine (GP 0.7.2 B.6). Checks stand in the order of the equations' cases. */
#include "host/call.h"
#include "host/context.h"

enum {
    DECODE_WORK = 8, /* octets of work to decode one of a program */
    PAGE_WORK = 16   /* to change the access of a page */
};

/* historical_lookup. Omega_H. r7 service or 2^64-1; r8 hash; r9 to; r10 offset; r11 length. */
enum pvm_exit jam_call_historical_lookup(struct jam_context *ctx, struct jam_frame *frame)
{
    struct pvm_bytes octets;
    if (!jam_mem_in(frame, jam_arg(frame, 8), JAM_HASH_SIZE, &octets))
        return PVM_EXIT_PANIC;
    struct jam_hash hash;
    memcpy(hash.octets, octets.ptr, JAM_HASH_SIZE);
    uint64_t service = jam_arg(frame, 7) == UINT64_MAX ? ctx->service : jam_arg(frame, 7);
    struct pvm_bytes value = pvm_bytes_none();
    bool found = false;
    if (ctx->sources.lookup != NULL) {
        enum pvm_status status = ctx->sources.lookup(ctx->sources.user, service, &hash, &found,
                                                     &value, jam_call_err(frame));
        if (status != PVM_OK)
            return jam_abort_with(frame, status);
    }
    return jam_return_part(frame, found, value, jam_arg(frame, 9), jam_arg(frame, 10),
                           jam_arg(frame, 11));
}

/* export. Omega_E. r7 from; r8 length, cut to a segment. */
enum pvm_exit jam_call_export(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t len = jam_arg(frame, 8) < JAM_SEGMENT_SIZE ? jam_arg(frame, 8) : JAM_SEGMENT_SIZE;
    struct pvm_bytes bytes;
    if (!jam_mem_in(frame, jam_arg(frame, 7), len, &bytes))
        return PVM_EXIT_PANIC;
    uint64_t most = ctx->params->max_exports;
    if (ctx->export_offset >= most || ctx->export_count >= most - ctx->export_offset)
        return jam_return(frame, JAM_FULL);
    if (pvm_buf_reserve(&ctx->exports, JAM_SEGMENT_SIZE) == NULL)
        return jam_abort(frame, PVM_E_MEMORY, "no memory for export %zu", ctx->export_count);
    pvm_buf_add_bytes(&ctx->exports, bytes);
    pvm_buf_add_zeros(&ctx->exports, JAM_SEGMENT_SIZE - bytes.len);
    return jam_return(frame, ctx->export_offset + ctx->export_count++);
}

/* machine. Omega_M. r7 blob; r8 its length; r9 program counter. */
enum pvm_exit jam_call_machine(struct jam_context *ctx, struct jam_frame *frame)
{
    struct pvm_bytes blob;
    uint32_t most = ctx->profile->call.max_machines;
    if (most != 0 && ctx->machines.count >= most)
        return jam_return(frame, JAM_FULL);
    if (!jam_mem_in(frame, jam_arg(frame, 7), jam_arg(frame, 8), &blob))
        return PVM_EXIT_PANIC;
    if (!jam_work(frame, (uint64_t)blob.len * DECODE_WORK + ctx->machines.count))
        return PVM_EXIT_PANIC;
    struct jam_machine *machine;
    enum pvm_status status =
        jam_machines_add(&ctx->machines, blob, jam_arg(frame, 9), &machine, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, machine == NULL ? JAM_HUH : machine->id);
}

/* peek. Omega_P. r7 machine; r8 to, outside; r9 from, inside; r10 length. */
enum pvm_exit jam_call_peek(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t to = jam_arg(frame, 8);
    uint64_t from = jam_arg(frame, 9);
    uint64_t len = jam_arg(frame, 10);
    if (!jam_mem_writable(frame, to, len))
        return PVM_EXIT_PANIC;
    const struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (!pvm_memory_allows(&machine->vm.memory, from, len, PVM_READ))
        return jam_return(frame, JAM_OOB);
    if (!jam_mem_out_from(frame, to, &machine->vm.memory, from, len))
        return PVM_EXIT_PANIC;
    return jam_return(frame, JAM_OK);
}

/* poke. Omega_O. r7 machine; r8 from, outside; r9 to, inside; r10 length. */
enum pvm_exit jam_call_poke(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t from = jam_arg(frame, 8);
    uint64_t to = jam_arg(frame, 9);
    uint64_t len = jam_arg(frame, 10);
    if (!jam_mem_readable(frame, from, len))
        return PVM_EXIT_PANIC;
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (!pvm_memory_allows(&machine->vm.memory, to, len, PVM_WRITE))
        return jam_return(frame, JAM_OOB);
    if (!jam_mem_copy(frame, from, len, &machine->vm.memory, to))
        return PVM_EXIT_PANIC;
    return jam_return(frame, JAM_OK);
}

/* A range of pages that zero, void and pages may change: not in the first 64 KiB and not the last
 * page. */
static bool pages_fit(uint64_t page, uint64_t count)
{
    return page >= PVM_GUARD_SIZE / PVM_PAGE_SIZE && page < PVM_PAGE_COUNT &&
           count < PVM_PAGE_COUNT - page;
}

static bool pages_open(const struct jam_machine *machine, uint64_t page, uint64_t count)
{
    return pvm_memory_allows(&machine->vm.memory, page * PVM_PAGE_SIZE, count * PVM_PAGE_SIZE,
                             PVM_READ);
}

static enum pvm_exit set_pages(struct jam_frame *frame, struct jam_machine *machine, uint64_t page,
                               uint64_t count, enum pvm_access access, bool zero)
{
    enum pvm_status status = pvm_memory_map(&machine->vm.memory, (uint32_t)page, (uint32_t)count,
                                            access, zero, jam_call_err(frame));
    return status == PVM_OK ? jam_return(frame, JAM_OK) : jam_abort_with(frame, status);
}

/* What pages does to a range, by its mode. */
static const struct page_mode {
    enum pvm_access access;
    bool zero;
} page_modes[] = {
    {PVM_NO_ACCESS, true}, {PVM_READ, true},   {PVM_WRITE, true},
    {PVM_READ, false},     {PVM_WRITE, false},
};

enum { PAGE_MODES = sizeof page_modes / sizeof *page_modes };

/* pages. Omega_Z. r7 machine; r8 first page; r9 count; r10 mode. */
enum pvm_exit jam_call_pages(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t page = jam_arg(frame, 8);
    uint64_t count = jam_arg(frame, 9);
    uint64_t mode = jam_arg(frame, 10);
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (mode >= PAGE_MODES || !pages_fit(page, count))
        return jam_return(frame, JAM_HUH);
    if (!jam_work(frame, count * PAGE_WORK))
        return PVM_EXIT_PANIC;
    const struct page_mode *change = &page_modes[mode];
    if (!change->zero && !pages_open(machine, page, count))
        return jam_return(frame, JAM_HUH);
    return set_pages(frame, machine, page, count, change->access, change->zero);
}

/* zero. GP 0.6.6 B.7 Omega_Z. r7 machine; r8 first page; r9 count. */
enum pvm_exit jam_call_zero(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t page = jam_arg(frame, 8);
    uint64_t count = jam_arg(frame, 9);
    if (!pages_fit(page, count))
        return jam_return(frame, JAM_HUH);
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (!jam_work(frame, count * PAGE_WORK))
        return PVM_EXIT_PANIC;
    return set_pages(frame, machine, page, count, PVM_WRITE, true);
}

/* void. GP 0.6.6 B.7 Omega_V. r7 machine; r8 first page; r9 count. */
enum pvm_exit jam_call_void(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t page = jam_arg(frame, 8);
    uint64_t count = jam_arg(frame, 9);
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (!pages_fit(page, count))
        return jam_return(frame, JAM_HUH);
    if (!jam_work(frame, count * PAGE_WORK))
        return PVM_EXIT_PANIC;
    if (!pages_open(machine, page, count))
        return jam_return(frame, JAM_HUH);
    return set_pages(frame, machine, page, count, PVM_NO_ACCESS, true);
}

/* Runs an inner machine with as much of the granted gas as the run's ceiling leaves; *left is what
 * remains of the grant. */
static enum pvm_status run_inner(struct jam_context *ctx, struct jam_machine *machine,
                                 uint64_t grant, uint64_t *left, struct pvm_err *err)
{
    struct pvm_vm *vm = &machine->vm;
    uint64_t ceiling = ctx->limits.inner_gas - ctx->inner_gas;
    uint64_t gas = grant < ceiling ? grant : ceiling;
    vm->gas = gas;
    machine->invocations++;
    machine->last_gas = grant;
    PVM_TRY(pvm_vm_run(vm, &machine->last_exit, err));
    machine->last_arg = vm->arg;
    machine->last_exit_pc = vm->exit_pc;
    jam_machines_ended(&ctx->machines, machine);
    ctx->inner_gas += gas - vm->gas;
    if (machine->last_exit == PVM_EXIT_OOG && gas < grant)
        return pvm_fail(err, PVM_E_LIMIT,
                        "host limit: inner machines used %llu gas, as much as one run may",
                        (unsigned long long)ctx->inner_gas);
    *left = grant - (gas - vm->gas);
    return PVM_OK;
}

static enum pvm_exit return_inner(struct jam_frame *frame, const struct jam_machine *machine)
{
    switch (machine->last_exit) {
    case PVM_EXIT_CONTINUE:
        break;
    case PVM_EXIT_HALT:
        return jam_return(frame, JAM_INNER_HALT);
    case PVM_EXIT_PANIC:
        return jam_return(frame, JAM_INNER_PANIC);
    case PVM_EXIT_OOG:
        return jam_return(frame, JAM_INNER_OOG);
    case PVM_EXIT_FAULT:
        return jam_return2(frame, JAM_INNER_FAULT, machine->last_arg);
    case PVM_EXIT_HOST:
        return jam_return2(frame, JAM_INNER_HOST, machine->last_arg);
    }
    return jam_abort(frame, PVM_E_INTERNAL, "an inner machine stopped without an exit");
}

/* invoke. Omega_K. r7 machine; r8 gas and registers, read and written back. */
enum pvm_exit jam_call_invoke(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t at = jam_arg(frame, 8);
    if (!jam_mem_writable(frame, at, JAM_INVOKE_SIZE))
        return PVM_EXIT_PANIC;
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    struct pvm_bytes in;
    uint8_t *out = jam_scratch(frame, JAM_INVOKE_SIZE);
    if (out == NULL || !jam_mem_in(frame, at, JAM_INVOKE_SIZE, &in))
        return PVM_EXIT_PANIC;
    struct pvm_vm *vm = &machine->vm;
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        vm->regs[i] = pvm_load_le(in.ptr + 8 * (i + 1), 8);
    uint64_t left = 0;
    enum pvm_status status =
        run_inner(ctx, machine, pvm_load_le(in.ptr, 8), &left, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    if (ctx->profile->call.inner_gas_charged)
        jam_refund(frame, left);
    pvm_store_le(out, left, 8);
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        pvm_store_le(out + 8 * (i + 1), vm->regs[i], 8);
    /* GP 0.7.2 A.1: a halt and a panic leave position 0. */
    if (machine->last_exit == PVM_EXIT_HALT || machine->last_exit == PVM_EXIT_PANIC)
        vm->pc = 0;
    if (!jam_mem_out(frame, at, pvm_bytes(out, JAM_INVOKE_SIZE)))
        return PVM_EXIT_PANIC;
    return return_inner(frame, machine);
}

/* expunge. Omega_X. r7 machine. */
enum pvm_exit jam_call_expunge(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_machine *machine = jam_machines_find(&ctx->machines, jam_arg(frame, 7));
    if (machine == NULL)
        return jam_return(frame, JAM_WHO);
    if (!jam_work(frame, ctx->machines.count))
        return PVM_EXIT_PANIC;
    uint64_t pc = machine->vm.pc;
    jam_machines_remove(&ctx->machines, machine);
    return jam_return(frame, pc);
}
