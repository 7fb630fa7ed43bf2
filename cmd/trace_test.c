/* SPDX-License-Identifier: Apache-2.0 */
/* The binary form of traces: octet by octet, broken in every way, and how small it is. */
#define _XOPEN_SOURCE 700 /* mkstemp */

#include "cmd/bench.h"
#include "cmd/files.h"
#include "cmd/trace_source.h"
#include "core/api.h"
#include "core/api_testing.h"
#include "core/asm.h"
#include "host/hash.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

enum { A0 = 7, NAME_SIZE = 64 };

static const char source_text[] = "start: load_imm a0, 7\n"
                                  "store_u32 a0, [0x20000]\n"
                                  "trap\n";

struct fixture {
    char path[NAME_SIZE];
    struct pvm_buf blob, octets;
    struct pvm_program *program;
};

static void setup(struct fixture *f)
{
    struct pvm_err err = {0};
    *f = (struct fixture){.path = "/tmp/pvm-trace-XXXXXX"};
    int fd = mkstemp(f->path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    api_test_blob(source_text, PVM_BLOB_RAW, &f->blob);
    ck_assert_int_eq(pvm_program_new(jam_profile_default->rules, NULL, pvm_buf_bytes(&f->blob),
                                     &f->program, &err),
                     PVM_OK);
}

static void teardown(struct fixture *f)
{
    unlink(f->path);
    pvm_program_free(f->program);
    pvm_buf_deinit(&f->blob);
    pvm_buf_deinit(&f->octets);
}

static void put_file(const struct fixture *f, struct pvm_bytes octets)
{
    FILE *file = fopen(f->path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(octets.ptr, 1, octets.len, file), octets.len);
    ck_assert_int_eq(fclose(file), 0);
}

static struct cmd_trace_record step_at(const struct fixture *f, uint64_t step, uint64_t pc,
                                       enum pvm_op op)
{
    return (struct cmd_trace_record){
        .kind = CMD_TRACE_STEP,
        .has_step = true,
        .has_gas = true,
        .has_cost = true,
        .machine = -1,
        .step = step,
        .pc = pc,
        .gas = 101 - step,
        .cost = 1,
        .op = op,
        .known_before = CMD_TRACE_ALL,
        .known_after = CMD_TRACE_ALL,
        .program = f->program,
    };
}

/* Writes the three instructions of source_text, the store refused, to path. */
static void write_trace(struct fixture *f, enum cmd_trace_form form, const char *path)
{
    struct pvm_err err = {0};
    struct cmd_trace_sink sink = {.form = form, .meta = {.gp = "0.7.2", .run = "raw"}};
    struct cmd_trace_record records[4] = {
        step_at(f, 1, 0, PVM_OP_LOAD_IMM),
        step_at(f, 2, 3, PVM_OP_STORE_U32),
        step_at(f, 3, 8, PVM_OP_TRAP),
        {.kind = CMD_TRACE_END, .machine = -1, .step = 3, .pc = 8, .gas = 97, .text = "panic"},
    };
    records[0].after[A0] = records[1].before[A0] = records[1].after[A0] = 7;
    records[2].before[A0] = records[2].after[A0] = 7;
    for (unsigned i = 0; i < 3; i++)
        cmd_trace_derive(&records[i], i == 1);
    ck_assert_int_eq(cmd_trace_sink_open(&sink, path, false, &err), PVM_OK);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(cmd_trace_sink_add(&sink, &records[i], &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_sink_close(&sink, &err), PVM_OK);
    cmd_trace_sink_deinit(&sink);
    f->octets.len = 0;
    ck_assert_int_eq(cmd_read_file(path, &f->octets, &err), PVM_OK);
}

START_TEST(test_octets)
{
    struct fixture f;
    struct pvm_buf events = {0}, want = {0};
    setup(&f);
    write_trace(&f, CMD_TRACE_AS_BINARY, f.path);
    struct jam_hash id = jam_hash(pvm_buf_bytes(&f.blob));

    pvm_buf_add(&events,
                "\x80\5"
                "0.7.2"
                "\3"
                "raw"
                "\0",
                12);
    pvm_buf_add(&events, "\x81\0", 2);
    pvm_buf_add_bytes(&events, jam_hash_bytes(&id));
    pvm_buf_add_u8(&events, (uint8_t)f.blob.len);
    pvm_buf_add_bytes(&events, pvm_buf_bytes(&f.blob));
    pvm_buf_add(&events, "\x82\1\0", 3); /* machine -1, slot 0 */
    /* Gas 100 rather than 0: 2 * 100 = 0xc8 in seven bits and one; a0 by 7: 14. */
    pvm_buf_add(&events, "\x24\4\xc8\1\x0e", 5);
    pvm_buf_add(&events, "\x10\0", 2); /* the store, refused; the trap */
    pvm_buf_add(&events,
                "\x84\5"
                "panic"
                "\x8\x61\3",
                10);

    pvm_buf_add(&want, "PVMTRACE\1", 9);
    pvm_buf_add_le(&want, events.len, 4);
    pvm_buf_add_le(&want, XXH3_64bits(events.ptr, events.len), 8);
    pvm_buf_add_bytes(&want, pvm_buf_bytes(&events));
    pvm_buf_add_le(&want, 0, 4);
    pvm_buf_add_le(&want, XXH3_64bits(NULL, 0), 8);
    ck_assert_uint_eq(f.octets.len, want.len);
    ck_assert_mem_eq(f.octets.ptr, want.ptr, want.len);
    pvm_buf_deinit(&events);
    pvm_buf_deinit(&want);
    teardown(&f);
}
END_TEST

/* Reads the file to its end or first error. */
static enum pvm_status read_all(const struct fixture *f, unsigned *events, struct pvm_err *err)
{
    struct cmd_trace_source source;
    struct cmd_trace_record record;
    bool more = true;
    *err = (struct pvm_err){.status = PVM_OK};
    *events = 0;
    enum pvm_status status =
        cmd_trace_source_open(&source, f->path, jam_profile_default, NULL, err);
    while (status == PVM_OK && more) {
        status = cmd_trace_source_next(&source, &record, &more, err);
        *events += status == PVM_OK && more;
    }
    cmd_trace_source_deinit(&source);
    return status;
}

static void check_broken(const struct fixture *f, const char *what, size_t place)
{
    struct pvm_err err;
    unsigned events;
    enum pvm_status status = read_all(f, &events, &err);
    ck_assert_msg(status == PVM_E_MALFORMED, "%s %zu: status %d", what, place, (int)status);
    ck_assert_ptr_nonnull(strstr(err.msg, f->path));
    ck_assert_ptr_null(strchr(err.msg, '\n'));
}

START_TEST(test_flips)
{
    struct fixture f;
    struct pvm_err err;
    unsigned events;
    setup(&f);
    write_trace(&f, CMD_TRACE_AS_BINARY, f.path);
    ck_assert_int_eq(read_all(&f, &events, &err), PVM_OK);
    ck_assert_uint_eq(events, 4);
    for (size_t bit = 0; bit < f.octets.len * 8; bit++) {
        f.octets.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        put_file(&f, pvm_buf_bytes(&f.octets));
        check_broken(&f, "bit", bit);
        f.octets.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    for (size_t len = 0; len < f.octets.len; len++) {
        put_file(&f, pvm_bytes(f.octets.ptr, len));
        check_broken(&f, "length", len);
    }
    teardown(&f);
}
END_TEST

/* Bits of a zstd frame that matter to no reader, such as those of the size of its window, change
 * nothing; every other one is found. */
START_TEST(test_packed_flips)
{
    struct fixture f;
    struct pvm_err err;
    unsigned events;
    char path[NAME_SIZE + 8];
    setup(&f);
    snprintf(path, sizeof path, "%s.zst", f.path);
    write_trace(&f, CMD_TRACE_AS_BINARY, path);
    unlink(path);
    for (size_t bit = 0; bit < f.octets.len * 8; bit++) {
        f.octets.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        put_file(&f, pvm_buf_bytes(&f.octets));
        enum pvm_status status = read_all(&f, &events, &err);
        ck_assert(status == PVM_E_MALFORMED || (status == PVM_OK && events == 4));
        f.octets.ptr[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    for (size_t len = 0; len < f.octets.len; len++) {
        put_file(&f, pvm_bytes(f.octets.ptr, len));
        check_broken(&f, "length", len);
    }
    teardown(&f);
}
END_TEST

/* Octets that have a right checksum, and make no sense: nothing crashes, and the end is an error.
 */
START_TEST(test_nonsense)
{
    struct fixture f;
    struct pvm_buf whole = {0};
    uint64_t state = 1;
    setup(&f);
    write_trace(&f, CMD_TRACE_AS_BINARY, f.path);
    size_t len = f.octets.len - 9 - 12 - 12;
    for (unsigned round = 0; round < 3000; round++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        uint8_t *events = f.octets.ptr + 9 + 12;
        uint8_t kept = events[(state >> 33) % len];
        events[(state >> 33) % len] = (uint8_t)(state >> 17);
        whole.len = 0;
        pvm_buf_add(&whole, "PVMTRACE\1", 9);
        pvm_buf_add_le(&whole, len, 4);
        pvm_buf_add_le(&whole, XXH3_64bits(events, len), 8);
        pvm_buf_add(&whole, events, len);
        pvm_buf_add_le(&whole, 0, 4);
        pvm_buf_add_le(&whole, XXH3_64bits(NULL, 0), 8);
        put_file(&f, pvm_buf_bytes(&whole));
        struct pvm_err err;
        unsigned count;
        enum pvm_status status = read_all(&f, &count, &err);
        ck_assert(status == PVM_OK || status == PVM_E_MALFORMED);
        events[(state >> 33) % len] = kept;
    }
    pvm_buf_deinit(&whole);
    teardown(&f);
}
END_TEST

static const enum cmd_trace_form forms[] = {CMD_TRACE_AS_TEXT, CMD_TRACE_AS_JSON,
                                            CMD_TRACE_AS_BINARY};

START_TEST(test_forms)
{
    struct fixture f;
    struct pvm_err err = {0};
    struct cmd_trace_source source;
    struct cmd_trace_record record;
    bool more;
    setup(&f);
    write_trace(&f, forms[_i], f.path);
    ck_assert_int_eq(cmd_trace_source_open(&source, f.path, jam_profile_default, NULL, &err),
                     PVM_OK);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.kind == CMD_TRACE_STEP && record.op == PVM_OP_LOAD_IMM);
    ck_assert_uint_eq(record.gas, 100);
    ck_assert_uint_eq(record.before[A0], 0);
    ck_assert_uint_eq(record.after[A0], 7);
    ck_assert_uint_eq(record.access.width, 0);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.op == PVM_OP_STORE_U32 && record.machine == -1);
    ck_assert_uint_eq(record.step, 2);
    ck_assert_uint_eq(record.pc, 3);
    ck_assert_uint_eq(record.before[A0], 7);
    ck_assert(record.access.refused && record.access.written);
    ck_assert_uint_eq(record.access.width, 4);
    ck_assert_uint_eq(record.access.addr, 0x20000);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.op == PVM_OP_TRAP && record.cost == 1);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.kind == CMD_TRACE_END);
    ck_assert_str_eq(record.text, "panic");
    ck_assert_uint_eq(record.gas, 97);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(!more);
    cmd_trace_source_deinit(&source);
    teardown(&f);
}
END_TEST

/* ---- size ---- */

/* Octets of the file an instruction may take. */
enum { MOST = 12, STEPS = 200000 };

static const struct {
    const char *name, *gp;
} programs[] = {
    {"w1_fib", CMD_BENCH_FLAT},    {"w2_sieve", CMD_BENCH_FLAT},    {"w3_collatz", CMD_BENCH_FLAT},
    {"w4_copy", CMD_BENCH_FLAT},   {"w5_muldiv", CMD_BENCH_FLAT},   {"w6_dispatch", CMD_BENCH_FLAT},
    {"w7_ecalli", CMD_BENCH_FLAT}, {"w9_blake2b", CMD_BENCH_FLAT},  {"w10_fibrec", CMD_BENCH_FLAT},
    {"w1_fib", CMD_BENCH_BLOCK},   {"w3_collatz", CMD_BENCH_BLOCK}, {"w9_blake2b", CMD_BENCH_BLOCK},
};
static const char *const versions[] = {CMD_BENCH_FLAT, CMD_BENCH_BLOCK};

enum {
    PROGRAM_COUNT = sizeof programs / sizeof *programs,
    VERSION_COUNT = sizeof versions / sizeof *versions
};

/* Writes what a machine does to a file. */
struct writer {
    struct cmd_trace_sink sink;
    struct cmd_trace_record record;
    bool pending;
};

static void put(struct writer *writer, const struct pvm_vm *vm)
{
    struct cmd_trace_record *record = &writer->record;
    struct pvm_err err = {0};
    if (!writer->pending)
        return;
    record->cost = record->gas - vm->gas;
    memcpy(record->after, vm->regs, sizeof record->after);
    ck_assert_int_eq(cmd_trace_sink_add(&writer->sink, record, &err), PVM_OK);
}

static void on_step(void *user, struct pvm_machine *machine)
{
    struct writer *writer = user;
    const struct pvm_vm *vm = &machine->vm;
    uint64_t step = writer->record.step + 1;
    put(writer, vm);
    writer->pending = true;
    writer->record = (struct cmd_trace_record){.kind = CMD_TRACE_STEP,
                                               .has_step = true,
                                               .has_gas = true,
                                               .has_cost = true,
                                               .machine = -1,
                                               .step = step,
                                               .pc = vm->pc,
                                               .gas = vm->gas,
                                               .known_before = CMD_TRACE_ALL,
                                               .known_after = CMD_TRACE_ALL,
                                               .program = vm->program,
                                               .op = pvm_program_op(vm->program, vm->pc)};
    memcpy(writer->record.before, vm->regs, sizeof writer->record.before);
}

/* Runs a program, and checks that the whole file of its trace, program and all, is small. */
static void check_size(struct pvm_bytes blob, const char *gp)
{
    struct pvm_err err = {0};
    struct pvm_module *module;
    struct pvm_machine *machine;
    struct fixture f;
    enum pvm_exit exit;
    static const uint8_t args[8] = {0, 0, 0, 0x10};
    struct pvm_module_options as = {.size = sizeof as, .gp = gp};
    struct pvm_machine_options how = {.size = sizeof how, .args = args, .args_len = sizeof args};
    struct writer *writer = calloc(1, sizeof *writer);
    ck_assert_ptr_nonnull(writer);
    setup(&f);
    writer->sink = (struct cmd_trace_sink){.form = CMD_TRACE_AS_BINARY, .meta = {.run = "raw"}};
    strcpy(writer->sink.meta.gp, gp);
    ck_assert_int_eq(cmd_trace_sink_open(&writer->sink, f.path, false, &err), PVM_OK);
    ck_assert_int_eq(pvm_module_new(blob.ptr, blob.len, &as, &module, &err), PVM_OK);
    ck_assert_int_eq(pvm_machine_new(module, &how, &machine, &err), PVM_OK);
    pvm_set_gas(machine, UINT64_C(1) << 40);
    pvm_observe(machine, on_step, writer);
    do
        ck_assert_int_eq(pvm_step(machine, STEPS - writer->record.step, &exit, &err), PVM_OK);
    while (exit == PVM_EXIT_HOST && writer->record.step < STEPS);
    put(writer, &machine->vm);
    ck_assert_int_eq(cmd_trace_sink_close(&writer->sink, &err), PVM_OK);
    ck_assert_int_eq(cmd_read_file(f.path, &f.octets, &err), PVM_OK);
    ck_assert_uint_ge(writer->record.step, 10000);
    ck_assert_uint_le(f.octets.len, MOST * writer->record.step);
    cmd_trace_sink_deinit(&writer->sink);
    pvm_machine_free(machine);
    pvm_module_free(module);
    free(writer);
    teardown(&f);
}

START_TEST(test_size)
{
    struct pvm_bytes blob;
    struct pvm_err err = {0};
    ck_assert_int_eq(cmd_bench_blob(programs[_i].name, programs[_i].gp, &blob, &err), PVM_OK);
    check_size(blob, programs[_i].gp);
}
END_TEST

/* w8: no instruction comes twice, and the program is in the trace too. */
START_TEST(test_straight_size)
{
    struct pvm_asm_options how = {
        .rules = jam_profile_find(versions[_i])->rules, .format = PVM_BLOB_STANDARD, .file = "w8"};
    struct pvm_buf source = {0}, blob = {0}, diagnostics = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    uint64_t checksum;
    cmd_bench_straight_source(STEPS / 2, &source, &checksum);
    ck_assert_int_eq(
        pvm_assemble(&how, pvm_buf_bytes(&source), &blob, &symbols, &diagnostics, &err), PVM_OK);
    check_size(pvm_buf_bytes(&blob), versions[_i]);
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&diagnostics);
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&blob);
}
END_TEST

/* ---- memory of host calls ---- */

enum { MEMORY_AT = 0x20000, LONG = 9000 };

START_TEST(test_range_octets)
{
    struct fixture f;
    struct pvm_vm vm;
    struct pvm_err err = {0};
    uint8_t octets[LONG];
    setup(&f);
    for (unsigned i = 0; i < LONG; i++)
        octets[i] = (uint8_t)(i * 7 + 1);
    pvm_vm_init(&vm, f.program, NULL, NULL);
    ck_assert_int_eq(
        pvm_memory_map(&vm.memory, MEMORY_AT >> PVM_PAGE_BITS, 3, PVM_WRITE, true, &err), PVM_OK);
    ck_assert_int_eq(pvm_memory_put(&vm.memory, MEMORY_AT, pvm_bytes(octets, LONG), &err), PVM_OK);
    ck_assert_uint_eq(cmd_trace_octets(&vm.memory, MEMORY_AT, 1), 0x01);
    ck_assert_uint_eq(cmd_trace_octets(&vm.memory, MEMORY_AT, 8), UINT64_C(0x322b241d160f0801));
    ck_assert_uint_eq(cmd_trace_octets(&vm.memory, MEMORY_AT, 9), XXH3_64bits(octets, 9));
    ck_assert_uint_eq(cmd_trace_octets(&vm.memory, MEMORY_AT + 1, 4096),
                      XXH3_64bits(octets + 1, 4096));
    uint64_t sum = XXH3_64bits(octets, 4096);
    sum = XXH3_64bits_withSeed(octets + 4096, 4096, sum);
    sum = XXH3_64bits_withSeed(octets + 8192, LONG - 8192, sum);
    ck_assert_uint_eq(cmd_trace_octets(&vm.memory, MEMORY_AT, LONG), sum);
    pvm_vm_deinit(&vm);
    teardown(&f);
}
END_TEST

/* Each form keeps them, and a binary trace without them is read as before. */
START_TEST(test_range_forms)
{
    struct fixture f;
    struct pvm_err err = {0};
    struct cmd_trace_source source;
    struct cmd_trace_record record;
    bool more, octets = _i < 3;
    struct cmd_trace_record call = {.kind = CMD_TRACE_CALL,
                                    .has_gas = true,
                                    .has_cost = true,
                                    .machine = -1,
                                    .op = PVM_OP_ECALLI,
                                    .known_before = CMD_TRACE_ALL,
                                    .known_after = CMD_TRACE_ALL,
                                    .number = 3,
                                    .range_count = 3,
                                    .ranges = {{false, octets, 0x10000, 3, 0x30201},
                                               {true, octets, 0x20000, 8, UINT64_MAX},
                                               {true, octets, 0x30000, 9, UINT64_MAX - 1}}};
    struct cmd_trace_sink sink = {.form = forms[_i % 3], .meta = {.gp = "0.7.2", .run = "raw"}};
    setup(&f);
    ck_assert_int_eq(cmd_trace_sink_open(&sink, f.path, false, &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_sink_add(&sink, &call, &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_sink_close(&sink, &err), PVM_OK);
    cmd_trace_sink_deinit(&sink);
    ck_assert_int_eq(cmd_trace_source_open(&source, f.path, jam_profile_default, NULL, &err),
                     PVM_OK);
    ck_assert_int_eq(cmd_trace_source_next(&source, &record, &more, &err), PVM_OK);
    ck_assert(more && record.kind == CMD_TRACE_CALL && record.range_count == 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(record.ranges[i].written, call.ranges[i].written);
        ck_assert_int_eq(record.ranges[i].has_octets, octets);
        ck_assert_uint_eq(record.ranges[i].addr, call.ranges[i].addr);
        ck_assert_uint_eq(record.ranges[i].len, call.ranges[i].len);
        ck_assert_uint_eq(record.ranges[i].octets, octets ? call.ranges[i].octets : 0);
    }
    cmd_trace_source_deinit(&source);
    teardown(&f);
}
END_TEST

Suite *trace_suite(void);

Suite *trace_suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *tc = tcase_create("trace");
    tcase_add_test(tc, test_octets);
    tcase_add_test(tc, test_flips);
    tcase_add_test(tc, test_packed_flips);
    tcase_add_test(tc, test_nonsense);
    tcase_add_loop_test(tc, test_forms, 0, sizeof forms / sizeof *forms);
    tcase_add_test(tc, test_range_octets);
    tcase_add_loop_test(tc, test_range_forms, 0, 2 * sizeof forms / sizeof *forms);
    tcase_add_loop_test(tc, test_size, 0, PROGRAM_COUNT);
    tcase_add_loop_test(tc, test_straight_size, 0, VERSION_COUNT);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return suite;
}
