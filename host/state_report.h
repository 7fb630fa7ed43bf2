/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work reports as they wait in state (GP 0.7.2 C.2, 11.1): their encoding, and the JSON that the
 * public vectors write them in.
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

/* The octets of the report that the reader is at; empty, and the reader failed, when there is none.
 * A report that stands alone is all of its octets. */
struct pvm_bytes jam_state_report_span(const struct jam_profile *profile, struct pvm_reader *r);

/* Writes a report as an object. report must be what jam_state_report_span accepts as a whole. */
void jam_state_report_write(const struct jam_profile *profile, struct pvm_bytes report,
                            const char *key, struct jam_out *json);

#endif
