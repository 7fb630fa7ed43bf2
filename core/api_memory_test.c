/* SPDX-License-Identifier: Apache-2.0 */
/* Of core/pvm.h: checked access, pages, and buffers that guest and embedder share. */
#include "core/api_testing.h"

static struct pvm_err err;
static struct pvm_machine *machine;

enum { PAGES = 0x20000 }; /* two writable pages */

static const char increment[] = "    load_u64 a0, [0x30008]\n"
                                "    add_imm_64 a0, a0, 1\n"
                                "    store_u64 a0, [0x30010]\n"
                                "    ret\n";

static void setup(void)
{
    machine = api_test_machine(increment);
}

/* More accesses than a memory with a window waits for, to a page that is left as it was. */
static void use_much(struct pvm_machine *m)
{
    uint64_t v;
    for (int i = 0; i < 2000; i++)
        ck_assert(pvm_load_u64(m, PAGES + 0xffc, &v) == PVM_MEM_OK);
}

/* A memory whose window is not open yet, and one where it is. */
static void setup_window(void)
{
    machine = api_test_machine_in(1, increment);
}

static void setup_open_window(void)
{
    setup_window();
    use_much(machine);
}

static void teardown(void)
{
    pvm_machine_free(machine);
}

START_TEST(values_are_little_endian)
{
    uint8_t v8 = 0;
    uint16_t v16 = 0;
    uint32_t v32 = 0;
    uint64_t v64 = 0;
    ck_assert(pvm_store_u64(machine, PAGES + 0xffc, 0x8877665544332211) == PVM_MEM_OK);
    ck_assert(pvm_load_u8(machine, PAGES + 0xfff, &v8) == PVM_MEM_OK);
    ck_assert_uint_eq(v8, 0x44);
    ck_assert(pvm_load_u16(machine, PAGES + 0xfff, &v16) == PVM_MEM_OK);
    ck_assert_uint_eq(v16, 0x5544);
    ck_assert(pvm_load_u32(machine, PAGES + 0xffd, &v32) == PVM_MEM_OK);
    ck_assert_uint_eq(v32, 0x55443322);
    ck_assert(pvm_load_u64(machine, PAGES + 0xffc, &v64) == PVM_MEM_OK);
    ck_assert_uint_eq(v64, 0x8877665544332211);
    ck_assert(pvm_store_u8(machine, PAGES + 0xffc, 0xaa) == PVM_MEM_OK);
    ck_assert(pvm_store_u16(machine, PAGES + 0xffd, 0xccbb) == PVM_MEM_OK);
    ck_assert(pvm_store_u32(machine, PAGES + 0x1000, 0x12345678) == PVM_MEM_OK);
    ck_assert(pvm_load_u64(machine, PAGES + 0xffc, &v64) == PVM_MEM_OK);
    ck_assert_uint_eq(v64, 0x1234567844ccbbaa);
}
END_TEST

/* What cannot be accessed says so as the guest's own access would, and nothing is changed. */
START_TEST(access_is_checked)
{
    ck_assert(pvm_map(machine, 0xfffff000, 0x1000, PVM_READ, &err) == PVM_OK);
    static const struct {
        uint64_t addr, len;
        enum pvm_mem_result read, write;
        uint64_t fault;
    } cases[] = {
        {PAGES, 0x2000, PVM_MEM_OK, PVM_MEM_OK, 0},
        {PAGES, 0x2001, PVM_MEM_FAULT, PVM_MEM_FAULT, PAGES + 0x2000},
        {PAGES - 1, 2, PVM_MEM_FAULT, PVM_MEM_FAULT, PAGES - 0x1000},
        {0xffff, 1, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
        {0, 8, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
        {0xfffffff8, 8, PVM_MEM_OK, PVM_MEM_FAULT, 0xfffff000},
        {0xfffffff9, 8, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
        {UINT64_C(1) << 32, 1, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
        {UINT64_MAX, 2, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
        {UINT64_MAX, 0, PVM_MEM_OK, PVM_MEM_OK, 0},
        {0x10000, UINT64_MAX, PVM_MEM_PANIC, PVM_MEM_PANIC, 0},
    };
    static uint8_t octets[0x2001];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(octets, (int)i + 1, sizeof octets);
        ck_assert_msg(pvm_read(machine, cases[i].addr, octets, cases[i].len) == cases[i].read,
                      "case %zu", i);
        if (cases[i].read == PVM_MEM_FAULT)
            ck_assert_uint_eq(pvm_fault_address(machine), cases[i].fault);
        if (cases[i].read != PVM_MEM_OK)
            ck_assert_uint_eq(octets[0], i + 1);
        ck_assert_msg(pvm_write(machine, cases[i].addr, octets, cases[i].len) == cases[i].write,
                      "case %zu", i);
        if (cases[i].write == PVM_MEM_FAULT)
            ck_assert_uint_eq(pvm_fault_address(machine), cases[i].fault);
    }
    uint64_t v = 5;
    ck_assert(pvm_load_u64(machine, 0xfffffff9, &v) == PVM_MEM_PANIC);
    ck_assert(pvm_load_u64(machine, UINT64_MAX - 3, &v) == PVM_MEM_PANIC);
    ck_assert(pvm_store_u64(machine, 0xfffffff9, 1) == PVM_MEM_PANIC);
    ck_assert(pvm_store_u16(machine, PAGES + 0x1fff, 1) == PVM_MEM_FAULT);
    ck_assert_uint_eq(pvm_fault_address(machine), PAGES + 0x2000);
    ck_assert_uint_eq(v, 5);
    memset(octets, 9, sizeof octets);
    ck_assert(pvm_read(machine, PAGES, octets, 0x2000) == PVM_MEM_OK);
    ck_assert_uint_eq(octets[0x1fff], 0);
}
END_TEST

START_TEST(views_are_in_place)
{
    const uint8_t *octets;
    size_t len;
    ck_assert(pvm_store_u8(machine, PAGES + 0x1800, 1) == PVM_MEM_OK);
    ck_assert(pvm_view(machine, PAGES + 0x1800, &octets, &len) == PVM_MEM_OK);
    ck_assert_uint_eq(len, 0x800);
    ck_assert_uint_eq(octets[0], 1);
    ck_assert(pvm_store_u8(machine, PAGES + 0x1800, 2) == PVM_MEM_OK);
    ck_assert_uint_eq(octets[0], 2);
    ck_assert(pvm_view(machine, PAGES + 0x2000, &octets, &len) == PVM_MEM_FAULT);
    ck_assert(pvm_view(machine, UINT64_MAX, &octets, &len) == PVM_MEM_PANIC);
}
END_TEST

/* Also while the memory comes to be used so much that its layout might change. */
START_TEST(views_stay)
{
    const uint8_t *octets, *untouched;
    size_t len;
    ck_assert(pvm_store_u8(machine, PAGES, 1) == PVM_MEM_OK);
    ck_assert(pvm_view(machine, PAGES, &octets, &len) == PVM_MEM_OK);
    ck_assert(pvm_view(machine, PAGES + 0x1000, &untouched, &len) == PVM_MEM_OK);
    use_much(machine);
    ck_assert_uint_eq(octets[0], 1);
    ck_assert_uint_eq(untouched[0xfff], 0);
    ck_assert(pvm_store_u8(machine, PAGES, 2) == PVM_MEM_OK);
    ck_assert_uint_eq(octets[0], 2);
}
END_TEST

START_TEST(pages_are_mapped)
{
    static const struct {
        uint64_t addr, size;
    } bad[] = {{0x20001, 0x1000},
               {0x20000, 0x1001},
               {0xf000, 0x1000},
               {0, 0x1000},
               {0xfffff000, 0x2000},
               {UINT64_C(1) << 32, 0x1000},
               {0x20000, UINT64_C(1) << 32},
               {UINT64_MAX - 0xfff, 0x1000}};
    static uint8_t buffer[0x1000];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(pvm_map(machine, bad[i].addr, bad[i].size, PVM_READ, &err), PVM_E_USAGE);
        ck_assert_int_eq(pvm_protect(machine, bad[i].addr, bad[i].size, PVM_READ, &err),
                         PVM_E_USAGE);
        ck_assert_int_eq(pvm_lend(machine, bad[i].addr, buffer, bad[i].size, &err), PVM_E_USAGE);
        ck_assert_int_eq(pvm_lend_const(machine, bad[i].addr, buffer, bad[i].size, &err),
                         PVM_E_USAGE);
    }
    ck_assert_int_eq(pvm_map(machine, PAGES, 0x1000, (enum pvm_access)2, &err), PVM_E_USAGE);
    ck_assert(pvm_map(machine, UINT64_C(1) << 32, 0, PVM_READ, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, PAGES, 7) == PVM_MEM_OK);
    ck_assert(pvm_protect(machine, PAGES, 0x1000, PVM_READ, &err) == PVM_OK);
    uint8_t octet;
    ck_assert(pvm_load_u8(machine, PAGES, &octet) == PVM_MEM_OK);
    ck_assert_uint_eq(octet, 7);
    ck_assert(pvm_store_u8(machine, PAGES, 8) == PVM_MEM_FAULT);
    ck_assert_int_eq(pvm_page_access(machine, PAGES + 0xfff), PVM_READ);
    ck_assert_int_eq(pvm_page_access(machine, PAGES + 0x1000), PVM_WRITE);
    ck_assert_int_eq(pvm_page_access(machine, UINT64_MAX), PVM_NO_ACCESS);
    ck_assert(pvm_map(machine, PAGES, 0x1000, PVM_READ, &err) == PVM_OK);
    ck_assert(pvm_load_u8(machine, PAGES, &octet) == PVM_MEM_OK);
    ck_assert_uint_eq(octet, 0);

    uint64_t addr = 1, size;
    enum pvm_access access;
    ck_assert(pvm_next_region(machine, &addr, &size, &access));
    ck_assert(addr == PAGES && size == 0x1000 && access == PVM_READ);
    addr += size;
    ck_assert(pvm_next_region(machine, &addr, &size, &access));
    ck_assert(addr == PAGES + 0x1000 && size == 0x1000 && access == PVM_WRITE);
    addr += size;
    ck_assert(!pvm_next_region(machine, &addr, &size, &access));
    addr = UINT64_MAX;
    ck_assert(!pvm_next_region(machine, &addr, &size, &access));
}
END_TEST

/* ---- shared buffers ---- */

static uint64_t get(const uint8_t *at)
{
    return pvm_load_le(at, 8);
}

/* Both sides see at once what the other writes, also once the guest's page is in the cache; the
 * buffer may lie anywhere. */
START_TEST(lent_pages_are_shared)
{
    uint8_t *buffer = calloc(1, 0x2000 + 3);
    uint8_t *at = buffer + 3;
    ck_assert(pvm_lend(machine, 0x30000, at, 0x2000, &err) == PVM_OK);
    pvm_store_le(at + 8, 41, 8);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
    ck_assert_uint_eq(get(at + 0x10), 42);
    for (uint64_t i = 0; i < 3; i++) {
        pvm_store_le(at + 8, 100 * i, 8);
        pvm_set_pc(machine, 0);
        ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
        ck_assert_uint_eq(get(at + 0x10), 100 * i + 1);
    }
    ck_assert(pvm_write(machine, 0x30ffe, "abcd", 4) == PVM_MEM_OK);
    ck_assert_int_eq(memcmp(at + 0xffe, "abcd", 4), 0);
    const uint8_t *view;
    size_t len;
    ck_assert(pvm_view(machine, 0x30004, &view, &len) == PVM_MEM_OK);
    ck_assert(view == at + 4);

    /* Less access to it, and more again, is still the buffer. */
    ck_assert(pvm_protect(machine, 0x30000, 0x1000, PVM_READ, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, 0x30000, 1) == PVM_MEM_FAULT);
    ck_assert(pvm_protect(machine, 0x30000, 0x1000, PVM_WRITE, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, 0x30000, 5) == PVM_MEM_OK);
    ck_assert_uint_eq(at[0], 5);

    /* Fresh pages give it back as it is. */
    ck_assert(pvm_map(machine, 0x30000, 0x2000, PVM_WRITE, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, 0x30000, 6) == PVM_MEM_OK);
    ck_assert_uint_eq(at[0], 5);
    free(buffer);
}
END_TEST

START_TEST(a_buffer_lent_to_be_read_is_never_written)
{
    uint8_t *buffer = calloc(1, 0x2000);
    pvm_store_le(buffer + 8, 7, 8);
    ck_assert(pvm_lend_const(machine, 0x30000, buffer, 0x2000, &err) == PVM_OK);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_FAULT);
    ck_assert_uint_eq(pvm_exit_arg(machine), 0x30000);
    ck_assert_uint_eq(pvm_regs(machine)[7], 8);
    pvm_store_le(buffer + 8, 70, 8);
    pvm_set_pc(machine, 0);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_FAULT);
    ck_assert_uint_eq(pvm_regs(machine)[7], 71);
    ck_assert(pvm_store_u8(machine, 0x30000, 1) == PVM_MEM_FAULT);
    ck_assert(pvm_write(machine, 0x30000, "x", 1) == PVM_MEM_FAULT);

    /* Writable later: the guest writes to a copy. */
    ck_assert(pvm_protect(machine, 0x30000, 0x2000, PVM_WRITE, &err) == PVM_OK);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
    uint64_t v;
    ck_assert(pvm_load_u64(machine, 0x30010, &v) == PVM_MEM_OK);
    ck_assert_uint_eq(v, 71);
    ck_assert_uint_eq(get(buffer + 0x10), 0);
    free(buffer);
}
END_TEST

/* Over directory entries of 4 MiB, over pages that had contents, without using up the limit. */
/* What was lent before the window opens stays where it is, and what is lent in place of pages in
 * the window, too; what the guest may not write is not written. */
START_TEST(lent_pages_outlive_moves)
{
    static const uint8_t constant[0x1000] = {7, [8] = 40};
    uint8_t *buffer = calloc(1, 0x1000);
    uint64_t v;
    ck_assert(pvm_lend(machine, 0x30000, buffer, 0x1000, &err) == PVM_OK);
    ck_assert(pvm_lend_const(machine, 0x31000, constant, 0x1000, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, PAGES, 9) == PVM_MEM_OK);
    use_much(machine);
    for (uint64_t i = 0; i < 3; i++) {
        pvm_store_le(buffer + 8, 100 * i, 8);
        pvm_set_pc(machine, 0);
        ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
        ck_assert_uint_eq(get(buffer + 0x10), 100 * i + 1);
    }
    ck_assert(pvm_load_u64(machine, 0x31000, &v) == PVM_MEM_OK);
    ck_assert_uint_eq(v, 7);
    ck_assert(pvm_store_u8(machine, 0x31000, 1) == PVM_MEM_FAULT);
    ck_assert(pvm_store_u64(machine, 0x30ffc, 1) == PVM_MEM_FAULT);

    /* Over a page of the machine's own; it is empty when it comes back. */
    ck_assert(pvm_lend(machine, PAGES, buffer, 0x1000, &err) == PVM_OK);
    ck_assert(pvm_load_u64(machine, PAGES + 0x10, &v) == PVM_MEM_OK);
    ck_assert_uint_eq(v, 201);
    ck_assert(pvm_map(machine, PAGES, 0x1000, PVM_WRITE, &err) == PVM_OK);
    ck_assert(pvm_load_u64(machine, PAGES, &v) == PVM_MEM_OK);
    ck_assert_uint_eq(v, 0);
    ck_assert(pvm_store_u64(machine, PAGES, 1) == PVM_MEM_OK);
    ck_assert_uint_eq(get(buffer), 0);

    ck_assert(pvm_lend_const(machine, 0x30000, constant, 0x1000, &err) == PVM_OK);
    pvm_set_pc(machine, 0);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_FAULT);
    ck_assert_uint_eq(pvm_exit_arg(machine), 0x30000);
    ck_assert(pvm_map(machine, 0x30000, 0x1000, PVM_WRITE, &err) == PVM_OK);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT); /* tried again */
    ck_assert(pvm_load_u64(machine, 0x30010, &v) == PVM_MEM_OK);
    ck_assert_uint_eq(v, 41);
    free(buffer);
}
END_TEST

START_TEST(large_buffers_are_lent)
{
    enum { SIZE = 0x900000 };
    uint8_t *buffer = malloc(SIZE);
    struct pvm_machine_options options = {.size = sizeof options, .memory_limit = 1 << 16};
    struct pvm_machine *m;
    memset(buffer, 1, SIZE);
    ck_assert(pvm_machine_new(pvm_machine_module(machine), &options, &m, &err) == PVM_OK);
    ck_assert(pvm_map(m, 0x7ff000, 0x1000, PVM_WRITE, &err) == PVM_OK);
    ck_assert(pvm_store_u8(m, 0x7ff000, 9) == PVM_MEM_OK);
    ck_assert(pvm_lend(m, 0x7ff000, buffer, SIZE, &err) == PVM_OK);
    for (uint64_t at = 0; at < SIZE; at += PVM_PAGE_SIZE)
        ck_assert(pvm_store_u16(m, 0x7ff000 + at, (uint16_t)(at >> 12)) == PVM_MEM_OK);
    for (uint64_t at = 0; at < SIZE; at += PVM_PAGE_SIZE)
        ck_assert_uint_eq(pvm_load_le(buffer + at, 4), (at >> 12) | 0x1010000);
    ck_assert(pvm_page_access(m, 0x7fe000) == PVM_NO_ACCESS);
    ck_assert(pvm_page_access(m, 0x7ff000 + SIZE) == PVM_NO_ACCESS);

    /* No room for the last table: nothing has changed. */
    ck_assert_int_eq(pvm_lend(m, 0x7ff000, buffer, UINT64_C(0xff000000), &err), PVM_E_LIMIT);
    ck_assert(pvm_page_access(m, 0x7ff000 + SIZE) == PVM_NO_ACCESS);
    pvm_machine_free(m);
    free(buffer);
}
END_TEST

START_TEST(heaps_are_set)
{
    struct pvm_machine *m = api_test_machine("    sbrk a0, a1\n"
                                             "    store_ind_u8 a1, [a0]\n"
                                             "    ret\n");
    ck_assert_int_eq(pvm_set_heap(m, 5, 4, &err), PVM_E_USAGE);
    ck_assert_int_eq(pvm_set_heap(m, 0, UINT64_C(1) << 32, &err), PVM_E_USAGE);
    ck_assert(pvm_set_heap(m, 0x50000, 0x60000, &err) == PVM_OK);
    pvm_regs(m)[8] = 0x10000;
    ck_assert_int_eq(api_test_run(m), PVM_EXIT_HALT);
    ck_assert_uint_eq(pvm_regs(m)[7], 0x50000);
    ck_assert_uint_eq(pvm_heap_top(m), 0x60000);
    ck_assert_int_eq(pvm_page_access(m, 0x5f000), PVM_WRITE);
    ck_assert_int_eq(pvm_page_access(m, 0x60000), PVM_NO_ACCESS);
    pvm_machine_free(m);
}
END_TEST

Suite *api_memory_suite(void);

Suite *api_memory_suite(void)
{
    Suite *s = suite_create("api_memory");
    static const struct {
        const char *name;
        void (*setup)(void);
    } layouts[] = {{"pages", setup}, {"window", setup_window}, {"open window", setup_open_window}};
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        TCase *tc = tcase_create(layouts[i].name);
        tcase_add_checked_fixture(tc, layouts[i].setup, teardown);
        tcase_add_test(tc, values_are_little_endian);
        tcase_add_test(tc, access_is_checked);
        tcase_add_test(tc, views_are_in_place);
        tcase_add_test(tc, views_stay);
        tcase_add_test(tc, pages_are_mapped);
        tcase_add_test(tc, lent_pages_are_shared);
        tcase_add_test(tc, a_buffer_lent_to_be_read_is_never_written);
        tcase_add_test(tc, lent_pages_outlive_moves);
        tcase_add_test(tc, large_buffers_are_lent);
        tcase_add_test(tc, heaps_are_set);
        suite_add_tcase(s, tc);
    }
    return s;
}
