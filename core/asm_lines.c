/* SPDX-License-Identifier: Apache-2.0 */
/* Which line of source each instruction came from; of a macro's, the line that calls it. */
#include "core/asm_unit.h"

/* How far into a source lines were counted. */
struct counted {
    uint32_t offset, lines;
};

/* The place in a file that a position goes back to. */
static struct pvm_asm_pos in_file(const struct pvm_asm *as, struct pvm_asm_pos pos)
{
    while (pos.source != PVM_ASM_NONE && as->sources.list[pos.source].macro != NULL)
        pos = as->sources.list[pos.source].parent;
    return pos;
}

/* Positions mostly ascend, so that each source is gone through once. */
static uint32_t line_at(const struct pvm_asm *as, struct counted *counted, struct pvm_asm_pos pos)
{
    const struct pvm_asm_source *source = &as->sources.list[pos.source];
    struct counted *at = &counted[pos.source];
    if (pos.offset < at->offset)
        *at = (struct counted){0, 0};
    for (; at->offset < pos.offset && at->offset < source->text.len; at->offset++)
        at->lines += source->text.ptr[at->offset] == '\n';
    return source->first_line + at->lines;
}

static bool has_line(const struct pvm_asm_item *item)
{
    switch ((enum pvm_asm_item_kind)item->kind) {
    case PVM_ASM_INSN:
    case PVM_ASM_LOAD:
        return true;
    case PVM_ASM_OCTETS:
        return item->opcode && item->size != 0;
    case PVM_ASM_PAD:
        return item->size != 0;
    }
    return false;
}

enum pvm_status pvm_asm_lines(const struct pvm_asm *as, struct pvm_lines *out, struct pvm_err *err)
{
    struct counted *counted = pvm_alloc_zero(as->alloc, as->sources.count + 1, sizeof *counted);
    enum pvm_status status = PVM_OK;
    struct pvm_asm_pos last = {PVM_ASM_NONE, 0};
    uint32_t last_line = 0;
    if (counted == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for source lines");
    for (size_t i = 0; i < as->items.count && status == PVM_OK; i++) {
        const struct pvm_asm_item *item = &as->items.list[i];
        struct pvm_asm_pos pos = in_file(as, item->pos);
        if (!has_line(item) || pos.source == PVM_ASM_NONE)
            continue;
        uint32_t line = line_at(as, counted, pos);
        const char *file = as->sources.list[pos.source].name;
        if (pos.source != last.source || line != last_line)
            status = pvm_lines_add(out, item->address, file, strlen(file), line, err);
        last = pos;
        last_line = line;
    }
    pvm_alloc_free(as->alloc, counted);
    pvm_lines_sort(out);
    return status;
}
