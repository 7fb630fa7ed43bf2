/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public one-instruction programs (vectors/pvm-programs of the reference folder) on the
 * evaluator: status, registers, position, gas, fault address and memory as the files say. Those of
 * extra/ and two of deviating/ count or judge otherwise (the folder's README), which is left out
 * for them.
 */
#include "core/evaluate.h"
#include "host/disk.h"
#include "host/json.h"
#include "host/seg_memory.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>

struct vector {
    struct jam_json regs, page_map, memory, program, wanted_regs, wanted_memory, costs;
    uint64_t pc, gas, wanted_pc, wanted_gas, fault;
    const char *name, *status;
};

#define FIELD(text, member, needed) JAM_JSON_ROW(struct vector, member, text, needed)

static const struct jam_json_field fields[] = {
    FIELD("name", name, true),
    FIELD("initial-regs", regs, true),
    FIELD("initial-pc", pc, true),
    FIELD("initial-page-map", page_map, true),
    FIELD("initial-memory", memory, true),
    FIELD("initial-gas", gas, true),
    FIELD("program", program, true),
    FIELD("expected-status", status, true),
    FIELD("expected-regs", wanted_regs, true),
    FIELD("expected-pc", wanted_pc, true),
    FIELD("expected-memory", wanted_memory, true),
    FIELD("expected-gas", wanted_gas, true),
    FIELD("expected-page-fault-address", fault, false),
    FIELD("block-gas-costs", costs, false),
};

struct chunk {
    uint64_t address, length;
    bool writable;
    struct jam_json contents;
};

static const struct jam_json_field chunk_fields[] = {
    JAM_JSON_ROW(struct chunk, address, "address", true),
    JAM_JSON_ROW(struct chunk, length, "length", false),
    JAM_JSON_ROW(struct chunk, writable, "is-writable", false),
    JAM_JSON_ROW(struct chunk, contents, "contents", false),
};

static struct chunk read_chunk(struct jam_json json)
{
    struct chunk chunk = {0};
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_json_fields(json, chunk_fields, JAM_JSON_COUNT(chunk_fields), &chunk, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    return chunk;
}

static enum pvm_access get_access(void *user, uint32_t page)
{
    return jam_seg_memory_access(user, page);
}

static uint8_t get_octet(void *user, uint32_t addr)
{
    uint8_t octet;
    ck_assert(jam_seg_memory_get(user, addr, &octet, 1));
    return octet;
}

static void put_octet(void *user, uint32_t addr, uint8_t octet)
{
    ck_assert(jam_seg_memory_put(user, addr, pvm_bytes(&octet, 1)));
}

static void open_pages(void *user, uint32_t page, uint32_t count)
{
    ck_assert(jam_seg_memory_map(user, page, count, PVM_WRITE, false));
}

static void load_memory(const struct vector *v, struct jam_seg_memory *memory)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_json it;
    for (it = jam_json_first(v->page_map); jam_json_has(it); it = jam_json_next(it)) {
        struct chunk chunk = read_chunk(it);
        ck_assert(jam_seg_memory_map(memory, (uint32_t)(chunk.address / PVM_PAGE_SIZE),
                                     (uint32_t)(chunk.length / PVM_PAGE_SIZE),
                                     chunk.writable ? PVM_WRITE : PVM_READ, true));
    }
    for (it = jam_json_first(v->memory); jam_json_has(it); it = jam_json_next(it)) {
        struct chunk chunk = read_chunk(it);
        struct pvm_buf octets = {0};
        ck_assert(jam_json_octets(chunk.contents, &octets, &err) == PVM_OK);
        ck_assert(jam_seg_memory_put(memory, chunk.address, pvm_buf_bytes(&octets)));
        pvm_buf_deinit(&octets);
    }
}

static void compare_memory(const struct vector *v, struct jam_seg_memory *memory)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_json it;
    for (it = jam_json_first(v->wanted_memory); jam_json_has(it); it = jam_json_next(it)) {
        struct chunk chunk = read_chunk(it);
        struct pvm_buf octets = {0};
        ck_assert(jam_json_octets(chunk.contents, &octets, &err) == PVM_OK);
        for (size_t i = 0; i < octets.len; i++)
            ck_assert_msg(get_octet(memory, (uint32_t)(chunk.address + i)) == octets.ptr[i],
                          "%s: octet at 0x%llx", v->name, (unsigned long long)(chunk.address + i));
        pvm_buf_deinit(&octets);
    }
}

static void read_regs(struct jam_json list, uint64_t *regs)
{
    struct pvm_err err = {.status = PVM_OK};
    unsigned i = 0;
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        ck_assert(i < PVM_REG_COUNT && jam_json_u64(it, UINT64_MAX, &regs[i++], &err) == PVM_OK);
    ck_assert_uint_eq(i, PVM_REG_COUNT);
}

static void play(const struct vector *v, bool counts_gas, struct jam_seg_memory *memory)
{
    const struct pvm_eval_memory view = {get_access, get_octet, put_octet, open_pages, memory};
    struct pvm_eval_machine machine = {.pc = v->pc, .gas = v->gas};
    struct pvm_eval_effect effect;
    struct pvm_eval_program *program;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_buf blob = {0};
    uint64_t regs[PVM_REG_COUNT];
    enum pvm_exit exit;
    ck_assert(jam_json_octets(v->program, &blob, &err) == PVM_OK);
    ck_assert_msg(
        pvm_eval_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&blob), &program, &err) == PVM_OK,
        "%s: %s", v->name, err.msg);
    read_regs(v->regs, machine.regs);
    load_memory(v, memory);
    do
        exit = pvm_evaluate(program, &machine, &view, &effect);
    while (exit == PVM_EXIT_CONTINUE);
    ck_assert_msg(strcmp(pvm_exit_name(exit), v->status) == 0, "%s: %s, not %s", v->name,
                  pvm_exit_name(exit), v->status);
    read_regs(v->wanted_regs, regs);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        ck_assert_msg(machine.regs[i] == regs[i], "%s: register %u", v->name, i);
    ck_assert_msg(machine.pc == v->wanted_pc, "%s: pc", v->name);
    if (counts_gas)
        ck_assert_msg(machine.gas == v->wanted_gas, "%s: gas", v->name);
    if (exit == PVM_EXIT_FAULT)
        ck_assert_msg(effect.arg == v->fault, "%s: fault at 0x%llx", v->name,
                      (unsigned long long)effect.arg);
    compare_memory(v, memory);
    pvm_eval_program_free(program);
    pvm_buf_deinit(&blob);
}

static void play_file(const char *path, bool counts_gas)
{
    struct jam_seg_alike alike;
    struct jam_seg_memory memory;
    struct jam_json_doc *doc;
    struct pvm_buf text = {0};
    struct vector v = {.fault = UINT64_MAX};
    struct pvm_err err = {.status = PVM_OK};
    jam_seg_alike_init(&alike);
    ck_assert(jam_seg_memory_init(&memory, &alike, NULL, &err) == PVM_OK);
    ck_assert_msg(jam_disk_read(path, SIZE_MAX, &text, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_json_parse(pvm_buf_bytes(&text), path, NULL, &doc, &err) == PVM_OK, "%s",
                  err.msg);
    ck_assert_msg(jam_json_fields(jam_json_root(doc), fields, JAM_JSON_COUNT(fields), &v, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    play(&v, counts_gas, &memory);
    jam_json_free(doc);
    pvm_buf_deinit(&text);
    jam_seg_memory_deinit(&memory);
}

static const struct folder {
    const char *name;
    bool counts_gas;
    unsigned files;
} folders[] = {{"programs", true, 213}, {"deviating", false, 11}, {"extra", false, 5}};

START_TEST(test_vectors)
{
    const struct folder *folder = &folders[_i];
    char path[600];
    unsigned played = 0;
    (void)snprintf(path, sizeof path, "%s/vectors/pvm-programs/%s", PVM_SHARED, folder->name);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        (void)fprintf(stderr, "skipped: no %s\n", path);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        /* The paper says page fault where these two say panic. */
        if (strstr(entry->d_name, ".json") == NULL ||
            strstr(entry->d_name, "_trap_read_only") != NULL)
            continue;
        (void)snprintf(path, sizeof path, "%s/vectors/pvm-programs/%s/%.200s", PVM_SHARED,
                       folder->name, entry->d_name);
        play_file(path, folder->counts_gas);
        played++;
    }
    (void)closedir(dir);
    ck_assert_uint_eq(played, folder->files);
}
END_TEST

Suite *seg_vectors_suite(void);

Suite *seg_vectors_suite(void)
{
    Suite *suite = suite_create("seg_vectors");
    TCase *tests = tcase_create("vectors");
    tcase_add_loop_test(tests, test_vectors, 0, sizeof folders / sizeof *folders);
    suite_add_tcase(suite, tests);
    return suite;
}
