/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files as the command line names them. "-" is standard input or output. Every error is PVM_E_IO
 * with "FILE: reason", but a file that is too large is PVM_E_MALFORMED.
 */
#ifndef CMD_FILES_H
#define CMD_FILES_H

#include "core/asm.h"

/* The largest file that is read. A code preimage may have 4 MB and a work package 14 MB. */
#define CMD_FILE_LIMIT ((size_t)256 << 20)

/* How a path is called in messages. */
const char *cmd_file_name(const char *path);

/* Appends the contents of path to out: a regular file, a pipe or a device of at most
 * CMD_FILE_LIMIT octets. */
PVM_MUST_USE enum pvm_status cmd_read_file(const char *path, struct pvm_buf *out,
                                           struct pvm_err *err);

/* Whether path is there to be read; says nothing about what it is. */
bool cmd_file_exists(const char *path);
/* Whether path is a stream: "-", or something there that is no regular file. */
bool cmd_file_is_special(const char *path);
/* Whether writing one of them would overwrite the other. */
bool cmd_file_is_same(const char *a, const char *b);
/* The standard stream for output that a path stands for: that of "-", and one that goes to the very
 * file that path names, such as /dev/stdout, where opening it once more would write over what the
 * stream writes. -1: none. */
int cmd_file_stream(const char *path);

/* Appends the octets that an option value stands for: hexadecimal after 0x, or the contents of the
 * file named after @. PVM_E_USAGE, naming the option, for anything else. */
PVM_MUST_USE enum pvm_status cmd_read_value(const char *option, const char *value,
                                            struct pvm_buf *out, struct pvm_err *err);

/* Makes path hold exactly these octets, or leaves it as it was (host/disk.h). Where path is a
 * device or a pipe the octets are written to it; where it is a link, what it leads to is replaced.
 */
PVM_MUST_USE enum pvm_status cmd_write_file(const char *path, struct pvm_bytes bytes,
                                            struct pvm_err *err);

/* Finds what assembler source includes: beside the including file. */
struct pvm_asm_files cmd_asm_files(void);

#endif
