/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions at work: what a handler may do, what ends the run, states, settings, reports, and
 * memory that ends anywhere in a job that has one. */
#include "host/extension.h"

#include "core/api_testing.h"
#include "core/disasm.h"
#include "host/testing.h"

#include <stdio.h>

/* ---- an extension ---- */

/* What misbehave does; r7. */
enum deed {
    DEED_NOTHING,
    DEED_READ_R9,
    DEED_READ_R13,
    DEED_SET_R9,
    DEED_SET_R2,
    DEED_READ_BEYOND,
    DEED_READ_WRITABLE,
    DEED_WRITE_BEYOND,
    DEED_WRITE_MUCH,
    DEED_HALT,
    DEED_FAIL,
    DEED_PANIC,
    DEED_CHARGE,
    DEED_REPLACED
};

static enum pvm_exit misbehave(struct jam_context *ctx, struct jam_frame *frame)
{
    const uint8_t *octets;
    uint64_t at = jam_ext_arg(frame, 8);
    switch ((enum deed)jam_ext_arg(frame, 7)) {
    case DEED_NOTHING:
        break;
    case DEED_READ_R9:
        (void)jam_ext_arg(frame, 9);
        break;
    case DEED_READ_R13:
        (void)jam_ext_arg(frame, 13);
        break;
    case DEED_SET_R9:
        jam_ext_set(frame, 9, 1);
        break;
    case DEED_SET_R2:
        jam_ext_set(frame, 2, 1);
        break;
    case DEED_READ_BEYOND:
        (void)jam_ext_read(frame, at + 1, 8, &octets);
        break;
    case DEED_READ_WRITABLE:
        (void)jam_ext_read(frame, at + 16, 1, &octets);
        break;
    case DEED_WRITE_BEYOND:
        (void)jam_ext_write(frame, at + 15, "ab", 2);
        break;
    case DEED_WRITE_MUCH:
        for (unsigned i = 0; i < 5; i++)
            (void)jam_ext_write(frame, at, "a", 1);
        break;
    case DEED_HALT:
        return PVM_EXIT_HALT;
    case DEED_FAIL:
        return jam_ext_fail(frame, PVM_E_IO, "the moon is down");
    case DEED_PANIC:
        jam_ext_set(frame, 7, 5);
        (void)jam_ext_write(frame, at, "never", 5);
        return PVM_EXIT_PANIC;
    case DEED_CHARGE:
        if (!jam_ext_charge(frame, 100))
            return PVM_EXIT_OOG;
        break;
    case DEED_REPLACED:
        return jam_ext_replaced(ctx, frame);
    }
    return jam_ext_return(frame, JAM_OK);
}

/* Reads the same octets many times, adding them up, and writes the last one over the first two. */
static enum pvm_exit gather(struct jam_context *ctx, struct jam_frame *frame)
{
    const uint8_t *pieces[2];
    uint64_t at = jam_ext_arg(frame, 7);
    uint64_t len = jam_ext_arg(frame, 8);
    uint64_t sum = 0;
    (void)ctx;
    for (unsigned k = 0; k < 6; k++) {
        if (!jam_ext_read(frame, at, len, &pieces[0]) || !jam_ext_read(frame, at, len, &pieces[1]))
            return PVM_EXIT_PANIC;
        for (uint64_t i = 0; i < len; i++)
            sum += k % 2 == 0 ? pieces[0][i] : pieces[1][i];
    }
    if (len != 0 && (!jam_ext_write(frame, at, &pieces[1][len - 1], 1) ||
                     !jam_ext_write(frame, at + 1, &pieces[0][len - 1], 1)))
        return PVM_EXIT_PANIC;
    jam_ext_set(frame, 8, len);
    return jam_ext_return(frame, sum);
}

/* The state is a counter. */
struct counter {
    const struct pvm_alloc *alloc;
    uint64_t count;
    uint64_t step;
};

static enum pvm_exit next(struct jam_context *ctx, struct jam_frame *frame)
{
    struct counter *counter = jam_ext_state(frame);
    (void)ctx;
    counter->count += counter->step;
    return jam_ext_return(frame, counter->count);
}

/* Answers fetch kind 1 with the counter, and leaves other kinds to the GP. */
static enum pvm_exit entropy(struct jam_context *ctx, struct jam_frame *frame)
{
    struct counter *counter = jam_ext_state(frame);
    uint8_t octets[8];
    if (jam_ext_arg(frame, 10) != 1)
        return jam_ext_replaced(ctx, frame);
    pvm_store_le(octets, counter->count, sizeof octets);
    return jam_ext_return_part(frame, octets, sizeof octets, jam_ext_arg(frame, 7),
                               jam_ext_arg(frame, 8), jam_ext_arg(frame, 9));
}

static enum pvm_status counter_init(const struct jam_extension_start *start, void **state,
                                    struct pvm_err *err)
{
    const char *step = jam_ext_value(start, "step");
    ck_assert_uint_eq(start->size, sizeof *start);
    if (step != NULL && strcmp(step, "none") == 0)
        return jam_ext_error(err, PVM_E_USAGE, "a step of none");
    struct counter *counter = start->alloc->resize(start->alloc->user, NULL, sizeof *counter);
    if (counter == NULL)
        return jam_ext_error(err, PVM_E_MEMORY, "no room to count");
    *counter = (struct counter){.alloc = start->alloc, .step = 1};
    if (step != NULL)
        counter->step = (uint64_t)strtoull(step, NULL, 10);
    *state = counter;
    return PVM_OK;
}

static void counter_release(void *state)
{
    struct counter *counter = state;
    (void)counter->alloc->resize(counter->alloc->user, counter, 0);
}

static void counter_report(void *state, const struct jam_extension_report *report)
{
    const struct counter *counter = state;
    report->number(report->user, "count", counter->count);
    report->text(report->user, "mood", "calm", 4);
}

static void price_by_r12(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost)
{
    (void)ctx;
    cost->gas += regs[12] == 7 ? 93 : 0;
    cost->too_large = regs[12] == 8;
}

#define CELL(no, in, ...)                                                                          \
    {                                                                                              \
        .number = no, .invocations = in, .price = { __VA_ARGS__ }                                  \
    }
static const struct jam_extension_cell misbehave_cells[] = {
    CELL(210, JAM_IN(JAM_REFINE) | JAM_IN(JAM_ACCUMULATE), .base = 20)};
static const struct jam_extension_cell gather_cells[] = {
    CELL(1023, JAM_EVERYWHERE, .base = 5, .terms = {{2, 8, false}}, .rule = price_by_r12,
         .text = "5 + 2 * r8, and so on")};
static const struct jam_extension_cell next_cells[] = {
    {.since = JAM_GP(0, 6, 7), .number = 300, .invocations = JAM_EVERYWHERE, .price = {.base = 1}},
    {.since = JAM_GP(0, 7, 2), .number = 301, .invocations = JAM_EVERYWHERE, .price = {.base = 2}},
    {.since = JAM_GP(0, 8, 0), .number = -1},
};

#define CELLS(list) .cells = list, .cell_count = sizeof(list) / sizeof *(list)
static const struct jam_extension_call calls[] = {
    {.name = "misbehave",
     .handler = misbehave,
     CELLS(misbehave_cells),
     .reads = JAM_REGS(7, 8),
     .writes = JAM_REGS(7, 8),
     .memory = {{.access = PVM_READ, .address = 8, .constant = 8},
                {.access = PVM_WRITE, .address = 8, .constant = 16}}},
    {.name = "gather",
     .inputs = "r7=at r8=len",
     .handler = gather,
     CELLS(gather_cells),
     .reads = JAM_REGS(7, 8),
     .writes = JAM_REGS(7, 8),
     .memory = {{.access = PVM_READ, .address = 7, .scale = 1, .length = 8},
                {.access = PVM_WRITE, .address = 7, .scale = 1, .length = 8}}},
    {.name = "next", .handler = next, CELLS(next_cells), .writes = JAM_REG(7)},
    {.name = "entropy",
     .replaces = "fetch",
     .handler = entropy,
     .reads = JAM_REGS(7, 10),
     .writes = JAM_REG(7),
     .memory = {{.access = PVM_WRITE, .address = 7, .scale = 1, .length = 9}}},
};

static const struct jam_extension_setting settings[] = {
    {.name = "step", .argument = "N", .help = "how far it counts"}};

static const struct jam_extension lab = {
    .size = sizeof lab,
    .abi_version = JAM_EXTENSION_ABI_VERSION,
    .name = "lab",
    .calls = calls,
    .call_count = sizeof calls / sizeof *calls,
    .settings = settings,
    .setting_count = 1,
    .init = counter_init,
    .release = counter_release,
    .report = counter_report,
};

/* ---- single calls ---- */

static struct pvm_err err;
static struct test_env env;
static struct jam_profile profile;
static struct jam_extension_use use;
static struct jam_context ctx;

static void begin(const char *version, enum jam_invocation invocation)
{
    static const struct jam_limits limits;
    static const struct jam_hooks hooks;
    err = (struct pvm_err){.status = PVM_OK};
    use.extension = &lab;
    test_env_init(&env, version, invocation);
    ck_assert_msg(jam_profile_extend(jam_profile_find(version), &use, 1, &profile, &err) == PVM_OK,
                  "%s", err.msg);
    jam_context_init(&ctx, &profile, &env.params, invocation, NULL, &limits, &hooks);
    ck_assert(jam_extensions_begin(&ctx, &err) == PVM_OK);
}

static void end(void)
{
    jam_context_deinit(&ctx);
    jam_extensions_end(&ctx);
    test_env_deinit(&env);
}

static enum pvm_status call(uint64_t number, uint64_t r7, uint64_t r8, enum pvm_exit *exit)
{
    env.vm.regs[7] = r7;
    env.vm.regs[8] = r8;
    env.vm.arg = number;
    return jam_call_dispatch(&ctx, &env.vm, exit, &err);
}

/* Each of them ends the run, and says who did what. */
static const struct {
    enum deed deed;
    enum pvm_status status;
    const char *message;
} deeds[] = {
    {DEED_READ_R9, PVM_E_INTERNAL, "call misbehave reads r9, which its row does not declare"},
    {DEED_READ_R13, PVM_E_INTERNAL, "call misbehave reads r13, which"},
    {DEED_SET_R9, PVM_E_INTERNAL, "call misbehave sets r9, which its row does not declare"},
    {DEED_SET_R2, PVM_E_INTERNAL, "call misbehave sets r2, which"},
    {DEED_READ_BEYOND, PVM_E_INTERNAL, "call misbehave reads 8 octets at 0x20001, which"},
    {DEED_READ_WRITABLE, PVM_E_INTERNAL, "call misbehave reads 1 octets at 0x20010, which"},
    {DEED_WRITE_BEYOND, PVM_E_INTERNAL, "call misbehave writes 2 octets at 0x2000f, which"},
    {DEED_WRITE_MUCH, PVM_E_INTERNAL,
     "call misbehave makes more than 4 writes, the last to 0x20000"},
    {DEED_HALT, PVM_E_INTERNAL, "call misbehave ends with exit 1"},
    {DEED_FAIL, PVM_E_IO, "call misbehave: the moon is down"},
    {DEED_REPLACED, PVM_E_INTERNAL, "call misbehave: there is no call that it replaces here"},
};

START_TEST(test_breaches)
{
    enum pvm_exit exit;
    begin("0.7.2", JAM_REFINE);
    struct test_digest before = test_digest(&env);
    ck_assert_int_eq(call(210, deeds[_i].deed, TEST_W, &exit), deeds[_i].status);
    ck_assert_msg(strncmp(err.msg, "extension lab: ", 15) == 0, "%s", err.msg);
    ck_assert_msg(strstr(err.msg, deeds[_i].message) != NULL, "%s", err.msg);
    before.regs[7] = deeds[_i].deed;
    before.regs[8] = TEST_W;
    struct test_digest after = test_digest(&env);
    ck_assert_mem_eq(&before, &after, sizeof before);
    end();
}
END_TEST

/* The guest's ends: a panic changes nothing, gas runs out, a call is not open, or is unknown. */
START_TEST(test_ends)
{
    enum pvm_exit exit;
    begin("0.7.2", JAM_REFINE);
    ck_assert(call(210, DEED_NOTHING, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.gas, 980);
    struct test_digest before = test_digest(&env);
    ck_assert(call(210, DEED_PANIC, TEST_W, &exit) == PVM_OK && exit == PVM_EXIT_PANIC);
    struct test_digest after = test_digest(&env);
    ck_assert_uint_eq(before.memory, after.memory);
    ck_assert_uint_eq(env.vm.regs[7], DEED_PANIC);
    ck_assert(call(210, DEED_CHARGE, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.gas, 980 - 20 - 120);
    env.vm.gas = 119;
    ck_assert(call(210, DEED_CHARGE, 0, &exit) == PVM_OK && exit == PVM_EXIT_OOG);
    ck_assert_uint_eq(env.vm.gas, 0);
    env.vm.gas = 19;
    ck_assert(call(210, DEED_NOTHING, 0, &exit) == PVM_OK && exit == PVM_EXIT_OOG);
    end();

    begin("0.7.2", JAM_IS_AUTHORIZED);
    ck_assert(call(210, DEED_NOTHING, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.regs[7], JAM_WHAT);
    ck_assert_uint_eq(env.vm.gas, 990);
    ck_assert(call(5000000, 0, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.regs[7], JAM_WHAT);
    end();
}
END_TEST

/* Gas by registers; many reads across pages, whose octets stay; two writes and two registers. */
START_TEST(test_memory)
{
    static const uint8_t data[4] = {1, 2, 3, 250};
    enum pvm_exit exit;
    uint8_t octets[4];
    begin("0.8.0", JAM_ACCUMULATE);
    test_put(&env, TEST_W + 0xffe, pvm_bytes(data, sizeof data));
    env.vm.regs[12] = 0;
    ck_assert_msg(call(1023, TEST_W + 0xffe, 4, &exit) == PVM_OK, "%s", err.msg);
    ck_assert_int_eq(exit, PVM_EXIT_CONTINUE);
    ck_assert_uint_eq(env.vm.regs[7], 6 * 256);
    ck_assert_uint_eq(env.vm.regs[8], 4);
    ck_assert_uint_eq(env.vm.gas, 1000 - 5 - 8);
    pvm_memory_get(&env.vm.memory, TEST_W + 0xffe, octets, 4);
    ck_assert_mem_eq(octets, ((uint8_t[4]){250, 250, 3, 250}), 4);
    env.vm.regs[12] = 7;
    ck_assert(call(1023, 0, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE); /* empty: anywhere */
    ck_assert_uint_eq(env.vm.gas, 987 - 98);
    env.vm.regs[12] = 0;
    ck_assert(call(1023, TEST_GAP - 1, 2, &exit) == PVM_OK && exit == PVM_EXIT_PANIC);
    ck_assert(call(1023, TEST_R, 2, &exit) == PVM_OK && exit == PVM_EXIT_PANIC);
    env.vm.regs[12] = 8;
    ck_assert(call(1023, 0, 0, &exit) == PVM_OK && exit == PVM_EXIT_OOG);
    end();
}
END_TEST

/* Numbers follow the version; each run counts for itself. */
START_TEST(test_state)
{
    static const struct {
        const char *version;
        uint64_t number, gas;
    } rows[] = {{"0.6.6", 300, 0},
                {"0.6.7", 300, 1},
                {"0.7.1", 300, 1},
                {"0.7.2", 301, 2},
                {"0.8.0", 301, 0}};
    enum pvm_exit exit;
    begin(rows[_i].version, JAM_REFINE);
    env.vm.gas = 10000;
    for (uint64_t n = 1; n <= 3; n++) {
        ck_assert(call(rows[_i].number, 0, 0, &exit) == PVM_OK && exit == PVM_EXIT_CONTINUE);
        ck_assert_uint_eq(env.vm.regs[7], rows[_i].gas != 0 ? n : JAM_WHAT);
    }
    if (rows[_i].gas != 0)
        ck_assert_uint_eq(env.vm.gas, 10000 - 3 * rows[_i].gas);
    end();
}
END_TEST

/* A call that stands in for fetch has its number and price, and can let it answer. */
START_TEST(test_replaced)
{
    static const struct {
        const char *version;
        uint64_t number, gas;
    } rows[] = {{"0.6.6", 18, 10}, {"0.7.2", 1, 10}, {"0.8.0", 2, 103}};
    enum pvm_exit exit;
    uint8_t octets[4];
    begin(rows[_i].version, JAM_REFINE);
    struct counter *counter = ctx.rows[JAM_ROW_UNKNOWN + 1].state;
    counter->count = 0x01020304;
    env.vm.regs[9] = 4;
    env.vm.regs[10] = 1;
    ck_assert_msg(call(rows[_i].number, TEST_W, 1, &exit) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(env.vm.regs[7], 8);
    ck_assert_uint_eq(env.vm.gas, 1000 - rows[_i].gas);
    pvm_memory_get(&env.vm.memory, TEST_W, octets, 4);
    ck_assert_mem_eq(octets, ((uint8_t[4]){3, 2, 1, 0}), 4);
    /* The other fetch reads r11 and r12, which only its own row declares; nothing is to be found.
     */
    env.vm.regs[10] = 13;
    ck_assert_msg(call(rows[_i].number, TEST_W, 0, &exit) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(env.vm.regs[7], JAM_NONE);
    end();
}
END_TEST

START_TEST(test_names)
{
    static const char source[] = "    ecalli gather\n    ecalli fetch\n    ecalli next\n    trap\n";
    struct pvm_buf blob = {0};
    struct pvm_buf said = {0};
    struct pvm_buf text = {0};
    struct pvm_symbols symbols = {0};
    begin("0.7.2", JAM_REFINE);
    struct pvm_asm_options how = {.rules = profile.rules,
                                  .format = PVM_BLOB_RAW,
                                  .file = "t.s",
                                  .calls = jam_call_names(&profile)};
    ck_assert_msg(pvm_assemble(&how, pvm_bytes(source, sizeof source - 1), &blob, &symbols, &said,
                               &err) == PVM_OK,
                  "%s", pvm_buf_str(&said));
    struct pvm_program *program;
    ck_assert(pvm_program_new(profile.rules, NULL, pvm_buf_bytes(&blob), &program, &err) == PVM_OK);
    const struct pvm_disasm_options show = {.calls = how.calls};
    pvm_disasm_insn(program, 0, &show, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "ecalli gather");
    ck_assert_str_eq(jam_call_name(&profile, 1), "entropy"); /* stands in for fetch */
    ck_assert_str_eq(jam_call_name(&profile, 301), "next");
    ck_assert_ptr_null(jam_call_name(&profile, 300));
    ck_assert_ptr_null(jam_call_name(jam_profile_default, 301));
    pvm_program_free(program);
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&said);
    pvm_buf_deinit(&text);
    end();
}
END_TEST

/* ---- jobs ---- */

/* Counts twice, gathers eight octets across pages, and returns the count. */
static const char service[] = ".entry refine refine\n"
                              ".bss\n"
                              "buffer: .space 8192\n"
                              ".text\n"
                              "refine:\n"
                              "    ecalli next\n"
                              "    ecalli next\n"
                              "    la s0, buffer\n"
                              "    store_ind_u64 a0, [s0]\n"
                              "    la a0, buffer+4092\n"
                              "    li a1, 8\n"
                              "    li a5, 0\n"
                              "    ecalli gather\n"
                              "    la a0, buffer\n"
                              "    li a1, 8\n"
                              "    ret\n";

static struct pvm_buf code;

static void setup(void)
{
    struct pvm_buf said = {0};
    struct pvm_symbols symbols = {0};
    begin("0.7.2", JAM_REFINE);
    struct pvm_asm_options how = {.rules = profile.rules,
                                  .format = PVM_BLOB_JAM,
                                  .file = "service.s",
                                  .calls = jam_call_names(&profile)};
    ck_assert_msg(pvm_assemble(&how, pvm_bytes(service, sizeof service - 1), &code, &symbols, &said,
                               &err) == PVM_OK,
                  "%s", pvm_buf_str(&said));
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&said);
    end();
}

static void teardown(void)
{
    pvm_buf_deinit(&code);
}

static const char *fixture; /* of run_job; NULL: none */

static enum pvm_status run_job(const struct pvm_alloc *alloc, const char *step, uint64_t *result,
                               char report[static 200])
{
    struct jam_extension_value value = {"step", step};
    const struct jam_extension_use uses[] = {{&lab, &value, step != NULL}};
    struct jam_world_options world_options = {.size = sizeof world_options, .alloc = alloc};
    struct jam_job_options options = {.size = sizeof options,
                                      .blob = code.ptr,
                                      .blob_len = code.len,
                                      .fixture = fixture,
                                      .fixture_len = fixture != NULL ? strlen(fixture) : 0,
                                      .extensions = uses,
                                      .extension_count = 1};
    struct jam_world *world;
    struct jam_job *job = NULL;
    const char *text;
    size_t len;
    PVM_TRY(jam_world_new(&world_options, &world, &err));
    enum pvm_status status = jam_job_new(world, JAM_REFINE, &options, &job, &err);
    value = (struct jam_extension_value){"?", "?"};
    if (status == PVM_OK)
        status = jam_job_run(job, &err);
    if (status == PVM_OK)
        status = jam_job_report(job, &text, &err);
    if (status == PVM_OK) {
        ck_assert_int_eq(jam_job_outcome(job), JAM_ENDED_HALT);
        const uint8_t *output = jam_job_output(job, &len);
        ck_assert_uint_eq(len, 8);
        *result = pvm_load_le(output, 8);
        (void)snprintf(report, 200, "%s", text);
    }
    jam_job_free(job);
    jam_world_free(world);
    return status;
}

START_TEST(test_job)
{
    uint64_t result = 0;
    char report[200];
    ck_assert_msg(run_job(NULL, "21", &result, report) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(result, 42);
    ck_assert_str_eq(report,
                     "{\n  \"lab\": {\n    \"count\": 42,\n    \"mood\": \"calm\"\n  }\n}\n");
    ck_assert_int_eq(run_job(NULL, "none", &result, report), PVM_E_USAGE);
    ck_assert_str_eq(err.msg, "extension lab: a step of none");
}
END_TEST

/* What a fixture says, and that it is heard less than the options. */
START_TEST(test_fixture)
{
    static const struct {
        const char *text, *step;
        uint64_t result;
        const char *error;
    } rows[] = {
        {"{\"extensions\":{\"lab\":{\"step\":4}}}", NULL, 8, NULL},
        {"{\"extensions\":{\"note\":1,\"lab\":{\"step\":\"7\",\"note\":2}}}", NULL, 14, NULL},
        {"{\"extensions\":{\"lab\":{\"step\":4}}}", "9", 18, NULL},
        {"{\"extensions\":{\"lab\":{}}}", "9", 18, NULL},
        {"{\"extensions\":{}}", NULL, 2, NULL},
        {"{\"extensions\":{\"lab\":{\"stop\":4}}}", NULL, 0,
         "fixture: $.extensions.lab.stop: extension lab has no such setting"},
        {"{\"extensions\":{\"lib\":{}}}", NULL, 0,
         "fixture: $.extensions.lib: no extension of this name is loaded"},
        {"{\"extensions\":{\"lab\":{\"step\":[]}}}", NULL, 0,
         "fixture: $.extensions.lab.step: expected a text in quotes, got an array"},
        {"{\"extensions\":{\"lab\":1}}", NULL, 0,
         "fixture: $.extensions.lab: expected an object, got 1"},
        {"{\"extensions\":7}", NULL, 0, "fixture: $.extensions: expected an object, got 7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t result = 0;
        char report[200];
        fixture = rows[i].text;
        enum pvm_status status = run_job(NULL, rows[i].step, &result, report);
        ck_assert_msg((status == PVM_OK) == (rows[i].error == NULL), "%zu: %s", i, err.msg);
        ck_assert_uint_eq(result, rows[i].result);
        if (status != PVM_OK)
            ck_assert_str_eq(err.msg, rows[i].error);
    }
}
END_TEST

START_TEST(test_every_allocation_may_fail)
{
    fixture = "{\"extensions\":{\"lab\":{\"step\":1}}}";
    struct api_test_alloc blocks = {0};
    const struct pvm_alloc alloc = {api_test_resize, &blocks};
    uint64_t result = 0;
    char report[200];
    enum pvm_status status = PVM_E_MEMORY;
    size_t n = 0;
    for (; status != PVM_OK; n++) {
        blocks = (struct api_test_alloc){.fail_from = n};
        status = run_job(&alloc, NULL, &result, report);
        ck_assert_msg(status == PVM_OK || status == PVM_E_MEMORY, "%zu: %s", n, err.msg);
        ck_assert_msg(blocks.live == 0, "%zu: %zu blocks are left", n, blocks.live);
        ck_assert_uint_lt(n, 5000);
    }
    ck_assert_uint_eq(result, 2);
    ck_assert_uint_gt(n, 20);
}
END_TEST

Suite *extension_suite(void);

Suite *extension_suite(void)
{
    Suite *suite = suite_create("host/extension");
    TCase *single = tcase_create("calls");
    tcase_add_loop_test(single, test_breaches, 0, sizeof deeds / sizeof *deeds);
    tcase_add_test(single, test_ends);
    tcase_add_test(single, test_memory);
    tcase_add_loop_test(single, test_state, 0, 5);
    tcase_add_loop_test(single, test_replaced, 0, 3);
    tcase_add_test(single, test_names);
    suite_add_tcase(suite, single);
    TCase *jobs = tcase_create("jobs");
    tcase_add_checked_fixture(jobs, setup, teardown);
    tcase_add_test(jobs, test_job);
    tcase_add_test(jobs, test_fixture);
    tcase_add_test(jobs, test_every_allocation_may_fail);
    suite_add_tcase(suite, jobs);
    return suite;
}
