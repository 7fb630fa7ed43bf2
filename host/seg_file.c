/* SPDX-License-Identifier: Apache-2.0 */
#include "host/seg_file.h"

#include "host/hash.h"

static const char magic[8] = {'P', 'V', 'M', 'S', 'E', 'G', '1', '\n'};

enum { HEAD_SIZE = sizeof magic + 2 * JAM_HASH_SIZE + 8 * JAM_SEG_SECTION_COUNT };

const char *jam_seg_section_name(enum jam_seg_section section)
{
    static const char *const names[] = {
#define X(NAME, name) name,
        JAM_SEG_SECTIONS(X)
#undef X
    };
    return names[section];
}

void jam_seg_parts_encode(const struct jam_seg_parts *parts, struct pvm_buf *out)
{
    pvm_buf_add(out, magic, sizeof magic);
    pvm_buf_add(out, parts->start.octets, JAM_HASH_SIZE);
    pvm_buf_add(out, parts->end.octets, JAM_HASH_SIZE);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        pvm_buf_add_le(out, parts->section[i].len, 8);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        pvm_buf_add_bytes(out, parts->section[i]);
}

enum pvm_status jam_seg_parts_decode(struct pvm_bytes file, struct jam_seg_parts *out,
                                     struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(file);
    uint64_t sizes[JAM_SEG_SECTION_COUNT];
    struct pvm_bytes head = pvm_read_span(&r, sizeof magic);
    struct pvm_bytes start = pvm_read_span(&r, JAM_HASH_SIZE);
    struct pvm_bytes end = pvm_read_span(&r, JAM_HASH_SIZE);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        sizes[i] = pvm_read_le(&r, 8);
    if (r.failed || memcmp(head.ptr, magic, sizeof magic) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "no segment: it does not begin as one");
    memcpy(out->start.octets, start.ptr, JAM_HASH_SIZE);
    memcpy(out->end.octets, end.ptr, JAM_HASH_SIZE);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT; i++)
        out->section[i] = pvm_read_span(&r, sizes[i]);
    if (r.failed || pvm_reader_left(&r) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "the sections do not fit the segment's %zu octets",
                        file.len);
    return PVM_OK;
}

void jam_seg_place(struct pvm_bytes file, size_t offset, struct pvm_buf *out)
{
    struct pvm_reader r = pvm_reader(file);
    size_t begin = HEAD_SIZE;
    pvm_read_span(&r, HEAD_SIZE - 8 * JAM_SEG_SECTION_COUNT);
    for (unsigned i = 0; i < JAM_SEG_SECTION_COUNT && offset >= begin; i++) {
        uint64_t size = pvm_read_le(&r, 8);
        if (r.failed || size > file.len - begin)
            return;
        if (offset - begin < size) {
            pvm_buf_printf(out, " (section %s, octet %zu)",
                           jam_seg_section_name((enum jam_seg_section)i), offset - begin);
            return;
        }
        begin += (size_t)size;
    }
    pvm_buf_text(out, " (its head)");
}

/* ---- seals ---- */

/* Xor of the numbers, from 1, of the bits set in an octet that begins at bit number 8 * at. */
static uint64_t locate_octet(uint8_t octet, uint64_t at)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 8; i++)
        if ((octet >> i & 1) != 0)
            sum ^= 8 * at + i + 1;
    return sum;
}

static uint64_t locate(struct pvm_bytes bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] != 0)
            sum ^= locate_octet(bytes.ptr[i], i);
    return sum;
}

struct jam_seal jam_seal_of(struct pvm_bytes bytes)
{
    return (struct jam_seal){bytes.len, jam_hash(bytes), locate(bytes)};
}

bool jam_seal_holds(const struct jam_seal *seal, struct pvm_bytes bytes)
{
    struct jam_hash digest = jam_hash(bytes);
    return seal->size == bytes.len && memcmp(&digest, &seal->digest, sizeof digest) == 0;
}

/* With one bit changed both sums differ in its number alone. */
uint64_t jam_seal_find(const struct jam_seal *seal, struct pvm_bytes bytes)
{
    uint64_t number = locate(bytes) ^ seal->locator;
    if (seal->size != bytes.len || number == 0 || (number - 1) / 8 >= bytes.len)
        return UINT64_MAX;
    size_t at = (size_t)((number - 1) / 8);
    uint8_t octet = bytes.ptr[at] ^ (uint8_t)(1u << (number - 1) % 8);
    struct pvm_bytes rest = pvm_bytes(bytes.ptr + at + 1, bytes.len - at - 1);
    struct jam_hash digest = jam_hash3(pvm_bytes(bytes.ptr, at), pvm_bytes(&octet, 1), rest);
    return memcmp(&digest, &seal->digest, sizeof digest) == 0 ? number - 1 : UINT64_MAX;
}
