/* SPDX-License-Identifier: Apache-2.0 */
#include "host/profile.h"

#include "host/call.h"
#include "host/codec.h"

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
    out->max_bundle_size = profile->max_bundle_size;
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

/* fetch kinds by r10, GP 0.6.6 B.6 to 0.7.2 B.5; 16 and 17 belong to on-transfer of 0.6.6 to
 * 0.7.0. */
#define KINDS_066                                                                                  \
    {                                                                                              \
        [0] = JAM_FETCH_PARAMS, [1] = JAM_FETCH_ENTROPY, [2] = JAM_FETCH_TRACE,                    \
        [3] = JAM_FETCH_EXTRINSIC, [4] = JAM_FETCH_OWN_EXTRINSIC, [5] = JAM_FETCH_IMPORT,          \
        [6] = JAM_FETCH_OWN_IMPORT, [7] = JAM_FETCH_PACKAGE, [8] = JAM_FETCH_AUTHORIZER,           \
        [9] = JAM_FETCH_TOKEN, [10] = JAM_FETCH_CONTEXT, [11] = JAM_FETCH_ITEMS,                   \
        [12] = JAM_FETCH_ITEM, [13] = JAM_FETCH_PAYLOAD, [14] = JAM_FETCH_INPUTS,                  \
        [15] = JAM_FETCH_INPUT                                                                     \
    }

static const struct jam_profile profiles[] = {
    {
        .name = "0.6.7",
        .rules = &pvm_rules_072,
        .calls = JAM_CALLS_067,
        .prices = {.call = 10, .log = 0, .unknown = 10},
        .max_bundle_size = 13794305,
        .fetch_kinds = KINDS_066,
        .state = {JAM_RECORD_067, JAM_PRIVILEGES_067, .outputs = true},
        .package = jam_package_067,
        .context = jam_context_072,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_066,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.0",
        .rules = &pvm_rules_072,
        .calls = JAM_CALLS_067,
        .prices = {.call = 10, .log = 0, .unknown = 10},
        .max_bundle_size = 13794305,
        .fetch_kinds = KINDS_066,
        .state = {JAM_RECORD_067, JAM_PRIVILEGES_067, .outputs = true},
        .package = jam_package_070,
        .context = jam_context_072,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_066,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.1",
        .rules = &pvm_rules_072,
        .calls = JAM_CALLS_067,
        .prices = {.call = 10, .log = 0, .unknown = 10},
        .max_bundle_size = 13794305,
        .fetch_kinds = KINDS_066,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, .outputs = true},
        .package = jam_package_070,
        .context = jam_context_072,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.2",
        .rules = &pvm_rules_072,
        .calls = JAM_CALLS_067,
        .prices = {.call = 10, .log = 10, .unknown = 10},
        .max_bundle_size = 13791360,
        .fetch_kinds = KINDS_066,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, .outputs = true},
        .package = jam_package_070,
        .context = jam_context_072,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
};

enum { PROFILE_COUNT = sizeof profiles / sizeof *profiles };

const struct jam_profile *const jam_profile_default = &profiles[PROFILE_COUNT - 1];

const struct jam_profile *jam_profile_find(const char *name)
{
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct jam_profile *jam_profile_at(size_t index)
{
    return index < PROFILE_COUNT ? &profiles[index] : NULL;
}

/* struct pvm_call_names hands back a pointer to void; what it points at is only read. */
static bool number_of(void *user, const char *name, size_t len, int64_t *out)
{
    const struct jam_profile *profile = user;
    enum jam_call_id id = jam_call_by_name(name, len);
    if (id == JAM_CALL_COUNT)
        return false;
    int16_t number = jam_call_table[id].cells[profile->calls].number;
    if (number < 0)
        return false;
    *out = number;
    return true;
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
