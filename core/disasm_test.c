/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of single instructions and of whole blobs, from octets encoded by hand.
 */
#include "core/asm_testing.h"

/* A program from the hex of its blob. */
static struct pvm_program *load(const char *hex, struct pvm_buf *blob)
{
    struct pvm_err err = {0};
    struct pvm_buf digits = {0};
    struct pvm_program *program = NULL;
    size_t bad;
    for (; *hex != 0; hex++) {
        if (*hex != ' ')
            pvm_buf_add_u8(&digits, (uint8_t)*hex);
    }
    ck_assert(pvm_hex_decode(pvm_buf_str(&digits), digits.len, blob, &bad));
    ck_assert_msg(pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(blob), &program, &err) ==
                      PVM_OK,
                  "%s", err.msg);
    pvm_buf_deinit(&digits);
    return program;
}

struct line {
    const char *code; /* hex; one instruction, or position 0 of it */
    const char *text;
};

static const struct line lines[] = {
    {"00", "trap"},
    {"01", "fallthrough"},
    {"0a03", "ecalli read"},
    {"0a", "ecalli gas"},
    {"0a64", "ecalli 100"}, /* its name does not lead back to it */
    {"0a05", "ecalli 5"},
    {"0aff", "ecalli -1"},
    {"14070807060504030201", "load_imm_64 a0, 0x102030405060708"},
    {"1407ffffffffffffffff", "load_imm_64 a0, -1"},
    {"14070000000000000080", "load_imm_64 a0, 0x8000000000000000"},
    {"1e0300000205", "store_imm_u8 [0x20000], 5"},
    {"200110ff", "store_imm_u32 [0x10], -1"},
    {"28", "jump here"},
    {"2802", "jump @0x2"},
    {"28fe", "jump @0xfffffffffffffffe"},
    {"3200", "jump_ind ra, 0"},
    {"33070010", "load_imm a0, 0x1000"},
    {"3307ff0f", "load_imm a0, 4095"},
    {"330701f0", "load_imm a0, -4095"},
    {"330700f0", "load_imm a0, -0x1000"},
    {"330700000080", "load_imm a0, -0x80000000"},
    {"330f05", "load_imm a5, 5"}, /* a register number above 12 means 12 */
    {"3407000001", "load_u8 a0, [0x10000]"},
    {"3e0c0000fefe", "store_u64 a5, [0xfefe0000]"},
    {"3e0c", "store_u64 a5, [0x0]"},
    {"47150407", "store_imm_ind_u16 [s0+4], 7"},
    {"4605", "store_imm_ind_u8 [s0], 0"},
    {"4615fe80", "store_imm_ind_u8 [s0-2], -128"},
    {"501002", "load_imm_jump ra, 2, here"},
    {"5a17ff2c01", "branch_gt_s_imm a0, -1, @0x12c"},
    {"6487", "move_reg a0, a1"},
    {"6532", "sbrk t0, t1"},
    {"7857ff", "store_ind_u8 a0, [s0-1]"},
    {"825710", "load_ind_u64 a0, [s0+16]"},
    {"8257", "load_ind_u64 a0, [s0]"},
    {"958705", "add_imm_64 a0, a1, 5"},
    {"aa87", "branch_eq a0, a1, here"},
    {"b410010408", "load_imm_jump_ind ra, sp, 4, 8"},
    {"c89807", "add_64 a0, a1, a2"},
    {"c8980fff", "add_64 a5, a1, a2"},
    {"02", "trap ; unknown opcode 2"},
    {"fb1234", "trap ; unknown opcode 251"},
};

START_TEST(one_line)
{
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    struct pvm_buf blob = {0};
    struct pvm_buf text = {0};
    char hex[64];
    ck_assert(pvm_symbols_add(&symbols, 0, "here", 4, &err) == PVM_OK);
    snprintf(hex, sizeof hex, "0000%02zx%s0100", strlen(lines[_i].code) / 2, lines[_i].code);
    if (strlen(lines[_i].code) <= 16)
        hex[strlen(hex) - 2] = 0;
    struct pvm_program *program = load(hex, &blob);
    struct pvm_disasm_options options = {asm_test_calls(), &symbols};
    pvm_disasm_insn(program, 0, &options, &text);
    ck_assert_str_eq(pvm_buf_str(&text), lines[_i].text);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&blob);
    pvm_program_free(program);
    pvm_symbols_deinit(&symbols);
}
END_TEST

START_TEST(positions_that_trap)
{
    struct pvm_buf blob = {0};
    struct pvm_buf text = {0};
    struct pvm_disasm_options options = {0};
    struct pvm_program *program = load("00 00 02 0a03 01", &blob);
    pvm_disasm_insn(program, 1, &options, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "trap ; no instruction starts here");
    text.len = 0;
    pvm_disasm_insn(program, 2, &options, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "trap ; beyond the end of the code");
    text.len = 0;
    pvm_disasm_insn(program, UINT64_MAX, &options, &text);
    ck_assert_str_eq(pvm_buf_str(&text), "trap ; beyond the end of the code");
    text.len = 0;
    pvm_disasm_insn(program, 0, &options, &text); /* no names for calls */
    ck_assert_str_eq(pvm_buf_str(&text), "ecalli 3");
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&blob);
    pvm_program_free(program);
}
END_TEST

struct whole {
    const char *blob; /* hex */
    const char *text;
};

#define RAW "; program blob: jump table, code and opcode mask (GP 0.7.2 A.1)\n"

static const struct whole wholes[] = {
    {"00 00 00", RAW "\n.text\n"},
    {"00 00 05 51 17 05 03 00 11",
     RAW "\n.text\n"
         "    .insn \"51170503\"                            ; 0x0  branch_eq_imm a0, 5, @0x3\n"
         "    trap                                        ; 0x4\n"},
    /* a terminator in front makes the target a block, and it gets a label */
    {"00 00 05 51 17 05 04 00 11", RAW "\n.text\n"
                                       "    branch_eq_imm a0, 5, L_4                    ; 0x0\n"
                                       "L_4:\n"
                                       "    trap                                        ; 0x4\n"},
    /* no opcode at 0; a register above 12; an immediate too long; octets behind the operands */
    {"00 00 0d ff 331f05 33070500 c89807aa 02 12 11",
     RAW "\n.text\n"
         "    .hex \"ff\"                                   ; 0x0  no instruction\n"
         "    .insn \"331f05\"                              ; 0x1  load_imm a5, 5\n"
         "    .insn \"33070500\"                            ; 0x4  load_imm a0, 5\n"
         "    .insn \"c89807aa\"                            ; 0x8  add_64 a0, a1, a2\n"
         "    .insn \"02\"                                  ; 0xc  trap ; unknown opcode 2\n"},
    /* jump tables: width as needed, wider, of zero octets */
    {"02 01 02 00 07 00 00 03", RAW "\n.jumptable L_0, @0x7\n\n.text\n"
                                    "L_0:\n"
                                    "    trap                                        ; 0x0\n"
                                    "    trap                                        ; 0x1\n"},
    {"01 02 00 0700", RAW "\n.jump_width 2\n.jumptable @0x7\n\n.text\n"},
    {"05 00 00", RAW "\n.jump_empty 5\n\n.text\n"},
    {"00 04 00", RAW "\n.jump_width 4\n\n.text\n"},
};

START_TEST(raw_blobs)
{
    struct pvm_buf octets = {0};
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    struct pvm_program *program = load(wholes[_i].blob, &octets);
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    struct pvm_disasm_options options = {asm_test_calls(), NULL};
    ck_assert(pvm_disasm_blob(&blob, program, &options, &text, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&text), wholes[_i].text);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&octets);
    pvm_program_free(program);
}
END_TEST

/* A code preimage with everything, as source. */
START_TEST(service_blob)
{
    static const char *const want = "; code preimage: metadata, then a standard program (GP 0.7.2 9.1)\n"
                                    ".metadata \"demo\", \"0.1.0\", \"Apache-2.0\", \"nobody\"\n"
                                    ".stack 4096\n"
                                    ".heap 1\n"
                                    "\n"
                                    ".rodata\n"
                                    "    .hex \"68656c6c6f\"                           ; 0x10000\n"
                                    "\n"
                                    ".data\n"
                                    "    .hex \"07000000\"                             ; 0x30000\n"
                                    "\n"
                                    ".jumptable L_e, refine\n"
                                    "\n"
                                    ".entry refine refine\n"
                                    ".entry accumulate accumulate\n"
                                    "\n"
                                    ".text\n"
                                    "refine:\n"
                                    "    load_imm_jump ra, 2, bump                   ; 0xa\n"
                                    "L_e:\n"
                                    "    load_imm a0, 0x10000                        ; 0xe\n"
                                    "    load_imm a1, 5                              ; 0x13\n"
                                    "    jump_ind ra, 0                              ; 0x16\n"
                                    "bump:\n"
                                    "    load_u32 t0, [0x30000]                      ; 0x18\n"
                                    "    add_imm_32 t0, t0, 1                        ; 0x1d\n"
                                    "    store_u32 t0, [0x30010]                     ; 0x20\n"
                                    "    jump_ind ra, 0                              ; 0x25\n"
                                    "accumulate:\n"
                                    "    load_imm t1, 4                              ; 0x27\n"
                                    "    jump_ind t1, 0                              ; 0x2a\n";
    struct pvm_buf source = {0};
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    struct pvm_blob blob;
    struct pvm_program *program = NULL;
    struct asm_test t;
    ck_assert(asm_test_read(PVM_TESTDATA "/asm/service.s", &source));
    asm_test_run(&t, PVM_BLOB_JAM, pvm_buf_bytes(&source));
    ck_assert(pvm_blob_decode(pvm_buf_bytes(&t.blob), PVM_BLOB_JAM, &blob, &err) == PVM_OK);
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, blob.program, &program, &err) == PVM_OK);
    struct pvm_disasm_options options = {asm_test_calls(), &t.symbols};
    ck_assert(pvm_disasm_blob(&blob, program, &options, &text, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&text), want);
    pvm_program_free(program);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&source);
    asm_test_done(&t);
}
END_TEST

struct given {
    uint64_t pc;
    const char *name;
};

/* Symbols that cannot be labels are left out, and nothing is called twice. */
static const struct given given[] = {
    {0, "good"}, {0, "alias"}, {1, "good"},   {1, "a0"},  {1, "9x"},   {1, ".local"}, {1, "sp ace"},
    {1, ""},     {1, "L_3"},   {3, "inside"}, {4, "L_4"}, {50, "far"}, {2, "x.y$_1"},
};

START_TEST(given_symbols)
{
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    struct pvm_buf octets = {0};
    struct pvm_buf text = {0};
    for (unsigned i = 0; i < sizeof given / sizeof *given; i++)
        ck_assert(pvm_symbols_add(&symbols, given[i].pc, given[i].name, strlen(given[i].name),
                                  &err) == PVM_OK);
    pvm_symbols_sort(&symbols);
    struct pvm_program *program = load("00 00 05 01 01 28fe 01 17", &octets);
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    struct pvm_disasm_options options = {.symbols = &symbols};
    ck_assert(pvm_disasm_blob(&blob, program, &options, &text, &err) == PVM_OK);
    ck_assert_str_eq(pvm_buf_str(&text),
                     RAW "\n.text\n"
                         "alias:\n"
                         "good:\n"
                         "    fallthrough                                 ; 0x0\n"
                         "    fallthrough                                 ; 0x1\n"
                         "x.y$_1:\n"
                         "    jump alias                                  ; 0x2\n"
                         "L_4:\n"
                         "    fallthrough                                 ; 0x4\n");
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&octets);
    pvm_program_free(program);
    pvm_symbols_deinit(&symbols);
}
END_TEST

/* A distance of 128 that includes its own 3 octets would be 127, in 2 octets, if it were packed
 * again: the jump keeps its octets. One that is 129 only because of that stays as it is. */
START_TEST(not_the_least_layout)
{
    struct pvm_buf octets = {0};
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    enum { BETWEEN = 125, LEN = 3 + BETWEEN + 1 };
    uint8_t code[LEN] = {0x28, 0x80, 0x00};
    uint8_t mask[LEN / 8 + 1] = {0x01};
    for (unsigned i = 3; i < LEN; i++) {
        code[i] = 1;
        mask[i / 8] |= (uint8_t)(1u << (i % 8));
    }
    pvm_program_encode(NULL, 0, 0, pvm_bytes(code, LEN), mask, &octets);
    struct pvm_program *program = NULL;
    ck_assert(pvm_program_new(&pvm_rules_072, NULL, pvm_buf_bytes(&octets), &program, &err) ==
              PVM_OK);
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    struct pvm_disasm_options options = {0};
    ck_assert(pvm_disasm_blob(&blob, program, &options, &text, &err) == PVM_OK);
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&text), "    .insn \"288000\""));
    struct asm_test t;
    asm_test_run(&t, PVM_BLOB_RAW, pvm_buf_bytes(&text));
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&t.blob), pvm_buf_bytes(&octets)));
    asm_test_done(&t);
    pvm_program_free(program);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&octets);
}
END_TEST

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

/* Every allocation of a disassembly fails once: an error each time, nothing leaked. */
START_TEST(every_allocation_fails)
{
    struct pvm_buf octets = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    ck_assert(pvm_symbols_add(&symbols, 0, "start", 5, &err) == PVM_OK);
    struct pvm_program *program =
        load("02 01 0c 00 04 01 aa8704 01 28fb c89807aa 01 b3 08", &octets);
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    struct pvm_disasm_options options = {.symbols = &symbols};
    bool done = false;
    for (long n = 0; !done; n++) {
        struct failing failing = {n};
        struct pvm_alloc alloc = {failing_resize, &failing};
        struct pvm_buf text = {.alloc = &alloc};
        const struct pvm_alloc *own = program->alloc;
        err = (struct pvm_err){0};
        program->alloc = &alloc;
        enum pvm_status status = pvm_disasm_blob(&blob, program, &options, &text, &err);
        program->alloc = own;
        done = status == PVM_OK;
        ck_assert_msg(done || (status == PVM_E_MEMORY && err.msg[0] != 0), "allocation %ld", n);
        ck_assert_int_lt(n, 1000);
        pvm_buf_deinit(&text);
    }
    pvm_program_free(program);
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&octets);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

Suite *disasm_suite(void);

Suite *disasm_suite(void)
{
    Suite *suite = suite_create("disasm");
    TCase *cases = tcase_create("text");
    tcase_add_loop_test(cases, one_line, 0, ROWS(lines));
    tcase_add_loop_test(cases, raw_blobs, 0, ROWS(wholes));
    tcase_add_test(cases, positions_that_trap);
    tcase_add_test(cases, service_blob);
    tcase_add_test(cases, given_symbols);
    tcase_add_test(cases, not_the_least_layout);
    tcase_add_test(cases, every_allocation_fails);
    suite_add_tcase(suite, cases);
    return suite;
}
