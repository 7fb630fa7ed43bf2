/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_binary.h"

#include "host/state_keyvals.h"

/* Key-values that may be looked at in search of a state, for every octet searched. */
enum { SEARCH_EFFORT = 16, EMPTY_SIZE = JAM_HASH_SIZE + 1 };

/* Passes a state from its root on; returns how many key-values were looked at. The reader fails
 * where keys do not ascend, as those of a state do. */
static uint64_t pass_state(struct pvm_reader *r)
{
    struct pvm_bytes last = pvm_bytes_none();
    (void)pvm_read_span(r, JAM_HASH_SIZE);
    uint64_t count = pvm_read_natural(r);
    uint64_t i = 0;
    for (; i < count && !r->failed; i++) {
        struct pvm_bytes key = pvm_read_span(r, JAM_STATE_KEY_SIZE);
        (void)pvm_read_blob(r);
        if (!r->failed && i > 0 && pvm_bytes_compare(last, key) >= 0)
            r->failed = true;
        last = key;
    }
    return i;
}

/* Whether a state begins at offset and ends with the octets; *effort is what may still be done. */
static bool ends_with_state(struct pvm_bytes bytes, size_t offset, uint64_t *effort)
{
    struct pvm_reader r = pvm_reader(pvm_bytes(bytes.ptr + offset, bytes.len - offset));
    uint64_t cost = 1 + pass_state(&r);
    *effort -= cost < *effort ? cost : *effort;
    return !r.failed && pvm_reader_left(&r) == 0 && r.pos > EMPTY_SIZE;
}

/* Keeps the state at offset, which was passed before. *right: its root is its own. */
static enum pvm_status keep(struct pvm_bytes bytes, size_t offset, struct jam_map *keyvals,
                            bool *right, struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(pvm_bytes(bytes.ptr + offset, bytes.len - offset));
    struct pvm_bytes root = pvm_read_span(&r, JAM_HASH_SIZE);
    uint64_t count = pvm_read_natural(&r);
    for (uint64_t i = 0; i < count; i++) {
        struct pvm_bytes key = pvm_read_span(&r, JAM_STATE_KEY_SIZE);
        struct pvm_bytes value = pvm_read_blob(&r);
        PVM_TRY(jam_map_set(keyvals, key, value, err));
    }
    struct jam_hash own = jam_keyvals_root(keyvals);
    *right = pvm_bytes_equal(root, jam_hash_bytes(&own));
    return PVM_OK;
}

static void forget(struct jam_map *keyvals)
{
    const struct pvm_alloc *alloc = keyvals->alloc;
    jam_map_deinit(keyvals);
    jam_map_init(keyvals, alloc);
}

/* The state that the octets end with, sought from offset on. */
static enum pvm_status find_last(struct pvm_bytes bytes, size_t offset, struct jam_map *keyvals,
                                 struct pvm_err *err)
{
    uint64_t effort = (uint64_t)SEARCH_EFFORT * (bytes.len - offset);
    for (; offset < bytes.len && effort > 0; offset++) {
        bool right = false;
        if (!ends_with_state(bytes, offset, &effort))
            continue;
        PVM_TRY(keep(bytes, offset, keyvals, &right, err));
        if (right)
            return PVM_OK;
        forget(keyvals);
    }
    return pvm_fail(err, PVM_E_MALFORMED, "neither JSON nor a state in binary");
}

enum pvm_status jam_state_binary_read(struct pvm_bytes bytes, enum jam_state_pick pick,
                                      struct jam_map *keyvals, struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(bytes);
    bool right = false;
    (void)pass_state(&r);
    if (r.failed || r.pos == EMPTY_SIZE)
        return find_last(bytes, 0, keyvals, err);
    if (pick == JAM_STATE_AFTER && pvm_reader_left(&r) > 0)
        return find_last(bytes, r.pos, keyvals, err);
    PVM_TRY(keep(bytes, 0, keyvals, &right, err));
    if (!right)
        return pvm_fail(err, PVM_E_MALFORMED, "the state root is not that of the key-values");
    return PVM_OK;
}

void jam_state_binary_write(const struct jam_map *keyvals, struct pvm_buf *out)
{
    struct jam_hash root = jam_keyvals_root(keyvals);
    struct jam_map_entry entry;
    pvm_buf_add(out, root.octets, JAM_HASH_SIZE);
    pvm_buf_add_natural(out, keyvals->count);
    bool more = jam_map_first(keyvals, &entry);
    for (; more; more = jam_map_after(keyvals, entry.key, &entry)) {
        pvm_buf_add_bytes(out, entry.key);
        pvm_buf_add_blob(out, entry.value);
    }
}
