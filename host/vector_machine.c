/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_machine.h"

#include "core/gas.h"

#include <stdio.h>

#define MEMORY_END UINT64_C(0x100000000)

/* Instructions that a vector may take. */
static const uint64_t most_steps = 100000000;

/* ---- reading ---- */

enum pvm_status jam_read_octets(struct jam_arena *arena, struct jam_json json,
                                struct pvm_bytes *out, struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = arena->alloc};
    enum pvm_status status = jam_json_octets(json, &octets, err);
    if (status == PVM_OK)
        status = pvm_buf_status(&octets, err);
    if (status == PVM_OK)
        status = jam_arena_copy(arena, pvm_buf_bytes(&octets), out, err);
    pvm_buf_deinit(&octets);
    return status;
}

enum pvm_status jam_read_program(struct jam_arena *arena, struct jam_json json,
                                 struct pvm_bytes *out, struct pvm_err *err)
{
    size_t code_len;
    struct pvm_err own = {.status = PVM_OK};
    PVM_TRY(jam_read_octets(arena, json, out, err));
    if (pvm_program_check(*out, &code_len, &own) != PVM_OK)
        return jam_json_fail(json, err, "%s", own.msg);
    return PVM_OK;
}

enum pvm_status jam_read_regs(struct jam_json json, uint64_t regs[PVM_REG_COUNT],
                              struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    if (jam_json_count(json) != PVM_REG_COUNT)
        return jam_json_fail(json, err, "expected %d registers, got %zu", PVM_REG_COUNT,
                             jam_json_count(json));
    struct jam_json it = jam_json_first(json);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++, it = jam_json_next(it))
        PVM_TRY(jam_json_u64(it, UINT64_MAX, &regs[i], err));
    return PVM_OK;
}

enum pvm_status jam_read_exit(struct jam_json json, enum pvm_exit *out, struct pvm_err *err)
{
    const char *name;
    PVM_TRY(jam_json_text(json, &name, err));
    for (int exit = PVM_EXIT_HALT; exit <= PVM_EXIT_HOST; exit++) {
        if (strcmp(name, pvm_exit_name((enum pvm_exit)exit)) != 0)
            continue;
        *out = (enum pvm_exit)exit;
        return PVM_OK;
    }
    return jam_json_fail(json, err, "unknown status \"%.40s\"", name);
}

enum pvm_status jam_check_pages(struct jam_json json, const struct jam_page_range *range,
                                struct pvm_err *err)
{
    if (range->address % PVM_PAGE_SIZE != 0 || range->length % PVM_PAGE_SIZE != 0)
        return jam_json_fail(json, err, "0x%llx octets at 0x%llx are no whole pages",
                             (unsigned long long)range->length, (unsigned long long)range->address);
    if (range->address < PVM_GUARD_SIZE || range->address > MEMORY_END ||
        range->length > MEMORY_END - range->address)
        return jam_json_fail(json, err, "0x%llx octets at 0x%llx are not all between 0x%x and 2^32",
                             (unsigned long long)range->length, (unsigned long long)range->address,
                             (unsigned)PVM_GUARD_SIZE);
    return PVM_OK;
}

/* The members of an array, and room for what they become. */
static enum pvm_status get_list(struct jam_arena *arena, struct jam_json json, size_t size,
                                void **list, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, err));
    return jam_arena_get(arena, jam_json_count(json), size, list, err);
}

enum pvm_status jam_read_pages(struct jam_arena *arena, struct jam_json json, const char *writable,
                               struct jam_page_list *out, struct pvm_err *err)
{
    const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct jam_page_range, address),
        JAM_JSON_NEEDED(struct jam_page_range, length),
        JAM_JSON_ROW(struct jam_page_range, writable, writable, true),
    };
    void *list;
    PVM_TRY(get_list(arena, json, sizeof *out->list, &list, err));
    *out = (struct jam_page_list){.list = list};
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_page_range *range = &out->list[out->count++];
        PVM_TRY(jam_json_fields(it, fields, JAM_JSON_COUNT(fields), range, err));
        PVM_TRY(jam_check_pages(it, range, err));
    }
    return PVM_OK;
}

enum pvm_status jam_read_chunk(struct jam_arena *arena, struct jam_json json, uint64_t address,
                               struct jam_json contents, struct jam_chunk *out, struct pvm_err *err)
{
    out->address = address;
    PVM_TRY(jam_read_octets(arena, contents, &out->contents, err));
    if (address > MEMORY_END || out->contents.len > MEMORY_END - address)
        return jam_json_fail(json, err, "%zu octets at 0x%llx pass 2^32", out->contents.len,
                             (unsigned long long)address);
    return PVM_OK;
}

struct chunk_keys {
    uint64_t address;
    struct jam_json contents;
};

static const struct jam_json_field chunk_fields[] = {
    JAM_JSON_NEEDED(struct chunk_keys, address),
    JAM_JSON_NEEDED(struct chunk_keys, contents),
};

enum pvm_status jam_read_chunks(struct jam_arena *arena, struct jam_json json,
                                struct jam_chunk_list *out, struct pvm_err *err)
{
    void *list;
    PVM_TRY(get_list(arena, json, sizeof *out->list, &list, err));
    *out = (struct jam_chunk_list){.list = list};
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct chunk_keys keys = {.address = 0};
        PVM_TRY(jam_json_fields(it, chunk_fields, JAM_JSON_COUNT(chunk_fields), &keys, err));
        PVM_TRY(
            jam_read_chunk(arena, it, keys.address, keys.contents, &out->list[out->count++], err));
    }
    return PVM_OK;
}

static enum pvm_status read_position(struct jam_json json, uint32_t *out, struct pvm_err *err)
{
    const char *key = jam_json_key(json);
    uint64_t value = 0;
    size_t len = strlen(key);
    bool good = len > 0 && len <= 10 && (len == 1 || key[0] != '0');
    for (size_t i = 0; i < len && good; i++) {
        good = key[i] >= '0' && key[i] <= '9';
        value = value * 10 + (uint64_t)(key[i] - '0');
    }
    if (!good || value > UINT32_MAX)
        return jam_json_fail(json, err, "the key is no position in code");
    *out = (uint32_t)value;
    return PVM_OK;
}

enum pvm_status jam_read_costs(struct jam_arena *arena, struct jam_json json,
                               struct jam_cost_list *out, struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, err));
    if (jam_json_count(json) == 0)
        return jam_json_fail(json, err, "no block has a cost");
    PVM_TRY(jam_arena_get(arena, jam_json_count(json), sizeof *out->list, &list, err));
    *out = (struct jam_cost_list){.list = list};
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_block_cost *block = &out->list[out->count++];
        PVM_TRY(read_position(it, &block->pc, err));
        PVM_TRY(jam_json_u64(it, UINT64_MAX, &block->cost, err));
    }
    return PVM_OK;
}

/* ---- machines ---- */

struct pvm_budget jam_vector_budget(const struct jam_vector_options *options)
{
    uint64_t limit = options->limits.memory != 0 ? options->limits.memory : MEMORY_END;
    return (struct pvm_budget){.limit = limit > SIZE_MAX ? SIZE_MAX : (size_t)limit};
}

enum pvm_status jam_map_pages(struct pvm_memory *memory, const struct jam_page_range *range,
                              struct pvm_err *err)
{
    return pvm_memory_map(memory, (uint32_t)(range->address / PVM_PAGE_SIZE),
                          (uint32_t)(range->length / PVM_PAGE_SIZE),
                          range->writable ? PVM_WRITE : PVM_READ, true, err);
}

enum pvm_status jam_put_memory(struct pvm_memory *memory, const struct jam_page_list *pages,
                               const struct jam_chunk_list *chunks, struct pvm_err *err)
{
    for (size_t i = 0; i < pages->count; i++)
        PVM_TRY(jam_map_pages(memory, &pages->list[i], err));
    for (size_t i = 0; i < chunks->count; i++)
        PVM_TRY(pvm_memory_put(memory, chunks->list[i].address, chunks->list[i].contents, err));
    return PVM_OK;
}

void jam_engine_text(enum jam_engine engine, struct pvm_buf *out)
{
    static const char *const texts[JAM_ENGINE_COUNT] = {"", "in single steps: ", "observed: "};
    pvm_buf_text(out, texts[engine]);
}

static void see(void *user, const struct pvm_vm *vm)
{
    (void)user;
    (void)vm;
}

static enum pvm_status step_to_exit(struct pvm_vm *vm, uint64_t at_once, enum pvm_exit *exit,
                                    struct pvm_err *err)
{
    *exit = PVM_EXIT_CONTINUE;
    for (uint64_t steps = 0; *exit == PVM_EXIT_CONTINUE && steps < most_steps; steps += at_once)
        PVM_TRY(pvm_vm_step(vm, at_once, exit, err));
    if (*exit == PVM_EXIT_CONTINUE)
        return pvm_fail(err, PVM_E_LIMIT, "the program does not end within %llu instructions",
                        (unsigned long long)most_steps);
    return PVM_OK;
}

enum pvm_status jam_engine_run(struct pvm_vm *vm, enum jam_engine engine, enum pvm_exit *exit,
                               struct pvm_err *err)
{
    /* An instruction costs at least 1 in the flat model, a block in the other. */
    bool ends = vm->gas <= most_steps && vm->program->rules->gas == PVM_GAS_FLAT;
    vm->observer = (struct pvm_observer){NULL, NULL};
    if (engine == JAM_ENGINE_OBSERVED)
        vm->observer.step = see;
    if (engine == JAM_ENGINE_STEPPED)
        return step_to_exit(vm, 1, exit, err);
    return ends ? pvm_vm_run(vm, exit, err) : step_to_exit(vm, most_steps, exit, err);
}

/* ---- comparing ---- */

bool jam_same_word(const char *what, uint64_t expected, uint64_t got, struct pvm_buf *out)
{
    if (expected != got)
        pvm_buf_printf(out, "%s: expected 0x%llx, got 0x%llx", what, (unsigned long long)expected,
                       (unsigned long long)got);
    return expected == got;
}

bool jam_same_count(const char *what, uint64_t expected, uint64_t got, struct pvm_buf *out)
{
    if (expected != got)
        pvm_buf_printf(out, "%s: expected %llu, got %llu", what, (unsigned long long)expected,
                       (unsigned long long)got);
    return expected == got;
}

bool jam_same_text(const char *what, const char *expected, const char *got, struct pvm_buf *out)
{
    bool same = strcmp(expected, got) == 0;
    if (!same)
        pvm_buf_printf(out, "%s: expected %s, got %s", what, expected, got);
    return same;
}

bool jam_same_regs(const uint64_t *expected, const uint64_t *got, struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        char name[8];
        snprintf(name, sizeof name, "r%u", i);
        if (!jam_same_word(name, expected[i], got[i], out))
            return false;
    }
    return true;
}

static bool same_octets(uint64_t address, const uint8_t *expected, const uint8_t *got, size_t len,
                        struct pvm_buf *out)
{
    size_t at = 0;
    while (at < len && expected[at] == got[at])
        at++;
    if (at < len)
        pvm_buf_printf(out, "memory at 0x%llx: expected 0x%02x, got 0x%02x",
                       (unsigned long long)(address + at), expected[at], got[at]);
    return at == len;
}

static bool same_page(const struct pvm_memory *expected, const struct pvm_memory *got,
                      uint32_t page, struct pvm_buf *out)
{
    static const char *const names[] = {
        [PVM_NO_ACCESS] = "inaccessible", [PVM_READ] = "read-only", [PVM_WRITE] = "writable"};
    uint8_t a[PVM_PAGE_SIZE];
    uint8_t b[PVM_PAGE_SIZE];
    uint64_t address = (uint64_t)page * PVM_PAGE_SIZE;
    enum pvm_access want = pvm_memory_access(expected, page);
    enum pvm_access have = pvm_memory_access(got, page);
    if (want != have) {
        pvm_buf_printf(out, "page at 0x%llx: expected %s, got %s", (unsigned long long)address,
                       names[want], names[have]);
        return false;
    }
    pvm_memory_get(expected, address, a, sizeof a);
    pvm_memory_get(got, address, b, sizeof b);
    return same_octets(address, a, b, sizeof a, out);
}

bool jam_same_memory(const struct pvm_memory *expected, const struct pvm_memory *got,
                     struct pvm_buf *out)
{
    if (pvm_memory_digest(expected) == pvm_memory_digest(got))
        return true;
    for (uint32_t page = 0; page < PVM_PAGE_COUNT;) {
        uint32_t a = page;
        uint32_t b = page;
        uint32_t count_a = 1;
        uint32_t count_b = 1;
        enum pvm_access access;
        bool has_a = pvm_memory_next(expected, &a, &count_a, &access);
        bool has_b = pvm_memory_next(got, &b, &count_b, &access);
        if (!has_a && !has_b)
            break;
        bool both = has_a && has_b && a == b;
        page = !has_b || (has_a && a < b) ? a : b;
        uint32_t end = page + (!both ? 1 : count_a < count_b ? count_a : count_b);
        for (; page < end; page++)
            if (!same_page(expected, got, page, out))
                return false;
    }
    pvm_buf_text(out, "memory: octets that no one can access differ");
    return false;
}

bool jam_same_costs(const struct jam_cost_list *expected, const struct pvm_program *program,
                    struct pvm_buf *out)
{
    uint64_t listed = 0;
    uint64_t starts = 0;
    for (size_t i = 0; i < expected->count; i++) {
        const struct jam_block_cost *block = &expected->list[i];
        bool starts_here = pvm_program_is_block_start(program, block->pc);
        if (!starts_here && block->pc != program->code_len) {
            pvm_buf_printf(out, "block at pc %u: there is none", (unsigned)block->pc);
            return false;
        }
        listed += starts_here;
        uint64_t got = pvm_gas_block_cost(program, block->pc, NULL, NULL);
        if (got == block->cost)
            continue;
        pvm_buf_printf(out, "block at pc %u: cost expected %llu, got %llu", (unsigned)block->pc,
                       (unsigned long long)block->cost, (unsigned long long)got);
        return false;
    }
    for (uint32_t pc = 0; pc < program->code_len; pc++)
        starts += pvm_program_is_block_start(program, pc);
    return jam_same_count("blocks with a cost", listed, starts, out);
}
