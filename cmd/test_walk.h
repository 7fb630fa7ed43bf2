/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files under some paths, one after the other: folders in the order of their names' octets,
 * whatever lies in them behind the name. What is kept at a time are the names of the folders that
 * lead to the file, never those of all files.
 */
#ifndef CMD_TEST_WALK_H
#define CMD_TEST_WALK_H

#include "core/bytes.h"

enum cmd_walk_found {
    CMD_WALK_END,
    CMD_WALK_FILE,
    CMD_WALK_HIDDEN,  /* a file or folder whose name begins with a dot, met in a folder */
    CMD_WALK_SPECIAL, /* no file and no folder: a pipe, a device */
    CMD_WALK_LOOP,    /* a link to a folder that it lies in, or behind too many other links */
    CMD_WALK_BROKEN   /* cannot be looked at; why says it */
};

struct cmd_walk_entry {
    enum cmd_walk_found found;
    const char *path; /* lives until the next call, as why */
    bool named;       /* one of the paths themselves */
    const char *why;
};

struct cmd_walk;

/* paths are borrowed. */
PVM_MUST_USE enum pvm_status cmd_walk_new(const char *const *paths, size_t count,
                                          const struct pvm_alloc *alloc, struct cmd_walk **out,
                                          struct pvm_err *err);
void cmd_walk_free(struct cmd_walk *walk); /* NULL is fine */

/* PVM_E_MEMORY is all that ends a walk early. */
PVM_MUST_USE enum pvm_status cmd_walk_next(struct cmd_walk *walk, struct cmd_walk_entry *out,
                                           struct pvm_err *err);

#endif
