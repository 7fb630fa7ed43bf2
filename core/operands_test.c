/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operand forms of GP 0.7.2 A.5: octets worked out by hand in both directions, what the decoder
 * makes of odd octets, and encode then decode as the identity over random operands.
 */
#include "core/operands.h"

#include <check.h>

enum { PC = 100 };

#define U(value) ((uint64_t)(int64_t)(value))

struct form_case {
    enum pvm_form form;
    struct pvm_operands ops;
    const char *hex; /* the octets after the opcode, in the shortest encoding */
};

static const struct form_case cases[] = {
    {PVM_FORM_N, {0, 0, 0, 0, 0}, ""},
    {PVM_FORM_I, {0, 0, 0, 0, 0}, ""},
    {PVM_FORM_I, {0, 0, 0, 1, 0}, "01"},
    {PVM_FORM_I, {0, 0, 0, 127, 0}, "7f"},
    {PVM_FORM_I, {0, 0, 0, 128, 0}, "8000"},
    {PVM_FORM_I, {0, 0, 0, U(-1), 0}, "ff"},
    {PVM_FORM_I, {0, 0, 0, U(-128), 0}, "80"},
    {PVM_FORM_I, {0, 0, 0, U(-129), 0}, "7fff"},
    {PVM_FORM_I, {0, 0, 0, 0x7fff, 0}, "ff7f"},
    {PVM_FORM_I, {0, 0, 0, 0x8000, 0}, "008000"},
    {PVM_FORM_I, {0, 0, 0, 0x800000, 0}, "00008000"},
    {PVM_FORM_I, {0, 0, 0, 0x7fffffff, 0}, "ffffff7f"},
    {PVM_FORM_I, {0, 0, 0, U(-0x7fffffff - 1), 0}, "00000080"},
    {PVM_FORM_RE, {3, 0, 0, UINT64_C(0x8877665544332211), 0}, "031122334455667788"},
    {PVM_FORM_RE, {12, 0, 0, 0, 0}, "0c0000000000000000"},
    {PVM_FORM_II, {0, 0, 0, 0x10000, 5}, "0300000105"},
    {PVM_FORM_II, {0, 0, 0, 0, 0}, "00"},
    {PVM_FORM_II, {0, 0, 0, 0, U(-2)}, "00fe"},
    {PVM_FORM_II, {0, 0, 0, U(-65536), 0x12345678}, "030000ff78563412"},
    {PVM_FORM_O, {0, 0, 0, PC, 0}, ""},
    {PVM_FORM_O, {0, 0, 0, PC + 6, 0}, "06"},
    {PVM_FORM_O, {0, 0, 0, PC - 100, 0}, "9c"},
    {PVM_FORM_O, {0, 0, 0, PC + 300, 0}, "2c01"},
    {PVM_FORM_RI, {7, 0, 0, 0, 0}, "07"},
    {PVM_FORM_RI, {7, 0, 0, U(-2), 0}, "07fe"},
    {PVM_FORM_RI, {0, 0, 0, 0x10000, 0}, "00000001"},
    {PVM_FORM_RII, {9, 0, 0, 4, 0x100}, "19040001"},
    {PVM_FORM_RII, {1, 0, 0, 0, 0}, "01"},
    {PVM_FORM_RII, {2, 0, 0, 0x12345678, U(-1)}, "4278563412ff"},
    {PVM_FORM_RIO, {10, 0, 0, 255, PC - 4}, "2aff00fc"},
    {PVM_FORM_RIO, {0, 0, 0, 0, PC + 128}, "008000"},
    {PVM_FORM_RR, {5, 0, 12, 0, 0}, "5c"},
    {PVM_FORM_RR, {0, 0, 7, 0, 0}, "07"},
    {PVM_FORM_RRI, {7, 8, 0, 1, 0}, "8701"},
    {PVM_FORM_RRI, {12, 0, 0, U(-300), 0}, "0cd4fe"},
    {PVM_FORM_RRO, {1, 2, 0, PC + 3, 0}, "2103"},
    {PVM_FORM_RRO, {1, 2, 0, PC - 3, 0}, "21fd"},
    {PVM_FORM_RRII, {4, 5, 0, 0x1234, 2}, "5402341202"},
    {PVM_FORM_RRII, {4, 5, 0, 0, 0}, "5400"},
    {PVM_FORM_RRR, {1, 2, 3, 0, 0}, "2103"},
    {PVM_FORM_RRR, {12, 11, 10, 0, 0}, "bc0a"},
};

/* One check, not one a field: the random test calls this often. */
static void ck_operands(const struct pvm_operands *got, const struct pvm_operands *want)
{
    if (got->a == want->a && got->b == want->b && got->d == want->d && got->x == want->x &&
        got->y == want->y)
        return;
    ck_abort_msg("a %u b %u d %u x 0x%llx y 0x%llx, expected a %u b %u d %u x 0x%llx y 0x%llx",
                 got->a, got->b, got->d, (unsigned long long)got->x, (unsigned long long)got->y,
                 want->a, want->b, want->d, (unsigned long long)want->x,
                 (unsigned long long)want->y);
}

/* Puts octets behind an opcode at PC, in code that goes on with octets no operand may take in. */
static void decode(enum pvm_form form, struct pvm_bytes octets, struct pvm_operands *out)
{
    uint8_t code[PC + 1 + PVM_MAX_SKIP + PVM_CODE_PAD];
    memset(code, 0xa5, sizeof code);
    if (octets.len != 0)
        memcpy(code + PC + 1, octets.ptr, octets.len);
    pvm_operands_decode(form, code, PC, (unsigned)octets.len, out);
}

START_TEST(form_is_as_by_hand)
{
    const struct form_case *c = &cases[_i];
    struct pvm_buf octets = {0}, made = {0}, hex = {0};
    size_t bad = 0;
    ck_assert(pvm_hex_decode(c->hex, strlen(c->hex), &octets, &bad));
    struct pvm_operands got;
    decode(c->form, pvm_buf_bytes(&octets), &got);
    ck_operands(&got, &c->ops);

    ck_assert(pvm_operands_encode(c->form, &c->ops, PC, &made));
    pvm_buf_hex(&hex, pvm_buf_bytes(&made));
    ck_assert_str_eq(pvm_buf_str(&hex), c->hex);
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&made);
    pvm_buf_deinit(&hex);
}
END_TEST

/* Octets that no encoder of ours writes: clamped registers and lengths, wasteful immediates, cut
 * and overlong operands. */
static const struct form_case odd[] = {
    {PVM_FORM_RR, {12, 0, 12, 0, 0}, "df"},
    {PVM_FORM_RRR, {12, 12, 12, 0, 0}, "ff1f"},
    {PVM_FORM_RRR, {1, 2, 12, 0, 0}, "21ff"},
    {PVM_FORM_RI, {12, 0, 0, 1, 0}, "fd0100"},
    {PVM_FORM_RI, {7, 0, 0, 1, 0}, "f70100"},
    {PVM_FORM_RI, {7, 0, 0, 0x04030201, 0}, "0701020304050607"},
    {PVM_FORM_I, {0, 0, 0, 0x04030201, 0}, "0102030405"},
    {PVM_FORM_O, {0, 0, 0, PC + 0x04030201, 0}, "0102030405"},
    {PVM_FORM_II, {0, 0, 0, 0x04030201, 5}, "070102030405"},
    {PVM_FORM_II, {0, 0, 0, 1, U(-1)}, "f901ff"},
    {PVM_FORM_RII, {2, 0, 0, 0x04030201, 5}, "720102030405"},
    {PVM_FORM_RII, {2, 0, 0, 1, 0x05040302}, "92010203040506"},
    {PVM_FORM_RRI, {2, 12, 0, 0, 0}, "f2"},
    {PVM_FORM_RRII, {1, 2, 0, 0x04030201, 0x08070605}, "21ff010203040506070809"},
};

START_TEST(odd_octets)
{
    struct pvm_buf octets = {0};
    size_t bad = 0;
    ck_assert(pvm_hex_decode(odd[_i].hex, strlen(odd[_i].hex), &octets, &bad));
    struct pvm_operands got;
    decode(odd[_i].form, pvm_buf_bytes(&octets), &got);
    ck_operands(&got, &odd[_i].ops);
    pvm_buf_deinit(&octets);
}
END_TEST

/* A length that reaches beyond the instruction reads the code behind it; the second immediate,
 * which would start there, is empty. */
START_TEST(first_immediate_may_overrun)
{
    static const uint8_t code[1 + PVM_MAX_SKIP + PVM_CODE_PAD] = {30, 4, 1, 2, 3, 0x84};
    struct pvm_operands got;
    pvm_operands_decode(PVM_FORM_II, code, 0, 2, &got);
    ck_assert_uint_eq(got.x, UINT64_C(0xffffffff84030201));
    ck_assert_uint_eq(got.y, 0);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    static const struct form_case refused[] = {
        {PVM_FORM_I, {0, 0, 0, UINT64_C(0x80000000), 0}, ""},
        {PVM_FORM_RI, {0, 0, 0, UINT64_C(0xffffffff), 0}, ""},
        {PVM_FORM_II, {0, 0, 0, 0, U(-0x80000001LL)}, ""},
        {PVM_FORM_O, {0, 0, 0, UINT64_C(0x80000000) + PC, 0}, ""},
        {PVM_FORM_RRO, {0, 0, 0, UINT64_C(0x80000000) + PC, 0}, ""},
        {PVM_FORM_RIO, {0, 0, 0, 0, UINT64_C(0x80000000) + PC}, ""},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct pvm_buf out = {0};
        ck_assert(!pvm_operands_encode(refused[i].form, &refused[i].ops, PC, &out));
        ck_assert_uint_eq(out.len, 0);
        pvm_buf_deinit(&out);
    }
}
END_TEST

/* xorshift64*, so that a failure repeats. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint8_t random_reg(uint64_t *state)
{
    return (uint8_t)(next_random(state) % PVM_REG_COUNT);
}

/* Any 32-bit value sign-extended, short ones as likely as long ones. */
static uint64_t random_immediate(uint64_t *state)
{
    int32_t value = (int32_t)(uint32_t)next_random(state);
    return U(value >> (next_random(state) % 32));
}

/* Operands that the form has; the letters are those of the assembler's operand list. */
static struct pvm_operands random_operands(enum pvm_form form, uint64_t *state)
{
    struct pvm_operands ops = {0};
    const char *letters = pvm_form_operands(form);
    char target = pvm_form_target(form);
    if (strchr(letters, 'A') != NULL)
        ops.a = random_reg(state);
    if (strchr(letters, 'B') != NULL)
        ops.b = random_reg(state);
    if (strchr(letters, 'D') != NULL)
        ops.d = random_reg(state);
    if (strchr(letters, 'X') != NULL)
        ops.x = form == PVM_FORM_RE ? next_random(state) : random_immediate(state);
    if (strchr(letters, 'Y') != NULL)
        ops.y = random_immediate(state);
    if (target == 'X')
        ops.x = PC + random_immediate(state);
    if (target == 'Y')
        ops.y = PC + random_immediate(state);
    return ops;
}

START_TEST(decode_undoes_encode)
{
    enum pvm_form form = (enum pvm_form)_i;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
    for (unsigned round = 0; round < 20000; round++) {
        struct pvm_operands ops = random_operands(form, &state);
        struct pvm_buf octets = {0};
        if (!pvm_operands_encode(form, &ops, PC, &octets) || octets.len > PVM_MAX_SKIP)
            ck_abort_msg("x 0x%llx y 0x%llx cannot be encoded", (unsigned long long)ops.x,
                         (unsigned long long)ops.y);
        struct pvm_operands got;
        decode(form, pvm_buf_bytes(&octets), &got);
        ck_operands(&got, &ops);
        pvm_buf_deinit(&octets);
    }
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *operands_suite(void);

Suite *operands_suite(void)
{
    Suite *suite = suite_create("operands");
    TCase *tests = tcase_create("operands");
    tcase_add_loop_test(tests, form_is_as_by_hand, 0, COUNT(cases));
    tcase_add_loop_test(tests, odd_octets, 0, COUNT(odd));
    tcase_add_test(tests, first_immediate_may_overrun);
    tcase_add_test(tests, what_does_not_fit_is_refused);
    tcase_add_loop_test(tests, decode_undoes_encode, PVM_FORM_N, PVM_FORM_RRR + 1);
    suite_add_tcase(suite, tests);
    return suite;
}
