/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host's tests share: a machine at a host call, with memory of every kind of access, and a
 * context around it; programs that make host calls; an allocator that fails on request.
 *
 *     0x10000   read-only    1 page
 *     0x20000   writable     2 pages, then one inaccessible, then one writable
 *     0xfffff000             writable, the last page there is
 */
#ifndef HOST_TESTING_H
#define HOST_TESTING_H

#include "core/testing.h"
#include "host/context.h"

enum { TEST_R = 0x10000, TEST_W = 0x20000, TEST_GAP = 0x22000, TEST_W2 = 0x23000 };
#define TEST_END UINT64_C(0x100000000)

struct test_env {
    struct jam_params params;
    struct jam_context ctx;
    struct pvm_vm vm;
};

static inline void test_env_init(struct test_env *env, const char *version,
                                 enum jam_invocation invocation)
{
    static const struct jam_limits limits;
    static const struct jam_hooks hooks;
    static const struct {
        uint32_t page, count;
        enum pvm_access access;
    } map[] = {
        {0x10, 1, PVM_READ}, {0x20, 2, PVM_WRITE}, {0x23, 1, PVM_WRITE}, {0xfffff, 1, PVM_WRITE}};
    const struct jam_profile *profile = jam_profile_find(version);
    struct test_code code = {.len = 0};
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_ptr_nonnull(profile);
    memset(env, 0, sizeof *env);
    jam_params_get(profile, JAM_PARAMS_TINY, &env->params);
    jam_context_init(&env->ctx, profile, &env->params, invocation, NULL, &limits, &hooks);
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    struct pvm_program *program = test_program(&code);
    pvm_vm_init(&env->vm, program, NULL, &env->ctx.budget);
    pvm_program_free(program);
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        ck_assert(pvm_memory_map(&env->vm.memory, map[i].page, map[i].count, map[i].access, true,
                                 &err) == PVM_OK);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        env->vm.regs[i] = 0x1111 * i;
    env->vm.gas = 1000;
    env->ctx.service = 7;
}

static inline void test_env_deinit(struct test_env *env)
{
    pvm_vm_deinit(&env->vm);
    jam_context_deinit(&env->ctx);
}

static inline void test_put(struct test_env *env, uint64_t addr, struct pvm_bytes bytes)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(pvm_memory_put(&env->vm.memory, addr, bytes, &err) == PVM_OK);
}

/* Makes a call with r7 to r12 and says how it went on. */
static inline enum pvm_exit test_call(struct test_env *env, enum jam_call_id id,
                                      const uint64_t args[6])
{
    struct pvm_err err = {.status = PVM_OK};
    enum pvm_exit exit;
    memcpy(env->vm.regs + 7, args, 6 * sizeof *args);
    env->vm.arg = (uint64_t)jam_call_number(env->ctx.profile, id);
    ck_assert_msg(jam_call_dispatch(&env->ctx, &env->vm, &exit, &err) == PVM_OK, "%s", err.msg);
    return exit;
}

/* Everything a panic must leave alone, as numbers to compare. */
struct test_digest {
    uint64_t regs[PVM_REG_COUNT];
    uint64_t memory, exports, logs, machines;
    uint64_t inner[4][4]; /* id, pc, memory and program of the first machines */
};

static inline struct test_digest test_digest(const struct test_env *env)
{
    struct test_digest d;
    memset(&d, 0, sizeof d);
    memcpy(d.regs, env->vm.regs, sizeof d.regs);
    d.memory = pvm_memory_digest(&env->vm.memory);
    d.exports = env->ctx.export_count * 0x10001 + env->ctx.exports.len;
    d.logs = env->ctx.log_count;
    d.machines = env->ctx.machines.count;
    for (size_t i = 0; i < 4 && i < env->ctx.machines.count; i++) {
        const struct jam_machine *machine = env->ctx.machines.list[i];
        d.inner[i][0] = machine->id;
        d.inner[i][1] = machine->vm.pc;
        d.inner[i][2] = pvm_memory_digest(&machine->vm.memory);
        d.inner[i][3] = machine->invocations;
    }
    return d;
}

/* Appends the encoded program to out. */
static inline void test_blob(const struct test_code *code, struct pvm_buf *out)
{
    pvm_program_encode(code->jumps, code->jump_count, 4, pvm_bytes(code->code, code->len),
                       code->mask, out);
}

/* Fails the allocation number `after` (from 0) and all later ones. */
struct test_failing {
    size_t after, made;
};

static inline void *test_failing_resize(void *user, void *ptr, size_t size)
{
    struct test_failing *failing = user;
    if (size != 0 && failing->made++ >= failing->after)
        return NULL;
    return pvm_alloc_resize(NULL, ptr, size);
}

/* Code that sets r7 to r12 and makes a call. */
static inline void test_add_call(struct test_code *code, uint64_t number, const uint64_t args[6])
{
    for (unsigned i = 0; i < 6; i++)
        test_add(code, PVM_OP_LOAD_IMM_64,
                 (struct pvm_operands){.a = (uint8_t)(7 + i), .x = args[i]});
    test_add(code, PVM_OP_ECALLI, (struct pvm_operands){.x = number});
}

#endif
