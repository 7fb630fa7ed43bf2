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

bool jam_vector_is_text(struct pvm_bytes octets)
{
    size_t i = 0;
    while (i < octets.len && (octets.ptr[i] == ' ' || octets.ptr[i] == '\t' ||
                              octets.ptr[i] == '\n' || octets.ptr[i] == '\r'))
        i++;
    return i < octets.len && octets.ptr[i] == '{' && memchr(octets.ptr, 0, octets.len) == NULL;
}

enum pvm_status jam_vector_read_stats(const struct jam_profile *profile, struct pvm_reader *reader,
                                      struct jam_state *state, struct pvm_err *err)
{
    static const unsigned field_counts[] = {
        [JAM_STATS_062] = 0, [JAM_STATS_064] = 12, [JAM_STATS_071] = 10, [JAM_STATS_080] = 11};
    static const size_t offsets[] = {
#define X(name) offsetof(struct jam_service_stat, name),
        JAM_SERVICE_STATS(X)
#undef X
    };
    uint64_t count = pvm_read_natural(reader);
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        struct jam_service_stat *stat;
        uint32_t id = (uint32_t)pvm_read_le(reader, 4);
        if (reader->failed)
            break;
        size_t before = state->stat_count;
        PVM_TRY(jam_state_stat(state, id, &stat, err));
        if (state->stat_count == before)
            return pvm_fail(err, PVM_E_MALFORMED, "statistics of service %u are there twice",
                            (unsigned)id);
        for (unsigned k = 0; k < field_counts[profile->state.stats]; k++) {
            uint64_t value = pvm_read_natural(reader);
            memcpy((uint8_t *)stat + offsets[k], &value, sizeof value);
        }
    }
    return PVM_OK;
}
