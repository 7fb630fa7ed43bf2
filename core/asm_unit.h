/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the assembler: the state of one assembly and what its parts (asm_*.c) share.
 *
 *     source text -> statements   asm.c (lines, labels), asm_directive.c, asm_data.c, asm_insn.c,
 *                                 asm_macro.c; tokens from asm_lex.c, expressions from asm_expr.c
 *     -> items    one for each instruction or stretch of octets in .text, octets elsewhere
 *     -> layout   addresses and sizes of items until nothing grows (asm_layout.c)
 *     -> blob     code, mask, jump table, data, container (asm_emit.c)
 *
 * Functions that return bool return false after they have reported an error.
 */
#ifndef CORE_ASM_UNIT_H
#define CORE_ASM_UNIT_H

#include "core/asm.h"
#include "core/asm_map.h"

/* What hostile sources meet (docs/assembler.md, Limits). */
enum {
    PVM_ASM_MAX_ERRORS = 20,
    PVM_ASM_MAX_DEPTH = 64,          /* includes and macro calls inside one another */
    PVM_ASM_MAX_NESTING = 64,        /* parentheses, unary operators, .if, .equ chains */
    PVM_ASM_MAX_OPERANDS = 32,       /* operands an expression may hold back at once */
    PVM_ASM_MAX_TEXT = 1 << 28,      /* octets of source, includes counted each time */
    PVM_ASM_MAX_EXPANSION = 1 << 24, /* octets of expanded macros */
    PVM_ASM_MAX_COUNT = 1 << 23,     /* lines, items, symbols, table entries */
    PVM_ASM_MAX_MEMORY = 1 << 29,    /* octets of names and texts that are kept */
    PVM_ASM_MAX_NAME = 127,
    PVM_ASM_MAX_CODE = 1 << 26,        /* octets of code */
    PVM_ASM_MAX_DATA = (1 << 24) - 1,  /* octets of .rodata or .data (GP 0.7.2 A.7: E3) */
    PVM_ASM_MAX_STACK = (1 << 24) - 1, /* the same for the stack */
    PVM_ASM_MAX_HEAP = (1 << 16) - 1,  /* pages (E2) */
    PVM_ASM_MAX_ALIGN = 1 << 16,
    PVM_ASM_MAX_WIDTH = 255, /* octets of a jump table entry, one octet in the blob */
    PVM_ASM_DEFAULT_STACK = 1 << 16
};

#define PVM_ASM_NONE UINT32_C(0xffffffff)

struct pvm_asm_pos {
    uint32_t source; /* index, PVM_ASM_NONE for nowhere */
    uint32_t offset; /* in the source's text */
};

/* A text being assembled: a file or one expansion of a macro. */
struct pvm_asm_source {
    const char *name;  /* file */
    const char *macro; /* the macro expanded, NULL for a file */
    struct pvm_bytes text;
    uint32_t first_line; /* number of the text's first line in the file */
    uint32_t depth;
    struct pvm_asm_pos parent; /* the .include or the macro call */
};

/* An expression: a run of elements in postfix order. Empty: not written. */
struct pvm_asm_expr {
    uint32_t start, count;
};

struct pvm_asm_elem {
    uint64_t arg; /* constant or index of a symbol */
    struct pvm_asm_pos pos;
    uint32_t kind; /* enum pvm_asm_elem_kind */
};

enum pvm_asm_section_id {
    PVM_ASM_TEXT,
    PVM_ASM_RODATA,
    PVM_ASM_DATA,
    PVM_ASM_BSS,
    PVM_ASM_SECTION_COUNT
};

struct pvm_asm_section {
    struct pvm_buf bytes;     /* TEXT: pool of the octets given as data; BSS: empty */
    uint64_t size;            /* RODATA, DATA, BSS: octets so far */
    uint64_t align;           /* largest .align */
    uint64_t base;            /* address, known after pvm_asm_layout */
    struct pvm_asm_pos first; /* first statement that added to it */
};

enum pvm_asm_symbol_kind {
    PVM_ASM_UNDEFINED,
    PVM_ASM_LABEL, /* section; value: offset, for TEXT the index of an item */
    PVM_ASM_VALUE, /* .equ: expr */
    PVM_ASM_TABLE  /* .jumptable NAME: value is the first entry's index */
};

struct pvm_asm_symbol {
    const char *name; /* NULL for the assembler's own labels */
    uint32_t len;
    uint8_t kind, section;
    bool busy;      /* being evaluated */
    bool reported;  /* as undefined */
    bool known;     /* VALUE: cached is the value in section, found while reading */
    uint32_t pass;  /* VALUE: cached is the value in that pass of the layout */
    uint32_t entry; /* jt(): 1 + index in the jump table, 0 for none */
    uint64_t value;
    uint64_t cached;
    struct pvm_asm_expr expr;
    struct pvm_asm_pos pos; /* definition */
};

enum pvm_asm_item_kind {
    PVM_ASM_INSN,   /* op and operands */
    PVM_ASM_LOAD,   /* li: load_imm or load_imm_64 */
    PVM_ASM_OCTETS, /* x.start: offset in the pool; opcode: mask bit on the first */
    PVM_ASM_PAD     /* .align: fallthrough instructions up to a multiple of x.start */
};

struct pvm_asm_item {
    uint8_t kind, op, a, b, d;
    bool fixed; /* size is final */
    bool opcode;
    uint32_t address, size;
    struct pvm_asm_expr x, y;
    struct pvm_asm_pos pos;
};

/* An expression whose octets are filled in once addresses are known. */
struct pvm_asm_fixup {
    uint8_t section, width;
    uint32_t offset;
    struct pvm_asm_expr expr;
};

struct pvm_asm_entry {
    struct pvm_asm_expr target; /* empty: not given */
    struct pvm_asm_pos pos;
    const char *name;
};

enum { PVM_ASM_ENTRY_COUNT = 3, PVM_ASM_STUB = 5 };

struct pvm_asm_macro {
    const char *name;
    struct pvm_bytes *params;
    uint32_t param_count;
    struct pvm_asm_pos body; /* first octet of the body */
    uint32_t body_len, first_line;
};

struct pvm_asm_chunk;

/* A growing array; see pvm_asm_grow. */
#define PVM_ASM_ARRAY(type)                                                                        \
    struct {                                                                                       \
        type *list;                                                                                \
        size_t count, cap;                                                                         \
    }

struct pvm_asm {
    const struct pvm_asm_options *options;
    const struct pvm_alloc *alloc;
    struct pvm_buf *diagnostics;
    struct pvm_err *err;
    enum pvm_status status; /* worst so far */
    unsigned errors;
    bool stop; /* no further statement: out of memory, a limit, too many errors */

    struct pvm_asm_chunk *arena;
    size_t arena_used;
    PVM_ASM_ARRAY(struct pvm_asm_source) sources;
    PVM_ASM_ARRAY(struct pvm_asm_elem) elems;
    PVM_ASM_ARRAY(struct pvm_asm_symbol) symbols;
    PVM_ASM_ARRAY(struct pvm_asm_item) items;
    PVM_ASM_ARRAY(struct pvm_asm_fixup) fixups;
    PVM_ASM_ARRAY(struct pvm_asm_expr) jumps; /* entries of the jump table */
    PVM_ASM_ARRAY(uint32_t) wanted;           /* symbols that jt() names, in that order */
    PVM_ASM_ARRAY(struct pvm_asm_macro) macros;
    struct pvm_asm_map keywords, names, macro_names;
    struct pvm_asm_section sections[PVM_ASM_SECTION_COUNT];
    struct pvm_asm_entry entries[PVM_ASM_ENTRY_COUNT];
    struct pvm_buf metadata;
    uint32_t stack, heap;
    int jump_width;      /* -1: the least that fits */
    uint64_t jump_empty; /* .jump_empty */
    struct pvm_asm_pos jump_empty_pos;

    enum pvm_asm_section_id section; /* where statements go */
    const char *scope;               /* last label that is not local */
    uint32_t scope_len;
    uint32_t lines, expansions;
    uint64_t text_read, text_expanded;

    uint32_t pass;     /* of the layout; 0 while reading */
    uint32_t text_end; /* address behind the last item */
};

/* --- asm_unit.c: memory and messages --- */

/* Copies len octets to memory that lives as long as the assembly, 0 octet behind; NULL when out of
 * memory or over the limit (reported). */
char *pvm_asm_dup(struct pvm_asm *as, const char *text, size_t len);
void *pvm_asm_get(struct pvm_asm *as, size_t size);
/* The list, perhaps moved, with room for one more element of size octets; NULL, and list as it
 * was, when out of memory or over the limit (reported at pos). */
void *pvm_asm_grow(struct pvm_asm *as, void *list, size_t *cap, size_t count, size_t size,
                   struct pvm_asm_pos pos);
void pvm_asm_deinit(struct pvm_asm *as);

/* Reports an error; false always. */
bool pvm_asm_error(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
    PVM_PRINTF(3, 4);
/* The same, and nothing more is read. */
bool pvm_asm_fatal(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
    PVM_PRINTF(3, 4);
bool pvm_asm_no_memory(struct pvm_asm *as);
/* A note below the last error, pointing at pos. */
void pvm_asm_note(struct pvm_asm *as, struct pvm_asm_pos pos, const char *fmt, ...)
    PVM_PRINTF(3, 4);

/* --- asm_lines.c --- */

/* Adds the line of each instruction whose address is known, sorted. */
PVM_MUST_USE enum pvm_status pvm_asm_lines(const struct pvm_asm *as, struct pvm_lines *out,
                                           struct pvm_err *err);

/* --- asm_layout.c, asm_emit.c --- */

/* Gives every item its address and size and every section its base. Errors are left to emit. */
void pvm_asm_layout(struct pvm_asm *as);
/* Octets of an instruction at address; report: say what is wrong with an operand. */
bool pvm_asm_encode(struct pvm_asm *as, const struct pvm_asm_item *item, struct pvm_buf *out,
                    bool report);
void pvm_asm_emit(struct pvm_asm *as, struct pvm_buf *blob);

#endif
