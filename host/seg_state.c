/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_state.h"

#include "host/hash.h"

void jam_seg_state_init(struct jam_seg_state *state, const struct pvm_alloc *alloc)
{
    *state = (struct jam_seg_state){.alloc = alloc, .next_serial = 1};
    jam_seg_alike_init(&state->alike);
}

static void free_machine(struct jam_seg_state *state, struct jam_seg_machine *machine)
{
    jam_seg_memory_deinit(&machine->memory);
    state->alike.used -= sizeof *machine;
    pvm_alloc_free(state->alloc, machine);
}

void jam_seg_state_deinit(struct jam_seg_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        free_machine(state, state->list[i]);
    pvm_alloc_free(state->alloc, state->list);
    pvm_alloc_free(state->alloc, state->by_id);
    state->list = state->by_id = NULL;
    state->count = state->cap = state->inner_count = state->inner_cap = 0;
}

/* Room for one more pointer in a list. */
static bool make_room(const struct pvm_alloc *alloc, struct jam_seg_machine ***list, size_t count,
                      size_t *cap)
{
    if (count < *cap)
        return true;
    size_t more = *cap == 0 ? 8 : *cap * 2;
    void *grown = pvm_alloc_resize(alloc, *list, more * sizeof(void *));
    if (grown == NULL)
        return false;
    *list = grown;
    *cap = more;
    return true;
}

/* Where in by_id the first machine stands whose id is not below id. */
static size_t place_of(const struct jam_seg_state *state, uint64_t id)
{
    size_t low = 0;
    size_t high = state->inner_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->by_id[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum pvm_status jam_seg_state_add(struct jam_seg_state *state, uint64_t serial, uint64_t id,
                                  struct jam_seg_machine **out, struct pvm_err *err)
{
    if (!make_room(state->alloc, &state->list, state->count, &state->cap) ||
        !make_room(state->alloc, &state->by_id, state->inner_count, &state->inner_cap))
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a machine");
    if (serial != 0 && jam_seg_state_inner(state, id) != NULL)
        return pvm_fail(err, PVM_E_MALFORMED, "two machines have the number %llu",
                        (unsigned long long)id);
    struct jam_seg_machine *machine = NULL;
    if (state->alike.used <= state->alike.limit)
        machine = pvm_alloc_zero(state->alloc, 1, sizeof *machine);
    if (machine == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a machine");
    state->alike.used += sizeof *machine;
    machine->serial = serial;
    machine->id = id;
    enum pvm_status status =
        jam_seg_memory_init(&machine->memory, &state->alike, state->alloc, err);
    if (status != PVM_OK) {
        state->alike.used -= sizeof *machine;
        pvm_alloc_free(state->alloc, machine);
        return status;
    }
    state->list[state->count++] = machine;
    if (serial != 0) {
        size_t at = place_of(state, id);
        memmove(state->by_id + at + 1, state->by_id + at,
                (state->inner_count - at) * sizeof *state->by_id);
        state->by_id[at] = machine;
        state->inner_count++;
    }
    *out = machine;
    return PVM_OK;
}

void jam_seg_state_close(struct jam_seg_state *state, struct jam_seg_machine *machine)
{
    size_t at = place_of(state, machine->id);
    machine->closed = true;
    state->inner_count--;
    memmove(state->by_id + at, state->by_id + at + 1,
            (state->inner_count - at) * sizeof *state->by_id);
}

struct jam_seg_machine *jam_seg_state_find(const struct jam_seg_state *state, uint64_t serial)
{
    size_t low = 0;
    size_t high = state->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->list[middle]->serial < serial)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == state->count || state->list[low]->serial != serial || state->list[low]->closed)
        return NULL;
    return state->list[low];
}

struct jam_seg_machine *jam_seg_state_inner(const struct jam_seg_state *state, uint64_t id)
{
    size_t at = place_of(state, id);
    return at < state->inner_count && state->by_id[at]->id == id ? state->by_id[at] : NULL;
}

/* Ids ascend, so those before the first gap are their own places. */
uint64_t jam_seg_state_free_id(const struct jam_seg_state *state)
{
    size_t low = 0;
    size_t high = state->inner_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->by_id[middle]->id == middle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void jam_seg_state_sweep(struct jam_seg_state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->count; i++) {
        if (state->list[i]->closed)
            free_machine(state, state->list[i]);
        else
            state->list[kept++] = state->list[i];
    }
    state->count = kept;
}

/* ---- encoding ---- */

static void encode_machine(const struct jam_seg_machine *machine, struct pvm_buf *out)
{
    const struct pvm_eval_machine *at = &machine->at;
    pvm_buf_add_natural(out, machine->serial);
    pvm_buf_add_natural(out, machine->id);
    pvm_buf_add(out, machine->program.octets, JAM_HASH_SIZE);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_buf_add_le(out, at->regs[i], 8);
    pvm_buf_add_le(out, at->gas, 8);
    pvm_buf_add_le(out, at->pc, 8);
    pvm_buf_add_le(out, at->heap_top, 4);
    pvm_buf_add_le(out, at->heap_limit, 4);
    pvm_buf_add_u8(out, at->paid);
}

void jam_seg_state_encode(const struct jam_seg_state *state, struct pvm_buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < state->count; i++)
        count += !state->list[i]->closed;
    pvm_buf_add_blob(out, pvm_bytes(state->profile->name, strlen(state->profile->name)));
    pvm_buf_add_u8(out, (uint8_t)(state->invocation - JAM_SEG_NO_CALLS));
    pvm_buf_add_natural(out, state->next_serial);
    pvm_buf_add_natural(out, state->active);
    pvm_buf_add_natural(out, state->number);
    pvm_buf_add_natural(out, state->entered);
    pvm_buf_add_natural(out, state->steps);
    pvm_buf_add_u8(out, (uint8_t)state->exit);
    pvm_buf_add(out, state->context.octets, JAM_HASH_SIZE);
    pvm_buf_add_natural(out, count);
    for (size_t i = 0; i < state->count; i++)
        if (!state->list[i]->closed)
            encode_machine(state->list[i], out);
}

static struct jam_hash read_hash(struct pvm_reader *r)
{
    struct jam_hash hash = {{0}};
    struct pvm_bytes octets = pvm_read_span(r, JAM_HASH_SIZE);
    if (octets.len == JAM_HASH_SIZE)
        memcpy(hash.octets, octets.ptr, JAM_HASH_SIZE);
    return hash;
}

static void decode_machine(struct jam_seg_machine *machine, struct pvm_reader *r)
{
    struct pvm_eval_machine *at = &machine->at;
    machine->program = read_hash(r);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        at->regs[i] = pvm_read_le(r, 8);
    at->gas = pvm_read_le(r, 8);
    at->pc = pvm_read_le(r, 8);
    at->heap_top = (uint32_t)pvm_read_le(r, 4);
    at->heap_limit = (uint32_t)pvm_read_le(r, 4);
    uint8_t paid = pvm_read_u8(r);
    at->paid = paid == 1;
    r->failed = r->failed || paid > 1;
}

static const struct jam_profile *find_profile(struct pvm_bytes name)
{
    const struct jam_profile *profile;
    for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
        if (pvm_bytes_equal(name, pvm_bytes(profile->name, strlen(profile->name))))
            return profile;
    return NULL;
}

enum pvm_status jam_seg_state_decode(struct jam_seg_state *state, struct pvm_bytes bytes,
                                     struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(bytes);
    struct pvm_bytes version = pvm_read_blob(&r);
    state->profile = find_profile(version);
    state->invocation = (int32_t)pvm_read_u8(&r) + JAM_SEG_NO_CALLS;
    if (state->profile == NULL)
        return pvm_fail(err, PVM_E_MALFORMED, "the state's GP version is unknown");
    state->next_serial = pvm_read_natural(&r);
    state->active = pvm_read_natural(&r);
    state->number = pvm_read_natural(&r);
    state->entered = pvm_read_natural(&r);
    state->steps = pvm_read_natural(&r);
    uint8_t exit = pvm_read_u8(&r);
    state->exit = (enum pvm_exit)exit;
    state->context = read_hash(&r);
    uint64_t count = pvm_read_natural(&r);
    r.failed = r.failed || exit > PVM_EXIT_HOST;
    if (!r.failed && state->active == 0 && (state->number != 0 || state->entered != 0))
        return pvm_fail(err, PVM_E_MALFORMED, "the state has a call of no machine");
    for (uint64_t i = 0; i < count && !r.failed; i++) {
        struct jam_seg_machine *machine;
        uint64_t serial = pvm_read_natural(&r);
        uint64_t id = pvm_read_natural(&r);
        uint64_t last = state->count == 0 ? 0 : state->list[state->count - 1]->serial;
        if (r.failed || (i == 0 ? serial != 0 || id != 0 : serial <= last) || serial >= state->next_serial)
            return pvm_fail(err, PVM_E_MALFORMED, "machine %llu of the state is not in order",
                            (unsigned long long)i);
        PVM_TRY(jam_seg_state_add(state, serial, id, &machine, err));
        decode_machine(machine, &r);
    }
    if (r.failed || pvm_reader_left(&r) != 0 || jam_seg_state_find(state, 0) == NULL ||
        jam_seg_state_find(state, state->active) == NULL)
        return pvm_fail(err, PVM_E_MALFORMED, "the state is no state, at octet %zu of %zu", r.pos,
                        bytes.len);
    return PVM_OK;
}

/* ---- digests ---- */

enum pvm_status jam_seg_state_digest(const struct jam_seg_state *state, struct jam_hash *out,
                                     struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = state->alloc};
    pvm_buf_text(&octets, "pvm-segment-state-1");
    jam_seg_state_encode(state, &octets);
    for (size_t i = 0; i < state->count; i++)
        if (!state->list[i]->closed)
            pvm_buf_add(&octets, jam_seg_memory_root(&state->list[i]->memory)->octets,
                        JAM_HASH_SIZE);
    enum pvm_status status = pvm_buf_status(&octets, err);
    if (status == PVM_OK)
        *out = jam_hash(pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    return status;
}

void jam_seg_state_note(struct jam_seg_state *state, struct pvm_bytes record, struct pvm_bytes read)
{
    struct jam_hash hash = jam_hash3(pvm_bytes("call", 4), record, read);
    state->context =
        jam_hash3(pvm_bytes("calls", 5), pvm_bytes(state->context.octets, JAM_HASH_SIZE),
                  pvm_bytes(hash.octets, JAM_HASH_SIZE));
}
