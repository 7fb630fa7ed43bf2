/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm run does though no chain would: said in a line on standard error, nothing more. */
#ifndef CMD_RUN_NOTE_H
#define CMD_RUN_NOTE_H

#include "host/jam.h"
#include "host/state.h"
#include "host/work_package.h"

/* When the run, not yet gone, has more gas than its invocation can have on a chain. */
void cmd_note_gas(const struct jam_run *run, enum jam_invocation invocation,
                  const struct jam_state *state);
/* When the package breaks a rule of GP 0.7.2 14.3; returns whether it does. */
bool cmd_note_package(const struct jam_work_package *package, const struct jam_params *params);

#endif
