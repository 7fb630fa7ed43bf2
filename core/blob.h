/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files a program comes in: what they are, found by content, and the standard program's
 * initial state (GP 0.7.2 A.7, Y).
 */
#ifndef CORE_BLOB_H
#define CORE_BLOB_H

#include "core/vm.h"

#define PVM_BLOB_FORMATS(X)                                                                        \
    X(RAW, "raw", "program blob: jump table, code and opcode mask (GP 0.7.2 A.1)")                       \
    X(STANDARD, "standard", "standard program: data, stack and a program blob (GP 0.7.2 A.7)")           \
    X(JAM, "jam", "code preimage: metadata, then a standard program (GP 0.7.2 9.1)")                     \
    X(POLKAVM, "polkavm", "PolkaVM container (magic \"PVM\\0\")")

enum pvm_blob_format {
#define X(NAME, name, text) PVM_BLOB_##NAME,
    PVM_BLOB_FORMATS(X)
#undef X
};

const char *pvm_blob_format_name(enum pvm_blob_format format);
const char *pvm_blob_format_text(enum pvm_blob_format format);

/* The parts of a standard program; spans borrow from the blob. */
struct pvm_standard {
    struct pvm_bytes ro, rw; /* o, w */
    uint32_t heap_pages;     /* z */
    uint32_t stack;          /* s, octets */
    struct pvm_bytes code;   /* c, a program blob, not yet decoded */
};

/* One region of a standard program's memory (GP 0.7.2 A.7). */
struct pvm_region {
    const char *name; /* "rodata", "rwdata", "stack", "args" */
    uint64_t start;   /* address */
    uint64_t size;    /* octets accessible, a multiple of the page size, may be 0 */
    enum pvm_access access;
};

enum { PVM_REGION_COUNT = 4 };

struct pvm_blob {
    enum pvm_blob_format format;
    struct pvm_bytes metadata;    /* JAM: the octets m */
    struct pvm_bytes program;     /* RAW: the whole blob; others: standard.code */
    size_t code_len;              /* octets of code in it */
    struct pvm_standard standard; /* STANDARD and JAM */
};

/* Takes a standard program apart; exact fit. */
PVM_MUST_USE enum pvm_status pvm_standard_decode(struct pvm_bytes blob, struct pvm_standard *out,
                                                 struct pvm_err *err);
void pvm_standard_encode(const struct pvm_standard *parts, struct pvm_buf *out);

/* Whether Y is defined for this program: 5 * 2^16 + Z(|o|) + Z(|w| + 4096 z) + Z(s) + 2^24 <= 2^32. */
bool pvm_standard_fits(const struct pvm_standard *parts);
void pvm_standard_regions(const struct pvm_standard *parts, size_t args_len,
                          struct pvm_region regions[PVM_REGION_COUNT]);

/* Gives vm the memory and registers of Y(p, args); args at most 2^24 octets. The spans of parts
 * must outlive the machine (whole pages are lent, not copied). PVM_E_MALFORMED when Y is undefined.
 */
PVM_MUST_USE enum pvm_status pvm_standard_init(const struct pvm_standard *parts,
                                               struct pvm_bytes args, struct pvm_vm *vm,
                                               struct pvm_err *err);

/* Finds out what bytes are and takes them apart as far as the program blob, which is checked for
 * fit but not decoded. PVM_E_MALFORMED says why no format fits; a PolkaVM container is one of
 * these, with what to do about it; so is a program without code. With force >= 0 only that enum pvm_blob_format is tried. */
PVM_MUST_USE enum pvm_status pvm_blob_decode(struct pvm_bytes bytes, int force,
                                             struct pvm_blob *out, struct pvm_err *err);

/* Metadata as the JAM SDKs write it (JIP draft "program metadata"): octet 0, then name, version,
 * licence, authors, each length-prefixed. text is set for metadata that is plain printable text. */
struct pvm_metadata {
    bool structured;
    struct pvm_bytes name, version, licence;
    struct pvm_bytes authors[8];
    unsigned author_count; /* as many as fit in authors */
    struct pvm_bytes text;
};

void pvm_metadata_decode(struct pvm_bytes metadata, struct pvm_metadata *out);

#endif
