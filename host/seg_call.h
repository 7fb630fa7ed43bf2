/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the calls section (docs/segments.md): what a host call read and did, and where an
 * inner machine is entered.
 */
#ifndef HOST_SEG_CALL_H
#define HOST_SEG_CALL_H

#include "core/vm.h"
#include "host/types.h"

/* Numbers of either sign as naturals: 0, -1, 1, -2, ... */
static inline uint64_t jam_seg_fold(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t jam_seg_unfold(uint64_t natural)
{
    return natural >> 1 ^ (0 - (natural & 1));
}

/* Octets read: of which machine, how long ago any of them was accessed last (0: not in this
 * segment). */
struct jam_seg_read {
    uint64_t serial, addr, len, age;
};

enum jam_seg_change_kind {
    JAM_SEG_WRITE, /* octets at addr of a machine */
    JAM_SEG_MAP,   /* access of count pages; with zero, their octets too */
    JAM_SEG_OPEN,  /* a new machine: id, program, pc */
    JAM_SEG_CLOSE  /* a machine is gone */
};

struct jam_seg_change {
    enum jam_seg_change_kind kind;
    uint64_t serial;
    uint64_t addr, age;     /* WRITE */
    struct pvm_bytes bytes; /* WRITE; borrowed */
    uint32_t page, count;   /* MAP */
    enum pvm_access access;
    bool zero;
    uint64_t id, pc; /* OPEN */
    struct jam_hash program;
};

struct jam_seg_call {
    bool enter; /* only the machine `serial` is entered, with gas; age is that of its registers */
    uint64_t serial, age;
    uint64_t gas; /* else: left after the call */
    uint64_t number;
    enum pvm_exit exit;            /* CONTINUE, PANIC, OOG */
    uint64_t regs[PVM_REG_COUNT];  /* afterwards */
    struct pvm_buf reads, changes; /* struct jam_seg_read, struct jam_seg_change */
};

/* Host calls whose result follows from the state of the machines, and TRANSFER, which charges late.
 */
#define JAM_SEG_SPECIALS(X)                                                                        \
    X(NOTHING, "")                                                                                 \
    X(GAS, "gas")                                                                                  \
    X(LOG, "log")                                                                                  \
    X(CHECKPOINT, "checkpoint")                                                                    \
    X(TRANSFER, "transfer")                                                                        \
    X(GROW_HEAP, "grow_heap")                                                                      \
    X(MACHINE, "machine")                                                                          \
    X(PEEK, "peek")                                                                                \
    X(POKE, "poke")                                                                                \
    X(PAGES, "pages")                                                                              \
    X(ZERO, "zero")                                                                                \
    X(VOID, "void")                                                                                \
    X(INVOKE, "invoke")                                                                            \
    X(EXPUNGE, "expunge")

enum jam_seg_special {
#define X(NAME, name) JAM_SEG_IS_##NAME,
    JAM_SEG_SPECIALS(X)
#undef X
};

/* name NULL: no call at all. */
enum jam_seg_special jam_seg_special(const char *name);

/* A range whose access decides what a special call does, in the memory of the caller or of the inner
 * machine that it names. */
struct jam_seg_look {
    bool inner;
    enum pvm_access access;
    uint64_t addr, len;
};

enum { JAM_SEG_LOOKS = 2 };

/* The ranges a call with these registers may look at; how many. */
unsigned jam_seg_looks(enum jam_seg_special special, const uint64_t *regs,
                       struct jam_seg_look out[JAM_SEG_LOOKS]);

/* What the change of pages that a call of the kind PAGES, ZERO or VOID makes, from its registers;
 * serial is left 0. False when they name pages that no call may change, or no mode. */
bool jam_seg_page_change(enum jam_seg_special special, const uint64_t *regs,
                         struct jam_seg_change *out);

/* Empties a call for the next one. */
void jam_seg_call_reset(struct jam_seg_call *call);
void jam_seg_call_deinit(struct jam_seg_call *call);

size_t jam_seg_read_count(const struct jam_seg_call *call);
const struct jam_seg_read *jam_seg_read(const struct jam_seg_call *call, size_t index);
size_t jam_seg_change_count(const struct jam_seg_call *call);
const struct jam_seg_change *jam_seg_change(const struct jam_seg_call *call, size_t index);

/* before: the caller's registers before the call. Appends. */
void jam_seg_call_encode(const struct jam_seg_call *call, const uint64_t *before,
                         struct pvm_buf *out);
/* The same without ages: what the digest of the host calls is made of. */
void jam_seg_call_note(const struct jam_seg_call *call, struct pvm_buf *out);
/* Spans borrow from the reader. False: no record. */
bool jam_seg_call_decode(struct pvm_reader *reader, const uint64_t *before,
                         struct jam_seg_call *call);

#endif
