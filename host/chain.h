/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block imported into a full state (GP 0.7.2 4.2), without the parts that need cryptography this
 * project has none of: signatures are taken for right, and C(4), block production, as well as the
 * newest hash of C(6), entropy, are not computed. Everything else is.
 */
#ifndef HOST_CHAIN_H
#define HOST_CHAIN_H

#include "host/chain_block.h"
#include "host/state_keyvals.h"

struct jam_chain_in {
    const struct jam_chain_block *block;
    struct jam_hash entropy;                 /* eta0': what the block's VRF signature makes of it */
    const struct jam_block_options *options; /* profile and params are not NULL */
};

struct jam_chain_out {
    struct jam_block_out accumulation;
    size_t available_count;           /* reports that became available */
    enum jam_preimage_rule preimages; /* if not FINE, the block is invalid for them */
};

/* Takes state on by the block. Components that state does not have stay away, but for C(16), the
 * outputs, which are this block's alone. On failure state is as it was: PVM_E_MALFORMED for a block
 * that is invalid, as far as is looked at here, or for a state whose components are wrong. */
PVM_MUST_USE enum pvm_status jam_chain_import(struct jam_state *state,
                                              const struct jam_chain_in *in,
                                              struct jam_chain_out *out, struct pvm_err *err);

/* Components whose value after a block is not computed. */
static inline uint32_t jam_chain_foreign(void)
{
    return jam_state_bit(JAM_STATE_SAFROLE) | jam_state_bit(JAM_STATE_ENTROPY);
}

#endif
