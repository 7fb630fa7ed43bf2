/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stop.h"
#include "cmd/text.h"
#include "host/call.h"

#include <inttypes.h>

/* The memory access an instruction makes. */
struct access {
    bool store;
    unsigned width;   /* octets */
    uint32_t address; /* of the first one */
};

/* Octets a load or store moves: the number at the end of its name says how many bits. */
static unsigned access_width(const char *name)
{
    size_t len = strlen(name);
    if (len >= 2 && strcmp(name + len - 2, "64") == 0)
        return 8;
    if (len >= 2 && strcmp(name + len - 2, "32") == 0)
        return 4;
    return len >= 2 && strcmp(name + len - 2, "16") == 0 ? 2 : 1;
}

/* What the instruction at pc accesses with these registers; false when it is no load or store. */
static bool access_of(const struct pvm_vm *vm, uint64_t pc, struct access *out)
{
    const struct pvm_op_info *info = &pvm_op_table[pvm_program_op(vm->program, pc)];
    if (info->units[PVM_UNIT_L] == 0 && info->units[PVM_UNIT_S] == 0)
        return false;
    struct pvm_operands operands;
    pvm_program_operands(vm->program, (uint32_t)pc, &operands);
    enum pvm_form form = (enum pvm_form)info->form;
    uint64_t base = 0;
    if (form == PVM_FORM_RII)
        base = vm->regs[operands.a];
    else if (form == PVM_FORM_RRI)
        base = vm->regs[operands.b];
    out->store = info->units[PVM_UNIT_S] != 0;
    out->width = access_width(info->name);
    out->address = (uint32_t)(base + operands.x);
    return true;
}

static void access_text(const struct access *access, struct pvm_buf *out)
{
    pvm_buf_printf(out, "%s of %u octet%s at 0x%08" PRIx32, access->store ? "store" : "load",
                   access->width, access->width == 1 ? "" : "s", access->address);
}

static void call_text(const struct cmd_stop *stop, uint64_t number, struct pvm_buf *out)
{
    const char *name = jam_call_name(stop->profile, number);
    pvm_buf_printf(out, "host call %" PRId64, (int64_t)number);
    if (name != NULL)
        pvm_buf_printf(out, " (%s)", name);
}

static void fault_reason(const struct cmd_stop *stop, struct pvm_buf *out)
{
    struct access access;
    enum pvm_access allowed = PVM_NO_ACCESS;
    if (stop->arg < UINT64_C(1) << 32)
        allowed = pvm_memory_access(&stop->vm->memory, (uint32_t)(stop->arg >> PVM_PAGE_BITS));
    if (access_of(stop->vm, stop->pc, &access))
        access_text(&access, out);
    else
        pvm_buf_text(out, "access");
    pvm_buf_printf(out, ": page 0x%08" PRIx64 " is %s", stop->arg,
                   allowed == PVM_NO_ACCESS ? "not accessible" : "read-only");
}

/* load_imm_jump_ind has loaded its first register even though the jump fails, so that the address
 * is gone when it comes from there. */
static void dynamic_jump_reason(const struct pvm_vm *vm, enum pvm_form form,
                                const struct pvm_operands *operands, struct pvm_buf *out)
{
    bool loads = form == PVM_FORM_RRII;
    uint64_t base = vm->regs[loads ? operands->b : operands->a];
    pvm_buf_text(out, "dynamic jump");
    if (!loads || operands->a != operands->b)
        pvm_buf_printf(out, " to 0x%08" PRIx32,
                       (uint32_t)(base + (loads ? operands->y : operands->x)));
    pvm_buf_text(out, ": no entry of the jump table that leads to a block");
}

static void jump_reason(const struct pvm_vm *vm, const struct pvm_op_info *info, uint32_t pc,
                        struct pvm_buf *out)
{
    const struct pvm_program *program = vm->program;
    enum pvm_form form = (enum pvm_form)info->form;
    struct pvm_operands operands;
    pvm_program_operands(program, pc, &operands);
    char target = pvm_form_target(form);
    if (target == 0 && form != PVM_FORM_N) {
        dynamic_jump_reason(vm, form, &operands, out);
        return;
    }
    uint64_t to = target == 'X' ? operands.x : operands.y;
    if (target != 0 && !pvm_program_is_block_start(program, to))
        pvm_buf_printf(out, "jump to %" PRId64 ", which is no start of a block", (int64_t)to);
    else /* GP 0.8.0 A.4 asks for both sides of a branch */
        pvm_buf_printf(out, "what follows, at %" PRIu32 ", is no start of a block",
                       pc + 1 + pvm_program_skip(program, pc));
}

static void panic_reason(const struct cmd_stop *stop, struct pvm_buf *out)
{
    const struct pvm_vm *vm = stop->vm;
    const struct pvm_program *program = vm->program;
    struct access access;
    if (stop->pc >= program->code_len) {
        pvm_buf_printf(out, "position %" PRIu64 " is beyond the code", stop->pc);
        return;
    }
    if (!pvm_program_is_opcode(program, stop->pc)) {
        pvm_buf_printf(out, "no instruction starts at %" PRIu64, stop->pc);
        return;
    }
    enum pvm_op op = pvm_program_op(program, stop->pc);
    const struct pvm_op_info *info = &pvm_op_table[op];
    if (op == PVM_OP_TRAP && program->code[stop->pc] != info->octet[program->rules->isa]) {
        pvm_buf_printf(out, "octet 0x%02x is no instruction", program->code[stop->pc]);
    } else if (op == PVM_OP_TRAP) {
        pvm_buf_text(out, "trap");
    } else if (op == PVM_OP_ECALLI) {
        call_text(stop, vm->arg, out);
        pvm_buf_text(out, " was given memory it may not access");
    } else if (access_of(vm, stop->pc, &access)) {
        access_text(&access, out);
        pvm_buf_text(out, ": nothing below 0x00010000 is accessible");
    } else if (info->terminator != 0) {
        jump_reason(vm, info, (uint32_t)stop->pc, out);
    } else {
        pvm_buf_text(out, info->name);
    }
}

void cmd_stop_reason(const struct cmd_stop *stop, struct pvm_buf *out)
{
    if (stop->limit != NULL) {
        pvm_buf_text(out, stop->limit);
        return;
    }
    switch (stop->exit) {
    case PVM_EXIT_CONTINUE:
        return;
    case PVM_EXIT_HALT:
        pvm_buf_text(out, "jump to the halt address 0xffff0000");
        return;
    case PVM_EXIT_PANIC:
        panic_reason(stop, out);
        return;
    case PVM_EXIT_OOG:
        pvm_buf_text(out, pvm_program_op(stop->vm->program, stop->pc) == PVM_OP_ECALLI
                              ? "not enough gas for this host call"
                              : "no gas left for this instruction");
        return;
    case PVM_EXIT_FAULT:
        fault_reason(stop, out);
        return;
    case PVM_EXIT_HOST:
        call_text(stop, stop->arg, out);
        return;
    }
}
