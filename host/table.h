/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of host calls, described in docs/tables.md: rows of one call each with what it is given,
 * what the state is and what must come of it under each GP version. Every row is made twice:
 * straight against the host function, and by a guest program made for it that makes the call; both
 * must come to what the row says, and with gas for all but one unit of the price nothing may happen
 * at all.
 *
 *     struct jam_table *table;
 *     jam_table_load_file("transfer.json", alloc, &table, err);
 *     jam_table_run(table, &options, on_case, user, err);
 *     jam_table_free(table);
 */
#ifndef HOST_TABLE_H
#define HOST_TABLE_H

#include "host/profile.h"

struct jam_table;

/* Reads a table and the one it builds on. PVM_E_MALFORMED for what is wrong with its form; what its
 * rows say is looked at when they run. */
PVM_MUST_USE enum pvm_status jam_table_load_file(const char *path, const struct pvm_alloc *alloc,
                                                 struct jam_table **out, struct pvm_err *err);
/* The same with the table's text at hand, unless that is empty; path is what messages call it. */
PVM_MUST_USE enum pvm_status jam_table_load(struct pvm_bytes text, const char *path,
                                            const struct pvm_alloc *alloc, struct jam_table **out,
                                            struct pvm_err *err);
void jam_table_free(struct jam_table *table); /* NULL is fine */

/* The table's name, "" when it has none; lives as long as the table. */
const char *jam_table_name(const struct jam_table *table);

enum { JAM_TABLE_DIRECT = 1, JAM_TABLE_GUEST = 2 };

enum jam_table_verdict {
    JAM_TABLE_PASSED,
    JAM_TABLE_FAILED,
    JAM_TABLE_LEFT_OUT /* the table says why */
};

/* One row under one version in one invocation. Everything is borrowed for the call. */
struct jam_table_case {
    size_t index; /* of the row, from 0 */
    const char *name, *call;
    enum jam_invocation context;
    const struct jam_profile *profile;
    enum jam_table_verdict verdict;
    const char *text; /* of a failure: lines of what differs; left out: why */
};

typedef void (*jam_table_case_fn)(void *user, const struct jam_table_case *result);

struct jam_table_options {
    const struct jam_profile *profile; /* only under this one; NULL: under all the table lists */
    unsigned ways;                     /* set of JAM_TABLE_DIRECT and _GUEST; 0: both */
};

/* Runs the rows in their order, oldest version first. PVM_E_MALFORMED, with the path, for a row
 * that says what cannot be. */
PVM_MUST_USE enum pvm_status jam_table_run(const struct jam_table *table,
                                           const struct jam_table_options *options,
                                           jam_table_case_fn each, void *user, struct pvm_err *err);

/* Appends a page in Markdown: for each call, invocation and version which rows cover which result,
 * and for each cell that no row covers why. *blanks counts the cells that lack both, and results of
 * rows that their table says the call cannot give. */
PVM_MUST_USE enum pvm_status jam_table_coverage(const struct jam_table *const *tables, size_t count,
                                                struct pvm_buf *out, size_t *blanks,
                                                struct pvm_err *err);

#endif
