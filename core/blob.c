/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard programs (GP 0.7.2 A.7), code preimages with metadata, and telling them apart.
 */
#include "core/blob.h"

#define ZONE    (UINT64_C(1) << 16) /* Z_Z */
#define INPUT   (UINT64_C(1) << 24) /* Z_I */
#define TOP     (UINT64_C(1) << 32)
#define ARGS_AT (TOP - ZONE - INPUT)
#define STACK_END (TOP - 2 * ZONE - INPUT)
#define HALT_AT (TOP - ZONE)

static uint64_t zone_up(uint64_t size)
{
    return (size + ZONE - 1) / ZONE * ZONE;
}

static uint64_t page_up(uint64_t size)
{
    return (size + PVM_PAGE_SIZE - 1) / PVM_PAGE_SIZE * PVM_PAGE_SIZE;
}

const char *pvm_blob_format_name(enum pvm_blob_format format)
{
    switch (format) {
#define X(NAME, name, text)                                                                        \
    case PVM_BLOB_##NAME:                                                                          \
        return name;
        PVM_BLOB_FORMATS(X)
#undef X
    }
    return "?";
}

const char *pvm_blob_format_text(enum pvm_blob_format format)
{
    switch (format) {
#define X(NAME, name, text)                                                                        \
    case PVM_BLOB_##NAME:                                                                          \
        return text;
        PVM_BLOB_FORMATS(X)
#undef X
    }
    return "?";
}

/* ---- standard programs ---- */

enum pvm_status pvm_standard_decode(struct pvm_bytes blob, struct pvm_standard *out,
                                    struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(blob);
    uint64_t ro = pvm_read_le(&r, 3);
    uint64_t rw = pvm_read_le(&r, 3);
    uint32_t heap = (uint32_t)pvm_read_le(&r, 2);
    uint32_t stack = (uint32_t)pvm_read_le(&r, 3);
    if (r.failed)
        return pvm_fail(err, PVM_E_MALFORMED, "standard program: header needs 11 octets, got %zu",
                        blob.len);
    struct pvm_standard parts = {.heap_pages = heap, .stack = stack};
    if (ro + rw > pvm_reader_left(&r))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "standard program: %llu + %llu octets of data, but only %zu follow",
                        (unsigned long long)ro, (unsigned long long)rw, pvm_reader_left(&r));
    parts.ro = pvm_read_span(&r, ro);
    parts.rw = pvm_read_span(&r, rw);
    uint64_t code = pvm_read_le(&r, 4);
    if (r.failed)
        return pvm_fail(err, PVM_E_MALFORMED, "standard program: cut short before its code length");
    if (code != pvm_reader_left(&r))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "standard program: code of %llu octets, but %zu follow",
                        (unsigned long long)code, pvm_reader_left(&r));
    parts.code = pvm_read_span(&r, code);
    *out = parts;
    return PVM_OK;
}

void pvm_standard_encode(const struct pvm_standard *parts, struct pvm_buf *out)
{
    pvm_buf_add_le(out, parts->ro.len, 3);
    pvm_buf_add_le(out, parts->rw.len, 3);
    pvm_buf_add_le(out, parts->heap_pages, 2);
    pvm_buf_add_le(out, parts->stack, 3);
    pvm_buf_add_bytes(out, parts->ro);
    pvm_buf_add_bytes(out, parts->rw);
    pvm_buf_add_le(out, parts->code.len, 4);
    pvm_buf_add_bytes(out, parts->code);
}

static uint64_t heap_octets(const struct pvm_standard *parts)
{
    return (uint64_t)parts->heap_pages * PVM_PAGE_SIZE;
}

bool pvm_standard_fits(const struct pvm_standard *parts)
{
    return 5 * ZONE + zone_up(parts->ro.len) + zone_up(parts->rw.len + heap_octets(parts)) +
               zone_up(parts->stack) + INPUT <=
           TOP;
}

void pvm_standard_regions(const struct pvm_standard *parts, size_t args_len,
                          struct pvm_region regions[PVM_REGION_COUNT])
{
    uint64_t rw = 2 * ZONE + zone_up(parts->ro.len);
    uint64_t stack = page_up(parts->stack);
    regions[0] = (struct pvm_region){"rodata", ZONE, page_up(parts->ro.len), PVM_READ};
    regions[1] = (struct pvm_region){"rwdata", rw, page_up(parts->rw.len) + heap_octets(parts),
                                     PVM_WRITE};
    regions[2] = (struct pvm_region){"stack", STACK_END - stack, stack, PVM_WRITE};
    regions[3] = (struct pvm_region){"args", ARGS_AT, page_up(args_len), PVM_READ};
}

enum pvm_status pvm_standard_init(const struct pvm_standard *parts, struct pvm_bytes args,
                                  struct pvm_vm *vm, struct pvm_err *err)
{
    if (!pvm_standard_fits(parts))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "standard program: data, heap and stack do not fit the address space");
    if (args.len > INPUT)
        return pvm_fail(err, PVM_E_MALFORMED, "%zu octets of arguments, at most %llu fit",
                        args.len, (unsigned long long)INPUT);
    struct pvm_region regions[PVM_REGION_COUNT];
    pvm_standard_regions(parts, args.len, regions);
    for (unsigned i = 0; i < PVM_REGION_COUNT; i++)
        PVM_TRY(pvm_memory_map(&vm->memory, (uint32_t)(regions[i].start >> PVM_PAGE_BITS),
                               (uint32_t)(regions[i].size >> PVM_PAGE_BITS), regions[i].access,
                               true, err));
    PVM_TRY(pvm_memory_lend(&vm->memory, regions[0].start, parts->ro, err));
    PVM_TRY(pvm_memory_lend(&vm->memory, regions[1].start, parts->rw, err));
    PVM_TRY(pvm_memory_put(&vm->memory, regions[3].start, args, err));

    memset(vm->regs, 0, sizeof vm->regs);
    vm->regs[0] = HALT_AT;
    vm->regs[1] = STACK_END;
    vm->regs[7] = ARGS_AT;
    vm->regs[8] = args.len;
    vm->heap_top = (uint32_t)(regions[1].start + regions[1].size);
    vm->heap_limit = (uint32_t)regions[2].start;
    return PVM_OK;
}

/* ---- metadata ---- */

static bool printable(struct pvm_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    }
    return text.len != 0;
}

void pvm_metadata_decode(struct pvm_bytes metadata, struct pvm_metadata *out)
{
    *out = (struct pvm_metadata){0};
    if (printable(metadata))
        out->text = metadata;
    struct pvm_reader r = pvm_reader(metadata);
    if (pvm_read_u8(&r) != 0)
        return;
    struct pvm_metadata m = {.structured = true};
    m.name = pvm_read_blob(&r);
    m.version = pvm_read_blob(&r);
    m.licence = pvm_read_blob(&r);
    uint64_t authors = pvm_read_natural(&r);
    for (uint64_t i = 0; i < authors && !r.failed; i++) {
        struct pvm_bytes author = pvm_read_blob(&r);
        if (m.author_count < sizeof m.authors / sizeof m.authors[0])
            m.authors[m.author_count++] = author;
    }
    if (!r.failed && pvm_reader_left(&r) == 0)
        *out = m;
}

/* ---- telling formats apart ---- */

static enum pvm_status decode_raw(struct pvm_bytes bytes, struct pvm_blob *out,
                                  struct pvm_err *err)
{
    size_t code_len = 0;
    PVM_TRY(pvm_program_check(bytes, &code_len, err));
    *out = (struct pvm_blob){.format = PVM_BLOB_RAW, .code_len = code_len, .program = bytes};
    return PVM_OK;
}

static enum pvm_status decode_standard(struct pvm_bytes bytes, struct pvm_blob *out,
                                       struct pvm_err *err)
{
    struct pvm_blob blob = {.format = PVM_BLOB_STANDARD};
    PVM_TRY(pvm_standard_decode(bytes, &blob.standard, err));
    PVM_TRY(pvm_program_check(blob.standard.code, &blob.code_len, err));
    if (!pvm_standard_fits(&blob.standard))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "standard program: data, heap and stack do not fit the address space");
    blob.program = blob.standard.code;
    *out = blob;
    return PVM_OK;
}

static enum pvm_status decode_jam(struct pvm_bytes bytes, struct pvm_blob *out,
                                  struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(bytes);
    struct pvm_bytes metadata = pvm_read_blob(&r);
    if (r.failed)
        return pvm_fail(err, PVM_E_MALFORMED, "metadata length does not fit %zu octets",
                        bytes.len);
    struct pvm_blob blob;
    PVM_TRY(decode_standard(pvm_read_span(&r, pvm_reader_left(&r)), &blob, err));
    blob.format = PVM_BLOB_JAM;
    blob.metadata = metadata;
    *out = blob;
    return PVM_OK;
}

static enum pvm_status decode_polkavm(struct pvm_bytes bytes, struct pvm_blob *out,
                                      struct pvm_err *err)
{
    (void)out;
    static const uint8_t magic[4] = {'P', 'V', 'M', 0};
    if (bytes.len < sizeof magic || memcmp(bytes.ptr, magic, sizeof magic) != 0)
        return pvm_fail(err, PVM_E_MALFORMED, "no PolkaVM container: magic \"PVM\\0\" missing");
    return pvm_fail(err, PVM_E_MALFORMED,
                    "a PolkaVM container (magic \"PVM\\0\"), which the Gray Paper does not know: "
                    "build it as a service instead (jam-pvm-build writes a .jam file)");
}

typedef enum pvm_status (*decode_fn)(struct pvm_bytes, struct pvm_blob *, struct pvm_err *);

enum pvm_status pvm_blob_decode(struct pvm_bytes bytes, int force, struct pvm_blob *out,
                                struct pvm_err *err)
{
    static const decode_fn decoders[] = {
        [PVM_BLOB_RAW] = decode_raw,
        [PVM_BLOB_STANDARD] = decode_standard,
        [PVM_BLOB_JAM] = decode_jam,
        [PVM_BLOB_POLKAVM] = decode_polkavm,
    };
    if (bytes.len == 0)
        return pvm_fail(err, PVM_E_MALFORMED, "empty: no program of any format");
    if (force >= 0)
        return decoders[force](bytes, out, err);
    if (bytes.len >= 4 && memcmp(bytes.ptr, "PVM\0", 4) == 0)
        return decode_polkavm(bytes, out, err);

    static const enum pvm_blob_format order[] = {PVM_BLOB_JAM, PVM_BLOB_STANDARD, PVM_BLOB_RAW};
    struct pvm_err why[3] = {{PVM_OK, ""}, {PVM_OK, ""}, {PVM_OK, ""}};
    for (unsigned i = 0; i < 3; i++) {
        struct pvm_blob blob;
        if (decoders[order[i]](bytes, &blob, &why[i]) != PVM_OK)
            continue;
        if (blob.code_len != 0) {
            *out = blob;
            return PVM_OK;
        }
        (void)pvm_fail(&why[i], PVM_E_MALFORMED, "no code");
    }
    return pvm_fail(err, PVM_E_MALFORMED,
                    "no program of a known format (jam: %.90s; standard: %.90s; raw: %.90s)",
                    why[0].msg, why[1].msg, why[2].msg);
}
