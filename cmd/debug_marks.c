/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marks: steps that a run which is made again can be put into, with the calls of all machines. A
 * mark holds the state of the run, whose pages it shares with the marks around it; how many there
 * are, what they hold and how much of the time they take is bounded. Where a state cannot be kept,
 * a mark of the outer machine holds how far that had come, and the run goes there from the last
 * state without being looked at; none of these stands behind a change made by hand, as changes are
 * made by looking at each step.
 */
#include "cmd/debug.h"

#include "host/inner.h"
#include "host/run_saved.h"

enum { MARKS = 64, FRAMES_MAX = 1 << 15 };

#define FIRST_DISTANCE (UINT64_C(1) << 12)
/* Octets of all states together. */
#define STATES_MAX ((size_t)256 << 20)
/* Steps for each page that a state has, so that looking at pages takes a small part of the time. */
#define STEPS_OF_PAGE UINT64_C(128)

struct mark {
    uint64_t step;
    int64_t before; /* machine of the step before */
    uint64_t calls; /* host calls reached before */
    uint64_t since; /* instructions of the outer machine since the last of these */
    uint64_t pc, gas;
    struct pvm_buf stacks;
    bool has_state;
    struct jam_run_saved *run; /* or, of a bare program: */
    struct pvm_saved vm;
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

static void mark_deinit(struct mark *mark)
{
    stacks_free(&mark->stacks);
    pvm_buf_deinit(&mark->stacks);
    jam_run_saved_free(mark->run);
    pvm_saved_deinit(&mark->vm);
}

static void drop(struct cmd_debug *d, size_t index)
{
    size_t count;
    struct mark *list = list_of(d, &count);
    mark_deinit(&list[index]);
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
    d->next_mark = 0;
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

/* Every second mark goes. */
static void thin_out(struct cmd_debug *d)
{
    size_t count;
    (void)list_of(d, &count);
    d->mark_distance *= 2;
    for (size_t i = count - 1; i < count; i -= 2)
        drop(d, i);
}

/* ---- keeping ---- */

/* Whether the state can be kept here: where gas is paid by the block, only before that is done. */
static bool is_clear(const struct cmd_debug *d)
{
    const struct pvm_program *program = d->vm->program;
    if (d->machine >= 0 && d->machine != d->machine_before)
        return false;
    return program->rules->gas == PVM_GAS_FLAT ||
           (pvm_program_is_opcode(program, d->vm->pc) &&
            pvm_program_block_of(program, (uint32_t)d->vm->pc) == d->vm->pc);
}

static enum pvm_status take_state(struct cmd_debug *d, struct mark *mark)
{
    size_t count;
    const struct mark *last = list_of(d, &count);
    last = count != 0 ? &last[count - 1] : NULL;
    d->states.limit = STATES_MAX;
    if (d->jam != NULL)
        return jam_run_save(d->jam, d->machine, last != NULL ? last->run : NULL, &d->states,
                            &mark->run, NULL);
    enum pvm_status status = pvm_saved_take(
        &mark->vm, &d->raw, last != NULL && last->has_state ? &last->vm : NULL, &d->states, NULL);
    mark->vm.paid = false;
    return status;
}

/* Octets of pages that all machines have of their own. */
static size_t resident(const struct cmd_debug *d)
{
    size_t octets = cmd_debug_vm(d, CMD_DEBUG_OUTER)->memory.resident;
    const struct jam_machine *machine;
    for (size_t i = 0; d->jam != NULL && (machine = jam_run_machine(d->jam, i)) != NULL; i++)
        octets += machine->vm.memory.resident;
    return octets;
}

/* The state, as well as one can be kept: once with fewer marks. */
static void save(struct cmd_debug *d, size_t octets, struct mark *mark)
{
    size_t count;
    bool may = octets < STATES_MAX && (d->jam == NULL || jam_run_may_save(d->jam));
    for (unsigned tries = 0; may && tries < 2 && !mark->has_state; tries++) {
        mark->has_state = take_state(d, mark) == PVM_OK;
        (void)list_of(d, &count);
        if (!mark->has_state && tries == 0 && count > 1)
            thin_out(d);
    }
}

static void add_mark(struct cmd_debug *d)
{
    struct mark mark = {
        .step = d->step, .before = d->machine_before, .calls = d->calls, .since = d->since};
    size_t before;
    size_t count;
    mark.pc = d->vm->pc;
    mark.gas = d->vm->gas;
    size_t octets = resident(d);
    save(d, octets, &mark);
    bool useful = mark.has_state || (d->machine < 0 && cmd_debug_first_edit(d) >= d->step);
    before = d->marks.len;
    if (useful && stacks_copy(&d->stacks, &mark.stacks))
        pvm_buf_add(&d->marks, &mark, sizeof mark);
    uint64_t distance = d->mark_distance;
    if (distance < octets / PVM_PAGE_SIZE * STEPS_OF_PAGE)
        distance = octets / PVM_PAGE_SIZE * STEPS_OF_PAGE;
    d->next_mark = d->step + distance;
    if (d->marks.len == before)
        mark_deinit(&mark);
    (void)list_of(d, &count);
    if (count >= MARKS)
        thin_out(d);
}

void cmd_debug_mark(struct cmd_debug *d)
{
    size_t count;
    if (d->step < d->next_mark)
        return;
    const struct mark *list = list_of(d, &count);
    uint64_t last = count != 0 ? list[count - 1].step : 0;
    if (d->mark_distance == 0)
        d->mark_distance = FIRST_DISTANCE;
    if (d->step < last + d->mark_distance)
        d->next_mark = last + d->mark_distance;
    else if (is_clear(d))
        add_mark(d);
}

/* ---- back to a mark ---- */

static enum pvm_status give_state(struct cmd_debug *d, const struct mark *mark, struct pvm_err *err)
{
    return d->jam != NULL ? jam_run_restore(d->jam, mark->run, err)
                          : pvm_saved_give(&mark->vm, &d->raw, err);
}

/* From a state, or the start, on to where a mark is; the machine must get there without an end. */
static enum pvm_status run_to(struct cmd_debug *d, const struct mark *from, const struct mark *mark,
                              struct pvm_err *err)
{
    bool ended = false;
    enum pvm_exit exit;
    uint64_t calls = mark->calls - from->calls;
    uint64_t since = calls == 0 ? mark->since - from->since : mark->since;
    if (d->jam == NULL)
        return pvm_vm_step(&d->raw, since, &exit, err);
    struct pvm_vm *vm = jam_run_outer(d->jam);
    const struct pvm_observer observer = vm->observer;
    vm->observer.step = NULL;
    for (uint64_t i = 0; i < calls && !ended; i++)
        PVM_TRY(jam_run_some(d->jam, UINT64_MAX, &ended, err));
    if (!ended)
        PVM_TRY(jam_run_some(d->jam, since, &ended, err));
    vm->observer = observer;
    return ended ? pvm_fail(err, PVM_E_INTERNAL, "debug: the run does not repeat itself") : PVM_OK;
}

/* To the mark at that index, from the last state that there is. */
static enum pvm_status to_index(struct cmd_debug *d, size_t index, struct pvm_err *err)
{
    static const struct mark start = {.step = 0};
    size_t count;
    const struct mark *list = list_of(d, &count);
    const struct mark *from = &start;
    for (size_t i = 0; i <= index; i++)
        if (list[i].has_state)
            from = &list[i];
    if (from != &start)
        PVM_TRY(give_state(d, from, err));
    if (from == &list[index])
        return PVM_OK;
    PVM_TRY(run_to(d, from, &list[index], err));
    const struct pvm_vm *vm = cmd_debug_vm(d, CMD_DEBUG_OUTER);
    if (vm->pc != list[index].pc || vm->gas != list[index].gas)
        d->note = "this is not the run that it was: something in it does not repeat itself\n";
    return PVM_OK;
}

enum pvm_status cmd_debug_to_mark(struct cmd_debug *d, struct pvm_err *err)
{
    size_t count;
    const struct mark *list = list_of(d, &count);
    uint64_t apart = d->mode == CMD_DEBUG_SCAN ? 1 : 0;
    d->calls = d->since = d->from = 0;
    d->next_mark = 0;
    while (count > 0 && list[count - 1].step + apart >= d->target)
        count--;
    if (count == 0)
        return PVM_OK;
    const struct mark *mark = &list[count - 1];
    d->skipping = true;
    enum pvm_status status = to_index(d, count - 1, err);
    d->skipping = false;
    if (status == PVM_OK && !stacks_copy(&mark->stacks, &d->stacks))
        status = pvm_fail(err, PVM_E_MEMORY, "debug: out of memory");
    d->count = d->from = mark->step;
    d->machine = mark->before;
    d->calls = mark->calls;
    d->since = mark->since;
    return status;
}
