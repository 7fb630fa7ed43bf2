/* SPDX-License-Identifier: Apache-2.0 */
/* The run under the debugger: making it, driving it to its end, and making it again. */
#include "cmd/debug.h"

#include "host/inner.h"

#include <signal.h>

/* ---- machines ---- */

struct pvm_vm *cmd_debug_running(struct cmd_debug *d)
{
    if (d->over)
        return NULL;
    if (d->jam == NULL)
        return &d->raw;
    if (d->machine < 0)
        return jam_run_outer(d->jam);
    struct jam_machine *machine =
        jam_machines_find(&jam_run_context(d->jam)->machines, (uint64_t)d->machine);
    return machine != NULL ? &machine->vm : NULL;
}

const struct pvm_vm *cmd_debug_vm(const struct cmd_debug *d, int64_t machine)
{
    if (machine < 0)
        return d->jam != NULL ? jam_run_vm(d->jam) : &d->raw;
    if (d->jam == NULL)
        return NULL;
    const struct jam_machine *found =
        jam_machines_find(&jam_run_context(d->jam)->machines, (uint64_t)machine);
    return found != NULL ? &found->vm : NULL;
}

/* ---- one run ---- */

/* Everything that belongs to the run under way. */
static void reset(struct cmd_debug *d)
{
    d->count = d->step = 0;
    d->machine = d->machine_before = CMD_DEBUG_OUTER;
    d->vm = NULL;
    d->over = d->abandoned = d->answering = false;
    d->failed = PVM_OK;
    d->why = (struct pvm_err){.status = PVM_OK};
    d->named = NULL;
    d->accesses.len = 0;
    cmd_debug_forget_stacks(d);
}

static enum pvm_status make(struct cmd_debug *d, struct pvm_err *err)
{
    reset(d);
    if (d->source.jam != NULL) {
        PVM_TRY(d->source.jam(d->source.user, &d->jam, err));
        d->vm = jam_run_vm(d->jam);
        if (d->vm == NULL)
            return pvm_fail(err, PVM_E_MALFORMED, "debug: nothing would run: %s",
                            jam_run_result(d->jam)->why);
        return PVM_OK;
    }
    d->raw.program = NULL;
    d->raw_made = true;
    PVM_TRY(d->source.raw(d->source.user, &d->raw, err));
    d->raw.observer.step = NULL;
    d->vm = &d->raw;
    return PVM_OK;
}

static void unmake(struct cmd_debug *d)
{
    jam_run_free(d->jam);
    d->jam = NULL;
    if (d->raw_made && d->raw.program != NULL)
        pvm_vm_deinit(&d->raw);
    d->raw_made = false;
    d->vm = NULL;
}

/* How far the run may go on: no further than to where the machine is given another position, which
 * is done once it is there. A host call that comes first is served by itself. */
static uint64_t part(struct cmd_debug *d, struct pvm_vm *vm, bool at_call)
{
    uint64_t step;
    uint64_t pc = cmd_debug_next_pc(d, d->count, &step);
    if (step == UINT64_MAX)
        return UINT64_MAX;
    if (at_call)
        return 0;
    if (step != d->count)
        return step - d->count;
    vm->pc = pc;
    vm->resume_index = 0;
    vm->paid = false;
    pc = cmd_debug_next_pc(d, step + 1, &step);
    return step == UINT64_MAX ? step : step - d->count;
}

/* To the run's end, or to where it was left early. */
static enum pvm_status drive_jam(struct cmd_debug *d, struct pvm_err *err)
{
    bool ended = false;
    while (!ended && !d->abandoned) {
        bool at_call = jam_run_at_call(d->jam);
        PVM_TRY(jam_run_some(d->jam, part(d, jam_run_outer(d->jam), at_call), &ended, err));
        if (!jam_run_at_call(d->jam))
            continue;
        d->calls++;
        d->since = 0;
        if (d->answering)
            jam_run_answered(d->jam);
    }
    d->exit = jam_run_result(d->jam)->exit;
    return PVM_OK;
}

static void step_raw(void *user, const struct pvm_vm *vm)
{
    cmd_debug_step(user, CMD_DEBUG_OUTER, vm);
}

/* As pvm run watches a bare program: a limit on gas is one of instructions. */
static enum pvm_status drive_raw(struct cmd_debug *d, struct pvm_err *err)
{
    d->raw.observer = (struct pvm_observer){step_raw, d};
    do {
        uint64_t most = d->source.most - d->count;
        if (d->count >= d->source.most)
            d->exit = PVM_EXIT_CONTINUE;
        else if (!d->abandoned) {
            uint64_t steps = part(d, &d->raw, false);
            PVM_TRY(pvm_vm_step(&d->raw, steps < most ? steps : most, &d->exit, err));
        }
        if (d->exit == PVM_EXIT_CONTINUE && d->count >= d->source.most)
            return pvm_fail(err, PVM_E_LIMIT,
                            "host limit: %llu gas are used, as much as may be; --max-gas allows "
                            "more",
                            (unsigned long long)d->source.most);
    } while (!d->abandoned &&
             (d->exit == PVM_EXIT_CONTINUE || (d->exit == PVM_EXIT_HOST && d->answering)));
    return PVM_OK;
}

/* The end was reached: of what a search goes through, or of the run as it is to be seen. */
static void end(struct cmd_debug *d)
{
    d->over = true;
    d->step = d->count;
    d->machine = CMD_DEBUG_OUTER;
    d->vm = cmd_debug_vm(d, CMD_DEBUG_OUTER);
    if (d->mode == CMD_DEBUG_SCAN) {
        cmd_debug_found(d);
        return;
    }
    if (d->mode == CMD_DEBUG_SEEK && d->must_arrive && d->target > d->step) {
        struct pvm_err err = {.status = PVM_OK};
        (void)pvm_fail(&err, PVM_E_USAGE, "goto: the run ended after %llu steps",
                       (unsigned long long)d->step);
        cmd_debug_complain(d, &err);
    } else if (d->mode == CMD_DEBUG_SEEK && d->target > d->step) {
        d->note = "the run ended before the step that it was sent to\n";
    }
    cmd_debug_prompt(d);
}

static enum pvm_status run_once(struct cmd_debug *d, struct pvm_err *err)
{
    PVM_TRY(make(d, err));
    d->begun = true;
    PVM_TRY(cmd_debug_to_mark(d, err));
    d->failed = d->jam != NULL ? drive_jam(d, &d->why) : drive_raw(d, &d->why);
    if (!d->abandoned)
        end(d);
    return PVM_OK;
}

/* ---- all of it ---- */

void cmd_debug_seek(struct cmd_debug *d, uint64_t step)
{
    d->mode = CMD_DEBUG_SEEK;
    d->target = step;
    d->must_arrive = false;
    d->go = true;
    d->again = d->over || step <= d->step;
}

void cmd_debug_found(struct cmd_debug *d)
{
    if (!d->last_known && d->from != 0) {
        d->target = d->from + 1;
        d->go = d->again = true;
        return;
    }
    if (!d->last_known)
        d->note = "nothing stops the run before that: at its start\n";
    cmd_debug_seek(d, d->last_known ? d->last : 0);
    d->again = true;
}

bool cmd_debug_interrupted(void)
{
    sigset_t pending;
    sigset_t one;
    int number;
    (void)sigemptyset(&one);
    (void)sigaddset(&one, SIGINT);
    return sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1 &&
           sigwait(&one, &number) == 0;
}

/* An interrupt waits to be asked for while the session lasts; a batch is ended by it. */
static enum pvm_status run_all(struct cmd_debug *d, struct pvm_err *err)
{
    sigset_t one;
    sigset_t before;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction old;
    enum pvm_status status = PVM_OK;
    (void)sigemptyset(&one);
    (void)sigaddset(&one, SIGINT);
    if (!d->batch) {
        (void)sigprocmask(SIG_BLOCK, &one, &before);
        (void)sigaction(SIGINT, &usual, &old);
    }
    do {
        d->again = false;
        status = run_once(d, err);
        unmake(d);
    } while (status == PVM_OK && d->again && !d->quit);
    if (!d->batch) {
        (void)cmd_debug_interrupted();
        (void)sigaction(SIGINT, &old, NULL);
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
    }
    return status;
}

enum pvm_status cmd_debug_session(struct cmd_run *run, const struct cmd_debug_source *source,
                                  struct pvm_err *err)
{
    struct cmd_debug *d = run->debug;
    d->run = run;
    d->source = *source;
    d->mode = CMD_DEBUG_SEEK;
    d->target = 0;
    d->shown_machine = CMD_DEBUG_ANY;
    PVM_TRY(run_all(d, err));
    if (d->error.status != PVM_OK)
        *err = d->error;
    return d->error.status;
}

void cmd_debug_deinit(struct cmd_debug *d)
{
    cmd_debug_reader_free(d->reader);
    while (cmd_debug_break_count(d) > 0)
        cmd_debug_break_remove(d, 0);
    cmd_debug_forget_stacks(d);
    cmd_debug_edits_deinit(d);
    cmd_debug_marks_deinit(d);
    pvm_buf_deinit(&d->breaks);
    pvm_buf_deinit(&d->stacks);
    pvm_buf_deinit(&d->accesses);
    pvm_buf_deinit(&d->log.line);
}
