/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembler makes of statements that are right. The octets were encoded by hand from
 * GP 0.7.2 A.1, A.5 and A.7.
 */
#include "core/asm_testing.h"

struct encoding {
    const char *source;
    const char *hex;
};

/* Raw programs: no jump table (00 00), code length, code, mask. */
static const struct encoding instructions[] = {
    /* N */
    {"trap", "00 00 01 00 01"},
    {"fallthrough\n", "00 00 01 01 01"},
    /* I */
    {"ecalli 0", "00 00 01 0a 01"},
    {"ecalli 3", "00 00 02 0a03 01"},
    {"ecalli 128", "00 00 03 0a8000 01"},
    {"ecalli -1", "00 00 02 0aff 01"},
    {"ecalli read", "00 00 02 0a03 01"},
    {"ecalli gas", "00 00 01 0a 01"},
    {"ecalli log", "00 00 02 0a64 01"},
    {"mine = 77\necalli mine", "00 00 02 0a4d 01"},
    {"read = 77\necalli read", "00 00 02 0a03 01"},
    {"read = 77\necalli (read)", "00 00 02 0a4d 01"},
    /* RE */
    {"load_imm_64 a0, 0x0102030405060708", "00 00 0a 14070807060504030201 0100"},
    {"load_imm_64 r12, -1", "00 00 0a 140cffffffffffffffff 0100"},
    /* II */
    {"store_imm_u8 [0x20000], 5", "00 00 06 1e0300000205 01"},
    {"store_imm_u8 0x20000, 5", "00 00 06 1e0300000205 01"},
    {"store_imm_u16 [0], 0", "00 00 02 1f00 01"},
    {"store_imm_u32 [16], 0xffffffff", "00 00 04 200110ff 01"},
    {"store_imm_u64 [-1], 0x12345678", "00 00 07 2101ff78563412 01"},
    /* O */
    {"x: jump x", "00 00 01 28 01"},
    {"jump x\nx: trap", "00 00 03 280200 05"},
    {"jump @0x2a", "00 00 02 282a 01"},
    {"jump @0xffffffffffffff80", "00 00 02 2880 01"},
    /* RI */
    {"jump_ind ra, 0", "00 00 02 3200 01"},
    {"jump_ind a0, 0xffff0000", "00 00 05 32070000ff 01"},
    {"load_imm a0, 0", "00 00 02 3307 01"},
    {"load_imm a0, 127", "00 00 03 33077f 01"},
    {"load_imm a0, 128", "00 00 04 33078000 01"},
    {"load_imm a0, -128", "00 00 03 330780 01"},
    {"load_imm a0, -129", "00 00 04 33077fff 01"},
    {"load_imm a0, 0x7fffffff", "00 00 06 3307ffffff7f 01"},
    {"load_imm a0, -0x80000000", "00 00 06 330700000080 01"},
    {"load_u8 a0, [0x10000]", "00 00 05 3407000001 01"},
    {"load_i32 r5, [4]", "00 00 03 390504 01"},
    {"store_u64 a5, [0xfefe0000]", "00 00 06 3e0c0000fefe 01"},
    {"store_u64 a5, 0xfefe0000", "00 00 06 3e0c0000fefe 01"},
    /* RII */
    {"store_imm_ind_u16 [s0+4], 7", "00 00 04 47150407 01"},
    {"store_imm_ind_u16 s0, 4, 7", "00 00 04 47150407 01"},
    {"store_imm_ind_u8 [s0], 0", "00 00 02 4605 01"},
    {"store_imm_ind_u32 [s0 - 2], 0x80000000", "00 00 07 4815fe00000080 01"},
    {"store_imm_ind_u64 [sp + 2*8 - 1], -1", "00 00 04 49110fff 01"},
    /* RIO */
    {"x: load_imm_jump ra, 2, x", "00 00 03 501002 01"},
    {"x: branch_eq_imm a0, 0, x", "00 00 02 5107 01"},
    {"branch_gt_s_imm a0, -1, @300", "00 00 05 5a17ff2c01 01"},
    /* RR */
    {"move_reg a0, a1", "00 00 02 6487 01"},
    {"sbrk t0, t1", "00 00 02 6532 01"},
    {"reverse_bytes r0, r10", "00 00 02 6fa0 01"},
    /* RRI */
    {"store_ind_u8 a0, [s0-1]", "00 00 03 7857ff 01"},
    {"store_ind_u8 a0, s0, -1", "00 00 03 7857ff 01"},
    {"load_ind_u64 a0, [s0+16]", "00 00 03 825710 01"},
    {"load_ind_u64 a0, [s0]", "00 00 02 8257 01"},
    {"load_ind_u64 a0, [s0+0xfffffffc]", "00 00 03 8257fc 01"},
    {"add_imm_64 a0, a1, 5", "00 00 03 958705 01"},
    {"add_imm_32 a0, a1, 0xffffffff", "00 00 03 8387ff 01"},
    {"rot_r_32_imm ra, sp, 31", "00 00 03 a0101f 01"},
    /* RRO */
    {"x: branch_eq a0, a1, x", "00 00 02 aa87 01"},
    {"fallthrough\nx: trap\nbranch_ge_s t0, t1, x", "00 00 05 0100af32ff 07"},
    /* RRII */
    {"load_imm_jump_ind ra, sp, 4, 8", "00 00 05 b410010408 01"},
    {"load_imm_jump_ind a0, a1, 0, 0xffffffff", "00 00 04 b48700ff 01"},
    /* RRR */
    {"add_64 a0, a1, a2", "00 00 03 c89807 01"},
    {"min_u s1, s0, t2", "00 00 03 e64506 01"},
};

START_TEST(instruction_forms)
{
    asm_test_expect(PVM_BLOB_RAW, instructions[_i].source, instructions[_i].hex);
}
END_TEST

/* Every mnemonic is known, whatever its operands: taken from the table, they are made up. */
START_TEST(every_mnemonic)
{
    const struct pvm_op_info *info = &pvm_op_table[_i];
    if (info->octet[PVM_ISA_O1] == PVM_NO_OPCODE)
        return;
    struct pvm_buf source = {0};
    pvm_buf_printf(&source, "%s ", info->name);
    for (const char *p = pvm_form_operands((enum pvm_form)info->form); *p != 0; p++) {
        if (*p == 'A' || *p == 'B' || *p == 'D')
            pvm_buf_text(&source, "t0");
        else if (*p == 'X' || *p == 'Y')
            pvm_buf_text(&source, "1");
        else if (p[0] == 't' && p[1] == 'a')
            pvm_buf_text(&source, "@1");
        else if (*p == ',')
            pvm_buf_text(&source, ",");
    }
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    ck_assert_uint_gt(t.blob.len, 4);
    ck_assert_uint_eq(t.blob.ptr[3], info->octet[PVM_ISA_O1]);
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

static const struct encoding pseudos[] = {
    {"li a0, 5", "00 00 03 330705 01"},
    {"li a0, -0x80000000", "00 00 06 330700000080 01"},
    {"li a0, 0x80000000", "00 00 0a 14070000008000000000 0100"},
    {"la a0, 0x10000", "00 00 05 3307000001 01"},
    {"mv a0, a1", "00 00 02 6487 01"},
    {"ret", "00 00 02 3200 01"},
    /* call: jump table entry 4, the position behind; load_imm_jump ra, 2, f */
    {"call f\ntrap\nf: ret", "01 01 07 04 50100205 00 3200 31"},
    /* a second call's return address is 4 */
    {"f: fallthrough\ncall f\ncall f\ntrap", "02 01 0a 05 09 01 501002ff 501004fb 00 2302"},
};

START_TEST(pseudo_instructions)
{
    asm_test_expect(PVM_BLOB_RAW, pseudos[_i].source, pseudos[_i].hex);
}
END_TEST

/* The code is .u8 octets with mask bits 0 in most of these. */
static const struct encoding directives[] = {
    {".u8 1, 0xff, -1, 'a'", "00 00 04 01ffff61 00"},
    {".byte 1\n.u16 1\n.half 2\n", "00 00 05 0101000200 00"},
    {".u32 0x01020304\n.word -1", "00 00 08 04030201ffffffff 00"},
    {".u64 1\n.quad 0x8000000000000000", "00 00 10 0100000000000000 0000000000000080 0000"},
    {".ascii \"ab\", \"c\"", "00 00 03 616263 00"},
    {".asciz \"a\"\n.string \"\"", "00 00 03 610000 00"},
    {".ascii \"\\n\\t\\r\\0\\\\\\'\\\"\\x7f;#//\"", "00 00 0c 0a090d005c27227f3b232f2f 0000"},
    {".hex \"00 11fF\"", "00 00 03 0011ff 00"},
    {".zero 3\n.space 1", "00 00 04 00000000 00"},
    {".insn \"3307000001\"", "00 00 05 3307000001 01"},
    {"trap\n.align 4\ntrap", "00 00 05 0001010100 1f"},
    {"trap\n.align 1\ntrap", "00 00 02 0000 03"},
    {".equ A, 5\n.equ B, A+1\n.u8 A, B", "00 00 02 0506 00"},
    {".u8 A\nA = B+1\nB = 1", "00 00 01 02 00"},
    {"trap\nx: .u8 x, ., x+1\n", "00 00 04 00010102 01"},
    {".u8 end - start\nstart: .zero 3\nend:", "00 00 04 03000000 00"},
    {".incbin \"three.bin\"", "00 00 03 010203 00"},
    {".include \"equ.inc\"\n.u8 FROM_INCLUDE", "00 00 01 2a 00"},
    {".if 1\n.u8 1\n.else\n.u8 2\n.endif", "00 00 01 01 00"},
    {".if 0\n.u8 1\n.else\n.u8 2\n.endif", "00 00 01 02 00"},
    {".if 0\n.if 1\n.u8 1\n.else\n.u8 9\n.endif\n.u8 7\n.endif\n.u8 3", "00 00 01 03 00"},
    {".if 0\nnonsense [ \" ' \\ \n.endif\ntrap", "00 00 01 00 01"},
    {"A = 1\n.if defined(A) && !defined(B)\n.u8 1\n.endif", "00 00 01 01 00"},
    {".if -1 < 0\n.u8 1\n.endif", "00 00 01 01 00"},
    {".macro two a, b\n.u8 \\a, \\b\n.endmacro\ntwo 1, 2\ntwo (3 + 4) , 5", "00 00 04 01020705 00"},
    {".macro m\nx\\@: .u8 x\\@\n.endmacro\nm\nm", "00 00 02 0001 00"},
    {".macro m a\n.ascii \"\\a\\()b\\n\"\n.endmacro\nm x", "00 00 03 78620a 00"},
    {".macro put v\n.u8 \\v\n.endmacro\n.macro both v\nput \\v\nput \\v+1\n.endmacro\nboth 1",
     "00 00 02 0102 00"},
    {".macro outer\n.macro inner\n.u8 7\n.endmacro\n.endmacro\nouter\ninner", "00 00 01 07 00"},
    {".macro ld r, at\nload_ind_u8 \\r, \\at\n.endmacro\nld a0, [s0 + 1]", "00 00 03 7c5701 01"},
    /* jump tables */
    {".jumptable a, b\na: trap\nb: trap", "02 01 02 0001 0000 03"},
    {".jumptable T: b, a\nli a0, T\ntrap\na: trap\nb: trap", "02 01 06 0504 330702 0000 00 39"},
    {"li a0, jt(b)\ntrap\na: trap\nb: trap\n.jumptable a", "02 01 06 0405 330704 0000 00 39"},
    {"li a0, jt(a)\ntrap\na: trap\n.jumptable 7, a", "02 01 05 0704 330704 00 00 19"},
    {".jumptable 0x1234", "01 02 00 3412"},
    {".jumptable 0xffffffffffffffff", "01 08 00 ffffffffffffffff"},
    {".jumptable 0", "01 01 00 00"},
    {".jump_width 3\n.jumptable 1", "01 03 00 010000"},
    {".jump_width 9\n.jumptable -1", "01 09 00 ffffffffffffffff00"},
    {".jump_width 0\n.jumptable 0, 0", "02 00 00"},
    {".jump_width 5", "00 05 00"},
    {".jump_empty 200", "80c8 00 00"},
    /* entries */
    {".entry refine a\n.entry accumulate, b\na: trap\nb: trap",
     "00 00 0c 280a000000 2806000000 00 00 210c"},
    {"trap\nb: trap\n.entry accumulate b", "00 00 0c 0000000000 2806000000 00 00 210c"},
    {"t: trap\n.entry on_transfer t", "00 00 10 0000000000 0000000000 2805000000 00 2184"},
    {"a: trap\n.entry is_authorized a", "00 00 06 2805000000 00 21"},
};

START_TEST(directives_in_text)
{
    asm_test_expect(PVM_BLOB_RAW, directives[_i].source, directives[_i].hex);
}
END_TEST

static const struct encoding containers[] = {
    {"trap", "000000 000000 0000 000001 05000000 0000010001"},
    {".rodata\n.u8 1, 2\n.data\n.u32 0x11223344\n.bss\n.zero 5000\n.stack 4096\n.heap 1\n.text\n"
     "trap",
     "020000 040000 0200 001000 0102 44332211 05000000 0000010001"},
    /* .data is at 0x20000 plus .rodata rounded up to 64 KiB; .bss 16-aligned behind it */
    {".stack 0\n.rodata\nr: .u8 1\n.data\nd: .u32 r, d, b, e\n.u8 9\n.bss\nb: .zero 16\ne:",
     "010000 110000 0000 000000 01 00000100 00000300 20000300 30000300 09 03000000 000000"},
    {".stack 0\n.data\n.u8 1\n.align 4\nx: .u32 x - 0x20000\n.bss\n.align 64\ny: .space 1\n.data\n"
     ".u32 y-0x20000",
     "000000 0c0000 0000 000000 01000000 04000000 40000000 03000000 000000"},
};

START_TEST(containers_standard)
{
    asm_test_expect(PVM_BLOB_STANDARD, containers[_i].source, containers[_i].hex);
}
END_TEST

static const struct encoding metadata[] = {
    {"trap", "00"},
    {".metadata \"hi\"\ntrap", "02 6869"},
    {".metadata \"n\", \"1\", \"L\"\ntrap", "08 00 016e 0131 014c 00"},
    {".metadata \"n\", \"1\", \"L\", \"a\", \"bc\"\ntrap", "0d 00 016e 0131 014c 02 0161 026263"},
    {".metadata_hex \"00ff\"\ntrap", "02 00ff"},
    {".metadata \"first\"\n.metadata \"\"\ntrap", "00"},
};

START_TEST(containers_jam)
{
    char want[160];
    snprintf(want, sizeof want, "%s 000000 000000 0000 000001 05000000 0000010001",
             metadata[_i].hex);
    asm_test_expect(PVM_BLOB_JAM, metadata[_i].source, want);
}
END_TEST

struct expression {
    const char *text;
    uint64_t value;
};

static const struct expression expressions[] = {
    {"1+2*3", 7},
    {"(1+2)*3", 9},
    {"10-3-2", 5},
    {"-1", UINT64_MAX},
    {"~0", UINT64_MAX},
    {"- -1", 1},
    {"+5", 5},
    {"!0 + !7", 1},
    {"0x1_0 + 0b101 + 0o17 + 1_000", 16 + 5 + 15 + 1000},
    {"'a'", 97},
    {"'\\n' + '\\'' + '\\x41'", 10 + 39 + 65},
    {"1 << 4 | 1", 17},
    {"1 << 63 >> 63", 1},
    {"1 << 64", 0},
    {"1 >> 64", 0},
    {"0xff & 0x0f ^ 1", 14},
    {"6 % 4", 2},
    {"-1 / 2", UINT64_C(0x7fffffffffffffff)},
    {"7 / 2 * 2", 6},
    {"0xffffffffffffffff + 2", 1},
    {"1 < 2", 1},
    {"-1 < 0", 1},
    {"-1 > 0", 0},
    {"2 <= 2", 1},
    {"2 >= 3", 0},
    {"1 == 1", 1},
    {"1 != 1", 0},
    {"1 && 0 || 1", 1},
    {"1 | 2 == 2", 1},
    {"@5", 5},
    {"0xffffffffffffffff", UINT64_MAX},
    {"18446744073709551615", UINT64_MAX},
    {"four * 2", 8},
    {"later - 1", 41},
};

/* Each once as a constant and once with a symbol that is only known later. */
START_TEST(expression_values)
{
    const struct expression *e = &expressions[_i];
    for (unsigned late = 0; late < 2; late++) {
        char source[256];
        snprintf(source, sizeof source,
                 late == 0 ? "four = 4\nlater = 42\n.u64 %s"
                           : "four = 4\n.u64 (%s) + end - end\nend:\n"
                             "later = 42",
                 e->text);
        struct asm_test t;
        asm_test_text(&t, PVM_BLOB_RAW, source);
        ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
        ck_assert_uint_eq(pvm_load_le(t.blob.ptr + 3, 8), e->value);
        asm_test_done(&t);
    }
}
END_TEST

static void add_lines(struct pvm_buf *out, const char *line, unsigned count)
{
    while (count-- > 0)
        pvm_buf_text(out, line);
}

/* A jump over or back over `between` fallthroughs; the first octets of the blob's code. */
struct distance {
    bool back;
    unsigned between;
    const char *jump; /* its octets */
};

static const struct distance distances[] = {
    {false, 0, "2802"},        {false, 125, "287f"},       {false, 126, "288100"},
    {false, 32764, "28ff7f"},  {false, 32765, "28018000"}, {true, 1, "28ff"},
    {true, 128, "2880"},       {true, 129, "287fff"},      {true, 32768, "280080"},
    {true, 32769, "28ff7fff"},
};

START_TEST(jump_distances)
{
    const struct distance *d = &distances[_i];
    struct pvm_buf source = {0};
    pvm_buf_text(&source, d->back ? "x: " : "jump x\n");
    add_lines(&source, "fallthrough\n", d->between);
    pvm_buf_text(&source, d->back ? "jump x\n" : "x: trap");
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&source));
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    size_t octets = strlen(d->jump) / 2;
    uint64_t code_len = d->between + octets + (d->back ? 0 : 1);
    struct pvm_reader r = pvm_reader(pvm_buf_bytes(&t.blob));
    pvm_read_le(&r, 2);
    ck_assert_uint_eq(pvm_read_natural(&r), code_len);
    struct pvm_buf got = {0};
    pvm_buf_hex(&got, pvm_bytes(r.bytes.ptr + r.pos + (d->back ? d->between : 0), octets));
    ck_assert_str_eq(pvm_buf_str(&got), d->jump);
    pvm_buf_deinit(&got);
    asm_test_done(&t);
    pvm_buf_deinit(&source);
}
END_TEST

START_TEST(symbols_of_a_program)
{
    struct asm_test t;
    asm_test_text(&t, PVM_BLOB_STANDARD,
                  ".data\nd: .u8 1\n.text\nmain: two: fallthrough\n.loop: fallthrough\n"
                  "other:\n.loop: jump .loop\nx = 3\nend:");
    ck_assert_msg(t.status == PVM_OK, "%s", pvm_buf_str(&t.diagnostics));
    struct pvm_buf text = {0};
    pvm_symbols_write(&t.symbols, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "0x00000000 main\n"
                                         "0x00000000 two\n"
                                         "0x00000001 two.loop\n"
                                         "0x00000002 other\n"
                                         "0x00000002 other.loop\n"
                                         "0x00000003 end\n");
    pvm_buf_deinit(&text);
    asm_test_done(&t);
}
END_TEST

static const struct encoding layouts[] = {
    {"", "00 00 00"},
    {"\n\n", "00 00 00"},
    {"trap", "00 00 01 00 01"},
    {"trap\r\nfallthrough\r\n", "00 00 02 0001 03"},
    {"\ttrap ; comment\n  trap # comment\ntrap // comment", "00 00 03 000000 07"},
    {"a: b: c: trap\n", "00 00 01 00 01"},
    {"a:\n\nb:trap", "00 00 01 00 01"},
    {"$x.1_: trap", "00 00 01 00 01"},
    /* jump .x at 3 to itself; jump first.x at 4 back to 1 */
    {"first: fallthrough\n.x: fallthrough\nsecond: fallthrough\n.x: jump .x\njump first.x",
     "00 00 06 010101 28 28fd 1f"},
};

START_TEST(source_layout)
{
    asm_test_expect(PVM_BLOB_RAW, layouts[_i].source, layouts[_i].hex);
}
END_TEST

START_TEST(other_instruction_sets)
{
    static const struct pvm_rules later = {.name = "0.8.0", .isa = PVM_ISA_O2};
    struct asm_test t;
    const char *source = "unlikely\nreverse_bytes a0, a1";
    struct pvm_asm_options options = {.rules = &later, .format = PVM_BLOB_RAW, .file = "t.s"};
    t = (struct asm_test){0};
    t.status = pvm_assemble(&options, pvm_bytes(source, strlen(source)), &t.blob, &t.symbols,
                            &t.diagnostics, &t.err);
    ck_assert_int_eq(t.status, PVM_OK);
    ck_assert_uint_eq(t.blob.ptr[3], 2);
    ck_assert_uint_eq(t.blob.ptr[4], 110);
    asm_test_done(&t);
}
END_TEST

/* Programs in testdata/asm, each NAME.s beside the octets of NAME.hex. */
static const struct encoding programs[] = {{"sum.s", "sum.hex"}, {"service.s", "service.hex"}};

START_TEST(programs_in_files)
{
    char path[512];
    struct pvm_buf source = {0};
    struct pvm_buf want = {0};
    struct pvm_buf hex = {0};
    snprintf(path, sizeof path, "%s/asm/%s", PVM_TESTDATA, programs[_i].source);
    ck_assert(asm_test_read(path, &source));
    snprintf(path, sizeof path, "%s/asm/%s", PVM_TESTDATA, programs[_i].hex);
    ck_assert(asm_test_read(path, &want));
    /* Comments and blanks of the .hex file are for its readers. */
    for (size_t i = 0; i < want.len; i++) {
        if (want.ptr[i] == '#')
            while (i < want.len && want.ptr[i] != '\n')
                i++;
        else if (want.ptr[i] > ' ')
            pvm_buf_add_u8(&hex, want.ptr[i]);
    }
    asm_test_expect(PVM_BLOB_JAM, pvm_buf_str(&source), pvm_buf_str(&hex));
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&want);
    pvm_buf_deinit(&hex);
}
END_TEST

static void run_example(const char *text, size_t len)
{
    static const struct {
        const char *mark;
        enum pvm_blob_format format;
    } marks[] = {{"; -f raw\n", PVM_BLOB_RAW}, {"; -f jam\n", PVM_BLOB_JAM}};
    enum pvm_blob_format format = PVM_BLOB_STANDARD;
    for (unsigned i = 0; i < 2; i++) {
        if (strncmp(text, marks[i].mark, strlen(marks[i].mark)) == 0)
            format = marks[i].format;
    }
    struct asm_test t;
    asm_test_run(&t, format, pvm_bytes(text, len));
    ck_assert_msg(t.status == PVM_OK, "%.*s\n%s", (int)len, text, pvm_buf_str(&t.diagnostics));
    asm_test_done(&t);
}

/* Every block marked as asm in the manual assembles. */
START_TEST(examples_of_the_manual)
{
    struct pvm_buf page = {0};
    ck_assert(asm_test_read(PVM_TESTDATA "/../docs/assembler.md", &page));
    const char *at = pvm_buf_str(&page);
    unsigned count = 0;
    while ((at = strstr(at, "\n```asm\n")) != NULL) {
        at += strlen("\n```asm\n");
        const char *end = strstr(at, "\n```");
        ck_assert_ptr_nonnull(end);
        run_example(at, (size_t)(end - at) + 1);
        at = end + 1;
        count++;
    }
    ck_assert_uint_ge(count, 8);
    pvm_buf_deinit(&page);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

Suite *asm_suite(void);

Suite *asm_suite(void)
{
    Suite *suite = suite_create("asm");
    TCase *cases = tcase_create("statements");
    tcase_add_loop_test(cases, instruction_forms, 0, ROWS(instructions));
    tcase_add_loop_test(cases, every_mnemonic, 0, PVM_OP_COUNT);
    tcase_add_loop_test(cases, pseudo_instructions, 0, ROWS(pseudos));
    tcase_add_loop_test(cases, directives_in_text, 0, ROWS(directives));
    tcase_add_loop_test(cases, containers_standard, 0, ROWS(containers));
    tcase_add_loop_test(cases, containers_jam, 0, ROWS(metadata));
    tcase_add_loop_test(cases, expression_values, 0, ROWS(expressions));
    tcase_add_loop_test(cases, jump_distances, 0, ROWS(distances));
    tcase_add_loop_test(cases, source_layout, 0, ROWS(layouts));
    tcase_add_loop_test(cases, programs_in_files, 0, ROWS(programs));
    tcase_add_test(cases, symbols_of_a_program);
    tcase_add_test(cases, other_instruction_sets);
    tcase_add_test(cases, examples_of_the_manual);
    suite_add_tcase(suite, cases);
    return suite;
}
