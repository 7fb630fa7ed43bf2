; SPDX-License-Identifier: Apache-2.0
; A child that says what it computed: it makes the host call of JIP-1, log, number 100, which an
; inner machine can only do through its parent. The text is made in page 17.
.include "fibchild.inc"

.equ LEVEL, 3                           ; helpful information
.equ TARGET, SECOND + 0x100
.equ TEXT_END, SECOND + 0x200

.text
start:
        sum_pages
        li              t1, TARGET
        store_imm_ind_u32 [t1], 0x00626966    ; "fib"

; The sum in decimal, from its last digit to its first.
        shlo_l_imm_64   s0, t0, 32
        shlo_r_imm_64   s0, s0, 32
        li              t1, TEXT_END
        li              t2, 10
        fallthrough
digit:
        rem_u_64        s1, s0, t2
        add_imm_64      s1, s1, '0'
        add_imm_64      t1, t1, -1
        store_ind_u8    s1, [t1]
        div_u_64        s0, s0, t2
        branch_ne_imm   s0, 0, digit

        add_imm_64      t1, t1, -4
        store_imm_ind_u32 [t1], 0x206d7573    ; "sum "
        li              a0, LEVEL
        li              a1, TARGET
        li              a2, 3
        mv              a3, t1
        neg_add_imm_64  a4, t1, TEXT_END
        ecalli          log
        give_result
