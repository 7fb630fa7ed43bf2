/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays vectors/pvm-gas-blocks of the reference folder, programs priced by the public draft of
 * the block gas model: the cost of every block, and every step of every run, in one go and one
 * instruction at a time. Programs that are valid GP 0.8.0 are renumbered to its opcodes and
 * replayed under its rules as well.
 */
#include "core/gas.h"
#include "core/vm.h"
#include "host/json.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER PVM_SHARED "/vectors/pvm-gas-blocks"

enum { MAX_PATH = 512, MAX_FILES = 400, MAX_CHUNK = 65536 };

/* ---- files ---- */

struct vector {
    struct pvm_buf text;
    struct jam_json_doc *doc;
    struct jam_json root;
    const char *name;
    struct pvm_buf blob;
};

static struct pvm_err err;

static void good(enum pvm_status status)
{
    ck_assert_msg(status == PVM_OK, "%s", err.msg);
}

static uint64_t number(struct jam_json object, const char *key)
{
    uint64_t value = 0;
    good(jam_json_u64(jam_json_get(object, key), UINT64_MAX, &value, &err));
    return value;
}

static const char *word(struct jam_json object, const char *key)
{
    const char *value = "";
    good(jam_json_text(jam_json_get(object, key), &value, &err));
    return value;
}

static void vector_load(struct vector *vector, const char *path)
{
    *vector = (struct vector){.doc = NULL};
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    uint8_t chunk[MAX_CHUNK];
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0)
        pvm_buf_add(&vector->text, chunk, len);
    fclose(file);
    err.status = PVM_OK;
    good(jam_json_parse(pvm_buf_bytes(&vector->text), path, NULL, &vector->doc, &err));
    vector->root = jam_json_root(vector->doc);
    vector->name = word(vector->root, "name");
    good(jam_json_octets(jam_json_get(vector->root, "program"), &vector->blob, &err));
}

static void vector_free(struct vector *vector)
{
    jam_json_free(vector->doc);
    pvm_buf_deinit(&vector->text);
    pvm_buf_deinit(&vector->blob);
}

/* Whether the folder is there; says so if not. */
static DIR *open_programs(void)
{
    DIR *dir = opendir(FOLDER "/programs");
    if (dir == NULL)
        printf("skipped: %s is not there\n", FOLDER);
    return dir;
}

static bool next_path(DIR *dir, char path[MAX_PATH])
{
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0) {
            int n = snprintf(path, MAX_PATH, FOLDER "/programs/%s", entry->d_name);
            ck_assert_int_lt(n, MAX_PATH);
            return true;
        }
    }
    return false;
}

/* ---- programs ---- */

static struct pvm_program *decode(struct pvm_bytes blob, const struct pvm_rules *rules)
{
    struct pvm_program *program = NULL;
    good(pvm_program_new(rules, NULL, blob, &program, &err));
    return program;
}

/* The program in the opcode numbers of GP 0.8.0. */
static void renumber(const struct pvm_program *program, struct pvm_buf *blob)
{
    uint8_t *code = malloc(program->code_len);
    uint8_t *mask = calloc(program->code_len / 8 + 1, 1);
    uint64_t *jumps = calloc((size_t)program->jump_count + 1, sizeof *jumps);
    ck_assert(code != NULL && mask != NULL && jumps != NULL);
    memcpy(code, program->code, program->code_len);
    for (uint32_t pc = 0; pc < program->code_len; pc++) {
        if (!pvm_program_is_opcode(program, pc))
            continue;
        mask[pc / 8] |= (uint8_t)(1u << pc % 8);
        uint16_t octet = pvm_op_table[pvm_program_op(program, pc)].octet[PVM_ISA_O2];
        ck_assert_uint_ne(octet, PVM_NO_OPCODE);
        code[pc] = (uint8_t)octet;
    }
    for (uint64_t i = 0; i < program->jump_count; i++)
        jumps[i] = pvm_program_jump(program, i);
    pvm_program_encode(jumps, program->jump_count, program->jump_width,
                       pvm_bytes(code, program->code_len), mask, blob);
    free(code);
    free(mask);
    free(jumps);
}

/* Compares all costs that the file lists; how many there are. A position behind the code is no
 * block of GP 0.8.0. */
static size_t check_costs(const struct vector *vector, const struct pvm_program *program)
{
    struct jam_json costs = jam_json_get(vector->root, "block-gas-costs");
    size_t count = 0;
    for (struct jam_json it = jam_json_first(costs); jam_json_has(it); it = jam_json_next(it)) {
        uint64_t want = 0;
        uint32_t pc = (uint32_t)strtoul(jam_json_key(it), NULL, 10);
        good(jam_json_u64(it, UINT64_MAX, &want, &err));
        uint64_t got = pvm_gas_block_cost(program, pc, NULL, NULL);
        ck_assert_msg(got == want, "%s, %s: block %u costs %llu, not %llu", vector->name,
                      program->rules->name, (unsigned)pc, (unsigned long long)want,
                      (unsigned long long)got);
        count++;
    }
    return count;
}

/* ---- runs ---- */

/* The way to the next exit: at once, or instruction by instruction. */
static enum pvm_exit proceed(struct pvm_vm *vm, bool step)
{
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    if (!step)
        good(pvm_vm_run(vm, &exit, &err));
    while (exit == PVM_EXIT_CONTINUE)
        good(pvm_vm_step(vm, 1, &exit, &err));
    return exit;
}

static void map(struct pvm_vm *vm, struct jam_json step)
{
    bool writable = false;
    good(jam_json_bool(jam_json_get(step, "is_writable"), &writable, &err));
    good(pvm_memory_map(&vm->memory, (uint32_t)(number(step, "address") / PVM_PAGE_SIZE),
                        (uint32_t)(number(step, "length") / PVM_PAGE_SIZE),
                        writable ? PVM_WRITE : PVM_READ, true, &err));
}

static void check_memory(const struct vector *vector, struct pvm_vm *vm, struct jam_json list)
{
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct pvm_buf want = {0};
        uint8_t got[MAX_CHUNK];
        good(jam_json_octets(jam_json_get(it, "contents"), &want, &err));
        ck_assert_uint_le(want.len, sizeof got);
        pvm_memory_get(&vm->memory, number(it, "address"), got, want.len);
        ck_assert_msg(memcmp(got, want.ptr, want.len) == 0, "%s: memory at %llu", vector->name,
                      (unsigned long long)number(it, "address"));
        pvm_buf_deinit(&want);
    }
}

/* Two files expect a panic where every version of the GP has a page fault: a store to a page that
 * is not writable, far above the first 64 KiB. */
static bool is_mistaken(const struct vector *vector)
{
    return strstr(vector->name, "_trap_read_only") != NULL;
}

static void check_end(const struct vector *vector, struct pvm_vm *vm, enum pvm_exit exit,
                      struct jam_json step)
{
    const char *status = is_mistaken(vector) ? "page-fault" : word(step, "status");
    ck_assert_msg(strcmp(pvm_exit_name(exit), status) == 0, "%s: ended with %s, not %s",
                  vector->name, pvm_exit_name(exit), status);
    ck_assert_msg(vm->gas == number(step, "gas"), "%s: gas %llu, not %llu", vector->name,
                  (unsigned long long)vm->gas, (unsigned long long)number(step, "gas"));
    ck_assert_msg(vm->exit_pc == number(step, "pc"), "%s: pc %llu", vector->name,
                  (unsigned long long)vm->exit_pc);
    struct jam_json reg = jam_json_first(jam_json_get(step, "regs"));
    for (unsigned i = 0; i < PVM_REG_COUNT; i++, reg = jam_json_next(reg)) {
        uint64_t want = 0;
        good(jam_json_u64(reg, UINT64_MAX, &want, &err));
        ck_assert_msg(vm->regs[i] == want, "%s: r%u", vector->name, i);
    }
    if (jam_json_has(jam_json_get(step, "page_fault_address")))
        ck_assert_msg(vm->arg == number(step, "page_fault_address"), "%s: fault at %llu",
                      vector->name, (unsigned long long)vm->arg);
    check_memory(vector, vm, jam_json_get(step, "memory"));
}

static void play(const struct vector *vector, struct pvm_program *program, bool step)
{
    struct pvm_vm vm;
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    pvm_vm_init(&vm, program, NULL, NULL);
    vm.pc = number(vector->root, "initial-pc");
    vm.gas = number(vector->root, "initial-gas");
    vm.regs[0] = 0;
    struct jam_json steps = jam_json_get(vector->root, "steps");
    for (struct jam_json it = jam_json_first(steps); jam_json_has(it); it = jam_json_next(it)) {
        const char *kind = word(it, "kind");
        struct pvm_buf octets = {0};
        if (strcmp(kind, "map") == 0) {
            map(&vm, it);
        } else if (strcmp(kind, "write") == 0) {
            good(jam_json_octets(jam_json_get(it, "contents"), &octets, &err));
            good(pvm_memory_put(&vm.memory, number(it, "address"), pvm_buf_bytes(&octets), &err));
        } else if (strcmp(kind, "set-reg") == 0) {
            vm.regs[number(it, "reg") % PVM_REG_COUNT] = number(it, "value");
        } else if (strcmp(kind, "run") == 0) {
            exit = proceed(&vm, step);
        } else {
            ck_assert_str_eq(kind, "assert");
            check_end(vector, &vm, exit, it);
        }
        pvm_buf_deinit(&octets);
    }
    pvm_vm_deinit(&vm);
}

/* ---- tests ---- */

START_TEST(test_draft)
{
    DIR *dir = open_programs();
    char path[MAX_PATH];
    size_t files = 0;
    while (dir != NULL && next_path(dir, path)) {
        struct vector vector;
        vector_load(&vector, path);
        struct pvm_program *program =
            decode(pvm_buf_bytes(&vector.blob), &pvm_rules_table[PVM_RULES_DRAFT]);
        ck_assert_uint_gt(check_costs(&vector, program), 0);
        play(&vector, program, false);
        play(&vector, program, true);
        pvm_program_free(program);
        vector_free(&vector);
        files++;
    }
    if (dir != NULL) {
        closedir(dir);
        ck_assert_uint_eq(files, 263);
    }
}
END_TEST

/* Valid for GP 0.8.0, but its last instruction falls through to the end of the code. There 0.8.0
 * panics, and the draft goes on to a trap that costs 2 more. */
static bool falls_off(const struct vector *vector)
{
    return strcmp(vector->name, "inst_fallthrough") == 0;
}

/* The same under GP 0.8.0, text and vectors. */
START_TEST(test_080)
{
    static const enum pvm_rules_id versions[] = {PVM_RULES_080, PVM_RULES_080_VECTORS};
    DIR *dir = open_programs();
    char path[MAX_PATH];
    size_t valid = 0;
    while (dir != NULL && next_path(dir, path)) {
        struct vector vector;
        struct pvm_buf blob = {0};
        vector_load(&vector, path);
        struct pvm_program *draft =
            decode(pvm_buf_bytes(&vector.blob), &pvm_rules_table[PVM_RULES_DRAFT]);
        renumber(draft, &blob);
        struct pvm_program *program = decode(pvm_buf_bytes(&blob), &pvm_rules_table[versions[_i]]);
        check_costs(&vector, program);
        if (pvm_program_may_start(program, number(vector.root, "initial-pc")) &&
            !falls_off(&vector)) {
            play(&vector, program, false);
            play(&vector, program, true);
            valid++;
        }
        pvm_program_free(program);
        pvm_program_free(draft);
        pvm_buf_deinit(&blob);
        vector_free(&vector);
    }
    if (dir != NULL) {
        closedir(dir);
        printf("%zu programs of the draft are valid under %s\n", valid,
               pvm_rules_table[versions[_i]].name);
        ck_assert_uint_eq(valid, 89);
    }
}
END_TEST

/* Whole programs, of which only the costs are known. */
START_TEST(test_integration)
{
    static const struct {
        const char *name;
        size_t blocks;
    } files[] = {{"pinky", 1663}, {"prime-sieve", 3809}};
    char path[MAX_PATH];
    snprintf(path, sizeof path, FOLDER "/integration/%s.json", files[_i].name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        printf("skipped: %s is not there\n", path);
        return;
    }
    fclose(file);
    struct vector vector;
    struct pvm_buf blob = {0};
    vector_load(&vector, path);
    struct pvm_program *draft =
        decode(pvm_buf_bytes(&vector.blob), &pvm_rules_table[PVM_RULES_DRAFT]);
    ck_assert_uint_eq(check_costs(&vector, draft), files[_i].blocks);
    renumber(draft, &blob);
    struct pvm_program *program = decode(pvm_buf_bytes(&blob), &pvm_rules_table[PVM_RULES_080]);
    ck_assert_uint_eq(check_costs(&vector, program), files[_i].blocks);
    pvm_program_free(program);
    pvm_program_free(draft);
    pvm_buf_deinit(&blob);
    vector_free(&vector);
}
END_TEST

Suite *gas_vectors_suite(void);

Suite *gas_vectors_suite(void)
{
    Suite *suite = suite_create("host/gas_vectors");
    TCase *tests = tcase_create("block gas");
    tcase_add_test(tests, test_draft);
    tcase_add_loop_test(tests, test_080, 0, 2);
    tcase_add_loop_test(tests, test_integration, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
