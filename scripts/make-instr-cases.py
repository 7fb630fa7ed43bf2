#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes testdata/instr/alu.txt: every register-only instruction on edge operands.

A second statement of what each instruction does (GP 0.7.2 A.5), on Python's unbounded integers and
sharing nothing with the interpreter. Run it from the repository's root after changing it.

Line: mnemonic A B X D result   (registers and immediate as 64-bit hex; unused ones are 0)
"""
M64 = 2**64


def s(v, n):
    v %= 2**n
    return v - 2**n if v >= 2 ** (n - 1) else v


def u(v, n=64):
    return v % 2**n


def sx32(v):
    return u(s(v, 32))


def trunc_div(a, b):
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def div_s(a, b, n):
    a, b = s(a, n), s(b, n)
    return u(-1) if b == 0 else u(s(trunc_div(a, b), n))


def rem_s(a, b, n):
    a, b = s(a, n), s(b, n)
    return u(a) if b == 0 else u(a - b * trunc_div(a, b))


def ror(v, by, n):
    v, by = v % 2**n, by % n
    return (v >> by | v << (n - by)) % 2**n


def lead(v, n):
    return n - (v % 2**n).bit_length()


def trail(v, n):
    v %= 2**n
    return n if v == 0 else (v & -v).bit_length() - 1


def bswap(v):
    return int.from_bytes(v.to_bytes(8, "little"), "big")


# two registers: D := f(A)
RR = {
    "move_reg": lambda a: a,
    "count_set_bits_64": lambda a: bin(a).count("1"),
    "count_set_bits_32": lambda a: bin(a % 2**32).count("1"),
    "leading_zero_bits_64": lambda a: lead(a, 64),
    "leading_zero_bits_32": lambda a: lead(a, 32),
    "trailing_zero_bits_64": lambda a: trail(a, 64),
    "trailing_zero_bits_32": lambda a: trail(a, 32),
    "sign_extend_8": lambda a: u(s(a, 8)),
    "sign_extend_16": lambda a: u(s(a, 16)),
    "zero_extend_16": lambda a: a % 2**16,
    "reverse_bytes": bswap,
}
# two registers and an immediate: A := f(B, X, old A)
RRI = {
    "add_imm_32": lambda b, x, a: sx32(b + x),
    "and_imm": lambda b, x, a: b & x,
    "xor_imm": lambda b, x, a: b ^ x,
    "or_imm": lambda b, x, a: b | x,
    "mul_imm_32": lambda b, x, a: sx32(b * x),
    "set_lt_u_imm": lambda b, x, a: int(b < x),
    "set_lt_s_imm": lambda b, x, a: int(s(b, 64) < s(x, 64)),
    "shlo_l_imm_32": lambda b, x, a: sx32(b << x % 32),
    "shlo_r_imm_32": lambda b, x, a: sx32(b % 2**32 >> x % 32),
    "shar_r_imm_32": lambda b, x, a: u(s(b, 32) >> x % 32),
    "neg_add_imm_32": lambda b, x, a: sx32(x - b),
    "set_gt_u_imm": lambda b, x, a: int(b > x),
    "set_gt_s_imm": lambda b, x, a: int(s(b, 64) > s(x, 64)),
    "shlo_l_imm_alt_32": lambda b, x, a: sx32(x << b % 32),
    "shlo_r_imm_alt_32": lambda b, x, a: sx32(x % 2**32 >> b % 32),
    "shar_r_imm_alt_32": lambda b, x, a: u(s(x, 32) >> b % 32),
    "cmov_iz_imm": lambda b, x, a: x if b == 0 else a,
    "cmov_nz_imm": lambda b, x, a: x if b != 0 else a,
    "add_imm_64": lambda b, x, a: u(b + x),
    "mul_imm_64": lambda b, x, a: u(b * x),
    "shlo_l_imm_64": lambda b, x, a: u(b << x % 64),
    "shlo_r_imm_64": lambda b, x, a: b >> x % 64,
    "shar_r_imm_64": lambda b, x, a: u(s(b, 64) >> x % 64),
    "neg_add_imm_64": lambda b, x, a: u(x - b),
    "shlo_l_imm_alt_64": lambda b, x, a: u(x << b % 64),
    "shlo_r_imm_alt_64": lambda b, x, a: x >> b % 64,
    "shar_r_imm_alt_64": lambda b, x, a: u(s(x, 64) >> b % 64),
    "rot_r_64_imm": lambda b, x, a: ror(b, x, 64),
    "rot_r_64_imm_alt": lambda b, x, a: ror(x, b, 64),
    "rot_r_32_imm": lambda b, x, a: sx32(ror(b, x, 32)),
    "rot_r_32_imm_alt": lambda b, x, a: sx32(ror(x, b, 32)),
}
# three registers: D := f(A, B, old D)
RRR = {
    "add_32": lambda a, b, d: sx32(a + b),
    "sub_32": lambda a, b, d: sx32(a - b),
    "mul_32": lambda a, b, d: sx32(a * b),
    "div_u_32": lambda a, b, d: u(-1) if b % 2**32 == 0 else sx32(a % 2**32 // (b % 2**32)),
    "div_s_32": lambda a, b, d: div_s(a, b, 32),
    "rem_u_32": lambda a, b, d: sx32(a) if b % 2**32 == 0 else sx32(a % 2**32 % (b % 2**32)),
    "rem_s_32": lambda a, b, d: rem_s(a, b, 32),
    "shlo_l_32": lambda a, b, d: sx32(a << b % 32),
    "shlo_r_32": lambda a, b, d: sx32(a % 2**32 >> b % 32),
    "shar_r_32": lambda a, b, d: u(s(a, 32) >> b % 32),
    "add_64": lambda a, b, d: u(a + b),
    "sub_64": lambda a, b, d: u(a - b),
    "mul_64": lambda a, b, d: u(a * b),
    "div_u_64": lambda a, b, d: u(-1) if b == 0 else a // b,
    "div_s_64": lambda a, b, d: div_s(a, b, 64),
    "rem_u_64": lambda a, b, d: a if b == 0 else a % b,
    "rem_s_64": lambda a, b, d: rem_s(a, b, 64),
    "shlo_l_64": lambda a, b, d: u(a << b % 64),
    "shlo_r_64": lambda a, b, d: a >> b % 64,
    "shar_r_64": lambda a, b, d: u(s(a, 64) >> b % 64),
    "and": lambda a, b, d: a & b,
    "xor": lambda a, b, d: a ^ b,
    "or": lambda a, b, d: a | b,
    "mul_upper_s_s": lambda a, b, d: u(s(a, 64) * s(b, 64) >> 64),
    "mul_upper_u_u": lambda a, b, d: a * b >> 64,
    "mul_upper_s_u": lambda a, b, d: u(s(a, 64) * b >> 64),
    "set_lt_u": lambda a, b, d: int(a < b),
    "set_lt_s": lambda a, b, d: int(s(a, 64) < s(b, 64)),
    "cmov_iz": lambda a, b, d: a if b == 0 else d,
    "cmov_nz": lambda a, b, d: a if b != 0 else d,
    "rot_l_64": lambda a, b, d: ror(a, -b, 64),
    "rot_l_32": lambda a, b, d: sx32(ror(a, -b, 32)),
    "rot_r_64": lambda a, b, d: ror(a, b, 64),
    "rot_r_32": lambda a, b, d: sx32(ror(a, b, 32)),
    "and_inv": lambda a, b, d: a & ~b % M64,
    "or_inv": lambda a, b, d: a | ~b % M64,
    "xnor": lambda a, b, d: ~(a ^ b) % M64,
    "max": lambda a, b, d: max(a, b, key=lambda v: s(v, 64)),
    "max_u": lambda a, b, d: max(a, b),
    "min": lambda a, b, d: min(a, b, key=lambda v: s(v, 64)),
    "min_u": lambda a, b, d: min(a, b),
}
EDGE = [0, 1, 31, 33, 64, 0x80, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**63,
        M64 - 1, 0xFEDCBA9876543210]
IMMEDIATES = [0, 1, 31, 33, 64, 0x7FFF, 0x7FFFFFFF, u(-(2**31)), u(-1), u(-33)]
OLD = 0x5555AAAA5555AAAA


def main():
    with open("testdata/instr/alu.txt", "w", encoding="ascii") as out:
        out.write("# Written by scripts/make-instr-cases.py: mnemonic A B X D result\n")

        def row(name, a, b, x, d, result):
            assert 0 <= result < M64, (name, a, b, x, d, result)
            out.write(f"{name} {a:x} {b:x} {x:x} {d:x} {result:x}\n")

        for name, f in RR.items():
            for a in EDGE:
                row(name, a, 0, 0, OLD, f(a))
        for name, f in RRI.items():
            for b in EDGE:
                for x in IMMEDIATES:
                    row(name, OLD, b, x, 0, f(b, x, OLD))
        for name, f in RRR.items():
            for a in EDGE:
                for b in EDGE:
                    row(name, a, b, 0, OLD, f(a, b, OLD))


main()
