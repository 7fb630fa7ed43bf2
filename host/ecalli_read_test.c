/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of traces of host calls: what each form holds, what is passed over, what is malformed. */
#include "host/ecalli_read.h"

#include "host/testing.h"

static struct pvm_bytes bytes_of(const char *text)
{
    return pvm_bytes(text, strlen(text));
}

/* The only line of a text; false when there is none. */
static bool only(const char *text, struct jam_ecalli_line *line)
{
    struct jam_ecalli_reader reader = jam_ecalli_reader(bytes_of(text));
    struct jam_ecalli_line behind;
    struct pvm_err err = {.status = PVM_OK};
    bool more;
    ck_assert_msg(jam_ecalli_next(&reader, line, &more, &err) == PVM_OK, "%s: %s", text, err.msg);
    if (!more)
        return false;
    ck_assert(jam_ecalli_next(&reader, &behind, &more, &err) == PVM_OK && !more);
    return true;
}

START_TEST(test_state)
{
    static const struct {
        const char *text;
        enum jam_ecalli_kind kind;
        uint64_t index, pc, gas, r0, r12;
    } rows[] = {
        {"start pc=5 gas=100000 r00=0xffff0000 r08=0x4", JAM_ECALLI_START, 0, 5, 100000, 0xffff0000,
         0},
        {"start pc=0 gas=0", JAM_ECALLI_START, 0, 0, 0, 0, 0},
        {"ecalli=10 pc=42 gas=9980 r01=0x1 r12=0xffffffffffffffff", JAM_ECALLI_CALL, 10, 42, 9980,
         0, UINT64_MAX},
        {"ecalli=4294967295 pc=18446744073709551615 gas=18446744073709551615", JAM_ECALLI_CALL,
         UINT32_MAX, UINT64_MAX, UINT64_MAX, 0, 0},
        {"HALT pc=42 gas=9920 r00=0x100 r12=0x4", JAM_ECALLI_HALT, 0, 42, 9920, 0x100, 4},
        {"OOG pc=1 gas=0 r12=0x4 r00=0x0", JAM_ECALLI_OOG, 0, 1, 0, 0, 4},
        {"PANIC=65536 pc=7 gas=3 r0=0x000000000000000000002", JAM_ECALLI_PANIC, 65536, 7, 3, 2, 0},
        {"PANIC=0x10000 pc=7 gas=3", JAM_ECALLI_PANIC, 65536, 7, 3, 0, 0},
        /* what loggers add */
        {"TRACE [  ecalli] HALT pc=42 gas=9920 r00=0x100", JAM_ECALLI_HALT, 0, 42, 9920, 0x100, 0},
        {"12:00 HALT pc=42 gas=9920 r00=0x100 rest=0x3 r12=0x4", JAM_ECALLI_HALT, 0, 42, 9920,
         0x100, 0},
        {"\"ecalli=3 pc=42 gas=9920\",", JAM_ECALLI_CALL, 3, 42, 9920, 0, 0},
        {"\033[1mecalli=3 pc=42 gas=9920\033[0m", JAM_ECALLI_CALL, 3, 42, 9920, 0, 0},
        {"ecalli=3 pc=42 gas=9920\r\n", JAM_ECALLI_CALL, 3, 42, 9920, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jam_ecalli_line line;
        ck_assert_msg(only(rows[i].text, &line), "%s", rows[i].text);
        ck_assert_int_eq(line.kind, rows[i].kind);
        ck_assert_uint_eq(line.index, rows[i].index);
        ck_assert_uint_eq(line.pc, rows[i].pc);
        ck_assert_uint_eq(line.gas, rows[i].gas);
        ck_assert_uint_eq(line.regs[0], rows[i].r0);
        ck_assert_uint_eq(line.regs[12], rows[i].r12);
        ck_assert_int_eq(line.has_index, line.kind == JAM_ECALLI_PANIC);
    }
}
END_TEST

START_TEST(test_actions)
{
    struct jam_ecalli_line line;
    uint8_t octets[2] = {0, 0};
    ck_assert(only("memread 0x00001020 len=3 -> 0x00fFa7", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_READ);
    ck_assert_uint_eq(line.addr, 0x1020);
    ck_assert_uint_eq(line.len, 3);
    jam_ecalli_octets(&line, 1, octets, 2);
    ck_assert(octets[0] == 0xff && octets[1] == 0xa7);
    ck_assert(only("memwrite 0xffffffff len=1 <- 0x02 (of 9)", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_WRITE);
    ck_assert_uint_eq(line.addr, 0xffffffff);
    ck_assert(only("memwrite 0x1 len=0 <- 0x", &line));
    ck_assert_uint_eq(line.len, 0);
    ck_assert(only("setreg r12 <- 0xfffffffffffffffe", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_REGISTER);
    ck_assert_uint_eq(line.index, 12);
    ck_assert_uint_eq(line.value, UINT64_MAX - 1);
    ck_assert(only("setgas <- 9950", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_GAS);
    ck_assert_uint_eq(line.gas, 9950);
    ck_assert(only("program 0x0102", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_PROGRAM);
    ck_assert_uint_eq(line.hex.len, 4);
    ck_assert(only("comment ecalli=3 pc=x", &line));
    ck_assert_int_eq(line.kind, JAM_ECALLI_COMMENT);
    ck_assert_uint_eq(line.text.len, 13);
}
END_TEST

/* Lines of no kind. */
START_TEST(test_others)
{
    static const char *const texts[] = {
        "",
        "\n\n",
        "TAP version 13",
        "ecalli 3 pc=4",
        "# memread",
        "setgas -> 3",
        "halt pc=3 gas=2",
        "uncomment this",
        "Program 0x00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct jam_ecalli_line line;
        ck_assert_msg(!only(texts[i], &line), "%s", texts[i]);
    }
}
END_TEST

START_TEST(test_malformed)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"start pc=", "start: a decimal number is missing or ends badly"},
        {"start pc=1", "start: there is no gas= behind the program counter"},
        {"start pc=1 gas=-1", "start: a decimal number is missing or ends badly"},
        {"start pc=1 gas=1.5", "start: a decimal number is missing or ends badly"},
        {"start pc=1 gas=18446744073709551616", "start: a number is 2^64 or more"},
        {"ecalli= pc=1 gas=1", "ecalli: a decimal number is missing or ends badly"},
        {"ecalli=0x3 pc=1 gas=1", "ecalli: a decimal number is missing or ends badly"},
        {"ecalli=3 gas=1", "ecalli: there is no pc= behind the call's number"},
        {"ecalli=3 pc=1 gas=1 r13=0x0", "ecalli: there is no such register"},
        {"ecalli=3 pc=1 gas=1 r99999999999999999999=0x0", "ecalli: there is no such register"},
        {"ecalli=3 pc=1 gas=1 r01=7", "ecalli: a register has no value after =0x"},
        {"ecalli=3 pc=1 gas=1 r01=0x", "ecalli: a hexadecimal number is missing or ends badly"},
        {"ecalli=3 pc=1 gas=1 r01=0x1g", "ecalli: a hexadecimal number is missing or ends badly"},
        {"ecalli=3 pc=1 gas=1 r01=0x10000000000000000",
         "ecalli: a hexadecimal number has more than 64 bits"},
        {"ecalli=3 pc=1 gas=1 r01=0x1 r1=0x1", "ecalli: a register is there twice"},
        {"PANIC= gas=1", "PANIC: there is no pc= behind the argument"},
        {"PANIC=12", "PANIC: there is no pc= behind the argument"},
        {"memread 0x", "memread: a hexadecimal number is missing or ends badly"},
        {"memread 0x100000000 len=1 -> 0x00", "memread: the address has more than 32 bits"},
        {"memread 0x1 -> 0x00", "memread: there is no len= behind the address"},
        {"memread 0x1 len=1 <- 0x00", "memread: there is no arrow and 0x behind the length"},
        {"memwrite 0x1 len=1 -> 0x00", "memwrite: there is no arrow and 0x behind the length"},
        {"memwrite 0x1 len=1 <- 00", "memwrite: there is no arrow and 0x behind the length"},
        {"memwrite 0x1 len=1 <- 0x0", "memwrite: the data has half an octet"},
        {"memwrite 0x1 len=1 <- 0x0000", "memwrite: len=1, but 2 octets of data"},
        {"memwrite 0x1 len=18446744073709551615 <- 0x00",
         "memwrite: len=18446744073709551615, but 1 octets of data"},
        {"memwrite 0x1 len=18446744073709551616 <- 0x00", "memwrite: a number is 2^64 or more"},
        {"memwrite 0x1 len=1 <- 0x0z",
         "memwrite: the data has a character that is no hexadecimal digit"},
        {"setreg r13 <- 0x1", "setreg: there is no such register"},
        {"setreg rx <- 0x1", "setreg: there is no such register"},
        {"setreg r1 <- 1", "setreg: there is no <- 0x"},
        {"setgas <- ", "setgas: a decimal number is missing or ends badly"},
        {"program 0x0", "program: the data has half an octet"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_buf text = {0};
        struct jam_ecalli_line line;
        struct pvm_err err = {.status = PVM_OK};
        bool more;
        pvm_buf_printf(&text, "of no kind\n%s\nsetgas <- 1\n", rows[i].text);
        struct jam_ecalli_reader reader = jam_ecalli_reader(pvm_buf_bytes(&text));
        ck_assert_msg(jam_ecalli_next(&reader, &line, &more, &err) == PVM_E_MALFORMED, "%s passes",
                      rows[i].text);
        ck_assert_msg(strncmp(err.msg, "line 2: ", 8) == 0, "%s", err.msg);
        ck_assert_str_eq(err.msg + 8, rows[i].words);
        /* Reading goes on behind it. */
        ck_assert(jam_ecalli_next(&reader, &line, &more, NULL) == PVM_OK && more);
        ck_assert(line.kind == JAM_ECALLI_GAS && line.number == 3);
        pvm_buf_deinit(&text);
    }
}
END_TEST

START_TEST(test_is)
{
    static const struct {
        const char *text;
        bool is;
        size_t count;
    } rows[] = {
        {"program 0x01020304", true, 1},
        {"comment gp 0.7.2\n\nINFO program 0x01020304\nprogram 0x05\n", true, 2},
        {"INFO [x] of no kind\n> program 0x0102030405060708\nHALT", true, 1},
        {"", false, 0},
        {"setgas <- 3\nprogram 0x01020304", false, 1},
        {"`program 0x..` (code preimage)\nand `program 0x01020304`", false, 2},
        {"the word program alone", false, 0},
        {"{\"program\": \"0x01020304\"}", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(jam_ecalli_is(bytes_of(rows[i].text)) == rows[i].is, "%s", rows[i].text);
        ck_assert_uint_eq(jam_ecalli_count(bytes_of(rows[i].text)), rows[i].count);
    }
    ck_assert(!jam_ecalli_is(pvm_bytes("a\0b\nprogram 0x01020304", 23)));
    ck_assert(!jam_ecalli_is(pvm_bytes_none()));
    /* Too far in to look for it. */
    struct pvm_buf text = {0};
    pvm_buf_add_zeros(&text, 70000);
    memset(text.ptr, '\n', text.len);
    pvm_buf_text(&text, "program 0x01020304");
    ck_assert(!jam_ecalli_is(pvm_buf_bytes(&text)));
    pvm_buf_deinit(&text);
}
END_TEST

Suite *ecalli_read_suite(void);

Suite *ecalli_read_suite(void)
{
    Suite *suite = suite_create("ecalli_read");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, test_state);
    tcase_add_test(tcase, test_actions);
    tcase_add_test(tcase, test_others);
    tcase_add_test(tcase, test_malformed);
    tcase_add_test(tcase, test_is);
    suite_add_tcase(suite, tcase);
    return suite;
}
