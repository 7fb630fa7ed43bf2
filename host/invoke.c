/* SPDX-License-Identifier: Apache-2.0 */
#include "host/invoke.h"

#include "host/extension.h"
#include "host/invoke_run.h"
#include "host/merkle.h"

#include <stdio.h>

enum { ARGS_MAX = 1 << 24 }; /* GP 0.7.2 A.7, Z_I */

const char *jam_outcome_name(enum jam_outcome outcome)
{
    static const char *const names[] = {
#define X(NAME, name, octet, text) [JAM_ENDED_##NAME] = name,
        JAM_OUTCOMES(X)
#undef X
    };
    return (unsigned)outcome < sizeof names / sizeof *names ? names[outcome] : "?";
}

const char *jam_outcome_text(enum jam_outcome outcome)
{
    static const char *const texts[] = {
#define X(NAME, name, octet, text) [JAM_ENDED_##NAME] = text,
        JAM_OUTCOMES(X)
#undef X
    };
    return texts[outcome];
}

void jam_exit_text(enum pvm_exit exit, uint64_t arg, struct pvm_buf *out)
{
    pvm_buf_text(out, pvm_exit_name(exit));
    switch (exit) {
    case PVM_EXIT_CONTINUE:
    case PVM_EXIT_HALT:
    case PVM_EXIT_PANIC:
    case PVM_EXIT_OOG:
        break;
    case PVM_EXIT_FAULT:
        pvm_buf_printf(out, " at 0x%llx", (unsigned long long)arg);
        break;
    case PVM_EXIT_HOST:
        pvm_buf_printf(out, " %lld", (long long)arg);
        break;
    }
}

static void observe(void *user, const struct pvm_vm *vm)
{
    const struct jam_run *run = user;
    run->ctx.hooks.step(run->ctx.hooks.user, -1, vm);
}

static void set_missing(struct jam_run *run, enum jam_outcome outcome, const char *why)
{
    run->result.outcome = outcome;
    run->result.exit = PVM_EXIT_PANIC;
    (void)snprintf(run->why, sizeof run->why, "%s", why != NULL ? why : jam_outcome_text(outcome));
    run->result.why = run->why;
}

/* Y(p, a) and deblob(c). What the GP makes a panic without gas used is set as such. */
static enum pvm_status load(struct jam_run *run, const struct jam_run_config *config,
                            struct pvm_err *err)
{
    struct pvm_err why = {.status = PVM_OK};
    const struct pvm_alloc *alloc = config->alloc;
    if (!pvm_standard_fits(&run->standard)) {
        set_missing(run, JAM_ENDED_PANIC, "the program's regions do not fit into memory");
        return PVM_OK;
    }
    struct pvm_program *program;
    enum pvm_status status = pvm_program_new_in(run->ctx.profile->rules, run->ctx.limits.layout,
                                                alloc, run->standard.code, &program, &why);
    if (status == PVM_E_MALFORMED) {
        set_missing(run, JAM_ENDED_PANIC, why.msg);
        return PVM_OK;
    }
    if (status != PVM_OK)
        return pvm_fail(err, status, "%s", why.msg);
    pvm_vm_init(&run->vm, program, alloc, &run->ctx.budget);
    pvm_program_free(program);
    run->has_vm = true;
    PVM_TRY(pvm_standard_init(&run->standard, pvm_buf_bytes(&run->args), &run->vm, err));
    if (run->ctx.profile->call.heap_stack_unit != 0)
        run->ctx.heap =
            jam_heap_of(&run->standard, run->ctx.profile->call.heap_stack_unit, &run->vm.memory);
    run->vm.pc = config->entry;
    run->vm.gas = config->gas;
    if (run->ctx.hooks.step != NULL)
        run->vm.observer = (struct pvm_observer){observe, run};
    return PVM_OK;
}

static enum pvm_status fill(struct jam_run *run, const struct jam_run_config *config,
                            const struct jam_profile *profile, struct pvm_err *err)
{
    if (config->args.len > ARGS_MAX)
        return pvm_fail(err, PVM_E_USAGE, "%zu octets of arguments, at most %d are possible",
                        config->args.len, ARGS_MAX);
    if (config->params != NULL)
        run->params = *config->params;
    else
        jam_params_get(profile, JAM_PARAMS_FULL, &run->params);
    run->ctx.service = config->service;
    run->ctx.export_offset = config->export_offset;
    run->ctx.sources = config->sources;
    run->args.alloc = config->alloc;
    run->output.alloc = config->alloc;
    run->result.gas_limit = config->gas;
    PVM_TRY(jam_extensions_begin(&run->ctx, err));
    pvm_buf_add_bytes(&run->args, config->args);
    PVM_TRY(pvm_buf_status(&run->args, err));
    if (config->program == NULL) {
        set_missing(run, config->missing, config->why);
        return PVM_OK;
    }
    run->standard = *config->program;
    return load(run, config, err);
}

enum pvm_status jam_run_new(const struct jam_run_config *config, struct jam_run **out,
                            struct pvm_err *err)
{
    const struct jam_profile *profile =
        config->profile != NULL ? config->profile : jam_profile_default;
    struct jam_run *run = pvm_alloc_zero(config->alloc, 1, sizeof *run);
    if (run == NULL) {
        if (config->release != NULL)
            config->release(config->alloc, config->owned);
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a run");
    }
    jam_context_init(&run->ctx, profile, &run->params, config->invocation, config->alloc,
                     &config->limits, &config->hooks);
    run->release = config->release;
    run->owned = config->owned;
    enum pvm_status status = fill(run, config, profile, err);
    if (status != PVM_OK) {
        jam_run_free(run);
        return status;
    }
    *out = run;
    return PVM_OK;
}

void jam_run_free(struct jam_run *run)
{
    if (run == NULL)
        return;
    const struct pvm_alloc *alloc = run->ctx.alloc;
    if (run->has_vm)
        pvm_vm_deinit(&run->vm);
    jam_context_deinit(&run->ctx);
    pvm_buf_deinit(&run->args);
    pvm_buf_deinit(&run->output);
    if (run->release != NULL)
        run->release(alloc, run->owned);
    pvm_alloc_free(alloc, run);
}

static enum pvm_status take_output(struct jam_run *run, struct pvm_err *err)
{
    const struct pvm_vm *vm = &run->vm;
    struct jam_result *result = &run->result;
    uint64_t addr = vm->regs[7];
    uint64_t len = vm->regs[8];
    if (!pvm_memory_allows(&vm->memory, addr, len, PVM_READ)) {
        result->output_unreadable = true;
        return PVM_OK;
    }
    if (len == 0)
        return PVM_OK;
    struct pvm_budget *budget = &run->ctx.budget;
    if (budget->used > budget->limit || len > budget->limit - budget->used)
        return pvm_fail(err, PVM_E_LIMIT, "host limit: no room for an output of %llu octets",
                        (unsigned long long)len);
    uint8_t *room = pvm_buf_reserve(&run->output, (size_t)len);
    if (room == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for an output of %llu octets",
                        (unsigned long long)len);
    pvm_memory_get(&vm->memory, addr, room, (size_t)len);
    result->output = pvm_bytes(room, (size_t)len);
    return PVM_OK;
}

/* R of GP 0.7.2 A.8, and what Psi_R keeps of the exports (B.3). */
static enum pvm_status conclude(struct jam_run *run, enum pvm_exit exit, struct pvm_err *err)
{
    struct jam_result *result = &run->result;
    const struct jam_context *ctx = &run->ctx;
    result->exit = exit;
    /* All of it when a host call ran out (vm.gas is 0 then); a block that is not entered for want
     * of gas leaves what there was (GP 0.8.0 A.4). */
    result->gas_used = result->gas_limit - run->vm.gas;
    switch (exit) {
    case PVM_EXIT_HALT:
        result->outcome = JAM_ENDED_HALT;
        PVM_TRY(take_output(run, err));
        break;
    case PVM_EXIT_OOG:
        result->outcome = JAM_ENDED_OOG;
        break;
    case PVM_EXIT_PANIC:
    case PVM_EXIT_FAULT:
        result->outcome = JAM_ENDED_PANIC;
        break;
    case PVM_EXIT_CONTINUE:
    case PVM_EXIT_HOST:
        return pvm_fail(err, PVM_E_INTERNAL, "the run stopped without an end");
    }
    if (result->outcome == JAM_ENDED_HALT) {
        result->exports = ctx->exports.ptr;
        result->export_count = ctx->export_count;
    } else {
        result->exports_lost = ctx->export_count;
    }
    return PVM_OK;
}

/* A run goes once, and only with what its invocation acts on. */
static enum pvm_status begin(struct jam_run *run, struct pvm_err *err)
{
    if (run->stage == OVER)
        return pvm_fail(err, PVM_E_USAGE, "a run runs only once");
    if (run->ctx.accumulation == NULL &&
        (run->ctx.invocation == JAM_ACCUMULATE || run->ctx.invocation == JAM_ON_TRANSFER))
        return pvm_fail(err, PVM_E_USAGE, "the run has no account to run as");
    return PVM_OK;
}

static void summarize(struct jam_run *run)
{
    struct jam_result *result = &run->result;
    result->export_root = jam_segment_root(result->exports, result->export_count);
    result->inner_gas = run->ctx.inner_gas;
    result->calls = run->ctx.stats;
    result->call_count = run->ctx.row_count;
    result->log_count = run->ctx.log_count;
    result->log_dropped = run->ctx.log_dropped;
}

/* Serves the host call the machine is at, if it is at one. */
static enum pvm_status serve(struct jam_run *run, enum pvm_exit *exit, struct pvm_err *err)
{
    *exit = PVM_EXIT_CONTINUE;
    run->before = (struct jam_run_before){run->vm.gas, run->ctx.work};
    return run->stage == AT_CALL ? jam_call_dispatch(&run->ctx, &run->vm, exit, err) : PVM_OK;
}

static enum pvm_status fail_gas(const struct jam_context *ctx, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_LIMIT, "host limit: %llu gas are used, as much as may be",
                    (unsigned long long)ctx->limits.gas);
}

/* An observer must see the gas there is, so that the ceiling becomes one of instructions: as many
 * at a flat price, not many more in blocks. */
static enum pvm_status run_observed(struct jam_run *run, uint64_t steps, enum pvm_exit *exit,
                                    struct pvm_err *err)
{
    struct jam_context *ctx = &run->ctx;
    uint64_t ceiling = ctx->limits.gas - ctx->gas_used;
    uint64_t before = run->vm.gas;
    run->before.gas = before;
    PVM_TRY(pvm_vm_step(&run->vm, steps < ceiling ? steps : ceiling, exit, err));
    ctx->gas_used += before - run->vm.gas;
    return *exit == PVM_EXIT_CONTINUE && steps > ceiling ? fail_gas(ctx, err) : PVM_OK;
}

/* Runs the machine; gas beyond the ceiling is kept out of its sight meanwhile. */
static enum pvm_status run_capped(struct jam_run *run, uint64_t steps, enum pvm_exit *exit,
                                  struct pvm_err *err)
{
    struct jam_context *ctx = &run->ctx;
    uint64_t ceiling = ctx->limits.gas - ctx->gas_used;
    uint64_t gas = run->vm.gas < ceiling ? run->vm.gas : ceiling;
    uint64_t kept = run->vm.gas - gas;
    run->vm.gas = gas;
    enum pvm_status status = steps == UINT64_MAX ? pvm_vm_run(&run->vm, exit, err)
                                                 : pvm_vm_step(&run->vm, steps, exit, err);
    ctx->gas_used += gas - run->vm.gas;
    run->vm.gas += kept;
    if (status == PVM_OK && *exit == PVM_EXIT_OOG && kept != 0)
        return fail_gas(ctx, err);
    return status;
}

/* Psi_H, GP 0.7.2 A.6, from one host call to the next. */
static enum pvm_status advance(struct jam_run *run, uint64_t steps, enum pvm_exit *exit,
                               struct pvm_err *err)
{
    PVM_TRY(serve(run, exit, err));
    run->stage = RUNNING;
    if (*exit != PVM_EXIT_CONTINUE || steps == 0)
        return PVM_OK;
    return run->vm.observer.step != NULL ? run_observed(run, steps, exit, err)
                                         : run_capped(run, steps, exit, err);
}

static enum pvm_status end(struct jam_run *run, enum pvm_exit exit, struct pvm_err *err)
{
    run->stage = OVER;
    if (run->has_vm)
        PVM_TRY(conclude(run, exit, err));
    summarize(run);
    return PVM_OK;
}

enum pvm_status jam_run_some(struct jam_run *run, uint64_t steps, bool *ended, struct pvm_err *err)
{
    enum pvm_exit exit = PVM_EXIT_PANIC;
    PVM_TRY(begin(run, err));
    *ended = true;
    if (run->has_vm) {
        enum pvm_status status = advance(run, steps, &exit, err);
        if (status != PVM_OK) {
            run->stage = OVER;
            return status;
        }
        *ended = exit != PVM_EXIT_CONTINUE && exit != PVM_EXIT_HOST;
        if (exit == PVM_EXIT_HOST)
            run->stage = AT_CALL;
    }
    return *ended ? end(run, exit, err) : PVM_OK;
}

bool jam_run_at_call(const struct jam_run *run)
{
    return run->stage == AT_CALL;
}

void jam_run_answered(struct jam_run *run)
{
    if (run->stage == AT_CALL)
        run->stage = RUNNING;
}

enum pvm_status jam_run_go(struct jam_run *run, struct pvm_err *err)
{
    bool ended = false;
    do
        PVM_TRY(jam_run_some(run, UINT64_MAX, &ended, err));
    while (!ended);
    return PVM_OK;
}

struct pvm_vm *jam_run_outer(struct jam_run *run)
{
    return run->has_vm ? &run->vm : NULL;
}

enum pvm_status jam_run_end(struct jam_run *run, enum pvm_exit exit, struct pvm_err *err)
{
    PVM_TRY(begin(run, err));
    return end(run, exit, err);
}

const struct jam_result *jam_run_result(const struct jam_run *run)
{
    return &run->result;
}

const struct jam_profile *jam_run_profile(const struct jam_run *run)
{
    return run->ctx.profile;
}

const struct jam_params *jam_run_params(const struct jam_run *run)
{
    return &run->params;
}

struct pvm_bytes jam_run_args(const struct jam_run *run)
{
    return pvm_buf_bytes(&run->args);
}

const struct pvm_vm *jam_run_vm(const struct jam_run *run)
{
    return run->has_vm ? &run->vm : NULL;
}

bool jam_run_log_next(const struct jam_run *run, size_t *at, struct jam_log_line *line)
{
    return jam_context_log_next(&run->ctx, at, line);
}

const struct jam_machine *jam_run_machine(const struct jam_run *run, size_t index)
{
    const struct jam_machines *machines = &run->ctx.machines;
    return index < machines->count ? machines->list[index] : NULL;
}

const struct jam_machine *jam_run_bad_machine(const struct jam_run *run)
{
    return run->ctx.machines.bad;
}

struct jam_context *jam_run_context(struct jam_run *run)
{
    return &run->ctx;
}
