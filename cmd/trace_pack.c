/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary form of a trace (docs/traces.md): differences from what is to be expected, in blocks
 *
 *     length, 4 octets | XXH3 of what follows, 8 octets | that many octets of events
 *
 * of which one of length 0 ends the file. Numbers are written seven bits an octet, least
 * significant first, the top bit for "more"; signed ones with the sign as the lowest bit.
 */
#include "cmd/trace_sink.h"

#include <xxhash.h>

static void add_number(struct pvm_buf *out, uint64_t value)
{
    while (value >= 0x80) {
        pvm_buf_add_u8(out, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    pvm_buf_add_u8(out, (uint8_t)value);
}

static void add_difference(struct pvm_buf *out, uint64_t now, uint64_t expected)
{
    uint64_t by = now - expected;
    add_number(out, by >> 63 == 0 ? by << 1 : ~(by << 1));
}

static void add_text(struct pvm_buf *out, const char *text)
{
    add_number(out, strlen(text));
    pvm_buf_text(out, text);
}

void cmd_trace_pack_header(const struct cmd_trace_sink *sink, struct pvm_buf *out)
{
    pvm_buf_add_u8(out, CMD_TRACE_TAG_HEADER);
    add_text(out, sink->meta.gp);
    add_text(out, sink->meta.run);
    add_text(out, sink->meta.filter);
}

void cmd_trace_pack_program(unsigned slot, const struct jam_hash *id,
                            const struct pvm_program *program, struct pvm_buf *out)
{
    struct pvm_buf blob = {0};
    if (program != NULL)
        cmd_program_blob(program, &blob);
    pvm_buf_add_u8(out, CMD_TRACE_TAG_PROGRAM);
    add_number(out, slot);
    pvm_buf_add_bytes(out, jam_hash_bytes(id));
    add_number(out, blob.len);
    pvm_buf_add_bytes(out, pvm_buf_bytes(&blob));
    out->failed = out->failed || blob.failed;
    pvm_buf_deinit(&blob);
}

void cmd_trace_pack_machine(int64_t machine, unsigned slot, struct pvm_buf *out)
{
    pvm_buf_add_u8(out, CMD_TRACE_TAG_MACHINE);
    add_difference(out, (uint64_t)machine, 0);
    add_number(out, slot);
}

static unsigned differing(const uint64_t a[PVM_REG_COUNT], const uint64_t b[PVM_REG_COUNT])
{
    unsigned set = 0;
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        set |= a[i] != b[i] ? 1U << i : 0;
    return set;
}

static void add_registers(struct pvm_buf *out, unsigned set, const uint64_t now[PVM_REG_COUNT],
                          const uint64_t expected[PVM_REG_COUNT])
{
    add_number(out, set);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((set >> i & 1) != 0)
            add_difference(out, now[i], expected[i]);
}

/* What of the event was not to be expected; 0 for nothing, and nothing is appended. */
static unsigned add_sync(const struct cmd_trace_known *known,
                         const struct cmd_trace_machine *machine,
                         const struct cmd_trace_record *record, struct pvm_buf *out)
{
    unsigned set = differing(machine->regs, record->before);
    unsigned what = (record->step != known->step + 1 ? CMD_TRACE_SYNC_STEP : 0U) |
                    (record->machine != known->machine ? CMD_TRACE_SYNC_MACHINE : 0U) |
                    (record->gas != machine->gas ? CMD_TRACE_SYNC_GAS : 0U) |
                    (set != 0 ? CMD_TRACE_SYNC_REGS : 0U);
    if (what == 0)
        return 0;
    pvm_buf_add_u8(out, (uint8_t)what);
    if ((what & CMD_TRACE_SYNC_STEP) != 0)
        add_difference(out, record->step, known->step + 1);
    if ((what & CMD_TRACE_SYNC_MACHINE) != 0)
        add_difference(out, (uint64_t)record->machine, 0);
    if ((what & CMD_TRACE_SYNC_GAS) != 0)
        add_difference(out, record->gas, machine->gas);
    if ((what & CMD_TRACE_SYNC_REGS) != 0)
        add_registers(out, set, record->before, machine->regs);
    return CMD_TRACE_SYNC;
}

static unsigned add_after(const struct cmd_trace_record *record, struct pvm_buf *out)
{
    unsigned set = differing(record->before, record->after);
    unsigned one = cmd_trace_written(record);
    if (set == 0)
        return 0;
    if (one < PVM_REG_COUNT && set == 1U << one) {
        add_difference(out, record->after[one], record->before[one]);
        return CMD_TRACE_AFTER_ONE;
    }
    add_registers(out, set, record->after, record->before);
    return CMD_TRACE_AFTER_SET;
}

static void pack_step(struct cmd_trace_known *known, const struct cmd_trace_record *record,
                      struct pvm_buf *out)
{
    struct cmd_trace_machine *machine = cmd_trace_known_machine(known, record->machine);
    size_t start = out->len;
    unsigned tag = record->access.refused ? CMD_TRACE_REFUSED : 0;
    pvm_buf_add_u8(out, 0);
    tag |= add_sync(known, machine, record, out);
    if (record->pc != machine->next) {
        tag |= CMD_TRACE_JUMP;
        add_difference(out, record->pc, machine->next);
    }
    if (record->cost != 1) {
        tag |= CMD_TRACE_COST;
        add_number(out, record->cost);
    }
    tag |= add_after(record, out);
    if (!out->failed)
        out->ptr[start] = (uint8_t)tag;
    machine->next = cmd_trace_next(record);
    machine->gas = record->gas - record->cost;
    known->step = record->step;
}

static bool has_octets(const struct cmd_trace_record *record)
{
    bool all = record->range_count != 0;
    for (unsigned i = 0; i < record->range_count; i++)
        all = all && record->ranges[i].has_octets;
    return all;
}

static void pack_call(struct cmd_trace_known *known, const struct cmd_trace_record *record,
                      struct pvm_buf *out)
{
    struct cmd_trace_machine *machine = cmd_trace_known_machine(known, record->machine);
    bool octets = has_octets(record);
    pvm_buf_add_u8(out, octets ? CMD_TRACE_TAG_CALL_OCTETS : CMD_TRACE_TAG_CALL);
    add_difference(out, (uint64_t)record->machine, 0);
    add_difference(out, (uint64_t)record->number, 0);
    pvm_buf_add_u8(out, (uint8_t)((record->open ? 1U : 0U) | (unsigned)record->exit << 1));
    add_text(out, record->text);
    add_number(out, record->pc);
    add_difference(out, record->gas, machine->gas);
    add_number(out, record->cost);
    add_registers(out, differing(machine->regs, record->before), record->before, machine->regs);
    add_registers(out, differing(record->before, record->after), record->after, record->before);
    add_number(out, record->range_count);
    for (unsigned i = 0; i < record->range_count; i++) {
        const struct cmd_trace_range *range = &record->ranges[i];
        add_number(out, range->addr << 1 | (range->written ? 1 : 0));
        add_number(out, range->len);
        if (octets)
            pvm_buf_add_le(out, range->octets,
                           range->len < CMD_TRACE_SHORT ? (unsigned)range->len : CMD_TRACE_SHORT);
    }
    add_number(out, record->range_more);
    machine->gas = record->gas - record->cost;
}

void cmd_trace_pack(struct cmd_trace_known *known, const struct cmd_trace_record *record,
                    struct pvm_buf *out)
{
    switch (record->kind) {
    case CMD_TRACE_STEP:
        pack_step(known, record, out);
        break;
    case CMD_TRACE_CALL:
        pack_call(known, record, out);
        break;
    case CMD_TRACE_END:
        pvm_buf_add_u8(out, CMD_TRACE_TAG_END);
        add_text(out, record->text);
        add_number(out, record->pc);
        add_number(out, record->gas);
        add_number(out, record->step);
        break;
    }
}

void cmd_trace_pack_blocks(struct pvm_buf *block, bool last, struct pvm_buf *out)
{
    size_t done = 0;
    while (!block->failed &&
           (block->len - done >= CMD_TRACE_BLOCK || (last && done < block->len))) {
        size_t len = block->len - done < CMD_TRACE_BLOCK ? block->len - done : CMD_TRACE_BLOCK;
        pvm_buf_add_le(out, len, 4);
        pvm_buf_add_le(out, XXH3_64bits(block->ptr + done, len), 8);
        pvm_buf_add(out, block->ptr + done, len);
        done += len;
    }
    if (done != 0) {
        memmove(block->ptr, block->ptr + done, block->len - done);
        block->len -= done;
    }
    if (last) {
        pvm_buf_add_le(out, 0, 4);
        pvm_buf_add_le(out, XXH3_64bits(NULL, 0), 8);
    }
}
