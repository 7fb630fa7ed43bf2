/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks (GP 0.7.2 4.1, 5, C.2) taken apart, as far as anything here needs their parts: not the
 * signatures, nor the tickets.
 */
#ifndef HOST_CHAIN_BLOCK_H
#define HOST_CHAIN_BLOCK_H

#include "host/arena.h"
#include "host/block.h"
#include "host/json.h"

/* A report that validators vouch for; with the slot they did it in. */
struct jam_guarantee {
    struct jam_report report;
    uint32_t slot;
    const uint16_t *signers; /* validators */
    size_t signer_count;
    struct pvm_bytes encoded; /* E(guarantee) */
};

/* A validator's word that it holds its part of what is pending: bit i of the octets for core i. */
struct jam_assurance {
    struct pvm_bytes bits;
    uint16_t validator;
};

struct jam_verdict {
    struct jam_hash target; /* a report */
    uint32_t age;
    size_t positive; /* votes for it */
};

struct jam_chain_block {
    struct pvm_bytes header; /* E(H) */
    struct jam_hash parent, parent_state_root;
    uint32_t slot;
    uint16_t author;
    bool has_epoch_mark, has_tickets_mark;
    size_t ticket_count;
    struct jam_block_preimage *preimages;
    size_t preimage_count;
    struct jam_guarantee *guarantees;
    size_t guarantee_count;
    struct jam_assurance *assurances;
    size_t assurance_count;
    struct jam_verdict *verdicts;
    size_t verdict_count;
    struct jam_hash *offenders; /* keys of culprits, then of faults */
    size_t offender_count;
    struct jam_arena arena; /* the lists */
};

/* Takes the block apart that the reader is at. PVM_E_MALFORMED, the reader's place then being of no
 * meaning, when there is none. The octets must outlive *out. */
PVM_MUST_USE enum pvm_status jam_chain_block_read(const struct jam_profile *profile,
                                                  const struct jam_params *params,
                                                  struct pvm_reader *reader,
                                                  const struct pvm_alloc *alloc,
                                                  struct jam_chain_block *out, struct pvm_err *err);
void jam_chain_block_deinit(struct jam_chain_block *block); /* idempotent */

/* Appends E(block) of a block in the JSON of the public traces. */
PVM_MUST_USE enum pvm_status jam_chain_block_from_json(const struct jam_profile *profile,
                                                       struct jam_json json, struct pvm_buf *out,
                                                       struct pvm_err *err);

/* Octets of an assurance's bits, and of things whose contents do not matter here. */
enum { JAM_SIGNATURE_SIZE = 64, JAM_VRF_SIZE = 96, JAM_TICKET_PROOF_SIZE = 784 };

static inline size_t jam_assurance_size(const struct jam_params *params)
{
    return ((size_t)params->core_count + 7) / 8;
}

/* Whether an assurance has the bit of a core. */
static inline bool jam_assurance_has(const struct jam_assurance *assurance, size_t core)
{
    return core / 8 < assurance->bits.len && (assurance->bits.ptr[core / 8] >> core % 8 & 1) != 0;
}

#endif
