/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_check.h"

#include "host/hash.h"
#include "host/seg_check_parts.h"
#include "host/seg_manifest.h"

#include <stdarg.h>
#include <stdio.h>

/* For the pages of a segment. Recorders end one long before it takes so much. */
#define MOST_MEMORY ((uint64_t)4 << 30)

/* A program of the directory, and how often a segment executed what. */
struct known_program {
    struct jam_hash hash;
    struct pvm_buf blob;
    struct pvm_eval_program *program;
    uint32_t *counts;
    uint64_t distinct; /* positions with a count */
};

struct jam_seg_checker {
    const struct jam_seg_directory *directory;
    const struct pvm_alloc *alloc;
    struct known_program *programs; /* as many as the directory has; blob NULL: not read yet */
    size_t program_count;
};

enum pvm_status jam_seg_wrong(const struct jam_seg_check *check, const char *fmt, ...)
{
    char text[sizeof check->err->msg];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pvm_fail(check->err, PVM_E_MALFORMED, "%s: %s", check->name, text);
}

/* ---- programs ---- */

enum pvm_status jam_seg_checker_new(const struct jam_seg_directory *directory,
                                    struct jam_seg_checker **out, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = directory->alloc;
    struct jam_seg_checker *checker = pvm_alloc_zero(alloc, 1, sizeof *checker);
    size_t count = jam_seg_program_count(directory);
    struct known_program *programs = pvm_alloc_zero(alloc, count + 1, sizeof *programs);
    if (checker == NULL || programs == NULL) {
        pvm_alloc_free(alloc, checker);
        pvm_alloc_free(alloc, programs);
        return pvm_fail(err, PVM_E_MEMORY, "no memory to check segments");
    }
    *checker = (struct jam_seg_checker){directory, alloc, programs, count};
    for (size_t i = 0; i < count; i++) {
        programs[i].hash = jam_seg_program(directory, i)->digest;
        programs[i].blob.alloc = alloc;
    }
    *out = checker;
    return PVM_OK;
}

static void forget_program(const struct jam_seg_checker *checker, struct known_program *known)
{
    pvm_eval_program_free(known->program);
    pvm_alloc_free(checker->alloc, known->counts);
    pvm_buf_deinit(&known->blob);
    known->program = NULL;
    known->counts = NULL;
    known->distinct = 0;
}

void jam_seg_checker_free(struct jam_seg_checker *checker)
{
    if (checker == NULL)
        return;
    for (size_t i = 0; i < checker->program_count; i++)
        forget_program(checker, &checker->programs[i]);
    pvm_alloc_free(checker->alloc, checker->programs);
    pvm_alloc_free(checker->alloc, checker);
}

static enum pvm_status load_program(const struct jam_seg_check *check, struct known_program *known)
{
    struct jam_seg_checker *checker = check->checker;
    if (known->program != NULL)
        return PVM_OK;
    PVM_TRY(jam_seg_get_program(checker->directory, &known->hash, &known->blob, check->err));
    PVM_TRY(pvm_eval_program_new(check->profile->rules, checker->alloc, pvm_buf_bytes(&known->blob),
                                 &known->program, check->err));
    known->counts = pvm_alloc_zero(checker->alloc, known->blob.len, sizeof *known->counts);
    return known->counts != NULL ? PVM_OK
                                 : pvm_fail(check->err, PVM_E_MEMORY, "no memory for a program");
}

static enum pvm_status find_program(const struct jam_seg_check *check, const struct jam_hash *hash,
                                    struct known_program **out)
{
    for (size_t i = 0; i < check->checker->program_count; i++) {
        struct known_program *known = &check->checker->programs[i];
        if (memcmp(&known->hash, hash, sizeof *hash) == 0) {
            *out = known;
            enum pvm_status status = load_program(check, known);
            if (status != PVM_OK)
                forget_program(check->checker, known);
            return status;
        }
    }
    return jam_seg_wrong(check,
                         "runs program %02x%02x%02x%02x..., which the manifest does not have",
                         hash->octets[0], hash->octets[1], hash->octets[2], hash->octets[3]);
}

/* ---- memory, as the evaluator sees it ---- */

static enum pvm_access get_access(void *user, uint32_t page)
{
    return jam_seg_memory_access(user, page);
}

static uint8_t get_octet(void *user, uint32_t addr)
{
    const struct jam_seg_page *page = jam_seg_memory_page(user, addr >> PVM_PAGE_BITS, false);
    return page != NULL ? page->octets[addr % PVM_PAGE_SIZE] : 0;
}

static void put_octet(void *user, uint32_t addr, uint8_t octet)
{
    struct jam_seg_page *page = jam_seg_memory_page(user, addr >> PVM_PAGE_BITS, true);
    if (page != NULL)
        page->octets[addr % PVM_PAGE_SIZE] = octet;
}

static void open_pages(void *user, uint32_t page, uint32_t count)
{
    (void)jam_seg_memory_map(user, page, count, PVM_WRITE, false);
}

enum pvm_status jam_seg_check_memory(const struct jam_seg_check *check,
                                     const struct jam_seg_machine *machine)
{
    if (machine->memory.opaque)
        return jam_seg_wrong(check, "record %u needs page 0x%x of machine %llu, which is not there",
                             (unsigned)check->clock, (unsigned)machine->memory.missing,
                             (unsigned long long)machine->serial);
    if (machine->memory.limited)
        return pvm_fail(check->err, PVM_E_LIMIT, "%s: touches more pages than a segment may",
                        check->name);
    if (machine->memory.failed)
        return pvm_fail(check->err, PVM_E_MEMORY, "no memory to check segments");
    return PVM_OK;
}

enum pvm_status jam_seg_check_age(struct jam_seg_check *check, struct jam_seg_machine *machine,
                                  uint64_t addr, uint64_t len, uint64_t age)
{
    uint32_t last;
    if (!jam_seg_memory_stamp(&machine->memory, addr, len, check->clock, &last))
        return jam_seg_check_memory(check, machine);
    uint64_t right = last == 0 ? 0 : check->clock - last;
    if (age != right)
        return jam_seg_wrong(check,
                             "record %u: the last access to 0x%llx was %llu records ago, not %llu",
                             (unsigned)check->clock, (unsigned long long)addr,
                             (unsigned long long)right, (unsigned long long)age);
    return PVM_OK;
}

/* ---- instructions ---- */

struct stepping {
    struct jam_seg_machine *machine;
    struct known_program *known;
    uint64_t pc;
    uint64_t before[PVM_REG_COUNT];
    struct pvm_eval_effect effect;
};

static enum pvm_status wrong_step(const struct jam_seg_check *check, const struct stepping *s,
                                  const char *what, uint64_t is, uint64_t should)
{
    return jam_seg_wrong(check, "record %u, %s at 0x%llx of machine %llu: %s is 0x%llx, not 0x%llx",
                         (unsigned)check->clock, pvm_op_table[s->effect.op].name,
                         (unsigned long long)s->pc, (unsigned long long)s->machine->serial, what,
                         (unsigned long long)is, (unsigned long long)should);
}

static enum pvm_status check_access(struct jam_seg_check *check, const struct stepping *s)
{
    struct pvm_reader *r = &check->section[JAM_SEG_ACCESSES];
    const struct pvm_eval_effect *effect = &s->effect;
    check->last_addr += jam_seg_unfold(pvm_read_natural(r));
    uint64_t value = pvm_read_natural(r);
    uint64_t age = pvm_read_natural(r);
    if (r->failed)
        return jam_seg_wrong(check, "record %u: the accesses end too early",
                             (unsigned)check->clock);
    if (check->last_addr != effect->addr)
        return wrong_step(check, s, "the address", check->last_addr, effect->addr);
    if (value != effect->value)
        return wrong_step(check, s, effect->access.is_store ? "what it stores" : "what it loads",
                          value, effect->value);
    return jam_seg_check_age(check, s->machine, effect->addr, effect->access.width, age);
}

static void count_instruction(struct stepping *s)
{
    unsigned len;
    if (pvm_eval_octets(s->known->program, s->pc, &len) != NULL && s->known->counts[s->pc]++ == 0)
        s->known->distinct++;
}

/* One instruction against its records; it must end with exit. */
static enum pvm_status check_step(struct jam_seg_check *check, struct stepping *s,
                                  enum pvm_exit exit)
{
    struct pvm_reader *r = &check->section[JAM_SEG_STEPS];
    struct pvm_eval_machine *at = &s->machine->at;
    const struct pvm_eval_memory memory = {get_access, get_octet, put_octet, open_pages,
                                           &s->machine->memory};
    uint64_t gas = at->gas;
    s->pc = at->pc;
    memcpy(s->before, at->regs, sizeof s->before);
    check->clock++;
    enum pvm_exit is = pvm_evaluate(s->known->program, at, &memory, &s->effect);
    PVM_TRY(jam_seg_check_memory(check, s->machine));
    if (is != exit)
        return jam_seg_wrong(check, "record %u, %s at 0x%llx of machine %llu: ends in %s, not %s",
                             (unsigned)check->clock, pvm_op_table[s->effect.op].name,
                             (unsigned long long)s->pc, (unsigned long long)s->machine->serial,
                             pvm_exit_name(exit), pvm_exit_name(is));
    uint64_t pc = s->effect.next + jam_seg_unfold(pvm_read_natural(r));
    if (!r->failed && pc != at->pc)
        return wrong_step(check, s, "the next position", pc, at->pc);
    if (s->effect.written < PVM_REG_COUNT) {
        unsigned reg = s->effect.written;
        uint64_t value = s->before[reg] + jam_seg_unfold(pvm_read_natural(r));
        if (!r->failed && value != at->regs[reg])
            return wrong_step(check, s, pvm_reg_name(reg), value, at->regs[reg]);
    }
    if (r->failed)
        return jam_seg_wrong(check, "record %u: the steps end too early", (unsigned)check->clock);
    if (s->effect.access.width != 0)
        PVM_TRY(check_access(check, s));
    count_instruction(s);
    check->gas += gas - at->gas;
    return PVM_OK;
}

/* That the machine cannot pay for what comes next. */
static enum pvm_status check_unpaid(struct jam_seg_check *check, struct stepping *s)
{
    const struct pvm_eval_memory memory = {get_access, get_octet, put_octet, open_pages,
                                           &s->machine->memory};
    s->pc = s->machine->at.pc;
    enum pvm_exit exit = pvm_evaluate(s->known->program, &s->machine->at, &memory, &s->effect);
    if (exit != PVM_EXIT_OOG)
        return jam_seg_wrong(check, "behind record %u: machine %llu has gas for what is at 0x%llx",
                             (unsigned)check->clock, (unsigned long long)s->machine->serial,
                             (unsigned long long)s->pc);
    return PVM_OK;
}

/* ---- runs of machines ---- */

static enum pvm_status check_steps(struct jam_seg_check *check, struct jam_seg_machine *machine,
                                   uint64_t count)
{
    struct stepping s = {.machine = machine};
    enum pvm_exit exit = check->stopped;
    bool paid_for = exit != PVM_EXIT_OOG && exit != PVM_EXIT_CONTINUE;
    PVM_TRY(find_program(check, &machine->program, &s.known));
    if (count == 0 && paid_for)
        return jam_seg_wrong(check, "behind record %u: ends in %s without an instruction",
                             (unsigned)check->clock, pvm_exit_name(exit));
    for (uint64_t i = 1; i <= count; i++)
        PVM_TRY(check_step(check, &s, paid_for && i == count ? exit : PVM_EXIT_CONTINUE));
    if (exit == PVM_EXIT_OOG)
        PVM_TRY(check_unpaid(check, &s));
    if ((exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST) && check->arg != s.effect.arg)
        return wrong_step(check, &s, exit == PVM_EXIT_HOST ? "the call" : "the faulting page",
                          check->arg, s.effect.arg);
    check->steps += count;
    check->state.steps += count;
    return PVM_OK;
}

static bool at_end(const struct pvm_reader *r)
{
    return pvm_reader_left(r) == 0;
}

/* What comes after a machine stopped. */
static enum pvm_status go_on(struct jam_seg_check *check, const struct jam_seg_machine *machine)
{
    const struct pvm_reader *runs = &check->section[JAM_SEG_RUNS];
    const struct pvm_reader *calls = &check->section[JAM_SEG_CALLS];
    if (check->stopped == PVM_EXIT_CONTINUE)
        return at_end(runs) ? PVM_OK
                            : jam_seg_wrong(check, "machine %llu stops for no reason",
                                            (unsigned long long)machine->serial);
    bool ends = check->stopped != PVM_EXIT_HOST || (at_end(runs) && at_end(calls));
    if (machine->serial == 0 && ends) {
        check->state.exit = check->stopped;
        return PVM_OK;
    }
    return jam_seg_check_call(check);
}

static enum pvm_status check_run(struct jam_seg_check *check)
{
    struct pvm_reader *r = &check->section[JAM_SEG_RUNS];
    uint64_t serial = pvm_read_natural(r);
    uint64_t count = pvm_read_natural(r);
    uint8_t exit = pvm_read_u8(r);
    check->stopped = (enum pvm_exit)exit;
    check->arg = exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST ? pvm_read_natural(r) : 0;
    if (r->failed || exit > PVM_EXIT_HOST)
        return jam_seg_wrong(check, "the runs are cut short or not runs");
    struct jam_seg_machine *machine = jam_seg_state_find(&check->state, serial);
    if (machine == NULL || serial != check->state.active)
        return jam_seg_wrong(check, "behind record %u: machine %llu runs, but %llu should",
                             (unsigned)check->clock, (unsigned long long)serial,
                             (unsigned long long)check->state.active);
    if (check->state.exit != PVM_EXIT_CONTINUE)
        return jam_seg_wrong(check, "behind record %u: the run goes on behind its end",
                             (unsigned)check->clock);
    PVM_TRY(check_steps(check, machine, count));
    return go_on(check, machine);
}

/* ---- the program section ---- */

static enum pvm_status check_row(const struct jam_seg_check *check, struct pvm_reader *r,
                                 struct known_program *known, uint64_t pc)
{
    unsigned len;
    struct pvm_bytes octets = pvm_read_blob(r);
    uint64_t count = pvm_read_natural(r);
    const uint8_t *right = pvm_eval_octets(known->program, pc, &len);
    if (r->failed || right == NULL)
        return jam_seg_wrong(check, "the program's records are cut short or beyond the code");
    if (octets.len != len || memcmp(octets.ptr, right, len) != 0)
        return jam_seg_wrong(check, "the instruction at 0x%llx is not the program's",
                             (unsigned long long)pc);
    if (count == 0 || count != known->counts[pc])
        return jam_seg_wrong(check, "the instruction at 0x%llx ran %u times, not %llu",
                             (unsigned long long)pc, (unsigned)known->counts[pc],
                             (unsigned long long)count);
    known->counts[pc] = 0;
    known->distinct--;
    return PVM_OK;
}

static enum pvm_status check_program(const struct jam_seg_check *check, struct pvm_reader *r)
{
    struct known_program *known;
    struct jam_hash hash = {{0}};
    struct pvm_bytes octets = pvm_read_span(r, JAM_HASH_SIZE);
    uint64_t rows = pvm_read_natural(r);
    uint64_t pc = 0;
    if (r->failed)
        return jam_seg_wrong(check, "the program's records are cut short");
    memcpy(hash.octets, octets.ptr, JAM_HASH_SIZE);
    PVM_TRY(find_program(check, &hash, &known));
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t distance = pvm_read_natural(r);
        if (distance > known->blob.len)
            return jam_seg_wrong(check, "the program's records go beyond the code");
        pc += distance;
        PVM_TRY(check_row(check, r, known, pc));
    }
    return PVM_OK;
}

static enum pvm_status check_programs(struct jam_seg_check *check)
{
    struct pvm_reader *r = &check->section[JAM_SEG_PROGRAM];
    uint64_t count = pvm_read_natural(r);
    for (uint64_t i = 0; i < count && !r->failed; i++)
        PVM_TRY(check_program(check, r));
    for (size_t i = 0; i < check->checker->program_count; i++)
        if (check->checker->programs[i].distinct != 0)
            return jam_seg_wrong(check, "instructions ran that the program's records lack");
    return PVM_OK;
}

/* ---- a segment ---- */

static enum pvm_status begin(struct jam_seg_check *check, const struct jam_seg_parts *parts,
                             const struct jam_seg_entry *entry)
{
    struct jam_hash start;
    if (memcmp(&parts->start, &entry->start, sizeof start) != 0 ||
        memcmp(&parts->end, &entry->end, sizeof start) != 0)
        return jam_seg_wrong(check, "its digests are not the manifest's");
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        check->section[i] = pvm_reader(parts->section[i]);
    struct pvm_err why = {.status = PVM_OK};
    enum pvm_status status =
        jam_seg_state_decode(&check->state, parts->section[JAM_SEG_STATE], &why);
    for (size_t i = 0; i < check->state.count && status == PVM_OK; i++)
        status = jam_seg_memory_read(&check->state.list[i]->memory, &check->section[JAM_SEG_PAGES],
                                     &why);
    if (status == PVM_E_MALFORMED)
        return jam_seg_wrong(check, "%s", why.msg);
    if (status != PVM_OK)
        return pvm_fail(check->err, status, "%s", why.msg);
    check->section[JAM_SEG_STATE].pos = parts->section[JAM_SEG_STATE].len;
    PVM_TRY(jam_seg_state_digest(&check->state, &start, check->err));
    if (memcmp(&start, &parts->start, sizeof start) != 0)
        return jam_seg_wrong(check, "the state it begins with has another digest");
    return PVM_OK;
}

static enum pvm_status end(struct jam_seg_check *check, const struct jam_seg_parts *parts,
                           const struct jam_seg_entry *entry)
{
    struct jam_hash digest;
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        if (!at_end(&check->section[i]))
            return jam_seg_wrong(check, "section %s has records too many, from octet %zu on",
                                 jam_seg_section_name((enum jam_seg_section)i),
                                 check->section[i].pos);
    if (check->steps != entry->steps || check->gas != entry->gas)
        return jam_seg_wrong(check,
                             "%llu instructions and %llu gas, the manifest says %llu and %llu",
                             (unsigned long long)check->steps, (unsigned long long)check->gas,
                             (unsigned long long)entry->steps, (unsigned long long)entry->gas);
    for (size_t i = 0; i < check->state.count; i++)
        jam_seg_memory_close(&check->state.list[i]->memory);
    PVM_TRY(jam_seg_state_digest(&check->state, &digest, check->err));
    if (memcmp(&digest, &parts->end, sizeof digest) != 0)
        return jam_seg_wrong(check, "the state it ends with has another digest");
    return PVM_OK;
}

/* The run a segment belongs to, and whether it is the first and the last of it. */
static const struct jam_seg_run *run_of(const struct jam_seg_directory *directory, size_t index,
                                        bool *first, bool *last)
{
    for (size_t i = 0;; i++) {
        const struct jam_seg_run *run = jam_seg_run(directory, i);
        if (index < run->segments) {
            *first = index == 0;
            *last = index + 1 == run->segments;
            return run;
        }
        index -= (size_t)run->segments;
    }
}

/* A run begins with one machine that has done nothing yet, and nothing behind its end. */
static enum pvm_status check_begin(const struct jam_seg_check *check,
                                   const struct jam_seg_run *run, bool first)
{
    static const struct jam_hash no_calls;
    const struct jam_seg_state *state = &check->state;
    if (state->profile != check->profile || state->invocation != run->invocation ||
        memcmp(&state->list[0]->program, &run->program, sizeof run->program) != 0)
        return jam_seg_wrong(check, "its GP version, invocation or program is not the manifest's");
    if (state->exit != PVM_EXIT_CONTINUE)
        return jam_seg_wrong(check, "it begins behind the end of the run");
    if (first && (state->steps != 0 || state->active != 0 || state->next_serial != 1 ||
                  state->count != 1 || state->list[0]->at.paid ||
                  memcmp(&state->context, &no_calls, sizeof no_calls) != 0))
        return jam_seg_wrong(check, "the first segment of a run does not begin as one");
    return PVM_OK;
}

static enum pvm_status check_end(const struct jam_seg_check *check, const struct jam_seg_run *run,
                                 bool last)
{
    enum pvm_exit exit = check->state.exit;
    if (exit != (last ? run->outcome : PVM_EXIT_CONTINUE))
        return jam_seg_wrong(check, "ends with %s, which is not what the manifest says",
                             jam_seg_outcome_name(exit));
    if (exit == PVM_EXIT_HOST && run->invocation != JAM_SEG_NO_CALLS)
        return jam_seg_wrong(check, "ends at a host call that is not served");
    return PVM_OK;
}

static enum pvm_status check_file(struct jam_seg_check *check, size_t index, struct pvm_bytes file)
{
    struct jam_seg_parts parts;
    struct pvm_err why = {.status = PVM_OK};
    const struct jam_seg_entry *entry = jam_seg_entry(check->directory, index);
    if (jam_seg_parts_decode(file, &parts, &why) != PVM_OK)
        return jam_seg_wrong(check, "%s", why.msg);
    bool first, last;
    const struct jam_seg_run *run = run_of(check->directory, index, &first, &last);
    PVM_TRY(begin(check, &parts, entry));
    PVM_TRY(check_begin(check, run, first));
    while (!at_end(&check->section[JAM_SEG_RUNS]))
        PVM_TRY(check_run(check));
    PVM_TRY(check_programs(check));
    PVM_TRY(end(check, &parts, entry));
    return check_end(check, run, last);
}

enum pvm_status jam_seg_check(struct jam_seg_checker *checker, size_t index, struct pvm_err *err)
{
    char name[JAM_SEG_FILE_NAME];
    struct pvm_err own = {.status = PVM_OK};
    struct pvm_buf file = {.alloc = checker->alloc};
    struct jam_seg_check check = {.checker = checker,
                                  .directory = checker->directory,
                                  .profile = checker->directory->profile,
                                  .alloc = checker->alloc,
                                  .name = name,
                                  .err = err != NULL ? err : &own};
    jam_seg_segment_name(index, name);
    jam_seg_state_init(&check.state, checker->alloc);
    check.state.alike.limit = MOST_MEMORY;
    check.octets.alloc = check.note.alloc = checker->alloc;
    check.call.reads.alloc = check.call.changes.alloc = checker->alloc;
    enum pvm_status status = jam_seg_get_segment(checker->directory, index, &file, check.err);
    if (status == PVM_OK)
        status = check_file(&check, index, pvm_buf_bytes(&file));
    if (status != PVM_OK)
        for (size_t i = 0; i < checker->program_count; i++)
            if (checker->programs[i].distinct != 0)
                forget_program(checker, &checker->programs[i]);
    jam_seg_state_deinit(&check.state);
    jam_seg_call_deinit(&check.call);
    pvm_buf_deinit(&check.octets);
    pvm_buf_deinit(&check.note);
    pvm_buf_deinit(&file);
    return status;
}

enum pvm_status jam_seg_check_chain(const struct jam_seg_directory *directory, struct pvm_err *err)
{
    for (size_t i = 1; i < jam_seg_segment_count(directory); i++) {
        bool first, last;
        run_of(directory, i, &first, &last);
        if (!first && memcmp(&jam_seg_entry(directory, i - 1)->end,
                             &jam_seg_entry(directory, i)->start, JAM_HASH_SIZE) != 0)
            return pvm_fail(err, PVM_E_MALFORMED,
                            "segment %zu does not begin with the state that segment %zu ends with",
                            i, i - 1);
    }
    return PVM_OK;
}

enum pvm_status jam_seg_check_programs(const struct jam_seg_directory *directory,
                                       struct pvm_err *err)
{
    struct pvm_buf blob = {.alloc = directory->alloc};
    enum pvm_status status = PVM_OK;
    for (size_t i = 0; i < jam_seg_program_count(directory) && status == PVM_OK; i++) {
        blob.len = 0;
        status = jam_seg_get_program(directory, &jam_seg_program(directory, i)->digest, &blob, err);
    }
    pvm_buf_deinit(&blob);
    return status;
}
