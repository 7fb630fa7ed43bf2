/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A segment's proof holds the pages that it touches. A machine that goes on through several
 * segments gets the pages of each when it comes to it, unless it has them already: what nobody
 * touched in between is still as it was.
 */
#include "host/seg_replay.h"

#include "host/call.h"
#include "host/hash.h"
#include "host/seg_call.h"

#include <stdarg.h>
#include <stdio.h>

#define MEMORY_LIMIT ((size_t)4 << 30)

enum {
    CHUNKS = 64,
    CHUNK_PAGES = PVM_PAGE_COUNT / CHUNKS,
    CHUNK_WORDS = CHUNK_PAGES / 64,
    MACHINE_COST = 1 << 15 /* octets a machine takes without pages, more or less */
};

struct known_program {
    struct jam_hash hash;
    struct pvm_program *program;
};

/* A machine of the interpreter. */
struct replayed {
    uint64_t serial;
    struct pvm_vm vm;
    bool acted;              /* it ran, or was changed, in this segment */
    bool knows_all;          /* it was made in a segment that was replayed */
    bool has_chunk[CHUNKS];  /* it has all pages of a chunk; else it has those */
    uint64_t *known[CHUNKS]; /* whose bits are set; a chunk that is NULL: none of them */
};

struct jam_seg_replay {
    const struct jam_seg_directory *directory;
    const struct pvm_alloc *alloc;
    size_t at, end; /* the next segment, the end of its run */
    uint64_t segments, steps;
    struct jam_seg_state state; /* of the segment under way, or after the last one */
    bool has_state;
    struct jam_hash end_digest; /* of the segment before */
    struct replayed **machines; /* ascending by serial; owned */
    size_t count, cap;
    struct pvm_buf programs; /* struct known_program */
    struct pvm_budget budget;
    struct pvm_buf file; /* the segment under way */
    struct pvm_reader section[JAM_SEG_SECTION_COUNT];
    enum pvm_exit stopped; /* how the machine did that ran last */
    struct jam_seg_call call;
    struct pvm_buf octets, note;
    struct pvm_err *err;
};

static enum pvm_status wrong(const struct jam_seg_replay *replay, const char *fmt, ...)
    PVM_PRINTF(2, 3);

static enum pvm_status wrong(const struct jam_seg_replay *replay, const char *fmt, ...)
{
    char name[JAM_SEG_FILE_NAME];
    char text[sizeof replay->err->msg];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    jam_seg_segment_name(replay->at, name);
    return pvm_fail(replay->err, PVM_E_MALFORMED, "%s: %s", name, text);
}

/* ---- machines ---- */

/* Where in the list the first machine stands whose serial is not below serial. */
static size_t place_of(const struct jam_seg_replay *replay, uint64_t serial)
{
    size_t low = 0;
    size_t high = replay->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (replay->machines[middle]->serial < serial)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct replayed *find(const struct jam_seg_replay *replay, uint64_t serial)
{
    size_t at = place_of(replay, serial);
    return at < replay->count && replay->machines[at]->serial == serial ? replay->machines[at]
                                                                         : NULL;
}

static void drop_at(struct jam_seg_replay *replay, size_t at)
{
    struct replayed *machine = replay->machines[at];
    pvm_vm_deinit(&machine->vm);
    for (size_t i = 0; i < CHUNKS; i++)
        pvm_alloc_free(replay->alloc, machine->known[i]);
    pvm_alloc_free(replay->alloc, machine);
    replay->budget.used -= MACHINE_COST;
    replay->count--;
    memmove(replay->machines + at, replay->machines + at + 1,
            (replay->count - at) * sizeof(void *));
}

static void drop(struct jam_seg_replay *replay, uint64_t serial)
{
    size_t at = place_of(replay, serial);
    if (at < replay->count && replay->machines[at]->serial == serial)
        drop_at(replay, at);
}

static enum pvm_status find_program(struct jam_seg_replay *replay, const struct jam_hash *hash,
                                    struct pvm_program **out)
{
    struct known_program known = {.hash = *hash};
    for (size_t i = 0; i < replay->programs.len / sizeof known; i++) {
        memcpy(&known, replay->programs.ptr + i * sizeof known, sizeof known);
        if (memcmp(&known.hash, hash, sizeof *hash) == 0) {
            *out = known.program;
            return PVM_OK;
        }
    }
    struct pvm_buf blob = {.alloc = replay->alloc};
    enum pvm_status status = jam_seg_get_program(replay->directory, hash, &blob, replay->err);
    if (status == PVM_OK)
        status = pvm_program_new(replay->directory->profile->rules, replay->alloc,
                                 pvm_buf_bytes(&blob), &known.program, replay->err);
    pvm_buf_deinit(&blob);
    PVM_TRY(status);
    known.hash = *hash;
    pvm_buf_add(&replay->programs, &known, sizeof known);
    if (replay->programs.failed)
        pvm_program_free(known.program);
    *out = known.program;
    return pvm_buf_status(&replay->programs, replay->err);
}

/* A machine whose serial is above all others'. */
static enum pvm_status add_machine(struct jam_seg_replay *replay,
                                   const struct jam_seg_machine *from, struct replayed **out)
{
    struct pvm_budget *budget = &replay->budget;
    if (budget->used > budget->limit || MACHINE_COST > budget->limit - budget->used)
        return pvm_fail(replay->err, PVM_E_LIMIT, "host limit: %zu inner machines", replay->count);
    if (replay->count == replay->cap) {
        size_t cap = replay->cap == 0 ? 8 : replay->cap * 2;
        void *list = pvm_alloc_resize(replay->alloc, replay->machines, cap * sizeof(void *));
        if (list == NULL)
            return pvm_fail(replay->err, PVM_E_MEMORY, "no memory for a machine");
        replay->machines = list;
        replay->cap = cap;
    }
    struct pvm_program *program;
    PVM_TRY(find_program(replay, &from->program, &program));
    struct replayed *machine = pvm_alloc_zero(replay->alloc, 1, sizeof *machine);
    if (machine == NULL)
        return pvm_fail(replay->err, PVM_E_MEMORY, "no memory for a machine");
    machine->serial = from->serial;
    pvm_vm_init(&machine->vm, program, replay->alloc, &replay->budget);
    memcpy(machine->vm.regs, from->at.regs, sizeof machine->vm.regs);
    machine->vm.gas = from->at.gas;
    machine->vm.pc = from->at.pc;
    machine->vm.heap_top = from->at.heap_top;
    machine->vm.heap_limit = from->at.heap_limit;
    machine->vm.paid = from->at.paid;
    replay->machines[replay->count++] = machine;
    budget->used += MACHINE_COST;
    *out = machine;
    return PVM_OK;
}

static bool has_program(const struct jam_seg_replay *replay, const struct jam_hash *hash)
{
    for (size_t i = 0; i < jam_seg_program_count(replay->directory); i++)
        if (memcmp(&jam_seg_program(replay->directory, i)->digest, hash, sizeof *hash) == 0)
            return true;
    return false;
}

/* ---- pages ---- */

struct giving {
    struct jam_seg_replay *replay;
    struct replayed *machine;
    enum pvm_status status;
};

/* The word of bits that a page's is in; NULL with a status: our memory ended. */
static uint64_t *known_word(struct giving *g, uint32_t page)
{
    uint64_t **chunk = &g->machine->known[page / CHUNK_PAGES];
    if (*chunk == NULL)
        *chunk = pvm_alloc_zero(g->replay->alloc, CHUNK_WORDS, sizeof **chunk);
    if (*chunk != NULL)
        return *chunk + page % CHUNK_PAGES / 64;
    g->status = pvm_fail(g->replay->err, PVM_E_MEMORY, "no memory for a machine's pages");
    return NULL;
}

static bool give_page(struct giving *g, uint32_t page, enum pvm_access access,
                      const uint8_t *octets)
{
    struct pvm_memory *memory = &g->machine->vm.memory;
    uint64_t *word = known_word(g, page);
    uint64_t bit = UINT64_C(1) << (page % 64);
    if (word == NULL)
        return false;
    if ((*word & bit) != 0)
        return true;
    *word |= bit;
    if (access != PVM_NO_ACCESS)
        g->status = pvm_memory_map(memory, page, 1, access, false, g->replay->err);
    if (octets != NULL && g->status == PVM_OK)
        g->status = pvm_memory_put(memory, (uint64_t)page << PVM_PAGE_BITS,
                                   pvm_bytes(octets, PVM_PAGE_SIZE), g->replay->err);
    return g->status == PVM_OK;
}

/* A chunk of which the machine has nothing yet. */
static bool give_chunk(struct giving *g, uint32_t page, enum pvm_access access)
{
    g->machine->has_chunk[page / CHUNK_PAGES] = true;
    if (access != PVM_NO_ACCESS)
        g->status = pvm_memory_map(&g->machine->vm.memory, page, CHUNK_PAGES, access, false,
                                   g->replay->err);
    return g->status == PVM_OK;
}

/* Gives a machine what it lacks of a stretch of pages. */
static bool give_pages(void *user, uint32_t page, uint32_t count, enum pvm_access access,
                       const uint8_t *octets)
{
    struct giving *g = user;
    const struct replayed *machine = g->machine;
    uint32_t end = page + count;
    bool good = true;
    while (page < end && good && !machine->knows_all) {
        uint32_t chunk = page / CHUNK_PAGES;
        uint32_t next = (chunk + 1) * CHUNK_PAGES;
        bool whole = page % CHUNK_PAGES == 0 && next <= end;
        if (machine->has_chunk[chunk]) {
            page = next;
        } else if (whole && machine->known[chunk] == NULL) {
            good = give_chunk(g, page, access);
            page = next;
        } else {
            good = give_page(g, page, access, octets);
            page++;
        }
    }
    return good;
}

struct stretch {
    uint32_t page, count;
};

static bool list_stretch(void *user, uint32_t page, uint32_t count, enum pvm_access access,
                         const uint8_t *octets)
{
    struct stretch stretch = {page, count};
    (void)access;
    (void)octets;
    pvm_buf_add(user, &stretch, sizeof stretch);
    return true;
}

/* The tree has zeros there. */
static bool take_octets(struct jam_seg_memory *memory, const struct pvm_memory *from, uint32_t page,
                        uint32_t end)
{
    static const uint8_t zeros[PVM_PAGE_SIZE];
    const uint8_t *octets;
    for (; pvm_memory_next_stored(from, &page, &octets) && page < end; page++)
        if (pvm_memory_access(from, page) != PVM_NO_ACCESS &&
            memcmp(octets, zeros, sizeof zeros) != 0 &&
            !jam_seg_memory_put(memory, (uint64_t)page << PVM_PAGE_BITS,
                                pvm_bytes(octets, PVM_PAGE_SIZE)))
            return false;
    return true;
}

/* Makes pages that a tree knows what the machine has there now. */
static bool take_stretch(struct jam_seg_memory *memory, const struct pvm_memory *from,
                         const struct stretch *stretch)
{
    uint32_t end = stretch->page + stretch->count;
    uint32_t page = stretch->page;
    uint32_t count;
    enum pvm_access access;
    bool good = jam_seg_memory_map(memory, page, stretch->count, PVM_NO_ACCESS, true);
    for (; good && pvm_memory_next(from, &page, &count, &access) && page < end; page += count) {
        if (count > end - page)
            count = end - page;
        good = jam_seg_memory_map(memory, page, count, access, false);
    }
    return good && take_octets(memory, from, stretch->page, end);
}

static enum pvm_status take_pages(const struct jam_seg_replay *replay,
                                  struct jam_seg_memory *memory, const struct pvm_memory *from)
{
    struct pvm_buf list = {.alloc = replay->alloc};
    bool good = true;
    jam_seg_memory_visit(memory, list_stretch, &list);
    for (size_t i = 0; i < list.len / sizeof(struct stretch) && good; i++) {
        struct stretch stretch;
        memcpy(&stretch, list.ptr + i * sizeof stretch, sizeof stretch);
        good = take_stretch(memory, from, &stretch);
    }
    good = good && !list.failed;
    pvm_buf_deinit(&list);
    return good ? PVM_OK : pvm_fail(replay->err, PVM_E_MEMORY, "no memory to look at what was run");
}

/* ---- host calls ---- */

static enum pvm_status enter(struct jam_seg_replay *replay, const struct pvm_vm *outer)
{
    struct jam_seg_machine *machine = jam_seg_state_find(&replay->state, replay->call.serial);
    struct replayed *inner = find(replay, replay->call.serial);
    uint8_t octets[JAM_INVOKE_SIZE];
    if (machine == NULL || machine->serial == 0 || inner == NULL ||
        !pvm_memory_allows(&outer->memory, outer->regs[8], sizeof octets, PVM_READ))
        return wrong(replay, "enters machine %llu, which cannot be",
                     (unsigned long long)replay->call.serial);
    pvm_memory_get(&outer->memory, outer->regs[8], octets, sizeof octets);
    for (size_t i = 0; i < PVM_REG_COUNT; i++)
        inner->vm.regs[i] = pvm_load_le(octets + 8 * (i + 1), 8);
    inner->vm.gas = replay->call.gas;
    inner->acted = true;
    replay->state.active = machine->serial;
    replay->state.number = outer->arg;
    replay->state.entered = replay->call.gas;
    return PVM_OK;
}

/* Machines that are never run have no program in the directory and exist only in the state. */
static bool read_range(const struct jam_seg_replay *replay, const struct jam_seg_read *read,
                       uint8_t *room)
{
    const struct replayed *machine = find(replay, read->serial);
    struct jam_seg_machine *seen = jam_seg_state_find(&replay->state, read->serial);
    if (machine == NULL)
        return seen != NULL &&
               jam_seg_memory_allows(&seen->memory, read->addr, read->len, PVM_READ) &&
               jam_seg_memory_get(&seen->memory, read->addr, room, read->len);
    if (!pvm_memory_allows(&machine->vm.memory, read->addr, read->len, PVM_READ))
        return false;
    pvm_memory_get(&machine->vm.memory, read->addr, room, (size_t)read->len);
    return true;
}

static enum pvm_status read_ranges(struct jam_seg_replay *replay)
{
    replay->octets.len = 0;
    for (size_t i = 0; i < jam_seg_read_count(&replay->call); i++) {
        const struct jam_seg_read *read = jam_seg_read(&replay->call, i);
        uint8_t *room = read->len < MEMORY_LIMIT - replay->octets.len
                            ? pvm_buf_reserve(&replay->octets, (size_t)read->len)
                            : NULL;
        if (room == NULL)
            return pvm_fail(replay->err, PVM_E_MEMORY, "no memory for what a host call reads");
        if (!read_range(replay, read, room))
            return wrong(replay, "a host call reads what is not readable");
        replay->octets.len += (size_t)read->len;
    }
    return PVM_OK;
}

static enum pvm_status open_machine(struct jam_seg_replay *replay,
                                    const struct jam_seg_change *change)
{
    struct jam_seg_machine *machine;
    struct replayed *replayed;
    if (change->serial != replay->state.next_serial)
        return wrong(replay, "opens machine %llu out of order", (unsigned long long)change->serial);
    PVM_TRY(jam_seg_state_add(&replay->state, change->serial, change->id, &machine, replay->err));
    replay->state.next_serial++;
    machine->at.pc = change->pc;
    machine->program = change->program;
    if (!has_program(replay, &change->program))
        return PVM_OK;
    PVM_TRY(add_machine(replay, machine, &replayed));
    replayed->knows_all = replayed->acted = true;
    return PVM_OK;
}

/* The same for a machine that is never run. */
static bool apply_unseen(struct jam_seg_machine *to, const struct jam_seg_change *change)
{
    if (change->kind == JAM_SEG_WRITE)
        return jam_seg_memory_allows(&to->memory, change->addr, change->bytes.len, PVM_WRITE) &&
               jam_seg_memory_put(&to->memory, change->addr, change->bytes);
    return jam_seg_memory_map(&to->memory, change->page, change->count, change->access,
                              change->zero);
}

static enum pvm_status apply(struct jam_seg_replay *replay, const struct jam_seg_change *change)
{
    struct replayed *machine = find(replay, change->serial);
    struct jam_seg_machine *seen = jam_seg_state_find(&replay->state, change->serial);
    if (change->kind == JAM_SEG_OPEN)
        return open_machine(replay, change);
    if (seen != NULL && change->kind == JAM_SEG_CLOSE && change->serial != 0) {
        jam_seg_state_close(&replay->state, seen);
        drop(replay, change->serial);
        return PVM_OK;
    }
    if (seen != NULL && machine == NULL && apply_unseen(seen, change))
        return PVM_OK;
    if (change->kind == JAM_SEG_WRITE && change->bytes.len == 0)
        return wrong(replay, "a host call writes nothing");
    if (seen == NULL || machine == NULL)
        return wrong(replay, "a host call changes machine %llu, which cannot be",
                     (unsigned long long)change->serial);
    machine->acted = true;
    if (change->kind == JAM_SEG_MAP && change->serial == 0)
        machine->vm.heap_top = (change->page + change->count) << PVM_PAGE_BITS; /* grow_heap */
    if (change->kind == JAM_SEG_MAP)
        return pvm_memory_map(&machine->vm.memory, change->page, change->count, change->access,
                              change->zero, replay->err);
    if (!pvm_memory_allows(&machine->vm.memory, change->addr, change->bytes.len, PVM_WRITE))
        return wrong(replay, "a host call writes what is not writable");
    return pvm_memory_put(&machine->vm.memory, change->addr, change->bytes, replay->err);
}

static enum pvm_status serve(struct jam_seg_replay *replay)
{
    struct jam_seg_call *call = &replay->call;
    struct replayed *outer = find(replay, 0);
    struct replayed *active = find(replay, replay->state.active);
    if (outer == NULL || active == NULL ||
        !jam_seg_call_decode(&replay->section[JAM_SEG_CALLS], outer->vm.regs, call))
        return wrong(replay, "the calls are cut short or not calls");
    if (call->enter)
        return enter(replay, &outer->vm);
    if (active != outer && (replay->stopped == PVM_EXIT_HALT || replay->stopped == PVM_EXIT_PANIC))
        active->vm.pc = 0; /* GP 0.7.2 A.1 */
    replay->state.active = replay->state.number = replay->state.entered = 0;
    PVM_TRY(read_ranges(replay));
    for (size_t i = 0; i < jam_seg_change_count(call); i++)
        PVM_TRY(apply(replay, jam_seg_change(call, i)));
    replay->note.len = 0;
    jam_seg_call_note(call, &replay->note);
    PVM_TRY(pvm_buf_status(&replay->note, replay->err));
    jam_seg_state_note(&replay->state, pvm_buf_bytes(&replay->note),
                       pvm_buf_bytes(&replay->octets));
    memcpy(outer->vm.regs, call->regs, sizeof outer->vm.regs);
    outer->vm.gas = call->gas;
    if (call->exit != PVM_EXIT_CONTINUE)
        replay->state.exit = call->exit;
    return PVM_OK;
}

/* ---- running ---- */

static bool at_end(const struct pvm_reader *r)
{
    return pvm_reader_left(r) == 0;
}

static enum pvm_status run_machine(struct jam_seg_replay *replay, struct replayed *machine,
                                   uint64_t count, uint64_t arg)
{
    struct pvm_vm *vm = &machine->vm;
    enum pvm_exit exit;
    bool unpaid = replay->stopped == PVM_EXIT_OOG;
    machine->acted = true;
    PVM_TRY(pvm_vm_step(vm, count + unpaid, &exit, replay->err));
    if (exit != replay->stopped ||
        ((exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST) && vm->arg != arg))
        return wrong(replay, "machine %llu ends with %s at 0x%llx, %s was recorded",
                     (unsigned long long)machine->serial, pvm_exit_name(exit),
                     (unsigned long long)vm->exit_pc, pvm_exit_name(replay->stopped));
    replay->steps += count;
    replay->state.steps += count;
    return PVM_OK;
}

static enum pvm_status replay_run(struct jam_seg_replay *replay)
{
    struct pvm_reader *r = &replay->section[JAM_SEG_RUNS];
    uint64_t serial = pvm_read_natural(r);
    uint64_t count = pvm_read_natural(r);
    uint8_t exit = pvm_read_u8(r);
    uint64_t arg = exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST ? pvm_read_natural(r) : 0;
    struct replayed *machine = find(replay, serial);
    replay->stopped = (enum pvm_exit)exit;
    if (r->failed || exit > PVM_EXIT_HOST || machine == NULL || serial != replay->state.active ||
        replay->state.exit != PVM_EXIT_CONTINUE ||
        count > replay->section[JAM_SEG_STEPS].bytes.len) /* an octet each at least */
        return wrong(replay, "octet %zu of its runs is no run", r->pos);
    PVM_TRY(run_machine(replay, machine, count, arg));
    bool last = at_end(r) && at_end(&replay->section[JAM_SEG_CALLS]);
    if (exit == PVM_EXIT_CONTINUE)
        return PVM_OK;
    if (serial == 0 && (exit != PVM_EXIT_HOST || last)) {
        replay->state.exit = replay->stopped;
        return PVM_OK;
    }
    return serve(replay);
}

/* ---- segments ---- */

static enum pvm_status load(struct jam_seg_replay *replay, struct jam_seg_parts *parts)
{
    struct jam_hash digest;
    struct pvm_err why = {.status = PVM_OK};
    replay->file.len = 0;
    PVM_TRY(jam_seg_get_segment(replay->directory, replay->at, &replay->file, replay->err));
    if (jam_seg_parts_decode(pvm_buf_bytes(&replay->file), parts, &why) != PVM_OK)
        return wrong(replay, "%s", why.msg);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        replay->section[i] = pvm_reader(parts->section[i]);
    if (replay->has_state)
        jam_seg_state_deinit(&replay->state);
    jam_seg_state_init(&replay->state, replay->alloc);
    replay->has_state = true;
    enum pvm_status status =
        jam_seg_state_decode(&replay->state, parts->section[JAM_SEG_STATE], &why);
    for (size_t i = 0; i < replay->state.count && status == PVM_OK; i++)
        status = jam_seg_memory_read(&replay->state.list[i]->memory,
                                     &replay->section[JAM_SEG_PAGES], &why);
    if (status == PVM_E_MALFORMED)
        return wrong(replay, "%s", why.msg);
    if (status != PVM_OK)
        return pvm_fail(replay->err, status, "%s", why.msg);
    PVM_TRY(jam_seg_state_digest(&replay->state, &digest, replay->err));
    if (memcmp(&digest, &parts->start, sizeof digest) != 0)
        return wrong(replay, "the state it begins with has another digest");
    if (replay->segments != 0 && memcmp(&digest, &replay->end_digest, sizeof digest) != 0)
        return wrong(replay, "it does not begin with the state that the one before ends with");
    return PVM_OK;
}

/* Machines of the first segment are made; those that go on get pages. */
static enum pvm_status prepare(struct jam_seg_replay *replay)
{
    for (size_t i = 0; i < replay->state.count; i++) {
        const struct jam_seg_machine *from = replay->state.list[i];
        struct replayed *machine = find(replay, from->serial);
        if (machine == NULL && !has_program(replay, &from->program))
            continue;
        if (machine == NULL)
            PVM_TRY(add_machine(replay, from, &machine));
        machine->acted = from->serial == 0;
        struct giving giving = {replay, machine, PVM_OK};
        jam_seg_memory_visit(&from->memory, give_pages, &giving);
        PVM_TRY(giving.status);
    }
    return PVM_OK;
}

/* Fills the state with what the machines have come to, and compares its digest. */
static enum pvm_status conclude(struct jam_seg_replay *replay, const struct jam_hash *end)
{
    struct jam_hash digest;
    jam_seg_state_sweep(&replay->state);
    for (size_t i = 0; i < replay->state.count; i++) {
        struct jam_seg_machine *to = replay->state.list[i];
        const struct replayed *machine = find(replay, to->serial);
        if (machine == NULL || !machine->acted) {
            jam_seg_memory_close(&to->memory);
            continue;
        }
        const struct pvm_vm *vm = &machine->vm;
        memcpy(to->at.regs, vm->regs, sizeof to->at.regs);
        to->at.gas = vm->gas;
        to->at.pc = vm->pc;
        to->at.heap_top = vm->heap_top;
        to->at.paid = vm->paid && replay->directory->profile->rules->gas == PVM_GAS_BLOCK;
        PVM_TRY(take_pages(replay, &to->memory, &vm->memory));
        jam_seg_memory_close(&to->memory);
    }
    PVM_TRY(jam_seg_state_digest(&replay->state, &digest, replay->err));
    if (memcmp(&digest, end, sizeof digest) != 0)
        return wrong(replay, "the interpreter comes to another state than was recorded");
    replay->end_digest = digest;
    return PVM_OK;
}

enum pvm_status jam_seg_replay_next(struct jam_seg_replay *replay, struct pvm_err *err)
{
    struct jam_seg_parts parts;
    struct pvm_err own = {.status = PVM_OK};
    replay->err = err != NULL ? err : &own;
    if (jam_seg_replay_over(replay))
        return pvm_fail(replay->err, PVM_E_USAGE, "there is no segment left in the run");
    PVM_TRY(load(replay, &parts));
    PVM_TRY(prepare(replay));
    while (!at_end(&replay->section[JAM_SEG_RUNS]))
        PVM_TRY(replay_run(replay));
    PVM_TRY(conclude(replay, &parts.end));
    replay->at++;
    replay->segments++;
    return PVM_OK;
}

enum pvm_status jam_seg_replay_new(const struct jam_seg_directory *directory, size_t first,
                                   struct jam_seg_replay **out, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = directory->alloc;
    if (first >= jam_seg_segment_count(directory))
        return pvm_fail(err, PVM_E_USAGE, "there is no segment %zu, the directory has %zu", first,
                        jam_seg_segment_count(directory));
    struct jam_seg_replay *replay = pvm_alloc_zero(alloc, 1, sizeof *replay);
    if (replay == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to run segments again");
    replay->directory = directory;
    replay->alloc = alloc;
    replay->at = first;
    for (size_t i = 0; replay->end <= first; i++)
        replay->end += (size_t)jam_seg_run(directory, i)->segments;
    replay->budget.limit = MEMORY_LIMIT;
    struct pvm_buf *bufs[] = {&replay->programs, &replay->file,       &replay->octets,
                              &replay->note,     &replay->call.reads, &replay->call.changes};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        bufs[i]->alloc = alloc;
    *out = replay;
    return PVM_OK;
}

void jam_seg_replay_free(struct jam_seg_replay *replay)
{
    if (replay == NULL)
        return;
    while (replay->count > 0)
        drop_at(replay, replay->count - 1);
    pvm_alloc_free(replay->alloc, replay->machines);
    for (size_t i = 0; i < replay->programs.len / sizeof(struct known_program); i++) {
        struct known_program known;
        memcpy(&known, replay->programs.ptr + i * sizeof known, sizeof known);
        pvm_program_free(known.program);
    }
    if (replay->has_state)
        jam_seg_state_deinit(&replay->state);
    pvm_buf_deinit(&replay->programs);
    pvm_buf_deinit(&replay->file);
    pvm_buf_deinit(&replay->octets);
    pvm_buf_deinit(&replay->note);
    jam_seg_call_deinit(&replay->call);
    pvm_alloc_free(replay->alloc, replay);
}

bool jam_seg_replay_over(const struct jam_seg_replay *replay)
{
    return replay->at >= replay->end;
}

const struct jam_seg_state *jam_seg_replay_state(const struct jam_seg_replay *replay)
{
    return &replay->state;
}

const struct pvm_vm *jam_seg_replay_vm(const struct jam_seg_replay *replay, uint64_t serial)
{
    const struct replayed *machine = find(replay, serial);
    return machine != NULL ? &machine->vm : NULL;
}

uint64_t jam_seg_replay_segments(const struct jam_seg_replay *replay)
{
    return replay->segments;
}

uint64_t jam_seg_replay_steps(const struct jam_seg_replay *replay)
{
    return replay->steps;
}
