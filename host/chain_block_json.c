/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks in the JSON of the public traces, put into octets (GP 0.7.2 C.2). */
#include "host/block_rules.h"
#include "host/chain_block.h"
#include "host/state_report.h"

struct writing {
    const struct jam_profile *profile;
    enum jam_chain_form form;
    struct pvm_buf *out;
    struct pvm_err *err;
};

struct block_keys {
    struct jam_json header, extrinsic;
};

static const struct jam_json_field block_fields[] = {
    JAM_JSON_NEEDED(struct block_keys, header),
    JAM_JSON_NEEDED(struct block_keys, extrinsic),
};

struct header_keys {
    struct jam_hash parent, parent_state_root, extrinsic_hash;
    uint32_t slot;
    struct jam_json epoch_mark, tickets_mark;
    uint16_t author_index;
    struct jam_json entropy_source, offenders_mark, seal;
};

static const struct jam_json_field header_fields[] = {
    JAM_JSON_NEEDED(struct header_keys, parent),
    JAM_JSON_NEEDED(struct header_keys, parent_state_root),
    JAM_JSON_NEEDED(struct header_keys, extrinsic_hash),
    JAM_JSON_NEEDED(struct header_keys, slot),
    JAM_JSON_FIELD(struct header_keys, epoch_mark),
    JAM_JSON_FIELD(struct header_keys, tickets_mark),
    JAM_JSON_NEEDED(struct header_keys, author_index),
    JAM_JSON_NEEDED(struct header_keys, entropy_source),
    JAM_JSON_NEEDED(struct header_keys, offenders_mark),
    JAM_JSON_NEEDED(struct header_keys, seal),
};

struct mark_keys {
    struct jam_hash entropy, tickets_entropy;
    struct jam_json validators;
};

static const struct jam_json_field mark_fields[] = {
    JAM_JSON_NEEDED(struct mark_keys, entropy),
    JAM_JSON_NEEDED(struct mark_keys, tickets_entropy),
    JAM_JSON_NEEDED(struct mark_keys, validators),
};

struct validator_keys {
    struct jam_hash bandersnatch, ed25519;
};

static const struct jam_json_field validator_fields[] = {
    JAM_JSON_NEEDED(struct validator_keys, bandersnatch),
    JAM_JSON_NEEDED(struct validator_keys, ed25519),
};

struct ticket_keys {
    struct jam_hash id;
    uint8_t attempt;
};

static const struct jam_json_field ticket_fields[] = {
    JAM_JSON_NEEDED(struct ticket_keys, id),
    JAM_JSON_NEEDED(struct ticket_keys, attempt),
};

struct extrinsic_keys {
    struct jam_json tickets, preimages, guarantees, assurances, disputes;
};

static const struct jam_json_field extrinsic_fields[] = {
    JAM_JSON_NEEDED(struct extrinsic_keys, tickets),
    JAM_JSON_NEEDED(struct extrinsic_keys, preimages),
    JAM_JSON_NEEDED(struct extrinsic_keys, guarantees),
    JAM_JSON_NEEDED(struct extrinsic_keys, assurances),
    JAM_JSON_NEEDED(struct extrinsic_keys, disputes),
};

struct envelope_keys {
    uint8_t attempt;
    struct jam_json signature;
};

static const struct jam_json_field envelope_fields[] = {
    JAM_JSON_NEEDED(struct envelope_keys, attempt),
    JAM_JSON_NEEDED(struct envelope_keys, signature),
};

struct preimage_keys {
    uint32_t requester;
    struct jam_json blob;
};

static const struct jam_json_field preimage_fields[] = {
    JAM_JSON_NEEDED(struct preimage_keys, requester),
    JAM_JSON_NEEDED(struct preimage_keys, blob),
};

struct guarantee_keys {
    struct jam_json report;
    uint32_t slot;
    struct jam_json signatures;
};

static const struct jam_json_field guarantee_fields[] = {
    JAM_JSON_NEEDED(struct guarantee_keys, report),
    JAM_JSON_NEEDED(struct guarantee_keys, slot),
    JAM_JSON_NEEDED(struct guarantee_keys, signatures),
};

struct signature_keys {
    uint16_t validator_index;
    struct jam_json signature;
};

static const struct jam_json_field signature_fields[] = {
    JAM_JSON_NEEDED(struct signature_keys, validator_index),
    JAM_JSON_NEEDED(struct signature_keys, signature),
};

struct assurance_keys {
    struct jam_hash anchor;
    struct jam_json bitfield;
    uint16_t validator_index;
    struct jam_json signature;
};

static const struct jam_json_field assurance_fields[] = {
    JAM_JSON_NEEDED(struct assurance_keys, anchor),
    JAM_JSON_NEEDED(struct assurance_keys, bitfield),
    JAM_JSON_NEEDED(struct assurance_keys, validator_index),
    JAM_JSON_NEEDED(struct assurance_keys, signature),
};

struct dispute_keys {
    struct jam_json verdicts, culprits, faults;
};

static const struct jam_json_field dispute_fields[] = {
    JAM_JSON_NEEDED(struct dispute_keys, verdicts),
    JAM_JSON_NEEDED(struct dispute_keys, culprits),
    JAM_JSON_NEEDED(struct dispute_keys, faults),
};

struct verdict_keys {
    struct jam_hash target;
    uint32_t age;
    struct jam_json votes;
};

static const struct jam_json_field verdict_fields[] = {
    JAM_JSON_NEEDED(struct verdict_keys, target),
    JAM_JSON_NEEDED(struct verdict_keys, age),
    JAM_JSON_NEEDED(struct verdict_keys, votes),
};

struct vote_keys {
    bool vote;
    uint16_t index;
    struct jam_json signature;
};

static const struct jam_json_field vote_fields[] = {
    JAM_JSON_NEEDED(struct vote_keys, vote),
    JAM_JSON_NEEDED(struct vote_keys, index),
    JAM_JSON_NEEDED(struct vote_keys, signature),
};

struct culprit_keys {
    struct jam_hash target, key;
    struct jam_json signature;
};

static const struct jam_json_field culprit_fields[] = {
    JAM_JSON_NEEDED(struct culprit_keys, target),
    JAM_JSON_NEEDED(struct culprit_keys, key),
    JAM_JSON_NEEDED(struct culprit_keys, signature),
};

struct fault_keys {
    struct jam_hash target;
    bool vote;
    struct jam_hash key;
    struct jam_json signature;
};

static const struct jam_json_field fault_fields[] = {
    JAM_JSON_NEEDED(struct fault_keys, target),
    JAM_JSON_NEEDED(struct fault_keys, vote),
    JAM_JSON_NEEDED(struct fault_keys, key),
    JAM_JSON_NEEDED(struct fault_keys, signature),
};

#define FIELDS(to, json, fields, keys)                                                             \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, (to)->err))

static void add_hash(struct writing *to, const struct jam_hash *hash)
{
    pvm_buf_add(to->out, hash->octets, JAM_HASH_SIZE);
}

/* Octets of a fixed number. */
static enum pvm_status add_exactly(struct writing *to, struct jam_json json, size_t size)
{
    size_t before = to->out->len;
    PVM_TRY(jam_json_hex(json, to->out, to->err));
    if (to->out->len - before != size)
        return jam_json_fail(json, to->err, "expected %zu octets, got %zu", size,
                             to->out->len - before);
    return PVM_OK;
}

/* What `add` appends for each member, in front of it their number if they are counted. */
static enum pvm_status add_list(struct writing *to, struct jam_json list, bool counted,
                                enum pvm_status (*add)(struct writing *, struct jam_json))
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, to->err));
    if (counted)
        pvm_buf_add_natural(to->out, jam_json_count(list));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(add(to, it));
    return PVM_OK;
}

/* ---- the header ---- */

static enum pvm_status add_validator(struct writing *to, struct jam_json json)
{
    struct validator_keys keys;
    memset(&keys, 0, sizeof keys);
    if (to->form == JAM_CHAIN_062)
        return add_exactly(to, json, JAM_HASH_SIZE);
    FIELDS(to, json, validator_fields, &keys);
    add_hash(to, &keys.bandersnatch);
    add_hash(to, &keys.ed25519);
    return PVM_OK;
}

static enum pvm_status add_epoch_mark(struct writing *to, struct jam_json json)
{
    struct mark_keys keys = {.validators = json};
    FIELDS(to, json, mark_fields, &keys);
    add_hash(to, &keys.entropy);
    add_hash(to, &keys.tickets_entropy);
    return add_list(to, keys.validators, to->profile->state.counted_validators, add_validator);
}

static enum pvm_status add_ticket(struct writing *to, struct jam_json json)
{
    struct ticket_keys keys = {.attempt = 0};
    FIELDS(to, json, ticket_fields, &keys);
    add_hash(to, &keys.id);
    pvm_buf_add_u8(to->out, keys.attempt);
    return PVM_OK;
}

static enum pvm_status add_key(struct writing *to, struct jam_json json)
{
    return add_exactly(to, json, JAM_HASH_SIZE);
}

static enum pvm_status add_tickets_mark(struct writing *to, struct jam_json json)
{
    return add_list(to, json, false, add_ticket);
}

/* A part that need not be there. */
static enum pvm_status add_maybe(struct writing *to, struct jam_json json,
                                 enum pvm_status (*add)(struct writing *, struct jam_json))
{
    bool there = jam_json_has(json) && jam_json_type(json) != JAM_JSON_NULL;
    pvm_buf_add_u8(to->out, there ? 1 : 0);
    return there ? add(to, json) : PVM_OK;
}

static enum pvm_status add_header(struct writing *to, struct jam_json json)
{
    struct header_keys keys = {.slot = 0};
    FIELDS(to, json, header_fields, &keys);
    add_hash(to, &keys.parent);
    add_hash(to, &keys.parent_state_root);
    add_hash(to, &keys.extrinsic_hash);
    pvm_buf_add_le(to->out, keys.slot, 4);
    PVM_TRY(add_maybe(to, keys.epoch_mark, add_epoch_mark));
    PVM_TRY(add_maybe(to, keys.tickets_mark, add_tickets_mark));
    if (to->form < JAM_CHAIN_070)
        PVM_TRY(add_list(to, keys.offenders_mark, true, add_key));
    pvm_buf_add_le(to->out, keys.author_index, 2);
    PVM_TRY(add_exactly(to, keys.entropy_source, JAM_VRF_SIZE));
    if (to->form >= JAM_CHAIN_070)
        PVM_TRY(add_list(to, keys.offenders_mark, true, add_key));
    return add_exactly(to, keys.seal, JAM_VRF_SIZE);
}

/* ---- the extrinsic ---- */

static enum pvm_status add_envelope(struct writing *to, struct jam_json json)
{
    struct envelope_keys keys = {.attempt = 0};
    FIELDS(to, json, envelope_fields, &keys);
    pvm_buf_add_u8(to->out, keys.attempt);
    return add_exactly(to, keys.signature, JAM_TICKET_PROOF_SIZE);
}

static enum pvm_status add_preimage(struct writing *to, struct jam_json json)
{
    struct preimage_keys keys = {.requester = 0};
    struct pvm_buf blob = {.alloc = to->out->alloc};
    FIELDS(to, json, preimage_fields, &keys);
    enum pvm_status status = jam_json_hex(keys.blob, &blob, to->err);
    if (status == PVM_OK) {
        pvm_buf_add_le(to->out, keys.requester, 4);
        pvm_buf_add_blob(to->out, pvm_buf_bytes(&blob));
    }
    pvm_buf_deinit(&blob);
    return status;
}

static enum pvm_status add_signature(struct writing *to, struct jam_json json)
{
    struct signature_keys keys = {.validator_index = 0};
    FIELDS(to, json, signature_fields, &keys);
    pvm_buf_add_le(to->out, keys.validator_index, 2);
    return add_exactly(to, keys.signature, JAM_SIGNATURE_SIZE);
}

static enum pvm_status add_guarantee(struct writing *to, struct jam_json json)
{
    struct guarantee_keys keys = {.slot = 0};
    FIELDS(to, json, guarantee_fields, &keys);
    PVM_TRY(jam_state_report_read(keys.report, to->profile, to->out, to->err));
    pvm_buf_add_le(to->out, keys.slot, 4);
    return add_list(to, keys.signatures, true, add_signature);
}

static enum pvm_status add_assurance(struct writing *to, struct jam_json json)
{
    struct assurance_keys keys = {.validator_index = 0};
    FIELDS(to, json, assurance_fields, &keys);
    add_hash(to, &keys.anchor);
    PVM_TRY(jam_json_hex(keys.bitfield, to->out, to->err));
    pvm_buf_add_le(to->out, keys.validator_index, 2);
    return add_exactly(to, keys.signature, JAM_SIGNATURE_SIZE);
}

static enum pvm_status add_vote(struct writing *to, struct jam_json json)
{
    struct vote_keys keys = {.index = 0};
    FIELDS(to, json, vote_fields, &keys);
    pvm_buf_add_u8(to->out, keys.vote ? 1 : 0);
    pvm_buf_add_le(to->out, keys.index, 2);
    return add_exactly(to, keys.signature, JAM_SIGNATURE_SIZE);
}

static enum pvm_status add_verdict(struct writing *to, struct jam_json json)
{
    struct verdict_keys keys = {.age = 0};
    FIELDS(to, json, verdict_fields, &keys);
    add_hash(to, &keys.target);
    pvm_buf_add_le(to->out, keys.age, 4);
    return add_list(to, keys.votes, to->form >= JAM_CHAIN_080, add_vote);
}

static enum pvm_status add_culprit(struct writing *to, struct jam_json json)
{
    struct culprit_keys keys = {.signature = json};
    FIELDS(to, json, culprit_fields, &keys);
    add_hash(to, &keys.target);
    add_hash(to, &keys.key);
    return add_exactly(to, keys.signature, JAM_SIGNATURE_SIZE);
}

static enum pvm_status add_fault(struct writing *to, struct jam_json json)
{
    struct fault_keys keys = {.vote = false};
    FIELDS(to, json, fault_fields, &keys);
    add_hash(to, &keys.target);
    pvm_buf_add_u8(to->out, keys.vote ? 1 : 0);
    add_hash(to, &keys.key);
    return add_exactly(to, keys.signature, JAM_SIGNATURE_SIZE);
}

static enum pvm_status add_disputes(struct writing *to, struct jam_json json)
{
    struct dispute_keys keys = {.verdicts = json};
    FIELDS(to, json, dispute_fields, &keys);
    PVM_TRY(add_list(to, keys.verdicts, true, add_verdict));
    PVM_TRY(add_list(to, keys.culprits, true, add_culprit));
    return add_list(to, keys.faults, true, add_fault);
}

enum pvm_status jam_chain_block_from_json(const struct jam_profile *profile, struct jam_json json,
                                          struct pvm_buf *out, struct pvm_err *err)
{
    struct writing to = {profile, profile->block->chain, out, err};
    struct block_keys block = {.header = json};
    struct extrinsic_keys keys = {.tickets = json};
    FIELDS(&to, json, block_fields, &block);
    FIELDS(&to, block.extrinsic, extrinsic_fields, &keys);
    PVM_TRY(add_header(&to, block.header));
    PVM_TRY(add_list(&to, keys.tickets, true, add_envelope));
    PVM_TRY(add_list(&to, keys.preimages, true, add_preimage));
    PVM_TRY(add_list(&to, keys.guarantees, true, add_guarantee));
    PVM_TRY(add_list(&to, keys.assurances, true, add_assurance));
    PVM_TRY(add_disputes(&to, keys.disputes));
    return pvm_buf_status(out, err);
}
