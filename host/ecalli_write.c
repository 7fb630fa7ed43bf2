/* SPDX-License-Identifier: Apache-2.0 */
#include "host/ecalli_write.h"

#include <inttypes.h>
#include <stdlib.h>

/* One access of a host call; its octets start at `at`. */
struct range {
    uint64_t addr, len;
    size_t at;
    bool written;
    const struct pvm_buf *octets; /* for the order */
};

void jam_ecalli_writer_init(struct jam_ecalli_writer *writer, const struct pvm_alloc *alloc)
{
    *writer = (struct jam_ecalli_writer){
        .text = {.alloc = alloc}, .ranges = {.alloc = alloc}, .octets = {.alloc = alloc}};
}

void jam_ecalli_writer_deinit(struct jam_ecalli_writer *writer)
{
    pvm_buf_deinit(&writer->text);
    pvm_buf_deinit(&writer->ranges);
    pvm_buf_deinit(&writer->octets);
}

enum pvm_status jam_ecalli_writer_status(const struct jam_ecalli_writer *writer,
                                         struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&writer->ranges, err));
    PVM_TRY(pvm_buf_status(&writer->octets, err));
    return pvm_buf_status(&writer->text, err);
}

/* ---- parts of lines ---- */

/* "pc=PC gas=GAS r00=0x.. ..", registers that are not 0, and the line's end. */
static void add_state(struct pvm_buf *out, uint64_t pc, uint64_t gas, const uint64_t *regs)
{
    pvm_buf_printf(out, "pc=%" PRIu64 " gas=%" PRIu64, pc, gas);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (regs[i] != 0)
            pvm_buf_printf(out, " r%02u=0x%" PRIx64, i, regs[i]);
    pvm_buf_text(out, "\n");
}

static void add_memory(struct pvm_buf *out, bool written, uint64_t addr, struct pvm_bytes octets)
{
    pvm_buf_printf(out, "%s 0x%08" PRIx64 " len=%zu %s 0x", written ? "memwrite" : "memread", addr,
                   octets.len, written ? "<-" : "->");
    pvm_buf_hex(out, octets);
    pvm_buf_text(out, "\n");
}

/* ---- lines ---- */

void jam_ecalli_write_comment(struct jam_ecalli_writer *writer, const char *text)
{
    pvm_buf_printf(&writer->text, "comment %s\n", text);
}

void jam_ecalli_write_start(struct jam_ecalli_writer *writer, struct pvm_bytes preimage,
                            struct pvm_bytes args, const struct pvm_vm *vm)
{
    struct pvm_buf *out = &writer->text;
    pvm_buf_text(out, "program 0x");
    pvm_buf_hex(out, preimage);
    pvm_buf_text(out, "\n");
    /* Where they lie is what the machine is told (GP 0.7.2 A.7, r7). */
    if (args.len > 0)
        add_memory(out, true, vm->regs[7], args);
    pvm_buf_text(out, "start ");
    add_state(out, vm->pc, vm->gas, vm->regs);
}

void jam_ecalli_write_memory(struct jam_ecalli_writer *writer, const struct jam_memory_event *event)
{
    struct range range = {.addr = event->addr,
                          .len = event->len,
                          .at = writer->octets.len,
                          .written = event->written,
                          .octets = &writer->octets};
    uint8_t *room = pvm_buf_reserve(&writer->octets, (size_t)event->len);
    if (room == NULL)
        return;
    pvm_memory_get(event->memory, event->addr, room, (size_t)event->len);
    writer->octets.len += (size_t)event->len;
    pvm_buf_add(&writer->ranges, &range, sizeof range);
}

static struct pvm_bytes octets_of(const struct range *range)
{
    return pvm_bytes(range->octets->ptr + range->at, (size_t)range->len);
}

/* Reads first, then by address, then by octets. */
static int compare_ranges(const void *a, const void *b)
{
    const struct range *x = a;
    const struct range *y = b;
    if (x->written != y->written)
        return x->written ? 1 : -1;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return pvm_bytes_compare(octets_of(x), octets_of(y));
}

/* Of writes that overlap each shows what they all left, so that their order does not matter. */
static void add_ranges(struct jam_ecalli_writer *writer, const struct pvm_memory *memory)
{
    struct range *list = (struct range *)(void *)writer->ranges.ptr;
    size_t count = writer->ranges.len / sizeof *list;
    for (size_t i = 0; i < count; i++)
        if (list[i].written)
            pvm_memory_get(memory, list[i].addr, writer->octets.ptr + list[i].at,
                           (size_t)list[i].len);
    if (count > 1)
        qsort(list, count, sizeof *list, compare_ranges);
    for (size_t i = 0; i < count; i++)
        add_memory(&writer->text, list[i].written, list[i].addr, octets_of(&list[i]));
    writer->ranges.len = 0;
    writer->octets.len = 0;
}

void jam_ecalli_write_call(struct jam_ecalli_writer *writer, const struct jam_call_event *event,
                           const struct pvm_vm *vm)
{
    struct pvm_buf *out = &writer->text;
    /* The number as the instruction has it: others know no wider one. */
    pvm_buf_printf(out, "ecalli=%" PRIu32 " ", (uint32_t)event->number);
    add_state(out, vm->exit_pc, event->gas_before, event->before);
    add_ranges(writer, &vm->memory);
    if (event->exit != PVM_EXIT_CONTINUE) {
        pvm_buf_printf(out, "comment the host call ended the invocation: %s\n",
                       pvm_exit_name(event->exit));
        return;
    }
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((event->set >> i & 1) != 0)
            pvm_buf_printf(out, "setreg r%02u <- 0x%" PRIx64 "\n", i, event->after[i]);
    pvm_buf_printf(out, "setgas <- %" PRIu64 "\n", event->gas_after);
}

void jam_ecalli_write_end(struct jam_ecalli_writer *writer, enum pvm_exit exit,
                          const struct pvm_vm *vm)
{
    struct pvm_buf *out = &writer->text;
    switch (exit) {
    case PVM_EXIT_HALT:
        pvm_buf_text(out, "HALT ");
        break;
    case PVM_EXIT_OOG:
        pvm_buf_text(out, "OOG ");
        break;
    case PVM_EXIT_PANIC:
        pvm_buf_text(out, "PANIC=0 ");
        break;
    case PVM_EXIT_FAULT:
        pvm_buf_printf(out, "PANIC=%" PRIu64 " ", vm->arg);
        break;
    case PVM_EXIT_CONTINUE:
    case PVM_EXIT_HOST:
        jam_ecalli_write_comment(writer, "the run was stopped");
        return;
    }
    add_state(out, vm->exit_pc, vm->gas, vm->regs);
}
