/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components of state that struct jam_state holds apart from services, as the values of C(i)
 * (GP 0.7.2 D.1). The other components pass through as octets, in jam_state's others.
 */
#ifndef HOST_STATE_COMPONENT_H
#define HOST_STATE_COMPONENT_H

#include "host/statekeys.h"

/* What decides how components look. */
struct jam_state_shape {
    const struct jam_profile *profile;
    const struct jam_params *params; /* core_count, epoch_length, validator_count */
};

/* Whether C(number) is one of those taken apart under the profile. */
bool jam_component_known(const struct jam_profile *profile, unsigned number);
/* "ready queue" and the like; for every number of enum jam_component. */
const char *jam_component_name(unsigned number);

/* Reads the value of a known component into the state, in place of what is there.
 * PVM_E_MALFORMED without the key: "ready queue: ...". */
PVM_MUST_USE enum pvm_status jam_component_decode(const struct jam_state_shape *shape,
                                                  unsigned number, struct pvm_bytes value,
                                                  struct jam_state *state, struct pvm_err *err);

/* Appends the value of a known component. What the state does not know is zeros of the right
 * number. */
PVM_MUST_USE enum pvm_status jam_component_encode(const struct jam_state_shape *shape,
                                                  unsigned number, const struct jam_state *state,
                                                  struct pvm_buf *out, struct pvm_err *err);

/* What a value of C(13) begins with: statistics of validators and cores. Empty when it is none. */
struct pvm_bytes jam_component_stats_head(const struct jam_state_shape *shape,
                                          struct pvm_bytes value);

/* Whether a value of C(12) is one of a chain with so many cores. */
bool jam_component_fits_cores(const struct jam_profile *profile, struct pvm_bytes privileges,
                              uint64_t cores);

/* Takes core_count, epoch_length and validator_count from the values of C(2), C(15) and C(7), where
 * these are given (empty otherwise) and have a size such values can have. */
void jam_component_measure(const struct jam_profile *profile, struct pvm_bytes queues,
                           struct pvm_bytes accumulated, struct pvm_bytes staging,
                           struct jam_params *params);

#endif
