/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpvm's other half: the four invocations of a JAM service (GP 0.7.2 B) on a state.
 *
 *     struct jam_world *world;            a state, with its GP version and constants
 *     struct jam_job *job;                one invocation on it
 *
 *     jam_world_load(text, text_len, NULL, &world, &err);
 *     jam_job_new(world, JAM_ACCUMULATE, &options, &job, &err);
 *     jam_job_add_transfer(job, &transfer, &err);
 *     jam_job_run(job, &err);
 *     ... jam_job_outcome(job), jam_job_output(job, &len), jam_job_changes(job, &text, &err)
 *     jam_job_commit(job, &err);          the world's state is now the one after
 *     jam_job_free(job);
 *     jam_world_write(world, "own", &text, &text_len, &err);
 *     jam_world_free(world);
 *
 * Rules are those of pvm.h. A world and its jobs are for one thread at a time; distinct worlds are
 * independent. All memory comes from the world's allocator. Nothing is read from files: a text that
 * names one is refused.
 */
#ifndef HOST_JAM_H
#define HOST_JAM_H

#include "core/pvm.h"

#ifdef __cplusplus
extern "C" {
#endif

enum jam_invocation {
    JAM_IS_AUTHORIZED = 0,
    JAM_REFINE = 1,
    JAM_ACCUMULATE = 2,
    JAM_ON_TRANSFER = 3 /* GP 0.6.2 to 0.7.0 */
};

/* How an invocation ended, numbered as in a work result (GP 0.7.2 C.2, O). */
enum jam_outcome {
    JAM_ENDED_HALT = 0,
    JAM_ENDED_OOG = 1,
    JAM_ENDED_PANIC = 2, /* page faults too */
    JAM_ENDED_BAD_EXPORTS = 3,
    JAM_ENDED_OVERSIZE = 4,
    JAM_ENDED_BAD = 5, /* no code */
    JAM_ENDED_BIG = 6  /* code too large */
};

/* "halt", "out-of-gas", ...; static. */
PVM_API const char *jam_outcome_name(enum jam_outcome outcome);

/* ---- worlds ---- */

struct jam_world;

struct jam_world_options {
    size_t size;                   /* sizeof(struct jam_world_options) */
    const char *gp;                /* GP version; NULL: what the text says, else 0.7.2 */
    const char *params;            /* of an empty world: "full" or "tiny" constants; NULL: full */
    const struct pvm_alloc *alloc; /* copied, user must outlive the world; NULL: libc's */
    uint32_t before;               /* 1: of a trace or vector the state before, not after */
};

/* A world in which nothing is. options may be NULL. */
PVM_MUST_USE PVM_API enum pvm_status jam_world_new(const struct jam_world_options *options,
                                                   struct jam_world **out, struct pvm_err *err);
/* The state in a text or in octets, in any of the forms that pvm state reads: our own JSON, public
 * vectors, chain specifications (JIP-4), key-values, binary traces. */
PVM_MUST_USE PVM_API enum pvm_status jam_world_load(const void *text, size_t text_len,
                                                    const struct jam_world_options *options,
                                                    struct jam_world **out, struct pvm_err *err);
/* NULL is fine. Its jobs must be freed before. */
PVM_API void jam_world_free(struct jam_world *world);

/* "0.7.2" and so on; static. */
PVM_API const char *jam_world_gp(const struct jam_world *world);
/* The GP's state root (GP 0.7.2 D.2). */
PVM_MUST_USE PVM_API enum pvm_status jam_world_root(const struct jam_world *world, uint8_t root[32],
                                                    struct pvm_err *err);
/* The state in a form: "own", "stf", "jip4", "keyvals" or "binary". *text is the world's, until the
 * next call of this function or jam_world_free. */
PVM_MUST_USE PVM_API enum pvm_status jam_world_write(struct jam_world *world, const char *form,
                                                     const uint8_t **text, size_t *text_len,
                                                     struct pvm_err *err);
/* False when there is no such service, or no such entry. *value is the world's, until a job is
 * committed. */
PVM_API bool jam_world_balance(const struct jam_world *world, uint32_t service, uint64_t *balance);
PVM_API bool jam_world_storage(const struct jam_world *world, uint32_t service, const void *key,
                               size_t key_len, const uint8_t **value, size_t *value_len);

/* ---- jobs ---- */

struct jam_job;
struct jam_extension_use; /* jam_extension.h */

/* A line that the guest logged (JIP-1): level 0 fatal to 4 pedantic; target may be empty. */
typedef void (*jam_log_fn)(void *user, uint64_t level, const char *target, size_t target_len,
                           const char *message, size_t message_len);

/* A host call that was served; registers are PVM_REG_COUNT. */
struct jam_host_call {
    const char *name; /* NULL: this GP version has none of this number */
    uint64_t number;
    const uint64_t *before, *after;
    uint64_t gas_before, gas_after;
    enum pvm_exit exit; /* CONTINUE, PANIC or OOG */
};
typedef void (*jam_host_call_fn)(void *user, const struct jam_host_call *call);

struct jam_job_options {
    size_t size; /* sizeof(struct jam_job_options) */
    const char
        *fixture; /* JSON as docs/fixtures.md has it: work package, further services; NULL: a */
    size_t fixture_len; /* package of one item */
    const void *blob;   /* this program runs instead of the one there is; NULL: none */
    size_t blob_len;
    uint32_t service;       /* whose Accumulate or On-Transfer; also of an item that says none */
    uint32_t slot;          /* of the block; 0: the one after the state's */
    const uint8_t *entropy; /* 32 octets; NULL: the state's */
    uint64_t gas;           /* 0: what package or inputs give, else the GP's limit */
    uint64_t memory_limit;  /* octets that all machines of the run may take; 0: 4 GiB */
    jam_log_fn log;         /* called as it happens; NULL: nobody listens */
    jam_host_call_fn host_call;
    void *user; /* for both */
    /* Host calls of others (jam_extension.h): their tables must stay until the job is freed. */
    const struct jam_extension_use *extensions;
    size_t extension_count;
};

/* An invocation on the world's state as it is now; options, which may be NULL, are copied with all
 * they point to but user. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_new(struct jam_world *world,
                                                 enum jam_invocation invocation,
                                                 const struct jam_job_options *options,
                                                 struct jam_job **out, struct pvm_err *err);
/* NULL is fine. Not from within a callback of the job's own. */
PVM_API void jam_job_free(struct jam_job *job);

/* A transfer that has arrived: input of On-Transfer, and of Accumulate from 0.7.1 on. */
struct jam_transfer_input {
    size_t size; /* sizeof(struct jam_transfer_input) */
    uint32_t source;
    uint64_t amount;
    uint64_t gas;
    const void *memo; /* at most 128 octets, filled up with zeros */
    size_t memo_len;
};

/* A work result that is accumulated (GP 0.7.2 12.2, bold U). Hashes are 32 octets, NULL: zero. */
struct jam_operand_input {
    size_t size; /* sizeof(struct jam_operand_input) */
    const uint8_t *package_hash, *exports_root, *authorizer_hash, *payload_hash;
    uint64_t gas;
    enum jam_outcome result;
    const void *output; /* of a result that is HALT */
    size_t output_len;
    const void *trace; /* the authorizer's output */
    size_t trace_len;
};

/* Inputs of Accumulate and On-Transfer, copied, in the order given but transfers first. PVM_E_USAGE
 * for other invocations, after the run, and where the version has no such input. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_add_transfer(struct jam_job *job,
                                                          const struct jam_transfer_input *transfer,
                                                          struct pvm_err *err);
PVM_MUST_USE PVM_API enum pvm_status jam_job_add_operand(struct jam_job *job,
                                                         const struct jam_operand_input *operand,
                                                         struct pvm_err *err);

/* Runs to the end; once. What the guest does is the outcome. After a failure (PVM_E_MEMORY and the
 * like) it may be tried again. The job's callbacks find no results yet, and can give it nothing. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_run(struct jam_job *job, struct pvm_err *err);

/* ---- what came of it: after jam_job_run ---- */

/* HALT of Refine becomes BAD_EXPORTS and OVERSIZE as for a work report of this item alone. */
PVM_API enum jam_outcome jam_job_outcome(const struct jam_job *job);
/* Why there was nothing to run, or NULL; lives with the job, as does what follows but for
 * texts that say otherwise. */
PVM_API const char *jam_job_why(const struct jam_job *job);
PVM_API uint64_t jam_job_gas_used(const struct jam_job *job);
PVM_API const uint8_t *jam_job_output(const struct jam_job *job, size_t *len);
/* Segments of 4104 octets, one behind the other; 0 unless Refine halted. */
PVM_API const uint8_t *jam_job_exports(const struct jam_job *job, size_t *count);
PVM_API void jam_job_export_root(const struct jam_job *job, uint8_t root[32]);

/* Of Accumulate and On-Transfer: whether this is the exceptional side (panic, out of gas);
 * transfers sent, in order; the yield, false when there is none. */
PVM_API bool jam_job_exceptional(const struct jam_job *job);
struct jam_sent {
    uint32_t source, destination;
    uint64_t amount, gas;
    uint8_t memo[128];
};
PVM_API size_t jam_job_sent_count(const struct jam_job *job);
PVM_API bool jam_job_sent(const struct jam_job *job, size_t index, struct jam_sent *out);
PVM_API bool jam_job_yield(const struct jam_job *job, uint8_t hash[32]);
/* What differs between the state before and the one after, in words, a line each; "" when nothing
 * does. *text is the job's, until the next call of this function or jam_job_free. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_changes(struct jam_job *job, const char **text,
                                                     struct pvm_err *err);
/* What the extensions of the job report, as JSON: {"NAME": {"KEY": VALUE, ...}, ...}. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_report(struct jam_job *job, const char **text,
                                                    struct pvm_err *err);
/* Makes the state after (that of a block in which nothing else happens) the world's. PVM_E_USAGE
 * for invocations that change none, the second time, and when another job was committed since this
 * one was made. On failure the world is as it was. */
PVM_MUST_USE PVM_API enum pvm_status jam_job_commit(struct jam_job *job, struct pvm_err *err);

#ifdef __cplusplus
}
#endif

#endif
