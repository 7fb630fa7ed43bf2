/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors of one invocation, a JSON file each: what cases of Accumulate and of Refine have in
 * common. Octets are "0x..." or "blob:HASH", which is the file blobs/HASH.bin beside the case.
 */
#ifndef HOST_VECTOR_CASE_H
#define HOST_VECTOR_CASE_H

#include "host/arena.h"
#include "host/invoke.h"
#include "host/json.h"
#include "host/vector.h"

struct jam_case {
    const char *path; /* of the file, borrowed until it is loaded */
    const struct jam_profile *profile;
    struct jam_params params;
    enum jam_invocation invocation;
    uint64_t entry, gas;
    struct pvm_bytes args;
    uint32_t service;
    struct jam_arena arena;
};

/* How often a call is made. */
struct jam_case_call {
    uint64_t number, count;
};

/* What an invocation comes to, whatever it is. */
struct jam_case_end {
    const char *exit; /* static */
    uint64_t gas_used, instructions, inner_gas;
    bool has_instructions, has_inner; /* the two are known */
    struct jam_case_call *calls;
    size_t call_count;
};

/* The keys that both have, to be read along with further ones. */
struct jam_case_keys {
    const char *gp_version, *config, *entry;
    uint64_t entry_pc, gas_limit;
    struct jam_json arguments, service;
};

#define JAM_CASE_FIELDS(type, common)                                                              \
    JAM_JSON_ROW(type, common.gp_version, "gp_version", true),                                     \
        JAM_JSON_ROW(type, common.config, "config", true),                                         \
        JAM_JSON_ROW(type, common.entry, "entry", true),                                           \
        JAM_JSON_ROW(type, common.entry_pc, "entry_pc", true),                                     \
        JAM_JSON_ROW(type, common.gas_limit, "gas_limit", true),                                   \
        JAM_JSON_ROW(type, common.arguments, "arguments", true),                                   \
        JAM_JSON_ROW(type, common.service, "service", true)

void jam_case_init(struct jam_case *c, const char *path, const struct jam_vector_options *options);
void jam_case_deinit(struct jam_case *c);

/* Takes what the keys say. The version is options' rather than theirs, if it says one. */
PVM_MUST_USE enum pvm_status jam_case_load(struct jam_case *c, struct jam_json root,
                                           const struct jam_case_keys *keys,
                                           const struct jam_vector_options *options,
                                           struct pvm_err *err);

/* Whether a run may take so much gas, which json says: it is time. */
PVM_MUST_USE enum pvm_status jam_case_gas(struct jam_json json, uint64_t gas, struct pvm_err *err);

/* Exactly len octets, in hexadecimal with small letters, with 0x or without. */
bool jam_case_hex(const char *text, size_t len, uint8_t *out);
/* Appends the contents of a file in the case's folder. */
PVM_MUST_USE enum pvm_status jam_case_read(const struct jam_case *c, const char *name,
                                           struct pvm_buf *out, struct pvm_err *err);
/* Octets, kept by the case. PVM_E_MALFORMED for a blob that is not what its name says. */
PVM_MUST_USE enum pvm_status jam_case_octets(struct jam_case *c, struct jam_json json,
                                             struct pvm_bytes *out, struct pvm_err *err);
/* The same, with exactly len octets, into out. */
PVM_MUST_USE enum pvm_status jam_case_exactly(struct jam_case *c, struct jam_json json, size_t len,
                                              void *out, struct pvm_err *err);
/* Zeroed room for the members of an array or object. */
PVM_MUST_USE enum pvm_status jam_case_list(struct jam_case *c, struct jam_json json,
                                           enum jam_json_type type, size_t size, void **out,
                                           struct pvm_err *err);

PVM_MUST_USE enum pvm_status jam_case_calls(struct jam_case *c, struct jam_json json,
                                            struct jam_case_end *end, struct pvm_err *err);
/* One of the words for how an invocation ends. */
PVM_MUST_USE enum pvm_status jam_case_exit(struct jam_json json, const char **out,
                                           struct pvm_err *err);

/* Whether a run ended so; else the first difference is appended. */
bool jam_case_same_end(const struct jam_case_end *end, const struct jam_result *result,
                       struct pvm_buf *why);
/* The same for the calls that were made. */
bool jam_case_same_calls(const struct jam_profile *profile, const struct jam_case_end *end,
                         const struct jam_result *result, struct pvm_buf *why);
/* The same for octets; NULL is none. */
bool jam_case_same_octets(const char *what, const struct pvm_bytes *expected,
                          const struct pvm_bytes *got, struct pvm_buf *why);

#endif
