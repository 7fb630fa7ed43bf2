/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a work package to its work report (GP 0.7.2 14.4, Xi): authorize, refine every item, put
 * together what came of it. The erasure root is not computed: it stays zero.
 */
#ifndef HOST_WORK_PACKAGE_H
#define HOST_WORK_PACKAGE_H

#include "host/report.h"
#include "host/seg_record.h"

struct jam_fixture; /* host/fixture.h */

/* One finished invocation: item is that of a refinement, -1 for Is-Authorized. Everything is
 * borrowed until the observer returns. */
struct jam_package_step {
    int64_t item;
    uint32_t service;         /* whose code ran */
    enum jam_outcome outcome; /* as the report has it */
    const struct jam_run *run;
};

struct jam_package_in {
    const struct jam_work_package *package;
    uint64_t core;
    const struct jam_item_data *data; /* one per item */
    const struct jam_state *state;
    const struct jam_root_lookup *lookup; /* goes into the report as it is */
    size_t lookup_count;
    uint8_t *const *depths; /* of imports' trees, see struct jam_fixture; NULL: all unknown */
};

struct jam_package_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct jam_params *params;   /* NULL: the full set */
    const struct pvm_alloc *alloc;
    struct jam_limits limits; /* of each run */
    struct jam_hooks hooks;   /* of each run */
    /* Before and after each invocation; may be NULL. */
    void (*starts)(void *user, int64_t item, uint32_t service);
    void (*ran)(void *user, const struct jam_package_step *step);
    void *user;
    /* Records each run as segments, called "is_authorized" and "refine N" behind the prefix; borrowed.
     * NULL: nothing does. */
    struct jam_seg_recorder *tape;
    const char *tape_prefix; /* NULL: none */
};

/* Rules a package or its report can break (GP 0.7.2 14.3, 14.4, 11.4). Where the public vectors of
 * reports have a name for one, it is that. NAME, name, text */
#define JAM_PACKAGE_RULES(X)                                                                       \
    X(FINE, "ok", "fine")                                                                          \
    X(ITEMS, "bad_item_count", "a package has 1 to I items")                                       \
    X(EXPORTS, "too_many_exports", "all items together promise more than W_X exports")             \
    X(IMPORTS, "too_many_imports", "all items together have more than W_M imports")                \
    X(EXTRINSICS, "too_many_extrinsics", "all items together have more than T extrinsics")         \
    X(SIZE, "bundle_too_big", "payloads, imports, extrinsics and authorization exceed W_B")        \
    X(REFINE_GAS, "refine_gas_too_high", "the items' refinement gas is not below G_R")             \
    X(ACCUMULATE_GAS, "work_report_gas_too_high", "the items' accumulation gas is not below G_A")  \
    X(DEPENDENCIES, "too_many_dependencies", "more than J prerequisites and segment roots")        \
    X(LOOKUP, "segment_root_lookup_invalid",                                                       \
      "the segment root of a package that is imported from is not known")                          \
    X(SERVICE, "bad_service_id", "there is no service of this id")                                 \
    X(CODE_HASH, "bad_code_hash", "the item's code hash is not the service's")                     \
    X(ITEM_GAS, "service_item_gas_too_low",                                                        \
      "an item has less accumulation gas than its service asks for")                               \
    X(DUPLICATE, "duplicate_package", "the package is known already")                              \
    X(DEPENDENCY, "dependency_missing", "a package it depends on is not known")                    \
    X(ENGAGED, "core_engaged", "the core has a report already")                                    \
    X(POOL, "core_unauthorized", "the authorizer is not in the core's pool")                       \
    X(UNAUTHORIZED, "not_authorized", "Is-Authorized did not halt")                                \
    X(REPORT_SIZE, "work_report_too_big", "the outputs exceed W_R")

enum jam_package_rule {
#define X(NAME, name, text) JAM_PACKAGE_##NAME,
    JAM_PACKAGE_RULES(X)
#undef X
};

const char *jam_package_rule_name(enum jam_package_rule rule);
const char *jam_package_rule_text(enum jam_package_rule rule);

/* The first rule of GP 0.7.2 14.3 that the package by itself breaks. */
enum jam_package_rule jam_package_check(const struct jam_work_package *package,
                                        const struct jam_params *params);
/* H(code hash ++ configuration), and whether it is in the core's pool. */
struct jam_hash jam_package_authorizer(const struct jam_work_package *package);
bool jam_pool_has(const struct jam_state *state, uint64_t core, const struct jam_hash *authorizer);

/* What became of a package. */
struct jam_package_out {
    /* FINE: there is a report. UNAUTHORIZED, LOOKUP, REPORT_SIZE: there is none; EXPORTS: none
     * either, as more are promised than an index can tell apart. */
    enum jam_package_rule rule;
    bool started; /* Is-Authorized ran, and the two below are known */
    enum jam_outcome auth_outcome;
    uint64_t auth_gas_used;
    struct jam_report report; /* lists and spans owned by this struct; context is the package's */
    bool length_known;      /* of the bundle: else justifications of unknown length are left out */
    struct pvm_buf exports; /* segments of all items */
    struct jam_work_digest *digests;
    struct pvm_buf outputs; /* what spans of the report point into */
    const struct pvm_alloc *alloc;
};

/* Whatever a guest does, the status is PVM_OK; see rule. out is deinitialised by the caller in
 * every case, and must not outlive in. */
PVM_MUST_USE enum pvm_status jam_package_compute(const struct jam_package_in *in,
                                                 const struct jam_package_options *options,
                                                 struct jam_package_out *out, struct pvm_err *err);
void jam_package_out_deinit(struct jam_package_out *out); /* idempotent */

/* What a fixture's package is computed from; borrows from the fixture. */
struct jam_package_in jam_fixture_package_in(const struct jam_fixture *fixture);

/* Differences between reports, all but the erasure root and shards, a line each:
 * "results[0].refine_load.gas_used: expected 5, got 7". Returns how many. */
size_t jam_report_diff(const struct jam_report *expected, const struct jam_report *got,
                       struct pvm_buf *out);

#endif
