/* SPDX-License-Identifier: Apache-2.0 */
/* Preimages brought by the block's extrinsic or given by provide (GP 0.7.2 12.2, Y and I; 12.4). */
#include "host/block_rules.h"

#include "host/hash.h"

const char *jam_preimage_rule_name(enum jam_preimage_rule rule)
{
    static const char *const names[] = {
#define X(NAME, name, text) [JAM_PREIMAGES_##NAME] = name,
        JAM_PREIMAGE_RULES(X)
#undef X
    };
    return names[rule];
}

const char *jam_preimage_rule_text(enum jam_preimage_rule rule)
{
    static const char *const texts[] = {
#define X(NAME, name, text) [JAM_PREIMAGES_##NAME] = text,
        JAM_PREIMAGE_RULES(X)
#undef X
    };
    return texts[rule];
}

/* Y: the service asks for the preimage and, if `absent` matters, does not have it. */
static bool is_needed(const struct jam_service *service, const struct jam_hash *hash, size_t len,
                      bool absent)
{
    struct jam_request request;
    struct pvm_bytes blob;
    return service != NULL && len <= UINT32_MAX &&
           jam_request_get(service, hash, (uint32_t)len, &request) && request.count == 0 &&
           !(absent && jam_preimage_get(service, hash, &blob));
}

static bool ascends(const struct jam_block_preimage *a, const struct jam_block_preimage *b)
{
    if (a->service != b->service)
        return a->service < b->service;
    return pvm_bytes_compare(a->blob, b->blob) < 0;
}

enum jam_preimage_rule jam_preimages_check(const struct jam_profile *profile,
                                           const struct jam_state *state,
                                           const struct jam_block_preimage *list, size_t count,
                                           size_t *at)
{
    size_t place;
    bool absent = profile->block->preimage_absent;
    if (at == NULL)
        at = &place;
    for (*at = 1; *at < count; ++*at)
        if (!ascends(&list[*at - 1], &list[*at]))
            return JAM_PREIMAGES_UNSORTED;
    for (*at = 0; *at < count; ++*at) {
        const struct jam_block_preimage *it = &list[*at];
        struct jam_hash hash = jam_hash(it->blob);
        if (!is_needed(jam_state_find(state, it->service), &hash, it->blob.len, absent))
            return JAM_PREIMAGES_UNNEEDED;
    }
    return JAM_PREIMAGES_FINE;
}

static enum pvm_status store(struct jam_state *state, uint32_t id, const struct jam_hash *hash,
                             struct pvm_bytes blob, uint32_t slot, struct pvm_err *err)
{
    const struct jam_request since = {.count = 1, .slots = {slot}};
    struct jam_service *service;
    PVM_TRY(jam_state_edit(state, id, &service, err));
    PVM_TRY(jam_request_set(service, hash, (uint32_t)blob.len, &since, err));
    return jam_preimage_set(service, blob, NULL, err);
}

enum pvm_status jam_provision_integrate(struct jam_state *state,
                                        const struct jam_provision *provision, uint32_t slot,
                                        struct pvm_err *err)
{
    if (!is_needed(jam_state_find(state, provision->service), &provision->hash, provision->blob.len,
                   false))
        return PVM_OK;
    return store(state, provision->service, &provision->hash, provision->blob, slot, err);
}

enum pvm_status jam_preimages_integrate(const struct jam_profile *profile, struct jam_state *state,
                                        const struct jam_block_preimage *list, size_t count,
                                        uint32_t slot, size_t *stored, struct pvm_err *err)
{
    size_t done = 0;
    bool absent = profile->block->preimage_absent;
    for (size_t i = 0; i < count; i++) {
        struct jam_hash hash = jam_hash(list[i].blob);
        if (!is_needed(jam_state_find(state, list[i].service), &hash, list[i].blob.len, absent))
            continue;
        PVM_TRY(store(state, list[i].service, &hash, list[i].blob, slot, err));
        done++;
    }
    if (stored != NULL)
        *stored = done;
    return PVM_OK;
}
