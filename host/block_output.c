/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block.h"

#include "host/keccak.h"

enum { ITEM_SIZE = 4 + JAM_HASH_SIZE };

static struct pvm_bytes item_of(const struct jam_yield *output, uint8_t octets[ITEM_SIZE])
{
    pvm_store_le(octets, output->service, 4);
    memcpy(octets + 4, output->hash.octets, JAM_HASH_SIZE);
    return pvm_bytes(octets, ITEM_SIZE);
}

/* N of GP 0.7.2 E.1 over at least one item: its octets for one, a hash for more. */
static struct pvm_bytes node(const struct jam_yield *outputs, size_t count,
                             uint8_t octets[ITEM_SIZE])
{
    uint8_t left[ITEM_SIZE];
    uint8_t right[ITEM_SIZE];
    if (count == 1)
        return item_of(outputs, octets);
    size_t half = count - count / 2;
    struct jam_hash hash = jam_keccak3(pvm_bytes("node", 4), node(outputs, half, left),
                                       node(outputs + half, count - half, right));
    memcpy(octets, hash.octets, JAM_HASH_SIZE);
    return pvm_bytes(octets, JAM_HASH_SIZE);
}

struct jam_hash jam_output_root(const struct jam_yield *outputs, size_t count)
{
    uint8_t octets[ITEM_SIZE];
    struct jam_hash root = {{0}};
    if (count == 0)
        return root;
    if (count == 1)
        return jam_keccak(item_of(outputs, octets));
    memcpy(root.octets, node(outputs, count, octets).ptr, JAM_HASH_SIZE);
    return root;
}

/* A of GP 0.7.2 E.2: like adding one to a number whose bits are the peaks. */
bool jam_belt_append(struct jam_belt *belt, const struct jam_hash *leaf)
{
    struct jam_hash carried = *leaf;
    size_t i = 0;
    for (; i < belt->count && belt->there[i]; i++) {
        carried = jam_keccak3(pvm_bytes_none(), jam_hash_bytes(&belt->peaks[i]),
                              jam_hash_bytes(&carried));
        belt->there[i] = false;
    }
    if (i == JAM_BELT_MAX)
        return false;
    if (i == belt->count)
        belt->count++;
    belt->there[i] = true;
    belt->peaks[i] = carried;
    return true;
}

struct jam_hash jam_belt_peak(const struct jam_belt *belt)
{
    struct jam_hash peak = {{0}};
    bool any = false;
    for (size_t i = 0; i < belt->count; i++) {
        if (!belt->there[i])
            continue;
        peak = any ? jam_keccak3(pvm_bytes("peak", 4), jam_hash_bytes(&peak),
                                 jam_hash_bytes(&belt->peaks[i]))
                   : belt->peaks[i];
        any = true;
    }
    return peak;
}

void jam_belt_encode(const struct jam_belt *belt, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, belt->count);
    for (size_t i = 0; i < belt->count; i++) {
        pvm_buf_add_u8(out, belt->there[i] ? 1 : 0);
        if (belt->there[i])
            pvm_buf_add(out, belt->peaks[i].octets, JAM_HASH_SIZE);
    }
}

void jam_belt_read(struct pvm_reader *reader, struct jam_belt *out)
{
    uint64_t count = pvm_read_natural(reader);
    *out = (struct jam_belt){.count = 0};
    if (count > JAM_BELT_MAX)
        reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        uint8_t there = pvm_read_u8(reader);
        if (there > 1)
            reader->failed = true;
        out->there[i] = there == 1;
        struct pvm_bytes peak = pvm_read_span(reader, out->there[i] ? (uint64_t)JAM_HASH_SIZE : 0);
        if (peak.len == JAM_HASH_SIZE)
            memcpy(out->peaks[i].octets, peak.ptr, JAM_HASH_SIZE);
        out->count++;
    }
}
