/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest of a row: a program that loads the registers, makes the calls, stores r7 and r8 where
 * the stack begins and gives them out as its output.
 *
 *      0   jump 10        Is-Authorized and Refine enter here
 *      5   jump 10        Accumulate
 *     10   load_imm_64 r7 ... r12, ecalli     for each call; On-Transfer enters here
 *          store_ind_u64 r7, r8
 *          jump_ind ra                        to the address that halts; or trap
 */
#include "host/table_parts.h"

enum { ENTRY = 10, RA = 0, TO = 6, FIRST_REG = 7, OFFSET_SIZE = 4 };
#define STACK_END UINT64_C(0xfefe0000)
#define HALT      UINT64_C(0xffff0000)

struct code {
    struct pvm_buf octets, mask;
    enum pvm_isa isa;
};

static void add_opcode(struct code *code, enum pvm_op op)
{
    size_t pc = code->octets.len;
    if (pc / 8 >= code->mask.len)
        pvm_buf_add_zeros(&code->mask, pc / 8 + 1 - code->mask.len);
    if (!code->mask.failed)
        code->mask.ptr[pc / 8] |= (uint8_t)(1u << pc % 8);
    pvm_buf_add_u8(&code->octets, (uint8_t)pvm_op_table[op].octet[code->isa]);
}

static bool add(struct code *code, enum pvm_op op, struct pvm_operands operands)
{
    uint32_t pc = (uint32_t)code->octets.len;
    add_opcode(code, op);
    return pvm_operands_encode((enum pvm_form)pvm_op_table[op].form, &operands, pc, &code->octets);
}

static void add_jump(struct code *code)
{
    size_t pc = code->octets.len;
    add_opcode(code, PVM_OP_JUMP);
    pvm_buf_add_le(&code->octets, ENTRY - pc, OFFSET_SIZE);
}

static bool load_imm(struct code *code, unsigned reg, uint64_t value)
{
    return add(code, PVM_OP_LOAD_IMM_64, (struct pvm_operands){.a = (uint8_t)reg, .x = value});
}

static bool add_call(struct code *code, const struct jam_table_call *call)
{
    bool good = true;
    for (unsigned i = 0; i < JAM_TABLE_ARGS; i++)
        good = good && load_imm(code, FIRST_REG + i, call->args[i]);
    return good && add(code, PVM_OP_ECALLI, (struct pvm_operands){.x = call->number});
}

uint64_t jam_table_guest_results(const struct jam_table_setup *setup)
{
    uint64_t pages = (setup->memory.stack + PVM_PAGE_SIZE - 1) / PVM_PAGE_SIZE;
    return STACK_END - pages * PVM_PAGE_SIZE;
}

static bool add_end(struct code *code, const struct jam_table_setup *setup)
{
    uint64_t to = jam_table_guest_results(setup);
    const struct pvm_operands r7 = {.a = FIRST_REG, .b = TO, .x = 0};
    const struct pvm_operands r8 = {.a = FIRST_REG + 1, .b = TO, .x = 8};
    if (!load_imm(code, TO, to) || !add(code, PVM_OP_STORE_IND_U64, r7) ||
        !add(code, PVM_OP_STORE_IND_U64, r8))
        return false;
    if (setup->panics)
        return add(code, PVM_OP_TRAP, (struct pvm_operands){.x = 0});
    return load_imm(code, FIRST_REG, to) && load_imm(code, FIRST_REG + 1, 16) &&
           load_imm(code, RA, HALT) &&
           add(code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = RA, .x = 0});
}

enum pvm_status jam_table_guest(const struct jam_table_setup *setup, struct pvm_buf *out,
                                struct pvm_err *err)
{
    const struct pvm_alloc *alloc = setup->view->table->alloc;
    struct code code = {.octets = {.alloc = alloc},
                        .mask = {.alloc = alloc},
                        .isa = setup->view->profile->rules->isa};
    bool good = true;
    add_jump(&code);
    add_jump(&code);
    for (size_t i = 0; good && i < setup->calls.count; i++) {
        good = add_call(&code, &setup->calls.list[i]);
        if (!good)
            jam_json_fail(setup->calls.list[i].json, err,
                          "no instruction makes a call of this number");
    }
    good = good && add_end(&code, setup);
    size_t octets = (code.octets.len + 7) / 8;
    if (code.mask.len < octets)
        pvm_buf_add_zeros(&code.mask, octets - code.mask.len);
    enum pvm_status status = good ? pvm_buf_status(&code.octets, err) : PVM_E_MALFORMED;
    if (status == PVM_OK)
        status = pvm_buf_status(&code.mask, err);
    if (status == PVM_OK) {
        pvm_program_encode(NULL, 0, 1, pvm_buf_bytes(&code.octets), code.mask.ptr, out);
        status = pvm_buf_status(out, err);
    }
    pvm_buf_deinit(&code.octets);
    pvm_buf_deinit(&code.mask);
    return status;
}
