/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm run tells about Accumulate and On-Transfer besides what it tells of any run. */
#ifndef CMD_REPORT_ACCUMULATE_H
#define CMD_REPORT_ACCUMULATE_H

#include "cmd/calls.h"
#include "cmd/privileges_out.h"
#include "cmd/report.h"
#include "cmd/run_inputs.h"

struct cmd_accumulated {
    const char *state;   /* the file, NULL for a state that was made up */
    const char *written; /* where the state after was written to, NULL: nowhere */
    const struct jam_accumulate_in *in;
    bool on_transfer;
    size_t transfer_count; /* of in->inputs */
    const struct cmd_calls *calls;
    struct jam_effects effects;
    struct cmd_privileges privileges; /* with the states before and after */
    struct pvm_buf changes;           /* between these, a line each */
    size_t change_count;
    struct pvm_buf other; /* how it would be different by the side the collapse did not take */
    size_t other_count;
};

/* Lines that stand among those of the outcome. */
void cmd_accumulated_facts(const struct cmd *cmd, const struct cmd_report *report,
                           struct pvm_buf *out);
/* Sections behind the tables of host calls. */
void cmd_accumulated_text(const struct cmd *cmd, const struct cmd_report *report,
                          struct pvm_buf *out);
void cmd_accumulated_json(const struct cmd_report *report, struct jam_out *json);

#endif
