/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scenario runner share; private to host/scenario*.c. */
#ifndef HOST_SCENARIO_PARTS_H
#define HOST_SCENARIO_PARTS_H

#include "host/fixture_load.h"
#include "host/scenario.h"

/* A report that has not become available yet. */
struct jam_scenario_pending {
    struct jam_blob *report; /* E(report) */
    size_t due;              /* round */
};

struct jam_scenario {
    const struct jam_scenario_options *options;
    const char *file_name; /* of the text */
    const struct pvm_alloc *alloc;
    /* Reads values of the scenario; its arena holds what lives as long as the scenario. */
    struct jam_fixture_options value_options;
    struct jam_fixture values;
    struct jam_fixture_load load;
    struct jam_state_file *file; /* the state as the rounds so far left it */
    struct jam_segments *store;
    bool own_store;
    bool pools_known;
    struct jam_map names; /* package name -> hash */
    struct jam_map known; /* hashes of packages that have a report */
    struct jam_scenario_pending *pending;
    size_t pending_count, pending_cap;
    struct jam_scenario_source source; /* who runs */
    struct pvm_err *err;
};

/* The keys of a round. */
struct jam_scenario_keys {
    const char *name;
    struct jam_json slot, entropy, packages, reports, preimages, expect;
};

/* A round under way. Everything that lives as long as the round is in its arena. */
struct jam_round_play {
    struct jam_scenario *scenario;
    const struct jam_scenario_keys *keys;
    struct jam_scenario_round told;
    struct jam_hash entropy;
    struct jam_arena arena;
    struct jam_scenario_package *packages;
    struct jam_report *reports; /* that become available, ascending by core */
    size_t report_count, report_cap;
    struct jam_report *decoded; /* those given as reports, then those held back */
    size_t owned_count, given_count;
    struct jam_scenario_run *runs;
    size_t run_count, run_cap;
    struct jam_scenario_preimage *preimages;
    struct jam_block_preimage *in_block; /* those that stand in it */
    size_t in_block_count;
    struct pvm_buf changes, failures;
};

/* Copies of octets, zeroed room, both from the round's arena. */
PVM_MUST_USE enum pvm_status jam_round_get(struct jam_round_play *play, size_t count, size_t size,
                                           void **out);

/* scenario_package.c: authorizes and refines the packages, and takes their reports in. */
PVM_MUST_USE enum pvm_status jam_round_packages(struct jam_round_play *play);
/* The reports of the round that are given as such, and those of rounds before that are due. */
PVM_MUST_USE enum pvm_status jam_round_reports(struct jam_round_play *play);
void jam_round_packages_deinit(struct jam_round_play *play);

/* scenario_block.c: accumulates, integrates preimages, turns pools over. */
PVM_MUST_USE enum pvm_status jam_round_block(struct jam_round_play *play);

/* scenario_expect.c: compares, and adds lines to failures. expect may be nothing. */
struct jam_expecting {
    struct jam_scenario *scenario;
    const struct jam_scenario_round *round; /* NULL: the end */
    struct pvm_buf *failures;
    size_t failure_count, check_count;
    enum pvm_status status;                         /* the first expectation that is wrong itself */
    bool refusals_said, preimages_said, block_said; /* somebody expects them as they are */
};
PVM_MUST_USE enum pvm_status jam_scenario_expect(struct jam_expecting *expecting,
                                                 struct jam_json expect);
/* Refusals that nobody expected are failures. */
PVM_MUST_USE enum pvm_status jam_scenario_unsaid(struct jam_expecting *expecting);

#endif
