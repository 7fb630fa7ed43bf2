/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a run spends gas and instructions: by call path, by basic block, by host call, over the
 * outer machine and those it starts.
 *
 * Calls and returns are found by the convention for ra: load_imm_jump and load_imm_jump_ind that
 * write ra call; jump_ind through ra returns, to the frame whose call wrote that address. With
 * symbols a function is the code from one that is not local to the next; without, what was called.
 *
 *     refine;run_child;invoke;machine 3;start
 */
#ifndef CMD_FLAME_H
#define CMD_FLAME_H

#include "cmd/load.h"
#include "core/vm.h"
#include "host/context.h"

enum {
    CMD_FLAME_NODES = 1 << 15,  /* further paths count for their callers */
    CMD_FLAME_DEPTH = 128,      /* deeper calls count for the deepest kept */
    CMD_FLAME_MACHINES = 4096,  /* further ones are not looked into */
    CMD_FLAME_CODES = 256,      /* programs with counts of their own */
    CMD_FLAME_OCTETS = 1 << 23, /* of code of all these together; further programs have none */
    CMD_FLAME_PAGED = 64        /* machines whose pages are counted */
};

enum cmd_flame_kind { CMD_FLAME_ROOT, CMD_FLAME_FUNCTION, CMD_FLAME_CALL, CMD_FLAME_MACHINE };

struct cmd_flame_count {
    uint64_t instructions, gas;
};

/* A program that ran. at: by position. */
struct cmd_flame_code {
    struct pvm_program *program; /* one reference */
    struct jam_hash id;
    bool is_main;
    const struct pvm_symbols *names;
    struct cmd_flame_count *at; /* code_len + 1 */
};

/* A place in the tree. Nodes without parent stand for all nodes alike: what a viewer calls frame.
 */
struct cmd_flame_node {
    enum cmd_flame_kind kind;
    uint32_t parent, frame; /* CMD_FLAME_NONE: none */
    uint32_t code;          /* FUNCTION: index, or CMD_FLAME_NONE */
    uint64_t what;          /* FUNCTION: position; CALL: number; MACHINE: id */
    struct cmd_flame_count count;
    uint64_t times; /* CALL: how often */
};

#define CMD_FLAME_NONE UINT32_MAX

struct cmd_flame_frame {
    uint64_t back;  /* address that returns here lead to */
    uint64_t entry; /* start of the function */
    uint32_t node;
};

struct cmd_flame_machine {
    int64_t id;
    const struct pvm_program *program; /* that code was found for; only compared */
    uint32_t code, base;
    struct pvm_buf frames; /* struct cmd_flame_frame */
    uint64_t beyond;       /* calls deeper than that */
    uint64_t beyond_backs; /* where they return to: a bit each, of a hash */
    uint64_t low, high;    /* positions of the function on top */
    const struct pvm_vm *vm;
    bool pending; /* an instruction's gas is not known yet */
    uint64_t pc, gas;
    uint32_t node;
    enum { CMD_FLAME_GOES_ON, CMD_FLAME_CALLS, CMD_FLAME_RETURNS } move; /* what it does */
    uint64_t back;           /* CALLS, RETURNS: the address */
    uint64_t *pages[2];      /* read, written: one bit a page; NULL: none, or not counted */
    uint32_t page_counts[2]; /* how many */
};

struct cmd_flame {
    bool on, stats;
    const struct jam_profile *profile;
    const struct cmd_symbols *symbols;
    struct cmd_flame_node *nodes;
    uint32_t *index; /* of nodes by what they are: 1 + number, 0 for none */
    uint32_t node_count;
    struct cmd_flame_code codes[CMD_FLAME_CODES];
    uint32_t code_count;
    uint64_t code_octets;
    uint64_t inner_gas;      /* of the invoke under way, told of already */
    struct pvm_buf machines; /* struct cmd_flame_machine */
    size_t last;             /* index of the one that ran last */
    bool failed;             /* our memory ended */
};

/* Without a call of init everything else does nothing. */
PVM_MUST_USE enum pvm_status cmd_flame_init(struct cmd_flame *flame,
                                            const struct jam_profile *profile,
                                            const struct cmd_symbols *symbols, bool stats,
                                            struct pvm_err *err);
void cmd_flame_deinit(struct cmd_flame *flame);

/* As hooks of a run. */
void cmd_flame_step(struct cmd_flame *flame, int64_t machine, const struct pvm_vm *vm);
void cmd_flame_call(struct cmd_flame *flame, const struct jam_call_event *event);
/* After the last instruction; the machines still exist. */
PVM_MUST_USE enum pvm_status cmd_flame_end(struct cmd_flame *flame, struct pvm_err *err);
/* After that, when another run follows: its machines are others. */
void cmd_flame_next(struct cmd_flame *flame);

/* Appends the name of a node without its callers. */
void cmd_flame_name(const struct cmd_flame *flame, const struct cmd_flame_node *node,
                    struct pvm_buf *out);
/* "caller;callee GAS" a line, the input of flame graphs; a semicolon in a name becomes a colon. */
void cmd_flame_folded(const struct cmd_flame *flame, struct pvm_buf *out);
/* The file format of speedscope: gas and instructions by call path, gas by block, by host call. */
void cmd_flame_speedscope(const struct cmd_flame *flame, const char *name, struct pvm_buf *out);
/* Instruction mix, hottest blocks, pages; as text. */
void cmd_flame_stats(const struct cmd_flame *flame, struct pvm_buf *out);

/* What the block at *pc, which goes to the next one, took; false behind the last. */
bool cmd_flame_block(const struct cmd_flame_code *code, uint32_t *pc, uint32_t *start,
                     struct cmd_flame_count *out);

#endif
