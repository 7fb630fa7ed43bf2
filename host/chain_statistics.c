/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of validators, cores and services over a block (GP 0.7.2 13). */
#include "host/chain_parts.h"

enum {
    FIELDS = 6,
    BLOCKS = 0,
    TICKETS = 1,
    PREIMAGES = 2,
    OCTETS = 3,
    GUARANTEES = 4,
    ASSURANCES = 5,
    RECORD = 4 * FIELDS,
    KEY_AT = 32
};

/* ---- validators ---- */

static struct pvm_bytes key_of(struct pvm_bytes keys, size_t validator)
{
    if (validator >= keys.len / JAM_VALIDATOR_SIZE)
        return pvm_bytes_none();
    return pvm_bytes(keys.ptr + validator * JAM_VALIDATOR_SIZE + KEY_AT, JAM_HASH_SIZE);
}

/* The set that the guarantors of a slot belong to, GP 0.7.2 11.3. */
static struct pvm_bytes guarantors_of(const struct jam_importing *import, uint32_t slot)
{
    uint64_t rotation = import->params->rotation_period;
    uint64_t epoch = import->params->epoch_length;
    uint64_t now = import->block->slot;
    bool this_rotation = now / rotation == slot / rotation;
    bool this_epoch = now >= rotation && (now - rotation) / epoch == now / epoch;
    return pvm_buf_bytes(this_rotation || this_epoch ? &import->active : &import->previous);
}

static bool is_offender(const struct jam_importing *import, struct pvm_bytes key)
{
    for (size_t i = 0; i < import->offenders.count; i++)
        if (pvm_bytes_equal(jam_hash_bytes(&import->offenders.list[i]), key))
            return true;
    return false;
}

/* Whether a key is among the reporters: those who signed a guarantee of the block. */
static bool is_reporter(const struct jam_importing *import, struct pvm_bytes key)
{
    for (size_t i = 0; i < import->block->guarantee_count; i++) {
        const struct jam_guarantee *guarantee = &import->block->guarantees[i];
        struct pvm_bytes keys = guarantors_of(import, guarantee->slot);
        for (size_t k = 0; k < guarantee->signer_count; k++) {
            struct pvm_bytes signer = key_of(keys, guarantee->signers[k]);
            if (signer.len != 0 && pvm_bytes_equal(signer, key) && !is_offender(import, signer))
                return true;
        }
    }
    return false;
}

static void add(uint8_t *record, unsigned field, uint64_t value)
{
    uint8_t *at = record + (size_t)4 * field;
    pvm_store_le(at, pvm_load_le(at, 4) + value, 4);
}

static bool assures(const struct jam_chain_block *block, size_t validator)
{
    for (size_t i = 0; i < block->assurance_count; i++)
        if (block->assurances[i].validator == validator)
            return true;
    return false;
}

static void add_block(const struct jam_importing *import, uint8_t *records, size_t count)
{
    const struct jam_chain_block *block = import->block;
    uint64_t octets = 0;
    for (size_t i = 0; i < block->preimage_count; i++)
        octets += block->preimages[i].blob.len;
    for (size_t v = 0; v < count; v++) {
        uint8_t *record = records + v * RECORD;
        struct pvm_bytes key = key_of(pvm_buf_bytes(&import->active), v);
        if (v == block->author) {
            add(record, BLOCKS, 1);
            add(record, TICKETS, block->ticket_count);
            add(record, PREIMAGES, block->preimage_count);
            add(record, OCTETS, octets);
        }
        if (key.len != 0 && is_reporter(import, key))
            add(record, GUARANTEES, 1);
        if (assures(block, v))
            add(record, ASSURANCES, 1);
    }
}

/* The records of an epoch that the reader is at. */
static struct pvm_bytes read_records(const struct jam_importing *import, struct pvm_reader *r)
{
    uint64_t count = import->profile->state.counted_validators ? pvm_read_natural(r)
                                                               : import->params->validator_count;
    if (r->failed || count > pvm_reader_left(r) / RECORD) {
        r->failed = true;
        return pvm_bytes_none();
    }
    return pvm_read_span(r, count * RECORD);
}

static void write_records(const struct jam_importing *import, struct pvm_bytes records,
                          struct pvm_buf *out)
{
    if (import->profile->state.counted_validators)
        pvm_buf_add_natural(out, records.len / RECORD);
    pvm_buf_add_bytes(out, records);
}

/* pi_V' and pi_L'. */
static enum pvm_status write_validators(const struct jam_importing *import, struct pvm_reader *r,
                                        struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_bytes current = read_records(import, r);
    struct pvm_bytes last = read_records(import, r);
    struct pvm_buf records = {.alloc = import->alloc};
    if (r->failed)
        return pvm_fail(err, PVM_E_MALFORMED, "C(13), statistics: cut short");
    if (jam_import_new_epoch(import)) {
        size_t count = import->active.len / JAM_VALIDATOR_SIZE;
        if (count == 0)
            count = current.len / RECORD;
        last = current;
        pvm_buf_add_zeros(&records, count * RECORD);
    } else {
        pvm_buf_add_bytes(&records, current);
    }
    enum pvm_status status = pvm_buf_status(&records, err);
    if (status == PVM_OK) {
        add_block(import, records.ptr, records.len / RECORD);
        write_records(import, pvm_buf_bytes(&records), out);
        write_records(import, last, out);
    }
    pvm_buf_deinit(&records);
    return status;
}

/* ---- cores ---- */

struct core_stat {
    uint64_t da_load, popularity, imports, extrinsic_count, extrinsic_size, exports, bundle_size,
        gas_used;
};

static void add_incoming(struct core_stat *stat, const struct jam_report *report)
{
    stat->bundle_size += report->package_spec.length;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct jam_refine_load *load = &report->results[i].refine_load;
        stat->imports += load->imports;
        stat->extrinsic_count += load->extrinsic_count;
        stat->extrinsic_size += load->extrinsic_size;
        stat->exports += load->exports;
        stat->gas_used += load->gas_used;
    }
}

/* Octets to be kept available: the bundle, and segments with a 64th more for their proofs. */
static uint64_t da_load(const struct jam_report *report)
{
    uint64_t exports = report->package_spec.exports_count;
    return report->package_spec.length + JAM_SEGMENT_SIZE * ((exports * 65 + 63) / 64);
}

static struct core_stat stat_of(const struct jam_importing *import, size_t core)
{
    const struct jam_chain_block *block = import->block;
    struct core_stat stat = {.da_load = 0};
    for (size_t i = 0; i < block->guarantee_count; i++)
        if (block->guarantees[i].report.core_index == core)
            add_incoming(&stat, &block->guarantees[i].report);
    for (size_t i = 0; i < import->available_count; i++)
        if (import->available[i].core_index == core)
            stat.da_load += da_load(&import->available[i]);
    for (size_t i = 0; i < block->assurance_count; i++)
        stat.popularity += jam_assurance_has(&block->assurances[i], core) ? 1 : 0;
    return stat;
}

static void write_cores(const struct jam_importing *import, struct pvm_buf *out)
{
    for (size_t core = 0; core < import->params->core_count; core++) {
        struct core_stat stat = stat_of(import, core);
        pvm_buf_add_natural(out, stat.da_load);
        pvm_buf_add_natural(out, stat.popularity);
        pvm_buf_add_natural(out, stat.imports);
        pvm_buf_add_natural(out, stat.extrinsic_count);
        pvm_buf_add_natural(out, stat.extrinsic_size);
        pvm_buf_add_natural(out, stat.exports);
        pvm_buf_add_natural(out, stat.bundle_size);
        pvm_buf_add_natural(out, stat.gas_used);
    }
}

/* ---- the whole ---- */

static enum pvm_status add_services(struct jam_importing *import, struct pvm_err *err)
{
    const struct jam_chain_block *block = import->block;
    for (size_t i = 0; i < block->guarantee_count; i++)
        PVM_TRY(jam_stats_reports(import->state, &block->guarantees[i].report, 1, err));
    return jam_stats_preimages(import->state, block->preimages, block->preimage_count, err);
}

enum pvm_status jam_import_statistics(struct jam_importing *import, struct pvm_err *err)
{
    struct pvm_bytes value;
    struct pvm_buf out = {.alloc = import->alloc};
    PVM_TRY(add_services(import, err));
    if (!jam_import_get(import, JAM_STATE_STATISTICS, &value))
        return PVM_OK;
    struct pvm_reader r = pvm_reader(value);
    enum pvm_status status = write_validators(import, &r, &out, err);
    if (status == PVM_OK) {
        write_cores(import, &out);
        /* What stands behind is written from the state's own statistics of services. */
        status = jam_import_set(import, JAM_STATE_STATISTICS, &out, err);
    }
    pvm_buf_deinit(&out);
    return status;
}
