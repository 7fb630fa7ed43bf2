/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/segments_run.h"

enum pvm_status cmd_segments_open(struct cmd_segments *segments, const char *path, uint64_t gas,
                                  struct pvm_err *err)
{
    if (path == NULL)
        return PVM_OK;
    if (gas == 0)
        return pvm_fail(err, PVM_E_USAGE, "--segment-gas 0: no instruction fits into a segment");
    PVM_TRY(jam_seg_create(path, jam_profile_default, gas, NULL, &segments->directory, err));
    return jam_seg_recorder_new(&segments->directory, &segments->recorder, err);
}

void cmd_segments_deinit(struct cmd_segments *segments)
{
    jam_seg_recorder_free(segments->recorder);
    jam_seg_directory_deinit(&segments->directory);
    segments->recorder = NULL;
}

enum pvm_status cmd_segments_begin(struct cmd_segments *segments, const struct jam_profile *profile,
                                   const struct pvm_vm *vm, const struct jam_context *ctx,
                                   struct pvm_err *err)
{
    if (!cmd_segments_on(segments))
        return PVM_OK;
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "--segments: there is no program to run");
    segments->directory.profile = profile;
    return jam_seg_record_begin(segments->recorder, vm, ctx, err);
}

void cmd_segments_step(struct cmd_segments *segments, int64_t machine, const struct pvm_vm *vm)
{
    if (cmd_segments_on(segments))
        jam_seg_record_step(segments->recorder, machine, vm);
}

void cmd_segments_call(struct cmd_segments *segments, const struct jam_call_event *event)
{
    if (cmd_segments_on(segments))
        jam_seg_record_call(segments->recorder, event);
}

void cmd_segments_memory(struct cmd_segments *segments, const struct jam_memory_event *event)
{
    if (cmd_segments_on(segments))
        jam_seg_record_memory(segments->recorder, event);
}

enum pvm_status cmd_segments_end(struct cmd_segments *segments, const char *name,
                                 enum pvm_exit exit, struct pvm_err *err)
{
    return cmd_segments_on(segments) ? jam_seg_record_end(segments->recorder, name, exit, err)
                                     : PVM_OK;
}

enum pvm_status cmd_segments_close(struct cmd_segments *segments, struct pvm_err *err)
{
    return cmd_segments_on(segments) ? jam_seg_finish(&segments->directory, err) : PVM_OK;
}
