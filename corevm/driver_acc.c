/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/driver_acc.h"

#include "corevm/guests.h"
#include "host/accumulate_rules.h"
#include "host/hash.h"

enum {
    SERVICE = COREVM_FIB_SERVICE,
    GAS = 10000000,
    INIT_SLOT = 90,
    CHILD_SLOT = 95,
    FIRST_SLOT = 100,
    SLOT_STEP = 10,
    OFFER_SLOT = 135,  /* "jam", between rows 3 and 4 */
    AGAIN_SLOT = 165,  /* "jam" once more, between rows 6 and 7 */
    ROW_7_SLOT = 180   /* later than D slots after row 4 */
};

#define BALANCE UINT64_C(1000000000)

static const char name_jam[] = {'j', 'a', 'm'};

struct game {
    const struct corevm_acc_options *options;
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct corevm_acc *acc;
    struct corevm_acc_row *row; /* the one under way, NULL in other blocks */
};

static uint32_t slot_of(uint64_t n)
{
    return n < 7 ? FIRST_SLOT + SLOT_STEP * (uint32_t)n
                 : ROW_7_SLOT + SLOT_STEP * (uint32_t)(n - 7);
}

/* ---- the state before ---- */

static enum pvm_status add_service(struct game *game, struct pvm_err *err)
{
    struct jam_service *service;
    struct pvm_bytes code;
    PVM_TRY(corevm_service_code(game->profile, &code, err));
    PVM_TRY(jam_state_add(&game->state, SERVICE, &service, err));
    PVM_TRY(jam_preimage_set(service, code, &service->code_hash, err));
    struct jam_request since_0 = {.count = 1};
    PVM_TRY(jam_request_set(service, &service->code_hash, (uint32_t)code.len, &since_0, err));
    service->balance = BALANCE;
    return PVM_OK;
}

static enum pvm_status set_up(struct game *game, struct pvm_err *err)
{
    struct jam_state *state = &game->state;
    const struct jam_accumulate_rules *rules = jam_accumulate_rules_of(game->profile);
    jam_params_get(game->profile, JAM_PARAMS_TINY, &game->params);
    jam_state_init(state, game->options->alloc);
    state->rules = rules->accounts;
    PVM_TRY(add_service(game, err));
    PVM_TRY(jam_state_set_ready(state, game->params.epoch_length, err));
    PVM_TRY(jam_state_set_accumulated(state, game->params.epoch_length, err));
    size_t assigners = rules->bless.assigner != 0 ? 1 : game->params.core_count;
    PVM_TRY(jam_assigners_set(&state->privileges, NULL, assigners, err));
    if (game->options->unprivileged)
        return PVM_OK;
    state->privileges.manager = SERVICE;
    return jam_assigner_set(&state->privileges, 0, SERVICE, err);
}

/* ---- what a block does ---- */

static void note_call(void *user, const struct jam_call_event *event)
{
    struct game *game = user;
    struct corevm_acc_row *row = game->row;
    if (row == NULL || event->name == NULL || strcmp(event->name, "fetch") == 0)
        return;
    struct corevm_acc_call call = {.name = event->name, .result = event->after[7]};
    memcpy(call.args, event->before + 7, sizeof call.args);
    pvm_buf_add(&row->calls, &call, sizeof call);
}

/* Marks the calls on privileged parts that returned OK for nothing. */
static void mark_discarded(const struct game *game, struct corevm_acc_row *row)
{
    const struct jam_privileges *held = &game->state.privileges;
    struct corevm_acc_call *calls = (void *)row->calls.ptr;
    for (size_t i = 0; i < row->calls.len / sizeof *calls; i++) {
        bool lost = row->outcome == JAM_ENDED_PANIC && !row->checkpointed;
        bool bless = strcmp(calls[i].name, "bless") == 0 && held->manager != SERVICE;
        bool assign = strcmp(calls[i].name, "assign") == 0 &&
                      jam_assigner_get(held, (size_t)calls[i].args[0]) != SERVICE;
        calls[i].discarded = calls[i].result == JAM_OK && !lost && (bless || assign);
    }
}

static void note_run(void *user, const struct jam_block_run *run)
{
    struct game *game = user;
    struct corevm_acc_row *row = game->row;
    if (row == NULL || run->service != SERVICE || run->on_transfer)
        return;
    row->outcome = jam_run_result(run->run)->outcome;
    row->checkpointed = run->effects->checkpointed;
    row->gas_used = run->effects->gas_used;
    row->yielded = run->effects->has_yield;
    row->yield = run->effects->yield;
    mark_discarded(game, row);
}

/* A block with one report of one digest: what Refine made of a package. */
static enum pvm_status accumulate(struct game *game, const struct corevm_round *refined,
                                  uint32_t slot, struct pvm_err *err)
{
    struct jam_work_digest digest = {.service_id = SERVICE,
                                     .accumulate_gas = GAS,
                                     .result = refined->outcome,
                                     .output = pvm_buf_bytes(&refined->output)};
    digest.code_hash = jam_state_find(&game->state, SERVICE)->code_hash;
    struct jam_report report = {.results = &digest, .result_count = 1};
    report.package_spec.hash = refined->package_hash;
    report.package_spec.exports_root = refined->export_root;
    struct jam_block_in in = {.slot = slot, .reports = &report, .report_count = 1};
    struct jam_block_options options = {.profile = game->profile,
                                        .params = &game->params,
                                        .hooks = {.call = note_call, .user = game},
                                        .ran = note_run,
                                        .user = game};
    struct jam_block_out out;
    return jam_block_accumulate(&game->state, &in, &options, &out, err);
}

/* A block that brings one preimage and nothing else. */
static enum pvm_status offer(struct game *game, struct pvm_bytes blob, uint32_t slot,
                             enum jam_preimage_rule *rule, struct pvm_err *err)
{
    struct jam_block_preimage preimage = {SERVICE, blob};
    *rule = jam_preimages_check(game->profile, &game->state, &preimage, 1, NULL);
    if (*rule != JAM_PREIMAGES_FINE)
        return PVM_OK;
    game->state.slot = slot;
    return jam_preimages_integrate(game->profile, &game->state, &preimage, 1, slot, NULL, err);
}

/* ---- what is left of it ---- */

static void look_up(const struct jam_service *service, struct pvm_bytes key,
                    struct corevm_acc_value *out)
{
    struct pvm_bytes value;
    if (!jam_storage_get(service, key, &value) || value.len > COREVM_ACC_VALUE)
        return;
    out->there = true;
    out->len = (uint8_t)value.len;
    if (value.len != 0)
        memcpy(out->octets, value.ptr, value.len);
}

static void look_at_storage(const struct game *game, struct corevm_acc_row *row)
{
    const struct jam_service *service = jam_state_find(&game->state, SERVICE);
    for (uint8_t key = 0; key < COREVM_ACC_KEYS; key++)
        look_up(service, pvm_bytes(&key, 1), &row->keys[key]);
    struct pvm_bytes jam = pvm_bytes(name_jam, sizeof name_jam);
    look_up(service, jam, &row->jam);
    struct jam_hash hash = jam_hash(jam);
    row->requested = jam_request_get(service, &hash, sizeof name_jam, &row->request);
    row->items = service->items;
    row->bytes = service->bytes;
}

/* ---- the game ---- */

static enum pvm_status play_row(struct game *game, const struct corevm_round *refined, uint64_t n,
                                struct pvm_err *err)
{
    struct corevm_acc_row *row = &game->acc->rows[n];
    row->n = n;
    row->slot = slot_of(n);
    game->row = row;
    PVM_TRY(accumulate(game, refined, row->slot, err));
    game->row = NULL;
    look_at_storage(game, row);
    return pvm_buf_status(&row->calls, err);
}

static enum pvm_status play(struct game *game, const struct corevm_fib *fib, struct pvm_err *err)
{
    static const uint32_t offer_slots[COREVM_ACC_OFFERS] = {OFFER_SLOT, AGAIN_SLOT};
    enum jam_preimage_rule rule;
    PVM_TRY(accumulate(game, &fib->init, INIT_SLOT, err));
    PVM_TRY(offer(game, corevm_child_code("fibchild"), CHILD_SLOT, &rule, err));
    if (rule != JAM_PREIMAGES_FINE)
        return pvm_fail(err, PVM_E_INTERNAL, "the child's code is refused: %s",
                        jam_preimage_rule_text(rule));
    for (uint64_t n = 0; n < COREVM_ACC_ROWS; n++) {
        PVM_TRY(play_row(game, &fib->list[n].round, n, err));
        if (n != 3 && n != 6)
            continue;
        struct corevm_acc_offer *made = &game->acc->offers[n == 6];
        *made = (struct corevm_acc_offer){.after = n, .slot = offer_slots[n == 6]};
        PVM_TRY(offer(game, pvm_bytes(name_jam, sizeof name_jam), made->slot, &made->rule, err));
    }
    return PVM_OK;
}

enum pvm_status corevm_acc_run(const struct corevm_acc_options *options, struct corevm_acc *out,
                               struct pvm_err *err)
{
    struct game game = {.options = options,
                        .profile = options->profile != NULL ? options->profile
                                                            : jam_profile_default,
                        .acc = out};
    *out = (struct corevm_acc){.profile = game.profile, .unprivileged = options->unprivileged};
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++)
        out->rows[i].calls.alloc = options->alloc;
    struct corevm_fib_options loop = {.profile = game.profile,
                                      .alloc = options->alloc,
                                      .last = COREVM_ACC_ROWS - 1};
    struct corevm_fib fib;
    enum pvm_status status = corevm_fib_run(&loop, &fib, err);
    if (status == PVM_OK && !corevm_fib_good(&fib))
        status = pvm_fail(err, PVM_E_INTERNAL, "the Fibonacci loop did not end well");
    if (status == PVM_OK)
        status = set_up(&game, err);
    if (status == PVM_OK)
        status = play(&game, &fib, err);
    jam_state_deinit(&game.state);
    corevm_fib_deinit(&fib);
    return status;
}

void corevm_acc_deinit(struct corevm_acc *acc)
{
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++)
        pvm_buf_deinit(&acc->rows[i].calls);
}

const struct corevm_acc_call *corevm_acc_calls(const struct corevm_acc_row *row, size_t *count)
{
    *count = row->calls.len / sizeof(struct corevm_acc_call);
    return (const void *)row->calls.ptr;
}
