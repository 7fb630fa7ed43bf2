/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_context.h"

#include "host/context.h"
#include "host/hash.h"

enum { ID_KEY = 4, PROVISION_KEY = ID_KEY + JAM_HASH_SIZE };

/* Our memory behind an account, an entry or a transfer, besides its octets; roughly. */
enum { ACCOUNT_WEIGHT = 1024, ENTRY_WEIGHT = 128 };

static struct pvm_bytes id_key(uint32_t id, uint8_t key[ID_KEY])
{
    for (unsigned i = 0; i < ID_KEY; i++)
        key[i] = (uint8_t)(id >> (24 - 8 * i));
    return pvm_bytes(key, ID_KEY);
}

/* ---- dimensions ---- */

static void dimension_init(struct jam_dimension *dim, const struct pvm_alloc *alloc)
{
    *dim = (struct jam_dimension){.self = NULL};
    jam_map_init(&dim->others, alloc);
    jam_privileges_init(&dim->privileges, alloc);
    jam_map_init(&dim->auth_queues, alloc);
    jam_map_init(&dim->provisions, alloc);
}

void jam_dimension_deinit(struct jam_dimension *dim)
{
    jam_service_unref(dim->self);
    dim->self = NULL;
    jam_map_deinit(&dim->others);
    jam_privileges_deinit(&dim->privileges);
    jam_map_deinit(&dim->auth_queues);
    jam_blob_unref(dim->staging);
    dim->staging = NULL;
    jam_map_deinit(&dim->provisions);
}

void jam_dimension_copy(struct jam_dimension *copy, const struct jam_dimension *dim)
{
    *copy = *dim;
    if (copy->self != NULL)
        jam_service_ref(copy->self);
    jam_map_copy(&copy->others, &dim->others);
    jam_privileges_copy(&copy->privileges, &dim->privileges);
    jam_map_copy(&copy->auth_queues, &dim->auth_queues);
    jam_blob_ref(copy->staging);
    jam_map_copy(&copy->provisions, &dim->provisions);
}

static uint64_t account_weight(const struct jam_service *service)
{
    uint64_t entries =
        (uint64_t)service->storage.count + service->preimages.count + service->requests.count;
    return service->storage.octets + service->preimages.octets + service->requests.octets +
           ENTRY_WEIGHT * entries;
}

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

enum pvm_status jam_accumulation_init(struct jam_accumulation *acc,
                                      const struct jam_accumulate_in *in,
                                      const struct jam_profile *profile, uint64_t credit,
                                      struct pvm_err *err)
{
    struct jam_service *service = jam_state_find(in->state, in->service);
    acc->profile = profile;
    acc->rules = profile->accumulate;
    acc->state = in->state;
    acc->alloc = in->state->alloc;
    acc->service = in->service;
    acc->slot = in->slot;
    acc->entropy = in->entropy;
    dimension_init(&acc->x, acc->alloc);
    dimension_init(&acc->y, acc->alloc);
    jam_privileges_copy(&acc->x.privileges, &in->state->privileges);
    if (service != NULL)
        acc->x.self = jam_service_ref(service);
    if (service != NULL && credit > 0) {
        PVM_TRY(jam_service_edit(&acc->x.self, err));
        acc->x.self->balance = add_sat(service->balance, credit);
    }
    acc->x.next_id =
        jam_accumulation_check(acc, jam_first_id(profile, in->service, &in->entropy, in->slot));
    if (service != NULL)
        acc->weight = account_weight(service);
    jam_dimension_copy(&acc->y, &acc->x);
    return PVM_OK;
}

void jam_accumulation_deinit(struct jam_accumulation *acc)
{
    jam_dimension_deinit(&acc->x);
    jam_dimension_deinit(&acc->y);
    for (size_t i = 0; i < acc->made_count; i++)
        jam_service_unref(acc->made[i]);
    pvm_alloc_free(acc->alloc, acc->made);
    pvm_alloc_free(acc->alloc, acc->transfers);
    pvm_alloc_free(acc->alloc, acc->changes);
    pvm_alloc_free(acc->alloc, acc->provisions);
    pvm_alloc_free(acc->alloc, acc->starts);
    pvm_buf_deinit(&acc->constants);
    pvm_buf_deinit(&acc->encoded);
}

void jam_accumulation_checkpoint(struct jam_accumulation *acc)
{
    struct jam_dimension old = acc->y;
    jam_dimension_copy(&acc->y, &acc->x);
    jam_dimension_deinit(&old);
    acc->checkpointed = true;
}

/* ---- accounts ---- */

const struct jam_service *jam_accumulation_account(const struct jam_accumulation *acc, uint64_t id)
{
    uint8_t key[ID_KEY];
    struct pvm_bytes value;
    if (id > UINT32_MAX)
        return NULL;
    if (acc->on_transfer)
        return jam_state_find(acc->state, id);
    if (id == acc->service)
        return acc->x.self;
    if (acc->x.others.count > 0 && jam_map_get(&acc->x.others, id_key((uint32_t)id, key), &value)) {
        struct jam_service *service;
        memcpy(&service, value.ptr, sizeof service);
        return service;
    }
    return jam_state_find(acc->state, id);
}

uint64_t jam_accumulation_weight(const struct jam_accumulation *acc)
{
    const struct jam_dimension *dim = &acc->x;
    uint64_t own = dim->self == NULL ? 0 : account_weight(dim->self);
    own = own > acc->weight ? own - acc->weight : 0;
    return own + (uint64_t)acc->made_count * ACCOUNT_WEIGHT +
           (uint64_t)dim->others.count * ENTRY_WEIGHT +
           (uint64_t)dim->transfer_count * sizeof(struct jam_transfer) + dim->provisions.octets +
           (uint64_t)dim->provisions.count * ENTRY_WEIGHT;
}

enum pvm_status jam_accumulation_edit(struct jam_accumulation *acc, struct jam_service **out,
                                      struct pvm_err *err)
{
    if (acc->x.self == NULL)
        return pvm_fail(err, PVM_E_INTERNAL, "there is no service %u to change",
                        (unsigned)acc->service);
    PVM_TRY(jam_service_edit(&acc->x.self, err));
    *out = acc->x.self;
    return PVM_OK;
}

static enum pvm_status keep(struct jam_accumulation *acc, struct jam_service *service,
                            struct pvm_err *err)
{
    if (acc->made_count == acc->made_cap) {
        size_t cap = acc->made_cap == 0 ? 8 : acc->made_cap * 2;
        void *grown = pvm_alloc_resize(acc->alloc, acc->made, cap * sizeof(void *));
        if (grown == NULL) {
            jam_service_unref(service);
            return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu new services", cap);
        }
        acc->made = grown;
        acc->made_cap = cap;
    }
    acc->made[acc->made_count++] = service;
    return PVM_OK;
}

static enum pvm_status set_other(struct jam_accumulation *acc, uint32_t id,
                                 struct jam_service *service, struct pvm_err *err)
{
    uint8_t key[ID_KEY];
    return jam_map_set(&acc->x.others, id_key(id, key), pvm_bytes(&service, sizeof service), err);
}

enum pvm_status jam_accumulation_add(struct jam_accumulation *acc, struct jam_service *service,
                                     struct pvm_err *err)
{
    PVM_TRY(keep(acc, service, err));
    return set_other(acc, service->id, service, err);
}

enum pvm_status jam_accumulation_remove(struct jam_accumulation *acc, uint32_t id,
                                        struct pvm_err *err)
{
    uint8_t key[ID_KEY];
    if (jam_state_find(acc->state, id) == NULL)
        return jam_map_remove(&acc->x.others, id_key(id, key), err);
    return set_other(acc, id, NULL, err);
}

/* ---- transfers and provisions ---- */

enum pvm_status jam_accumulation_transfer(struct jam_accumulation *acc,
                                          const struct jam_transfer *transfer, struct pvm_err *err)
{
    if (acc->x.transfer_count == acc->transfer_cap) {
        size_t cap = acc->transfer_cap == 0 ? 8 : acc->transfer_cap * 2;
        void *grown = pvm_alloc_resize(acc->alloc, acc->transfers, cap * sizeof *acc->transfers);
        if (grown == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu transfers", cap);
        acc->transfers = grown;
        acc->transfer_cap = cap;
    }
    acc->transfers[acc->x.transfer_count++] = *transfer;
    return PVM_OK;
}

static struct pvm_bytes provision_key(uint32_t service, const struct jam_hash *hash,
                                      uint8_t key[PROVISION_KEY])
{
    id_key(service, key);
    memcpy(key + ID_KEY, hash->octets, JAM_HASH_SIZE);
    return pvm_bytes(key, PROVISION_KEY);
}

bool jam_accumulation_provided(const struct jam_accumulation *acc, uint32_t service,
                               const struct jam_hash *hash)
{
    uint8_t key[PROVISION_KEY];
    struct pvm_bytes blob;
    return jam_map_get(&acc->x.provisions, provision_key(service, hash, key), &blob);
}

enum pvm_status jam_accumulation_provide(struct jam_accumulation *acc, uint32_t service,
                                         const struct jam_hash *hash, struct pvm_bytes blob,
                                         struct pvm_err *err)
{
    uint8_t key[PROVISION_KEY];
    return jam_map_set(&acc->x.provisions, provision_key(service, hash, key), blob, err);
}

/* ---- ids ---- */

uint32_t jam_next_id(const struct jam_profile *profile, uint32_t id)
{
    const struct jam_accumulate_rules *rules = profile->accumulate;
    uint64_t from = (uint64_t)id + rules->id_count - rules->id_base % rules->id_count;
    return (uint32_t)((from + 1) % rules->id_count + rules->id_base);
}

uint32_t jam_check_id(const struct jam_profile *profile, uint32_t id,
                      bool (*taken)(const void *user, uint32_t id), const void *user)
{
    while (taken(user, id))
        id = jam_next_id(profile, id);
    return id;
}

uint32_t jam_first_id(const struct jam_profile *profile, uint32_t service,
                      const struct jam_hash *entropy, uint32_t slot)
{
    const struct jam_accumulate_rules *rules = profile->accumulate;
    uint8_t octets[2][9];
    struct pvm_buf head = {.ptr = octets[0], .cap = sizeof octets[0]};
    struct pvm_buf tail = {.ptr = octets[1], .cap = sizeof octets[1]};
    pvm_buf_add_natural(&head, service);
    pvm_buf_add_natural(&tail, slot);
    struct jam_hash hash =
        jam_hash3(pvm_buf_bytes(&head), jam_hash_bytes(entropy), pvm_buf_bytes(&tail));
    uint32_t drawn = (uint32_t)pvm_load_le(hash.octets, 4);
    return drawn % rules->id_count + rules->id_base;
}

static bool in_state(const void *user, uint32_t id)
{
    const struct jam_state *state = user;
    return jam_state_find(state, id) != NULL;
}

uint32_t jam_accumulation_check(const struct jam_accumulation *acc, uint32_t id)
{
    return jam_check_id(acc->profile, id, in_state, acc->state);
}

/* ---- what other calls see ---- */

const struct jam_service *jam_context_account(const struct jam_context *ctx, uint64_t id)
{
    return ctx->accumulation == NULL ? NULL : jam_accumulation_account(ctx->accumulation, id);
}

const struct jam_service *jam_context_own(const struct jam_context *ctx)
{
    return ctx->accumulation == NULL ? NULL : ctx->accumulation->x.self;
}

enum pvm_status jam_context_edit(struct jam_context *ctx, struct jam_service **out,
                                 struct pvm_err *err)
{
    if (ctx->accumulation == NULL)
        return pvm_fail(err, PVM_E_INTERNAL, "there is no account to change here");
    PVM_TRY(jam_context_weigh(ctx, err));
    return jam_accumulation_edit(ctx->accumulation, out, err);
}

enum pvm_status jam_context_weigh(const struct jam_context *ctx, struct pvm_err *err)
{
    if (jam_accumulation_weight(ctx->accumulation) <= ctx->limits.state)
        return PVM_OK;
    return pvm_fail(err, PVM_E_LIMIT,
                    "host limit: the run has added more than %llu octets to state",
                    (unsigned long long)ctx->limits.state);
}
