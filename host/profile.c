/* SPDX-License-Identifier: Apache-2.0 */
#include "host/profile.h"

#include "host/call.h"

#include <stddef.h>

const struct jam_param_info jam_param_table[JAM_PARAM_COUNT] = {
#define X(symbol, field, width, full, tiny, text)                                                  \
    {symbol, #field, text, width, offsetof(struct jam_params, field)},
    JAM_PARAMS(X)
#undef X
};

static const struct jam_params param_sets[] = {
    [JAM_PARAMS_FULL] =
        {
#define X(symbol, field, width, full, tiny, text) .field = full,
            JAM_PARAMS(X)
#undef X
        },
    [JAM_PARAMS_TINY] =
        {
#define X(symbol, field, width, full, tiny, text) .field = tiny,
            JAM_PARAMS(X)
#undef X
        },
};

void jam_params_get(const struct jam_profile *profile, enum jam_param_set set,
                    struct jam_params *out)
{
    *out = param_sets[set];
    out->max_bundle_size = profile->constants.max_bundle_size;
    out->max_authorizer_code = profile->constants.max_authorizer_code;
    if (set == JAM_PARAMS_FULL)
        out->preimage_expunge_period = profile->constants.preimage_expunge_period;
}

const char *jam_invocation_name(enum jam_invocation invocation)
{
    static const char *const names[] = {
#define X(NAME, name, entry, letter) [JAM_##NAME] = name,
        JAM_INVOCATIONS(X)
#undef X
    };
    return names[invocation];
}

uint64_t jam_invocation_entry(enum jam_invocation invocation)
{
    static const uint64_t entries[] = {
#define X(NAME, name, entry, letter) [JAM_##NAME] = entry,
        JAM_INVOCATIONS(X)
#undef X
    };
    return entries[invocation];
}

/* struct pvm_call_names hands back a pointer to void; what it points at is only read. */
static bool number_of(void *user, const char *name, size_t len, int64_t *out)
{
    const struct jam_profile *profile = user;
    const struct jam_extension *extension;
    for (size_t i = 0; (extension = jam_profile_extension(profile, i)) != NULL; i++) {
        for (size_t k = 0; k < extension->call_count; k++) {
            const struct jam_extension_call *call = &extension->calls[k];
            if (strlen(call->name) != len || memcmp(call->name, name, len) != 0)
                continue;
            const struct jam_extension_cell *cell = jam_call_cell(call, profile->version);
            if (cell == NULL)
                continue;
            *out = cell->number;
            return true;
        }
    }
    return false;
}

static const char *name_of(void *user, int64_t number)
{
    const struct jam_profile *profile = user;
    return jam_call_name(profile, (uint64_t)number);
}

struct pvm_call_names jam_call_names(const struct jam_profile *profile)
{
    struct pvm_call_names names = {number_of, name_of, NULL};
    memcpy(&names.user, &profile, sizeof names.user);
    return names;
}
