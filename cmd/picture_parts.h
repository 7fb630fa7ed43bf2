/* SPDX-License-Identifier: Apache-2.0 */
/* What a recording knows; private to picture_*.c. */
#ifndef CMD_PICTURE_PARTS_H
#define CMD_PICTURE_PARTS_H

#include "cmd/calls.h"
#include "cmd/picture_bins.h"
#include "cmd/picture_record.h"

enum {
    CMD_RECORD_MACHINES = 256, /* further ones are counted */
    CMD_RECORD_KINDS = 40,     /* host calls told apart */
    CMD_RECORD_CALLS = 256,    /* the first host calls, one by one */
    CMD_RECORD_RUNS = 256,     /* of a recording of several */
    CMD_RECORD_NAME = 96,      /* of a run, its end included */
    CMD_RECORD_EXITS = 5       /* enum jam_inner_result */
};

/* A load or store that is under way: it counts once it turns out that it did not fail. */
struct cmd_record_access {
    bool any, write;
    unsigned bin;
    uint64_t at, pc, addr, len;
};

/* A machine from its making to its end. */
struct cmd_record_machine {
    int64_t id;
    bool alive;
    bool known;   /* its program ran */
    uint64_t run; /* which made it */
    struct jam_hash program;
    uint64_t created, expunged; /* times; expunged: unless alive */
    uint64_t instructions, gas;
    uint64_t invocations;
    uint64_t exits[CMD_RECORD_EXITS];
    struct cmd_bins bins; /* of instructions */
    struct cmd_heat heat;
    const struct pvm_vm *vm; /* while pending */
    bool pending;            /* an instruction's gas is not known yet */
    uint64_t last_gas;       /* before that instruction */
    struct cmd_record_access access;
};

struct cmd_record_kind {
    const char *name; /* static; NULL: unknown */
    uint64_t number;
    uint64_t count, gas;
    struct cmd_bins bins;
};

struct cmd_record_call {
    uint64_t at;
    struct cmd_call call;
};

/* One of several runs in a recording. */
struct cmd_record_run {
    char name[CMD_RECORD_NAME];
    const char *outcome; /* static */
    bool good;
    uint64_t at, gas, gas_limit;
};

struct cmd_record {
    const struct pvm_rules *rules; /* that memory_octets is for, NULL: none yet */
    bool memory_octets[256];       /* opcodes that load or store */
    struct cmd_clock clock;
    unsigned bin;                                /* the clock's */
    uint64_t gas[CMD_BINS], inner_gas[CMD_BINS]; /* used when each bin starts */
    uint64_t gas_now, inner_now;
    struct cmd_record_machine *machines; /* CMD_RECORD_MACHINES, the outer one first if it ran */
    unsigned machine_count, last;
    uint64_t machines_unlisted;
    struct cmd_record_kind kinds[CMD_RECORD_KINDS];
    unsigned kind_count;
    uint64_t kinds_unlisted; /* calls of further kinds */
    struct cmd_record_call calls[CMD_RECORD_CALLS];
    uint64_t call_count;
    struct cmd_record_run runs[CMD_RECORD_RUNS]; /* that are over */
    uint64_t run_count;                          /* further ones are counted */
    uint64_t run_start;                          /* of the one under way */
    bool failed;                                 /* our memory ended */
};

#endif
