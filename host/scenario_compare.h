/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing single values with what a scenario expects; private to host/scenario*.c. Where nothing
 * is expected (json is nothing) nothing is compared; a difference becomes a line of failures. An
 * expectation that is wrong itself becomes the status of what is compared, and ends the comparing.
 */
#ifndef HOST_SCENARIO_COMPARE_H
#define HOST_SCENARIO_COMPARE_H

#include "host/scenario_parts.h"

/* Where values stand, as failures call it: "runs[0]", "service 5". */
struct jam_expect_place {
    struct jam_expecting *expecting;
    char text[96];
};

struct jam_expect_place jam_expect_at(struct jam_expecting *expecting, const char *fmt, ...)
    PVM_PRINTF(2, 3);
struct pvm_err *jam_expect_err(const struct jam_expect_place *place);
/* Records the first status that is not PVM_OK; false once there is one. */
bool jam_expect_good(struct jam_expecting *expecting, enum pvm_status status);
/* Counts a failure and appends "PLACE WHAT: expected "; the rest of the line is the caller's. */
void jam_expect_begin(const struct jam_expect_place *place, const char *what);

void jam_expect_number(const struct jam_expect_place *place, const char *what, struct jam_json json,
                       uint64_t got);
void jam_expect_text(const struct jam_expect_place *place, const char *what, struct jam_json json,
                     const char *got);
void jam_expect_truth(const struct jam_expect_place *place, const char *what, struct jam_json json,
                      bool got);
/* null stands for nothing there; so does got NULL. */
void jam_expect_octets(const struct jam_expect_place *place, const char *what, struct jam_json json,
                       const struct pvm_bytes *got);
void jam_expect_hash(const struct jam_expect_place *place, const char *what, struct jam_json json,
                     const struct jam_hash *got);
/* How many entries a list has; the first of both are then compared one by one. */
void jam_expect_counts(const struct jam_expect_place *place, const char *what, struct jam_json list,
                       size_t got);

/* scenario_expect_state.c: the lists of services and the privileges that a state shall have. */
PVM_MUST_USE enum pvm_status jam_expect_services(struct jam_expecting *expecting,
                                                 struct jam_json list);
PVM_MUST_USE enum pvm_status jam_expect_privileges(struct jam_expecting *expecting,
                                                   struct jam_json json);

#endif
