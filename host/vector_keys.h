/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a JSON file is, by the keys of its outermost object: fast, and answered also for a file that
 * is cut short or broken behind them.
 */
#ifndef HOST_VECTOR_KEYS_H
#define HOST_VECTOR_KEYS_H

#include "core/bytes.h"

/* Bit i of the result: the outermost object has the key keys[i]. keys ends with NULL and has at
 * most
 * 32. 0 for what does not begin as an object. */
uint32_t jam_vector_keys(struct pvm_bytes text, const char *const *keys);

#endif
