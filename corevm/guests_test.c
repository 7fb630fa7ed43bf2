/* SPDX-License-Identifier: Apache-2.0 */
/* The guests that the build assembled: disassembling and assembling them gives the same octets. */
#include "corevm/guests.h"

#include "core/disasm.h"

#include <check.h>

static void disassemble(const struct corevm_guest *guest, const struct jam_profile *profile,
                        struct pvm_blob *blob, struct pvm_buf *source)
{
    struct pvm_err err = {0};
    struct pvm_program *program = NULL;
    struct pvm_disasm_options how = {.calls = jam_call_names(profile)};
    ck_assert_msg(pvm_blob_decode(guest->blob, -1, blob, &err) == PVM_OK, "%s: %s", guest->name,
                  err.msg);
    ck_assert_msg(pvm_program_new(profile->rules, NULL, blob->program, &program, &err) == PVM_OK,
                  "%s: %s", guest->name, err.msg);
    ck_assert(pvm_disasm_blob(blob, program, &how, source, &err) == PVM_OK);
    pvm_program_free(program);
}

START_TEST(assembles_back)
{
    const struct corevm_guest *guest = &corevm_guest_table[_i];
    const struct jam_profile *profile = jam_profile_find(guest->gp);
    struct pvm_err err = {0};
    struct pvm_blob blob;
    struct pvm_buf source = {0};
    struct pvm_buf again = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_symbols symbols = {0};
    ck_assert_ptr_nonnull(profile);
    disassemble(guest, profile, &blob, &source);
    struct pvm_asm_options how = {.rules = profile->rules,
                                  .format = blob.format,
                                  .file = guest->name,
                                  .calls = jam_call_names(profile)};
    enum pvm_status status =
        pvm_assemble(&how, pvm_buf_bytes(&source), &again, &symbols, &diagnostics, &err);
    ck_assert_msg(status == PVM_OK, "%s", pvm_buf_str(&diagnostics));
    ck_assert_msg(pvm_bytes_equal(guest->blob, pvm_buf_bytes(&again)),
                  "%s for GP %s: %zu octets instead of %zu, or others", guest->name, guest->gp,
                  again.len, guest->blob.len);
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&again);
    pvm_buf_deinit(&diagnostics);
    pvm_symbols_deinit(&symbols);
}
END_TEST

/* The children as named by the loop's variants are there, and nothing else is. */
START_TEST(children)
{
    static const char *const names[] = {"fibchild", "fibchild_log", "fibchild_panic",
                                        "fibchild_spin"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_uint_gt(corevm_child_code(names[i]).len, 0);
    ck_assert_uint_eq(corevm_child_code("fibchildren").len, 0);
}
END_TEST

Suite *guests_suite(void);

Suite *guests_suite(void)
{
    Suite *suite = suite_create("guests");
    TCase *tests = tcase_create("guests");
    tcase_add_loop_test(tests, assembles_back, 0, (int)corevm_guest_count);
    tcase_add_test(tests, children);
    suite_add_tcase(suite, tests);
    return suite;
}
