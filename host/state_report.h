/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work reports as they wait in state (GP 0.7.2 C.2, 11.1): between their encoding (host/report.h)
 * and the JSON that the public vectors write them in.
 */
#ifndef HOST_STATE_REPORT_H
#define HOST_STATE_REPORT_H

#include "host/json.h"
#include "host/json_out.h"
#include "host/profile.h"

/* Appends E(report) of a report in JSON. */
PVM_MUST_USE enum pvm_status jam_state_report_read(struct jam_json json,
                                                   const struct jam_profile *profile,
                                                   struct pvm_buf *out, struct pvm_err *err);

/* Writes a report as an object. report must be one of the version, octet for octet; when our memory
 * ends the buffer is marked as failed. */
void jam_state_report_write(const struct jam_profile *profile, struct pvm_bytes report,
                            const char *key, struct jam_out *json);

#endif
