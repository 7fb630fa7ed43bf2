/* SPDX-License-Identifier: Apache-2.0 */
#include "host/hash.h"

#include <blake2.h>

static void absorb(blake2b_state *state, struct pvm_bytes bytes)
{
    if (bytes.len > 0)
        blake2b_update(state, bytes.ptr, bytes.len);
}

struct jam_hash jam_hash3(struct pvm_bytes prefix, struct pvm_bytes a, struct pvm_bytes b)
{
    struct jam_hash hash;
    blake2b_state state;
    blake2b_init(&state, JAM_HASH_SIZE);
    absorb(&state, prefix);
    absorb(&state, a);
    absorb(&state, b);
    blake2b_final(&state, hash.octets, JAM_HASH_SIZE);
    return hash;
}

struct jam_hash jam_hash(struct pvm_bytes bytes)
{
    return jam_hash3(bytes, pvm_bytes_none(), pvm_bytes_none());
}
