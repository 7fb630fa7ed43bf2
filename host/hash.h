/* SPDX-License-Identifier: Apache-2.0 */
/* The GP's H: BLAKE2b with 32 octets of output, no key (GP 0.7.2 3.8.1). */
#ifndef HOST_HASH_H
#define HOST_HASH_H

#include "host/types.h"

struct jam_hash jam_hash(struct pvm_bytes bytes);

/* H(prefix ++ a ++ b) without putting the parts together first. */
struct jam_hash jam_hash3(struct pvm_bytes prefix, struct pvm_bytes a, struct pvm_bytes b);

#endif
