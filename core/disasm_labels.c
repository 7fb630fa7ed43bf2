/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_expr.h"
#include "core/asm_map.h"
#include "core/disasm_text.h"

#include <stdio.h>

enum { OWN_NAME = 16 };

bool pvm_disasm_is_label(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || name[0] == '.' || !pvm_asm_name_start(name[0]) || len > PVM_ASM_MAX_NAME)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!pvm_asm_name_char(name[i]))
            return false;
    }
    return pvm_asm_register(name, (uint32_t)len) == PVM_ASM_NONE;
}

/* The name that the disassembler makes up for a position. */
static void own_name(char name[OWN_NAME], uint32_t pc)
{
    (void)snprintf(name, OWN_NAME, "L_%x", pc);
}

static void mark(struct pvm_disasm_text *text, uint8_t *wanted, uint64_t pc)
{
    if (pc >= text->start && pvm_program_is_block_start(text->program, pc))
        wanted[pc / 8] = (uint8_t)(wanted[pc / 8] | 1u << (pc % 8));
}

static void mark_targets(struct pvm_disasm_text *text, uint8_t *wanted)
{
    const struct pvm_program *program = text->program;
    for (uint32_t pc = 0; pc < program->code_len; pc += 1 + pvm_program_skip(program, pc)) {
        struct pvm_operands ops;
        enum pvm_op op = pvm_program_op(program, pc);
        char target = pvm_form_target((enum pvm_form)pvm_op_table[op].form);
        if (target == 0)
            continue;
        pvm_program_operands(program, pc, &ops);
        mark(text, wanted, target == 'X' ? ops.x : ops.y);
    }
    for (uint64_t i = 0; i < program->jump_limit; i++)
        mark(text, wanted, pvm_program_jump(program, i));
}

/* Whether the caller's symbol can stand as a label: at an instruction, well formed, its only
 * bearer, and not what another position may be called. */
static bool usable(const struct pvm_disasm_text *text, const struct pvm_symbol *symbol,
                   struct pvm_asm_map *taken)
{
    uint32_t unused;
    if (symbol->pc < text->start || !pvm_program_is_opcode(text->program, symbol->pc) ||
        !pvm_disasm_is_label(symbol->name))
        return false;
    char own[OWN_NAME];
    own_name(own, (uint32_t)symbol->pc);
    if (strncmp(symbol->name, "L_", 2) == 0 && strcmp(symbol->name, own) != 0)
        return false;
    return !pvm_asm_map_find(taken, symbol->name, strlen(symbol->name), &unused);
}

static enum pvm_status add_given(struct pvm_disasm_text *text, uint8_t *wanted,
                                 struct pvm_asm_map *taken, struct pvm_err *err)
{
    const struct pvm_symbols *given = text->options->symbols;
    for (size_t i = 0; given != NULL && i < given->count; i++) {
        const struct pvm_symbol *symbol = &given->list[i];
        if (!usable(text, symbol, taken))
            continue;
        size_t len = strlen(symbol->name);
        if (!pvm_asm_map_add(taken, symbol->name, len, 0))
            return pvm_fail(err, PVM_E_MEMORY, "out of memory while disassembling");
        PVM_TRY(pvm_symbols_add(&text->labels, symbol->pc, symbol->name, len, err));
        wanted[symbol->pc / 8] = (uint8_t)(wanted[symbol->pc / 8] & ~(1u << (symbol->pc % 8)));
    }
    return PVM_OK;
}

static enum pvm_status add_labels(struct pvm_disasm_text *text, uint8_t *wanted,
                                  struct pvm_asm_map *taken, struct pvm_err *err)
{
    mark_targets(text, wanted);
    PVM_TRY(add_given(text, wanted, taken, err));
    for (uint32_t pc = 0; pc < text->program->code_len; pc++) {
        char name[OWN_NAME];
        if (!pvm_disasm_bit(wanted, pc))
            continue;
        own_name(name, pc);
        PVM_TRY(pvm_symbols_add(&text->labels, pc, name, strlen(name), err));
    }
    pvm_symbols_sort(&text->labels);
    return PVM_OK;
}

enum pvm_status pvm_disasm_labels(struct pvm_disasm_text *text, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = text->labels.alloc;
    struct pvm_asm_map taken = {.alloc = alloc};
    uint8_t *wanted = pvm_alloc_zero(alloc, text->program->code_len / 8 + 1, 1);
    enum pvm_status status = wanted != NULL
                                 ? add_labels(text, wanted, &taken, err)
                                 : pvm_fail(err, PVM_E_MEMORY, "out of memory while disassembling");
    pvm_asm_map_deinit(&taken);
    pvm_alloc_free(alloc, wanted);
    return status;
}
