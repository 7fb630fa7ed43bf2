/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_run.h"

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    const struct jam_seg_tap *tap = user;
    jam_seg_record_step(tap->recorder, machine, vm);
    if (tap->own.step != NULL)
        tap->own.step(tap->own.user, machine, vm);
}

static void on_log(void *user, const struct jam_log_line *line)
{
    const struct jam_seg_tap *tap = user;
    if (tap->own.log != NULL)
        tap->own.log(tap->own.user, line);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    const struct jam_seg_tap *tap = user;
    jam_seg_record_call(tap->recorder, event);
    if (tap->own.call != NULL)
        tap->own.call(tap->own.user, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    const struct jam_seg_tap *tap = user;
    jam_seg_record_memory(tap->recorder, event);
    if (tap->own.memory != NULL)
        tap->own.memory(tap->own.user, event);
}

struct jam_hooks jam_seg_tap_hooks(struct jam_seg_tap *tap)
{
    return tap->recorder == NULL ? tap->own
                                 : (struct jam_hooks){on_step, on_log, on_call, on_memory, tap};
}

enum pvm_status jam_seg_run_go(struct jam_seg_recorder *recorder, struct jam_run *run,
                               const char *name, struct pvm_err *err)
{
    if (recorder == NULL || jam_run_vm(run) == NULL)
        return jam_run_go(run, err);
    PVM_TRY(jam_seg_record_begin(recorder, name, jam_run_vm(run), jam_run_context(run), err));
    enum pvm_status status = jam_run_go(run, err);
    if (status == PVM_E_LIMIT)
        (void)!jam_seg_record_end(recorder, PVM_EXIT_CONTINUE, NULL);
    if (status != PVM_OK)
        return status;
    return jam_seg_record_end(recorder, jam_run_result(run)->exit, err);
}
