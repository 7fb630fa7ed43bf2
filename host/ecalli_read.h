/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of host calls (JIP-7, "PVM Ecalli Trace"): the lines of one, taken apart. Whatever stands
 * in front of a line, as loggers put it there, and behind it is passed over, and so are lines that
 * are none of the format's. A line that begins as one of the format's and goes on otherwise is
 * malformed.
 */
#ifndef HOST_ECALLI_READ_H
#define HOST_ECALLI_READ_H

#include "core/bytes.h"
#include "core/vm.h"

/* NAME, name in messages, how a line of the kind begins. */
#define JAM_ECALLI_KINDS(X)                                                                        \
    X(COMMENT, "comment", "comment ")                                                              \
    X(PROGRAM, "program", "program 0x")                                                            \
    X(START, "start", "start pc=")                                                                 \
    X(CALL, "ecalli", "ecalli=")                                                                   \
    X(READ, "memread", "memread 0x")                                                               \
    X(WRITE, "memwrite", "memwrite 0x")                                                            \
    X(REGISTER, "setreg", "setreg r")                                                              \
    X(GAS, "setgas", "setgas <- ")                                                                 \
    X(HALT, "HALT", "HALT pc=")                                                                    \
    X(OOG, "OOG", "OOG pc=")                                                                       \
    X(PANIC, "PANIC", "PANIC=")

enum jam_ecalli_kind {
#define X(NAME, name, begins) JAM_ECALLI_##NAME,
    JAM_ECALLI_KINDS(X)
#undef X
        JAM_ECALLI_KIND_COUNT
};

const char *jam_ecalli_name(enum jam_ecalli_kind kind);
/* Whether it is one of the three that end a trace. */
bool jam_ecalli_is_end(enum jam_ecalli_kind kind);

struct jam_ecalli_line {
    enum jam_ecalli_kind kind;
    size_t number;                /* of the text's line, from 1 */
    uint64_t pc, gas;             /* START, CALL, ends; GAS has only gas */
    uint64_t regs[PVM_REG_COUNT]; /* the same; 0 where it says nothing */
    uint64_t index;               /* CALL: which call; PANIC: the argument, REGISTER: which */
    bool has_index;               /* PANIC: the argument is a number */
    uint64_t value;               /* REGISTER */
    uint64_t addr, len;           /* READ, WRITE: octets */
    struct pvm_bytes hex;         /* READ, WRITE, PROGRAM: two digits an octet, all of them good */
    struct pvm_bytes text;        /* COMMENT */
};

/* The octets [off, off + len) of a line's data. */
void jam_ecalli_octets(const struct jam_ecalli_line *line, uint64_t off, uint8_t *out, size_t len);

struct jam_ecalli_reader {
    struct pvm_bytes text; /* borrowed, as what lines point to */
    size_t pos, number;
};

struct jam_ecalli_reader jam_ecalli_reader(struct pvm_bytes text);
/* The next line of the format; *more false at the end of the text. PVM_E_MALFORMED begins with the
 * line's number; reading may go on behind it. */
PVM_MUST_USE enum pvm_status jam_ecalli_next(struct jam_ecalli_reader *reader,
                                             struct jam_ecalli_line *line, bool *more,
                                             struct pvm_err *err);

/* Whether text looks like a trace: its first line of the format, comments aside, is a program. */
bool jam_ecalli_is(struct pvm_bytes text);
/* How many traces there are in it, one behind the other. */
size_t jam_ecalli_count(struct pvm_bytes text);

#endif
