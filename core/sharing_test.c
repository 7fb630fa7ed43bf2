/* SPDX-License-Identifier: Apache-2.0 */
/* One program run by several threads at once, each in a machine of its own: the costs of blocks,
 * found while it runs, must not show in their gas. */
#include "core/vm.h"

#include <check.h>
#include <pthread.h>

enum { BLOCKS = 1000, THREADS = 4, ROUNDS = 150, GAS = 1000000 };

/* BLOCKS times add_imm_64 a0, a0, 1; fallthrough. Then jump_ind ra, 0. */
static void make_blob(struct pvm_buf *out)
{
    static uint8_t code[4 * BLOCKS + 2];
    static uint8_t mask[(sizeof code + 7) / 8];
    memset(mask, 0, sizeof mask);
    for (unsigned at = 0; at < 4 * BLOCKS; at += 4) {
        memcpy(code + at, "\x95\x77\x01\x01", 4);
        mask[at / 8] |= (uint8_t)(9u << (at % 8));
    }
    memcpy(code + 4 * BLOCKS, "\x32\x00", 2);
    mask[BLOCKS / 2] |= 1;
    pvm_program_encode(NULL, 0, 0, pvm_bytes(code, sizeof code), mask, out);
}

struct runner {
    struct pvm_program *program;
    pthread_barrier_t *start;
    enum pvm_exit exit;
    uint64_t gas, sum;
};

static void *run(void *user)
{
    struct runner *runner = user;
    struct pvm_err err = {0};
    struct pvm_vm vm;
    pvm_vm_init(&vm, runner->program, NULL, NULL);
    vm.gas = GAS;
    vm.regs[0] = 0xffff0000;
    pthread_barrier_wait(runner->start);
    runner->exit = PVM_EXIT_CONTINUE;
    if (pvm_vm_run(&vm, &runner->exit, &err) != PVM_OK)
        runner->exit = PVM_EXIT_CONTINUE;
    runner->gas = vm.gas;
    runner->sum = vm.regs[7];
    pvm_vm_deinit(&vm);
    return NULL;
}

static void run_at_once(struct pvm_bytes blob, const struct pvm_rules *rules, uint64_t want)
{
    struct pvm_program *program = NULL;
    struct runner runners[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    ck_assert(pvm_program_new(rules, NULL, blob, &program, NULL) == PVM_OK);
    ck_assert_int_eq(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        runners[i] = (struct runner){.program = program, .start = &start};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run, &runners[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(runners[i].exit, PVM_EXIT_HALT);
        ck_assert_uint_eq(runners[i].sum, BLOCKS);
        ck_assert_uint_eq(runners[i].gas, want);
    }
    pthread_barrier_destroy(&start);
    pvm_program_free(program);
}

/* Every block of two costs the same (GP 0.8.0 A.9), so the bill is told from two short programs. */
static uint64_t cost_of(const char *blob, size_t len)
{
    struct pvm_program *program = NULL;
    ck_assert(pvm_program_new(&pvm_rules_table[PVM_RULES_080], NULL, pvm_bytes(blob, len), &program,
                              NULL) == PVM_OK);
    uint64_t cost = pvm_program_cost(program, pvm_program_index(program, 0));
    pvm_program_free(program);
    return cost;
}

START_TEST(costs_found_by_several)
{
    static const char pair[] = "\0\0\4\x95\x77\1\1\x09";
    static const char ret[] = "\0\0\2\x32\0\1";
    uint64_t want = GAS - BLOCKS * cost_of(pair, sizeof pair - 1) - cost_of(ret, sizeof ret - 1);
    struct pvm_buf blob = {0};
    make_blob(&blob);
    ck_assert(!blob.failed);
    for (unsigned round = 0; round < ROUNDS; round++)
        run_at_once(pvm_buf_bytes(&blob), &pvm_rules_table[PVM_RULES_080], want);
    run_at_once(pvm_buf_bytes(&blob), &pvm_rules_072, GAS - 2 * BLOCKS - 1);
    pvm_buf_deinit(&blob);
}
END_TEST

Suite *sharing_suite(void);

Suite *sharing_suite(void)
{
    Suite *s = suite_create("sharing");
    TCase *tc = tcase_create("sharing");
    tcase_add_test(tc, costs_found_by_several);
    suite_add_tcase(s, tc);
    return s;
}
