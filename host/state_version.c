/* SPDX-License-Identifier: Apache-2.0 */
/* States of one GP version made into states of another. */
#include "host/state_file.h"

enum { REQUEST_OCTETS = 81, REQUEST_ITEMS = 2 };

/* Counts what an account holds, as its rules say (GP 0.7.2 9.3). */
static void recount(struct jam_service *service)
{
    struct jam_map_entry entry;
    service->items = 0;
    service->bytes = 0;
    bool more = jam_map_first(&service->storage, &entry);
    for (; more; more = jam_map_after(&service->storage, entry.key, &entry)) {
        service->items += 1;
        service->bytes += service->rules->storage_octets + entry.value.len +
                          (service->rules->counts_key ? entry.key.len : 0);
    }
    more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        service->items += REQUEST_ITEMS;
        service->bytes += REQUEST_OCTETS + pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4);
    }
}

static enum pvm_status recount_all(const struct jam_state_file *from, struct jam_state_file *to,
                                   struct pvm_err *err)
{
    if (from->state.rules == to->state.rules)
        return PVM_OK;
    for (size_t i = 0; i < to->state.count; i++) {
        struct jam_service *service = to->state.services[i];
        if (service->hidden.count > 0)
            return pvm_fail(err, PVM_E_USAGE,
                            "service %u has entries of which only the state key is known, GP %s "
                            "has other state keys",
                            (unsigned)service->id, to->profile->name);
        recount(service);
    }
    return PVM_OK;
}

enum pvm_status jam_state_reversion(const struct jam_state_file *file,
                                    const struct jam_profile *profile, struct jam_state_file **out,
                                    struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = file->state.alloc};
    struct jam_state_options options = {.profile = profile, .alloc = file->state.alloc};
    struct jam_state_file *made = NULL;
    /* Our own form means the same in all versions. */
    enum pvm_status status = jam_state_write(file, JAM_STATE_FILE_OWN, &text, err);
    if (status == PVM_OK)
        status = jam_state_load(pvm_buf_bytes(&text), profile->name, &options, &made, err);
    /* Nothing is wrong with the state: the version has no place for some of it. */
    if (status == PVM_E_MALFORMED)
        status = PVM_E_USAGE;
    if (status != PVM_OK && err != NULL)
        err->status = status;
    if (status == PVM_OK)
        status = recount_all(file, made, err);
    pvm_buf_deinit(&text);
    if (status != PVM_OK) {
        jam_state_file_free(made);
        return status;
    }
    made->form = file->form;
    pvm_buf_add_bytes(&made->id, pvm_buf_bytes(&file->id));
    pvm_buf_add_bytes(&made->header, pvm_buf_bytes(&file->header));
    pvm_buf_add_bytes(&made->bootnodes, pvm_buf_bytes(&file->bootnodes));
    *out = made;
    return PVM_OK;
}
