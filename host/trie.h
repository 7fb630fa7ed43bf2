/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state Merkle root (GP 0.7.2 D.2, M): a binary Patricia trie over key-values whose keys have
 * 31 octets, bits taken from the most significant one on. Key-values are added in ascending order
 * of their keys; nothing is allocated.
 *
 *     struct jam_trie trie;
 *     jam_trie_init(&trie);
 *     jam_trie_add(&trie, &key, value);   for each
 *     struct jam_hash root = jam_trie_root(&trie);
 */
#ifndef HOST_TRIE_H
#define HOST_TRIE_H

#include "host/types.h"

enum { JAM_STATE_KEY_SIZE = 31, JAM_TRIE_DEPTH = 8 * JAM_STATE_KEY_SIZE };

struct jam_state_key {
    uint8_t octets[JAM_STATE_KEY_SIZE];
};

static inline struct pvm_bytes jam_state_key_bytes(const struct jam_state_key *key)
{
    return pvm_bytes(key->octets, JAM_STATE_KEY_SIZE);
}

/* A left sub-trie whose right sibling is still to come. */
struct jam_trie_node {
    struct jam_hash hash;
    unsigned depth; /* bits of the key above it */
};

struct jam_trie {
    struct jam_state_key key; /* the last one added */
    struct jam_hash leaf;     /* of its key-value */
    unsigned before;          /* bits its key has in common with the one before it */
    size_t count;
    unsigned waiting;
    struct jam_trie_node nodes[JAM_TRIE_DEPTH];
};

void jam_trie_init(struct jam_trie *trie);
/* key must be greater than all keys before: false, and nothing changed, when it is not. */
PVM_MUST_USE bool jam_trie_add(struct jam_trie *trie, const struct jam_state_key *key,
                               struct pvm_bytes value);
/* The root over what was added; the zero hash when that is nothing. Adding ends here. */
struct jam_hash jam_trie_root(struct jam_trie *trie);

#endif
