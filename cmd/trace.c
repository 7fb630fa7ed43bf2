/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace.h"

#include "cmd/files.h"

#include <errno.h>
#include <unistd.h>

static void die(enum pvm_status status, const struct pvm_err *err)
{
    if (status != PVM_OK)
        cmd_die(err);
}

/* How many steps are between two looks for a signal. */
enum { POLL_EVERY = 4096 };

/* ---- signals ---- */

static void hold(struct cmd_trace *trace)
{
    jam_disk_hold(&trace->held);
    trace->holding = true;
    trace->sink.out.mask = &trace->held.before;
}

/* A signal that waits comes now. */
static void release(struct cmd_trace *trace)
{
    if (trace->holding)
        jam_disk_release(&trace->held);
    trace->holding = false;
}

/* ---- the ring ---- */

static void keep(struct cmd_trace *trace, const struct cmd_trace_record *record)
{
    struct cmd_trace_record *place = &trace->ring[trace->ring_count++ % trace->ring_size];
    pvm_program_free(place->program);
    *place = *record;
    if (place->program != NULL)
        pvm_program_ref(place->program);
}

static enum pvm_status write_ring(struct cmd_trace *trace, struct pvm_err *err)
{
    uint64_t first =
        trace->ring_count > trace->ring_size ? trace->ring_count - trace->ring_size : 0;
    PVM_TRY(cmd_trace_sink_open(&trace->sink, trace->path, trace->to_stderr, err));
    trace->sink.out.mask = &trace->held.before;
    for (uint64_t i = first; i < trace->ring_count; i++)
        PVM_TRY(cmd_trace_sink_add(&trace->sink, &trace->ring[i % trace->ring_size], err));
    return PVM_OK;
}

/* ---- events ---- */

static void emit(struct cmd_trace *trace, struct cmd_trace_record *record)
{
    struct pvm_err err = {0};
    bool named = record->program != NULL && cmd_trace_filter_names(&trace->filter);
    if (named && record->program != trace->program) {
        pvm_program_free(trace->program);
        trace->program = pvm_program_ref(record->program);
        trace->names =
            cmd_symbols_of_program(trace->sink.symbols, record->program, record->machine < 0);
    }
    if (!cmd_trace_filter_wants(&trace->filter, record, named ? trace->names : NULL))
        return;
    trace->sink.profile = trace->profile;
    if (trace->ring_size != 0)
        keep(trace, record);
    else
        die(cmd_trace_sink_add(&trace->sink, record, &err), &err);
}

/* Hands over the instruction that is under way; next: it is the same machine's next one that made
 * its effect known. */
static void finish(struct cmd_trace *trace, bool next, uint64_t gas)
{
    struct cmd_trace_record *step = &trace->step;
    const struct pvm_vm *vm = trace->vm;
    if (!trace->pending)
        return;
    trace->pending = false;
    step->cost = step->gas - gas;
    /* What a host call changes is its own event's. */
    memcpy(step->after, step->op == PVM_OP_ECALLI ? step->before : vm->regs, sizeof step->after);
    cmd_trace_derive(step, !next && vm->exit_pc == step->pc);
    emit(trace, step);
}

/* Gas behind the instruction under way when vm is about to run another. The host call that runs an
 * inner machine has charged its price by then, so that what its ecalli costs follows from the
 * rules: under PVM_GAS_BLOCK that of a block, if it starts one (GP 0.8.0 A.4). */
static uint64_t gas_behind(const struct cmd_trace *trace, const struct pvm_vm *vm)
{
    const struct cmd_trace_record *step = &trace->step;
    if (!trace->pending || trace->vm == vm || step->op != PVM_OP_ECALLI)
        return trace->vm != NULL ? trace->vm->gas : 0;
    const struct pvm_program *program = step->program;
    if (program->rules->gas == PVM_GAS_FLAT)
        return step->gas - 1;
    if (!pvm_program_is_block_start(program, step->pc))
        return step->gas;
    return step->gas - pvm_program_cost(program, pvm_program_index(program, step->pc));
}

static enum pvm_status write_end(struct cmd_trace *trace, uint64_t pc, uint64_t gas,
                                 const char *outcome, struct pvm_err *err)
{
    struct cmd_trace_record record = {.kind = CMD_TRACE_END,
                                      .has_gas = true,
                                      .has_step = true,
                                      .machine = -1,
                                      .step = trace->steps,
                                      .pc = pc,
                                      .gas = gas,
                                      .op = PVM_OP_COUNT};
    trace->on = false;
    if (trace->ring_size != 0)
        PVM_TRY(write_ring(trace, err));
    cmd_trace_set_text(&record, pvm_bytes(outcome, strlen(outcome)));
    trace->sink.profile = trace->profile;
    PVM_TRY(cmd_trace_sink_add(&trace->sink, &record, err));
    return cmd_trace_sink_close(&trace->sink, err);
}

static void end_early(struct cmd_trace *trace, const char *outcome)
{
    struct pvm_err ignored = {0};
    if (trace->on && trace->steps != 0)
        (void)!write_end(trace, trace->call_pc, trace->outer_gas, outcome, &ignored);
    trace->on = trace->pending = false;
}

void cmd_trace_step(struct cmd_trace *trace, int64_t machine, const struct pvm_vm *vm)
{
    struct cmd_trace_record *step = &trace->step;
    if (!trace->on)
        return;
    finish(trace, trace->vm == vm, gas_behind(trace, vm));
    if (machine < 0) {
        trace->call_pc = vm->pc;
        trace->outer = vm->program;
        trace->outer_gas = vm->gas;
    }
    if (trace->steps % POLL_EVERY == 0 && trace->holding && jam_disk_interrupted(&trace->held)) {
        end_early(trace, "interrupted");
        if (trace->interrupted != NULL)
            trace->interrupted(trace->user);
        release(trace);
        return;
    }
    trace->pending = true;
    trace->vm = vm;
    step->kind = CMD_TRACE_STEP;
    step->has_step = step->has_gas = step->has_cost = true;
    step->known_before = step->known_after = CMD_TRACE_ALL;
    step->machine = machine;
    step->step = ++trace->steps;
    step->pc = vm->pc;
    step->gas = vm->gas;
    step->program = vm->program;
    step->op = pvm_program_op(vm->program, vm->pc);
    memcpy(step->before, vm->regs, sizeof step->before);
}

void cmd_trace_memory(struct cmd_trace *trace, const struct jam_memory_event *event)
{
    struct cmd_trace_record *call = &trace->call;
    if (!trace->on)
        return;
    if (call->range_count == CMD_TRACE_RANGES)
        call->range_more++;
    else
        call->ranges[call->range_count++] = (struct cmd_trace_range){
            .written = event->written,
            .has_octets = true,
            .addr = event->addr,
            .len = event->len,
            .octets = cmd_trace_octets(event->memory, event->addr, event->len)};
}

void cmd_trace_call(struct cmd_trace *trace, const struct jam_call_event *event)
{
    struct cmd_trace_record *call = &trace->call;
    const char *name = event->name != NULL ? event->name : "";
    if (!trace->on)
        return;
    bool own = trace->pending && trace->step.machine < 0;
    finish(trace, false, own ? event->gas_before : trace->vm != NULL ? trace->vm->gas : 0);
    call->kind = CMD_TRACE_CALL;
    call->has_gas = call->has_cost = true;
    call->known_before = call->known_after = CMD_TRACE_ALL;
    call->machine = -1;
    call->op = PVM_OP_ECALLI;
    call->pc = trace->call_pc;
    call->program = trace->outer;
    call->number = (int64_t)event->number;
    call->open = event->open;
    call->exit = event->exit;
    call->gas = event->gas_before;
    call->cost = event->gas_before - event->gas_after;
    memcpy(call->before, event->before, sizeof call->before);
    memcpy(call->after, event->after, sizeof call->after);
    cmd_trace_set_text(call, pvm_bytes(name, strlen(name)));
    emit(trace, call);
    trace->outer_gas = event->gas_after;
    call->range_count = 0;
    call->range_more = 0;
}

/* A good end leaves no file, not that of an earlier run either. */
static enum pvm_status remove_last(struct cmd_trace *trace, struct pvm_err *err)
{
    trace->on = false;
    if (cmd_file_is_special(trace->path) || cmd_file_stream(trace->path) >= 0)
        return PVM_OK;
    if (unlink(trace->path) != 0 && errno != ENOENT)
        return pvm_fail(err, PVM_E_IO, "%.200s: %s", trace->path, strerror(errno));
    return PVM_OK;
}

enum pvm_status cmd_trace_end(struct cmd_trace *trace, const struct pvm_vm *vm, const char *outcome,
                              bool good, struct pvm_err *err)
{
    if (!trace->on)
        return PVM_OK;
    finish(trace, false, trace->vm != NULL ? trace->vm->gas : 0);
    enum pvm_status status = good && trace->ring_size != 0
                                 ? remove_last(trace, err)
                                 : write_end(trace, vm != NULL ? vm->exit_pc : 0,
                                             vm != NULL ? vm->gas : 0, outcome, err);
    release(trace);
    return status;
}

void cmd_trace_abort(struct cmd_trace *trace, const char *outcome)
{
    end_early(trace, outcome);
    release(trace);
}

/* ---- begin and end ---- */

static enum pvm_status check(const struct cmd_args *args, const struct cmd_trace_rows *rows,
                             struct pvm_err *err)
{
    const unsigned some[] = {rows->form, rows->full, rows->filter};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (cmd_args_has(args, some[i]))
            return pvm_fail(err, PVM_E_USAGE, "--%s means nothing without --trace",
                            args->syntax->options[some[i]].name);
    return PVM_OK;
}

static enum pvm_status read_filters(struct cmd_trace *trace, const struct cmd_args *args,
                                    unsigned option, struct pvm_err *err)
{
    struct cmd_trace_meta *meta = &trace->sink.meta;
    size_t at = 0;
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option != option)
            continue;
        const char *text = args->list[i].text;
        PVM_TRY(cmd_trace_filter_add(&trace->filter, "--trace-filter", text, err));
        /* Only for people, so that it may be cut off. */
        if (at != 0 && at + 1 < sizeof meta->filter)
            meta->filter[at++] = ';';
        for (; *text != '\0' && at + 1 < sizeof meta->filter; text++)
            meta->filter[at++] = (unsigned char)*text >= 0x20 ? *text : '?';
    }
    return cmd_trace_filter_check(&trace->filter, "--trace-filter", trace->sink.symbols, err);
}

static enum pvm_status make_ring(struct cmd_trace *trace, uint64_t size, struct pvm_err *err)
{
    if (size == 0 || size > CMD_TRACE_LAST)
        return pvm_fail(err, PVM_E_USAGE, "--trace-last: expected 1 to %d, got %llu",
                        CMD_TRACE_LAST, (unsigned long long)size);
    trace->ring = pvm_alloc_zero(NULL, (size_t)size, sizeof *trace->ring);
    if (trace->ring == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for --trace-last");
    trace->ring_size = (size_t)size;
    if (trace->sink.meta.filter[0] == '\0')
        memcpy(trace->sink.meta.filter, "last", sizeof "last");
    return PVM_OK;
}

enum pvm_status cmd_trace_start(struct cmd_trace *trace, const struct cmd_args *args,
                                const struct cmd_trace_rows *rows, bool to_stderr,
                                const struct cmd_symbols *symbols, const char *run,
                                struct pvm_err *err)
{
    struct cmd_trace_sink *sink = &trace->sink;
    bool last = cmd_args_has(args, rows->last);
    if (!cmd_args_has(args, rows->trace) && !last)
        return check(args, rows, err);
    trace->path = last ? "-" : NULL;
    if (cmd_args_has(args, rows->trace))
        trace->path = cmd_args_text(args, rows->trace);
    trace->to_stderr = to_stderr;
    sink->symbols = symbols;
    sink->form =
        (enum cmd_trace_form)cmd_args_choice(args, rows->form, cmd_trace_form_of(trace->path));
    sink->full = cmd_args_has(args, rows->full);
    if (sink->full && sink->form != CMD_TRACE_AS_TEXT)
        return pvm_fail(err, PVM_E_USAGE, "--trace-full is for the form text");
    for (size_t i = 0; run[i] != '\0' && i + 1 < sizeof sink->meta.run; i++)
        sink->meta.run[i] = run[i];
    PVM_TRY(read_filters(trace, args, rows->filter, err));
    if (last)
        PVM_TRY(make_ring(trace, cmd_args_number(args, rows->last, 0), err));
    else
        PVM_TRY(cmd_trace_sink_open(sink, trace->path, to_stderr, err));
    hold(trace);
    trace->on = true;
    return PVM_OK;
}

void cmd_trace_deinit(struct cmd_trace *trace)
{
    release(trace);
    for (size_t i = 0; i < trace->ring_size; i++)
        pvm_program_free(trace->ring[i].program);
    pvm_alloc_free(NULL, trace->ring);
    trace->ring = NULL;
    trace->ring_size = 0;
    pvm_program_free(trace->program);
    trace->program = NULL;
    cmd_trace_sink_deinit(&trace->sink);
}
