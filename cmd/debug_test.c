/* SPDX-License-Identifier: Apache-2.0 */
/* Words, values, commands and completion of the debugger; the rest is in testdata/cli/debug.t. */
#include "cmd/debug.h"

#include <check.h>

/* ---- words ---- */

START_TEST(split)
{
    struct cmd_debug_words words;
    struct pvm_err err = {0};
    ck_assert(cmd_debug_split("  set  mem\t0x10  0xff \r\n", &words, &err) == PVM_OK);
    ck_assert_uint_eq(words.count, 4);
    ck_assert_str_eq(words.list[0], "set");
    ck_assert_str_eq(words.list[3], "0xff");
    ck_assert_str_eq(words.rest[1], "mem\t0x10  0xff");
    cmd_debug_words_deinit(&words);
    ck_assert(cmd_debug_split(" # nothing", &words, &err) == PVM_OK);
    ck_assert_uint_eq(words.count, 0);
    cmd_debug_words_deinit(&words);
    ck_assert(cmd_debug_split("", &words, &err) == PVM_OK);
    ck_assert_uint_eq(words.count, 0);
    cmd_debug_words_deinit(&words);
}
END_TEST

START_TEST(too_many_words)
{
    struct cmd_debug_words words;
    struct pvm_err err = {0};
    char line[2 * (CMD_DEBUG_WORDS + 1) + 1];
    for (unsigned i = 0; i <= CMD_DEBUG_WORDS; i++)
        memcpy(line + (size_t)2 * i, "a ", 3);
    ck_assert(cmd_debug_split(line, &words, &err) == PVM_E_USAGE);
    cmd_debug_words_deinit(&words);
    line[2 * CMD_DEBUG_WORDS] = '\0';
    ck_assert(cmd_debug_split(line, &words, &err) == PVM_OK);
    ck_assert_uint_eq(words.count, CMD_DEBUG_WORDS);
    cmd_debug_words_deinit(&words);
}
END_TEST

static const struct {
    const char *word, *name; /* NULL: none, or several */
} found[] = {
    {"s", "step"},
    {"st", "step"},
    {"step", "step"},
    {"rs", "reverse-step"},
    {"reverse-s", "reverse-step"},
    {"rest", "restart"},
    {"re", NULL},
    {"r", "restart"},
    {"x", "x"},
    {"x/4xw", "x"},
    {"b", "break"},
    {"wa", "watch"},
    {"wh", "where"},
    {"bogus", NULL},
    {"stepp", NULL},
    {"S", NULL},
    {"reg", "registers"},
    {"d", "delete"},
    {"di", NULL},
};

START_TEST(commands)
{
    const struct cmd_debug_command *command = NULL;
    struct pvm_err err = {0};
    enum pvm_status status = cmd_debug_find(found[_i].word, &command, &err);
    ck_assert(status == (found[_i].name != NULL ? PVM_OK : PVM_E_USAGE));
    if (found[_i].name != NULL)
        ck_assert_str_eq(command->name, found[_i].name);
}
END_TEST

/* No word stands for two commands, and each has its help. */
START_TEST(table)
{
    for (unsigned i = 0; i < cmd_debug_command_count; i++) {
        const struct cmd_debug_command *row = &cmd_debug_commands[i];
        ck_assert_str_ne(row->help, "");
        for (unsigned k = 0; k < cmd_debug_command_count; k++) {
            const struct cmd_debug_command *other = &cmd_debug_commands[k];
            ck_assert(i == k || strcmp(row->name, other->name) != 0);
            ck_assert(i == k || *row->brief == '\0' || strcmp(row->brief, other->brief) != 0);
            ck_assert(strcmp(row->brief, other->name) != 0 || i == k);
        }
    }
}
END_TEST

/* ---- a machine with names ---- */

struct fixture {
    struct cmd_run run;
    struct cmd_debug d;
    struct cmd_symbol_file file;
};

/* Positions 5 and 40 have the names again and a0; a0 is 100, gas 7. */
static void set_up(struct fixture *f)
{
    struct pvm_err err = {0};
    *f = (struct fixture){0};
    ck_assert(pvm_symbols_add(&f->file.symbols, 5, "again", 5, &err) == PVM_OK);
    ck_assert(pvm_symbols_add(&f->file.symbols, 40, "a0", 2, &err) == PVM_OK);
    pvm_symbols_sort(&f->file.symbols);
    f->run.symbols = (struct cmd_symbols){&f->file, 1};
    f->run.profile = jam_profile_default;
    f->d.run = &f->run;
    f->d.vm = &f->d.raw;
    f->d.machine = CMD_DEBUG_OUTER;
    f->d.shown_machine = CMD_DEBUG_ANY;
    f->d.step = 12;
    f->d.raw.regs[7] = 100;
    f->d.raw.regs[1] = 0x1000;
    f->d.raw.gas = 7;
    f->d.raw.pc = 3;
    f->d.names = &f->file.symbols; /* of its program, which is NULL */
}

static const struct {
    const char *text;
    bool place, fine;
    uint64_t value;
} values[] = {
    {"7", false, true, 7},
    {"0x2a", false, true, 42},
    {"-1", false, true, UINT64_MAX},
    {"a0", false, true, 100},
    {"r7", false, true, 100},
    {"a0", true, true, 40},
    {"sp+8", false, true, 0x1008},
    {" sp - 8 + 1 ", false, true, 0xff9},
    {"again", false, true, 5},
    {"again+a0", true, true, 105},
    {"pc+gas+step", false, true, 22},
    {"0xffffffffffffffff + 2", false, true, 1},
    {"", false, false, 0},
    {"1 2", false, false, 0},
    {"1+", false, false, 0},
    {"--1", false, false, 0},
    {"18446744073709551616", false, false, 0},
    {"r13", false, false, 0},
    {"agai", false, false, 0},
    {"1*2", false, true, 2},
    {"1+2*3", false, true, 7},
    {"(1+2)*3 & 12", false, true, 8},
    {"12 & 4+1", false, true, 4},
    {"$a0 + $pc", false, true, 103},
    {"*again", true, true, 5},
    {"(1", false, false, 0},
    {"1)", false, false, 0},
    {"2 & ", false, false, 0},
    {"u8[again", false, false, 0},
    {"$zz", false, false, 0},
    {"1 == 1", false, false, 0},
};

START_TEST(value)
{
    struct fixture f;
    struct pvm_err err = {0};
    const struct pvm_symbols *names;
    uint64_t out = 0;
    set_up(&f);
    enum pvm_status status = values[_i].place
                                 ? cmd_debug_place(&f.d, values[_i].text, &out, &names, &err)
                                 : cmd_debug_value(&f.d, values[_i].text, &out, &err);
    ck_assert_msg(status == (values[_i].fine ? PVM_OK : PVM_E_USAGE), "%s", values[_i].text);
    ck_assert_uint_eq(out, values[_i].value);
    pvm_symbols_deinit(&f.file.symbols);
}
END_TEST

static const struct {
    const char *text;
    bool fine, holds;
} conditions[] = {
    {"a0 == 100", true, true},
    {"a0 != 100", true, false},
    {"a0 < 101", true, true},
    {"a0 < 100", true, false},
    {"a0 <= 100", true, true},
    {"a0 > 99", true, true},
    {"a0>100", true, false},
    {"a0 >= 100", true, true},
    {"a0 < -1", true, true}, /* unsigned */
    {"a0", true, true},
    {"a1", true, false},
    {"a0 & 3", true, false},
    {"a0 & 4 == 4", true, true},
    {"a1 || a0 && gas == 7", true, true},
    {"a0 || a0 && a1", true, true},
    {"a1 && a0 || a1", true, false},
    {"a0 =", false, false},
    {"a0 = 100", false, false},
    {"a0 == ", false, false},
    {"a0 == 100 &&", false, false},
    {"a0 == 100 == 1", false, false},
    {"|| a0", false, false},
    {"", false, false},
};

START_TEST(condition)
{
    struct fixture f;
    struct pvm_err err = {0};
    bool holds = false;
    set_up(&f);
    enum pvm_status status = cmd_debug_condition(&f.d, conditions[_i].text, &holds, &err);
    ck_assert_msg(status == (conditions[_i].fine ? PVM_OK : PVM_E_USAGE), "%s",
                  conditions[_i].text);
    ck_assert_msg(holds == conditions[_i].holds, "%s", conditions[_i].text);
    pvm_symbols_deinit(&f.file.symbols);
}
END_TEST

/* Brackets within brackets end at some depth. */
START_TEST(nested)
{
    struct fixture f;
    struct pvm_err err = {0};
    char text[4096];
    uint64_t out;
    set_up(&f);
    memset(text, '(', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert(cmd_debug_value(&f.d, text, &out, &err) == PVM_E_USAGE);
    pvm_symbols_deinit(&f.file.symbols);
}
END_TEST

static const struct {
    const char *text;
    size_t start;
    const char *words; /* each ended by a blank */
} completions[] = {
    {"reverse-s", 0, "reverse-step "},
    {"wa", 0, "watch "},
    {"  wh", 2, "where "},
    {"b ag", 2, "again "},
    {"break ca", 6, "call "},
    {"b call gr", 7, "grow_heap "},
    {"b again in o", 11, "outer "},
    {"i ma", 2, "machines "},
    {"info storage ", 13, ""},
    {"help und", 5, "undo "},
    {"p ga", 2, "gas "},
    {"delete ", 7, ""},
    {"set ga", 4, "gas "},
    {"set s", 4, "sp s0 s1 "},
    {"p a", 2, "a0 a1 a2 a3 a4 a5 again a0 "},
    {"bogus a", 6, ""},
    {"b zz", 2, ""},
};

START_TEST(completion)
{
    struct fixture f;
    struct pvm_buf out = {0};
    size_t start = 99;
    set_up(&f);
    cmd_debug_complete(&f.d, completions[_i].text, &start, &out);
    for (size_t i = 0; i < out.len; i++)
        if (out.ptr[i] == 0)
            out.ptr[i] = ' ';
    ck_assert_uint_eq(start, completions[_i].start);
    ck_assert_str_eq(pvm_buf_str(&out), completions[_i].words);
    pvm_buf_deinit(&out);
    pvm_symbols_deinit(&f.file.symbols);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof *(list))

Suite *debug_suite(void);

Suite *debug_suite(void)
{
    Suite *suite = suite_create("debug");
    TCase *cases = tcase_create("debug");
    tcase_add_test(cases, split);
    tcase_add_test(cases, too_many_words);
    tcase_add_loop_test(cases, commands, 0, COUNT(found));
    tcase_add_test(cases, table);
    tcase_add_loop_test(cases, value, 0, COUNT(values));
    tcase_add_loop_test(cases, condition, 0, COUNT(conditions));
    tcase_add_test(cases, nested);
    tcase_add_loop_test(cases, completion, 0, COUNT(completions));
    suite_add_tcase(suite, cases);
    return suite;
}
