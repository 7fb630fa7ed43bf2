/* SPDX-License-Identifier: Apache-2.0 */
/* States of machines: what comes back is what was kept, and costs what was written since. */
#include "core/vm_saved.h"

#include "core/testing.h"

#define PAGE ((size_t)PVM_PAGE_SIZE)

static struct pvm_program *program;
static struct pvm_err err;
static uint8_t lent[PVM_PAGE_SIZE];

static void setup(void)
{
    struct test_code code = {.len = 0};
    err = (struct pvm_err){0};
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){0});
    program = test_program(&code);
    memset(lent, 0x77, sizeof lent);
}

static void setup_window(void)
{
    test_layout.layout = PVM_LAYOUT_WINDOW;
    setup();
}

static void teardown(void)
{
    pvm_program_free(program);
    test_layout.layout = PVM_LAYOUT_PAGES;
}

static void map(struct pvm_vm *vm, uint32_t page, uint32_t count, enum pvm_access access)
{
    ck_assert(pvm_memory_map(&vm->memory, page, count, access, false, &err) == PVM_OK);
}

static void put(struct pvm_vm *vm, uint32_t page, uint8_t octet)
{
    uint8_t octets[PVM_PAGE_SIZE];
    memset(octets, octet, sizeof octets);
    ck_assert(pvm_memory_put(&vm->memory, (uint64_t)page * PAGE, pvm_bytes(octets, sizeof octets),
                             &err) == PVM_OK);
}

static uint8_t get(const struct pvm_vm *vm, uint32_t page)
{
    uint8_t octet;
    pvm_memory_get(&vm->memory, (uint64_t)page * PAGE + 5, &octet, 1);
    return octet;
}

/* Pages 32 to 40 writable, 32 and 33 written, 50 and 51 read only and lent, 60 written and then
 * closed, 1000 to 5000 writable and never written. */
static void make(struct pvm_vm *vm)
{
    pvm_vm_init(vm, program, NULL, NULL);
    map(vm, 32, 9, PVM_WRITE);
    map(vm, 1000, 4001, PVM_WRITE);
    put(vm, 32, 1);
    put(vm, 33, 2);
    put(vm, 60, 3);
    map(vm, 50, 2, PVM_READ);
    for (uint32_t page = 50; page < 52; page++)
        ck_assert(pvm_memory_lend(&vm->memory, page * PAGE, pvm_bytes(lent, PAGE), &err) == PVM_OK);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        vm->regs[i] = 100 + i;
    vm->gas = 7;
    vm->pc = 11;
    vm->exit_pc = 12;
    vm->arg = 13;
    vm->heap_top = 14;
    vm->heap_limit = 15;
    vm->paid = true;
}

static void change(struct pvm_vm *vm)
{
    map(vm, 32, 1, PVM_READ);
    map(vm, 40, 1, PVM_NO_ACCESS);
    map(vm, 70, 1, PVM_WRITE);
    map(vm, 2048, 1024, PVM_READ);
    put(vm, 33, 9);
    put(vm, 51, 9);
    put(vm, 70, 9);
    put(vm, 3000, 9);
    ck_assert(pvm_memory_map(&vm->memory, 32, 1, PVM_READ, true, &err) == PVM_OK);
    memset(vm->regs, 0, sizeof vm->regs);
    vm->gas = vm->pc = vm->exit_pc = vm->arg = 0;
    vm->heap_top = vm->heap_limit = 0;
    vm->paid = false;
}

static void check_alike(const struct pvm_vm *vm)
{
    struct pvm_vm want;
    make(&want);
    ck_assert_uint_eq(pvm_memory_digest(&vm->memory), pvm_memory_digest(&want.memory));
    ck_assert_int_eq(pvm_memory_access(&vm->memory, 60), PVM_NO_ACCESS);
    ck_assert_uint_eq(get(vm, 60), 3); /* which no digest sees */
    ck_assert_mem_eq(vm->regs, want.regs, sizeof vm->regs);
    ck_assert_uint_eq(vm->gas, 7);
    ck_assert_uint_eq(vm->pc, 11);
    ck_assert_uint_eq(vm->exit_pc, 12);
    ck_assert_uint_eq(vm->arg, 13);
    ck_assert_uint_eq(vm->heap_top, 14);
    ck_assert_uint_eq(vm->heap_limit, 15);
    ck_assert(vm->paid);
    pvm_vm_deinit(&want);
}

/* Into the same machine, one that is as it was at first, and one that never had anything. */
START_TEST(comes_back)
{
    struct pvm_budget budget = {.limit = SIZE_MAX};
    struct pvm_saved saved;
    struct pvm_vm vm[3];
    make(&vm[0]);
    make(&vm[1]);
    pvm_vm_init(&vm[2], program, NULL, NULL);
    ck_assert(pvm_saved_take(&saved, &vm[0], NULL, &budget, &err) == PVM_OK);
    ck_assert_uint_eq(saved.page_count, 5);
    change(&vm[0]);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert(pvm_saved_give(&saved, &vm[i], &err) == PVM_OK);
        check_alike(&vm[i]);
    }
    for (unsigned i = 0; i < 3; i++)
        pvm_vm_deinit(&vm[i]);
    pvm_saved_deinit(&saved);
    pvm_saved_deinit(&saved);
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* The second state holds four pages of its own; neither needs the other. */
START_TEST(shares_pages)
{
    struct pvm_budget budget = {.limit = SIZE_MAX};
    struct pvm_saved first;
    struct pvm_saved second;
    struct pvm_vm vm;
    make(&vm);
    ck_assert(pvm_saved_take(&first, &vm, NULL, &budget, &err) == PVM_OK);
    size_t used = budget.used;
    ck_assert_uint_ge(used, 5 * PAGE);
    change(&vm);
    ck_assert(pvm_saved_take(&second, &vm, &first, &budget, &err) == PVM_OK);
    ck_assert_uint_ge(budget.used - used, 4 * PAGE);
    ck_assert_uint_lt(budget.used - used, 5 * PAGE);
    pvm_saved_deinit(&first);
    ck_assert(pvm_saved_give(&second, &vm, &err) == PVM_OK);
    ck_assert_uint_eq(get(&vm, 32), 0);
    ck_assert_uint_eq(get(&vm, 33), 9);
    ck_assert_uint_eq(get(&vm, 50), 0x77);
    ck_assert_uint_eq(get(&vm, 60), 3);
    ck_assert_int_eq(pvm_memory_access(&vm.memory, 2047), PVM_WRITE);
    ck_assert_int_eq(pvm_memory_access(&vm.memory, 2048), PVM_READ);
    pvm_saved_deinit(&second);
    ck_assert_uint_eq(budget.used, 0);
    pvm_vm_deinit(&vm);
}
END_TEST

/* Whatever the budget, it is kept, and what is not kept costs nothing. */
START_TEST(keeps_the_budget)
{
    struct pvm_saved saved;
    struct pvm_vm vm;
    unsigned refused = 0;
    make(&vm);
    for (size_t limit = 0; limit < 7 * PAGE; limit += 512) {
        struct pvm_budget budget = {.limit = limit};
        enum pvm_status status = pvm_saved_take(&saved, &vm, NULL, &budget, NULL);
        ck_assert(status == PVM_OK || status == PVM_E_LIMIT);
        ck_assert_uint_le(budget.used, limit);
        refused += status == PVM_E_LIMIT;
        pvm_saved_deinit(&saved);
        ck_assert_uint_eq(budget.used, 0);
    }
    ck_assert_uint_gt(refused, 5 * PAGE / 512);
    ck_assert_uint_lt(refused, 7 * PAGE / 512);
    pvm_vm_deinit(&vm);
}
END_TEST

Suite *vm_saved_suite(void);

Suite *vm_saved_suite(void)
{
    Suite *suite = suite_create("vm_saved");
    static const struct {
        const char *name;
        void (*setup)(void);
    } layouts[] = {{"pages", setup}, {"window", setup_window}};
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        TCase *cases = tcase_create(layouts[i].name);
        tcase_add_checked_fixture(cases, layouts[i].setup, teardown);
        tcase_add_test(cases, comes_back);
        tcase_add_test(cases, shares_pages);
        tcase_add_test(cases, keeps_the_budget);
        suite_add_tcase(suite, cases);
    }
    return suite;
}
