/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What host calls act on during one invocation: the profile, where fetched and looked-up data come
 * from, exports, inner machines, limits and what the run tells its observers.
 */
#ifndef HOST_CONTEXT_H
#define HOST_CONTEXT_H

#include "host/arena.h"
#include "host/call.h"
#include "host/heap.h"
#include "host/inner.h"
#include "host/state.h"

/* Bounds on what one run may take of this computer. 0 means the default. */
struct jam_limits {
    enum pvm_layout layout; /* of the machines' memories */
    uint64_t memory;    /* octets of machine memory and decoded inner programs: 4 GiB */
    uint64_t gas;       /* gas the outer machine may use, whatever it is given: any */
    uint64_t inner_gas; /* gas all invocations of inner machines may use together: 2 * 10^10 */
    uint64_t work;      /* octets that host calls may copy, hash or map in all: 64 GiB */
    uint64_t log;       /* octets of log text kept: 16 MiB; further lines are only counted */
    uint64_t log_line;  /* octets of one message that are looked at: 64 KiB */
    uint64_t state;     /* octets that an accumulation may add to state: 1 GiB */
};

/* A line of the log call (JIP-1). */
struct jam_log_line {
    uint64_t level; /* 0 fatal, 1 warning, 2 important, 3 helpful, 4 pedantic; others occur */
    bool has_target;
    struct pvm_bytes target, message; /* as the guest gave them: any octets */
};

/* One finished host call, for traces. Registers are those of the calling machine. */
struct jam_call_event {
    const char *name; /* NULL: no call of this profile */
    uint64_t number;
    bool open;                      /* false: unknown or not open in this invocation */
    const uint64_t *before, *after; /* PVM_REG_COUNT registers */
    uint64_t gas_before, gas_after;
    uint32_t set;       /* bit i: it gave register i a value, if only the same; 0 unless CONTINUE */
    enum pvm_exit exit; /* CONTINUE, PANIC or OOG */
};

/* Octets of the calling machine's memory that the host call under way has read, or has just
 * written; memory holds them. Reads come as they are made, also of a call that then panics; writes
 * once the call goes on. A range is never empty. */
struct jam_memory_event {
    bool written;
    uint64_t addr, len;
    const struct pvm_memory *memory;
};

/* Observers. Any function may be NULL; none may change the run, but for what core/vm.h lets an
 * observer of steps do. */
struct jam_hooks {
    /* Before each instruction; machine is -1 for the outer one. Setting it makes runs slower. */
    void (*step)(void *user, int64_t machine, const struct pvm_vm *vm);
    void (*log)(void *user, const struct jam_log_line *line);
    void (*call)(void *user, const struct jam_call_event *event);
    void (*memory)(void *user, const struct jam_memory_event *event); /* before its call's event */
    void *user;
};

/* Where fetch and historical_lookup find things. A value lives until the run is freed. found false:
 * there is none. */
struct jam_sources {
    enum pvm_status (*fetch)(void *user, enum jam_fetch what, uint64_t a, uint64_t b, bool *found,
                             struct pvm_bytes *value, struct pvm_err *err);
    enum pvm_status (*lookup)(void *user, uint64_t service, const struct jam_hash *hash,
                              bool *found, struct pvm_bytes *value, struct pvm_err *err);
    void *user;
};

enum { JAM_SCRATCH_COUNT = 4 };

/* Rows by enum jam_call_id, that of all numbers that are no call, then those of extensions. */
enum { JAM_ROW_UNKNOWN = JAM_CALL_COUNT, JAM_ROWS = JAM_CALL_COUNT + 1 + JAM_EXTENSION_CALLS };

/* A call as a run has it. */
struct jam_call_row {
    const struct jam_extension_call *call; /* NULL: unknown */
    jam_call_fn handler;                   /* NULL: not open in this invocation */
    const struct jam_price *price;         /* of an unknown call when it is not open */
    bool flat;                             /* the price is its base */
    const struct jam_extension *extension;
    void *state;                         /* the extension's */
    const struct jam_call_row *replaced; /* the row this one stands in for, or NULL */
};

struct jam_call_stat {
    const char *name; /* NULL: unknown */
    uint64_t number;
    uint64_t count;
    uint64_t gas; /* charged to the caller */
};

/* An extension of the profile, by its place there. */
struct jam_extension_run {
    void *state;
    bool begun; /* init was called, and went well */
};

/* What a handler did that its row does not declare. */
struct jam_breach {
    enum {
        JAM_BREACH_NONE,
        JAM_BREACH_READS_REGISTER,
        JAM_BREACH_SETS_REGISTER,
        JAM_BREACH_READS_MEMORY,
        JAM_BREACH_WRITES_MEMORY,
        JAM_BREACH_WRITES, /* too many of them */
        JAM_BREACH_EXIT    /* it gave back no exit that a call can have */
    } kind;
    uint64_t addr, len; /* or the register, or the exit */
};

struct jam_context {
    enum jam_invocation invocation;
    const struct jam_profile *profile;
    const struct jam_params *params;
    const struct pvm_alloc *alloc;
    uint64_t service; /* own id */
    struct jam_sources sources;
    struct jam_hooks hooks;
    struct jam_limits limits; /* defaults filled in */
    struct pvm_budget budget;
    struct jam_accumulation *accumulation; /* NULL but in Accumulate and On-Transfer */
    struct jam_heap heap;                  /* 0.8.0 on */
    struct jam_machines machines;
    struct pvm_buf exports; /* JAM_SEGMENT_SIZE octets each */
    size_t export_count;
    uint64_t export_offset; /* segments exported by earlier items */
    uint64_t gas_used;      /* by the outer machine's instructions, as limits.gas counts them */
    uint64_t inner_gas;     /* used by inner machines so far */
    uint64_t work;          /* octets counted by jam_work so far */
    struct pvm_buf log;     /* lines as kept, see context.c */
    size_t log_count, log_dropped;
    struct pvm_buf scratch[JAM_SCRATCH_COUNT]; /* views of guest memory, one call long */
    struct jam_arena lent;                     /* the same for calls of extensions */
    const struct pvm_vm *caller;               /* machine of the host call under way */
    struct jam_breach breach;                  /* of the host call under way */
    struct jam_price unknown_price;
    unsigned row_count;
    uint8_t by_number[JAM_EXTENSION_NUMBERS]; /* index into rows */
    struct jam_call_row rows[JAM_ROWS];
    struct jam_call_stat stats[JAM_ROWS]; /* of the row at the same index */
    struct jam_extension_run extensions[JAM_EXTENSIONS];
};

void jam_context_init(struct jam_context *ctx, const struct jam_profile *profile,
                      const struct jam_params *params, enum jam_invocation invocation,
                      const struct pvm_alloc *alloc, const struct jam_limits *limits,
                      const struct jam_hooks *hooks);
void jam_context_deinit(struct jam_context *ctx);

/* ---- accounts, as Accumulate (its regular side) and On-Transfer see them ---- */

/* The account of an id; NULL when there is none, or the invocation sees none at all. */
const struct jam_service *jam_context_account(const struct jam_context *ctx, uint64_t id);
/* The account the invocation belongs to; NULL when there is none. */
const struct jam_service *jam_context_own(const struct jam_context *ctx);
/* The same for changes, which are then made with the functions of host/state.h. Other pointers to
 * it, and octets out of it, stay valid until it is changed. PVM_E_LIMIT: limits.state. */
PVM_MUST_USE enum pvm_status jam_context_edit(struct jam_context *ctx, struct jam_service **out,
                                              struct pvm_err *err);

/* Keeps a line, or counts it as dropped; false when our memory ended. */
bool jam_context_log(struct jam_context *ctx, const struct jam_log_line *line);
/* Goes through the kept lines, *at starting from 0: false at the end. Spans live as long as the
 * context and no line is added. */
bool jam_context_log_next(const struct jam_context *ctx, size_t *at, struct jam_log_line *line);

#endif
