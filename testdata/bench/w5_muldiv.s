; SPDX-License-Identifier: Apache-2.0
; n rounds of multiplication, division and remainder, of 64 and of 32 bits, on random numbers.
.include "workload.inc"
main:
        load_ind_u64    a5, [a0]
        li              a2, 0
        li              t0, 12345
        li              t1, MULTIPLIER
        li              t2, INCREMENT
        fallthrough
round:
        mul_64          t0, t0, t1
        add_64          t0, t0, t2
        shlo_r_imm_64   s0, t0, 21              ; dividend, 43 bits
        and_imm         s1, t0, 0x7fff
        or_imm          s1, s1, 1               ; divisor, 15 bits, never 0
        div_u_64        a0, s0, s1
        rem_u_64        a1, s0, s1
        xor             a0, a0, a1
        add_64          a2, a2, a0
        div_s_32        a3, s0, s1
        add_64          a2, a2, a3
        rem_u_32        a3, s0, s1
        xor             a2, a2, a3
        mul_upper_u_u   a4, t0, s0
        add_64          a2, a2, a4
        mul_32          a4, t0, s1
        xor             a2, a2, a4
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, round
        finish
