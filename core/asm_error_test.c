/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembler says about statements that are wrong, word for word, and what it does with
 * sources made to exhaust it.
 */
#include "core/asm_testing.h"

struct mistake {
    const char *source;
    const char *message; /* "line:column: text" of the first error */
};

static const struct mistake mistakes[] = {
    /* tokens */
    {"trap ?", "1:6: unexpected character '?'"},
    {"trap \x01", "1:6: unexpected octet 0x01"},
    {".u8 012", "1:5: a number starts with 0: octal is written 0o17"},
    {".u8 0x", "1:5: a number without digits"},
    {".u8 0b12", "1:8: '2' is no digit of base 2"},
    {".u8 9a", "1:6: 'a' is no digit of base 10"},
    {".u64 18446744073709551616", "1:6: the number does not fit in 64 bits"},
    {".u8 'ab'", "1:5: a character constant is one octet between quotes"},
    {".u8 ''", "1:5: a character constant is one octet between quotes"},
    {".ascii \"a", "1:8: the string has no end"},
    {".ascii \"\\q\"", "1:9: unknown escape: \\n \\t \\r \\0 \\\\ \\' \\\" and \\xHH are known"},
    /* statements */
    {"5", "1:1: expected a label or a statement, found '5'"},
    {"bogus a0", "1:1: unknown instruction 'bogus'"},
    {".bogus", "1:1: unknown directive '.bogus'"},
    {"trap trap", "1:6: expected the end of the statement, found 'trap'"},
    {"x: trap\nx: trap", "2:1: 'x' is already defined"},
    {"a0: trap", "1:1: 'a0' is a register"},
    {".: trap", "1:1: '.' is the current location and cannot be defined"},
    {".data\ntrap", "2:1: an instruction outside .text"},
    {".data\nret", "2:1: an instruction outside .text"},
    {".data\n.insn \"00\"", "2:1: an instruction outside .text"},
    {"unlikely", "1:1: 'unlikely' does not exist in GP 0.7.2"},
    /* operands */
    {"add_64 a0, a1", "1:14: expected ',', found the end of the line"},
    {"add_64 a0, a1, 5", "1:16: expected a register, found '5'"},
    {"add_64 a0, a1, a13", "1:16: expected a register, found 'a13'"},
    {"add_64 r13, a1, a1", "1:8: expected a register, found 'r13'"},
    {"load_imm a0, a1", "1:14: expected an expression, found 'a1'"},
    {"load_imm a0, [5]", "1:14: expected an expression, found '['"},
    {"load_ind_u8 a0, [5]", "1:18: expected a register, found '5'"},
    {"load_ind_u8 a0, [s0*2]", "1:20: expected ']', found '*'"},
    {"load_u8 a0, [5", "1:15: expected ']', found the end of the line"},
    {"load_imm a0, 0x80000000",
     "1:14: 0x80000000 does not fit: an immediate is -0x80000000 to 0x7fffffff"},
    {"load_imm a0, -0x80000001",
     "1:14: -0x80000001 does not fit: an immediate is -0x80000000 to 0x7fffffff"},
    {"add_imm_32 a0, a0, 0x100000000",
     "1:20: 0x100000000 does not fit: an immediate is -0x80000000 to 0xffffffff"},
    {"add_imm_64 a0, a0, big\nbig = 1 << 40",
     "1:20: 0x10000000000 does not fit: an immediate is -0x80000000 to 0x7fffffff"},
    {"store_imm_u64 [0], 0xffffffff",
     "1:20: 0xffffffff does not fit: an immediate is -0x80000000 to 0x7fffffff"},
    {"jump @0x80000000", "1:6: the target is more than 2^31 octets away"},
    {"t = 1 << 32\n.entry refine t", "2:15: the target is more than 2^31 octets away"},
    {"ecalli nonesuch", "1:8: unknown host call 'nonesuch'"},
    /* expressions and symbols */
    {".u8 1 +", "1:8: expected an expression, found the end of the line"},
    {".u8 (1", "1:7: expected ')', found the end of the line"},
    {".u8 f(1)", "1:5: unknown function 'f': there are jt() and defined()"},
    {".u8 jt(5)", "1:8: expected a symbol, found '5'"},
    {".u8 1/0", "1:6: division by zero"},
    {".u8 1%x\nx = 0", "1:6: division by zero"},
    {"jump nowhere", "1:6: undefined symbol 'nowhere'"},
    {"main: trap\njump .nowhere", "2:6: undefined symbol 'main.nowhere'"},
    {".u8 jt(nowhere)", "1:5: undefined symbol 'nowhere'"},
    {"a = b\nb = a\n.u8 a", "2:5: 'a' is defined by itself"},
    {".u8 256", "1:5: 0x100 does not fit in 1 octet"},
    {".u16 -32769", "1:6: -0x8001 does not fit in 2 octets"},
    {".u8 x\nx = 1000", "1:5: 0x3e8 does not fit in 1 octet"},
    /* targets */
    {"trap\nload_imm a0, 1\nx: jump x",
     "3:9: 'x' starts no basic block: the instruction before it must be a terminator, such as "
     "fallthrough"},
    {"jump x\nx:", "1:6: 'x' is the end of the code"},
    {"f: call f", "1:4: 'the place behind this' is the end of the code"},
    {".data\nd:\n\n.text\njump d", "5:6: 'd' is no place in .text"},
    {"load_imm a0, 1\nx: trap\n.jumptable x",
     "3:12: 'x' starts no basic block: the instruction before it must be a terminator, such as "
     "fallthrough"},
    /* directives */
    {".zero later\nlater = 1",
     "1:7: the number of octets needs a number that is known here, and 'later' is not"},
    {"x: trap\n.zero x",
     "2:7: the number of octets needs a number that is known here, and 'x' is not"},
    {".data\nx: .u8 1\n.zero x",
     "3:7: the number of octets needs a number that is known here, and 'the address' is not"},
    {".align 3", "1:8: an alignment is a power of two from 1 to 65536"},
    {".align 131072", "1:8: an alignment is a power of two from 1 to 65536"},
    {".bss\n.u8 1", "2:1: only .zero, .space and .align go into .bss"},
    {".bss\n.ascii \"a\"", "2:1: only .zero, .space and .align go into .bss"},
    {".bss\n.hex \"00\"", "2:1: only .zero, .space and .align go into .bss"},
    {".ascii 5", "1:8: expected a string in double quotes, found '5'"},
    {".hex 5", "1:6: expected a string of hexadecimal digits, found '5'"},
    {".hex \"0g\"", "1:7: expected two hexadecimal digits"},
    {".hex \"012\"", "1:9: expected two hexadecimal digits"},
    {".hex \"0x12\"", "1:7: expected two hexadecimal digits"},
    {".insn \"\"", "1:1: an instruction has at least one octet"},
    {".stack 0x1000000", "1:8: .stack is at most 16777215"},
    {".heap 65536", "1:7: .heap is at most 65535"},
    {".jump_width 256", "1:13: .jump_width is at most 255"},
    {".jump_width 1\n.jumptable 256", "2:12: the jump table entry 0x100 does not fit in 1 octets"},
    {".jump_empty 3\n.jumptable 0",
     "1:1: .jump_empty goes with no other entries and no width but 0"},
    {".equ 5, 1", "1:6: expected a name, found '5'"},
    {".equ x 1", "1:8: expected ',', found '1'"},
    {".entry main x",
     "1:8: expected refine, is_authorized, accumulate or on_transfer, found 'main'"},
    {"x: trap\n.entry refine x\n.entry is_authorized x",
     "3:1: position 0 already has the entry 'refine'"},
    {".metadata \"a\", \"b\"", "1:1: .metadata is one text, or name, version, licence and authors"},
    {".include \"missing.inc\"", "1:1: cannot read 'missing.inc': no such file"},
    {".incbin \"\"", "1:1: a file name has at least one character and no \\0"},
    {".incbin \"a\\0b\"", "1:1: a file name has at least one character and no \\0"},
    {".u32 later, 5, oops oops\nlater = 1",
     "1:21: expected the end of the statement, found 'oops'"},
    {".else", "1:1: .else without .if"},
    {".endif", "1:1: .endif without .if"},
    {"trap\n.if 1\ntrap", "2:1: .if without .endif"},
    {".if x\n.endif\nx = 1", "1:5: .if needs a number that is known here, and 'x' is not"},
    /* macros */
    {".macro", "1:7: expected the name of the macro, found the end of the line"},
    {".macro m\ntrap", "1:1: .macro without .endmacro"},
    {".endmacro", "1:1: .endmacro without .macro"},
    {".macro trap\n.endmacro", "1:8: 'trap' is already an instruction"},
    {".macro .zero\n.endmacro", "1:8: '.zero' is already a directive"},
    {".macro m\n.endmacro\n.macro m\n.endmacro", "3:8: 'm' is already a macro"},
    {".macro m a.b\n.endmacro",
     "1:10: expected a parameter name of letters, digits and '_', found 'a.b'"},
    {".macro m a, b\n.endmacro\nm 1", "3:1: macro 'm' takes 2 arguments, 1 given"},
    {".macro m a\n.endmacro\nm", "3:1: macro 'm' takes 1 argument, 0 given"},
};

/* Checks that source is refused, and that the first line of the diagnostics is "t.s:" MESSAGE. */
static void expect_error(enum pvm_blob_format format, const char *source, const char *message)
{
    struct asm_test t;
    struct pvm_buf want = {0};
    asm_test_text(&t, format, source);
    ck_assert_msg(t.status == PVM_E_MALFORMED, "accepted: %s", source);
    ck_assert_uint_eq(t.blob.len, 0);
    const char *text = strstr(message, ": ");
    pvm_buf_printf(&want, "t.s:%.*s: error%s", (int)(text - message), message, text);
    ck_assert_str_eq(t.err.msg, pvm_buf_str(&want));
    pvm_buf_add_u8(&want, '\n');
    ck_assert_msg(strncmp(pvm_buf_str(&t.diagnostics), pvm_buf_str(&want), want.len) == 0,
                  "%s\nwant %s", pvm_buf_str(&t.diagnostics), pvm_buf_str(&want));
    pvm_buf_deinit(&want);
    asm_test_done(&t);
}

START_TEST(one_mistake)
{
    expect_error(PVM_BLOB_RAW, mistakes[_i].source, mistakes[_i].message);
}
END_TEST

struct whole {
    enum pvm_blob_format format;
    const char *source, *diagnostics;
};

/* Complete diagnostics: the line, the caret, notes, several errors. */
static const struct whole wholes[] = {
    {PVM_BLOB_RAW, "trap\n\tadd_64\ta0, 5, a1 ; why\n",
     "t.s:2:13: error: expected a register, found '5'\n"
     "    \tadd_64\ta0, 5, a1 ; why\n"
     "    \t      \t    ^\n"},
    {PVM_BLOB_RAW, "bogus\r\n.zork\r\n",
     "t.s:1:1: error: unknown instruction 'bogus'\n    bogus\n    ^\n"
     "t.s:2:1: error: unknown directive '.zork'\n    .zork\n    ^\n"},
    {PVM_BLOB_RAW, "x: trap\nx: trap",
     "t.s:2:1: error: 'x' is already defined\n    x: trap\n    ^\n"
     "t.s:1:1: note: the first definition is here\n"},
    {PVM_BLOB_RAW,
     "trap\n.macro inc r\nload_imm a0, 1\nadd_imm_64 \\r, \\r, big\n.endmacro\n  inc a0 + 1",
     "t.s:4:15: error: expected ',', found '+'\n"
     "    add_imm_64 a0 + 1, a0 + 1, big\n"
     "                  ^\n"
     "t.s:6:3: note: in the expansion of macro 'inc'\n"},
    {PVM_BLOB_RAW, "trap\n.include \"bad.inc\"\n",
     "bad.inc:2:7: error: unknown instruction 'wrong'\n    here: wrong\n          ^\n"
     "t.s:2:1: note: included from here\n"},
    {PVM_BLOB_RAW, "jump x\njump x\njump y",
     "t.s:1:6: error: undefined symbol 'x'\n    jump x\n         ^\n"
     "t.s:3:6: error: undefined symbol 'y'\n    jump y\n         ^\n"},
    {PVM_BLOB_RAW, ".data\n.u8 1\n.text\ntrap",
     "t.s:2:1: error: a raw program has code only, no .data\n    .u8 1\n    ^\n"},
    {PVM_BLOB_RAW, "nul\0in the middle",
     "t.s:1:1: error: unknown instruction 'nul'\n    nul\n    ^\n"},
    {PVM_BLOB_STANDARD, ".bss\n.zero 0x10000000\n.heap 1",
     "t.s:2:1: error: .bss and .heap take 65537 pages; a program has at most 65535\n"
     "    .zero 0x10000000\n    ^\n"},
    {PVM_BLOB_STANDARD, ".bss\n.zero 0xfffe000\n.stack 0xffffff\n", ""},
};

START_TEST(whole_diagnostics)
{
    struct asm_test t;
    asm_test_text(&t, wholes[_i].format, wholes[_i].source);
    ck_assert_str_eq(pvm_buf_str(&t.diagnostics), wholes[_i].diagnostics);
    ck_assert_int_eq(t.status, wholes[_i].diagnostics[0] == 0 ? PVM_OK : PVM_E_MALFORMED);
    asm_test_done(&t);
}
END_TEST

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

START_TEST(twenty_errors)
{
    struct pvm_buf source = {0};
    for (unsigned i = 0; i < 100; i++)
        pvm_buf_text(&source, "bogus\n");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    const char *text = pvm_buf_str(&t.diagnostics);
    ck_assert_uint_eq(count_of(text, ": error: "), 20);
    ck_assert_ptr_nonnull(strstr(text, "t.s: 20 errors; the rest is not looked at\n"));
    ck_assert_str_eq(t.err.msg, "t.s:1:1: error: unknown instruction 'bogus'");
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

START_TEST(nul_octets)
{
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_bytes("trap\ntrap \0x\n", 13));
    ck_assert_str_eq(pvm_buf_str(&t.diagnostics),
                     "t.s:2:6: error: unexpected octet 0x00\n    trap ?x\n         ^\n");
    asm_test_done(&t);
}
END_TEST

/* Of a long line a window around the column is shown. */
START_TEST(long_lines)
{
    struct pvm_buf source = {0};
    for (unsigned i = 0; i < 100000; i++)
        pvm_buf_text(&source, " ");
    pvm_buf_text(&source, "bogus");
    for (unsigned i = 0; i < 100000; i++)
        pvm_buf_text(&source, " ");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_uint_lt(t.diagnostics.len, 500);
    ck_assert_ptr_nonnull(
        strstr(pvm_buf_str(&t.diagnostics), "t.s:1:100001: error: unknown instruction 'bogus'\n"));
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

/* prefix, `unit` count times, suffix */
struct flood {
    const char *prefix, *unit, *suffix;
    unsigned count;
    const char *error; /* part of the message */
};

static const struct flood floods[] = {
    {".u8 ", "(", "1", 100000, "the expression is nested too deeply"},
    {".u8 ", "-", "1", 100000, "the expression is nested too deeply"},
    {".u8 ", "1+(", "1", 100000, "the expression is nested too deeply"},
    {".u8 x", "+(x", "", 40, "the expression is nested too deeply"},
    {"", "a", ": trap", 128, "a name has at most 127 characters"},
    {"", ".if 1\n", "", 100, ".if is nested more than 64 deep"},
    {".macro m\nm\n.endmacro\n", "m\n", "", 1, "includes and macros are nested more than 64 deep"},
    {".include \"self.inc\"\n", "", "", 0, "includes and macros are nested more than 64 deep"},
    {".macro m a\nm \\a+\\a\n.endmacro\nm xxxxxxxxxxxxxxxx", "x", "", 1,
     "macros expand to more than 16777216 octets"},
    {"", ".zero 1 << 40\n", "", 1, ".text would be larger than 67108864 octets"},
    {".data\n", ".zero 1 << 40\n", "", 1, ".data would be larger than 16777215 octets"},
    {".rodata\n", ".zero 0xffffff\n.u8 1\n", "", 1, ".rodata would be larger than 16777215 octets"},
    {".bss\n", ".zero 0xffffffff\n", "", 2, ".bss would be larger than 4294967295 octets"},
    {"", ".zero 0x4000000\n", "trap", 1, "more than 67108864 octets of code"},
    {"", ".zero -1\n", "", 1, ".text would be larger than 67108864 octets"},
    {"", ".align 65536\ntrap\n", "", 1100, "more than 67108864 octets of code"},
};

START_TEST(hostile_sources)
{
    const struct flood *f = &floods[_i];
    struct pvm_buf source = {0};
    pvm_buf_text(&source, f->prefix);
    for (unsigned i = 0; i < f->count; i++)
        pvm_buf_text(&source, f->unit);
    pvm_buf_text(&source, f->suffix);
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_int_eq(t.status, PVM_E_MALFORMED);
    ck_assert_msg(strstr(t.err.msg, f->error) != NULL, "%s", t.err.msg);
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

/* Calls that double at each of 40 levels. */
START_TEST(exponential_macros)
{
    struct pvm_buf source = {0};
    pvm_buf_text(&source, ".macro m0\n; a line of some length that is expanded\n.endmacro\n");
    for (unsigned i = 1; i <= 40; i++)
        pvm_buf_printf(&source, ".macro m%u\nm%u\nm%u\n.endmacro\n", i, i - 1, i - 1);
    pvm_buf_text(&source, "m40\n");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_ptr_nonnull(strstr(t.err.msg, "macros expand to more than 16777216 octets"));
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

/* Definitions that double their cost if nothing is remembered, of a number and of an address. */
START_TEST(exponential_symbols)
{
    struct pvm_buf source = {0};
    pvm_buf_text(&source, ".data\nd: .u8 1\n.text\n");
    for (unsigned i = 1; i <= 60; i++)
        pvm_buf_printf(&source, "v%u = v%u + (v%u - v%u)\n", i, i - 1, i - 1, i - 1);
    if (_i == 0)
        pvm_buf_text(&source, ".u64 v60\nv0 = 5\n");
    else
        pvm_buf_text(&source, "v0 = d\nw = v60 + (v60 - v60)\n.u64 w\n");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_STANDARD, pvm_buf_bytes(&source));
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

START_TEST(long_chain_of_symbols)
{
    struct pvm_buf source = {0};
    for (unsigned i = 0; i < 1000; i++)
        pvm_buf_printf(&source, "v%u = v%u + 1\n", i, i + 1);
    pvm_buf_text(&source, "v1000 = 1\n.u64 v0\n");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_ptr_nonnull(strstr(t.err.msg, "stands on more than 64 other symbols"));
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

/* 200 jumps each of which grows only when the next one has: passes are bounded, targets right. */
START_TEST(growth_one_by_one)
{
    struct pvm_buf source = {0};
    enum { JUMPS = 200, BODY = 62 };
    for (unsigned i = 0; i < JUMPS; i++) {
        pvm_buf_printf(&source, "l%u: jump l%u\n", i, i + 2);
        for (unsigned k = 0; k < BODY; k++)
            pvm_buf_text(&source, "fallthrough\n");
    }
    pvm_buf_printf(&source, "l%u: fallthrough\nl%u: jump l0\n.zero 40000\n", JUMPS, JUMPS + 1);
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    struct pvm_program *program = NULL;
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&t.blob), &program, &t.err) ==
              PVM_OK);
    for (size_t i = 0; i < t.symbols.count; i++) {
        unsigned n = (unsigned)strtoul(t.symbols.list[i].name + 1, NULL, 10);
        struct pvm_operands ops;
        if (n >= JUMPS)
            continue;
        pvm_program_operands(program, (uint32_t)t.symbols.list[i].pc, &ops);
        char name[16];
        snprintf(name, sizeof name, "l%u", n + 2);
        ck_assert_str_eq(pvm_symbols_at(&t.symbols, ops.x)->name, name);
    }
    pvm_program_free(program);
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

/* --- memory --- */

struct failing {
    long left; /* allocations until one fails */
};

static void *failing_resize(void *user, void *ptr, size_t size)
{
    struct failing *f = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (f->left-- <= 0)
        return NULL;
    return realloc(ptr, size);
}

/* Every allocation in turn fails: an error each time, nothing leaked, until none fails. */
START_TEST(every_allocation_fails)
{
    struct pvm_buf source = {0};
    ck_assert(asm_test_read(PVM_TESTDATA "/asm/service.s", &source));
    pvm_buf_text(&source, "\n.include \"equ.inc\"\n.macro m a\n.u8 \\a\n.endmacro\nm x\nx = 3\n");
    pvm_buf_text(&source, "s: .hex \"00\"\n.u32 s\n.ascii \"a\"\n.align 2\n.zero 2\n");
    bool done = false;
    for (long n = 0; !done; n++) {
        struct failing failing = {n};
        struct pvm_alloc alloc = {failing_resize, &failing};
        struct pvm_asm_options options = {.rules = &pvm_rules_072,
                                          .alloc = &alloc,
                                          .format = PVM_BLOB_JAM,
                                          .file = "t.s",
                                          .files = {asm_test_load, NULL}};
        struct pvm_buf blob = {.alloc = &alloc};
        struct pvm_buf diagnostics = {.alloc = &alloc};
        struct pvm_symbols symbols = {.alloc = &alloc};
        struct pvm_err err = {0};
        enum pvm_status status =
            pvm_assemble(&options, pvm_buf_bytes(&source), &blob, &symbols, &diagnostics, &err);
        done = status == PVM_OK;
        ck_assert_msg(done || status == PVM_E_MEMORY, "allocation %ld: %s", n, err.msg);
        ck_assert(done == (blob.len != 0));
        pvm_buf_deinit(&blob);
        pvm_buf_deinit(&diagnostics);
        pvm_symbols_deinit(&symbols);
        ck_assert_int_lt(n, 10000);
    }
    pvm_buf_deinit(&source);
}
END_TEST

/* 100,000 lines with a label and a jump each take well under the test's time. */
START_TEST(many_lines)
{
    struct pvm_buf source = {0};
    for (unsigned i = 0; i < 50000; i++)
        pvm_buf_printf(&source,
                       "label_%u: branch_eq_imm a0, %u, label_%u\nadd_64 a0, a1, a2\n"
                       "fallthrough\n",
                       i, i, (i * 7919 + 3) % 50000);
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    ck_assert_uint_eq(t.symbols.count, 50000);
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

Suite *asm_error_suite(void);

Suite *asm_error_suite(void)
{
    Suite *suite = suite_create("asm_error");
    TCase *cases = tcase_create("messages");
    tcase_add_loop_test(cases, one_mistake, 0, ROWS(mistakes));
    tcase_add_loop_test(cases, whole_diagnostics, 0, ROWS(wholes));
    tcase_add_test(cases, twenty_errors);
    tcase_add_test(cases, nul_octets);
    tcase_add_test(cases, long_lines);
    suite_add_tcase(suite, cases);
    TCase *limits = tcase_create("limits");
    tcase_add_loop_test(limits, hostile_sources, 0, ROWS(floods));
    tcase_add_test(limits, exponential_macros);
    tcase_add_loop_test(limits, exponential_symbols, 0, 2);
    tcase_add_test(limits, long_chain_of_symbols);
    tcase_add_test(limits, growth_one_by_one);
    tcase_add_test(limits, every_allocation_fails);
    tcase_add_test(limits, many_lines);
    suite_add_tcase(suite, limits);
    return suite;
}
