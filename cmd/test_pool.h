/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers of `pvm test` in processes of their own. Files are handed out as workers become free and
 * told of in the order they were found, however many workers there are. A worker that ends before
 * its file does is a failure of that file, and another one takes its place. What is kept at a time
 * are the files of a window, as wide as the workers are many.
 */
#ifndef CMD_TEST_POOL_H
#define CMD_TEST_POOL_H

#include "cmd/test_wire.h"

/* A file, from when it is found until it is told of. */
struct cmd_test_job {
    struct pvm_buf path;
    bool named;          /* on the command line */
    bool settled;        /* what is said of it is complete; such a one needs no worker */
    struct pvm_buf said; /* messages (cmd/test_wire.h), the last of them CMD_TEST_END */
};

struct cmd_pool_work {
    unsigned workers;
    uint64_t timeout; /* seconds for a file; 0: as long as it takes */
    /* Fills in the next file, which is empty before; *more is false when there is none. */
    enum pvm_status (*next)(void *user, struct cmd_test_job *job, bool *more, struct pvm_err *err);
    /* Gets each file in order. *stop: tell of no other. */
    enum pvm_status (*tell)(void *user, struct cmd_test_job *job, bool *stop, struct pvm_err *err);
    /* In a process of its own: serves fd until it ends, and does not return. */
    void (*serve)(void *user, int fd);
    void *user;
    const struct pvm_alloc *alloc;
};

/* Runs all of it. No worker is left behind, whatever it returns. */
PVM_MUST_USE enum pvm_status cmd_pool_run(const struct cmd_pool_work *work, struct pvm_err *err);

#endif
