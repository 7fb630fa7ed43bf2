/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembler's and the disassembler's tests share.
 */
#ifndef CORE_ASM_TESTING_H
#define CORE_ASM_TESTING_H

#include "core/disasm.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef PVM_TESTDATA
#define PVM_TESTDATA "testdata" /* the build says where it is */
#endif

/* Three host calls: gas is 0, read is 3, and log is 100 but 100 has no name that leads back. */
static inline bool asm_test_number(void *user, const char *name, size_t len, int64_t *out)
{
    (void)user;
    static const struct {
        const char *name;
        int64_t number;
    } calls[] = {{"gas", 0}, {"read", 3}, {"log", 100}};
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0) {
            *out = calls[i].number;
            return true;
        }
    }
    return false;
}

static inline const char *asm_test_name(void *user, int64_t number)
{
    (void)user;
    return number == 0 ? "gas" : number == 3 ? "read" : number == 100 ? "nonsense" : NULL;
}

static inline struct pvm_call_names asm_test_calls(void)
{
    return (struct pvm_call_names){asm_test_number, asm_test_name, NULL};
}

/* Appends a whole file; false when it cannot be read. */
static inline bool asm_test_read(const char *path, struct pvm_buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        pvm_buf_add(out, chunk, got);
    bool good = !ferror(file);
    fclose(file);
    return good;
}

/* Files below testdata/asm. */
static inline enum pvm_status asm_test_load(void *user, const char *from, const char *path,
                                            struct pvm_buf *out, struct pvm_buf *resolved,
                                            struct pvm_err *err)
{
    (void)user;
    (void)from;
    char full[512];
    snprintf(full, sizeof full, "%s/asm/%s", PVM_TESTDATA, path);
    if (!asm_test_read(full, out))
        return pvm_fail(err, PVM_E_IO, "no such file");
    pvm_buf_text(resolved, path);
    return PVM_OK;
}

/* One assembly and what came of it. */
struct asm_test {
    struct pvm_asm_options options;
    struct pvm_buf blob, diagnostics;
    struct pvm_symbols symbols;
    struct pvm_err err;
    enum pvm_status status;
};

static inline void asm_test_run(struct asm_test *t, enum pvm_blob_format format,
                                struct pvm_bytes source)
{
    *t = (struct asm_test){.options = {.rules = &pvm_rules_072,
                                       .format = format,
                                       .file = "t.s",
                                       .calls = asm_test_calls(),
                                       .files = {asm_test_load, NULL}}};
    t->status = pvm_assemble(&t->options, source, &t->blob, &t->symbols, &t->diagnostics, &t->err);
}

static inline void asm_test_text(struct asm_test *t, enum pvm_blob_format format, const char *text)
{
    asm_test_run(t, format, pvm_bytes(text, strlen(text)));
}

static inline void asm_test_done(struct asm_test *t)
{
    pvm_buf_deinit(&t->blob);
    pvm_buf_deinit(&t->diagnostics);
    pvm_symbols_deinit(&t->symbols);
}

/* Checks that source assembles to the octets written in hex, blanks ignored. */
static inline void asm_test_expect(enum pvm_blob_format format, const char *source, const char *hex)
{
    struct asm_test t;
    asm_test_text(&t, format, source);
    ck_assert_msg(t.status == PVM_OK, "%s\n%s", source, pvm_buf_str(&t.diagnostics));
    struct pvm_buf want = {0};
    for (; *hex != 0; hex++) {
        if (*hex != ' ')
            pvm_buf_add_u8(&want, (uint8_t)*hex);
    }
    struct pvm_buf got = {0};
    pvm_buf_hex(&got, pvm_buf_bytes(&t.blob));
    ck_assert_msg(strcmp(pvm_buf_str(&got), pvm_buf_str(&want)) == 0, "%s\n got %s\nwant %s",
                  source, pvm_buf_str(&got), pvm_buf_str(&want));
    pvm_buf_deinit(&want);
    pvm_buf_deinit(&got);
    asm_test_done(&t);
}

#endif
