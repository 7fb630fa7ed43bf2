/* SPDX-License-Identifier: Apache-2.0 */
/* Recent history and the belt of accumulation outputs over a block (GP 0.7.2 7). */
#include "host/chain_parts.h"

#include "host/hash.h"

#include <stdlib.h>

/* C(3) taken apart. */
struct history {
    struct pvm_bytes *items; /* their octets */
    size_t count;
    size_t root_at; /* in the last item: where its state root stands */
    struct jam_belt belt;
};

/* ---- reading ---- */

/* One item; *root_at becomes the place of its state root, and belt what it holds of one. */
static void read_item(const struct jam_importing *import, struct pvm_reader *r, size_t *root_at,
                      struct jam_belt *belt)
{
    enum jam_chain_form form = import->profile->block->chain;
    (void)pvm_read_span(r, JAM_HASH_SIZE);
    if (form < JAM_CHAIN_067)
        jam_belt_read(r, belt);
    else
        (void)pvm_read_span(r, JAM_HASH_SIZE);
    *root_at = r->pos;
    (void)pvm_read_span(r, JAM_HASH_SIZE);
    if (form >= JAM_CHAIN_080)
        (void)pvm_read_le(r, 4);
    uint64_t packages = pvm_read_natural(r);
    if (packages > pvm_reader_left(r) / (2 * (size_t)JAM_HASH_SIZE))
        r->failed = true;
    else
        (void)pvm_read_span(r, packages * 2 * JAM_HASH_SIZE);
}

static enum pvm_status read_history(const struct jam_importing *import, struct pvm_bytes value,
                                    struct history *out, struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(value);
    uint64_t count = pvm_read_natural(&r);
    if (count > pvm_reader_left(&r) / JAM_HASH_SIZE)
        r.failed = true;
    if (!r.failed) {
        out->items = pvm_alloc_zero(import->alloc, (size_t)count + 1, sizeof *out->items);
        if (out->items == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for recent history");
    }
    for (; out->count < count && !r.failed; out->count++) {
        size_t from = r.pos;
        read_item(import, &r, &out->root_at, &out->belt);
        out->root_at -= from;
        if (!r.failed)
            out->items[out->count] = pvm_bytes(value.ptr + from, r.pos - from);
    }
    if (import->profile->block->chain >= JAM_CHAIN_067)
        jam_belt_read(&r, &out->belt);
    if (r.failed || pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "C(3), recent history: cut short or wrong");
    return PVM_OK;
}

/* ---- writing ---- */

/* beta-dagger: the last item's state root is known by now. */
static void write_old(const struct jam_importing *import, const struct history *history,
                      struct pvm_buf *out)
{
    size_t most = (size_t)import->params->recent_history;
    size_t first = history->count + 1 > most ? history->count + 1 - most : 0;
    pvm_buf_add_natural(out, history->count + 1 - first);
    for (size_t i = first; i < history->count; i++) {
        struct pvm_bytes item = history->items[i];
        bool last = i + 1 == history->count;
        size_t head = last ? history->root_at : item.len;
        pvm_buf_add(out, item.ptr, head);
        if (!last)
            continue;
        pvm_buf_add_bytes(out, jam_hash_bytes(&import->block->parent_state_root));
        head += JAM_HASH_SIZE;
        pvm_buf_add(out, item.ptr + head, item.len - head);
    }
}

static int compare_pairs(const void *a, const void *b)
{
    return memcmp(a, b, JAM_HASH_SIZE);
}

/* The packages of the block's guarantees with their segment roots, as a dictionary. */
static enum pvm_status write_packages(const struct jam_importing *import, struct pvm_buf *out,
                                      struct pvm_err *err)
{
    enum { PAIR = 2 * JAM_HASH_SIZE };
    size_t count = import->block->guarantee_count;
    size_t from;
    pvm_buf_add_natural(out, count);
    from = out->len;
    for (size_t i = 0; i < count; i++) {
        const struct jam_package_spec *spec = &import->block->guarantees[i].report.package_spec;
        pvm_buf_add_bytes(out, jam_hash_bytes(&spec->hash));
        pvm_buf_add_bytes(out, jam_hash_bytes(&spec->exports_root));
    }
    PVM_TRY(pvm_buf_status(out, err));
    if (count > 1)
        qsort(out->ptr + from, count, PAIR, compare_pairs);
    return PVM_OK;
}

static enum pvm_status write_new(const struct jam_importing *import, const struct jam_belt *belt,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    enum jam_chain_form form = import->profile->block->chain;
    struct jam_hash header = jam_hash(import->block->header);
    struct jam_hash peak = jam_belt_peak(belt);
    pvm_buf_add_bytes(out, jam_hash_bytes(&header));
    if (form < JAM_CHAIN_067)
        jam_belt_encode(belt, out);
    else
        pvm_buf_add_bytes(out, jam_hash_bytes(&peak));
    pvm_buf_add_zeros(out, JAM_HASH_SIZE);
    if (form >= JAM_CHAIN_080)
        pvm_buf_add_le(out, import->block->slot, 4);
    return write_packages(import, out, err);
}

static enum pvm_status take_on(struct jam_importing *import, struct history *history,
                               struct pvm_buf *out, struct pvm_err *err)
{
    struct jam_hash root = jam_output_root(import->state->outputs, import->state->output_count);
    if (!jam_belt_append(&history->belt, &root))
        return pvm_fail(err, PVM_E_MALFORMED, "C(3), recent history: the belt is full");
    write_old(import, history, out);
    PVM_TRY(write_new(import, &history->belt, out, err));
    if (import->profile->block->chain >= JAM_CHAIN_067)
        jam_belt_encode(&history->belt, out);
    return jam_import_set(import, JAM_STATE_RECENT, out, err);
}

enum pvm_status jam_import_history(struct jam_importing *import, struct pvm_err *err)
{
    struct pvm_bytes value;
    struct pvm_buf out = {.alloc = import->alloc};
    struct history history = {NULL, 0, 0, {.count = 0}};
    if (!jam_import_get(import, JAM_STATE_RECENT, &value))
        return PVM_OK;
    enum pvm_status status = read_history(import, value, &history, err);
    if (status == PVM_OK)
        status = take_on(import, &history, &out, err);
    pvm_alloc_free(import->alloc, history.items);
    pvm_buf_deinit(&out);
    return status;
}
