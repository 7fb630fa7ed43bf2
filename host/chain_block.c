/* SPDX-License-Identifier: Apache-2.0 */
#include "host/chain_block.h"

#include "host/block_rules.h"

/* What lists of one block may take. */
static const size_t list_limit = (size_t)256 << 20;

struct reading {
    const struct jam_profile *profile;
    const struct jam_params *params;
    enum jam_chain_form form;
    struct pvm_reader *r;
    const struct pvm_alloc *alloc;
    struct jam_chain_block *block;
    struct pvm_err *err;
};

static struct jam_hash read_hash(struct pvm_reader *r)
{
    struct jam_hash hash = {{0}};
    struct pvm_bytes bytes = pvm_read_span(r, JAM_HASH_SIZE);
    if (!r->failed)
        memcpy(hash.octets, bytes.ptr, JAM_HASH_SIZE);
    return hash;
}

static void skip(struct pvm_reader *r, uint64_t count, size_t size)
{
    if (count > pvm_reader_left(r) / size)
        r->failed = true;
    else
        (void)pvm_read_span(r, count * size);
}

/* A list whose entries take at least min_size octets each. */
static enum pvm_status new_list(struct reading *in, size_t size, size_t min_size, void **list,
                                size_t *count)
{
    uint64_t wanted = pvm_read_natural(in->r);
    *list = NULL;
    *count = 0;
    if (wanted > pvm_reader_left(in->r) / min_size)
        in->r->failed = true;
    if (in->r->failed)
        return PVM_OK;
    PVM_TRY(jam_arena_get(&in->block->arena, (size_t)wanted, size, list, in->err));
    *count = (size_t)wanted;
    return PVM_OK;
}

/* ---- the header ---- */

static void skip_epoch_mark(struct reading *in)
{
    size_t key_size = in->form == JAM_CHAIN_062 ? JAM_HASH_SIZE : 2 * (size_t)JAM_HASH_SIZE;
    skip(in->r, 2, JAM_HASH_SIZE);
    uint64_t count = in->profile->state.counted_validators ? pvm_read_natural(in->r)
                                                           : in->params->validator_count;
    skip(in->r, count, key_size);
}

static bool read_mark(struct pvm_reader *r)
{
    uint8_t there = pvm_read_u8(r);
    if (there > 1)
        r->failed = true;
    return there == 1;
}

static void skip_offenders(struct reading *in)
{
    skip(in->r, pvm_read_natural(in->r), JAM_HASH_SIZE);
}

static void read_header(struct reading *in)
{
    struct jam_chain_block *block = in->block;
    size_t from = in->r->pos;
    block->parent = read_hash(in->r);
    block->parent_state_root = read_hash(in->r);
    skip(in->r, 1, JAM_HASH_SIZE); /* of the extrinsic */
    block->slot = (uint32_t)pvm_read_le(in->r, 4);
    block->has_epoch_mark = read_mark(in->r);
    if (block->has_epoch_mark)
        skip_epoch_mark(in);
    block->has_tickets_mark = read_mark(in->r);
    if (block->has_tickets_mark)
        skip(in->r, in->params->epoch_length, JAM_HASH_SIZE + 1);
    if (in->form < JAM_CHAIN_070)
        skip_offenders(in);
    block->author = (uint16_t)pvm_read_le(in->r, 2);
    skip(in->r, 1, JAM_VRF_SIZE);
    if (in->form >= JAM_CHAIN_070)
        skip_offenders(in);
    skip(in->r, 1, JAM_VRF_SIZE); /* the seal */
    if (!in->r->failed)
        block->header = pvm_bytes(in->r->bytes.ptr + from, in->r->pos - from);
}

/* ---- the extrinsic ---- */

static enum pvm_status read_preimages(struct reading *in)
{
    void *list;
    PVM_TRY(new_list(in, sizeof *in->block->preimages, 4 + 1, &list, &in->block->preimage_count));
    in->block->preimages = list;
    for (size_t i = 0; i < in->block->preimage_count; i++) {
        in->block->preimages[i].service = (uint32_t)pvm_read_le(in->r, 4);
        in->block->preimages[i].blob = pvm_read_blob(in->r);
    }
    return PVM_OK;
}

static enum pvm_status read_signers(struct reading *in, struct jam_guarantee *guarantee)
{
    void *list;
    PVM_TRY(new_list(in, sizeof *guarantee->signers, 2 + JAM_SIGNATURE_SIZE, &list,
                     &guarantee->signer_count));
    uint16_t *signers = list;
    guarantee->signers = signers;
    for (size_t i = 0; i < guarantee->signer_count; i++) {
        signers[i] = (uint16_t)pvm_read_le(in->r, 2);
        skip(in->r, 1, JAM_SIGNATURE_SIZE);
    }
    return PVM_OK;
}

static enum pvm_status read_guarantees(struct reading *in)
{
    void *list;
    size_t count;
    PVM_TRY(new_list(in, sizeof *in->block->guarantees, JAM_HASH_SIZE, &list, &count));
    in->block->guarantees = list;
    while (in->block->guarantee_count < count && !in->r->failed) {
        struct jam_guarantee *guarantee = &in->block->guarantees[in->block->guarantee_count];
        size_t from = in->r->pos;
        PVM_TRY(jam_report_read(in->profile, in->r, in->alloc, &guarantee->report, in->err));
        in->block->guarantee_count++;
        guarantee->slot = (uint32_t)pvm_read_le(in->r, 4);
        PVM_TRY(read_signers(in, guarantee));
        if (!in->r->failed)
            guarantee->encoded = pvm_bytes(in->r->bytes.ptr + from, in->r->pos - from);
    }
    return PVM_OK;
}

static enum pvm_status read_assurances(struct reading *in)
{
    void *list;
    size_t bits = jam_assurance_size(in->params);
    PVM_TRY(new_list(in, sizeof *in->block->assurances, JAM_HASH_SIZE + JAM_SIGNATURE_SIZE + 2,
                     &list, &in->block->assurance_count));
    in->block->assurances = list;
    for (size_t i = 0; i < in->block->assurance_count; i++) {
        skip(in->r, 1, JAM_HASH_SIZE); /* the anchor */
        in->block->assurances[i].bits = pvm_read_span(in->r, bits);
        in->block->assurances[i].validator = (uint16_t)pvm_read_le(in->r, 2);
        skip(in->r, 1, JAM_SIGNATURE_SIZE);
    }
    return PVM_OK;
}

static void read_verdict(struct reading *in, struct jam_verdict *verdict)
{
    verdict->target = read_hash(in->r);
    verdict->age = (uint32_t)pvm_read_le(in->r, 4);
    uint64_t votes = in->form >= JAM_CHAIN_080 ? pvm_read_natural(in->r)
                                               : in->params->validator_count * 2 / 3 + 1;
    for (uint64_t i = 0; i < votes && !in->r->failed; i++) {
        verdict->positive += pvm_read_u8(in->r) == 1 ? 1 : 0;
        skip(in->r, 1, 2 + JAM_SIGNATURE_SIZE);
    }
}

/* Keys of culprits or faults; `before` octets stand in front of each. */
static enum pvm_status read_offenses(struct reading *in, size_t before, void **list, size_t *count)
{
    PVM_TRY(new_list(in, sizeof(struct jam_hash), before + JAM_HASH_SIZE + JAM_SIGNATURE_SIZE, list,
                     count));
    struct jam_hash *keys = *list;
    for (size_t i = 0; i < *count; i++) {
        skip(in->r, 1, before);
        keys[i] = read_hash(in->r);
        skip(in->r, 1, JAM_SIGNATURE_SIZE);
    }
    return PVM_OK;
}

static enum pvm_status read_disputes(struct reading *in)
{
    struct jam_chain_block *block = in->block;
    void *list;
    void *culprits;
    void *faults;
    size_t culprit_count;
    size_t fault_count;
    PVM_TRY(new_list(in, sizeof *block->verdicts, JAM_HASH_SIZE + 4, &list, &block->verdict_count));
    block->verdicts = list;
    for (size_t i = 0; i < block->verdict_count; i++)
        read_verdict(in, &block->verdicts[i]);
    PVM_TRY(read_offenses(in, JAM_HASH_SIZE, &culprits, &culprit_count));
    PVM_TRY(read_offenses(in, JAM_HASH_SIZE + 1, &faults, &fault_count));
    PVM_TRY(jam_arena_get(&block->arena, culprit_count + fault_count, sizeof *block->offenders,
                          &list, in->err));
    block->offenders = list;
    if (culprit_count > 0)
        memcpy(block->offenders, culprits, culprit_count * sizeof *block->offenders);
    if (fault_count > 0)
        memcpy(block->offenders + culprit_count, faults, fault_count * sizeof *block->offenders);
    block->offender_count = culprit_count + fault_count;
    return PVM_OK;
}

static enum pvm_status read_block(struct reading *in)
{
    read_header(in);
    in->block->ticket_count = (size_t)pvm_read_natural(in->r);
    skip(in->r, in->block->ticket_count, 1 + JAM_TICKET_PROOF_SIZE);
    PVM_TRY(read_preimages(in));
    PVM_TRY(read_guarantees(in));
    PVM_TRY(read_assurances(in));
    PVM_TRY(read_disputes(in));
    if (in->r->failed)
        return pvm_fail(in->err, PVM_E_MALFORMED, "block: cut short or wrong, before octet %zu",
                        in->r->pos);
    return PVM_OK;
}

enum pvm_status jam_chain_block_read(const struct jam_profile *profile,
                                     const struct jam_params *params, struct pvm_reader *reader,
                                     const struct pvm_alloc *alloc, struct jam_chain_block *out,
                                     struct pvm_err *err)
{
    struct jam_chain_block block = {.slot = 0};
    struct reading in = {profile, params, profile->block->chain, reader, alloc, &block, err};
    jam_arena_init(&block.arena, list_limit, alloc);
    enum pvm_status status = read_block(&in);
    if (status != PVM_OK) {
        jam_chain_block_deinit(&block);
        return status;
    }
    *out = block;
    return PVM_OK;
}

void jam_chain_block_deinit(struct jam_chain_block *block)
{
    for (size_t i = 0; i < block->guarantee_count; i++)
        jam_report_deinit(&block->guarantees[i].report);
    block->guarantee_count = 0;
    jam_arena_deinit(&block->arena);
}
