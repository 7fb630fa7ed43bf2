/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole invocations in versions other than 0.7.2: the gas a run is said to have used, programs and
 * positions that GP 0.8.0 A.1 does not run, grow_heap of a real program, limits on an authorizer.
 */
#include "host/invoke.h"

#include "host/hash.h"
#include "host/invoke_refine.h"
#include "host/testing.h"

/* What is left of a run. */
struct ended {
    enum jam_outcome outcome;
    enum pvm_exit exit;
    uint64_t gas_used, r7;
    struct jam_call_stat grow_heap, fetch;
};

/* A run of code as a standard program with one page of heap and one of stack. */
static struct ended run_code(const char *version, const struct test_code *code, uint64_t entry,
                             uint64_t gas)
{
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf blob = {0};
    struct jam_run *run = NULL;
    test_blob(code, &blob);
    struct pvm_standard parts = {
        .heap_pages = 1, .stack = PVM_PAGE_SIZE, .code = pvm_buf_bytes(&blob)};
    struct jam_run_config config = {.profile = jam_profile_find(version),
                                    .invocation = JAM_REFINE,
                                    .program = &parts,
                                    .entry = entry,
                                    .gas = gas};
    ck_assert_msg(jam_run_new(&config, &run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    const struct jam_result *result = jam_run_result(run);
    struct ended ended = {.outcome = result->outcome,
                          .exit = result->exit,
                          .gas_used = result->gas_used,
                          .r7 = jam_run_vm(run)->regs[7],
                          .grow_heap = result->calls[JAM_CALL_GROW_HEAP],
                          .fetch = result->calls[JAM_CALL_FETCH]};
    jam_run_free(run);
    pvm_buf_deinit(&blob);
    return ended;
}

/* A loop of one jump: 1 gas a turn, or 15 a block. */
START_TEST(test_out_of_gas)
{
    static const struct {
        const char *version;
        uint64_t used; /* of 40 */
    } rows[] = {{"0.6.3", 40}, {"0.7.2", 40}, {"0.8.0", 30}, {"0.8.0-vectors", 30}};
    struct test_code code = {.len = 0};
    test_add(&code, PVM_OP_JUMP, (struct pvm_operands){.x = 0});
    struct ended ended = run_code(rows[_i].version, &code, 0, 40);
    ck_assert_int_eq(ended.outcome, JAM_ENDED_OOG);
    ck_assert_uint_eq(ended.gas_used, rows[_i].used);
}
END_TEST

/* A host call that cannot be paid takes what there is: the ecalli itself is paid for, the 10 or
 * 1000 of an unknown call are not. */
START_TEST(test_host_out_of_gas)
{
    static const char *const versions[] = {"0.7.2", "0.8.0"};
    struct test_code code = {.len = 0};
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 99});
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    uint64_t gas = _i == 0 ? 10 : 900;
    struct ended ended = run_code(versions[_i], &code, 0, gas);
    ck_assert_int_eq(ended.outcome, JAM_ENDED_OOG);
    ck_assert_uint_eq(ended.gas_used, gas);
}
END_TEST

/* What 0.8.0 refuses panics for nothing; versions before run into a trap that costs. */
static const struct {
    enum pvm_op ops[2];
    unsigned count;
    uint64_t entry;
    uint64_t used_072, used_080;
} starts[] = {
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 0, 2, 2},
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 2, 1, 2}, /* in the middle: the whole block is paid */
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 1, 1, 0}, /* among operands */
    {{PVM_OP_LOAD_IMM, PVM_OP_TRAP}, 2, 3, 1, 0}, /* behind the code */
    {{PVM_OP_LOAD_IMM}, 1, 0, 2, 0},              /* no end of block at the end */
};

START_TEST(test_starts)
{
    struct test_code code = {.len = 0};
    for (unsigned i = 0; i < starts[_i].count; i++)
        test_add(&code, starts[_i].ops[i], (struct pvm_operands){.a = 9});
    ck_assert_uint_eq(code.len, starts[_i].count == 2 ? 3 : 2);
    struct ended ended = run_code("0.7.2", &code, starts[_i].entry, 1000);
    ck_assert_int_eq(ended.outcome, JAM_ENDED_PANIC);
    ck_assert_uint_eq(ended.gas_used, starts[_i].used_072);
    ended = run_code("0.8.0", &code, starts[_i].entry, 1000);
    ck_assert_int_eq(ended.outcome, JAM_ENDED_PANIC);
    ck_assert_uint_eq(ended.gas_used, starts[_i].used_080);
}
END_TEST

/* A program asks for two more pages, writes to the last octet of them, and faults behind it. */
START_TEST(test_grow_heap)
{
    struct test_code code = {.len = 0};
    /* Page 0x20 is the heap; 0x21 and 0x22 are new. */
    test_add(&code, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = 7, .x = 0x23});
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 1});
    test_add(&code, PVM_OP_STORE_U8, (struct pvm_operands){.a = 7, .x = 0x22fff});
    test_add(&code, PVM_OP_STORE_U8, (struct pvm_operands){.a = 7, .x = 0x23000});
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    struct ended ended = run_code("0.8.0", &code, 0, 10000);
    ck_assert_int_eq(ended.exit, PVM_EXIT_FAULT);
    ck_assert_uint_eq(ended.r7, 0x23);
    ck_assert_uint_eq(ended.grow_heap.count, 1);
    ck_assert_uint_eq(ended.grow_heap.gas, 275 + 2 * 121);
    /* Call 1 of 0.7.2 is fetch: the first store faults. */
    ended = run_code("0.7.2", &code, 0, 10000);
    ck_assert_int_eq(ended.exit, PVM_EXIT_FAULT);
    ck_assert_uint_eq(ended.fetch.count, 1);
}
END_TEST

/* An authorizer of more than W_A octets: BIG from 0.6.6 on, no matter before. */
START_TEST(test_authorizer_size)
{
    static const struct {
        const char *version;
        bool limited;
    } rows[] = {{"0.6.3", false}, {"0.6.5", false}, {"0.6.6", true}, {"0.7.2", true}};
    static const struct jam_request since_0 = {.count = 1};
    struct pvm_err err = {.status = PVM_OK};
    struct test_code code = {.len = 0};
    struct pvm_buf blob = {0}, preimage = {0}, rodata = {0};
    struct jam_state state;
    struct jam_service *service;
    struct jam_run *run;
    pvm_buf_add_zeros(&rodata, 64000);
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    test_blob(&code, &blob);
    struct pvm_standard parts = {.ro = pvm_buf_bytes(&rodata), .code = pvm_buf_bytes(&blob)};
    pvm_buf_add_u8(&preimage, 0); /* no metadata */
    pvm_standard_encode(&parts, &preimage);
    jam_state_init(&state, NULL);
    struct jam_work_package package = {.auth_code_host = 5};
    ck_assert(jam_state_add(&state, 5, &service, &err) == PVM_OK);
    ck_assert(jam_preimage_set(service, pvm_buf_bytes(&preimage), &package.auth_code_hash, &err) ==
              PVM_OK);
    ck_assert(jam_request_set(service, &package.auth_code_hash, (uint32_t)preimage.len, &since_0,
                              &err) == PVM_OK);
    struct jam_invoke_options options = {.profile = jam_profile_find(rows[_i].version)};
    ck_assert(jam_is_authorized_new(&package, 0, &state, &options, &run, &err) == PVM_OK);
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    const struct jam_result *result = jam_run_result(run);
    ck_assert_int_eq(result->outcome, rows[_i].limited ? JAM_ENDED_BIG : JAM_ENDED_PANIC);
    ck_assert_uint_eq(result->gas_used, rows[_i].limited ? 0 : 1);
    jam_run_free(run);
    jam_state_deinit(&state);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&preimage);
    pvm_buf_deinit(&rodata);
}
END_TEST

Suite *invoke_versions_suite(void);

Suite *invoke_versions_suite(void)
{
    Suite *suite = suite_create("host/invoke_versions");
    TCase *tests = tcase_create("invocations by version");
    tcase_add_loop_test(tests, test_out_of_gas, 0, 4);
    tcase_add_loop_test(tests, test_host_out_of_gas, 0, 2);
    tcase_add_loop_test(tests, test_starts, 0, sizeof starts / sizeof *starts);
    tcase_add_test(tests, test_grow_heap);
    tcase_add_loop_test(tests, test_authorizer_size, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
