/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of host calls replayed: those of testdata/ecalli, written by hand, as they are and with
 * every kind of thing wrong; and the public ones. */
#include "host/vector_ecalli.h"

#include "host/suite.h"
#include "host/testing.h"
#include "host/vector_testing.h"

static void load(const char *name, struct pvm_buf *out)
{
    char path[TEST_PATH];
    struct pvm_err err = {.status = PVM_OK};
    snprintf(path, sizeof path, "%s/ecalli/%s", PVM_TESTDATA, name);
    ck_assert_msg(jam_disk_read(path, 1 << 20, out, &err) == PVM_OK, "%s", err.msg);
}

/* What became of a text's traces: the first that is not as it should be, in words. */
struct outcome {
    size_t passed, failed;
    enum pvm_status status;
    uint64_t gas;
    char words[512];
};

static enum pvm_status sink(void *user, const char *name, const struct jam_vector_result *result,
                            struct pvm_err *err)
{
    struct outcome *out = user;
    (void)err;
    ck_assert_uint_eq(result->runs, 1);
    out->gas += result->gas;
    if (result->passed) {
        out->passed++;
    } else if (out->failed++ == 0) {
        snprintf(out->words, sizeof out->words, "%s%s%.*s", name, *name != '\0' ? ": " : "",
                 (int)result->why.len, (const char *)result->why.ptr);
    }
    return PVM_OK;
}

static struct outcome replay(const char *path, struct pvm_bytes text)
{
    struct outcome out = {.passed = 0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_suite_options options = {.vector = {.alloc = NULL}};
    struct jam_suite_file file = {.path = path, .octets = text};
    const struct jam_suite_kind *kind = jam_suite_kind_of(&file);
    ck_assert_msg(kind != NULL && strcmp(kind->name, "ecalli-traces") == 0, "%s: no trace", path);
    out.status = kind->run(&file, &options, sink, &out, &err);
    if (out.status != PVM_OK)
        snprintf(out.words, sizeof out.words, "%s", err.msg);
    return out;
}

/* Puts `with` in the place of the first `what`. */
static void edit(struct pvm_buf *text, const char *what, const char *with)
{
    struct pvm_buf old = *text;
    const char *start = pvm_buf_str(&old);
    const char *at = strstr(start, what);
    ck_assert_msg(at != NULL, "there is no \"%s\" to change", what);
    *text = (struct pvm_buf){0};
    pvm_buf_add(text, start, (size_t)(at - start));
    pvm_buf_text(text, with);
    pvm_buf_text(text, at + strlen(what));
    pvm_buf_deinit(&old);
}

/* ---- one thing changed ---- */

#define SECOND                                                                                     \
    "ecalli=1 pc=28 gas=987 r00=0xffff0000 r01=0xfefe0000 r07=0x20004 r08=0x20000 r09=0x2"
#define SERVICE "service.log"
#define BARE    "bare.log"

static const struct change {
    const char *file, *what, *with;
    const char *words; /* NULL: it passes all the same */
} changes[] = {
    /* what was recorded at a call */
    {SERVICE, "ecalli=1 ", "ecalli=2 ", "line 9: ecalli 2: index: expected 2, got 1"},
    {SERVICE, "pc=28 ", "pc=29 ", "line 9: ecalli 1: pc: expected 29, got 28"},
    {SERVICE, "gas=987", "gas=986", "line 9: ecalli 1: gas: expected 986, got 987"},
    {SERVICE, "r09=0x2\n", "r09=0x3\n", "line 9: ecalli 1: r9: expected 0x3, got 0x2"},
    {SERVICE, " r09=0x2\n", "\n", "line 9: ecalli 1: r9: expected 0x0, got 0x2"},
    {SERVICE, "r09=0x2\n", "r09=0x2 r12=0x1\n", "line 9: ecalli 1: r12: expected 0x1, got 0x0"},
    /* what the host read */
    {SERVICE, "0x61626364", "0x61626264",
     "line 6: ecalli 100: memread 0x00020000: octet 2: expected 0x62, got 0x63"},
    {SERVICE, "0x00020002 len=2", "0x00020001 len=2",
     "line 11: ecalli 1: memread 0x00020001: octet 0: expected 0x63, got 0x62"},
    {SERVICE, "memread 0x00020000", "memread 0x0001fffe",
     "line 6: ecalli 100: memread 0x0001fffe: the program could not read all of it"},
    {SERVICE, "memread 0x00020000 len=4", "memread 0xfffffffe len=4",
     "line 6: ecalli 100: memread 0xfffffffe: the program could not read all of it"},
    {SERVICE, "0xfeff0001 len=1 -> 0x02", "0xfeff0001 len=0 -> 0x", NULL},
    /* what the host did */
    {SERVICE, "<- 0x2a01", "<- 0x2b01", "line 17: HALT: r10: expected 0x12a, got 0x12b"},
    {SERVICE, "memwrite 0x00020004", "memwrite 0x00020006",
     "line 17: HALT: r10: expected 0x12a, got 0x100"},
    {SERVICE, "memwrite 0x00020004", "memwrite 0xfeff0000",
     "line 13: ecalli 1: memwrite 0xfeff0000: the program could not write all of it"},
    {SERVICE, "memwrite 0x00020004", "memwrite 0xffffffff",
     "line 13: ecalli 1: memwrite 0xffffffff: the program could not write all of it"},
    {SERVICE, "setreg r07 <- 0x2", "setreg r07 <- 0x3", "line 17: HALT: r7: expected 0x2, got 0x3"},
    {SERVICE, "setreg r08 <- 0x7\n", "", "line 16: HALT: r8: expected 0x7, got 0x20000"},
    {SERVICE, "setgas <- 990", "setgas <- 991", "line 9: ecalli 1: gas: expected 987, got 988"},
    {SERVICE, "setgas <- 990", "setgas <- 2",
     "line 9: ecalli 1: expected a host call at pc 28, got out-of-gas at pc 28"},
    {SERVICE, "setgas <- 990\n", "", "line 8: ecalli 1: gas: expected 987, got 993"},
    /* the start */
    {SERVICE, "start pc=5", "start pc=0",
     "line 5: ecalli 100: expected a host call at pc 18, got panic at pc 0"},
    {SERVICE, "start pc=5", "start pc=18446744073709551615",
     "line 5: ecalli 100: expected a host call at pc 18, got panic at pc 18446744073709551615"},
    {SERVICE, "gas=1000", "gas=1001", "line 5: ecalli 100: gas: expected 996, got 997"},
    {SERVICE, "r08=0x3", "r08=0x4", "line 4: start: r8: expected 0x4, got 0x3"},
    {SERVICE, "len=3 <- 0x010203", "len=4 <- 0x01020304",
     "line 4: start: r8: expected 0x3, got 0x4"},
    {SERVICE, "<- 0x010203", "<- 0x010303",
     "line 12: ecalli 1: memread 0xfeff0001: octet 0: expected 0x02, got 0x03"},
    {BARE, "<- 0x3412", "<- 0x3512", "line 5: ecalli 7: r7: expected 0x1234, got 0x1235"},
    {BARE, "r03=0x8", "r03=0x9",
     "line 5: ecalli 7: r3: expected 0x8000000000000000, got "
     "0x9000000000000000"},
    {BARE, "memwrite 0x00030ffe len=4", "memwrite 0x00031ffe len=4",
     "line 7: ecalli 7: memread 0x00030ffe: octet 0: expected 0x01, got 0x00"},
    /* the program */
    {SERVICE, "33080000023309040a64", "33080000023309050a64",
     "line 5: ecalli 100: r9: expected 0x4, got 0x5"},
    {SERVICE, "61626364", "61626363",
     "line 6: ecalli 100: memread 0x00020000: octet 3: expected 0x64, got 0x63"},
    /* the end */
    {SERVICE, "HALT pc=42", "HALT pc=41", "line 17: HALT: pc: expected 41, got 42"},
    {SERVICE, "HALT pc=42 gas=896", "HALT pc=42 gas=895",
     "line 17: HALT: gas: expected 895, got 896"},
    {SERVICE, "r11=0x12c", "r11=0x12d", "line 17: HALT: r11: expected 0x12d, got 0x12c"},
    {SERVICE, " r11=0x12c", "", "line 17: HALT: r11: expected 0x0, got 0x12c"},
    {SERVICE, "HALT pc=42", "OOG pc=42",
     "line 17: OOG: expected the end at pc 42, got halt at pc 42"},
    {SERVICE, "HALT pc=42", "PANIC=0 pc=42",
     "line 17: PANIC: expected the end at pc 42, got halt at pc 42"},
    {SERVICE, SECOND, "HALT pc=28 gas=987",
     "line 9: HALT: expected the end at pc 28, got host-call 1 at pc 28"},
    {BARE, "PANIC=262144", "PANIC=266240", "line 9: PANIC: address: expected 266240, got 262144"},
    {BARE, "PANIC=262144", "PANIC=262160", NULL}, /* the address rather than its page */
    {BARE, "PANIC=262144", "PANIC=0x40000", NULL},
    {BARE, "PANIC=262144", "PANIC=0", NULL},
    {BARE, "PANIC=262144", "PANIC=fault", NULL},
};

START_TEST(test_change)
{
    const struct change *change = &changes[_i];
    struct pvm_buf text = {0};
    load(change->file, &text);
    edit(&text, change->what, change->with);
    struct outcome got = replay(change->file, pvm_buf_bytes(&text));
    ck_assert_int_eq(got.status, PVM_OK);
    ck_assert_str_eq(got.words, change->words != NULL ? change->words : "");
    ck_assert_uint_eq(got.passed, change->words == NULL);
    ck_assert_uint_eq(got.failed, change->words != NULL);
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- lines that are no trace, or where they cannot be ---- */

static const struct change malformed[] = {
    {SERVICE, "HALT", "halt", "line 17: the trace ends without HALT, OOG or PANIC"},
    {SERVICE, "start", "begin", "line 5: expected start, got ecalli"},
    {SERVICE, "memwrite 0xfeff0000", "setreg r00 <- 0x1 memwrite",
     "line 3: expected start, got setreg"},
    {SERVICE, SECOND, SECOND "\nstart pc=5 gas=1", "line 10: start: out of place"},
    {SERVICE, "ecalli=100", "ecalli:100", "line 6: memread: out of place"},
    {SERVICE, "0x12c\n", "0x12c\nsetgas <- 3\n", "line 18: setgas: out of place"},
    {SERVICE, "len=3 <- 0x010203", "len=16777217 <- 0x010203",
     "line 3: memwrite: len=16777217, but 3 octets of data"},
    {SERVICE, "0xfeff0000 len=3", "0xffff0000 len=3", "line 3: memwrite: behind the end of memory"},
    {SERVICE, "0xfeff0000 len=3", "0x00010000 len=3",
     "line 3: memwrite: the program has no memory at 0x10000"},
    {BARE, "memwrite 0x00030ffe", "memwrite 0xfffffffe",
     "line 3: memwrite: behind the end of memory"},
    {BARE, "0x00000d", "0x00000e", "line 1: program: no program of a known format"},
    {SERVICE, "0762792068616e64000000", "0762792068616e64000001",
     "line 2: program: no program of a known format"},
};

START_TEST(test_malformed)
{
    const struct change *change = &malformed[_i];
    struct pvm_buf text = {0};
    load(change->file, &text);
    edit(&text, change->what, change->with);
    struct outcome got = replay(change->file, pvm_buf_bytes(&text));
    ck_assert_int_eq(got.status, PVM_E_MALFORMED);
    ck_assert_msg(strncmp(got.words, change->words, strlen(change->words)) == 0, "got \"%s\"",
                  got.words);
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- a call that ends the invocation; log costs 10 under GP 0.7.2 ---- */

#define FIRST "r00=0xffff0000 r01=0xfefe0000 r07=0xfeff0000 r08=0x20000 r09=0x4\n"

static const struct ending {
    const char *text; /* behind the first call */
    const char *words;
} endings[] = {
    {"PANIC=0 pc=18 gas=986 " FIRST, NULL},
    {"memread 0x00020000 len=4 -> 0x61626364\nPANIC=0 pc=18 gas=986 " FIRST, NULL},
    {"memread 0x00020000 len=1 -> 0x60\nPANIC=0 pc=18 gas=986 " FIRST,
     "line 6: ecalli 100: memread 0x00020000: octet 0: expected 0x60, got 0x61"},
    {"PANIC=0 pc=18 gas=985 " FIRST, "line 6: PANIC: gas: expected 985, got 986"},
    {"PANIC=0 pc=18 gas=986 r00=0x1\n", "line 6: PANIC: r0: expected 0x1, got 0xffff0000"},
    {"OOG pc=18 gas=0 " FIRST, NULL},
    {"OOG pc=18 gas=1 " FIRST, "line 6: OOG: gas: expected 1, got 0"},
    /* none that does: the machine goes on to its second call */
    {"HALT pc=18 gas=986 " FIRST,
     "line 6: HALT: expected the end at pc 18, got host-call 1 at pc 28"},
    {"PANIC=0 pc=20 gas=986 " FIRST,
     "line 6: PANIC: expected the end at pc 20, got host-call 1 at pc 28"},
    {"setgas <- 986\nPANIC=0 pc=18 gas=986 " FIRST,
     "line 7: PANIC: expected the end at pc 18, got host-call 1 at pc 28"},
};

static void cut_after(struct pvm_buf *text, const char *what)
{
    const char *start = pvm_buf_str(text);
    const char *at = strstr(start, what);
    ck_assert_ptr_nonnull(at);
    text->len = (size_t)(at - start) + strlen(what);
}

START_TEST(test_ending)
{
    struct pvm_buf text = {0};
    load(SERVICE, &text);
    cut_after(&text, FIRST);
    pvm_buf_text(&text, endings[_i].text);
    struct outcome got = replay(SERVICE, pvm_buf_bytes(&text));
    ck_assert_int_eq(got.status, PVM_OK);
    ck_assert_str_eq(got.words, endings[_i].words != NULL ? endings[_i].words : "");
    pvm_buf_deinit(&text);
}
END_TEST

/* The call costs 10, and there are 9. */
START_TEST(test_ending_too_dear)
{
    struct pvm_buf text = {0};
    load(SERVICE, &text);
    cut_after(&text, FIRST);
    pvm_buf_text(&text, "PANIC=0 pc=18 gas=0 " FIRST);
    edit(&text, "gas=1000", "gas=13");
    edit(&text, "gas=996", "gas=9");
    struct outcome got = replay(SERVICE, pvm_buf_bytes(&text));
    ck_assert_str_eq(got.words, "line 6: PANIC: expected a panic in ecalli 100, got out of gas");
    edit(&text, "PANIC=0", "OOG");
    got = replay(SERVICE, pvm_buf_bytes(&text));
    ck_assert_uint_eq(got.passed, 1);
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- dialects ---- */

/* The same lines as loggers write them. */
static void dress(struct pvm_bytes text, const char *before, const char *after, struct pvm_buf *out)
{
    bool begins = true;
    for (size_t i = 0; i < text.len; i++) {
        if (begins)
            pvm_buf_text(out, before);
        if (text.ptr[i] == '\n')
            pvm_buf_text(out, after);
        pvm_buf_add_u8(out, text.ptr[i]);
        begins = text.ptr[i] == '\n';
    }
}

START_TEST(test_dialects)
{
    static const struct {
        const char *before, *after;
    } dialects[] = {
        {"", ""},
        {" ", ""},
        {"TRACE [  ecalli] ", "\r"},
        {"\033[2m2025-11-03T10:00:00Z\033[0m ", " (thread 3)"},
        {"{\"level\":\"trace\",\"msg\":\"", "\"}"},
        {"a line of no kind\n", "\n\nTAP version 13"},
    };
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        static const char *const files[] = {SERVICE, BARE};
        for (size_t k = 0; k < 2; k++) {
            struct pvm_buf text = {0}, dressed = {0};
            load(files[k], &text);
            dress(pvm_buf_bytes(&text), dialects[i].before, dialects[i].after, &dressed);
            struct outcome got = replay("a.txt", pvm_buf_bytes(&dressed));
            ck_assert_msg(got.passed == 1 && got.status == PVM_OK, "%zu: %s", i, got.words);
            ck_assert_uint_eq(got.gas, k == 0 ? 4 + 3 + 4 : 2 + 1);
            pvm_buf_deinit(&text);
            pvm_buf_deinit(&dressed);
        }
    }
}
END_TEST

/* The comment's version, unless the path has one: a trace under which the program is not valid. */
START_TEST(test_versions)
{
    struct pvm_buf text = {0};
    load(SERVICE, &text);
    ck_assert_uint_eq(replay("a/v0.6.7-b/c.log", pvm_buf_bytes(&text)).passed, 1);
    /* From 0.8.0 on gas is charged by the block, so that there is less at the first call. */
    struct outcome got = replay("a/v0.8.0-b/c.log", pvm_buf_bytes(&text));
    ck_assert_uint_eq(got.failed, 1);
    ck_assert_ptr_nonnull(strstr(got.words, "line 5: ecalli 100: gas: expected 996, got "));
    edit(&text, "gp 0.7.2", "gp 0.8.0");
    ck_assert_uint_eq(replay("a/b.log", pvm_buf_bytes(&text)).failed, 1);
    ck_assert_uint_eq(replay("a/v0.7.2/b.log", pvm_buf_bytes(&text)).passed, 1);
    edit(&text, "gp 0.8.0", "gp 8");
    ck_assert_uint_eq(replay("a/b.log", pvm_buf_bytes(&text)).passed, 1);
    pvm_buf_deinit(&text);
}
END_TEST

START_TEST(test_several)
{
    struct pvm_buf text = {0};
    load(SERVICE, &text);
    load(BARE, &text);
    load(SERVICE, &text);
    struct outcome got = replay("a.log", pvm_buf_bytes(&text));
    ck_assert_uint_eq(got.passed, 3);
    edit(&text, "r07=0x1234", "r07=0x1235");
    got = replay("a.log", pvm_buf_bytes(&text));
    ck_assert_uint_eq(got.passed, 2);
    ck_assert_str_eq(got.words, "2: line 22: ecalli 7: r7: expected 0x1235, got 0x1234");
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- hostile texts ---- */

/* No beginning of a trace passes, but for the last line's end; nothing crashes. */
START_TEST(test_cut)
{
    static const char *const files[] = {SERVICE, BARE};
    struct pvm_buf text = {0};
    load(files[_i], &text);
    for (size_t len = 0; len + 1 < text.len; len++) {
        struct jam_suite_file file = {"a.log", pvm_bytes(text.ptr, len)};
        if (jam_suite_kind_of(&file) == NULL)
            continue;
        struct outcome got = replay("a.log", file.octets);
        ck_assert_msg(got.passed == 0 && got.words[0] != '\0', "%zu octets of %s pass", len,
                      files[_i]);
    }
    ck_assert_uint_eq(replay("a.log", pvm_bytes(text.ptr, text.len - 1)).passed, 1);
    pvm_buf_deinit(&text);
}
END_TEST

static bool is_compared(const char *line)
{
    static const char *const kinds[] = {"start ", "ecalli=", "HALT ", "PANIC="};
    for (size_t i = 0; i < 4; i++)
        if (strncmp(line, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Any bit of a line that is compared makes it fail, unless it only makes a digit a capital, and
 * but for a panic's argument. */
START_TEST(test_flip)
{
    static const char *const files[] = {SERVICE, BARE};
    struct pvm_buf text = {0};
    load(files[_i], &text);
    bool compared = false;
    const char *panic = strstr(pvm_buf_str(&text), "PANIC=");
    for (size_t at = 0; at < text.len; at++) {
        const char *line = (const char *)text.ptr + at;
        if (at == 0 || line[-1] == '\n')
            compared = is_compared(line);
        bool argument = panic != NULL && line >= panic + 6 && line < panic + 12;
        const uint8_t old = text.ptr[at];
        for (unsigned bit = 0; bit < 8; bit++) {
            text.ptr[at] = (uint8_t)(old ^ 1u << bit);
            struct jam_suite_file file = {"a.log", pvm_buf_bytes(&text)};
            if (jam_suite_kind_of(&file) == NULL)
                continue;
            struct outcome got = replay("a.log", file.octets);
            ck_assert(got.passed + got.failed + (got.status != PVM_OK) == 1);
            if (compared && old != '\n' && lower(text.ptr[at]) != lower(old) && !argument)
                ck_assert_msg(got.passed == 0, "%s passes with bit %u of octet %zu other",
                              files[_i], bit, at);
        }
        text.ptr[at] = old;
    }
    pvm_buf_deinit(&text);
}
END_TEST

/* A program that never ends, with all the gas there is. */
START_TEST(test_endless)
{
    static const char text[] = "program 0x000002280001\nstart pc=0 gas=18446744073709551615\n"
                               "HALT pc=0 gas=0\n";
    struct jam_vector_options options = {.limits = {.inner_gas = 100000}};
    struct jam_ecalli_reader reader = jam_ecalli_reader(pvm_bytes(text, sizeof text - 1));
    struct jam_vector_result result;
    struct pvm_err err = {.status = PVM_OK};
    jam_vector_result_init(&result, NULL);
    ck_assert_int_eq(jam_ecalli_replay(&reader, "a", &options, &result, &err), PVM_E_LIMIT);
    ck_assert_str_eq(err.msg, "line 3: the trace takes more than 100000 gas");
    jam_vector_result_deinit(&result);
}
END_TEST

/* Memory that ends at any point is an error, and nothing leaks. */
START_TEST(test_no_memory)
{
    struct pvm_buf text = {0};
    load(SERVICE, &text);
    for (size_t after = 0;; after++) {
        struct test_failing failing = {.after = after};
        struct pvm_alloc alloc = {.resize = test_failing_resize, .user = &failing};
        struct jam_vector_options options = {.alloc = &alloc};
        struct jam_ecalli_reader reader = jam_ecalli_reader(pvm_buf_bytes(&text));
        struct jam_vector_result result;
        struct pvm_err err = {.status = PVM_OK};
        jam_vector_result_init(&result, options.alloc);
        enum pvm_status status = jam_ecalli_replay(&reader, "a", &options, &result, &err);
        bool passed = result.passed;
        jam_vector_result_deinit(&result);
        if (status == PVM_OK) {
            ck_assert(passed);
            break;
        }
        ck_assert_int_eq(status, PVM_E_MEMORY);
        ck_assert_uint_lt(after, 1000);
    }
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- the public ones ---- */

static void replay_file(const char *path, void *user)
{
    struct pvm_buf text = {0};
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_disk_read(path, (size_t)1 << 28, &text, &err) == PVM_OK, "%s", err.msg);
    struct outcome got = replay(path, pvm_buf_bytes(&text));
    ck_assert_msg(got.status == PVM_OK && got.passed == 1 && got.failed == 0, "%s: %s", path,
                  got.words);
    *(uint64_t *)user += got.gas;
    pvm_buf_deinit(&text);
}

START_TEST(test_public)
{
    static const struct {
        const char *archive, *folder;
        size_t count;
    } sets[] = {
        {"ecalli-traces/v0.7.2-storage-anan-as.tar.xz", "v0.7.2-storage-anan-as", 42},
        {"ecalli-traces/v0.7.2-storage_light.tar.xz", "v0.7.2-storage_light", 63},
        {"ecalli-traces/v0.7.2-preimages_light.tar.xz", "v0.7.2-preimages_light", 63},
        {"ecalli-traces/v0.7.2-fuzzy-sample.tar.xz", "v0.7.2-fuzzy-sample", 77},
    };
    char folder[TEST_PATH];
    uint64_t gas = 0;
    if (!test_unpack(sets[_i].archive, folder))
        return;
    ck_assert_uint_eq(test_each(folder, sets[_i].folder, ".log", replay_file, &gas),
                      sets[_i].count);
    ck_assert_uint_gt(gas, 0);
    test_remove(folder);
}
END_TEST

START_TEST(test_public_logger)
{
    static const char path[] =
        PVM_SHARED "/vectors/ecalli-traces/process_one_immediate_report-1.log";
    uint64_t gas = 0;
    if (!jam_disk_has(path)) {
        fprintf(stderr, "skipped: no %s\n", path);
        return;
    }
    replay_file(path, &gas);
}
END_TEST

Suite *vector_ecalli_suite(void);

Suite *vector_ecalli_suite(void)
{
    Suite *suite = suite_create("vector_ecalli");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_change, 0, sizeof changes / sizeof *changes);
    tcase_add_loop_test(tcase, test_malformed, 0, sizeof malformed / sizeof *malformed);
    tcase_add_loop_test(tcase, test_ending, 0, sizeof endings / sizeof *endings);
    tcase_add_test(tcase, test_ending_too_dear);
    tcase_add_test(tcase, test_dialects);
    tcase_add_test(tcase, test_versions);
    tcase_add_test(tcase, test_several);
    tcase_add_loop_test(tcase, test_cut, 0, 2);
    tcase_add_loop_test(tcase, test_flip, 0, 2);
    tcase_add_test(tcase, test_endless);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_loop_test(tcase, test_public, 0, 4);
    tcase_add_test(tcase, test_public_logger);
    suite_add_tcase(suite, tcase);
    return suite;
}
