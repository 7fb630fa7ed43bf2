/* SPDX-License-Identifier: Apache-2.0 */
/* A vector of the block gas model played: its costs, then its steps. */
#include "host/vector_gas.h"
#include "host/vector_keys.h"

/* ---- from the draft's opcodes to those of another instruction set ---- */

/* Its parts; false when an instruction has no opcode there. */
static bool translate(const struct pvm_program *from, enum pvm_isa isa, uint8_t *code,
                      uint8_t *mask, uint64_t *jumps)
{
    memcpy(code, from->code, from->code_len);
    for (uint32_t pc = 0; pc < from->code_len; pc++) {
        if (!pvm_program_is_opcode(from, pc))
            continue;
        mask[pc / 8] |= (uint8_t)(1u << pc % 8);
        uint16_t octet = pvm_op_table[pvm_program_op(from, pc)].octet[isa];
        if (octet == PVM_NO_OPCODE)
            return false;
        code[pc] = (uint8_t)octet;
    }
    for (uint64_t i = 0; i < from->jump_count; i++)
        jumps[i] = pvm_program_jump(from, i);
    return true;
}

static enum pvm_status renumber(const struct jam_gas_vector *vector, const struct pvm_program *from,
                                struct pvm_buf *blob, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = vector->arena.alloc;
    enum pvm_status status = PVM_OK;
    uint8_t *code = pvm_alloc_zero(alloc, from->code_len, 1);
    uint8_t *mask = pvm_alloc_zero(alloc, (size_t)from->code_len / 8 + 1, 1);
    uint64_t *jumps = pvm_alloc_zero(alloc, (size_t)from->jump_count + 1, sizeof *jumps);
    if (code == NULL || mask == NULL || jumps == NULL)
        status = pvm_fail(err, PVM_E_MEMORY, "no memory for a program");
    else if (!translate(from, vector->rules->isa, code, mask, jumps))
        status = pvm_fail(err, PVM_E_MALFORMED, "an instruction that GP %s does not have",
                          vector->rules->name);
    else
        pvm_program_encode(jumps, from->jump_count, from->jump_width,
                           pvm_bytes(code, from->code_len), mask, blob);
    pvm_alloc_free(alloc, code);
    pvm_alloc_free(alloc, mask);
    pvm_alloc_free(alloc, jumps);
    return status != PVM_OK ? status : pvm_buf_status(blob, err);
}

static enum pvm_status decode(const struct jam_gas_vector *vector, struct pvm_program **out,
                              struct pvm_err *err)
{
    const struct pvm_alloc *alloc = vector->arena.alloc;
    const struct pvm_rules *draft = &pvm_rules_table[PVM_RULES_DRAFT];
    struct pvm_program *program;
    struct pvm_buf blob = {.alloc = alloc};
    PVM_TRY(pvm_program_new(draft, alloc, vector->program, &program, err));
    if (vector->rules == draft) {
        *out = program;
        return PVM_OK;
    }
    enum pvm_status status = renumber(vector, program, &blob, err);
    if (status == PVM_OK)
        status = pvm_program_new(vector->rules, alloc, pvm_buf_bytes(&blob), out, err);
    pvm_program_free(program);
    pvm_buf_deinit(&blob);
    return status;
}

/* ---- steps ---- */

/* A vector that is being played one way. */
struct play {
    const struct jam_gas_vector *vector;
    enum jam_engine engine;
    struct jam_vector_result *result;
    struct pvm_vm vm;
    enum pvm_exit exit; /* of the last run */
};

static bool same_end(const struct play *play, const struct jam_gas_assert *want)
{
    struct pvm_buf *why = &play->result->why;
    const struct pvm_vm *vm = &play->vm;
    return jam_same_text("status", pvm_exit_name(want->status), pvm_exit_name(play->exit), why) &&
           jam_same_regs(want->regs, vm->regs, why) &&
           jam_same_count("pc", want->pc, vm->exit_pc, why) &&
           jam_same_count("gas", want->gas, vm->gas, why) &&
           (play->exit != PVM_EXIT_FAULT ||
            jam_same_word("fault address", want->fault, vm->arg, why));
}

/* Memory is as mapped up to this step, and zero but for the octets that are expected. */
static enum pvm_status compare_memory(struct play *play, size_t step, struct pvm_err *err)
{
    const struct jam_gas_vector *vector = play->vector;
    struct pvm_memory want;
    const struct jam_page_list none = {NULL, 0};
    enum pvm_status status = PVM_OK;
    pvm_memory_init(&want, vector->arena.alloc, play->vm.memory.budget);
    for (size_t i = 0; i < step && status == PVM_OK; i++)
        if (vector->steps[i].kind == JAM_GAS_MAP)
            status = jam_map_pages(&want, &vector->steps[i].pages, err);
    if (status == PVM_OK)
        status = jam_put_memory(&want, &none, &vector->steps[step].want.memory, err);
    if (status == PVM_OK)
        play->result->passed = jam_same_memory(&want, &play->vm.memory, &play->result->why);
    pvm_memory_deinit(&want);
    return status;
}

static enum pvm_status play_step(struct play *play, size_t at, struct pvm_err *err)
{
    const struct jam_gas_step *step = &play->vector->steps[at];
    struct pvm_vm *vm = &play->vm;
    uint64_t before = vm->gas;
    switch (step->kind) {
    case JAM_GAS_MAP:
        return jam_map_pages(&vm->memory, &step->pages, err);
    case JAM_GAS_WRITE:
        return pvm_memory_put(&vm->memory, step->chunk.address, step->chunk.contents, err);
    case JAM_GAS_SET_REG:
        vm->regs[step->reg] = step->value;
        return PVM_OK;
    case JAM_GAS_RUN:
        PVM_TRY(jam_engine_run(vm, play->engine, &play->exit, err));
        play->result->gas += before - vm->gas;
        play->result->runs++;
        return PVM_OK;
    case JAM_GAS_ASSERT:
        play->result->passed = same_end(play, &step->want);
        return play->result->passed ? compare_memory(play, at, err) : PVM_OK;
    }
    return PVM_OK;
}

/* Plays the steps one way. What differs begins with the number of the step, and the way. */
static enum pvm_status play_all(const struct jam_gas_vector *vector, struct pvm_program *program,
                                enum jam_engine engine, const struct jam_vector_options *options,
                                struct jam_vector_result *result, struct pvm_err *err)
{
    struct pvm_budget budget = jam_vector_budget(options);
    struct play play = {.vector = vector, .engine = engine, .result = result};
    enum pvm_status status = PVM_OK;
    size_t before = result->why.len;
    play.exit = PVM_EXIT_CONTINUE;
    pvm_vm_init(&play.vm, program, options->alloc, &budget);
    play.vm.pc = vector->initial_pc;
    play.vm.gas = vector->initial_gas;
    for (size_t i = 0; i < vector->step_count && result->passed && status == PVM_OK; i++) {
        pvm_buf_printf(&result->why, "steps[%zu]: ", i);
        jam_engine_text(engine, &result->why);
        status = play_step(&play, i, err);
        if (result->passed && !result->why.failed)
            result->why.len = before;
    }
    pvm_vm_deinit(&play.vm);
    return status != PVM_OK ? status : pvm_buf_status(&result->why, err);
}

/* Whether the rules let the steps come out as the draft has them. */
static bool can_play(const struct jam_gas_vector *vector, const struct pvm_program *program)
{
    return !vector->rules->strict ||
           (!vector->falls_off && pvm_program_may_start(program, vector->initial_pc));
}

enum pvm_status jam_gas_vector_run(const struct jam_gas_vector *vector,
                                   const struct jam_vector_options *options,
                                   struct jam_vector_result *result, struct pvm_err *err)
{
    struct pvm_program *program;
    PVM_TRY(decode(vector, &program, err));
    enum pvm_status status = PVM_OK;
    result->profile = vector->profile;
    result->passed = jam_same_costs(&vector->costs, program, &result->why);
    bool plays = can_play(vector, program);
    for (int engine = 0; engine < JAM_ENGINE_COUNT && plays && result->passed && status == PVM_OK;
         engine++)
        status = play_all(vector, program, (enum jam_engine)engine, options, result, err);
    pvm_program_free(program);
    return status;
}

/* ---- as a kind of file ---- */

/* Hands over a vector, and says of steps that could not be played that they were not. */
static enum pvm_status give(const struct jam_gas_vector *vector, struct jam_vector_result *result,
                            jam_suite_sink sink, void *user, struct pvm_err *err)
{
    PVM_TRY(sink(user, "", result, err));
    if (!result->passed || vector->step_count == 0 || result->runs > 0)
        return PVM_OK;
    result->skipped = "the version does not run such a program: only its costs were compared";
    return sink(user, "steps", result, err);
}

bool jam_gas_vector_is(const struct jam_suite_file *file)
{
    static const char *const keys[] = {"program",      "block-gas-costs", "steps", "initial-gas",
                                       "initial-regs", "$schema",         NULL};
    uint32_t has = jam_vector_keys(file->octets, keys);
    uint32_t own = has & 0xf;
    return ((own & (own - 1)) != 0 || (own & 2) != 0) && (has & 0x30) == 0;
}

enum pvm_status jam_gas_vector_suite(const struct jam_suite_file *file,
                                     const struct jam_suite_options *options, jam_suite_sink sink,
                                     void *user, struct pvm_err *err)
{
    struct jam_gas_vector *vector;
    struct jam_vector_result result;
    PVM_TRY(jam_gas_vector_load(file->octets, file->path, &options->vector, &vector, err));
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_gas_vector_run(vector, &options->vector, &result, err);
    if (status == PVM_OK)
        status = give(vector, &result, sink, user, err);
    else
        pvm_fail_at(err, status, file->path);
    jam_vector_result_deinit(&result);
    jam_gas_vector_free(vector);
    return status;
}
