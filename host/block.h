/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accumulation of a block (GP 0.7.2 12): which reports are ready, in which rounds their services
 * run, what their runs make of the state, and the preimages that the block brings. All of it
 * without signatures: the reports given are those that became available.
 *
 *     jam_preimages_check(...)        the extrinsic against the state before
 *     jam_block_accumulate(...)       all of the state that accumulation changes
 *     jam_preimages_integrate(...)    the accounts once more
 */
#ifndef HOST_BLOCK_H
#define HOST_BLOCK_H

#include "host/accumulate.h"
#include "host/report.h"
#include "host/seg_record.h"

struct jam_block_in {
    uint32_t slot;                    /* the block's, tau'; later than the state's */
    struct jam_hash entropy;          /* eta0' */
    const struct jam_report *reports; /* that became available, ascending by core */
    size_t report_count;
};

/* One finished invocation. Everything is borrowed until the observer returns. */
struct jam_block_run {
    size_t round;     /* from 0 */
    bool on_transfer; /* after the last round, to 0.7.0 */
    uint32_t service;
    uint64_t gas; /* given */
    const struct jam_input *inputs;
    size_t input_count;
    const struct jam_run *run; /* outcome, calls, log lines */
    const struct jam_effects *effects;
};

struct jam_block_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct jam_params *params;   /* NULL: the full set */
    struct jam_limits limits;          /* gas and work of all runs together, else of each */
    struct jam_hooks hooks;            /* of each run */
    /* Called after each invocation, in order; may be NULL. */
    void (*ran)(void *user, const struct jam_block_run *run);
    void *user;
    /* Records each run as segments, called "accumulate SERVICE" or "on_transfer SERVICE" behind the
     * prefix; borrowed. NULL: nothing does. */
    struct jam_seg_recorder *tape;
    const char *tape_prefix; /* NULL: none */
};

struct jam_block_out {
    size_t ready_count;       /* |W*|, reports that could be accumulated */
    size_t accumulated_count; /* n, those that were */
    size_t round_count;
    uint64_t gas_used;
    struct jam_hash output_root; /* over theta', see jam_output_root */
};

/* Delta_+'s first g (GP 0.7.2 12.3): the gas of a whole block. */
uint64_t jam_block_gas(const struct jam_params *params, const struct jam_privileges *privileges);

/* Changes state to what it is after accumulation; slot and entropy included. Statistics of services
 * are those of this block: accumulation's part filled in, the rest 0. On failure state is as it
 * was: PVM_E_MALFORMED for a block that is invalid by the GP, with the rule. */
PVM_MUST_USE enum pvm_status jam_block_accumulate(struct jam_state *state,
                                                  const struct jam_block_in *in,
                                                  const struct jam_block_options *options,
                                                  struct jam_block_out *out, struct pvm_err *err);

/* ---- preimages, GP 0.7.2 12.4 ---- */

struct jam_block_preimage {
    uint32_t service;
    struct pvm_bytes blob;
};

/* Why an extrinsic is invalid; names are those of the public vectors. NAME, name, text */
#define JAM_PREIMAGE_RULES(X)                                                                      \
    X(FINE, "ok", "fine")                                                                          \
    X(UNSORTED, "preimages_not_sorted_unique", "preimages must ascend, each of them once")         \
    X(UNNEEDED, "preimage_unneeded", "the service does not ask for this preimage")

enum jam_preimage_rule {
#define X(NAME, name, text) JAM_PREIMAGES_##NAME,
    JAM_PREIMAGE_RULES(X)
#undef X
};

const char *jam_preimage_rule_name(enum jam_preimage_rule rule);
const char *jam_preimage_rule_text(enum jam_preimage_rule rule);

/* Whether list may stand in a block on this state, the one before accumulation. *at, which may be
 * NULL, becomes the place of what breaks the rule. */
enum jam_preimage_rule jam_preimages_check(const struct jam_profile *profile,
                                           const struct jam_state *state,
                                           const struct jam_block_preimage *list, size_t count,
                                           size_t *at);
/* Stores those that are still asked for, at slot. *stored, which may be NULL, becomes how many. */
PVM_MUST_USE enum pvm_status jam_preimages_integrate(const struct jam_profile *profile,
                                                     struct jam_state *state,
                                                     const struct jam_block_preimage *list,
                                                     size_t count, uint32_t slot, size_t *stored,
                                                     struct pvm_err *err);

/* ---- statistics of services, GP 0.7.2 13.2: what a block's extrinsics add ---- */

/* Reports that the block's guarantees bring: refinement's part. */
PVM_MUST_USE enum pvm_status jam_stats_reports(struct jam_state *state,
                                               const struct jam_report *reports, size_t count,
                                               struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_stats_preimages(struct jam_state *state,
                                                 const struct jam_block_preimage *list,
                                                 size_t count, struct pvm_err *err);

/* ---- what accumulation puts out, GP 0.7.2 7, E.1, E.2 ---- */

/* M_B over E4(service) ++ hash with Keccak; outputs ascending, as in struct jam_state. */
struct jam_hash jam_output_root(const struct jam_yield *outputs, size_t count);

/* A Merkle mountain belt: peak i, if there, commits to 2^i leaves. */
enum { JAM_BELT_MAX = 64 };

struct jam_belt {
    size_t count;
    bool there[JAM_BELT_MAX];
    struct jam_hash peaks[JAM_BELT_MAX];
};

/* A(belt, leaf, H_K). False when there is no room: not before 2^64 leaves. */
bool jam_belt_append(struct jam_belt *belt, const struct jam_hash *leaf);
/* M_R, the super-peak. */
struct jam_hash jam_belt_peak(const struct jam_belt *belt);
/* E_M(belt); read fails for more than JAM_BELT_MAX peaks. */
void jam_belt_encode(const struct jam_belt *belt, struct pvm_buf *out);
void jam_belt_read(struct pvm_reader *reader, struct jam_belt *out);

#endif
