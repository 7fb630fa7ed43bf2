/* SPDX-License-Identifier: Apache-2.0 */
/*
 * States in binary, as the public traces have them: 32 octets of root, then a list of 31-octet keys
 * and length-prefixed values. A trace is a state, a block and a state; a genesis file is a header
 * and a state.
 */
#ifndef HOST_STATE_BINARY_H
#define HOST_STATE_BINARY_H

#include "host/statekeys.h"

enum jam_state_pick { JAM_STATE_AFTER, JAM_STATE_BEFORE };

/* The key-values of a state in binary, into an empty map. Of a trace, the state before or after its
 * block; of a file with one state, that one. The block is not taken apart: what follows it is
 * recognised by its root. PVM_E_MALFORMED when there is no such state. */
PVM_MUST_USE enum pvm_status jam_state_binary_read(struct pvm_bytes bytes, enum jam_state_pick pick,
                                                   struct jam_map *keyvals, struct pvm_err *err);

/* Appends root and key-values. */
void jam_state_binary_write(const struct jam_map *keyvals, struct pvm_buf *out);

#endif
