/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine alone, recorded, checked and run again: once as it should be, once with memory that
 * changes behind the recorder's back, and with every allocation failing in turn.
 */
#include "host/seg_check.h"
#include "host/seg_record.h"
#include "host/seg_replay.h"
#include "host/testing.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH = 300, STEPS = 12 };

/* ---- a folder ---- */

static void make_folder(char folder[PATH])
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(folder, PATH, "%.100s/pvm-record-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void empty_folder(const char *folder)
{
    char path[2 * PATH];
    DIR *dir = opendir(folder);
    struct dirent *entry;
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%.200s", folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(dir);
}

static void drop_folder(const char *folder)
{
    empty_folder(folder);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* ---- a run ---- */

/* store_u64 0x20000, a0; load_u8 a1, 0x20000; add_imm_64 a0, a0, 1; jump back to the first, which
 * is a block's start. */
static const uint8_t code[] = {62, 7, 0, 0, 2, 52, 8, 0, 0, 2, 149, 0x77, 1, 40, 0xf3};
static const uint8_t mask[] = {0x21, 0x24};

/* One storage for all that a round needs, so that nothing is lost when it fails half-way. */
struct round {
    struct jam_seg_directory directory;
    struct jam_seg_recorder *recorder;
    struct jam_seg_checker *checker;
    struct jam_seg_replay *replay;
    struct pvm_vm vm;
    struct pvm_alloc alloc;
    bool meddle;
};

static void on_step(void *user, const struct pvm_vm *vm)
{
    jam_seg_record_step(user, -1, vm);
}

static void start_machine(struct round *round)
{
    struct pvm_buf blob = {0};
    struct pvm_program *program;
    struct pvm_err err = {.status = PVM_OK};
    pvm_program_encode(NULL, 0, 0, pvm_bytes(code, sizeof code), mask, &blob);
    ck_assert_msg(pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&blob), &program, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    pvm_vm_init(&round->vm, program, NULL, NULL);
    pvm_program_free(program);
    pvm_buf_deinit(&blob);
    ck_assert(pvm_memory_map(&round->vm.memory, 0x20, 1, PVM_WRITE, true, &err) == PVM_OK);
    round->vm.gas = STEPS;
}

static enum pvm_status record(struct round *round, const char *folder, struct pvm_err *err)
{
    const struct jam_profile *profile = jam_profile_default;
    enum pvm_exit exit;
    PVM_TRY(jam_seg_create(folder, profile, 5, &round->alloc, &round->directory, err));
    PVM_TRY(jam_seg_recorder_new(&round->directory, &round->recorder, err));
    PVM_TRY(jam_seg_record_begin(round->recorder, "raw", &round->vm, NULL, err));
    round->vm.observer = (struct pvm_observer){on_step, round->recorder};
    ck_assert(pvm_vm_step(&round->vm, 7, &exit, NULL) == PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_CONTINUE);
    if (round->meddle)
        ck_assert(pvm_memory_put(&round->vm.memory, 0x20100, pvm_bytes("x", 1), NULL) == PVM_OK);
    ck_assert(pvm_vm_run(&round->vm, &exit, NULL) == PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_OOG);
    PVM_TRY(jam_seg_record_end(round->recorder, exit, err));
    return jam_seg_finish(&round->directory, err);
}

static enum pvm_status check(struct round *round, const char *folder, struct pvm_err *err)
{
    jam_seg_directory_deinit(&round->directory);
    PVM_TRY(jam_seg_open(folder, &round->alloc, &round->directory, err));
    PVM_TRY(jam_seg_checker_new(&round->directory, &round->checker, err));
    for (size_t i = 0; i < jam_seg_segment_count(&round->directory); i++)
        PVM_TRY(jam_seg_check(round->checker, i, err));
    PVM_TRY(jam_seg_replay_new(&round->directory, 1, &round->replay, err));
    while (!jam_seg_replay_over(round->replay))
        PVM_TRY(jam_seg_replay_next(round->replay, err));
    return PVM_OK;
}

static void clean(struct round *round)
{
    jam_seg_replay_free(round->replay);
    jam_seg_checker_free(round->checker);
    jam_seg_recorder_free(round->recorder);
    jam_seg_directory_deinit(&round->directory);
    pvm_vm_deinit(&round->vm);
}

/* ---- tests ---- */

START_TEST(test_good)
{
    char folder[PATH];
    struct test_failing memory = {.after = SIZE_MAX};
    struct round round = {.alloc = {test_failing_resize, &memory}};
    struct pvm_err err = {.status = PVM_OK};
    make_folder(folder);
    start_machine(&round);
    ck_assert_msg(record(&round, folder, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(check(&round, folder, &err) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(jam_seg_segment_count(&round.directory), 3); /* 5, 5 and 2 instructions */
    ck_assert_uint_eq(jam_seg_entry(&round.directory, 2)->steps, 2);
    const struct jam_seg_state *state = jam_seg_replay_state(round.replay);
    ck_assert_int_eq(state->exit, PVM_EXIT_OOG);
    ck_assert_uint_eq(state->list[0]->at.regs[7], 3);
    ck_assert_uint_eq(state->list[0]->at.regs[8], 2);
    clean(&round);
    drop_folder(folder);
}
END_TEST

START_TEST(test_unseen)
{
    char folder[PATH];
    struct test_failing memory = {.after = SIZE_MAX};
    struct round round = {.alloc = {test_failing_resize, &memory}, .meddle = true};
    struct pvm_err err = {.status = PVM_OK};
    make_folder(folder);
    start_machine(&round);
    ck_assert_int_eq(record(&round, folder, &err), PVM_E_INTERNAL);
    ck_assert_ptr_nonnull(strstr(err.msg, "changed in a way that was not seen"));
    clean(&round);
    drop_folder(folder);
}
END_TEST

START_TEST(test_no_memory)
{
    char folder[PATH];
    make_folder(folder);
    for (size_t n = 0;; n++) {
        struct test_failing memory = {.after = n};
        struct round round = {.alloc = {test_failing_resize, &memory}};
        struct pvm_err err = {.status = PVM_OK};
        start_machine(&round);
        enum pvm_status status = record(&round, folder, &err);
        if (status == PVM_OK)
            status = check(&round, folder, &err);
        clean(&round);
        empty_folder(folder);
        bool ended = memory.made > n;
        ck_assert_msg(status == (ended ? PVM_E_MEMORY : PVM_OK), "after %zu: %s", n, err.msg);
        if (!ended)
            break;
    }
    drop_folder(folder);
}
END_TEST

Suite *seg_record_suite(void);

Suite *seg_record_suite(void)
{
    Suite *suite = suite_create("seg_record");
    TCase *tests = tcase_create("seg_record");
    tcase_add_test(tests, test_good);
    tcase_add_test(tests, test_unseen);
    tcase_add_test(tests, test_no_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
