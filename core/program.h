/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program: the blob of GP 0.7.2 A.1 taken apart, checked and predecoded once. Immutable
 * afterwards, so any number of machines on any number of threads may share it; counted by reference.
 *
 * Predecoded code is one array of 16-octet records. It is cut into segments, stretches that gas is
 * charged for at once: a segment ends with a block terminator, an ecalli or an implicit trap.
 *
 *     index   0        1       2        3        4       5
 *           +--------+-------+--------+--------+-------+-----+
 *           | charge | insn  | insn   | charge | insn  | ... |    charge: gas of the whole segment
 *           +--------+-------+--------+--------+-------+-----+    and its number of instructions
 *                      ^ a jump goes to the record behind the charge and reads [-1]
 *
 * Record 0 stands for "none"; a charge record of nothing closes the last segment.
 * Records of static jumps hold the way to the target. A jump to a position that is no block start
 * goes to a landing record of its own, behind the code, which panics at the jump.
 */
#ifndef CORE_PROGRAM_H
#define CORE_PROGRAM_H

#include "core/memory.h"
#include "core/operands.h"
#include "core/rules.h"

/* Operations of records that are no instructions of the GP. */
enum pvm_record_op {
    PVM_REC_CHARGE = PVM_OP_COUNT, /* cost, count: of the segment that follows */
    PVM_REC_BAD_JUMP,              /* x: way back to the record that jumped here */
    PVM_REC_COUNT
};

/* Cost of a block that no one has entered yet, or that is too large to keep (PVM_GAS_BLOCK). */
#define PVM_COST_UNKNOWN UINT32_MAX
/* The largest cost that a record keeps, and the most gas that the interpreter counts down at a time:
 * both together are less than PVM_COST_UNKNOWN. */
#define PVM_COST_LIMIT ((uint64_t)INT32_MAX)

/* One record. Where the operands of an instruction are, by form:
 *   I RI RRI    immediate in x             O RRO    way to the target in x
 *   RIO         immediate in x, way to the target in the link of the charge record behind
 *   RRII        X in x, Y in that link     ECALLI   number in x, position in that link, skip in a
 *   II RII RE   x: index of a literal      RR RRR   registers only
 * A way is the distance between records in octets. */
struct pvm_insn {
    union {
        const void *handler; /* private to the interpreter */
        struct {
            uint32_t count; /* CHARGE: instructions */
            uint32_t link;  /* CHARGE: second operand of the instruction before it */
        };
    };
    uint8_t op; /* enum pvm_op or enum pvm_record_op */
    uint8_t a, b, d;
    union {
        int32_t x;
        uint32_t cost; /* CHARGE: gas; under PVM_GAS_BLOCK found on first use, see
                          pvm_program_cost */
    };
};

_Static_assert(sizeof(struct pvm_insn) == 16, "four records a cache line");

/* A set of code positions with constant-time rank; borrows from the program's sets. */
struct pvm_posset {
    uint64_t *bits;  /* one bit a position */
    uint32_t *ranks; /* members before each word of bits */
};

/* Where an entry of the jump table leads, with what a jump would otherwise look up there. */
struct pvm_jump {
    const struct pvm_insn *to; /* NULL: not a block start */
    const void *handler;       /* of that record */
};

struct pvm_program {
    const struct pvm_rules *rules;
    enum pvm_layout layout; /* of the memory of its machines */
    const struct pvm_alloc *alloc;
    uint8_t *code; /* code_len octets and PVM_CODE_PAD zeros */
    uint32_t code_len;
    uint64_t jump_count;       /* entries of the jump table */
    unsigned jump_width;       /* octets of an entry as encoded, 0 to 255 */
    uint8_t *jump_octets;      /* the table as encoded */
    uint32_t jump_limit;       /* jump_count, but 0 if jump_width is 0; halves no halt address */
    struct pvm_jump *jumps;    /* by half the address: jump_limit entries behind one for 0 */
    void *sets;                /* what recent and the sets of positions, to block_starts, are in */
    uint32_t *recent;          /* position of the block whose cost was found last, by any thread */
    uint64_t *opcode_mask;     /* k, one bit a position */
    struct pvm_posset records; /* positions that have a record: instructions, implicit traps */
    struct pvm_posset charges; /* positions where a segment starts */
    uint64_t *block_starts;    /* GP 0.7.2 A.3, the basic-block starts */
    struct pvm_insn *insns;
    uint64_t *literals;  /* of two immediates: Y << 32 | X; of RE: the value */
    uint32_t insn_count; /* records, all kinds */
    uint32_t instruction_count;
    uint32_t block_count;
    bool valid; /* passes the validation of GP 0.8.0 A.1, whatever the rules ask for */
    _Atomic uint32_t refs;
};

/* Decodes blob (deblob, GP 0.7.2 A.1: exact fit) under rules. The blob is copied. *out has one
 * reference. PVM_E_MALFORMED names the field, the offset and the value that is wrong. */
PVM_MUST_USE enum pvm_status pvm_program_new(const struct pvm_rules *rules,
                                             const struct pvm_alloc *alloc, struct pvm_bytes blob,
                                             struct pvm_program **out, struct pvm_err *err);
/* The same for machines whose memory is laid out in that way; pvm_program_new is for pages. */
PVM_MUST_USE enum pvm_status pvm_program_new_in(const struct pvm_rules *rules,
                                                enum pvm_layout layout,
                                                const struct pvm_alloc *alloc,
                                                struct pvm_bytes blob, struct pvm_program **out,
                                                struct pvm_err *err);
/* Whether blob has the shape of a program blob: all that pvm_program_new can refuse. */
PVM_MUST_USE enum pvm_status pvm_program_check(struct pvm_bytes blob, size_t *code_len,
                                               struct pvm_err *err);
struct pvm_program *pvm_program_ref(struct pvm_program *program);
void pvm_program_free(struct pvm_program *program); /* drops one reference; NULL is fine */

/* The blob of a program: the inverse of pvm_program_new for already separate parts. mask holds one
 * bit a code octet, least significant first. jump_width octets an entry. Appends to out. */
void pvm_program_encode(const uint64_t *jumps, uint64_t jump_count, unsigned jump_width,
                        struct pvm_bytes code, const uint8_t *mask, struct pvm_buf *out);

/* GP skip(pc): octets between this opcode and the next, at most 24. */
unsigned pvm_program_skip(const struct pvm_program *program, uint32_t pc);
/* Mask bit k of a position; false at and beyond the end. */
bool pvm_program_is_opcode(const struct pvm_program *program, uint64_t pc);
bool pvm_program_is_block_start(const struct pvm_program *program, uint64_t pc);
/* The instruction at pc; PVM_OP_TRAP for everything the GP treats as one: an unknown opcode, a
 * position without mask bit, a position beyond the code. */
enum pvm_op pvm_program_op(const struct pvm_program *program, uint64_t pc);
/* Operands of the instruction at pc < code_len. */
void pvm_program_operands(const struct pvm_program *program, uint32_t pc,
                          struct pvm_operands *out);

/* Whether a run may start at pc at all: always, unless the rules are strict (GP 0.8.0 A.1, deblob
 * with a program counter). If not, the machine panics without being charged. */
bool pvm_program_may_start(const struct pvm_program *program, uint64_t pc);

/* Gas of entering the segment of the record at index, its first one. Under PVM_GAS_BLOCK: of the
 * block, found on first use and kept; 0 where the block was entered earlier, behind an ecalli. */
uint64_t pvm_program_cost(const struct pvm_program *program, uint32_t index);
/* Start of the block that pc lies in: the greatest block start not above it, or 0. */
uint32_t pvm_program_block_of(const struct pvm_program *program, uint32_t pc);

/* Entry i < jump_count of the jump table. */
uint64_t pvm_program_jump(const struct pvm_program *program, uint64_t i);

/* Record that a dynamic jump to addr leads to (GP 0.7.2 A.3, djump; addr is not the halt address),
 * NULL: a panic. */
const struct pvm_insn *pvm_program_jump_record(const struct pvm_program *program, uint32_t addr);

/* The segment a record lies in: index of its first instruction and number of instructions. */
struct pvm_segment {
    uint32_t first, count;
};

struct pvm_segment pvm_program_segment(const struct pvm_program *program, uint32_t index);

/* Record index of position pc, 0 when it has none; position of a record. */
uint32_t pvm_program_index(const struct pvm_program *program, uint64_t pc);
uint32_t pvm_program_position(const struct pvm_program *program, uint32_t index);
/* The same for a record known to lie at pos or not far behind it. */
uint32_t pvm_program_position_after(const struct pvm_program *program, uint32_t index,
                                    uint32_t pos);

#endif
