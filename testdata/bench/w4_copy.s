; SPDX-License-Identifier: Apache-2.0
; n copies of 64 KiB, eight octets at a time, four of them a round; then the sum of the copy.
.include "workload.inc"
SIZE = 1 << 16
.bss
        .align 4096
source: .space SIZE
copy:   .space SIZE
.text
main:
        load_ind_u64    a5, [a0]
        li              s1, SIZE
        li              a2, 0
        li              t1, MULTIPLIER
        li              t2, INCREMENT
        li              s0, 7
        li              t0, 0
        fallthrough
fill:
        mul_64          s0, s0, t1
        add_64          s0, s0, t2
        store_ind_u64   s0, [t0+source]
        add_imm_64      t0, t0, 8
        branch_lt_u     t0, s1, fill

        fallthrough
pass:
        load_u64        s0, [source]            ; no two copies are alike
        add_64          s0, s0, a5
        store_u64       s0, [source]
        li              t0, 0
        fallthrough
words:
        load_ind_u64    s0, [t0+source]
        store_ind_u64   s0, [t0+copy]
        load_ind_u64    s0, [t0+source+8]
        store_ind_u64   s0, [t0+copy+8]
        load_ind_u64    s0, [t0+source+16]
        store_ind_u64   s0, [t0+copy+16]
        load_ind_u64    s0, [t0+source+24]
        store_ind_u64   s0, [t0+copy+24]
        add_imm_64      t0, t0, 32
        branch_lt_u     t0, s1, words
        load_u64        s0, [copy+64]
        add_64          a2, a2, s0
        load_u64        s0, [copy]
        xor             a2, a2, s0
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, pass

        li              t0, 0
        fallthrough
sum:
        load_ind_u64    s0, [t0+copy]
        add_64          a2, a2, s0
        add_imm_64      t0, t0, 8
        branch_lt_u     t0, s1, sum
        finish
