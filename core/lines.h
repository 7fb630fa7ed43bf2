/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of source for code positions. In a symbol file they stand in comments, so that who knows
 * names only reads it all the same:
 *
 *     # file sum.s
 *     # line 0x00000005 12
 *
 * A line holds from its position to that of the next one.
 */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include "core/bytes.h"

struct pvm_line {
    uint64_t pc;
    uint32_t file; /* index */
    uint32_t line; /* from 1 */
};

struct pvm_lines {
    struct pvm_line *list; /* ascending by pc */
    size_t count, cap;
    char **files; /* each owned; a name may be there more than once */
    size_t file_count, file_cap;
    const struct pvm_alloc *alloc;
};

void pvm_lines_deinit(struct pvm_lines *lines);
/* Copies file (len octets). Call pvm_lines_sort once all are in. */
PVM_MUST_USE enum pvm_status pvm_lines_add(struct pvm_lines *lines, uint64_t pc, const char *file,
                                           size_t len, uint32_t line, struct pvm_err *err);
void pvm_lines_sort(struct pvm_lines *lines);

/* Reads the comment of a symbol file, from its # on; one that says nothing of lines adds nothing.
 */
PVM_MUST_USE enum pvm_status pvm_lines_parse(struct pvm_lines *lines, struct pvm_bytes comment,
                                             struct pvm_err *err);
void pvm_lines_write(const struct pvm_lines *lines, struct pvm_buf *out);

/* The last line at or before pc, NULL when there is none. */
const struct pvm_line *pvm_lines_before(const struct pvm_lines *lines, uint64_t pc);

#endif
