/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_note.h"

#include "cmd/cmd.h"
#include "host/block.h"
#include "host/invoke.h"

#include <inttypes.h>
#include <stdio.h>

PVM_PRINTF(1, 2) static void note(const char *fmt, ...)
{
    char line[256];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (len > 0)
        cmd_stderr(pvm_bytes(line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1));
}

void cmd_note_gas(const struct jam_run *run, enum jam_invocation invocation,
                  const struct jam_state *state)
{
    const struct jam_params *params = jam_run_params(run);
    uint64_t gas = jam_run_result(run)->gas_limit;
    uint64_t most = 0;
    const char *why = "";
    switch (invocation) {
    case JAM_IS_AUTHORIZED:
        most = params->is_authorized_gas;
        why = "G_I";
        break;
    case JAM_REFINE:
        most = params->refine_gas > 0 ? params->refine_gas - 1 : 0;
        why = "less than G_R";
        break;
    case JAM_ACCUMULATE:
    case JAM_ON_TRANSFER:
        most = jam_block_gas(params, &state->privileges);
        why = "a block's";
        break;
    }
    if (gas > most)
        note("pvm: note: on a chain %s has at most %" PRIu64 " gas (%s), here it has %" PRIu64 "\n",
             jam_invocation_name(invocation), most, why, gas);
}

bool cmd_note_package(const struct jam_work_package *package, const struct jam_params *params)
{
    enum jam_package_rule rule = jam_package_check(package, params);
    if (rule == JAM_PACKAGE_FINE)
        return false;
    note("pvm: note: no chain takes this package: %s: %s\n", jam_package_rule_name(rule),
         jam_package_rule_text(rule));
    return true;
}
