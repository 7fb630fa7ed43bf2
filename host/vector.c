/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector.h"

void jam_vector_result_init(struct jam_vector_result *result, const struct pvm_alloc *alloc)
{
    *result = (struct jam_vector_result){.why = {.alloc = alloc}};
}

void jam_vector_result_deinit(struct jam_vector_result *result)
{
    pvm_buf_deinit(&result->why);
}

static bool goes_on(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

/* Whether text begins with the profile's version and nothing that makes it another one. */
static bool names(const char *text, const struct jam_profile *profile)
{
    size_t len = strlen(profile->name);
    return strncmp(text, profile->name, len) == 0 && !goes_on(text[len]);
}

const struct jam_profile *jam_vector_profile(const char *path)
{
    const struct jam_profile *found = NULL;
    for (const char *at = path; *at != '\0'; at++) {
        const struct jam_profile *profile;
        bool begins = at == path || at[-1] == '/' || at[-1] == '-' || at[-1] == '_' ||
                      (at[-1] == 'v' && (at == path + 1 || at[-2] == '/' || at[-2] == '-'));
        if (!begins)
            continue;
        for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
            if (names(at, profile))
                found = profile;
    }
    if (found != NULL && strcmp(found->name, "0.8.0") == 0)
        return jam_profile_find("0.8.0-vectors");
    return found;
}
