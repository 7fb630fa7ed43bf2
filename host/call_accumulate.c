/* SPDX-License-Identifier: Apache-2.0 */
/* Accumulate's host calls on privileges, outputs and provisions (GP 0.7.2 B.7). Checks stand in the
 * order of the equations' cases; what versions changed is in host/accumulate_rules.h. */
#include "host/accumulate_context.h"
#include "host/call.h"
#include "host/context.h"
#include "host/hash.h"

enum {
    PAIR_SIZE = 12,   /* E4(id) E8(gas) */
    PAIR_WEIGHT = 128 /* octets of our memory for one, roughly */
};

static bool is_id(uint64_t value)
{
    return value <= UINT32_MAX;
}

static bool pairs_readable(const struct jam_frame *frame, uint64_t at, uint64_t count)
{
    return count <= UINT64_MAX / PAIR_SIZE && jam_mem_readable(frame, at, count * PAIR_SIZE);
}

/* What bless is asked to put in place. */
struct wish {
    uint64_t manager, delegator, registrar, assigner, count;
    struct pvm_bytes assigners, pairs; /* in guest memory */
};

static enum pvm_status wish_assigners(struct jam_privileges *made, const struct wish *wish,
                                      const struct jam_bless_rules *rules, struct pvm_err *err)
{
    if (rules->assigners == 0) {
        uint32_t one = (uint32_t)wish->assigner;
        return jam_assigners_set(made, &one, 1, err);
    }
    size_t count = wish->assigners.len / 4;
    PVM_TRY(jam_assigners_set(made, NULL, count, err));
    for (size_t i = 0; i < count; i++)
        made->assigners->id[i] = (uint32_t)pvm_load_le(wish->assigners.ptr + 4 * i, 4);
    return PVM_OK;
}

static enum pvm_status wish_pairs(struct jam_privileges *made, const struct wish *wish,
                                  struct pvm_err *err)
{
    for (size_t i = 0; i < wish->count; i++) {
        const uint8_t *pair = wish->pairs.ptr + PAIR_SIZE * i;
        PVM_TRY(
            jam_always_set(made, (uint32_t)pvm_load_le(pair, 4), pvm_load_le(pair + 4, 8), err));
    }
    return PVM_OK;
}

static enum pvm_status grant(struct jam_accumulation *acc, const struct wish *wish,
                             struct pvm_err *err)
{
    struct jam_privileges made;
    jam_privileges_init(&made, acc->alloc);
    made.manager = (uint32_t)wish->manager;
    made.delegator = (uint32_t)wish->delegator;
    made.registrar = (uint32_t)wish->registrar;
    enum pvm_status status = wish_assigners(&made, wish, &acc->rules->bless, err);
    if (status == PVM_OK)
        status = wish_pairs(&made, wish, err);
    if (status != PVM_OK) {
        jam_privileges_deinit(&made);
        return status;
    }
    jam_privileges_deinit(&acc->x.privileges);
    acc->x.privileges = made;
    acc->x.wrote |= JAM_WROTE_PRIVILEGES;
    return PVM_OK;
}

/* Fetches the lists once it is sure that they are used. */
static bool read_lists(struct jam_context *ctx, struct jam_frame *frame,
                       const struct jam_bless_rules *rules, struct wish *wish)
{
    if (wish->count > ctx->limits.state / PAIR_WEIGHT) {
        jam_abort(frame, PVM_E_LIMIT, "host limit: bless with %llu pairs",
                  (unsigned long long)wish->count);
        return false;
    }
    if (!jam_work(frame, wish->count * PAIR_WEIGHT))
        return false;
    if (rules->assigners != 0 && !jam_mem_in(frame, jam_arg(frame, rules->assigners),
                                             4 * ctx->params->core_count, &wish->assigners))
        return false;
    return jam_mem_in(frame, jam_arg(frame, rules->pairs), wish->count * PAIR_SIZE, &wish->pairs);
}

/* bless. Omega_B. r7 manager; then by version. */
enum pvm_exit jam_call_bless(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    const struct jam_bless_rules *rules = &acc->rules->bless;
    struct wish wish = {.manager = jam_arg(frame, 7),
                        .delegator = jam_arg(frame, rules->delegator),
                        .count = jam_arg(frame, rules->count)};
    if (rules->registrar != 0)
        wish.registrar = jam_arg(frame, rules->registrar);
    if (rules->assigner != 0)
        wish.assigner = jam_arg(frame, rules->assigner);
    if (!pairs_readable(frame, jam_arg(frame, rules->pairs), wish.count))
        return PVM_EXIT_PANIC;
    if (rules->assigners != 0 &&
        !jam_mem_readable(frame, jam_arg(frame, rules->assigners), 4 * ctx->params->core_count))
        return PVM_EXIT_PANIC;
    if (rules->manager_only && acc->service != acc->x.privileges.manager)
        return jam_return(frame, JAM_HUH);
    if (!is_id(wish.manager) || !is_id(wish.delegator) || !is_id(wish.registrar) ||
        !is_id(wish.assigner))
        return jam_return(frame, JAM_WHO);
    if (!read_lists(ctx, frame, rules, &wish))
        return PVM_EXIT_PANIC;
    enum pvm_status status = grant(acc, &wish, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}

/* A list with an assigner for each core, whatever the state had. */
static enum pvm_status spread_assigners(struct jam_privileges *privileges, size_t cores,
                                        struct pvm_err *err)
{
    struct jam_privileges old;
    if (privileges->assigners != NULL && privileges->assigners->count == cores)
        return PVM_OK;
    jam_privileges_copy(&old, privileges);
    enum pvm_status status = jam_assigners_set(privileges, NULL, cores, err);
    for (size_t i = 0; status == PVM_OK && i < cores; i++)
        privileges->assigners->id[i] = jam_assigner_get(&old, i);
    jam_privileges_deinit(&old);
    return status;
}

static enum pvm_status take_queue(struct jam_accumulation *acc, size_t core, struct pvm_bytes queue,
                                  uint64_t assigner, struct pvm_err *err)
{
    struct jam_dimension *x = &acc->x;
    if (acc->rules->assign.hands_over) {
        PVM_TRY(spread_assigners(&x->privileges, acc->params->core_count, err));
        PVM_TRY(jam_assigner_set(&x->privileges, core, (uint32_t)assigner, err));
        x->wrote |= JAM_WROTE_ASSIGNERS;
    }
    PVM_TRY(jam_core_set(&x->auth_queues, core, queue, err));
    x->wrote |= JAM_WROTE_QUEUES;
    return PVM_OK;
}

/* assign. Omega_A. r7 core; r8 queue; r9 assigner from 0.6.7 on. */
enum pvm_exit jam_call_assign(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    const struct jam_assign_rules *rules = &acc->rules->assign;
    uint64_t core = jam_arg(frame, 7);
    uint64_t size = JAM_HASH_SIZE * ctx->params->auth_queue_size;
    bool known = core < ctx->params->core_count;
    struct pvm_bytes queue;
    if (!jam_mem_readable(frame, jam_arg(frame, 8), size))
        return PVM_EXIT_PANIC;
    if (!known && !rules->core_last)
        return jam_return(frame, JAM_CORE);
    /* 0.6.7 looks at the assigner of a core that may not exist; nobody is that. */
    if (rules->needs_assigner &&
        (!known || acc->service != jam_assigner_get(&acc->x.privileges, (size_t)core)))
        return jam_return(frame, JAM_HUH);
    if (rules->knows_who && !is_id(jam_arg(frame, 9)))
        return jam_return(frame, JAM_WHO);
    if (!jam_mem_in(frame, jam_arg(frame, 8), size, &queue))
        return PVM_EXIT_PANIC;
    enum pvm_status status =
        take_queue(acc, (size_t)core, queue, jam_arg(frame, 9), jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}

/* GP 0.8.0 4.2, the possible numbers of validators: three for each of 2 to C cores. */
static bool is_validator_count(uint64_t count, uint64_t cores)
{
    return count % 3 == 0 && count / 3 >= 2 && count / 3 <= cores;
}

/* designate. Omega_D. r7 validators; r8 their number from 0.8.0 on. */
enum pvm_exit jam_call_designate(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    const struct jam_designate_rules *rules = &acc->rules->designate;
    uint64_t count = rules->counted ? jam_arg(frame, 8) : ctx->params->validator_count;
    struct pvm_bytes keys;
    if (count > UINT64_MAX / JAM_VALIDATOR_SIZE ||
        !jam_mem_readable(frame, jam_arg(frame, 7), count * JAM_VALIDATOR_SIZE))
        return PVM_EXIT_PANIC;
    if (rules->counted && !is_validator_count(count, ctx->params->core_count))
        return jam_return(frame, JAM_HUH);
    if (rules->delegator_only && acc->service != acc->x.privileges.delegator)
        return jam_return(frame, JAM_HUH);
    if (!jam_mem_in(frame, jam_arg(frame, 7), count * JAM_VALIDATOR_SIZE, &keys))
        return PVM_EXIT_PANIC;
    struct jam_blob *staging = jam_blob_new(acc->alloc, keys);
    if (staging == NULL)
        return jam_abort(frame, PVM_E_MEMORY, "no memory for validators");
    jam_blob_unref(acc->x.staging);
    acc->x.staging = staging;
    acc->x.wrote |= JAM_WROTE_STAGING;
    return jam_return(frame, JAM_OK);
}

/* checkpoint. Omega_C. */
enum pvm_exit jam_call_checkpoint(struct jam_context *ctx, struct jam_frame *frame)
{
    jam_accumulation_checkpoint(ctx->accumulation);
    return jam_return(frame, jam_gas(frame));
}

/* yield. Omega_Taurus. r7 hash. */
enum pvm_exit jam_call_yield(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_dimension *x = &ctx->accumulation->x;
    struct pvm_bytes octets;
    if (!jam_mem_in(frame, jam_arg(frame, 7), JAM_HASH_SIZE, &octets))
        return PVM_EXIT_PANIC;
    x->has_yield = true;
    memcpy(x->yield.octets, octets.ptr, JAM_HASH_SIZE);
    return jam_return(frame, JAM_OK);
}

/* provide. Omega_Aries. r7 service or 2^64-1; r8, r9 blob. */
enum pvm_exit jam_call_provide(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    uint64_t id = jam_arg(frame, 7) == UINT64_MAX ? acc->service : jam_arg(frame, 7);
    uint64_t len = jam_arg(frame, 9);
    struct pvm_bytes blob;
    struct jam_request request;
    if (acc->rules->wide_length_first && len > UINT32_MAX)
        return jam_return(frame, JAM_HUH);
    if (!jam_mem_readable(frame, jam_arg(frame, 8), len))
        return PVM_EXIT_PANIC;
    const struct jam_service *account = jam_accumulation_account(acc, id);
    if (account == NULL)
        return jam_return(frame, JAM_WHO);
    if (!jam_mem_in(frame, jam_arg(frame, 8), len, &blob))
        return PVM_EXIT_PANIC;
    struct jam_hash hash = jam_hash(blob);
    if (!jam_request_get(account, &hash, (uint32_t)len, &request) || request.count != 0 ||
        jam_accumulation_provided(acc, (uint32_t)id, &hash))
        return jam_return(frame, JAM_HUH);
    enum pvm_status status = jam_context_weigh(ctx, jam_call_err(frame));
    if (status == PVM_OK)
        status = jam_accumulation_provide(acc, (uint32_t)id, &hash, blob, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}
