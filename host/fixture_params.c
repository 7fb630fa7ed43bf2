/* SPDX-License-Identifier: Apache-2.0 */
/* Chain constants of a fixture: a set by its name, or an object with single constants by GP symbol
 * or by name. */
#include "host/fixture_load.h"

static enum pvm_status choose_set(struct jam_fixture_load *load, struct jam_json json,
                                  enum jam_param_set *set)
{
    const char *name = NULL;
    if (jam_json_type(json) != JAM_JSON_STRING)
        return jam_json_expect(json, JAM_JSON_STRING, load->err);
    PVM_TRY(jam_json_text(json, &name, load->err));
    if (strcmp(name, "full") == 0)
        *set = JAM_PARAMS_FULL;
    else if (strcmp(name, "tiny") == 0)
        *set = JAM_PARAMS_TINY;
    else
        return jam_json_fail(json, load->err, "expected \"full\" or \"tiny\", got \"%.40s\"", name);
    return PVM_OK;
}

/* Constants that the types here are made for. */
static const struct {
    unsigned which;
    uint64_t only;
} fixed[] = {
    {JAM_PARAM_auth_queue_size, JAM_QUEUE_LEN},
    {JAM_PARAM_memo_size, JAM_MEMO_SIZE},
};

static enum pvm_status check_fixed(const struct jam_fixture_load *load, struct jam_json json,
                                   unsigned which)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (fixed[i].which == which && *jam_param_at(&load->out->params, which) != fixed[i].only)
            return jam_json_fail(json, load->err, "this constant can only be %llu here",
                                 (unsigned long long)fixed[i].only);
    return PVM_OK;
}

static enum pvm_status set_constant(struct jam_fixture_load *load, struct jam_json json,
                                    bool seen[JAM_PARAM_COUNT])
{
    const char *key = jam_json_key(json);
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++) {
        const struct jam_param_info *info = &jam_param_table[i];
        if (strcmp(key, info->symbol) != 0 && strcmp(key, info->name) != 0)
            continue;
        if (seen[i])
            return jam_json_fail(json, load->err, "%s and %s are the same constant", info->symbol,
                                 info->name);
        seen[i] = true;
        PVM_TRY(jam_json_u64(json, UINT64_MAX >> (64 - 8 * info->width),
                             jam_param_at(&load->out->params, i), load->err));
        return check_fixed(load, json, i);
    }
    return jam_json_fail(json, load->err,
                         "unknown constant; known are \"preset\" and those of fetch kind 0, by GP "
                         "symbol such as W_M or by name such as max_imports");
}

enum pvm_status jam_fixture_params(struct jam_fixture_load *load, struct jam_json json)
{
    enum jam_param_set set = JAM_PARAMS_FULL;
    bool seen[JAM_PARAM_COUNT] = {false};
    bool object = jam_json_type(json) == JAM_JSON_OBJECT;
    struct jam_json preset = object ? jam_json_get(json, "preset") : json;
    if (jam_json_has(preset))
        PVM_TRY(choose_set(load, preset, &set));
    if (!jam_json_has(preset) && load->options->params != NULL)
        load->out->params = *load->options->params;
    else
        jam_params_get(load->out->profile, set, &load->out->params);
    if (!object)
        return PVM_OK;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        const char *key = jam_json_key(it);
        if (strcmp(key, "preset") != 0 && strcmp(key, "note") != 0)
            PVM_TRY(set_constant(load, it, seen));
    }
    return PVM_OK;
}
