/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls and returns of machines, by the convention for ra: load_imm_jump and load_imm_jump_ind that
 * write ra call; jump_ind through ra returns, to the caller whose call wrote that address. A jump
 * through ra that is no such return changes nothing.
 */
#include "cmd/debug.h"

enum { RA = 0 };

static struct cmd_debug_stack *list_of(const struct cmd_debug *d, size_t *count)
{
    *count = d->stacks.len / sizeof(struct cmd_debug_stack);
    return (struct cmd_debug_stack *)(void *)d->stacks.ptr;
}

struct cmd_debug_stack *cmd_debug_stack_of(struct cmd_debug *d, int64_t machine)
{
    size_t count;
    struct cmd_debug_stack *list = list_of(d, &count);
    if (d->stack < count && list[d->stack].machine == machine)
        return &list[d->stack];
    for (size_t i = 0; i < count; i++)
        if (list[i].machine == machine) {
            d->stack = i;
            return &list[i];
        }
    return NULL;
}

const struct cmd_debug_stack *cmd_debug_stack_at(const struct cmd_debug *d)
{
    size_t count;
    const struct cmd_debug_stack *list = list_of(d, &count);
    for (size_t i = 0; i < count; i++)
        if (list[i].machine == d->machine)
            return &list[i];
    return NULL;
}

size_t cmd_debug_depth(const struct cmd_debug_stack *stack)
{
    if (stack == NULL)
        return 0;
    return stack->frames.len / sizeof(struct cmd_debug_frame) + (size_t)stack->beyond;
}

const struct cmd_debug_frame *cmd_debug_frame_at(const struct cmd_debug_stack *stack, size_t index)
{
    const struct cmd_debug_frame *list = (const void *)stack->frames.ptr;
    return index < stack->frames.len / sizeof *list ? &list[index] : NULL;
}

void cmd_debug_forget_stacks(struct cmd_debug *d)
{
    size_t count;
    struct cmd_debug_stack *list = list_of(d, &count);
    for (size_t i = 0; i < count; i++)
        pvm_buf_deinit(&list[i].frames);
    d->stacks.len = 0;
    d->stack = 0;
}

static void push(struct cmd_debug_stack *stack, uint64_t entry)
{
    struct cmd_debug_frame frame = {entry, stack->back, stack->from, stack->step};
    if (stack->frames.len / sizeof frame >= CMD_DEBUG_FRAMES)
        stack->beyond++;
    else
        pvm_buf_add(&stack->frames, &frame, sizeof frame);
}

static void pop(struct cmd_debug_stack *stack)
{
    const struct cmd_debug_frame *list = (const void *)stack->frames.ptr;
    if (stack->beyond != 0) {
        stack->beyond--;
        return;
    }
    for (size_t i = stack->frames.len / sizeof *list; i-- > 1;)
        if (list[i].back == stack->back) {
            stack->frames.len = i * sizeof *list;
            return;
        }
}

static struct cmd_debug_stack *add(struct cmd_debug *d, int64_t machine)
{
    struct cmd_debug_stack stack = {.machine = machine};
    size_t count;
    (void)list_of(d, &count);
    if (count >= CMD_DEBUG_MACHINES)
        return NULL;
    pvm_buf_add(&d->stacks, &stack, sizeof stack);
    return d->stacks.failed ? NULL : cmd_debug_stack_of(d, machine);
}

struct cmd_debug_stack *cmd_debug_follow(struct cmd_debug *d, int64_t machine,
                                         const struct pvm_vm *vm, bool starts)
{
    struct cmd_debug_stack *stack = cmd_debug_stack_of(d, machine);
    if (stack == NULL)
        stack = add(d, machine);
    if (stack == NULL)
        return NULL;
    if (starts) {
        stack->frames.len = 0;
        stack->beyond = 0;
        stack->move = CMD_DEBUG_GOES_ON;
    }
    if (stack->frames.len == 0)
        push(stack, vm->pc);
    else if (stack->move == CMD_DEBUG_CALLS)
        push(stack, vm->pc);
    else if (stack->move == CMD_DEBUG_RETURNS)
        pop(stack);
    stack->move = CMD_DEBUG_GOES_ON;
    return stack;
}

void cmd_debug_look(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm)
{
    struct cmd_debug_stack *stack = cmd_debug_stack_of(d, machine);
    if (stack == NULL)
        return;
    stack->gas = vm->gas;
    stack->ran = true;
    enum pvm_op op = pvm_program_op(vm->program, vm->pc);
    bool calls = op == PVM_OP_LOAD_IMM_JUMP || op == PVM_OP_LOAD_IMM_JUMP_IND;
    if (vm->pc >= vm->program->code_len || (!calls && op != PVM_OP_JUMP_IND))
        return;
    struct pvm_operands ops;
    pvm_program_operands(vm->program, (uint32_t)vm->pc, &ops);
    if (ops.a != RA)
        return;
    stack->move = calls ? CMD_DEBUG_CALLS : CMD_DEBUG_RETURNS;
    stack->back = (uint32_t)(calls ? ops.x : vm->regs[RA] + ops.x);
    stack->from = vm->pc;
    stack->step = d->step;
}
