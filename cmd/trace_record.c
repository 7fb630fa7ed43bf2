/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_record.h"

#include "core/evaluate.h"

#include <xxhash.h>

uint64_t cmd_trace_octets(const struct pvm_memory *memory, uint64_t addr, uint64_t len)
{
    uint8_t piece[4096];
    uint64_t sum = 0;
    if (len <= CMD_TRACE_SHORT) {
        pvm_memory_get(memory, addr, piece, (size_t)len);
        return pvm_load_le(piece, (unsigned)len);
    }
    for (uint64_t done = 0; done < len;) {
        size_t size = len - done < sizeof piece ? (size_t)(len - done) : sizeof piece;
        pvm_memory_get(memory, addr + done, piece, size);
        sum = XXH3_64bits_withSeed(piece, size, sum);
        done += size;
    }
    return sum;
}

void cmd_trace_clean(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            *text = '?';
}

void cmd_trace_set_text(struct cmd_trace_record *record, struct pvm_bytes text)
{
    size_t len = text.len < CMD_TRACE_TEXT_MAX ? text.len : CMD_TRACE_TEXT_MAX - 1;
    if (len != 0)
        memcpy(record->text, text.ptr, len);
    record->text[len] = '\0';
    cmd_trace_clean(record->text);
}

static bool operands_of(const struct cmd_trace_record *record, struct pvm_operands *out)
{
    if (record->program == NULL || record->pc >= record->program->code_len)
        return false;
    pvm_program_operands(record->program, (uint32_t)record->pc, out);
    return true;
}

unsigned cmd_trace_written(const struct cmd_trace_record *record)
{
    struct pvm_operands ops;
    if (record->op >= PVM_OP_COUNT || !operands_of(record, &ops))
        return PVM_REG_COUNT;
    switch (pvm_op_table[record->op].writes) {
    case PVM_A:
        return ops.a;
    case PVM_B:
        return ops.b;
    case PVM_D:
        return ops.d;
    default: /* a set, not an enum: none or several */
        return PVM_REG_COUNT;
    }
}

uint64_t cmd_trace_next(const struct cmd_trace_record *record)
{
    if (record->program == NULL || record->pc >= record->program->code_len)
        return record->pc + 1;
    return record->pc + 1 + pvm_program_skip(record->program, (uint32_t)record->pc);
}

static uint64_t low(uint64_t value, unsigned octets)
{
    return octets >= 8 ? value : value & ((UINT64_C(1) << (8 * octets)) - 1);
}

void cmd_trace_derive(struct cmd_trace_record *record, bool refused)
{
    struct pvm_operands ops;
    record->access = (struct cmd_trace_access){0};
    if (record->op >= PVM_OP_COUNT || !operands_of(record, &ops))
        return;
    struct pvm_eval_access what = pvm_eval_access(record->op);
    if (what.width == 0)
        return;
    enum pvm_form form = (enum pvm_form)pvm_op_table[record->op].form;
    uint64_t addr = ops.x;
    uint64_t stored = record->before[ops.a];
    if (form == PVM_FORM_RRI)
        addr += record->before[ops.b];
    else if (form == PVM_FORM_RII)
        addr += record->before[ops.a];
    if (form == PVM_FORM_II || form == PVM_FORM_RII)
        stored = ops.y;
    record->access = (struct cmd_trace_access){
        .width = what.width,
        .written = what.is_store,
        .refused = refused,
        .addr = (uint32_t)addr,
        .value = low(what.is_store ? stored : record->after[ops.a], what.width),
    };
    if (refused)
        record->access.value = 0;
}

enum cmd_trace_class cmd_trace_class(enum pvm_op op)
{
    if (op >= PVM_OP_COUNT)
        return CMD_TRACE_IS_OTHER;
    const struct pvm_op_info *info = &pvm_op_table[op];
    if (op == PVM_OP_ECALLI)
        return CMD_TRACE_IS_HOST;
    if (info->units[PVM_UNIT_L] != 0)
        return CMD_TRACE_IS_LOAD;
    if (info->units[PVM_UNIT_S] != 0)
        return CMD_TRACE_IS_STORE;
    if (info->units[PVM_UNIT_M] != 0)
        return CMD_TRACE_IS_MUL;
    if (info->units[PVM_UNIT_D] != 0)
        return CMD_TRACE_IS_DIV;
    if (strncmp(info->name, "branch_", 7) == 0)
        return CMD_TRACE_IS_BRANCH;
    if (op == PVM_OP_JUMP || op == PVM_OP_JUMP_IND || op == PVM_OP_LOAD_IMM_JUMP ||
        op == PVM_OP_LOAD_IMM_JUMP_IND)
        return CMD_TRACE_IS_JUMP;
    if (op == PVM_OP_MOVE_REG || op == PVM_OP_LOAD_IMM || op == PVM_OP_LOAD_IMM_64 ||
        strncmp(info->name, "cmov_", 5) == 0)
        return CMD_TRACE_IS_MOVE;
    return info->writes != 0 && op != PVM_OP_SBRK ? CMD_TRACE_IS_ALU : CMD_TRACE_IS_OTHER;
}

const char *cmd_trace_class_name(enum cmd_trace_class kind)
{
    static const char *const names[] = {
#define X(NAME, text) text,
        CMD_TRACE_CLASSES(X)
#undef X
    };
    return kind < CMD_TRACE_CLASS_COUNT ? names[kind] : "?";
}
