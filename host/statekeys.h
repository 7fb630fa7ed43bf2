/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where state lies among key-values (GP 0.7.2 D.1): the 31-octet keys of components and
 * services, and the records behind C(255, s); host/state.h has the keys of what services hold. Up
 * to 0.6.5 the GP's keys have 32 octets; the last one is left out here, as in the public traces of
 * 0.6.5, and the root is the same without it.
 */
#ifndef HOST_STATEKEYS_H
#define HOST_STATEKEYS_H

#include "host/state.h"
#include "host/trie.h"

/* The numbers of components, GP 0.7.2 D.1. */
enum jam_component {
    JAM_STATE_POOLS = 1,
    JAM_STATE_QUEUES = 2,
    JAM_STATE_RECENT = 3,
    JAM_STATE_SAFROLE = 4,
    JAM_STATE_DISPUTES = 5,
    JAM_STATE_ENTROPY = 6,
    JAM_STATE_STAGING = 7,
    JAM_STATE_ACTIVE = 8,
    JAM_STATE_PREVIOUS = 9,
    JAM_STATE_PENDING = 10,
    JAM_STATE_SLOT = 11,
    JAM_STATE_PRIVILEGES = 12,
    JAM_STATE_STATISTICS = 13,
    JAM_STATE_READY = 14,
    JAM_STATE_ACCUMULATED = 15,
    JAM_STATE_OUTPUTS = 16
};

/* C(i) and C(255, s). */
struct jam_state_key jam_key_component(enum jam_component component);
struct jam_state_key jam_key_service(uint32_t id);
/* Whether key is C(255, s) for some s. */
bool jam_key_is_service(const struct jam_state_key *key, uint32_t *id);
/* Whether key is C(i) with 0 < i < 255. */
bool jam_key_is_component(const struct jam_state_key *key, unsigned *component);

/* A key C(s, x) from the id and the rest, and back. */
struct jam_state_key jam_key_join(uint32_t id, const uint8_t tail[JAM_ACCOUNT_KEY_SIZE]);
uint32_t jam_key_split(const struct jam_state_key *key, uint8_t tail[JAM_ACCOUNT_KEY_SIZE]);

/* Octets of the record behind C(255, s). */
size_t jam_record_size(enum jam_record_form form);
/* Appends it. Fields that the form lacks are left out, and read as 0. */
void jam_record_encode(enum jam_record_form form, const struct jam_service *service,
                       struct pvm_buf *out);
/* False when bytes is none of this form; fills all but id and maps. */
bool jam_record_decode(enum jam_record_form form, struct pvm_bytes bytes,
                       struct jam_service *service);

#endif
