/* SPDX-License-Identifier: Apache-2.0 */
#include "host/merkle.h"

#include "host/hash.h"

static struct jam_hash leaf(struct pvm_bytes segment)
{
    return jam_hash3(pvm_bytes("leaf", 4), segment, pvm_bytes_none());
}

static struct jam_hash node(const struct jam_hash *left, const struct jam_hash *right)
{
    return jam_hash3(pvm_bytes("node", 4), jam_hash_bytes(left), jam_hash_bytes(right));
}

/* ceil(log2(max(1, count))) */
static unsigned depth_of(size_t count)
{
    unsigned depth = 0;
    while (depth < 63 && ((uint64_t)1 << depth) < count)
        depth++;
    return depth;
}

uint8_t jam_segment_depth(size_t count)
{
    return (uint8_t)depth_of(count);
}

/* The root over 2^depth leaves from first on; those at and beyond count are zero hashes. */
static struct jam_hash subtree(const uint8_t *segments, size_t count, size_t first, unsigned depth)
{
    if (depth == 0) {
        if (first < count)
            return leaf(pvm_bytes(segments + first * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE));
        return (struct jam_hash){{0}};
    }
    struct jam_hash left = subtree(segments, count, first, depth - 1);
    struct jam_hash right;
    size_t middle = first + ((size_t)1 << (depth - 1));
    if (middle < count || depth == 1) {
        right = subtree(segments, count, middle, depth - 1);
    } else {
        /* Nothing but padding: one hash a level. */
        right = (struct jam_hash){{0}};
        for (unsigned i = 1; i < depth; i++)
            right = node(&right, &right);
    }
    return node(&left, &right);
}

struct jam_hash jam_segment_root(const uint8_t *segments, size_t count)
{
    return subtree(segments, count, 0, depth_of(count));
}

size_t jam_segment_proof(const uint8_t *segments, size_t count, size_t index,
                         struct jam_hash proof[JAM_PROOF_MAX])
{
    size_t first = 0;
    size_t len = 0;
    for (unsigned depth = depth_of(count); depth > 0; depth--) {
        size_t half = (size_t)1 << (depth - 1);
        bool right = index >= first + half;
        size_t sibling = right ? first : first + half;
        proof[len++] = subtree(segments, count, sibling, depth - 1);
        if (right)
            first += half;
    }
    return len;
}

struct jam_hash jam_segment_proof_root(struct pvm_bytes segment, size_t index,
                                       const struct jam_hash *proof, size_t proof_len)
{
    struct jam_hash hash = leaf(segment);
    for (size_t i = proof_len; i-- > 0;) {
        const struct jam_hash *sibling = &proof[i];
        hash = (index & 1) ? node(sibling, &hash) : node(&hash, sibling);
        index >>= 1;
    }
    return hash;
}
