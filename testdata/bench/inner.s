; SPDX-License-Identifier: Apache-2.0
; n inner machines, one after the other: machine, pages, poke, invoke, expunge. Each child adds 1 to
; the number it is given; the checksum is the sum of what they found.
.include "workload.inc"
.rodata
; load_u32 a0, [0x10000]; add_imm_64 a0, a0, 1; store_u32 a0, [0x10004]; ret
child:  .hex "00000f38070000019577013d0704000132002121"
CHILD_LEN = . - child
.data
        .align 8
number: .u64 0
block:  .zero 8 * 14                    ; gas and registers, as invoke takes them
.text
main:
        load_ind_u64    a5, [a0]
        mv              s0, a5
        li              s1, 0
        fallthrough
round:
        la              a0, child
        li              a1, CHILD_LEN
        li              a2, 0
        ecalli          machine
        branch_ne_imm   a0, 0, bad
        li              a1, 16
        li              a2, 1
        li              a3, 2           ; writable, zero
        ecalli          pages
        branch_ne_imm   a0, 0, bad
        la              t0, number
        store_ind_u64   s0, [t0]
        li              a0, 0
        mv              a1, t0
        li              a2, 0x10000
        li              a3, 4
        ecalli          poke
        branch_ne_imm   a0, 0, bad
        la              a1, block
        li              t0, 1000
        store_ind_u64   t0, [a1]
        li              t0, 0xffff0000
        store_ind_u64   t0, [a1+8]
        li              a0, 0
        ecalli          invoke
        branch_ne_imm   a0, 0, bad
        la              t0, block
        load_ind_u64    t0, [t0+8+8*7]
        add_64          s1, s1, t0
        li              a0, 0
        ecalli          expunge
        add_imm_64      s0, s0, -1
        branch_ne_imm   s0, 0, round
        mv              a2, s1
        finish
bad:
        trap
