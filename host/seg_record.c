/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions, and where one segment ends and the next begins. */
#include "core/gas.h"
#include "host/hash.h"
#include "host/seg_record_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    POLL_EVERY = 1 << 12,
    MOST_OCTETS = 64 << 20, /* of records in a segment */
    MOST_PAGES = 8192,      /* touched in a segment */
    MOST_WORK = 1 << 26     /* octets that host calls read in a segment, and nodes, which take longer */
};

/* ---- failures ---- */

void jam_seg_fail(struct jam_seg_recorder *recorder, enum pvm_status status)
{
    if (recorder->err.status == PVM_OK)
        pvm_fail(&recorder->err, status,
                 status == PVM_E_MEMORY
                     ? "no memory to record segments, or more than 1 GiB is touched at once"
                     : "segments: the run is not what was recorded");
}

static bool broken(const struct jam_seg_recorder *recorder)
{
    return recorder->err.status != PVM_OK;
}

/* ---- programs ---- */

struct jam_hash jam_seg_program_hash(const struct pvm_program *program, struct pvm_buf *blob)
{
    pvm_buf_add_natural(blob, program->jump_count);
    pvm_buf_add_u8(blob, (uint8_t)program->jump_width);
    pvm_buf_add_natural(blob, program->code_len);
    if (program->jump_width != 0)
        pvm_buf_add(blob, program->jump_octets, (size_t)program->jump_count * program->jump_width);
    pvm_buf_add(blob, program->code, program->code_len);
    for (uint32_t i = 0; i < (program->code_len + 7) / 8; i++)
        pvm_buf_add_u8(blob, (uint8_t)(program->opcode_mask[i / 8] >> (8 * (i % 8))));
    return jam_hash(pvm_buf_bytes(blob));
}

static struct jam_seg_usage *usage_at(const struct jam_seg_recorder *recorder, size_t index)
{
    return (struct jam_seg_usage *)(void *)recorder->usages.ptr + index;
}

static size_t usage_count(const struct jam_seg_recorder *recorder)
{
    return recorder->usages.len / sizeof(struct jam_seg_usage);
}

static void free_usage(const struct jam_seg_recorder *recorder, struct jam_seg_usage *usage)
{
    pvm_program_free(usage->program);
    pvm_alloc_free(recorder->alloc, usage->counts);
    pvm_buf_deinit(&usage->used);
}

static enum pvm_status add_usage(struct jam_seg_recorder *recorder, struct pvm_program *program)
{
    struct jam_seg_usage usage = {.used = {.alloc = recorder->alloc}};
    struct pvm_buf blob = {.alloc = recorder->alloc};
    usage.hash = jam_seg_program_hash(program, &blob);
    enum pvm_status status = pvm_buf_status(&blob, &recorder->err);
    if (status == PVM_OK)
        status = jam_seg_put_program(recorder->directory, pvm_buf_bytes(&blob), &recorder->err);
    pvm_buf_deinit(&blob);
    PVM_TRY(status);
    usage.counts =
        pvm_alloc_zero(recorder->alloc, (size_t)program->code_len + 1, sizeof *usage.counts);
    if (usage.counts == NULL)
        return pvm_fail(&recorder->err, PVM_E_MEMORY, "no memory to record segments");
    usage.program = pvm_program_ref(program);
    pvm_buf_add(&recorder->usages, &usage, sizeof usage);
    if (recorder->usages.failed)
        free_usage(recorder, &usage);
    return pvm_buf_status(&recorder->usages, &recorder->err);
}

void jam_seg_use_program(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine)
{
    struct jam_seg_tape *tape = jam_seg_tape(machine);
    struct pvm_program *program = tape->vm->program;
    size_t at = 0;
    while (at < usage_count(recorder) && usage_at(recorder, at)->program != program)
        at++;
    if (at == usage_count(recorder) && add_usage(recorder, program) != PVM_OK)
        return;
    tape->usage = at + 1;
}

/* Forgets programs that no machine runs any more; only between segments. */
static void drop_usages(struct jam_seg_recorder *recorder)
{
    size_t kept = 0;
    for (size_t i = 0; i < usage_count(recorder); i++) {
        struct jam_seg_usage usage = *usage_at(recorder, i);
        bool runs = false;
        for (size_t k = 0; k < recorder->state.count; k++) {
            struct jam_seg_tape *tape = jam_seg_tape(recorder->state.list[k]);
            if (tape->usage == i + 1) {
                tape->usage = kept + 1;
                runs = true;
            }
        }
        if (runs)
            *usage_at(recorder, kept++) = usage;
        else
            free_usage(recorder, &usage);
    }
    recorder->usages.len = kept * sizeof(struct jam_seg_usage);
}

static void count_instruction(struct jam_seg_recorder *recorder,
                              const struct jam_seg_machine *machine)
{
    const struct jam_seg_tape *tape = jam_seg_tape(machine);
    uint64_t pc = machine->at.pc;
    struct jam_seg_usage *usage = usage_at(recorder, tape->usage - 1);
    if (pc >= usage->program->code_len)
        return;
    uint32_t at = (uint32_t)pc;
    if (usage->counts[at]++ == 0)
        pvm_buf_add(&usage->used, &at, sizeof at);
}

/* ---- instructions ---- */

uint64_t jam_seg_age(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                     uint64_t addr, uint64_t len)
{
    uint32_t last = 0;
    if (!jam_seg_memory_stamp(&machine->memory, addr, len, recorder->clock, &last))
        jam_seg_fail(recorder, PVM_E_MEMORY);
    return last == 0 ? 0 : recorder->clock - last;
}

uint64_t jam_seg_step_cost(const struct jam_seg_machine *machine)
{
    const struct pvm_program *program = jam_seg_tape(machine)->vm->program;
    if (program->rules->gas == PVM_GAS_FLAT)
        return 1;
    if (machine->at.paid)
        return 0;
    uint32_t pc = machine->at.pc < program->code_len ? (uint32_t)machine->at.pc : program->code_len;
    return pvm_gas_block_cost(program, pvm_program_block_of(program, pc), NULL, NULL);
}

/* Address of a load or store, and what is stored. */
static void find_access(struct jam_seg_pending *pending, const struct pvm_operands *ops,
                        const uint64_t *regs)
{
    switch ((enum pvm_form)pvm_op_table[pending->op].form) {
    case PVM_FORM_II:
        pending->addr = (uint32_t)ops->x;
        pending->stored = ops->y;
        return;
    case PVM_FORM_RII:
        pending->addr = (uint32_t)(regs[ops->a] + ops->x);
        pending->stored = ops->y;
        return;
    case PVM_FORM_RRI:
        pending->addr = (uint32_t)(regs[ops->b] + ops->x);
        pending->stored = regs[ops->a];
        return;
    case PVM_FORM_RI:
        pending->addr = (uint32_t)ops->x;
        pending->stored = regs[ops->a];
        return;
    case PVM_FORM_N:
    case PVM_FORM_I:
    case PVM_FORM_RE:
    case PVM_FORM_O:
    case PVM_FORM_RIO:
    case PVM_FORM_RR:
    case PVM_FORM_RRO:
    case PVM_FORM_RRII:
    case PVM_FORM_RRR:
        return; /* these access nothing */
    }
}

void jam_seg_begin_step(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine)
{
    struct jam_seg_tape *tape = jam_seg_tape(machine);
    const struct pvm_program *program = tape->vm->program;
    struct jam_seg_pending *pending = &tape->pending;
    uint64_t pc = machine->at.pc;
    struct pvm_operands ops = {0};
    pending->on = true;
    pending->refused = false;
    pending->op = pvm_program_op(program, pc);
    pending->next = pc + 1;
    if (pc < program->code_len) {
        pending->next += pvm_program_skip(program, (uint32_t)pc);
        if (pvm_program_is_opcode(program, pc))
            pvm_program_operands(program, (uint32_t)pc, &ops);
    }
    const struct pvm_op_info *info = &pvm_op_table[pending->op];
    pending->written = info->writes == PVM_A   ? ops.a
                       : info->writes == PVM_D ? ops.d
                                               : PVM_REG_COUNT;
    pending->access = pvm_eval_access(pending->op);
    if (pending->access.width != 0)
        find_access(pending, &ops, machine->at.regs);
    pending->gas = machine->at.gas;
    if (tape->usage == 0)
        jam_seg_use_program(recorder, machine);
}

void jam_seg_begin_refused(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine)
{
    struct jam_seg_pending *pending = &jam_seg_tape(machine)->pending;
    jam_seg_begin_step(recorder, machine);
    pending->refused = true;
    pending->op = PVM_OP_TRAP;
    pending->written = PVM_REG_COUNT;
    pending->access.width = 0;
}

/* A load or store that was done. */
static void record_access(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                          const struct jam_seg_pending *pending)
{
    struct pvm_buf *out = &recorder->section[JAM_SEG_ACCESSES];
    unsigned width = pending->access.width;
    uint8_t octets[8];
    pvm_buf_add_natural(out, jam_seg_fold(pending->addr - recorder->last_addr));
    recorder->last_addr = pending->addr;
    pvm_store_le(octets, pending->stored, 8);
    bool good = pending->access.is_store
                    ? jam_seg_memory_put(&machine->memory, pending->addr, pvm_bytes(octets, width))
                    : jam_seg_memory_get(&machine->memory, pending->addr, octets, width);
    if (!good)
        jam_seg_fail(recorder, PVM_E_MEMORY);
    pvm_buf_add_natural(out, pvm_load_le(octets, width));
    pvm_buf_add_natural(out, jam_seg_age(recorder, machine, pending->addr, width));
}

/* One that was refused looked at the access of its pages. */
static void record_refusal(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                           const struct jam_seg_pending *pending)
{
    uint32_t last = pending->addr + (pending->access.width - 1u);
    if (jam_seg_memory_page(&machine->memory, pending->addr >> PVM_PAGE_BITS, false) == NULL ||
        jam_seg_memory_page(&machine->memory, last >> PVM_PAGE_BITS, false) == NULL)
        jam_seg_fail(recorder, PVM_E_MEMORY);
}

static void record_heap(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                        uint32_t top)
{
    uint64_t round = PVM_PAGE_SIZE - 1;
    uint32_t first = (uint32_t)((machine->at.heap_top + round) >> PVM_PAGE_BITS);
    uint32_t end = (uint32_t)((top + round) >> PVM_PAGE_BITS);
    if (end > first && !jam_seg_memory_map(&machine->memory, first, end - first, PVM_WRITE, false))
        jam_seg_fail(recorder, PVM_E_MEMORY);
    machine->at.heap_top = top;
}

void jam_seg_end_step(struct jam_seg_recorder *recorder, struct jam_seg_machine *machine,
                      enum pvm_exit exit, const uint64_t *regs, uint64_t pc, uint64_t gas)
{
    struct jam_seg_tape *tape = jam_seg_tape(machine);
    struct jam_seg_pending *pending = &tape->pending;
    struct pvm_buf *out = &recorder->section[JAM_SEG_STEPS];
    bool done = exit == PVM_EXIT_CONTINUE || pending->access.width == 0;
    pending->on = false;
    if (broken(recorder))
        return;
    recorder->clock++;
    count_instruction(recorder, machine);
    pvm_buf_add_natural(out, jam_seg_fold(pc - pending->next));
    if (done && pending->written < PVM_REG_COUNT)
        pvm_buf_add_natural(
            out, jam_seg_fold(regs[pending->written] - machine->at.regs[pending->written]));
    if (pending->access.width != 0) {
        if (done)
            record_access(recorder, machine, pending);
        else
            record_refusal(recorder, machine, pending);
    }
    if (pending->op == PVM_OP_SBRK && tape->vm->heap_top != machine->at.heap_top)
        record_heap(recorder, machine, tape->vm->heap_top);
    memcpy(machine->at.regs, regs, sizeof machine->at.regs);
    machine->at.pc = pc;
    machine->at.gas = gas;
    if (!pending->refused)
        machine->at.paid = tape->vm->program->rules->gas == PVM_GAS_BLOCK &&
                           !(exit == PVM_EXIT_CONTINUE && pvm_op_table[pending->op].terminator);
    recorder->gas += pending->gas - gas;
    recorder->steps++;
    recorder->run_steps++;
    recorder->state.steps++;
}

void jam_seg_end_run(struct jam_seg_recorder *recorder, const struct jam_seg_machine *machine,
                     enum pvm_exit exit, uint64_t arg)
{
    struct pvm_buf *out = &recorder->section[JAM_SEG_RUNS];
    if (exit == PVM_EXIT_CONTINUE && recorder->run_steps == 0)
        return;
    pvm_buf_add_natural(out, machine->serial);
    pvm_buf_add_natural(out, recorder->run_steps);
    pvm_buf_add_u8(out, (uint8_t)exit);
    if (exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST)
        pvm_buf_add_natural(out, arg);
    recorder->run_steps = 0;
}

/* ---- segments ---- */

static enum pvm_status begin_segment(struct jam_seg_recorder *recorder)
{
    recorder->clock = 0;
    recorder->last_addr = 0;
    recorder->steps = recorder->gas = recorder->work = 0;
    recorder->before.len = 0;
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        recorder->section[i].len = 0;
    for (size_t i = 0; i < recorder->state.count; i++)
        pvm_buf_add(&recorder->before, &recorder->state.list[i]->serial, sizeof(uint64_t));
    jam_seg_state_encode(&recorder->state, &recorder->section[JAM_SEG_STATE]);
    return jam_seg_state_digest(&recorder->state, &recorder->start, &recorder->err);
}

static int by_position(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Rows of the program section, and counts back to 0. */
static void write_usage(struct jam_seg_usage *usage, struct pvm_buf *out)
{
    size_t count = usage->used.len / sizeof(uint32_t);
    const struct pvm_program *program = usage->program;
    uint32_t last = 0;
    if (count > 1)
        qsort(usage->used.ptr, count, sizeof(uint32_t), by_position);
    pvm_buf_add(out, usage->hash.octets, JAM_HASH_SIZE);
    pvm_buf_add_natural(out, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t pc;
        memcpy(&pc, usage->used.ptr + i * sizeof pc, sizeof pc);
        uint32_t len = 1 + pvm_program_skip(program, pc);
        if (len > program->code_len - pc)
            len = program->code_len - pc;
        pvm_buf_add_natural(out, pc - last);
        pvm_buf_add_blob(out, pvm_bytes(program->code + pc, len));
        pvm_buf_add_natural(out, usage->counts[pc]);
        usage->counts[pc] = 0;
        last = pc;
    }
    usage->used.len = 0;
}

static void write_program(struct jam_seg_recorder *recorder)
{
    struct pvm_buf *out = &recorder->section[JAM_SEG_PROGRAM];
    size_t count = 0;
    for (size_t i = 0; i < usage_count(recorder); i++)
        count += usage_at(recorder, i)->used.len != 0;
    pvm_buf_add_natural(out, count);
    for (size_t i = 0; i < usage_count(recorder); i++)
        if (usage_at(recorder, i)->used.len != 0)
            write_usage(usage_at(recorder, i), out);
}

/* The trees of the machines there were when it began. */
static void write_pages(struct jam_seg_recorder *recorder)
{
    for (size_t i = 0; i < recorder->before.len / sizeof(uint64_t); i++) {
        uint64_t serial;
        memcpy(&serial, recorder->before.ptr + i * sizeof serial, sizeof serial);
        for (size_t k = 0; k < recorder->state.count; k++)
            if (recorder->state.list[k]->serial == serial)
                jam_seg_memory_prove(&recorder->state.list[k]->memory,
                                     &recorder->section[JAM_SEG_PAGES]);
    }
}

static void sweep(struct jam_seg_recorder *recorder)
{
    for (size_t i = 0; i < recorder->state.count; i++) {
        struct jam_seg_machine *machine = recorder->state.list[i];
        jam_seg_memory_close(&machine->memory);
        if (!machine->closed)
            continue;
        pvm_alloc_free(recorder->alloc, machine->user);
        if (recorder->inner == machine)
            recorder->inner = NULL;
    }
    jam_seg_state_sweep(&recorder->state);
    recorder->state.alike.touched = 0;
    recorder->state.alike.walked = 0;
}

static enum pvm_status put_segment(struct jam_seg_recorder *recorder)
{
    struct jam_seg_parts parts = {.start = recorder->start};
    struct jam_seg_entry entry = {
        .start = recorder->start, .steps = recorder->steps, .gas = recorder->gas};
    struct pvm_buf file = {.alloc = recorder->alloc};
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++) {
        PVM_TRY(pvm_buf_status(&recorder->section[i], &recorder->err));
        parts.section[i] = pvm_buf_bytes(&recorder->section[i]);
    }
    PVM_TRY(jam_seg_state_digest(&recorder->state, &parts.end, &recorder->err));
    entry.end = parts.end;
    jam_seg_parts_encode(&parts, &file);
    enum pvm_status status = pvm_buf_status(&file, &recorder->err);
    if (status == PVM_OK)
        status =
            jam_seg_put_segment(recorder->directory, pvm_buf_bytes(&file), &entry, &recorder->err);
    pvm_buf_deinit(&file);
    recorder->run_segments++;
    return status;
}

/* Ends the segment here, between two instructions. */
static enum pvm_status cut(struct jam_seg_recorder *recorder)
{
    const struct jam_seg_machine *active =
        jam_seg_state_find(&recorder->state, recorder->state.active);
    jam_seg_end_run(recorder, active, PVM_EXIT_CONTINUE, 0);
    write_pages(recorder);
    write_program(recorder);
    sweep(recorder);
    drop_usages(recorder);
    return put_segment(recorder);
}

static bool is_full(const struct jam_seg_recorder *recorder)
{
    if (recorder->gas >= recorder->directory->segment_gas)
        return recorder->clock != 0;
    return recorder->section[JAM_SEG_STEPS].len + recorder->section[JAM_SEG_ACCESSES].len +
                   recorder->section[JAM_SEG_CALLS].len + recorder->section[JAM_SEG_RUNS].len >
               MOST_OCTETS ||
           recorder->state.alike.touched > MOST_PAGES ||
           recorder->work + JAM_SEG_WALK * recorder->state.alike.walked > MOST_WORK;
}

/* ---- the observer ---- */

static struct jam_seg_machine *machine_of(struct jam_seg_recorder *recorder, int64_t id)
{
    if (id < 0)
        return recorder->outer;
    struct jam_seg_machine *inner = recorder->inner;
    if (inner == NULL || inner->id != (uint64_t)id || inner->closed) {
        inner = jam_seg_state_inner(&recorder->state, (uint64_t)id);
        recorder->inner = inner;
    }
    return inner;
}

void jam_seg_record_step(struct jam_seg_recorder *recorder, int64_t machine,
                         const struct pvm_vm *vm)
{
    const struct jam_seg_watch *watch = &recorder->watch;
    if (broken(recorder) && watch->failed != NULL)
        watch->failed(watch->user, &recorder->err);
    if (recorder->told++ % POLL_EVERY == 0 && watch->poll != NULL)
        watch->poll(watch->user);
    if (broken(recorder))
        return;
    struct jam_seg_machine *m = machine_of(recorder, machine);
    if (m == NULL) {
        jam_seg_fail(recorder, PVM_E_INTERNAL);
        return;
    }
    if (m->serial != recorder->state.active)
        jam_seg_enter(recorder, m, vm->regs, vm->gas);
    if (jam_seg_tape(m)->pending.on)
        jam_seg_end_step(recorder, m, PVM_EXIT_CONTINUE, vm->regs, vm->pc, vm->gas);
    if (is_full(recorder) && !broken(recorder) && cut(recorder) == PVM_OK)
        (void)begin_segment(recorder);
    if (m->at.pc != vm->pc || m->at.gas != vm->gas)
        jam_seg_fail(recorder, PVM_E_INTERNAL);
    if (!broken(recorder))
        jam_seg_begin_step(recorder, m);
}

/* ---- runs ---- */

enum pvm_status jam_seg_recorder_new(struct jam_seg_directory *directory,
                                     struct jam_seg_recorder **out, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = directory->alloc;
    struct jam_seg_recorder *recorder = pvm_alloc_zero(alloc, 1, sizeof *recorder);
    if (recorder == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to record segments");
    recorder->alloc = alloc;
    recorder->directory = directory;
    jam_seg_state_init(&recorder->state, alloc);
    struct pvm_buf *bufs[] = {&recorder->usages,     &recorder->before,      &recorder->ranges,
                              &recorder->note,       &recorder->octets,      &recorder->written,
                              &recorder->call.reads, &recorder->call.changes};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        bufs[i]->alloc = alloc;
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        recorder->section[i].alloc = alloc;
    *out = recorder;
    return PVM_OK;
}

void jam_seg_record_watch(struct jam_seg_recorder *recorder, const struct jam_seg_watch *watch)
{
    recorder->watch = *watch;
}

static void forget_run(struct jam_seg_recorder *recorder)
{
    for (size_t i = 0; i < recorder->state.count; i++)
        pvm_alloc_free(recorder->alloc, recorder->state.list[i]->user);
    jam_seg_state_deinit(&recorder->state);
    for (size_t i = 0; i < usage_count(recorder); i++)
        free_usage(recorder, usage_at(recorder, i));
    recorder->usages.len = 0;
    recorder->outer = recorder->inner = NULL;
}

void jam_seg_recorder_free(struct jam_seg_recorder *recorder)
{
    if (recorder == NULL)
        return;
    forget_run(recorder);
    pvm_buf_deinit(&recorder->usages);
    pvm_buf_deinit(&recorder->before);
    pvm_buf_deinit(&recorder->ranges);
    pvm_buf_deinit(&recorder->note);
    pvm_buf_deinit(&recorder->octets);
    pvm_buf_deinit(&recorder->written);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        pvm_buf_deinit(&recorder->section[i]);
    jam_seg_call_deinit(&recorder->call);
    pvm_alloc_free(recorder->alloc, recorder);
}

static enum pvm_status add_outer(struct jam_seg_recorder *recorder, const struct pvm_vm *vm)
{
    struct pvm_buf blob = {.alloc = recorder->alloc};
    struct jam_seg_machine *machine;
    PVM_TRY(jam_seg_state_add(&recorder->state, 0, 0, &machine, &recorder->err));
    machine->program = jam_seg_program_hash(vm->program, &blob);
    enum pvm_status status = pvm_buf_status(&blob, &recorder->err);
    pvm_buf_deinit(&blob);
    PVM_TRY(status);
    struct jam_seg_tape *tape = pvm_alloc_zero(recorder->alloc, 1, sizeof *tape);
    if (tape == NULL)
        return pvm_fail(&recorder->err, PVM_E_MEMORY, "no memory to record segments");
    tape->vm = vm;
    machine->user = tape;
    recorder->outer = machine;
    struct pvm_eval_machine *at = &machine->at;
    memcpy(at->regs, vm->regs, sizeof at->regs);
    at->gas = vm->gas;
    at->pc = vm->pc;
    at->heap_top = vm->heap_top;
    at->heap_limit = vm->heap_limit;
    at->paid = vm->paid;
    if (recorder->ctx != NULL && recorder->ctx->profile->call.heap_stack_unit != 0) {
        at->heap_top = recorder->ctx->heap.top << PVM_PAGE_BITS; /* grow_heap's, not sbrk's */
        at->heap_limit = recorder->ctx->heap.end << PVM_PAGE_BITS;
    }
    PVM_TRY(jam_seg_memory_take(&machine->memory, &vm->memory, &recorder->err));
    jam_seg_use_program(recorder, machine);
    return recorder->err.status;
}

enum pvm_status jam_seg_record_begin(struct jam_seg_recorder *recorder, const char *name,
                                     const struct pvm_vm *outer, const struct jam_context *ctx,
                                     struct pvm_err *err)
{
    (void)snprintf(recorder->name, sizeof recorder->name, "%s", name);
    forget_run(recorder);
    jam_seg_state_init(&recorder->state, recorder->alloc);
    const struct jam_profile *profile = ctx != NULL ? ctx->profile : recorder->directory->profile;
    recorder->directory->profile = jam_profile_find(profile->name); /* without extensions */
    recorder->outer_vm = outer;
    recorder->ctx = ctx;
    recorder->state.profile = recorder->directory->profile;
    recorder->state.invocation = ctx != NULL ? (int32_t)ctx->invocation : JAM_SEG_NO_CALLS;
    recorder->run_steps = recorder->run_segments = 0;
    recorder->ranges.len = 0;
    enum pvm_status status = add_outer(recorder, outer);
    if (status == PVM_OK)
        status = begin_segment(recorder);
    return status == PVM_OK ? PVM_OK : pvm_fail(err, status, "%s", recorder->err.msg);
}

/* Whether a copy of memory is what the machine has. */
static enum pvm_status compare(struct jam_seg_recorder *recorder,
                               const struct jam_seg_machine *machine)
{
    struct jam_seg_memory now;
    PVM_TRY(jam_seg_memory_init(&now, &recorder->state.alike, recorder->alloc, &recorder->err));
    enum pvm_status status =
        jam_seg_memory_take(&now, &jam_seg_tape(machine)->vm->memory, &recorder->err);
    if (status == PVM_OK && memcmp(jam_seg_memory_root(&now), jam_seg_memory_root(&machine->memory),
                                   JAM_HASH_SIZE) != 0)
        status = pvm_fail(&recorder->err, PVM_E_INTERNAL,
                          "segments: memory of machine %llu changed in a way that was not seen",
                          (unsigned long long)machine->serial);
    jam_seg_memory_deinit(&now);
    return status;
}

/* How the outer machine itself stopped; a host call may have ended the run before. */
static void end_outer(struct jam_seg_recorder *recorder, enum pvm_exit exit)
{
    struct jam_seg_machine *outer = recorder->outer;
    const struct pvm_vm *vm = recorder->outer_vm;
    bool stepped = jam_seg_tape(outer)->pending.on;
    if (recorder->state.exit != PVM_EXIT_CONTINUE)
        return;
    if (!stepped && exit == PVM_EXIT_PANIC) {
        jam_seg_begin_refused(recorder, outer);
        stepped = true;
    }
    if (stepped)
        jam_seg_end_step(recorder, outer, exit == PVM_EXIT_OOG ? PVM_EXIT_CONTINUE : exit, vm->regs,
                         vm->pc, vm->gas);
    jam_seg_end_run(recorder, outer, exit, vm->arg);
    recorder->state.exit = exit;
}

/* Ends a run that was given up. What the last instruction of each machine did nobody saw. */
static enum pvm_status give_up(struct jam_seg_recorder *recorder)
{
    for (size_t i = 0; i < recorder->state.count; i++)
        jam_seg_tape(recorder->state.list[i])->pending.on = false;
    return recorder->clock != 0 || recorder->run_segments == 0 ? cut(recorder) : PVM_OK;
}

static enum pvm_status end_run(struct jam_seg_recorder *recorder, enum pvm_exit exit)
{
    PVM_TRY(recorder->err.status);
    if (exit == PVM_EXIT_CONTINUE)
        return give_up(recorder);
    end_outer(recorder, exit);
    PVM_TRY(recorder->err.status);
    PVM_TRY(cut(recorder));
    for (size_t i = 0; i < recorder->state.count; i++)
        PVM_TRY(compare(recorder, recorder->state.list[i]));
    return PVM_OK;
}

enum pvm_status jam_seg_record_end(struct jam_seg_recorder *recorder, enum pvm_exit exit,
                                   struct pvm_err *err)
{
    struct jam_seg_run run = {.outcome = exit};
    enum pvm_status status = end_run(recorder, exit);
    run.segments = recorder->run_segments;
    run.invocation = recorder->state.invocation;
    if (recorder->outer != NULL)
        run.program = recorder->outer->program;
    memcpy(run.name, recorder->name, sizeof run.name);
    if (status == PVM_OK)
        status = jam_seg_put_run(recorder->directory, &run, &recorder->err);
    return status == PVM_OK ? PVM_OK : pvm_fail(err, status, "%s", recorder->err.msg);
}
