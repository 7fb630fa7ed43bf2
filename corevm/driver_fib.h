/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Fibonacci loop: packages n = 0, 1, 2, ... of CoreVM's service, each with the pages that the
 * one before exported as its imports. The smallest complete user of corevm/driver.h.
 */
#ifndef COREVM_DRIVER_FIB_H
#define COREVM_DRIVER_FIB_H

#include "corevm/driver.h"

/* NAME, name, child, function in the payload's records, what happens */
#define COREVM_FIB_VARIANTS(X)                                                                     \
    X(PLAIN, "plain", "fibchild", 1, "both operand pages in place; the child halts")               \
    X(DEMAND, "demand", "fibchild", 2, "the second page is mapped when the child faults on it")    \
    X(LOG, "log", "fibchild_log", 1, "the child logs its sum; the parent serves the call")

enum corevm_fib_variant {
#define X(NAME, name, child, function, text) COREVM_FIB_##NAME,
    COREVM_FIB_VARIANTS(X)
#undef X
};

/* What can be made go wrong with one package.
 * NAME, name, child and function if not the variant's, text */
#define COREVM_FIB_FAULTS(X)                                                                       \
    X(NONE, "none", NULL, 0, "nothing")                                                            \
    X(EXPORT_COUNT, "export-count", NULL, 0, "it announces one export too many")                   \
    X(MISSING, "missing-import", NULL, 0, "its last import does not exist")                        \
    X(CORRUPT, "corrupt-import", NULL, 0, "its last import is not what was exported")              \
    X(PANIC, "panic", "fibchild_panic", 1, "the child panics")                                     \
    X(GAS, "out-of-gas", "fibchild_spin", 1, "the child runs out of gas")                          \
    X(READ_ONLY, "read-only", "fibchild", 3, "the page for the child's result is read-only")       \
    X(POKE, "poke-read-only", "fibchild", 4, "the page for an operand is read-only")

enum corevm_fib_fault {
#define X(NAME, name, child, function, text) COREVM_FIB_FAULT_##NAME,
    COREVM_FIB_FAULTS(X)
#undef X
};

enum {
    COREVM_FIB_MAX = 255,   /* largest n: every package brings all pages along */
    COREVM_FIB_SERVICE = 5, /* id of the service in the loop */
    COREVM_FIB_OUTPUT = 16  /* octets that Refine returns: n, fib(n), fib(n-1), fib(n-2) */
};

struct corevm_fib_options {
    const struct jam_profile *profile; /* NULL: jam_profile_default */
    const struct pvm_alloc *alloc;
    uint64_t last; /* n of the last package, at most COREVM_FIB_MAX */
    enum corevm_fib_variant variant;
    bool by_root;                     /* imports name segment roots instead of work packages */
    uint64_t gas;                     /* of each refinement; 0: enough */
    struct jam_limits limits;         /* of each refinement */
    struct jam_segments *store;       /* borrowed; NULL: one in memory */
    struct jam_seg_recorder *tape;    /* records every refinement; borrowed, may be NULL */
    const struct corevm_watch *watch; /* of every refinement; borrowed, may be NULL */
    struct pvm_bytes service;         /* another service than our own; empty: our own */
    struct pvm_bytes child;           /* another child than the variant's; empty: that */
    enum corevm_fib_fault
        fault; /* of package fault_at, which has imports if the fault needs some */
    uint64_t fault_at;
    /* Told after every package; may be NULL. */
    void (*progress)(void *user, uint64_t n, uint64_t last);
    void *user;
};

/* A page in a segment, by its header. */
struct corevm_fib_page {
    uint32_t machine, page, value;
};

/* An operand or the result: a value, and the page it stood in. */
struct corevm_fib_term {
    bool known;
    bool is_default; /* a page that the parent made; else one that came out of `machine` */
    bool on_demand;  /* put there after the child had asked for it */
    uint32_t value;
    uint64_t machine;
};

struct corevm_fib_round {
    uint64_t n;
    size_t import_count, export_count; /* pages in front of exports are imports */
    struct corevm_fib_page *pages;
    struct corevm_fib_term terms[3]; /* fib(n), fib(n-1), fib(n-2) */
    bool good;                       /* ended as it should */
    struct pvm_buf trouble;          /* what went wrong, in words; empty if good */
    struct corevm_round round;       /* without imports and exports, which are in the store */
};

struct corevm_fib {
    struct corevm_round init; /* the package without payload that comes first */
    struct corevm_fib_round *list;
    size_t count; /* ends with the first round that is not good */
    const struct pvm_alloc *alloc;
};

const char *corevm_fib_variant_name(enum corevm_fib_variant variant);
const char *corevm_fib_variant_text(enum corevm_fib_variant variant);
const char *corevm_fib_fault_name(enum corevm_fib_fault fault);

/* Runs the loop. It goes on after a round that ended badly only if that round's exports are all
 * there. */
PVM_MUST_USE enum pvm_status corevm_fib_run(const struct corevm_fib_options *options,
                                            struct corevm_fib *out, struct pvm_err *err);
void corevm_fib_deinit(struct corevm_fib *fib); /* idempotent */

/* Whether every round was good. */
bool corevm_fib_good(const struct corevm_fib *fib);

#endif
