/* SPDX-License-Identifier: Apache-2.0 */
/* Breakpoints: the list of them, and whether one stops the run. */
#include "cmd/debug.h"

#include <inttypes.h>

size_t cmd_debug_break_count(const struct cmd_debug *d)
{
    return d->breaks.len / sizeof(struct cmd_debug_break);
}

struct cmd_debug_break *cmd_debug_break_at(const struct cmd_debug *d, size_t index)
{
    return (struct cmd_debug_break *)(void *)d->breaks.ptr + index;
}

void cmd_debug_break_remove(struct cmd_debug *d, size_t index)
{
    struct cmd_debug_break *list = cmd_debug_break_at(d, 0);
    size_t count = cmd_debug_break_count(d);
    pvm_alloc_free(NULL, list[index].text);
    memmove(list + index, list + index + 1, (count - index - 1) * sizeof *list);
    d->breaks.len -= sizeof *list;
}

void cmd_debug_once_gone(struct cmd_debug *d)
{
    for (size_t i = cmd_debug_break_count(d); i-- > 0;) {
        const struct cmd_debug_break *b = cmd_debug_break_at(d, i);
        if (b->once && !b->disabled && !d->over && cmd_debug_break_hits(d, b, NULL))
            cmd_debug_break_remove(d, i);
    }
}

bool cmd_debug_watches(const struct cmd_debug *d)
{
    for (size_t i = 0; i < cmd_debug_break_count(d); i++)
        if (cmd_debug_break_at(d, i)->kind == CMD_DEBUG_ACCESS)
            return true;
    return false;
}

/* ---- accesses ---- */

/* Octets a load or store moves: the number at the end of its name says how many bits. */
static uint64_t width_of(const char *name)
{
    size_t len = strlen(name);
    if (len >= 2 && strcmp(name + len - 2, "64") == 0)
        return 8;
    if (len >= 2 && strcmp(name + len - 2, "32") == 0)
        return 4;
    return len >= 2 && strcmp(name + len - 2, "16") == 0 ? 2 : 1;
}

void cmd_debug_note_access(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm)
{
    const struct pvm_op_info *info = &pvm_op_table[pvm_program_op(vm->program, vm->pc)];
    bool store = info->units[PVM_UNIT_S] != 0;
    if ((!store && info->units[PVM_UNIT_L] == 0) || vm->pc >= vm->program->code_len)
        return;
    struct pvm_operands ops;
    pvm_program_operands(vm->program, (uint32_t)vm->pc, &ops);
    uint64_t addr = ops.x;
    if (info->form == PVM_FORM_RII)
        addr += vm->regs[ops.a];
    else if (info->form == PVM_FORM_RRI)
        addr += vm->regs[ops.b];
    struct cmd_debug_access access = {.written = store,
                                      .machine = machine,
                                      .addr = (uint32_t)addr,
                                      .len = width_of(info->name),
                                      .pc = vm->pc};
    if (pvm_memory_allows(&vm->memory, access.addr, access.len, store ? PVM_WRITE : PVM_READ))
        pvm_buf_add(&d->accesses, &access, sizeof access);
}

/* ---- hits ---- */

static void say(struct pvm_buf *out, const struct cmd_debug_break *b)
{
    if (out != NULL)
        pvm_buf_printf(out, "breakpoint %u: %s", b->id, b->text);
}

static bool machine_fits(const struct cmd_debug_break *b, int64_t machine)
{
    return b->machine == CMD_DEBUG_ANY || b->machine == machine;
}

/* The number an ecalli at vm->pc has; false when it is none. */
static bool call_number(const struct pvm_vm *vm, uint64_t *number)
{
    struct pvm_operands ops;
    if (pvm_program_op(vm->program, vm->pc) != PVM_OP_ECALLI || vm->pc >= vm->program->code_len)
        return false;
    pvm_program_operands(vm->program, (uint32_t)vm->pc, &ops);
    *number = ops.x;
    return true;
}

static bool access_hits(const struct cmd_debug *d, const struct cmd_debug_break *b,
                        struct pvm_buf *out)
{
    const struct cmd_debug_access *list = (const void *)d->accesses.ptr;
    bool any = false;
    for (size_t i = 0; i < d->accesses.len / sizeof *list; i++) {
        const struct cmd_debug_access *a = &list[i];
        if (!(a->written ? b->write : b->read) || !machine_fits(b, a->machine) ||
            a->addr >= b->to || a->addr + a->len <= b->from)
            continue;
        any = true;
        say(out, b);
        if (out != NULL)
            pvm_buf_printf(out,
                           ": %s of %" PRIu64 " octet%s at 0x%08" PRIx64 " by %spc %" PRIu64
                           " = 0x%" PRIx64 "\n",
                           a->written ? "write" : "read", a->len, a->len == 1 ? "" : "s", a->addr,
                           a->by_parent ? "its parent, " : "", a->pc, a->pc);
    }
    return any;
}

/* Whether code of that line begins here. */
static bool line_hits(struct cmd_debug *d, const struct cmd_debug_break *b)
{
    const struct pvm_symbols *names = cmd_debug_names(d, d->machine, d->vm);
    if (names != b->names)
        return false;
    const struct pvm_lines *lines = &names->lines;
    const struct pvm_line *wanted = &lines->list[b->from];
    const struct pvm_line *here = pvm_lines_before(lines, d->vm->pc);
    return here != NULL && here->pc == d->vm->pc && here->line == wanted->line &&
           strcmp(lines->files[here->file], lines->files[wanted->file]) == 0;
}

static bool gas_hits(const struct cmd_debug *d, const struct cmd_debug_break *b)
{
    const struct cmd_debug_stack *stack = cmd_debug_stack_at(d);
    return d->vm->gas <= b->from && stack != NULL && (!stack->ran || stack->gas > b->from);
}

/* One that cannot be told holds, so that somebody looks. */
static bool holds(struct cmd_debug *d, const struct cmd_debug_break *b, struct pvm_buf *out)
{
    bool result = true;
    struct pvm_err err = {.status = PVM_OK};
    if (b->condition == NULL || cmd_debug_condition(d, b->condition, &result, &err) == PVM_OK)
        return result;
    if (out != NULL)
        pvm_buf_printf(out, "breakpoint %u: if: %s\n", b->id, err.msg);
    return true;
}

/* The same whatever the condition. */
static bool comes_by(struct cmd_debug *d, const struct cmd_debug_break *b, struct pvm_buf *out)
{
    uint64_t number;
    bool hit = false;
    if (b->kind == CMD_DEBUG_ACCESS)
        return access_hits(d, b, out);
    if (!machine_fits(b, d->machine))
        return false;
    switch (b->kind) {
    case CMD_DEBUG_AT:
        hit = d->vm->pc == b->from &&
              (b->names == NULL || b->names == cmd_debug_names(d, d->machine, d->vm));
        break;
    case CMD_DEBUG_LINE:
        hit = line_hits(d, b);
        break;
    case CMD_DEBUG_CALL:
        hit = call_number(d->vm, &number) && (b->any_call || number == b->from);
        break;
    case CMD_DEBUG_ACCESS:
        break;
    case CMD_DEBUG_GAS:
        hit = gas_hits(d, b);
        break;
    case CMD_DEBUG_MACHINE:
        hit = d->machine >= 0 && (b->each || d->machine != d->machine_before);
        break;
    }
    if (hit) {
        say(out, b);
        if (out != NULL)
            pvm_buf_text(out, "\n");
    }
    return hit;
}

bool cmd_debug_break_hits(struct cmd_debug *d, const struct cmd_debug_break *b, struct pvm_buf *out)
{
    if (b->condition == NULL)
        return comes_by(d, b, out);
    return comes_by(d, b, NULL) && holds(d, b, out) && comes_by(d, b, out);
}
