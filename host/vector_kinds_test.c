/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of testdata/vectors, written by hand, in each kind of one machine or one invocation:
 * as they are, with a figure changed, cut short and with any octet changed. */
#include "host/disk.h"
#include "host/suite.h"
#include "host/testing.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDER PVM_TESTDATA "/vectors/"

enum { MAX_PATH = 512 };

static const struct {
    const char *file, *kind;
    unsigned cases;
} files[] = {
    {"sum.json", "pvm-programs", 1},     {"model.json", "pvm-programs", 1},
    {"fault.json", "pvm-programs", 1},   {"gas.json", "pvm-gas-blocks", 1},
    {"costs.json", "pvm-gas-blocks", 1}, {"accumulate.json", "accumulate-cases", 1},
    {"refine.json", "refine-cases", 1},  {"manifest.json", "programs", 4},
};

/* What is expected of a file in which the first `from` is `to`. */
static const struct row {
    const char *file, *from, *to, *want;
} rows[] = {
    /* The registers are r0 = halt, r8 = 37, r9 = 0x20000 and then r7 = 42. */
    {"sum.json", "\"expected-gas\": 97", "\"expected-gas\": 96", "gas: expected 96, got 97"},
    {"sum.json", "\"expected-pc\": 6", "\"expected-pc\": 3", "pc: expected 3, got 6"},
    {"sum.json", "0, 42, 37", "0, 43, 37", "r7: expected 0x2b, got 0x2a"},
    {"sum.json", "[9, 42]", "[9, 43]", "memory at 0x20003: expected 0x2b, got 0x2a"},
    {"sum.json", "[9, 42]", "[8, 42]", "memory at 0x20002: expected 0x08, got 0x09"},
    {"sum.json", "[9, 42]", "[9]", "memory at 0x20003: expected 0x00, got 0x2a"},
    {"sum.json", "\"halt\"", "\"panic\"", "status: expected panic, got halt"},
    {"sum.json", "true", "false", "status: expected halt, got page-fault"},
    {"sum.json", "135, 5, 120", "135, 6, 120", "r7: expected 0x2a, got 0x2b"},
    {"sum.json", "0, 42, 37", "42, 37", "expected 13 registers, got 12"},
    {"sum.json", "\"initial-pc\"", "\"initial-cp\"", "initial-cp"},
    {"sum.json", "4096", "4097", "no whole pages"},
    {"sum.json", "196608", "32768", "not all between"},
    {"sum.json", "[0, 0, 8", "[0, 0, 9", "malformed: "},
    {"sum.json", "\"halt\"", "\"page-fault\"", "expected-page-fault-address belongs to"},
    {"sum.json", "\"halt\"", "\"helt\"", "unknown status \"helt\""},
    /* By the block model: an add of 1, a store of 25 that waits for it, and a jump beside both. */
    {"model.json", "\"0\": 26", "\"0\": 25", "block at pc 0: cost expected 25, got 26"},
    {"model.json", "\"0\": 26", "\"3\": 26", "block at pc 3: there is none"},
    {"model.json", "\"0\": 26", "\"00\": 26", "no position in code"},
    {"model.json", "\"0\": 26", "", "no block has a cost"},
    {"model.json", "\"expected-gas\": 74", "\"expected-gas\": 97", "gas: expected 97, got 74"},
    {"model.json", "0, 42, 37", "0, 43, 37", "r7: expected 0x2b, got 0x2a"},
    /* Known by its name to charge 2 for the load that faults. */
    {"fault.json", "\"expected-gas\": 8", "\"expected-gas\": 7", "gas: expected 7, got 9"},
    {"fault.json", "\"expected-gas\": 8", "\"expected-gas\": 9", "ok"},
    {"fault.json", "inst_load_u8_nok", "other", "gas: expected 8, got 9"},
    {"fault.json", "196608", "200704", "fault address: expected 0x31000, got 0x30000"},
    {"gas.json", "\"gas\": 74", "\"gas\": 75", "steps[6]: gas: expected 75, got 74"},
    {"gas.json", "\"initial-gas\": 100", "\"initial-gas\": 25",
     "steps[6]: status: expected halt, got out-of-gas"},
    {"gas.json", "0, 42, 37", "0, 43, 37", "steps[6]: r7: expected 0x2b, got 0x2a"},
    {"gas.json", "[9, 42]", "[9, 43]", "steps[6]: memory at 0x20003: expected 0x2b, got 0x2a"},
    {"gas.json", "[9, 42]", "[9]", "steps[6]: memory at 0x20003: expected 0x00, got 0x2a"},
    {"gas.json", "\"halt\"", "\"page-fault\"", "page_fault_address belongs to"},
    {"gas.json", "\"pc\": 6", "\"pc\": 6, \"page_fault_address\": 0", "page_fault_address belongs"},
    {"gas.json", "\"0\": 26", "\"0\": 27", "block at pc 0: cost expected 27, got 26"},
    {"gas.json", "\"run\"", "\"walk\"", "unknown kind \"walk\""},
    {"gas.json", "\"reg\": 8", "\"reg\": 13", "there is no register 13"},
    {"gas.json", "\"initial-pc\": 0,", "", "belong together"},
    {"costs.json", "\"1\": 2", "\"1\": 3", "block at pc 1: cost expected 3, got 2"},
    {"costs.json", ",\n  \"2\": 2", "", "blocks with a cost: expected 2, got 3"},
    {"accumulate.json", "\"gas_used\": 173", "\"gas_used\": 174", "gas: expected 174, got 173"},
    {"accumulate.json", "0x2a0a02", "0x2a0a03",
     "arguments: expected 3 bytes 0x2a0a03, got 3 bytes 0x2a0a02"},
    {"accumulate.json", "\"exit\": \"halt\"", "\"exit\": \"panic\"",
     "exit: expected panic, got halt"},
    {"accumulate.json", "\"exit\": \"halt\"", "\"exit\": \"hilt\"", "unknown exit \"hilt\""},
    {"accumulate.json", "\"yield\": \"0x11", "\"yield\": \"0x12", "yield: expected 32 bytes 0x12"},
    {"accumulate.json", "\"amount\": 50", "\"amount\": 51",
     "transfer 0: amount: expected 51, got 50"},
    {"accumulate.json", "0x6d656d6f00", "0x6d656d6f01", "transfer 0: memo: expected 128 bytes"},
    {"accumulate.json", "\"blob\": \"0x626364\"", "\"blob\": \"0x626365\"",
     "preimage provided to service 10: 0x"},
    {"accumulate.json", "6b2e\": \"0x626364\"", "6b2e\": \"0x626365\"",
     "service 10: storage 0x6b: expected 3 bytes 0x626365, got 3 bytes 0x626364"},
    {"accumulate.json", "6b2e\": \"0x626364\"", "6b2f\": \"0x626364\"",
     "service 10: storage 0x6b: expected none, got 3 bytes 0x626364"},
    {"accumulate.json", "4747\": \"0x00\"", "4747\": \"0x0107000000\"",
     " of 2 bytes: expected slots [7], got slots []"},
    {"accumulate.json", "\"balance\": 999955", "\"balance\": 999956",
     "service 10: balance: expected 999956, got 999955"},
    {"accumulate.json", "\"items\": 7", "\"items\": 8", "service 10: items: expected 8, got 7"},
    {"accumulate.json", "\"privileges\": null",
     "\"privileges\":{\"manager\":8,\"assigners\":[7,7],\"delegator\":7,\"registrar\":7,"
     "\"always_accumulate\":[]}",
     "manager: expected 8, got 7"},
    {"accumulate.json", "\"23\": 1", "\"23\": 2", "calls of solicit: expected 2, got 1"},
    {"accumulate.json", "\"instructions\": 23", "\"instructions\": 24",
     "instructions: expected 24, got 23"},
    {"accumulate.json", "\"amount\": 5,", "\"amount\": 6,",
     "service 10: balance: expected 999955, got 999956"},
    {"accumulate.json", "blob:b4", "blob:b5", "error: "},
    {"accumulate.json", "\"gas_limit\": 1000", "\"gas_limit\": 99999999999", "more gas than"},
    {"accumulate.json", "\"keyvals_removed\": []", "\"keyvals_removed\": [\"0x00\"]",
     "no key of what a service holds"},
    {"accumulate.json", "\"accounts_removed\": []", "\"accounts_removed\": [8]",
     "what is removed is not there before"},
    {"accumulate.json", "\"accounts_removed\": []", "\"accounts_removed\": [7]",
     "service 7: there, but not expected"},
    {"accumulate.json", "\"0x0ab0", "\"0x0bb0", "of services that are not there"},
    {"accumulate.json", "\"yield\"", "\"yeild\"", "yeild"},
    {"accumulate.json", "\"deposit_offset\": 0,", "", "deposit_offset is missing"},
    {"accumulate.json", "\"kind\": \"operand\"", "\"kind\": \"operant\"",
     "unknown kind \"operant\""},
    {"refine.json", "0x01020304", "0x01020305",
     "output: expected 4 bytes 0x01020304, got 4 bytes 0x01020305"},
    {"refine.json", "\"gas_used\": 66", "\"gas_used\": 65", "gas: expected 65, got 66"},
    {"refine.json", "\"kind\": 13", "\"kind\": 12",
     "fetch of kind 13, r11 0x0, r12 0x0: it is not recorded"},
    {"refine.json", "\"hash\": \"0x22", "\"hash\": \"0x23",
     "historical_lookup in service 30 of 0x2222"},
    {"refine.json", "\"fetch\": [", "\"fetch\": [{\"kind\":1,\"a\":0,\"b\":0,\"value\":null},",
     "fetch[0]: recorded, but never asked for"},
    {"refine.json", "\"exports_count\": 1", "\"exports_count\": 2", "but exports_count is 2"},
    {"refine.json", "\"exports_root\": \"0x", "\"exports_root\": \"0xx", "malformed: "},
    {"refine.json", "\"code_hash\": \"0xc5", "\"code_hash\": \"0xc6", "the code has another hash"},
    {"refine.json", "\"7\": 1", "\"7\": 0", "calls of export: expected 0, got 1"},
    {"refine.json", "\"0.7.2\"", "\"0.9.9\"", "unknown version \"0.9.9\""},
    {"manifest.json", "\"gas_used\": 3", "\"gas_used\": 4", "sum.pvm: 37: gas: expected 4, got 3"},
    {"manifest.json", "\"bytes\": 12", "\"bytes\": 13",
     "sum.pvm: octets of the file: expected 13, got 12"},
    {"manifest.json", "\"sum.pvm\"", "\"sam.pvm\"", "sam.pvm"},
    {"manifest.json", "\"sum.pvm\"", "\"../sum.pvm\"", "expected the name of a file"},
    {"manifest.json", "\"code\": 8,", "\"code\": 9,", "octets of code: expected 9, got 8"},
    {"manifest.json", "\"stack\": 65536", "\"stack\": 65535", "stack: expected 65535, got 65536"},
    {"manifest.json", "\"last_log\": \"hi\"", "\"last_log\": \"ho\"",
     "last message: expected 2 bytes 0x686f, got 2 bytes 0x6869"},
    {"manifest.json", "[1, 6, 7, 100]", "[1, 6, 8, 100]",
     "number of a host call: expected 8, got 7"},
    {"manifest.json", "\"version\": \"1\"", "\"version\": \"2\"",
     "version: expected 1 byte 0x32, got 1 byte 0x31"},
    {"manifest.json", "\"output_prefix\": \"0x0000\"", "\"output_prefix\": \"0x0001\"",
     "output begins: expected 2 bytes 0x0001, got 2 bytes 0x0000"},
    {"manifest.json", "GP 0.7.2", "a GP", "they name no version"},
};

/* ---- replaying ---- */

/* What came of a file: "ok" or its first difference, with the case's name in front. */
struct outcome {
    struct pvm_buf text;
    unsigned cases;
};

static enum pvm_status note(void *user, const char *name, const struct jam_vector_result *result,
                            struct pvm_err *err)
{
    struct outcome *outcome = user;
    (void)err;
    outcome->cases++;
    if (result->passed || outcome->text.len > 0)
        return PVM_OK;
    if (*name != '\0')
        pvm_buf_printf(&outcome->text, "%s: ", name);
    pvm_buf_add_bytes(&outcome->text, pvm_buf_bytes(&result->why));
    ck_assert_uint_gt(result->why.len, 0);
    return PVM_OK;
}

static void path_of(const char *file, char path[MAX_PATH])
{
    snprintf(path, MAX_PATH, "%s%s", FOLDER, file);
}

static void read_vector(const char *file, struct pvm_buf *out)
{
    char path[MAX_PATH];
    struct pvm_err err = {.status = PVM_OK};
    path_of(file, path);
    ck_assert_msg(jam_disk_read(path, 1 << 20, out, &err) == PVM_OK, "%s", err.msg);
}

/* Not PVM_OK: the file is no vector, or memory ended. */
static enum pvm_status replay_with(const char *name, struct pvm_bytes octets,
                                   const struct pvm_alloc *alloc, struct outcome *outcome)
{
    const struct jam_suite_options options = {.vector = {.alloc = alloc}};
    char path[MAX_PATH];
    path_of(name, path);
    const struct jam_suite_file file = {path, octets};
    const struct jam_suite_kind *kind = jam_suite_kind_of(&file);
    struct pvm_err err = {.status = PVM_OK};
    *outcome = (struct outcome){.cases = 0};
    if (kind == NULL)
        return PVM_E_MALFORMED;
    enum pvm_status status = kind->run(&file, &options, note, outcome, &err);
    if (status != PVM_OK) {
        outcome->text.len = 0;
        pvm_buf_printf(&outcome->text, "%s: %s", status == PVM_E_MALFORMED ? "malformed" : "error",
                       err.msg);
    } else if (outcome->text.len == 0) {
        pvm_buf_text(&outcome->text, "ok");
    }
    return status;
}

static enum pvm_status replay(const char *name, struct pvm_bytes octets, struct outcome *outcome)
{
    return replay_with(name, octets, NULL, outcome);
}

/* ---- tests ---- */

START_TEST(holds)
{
    struct pvm_buf octets = {0};
    struct outcome outcome;
    char path[MAX_PATH];
    path_of(files[_i].file, path);
    read_vector(files[_i].file, &octets);
    const struct jam_suite_file file = {path, pvm_buf_bytes(&octets)};
    ck_assert_ptr_nonnull(jam_suite_kind_of(&file));
    ck_assert_str_eq(jam_suite_kind_of(&file)->name, files[_i].kind);
    replay(files[_i].file, pvm_buf_bytes(&octets), &outcome);
    ck_assert_str_eq(pvm_buf_str(&outcome.text), "ok");
    ck_assert_uint_eq(outcome.cases, files[_i].cases);
    pvm_buf_deinit(&outcome.text);
    pvm_buf_deinit(&octets);
}
END_TEST

START_TEST(tells_differences)
{
    const struct row *row = &rows[_i];
    struct pvm_buf octets = {0};
    struct pvm_buf changed = {0};
    struct outcome outcome;
    read_vector(row->file, &octets);
    const char *text = pvm_buf_str(&octets);
    const char *at = strstr(text, row->from);
    ck_assert_msg(at != NULL, "%s has no %s", row->file, row->from);
    pvm_buf_add(&changed, text, (size_t)(at - text));
    pvm_buf_text(&changed, row->to);
    pvm_buf_text(&changed, at + strlen(row->from));
    replay(row->file, pvm_buf_bytes(&changed), &outcome);
    ck_assert_msg(strstr(pvm_buf_str(&outcome.text), row->want) != NULL, "%s, %s: %s", row->file,
                  row->to, pvm_buf_str(&outcome.text));
    pvm_buf_deinit(&outcome.text);
    pvm_buf_deinit(&changed);
    pvm_buf_deinit(&octets);
}
END_TEST

/* Cut anywhere before the end: refused. With more behind: refused. */
START_TEST(refuses_what_is_cut)
{
    struct pvm_buf octets = {0};
    struct outcome outcome;
    read_vector(files[_i].file, &octets);
    size_t end = octets.len;
    while (octets.ptr[end - 1] != '}')
        end--;
    for (size_t len = 0; len < end; len++) {
        ck_assert(replay(files[_i].file, pvm_bytes(octets.ptr, len), &outcome) == PVM_E_MALFORMED);
        pvm_buf_deinit(&outcome.text);
    }
    pvm_buf_add_u8(&octets, '0');
    ck_assert(replay(files[_i].file, pvm_buf_bytes(&octets), &outcome) == PVM_E_MALFORMED);
    pvm_buf_deinit(&outcome.text);
    pvm_buf_deinit(&octets);
}
END_TEST

/* With any octet changed: some outcome, and no harm. */
START_TEST(survives_any_octet)
{
    struct pvm_buf octets = {0};
    read_vector(files[_i].file, &octets);
    for (size_t at = 0; at < octets.len; at++) {
        static const uint8_t flips[] = {0x01, 0x08, 0xff};
        for (size_t k = 0; k < sizeof flips; k++) {
            struct outcome outcome;
            octets.ptr[at] ^= flips[k];
            (void)replay(files[_i].file, pvm_buf_bytes(&octets), &outcome);
            octets.ptr[at] ^= flips[k];
            pvm_buf_deinit(&outcome.text);
        }
    }
    pvm_buf_deinit(&octets);
}
END_TEST

/* When memory ends at any place that is the status, and nothing is left behind. */
START_TEST(survives_memory_ending)
{
    struct pvm_buf octets = {0};
    read_vector(files[_i].file, &octets);
    enum pvm_status status = PVM_E_MEMORY;
    for (size_t after = 0; status != PVM_OK; after++) {
        struct test_failing failing = {.after = after};
        const struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct outcome outcome;
        status = replay_with(files[_i].file, pvm_buf_bytes(&octets), &alloc, &outcome);
        ck_assert_msg(status == PVM_OK || status == PVM_E_MEMORY, "after %zu: %s", after,
                      pvm_buf_str(&outcome.text));
        if (status == PVM_OK)
            ck_assert_str_eq(pvm_buf_str(&outcome.text), "ok");
        pvm_buf_deinit(&outcome.text);
        ck_assert_uint_lt(after, 100000);
    }
    pvm_buf_deinit(&octets);
}
END_TEST

Suite *vector_kinds_suite(void);

Suite *vector_kinds_suite(void)
{
    static const int file_count = sizeof files / sizeof *files;
    Suite *suite = suite_create("host/vector_kinds");
    TCase *tests = tcase_create("vectors by hand");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, holds, 0, file_count);
    tcase_add_loop_test(tests, tells_differences, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(tests, refuses_what_is_cut, 0, file_count);
    tcase_add_loop_test(tests, survives_any_octet, 0, file_count);
    tcase_add_loop_test(tests, survives_memory_ending, 0, file_count);
    suite_add_tcase(suite, tests);
    return suite;
}
