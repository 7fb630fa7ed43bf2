/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays the public one-instruction programs (vectors/pvm-programs of the reference folder) three
 * times each: in one run, one instruction at a time, and observed. Status, registers, position,
 * gas, fault address and all of memory must agree with the file.
 */
#include "core/vm.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* FLAT_GAS_AFTER_ONE: of 10000, under GP 0.7.2, after the one instruction that these programs run.
 */
enum { FLAT_GAS_AFTER_ONE = 9999, MAX_CHUNKS = 64, MAX_TEXT = 160 };

struct chunk {
    uint64_t address, length;
    bool writable;
    struct pvm_buf contents;
};

struct chunks {
    struct chunk list[MAX_CHUNKS];
    unsigned count;
};

struct vector {
    const char *file;
    uint64_t initial_regs[PVM_REG_COUNT], regs[PVM_REG_COUNT];
    uint64_t initial_pc, pc;
    uint64_t initial_gas, gas;
    uint64_t fault;
    enum pvm_exit status;
    struct pvm_buf program;
    struct chunks map, initial_memory, memory;
};

/* ---- JSON with exact 64-bit integers: just what these files hold ---- */

struct scanner {
    const char *file;
    const char *p;
};

static _Noreturn void scan_fail(const struct scanner *s, const char *wanted)
{
    ck_abort_msg("%s: wanted %s at \"%.20s\"", s->file, wanted, s->p);
    abort();
}

/* Skips blanks; takes c if it comes next. */
static bool scan_take(struct scanner *s, char c)
{
    while (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r')
        s->p++;
    if (*s->p != c)
        return false;
    s->p++;
    return true;
}

static void scan_expect(struct scanner *s, char c)
{
    char wanted[2] = {c, 0};
    if (!scan_take(s, c))
        scan_fail(s, wanted);
}

/* A string without escapes, into out. */
static void scan_string(struct scanner *s, char out[MAX_TEXT])
{
    scan_expect(s, '"');
    size_t len = 0;
    for (; *s->p != '"'; s->p++) {
        if (*s->p == 0 || *s->p == '\\' || len == MAX_TEXT - 1)
            scan_fail(s, "a short string without escapes");
        out[len++] = *s->p;
    }
    out[len] = 0;
    s->p++;
}

static uint64_t scan_u64(struct scanner *s)
{
    scan_take(s, ' ');
    uint64_t value = 0;
    if (*s->p < '0' || *s->p > '9')
        scan_fail(s, "an unsigned integer");
    for (; *s->p >= '0' && *s->p <= '9'; s->p++) {
        unsigned digit = (unsigned)(*s->p - '0');
        if (value > (UINT64_MAX - digit) / 10)
            scan_fail(s, "an integer below 2^64");
        value = value * 10 + digit;
    }
    if (*s->p == '.' || *s->p == 'e' || *s->p == 'E')
        scan_fail(s, "an integer");
    return value;
}

static bool scan_bool(struct scanner *s)
{
    scan_take(s, ' ');
    bool value = strncmp(s->p, "true", 4) == 0;
    if (!value && strncmp(s->p, "false", 5) != 0)
        scan_fail(s, "true or false");
    s->p += value ? 4 : 5;
    return value;
}

/* The next key of an object that '{' has opened; false at its end. */
static bool scan_key(struct scanner *s, bool *first, char key[MAX_TEXT])
{
    if (scan_take(s, '}'))
        return false;
    if (!*first)
        scan_expect(s, ',');
    *first = false;
    scan_string(s, key);
    scan_expect(s, ':');
    return true;
}

/* Whether another item follows in an array that '[' has opened. */
static bool scan_item(struct scanner *s, bool *first)
{
    if (scan_take(s, ']'))
        return false;
    if (!*first)
        scan_expect(s, ',');
    *first = false;
    return true;
}

static void scan_octets(struct scanner *s, struct pvm_buf *out)
{
    bool first = true;
    scan_expect(s, '[');
    while (scan_item(s, &first)) {
        uint64_t octet = scan_u64(s);
        if (octet > 255)
            scan_fail(s, "an octet");
        pvm_buf_add_u8(out, (uint8_t)octet);
    }
}

static void scan_regs(struct scanner *s, uint64_t regs[PVM_REG_COUNT])
{
    bool first = true;
    unsigned count = 0;
    scan_expect(s, '[');
    while (scan_item(s, &first)) {
        if (count == PVM_REG_COUNT)
            scan_fail(s, "13 registers");
        regs[count++] = scan_u64(s);
    }
    if (count != PVM_REG_COUNT)
        scan_fail(s, "13 registers");
}

static void scan_chunk(struct scanner *s, struct chunk *chunk)
{
    char key[MAX_TEXT];
    bool first = true;
    scan_expect(s, '{');
    while (scan_key(s, &first, key)) {
        if (strcmp(key, "address") == 0)
            chunk->address = scan_u64(s);
        else if (strcmp(key, "length") == 0)
            chunk->length = scan_u64(s);
        else if (strcmp(key, "is-writable") == 0)
            chunk->writable = scan_bool(s);
        else if (strcmp(key, "contents") == 0)
            scan_octets(s, &chunk->contents);
        else
            scan_fail(s, "a known key of a chunk");
    }
}

static void scan_chunks(struct scanner *s, struct chunks *chunks)
{
    bool first = true;
    scan_expect(s, '[');
    while (scan_item(s, &first)) {
        if (chunks->count == MAX_CHUNKS)
            scan_fail(s, "fewer chunks");
        scan_chunk(s, &chunks->list[chunks->count++]);
    }
}

static enum pvm_exit scan_status(struct scanner *s)
{
    char text[MAX_TEXT];
    scan_string(s, text);
    for (int exit = PVM_EXIT_HALT; exit <= PVM_EXIT_HOST; exit++) {
        if (strcmp(text, pvm_exit_name((enum pvm_exit)exit)) == 0)
            return (enum pvm_exit)exit;
    }
    scan_fail(s, "a known status");
}

/* "block-gas-costs" of extra/: numbers of another gas model. */
static void scan_past_costs(struct scanner *s)
{
    char key[MAX_TEXT];
    bool first = true;
    scan_expect(s, '{');
    while (scan_key(s, &first, key))
        scan_u64(s);
}

static void scan_value(struct scanner *s, const char *key, struct vector *v)
{
    char text[MAX_TEXT];
    if (strcmp(key, "name") == 0)
        scan_string(s, text);
    else if (strcmp(key, "initial-regs") == 0)
        scan_regs(s, v->initial_regs);
    else if (strcmp(key, "initial-pc") == 0)
        v->initial_pc = scan_u64(s);
    else if (strcmp(key, "initial-page-map") == 0)
        scan_chunks(s, &v->map);
    else if (strcmp(key, "initial-memory") == 0)
        scan_chunks(s, &v->initial_memory);
    else if (strcmp(key, "initial-gas") == 0)
        v->initial_gas = scan_u64(s);
    else if (strcmp(key, "program") == 0)
        scan_octets(s, &v->program);
    else if (strcmp(key, "expected-status") == 0)
        v->status = scan_status(s);
    else if (strcmp(key, "expected-regs") == 0)
        scan_regs(s, v->regs);
    else if (strcmp(key, "expected-pc") == 0)
        v->pc = scan_u64(s);
    else if (strcmp(key, "expected-memory") == 0)
        scan_chunks(s, &v->memory);
    else if (strcmp(key, "expected-gas") == 0)
        v->gas = scan_u64(s);
    else if (strcmp(key, "expected-page-fault-address") == 0)
        v->fault = scan_u64(s);
    else if (strcmp(key, "block-gas-costs") == 0)
        scan_past_costs(s);
    else
        scan_fail(s, "a known key");
}

/* Fails the test unless the file has all that a run needs. */
static void load_vector(const char *path, struct vector *v)
{
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    struct pvm_buf text = {0};
    for (size_t got = 1; got > 0; text.len += got) {
        uint8_t *room = pvm_buf_reserve(&text, 4096);
        ck_assert_ptr_nonnull(room);
        got = fread(room, 1, 4096, file);
    }
    fclose(file);

    *v = (struct vector){.file = path};
    struct scanner s = {path, pvm_buf_str(&text)};
    char key[MAX_TEXT];
    bool first = true;
    scan_expect(&s, '{');
    while (scan_key(&s, &first, key))
        scan_value(&s, key, v);
    ck_assert_msg(v->program.len > 0 && v->initial_gas > 0 && v->status != PVM_EXIT_CONTINUE,
                  "%s is incomplete", path);
    pvm_buf_deinit(&text);
}

static void free_chunks(struct chunks *chunks)
{
    for (unsigned i = 0; i < chunks->count; i++)
        pvm_buf_deinit(&chunks->list[i].contents);
}

static void free_vector(struct vector *v)
{
    pvm_buf_deinit(&v->program);
    free_chunks(&v->map);
    free_chunks(&v->initial_memory);
    free_chunks(&v->memory);
}

/* ---- Replay ---- */

static void put_chunks(struct pvm_memory *memory, const struct chunks *chunks)
{
    for (unsigned i = 0; i < chunks->count; i++) {
        const struct chunk *chunk = &chunks->list[i];
        ck_assert_int_eq(
            pvm_memory_put(memory, chunk->address, pvm_buf_bytes(&chunk->contents), NULL), PVM_OK);
    }
}

static void map_pages(struct pvm_memory *memory, const struct chunks *map)
{
    for (unsigned i = 0; i < map->count; i++) {
        const struct chunk *chunk = &map->list[i];
        ck_assert_uint_eq(chunk->address % PVM_PAGE_SIZE, 0);
        ck_assert_uint_eq(chunk->length % PVM_PAGE_SIZE, 0);
        ck_assert_int_eq(pvm_memory_map(memory, (uint32_t)(chunk->address / PVM_PAGE_SIZE),
                                        (uint32_t)(chunk->length / PVM_PAGE_SIZE),
                                        chunk->writable ? PVM_WRITE : PVM_READ, true, NULL),
                         PVM_OK);
    }
}

enum engine { WHOLE, STEPPED, OBSERVED, ENGINE_COUNT };

static const char *const engine_names[ENGINE_COUNT] = {"whole", "stepped", "observed"};

static void count_step(void *user, const struct pvm_vm *vm)
{
    uint64_t *steps = user;
    *steps += vm != NULL;
}

static enum pvm_exit run(struct pvm_vm *vm, enum engine engine)
{
    struct pvm_err err = {0};
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    enum pvm_status status = PVM_OK;
    uint64_t steps = 0;
    if (engine == OBSERVED)
        vm->observer = (struct pvm_observer){count_step, &steps};
    if (engine == STEPPED) {
        while (exit == PVM_EXIT_CONTINUE && status == PVM_OK)
            status = pvm_vm_step(vm, 1, &exit, &err);
    } else {
        status = pvm_vm_run(vm, &exit, &err);
    }
    ck_assert_msg(status == PVM_OK, "%s", err.msg);
    ck_assert_int_eq(steps > 0, engine == OBSERVED);
    return exit;
}

/* Prints a difference; returns 1 for it, 0 for equality. */
static unsigned differs(const struct vector *v, enum engine engine, const char *what, uint64_t got,
                        uint64_t want)
{
    if (got == want)
        return 0;
    fprintf(stderr, "%s (%s): %s is 0x%llx, expected 0x%llx\n", v->file, engine_names[engine], what,
            (unsigned long long)got, (unsigned long long)want);
    return 1;
}

/* Differences between the memory after the run and what the file says: its pages as mapped, zero
 * but for the expected chunks. */
static unsigned memory_differs(const struct vector *v, enum engine engine, struct pvm_vm *vm)
{
    struct pvm_memory want;
    pvm_memory_init(&want, NULL, NULL);
    map_pages(&want, &v->map);
    put_chunks(&want, &v->memory);
    unsigned bad = differs(v, engine, "memory digest", pvm_memory_digest(&vm->memory),
                           pvm_memory_digest(&want));
    for (unsigned i = 0; i < v->memory.count; i++) {
        const struct chunk *chunk = &v->memory.list[i];
        for (size_t k = 0; k < chunk->contents.len; k++) {
            uint8_t octet;
            char what[40];
            pvm_memory_get(&vm->memory, chunk->address + k, &octet, 1);
            snprintf(what, sizeof what, "octet 0x%llx", (unsigned long long)(chunk->address + k));
            bad += differs(v, engine, what, octet, chunk->contents.ptr[k]);
        }
    }
    pvm_memory_deinit(&want);
    return bad;
}

/* Runs v; the number of differences. */
static unsigned replay(const struct vector *v, enum engine engine)
{
    struct pvm_err err = {0};
    struct pvm_program *program = NULL;
    enum pvm_status status =
        pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&v->program), &program, &err);
    ck_assert_msg(status == PVM_OK, "%s: %s", v->file, err.msg);
    struct pvm_vm vm;
    pvm_vm_init(&vm, program, NULL, NULL);
    pvm_program_free(program);
    map_pages(&vm.memory, &v->map);
    put_chunks(&vm.memory, &v->initial_memory);
    memcpy(vm.regs, v->initial_regs, sizeof vm.regs);
    vm.pc = v->initial_pc;
    vm.gas = v->initial_gas;

    enum pvm_exit exit = run(&vm, engine);
    unsigned bad = 0;
    if (exit != v->status) {
        fprintf(stderr, "%s (%s): %s, expected %s\n", v->file, engine_names[engine],
                pvm_exit_name(exit), pvm_exit_name(v->status));
        bad++;
    }
    for (unsigned reg = 0; reg < PVM_REG_COUNT; reg++)
        bad += differs(v, engine, pvm_reg_name(reg), vm.regs[reg], v->regs[reg]);
    bad += differs(v, engine, "pc", vm.exit_pc, v->pc);
    bad += differs(v, engine, "gas", vm.gas, v->gas);
    if (v->status == PVM_EXIT_FAULT)
        bad += differs(v, engine, "fault address", vm.arg, v->fault);
    bad += memory_differs(v, engine, &vm);
    pvm_vm_deinit(&vm);
    return bad;
}

/* ---- Folders ---- */

/* In programs/ every figure holds under GP 0.7.2. */
static void as_it_stands(struct vector *v)
{
    (void)v;
}

/* extra/ and deviating/ charge a block's gas in advance; GP 0.7.2 charges the one instruction that
 * runs. Two files of deviating/ panic at a store into a read-only page, which GP 0.7.2 A.4 makes a
 * page fault. */
static void flat_gas(struct vector *v)
{
    v->gas = FLAT_GAS_AFTER_ONE;
    if (v->status == PVM_EXIT_PANIC && strstr(v->file, "_trap_read_only.json") != NULL) {
        v->status = PVM_EXIT_FAULT;
        v->fault = 0x10000;
    }
}

struct folder {
    const char *name;
    unsigned files;
    void (*correct)(struct vector *v);
};

static const struct folder folders[] = {
    {"programs", 213, as_it_stands},
    {"deviating", 13, flat_gas},
    {"extra", 5, flat_gas},
};

static int is_json(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static unsigned replay_file(const struct folder *folder, const char *dir, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    struct vector v;
    load_vector(path, &v);
    folder->correct(&v);
    unsigned bad = 0;
    for (int engine = WHOLE; engine < ENGINE_COUNT; engine++)
        bad += replay(&v, (enum engine)engine);
    free_vector(&v);
    return bad;
}

START_TEST(every_program)
{
    const struct folder *folder = &folders[_i];
    char dir[256];
    snprintf(dir, sizeof dir, PVM_SHARED "/vectors/pvm-programs/%s", folder->name);
    struct dirent **entries = NULL;
    int count = scandir(dir, &entries, is_json, alphasort);
    if (count < 0) {
        printf("SKIP program vectors: %s is absent\n", dir);
        return;
    }
    unsigned failed = 0;
    for (int i = 0; i < count; i++) {
        failed += replay_file(folder, dir, entries[i]->d_name) != 0;
        free(entries[i]);
    }
    free(entries);
    ck_assert_int_ge(count, (int)folder->files);
    ck_assert_msg(failed == 0, "%u of %d programs of %s differ", failed, count, folder->name);
    printf("%d program vectors of %s/ agree, each whole, stepped and observed\n", count,
           folder->name);
}
END_TEST

Suite *program_vectors_suite(void);

Suite *program_vectors_suite(void)
{
    Suite *suite = suite_create("program_vectors");
    TCase *tests = tcase_create("program_vectors");
    tcase_add_loop_test(tests, every_program, 0, (int)(sizeof folders / sizeof folders[0]));
    suite_add_tcase(suite, tests);
    return suite;
}
