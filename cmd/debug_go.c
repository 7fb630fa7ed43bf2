/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that let the run go on, and back. */
#include "cmd/debug_commands.h"

#include <inttypes.h>

static enum pvm_status check_none(const struct cmd_debug_words *words, struct pvm_err *err)
{
    return words->count > 1
               ? pvm_fail(err, PVM_E_USAGE, "%.40s: nothing may follow", words->list[0])
               : PVM_OK;
}

static enum pvm_status read_count(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  uint64_t *out, struct pvm_err *err)
{
    *out = 1;
    if (words->count < 2)
        return PVM_OK;
    PVM_TRY(cmd_debug_value(d, words->rest[1], out, err));
    if (*out == 0 || *out > INT64_MAX)
        return pvm_fail(err, PVM_E_USAGE, "%.40s: expected how often, from 1 on", words->list[0]);
    return PVM_OK;
}

static enum pvm_status check_runs(const struct cmd_debug *d, struct pvm_err *err)
{
    return d->over ? pvm_fail(err, PVM_E_USAGE, "the run has ended: only back from here") : PVM_OK;
}

static enum pvm_status check_back(const struct cmd_debug *d, struct pvm_err *err)
{
    return d->step == 0
               ? pvm_fail(err, PVM_E_USAGE, "the run is at its start: nothing is before it")
               : PVM_OK;
}

void cmd_debug_go_on(struct cmd_debug *d)
{
    d->mode = CMD_DEBUG_RUN;
    d->go = true;
}

static enum pvm_status go_on(struct cmd_debug *d)
{
    cmd_debug_go_on(d);
    return PVM_OK;
}

static void until_depth(struct cmd_debug *d, uint64_t depth)
{
    d->until.kind = CMD_DEBUG_UNTIL_DEPTH;
    d->until.machine = d->machine;
    d->until.depth = depth;
}

/* Looks for the last stop before this step, from the start. */
static enum pvm_status scan(struct cmd_debug *d)
{
    d->mode = CMD_DEBUG_SCAN;
    d->target = d->step;
    d->last_known = false;
    d->go = d->again = true;
    return PVM_OK;
}

/* ---- on ---- */

enum pvm_status cmd_debug_do_step(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    uint64_t count;
    PVM_TRY(read_count(d, words, &count, err));
    PVM_TRY(check_runs(d, err));
    d->until.kind = CMD_DEBUG_UNTIL_STEP;
    d->until.step = count > UINT64_MAX - d->step ? UINT64_MAX : d->step + count;
    return go_on(d);
}

enum pvm_status cmd_debug_do_next(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    uint64_t count;
    PVM_TRY(read_count(d, words, &count, err));
    PVM_TRY(check_runs(d, err));
    until_depth(d, cmd_debug_depth(cmd_debug_stack_at(d)));
    d->until.left = count;
    return go_on(d);
}

enum pvm_status cmd_debug_do_finish(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    size_t depth = cmd_debug_depth(cmd_debug_stack_at(d));
    PVM_TRY(check_none(words, err));
    PVM_TRY(check_runs(d, err));
    if (depth <= 1 && d->machine < 0)
        return pvm_fail(err, PVM_E_USAGE, "finish: no call led here, continue runs to the end");
    until_depth(d, depth > 0 ? depth - 1 : 0);
    return go_on(d);
}

enum pvm_status cmd_debug_do_continue(struct cmd_debug *d, const struct cmd_debug_words *words,
                                      struct pvm_err *err)
{
    PVM_TRY(read_count(d, words, &d->until.left, err));
    PVM_TRY(check_runs(d, err));
    return go_on(d);
}

enum pvm_status cmd_debug_do_run(struct cmd_debug *d, const struct cmd_debug_words *words,
                                 struct pvm_err *err)
{
    PVM_TRY(check_none(words, err));
    d->target = 0;
    d->again = d->over || d->step != 0;
    return go_on(d);
}

/* ---- back ---- */

enum pvm_status cmd_debug_do_reverse_step(struct cmd_debug *d, const struct cmd_debug_words *words,
                                          struct pvm_err *err)
{
    uint64_t count;
    PVM_TRY(read_count(d, words, &count, err));
    PVM_TRY(check_back(d, err));
    cmd_debug_seek(d, count < d->step ? d->step - count : 0);
    return PVM_OK;
}

enum pvm_status cmd_debug_next_back(struct cmd_debug *d, uint64_t count)
{
    until_depth(d, d->over ? UINT64_MAX : cmd_debug_depth(cmd_debug_stack_at(d)));
    d->back_left = count - 1;
    return scan(d);
}

enum pvm_status cmd_debug_do_reverse_next(struct cmd_debug *d, const struct cmd_debug_words *words,
                                          struct pvm_err *err)
{
    uint64_t count;
    PVM_TRY(read_count(d, words, &count, err));
    PVM_TRY(check_back(d, err));
    return cmd_debug_next_back(d, count);
}

enum pvm_status cmd_debug_do_reverse_finish(struct cmd_debug *d,
                                            const struct cmd_debug_words *words,
                                            struct pvm_err *err)
{
    const struct cmd_debug_stack *stack = cmd_debug_stack_at(d);
    size_t depth = cmd_debug_depth(stack);
    PVM_TRY(check_none(words, err));
    if (depth <= 1 && d->machine >= 0 && !d->over) {
        until_depth(d, 0);
        return scan(d);
    }
    if (depth <= 1)
        return pvm_fail(err, PVM_E_USAGE, "reverse-finish: no call led here");
    if (stack->beyond != 0)
        return pvm_fail(err, PVM_E_USAGE, "reverse-finish: more than %d calls led here",
                        CMD_DEBUG_FRAMES);
    cmd_debug_seek(d, cmd_debug_frame_at(stack, depth - 1)->step);
    return PVM_OK;
}

enum pvm_status cmd_debug_do_reverse_continue(struct cmd_debug *d,
                                              const struct cmd_debug_words *words,
                                              struct pvm_err *err)
{
    PVM_TRY(check_none(words, err));
    PVM_TRY(check_back(d, err));
    return scan(d);
}

/* ---- anywhere ---- */

enum pvm_status cmd_debug_do_goto(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    uint64_t step;
    if (words->count < 2)
        return pvm_fail(err, PVM_E_USAGE, "goto: expected a step");
    PVM_TRY(cmd_debug_value(d, words->rest[1], &step, err));
    if (d->over && step >= d->step)
        return pvm_fail(err, PVM_E_USAGE, "goto: the run ended after %" PRIu64 " steps", d->step);
    cmd_debug_seek(d, step);
    d->must_arrive = true;
    return PVM_OK;
}

enum pvm_status cmd_debug_do_restart(struct cmd_debug *d, const struct cmd_debug_words *words,
                                     struct pvm_err *err)
{
    PVM_TRY(check_none(words, err));
    cmd_debug_seek(d, 0);
    return PVM_OK;
}
