/* SPDX-License-Identifier: Apache-2.0 */
/* A trace is an observer of the public API, and where there is none nobody observes. */
#define _XOPEN_SOURCE 700 /* mkstemp */

#include "cmd/run_watch.h"
#include "cmd/trace_source.h"
#include "core/api.h"
#include "core/api_testing.h"

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS_MAX = 64 };

/* What pvm_observe lets an embedder see before each instruction. */
struct seen {
    uint64_t pc, gas, regs[PVM_REG_COUNT];
};

struct watched {
    struct cmd_trace trace;
    struct seen list[STEPS_MAX];
    unsigned count;
};

static const struct cmd_option options[] = {{"trace", 0, CMD_KIND_TEXT, "FILE", ""}};
static const struct cmd_syntax syntax = {.options = options, .option_count = 1};
static const struct cmd_trace_rows rows = {0, 1, 2, 3, 4};

static void start(struct cmd_trace *trace, char *path)
{
    char *argv[] = {(char[]){"--trace"}, path};
    struct cmd_symbols symbols = {0};
    struct cmd_args args;
    struct pvm_err err = {0};
    trace->profile = jam_profile_default;
    ck_assert_int_eq(cmd_args_parse(&syntax, NULL, 2, argv, &args, &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_start(trace, &args, &rows, false, &symbols, "raw", &err), PVM_OK);
    trace->sink.symbols = NULL;
    cmd_args_deinit(&args, NULL);
}

static void on_step(void *user, struct pvm_machine *machine)
{
    struct watched *watched = user;
    ck_assert_uint_lt(watched->count, STEPS_MAX);
    struct seen *seen = &watched->list[watched->count++];
    seen->pc = pvm_pc(machine);
    seen->gas = pvm_gas(machine);
    memcpy(seen->regs, pvm_regs(machine), sizeof seen->regs);
    cmd_trace_step(&watched->trace, -1, &machine->vm);
}

static void compare(const struct watched *watched, const char *path)
{
    struct cmd_trace_source source;
    struct cmd_trace_record record;
    struct pvm_err err = {0};
    bool more;
    ck_assert_int_eq(cmd_trace_source_open(&source, path, jam_profile_default, NULL, &err), PVM_OK);
    for (unsigned i = 0; i < watched->count; i++) {
        const struct seen *seen = &watched->list[i];
        ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
        ck_assert(more && record.kind == CMD_TRACE_STEP);
        ck_assert_uint_eq(record.step, i + 1);
        ck_assert_uint_eq(record.pc, seen->pc);
        ck_assert_uint_eq(record.gas, seen->gas);
        ck_assert_mem_eq(record.before, seen->regs, sizeof seen->regs);
        if (i + 1 < watched->count)
            ck_assert_mem_eq(record.after, seen[1].regs, sizeof seen->regs);
    }
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.kind == CMD_TRACE_END && record.step == watched->count);
    cmd_trace_source_deinit(&source);
}

static const char program_text[] = "start: load_imm a0, 5\n"
                                   "fallthrough\n"
                                   "again: add_imm_64 a0, a0, -1\n"
                                   "add_64 a1, a1, a0\n"
                                   "branch_ne_imm a0, 0, again\n"
                                   "trap\n";

START_TEST(test_observer)
{
    char path[] = "/tmp/pvm-observe-XXXXXX";
    int fd = mkstemp(path);
    struct pvm_buf blob = {0};
    struct pvm_err err = {0};
    struct pvm_module *module;
    struct pvm_machine *machine;
    enum pvm_exit exit;
    struct watched *watched = calloc(1, sizeof *watched);
    ck_assert(fd >= 0 && watched != NULL);
    close(fd);
    api_test_blob(program_text, PVM_BLOB_RAW, &blob);
    ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, NULL, &module, &err), PVM_OK);
    ck_assert_int_eq(pvm_machine_new(module, NULL, &machine, &err), PVM_OK);
    pvm_set_gas(machine, 100);
    start(&watched->trace, path);
    pvm_observe(machine, on_step, watched);
    ck_assert_int_eq(pvm_run(machine, &exit, &err), PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_PANIC);
    ck_assert_uint_eq(watched->count, 2 + 5 * 3 + 1);
    ck_assert_int_eq(cmd_trace_end(&watched->trace, &machine->vm, "panic", false, &err), PVM_OK);
    compare(watched, path);
    cmd_trace_deinit(&watched->trace);
    pvm_machine_free(machine);
    pvm_module_free(module);
    pvm_buf_deinit(&blob);
    free(watched);
    unlink(path);
}
END_TEST

/* Without an option that wants them no instruction and no memory of a host call is told of: the
 * interpreter then has no more to do than for an embedder that observes nothing. */
START_TEST(test_off)
{
    struct cmd_args args = {0};
    struct cmd_run *run = calloc(1, sizeof *run);
    ck_assert_ptr_nonnull(run);
    run->args = &args;
    struct cmd_watch watch = {.run = run};
    struct jam_hooks hooks = cmd_watch_hooks(&watch);
    ck_assert(hooks.step == NULL);
    ck_assert(hooks.call == NULL);
    ck_assert(hooks.memory == NULL);
    run->trace.on = true;
    hooks = cmd_watch_hooks(&watch);
    ck_assert(hooks.step != NULL);
    ck_assert(hooks.call != NULL);
    ck_assert(hooks.memory != NULL);
    free(run);
}
END_TEST

Suite *trace_observe_suite(void);

Suite *trace_observe_suite(void)
{
    Suite *suite = suite_create("trace_observe");
    TCase *tc = tcase_create("trace_observe");
    tcase_add_test(tc, test_observer);
    tcase_add_test(tc, test_off);
    suite_add_tcase(suite, tc);
    return suite;
}
