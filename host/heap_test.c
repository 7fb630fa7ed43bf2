/* SPDX-License-Identifier: Apache-2.0 */
/* grow_heap and the bounds of the heap, GP 0.8.0 B.5. */
#include "host/heap.h"

#include "host/testing.h"

enum { PAGE_UNIT = 1 << 12, ZONE_UNIT = 1 << 16 };

/* a = (2 * 2^16 + Z(|o|)) / 4096; b = (2^32 - 3 * 2^16 - 2^24 - P(s)) / 4096, with Z(s) in the
 * reading of the vectors; the heap ends behind the writable pages from a on. */
static const struct {
    size_t ro, rw;
    uint32_t heap_pages, stack;
    uint32_t first, end_pages, end_zones, top;
} heaps[] = {
    {0, 0, 0, 0, 0x20, 0xfefd0, 0xfefd0, 0x20},
    {0, 0, 0, 1, 0x20, 0xfefcf, 0xfefc0, 0x20},
    {0, 0, 0, 4096, 0x20, 0xfefcf, 0xfefc0, 0x20},
    {0, 0, 0, 4097, 0x20, 0xfefce, 0xfefc0, 0x20},
    {0, 0, 0, 65536, 0x20, 0xfefc0, 0xfefc0, 0x20},
    {0, 0, 0, 65537, 0x20, 0xfefbf, 0xfefb0, 0x20},
    {1, 0, 0, 0, 0x30, 0xfefd0, 0xfefd0, 0x30},
    {65536, 0, 0, 0, 0x30, 0xfefd0, 0xfefd0, 0x30},
    {65537, 0, 0, 0, 0x40, 0xfefd0, 0xfefd0, 0x40},
    {0, 1, 0, 0, 0x20, 0xfefd0, 0xfefd0, 0x21},
    {0, 4096, 3, 8192, 0x20, 0xfefce, 0xfefc0, 0x24},
    {0, 4097, 3, 0, 0x20, 0xfefd0, 0xfefd0, 0x25},
};

START_TEST(test_bounds)
{
    static uint8_t octets[65537];
    struct pvm_err err = {.status = PVM_OK};
    struct test_code code = {.len = 0};
    struct pvm_vm vm;
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    struct pvm_program *program = test_program(&code);
    struct pvm_standard parts = {.ro = pvm_bytes(octets, heaps[_i].ro),
                                 .rw = pvm_bytes(octets, heaps[_i].rw),
                                 .heap_pages = heaps[_i].heap_pages,
                                 .stack = heaps[_i].stack};
    pvm_vm_init(&vm, program, NULL, NULL);
    ck_assert(pvm_standard_init(&parts, pvm_bytes(octets, 5), &vm, &err) == PVM_OK);
    struct jam_heap pages = jam_heap_of(&parts, PAGE_UNIT, &vm.memory);
    struct jam_heap zones = jam_heap_of(&parts, ZONE_UNIT, &vm.memory);
    ck_assert_uint_eq(pages.first, heaps[_i].first);
    ck_assert_uint_eq(pages.end, heaps[_i].end_pages);
    ck_assert_uint_eq(pages.top, heaps[_i].top);
    ck_assert_uint_eq(zones.first, heaps[_i].first);
    ck_assert_uint_eq(zones.end, heaps[_i].end_zones);
    ck_assert_uint_eq(zones.top, heaps[_i].top);
    pvm_vm_deinit(&vm);
    pvm_program_free(program);
}
END_TEST

/* A heap of two pages that may have four. */
static const struct {
    uint64_t wanted, gas;
    bool oog;
    uint64_t left, left_vectors; /* gas */
    uint64_t top;                /* afterwards, and in r7 unless out of gas */
} calls[] = {
    {0, 1000, false, 725, 725, 0x22},
    {0, 275, false, 0, 0, 0x22},
    {0, 274, true, 0, 0, 0x22},
    {0x21, 1000, false, 725, 725, 0x22},
    {0x22, 1000, false, 725, 725, 0x22},
    {0x23, 1000, false, 604, 604, 0x23},
    {0x23, 396, false, 0, 0, 0x23},
    {0x23, 395, true, 395, 0, 0x22},
    {0x23, 200, true, 200, 0, 0x22},
    {0x24, 517, false, 0, 0, 0x24},
    {0x24, 516, true, 516, 0, 0x22},
    {0x25, 1000, false, 725, 725, 0x22}, /* too large is no error: the size is the answer */
    {UINT64_MAX, 1000, false, 725, 725, 0x22},
    {(UINT64_C(1) << 32) + 0x23, 1000, false, 725, 725, 0x22},
};

START_TEST(test_calls)
{
    static const char *const names[] = {"0.8.0", "0.8.0-vectors"};
    static const enum jam_invocation invocations[] = {JAM_IS_AUTHORIZED, JAM_REFINE,
                                                      JAM_ACCUMULATE};
    for (unsigned i = 0; i < 6; i++) {
        struct test_env env;
        bool vectors = i % 2 == 1;
        const uint64_t args[6] = {calls[_i].wanted, 1, 2, 3, 4, 5};
        test_env_init(&env, names[i % 2], invocations[i / 2]);
        struct pvm_err err = {.status = PVM_OK};
        ck_assert(pvm_memory_map(&env.vm.memory, 0x22, 2, PVM_NO_ACCESS, true, &err) == PVM_OK);
        env.ctx.heap = (struct jam_heap){.first = 0x20, .end = 0x24, .top = 0x22};
        env.vm.gas = calls[_i].gas;
        enum pvm_exit exit = test_call(&env, JAM_CALL_GROW_HEAP, args);
        ck_assert_int_eq(exit, calls[_i].oog ? PVM_EXIT_OOG : PVM_EXIT_CONTINUE);
        ck_assert_uint_eq(env.vm.gas, vectors ? calls[_i].left_vectors : calls[_i].left);
        ck_assert_uint_eq(env.vm.regs[7], calls[_i].oog ? calls[_i].wanted : calls[_i].top);
        ck_assert_uint_eq(env.ctx.heap.top, calls[_i].top);
        for (uint32_t page = 0x22; page < 0x24; page++)
            ck_assert_int_eq(pvm_memory_access(&env.vm.memory, page),
                             page < calls[_i].top ? PVM_WRITE : PVM_NO_ACCESS);
        test_env_deinit(&env);
    }
}
END_TEST

/* Before 0.8.0 there is no such call. */
START_TEST(test_versions)
{
    for (size_t i = 0; jam_profile_at(i) != NULL; i++) {
        const struct jam_profile *profile = jam_profile_at(i);
        bool has = jam_call_number(profile, JAM_CALL_GROW_HEAP) >= 0;
        ck_assert(has == (profile->call.heap_stack_unit != 0));
        ck_assert(has == (strncmp(profile->name, "0.8.0", 5) == 0));
    }
}
END_TEST

Suite *heap_suite(void);

Suite *heap_suite(void)
{
    Suite *suite = suite_create("host/heap");
    TCase *tests = tcase_create("heap");
    tcase_add_loop_test(tests, test_bounds, 0, sizeof heaps / sizeof *heaps);
    tcase_add_loop_test(tests, test_calls, 0, sizeof calls / sizeof *calls);
    tcase_add_test(tests, test_versions);
    suite_add_tcase(suite, tests);
    return suite;
}
