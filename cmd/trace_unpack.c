/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the binary form of a trace, see trace_pack.c. */
#include "cmd/trace_source.h"
#include "host/hash.h"

#include <stdio.h>
#include <xxhash.h>

enum { HEAD = 12 };

static enum pvm_status fail(const struct cmd_trace_source *source, const char *what,
                            struct pvm_err *err)
{
    return cmd_trace_in_fail(&source->in, err, "block at octet %llu: %s",
                             (unsigned long long)source->offset, what);
}

static const uint8_t *head(const struct cmd_trace_in *in)
{
    return in->octets + in->at;
}

enum pvm_status cmd_trace_unpack_start(struct cmd_trace_source *source, struct pvm_err *err)
{
    struct cmd_trace_in *in = &source->in;
    if (in->len - in->at < 9)
        return cmd_trace_in_fail(in, err, "it is cut off");
    if (head(in)[8] != CMD_TRACE_VERSION)
        return cmd_trace_in_fail(in, err, "version %u of the format, %d is known", head(in)[8],
                                 CMD_TRACE_VERSION);
    in->at += 9;
    source->offset = 9;
    return PVM_OK;
}

/* Reads one block behind what is left of those before; at the mark of the end *last. */
static enum pvm_status next_block(struct cmd_trace_source *source, bool *last, struct pvm_err *err)
{
    struct cmd_trace_in *in = &source->in;
    PVM_TRY(cmd_trace_in_fill(in, HEAD, err));
    if (in->len - in->at < HEAD)
        return fail(source, "the trace is cut off", err);
    uint64_t len = pvm_load_le(head(in), 4);
    uint64_t sum = pvm_load_le(head(in) + 4, 8);
    if (len > CMD_TRACE_BLOCK)
        return fail(source, "a length beyond what blocks have", err);
    in->at += HEAD;
    PVM_TRY(cmd_trace_in_fill(in, (size_t)len, err));
    if (in->len - in->at < len)
        return fail(source, "the trace is cut off", err);
    if (XXH3_64bits(head(in), (size_t)len) != sum)
        return fail(source, "its checksum is not that of its octets", err);
    if (source->block_at != 0)
        memmove(source->block.ptr, source->block.ptr + source->block_at,
                source->block.len - source->block_at);
    source->block.len -= source->block_at;
    source->block_at = 0;
    pvm_buf_add(&source->block, head(in), (size_t)len);
    in->at += (size_t)len;
    source->offset += HEAD + len;
    *last = len == 0;
    return pvm_buf_status(&source->block, err);
}

/* Has count octets ready; PVM_E_MALFORMED where there are fewer. */
static enum pvm_status need(struct cmd_trace_source *source, size_t count, struct pvm_err *err)
{
    while (source->block.len - source->block_at < count) {
        bool last = false;
        PVM_TRY(next_block(source, &last, err));
        if (last)
            return fail(source, "the trace ends in the middle of an event", err);
    }
    return PVM_OK;
}

static enum pvm_status octet(struct cmd_trace_source *source, uint8_t *out, struct pvm_err *err)
{
    PVM_TRY(need(source, 1, err));
    *out = source->block.ptr[source->block_at++];
    return PVM_OK;
}

static enum pvm_status number(struct cmd_trace_source *source, uint64_t max, uint64_t *out,
                              struct pvm_err *err)
{
    uint8_t next = 0x80;
    *out = 0;
    for (unsigned shift = 0; (next & 0x80) != 0; shift += 7) {
        PVM_TRY(octet(source, &next, err));
        if (shift > 63 || (shift == 63 && (next & 0x7f) > 1))
            return fail(source, "a number beyond 64 bits", err);
        *out |= (uint64_t)(next & 0x7f) << shift;
    }
    return *out <= max ? PVM_OK : fail(source, "a number beyond what it may be", err);
}

static enum pvm_status difference(struct cmd_trace_source *source, uint64_t expected, uint64_t *out,
                                  struct pvm_err *err)
{
    uint64_t by;
    PVM_TRY(number(source, UINT64_MAX, &by, err));
    *out = expected + ((by & 1) == 0 ? by >> 1 : ~(by >> 1));
    return PVM_OK;
}

static enum pvm_status text(struct cmd_trace_source *source, size_t size, char *out,
                            struct pvm_err *err)
{
    uint64_t len;
    PVM_TRY(number(source, size - 1, &len, err));
    PVM_TRY(need(source, (size_t)len, err));
    memcpy(out, source->block.ptr + source->block_at, (size_t)len);
    out[len] = '\0';
    source->block_at += (size_t)len;
    cmd_trace_clean(out);
    return PVM_OK;
}

static enum pvm_status registers(struct cmd_trace_source *source, uint64_t regs[PVM_REG_COUNT],
                                 struct pvm_err *err)
{
    uint64_t set;
    PVM_TRY(number(source, CMD_TRACE_ALL, &set, err));
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((set >> i & 1) != 0)
            PVM_TRY(difference(source, regs[i], &regs[i], err));
    return PVM_OK;
}

/* ---- events ---- */

static enum pvm_status header(struct cmd_trace_source *source, struct pvm_err *err)
{
    struct cmd_trace_meta *meta = &source->meta;
    PVM_TRY(text(source, sizeof meta->gp, meta->gp, err));
    PVM_TRY(text(source, sizeof meta->run, meta->run, err));
    PVM_TRY(text(source, sizeof meta->filter, meta->filter, err));
    source->filtered = meta->filter[0] != '\0';
    return cmd_trace_source_version(source, meta->gp, err);
}

static enum pvm_status program(struct cmd_trace_source *source, struct pvm_err *err)
{
    struct cmd_trace_known *known = &source->known;
    struct pvm_program *made = NULL;
    struct jam_hash id;
    uint64_t slot, len;
    PVM_TRY(number(source, CMD_TRACE_SLOTS - 1, &slot, err));
    PVM_TRY(need(source, sizeof id.octets, err));
    memcpy(id.octets, source->block.ptr + source->block_at, sizeof id.octets);
    source->block_at += sizeof id.octets;
    PVM_TRY(number(source, (uint64_t)CMD_TRACE_OCTETS * 2, &len, err));
    PVM_TRY(need(source, (size_t)len, err));
    struct pvm_bytes blob = pvm_bytes(source->block.ptr + source->block_at, (size_t)len);
    struct jam_hash found = jam_hash(blob);
    if (known->slots[slot].used)
        return fail(source, "a program in the place of another", err);
    if (!jam_hash_equal(&found, &id))
        return fail(source, "a program that has not the hash it is said to have", err);
    enum pvm_status status = pvm_program_new(source->profile->rules, NULL, blob, &made, err);
    if (status != PVM_OK)
        return pvm_fail_at(err, status, source->in.name);
    source->block_at += (size_t)len;
    if (made->code_len > CMD_TRACE_OCTETS - known->octets)
        status = fail(source, "more code than a trace has at a time", err);
    else
        cmd_trace_known_program(known, (unsigned)slot, made, &id);
    pvm_program_free(made);
    return status;
}

static enum pvm_status machine(struct cmd_trace_source *source, int64_t *out, struct pvm_err *err)
{
    uint64_t id;
    PVM_TRY(difference(source, 0, &id, err));
    *out = (int64_t)id;
    return *out >= -1 ? PVM_OK : fail(source, "a machine that cannot be", err);
}

static enum pvm_status runs(struct cmd_trace_source *source, struct pvm_err *err)
{
    int64_t id;
    uint64_t slot;
    PVM_TRY(machine(source, &id, err));
    PVM_TRY(number(source, CMD_TRACE_SLOTS - 1, &slot, err));
    if (!source->known.slots[slot].used)
        return fail(source, "a machine without a program", err);
    cmd_trace_known_machine(&source->known, id)->slot = (uint8_t)slot;
    return PVM_OK;
}

/* The machine of an instruction, and what is not as was to be expected. */
static enum pvm_status sync(struct cmd_trace_source *source, unsigned tag,
                            struct cmd_trace_record *record, struct pvm_err *err)
{
    const struct cmd_trace_known *known = &source->known;
    uint8_t what = 0;
    record->machine = known->machine;
    record->step = known->step + 1;
    if ((tag & CMD_TRACE_SYNC) != 0)
        PVM_TRY(octet(source, &what, err));
    if ((what & CMD_TRACE_SYNC_STEP) != 0)
        PVM_TRY(difference(source, record->step, &record->step, err));
    if ((what & CMD_TRACE_SYNC_MACHINE) != 0)
        PVM_TRY(machine(source, &record->machine, err));
    struct cmd_trace_machine *is = cmd_trace_known_machine(&source->known, record->machine);
    record->gas = is->gas;
    memcpy(record->before, is->regs, sizeof record->before);
    if ((what & CMD_TRACE_SYNC_GAS) != 0)
        PVM_TRY(difference(source, is->gas, &record->gas, err));
    if ((what & CMD_TRACE_SYNC_REGS) != 0)
        PVM_TRY(registers(source, record->before, err));
    return PVM_OK;
}

static enum pvm_status after(struct cmd_trace_source *source, unsigned tag,
                             struct cmd_trace_record *record, struct pvm_err *err)
{
    unsigned one = cmd_trace_written(record);
    memcpy(record->after, record->before, sizeof record->after);
    switch (tag & CMD_TRACE_AFTER) {
    case 0:
        return PVM_OK;
    case CMD_TRACE_AFTER_ONE:
        if (one == PVM_REG_COUNT)
            return fail(source, "an instruction that writes no register writes one", err);
        return difference(source, record->before[one], &record->after[one], err);
    case CMD_TRACE_AFTER_SET:
        return registers(source, record->after, err);
    default: /* a number, not an enum */
        return fail(source, "an event of no known kind", err);
    }
}

static enum pvm_status step(struct cmd_trace_source *source, unsigned tag,
                            struct cmd_trace_record *record, struct pvm_err *err)
{
    record->kind = CMD_TRACE_STEP;
    record->cost = 1;
    PVM_TRY(sync(source, tag, record, err));
    struct cmd_trace_machine *is = cmd_trace_known_machine(&source->known, record->machine);
    record->pc = is->next;
    if ((tag & CMD_TRACE_JUMP) != 0)
        PVM_TRY(difference(source, is->next, &record->pc, err));
    if ((tag & CMD_TRACE_COST) != 0)
        PVM_TRY(number(source, UINT64_MAX, &record->cost, err));
    if (is->slot == CMD_TRACE_NO_PROGRAM)
        return fail(source, "an instruction without a program", err);
    record->program = source->known.slots[is->slot].program;
    record->id = &source->known.slots[is->slot].id;
    record->op = pvm_program_op(record->program, record->pc);
    PVM_TRY(after(source, tag, record, err));
    record->known_before = record->known_after = CMD_TRACE_ALL;
    record->has_step = record->has_gas = record->has_cost = true;
    cmd_trace_derive(record, (tag & CMD_TRACE_REFUSED) != 0);
    is->next = cmd_trace_next(record);
    is->gas = record->gas - record->cost;
    source->known.step = record->step;
    return PVM_OK;
}

static enum pvm_status range_octets(struct cmd_trace_source *source, struct cmd_trace_range *range,
                                    struct pvm_err *err)
{
    unsigned size = range->len < CMD_TRACE_SHORT ? (unsigned)range->len : CMD_TRACE_SHORT;
    PVM_TRY(need(source, size, err));
    range->has_octets = true;
    range->octets = pvm_load_le(source->block.ptr + source->block_at, size);
    source->block_at += size;
    return PVM_OK;
}

static enum pvm_status ranges(struct cmd_trace_source *source, struct cmd_trace_record *record,
                              bool octets, struct pvm_err *err)
{
    uint64_t count, addr;
    PVM_TRY(number(source, CMD_TRACE_RANGES, &count, err));
    record->range_count = (unsigned)count;
    for (unsigned i = 0; i < record->range_count; i++) {
        struct cmd_trace_range *range = &record->ranges[i];
        PVM_TRY(number(source, UINT64_MAX, &addr, err));
        PVM_TRY(number(source, UINT64_MAX, &range->len, err));
        range->written = (addr & 1) != 0;
        range->addr = addr >> 1;
        if (octets)
            PVM_TRY(range_octets(source, range, err));
    }
    return number(source, UINT64_MAX, &record->range_more, err);
}

static enum pvm_status call(struct cmd_trace_source *source, struct cmd_trace_record *record,
                            bool octets, struct pvm_err *err)
{
    uint64_t which;
    uint8_t flags;
    record->kind = CMD_TRACE_CALL;
    record->op = PVM_OP_ECALLI;
    PVM_TRY(machine(source, &record->machine, err));
    struct cmd_trace_machine *is = cmd_trace_known_machine(&source->known, record->machine);
    PVM_TRY(difference(source, 0, &which, err));
    record->number = (int64_t)which;
    PVM_TRY(octet(source, &flags, err));
    record->open = (flags & 1) != 0;
    if (is->slot != CMD_TRACE_NO_PROGRAM)
        record->program = source->known.slots[is->slot].program;
    if (flags >> 1 > PVM_EXIT_HOST)
        return fail(source, "a host call with no exit that there is", err);
    record->exit = (enum pvm_exit)(flags >> 1);
    PVM_TRY(text(source, sizeof record->text, record->text, err));
    PVM_TRY(number(source, UINT64_MAX, &record->pc, err));
    PVM_TRY(difference(source, is->gas, &record->gas, err));
    PVM_TRY(number(source, UINT64_MAX, &record->cost, err));
    memcpy(record->before, is->regs, sizeof record->before);
    PVM_TRY(registers(source, record->before, err));
    memcpy(record->after, record->before, sizeof record->after);
    PVM_TRY(registers(source, record->after, err));
    PVM_TRY(ranges(source, record, octets, err));
    record->known_before = record->known_after = CMD_TRACE_ALL;
    record->has_gas = record->has_cost = true;
    is->gas = record->gas - record->cost;
    return PVM_OK;
}

static enum pvm_status end(struct cmd_trace_source *source, struct cmd_trace_record *record,
                           struct pvm_err *err)
{
    bool last = false;
    record->kind = CMD_TRACE_END;
    record->has_gas = record->has_step = true;
    PVM_TRY(text(source, sizeof record->text, record->text, err));
    PVM_TRY(number(source, UINT64_MAX, &record->pc, err));
    PVM_TRY(number(source, UINT64_MAX, &record->gas, err));
    PVM_TRY(number(source, UINT64_MAX, &record->step, err));
    if (source->block.len != source->block_at)
        return fail(source, "octets behind the end of the trace", err);
    PVM_TRY(next_block(source, &last, err));
    if (!last)
        return fail(source, "octets behind the end of the trace", err);
    source->ended = true;
    return PVM_OK;
}

static enum pvm_status event(struct cmd_trace_source *source, unsigned tag,
                             struct cmd_trace_record *record, bool *is_event, struct pvm_err *err)
{
    *is_event = tag < CMD_TRACE_TAG_HEADER || tag == CMD_TRACE_TAG_CALL ||
                tag == CMD_TRACE_TAG_CALL_OCTETS || tag == CMD_TRACE_TAG_END;
    switch (tag) {
    case CMD_TRACE_TAG_HEADER:
        return header(source, err);
    case CMD_TRACE_TAG_PROGRAM:
        return program(source, err);
    case CMD_TRACE_TAG_MACHINE:
        return runs(source, err);
    case CMD_TRACE_TAG_CALL:
    case CMD_TRACE_TAG_CALL_OCTETS:
        return call(source, record, tag == CMD_TRACE_TAG_CALL_OCTETS, err);
    case CMD_TRACE_TAG_END:
        return end(source, record, err);
    case CMD_TRACE_TAG_FORGET:
        cmd_trace_known_forget(&source->known);
        return PVM_OK;
    default: /* an octet, not an enum */
        break;
    }
    if (tag >= 0x40)
        return fail(source, "an event of no known kind", err);
    return step(source, tag, record, err);
}

enum pvm_status cmd_trace_unpack(struct cmd_trace_source *source, struct cmd_trace_record *record,
                                 bool *more, struct pvm_err *err)
{
    bool is_event = false;
    while (!is_event && !source->ended) {
        uint8_t tag;
        memset(record, 0, sizeof *record);
        record->machine = -1;
        record->op = PVM_OP_COUNT;
        PVM_TRY(octet(source, &tag, err));
        PVM_TRY(event(source, tag, record, &is_event, err));
    }
    *more = is_event;
    if (is_event && record->kind != CMD_TRACE_END) {
        struct cmd_trace_machine *is = cmd_trace_known_machine(&source->known, record->machine);
        memcpy(is->regs, record->after, sizeof is->regs);
        source->known.machine = record->machine;
    }
    return PVM_OK;
}
