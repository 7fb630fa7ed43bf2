/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios: rounds of work packages and blocks played on a state, described in docs/scenarios.md.
 * Each round authorizes and refines its packages, accumulates the reports that came of them (GP
 * 0.7.2 12), integrates the preimages of the block, and is compared with what is expected of it.
 * What a chain would refuse is left out and called by the name of the rule it breaks.
 */
#ifndef HOST_SCENARIO_H
#define HOST_SCENARIO_H

#include "host/block.h"
#include "host/state_file.h"
#include "host/work_package.h"

/* A package of a round, as the round is told of. */
struct jam_scenario_package {
    const char *name; /* "" when it has none */
    uint64_t core;
    struct jam_hash hash;
    enum jam_package_rule rule; /* FINE, or why there is no report */
    const char *detail;         /* behind the rule's text; "" */
    size_t delay;               /* rounds until the report becomes available */
    bool computed;              /* authorization and out are known */
    uint64_t auth_gas_limit;
    uint64_t *gas_limits; /* of refinements, by item */
    struct jam_package_out out;
    struct jam_fixture *fixture; /* what it was made from */
};

/* One accumulation, or On-Transfer. */
struct jam_scenario_run {
    size_t round; /* of accumulation, from 0 */
    bool on_transfer;
    uint32_t service;
    enum jam_outcome outcome;
    const char *why; /* NULL, or why nothing ran */
    uint64_t gas, gas_used;
    size_t operand_count, transfer_count; /* inputs */
    bool exceptional, checkpointed;
    bool has_yield;
    struct jam_hash yield;
    const struct jam_transfer *made; /* deferred transfers */
    size_t made_count;
    size_t provision_count;
    const uint32_t *new_services;
    size_t new_count;
};

struct jam_scenario_preimage {
    uint32_t service;
    struct pvm_bytes blob;
    struct jam_hash hash;
    enum jam_preimage_rule rule; /* FINE: it stood in the block */
    bool stored;                 /* it was still asked for after accumulation */
};

/* A round that was played. Borrowed until the observer returns. */
struct jam_scenario_round {
    const struct jam_profile *profile;
    size_t index;
    const char *name; /* "" when it has none */
    uint32_t slot;
    const struct jam_scenario_package *packages;
    size_t package_count;
    size_t report_count; /* that became available */
    bool block_invalid;
    const char *block_why; /* of an invalid block */
    struct jam_block_out block;
    const struct jam_scenario_run *runs;
    size_t run_count;
    const struct jam_scenario_preimage *preimages;
    size_t preimage_count;
    struct pvm_bytes changes; /* lines: what the round changed in state */
    struct pvm_bytes
        failures; /* lines: what is not as expected, or refused though nobody said so */
    size_t failure_count, check_count;
};

/* Who logs a line: the item of a package, or an accumulation. */
struct jam_scenario_source {
    int64_t core;    /* -1: an accumulation */
    int64_t service; /* -1: an authorizer */
};

struct jam_scenario_options {
    const struct jam_profile *profile;          /* instead of the scenario's; NULL: none */
    const struct jam_profile *fallback;         /* if it says none; NULL: jam_profile_default */
    const struct jam_state_file *state;         /* instead of the scenario's; NULL: none */
    struct jam_segments *store;                 /* for imports and exports; NULL: one of its own */
    const struct jam_extension_use *extensions; /* of all runs */
    size_t extension_count;
    const char *folder;                    /* where file names start; NULL: the current one */
    struct jam_json expect;                /* {"rounds": [...], "expect": ...} besides its own */
    const struct jam_state_file *expected; /* the state in the end; NULL: none */
    struct jam_limits limits;              /* of each run */
    struct jam_seg_recorder *tape; /* records each run as segments; borrowed, NULL: nothing does */
    const struct pvm_alloc *alloc;
    /* May be NULL. */
    void (*round)(void *user, const struct jam_scenario_round *round);
    void (*log)(void *user, const struct jam_scenario_source *source,
                const struct jam_log_line *line);
    /* After each run, whose machines still exist; run NULL: there was no code. */
    void (*ran)(void *user, enum jam_invocation kind, const struct jam_scenario_source *source,
                const struct jam_run *run);
    void *user;
    struct jam_hooks watch; /* of each run besides; its log is not called */
};

struct jam_scenario_out {
    const char *name;            /* "" when it has none; owned by this struct */
    struct jam_state_file *file; /* the state in the end */
    size_t round_count;
    size_t failure_count, check_count; /* of all rounds, and of the end */
    struct pvm_buf failures;           /* lines, of the end */
    size_t final_failure_count;
    struct pvm_buf text; /* behind name */
};

/* Plays the scenario in text. PVM_E_MALFORMED when it is wrong, with its place; what a chain would
 * refuse and what is not as expected are no errors. out is deinitialised by the caller in every
 * case. */
PVM_MUST_USE enum pvm_status jam_scenario_run(struct pvm_bytes text, const char *name,
                                              const struct jam_scenario_options *options,
                                              struct jam_scenario_out *out, struct pvm_err *err);
void jam_scenario_out_deinit(struct jam_scenario_out *out); /* idempotent */

#endif
