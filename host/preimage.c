/* SPDX-License-Identifier: Apache-2.0 */
#include "host/preimage.h"

bool jam_request_available(const struct jam_request *request, uint32_t slot)
{
    const uint32_t *at = request->slots;
    switch (request->count) {
    case 1:
        return at[0] <= slot;
    case 2:
        return at[0] <= slot && slot < at[1];
    case 3:
        return (at[0] <= slot && slot < at[1]) || at[2] <= slot;
    }
    return false;
}

bool jam_historical_lookup(const struct jam_service *service, uint32_t slot,
                           const struct jam_hash *hash, struct pvm_bytes *blob)
{
    struct pvm_bytes found;
    struct jam_request request;
    if (!jam_preimage_get(service, hash, &found) || found.len > UINT32_MAX ||
        !jam_request_get(service, hash, (uint32_t)found.len, &request) ||
        !jam_request_available(&request, slot))
        return false;
    *blob = found;
    return true;
}
