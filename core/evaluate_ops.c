/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row an instruction, written after the tables of GP 0.7.2 A.5. Where the paper counts bits,
 * this counts bits; where it takes a signed quotient, this divides magnitudes and then looks at the
 * signs.
 */
#include "core/evaluate_ops.h"

#include <stddef.h>

#define TWO_63 (UINT64_C(1) << 63)
#define TWO_32 (UINT64_C(1) << 32)

/* ---- signs and widths, GP 0.7.2 A.4 ---- */

uint64_t pvm_eval_extend(unsigned octets, uint64_t value)
{
    if (octets == 0)
        return 0;
    if (octets >= 8)
        return value;
    uint64_t span = UINT64_C(1) << (8 * octets);
    value %= span;
    return value < span / 2 ? value : value - span;
}

static uint64_t x4(uint64_t value)
{
    return pvm_eval_extend(4, value);
}

static uint64_t low(uint64_t value)
{
    return value % TWO_32;
}

static bool negative(uint64_t value)
{
    return value >= TWO_63;
}

static uint64_t magnitude(uint64_t value)
{
    return negative(value) ? 0 - value : value;
}

/* a < b of signed numbers: moving both up by 2^63 keeps their order. */
static bool less(uint64_t a, uint64_t b)
{
    return a + TWO_63 < b + TWO_63;
}

/* ---- division ---- */

static uint64_t quotient(uint64_t a, uint64_t b)
{
    return b == 0 ? UINT64_MAX : a / b;
}

static uint64_t remainder_of(uint64_t a, uint64_t b)
{
    return b == 0 ? a : a % b;
}

/* Towards zero. -2^63 / -1 is 2^63, which is -2^63 again. */
static uint64_t signed_quotient(uint64_t a, uint64_t b)
{
    if (b == 0)
        return UINT64_MAX;
    uint64_t size = magnitude(a) / magnitude(b);
    return negative(a) != negative(b) ? 0 - size : size;
}

/* With the sign of a. */
static uint64_t signed_remainder(uint64_t a, uint64_t b)
{
    if (b == 0)
        return a;
    uint64_t size = magnitude(a) % magnitude(b);
    return negative(a) ? 0 - size : size;
}

/* ---- products of 128 bits ---- */

struct product {
    uint64_t high, low;
};

/* By halves, as on paper. */
static struct product multiply(uint64_t a, uint64_t b)
{
    uint64_t part[4] = {low(a) * low(b), (a >> 32) * low(b), low(a) * (b >> 32),
                        (a >> 32) * (b >> 32)};
    uint64_t middle = (part[0] >> 32) + low(part[1]) + low(part[2]);
    struct product product = {part[3] + (part[1] >> 32) + (part[2] >> 32) + (middle >> 32),
                              middle << 32 | low(part[0])};
    return product;
}

static uint64_t upper(uint64_t a, uint64_t b, bool is_negative)
{
    struct product product = multiply(a, b);
    if (!is_negative)
        return product.high;
    return ~product.high + (product.low == 0); /* of the product's negation */
}

static uint64_t upper_s_s(uint64_t a, uint64_t b)
{
    return upper(magnitude(a), magnitude(b), negative(a) != negative(b));
}

static uint64_t upper_s_u(uint64_t a, uint64_t b)
{
    return upper(magnitude(a), b, negative(a));
}

/* ---- bits ---- */

static bool bit(uint64_t value, unsigned i)
{
    return (value >> i) % 2 != 0;
}

static uint64_t count_set(uint64_t value, unsigned bits)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < bits; i++)
        count += bit(value, i);
    return count;
}

static uint64_t count_leading(uint64_t value, unsigned bits)
{
    uint64_t count = 0;
    while (count < bits && !bit(value, bits - 1 - (unsigned)count))
        count++;
    return count;
}

static uint64_t count_trailing(uint64_t value, unsigned bits)
{
    uint64_t count = 0;
    while (count < bits && !bit(value, (unsigned)count))
        count++;
    return count;
}

static uint64_t reverse_octets(uint64_t value)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 8; i++)
        out |= (value >> (8 * i)) % 256 << (8 * (7 - i));
    return out;
}

/* floor(a / 2^by) of a signed number. */
static uint64_t shift_signed(uint64_t a, uint64_t by)
{
    by %= 64;
    return negative(a) ? ~(~a >> by) : a >> by;
}

/* Bit i goes to bit i + by, mod bits. */
static uint64_t rotate_left(uint64_t value, uint64_t by, unsigned bits)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < bits; i++)
        out |= (uint64_t)bit(value, i) << ((i + by % bits) % bits);
    return out;
}

static uint64_t rotate_right(uint64_t value, uint64_t by, unsigned bits)
{
    return rotate_left(value, bits - by % bits, bits);
}

/* ---- the rows ---- */

/* a: register A */
#define TWO_REGISTERS(X)                                                                           \
    X(COUNT_SET_BITS_64, count_set(a, 64))                                                         \
    X(COUNT_SET_BITS_32, count_set(a, 32))                                                         \
    X(LEADING_ZERO_BITS_64, count_leading(a, 64))                                                  \
    X(LEADING_ZERO_BITS_32, count_leading(a, 32))                                                  \
    X(TRAILING_ZERO_BITS_64, count_trailing(a, 64))                                                \
    X(TRAILING_ZERO_BITS_32, count_trailing(a, 32))                                                \
    X(SIGN_EXTEND_8, pvm_eval_extend(1, a))                                                        \
    X(SIGN_EXTEND_16, pvm_eval_extend(2, a))                                                       \
    X(ZERO_EXTEND_16, a % 65536)                                                                   \
    X(REVERSE_BYTES, reverse_octets(a))                                                            \
    X(MOVE_REG, a)

/* a: register B; b: the immediate */
#define WITH_IMMEDIATE(X)                                                                          \
    X(ADD_IMM_32, x4(a + b))                                                                       \
    X(AND_IMM, a &b)                                                                               \
    X(XOR_IMM, a ^ b)                                                                              \
    X(OR_IMM, a | b)                                                                               \
    X(MUL_IMM_32, x4(a *b))                                                                        \
    X(SET_LT_U_IMM, a < b)                                                                         \
    X(SET_LT_S_IMM, less(a, b))                                                                    \
    X(SHLO_L_IMM_32, x4(a << (b % 32)))                                                            \
    X(SHLO_R_IMM_32, x4(low(a) >> (b % 32)))                                                       \
    X(SHAR_R_IMM_32, shift_signed(x4(a), b % 32))                                                  \
    X(NEG_ADD_IMM_32, x4(b - a))                                                                   \
    X(SET_GT_U_IMM, a > b)                                                                         \
    X(SET_GT_S_IMM, less(b, a))                                                                    \
    X(SHLO_L_IMM_ALT_32, x4(b << (a % 32)))                                                        \
    X(SHLO_R_IMM_ALT_32, x4(low(b) >> (a % 32)))                                                   \
    X(SHAR_R_IMM_ALT_32, shift_signed(x4(b), a % 32))                                              \
    X(CMOV_IZ_IMM, a == 0 ? b : old)                                                               \
    X(CMOV_NZ_IMM, a != 0 ? b : old)                                                               \
    X(ADD_IMM_64, a + b)                                                                           \
    X(MUL_IMM_64, a *b)                                                                            \
    X(SHLO_L_IMM_64, a << (b % 64))                                                                \
    X(SHLO_R_IMM_64, a >> (b % 64))                                                                \
    X(SHAR_R_IMM_64, shift_signed(a, b))                                                           \
    X(NEG_ADD_IMM_64, b - a)                                                                       \
    X(SHLO_L_IMM_ALT_64, b << (a % 64))                                                            \
    X(SHLO_R_IMM_ALT_64, b >> (a % 64))                                                            \
    X(SHAR_R_IMM_ALT_64, shift_signed(b, a))                                                       \
    X(ROT_R_64_IMM, rotate_right(a, b, 64))                                                        \
    X(ROT_R_64_IMM_ALT, rotate_right(b, a, 64))                                                    \
    X(ROT_R_32_IMM, x4(rotate_right(a, b, 32)))                                                    \
    X(ROT_R_32_IMM_ALT, x4(rotate_right(b, a, 32)))

/* a, b: registers A and B */
#define THREE_REGISTERS(X)                                                                         \
    X(ADD_32, x4(a + b))                                                                           \
    X(SUB_32, x4(a - b))                                                                           \
    X(MUL_32, x4(a *b))                                                                            \
    X(DIV_U_32, x4(quotient(low(a), low(b))))                                                      \
    X(DIV_S_32, x4(signed_quotient(x4(a), x4(b))))                                                 \
    X(REM_U_32, x4(remainder_of(low(a), low(b))))                                                  \
    X(REM_S_32, x4(signed_remainder(x4(a), x4(b))))                                                \
    X(SHLO_L_32, x4(a << (b % 32)))                                                                \
    X(SHLO_R_32, x4(low(a) >> (b % 32)))                                                           \
    X(SHAR_R_32, shift_signed(x4(a), b % 32))                                                      \
    X(ADD_64, a + b)                                                                               \
    X(SUB_64, a - b)                                                                               \
    X(MUL_64, a *b)                                                                                \
    X(DIV_U_64, quotient(a, b))                                                                    \
    X(DIV_S_64, signed_quotient(a, b))                                                             \
    X(REM_U_64, remainder_of(a, b))                                                                \
    X(REM_S_64, signed_remainder(a, b))                                                            \
    X(SHLO_L_64, a << (b % 64))                                                                    \
    X(SHLO_R_64, a >> (b % 64))                                                                    \
    X(SHAR_R_64, shift_signed(a, b))                                                               \
    X(AND, a &b)                                                                                   \
    X(XOR, a ^ b)                                                                                  \
    X(OR, a | b)                                                                                   \
    X(MUL_UPPER_S_S, upper_s_s(a, b))                                                              \
    X(MUL_UPPER_U_U, upper(a, b, false))                                                           \
    X(MUL_UPPER_S_U, upper_s_u(a, b))                                                              \
    X(SET_LT_U, a < b)                                                                             \
    X(SET_LT_S, less(a, b))                                                                        \
    X(CMOV_IZ, b == 0 ? a : old)                                                                   \
    X(CMOV_NZ, b != 0 ? a : old)                                                                   \
    X(ROT_L_64, rotate_left(a, b, 64))                                                             \
    X(ROT_L_32, x4(rotate_left(a, b, 32)))                                                         \
    X(ROT_R_64, rotate_right(a, b, 64))                                                            \
    X(ROT_R_32, x4(rotate_right(a, b, 32)))                                                        \
    X(AND_INV, a & ~b)                                                                             \
    X(OR_INV, a | ~b)                                                                              \
    X(XNOR, ~(a ^ b))                                                                              \
    X(MAX, less(a, b) ? b : a)                                                                     \
    X(MAX_U, a < b ? b : a)                                                                        \
    X(MIN, less(a, b) ? a : b)                                                                     \
    X(MIN_U, a < b ? a : b)

/* a: register A; b: register B or the immediate */
#define BRANCHES(X)                                                                                \
    X(BRANCH_EQ_IMM, a == b)                                                                       \
    X(BRANCH_NE_IMM, a != b)                                                                       \
    X(BRANCH_LT_U_IMM, a < b)                                                                      \
    X(BRANCH_LE_U_IMM, a <= b)                                                                     \
    X(BRANCH_GE_U_IMM, a >= b)                                                                     \
    X(BRANCH_GT_U_IMM, a > b)                                                                      \
    X(BRANCH_LT_S_IMM, less(a, b))                                                                 \
    X(BRANCH_LE_S_IMM, !less(b, a))                                                                \
    X(BRANCH_GE_S_IMM, !less(a, b))                                                                \
    X(BRANCH_GT_S_IMM, less(b, a))                                                                 \
    X(BRANCH_EQ, a == b)                                                                           \
    X(BRANCH_NE, a != b)                                                                           \
    X(BRANCH_LT_U, a < b)                                                                          \
    X(BRANCH_LT_S, less(a, b))                                                                     \
    X(BRANCH_GE_U, a >= b)                                                                         \
    X(BRANCH_GE_S, !less(a, b))

#define VALUE(NAME, value)                                                                         \
    case PVM_OP_##NAME:                                                                            \
        *out = (value);                                                                            \
        return true;
#define CONDITION(NAME, condition)                                                                 \
    case PVM_OP_##NAME:                                                                            \
        return (condition);

bool pvm_eval_value(enum pvm_op op, uint64_t a, uint64_t b, uint64_t old, uint64_t *out)
{
    switch ((int)op) {
        TWO_REGISTERS(VALUE)
        WITH_IMMEDIATE(VALUE)
        THREE_REGISTERS(VALUE)
    }
    return false;
}

bool pvm_eval_condition(enum pvm_op op, uint64_t a, uint64_t b, bool *is_branch)
{
    *is_branch = true;
    switch ((int)op) {
        BRANCHES(CONDITION)
    }
    *is_branch = false;
    return false;
}
