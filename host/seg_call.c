/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_call.h"

#include "host/call.h"

enum { ENTER, CALL };

enum jam_seg_special jam_seg_special(const char *name)
{
    static const char *const names[] = {
#define X(NAME, text) text,
        JAM_SEG_SPECIALS(X)
#undef X
    };
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum jam_seg_special)i;
    return JAM_SEG_IS_NOTHING;
}

/* GP 0.7.2 B.6, pages by mode. */
bool jam_seg_page_change(enum jam_seg_special special, const uint64_t *regs,
                         struct jam_seg_change *out)
{
    static const struct {
        enum pvm_access access;
        bool zero;
    } modes[] = {{PVM_NO_ACCESS, true},
                 {PVM_READ, true},
                 {PVM_WRITE, true},
                 {PVM_READ, false},
                 {PVM_WRITE, false}};
    uint64_t mode = special == JAM_SEG_IS_PAGES ? regs[10] : special == JAM_SEG_IS_ZERO ? 2 : 0;
    uint64_t page = regs[8];
    uint64_t count = regs[9];
    if (mode >= sizeof modes / sizeof *modes || page < PVM_GUARD_SIZE / PVM_PAGE_SIZE ||
        page >= PVM_PAGE_COUNT || count >= PVM_PAGE_COUNT - page)
        return false;
    *out = (struct jam_seg_change){.kind = JAM_SEG_MAP,
                                   .page = (uint32_t)page,
                                   .count = (uint32_t)count,
                                   .access = modes[mode].access,
                                   .zero = modes[mode].zero};
    return true;
}

unsigned jam_seg_looks(enum jam_seg_special special, const uint64_t *regs,
                       struct jam_seg_look out[JAM_SEG_LOOKS])
{
    struct jam_seg_change change;
    switch (special) {
    case JAM_SEG_IS_MACHINE:
        out[0] = (struct jam_seg_look){false, PVM_READ, regs[7], regs[8]};
        return 1;
    case JAM_SEG_IS_PEEK:
        out[0] = (struct jam_seg_look){false, PVM_WRITE, regs[8], regs[10]};
        out[1] = (struct jam_seg_look){true, PVM_READ, regs[9], regs[10]};
        return 2;
    case JAM_SEG_IS_POKE:
        out[0] = (struct jam_seg_look){false, PVM_READ, regs[8], regs[10]};
        out[1] = (struct jam_seg_look){true, PVM_WRITE, regs[9], regs[10]};
        return 2;
    case JAM_SEG_IS_INVOKE:
        out[0] = (struct jam_seg_look){false, PVM_WRITE, regs[8], JAM_INVOKE_SIZE};
        return 1;
    case JAM_SEG_IS_PAGES:
    case JAM_SEG_IS_VOID:
        if (!jam_seg_page_change(special, regs, &change) ||
            (special == JAM_SEG_IS_PAGES && change.zero))
            return 0;
        out[0] = (struct jam_seg_look){true, PVM_READ, (uint64_t)change.page << PVM_PAGE_BITS,
                                       (uint64_t)change.count << PVM_PAGE_BITS};
        return 1;
    case JAM_SEG_IS_NOTHING:
    case JAM_SEG_IS_GAS:
    case JAM_SEG_IS_LOG:
    case JAM_SEG_IS_CHECKPOINT:
    case JAM_SEG_IS_TRANSFER:
    case JAM_SEG_IS_GROW_HEAP:
    case JAM_SEG_IS_ZERO:
    case JAM_SEG_IS_EXPUNGE:
        break;
    }
    return 0;
}

void jam_seg_call_reset(struct jam_seg_call *call)
{
    call->reads.len = call->changes.len = 0;
    call->enter = false;
}

void jam_seg_call_deinit(struct jam_seg_call *call)
{
    pvm_buf_deinit(&call->reads);
    pvm_buf_deinit(&call->changes);
}

size_t jam_seg_read_count(const struct jam_seg_call *call)
{
    return call->reads.len / sizeof(struct jam_seg_read);
}

const struct jam_seg_read *jam_seg_read(const struct jam_seg_call *call, size_t index)
{
    return (const struct jam_seg_read *)(const void *)call->reads.ptr + index;
}

size_t jam_seg_change_count(const struct jam_seg_call *call)
{
    return call->changes.len / sizeof(struct jam_seg_change);
}

const struct jam_seg_change *jam_seg_change(const struct jam_seg_call *call, size_t index)
{
    return (const struct jam_seg_change *)(const void *)call->changes.ptr + index;
}

/* ---- writing ---- */

static void encode_change(const struct jam_seg_change *change, bool ages, struct pvm_buf *out)
{
    pvm_buf_add_u8(out, (uint8_t)change->kind);
    pvm_buf_add_natural(out, change->serial);
    switch (change->kind) {
    case JAM_SEG_WRITE:
        pvm_buf_add_natural(out, change->addr);
        if (ages)
            pvm_buf_add_natural(out, change->age);
        pvm_buf_add_blob(out, change->bytes);
        break;
    case JAM_SEG_MAP:
        pvm_buf_add_natural(out, change->page);
        pvm_buf_add_natural(out, change->count);
        pvm_buf_add_u8(out, (uint8_t)change->access);
        pvm_buf_add_u8(out, change->zero);
        break;
    case JAM_SEG_OPEN:
        pvm_buf_add_natural(out, change->id);
        pvm_buf_add_natural(out, change->pc);
        pvm_buf_add(out, change->program.octets, JAM_HASH_SIZE);
        break;
    case JAM_SEG_CLOSE:
        break;
    }
}

static void encode_lists(const struct jam_seg_call *call, bool ages, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, jam_seg_read_count(call));
    for (size_t i = 0; i < jam_seg_read_count(call); i++) {
        const struct jam_seg_read *read = jam_seg_read(call, i);
        pvm_buf_add_natural(out, read->serial);
        pvm_buf_add_natural(out, read->addr);
        pvm_buf_add_natural(out, read->len);
        if (ages)
            pvm_buf_add_natural(out, read->age);
    }
    pvm_buf_add_natural(out, jam_seg_change_count(call));
    for (size_t i = 0; i < jam_seg_change_count(call); i++)
        encode_change(jam_seg_change(call, i), ages, out);
}

void jam_seg_call_encode(const struct jam_seg_call *call, const uint64_t *before,
                         struct pvm_buf *out)
{
    uint64_t changed = 0;
    pvm_buf_add_u8(out, call->enter ? ENTER : CALL);
    if (call->enter) {
        pvm_buf_add_natural(out, call->serial);
        pvm_buf_add_natural(out, call->gas);
        pvm_buf_add_natural(out, call->age);
        return;
    }
    pvm_buf_add_natural(out, call->number);
    pvm_buf_add_u8(out, (uint8_t)call->exit);
    pvm_buf_add_natural(out, call->gas);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        changed |= (uint64_t)(call->regs[i] != before[i]) << i;
    pvm_buf_add_natural(out, changed);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((changed >> i & 1) != 0)
            pvm_buf_add_natural(out, jam_seg_fold(call->regs[i] - before[i]));
    encode_lists(call, true, out);
}

void jam_seg_call_note(const struct jam_seg_call *call, struct pvm_buf *out)
{
    pvm_buf_add_le(out, call->number, 8);
    pvm_buf_add_u8(out, (uint8_t)call->exit);
    pvm_buf_add_le(out, call->gas, 8);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_buf_add_le(out, call->regs[i], 8);
    encode_lists(call, false, out);
}

/* ---- reading ---- */

static uint32_t read_pages(struct pvm_reader *r)
{
    uint64_t value = pvm_read_natural(r);
    r->failed = r->failed || value > PVM_PAGE_COUNT;
    return (uint32_t)value;
}

static void decode_change(struct pvm_reader *r, struct jam_seg_change *change)
{
    uint8_t kind = pvm_read_u8(r);
    *change = (struct jam_seg_change){.kind = (enum jam_seg_change_kind)kind};
    change->serial = pvm_read_natural(r);
    if (kind == JAM_SEG_WRITE) {
        change->addr = pvm_read_natural(r);
        change->age = pvm_read_natural(r);
        change->bytes = pvm_read_blob(r);
    } else if (kind == JAM_SEG_MAP) {
        change->page = read_pages(r);
        change->count = read_pages(r);
        uint8_t access = pvm_read_u8(r);
        uint8_t zero = pvm_read_u8(r);
        change->access = (enum pvm_access)access;
        change->zero = zero == 1;
        r->failed = r->failed || zero > 1 || access > PVM_WRITE || access == 2 ||
                    change->count > PVM_PAGE_COUNT - change->page;
    } else if (kind == JAM_SEG_OPEN) {
        change->id = pvm_read_natural(r);
        change->pc = pvm_read_natural(r);
        struct pvm_bytes hash = pvm_read_span(r, JAM_HASH_SIZE);
        if (!r->failed)
            memcpy(change->program.octets, hash.ptr, JAM_HASH_SIZE);
    } else {
        r->failed = r->failed || kind != JAM_SEG_CLOSE;
    }
}

static void decode_lists(struct pvm_reader *r, struct jam_seg_call *call)
{
    uint64_t count = pvm_read_natural(r);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct jam_seg_read read;
        read.serial = pvm_read_natural(r);
        read.addr = pvm_read_natural(r);
        read.len = pvm_read_natural(r);
        read.age = pvm_read_natural(r);
        pvm_buf_add(&call->reads, &read, sizeof read);
    }
    count = pvm_read_natural(r);
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct jam_seg_change change;
        decode_change(r, &change);
        pvm_buf_add(&call->changes, &change, sizeof change);
    }
}

bool jam_seg_call_decode(struct pvm_reader *reader, const uint64_t *before,
                         struct jam_seg_call *call)
{
    jam_seg_call_reset(call);
    uint8_t kind = pvm_read_u8(reader);
    call->enter = kind == ENTER;
    if (call->enter) {
        call->serial = pvm_read_natural(reader);
        call->gas = pvm_read_natural(reader);
        call->age = pvm_read_natural(reader);
        return !reader->failed;
    }
    call->number = pvm_read_natural(reader);
    uint8_t exit = pvm_read_u8(reader);
    call->exit = (enum pvm_exit)exit;
    call->gas = pvm_read_natural(reader);
    uint64_t changed = pvm_read_natural(reader);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        call->regs[i] = before[i];
        if ((changed >> i & 1) != 0)
            call->regs[i] += jam_seg_unfold(pvm_read_natural(reader));
    }
    decode_lists(reader, call);
    return !reader->failed && kind == CALL && exit <= PVM_EXIT_HOST &&
           changed >> PVM_REG_COUNT == 0 && !call->reads.failed && !call->changes.failed;
}
