/* SPDX-License-Identifier: Apache-2.0 */
/* Formats found by content, standard programs and their memory map, metadata. */
#include "core/blob.h"

#include <check.h>

/* 11 octets of header, o = "ro", w = "rwx", c = the program `trap`. */
static const uint8_t small[] = {2, 0, 0, 3,   0,   0, 1, 0, 0, 0x10, 0,   'r', 'o', 'r', 'w',
                                'x', 5, 0, 0, 0, 0, 0, 1, 0, 1};

static struct pvm_bytes octets(const void *ptr, size_t len)
{
    return pvm_bytes(ptr, len);
}

START_TEST(formats)
{
    static const uint8_t raw[] = {0, 0, 1, 0, 1};
    uint8_t jam[1 + 2 + sizeof small] = {2, 'h', 'i'};
    memcpy(jam + 3, small, sizeof small);
    struct pvm_blob blob;
    struct pvm_err err = {0};
    ck_assert(pvm_blob_decode(octets(raw, sizeof raw), -1, &blob, &err) == PVM_OK);
    ck_assert_int_eq(blob.format, PVM_BLOB_RAW);
    ck_assert_uint_eq(blob.program.len, 5);
    ck_assert(pvm_blob_decode(octets(small, sizeof small), -1, &blob, &err) == PVM_OK);
    ck_assert_int_eq(blob.format, PVM_BLOB_STANDARD);
    ck_assert_uint_eq(blob.standard.heap_pages, 1);
    ck_assert_uint_eq(blob.standard.stack, 0x1000);
    ck_assert_mem_eq(blob.standard.ro.ptr, "ro", 2);
    ck_assert_mem_eq(blob.standard.rw.ptr, "rwx", 3);
    ck_assert(pvm_blob_decode(octets(jam, sizeof jam), -1, &blob, &err) == PVM_OK);
    ck_assert_int_eq(blob.format, PVM_BLOB_JAM);
    ck_assert_mem_eq(blob.metadata.ptr, "hi", 2);
    ck_assert(pvm_blob_decode(octets(jam, sizeof jam), PVM_BLOB_RAW, &blob, &err) != PVM_OK);
    struct pvm_buf again = {0};
    ck_assert(pvm_blob_decode(octets(small, sizeof small), -1, &blob, &err) != PVM_E_MALFORMED);
    pvm_standard_encode(&blob.standard, &again);
    ck_assert_uint_eq(again.len, sizeof small);
    ck_assert_mem_eq(again.ptr, small, sizeof small);
    pvm_buf_deinit(&again);
}
END_TEST

START_TEST(refusals)
{
    struct pvm_blob blob;
    struct pvm_err err = {0};
    ck_assert(pvm_blob_decode(pvm_bytes_none(), -1, &blob, &err) == PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "empty: no program of any format");
    err = (struct pvm_err){0};
    ck_assert(pvm_blob_decode(octets("PVM\0abc", 7), -1, &blob, &err) == PVM_E_MALFORMED);
    ck_assert_ptr_nonnull(strstr(err.msg, "PolkaVM container"));
    ck_assert_ptr_nonnull(strstr(err.msg, "jam-pvm-build"));
    /* cut anywhere, it is refused, and no shorter prefix is taken for something else */
    for (size_t len = 1; len < sizeof small; len++) {
        err = (struct pvm_err){0};
        ck_assert_msg(pvm_blob_decode(octets(small, len), -1, &blob, &err) == PVM_E_MALFORMED,
                      "%zu octets", len);
        ck_assert_uint_gt(strlen(err.msg), 10);
    }
}
END_TEST

START_TEST(standard_messages)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *message;
    } cases[] = {
        {"\x01", 1, "standard program: header needs 11 octets, got 1"},
        {"\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x01", 12,
         "standard program: 16777215 + 0 octets of data, but only 1 follow"},
        {"\0\0\0\0\0\0\0\0\0\0\0\x01\x00", 13, "standard program: cut short before its code length"},
        {"\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\x01", 16,
         "standard program: code of 4294967295 octets, but 1 follow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pvm_standard parts;
        struct pvm_err err = {0};
        ck_assert(pvm_standard_decode(octets(cases[i].octets, cases[i].len), &parts, &err) ==
                  PVM_E_MALFORMED);
        ck_assert_str_eq(err.msg, cases[i].message);
    }
}
END_TEST

/* GP 0.7.2 A.7, worked out by hand. */
START_TEST(memory_map)
{
    struct pvm_blob blob;
    struct pvm_err err = {0};
    struct pvm_program *program;
    struct pvm_vm vm;
    ck_assert(pvm_blob_decode(octets(small, sizeof small), -1, &blob, &err) == PVM_OK);
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, blob.program, &program, &err) == PVM_OK);
    pvm_vm_init(&vm, program, NULL, NULL);
    pvm_program_free(program);
    ck_assert(pvm_standard_init(&blob.standard, octets("args!", 5), &vm, &err) == PVM_OK);
    static const struct {
        uint32_t page, count;
        enum pvm_access access;
    } want[] = {{0x10, 1, PVM_READ},
                {0x30, 2, PVM_WRITE},  /* 0x20000 + Z(2), one page of data and one of heap */
                {0xfefdf, 1, PVM_WRITE},
                {0xfeff0, 1, PVM_READ}};
    uint32_t page = 0, count;
    enum pvm_access access;
    for (size_t i = 0; i < 4; i++) {
        ck_assert(pvm_memory_next(&vm.memory, &page, &count, &access));
        ck_assert_uint_eq(page, want[i].page);
        ck_assert_uint_eq(count, want[i].count);
        ck_assert_int_eq(access, want[i].access);
        page += count;
    }
    ck_assert(!pvm_memory_next(&vm.memory, &page, &count, &access));
    static const uint64_t regs[PVM_REG_COUNT] = {0xffff0000, 0xfefe0000, 0, 0, 0, 0, 0,
                                                 0xfeff0000, 5};
    ck_assert_mem_eq(vm.regs, regs, sizeof regs);
    char text[6] = {0};
    pvm_memory_get(&vm.memory, 0xfeff0000, text, 5);
    ck_assert_str_eq(text, "args!");
    pvm_memory_get(&vm.memory, 0x30000, text, 4);
    ck_assert_mem_eq(text, "rwx", 4);
    ck_assert_uint_eq(vm.heap_top, 0x32000);
    pvm_vm_deinit(&vm);
}
END_TEST

START_TEST(limits)
{
    /* 5 * 2^16 + 2^24 + Z(|w| + 4096 z) + Z(s) <= 2^32: z alone cannot break it, z and s can not
     * either, so w must be long; spans are not touched by the test */
    struct pvm_standard parts = {.heap_pages = 0xffff, .stack = 0xffffff};
    ck_assert(pvm_standard_fits(&parts));
    parts.rw.len = 0xffffff;
    parts.ro.len = 0xffffff;
    ck_assert(pvm_standard_fits(&parts));
    parts.rw.len = (UINT64_C(1) << 32) - (UINT64_C(0xffff) << 12) - (1 << 24);
    ck_assert(!pvm_standard_fits(&parts));
}
END_TEST

START_TEST(metadata)
{
    static const uint8_t octets_[] = {0,   1,   'n', 3,   '1', '.', '2', 2,
                                      'M', 'T', 2,   1,   'a', 2,   'b', 'c'};
    struct pvm_metadata m;
    pvm_metadata_decode(octets(octets_, sizeof octets_), &m);
    ck_assert(m.structured);
    ck_assert_mem_eq(m.version.ptr, "1.2", 3);
    ck_assert_uint_eq(m.author_count, 2);
    ck_assert_mem_eq(m.authors[1].ptr, "bc", 2);
    pvm_metadata_decode(octets(octets_, sizeof octets_ - 1), &m);
    ck_assert(!m.structured);
    ck_assert_uint_eq(m.text.len, 0);
    pvm_metadata_decode(octets("add.wat (x)", 11), &m);
    ck_assert(!m.structured);
    ck_assert_uint_eq(m.text.len, 11);
}
END_TEST

Suite *blob_suite(void);

Suite *blob_suite(void)
{
    Suite *s = suite_create("blob");
    TCase *tc = tcase_create("blob");
    tcase_add_test(tc, formats);
    tcase_add_test(tc, refusals);
    tcase_add_test(tc, standard_messages);
    tcase_add_test(tc, memory_map);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, metadata);
    suite_add_tcase(s, tc);
    return s;
}
