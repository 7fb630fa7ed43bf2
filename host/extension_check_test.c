/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are refused, and what is said of them. */
#include "host/extension.h"

#include <check.h>

static enum pvm_exit nothing(struct jam_context *ctx, struct jam_frame *frame)
{
    (void)ctx;
    return jam_ext_return(frame, JAM_OK);
}

/* An extension that is good, in parts that a case may spoil. */
struct parts {
    struct jam_extension extension;
    struct jam_extension_call calls[2];
    struct jam_extension_cell cells[2][2];
    struct jam_extension_setting settings[2];
};

static void good(struct parts *p, const char *name)
{
    memset(p, 0, sizeof *p);
    for (unsigned i = 0; i < 2; i++) {
        p->cells[i][0] = (struct jam_extension_cell){
            .since = JAM_GP(0, 6, 7), .number = (int32_t)(200 + i), .invocations = JAM_EVERYWHERE};
        p->cells[i][1] = (struct jam_extension_cell){.since = JAM_GP(0, 8, 0), .number = -1};
        p->calls[i] = (struct jam_extension_call){.name = i == 0 ? "first" : "second",
                                                  .cells = p->cells[i],
                                                  .cell_count = 2,
                                                  .handler = nothing,
                                                  .reads = JAM_REGS(0, 12),
                                                  .writes = JAM_REGS(7, 12)};
    }
    p->settings[0] = (struct jam_extension_setting){"depth", "N", "how deep", JAM_SETTING_TEXT};
    p->settings[1] = (struct jam_extension_setting){"wet", NULL, "wet or not", JAM_SETTING_FLAG};
    p->extension = (struct jam_extension){.size = sizeof p->extension,
                                          .abi_version = JAM_EXTENSION_ABI_VERSION,
                                          .name = name,
                                          .calls = p->calls,
                                          .call_count = 2,
                                          .settings = p->settings,
                                          .setting_count = 2};
}

#define BAD(name, change)                                                                          \
    static void name(struct parts *p)                                                              \
    {                                                                                              \
        change;                                                                                    \
    }
BAD(of_another_abi, p->extension.abi_version = 2)
BAD(of_another_size, p->extension.size = 8)
BAD(without_name, p->extension.name = NULL)
BAD(with_space, p->extension.name = "a b")
BAD(too_long, p->extension.name = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz")
BAD(without_calls, p->extension.calls = NULL)
BAD(crowded, p->extension.call_count = 65)
BAD(many_settings, p->extension.setting_count = SIZE_MAX)
BAD(many_cells, p->calls[1].cell_count = SIZE_MAX)
BAD(nameless_call, p->calls[1].name = "1st")
BAD(same_calls, p->calls[1].name = "first")
BAD(without_handler, p->calls[1].handler = NULL)
BAD(without_number, p->calls[0].cell_count = 0)
BAD(large_number, p->cells[0][0].number = 1024)
BAD(small_number, p->cells[0][0].number = -2)
BAD(fifth_invocation, p->cells[0][0].invocations = 1 << 4)
BAD(closed, p->cells[0][0].invocations = 0)
BAD(open_without_number, p->cells[0][1].invocations = 1)
BAD(descending, p->cells[0][1].since = JAM_GP(0, 6, 7))
BAD(same_numbers, p->cells[1][0].number = 200)
BAD(price_of_r13, p->cells[0][0].price.terms[1] = ((struct jam_price_term){1, 13, false}))
BAD(reads_r13, p->calls[0].reads = JAM_REG(13))
BAD(writes_r6, p->calls[0].writes = JAM_REG(6))
BAD(odd_access, p->calls[0].memory[0].access = 2)
BAD(range_of_r13, p->calls[0].memory[0] = ((struct jam_extension_range){PVM_READ, 0, 0, 13, 0}))
BAD(range_by_r13, p->calls[0].memory[0] = ((struct jam_extension_range){PVM_READ, 0, 1, 0, 13}))
BAD(replaces_nothing, p->calls[0].replaces = "fetsch")
BAD(replaces_with_cells, p->calls[0].replaces = "fetch")
BAD(setting_name, p->settings[0].name = "Depth")
BAD(same_settings, p->settings[1].name = "depth")
BAD(odd_flag, p->settings[1].argument = "X")
BAD(odd_kind, p->settings[0].kind = (enum jam_setting_kind)3)
BAD(call_of_the_gp, p->calls[0].name = "peek")
BAD(number_of_the_gp, p->cells[1][0].number = 9)
BAD(number_of_log, p->cells[1][0].number = 100)
BAD(builtin, p->extension.name = "refine")

static const struct {
    void (*spoil)(struct parts *p);
    const char *message;
} bad[] = {
    {of_another_abi, "extension of ABI version 2, this is version 1"},
    {of_another_size, "extension table of 8 octets, expected "},
    {without_name, "extension \"\": no name"},
    {with_space, "extension \"a b\": no name"},
    {too_long, "no name"},
    {without_calls, "extension mine: no list of calls"},
    {crowded, "extension mine: 65 calls and 2 settings, at most 64 and 64 are possible"},
    {many_settings, "settings, at most 64 and 64 are possible"},
    {many_cells, "cells, at most 64 are possible"},
    {nameless_call, "extension mine: call 1: \"1st\" is no name"},
    {same_calls, "extension mine: call first: there are two of this name"},
    {without_handler, "extension mine: call second: has no handler"},
    {without_number, "extension mine: call first: has no number"},
    {large_number, "extension mine: call first: number 1024, expected one below 1024"},
    {small_number, "extension mine: call first: number -2, expected"},
    {fifth_invocation, "extension mine: call first: invocations 0x10, expected some of 0xf"},
    {closed, "extension mine: call first: invocations 0x0"},
    {open_without_number, "extension mine: call first: invocations 0x1"},
    {descending, "extension mine: call first: its cells are not ascending"},
    {same_numbers, "extension mine: call second: number 200 is that of first, too"},
    {price_of_r13, "call first: its price names a register that there is not"},
    {reads_r13, "call first: reads registers that there are not"},
    {writes_r6, "call first: writes registers besides r7 to r12"},
    {odd_access, "call first: a range is neither read nor written"},
    {range_of_r13, "call first: a range names a register that there is not"},
    {range_by_r13, "call first: a range names a register that there is not"},
    {replaces_nothing, "call first: replaces \"fetsch\", no call of the GP"},
    {replaces_with_cells, "call first: has cells, and replaces another"},
    {setting_name, "extension mine: setting 0: \"Depth\" has no help or is no name"},
    {same_settings, "extension mine: there are two settings depth"},
    {odd_flag, "extension mine: setting wet: only a flag has no argument"},
    {odd_kind, "extension mine: setting depth: only a flag"},
    {call_of_the_gp, "extension mine: call peek: extension refine has a call of this name"},
    {number_of_the_gp, "extension mine: call second: number 9 is that of peek (extension refine) "
                       "under GP 0.7.2"},
    {number_of_log, "extension mine: call second: number 100 is that of log (extension jip1)"},
    {builtin, "extension refine: there are two of this name"},
};

static enum pvm_status extend(const char *version, const struct jam_extension_use *uses,
                              size_t count, struct pvm_err *err)
{
    struct jam_profile profile;
    *err = (struct pvm_err){.status = PVM_OK};
    return jam_profile_extend(jam_profile_find(version), uses, count, &profile, err);
}

START_TEST(test_bad_tables)
{
    struct parts parts;
    struct pvm_err err;
    const struct jam_extension_use use = {.extension = &parts.extension};
    good(&parts, "mine");
    ck_assert_msg(extend("0.7.2", &use, 1, &err) == PVM_OK, "%s", err.msg);
    bad[_i].spoil(&parts);
    ck_assert_int_eq(extend("0.7.2", &use, 1, &err), PVM_E_MALFORMED);
    ck_assert_msg(strstr(err.msg, bad[_i].message) != NULL, "%s", err.msg);
}
END_TEST

/* What is fine by itself clashes with others. */
START_TEST(test_clashes)
{
    struct parts a, b;
    struct pvm_err err;
    const struct jam_extension_use uses[] = {{.extension = &a.extension},
                                             {.extension = &b.extension}};
    good(&a, "mine");
    good(&b, "yours");
    b.extension.setting_count = 0;
    b.calls[0].name = "third";
    b.calls[1].name = "fourth";
    b.cells[0][0].number = 300;
    b.cells[1][0].number = 301;
    ck_assert_msg(extend("0.7.2", uses, 2, &err) == PVM_OK, "%s", err.msg);
    b.cells[1][0].number = 201;
    ck_assert_int_eq(extend("0.7.2", uses, 2, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "extension yours: call fourth: number 201 is that of second "
                              "(extension mine) under GP 0.7.2");
    ck_assert(extend("0.6.6", uses, 2, &err) == PVM_OK); /* neither has it there */
    b.cells[1][0].number = 301;
    b.calls[1].name = "second";
    ck_assert_int_eq(extend("0.7.2", uses, 2, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "extension yours: call second: extension mine has a call of this "
                              "name");
    b.calls[1].name = "fourth";
    b.extension.setting_count = 1;
    ck_assert_int_eq(extend("0.7.2", uses, 2, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "extension yours: setting depth is one of extension mine, too");
    b.extension.setting_count = 0;
    a.calls[0].replaces = b.calls[0].replaces = "fetch";
    a.calls[0].cell_count = b.calls[0].cell_count = 0;
    ck_assert_int_eq(extend("0.7.2", uses, 2, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "extension yours: call third: extension mine replaces fetch already");
    ck_assert(extend("0.7.2", uses, 1, &err) == PVM_OK);
    a.calls[0].name = "fetch"; /* the name too */
    ck_assert(extend("0.7.2", uses, 1, &err) == PVM_OK);
    ck_assert_int_eq(extend("0.7.2", uses, 17, &err), PVM_E_USAGE);
}
END_TEST

START_TEST(test_values)
{
    struct parts a;
    struct pvm_err err;
    struct jam_extension_value values[] = {{"depth", "3"}, {"height", "4"}};
    struct jam_extension_use use = {&a.extension, values, 1};
    good(&a, "mine");
    ck_assert(extend("0.7.2", &use, 1, &err) == PVM_OK);
    use.value_count = 2;
    ck_assert_int_eq(extend("0.7.2", &use, 1, &err), PVM_E_USAGE);
    ck_assert_str_eq(err.msg, "extension mine: no setting \"height\"");
    const struct jam_extension_start start = {.values = values, .value_count = 2};
    ck_assert_str_eq(jam_ext_value(&start, "height"), "4");
    ck_assert_ptr_null(jam_ext_value(&start, "dept"));
    use.extension = NULL;
    ck_assert_int_eq(extend("0.7.2", &use, 1, &err), PVM_E_USAGE);
}
END_TEST

/* The built-in ones are of the same form, but for names that are theirs. */
START_TEST(test_builtin)
{
    struct pvm_err err = {.status = PVM_OK};
    for (size_t i = 0; i < JAM_BUILTIN_EXTENSIONS; i++)
        ck_assert_msg(jam_extension_check(jam_profile_extension(jam_profile_default, i), &err) ==
                          PVM_OK,
                      "%s", err.msg);
    ck_assert_ptr_null(jam_profile_extension(jam_profile_default, JAM_BUILTIN_EXTENSIONS));
}
END_TEST

Suite *extension_check_suite(void);

Suite *extension_check_suite(void)
{
    Suite *suite = suite_create("host/extension_check");
    TCase *tests = tcase_create("tables");
    tcase_add_loop_test(tests, test_bad_tables, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, test_clashes);
    tcase_add_test(tests, test_values);
    tcase_add_test(tests, test_builtin);
    suite_add_tcase(suite, tests);
    return suite;
}
