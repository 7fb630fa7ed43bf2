/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions in a profile and in a run. The checks of one table are in host/extension_check.c. */
#include "host/extension.h"

#include <stdlib.h>

/* ---- profiles ---- */

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

const struct jam_extension_setting *jam_extension_setting_of(const struct jam_extension *extension,
                                                             const char *name)
{
    for (size_t i = 0; i < extension->setting_count; i++)
        if (same(extension->settings[i].name, name))
            return &extension->settings[i];
    return NULL;
}

/* An extension against those before it in the profile. */
static enum pvm_status check_names(const struct jam_profile *profile, size_t index,
                                   struct pvm_err *err)
{
    const struct jam_extension *extension = jam_profile_extension(profile, index);
    for (size_t i = 0; i < index; i++) {
        const struct jam_extension *other = jam_profile_extension(profile, i);
        if (same(other->name, extension->name))
            return pvm_fail(err, PVM_E_MALFORMED, "extension %.64s: there are two of this name",
                            extension->name);
        for (size_t k = 0; k < extension->setting_count && other->setting_count != 0; k++)
            if (jam_extension_setting_of(other, extension->settings[k].name) != NULL)
                return pvm_fail(err, PVM_E_MALFORMED,
                                "extension %.64s: setting %.64s is one of extension %.64s, too",
                                extension->name, extension->settings[k].name, other->name);
    }
    return PVM_OK;
}

/* Two calls of different extensions, mine being that of the later one. */
static enum pvm_status check_pair(const struct jam_profile *profile,
                                  const struct jam_extension *extension,
                                  const struct jam_extension_call *mine,
                                  const struct jam_extension *other,
                                  const struct jam_extension_call *theirs, struct pvm_err *err)
{
    bool stands_in = mine->replaces != NULL && same(mine->replaces, theirs->name);
    if (same(mine->name, theirs->name) && !stands_in)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: call %.64s: extension %.64s has a call of this name",
                        extension->name, mine->name, other->name);
    if (mine->replaces != NULL) {
        if (theirs->replaces != NULL && same(mine->replaces, theirs->replaces))
            return pvm_fail(err, PVM_E_MALFORMED,
                            "extension %.64s: call %.64s: extension %.64s replaces %.64s already",
                            extension->name, mine->name, other->name, mine->replaces);
        return PVM_OK;
    }
    const struct jam_extension_cell *a = jam_call_cell(mine, profile->version);
    const struct jam_extension_cell *b = jam_call_cell(theirs, profile->version);
    if (a != NULL && b != NULL && a->number == b->number)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: call %.64s: number %d is that of %.64s (extension %.64s) "
                        "under GP %s",
                        extension->name, mine->name, (int)a->number, theirs->name, other->name,
                        profile->name);
    return PVM_OK;
}

static enum pvm_status check_calls(const struct jam_profile *profile, size_t index,
                                   struct pvm_err *err)
{
    const struct jam_extension *extension = jam_profile_extension(profile, index);
    for (size_t i = 0; i < index; i++) {
        const struct jam_extension *other = jam_profile_extension(profile, i);
        for (size_t a = 0; a < extension->call_count; a++)
            for (size_t b = 0; b < other->call_count; b++)
                PVM_TRY(check_pair(profile, extension, &extension->calls[a], other,
                                   &other->calls[b], err));
    }
    return PVM_OK;
}

static enum pvm_status check_values(const struct jam_extension_use *use, struct pvm_err *err)
{
    for (size_t i = 0; i < use->value_count; i++) {
        if (use->values[i].setting == NULL || use->values[i].text == NULL)
            return pvm_fail(err, PVM_E_USAGE, "extension %.64s: a value without setting or text",
                            use->extension->name);
        if (jam_extension_setting_of(use->extension, use->values[i].setting) == NULL)
            return pvm_fail(err, PVM_E_USAGE, "extension %.64s: no setting \"%.80s\"",
                            use->extension->name, use->values[i].setting);
    }
    return PVM_OK;
}

enum pvm_status jam_profile_extend(const struct jam_profile *base,
                                   const struct jam_extension_use *uses, size_t count,
                                   struct jam_profile *out, struct pvm_err *err)
{
    struct jam_profile made = *base;
    size_t calls = 0;
    if (count > JAM_EXTENSIONS)
        return pvm_fail(err, PVM_E_USAGE, "%zu extensions, at most %d are possible", count,
                        JAM_EXTENSIONS);
    for (size_t i = 0; i < count; i++)
        PVM_TRY(jam_extension_check(uses[i].extension, err));
    made.extensions = uses;
    made.extension_count = count;
    for (size_t i = 0; i < count; i++) {
        calls += uses[i].extension->call_count;
        PVM_TRY(check_names(&made, JAM_BUILTIN_EXTENSIONS + i, err));
        PVM_TRY(check_calls(&made, JAM_BUILTIN_EXTENSIONS + i, err));
        PVM_TRY(check_values(&uses[i], err));
    }
    if (calls > JAM_EXTENSION_CALLS)
        return pvm_fail(err, PVM_E_MALFORMED, "extensions with %zu calls, at most %d are possible",
                        calls, JAM_EXTENSION_CALLS);
    *out = made;
    return PVM_OK;
}

/* ---- runs ---- */

static void *libc_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    if (size != 0)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static enum pvm_status init(const struct jam_context *ctx, const struct jam_extension_use *use,
                            void **state, struct pvm_err *err)
{
    static const struct pvm_alloc libc = {libc_resize, NULL};
    const struct jam_extension_start start = {
        .size = sizeof start,
        .gp = ctx->profile->name,
        .invocation = ctx->invocation,
        .service = (uint32_t)ctx->service,
        .alloc = ctx->alloc != NULL ? ctx->alloc : &libc,
        .values = use->values,
        .value_count = use->value_count,
    };
    struct pvm_err inner = {.status = PVM_OK};
    enum pvm_status status = use->extension->init(&start, state, &inner);
    if (status == PVM_OK)
        return PVM_OK;
    if (status < PVM_OK || status > PVM_E_INTERNAL)
        status = PVM_E_INTERNAL;
    inner.msg[sizeof inner.msg - 1] = '\0';
    return pvm_fail(err, status, "extension %.64s: %.240s", use->extension->name,
                    inner.msg[0] != '\0' ? inner.msg : pvm_status_text(status));
}

enum pvm_status jam_extensions_begin(struct jam_context *ctx, struct pvm_err *err)
{
    const struct jam_profile *profile = ctx->profile;
    unsigned index = JAM_ROW_UNKNOWN + 1;
    for (size_t i = 0; i < profile->extension_count; i++) {
        const struct jam_extension *extension = profile->extensions[i].extension;
        void *state = NULL;
        if (extension->init != NULL)
            PVM_TRY(init(ctx, &profile->extensions[i], &state, err));
        ctx->extensions[i] = (struct jam_extension_run){.state = state, .begun = true};
        for (size_t k = 0; k < extension->call_count; k++)
            ctx->rows[index++].state = state;
    }
    return PVM_OK;
}

void jam_extensions_end(struct jam_context *ctx)
{
    for (size_t i = ctx->profile->extension_count; i > 0; i--) {
        struct jam_extension_run *run = &ctx->extensions[i - 1];
        const struct jam_extension *extension = ctx->profile->extensions[i - 1].extension;
        if (run->begun && extension->release != NULL)
            extension->release(run->state);
        *run = (struct jam_extension_run){.begun = false};
    }
}

/* ---- reports ---- */

bool jam_extension_tell(const struct jam_context *ctx, size_t index,
                        const struct jam_extension_report *report)
{
    const struct jam_extension *extension = ctx->profile->extensions[index].extension;
    if (!ctx->extensions[index].begun || extension->report == NULL)
        return false;
    extension->report(ctx->extensions[index].state, report);
    return true;
}

static void json_number(void *user, const char *key, uint64_t value)
{
    jam_out_number(user, key, value);
}

static void json_text(void *user, const char *key, const char *text, size_t text_len)
{
    jam_out_string(user, key, pvm_bytes(text, text_len));
}

void jam_extensions_json(const struct jam_context *ctx, const char *key, struct jam_out *json)
{
    const struct jam_extension_report report = {
        .size = sizeof report, .user = json, .number = json_number, .text = json_text};
    jam_out_object(json, key);
    for (size_t i = 0; i < ctx->profile->extension_count; i++) {
        jam_out_object(json, ctx->profile->extensions[i].extension->name);
        (void)jam_extension_tell(ctx, i, &report);
        jam_out_end_object(json);
    }
    jam_out_end_object(json);
}
