/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/flame.h"

enum { INDEX_SIZE = CMD_FLAME_NODES * 2, PAGE_WORDS = PVM_PAGE_COUNT / 64, RA = 0 };

/* ---- nodes ---- */

static size_t slot_of(enum cmd_flame_kind kind, uint32_t parent, uint32_t code, uint64_t what)
{
    uint64_t h = what * UINT64_C(0x9e3779b97f4a7c15);
    h ^= ((uint64_t)parent << 32 | code) * UINT64_C(0xc2b2ae3d27d4eb4f);
    h = (h ^ h >> 29 ^ (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 40) % INDEX_SIZE;
}

static uint32_t find_node(struct cmd_flame *flame, enum cmd_flame_kind kind, uint32_t parent,
                          uint32_t code, uint64_t what, uint32_t frame)
{
    size_t slot = slot_of(kind, parent, code, what);
    for (; flame->index[slot] != 0; slot = (slot + 1) % INDEX_SIZE) {
        const struct cmd_flame_node *node = &flame->nodes[flame->index[slot] - 1];
        if (node->kind == kind && node->parent == parent && node->code == code &&
            node->what == what)
            return flame->index[slot] - 1;
    }
    if (flame->node_count == CMD_FLAME_NODES)
        return parent != CMD_FLAME_NONE ? parent : 0;
    flame->nodes[flame->node_count] = (struct cmd_flame_node){
        .kind = kind, .parent = parent, .frame = frame, .code = code, .what = what};
    flame->index[slot] = ++flame->node_count;
    return flame->node_count - 1;
}

static uint32_t child(struct cmd_flame *flame, enum cmd_flame_kind kind, uint32_t parent,
                      uint32_t code, uint64_t what)
{
    uint32_t frame = find_node(flame, kind, CMD_FLAME_NONE, code, what, CMD_FLAME_NONE);
    return find_node(flame, kind, parent, code, what, frame);
}

/* ---- programs ---- */

/* The entry of a program by its contents, for when it was decoded again. */
static uint32_t same_code(struct cmd_flame *flame, struct pvm_program *program,
                          const struct jam_hash *id)
{
    for (uint32_t i = 0; i < flame->code_count; i++) {
        struct cmd_flame_code *code = &flame->codes[i];
        if (memcmp(code->id.octets, id->octets, sizeof id->octets) != 0)
            continue;
        pvm_program_free(code->program);
        code->program = pvm_program_ref(program);
        return i;
    }
    return CMD_FLAME_NONE;
}

static uint32_t code_of(struct cmd_flame *flame, struct pvm_program *program, bool is_main)
{
    struct jam_hash id;
    for (uint32_t i = 0; i < flame->code_count; i++)
        if (flame->codes[i].program == program)
            return i;
    if (cmd_program_id(program, &id, NULL) != PVM_OK) {
        flame->failed = true;
        return CMD_FLAME_NONE;
    }
    uint32_t at = same_code(flame, program, &id);
    if (at != CMD_FLAME_NONE || flame->code_count == CMD_FLAME_CODES ||
        flame->code_octets + program->code_len > CMD_FLAME_OCTETS)
        return at;
    struct cmd_flame_count *counts =
        pvm_alloc_zero(NULL, (size_t)program->code_len + 1, sizeof *counts);
    if (counts == NULL) {
        flame->failed = true;
        return CMD_FLAME_NONE;
    }
    flame->code_octets += program->code_len;
    flame->codes[flame->code_count] =
        (struct cmd_flame_code){.program = pvm_program_ref(program),
                                .id = id,
                                .is_main = is_main,
                                .names = cmd_symbols_find(flame->symbols, &id, is_main),
                                .at = counts};
    return flame->code_count++;
}

/* ---- functions ---- */

static bool is_local(const struct pvm_symbol *symbol)
{
    return strchr(symbol->name, '.') != NULL;
}

/* The function that pc lies in, by symbols; without any the one whose entry is given. */
static void function_at(const struct cmd_flame *flame, struct cmd_flame_machine *m, uint64_t pc,
                        uint64_t *entry)
{
    const struct pvm_symbols *names =
        m->code != CMD_FLAME_NONE ? flame->codes[m->code].names : NULL;
    m->low = 0;
    m->high = UINT64_MAX;
    if (names == NULL)
        return;
    const struct pvm_symbol *at = pvm_symbols_before(names, pc);
    const struct pvm_symbol *next = at != NULL ? at + 1 : names->list;
    while (at != NULL && is_local(at))
        at = at > names->list ? at - 1 : NULL;
    while (next < names->list + names->count && is_local(next))
        next++;
    *entry = m->low = at != NULL ? at->pc : 0;
    if (next < names->list + names->count)
        m->high = next->pc;
}

static struct cmd_flame_frame *frames(struct cmd_flame_machine *m, size_t *count)
{
    *count = m->frames.len / sizeof(struct cmd_flame_frame);
    return (struct cmd_flame_frame *)(void *)m->frames.ptr;
}

static uint64_t bit_of(uint64_t back)
{
    return UINT64_C(1) << (back * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

static void push(struct cmd_flame *flame, struct cmd_flame_machine *m, uint64_t back,
                 uint64_t entry)
{
    struct cmd_flame_frame frame = {back, entry, 0};
    if (m->frames.len / sizeof frame >= CMD_FLAME_DEPTH) {
        m->beyond++;
        m->beyond_backs |= bit_of(back);
        return;
    }
    pvm_buf_add(&m->frames, &frame, sizeof frame);
    flame->failed = flame->failed || m->frames.failed;
    m->low = m->high = 0; /* to be found */
}

static void forget_beyond(struct cmd_flame_machine *m)
{
    m->beyond = 0;
    m->beyond_backs = 0;
}

/* To the caller that `back` leads to, from however deep; a jump through ra that is no return changes
 * nothing. */
static void pop(struct cmd_flame_machine *m, uint64_t back)
{
    size_t count;
    const struct cmd_flame_frame *list = frames(m, &count);
    if ((m->beyond_backs & bit_of(back)) != 0) {
        if (--m->beyond == 0)
            forget_beyond(m);
        return;
    }
    for (size_t i = count; i-- > 1;) {
        if (list[i].back != back)
            continue;
        m->frames.len = i * sizeof *list;
        m->low = m->high = 0;
        forget_beyond(m);
        return;
    }
}

/* Gives the frames from `first` on their nodes. */
static void place(struct cmd_flame *flame, struct cmd_flame_machine *m, size_t first)
{
    size_t count;
    struct cmd_flame_frame *list = frames(m, &count);
    for (size_t i = first; i < count; i++)
        list[i].node = child(flame, CMD_FLAME_FUNCTION, i == 0 ? m->base : list[i - 1].node,
                             m->code, list[i].entry);
}

/* ---- machines ---- */

static struct cmd_flame_machine *machine_at(struct cmd_flame *flame, size_t index)
{
    return (struct cmd_flame_machine *)(void *)flame->machines.ptr + index;
}

static size_t machine_count(const struct cmd_flame *flame)
{
    return flame->machines.len / sizeof(struct cmd_flame_machine);
}

static struct cmd_flame_machine *find_machine(struct cmd_flame *flame, int64_t id)
{
    size_t count = machine_count(flame);
    if (flame->last < count && machine_at(flame, flame->last)->id == id)
        return machine_at(flame, flame->last);
    for (size_t i = 0; i < count; i++) {
        if (machine_at(flame, i)->id != id)
            continue;
        flame->last = i;
        return machine_at(flame, i);
    }
    return NULL;
}

static void add_pages(struct cmd_flame *flame, struct cmd_flame_machine *m)
{
    for (unsigned i = 0; i < 2 && flame->stats && machine_count(flame) < CMD_FLAME_PAGED; i++) {
        m->pages[i] = pvm_alloc_zero(NULL, PAGE_WORDS, sizeof *m->pages[i]);
        flame->failed = flame->failed || m->pages[i] == NULL;
    }
}

static struct cmd_flame_machine *add_machine(struct cmd_flame *flame, int64_t id)
{
    struct cmd_flame_machine m = {.id = id, .code = CMD_FLAME_NONE};
    if (machine_count(flame) == CMD_FLAME_MACHINES)
        return NULL;
    add_pages(flame, &m);
    flame->last = machine_count(flame);
    pvm_buf_add(&flame->machines, &m, sizeof m);
    if (!flame->machines.failed)
        return machine_at(flame, flame->last);
    pvm_alloc_free(NULL, m.pages[0]);
    pvm_alloc_free(NULL, m.pages[1]);
    flame->failed = true;
    return NULL;
}

/* Where the machine's path starts: inner ones under the host call that is under way. */
static uint32_t base_of(struct cmd_flame *flame, int64_t id)
{
    const struct cmd_flame_machine *outer = machine_at(flame, 0);
    if (id < 0 || outer->id >= 0)
        return 0;
    uint32_t call = child(flame, CMD_FLAME_CALL, outer->node, CMD_FLAME_NONE, outer->vm->arg);
    return child(flame, CMD_FLAME_MACHINE, call, CMD_FLAME_NONE, (uint64_t)id);
}

/* ---- instructions ---- */

/* Counts of a position, those of all beyond the code in one; NULL: of a program without. */
static struct cmd_flame_count *count_at(struct cmd_flame *flame, const struct cmd_flame_machine *m,
                                        uint64_t pc)
{
    if (m->code == CMD_FLAME_NONE)
        return NULL;
    const struct cmd_flame_code *code = &flame->codes[m->code];
    return &code->at[pc < code->program->code_len ? pc : code->program->code_len];
}

static void settle(struct cmd_flame *flame, struct cmd_flame_machine *m, uint64_t gas)
{
    if (!m->pending)
        return;
    uint64_t used = m->gas >= gas ? m->gas - gas : 0;
    m->pending = false;
    flame->nodes[m->node].count.gas += used;
    flame->inner_gas += m->id >= 0 ? used : 0;
    struct cmd_flame_count *at = count_at(flame, m, m->pc);
    if (at != NULL)
        at->gas += used;
}

static void touch(struct cmd_flame_machine *m, unsigned write, uint32_t addr)
{
    uint32_t page = addr >> PVM_PAGE_BITS;
    uint64_t bit = UINT64_C(1) << (page % 64);
    if ((m->pages[write][page / 64] & bit) != 0)
        return;
    m->pages[write][page / 64] |= bit;
    m->page_counts[write]++;
}

/* Octets of a load or store: the number that its name ends with, over 8. */
static uint32_t width_of(const struct pvm_op_info *info)
{
    size_t len = strlen(info->name);
    switch (info->name[len - 1]) {
    case '6':
        return 2;
    case '2':
        return 4;
    case '4':
        return 8;
    default: /* 8 */
        return 1;
    }
}

static void touch_pages(struct cmd_flame_machine *m, const struct pvm_op_info *info,
                        const struct pvm_operands *ops, const struct pvm_vm *vm)
{
    bool store = info->units[PVM_UNIT_S] != 0;
    uint64_t addr = ops->x;
    if (m->pages[store] == NULL || (!store && info->units[PVM_UNIT_L] == 0))
        return;
    if (info->form == PVM_FORM_RRI)
        addr += vm->regs[ops->b];
    else if (info->form == PVM_FORM_RII)
        addr += vm->regs[ops->a];
    uint32_t width = width_of(info);
    if (!pvm_memory_allows(&vm->memory, (uint32_t)addr, width, store ? PVM_WRITE : PVM_READ))
        return; /* will be refused */
    touch(m, store, (uint32_t)addr);
    touch(m, store, (uint32_t)addr + width - 1);
}

/* Notes what the instruction at vm->pc is about to do. */
static void look(struct cmd_flame_machine *m, const struct pvm_vm *vm)
{
    struct pvm_operands ops = {0};
    enum pvm_op op = pvm_program_op(vm->program, vm->pc);
    m->move = CMD_FLAME_GOES_ON;
    if (vm->pc >= vm->program->code_len)
        return;
    bool calls = op == PVM_OP_LOAD_IMM_JUMP || op == PVM_OP_LOAD_IMM_JUMP_IND;
    if (!calls && op != PVM_OP_JUMP_IND && m->pages[0] == NULL)
        return;
    pvm_program_operands(vm->program, (uint32_t)vm->pc, &ops);
    if (m->pages[0] != NULL)
        touch_pages(m, &pvm_op_table[op], &ops, vm);
    if (calls && ops.a == RA) {
        m->move = CMD_FLAME_CALLS;
        m->back = (uint32_t)ops.x;
    } else if (op == PVM_OP_JUMP_IND && ops.a == RA) {
        m->move = CMD_FLAME_RETURNS;
        m->back = (uint32_t)(vm->regs[RA] + ops.x);
    }
}

/* Brings the frames up to where the machine is now. */
static void follow(struct cmd_flame *flame, struct cmd_flame_machine *m, const struct pvm_vm *vm,
                   uint32_t base)
{
    if (m->frames.len == 0)
        push(flame, m, UINT64_MAX, vm->pc);
    else if (m->move == CMD_FLAME_CALLS)
        push(flame, m, m->back, vm->pc);
    else if (m->move == CMD_FLAME_RETURNS)
        pop(m, m->back);
    size_t count;
    struct cmd_flame_frame *list = frames(m, &count);
    if (count == 0)
        return;
    bool moved = vm->pc < m->low || vm->pc >= m->high;
    if (moved)
        function_at(flame, m, vm->pc, &list[count - 1].entry);
    if (base != m->base) {
        m->base = base;
        place(flame, m, 0);
    } else if (moved) {
        place(flame, m, count - 1);
    }
    m->node = list[count - 1].node;
}

void cmd_flame_step(struct cmd_flame *flame, int64_t machine, const struct pvm_vm *vm)
{
    if (!flame->on || flame->failed)
        return;
    struct cmd_flame_machine *m = find_machine(flame, machine);
    if (m == NULL)
        m = add_machine(flame, machine);
    if (m == NULL)
        return;
    settle(flame, m, vm->gas);
    if (m->program != vm->program) {
        m->program = vm->program;
        m->code = code_of(flame, vm->program, machine < 0);
    }
    m->vm = vm;
    follow(flame, m, vm, base_of(flame, machine));
    look(m, vm);
    m->pending = true;
    m->pc = vm->pc;
    m->gas = vm->gas;
    flame->nodes[m->node].count.instructions++;
    struct cmd_flame_count *at = count_at(flame, m, vm->pc);
    if (at != NULL)
        at->instructions++;
}

void cmd_flame_call(struct cmd_flame *flame, const struct jam_call_event *event)
{
    if (!flame->on || flame->failed || machine_count(flame) == 0)
        return;
    struct cmd_flame_machine *ran = machine_at(flame, flame->last);
    struct cmd_flame_machine *outer = machine_at(flame, 0);
    if (ran->id >= 0 && ran->pending)
        settle(flame, ran, ran->vm->gas);
    settle(flame, outer, event->gas_before);
    uint32_t call = child(flame, CMD_FLAME_CALL, outer->node, CMD_FLAME_NONE, event->number);
    flame->nodes[call].times++;
    uint64_t paid =
        event->gas_before >= event->gas_after ? event->gas_before - event->gas_after : 0;
    if (flame->profile->call.inner_gas_charged) /* what the inner machine has is not the call's */
        paid -= flame->inner_gas < paid ? flame->inner_gas : paid;
    flame->inner_gas = 0;
    flame->nodes[call].count.gas += paid;
    if (event->name == NULL || strcmp(event->name, "machine") != 0 || event->after[7] > INT64_MAX)
        return;
    struct cmd_flame_machine *made = find_machine(flame, (int64_t)event->after[7]);
    if (made == NULL)
        return;
    made->frames.len = 0; /* another machine of the same number */
    forget_beyond(made);
    made->program = NULL;
    made->code = CMD_FLAME_NONE;
    made->move = CMD_FLAME_GOES_ON;
}

/* ---- begin and end ---- */

enum pvm_status cmd_flame_init(struct cmd_flame *flame, const struct jam_profile *profile,
                               const struct cmd_symbols *symbols, bool stats, struct pvm_err *err)
{
    flame->profile = profile;
    flame->symbols = symbols;
    flame->stats = stats;
    flame->nodes = pvm_alloc_zero(NULL, CMD_FLAME_NODES, sizeof *flame->nodes);
    flame->index = pvm_alloc_zero(NULL, INDEX_SIZE, sizeof *flame->index);
    if (flame->nodes == NULL || flame->index == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a profile");
    flame->node_count = 1;
    flame->nodes[0] = (struct cmd_flame_node){
        .parent = CMD_FLAME_NONE, .frame = CMD_FLAME_NONE, .code = CMD_FLAME_NONE};
    flame->on = true;
    return PVM_OK;
}

void cmd_flame_deinit(struct cmd_flame *flame)
{
    for (size_t i = 0; i < machine_count(flame); i++) {
        struct cmd_flame_machine *m = machine_at(flame, i);
        pvm_buf_deinit(&m->frames);
        pvm_alloc_free(NULL, m->pages[0]);
        pvm_alloc_free(NULL, m->pages[1]);
    }
    for (uint32_t i = 0; i < flame->code_count; i++) {
        pvm_program_free(flame->codes[i].program);
        pvm_alloc_free(NULL, flame->codes[i].at);
    }
    pvm_buf_deinit(&flame->machines);
    pvm_alloc_free(NULL, flame->nodes);
    pvm_alloc_free(NULL, flame->index);
}

void cmd_flame_next(struct cmd_flame *flame)
{
    for (size_t i = 0; i < machine_count(flame); i++) {
        struct cmd_flame_machine *machine = machine_at(flame, i);
        machine->frames.len = 0;
        forget_beyond(machine);
        machine->pending = false;
        machine->program = NULL;
        machine->move = CMD_FLAME_GOES_ON;
    }
}

enum pvm_status cmd_flame_end(struct cmd_flame *flame, struct pvm_err *err)
{
    if (!flame->on)
        return PVM_OK;
    if (machine_count(flame) != 0 && machine_at(flame, 0)->pending) {
        struct cmd_flame_machine *outer = machine_at(flame, 0);
        settle(flame, outer, outer->vm->gas);
    }
    return flame->failed ? pvm_fail(err, PVM_E_MEMORY, "out of memory for a profile") : PVM_OK;
}
