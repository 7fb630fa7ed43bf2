/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that are recorded as segments from their begin to their end, by whoever makes several. */
#ifndef HOST_SEG_RUN_H
#define HOST_SEG_RUN_H

#include "host/invoke.h"
#include "host/seg_record.h"

/* The hooks of a run with the recorder between. */
struct jam_seg_tap {
    struct jam_seg_recorder *recorder; /* borrowed; NULL: nothing is recorded */
    struct jam_hooks own;              /* functions may be NULL */
};

/* What the run must be made with; tap is borrowed until it has ended. */
struct jam_hooks jam_seg_tap_hooks(struct jam_seg_tap *tap);

/* jam_run_go, recorded under a name unless recorder is NULL or the run has no machine; the hooks of
 * the run must tell the recorder. A run that a limit ends is recorded as far as it came. */
PVM_MUST_USE enum pvm_status jam_seg_run_go(struct jam_seg_recorder *recorder, struct jam_run *run,
                                            const char *name, struct pvm_err *err);

#endif
