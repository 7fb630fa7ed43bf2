/* SPDX-License-Identifier: Apache-2.0 */
/* Privileged parts of state that an accumulation wrote, and whether the writing counts. */
#ifndef CMD_PRIVILEGES_OUT_H
#define CMD_PRIVILEGES_OUT_H

#include "cmd/cmd.h"
#include "host/accumulate.h"
#include "host/json_out.h"

/* before and after are the states around the run, after with what is allowed to take effect. */
struct cmd_privileges {
    const struct jam_effects *effects;
    const struct jam_state *before, *after;
    const struct jam_profile *profile;
    uint32_t service;
};

void cmd_privileges_text(const struct cmd *cmd, const struct cmd_privileges *written,
                         struct pvm_buf *out);
void cmd_privileges_json(const struct cmd_privileges *written, const char *key,
                         struct jam_out *json);

#endif
