/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain values of JAM that stand around the machine: hashes, work packages and what they are made
 * of (GP 0.7.2 14.3). Spans and lists are borrowed; whoever builds a package owns what it points
 * at. Field names are those of the public JAM test vectors.
 */
#ifndef HOST_TYPES_H
#define HOST_TYPES_H

#include "core/bytes.h"

enum {
    JAM_HASH_SIZE = 32,
    JAM_SEGMENT_SIZE = 4104, /* W_G */
    JAM_MEMO_SIZE = 128,     /* W_T */
    JAM_SUMMARY_SIZE = 62    /* an item in fetch kinds 11 and 12 */
};

struct jam_hash {
    uint8_t octets[JAM_HASH_SIZE];
};

/* One imported segment: where it comes from. */
struct jam_import {
    struct jam_hash tree_root; /* segment root, or with by_package a work-package hash */
    bool by_package;
    uint16_t index; /* below 2^15 */
};

struct jam_extrinsic {
    struct jam_hash hash;
    uint32_t len;
};

struct jam_work_item {
    uint32_t service;
    struct jam_hash code_hash;
    struct pvm_bytes payload;
    uint64_t refine_gas_limit;
    uint64_t accumulate_gas_limit;
    const struct jam_import *import_segments;
    size_t import_count;
    const struct jam_extrinsic *extrinsic;
    size_t extrinsic_count;
    uint16_t export_count;
};

struct jam_refine_context {
    struct jam_hash anchor;
    uint32_t anchor_slot; /* 0.8.0 on */
    struct jam_hash state_root;
    struct jam_hash beefy_root;
    struct jam_hash lookup_anchor;
    uint32_t lookup_anchor_slot;
    struct jam_hash lookup_anchor_state_root; /* 0.8.0 on */
    const struct jam_hash *prerequisites;
    size_t prerequisite_count;
};

struct jam_work_package {
    uint32_t auth_code_host;
    struct jam_hash auth_code_hash;
    struct jam_refine_context context;
    struct pvm_bytes authorization; /* the token */
    struct pvm_bytes authorizer_config;
    const struct jam_work_item *items;
    size_t item_count;
};

/* What a package only refers to, resolved: one of these for each work item. */
struct jam_item_data {
    const struct pvm_bytes *imports; /* JAM_SEGMENT_SIZE octets each */
    size_t import_count;
    const struct pvm_bytes *extrinsics;
    size_t extrinsic_count;
};

static inline bool jam_hash_equal(const struct jam_hash *a, const struct jam_hash *b)
{
    return memcmp(a->octets, b->octets, JAM_HASH_SIZE) == 0;
}

static inline struct pvm_bytes jam_hash_bytes(const struct jam_hash *hash)
{
    return pvm_bytes(hash->octets, JAM_HASH_SIZE);
}

#endif
