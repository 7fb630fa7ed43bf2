/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One round of a block's accumulation (GP 0.7.2 12.2, Delta_*): who runs, with what, and what all
 * the runs together make of the state. Private to host/block*.c.
 */
#ifndef HOST_BLOCK_ROUND_H
#define HOST_BLOCK_ROUND_H

#include "host/block_rules.h"

/* Transfers owned by whoever holds the list. */
struct jam_transfers {
    struct jam_transfer *list;
    size_t count, cap;
    const struct pvm_alloc *alloc;
};

PVM_MUST_USE enum pvm_status jam_transfers_add(struct jam_transfers *transfers,
                                               const struct jam_transfer *list, size_t count,
                                               struct pvm_err *err);
void jam_transfers_deinit(struct jam_transfers *transfers); /* idempotent */

/* What a service did in a block, summed up for statistics. */
struct jam_tally {
    uint32_t service;
    uint64_t items, transfers, gas;
    uint64_t on_transfers, on_transfer_gas; /* to 0.7.0 */
};

struct jam_tallies {
    struct jam_tally *list; /* ascending by service */
    size_t count, cap;
    const struct pvm_alloc *alloc;
};

/* The tally of a service, zero at first. Valid until the next one is asked for. */
PVM_MUST_USE enum pvm_status jam_tally_of(struct jam_tallies *tallies, uint32_t service,
                                          struct jam_tally **out, struct pvm_err *err);
/* What a run of Accumulate adds to its service's tally. */
void jam_tally_run(struct jam_tally *tally, const struct jam_input *inputs, size_t input_count,
                   uint64_t gas_used);
/* Whether S (GP 0.7.2 12.3; I to 0.7.0) has the service. */
bool jam_tally_counts(const struct jam_block_rules *rules, const struct jam_tally *tally);

/* A block being accumulated. */
struct jam_block {
    const struct jam_profile *profile;
    const struct jam_block_rules *rules;
    const struct jam_params *params;
    const struct pvm_alloc *alloc;
    const struct jam_block_in *in;
    const struct jam_block_options *options;
    struct jam_state *state; /* as the rounds so far left it */
    struct jam_tallies tallies;
    size_t round_count;
    uint64_t gas_used;
    uint64_t gas_run, work; /* of all runs, as struct jam_limits counts them */
};

struct jam_round_in {
    const struct jam_report *const *reports;
    size_t report_count;
    const struct jam_transfer *transfers; /* inputs of the round */
    size_t transfer_count;
    bool always; /* whether those who always accumulate do */
};

/* Runs everyone, takes state on and appends the transfers they made to *made. gas_used is of this
 * round. */
PVM_MUST_USE enum pvm_status jam_block_round(struct jam_block *block, const struct jam_round_in *in,
                                             struct jam_transfers *made, uint64_t *gas_used,
                                             struct pvm_err *err);

/* To 0.7.0: On-Transfer for every service that transfers go to. */
PVM_MUST_USE enum pvm_status jam_block_transfers(struct jam_block *block,
                                                 const struct jam_transfers *transfers,
                                                 struct pvm_err *err);

/* Accounts, provisions, outputs and privileges of next, which equals old at first, after runs that
 * started from old. PVM_E_MALFORMED: two runs made the same new service, the block is invalid. */
PVM_MUST_USE enum pvm_status jam_round_merge(const struct jam_block *block, struct jam_state *next,
                                             const struct jam_state *old,
                                             const struct jam_round_runs *runs,
                                             struct pvm_err *err);

/* Statistics of the block's services in state, and their accounts' date. */
PVM_MUST_USE enum pvm_status jam_block_record(struct jam_block *block, struct pvm_err *err);

/* Starts a run, goes through with it and tells the observer. */
PVM_MUST_USE enum pvm_status jam_round_run_go(struct jam_block *block,
                                              const struct jam_state *state,
                                              struct jam_round_run *run, bool on_transfer,
                                              struct pvm_err *err);

#endif
