/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accumulation of one service (GP 0.7.2 B.4 Psi_A, 12.2 Delta_1) and On-Transfer (GP 0.7.0 B.5
 * Psi_T): what goes in, and the effects that come out. Accumulating a block is made of these.
 *
 *     struct jam_run *run;
 *     jam_accumulate_new(&in, &options, &run, err);
 *     jam_run_go(run, err);
 *     struct jam_effects effects;
 *     jam_accumulate_effects(run, &effects, err);
 *     ... jam_run_result(run) has outcome, gas, calls and log lines
 *     jam_run_free(run);          effects go with it
 *
 * Runs of one round all start from the same state, which none of them changes.
 */
#ifndef HOST_ACCUMULATE_H
#define HOST_ACCUMULATE_H

#include "host/invoke.h"
#include "host/invoke_refine.h"
#include "host/state.h"

/* A deferred transfer, GP 0.7.2 12.2 (bold X). */
struct jam_transfer {
    uint32_t source, destination;
    uint64_t amount;
    uint8_t memo[JAM_MEMO_SIZE];
    uint64_t gas;
};

/* An operand, GP 0.7.2 12.2 (bold U). Spans are borrowed. */
struct jam_operand {
    struct jam_hash package_hash;
    struct jam_hash exports_root;
    struct jam_hash authorizer_hash;
    struct jam_hash payload_hash;
    uint64_t gas_limit;
    enum jam_outcome result;
    struct pvm_bytes output; /* of a result that is HALT */
    struct pvm_bytes trace;  /* the authorizer's output */
};

/* One of the two is not NULL. Transfers are inputs from 0.7.1 on, and of On-Transfer before. */
struct jam_input {
    const struct jam_operand *operand;
    const struct jam_transfer *transfer;
};

struct jam_accumulate_in {
    const struct jam_state *state; /* before the round; accounts, privileges, queues, staging */
    uint32_t service;
    uint64_t gas;
    const struct jam_input *inputs; /* transfers first, as GP 12.2 puts them */
    size_t input_count;
    uint32_t slot;           /* the block's, H_T */
    struct jam_hash entropy; /* eta0' */
};

/* Psi_A up to the start. All that in points at must outlive the run. Options as for Refine; an
 * option gas replaces in->gas. Code that is missing or too large makes a run that ends at once with
 * no gas used (outcome BAD or BIG); amounts of transfers are credited all the same (0.7.1 on). */
PVM_MUST_USE enum pvm_status jam_accumulate_new(const struct jam_accumulate_in *in,
                                                const struct jam_invoke_options *options,
                                                struct jam_run **out, struct pvm_err *err);

/* Psi_T, 0.6.2 to 0.7.0; PVM_E_USAGE for later versions. inputs are the transfers selected for the
 * service, in order; in->gas is not used: the gas is the sum of theirs. The amounts are credited
 * before. Nothing runs without transfers or code. */
PVM_MUST_USE enum pvm_status jam_on_transfer_new(const struct jam_accumulate_in *in,
                                                 const struct jam_invoke_options *options,
                                                 struct jam_run **out, struct pvm_err *err);

/* An account that is not as it was. */
struct jam_account_change {
    uint32_t id;
    struct jam_service *service; /* as it is now, borrowed; NULL: removed (ejected) */
    /* Whether the state given to the run has this id. A service made by `new` under an id that the
     * same run ejected exists there: GP 12.2 keeps the old account then. */
    bool existed;
};

/* Privileged parts that a run wrote, whether or not it holds the privilege. */
enum {
    JAM_WROTE_PRIVILEGES = 1, /* bless; privileges and all of their parts */
    JAM_WROTE_STAGING = 2,    /* designate */
    JAM_WROTE_QUEUES = 4,     /* assign: the queues of some cores */
    JAM_WROTE_ASSIGNERS = 8   /* assign, 0.6.7 on: the assigners of the same cores */
};

/* A blob given by provide, GP 0.7.2 12.2. */
struct jam_provision {
    uint32_t service;
    struct jam_hash hash;
    struct pvm_bytes blob;
};

/* What a run came to, collapsed to its regular (x) or exceptional (y) side. Everything is borrowed
 * from the run; accounts may be kept with jam_service_ref. */
struct jam_effects {
    bool exceptional;                          /* panic, out of gas: this is y */
    bool checkpointed;                         /* y is not what the run began with */
    const struct jam_account_change *accounts; /* ascending by id; the run's own service included */
    size_t account_count;
    const struct jam_transfer *transfers; /* in the order of the calls */
    size_t transfer_count;
    bool has_yield;
    struct jam_hash yield;
    struct jam_provision *provisions; /* ascending by service, then hash */
    size_t provision_count;
    /* The privileges, queues and staging set as this run sees them; they take effect only where the
     * round's merge takes them from this run. */
    unsigned wrote;
    const struct jam_privileges *privileges;
    const struct jam_map *auth_queues; /* only cores that assign wrote, as in struct jam_state */
    const struct jam_blob *staging;    /* NULL unless JAM_WROTE_STAGING */
    uint64_t gas_used;
};

/* After jam_run_go. For On-Transfer only accounts (at most one: its own) and gas_used are set. */
PVM_MUST_USE enum pvm_status jam_accumulate_effects(struct jam_run *run, struct jam_effects *out,
                                                    struct pvm_err *err);

/* The same for the side that the collapse did not take: what was lost with a panic, or would have
 * been kept. Replaces what effects asked for before point to. */
PVM_MUST_USE enum pvm_status jam_accumulate_other(struct jam_run *run, struct jam_effects *out,
                                                  struct pvm_err *err);

/* Changes the state that a run started from as a block would in which nothing else happens: accounts
 * and provisions, privileged parts as far as the service holds the privilege, its yield as the only
 * output, slot and entropy. Transfers are not delivered. in and effects are those of the run;
 * profile and params NULL: as for runs. On failure state is as it was. */
PVM_MUST_USE enum pvm_status jam_accumulate_apply(struct jam_state *state,
                                                  const struct jam_accumulate_in *in,
                                                  const struct jam_effects *effects,
                                                  const struct jam_profile *profile,
                                                  const struct jam_params *params,
                                                  struct pvm_err *err);

/* ---- by version ---- */

/* The id after `id` in the sequence of GP 0.7.2 B.4, check, without regard to who exists. */
uint32_t jam_next_id(const struct jam_profile *profile, uint32_t id);
/* check(id): id itself or the first one behind it that `taken` denies. */
uint32_t jam_check_id(const struct jam_profile *profile, uint32_t id,
                      bool (*taken)(const void *user, uint32_t id), const void *user);
/* The id that the first `new` of a run tries: before check. */
uint32_t jam_first_id(const struct jam_profile *profile, uint32_t service,
                      const struct jam_hash *entropy, uint32_t slot);

/* E(input) and E(transfer) as fetch gives them and Psi_T's arguments hold them; appends. */
void jam_encode_input(const struct jam_profile *profile, const struct jam_input *input,
                      struct pvm_buf *out);
void jam_encode_transfer(const struct jam_transfer *transfer, struct pvm_buf *out);

#endif
