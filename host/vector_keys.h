/* SPDX-License-Identifier: Apache-2.0 */
/* What a JSON file is, by its keys. */
#ifndef HOST_VECTOR_KEYS_H
#define HOST_VECTOR_KEYS_H

#include "core/bytes.h"
#include "host/json.h"

/* Bit i of the result: the outermost object has the key keys[i]. keys ends with NULL and has at
 * most 32. 0 for what does not begin as an object. Fast, and answered also for a file that is cut
 * short or broken behind the keys. */
uint32_t jam_vector_keys(struct pvm_bytes text, const char *const *keys);

/* Whether the object has that key, with an object that has the other one. */
bool jam_vector_has(struct jam_json object, const char *key, const char *inner);

#endif
