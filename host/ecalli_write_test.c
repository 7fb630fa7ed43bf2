/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of host calls as they are written: lines by hand, and those of the public traces, which
 * other implementations wrote of the same invocations. */
#include "host/ecalli_write.h"

#include "host/block.h"
#include "host/testing.h"
#include "host/vector_case_accumulate.h"
#include "host/vector_ecalli.h"
#include "host/vector_stf.h"
#include "host/vector_testing.h"

/* ---- by hand ---- */

#define REGS_BEFORE                                                                                \
    "r01=0x1111 r02=0x2222 r03=0x3333 r04=0x4444 r05=0x5555 r06=0x6666 r07=0x7777 r08=0x8888 "     \
    "r09=0x9999 r10=0xaaaa r11=0xbbbb r12=0xcccc\n"

static void touch(struct jam_ecalli_writer *writer, struct test_env *env, bool written,
                  uint64_t addr, uint64_t len)
{
    struct jam_memory_event event = {
        .written = written, .addr = addr, .len = len, .memory = &env->vm.memory};
    jam_ecalli_write_memory(writer, &event);
}

static void expect_text(struct jam_ecalli_writer *writer, const char *expected)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_ecalli_writer_status(writer, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&writer->text), expected);
    writer->text.len = 0;
}

/* Reads before writes, both by address and then by octets; registers ascending, unchanged ones if
 * they were set. */
START_TEST(test_lines)
{
    struct test_env env;
    struct jam_ecalli_writer writer;
    struct pvm_err err = {.status = PVM_OK};
    test_env_init(&env, "0.7.2", JAM_ACCUMULATE);
    ck_assert(pvm_memory_put(&env.vm.memory, TEST_W + 4094, pvm_bytes("\1\2\3\4", 4), &err) ==
              PVM_OK);
    jam_ecalli_writer_init(&writer, NULL);
    env.vm.pc = 5;
    jam_ecalli_write_comment(&writer, "words");
    jam_ecalli_write_start(&writer, pvm_bytes("\xab\0", 2), pvm_bytes("\x0a", 1), &env.vm);
    expect_text(&writer, "comment words\nprogram 0xab00\nmemwrite 0x00007777 len=1 <- 0x0a\n"
                         "start pc=5 gas=1000 " REGS_BEFORE);

    uint64_t after[PVM_REG_COUNT];
    memcpy(after, env.vm.regs, sizeof after);
    after[7] = UINT64_MAX;
    struct jam_call_event event = {.number = UINT64_MAX,
                                   .before = env.vm.regs,
                                   .after = after,
                                   .gas_before = 900,
                                   .gas_after = 890,
                                   .set = 1u << 7 | 1u << 8,
                                   .exit = PVM_EXIT_CONTINUE};
    env.vm.exit_pc = 18;
    touch(&writer, &env, true, TEST_W, 1);
    touch(&writer, &env, false, TEST_W + 4095, 2);
    touch(&writer, &env, false, TEST_W + 4094, 4);
    touch(&writer, &env, false, TEST_W + 4095, 1);
    touch(&writer, &env, false, TEST_W + 4095, 1);
    jam_ecalli_write_call(&writer, &event, &env.vm);
    expect_text(&writer, "ecalli=4294967295 pc=18 gas=900 " REGS_BEFORE
                         "memread 0x00020ffe len=4 -> 0x01020304\n"
                         "memread 0x00020fff len=1 -> 0x02\n"
                         "memread 0x00020fff len=1 -> 0x02\n"
                         "memread 0x00020fff len=2 -> 0x0203\n"
                         "memwrite 0x00020000 len=1 <- 0x00\n"
                         "setreg r07 <- 0xffffffffffffffff\n"
                         "setreg r08 <- 0x8888\n"
                         "setgas <- 890\n");
    event.exit = PVM_EXIT_PANIC;
    event.set = 0;
    event.number = 3;
    jam_ecalli_write_call(&writer, &event, &env.vm);
    expect_text(&writer, "ecalli=3 pc=18 gas=900 " REGS_BEFORE
                         "comment the host call ended the invocation: panic\n");
    jam_ecalli_writer_deinit(&writer);
    test_env_deinit(&env);
}
END_TEST

/* A write that another goes over: both show what is there in the end. */
START_TEST(test_overlap)
{
    struct test_env env;
    struct jam_ecalli_writer writer;
    struct pvm_err err = {.status = PVM_OK};
    test_env_init(&env, "0.7.2", JAM_ACCUMULATE);
    jam_ecalli_writer_init(&writer, NULL);
    memset(env.vm.regs, 0, sizeof env.vm.regs);
    struct jam_call_event event = {
        .number = 1, .before = env.vm.regs, .after = env.vm.regs, .exit = PVM_EXIT_CONTINUE};
    env.vm.exit_pc = 3;
    ck_assert(pvm_memory_put(&env.vm.memory, TEST_W + 1, pvm_bytes("\1\2", 2), &err) == PVM_OK);
    touch(&writer, &env, true, TEST_W + 1, 2);
    ck_assert(pvm_memory_put(&env.vm.memory, TEST_W, pvm_bytes("\3\4", 2), &err) == PVM_OK);
    touch(&writer, &env, true, TEST_W, 2);
    jam_ecalli_write_call(&writer, &event, &env.vm);
    expect_text(&writer, "ecalli=1 pc=3 gas=0\nmemwrite 0x00020000 len=2 <- 0x0304\n"
                         "memwrite 0x00020001 len=2 <- 0x0402\nsetgas <- 0\n");
    jam_ecalli_writer_deinit(&writer);
    test_env_deinit(&env);
}
END_TEST

START_TEST(test_ends)
{
    static const struct {
        enum pvm_exit exit;
        const char *words;
    } rows[] = {
        {PVM_EXIT_HALT, "HALT pc=7 gas=3\n"},
        {PVM_EXIT_OOG, "OOG pc=7 gas=3\n"},
        {PVM_EXIT_PANIC, "PANIC=0 pc=7 gas=3\n"},
        {PVM_EXIT_FAULT, "PANIC=65536 pc=7 gas=3\n"},
    };
    struct test_env env;
    struct jam_ecalli_writer writer;
    test_env_init(&env, "0.7.2", JAM_ACCUMULATE);
    jam_ecalli_writer_init(&writer, NULL);
    memset(env.vm.regs, 0, sizeof env.vm.regs);
    env.vm.exit_pc = 7;
    env.vm.gas = 3;
    env.vm.arg = 0x10000;
    jam_ecalli_write_start(&writer, pvm_bytes_none(), pvm_bytes_none(), &env.vm);
    expect_text(&writer, "program 0x\nstart pc=0 gas=3\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        jam_ecalli_write_end(&writer, rows[i].exit, &env.vm);
        expect_text(&writer, rows[i].words);
    }
    jam_ecalli_writer_deinit(&writer);
    test_env_deinit(&env);
}
END_TEST

/* ---- as others wrote it ---- */

/* Writes the trace of one run, or of the runs of a block one after the other. */
struct recorder {
    struct jam_ecalli_writer writer;
    const struct pvm_vm *vm;
    const struct jam_state *state;
    struct pvm_buf whole; /* runs of a block that are over */
};

static void on_call(void *user, const struct jam_call_event *event)
{
    struct recorder *recorder = user;
    jam_ecalli_write_call(&recorder->writer, event, recorder->vm);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    struct recorder *recorder = user;
    jam_ecalli_write_memory(&recorder->writer, event);
}

/* Only to know the machine of a run that another starts. */
static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct recorder *recorder = user;
    if (machine < 0)
        recorder->vm = vm;
}

static struct pvm_bytes code_of(const struct jam_state *state, uint32_t id)
{
    const struct jam_service *service = jam_state_find(state, id);
    struct pvm_bytes code = pvm_bytes_none();
    ck_assert(service != NULL && jam_preimage_get(service, &service->code_hash, &code));
    return code;
}

static bool is_error(struct pvm_bytes line)
{
    static const char begins[] = "setreg r07 <- 0xfffffffffffffff";
    size_t len = sizeof begins - 1;
    return line.len == len + 2 && memcmp(line.ptr, begins, len) == 0 &&
           strchr("789abcd", line.ptr[len]) != NULL; /* HUH to OOB, GP 0.7.2 B.1 */
}

/* What JIP-7 leaves open is made alike, for both sides:
 *   - what loggers put in front, lines of no kind, comments;
 *   - whether octets that a call uses twice are read twice (typeberry and we: yes);
 *   - what a call reads that then does not return, or returns an error that it may have decided
 *     on without. */
static void add_lines(struct pvm_bytes text, const char *prefix, struct pvm_buf *out)
{
    static const char *const kept[] = {"program", "start",  "ecalli", "memread", "memwrite",
                                       "setreg",  "setgas", "HALT",   "OOG",     "PANIC"};
    struct pvm_buf reads = {0};
    struct pvm_bytes last = pvm_bytes_none();
    size_t skip = strlen(prefix);
    while (text.len > 0) {
        const uint8_t *end = memchr(text.ptr, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.ptr) + 1 : text.len;
        struct pvm_bytes line = pvm_bytes(text.ptr, len);
        text = pvm_bytes(text.ptr + len, text.len - len);
        if (line.len < skip + 8 || memcmp(line.ptr, prefix, skip) != 0)
            continue;
        line = pvm_bytes(line.ptr + skip, line.len - skip);
        unsigned kind = 0;
        while (kind < 10 && memcmp(line.ptr, kept[kind], strlen(kept[kind])) != 0)
            kind++;
        if (kind == 3 && !pvm_bytes_equal(line, last))
            pvm_buf_add_bytes(&reads, line);
        bool void_reads = kind >= 7 || is_error(line);
        if (kind != 3 && kind < 10) {
            if (!void_reads)
                pvm_buf_add_bytes(out, pvm_buf_bytes(&reads));
            reads.len = 0;
            pvm_buf_add_bytes(out, line);
        }
        last = line;
    }
    pvm_buf_deinit(&reads);
}

/* Fails with the first line that is different. */
static void expect_same(const char *name, struct pvm_bytes theirs, const char *prefix,
                        struct pvm_bytes ours)
{
    struct pvm_buf a = {0}, b = {0};
    size_t start = 0;
    add_lines(theirs, prefix, &a);
    add_lines(ours, "", &b);
    ck_assert_uint_gt(a.len, 0);
    for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
        if (a.ptr[i] == '\n')
            start = i + 1;
    if (!pvm_bytes_equal(pvm_buf_bytes(&a), pvm_buf_bytes(&b)))
        ck_abort_msg("%s: expected \"%.200s\", got \"%.200s\"", name, pvm_buf_str(&a) + start,
                     pvm_buf_str(&b) + start);
    pvm_buf_deinit(&a);
    pvm_buf_deinit(&b);
}

/* A trace of ours holds when it is replayed. */
static void expect_replay(const char *name, struct pvm_bytes text)
{
    struct jam_vector_options options = {.alloc = NULL};
    struct jam_ecalli_reader reader = jam_ecalli_reader(text);
    struct jam_vector_result result;
    struct pvm_err err = {.status = PVM_OK};
    jam_vector_result_init(&result, NULL);
    ck_assert_msg(jam_ecalli_replay(&reader, "a/v0.7.2/b", &options, &result, &err) == PVM_OK,
                  "%s: %s", name, err.msg);
    ck_assert_msg(result.passed, "%s: %s", name, pvm_buf_str(&result.why));
    jam_vector_result_deinit(&result);
}

static void read_file(const char *path, struct pvm_buf *out)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_disk_read(path, (size_t)1 << 28, out, &err) == PVM_OK, "%s", err.msg);
}

/* False when there is no code to run. */
static bool record_case(const struct jam_accumulate_case *c, struct recorder *recorder)
{
    const struct jam_accumulate_in in = {
        .state = &c->before,
        .service = c->common.service,
        .gas = c->common.gas,
        .inputs = c->inputs,
        .input_count = c->input_count,
        .slot = c->slot,
        .entropy = c->entropy,
    };
    const struct jam_invoke_options options = {
        .profile = c->common.profile,
        .params = &c->common.params,
        .hooks = {.call = on_call, .memory = on_memory, .user = recorder},
    };
    struct jam_run *run;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_accumulate_new(&in, &options, &run, &err) == PVM_OK, "%s", err.msg);
    recorder->vm = jam_run_vm(run);
    bool has_code = recorder->vm != NULL;
    if (has_code) {
        jam_ecalli_write_start(&recorder->writer, code_of(&c->before, in.service),
                               jam_run_args(run), recorder->vm);
        ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
        jam_ecalli_write_end(&recorder->writer, jam_run_result(run)->exit, recorder->vm);
    }
    jam_run_free(run);
    return has_code;
}

struct pair {
    char logs[2 * TEST_PATH]; /* folder of the other implementation's */
    size_t compared;
};

static void compare_case(const char *path, void *user)
{
    struct pair *pair = user;
    struct jam_vector_options options = {.alloc = NULL};
    struct jam_accumulate_case *c;
    struct recorder recorder = {.vm = NULL};
    struct pvm_buf octets = {0}, theirs = {0};
    struct pvm_err err = {.status = PVM_OK};
    char log[4 * TEST_PATH];
    const char *name = strrchr(path, '/') + 1;
    read_file(path, &octets);
    ck_assert_msg(jam_accumulate_case_load(pvm_buf_bytes(&octets), path, &options, &c, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    jam_ecalli_writer_init(&recorder.writer, NULL);
    snprintf(log, sizeof log, "%s/%.*s.log", pair->logs, (int)strlen(name) - 5, name);
    if (record_case(c, &recorder)) {
        read_file(log, &theirs);
        expect_same(name, pvm_buf_bytes(&theirs), "", pvm_buf_bytes(&recorder.writer.text));
        expect_replay(name, pvm_buf_bytes(&recorder.writer.text));
        pair->compared++;
    } else {
        ck_assert_msg(!jam_disk_has(log), "%s: nothing ran", name);
    }
    jam_ecalli_writer_deinit(&recorder.writer);
    jam_accumulate_case_free(c);
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&theirs);
}

START_TEST(test_public)
{
    static const struct {
        const char *name;
        size_t cases, logs;
    } sets[] = {
        {"v0.7.2-storage_light", 63, 63},
        {"v0.7.2-preimages_light", 63, 63},
        {"v0.7.2-fuzzy-sample", 81, 77},
    };
    char archive[TEST_PATH], cases[TEST_PATH], logs[TEST_PATH];
    snprintf(archive, sizeof archive, "accumulate-cases/%s.tar.xz", sets[_i].name);
    if (!test_unpack(archive, cases))
        return;
    snprintf(archive, sizeof archive, "ecalli-traces/%s.tar.xz", sets[_i].name);
    if (test_unpack(archive, logs)) {
        struct pair pair = {.compared = 0};
        snprintf(pair.logs, sizeof pair.logs, "%s/%s", logs, sets[_i].name);
        ck_assert_uint_eq(test_each(cases, sets[_i].name, ".json", compare_case, &pair),
                          sets[_i].cases);
        ck_assert_uint_eq(pair.compared, sets[_i].logs);
        test_remove(logs);
    }
    test_remove(cases);
}
END_TEST

/* ---- typeberry's log of a block ---- */

/* The run is over: what stands in front of its calls is what every machine starts with. */
static void on_ran(void *user, const struct jam_block_run *ran)
{
    static struct pvm_vm start;
    struct recorder *recorder = user;
    struct jam_ecalli_writer prelude;
    struct pvm_bytes args = jam_run_args(ran->run);
    jam_ecalli_writer_init(&prelude, NULL);
    start = (struct pvm_vm){.pc = 5, .gas = ran->gas};
    start.regs[0] = 0xffff0000;
    start.regs[1] = 0xfefe0000;
    start.regs[7] = 0xfeff0000;
    start.regs[8] = args.len;
    jam_ecalli_write_start(&prelude, code_of(recorder->state, ran->service), args, &start);
    pvm_buf_add_bytes(&recorder->whole, pvm_buf_bytes(&prelude.text));
    jam_ecalli_write_end(&recorder->writer, jam_run_result(ran->run)->exit, jam_run_vm(ran->run));
    pvm_buf_add_bytes(&recorder->whole, pvm_buf_bytes(&recorder->writer.text));
    recorder->writer.text.len = 0;
    jam_ecalli_writer_deinit(&prelude);
}

static void record_block(const char *path, struct recorder *recorder)
{
    struct jam_vector_options options = {.alloc = NULL};
    struct jam_stf *stf;
    struct pvm_buf octets = {0};
    struct jam_state state;
    struct jam_block_out out;
    struct pvm_err err = {.status = PVM_OK};
    read_file(path, &octets);
    ck_assert_msg(jam_stf_load(pvm_buf_bytes(&octets), path, &options, &stf, &err) == PVM_OK, "%s",
                  err.msg);
    const struct jam_block_in in = {.slot = stf->slot,
                                    .entropy = stf->before->state.entropy[0],
                                    .reports = stf->reports,
                                    .report_count = stf->report_count};
    const struct jam_block_options how = {
        .profile = stf->profile,
        .params = &stf->params,
        .hooks = {.step = on_step, .call = on_call, .memory = on_memory, .user = recorder},
        .ran = on_ran,
        .user = recorder};
    ck_assert(jam_state_copy(&state, &stf->before->state, &err) == PVM_OK);
    recorder->state = &stf->before->state;
    ck_assert_msg(jam_block_accumulate(&state, &in, &how, &out, &err) == PVM_OK, "%s", err.msg);
    jam_state_deinit(&state);
    jam_stf_free(stf);
    pvm_buf_deinit(&octets);
}

START_TEST(test_public_logger)
{
    static const char log[] =
        PVM_SHARED "/vectors/ecalli-traces/process_one_immediate_report-1.log";
    char folder[TEST_PATH], path[2 * TEST_PATH];
    if (!jam_disk_has(log)) {
        fprintf(stderr, "skipped: no %s\n", log);
        return;
    }
    if (!test_unpack("stf-accumulate/v0.7.2.tar.xz", folder))
        return;
    struct recorder recorder = {.vm = NULL};
    struct pvm_buf theirs = {0};
    snprintf(path, sizeof path, "%s/v0.7.2/tiny/process_one_immediate_report-1.json", folder);
    jam_ecalli_writer_init(&recorder.writer, NULL);
    record_block(path, &recorder);
    read_file(log, &theirs);
    expect_same(path, pvm_buf_bytes(&theirs), "TRACE [  ecalli] ", pvm_buf_bytes(&recorder.whole));
    expect_replay(path, pvm_buf_bytes(&recorder.whole));
    jam_ecalli_writer_deinit(&recorder.writer);
    pvm_buf_deinit(&recorder.whole);
    pvm_buf_deinit(&theirs);
    test_remove(folder);
}
END_TEST

Suite *ecalli_write_suite(void);

Suite *ecalli_write_suite(void)
{
    Suite *suite = suite_create("ecalli_write");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, test_lines);
    tcase_add_test(tcase, test_overlap);
    tcase_add_test(tcase, test_ends);
    tcase_add_loop_test(tcase, test_public, 0, 3);
    tcase_add_test(tcase, test_public_logger);
    suite_add_tcase(suite, tcase);
    return suite;
}
