/* SPDX-License-Identifier: Apache-2.0 */
/* What a run is made of. Private to invoke.c and run_saved.c. */
#ifndef HOST_INVOKE_RUN_H
#define HOST_INVOKE_RUN_H

#include "host/invoke.h"

/* What there was before the machine went on, or before the host call under way was served. */
struct jam_run_before {
    uint64_t gas, work;
};

struct jam_run {
    struct jam_context ctx;
    struct jam_params params;
    struct pvm_standard standard;
    struct pvm_buf args, output;
    struct pvm_vm vm;
    bool has_vm;
    enum { NEW, RUNNING, AT_CALL, OVER } stage;
    struct jam_run_before before;
    struct jam_result result;
    char why[sizeof((struct pvm_err *)0)->msg];
    void (*release)(const struct pvm_alloc *alloc, void *owned);
    void *owned;
};

#endif
