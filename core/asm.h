/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assembler: text to a program blob, a standard program or a code preimage. The language is
 * described in docs/assembler.md.
 */
#ifndef CORE_ASM_H
#define CORE_ASM_H

#include "core/blob.h"
#include "core/symbols.h"

/* Names of host calls, for `ecalli NAME`. The core knows none; the caller brings them. */
struct pvm_call_names {
    /* Number of the call named by len characters; false when unknown. */
    bool (*number)(void *user, const char *name, size_t len, int64_t *out);
    /* Name of a number, NULL when unknown. */
    const char *(*name)(void *user, int64_t number);
    void *user;
};

/* How .include and .incbin find files: fills out with the contents of path (as written in the
 * source, relative to `from`, the file that includes it) and says the path it resolved to. */
struct pvm_asm_files {
    enum pvm_status (*load)(void *user, const char *from, const char *path, struct pvm_buf *out,
                            struct pvm_buf *resolved, struct pvm_err *err);
    void *user;
};

struct pvm_asm_options {
    const struct pvm_rules *rules;
    const struct pvm_alloc *alloc;
    enum pvm_blob_format format; /* RAW, STANDARD or JAM */
    const char *file;            /* name for messages */
    struct pvm_call_names calls; /* functions may be NULL */
    struct pvm_asm_files files;  /* load may be NULL: no includes */
};

/* Assembles source. blob and symbols are the caller's to deinit, written only on PVM_OK.
 * Every error found (up to 20) goes to diagnostics, each as
 *     file:line:column: error: text
 *         the line
 *         ^
 * and err carries the first one's heading. */
PVM_MUST_USE enum pvm_status pvm_assemble(const struct pvm_asm_options *options,
                                          struct pvm_bytes source, struct pvm_buf *blob,
                                          struct pvm_symbols *symbols, struct pvm_buf *diagnostics,
                                          struct pvm_err *err);

#endif
