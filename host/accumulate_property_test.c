/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for any sequence of host calls: rollback to a checkpoint is the state at the
 * checkpoint, gas that runs out leaves the last one, failing allocations leave nothing behind, and
 * snapshots cost nothing. */
#include "host/accumulate_testing.h"

struct step {
    enum jam_call_id id;
    uint64_t args[6];
};

#define H TEST_H

/* Every call that changes something, 0.7.2, with all privileges. */
static const struct step steps[] = {
    {JAM_CALL_WRITE, {H('k'), 3, H('v'), 2}},
    {JAM_CALL_SOLICIT, {H('S'), 5}},
    {JAM_CALL_TRANSFER, {14, 1, 0, H('M')}},
    {JAM_CALL_NEW, {H('N'), 0, 1, 2, 1000, 100}},
    {JAM_CALL_ASSIGN, {0, TEST_W, 7}},
    {JAM_CALL_BLESS, {7, TEST_W2, 7, 7, TEST_W, 3}},
    {JAM_CALL_EJECT, {8, H('E')}},
    {JAM_CALL_FORGET, {H('C'), 12}},
    {JAM_CALL_YIELD, {H('Y')}},
    {JAM_CALL_PROVIDE, {14, H('x'), 1}},
    {JAM_CALL_DESIGNATE, {TEST_W}},
    {JAM_CALL_UPGRADE, {H('U'), 3, 4}},
    {JAM_CALL_WRITE, {H('k'), 3, 0, 0}},
    {JAM_CALL_NEW, {H('N'), 0, 1, 2, 1000, 100000}},
    {JAM_CALL_TRANSFER, {100, 2, 5, H('M')}},
    {JAM_CALL_WRITE, {H('K'), 30, H('V'), 20}},
    {JAM_CALL_QUERY, {H('D'), 14}},
    {JAM_CALL_EJECT, {13, H('E')}},
    {JAM_CALL_FORGET, {H('A'), 10}},
    {JAM_CALL_PROVIDE, {14, 0, 1}}, /* panics */
};

enum { STEPS = sizeof steps / sizeof *steps, EVERYTHING = 15 };

static const struct acc_case start = {.holds = EVERYTHING, .balance = 5000};

static const struct jam_accumulation *acc_of(const struct acc_env *env)
{
    return jam_run_context(env->run)->accumulation;
}

/* The effects and all of the own storage as text. */
static void finish(struct acc_env *env, enum pvm_exit exit, struct pvm_buf *text)
{
    struct jam_map_entry entry;
    const struct jam_dimension *dim = exit == PVM_EXIT_HALT ? &acc_of(env)->x : &acc_of(env)->y;
    struct pvm_buf storage = {.alloc = NULL};
    for (bool more = jam_map_first(&dim->self->storage, &entry); more;
         more = jam_map_after(&dim->self->storage, entry.key, &entry)) {
        pvm_buf_hex(&storage, entry.key);
        pvm_buf_text(&storage, "=");
        pvm_buf_hex(&storage, entry.value);
    }
    acc_end(env, exit, text);
    pvm_buf_printf(text, " next=%u ", (unsigned)dim->next_id);
    pvm_buf_add_bytes(text, pvm_buf_bytes(&storage));
    pvm_buf_deinit(&storage);
}

/* Makes steps [from, to); a panic ends them. */
static void make(struct acc_env *env, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (acc_call(env, steps[i].id, steps[i].args) != PVM_EXIT_CONTINUE)
            return;
}

/* Checkpoint behind the first _i steps, then all others, then a panic: the first _i steps count. */
START_TEST(test_rollback)
{
    struct acc_env env;
    struct pvm_buf want = {.alloc = NULL};
    struct pvm_buf got = {.alloc = NULL};
    const uint64_t none[6] = {0};
    acc_case_begin(&env, 6, &start);
    make(&env, 0, (size_t)_i);
    finish(&env, PVM_EXIT_HALT, &want);
    acc_env_deinit(&env);
    for (size_t last = (size_t)_i; last <= STEPS; last++) {
        acc_case_begin(&env, 6, &start);
        make(&env, 0, (size_t)_i);
        ck_assert(acc_call(&env, JAM_CALL_CHECKPOINT, none) == PVM_EXIT_CONTINUE);
        make(&env, (size_t)_i, last);
        finish(&env, last % 2 ? PVM_EXIT_PANIC : PVM_EXIT_OOG, &got);
        ck_assert_str_eq(pvm_buf_str(&got), pvm_buf_str(&want));
        acc_env_deinit(&env);
        pvm_buf_deinit(&got);
        got = (struct pvm_buf){.alloc = NULL};
    }
    pvm_buf_deinit(&want);
}
END_TEST

/* All steps change something but the two that cannot. */
START_TEST(test_steps)
{
    struct acc_env env;
    struct pvm_buf before = {.alloc = NULL};
    struct pvm_buf after = {.alloc = NULL};
    acc_case_begin(&env, 6, &start);
    make(&env, 0, (size_t)_i);
    finish(&env, PVM_EXIT_HALT, &before);
    acc_env_deinit(&env);
    acc_case_begin(&env, 6, &start);
    make(&env, 0, (size_t)_i + 1);
    finish(&env, PVM_EXIT_HALT, &after);
    acc_env_deinit(&env);
    bool same = strcmp(pvm_buf_str(&before), pvm_buf_str(&after)) == 0;
    ck_assert_msg(same == (steps[_i].id == JAM_CALL_QUERY || _i == STEPS - 1), "%s",
                  pvm_buf_str(&after));
    pvm_buf_deinit(&before);
    pvm_buf_deinit(&after);
}
END_TEST

/* Each allocation of a run fails once. The state the run began with stays as it was. */
START_TEST(test_no_memory)
{
    const struct jam_profile *profile = jam_profile_find("0.7.2");
    struct jam_params params;
    jam_params_get(profile, JAM_PARAMS_TINY, &params);
    bool done = false;
    for (size_t after = 0; !done; after++) {
        struct test_failing failing = {.after = SIZE_MAX};
        struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct jam_state state;
        struct jam_run *run = NULL;
        struct pvm_err err = {.status = PVM_OK};
        test_state(&state, profile, EVERYTHING, &alloc);
        jam_state_find(&state, TEST_SELF)->balance = 5000;
        struct jam_accumulate_in in = {
            .state = &state, .service = TEST_SELF, .gas = TEST_GAS, .slot = TEST_SLOT};
        struct jam_invoke_options options = {.profile = profile,
                                             .params = &params,
                                             .alloc = &alloc,
                                             .program = jam_direct_program()};
        failing.after = failing.made + after;
        enum pvm_status status = jam_accumulate_new(&in, &options, &run, &err);
        if (status == PVM_OK)
            status = jam_direct_begin(run, &err);
        size_t left = failing.after;
        failing.after = SIZE_MAX; /* memory of the guest is not what this is about */
        size_t made = failing.made;
        if (status == PVM_OK)
            test_memory(jam_direct_vm(run));
        failing.after = left == SIZE_MAX ? left : left + failing.made - made;
        for (size_t i = 0; status == PVM_OK && i < STEPS; i++) {
            enum pvm_exit exit;
            memcpy(jam_direct_vm(run)->regs + 7, steps[i].args, sizeof steps[i].args);
            status = jam_direct_call(run, steps[i].id, &exit, &err);
            if (status == PVM_OK && i % 4 == 0)
                status = jam_direct_call(run, JAM_CALL_CHECKPOINT, &exit, &err);
        }
        if (status == PVM_OK)
            status = jam_direct_end(run, PVM_EXIT_HALT, &err);
        struct jam_effects effects;
        if (status == PVM_OK)
            status = jam_accumulate_effects(run, &effects, &err);
        done = status == PVM_OK;
        ck_assert(done || status == PVM_E_MEMORY);
        jam_run_free(run);
        const struct jam_service *own = jam_state_find(&state, TEST_SELF);
        ck_assert(own->refs == 1 && own->balance == 5000 && own->items == 12);
        ck_assert(own->requests.count == 6 && own->storage.count == 0);
        ck_assert(state.count == 8);
        jam_state_deinit(&state);
    }
}
END_TEST

/* A state of many entries, a checkpoint after each of many changes. */
START_TEST(test_many_checkpoints)
{
    enum { ENTRIES = 20000, CHECKPOINTS = 50000 };
    struct acc_env env;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *own;
    const uint64_t none[6] = {0};
    acc_env_init(&env, 6, 0);
    env.vm->gas = UINT64_C(1) << 40;
    ck_assert(jam_context_edit(jam_run_context(env.run), &own, &err) == PVM_OK);
    own->balance = UINT64_C(1) << 40;
    for (uint32_t i = 0; i < ENTRIES; i++) {
        uint8_t key[4];
        pvm_store_le(key, i, 4);
        ck_assert(jam_storage_set(own, pvm_bytes(key, 4), pvm_bytes("value", 5), &err) == PVM_OK);
    }
    for (uint64_t i = 0; i < CHECKPOINTS; i++) {
        const uint64_t write[6] = {TEST_H('k'), 4, TEST_H('v') + i % 32, 8};
        ck_assert(acc_call(&env, JAM_CALL_WRITE, write) == PVM_EXIT_CONTINUE);
        ck_assert(acc_call(&env, JAM_CALL_CHECKPOINT, none) == PVM_EXIT_CONTINUE);
    }
    acc_env_deinit(&env);
}
END_TEST

/* What a run may add to state is bounded: by an error of ours, not by our memory. */
START_TEST(test_limit)
{
    static const struct step growing[] = {
        {JAM_CALL_WRITE, {0, 4, TEST_W, 4000}},
        {JAM_CALL_SOLICIT, {TEST_W, 0}},
        {JAM_CALL_TRANSFER, {14, 0, 0, TEST_W}},
        {JAM_CALL_NEW, {TEST_W, 0, 0, 0, 0, 0}},
    };
    struct acc_env env;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *own;
    struct step step = growing[_i];
    enum pvm_exit exit;
    enum pvm_status status = PVM_OK;
    acc_env_init(&env, 6, HOLDS_MANAGER);
    env.vm->gas = UINT64_C(1) << 40;
    jam_run_context(env.run)->limits.state = 1 << 20;
    ck_assert(jam_context_edit(jam_run_context(env.run), &own, &err) == PVM_OK);
    own->balance = UINT64_C(1) << 40;
    for (uint32_t i = 0; status == PVM_OK && i < 20000; i++) {
        if (step.id == JAM_CALL_WRITE)
            step.args[0] = TEST_W + i % 4000;
        else
            step.args[1] = step.id == JAM_CALL_TRANSFER ? 0 : i;
        uint8_t count[4];
        pvm_store_le(count, i, 4);
        ck_assert(pvm_memory_put(&env.vm->memory, TEST_W + i % 4000, pvm_bytes(count, 4), &err) ==
                  PVM_OK);
        memcpy(env.vm->regs + 7, step.args, sizeof step.args);
        status = jam_direct_call(env.run, step.id, &exit, &err);
    }
    ck_assert_int_eq(status, PVM_E_LIMIT);
    acc_env_deinit(&env);
}
END_TEST

Suite *accumulate_property_suite(void);

Suite *accumulate_property_suite(void)
{
    Suite *suite = suite_create("host/accumulate_property");
    TCase *tests = tcase_create("properties");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_rollback, 0, STEPS);
    tcase_add_loop_test(tests, test_steps, 0, STEPS);
    tcase_add_test(tests, test_no_memory);
    tcase_add_test(tests, test_many_checkpoints);
    tcase_add_loop_test(tests, test_limit, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
