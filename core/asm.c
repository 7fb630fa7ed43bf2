/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The assembler from end to end; its parts are described in core/asm_unit.h.
 */
#include "core/asm.h"

#include "core/asm_expr.h"
#include "core/asm_keyword.h"
#include "core/asm_read.h"

static void init(struct pvm_asm *as)
{
    as->keywords.alloc = as->alloc;
    as->names.alloc = as->alloc;
    as->macro_names.alloc = as->alloc;
    as->metadata.alloc = as->alloc;
    for (unsigned i = 0; i < PVM_ASM_SECTION_COUNT; i++) {
        as->sections[i].bytes.alloc = as->alloc;
        as->sections[i].align = 1;
        as->sections[i].first.source = PVM_ASM_NONE;
    }
    as->stack = PVM_ASM_DEFAULT_STACK;
    as->jump_width = -1;
    as->scope = "";
}

static void assemble(struct pvm_asm *as, struct pvm_bytes text, struct pvm_buf *blob)
{
    struct pvm_asm_source source = {
        .name = as->options->file, .text = text, .first_line = 1, .parent = {PVM_ASM_NONE, 0}};
    if (!pvm_asm_keywords_init(as))
        return;
    uint32_t index = pvm_asm_add_source(as, &source);
    if (index == PVM_ASM_NONE)
        return;
    pvm_asm_read(as, index);
    if (!as->stop)
        pvm_asm_layout(as);
    if (!as->stop)
        pvm_asm_emit(as, blob);
}

/* The labels of .text that have names. */
static enum pvm_status collect(const struct pvm_asm *as, struct pvm_symbols *out,
                               struct pvm_err *err)
{
    for (size_t i = 0; i < as->symbols.count; i++) {
        const struct pvm_asm_symbol *symbol = &as->symbols.list[i];
        bool label = symbol->kind == PVM_ASM_LABEL && symbol->section == PVM_ASM_TEXT;
        if (label && symbol->name != NULL)
            PVM_TRY(pvm_symbols_add(out, pvm_asm_label_address(as, symbol), symbol->name,
                                    symbol->len, err));
    }
    pvm_symbols_sort(out);
    return PVM_OK;
}

enum pvm_status pvm_assemble(const struct pvm_asm_options *options, struct pvm_bytes source,
                             struct pvm_buf *blob, struct pvm_symbols *symbols,
                             struct pvm_buf *diagnostics, struct pvm_err *err)
{
    struct pvm_asm_options own = *options;
    own.file = options->file != NULL ? options->file : "<input>";
    struct pvm_err first = {0};
    struct pvm_asm as = {
        .options = &own, .alloc = own.alloc, .diagnostics = diagnostics, .err = &first};
    struct pvm_buf result = {.alloc = own.alloc};
    struct pvm_symbols found = {.alloc = own.alloc, .lines.alloc = own.alloc};

    init(&as);
    assemble(&as, source, &result);
    enum pvm_status status = as.status;
    if (status == PVM_OK)
        status = collect(&as, &found, &first);
    if (status == PVM_OK)
        status = pvm_asm_lines(&as, &found.lines, &first);
    pvm_asm_deinit(&as);
    if (status != PVM_OK) {
        pvm_buf_deinit(&result);
        pvm_symbols_deinit(&found);
        return pvm_fail(err, status, "%s", first.msg);
    }
    pvm_buf_deinit(blob);
    *blob = result;
    pvm_symbols_deinit(symbols);
    *symbols = found;
    return PVM_OK;
}
