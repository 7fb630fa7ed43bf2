/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs segments again under the interpreter, from the state that any of them begins with. Host
 * calls get the answers that were recorded. After each segment the state must be the recorded one.
 */
#ifndef HOST_SEG_REPLAY_H
#define HOST_SEG_REPLAY_H

#include "host/seg_directory.h"
#include "host/seg_state.h"

struct jam_seg_replay;

/* Before segment `first` of the directory, which is borrowed. */
PVM_MUST_USE enum pvm_status jam_seg_replay_new(const struct jam_seg_directory *directory,
                                                size_t first, struct jam_seg_replay **out,
                                                struct pvm_err *err);
void jam_seg_replay_free(struct jam_seg_replay *replay); /* NULL is fine */

/* Runs the next segment. PVM_E_MALFORMED when it is not what was recorded; PVM_E_USAGE when there
 * is none: the run is over. */
PVM_MUST_USE enum pvm_status jam_seg_replay_next(struct jam_seg_replay *replay,
                                                 struct pvm_err *err);
/* Whether the last segment of its run was run. */
bool jam_seg_replay_over(const struct jam_seg_replay *replay);

/* Where it is now: borrowed until the next call. Memories are those of the last segment's proof. */
const struct jam_seg_state *jam_seg_replay_state(const struct jam_seg_replay *replay);
/* The machine of a serial there; NULL when there is none. */
const struct pvm_vm *jam_seg_replay_vm(const struct jam_seg_replay *replay, uint64_t serial);
/* Segments and instructions run so far. */
uint64_t jam_seg_replay_segments(const struct jam_seg_replay *replay);
uint64_t jam_seg_replay_steps(const struct jam_seg_replay *replay);

#endif
