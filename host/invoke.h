/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One invocation: a standard program with its arguments, run to its end with host calls served on
 * the way (GP 0.7.2 A.6 Psi_H, A.8 Psi_M). The run keeps its machines afterwards, so that whoever
 * asks why it ended can look.
 *
 *     struct jam_run *run;
 *     jam_run_new(&config, &run, err);      (or jam_refine_new, jam_is_authorized_new)
 *     jam_run_go(run, err);
 *     jam_run_result(run)->outcome ...
 *     jam_run_free(run);
 */
#ifndef HOST_INVOKE_H
#define HOST_INVOKE_H

#include "core/blob.h"
#include "host/context.h"

/* Those of host/jam.h: NAME, name, octet in a work result (GP 0.7.2 C.2, O), text */
#define JAM_OUTCOMES(X)                                                                            \
    X(HALT, "halt", 0, "halted")                                                                   \
    X(OOG, "out-of-gas", 1, "ran out of gas")                                                      \
    X(PANIC, "panic", 2, "panicked")                                                               \
    X(BAD_EXPORTS, "bad-exports", 3, "exported another number of segments than the item says")     \
    X(OVERSIZE, "oversize", 4, "output too large for the work report")                             \
    X(BAD, "bad", 5, "code not available")                                                         \
    X(BIG, "big", 6, "code too large")

const char *jam_outcome_text(enum jam_outcome outcome);

struct jam_run_config {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct jam_params *params;   /* NULL: the full set; copied */
    const struct pvm_alloc *alloc;
    enum jam_invocation invocation;
    /* The program: parts of a standard program, borrowed until jam_run_free. NULL: there is no
     * code, and the run ends as `missing` says. */
    const struct pvm_standard *program;
    enum jam_outcome missing; /* JAM_ENDED_BAD, _BIG or _PANIC */
    const char *why;          /* static text that goes with missing */
    uint64_t entry;
    uint64_t gas;
    struct pvm_bytes args; /* copied */
    uint64_t service;
    uint64_t export_offset;
    struct jam_sources sources; /* functions may be NULL: nothing is ever found */
    struct jam_limits limits;
    struct jam_hooks hooks;
    /* Called with owned when the run is freed, or when jam_run_new fails. May be NULL. */
    void (*release)(const struct pvm_alloc *alloc, void *owned);
    void *owned;
};

struct jam_result {
    enum jam_outcome outcome;
    const char *why;         /* NULL, or why there was nothing to run; lives with the run */
    enum pvm_exit exit;      /* of the outer machine: FAULT and PANIC are both JAM_ENDED_PANIC */
    struct pvm_bytes output; /* empty unless JAM_ENDED_HALT */
    bool output_unreadable;  /* halted, but [r7, +r8) is not readable: output is empty by rule */
    uint64_t gas_limit, gas_used;
    const uint8_t *exports; /* JAM_SEGMENT_SIZE octets each */
    size_t export_count;    /* 0 unless JAM_ENDED_HALT */
    size_t exports_lost;    /* made, but void because the run did not halt */
    struct jam_hash export_root;
    uint64_t inner_gas; /* used by inner machines */
    /* By enum jam_call_id, that of unknown numbers, then those of extensions; 0 before the end. */
    const struct jam_call_stat *calls;
    unsigned call_count;
    size_t log_count, log_dropped;
};

struct jam_run;

PVM_MUST_USE enum pvm_status jam_run_new(const struct jam_run_config *config, struct jam_run **out,
                                         struct pvm_err *err);
/* Runs to the end, from the start or from where jam_run_some stopped; once only. On a status other
 * than PVM_OK (our memory, a limit) there is no result, but the machines can be looked at. */
PVM_MUST_USE enum pvm_status jam_run_go(struct jam_run *run, struct pvm_err *err);
/* Runs a part: serves the host call the outer machine is at, if it is at one, and executes at most
 * that many of its instructions (UINT64_MAX: any number), but not past its next host call, which
 * is left to be served by whatever runs on. *ended: there is a result now. */
PVM_MUST_USE enum pvm_status jam_run_some(struct jam_run *run, uint64_t steps, bool *ended,
                                          struct pvm_err *err);
/* Whether it is stopped at a host call that was not served; the machine's arg is its number. */
bool jam_run_at_call(const struct jam_run *run);
/* Takes that call as served: whoever drives the run has given the machine what it returns. */
void jam_run_answered(struct jam_run *run);
void jam_run_free(struct jam_run *run); /* NULL is fine */

/* All of these borrow from the run. */
const struct jam_result *jam_run_result(const struct jam_run *run);
const struct jam_profile *jam_run_profile(const struct jam_run *run);
const struct jam_params *jam_run_params(const struct jam_run *run);
/* The arguments the program was given. */
struct pvm_bytes jam_run_args(const struct jam_run *run);
/* The outer machine; NULL when there was no code. */
const struct pvm_vm *jam_run_vm(const struct jam_run *run);
/* Goes through the log lines kept, *at starting from 0; false at the end. */
bool jam_run_log_next(const struct jam_run *run, size_t *at, struct jam_log_line *line);
/* Inner machines that exist, ascending by id; NULL past the end. */
const struct jam_machine *jam_run_machine(const struct jam_run *run, size_t index);
/* The inner machine whose last invocation ended in panic, fault or out of gas (it may have been
 * expunged since); NULL when the last end of each was fine. */
const struct jam_machine *jam_run_bad_machine(const struct jam_run *run);
struct jam_context *jam_run_context(struct jam_run *run);

/* For whoever drives a run from outside (host/direct.h): its machine for changes, NULL when there
 * was no code; and the end, in place of jam_run_go, with that exit. */
struct pvm_vm *jam_run_outer(struct jam_run *run);
PVM_MUST_USE enum pvm_status jam_run_end(struct jam_run *run, enum pvm_exit exit,
                                         struct pvm_err *err);

/* The program counter at which the run ended and the GP's name of how it did, for a report on vm:
 * text such as "page-fault at 0x12000", "host-call 3". Appends. */
void jam_exit_text(enum pvm_exit exit, uint64_t arg, struct pvm_buf *out);

#endif
