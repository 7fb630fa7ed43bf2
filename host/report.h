/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work reports (GP 0.7.2 11.1.1): what a work package came to, taken apart from its encoding and
 * put together again. Field names are those of the public vectors; their JSON is written and read
 * by host/state_report.h.
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include "host/invoke.h"
#include "host/state.h"

/* The availability specification, GP 0.7.2 11.1.3. */
struct jam_package_spec {
    struct jam_hash hash; /* of the package */
    uint32_t length;      /* of the bundle, in octets */
    struct jam_hash erasure_root;
    uint16_t erasure_shards; /* 0.8.0 on */
    struct jam_hash exports_root;
    uint16_t exports_count;
};

/* What refining an item took; 0.6.4 on. */
struct jam_refine_load {
    uint64_t gas_used;
    uint64_t imports;
    uint64_t extrinsic_count;
    uint64_t extrinsic_size;
    uint64_t exports;
};

/* A work digest, GP 0.7.2 11.1.4. */
struct jam_work_digest {
    uint32_t service_id;
    struct jam_hash code_hash;
    struct jam_hash payload_hash;
    uint64_t accumulate_gas;
    enum jam_outcome result;
    struct pvm_bytes output; /* of a result that is HALT */
    struct jam_refine_load refine_load;
};

struct jam_root_lookup {
    struct jam_hash work_package_hash;
    struct jam_hash segment_tree_root;
};

/* Spans borrow from the octets it was decoded from, lists are the report's own (jam_report_deinit)
 * unless its maker borrowed them. */
struct jam_report {
    struct jam_package_spec package_spec;
    struct jam_refine_context context;
    uint64_t core_index;
    struct jam_hash authorizer_hash;
    uint64_t auth_gas_used; /* 0.6.4 on */
    struct pvm_bytes auth_output;
    const struct jam_root_lookup *segment_root_lookup;
    size_t lookup_count;
    const struct jam_work_digest *results;
    size_t result_count;
    struct pvm_bytes encoded;       /* E(report) when decoded, else empty */
    struct jam_report_lists *owned; /* NULL: the lists are borrowed */
    const struct pvm_alloc *alloc;
};

/* Takes the report apart that the reader is at. PVM_E_MALFORMED, the reader's place then being of
 * no meaning, when there is none. The octets must outlive *out. */
PVM_MUST_USE enum pvm_status jam_report_read(const struct jam_profile *profile,
                                             struct pvm_reader *reader,
                                             const struct pvm_alloc *alloc, struct jam_report *out,
                                             struct pvm_err *err);
/* The same for octets that are one report and nothing else. */
PVM_MUST_USE enum pvm_status jam_report_decode(const struct jam_profile *profile,
                                               struct pvm_bytes bytes,
                                               const struct pvm_alloc *alloc,
                                               struct jam_report *out, struct pvm_err *err);
void jam_report_deinit(struct jam_report *report); /* idempotent */

/* Appends E(report), GP 0.7.2 C.2. Not for a result that the version lacks. */
void jam_report_encode(const struct jam_profile *profile, const struct jam_report *report,
                       struct pvm_buf *out);

/* The package hash of an encoded report: every version's encoding begins with it. False when there
 * are too few octets. */
bool jam_report_package_hash(struct pvm_bytes encoded, struct jam_hash *out);

/* Gas of all digests (GP 0.7.2 12.2), saturating. */
uint64_t jam_report_gas(const struct jam_report *report);

/* The octet of O(result) under a version; 0xff when the version lacks the result. */
uint8_t jam_outcome_octet(const struct jam_profile *profile, enum jam_outcome outcome);
/* Appends O(result). */
void jam_encode_outcome(const struct jam_profile *profile, enum jam_outcome outcome,
                        struct pvm_bytes output, struct pvm_buf *out);

#endif
