/* SPDX-License-Identifier: Apache-2.0 */
/* Observers that change the machine they own: what the instruction then finds. */
#include "core/asm.h"
#include "core/vm.h"

#include <check.h>

/* Adds 1 to a0 three times, then stores its low octet. */
static const char source[] = " add_imm_64 a0, a0, 1\n add_imm_64 a0, a0, 1\n add_imm_64 a0, a0, 1\n"
                             " store_u8 a0, [0x20000]\n load_u8 a1, [0x20001]\n trap\n";

enum { A0 = 7, A1 = 8, ADDRESS = 0x20000 };

struct observed {
    struct pvm_vm vm;
    uint64_t seen;  /* instructions */
    uint64_t at;    /* the one before which something is changed */
    bool takes_gas; /* gas becomes left, else a0 100 and the octet behind the address 42 */
    uint64_t left;
};

static void step(void *user, const struct pvm_vm *vm)
{
    struct observed *o = user;
    struct pvm_err err = {0};
    ck_assert_ptr_eq(vm, &o->vm);
    if (o->seen++ != o->at)
        return;
    if (o->takes_gas) {
        o->vm.gas = o->left;
        return;
    }
    o->vm.regs[A0] = 100;
    ck_assert(pvm_memory_put(&o->vm.memory, ADDRESS + 1, pvm_bytes("*", 1), &err) == PVM_OK);
}

static enum pvm_exit run(struct observed *o, const struct pvm_rules *rules, uint64_t gas)
{
    struct pvm_asm_options options = {.rules = rules, .format = PVM_BLOB_RAW, .file = "t.s"};
    struct pvm_symbols symbols = {0};
    struct pvm_buf blob = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_program *program = NULL;
    struct pvm_err err = {0};
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    ck_assert(pvm_assemble(&options, pvm_bytes(source, strlen(source)), &blob, &symbols,
                           &diagnostics, &err) == PVM_OK);
    ck_assert(pvm_program_new(rules, NULL, pvm_buf_bytes(&blob), &program, &err) == PVM_OK);
    pvm_vm_init(&o->vm, program, NULL, NULL);
    pvm_program_free(program);
    ck_assert(pvm_memory_map(&o->vm.memory, ADDRESS >> PVM_PAGE_BITS, 1, PVM_WRITE, true, &err) ==
              PVM_OK);
    o->vm.gas = gas;
    o->vm.observer = (struct pvm_observer){step, o};
    ck_assert(pvm_vm_run(&o->vm, &exit, &err) == PVM_OK);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&diagnostics);
    pvm_symbols_deinit(&symbols);
    return exit;
}

/* Before the third addition a0 becomes 100, so that 101 is stored; 42 is read from beside it. */
START_TEST(registers_and_memory)
{
    struct observed o = {.at = 2};
    uint8_t octet = 0;
    ck_assert(run(&o, &pvm_rules_072, 100) == PVM_EXIT_PANIC);
    ck_assert_uint_eq(o.vm.regs[A0], 101);
    ck_assert_uint_eq(o.vm.regs[A1], 42);
    pvm_memory_get(&o.vm.memory, ADDRESS, &octet, 1);
    ck_assert_uint_eq(octet, 101);
    ck_assert_uint_eq(o.seen, 6);
    ck_assert_uint_eq(o.vm.gas, 94);
    pvm_vm_deinit(&o.vm);
}
END_TEST

/* Two of gas reach for the second and third addition, not for the store behind them. */
START_TEST(less_gas)
{
    struct observed o = {.at = 1, .takes_gas = true, .left = 2};
    ck_assert(run(&o, &pvm_rules_072, 100) == PVM_EXIT_OOG);
    ck_assert_uint_eq(o.vm.regs[A0], 3);
    ck_assert_uint_eq(o.vm.gas, 0);
    ck_assert_uint_eq(o.seen, 3);
    pvm_vm_deinit(&o.vm);
}
END_TEST

/* None does not reach for the instruction that the observer was told of. */
START_TEST(no_gas)
{
    struct observed o = {.at = 1, .takes_gas = true, .left = 0};
    ck_assert(run(&o, &pvm_rules_072, 100) == PVM_EXIT_OOG);
    ck_assert_uint_eq(o.vm.regs[A0], 1);
    ck_assert_uint_eq(o.vm.gas, 0);
    ck_assert_uint_eq(o.vm.exit_pc, 3); /* behind one instruction of three octets */
    ck_assert_uint_eq(o.seen, 2);
    pvm_vm_deinit(&o.vm);
}
END_TEST

START_TEST(more_gas)
{
    struct observed o = {.at = 1, .takes_gas = true, .left = 1000};
    ck_assert(run(&o, &pvm_rules_072, 2) == PVM_EXIT_PANIC);
    ck_assert_uint_eq(o.vm.regs[A0], 3);
    ck_assert_uint_eq(o.vm.gas, 995); /* five instructions */
    pvm_vm_deinit(&o.vm);
}
END_TEST

/* A block is paid for when it is entered (GP 0.8.0 A.4): gas that is missing then ends the run at
 * its first instruction, later it is not missed within it. */
START_TEST(block_gas)
{
    struct observed first = {.at = 0, .takes_gas = true, .left = 0};
    struct observed later = {.at = 1, .takes_gas = true, .left = 0};
    ck_assert(run(&first, &pvm_rules_table[PVM_RULES_080], 1000) == PVM_EXIT_OOG);
    ck_assert_uint_eq(first.vm.regs[A0], 0);
    ck_assert(run(&later, &pvm_rules_table[PVM_RULES_080], 1000) == PVM_EXIT_PANIC);
    ck_assert_uint_eq(later.vm.regs[A0], 3);
    ck_assert_uint_eq(later.vm.gas, 0);
    pvm_vm_deinit(&first.vm);
    pvm_vm_deinit(&later.vm);
}
END_TEST

/* A start where no record is runs a trap, which is shown and may be left without gas; where strict
 * rules let none start nothing runs. */
START_TEST(starts_nowhere)
{
    static const struct {
        enum pvm_rules_id rules;
        uint64_t pc, left, gas;
        enum pvm_exit exit;
        uint64_t seen;
    } cases[] = {{PVM_RULES_072, 1, 10, 9, PVM_EXIT_PANIC, 1},
                 {PVM_RULES_072, 1000, 0, 0, PVM_EXIT_OOG, 1},
                 {PVM_RULES_080, 1, 10, 100, PVM_EXIT_PANIC, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct observed o = {.at = 0, .takes_gas = true, .left = cases[i].left};
        struct pvm_err err = {0};
        enum pvm_exit exit;
        (void)run(&o, &pvm_rules_table[cases[i].rules], 0);
        o.seen = 0;
        o.vm.gas = 100;
        o.vm.pc = cases[i].pc;
        ck_assert(pvm_vm_run(&o.vm, &exit, &err) == PVM_OK);
        ck_assert_int_eq(exit, cases[i].exit);
        ck_assert_uint_eq(o.vm.gas, cases[i].gas);
        ck_assert_uint_eq(o.seen, cases[i].seen);
        pvm_vm_deinit(&o.vm);
    }
}
END_TEST

Suite *observe_suite(void);

Suite *observe_suite(void)
{
    Suite *suite = suite_create("observe");
    TCase *cases = tcase_create("observe");
    tcase_add_test(cases, registers_and_memory);
    tcase_add_test(cases, less_gas);
    tcase_add_test(cases, no_gas);
    tcase_add_test(cases, more_gas);
    tcase_add_test(cases, block_gas);
    tcase_add_test(cases, starts_nowhere);
    suite_add_tcase(suite, cases);
    return suite;
}
