; SPDX-License-Identifier: Apache-2.0
; An interpreter inside the guest: n passes over 4096 random byte codes of 16 kinds, each handler of
; which ends with a dynamic jump to the next one's.
.include "workload.inc"
CODES = 4096
LAST = 16                                       ; the code behind the others
.bss
codes:  .space CODES + 1
.text
.jumptable handlers: h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, pass_done
.macro next
        load_ind_u8     s0, [s1]
        add_imm_64      s1, s1, 1
        shlo_l_imm_64   s0, s0, 1
        jump_ind        s0, handlers
.endmacro
main:
        load_ind_u64    a5, [a0]
        li              t1, MULTIPLIER
        li              t2, INCREMENT
        li              s0, 99
        la              s1, codes
        la              a3, codes + CODES
        fallthrough
fill:
        mul_64          s0, s0, t1
        add_64          s0, s0, t2
        shlo_r_imm_64   a4, s0, 33
        and_imm         a4, a4, 15
        store_ind_u8    a4, [s1]
        add_imm_64      s1, s1, 1
        branch_lt_u     s1, a3, fill
        li              a4, LAST
        store_ind_u8    a4, [s1]

        li              a2, 1
        la              s1, codes
        next
h0:     add_imm_64      a2, a2, 1000
        next
h1:     xor_imm         a2, a2, 0x5a5b
        next
h2:     mul_64          a2, a2, t1
        next
h3:     rot_r_64_imm    a2, a2, 10
        next
h4:     shlo_r_imm_64   t0, a2, 15
        xor             a2, a2, t0
        next
h5:     shlo_l_imm_64   t0, a2, 8
        add_64          a2, a2, t0
        next
h6:     sub_64          a2, t1, a2
        next
h7:     add_64          a2, a2, a5
        next
h8:     add_imm_64      a2, a2, 1008
        next
h9:     xor_imm         a2, a2, 0x5a63
        next
h10:    mul_64          a2, a2, t1
        next
h11:    rot_r_64_imm    a2, a2, 18
        next
h12:    shlo_r_imm_64   t0, a2, 23
        xor             a2, a2, t0
        next
h13:    shlo_l_imm_64   t0, a2, 16
        add_64          a2, a2, t0
        next
h14:    sub_64          a2, t1, a2
        next
h15:    add_64          a2, a2, a5
        next
pass_done:
        la              s1, codes
        add_imm_64      a5, a5, -1
        branch_eq_imm   a5, 0, done
        next
done:
        finish
