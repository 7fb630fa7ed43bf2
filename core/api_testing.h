/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of core/pvm.h share: modules from assembler source, and an allocator that counts
 * and can be told to fail.
 */
#ifndef CORE_API_TESTING_H
#define CORE_API_TESTING_H

#include "core/asm.h"

#include <check.h>
#include <stdlib.h>

/* Blocks that exist, calls that asked for one, and the number of the first that fails. */
struct api_test_alloc {
    size_t live, made, fail_from;
};

static inline void *api_test_resize(void *user, void *ptr, size_t size)
{
    struct api_test_alloc *a = user;
    if (size == 0) {
        a->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    if (a->made++ >= a->fail_from)
        return NULL;
    void *got = realloc(ptr, size);
    ck_assert_ptr_nonnull(got);
    a->live += ptr == NULL;
    return got;
}

/* Appends the blob of a source. */
static inline void api_test_blob(const char *source, enum pvm_blob_format format,
                                 struct pvm_buf *blob)
{
    struct pvm_asm_options options = {.rules = &pvm_rules_072, .format = format, .file = "t.s"};
    struct pvm_symbols symbols = {0};
    struct pvm_buf said = {0};
    struct pvm_err err = {0};
    ck_assert_msg(pvm_assemble(&options, pvm_bytes(source, strlen(source)), blob, &symbols, &said,
                               &err) == PVM_OK,
                  "%s", pvm_buf_str(&said));
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&said);
}

/* Window as in struct pvm_module_options. */
static inline struct pvm_module *api_test_module_in(uint32_t window, const char *source,
                                                    enum pvm_blob_format format)
{
    struct pvm_buf blob = {0};
    struct pvm_module *module = NULL;
    struct pvm_err err;
    struct pvm_module_options options = {
        .size = sizeof options, .format = pvm_blob_format_name(format), .window = window};
    api_test_blob(source, format, &blob);
    ck_assert_msg(pvm_module_new(blob.ptr, blob.len, &options, &module, &err) == PVM_OK, "%s",
                  err.msg);
    pvm_buf_deinit(&blob);
    return module;
}

static inline struct pvm_module *api_test_module(const char *source, enum pvm_blob_format format)
{
    return api_test_module_in(0, source, format);
}

/* A machine of a bare program with 1000 gas, two writable pages at 0x20000 and a return address
 * that halts. */
static inline struct pvm_machine *api_test_machine_in(uint32_t window, const char *source)
{
    struct pvm_module *module = api_test_module_in(window, source, PVM_BLOB_RAW);
    struct pvm_machine *machine = NULL;
    struct pvm_err err;
    ck_assert(pvm_machine_new(module, NULL, &machine, &err) == PVM_OK);
    pvm_module_free(module);
    ck_assert(pvm_map(machine, 0x20000, 0x2000, PVM_WRITE, &err) == PVM_OK);
    pvm_regs(machine)[0] = 0xffff0000;
    pvm_set_gas(machine, 1000);
    return machine;
}

static inline struct pvm_machine *api_test_machine(const char *source)
{
    return api_test_machine_in(0, source);
}

static inline enum pvm_exit api_test_run(struct pvm_machine *machine)
{
    struct pvm_err err;
    enum pvm_exit exit;
    ck_assert_msg(pvm_run(machine, &exit, &err) == PVM_OK, "%s", err.msg);
    return exit;
}

#endif
