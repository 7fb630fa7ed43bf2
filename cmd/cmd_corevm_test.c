/* SPDX-License-Identifier: Apache-2.0 */
/* pvm corevm as a caller sees it: exit codes, the seed's tables, JSON, segments in a folder. */
#include "cmd/cmd.h"
#include "cmd/files.h"

#include <check.h>
#include <stdlib.h>

enum { ARGS_MAX = 12 };

/* Runs the command on blank-separated arguments; the output is to be deinitialised. */
static enum pvm_status run(const char *line, struct cmd *cmd, struct pvm_err *err)
{
    char text[512];
    char *argv[ARGS_MAX];
    int argc = 0;
    char *rest = text;
    *cmd = (struct cmd){.code = 0};
    *err = (struct pvm_err){.status = PVM_OK};
    ck_assert_uint_lt(strlen(line), sizeof text);
    strcpy(text, line);
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        ck_assert_int_lt(argc, ARGS_MAX);
        argv[argc++] = word;
    }
    enum pvm_status status = cmd_args_parse(&cmd_corevm_syntax, NULL, argc, argv, &cmd->args, err);
    if (status == PVM_OK)
        status = cmd_corevm(cmd, err);
    cmd_args_deinit(&cmd->args, NULL);
    return status;
}

static const struct {
    const char *line;
    enum pvm_status status;
    int code;
    const char *says; /* in the output, or in the message */
} cases[] = {
    {"fib", PVM_OK, 0, "| 10 | 55 (page_10) | 34 (page_9)        | 21 (page_8)        |"},
    {"fib --n 2", PVM_OK, 0, "| 2       | page_0, page_1 | page_0, page_1, page_2 |"},
    {"fib --n 0..1", PVM_OK, 0, "| 1 | 1 (page_1) | 1 (default_1_page) | 0 (page_0)         |"},
    {"fib --n 20", PVM_OK, 0, "| page_0 ... page_20 "},
    {"fib --n 1 --variant demand", PVM_OK, 0, "FAULT 0x11000, HALT"},
    {"fib --n 1 --variant log", PVM_OK, 0, "1  fib: sum 1\n"},
    {"fib --n 3 --by root", PVM_OK, 0, "imports by segment root"},
    {"fib --n 1 --gp 0.7.0", PVM_OK, 0, "GP 0.7.0"},
    {"fib --n 1 --json", PVM_OK, 0, "\"ok\": true"},
    {"fib --n 1 --fault panic", PVM_OK, 1, "package 1: the child panicked"},
    {"fib --n 3 --fault out-of-gas --at 1", PVM_OK, 1, "package 1: the child ran out of gas"},
    {"fib --n 1 --fault export-count", PVM_OK, 1, "2 segments exported, 3 announced"},
    {"fib --n 1 --fault missing-import", PVM_OK, 1, "the work package is invalid: import 0"},
    {"fib --n 2 --fault corrupt-import", PVM_OK, 1, "begins with 0 instead of 1"},
    {"fib --n 1 --fault read-only --json", PVM_OK, 1, "\"ok\": false"},
    {"fib --n 1 --fault poke-read-only", PVM_OK, 1, "OOB"},
    {"fib --gas 100", PVM_OK, 1, "the service ran out of gas"},
    {"fib --n 256", PVM_E_USAGE, 0, "--n"},
    {"fib --n x", PVM_E_USAGE, 0, "--n"},
    {"fib --n 1 --at 2", PVM_E_USAGE, 0, "the last package is 1"},
    {"fib --n 0 --fault corrupt-import", PVM_E_USAGE, 0, "no imports"},
    {"fib --gas 0", PVM_E_USAGE, 0, "--gas"},
    {"fib --index 1", PVM_E_USAGE, 0, "--index"},
    {"fib --gp 9", PVM_E_USAGE, 0, "unknown GP version"},
    {"fib more", PVM_E_USAGE, 0, "more"},
    {"what", PVM_E_USAGE, 0, "neither fib, accumulate nor segment"},
    {"", PVM_E_USAGE, 0, "argument is missing"},
    {"segment", PVM_E_USAGE, 0, "no file"},
    {"segment x --n 1", PVM_E_USAGE, 0, "--n"},
    {"segment " PVM_TESTDATA, PVM_E_IO, 0, "testdata"},
    {"segment " PVM_TESTDATA "/no-such-file", PVM_E_IO, 0, "no-such-file"},
    {"segment " PVM_TESTDATA "/tests.cmake", PVM_E_MALFORMED, 0, "not a multiple of 4104"},
    {"fib --service " PVM_TESTDATA "/tests.cmake", PVM_E_MALFORMED, 0, "tests.cmake"},
    {"fib --child " PVM_TESTDATA "/no-such-file", PVM_E_IO, 0, "no-such-file"},
    {"fib --out " PVM_TESTDATA "/tests.cmake", PVM_E_IO, 0, "tests.cmake"},
};

START_TEST(command_line)
{
    struct cmd cmd;
    struct pvm_err err;
    ck_assert_int_eq(run(cases[_i].line, &cmd, &err), cases[_i].status);
    ck_assert_int_eq(cmd.code, cases[_i].code);
    const char *text = cases[_i].status == PVM_OK ? pvm_buf_str(&cmd.out) : err.msg;
    ck_assert_msg(strstr(text, cases[_i].says) != NULL, "no \"%s\" in\n%.2000s", cases[_i].says,
                  text);
    pvm_buf_deinit(&cmd.out);
}
END_TEST

/* Makes a folder of its own and appends its name. */
static void scratch(struct pvm_buf *name)
{
    char folder[] = "/tmp/pvm-corevm-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    pvm_buf_text(name, folder);
}

/* The segments of packages 0 to 2 are in the folder, below their roots. */
START_TEST(segments_on_disk)
{
    static const char file[] =
        "3d88e670c0ee258a24478134715f3a6de369bfd80ee02f8997c47e1eb6ea6e51.seg";
    static const char *const says[] = {"machine   2", "page      16, at 0x10000", "value     1",
                                       "00010000  01 00 00 00 00 00 00 00  00",
                                       "00010010  4080 zero octets"};
    struct pvm_buf folder = {0};
    struct pvm_buf line = {0};
    struct cmd cmd;
    struct pvm_err err;
    scratch(&folder);
    pvm_buf_printf(&line, "fib --n 2 --out %s", pvm_buf_str(&folder));
    ck_assert_msg(run(pvm_buf_str(&line), &cmd, &err) == PVM_OK, "%s", err.msg);
    pvm_buf_deinit(&cmd.out);

    line.len = 0;
    pvm_buf_printf(&line, "segment %s/%s --index 2", pvm_buf_str(&folder), file);
    ck_assert_msg(run(pvm_buf_str(&line), &cmd, &err) == PVM_OK, "%s", err.msg);
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        ck_assert_msg(strstr(pvm_buf_str(&cmd.out), says[i]) != NULL, "no \"%s\" in\n%.2000s",
                      says[i], pvm_buf_str(&cmd.out));
    pvm_buf_deinit(&cmd.out);

    line.len = 0;
    pvm_buf_printf(&line, "segment %s/%s --index 3", pvm_buf_str(&folder), file);
    ck_assert_int_eq(run(pvm_buf_str(&line), &cmd, &err), PVM_E_USAGE);

    line.len = 0;
    pvm_buf_printf(&line, "segment %s/%s --json --layout parity", pvm_buf_str(&folder), file);
    ck_assert_int_eq(run(pvm_buf_str(&line), &cmd, &err), PVM_OK);
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&cmd.out), "\"layout\": \"parity\""));
    pvm_buf_deinit(&cmd.out);

    line.len = 0;
    pvm_buf_printf(&line, "rm -r '%s'", pvm_buf_str(&folder));
    ck_assert_int_eq(system(pvm_buf_str(&line)), 0);
    pvm_buf_deinit(&folder);
    pvm_buf_deinit(&line);
}
END_TEST

Suite *cmd_corevm_suite(void);

Suite *cmd_corevm_suite(void)
{
    Suite *suite = suite_create("cmd_corevm");
    TCase *tests = tcase_create("cmd_corevm");
    tcase_add_loop_test(tests, command_line, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, segments_on_disk);
    suite_add_tcase(suite, tests);
    return suite;
}
