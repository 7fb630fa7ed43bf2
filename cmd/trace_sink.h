/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace on its way to a file, in one of three forms (docs/traces.md). Whoever has events hands
 * them over one by one; the sink adds what a reader needs to make sense of them: what the trace is,
 * which program a machine runs, registers that are not what the events before tell.
 */
#ifndef CMD_TRACE_SINK_H
#define CMD_TRACE_SINK_H

#include "cmd/load.h"
#include "cmd/trace_record.h"
#include "cmd/trace_stream.h"

#define CMD_TRACE_FORMS(X)                                                                         \
    X(TEXT, "text")                                                                                \
    X(JSON, "json")                                                                                \
    X(BINARY, "binary")

enum cmd_trace_form {
#define X(NAME, text) CMD_TRACE_AS_##NAME,
    CMD_TRACE_FORMS(X)
#undef X
        CMD_TRACE_FORM_COUNT
};

#define CMD_TRACE_FORM_WORD(NAME, text) "|" text

enum {
    CMD_TRACE_VERSION = 1,
    CMD_TRACE_SLOTS = 64,       /* programs that are known at a time, as many as machines */
    CMD_TRACE_OCTETS = 1 << 25, /* of code of all these together */
    CMD_TRACE_MACHINES = 64,    /* machines whose registers are known at a time */
    CMD_TRACE_BLOCK = 1 << 16,  /* octets of a block of the binary form, at most */
    CMD_TRACE_NO_PROGRAM = UINT8_MAX
};

/* Octets that begin events of the binary form, beside instructions, which have the top bit clear.
 */
enum cmd_trace_tag {
    CMD_TRACE_TAG_HEADER = 0x80,
    CMD_TRACE_TAG_PROGRAM,
    CMD_TRACE_TAG_MACHINE,
    CMD_TRACE_TAG_CALL,
    CMD_TRACE_TAG_END,
    CMD_TRACE_TAG_FORGET,
    CMD_TRACE_TAG_CALL_OCTETS /* a host call with the octets of its ranges */
};

/* Of an instruction: what follows its tag, in this order. AFTER: 1 the register that it writes, 2 a
 * set of registers. */
enum {
    CMD_TRACE_SYNC = 0x20, /* an octet of the CMD_TRACE_SYNC_ bits, then what they say */
    CMD_TRACE_JUMP = 0x01, /* position: distance from the instruction behind the last */
    CMD_TRACE_COST = 0x02, /* gas it took, which is not 1 */
    CMD_TRACE_AFTER = 0x0c,
    CMD_TRACE_AFTER_ONE = 0x04,
    CMD_TRACE_AFTER_SET = 0x08,
    CMD_TRACE_REFUSED = 0x10, /* its access to memory was not done */
    CMD_TRACE_SYNC_STEP = 1,
    CMD_TRACE_SYNC_MACHINE = 2,
    CMD_TRACE_SYNC_GAS = 4,
    CMD_TRACE_SYNC_REGS = 8
};

/* What events so far tell of a machine. */
struct cmd_trace_machine {
    bool used;
    int64_t id;
    uint8_t slot; /* its program; CMD_TRACE_NO_PROGRAM: none */
    uint64_t next, gas;
    uint64_t regs[PVM_REG_COUNT];
};

/* Programs and machines that a writer and a reader know at the same time. */
struct cmd_trace_known {
    struct {
        struct pvm_program *program; /* one reference; NULL: only its hash is known */
        bool used;
        struct jam_hash id;
        const struct pvm_symbols *names;
    } slots[CMD_TRACE_SLOTS];
    unsigned slot_count;
    size_t octets;
    struct cmd_trace_machine machines[CMD_TRACE_MACHINES];
    uint64_t step;   /* the last one */
    int64_t machine; /* of the last event */
};

/* Puts a program, of which program may be NULL, into a slot; it must be free. */
void cmd_trace_known_program(struct cmd_trace_known *known, unsigned slot,
                             struct pvm_program *program, const struct jam_hash *id);
void cmd_trace_known_forget(struct cmd_trace_known *known); /* the programs */
void cmd_trace_known_deinit(struct cmd_trace_known *known); /* idempotent */
/* The machine with this id; another one in its place is forgotten. */
struct cmd_trace_machine *cmd_trace_known_machine(struct cmd_trace_known *known, int64_t id);

struct cmd_trace_sink {
    enum cmd_trace_form form;
    bool full;    /* TEXT: lines with all registers */
    bool started; /* the header is written */
    struct cmd_trace_meta meta;
    const struct jam_profile *profile; /* names of host calls; NULL: numbers */
    const struct cmd_symbols *symbols; /* may be NULL */
    struct cmd_trace_out out;
    struct cmd_trace_known known;
    struct pvm_buf block; /* BINARY: of the block that is being filled */
};

/* Text unless the name ends with .jsonl, .json or .bin, .zst behind that or not. */
enum cmd_trace_form cmd_trace_form_of(const char *path);

PVM_MUST_USE enum pvm_status cmd_trace_sink_open(struct cmd_trace_sink *sink, const char *path,
                                                 bool to_stderr, struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_trace_sink_add(struct cmd_trace_sink *sink,
                                                const struct cmd_trace_record *record,
                                                struct pvm_err *err);
/* Ends and closes the file; nothing when there is none. */
PVM_MUST_USE enum pvm_status cmd_trace_sink_close(struct cmd_trace_sink *sink, struct pvm_err *err);
void cmd_trace_sink_deinit(struct cmd_trace_sink *sink);

/* ---- the forms, for trace_sink.c ---- */

/* Appends the line of an event, with its newline. names may be NULL. */
void cmd_trace_text(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                    const struct pvm_symbols *names, struct pvm_buf *out);
/* Appends "w4[0x20000]=0x7" or "r9[0x20000]#0x123": memory of a host call. */
void cmd_trace_range_text(const struct cmd_trace_range *range, struct pvm_buf *out);
void cmd_trace_text_full(const struct cmd_trace_record *record, struct pvm_buf *out);
/* Appends " a0=0x7" of registers in the set that differ. */
void cmd_trace_changes(const uint64_t before[PVM_REG_COUNT], const uint64_t after[PVM_REG_COUNT],
                       unsigned set, struct pvm_buf *out);
void cmd_trace_json(const struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                    const struct pvm_symbols *names, struct pvm_buf *out);
/* The instruction as assembler source. */
void cmd_trace_instruction(const struct jam_profile *profile, const struct cmd_trace_record *record,
                           const struct pvm_symbols *names, struct pvm_buf *out);

void cmd_trace_pack_header(const struct cmd_trace_sink *sink, struct pvm_buf *out);
void cmd_trace_pack_program(unsigned slot, const struct jam_hash *id,
                            const struct pvm_program *program, struct pvm_buf *out);
void cmd_trace_pack_machine(int64_t machine, unsigned slot, struct pvm_buf *out);
/* Brings known up to the event. */
void cmd_trace_pack(struct cmd_trace_known *known, const struct cmd_trace_record *record,
                    struct pvm_buf *out);
/* Moves full blocks from block to out; last: the rest too, and the mark of the end. */
void cmd_trace_pack_blocks(struct pvm_buf *block, bool last, struct pvm_buf *out);

#endif
