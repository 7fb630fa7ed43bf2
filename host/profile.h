/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GP versions as data. A struct jam_profile is one version: which machine rules, which column of
 * host-call numbers, which prices, which constants, which encodings. Handlers read columns; none
 * asks which version it runs under.
 */
#ifndef HOST_PROFILE_H
#define HOST_PROFILE_H

#include "core/asm.h"
#include "core/rules.h"
#include "host/jam_extension.h"
#include "host/types.h"

/* GP 0.7.2 I.4.4 in the order of fetch kind 0:
 * symbol, field, octets there, value in the full and the tiny set, meaning */
#define JAM_PARAMS(X)                                                                              \
    X("B_I", item_deposit, 8, 10, 10, "deposit for an item")                                       \
    X("B_L", byte_deposit, 8, 1, 1, "deposit for an octet")                                        \
    X("B_S", base_deposit, 8, 100, 100, "deposit for a service")                                   \
    X("C", core_count, 2, 341, 2, "cores")                                                         \
    X("D", preimage_expunge_period, 4, 19200, 32, "slots before a preimage may be expunged")       \
    X("E", epoch_length, 4, 600, 12, "slots of an epoch")                                          \
    X("G_A", report_accumulate_gas, 8, 10000000, 10000000, "accumulation gas of a report")         \
    X("G_I", is_authorized_gas, 8, 50000000, 50000000, "gas of Is-Authorized")                     \
    X("G_R", refine_gas, 8, 5000000000, 1000000000, "refinement gas of a package")                 \
    X("G_T", block_accumulate_gas, 8, 3500000000, 20000000, "accumulation gas of a block")         \
    X("H", recent_history, 2, 8, 8, "blocks of recent history")                                    \
    X("I", max_work_items, 2, 16, 16, "work items of a package")                                   \
    X("J", max_dependencies, 2, 8, 8, "dependencies of a report")                                  \
    X("K", max_block_tickets, 2, 16, 3, "tickets of a block")                                      \
    X("L", max_lookup_anchor_age, 4, 14400, 24, "age of a lookup anchor in slots")                 \
    X("N", ticket_entries, 2, 2, 3, "ticket entries of a validator")                               \
    X("O", auth_pool_size, 2, 8, 8, "authorizers in a core's pool")                                \
    X("P", slot_seconds, 2, 6, 6, "seconds of a slot")                                             \
    X("Q", auth_queue_size, 2, 80, 80, "authorizers in a core's queue")                            \
    X("R", rotation_period, 2, 10, 4, "slots between core rotations")                              \
    X("T", max_extrinsics, 2, 128, 128, "extrinsics of a package")                                 \
    X("U", assurance_timeout, 2, 5, 5, "slots until a report is dropped")                          \
    X("V", validator_count, 2, 1023, 6, "validators")                                              \
    X("W_A", max_authorizer_code, 4, 64000, 64000, "octets of authorizer code")                    \
    X("W_B", max_bundle_size, 4, 13791360, 13791360, "octets of a work bundle")                    \
    X("W_C", max_service_code, 4, 4000000, 4000000, "octets of service code")                      \
    X("W_E", ec_piece_size, 4, 684, 4, "octets of an erasure-coding piece")                        \
    X("W_M", max_imports, 4, 3072, 3072, "imports of a package")                                   \
    X("W_P", segment_pieces, 4, 6, 1026, "pieces of a segment")                                    \
    X("W_R", max_report_output, 4, 49152, 49152, "octets of all outputs in a report")              \
    X("W_T", memo_size, 4, 128, 128, "octets of a transfer's memo")                                \
    X("W_X", max_exports, 4, 3072, 3072, "exports of a package")                                   \
    X("Y", epoch_tail_start, 4, 500, 10, "slot of an epoch where the lottery closes")

struct jam_params {
#define X(symbol, field, width, full, tiny, text) uint64_t field;
    JAM_PARAMS(X)
#undef X
};

enum {
#define X(symbol, field, width, full, tiny, text) JAM_PARAM_##field,
    JAM_PARAMS(X)
#undef X
        JAM_PARAM_COUNT
};

struct jam_param_info {
    const char *symbol, *name, *text;
    unsigned width; /* octets in fetch kind 0 */
    size_t offset;  /* of its uint64_t in struct jam_params */
};

/* In the order of JAM_PARAMS. */
extern const struct jam_param_info jam_param_table[JAM_PARAM_COUNT];

static inline uint64_t *jam_param_at(struct jam_params *params, unsigned which)
{
    return (uint64_t *)(void *)((uint8_t *)params + jam_param_table[which].offset);
}

/* The four of GP 0.7.2 B (and B.5 of 0.7.0), those of host/jam.h: in which a host call is open. */
#define JAM_INVOCATIONS(X)                                                                         \
    X(IS_AUTHORIZED, "is_authorized", 0, 'I')                                                      \
    X(REFINE, "refine", 0, 'R')                                                                    \
    X(ACCUMULATE, "accumulate", 5, 'A')                                                            \
    X(ON_TRANSFER, "on_transfer", 10, 'T')

enum { JAM_INVOCATION_COUNT = 4 };

const char *jam_invocation_name(enum jam_invocation invocation);
uint64_t jam_invocation_entry(enum jam_invocation invocation); /* program counter */

/* What fetch can be asked for; a version numbers them by its table fetch_kinds. */
enum jam_fetch {
    JAM_FETCH_NOTHING,
    JAM_FETCH_PARAMS,
    JAM_FETCH_ENTROPY,
    JAM_FETCH_TRACE,
    JAM_FETCH_EXTRINSIC, /* r12 of item r11 */
    JAM_FETCH_OWN_EXTRINSIC,
    JAM_FETCH_IMPORT, /* r12 of item r11 */
    JAM_FETCH_OWN_IMPORT,
    JAM_FETCH_PACKAGE,
    JAM_FETCH_AUTHORIZER, /* configuration; to 0.7.1 the code hash before it */
    JAM_FETCH_TOKEN,
    JAM_FETCH_CONTEXT,
    JAM_FETCH_ITEMS,
    JAM_FETCH_ITEM,
    JAM_FETCH_PAYLOAD,
    JAM_FETCH_INPUTS, /* of Accumulate */
    JAM_FETCH_INPUT,
    JAM_FETCH_TRANSFERS, /* of On-Transfer */
    JAM_FETCH_TRANSFER
};

enum { JAM_FETCH_KINDS = 18 };

/* The values a refinement's argument blob is made of. */
struct jam_refine_values {
    uint64_t core, item;
    const struct jam_work_package *package;
    struct jam_hash package_hash;
};

/* How state stands in key-values (GP 0.7.2 D.1), by the version that began with it. */
enum jam_record_form { JAM_RECORD_062, JAM_RECORD_067, JAM_RECORD_071 };
enum jam_privileges_form { JAM_PRIVILEGES_062, JAM_PRIVILEGES_067, JAM_PRIVILEGES_071 };
enum jam_report_form { JAM_REPORT_062, JAM_REPORT_064, JAM_REPORT_070, JAM_REPORT_080 };
enum jam_stats_form { JAM_STATS_062, JAM_STATS_064, JAM_STATS_071, JAM_STATS_080 };
/* How the public accumulate vectors name an account's preimages: "preimages" with requests left
 * out, "preimages_blob" and "preimages_status", "preimage_blobs" and "preimage_requests". */
enum jam_stf_form { JAM_STF_062, JAM_STF_071, JAM_STF_072 };

struct jam_state_form {
    enum jam_record_form record;         /* C(255, s) */
    enum jam_privileges_form privileges; /* C(12) */
    enum jam_report_form report;         /* in C(14) */
    enum jam_stats_form stats;           /* of services in C(13) */
    enum jam_stf_form stf;               /* no serialization but JSON */
    bool outputs;                        /* C(16) is there */
    bool counted_validators;             /* E(count) stands before C(7) */
};

/* Constants that versions changed, in the full set unless it says otherwise. */
struct jam_constants {
    uint64_t max_bundle_size;         /* W_B, both sets */
    uint64_t max_authorizer_code;     /* W_A, both sets; UINT64_MAX: no bound yet */
    uint64_t preimage_expunge_period; /* D */
};

/* Host calls whose rules versions changed. */
struct jam_call_rules {
    bool info_window;       /* info takes offset and length and returns the length */
    bool log_returns_what;  /* log is an unknown call to the GP; before JIP-1 said so, r7 stayed */
    bool transfer_gas_late; /* transfer's r9 is charged on success only, by its handler */
    bool inner_gas_charged; /* invoke takes the inner machine's gas from the caller */
    uint32_t max_machines;  /* inner machines at a time; 0: no bound */
    /* grow_heap: octets that the stack's size is rounded up to; 0: there is no such call. */
    uint32_t heap_stack_unit;
    bool heap_short_keeps_gas; /* who cannot pay for the pages keeps the gas left */
};

struct jam_service; /* host/state.h */
struct jam_accumulate_rules;
struct jam_block_rules;

struct jam_profile {
    const char *name;     /* "0.7.2" */
    uint32_t version;     /* JAM_GP(0, 7, 2), which picks the cells of host calls */
    uint32_t unknown_gas; /* price of a host call that is unknown or not open */
    const struct pvm_rules *rules;
    struct jam_constants constants;
    uint64_t params_left_out; /* bits 1 << JAM_PARAM_x: not in fetch kind 0 */
    bool oversize; /* outputs too large are a work error; else the whole report is invalid */
    struct jam_call_rules call;
    const struct jam_accumulate_rules *accumulate; /* host/accumulate_rules.h */
    const struct jam_block_rules *block;           /* host/block_rules.h */
    /* What info gives out, GP 0.7.2 B.5. Appends to out. */
    void (*info)(const struct jam_service *account, uint64_t threshold, struct pvm_buf *out);
    /* Encodings; each appends to out. */
    void (*package)(const struct jam_work_package *package, struct pvm_buf *out);
    void (*context)(const struct jam_refine_context *context, struct pvm_buf *out);
    void (*authorizer)(const struct jam_work_package *package, struct pvm_buf *out);
    void (*refine_args)(const struct jam_refine_values *values, struct pvm_buf *out);
    void (*is_authorized_args)(const struct jam_work_package *package, uint64_t core,
                               struct pvm_buf *out);
    struct jam_state_form state;
    uint8_t fetch_kinds[JAM_FETCH_KINDS]; /* enum jam_fetch by r10 */
    /* Extensions besides the built-in ones: none but in profiles of jam_profile_extend. */
    const struct jam_extension_use *extensions;
    size_t extension_count;
};

/* The version that is meant when none is said: 0.7.2. */
extern const struct jam_profile *const jam_profile_default;

/* NULL when this build does not know the version. */
const struct jam_profile *jam_profile_find(const char *name);
/* All of them, oldest first; NULL when index is past the end. */
const struct jam_profile *jam_profile_at(size_t index);

/* The full or the tiny set of constants under a profile. */
enum jam_param_set { JAM_PARAMS_FULL, JAM_PARAMS_TINY };
void jam_params_get(const struct jam_profile *profile, enum jam_param_set set,
                    struct jam_params *out);

/* Host calls of a profile by name, for the assembler and disassembler. */
struct pvm_call_names jam_call_names(const struct jam_profile *profile);

#endif
