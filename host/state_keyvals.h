/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State as the GP serializes it: a map from 31-octet keys to octets (GP 0.7.2 D.1, T), and its
 * root. Key-values that nothing here takes apart are kept as they are, so that what was read can be
 * written again octet for octet.
 */
#ifndef HOST_STATE_KEYVALS_H
#define HOST_STATE_KEYVALS_H

#include "host/state_component.h"

/* A set of components: bit i stands for C(i). */
#define JAM_STATE_ALL UINT32_MAX

static inline uint32_t jam_state_bit(unsigned component)
{
    return component < 32 ? UINT32_C(1) << component : 0;
}

/* Whether a component is not what jam_state_init makes it. False for those that are not taken
 * apart. */
bool jam_state_has_component(const struct jam_state *state, unsigned number);

/* The constants that key-values show: the set "tiny" or "full" by their number of cores, with the
 * numbers of cores, validators and slots that the values have. What they do not show is "full", but
 * an epoch of 12 slots is "tiny". */
void jam_keyvals_params(const struct jam_profile *profile, const struct jam_map *keyvals,
                        struct jam_params *params);

/* Reads key-values (31-octet keys) into an initialised, empty state. What services hold is found
 * under its own keys where these can be told: preimages, by their hash, and their requests; the
 * rest is hidden (host/state.h). *present becomes the set of components there were. On
 * PVM_E_MALFORMED *bad is the key whose value is wrong, and the message does not name it. */
PVM_MUST_USE enum pvm_status jam_state_from_keyvals(const struct jam_map *keyvals,
                                                    const struct jam_state_shape *shape,
                                                    struct jam_state *state, uint32_t *present,
                                                    struct jam_state_key *bad, struct pvm_err *err);

/* Adds T(state) to keyvals. Components that are not in present are left out unless the state has
 * something in them; with JAM_STATE_ALL none is. */
PVM_MUST_USE enum pvm_status jam_state_to_keyvals(const struct jam_state *state,
                                                  const struct jam_state_shape *shape,
                                                  uint32_t present, struct jam_map *keyvals,
                                                  struct pvm_err *err);

/* GP 0.7.2 D.2, M: the root of key-values. Every key must have 31 octets. */
struct jam_hash jam_keyvals_root(const struct jam_map *keyvals);

/* The root of T(state), with components as above. */
PVM_MUST_USE enum pvm_status jam_state_root(const struct jam_state *state,
                                            const struct jam_state_shape *shape, uint32_t present,
                                            struct jam_hash *root, struct pvm_err *err);

#endif
