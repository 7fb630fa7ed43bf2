/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_parts.h"

#include <stdio.h>

enum pvm_status cmd_record_check(const struct cmd_args *args, unsigned option, const char *command,
                                 struct pvm_err *err)
{
    const char *path = cmd_args_text(args, option);
    if (path != NULL && strcmp(path, "-") == 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "%s--record -: standard output is the report's, name a file", command);
    return PVM_OK;
}

enum pvm_status cmd_record_new(struct cmd_record **out, struct pvm_err *err)
{
    struct cmd_record *record = pvm_alloc_zero(NULL, 1, sizeof *record);
    *out = record;
    if (record != NULL)
        record->machines = pvm_alloc_zero(NULL, CMD_RECORD_MACHINES, sizeof *record->machines);
    if (record == NULL || record->machines == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a recording");
    return PVM_OK;
}

void cmd_record_free(struct cmd_record *record)
{
    if (record == NULL)
        return;
    for (unsigned i = 0; i < record->machine_count; i++)
        cmd_heat_deinit(&record->machines[i].heat);
    pvm_alloc_free(NULL, record->machines);
    pvm_alloc_free(NULL, record);
}

/* ---- time ---- */

static void fold(struct cmd_record *record)
{
    record->clock.shift++;
    record->bin /= 2;
    cmd_bins_fold_values(record->gas);
    cmd_bins_fold_values(record->inner_gas);
    for (unsigned i = 0; i < record->kind_count; i++)
        cmd_bins_fold(&record->kinds[i].bins);
    for (unsigned i = 0; i < record->machine_count; i++) {
        cmd_bins_fold(&record->machines[i].bins);
        cmd_heat_fold(&record->machines[i].heat);
        record->machines[i].access.bin /= 2;
    }
}

/* An instruction begins. */
static void tick(struct cmd_record *record)
{
    uint64_t bin = record->clock.now++ >> record->clock.shift;
    if (bin == CMD_BINS) {
        fold(record);
        bin = CMD_BINS / 2;
    }
    if (bin != record->bin || record->clock.now == 1) {
        record->bin = (unsigned)bin;
        record->gas[bin] = record->gas_now;
        record->inner_gas[bin] = record->inner_now;
    }
}

/* ---- machines ---- */

static struct cmd_record_machine *find_machine(struct cmd_record *record, int64_t id)
{
    if (record->last < record->machine_count && record->machines[record->last].id == id &&
        record->machines[record->last].alive)
        return &record->machines[record->last];
    for (unsigned i = record->machine_count; i-- > 0;) {
        if (record->machines[i].id != id || !record->machines[i].alive)
            continue;
        record->last = i;
        return &record->machines[i];
    }
    return NULL;
}

static struct cmd_record_machine *add_machine(struct cmd_record *record, int64_t id)
{
    if (record->machine_count == CMD_RECORD_MACHINES)
        return NULL;
    record->last = record->machine_count++;
    struct cmd_record_machine *machine = &record->machines[record->last];
    *machine = (struct cmd_record_machine){
        .id = id, .alive = true, .created = record->clock.now, .run = record->run_count};
    return machine;
}

/* The gas of the instruction under way, which left that much. */
static void settle(struct cmd_record *record, struct cmd_record_machine *machine, uint64_t gas)
{
    if (!machine->pending)
        return;
    uint64_t used = machine->last_gas >= gas ? machine->last_gas - gas : 0;
    machine->pending = false;
    machine->gas += used;
    if (machine->id < 0)
        record->gas_now += used;
    else
        record->inner_now += used;
}

static void touch(struct cmd_record *record, struct cmd_record_machine *machine, bool write,
                  uint64_t addr, uint64_t len)
{
    if (len == 0)
        return;
    if (!cmd_heat_touch(&machine->heat, write, addr, len, record->clock.now, record->bin))
        record->failed = true;
}

/* The access under way went well, or not. */
static void finish_access(struct cmd_record *record, struct cmd_record_machine *machine, bool well)
{
    const struct cmd_record_access *access = &machine->access;
    if (access->any && well &&
        !cmd_heat_touch(&machine->heat, access->write, access->addr, access->len, access->at,
                        access->bin))
        record->failed = true;
    machine->access.any = false;
}

/* The machine stopped; an access that it stopped at failed. */
static void stop(struct cmd_record *record, struct cmd_record_machine *machine,
                 const struct pvm_vm *vm)
{
    settle(record, machine, vm->gas);
    finish_access(record, machine, vm->exit_pc != machine->access.pc);
}

/* ---- instructions ---- */

/* Octets of a load or store: the number that its name ends with, over 8. */
static uint32_t width_of(const char *name)
{
    switch (name[strlen(name) - 1]) {
    case '6':
        return 2;
    case '2':
        return 4;
    case '4':
        return 8;
    default: /* 8 */
        return 1;
    }
}

/* Which opcodes are worth a look. */
static void learn(struct cmd_record *record, const struct pvm_rules *rules)
{
    const uint8_t *ops = pvm_op_octets(rules->isa);
    record->rules = rules;
    for (unsigned octet = 0; octet < 256; octet++) {
        const struct pvm_op_info *info = ops[octet] != 0 ? &pvm_op_table[ops[octet] - 1] : NULL;
        record->memory_octets[octet] =
            info != NULL && (info->units[PVM_UNIT_L] != 0 || info->units[PVM_UNIT_S] != 0);
    }
}

/* The memory that the instruction at vm->pc is about to touch. */
static void look(struct cmd_record *record, struct cmd_record_machine *machine,
                 const struct pvm_vm *vm)
{
    if (vm->program->rules != record->rules)
        learn(record, vm->program->rules);
    if (vm->pc >= vm->program->code_len || !record->memory_octets[vm->program->code[vm->pc]])
        return;
    const struct pvm_op_info *info = &pvm_op_table[pvm_program_op(vm->program, vm->pc)];
    bool store = info->units[PVM_UNIT_S] != 0;
    if (!store && info->units[PVM_UNIT_L] == 0)
        return;
    struct pvm_operands ops;
    pvm_program_operands(vm->program, (uint32_t)vm->pc, &ops);
    uint64_t addr = ops.x;
    if (info->form == PVM_FORM_RRI)
        addr += vm->regs[ops.b];
    else if (info->form == PVM_FORM_RII)
        addr += vm->regs[ops.a];
    machine->access = (struct cmd_record_access){.any = true,
                                                 .write = store,
                                                 .bin = record->bin,
                                                 .at = record->clock.now,
                                                 .pc = vm->pc,
                                                 .addr = addr,
                                                 .len = width_of(info->name)};
}

void cmd_record_step(struct cmd_record *record, int64_t id, const struct pvm_vm *vm)
{
    if (record == NULL || record->failed)
        return;
    struct cmd_record_machine *machine = find_machine(record, id);
    if (machine == NULL)
        machine = add_machine(record, id);
    if (machine != NULL) {
        settle(record, machine, vm->gas);
        finish_access(record, machine, true);
    }
    tick(record);
    if (machine == NULL)
        return;
    if (!machine->known) {
        machine->known = true;
        record->failed = cmd_program_id(vm->program, &machine->program, NULL) != PVM_OK;
    }
    machine->vm = vm;
    machine->pending = true;
    machine->last_gas = vm->gas;
    machine->instructions++;
    cmd_bins_add(&machine->bins, record->bin, 1);
    look(record, machine, vm);
}

/* ---- host calls ---- */

static struct cmd_record_kind *kind_of(struct cmd_record *record,
                                       const struct jam_call_event *event)
{
    for (unsigned i = 0; i < record->kind_count; i++)
        if (record->kinds[i].number == event->number)
            return &record->kinds[i];
    if (record->kind_count == CMD_RECORD_KINDS)
        return NULL;
    struct cmd_record_kind *kind = &record->kinds[record->kind_count++];
    *kind = (struct cmd_record_kind){.name = event->name, .number = event->number};
    return kind;
}

static bool is_call(const struct jam_call_event *event, enum jam_call_id id)
{
    return event->name != NULL && strcmp(event->name, jam_call_table[id].name) == 0;
}

/* What a call that went on did to machines. */
static void follow_machines(struct cmd_record *record, const struct jam_call_event *event)
{
    uint64_t result = event->after[7];
    if (is_call(event, JAM_CALL_MACHINE)) {
        if (result <= INT64_MAX && add_machine(record, (int64_t)result) == NULL)
            record->machines_unlisted++;
        return;
    }
    if (event->before[7] > INT64_MAX || (result != JAM_OK && jam_result_name(result) != NULL))
        return;
    struct cmd_record_machine *machine = find_machine(record, (int64_t)event->before[7]);
    if (machine == NULL)
        return;
    if (is_call(event, JAM_CALL_PEEK)) {
        touch(record, machine, false, event->before[9], event->before[10]);
    } else if (is_call(event, JAM_CALL_POKE)) {
        touch(record, machine, true, event->before[9], event->before[10]);
    } else if (is_call(event, JAM_CALL_INVOKE)) {
        machine->invocations++;
        if (result < CMD_RECORD_EXITS)
            machine->exits[result]++;
    } else if (is_call(event, JAM_CALL_EXPUNGE)) {
        machine->alive = false;
        machine->expunged = record->clock.now;
    }
}

void cmd_record_call(struct cmd_record *record, const struct jam_call_event *event)
{
    if (record == NULL || record->failed)
        return;
    for (unsigned i = 0; i < record->machine_count; i++) {
        struct cmd_record_machine *machine = &record->machines[i];
        if (!machine->pending)
            continue;
        if (machine->id < 0)
            settle(record, machine, event->gas_before);
        else
            stop(record, machine, machine->vm);
    }
    uint64_t gas = event->gas_before >= event->gas_after ? event->gas_before - event->gas_after : 0;
    struct cmd_record_machine *outer = find_machine(record, -1);
    record->gas_now += gas;
    if (outer != NULL)
        outer->gas += gas;
    struct cmd_record_kind *kind = kind_of(record, event);
    if (kind != NULL) {
        kind->count++;
        kind->gas += gas;
        cmd_bins_add(&kind->bins, record->bin, 1);
    } else {
        record->kinds_unlisted++;
    }
    if (record->call_count < CMD_RECORD_CALLS)
        record->calls[record->call_count] =
            (struct cmd_record_call){.at = record->clock.now,
                                     .call = {.name = event->name,
                                              .number = event->number,
                                              .exit = event->exit,
                                              .result = {event->after[7], event->after[8]},
                                              .gas = gas}};
    record->call_count++;
    if (event->exit == PVM_EXIT_CONTINUE)
        follow_machines(record, event);
}

void cmd_record_end(struct cmd_record *record, const struct pvm_vm *outer)
{
    for (unsigned i = 0; i < record->machine_count; i++) {
        struct cmd_record_machine *machine = &record->machines[i];
        if (machine->id < 0 && machine->alive && outer != NULL)
            stop(record, machine, outer);
        machine->pending = false;
    }
}

void cmd_record_name(struct cmd_record *record, uint64_t run, const char *name)
{
    if (run < record->run_count && run < CMD_RECORD_RUNS)
        (void)snprintf(record->runs[run].name, sizeof record->runs[run].name, "%s", name);
}

void cmd_record_next(struct cmd_record *record, const struct cmd_record_part *part)
{
    uint64_t number = record->run_count++;
    if (number < CMD_RECORD_RUNS)
        record->runs[number] = (struct cmd_record_run){.outcome = part->outcome,
                                                       .good = part->good,
                                                       .at = record->run_start,
                                                       .gas = part->gas,
                                                       .gas_limit = part->gas_limit};
    cmd_record_name(record, number, part->name);
    record->run_start = record->clock.now;
    for (unsigned i = 0; i < record->machine_count; i++) {
        struct cmd_record_machine *machine = &record->machines[i];
        if (!machine->alive || (machine->id < 0 && part->goes_on))
            continue;
        machine->alive = false;
        machine->expunged = record->clock.now;
    }
}

void cmd_record_memory(struct cmd_record *record, const struct jam_memory_event *event)
{
    if (record == NULL || record->failed)
        return;
    struct cmd_record_machine *outer = find_machine(record, -1);
    if (outer != NULL)
        touch(record, outer, event->written, event->addr, event->len);
}
