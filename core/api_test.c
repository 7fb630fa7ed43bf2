/* SPDX-License-Identifier: Apache-2.0 */
/* Of core/pvm.h: modules, machines, runs, callbacks, threads, failing memory. */
#include "core/api_testing.h"

#include <pthread.h>

static struct pvm_err err;

/* ---- modules ---- */

#define HALTS "ret\n"

START_TEST(versions_are_found_by_name)
{
    static const struct {
        const char *gp;
        bool known;
    } cases[] = {{NULL, true},    {"0.6.2", true},   {"0.7.1", true},  {"0.7.2", true},
                 {"0.8.0", true}, {"0.6.1", false},  {"0.7.3", false}, {"9.9.9", false},
                 {"0.7", false},  {"0.7.2 ", false}, {"0.6.8", false}, {"0.6.7", true}, {"", false}};
    struct pvm_buf blob = {0};
    api_test_blob(HALTS, PVM_BLOB_RAW, &blob);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pvm_module_options options = {.size = sizeof options, .gp = cases[i].gp};
        struct pvm_module *module = NULL;
        memset(&err, 0xa5, sizeof err); /* needs no initialisation */
        enum pvm_status status = pvm_module_new(blob.ptr, blob.len, &options, &module, &err);
        ck_assert_msg(status == (cases[i].known ? PVM_OK : PVM_E_USAGE), "%s", cases[i].gp);
        ck_assert_int_eq(err.status, status);
        ck_assert((module != NULL) == cases[i].known);
        ck_assert((err.msg[0] == '\0') == cases[i].known);
        pvm_module_free(module);
    }
    ck_assert_uint_eq(pvm_abi_version(), PVM_ABI_VERSION);
    pvm_buf_deinit(&blob);
}
END_TEST

START_TEST(formats_are_found_out_or_asked_for)
{
    static const enum pvm_blob_format formats[] = {PVM_BLOB_RAW, PVM_BLOB_STANDARD, PVM_BLOB_JAM};
    for (size_t i = 0; i < 3; i++) {
        struct pvm_buf blob = {0};
        api_test_blob(HALTS, formats[i], &blob);
        struct pvm_module *module = NULL;
        ck_assert(pvm_module_new(blob.ptr, blob.len, NULL, &module, &err) == PVM_OK);
        ck_assert_str_eq(pvm_module_format(module), pvm_blob_format_name(formats[i]));
        pvm_module_free(module);
        struct pvm_module_options options = {.size = sizeof options, .format = "polkavm"};
        ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &options, &module, &err), PVM_E_USAGE);
        options.format = pvm_blob_format_name(formats[(i + 1) % 3]);
        ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &options, &module, &err),
                         PVM_E_MALFORMED);
        ck_assert_int_ne(err.msg[0], '\0');
        pvm_buf_deinit(&blob);
    }
    struct pvm_module *module;
    ck_assert_int_eq(pvm_module_new(NULL, 0, NULL, &module, &err), PVM_E_MALFORMED);
}
END_TEST

/* A caller built against an older, shorter struct, and one against a newer, longer one. */
START_TEST(options_may_be_of_another_size)
{
    struct {
        struct pvm_module_options known;
        uint64_t later;
    } options = {.known = {.gp = "0.7.0"}};
    struct pvm_buf blob = {0};
    struct pvm_module *module;
    api_test_blob(HALTS, PVM_BLOB_RAW, &blob);
    options.known.size = sizeof options;
    ck_assert(pvm_module_new(blob.ptr, blob.len, &options.known, &module, &err) == PVM_OK);
    pvm_module_free(module);
    options.later = 1;
    ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &options.known, &module, &err),
                     PVM_E_USAGE);
    options.known.size = offsetof(struct pvm_module_options, window);
    ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &options.known, &module, &err), PVM_OK);
    pvm_module_free(module);
    options.known.size -= 1;
    ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &options.known, &module, &err),
                     PVM_E_USAGE);
    pvm_buf_deinit(&blob);
}
END_TEST

START_TEST(instructions_have_text)
{
    struct pvm_module *module = api_test_module("load_imm a0, 258\n ret\n", PVM_BLOB_RAW);
    char text[32];
    ck_assert_uint_eq(pvm_instruction_text(module, 0, text, sizeof text), 16);
    ck_assert_str_eq(text, "load_imm a0, 258");
    ck_assert_uint_eq(pvm_instruction_text(module, 0, text, 9), 16);
    ck_assert_str_eq(text, "load_imm");
    ck_assert_uint_eq(pvm_instruction_text(module, 0, NULL, 0), 16);
    ck_assert_uint_gt(pvm_instruction_text(module, 1000, text, sizeof text), 3);
    ck_assert_int_eq(strncmp(text, "trap", 4), 0);
    pvm_module_free(module);
}
END_TEST

/* ---- machines ---- */

/* A standard program has the memory and registers of Y: arguments, stack, heap. */
START_TEST(standard_programs_get_their_memory)
{
    struct pvm_module *module = api_test_module(".heap 1\n.stack 4096\n"
                                                "    load_ind_u8 a0, [a0]\n"
                                                "    load_imm a1, 1\n"
                                                "    sbrk a2, a1\n"
                                                "    ret\n",
                                                PVM_BLOB_STANDARD);
    struct pvm_machine_options options = {.size = sizeof options, .args = "xyz", .args_len = 3};
    struct pvm_machine *machine;
    ck_assert(pvm_machine_new(module, &options, &machine, &err) == PVM_OK);
    ck_assert(pvm_machine_module(machine) == module);
    pvm_module_free(module);
    ck_assert_uint_eq(pvm_regs(machine)[0], 0xffff0000);
    ck_assert_uint_eq(pvm_regs(machine)[7], 0xfeff0000);
    ck_assert_uint_eq(pvm_regs(machine)[8], 3);
    ck_assert_uint_eq(pvm_heap_top(machine), 0x21000);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_OOG);
    pvm_set_gas(machine, 100);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
    ck_assert_uint_eq(pvm_regs(machine)[7], 'x');
    ck_assert_uint_eq(pvm_regs(machine)[9], 0x21000);
    ck_assert_uint_eq(pvm_heap_top(machine), 0x21001);
    ck_assert_uint_eq(pvm_gas(machine), 96);
    pvm_machine_free(machine);
    options.args_len = ((size_t)1 << 24) + 1;
    module = api_test_module(HALTS, PVM_BLOB_STANDARD);
    ck_assert_int_eq(pvm_machine_new(module, &options, &machine, &err), PVM_E_MALFORMED);
    pvm_module_free(module);
    module = api_test_module(HALTS, PVM_BLOB_RAW);
    ck_assert_int_eq(pvm_machine_new(module, &options, &machine, &err), PVM_E_USAGE);
    pvm_module_free(module);
    pvm_machine_free(NULL);
    pvm_module_free(NULL);
}
END_TEST

/* Every exit, with its argument, and going on behind it. */
START_TEST(runs_end_and_go_on)
{
    struct pvm_machine *machine = api_test_machine("    ecalli -3\n"             /* 0 */
                                                   "    load_u8 a0, [0x30007]\n" /* 2 */
                                                   "    load_imm a1, 5\n"
                                                   "    trap\n");
    pvm_set_gas(machine, 1);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HOST);
    ck_assert_uint_eq(pvm_exit_arg(machine), (uint64_t)-3);
    ck_assert_uint_eq(pvm_exit_pc(machine), 0);
    ck_assert_uint_eq(pvm_pc(machine), 2);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_OOG);
    ck_assert_uint_eq(pvm_pc(machine), 2);
    pvm_set_gas(machine, 10);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_FAULT);
    ck_assert_uint_eq(pvm_exit_arg(machine), 0x30000);
    ck_assert_uint_eq(pvm_fault_address(machine), 0x30000);
    ck_assert_uint_eq(pvm_gas(machine), 9);
    ck_assert(pvm_map(machine, 0x30000, 0x1000, PVM_WRITE, &err) == PVM_OK);
    ck_assert(pvm_store_u8(machine, 0x30007, 77) == PVM_MEM_OK);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_PANIC);
    ck_assert_uint_eq(pvm_regs(machine)[7], 77);
    ck_assert_uint_eq(pvm_regs(machine)[8], 5);
    ck_assert_uint_eq(pvm_gas(machine), 6);
    pvm_set_pc(machine, 0);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HOST);
    enum pvm_exit exit;
    ck_assert(pvm_step(machine, 1, &exit, &err) == PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_CONTINUE);
    ck_assert(pvm_step(machine, 5, &exit, &err) == PVM_OK);
    ck_assert_int_eq(exit, PVM_EXIT_PANIC);
    ck_assert(pvm_charge(machine, 2));
    ck_assert_uint_eq(pvm_gas(machine), 0);
    pvm_set_gas(machine, 3);
    ck_assert(!pvm_charge(machine, 4));
    ck_assert_uint_eq(pvm_gas(machine), 0);
    ck_assert_str_eq(pvm_exit_name(PVM_EXIT_OOG), "out-of-gas");
    pvm_machine_free(machine);
}
END_TEST

/* Under the block model, going to another place is paid for there. */
START_TEST(a_new_position_is_paid_for)
{
    struct pvm_buf blob = {0};
    struct pvm_module *module;
    struct pvm_machine *machine;
    struct pvm_module_options options = {.size = sizeof options, .gp = "gas-draft"};
    api_test_blob("ecalli 1\nfallthrough\nloop: ecalli 2\njump loop\n", PVM_BLOB_RAW, &blob);
    ck_assert(pvm_module_new(blob.ptr, blob.len, &options, &module, &err) == PVM_OK);
    ck_assert(pvm_machine_new(module, NULL, &machine, &err) == PVM_OK);
    pvm_set_gas(machine, 1000);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HOST);
    uint64_t first = 1000 - pvm_gas(machine);
    pvm_set_pc(machine, pvm_pc(machine));
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HOST);
    ck_assert_uint_eq(pvm_exit_arg(machine), 2);
    uint64_t before = pvm_gas(machine);
    pvm_set_pc(machine, 0);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HOST);
    ck_assert_uint_eq(pvm_exit_arg(machine), 1);
    ck_assert_uint_eq(before - pvm_gas(machine), first);
    ck_assert_uint_gt(first, 0);
    pvm_machine_free(machine);
    pvm_module_free(module);
    pvm_buf_deinit(&blob);
}
END_TEST

/* ---- host calls ---- */

struct host {
    unsigned calls;
    enum pvm_exit exit;
    enum pvm_status status;
    const char *message;
    bool nested;
};

/* Doubles r7 in place and stores it; the call's number says how to end. */
static enum pvm_status serve(void *user, struct pvm_machine *machine, uint64_t call,
                             enum pvm_exit *exit, struct pvm_err *e)
{
    struct host *host = user;
    host->calls++;
    ck_assert_int_eq(*exit, PVM_EXIT_CONTINUE);
    pvm_regs(machine)[7] *= 2;
    ck_assert(pvm_store_u64(machine, 0x20000, pvm_regs(machine)[7]) == PVM_MEM_OK);
    ck_assert(pvm_charge(machine, 10));
    if (host->nested) {
        struct pvm_err inner;
        enum pvm_exit how;
        ck_assert_int_eq(pvm_run(machine, &how, &inner), PVM_E_USAGE);
        ck_assert_int_eq(pvm_run_with_host(machine, serve, user, &how, &inner), PVM_E_USAGE);
    }
    if (call == 9)
        *exit = host->exit;
    if (call == 9 && host->message != NULL && e != NULL) {
        e->status = host->status;
        strcpy(e->msg, host->message);
    }
    return call == 9 ? host->status : PVM_OK;
}

#define CALLS "    ecalli 1\n    ecalli 2\n    ecalli 9\n    load_u64 a1, [0x20000]\n    ret\n"

START_TEST(host_calls_are_served)
{
    static const enum pvm_exit exits[] = {PVM_EXIT_CONTINUE, PVM_EXIT_HALT, PVM_EXIT_PANIC,
                                          PVM_EXIT_OOG, PVM_EXIT_HOST};
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
        struct pvm_machine *machine = api_test_machine(CALLS);
        struct host host = {.exit = exits[i], .nested = true};
        enum pvm_exit exit;
        pvm_regs(machine)[7] = 5;
        ck_assert(pvm_run_with_host(machine, serve, &host, &exit, &err) == PVM_OK);
        ck_assert_int_eq(exit, exits[i] == PVM_EXIT_CONTINUE ? PVM_EXIT_HALT : exits[i]);
        ck_assert_uint_eq(host.calls, 3);
        ck_assert_uint_eq(pvm_regs(machine)[7], 40);
        ck_assert_uint_eq(pvm_regs(machine)[8], exits[i] == PVM_EXIT_CONTINUE ? 40 : 0);
        ck_assert_uint_eq(pvm_gas(machine), exits[i] == PVM_EXIT_CONTINUE ? 965 : 967);
        if (exits[i] == PVM_EXIT_HOST) {
            ck_assert_uint_eq(pvm_exit_arg(machine), 9);
            ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
            ck_assert_uint_eq(pvm_regs(machine)[8], 40);
        }
        pvm_machine_free(machine);
    }
}
END_TEST

/* Nobody who asked for a run is given an exit that there is not; the machine can go on. */
START_TEST(unknown_exits_are_refused)
{
    static const int exits[] = {-1, PVM_EXIT_HOST + 1, INT32_MAX};
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
        struct pvm_machine *machine = api_test_machine(CALLS);
        struct host host = {.exit = (enum pvm_exit)exits[i]};
        enum pvm_exit exit = PVM_EXIT_OOG;
        ck_assert_int_eq(pvm_run_with_host(machine, serve, &host, &exit, &err), PVM_E_USAGE);
        ck_assert_msg(strstr(err.msg, "which is no exit") != NULL, "%s", err.msg);
        ck_assert_int_eq(exit, PVM_EXIT_OOG);
        ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
        pvm_machine_free(machine);
    }
}
END_TEST

/* An error of the callback is the run's, and the machine can go on behind the call. */
START_TEST(host_errors_come_back)
{
    static const char *const messages[] = {NULL, "the disk is full"};
    static const char *const want[] = {"host call 9 failed: input/output error",
                                       "the disk is full"};
    for (size_t i = 0; i < 2; i++) {
        struct pvm_machine *machine = api_test_machine(CALLS);
        struct host host = {.status = PVM_E_IO, .message = messages[i]};
        enum pvm_exit exit = PVM_EXIT_FAULT;
        pvm_regs(machine)[7] = 5;
        ck_assert_int_eq(pvm_run_with_host(machine, serve, &host, &exit, &err), PVM_E_IO);
        ck_assert_str_eq(err.msg, want[i]);
        ck_assert_int_eq(exit, PVM_EXIT_FAULT);
        ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
        ck_assert_uint_eq(pvm_regs(machine)[8], 40);
        ck_assert_int_eq(err.status, PVM_E_IO);
        pvm_machine_free(machine);
    }
}
END_TEST

/* ---- observers ---- */

struct seen {
    unsigned count;
    uint64_t pcs[8], gas[8], a0[8];
};

static void see(void *user, struct pvm_machine *machine)
{
    struct seen *seen = user;
    enum pvm_exit exit;
    ck_assert_uint_lt(seen->count, 8);
    seen->pcs[seen->count] = pvm_pc(machine);
    seen->gas[seen->count] = pvm_gas(machine);
    seen->a0[seen->count++] = pvm_regs(machine)[7];
    ck_assert_int_eq(pvm_run(machine, &exit, NULL), PVM_E_USAGE);
}

START_TEST(observers_see_each_instruction)
{
    struct pvm_machine *machine = api_test_machine("    load_imm a0, 3\n"
                                                   "    fallthrough\n"
                                                   "loop:\n"
                                                   "    add_imm_64 a0, a0, -1\n"
                                                   "    branch_ne_imm a0, 2, loop\n"
                                                   "    ret\n");
    struct seen seen = {0};
    pvm_observe(machine, see, &seen);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
    ck_assert_uint_eq(seen.count, 5);
    static const uint64_t pcs[] = {0, 3, 4, 7, 11}, a0[] = {0, 3, 3, 2, 2};
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(seen.pcs[i], pcs[i]);
        ck_assert_uint_eq(seen.a0[i], a0[i]);
        ck_assert_uint_eq(seen.gas[i], 1000 - i);
    }
    pvm_observe(machine, NULL, NULL);
    pvm_set_pc(machine, 0);
    ck_assert_int_eq(api_test_run(machine), PVM_EXIT_HALT);
    ck_assert_uint_eq(seen.count, 5);
    pvm_machine_free(machine);
}
END_TEST

/* ---- memory that ends ---- */

/* Writes to a page a million times over; the limit ends the machine, not the process. */
START_TEST(a_limit_ends_the_machine)
{
    struct pvm_module *module = api_test_module("loop: store_ind_u8 a0, [a1]\n"
                                                "    add_imm_64 a1, a1, 4096\n"
                                                "    jump loop\n",
                                                PVM_BLOB_RAW);
    struct pvm_machine_options options = {.size = sizeof options, .memory_limit = 1 << 20};
    struct pvm_machine *machine;
    enum pvm_exit exit = PVM_EXIT_HALT;
    ck_assert(pvm_machine_new(module, &options, &machine, &err) == PVM_OK);
    pvm_module_free(module);
    ck_assert(pvm_map(machine, 0x10000000, 0x10000000, PVM_WRITE, &err) == PVM_OK);
    pvm_regs(machine)[8] = 0x10000000;
    pvm_set_gas(machine, 1000000);
    ck_assert_int_eq(pvm_run(machine, &exit, &err), PVM_E_LIMIT);
    ck_assert_str_eq(err.msg, "guest memory limit of 1048576 octets reached");
    ck_assert_int_eq(exit, PVM_EXIT_HALT);
    ck_assert_int_eq(pvm_run(machine, &exit, &err), PVM_E_USAGE);
    ck_assert_int_eq(pvm_step(machine, 1, &exit, &err), PVM_E_USAGE);
    ck_assert(pvm_store_u8(machine, 0x1ffff000, 1) == PVM_MEM_NO_ROOM);
    uint8_t octet;
    ck_assert(pvm_load_u8(machine, 0x1ffff000, &octet) == PVM_MEM_OK);
    pvm_machine_free(machine);
}
END_TEST

/* One life of everything, with whatever may fail. True when nothing did. */
static bool live(const struct pvm_alloc *alloc, struct pvm_bytes blob)
{
    struct pvm_module_options mo = {.size = sizeof mo, .alloc = alloc};
    struct pvm_machine_options o = {.size = sizeof o, .alloc = alloc, .args = "ab", .args_len = 2};
    struct pvm_module *module;
    struct pvm_machine *machine;
    struct host host = {0};
    enum pvm_exit exit;
    static uint8_t buffer[PVM_PAGE_SIZE];
    char text[16];
    bool good = true;
    if (pvm_module_new(blob.ptr, blob.len, &mo, &module, &err) != PVM_OK)
        return false;
    enum pvm_status status = pvm_machine_new(module, &o, &machine, &err);
    good = pvm_instruction_text(module, 0, text, sizeof text) != 0;
    pvm_module_free(module);
    if (status != PVM_OK)
        return false;
    pvm_set_gas(machine, 1000);
    pvm_regs(machine)[9] = 7;
    good = pvm_map(machine, 0x10000000, 0x2000, PVM_WRITE, &err) == PVM_OK && good;
    good = pvm_write(machine, 0x10000ffc, "12345678", 8) == PVM_MEM_OK && good;
    good = pvm_lend(machine, 0x40000000, buffer, sizeof buffer, &err) == PVM_OK && good;
    status = pvm_run_with_host(machine, serve, &host, &exit, &err);
    if (status == PVM_OK) {
        ck_assert_int_eq(exit, PVM_EXIT_HALT);
        ck_assert_uint_eq(pvm_regs(machine)[7], 2 * UINT64_C(0xfeff0000));
    } else {
        ck_assert(status == PVM_E_MEMORY);
        ck_assert_int_eq(pvm_run(machine, &exit, &err), PVM_E_USAGE);
    }
    ck_assert_uint_eq(pvm_regs(machine)[9], 7);
    pvm_machine_free(machine);
    return good && status == PVM_OK;
}

/* The n-th allocation fails, for every n: an error each time, and nothing is left behind. */
START_TEST(every_allocation_may_fail)
{
    struct pvm_buf blob = {0};
    size_t n = 0;
    api_test_blob(
        ".data\n.zero 4096\n.heap 1\n.text\n"
        "    store_ind_u8 a0, [sp-1]\n    store_u8 a0, [0x20010]\n    ecalli 1\n    ret\n",
        PVM_BLOB_STANDARD, &blob);
    for (bool done = false; !done; n++) {
        struct api_test_alloc counter = {.fail_from = n};
        const struct pvm_alloc alloc = {api_test_resize, &counter};
        ck_assert_uint_lt(n, 200);
        done = live(&alloc, pvm_buf_bytes(&blob));
        ck_assert_uint_eq(counter.live, 0);
    }
    ck_assert_uint_gt(n, 15);
    pvm_buf_deinit(&blob);
}
END_TEST

/* ---- threads ---- */

static void *work(void *user)
{
    struct pvm_module *module = user;
    uint64_t *sum = malloc(sizeof *sum);
    *sum = 0;
    for (unsigned i = 0; i < 200; i++) {
        struct pvm_machine *machine;
        struct host host = {0};
        enum pvm_exit exit;
        if (pvm_machine_new(pvm_module_ref(module), NULL, &machine, NULL) != PVM_OK)
            return sum;
        pvm_module_free(module);
        pvm_set_gas(machine, 100000);
        pvm_regs(machine)[0] = 0xffff0000;
        pvm_regs(machine)[7] = i;
        if (pvm_map(machine, 0x20000, 0x1000, PVM_WRITE, NULL) == PVM_OK &&
            pvm_run_with_host(machine, serve, &host, &exit, NULL) == PVM_OK &&
            exit == PVM_EXIT_HALT)
            *sum += pvm_regs(machine)[8];
        pvm_machine_free(machine);
    }
    return sum;
}

/* Machines of one module on several threads, the module given back before they end. */
START_TEST(threads_share_a_module)
{
    enum { THREADS = 4 };
    static const char *const versions[] = {"0.7.2", "gas-draft"};
    struct pvm_buf blob = {0};
    api_test_blob(CALLS, PVM_BLOB_RAW, &blob);
    for (size_t v = 0; v < 2; v++) {
        struct pvm_module_options options = {.size = sizeof options, .gp = versions[v]};
        struct pvm_module *module;
        pthread_t threads[THREADS];
        ck_assert(pvm_module_new(blob.ptr, blob.len, &options, &module, &err) == PVM_OK);
        for (unsigned i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, work, module), 0);
        for (unsigned i = 0; i < THREADS; i++) {
            void *sum;
            ck_assert_int_eq(pthread_join(threads[i], &sum), 0);
            ck_assert_uint_eq(*(uint64_t *)sum, 8 * (199 * 200 / 2));
            free(sum);
        }
        pvm_module_free(module);
    }
    pvm_buf_deinit(&blob);
}
END_TEST

Suite *api_suite(void);

Suite *api_suite(void)
{
    Suite *s = suite_create("api");
    TCase *tc = tcase_create("api");
    tcase_add_test(tc, versions_are_found_by_name);
    tcase_add_test(tc, formats_are_found_out_or_asked_for);
    tcase_add_test(tc, options_may_be_of_another_size);
    tcase_add_test(tc, instructions_have_text);
    tcase_add_test(tc, standard_programs_get_their_memory);
    tcase_add_test(tc, runs_end_and_go_on);
    tcase_add_test(tc, a_new_position_is_paid_for);
    tcase_add_test(tc, host_calls_are_served);
    tcase_add_test(tc, unknown_exits_are_refused);
    tcase_add_test(tc, host_errors_come_back);
    tcase_add_test(tc, observers_see_each_instruction);
    tcase_add_test(tc, a_limit_ends_the_machine);
    tcase_add_test(tc, every_allocation_may_fail);
    tcase_add_test(tc, threads_share_a_module);
    suite_add_tcase(s, tc);
    return s;
}
