/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives a service through work packages, one after the other, with what one exports there for the
 * next to import: build package, resolve imports, refine, judge, store exports.
 *
 *     corevm_driver_init(&driver, &options, err);
 *     corevm_driver_preimage(&driver, child, &hash, err);
 *     for each package:
 *         corevm_driver_run(&driver, &work, &round, err);
 *         ... look at the round ...
 *         corevm_round_deinit(&round);
 *     corevm_driver_deinit(&driver);
 *
 * What the packages mean is the caller's: corevm/driver_fib.c is the smallest complete one.
 */
#ifndef COREVM_DRIVER_H
#define COREVM_DRIVER_H

#include "corevm/recorder.h"
#include "host/seg_record.h"
#include "host/segments.h"
#include "host/state.h"

/* Told of every refinement besides; functions may be NULL. */
struct corevm_watch {
    struct jam_hooks hooks;
    void (*ended)(void *user, const struct jam_run *run); /* its machines still exist */
};

struct corevm_driver_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct jam_params *params;   /* NULL: the full set; copied */
    const struct pvm_alloc *alloc;
    struct pvm_bytes code;      /* the service: a code preimage or a standard program; copied */
    uint32_t service;           /* its id */
    uint64_t refine_gas;        /* of every package's item */
    struct jam_segments *store; /* where exports go and imports come from; borrowed */
    struct jam_limits limits;
    struct jam_seg_recorder *tape;    /* records every refinement; borrowed, NULL: nothing does */
    const struct corevm_watch *watch; /* borrowed, may be NULL */
};

struct corevm_driver {
    const struct jam_profile *profile;
    struct jam_params params;
    const struct pvm_alloc *alloc;
    struct jam_limits limits;
    struct jam_state state; /* one service, with code and preimages */
    struct jam_hash code_hash;
    uint32_t service;
    uint64_t refine_gas;
    struct jam_segments *store;
    struct jam_seg_recorder *tape;
    uint64_t taped; /* refinements recorded */
    const struct corevm_watch *watch;
};

/* One work package with one item. */
struct corevm_work {
    struct pvm_bytes payload;
    const struct pvm_bytes *extrinsics;
    size_t extrinsic_count;
    const struct jam_import *imports;
    size_t import_count;
    uint16_t export_count;
    /* Changes a resolved import before the service sees it; NULL: nothing does. */
    void (*tamper)(void *user, size_t index, uint8_t *segment);
    void *user;
};

struct corevm_round {
    bool valid;             /* false: an import is missing, so there is nothing to refine */
    struct pvm_buf trouble; /* text: why it is not valid, or why the service could not start */
    struct jam_hash package_hash;
    enum jam_outcome ended;   /* how the refinement ended */
    enum jam_outcome outcome; /* what the work report says */
    struct pvm_buf output;
    struct pvm_buf imports; /* JAM_SEGMENT_SIZE octets each, as the service saw them */
    /* As the report has them: zero segments, as many as announced, unless the outcome is HALT. */
    struct pvm_buf exports;
    size_t exports_made; /* how many the service exported */
    struct jam_hash export_root;
    uint64_t gas_limit, gas_used, inner_gas;
    struct jam_call_stat calls[JAM_CALL_COUNT + 1];
    struct corevm_recorder record;
    struct pvm_buf log; /* lines as JIP-1's: "target: message\n" */
};

PVM_MUST_USE enum pvm_status corevm_driver_init(struct corevm_driver *driver,
                                                const struct corevm_driver_options *options,
                                                struct pvm_err *err);
void corevm_driver_deinit(struct corevm_driver *driver); /* idempotent */

/* Makes blob a preimage of the service, available since slot 0. */
PVM_MUST_USE enum pvm_status corevm_driver_preimage(struct corevm_driver *driver,
                                                    struct pvm_bytes blob, struct jam_hash *hash,
                                                    struct pvm_err *err);

/* Refines one package. What the service does, and a missing import, is in the round; a status is
 * ours. The round is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status corevm_driver_run(struct corevm_driver *driver,
                                               const struct corevm_work *work,
                                               struct corevm_round *out, struct pvm_err *err);
void corevm_round_deinit(struct corevm_round *round); /* idempotent */

#endif
