/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a state is not as expected, in words: "service 1729: storage 0x61: expected 3 bytes
 * 0x616263, got none". For vectors, and for whoever expects a state.
 */
#ifndef HOST_VECTOR_COMPARE_H
#define HOST_VECTOR_COMPARE_H

#include "host/state.h"

/* Appends "3 bytes 0x616263", long ones cut short; "none" for NULL. */
void jam_text_octets(const struct pvm_bytes *octets, struct pvm_buf *out);

/* Whether a map has what is expected; else appends the first difference: what, the key, both
 * values. key_text appends a key and may be NULL for hexadecimal; value_text likewise. */
typedef void (*jam_octets_text)(struct pvm_bytes octets, struct pvm_buf *out);
bool jam_compare_maps(const struct jam_map *expected, const struct jam_map *got, const char *what,
                      jam_octets_text key_text, jam_octets_text value_text, struct pvm_buf *out);

/* Whether the states are the same in all that they both hold: slot, entropy's first hash, services,
 * privileges, queues and staging set, ready queue, history, statistics. Else appends the first
 * difference, without a newline. Outputs, pools and unknown components are not looked at. */
bool jam_compare_states(const struct jam_state *expected, const struct jam_state *got,
                        struct pvm_buf *out);

#endif
