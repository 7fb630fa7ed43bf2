/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interpreter: three loops over one set of instruction bodies, and what surrounds a run so that
 * registers, gas and position are exact at every exit.
 *
 * The fast loop charges a whole segment when it enters it. Under the flat model, when gas does not
 * reach for one, the stepping loop runs it instruction by instruction up to the point where it
 * ends; when an access faults in mid-segment, what had been charged for the rest is given back.
 * Under the block model a segment is paid as a whole or not at all.
 */
#include "core/interp.h"

#include "core/gas.h"
#include "core/vm.h"

/* Why a loop stopped: an enum pvm_exit, or one of these. */
enum stop {
    STOP_SHORT = 100, /* gas does not reach for the segment at resume_index, nothing charged */
    STOP_NO_ROOM,     /* our memory is exhausted */
    STOP_BROKEN       /* a record that cannot be */
};

#define HALT_ADDRESS UINT32_C(0xffff0000)

/* ---- arithmetic the bodies use ---- */

static inline uint32_t u32(uint64_t v)
{
    return (uint32_t)v;
}

static inline int32_t s32(uint64_t v)
{
    return (int32_t)(uint32_t)v;
}

static inline int64_t s64(uint64_t v)
{
    return (int64_t)v;
}

static inline uint64_t zx(uint64_t v)
{
    return v;
}

static inline uint64_t sx8(uint64_t v)
{
    return (uint64_t)(int64_t)(int8_t)(uint8_t)v;
}

static inline uint64_t sx16(uint64_t v)
{
    return (uint64_t)(int64_t)(int16_t)(uint16_t)v;
}

static inline uint64_t sx32(uint64_t v)
{
    return (uint64_t)(int64_t)s32(v);
}

static inline uint64_t rotate_right_64(uint64_t v, uint64_t by)
{
    return v >> (by & 63) | v << ((0 - by) & 63);
}

static inline uint32_t rotate_right_32(uint32_t v, uint64_t by)
{
    return v >> (by & 31) | v << ((0 - by) & 31);
}

static inline uint64_t divide_32(int32_t a, int32_t b)
{
    if (b == 0)
        return UINT64_MAX;
    if (a == INT32_MIN && b == -1)
        return (uint64_t)(int64_t)a;
    return (uint64_t)(int64_t)(a / b);
}

static inline uint64_t remainder_32(int32_t a, int32_t b)
{
    if (b == 0)
        return (uint64_t)(int64_t)a;
    return b == -1 ? 0 : (uint64_t)(int64_t)(a % b);
}

static inline uint64_t divide_64(int64_t a, int64_t b)
{
    if (b == 0)
        return UINT64_MAX;
    return a == INT64_MIN && b == -1 ? (uint64_t)a : (uint64_t)(a / b);
}

static inline uint64_t remainder_64(int64_t a, int64_t b)
{
    if (b == 0)
        return (uint64_t)a;
    return b == -1 ? 0 : (uint64_t)(a % b);
}

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide;

static inline uint64_t upper_u_u(uint64_t a, uint64_t b)
{
    return (uint64_t)((wide)a * b >> 64);
}
#else
static inline uint64_t upper_u_u(uint64_t a, uint64_t b)
{
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX);
    uint64_t mid1 = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
    uint64_t mid2 = (a & UINT32_MAX) * (b >> 32) + (mid1 & UINT32_MAX);
    return (a >> 32) * (b >> 32) + (mid1 >> 32) + (mid2 >> 32);
}
#endif

/* A negative factor counts as itself plus 2^64 in the unsigned product. */
static inline uint64_t upper_s_u(uint64_t a, uint64_t b)
{
    return upper_u_u(a, b) - (s64(a) < 0 ? b : 0);
}

static inline uint64_t upper_s_s(uint64_t a, uint64_t b)
{
    return upper_s_u(a, b) - (s64(b) < 0 ? a : 0);
}

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FROM_LE(type, v)                                                                           \
    ((type)(sizeof(type) == 8   ? __builtin_bswap64(v)                                             \
            : sizeof(type) == 4 ? __builtin_bswap32((uint32_t)(v))                                 \
            : sizeof(type) == 2 ? __builtin_bswap16((uint16_t)(v))                                 \
                                : (v)))
#else
#define FROM_LE(type, v) (v)
#endif

/* ---- the page cache ---- */

_Static_assert(sizeof(struct pvm_cache_line) == 16, "line_of multiplies by shifting less");

/* The cache line of an address's page. */
static inline const struct pvm_cache_line *line_of(const struct pvm_cache_line *cache,
                                                   uint32_t addr)
{
    uint32_t offset = addr >> (PVM_PAGE_BITS - 4) & (PVM_CACHE_LINES - 1) << 4;
    return (const void *)((const char *)cache + offset);
}

/* Page of the last octet of an access. One across 2^32 gives page 0, which is never cached. */
static inline uint32_t last_page(uint32_t addr, unsigned width)
{
    return (addr + (width - 1)) >> PVM_PAGE_BITS;
}

/* ---- gas ---- */

/* Instructions of the segment from the one at index on, itself included. */
static uint64_t rest_of_segment(const struct pvm_program *program, uint32_t index)
{
    if (program->insns[index - 1].op == PVM_REC_CHARGE)
        return program->insns[index - 1].count;
    struct pvm_segment segment = pvm_program_segment(program, index);
    return segment.count - (index - segment.first);
}

/* Gas of the block that pc lies in, PVM_GAS_BLOCK. */
static uint64_t cost_of_block_at(const struct pvm_program *program, uint32_t pc)
{
    uint32_t start = pvm_program_block_of(program, pc);
    uint32_t first = pvm_program_index(program, start);
    return first != 0 ? pvm_program_cost(program, first)
                      : pvm_gas_block_cost(program, start, NULL, NULL);
}

/* Gas of starting at the record, not paid yet, of a run. */
static uint64_t entry_cost(const struct pvm_program *program, uint32_t index)
{
    if (program->rules->gas == PVM_GAS_FLAT)
        return rest_of_segment(program, index);
    const struct pvm_insn *charge = &program->insns[index - 1];
    if (charge->op == PVM_REC_CHARGE && __atomic_load_n(&charge->cost, __ATOMIC_RELAXED) != 0)
        return pvm_program_cost(program, index);
    return cost_of_block_at(program, pvm_program_position(program, index));
}

/* ---- what leaves the fast path ---- */

static enum stop stop_of(struct pvm_vm *vm, enum pvm_mem_result result)
{
    switch (result) {
    case PVM_MEM_OK:
        return (enum stop)PVM_EXIT_CONTINUE;
    case PVM_MEM_PANIC:
        return (enum stop)PVM_EXIT_PANIC;
    case PVM_MEM_FAULT:
        vm->arg = vm->memory.fault;
        return (enum stop)PVM_EXIT_FAULT;
    case PVM_MEM_NO_ROOM:
        return STOP_NO_ROOM;
    }
    return STOP_BROKEN;
}

PVM_COLD static enum stop load_slowly(struct pvm_vm *vm, uint32_t addr, unsigned width,
                                      uint64_t *value)
{
    return stop_of(vm, pvm_memory_load(&vm->memory, addr, width, value));
}

PVM_COLD static enum stop store_slowly(struct pvm_vm *vm, uint32_t addr, unsigned width,
                                       uint64_t value)
{
    return stop_of(vm, pvm_memory_store(&vm->memory, addr, width, value));
}

/* sbrk, GP 0.7.2 A.5.9: the old top on success; 0, with nothing changed, when the heap would pass
 * its limit; a request for nothing asks for the top. */
PVM_COLD static enum stop grow_heap(struct pvm_vm *vm, uint64_t octets, uint64_t *result)
{
    uint32_t top = vm->heap_top;
    if (octets > vm->heap_limit || top > vm->heap_limit - octets) {
        *result = 0;
        return (enum stop)PVM_EXIT_CONTINUE;
    }
    uint32_t first = (uint32_t)(((uint64_t)top + PVM_PAGE_SIZE - 1) >> PVM_PAGE_BITS);
    uint32_t last = (uint32_t)((top + octets + PVM_PAGE_SIZE - 1) >> PVM_PAGE_BITS);
    if (last > first &&
        pvm_memory_map(&vm->memory, first, last - first, PVM_WRITE, false, NULL) != PVM_OK)
        return STOP_NO_ROOM;
    vm->heap_top = top + (uint32_t)octets;
    *result = top;
    return (enum stop)PVM_EXIT_CONTINUE;
}

/* Charges one instruction in the stepping loop; false when gas does not reach. */
static bool pay(struct pvm_vm *vm, uint32_t index)
{
    uint64_t cost = 1;
    if (vm->program->rules->gas == PVM_GAS_BLOCK) {
        if (vm->paid)
            return true;
        cost = entry_cost(vm->program, index);
    }
    if (vm->gas < cost)
        return false;
    vm->gas -= cost;
    vm->paid = true;
    return true;
}

/* The same, and tells the observer of the instruction about to run, with the gas it found. What it
 * leaves of that must reach, too. */
PVM_COLD static bool pay_and_show(struct pvm_vm *vm, uint32_t index)
{
    uint64_t before = vm->gas;
    if (!pay(vm, index))
        return false;
    if (vm->observer.step != NULL) {
        uint64_t cost = before - vm->gas;
        vm->pc = pvm_program_position(vm->program, index);
        vm->gas = before;
        vm->observer.step(vm->observer.user, vm);
        if (vm->gas < cost) {
            vm->paid = false;
            return false;
        }
        vm->gas -= cost;
    }
    return true;
}

/* ---- the loops ---- */

#include "core/interp_ops.inc"

/* Addresses of the bodies in the free loop. */
struct handlers {
    const void *const *single; /* by record operation */
    const void *const *runs;   /* in the order of PVM_FUSED_4, _3 and _2 */
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* labels as values */

#define LOOP_NAME   run_on_pages
#define LOOP_STEP   0
#define LOOP_WINDOW 0
#include "core/interp_loop.inc"

#define LOOP_NAME   run_in_window
#define LOOP_STEP   0
#define LOOP_WINDOW 1
#include "core/interp_loop.inc"

#define LOOP_NAME   run_stepping
#define LOOP_STEP   1
#define LOOP_WINDOW 0
#include "core/interp_loop.inc"

#pragma GCC diagnostic pop

static enum stop run_freely(struct pvm_vm *vm, uint32_t index, uint64_t gas)
{
    return vm->program->layout == PVM_LAYOUT_WINDOW ? run_in_window(vm, index, gas, NULL)
                                                    : run_on_pages(vm, index, gas, NULL);
}

/* ---- handlers ---- */

#ifdef PVM_SWITCH
void pvm_interp_link(enum pvm_layout layout, struct pvm_insn *insns, uint32_t count)
{
    (void)layout;
    (void)insns;
    (void)count;
}
#else
/* A row of PVM_FUSED_N. a and b: how far back the source of A and B lies, 0 for the register. */
struct run {
    uint8_t length;
    uint8_t ops[4], a[4], b[4];
};

#define FROM_r 0
#define FROM_1 1
#define FROM_2 2
#define FROM_3 3
static const struct run runs[] = {
#define F(P, Q, qa, qb, R, ra, rb, S, sa, sb)                                                      \
    {4,                                                                                            \
     {PVM_OP_##P, PVM_OP_##Q, PVM_OP_##R, PVM_OP_##S},                                             \
     {0, FROM_##qa, FROM_##ra, FROM_##sa},                                                         \
     {0, FROM_##qb, FROM_##rb, FROM_##sb}},
    PVM_FUSED_4(F)
#undef F
#define F(P, Q, qa, qb, R, ra, rb)                                                                 \
    {3,                                                                                            \
     {PVM_OP_##P, PVM_OP_##Q, PVM_OP_##R},                                                         \
     {0, FROM_##qa, FROM_##ra},                                                                    \
     {0, FROM_##qb, FROM_##rb}},
    PVM_FUSED_3(F)
#undef F
#define F(P, Q, qa, qb) {2, {PVM_OP_##P, PVM_OP_##Q}, {0, FROM_##qa}, {0, FROM_##qb}},
    PVM_FUSED_2(F)
#undef F
};
#undef FROM_r
#undef FROM_1
#undef FROM_2
#undef FROM_3

enum { RUNS = sizeof runs / sizeof runs[0] };

/* What a dispatch costs, and what a value taken from a local saves, in about the same unit. */
enum { DISPATCH_COST = 4, LOCAL_GAIN = 3 };

static int run_gain(const struct run *run)
{
    int locals = 0;
    for (unsigned i = 1; i < run->length; i++)
        locals += (run->a[i] != 0) + (run->b[i] != 0);
    return locals * LOCAL_GAIN;
}

/* The rows that start with two operations, in their order: 1 + an index, 0 for none. */
struct run_index {
    uint16_t first[PVM_REC_COUNT][PVM_REC_COUNT];
    uint16_t next[RUNS];
    int16_t gain[RUNS];
};

static void index_runs(struct run_index *index)
{
    memset(index, 0, sizeof *index);
    for (unsigned i = RUNS; i-- > 0;) {
        uint16_t *first = &index->first[runs[i].ops[0]][runs[i].ops[1]];
        index->next[i] = *first;
        *first = (uint16_t)(i + 1);
        index->gain[i] = (int16_t)run_gain(&runs[i]);
    }
}

/* The register an instruction writes, PVM_REG_COUNT for none. */
static unsigned written(const struct pvm_insn *insn)
{
    uint8_t writes = pvm_op_table[insn->op].writes;
    return writes == PVM_A ? insn->a : writes == PVM_D ? insn->d : PVM_REG_COUNT;
}

/* Whether the last write to reg before the nth instruction is `back` instructions away. */
static bool comes_from(const struct pvm_insn *insn, unsigned nth, unsigned back, unsigned reg)
{
    for (unsigned i = 1; i < back; i++) {
        if (written(&insn[nth - i]) == reg)
            return false;
    }
    return back == 0 || written(&insn[nth - back]) == reg;
}

/* A run has no charge record in it, so it never reaches into another segment. */
static bool run_fits(const struct run *run, const struct pvm_insn *insn)
{
    for (unsigned i = 2; i < run->length; i++) {
        if (insn[i].op != run->ops[i])
            return false;
    }
    for (unsigned i = 1; i < run->length; i++) {
        if (!comes_from(insn, i, run->a[i], insn[i].a) ||
            !comes_from(insn, i, run->b[i], insn[i].b))
            return false;
    }
    return true;
}

/* Costs of the rest of a segment from the next records on: ahead[0] is that of the next one. */
struct costs {
    int ahead[4];
};

/* Chooses how a record goes on so that the rest of its segment costs least. */
static const void *choose(const struct run_index *index, const struct handlers *handlers,
                          const struct pvm_insn *insn, const struct costs *costs, int *cost)
{
    const void *handler = handlers->single[insn->op];
    *cost = DISPATCH_COST + costs->ahead[0];
    for (unsigned i = index->first[insn->op][insn[1].op]; i != 0; i = index->next[i - 1]) {
        const struct run *run = &runs[i - 1];
        int total = DISPATCH_COST + costs->ahead[run->length - 1] - index->gain[i - 1];
        if (total < *cost && run_fits(run, insn)) {
            *cost = total;
            handler = handlers->runs[i - 1];
        }
    }
    return handler;
}

/* From the last record to the first, so that what follows is known. */
void pvm_interp_link(enum pvm_layout layout, struct pvm_insn *insns, uint32_t count)
{
    struct run_index index;
    struct handlers handlers;
    struct costs costs = {{0}};
    index_runs(&index);
    if (layout == PVM_LAYOUT_WINDOW)
        (void)run_in_window(NULL, 0, 0, &handlers);
    else
        (void)run_on_pages(NULL, 0, 0, &handlers);
    for (uint32_t i = count; i-- > 0;) {
        int cost = 0;
        if (insns[i].op >= PVM_OP_COUNT) {
            if (insns[i].op != PVM_REC_CHARGE)
                insns[i].handler = handlers.single[insns[i].op];
            costs = (struct costs){{0}};
            continue;
        }
        insns[i].handler = choose(&index, &handlers, &insns[i], &costs, &cost);
        costs = (struct costs){{cost, costs.ahead[0], costs.ahead[1], costs.ahead[2]}};
    }
}
#endif

/* ---- runs ---- */

/* Fills in position and argument of an exit at the record vm->resume_index. */
static void settle(struct pvm_vm *vm, enum pvm_exit exit)
{
    const struct pvm_insn *insn = &vm->program->insns[vm->resume_index];
    if (exit == PVM_EXIT_HOST) {
        vm->exit_pc = insn[1].link;
        vm->pc = vm->exit_pc + 1 + insn->a;
        vm->arg = (uint64_t)(int64_t)insn->x;
        vm->resume_index += 2;
    } else {
        vm->pc = pvm_program_position(vm->program, vm->resume_index);
        vm->exit_pc = vm->pc;
        if (!pvm_program_may_start(vm->program, vm->pc))
            vm->resume_index = 0;
    }
    vm->resume_pc = vm->pc;
}

/* What a trap at a position without record costs: under the block model the block that it lies in,
 * beyond the code the last one (GP 0.8.0 A.4). */
static uint64_t cost_nowhere(const struct pvm_vm *vm)
{
    const struct pvm_program *program = vm->program;
    if (program->rules->gas == PVM_GAS_FLAT)
        return 1;
    if (vm->paid)
        return 0;
    return cost_of_block_at(program,
                            vm->pc < program->code_len ? (uint32_t)vm->pc : program->code_len);
}

/* A run from a position without record: everything there acts as a trap (GP 0.7.2 A.5); one from a
 * position where strict rules let none start panics for nothing. */
static enum pvm_exit run_nowhere(struct pvm_vm *vm)
{
    vm->exit_pc = vm->pc;
    if (vm->program->rules->strict)
        return PVM_EXIT_PANIC;
    uint64_t cost = cost_nowhere(vm);
    if (vm->gas >= cost && vm->observer.step != NULL)
        vm->observer.step(vm->observer.user, vm);
    if (vm->gas < cost)
        return PVM_EXIT_OOG;
    vm->gas -= cost;
    vm->paid = true;
    return PVM_EXIT_PANIC;
}

/* Finds the record of vm->pc, and notes it. */
static uint32_t find_record(struct pvm_vm *vm)
{
    if (vm->resume_index == 0 || vm->resume_pc != vm->pc)
        vm->resume_index = pvm_program_may_start(vm->program, vm->pc)
                               ? pvm_program_index(vm->program, vm->pc)
                               : 0;
    return vm->resume_index;
}

/* The free loop counts down at most this much at a time, so that PVM_COST_UNKNOWN never fits. */
#define TANK PVM_COST_LIMIT

/* Runs freely, filling the tank again whenever it does not hold the next segment's cost; that is
 * also where the cost of a block never entered before is found. STOP_SHORT when all gas together
 * does not reach. */
static enum stop run_on_tanks(struct pvm_vm *vm, uint32_t index, uint64_t cost)
{
    enum stop stop = STOP_SHORT;
    while (stop == STOP_SHORT && vm->gas >= cost) {
        uint64_t gas = vm->gas - cost;
        uint64_t tank = gas < TANK ? gas : TANK;
        vm->held = gas - tank;
        stop = run_freely(vm, index, tank);
        if (stop == STOP_SHORT) {
            index = vm->resume_index;
            cost = pvm_program_cost(vm->program, index);
        }
    }
    return stop;
}

static enum stop run_flat(struct pvm_vm *vm, uint32_t index)
{
    enum stop stop = run_on_tanks(vm, index, rest_of_segment(vm->program, index));
    if (stop == STOP_SHORT)
        return run_stepping(vm, vm->resume_index, UINT64_MAX, NULL);
    if (stop == (enum stop)PVM_EXIT_HOST) /* which ends a segment */
        return stop;
    if (vm->program->insns[vm->resume_index + 1].op != PVM_REC_CHARGE)
        vm->gas += rest_of_segment(vm->program, vm->resume_index) - 1;
    return stop;
}

static enum stop run_blocks(struct pvm_vm *vm, uint32_t index)
{
    enum stop stop = run_on_tanks(vm, index, vm->paid ? 0 : entry_cost(vm->program, index));
    vm->paid = stop != STOP_SHORT;
    return stop == STOP_SHORT ? (enum stop)PVM_EXIT_OOG : stop;
}

static enum stop run_loops(struct pvm_vm *vm, uint32_t index)
{
    if (vm->observer.step != NULL)
        return run_stepping(vm, index, UINT64_MAX, NULL);
    return vm->program->rules->gas == PVM_GAS_FLAT ? run_flat(vm, index) : run_blocks(vm, index);
}

static enum pvm_status finish(struct pvm_vm *vm, enum stop stop, enum pvm_exit *exit,
                              struct pvm_err *err)
{
    if (stop == STOP_NO_ROOM)
        return pvm_memory_no_room(&vm->memory, err);
    if ((unsigned)stop > PVM_EXIT_HOST)
        return pvm_fail(err, PVM_E_INTERNAL, "interpreter stopped at record %u", vm->resume_index);
    *exit = (enum pvm_exit)stop;
    settle(vm, *exit);
    return PVM_OK;
}

enum pvm_status pvm_vm_run(struct pvm_vm *vm, enum pvm_exit *exit, struct pvm_err *err)
{
    uint32_t index = find_record(vm);
    if (index == 0) {
        *exit = run_nowhere(vm);
        return PVM_OK;
    }
    return finish(vm, run_loops(vm, index), exit, err);
}

enum pvm_status pvm_vm_step(struct pvm_vm *vm, uint64_t steps, enum pvm_exit *exit,
                            struct pvm_err *err)
{
    uint32_t index = find_record(vm);
    if (index == 0) {
        *exit = steps != 0 ? run_nowhere(vm) : PVM_EXIT_CONTINUE;
        return PVM_OK;
    }
    return finish(vm, run_stepping(vm, index, steps, NULL), exit, err);
}
