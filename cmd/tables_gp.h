/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the GP versions as Markdown: what host/profile_rows.c and host/call_table.h say. */
#ifndef CMD_TABLES_GP_H
#define CMD_TABLES_GP_H

#include "host/profile.h"

/* Numbers, permissions and prices of the host calls, those of the profile's extensions too.
 * Appends. */
void cmd_table_hostcalls(const struct jam_profile *profile, struct pvm_buf *out);
/* How the versions differ, one line a difference. Appends. */
void cmd_table_profiles(const struct jam_profile *profile, struct pvm_buf *out);

#endif
