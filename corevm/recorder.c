/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/recorder.h"

/* A range of the parent's memory that a host call wrote. */
struct range {
    uint64_t addr, len;
    enum corevm_origin origin;
    uint64_t index, page;
};

/* As many ranges are kept; the oldest is forgotten. A parent that uses more buffers than this at
 * once gets some of its pages called its own. */
enum { MAX_RANGES = 256 };

/* And as many placements and invocations, so that a guest decides nothing about our memory. */
enum { MAX_NOTES = 4096 };

/* Appends a note; of too many the older half is forgotten. */
static void add_note(struct pvm_buf *notes, const void *note, size_t size)
{
    if (notes->len / size == MAX_NOTES) {
        size_t half = notes->len / 2;
        memmove(notes->ptr, notes->ptr + half, half);
        notes->len = half;
    }
    pvm_buf_add(notes, note, size);
}

void corevm_recorder_init(struct corevm_recorder *recorder, const struct pvm_alloc *alloc)
{
    *recorder = (struct corevm_recorder){
        .ranges.alloc = alloc, .placements.alloc = alloc, .invocations.alloc = alloc};
}

void corevm_recorder_deinit(struct corevm_recorder *recorder)
{
    pvm_buf_deinit(&recorder->ranges);
    pvm_buf_deinit(&recorder->placements);
    pvm_buf_deinit(&recorder->invocations);
}

static struct range *ranges(const struct corevm_recorder *recorder, size_t *count)
{
    *count = recorder->ranges.len / sizeof(struct range);
    return (struct range *)(void *)recorder->ranges.ptr;
}

/* Newer ranges stand behind older ones; one that is overwritten from its start on goes away. */
static void note_range(struct corevm_recorder *recorder, struct range range)
{
    size_t count;
    struct range *list = ranges(recorder, &count);
    size_t gone = count == MAX_RANGES ? 0 : count;
    for (size_t i = 0; i < count; i++) {
        if (list[i].addr == range.addr && list[i].len <= range.len)
            gone = i;
    }
    if (gone < count) {
        memmove(list + gone, list + gone + 1, (count - gone - 1) * sizeof *list);
        recorder->ranges.len -= sizeof *list;
    }
    pvm_buf_add(&recorder->ranges, &range, sizeof range);
}

static struct range find_range(const struct corevm_recorder *recorder, uint64_t addr)
{
    size_t count;
    const struct range *list = ranges(recorder, &count);
    while (count-- > 0) {
        if (addr >= list[count].addr && addr - list[count].addr < list[count].len)
            return list[count];
    }
    return (struct range){.origin = COREVM_OWN};
}

static void on_fetch(struct corevm_recorder *recorder, const struct jam_call_event *event)
{
    const struct jam_profile *profile = jam_run_profile(recorder->run);
    uint64_t kind = event->before[10];
    uint64_t total = event->after[7];
    if (total == JAM_NONE || kind >= JAM_FETCH_KINDS)
        return;
    uint64_t off = event->before[8] < total ? event->before[8] : total;
    uint64_t len = event->before[9] < total - off ? event->before[9] : total - off;
    bool import = profile->fetch_kinds[kind] == JAM_FETCH_OWN_IMPORT;
    if (len != 0)
        note_range(recorder, (struct range){.addr = event->before[7],
                                            .len = len,
                                            .origin = import ? COREVM_IMPORT : COREVM_OWN,
                                            .index = event->before[11]});
}

static void on_peek(struct corevm_recorder *recorder, const struct jam_call_event *event)
{
    if (event->after[7] != JAM_OK || event->before[10] == 0)
        return;
    note_range(recorder, (struct range){.addr = event->before[8],
                                        .len = event->before[10],
                                        .origin = COREVM_MACHINE,
                                        .index = event->before[7],
                                        .page = event->before[9] >> PVM_PAGE_BITS});
}

/* A call that succeeded read [addr, +len), so the range does not leave the address space. */
static uint32_t first_word(const struct corevm_recorder *recorder, uint64_t addr, uint64_t len)
{
    uint8_t word[4] = {0};
    const struct pvm_vm *vm = jam_run_vm(recorder->run);
    if (vm != NULL)
        pvm_memory_get(&vm->memory, addr, word, len < sizeof word ? (size_t)len : sizeof word);
    return (uint32_t)pvm_load_le(word, sizeof word);
}

static void on_poke(struct corevm_recorder *recorder, const struct jam_call_event *event)
{
    if (event->after[7] != JAM_OK || event->before[10] == 0)
        return;
    struct range from = find_range(recorder, event->before[8]);
    struct corevm_placement placement = {
        .machine = event->before[7],
        .address = event->before[9],
        .len = event->before[10],
        .value = first_word(recorder, event->before[8], event->before[10]),
        .origin = from.origin,
        .index = from.index,
        .page = from.page,
        .invocation = recorder->invocations.len / sizeof(struct corevm_invocation),
    };
    add_note(&recorder->placements, &placement, sizeof placement);
}

/* Ids ascend without two alike, so none stands behind the place of its own number. */
static const struct jam_machine *find_machine(const struct jam_run *run, uint64_t id)
{
    size_t low = 0;
    size_t high = id < SIZE_MAX ? (size_t)id + 1 : SIZE_MAX;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct jam_machine *machine = jam_run_machine(run, middle);
        if (machine != NULL && machine->id == id)
            return machine;
        if (machine == NULL || machine->id > id)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void on_invoke(struct corevm_recorder *recorder, const struct jam_call_event *event)
{
    if (event->after[7] > JAM_INNER_OOG)
        return;
    enum jam_inner_result result = (enum jam_inner_result)event->after[7];
    bool has_arg = result == JAM_INNER_HOST || result == JAM_INNER_FAULT;
    const struct jam_machine *machine = find_machine(recorder->run, event->before[7]);
    struct corevm_invocation invocation = {
        .machine = event->before[7],
        .result = result,
        .arg = has_arg ? event->after[8] : 0,
        .pc = machine != NULL ? machine->last_exit_pc : 0,
        .gas = machine != NULL ? machine->last_gas : 0,
        .left = machine != NULL ? machine->vm.gas : 0,
    };
    add_note(&recorder->invocations, &invocation, sizeof invocation);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    static const struct {
        const char *name;
        void (*note)(struct corevm_recorder *recorder, const struct jam_call_event *event);
    } notes[] = {{"fetch", on_fetch}, {"peek", on_peek}, {"poke", on_poke}, {"invoke", on_invoke}};
    struct corevm_recorder *recorder = user;
    if (event->name == NULL || !event->open || event->exit != PVM_EXIT_CONTINUE ||
        recorder->run == NULL)
        return;
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        if (strcmp(event->name, notes[i].name) == 0)
            notes[i].note(recorder, event);
    }
}

struct jam_hooks corevm_recorder_hooks(struct corevm_recorder *recorder)
{
    return (struct jam_hooks){.call = on_call, .user = recorder};
}

enum pvm_status corevm_recorder_status(const struct corevm_recorder *recorder, struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&recorder->ranges, err));
    PVM_TRY(pvm_buf_status(&recorder->placements, err));
    return pvm_buf_status(&recorder->invocations, err);
}

const struct corevm_placement *corevm_placement_at(const struct corevm_recorder *recorder,
                                                   uint64_t machine, uint64_t address)
{
    size_t count;
    const struct corevm_placement *list = corevm_placements(recorder, &count);
    while (count-- > 0) {
        if (list[count].machine == machine && list[count].address == address)
            return &list[count];
    }
    return NULL;
}
