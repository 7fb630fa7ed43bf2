/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accumulate table: the results of the Fibonacci loop, one block each, through Accumulate of
 * CoreVM's service, whose rows of host calls are in corevm/guests/accumulate.inc. What is recorded
 * is what happened: storage after each block, and every host call with its result.
 */
#ifndef COREVM_DRIVER_ACC_H
#define COREVM_DRIVER_ACC_H

#include "corevm/driver_fib.h"
#include "host/block.h"

enum {
    COREVM_ACC_ROWS = 11, /* n = 0 to 10 */
    COREVM_ACC_KEYS = 10, /* one-octet storage keys 0 to 9 */
    COREVM_ACC_VALUE = 16 /* longest value under one of them */
};

struct corevm_acc_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct pvm_alloc *alloc;
    bool unprivileged; /* the service is neither manager nor core 0's assigner */
};

/* One host call of a row that the service made. */
struct corevm_acc_call {
    const char *name; /* static */
    uint64_t args[6]; /* r7 to r12 */
    uint64_t result;  /* r7 afterwards */
    bool discarded;   /* returned OK on a privileged part, and had no effect */
};

struct corevm_acc_value {
    bool there;
    uint8_t len;
    uint8_t octets[COREVM_ACC_VALUE];
};

struct corevm_acc_row {
    uint64_t n;
    uint32_t slot;
    struct corevm_acc_value keys[COREVM_ACC_KEYS]; /* storage after the block */
    struct corevm_acc_value jam;                   /* under the key "jam" */
    bool requested;                                /* a request for "jam" */
    struct jam_request request;
    uint32_t items;
    uint64_t bytes;
    struct pvm_buf calls; /* struct corevm_acc_call */
    enum jam_outcome outcome;
    bool checkpointed;
    bool yielded;
    struct jam_hash yield;
    uint64_t gas_used;
};

/* A preimage for "jam" offered in a block of its own, and what the rules said to it. */
struct corevm_acc_offer {
    uint64_t after; /* n of the row before */
    uint32_t slot;
    enum jam_preimage_rule rule;
};

enum { COREVM_ACC_OFFERS = 2 };

struct corevm_acc {
    const struct jam_profile *profile;
    bool unprivileged;
    struct corevm_acc_row rows[COREVM_ACC_ROWS];
    struct corevm_acc_offer offers[COREVM_ACC_OFFERS]; /* before rows 4 and 7 */
};

/* Plays the whole table, tiny constants. out is the caller's to deinit in every case. */
PVM_MUST_USE enum pvm_status corevm_acc_run(const struct corevm_acc_options *options,
                                            struct corevm_acc *out, struct pvm_err *err);
void corevm_acc_deinit(struct corevm_acc *acc); /* idempotent */

/* The calls of a row. */
const struct corevm_acc_call *corevm_acc_calls(const struct corevm_acc_row *row, size_t *count);

#endif
