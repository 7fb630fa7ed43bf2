/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single invocations of Accumulate: services, privileges, queues and inputs before, and every
 * effect it has by itself, before anything else of the block. Amounts of transfers among the inputs
 * are not yet in the balance; what the block does with the effects afterwards is not looked at.
 */
#ifndef HOST_VECTOR_CASE_ACCUMULATE_H
#define HOST_VECTOR_CASE_ACCUMULATE_H

#include "host/accumulate.h"
#include "host/suite.h"
#include "host/vector_case.h"

struct jam_accumulate_case {
    struct jam_case common;
    uint32_t slot;
    struct jam_hash entropy;
    struct jam_input *inputs;
    size_t input_count;
    struct jam_state before, after; /* after: as the invocation by itself leaves it */
    struct jam_case_end end;
    bool has_yield;
    struct jam_hash yield;
    struct jam_transfer *transfers;
    size_t transfer_count;
    struct jam_map
        provisions; /* E4 of the service, most significant octet first, ++ hash -> blob */
};

bool jam_accumulate_case_is(const struct jam_suite_file *file);

/* path is the file's: blobs are found beside it. octets may go afterwards. */
PVM_MUST_USE enum pvm_status jam_accumulate_case_load(struct pvm_bytes octets, const char *path,
                                                      const struct jam_vector_options *options,
                                                      struct jam_accumulate_case **out,
                                                      struct pvm_err *err);
void jam_accumulate_case_free(struct jam_accumulate_case *c); /* NULL is fine */
/* result must be initialised; the case stays as it is. */
PVM_MUST_USE enum pvm_status jam_accumulate_case_run(const struct jam_accumulate_case *c,
                                                     const struct jam_vector_options *options,
                                                     struct jam_vector_result *result,
                                                     struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_accumulate_case_suite(const struct jam_suite_file *file,
                                                       const struct jam_suite_options *options,
                                                       jam_suite_sink sink, void *user,
                                                       struct pvm_err *err);

/* The key of a provision in the map above. */
enum { JAM_PROVISION_KEY_SIZE = 4 + JAM_HASH_SIZE };
void jam_provision_key(uint32_t service, const struct jam_hash *hash,
                       uint8_t key[JAM_PROVISION_KEY_SIZE]);

/* vector_case_state.c: "state", and what "expected" makes of it, both states initialised. */
struct jam_case_change {
    struct jam_json accounts_changed, accounts_removed, keyvals_set, keyvals_removed;
    struct jam_json privileges, staging_set, auth_queues; /* null: as before */
};
PVM_MUST_USE enum pvm_status jam_case_states(struct jam_accumulate_case *c, struct jam_json state,
                                             const struct jam_case_change *change,
                                             struct pvm_err *err);

#endif
