/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core's tests share: building a program from instructions and a machine to run it on.
 */
#ifndef CORE_TESTING_H
#define CORE_TESTING_H

#include "core/vm.h"

#include <check.h>

/* A program under construction: code, mask, jump table. Zero-initialise. */
struct test_code {
    uint8_t code[4096];
    uint8_t mask[512];
    uint32_t len;
    uint64_t jumps[16];
    uint64_t jump_count;
};

/* Appends an instruction; targets in ops are absolute positions. Returns its position. */
static inline uint32_t test_add(struct test_code *t, enum pvm_op op, struct pvm_operands ops)
{
    struct pvm_buf out = {0};
    uint32_t pc = t->len;
    t->mask[pc / 8] |= (uint8_t)(1u << (pc % 8));
    t->code[t->len++] = (uint8_t)pvm_op_table[op].octet[PVM_ISA_O1];
    ck_assert(pvm_operands_encode((enum pvm_form)pvm_op_table[op].form, &ops, pc, &out));
    ck_assert_uint_le(t->len + out.len, sizeof t->code);
    if (out.len != 0)
        memcpy(t->code + t->len, out.ptr, out.len);
    t->len += (uint32_t)out.len;
    pvm_buf_deinit(&out);
    return pc;
}

/* How memories of test machines are laid out, when their windows open, and the rules of the
 * programs, NULL for those of 0.7.2. */
static struct {
    const struct pvm_rules *rules;
    enum pvm_layout layout;
    uint32_t patience; /* 0: the window cannot be had */
} test_layout;

static inline struct pvm_program *test_program(const struct test_code *t)
{
    struct pvm_buf blob = {0};
    struct pvm_err err = {0};
    struct pvm_program *program = NULL;
    pvm_program_encode(t->jumps, t->jump_count, 4, pvm_bytes(t->code, t->len), t->mask, &blob);
    const struct pvm_rules *rules = test_layout.rules != NULL ? test_layout.rules : &pvm_rules_072;
    ck_assert_msg(pvm_program_new_in(rules, test_layout.layout, NULL, pvm_buf_bytes(&blob), &program,
                                     &err) == PVM_OK,
                  "%s", err.msg);
    pvm_buf_deinit(&blob);
    return program;
}

/* A machine with gas to spare and one writable page at 0x20000. */
static inline void test_machine(struct pvm_vm *vm, const struct test_code *t)
{
    struct pvm_err err = {0};
    struct pvm_program *program = test_program(t);
    pvm_vm_init(vm, program, NULL, NULL);
    pvm_program_free(program);
    vm->memory.patience = test_layout.patience;
    vm->gas = 1000;
    vm->regs[0] = 0xffff0000;
    ck_assert(pvm_memory_map(&vm->memory, 0x20, 1, PVM_WRITE, true, &err) == PVM_OK);
}

static inline enum pvm_exit test_run(struct pvm_vm *vm)
{
    struct pvm_err err = {0};
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    ck_assert_msg(pvm_vm_run(vm, &exit, &err) == PVM_OK, "%s", err.msg);
    return exit;
}

#endif
