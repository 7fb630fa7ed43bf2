/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of a row: that of a standard program (GP 0.7.2 A.7), so that a guest can have the same.
 *
 *     0x10000              read-only pages
 *     0x20000 or 0x30000   writable pages; the latter when there are read-only ones
 *     0xfefdf000           the stack, a page unless said otherwise
 */
#include "host/table_parts.h"

enum { RO_START = 0x10000, ZONE = 0x10000, RO_PAGES = 16, RW_PAGES = 4096, STACK = 4096 };

struct memory_keys {
    struct jam_json read_only, writable, stack, data;
};

static const struct jam_json_field memory_fields[] = {
    JAM_JSON_FIELD(struct memory_keys, read_only),
    JAM_JSON_FIELD(struct memory_keys, writable),
    JAM_JSON_FIELD(struct memory_keys, stack),
    JAM_JSON_FIELD(struct memory_keys, data),
};

struct piece_keys {
    struct jam_json at, is;
    const char *name;
};

static const struct jam_json_field piece_fields[] = {
    JAM_JSON_NEEDED(struct piece_keys, at),
    JAM_JSON_NEEDED(struct piece_keys, is),
    JAM_JSON_FIELD(struct piece_keys, name),
};

/* A layer's memory: an object, or only its data. */
static enum pvm_status read_layer(struct jam_json json, struct memory_keys *out,
                                  struct pvm_err *err)
{
    *out = (struct memory_keys){.data = {NULL, NULL}};
    if (jam_json_type(json) == JAM_JSON_ARRAY) {
        out->data = json;
        return PVM_OK;
    }
    return jam_json_fields(json, memory_fields, JAM_JSON_COUNT(memory_fields), out, err);
}

static enum pvm_status piece_at(const struct jam_table_view *view, struct jam_json at,
                                unsigned depth, uint64_t *out, struct pvm_err *err)
{
    const char *text = NULL;
    if (jam_json_type(at) != JAM_JSON_STRING)
        return jam_json_u64(at, UINT64_MAX, out, err);
    PVM_TRY(jam_json_text(at, &text, err));
    return jam_table_eval(view, at, text, strlen(text), depth, out, err);
}

enum pvm_status jam_table_address(const struct jam_table_view *view, const char *name, size_t len,
                                  unsigned depth, bool *found, uint64_t *out, struct pvm_err *err)
{
    *found = false;
    for (size_t i = view->layer_count; i-- > 0;) {
        struct memory_keys keys;
        if (!jam_json_has(view->layers[i].memory))
            continue;
        PVM_TRY(read_layer(view->layers[i].memory, &keys, err));
        for (struct jam_json it = jam_json_first(keys.data); jam_json_has(it);
             it = jam_json_next(it)) {
            struct piece_keys piece = {.name = NULL};
            PVM_TRY(jam_json_fields(it, piece_fields, JAM_JSON_COUNT(piece_fields), &piece, err));
            if (piece.name == NULL || strlen(piece.name) != len ||
                memcmp(piece.name, name, len) != 0)
                continue;
            *found = true;
            return piece_at(view, piece.at, depth, out, err);
        }
    }
    return PVM_OK;
}

static enum pvm_status put_piece(const struct jam_table_view *view, struct jam_json json,
                                 struct jam_table_memory *memory, struct pvm_err *err)
{
    struct piece_keys piece = {.name = NULL};
    struct pvm_buf octets = {.alloc = view->table->alloc};
    uint64_t at = 0;
    PVM_TRY(jam_json_fields(json, piece_fields, JAM_JSON_COUNT(piece_fields), &piece, err));
    PVM_TRY(piece_at(view, piece.at, 0, &at, err));
    enum pvm_status status = jam_table_octets(view, piece.is, &octets, err);
    struct pvm_buf *region = at < RO_START + (uint64_t)memory->ro.len ? &memory->ro : &memory->rw;
    uint64_t start = region == &memory->ro ? RO_START : memory->rw_start;
    if (status == PVM_OK &&
        (at < start || at - start > region->len || octets.len > region->len - (at - start)))
        status = jam_json_fail(json, err, "%zu octets at 0x%llx are not within the pages there are",
                               octets.len, (unsigned long long)at);
    if (status == PVM_OK && octets.len > 0)
        memcpy(region->ptr + (at - start), octets.ptr, octets.len);
    pvm_buf_deinit(&octets);
    return status;
}

enum pvm_status jam_table_memory_put(const struct jam_table_view *view, struct jam_json list,
                                     struct jam_table_memory *memory, struct pvm_err *err)
{
    if (jam_json_has(list))
        PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(put_piece(view, it, memory, err));
    return PVM_OK;
}

/* The sizes that the last layer with each says. */
static enum pvm_status sizes(const struct jam_table_view *view, uint64_t *ro, uint64_t *rw,
                             uint64_t *stack, struct pvm_err *err)
{
    for (size_t i = 0; i < view->layer_count; i++) {
        struct memory_keys keys;
        if (!jam_json_has(view->layers[i].memory))
            continue;
        PVM_TRY(read_layer(view->layers[i].memory, &keys, err));
        if (jam_json_has(keys.read_only))
            PVM_TRY(jam_json_u64(keys.read_only, RO_PAGES, ro, err));
        if (jam_json_has(keys.writable))
            PVM_TRY(jam_json_u64(keys.writable, RW_PAGES, rw, err));
        if (jam_json_has(keys.stack))
            PVM_TRY(jam_json_u64(keys.stack, 1 << 20, stack, err));
        if (*stack == 0)
            return jam_json_fail(keys.stack, err, "a guest needs a stack");
    }
    return PVM_OK;
}

enum pvm_status jam_table_memory_init(const struct jam_table_view *view,
                                      struct jam_table_memory *out, struct pvm_err *err)
{
    uint64_t ro = 1;
    uint64_t rw = 1;
    uint64_t stack = STACK;
    *out = (struct jam_table_memory){.ro = {.alloc = view->table->alloc},
                                     .rw = {.alloc = view->table->alloc}};
    PVM_TRY(sizes(view, &ro, &rw, &stack, err));
    out->stack = (uint32_t)stack;
    out->rw_start = RO_START + ZONE + (ro > 0 ? ZONE : 0);
    pvm_buf_add_zeros(&out->ro, (size_t)ro * PVM_PAGE_SIZE);
    pvm_buf_add_zeros(&out->rw, (size_t)rw * PVM_PAGE_SIZE);
    PVM_TRY(pvm_buf_status(&out->ro, err));
    PVM_TRY(pvm_buf_status(&out->rw, err));
    for (size_t i = 0; i < view->layer_count; i++) {
        struct memory_keys keys;
        if (!jam_json_has(view->layers[i].memory))
            continue;
        PVM_TRY(read_layer(view->layers[i].memory, &keys, err));
        PVM_TRY(jam_table_memory_put(view, keys.data, out, err));
    }
    return PVM_OK;
}

void jam_table_memory_deinit(struct jam_table_memory *memory)
{
    pvm_buf_deinit(&memory->ro);
    pvm_buf_deinit(&memory->rw);
}

enum pvm_status jam_table_memory_copy(const struct jam_table_memory *memory,
                                      struct jam_table_memory *out, struct pvm_err *err)
{
    *out = (struct jam_table_memory){.ro = {.alloc = memory->ro.alloc},
                                     .rw = {.alloc = memory->rw.alloc},
                                     .stack = memory->stack,
                                     .rw_start = memory->rw_start};
    pvm_buf_add_bytes(&out->ro, pvm_buf_bytes(&memory->ro));
    pvm_buf_add_bytes(&out->rw, pvm_buf_bytes(&memory->rw));
    PVM_TRY(pvm_buf_status(&out->ro, err));
    return pvm_buf_status(&out->rw, err);
}
