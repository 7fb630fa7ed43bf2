/* SPDX-License-Identifier: Apache-2.0 */
/* Accumulate's host calls on accounts and on preimage requests (GP 0.7.2 B.7). */
#include "host/accumulate_context.h"
#include "host/call.h"
#include "host/context.h"

enum {
    REQUEST_OCTETS = 81, /* GP 0.7.2 9.3 */
    REQUEST_ITEMS = 2,
    NEXT_STEP = 42 /* between the ids that new tries */
};

static bool read_hash(struct jam_frame *frame, uint64_t at, struct jam_hash *hash)
{
    struct pvm_bytes octets;
    if (!jam_mem_in(frame, at, JAM_HASH_SIZE, &octets))
        return false;
    memcpy(hash->octets, octets.ptr, JAM_HASH_SIZE);
    return true;
}

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* slot < now - D, for a slot that may be less than D. */
static bool is_over(const struct jam_context *ctx, uint32_t slot)
{
    return slot + ctx->params->preimage_expunge_period < ctx->accumulation->slot;
}

/* ---- new, upgrade, eject ---- */

/* What new is asked for. */
struct plan {
    struct jam_hash code_hash;
    uint64_t code_len, item_gas, memo_gas, gratis, wanted, deposit;
    uint32_t id;
    bool chosen; /* the id is the registrar's choice */
};

static uint64_t deposit_of(const struct jam_context *ctx, const struct plan *plan)
{
    const struct jam_service account = {.rules = ctx->accumulation->rules->accounts,
                                        .deposit_offset = plan->gratis};
    struct jam_footprint footprint = {REQUEST_ITEMS, add_sat(REQUEST_OCTETS, plan->code_len)};
    return jam_threshold_of(&account, footprint, ctx->params);
}

static enum pvm_status fill(struct jam_service *service, const struct jam_accumulation *acc,
                            const struct plan *plan, struct pvm_err *err)
{
    const struct jam_request none = {.count = 0};
    service->code_hash = plan->code_hash;
    service->balance = plan->deposit;
    service->min_item_gas = plan->item_gas;
    service->min_memo_gas = plan->memo_gas;
    if (acc->rules->new.gratis) {
        service->deposit_offset = plan->gratis;
        service->creation_slot = acc->slot;
        service->parent_service = acc->service;
    }
    return jam_request_set(service, &plan->code_hash, (uint32_t)plan->code_len, &none, err);
}

static enum pvm_status create(struct jam_context *ctx, const struct plan *plan, struct pvm_err *err)
{
    struct jam_accumulation *acc = ctx->accumulation;
    struct jam_service *own;
    struct jam_service *service;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    PVM_TRY(jam_service_new(acc->alloc, acc->rules->accounts, plan->id, &service, err));
    enum pvm_status status = fill(service, acc, plan, err);
    if (status != PVM_OK) {
        jam_service_unref(service);
        return status;
    }
    PVM_TRY(jam_accumulation_add(acc, service, err));
    own->balance -= plan->deposit;
    if (!plan->chosen) {
        uint32_t base = acc->rules->id_base;
        uint64_t next = (uint64_t)acc->x.next_id - base + NEXT_STEP;
        acc->x.next_id =
            jam_accumulation_check(acc, (uint32_t)(base + next % acc->rules->id_count));
    }
    return PVM_OK;
}

/* Which id a new account gets; false: the registrar chose one that is taken. */
static bool choose_id(const struct jam_accumulation *acc, struct plan *plan)
{
    plan->id = acc->x.next_id;
    plan->chosen = acc->rules->new.registrar && acc->service == acc->x.privileges.registrar &&
                   plan->wanted < acc->rules->id_base;
    if (!plan->chosen)
        return true;
    plan->id = (uint32_t)plan->wanted;
    return jam_accumulation_account(acc, plan->id) == NULL;
}

/* new. Omega_N. r7 code hash; r8 its length; r9, r10 gas floors; r11 gratis from 0.6.7 on; r12 id
 * from 0.7.1 on. */
enum pvm_exit jam_call_new(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    const struct jam_new_rules *rules = &acc->rules->new;
    const struct jam_service *own = acc->x.self;
    struct plan plan = {.code_len = jam_arg(frame, 8),
                        .item_gas = jam_arg(frame, 9),
                        .memo_gas = jam_arg(frame, 10),
                        .gratis = rules->gratis ? jam_arg(frame, 11) : 0,
                        .wanted = jam_arg(frame, 12)};
    if (!read_hash(frame, jam_arg(frame, 7), &plan.code_hash) ||
        (rules->short_length && plan.code_len > UINT32_MAX))
        return PVM_EXIT_PANIC;
    if (plan.gratis != 0 && acc->service != acc->x.privileges.manager)
        return jam_return(frame, JAM_HUH);
    plan.deposit = deposit_of(ctx, &plan);
    if (plan.deposit > own->balance ||
        own->balance - plan.deposit < jam_threshold(own, ctx->params))
        return jam_return(frame, JAM_CASH);
    /* 0.6.3 forgot to say what happens then. */
    if (plan.code_len > UINT32_MAX)
        return PVM_EXIT_PANIC;
    if (!choose_id(acc, &plan))
        return jam_return(frame, JAM_FULL);
    enum pvm_status status = create(ctx, &plan, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, plan.id);
}

/* upgrade. Omega_U. r7 code hash; r8, r9 gas floors. */
enum pvm_exit jam_call_upgrade(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_hash hash;
    struct jam_service *own;
    if (!read_hash(frame, jam_arg(frame, 7), &hash))
        return PVM_EXIT_PANIC;
    enum pvm_status status = jam_context_edit(ctx, &own, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    own->code_hash = hash;
    own->min_item_gas = jam_arg(frame, 8);
    own->min_memo_gas = jam_arg(frame, 9);
    return jam_return(frame, JAM_OK);
}

/* E32(id): four octets of it, the rest 0. */
static bool names(const struct jam_hash *code_hash, uint32_t id)
{
    struct jam_hash hash = {{0}};
    pvm_store_le(hash.octets, id, 4);
    return jam_hash_equal(&hash, code_hash);
}

static enum pvm_status absorb(struct jam_context *ctx, const struct jam_service *gone,
                              struct pvm_err *err)
{
    struct jam_service *own;
    uint64_t balance = gone->balance;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    PVM_TRY(jam_accumulation_remove(ctx->accumulation, gone->id, err));
    own->balance = add_sat(own->balance, balance);
    return PVM_OK;
}

/* eject. Omega_J. r7 service; r8 hash. */
enum pvm_exit jam_call_eject(struct jam_context *ctx, struct jam_frame *frame)
{
    struct jam_accumulation *acc = ctx->accumulation;
    uint64_t id = jam_arg(frame, 7);
    struct jam_hash hash;
    struct jam_request request;
    if (!read_hash(frame, jam_arg(frame, 8), &hash))
        return PVM_EXIT_PANIC;
    const struct jam_service *gone = id == acc->service ? NULL : jam_accumulation_account(acc, id);
    if (gone == NULL || !names(&gone->code_hash, acc->service))
        return jam_return(frame, JAM_WHO);
    uint64_t len = gone->bytes > REQUEST_OCTETS ? gone->bytes - REQUEST_OCTETS : 0;
    if (gone->items != REQUEST_ITEMS || len > UINT32_MAX ||
        !jam_request_get(gone, &hash, (uint32_t)len, &request) || request.count != 2 ||
        !is_over(ctx, request.slots[1]))
        return jam_return(frame, JAM_HUH);
    enum pvm_status status = absorb(ctx, gone, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}

/* ---- query, solicit, forget ---- */

/* The arguments these three share: r7 hash, r8 length. False: *exit says how the call ends. */
static bool read_request(const struct jam_context *ctx, struct jam_frame *frame,
                         struct jam_hash *hash, enum pvm_exit *exit)
{
    if (ctx->accumulation->rules->wide_length_first && jam_arg(frame, 8) > UINT32_MAX) {
        *exit = jam_return(frame, JAM_HUH);
        return false;
    }
    *exit = PVM_EXIT_PANIC;
    return read_hash(frame, jam_arg(frame, 7), hash);
}

static bool find_request(const struct jam_service *own, const struct jam_hash *hash, uint64_t len,
                         struct jam_request *request)
{
    return len <= UINT32_MAX && jam_request_get(own, hash, (uint32_t)len, request);
}

/* query. Omega_Q. */
enum pvm_exit jam_call_query(struct jam_context *ctx, struct jam_frame *frame)
{
    enum pvm_exit exit;
    struct jam_hash hash;
    struct jam_request request;
    if (!read_request(ctx, frame, &hash, &exit))
        return exit;
    if (!find_request(ctx->accumulation->x.self, &hash, jam_arg(frame, 8), &request))
        return jam_return2(frame, JAM_NONE, 0);
    uint64_t words[3] = {0};
    for (unsigned i = 0; i < request.count && i < 3; i++)
        words[i] = request.slots[i];
    return jam_return2(frame, request.count | words[0] << 32, words[1] | words[2] << 32);
}

static enum pvm_status put_request(struct jam_context *ctx, const struct jam_hash *hash,
                                   uint64_t len, const struct jam_request *request,
                                   struct pvm_err *err)
{
    struct jam_service *own;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    return jam_request_set(own, hash, (uint32_t)len, request, err);
}

static enum pvm_status drop_request(struct jam_context *ctx, const struct jam_hash *hash,
                                    uint64_t len, struct pvm_err *err)
{
    struct jam_service *own;
    PVM_TRY(jam_context_edit(ctx, &own, err));
    PVM_TRY(jam_request_remove(own, hash, (uint32_t)len, err));
    return jam_preimage_remove(own, hash, err);
}

/* solicit. Omega_S. */
enum pvm_exit jam_call_solicit(struct jam_context *ctx, struct jam_frame *frame)
{
    const struct jam_service *own = ctx->accumulation->x.self;
    uint64_t len = jam_arg(frame, 8);
    struct jam_footprint after = {own->items, own->bytes};
    enum pvm_exit exit;
    struct jam_hash hash;
    struct jam_request request;
    if (!read_request(ctx, frame, &hash, &exit))
        return exit;
    if (!find_request(own, &hash, len, &request)) {
        request = (struct jam_request){.count = 0};
        after.items += REQUEST_ITEMS;
        after.bytes = add_sat(after.bytes, add_sat(REQUEST_OCTETS, len));
    } else if (request.count == 2) {
        request.slots[request.count++] = ctx->accumulation->slot;
    } else {
        return jam_return(frame, JAM_HUH);
    }
    if (own->balance < jam_threshold_of(own, after, ctx->params))
        return jam_return(frame, JAM_FULL);
    /* A length that no request can have, before 0.8.0 made this the first check. */
    if (len > UINT32_MAX)
        return jam_return(frame, JAM_HUH);
    enum pvm_status status = put_request(ctx, &hash, len, &request, jam_call_err(frame));
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}

enum forgetting { FORGET_NOT, FORGET_ALL, FORGET_FROM_NOW };

/* What forget makes of a request; with FORGET_FROM_NOW, *request is the new one. */
static enum forgetting forgetting_of(const struct jam_context *ctx, struct jam_request *request)
{
    uint32_t now = ctx->accumulation->slot;
    switch (request->count) {
    case 0:
        return FORGET_ALL;
    case 1:
        *request = (struct jam_request){2, {request->slots[0], now, 0}};
        return FORGET_FROM_NOW;
    case 2:
        return is_over(ctx, request->slots[1]) ? FORGET_ALL : FORGET_NOT;
    default:
        if (!is_over(ctx, request->slots[1]))
            return FORGET_NOT;
        *request = (struct jam_request){2, {request->slots[2], now, 0}};
        return FORGET_FROM_NOW;
    }
}

/* forget. Omega_F. */
enum pvm_exit jam_call_forget(struct jam_context *ctx, struct jam_frame *frame)
{
    uint64_t len = jam_arg(frame, 8);
    enum pvm_exit exit;
    struct jam_hash hash;
    struct jam_request request;
    if (!read_request(ctx, frame, &hash, &exit))
        return exit;
    if (!find_request(ctx->accumulation->x.self, &hash, len, &request))
        return jam_return(frame, JAM_HUH);
    enum pvm_status status = PVM_OK;
    switch (forgetting_of(ctx, &request)) {
    case FORGET_NOT:
        return jam_return(frame, JAM_HUH);
    case FORGET_ALL:
        status = drop_request(ctx, &hash, len, jam_call_err(frame));
        break;
    case FORGET_FROM_NOW:
        status = put_request(ctx, &hash, len, &request, jam_call_err(frame));
        break;
    }
    if (status != PVM_OK)
        return jam_abort_with(frame, status);
    return jam_return(frame, JAM_OK);
}
