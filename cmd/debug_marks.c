/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks: steps of the outer machine that a run which is made again can be sent to without looking
 * at the way there. A mark holds how far the outer machine had come and the calls of all machines.
 * They stand as far apart as MARKS of them allow. None stands behind a change made by hand, as
 * changes are made by looking at each step.
 */
#include "cmd/debug.h"

enum { MARKS = 64, FRAMES_MAX = 1 << 15 };

#define FIRST_DISTANCE (UINT64_C(1) << 12)

struct mark {
    uint64_t step;
    uint64_t calls; /* host calls served before */
    uint64_t since; /* instructions of the outer machine since the last of these */
    struct pvm_buf stacks;
};

static struct mark *list_of(const struct cmd_debug *d, size_t *count)
{
    *count = d->marks.len / sizeof(struct mark);
    return (struct mark *)(void *)d->marks.ptr;
}

static void stacks_free(struct pvm_buf *stacks)
{
    struct cmd_debug_stack *list = (void *)stacks->ptr;
    for (size_t i = 0; i < stacks->len / sizeof *list; i++)
        pvm_buf_deinit(&list[i].frames);
    stacks->len = 0;
}

static void drop(struct cmd_debug *d, size_t index)
{
    size_t count;
    struct mark *list = list_of(d, &count);
    stacks_free(&list[index].stacks);
    pvm_buf_deinit(&list[index].stacks);
    memmove(list + index, list + index + 1, (count - index - 1) * sizeof *list);
    d->marks.len -= sizeof *list;
}

void cmd_debug_marks_deinit(struct cmd_debug *d)
{
    cmd_debug_drop_marks(d, 0);
    pvm_buf_deinit(&d->marks);
}

void cmd_debug_drop_marks(struct cmd_debug *d, uint64_t step)
{
    size_t count;
    (void)list_of(d, &count);
    while (count > 0 && list_of(d, &count)[count - 1].step >= step)
        drop(d, --count);
}

/* Appends copies of stacks to out; false without memory, or when they are too large. */
static bool stacks_copy(const struct pvm_buf *stacks, struct pvm_buf *out)
{
    const struct cmd_debug_stack *list = (const void *)stacks->ptr;
    size_t octets = 0;
    for (size_t i = 0; i < stacks->len / sizeof *list; i++) {
        struct cmd_debug_stack copy = list[i];
        copy.frames = (struct pvm_buf){0};
        octets += list[i].frames.len;
        if (octets > FRAMES_MAX * sizeof(struct cmd_debug_frame))
            return false;
        pvm_buf_add_bytes(&copy.frames, pvm_buf_bytes(&list[i].frames));
        bool fine = !copy.frames.failed;
        if (fine)
            pvm_buf_add(out, &copy, sizeof copy);
        if (!fine || out->failed) {
            pvm_buf_deinit(&copy.frames);
            return false;
        }
    }
    return true;
}

/* Every second mark goes when there are many. */
static void thin_out(struct cmd_debug *d)
{
    size_t count;
    (void)list_of(d, &count);
    if (count < MARKS)
        return;
    d->mark_distance *= 2;
    for (size_t i = count - 1; i < count; i -= 2)
        drop(d, i);
}

void cmd_debug_mark(struct cmd_debug *d)
{
    size_t count;
    const struct mark *list = list_of(d, &count);
    uint64_t last = count != 0 ? list[count - 1].step : 0;
    if (d->mark_distance == 0)
        d->mark_distance = FIRST_DISTANCE;
    if (d->step < last + d->mark_distance || cmd_debug_first_edit(d) < d->step)
        return;
    struct mark mark = {.step = d->step, .calls = d->calls, .since = d->since};
    size_t before = d->marks.len;
    if (stacks_copy(&d->stacks, &mark.stacks))
        pvm_buf_add(&d->marks, &mark, sizeof mark);
    if (d->marks.len != before) {
        thin_out(d);
        return;
    }
    stacks_free(&mark.stacks);
    pvm_buf_deinit(&mark.stacks);
}

/* ---- back to a mark ---- */

/* The machine must get there without an end. */
static enum pvm_status run_to(struct cmd_debug *d, const struct mark *mark, struct pvm_err *err)
{
    bool ended = false;
    enum pvm_exit exit;
    if (d->jam == NULL)
        return pvm_vm_step(&d->raw, mark->since, &exit, err);
    struct pvm_vm *vm = jam_run_outer(d->jam);
    const struct pvm_observer observer = vm->observer;
    vm->observer.step = NULL;
    for (uint64_t i = 0; i < mark->calls && !ended; i++)
        PVM_TRY(jam_run_some(d->jam, UINT64_MAX, &ended, err));
    if (!ended)
        PVM_TRY(jam_run_some(d->jam, mark->since, &ended, err));
    vm->observer = observer;
    return ended ? pvm_fail(err, PVM_E_INTERNAL, "debug: the run does not repeat itself") : PVM_OK;
}

enum pvm_status cmd_debug_to_mark(struct cmd_debug *d, struct pvm_err *err)
{
    size_t count;
    const struct mark *list = list_of(d, &count);
    uint64_t apart = d->mode == CMD_DEBUG_SCAN ? 1 : 0;
    d->calls = d->since = d->from = 0;
    while (count > 0 && list[count - 1].step + apart >= d->target)
        count--;
    if (count == 0)
        return PVM_OK;
    const struct mark *mark = &list[count - 1];
    d->skipping = true;
    enum pvm_status status = run_to(d, mark, err);
    d->skipping = false;
    if (status == PVM_OK && !stacks_copy(&mark->stacks, &d->stacks))
        status = pvm_fail(err, PVM_E_MEMORY, "debug: out of memory");
    d->count = d->from = mark->step;
    d->calls = mark->calls;
    d->since = mark->since;
    return status;
}
