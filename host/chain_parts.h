/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a block's import (host/chain.h). Private to host/chain*.c. Each takes one component
 * on, and leaves it away if the state lacks it. */
#ifndef HOST_CHAIN_PARTS_H
#define HOST_CHAIN_PARTS_H

#include "host/block_rules.h"
#include "host/chain.h"

struct jam_importing {
    const struct jam_profile *profile;
    const struct jam_params *params;
    const struct pvm_alloc *alloc;
    const struct jam_chain_block *block;
    const struct jam_chain_in *in;
    struct jam_state *state; /* on its way to the one after */
    uint32_t slot_before;
    struct jam_hash_list offenders;  /* psi_O', ascending */
    struct pvm_buf active, previous; /* kappa', lambda'; empty when not known */
    struct jam_report *available;    /* W, borrowing from pending_before */
    size_t available_count;
    struct pvm_buf pending_before; /* C(10) as it was */
};

/* The value of a component that passes through the state as octets; false when there is none. */
bool jam_import_get(const struct jam_importing *import, enum jam_component component,
                    struct pvm_bytes *value);
PVM_MUST_USE enum pvm_status jam_import_set(struct jam_importing *import,
                                            enum jam_component component,
                                            const struct pvm_buf *value, struct pvm_err *err);

static inline bool jam_import_new_epoch(const struct jam_importing *import)
{
    return import->block->slot / import->params->epoch_length >
           import->slot_before / import->params->epoch_length;
}

/* C(5): psi' (GP 0.7.2 10.2), and import->offenders. */
PVM_MUST_USE enum pvm_status jam_import_disputes(struct jam_importing *import, struct pvm_err *err);
/* C(8), C(9): kappa' and lambda' (GP 0.7.2 6.3). */
PVM_MUST_USE enum pvm_status jam_import_validators(struct jam_importing *import,
                                                   struct pvm_err *err);
/* C(10): rho' (GP 0.7.2 10.2, 11.2, 11.4), and W. */
PVM_MUST_USE enum pvm_status jam_import_pending(struct jam_importing *import, struct pvm_err *err);
/* C(6) but its newest hash: eta' (GP 0.7.2 6.4); before accumulation. */
void jam_import_entropy(struct jam_importing *import);
/* C(3): beta' (GP 0.7.2 7); after accumulation. */
PVM_MUST_USE enum pvm_status jam_import_history(struct jam_importing *import, struct pvm_err *err);
/* C(1): alpha' (GP 0.7.2 8.2); after accumulation. */
PVM_MUST_USE enum pvm_status jam_import_pools(struct jam_importing *import, struct pvm_err *err);
/* C(13): pi' (GP 0.7.2 13) but what accumulation puts there itself; after it. */
PVM_MUST_USE enum pvm_status jam_import_statistics(struct jam_importing *import,
                                                   struct pvm_err *err);

#endif
