/* SPDX-License-Identifier: Apache-2.0 */
/* What GP versions changed in the accumulation of a block, as data; and the pieces of one round
 * that the rules work on. Private to host/block*.c. */
#ifndef HOST_BLOCK_RULES_H
#define HOST_BLOCK_RULES_H

#include "host/block.h"
#include "host/seg_run.h"

/* A service that ran in a round. A round's runs ascend by service. */
struct jam_round_run {
    uint32_t service;
    uint64_t gas;
    const struct jam_input *inputs;
    size_t input_count;
    struct jam_accumulate_in in; /* what the run was made from */
    struct jam_seg_tap tap;      /* behind the run's hooks */
    struct jam_run *run;         /* owned by the round */
    struct jam_effects effects;
};

struct jam_round_runs {
    struct jam_round_run *list;
    size_t count;
};

/* What a service's run came to; NULL when it did not run, and so changed nothing. */
const struct jam_effects *jam_round_find(const struct jam_round_runs *runs, uint32_t service);

/* A merge of privileges, queues and staging set: from those of `old`, the state that the runs began
 * with, to those of next, which are equal to begin with. */
typedef enum pvm_status (*jam_privileges_merge)(struct jam_state *next, const struct jam_state *old,
                                                const struct jam_round_runs *runs,
                                                size_t core_count, struct pvm_err *err);

enum pvm_status jam_merge_062(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err);
enum pvm_status jam_merge_064(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err);
enum pvm_status jam_merge_067(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err);
enum pvm_status jam_merge_071(struct jam_state *next, const struct jam_state *old,
                              const struct jam_round_runs *runs, size_t core_count,
                              struct pvm_err *err);

/* How blocks, and what state holds of them, are serialized (GP 0.7.2 C.2, D.1): by the version that
 * began with it, each with all that came before. */
enum jam_chain_form {
    JAM_CHAIN_062, /* an epoch mark has Bandersnatch keys only */
    JAM_CHAIN_064, /* and Ed25519 keys */
    JAM_CHAIN_067, /* recent history has one belt behind it, not one in each item */
    JAM_CHAIN_070, /* a header's offenders stand at its end */
    JAM_CHAIN_080  /* validators and votes are counted, slots in history, pending guarantees */
};

struct jam_block_rules {
    enum jam_chain_form chain;
    jam_privileges_merge merge;
    /* Deferred transfers are inputs of the next round, and rounds take place as long as there is
     * anything to do; before, On-Transfer handles them at the end, and without reports nobody runs,
     * not even who always does. */
    bool transfers_loop;
    /* The budget of a round also covers its transfers and who always accumulates; gas of transfers
     * joins it when they are made, not when they are spent. */
    bool budget_covers_all;
    bool stats_of_gas;       /* who only used gas is in the statistics, too */
    bool stats_of_transfers; /* transfers that were inputs are counted */
    bool dates_accounts;     /* accounts say when they were last accumulated */
    bool preimage_absent;    /* a preimage that is there already is not asked for */
};

/* I of GP 0.7.2 12.2 for a blob given by provide: stores it if it is still asked for. */
PVM_MUST_USE enum pvm_status jam_provision_integrate(struct jam_state *state,
                                                     const struct jam_provision *provision,
                                                     uint32_t slot, struct pvm_err *err);

/* Named after the version they came with; profiles point to them. */
extern const struct jam_block_rules jam_block_062, jam_block_064, jam_block_067, jam_block_070,
    jam_block_071, jam_block_072, jam_block_080;

#endif
