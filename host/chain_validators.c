/* SPDX-License-Identifier: Apache-2.0 */
/* Disputes and the sets of validators over a block (GP 0.7.2 6.3, 10.2). */
#include "host/block_queue.h"
#include "host/chain_parts.h"

enum { SETS = 4, GOOD = 0, BAD = 1, WONKY = 2, OFFENDERS = 3 };

static enum pvm_status read_set(struct jam_importing *import, struct pvm_reader *r,
                                struct jam_hash_list *out, struct pvm_err *err)
{
    uint64_t count = pvm_read_natural(r);
    if (count > pvm_reader_left(r) / JAM_HASH_SIZE)
        r->failed = true;
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        struct jam_hash hash = {{0}};
        memcpy(hash.octets, pvm_read_span(r, JAM_HASH_SIZE).ptr, JAM_HASH_SIZE);
        PVM_TRY(jam_hash_list_add(out, import->alloc, &hash, err));
    }
    return PVM_OK;
}

/* The set that a verdict puts its report into. */
static unsigned set_of(const struct jam_importing *import, const struct jam_verdict *verdict)
{
    if (verdict->positive == 0)
        return BAD;
    return verdict->positive == import->params->validator_count / 3 ? WONKY : GOOD;
}

static enum pvm_status judge(struct jam_importing *import, struct jam_hash_list sets[SETS],
                             struct pvm_err *err)
{
    const struct jam_chain_block *block = import->block;
    for (size_t i = 0; i < block->verdict_count; i++)
        PVM_TRY(jam_hash_list_add(&sets[set_of(import, &block->verdicts[i])], import->alloc,
                                  &block->verdicts[i].target, err));
    for (size_t i = 0; i < block->offender_count; i++)
        PVM_TRY(jam_hash_list_add(&sets[OFFENDERS], import->alloc, &block->offenders[i], err));
    for (unsigned i = 0; i < SETS; i++)
        sets[i].count = jam_hash_set_make(sets[i].list, sets[i].count);
    return PVM_OK;
}

static enum pvm_status write_sets(struct jam_importing *import,
                                  const struct jam_hash_list sets[SETS], struct pvm_err *err)
{
    struct pvm_buf value = {.alloc = import->alloc};
    for (unsigned i = 0; i < SETS; i++) {
        pvm_buf_add_natural(&value, sets[i].count);
        for (size_t k = 0; k < sets[i].count; k++)
            pvm_buf_add(&value, sets[i].list[k].octets, JAM_HASH_SIZE);
    }
    enum pvm_status status = jam_import_set(import, JAM_STATE_DISPUTES, &value, err);
    pvm_buf_deinit(&value);
    return status;
}

static enum pvm_status disputes(struct jam_importing *import, struct jam_hash_list sets[SETS],
                                struct pvm_err *err)
{
    struct pvm_bytes value;
    if (!jam_import_get(import, JAM_STATE_DISPUTES, &value))
        return judge(import, sets, err);
    struct pvm_reader r = pvm_reader(value);
    for (unsigned i = 0; i < SETS; i++)
        PVM_TRY(read_set(import, &r, &sets[i], err));
    if (r.failed || pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "C(5), disputes: no four sets of hashes");
    PVM_TRY(judge(import, sets, err));
    return write_sets(import, sets, err);
}

enum pvm_status jam_import_disputes(struct jam_importing *import, struct pvm_err *err)
{
    struct jam_hash_list sets[SETS] = {{NULL, 0, 0}};
    enum pvm_status status = disputes(import, sets, err);
    import->offenders = sets[OFFENDERS];
    for (unsigned i = 0; i < OFFENDERS; i++)
        jam_hash_list_deinit(&sets[i], import->alloc);
    return status;
}

/* ---- validators ---- */

/* The octets of a set's validators: behind their count, if there is one. */
static bool keys_of(const struct jam_importing *import, struct pvm_bytes value,
                    struct pvm_bytes *keys)
{
    struct pvm_reader r = pvm_reader(value);
    uint64_t count = import->profile->state.counted_validators ? pvm_read_natural(&r)
                                                               : import->params->validator_count;
    if (r.failed || count > pvm_reader_left(&r) / JAM_VALIDATOR_SIZE)
        return false;
    *keys = pvm_read_span(&r, count * JAM_VALIDATOR_SIZE);
    return true;
}

/* Reads the set of a component, C(4) beginning with the pending one. Empty when there is none. */
static enum pvm_status read_keys(const struct jam_importing *import, enum jam_component component,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_bytes value;
    struct pvm_bytes keys;
    if (!jam_import_get(import, component, &value))
        return PVM_OK;
    if (!keys_of(import, value, &keys))
        return pvm_fail(err, PVM_E_MALFORMED, "C(%u), %s: cut short", (unsigned)component,
                        jam_component_name(component));
    pvm_buf_add_bytes(out, keys);
    return pvm_buf_status(out, err);
}

static enum pvm_status write_keys(struct jam_importing *import, enum jam_component component,
                                  const struct pvm_buf *keys, struct pvm_err *err)
{
    struct pvm_bytes old;
    struct pvm_buf value = {.alloc = import->alloc};
    if (!jam_import_get(import, component, &old) || keys->len == 0)
        return PVM_OK;
    if (import->profile->state.counted_validators)
        pvm_buf_add_natural(&value, keys->len / JAM_VALIDATOR_SIZE);
    pvm_buf_add_bytes(&value, pvm_buf_bytes(keys));
    enum pvm_status status = jam_import_set(import, component, &value, err);
    pvm_buf_deinit(&value);
    return status;
}

enum pvm_status jam_import_validators(struct jam_importing *import, struct pvm_err *err)
{
    if (!jam_import_new_epoch(import)) {
        PVM_TRY(read_keys(import, JAM_STATE_ACTIVE, &import->active, err));
        return read_keys(import, JAM_STATE_PREVIOUS, &import->previous, err);
    }
    PVM_TRY(read_keys(import, JAM_STATE_SAFROLE, &import->active, err));
    PVM_TRY(read_keys(import, JAM_STATE_ACTIVE, &import->previous, err));
    PVM_TRY(write_keys(import, JAM_STATE_ACTIVE, &import->active, err));
    return write_keys(import, JAM_STATE_PREVIOUS, &import->previous, err);
}
