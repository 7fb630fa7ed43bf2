/* SPDX-License-Identifier: Apache-2.0 */
/* Timelines against charts drawn by hand from the rules of GP 0.8.0 A.9. */
#include "cmd/gas_timeline.h"

#include "core/testing.h"

enum { RA, SP, T0, T1, T2, S0, S1, A0, A1, A2, A3, A4, A5, MAX_INSNS = 4 };

static const struct {
    struct {
        enum pvm_op op;
        struct pvm_operands ops;
    } code[MAX_INSNS];
    uint64_t cost;
    const char *chart;
} charts[] = {
    /* All four slots of the first column. The addition waits one column for its operand; the trap
     * has its result with it and retires beside it. */
    {{{PVM_OP_LOAD_IMM, {.a = A0, .x = 1}},
      {PVM_OP_ADD_IMM_64, {.a = A1, .b = A0, .x = 2}},
      {PVM_OP_TRAP, {.a = 0}}},
     2,
     "  DeER.  load_imm a0, 1\n"
     "  D=eER  add_imm_64 a1, a0, 2\n"
     "  DeeER  trap\n"},
    /* Renaming: the addition waits for the load behind move_reg, which itself is never in the
     * buffer. 1 + 1 + 2 slots, so that the trap is decoded a column later. */
    {{{PVM_OP_LOAD_IND_U64, {.a = A0, .b = A1}},
      {PVM_OP_MOVE_REG, {.d = A2, .a = A0}},
      {PVM_OP_ADD_64, {.d = A3, .a = A2, .b = A2}},
      {PVM_OP_TRAP, {.a = 0}}},
     26,
     "  DeeeeeeeeeeeeeeeeeeeeeeeeeER.  load_ind_u64 a0, [a1]\n"
     "  D............................  move_reg a2, a0\n"
     "  D=========================eER  add_64 a3, a2, a2\n"
     "  .DeeE-----------------------R  trap\n"},
    /* One multiplier: the second product starts in the column in which the first is there. */
    {{{PVM_OP_MUL_64, {.d = A0, .a = A0, .b = A1}},
      {PVM_OP_MUL_64, {.d = A2, .a = A2, .b = A3}},
      {PVM_OP_TRAP, {.a = 0}}},
     6,
     "  DeeeER...  mul_64 a0, a0, a1\n"
     "  D===eeeER  mul_64 a2, a2, a3\n"
     "  DeeE----R  trap\n"},
};

static struct pvm_program *program_of(unsigned which)
{
    struct test_code code = {.len = 0};
    for (unsigned i = 0; i < MAX_INSNS; i++) {
        test_add(&code, charts[which].code[i].op, charts[which].code[i].ops);
        if (charts[which].code[i].op == PVM_OP_TRAP)
            break;
    }
    return test_program(&code);
}

START_TEST(test_charts)
{
    static const struct pvm_disasm_options how;
    struct pvm_err err = {.status = PVM_OK};
    struct cmd_timeline timeline;
    struct pvm_buf out = {0};
    struct pvm_program *program = program_of((unsigned)_i);
    ck_assert(cmd_timeline_make(program, 0, NULL, &timeline, &err) == PVM_OK);
    ck_assert_uint_eq(timeline.cost, charts[_i].cost);
    ck_assert(cmd_timeline_print(&timeline, program, &how, "  ", &out, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&out), charts[_i].chart);
    pvm_buf_deinit(&out);
    cmd_timeline_deinit(&timeline);
    pvm_program_free(program);
}
END_TEST

/* 2000 loads, each of the address the one before it gave: 50000 columns, 10^8 characters. */
START_TEST(test_too_large)
{
    static const struct pvm_disasm_options how;
    struct pvm_err err = {.status = PVM_OK};
    struct cmd_timeline timeline;
    struct pvm_buf out = {0};
    struct test_code code = {.len = 0};
    for (unsigned i = 0; i < 2000; i++)
        test_add(&code, PVM_OP_LOAD_IND_U8, (struct pvm_operands){.a = A0, .b = A0});
    struct pvm_program *program = test_program(&code);
    ck_assert(cmd_timeline_make(program, 0, NULL, &timeline, &err) == PVM_OK);
    ck_assert(cmd_timeline_print(&timeline, program, &how, "", &out, &err) == PVM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.msg, "2001 instructions"));
    pvm_buf_deinit(&out);
    cmd_timeline_deinit(&timeline);
    pvm_program_free(program);
}
END_TEST

/* 50000 loads in turn are 1250000 cycles: not recorded at all. */
START_TEST(test_too_long)
{
    struct pvm_err err = {.status = PVM_OK};
    struct cmd_timeline timeline;
    struct pvm_buf code = {0}, mask = {0}, blob = {0};
    struct pvm_program *program;
    for (unsigned i = 0; i < 50000; i++) {
        pvm_buf_add_u8(&code, (uint8_t)pvm_op_table[PVM_OP_LOAD_IND_U8].octet[PVM_ISA_O1]);
        pvm_buf_add_u8(&code, A0 << 4 | A0);
    }
    for (unsigned i = 0; i < 12500; i++)
        pvm_buf_add_u8(&mask, 0x55);
    pvm_program_encode(NULL, 0, 0, pvm_buf_bytes(&code), mask.ptr, &blob);
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&blob), &program, &err) ==
              PVM_OK);
    ck_assert(cmd_timeline_make(program, 0, NULL, &timeline, &err) == PVM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.msg, "1250000 cycles"));
    pvm_program_free(program);
    pvm_buf_deinit(&code);
    pvm_buf_deinit(&mask);
    pvm_buf_deinit(&blob);
}
END_TEST

Suite *gas_timeline_suite(void);

Suite *gas_timeline_suite(void)
{
    Suite *suite = suite_create("cmd/gas_timeline");
    TCase *tests = tcase_create("charts");
    tcase_add_loop_test(tests, test_charts, 0, sizeof charts / sizeof *charts);
    tcase_add_test(tests, test_too_large);
    tcase_add_test(tests, test_too_long);
    suite_add_tcase(suite, tests);
    return suite;
}
