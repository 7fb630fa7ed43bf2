/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/guests.h"

/* Which build of the service serves which versions: those with the same numbers of host calls and
 * the same shape of Refine's arguments. */
static const struct {
    const char *gp, *built_for;
} services[] = {
    {"0.6.6", "0.6.6"},
    {"0.6.7", "0.7.0"},
    {"0.7.0", "0.7.0"},
    {"0.7.1", "0.7.2"},
    {"0.7.2", "0.7.2"},
    {"0.8.0", "0.8.0"},
    {"0.8.0-vectors", "0.8.0"},
};

static const struct corevm_guest *find(const char *name, const char *gp)
{
    for (size_t i = 0; i < corevm_guest_count; i++) {
        const struct corevm_guest *guest = &corevm_guest_table[i];
        if (strcmp(guest->name, name) == 0 && (gp == NULL || strcmp(guest->gp, gp) == 0))
            return guest;
    }
    return NULL;
}

enum pvm_status corevm_service_code(const struct jam_profile *profile, struct pvm_bytes *out,
                                    struct pvm_err *err)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        const struct corevm_guest *guest = NULL;
        if (strcmp(services[i].gp, profile->name) == 0)
            guest = find("corevm", services[i].built_for);
        if (guest != NULL) {
            *out = guest->blob;
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_USAGE, "there is no CoreVM service for GP %s", profile->name);
}

struct pvm_bytes corevm_child_code(const char *name)
{
    const struct corevm_guest *guest = find(name, NULL);
    return guest != NULL ? guest->blob : pvm_bytes_none();
}
