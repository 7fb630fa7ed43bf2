/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that are recorded as segments: --segments of pvm run and pvm corevm, --run-segments of those
 * whose --segments is a store of exports, and --segment-gas. */
#ifndef CMD_SEGMENTS_RUN_H
#define CMD_SEGMENTS_RUN_H

#include "cmd/options.h"
#include "host/disk_signals.h"
#include "host/invoke.h"
#include "host/seg_run.h"

#define CMD_SEGMENT_GAS      1000000
#define CMD_SEGMENT_GAS_TEXT "1000000"

/* Zero-initialised: nothing is recorded, and all of these do nothing. */
struct cmd_segments {
    struct jam_seg_directory directory;
    struct jam_seg_recorder *recorder; /* NULL: nothing is recorded */
    struct jam_disk_held held; /* signals that wait until what was recorded is finished */
    bool holding;
};

/* path NULL: nothing is recorded. gas 0 is PVM_E_USAGE. */
PVM_MUST_USE enum pvm_status cmd_segments_open(struct cmd_segments *segments, const char *path,
                                               uint64_t gas, struct pvm_err *err);
/* The same for --run-segments and --segment-gas, which are the options path and gas of a command;
 * the second alone is PVM_E_USAGE. */
PVM_MUST_USE enum pvm_status cmd_run_segments_open(struct cmd_segments *segments,
                                                   const struct cmd_args *args, const char *command,
                                                   unsigned path, unsigned gas,
                                                   struct pvm_err *err);
void cmd_segments_deinit(struct cmd_segments *segments);

static inline bool cmd_segments_on(const struct cmd_segments *segments)
{
    return segments->recorder != NULL;
}

/* Before the run of a machine alone under profile, and after it, as jam_seg_record_end; those of
 * services go through jam_seg_run_go. */
PVM_MUST_USE enum pvm_status cmd_segments_begin(struct cmd_segments *segments,
                                                const struct jam_profile *profile,
                                                const char *name, const struct pvm_vm *vm,
                                                struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_segments_end(struct cmd_segments *segments, enum pvm_exit exit,
                                              struct pvm_err *err);
/* For whoever holds signals back too: segments no longer does, and finishes what was recorded when
 * it is told that one came. */
void cmd_segments_let_go(struct cmd_segments *segments);
void cmd_segments_interrupt(struct cmd_segments *segments);
/* As the hooks of host/context.h. */
void cmd_segments_step(struct cmd_segments *segments, int64_t machine, const struct pvm_vm *vm);
void cmd_segments_call(struct cmd_segments *segments, const struct jam_call_event *event);
void cmd_segments_memory(struct cmd_segments *segments, const struct jam_memory_event *event);
/* After the last run, of a command that came so far with status: the manifest, unless something but
 * a limit has failed. Returns status, or why there is no manifest. */
PVM_MUST_USE enum pvm_status cmd_segments_close(struct cmd_segments *segments,
                                                enum pvm_status status, struct pvm_err *err);

#endif
