/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/raw_fixture.h"

#include "cmd/files.h"

#define MEMORY_SIZE (UINT64_C(1) << 32)

/* The file's keys, as they are read. */
struct keys {
    struct jam_json regs, pages, memory, program, unused;
    uint64_t pc, gas;
};

static const struct jam_json_field key_fields[] = {
    JAM_JSON_ROW(struct keys, unused, "name", false),
    JAM_JSON_ROW(struct keys, regs, "initial-regs", false),
    JAM_JSON_ROW(struct keys, pc, "initial-pc", false),
    JAM_JSON_ROW(struct keys, gas, "initial-gas", false),
    JAM_JSON_ROW(struct keys, pages, "initial-page-map", false),
    JAM_JSON_ROW(struct keys, memory, "initial-memory", false),
    JAM_JSON_ROW(struct keys, program, "program", false),
    JAM_JSON_ROW(struct keys, unused, "expected-status", false),
    JAM_JSON_ROW(struct keys, unused, "expected-regs", false),
    JAM_JSON_ROW(struct keys, unused, "expected-pc", false),
    JAM_JSON_ROW(struct keys, unused, "expected-gas", false),
    JAM_JSON_ROW(struct keys, unused, "expected-memory", false),
    JAM_JSON_ROW(struct keys, unused, "expected-page-fault-address", false),
};

enum pvm_status cmd_raw_fixture_load(const char *path, uint64_t gas, struct cmd_raw_fixture *out,
                                     struct pvm_err *err)
{
    *out = (struct cmd_raw_fixture){0};
    struct keys keys = {.gas = gas};
    PVM_TRY(cmd_read_file(path, &out->text, err));
    PVM_TRY(jam_json_parse(pvm_buf_bytes(&out->text), cmd_file_name(path), NULL, &out->doc, err));
    PVM_TRY(jam_json_fields(jam_json_root(out->doc), key_fields, JAM_JSON_COUNT(key_fields), &keys,
                            err));
    out->regs = keys.regs;
    out->pages = keys.pages;
    out->memory = keys.memory;
    out->program = keys.program;
    out->pc = keys.pc;
    out->gas = keys.gas;
    return PVM_OK;
}

void cmd_raw_fixture_deinit(struct cmd_raw_fixture *fixture)
{
    jam_json_free(fixture->doc);
    pvm_buf_deinit(&fixture->text);
    *fixture = (struct cmd_raw_fixture){0};
}

enum pvm_status cmd_raw_fixture_program(const struct cmd_raw_fixture *fixture, struct pvm_buf *out,
                                        struct pvm_err *err)
{
    if (!jam_json_has(fixture->program))
        return jam_json_fail(jam_json_root(fixture->doc), err, "no key \"program\", and no BLOB");
    return jam_json_octets(fixture->program, out, err);
}

static enum pvm_status apply_registers(struct jam_json list, struct pvm_vm *vm, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    if (jam_json_count(list) != PVM_REG_COUNT)
        return jam_json_fail(list, err, "expected %d registers, got %zu", PVM_REG_COUNT,
                             jam_json_count(list));
    unsigned reg = 0;
    for (struct jam_json at = jam_json_first(list); jam_json_has(at); at = jam_json_next(at))
        PVM_TRY(jam_json_u64(at, UINT64_MAX, &vm->regs[reg++], err));
    return PVM_OK;
}

struct page_range {
    uint64_t address, length;
    bool writable;
};

static enum pvm_status apply_pages(struct jam_json range, struct pvm_vm *vm, struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct page_range, address),
        JAM_JSON_NEEDED(struct page_range, length),
        JAM_JSON_ROW(struct page_range, writable, "is-writable", true),
    };
    struct page_range in = {0};
    PVM_TRY(jam_json_fields(range, fields, JAM_JSON_COUNT(fields), &in, err));
    if (in.address > MEMORY_SIZE || in.length > MEMORY_SIZE - in.address ||
        (in.address | in.length) % PVM_PAGE_SIZE != 0)
        return jam_json_fail(range, err, "expected whole pages of %d octets below 2^32",
                             PVM_PAGE_SIZE);
    return pvm_memory_map(&vm->memory, (uint32_t)(in.address >> PVM_PAGE_BITS),
                          (uint32_t)(in.length >> PVM_PAGE_BITS),
                          in.writable ? PVM_WRITE : PVM_READ, true, err);
}

struct content {
    uint64_t address;
    struct jam_json contents;
};

static enum pvm_status apply_content(struct jam_json content, struct pvm_vm *vm,
                                     struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct content, address),
        JAM_JSON_NEEDED(struct content, contents),
    };
    struct content in = {0};
    struct pvm_buf octets = {0};
    PVM_TRY(jam_json_fields(content, fields, JAM_JSON_COUNT(fields), &in, err));
    enum pvm_status status = jam_json_octets(in.contents, &octets, err);
    if (status == PVM_OK && (in.address > MEMORY_SIZE || octets.len > MEMORY_SIZE - in.address))
        status = jam_json_fail(content, err, "%zu octets do not fit below 2^32", octets.len);
    if (status == PVM_OK)
        status = pvm_memory_put(&vm->memory, in.address, pvm_buf_bytes(&octets), err);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status apply_list(struct jam_json list,
                                  enum pvm_status (*apply)(struct jam_json, struct pvm_vm *,
                                                           struct pvm_err *),
                                  struct pvm_vm *vm, struct pvm_err *err)
{
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json at = jam_json_first(list); jam_json_has(at); at = jam_json_next(at))
        PVM_TRY(apply(at, vm, err));
    return PVM_OK;
}

enum pvm_status cmd_raw_fixture_apply(const struct cmd_raw_fixture *fixture, struct pvm_vm *vm,
                                      struct pvm_err *err)
{
    if (jam_json_has(fixture->regs))
        PVM_TRY(apply_registers(fixture->regs, vm, err));
    PVM_TRY(apply_list(fixture->pages, apply_pages, vm, err));
    PVM_TRY(apply_list(fixture->memory, apply_content, vm, err));
    vm->pc = fixture->pc;
    vm->gas = fixture->gas;
    return PVM_OK;
}
