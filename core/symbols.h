/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for code positions: what the assembler writes beside its output (FILE.sym) and what every
 * report looks up. Text, one symbol a line, ascending:
 *
 *     0x0000002a refine_loop
 *
 * Lines that start with # are comments; source lines stand in such (core/lines.h).
 */
#ifndef CORE_SYMBOLS_H
#define CORE_SYMBOLS_H

#include "core/lines.h"

struct pvm_symbol {
    uint64_t pc;
    char *name; /* owned by the table */
};

struct pvm_symbols {
    struct pvm_symbol *list; /* ascending by pc, then name */
    size_t count, cap;
    const struct pvm_alloc *alloc;
    struct pvm_lines lines;
};

void pvm_symbols_deinit(struct pvm_symbols *symbols);
/* Copies name (len octets). Call pvm_symbols_sort once all are in. */
PVM_MUST_USE enum pvm_status pvm_symbols_add(struct pvm_symbols *symbols, uint64_t pc,
                                             const char *name, size_t len, struct pvm_err *err);
void pvm_symbols_sort(struct pvm_symbols *symbols);
PVM_MUST_USE enum pvm_status pvm_symbols_parse(struct pvm_bytes text, struct pvm_symbols *out,
                                               struct pvm_err *err);
/* Names only, see pvm_lines_write for the rest. */
void pvm_symbols_write(const struct pvm_symbols *symbols, struct pvm_buf *out);

/* The last symbol at or before pc, NULL when there is none; and the one exactly at pc. */
const struct pvm_symbol *pvm_symbols_before(const struct pvm_symbols *symbols, uint64_t pc);
const struct pvm_symbol *pvm_symbols_at(const struct pvm_symbols *symbols, uint64_t pc);

#endif
