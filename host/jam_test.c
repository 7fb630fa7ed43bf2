/* SPDX-License-Identifier: Apache-2.0 */
/* host/jam.h: worlds and jobs as an embedder uses them, and memory that ends anywhere in them. */
#include "host/jam.h"

#include "core/api_testing.h"
#include "host/profile.h"

#include <pthread.h>

/* Refine fetches its payload, exports a segment, runs a machine that panics, logs, and returns the
 * payload. Accumulate writes storage, sends a transfer and yields; with two inputs it panics then,
 * behind a checkpoint. */
static const char service[] = ".entry refine refine\n"
                              ".entry accumulate accumulate\n"
                              ".rodata\n"
                              "child: .hex \"0000010001\"\n"
                              "message: .ascii \"hi\"\n"
                              "key: .ascii \"key\"\n"
                              "value: .ascii \"value\"\n"
                              "hash: .ascii \"0123456789abcdef0123456789abcdef\"\n"
                              "memo: .ascii \"memo\"\n .zero 124\n"
                              ".bss\n"
                              "buffer: .space 4104\n"
                              "inner: .space 112\n"
                              ".text\n"
                              "refine:\n"
                              "    la a0, buffer\n"
                              "    li a1, 0\n"
                              "    li a2, 64\n"
                              "    li a3, 13\n"
                              "    li a4, 0\n"
                              "    ecalli fetch\n"
                              "    mv s0, a0\n"
                              "    la a0, buffer\n"
                              "    li a1, 64\n"
                              "    ecalli export\n"
                              "    la a0, child\n"
                              "    li a1, 5\n"
                              "    li a2, 0\n"
                              "    ecalli machine\n"
                              "    mv s1, a0\n"
                              "    li a1, 32\n"
                              "    li a2, 1\n"
                              "    li a3, 2\n"
                              "    ecalli pages\n"
                              "    li t0, 1000\n"
                              "    store_u64 t0, [inner]\n"
                              "    mv a0, s1\n"
                              "    la a1, inner\n"
                              "    ecalli invoke\n"
                              "    mv a0, s1\n"
                              "    ecalli expunge\n"
                              "    li a0, 2\n"
                              "    li a1, 0\n"
                              "    li a2, 0\n"
                              "    la a3, message\n"
                              "    li a4, 2\n"
                              "    ecalli log\n"
                              "    la a0, buffer\n"
                              "    mv a1, s0\n"
                              "    ret\n"
                              "accumulate:\n"
                              "    mv s0, a1\n"
                              "    la a0, key\n"
                              "    li a1, 3\n"
                              "    la a2, value\n"
                              "    li a3, 5\n"
                              "    ecalli write\n"
                              "    ecalli checkpoint\n"
                              "    li a0, 9\n"
                              "    li a1, 700\n"
                              "    li a2, 20\n"
                              "    la a3, memo\n"
                              "    ecalli transfer\n"
                              "    la a0, hash\n"
                              "    ecalli yield\n"
                              "    la a0, buffer\n"
                              "    li a1, 0\n"
                              "    li a2, 64\n"
                              "    li a3, 15\n"
                              "    li a4, 1\n"
                              "    ecalli fetch\n"
                              "    branch_ne_imm a0, -1, two\n"
                              "    li a0, 0\n"
                              "    li a1, 0\n"
                              "    ret\n"
                              "two:\n"
                              "    trap\n";

static _Thread_local struct pvm_err err;
static struct pvm_buf state; /* text of a state in which service 5 has this code */

static void setup(void)
{
    struct pvm_buf blob = {0};
    struct pvm_buf said = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_asm_options options = {.rules = jam_profile_default->rules,
                                      .format = PVM_BLOB_JAM,
                                      .file = "service.s",
                                      .calls = jam_call_names(jam_profile_default)};
    err = (struct pvm_err){0};
    ck_assert_msg(pvm_assemble(&options, pvm_bytes(service, sizeof service - 1), &blob, &symbols,
                               &said, &err) == PVM_OK,
                  "%s", pvm_buf_str(&said));
    pvm_buf_text(&state,
                 "{\"slot\":40,\"params\":\"tiny\",\"services\":[{\"id\":9,\"balance\":1000},"
                 "{\"id\":5,\"balance\":10000000,\"code\":\"0x");
    pvm_buf_hex(&state, pvm_buf_bytes(&blob));
    pvm_buf_text(&state, "\"}]}");
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&said);
    pvm_symbols_deinit(&symbols);
}

static void teardown(void)
{
    pvm_buf_deinit(&state);
}

#define FIXTURE "{\"work_package\":{\"items\":[{\"service\":5,\"payload\":{\"text\":\"hello\"}}]}}"

/* What callbacks saw. */
struct seen {
    unsigned logs, calls;
    char message[8];
    uint64_t gas;
};

static void see_log(void *user, uint64_t level, const char *target, size_t target_len,
                    const char *message, size_t message_len)
{
    struct seen *seen = user;
    (void)target;
    ck_assert_uint_eq(level, 2);
    ck_assert_uint_eq(target_len, 0);
    ck_assert_uint_lt(message_len, sizeof seen->message);
    memcpy(seen->message, message, message_len);
    seen->logs++;
}

static void see_call(void *user, const struct jam_host_call *call)
{
    struct seen *seen = user;
    ck_assert_ptr_nonnull(call->name);
    seen->gas += call->gas_before - call->gas_after;
    seen->calls++;
}

/* ---- one life: each step as far as memory lets it; false when something failed ---- */

static bool fine(enum pvm_status status)
{
    ck_assert_msg(status == PVM_OK || status == PVM_E_MEMORY, "%s", err.msg);
    ck_assert_int_eq(err.status, status);
    return status == PVM_OK;
}

static bool refine(struct jam_world *world)
{
    struct seen seen = {0};
    struct jam_job_options options = {.size = sizeof options,
                                      .fixture = FIXTURE,
                                      .fixture_len = sizeof FIXTURE - 1,
                                      .log = see_log,
                                      .host_call = see_call,
                                      .user = &seen};
    struct jam_job *job;
    if (!fine(jam_job_new(world, JAM_REFINE, &options, &job, &err)))
        return false;
    bool good = fine(jam_job_run(job, &err));
    if (good) {
        size_t len;
        size_t count;
        const uint8_t *output = jam_job_output(job, &len);
        const uint8_t *exports = jam_job_exports(job, &count);
        const char *text;
        uint8_t root[32] = {0};
        uint8_t none[32] = {0};
        ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_HALT);
        ck_assert_ptr_null(jam_job_why(job));
        ck_assert(len == 5 && memcmp(output, "hello", 5) == 0);
        ck_assert(count == 1 && memcmp(exports, "hello\0\0", 8) == 0);
        jam_job_export_root(job, root);
        ck_assert_int_ne(memcmp(root, none, sizeof root), 0);
        ck_assert_uint_eq(seen.logs, 1);
        ck_assert_str_eq(seen.message, "hi");
        ck_assert_uint_eq(seen.calls, 7);
        ck_assert_uint_gt(jam_job_gas_used(job), seen.gas);
        ck_assert_int_eq(jam_job_run(job, &err), PVM_E_USAGE);
        ck_assert_int_eq(jam_job_commit(job, &err), PVM_E_USAGE);
        good = fine(jam_job_changes(job, &text, &err));
        ck_assert(!good || text[0] == '\0');
    }
    jam_job_free(job);
    return good;
}

static bool look_at_accumulation(struct jam_world *world, struct jam_job *job)
{
    struct jam_sent sent;
    uint8_t hash[32];
    const char *text = "as it was";
    uint64_t balance = 0;
    ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_HALT);
    ck_assert(!jam_job_exceptional(job));
    ck_assert_uint_eq(jam_job_sent_count(job), 1);
    ck_assert(jam_job_sent(job, 0, &sent) && !jam_job_sent(job, 1, &sent));
    ck_assert(sent.source == 5 && sent.destination == 9 && sent.amount == 700 && sent.gas == 20);
    ck_assert_int_eq(memcmp(sent.memo, "memo\0", 6), 0);
    ck_assert(jam_job_yield(job, hash));
    ck_assert_int_eq(memcmp(hash, "0123456789abcdef0123456789abcdef", 32), 0);
    if (!fine(jam_job_changes(job, &text, &err))) {
        ck_assert_str_eq(text, "as it was");
        return false;
    }
    ck_assert_msg(strstr(text, "service 5: balance -600") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "storage \"key\"") != NULL, "%s", text);
    ck_assert(jam_world_balance(world, 5, &balance) && balance == 10000000);
    return true;
}

static bool accumulate(struct jam_world *world)
{
    struct jam_job_options options = {.size = sizeof options, .service = 5, .gas = 100000};
    struct jam_transfer_input transfer = {.size = sizeof transfer, .source = 9, .amount = 100};
    struct jam_job *job;
    if (!fine(jam_job_new(world, JAM_ACCUMULATE, &options, &job, &err)))
        return false;
    bool good = fine(jam_job_add_transfer(job, &transfer, &err)) && fine(jam_job_run(job, &err)) &&
                look_at_accumulation(world, job) && fine(jam_job_commit(job, &err));
    if (good)
        ck_assert_int_eq(jam_job_commit(job, &err), PVM_E_USAGE);
    jam_job_free(job);
    return good;
}

static bool live(const struct pvm_alloc *alloc)
{
    struct jam_world_options options = {.size = sizeof options, .alloc = alloc};
    struct jam_world *world;
    const uint8_t *value;
    uint8_t before[32];
    uint8_t after[32];
    size_t len;
    if (!fine(jam_world_load(state.ptr, state.len, &options, &world, &err)))
        return false;
    bool good = fine(jam_world_root(world, before, &err)) && refine(world) && accumulate(world);
    uint64_t balance = 0;
    ck_assert(jam_world_balance(world, 5, &balance));
    if (good) {
        good = fine(jam_world_root(world, after, &err));
        ck_assert(!good || memcmp(before, after, 32) != 0);
        ck_assert_uint_eq(balance, 10000000 + 100 - 700);
        ck_assert(jam_world_storage(world, 5, "key", 3, &value, &len));
        ck_assert(len == 5 && memcmp(value, "value", 5) == 0);
        good = fine(jam_world_write(world, "own", &value, &len, &err)) && good;
    } else {
        ck_assert_uint_eq(balance, 10000000);
    }
    jam_world_free(world);
    return good;
}

START_TEST(a_state_is_worked_on)
{
    struct api_test_alloc counter = {.fail_from = SIZE_MAX};
    const struct pvm_alloc alloc = {api_test_resize, &counter};
    ck_assert(live(NULL));
    ck_assert(live(&alloc));
    ck_assert_uint_eq(counter.live, 0);
    ck_assert_uint_gt(counter.made, 100);
}
END_TEST

/* The n-th allocation fails, for every n through loading, a full Refine and a full Accumulate. */
START_TEST(every_allocation_may_fail)
{
    bool done = false;
    for (size_t n = 0; !done; n++) {
        struct api_test_alloc counter = {.fail_from = n};
        const struct pvm_alloc alloc = {api_test_resize, &counter};
        ck_assert_uint_lt(n, 20000);
        done = live(&alloc);
        ck_assert_uint_eq(counter.live, 0);
    }
}
END_TEST

/* Memory that ends once: what failed is tried again and goes well. */
START_TEST(failures_can_be_tried_again)
{
    bool done = false;
    for (size_t n = 0; !done; n += 7) {
        struct api_test_alloc counter = {.fail_from = SIZE_MAX};
        const struct pvm_alloc alloc = {api_test_resize, &counter};
        struct jam_world_options options = {.size = sizeof options, .alloc = &alloc};
        struct jam_world *world;
        ck_assert(jam_world_load(state.ptr, state.len, &options, &world, &err) == PVM_OK);
        counter.fail_from = counter.made + n;
        done = refine(world) && accumulate(world);
        counter.fail_from = SIZE_MAX;
        if (!done)
            ck_assert(refine(world) && accumulate(world));
        jam_world_free(world);
        ck_assert_uint_eq(counter.live, 0);
    }
}
END_TEST

/* The same job, after memory ended in its run. */
START_TEST(a_job_runs_again_after_a_failure)
{
    bool done = false;
    for (size_t n = 0; !done; n++) {
        struct api_test_alloc counter = {.fail_from = SIZE_MAX};
        const struct pvm_alloc alloc = {api_test_resize, &counter};
        struct jam_world_options options = {.size = sizeof options, .alloc = &alloc};
        struct jam_job_options how = {.size = sizeof how, .service = 5, .gas = 100000};
        struct jam_transfer_input transfer = {.size = sizeof transfer, .source = 9, .amount = 100};
        struct jam_world *world;
        struct jam_job *job;
        ck_assert(jam_world_load(state.ptr, state.len, &options, &world, &err) == PVM_OK);
        ck_assert(jam_job_new(world, JAM_ACCUMULATE, &how, &job, &err) == PVM_OK);
        ck_assert(jam_job_add_transfer(job, &transfer, &err) == PVM_OK);
        counter.fail_from = counter.made + n;
        done = fine(jam_job_run(job, &err));
        counter.fail_from = SIZE_MAX;
        ck_assert(done || jam_job_run(job, &err) == PVM_OK);
        ck_assert(look_at_accumulation(world, job));
        jam_job_free(job);
        jam_world_free(world);
        ck_assert_uint_eq(counter.live, 0);
    }
}
END_TEST

static void *live_often(void *user)
{
    unsigned *lives = user;
    for (unsigned i = 0; i < 5; i++)
        *lives += live(NULL);
    return NULL;
}

START_TEST(threads_have_worlds_of_their_own)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    unsigned lives[THREADS] = {0};
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, live_often, &lives[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(lives[i], 5);
    }
}
END_TEST

/* ---- the rest ---- */

/* Two inputs: the service panics, and what stood at the checkpoint stays. */
START_TEST(a_panic_keeps_the_checkpoint)
{
    struct jam_job_options options = {.size = sizeof options, .service = 5};
    static const uint8_t hash[32] = {1};
    struct jam_operand_input operand = {.size = sizeof operand,
                                        .package_hash = hash,
                                        .gas = 50000,
                                        .output = "x",
                                        .output_len = 1,
                                        .trace = "yz",
                                        .trace_len = 2};
    struct jam_world *world;
    struct jam_job *job;
    const char *text;
    ck_assert(jam_world_load(state.ptr, state.len, NULL, &world, &err) == PVM_OK);
    ck_assert(jam_job_new(world, JAM_ACCUMULATE, &options, &job, &err) == PVM_OK);
    for (int i = 0; i < 2; i++)
        ck_assert(jam_job_add_operand(job, &operand, &err) == PVM_OK);
    ck_assert(jam_job_run(job, &err) == PVM_OK);
    ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_PANIC);
    ck_assert(jam_job_exceptional(job));
    ck_assert_uint_eq(jam_job_sent_count(job), 0);
    ck_assert(!jam_job_yield(job, (uint8_t[32]){0}));
    ck_assert(jam_job_changes(job, &text, &err) == PVM_OK);
    ck_assert_ptr_nonnull(strstr(text, "storage \"key\""));
    ck_assert_int_eq(jam_job_add_operand(job, &operand, &err), PVM_E_USAGE);
    jam_job_free(job);
    jam_world_free(world);
}
END_TEST

START_TEST(misuse_is_refused)
{
    static const char named[] = "{\"services\":[{\"id\":1,\"code\":\"@/etc/passwd\"}]}";
    struct jam_world_options old = {.size = sizeof old, .gp = "0.7.0"};
    struct jam_world_options bad = {.size = sizeof bad, .params = "large"};
    struct jam_transfer_input transfer = {.size = sizeof transfer, .memo = named, .memo_len = 129};
    struct jam_job_options options = {.size = sizeof options, .blob = "?", .blob_len = 1};
    struct jam_world *world;
    struct jam_job *job;
    const uint8_t *text;
    size_t len;
    ck_assert_int_eq(jam_world_load("{", 1, NULL, &world, &err), PVM_E_MALFORMED);
    ck_assert_int_eq(jam_world_load(named, sizeof named - 1, NULL, &world, &err), PVM_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.msg, "/etc/passwd"));
    ck_assert_int_eq(jam_world_new(&bad, &world, &err), PVM_E_USAGE);
    bad = (struct jam_world_options){.size = sizeof bad, .gp = "1.0"};
    ck_assert_int_eq(jam_world_new(&bad, &world, &err), PVM_E_USAGE);

    ck_assert(jam_world_new(NULL, &world, &err) == PVM_OK);
    ck_assert_str_eq(jam_world_gp(world), "0.7.2");
    ck_assert_int_eq(jam_world_write(world, "yaml", &text, &len, &err), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_new(world, JAM_ON_TRANSFER, NULL, &job, &err), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_new(world, (enum jam_invocation)4, NULL, &job, &err), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_new(world, JAM_ACCUMULATE, &options, &job, &err), PVM_E_MALFORMED);
    ck_assert(jam_job_new(world, JAM_REFINE, NULL, &job, &err) == PVM_OK);
    ck_assert_int_eq(jam_job_add_transfer(job, &transfer, &err), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_commit(job, &err), PVM_E_USAGE);
    ck_assert(jam_job_run(job, &err) == PVM_OK);
    ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_BAD);
    ck_assert_ptr_nonnull(jam_job_why(job));
    ck_assert_str_eq(jam_outcome_name(jam_job_outcome(job)), "bad");
    jam_job_free(job);
    ck_assert(jam_job_new(world, JAM_ACCUMULATE, NULL, &job, &err) == PVM_OK);
    ck_assert_int_eq(jam_job_add_transfer(job, &transfer, &err), PVM_E_USAGE);
    jam_job_free(job);
    jam_world_free(world);

    ck_assert(jam_world_new(&old, &world, &err) == PVM_OK);
    ck_assert(jam_job_new(world, JAM_ON_TRANSFER, NULL, &job, &err) == PVM_OK);
    jam_job_free(job);
    jam_world_free(world);
}
END_TEST

/* What a callback tries on the job that it is called by. */
struct meddler {
    struct jam_job *job;
    unsigned calls;
};

static void meddle(void *user, const struct jam_host_call *call)
{
    struct meddler *meddler = user;
    struct jam_job *job = meddler->job;
    struct jam_transfer_input transfer = {.size = sizeof transfer, .source = 9, .amount = 100};
    struct pvm_err own;
    const char *text;
    size_t len;
    (void)call;
    ck_assert_int_eq(jam_job_run(job, &own), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_add_transfer(job, &transfer, &own), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_commit(job, &own), PVM_E_USAGE);
    ck_assert_int_eq(jam_job_report(job, &text, &own), PVM_E_USAGE);
    ck_assert(jam_job_changes(job, &text, &own) == PVM_OK);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_BAD);
    (void)jam_job_output(job, &len);
    ck_assert_uint_eq(len, 0);
    meddler->calls++;
}

START_TEST(callbacks_find_no_results)
{
    struct meddler meddler = {0};
    struct jam_job_options options = {
        .size = sizeof options, .service = 5, .host_call = meddle, .user = &meddler};
    struct jam_world *world;
    uint64_t balance = 0;
    ck_assert(jam_world_load(state.ptr, state.len, NULL, &world, &err) == PVM_OK);
    ck_assert(jam_job_new(world, JAM_ACCUMULATE, &options, &meddler.job, &err) == PVM_OK);
    ck_assert_msg(jam_job_run(meddler.job, &err) == PVM_OK, "%s", err.msg);
    ck_assert_int_eq(jam_job_outcome(meddler.job), JAM_ENDED_HALT);
    ck_assert_uint_eq(meddler.calls, 5);
    ck_assert(jam_world_balance(world, 5, &balance) && balance == 10000000);
    ck_assert(jam_job_commit(meddler.job, &err) == PVM_OK);
    ck_assert(jam_world_balance(world, 5, &balance) && balance == 10000000 - 700);
    jam_job_free(meddler.job);
    jam_world_free(world);
}
END_TEST

/* A job on a state that has become another is not taken over. */
START_TEST(commits_are_in_order)
{
    struct jam_job_options options = {.size = sizeof options, .service = 5};
    struct jam_world *world;
    struct jam_job *jobs[2];
    ck_assert(jam_world_load(state.ptr, state.len, NULL, &world, &err) == PVM_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert(jam_job_new(world, JAM_ACCUMULATE, &options, &jobs[i], &err) == PVM_OK);
        ck_assert(jam_job_run(jobs[i], &err) == PVM_OK);
    }
    ck_assert(jam_job_commit(jobs[1], &err) == PVM_OK);
    ck_assert_int_eq(jam_job_commit(jobs[0], &err), PVM_E_USAGE);
    jam_job_free(jobs[1]);
    jam_job_free(jobs[0]);
    jam_world_free(world);
}
END_TEST

Suite *jam_suite(void);

Suite *jam_suite(void)
{
    Suite *s = suite_create("jam");
    TCase *tc = tcase_create("jam");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_state_is_worked_on);
    tcase_add_test(tc, every_allocation_may_fail);
    tcase_add_test(tc, failures_can_be_tried_again);
    tcase_add_test(tc, a_job_runs_again_after_a_failure);
    tcase_add_test(tc, threads_have_worlds_of_their_own);
    tcase_add_test(tc, a_panic_keeps_the_checkpoint);
    tcase_add_test(tc, misuse_is_refused);
    tcase_add_test(tc, callbacks_find_no_results);
    tcase_add_test(tc, commits_are_in_order);
    suite_add_tcase(s, tc);
    return s;
}
