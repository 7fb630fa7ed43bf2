/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports on their way to being available, one a core (GP 0.7.2 11.1, rho): judged ones leave,
 * those that enough validators assure become available, others time out, the block's guarantees
 * come in.
 */
#include "host/chain_parts.h"

#include "host/hash.h"

/* What is pending on a core, octets of C(10). */
struct pending {
    bool there;
    struct pvm_bytes entry;  /* without the slot: the report or, from 0.8.0 on, the guarantee */
    struct pvm_bytes report; /* E(report) */
    uint32_t slot;
};

struct pendings {
    struct pending *list; /* one a core */
    size_t count;
};

/* ---- reading ---- */

static enum pvm_status read_one(const struct jam_importing *import, struct pvm_reader *r,
                                struct pending *out, struct pvm_err *err)
{
    struct jam_report report;
    uint8_t there = pvm_read_u8(r);
    out->there = there == 1;
    if (r->failed || there > 1)
        return pvm_fail(err, PVM_E_MALFORMED, "C(10), pending reports: wrong at octet %zu", r->pos);
    if (!out->there)
        return PVM_OK;
    size_t from = r->pos;
    enum pvm_status status = jam_report_read(import->profile, r, import->alloc, &report, err);
    if (status != PVM_OK)
        return pvm_fail_at(err, status, "C(10), pending reports");
    out->report = report.encoded;
    jam_report_deinit(&report);
    if (import->profile->block->chain >= JAM_CHAIN_080) {
        (void)pvm_read_le(r, 4);
        uint64_t signers = pvm_read_natural(r);
        for (uint64_t i = 0; i < signers && !r->failed; i++)
            (void)pvm_read_span(r, 2 + JAM_SIGNATURE_SIZE);
    }
    if (r->failed)
        return pvm_fail(err, PVM_E_MALFORMED, "C(10), pending reports: cut short");
    out->entry = pvm_bytes(r->bytes.ptr + from, r->pos - from);
    out->slot = (uint32_t)pvm_read_le(r, 4);
    return PVM_OK;
}

static enum pvm_status read_all(const struct jam_importing *import, struct pendings *out,
                                struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(pvm_buf_bytes(&import->pending_before));
    for (size_t core = 0; core < out->count; core++)
        PVM_TRY(read_one(import, &r, &out->list[core], err));
    if (r.failed || pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "C(10), pending reports: not one for each of %zu cores", out->count);
    return PVM_OK;
}

/* ---- what happens to them ---- */

/* GP 0.7.2 10.2: a report not judged good leaves its core. */
static void drop_judged(const struct jam_importing *import, struct pendings *pendings)
{
    const struct jam_chain_block *block = import->block;
    size_t enough = (size_t)(import->params->validator_count * 2 / 3);
    if (block->verdict_count == 0)
        return;
    for (size_t core = 0; core < pendings->count; core++) {
        if (!pendings->list[core].there)
            continue;
        struct jam_hash hash = jam_hash(pendings->list[core].report);
        for (size_t i = 0; i < block->verdict_count; i++)
            if (block->verdicts[i].positive < enough &&
                jam_hash_equal(&block->verdicts[i].target, &hash))
                pendings->list[core].there = false;
    }
}

static bool is_assured(const struct jam_importing *import, size_t core)
{
    uint64_t votes = 0;
    for (size_t i = 0; i < import->block->assurance_count; i++)
        votes += jam_assurance_has(&import->block->assurances[i], core) ? 1 : 0;
    return votes * 3 > import->params->validator_count * 2;
}

static enum pvm_status take_available(struct jam_importing *import, struct pendings *pendings,
                                      struct pvm_err *err)
{
    import->available =
        pvm_alloc_zero(import->alloc, pendings->count + 1, sizeof *import->available);
    if (import->available == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu reports", pendings->count);
    for (size_t core = 0; core < pendings->count; core++) {
        struct pending *pending = &pendings->list[core];
        if (!pending->there || !is_assured(import, core))
            continue;
        PVM_TRY(jam_report_decode(import->profile, pending->report, import->alloc,
                                  &import->available[import->available_count], err));
        import->available_count++;
        pending->there = false;
    }
    return PVM_OK;
}

static void drop_late(const struct jam_importing *import, struct pendings *pendings)
{
    for (size_t core = 0; core < pendings->count; core++)
        if (import->block->slot >= pendings->list[core].slot + import->params->assurance_timeout)
            pendings->list[core].there = false;
}

static enum pvm_status take_guarantees(const struct jam_importing *import,
                                       struct pendings *pendings, struct pvm_err *err)
{
    bool whole = import->profile->block->chain >= JAM_CHAIN_080;
    for (size_t i = 0; i < import->block->guarantee_count; i++) {
        const struct jam_guarantee *guarantee = &import->block->guarantees[i];
        if (guarantee->report.core_index >= pendings->count)
            return pvm_fail(err, PVM_E_MALFORMED, "guarantee %zu: there is no core %llu", i,
                            (unsigned long long)guarantee->report.core_index);
        struct pending *pending = &pendings->list[guarantee->report.core_index];
        if (pending->there)
            return pvm_fail(err, PVM_E_MALFORMED, "guarantee %zu: core %llu is taken", i,
                            (unsigned long long)guarantee->report.core_index);
        *pending = (struct pending){
            .there = true,
            .entry = whole ? guarantee->encoded : guarantee->report.encoded,
            .slot = import->block->slot,
        };
    }
    return PVM_OK;
}

static enum pvm_status write_all(struct jam_importing *import, const struct pendings *pendings,
                                 struct pvm_err *err)
{
    struct pvm_buf value = {.alloc = import->alloc};
    for (size_t core = 0; core < pendings->count; core++) {
        pvm_buf_add_u8(&value, pendings->list[core].there ? 1 : 0);
        if (!pendings->list[core].there)
            continue;
        pvm_buf_add_bytes(&value, pendings->list[core].entry);
        pvm_buf_add_le(&value, pendings->list[core].slot, 4);
    }
    enum pvm_status status = jam_import_set(import, JAM_STATE_PENDING, &value, err);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status take_on(struct jam_importing *import, struct pendings *pendings,
                               struct pvm_err *err)
{
    PVM_TRY(read_all(import, pendings, err));
    drop_judged(import, pendings);
    PVM_TRY(take_available(import, pendings, err));
    drop_late(import, pendings);
    PVM_TRY(take_guarantees(import, pendings, err));
    return write_all(import, pendings, err);
}

enum pvm_status jam_import_pending(struct jam_importing *import, struct pvm_err *err)
{
    struct pvm_bytes value;
    struct pendings pendings = {NULL, (size_t)import->params->core_count};
    if (!jam_import_get(import, JAM_STATE_PENDING, &value))
        return PVM_OK;
    pvm_buf_add_bytes(&import->pending_before, value);
    PVM_TRY(pvm_buf_status(&import->pending_before, err));
    pendings.list = pvm_alloc_zero(import->alloc, pendings.count + 1, sizeof *pendings.list);
    if (pendings.list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu cores", pendings.count);
    enum pvm_status status = take_on(import, &pendings, err);
    pvm_alloc_free(import->alloc, pendings.list);
    return status;
}
