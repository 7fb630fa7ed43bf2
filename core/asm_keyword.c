/* SPDX-License-Identifier: Apache-2.0 */
#include "core/asm_keyword.h"

#include "core/asm_insn.h"
#include "core/asm_read.h"

enum { KIND_SHIFT = 16, INDEX_MASK = (1 << KIND_SHIFT) - 1 };

static bool add(struct pvm_asm *as, const char *name, enum pvm_asm_word kind, uint32_t index)
{
    return pvm_asm_map_add(&as->keywords, name, strlen(name),
                           (uint32_t)kind << KIND_SHIFT | index) ||
           pvm_asm_no_memory(as);
}

bool pvm_asm_keywords_init(struct pvm_asm *as)
{
    static const char *const pseudos[] = {
#define X(NAME, name) #name,
        PVM_ASM_PSEUDOS(X)
#undef X
    };
    static const char *const readings[] = {
#define X(NAME, name) name,
        PVM_ASM_READINGS(X)
#undef X
    };
    bool ok = true;
    for (uint32_t i = 0; ok && i < PVM_OP_COUNT; i++)
        ok = add(as, pvm_op_table[i].name, PVM_ASM_WORD_OP, i);
    for (uint32_t i = 0; ok && i < PVM_ASM_PSEUDO_COUNT; i++)
        ok = add(as, pseudos[i], PVM_ASM_WORD_PSEUDO, i);
    for (uint32_t i = 0; ok && i < pvm_asm_directive_count; i++)
        ok = add(as, pvm_asm_directives[i].name, PVM_ASM_WORD_DIRECTIVE, i);
    for (uint32_t i = 0; ok && i < PVM_ASM_READ_COUNT; i++)
        ok = add(as, readings[i], PVM_ASM_WORD_READING, i);
    return ok;
}

bool pvm_asm_keyword_find(const struct pvm_asm *as, const char *name, size_t len,
                          struct pvm_asm_keyword *out)
{
    uint32_t value;
    if (!pvm_asm_map_find(&as->keywords, name, len, &value))
        return false;
    out->kind = (enum pvm_asm_word)(value >> KIND_SHIFT);
    out->index = value & INDEX_MASK;
    return true;
}

enum pvm_asm_reading pvm_asm_reading_of(const struct pvm_asm_cursor *c)
{
    const char *p = c->next;
    while (p < c->end && (*p == ' ' || *p == '\t'))
        p++;
    const char *end = p;
    while (end < c->end && pvm_asm_name_char(*end))
        end++;
    struct pvm_asm_keyword keyword;
    if (!pvm_asm_keyword_find(c->as, p, (size_t)(end - p), &keyword) ||
        keyword.kind != PVM_ASM_WORD_READING)
        return PVM_ASM_READ_COUNT;
    return (enum pvm_asm_reading)keyword.index;
}
