/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --extension: shared objects with host calls (host/jam_extension.h). They are loaded before the
 * command line is parsed, for they bring options of their own.
 */
#ifndef CMD_EXTENSION_H
#define CMD_EXTENSION_H

#include "cmd/cmd.h"
#include "host/extension.h"

/* Row of option tables: commands that have it take extensions. */
#define CMD_EXTENSION_OPTION "extension"
#define CMD_EXTENSION_HELP                                                                         \
    "add the host calls of the shared object FILE, and its options (docs/extending.md)"

struct cmd_library {
    const char *path; /* borrowed from the command line */
    void *handle;
    const struct jam_extension *table;
};

/* Everything is owned by this struct but what it says. */
struct cmd_extensions {
    const struct pvm_alloc *alloc;
    struct cmd_library *list;
    size_t count;
    struct cmd_option *options; /* the command's, then the extensions' */
    struct cmd_syntax syntax;   /* with these options */
    unsigned own_options;       /* of the command */
    struct jam_extension_use *uses;
    struct jam_extension_value *values;
    struct jam_profile profile; /* made by cmd_extensions_profile */
};

/* Loads what --extension names in argv when the command has that option; *out is NULL when there is
 * nothing. PVM_E_IO for a file that is not there, PVM_E_MALFORMED for one that is no extension, not
 * one for this pvm, or clashes with the command's options. */
PVM_MUST_USE enum pvm_status cmd_extensions_load(const struct cmd_syntax *syntax,
                                                 const struct pvm_alloc *alloc, int argc,
                                                 char *const *argv, struct cmd_extensions **out,
                                                 struct pvm_err *err);
void cmd_extensions_free(struct cmd_extensions *extensions); /* NULL is fine */

/* Takes the values of the extensions' options from the parsed command line. */
void cmd_extensions_values(struct cmd_extensions *extensions, const struct cmd_args *args);

/* Makes *profile one that has the command's extensions, if there are any: for whoever needs no more
 * of them than names and numbers. It lives as long as cmd. PVM_E_MALFORMED when they clash. */
PVM_MUST_USE enum pvm_status cmd_extensions_profile(const struct cmd *cmd,
                                                    const struct jam_profile **profile,
                                                    struct pvm_err *err);

/* The same as a list for a fixture; NULL and 0 when there are none. */
const struct jam_extension_use *cmd_extensions_uses(const struct cmd *cmd, size_t *count);

/* Appends a section for each extension that has something to report. */
void cmd_extensions_text(const struct cmd *cmd, const struct jam_context *ctx, struct pvm_buf *out);

#endif
