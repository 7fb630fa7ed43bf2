/* SPDX-License-Identifier: Apache-2.0 */
/* Preimages as they were known at a time (GP 0.7.2 9.2.2, Lambda). */
#ifndef HOST_PREIMAGE_H
#define HOST_PREIMAGE_H

#include "host/state.h"

/* Whether a request with this history made its preimage available at slot (GP's I). */
bool jam_request_available(const struct jam_request *request, uint32_t slot);

/* The preimage of hash that service had at slot; false when it had none. */
bool jam_historical_lookup(const struct jam_service *service, uint32_t slot,
                           const struct jam_hash *hash, struct pvm_bytes *blob);

#endif
