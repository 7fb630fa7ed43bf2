/* SPDX-License-Identifier: Apache-2.0 */
#include "host/inner.h"

#include "host/context.h"
#include "host/hash.h"

#include <assert.h>

enum {
    IDLE_PROGRAMS = 8, /* kept though no machine runs them */
    /* What a program takes of our memory at most, an octet of its blob, while it is decoded. */
    DECODE_COST = 64,
    MACHINE_COST = 16384 /* a machine without pages: the structure and its page directory */
};

void jam_machines_init(struct jam_machines *machines, const struct pvm_rules *rules,
                       const struct pvm_alloc *alloc, struct pvm_budget *budget,
                       const struct jam_hooks *hooks)
{
    *machines =
        (struct jam_machines){.rules = rules, .alloc = alloc, .budget = budget, .hooks = hooks};
}

/* ---- programs ---- */

/* Where in the list, which ascends by hash, the first program stands whose hash is not below. */
static size_t program_place(const struct jam_machines *machines, const struct jam_hash *hash)
{
    size_t low = 0;
    size_t high = machines->program_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(&machines->programs[middle]->hash, hash, sizeof *hash) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void drop_program(struct jam_machines *machines, size_t at)
{
    struct jam_program_entry *entry = machines->programs[at];
    machines->budget->used -= entry->cost;
    machines->idle_count -= entry->users == 0;
    pvm_program_free(entry->program);
    pvm_alloc_free(machines->alloc, entry);
    machines->program_count--;
    memmove(machines->programs + at, machines->programs + at + 1,
            (machines->program_count - at) * sizeof *machines->programs);
}

/* After an entry lost its last user, or got none: a few of these stay. */
static void leave_idle(struct jam_machines *machines, const struct jam_program_entry *entry)
{
    if (entry->users == 0 && machines->idle_count > IDLE_PROGRAMS)
        drop_program(machines, program_place(machines, &entry->hash));
}

static enum pvm_status charge(struct pvm_budget *budget, size_t cost, const char *what,
                              struct pvm_err *err)
{
    if (budget->used > budget->limit || cost > budget->limit - budget->used)
        return pvm_fail(err, PVM_E_LIMIT, "host limit: %s needs %zu octets, %zu of %zu are in use",
                        what, cost, budget->used, budget->limit);
    budget->used += cost;
    return PVM_OK;
}

/* Room in a list of pointers for one more. */
static void *room_for_one(const struct pvm_alloc *alloc, void *list, size_t count, size_t *cap)
{
    if (count < *cap)
        return list;
    size_t more = *cap == 0 ? 8 : *cap * 2;
    void *grown = pvm_alloc_resize(alloc, list, more * sizeof(void *));
    if (grown != NULL)
        *cap = more;
    return grown;
}

static enum pvm_status decode(struct jam_machines *machines, struct pvm_bytes blob,
                              struct jam_program_entry *entry, struct pvm_err *err)
{
    struct pvm_budget *budget = machines->budget;
    size_t code_len;
    PVM_TRY(pvm_program_check(blob, &code_len, err)); /* no limit comes before the GP's HUH */
    size_t cost = blob.len > SIZE_MAX / DECODE_COST ? SIZE_MAX : blob.len * DECODE_COST;
    PVM_TRY(charge(budget, cost, "an inner program", err));
    enum pvm_status status = pvm_program_new_in(machines->rules, machines->layout, machines->alloc,
                                                blob, &entry->program, err);
    if (status != PVM_OK) {
        budget->used -= cost;
        return status;
    }
    entry->cost = cost;
    return PVM_OK;
}

enum pvm_status jam_machines_know(struct jam_machines *machines,
                                  const struct jam_program_entry *known,
                                  struct jam_program_entry **out, struct pvm_err *err)
{
    size_t at = program_place(machines, &known->hash);
    void *list = room_for_one(machines->alloc, machines->programs, machines->program_count,
                              &machines->program_cap);
    struct jam_program_entry *entry = NULL;
    if (list != NULL) {
        machines->programs = list;
        entry = pvm_alloc_zero(machines->alloc, 1, sizeof *entry);
    }
    if (entry == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for an inner program");
    *entry = *known;
    entry->users = 0;
    pvm_program_ref(entry->program);
    memmove(machines->programs + at + 1, machines->programs + at,
            (machines->program_count - at) * sizeof *machines->programs);
    machines->programs[at] = entry;
    machines->program_count++;
    machines->idle_count++;
    *out = entry;
    return PVM_OK;
}

/* The decoded program of blob, from those known or newly made. PVM_E_MALFORMED: it is none. */
static enum pvm_status find_program(struct jam_machines *machines, struct pvm_bytes blob,
                                    struct jam_program_entry **out, struct pvm_err *err)
{
    struct jam_hash hash = jam_hash(blob);
    size_t at = program_place(machines, &hash);
    if (at < machines->program_count && jam_hash_equal(&machines->programs[at]->hash, &hash)) {
        *out = machines->programs[at];
        return PVM_OK;
    }
    struct jam_program_entry entry = {.hash = hash};
    PVM_TRY(decode(machines, blob, &entry, err));
    enum pvm_status status = jam_machines_know(machines, &entry, out, err);
    if (status != PVM_OK)
        machines->budget->used -= entry.cost;
    pvm_program_free(entry.program);
    return status;
}

/* ---- machines ---- */

static void observe(void *user, const struct pvm_vm *vm)
{
    struct jam_machine *machine = user;
    if (machine->middle.waits) {
        machine->middle.waits = false;
        machine->vm.gas = machine->middle.gas;
        memcpy(machine->vm.regs, machine->middle.regs, sizeof machine->vm.regs);
    }
    machine->hooks->step(machine->hooks->user, (int64_t)machine->id, vm);
}

static void machine_free(struct jam_machines *machines, struct jam_machine *machine)
{
    if (machine == NULL)
        return;
    pvm_vm_deinit(&machine->vm);
    machines->idle_count += --machine->entry->users == 0;
    leave_idle(machines, machine->entry);
    machines->budget->used -= MACHINE_COST;
    pvm_alloc_free(machines->alloc, machine);
}

void jam_machines_deinit(struct jam_machines *machines)
{
    for (size_t i = 0; i < machines->count; i++)
        machine_free(machines, machines->list[i]);
    machine_free(machines, machines->corpse);
    while (machines->program_count > 0)
        drop_program(machines, machines->program_count - 1);
    pvm_alloc_free(machines->alloc, machines->list);
    pvm_alloc_free(machines->alloc, machines->programs);
    jam_machines_init(machines, machines->rules, machines->alloc, machines->budget,
                      machines->hooks);
}

/* Where in the list the first machine stands whose id is not below id. */
static size_t place_of(const struct jam_machines *machines, uint64_t id)
{
    size_t low = 0;
    size_t high = machines->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (machines->list[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct jam_machine *jam_machines_find(const struct jam_machines *machines, uint64_t id)
{
    size_t at = place_of(machines, id);
    return at < machines->count && machines->list[at]->id == id ? machines->list[at] : NULL;
}

/* Ids ascend, so those before the first gap are their own places. */
static size_t least_free(const struct jam_machines *machines)
{
    size_t low = 0;
    size_t high = machines->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (machines->list[middle]->id == middle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum pvm_status jam_machines_insert(struct jam_machines *machines, struct jam_program_entry *entry,
                                    uint64_t id, struct jam_machine **out, struct pvm_err *err)
{
    PVM_TRY(charge(machines->budget, MACHINE_COST, "an inner machine", err));
    void *list = room_for_one(machines->alloc, machines->list, machines->count, &machines->cap);
    struct jam_machine *machine = NULL;
    if (list != NULL) {
        machines->list = list;
        machine = pvm_alloc_zero(machines->alloc, 1, sizeof *machine);
    }
    if (machine == NULL) {
        machines->budget->used -= MACHINE_COST;
        return pvm_fail(err, PVM_E_MEMORY, "no memory for an inner machine");
    }
    assert(entry != NULL);
    size_t at = place_of(machines, id);
    machine->id = id;
    machine->hooks = machines->hooks;
    machine->entry = entry;
    machines->idle_count -= entry->users++ == 0;
    pvm_vm_init(&machine->vm, entry->program, machines->alloc, machines->budget);
    if (machines->hooks->step != NULL)
        machine->vm.observer = (struct pvm_observer){observe, machine};
    memmove(machines->list + at + 1, machines->list + at,
            (machines->count - at) * sizeof *machines->list);
    machines->list[at] = machine;
    machines->count++;
    *out = machine;
    return PVM_OK;
}

enum pvm_status jam_machines_add(struct jam_machines *machines, struct pvm_bytes blob, uint64_t pc,
                                 struct jam_machine **out, struct pvm_err *err)
{
    struct jam_program_entry *entry = NULL;
    struct pvm_err why = {.status = PVM_OK};
    enum pvm_status status = find_program(machines, blob, &entry, &why);
    if (status == PVM_E_MALFORMED) {
        *out = NULL;
        return PVM_OK;
    }
    if (entry != NULL) {
        *out = NULL;
        if (pvm_program_may_start(entry->program, pc))
            status = jam_machines_insert(machines, entry, least_free(machines), out, &why);
        if (*out != NULL)
            (*out)->vm.pc = pc;
        leave_idle(machines, entry);
    }
    return status == PVM_OK ? PVM_OK : pvm_fail(err, status, "%s", why.msg);
}

static void bury(struct jam_machines *machines, struct jam_machine *machine)
{
    machine_free(machines, machines->corpse);
    machines->corpse = machine;
}

void jam_machines_remove(struct jam_machines *machines, struct jam_machine *machine)
{
    size_t at = place_of(machines, machine->id);
    machines->count--;
    memmove(machines->list + at, machines->list + at + 1,
            (machines->count - at) * sizeof *machines->list);
    if (machine == machines->bad) {
        machine->expunged = true;
        bury(machines, machine);
    } else {
        machine_free(machines, machine);
    }
}

void jam_machines_ended(struct jam_machines *machines, struct jam_machine *machine)
{
    machines->any = true;
    machines->last = machine->id;
    bool bad = machine->last_exit == PVM_EXIT_PANIC || machine->last_exit == PVM_EXIT_FAULT ||
               machine->last_exit == PVM_EXIT_OOG;
    if (bad) {
        machines->bad = machine;
        bury(machines, NULL);
    } else if (machines->bad == machine) {
        machines->bad = NULL;
    }
}
