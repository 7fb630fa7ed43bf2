/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guests that pvm carries: CoreVM's service and the child programs it runs. Their sources are
 * corevm/guests/; the build assembles them (corevm/guests/guests.cmake).
 */
#ifndef COREVM_GUESTS_H
#define COREVM_GUESTS_H

#include "host/profile.h"

struct corevm_guest {
    const char *name;
    const char *gp; /* the version it was assembled for */
    struct pvm_bytes blob;
    struct pvm_bytes symbols; /* names of its code, as core/symbols.h has them */
};

extern const struct corevm_guest corevm_guest_table[];
extern const size_t corevm_guest_count;

/* The service, a standard program, for a profile; PVM_E_USAGE when there is none. */
PVM_MUST_USE enum pvm_status corevm_service_code(const struct jam_profile *profile,
                                                 struct pvm_bytes *out, struct pvm_err *err);

/* A child, a program blob: "fibchild", "fibchild_log", ... Children are the same for all versions,
 * as their opcodes are. Empty when there is none of the name. */
struct pvm_bytes corevm_child_code(const char *name);

#endif
