/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_gas.h"

#include "host/vector_keys.h"

/* What one file may take of our memory. */
static const size_t file_limit = (size_t)256 << 20;

/* ---- loading ---- */

struct vector_keys {
    const char *name;
    struct jam_json program, steps, initial_pc, initial_gas, costs;
};

static const struct jam_json_field vector_fields[] = {
    JAM_JSON_NEEDED(struct vector_keys, name),
    JAM_JSON_NEEDED(struct vector_keys, program),
    JAM_JSON_FIELD(struct vector_keys, steps),
    JAM_JSON_ROW(struct vector_keys, initial_pc, "initial-pc", false),
    JAM_JSON_ROW(struct vector_keys, initial_gas, "initial-gas", false),
    JAM_JSON_ROW(struct vector_keys, costs, "block-gas-costs", true),
};

/* Two files expect a panic of a store into a read-only page far above the first 64 KiB, where every
 * GP has a page fault (GP 0.7.2 A.4). */
static const struct {
    const char *name;
    uint64_t fault;
} mistaken[] = {
    {"inst_store_imm_u8_trap_read_only", 0x10000},
    {"inst_store_u8_trap_read_only", 0x10000},
};

struct step_keys {
    const char *kind;
    /* map, write */
    uint64_t address, length;
    bool is_writable;
    struct jam_json contents;
    /* set-reg */
    uint64_t reg, value;
    /* assert */
    struct jam_json status, regs, memory, page_fault_address;
    uint64_t gas, pc;
};

#define NEEDED(name) JAM_JSON_NEEDED(struct step_keys, name)
#define MAY_BE(name) JAM_JSON_FIELD(struct step_keys, name)
static const struct jam_json_field map_fields[] = {NEEDED(kind), NEEDED(address), NEEDED(length),
                                                   NEEDED(is_writable)};
static const struct jam_json_field write_fields[] = {NEEDED(kind), NEEDED(address),
                                                     NEEDED(contents)};
static const struct jam_json_field set_reg_fields[] = {NEEDED(kind), NEEDED(reg), NEEDED(value)};
static const struct jam_json_field run_fields[] = {NEEDED(kind)};
static const struct jam_json_field assert_fields[] = {NEEDED(kind),
                                                      NEEDED(status),
                                                      NEEDED(gas),
                                                      NEEDED(pc),
                                                      NEEDED(regs),
                                                      NEEDED(memory),
                                                      MAY_BE(page_fault_address)};
#undef NEEDED
#undef MAY_BE

static const struct {
    const char *name;
    const struct jam_json_field *fields;
    size_t count;
} kinds[] = {
    [JAM_GAS_MAP] = {"map", map_fields, JAM_JSON_COUNT(map_fields)},
    [JAM_GAS_WRITE] = {"write", write_fields, JAM_JSON_COUNT(write_fields)},
    [JAM_GAS_SET_REG] = {"set-reg", set_reg_fields, JAM_JSON_COUNT(set_reg_fields)},
    [JAM_GAS_RUN] = {"run", run_fields, JAM_JSON_COUNT(run_fields)},
    [JAM_GAS_ASSERT] = {"assert", assert_fields, JAM_JSON_COUNT(assert_fields)},
};

static enum pvm_status load_kind(struct jam_json json, enum jam_gas_step_kind *out,
                                 struct pvm_err *err)
{
    const char *name;
    PVM_TRY(jam_json_expect(json, JAM_JSON_OBJECT, err));
    struct jam_json kind = jam_json_get(json, "kind");
    if (!jam_json_has(kind))
        return jam_json_fail(json, err, "the step has no kind");
    PVM_TRY(jam_json_text(kind, &name, err));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(name, kinds[i].name) != 0)
            continue;
        *out = (enum jam_gas_step_kind)i;
        return PVM_OK;
    }
    return jam_json_fail(kind, err, "unknown kind \"%.40s\"", name);
}

static enum pvm_status load_assert(struct jam_arena *arena, struct jam_json json,
                                   const struct step_keys *keys, const char *name,
                                   struct jam_gas_assert *want, struct pvm_err *err)
{
    want->gas = keys->gas;
    want->pc = keys->pc;
    PVM_TRY(jam_read_exit(keys->status, &want->status, err));
    PVM_TRY(jam_read_regs(keys->regs, want->regs, err));
    PVM_TRY(jam_read_chunks(arena, keys->memory, &want->memory, err));
    if (jam_json_has(keys->page_fault_address) != (want->status == PVM_EXIT_FAULT))
        return jam_json_fail(json, err, "page_fault_address belongs to status page-fault");
    if (jam_json_has(keys->page_fault_address))
        PVM_TRY(jam_json_u64(keys->page_fault_address, UINT64_MAX, &want->fault, err));
    for (size_t i = 0; i < sizeof mistaken / sizeof *mistaken; i++) {
        if (strcmp(name, mistaken[i].name) != 0 || want->status != PVM_EXIT_PANIC)
            continue;
        want->status = PVM_EXIT_FAULT;
        want->fault = mistaken[i].fault;
    }
    return PVM_OK;
}

static enum pvm_status load_step(struct jam_arena *arena, struct jam_json json, const char *name,
                                 struct jam_gas_step *step, struct pvm_err *err)
{
    struct step_keys keys = {.kind = NULL};
    PVM_TRY(load_kind(json, &step->kind, err));
    PVM_TRY(jam_json_fields(json, kinds[step->kind].fields, kinds[step->kind].count, &keys, err));
    switch (step->kind) {
    case JAM_GAS_MAP:
        step->pages = (struct jam_page_range){keys.address, keys.length, keys.is_writable};
        return jam_check_pages(json, &step->pages, err);
    case JAM_GAS_WRITE:
        return jam_read_chunk(arena, json, keys.address, keys.contents, &step->chunk, err);
    case JAM_GAS_SET_REG:
        if (keys.reg >= PVM_REG_COUNT)
            return jam_json_fail(json, err, "there is no register %llu",
                                 (unsigned long long)keys.reg);
        step->reg = (unsigned)keys.reg;
        step->value = keys.value;
        return PVM_OK;
    case JAM_GAS_RUN:
        return PVM_OK;
    case JAM_GAS_ASSERT:
        return load_assert(arena, json, &keys, name, &step->want, err);
    }
    return PVM_OK;
}

/* Steps that compare something: an assert, behind a run. */
static enum pvm_status load_steps(struct jam_gas_vector *vector, const struct vector_keys *keys,
                                  struct pvm_err *err)
{
    void *list;
    bool ran = false;
    bool compared = false;
    PVM_TRY(jam_json_u64(keys->initial_pc, UINT64_MAX, &vector->initial_pc, err));
    PVM_TRY(jam_json_u64(keys->initial_gas, UINT64_MAX, &vector->initial_gas, err));
    PVM_TRY(jam_json_expect(keys->steps, JAM_JSON_ARRAY, err));
    PVM_TRY(jam_arena_get(&vector->arena, jam_json_count(keys->steps), sizeof *vector->steps, &list,
                          err));
    vector->steps = list;
    for (struct jam_json it = jam_json_first(keys->steps); jam_json_has(it);
         it = jam_json_next(it)) {
        struct jam_gas_step *step = &vector->steps[vector->step_count++];
        PVM_TRY(load_step(&vector->arena, it, keys->name, step, err));
        ran = ran || step->kind == JAM_GAS_RUN;
        if (step->kind == JAM_GAS_ASSERT && !ran)
            return jam_json_fail(it, err, "nothing has run yet");
        compared = compared || step->kind == JAM_GAS_ASSERT;
    }
    if (!compared)
        return jam_json_fail(keys->steps, err, "no step asserts anything");
    return PVM_OK;
}

static enum pvm_status load_document(struct jam_gas_vector *vector, struct jam_json root,
                                     struct pvm_err *err)
{
    struct vector_keys keys = {.name = ""};
    PVM_TRY(jam_json_fields(root, vector_fields, JAM_JSON_COUNT(vector_fields), &keys, err));
    PVM_TRY(jam_read_program(&vector->arena, keys.program, &vector->program, err));
    PVM_TRY(jam_read_costs(&vector->arena, keys.costs, &vector->costs, err));
    vector->falls_off = strcmp(keys.name, "inst_fallthrough") == 0;
    bool plays = jam_json_has(keys.steps);
    if (plays != jam_json_has(keys.initial_pc) || plays != jam_json_has(keys.initial_gas))
        return jam_json_fail(root, err, "steps, initial-pc and initial-gas belong together");
    return plays ? load_steps(vector, &keys, err) : PVM_OK;
}

enum pvm_status jam_gas_vector_load(struct pvm_bytes octets, const char *name,
                                    const struct jam_vector_options *options,
                                    struct jam_gas_vector **out, struct pvm_err *err)
{
    struct jam_json_doc *doc;
    struct jam_gas_vector *vector = pvm_alloc_zero(options->alloc, 1, sizeof *vector);
    if (vector == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a vector");
    vector->rules = &pvm_rules_table[PVM_RULES_DRAFT];
    if (options->profile != NULL && options->profile->rules->gas == PVM_GAS_BLOCK) {
        vector->profile = options->profile;
        vector->rules = options->profile->rules;
    }
    jam_arena_init(&vector->arena, file_limit, options->alloc);
    enum pvm_status status = jam_json_parse(octets, name, options->alloc, &doc, err);
    if (status == PVM_OK) {
        status = load_document(vector, jam_json_root(doc), err);
        jam_json_free(doc);
    }
    if (status != PVM_OK) {
        jam_gas_vector_free(vector);
        return status;
    }
    *out = vector;
    return PVM_OK;
}

void jam_gas_vector_free(struct jam_gas_vector *vector)
{
    if (vector == NULL)
        return;
    const struct pvm_alloc *alloc = vector->arena.alloc;
    jam_arena_deinit(&vector->arena);
    pvm_alloc_free(alloc, vector);
}
