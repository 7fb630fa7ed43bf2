/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm state show prints for people. */
#ifndef CMD_STATE_SHOW_H
#define CMD_STATE_SHOW_H

#include "cmd/cmd.h"
#include "host/state_file.h"

/* The whole state. name is what the file is called. */
PVM_MUST_USE enum pvm_status cmd_state_show(const struct cmd *cmd,
                                            const struct jam_state_file *file, const char *name,
                                            struct pvm_buf *out, struct pvm_err *err);
/* One of its services, with all that it holds. */
void cmd_state_show_service(const struct cmd *cmd, const struct jam_state_file *file,
                            const struct jam_service *service, struct pvm_buf *out);

#endif
