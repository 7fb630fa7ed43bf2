/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two states, in words: a line for each service and each other part that
 * changed, such as
 *
 *     service 5: balance -204; storage "jam" 3 bytes -> deleted
 *     privileges: bless 0 -> 5
 */
#ifndef HOST_STATE_DIFF_H
#define HOST_STATE_DIFF_H

#include "host/state_keyvals.h"

/* Appends the lines and sets *count to how many single differences they tell; 0 when the states are
 * the same. Versions and constants are those of both. An entry that one state knows by its state
 * key only is the same as one that the other knows by its own. */
PVM_MUST_USE enum pvm_status jam_state_diff(const struct jam_state *before,
                                            const struct jam_state *after,
                                            const struct jam_state_shape *shape,
                                            struct pvm_buf *out, size_t *count,
                                            struct pvm_err *err);

/* Appends octets as people read them: "text" in quotes where all is printable, else 0x and at most
 * max of them, then "...". */
void jam_octets_text(struct pvm_bytes octets, size_t max, struct pvm_buf *out);

#endif
