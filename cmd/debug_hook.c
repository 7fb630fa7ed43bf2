/* SPDX-License-Identifier: Apache-2.0 */
/* What the debugger does at every instruction of the run, and where it takes commands. */
#include "cmd/debug.h"

#include "host/call.h"
#include "host/inner.h"

#include <inttypes.h>

enum { POLL_EVERY = 1 << 12 };

/* ---- arriving at an instruction, and leaving it ---- */

/* Whether a machine begins anew, with no calls behind it. */
static bool begins(const struct cmd_debug *d, int64_t machine)
{
    if (machine < 0 || machine == d->machine_before || d->jam == NULL)
        return false;
    const struct jam_machine *found =
        jam_machines_find(&jam_run_context(d->jam)->machines, (uint64_t)machine);
    return found == NULL || found->invocations <= 1 || found->last_exit == PVM_EXIT_HALT ||
           found->last_exit == PVM_EXIT_PANIC;
}

static void arrive(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm)
{
    d->machine_before = d->count != 0 ? d->machine : CMD_DEBUG_OUTER;
    d->machine = machine;
    d->vm = vm;
    d->step = d->count++;
    d->answering = false;
    if (machine != d->machine_before)
        d->named = NULL;
    struct cmd_debug_stack *stack = cmd_debug_follow(d, machine, vm, begins(d, machine));
    if (stack != NULL && machine != d->machine_before && machine >= 0)
        stack->ran = false;
    cmd_debug_redo(d);
}

static void depart(struct cmd_debug *d)
{
    d->accesses.len = 0;
    d->since += d->machine < 0;
    cmd_debug_look(d, d->machine, d->vm);
    if (cmd_debug_watches(d))
        cmd_debug_note_access(d, d->machine, d->vm);
}

/* A run that is left early ends for want of gas. */
static void drain(struct cmd_debug *d, int64_t machine)
{
    d->machine = machine;
    struct pvm_vm *vm = cmd_debug_running(d);
    if (vm != NULL)
        vm->gas = 0;
}

/* ---- stops ---- */

static bool until_is_here(const struct cmd_debug *d)
{
    const struct cmd_debug_until *until = &d->until;
    switch (until->kind) {
    case CMD_DEBUG_UNTIL_NOTHING:
        return false;
    case CMD_DEBUG_UNTIL_STEP:
        return d->step == until->step;
    case CMD_DEBUG_UNTIL_DEPTH:
        if (d->machine != until->machine)
            return until->machine >= 0 && d->machine < 0;
        return cmd_debug_depth(cmd_debug_stack_at(d)) <= until->depth;
    }
    return false;
}

bool cmd_debug_why(struct cmd_debug *d, struct pvm_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < cmd_debug_break_count(d); i++) {
        const struct cmd_debug_break *b = cmd_debug_break_at(d, i);
        if (!b->disabled && (!d->over || b->kind == CMD_DEBUG_ACCESS))
            any = cmd_debug_break_hits(d, b, out) || any;
    }
    return any;
}

/* Of those that count, all but the last are passed by. */
static bool run_stops(struct cmd_debug *d)
{
    struct cmd_debug_until *until = &d->until;
    if (cmd_debug_why(d, NULL)) {
        if (until->kind != CMD_DEBUG_UNTIL_NOTHING || until->left <= 1)
            return true;
        until->left--;
    }
    if (!until_is_here(d))
        return false;
    if (until->kind != CMD_DEBUG_UNTIL_DEPTH || until->left <= 1)
        return true;
    until->left--;
    until->machine = d->machine;
    until->depth = cmd_debug_depth(cmd_debug_stack_at(d));
    return false;
}

static bool stops(struct cmd_debug *d)
{
    switch (d->mode) {
    case CMD_DEBUG_RUN:
        if (run_stops(d))
            return true;
        break;
    case CMD_DEBUG_SEEK:
        if (d->step == d->target)
            return true;
        break;
    case CMD_DEBUG_SCAN:
        if (d->step == d->target) {
            cmd_debug_found(d);
            d->abandoned = true;
            return false;
        }
        /* At the step it was sent to, what led there was not seen. */
        if ((d->step > d->from || d->from == 0) && (until_is_here(d) || cmd_debug_why(d, NULL))) {
            d->last_known = true;
            d->last = d->step;
        }
        break;
    }
    if (d->batch || d->step % POLL_EVERY != 0 || !cmd_debug_interrupted())
        return false;
    d->note = "interrupted\n";
    return true;
}

void cmd_debug_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct cmd_debug *d = user;
    if (d->skipping)
        return;
    if (!d->abandoned) {
        arrive(d, machine, vm);
        cmd_debug_mark(d);
        if (stops(d))
            cmd_debug_prompt(d);
        if (!d->abandoned)
            depart(d);
    }
    if (d->abandoned)
        drain(d, machine);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    struct cmd_debug *d = user;
    if (d->abandoned || d->skipping || !cmd_debug_watches(d))
        return;
    struct cmd_debug_access access = {.written = event->written,
                                      .machine = CMD_DEBUG_OUTER,
                                      .addr = event->addr,
                                      .len = event->len,
                                      .pc = cmd_debug_vm(d, CMD_DEBUG_OUTER)->exit_pc};
    pvm_buf_add(&d->accesses, &access, sizeof access);
}

/* What the calls on inner machines' memory do there; w7 is
 * the machine. */
static void on_call(void *user, const struct jam_call_event *event)
{
    static const struct {
        const char *name;
        bool written;
        unsigned addr, len, shift; /* registers, and what they count */
        bool clears;               /* only with less than 3 in w10 */
    } calls[] = {{"peek", false, 9, 10, 0, false},
                 {"poke", true, 9, 10, 0, false},
                 {"zero", true, 8, 9, PVM_PAGE_BITS, false},
                 {"pages", true, 8, 9, PVM_PAGE_BITS, true}};
    struct cmd_debug *d = user;
    if (d->abandoned || d->skipping || !cmd_debug_watches(d) || event->name == NULL ||
        event->exit != PVM_EXIT_CONTINUE || event->after[7] != JAM_OK)
        return;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(event->name, calls[i].name) != 0 || (calls[i].clears && event->before[10] > 2))
            continue;
        struct cmd_debug_access access = {.written = calls[i].written,
                                          .machine = (int64_t)event->before[7],
                                          .addr = event->before[calls[i].addr] << calls[i].shift,
                                          .len = event->before[calls[i].len] << calls[i].shift,
                                          .pc = cmd_debug_vm(d, CMD_DEBUG_OUTER)->exit_pc,
                                          .by_parent = true};
        if (access.len != 0)
            pvm_buf_add(&d->accesses, &access, sizeof access);
    }
}

static void on_log(void *user, const struct jam_log_line *line)
{
    struct cmd_debug *d = user;
    if (d->abandoned || d->skipping || d->step < d->shown)
        return;
    d->shown = d->step + 1;
    cmd_log_show(&d->log, line, &d->run->report.log_source);
}

struct jam_hooks cmd_debug_hooks(struct cmd_debug *d)
{
    return (struct jam_hooks){
        .step = cmd_debug_step, .call = on_call, .log = on_log, .memory = on_memory, .user = d};
}

/* ---- commands ---- */

void cmd_debug_complain(struct cmd_debug *d, struct pvm_err *err)
{
    const char *where = cmd_debug_read_where(d->reader);
    if (where != NULL)
        (void)pvm_fail_at(err, err->status, where);
    if (d->batch) {
        d->error = *err;
        d->quit = true;
        return;
    }
    cmd_print_error(err->msg);
    cmd_debug_read_skip(d->reader);
}

static void flush(struct cmd_debug *d)
{
    struct pvm_err err = {.status = PVM_OK};
    if (cmd_flush(d->cmd, &err) == PVM_OK)
        return;
    d->error = err;
    d->quit = true;
}

static void tell(struct cmd_debug *d)
{
    struct pvm_buf *out = &d->cmd->out;
    if (d->note != NULL)
        pvm_buf_text(out, d->note);
    d->note = NULL;
    (void)cmd_debug_why(d, out);
    cmd_debug_where(d, out);
    flush(d);
}

/* A reverse-next that is to be done again, unless something stops the run. */
static bool goes_further_back(struct cmd_debug *d)
{
    if (d->back_left == 0 || d->over || d->step == 0 || d->note != NULL || cmd_debug_why(d, NULL))
        return false;
    d->abandoned = cmd_debug_next_back(d, d->back_left) == PVM_OK;
    return d->abandoned;
}

void cmd_debug_prompt(struct cmd_debug *d)
{
    const char *line;
    if (goes_further_back(d))
        return;
    d->go = d->must_arrive = false;
    d->until = (struct cmd_debug_until){.kind = CMD_DEBUG_UNTIL_NOTHING};
    d->back_left = 0;
    d->next_line = 0;
    tell(d);
    cmd_debug_once_gone(d);
    while (!d->go && !d->quit) {
        struct pvm_err err = {.status = PVM_OK};
        if (!cmd_debug_read(d->reader, &line)) {
            d->quit = true;
            break;
        }
        if (cmd_debug_command(d, line, &err) != PVM_OK)
            cmd_debug_complain(d, &err);
        flush(d);
    }
    if (d->accesses.failed) {
        (void)pvm_fail(&d->error, PVM_E_MEMORY, "debug: out of memory");
        d->quit = true;
    }
    d->shown_machine = CMD_DEBUG_ANY;
    d->abandoned = d->again || d->quit;
    if (!d->batch)
        (void)cmd_debug_interrupted();
}
