/* SPDX-License-Identifier: Apache-2.0 */
/* States that commands begin with and leave behind. */
#ifndef CMD_STATE_INPUT_H
#define CMD_STATE_INPUT_H

#include "cmd/cmd.h"
#include "host/state_file.h"

/* Reads a state of any form. gp is the value of --gp: NULL leaves the version to the file. */
PVM_MUST_USE enum pvm_status cmd_state_load(const struct cmd *cmd, const char *path, const char *gp,
                                            struct jam_state_file **out, struct pvm_err *err);

/* Makes path hold the state, in the form it was read in; or leaves it as it was. */
PVM_MUST_USE enum pvm_status cmd_state_save(const struct cmd *cmd, const char *path,
                                            const struct jam_state_file *file, struct pvm_err *err);

/* Appends a hash with its 0x. */
void cmd_hash_text(const struct jam_hash *hash, struct pvm_buf *out);
/* Appends octets as 0x, at most max of them, then "..." and how many there are; "empty" for none.
 */
void cmd_octets_text(struct pvm_bytes octets, size_t max, struct pvm_buf *out);

#endif
