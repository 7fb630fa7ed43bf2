/* SPDX-License-Identifier: Apache-2.0 */
#include "core/disasm_text.h"

enum { ROUNDS = 12 };

/* A jump to a label. The assembler starts with the shortest distances and lets them grow, so a
 * program that is consistent but not the least one would come out smaller. `shrink` follows that
 * computation: octets by which the distance is still shorter than in this program. */
struct branch {
    uint32_t pc, target;
    uint32_t behind; /* index of the first branch at or behind the target */
    uint8_t octets;  /* of the distance */
    uint8_t shrink;
};

struct branches {
    struct branch *list;
    uint32_t *before; /* sum of shrink of the branches before each */
    size_t count, cap;
};

struct pvm_bytes pvm_disasm_octets(const struct pvm_program *program, uint32_t pc)
{
    return pvm_bytes(program->code + pc, 1 + pvm_program_skip(program, pc));
}

static unsigned distance_octets(int64_t distance)
{
    unsigned octets = 0;
    int64_t limit = 1;
    if (distance == 0)
        return 0;
    for (octets = 1, limit = 128; distance < -limit || distance >= limit; octets++)
        limit *= 256;
    return octets;
}

/* Whether the shortest encoding of what was decoded is what stands there. */
static bool is_canonical(const struct pvm_program *program, uint32_t pc,
                         const struct pvm_operands *ops, struct pvm_buf *scratch)
{
    struct pvm_bytes octets = pvm_disasm_octets(program, pc);
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, octets.ptr[0]);
    if (op == PVM_OP_COUNT)
        return false;
    scratch->len = 0;
    pvm_buf_add_u8(scratch, octets.ptr[0]);
    return pvm_operands_encode((enum pvm_form)pvm_op_table[op].form, ops, pc, scratch) &&
           pvm_bytes_equal(pvm_buf_bytes(scratch), octets);
}

static void make_literal(struct pvm_disasm_text *text, uint32_t pc)
{
    text->literal[pc / 8] = (uint8_t)(text->literal[pc / 8] | 1u << (pc % 8));
}

static bool add_branch(struct pvm_disasm_text *text, struct branches *branches, uint32_t pc,
                       uint32_t target)
{
    if (branches->count == branches->cap) {
        size_t cap = branches->cap == 0 ? 256 : branches->cap * 2;
        struct branch *list =
            pvm_alloc_resize(text->labels.alloc, branches->list, cap * sizeof *list);
        if (list == NULL)
            return false;
        branches->list = list;
        branches->cap = cap;
    }
    uint8_t octets = (uint8_t)distance_octets((int64_t)target - (int64_t)pc);
    branches->list[branches->count++] =
        (struct branch){.pc = pc, .target = target, .octets = octets, .shrink = octets};
    return true;
}

/* Decides what can be decided for an instruction alone; jumps to labels go to branches. */
static bool look_at(struct pvm_disasm_text *text, struct branches *branches, uint32_t pc,
                    struct pvm_buf *scratch)
{
    struct pvm_operands ops;
    enum pvm_op op = pvm_program_op(text->program, pc);
    char target = pvm_form_target((enum pvm_form)pvm_op_table[op].form);
    pvm_program_operands(text->program, pc, &ops);
    uint64_t to = target == 'X' ? ops.x : ops.y;
    bool plain = is_canonical(text->program, pc, &ops, scratch);
    if (plain && target != 0 && pvm_symbols_at(&text->labels, to) != NULL &&
        pvm_program_is_block_start(text->program, to))
        return add_branch(text, branches, pc, (uint32_t)to);
    if (!plain || target != 0)
        make_literal(text, pc);
    return true;
}

static bool scan(struct pvm_disasm_text *text, struct branches *branches)
{
    const struct pvm_program *program = text->program;
    struct pvm_buf scratch = {.alloc = text->labels.alloc};
    bool ok = true;
    for (uint32_t pc = text->start; ok && pc < program->code_len;
         pc += 1 + pvm_program_skip(program, pc)) {
        if (pvm_program_is_opcode(program, pc))
            ok = look_at(text, branches, pc, &scratch);
    }
    ok = ok && !scratch.failed;
    pvm_buf_deinit(&scratch);
    return ok;
}

static uint32_t first_at_or_behind(const struct branches *branches, uint32_t pc)
{
    size_t low = 0;
    size_t high = branches->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (branches->list[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* One round of growth; true when a distance became longer. */
static bool grow(struct branches *branches)
{
    bool grew = false;
    branches->before[0] = 0;
    for (size_t i = 0; i < branches->count; i++)
        branches->before[i + 1] = branches->before[i] + branches->list[i].shrink;
    for (size_t i = 0; i < branches->count; i++) {
        struct branch *branch = &branches->list[i];
        int64_t pc = (int64_t)branch->pc - branches->before[i];
        int64_t target = (int64_t)branch->target - branches->before[branch->behind];
        uint8_t shrink = (uint8_t)(branch->octets - distance_octets(target - pc));
        grew = grew || shrink != branch->shrink;
        branch->shrink = shrink;
    }
    return grew;
}

static bool settle(struct pvm_disasm_text *text, struct branches *branches)
{
    branches->before =
        pvm_alloc_zero(text->labels.alloc, branches->count + 1, sizeof *branches->before);
    if (branches->before == NULL)
        return false;
    for (size_t i = 0; i < branches->count; i++)
        branches->list[i].behind = first_at_or_behind(branches, branches->list[i].target);
    for (unsigned round = 0; round < ROUNDS && grow(branches); round++)
        continue;
    for (size_t i = 0; i < branches->count; i++) {
        if (branches->list[i].shrink != 0)
            make_literal(text, branches->list[i].pc);
    }
    return true;
}

enum pvm_status pvm_disasm_text_init(struct pvm_disasm_text *text, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = text->labels.alloc;
    struct branches branches = {0};
    PVM_TRY(pvm_disasm_labels(text, err));
    text->literal = pvm_alloc_zero(alloc, text->program->code_len / 8 + 1, 1);
    bool ok = text->literal != NULL && scan(text, &branches) && settle(text, &branches);
    pvm_alloc_free(alloc, branches.list);
    pvm_alloc_free(alloc, branches.before);
    return ok ? PVM_OK : pvm_fail(err, PVM_E_MEMORY, "out of memory while disassembling");
}

void pvm_disasm_text_deinit(struct pvm_disasm_text *text)
{
    pvm_alloc_free(text->labels.alloc, text->literal);
    text->literal = NULL;
    pvm_symbols_deinit(&text->labels);
}
