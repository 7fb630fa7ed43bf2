/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/segments_run.h"

#include "cmd/cmd.h"

static void on_failure(void *user, const struct pvm_err *err)
{
    (void)user;
    cmd_die(err);
}

static void release(struct cmd_segments *segments)
{
    if (segments->holding)
        jam_disk_release(&segments->held);
    segments->holding = false;
}

void cmd_segments_let_go(struct cmd_segments *segments)
{
    release(segments);
}

void cmd_segments_interrupt(struct cmd_segments *segments)
{
    if (!cmd_segments_on(segments))
        return;
    if (jam_seg_record_end(segments->recorder, PVM_EXIT_CONTINUE, NULL) == PVM_OK)
        (void)!jam_seg_finish(&segments->directory, NULL);
    release(segments);
}

static void on_poll(void *user)
{
    struct cmd_segments *segments = user;
    if (segments->holding && jam_disk_interrupted(&segments->held))
        cmd_segments_interrupt(segments);
}

enum pvm_status cmd_segments_open(struct cmd_segments *segments, const char *path, uint64_t gas,
                                  struct pvm_err *err)
{
    if (path == NULL)
        return PVM_OK;
    if (gas == 0)
        return pvm_fail(err, PVM_E_USAGE, "--segment-gas 0: no instruction fits into a segment");
    PVM_TRY(jam_seg_create(path, jam_profile_default, gas, NULL, &segments->directory, err));
    PVM_TRY(jam_seg_recorder_new(&segments->directory, &segments->recorder, err));
    const struct jam_seg_watch watch = {on_failure, on_poll, segments};
    jam_seg_record_watch(segments->recorder, &watch);
    jam_disk_hold(&segments->held);
    segments->holding = true;
    return PVM_OK;
}

enum pvm_status cmd_run_segments_open(struct cmd_segments *segments, const struct cmd_args *args,
                                      const char *command, unsigned path, unsigned gas,
                                      struct pvm_err *err)
{
    if (cmd_args_has(args, gas) && !cmd_args_has(args, path))
        return pvm_fail(err, PVM_E_USAGE,
                        "%s: --segment-gas means nothing without --run-segments", command);
    return cmd_segments_open(segments, cmd_args_text(args, path),
                             cmd_args_number(args, gas, CMD_SEGMENT_GAS), err);
}

void cmd_segments_deinit(struct cmd_segments *segments)
{
    release(segments);
    jam_seg_recorder_free(segments->recorder);
    jam_seg_directory_deinit(&segments->directory);
    segments->recorder = NULL;
}

enum pvm_status cmd_segments_begin(struct cmd_segments *segments, const struct jam_profile *profile,
                                   const char *name, const struct pvm_vm *vm, struct pvm_err *err)
{
    if (!cmd_segments_on(segments))
        return PVM_OK;
    segments->directory.profile = profile;
    return jam_seg_record_begin(segments->recorder, name, vm, NULL, err);
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

enum pvm_status cmd_segments_end(struct cmd_segments *segments, enum pvm_exit exit,
                                 struct pvm_err *err)
{
    return cmd_segments_on(segments) ? jam_seg_record_end(segments->recorder, exit, err) : PVM_OK;
}

enum pvm_status cmd_segments_close(struct cmd_segments *segments, enum pvm_status status,
                                   struct pvm_err *err)
{
    if (!cmd_segments_on(segments) || (status != PVM_OK && status != PVM_E_LIMIT))
        return status;
    if (jam_seg_run_count(&segments->directory) == 0)
        return status != PVM_OK
                   ? status
                   : pvm_fail(err, PVM_E_USAGE, "%.200s: nothing was recorded, as nothing ran",
                              pvm_buf_str(&segments->directory.path));
    enum pvm_status written = jam_seg_finish(&segments->directory, status == PVM_OK ? err : NULL);
    return status == PVM_OK ? written : status;
}
