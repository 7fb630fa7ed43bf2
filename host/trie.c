/* SPDX-License-Identifier: Apache-2.0 */
#include "host/trie.h"

#include "host/hash.h"

#include <assert.h>

enum { NODE_SIZE = 64, EMBEDDED_MAX = 32, LEAF_EMBEDDED = 0x80, LEAF_HASHED = 0xc0 };

/* L, GP 0.7.2 D.2.1. */
static struct jam_hash leaf(const struct jam_state_key *key, struct pvm_bytes value)
{
    uint8_t node[NODE_SIZE] = {0};
    memcpy(node + 1, key->octets, JAM_STATE_KEY_SIZE);
    if (value.len <= EMBEDDED_MAX) {
        node[0] = (uint8_t)(LEAF_EMBEDDED | value.len);
        if (value.len > 0)
            memcpy(node + 32, value.ptr, value.len);
    } else {
        struct jam_hash hash = jam_hash(value);
        node[0] = LEAF_HASHED;
        memcpy(node + 32, hash.octets, JAM_HASH_SIZE);
    }
    return jam_hash(pvm_bytes(node, NODE_SIZE));
}

/* B, GP 0.7.2 D.2.1. */
static struct jam_hash branch(const struct jam_hash *left, const struct jam_hash *right)
{
    uint8_t node[NODE_SIZE];
    memcpy(node, left->octets, JAM_HASH_SIZE);
    memcpy(node + JAM_HASH_SIZE, right->octets, JAM_HASH_SIZE);
    node[0] &= 0x7f;
    return jam_hash(pvm_bytes(node, NODE_SIZE));
}

static bool bit(const struct jam_state_key *key, unsigned index)
{
    return (key->octets[index / 8] & (0x80u >> index % 8)) != 0;
}

/* Leading bits that two different keys have in common. */
static unsigned common(const struct jam_state_key *a, const struct jam_state_key *b)
{
    unsigned octet = 0;
    while (octet < JAM_STATE_KEY_SIZE - 1 && a->octets[octet] == b->octets[octet])
        octet++;
    unsigned index = 8 * octet;
    while (index < JAM_TRIE_DEPTH - 1 && bit(a, index) == bit(b, index))
        index++;
    return index;
}

/* Gives the last leaf its place and joins all sub-tries that are complete once the next key is
 * known to leave the last one behind `after` bits. */
static void settle(struct jam_trie *trie, unsigned after)
{
    static const struct jam_hash none;
    struct jam_hash hash = trie->leaf;
    unsigned depth = (trie->before > after ? trie->before : after) + 1;
    while (depth > after + 1) {
        bool right = bit(&trie->key, depth - 1);
        bool paired = right && trie->waiting > 0 && trie->nodes[trie->waiting - 1].depth == depth;
        if (paired)
            hash = branch(&trie->nodes[--trie->waiting].hash, &hash);
        else
            hash = right ? branch(&none, &hash) : branch(&hash, &none);
        depth--;
    }
    assert(trie->waiting < JAM_TRIE_DEPTH);
    trie->nodes[trie->waiting++] = (struct jam_trie_node){hash, depth};
}

void jam_trie_init(struct jam_trie *trie)
{
    trie->before = 0;
    trie->count = 0;
    trie->waiting = 0;
}

bool jam_trie_add(struct jam_trie *trie, const struct jam_state_key *key, struct pvm_bytes value)
{
    if (trie->count > 0) {
        if (memcmp(key->octets, trie->key.octets, JAM_STATE_KEY_SIZE) <= 0)
            return false;
        unsigned shared = common(&trie->key, key);
        settle(trie, shared);
        trie->before = shared;
    }
    trie->key = *key;
    trie->leaf = leaf(key, value);
    trie->count++;
    return true;
}

struct jam_hash jam_trie_root(struct jam_trie *trie)
{
    if (trie->count == 0)
        return (struct jam_hash){{0}};
    if (trie->count == 1)
        return trie->leaf;
    /* Nothing follows: what waits is paired with what is left, up to the two halves. */
    settle(trie, 0);
    if (trie->waiting == 2) {
        return branch(&trie->nodes[0].hash, &trie->nodes[1].hash);
    }
    static const struct jam_hash none;
    const struct jam_hash *only = &trie->nodes[0].hash;
    return bit(&trie->key, 0) ? branch(&none, only) : branch(only, &none);
}
