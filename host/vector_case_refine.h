/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded invocations of Refine and Is-Authorized: code, arguments, everything they fetched and
 * looked up, and what they came to. What a run asks for that is not in the recording is a
 * difference, as is what is recorded and never asked for.
 */
#ifndef HOST_VECTOR_CASE_REFINE_H
#define HOST_VECTOR_CASE_REFINE_H

#include "host/suite.h"
#include "host/vector_case.h"

/* An answer from the recording. */
struct jam_recorded {
    uint64_t kind, a, b;  /* of a fetch: r10, r11, r12 */
    uint64_t service;     /* of a lookup */
    struct jam_hash hash; /* likewise */
    bool found;
    struct pvm_bytes value;
};

struct jam_recording {
    struct jam_recorded *list;
    size_t count;
};

struct jam_refine_case {
    struct jam_case common;
    struct pvm_bytes code; /* a code preimage */
    uint64_t export_offset;
    struct jam_recording fetches, lookups;
    struct jam_case_end end;
    struct pvm_bytes output;
    uint64_t export_count;
    struct jam_hash export_root;
    struct pvm_bytes *exports;
};

bool jam_refine_case_is(const struct jam_suite_file *file);

/* path is the file's: blobs are found beside it. octets may go afterwards. */
PVM_MUST_USE enum pvm_status jam_refine_case_load(struct pvm_bytes octets, const char *path,
                                                  const struct jam_vector_options *options,
                                                  struct jam_refine_case **out,
                                                  struct pvm_err *err);
void jam_refine_case_free(struct jam_refine_case *c); /* NULL is fine */
/* result must be initialised; the case stays as it is. */
PVM_MUST_USE enum pvm_status jam_refine_case_run(const struct jam_refine_case *c,
                                                 const struct jam_vector_options *options,
                                                 struct jam_vector_result *result,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_refine_case_suite(const struct jam_suite_file *file,
                                                   const struct jam_suite_options *options,
                                                   jam_suite_sink sink, void *user,
                                                   struct pvm_err *err);

#endif
