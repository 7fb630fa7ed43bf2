/* SPDX-License-Identifier: Apache-2.0 */
/* What a fixture says to extensions: {"extensions": {"NAME": {"SETTING": VALUE, ...}, ...}}. */
#include "host/extension.h"
#include "host/fixture_load.h"

#include <inttypes.h>

/* A text that lives as long as the fixture. */
static enum pvm_status keep(struct jam_fixture_load *load, struct pvm_buf *text, const char **out)
{
    struct pvm_bytes kept = pvm_bytes_none();
    pvm_buf_add_u8(text, 0);
    PVM_TRY(pvm_buf_status(text, load->err));
    PVM_TRY(jam_arena_copy(&load->out->arena, pvm_buf_bytes(text), &kept, load->err));
    *out = (const char *)kept.ptr;
    return PVM_OK;
}

static enum pvm_status text_of(struct jam_fixture_load *load,
                               const struct jam_extension_setting *setting, struct jam_json json,
                               struct pvm_buf *out)
{
    const char *text = NULL;
    const char *folder = load->options->folder;
    uint64_t number = 0;
    if (jam_json_type(json) == JAM_JSON_NUMBER && setting->kind == JAM_SETTING_TEXT) {
        PVM_TRY(jam_json_u64(json, UINT64_MAX, &number, load->err));
        pvm_buf_printf(out, "%" PRIu64, number);
        return PVM_OK;
    }
    PVM_TRY(jam_json_text(json, &text, load->err));
    if (setting->kind == JAM_SETTING_PATH && folder != NULL && text[0] != '/')
        pvm_buf_printf(out, "%s/", folder);
    pvm_buf_text(out, text);
    return PVM_OK;
}

static enum pvm_status read_value(struct jam_fixture_load *load,
                                  const struct jam_extension_setting *setting, struct jam_json json,
                                  const char **out)
{
    bool said = false;
    *out = NULL;
    if (setting->kind == JAM_SETTING_FLAG) {
        PVM_TRY(jam_json_bool(json, &said, load->err));
        *out = said ? "" : NULL;
        return PVM_OK;
    }
    struct pvm_buf text = {.alloc = load->options->alloc};
    enum pvm_status status = text_of(load, setting, json, &text);
    if (status == PVM_OK)
        status = keep(load, &text, out);
    pvm_buf_deinit(&text);
    return status;
}

/* The values of one extension: the fixture's, then those of the options, which count more. */
static enum pvm_status read_values(struct jam_fixture_load *load, struct jam_json json,
                                   const struct jam_extension_use *given,
                                   struct jam_extension_use *out)
{
    void *room = NULL;
    size_t count = 0;
    PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, load->err));
    PVM_TRY(jam_fixture_get(load, jam_json_count(json) + given->value_count, sizeof *given->values,
                            &room));
    struct jam_extension_value *values = room;
    for (struct jam_json at = jam_json_first(json); jam_json_has(at); at = jam_json_next(at)) {
        const struct jam_extension_setting *setting =
            jam_extension_setting_of(given->extension, jam_json_key(at));
        if (strcmp(jam_json_key(at), "note") == 0)
            continue;
        if (setting == NULL)
            return jam_json_fail(at, load->err, "extension %s has no such setting",
                                 given->extension->name);
        values[count].setting = setting->name;
        PVM_TRY(read_value(load, setting, at, &values[count].text));
        count += values[count].text != NULL;
    }
    if (given->value_count != 0)
        memcpy(values + count, given->values, given->value_count * sizeof *values);
    *out = (struct jam_extension_use){given->extension, values, count + given->value_count};
    return PVM_OK;
}

static struct jam_extension_use *find(struct jam_extension_use *uses, size_t count,
                                      const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(uses[i].extension->name, name) == 0)
            return &uses[i];
    return NULL;
}

enum pvm_status jam_fixture_extensions(struct jam_fixture_load *load, struct jam_json json)
{
    struct jam_fixture *out = load->out;
    size_t count = load->options->extension_count;
    void *room = NULL;
    if (count == 0 && !jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_fixture_get(load, count, sizeof(struct jam_extension_use), &room));
    struct jam_extension_use *uses = room;
    for (size_t i = 0; i < count; i++) {
        uses[i] = load->options->extensions[i];
        PVM_TRY(jam_extension_check(uses[i].extension, load->err));
    }
    if (jam_json_has(json))
        PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, load->err));
    for (struct jam_json at = jam_json_first(json); jam_json_has(at); at = jam_json_next(at)) {
        if (strcmp(jam_json_key(at), "note") == 0)
            continue;
        struct jam_extension_use *use = find(uses, count, jam_json_key(at));
        if (use == NULL)
            return jam_json_fail(at, load->err, "no extension of this name is loaded");
        PVM_TRY(read_values(load, at, use, use));
    }
    PVM_TRY(jam_profile_extend(out->profile, uses, count, &out->extended, load->err));
    out->profile = &out->extended;
    return PVM_OK;
}
