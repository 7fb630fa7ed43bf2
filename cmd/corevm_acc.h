/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm corevm accumulate prints. */
#ifndef CMD_COREVM_ACC_H
#define CMD_COREVM_ACC_H

#include "cmd/cmd.h"
#include "corevm/driver_acc.h"

void cmd_corevm_acc_text(const struct cmd *cmd, const struct corevm_acc *acc, struct pvm_buf *out);
void cmd_corevm_acc_json(const struct corevm_acc *acc, struct pvm_buf *out);

#endif
