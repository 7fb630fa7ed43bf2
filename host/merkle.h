/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constant-depth Merkle tree over exported segments (GP 0.7.2 E.1.2, M and J_0): leaves are
 * hashed behind "leaf", nodes behind "node", and the leaves are padded to a power of two with zero
 * hashes. The root of no segments is the zero hash.
 */
#ifndef HOST_MERKLE_H
#define HOST_MERKLE_H

#include "host/types.h"

enum { JAM_PROOF_MAX = 32 };

/* segments: count times JAM_SEGMENT_SIZE octets, one behind the other. */
struct jam_hash jam_segment_root(const uint8_t *segments, size_t count);

/* The siblings on the way from the root down to segment index < count; returns how many, at most
 * JAM_PROOF_MAX. count at most 2^32. */
size_t jam_segment_proof(const uint8_t *segments, size_t count, size_t index,
                         struct jam_hash proof[JAM_PROOF_MAX]);

/* Siblings that each segment of a tree of count has. */
uint8_t jam_segment_depth(size_t count);

/* The root that a segment at index with such a proof belongs to. */
struct jam_hash jam_segment_proof_root(struct pvm_bytes segment, size_t index,
                                       const struct jam_hash *proof, size_t proof_len);

#endif
