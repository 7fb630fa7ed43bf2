/* SPDX-License-Identifier: Apache-2.0 */
/* The GP's H_K: Keccak-256 as of the Keccak submission, whose padding is not that of SHA3 (GP 0.7.2
 * 3.8.1). It commits to accumulation outputs only. */
#ifndef HOST_KECCAK_H
#define HOST_KECCAK_H

#include "host/types.h"

struct jam_hash jam_keccak(struct pvm_bytes bytes);

/* H_K(prefix ++ a ++ b) without putting the parts together first. */
struct jam_hash jam_keccak3(struct pvm_bytes prefix, struct pvm_bytes a, struct pvm_bytes b);

#endif
