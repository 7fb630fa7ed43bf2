/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of a trace, whatever form it is written in or was read from: an instruction, a host
 * call, the end of the run. What a form does not say is marked as unknown.
 */
#ifndef CMD_TRACE_RECORD_H
#define CMD_TRACE_RECORD_H

#include "core/vm.h"
#include "host/context.h"

enum cmd_trace_kind { CMD_TRACE_STEP, CMD_TRACE_CALL, CMD_TRACE_END };

enum {
    CMD_TRACE_RANGES = 16, /* of memory that are kept of a host call */
    CMD_TRACE_TEXT_MAX = 128,
    CMD_TRACE_ALL = (1 << PVM_REG_COUNT) - 1
};

/* Memory that an instruction reads or writes. */
struct cmd_trace_access {
    uint8_t width; /* octets; 0: none */
    bool written;
    bool refused; /* it was not done */
    uint32_t addr;
    uint64_t value; /* what was loaded, not extended, or stored */
};

/* Memory that a host call read or wrote, and what stood in it: of up to 8 octets themselves, little
 * endian, of more their sum: XXH3-64 of pieces of 4096 octets, the last one shorter, each seeded
 * with the sum of those before, 0 at first. */
struct cmd_trace_range {
    bool written, has_octets;
    uint64_t addr, len;
    uint64_t octets;
};

enum { CMD_TRACE_SHORT = 8 }; /* the most octets that are kept themselves */

/* The octets of a range of memory as above. */
uint64_t cmd_trace_octets(const struct pvm_memory *memory, uint64_t addr, uint64_t len);

/* The outcome of a trace that tells a part of a run, without its end. */
#define CMD_TRACE_PART "part"

struct cmd_trace_record {
    enum cmd_trace_kind kind;
    bool has_step, has_gas, has_cost;
    int64_t machine; /* -1: the outer one */
    uint64_t step;   /* of an instruction, from 1; END: how many there were */
    uint64_t pc;     /* CALL: of the ecalli */
    uint64_t gas;    /* before */
    uint64_t cost;   /* gas minus gas afterwards, mod 2^64 */
    enum pvm_op op;  /* STEP, CALL; PVM_OP_COUNT: unknown */
    /* Registers, and which of them are known: one bit each. */
    uint16_t known_before, known_after;
    uint64_t before[PVM_REG_COUNT], after[PVM_REG_COUNT];
    /* Borrowed from whoever made the record. */
    struct pvm_program *program; /* NULL: unknown */
    const struct jam_hash *id;   /* of the program blob; NULL: to be found from program */
    struct cmd_trace_access access;
    /* STEP: the instruction where there is no program. CALL: its name, "" for an unknown one.
     * END: the outcome. */
    char text[CMD_TRACE_TEXT_MAX];
    int64_t number; /* CALL */
    bool open;      /* CALL: in this invocation */
    enum pvm_exit exit;
    unsigned range_count;
    uint64_t range_more; /* ranges that are not kept */
    struct cmd_trace_range ranges[CMD_TRACE_RANGES];
};

/* What a trace says of itself. */
struct cmd_trace_meta {
    char gp[16], run[24];
    char filter[256]; /* "": none */
};

/* Makes what is no printable ASCII a question mark: texts of files reach terminals. */
void cmd_trace_clean(char *text);
/* The same of a copy. Copies at most CMD_TRACE_TEXT_MAX - 1 octets. */
void cmd_trace_set_text(struct cmd_trace_record *record, struct pvm_bytes text);

/* The register that an instruction writes; PVM_REG_COUNT: none, or the program is not known. */
unsigned cmd_trace_written(const struct cmd_trace_record *record);
/* Where the instruction behind it is; pc + 1 without program. */
uint64_t cmd_trace_next(const struct cmd_trace_record *record);
/* Fills in access from program, registers and refused. */
void cmd_trace_derive(struct cmd_trace_record *record, bool refused);

/* What kinds of instructions there are, for filters and counts. */
#define CMD_TRACE_CLASSES(X)                                                                       \
    X(ALU, "alu")                                                                                  \
    X(MUL, "mul")                                                                                  \
    X(DIV, "div")                                                                                  \
    X(MOVE, "move")                                                                                \
    X(LOAD, "load")                                                                                \
    X(STORE, "store")                                                                              \
    X(BRANCH, "branch")                                                                            \
    X(JUMP, "jump")                                                                                \
    X(HOST, "host")                                                                                \
    X(OTHER, "other")

enum cmd_trace_class {
#define X(NAME, text) CMD_TRACE_IS_##NAME,
    CMD_TRACE_CLASSES(X)
#undef X
        CMD_TRACE_CLASS_COUNT
};

enum cmd_trace_class cmd_trace_class(enum pvm_op op);
const char *cmd_trace_class_name(enum cmd_trace_class kind);

#endif
