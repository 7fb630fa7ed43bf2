/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm scenario run tells: tables for people, JSON, TAP and JUnit (docs/scenarios.md). */
#ifndef CMD_SCENARIO_OUT_H
#define CMD_SCENARIO_OUT_H

#include "cmd/cmd.h"
#include "host/json_out.h"
#include "host/scenario.h"

/* One test case: a round, or the end. */
struct cmd_scenario_case {
    const char *name; /* "round 0: init" */
    struct pvm_bytes failures;
    size_t failure_count;
};

/* The round's packages, block, preimages, changes and what is not as expected. */
void cmd_scenario_round_text(const struct cmd *cmd, const struct jam_scenario_round *round,
                             struct pvm_buf *out);
void cmd_scenario_round_json(const struct jam_scenario_round *round, struct jam_out *json);

/* The services in the end, and how it went. */
PVM_MUST_USE enum pvm_status cmd_scenario_end_text(const struct cmd *cmd,
                                                   const struct jam_scenario_out *scenario,
                                                   struct pvm_buf *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_scenario_end_json(const struct jam_scenario_out *scenario,
                                                   struct jam_out *json, struct pvm_err *err);

void cmd_scenario_tap(const struct cmd_scenario_case *cases, size_t count, struct pvm_buf *out);
void cmd_scenario_junit(const char *suite, const struct cmd_scenario_case *cases, size_t count,
                        struct pvm_buf *out);

#endif
