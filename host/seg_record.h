/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records runs as segments (docs/segments.md) from what their observers see. One recorder for a
 * directory; runs come one after the other:
 *
 *     jam_seg_recorder_new(directory, &recorder, err);
 *     jam_seg_record_begin(recorder, "refine", vm, ctx, err);     before the first instruction
 *     ... jam_seg_record_step, _memory and _call from the hooks of the run ...
 *     jam_seg_record_end(recorder, exit, err);
 *     jam_seg_finish(directory, err);
 *     jam_seg_recorder_free(recorder);
 *
 * What goes wrong in a hook is told by the end. What it holds is a copy of the guest's memory and
 * one segment, which is cut early when it grows large.
 */
#ifndef HOST_SEG_RECORD_H
#define HOST_SEG_RECORD_H

#include "host/context.h"
#include "host/seg_directory.h"

struct jam_seg_recorder;

/* directory is borrowed until it is freed. */
PVM_MUST_USE enum pvm_status jam_seg_recorder_new(struct jam_seg_directory *directory,
                                                  struct jam_seg_recorder **out,
                                                  struct pvm_err *err);
void jam_seg_recorder_free(struct jam_seg_recorder *recorder); /* NULL is fine */

/* Whoever can end a run from within its hooks. None of them need return; NULL: nothing is asked. */
struct jam_seg_watch {
    void (*failed)(void *user, const struct pvm_err *err); /* once recording has failed */
    void (*poll)(void *user); /* now and then between two instructions: may end the recording */
    void *user;
};

void jam_seg_record_watch(struct jam_seg_recorder *recorder, const struct jam_seg_watch *watch);

/* outer and ctx are borrowed until the end. ctx NULL: a machine without host calls, under the
 * directory's profile, which is else the context's. */
PVM_MUST_USE enum pvm_status jam_seg_record_begin(struct jam_seg_recorder *recorder,
                                                  const char *name, const struct pvm_vm *outer,
                                                  const struct jam_context *ctx,
                                                  struct pvm_err *err);

/* As the functions of struct jam_hooks; machine is -1 for the outer one. */
void jam_seg_record_step(struct jam_seg_recorder *recorder, int64_t machine,
                         const struct pvm_vm *vm);
void jam_seg_record_memory(struct jam_seg_recorder *recorder, const struct jam_memory_event *event);
void jam_seg_record_call(struct jam_seg_recorder *recorder, const struct jam_call_event *event);

/* exit: of the outer machine; CONTINUE when the run was given up, say at a limit: it is then recorded
 * up to the last instruction that was seen to end. Fails too when the copy of a machine's memory is not the machine's:
 * something changed it that was not seen. */
PVM_MUST_USE enum pvm_status jam_seg_record_end(struct jam_seg_recorder *recorder,
                                                enum pvm_exit exit, struct pvm_err *err);

#endif
