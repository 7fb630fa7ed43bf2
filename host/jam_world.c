/* SPDX-License-Identifier: Apache-2.0 */
/* Of host/jam.h: worlds. */
#include "host/jam_private.h"

enum pvm_status jam_read_nothing(void *user, const char *path, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    (void)user;
    (void)out;
    return pvm_fail(err, PVM_E_USAGE,
                    "names the file %.120s: the library reads none, put the octets there", path);
}

/* An empty handle, with the options; the profile is NULL where none is asked for. */
static enum pvm_status begin(const struct jam_world_options *options, struct jam_world **out,
                             struct jam_world_options *o, const struct jam_profile **profile,
                             struct pvm_err *err)
{
    pvm_err_clear(err);
    PVM_TRY(pvm_options_copy(options, sizeof *o, sizeof *o, o, err));
    *profile = NULL;
    if (o->gp != NULL) {
        *profile = jam_profile_find(o->gp);
        if (*profile == NULL)
            return pvm_fail(err, PVM_E_USAGE, "GP version \"%.40s\" is not known", o->gp);
    }
    struct jam_world *world = pvm_alloc_zero(o->alloc, 1, sizeof *world);
    if (world == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a world");
    if (o->alloc != NULL) {
        world->own_alloc = *o->alloc;
        world->alloc = &world->own_alloc;
    }
    world->text.alloc = world->alloc;
    *out = world;
    return PVM_OK;
}

static enum pvm_status end(struct jam_world *world, enum pvm_status status, struct jam_world **out)
{
    if (status == PVM_OK)
        *out = world;
    else
        jam_world_free(world);
    return status;
}

static enum pvm_status params_of(const char *name, const struct jam_profile *profile,
                                 struct jam_params *params, struct pvm_err *err)
{
    bool tiny = name != NULL && strcmp(name, "tiny") == 0;
    if (name != NULL && !tiny && strcmp(name, "full") != 0)
        return pvm_fail(err, PVM_E_USAGE, "params \"%.40s\" are neither full nor tiny", name);
    jam_params_get(profile, tiny ? JAM_PARAMS_TINY : JAM_PARAMS_FULL, params);
    return PVM_OK;
}

enum pvm_status jam_world_new(const struct jam_world_options *options, struct jam_world **out,
                              struct pvm_err *err)
{
    struct jam_world_options o;
    struct jam_world *world = NULL;
    struct jam_params params;
    const struct jam_profile *profile;
    PVM_TRY(begin(options, &world, &o, &profile, err));
    if (world == NULL)
        return PVM_E_INTERNAL; /* begin made one: for the compiler's peace */
    if (profile == NULL)
        profile = jam_profile_default;
    enum pvm_status status = params_of(o.params, profile, &params, err);
    if (status == PVM_OK)
        status = jam_state_file_new(profile, &params, world->alloc, &world->file, err);
    if (status == PVM_OK)
        world->file->present = jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY) |
                               jam_state_bit(JAM_STATE_PRIVILEGES);
    return end(world, status, out);
}

enum pvm_status jam_world_load(const void *text, size_t text_len,
                               const struct jam_world_options *options, struct jam_world **out,
                               struct pvm_err *err)
{
    struct jam_world_options o;
    struct jam_world *world = NULL;
    struct jam_state_options how = {.read = jam_read_nothing};
    PVM_TRY(begin(options, &world, &o, &how.profile, err));
    if (world == NULL)
        return PVM_E_INTERNAL; /* begin made one: for the compiler's peace */
    how.pick = o.before != 0 ? JAM_STATE_BEFORE : JAM_STATE_AFTER;
    how.alloc = world->alloc;
    return end(world, jam_state_load(pvm_bytes(text, text_len), "state", &how, &world->file, err),
               out);
}

void jam_world_free(struct jam_world *world)
{
    if (world == NULL)
        return;
    jam_state_file_free(world->file);
    pvm_buf_deinit(&world->text);
    struct pvm_alloc own = world->own_alloc;
    pvm_alloc_free(world->alloc != NULL ? &own : NULL, world);
}

const char *jam_world_gp(const struct jam_world *world)
{
    return world->file->profile->name;
}

enum pvm_status jam_world_root(const struct jam_world *world, uint8_t root[32], struct pvm_err *err)
{
    const struct jam_state_shape shape = jam_state_file_shape(world->file);
    struct jam_hash hash;
    pvm_err_clear(err);
    PVM_TRY(jam_state_root(&world->file->state, &shape, world->file->present, &hash, err));
    memcpy(root, hash.octets, JAM_HASH_SIZE);
    return PVM_OK;
}

enum pvm_status jam_world_write(struct jam_world *world, const char *form, const uint8_t **text,
                                size_t *text_len, struct pvm_err *err)
{
    static const char *const forms[] = {
        [JAM_STATE_FILE_OWN] = "own",       [JAM_STATE_FILE_STF] = "stf",
        [JAM_STATE_FILE_JIP4] = "jip4",     [JAM_STATE_FILE_KEYVALS] = "keyvals",
        [JAM_STATE_FILE_BINARY] = "binary",
    };
    enum { FORMS = sizeof forms / sizeof *forms };
    unsigned which = 0;
    pvm_err_clear(err);
    while (which < FORMS && strcmp(forms[which], form) != 0)
        which++;
    if (which == FORMS)
        return pvm_fail(err, PVM_E_USAGE,
                        "form \"%.40s\" is none of own, stf, jip4, keyvals, binary", form);
    pvm_buf_deinit(&world->text);
    PVM_TRY(jam_state_write(world->file, (enum jam_state_file_form)which, &world->text, err));
    PVM_TRY(pvm_buf_status(&world->text, err));
    *text = world->text.ptr;
    *text_len = world->text.len;
    return PVM_OK;
}

bool jam_world_balance(const struct jam_world *world, uint32_t service, uint64_t *balance)
{
    const struct jam_service *account = jam_state_find(&world->file->state, service);
    if (account != NULL)
        *balance = account->balance;
    return account != NULL;
}

bool jam_world_storage(const struct jam_world *world, uint32_t service, const void *key,
                       size_t key_len, const uint8_t **value, size_t *value_len)
{
    const struct jam_service *account = jam_state_find(&world->file->state, service);
    struct pvm_bytes found;
    if (account == NULL || !jam_storage_get(account, pvm_bytes(key, key_len), &found))
        return false;
    *value = found.ptr;
    *value_len = found.len;
    return true;
}
