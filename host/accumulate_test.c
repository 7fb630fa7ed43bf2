/* SPDX-License-Identifier: Apache-2.0 */
/* Accumulation and On-Transfer of one service as a whole: arguments, inputs, missing code, the two
 * sides and what becomes of them (GP 0.7.2 B.4, GP 0.7.0 B.5). */
#include "host/accumulate_testing.h"

/* ---- programs ---- */

struct guest {
    struct test_code code;
    struct pvm_buf blob;
    struct pvm_standard program;
};

static void guest_call(struct guest *guest, uint64_t number, const uint64_t args[6])
{
    test_add_call(&guest->code, number, args);
}

static void guest_set(struct guest *guest, uint8_t reg, uint64_t value)
{
    test_add(&guest->code, PVM_OP_LOAD_IMM_64, (struct pvm_operands){.a = reg, .x = value});
}

static void guest_end(struct guest *guest, bool halt)
{
    if (halt)
        test_add(&guest->code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    else
        test_add(&guest->code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    test_blob(&guest->code, &guest->blob);
    guest->program = (struct pvm_standard){.stack = 4096, .code = pvm_buf_bytes(&guest->blob)};
}

/* What the run of a guest under 0.7.2 came to: effects as text. */
static const char *guest_run(const struct guest *guest, struct acc_env *env, uint64_t gas,
                             struct pvm_buf *text)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_effects effects;
    env->profile = jam_profile_find("0.7.2");
    jam_params_get(env->profile, JAM_PARAMS_TINY, &env->params);
    test_state(&env->state, env->profile, 0, NULL);
    struct jam_accumulate_in in = {
        .state = &env->state, .service = TEST_SELF, .gas = gas, .slot = TEST_SLOT};
    struct jam_invoke_options options = {.profile = env->profile,
                                         .params = &env->params,
                                         .program = &guest->program,
                                         .has_entry = true};
    ck_assert_msg(jam_accumulate_new(&in, &options, &env->run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_run_go(env->run, &err) == PVM_OK, "%s", err.msg);
    ck_assert(jam_accumulate_effects(env->run, &effects, &err) == PVM_OK);
    return text_effects(text, &effects, &env->state);
}

enum { N_CHECKPOINT = 17, N_TRANSFER = 20, N_SOLICIT = 23, N_YIELD = 25 }; /* 0.7.2 */

#define STACK UINT64_C(0xfefdf000)

/* Two transfers with a checkpoint between them, then the end: which of them counts. */
static const struct {
    bool checkpoint, halt;
    uint64_t gas;
    enum jam_outcome outcome;
    const char *effects;
} collapses[] = {
    {true, true, 1000, JAM_ENDED_HALT, "7{ balance=997 } 7>14:1,0,. 7>14:2,0,."},
    {true, false, 1000, JAM_ENDED_PANIC, "7{ balance=999 } 7>14:1,0,."},
    {true, true, 45, JAM_ENDED_OOG, "7{ balance=999 } 7>14:1,0,."},
    {true, true, 40, JAM_ENDED_OOG, "7{ balance=999 } 7>14:1,0,."},
    {true, true, 30, JAM_ENDED_OOG, ""},
    {false, true, 1000, JAM_ENDED_HALT, "7{ balance=997 } 7>14:1,0,. 7>14:2,0,."},
    {false, false, 1000, JAM_ENDED_PANIC, ""},
    {false, true, 35, JAM_ENDED_OOG, ""},
};

START_TEST(test_collapse)
{
    struct guest guest = {.program = {.stack = 0}};
    struct acc_env env;
    struct pvm_buf text = {.alloc = NULL};
    const uint64_t first[6] = {14, 1, 0, STACK};
    const uint64_t second[6] = {14, 2, 0, STACK};
    const uint64_t none[6] = {0};
    guest_call(&guest, N_TRANSFER, first);
    if (collapses[_i].checkpoint)
        guest_call(&guest, N_CHECKPOINT, none);
    guest_call(&guest, N_TRANSFER, second);
    guest_set(&guest, 8, 0);
    guest_end(&guest, collapses[_i].halt);
    const char *effects = guest_run(&guest, &env, collapses[_i].gas, &text);
    ck_assert_int_eq(jam_run_result(env.run)->outcome, collapses[_i].outcome);
    ck_assert_str_eq(effects, collapses[_i].effects);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&guest.blob);
    acc_env_deinit(&env);
}
END_TEST

/* An output of exactly 32 octets is a yield, whatever was yielded before. */
static const struct {
    uint64_t len;
    const char *effects;
} outputs[] = {{0, "yield=Y"}, {31, "yield=Y"}, {32, "yield=."}, {33, "yield=Y"}};

START_TEST(test_output)
{
    struct guest guest = {.program = {.stack = 0}};
    struct acc_env env;
    struct pvm_buf text = {.alloc = NULL};
    guest_set(&guest, 9, 'Y');
    test_add(&guest.code, PVM_OP_STORE_U8,
             (struct pvm_operands){.a = 9, .x = (uint64_t)(int64_t)(int32_t)STACK});
    const uint64_t yield[6] = {STACK};
    guest_call(&guest, N_YIELD, yield);
    guest_set(&guest, 7, STACK + 64);
    guest_set(&guest, 8, outputs[_i].len);
    guest_end(&guest, true);
    ck_assert_str_eq(guest_run(&guest, &env, 1000, &text), outputs[_i].effects);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&guest.blob);
    acc_env_deinit(&env);
}
END_TEST

/* ---- what goes in ---- */

static const struct jam_operand operand = {
    .package_hash = {{'p'}},
    .exports_root = {{'e'}},
    .authorizer_hash = {{'a'}},
    .payload_hash = {{'y'}},
    .gas_limit = 300,
    .result = JAM_ENDED_HALT,
    .output = {(const uint8_t *)"out", 3},
    .trace = {(const uint8_t *)"tr", 2},
};
static const struct jam_operand failed = {.result = JAM_ENDED_BAD};
static const struct jam_transfer transfer = {1, 7, 300, {'m'}, 20};

/* E(input) by version: the operand, one that failed and the transfer. Hashes are given by their
 * first octet. */
static const struct {
    unsigned versions;
    const char *operand, *failed, *transfer;
} encodings[] = {
    {V063, "peaRy<", NULL, "T"},
    {V065, "peaRyG<", NULL, "T"},
    {V066 | V067 | V070, "peayG<R", NULL, "T"},
    {FROM_071, "0peayG<R", NULL, "1T"},
};

/* The parts of an encoding, by a letter each: p e a y hashes, R the trace behind its length, G the
 * gas as a compact natural, < the result, T the transfer, digits their octet. */
static void spell(const char *parts, struct pvm_buf *out)
{
    for (; *parts != '\0'; parts++) {
        uint8_t hash[32] = {(uint8_t)*parts};
        switch (*parts) {
        case 'R':
            pvm_buf_add(out, "\2tr", 3);
            break;
        case 'G':
            pvm_buf_add(out, "\x81\x2c", 2);
            break;
        case '<':
            pvm_buf_add(out, "\0\3out", 5);
            break;
        case 'T':
            pvm_buf_add(out, "\1\0\0\0\7\0\0\0\x2c\1\0\0\0\0\0\0m", 17);
            pvm_buf_add_zeros(out, 127);
            pvm_buf_add(out, "\x14\0\0\0\0\0\0\0", 8);
            break;
        case '0':
        case '1':
            pvm_buf_add_u8(out, (uint8_t)(*parts - '0'));
            break;
        default:
            pvm_buf_add(out, hash, sizeof hash);
        }
    }
}

START_TEST(test_encodings)
{
    for (unsigned version = 0; version < TEST_VERSIONS; version++) {
        struct pvm_buf want = {.alloc = NULL};
        struct pvm_buf got = {.alloc = NULL};
        const struct jam_profile *profile = jam_profile_find(test_versions[version]);
        const struct jam_input inputs[] = {{.operand = &operand}, {.transfer = &transfer}};
        if ((encodings[_i].versions & 1u << version) == 0)
            continue;
        spell(encodings[_i].operand, &want);
        spell(encodings[_i].transfer, &want);
        jam_encode_input(profile, &inputs[0], &got);
        jam_encode_input(profile, &inputs[1], &got);
        ck_assert(pvm_bytes_equal(pvm_buf_bytes(&want), pvm_buf_bytes(&got)));
        /* BAD: 4 before there was oversize, 5 since; the last octet but the trace's length. */
        const struct jam_input bad = {.operand = &failed};
        got.len = 0;
        jam_encode_input(profile, &bad, &got);
        bool old = (1u << version & (V063 | V065)) != 0;
        ck_assert_uint_eq(got.ptr[got.len - (old ? 1 : 2)], old ? 4 : 5);
        pvm_buf_deinit(&want);
        pvm_buf_deinit(&got);
    }
}
END_TEST

/* Arguments: slot 1000 (83 e8; in 0.6.3 of four octets), service 7, then the count or the inputs.
 * Inputs by fetch. */
START_TEST(test_arguments)
{
    const struct jam_profile *profile = jam_profile_find(test_versions[_i]);
    bool inline_inputs = (1u << _i & (V063 | V065)) != 0;
    struct jam_params params;
    struct jam_state state;
    struct jam_run *run;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf want = {.alloc = NULL};
    struct pvm_buf all = {.alloc = NULL};
    struct pvm_bytes got;
    bool found;
    const struct jam_input inputs[] = {{.operand = &operand}, {.operand = &failed}};
    jam_params_get(profile, JAM_PARAMS_TINY, &params);
    test_state(&state, profile, 0, NULL);
    struct jam_accumulate_in in = {.state = &state,
                                   .service = TEST_SELF,
                                   .inputs = inputs,
                                   .input_count = 2,
                                   .slot = TEST_SLOT,
                                   .entropy = test_letter('e')};
    struct jam_invoke_options options = {
        .profile = profile, .params = &params, .program = jam_direct_program()};
    ck_assert(jam_accumulate_new(&in, &options, &run, &err) == PVM_OK);
    pvm_buf_add_u8(&all, 2);
    jam_encode_input(profile, &inputs[0], &all);
    size_t second = all.len;
    jam_encode_input(profile, &inputs[1], &all);
    if ((1u << _i & V063) != 0)
        pvm_buf_add(&want, "\xe8\3\0\0\7\0\0\0", 8);
    else
        pvm_buf_add(&want, "\x83\xe8\7", 3);
    if (inline_inputs)
        pvm_buf_add_bytes(&want, pvm_buf_bytes(&all));
    else
        pvm_buf_add_u8(&want, 2);
    ck_assert(pvm_bytes_equal(jam_run_args(run), pvm_buf_bytes(&want)));
    const struct jam_sources *sources = &jam_run_context(run)->sources;
    ck_assert(sources->fetch(sources->user, JAM_FETCH_INPUTS, 0, 0, &found, &got, &err) == PVM_OK);
    ck_assert(found && pvm_bytes_equal(got, pvm_buf_bytes(&all)));
    ck_assert(sources->fetch(sources->user, JAM_FETCH_INPUT, 1, 0, &found, &got, &err) == PVM_OK);
    ck_assert(found && pvm_bytes_equal(got, pvm_bytes(all.ptr + second, all.len - second)));
    ck_assert(sources->fetch(sources->user, JAM_FETCH_INPUT, 2, 0, &found, &got, &err) == PVM_OK);
    ck_assert(!found);
    ck_assert(sources->fetch(sources->user, JAM_FETCH_ENTROPY, 0, 0, &found, &got, &err) == PVM_OK);
    ck_assert(found && got.len == 32 && got.ptr[0] == 'e');
    ck_assert(sources->fetch(sources->user, JAM_FETCH_PACKAGE, 0, 0, &found, &got, &err) == PVM_OK);
    ck_assert(!found);
    jam_run_free(run);
    pvm_buf_deinit(&want);
    pvm_buf_deinit(&all);
    jam_state_deinit(&state);
}
END_TEST

/* ---- code that is not there ---- */

enum code { CODE_NONE, CODE_NO_METADATA, CODE_NO_PROGRAM, CODE_HUGE, CODE_LARGEST, CODE_HALTS };

/* A program that halts, filled up with read-only data so that it has `size` octets. */
static void halting(struct pvm_buf *out, size_t size)
{
    struct guest guest = {.program = {.stack = 0}};
    struct pvm_buf program = {.alloc = NULL};
    struct pvm_buf data = {.alloc = NULL};
    for (int i = 0; i < 11; i++) /* entries 5 and 10 */
        test_add(&guest.code, PVM_OP_FALLTHROUGH, (struct pvm_operands){.a = 0});
    guest_set(&guest, 8, 0);
    guest_end(&guest, true);
    pvm_standard_encode(&guest.program, &program);
    if (size > program.len) {
        pvm_buf_add_zeros(&data, size - program.len);
        guest.program.ro = pvm_buf_bytes(&data);
        program.len = 0;
        pvm_standard_encode(&guest.program, &program);
    }
    pvm_buf_add_u8(out, 0); /* no metadata */
    pvm_buf_add_bytes(out, pvm_buf_bytes(&program));
    pvm_buf_deinit(&program);
    pvm_buf_deinit(&data);
    pvm_buf_deinit(&guest.blob);
}

static void give_code(struct jam_state *state, enum code code, size_t max)
{
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf blob = {.alloc = NULL};
    struct jam_service *service = jam_state_find(state, TEST_SELF);
    switch (code) {
    case CODE_NONE:
        return;
    case CODE_NO_METADATA:
        pvm_buf_add(&blob, "\5abc", 4);
        break;
    case CODE_NO_PROGRAM:
        pvm_buf_add(&blob, "\2abcdef", 7);
        break;
    case CODE_HUGE:
        halting(&blob, max + 1);
        break;
    case CODE_LARGEST:
        halting(&blob, max);
        break;
    case CODE_HALTS:
        halting(&blob, 0);
        break;
    }
    ck_assert(jam_preimage_set(service, pvm_buf_bytes(&blob), &service->code_hash, &err) == PVM_OK);
    pvm_buf_deinit(&blob);
}

static const struct {
    enum code code;
    unsigned versions;
    enum jam_outcome outcome;
} codes[] = {
    {CODE_NONE, TO_070 | V071 | V072, JAM_ENDED_BAD},
    {CODE_NO_METADATA, TO_070 | V071 | V072, JAM_ENDED_BAD},
    {CODE_NO_PROGRAM, TO_070 | V071 | V072, JAM_ENDED_PANIC},
    {CODE_HUGE, V063 | V065, JAM_ENDED_HALT},
    {CODE_HUGE, V066 | V067 | V070 | V071 | V072, JAM_ENDED_BIG},
    {CODE_LARGEST, TO_070 | V071 | V072, JAM_ENDED_HALT},
    {CODE_HALTS, TO_070 | V071 | V072, JAM_ENDED_HALT},
};

/* Whatever becomes of the code, transfers are credited: as inputs from 0.7.1 on, by On-Transfer
 * before. Nothing is charged unless something ran. */
START_TEST(test_codes)
{
    for (unsigned version = 0; version < TEST_VERSIONS; version++) {
        const struct jam_profile *profile = jam_profile_find(test_versions[version]);
        struct jam_params params;
        struct jam_state state;
        struct jam_run *run;
        struct jam_effects effects;
        struct pvm_err err = {.status = PVM_OK};
        const struct jam_input input = {.transfer = &transfer};
        if ((codes[_i].versions & 1u << version) == 0)
            continue;
        jam_params_get(profile, JAM_PARAMS_TINY, &params);
        params.max_service_code = 10000;
        test_state(&state, profile, 0, NULL);
        give_code(&state, codes[_i].code, 10000);
        struct jam_accumulate_in in = {.state = &state,
                                       .service = TEST_SELF,
                                       .gas = 20,
                                       .inputs = &input,
                                       .input_count = 1,
                                       .slot = TEST_SLOT};
        struct jam_invoke_options options = {.profile = profile, .params = &params};
        bool old = (TO_070 & 1u << version) != 0;
        enum pvm_status status = old ? jam_on_transfer_new(&in, &options, &run, &err)
                                     : jam_accumulate_new(&in, &options, &run, &err);
        ck_assert_msg(status == PVM_OK, "%s", err.msg);
        ck_assert(jam_run_go(run, &err) == PVM_OK);
        const struct jam_result *result = jam_run_result(run);
        ck_assert_int_eq(result->outcome, codes[_i].outcome);
        ck_assert_uint_eq(result->gas_limit, 20);
        ck_assert(result->outcome == JAM_ENDED_HALT || result->gas_used == 0);
        ck_assert(jam_accumulate_effects(run, &effects, &err) == PVM_OK);
        ck_assert_uint_eq(effects.account_count, 1);
        ck_assert_uint_eq(effects.accounts[0].service->balance, 1300);
        ck_assert_uint_eq(jam_state_find(&state, TEST_SELF)->balance, 1000);
        jam_run_free(run);
        jam_state_deinit(&state);
    }
}
END_TEST

/* ---- when an account was last accumulated ---- */

/* The versions in which a run dates its account: it does when it is in the statistics of
 * accumulation (GP 0.7.2 12.3), to 0.7.0 by operands alone, then by gas, too, in 0.8.0 also by
 * transfers. Accounts before 0.6.7 have no date. */
static const struct {
    bool runs, operand, transfer;
    unsigned dated;
} dates[] = {
    {true, true, false, FROM_067},      {true, false, false, FROM_071},
    {false, true, false, FROM_067},     {false, false, false, 0},
    {false, false, true, V080 | V080V},
};

static void check_date(unsigned version, size_t row)
{
    struct guest guest = {.program = {.stack = 0}};
    struct acc_env env = {.profile = jam_profile_find(test_versions[version])};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_effects effects;
    const struct jam_input operand_in = {.operand = &operand};
    const struct jam_input transfer_in = {.transfer = &transfer};
    jam_params_get(env.profile, JAM_PARAMS_TINY, &env.params);
    test_state(&env.state, env.profile, 0, NULL);
    guest_end(&guest, false);
    struct jam_accumulate_in in = {.state = &env.state,
                                   .service = TEST_SELF,
                                   .gas = 1000,
                                   .inputs = dates[row].operand ? &operand_in : &transfer_in,
                                   .input_count = dates[row].operand || dates[row].transfer,
                                   .slot = TEST_SLOT};
    struct jam_invoke_options options = {.profile = env.profile,
                                         .params = &env.params,
                                         .program = dates[row].runs ? &guest.program : NULL,
                                         .has_entry = true};
    ck_assert(jam_accumulate_new(&in, &options, &env.run, &err) == PVM_OK);
    ck_assert(jam_run_go(env.run, &err) == PVM_OK);
    ck_assert_int_eq(jam_run_result(env.run)->gas_used > 0, dates[row].runs);
    ck_assert(jam_accumulate_effects(env.run, &effects, &err) == PVM_OK);
    ck_assert(jam_accumulate_apply(&env.state, &in, &effects, env.profile, &env.params, &err) ==
              PVM_OK);
    uint32_t date = jam_state_find(&env.state, TEST_SELF)->last_accumulation_slot;
    ck_assert_msg(date == ((dates[row].dated & 1u << version) != 0 ? TEST_SLOT : 0),
                  "row %zu, GP %s: %u", row, test_versions[version], (unsigned)date);
    pvm_buf_deinit(&guest.blob);
    acc_env_deinit(&env);
}

START_TEST(test_dates)
{
    for (size_t row = 0; row < sizeof dates / sizeof *dates; row++)
        if (!dates[row].transfer || (TO_070 & 1u << _i) == 0)
            check_date((unsigned)_i, row);
}
END_TEST

/* ---- wrong use ---- */

START_TEST(test_wrong_use)
{
    const struct jam_profile *profile = jam_profile_find(test_versions[_i]);
    bool old = (TO_070 & 1u << _i) != 0;
    struct jam_state state;
    struct jam_run *run = NULL;
    struct jam_effects effects;
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_input input = {.transfer = &transfer};
    test_state(&state, profile, 0, NULL);
    struct jam_accumulate_in in = {
        .state = &state, .service = TEST_SELF, .inputs = &input, .input_count = 1};
    struct jam_invoke_options options = {.profile = profile};
    enum pvm_status status = old ? jam_accumulate_new(&in, &options, &run, &err)
                                 : jam_on_transfer_new(&in, &options, &run, &err);
    ck_assert_int_eq(status, PVM_E_USAGE);
    in = (struct jam_accumulate_in){.state = &state, .service = 99};
    ck_assert(jam_accumulate_new(&in, &options, &run, &err) == PVM_OK);
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    ck_assert_int_eq(jam_run_result(run)->outcome, JAM_ENDED_BAD);
    ck_assert(jam_accumulate_effects(run, &effects, &err) == PVM_OK);
    ck_assert(effects.account_count == 0 && effects.wrote == 0);
    jam_run_free(run);
    options.program = jam_direct_program();
    ck_assert(jam_accumulate_new(&in, &options, &run, &err) == PVM_E_USAGE);
    jam_state_deinit(&state);
}
END_TEST

/* ---- On-Transfer ---- */

/* Storage written before a panic stays; calls of Accumulate are unknown; info and balance differ as
 * the text has it. */
START_TEST(test_on_transfer)
{
    const struct jam_profile *profile = jam_profile_find("0.7.0");
    struct acc_env env = {.profile = profile};
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_input input = {.transfer = &transfer};
    struct jam_effects effects;
    jam_params_get(profile, JAM_PARAMS_TINY, &env.params);
    test_state(&env.state, profile, 0, NULL);
    struct jam_accumulate_in in = {.state = &env.state,
                                   .service = TEST_SELF,
                                   .inputs = &input,
                                   .input_count = 1,
                                   .slot = TEST_SLOT};
    struct jam_invoke_options options = {.profile = profile,
                                         .params = &env.params,
                                         .program = jam_direct_program(),
                                         .has_gas = true,
                                         .gas = 1000};
    ck_assert(jam_on_transfer_new(&in, &options, &env.run, &err) == PVM_OK);
    ck_assert(pvm_bytes_equal(jam_run_args(env.run), pvm_bytes("\x83\xe8\7\1", 4)));
    ck_assert(jam_direct_begin(env.run, &err) == PVM_OK);
    env.vm = jam_direct_vm(env.run);
    test_memory(env.vm);
    const uint64_t write[6] = {TEST_H('k'), 3, TEST_H('v'), 2};
    ck_assert(acc_call(&env, JAM_CALL_WRITE, write) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_NONE);
    const uint64_t send[6] = {8, 1, 50, TEST_H('M')};
    ck_assert(acc_call(&env, JAM_CALL_TRANSFER, send) == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm->regs[7], JAM_WHAT);
    ck_assert_uint_eq(jam_context_own(jam_run_context(env.run))->balance, 1300);
    ck_assert_uint_eq(jam_context_account(jam_run_context(env.run), TEST_SELF)->balance, 1000);
    struct pvm_bytes got;
    bool found;
    const struct jam_sources *sources = &jam_run_context(env.run)->sources;
    ck_assert(sources->fetch(sources->user, JAM_FETCH_TRANSFER, 0, 0, &found, &got, &err) ==
              PVM_OK);
    ck_assert(found && got.len == 152);
    ck_assert(sources->fetch(sources->user, JAM_FETCH_INPUTS, 0, 0, &found, &got, &err) == PVM_OK);
    ck_assert(!found);
    ck_assert(jam_direct_end(env.run, PVM_EXIT_PANIC, &err) == PVM_OK);
    ck_assert(jam_accumulate_effects(env.run, &effects, &err) == PVM_OK);
    ck_assert_uint_eq(effects.account_count, 1);
    ck_assert_uint_eq(effects.accounts[0].service->storage.count, 1);
    ck_assert_uint_eq(effects.accounts[0].service->balance, 1300);
    ck_assert_uint_eq(jam_state_find(&env.state, TEST_SELF)->storage.count, 0);
    acc_env_deinit(&env);
}
END_TEST

Suite *accumulate_suite(void);

Suite *accumulate_suite(void)
{
    Suite *suite = suite_create("host/accumulate");
    TCase *tests = tcase_create("runs");
    tcase_add_loop_test(tests, test_collapse, 0, sizeof collapses / sizeof *collapses);
    tcase_add_loop_test(tests, test_output, 0, sizeof outputs / sizeof *outputs);
    tcase_add_loop_test(tests, test_encodings, 0, sizeof encodings / sizeof *encodings);
    tcase_add_loop_test(tests, test_arguments, 0, TEST_VERSIONS);
    tcase_add_loop_test(tests, test_codes, 0, sizeof codes / sizeof *codes);
    tcase_add_loop_test(tests, test_dates, 0, TEST_VERSIONS);
    tcase_add_loop_test(tests, test_wrong_use, 0, TEST_VERSIONS);
    tcase_add_test(tests, test_on_transfer);
    suite_add_tcase(suite, tests);
    return suite;
}
