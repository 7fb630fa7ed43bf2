/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of host calls written (JIP-7): the prelude of an invocation, an entry for each host call
 * out of what the hooks of host/context.h tell, and the end. Text gathers in the writer; its owner
 * takes it away whenever there is much.
 */
#ifndef HOST_ECALLI_WRITE_H
#define HOST_ECALLI_WRITE_H

#include "host/context.h"

struct jam_ecalli_writer {
    struct pvm_buf text;   /* lines that nobody has taken yet; its owner may set len to 0 */
    struct pvm_buf ranges; /* what the call under way has read and written */
    struct pvm_buf octets; /* that were there */
};

void jam_ecalli_writer_init(struct jam_ecalli_writer *writer, const struct pvm_alloc *alloc);
void jam_ecalli_writer_deinit(struct jam_ecalli_writer *writer);

/* A line of words; text has no line end. */
void jam_ecalli_write_comment(struct jam_ecalli_writer *writer, const char *text);
/* A machine about to start: its program with metadata, its arguments, and its state. */
void jam_ecalli_write_start(struct jam_ecalli_writer *writer, struct pvm_bytes preimage,
                            struct pvm_bytes args, const struct pvm_vm *vm);
/* For the hooks of the same names. vm is the machine that makes the calls. */
void jam_ecalli_write_memory(struct jam_ecalli_writer *writer,
                             const struct jam_memory_event *event);
void jam_ecalli_write_call(struct jam_ecalli_writer *writer, const struct jam_call_event *event,
                           const struct pvm_vm *vm);
/* The machine has ended so. A page fault is a panic with the page's address. */
void jam_ecalli_write_end(struct jam_ecalli_writer *writer, enum pvm_exit exit,
                          const struct pvm_vm *vm);

/* PVM_OK, or PVM_E_MEMORY when something could not be kept. */
PVM_MUST_USE enum pvm_status jam_ecalli_writer_status(const struct jam_ecalli_writer *writer,
                                                      struct pvm_err *err);

#endif
