/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What accumulation's tests share: a small state, a run on it whose calls are made one by one, and
 * its effects as text.
 *
 * Service 7 is the one that runs, at slot 1000 with D = 32, so that slot 967 is over and 968 is
 * not. A hash of one letter is that letter 32 times; its octets stand at TEST_H(letter).
 *
 *     7   balance 1000, threshold 781: requests A10 [], B11 [5], C12 [5,967], c13 [5,968],
 *         D14 [1,967,990], d15 [1,968,990]; preimages of C, c, hashes only
 *     8   its code hash names 7, request E20 [1,967]: can be ejected; memo gas 50, balance 500
 *     9   the same with 968                   10  the same, but three items
 *     11  the same, but another code hash     12  the same with [1]
 *     13  the same for E0                     14  plain; request of the preimage "x": []
 */
#ifndef HOST_ACCUMULATE_TESTING_H
#define HOST_ACCUMULATE_TESTING_H

#include "host/accumulate_context.h"
#include "host/direct.h"
#include "host/hash.h"
#include "host/testing.h"

enum { TEST_SLOT = 1000, TEST_SELF = 7, TEST_GAS = 1000000 };

/* Versions as bits. */
enum {
    V063 = 1,
    V065 = 2,
    V066 = 4,
    V067 = 8,
    V070 = 16,
    V071 = 32,
    V072 = 64,
    V080 = 128,
    V080V = 256,
    TO_066 = 7,
    TO_070 = 31,
    FROM_067 = 511 - 7,
    FROM_071 = 511 - 31,
    ALL = 511,
    TEST_VERSIONS = 9
};

static const char *const test_versions[TEST_VERSIONS] = {
    "0.6.3", "0.6.5", "0.6.6", "0.6.7", "0.7.0", "0.7.1", "0.7.2", "0.8.0", "0.8.0-vectors"};

/* Which privileges service 7 holds; service 1 holds the others. */
enum { HOLDS_MANAGER = 1, HOLDS_ASSIGNER = 2, HOLDS_DELEGATOR = 4, HOLDS_REGISTRAR = 8 };

struct acc_env {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct jam_run *run;
    struct pvm_vm *vm;
};

static inline struct jam_hash test_letter(char letter)
{
    struct jam_hash hash;
    memset(hash.octets, letter, sizeof hash.octets);
    return hash;
}

/* Where a letter's hash stands. */
#define TEST_H(letter) (TEST_R + 32 * (uint64_t)((letter) - '@'))

static inline void test_request(struct jam_service *service, char letter, uint32_t len,
                                unsigned count, uint32_t a, uint32_t b, uint32_t c)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash hash = test_letter(letter);
    struct jam_request request = {count, {a, b, c}};
    ck_assert(jam_request_set(service, &hash, len, &request, &err) == PVM_OK);
}

static inline struct jam_service *test_service(struct jam_state *state, uint32_t id,
                                               uint64_t balance)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    ck_assert(jam_state_add(state, id, &service, &err) == PVM_OK);
    service->balance = balance;
    pvm_store_le(service->code_hash.octets, TEST_SELF, 4);
    return service;
}

static inline void test_state(struct jam_state *state, const struct jam_profile *profile,
                              unsigned holds, const struct pvm_alloc *alloc)
{
    static const uint32_t owners[2] = {1, TEST_SELF};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    jam_state_init(state, alloc);
    state->rules = jam_accumulate_rules_of(profile)->accounts;
    service = test_service(state, TEST_SELF, 1000);
    test_request(service, 'A', 10, 0, 0, 0, 0);
    test_request(service, 'B', 11, 1, 5, 0, 0);
    test_request(service, 'C', 12, 2, 5, 967, 0);
    test_request(service, 'c', 13, 2, 5, 968, 0);
    test_request(service, 'D', 14, 3, 1, 967, 990);
    test_request(service, 'd', 15, 3, 1, 968, 990);
    for (const char *at = "Cc"; *at != '\0'; at++) {
        struct jam_hash hash = test_letter(*at);
        ck_assert(jam_map_set(&service->preimages, jam_hash_bytes(&hash), pvm_bytes("p", 1),
                              &err) == PVM_OK);
    }
    for (uint32_t id = 8; id <= 12; id++)
        test_request(test_service(state, id, 500), 'E', 20, id == 12 ? 1 : 2, 1,
                     id == 9 ? 968 : 967, 0);
    jam_state_find(state, 8)->min_memo_gas = 50;
    jam_state_find(state, 10)->items = 3;
    jam_state_find(state, 11)->code_hash = test_letter('X');
    test_request(test_service(state, 13, 500), 'E', 0, 2, 1, 967, 0);
    service = test_service(state, 14, 500);
    struct jam_hash x = jam_hash(pvm_bytes("x", 1));
    struct jam_request none = {.count = 0};
    ck_assert(jam_request_set(service, &x, 1, &none, &err) == PVM_OK);
    struct jam_privileges *held = &state->privileges;
    held->manager = owners[(holds & HOLDS_MANAGER) != 0];
    held->delegator = owners[(holds & HOLDS_DELEGATOR) != 0];
    held->registrar = owners[(holds & HOLDS_REGISTRAR) != 0];
    const uint32_t assigners[2] = {owners[(holds & HOLDS_ASSIGNER) != 0], 1};
    ck_assert(jam_assigners_set(held, assigners, state->rules->hashes_key ? 2 : 1, &err) == PVM_OK);
}

static inline void test_memory(struct pvm_vm *vm)
{
    struct pvm_err err = {.status = PVM_OK};
    static const struct {
        uint32_t page, count;
        enum pvm_access access;
    } map[] = {
        {0x10, 1, PVM_READ}, {0x20, 2, PVM_WRITE}, {0x23, 1, PVM_WRITE}, {0xfffff, 1, PVM_WRITE}};
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        ck_assert(pvm_memory_map(&vm->memory, map[i].page, map[i].count, map[i].access, true,
                                 &err) == PVM_OK);
    for (char letter = '@'; letter <= 'z'; letter++) {
        struct jam_hash hash = test_letter(letter);
        ck_assert(pvm_memory_put(&vm->memory, TEST_H(letter), jam_hash_bytes(&hash), &err) ==
                  PVM_OK);
    }
}

static inline void acc_env_init(struct acc_env *env, unsigned version, unsigned holds)
{
    struct pvm_err err = {.status = PVM_OK};
    env->profile = jam_profile_find(test_versions[version]);
    ck_assert_ptr_nonnull(env->profile);
    jam_params_get(env->profile, JAM_PARAMS_TINY, &env->params);
    test_state(&env->state, env->profile, holds, NULL);
    struct jam_accumulate_in in = {
        .state = &env->state, .service = TEST_SELF, .gas = TEST_GAS, .slot = TEST_SLOT};
    struct jam_invoke_options options = {
        .profile = env->profile, .params = &env->params, .program = jam_direct_program()};
    ck_assert_msg(jam_accumulate_new(&in, &options, &env->run, &err) == PVM_OK, "%s", err.msg);
    ck_assert(jam_direct_begin(env->run, &err) == PVM_OK);
    env->vm = jam_direct_vm(env->run);
    test_memory(env->vm);
}

static inline void acc_env_deinit(struct acc_env *env)
{
    jam_run_free(env->run);
    jam_state_deinit(&env->state);
}

static inline enum pvm_exit acc_call(struct acc_env *env, enum jam_call_id id,
                                     const uint64_t args[6])
{
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    memcpy(env->vm->regs + 7, args, 6 * sizeof *args);
    ck_assert_msg(jam_direct_call(env->run, id, &exit, &err) == PVM_OK, "%s", err.msg);
    return exit;
}

/* ---- effects as text ---- */

static inline int text_octet(uint8_t octet)
{
    return octet == 0 ? '.' : octet;
}

static inline void text_request(struct pvm_buf *out, struct jam_map_entry entry, bool removed)
{
    pvm_buf_printf(out, " %s%c%u", removed ? "-" : "", entry.key.ptr[0],
                   (unsigned)pvm_load_le(entry.key.ptr + 32, 4));
    if (removed)
        return;
    pvm_buf_text(out, "[");
    for (size_t i = 0; i < entry.value.len; i += 4)
        pvm_buf_printf(out, "%s%u", i == 0 ? "" : ",",
                       (unsigned)pvm_load_le(entry.value.ptr + i, 4));
    pvm_buf_text(out, "]");
}

/* Entries of map that before lacks, or has with another value. */
static inline void text_requests(struct pvm_buf *out, const struct jam_map *map,
                                 const struct jam_map *before, bool removed)
{
    struct jam_map_entry entry;
    for (bool more = jam_map_first(map, &entry); more;
         more = jam_map_after(map, entry.key, &entry)) {
        struct pvm_bytes old;
        bool had = jam_map_get(before, entry.key, &old);
        if (removed ? !had : !had || !pvm_bytes_equal(old, entry.value))
            text_request(out, entry, removed);
    }
}

static inline void text_account(struct pvm_buf *out, const struct jam_service *now,
                                const struct jam_service *was)
{
    static const struct jam_service nothing;
    bool made = was == NULL;
    if (made)
        was = &nothing;
#define FIELD(name, field)                                                                         \
    if (now->field != was->field)                                                                  \
    pvm_buf_printf(out, " " name "=%llu", (unsigned long long)now->field)
    if (!jam_hash_equal(&now->code_hash, &was->code_hash))
        pvm_buf_printf(out, " code=%c", now->code_hash.octets[0]);
    FIELD("balance", balance);
    FIELD("itemgas", min_item_gas);
    FIELD("memogas", min_memo_gas);
    FIELD("items", items);
    FIELD("bytes", bytes);
    FIELD("gratis", deposit_offset);
    FIELD("created", creation_slot);
    FIELD("last", last_accumulation_slot);
    FIELD("parent", parent_service);
#undef FIELD
    text_requests(out, &now->requests, &was->requests, false);
    text_requests(out, &was->requests, &now->requests, true);
    if (!made && now->preimages.count != was->preimages.count)
        pvm_buf_printf(out, " preimages=%zu", now->preimages.count);
}

static inline void text_privileges(struct pvm_buf *out, const struct jam_effects *effects)
{
    const struct jam_privileges *held = effects->privileges;
    struct jam_always always;
    if (effects->wrote & JAM_WROTE_PRIVILEGES) {
        pvm_buf_printf(out, " manager=%u delegator=%u registrar=%u always=", held->manager,
                       held->delegator, held->registrar);
        for (bool more = jam_always_from(held, 0, &always); more;
             more = jam_always_from(held, (uint64_t)always.service + 1, &always))
            pvm_buf_printf(out, "%u:%llu,", always.service, (unsigned long long)always.gas);
    }
    if (effects->wrote & (JAM_WROTE_ASSIGNERS | JAM_WROTE_PRIVILEGES))
        for (size_t i = 0; i < held->assigners->count; i++)
            pvm_buf_printf(out, "%s%u", i == 0 ? " assigners=" : ",", held->assigners->id[i]);
    for (size_t core = 0; core < 2; core++)
        if (jam_core_get(effects->auth_queues, core).len > 0)
            pvm_buf_printf(out, " queue%zu=%zu", core,
                           jam_core_get(effects->auth_queues, core).len);
    if (effects->wrote & JAM_WROTE_STAGING)
        pvm_buf_printf(out, " staging=%zu", effects->staging->len);
}

/* What a run changed, account by account and then the rest. */
static inline const char *text_effects(struct pvm_buf *out, const struct jam_effects *effects,
                                       const struct jam_state *state)
{
    out->len = 0;
    for (size_t i = 0; i < effects->account_count; i++) {
        const struct jam_account_change *change = &effects->accounts[i];
        const struct jam_service *was = jam_state_find(state, change->id);
        if (change->service == NULL) {
            pvm_buf_printf(out, " -%u", change->id);
            continue;
        }
        size_t before = out->len;
        pvm_buf_printf(out, " %s%u{", was == NULL ? "+" : "", change->id);
        size_t start = out->len;
        text_account(out, change->service, was);
        if (out->len == start)
            out->len = before; /* taken for changes, but none made */
        else
            pvm_buf_text(out, " }");
    }
    for (size_t i = 0; i < effects->transfer_count; i++) {
        const struct jam_transfer *transfer = &effects->transfers[i];
        pvm_buf_printf(out, " %u>%u:%llu,%llu,%c", transfer->source, transfer->destination,
                       (unsigned long long)transfer->amount, (unsigned long long)transfer->gas,
                       text_octet(transfer->memo[0]));
    }
    for (size_t i = 0; i < effects->provision_count; i++)
        pvm_buf_printf(out, " provide%u:%zu", effects->provisions[i].service,
                       effects->provisions[i].blob.len);
    if (effects->has_yield)
        pvm_buf_printf(out, " yield=%c", text_octet(effects->yield.octets[0]));
    if (effects->privileges != NULL)
        text_privileges(out, effects);
    const char *text = pvm_buf_str(out);
    return *text == ' ' ? text + 1 : text;
}

/* Ends the run and says what it changed; out owns the text. */
static inline const char *acc_end(struct acc_env *env, enum pvm_exit exit, struct pvm_buf *out)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_effects effects;
    ck_assert(jam_direct_end(env->run, exit, &err) == PVM_OK);
    ck_assert(jam_accumulate_effects(env->run, &effects, &err) == PVM_OK);
    return text_effects(out, &effects, &env->state);
}

/* ---- tables of calls ---- */

/* In r7: the gas left. */
#define TEST_LEFT UINT64_C(0xfeed0000feed)
#define TEST_WIDE (UINT64_C(1) << 32)

struct acc_case {
    unsigned versions;
    enum jam_call_id id;
    unsigned holds;
    uint64_t args[6];
    enum pvm_exit exit;
    uint64_t r7;         /* when it goes on */
    const char *effects; /* NULL: none */
    uint64_t balance;    /* of service 7 before; 0: 1000 */
    uint64_t r8;         /* of query */
};

static inline void acc_case_begin(struct acc_env *env, unsigned version, const struct acc_case *row)
{
    static const uint8_t pairs[3][12] = {{5, 0, 0, 0, 100}, {6, 0, 0, 0, 200}, {5, 0, 0, 0, 44, 1}};
    static const uint8_t assigners[8] = {2, 0, 0, 0, 3, 0, 0, 0};
    struct pvm_err err = {.status = PVM_OK};
    acc_env_init(env, version, row->holds);
    if (row->balance != 0) {
        struct jam_service *service;
        ck_assert(jam_state_edit(&env->state, TEST_SELF, &service, &err) == PVM_OK);
        service->balance = row->balance;
        ck_assert(jam_context_edit(jam_run_context(env->run), &service, &err) == PVM_OK);
        service->balance = row->balance;
    }
    ck_assert(pvm_memory_put(&env->vm->memory, TEST_W, pvm_bytes(pairs, sizeof pairs), &err) ==
              PVM_OK);
    ck_assert(pvm_memory_put(&env->vm->memory, TEST_W2, pvm_bytes(assigners, sizeof assigners),
                             &err) == PVM_OK);
}

/* The call with less gas than it takes changes nothing. */
static inline void acc_case_short(unsigned version, const struct acc_case *row, uint64_t gas)
{
    struct acc_env env;
    struct pvm_buf text = {.alloc = NULL};
    acc_case_begin(&env, version, row);
    env.vm->gas = gas;
    uint64_t memory = pvm_memory_digest(&env.vm->memory);
    ck_assert(acc_call(&env, row->id, row->args) == PVM_EXIT_OOG);
    ck_assert(memcmp(env.vm->regs + 7, row->args, sizeof row->args) == 0);
    ck_assert_uint_eq(pvm_memory_digest(&env.vm->memory), memory);
    ck_assert_str_eq(acc_end(&env, PVM_EXIT_HALT, &text), "");
    pvm_buf_deinit(&text);
    acc_env_deinit(&env);
}

static inline void acc_case_run(unsigned version, const struct acc_case *row, size_t index)
{
    struct acc_env env;
    struct pvm_buf text = {.alloc = NULL};
    acc_case_begin(&env, version, row);
    const char *name = jam_call_table[row->id].name;
    uint64_t memory = pvm_memory_digest(&env.vm->memory);
    enum pvm_exit exit = acc_call(&env, row->id, row->args);
    const uint64_t *regs = env.vm->regs;
    uint64_t used = TEST_GAS - env.vm->gas;
    uint64_t r7 = row->r7 == TEST_LEFT ? env.vm->gas : row->r7;
    uint64_t r8 = row->id == JAM_CALL_QUERY && exit == PVM_EXIT_CONTINUE ? row->r8 : row->args[1];
    ck_assert_msg(exit == row->exit, "row %zu, %s of %s: %s", index, name, test_versions[version],
                  pvm_exit_name(exit));
    ck_assert_msg(regs[7] == (exit == PVM_EXIT_CONTINUE ? r7 : row->args[0]) && regs[8] == r8,
                  "row %zu, %s of %s: r7 %llx, r8 %llx", index, name, test_versions[version],
                  (unsigned long long)regs[7], (unsigned long long)regs[8]);
    ck_assert(memcmp(regs + 9, row->args + 2, 4 * sizeof *regs) == 0);
    ck_assert_uint_eq(pvm_memory_digest(&env.vm->memory), memory);
    const char *effects = acc_end(&env, PVM_EXIT_HALT, &text);
    ck_assert_msg(strcmp(effects, row->effects == NULL ? "" : row->effects) == 0,
                  "row %zu, %s of %s: %s", index, name, test_versions[version], effects);
    pvm_buf_deinit(&text);
    acc_env_deinit(&env);
    acc_case_short(version, row, used - 1);
    acc_case_short(version, row, 0);
}

static inline void acc_case_all(const struct acc_case *row, size_t index)
{
    for (unsigned version = 0; version < TEST_VERSIONS; version++)
        if (row->versions & 1u << version)
            acc_case_run(version, row, index);
}

#endif
