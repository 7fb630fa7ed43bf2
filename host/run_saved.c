/* SPDX-License-Identifier: Apache-2.0 */
#include "host/run_saved.h"

#include "host/accumulate_context.h"
#include "host/extension.h"
#include "host/invoke_run.h"

struct saved_machine {
    struct pvm_saved vm;
    struct jam_machine rest; /* everything but vm, hooks, entry */
    size_t program;          /* whose it is, of the programs */
};

struct saved_accumulation {
    struct jam_dimension x, y;
    bool checkpointed;
    struct jam_transfer *transfers;
    struct jam_service **made; /* a reference to each */
    size_t made_count;
};

struct jam_run_saved {
    struct pvm_budget *budget;
    size_t charged; /* octets of it that are neither pages nor blobs */
    struct pvm_saved vm;
    int64_t machine;
    uint64_t gas_used, inner_gas, work, export_count;
    size_t log_count, log_dropped, memory_used;
    struct jam_heap heap;
    struct jam_blob *exports, *log;
    struct jam_call_stat stats[JAM_ROWS];
    struct jam_program_entry *programs; /* a reference to each program */
    size_t program_count;
    struct saved_machine *machines; /* ascending by id, then the corpse if there is one */
    size_t machine_count;
    bool has_corpse, any, has_bad;
    size_t bad; /* index of the one that ended badly last */
    uint64_t last;
    bool accumulates;
    struct saved_accumulation accumulation;
};

bool jam_run_may_save(const struct jam_run *run)
{
    const struct jam_profile *profile = run->ctx.profile;
    for (size_t i = 0; i < profile->extension_count; i++)
        if (profile->extensions[i].extension->init != NULL)
            return false;
    return run->has_vm;
}

/* ---- freeing ---- */

static void blob_free(struct jam_run_saved *saved, struct jam_blob *blob)
{
    if (blob != NULL && blob->refs == 1)
        saved->budget->used -= blob->len;
    jam_blob_unref(blob);
}

static void accumulation_free(struct saved_accumulation *acc)
{
    jam_dimension_deinit(&acc->x);
    jam_dimension_deinit(&acc->y);
    for (size_t i = 0; i < acc->made_count; i++)
        jam_service_unref(acc->made[i]);
    pvm_alloc_free(NULL, acc->made);
    pvm_alloc_free(NULL, acc->transfers);
}

void jam_run_saved_free(struct jam_run_saved *saved)
{
    if (saved == NULL)
        return;
    pvm_saved_deinit(&saved->vm);
    for (size_t i = 0; saved->machines != NULL && i < saved->machine_count; i++)
        pvm_saved_deinit(&saved->machines[i].vm);
    for (size_t i = 0; saved->programs != NULL && i < saved->program_count; i++)
        pvm_program_free(saved->programs[i].program);
    if (saved->accumulates)
        accumulation_free(&saved->accumulation);
    blob_free(saved, saved->exports);
    blob_free(saved, saved->log);
    pvm_alloc_free(NULL, saved->machines);
    pvm_alloc_free(NULL, saved->programs);
    saved->budget->used -= saved->charged;
    pvm_alloc_free(NULL, saved);
}

/* ---- keeping ---- */

static enum pvm_status fail_memory(struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_MEMORY, "no memory to keep a run's state in");
}

static enum pvm_status charge(struct pvm_budget *budget, size_t octets, struct pvm_err *err)
{
    if (budget->used > budget->limit || octets > budget->limit - budget->used)
        return pvm_fail(err, PVM_E_LIMIT, "more than %zu octets of states to be kept",
                        budget->limit);
    budget->used += octets;
    return PVM_OK;
}

/* Zeroed room for a list, counted against the budget. */
static enum pvm_status new_list(struct jam_run_saved *saved, size_t count, size_t size, void **out,
                                struct pvm_err *err)
{
    *out = NULL;
    if (count > SIZE_MAX / 2 / size)
        return fail_memory(err);
    PVM_TRY(charge(saved->budget, count * size, err));
    saved->charged += count * size;
    *out = pvm_alloc_zero(NULL, count + 1, size);
    return *out != NULL ? PVM_OK : fail_memory(err);
}

/* Octets that only ever grow: the same ones again if they did not. */
static enum pvm_status save_octets(const struct jam_run_saved *saved, const struct pvm_buf *octets,
                                   struct jam_blob *before, struct jam_blob **out,
                                   struct pvm_err *err)
{
    if (octets->len == 0)
        return PVM_OK;
    if (before != NULL && before->len == octets->len) {
        *out = jam_blob_ref(before);
        return PVM_OK;
    }
    PVM_TRY(charge(saved->budget, octets->len, err));
    *out = jam_blob_new(NULL, pvm_buf_bytes(octets));
    if (*out != NULL)
        return PVM_OK;
    saved->budget->used -= octets->len;
    return fail_memory(err);
}

static enum pvm_status save_programs(struct jam_run_saved *saved,
                                     const struct jam_machines *machines, struct pvm_err *err)
{
    void *list;
    PVM_TRY(new_list(saved, machines->program_count, sizeof *saved->programs, &list, err));
    saved->programs = list;
    for (; saved->program_count < machines->program_count; saved->program_count++) {
        struct jam_program_entry *program = &saved->programs[saved->program_count];
        *program = *machines->programs[saved->program_count];
        pvm_program_ref(program->program);
    }
    return PVM_OK;
}

/* The state of the machine of that id in an earlier state. */
static const struct pvm_saved *find_saved(const struct jam_run_saved *before, uint64_t id)
{
    for (size_t i = 0; before != NULL && i < before->machine_count; i++)
        if (before->machines[i].rest.id == id)
            return &before->machines[i].vm;
    return NULL;
}

static enum pvm_status save_machine(struct jam_run_saved *saved,
                                    const struct jam_machines *machines,
                                    const struct jam_machine *machine,
                                    const struct jam_run_saved *before, struct pvm_err *err)
{
    struct saved_machine *copy = &saved->machines[saved->machine_count];
    PVM_TRY(pvm_saved_take(&copy->vm, &machine->vm, find_saved(before, machine->id), saved->budget,
                           err));
    copy->rest.id = machine->id;
    copy->rest.invocations = machine->invocations;
    copy->rest.last_exit = machine->last_exit;
    copy->rest.last_arg = machine->last_arg;
    copy->rest.last_exit_pc = machine->last_exit_pc;
    copy->rest.last_gas = machine->last_gas;
    copy->rest.expunged = machine->expunged;
    while (machines->programs[copy->program] != machine->entry)
        copy->program++;
    if (machine == machines->bad) {
        saved->has_bad = true;
        saved->bad = saved->machine_count;
    }
    saved->machine_count++;
    return PVM_OK;
}

static enum pvm_status save_machines(struct jam_run_saved *saved,
                                     const struct jam_machines *machines,
                                     const struct jam_run_saved *before, struct pvm_err *err)
{
    void *list;
    PVM_TRY(save_programs(saved, machines, err));
    PVM_TRY(new_list(saved, machines->count + 1, sizeof *saved->machines, &list, err));
    saved->machines = list;
    for (size_t i = 0; i < machines->count; i++)
        PVM_TRY(save_machine(saved, machines, machines->list[i], before, err));
    saved->has_corpse = machines->corpse != NULL;
    if (saved->has_corpse)
        PVM_TRY(save_machine(saved, machines, machines->corpse, before, err));
    saved->any = machines->any;
    saved->last = machines->last;
    return PVM_OK;
}

static enum pvm_status save_accumulation(struct jam_run_saved *saved,
                                         const struct jam_accumulation *acc, struct pvm_err *err)
{
    struct saved_accumulation *copy = &saved->accumulation;
    void *transfers;
    void *made;
    PVM_TRY(new_list(saved, acc->x.transfer_count, sizeof *copy->transfers, &transfers, err));
    enum pvm_status status = new_list(saved, acc->made_count, sizeof(void *), &made, err);
    if (status != PVM_OK) {
        pvm_alloc_free(NULL, transfers);
        return status;
    }
    copy->transfers = transfers;
    copy->made = made;
    copy->checkpointed = acc->checkpointed;
    if (acc->x.transfer_count != 0)
        memcpy(copy->transfers, acc->transfers, acc->x.transfer_count * sizeof *copy->transfers);
    for (; copy->made_count < acc->made_count; copy->made_count++)
        copy->made[copy->made_count] = jam_service_ref(acc->made[copy->made_count]);
    jam_dimension_copy(&copy->x, &acc->x);
    jam_dimension_copy(&copy->y, &acc->y);
    saved->accumulates = true;
    return PVM_OK;
}

/* What the host call under way has done already is done again when it is served again. */
static void take_call_back(struct jam_run_saved *saved, const struct jam_run *run)
{
    saved->vm.gas = run->before.gas;
    saved->work = run->before.work;
    for (size_t i = 0; i < saved->machine_count; i++)
        if (saved->machines[i].rest.id == (uint64_t)saved->machine &&
            !saved->machines[i].rest.expunged) {
            saved->machines[i].rest.invocations--;
            saved->machines[i].vm.paid = false;
        }
}

static enum pvm_status save(struct jam_run_saved *saved, const struct jam_run *run,
                            const struct jam_run_saved *before, struct pvm_err *err)
{
    const struct jam_context *ctx = &run->ctx;
    PVM_TRY(pvm_saved_take(&saved->vm, &run->vm, before != NULL ? &before->vm : NULL, saved->budget,
                           err));
    PVM_TRY(save_machines(saved, &ctx->machines, before, err));
    PVM_TRY(save_octets(saved, &ctx->exports, before != NULL ? before->exports : NULL,
                        &saved->exports, err));
    PVM_TRY(save_octets(saved, &ctx->log, before != NULL ? before->log : NULL, &saved->log, err));
    if (ctx->accumulation != NULL)
        PVM_TRY(save_accumulation(saved, ctx->accumulation, err));
    saved->inner_gas = ctx->inner_gas;
    saved->work = ctx->work;
    saved->export_count = ctx->export_count;
    saved->log_count = ctx->log_count;
    saved->log_dropped = ctx->log_dropped;
    saved->memory_used = ctx->budget.used;
    saved->heap = ctx->heap;
    memcpy(saved->stats, ctx->stats, sizeof saved->stats);
    saved->gas_used = ctx->gas_used;
    if (saved->machine >= 0) {
        take_call_back(saved, run);
    } else {
        saved->gas_used += run->before.gas - run->vm.gas;
        saved->vm.paid = false;
    }
    return PVM_OK;
}

enum pvm_status jam_run_save(struct jam_run *run, int64_t machine,
                             const struct jam_run_saved *before, struct pvm_budget *budget,
                             struct jam_run_saved **out, struct pvm_err *err)
{
    PVM_TRY(charge(budget, sizeof **out, err));
    struct jam_run_saved *saved = pvm_alloc_zero(NULL, 1, sizeof *saved);
    if (saved == NULL) {
        budget->used -= sizeof *saved;
        return fail_memory(err);
    }
    saved->budget = budget;
    saved->charged = sizeof *saved;
    saved->machine = machine;
    enum pvm_status status = save(saved, run, before, err);
    if (status != PVM_OK) {
        jam_run_saved_free(saved);
        return status;
    }
    *out = saved;
    return PVM_OK;
}

/* ---- coming back ---- */

/* The machine that is in the middle of an invocation: it goes on there as soon as it runs. */
static void enter_middle(struct jam_machine *machine)
{
    machine->middle.waits = true;
    machine->middle.gas = machine->vm.gas;
    memcpy(machine->middle.regs, machine->vm.regs, sizeof machine->middle.regs);
}

static enum pvm_status restore_machine(struct jam_run *run, const struct jam_run_saved *saved,
                                       struct jam_program_entry *entry, size_t index,
                                       struct pvm_err *err)
{
    const struct saved_machine *copy = &saved->machines[index];
    struct jam_machines *machines = &run->ctx.machines;
    struct jam_machine *machine;
    bool corpse = saved->has_corpse && index + 1 == saved->machine_count;
    PVM_TRY(
        jam_machines_insert(machines, entry, corpse ? UINT64_MAX : copy->rest.id, &machine, err));
    if (corpse)
        machines->corpse = machines->list[--machines->count];
    machine->id = copy->rest.id;
    machine->invocations = copy->rest.invocations;
    machine->last_exit = copy->rest.last_exit;
    machine->last_arg = copy->rest.last_arg;
    machine->last_exit_pc = copy->rest.last_exit_pc;
    machine->last_gas = copy->rest.last_gas;
    machine->expunged = copy->rest.expunged;
    if (saved->has_bad && saved->bad == index)
        machines->bad = machine;
    PVM_TRY(pvm_saved_give(&copy->vm, &machine->vm, err));
    if (!corpse && saved->machine >= 0 && machine->id == (uint64_t)saved->machine)
        enter_middle(machine);
    return PVM_OK;
}

static enum pvm_status restore_machines(struct jam_run *run, const struct jam_run_saved *saved,
                                        struct pvm_err *err)
{
    struct jam_machines *machines = &run->ctx.machines;
    struct jam_program_entry *entry;
    for (size_t i = 0; i < saved->program_count; i++) {
        PVM_TRY(jam_machines_know(machines, &saved->programs[i], &entry, err));
        run->ctx.budget.used += entry->cost;
    }
    for (size_t i = 0; i < saved->machine_count; i++)
        PVM_TRY(
            restore_machine(run, saved, machines->programs[saved->machines[i].program], i, err));
    machines->any = saved->any;
    machines->last = saved->last;
    return PVM_OK;
}

static enum pvm_status restore_accumulation(struct jam_accumulation *acc,
                                            const struct saved_accumulation *saved,
                                            struct pvm_err *err)
{
    size_t transfers = saved->x.transfer_count;
    struct jam_transfer *list = pvm_alloc_zero(acc->alloc, transfers + 1, sizeof *list);
    struct jam_service **made = pvm_alloc_zero(acc->alloc, saved->made_count + 1, sizeof(void *));
    if (list == NULL || made == NULL) {
        pvm_alloc_free(acc->alloc, list);
        pvm_alloc_free(acc->alloc, made);
        return fail_memory(err);
    }
    if (transfers != 0)
        memcpy(list, saved->transfers, transfers * sizeof *list);
    for (size_t i = 0; i < saved->made_count; i++)
        made[i] = jam_service_ref(saved->made[i]);
    for (size_t i = 0; i < acc->made_count; i++)
        jam_service_unref(acc->made[i]);
    pvm_alloc_free(acc->alloc, acc->made);
    pvm_alloc_free(acc->alloc, acc->transfers);
    acc->transfers = list;
    acc->transfer_cap = transfers + 1;
    acc->made = made;
    acc->made_count = saved->made_count;
    acc->made_cap = saved->made_count + 1;
    acc->checkpointed = saved->checkpointed;
    jam_dimension_deinit(&acc->x);
    jam_dimension_deinit(&acc->y);
    jam_dimension_copy(&acc->x, &saved->x);
    jam_dimension_copy(&acc->y, &saved->y);
    return PVM_OK;
}

static enum pvm_status restore_octets(const struct jam_blob *saved, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    out->len = 0;
    pvm_buf_add_bytes(out, jam_blob_bytes(saved));
    return pvm_buf_status(out, err);
}

enum pvm_status jam_run_restore(struct jam_run *run, const struct jam_run_saved *saved,
                                struct pvm_err *err)
{
    struct jam_context *ctx = &run->ctx;
    if (run->stage != NEW || !run->has_vm || ctx->hooks.step == NULL)
        return pvm_fail(err, PVM_E_INTERNAL, "a run that is not new is to go on elsewhere");
    PVM_TRY(pvm_saved_give(&saved->vm, &run->vm, err));
    PVM_TRY(restore_machines(run, saved, err));
    PVM_TRY(restore_octets(saved->exports, &ctx->exports, err));
    PVM_TRY(restore_octets(saved->log, &ctx->log, err));
    if (ctx->accumulation != NULL && saved->accumulates)
        PVM_TRY(restore_accumulation(ctx->accumulation, &saved->accumulation, err));
    ctx->gas_used = saved->gas_used;
    ctx->inner_gas = saved->inner_gas;
    ctx->work = saved->work;
    ctx->export_count = saved->export_count;
    ctx->log_count = saved->log_count;
    ctx->log_dropped = saved->log_dropped;
    ctx->budget.used = saved->memory_used;
    ctx->heap = saved->heap;
    memcpy(ctx->stats, saved->stats, sizeof ctx->stats);
    run->stage = saved->machine >= 0 ? AT_CALL : RUNNING;
    return PVM_OK;
}
