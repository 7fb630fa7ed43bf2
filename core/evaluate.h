/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The meaning of every instruction, stated a second time (GP 0.7.2 A, and 0.8.0 where it differs):
 * one instruction at a time, straight from the program's octets, slow and plain. Shares with the
 * interpreter the table of opcodes and nothing of decoding, bodies, jumps, memory or flat gas.
 * Used to check what the interpreter did, never to run programs.
 */
#ifndef CORE_EVALUATE_H
#define CORE_EVALUATE_H

#include "core/opcode.h"
#include "core/program.h"

struct pvm_eval_program; /* immutable but for costs it remembers: one thread at a time */

/* Takes a program blob apart (GP 0.7.2 A.1). blob is borrowed until pvm_eval_program_free. A
 * block's cost is the one thing not stated again here (core/gas.h); only rules with PVM_GAS_BLOCK
 * ask. */
PVM_MUST_USE enum pvm_status
pvm_eval_program_new(const struct pvm_rules *rules, const struct pvm_alloc *alloc,
                     struct pvm_bytes blob, struct pvm_eval_program **out, struct pvm_err *err);
void pvm_eval_program_free(struct pvm_eval_program *program); /* NULL is fine */

/* Whether a blob is a program (deblob, GP 0.7.2 A.1) and, by strict rules, one that may begin at pc
 * (GP 0.8.0 A.1). */
bool pvm_eval_may_start(const struct pvm_rules *rules, struct pvm_bytes blob, uint64_t pc);

/* The instruction at a position as it stands in the code: the opcode and what follows it, up to the
 * next opcode or 24 octets. *len is 0 beyond the code. */
const uint8_t *pvm_eval_octets(const struct pvm_eval_program *program, uint64_t pc, unsigned *len);

/* What an instruction acts on. */
struct pvm_eval_machine {
    uint64_t regs[PVM_REG_COUNT];
    uint64_t gas, pc;
    uint32_t heap_top, heap_limit; /* sbrk, as in struct pvm_vm */
    bool paid;                     /* PVM_GAS_BLOCK: the block that pc lies in */
};

/* Memory as whoever asks has it. load, store and open are called only where access allows it; open
 * makes pages writable, their octets stay. */
struct pvm_eval_memory {
    enum pvm_access (*access)(void *user, uint32_t page);
    uint8_t (*load)(void *user, uint32_t addr);
    void (*store)(void *user, uint32_t addr, uint8_t octet);
    void (*open)(void *user, uint32_t page, uint32_t count);
    void *user;
};

/* An access to memory that instructions make, without addresses and values. */
struct pvm_eval_access {
    uint8_t width;  /* octets; 0: none */
    bool is_signed; /* of a load */
    bool is_store;
};

struct pvm_eval_access pvm_eval_access(enum pvm_op op);

/* What an instruction did. */
struct pvm_eval_effect {
    enum pvm_op op;
    uint64_t next;                 /* the instruction behind it */
    unsigned written;              /* register, PVM_REG_COUNT for none */
    struct pvm_eval_access access; /* width 0 also where it was refused */
    uint32_t addr;
    uint64_t value; /* loaded (not extended) or stored */
    uint64_t arg;   /* of FAULT and HOST, as vm->arg */
};

/* Executes the instruction at machine->pc, gas first. CONTINUE: pc is the next one. HOST: pc is
 * behind the ecalli. HALT, PANIC, FAULT: pc stays, charged. OOG: nothing changed. */
enum pvm_exit pvm_evaluate(struct pvm_eval_program *program, struct pvm_eval_machine *machine,
                           const struct pvm_eval_memory *memory, struct pvm_eval_effect *effect);

#endif
