/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host calls whose result follows from the machines and their memory (GP 0.7.2 B.5, B.6), stated a
 * second time for whoever checks segments: checks stand in the order of the equations' cases.
 */
#include "core/evaluate.h"
#include "host/hash.h"
#include "host/seg_check_parts.h"

static void goes_on(struct jam_seg_expected *e, uint64_t r7)
{
    e->exit = PVM_EXIT_CONTINUE;
    e->regs[7] = r7;
}

static void reads(struct jam_seg_expected *e, uint64_t serial, uint64_t addr, uint64_t len)
{
    e->reads = len != 0;
    e->read = (struct jam_seg_read){.serial = serial, .addr = addr, .len = len};
}

/* Octets that the call reads are written there. */
static void writes(struct jam_seg_expected *e, uint64_t serial, uint64_t addr, uint64_t len)
{
    e->changes = len != 0;
    e->change = (struct jam_seg_change){.kind = JAM_SEG_WRITE, .serial = serial, .addr = addr};
}

static bool allows(struct jam_seg_machine *machine, uint64_t addr, uint64_t len,
                   enum pvm_access access)
{
    return jam_seg_memory_allows(&machine->memory, addr, len, access);
}

/* ---- GP 0.7.2 B.6 ---- */

/* Omega_M. The rest is up to the octets. */
static void expect_machine(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                           struct jam_seg_expected *e)
{
    uint32_t most = check->profile->call.max_machines;
    if (most != 0 && check->state.inner_count >= most) {
        goes_on(e, JAM_FULL);
        return;
    }
    if (!allows(c->outer, c->regs[7], c->regs[8], PVM_READ))
        return;
    reads(e, 0, c->regs[7], c->regs[8]);
    goes_on(e, JAM_HUH);
}

/* Omega_P. */
static void expect_peek(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    const uint64_t *regs = c->regs;
    if (!allows(c->outer, regs[8], regs[10], PVM_WRITE))
        return;
    if (c->named == NULL) {
        goes_on(e, JAM_WHO);
    } else if (!allows(c->named, regs[9], regs[10], PVM_READ)) {
        goes_on(e, JAM_OOB);
    } else {
        reads(e, c->named->serial, regs[9], regs[10]);
        writes(e, 0, regs[8], regs[10]);
        goes_on(e, JAM_OK);
    }
}

/* Omega_O. */
static void expect_poke(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    const uint64_t *regs = c->regs;
    if (!allows(c->outer, regs[8], regs[10], PVM_READ))
        return;
    if (c->named == NULL) {
        goes_on(e, JAM_WHO);
    } else if (!allows(c->named, regs[9], regs[10], PVM_WRITE)) {
        goes_on(e, JAM_OOB);
    } else {
        reads(e, 0, regs[8], regs[10]);
        writes(e, c->named->serial, regs[9], regs[10]);
        goes_on(e, JAM_OK);
    }
}

static void maps(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    e->changes = true;
    e->change.serial = c->named->serial;
    goes_on(e, JAM_OK);
}

/* Omega_Z of 0.7.2, and Omega_V of 0.6.6: pages that keep their octets, or are given up, must be
 * accessible. */
static void expect_pages(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    if (c->named == NULL) {
        goes_on(e, JAM_WHO);
        return;
    }
    bool fits = jam_seg_page_change(c->special, c->regs, &e->change);
    bool keeps = fits && (c->special == JAM_SEG_IS_VOID || !e->change.zero);
    if (!fits || (keeps && !allows(c->named, (uint64_t)e->change.page << PVM_PAGE_BITS,
                                   (uint64_t)e->change.count << PVM_PAGE_BITS, PVM_READ)))
        goes_on(e, JAM_HUH);
    else
        maps(c, e);
}

/* Omega_Z of 0.6.6. */
static void expect_zero(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    if (!jam_seg_page_change(c->special, c->regs, &e->change))
        goes_on(e, JAM_HUH);
    else if (c->named == NULL)
        goes_on(e, JAM_WHO);
    else
        maps(c, e);
}

static void expect_invoked(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                           struct jam_seg_expected *e)
{
    static const uint64_t results[] = {
        [PVM_EXIT_HALT] = JAM_INNER_HALT, [PVM_EXIT_PANIC] = JAM_INNER_PANIC,
        [PVM_EXIT_OOG] = JAM_INNER_OOG,   [PVM_EXIT_FAULT] = JAM_INNER_FAULT,
        [PVM_EXIT_HOST] = JAM_INNER_HOST,
    };
    reads(e, 0, c->regs[8], JAM_INVOKE_SIZE);
    writes(e, 0, c->regs[8], JAM_INVOKE_SIZE);
    pvm_store_le(e->invoked, c->left, 8);
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        pvm_store_le(e->invoked + 8 * (i + 1), c->named->at.regs[i], 8);
    e->change.bytes = pvm_bytes(e->invoked, sizeof e->invoked);
    goes_on(e, results[c->stopped]);
    if (c->stopped == PVM_EXIT_FAULT || c->stopped == PVM_EXIT_HOST)
        e->regs[8] = check->arg;
}

/* Omega_K. */
static enum pvm_status expect_invoke(const struct jam_seg_check *check,
                                     const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    if (!allows(c->outer, c->regs[8], JAM_INVOKE_SIZE, PVM_WRITE))
        return PVM_OK;
    if (c->invoked)
        expect_invoked(check, c, e);
    else if (c->named == NULL)
        goes_on(e, JAM_WHO);
    else
        return jam_seg_wrong(check, "record %u: the machine that is invoked does not run",
                             (unsigned)check->clock);
    return PVM_OK;
}

/* Omega_X. */
static void expect_expunge(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    if (c->named == NULL) {
        goes_on(e, JAM_WHO);
        return;
    }
    e->changes = true;
    e->change = (struct jam_seg_change){.kind = JAM_SEG_CLOSE, .serial = c->named->serial};
    goes_on(e, c->named->at.pc);
}

/* ---- the others ---- */

/* GP 0.8.0 B.5. The heap's end and limit stand where sbrk's do in versions that have sbrk. */
static void expect_grow_heap(const struct jam_seg_calling *c, struct jam_seg_expected *e)
{
    const struct pvm_eval_machine *at = &c->outer->at;
    uint32_t top = at->heap_top >> PVM_PAGE_BITS;
    uint32_t end = at->heap_limit >> PVM_PAGE_BITS;
    uint64_t wanted = c->regs[7];
    bool grows = wanted > top && wanted <= end;
    goes_on(e, grows ? wanted : top);
    if (!grows)
        return;
    e->changes = true;
    e->change = (struct jam_seg_change){.kind = JAM_SEG_MAP,
                                        .page = top,
                                        .count = (uint32_t)(wanted - top),
                                        .access = PVM_WRITE};
}

enum pvm_status jam_seg_expect(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                               struct jam_seg_expected *out)
{
    *out = (struct jam_seg_expected){.exit = PVM_EXIT_PANIC};
    memcpy(out->regs, c->regs, sizeof out->regs);
    switch (c->special) {
    case JAM_SEG_IS_GAS:
    case JAM_SEG_IS_CHECKPOINT:
        goes_on(out, c->outer->at.gas - c->cost.gas);
        break;
    case JAM_SEG_IS_GROW_HEAP:
        expect_grow_heap(c, out);
        break;
    case JAM_SEG_IS_MACHINE:
        expect_machine(check, c, out);
        break;
    case JAM_SEG_IS_PEEK:
        expect_peek(c, out);
        break;
    case JAM_SEG_IS_POKE:
        expect_poke(c, out);
        break;
    case JAM_SEG_IS_PAGES:
    case JAM_SEG_IS_VOID:
        expect_pages(c, out);
        break;
    case JAM_SEG_IS_ZERO:
        expect_zero(c, out);
        break;
    case JAM_SEG_IS_INVOKE:
        PVM_TRY(expect_invoke(check, c, out));
        break;
    case JAM_SEG_IS_EXPUNGE:
        expect_expunge(c, out);
        break;
    case JAM_SEG_IS_NOTHING:
    case JAM_SEG_IS_LOG:
    case JAM_SEG_IS_TRANSFER:
        break;
    }
    PVM_TRY(jam_seg_check_memory(check, c->outer));
    return c->named != NULL ? jam_seg_check_memory(check, c->named) : PVM_OK;
}

void jam_seg_expect_octets(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                           struct jam_seg_expected *out)
{
    struct pvm_bytes octets = pvm_buf_bytes(&check->octets);
    if (out->changes && out->change.kind == JAM_SEG_WRITE && !c->invoked)
        out->change.bytes = octets;
    if (c->special != JAM_SEG_IS_MACHINE || out->exit != PVM_EXIT_CONTINUE ||
        out->regs[7] != JAM_HUH || !pvm_eval_may_start(check->profile->rules, octets, c->regs[9]))
        return;
    out->changes = true;
    out->change = (struct jam_seg_change){.kind = JAM_SEG_OPEN,
                                          .serial = check->state.next_serial,
                                          .id = jam_seg_state_free_id(&check->state),
                                          .pc = c->regs[9],
                                          .program = jam_hash(octets)};
    goes_on(out, out->change.id);
}
