/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup, read, write and info in every version (GP 0.7.2 B.5), on two accounts:
 *
 *     7   runs; balance 1000; storage "key" -> "value"; preimage "image"
 *     9   storage "other" -> "theirs"; preimage "spare"
 *
 * Up to 0.6.6 account 7 counts 32 + 5 octets and owes 100 + 10 + 37 = 147; from 0.6.7 on it counts
 * 34 + 3 + 5 and, 7 being free, owes 100 + 10 + 42 - 7 = 145.
 */
#include "host/accumulate_rules.h"
#include "host/direct.h"
#include "host/hash.h"
#include "host/testing.h"

enum { SELF = 7, OTHER = 9, GAS = 1000000, SLOT = 1000, CREDIT = 50 };
enum { GO = PVM_EXIT_CONTINUE, PANIC = PVM_EXIT_PANIC };

/* Where things stand in memory. */
enum {
    AT_KEY = TEST_R,           /* "key" */
    AT_OTHER = TEST_R + 16,    /* "other" */
    AT_IMAGE = TEST_R + 32,    /* H("image") */
    AT_SPARE = TEST_R + 64,    /* H("spare") */
    AT_NOTHING = TEST_R + 128, /* no key, no hash */
    AT_END = TEST_R + 0x1000   /* nothing can be read from here on */
};

static const char *const versions[] = {"0.6.3", "0.6.5", "0.6.6", "0.6.7",        "0.7.0",
                                       "0.7.1", "0.7.2", "0.8.0", "0.8.0-vectors"};

enum { VERSIONS = sizeof versions / sizeof *versions, V_066 = 2, V_070 = 4 };

struct env {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct jam_run *run;
    struct pvm_vm *vm;
};

static struct pvm_err err;

static void good(enum pvm_status status)
{
    ck_assert_msg(status == PVM_OK, "%s", err.msg);
}

static struct pvm_bytes text(const char *string)
{
    return pvm_bytes(string, strlen(string));
}

static struct jam_service *add_service(struct env *env, uint32_t id, const char *key,
                                       const char *value, const char *image)
{
    struct jam_service *service;
    good(jam_state_add(&env->state, id, &service, &err));
    memset(service->code_hash.octets, 'c', JAM_HASH_SIZE);
    service->balance = 1000;
    good(jam_storage_set(service, text(key), text(value), &err));
    good(jam_preimage_set(service, text(image), NULL, &err));
    return service;
}

static void put_hash(struct env *env, uint64_t addr, const char *image)
{
    struct jam_hash hash = jam_hash(text(image));
    good(pvm_memory_put(&env->vm->memory, addr, jam_hash_bytes(&hash), &err));
}

static void set_memory(struct env *env)
{
    struct pvm_memory *memory = &env->vm->memory;
    good(pvm_memory_map(memory, TEST_R / PVM_PAGE_SIZE, 1, PVM_READ, true, &err));
    good(pvm_memory_map(memory, TEST_W / PVM_PAGE_SIZE, 2, PVM_WRITE, true, &err));
    good(pvm_memory_put(memory, AT_KEY, text("key"), &err));
    good(pvm_memory_put(memory, AT_OTHER, text("other"), &err));
    put_hash(env, AT_IMAGE, "image");
    put_hash(env, AT_SPARE, "spare");
}

static void env_init(struct env *env, unsigned version, bool on_transfer)
{
    err = (struct pvm_err){.status = PVM_OK};
    env->profile = jam_profile_find(versions[version]);
    ck_assert_ptr_nonnull(env->profile);
    jam_params_get(env->profile, JAM_PARAMS_TINY, &env->params);
    jam_state_init(&env->state, NULL);
    env->state.rules = jam_accumulate_rules_of(env->profile)->accounts;
    struct jam_service *own = add_service(env, SELF, "key", "value", "image");
    own->min_item_gas = 5;
    own->min_memo_gas = 300;
    if (version > V_066) {
        own->deposit_offset = 7;
        own->creation_slot = 11;
        own->last_accumulation_slot = 12;
        own->parent_service = 13;
    }
    add_service(env, OTHER, "other", "theirs", "spare");
    static const struct jam_transfer transfer = {
        .source = OTHER, .destination = SELF, .amount = CREDIT, .gas = GAS};
    static const struct jam_input input = {.transfer = &transfer};
    struct jam_accumulate_in in = {.state = &env->state,
                                   .service = SELF,
                                   .gas = GAS,
                                   .slot = SLOT,
                                   .inputs = &input,
                                   .input_count = on_transfer};
    struct jam_invoke_options options = {
        .profile = env->profile, .params = &env->params, .program = jam_direct_program()};
    if (on_transfer)
        good(jam_on_transfer_new(&in, &options, &env->run, &err));
    else
        good(jam_accumulate_new(&in, &options, &env->run, &err));
    good(jam_direct_begin(env->run, &err));
    env->vm = jam_direct_vm(env->run);
    env->vm->gas = UINT64_MAX; /* enough for any length in 0.8.0 */
    set_memory(env);
}

static void env_deinit(struct env *env)
{
    jam_run_free(env->run);
    jam_state_deinit(&env->state);
}

static enum pvm_exit call(struct env *env, enum jam_call_id id, const uint64_t args[6])
{
    enum pvm_exit exit;
    memcpy(env->vm->regs + 7, args, 6 * sizeof *args);
    good(jam_direct_call(env->run, id, &exit, &err));
    return exit;
}

/* Calls on the accounts as they are, and what they give. */
static const struct {
    enum jam_call_id call;
    uint64_t args[6];
    int exit;
    uint64_t r7;
    const char *written; /* at TEST_W */
} rows[] = {
    /* lookup: service, hash, to, offset, length */
    {JAM_CALL_LOOKUP, {UINT64_MAX, AT_IMAGE, TEST_W, 0, 99}, GO, 5, "image"},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, TEST_W, 0, 99}, GO, 5, "image"},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, TEST_W, 1, 3}, GO, 5, "mag"},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, TEST_W, 5, 3}, GO, 5, ""},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, 0, UINT64_MAX, UINT64_MAX}, GO, 5, ""},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, 0, 0, 0}, GO, 5, ""},
    {JAM_CALL_LOOKUP, {OTHER, AT_SPARE, TEST_W, 0, 99}, GO, 5, "spare"},
    {JAM_CALL_LOOKUP, {OTHER, AT_IMAGE, TEST_W, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_LOOKUP, {8, AT_IMAGE, TEST_W, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_LOOKUP, {(UINT64_C(1) << 32) + SELF, AT_IMAGE, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_LOOKUP, {SELF, AT_NOTHING, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_LOOKUP, {SELF, AT_END - 31, TEST_W, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_LOOKUP, {8, AT_END - 31, TEST_W, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_LOOKUP, {SELF, AT_IMAGE, TEST_R, 0, 1}, PANIC, 0, ""},
    {JAM_CALL_LOOKUP, {SELF, TEST_END + AT_IMAGE, TEST_W, 0, 1}, PANIC, 0, ""},
    /* read: service, key, its length, to, offset, length */
    {JAM_CALL_READ, {UINT64_MAX, AT_KEY, 3, TEST_W, 0, 99}, GO, 5, "value"},
    {JAM_CALL_READ, {SELF, AT_KEY, 3, TEST_W, 0, 99}, GO, 5, "value"},
    {JAM_CALL_READ, {SELF, AT_KEY, 3, TEST_W, 2, 2}, GO, 5, "lu"},
    {JAM_CALL_READ, {SELF, AT_KEY, 3, 0, 0, 0}, GO, 5, ""},
    {JAM_CALL_READ, {SELF, AT_KEY, 3, 0, 5, 1}, GO, 5, ""},
    {JAM_CALL_READ, {OTHER, AT_OTHER, 5, TEST_W, 0, 99}, GO, 6, "theirs"},
    {JAM_CALL_READ, {OTHER, AT_KEY, 3, TEST_W, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {SELF, AT_KEY, 2, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {SELF, AT_KEY, 4, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {SELF, 0, 0, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {8, AT_KEY, 3, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {UINT64_MAX - 1, AT_KEY, 3, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_READ, {8, AT_END - 2, 3, TEST_W, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_READ, {SELF, AT_KEY, 3, TEST_R, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_READ, {SELF, 0, 1, TEST_W, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_READ, {SELF, AT_KEY, UINT64_C(1) << 32, TEST_W, 0, 99}, PANIC, 0, ""},
    /* write: key, its length, value, its length */
    {JAM_CALL_WRITE, {AT_END - 2, 3, TEST_W, 1}, PANIC, 0, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, AT_END - 2, 3}, PANIC, 0, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, 0, 1}, PANIC, 0, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, 0, 0}, GO, 5, ""},
    {JAM_CALL_WRITE, {AT_OTHER, 5, 0, 0}, GO, JAM_NONE, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, AT_OTHER, 1}, GO, 5, ""},
    {JAM_CALL_WRITE, {AT_OTHER, 5, AT_OTHER, 1}, GO, JAM_NONE, ""},
    {JAM_CALL_WRITE, {0, 0, AT_OTHER, 1}, GO, JAM_NONE, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, TEST_W, 0x2001}, PANIC, 0, ""},
    {JAM_CALL_WRITE, {AT_KEY, 3, TEST_W, 0x2000}, GO, JAM_FULL, ""},
    /* info: nobody's */
    {JAM_CALL_INFO, {8, TEST_W, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_INFO, {8, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_INFO, {UINT64_C(1) << 32, 0, 0, 99}, GO, JAM_NONE, ""},
    {JAM_CALL_INFO, {SELF, TEST_R, 0, 99}, PANIC, 0, ""},
    {JAM_CALL_INFO, {UINT64_MAX, 0, 0, 99}, PANIC, 0, ""},
};

enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(test_rows)
{
    struct env env;
    unsigned row = (unsigned)_i % ROWS;
    uint8_t zeros[16] = {0}, got[16];
    env_init(&env, (unsigned)_i / ROWS, false);
    memcpy(env.vm->regs + 7, rows[row].args, sizeof rows[row].args);
    uint64_t before = pvm_memory_digest(&env.vm->memory);
    enum pvm_exit exit = call(&env, rows[row].call, rows[row].args);
    ck_assert_int_eq((int)exit, rows[row].exit);
    if (exit == PVM_EXIT_CONTINUE)
        ck_assert_uint_eq(env.vm->regs[7], rows[row].r7);
    else
        ck_assert_mem_eq(env.vm->regs + 7, rows[row].args, sizeof rows[row].args);
    size_t len = strlen(rows[row].written);
    pvm_memory_get(&env.vm->memory, TEST_W, got, sizeof got);
    ck_assert(len == 0 || memcmp(got, rows[row].written, len) == 0);
    ck_assert_mem_eq(got + len, zeros, sizeof got - len);
    if (len == 0)
        ck_assert_uint_eq(pvm_memory_digest(&env.vm->memory), before);
    env_deinit(&env);
}
END_TEST

/* ---- write, against the balance ---- */

/* The longest value that a balance of 1000 pays for; one octet more is FULL. */
static const struct {
    uint64_t key, key_len;
    uint64_t longest_062, longest_067;
    uint64_t old; /* length of what there was */
} lengths[] = {
    /* 100 + 2 * 10 + 37 + 32 + n; 100 + 2 * 10 + 42 + 34 + 5 + n - 7 */
    {AT_OTHER, 5, 811, 806, JAM_NONE},
    /* the empty key: the same without key octets */
    {0, 0, 811, 811, JAM_NONE},
    /* 100 + 10 + 32 + n; 100 + 10 + 34 + 3 + n - 7 */
    {AT_KEY, 3, 858, 860, 5},
};

START_TEST(test_full)
{
    unsigned row = (unsigned)_i % 3;
    unsigned version = (unsigned)_i / 3;
    struct env env;
    env_init(&env, version, false);
    uint64_t longest = version <= V_066 ? lengths[row].longest_062 : lengths[row].longest_067;
    const uint64_t over[6] = {lengths[row].key, lengths[row].key_len, TEST_W, longest + 1};
    const uint64_t most[6] = {lengths[row].key, lengths[row].key_len, TEST_W, longest};
    ck_assert_int_eq(call(&env, JAM_CALL_WRITE, over), PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_FULL);
    ck_assert_int_eq(call(&env, JAM_CALL_WRITE, most), PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], lengths[row].old);
    const struct jam_service *own = jam_context_own(jam_run_context(env.run));
    ck_assert_uint_eq(jam_threshold(own, &env.params), 1000);
    /* Read back, and shorter again. */
    const uint64_t read[6] = {SELF, lengths[row].key, lengths[row].key_len, TEST_W + 0x1000, 0, 0};
    call(&env, JAM_CALL_READ, read);
    ck_assert_uint_eq(env.vm->regs[7], longest);
    const uint64_t gone[6] = {lengths[row].key, lengths[row].key_len, 0, 0};
    call(&env, JAM_CALL_WRITE, gone);
    ck_assert_uint_eq(env.vm->regs[7], longest);
    call(&env, JAM_CALL_WRITE, gone);
    ck_assert_uint_eq(env.vm->regs[7], JAM_NONE);
    env_deinit(&env);
}
END_TEST

/* Taking an item away is FULL too while what is left is not paid for: an empty account owes 100,
 * less 7 from 0.6.7 on. */
START_TEST(test_delete_full)
{
    static const uint64_t gone[6] = {AT_KEY, 3, 0, 0};
    struct env env;
    struct jam_service *own;
    env_init(&env, (unsigned)_i, false);
    uint64_t owed = _i <= V_066 ? 100 : 93;
    good(jam_context_edit(jam_run_context(env.run), &own, &err));
    own->balance = owed - 1;
    call(&env, JAM_CALL_WRITE, gone);
    ck_assert_uint_eq(env.vm->regs[7], JAM_FULL);
    own->balance = owed;
    call(&env, JAM_CALL_WRITE, gone);
    ck_assert_uint_eq(env.vm->regs[7], 5);
    ck_assert_uint_eq(own->items, 0);
    ck_assert_uint_eq(own->bytes, 0);
    env_deinit(&env);
}
END_TEST

/* ---- info ---- */

#define C32 "cccccccccccccccccccccccccccccccc"

/* E(1000) E(147) E(5) E(300) E(37) E(1). */
static const uint8_t info_062[] = C32 "\x83\xe8\x80\x93\x05\x81\x2c\x25\x01";

/* 1000, 145, 5, 300 and 42 of 8 octets; 1 of 4; 7 of 8; 11, 12 and 13 of 4. */
static const uint8_t info_067[] =
    C32 "\xe8\x03\0\0\0\0\0\0\x91\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\x2c\1\0\0\0\0\0\0\x2a\0\0\0\0\0\0\0"
        "\1\0\0\0\7\0\0\0\0\0\0\0\x0b\0\0\0\x0c\0\0\0\x0d\0\0\0";

START_TEST(test_info)
{
    static const struct {
        uint64_t off, max, from, len; /* from, len: what is given out of 96 octets */
    } windows[] = {
        {0, 96, 0, 96},  {0, 1000, 0, 96}, {0, UINT64_MAX, 0, 96},          {32, 8, 32, 8},
        {95, 10, 95, 1}, {96, 1, 96, 0},   {UINT64_MAX, UINT64_MAX, 96, 0}, {0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        struct env env;
        uint8_t got[128] = {0}, want[128] = {0};
        env_init(&env, (unsigned)_i, false);
        /* r11 and r12, which the text of 0.6.7 to 0.7.1 takes the window from, play no part. */
        const uint64_t args[6] = {
            i % 2 == 0 ? UINT64_MAX : SELF, TEST_W, windows[i].off, windows[i].max, 1, 1};
        ck_assert_int_eq(call(&env, JAM_CALL_INFO, args), PVM_EXIT_CONTINUE);
        pvm_memory_get(&env.vm->memory, TEST_W, got, sizeof got);
        if (_i <= V_066) {
            memcpy(want, info_062, sizeof info_062 - 1);
            ck_assert_uint_eq(env.vm->regs[7], JAM_OK);
        } else {
            memcpy(want, info_067 + windows[i].from, windows[i].len);
            ck_assert_uint_eq(env.vm->regs[7], 96);
        }
        ck_assert_mem_eq(got, want, sizeof want);
        env_deinit(&env);
    }
    ck_assert_uint_eq(sizeof info_062 - 1, 41);
    ck_assert_uint_eq(sizeof info_067 - 1, 96);
}
END_TEST

/* The whole record has to find room up to 0.6.6, only the part asked for after that. */
START_TEST(test_info_room)
{
    struct env env;
    env_init(&env, (unsigned)_i, false);
    const uint64_t args[6] = {SELF, TEST_GAP - 40, 0, 40};
    ck_assert_int_eq((int)call(&env, JAM_CALL_INFO, args), _i <= V_066 ? PANIC : GO);
    const uint64_t fits[6] = {SELF, TEST_GAP - 41, 0, 41};
    ck_assert_int_eq((int)call(&env, JAM_CALL_INFO, fits), GO);
    const uint64_t none[6] = {SELF, 0, 0, 0};
    ck_assert_int_eq((int)call(&env, JAM_CALL_INFO, none), _i <= V_066 ? PANIC : GO);
    env_deinit(&env);
}
END_TEST

/* ---- On-Transfer ---- */

/* GP 0.7.0 B.5: what runs has the amounts already; info looks at the accounts before that. */
START_TEST(test_on_transfer)
{
    struct env env;
    uint8_t got[8];
    env_init(&env, (unsigned)_i, true);
    const struct jam_context *ctx = jam_run_context(env.run);
    ck_assert_uint_eq(jam_context_own(ctx)->balance, 1000 + CREDIT);
    const uint64_t write[6] = {AT_KEY, 3, AT_OTHER, 5};
    call(&env, JAM_CALL_WRITE, write);
    ck_assert_uint_eq(env.vm->regs[7], 5);
    for (unsigned i = 0; i < 2; i++) {
        const uint64_t read[6] = {i == 0 ? UINT64_MAX : SELF, AT_KEY, 3, TEST_W, 0, 8};
        call(&env, JAM_CALL_READ, read);
        pvm_memory_get(&env.vm->memory, TEST_W, got, 5);
        ck_assert_mem_eq(got, "other", 5);
        const uint64_t info[6] = {i == 0 ? UINT64_MAX : SELF, TEST_W, 0, 96};
        call(&env, JAM_CALL_INFO, info);
        pvm_memory_get(&env.vm->memory, TEST_W + 32, got, 8);
        ck_assert_mem_eq(got, _i <= V_066 ? info_062 + 32 : info_067 + 32, _i <= V_066 ? 2 : 8);
    }
    /* Calls of Accumulate are unknown here. */
    const uint64_t gas = env.vm->gas;
    const uint64_t any[6] = {AT_IMAGE, 1};
    call(&env, JAM_CALL_SOLICIT, any);
    ck_assert_uint_eq(env.vm->regs[7], JAM_WHAT);
    ck_assert_uint_eq(env.vm->gas, gas - 10);
    env_deinit(&env);
}
END_TEST

Suite *call_account_suite(void);

Suite *call_account_suite(void)
{
    Suite *suite = suite_create("host/call_account");
    TCase *tests = tcase_create("accounts");
    tcase_add_loop_test(tests, test_rows, 0, ROWS * VERSIONS);
    tcase_add_loop_test(tests, test_full, 0, 3 * VERSIONS);
    tcase_add_loop_test(tests, test_delete_full, 0, VERSIONS);
    tcase_add_loop_test(tests, test_info, 0, VERSIONS);
    tcase_add_loop_test(tests, test_info_room, 0, VERSIONS);
    tcase_add_loop_test(tests, test_on_transfer, 0, V_070 + 1);
    suite_add_tcase(suite, tests);
    return suite;
}
