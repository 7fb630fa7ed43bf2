/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <check.h>

#define TEST_OPTIONS(X)                                                                            \
    X(TEST_FLAG, 0, "json", FLAG, NULL, "a flag")                                                  \
    X(TEST_TEXT, 'o', "output", TEXT, "FILE", "a text")                                            \
    X(TEST_NUMBER, 'g', "gas", NUMBER, "N", "a number")                                            \
    X(TEST_CHOICE, 'f', "format", CHOICE, "raw|standard|jam", "a choice")                          \
    X(TEST_LIST, 0, "reg", LIST, "REG=VALUE", "a list")

enum { TEST_OPTIONS(CMD_OPTION_ENUM) TEST_OPTION_COUNT };

static const struct cmd_option options[] = {TEST_OPTIONS(CMD_OPTION_ROW)};

static const struct cmd_syntax syntax = {
    .usage = "FILE [OTHER]",
    .options = options,
    .option_count = TEST_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 2,
};

enum { ARGS_MAX = 8 };

static char *const *as_argv(const char *const *words, int *argc)
{
    *argc = 0;
    while (*argc < ARGS_MAX && words[*argc] != NULL)
        ++*argc;
    return (char *const *)(const void *)words;
}

struct wrong_case {
    const char *words[ARGS_MAX];
    const char *message;
};

static const struct wrong_case wrong_cases[] = {
    {{NULL}, "an argument is missing, expected: FILE [OTHER]"},
    {{"a", "b", "c", NULL}, "unexpected argument \"c\""},
    {{"a", "--jsn", NULL}, "unknown option --jsn, did you mean --json?"},
    {{"a", "--form=x", NULL}, "unknown option --form, did you mean --format?"},
    {{"a", "--hlep", NULL}, "unknown option --hlep, did you mean --help?"},
    {{"a", "--something-else", NULL}, "unknown option --something-else"},
    {{"a", "-x", NULL}, "unknown option -x"},
    {{"a", "--json=1", NULL}, "--json takes no value, got \"=1\""},
    {{"a", "--gas", NULL}, "--gas needs a value: N"},
    {{"a", "--gas", "12x", NULL}, "--gas: expected a decimal or 0x number below 2^64, got \"12x\""},
    {{"a", "--gas=", NULL}, "--gas: expected a decimal or 0x number below 2^64, got \"\""},
    {{"a", "-g18446744073709551616", NULL},
     "--gas: expected a decimal or 0x number below 2^64, got \"18446744073709551616\""},
    {{"a", "-f", "elf", NULL}, "--format: expected raw|standard|jam, got \"elf\""},
    {{"a", "-f", "raw|standard", NULL},
     "--format: expected raw|standard|jam, got \"raw|standard\""},
};

START_TEST(test_wrong)
{
    const struct wrong_case *c = &wrong_cases[_i];
    struct cmd_args args;
    struct pvm_err err = {0};
    int argc;
    char *const *argv = as_argv(c->words, &argc);
    ck_assert_int_eq(cmd_args_parse(&syntax, NULL, argc, argv, &args, &err), PVM_E_USAGE);
    ck_assert_str_eq(err.msg, c->message);
    cmd_args_deinit(&args, NULL);
}
END_TEST

START_TEST(test_parse)
{
    static const char *const words[] = {"-",    "--gas=0x10", "-ofile", "--reg",
                                        "r7=1", "--reg",      "a0=2",   NULL};
    struct cmd_args args;
    struct pvm_err err = {0};
    int argc;
    char *const *argv = as_argv(words, &argc);
    ck_assert_int_eq(cmd_args_parse(&syntax, NULL, argc, argv, &args, &err), PVM_OK);
    ck_assert_uint_eq(args.operand_count, 1);
    ck_assert_str_eq(args.operands[0], "-");
    ck_assert_uint_eq(cmd_args_number(&args, TEST_NUMBER, 5), 16);
    ck_assert_str_eq(cmd_args_text(&args, TEST_TEXT), "file");
    ck_assert(!cmd_args_has(&args, TEST_FLAG));
    ck_assert_ptr_null(cmd_args_text(&args, TEST_CHOICE));
    ck_assert_uint_eq(cmd_args_choice(&args, TEST_CHOICE, 2), 2);
    ck_assert_uint_eq(args.count, 4);
    ck_assert_str_eq(args.list[2].text, "r7=1");
    ck_assert_str_eq(args.list[3].text, "a0=2");
    cmd_args_deinit(&args, NULL);
}
END_TEST

START_TEST(test_last_wins_and_dashes)
{
    static const char *const words[] = {"-f",     "raw", "--format=jam", "--json", "--",
                                        "--json", NULL};
    struct cmd_args args;
    struct pvm_err err = {0};
    int argc;
    char *const *argv = as_argv(words, &argc);
    ck_assert_int_eq(cmd_args_parse(&syntax, NULL, argc, argv, &args, &err), PVM_OK);
    ck_assert_uint_eq(cmd_args_choice(&args, TEST_CHOICE, 0), 2);
    ck_assert(cmd_args_has(&args, TEST_FLAG));
    ck_assert_uint_eq(args.operand_count, 1);
    ck_assert_str_eq(args.operands[0], "--json");
    cmd_args_deinit(&args, NULL);
}
END_TEST

START_TEST(test_help_wins)
{
    static const char *const words[] = {"--nonsense", "--gas", "x", "-h", NULL};
    struct cmd_args args;
    struct pvm_err err = {0};
    int argc;
    char *const *argv = as_argv(words, &argc);
    ck_assert_int_eq(cmd_args_parse(&syntax, NULL, argc, argv, &args, &err), PVM_OK);
    ck_assert(args.help);
    cmd_args_deinit(&args, NULL);
}
END_TEST

struct number_case {
    const char *text;
    bool good;
    uint64_t value;
};

static const struct number_case number_cases[] = {
    {"0", true, 0},
    {"007", true, 7},
    {"18446744073709551615", true, UINT64_MAX},
    {"0xffffffffffffffff", true, UINT64_MAX},
    {"0XaB", true, 0xab},
    {"18446744073709551616", false, 0},
    {"0x10000000000000000", false, 0},
    {"", false, 0},
    {"0x", false, 0},
    {"-1", false, 0},
    {"+1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1a", false, 0},
    {"0xg", false, 0},
};

START_TEST(test_number)
{
    const struct number_case *c = &number_cases[_i];
    uint64_t value = 0;
    ck_assert_int_eq(cmd_number(c->text, strlen(c->text), &value), c->good);
    if (c->good)
        ck_assert_uint_eq(value, c->value);
}
END_TEST

START_TEST(test_distance)
{
    ck_assert_uint_eq(cmd_distance("inspect", "inspect"), 0);
    ck_assert_uint_eq(cmd_distance("inspct", "inspect"), 1);
    ck_assert_uint_eq(cmd_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(cmd_distance("", "abc"), 3);
    ck_assert_uint_eq(cmd_distance("rnu", "run"), 1);
    ck_assert_uint_eq(cmd_distance("hlep", "help"), 1);
}
END_TEST

/* Every option of the table is in the help, and no line is wider than a terminal of 100. */
START_TEST(test_help_text)
{
    struct pvm_buf out = {0};
    cmd_syntax_help("test", &syntax, &out);
    const char *text = pvm_buf_str(&out);
    ck_assert(!out.failed);
    for (unsigned i = 0; i < TEST_OPTION_COUNT; i++) {
        char name[64] = "--";
        strncat(name, options[i].name, 40);
        ck_assert_ptr_nonnull(strstr(text, name));
        ck_assert_ptr_nonnull(strstr(text, options[i].help));
    }
    ck_assert_ptr_nonnull(strstr(text, "usage: pvm test FILE [OTHER]\n"));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 100);
    pvm_buf_deinit(&out);
}
END_TEST

Suite *options_suite(void);

Suite *options_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *tc = tcase_create("options");
    tcase_add_loop_test(tc, test_wrong, 0, sizeof wrong_cases / sizeof wrong_cases[0]);
    tcase_add_loop_test(tc, test_number, 0, sizeof number_cases / sizeof number_cases[0]);
    tcase_add_test(tc, test_parse);
    tcase_add_test(tc, test_last_wins_and_dashes);
    tcase_add_test(tc, test_help_wins);
    tcase_add_test(tc, test_distance);
    tcase_add_test(tc, test_help_text);
    suite_add_tcase(suite, tc);
    return suite;
}
