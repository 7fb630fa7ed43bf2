/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Fibonacci loop: outputs, segment roots and sources of every package in every variant, by
 * either kind of import, under every version; and what happens when a package goes wrong.
 */
#include "corevm/driver_fib.h"
#include "corevm/guests.h"
#include "host/hash.h"
#include "host/testing.h"

#include <stdio.h>

enum { ROUNDS = 11 };

/* n, fib(n), fib(n-1), fib(n-2) as returned; root of the segments page_0 .. page_n. */
static const struct {
    uint32_t output[4];
    const char *root;
} expected[ROUNDS] = {
    {{0, 0, 0, 0}, "d31ff58be66ec48693b926aa27262248889240a050c7f3b9a00ae236935fdd2a"},
    {{1, 1, 1, 0}, "87a41103b720606f47751ccc9790466004a9f125a2660bee69c6b2fc93093bff"},
    {{2, 1, 1, 0}, "3d88e670c0ee258a24478134715f3a6de369bfd80ee02f8997c47e1eb6ea6e51"},
    {{3, 2, 1, 1}, "de37a045f6258fb64cef43cffa2a9a3c5c7c2cdf99d75b5b69e333718ebc8db2"},
    {{4, 3, 2, 1}, "cc1721656cc436d74f8355caedb9340cfe48057027c860d2e1efc25e56f6915b"},
    {{5, 5, 3, 2}, "70e7ddd5a87a66e848f40aa46b43eb24cbffa6782eb5dbffa46c6065245d1937"},
    {{6, 8, 5, 3}, "b6efa3b307e9acbd940c02203c72028b03794d7db63eaffbb381f258bebdc05f"},
    {{7, 13, 8, 5}, "48631bb12661c1e6a0e16c847b930291e2bf9dc13e3295777a218e147a5f59cf"},
    {{8, 21, 13, 8}, "bb4c1b380d6c323781ec0663b537a502f95a14c88272fbb4e79f254096123d8c"},
    {{9, 34, 21, 13}, "b0b6fd45946f464824296455e03c4bba13db159af8563db29eec50b49962bee4"},
    {{10, 55, 34, 21}, "91a13ceae7e9c45157148f977e21e3655604508673b3b42b3dc5a4e8ece03664"},
};

static void run(const struct corevm_fib_options *options, struct corevm_fib *fib)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(corevm_fib_run(options, fib, &err) == PVM_OK, "%s", err.msg);
}

static void check_hex(struct pvm_bytes got, const char *want)
{
    struct pvm_buf hex = {0};
    pvm_buf_hex(&hex, got);
    ck_assert_str_eq(pvm_buf_str(&hex), want);
    pvm_buf_deinit(&hex);
}

static void check_output(const struct corevm_fib_round *round, const uint32_t want[4])
{
    ck_assert_uint_eq(round->round.output.len, 16);
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(pvm_load_le(round->round.output.ptr + 4 * i, 4), want[i]);
}

/* Pages i of machines i, page id 16, with the numbers of the sequence. */
static void check_pages(const struct corevm_fib_page *pages, size_t count, size_t want)
{
    ck_assert_uint_eq(count, want);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(pages[i].machine, i);
        ck_assert_uint_eq(pages[i].page, 16);
        ck_assert_uint_eq(pages[i].value, expected[i].output[1]);
    }
}

static void check_good(const struct corevm_fib *fib, size_t rounds)
{
    ck_assert_uint_eq(fib->count, rounds);
    for (size_t n = 0; n < rounds; n++) {
        const struct corevm_fib_round *round = &fib->list[n];
        ck_assert_msg(round->good, "%s", pvm_buf_str(&fib->list[n].trouble));
        ck_assert_uint_eq(round->n, n);
        check_output(round, expected[n].output);
        check_hex(jam_hash_bytes(&round->round.export_root), expected[n].root);
        check_pages(round->pages, round->import_count, n);
        check_pages(round->pages + round->import_count, round->export_count, n + 1);
    }
    ck_assert(corevm_fib_good(fib));
}

/* _i: variant, and kind of import */
START_TEST(every_package)
{
    struct corevm_fib fib;
    struct corevm_fib_options options = {
        .last = ROUNDS - 1, .variant = (enum corevm_fib_variant)(_i / 2), .by_root = _i % 2 == 1};
    run(&options, &fib);
    check_good(&fib, ROUNDS);
    corevm_fib_deinit(&fib);
}
END_TEST

START_TEST(every_version)
{
    const struct jam_profile *profile;
    struct pvm_bytes code;
    for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++) {
        struct corevm_fib fib;
        struct corevm_fib_options options = {.profile = profile, .last = 3};
        if (corevm_service_code(profile, &code, NULL) != PVM_OK)
            continue;
        run(&options, &fib);
        check_good(&fib, 4);
        corevm_fib_deinit(&fib);
    }
}
END_TEST

/* Machine that each operand came from; -1 for a page the parent made. Child 1's elder operand is
 * machine 0's page. */
START_TEST(operands_and_their_sources)
{
    static const int sources[ROUNDS][2] = {{-1, -1}, {-1, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 3},
                                           {5, 4},   {6, 5},  {7, 6}, {8, 7}, {9, 8}};
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = ROUNDS - 1};
    run(&options, &fib);
    for (size_t n = 0; n < ROUNDS; n++) {
        const struct corevm_fib_term *terms = fib.list[n].terms;
        for (size_t k = 0; k < 3; k++) {
            ck_assert(terms[k].known && !terms[k].on_demand);
            ck_assert_uint_eq(terms[k].value, expected[n].output[k + 1]);
        }
        ck_assert(!terms[0].is_default);
        ck_assert_uint_eq(terms[0].machine, n);
        for (size_t k = 0; k < 2; k++) {
            ck_assert(terms[k + 1].is_default == (sources[n][k] < 0));
            if (sources[n][k] >= 0)
                ck_assert_uint_eq(terms[k + 1].machine, (uint64_t)sources[n][k]);
        }
    }
    corevm_fib_deinit(&fib);
}
END_TEST

/* How each child's invocations end. A plain child runs 18 instructions: 3, twice 5, 5. A fault
 * costs the instruction it happens at, which then runs again. */
START_TEST(invocations)
{
    static const struct {
        size_t count;
        enum jam_inner_result first;
        uint64_t arg, left;
    } want[] = {
        {1, JAM_INNER_HALT, 0, 65536 - 18},
        {2, JAM_INNER_FAULT, 0x11000, 65536 - 9},
        {2, JAM_INNER_HOST, 100, 0},
    };
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = 5, .variant = (enum corevm_fib_variant)_i};
    run(&options, &fib);
    for (size_t n = 0; n <= 5; n++) {
        size_t count;
        const struct corevm_invocation *list =
            corevm_invocations(&fib.list[n].round.record, &count);
        ck_assert_uint_eq(count, want[_i].count);
        for (size_t i = 0; i < count; i++)
            ck_assert_uint_eq(list[i].machine, n);
        ck_assert_uint_eq(list[0].gas, 65536);
        ck_assert_int_eq(list[0].result, want[_i].first);
        ck_assert_uint_eq(list[0].arg, want[_i].arg);
        if (want[_i].left != 0)
            ck_assert_uint_eq(list[0].left, want[_i].left);
        ck_assert_int_eq(list[count - 1].result, JAM_INNER_HALT);
        ck_assert(fib.list[n].terms[1].on_demand == (_i == COREVM_FIB_DEMAND));
        ck_assert(!fib.list[n].terms[2].on_demand);
    }
    corevm_fib_deinit(&fib);
}
END_TEST

START_TEST(the_child_logs)
{
    static const char *const lines[] = {"fib: sum 0\n", "fib: sum 1\n", "fib: sum 1\n",
                                        "fib: sum 2\n", "fib: sum 3\n", "fib: sum 5\n",
                                        "fib: sum 8\n", "fib: sum 13\n"};
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = 7, .variant = COREVM_FIB_LOG};
    run(&options, &fib);
    for (size_t n = 0; n <= 7; n++)
        ck_assert_str_eq(pvm_buf_str(&fib.list[n].round.log), lines[n]);
    corevm_fib_deinit(&fib);
}
END_TEST

/* The package without payload gives back hash and length of the child's code. */
START_TEST(first_package)
{
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = 0};
    struct pvm_bytes child = corevm_child_code("fibchild");
    struct jam_hash hash = jam_hash(child);
    run(&options, &fib);
    ck_assert_int_eq(fib.init.outcome, JAM_ENDED_HALT);
    ck_assert_uint_eq(fib.init.output.len, 36);
    ck_assert_mem_eq(fib.init.output.ptr, hash.octets, 32);
    ck_assert_uint_eq(pvm_load_le(fib.init.output.ptr + 32, 4), child.len);
    ck_assert_uint_eq(fib.init.exports_made, 0);
    corevm_fib_deinit(&fib);
}
END_TEST

/* ---- what goes wrong ---- */

static const struct {
    enum corevm_fib_fault fault;
    enum jam_outcome outcome;
    size_t exports_made;
    uint32_t reason; /* in the service's output, 0 for none */
    uint64_t detail;
    const char *words[2];
} faults[] = {
    {COREVM_FIB_FAULT_EXPORT_COUNT,
     JAM_ENDED_BAD_EXPORTS,
     5,
     0,
     0,
     {"bad-exports", "5 segments exported, 6 announced"}},
    {COREVM_FIB_FAULT_PANIC,
     JAM_ENDED_BAD_EXPORTS,
     0,
     7,
     65536 - 14,
     {"the child panicked", "0 segments exported, 5 announced"}},
    {COREVM_FIB_FAULT_GAS,
     JAM_ENDED_BAD_EXPORTS,
     0,
     8,
     0,
     {"the child ran out of gas", "bad-exports"}},
    {COREVM_FIB_FAULT_READ_ONLY,
     JAM_ENDED_BAD_EXPORTS,
     0,
     9,
     0x10000,
     {"the child touched a page it may not", "0x10000"}},
    {COREVM_FIB_FAULT_POKE,
     JAM_ENDED_BAD_EXPORTS,
     0,
     6,
     JAM_OOB,
     {"memory of a child could not be set up", "OOB"}},
};

START_TEST(faults_end_the_loop)
{
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = 6, .fault = faults[_i].fault, .fault_at = 4};
    run(&options, &fib);
    ck_assert_uint_eq(fib.count, 5);
    ck_assert(!corevm_fib_good(&fib));
    struct corevm_fib_round *bad = &fib.list[4];
    ck_assert(bad->round.valid);
    ck_assert_int_eq(bad->round.ended, JAM_ENDED_HALT);
    ck_assert_int_eq(bad->round.outcome, faults[_i].outcome);
    ck_assert_uint_eq(bad->round.exports_made, faults[_i].exports_made);
    for (size_t i = 0; i < 2; i++)
        ck_assert_ptr_nonnull(strstr(pvm_buf_str(&bad->trouble), faults[_i].words[i]));
    if (faults[_i].reason != 0) {
        const uint8_t *output = bad->round.output.ptr;
        ck_assert_uint_eq(bad->round.output.len, 20);
        ck_assert_mem_eq(output, "fail\4\0\0\0", 8);
        ck_assert_uint_eq(pvm_load_le(output + 8, 4), faults[_i].reason);
        ck_assert_uint_eq(pvm_load_le(output + 12, 8), faults[_i].detail);
    }
    /* The report has as many segments of zeros as were announced. */
    ck_assert_uint_eq(bad->export_count, faults[_i].fault == COREVM_FIB_FAULT_EXPORT_COUNT ? 6 : 5);
    for (size_t i = 0; i < bad->export_count; i++)
        ck_assert_uint_eq(bad->pages[bad->import_count + i].page, 0);
    corevm_fib_deinit(&fib);
}
END_TEST

START_TEST(missing_import)
{
    struct corevm_fib fib;
    struct corevm_fib_options options = {
        .last = 6, .fault = COREVM_FIB_FAULT_MISSING, .fault_at = 4, .by_root = _i == 1};
    run(&options, &fib);
    ck_assert_uint_eq(fib.count, 5);
    ck_assert(!fib.list[4].round.valid && !fib.list[4].good);
    ck_assert_uint_eq(fib.list[4].round.gas_used, 0);
    ck_assert_ptr_nonnull(
        strstr(pvm_buf_str(&fib.list[4].trouble), "the work package is invalid: import 3: "));
    corevm_fib_deinit(&fib);
}
END_TEST

/* Page 3 says 3 instead of 2 when package 4 sees it, and everything behind it follows: 1, 3, 4, 7,
 * 11 instead of 1, 2, 3, 5, 8. */
START_TEST(corrupted_import)
{
    static const uint32_t outputs[][4] = {{4, 4, 3, 1}, {5, 7, 4, 3}, {6, 11, 7, 4}};
    struct corevm_fib fib;
    struct corevm_fib_options options = {
        .last = 6, .fault = COREVM_FIB_FAULT_CORRUPT, .fault_at = 4};
    run(&options, &fib);
    ck_assert_uint_eq(fib.count, 7);
    ck_assert(!corevm_fib_good(&fib));
    ck_assert(fib.list[3].good && !fib.list[4].good);
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&fib.list[4].trouble),
                                 "import 3 was corrupted on its way: its page begins with 3 "
                                 "instead of 2, and the result is 4"));
    for (size_t n = 4; n <= 6; n++) {
        struct pvm_buf root = {0};
        ck_assert_int_eq(fib.list[n].round.outcome, JAM_ENDED_HALT);
        check_output(&fib.list[n], outputs[n - 4]);
        ck_assert_uint_eq(fib.list[n].pages[fib.list[n].import_count + 3].value, 3);
        pvm_buf_hex(&root, jam_hash_bytes(&fib.list[n].round.export_root));
        ck_assert_str_ne(pvm_buf_str(&root), expected[n].root);
        pvm_buf_deinit(&root);
    }
    corevm_fib_deinit(&fib);
}
END_TEST

/* Whichever package gets a corrupted page n-1, its result changes. */
START_TEST(every_import_counts)
{
    for (uint64_t at = 1; at < ROUNDS; at++) {
        struct corevm_fib fib;
        struct corevm_fib_options options = {
            .last = at, .fault = COREVM_FIB_FAULT_CORRUPT, .fault_at = at};
        run(&options, &fib);
        const struct corevm_fib_round *round = &fib.list[at];
        bool used = pvm_load_le(round->round.output.ptr + 4, 4) != expected[at].output[1];
        ck_assert(used);
        corevm_fib_deinit(&fib);
    }
}
END_TEST

START_TEST(parent_out_of_gas)
{
    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = 3, .gas = 300};
    run(&options, &fib);
    ck_assert_uint_eq(fib.count, 1);
    ck_assert_int_eq(fib.list[0].round.ended, JAM_ENDED_OOG);
    ck_assert_int_eq(fib.list[0].round.outcome, JAM_ENDED_BAD_EXPORTS);
    ck_assert_uint_eq(fib.list[0].round.gas_used, 300);
    ck_assert_ptr_nonnull(strstr(pvm_buf_str(&fib.list[0].trouble), "the service ran out of gas"));
    corevm_fib_deinit(&fib);
}
END_TEST

START_TEST(wrong_use)
{
    static const struct {
        struct corevm_fib_options options;
        enum pvm_status status;
    } cases[] = {
        {{.last = COREVM_FIB_MAX + 1}, PVM_E_USAGE},
        {{.last = 1, .fault = COREVM_FIB_FAULT_MISSING}, PVM_E_USAGE},
        {{.last = 1, .fault = COREVM_FIB_FAULT_CORRUPT}, PVM_E_USAGE},
        {{.last = 1, .service = {(const uint8_t *)"nothing", 7}}, PVM_E_MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corevm_fib fib;
        struct pvm_err err = {.status = PVM_OK};
        ck_assert_int_eq(corevm_fib_run(&cases[i].options, &fib, &err), cases[i].status);
        ck_assert_str_ne(err.msg, "");
        corevm_fib_deinit(&fib);
    }
}
END_TEST

/* Octets that are no program: machine says HUH. Too many: more than the service takes. */
START_TEST(wrong_children)
{
    static const uint8_t large[600] = {0};
    static const struct {
        struct pvm_bytes child;
        uint32_t reason;
        uint64_t detail;
    } cases[] = {{{large, 1}, 4, JAM_HUH}, {{large, sizeof large}, 3, sizeof large}};
    for (size_t i = 0; i < 2; i++) {
        struct corevm_fib fib;
        struct corevm_fib_options options = {.last = 1, .child = cases[i].child};
        run(&options, &fib);
        ck_assert_uint_eq(fib.count, 1);
        ck_assert_uint_eq(fib.list[0].round.output.len, 20);
        const uint8_t *output = fib.list[0].round.output.ptr;
        ck_assert_uint_eq(pvm_load_le(output + 8, 4), cases[i].reason);
        ck_assert_uint_eq(pvm_load_le(output + 12, 8), cases[i].detail);
        corevm_fib_deinit(&fib);
    }
}
END_TEST

/* The child of the program that this one follows, as it was published: 21 instructions. */
START_TEST(published_child)
{
    static const char before[] = "Full hex (authoritative):\n`";
    char path[1024];
    snprintf(path, sizeof path, "%s/corevm.md", PVM_SHARED);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "SKIP: %s is not there\n", path);
        return;
    }
    static const size_t most = 1 << 18;
    struct pvm_buf text = {0};
    struct pvm_buf child = {0};
    uint8_t *room = pvm_buf_reserve(&text, most);
    ck_assert_ptr_nonnull(room);
    text.len = fread(room, 1, most, file);
    fclose(file);
    const char *hex = strstr(pvm_buf_str(&text), before);
    ck_assert_ptr_nonnull(hex);
    hex += sizeof before - 1;
    size_t bad;
    ck_assert(pvm_hex_decode(hex, strcspn(hex, "`"), &child, &bad));

    struct corevm_fib fib;
    struct corevm_fib_options options = {.last = ROUNDS - 1, .child = pvm_buf_bytes(&child)};
    run(&options, &fib);
    check_good(&fib, ROUNDS);
    for (size_t n = 0; n < ROUNDS; n++) {
        size_t count;
        const struct corevm_invocation *list =
            corevm_invocations(&fib.list[n].round.record, &count);
        ck_assert_uint_eq(count, 1);
        ck_assert_uint_eq(list[0].left, 65515);
    }
    corevm_fib_deinit(&fib);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&child);
}
END_TEST

/* Every allocation fails once. */
START_TEST(no_memory)
{
    enum pvm_status status = PVM_E_MEMORY;
    size_t after = 0;
    for (; status != PVM_OK; after++) {
        struct test_failing failing = {.after = after};
        struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct corevm_fib_options options = {.alloc = &alloc, .last = 1, .variant = COREVM_FIB_LOG};
        struct corevm_fib fib;
        struct pvm_err err = {.status = PVM_OK};
        status = corevm_fib_run(&options, &fib, &err);
        ck_assert_msg(status == PVM_OK || status == PVM_E_MEMORY, "%s", err.msg);
        if (status == PVM_OK)
            check_good(&fib, 2);
        corevm_fib_deinit(&fib);
    }
    ck_assert_uint_gt(after, 50);
}
END_TEST

Suite *driver_fib_suite(void);

Suite *driver_fib_suite(void)
{
    Suite *suite = suite_create("driver_fib");
    TCase *tests = tcase_create("driver_fib");
    tcase_add_loop_test(tests, every_package, 0, 6);
    tcase_add_test(tests, every_version);
    tcase_add_test(tests, operands_and_their_sources);
    tcase_add_loop_test(tests, invocations, 0, 3);
    tcase_add_test(tests, the_child_logs);
    tcase_add_test(tests, first_package);
    tcase_add_loop_test(tests, faults_end_the_loop, 0, sizeof faults / sizeof *faults);
    tcase_add_loop_test(tests, missing_import, 0, 2);
    tcase_add_test(tests, corrupted_import);
    tcase_add_test(tests, every_import_counts);
    tcase_add_test(tests, parent_out_of_gas);
    tcase_add_test(tests, wrong_use);
    tcase_add_test(tests, wrong_children);
    tcase_add_test(tests, published_child);
    tcase_add_test(tests, no_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
